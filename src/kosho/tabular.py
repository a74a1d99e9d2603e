"""One door for tables from outside: CSV as it is, packed (`.gz`, `.zip`), a sheet (`.xlsx`), or Parquet.

Whatever reads CSV reads all of them: a workbook becomes the CSV text that its sheet would be saved as, and so
do the columns of a Parquet file, every digit of their figures kept.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import zipfile
from collections.abc import Collection, Generator, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING, Any, TextIO, cast
from xml.etree import ElementTree as ET

from kosho.errors import InputError, Problem, Problems, system_says, unreadable
from kosho.extras import missing
from kosho.language import _, ngettext
from kosho.limits import refuse_beyond
from kosho.lined import Lines, bounded, no_csv
from kosho.packed import UNPACKED

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

__all__ = [
    "TEXTS",
    "WORKBOOKS",
    "cells_told",
    "content_of",
    "header_of",
    "json_of",
    "kind_of",
    "members_of",
    "open_bytes",
    "open_csv",
    "refuse_twice",
    "sheet_names",
    "sheet_rows",
    "size_of",
]

TEXTS = (".csv", ".tsv", ".txt", ".json")
LINED = (".csv", ".tsv", ".txt")
"""Kinds of text whose rows are lines; a file of JSON may be one."""
WORKBOOKS = (".xlsx", ".xlsm")
PARQUET = ".parquet"
MEMORY = 12.0
"""Bytes of memory that a byte of a table takes while it is read."""
PART = 1 << 20
WIDEST = 15
"""Digits that a spreadsheet keeps."""
OFFICE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
PERCENT = (9, 10)
"""Formats that every workbook has, by number: `0%` and `0.00%`."""
CELL = re.compile(
    rb'<c\b[^>]*\br="([A-Z]+)(\d+)"[^>]*?\bs="(\d+)"|<c\b[^>]*?\bs="(\d+)"[^>]*\br="([A-Z]+)(\d+)"'
)


def kind_of(path: Path) -> str:
    """What a file holds, by its name and what is packed in it: `.csv` of `hts.csv.gz` and of a workbook.

    >>> from pathlib import Path
    >>> kind_of(Path("hts.csv.gz")), kind_of(Path("trade.XLSX")), kind_of(Path("page.html"))
    ('.csv', '.csv', '.html')
    """
    suffix = path.suffix.lower()
    if suffix == ".gz":
        suffix = path.with_suffix("").suffix.lower()
    elif suffix == ".zip" and path.is_file():
        with _told(path), zipfile.ZipFile(path) as packed:
            suffix = PurePosixPath(_member(packed, path).filename).suffix.lower()
    return ".csv" if suffix in WORKBOOKS else suffix


def content_of(path: Path, memory: float = MEMORY) -> bytes:
    """All of a file, unpacked; of a workbook its one sheet as CSV in UTF-8.

    Args:
        path: The file.
        memory: Bytes that a byte of it takes once it is read; what does not fit is refused.

    Raises:
        InputError: it cannot be read, does not fit into memory, or does not say which table is meant.
    """
    suffix = path.suffix.lower()
    with _told(path):
        if suffix == ".gz":
            with gzip.open(path) as file:
                return _read(file, path, memory, lines=path.with_suffix("").suffix.lower() in LINED)
        if suffix == ".zip":
            with zipfile.ZipFile(path) as packed:
                member = _member(packed, path)
                inside = PurePosixPath(member.filename).suffix.lower()
                with packed.open(member) as file:
                    content = _read(file, path, memory, lines=inside in LINED)
            return _sheet(content, path).encode() if inside in WORKBOOKS else content
        refuse_beyond("bytes", path.stat().st_size, memory, file=str(path))
        with path.open("rb") as file:  # in parts: a device has no size, and may have no end
            content = _read(file, path, memory, lines=suffix in LINED)
        if suffix == PARQUET:
            return _of_parquet(content, path)
        return _sheet(content, path).encode() if suffix in WORKBOOKS else content


def json_of(content: str | bytes, file: str) -> Any:
    """What a file of JSON says.

    Raises:
        InputError: it is none, or holds a number too long or brackets too deep to be read.

    >>> from kosho.tabular import json_of
    >>> json_of('[{"hs6": "870323"}]', "trade.json")
    [{'hs6': '870323'}]
    >>> json_of("[" * 100_000, "trade.json")
    Traceback (most recent call last):
        ...
    kosho.errors.InputError: trade.json: is not JSON that can be read
    """
    try:
        return json.loads(content)
    except json.JSONDecodeError as error:
        raise InputError(Problem(_("is not JSON"), None, file, error.lineno)) from None
    except (ValueError, RecursionError):  # a number too long, brackets too deep, other letters than UTF's
        raise InputError(Problem(_("is not JSON that can be read"), file=file)) from None


def cells_told(number: int) -> str:
    """How many cells a row has, for a message.

    >>> from kosho.tabular import cells_told
    >>> cells_told(1), cells_told(3)
    ('has 1 cell', 'has 3 cells')
    """
    return ngettext("has {number} cell", "has {number} cells", number, number=number)


def header_of(rows: Iterator[Sequence[str]], file: str) -> list[str]:
    """Names of the columns of a CSV file, its first row.

    Raises:
        InputError: the file is empty, or its columns are apart by another mark than the comma.

    >>> import csv
    >>> from kosho.tabular import header_of
    >>> header_of(csv.reader(["region, economy", "Asia,JPN"]), "regions.csv")
    ['region', 'economy']
    >>> header_of(csv.reader(["region;economy"]), "regions.csv")
    Traceback (most recent call last):
        ...
    kosho.errors.InputError: regions.csv:1: its columns are apart by ';' (commas, with points in numbers: save it as "CSV UTF-8 (comma delimited)")
    """  # noqa: E501 - as it is printed
    header = [name.strip() for name in next(rows, [])]
    if not any(header):
        raise InputError(Problem(_("is empty"), _("a header and rows"), file, 1))
    mark = next((one for one in ";\t|" if len(header) == 1 and one in header[0]), None)
    if mark is not None:
        hint = _('commas, with points in numbers: save it as "CSV UTF-8 (comma delimited)"')
        raise InputError(Problem(_("its columns are apart by {mark!r}", mark=mark), hint, file, 1))
    return header


def size_of(path: Path) -> int:
    """Bytes of a file, of what a `.zip` holds once it is unpacked.

    Raises:
        InputError: as `content_of`.
    """
    with _told(path):
        if path.suffix.lower() == ".zip":
            with zipfile.ZipFile(path) as packed:
                return _member(packed, path).file_size
        return path.stat().st_size


def members_of(path: Path) -> tuple[str, ...]:
    """Names of the tables in a `.zip`, in its order; none of any other file.

    Raises:
        InputError: it cannot be read.
    """
    if path.suffix.lower() != ".zip":
        return ()
    with _told(path), zipfile.ZipFile(path) as packed:
        return tuple(one.filename for one in _tables(packed))


@contextmanager
def open_bytes(path: Path, member: str | None = None) -> Generator[IO[bytes]]:
    """A CSV file as bytes, for figures by the million; a plain or zipped one is never in memory as a whole.

    Args:
        path: The file.
        member: The table in a `.zip` that is meant, where it holds several.

    Raises:
        InputError: as `content_of`.
    """
    with _told(path):
        if path.suffix.lower() == ".zip" and (member is not None or _is_text(path)):
            with zipfile.ZipFile(path) as packed, packed.open(member or _member(packed, path)) as raw:
                yield cast("IO[bytes]", bounded(raw, path))
        elif path.suffix.lower() in (".zip", ".gz", PARQUET, *WORKBOOKS):
            yield io.BytesIO(content_of(path))
        else:
            with path.open("rb") as raw:
                yield cast("IO[bytes]", bounded(raw, path))


@contextmanager
def open_csv(path: Path) -> Generator[TextIO]:
    """A CSV file as text, line by line: a plain or zipped one is never in memory as a whole.

    Raises:
        InputError: as `content_of`, or what is read inside is no CSV text.
    """
    with _told(path):
        if path.suffix.lower() == ".gz":
            with gzip.open(path) as raw, _text_of(raw, path) as text:
                yield text
        elif path.suffix.lower() == ".zip" and _is_text(path):
            with (
                zipfile.ZipFile(path) as packed,
                packed.open(_member(packed, path)) as raw,
                _text_of(raw, path) as text,
            ):
                yield text
        elif path.suffix.lower() in (".zip", PARQUET, *WORKBOOKS):
            yield io.StringIO(content_of(path).decode("utf-8-sig"), newline="")
        else:
            with path.open("rb") as raw, _text_of(raw, path) as text:
                yield text


def refuse_twice(header: Sequence[str], wanted: Collection[str], file: str) -> None:
    """Columns that are asked for stand once.

    Raises:
        InputError: some stand twice: which of them is meant, nobody knows.
    """
    problems = Problems(file)
    for name in dict.fromkeys(name for name in header if name in wanted and header.count(name) > 1):
        problems.add(_("has the column {name!r} {count} times", name=name, count=header.count(name)), line=1)
    problems.raise_if_any()


def sheet_names(path: Path) -> tuple[str, ...]:
    """Names of the sheets of a workbook that are not hidden; of all, where all are.

    Raises:
        InputError: it is no workbook, or has no sheet.
    """
    with _told(path):
        refuse_beyond("bytes", path.stat().st_size, MEMORY, file=str(path))
        return _seen(_workbook(path.read_bytes(), path)[0], path)


def sheet_rows(path: Path, sheet: str | None = None) -> Iterator[Sequence[object]]:
    """Rows of a workbook, as its cells are, for figures by the million: the first sheet, or the one named.

    Args:
        path: `.xlsx`, `.xlsm` or `.xlsb`.
        sheet: The sheet that is meant, or a part of its name; the first that is not hidden where none has it.

    Raises:
        InputError: it is no workbook.
    """
    with _told(path):
        refuse_beyond("bytes", path.stat().st_size, MEMORY, file=str(path))
        workbook, failure = _workbook(path.read_bytes(), path)
        names = _seen(workbook, path)
        wanted = sheet or names[0]
        name = wanted if wanted in names else next((one for one in names if wanted in one), names[0])
        try:
            yield from workbook.get_sheet_by_name(name).iter_rows()
        except failure as error:
            raise _no_workbook(error, path) from None


def _seen(workbook: CalamineWorkbook, path: Path) -> tuple[str, ...]:
    """Names of the sheets that a person sees who opens the workbook."""
    if not workbook.sheet_names:
        raise InputError(Problem(_("has no sheet"), file=str(path)))
    shown = tuple(one.name for one in workbook.sheets_metadata if str(one.visible).endswith("Visible"))
    return shown or tuple(workbook.sheet_names)


def _is_text(path: Path) -> bool:
    """Whether an archive holds text, and no workbook."""
    with zipfile.ZipFile(path) as packed:
        return PurePosixPath(_member(packed, path).filename).suffix.lower() not in WORKBOOKS


@contextmanager
def _told(path: Path) -> Generator[None]:
    """What the system, a packed file or a text says of itself while it is read, for people."""
    try:
        yield
    except (OSError, *UNPACKED) as error:
        raise unreadable(path, error) from None
    except UnicodeDecodeError:
        hint = _("save it as UTF-8; in a spreadsheet: CSV UTF-8")
        raise InputError(Problem(_("is not UTF-8 text"), hint, file=str(path))) from None
    except csv.Error as error:
        raise no_csv(error, str(path)) from None


def _read(file: IO[bytes] | gzip.GzipFile, path: Path, memory: float, *, lines: bool) -> bytes:
    parts: list[bytes] = []
    size = 0
    checked = Lines(file, path) if lines else file
    while part := checked.read(PART):
        size += len(part)
        refuse_beyond("bytes", size, memory, file=str(path))
        parts.append(part)
    return b"".join(parts)


def _text_of(raw: IO[bytes] | gzip.GzipFile, path: Path) -> TextIO:
    return io.TextIOWrapper(bounded(raw, path), "utf-8-sig", newline="")


def _of_parquet(content: bytes, path: Path) -> bytes:
    """The CSV of a Parquet file.

    Raises:
        InputError: it is none, or pyarrow is missing.
    """
    try:
        import pyarrow as pa  # noqa: PLC0415 - an optional extra
        import pyarrow.csv as arrow  # noqa: PLC0415
        import pyarrow.parquet as pq  # noqa: PLC0415
    except ModuleNotFoundError:
        raise missing("schedules", _("reading Parquet"), path) from None
    made = io.BytesIO()
    try:
        arrow.write_csv(pq.read_table(pa.BufferReader(content)), made)
    except (pa.ArrowException, OSError, ValueError):
        hint = _("write it as Parquet again, columns of plain numbers and texts; or as .csv")
        raise InputError(Problem(_("is no Parquet file, or not all of one"), hint, str(path))) from None
    return made.getvalue()


def _tables(packed: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    return [
        one
        for one in packed.infolist()
        if PurePosixPath(one.filename).suffix.lower() in (*TEXTS, *WORKBOOKS)
        and not one.filename.startswith("__MACOSX/")
    ]


def _member(packed: zipfile.ZipFile, path: Path) -> zipfile.ZipInfo:
    """The one table in an archive."""
    found = _tables(packed)
    if len(found) != 1:
        names = ", ".join(one.filename for one in found[:5]) or "none"
        kinds = _("it must hold one file of {names}", names=", ".join((*TEXTS, *WORKBOOKS)))
        raise InputError(
            Problem(_("holds {number} tables ({names})", number=len(found), names=names), kinds, str(path))
        )
    if found[0].flag_bits & 1:
        raise InputError(Problem(_("is protected by a password"), _("unpack it first"), str(path)))
    return found[0]


def _workbook(content: bytes, path: Path) -> tuple[CalamineWorkbook, tuple[type[Exception], ...]]:
    """A workbook, and what it raises where a sheet of it is none."""
    try:
        from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415 - an optional extra
    except ModuleNotFoundError:
        raise missing("office", _("reading Excel workbooks"), path) from None
    failure = (CalamineError, OSError, ValueError)
    try:
        return CalamineWorkbook.from_filelike(io.BytesIO(content)), failure
    except failure as error:
        raise _no_workbook(error, path) from None


def _no_workbook(error: Exception, path: Path) -> InputError:
    told = _("is no workbook: {error}", error=system_says(error).splitlines()[0])
    return InputError(Problem(told, _("save it as .xlsx"), str(path)))


def _sheet(content: bytes, path: Path) -> str:
    """The sheet of a workbook as CSV, an empty row as an empty line; rows keep their numbers."""
    workbook, failure = _workbook(content, path)
    try:
        rows = {
            name: workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
            for name in workbook.sheet_names
        }
    except failure as error:
        raise _no_workbook(error, path) from None
    filled = [name for name, found in rows.items() if any(cell != "" for row in found for cell in row)]
    if len(filled) != 1:
        told = _(
            "has {number} sheets with something in them ({value})",
            number=len(filled),
            value=", ".join(filled[:5]) or "none",
        )
        raise InputError(Problem(told, _("keep the one that is meant, in a workbook of its own"), str(path)))
    shares = _percent_cells(content, filled[0])
    written = io.StringIO(newline="")
    lines = csv.writer(written, lineterminator="\n")
    for number, row in enumerate(rows[filled[0]]):
        cells = [_text(cell, (number, place) in shares) for place, cell in enumerate(row)]
        if any(cells):
            lines.writerow(cells)
        else:
            written.write("\n")
    return written.getvalue()


def _text(cell: object, percent: bool) -> str:
    """A cell as a spreadsheet shows it: 15 % is kept as 0.15 and means 15%; a whole number has no point."""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, int | float):
        return f"{100 * cell:.{WIDEST - 2}g}%" if percent else _number(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
    if isinstance(cell, date | time | timedelta):
        return str(cell)
    return " ".join(str(cell).splitlines())


def _number(value: float) -> str:
    if value == int(value) and abs(value) < 10.0**WIDEST:
        return str(int(value))
    return f"{value:.{WIDEST}g}"


def _percent_cells(content: bytes, sheet: str) -> frozenset[tuple[int, int]]:
    """Row and column, from 0, of the cells that are shown in percent."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        names = set(packed.namelist())
        if "xl/styles.xml" not in names:
            return frozenset()
        styles = _percent_styles(packed.read("xl/styles.xml"))
        part = _part(packed, sheet)
        if not styles or part not in names:
            return frozenset()
        text = packed.read(part)
    found: set[tuple[int, int]] = set()
    for match in CELL.finditer(text):
        if int(match[3] or match[4]) in styles:
            found.add((int(match[2] or match[6]) - 1, _column((match[1] or match[5]).decode())))
    return frozenset(found)


