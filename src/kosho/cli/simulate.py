"""`kosho simulate`: one scenario, one set of assumptions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from kosho.cli.terminal import chosen, day, progress, show_json, show_table

if TYPE_CHECKING:
    from datetime import date

    from kosho.case import Case, Flow
    from kosho.equilibrium import Outcome

__all__ = ["show"]

SHOWN = 12


def show(
    case: Annotated[str, typer.Argument(help="A shipped case or its folder.")],
    scenario: Annotated[str, typer.Option(help="Id of a scenario; `kosho cases` lists them.")],
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", metavar="YYYY-MM-DD", help="In force and known on that day; the case's own."),
    ] = None,
    deficits: Annotated[
        str, typer.Option(metavar="fixed|zero", help="What happens to trade deficits.")
    ] = "fixed",
    elasticities: Annotated[
        str, typer.Option(metavar="central|low", help="How strongly trade responds.")
    ] = "central",
    world: Annotated[str, typer.Option(metavar="full|talks", help="Detail of the world table.")] = "full",
    *,
    json: Annotated[bool, typer.Option("--json", help="Machine-readable, on standard output.")] = False,
) -> None:
    """Simulate a scenario of a case: what it does to whom, in the long run."""
    from kosho.case import Case, simulate

    on = day(as_of, "--as-of")
    detail = chosen(world, ("full", "talks"), "--world")
    closure = chosen(deficits, ("fixed", "zero"), "--deficits")
    response = chosen(elasticities, ("central", "low"), "--elasticities")
    opened = Case.load(case)
    with progress("Solving"):
        outcome = simulate(opened, scenario, on, detail, closure, response)
        content = contract(opened, scenario, on, outcome) | {"detail": detail, "elasticities": response}
    if json:
        show_json(content)
    else:
        _show(opened, content)


def contract(opened: Case, scenario: str, on: date | None, outcome: Outcome) -> dict[str, Any]:
    """What `--json` prints; fractions, and million USD of the base year."""
    columns = {
        "welfare": outcome.welfare,
        "welfare_first_order": outcome.welfare_first_order,
        "real_wage": outcome.real_wage,
        "ev_musd": outcome.equivalent_variation,
    }
    values = {name: column.to_numpy() for name, column in columns.items()}
    return {
        "schema_version": 1,
        "case": opened.name,
        "scenario": scenario,
        "as_of": (on or opened.as_of).isoformat(),
        "world": outcome.base.hash,
        "deficits": outcome.deficits,
        "countries": {
            code: {name: float(column[n]) for name, column in values.items()}
            for n, code in enumerate(outcome.base.countries)
        },
        "flows": [_flow(outcome, flow) for flow in opened.flows],
        "solver": {
            "iterations": outcome.solver.iterations,
            "residual": outcome.solver.residual,
            "seconds": outcome.solver.seconds,
            "method": outcome.solver.method,
        },
    }


def _flow(outcome: Outcome, flow: Flow) -> dict[str, Any]:
    base, new = outcome.part_flow(flow.importer, flow.exporter, flow.sector, flow.part or "")
    place = (flow.exporter, flow.importer, flow.sector, flow.part)
    counted = [
        one
        for one in outcome.units
        if (one.flow.exporter, one.flow.importer, one.flow.sector, one.flow.part) == place
    ]
    return {
        "id": flow.id,
        "exporter": flow.exporter,
        "importer": flow.importer,
        "sector": flow.sector,
        "part": flow.part,
        "base_musd": base,
        "new_musd": new,
        "base_units": counted[0].base if counted else None,
        "new_units": counted[0].new if counted else None,
        "unit": counted[0].flow.unit if counted else None,
    }


def _show(opened: Case, content: dict[str, Any]) -> None:
    from kosho.brief import words
    from kosho.codes import country_name

    countries: dict[str, dict[str, float]] = content["countries"]
    parties = [one.economy for one in opened.parties]
    others = sorted(
        (code for code in countries if code not in parties), key=lambda code: countries[code]["ev_musd"]
    )
    shown = [*parties, *others[:SHOWN], *others[-SHOWN // 3 :]]
    rows = [
        (
            country_name(code),
            words.percent(countries[code]["welfare"], sign=True),
            words.billions(countries[code]["ev_musd"], sign=True),
            words.percent(countries[code]["real_wage"], sign=True),
        )
        for code in dict.fromkeys(shown)
    ]
    title = opened.scenario(content["scenario"]).title
    title += f", as of {content['as_of']}: long run, against the base year"
    columns = ("Economy", "Real income, %", "Billion USD a year", "Real wage, %")
    show_table(title, columns, rows, numeric=3)
    flows = [
        (
            flow.title,
            words.billions(one["base_musd"]),
            words.billions(one["new_musd"]),
            words.quantity(one["base_units"]) if one["base_units"] else "",
            words.quantity(one["new_units"]) if one["base_units"] else "",
        )
        for flow, one in zip(opened.flows, content["flows"], strict=True)
    ]
    if flows:
        show_table("Flows", ("Flow", "Billion USD, base", "new", "Quantity, base", "new"), flows, numeric=4)
