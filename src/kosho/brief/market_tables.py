"""Tables of a market in a brief: makers apart from places of production, and what was observed."""

from __future__ import annotations

from kosho import formatting
from kosho.brief.cells import Cell, CellTable
from kosho.brief.model import Brief
from kosho.codes import country_name
from kosho.language import _

__all__ = ["findings_table", "makers_table", "market_tables", "observed_table"]


def market_tables(brief: Brief) -> dict[str, CellTable]:
    """All of them by id."""
    return {one.id: one for one in (makers_table(brief), observed_table(brief), findings_table(brief))}


def makers_table(brief: Brief) -> CellTable:
    """What Japanese makers sell in the parties' markets, wherever it is made, in every scenario."""
    rows: list[tuple[Cell, ...]] = []
    for scenario in brief.scenarios:
        runs = {one.id: brief.numbers.result(scenario.id, one.id) for one in brief.variants}
        main, *others = runs.values()
        for k, one in enumerate(main.makers):
            weak = [
                run.makers[k]
                for run, how in zip(others, brief.variants[1:], strict=True)
                if how.elasticities == "low"
            ]
            change = [item.new_musd - item.base_musd for item in weak]
            note = (
                _("weak: {ends}", ends=formatting.span(min(change), max(change), part=True)) if change else ""
            )
            rows.append(
                (
                    Cell(scenario.title),
                    Cell(country_name(one.market), sources=one.sources),
                    _percent(one.base_share),
                    _percent(one.new_share),
                    _money(one.base_musd),
                    Cell(
                        formatting.gain(one.new_musd - one.base_musd, one.low_musd, one.high_musd, part=True),
                        one.new_musd - one.base_musd,
                        note=note,
                    ),
                    _money(one.made_at_home_base_musd),
                    _money(one.made_at_home_musd - one.made_at_home_base_musd, sign=True),
                )
            )
    return CellTable(
        id="makers",
        caption=_("Vehicles and parts of Japanese makers, wherever they are made, billion USD a year"),
        columns=(
            _("Scenario"),
            _("Market"),
            _("Share before, %"),
            _("Share after, %"),
            _("Sold before"),
            _("Change"),
            _("Of it made in Japan"),
            _("Change"),
        ),
        rows=tuple(rows),
        numeric=6,
        note=_(
            "Results are by place of production; this spreads them over makers. What comes from Japan is "
            "taken to be of Japanese brands, nothing of what comes from China; of the rest their known "
            "share is taken to change as it does as a whole. Ranges are those of that share. A car made "
            "in Japan may take the place of one that the same maker makes in the market."
        ),
    )


def _percent(share: float) -> Cell:
    return Cell(formatting.percent(share, decimals=1), share)


def _money(musd: float, *, sign: bool = False) -> Cell:
    return Cell(formatting.billions(musd, sign=sign, part=True), musd)


def observed_table(brief: Brief) -> CellTable:
    """Figures of the market known from reality, by what they are of and by time."""
    rows = tuple(
        (
            Cell(one.title, one.title, note=one.note or ""),
            Cell(one.period, one.period),
            Cell(
                formatting.figure(one.value, 9) + (f"{formatting.NBSP}%" if one.unit == "percent" else ""),
                one.value,
                status="" if one.status == "fact" else one.status,
                note="" if one.unit == "percent" else one.unit,
                sources=one.sources,
            ),
        )
        for one in brief.observed
    )
    return CellTable(
        id="observed",
        caption=_("What was observed, as known on the day"),
        columns=(_("What"), _("When"), _("Figure")),
        rows=rows,
        numeric=1,
    )


def findings_table(brief: Brief) -> CellTable:
    """Which finding rests on which assumption."""
    rows = tuple(
        (
            Cell(one.finding),
            Cell(_("; ").join(one.rests_on), sources=one.sources, status=one.status),
            Cell(one.otherwise),
        )
        for one in brief.findings
    )
    return CellTable(
        id="findings",
        caption=_("Which finding rests on which assumption"),
        columns=(_("Finding"), _("Rests on"), _("Otherwise")),
        rows=rows,
    )