def _percent_styles(content: bytes) -> frozenset[int]:
    root = ET.fromstring(content)  # noqa: S314 - the parser expands no entities from outside
    own = {
        int(one.get("numFmtId", "0")): one.get("formatCode", "")
        for one in root.iterfind(f"{OFFICE}numFmts/{OFFICE}numFmt")
    }
    kinds = [int(one.get("numFmtId", "0")) for one in root.iterfind(f"{OFFICE}cellXfs/{OFFICE}xf")]
    return frozenset(
        place for place, kind in enumerate(kinds) if kind in PERCENT or _shows_percent(own.get(kind, ""))
    )


def _shows_percent(form: str) -> bool:
    """Whether a format prints percent: not where the sign is quoted or escaped."""
    return "%" in re.sub(r'"[^"]*"|\\.', "", form)


def _part(packed: zipfile.ZipFile, sheet: str) -> str:
    """The file of a sheet within a workbook."""
    book = ET.fromstring(packed.read("xl/workbook.xml"))  # noqa: S314
    links = ET.fromstring(packed.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    ids = {one.get("name"): one.get(RELATION) for one in book.iterfind(f"{OFFICE}sheets/{OFFICE}sheet")}
    targets = {one.get("Id"): one.get("Target", "") for one in links}
    target = targets.get(ids.get(sheet), "")
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _column(letters: str) -> int:
    """`A` is 0, `AA` is 26."""
    place = 0
    for letter in letters:
        place = 26 * place + ord(letter) - ord("A") + 1
    return place - 1
