"""A matrix of industries by industries in CSV, read row by row, and quickly; it is never in memory as a whole.

Some rows are parsed at once by Arrow, the next of them while the last are taken up; only a row that is not
plain numbers is taken apart cell by cell, so that what is wrong in it can be told.
"""

from __future__ import annotations

import csv
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import IO

import numpy as np

from kosho.arrays import Array, Index
from kosho.errors import Problems, suggest
from kosho.language import _, ngettext
from kosho.numbers import plain
from kosho.tabular import cells_told
from kosho.world.readers.sales import MOST, TOLERANCE, Sales

__all__ = ["Cell", "Columns", "Shape", "figures", "read_matrix", "text_rows"]


@dataclass(frozen=True, slots=True)
class Cell:
    """What a row or column stands for."""

    country: str
    sector: str | None = None
    category: str | None = None
    """Of final demand; then there is no sector."""


PART = 1 << 20
"""Bytes that are parsed together; larger ones leave the processor's cache."""
AHEAD = 2
"""Parts that are parsed, each in a thread, while rows before them are taken up."""
QUOTE = ord('"')
LINES = bytes.maketrans(b",", b"\n")
TOTAL, BELOW, DROPPED = "total", "below", "dropped"
"""What else a label may be: gross output, a row under the table, a column of no economy."""
What = Cell | str | None
"""None is a label that nobody knows."""


@dataclass(frozen=True)
class Shape:
    """How a publisher writes its labels."""

    column: Callable[[str], What]
    row: Callable[[str], What]
    hint: Callable[[str], str]
    """What a label that is not known should be."""
    missing: str
    """What to say of a file without a column of industries."""
    stocks: frozenset[str]
    """Categories of changes of inventories."""
    formation: str
    """Category of gross fixed capital formation."""
    totals: bool = True
    """Whether rows and columns of gross output must be there."""


@dataclass(frozen=True, eq=False)
class Columns:
    """Where every column goes. N economies, S sectors, C categories."""

    countries: tuple[str, ...]
    sectors: tuple[str, ...]
    categories: tuple[str, ...]
    inputs: Index
    """Columns of industries, and for each its position country * S + sector."""
    input_place: Index
    finals: Index
    """Columns of final demand, and for each its position country * C + category."""
    final_place: Index
    dropped: Mapping[str, int]
    """Columns that belong to no economy."""
    total: int | None
    width: int

    @cached_property
    def industries(self) -> tuple[Index | slice, Index | None]:
        """Columns of industries, and their places; None where they stand in order, each once."""
        return _run(self.inputs, self.input_place, len(self.countries) * len(self.sectors))

    @cached_property
    def demand(self) -> tuple[Index | slice, Index | None]:
        """The same of final demand."""
        return _run(self.finals, self.final_place, len(self.countries) * len(self.categories))

    def used(self, values: Array) -> Array:
        """`[importer, user]` of a row."""
        return _sums(self.industries, values, (len(self.countries), len(self.sectors)))

    def bought(self, values: Array) -> Array:
        """`[importer, category]` of a row."""
        return _sums(self.demand, values, (len(self.countries), len(self.categories)))


@dataclass(eq=False)
class Reading:
    """What is known of a file while its rows are read."""

    columns: Columns
    problems: Problems
    seen: dict[str, int] = field(default_factory=dict)
    below: dict[str, Array] = field(default_factory=dict)
    output: dict[tuple[int, int], float] = field(default_factory=dict)
    met: set[tuple[int, int]] = field(default_factory=set)
    """Industries that have a row, whatever is in it."""
    lost: dict[str, float] = field(default_factory=dict)


def _run(columns: Index, places: Index, size: int) -> tuple[Index | slice, Index | None]:
    """A slice where columns follow one another and their places do, as in every table that joins no parts."""
    if len(places) == size and (places == np.arange(size)).all() and (np.diff(columns) == 1).all():
        return slice(int(columns[0]), int(columns[-1]) + 1), None
    return columns, places


def _sums(where: tuple[Index | slice, Index | None], values: Array, shape: tuple[int, int]) -> Array:
    columns, places = where
    if places is None:
        return values[columns].reshape(shape)
    return np.bincount(places, values[columns], shape[0] * shape[1]).astype(np.float64).reshape(shape)


