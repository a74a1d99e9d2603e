"""From a case to what its brief says."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import astuple, dataclass
from datetime import date
from importlib.util import find_spec
from typing import TYPE_CHECKING, Literal, NamedTuple

from kosho.brief import method, told
from kosho.brief.deal_content import described
from kosho.brief.first_page import first_page
from kosho.brief.headline import headline, lead
from kosho.brief.law import measure_summary
from kosho.brief.model import (
    Brief,
    BriefParty,
    Claim,
    DateAhead,
    FlowYears,
    MeasureSummary,
    ObservedFigure,
    OpenItem,
    Reference,
    RestingFinding,
    WorldStamp,
)
from kosho.brief.negotiation import Negotiation, ScaleMark
from kosho.brief.outlook import agreed, outlook
from kosho.brief.recorded import recorded
from kosho.cache import code, recalled
from kosho.declared import as_declared
from kosho.errors import InputError
from kosho.language import _, current, use
from kosho.parallel import beside, tell
from kosho.progress import Progress, silent
from kosho.scenario import ScenarioResults, compared_pairs, negotiate_case, run
from kosho.scenario.interval import Interval
from kosho.scenario.labour_market import JobsAndPrices, of_scenarios
from kosho.scenario.turning import Turning, turning
from kosho.scenario.year_one import ABSORBED, told_years
from kosho.translations import depends_on
from kosho.unfinished import Unfinished
from kosho.world.elasticity_scale import estimates
from kosho.world.report import info

if TYPE_CHECKING:
    from kosho.bargain import Effort
    from kosho.case import Case
    from kosho.provenance import Source
    from kosho.scenario import ScenarioResults
    from kosho.world import World, WorldChoice, Worlds

__all__ = ["compose", "negotiation"]

DRAWS, CERTIFIED = 100, 1
"""What a table in a brief is certified by: draws, and packages beside the deals, of which nothing is told."""
BEARING: tuple[Literal["none", "all"], ...] = ("none", "all")
"""What makers bear of a duty, in the order of `ABSORBED`."""


@as_declared
def compose(
    case: Case,
    as_of: date | None = None,
    progress: Progress | None = None,
    *,
    bargain: bool | None = None,
    world: WorldChoice | Worlds | None = None,
) -> Brief:
    """Compute and word everything a brief says.

    Args:
        case: The case.
        as_of: Day of knowledge, and day in force where a scenario names none; None is the case's own day.
        progress: Called with what is being done, for a person who waits.
        bargain: Price the negotiating table of the case as well; None does so where it has one and the
            `bargain` extra is installed.
        world: The table; None is `case.world`. Packages and draws are solved in its coarse form.

    Finished briefs are cached until code, data or case change; one broken off goes on from what was solved, as
    one in another language does.

    Raises:
        InputError: the register does not cover the day, or the case has no table.
        ConvergenceError: a scenario has no equilibrium that could be found.

    >>> from datetime import date
    >>> from kosho import Case
    >>> from kosho.brief import compose
    >>> compose(Case.load("japan-us-2025"), as_of=date(2031, 1, 1))
    Traceback (most recent call last):
        ...
    kosho.errors.InputError: the measures of ... on 2031-01-01 are not in the register (it covers ...)
    """
    case = case.as_known_on(as_of)
    on = case.as_of
    if bargain is None:
        bargain = case.has_table and find_spec("moocore") is not None
    chosen = world or case.world
    parts = _depends_on(case, on, chosen)
    report = progress or silent
    if bargain:
        case.table(on)  # a mistake in it is reported before anything is computed
    with Unfinished(b"scenarios", *parts) as unfinished:

        def made() -> Brief:
            return _composed(case, on, report, chosen, unfinished, bargain=bargain)

        return recalled(Brief, made, b"brief", bytes([bargain]), *parts, *depends_on(case.folder))


def negotiation(
    case: Case,
    as_of: date,
    progress: Progress,
    effort: Effort | None = None,
    world: WorldChoice | Worlds | None = None,
) -> Negotiation:
    """What a brief says of a case's table, priced in a world (`case.world` if not given). Pricing is kept.

    Raises:
        InputError: the case has no table, or the `bargain` extra is missing.
    """
    from kosho.bargain import Effort  # noqa: PLC0415 - a brief without a table needs none of it

    case = case.as_known_on(as_of)
    work = effort or Effort(draws=DRAWS, certified=CERTIFIED)
    chosen = world or case.world

    def priced() -> Negotiation:
        return described(negotiate_case(case, as_of, chosen, effort=work, progress=progress))

    parts = _depends_on(case, as_of, chosen)
    told = repr(astuple(work)).encode(), *parts, *depends_on(case.folder)
    with Unfinished(b"table", *parts):
        return recalled(Negotiation, priced, b"negotiation", *told)


@dataclass(frozen=True, eq=False)
class _Computed:
    """What a brief says of the scenarios of a case; nothing where it has none to solve."""

    worlds: Worlds | None = None
    solved: ScenarioResults | None = None
    turns: tuple[Turning, ...] = ()
    years: tuple[FlowYears, ...] = ()
    marks: tuple[ScaleMark, ...] = ()


def _scenarios(
    case: Case, on: date, progress: Progress, chosen: WorldChoice | Worlds, unfinished: Unfinished
) -> _Computed:
    worlds = case.worlds(chosen)
    solved = run(case, as_of=on, progress=progress, world=worlds, unfinished=unfinished)
    return _Computed(
        worlds,
        solved,
        turning(case, compared_pairs(solved.scenarios), on, worlds.coarse, progress=progress),
        tuple(_year_one(case, solved, on, worlds.whole)),
        tuple(ScaleMark(title=one.title, low=one.low, high=one.high) for one in estimates(worlds.coarse)),
    )


class _AskedTable(NamedTuple):
    """A table that another process prices."""

    case: Case
    on: date
    world: WorldChoice | Worlds
    language: str


def _asked_table(asked: _AskedTable) -> Negotiation:
    with use(asked.language):
        return negotiation(asked.case, asked.on, tell, world=asked.world)


def _depends_on(case: Case, as_of: date, world: WorldChoice | Worlds) -> list[bytes]:
    """All that numbers of a case on a day in a world depend on; words do on `depends_on` besides."""
    files = [path.read_bytes() for path in sorted(case.folder.glob("*.yaml"))]
    asked = [case.name.encode(), as_of.isoformat().encode(), bytes([case.allow_idle])]
    return [code(), *asked, world.key, *files]


def _composed(
    case: Case,
    on: date,
    progress: Progress,
    chosen: WorldChoice | Worlds,
    unfinished: Unfinished,
    *,
    bargain: bool,
) -> Brief:
    record = case.record  # a mistake in it is reported before anything is computed
    found = _Computed()
    with beside(_asked_table, _AskedTable(case, on, chosen, current())) if bargain else nullcontext() as other:
        if any(one.role != "history" for one in case.scenarios.values()):
            found = _scenarios(case, on, progress, chosen, unfinished)
        tabled = None if other is None else other.result(progress)
    worlds, solved = found.worlds, found.solved
    labour: dict[str, JobsAndPrices] = {}
    if solved is not None and worlds is not None:
        against = tabled.against if tabled else None
        progress(_("Jobs and consumer prices"))
        labour = _labour(case, solved, against, on, worlds.coarse)
    progress(_("Writing"))
    said = recorded(record.as_of(on)) if record else None
    calendar = tuple(
        DateAhead(date=one.date, title=one.title, consequence=one.consequence, sources=one.source)
        for one in sorted(case.calendar, key=lambda one: one.date)
        if one.date >= on
    )
    numbers = solved or ScenarioResults(tuple(one.economy for one in case.parties), None, (), (), (), (), ())
    held = _held(case, on)
    drafted = Brief(
        case=case.name,
        title=case.title,
        summary=case.summary,
        as_of=on,
        parties=tuple(
            BriefParty(code=one.economy, title=one.title, negotiators=one.negotiators) for one in case.parties
        ),
        world=None if worlds is None else _stamp(worlds.whole),
        talks_world=None if worlds is None else _stamp(worlds.coarse),
        outlook=outlook(numbers, found.turns, tabled, found.marks, on),
        agreed=agreed(tabled, found.marks, on),
        turning=found.turns,
        year_one=found.years,
        labour=labour,
        lead=lead(solved) if solved else told.lead(said, on, case.holds),
        headline=headline(solved) if solved else told.points(said, calendar),
        in_force=tuple(_measures(case, on)) if held else (),
        law_held=held,
        law_verified_to=_verified(case, on) if held else {},
        scenarios=numbers.scenarios,
        variants=numbers.variants,
        results=numbers.results,
        comparisons=numbers.comparisons,
        flow_ranges=numbers.flow_ranges,
        bounds=numbers.all_commitments,
        not_yet_priced=tuple(
            OpenItem(title=one.title, by=one.by, why=one.why, quote=one.quote, sources=one.source)
            for one in case.not_yet_priced
        ),
        calendar=calendar,
        findings=tuple(
            RestingFinding(
                finding=one.finding,
                rests_on=one.rests_on,
                otherwise=one.otherwise,
                status=one.status,
                sources=one.source,
            )
            for one in case.findings
        ),
        observed=() if method.few_observed(case) else tuple(_observed(case)),
        method=method.nothing_computed(case, held)
        if solved is None or worlds is None
        else method.describe(case, on, info(worlds.whole), solved),
        negotiation=tabled,
        record=said,
        sources=(),
    )
    recorded_sources = {one.id: one.plain() for one in record.file.sources} if record else {}
    known = method.sources() | recorded_sources | case.sources
    if bargain:
        laid = case.table(on)
        known |= laid.sources if laid.struck is None else {**laid.sources, **laid.struck.sources}
    drafted = drafted.model_copy(update={"first_page": first_page(drafted)})
    return drafted.model_copy(update={"sources": tuple(_numbered(_cited(drafted), known, on))})


def _year_one(case: Case, solved: ScenarioResults, on: date, world: World) -> Iterable[FlowYears]:
    """Goods that the case names, in the first year of what is in force."""
    today = solved.by_role("status-quo")
    if not today or not case.flows:
        return
    found, _other = told_years(case, today[0].id, on, world)
    for one in found:
        bearing = tuple(zip(BEARING, ABSORBED, strict=True))
        yield FlowYears(
            title=one.flow.title,
            value={name: _ends([year.value for year in one.bearing(share)]) for name, share in bearing},
            number={name: _ends([year.number for year in one.bearing(share)]) for name, share in bearing},
        )


def _ends(found: Iterable[float | None]) -> Interval | None:
    known = [one for one in found if one is not None]
    return Interval(low=min(known), high=max(known)) if known else None


def _labour(
    case: Case, solved: ScenarioResults, against: str | None, on: date, world: World
) -> dict[str, JobsAndPrices]:
    """Jobs and consumer prices of the case's own deals over no deal."""
    known = {one.id for one in solved.scenarios}
    failing = against if against in known else next((one.id for one in solved.by_role("no-deal")), None)
    deals = [one.id for one in solved.by_role("deal")]
    return of_scenarios(case, deals, failing, on, world) if deals and failing else {}


