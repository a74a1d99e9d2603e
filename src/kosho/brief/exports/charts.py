"""The figure of the first page as charts that Excel and Word draw themselves, from numbers beside them."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

from kosho.brief.exports.sheets import Column, Looks, add, billion
from kosho.brief.gain_figure import NAMES, drawn, gain_note, gain_title
from kosho.brief.model import Brief, Outlook, Prospect
from kosho.codes import country_name
from kosho.language import N_, _

if TYPE_CHECKING:
    from docx.document import Document
    from xlsxwriter import Workbook

__all__ = ["WordCharts", "add_charts", "embedded", "word_charts"]

SHEET = N_("Figure")
FIRST, HEAD = 4, 3
"""Rows of the numbers and of their heads, counted from 0."""
FIRST_LINE, OTHER_LINE = ("circle", "solid", "#1d3f72"), ("diamond", "dash", "#b04a12")
MARKS = {"ask": FIRST_LINE, "agreed": FIRST_LINE, "accept": OTHER_LINE, "possible": OTHER_LINE}
"""Marker, dash and colour by role: told apart without colour."""
WIDE, HIGH = 380, 300
"""Pixels of a chart."""
STEP = 0.25
"""Of the strength of trade, from a line of the grid to the next."""
FONT = {"name": "Calibri", "size": 9}
DATA = re.compile(rb"<c:printSettings>.*?</c:printSettings>", re.DOTALL)
OFFICE = "application/vnd.openxmlformats-officedocument"
LINK = b'<c:externalData r:id="rId1"><c:autoUpdate val="0"/></c:externalData>'


@dataclass(frozen=True, slots=True)
class WordCharts:
    """Charts for a Word document, a party each, and the workbook that they keep their numbers in."""

    parts: tuple[bytes, ...]
    """DrawingML, linked to the workbook as `rId1`."""
    workbook: bytes


def add_charts(made: Workbook, looks: Looks, brief: Brief) -> None:
    """A sheet with the numbers of the figure and a chart a party; none where no curve was solved."""
    found = drawn(brief)
    lines = [] if found is None else list(_lines(brief, found))
    if found is None or not lines:
        return
    columns = [
        Column(_("Strength of trade, 1 is the centre"), 14, "scale"),
        *(
            Column(
                _(
                    "{country}, {names}, billion USD a year",
                    country=country_name(party),
                    names=_(NAMES[one.role]),
                ),
                16,
                "change",
            )
            for party, one in lines
        ),
    ]
    rows = (
        (scale, *(billion(one.curve[party][k]) for party, one in lines)) for k, scale in enumerate(found.scales)
    )
    note = (
        _("Gains over no deal, year ten; ask: the deal to ask for, least: the least to accept.")
        if brief.outlook
        else " ".join([_("Gains over no deal, year ten."), gain_note(brief, found)])
    )
    sheet = add(made, looks, (_(SHEET), gain_title(found), note), columns, rows)
    for place, party in enumerate(dict.fromkeys(party for party, _other in lines)):
        chart = _chart(made, found, lines, party)
        sheet.insert_chart(
            FIRST + len(found.scales) + 1, 0, chart, {"x_offset": place * (WIDE + 10), "object_position": 3}
        )


def word_charts(brief: Brief) -> WordCharts | None:
    """The same charts for Word; None where no curve was solved.

    A chart of Word keeps its numbers in a workbook inside the document: a reader can change how it looks.
    """
    from xlsxwriter import Workbook as NewWorkbook  # noqa: PLC0415 - an optional extra

    found = drawn(brief)
    if found is None or not any(one.curve for one in found.prospects):
        return None
    written = io.BytesIO()
    made = NewWorkbook(written, {"in_memory": True})
    add_charts(made, Looks(made), brief)
    made.close()
    with ZipFile(written) as files:
        names = sorted(name for name in files.namelist() if name.startswith("xl/charts/chart"))
        parts = tuple(DATA.sub(LINK, files.read(name)) for name in names)
    return WordCharts(parts, written.getvalue())


def embedded(made: Document, charts: WordCharts) -> list[str]:
    """Put charts with their numbers into a Word document; the relations by which its body names them."""
    from docx.opc.constants import RELATIONSHIP_TYPE as RELATION  # noqa: PLC0415
    from docx.opc.packuri import PackURI  # noqa: PLC0415
    from docx.opc.part import Part  # noqa: PLC0415

    package: Any = made.part.package
    found: list[str] = []
    for part in charts.parts:
        name = package.next_partname("/word/charts/chart%d.xml")
        chart = Part(name, f"{OFFICE}.drawingml.chart+xml", part, package)
        sheet = PackURI(f"/word/embeddings/numbers{name.idx or 1}.xlsx")
        chart.relate_to(
            Part(sheet, f"{OFFICE}.spreadsheetml.sheet", charts.workbook, package), RELATION.PACKAGE
        )
        found.append(made.part.relate_to(chart, RELATION.CHART))
    return found


def _lines(brief: Brief, found: Outlook) -> Iterator[tuple[str, Prospect]]:
    return ((party, one) for party in brief.codes for one in found.prospects if one.curve.get(party))


def _from_zero(lines: Sequence[tuple[str, Prospect]], party: str) -> dict[str, float]:
    """An axis that shows no deal: begun near the values, a gain that hardly moves looks steep."""
    values = [x for code, one in lines if code == party for x in one.curve[party] if x is not None]
    if min(values, default=0.0) >= 0:
        return {"min": 0}
    return {"max": 0} if max(values) <= 0 else {}


def _chart(made: Workbook, found: Outlook, lines: Sequence[tuple[str, Prospect]], party: str) -> Any:
    """Lines named at their ends, without a legend."""
    chart: Any = made.add_chart({"type": "scatter", "subtype": "straight_with_markers"})
    last = FIRST + len(found.scales) - 1
    for column, (code, one) in enumerate(lines, 1):
        if code != party:
            continue
        marker, dash, colour = MARKS[one.role]
        names = [{"delete": True}] * (len(found.scales) - 1) + [{"value": _(NAMES[one.role])}]
        chart.add_series(
            {
                "name": [_(SHEET), HEAD, column],
                "categories": [_(SHEET), FIRST, 0, last, 0],
                "values": [_(SHEET), FIRST, column, last, column],
                "line": {"color": colour, "width": 2, "dash_type": dash},
                "marker": {"type": marker, "size": 6, "fill": {"color": colour}, "border": {"color": colour}},
                "data_labels": {
                    "value": True,
                    "custom": names,
                    "position": "right",
                    "font": {**FONT, "bold": True},
                },
            }
        )
    grid = {"visible": True, "line": {"color": "#d5dae1", "width": 0.75}}
    plain = {"major_gridlines": grid, "major_tick_mark": "none", "minor_tick_mark": "none"}
    chart.set_title(
        {"name": _("{country}, bn USD a year", country=country_name(party)), "name_font": {**FONT, "size": 11}}
    )
    chart.set_x_axis(
        {
            "name": _("strength of trade, year ten; 1 is the centre"),
            "name_font": {**FONT, "bold": False},
            "num_font": FONT,
            "min": 0,
            "max": (math.floor(found.scales[-1] / STEP) + 2) * STEP,  # room for what lines are called
            "major_unit": STEP,
            "label_position": "low",
            "num_format": "General",
            **plain,
        }
    )
    chart.set_y_axis(
        {"num_font": FONT, "num_format": "+General;−General;0", **_from_zero(lines, party), **plain}
    )
    chart.set_legend({"none": True})
    chart.set_size({"width": WIDE, "height": HIGH})
    return chart
