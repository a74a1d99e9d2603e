"""Readers of the World Input-Output Database (releases of 2013 and 2016) and of the tables of the ADB.

WIOD comes as workbooks (`.xlsx` of 2013, `.xlsb` of 2016) and as RData; the multi-regional tables of the
Asian Development Bank have the layout and the 35 industries of the release of 2013. Codes of industries and
economies stand in rows above and columns beside the figures, wherever a release puts them, and are found by
what they are.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np

from kosho.arrays import Array
from kosho.errors import InputError, Problem, unreadable
from kosho.extras import missing
from kosho.language import _
from kosho.numbers import plain
from kosho.tabular import sheet_names, sheet_rows
from kosho.world.readers.blocks import Blocks, labels_of
from kosho.world.readers.reader import Reader, Settings, as_numbers
from kosho.world.readers.sales import INVENTORIES, rule_of
from kosho.world.store import IOTable

__all__ = ["ADB", "READER"]

HEAD = 12
"""Rows above the figures, at most."""
ECONOMY = re.compile(r"[A-Z]{3}|RoW|ROW|RoW ")
CODE = re.compile(r"[cr](\d+)|F(\d)", re.IGNORECASE)


@dataclass(frozen=True)
class Release:
    """One release: how many industries, and what its columns of final demand are."""

    name: str
    classification: str
    industries: int
    finals: tuple[str, ...]
    stocks: str
    formation: str

    @property
    def codes(self) -> tuple[str, ...]:
        """Of the industries, as the concordance has them."""
        prefix = "c" if self.classification == "wiod2013" else "r"
        return tuple(f"{prefix}{k}" for k in range(1, self.industries + 1))


RELEASES = (
    Release("release of 2013", "wiod2013", 35, ("c37", "c38", "c39", "c41", "c42"), "c42", "c41"),
    Release("release of 2016", "wiod2016", 56, ("c57", "c58", "c59", "c60", "c61"), "c61", "c60"),
)
ADB_RELEASE = Release("ADB MRIO", "wiod2013", 35, ("F1", "F2", "F3", "F4", "F5"), "F5", "F4")


def read_wiod(files: Sequence[Path], settings: Settings) -> IOTable:
    """A world input-output table of WIOD.

    Raises:
        InputError: the file is of neither release, or does not add up.
    """
    path = files[0]
    if path.suffix.lower() in (".rdata", ".rda"):
        blocks, release, year = _of_r(path)
    else:
        blocks, release, year = _of_sheet(path, RELEASES, settings.get("year"))
    about = {
        "name": f"wiod-{year}" if year else path.stem,
        "edition": f"WIOD, {release.name}",
        "source": f"World Input-Output Database, {release.name}, file {path.name}",
        "licence": "free for academic and policy use with citation",
        "attribution": "Timmer, Dietzenbacher, Los, Stehrer & de Vries (2015), Rev. Int. Economics 23(3)",
    }
    return _table(blocks, release, year, about, settings, path)


def read_adb(files: Sequence[Path], settings: Settings) -> IOTable:
    """A multi-regional input-output table of the Asian Development Bank.

    Raises:
        InputError: the file has not its layout, or does not add up.
    """
    path = files[0]
    blocks, release, year = _of_sheet(path, (ADB_RELEASE, RELEASES[0]), settings.get("year"))
    about = {
        "name": f"adb-{year}" if year else path.stem,
        "edition": f"ADB MRIO, {_edition_of(path)}",
        "source": f"ADB Multiregional Input-Output Database, file {path.name}",
        "licence": "CC BY 3.0 IGO",
        "attribution": "Asian Development Bank, Multiregional Input-Output Tables",
    }
    return _table(blocks, release, year, about, settings, path)


def _edition_of(path: Path) -> str:
    """The month of issue, which the name of the file has behind the year."""
    found = re.search(r"\d{4}[ _-]+\(?([A-Za-z]+[ _-]?\d{4})", path.stem)
    return f"issue of {found.group(1)}" if found else "issue not named in the file"


def _table(
    blocks: Blocks, release: Release, year: int | None, about: Mapping[str, Any], settings: Settings, path: Path
) -> IOTable:
    sales = blocks.sales(rule_of(settings), file=str(path))
    return sales.table({**about, "year": year, "classification": release.classification})


def _of_r(path: Path) -> tuple[Blocks, Release, int | None]:
    """From RData: the data frame that WIOD publishes, or the list of matrices of the R package `wiod`."""
    content = _r_objects(path)
    for value in content.values():
        if hasattr(value, "columns") and "IndustryCode" in set(map(str, value.columns)):
            return _of_frame(value, path)
        if isinstance(value, dict) and {"inter", "final", "countries", "industries"} <= set(map(str, value)):
            return _of_list({str(key): one for key, one in value.items()}, path)
    hint = _("the data frame wiot of the release, or the list of the R package wiod")
    raise InputError(
        Problem(
            _("holds no table of WIOD: {names}", names=", ".join(map(str, content)) or _("nothing")),
            hint,
            str(path),
        )
    )


def _r_objects(path: Path) -> dict[str, Any]:
    try:
        import rdata  # noqa: PLC0415 - an optional extra
    except ModuleNotFoundError:
        raise missing("mrio", _("reading RData"), path) from None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of classes of R packages, whose content is all that is asked for
            return dict(rdata.read_rda(path, default_encoding="utf-8"))
    except OSError as error:
        raise unreadable(path, error) from None
    except Exception:  # noqa: BLE001 - a file of another kind fails anywhere in the parser
        hint = _("the file as it was published; or the workbook of the release")
        raise InputError(Problem(_("is no RData file, or not all of one"), hint, str(path))) from None


def _of_list(found: Mapping[str, Any], path: Path) -> tuple[Blocks, Release, int | None]:
    countries, industries = ([str(code) for code in found[key]] for key in ("countries", "industries"))
    release = next((one for one in RELEASES if one.industries == len(industries)), None)
    if release is None:
        raise _unknown(path, len(industries))
    finals = labels_of(countries, release.finals)
    used, bought = as_numbers(found["inter"], str(path)), as_numbers(found["final"], str(path))
    rows = labels_of(countries, release.codes)
    output = as_numbers(found["output"], str(path)).ravel() if "output" in found else None
    wanted = {"inter": (len(rows), len(rows)), "final": (len(rows), len(finals)), "output": (len(rows),)}
    for name, matrix in (("inter", used), ("final", bought), ("output", output)):
        if matrix is not None and matrix.shape != wanted[name]:
            told = _("matrix {name} is of {shape}", name=name, shape=matrix.shape)
            raise InputError(Problem(told, _("of {shape}", shape=wanted[name]), str(path)))
    year = int(as_numbers(found["year"], str(path)).flat[0]) if "year" in found else None
    stocks = frozenset({release.stocks})
    return (
        Blocks(rows, finals, used, bought, output, stocks, release.formation, rounded=_is_whole(used)),
        release,
        year,
    )


def _of_frame(frame: Any, path: Path) -> tuple[Blocks, Release, int | None]:
    codes = [re.fullmatch(r"([A-Z]{3})(\d+)", str(name)) for name in frame.columns]
    places = [(k, found.group(1), int(found.group(2))) for k, found in enumerate(codes) if found]
    industries = max((number for _, _, number in places), default=0) - len(RELEASES[1].finals)
    release = next((one for one in RELEASES if one.industries == industries), None)
    if release is None:
        raise _unknown(path, industries)
    number = [_row_number(cell) for cell in frame["RNr"]]
    country = [str(code) for code in frame["Country"]]
    values = as_numbers(frame.iloc[:, [k for k, _, _ in places]], str(path))
    lines = [k for k, code in enumerate(country) if code != "TOT" and 1 <= number[k] <= industries]
    used = [k for k, (_, _, column) in enumerate(places) if column <= industries]
    finals = [k for k, (_, _, column) in enumerate(places) if column > industries]
    rows = [(country[k], release.codes[number[k] - 1]) for k in lines]
    columns = [(places[k][1], release.codes[places[k][2] - 1]) for k in used]
    order = _aligned(rows, columns, path)
    year = int(frame["Year"].iloc[0]) if "Year" in frame.columns else None
    blocks = Blocks(
        rows,
        [(places[k][1], release.finals[places[k][2] - industries - 1]) for k in finals],
        values[np.ix_(lines, [used[k] for k in order])],
        values[np.ix_(lines, finals)],
        as_numbers(frame["TOT"], str(path))[lines] if "TOT" in frame.columns else None,
        frozenset({release.stocks}),
        release.formation,
    )
    return blocks, release, year


def _row_number(cell: Any) -> int:
    """The number of a row, which R keeps as a double, an integer or a text; 0 where there is none."""
    found = re.search(r"\d+", str(cell))
    return int(found.group()) if found else 0


def _aligned(rows: Sequence[tuple[str, str]], columns: Sequence[tuple[str, str]], path: Path) -> list[int]:
    """Positions of columns in the order of the rows.

    Raises:
        InputError: they are not the same industries.
    """
    odd = sorted(set(rows) ^ set(columns))
    if odd:
        named = ", ".join(" ".join(one) for one in odd[:10])
        raise InputError(
            Problem(_("rows and columns of industries differ: {named}", named=named), file=str(path))
        )
    place = {label: k for k, label in enumerate(columns)}
    return [place[label] for label in rows]


def _of_sheet(
    path: Path, releases: Sequence[Release], wanted: str | None
) -> tuple[Blocks, Release, int | None]:
    """From a workbook, by the codes that stand above and beside the figures."""
    lines = iter(sheet_rows(path, _sheet(path, releases, wanted)))
    head = _head(lines)
    found = _code_rows(head)
    if found is None:
        hint = _(
            "the table as published, with codes of industries (c1) and of economies (AUS) above the columns"
        )
        raise InputError(Problem(_("has no rows of codes at its top"), hint, str(path)))
    code_row, place_row = found
    above, owner = head[code_row], _spread(head[place_row])
    start = next(k for k, text in enumerate(above) if k > 0 and CODE.fullmatch(_text(text)))
    columns = {k: (_text(owner[k]), _text(above[k])) for k in range(start, len(above)) if _text(above[k])}
    release = _release({code for _, code in columns.values()}, releases, path)
    industry = {f"c{k}": code for k, code in enumerate(release.codes, 1)}
    used = [k for k, (owner_, code) in columns.items() if code.lower() in industry and owner_ != "TOT"]
    finals = [k for k, (owner_, code) in columns.items() if code in release.finals and owner_ != "TOT"]
    total = next((k for k in range(len(above) - 1, start, -1) if _is_total(head, k)), None)
    rows: list[tuple[str, str]] = []
    values: list[list[float]] = []
    wide = [*used, *finals, *([] if total is None else [total])]
    last: list[str] = [""] * start
    for number, row in enumerate((*head[max(code_row, place_row) + 1 :], *lines), max(code_row, place_row) + 2):
        beside = [_text(cell) for cell in row[:start]]
        label = _industry(beside, last, industry)
        last = [text or before for text, before in zip(beside, last, strict=False)]
        if label is not None:
            rows.append(label)
            values.append(_numbers(row, wide, path, number))
    order = _aligned(rows, [(columns[k][0].upper(), industry[columns[k][1].lower()]) for k in used], path)
    held = np.array(values)
    blocks = Blocks(
        rows,
        [(columns[k][0].upper(), columns[k][1]) for k in finals],
        held[:, order],
        held[:, len(used) : len(used) + len(finals)],
        None if total is None else held[:, -1],
        frozenset({release.stocks}),
        release.formation,
    )
    return blocks, release, _year_of(head, path)


def _sheet(path: Path, releases: Sequence[Release], wanted: str | None) -> str:
    """The sheet that holds the table, of the year that is wanted where it is said.

    Raises:
        InputError: several do, and nothing says which is meant.
    """
    names = sheet_names(path)
    named = [name for name in names if wanted is not None and wanted in name]
    if len(named) == 1 or len(names) == 1:
        return (named or names)[0]
    tables = [name for name in named or names if _is_table(_head(iter(sheet_rows(path, name))), releases)]
    if len(tables) > 1:
        held = ", ".join(tables)
        told = _("holds several tables: {held}", held=held)
        if wanted is not None and not named:
            told = _("holds no table of {year}: {held}", year=wanted, held=held)
        raise InputError(Problem(told, _("--year says which"), str(path)))
    return (tables or names)[0]


def _head(lines: Iterator[Sequence[Any]]) -> list[Sequence[Any]]:
    """The rows in which a table may be headed; what is behind them is left."""
    return [row for _, row in zip(range(HEAD), lines, strict=False)]


def _is_table(head: Sequence[Sequence[Any]], releases: Sequence[Release]) -> bool:
    """Whether the beginning of a sheet is that of a table of one of some releases."""
    found = _code_rows(head)
    codes = set() if found is None else {_text(cell) for cell in head[found[0]]}
    return any(set(one.finals) <= codes for one in releases)


def _code_rows(head: Sequence[Sequence[Any]]) -> tuple[int, int] | None:
    """Which rows have the codes of industries and of economies; None where there are none."""
    industries = _most(head, lambda text: CODE.fullmatch(text) is not None)
    economies = _most([_spread(row) for row in head], lambda text: ECONOMY.fullmatch(text) is not None)
    return None if industries is None or economies is None else (industries, economies)


def _spread(row: Sequence[Any]) -> list[str]:
    """Texts of a row, each in the empty cells behind it too: those that a workbook merged with it."""
    found: list[str] = []
    for cell in row:
        found.append(_text(cell) or (found[-1] if found else ""))
    return found


def _release(codes: set[str], releases: Sequence[Release], path: Path) -> Release:
    for one in sorted(releases, key=lambda one: -one.industries):  # of 2016 has all codes of 2013 too
        if set(one.finals) <= codes:
            return one
    raise _unknown(path, sum(code.lower().startswith("c") for code in codes))


def _unknown(path: Path, industries: int) -> InputError:
    told = _("has {industries} industries or final columns of no release that is known", industries=industries)
    hint = _(
        "WIOD of 2013 has 35 industries and c37 to c42, of 2016 56 and c57 to c61; ADB MRIO has 35 and F1 to F5"
    )
    return InputError(Problem(told, hint, str(path)))


def _most(rows: Sequence[Sequence[Any]], fits: Callable[[str], bool]) -> int | None:
    """The row in which most cells fit, if at least half of the widest row do."""
    counts = [sum(fits(_text(cell)) for cell in row) for row in rows]
    best = int(np.argmax(counts)) if counts else 0
    return best if counts and counts[best] * 2 >= max(len(row) for row in rows) else None


def _text(cell: Any) -> str:
    return str(cell).strip() if cell is not None else ""


def _is_total(head: Sequence[Sequence[Any]], column: int) -> bool:
    """Whether a column is headed as gross output."""
    words = {_text(row[column]).upper() for row in head if column < len(row)}
    return bool(words & {"TOT", "GO", "TOTAL", "OUTPUT", "TOTAL OUTPUT", "GROSS OUTPUT"})


def _industry(
    beside: Sequence[str], above: Sequence[str], industry: Mapping[str, str]
) -> tuple[str, str] | None:
    """Economy and industry of a row; none of totals and of value added.

    An economy that a workbook merged with the rows below it stands in the first of them (`above`).
    """
    code = next((text for text in reversed(beside) if CODE.fullmatch(text)), "")
    texts = [text or before for text, before in zip(beside, above, strict=False)]
    owner = next((text for text in texts if ECONOMY.fullmatch(text) and text != "TOT"), None)
    key = f"c{code[1:]}"
    return None if owner is None or key not in industry else (owner.strip().upper(), industry[key])


def _numbers(row: Sequence[Any], columns: Sequence[int], path: Path, line: int) -> list[float]:
    """Figures of a row; an empty cell is zero, as publishers leave it."""
    found: list[float] = []
    for k in columns:
        cell = row[k] if k < len(row) else ""
        try:
            value = cell if isinstance(cell, float) else float(plain(_text(cell) or "0"))
        except ValueError:
            value = float("nan")
        if not isfinite(value):
            told = _("cell {cell}: {text!r} is not a number", cell=f"{_letters(k)}{line}", text=_text(cell))
            raise InputError(Problem(told, _("plain numbers, such as 1234.5"), str(path), line))
        found.append(value)
    return found


def _letters(column: int) -> str:
    """A column as a spreadsheet names it: `A` is the first.

    >>> from kosho.world.readers.wiod import _letters
    >>> _letters(0), _letters(25), _letters(26), _letters(1475)
    ('A', 'Z', 'AA', 'BDT')
    """
    before, place = divmod(column, 26)
    return (_letters(before - 1) if before else "") + chr(ord("A") + place)


def _year_of(head: Sequence[Sequence[Any]], path: Path) -> int | None:
    """The year of a table, from its title or the name of its file."""
    title = " ".join(_text(cell) for row in head for cell in row[:3])
    for text in (path.stem, title):
        found = re.search(r"(?<!\d)((?:19|20)\d\d)(?!\d)", text)
        if found:
            return int(found.group(1))
    short = re.match(r"wiot(\d\d)", path.stem.lower())
    return None if short is None else (1900 if int(short.group(1)) > 50 else 2000) + int(short.group(1))


def _is_whole(values: Array) -> bool:
    return bool((values == np.round(values)).all())


READER = Reader(
    name="wiod",
    title="the World Input-Output Database, releases of 2013 and 2016",
    files="one workbook (.xlsx, .xlsb) or RData file",
    read=read_wiod,
    settings={"inventories": INVENTORIES, "year": "the sheet of a workbook of several years; --year does"},
)
ADB = Reader(
    name="adb",
    title="the multi-regional input-output tables of the Asian Development Bank",
    files="one workbook (.xlsx)",
    read=read_adb,
    settings={"inventories": INVENTORIES, "year": "the sheet of a workbook of several years; --year does"},
)