def _stamp(world: World) -> WorldStamp:
    meta = world.meta
    return WorldStamp(
        name=meta.name,
        hash=world.hash,
        year=meta.year,
        source=meta.source,
        licence=meta.licence,
        attribution=meta.attribution,
        unit=meta.unit,
        economies=len(world.countries),
        sectors=len(world.sectors),
        estimated=meta.estimated,
        adjustments=meta.adjustments,
    )


def _measures(case: Case, on: date) -> Iterable[MeasureSummary]:
    """What is in force on the day, what hits a party first."""
    parties = [one.economy for one in case.parties]
    found = [measure_summary(case.register, one, parties) for one in case.register.in_force(on, on)]
    return sorted(found, key=lambda one: not one.hits)


def _observed(case: Case) -> Iterable[ObservedFigure]:
    """What is known from reality, by what it is of and by time."""
    for one in sorted(case.observations, key=lambda one: (one.title, one.period)):
        figure = one.figure
        yield ObservedFigure(
            title=one.title,
            period=one.period,
            value=figure.value,
            unit=figure.unit,
            status=figure.status,
            note=figure.note,
            sources=(figure.source,),
        )


def _held(case: Case, on: date) -> bool:
    """Whether the register holds the law of the day."""
    try:
        case.register.refuse_uncovered(on)
    except InputError:
        return False
    return True


