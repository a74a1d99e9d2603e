"""Reader of GLORIA, the database of 164 regions by 120 sectors of the University of Sydney.

A release is a matrix T of industries and products by region (the supply of each industry is its one product),
a matrix Y of final demand, both CSV without labels, and a workbook `GLORIA_ReadMe` that names regions and
sectors. What products sell to industries is the input-output table. The matrices are read row by row: T has
39,360 rows of 39,360 figures. Values are thousand US dollars.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO

import numpy as np

from kosho.arrays import Array
from kosho.errors import InputError, Problem
from kosho.language import _
from kosho.tabular import cells_told, members_of, open_bytes, open_csv, sheet_rows
from kosho.world.readers.matrix_csv import figures
from kosho.world.readers.reader import Reader, Settings
from kosho.world.readers.sales import INVENTORIES, Sales, rule_of
from kosho.world.store import IOTable

__all__ = ["READER"]

STOCKS = frozenset({"Changes in inventories P.52", "Acquisitions less disposals of valuables P.53"})
FORMED = "Gross fixed capital formation P.51"
THOUSANDS = 1e-3


def read_gloria(files: Sequence[Path], settings: Settings) -> IOTable:
    """A table of GLORIA at basic prices.

    Args:
        files: The matrices T and Y, or the ZIP of the release that holds them; and the workbook.
        settings: `inventories`.

    Raises:
        InputError: a file is missing, or matrices do not fit the regions and sectors of the workbook.
    """
    readme = _one(files, r"readme", _("the workbook GLORIA_ReadMe_0NN.xlsx that names regions and sectors"))
    regions = _column(readme, "Regions", "Region_acronyms")
    sectors = _column(readme, "Sectors", "Sector_names")
    categories = _column(readme, "Value added and final demand", "Final_demand_names")
    known = tuple(dict.fromkeys(categories))
    with ExitStack() as stack:
        sold, name = stack.enter_context(_matrix(files, "T"))
        bought, _named = stack.enter_context(_matrix(files, "Y"))
        sales = Sales(regions, sectors, known, STOCKS, rule_of(settings), THOUSANDS, FORMED)
        _take(sales, (sold, bought), name)
    empty = [code for k, code in enumerate(regions) if (sales.intermediate[k] + sales.final[k]).sum() == 0]
    sales = _without(sales, frozenset(empty))
    found = re.search(r"_((?:19|20)\d\d)_0?(\d\d\w?)_", name)
    year = int(found.group(1)) if found else None
    return sales.table(
        {
            "name": f"gloria-{year}" if year else Path(name).stem,
            "year": year,
            "edition": f"GLORIA, release {found.group(2)}"
            if found
            else "GLORIA, release not named in the file",
            "source": f"GLORIA global environmentally-extended multi-region input-output database, file {name}",
            "licence": "of the University of Sydney; as you obtained it",
            "attribution": "Lenzen et al. (2022), Nature Sustainability 5",
            "classification": "gloria",
        }
    )


def _one(files: Sequence[Path], pattern: str, what: str) -> Path:
    found = [path for path in files if re.search(pattern, path.name, re.IGNORECASE)]
    if len(found) != 1:
        given = ", ".join(path.name for path in files) or _("no file")
        raise InputError(Problem(_("needs {what}; given: {given}", what=what, given=given)))
    return found[0]


def _column(book: Path, sheet: str, name: str) -> tuple[str, ...]:
    """A column of a sheet, by its head."""
    lines = sheet_rows(book, sheet)
    for row in lines:
        heads = [str(cell).strip() for cell in row]
        if name in heads:
            at = heads.index(name)
            found = (str(row[at]).strip() for row in lines if at < len(row))
            return tuple(text for text in found if text and text != "None")
    raise InputError(
        Problem(_("its sheet {sheet!r} has no column {name!r}", sheet=sheet, name=name), file=str(book))
    )


@contextmanager
def _matrix(files: Sequence[Path], letter: str) -> Generator[tuple[TextIO, str]]:
    """The text of a matrix at basic prices, plain or in the ZIP of the release."""
    pattern = rf"_{letter}-Results_.*Markup001"
    plain = [path for path in files if re.search(pattern, path.name)]
    if plain:
        with open_csv(plain[0]) as file:
            yield file, plain[0].name
        return
    for path in files:
        inside = [name for name in members_of(path) if re.search(pattern, name)]
        if inside:
            with open_bytes(path, inside[0]) as raw, TextIOWrapper(raw, "utf-8") as file:
                yield file, inside[0]
            return
    raise InputError(
        Problem(
            _("no file holds the matrix {letter} at basic prices", letter=letter), f"..._{letter}-Results_..."
        )
    )


def _take(sales: Sales, texts: tuple[TextIO, TextIO], name: str) -> None:
    n, s, c = len(sales.countries), len(sales.sectors), len(sales.categories)
    rows, lost = 0, 0.0
    for row, (used, bought) in enumerate(
        zip(_rows(texts[0], 2 * n * s, name), _rows(texts[1], n * c, name), strict=False)
    ):
        rows = row + 1
        region, rest = divmod(row, 2 * s)
        if region >= n:
            break
        if rest >= s:  # products, behind the industries of the region
            industries, products = used.reshape(n, 2, s)[:, 0], used.reshape(n, 2, s)[:, 1]
            sales.take(region, rest - s, industries, bought.reshape(n, c))
            lost += float(np.abs(products).sum())
        else:  # an industry, which supplies its product
            own = abs(float(used[(2 * region + 1) * s + rest]))
            lost += float(np.abs(used).sum() + np.abs(bought).sum()) - own
    if lost > 1.0:
        sales.notes.append(
            f"figures that are neither an industry's product nor a product's sale left out: {lost:.6g}"
        )
    if rows == 2 * n * s and next(texts[1], "").strip():
        told = _("Y has more rows than T: {rows:,} are in T", rows=rows)
        raise InputError(Problem(told, _("both matrices of one release"), name))
    if rows != 2 * n * s:
        told = _(
            "has {rows:,} rows; {n} regions of {s} industries and products are {product:,}",
            rows=rows,
            n=n,
            s=s,
            product=2 * n * s,
        )
        raise InputError(Problem(told, _("the workbook of the same release"), name))


def _rows(file: TextIO, width: int, name: str) -> Iterator[Array]:
    for line, text in enumerate(file, start=1):
        if not text.strip():  # as behind the last row
            continue
        found = figures(text)
        if found is None or found.size != width:
            told = _("{has}, or some are no numbers", has=cells_told(text.count(",") + 1))
            raise InputError(Problem(told, _("{width:,} numbers by the workbook", width=width), name, line))
        yield found


def _without(sales: Sales, codes: frozenset[str]) -> Sales:
    """The table without regions that buy and sell nothing (those that no longer are states)."""
    if not codes:
        return sales
    kept = np.array([code not in codes for code in sales.countries])
    sales.countries = tuple(code for code in sales.countries if code not in codes)
    sales.intermediate = sales.intermediate[np.ix_(kept, kept)]
    sales.final = sales.final[np.ix_(kept, kept)]
    sales.by_input = sales.by_input[:, kept]
    sales.formed = sales.formed[kept]
    sales.notes.append(f"regions that buy nothing left out: {', '.join(sorted(codes))}")
    return sales


READER = Reader(
    name="gloria",
    title="GLORIA, 164 regions by 120 sectors",
    files="the matrices T and Y (CSV, or the ZIP of the release) and the workbook GLORIA_ReadMe",
    read=read_gloria,
    least=2,
    most=3,
    settings={"inventories": INVENTORIES},
)
