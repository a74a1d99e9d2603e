"""Tariff schedules of agreements as their annexes look: line, description, base rate, category, rates by year.

Read from Excel, CSV and what else `kosho.tabular` opens, written as Excel or CSV. Titles above the table are
skipped; the head is the first row that names a tariff line, a base rate and a category.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from kosho.bounds import no_sign
from kosho.declared import as_declared
from kosho.display import Shown
from kosho.errors import InputError, Problem, Problems
from kosho.extras import require
from kosho.language import _
from kosho.law.schedules import Duty, parse_duty
from kosho.law.schedules.lines import digits
from kosho.law.schedules.notation import is_bare_number
from kosho.lines.staging import Category
from kosho.lines.staging_rules import Agreement, StagedDuty, staged
from kosho.numbers import decimal
from kosho.tabular import open_csv

__all__ = ["AnnexLine", "StagedLine", "annex_csv", "annex_workbook", "read_annex", "stage_annex"]

HEADS = {
    "code": r"(tariff (line|item|code)|hs ?(code|\d*)|code|commodity code|line|tl|品目番号|統計番号)",
    "description": r"(tl_?desc|description.*|goods|product|品名)",
    "base": r"(base[_ ]rate.*|base( customs duty)?|基準税率)",
    "category": r"((staging )?(category|basket)|staging|stagingbasket|category of .*|区分)",
    "note": r"(notes?|remarks?|備考)",
    "rounding": r"(rounding)",
}
SEARCHED = 40
"""Rows in which the head is looked for."""


@dataclass(frozen=True, slots=True)
class AnnexLine(Shown):
    """A row of an annex, as printed.

    >>> from kosho.lines import AnnexLine
    >>> AnnexLine("040620200", "26.3%", "B15")
    AnnexLine(code='040620200', base='26.3%', category='B15')
    """

    code: str
    """Digits only."""
    base: str
    """A bare number is percent."""
    category: str
    description: str = ""
    note: str = ""
    rounding: str = ""
    """`down`, `nearest`: where the line has one of its own."""
    row: int = 0
    """Of the file."""

    @property
    def duty(self) -> Duty:
        """The base duty."""
        return parse_duty(f"{self.base}%" if is_bare_number(self.base) else self.base)


@dataclass(frozen=True, slots=True)
class StagedLine(Shown):
    """A line of an annex with its duties by year.

    >>> from kosho.lines import AnnexLine, agreements, stage_annex
    >>> stage_annex([AnnexLine("040620200", "26.3%", "B15")], agreements()["cptpp-jpn"])[0].path[8].duty
    Duty('13.1%')
    """

    line: AnnexLine
    category: Category
    path: tuple[StagedDuty, ...]

    def after(self, cut: int) -> Duty:
        """The duty after so many cuts."""
        return self.path[min(cut, len(self.path) - 1)].duty


@as_declared
def read_annex(path: Path) -> list[AnnexLine]:
    """The lines of an annex.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from kosho.lines import read_annex
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder) / "annex.csv"
    ...     _ = file.write_text(chr(10).join(["Schedule", "Line,Base rate,Category", "0406.20,26.3%,B15"]))
    ...     read_annex(file)[0].code
    '040620'

    Raises:
        InputError: no head is found, or rows are wrong; every mistake, with its row.
    """
    with open_csv(path) as text:
        rows = list(enumerate(csv.reader(text), start=1))
    head, places = _head(rows, path)
    problems = Problems(str(path))
    found = [one for row, cells in rows if row > head for one in _line(cells, places, row, problems)]
    seen: dict[str, int] = {}
    for one in found:
        if one.code in seen:
            problems.add(
                _("line {code} is given twice", code=one.code),
                _("first in row {seen}", seen=seen[one.code]),
                line=one.row,
            )
        seen.setdefault(one.code, one.row)
    if not found and not problems.found:
        problems.add(_("no line of the schedule is below its head"), line=head)
    problems.raise_if_any()
    return found


def _head(rows: Sequence[tuple[int, list[str]]], path: Path) -> tuple[int, dict[str, int]]:
    for row, cells in rows[:SEARCHED]:
        places: dict[str, int] = {}
        for place, cell in enumerate(cells):
            title = re.sub(r"\s+", " ", cell.strip().lower())
            for name, pattern in HEADS.items():
                if name not in places and re.fullmatch(pattern, title):
                    places[name] = place
                    break
        if {"code", "base", "category"} <= places.keys():
            return row, places
    told = _("no row names a tariff line, a base rate and a staging category")
    raise InputError(Problem(told, _("heads such as: Tariff line, Base rate, Category"), str(path)))


def _line(cells: list[str], places: dict[str, int], row: int, problems: Problems) -> Iterator[AnnexLine]:
    given = {name: cells[at].strip() if at < len(cells) else "" for name, at in places.items()}
    if not given["code"] or not (given["base"] or given["category"]):
        return  # a heading of a chapter, or an empty row
    try:
        code = digits(given.pop("code"))
    except InputError as error:
        problems.add(error.problems[0].message, error.problems[0].hint, line=row)
        return
    if len(code) in (5, 7):  # a spreadsheet has made a number of it
        code = f"0{code}"
    if not given["category"]:
        problems.add(
            _("line {code} has no category", code=code),
            _("immediate, equal 5, keep, or a name of the agreement"),
            line=row,
        )
        return
    if not given["base"]:
        problems.add(_("line {code} has no base rate", code=code), _("Free, 26.3%, 125 yen/l"), line=row)
        return
    if is_bare_number(given["base"]) and (wrong := _unsigned(given["base"])) is not None:
        problems.add(*wrong, line=row)
        return
    yield AnnexLine(code=code, row=row, **given)


def _unsigned(base: str) -> tuple[str, str] | None:
    """What is wrong with a base rate that may be a fraction; what is no number is told when it is staged."""
    try:
        return no_sign(base, decimal(base))
    except InputError:
        return None


@as_declared
def stage_annex(lines: Sequence[AnnexLine], rules: Agreement, file: str | None = None) -> list[StagedLine]:
    """Every line staged under an agreement.

    Args:
        lines: Of an annex.
        rules: The agreement.
        file: Named in errors.

    Raises:
        InputError: categories that are neither of the agreement nor plain, duties that cannot be staged; all.

    >>> from kosho.lines import AnnexLine, agreements, stage_annex
    >>> stage_annex([AnnexLine("0101", "5%", "Q7")], agreements()["cptpp-jpn"])
    Traceback (most recent call last):
        ...
    kosho.errors.InputError: line 0101: 'Q7' is the name of a category, ...
    """
    problems = Problems(file)
    found: list[StagedLine] = []
    for one in lines:
        try:
            own = rules.rounding_percent(one.rounding) if one.rounding else rules
            category = own.category(one.category)
            found.append(StagedLine(one, category, tuple(staged(one.duty, category, own))))
        except InputError as error:
            for problem in error.problems:
                problems.add(
                    _("line {code}: {message}", code=one.code, message=problem.message),
                    problem.hint,
                    line=one.row or None,
                )
    problems.raise_if_any()
    return found


def heads(lines: Sequence[StagedLine], rules: Agreement) -> list[str]:
    """`Year 1 (from 2012-03-15)`, for every cut of the longest staging."""
    last = max((len(one.path) - 1 for one in lines), default=0)
    days = [None if rules.entry is None else rules.day_of(cut) for cut in range(1, last + 1)]
    return [f"Year {cut}" + (f" (from {day})" if day else "") for cut, day in enumerate(days, start=1)]


TITLES = ("Tariff line", "Description", "Base rate", "Category", "Notes")


def _rows(lines: Sequence[StagedLine], count: int) -> Iterator[list[str]]:
    for one in lines:
        line = one.line
        duties = [str(one.after(cut)) for cut in range(1, count + 1)]
        yield [line.code, line.description, str(line.duty), line.category, line.note, *duties]


@as_declared
def annex_csv(lines: Sequence[StagedLine], rules: Agreement) -> str:
    """The annex with its rates by year, as CSV.

    >>> from kosho.lines import AnnexLine, agreements, annex_csv, stage_annex
    >>> rules = agreements()["korus-usa"]
    >>> print(annex_csv(stage_annex([AnnexLine("02012004", "10%", "equal 2")], rules), rules))
    Tariff line,Description,Base rate,Category,Notes,Year 1 (from 2012-03-15),Year 2 (from 2013-01-01)
    02012004,,10%,equal 2,,5%,Free
    <BLANKLINE>
    """
    text = io.StringIO(newline="")
    years = heads(lines, rules)
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*TITLES, *years])
    writer.writerows(_rows(lines, len(years)))
    return text.getvalue()


@as_declared
def annex_workbook(lines: Sequence[StagedLine], rules: Agreement) -> bytes:
    """The annex as a workbook: codes as text, percent as numbers shown in percent, the head frozen.

    Raises:
        InputError: what writes workbooks is not installed.

    >>> from kosho.lines import AnnexLine, agreements, annex_workbook, stage_annex
    >>> rules = agreements()["korus-usa"]
    >>> annex_workbook(stage_annex([AnnexLine("02012004", "10%", "equal 2")], rules), rules)[:2]
    b'PK'
    """
    require("office", "xlsxwriter", what="writing Excel workbooks")
    import xlsxwriter

    years = heads(lines, rules)
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Schedule")
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        percent = book.add_format({"num_format": "0.###%", "valign": "top"})
        for place, title in enumerate((*TITLES, *years)):
            sheet.write_string(0, place, title, bold)
        for row, cells in enumerate(_rows(lines, len(years)), start=1):
            for place, cell in enumerate(cells):
                plain = re.fullmatch(r"(\d+(?:\.\d+)?)%", cell) if place in (2, *range(5, len(cells))) else None
                if plain:
                    sheet.write_number(row, place, float(Decimal(plain[1]) / 100), percent)
                else:
                    sheet.write_string(row, place, cell, text)
        sheet.set_column(0, 0, 12)
        sheet.set_column(1, 1, 40)
        sheet.set_column(2, 4 + len(years), 14)
        sheet.freeze_panes(1, 1)
        sheet.repeat_rows(0)
        sheet.set_landscape()
    return content.getvalue()
