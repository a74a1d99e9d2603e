"""`kosho replicate`: published results, computed again and printed beside the published ones."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kosho import formatting
from kosho.cli.options import Json
from kosho.cli.terminal import chosen, say, show_json, show_progress, show_table
from kosho.codes import country_name
from kosho.errors import InputError, Problem
from kosho.language import N_, _, pgettext

if TYPE_CHECKING:
    from kosho.progress import Progress

__all__ = ["app"]

app = typer.Typer(add_completion=False)

STUDIES = ("cp2015", "gegravity", "lashkaripour2021", "ossa2014", "usa-tariffs-2025")
USES = ("lump-sum", "tax-relief")
DEFICITS = ("fixed", "zero", "proportional")
MEASURES = {
    "welfare_first_order": N_("Welfare as published (first order)"),
    "terms_of_trade": N_("  of which terms of trade"),
    "volume_of_trade": N_("  of which volume of trade"),
    "welfare": N_("Exact change of real income"),
    "real_wage": N_("Real wage"),
    "intra_bloc_trade": N_("Imports from the bloc"),
}
EXPERIMENTS = (
    N_("no materials"),
    N_("no input-output"),
    N_("one sector"),
    N_("world tariffs"),
    N_("world tariffs, not the bloc's"),
    N_("the bloc's given world tariffs"),
    N_("the bloc's given world tariffs, the paper's way"),
)
WIDE = 8
"""Items that fit side by side; of more, those that are published are told, and all are in the JSON."""


@app.command()
def show(  # noqa: PLR0913 - one parameter an option
    study: Annotated[str, typer.Argument(metavar="|".join(STUDIES), help="Which publication.")],
    data: Annotated[Path, typer.Option(metavar="DIR", help="Folder that holds the study's data.")],
    *,
    labour_supply: Annotated[
        float | None, typer.Option(help="Elasticity of labour supply, for usa-tariffs-2025.")
    ] = None,
    revenue: Annotated[
        str | None, typer.Option(metavar="|".join(USES), help="Use of revenue, for usa-tariffs-2025.")
    ] = None,
    scale: Annotated[
        float | None, typer.Option(help="Costs fall with employment to this power, for usa-tariffs-2025.")
    ] = None,
    retaliation: Annotated[
        bool, typer.Option("--retaliation", help="Partners answer in kind, for usa-tariffs-2025.")
    ] = False,
    elasticity: Annotated[float | None, typer.Option(help="Of trade, for usa-tariffs-2025.")] = None,
    deficits: Annotated[
        str | None, typer.Option(metavar="|".join(DEFICITS), help="What deficits do, for usa-tariffs-2025.")
    ] = None,
    inputs: Annotated[
        float | None, typer.Option(help="Share of sales that pays for inputs, for usa-tariffs-2025.")
    ] = None,
    json: Json = False,
) -> None:
    """Replicate a published study.

    cp2015: NAFTA in Caliendo & Parro (2015), with the tariffs and the models that they compare. gegravity: an
    agreement of Canada and Japan in that package's sample. lashkaripour2021: a war of single rates. ossa2014:
    tariffs of seven regions with profits, alone, at war and agreed. usa-tariffs-2025: the American tariffs of
    April 2025 in 194 countries, with labour supply; options choose the run that is told country by country.
    """
    named = chosen(study, STUDIES, "STUDY")
    given: dict[str, Any] = {"labour_supply": labour_supply, "revenue": revenue, "scale": scale}
    given |= {"elasticity": elasticity, "deficits": deficits, "inputs": inputs}
    run = {name: value for name, value in given.items() if value is not None}
    run |= {"retaliation": True} if retaliation else {}
    _refuse_options(named, run)
    with show_progress(_("Solving")) as progress:
        found = _replicate(named, data, progress, run)
        content = found.to_dict()
    if json:
        show_json(content)
    elif named == "cp2015":
        _show_cp2015(content)
    else:
        _show(content)


def _refuse_options(study: str, run: dict[str, Any]) -> None:
    """Refuse options of one study with another.

    Raises:
        InputError: there are some; or a use of revenue that the study has not.
    """
    if study != "usa-tariffs-2025" and run:
        option = "--" + next(iter(run)).replace("_", "-")
        raise InputError(Problem(_("is for usa-tariffs-2025, not for {study}", study=study), key=option))
    if "revenue" in run:
        chosen(run["revenue"], USES, "--revenue")
    if "deficits" in run:
        chosen(run["deficits"], DEFICITS, "--deficits")


def _replicate(study: str, data: Path, progress: Progress, run: dict[str, Any]) -> Any:
    """The study computed again: what it is printed from has `to_dict`."""
    if study == "usa-tariffs-2025":
        from kosho.replications import usa_tariffs_2025

        return usa_tariffs_2025.replicate(data, usa_tariffs_2025.Run(**run), progress)
    if study == "cp2015":
        from kosho.replications.cp2015 import replicate

        return replicate(data)
    from kosho.replications import gegravity, lashkaripour2021, ossa2014

    studies = {
        "gegravity": gegravity.replicate,
        "lashkaripour2021": lashkaripour2021.replicate,
        "ossa2014": ossa2014.replicate,
    }
    return studies[study](data, progress)


def _show(content: dict[str, Any]) -> None:
    """Measures of few items, those of the same items in one table, the published ones below ours."""
    from kosho.replications.comparison import items_of

    say(content["title"])
    tables: dict[tuple[str, ...], list[list[str]]] = {}
    named = {item for values in content["published"].values() for item in items_of(values)}
    for measure, values in content["kosho"].items():
        ours, theirs = items_of(values), items_of(content["published"].get(measure, {}))
        if len(ours) > WIDE:
            ours = {item: value for item, value in ours.items() if item in named and len(named) <= WIDE}
        rows = tables.setdefault(tuple(ours), []) if ours else []
        rows.append([measure.replace("_", " "), *(formatting.decimals(value, 3) for value in ours.values())])
        if theirs:
            rows.append(
                [
                    _("  published"),
                    *(formatting.figure(theirs[item], 4) if item in theirs else "" for item in ours),
                ]
            )
    for items, rows in tables.items():
        show_table("", ["", *items], rows, numeric=len(items))
    if "run" in content:
        _show_run(content)
    say(
        _(
            "largest difference: {significant} percentage points",
            significant=formatting.significant(content["largest_difference"], 2, 6),
        )
    )
    say(_("published: {source}", source=content["source"]))
    for one in content["notes"]:
        say(one)


def _show_run(content: dict[str, Any]) -> None:
    """What the run does in the country that acts."""
    told = [f"{name.replace('_', ' ')} {_said(value)}" for name, value in content["run"].items()]
    measures = (
        "welfare",
        "equivalent_variation",
        "employment",
        "consumer_prices",
        "exports",
        "imports",
        "deficit",
        "tariff_revenue",
    )
    rows = [[name.replace("_", " "), formatting.decimals(content[name]["USA"], 3)] for name in measures]
    show_table(
        _("This run: {names}; all countries with --json", names=_(", ").join(told)),
        ["percent", "USA"],
        rows,
        numeric=1,
    )


def _said(value: object) -> str:
    """A choice of a run in words."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return f"{value:g}" if isinstance(value, float) else str(value)


