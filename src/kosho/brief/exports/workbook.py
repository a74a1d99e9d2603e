"""A brief as a workbook: real numbers with units in their heads, sheets for people, and one that computes."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from kosho import formatting
from kosho.brief import statement_text
from kosho.brief.exports.charts import add_charts
from kosho.brief.exports.document import first_lines, marks, numbers
from kosho.brief.exports.live import add_live
from kosho.brief.exports.sheets import Column, Looks, Value, add, billion
from kosho.brief.line_tables import sheet_rows
from kosho.brief.model import Brief
from kosho.brief.negotiation import Negotiation
from kosho.brief.page import KINDS
from kosho.brief.recorded import Recorded
from kosho.codes import country_name, sector_name
from kosho.extras import missing
from kosho.language import N_, _, pgettext
from kosho.provenance import Said

if TYPE_CHECKING:
    from xlsxwriter import Workbook

__all__ = ["workbook"]

Rows = Iterator[tuple[Value, ...]]
MONEY = N_("billion USD a year")


def workbook(brief: Brief) -> bytes:
    """The workbook, without macros.

    Raises:
        InputError: the packages of the `office` extra are not installed.
    """
    try:
        from xlsxwriter import Workbook as NewWorkbook  # noqa: PLC0415 - an optional extra
    except ModuleNotFoundError:
        raise missing("office", _("writing Excel workbooks")) from None
    written = io.BytesIO()
    plain = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    made = NewWorkbook(written, plain)
    day = datetime(brief.as_of.year, brief.as_of.month, brief.as_of.day)
    made.set_properties({"title": brief.title, "author": "Kosho", "created": day})
    looks = Looks(made)
    _summary(made, looks, brief)
    add_charts(made, looks, brief)
    if brief.negotiation is not None:
        _deals(made, looks, brief.negotiation)
        if brief.negotiation.tariff_lines:
            _tariff_lines(made, looks, brief.negotiation)
        if brief.negotiation.priced is not None:
            add_live(made, looks, brief.negotiation, brief.negotiation.priced)
    if brief.computed:
        _effects(made, looks, brief)
    _law(made, looks, brief)
    _record(made, looks, brief)
    _assumptions(made, looks, brief)
    _sources(made, looks, brief)
    made.worksheets()[0].activate()
    made.close()
    return written.getvalue()


def _summary(made: Workbook, looks: Looks, brief: Brief) -> None:
    about = (
        _("Summary"),
        brief.title,
        _("Brief as of {day}, as known on that day.", day=formatting.day(brief.as_of)),
    )
    columns = [Column(_("What"), 26, "wrap"), Column(_("In words"), 120, "wrap")]
    add(made, looks, about, columns, _said_first(brief))


def _said_first(brief: Brief) -> Rows:
    lines = first_lines(brief)
    yield from lines
    if not lines:
        yield (
            _("In short"),
            f"{brief.lead.text} ({formatting.word(brief.lead.status)}){marks(brief, brief.lead.sources)}",
        )
        yield from (
            (_("Also"), f"{one.text} ({formatting.word(one.status)}){marks(brief, one.sources)}")
            for one in brief.headline
        )
    yield from (
        (formatting.day(one.date), f"{one.title} {one.consequence or ''}".strip()) for one in brief.calendar
    )


def _deals(made: Workbook, looks: Looks, one: Negotiation) -> None:
    names = {code: country_name(code) for code in one.parties}
    columns = [
        Column(_("Deal"), 24, "wrap"),
        Column(_("Background"), 28, "wrap"),
        *(
            Column(_("{name}, over no deal, {money}", name=name, money=_(MONEY)), 16, "change")
            for name in names.values()
        ),
        *(
            Column(_("{name}, over today, {money}", name=name, money=_(MONEY)), 16, "change")
            for name in names.values()
        ),
        Column(_("What changes"), 90, "wrap"),
    ]
    rows = (
        (
            deal.concept,
            deal.background,
            *(billion(deal.over_no_deal[code]) for code in names),
            *(billion(deal.over_today[code]) for code in names),
            _("; ").join(deal.changes) or _("nothing"),
        )
        for deal in one.deals
    )
    counted = _(
        "{number} packages were priced; {number_2} stay within the red lines, {number_3} of those "
        "leave every side better off than no deal.",
        number=formatting.count(one.packages),
        number_2=formatting.count(one.allowed),
        number_3=formatting.count(one.better_for_all),
    )
    add(made, looks, (_("Deals"), _("The deals that theory picks"), counted), columns, rows)
    columns = [
        Column(_("Deal"), 24),
        Column(_("All gain, % of draws"), 14, "share"),
        *(
            Column(f"{name}, {what}, {_(MONEY)}", 16, "change")
            for name in names.values()
            for what in (_("5th percentile"), _("median"), _("95th percentile"))
        ),
    ]
    spread = (
        (
            name,
            one.all_gain[name],
            *(billion(x) for code in names for x in (found[code].p5, found[code].p50, found[code].p95)),
        )
        for name, found in one.certificates.items()
    )
    note = _("Gains over no deal in {draws} draws of the trade elasticities.", draws=one.draws)
    add(made, looks, (_("How sure"), _("How sure the deals are"), note), columns, spread)
    columns = [
        Column(_("Issue"), 44, "wrap"),
        *(Column(f"{name}, {_(MONEY)}", 16, "change") for name in names.values()),
    ]
    shares = (
        (issue, *(formatting.NOT_PRICED if found is None else billion(found[code]) for code in names))
        for issue, found in one.carried.items()
    )
    note = _(
        "Of the {shares_of} deal: what each adds on average over every order of issues (Shapley values).",
        shares_of=one.shares_of,
    )
    add(made, looks, (_("Issues"), _("Which issue carries the gains"), note), columns, shares)


def _tariff_lines(made: Workbook, looks: Looks, one: Negotiation) -> None:
    columns = [
        Column(_("Issue"), 24, "wrap"),
        Column(_("Option"), 30, "wrap"),
        Column(_("Importer"), 18, "wrap"),
        Column(_("Partner"), 18, "wrap"),
        Column(_("Line"), 14, "wrap"),
        Column(_("Sector"), 28, "wrap"),
        Column(_("Share of the sector's duties"), 16, "share"),
        Column(_("Cut of the duty"), 12, "share"),
    ]
    about = (
        _("Tariff lines"),
        _("Tariff lines of the options"),
        _("All of them, those that give up most of a sector's duties first."),
    )
    add(made, looks, about, columns, sheet_rows(one))


def _effects(made: Workbook, looks: Looks, brief: Brief) -> None:
    label = brief.base_label
    asked = (
        _("Scenarios"),
        _("What each scenario is worth"),
        _("Central figure first, then the ranges; long run."),
    )
    add(made, looks, asked, _compared_columns(), _compared(brief))
    note = _(
        "Against the {label}, a row an economy, scenario and way of closing the model; long run.", label=label
    )
    add(made, looks, (_("By country"), _("Effects by country"), note), _country_columns(), _countries(brief))
    note += _(" Empty: nothing was exported or made there before.")
    add(made, looks, (_("By sector"), _("Effects by sector"), note), _sector_columns(), _sectors(brief))
    note = _(
        "Named trade, before ({label}) and after; long run. Empty: the quantity is not known.", label=label
    )
    add(made, looks, (_("Trade"), _("The trade at stake"), note), _trade_columns(), _trade(brief))


_RANGES = (
    N_("central figure"),
    N_("low end, central elasticities"),
    N_("high end, central elasticities"),
    N_("low end, weak response"),
    N_("high end, weak response"),
)


def _compared_columns() -> list[Column]:
    return [
        Column(_("Party"), 16),
        Column(_("Scenario"), 44, "wrap"),
        Column(_("Against"), 44, "wrap"),
        *(
            Column(_("{name}, {money}", name=formatting.starting(_(name)), money=_(MONEY)), 17, "change")
            for name in _RANGES
        ),
    ]


def _country_columns() -> list[Column]:
    return [
        Column(_("Economy"), 22),
        Column(_("Code"), 8),
        Column(_("Scenario"), 44),
        Column(_("Way of closing the model"), 36),
        Column(_("Equivalent variation, {money}", money=_(MONEY)), 18, "change"),
        Column(_("Real income, change in %"), 14, "percent"),
        Column(_("Real wage, change in %"), 14, "percent"),
    ]


def _sector_columns() -> list[Column]:
    return [
        Column(_("Party"), 16),
        Column(_("Sector"), 34),
        Column(_("Code"), 10),
        Column(_("Scenario"), 44),
        Column(_("Way of closing the model"), 36),
        Column(_("Exports before, {money}", money=_(MONEY)), 14, "money"),
        Column(_("Exports after, {money}", money=_(MONEY)), 14, "money"),
        Column(_("Exports, volume, change in %"), 14, "percent"),
        Column(_("Output before, {money}", money=_(MONEY)), 14, "money"),
        Column(_("Output, volume, change in %"), 14, "percent"),
    ]


def _trade_columns() -> list[Column]:
    return [
        Column(_("Trade"), 36),
        Column(_("Scenario"), 44),
        Column(_("Way of closing the model"), 36),
        Column(_("Value before, {money}", money=_(MONEY)), 14, "money"),
        Column(_("Value after, {money}", money=_(MONEY)), 14, "money"),
        Column(_("Value, change in %"), 12, "percent"),
        Column(_("Quantity before"), 14, "count"),
        Column(_("Quantity after"), 14, "count"),
        Column(_("Unit of quantity"), 14),
    ]


def _compared(brief: Brief) -> Rows:
    titles = {one.id: one.title for one in brief.scenarios}
    for one in brief.comparisons:
        middle = one.by_variant[brief.variants[0].id]
        ends = (middle, one.central.low, one.central.high, one.low.low, one.low.high)
        against = titles.get(one.against, brief.base_label)
        yield country_name(one.party), titles[one.scenario], against, *map(billion, ends)


def _countries(brief: Brief) -> Rows:
    titles = {one.id: one.title for one in (*brief.scenarios, *brief.variants)}
    for run in brief.results:
        for code, one in run.countries.items():
            yield (
                country_name(code),
                code,
                titles[run.scenario],
                titles[run.variant],
                billion(one.ev_musd),
                one.welfare,
                one.real_wage,
            )


def _sectors(brief: Brief) -> Rows:
    titles = {one.id: one.title for one in (*brief.scenarios, *brief.variants)}
    for run in brief.results:
        for party, found in run.sectors.items():
            for code, one in found.items():
                yield (
                    country_name(party),
                    sector_name(code),
                    code,
                    titles[run.scenario],
                    titles[run.variant],
                    billion(one.exports_base_musd),
                    billion(one.exports_musd),
                    one.exports_volume,
                    billion(one.output_base_musd),
                    one.output_volume,
                )


def _trade(brief: Brief) -> Rows:
    titles = {one.id: one.title for one in (*brief.scenarios, *brief.variants)}
    for run in brief.results:
        for one in run.flows:
            yield (
                one.title,
                titles[run.scenario],
                titles[run.variant],
                billion(one.base_musd),
                billion(one.new_musd),
                one.new_musd / one.base_musd - 1.0 if one.base_musd else None,
                one.base_units,
                one.new_units,
                one.unit,
            )


def _law(made: Workbook, looks: Looks, brief: Brief) -> None:
    columns = [
        Column(_("Measure"), 48, "wrap"),
        Column(pgettext("measure", "By"), 20),
        Column(_("On whom"), 26, "wrap"),
        Column(_("Rate"), 18, "wrap"),
        Column(_("Since"), 13, "day"),
        Column(_("Until"), 13, "day"),
        Column(_("Hits a party"), 12),
        Column(_("Scope"), 50, "wrap"),
        Column(_("Legal basis"), 44, "wrap"),
        Column(_("How it is known"), 14),
        Column(_("Sources"), 12),
    ]
    rows = (
        (
            one.title,
            one.imposer,
            one.partners,
            one.rate,
            one.since,
            one.until,
            _(", ").join(map(country_name, one.hits)) or formatting.word("no"),
            _(". ").join(filter(None, (one.scope, one.note))),
            one.legal_basis,
            formatting.word(one.status),
            numbers(brief, one.sources),
        )
        for one in brief.in_force
    )
    note = brief.law_verified if brief.law_held else _("The register does not hold the law of this day.")
    add(made, looks, (_("Law"), _("In force on {day}", day=formatting.day(brief.as_of)), note), columns, rows)


def _record(made: Workbook, looks: Looks, brief: Brief) -> None:
    columns = [
        Column(_("Part"), 16),
        Column(_("About"), 44, "wrap"),
        Column(_("By"), 30, "wrap"),
        Column(_("Date"), 18),
        Column(_("As"), 16),
        Column(_("The words"), 90, "wrap"),
        Column(_("After"), 18, "wrap"),
        Column(_("Source"), 10),
    ]
    day = formatting.day(brief.as_of)
    rows = _statements(brief, brief.record) if brief.record is not None else iter(())
    note = (
        _("Exact words, in the language of their source.")
        if brief.record is not None
        else _("The case has no record.")
    )
    add(made, looks, (_("Record"), _("What was said, as known on {day}", day=day), note), columns, rows)


def _statements(brief: Brief, one: Recorded) -> Rows:
    def row(part: str, about: str, said: Said) -> tuple[Value, ...]:
        return (
            formatting.word(part),
            about,
            statement_text.by(said),
            statement_text.when(said),
            statement_text.kind(said),
            said.quote,
            said.attributed_to,
            numbers(brief, [said.source]),
        )

    yield from (
        row("deadline", f"{one.what}, {statement_text.day_or_month(one.on)}", one.said) for one in one.deadlines
    )
    for issue in one.issues:
        yield from (row("position", issue.title, said) for stance in issue.stances for said in stance.said)
    for point in one.contentions:
        yield from (
            row("contention", f"{point.title} ({formatting.word(point.status)})", said) for said in point.said
        )
    yield from (
        row("commitment", f"{each.what} ({formatting.word(each.status)})", each.said)
        for each in one.commitments
    )
    for dispute in one.conflicts:
        yield from (row("contradiction", dispute.about, said) for said in dispute.said)
    yield from (row("event", event.what, event.said) for event in one.timeline)


def _assumptions(made: Workbook, looks: Looks, brief: Brief) -> None:
    columns = [
        Column(_("Part"), 18),
        Column(_("What"), 90, "wrap"),
        Column(_("How it is known"), 16),
        Column(_("Low"), 12, "scale"),
        Column(_("Middle"), 12, "scale"),
        Column(_("High"), 12, "scale"),
        Column(_("Unit"), 18),
        Column(_("Scenarios"), 44, "wrap"),
        Column(_("Sources"), 12),
    ]
    note = _("What the effects rest on, in its range; what limits them; what is in none of the numbers.")
    add(made, looks, (_("Assumptions"), _("Assumptions and limits"), note), columns, _assumed(brief))


def _assumed(brief: Brief) -> Rows:
    titles = {one.id: one.title for one in brief.scenarios}
    found: dict[tuple[Value, ...], list[str]] = {}
    for bounds in brief.bounds:
        for one in bounds.ranges:
            what = f"{bounds.titles.get(one.measure, one.measure)}: {one.what}"
            row = (
                formatting.word("parameter"),
                what + (f". {one.note}" if one.note else ""),
                formatting.word("assumption" if one.assumed else "estimate"),
                one.low,
                _("bound only") if one.value is None else one.value,
                one.high,
                one.unit,
                numbers(brief, one.sources),
            )
            found.setdefault(row, []).append(titles[bounds.scenario])
    for (*row, sources), scenarios in found.items():
        yield *row, _("; ").join(dict.fromkeys(scenarios)), sources
    method = brief.method
    for part, claims in (
        (formatting.word("model"), method.model),
        (formatting.word("limit"), method.limits),
        (_("first year"), method.first_year),
    ):
        for one in claims:
            cited = numbers(brief, one.sources)
            yield part, one.text, formatting.word(one.status), None, None, None, None, None, cited
    for fact in brief.observed:
        cited = numbers(brief, fact.sources)
        what = _(". ").join(filter(None, (f"{fact.title}, {fact.period}", fact.note)))
        yield (
            formatting.word("observed"),
            what,
            formatting.word(fact.status),
            None,
            fact.value,
            None,
            fact.unit,
            None,
            cited,
        )
    for each in brief.findings:
        cited = numbers(brief, each.sources)
        what = _(
            "{finding} Rests on: {names}. Otherwise: {otherwise}",
            finding=each.finding,
            names=_("; ").join(each.rests_on),
            otherwise=each.otherwise,
        )
        yield (
            formatting.word("finding"),
            what,
            formatting.word(each.status),
            None,
            None,
            None,
            None,
            None,
            cited,
        )
    for item in brief.not_yet_priced:
        cited = numbers(brief, item.sources)
        yield _("not priced"), f"{item.title}: {item.why}", None, None, None, None, None, None, cited


def _sources(made: Workbook, looks: Looks, brief: Brief) -> None:
    columns = [
        Column("No.", 7, "count"),
        Column(_("Title"), 70, "wrap"),
        Column(_("Publisher"), 30, "wrap"),
        Column(_("Date"), 13, "day"),
        Column(_("Kind"), 12),
        Column(_("Address"), 60, "link"),
        Column(_("Licence"), 20, "wrap"),
        Column(_("Note"), 40, "wrap"),
    ]
    rows = (
        (
            one.number,
            one.title,
            one.publisher,
            one.date,
            _(KINDS[one.kind]),
            one.url,
            one.licence,
            _("; ").join(
                filter(None, (_("later than the day of this brief") if one.hindsight else "", one.note))
            ),
        )
        for one in brief.sources
    )
    add(made, looks, (_("Sources"), _("Sources"), _("Numbered as they are cited.")), columns, rows)
