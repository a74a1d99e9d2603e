"""`kosho simulate`: one scenario, one set of assumptions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from kosho import formatting
from kosho.cli.bounds import show as show_bounds
from kosho.cli.closures import INCOME, Closures, closure_of
from kosho.cli.options import AllowIdle, AsOf, Deficits, Json, WorldNamed, open_case, permitted, world_named
from kosho.cli.terminal import chosen, day, say, show_assumptions, show_json, show_progress, show_table
from kosho.cli.year_one import HELD, products, show_first_year, show_years, years
from kosho.errors import InputError, Problem
from kosho.language import N_, _

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from kosho.case import Case
    from kosho.case_schema import NamedFlow
    from kosho.equilibrium import Closure, Outcome
    from kosho.progress import Progress
    from kosho.scenario import Difference, ProductYear
    from kosho.scenario.commitments import CountryEnds, ResultEnds, ScenarioCommitments
    from kosho.scenario.simulate import Simulation
    from kosho.world import World, WorldChoice

__all__ = ["app"]

app = typer.Typer(add_completion=False)

SHOWN = (6, 3)
"""Economies besides the parties: those that lose and those that gain most."""
ALL_SHOWN = (12, 4)
PRICES = N_(
    "Consumer prices are counted in the value added of the world, so that they hold duties and what exchange "
    "rates do; only differences between economies, or from their wages, say something."
)
FLOW_COLUMNS = (N_("Base, billion USD"), N_("New, billion USD"), N_("Base, quantity"), N_("New, quantity"))


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
    against: Annotated[
        str | None,
        typer.Option(
            metavar="base|status-quo|no-deal|SCENARIO",
            help="What the scenario is compared with: the base, or with --add what lines are added to, if not "
            "given.",
        ),
    ] = None,
    horizon: Annotated[
        str,
        typer.Option(
            metavar="1|10|all",
            help="Year 1: the named products, wages and exchange rates held. Year 10: the whole economy.",
        ),
    ] = "10",
    closure: Closures = None,
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
    from kosho.scenario.additions import Way
    from kosho.scenario.against import resolved
    from kosho.scenario.results import BASE
    from kosho.scenario.several import several

    on = day(as_of, "--as-of")
    balance = chosen(deficits, ("fixed", "zero"), "--deficits")
    years = chosen(horizon, ("1", "10", "all"), "--horizon")
    adjusts = closure_of(closure)
    response = chosen(elasticities, ("central", "low"), "--elasticities")
    question = Question(case, scenario, on, tuple(add or ()), base)
    if question.lines:
        _refuse_year_one(years)
        way = Way(balance, response, allow_idle, adjusts, against)
        answer(question, world, way, json=json)
        return
    case, scenario = question.plain()
    opened = permitted(open_case(case, on), allow_idle=allow_idle)
    compared = resolved(opened, against or BASE)
    if compared == scenario and not allow_idle:
        told = _("{scenario} is the scenario itself: every figure would be nothing", scenario=scenario)
        others = ", ".join([BASE, *(name for name in opened.scenarios if name != scenario)])
        raise InputError(Problem(told, _("one of {names}", names=others), key="--against"))
    asked = _Asked(opened, scenario, on, compared, years, balance, response, adjusts)
    names = several(world)
    if names:
        _on_several(asked, names, json=json)
        return
    _tell(asked, world_named(world, opened), everything=everything, json=json)


def _refuse_year_one(horizon: str) -> None:
    """Lines have no named products to follow through a first year."""
    if horizon != "10":
        told = _("--add answers for year ten; year one follows the trades that a scenario's case names")
        raise InputError(Problem(told, _("write the measure into a scenario (kosho new)"), key="--horizon"))


@dataclass(frozen=True, eq=False)
class _Asked:
    """A scenario, what it is compared with, and how it is solved."""

    case: Case
    scenario: str
    on: date | None
    against: str
    horizon: str
    deficits: Literal["fixed", "zero"]
    elasticities: str
    closure: Closure | None

    def heading(self, named: WorldChoice, table: World) -> dict[str, Any]:
        """What every answer says of the question."""
        return {
            "schema_version": 1,
            "case": self.case.name,
            "scenario": self.scenario,
            "as_of": (self.on or self.case.as_of).isoformat(),
            "world": table.hash,
            "detail": named.detail or "full",
            "table": table.meta.name,
            "elasticities": self.elasticities,
            "against": self.against,
            "horizon": self.horizon,
            "closure": list(self.closure.told) if self.closure else [],
        }

    def solved(self, scenario: str, table: World, progress: Progress) -> Simulation:
        """A scenario in year ten, with its ranges."""
        from kosho.scenario import simulate_with_ranges

        return simulate_with_ranges(
            self.case, scenario, self.on, table, self.deficits, progress, closure=self.closure
        )

    def title(self) -> str:
        """The scenario and its day."""
        day = formatting.day(self.on or self.case.as_of)
        return _("{title}, as of {day}", title=self.case.scenario(self.scenario).title, day=day)

    def compared(self) -> str:
        """What a result is compared with, in words."""
        from kosho.scenario.results import BASE

        return _("the base year") if self.against == BASE else f"“{self.case.scenario(self.against).title}”"


def _tell(asked: _Asked, named: WorldChoice, *, everything: bool, json: bool) -> None:
    """Solve what is asked at its horizons and print it."""
    from kosho.scenario import compare
    from kosho.scenario.results import BASE
    from kosho.scenario.year_one import told_years
    from kosho.world import low_elasticity

    with show_progress(_("Solving")) as progress:
        table = asked.case.worlds(named).whole
        table = low_elasticity(table) if asked.elasticities == "low" else table
        if asked.closure:
            asked = replace(asked, closure=asked.closure.sourced(table))
        seen = asked.case.within(table)
        content = asked.heading(named, table)
        other = None if asked.against == BASE else asked.against
        early: Sequence[ProductYear] = ()
        unshown: dict[str, str] = {}
        if asked.horizon != "10":
            early, unshown = told_years(asked.case, asked.scenario, asked.on, table, other)
            content |= {"held": HELD, "products": products(early), "products_left_out": unshown}
        found = beside = None
        if asked.horizon != "1":
            found = asked.solved(asked.scenario, table, progress)
            beside = None if other is None else asked.solved(other, table, progress)
    if found is None:
        if json:
            show_json(content)
        else:
            _show_year_one(asked, early, unshown)
        return
    difference = compare(found, beside)
    content |= contract(seen, found.outcome) | {
        "countries": difference.countries,
        "assumptions": [*found.assumptions, *found.outcome.assumed],
        "flows_left_out": found.flows_left_out,
    }
    if asked.horizon != "10":
        later = None if beside is None else contract(seen, beside.outcome)["flows"]
        content["years"] = years(early, content["flows"], later)
    if json:
        show_json(content | _told(found.commitments, difference))
        return
    _show(asked, seen, content, (found.commitments, difference), everything=everything)
    if asked.horizon != "10":
        _show_year_one(asked, early, unshown)
        say("")
        show_years(early, content["years"], asked.compared())
    for flow in filter(lambda one: one.id in found.flows_left_out, asked.case.flows):
        say(
            _(
                "note: {title} is not shown: {flows_left_out}",
                title=flow.title,
                flows_left_out=found.flows_left_out[flow.id],
            )
        )


def _on_several(asked: _Asked, names: Sequence[str], *, json: bool) -> None:
    """The scenario on several tables, side by side: year ten, central numbers.

    Raises:
        InputError: something was asked that only one table is asked.
    """
    from kosho.cli.several import show_several
    from kosho.errors import InputError, Problem
    from kosho.scenario.several import on_several

    if asked.horizon != "10" or asked.closure is not None or asked.elasticities != "central":
        told = _("several tables are asked year ten with the plain closure and central elasticities")
        raise InputError(Problem(told, _("name one table"), key="--world"))
    with show_progress(_("Solving")) as progress:
        question = asked.scenario, asked.against
        found = on_several(asked.case, question, names, asked.on, asked.deficits, progress)
    heading = {"case": asked.case.name, "as_of": (asked.on or asked.case.as_of).isoformat()}
    show_several(
        found,
        _("{title}: long run, against {compared}", title=asked.title(), compared=asked.compared()),
        heading,
        json=json,
    )


def _show_year_one(asked: _Asked, early: Sequence[ProductYear], left_out: Mapping[str, str]) -> None:
    show_first_year(asked.title(), asked.compared(), early)
    for flow in filter(lambda one: one.id in left_out, asked.case.flows):
        say(_("note: {title} has no year one here: {left_out}", title=flow.title, left_out=left_out[flow.id]))


def _told(bounds: ScenarioCommitments, difference: Difference) -> dict[str, Any]:
    """Bounds and ranges for `--json`; those of economies are of what the results are."""
    told = bounds.model_dump(mode="json", exclude={"scenario"})
    if told["ends"] is not None and difference.ends is not None:
        ends = {code: one.model_dump(mode="json") for code, one in difference.ends.items()}
        told["ends"]["countries"] = ends
    return told


def contract(opened: Case, outcome: Outcome) -> dict[str, Any]:
    """What `--json` prints of an equilibrium; fractions, and million USD of the base year."""
    from kosho.scenario.jobs import makers_of

    parties = [one.economy for one in opened.parties]
    return {
        "deficits": outcome.deficits,
        "flows": [_flow(outcome, flow) for flow in opened.flows],
        "makers": [one.model_dump(mode="json") for one in makers_of(outcome, parties)],
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


def _show(
    asked: _Asked,
    seen: Case,
    content: dict[str, Any],
    told: tuple[ScenarioCommitments, Difference],
    *,
    everything: bool,
) -> None:
    from kosho.codes import country_name

    bounds, difference = told
    countries = difference.countries
    parties = [one.economy for one in seen.parties]
    others = sorted(
        (code for code in countries if code not in parties), key=lambda code: countries[code]["ev_musd"] or 0.0
    )
    worst, best = ALL_SHOWN if everything else SHOWN
    shown = [*parties, *others[:worst], *others[-best:]]
    moving = bool(asked.closure and asked.closure.labour_supply)
    apart = bool(asked.closure and (moving or asked.closure.revenue == "kept"))
    spread = difference.ends or {}
    rows = [
        (country_name(code), *_effect(countries[code], spread.get(code), moving=moving))
        for code in dict.fromkeys(shown)
    ]
    for measure in bounds.of_scenario:
        say(
            _(
                "note: {titles} is not in these results: {left_out}",
                titles=bounds.titles[measure],
                left_out=bounds.left_out[measure],
            )
        )
    columns = (_("Economy"), _(INCOME[apart]), _("Billion USD a year"), _("GDP, %"), _("Consumer prices, %"))
    columns += (_("Employment, %"),) if moving else (_("Real wage, %"),)
    title = _(
        "{title}: long run (year ten), against {compared}", title=asked.title(), compared=asked.compared()
    )
    show_table(title, columns, rows, numeric=len(columns) - 1)
    if asked.closure:
        say(_("What adjusts besides prices and trade: {names}.", names=_("; ").join(asked.closure.told)))
    say(_(PRICES) + "\n")
    ends = bounds.ends
    flows = [
        (flow.title, *_traded(one, ends, position))
        for position, (flow, one) in enumerate(zip(seen.flows, content["flows"], strict=True))
    ]
    if flows:
        show_table(_("Flows, a year"), (_("Flow"), *map(_, FLOW_COLUMNS)), flows, numeric=len(FLOW_COLUMNS))
    _show_makers(content["makers"])
    show_bounds(seen, bounds, everything=everything)
    show_assumptions(content["assumptions"])


def _show_makers(found: list[dict[str, Any]]) -> None:
    """Makers apart from places of production, where brands are known."""
    from kosho.codes import country_name

    rows = [
        (
            country_name(one["market"]),
            *(formatting.percent(one[key], decimals=1) for key in ("base_share", "new_share")),
            *(formatting.billions(one[key], part=True) for key in ("base_musd", "new_musd")),
            *(
                formatting.billions(one[key], part=True)
                for key in ("made_at_home_base_musd", "made_at_home_musd")
            ),
        )
        for one in found
    ]
    if rows:
        heads = (_("Market"), _("Share, %,\nbase"), _("\nnew"), _("Sold, billion\nUSD, base"), _("\nnew"))
        heads += (_("Made in Japan,\nbase"), _("\nnew"))
        show_table(_("Vehicles and parts of Japanese makers, wherever they are made"), heads, rows, numeric=6)


def _effect(found: dict[str, float | None], ends: CountryEnds | None, *, moving: bool) -> tuple[str, ...]:
    """Real income and money with their ranges, volume of GDP, prices, and employment or the real wage."""
    income, money = (
        formatting.percent(found["welfare"], sign=True),
        formatting.billions(found["ev_musd"], sign=True),
    )
    if ends is not None:
        income = formatting.change(found["welfare"], ends.welfare.low, ends.welfare.high)
        money = formatting.gain(found["ev_musd"], ends.ev_musd.low, ends.ev_musd.high)
    others = ("real_gdp", "consumer_prices", "employment" if moving else "real_wage")
    return income, money, *(formatting.percent(found[name], sign=True) for name in others)


def _traded(found: dict[str, Any], ends: ResultEnds | None, position: int) -> tuple[str, str, str, str]:
    """Value and quantity of a flow, the new ones with their ranges."""
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