def _show_cp2015(content: dict[str, Any]) -> None:
    for title, closure in (
        (_("Zero deficits, percent"), "zero"),
        (_("Observed deficits, percent"), "observed"),
    ):
        _show_bloc(title, content[closure], content["published"][closure])
    _show_experiments(content)
    say(_("published: {source}", source=content["published"]["source"]))
    say(_("{value} ms a solve", value=formatting.decimals(1000.0 * content["seconds_per_solve"], 0)))


def _show_experiments(content: dict[str, Any]) -> None:
    """Other tariffs and other models, by the two measures of the paper's headline."""
    members = list(content["zero"]["intra_bloc_trade"])
    for measure in ("welfare_first_order", "intra_bloc_trade"):
        rows: list[list[str]] = []
        for name in EXPERIMENTS:
            found = content["experiments"][name]
            published = content["published"]["models"].get(name, {}).get(measure, {})
            rows.append([_(name), *_beside(found["zero"][measure], published, members)])
        title = _("{measure}, zero deficits, percent; more with --json", measure=_(MEASURES[measure]))
        show_table(title, _columns(_("Model or tariffs"), members), rows, numeric=2 * len(members))


def _columns(first: str, members: list[str]) -> list[str]:
    """Heads of a table of a bloc, ours and what is published side by side."""
    heads = (head for name in map(country_name, members) for head in (name, _("{name}, published", name=name)))
    return [first, *heads]


def _beside(ours: dict[str, float], theirs: dict[str, float], members: list[str]) -> list[str]:
    """Cells of a row of that table."""
    cells: list[str] = []
    for member in members:
        published = theirs.get(member)
        cells += [
            formatting.decimals(ours[member], 4),
            "" if published is None else formatting.figure(published, 6),
        ]
    return cells


def _show_bloc(title: str, ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    members = list(ours["intra_bloc_trade"])
    rows = [[_(label), *_beside(ours[name], theirs.get(name, {}), members)] for name, label in MEASURES.items()]
    show_table(title, _columns(pgettext("figure", "Measure"), members), rows, numeric=2 * len(members))
