"""Tables of commitments and bounds: what was bound, what it takes, whose sales it diverts, over what ranges."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from kosho import formatting
from kosho.brief.cells import Cell, CellTable
from kosho.codes import countries, country_name, sector_name
from kosho.language import _, pgettext
from kosho.scenario.commitments import Commitment, Parameter, SalesChange, ScenarioCommitments, TradeDiversion
from kosho.scenario.interval import Interval
from kosho.scenario.sensitivity import SHARES

if TYPE_CHECKING:
    from kosho.brief.model import Brief  # what a table needs of it, `kosho simulate` loads without

__all__ = [
    "bound_table",
    "commitments",
    "diverted_table",
    "left_out_table",
    "ranges_table",
    "subsidy_table",
    "sway_table",
]

WORTH_TELLING = 0.02
"""Of the largest change of sales: smaller ones are in the JSON alone."""
EXACT = 6
"""Digits of a count that a measure names."""
NO_UNIT = ("share", "factor", "elasticity", "elasticity less one", "index", "factor of price")


def commitments(brief: Brief) -> dict[str, CellTable]:
    """The tables of the page about bounds, by id."""
    scenarios = {one.id: one.title for one in brief.scenarios}
    bound = [one for one in brief.bounds if one.bounds]
    ranged = [one for one in brief.bounds if one.ends is not None and set(one.ends.by_measure) != {SHARES}]
    made = (
        bound_table(bound, scenarios),
        subsidy_table(brief.bounds, scenarios),
        diverted_table(bound),
        sway_table(ranged, scenarios),
        ranges_table(brief.bounds, moved=True),
        ranges_table(brief.bounds, moved=False),
        left_out_table(brief.bounds),
    )
    return {table.id: table for table in made}


def bound_table(shown: Sequence[ScenarioCommitments], titles: Mapping[str, str]) -> CellTable:
    """What was bound, in the base, without and with the bound; what it takes and who pays or earns.

    Args:
        shown: Bounds of scenarios.
        titles: Of scenarios; named in the rows where there is more than one.
    """
    named = [(one.scenario, bound) for one in shown for bound in one.bounds]
    several = len({scenario for scenario, _other in named}) > 1
    slack = {bound.name for _other, bound in named} - {bound.name for _other, bound in named if bound.binds}
    rows = [
        _bound_row(bound, titles[scenario] if several else "")
        for scenario, bound in named
        if bound.name not in slack
    ]
    for name in sorted(slack):  # said once: where nothing presses, scenarios hardly differ
        same = [bound for _other, bound in named if bound.name == name]
        where = (
            _("Never reached, in {number} scenarios; the largest is shown", number=len(same))
            if several
            else _("Not reached")
        )
        rows.append(_bound_row(max(same, key=lambda bound: bound.reached), where))
    return CellTable(
        id="bounds",
        caption=_("What is bound, a year, and what it takes"),
        columns=(
            _("Commitment"),
            _("Who"),
            _("Base"),
            _("Without it"),
            _("With it"),
            _("Wedge, %"),
            _("Subsidy or rent, billion USD"),
        ),
        rows=tuple(rows),
        numeric=5,
        note=_(
            "Without it: after all else in the scenario, with no bound at all. Wedge: of the price with "
            "duties; what a subsidy pays of it (purchase), what scarcity adds to it (quota). "
        ),
    )


def _bound_row(one: Commitment, scenario: str) -> tuple[Cell, ...]:
    what = (scenario, _("; ").join(dict.fromkeys(_flow_words(one))), _said(one))
    ends = one.ends
    wedge = (
        _("barred") if one.wedge is None else formatting.percent(one.wedge, decimals=0) if one.binds else "0"
    )
    spread = "" if ends is None or ends.wedge is None else formatting.percents(ends.wedge.low, ends.wedge.high)
    if one.deflator != "world":
        what = (*what, _("At prices of {country}", country=country_name(one.deflator)))
    return (
        Cell(one.title, one.title, one.sources, _(". ").join(filter(None, what)), status=one.status),
        Cell(_who(one)),
        Cell(formatting.amount(one.base, one.unit), one.base),
        Cell(formatting.amount(one.free, one.unit), one.free),
        Cell(formatting.amount(one.reached, one.unit), one.reached, note=_reach(one)),
        Cell(wedge, one.wedge, note=_bracketed(spread)),
        _money(one),
    )


def _bracketed(ends: str) -> str:
    """A range in brackets, or nothing where it is none."""
    return pgettext("range", "({ends})", ends=ends) if formatting.is_range(ends) else ""


def _who(one: Commitment) -> str:
    if one.kind == "purchase":
        payers = dict.fromkeys(country_name(flow.importer) for flow in one.flows)
        return _("{names} pays", names=formatting.listed(list(payers)))
    return "" if one.rent_holder is None or not one.binds else _("{holder} earns", holder=_holder(one))


def _money(one: Commitment) -> Cell:
    """What it costs or earns a year."""
    if one.kind == "purchase":
        value, span = one.fiscal_cost_musd, None if one.ends is None else one.ends.fiscal_cost_musd
    elif one.rent_holder is not None and one.binds:
        value, span = one.rent_musd, None if one.ends is None else one.ends.rent_musd
    else:
        return Cell("")
    note = "" if span is None else _bracketed(formatting.billions_range(span.low, span.high, part=True))
    return Cell(formatting.billions(value, part=True), value, note=note)


def _reach(one: Commitment) -> str:
    """The range of what is reached, and the bound where that is another figure."""
    if not one.binds:
        return _("bound at {amount}", amount=formatting.amount(one.required, one.unit))
    if one.ends is None:
        return ""
    low, high = one.ends.reached.low, one.ends.reached.high
    money = one.unit == "million USD"
    return _bracketed(
        formatting.billions_range(low, high, part=True) if money else formatting.quantity_range(low, high)
    )


def _holder(one: Commitment) -> str:
    if one.rent_holder == "importer":
        return formatting.listed(list(dict.fromkeys(country_name(flow.importer) for flow in one.flows)))
    if one.rent_holder == "exporter":
        codes = list(dict.fromkeys(flow.exporter for flow in one.flows))
        return (
            formatting.listed([country_name(code) for code in codes]) if len(codes) < 4 else _("the exporters")
        )
    return country_name(one.rent_holder or "")


def _flow_words(one: Commitment) -> Iterable[str]:
    exporters = list(dict.fromkeys(flow.exporter for flow in one.flows))
    whom = (
        formatting.listed([country_name(code) for code in exporters])
        if len(exporters) < 4
        else _("several origins")
    )
    for flow in one.flows:
        yield _(
            "{goods}, {country} from {whom}", goods=flow.goods, country=country_name(flow.importer), whom=whom
        )


def _said(one: Commitment) -> str:
    kind = formatting.word(one.kind.replace("_", " ")).capitalize()
    how = {"level": _("an amount"), "increment": _("on top of the base"), "share": _("a share of the base")}[
        one.basis
    ]
    measured = _("in value") if one.measured == "value" else _("in quantity")
    return _("{kind}, {how}, {measured}", kind=kind, how=how, measured=measured)


def subsidy_table(shown: Sequence[ScenarioCommitments], titles: Mapping[str, str]) -> CellTable:
    """What subsidies to buyers cost treasuries.

    Args:
        shown: Bounds of scenarios.
        titles: Of scenarios; named in the rows where there is more than one.
    """
    several = len(shown) > 1
    return CellTable(
        id="subsidies",
        caption=_("What subsidies to buyers cost, a year"),
        columns=(_("Subsidy"), _("Who pays"), _("Billion USD")),
        rows=tuple(
            (
                Cell(one.title, one.title, note=titles[bounds.scenario] if several else ""),
                Cell(_named(one.payer)),
                Cell(
                    formatting.billions(one.cost_musd, part=True),
                    one.cost_musd,
                    note=""
                    if one.ends is None
                    else _bracketed(formatting.billions_range(one.ends.low, one.ends.high, part=True)),
                ),
            )
            for bounds in shown
            for one in bounds.subsidies
        ),
        numeric=1,
        note=_("At the quantities that the subsidy itself brings about. "),
    )


def _named(code: str) -> str:
    """A country; unions keep their code."""
    return country_name(code) if code in countries() else code


def diverted_table(shown: Sequence[ScenarioCommitments], most: int | None = None) -> CellTable:
    """What bounds change in an importer's purchases of a sector, all bounds of a scenario together.

    Args:
        shown: Bounds of scenarios.
        most: Rows for each importer and sector; all that are large enough to list if None.
    """
    rows = tuple(
        (
            Cell(one.goods, one.goods, note=_because(bounds, one)),
            Cell(_seller(one, sold), country_name(sold.exporter), note=_remark(one, sold)),
            Cell(
                formatting.billions(sold.change_musd, sign=True, part=True),
                sold.change_musd,
                note=_between(sold),
            ),
        )
        for bounds in shown
        for one in bounds.diverted
        for sold in _large(one)[:most]
    )
    return CellTable(
        id="diverted",
        caption=_("Whose sales it changes, a year"),
        columns=(_("In"), _("Whose sales"), _("Billion USD")),
        rows=rows,
        numeric=1,
        note=_(
            "All sales of the sector to the importer, against the same scenario without any bound; all "
            "bounds in the sector together, for what each does alone cannot be told apart."
        ),
    )


def _large(one: TradeDiversion) -> list[SalesChange]:
    """What others sell comes first: what a bound itself counts stands in the table of bounds."""
    least = WORTH_TELLING * max((abs(sold.change_musd) for sold in one.sales), default=0.0)
    found = [sold for sold in one.sales if abs(sold.change_musd) >= least]
    return sorted(found, key=lambda sold: sold.bound)


def _because(bounds: ScenarioCommitments, one: TradeDiversion) -> str:
    return formatting.listed([bounds.titles.get(name, name) for name in one.measures])


def _seller(one: TradeDiversion, sold: SalesChange) -> str:
    if sold.exporter == one.importer:
        return _("{country}’s own producers", country=country_name(sold.exporter))
    return _(
        "{country} to {country_2}", country=country_name(sold.exporter), country_2=country_name(one.importer)
    )


def _remark(one: TradeDiversion, sold: SalesChange) -> str:
    if sold.bound:
        return _("what is bound among them")
    return one.why or "" if sold.exporter == one.importer and sold.change_musd > 0 else ""


def _between(one: SalesChange) -> str:
    ends = one.ends
    return "" if ends is None else _bracketed(formatting.span(ends.low, ends.high, part=True))


def ranges_table(shown: Sequence[ScenarioCommitments], *, moved: bool) -> CellTable:
    """Parameters of measures in their ranges, each once.

    Args:
        shown: Bounds of scenarios.
        moved: Those that the ranges of results run over, or those that are listed alone.
    """
    titles = _titles(shown)
    every = (one for bounds in shown for one in bounds.ranges if one.moves_results == moved)
    found = _folded(
        sorted({(one.measure, one.what): one for one in every}.values(), key=lambda one: one.measure)
    )
    rows = tuple(
        (
            Cell(titles.get(one.measure, one.measure), one.measure),
            Cell(_what(one), one.what, one.sources, one.note or ""),
            Cell(_level(one, one.low), one.low),
            Cell(_("upper bound only") if one.value is None else _level(one, one.value), one.value),
            Cell(_level(one, one.high), one.high),
            Cell(_("assumed") if one.assumed else _("sourced")),
        )
        for one in found
    )
    caption = _("What the measures rest on, in the ranges that sources and assumptions give")
    if not moved:
        caption = _("What they rest on besides: told, and not moved in the ranges of results")
    return CellTable(
        id="ranges" if moved else "ranges-stated",
        caption=caption,
        columns=(_("Measure"), _("Parameter"), _("Low"), _("Middle"), _("High"), _("Range")),
        rows=rows,
    )


NAMING = ("declared worth to ", "eligible of what comes from ")
"""Heads of parameters that end in codes of economies."""
COST_OF = "trade cost of "
FEW_SECTORS = 3


def _folded(every: Sequence[Parameter]) -> Iterable[Parameter]:
    """Sectors whose trade cost a measure changes alike, in one row."""
    alike: dict[Parameter, list[str]] = {}
    for one in every:
        head, here, code = one.what.partition(COST_OF)
        sectors = [code] if here and not head else []
        alike.setdefault(one.model_copy(update={"what": COST_OF}) if sectors else one, []).extend(sectors)
    for one, sectors in alike.items():
        names = _(", ").join(sector_name(code) for code in sectors)
        which = names if len(sectors) <= FEW_SECTORS else _("{number} sectors alike", number=len(sectors))
        yield one.model_copy(update={"what": _("trade cost, {which}", which=which)}) if sectors else one


def _what(one: Parameter) -> str:
    for head in NAMING:
        if one.what.startswith(head):
            return f"{head}{', '.join(_named(code) for code in one.what.removeprefix(head).split(', '))}"
    return one.what


def _level(one: Parameter, value: float) -> str:
    if one.unit == "million USD":
        return formatting.amount(value, one.unit)
    if one.unit.startswith("share"):
        return f"{formatting.figure(100 * value, 3)}{formatting.NBSP}%"
    if one.unit == "factor":
        return f"{formatting.percent(value - 1.0, sign=True, decimals=1)}{formatting.NBSP}%"
    return (
        formatting.figure(value, 3) if one.unit in NO_UNIT else f"{formatting.figure(value, EXACT)} {one.unit}"
    )


def _titles(shown: Sequence[ScenarioCommitments]) -> dict[str, str]:
    """Of measures."""
    return {name: title for one in shown for name, title in one.titles.items()}


def left_out_table(shown: Sequence[ScenarioCommitments]) -> CellTable:
    """Measures in force that have no effect here, and why."""
    titles = _titles(shown)
    found = {measure: why for bounds in shown for measure, why in bounds.left_out.items()}
    return CellTable(
        id="left-out",
        caption=_("In force, and without an effect in these results"),
        columns=(_("Measure"), _("Why")),
        rows=tuple(
            (Cell(titles.get(measure, measure), measure), Cell(_("{text}.", text=formatting.starting(why))))
            for measure, why in found.items()
        ),
    )


def sway_table(shown: Sequence[ScenarioCommitments], scenarios: Mapping[str, str]) -> CellTable:
    """What each measure's ranges alone do to the parties, and all of them together.

    Args:
        shown: Bounds of scenarios.
        scenarios: Their titles; named in the rows where there is more than one.
    """
    titles = _titles(shown)
    ranged = [one for one in shown if one.ends is not None]
    parties = list(
        dict.fromkeys(p for one in ranged if one.ends for each in one.ends.by_measure.values() for p in each)
    )
    rows: list[tuple[Cell, ...]] = []
    several = len(ranged) > 1
    for one in ranged:
        if one.ends is None:
            continue
        note = scenarios[one.scenario] if several else ""
        for measure, each in one.ends.by_measure.items():
            title = (
                _("Shares of value that duties are taken on")
                if measure == SHARES
                else titles.get(measure, measure)
            )
            rows.append((Cell(title, title, note=note), *(_spanned(each[party]) for party in parties)))
        whole = [one.ends.countries[party].ev_musd for party in parties]
        rows.append((Cell(_("All of them"), "", note=note), *(_spanned(part) for part in whole)))
    return CellTable(
        id="sway",
        caption=_("Billion USD a year against the base, over each measure’s ranges alone and over all"),
        columns=(_("Ranges of"), *(country_name(party) for party in parties)),
        rows=tuple(rows),
        numeric=len(parties),
    )


def _spanned(one: Interval) -> Cell:
    return Cell(formatting.span(one.low, one.high), one.low)
