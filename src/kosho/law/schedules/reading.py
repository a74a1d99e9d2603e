"""What the importers of official files have in common: rows with their place, and a draft that tells all."""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple, cast

from kosho.errors import InputError, Problem, Problems
from kosho.extras import missing
from kosho.language import _
from kosho.law.schedules.lines import ADDITIONAL, GENERAL, STATUTORY, Line
from kosho.law.schedules.notation import parse_duty
from kosho.lined import no_csv
from kosho.tabular import content_of, kind_of, refuse_twice

__all__ = [
    "ScheduleDraft",
    "SourceRow",
    "cell",
    "csv_rows",
    "json_rows",
    "parquet_rows",
    "plain_rows",
    "require",
    "rows_of",
    "text_of",
]


MEMORY_OF_TEXT = 12.0
"""Bytes of memory that a byte of a schedule takes, once its lines are read."""
PART = 1000
"""Rows of Parquet made into text at once: whoever looks at the first row waits for no more."""


class SourceRow(NamedTuple):
    """A row of a file: cells by heading, as text or as JSON has them (`cell`)."""

    line: int
    cells: Mapping[str, Any]


@dataclass
class ScheduleDraft:
    """Lines read from files, and what is wrong or cannot be read."""

    lines: dict[str, Line] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    """Malformed rows: nothing is imported while there is one."""
    unread: list[Problem] = field(default_factory=list)
    """Duties kept as text, or that refer to another provision."""
    without_duty: list[Problem] = field(default_factory=list)
    """Lines that print no duty and inherit none; they are left out."""
    mended: list[Problem] = field(default_factory=list)
    """Misprints that were read all the same."""
    not_rates: dict[int, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    """Columns and texts that are no rates, of each set of preferential duties (by identity) that was seen."""

    def add(self, line: Line, file: str, place: int) -> None:
        """Take a line; the same code twice with different duties is a mistake."""
        if not (line.general_text or line.special_texts or line.additional_text):
            self.without_duty.append(Problem(_("no duty, and none to inherit"), None, file, place, line.code))
            return
        earlier = self.lines.setdefault(line.code, line)
        try:
            if earlier is line:
                self._tell_unread(line, file, place)
                self._refuse_implausible(line, file, place)
            elif not _alike(earlier, line):
                self.problems.append(
                    Problem(_("given twice with different duties"), None, file, place, line.code)
                )
        except InputError as error:
            self.refuse(error, line.code, file, place)

    def _refuse_implausible(self, line: Line, file: str, place: int) -> None:
        """Note a duty that no duty on goods is, such as 25,000 % where a decimal mark was lost."""
        for text in (
            line.general_text,
            line.statutory_text,
            line.additional_text,
            *line.special_texts.values(),
        ):
            wrong = parse_duty(text).implausible if text else None
            if wrong is not None:
                hint = _("read {text!r}: a decimal mark may be lost", text=text)
                self.problems.append(Problem(wrong, hint, file, place, line.code))

    def refuse(self, error: InputError, code: str, file: str, place: int) -> None:
        """Note what is wrong with the duties of a line: a cell that holds nothing but a footnote, say."""
        self.problems += [replace(one, file=file, line=place, key=code) for one in error.problems]

    def tell_mended(self, what: str, code: str, file: str, place: int) -> None:
        """Note a misprint that was read all the same."""
        self.mended.append(Problem(what, None, file, place, code))

    def _tell_unread(self, line: Line, file: str, place: int) -> None:
        found = self._special_not_rates(line.special_texts)
        if line.additional_text and parse_duty(line.additional_text).unread:
            found = ((ADDITIONAL, line.additional_text), *found)
        if line.statutory_text and parse_duty(line.statutory_text).unread:
            found = ((STATUTORY, line.statutory_text), *found)
        if line.general_text and parse_duty(line.general_text).unread:
            found = ((GENERAL, line.general_text), *found)
        for column, text in found:
            self.unread.append(Problem(f"{column}: {text}", None, file, place, line.code))

    def _special_not_rates(self, specials: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
        # Few sets of preferential duties serve thousands of lines; the lines keep them alive.
        if id(specials) not in self.not_rates:
            self.not_rates[id(specials)] = tuple(
                (column, text)
                for column, text in specials.items()
                if text and (column == "special" or column.startswith("symbol ") or parse_duty(text).unread)
            )
        return self.not_rates[id(specials)]

    def kinds(self) -> dict[str, int]:
        """How many lines have a general duty of each kind."""
        found = Counter(line.general.kind if line.general else "none" for line in self.lines.values())
        return dict(found.most_common())

    def raise_if_wrong(self, files: Sequence[Path]) -> None:
        """Raise `InputError` with every malformed row, or if there is no line, or no duty was read."""
        if self.problems:
            raise InputError(self.problems)
        if not self.lines:
            raise InputError(Problem(_("holds no tariff line"), file=str(path)) for path in files)
        if all(line.general is None or line.general.unread for line in self.lines.values()) and not any(
            line.special_texts or line.additional_text for line in self.lines.values()
        ):
            some = next(iter(self.unread), None)
            told = f": {some.message}" if some else ""
            hint = _("write 2.5%, Free or 0.50 USD/kg; numbers alone need --rates percent")
            raise InputError(
                Problem(
                    _("not one duty can be read{told}", told=told), hint, some.file if some else str(files[0])
                )
            )


def _alike(one: Line, other: Line) -> bool:
    """Whether two lines bear the same: as printed, or else as read."""
    return one.duties() == other.duties() or one.read_duties() == other.read_duties()


def text_of(path: Path) -> str:
    """The text of a file in UTF-8, or of a page in the encoding that it declares.

    Raises:
        InputError: it cannot be read: other encodings are not guessed, for every byte means something in most.
    """
    content = content_of(path, MEMORY_OF_TEXT)
    encoding = _declared(content) if kind_of(path) in (".htm", ".html") else "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeError as error:
        line = content[: error.start].count(b"\n") + 1 if isinstance(error, UnicodeDecodeError) else None
        told = _("UTF-8") if encoding == "utf-8-sig" else _("{encoding}, as it declares,", encoding=encoding)
        hint = _("save it as UTF-8; in a spreadsheet: CSV UTF-8")
        raise InputError(Problem(_("is not {told} text", told=told), hint, str(path), line)) from None


def _declared(page: bytes) -> str:
    """Encoding that a page says it has; that of old pages reads what browsers read."""
    found = re.search(rb"charset\s*=\s*[\"']?([\w-]+)", page[:2000], re.IGNORECASE)
    name = found[1].decode("ascii", "replace").lower() if found else "utf-8"
    alike = {"utf-8": "utf-8-sig", "shift_jis": "cp932", "iso-8859-1": "cp1252", "latin-1": "cp1252"}
    try:
        known = alike.get(name) or codecs.lookup(name).name
        b"a".decode(known)  # `hex` is a codec too
        return known
    except (LookupError, UnicodeError):
        return "utf-8-sig"


def csv_rows(path: Path, problems: Problems) -> Iterator[SourceRow]:
    """Rows of a CSV file by heading, apart by comma, semicolon or tab; a row of another width is noted."""
    text = text_of(path)
    # Only what ends a line for CSV ends one: not all that ends one for `str.splitlines`.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        header = [name.strip() for name in next(reader, [])]
    except csv.Error as error:
        problems.found.append(no_csv(error, problems.file, 1).problems[0])
        return
    refuse_twice(header, set(header) - {""}, str(path))
    while True:
        start = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            problems.found.append(no_csv(error, problems.file, start).problems[0])
            continue
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            problems.add(
                _("{number} cells under {number_2} headings", number=len(cells), number_2=len(header)),
                line=start,
            )
            continue
        yield SourceRow(start, {name: cell.strip() for name, cell in zip(header, cells, strict=True)})


def _delimiter(text: str) -> str:
    """What stands most often between the headings."""
    first = text[: text.find("\n")] if "\n" in text else text
    return max(",;\t", key=first.count) if any(sign in first for sign in ",;\t") else ","


def json_rows(path: Path, problems: Problems) -> Iterator[SourceRow]:
    """Objects of a JSON array with the line each starts on; what is none is noted."""
    text = text_of(path)
    decode, gap = json.JSONDecoder().raw_decode, _GAP.match
    position, line, counted = _after(gap(text)), 1, 0
    if not text.startswith("[", position):
        problems.add(_("is not a JSON array of lines"), line=1)
        return
    position = _after(gap(text, position + 1))
    end = len(text)
    while position < end and text[position] != "]":
        line += text.count("\n", counted, position)
        counted = position
        try:
            found, position = decode(text, position)
        except json.JSONDecodeError as error:
            problems.add(_("is not JSON"), line=error.lineno)
            return
        except (ValueError, RecursionError):  # a number too long, brackets too deep
            problems.add(_("is not JSON that can be read"), line=line)
            return
        if type(found) is dict:
            yield SourceRow(line, cast("dict[str, Any]", found))
        else:
            problems.add(_("is not a JSON object"), line=line)
        position = _after(gap(text, position))
    if position >= end:
        problems.add(_("ends before the array does"), line=text.count("\n") + 1)


def parquet_rows(path: Path, problems: Problems) -> Iterator[SourceRow]:
    """Rows of a Parquet file, cells as they are; the first is row 1.

    Raises:
        InputError: there is no such file; what reads Parquet is not installed.
    """
    if not path.is_file():
        raise InputError(Problem(_("cannot be read: no such file"), file=str(path)))
    try:
        from pyarrow import parquet  # noqa: PLC0415 - an optional extra
    except ImportError:
        raise missing("schedules", _("reading Parquet"), path) from None
    try:
        table = parquet.read_table(path)
    except (OSError, ValueError):
        problems.add(_("is no Parquet file, or not all of one"), _("write it as Parquet again, or as .csv"))
        return
    rows = (cells for batch in table.to_batches(max_chunksize=PART) for cells in batch.to_pylist())
    for number, cells in enumerate(rows, 1):
        yield SourceRow(number, cells)


def rows_of(path: Path, problems: Problems) -> Iterator[SourceRow]:
    """Rows of a file of JSON, of Parquet, or else of CSV; cells as the file has them.

    Raises:
        InputError: see `parquet_rows`.
    """
    return {".json": json_rows, ".parquet": parquet_rows}.get(kind_of(path), csv_rows)(path, problems)


def plain_rows(path: Path, problems: Problems) -> Iterator[SourceRow]:
    """Rows of a table in CSV, JSON or Parquet, all cells as text; a heading that a row has not is empty there.

    Raises:
        InputError: see `parquet_rows`.
    """
    rows = (
        SourceRow(row.line, {name: cell(value) for name, value in row.cells.items()})
        for row in rows_of(path, problems)
    )
    if kind_of(path) != ".json":
        yield from rows
        return
    read = list(rows)
    headings = {name: "" for row in read for name in row.cells}
    for row in read:
        yield SourceRow(row.line, headings | dict(row.cells))


_GAP = re.compile(r"[ \t\r\n,]*")


def _after(found: re.Match[str] | None) -> int:
    return found.end() if found else 0


def cell(value: Any) -> str:
    """The text of a cell."""
    if type(value) is str:
        return value.strip()
    if value is None:
        return ""
    if type(value) is list:
        items = cast("list[Any]", value)
        return ", ".join([cell(item) for item in items]) if len(items) > 1 else cell(items[0]) if items else ""
    return str(value).strip()


def require(headings: Iterable[str], needed: dict[str, tuple[str, ...]]) -> dict[str, str]:
    """Which heading of a file holds each needed column: the first of its spellings that is there."""
    known = {heading.lower(): heading for heading in headings}
    return {
        column: next((known[spelling.lower()] for spelling in spellings if spelling.lower() in known), "")
        for column, spellings in needed.items()
    }
