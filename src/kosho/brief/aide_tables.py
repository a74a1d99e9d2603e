"""Tables of pages two to six: the deals side by side, words, law, trade and certainty, each short."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from kosho import formatting
from kosho.brief import statement_text
from kosho.brief.cells import Cell, CellTable
from kosho.brief.first_page import turning_point
from kosho.brief.model import Brief, FlowYears, MeasureSummary, Prospect
from kosho.brief.negotiation import DealTerm, NamedDeal, StruckSummary
from kosho.brief.outlook import over
from kosho.codes import country_name
from kosho.language import _
from kosho.provenance import Said
from kosho.scenario.interval import Interval
from kosho.scenario.labour_market import LABOUR

__all__ = ["aide_tables"]

DEALS = 6
"""Deals side by side: with what they are about, seven columns."""
SIDES = 6
ISSUES = 9
"""Issues of the record that are shown; the annex has them all."""
HIT = 3


@dataclass(frozen=True, slots=True)
class _Column:
    """A deal in the table of deals."""

    title: str
    gains: dict[str, float]
    today: dict[str, float] = field(default_factory=dict[str, float])
    ends: dict[str, Interval] = field(default_factory=dict[str, Interval])
    promises: dict[str, Interval] = field(default_factory=dict[str, Interval])
    """Gains with promises to buy at both ends of their ranges."""
    turns: dict[str, tuple[float, ...]] = field(default_factory=dict[str, tuple[float, ...]])
    terms: tuple[DealTerm, ...] = ()
    words: str = ""
    others: dict[str, float] | None = None
    jobs: dict[str, float] = field(default_factory=dict[str, float])
    prices: dict[str, float] = field(default_factory=dict[str, float])


def aide_tables(brief: Brief) -> dict[str, CellTable]:
    """The tables of pages two to six by id; those with nothing to say are left out."""
    made = (
        deals_side_by_side(brief),
        positions(brief),
        law_between(brief),
        trade_at_stake(brief),
        certainty(brief),
    )
    return {table.id: table for table in made if table.rows}


def deals_side_by_side(brief: Brief) -> CellTable:
    """The deals in columns: what each side does, what each gains, who else is hit."""
    columns = list(_columns(brief))[:DEALS]
    silent = ("", formatting.NOT_KNOWN)
    rows = [row for row in _rows(brief, columns) if any(cell.text not in silent for cell in row[1:])]
    nil = formatting.nil_note((cell.text for row in rows for cell in row), percents=True, part=True)
    return CellTable(
        id="side-by-side",
        caption=_("The deals side by side; gains in billion USD a year, year ten{stood}", stood=_stood(brief)),
        columns=("", *(one.title for one in columns)),
        rows=tuple(rows) if columns else (),
        note=" ".join(filter(None, (_note(columns), nil))),
    )


def _note(columns: Sequence[_Column]) -> str:
    told = _(
        "x (lo to hi): the figure at the centre, then the lowest and the highest over every "
        "published strength of trade. Turns: the strength at which a gain becomes a loss or a loss a "
        "gain, where the centre is 1."
    )
    if not any(one.jobs for one in columns):
        return told
    return _(
        "{told} Jobs and prices: over no deal, on the smaller table, where people work more as wages "
        "buy more, with an elasticity of {labour_supply:g}, an assumption. Prices are counted in "
        "wages, which leaves out exchange rates.",
        told=told,
        labour_supply=LABOUR.labour_supply,
    )


def _stood(brief: Brief) -> str:
    """The day that a table is told as of, where its talks were over by the day of the brief; its today."""
    one = brief.negotiation
    if one is None or one.as_of is None or not over(one, brief.as_of) or not one.deals:
        return ""
    return _("; today is {day}, before the talks were over", day=formatting.day(one.as_of))


def _columns(brief: Brief) -> Iterator[_Column]:
    found, tabled = brief.outlook, list(_tabled(brief))
    shown: set[str] = set()
    if brief.negotiation is not None and brief.negotiation.struck is not None:
        yield _struck_column(brief.negotiation.struck)
    for one in found.prospects if found else ():
        head = {"ask": _("Ask for"), "accept": _("Accept down to")}[one.role]
        if one.scenario is not None:
            shown.add(one.scenario)
            ends = {party: one.range(party) for party in one.gains}
            yield _scenario_column(brief, one.scenario, head, ends, one.turns)
            continue
        same = [deal for deal in _tabled(brief) if deal.terms == one.terms]
        if not same:
            yield _package_column(brief, head, one)
            continue
        tabled = [deal for deal in tabled if deal.terms != one.terms]
        yield _tabled_column(_("{head} ({names})", head=head, names=_names(same)), same[0])
    while tabled:
        same = [deal for deal in tabled if deal.terms == tabled[0].terms]
        tabled = [deal for deal in tabled if deal.terms != same[0].terms]
        yield _tabled_column(_names(same), same[0])
    if not any(_tabled(brief)):
        for one in brief.numbers.by_role("deal"):
            if one.id not in shown:
                yield from _own_column(brief, one.id)


def _tabled(brief: Brief) -> Iterator[NamedDeal]:
    yield from (one for one in (brief.negotiation.deals if brief.negotiation else ()) if one.terms)


def _names(deals: Sequence[NamedDeal]) -> str:
    """Each concept with what it picks, in a plain line."""
    return formatting.listed(
        [_("{concept}: {meaning}", concept=one.concept, meaning=one.meaning) for one in deals]
    )


def _tabled_column(title: str, one: NamedDeal) -> _Column:
    return _Column(
        title,
        one.over_no_deal,
        one.over_today,
        {party: one.range(party) for party in one.over_no_deal},
        turns=one.turns,
        terms=one.terms,
        others=one.others,
        jobs=one.jobs,
        prices=one.prices,
    )


def _package_column(brief: Brief, head: str, one: Prospect) -> _Column:
    """A package that no concept picks: told at the centre alone."""
    priced = brief.negotiation.priced if brief.negotiation else None
    today = priced.today if priced else {}
    now = {party: gain - today[party] for party, gain in one.gains.items() if party in today}
    return _Column(head, one.gains, now, {}, terms=one.terms)


def _struck_column(one: StruckSummary) -> _Column:
    terms = tuple(DealTerm(issue=part.title, option=part.settled, changed=True) for part in one.parts)
    return _Column(
        one.title,
        one.over_no_deal,
        one.over_today,
        promises=one.ends,
        terms=terms,
        others=one.others,
        jobs=one.jobs,
        prices=one.prices,
    )


def _own_column(brief: Brief, scenario: str) -> Iterator[_Column]:
    failing = brief.numbers.by_role("no-deal")
    if failing:
        mine = [one for one in brief.turning if (one.scenario, one.against) == (scenario, failing[0].id)]
        ends = {one.party: Interval(low=min(one.gains), high=max(one.gains)) for one in mine if one.gains}
        yield _scenario_column(brief, scenario, "", ends, {one.party: one.turns for one in mine})


def _scenario_column(
    brief: Brief,
    scenario: str,
    head: str,
    ends: dict[str, Interval],
    turns: dict[str, tuple[float, ...]],
) -> _Column:
    solved, main = brief.numbers, brief.variants[0].id
    summary = next(one for one in brief.scenarios if one.id == scenario)
    known = {(one.party, one.scenario, one.against): one.by_variant[main] for one in brief.comparisons}
    failing = brief.negotiation.against if brief.negotiation else None
    known_ids = {one.id for one in brief.scenarios}
    against = failing if failing in known_ids else next((one.id for one in solved.by_role("no-deal")), "")
    today = next((one.id for one in solved.by_role("status-quo")), "")
    gains, now = (
        {party: known[party, scenario, other] for party in brief.codes if (party, scenario, other) in known}
        for other in (against, today)
    )
    others: dict[str, float] | None = None
    if against:
        here, there = (solved.result(name, main).countries for name in (scenario, against))
        moved = {code: here[code].ev_musd - there[code].ev_musd for code in here if code not in brief.codes}
        others = {code: moved[code] for code in sorted(moved, key=lambda code: moved[code])[:HIT]}
    labour = brief.labour.get(scenario)
    return _Column(
        _("{head} ({names})", head=head, names=summary.title) if head else summary.title,
        gains,
        now,
        {party: _holding(one, gains.get(party)) for party, one in ends.items()},
        turns=turns,
        words=summary.description,
        others=others,
        jobs=labour.jobs if labour else {},
        prices=labour.prices if labour else {},
    )


def _holding(ends: Interval, centre: float | None) -> Interval:
    """Ends, which are of the smaller table, and the figure at the centre, which is of the whole."""
    return ends if centre is None else Interval(low=min(ends.low, centre), high=max(ends.high, centre))


def _rows(brief: Brief, columns: Sequence[_Column]) -> Iterator[tuple[Cell, ...]]:
    yield (Cell(_("In words")), *(Cell(one.words) for one in columns))
    for issue in dict.fromkeys(term.issue for one in columns for term in one.terms):
        terms = [next((term for term in one.terms if term.issue == issue), None) for one in columns]
        acting = dict.fromkeys(code for term in terms if term for code in term.by)
        who = formatting.listed([country_name(code) for code in acting])
        cells = [_term(one, term) for one, term in zip(columns, terms, strict=True)]
        yield (Cell(issue, note=_("done by {who}", who=who) if who else ""), *cells)
    for party in brief.codes:
        cells = [_gain(one, party) for one in columns]
        yield (Cell(_("{country} over no deal", country=country_name(party))), *cells)
    for party in brief.codes:
        cells = [Cell(formatting.billions(one.today.get(party), sign=True, part=True)) for one in columns]
        yield (Cell(_("{country} over today", country=country_name(party))), *cells)
    for what, name in ((_("Jobs"), "jobs"), (_("Consumer prices"), "prices")):
        for party in brief.codes:
            known: list[float | None] = [getattr(one, name).get(party) for one in columns]
            if any(x is not None for x in known):
                cells = [Cell(formatting.percent(x, sign=True)) for x in known]
                yield (Cell(_("{what}, {country}, %", what=what, country=country_name(party))), *cells)
    yield (Cell(_("Others hit most")), *(Cell(_hit(one)) for one in columns))


def _term(one: _Column, term: DealTerm | None) -> Cell:
    """How a deal settles an issue; nothing where its words have said it."""
    if term is None:
        return Cell(_("not part of it") if one.terms else "")
    return Cell(term.option)


def _gain(one: _Column, party: str) -> Cell:
    if party not in one.gains:
        return Cell(formatting.NOT_KNOWN)
    gain, ends = one.gains[party], one.ends.get(party)
    turns = [turning_point(scale) for scale in one.turns.get(party, ())]
    told = _("turns at {names}", names=formatting.listed(turns)) if turns else ""
    promised = one.promises.get(party)
    if promised is not None and promised.low < promised.high:
        told = _(
            "{ends} over the ranges of its promises to buy", ends=formatting.span(promised.low, promised.high)
        )
    if ends is None:
        return Cell(formatting.billions(gain, sign=True, part=True), note=told)
    text = formatting.gain(gain, ends.low, ends.high, part=True)
    return Cell(text, note=told)


def _hit(one: _Column) -> str:
    if one.others is None:
        return formatting.NOT_KNOWN
    worst = [
        f"{country_name(code)} {formatting.billions(change, sign=True)}"
        for code, change in one.others.items()
        if change <= -formatting.NIL_MUSD
    ]
    return _(", ").join(worst) or _("none by as much as 0.05")


def positions(brief: Brief) -> CellTable:
    """What each side asks, offers and refuses, in its words: one statement a side and issue, the weightiest."""
    record = brief.record
    issues = [one for one in record.issues if one.demanded] if record else []
    heard = [side for side in record.sides if any(one.by(side) for one in issues)] if record else []
    sides = heard[:SIDES]
    rows = [
        (
            Cell(formatting.starting(issue.title)),
            *(_words(next(iter(issue.by(side)), None)) for side in sides),
        )
        for issue in issues
    ]
    return CellTable(
        id="said",
        caption=_("What each side asks, offers and refuses, in its own words"),
        columns=(_("Issue"), *sides),
        rows=tuple(rows[:ISSUES]),
        note=_("{number} more issues are in the annex.", number=len(rows) - ISSUES)
        if len(rows) > ISSUES
        else "",
    )


def _words(said: Said | None) -> Cell:
    if said is None:
        return Cell("")
    about = f"{statement_text.kind(said).capitalize()}; {statement_text.by(said)}, {statement_text.when(said)}"
    return Cell(f"“{said.quote}”", sources=(said.source,), note=about)


def law_between(brief: Brief) -> CellTable:
    """Measures of one party that hit another, the newest first."""
    between = [one for one in brief.in_force if one.imposer in brief.codes and one.hits]
    between.sort(key=lambda one: one.since, reverse=True)
    return CellTable(
        id="between",
        caption=_("In force between the sides on {day}, the newest first", day=formatting.day(brief.as_of)),
        columns=(_("Measure"), _("Rate"), _("Imposed by"), _("On"), _("Since"), _("Legal basis")),
        rows=tuple(_law_row(one) for one in between),
    )


def _law_row(one: MeasureSummary) -> tuple[Cell, ...]:
    until = _("until {day}", day=formatting.day(one.until)) if one.until else ""
    return (
        Cell(one.title),
        Cell(one.rate),
        Cell(country_name(one.imposer)),
        Cell(formatting.listed([country_name(code) for code in one.hits])),
        Cell(formatting.day(one.since), one.since.isoformat(), note=until),
        Cell(one.legal_basis, sources=one.sources),
    )


def trade_at_stake(brief: Brief) -> CellTable:
    """The trades that the case names, in year one as things stand and in year ten by course."""
    failing, today = brief.numbers.by_role("no-deal"), brief.numbers.by_role("status-quo")
    deals = brief.numbers.by_role("deal")
    least = brief.outlook.prospect("accept") if brief.outlook else None
    deal = [one for one in deals if least is not None and one.id == least.scenario] or list(deals)
    courses = [*today[:1], *failing[:1], *deal[:1]]
    years = {one.title: one for one in brief.year_one}
    rows = tuple(
        (
            Cell(flow.title),
            Cell(formatting.billions(flow.base_musd), flow.base_musd),
            *(_first_year(years.get(flow.title), bearing) for bearing in ("none", "all")),
            *(_tenth_year(brief, one.id, position) for one in courses),
        )
        for position, flow in enumerate(brief.results[0].flows if brief.results else ())
    )
    names = {"status-quo": _("today stays"), "no-deal": _("no deal"), "deal": _("a deal")}
    return CellTable(
        id="at-stake",
        caption=_(
            "The trade at stake: change of its value in percent of the {base_label}",
            base_label=brief.base_label,
        ),
        columns=(
            _("Trade"),
            _("{capitalize}, billion USD", capitalize=brief.base_label.capitalize()),
            _("Year one, makers bear none of the duty"),
            _("Year one, makers bear all of it"),
            *(_("Year ten, {names}", names=names[one.role]) for one in courses),
        ),
        rows=rows,
        numeric=3 + len(courses),
        note=_(
            "Year one, of goods alone: as things stand today, wages and exchange rates held; its range "
            "is over how fast buyers turn away. Year ten: the whole economy, at the centre, with the "
            "lowest and over all that was computed."
        )
        + (_(" A deal: {title}.", title=deal[0].title) if deal else ""),
    )


def _first_year(years: FlowYears | None, bearing: str) -> Cell:
    if years is None:
        return Cell(formatting.NOT_KNOWN)
    found = years.value["none" if bearing == "none" else "all"]
    return Cell(_("not sold any more") if found is None else formatting.percent_range(found.low, found.high))


def _tenth_year(brief: Brief, scenario: str, position: int) -> Cell:
    found = brief.numbers.flow_range(scenario, position)
    flow = brief.numbers.result(scenario, brief.variants[0].id).flows[position]
    change = flow.new_musd / flow.base_musd - 1.0 if flow.base_musd else None
    low, high = min(found.central.low, found.low.low), max(found.central.high, found.low.high)
    whole = formatting.change(change, low, high)
    told = whole.removesuffix(formatting.with_ends("", formatting.percent_range(low, high)))
    return Cell(told, change, note=whole.removeprefix(told).strip())


def certainty(brief: Brief) -> CellTable:
    """In how many draws all gain, by how strongly trade answers, and where each deal stops."""
    deals = [one for one in _tabled(brief) if one.regions]
    parts = deals[0].regions if deals else ()
    rows = tuple(
        (
            Cell(one.concept, note=one.meaning),
            Cell(_weight(one)),
            Cell(_stops(one)),
            *(Cell(_share(part.all_gain)) for part in one.regions),
        )
        for one in deals
    )
    return CellTable(
        id="certainty",
        caption=_("How sure: draws in which every side gains, in percent, by how strongly trade answers"),
        columns=(
            _("Deal"),
            _("Stops at a weight of"),
            _("Stops at a strength of"),
            *(
                _(
                    "{turning_point} to {turning_point_2}: {draws} draws",
                    turning_point=turning_point(part.low),
                    turning_point_2=turning_point(part.high),
                    draws=part.draws,
                )
                for part in parts
            ),
        ),
        rows=rows,
        numeric=len(parts) + 1,
        note=_(
            "The strength of trade and the spread at a given strength are apart: columns are parts of "
            "the strength, where 1 is the centre; within each, draws vary sectors, costs, amounts, "
            "weights, deficits. The share says what holds within the model, not how likely the model is "
            "right. Weight: what a dollar of value added in some sectors must count, over one, for the "
            "deal to stop."
        ),
    )


def _share(share: float | None) -> str:
    return formatting.NOT_KNOWN if share is None else formatting.percent_of_draws(share)


def _stops(one: NamedDeal) -> str:
    found = [scale for scales in one.turns.values() for scale in scales]
    return turning_point(max(found)) if found else _("none published")


def _weight(one: NamedDeal) -> str:
    least = min(one.limits, key=lambda limit: limit.weight, default=None)
    return (
        _("none tried")
        if least is None
        else _(
            "{turning_point} on {lower}{title}",
            turning_point=turning_point(least.weight),
            lower=least.title[:1].lower(),
            title=least.title[1:],
        )
    )
