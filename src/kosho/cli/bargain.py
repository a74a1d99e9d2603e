"""`kosho bargain`: the deals that leave every side better off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from kosho.cli.terminal import chosen, day, progress, say, show_json, show_table
from kosho.errors import KoshoError

if TYPE_CHECKING:
    from kosho.bargain import Deal

__all__ = ["show"]

CONCEPT_TITLES = {
    "nash": "Nash",
    "kalai_smorodinsky": "Kalai-Smorodinsky",
    "egalitarian": "Egalitarian",
    "utilitarian": "Utilitarian",
}
SHOWN = 20


def show(
    case: Annotated[str, typer.Argument(help="A shipped case or its folder; it needs a table.yaml.")],
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", metavar="YYYY-MM-DD", help="In force and known on that day; the case's own."),
    ] = None,
    deficits: Annotated[
        str, typer.Option(metavar="fixed|zero", help="What happens to trade deficits.")
    ] = "fixed",
    draws: Annotated[int, typer.Option(min=0, help="Draws of the certificate; 0 leaves it out.")] = 200,
    *,
    confirm: Annotated[bool, typer.Option(help="Price the deals again on the full table.")] = True,
    require_zone: Annotated[
        bool, typer.Option("--require-zone", help="Exit with status 1 if no deal leaves all better off.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Machine-readable, on standard output.")] = False,
) -> None:
    """Price every package on the table; the frontier, the deals theory picks, and how sure they are."""
    from kosho.bargain import Effort, negotiate
    from kosho.bargain.report import contract
    from kosho.case import Case

    on = day(as_of, "--as-of")
    closure = chosen(deficits, ("fixed", "zero"), "--deficits")
    table = Case.load(case).table(on)
    with progress("Reading the table") as tell:
        effort = Effort(draws=draws, confirm=confirm)
        deal = negotiate(table, deficits=closure, effort=effort, tell=tell)
        content = {"case": case, **contract(deal)}
    if json:
        show_json(content)
    else:
        _show(deal, content)
    if require_zone and not deal.game.zone:
        raise KoshoError("no package on the table leaves every side better off")


def _show(deal: Deal, content: dict[str, Any]) -> None:
    parties = content["parties"]
    say(
        f"{content['title']}: {content['packages']:,} packages, {content['allowed']:,} within the red lines, "
        f"{content['better_for_all']:,} of them better for all than no deal"
    )
    say("Million USD a year, long run.")
    say("")
    if not content["zone"]:
        _show_opening(deal, content)
        return
    _show_deals(deal, content)
    rows = [
        (CONCEPT_TITLES[name], f"{100 * one['all_gain']:.0f} %", *(_spread(one["gains"][p]) for p in parties))
        for name, one in content["certificate"].items()
    ]
    if rows:
        columns = ("Deal", "All gain", *(f"{p}: p5 .. p50 .. p95" for p in parties))
        show_table("How sure: gains over no deal, over draws", columns, rows, numeric=1 + len(parties))
    _show_issues(deal, content)
    _show_critical(content)
    _show_frontier(deal, content)


def _spread(one: dict[str, float]) -> str:
    return " .. ".join(f"{one[q]:+,.0f}" for q in ("p5", "p50", "p95"))


def _both(one: dict[str, dict[str, float]], parties: list[str]) -> list[str]:
    return [f"{one[key][p]:+,.0f}" for key in ("gains", "over_status_quo") for p in parties]


def _options(deal: Deal, options: dict[str, str]) -> str:
    titles = {issue.id: issue for issue in deal.table.file.issues}
    changed = [
        f"{titles[issue].title}: {next(o.title for o in titles[issue].options if o.id == option)}"
        for issue, option in options.items()
        if not next(o.fallback for o in titles[issue].options if o.id == option)
    ]
    return "; ".join(changed) or "nothing changes"


def _show_deals(deal: Deal, content: dict[str, Any]) -> None:
    parties = content["parties"]
    for priced in content["backgrounds"]:
        rows = [
            (CONCEPT_TITLES[name], _options(deal, one["options"]), *_both(one, parties))
            for name, one in priced["solutions"].items()
        ]
        columns = ("Deal", "Package", *(f"{p}, no deal" for p in parties), *(f"{p}, today" for p in parties))
        show_table(
            f"{priced['title']}: gains over no deal and over today", columns, rows, numeric=2 * len(parties)
        )
    confirmed = content["confirmed"]
    if confirmed:
        rows = [(CONCEPT_TITLES[name], *_both(confirmed[name], parties)) for name in content["solutions"]]
        columns = ("Deal", *(f"{p}, no deal" for p in parties), *(f"{p}, today" for p in parties))
        show_table("Confirmed on the full table", columns, rows, numeric=2 * len(parties))


def _show_issues(deal: Deal, content: dict[str, Any]) -> None:
    name = next(iter(content["solutions"]))
    one, parties = content["explanations"][name], content["parties"]
    titles = {issue.id: issue.title for issue in deal.table.file.issues}
    rows = [
        (titles[issue], *(f"{values[p]:+,.0f}" for p in parties)) for issue, values in one["issues"].items()
    ]
    show_table(
        f"Which issue carries the gains ({CONCEPT_TITLES[name]})",
        ("Issue", *parties),
        rows,
        numeric=len(parties),
    )
    delay = content["solutions"][name]["week_of_delay"]
    for when in ("before", "after"):
        costs = ", ".join(f"{p} {delay[when][p]:,.0f}" for p in parties)
        say(f"A week's delay {when} the deadline of {content['deadline']['date']} costs: {costs}")
    say("")


def _show_critical(content: dict[str, Any]) -> None:
    def told(value: float | None) -> str:
        return "never" if value is None else f"{value:.2f}"

    rows = [
        (
            CONCEPT_TITLES.get(name, "Every package"),
            told(one["theta_scale"]),
            *(told(v) for v in one["weights"].values()),
        )
        for name, one in content["critical"].items()
        if one
    ]
    if rows:
        weights = [name for one in content["critical"].values() if one for name in one["weights"]]
        columns = ("Deal", "Elasticities times", *(f"weight {name}" for name in dict.fromkeys(weights)))
        show_table("Where it stops leaving all better off", columns, rows, numeric=len(columns) - 1)


def _show_frontier(deal: Deal, content: dict[str, Any]) -> None:
    parties = content["parties"]
    ordered = sorted(content["frontier"], key=lambda one: -one["payoffs"][parties[0]])
    rows = [
        (
            _options(deal, one["options"]),
            *(f"{one['payoffs'][p] - content['disagreement'][p]:+,.0f}" for p in parties),
        )
        for one in ordered[:SHOWN]
    ]
    more = f", {SHOWN} of {len(ordered)}" if len(ordered) > SHOWN else ""
    show_table(f"Frontier{more}: gains over no deal", ("Package", *parties), rows, numeric=len(parties))


def _show_opening(deal: Deal, content: dict[str, Any]) -> None:
    say("No package leaves every side better off than no deal. What would open a zone of agreement:")
    opens, parties = content["opens_zone"], content["parties"]
    transfer, rate = opens["transfer"], opens["rate"]
    if transfer:
        payers = ", ".join(
            f"{p} {'pays' if transfer['pays'][p] > 0 else 'receives'} {abs(transfer['pays'][p]):,.0f}"
            for p in parties
        )
        say(f"- money: {payers} (with {_options(deal, transfer['options'])})")
    else:
        say("- money: no transfer between the parties would do")
    for way in opens["red_lines"]:
        say(f"- red lines: give up {', '.join(way['red_lines'])} (then {_options(deal, way['options'])})")
    if not opens["red_lines"]:
        say("- red lines: none of them is what stands in the way")
    if rate:
        say(
            f"- a rate: {rate['issue']} at {rate['new']:g} % instead of {rate['old']:g} % "
            f"(with {_options(deal, rate['options'])})"
        )
    else:
        say("- a rate: no single rate between two options would do")
