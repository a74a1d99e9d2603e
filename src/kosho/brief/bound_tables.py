"""Tables of commitments and bounds: what was bound, what it takes, whose sales it diverts, over what ranges."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from kosho.brief import words
from kosho.brief.bounds import Bound, Bounds, Diverted, Parameter
from kosho.brief.ends import SHARES
from kosho.brief.model import Brief
from kosho.brief.numbers import Interval
from kosho.brief.tables import Cell, Table
from kosho.codes import country_name, sector_name

__all__ = ["bound_table", "commitments", "diverted_table", "left_out_table", "ranges_table", "sway_table"]

WORTH_TELLING = 0.02
"""Of the largest change of sales: smaller ones are in the JSON alone."""
NO_UNIT = ("share", "factor", "elasticity", "elasticity less one", "index", "factor of price")


def commitments(brief: Brief) -> dict[str, Table]:
    """The tables of the page about bounds, by id."""
    scenarios = {one.id: one.title for one in brief.scenarios}
    bound = [one for one in brief.bounds if one.bounds]
    ranged = [one for one in brief.bounds if one.ends is not None and set(one.ends.by_measure) != {SHARES}]
    made = (
        bound_table(bound, scenarios),
        diverted_table(bound),
        sway_table(ranged, scenarios),
        ranges_table(brief.bounds, moved=True),
        ranges_table(brief.bounds, moved=False),
        left_out_table(brief.bounds),
    )
    return {table.id: table for table in made}


def bound_table(shown: Sequence[Bounds], titles: Mapping[str, str]) -> Table:
    """What was bound, in the base, without and with the bound; what it takes and who pays or earns.

    Args:
        shown: Bounds of scenarios.
        titles: Of scenarios; named in the rows where there is more than one.
    """
    told = [(one.scenario, bound) for one in shown for bound in one.bounds]
    several = len({scenario for scenario, _ in told}) > 1
    slack = {bound.name for _, bound in told} - {bound.name for _, bound in told if bound.binds}
    rows = [
        _bound_row(bound, titles[scenario] if several else "")
        for scenario, bound in told
        if bound.name not in slack
    ]
    for name in sorted(slack):  # said once: where nothing presses, scenarios hardly differ
        same = [bound for _, bound in told if bound.name == name]
        where = f"Never reached, in {len(same)} scenarios; the largest is shown" if several else "Not reached"
        rows.append(_bound_row(max(same, key=lambda bound: bound.reached), where))
    return Table(
        id="bounds",
        caption="What is bound, a year, and what it takes",
        columns=("Commitment", "Who", "Base", "Without it", "With it", "Wedge, %", "Subsidy or rent"),
        rows=tuple(rows),
        numeric=5,
        note="Without it: after all else in the scenario, with no bound at all. Wedge: of the price with "
        "duties; what a subsidy pays of it (purchase), what scarcity adds to it (quota). In brackets: over the "
        "ranges of the scenario’s own measures.",
    )


def _bound_row(one: Bound, scenario: str) -> tuple[Cell, ...]:
    what = (scenario, "; ".join(dict.fromkeys(_flow_words(one))), _said(one))
    ends = one.ends
    wedge = "barred" if one.wedge is None else words.percent(one.wedge, decimals=0) if one.binds else "0"
    spread = "" if ends is None or one.wedge is None else words.percents(ends.wedge.low, ends.wedge.high)
    return (
        Cell(one.title, one.title, one.sources, ". ".join(filter(None, what)), status=one.status),
        Cell(_who(one)),
        Cell(_amount(one.base, one.unit), one.base),
        Cell(_amount(one.free, one.unit), one.free),
        Cell(_amount(one.reached, one.unit), one.reached, note=_reach(one)),
        Cell(wedge, one.wedge, note=_bracketed(spread)),
        _money(one),
    )


def _bracketed(ends: str) -> str:
    """A range in brackets, or nothing where it is none."""
    return f"({ends})" if " to " in ends else ""


def _who(one: Bound) -> str:
    if one.kind == "purchase":
        payers = dict.fromkeys(country_name(flow.importer) for flow in one.flows)
        return f"{words.listed(list(payers))} pays"
    return "" if one.rent_holder is None or not one.binds else f"{_holder(one)} earns"


def _money(one: Bound) -> Cell:
    """What it costs or earns a year."""
    if one.kind == "purchase":
        value, span = one.fiscal_cost_musd, None if one.ends is None else one.ends.fiscal_cost_musd
    elif one.rent_holder is not None and one.binds:
        value, span = one.rent_musd, None if one.ends is None else one.ends.rent_musd
    else:
        return Cell("")
    note = "" if span is None else _bracketed(words.millions_range(span.low, span.high))
    return Cell(words.millions(value), value, note=note)


def _reach(one: Bound) -> str:
    """The range of what is reached, and the bound where that is another figure."""
    made = words.millions_range if one.unit == "million USD" else words.quantity_range
    ends = "" if one.ends is None else _bracketed(made(one.ends.reached.low, one.ends.reached.high))
    return ends if one.binds else f"bound at {_amount(one.required, one.unit)}"


def _holder(one: Bound) -> str:
    if one.rent_holder == "importer":
        return words.listed(list(dict.fromkeys(country_name(flow.importer) for flow in one.flows)))
    if one.rent_holder == "exporter":
        codes = list(dict.fromkeys(flow.exporter for flow in one.flows))
        return words.listed([country_name(code) for code in codes]) if len(codes) < 4 else "the exporters"
    return country_name(one.rent_holder or "")


def _amount(value: float, unit: str) -> str:
    return words.millions(value) if unit == "million USD" else f"{words.quantity(value)} {unit}"


def _flow_words(one: Bound) -> Iterable[str]:
    exporters = list(dict.fromkeys(flow.exporter for flow in one.flows))
    whom = words.listed([country_name(code) for code in exporters]) if len(exporters) < 4 else "several origins"
    for flow in one.flows:
        yield f"{flow.goods}, {country_name(flow.importer)} from {whom}"


def _said(one: Bound) -> str:
    kind = one.kind.replace("_", " ").capitalize()
    how = {"level": "an amount", "increment": "on top of the base", "share": "a share of the base"}[one.basis]
    return f"{kind}, {how}, {'in value' if one.measured == 'value' else 'in quantity'}"


def diverted_table(shown: Sequence[Bounds]) -> Table:
    """Whose sales to the importer change, by sector concerned."""
    rows = tuple(
        (
            Cell(goods, goods, note=title),
            Cell(_seller(one), country_name(one.exporter)),
            Cell(words.millions(one.change_musd, sign=True), one.change_musd, note=_between(one)),
        )
        for bounds in shown
        for goods, title, one in _diversions(bounds)
    )
    return Table(
        id="diverted",
        caption="Whose sales it diverts: change a year in what sellers receive",
        columns=("In", "Whose sales", "USD"),
        rows=rows,
        numeric=1,
        note="Against the same scenario without any bound, all sales of the sector that are not bound "
        "themselves: what the other bounds do to the sector is in it. Home sales may rise with a subsidised "
        "purchase: what buyers save on it they spend on the rest of the sector, and what is made from it gets "
        "cheaper.",
    )


def _diversions(bounds: Bounds) -> Iterable[tuple[str, str, Diverted]]:
    """Goods, commitment and change, the large ones; bounds on the same goods divert the same sales."""
    seen: set[str] = set()
    for bound in (one for one in bounds.bounds if one.binds):
        goods = "; ".join(dict.fromkeys(sector_name(flow.sector) for flow in bound.flows))
        if goods in seen:
            continue
        seen.add(goods)
        least = WORTH_TELLING * max((abs(one.change_musd) for one in bound.diverted), default=0.0)
        yield from ((goods, bound.title, one) for one in bound.diverted if abs(one.change_musd) >= least)


def _seller(one: Diverted) -> str:
    if one.exporter == one.importer:
        return f"{country_name(one.exporter)}’s own producers"
    return f"{country_name(one.exporter)} to {country_name(one.importer)}"


def _between(one: Diverted) -> str:
    ends = one.ends
    return "" if ends is None else words.millions_range(ends.low, ends.high, sign=True)


def ranges_table(shown: Sequence[Bounds], *, moved: bool) -> Table:
    """Parameters of measures in their ranges, each once.

    Args:
        shown: Bounds of scenarios.
        moved: Those that the ranges of results run over, or those that are told alone.
    """
    titles = _titles(shown)
    every = (one for bounds in shown for one in bounds.ranges if one.moves_results == moved)
    found = sorted({(one.measure, one.what): one for one in every}.values(), key=lambda one: one.measure)
    rows = tuple(
        (
            Cell(titles.get(one.measure, one.measure), one.measure),
            Cell(_what(one), one.what, one.sources, one.note or ""),
            Cell(_level(one, one.low), one.low),
            Cell("upper bound only" if one.value is None else _level(one, one.value), one.value),
            Cell(_level(one, one.high), one.high),
            Cell("assumed" if one.assumed else "sourced"),
        )
        for one in found
    )
    told = "What the measures rest on, in the ranges that sources and assumptions give"
    if not moved:
        told = "What they rest on besides: told, and not moved in the ranges of results"
    return Table(
        id="ranges" if moved else "ranges-told",
        caption=told,
        columns=("Measure", "Parameter", "Low", "Middle", "High", "Range"),
        rows=rows,
        wide=True,
    )


def _what(one: Parameter) -> str:
    head, _, code = one.what.rpartition(" ")
    if head == "trade cost of":
        return f"trade cost, {sector_name(code)}"
    return f"{head} {country_name(code)}" if head == "declared worth to" else one.what


def _level(one: Parameter, value: float) -> str:
    if one.unit == "million USD":
        return words.millions(value)
    if one.unit == "share":
        return f"{words.significant(100 * value, 3, 0)}{words.NBSP}%"
    if one.unit == "factor":
        return f"{words.percent(value - 1.0, sign=True, decimals=1)}{words.NBSP}%"
    text = f"{value:.3g}".replace("-", words.MINUS)
    return text if one.unit in NO_UNIT else f"{text} {one.unit}"


def _titles(shown: Sequence[Bounds]) -> dict[str, str]:
    """Of measures."""
    return {name: title for one in shown for name, title in one.titles.items()}


def left_out_table(shown: Sequence[Bounds]) -> Table:
    """Measures in force that have no effect here, and why."""
    titles = _titles(shown)
    found = {measure: why for bounds in shown for measure, why in bounds.left_out.items()}
    return Table(
        id="left-out",
        caption="In force, and without an effect in these results",
        columns=("Measure", "Why"),
        rows=tuple(
            (Cell(titles.get(measure, measure), measure), Cell(f"{why[:1].upper()}{why[1:]}."))
            for measure, why in found.items()
        ),
        wide=True,
    )


def sway_table(shown: Sequence[Bounds], scenarios: Mapping[str, str]) -> Table:
    """What each measure's ranges alone do to the parties, and all of them together.

    Args:
        shown: Bounds of scenarios.
        scenarios: Their titles; named in the rows where there is more than one.
    """
    titles = _titles(shown)
    told = [one for one in shown if one.ends is not None]
    parties = list(
        dict.fromkeys(p for one in told if one.ends for each in one.ends.by_measure.values() for p in each)
    )
    rows: list[tuple[Cell, ...]] = []
    several = len(told) > 1
    for one in told:
        if one.ends is None:
            continue
        note = scenarios[one.scenario] if several else ""
        for measure, each in one.ends.by_measure.items():
            title = (
                "Shares of value that duties are taken on"
                if measure == SHARES
                else titles.get(measure, measure)
            )
            rows.append((Cell(title, title, note=note), *(_spanned(each[party]) for party in parties)))
        whole = [one.ends.countries[party].ev_musd for party in parties]
        rows.append((Cell("All of them", "", note=note), *(_spanned(part) for part in whole)))
    return Table(
        id="sway",
        caption="Billion USD a year against the base, over each measure’s ranges alone and over all",
        columns=("Ranges of", *(country_name(party) for party in parties)),
        rows=tuple(rows),
        numeric=len(parties),
    )


def _spanned(one: Interval) -> Cell:
    return Cell(words.span(one.low, one.high), one.low)
