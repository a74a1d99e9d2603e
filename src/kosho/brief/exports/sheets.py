"""What the sheets of a workbook are made of: columns with units and widths, rows of numbers, and one look."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, Literal

from kosho import formatting
from kosho.language import pgettext

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

__all__ = [
    "LINE",
    "STEPS",
    "Column",
    "Kind",
    "Looks",
    "Value",
    "add",
    "billion",
    "lines",
    "on_paper",
    "shown",
]

Kind = Literal["text", "wrap", "change", "money", "percent", "share", "count", "scale", "day", "link"]
Value = str | float | int | date | None

HEAD = 3
"""Row of the heads, counted from 0: a title, a note and an empty row stand above."""
TOP = {"valign": "top"}
FORMATS: Mapping[Kind, Mapping[str, Any]] = {
    "text": TOP,
    "wrap": {**TOP, "text_wrap": True},
    "change": TOP,
    "money": TOP,
    "percent": TOP,
    "share": TOP,
    "count": {**TOP, "num_format": "#,##0"},
    "scale": {**TOP, "num_format": "General"},
    "day": {**TOP, "align": "left"},
    "link": {**TOP, "font_color": "#1d3f72", "underline": 1},
}
STEPS = (9.95, 0.995, 0.0)
"""From which on a figure is shown with no decimal, one and two: two digits, as on the page."""
UNITS: Mapping[Kind, tuple[str, str, float]] = {
    "change": ("+", "", 1.0),
    "money": ("", "", 1.0),
    "percent": ("+", "%", 100.0),
    "share": ("", "%", 100.0),
}
"""Kinds that are shown so: what stands before a gain, what follows a figure, and what it is shown times."""
LINE, HIGHEST = 13.5, 400.0
"""Points of a line, and of a row at most."""
LONGEST = 32_767
"""Characters that a cell of Excel holds."""


@dataclass(frozen=True, slots=True)
class Column:
    """A head with its unit, how wide it is (characters), and how what is under it looks."""

    head: str
    width: float
    kind: Kind = "text"


class Looks:
    """Formats of a workbook, each made once."""

    def __init__(self, workbook: Workbook) -> None:
        days = {"num_format": pgettext("format of days in workbooks", "d mmm yyyy")}
        base = {"font_name": pgettext("font of workbooks", "Calibri"), "font_size": 10, "font_color": "#1b2430"}
        self.of: dict[Kind, Format] = {
            kind: workbook.add_format({**base, **form, **(days if kind == "day" else {})})
            for kind, form in FORMATS.items()
        }
        self.steps: dict[Kind, list[Format]] = {
            kind: [
                workbook.add_format({**base, **TOP, "num_format": shown(kind, places), "align": "right"})
                for places in range(len(STEPS))
            ]
            for kind in UNITS
        }
        self.title = workbook.add_format({**base, "bold": True, "font_size": 16, "font_color": "#1d3f72"})
        self.note = workbook.add_format({**base, "font_color": "#4b5768", "valign": "top"})
        self.head = workbook.add_format(
            {
                **base,
                "bold": True,
                "font_color": "#ffffff",
                "bg_color": "#1d3f72",
                "text_wrap": True,
                "valign": "vcenter",
            }
        )
        self.bold = workbook.add_format({**base, "bold": True, "valign": "top", "text_wrap": True})
        self.choice = workbook.add_format(
            {**base, "bg_color": "#fdf4d8", "border": 1, "border_color": "#d9c08c", "text_wrap": True}
        )
        self.answer = workbook.add_format(
            {
                **base,
                "bold": True,
                "font_size": 12,
                "num_format": shown("change", 2),
                "align": "right",
            }
        )
        self.gain = workbook.add_format({"font_color": "#1f6b4f"})
        self.loss = workbook.add_format({"font_color": "#9c2f16"})
        self.digits = [workbook.add_format({"num_format": shown("change", places)}) for places in (0, 1)]

    def form(self, kind: Kind, value: Value) -> Format:
        """The format of a value: figures have two digits, whatever their size."""
        if kind not in UNITS or not isinstance(value, int | float):
            return self.of[kind]
        size = abs(value) * UNITS[kind][2]
        return self.steps[kind][next(places for places, least in enumerate(STEPS) if size >= least)]


def shown(kind: Kind, places: int) -> str:
    """How a spreadsheet shows a figure with so many decimals; what rounds to nothing is about nothing.

    >>> shown("change", 1)
    '[>=0.05]+#,##0.0;[<=-0.05]−#,##0.0;"~0"'
    """
    sign, unit, times = UNITS[kind]
    least = 0.5 * 10.0**-places / times
    figure = f"#,##0{'.' if places else ''}{'0' * places}{unit}"
    return f'[>={least:g}]{sign}{figure};[<=-{least:g}]−{figure};"~0"'


def lines(text: str, width: float) -> int:
    """Lines that a text takes in a column."""
    return sum(max(1, math.ceil(1.15 * len(line) / width)) for line in text.split("\n"))


def billion(musd: float | None) -> float | None:
    """Million USD in the unit that heads name, a billion in English."""
    return None if musd is None else formatting.of_money(musd)


def add(
    workbook: Workbook,
    looks: Looks,
    about: tuple[str, str, str],
    columns: Sequence[Column],
    rows: Iterable[Sequence[Value]],
) -> Worksheet:
    """A sheet with a title, a note, heads that stay in sight, filters and a print setup.

    Args:
        workbook: Gets the sheet.
        looks: Its formats.
        about: Name of the sheet, title, note.
        columns: Heads, with units.
        rows: What stands under them; None leaves a cell empty.
    """
    name, title, note = about
    sheet = workbook.add_worksheet(name)
    sheet.hide_gridlines(2)
    sheet.write_string(0, 0, title, looks.title)
    sheet.write_string(1, 0, formatting.typeset(note), looks.note)
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width)
        sheet.write_string(HEAD, place, column.head, looks.head)
    last = HEAD
    for last, row in enumerate(rows, HEAD + 1):
        for place, (column, value) in enumerate(zip(columns, row, strict=True)):
            put(sheet, (last, place), value, looks.form(column.kind, value))
        wrapped = [
            lines(value, column.width)
            for column, value in zip(columns, row, strict=True)
            if column.kind == "wrap" and isinstance(value, str)
        ]
        if max(wrapped, default=1) > 1:
            sheet.set_row(last, min(LINE * max(wrapped), HIGHEST))
    sheet.set_row(HEAD, LINE * max(lines(column.head, column.width) for column in columns) + 4)
    sheet.freeze_panes(HEAD + 1, 1)
    if last > HEAD:
        sheet.autofilter(HEAD, 0, last, len(columns) - 1)
    on_paper(sheet)
    sheet.repeat_rows(HEAD)
    return sheet


def put(sheet: Worksheet, place: tuple[int, int], value: Value, form: Format) -> None:
    """A value as what it is: numbers are numbers and days are days; text is never read as a formula."""
    row, column = place
    if value is None:
        sheet.write_blank(row, column, None, form)
    elif isinstance(value, str):
        if value.startswith(("https://", "http://")) and len(value) < 2000:
            sheet.write_url(row, column, value, form)
        else:
            sheet.write_string(row, column, formatting.typeset(value)[:LONGEST], form)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, datetime.combine(value, time()), form)
    else:
        sheet.write_number(row, column, value, form)


def on_paper(sheet: Worksheet) -> None:
    """A4 across, as wide as the paper, with page numbers."""
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    sheet.set_footer("&L&8&A&R&8&P / &N")
