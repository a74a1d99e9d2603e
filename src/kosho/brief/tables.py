"""Tables of a brief, which the page and the terminal show alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import cast

from kosho import formatting
from kosho.brief.cells import Cell, CellTable
from kosho.brief.figures import compared_scenarios
from kosho.brief.model import Brief
from kosho.codes import country_name, sector_name
from kosho.language import N_, _
from kosho.scenario.results import Comparison, CountryEffect, FlowResult, Quantiles, ScenarioSummary, Variant
from kosho.scenario.turning import Turning

__all__ = ["tables"]


def tables(brief: Brief) -> dict[str, CellTable]:
    """The tables of the page by id."""
    made: list[CellTable] = [
        glance(brief),
        bargain(brief),
        in_force(brief, hitting=True),
        in_force(brief, hitting=False),
    ]
    if not brief.computed:
        return {table.id: table for table in made}
    made += [_variants(brief, party) for party in brief.codes]
    flows = enumerate(brief.results[0].flows)
    made += [counted_flow(brief, position) for position, flow in flows if flow.base_units is not None]
    made += [_other_flows(brief), _draws(brief), _economies(brief), _economies_by_variant(brief)]
    for party in brief.codes:
        made += [_sectors(brief, party), _sectors_by_variant(brief, party)]
    return {table.id: table for table in made}


MANY = 3
"""Parties up to which each has columns of its own; more have rows."""
VERDICTS = {
    "gain": N_("better"),
    "loss": N_("worse"),
    "unclear": N_("sign open"),
    "nil": N_("no difference"),
}


def _weak_note() -> str:
    over = _("the middle 90 % of elasticity draws and the ranges of what measures rest on")
    return formatting.range_note(over) + _(" Weak: the range with low elasticities.")


def _verdict(found: Comparison, along: Turning | None) -> Cell:
    """What a party gains; where the sign is open, the strength of trade at which it turns."""
    tone = formatting.verdict(found.whole.low, found.whole.high)
    low = _("weak: {ends}", ends=formatting.span(found.low.low, found.low.high))
    middle = found.by_variant[next(iter(found.by_variant))]
    text = formatting.gain(middle, found.central.low, found.central.high)
    word = _(VERDICTS[tone])
    if tone == "unclear" and along is not None and along.scales:
        ends = formatting.listed([formatting.decimals(x, 2) for x in along.turns])
        whole = _(
            "{value} to {value_2}",
            value=formatting.decimals(along.scales[0], 2),
            value_2=formatting.decimals(along.scales[-1], 2),
        )
        word = (
            _("turns at {ends}", ends=ends) if along.turns else _("{word} from {whole}", word=word, whole=whole)
        )
    return Cell(text, middle, tone=tone, note=low, word=word)


def glance(brief: Brief) -> CellTable:
    """Each scenario for each party, against the base and against today."""
    made = _glance(brief)
    return made if len(brief.codes) <= MANY else _upright(brief, made)


def _upright(brief: Brief, made: CellTable) -> CellTable:
    """A table with a column a party and yardstick turned to a row a party, its columns the yardsticks."""
    count, by_party = len(brief.codes), made.id == "glance"
    width = made.numeric // count

    def cells(row: tuple[Cell, ...], k: int) -> tuple[Cell, ...]:
        return row[1 + k * width : 1 + (k + 1) * width] if by_party else row[1 + k :: count]

    names = made.columns[1 : 1 + width] if by_party else made.groups[1:]
    return replace(
        made,
        groups=(),
        columns=(made.columns[0], _("Side"), *names),
        rows=tuple(
            (row[0], Cell(country_name(code), country_name(code)), *cells(row, k))
            for row in made.rows
            for k, code in enumerate(brief.codes)
        ),
        numeric=width,
    )


def _glance(brief: Brief) -> CellTable:
    measures = [
        ("base", brief.base_label),
        *((one.id, _("today")) for one in brief.numbers.by_role("status-quo")[:1]),
    ]
    return _compared(
        brief,
        brief.scenarios,
        [(party, against) for party in brief.codes for against, _other in measures],
        CellTable(
            id="glance",
            caption=_("What each scenario is worth, billion USD a year in the long run"),
            groups=("", *(country_name(party) for party in brief.codes)),
            columns=(
                _("Scenario"),
                *(_("against {name}", name=name) for _other in brief.parties for _other, name in measures),
            ),
            rows=(),
            numeric=len(brief.parties) * len(measures),
            note=formatting.range_note(
                _(
                    "both treatments of trade deficits, the middle 90 % of elasticity draws and the ranges of "
                    "what measures rest on"
                )
            )
            + _(
                " Weak: the same range where trade responds as little as the low elasticities say. Turns: "
                "the strength of trade, against the centre, at which the sign changes on the smaller table."
            ),
        ),
    )


def bargain(brief: Brief) -> CellTable:
    """Each deal for each party, against each way in which the talks may fail."""
    made = _bargain(brief)
    return made if len(brief.codes) <= MANY else _upright(brief, made)


def _bargain(brief: Brief) -> CellTable:
    failing = brief.numbers.by_role("no-deal")
    return _compared(
        brief,
        brief.numbers.by_role("deal"),
        [(party, one.id) for one in failing for party in brief.codes],
        CellTable(
            id="bargain",
            caption=_("What a deal is worth against no deal, billion USD a year in the long run"),
            groups=("", *(_("against “{title}”", title=one.title) for one in failing)),
            columns=(_("Deal"), *(country_name(party) for _other in failing for party in brief.codes)),
            rows=(),
            numeric=len(brief.parties) * len(failing),
            note=_(
                "A deal can hold if every side is better off with it than without it. What “without” means "
                "decides the answer, so each way of failing has columns of its own."
            ),
        ),
    )


def _compared(
    brief: Brief, scenarios: Iterable[ScenarioSummary], places: Iterable[tuple[str, str]], frame: CellTable
) -> CellTable:
    """`frame` with a row a scenario and a column a party and yardstick."""
    found = {(one.party, one.scenario, one.against): one for one in brief.comparisons}
    along = {(one.party, one.scenario, one.against): one for one in brief.turning}
    columns = list(places)
    rows = tuple(
        (
            Cell(scenario.title),
            *(
                _verdict(found[party, scenario.id, against], along.get((party, scenario.id, against)))
                if (party, scenario.id, against) in found
                else Cell("")
                for party, against in columns
            ),
        )
        for scenario in scenarios
    )
    nil = formatting.nil_note(f"{cell.text} {cell.note}" for row in rows for cell in row)
    return replace(frame, rows=rows, note=" ".join(filter(None, (frame.note, nil))))


def in_force(brief: Brief, *, hitting: bool) -> CellTable:
    """Measures in force that hit a party, or the others."""
    rows = tuple(
        (
            Cell(one.title, one.title, note=_(". ").join(filter(None, (one.scope, one.note)))),
            Cell(one.rate, one.rate, status=one.status),
            Cell(one.partners, one.partners),
            Cell(
                formatting.day(one.since),
                one.since.isoformat(),
                note=_("until {day}", day=formatting.day(one.until)) if one.until else "",
            ),
            Cell(one.legal_basis, one.legal_basis, sources=one.sources),
        )
        for one in brief.in_force
        if bool(one.hits) == hitting
    )
    return CellTable(
        id="in-force" if hitting else "in-force-others",
        caption=_("In force on {day} and known on that day: ", day=formatting.day(brief.as_of))
        + (_("what hits a party") if hitting else _("what hits others alone")),
        columns=(_("Measure"), _("Rate"), _("On whom"), _("Since"), _("Legal basis")),
        rows=rows,
    )


def _variants(brief: Brief, party: str) -> CellTable:
    rows: list[tuple[Cell, ...]] = []
    for scenario in brief.scenarios:
        cells = (
            _effect(brief.numbers.result(scenario.id, variant.id).countries[party])
            for variant in brief.variants
        )
        rows.append((Cell(scenario.title, scenario.title), *cells))
    return CellTable(
        id=f"variants-{party.lower()}",
        caption=_(
            "{country}: billion USD a year, and real income in percent, against the {base_label}",
            country=country_name(party),
            base_label=brief.base_label,
        ),
        columns=(_("Scenario"), *(variant.title for variant in brief.variants)),
        rows=tuple(rows),
        numeric=len(brief.variants),
    )


def _effect(found: CountryEffect) -> Cell:
    """Money, and real income in percent on a second line."""
    return Cell(
        formatting.billions(found.ev_musd, sign=True),
        found.ev_musd,
        note=f"{formatting.percent(found.welfare, sign=True)} %",
    )


def counted_flow(brief: Brief, position: int) -> CellTable:
    """A named flow whose quantity is known, by scenario."""
    flow = brief.results[0].flows[position]
    sources = () if flow.units_source is None else (flow.units_source,)
    base = (
        Cell(brief.base_label.capitalize(), sources=sources),
        Cell("" if flow.base_units is None else formatting.quantity(flow.base_units), flow.base_units),
        Cell(formatting.billions(flow.base_musd), flow.base_musd),
        Cell(""),
    )
    rows = [
        (Cell(scenario.title), *_quantity(brief, scenario, position), *_value(brief, scenario, position))
        for scenario in brief.scenarios
    ]
    return CellTable(
        id=f"flow-{position}",
        caption=_("{title} a year", title=flow.title),
        columns=(
            _("Scenario"),
            (flow.unit or _("quantity")).capitalize(),
            _("Billion USD"),
            _("Change of value, %"),
        ),
        rows=(base, *rows),
        numeric=3,
        note=_weak_note(),
    )


def _other_flows(brief: Brief) -> CellTable:
    """Change of value of the flows whose quantity is not known."""
    shown = [
        *brief.numbers.by_role("status-quo"),
        *brief.numbers.by_role("no-deal"),
        *brief.numbers.by_role("deal")[:1],
    ]
    rows: list[tuple[Cell, ...]] = []
    for position, flow in enumerate(brief.results[0].flows):
        if flow.base_units is not None:
            continue
        changes = [list(_value(brief, scenario, position))[-1] for scenario in shown]
        rows.append((Cell(flow.title), Cell(formatting.billions(flow.base_musd), flow.base_musd), *changes))
    return CellTable(
        id="other-flows",
        caption=_("Other flows: change of value in percent"),
        columns=(
            _("Flow"),
            _("{capitalize}, billion USD", capitalize=brief.base_label.capitalize()),
            *(one.title for one in shown),
        ),
        rows=tuple(rows),
        numeric=1 + len(shown),
        note=_weak_note(),
    )


def _quantity(brief: Brief, scenario: ScenarioSummary, position: int) -> Iterable[Cell]:
    base, found = brief.results[0].flows[position].base_units, brief.numbers.flow_range(scenario.id, position)
    new = _middle(brief, scenario, position).new_units
    if base is not None and new is not None and found.central_units is not None and found.low_units is not None:
        central, low = (
            formatting.quantity_range(base * (1 + one.low), base * (1 + one.high))
            for one in (found.central_units, found.low_units)
        )
        yield Cell(
            formatting.with_ends(formatting.quantity(new, 2) if new else formatting.NONE, central),
            new,
            note=_("weak: {low}", low=low),
        )


def _value(brief: Brief, scenario: ScenarioSummary, position: int) -> Iterable[Cell]:
    base, found = brief.results[0].flows[position].base_musd, brief.numbers.flow_range(scenario.id, position)
    new = _middle(brief, scenario, position).new_musd
    central, low = (
        formatting.billions_range(base * (1 + one.low), base * (1 + one.high))
        for one in (found.central, found.low)
    )
    value = formatting.billions(new) if new else formatting.NONE
    yield Cell(formatting.with_ends(value, central), new, note=_("weak: {low}", low=low))
    change = new / base - 1.0 if base else None  # a trade that the base does not know has none
    weak = formatting.percent_range(found.low.low, found.low.high)
    yield Cell(
        formatting.change(change, found.central.low, found.central.high),
        change,
        note=_("weak: {weak}", weak=weak),
    )


def _middle(brief: Brief, scenario: ScenarioSummary, position: int) -> FlowResult:
    """A flow with central elasticities, as the first way of closing the model has it."""
    return brief.numbers.result(scenario.id, brief.variants[0].id).flows[position]


def _first_number(row: Sequence[Cell]) -> float:
    return cast("float", row[1].sort)


def _sectors(brief: Brief, party: str) -> CellTable:
    variant = brief.variants[0]
    shown = compared_scenarios(brief)
    runs = [brief.numbers.result(scenario.id, variant.id).sectors[party] for scenario in shown]
    rows: list[tuple[Cell, ...]] = []
    for code, base in runs[0].items():
        if base.output_base_musd <= 0:
            continue
        cells: list[Cell] = []
        for run in runs:
            change = run[code].exports_musd - base.exports_base_musd
            cells += [
                Cell(formatting.billions(change, sign=True), change),
                Cell(
                    formatting.percent(run[code].exports_volume, sign=True, decimals=1),
                    run[code].exports_volume,
                ),
                Cell(
                    formatting.percent(run[code].output_volume, sign=True, decimals=1), run[code].output_volume
                ),
            ]
        rows.append((Cell(sector_name(code), sector_name(code)), *cells))
    rows.sort(key=_first_number)
    columns = [
        what
        for _other in shown
        for what in (_("exports, bn USD"), _("exports, volume %"), _("output, volume %"))
    ]
    return CellTable(
        id=f"sectors-{party.lower()}",
        caption=_(
            "{country}: change by sector against the {base_label}; {lower}",
            country=country_name(party),
            base_label=brief.base_label,
            lower=variant.title.lower(),
        ),
        groups=("", *(scenario.title for scenario in shown)),
        columns=(_("Sector"), *columns),
        rows=tuple(rows),
        numeric=len(columns),
    )


def _sectors_by_variant(brief: Brief, party: str) -> CellTable:
    scenario = compared_scenarios(brief)[-1]
    runs = [brief.numbers.result(scenario.id, variant.id).sectors[party] for variant in brief.variants]
    rows: list[tuple[Cell, ...]] = []
    for code, base in runs[0].items():
        if base.output_base_musd <= 0:
            continue
        cells: list[Cell] = []
        for run in runs:
            change = run[code].exports_musd - run[code].exports_base_musd
            volume = formatting.percent(run[code].output_volume, sign=True, decimals=1)
            cells.append(Cell(formatting.billions(change, sign=True), change, note=f"{volume} %"))
        rows.append((Cell(sector_name(code), sector_name(code)), *cells))
    rows.sort(key=_first_number)
    return CellTable(
        id=f"sectors-{party.lower()}-variants",
        caption=_(
            "{country}: “{title}” against the {base_label}, by way of closing the model: exports in "
            "billion USD a year, and the volume of output in percent",
            country=country_name(party),
            title=scenario.title,
            base_label=brief.base_label,
        ),
        columns=(_("Sector"), *(_short(variant) for variant in brief.variants)),
        rows=tuple(rows),
        numeric=len(brief.variants),
    )


def _short(variant: Variant) -> str:
    return _(
        "{deficits}, {elasticities}",
        deficits=formatting.word(variant.deficits),
        elasticities=formatting.word(variant.elasticities),
    )


def _draws(brief: Brief) -> CellTable:
    names = {one.id: one.title for one in brief.scenarios} | {"base": brief.base_label}
    names |= {one.id: _("today") for one in brief.numbers.by_role("status-quo")[:1]}
    titles = {one.id: one.title for one in brief.scenarios}
    found = {(one.party, one.scenario, one.against): one for one in brief.comparisons}
    main = brief.variants[0].id
    pairs = dict.fromkeys((one.scenario, one.against) for one in brief.comparisons)
    rows = tuple(
        (
            Cell(titles[scenario], titles[scenario], note=_("against {names}", names=names[against])),
            *(
                cell
                for party in brief.codes
                for one in (found[party, scenario, against],)
                for cell in (
                    Cell(formatting.billions(one.by_variant[main], sign=True), one.by_variant[main]),
                    _drawn(one.draws),
                )
            ),
        )
        for scenario, against in pairs
    )
    return CellTable(
        id="draws",
        caption=_(
            "{draws} common draws of the trade elasticities: billion USD a year", draws=brief.method.draws
        ),
        groups=("", *(country_name(party) for party in brief.codes)),
        columns=(
            _("Scenario"),
            *(name for _other in brief.parties for name in (_("full table"), _("draws"))),
        ),
        rows=rows,
        numeric=2 * len(brief.parties),
        note=formatting.range_note(_("the middle 90 % of the draws; the central figure is their median")),
    )


def _drawn(found: Quantiles) -> Cell:
    return Cell(formatting.gain(found.p50, found.p5, found.p95), found.p50)


def _economies(brief: Brief) -> CellTable:
    variant = brief.variants[0]
    shown = brief.numbers.by_role("status-quo", "no-deal", "deal")
    runs = [brief.numbers.result(scenario.id, variant.id).countries for scenario in shown]
    rows = [
        (
            Cell(country_name(code), country_name(code)),
            *(_effect(run[code]) for run in runs),
        )
        for code in runs[0]
    ]
    rows.sort(key=_first_number)
    return CellTable(
        id="economies",
        caption=_(
            "All economies: billion USD a year, and real income in percent, against the {base_label}; {lower}",
            base_label=brief.base_label,
            lower=variant.title.lower(),
        ),
        columns=(_("Economy"), *(scenario.title for scenario in shown)),
        rows=tuple(rows),
        numeric=len(shown),
    )


def _economies_by_variant(brief: Brief) -> CellTable:
    scenario = compared_scenarios(brief)[0]
    runs = [brief.numbers.result(scenario.id, variant.id).countries for variant in brief.variants]
    rows = [
        (
            Cell(country_name(code), country_name(code)),
            *(_effect(run[code]) for run in runs),
        )
        for code in runs[0]
    ]
    rows.sort(key=_first_number)
    return CellTable(
        id="economies-variants",
        caption=_(
            "All economies: “{title}” against the {base_label}, by way of closing the model: billion USD "
            "a year, and real income in percent",
            title=scenario.title,
            base_label=brief.base_label,
        ),
        columns=(_("Economy"), *(_short(variant) for variant in brief.variants)),
        rows=tuple(rows),
        numeric=len(brief.variants),
    )
