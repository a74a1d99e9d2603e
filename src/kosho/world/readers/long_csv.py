"""Reader of a plain long CSV: one row a sale, with exporter, selling sector, importer, user and value.

The user is a sector of the importer (sales for intermediate use) or a category of final demand. Names of
columns are said with `--set`; values are scaled to million USD. Value added is what inputs leave of output.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path

import numpy as np

from kosho.arrays import Array
from kosho.errors import InputError, Problem, Problems, suggest
from kosho.language import _
from kosho.limits import refuse_beyond
from kosho.numbers import plain
from kosho.tabular import cells_told, header_of, open_csv, refuse_twice, size_of
from kosho.world.notes import NO_INPUTS, below_zero
from kosho.world.readers.currency import scale_of
from kosho.world.readers.oecd_csv import FINAL, FORMED
from kosho.world.readers.reader import Reader, Settings, clipped, formed_or_none
from kosho.world.store import IOTable

__all__ = ["READER", "read_long_csv"]

COLUMNS = ("exporter", "seller", "importer", "user", "value")
CATEGORIES = ("final", "FD", *FINAL)
"""Users that are final demand where `--set final=` names none."""
MOST = 20
"""Mistakes listed before reading stops."""


ROW_BYTES, CELL_BYTES = 200, 40
"""Of memory, for a row while it is kept, and a cell of the table while it is made."""
SAMPLE = 1 << 16


@dataclass(frozen=True, slots=True)
class Sale:
    """One row."""

    exporter: str
    seller: str
    importer: str
    user: str
    value: float


def read_long_csv(files: Sequence[Path], settings: Settings) -> IOTable:
    """The table in one or more long CSV files.

    Args:
        files: With one header each.
        settings: Names of columns (`exporter`, `seller`, `importer`, `user`, `value`), `final` categories with
            commas between, `investment` one of them, `scale` to million USD.

    Raises:
        InputError: no such column, a value that is no number, or a user neither a sector nor a category.
    """
    scale = scale_of(settings.get("scale", "1"))
    sales: list[Sale] = []
    for path in files:
        sales += _sales(path, {name: settings.get(name, name) for name in COLUMNS})
    categories = frozenset(filter(None, (one.strip() for one in settings.get("final", "").split(","))))
    demand = categories or frozenset(CATEGORIES), settings.get("investment", FORMED)
    return _table(sales, demand, scale, files, add=_adds(settings))


def _adds(settings: Settings) -> bool:
    way = settings.get("repeats", "refuse")
    if way not in ("add", "refuse"):
        raise InputError(
            Problem(_("unknown way {way!r} with repeated rows", way=way), _("add or refuse"), key="--set")
        )
    return way == "add"


def _sales(path: Path, names: Mapping[str, str]) -> list[Sale]:
    problems = Problems(str(path))
    refuse_beyond("rows", _rows_about(path), ROW_BYTES, file=str(path))
    with open_csv(path) as file:
        lines = csv.reader(file)
        header = header_of(lines, str(path))
        for name, column in names.items():
            if column not in header:
                near = suggest(column, header)
                hint = near or _(
                    "say which it is: --set {name}=COLUMN; columns are {names}",
                    name=name,
                    names=", ".join(header),
                )
                problems.add(
                    _("has no column {column!r} for the {name}", column=column, name=name), hint, line=1
                )
        problems.raise_if_any()
        refuse_twice(header, list(names.values()), str(path))
        places = [header.index(names[name]) for name in COLUMNS]
        return list(_rows(lines, places, len(header), problems))


def _rows_about(path: Path) -> int:
    """How many rows a file has, as its beginning lets expect."""
    with open_csv(path) as file:
        beginning = file.read(SAMPLE)
    return size_of(path) * beginning.count("\n") // max(len(beginning), 1)


def _rows(lines: Iterator[list[str]], places: Sequence[int], width: int, problems: Problems) -> Iterator[Sale]:
    for line, cells in enumerate(lines, start=2):
        if not cells:
            continue
        if len(problems.found) >= MOST:
            problems.raise_if_any()
        if len(cells) != width:
            problems.add(
                cells_told(len(cells)),
                _("{width} as in the header", width=width),
                line=line,
            )
            continue
        *labels, text = (cells[place].strip() for place in places)
        exporter, seller, importer, user = map(sys.intern, labels)  # few words, many rows
        try:
            value = plain(text)
        except ValueError:
            value = float("nan")
        if not isfinite(value):
            problems.add(_("value {text!r} is not a finite number", text=text), line=line)
        elif not all((exporter, seller, importer, user)):
            problems.add(_("a label is empty"), _("exporter, seller, importer and user are needed"), line=line)
        else:
            yield Sale(exporter, seller, importer, user, value)
    problems.raise_if_any()


def _table(
    sales: list[Sale], demand: tuple[frozenset[str], str], scale: float, files: Sequence[Path], *, add: bool
) -> IOTable:
    """The table, of categories of final demand and the one that is capital formation."""
    categories, formation = demand
    if not sales:
        raise InputError(Problem(_("has no rows"), file=str(files[0])))
    sides = [*(one.exporter for one in sales), *(one.importer for one in sales)]
    countries = tuple(dict.fromkeys(sides))
    sectors = tuple(dict.fromkeys(one.seller for one in sales))
    strange = sorted({one.user for one in sales} - set(sectors) - categories)
    if strange:
        told = _(
            "users that are neither a selling sector nor final demand: {names}", names=", ".join(strange[:10])
        )
        hint = _("name the categories of final demand: --set final={names}", names=",".join(strange[:3]))
        raise InputError(Problem(told, hint, file=str(files[0])))
    n, s = len(countries), len(sectors)
    refuse_beyond("cells", n * n * s * (s + 1), CELL_BYTES, file=str(files[0]))
    place = {code: k for k, code in enumerate(countries)}
    goods = {code: k for k, code in enumerate(sectors)}
    sold = np.zeros((n, n, s, s))
    kinds = {name: k for k, name in enumerate(sorted({one.user for one in sales} - set(sectors)))}
    final = np.zeros((n, n, s, max(len(kinds), 1)))
    met = np.zeros(sold.shape, bool), np.zeros(final.shape, bool)
    problems = Problems(str(files[0]))
    for one in sales:
        cell = place[one.importer], place[one.exporter], goods[one.seller]
        made = one.user in goods
        at = (*cell, goods[one.user] if made else kinds[one.user])
        (sold if made else final)[at] += scale * one.value
        if met[not made][at] and not add and len(problems.found) < MOST:
            sides = (f"{one.exporter} {one.seller}", f"{one.importer} {one.user}")
            told = _("{seller} sells to {buyer} twice", seller=sides[0], buyer=sides[1])
            problems.add(told, _("once; --set repeats=add adds them up"))
        met[not made][at] = True
    problems.raise_if_any()
    if formation not in (FORMED, *kinds):
        told = _("no row has the user {name!r}, which is to be capital formation", name=formation)
        raise InputError(Problem(told, suggest(formation, kinds), str(files[0]), key="--set"))
    formed = final[..., kinds[formation]].sum(axis=1) if formation in kinds else np.zeros((n, s))
    final = final.sum(axis=3)
    notes: list[str] = []
    if (sold < 0).any():
        notes.append(_negative(sold, countries, sectors))
    sold, final = clipped(sold, "intermediate sales", notes), clipped(final, "final sales", notes)
    _refuse_empty(sold, final, countries, files[0])
    return IOTable(
        countries,
        sectors,
        sold.sum(axis=3),
        sold.sum(axis=1),
        final.sum(axis=0),
        final=final,
        investment=formed_or_none(formed),
        meta={
            "name": files[0].stem,
            "source": ", ".join(path.name for path in files),
            "unit": "million USD",
            "adjustments": notes + ([] if scale == 1.0 else [f"values of the file times {scale:g}"]),
            **({} if sold.any() else {"assumptions": [NO_INPUTS]}),
        },
    )


def _negative(sold: Array, countries: Sequence[str], sectors: Sequence[str]) -> str:
    """A note of sales `[importer, exporter, seller, user]` that are below zero."""
    cells = [
        (float(sold[at]), f"{countries[at[1]]} {sectors[at[2]]} to {countries[at[0]]} {sectors[at[3]]}")
        for at in zip(*np.nonzero(sold < 0), strict=True)
    ]
    return below_zero(cells, len(cells), sum(value for value, _label in cells))


def _refuse_empty(sold: Array, final: Array, countries: Sequence[str], path: Path) -> None:
    problems = Problems(str(path))
    for k, code in enumerate(countries):
        if final[k].sum() <= 0:
            problems.add(
                _("{code} has no final demand", code=code), _("every country needs rows of it as importer")
            )
        if sold[:, k].sum() + final[:, k].sum() <= 0:
            problems.add(_("{code} sells nothing", code=code), _("every country needs rows as exporter"))
    problems.raise_if_any()


READER = Reader(
    name="long-csv",
    title="a plain long CSV, one row a sale: exporter, seller, importer, user, value",
    files="one or more files: CSV, packed or not, Excel, Parquet",
    read=read_long_csv,
    most=1000,
    settings={
        **{name: f"name of the column of the {name}" for name in COLUMNS},
        "final": "categories of final demand among users, commas between",
        "investment": "the category of final demand that is gross fixed capital formation, GFCF if not given",
        "repeats": "add: rows of the same sale add up; else they are refused",
        "scale": "what values are multiplied by to be million USD",
    },
)
