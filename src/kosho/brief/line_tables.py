"""Tariff lines of the options of a table: the twenty that matter on the page, all of them in the workbook."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kosho import formatting
from kosho.brief.cells import Cell, CellTable
from kosho.brief.negotiation import Negotiation, TariffLineTold
from kosho.codes import country_name, sector_name
from kosho.language import _

if TYPE_CHECKING:
    from kosho.bargain import Table

__all__ = ["lines_table", "sheet_rows", "told_lines"]

SHOWN = 20


def told_lines(table: Table) -> tuple[TariffLineTold, ...]:
    """Every line of every option, those that pay most of their sector's duty first."""
    found = [
        TariffLineTold(
            issue=issue.title,
            option=option.title,
            importer=one.importer,
            partner=one.partner,
            sector=one.sector,
            hs=one.hs,
            duty_share=one.duty_share,
            cut=one.cut,
        )
        for issue in table.file.issues
        for option in issue.options
        for one in table.lines.get((issue.id, option.id), ())
    ]
    return tuple(sorted(found, key=lambda one: -one.duty_share * one.cut))


def lines_table(one: Negotiation) -> CellTable:
    """The lines that matter most: by the share of their sector's duties that they give up."""
    rows = [
        (
            Cell(text=line.option, note=line.issue),
            Cell(text=line.hs, sort=line.hs),
            Cell(
                text=_(
                    "{importer} from {partner}",
                    importer=country_name(line.importer),
                    partner=country_name(line.partner),
                )
            ),
            Cell(text=sector_name(line.sector)),
            Cell(text=formatting.percent(line.duty_share), sort=line.duty_share),
            Cell(text=formatting.rate(line.cut), sort=line.cut),
        )
        for line in one.tariff_lines[:SHOWN]
    ]
    more = len(one.tariff_lines) - SHOWN
    note = _("A line's share is of the duties that the importer collects on the partner's goods of the sector.")
    return CellTable(
        "tariff-lines",
        _("The tariff lines that matter most"),
        (_("Option"), _("Line"), _("Imports of"), _("Sector"), _("Share of duties, %"), _("Cut, %")),
        tuple(rows),
        numeric=2,
        note=_("{note} {number} more are in the workbook.", note=note, number=formatting.count(more))
        if more > 0
        else note,
    )


def sheet_rows(one: Negotiation) -> Iterator[tuple[str | float, ...]]:
    """Every line, for a sheet."""
    for line in one.tariff_lines:
        yield (
            line.issue,
            line.option,
            country_name(line.importer),
            country_name(line.partner),
            line.hs,
            sector_name(line.sector),
            line.duty_share,
            line.cut / 100.0,
        )
