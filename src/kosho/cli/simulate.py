"""`kosho simulate`: one scenario, one set of assumptions."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

import typer

from kosho.cli.bounds import show as show_bounds
from kosho.cli.options import AsOf, Deficits, Json, WorldNamed, world_named
from kosho.cli.terminal import chosen, day, note, progress, show_json, show_table

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from kosho.case import Case
    from kosho.case_schema import NamedFlow
    from kosho.cli.terminal import Tell
    from kosho.equilibrium import Outcome
    from kosho.impact.effects import Effects
    from kosho.scenario.commitments import CountryEnds, Ends, ScenarioCommitments
    from kosho.world import World

__all__ = ["app"]

app = typer.Typer(add_completion=False)

SHOWN = (6, 3)
"""Economies besides the parties: those that lose and those that gain most."""
ALL_SHOWN = (12, 4)


@app.command()
def show(  # noqa: PLR0913 - one parameter an option
    case: Annotated[str, typer.Argument(help="A shipped case or its folder.")],
    scenario: Annotated[str, typer.Option(help="Id of a scenario; `kosho cases` lists them.")],
    as_of: AsOf = None,
    deficits: Deficits = "fixed",
    elasticities: Annotated[
        str, typer.Option(metavar="central|low", help="How strongly trade responds.")
    ] = "central",
    world: WorldNamed = None,
    *,
    everything: Annotated[
        bool, typer.Option("--all", help="With parameters, all diverted sales, and what is left out.")
    ] = False,
    json: Json = False,
) -> None:
    """Simulate a scenario of a case: what it does to whom, in the long run."""
    from kosho.case import Case

    on = day(as_of, "--as-of")
    closure = chosen(deficits, ("fixed", "zero"), "--deficits")
    response = chosen(elasticities, ("central", "low"), "--elasticities")
    opened = Case.load(case)
    named = world_named(world, opened)
    with progress("Solving") as tell:
        table = named.load().whole
        opened = opened.within(table)
        outcome, bounds, notes = _solved(opened, scenario, on, _Options(table, closure, response), tell)
        content = contract(opened, scenario, on, outcome) | {
            "detail": named.detail or "full",
            "table": outcome.base.meta.name,
            "elasticities": response,
            "assumptions": list(notes),
        }
    if json:
        show_json(content | bounds.model_dump(mode="json", exclude={"scenario"}))
    else:
        _show(opened, content, bounds, everything=everything)


class _Options(NamedTuple):
    """How a scenario is solved."""

    world: World
    deficits: Literal["fixed", "zero"]
    elasticities: Literal["central", "low"]


def _solved(
    opened: Case, scenario: str, on: date | None, how: _Options, tell: Tell
) -> tuple[Outcome, ScenarioCommitments, tuple[str, ...]]:
    """The scenario in the middle of all ranges, what it becomes at their ends, and what the table assumes."""
    from kosho.equilibrium import solve
    from kosho.scenario.commitments import commitments_of
    from kosho.scenario.sensitivity import Middle, at, corners, effects_at, paid_at, subsidies
    from kosho.scenario.simulate import pose
    from kosho.world import low_elasticity

    world = low_elasticity(how.world) if how.elasticities == "low" else how.world
    base, found = pose(opened, scenario, on, world)
    law = opened.law(scenario, on)
    paid = subsidies(base, law)

    def answer(to: Effects) -> Outcome:
        return solve(base, to.counterfactual, how.deficits)

    outcome = answer(found)
    moved: list[tuple[str, Mapping[str, Any] | str]] = []
    for corner in corners(law, found):
        tell(f"Solving at the ends of ranges: {corner.of}")
        solving = partial(answer, effects_at(base, law, corner))
        moved.append((corner.of, at(solving, opened.flows, paid_at(paid, corner))))
    parties = [one.economy for one in opened.parties]
    middle = Middle.of(outcome, opened.flows, paid_at(paid))
    told = commitments_of(scenario, (law, found, parties), middle, moved)
    return outcome, told, found.assumptions


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


def _show(opened: Case, content: dict[str, Any], bounds: ScenarioCommitments, *, everything: bool) -> None:
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
    title = opened.scenario(content["scenario"]).title
    title += f", as of {content['as_of']}: long run, against the base year"
    columns = ("Economy", "Real income, %", "Billion USD a year", "Real wage, %")
    show_table(title, columns, rows, numeric=3)
    flows = [
        (flow.title, *_traded(one, ends, position))
        for position, (flow, one) in enumerate(zip(opened.flows, content["flows"], strict=True))
    ]
    if flows:
        heads = ("Flow", "Billion USD,\nbase", "\nnew", "Quantity,\nbase", "\nnew")
        show_table("Flows", heads, flows, numeric=4)
    show_bounds(opened, bounds, everything=everything)
    for text in content["assumptions"]:
        note(f"Assumed: {text}.")


def _effect(found: dict[str, float], ends: CountryEnds | None) -> tuple[str, str, str]:
    """Real income and money with their ranges, and the real wage."""
    from kosho.brief import formatting as words

    income, money = (
        words.percent(found["welfare"], sign=True),
        words.billions(found["ev_musd"], sign=True),
    )
    if ends is not None:
        income = words.with_ends(income, words.percent_range(ends.welfare.low, ends.welfare.high))
        money = words.with_ends(money, words.span(ends.ev_musd.low, ends.ev_musd.high))
    return income, money, words.percent(found["real_wage"], sign=True)


def _traded(found: dict[str, Any], ends: Ends | None, position: int) -> tuple[str, str, str, str]:
    """Value and quantity of a flow, the new ones with their ranges."""
    from kosho.brief import formatting as words

    value = words.billions(found["new_musd"]) if found["new_musd"] else words.NONE
    counted = found["base_units"] is not None
    units = (words.quantity(found["new_units"]) if found["new_units"] else words.NONE) if counted else ""
    if ends is not None:
        at = ends.flows[position]
        value = words.with_ends(value, words.billions_range(at.new_musd.low, at.new_musd.high))
        if at.new_units is not None:
            units = words.with_ends(units, words.quantity_range(at.new_units.low, at.new_units.high))
    base = words.quantity(found["base_units"]) if counted else ""
    return words.billions(found["base_musd"]), value, base, units
