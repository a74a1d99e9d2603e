"""Tables of a brief: words in cells, with the numbers they are sorted by and the sources they rest on.

The page and the terminal show the same tables.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from kosho.brief import words
from kosho.brief.figures import compared_scenarios
from kosho.brief.model import Brief, Comparison, Flow, Scenario
from kosho.codes import country_name, sector_name

__all__ = ["Cell", "Table", "tables"]


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell says, what it is sorted by, and its sources."""

    text: str
    sort: float | str | None = None
    sources: tuple[str, ...] = ()
    note: str = ""
    """A second, smaller line."""
    tone: str = ""
    """`gain`, `loss`, `unclear` or `nil`: always said in words as well."""
    word: str = ""
    """The tone in a word."""
    status: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A caption, columns and rows; `numeric` counts the columns at the right that hold numbers."""

    id: str
    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    numeric: int = 0
    note: str = ""
    wide: bool = False
    """Holds running text, which needs width even where there is little."""
    groups: tuple[str, ...] = ()
    """Headings over equally many numeric columns each, after one over the rest."""

    @property
    def group_width(self) -> int:
        """Columns under each heading of `groups`."""
        return self.numeric // max(len(self.groups) - 1, 1)


def tables(brief: Brief) -> dict[str, Table]:
    """The tables of the page by id."""
    made: list[Table] = [
        glance(brief),
        bargain(brief),
        in_force(brief, hitting=True),
        in_force(brief, hitting=False),
    ]
    made += [_variants(brief, party) for party in brief.codes]
    made += [_flows(brief), *(_sectors(brief, party) for party in brief.codes)]
    made += [_draws(brief), _economies(brief)]
    return {table.id: table for table in made}


VERDICTS = {"gain": "better", "loss": "worse", "unclear": "depends", "nil": "no difference"}


def _verdict(found: Comparison) -> Cell:
    tone = words.verdict(found.whole.low, found.whole.high)
    low = f"weak: {words.span(found.low.low, found.low.high)}"
    middle = found.by_variant[next(iter(found.by_variant))]
    return Cell(
        words.span(found.central.low, found.central.high), middle, tone=tone, note=low, word=VERDICTS[tone]
    )


def glance(brief: Brief) -> Table:
    """Each scenario for each party, against the base and against today."""
    measures = [("base", brief.base_label), *((one.id, "today") for one in brief.by_role("status-quo")[:1])]
    return _compared(
        brief,
        brief.scenarios,
        [(party, against) for party in brief.codes for against, _ in measures],
        Table(
            id="glance",
            caption="What each scenario is worth, billion USD a year in the long run",
            groups=("", *(country_name(party) for party in brief.codes)),
            columns=("Scenario", *(f"against {name}" for _ in brief.parties for _, name in measures)),
            rows=(),
            numeric=len(brief.parties) * len(measures),
            note="First line: central trade elasticities, both treatments of trade deficits and the middle 90 % "
            "of elasticity draws. Weak: the same where trade responds as little as the low elasticities say. "
            "“Depends”: the sign is not the same throughout.",
        ),
    )


def bargain(brief: Brief) -> Table:
    """Each deal for each party, against each way in which the talks may fail."""
    failing = brief.by_role("no-deal")
    return _compared(
        brief,
        brief.by_role("deal"),
        [(party, one.id) for one in failing for party in brief.codes],
        Table(
            id="bargain",
            caption="What a deal is worth against no deal, billion USD a year in the long run",
            groups=("", *(f"against “{one.title}”" for one in failing)),
            columns=("Deal", *(country_name(party) for _ in failing for party in brief.codes)),
            rows=(),
            numeric=len(brief.parties) * len(failing),
            note="A deal can hold if every side is better off with it than without it. What “without” means "
            "decides the answer, so each way of failing has columns of its own.",
        ),
    )


def _compared(
    brief: Brief, scenarios: Iterable[Scenario], places: Iterable[tuple[str, str]], frame: Table
) -> Table:
    """`frame` with a row a scenario and a column a party and yardstick."""
    found = {(one.party, one.scenario, one.against): one for one in brief.comparisons}
    columns = list(places)
    rows = tuple(
        (
            Cell(scenario.title),
            *(
                _verdict(found[party, scenario.id, against])
                if (party, scenario.id, against) in found
                else Cell("")
                for party, against in columns
            ),
        )
        for scenario in scenarios
    )
    return replace(frame, rows=rows)


def in_force(brief: Brief, *, hitting: bool) -> Table:
    """Measures in force that hit a party, or the others."""
    rows = tuple(
        (
            Cell(one.title, one.title, note=one.scope if one.note is None else f"{one.scope}. {one.note}"),
            Cell(one.rate, one.rate, status=one.status),
            Cell(one.partners, one.partners),
            Cell(
                words.day(one.since),
                one.since.isoformat(),
                note=f"until {words.day(one.until)}" if one.until else "",
            ),
            Cell(one.legal_basis, one.legal_basis, sources=one.sources),
        )
        for one in brief.in_force
        if bool(one.hits) == hitting
    )
    return Table(
        id="in-force" if hitting else "in-force-others",
        caption=f"In force on {words.day(brief.as_of)} and known on that day: "
        + ("what hits a party" if hitting else "what hits others alone"),
        columns=("Measure", "Rate", "On whom", "Since", "Legal basis"),
        wide=True,
        rows=rows,
    )


def _variants(brief: Brief, party: str) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for scenario in brief.scenarios:
        cells: list[Cell] = []
        for variant in brief.variants:
            effect = brief.result(scenario.id, variant.id).countries[party]
            text = words.billions(effect.ev_musd, sign=True)
            cells.append(Cell(text, effect.ev_musd, note=f"{words.percent(effect.welfare, sign=True)} %"))
        rows.append((Cell(scenario.title, scenario.title), *cells))
    return Table(
        id=f"variants-{party.lower()}",
        caption=f"{country_name(party)}: billion USD a year, and real income in percent, "
        f"against the {brief.base_label}",
        columns=("Scenario", *(variant.title for variant in brief.variants)),
        rows=tuple(rows),
        numeric=len(brief.variants),
    )


def _flows(brief: Brief) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for position, flow in enumerate(brief.results[0].flows):
        sources = () if flow.units_source is None else (flow.units_source,)
        units = "" if flow.base_units is None else f"{words.quantity(flow.base_units)} {flow.unit}"
        base = Cell(words.billions(flow.base_musd), flow.base_musd)
        rows.append((Cell(flow.title, sources=sources), Cell(brief.base_label), Cell(units), base, Cell("")))
        rows += [
            (Cell(flow.title), Cell(scenario.title), *_moved(brief, scenario, flow, position))
            for scenario in brief.scenarios
        ]
    return Table(
        id="flows",
        caption="Named flows a year, by scenario",
        columns=("Flow", "Scenario", "Quantity", "Billion USD", "Change of value, %"),
        rows=tuple(rows),
        numeric=3,
        note="First line: central trade elasticities with the middle 90 % of draws; weak: low elasticities.",
    )


def _moved(brief: Brief, scenario: Scenario, flow: Flow, position: int) -> Iterable[Cell]:
    found = brief.flow_range(scenario.id, position)
    if flow.base_units is None or found.central_units is None or found.low_units is None:
        yield Cell("")
    else:
        central, low = (
            words.quantity_range(flow.base_units * (1 + one.low), flow.base_units * (1 + one.high))
            for one in (found.central_units, found.low_units)
        )
        yield Cell(central, found.central_units.low, note=f"weak: {low}")
    central, low = (
        words.billions_range(flow.base_musd * (1 + one.low), flow.base_musd * (1 + one.high))
        for one in (found.central, found.low)
    )
    yield Cell(central, found.central.low, note=f"weak: {low}")
    central, low = (words.percent_range(one.low, one.high) for one in (found.central, found.low))
    yield Cell(central, found.central.low, note=f"weak: {low}")


def _sectors(brief: Brief, party: str) -> Table:
    variant = brief.variants[0]
    shown = compared_scenarios(brief)
    runs = [brief.result(scenario.id, variant.id).sectors[party] for scenario in shown]
    rows: list[tuple[Cell, ...]] = []
    for code, base in runs[0].items():
        if base.output_base_musd <= 0:
            continue
        cells: list[Cell] = []
        for run in runs:
            change = run[code].exports_musd - base.exports_base_musd
            cells += [
                Cell(words.billions(change, sign=True), change),
                Cell(words.percent(run[code].exports_volume, sign=True, decimals=1), run[code].exports_volume),
                Cell(words.percent(run[code].output_volume, sign=True, decimals=1), run[code].output_volume),
            ]
        rows.append((Cell(sector_name(code), sector_name(code)), *cells))
    rows.sort(key=lambda row: float(row[1].sort or 0))
    columns = [what for _ in shown for what in ("exports, bn USD", "exports, volume %", "output, volume %")]
    return Table(
        id=f"sectors-{party.lower()}",
        caption=f"{country_name(party)}: change by sector against the {brief.base_label}; "
        f"{variant.title.lower()}",
        groups=("", *(scenario.title for scenario in shown)),
        columns=("Sector", *columns),
        rows=tuple(rows),
        numeric=len(columns),
    )


def _draws(brief: Brief) -> Table:
    names = {one.id: one.title for one in brief.scenarios} | {"base": brief.base_label}
    names |= {one.id: "today" for one in brief.by_role("status-quo")[:1]}
    titles = {one.id: one.title for one in brief.scenarios}
    found = {(one.party, one.scenario, one.against): one.draws for one in brief.comparisons}
    pairs = dict.fromkeys((one.scenario, one.against) for one in brief.comparisons)
    rows = tuple(
        (
            Cell(titles[scenario], titles[scenario], note=f"against {names[against]}"),
            *(
                Cell(words.billions(value, sign=True), value)
                for party in brief.codes
                for draws in (found[party, scenario, against],)
                for value in (draws.p5, draws.p50, draws.p95)
            ),
        )
        for scenario, against in pairs
    )
    return Table(
        id="draws",
        caption=f"{brief.method.draws} common draws of the trade elasticities: billion USD a year",
        groups=("", *(country_name(party) for party in brief.codes)),
        columns=("Scenario", *(name for _ in brief.parties for name in ("5 %", "median", "95 %"))),
        rows=rows,
        numeric=3 * len(brief.parties),
    )


def _economies(brief: Brief) -> Table:
    variant = brief.variants[0]
    runs = [brief.result(scenario.id, variant.id).countries for scenario in brief.scenarios]
    rows = [
        (
            Cell(country_name(code), country_name(code)),
            *(
                Cell(
                    words.billions(run[code].ev_musd, sign=True),
                    run[code].ev_musd,
                    note=f"{words.percent(run[code].welfare, sign=True)} %",
                )
                for run in runs
            ),
        )
        for code in runs[0]
    ]
    rows.sort(key=lambda row: float(row[1].sort or 0))
    return Table(
        id="economies",
        caption=f"All economies: billion USD a year, and real income in percent, against the "
        f"{brief.base_label}; {variant.title.lower()}",
        columns=("Economy", *(scenario.title for scenario in brief.scenarios)),
        rows=tuple(rows),
        numeric=len(brief.scenarios),
    )