def columns_of(
    header: Sequence[str], shape: Shape, order: Callable[[Iterable[str]], tuple[str, ...]], problems: Problems
) -> Columns:
    """Where the columns of a header go; what is wrong in it is noted.

    Raises:
        InputError: anything is.
    """
    cells: dict[int, Cell] = {}
    dropped: dict[str, int] = {}
    total = None
    for column, text in enumerate(header[1:], start=1):
        what = shape.column(text)
        if what == TOTAL:
            total = column
        elif what == DROPPED:
            dropped[text] = column
        elif isinstance(what, Cell):
            cells[column] = what
        else:
            problems.add(_("unknown column {text!r}", text=text), shape.hint(text), line=1)
        stop_if_many(problems)
    if total is None and shape.totals:
        problems.add(_("has no column OUT"), _("the official file ends with it"), line=1)
    used = {column: cell for column, cell in cells.items() if cell.sector is not None}
    finals = {column: cell for column, cell in cells.items() if cell.sector is None}
    if not used:
        problems.add(_("has no columns like JPN_C29"), shape.missing, line=1)
    problems.raise_if_any()
    countries = tuple(sorted({cell.country for cell in cells.values()}))
    sectors = order(dict.fromkeys(str(cell.sector) for cell in used.values()))
    categories = tuple(dict.fromkeys(str(cell.category) for cell in finals.values()))
    without = sorted(set(countries) - {cell.country for cell in finals.values()})
    if without:
        told = _("no final demand columns of {without}", without=", ".join(without[:10]))
        problems.add(
            told,
            _("wanted like {economy}_{category}", economy=without[0], category=(*categories, "HFCE")[0]),
            line=1,
        )
    problems.raise_if_any()
    place, goods = ({code: k for k, code in enumerate(codes)} for codes in (countries, sectors))
    kinds = {name: k for k, name in enumerate(categories)}
    return Columns(
        countries,
        sectors,
        categories,
        inputs=np.array(list(used)),
        input_place=np.array([place[x.country] * len(sectors) + goods[str(x.sector)] for x in used.values()]),
        finals=np.array(list(finals)),
        final_place=np.array(
            [place[x.country] * len(categories) + kinds[str(x.category)] for x in finals.values()]
        ),
        dropped=dropped,
        total=total,
        width=len(header),
    )


def read_matrix(
    file: IO[bytes],
    shape: Shape,
    order: Callable[[Iterable[str]], tuple[str, ...]],
    rule: str,
    path: Path,
) -> Sales:
    """The sales of a matrix.

    Args:
        file: The CSV.
        shape: How labels are written.
        order: Of the sectors.
        rule: For inventories.
        path: The file, for what is said of it.

    Raises:
        InputError: a label nobody knows, a figure that is none, rows that are missing, stand twice or do not
            add up; all are listed with their lines.
    """
    problems = Problems(str(path))
    first = file.readline().decode("utf-8-sig")
    header = next(csv.reader([first]), [])
    columns = columns_of(header, shape, order, problems)
    sales = Sales(
        columns.countries, columns.sectors, columns.categories, shape.stocks, rule, formation=shape.formation
    )
    reading = Reading(columns, problems)
    countries, sectors = (
        {code: k for k, code in enumerate(codes)} for codes in (columns.countries, columns.sectors)
    )
    for line, name, values in text_rows(
        file, columns.width, problems, lambda name: not isinstance(shape.row(name), Cell)
    ):
        _note_twice(reading, name, line)
        stop_if_many(problems)
        what = shape.row(name)
        if isinstance(what, Cell) and what.country in countries and what.sector in sectors:
            reading.met.add((countries[what.country], sectors[what.sector]))
        if values is None:
            continue
        if what in (BELOW, TOTAL):
            if what == TOTAL:
                reading.below["OUT"] = columns.used(values)
                reading.seen["OUT"] = line
            continue
        if not isinstance(what, Cell) or what.country not in countries or what.sector not in sectors:
            problems.add(_("unknown row {name!r}", name=name), shape.hint(name), line=line)
            continue
        at = countries[what.country], sectors[what.sector]
        sold = sales.take(*at, columns.used(values), columns.bought(values))
        total = float("nan") if columns.total is None else float(values[columns.total])
        if columns.total is not None:
            lost = {text: float(values[column]) for text, column in columns.dropped.items()}
            for text, value in lost.items():
                reading.lost[text] = reading.lost.get(text, 0.0) + abs(value)
            sales.check(name, sold + sum(lost.values()), total, problems, line)
        reading.output[at] = reading.output.get(at, 0.0) + total
    _check(reading, shape)
    problems.raise_if_any()
    for text, value in reading.lost.items():
        sales.notes.append(f"column {text}, of no economy, left out ({value:.6g} in absolute value)")
    return sales


