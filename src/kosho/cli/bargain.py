"""`kosho bargain`: the deals that leave every side better off."""

from __future__ import annotations

from typing import Annotated

import typer

from kosho.cli.bargain_answer import show_answer
from kosho.cli.bargain_explained import show_explained
from kosho.cli.options import AllowIdle, AsOf, Deficits, Json, WorldNamed, open_case, permitted, world_named
from kosho.cli.terminal import chosen, day, show_json, show_progress
from kosho.errors import KoshoError, Problems
from kosho.language import _

__all__ = ["app"]

app = typer.Typer(add_completion=False)


@app.command()
def show(  # noqa: PLR0913 - one parameter an option
    case: Annotated[str, typer.Argument(help="A shipped case or its folder; it needs a table.yaml.")],
    as_of: AsOf = None,
    deficits: Deficits = "fixed",
    draws: Annotated[int, typer.Option(min=0, help="Draws of the certificate; 0 leaves it out.")] = 200,
    world: WorldNamed = None,
    *,
    confirm: Annotated[bool, typer.Option(help="Price the deals again on the full table.")] = True,
    explain: Annotated[
        str | None,
        typer.Option(
            metavar="ISSUE=OPTION,...",
            help="Why this package is worth what it is; issues not named keep their fallback. A rate within a "
            "range is ISSUE=12.5%.",
        ),
    ] = None,
    exact: Annotated[
        bool | None,
        typer.Option(
            "--exact/--screen",
            help="Solve every package, or only those that could matter and estimate the others.",
            show_default="every one up to 20,000",
        ),
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option(
            metavar="tcp://HOST:PORT",
            envvar="KOSHO_CLUSTER",
            help="Solve the packages on the workers of the Dask scheduler there.",
        ),
    ] = None,
    require_zone: Annotated[
        bool, typer.Option("--require-zone", help="Exit with status 1 if no deal leaves all better off.")
    ] = False,
    allow_idle: AllowIdle = False,
    json: Json = False,
) -> None:
    """Price the packages on the table; the frontier, the deals theory picks, and how sure they are."""
    with show_progress(_("Reading the table")) as progress:  # before what takes a while to come up
        from kosho.bargain import Effort
        from kosho.bargain.concessions import package_of_options
        from kosho.bargain.report import contract
        from kosho.cli.several import show_deals
        from kosho.scenario import negotiate_case
        from kosho.scenario.several import deals_on_several, several

        on = day(as_of, "--as-of")
        closure = chosen(deficits, ("fixed", "zero"), "--deficits")
        opened = permitted(open_case(case, on), allow_idle=allow_idle)
        table = opened.table(on)
        names = several(world)
        if names and explain is None:
            bare = Effort(draws=0, confirm=False, exact=exact, cluster=cluster)
            several_deals = deals_on_several(opened, names, on, closure, bare, progress)
            show_deals(several_deals, [one.economy for one in opened.parties], json=json, case=opened.name)
            return
        named_world = world_named(world, opened)
        asked = {} if explain is None else _assigned(explain)
        package_of_options(
            table.with_rates_of(asked, "--explain"), asked, "--explain"
        )  # refused before anything is solved
        alone = explain is not None and not json
        effort = Effort(
            draws=0 if alone else draws,
            certified=1,  # no certificate but that of a deal is told
            confirm=confirm and not alone,
            rates=require_zone or not alone,  # it may lie at rates that have to be sought
            exact=exact,
            cluster=cluster,
        )
        deal = negotiate_case(opened, on, named_world, closure, effort, progress, asked=asked)
        package = None if explain is None else package_of_options(deal.table, asked, "--explain")
        content = {"case": case, **contract(deal, package)}
    if json:
        show_json(content)
    elif package is not None:
        show_explained(deal, content)
    else:
        show_answer(deal, content, opened.as_of if on is None else on)
    if require_zone and not deal.game.zone:
        raise KoshoError(_("no package on the table leaves every side better off"))


def _assigned(text: str) -> dict[str, str]:
    """Option by issue, from the command line."""
    found: dict[str, str] = {}
    problems = Problems()
    for part in (one.strip() for one in text.split(",")):
        issue, given, option = part.partition("=")
        if not (given and issue and option):
            problems.add(
                _("{part!r} names no option of an issue", part=part), _("such as cars=all-15"), key="--explain"
            )
        elif issue in found:
            problems.add(_("issue {issue!r} is given twice", issue=issue), key="--explain")
        found.setdefault(issue.strip(), option.strip())
    problems.raise_if_any()
    return found
