"""What a workbook and a document of a brief hold, and how they look."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterable
from typing import Any
from zipfile import ZipFile

import docx
import openpyxl

from kosho.brief.exports.charts import word_charts
from kosho.brief.exports.word import STYLES, word
from kosho.brief.exports.workbook import workbook
from kosho.brief.model import Brief

__all__ = ["files"]

HEAD = r"<w:tblHeader/>.*?</w:tr>"


def files(made: Brief) -> dict[str, Any]:
    """What a workbook and a document hold and how they look."""
    written = workbook(made)
    book = openpyxl.load_workbook(io.BytesIO(written))
    formats = sorted({_format(cell) for sheet in book for row in sheet.iter_rows() for cell in row})
    paper = docx.Document(io.BytesIO(word(made)))
    charts = word_charts(made)
    return {
        "sheets": {sheet.title: [_values(row) for row in sheet.iter_rows(values_only=True)] for sheet in book},
        "looks of sheets": {sheet.title: _looks(sheet, formats) for sheet in book},
        "formats": formats,
        "looks of the document": _looks_on_paper(paper),
        "charts": [_set(part) for part in (charts.parts if charts else ())],
        "where charts stand": _anchors(written),
    }


def _values(row: Iterable[Any]) -> list[Any]:
    """Each in its place, up to the last."""
    told = [cell if isinstance(cell, float | int) else str(cell or "") for cell in row]
    while told and told[-1] == "":
        told.pop()
    return told


def _looks(sheet: Any, formats: list[str]) -> dict[str, Any]:
    """Widths and heights, what stays in sight and is printed, lists and colours; the formats of three rows."""
    rows = [sheet[k] for k in (1, 2, 4, 5, min(10, sheet.max_row))]
    return {
        "widths": {name: one.width for name, one in sheet.column_dimensions.items()},
        "hidden": [name for name, one in sheet.column_dimensions.items() if one.hidden],
        "heights": {str(k): one.height for k, one in sheet.row_dimensions.items() if one.height},
        "pane": [
            sheet.freeze_panes,
            sheet.auto_filter.ref,
            sheet.print_title_rows,
            sheet.sheet_view.showGridLines,
        ],
        "paper": [sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight, sheet.oddFooter.right.text],
        "margins": [getattr(sheet.page_margins, side) for side in ("left", "right", "top", "bottom")],
        "colours": [
            [
                str(area.sqref),
                *one.formula,
                one.dxf.font.color.rgb if one.dxf.font else one.dxf.numFmt.formatCode,
            ]
            for area in sheet.conditional_formatting
            for one in area.rules
        ],
        "rows": [[formats.index(_format(cell)) for cell in row if cell.value is not None] for row in rows],
    }


def _format(cell: Any) -> str:
    font, side = cell.font, cell.alignment
    fill = cell.fill.fgColor.rgb if cell.fill.fill_type else ""
    colour = font.color.rgb if font.color and isinstance(font.color.rgb, str) else ""
    ways = [way for way, on in (("bold", font.b), ("under", font.u), ("wrapped", side.wrap_text)) if on]
    edge = cell.border.left.style
    told = (cell.number_format, font.name, font.sz, *ways, colour, fill, edge, side.horizontal, side.vertical)
    return " ".join(str(one) for one in told if one)


def _looks_on_paper(paper: Any) -> dict[str, Any]:
    """Widths of columns, how runs are set, and the styles and margins that they stand in."""
    body = paper.element.body.xml
    section = paper.sections[0]
    styles = [paper.styles[name] for name in ("Normal", *STYLES) if name != "Table Grid"]
    sides = (section.left_margin, section.right_margin, section.top_margin, section.bottom_margin)
    return {
        "widths": [
            [int(one) for one in re.findall(r'gridCol w:w="(\d+)"', part)] for part in body.split("<w:tbl>")[1:]
        ],
        "runs": sorted(set(re.findall(r"<w:rPr>.*?</w:rPr>", re.sub(r"\s*\n\s*", "", body)))),
        "sides": dict(Counter(re.findall(r'<w:jc w:val="(\w+)"', body))),
        "spans": Counter(re.findall(r'<w:gridSpan w:val="(\d+)"', body)),
        "charts": re.findall(r"<wp:extent [^>]*>|<wp:docPr [^>]*>", body),
        "numbers": [
            int(one) for one in re.findall(r"SEQ \w+ \S+ ARABIC\s+(\d+)", re.sub(r"<[^>]*>|\s+", " ", body))
        ],
        "page": [section.page_width, section.page_height, *sides],
        "paragraphs": [f"{one.style.name}, {len(one.runs)}" for one in paper.paragraphs],
        "heads": [
            [int(one) for one in re.findall(r'tcW w:w="(\d+)"', part)] for part in re.findall(HEAD, body, re.S)
        ],
        "styles": {
            one.name: [
                *(one.font.size, one.font.name, str(one.font.color.rgb), one.font.italic),
                *(one.paragraph_format.space_before, one.paragraph_format.space_after),
            ]
            for one in styles
        },
        "dates": [str(paper.core_properties.created), paper.core_properties.title],
    }


def _set(part: bytes) -> list[tuple[str, str]]:
    """What is set in a chart, in order."""
    return re.findall(r"<[ac]:(\w+ [^>]*?)/?>|<c:(?:f|v)>(.*?)</c:", part.decode())


def _anchors(written: bytes) -> list[str]:
    """From which cell to which charts reach."""
    with ZipFile(io.BytesIO(written)) as files:
        drawings = [name for name in files.namelist() if name.startswith("xl/drawings/drawing")]
        text = "".join(files.read(name).decode() for name in sorted(drawings))
    return re.findall(r"<xdr:(?:from|to)>(.*?)</xdr:(?:from|to)>|editAs=.(\w+)", text)