def text_rows(
    file: IO[bytes], width: int, problems: Problems, may_lack: Callable[[str], bool]
) -> Iterator[tuple[int, str, Array | None]]:
    """Line, name and figures of every row; figures start at column 1, as in the header, and None are wrong.

    Args:
        file: Behind its header.
        width: Cells of a row.
        problems: What is wrong is noted there.
        may_lack: Whether a row of some name may have cells without a figure, which are zero.
    """
    line = 2
    for part, found in _parsed(file, width):
        if found is None:
            yield from _one_by_one(bytes(part), width, line, (problems, may_lack))
            line += part.count(b"\n")
            continue
        for row, (name, values) in enumerate(zip(*found, strict=True), start=line):
            yield row, name, values
        line += len(found[0])


def _parsed(file: IO[bytes], width: int) -> Iterator[tuple[bytearray, tuple[list[str], Array] | None]]:
    """Parts of whole lines in order, with what `_at_once` makes of each."""
    waiting: deque[tuple[bytearray, Future[tuple[list[str], Array] | None]]] = deque()
    with ThreadPoolExecutor(AHEAD) as crew:
        while part := bytearray(file.read(PART)):
            part += file.readline()  # to the end of the last line
            waiting.append((part, crew.submit(_at_once, part, width)))
            if len(waiting) > AHEAD:
                first, found = waiting.popleft()
                yield first, found.result()
        while waiting:
            first, found = waiting.popleft()
            yield first, found.result()


def _one_by_one(
    part: bytes, width: int, first: int, told: tuple[Problems, Callable[[str], bool]]
) -> Iterator[tuple[int, str, Array | None]]:
    for line, content in enumerate(part.splitlines(), start=first):
        text = content.decode("utf-8")
        name, _, rest = text.partition(",")
        if not name.strip():
            continue
        values = figures(rest)
        if values is not None and values.size == width - 1:
            unquoted = next(csv.reader([name]))[0] if '"' in name else name  # R writes names in quotes
            yield line, unquoted.strip(), np.concatenate(([0.0], values))
        else:
            cells = next(csv.reader([text]))
            cells[0] = cells[0].strip()
            problems, may_lack = told
            yield line, cells[0], _cells(cells, width, line, problems, whole=not may_lack(cells[0]))


def _at_once(part: bytearray, width: int) -> tuple[list[str], Array] | None:
    """Names and figures `[row, column]` of plain lines, parsed as one column by Arrow; None where not plain.

    In place of each name stands a zero while they are parsed, so that a row keeps its columns.
    """
    try:
        import pyarrow as pa  # noqa: PLC0415 - of an extra; without it lines are parsed one by one
        import pyarrow.csv as arrow  # noqa: PLC0415
    except ModuleNotFoundError:
        return None
    names = _take_names(part, width)
    if names is None:
        return None
    try:
        table = arrow.read_csv(
            pa.BufferReader(part.translate(LINES)),
            arrow.ReadOptions(column_names=["value"], block_size=len(part) + 1, use_threads=False),
            arrow.ParseOptions(delimiter="\t", quote_char=False, ignore_empty_lines=False),
            arrow.ConvertOptions(column_types={"value": pa.float64()}, null_values=[]),
        )
        values = table.column("value").combine_chunks().to_numpy()
    except pa.ArrowInvalid:
        values = np.zeros(0)
    if values.size == len(names) * width and np.isfinite(values.sum()):
        return [name.decode("utf-8").strip() for _, name in names], values.reshape(len(names), width)
    for start, name in names:
        part[start : start + len(name)] = name
    return None