def _verified(case: Case, on: date) -> dict[str, date]:
    """Of those whose measures are in force on the day, as far as their files say it."""
    imposers = sorted({law.imposer for law in case.register.in_force(on, on)})
    found = {imposer: case.register.verified_to(imposer) for imposer in imposers}
    return {imposer: day for imposer, day in found.items() if day is not None}


def _cited(brief: Brief) -> Iterable[str]:
    """Ids of sources in the order in which the page mentions them."""
    claims: list[Claim] = [brief.lead, *brief.headline]
    yield from (source for claim in claims for source in claim.sources)
    yield from (source for measure in brief.in_force for source in measure.sources)
    if brief.record is not None:
        yield from brief.record.sources
    yield from (source for scenario in brief.scenarios for source in scenario.sources)
    for flow in brief.results[0].flows if brief.results else ():
        if flow.units_source is not None:
            yield flow.units_source
    yield from (source for claim in brief.method.first_year for source in claim.sources)
    for bounds in brief.bounds:
        yield from (source for bound in bounds.bounds for source in bound.sources)
        yield from (source for parameter in bounds.ranges for source in parameter.sources)
    yield from (source for item in brief.not_yet_priced for source in item.sources)
    yield from (source for item in brief.calendar for source in item.sources)
    if brief.negotiation is not None:
        yield from brief.negotiation.sources
        yield from (said.source for said in brief.negotiation.said)
        struck = brief.negotiation.struck
        if struck is not None:
            yield from struck.sources
            yield from (source for part in (*struck.parts, *struck.unpriced) for source in part.sources)
    for claim in (*brief.method.model, *brief.method.limits):
        yield from claim.sources


def _numbered(ids: Iterable[str], known: dict[str, Source], on: date) -> Iterable[Reference]:
    for number, name in enumerate(dict.fromkeys(ids), 1):
        published = known[name].date
        later = published is not None and published > on
        yield Reference(number=number, hindsight=later, **known[name].model_dump())
