"""`kosho simulate`: one scenario, one set of assumptions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from kosho.cli.bounds import show as show_bounds
from kosho.cli.options import AllowIdle, AsOf, Deficits, Json, WorldNamed, open_case, permitted, world_named
from kosho.cli.terminal import chosen, day, say, show_assumptions, show_json, show_progress, show_table

if TYPE_CHECKING:
    from datetime import date

    from kosho.case import Case
    from kosho.case_schema import NamedFlow
    from kosho.equilibrium import Outcome
    from kosho.scenario.commitments import CountryEnds, ResultEnds, ScenarioCommitments

__all__ = ["app"]

app = typer.Typer(add_completion=False)

SHOWN = (6, 3)
"""Economies besides the parties: those that lose and those that gain most."""
ALL_SHOWN = (12, 4)
FLOW_COLUMNS = ("Base, billion USD", "New, billion USD", "Base, quantity", "New, quantity")


@app.command()
def show(  # noqa: PLR0913 - one parameter an option
    case: Annotated[
        str | None, typer.Argument(metavar="[CASE]", help="A case by name or folder; not with --base.")
    ] = None,
    scenario: Annotated[
        str | None,
        typer.Option(
            help="Id of a scenario; `kosho cases` lists them. With --add the status quo if not given."
        ),
    ] = None,
    as_of: AsOf = None,
    deficits: Deficits = "fixed",
    elasticities: Annotated[
        str, typer.Option(metavar="central|low", help="How strongly trade responds.")
    ] = "central",
    world: WorldNamed = None,
    add: Annotated[
        list[str] | None,
        typer.Option(
            "--add",
            metavar="'IMPORTER PARTNERS GOODS RATE'",
            help="A measure added: 'EU27 JPN C29 25%' in all, +25% on top, cut 50%, free, max 5%, ban; GOODS "
            "are sectors or product groups (`kosho codes`), or goods. Give it several times for several.",
        ),
    ] = None,
    *,
    base: Annotated[
        bool, typer.Option("--base", help="With --add: to the law of the table's year, without a case.")
    ] = False,
    everything: Annotated[
        bool, typer.Option("--all", help="With parameters, all diverted sales, and what is left out.")
    ] = False,
    allow_idle: AllowIdle = False,
    json: Json = False,
) -> None:
    """Simulate a scenario of a case, or a measure in one line: what it does to whom, in the long run.

    --add alone, or with --base, asks what a measure does to the economy of the table; with --as-of, added to
    the law in force on a day; with CASE, added to a scenario. A scenario alone is compared with the base.
    """
    from kosho.cli.additions import Question, answer
    from kosho.scenario import simulate_with_ranges
    from kosho.scenario.additions import Way
    from kosho.world import low_elasticity

    on = day(as_of, "--as-of")
    closure = chosen(deficits, ("fixed", "zero"), "--deficits")
    response = chosen(elasticities, ("central", "low"), "--elasticities")
    question = Question(case, scenario, on, tuple(add or ()), base)
    if question.lines:
        answer(question, world, Way(closure, response, allow_idle), json=json)
        return
    case, scenario = question.plain()
    opened = permitted(open_case(case, on), allow_idle=allow_idle)
    named = world_named(world, opened)
    with show_progress("Solving") as progress:
        table = named.load(opened.apart).whole
        table = low_elasticity(table) if response == "low" else table
        found = simulate_with_ranges(opened, scenario, on, table, closure, progress)
        seen = opened.within(table)
        content = contract(seen, scenario, on, found.outcome) | {
            "detail": named.detail or "full",
            "table": found.outcome.base.meta.name,
            "elasticities": response,
            "assumptions": list(found.assumptions),
            "flows_left_out": found.flows_left_out,
        }
    if json:
        show_json(content | found.commitments.model_dump(mode="json", exclude={"scenario"}))
    else:
        _show(seen, content, found.commitments, everything=everything)
        for flow in filter(lambda one: one.id in found.flows_left_out, opened.flows):
            say(f"note: {flow.title} is not shown: {found.flows_left_out[flow.id]}")


def contract(opened: Case, scenario: str, on: date | None, outcome: Outcome) -> dict[str, Any]:
    """What `--json` prints besides bounds; fractions, and million USD of the base year."""
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


def _flow(outcome: Outcome, flow: NamedFlow) -> dict[str, Any]:
    from kosho.scenario.sensitivity import counted

    base, new = outcome.part_flow(flow.importer, flow.exporter, flow.sector, flow.part or "")
    units = counted(outcome, flow)
    return {
        "id": flow.id,
        "exporter": flow.exporter,
        "importer": flow.importer,
        "sector": flow.sector,
        "part": flow.part,
        "base_musd": base,
        "new_musd": new,
        "base_units": None if units is None else units.base,
        "new_units": None if units is None else units.new,
        "unit": None if units is None else units.flow.unit,
    }


def _show(opened: Case, content: dict[str, Any], bounds: ScenarioCommitments, *, everything: bool) -> None:
    from datetime import date

    from kosho import formatting
    from kosho.codes import country_name

    countries: dict[str, dict[str, float]] = content["countries"]
    parties = [one.economy for one in opened.parties]
    others = sorted(
        (code for code in countries if code not in parties), key=lambda code: countries[code]["ev_musd"]
    )
    worst, best = ALL_SHOWN if everything else SHOWN
    shown = [*parties, *others[:worst], *others[-best:]]
    ends = bounds.ends
    rows = [
        (country_name(code), *_effect(countries[code], None if ends is None else ends.countries[code]))
        for code in dict.fromkeys(shown)
    ]
    for measure in bounds.of_scenario:
        say(f"note: {bounds.titles[measure]} is not in these results: {bounds.left_out[measure]}")
    title = opened.scenario(content["scenario"]).title
    day = formatting.day(date.fromisoformat(content["as_of"]))
    title += f", as of {day}: long run, against the base year"
    columns = ("Economy", "Real income, %", "Billion USD a year", "Real wage, %")
    show_table(title, columns, rows, numeric=3)
    flows = [
        (flow.title, *_traded(one, ends, position))
        for position, (flow, one) in enumerate(zip(opened.flows, content["flows"], strict=True))
    ]
    if flows:
        show_table("Flows, a year", ("Flow", *FLOW_COLUMNS), flows, numeric=len(FLOW_COLUMNS))
    show_bounds(opened, bounds, everything=everything)
    show_assumptions(content["assumptions"])


def _effect(found: dict[str, float], ends: CountryEnds | None) -> tuple[str, str, str]:
    """Real income and money with their ranges, and the real wage."""
    from kosho import formatting

    income, money = (
        formatting.percent(found["welfare"], sign=True),
        formatting.billions(found["ev_musd"], sign=True),
    )
    if ends is not None:
        income = formatting.with_ends(income, formatting.percent_range(ends.welfare.low, ends.welfare.high))
        money = formatting.with_ends(money, formatting.span(ends.ev_musd.low, ends.ev_musd.high))
    return income, money, formatting.percent(found["real_wage"], sign=True)


def _traded(found: dict[str, Any], ends: ResultEnds | None, position: int) -> tuple[str, str, str, str]:
    """Value and quantity of a flow, the new ones with their ranges."""
    from kosho import formatting

    value = formatting.billions(found["new_musd"]) if found["new_musd"] else formatting.NONE
    counted = found["base_units"] is not None
    units = ""
    if counted:
        units = formatting.quantity(found["new_units"], 2) if found["new_units"] else formatting.NONE
    if ends is not None:
        at = ends.flows[position]
        value = formatting.with_ends(value, formatting.billions_range(at.new_musd.low, at.new_musd.high))
        if at.new_units is not None:
            units = formatting.with_ends(units, formatting.quantity_range(at.new_units.low, at.new_units.high))
    base = formatting.quantity(found["base_units"]) if counted else ""
    return formatting.billions(found["base_musd"]), value, base, units