def _take_names(part: bytearray, width: int) -> list[tuple[int, bytes]] | None:
    """Where the name of each line begins, and what it is; zeros stay in its place.

    None if one is empty, or a line has another number of cells: one too many would fill up the next.
    """
    found: list[tuple[int, bytes]] = []
    start = 0
    while start < len(part):
        end = part.find(b"\n", start)
        end = len(part) if end < 0 else end
        comma = part.find(b",", start, end)
        if comma <= start or part[start] == QUOTE or part.count(b",", start, end) != width - 1:
            for at, name in found:
                part[at : at + len(name)] = name
            return None
        found.append((start, bytes(part[start:comma])))
        part[start:comma] = b"0" * (comma - start)
        start = end + 1
    return found


def figures(text: str, separator: str = ",") -> Array | None:
    """The numbers of a line; None where it holds anything else.

    >>> figures("1,2.5,3e2"), figures("1,n/a"), figures("1,,2")
    (array([  1. ,   2.5, 300. ]), None, None)
    """
    with warnings.catch_warnings():
        warnings.simplefilter("error", DeprecationWarning)  # of older NumPy, where newer raises by itself
        try:
            found = np.fromstring(text, sep=separator)
        except (ValueError, DeprecationWarning):
            return None
    whole = found.size == text.count(separator) + 1 and np.isfinite(found).all()
    return found if whole else None


def _cells(cells: list[str], width: int, line: int, problems: Problems, *, whole: bool) -> Array | None:
    """A row cell by cell; cells may be empty in the rows below the table, no industry's."""
    if len(cells) != width:
        problems.add(
            _("row {row} {has}", row=cells[0], has=cells_told(len(cells))),
            _("{width} as in the header", width=width),
            line=line,
        )
        return None
    empty = next((place for place, text in enumerate(cells) if not text.strip()), None)
    if whole and empty is not None:
        told = _("row {row}, cell {cell}: is empty", row=cells[0], cell=empty + 1)
        problems.add(told, _("a number; 0 where nothing is sold"), line=line)
        return None
    texts = [text.strip() or "0" for text in cells[1:]]
    try:
        values = np.array([0.0, *map(plain, texts)])
    except ValueError:
        wrong = next(text for text in texts if not _is_number(text))
        problems.add(
            _(
                "row {row}, cell {cell}: {text!r} is not a number",
                row=cells[0],
                cell=texts.index(wrong) + 2,
                text=wrong,
            ),
            line=line,
        )
        return None
    if not np.isfinite(values).all():
        column = int(np.flatnonzero(~np.isfinite(values))[0])
        problems.add(
            _("row {row}, cell {cell}: is not a finite number", row=cells[0], cell=column + 1),
            line=line,
        )
        return None
    return values


def _is_number(text: str) -> bool:
    try:
        plain(text)
    except ValueError:
        return False
    return True


def _note_twice(reading: Reading, name: str, line: int) -> None:
    if name in reading.seen:
        reading.problems.add(
            _("row {name} stands twice, first on line {seen}", name=name, seen=reading.seen[name]), line=line
        )
    reading.seen.setdefault(name, line)


def _check(reading: Reading, shape: Shape) -> None:
    """Rows that are missing, and published output that the columns do not agree on."""
    columns, problems = reading.columns, reading.problems
    industries = {divmod(place, len(columns.sectors)) for place in columns.input_place.tolist()}
    missing = sorted(f"{columns.countries[n]}_{columns.sectors[s]}" for n, s in industries - reading.met)
    if missing:
        problems.add(
            _("has no rows of {missing}", missing=", ".join(missing[:10])),
            ngettext("{number} is missing", "{number} are missing", len(missing), number=len(missing)),
        )
    if not shape.totals:
        return
    if "OUT" not in reading.below:
        problems.add(_("has no row OUT"), _("the official file ends with it"))
    elif not problems.found:
        below = reading.below["OUT"]
        for (n, s), output in reading.output.items():
            if abs(below[n, s] - output) > TOLERANCE * max(output, 1.0):
                name = f"{columns.countries[n]}_{columns.sectors[s]}"
                told = _(
                    "row OUT has {below:.6g} for {name}, column OUT {output:.6g}",
                    below=below[n, s],
                    name=name,
                    output=output,
                )
                problems.add(told, _("equal"), line=reading.seen["OUT"])


def stop_if_many(problems: Problems) -> None:
    """No more mistakes than a person can read."""
    if len(problems.found) >= MOST:
        problems.raise_if_any()


def near(text: str, known: Sequence[str], otherwise: str) -> str:
    """What a label that is not known could have been."""
    return suggest(text, known) or otherwise
