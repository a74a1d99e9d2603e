"""Reader of FIGARO, the inter-country tables of Eurostat: the matrix (industry by industry) and the flat file.

Labels are `DE_C29` and `DE_P3_S14`; below the matrix stand rows of no economy (`W2_D1`). Values are million
euro. Economies are alpha-2 codes; the rest of the world is FIGW1, WRL_REST in later editions.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from math import isfinite
from pathlib import Path
from typing import IO, TextIO

import numpy as np

from kosho.errors import InputError, Problem, Problems
from kosho.language import _
from kosho.numbers import plain
from kosho.tabular import open_bytes, open_csv
from kosho.world.readers.currency import EURO, usd_per_euro
from kosho.world.readers.matrix_csv import BELOW, Cell, Shape, What, read_matrix, stop_if_many
from kosho.world.readers.reader import YEARS, Reader, Settings, other_year
from kosho.world.readers.sales import INVENTORIES, Sales, rule_of
from kosho.world.store import IOTable

__all__ = ["READER"]

FINAL = ("P3_S13", "P3_S14", "P3_S15", "P51G", "P5M")
"""Government, households, non-profits, capital formation, inventories and valuables."""
STOCKS = frozenset({"P5M"})
FORMED = "P51G"
FLAT = ("refArea", "rowIi", "counterpartArea", "colIi", "obsValue")
PRODUCTS = ("rowPi", "colPi", "prod-by-prod")
VALUE_ADDED = re.compile(r"(?:W2_)?(?:D1|D21X31|D29X39|B2A3G|OP_RES|OP_NRES|P1|P7|D21|D31)(?:_.*)?")
INDUSTRY = re.compile(r"[A-U]\d{0,2}(?:(?:T|_|-)\d{2})?[A-Z]?")
REST = {"FIGW1": "ROW", "WRL_REST": "ROW", "ROW": "ROW"}


def read_figaro(files: Sequence[Path], settings: Settings) -> IOTable:
    """An inter-country table of FIGARO.

    Raises:
        InputError: the file is of another layout, of products, or of a year whose dollar rate is not known.
    """
    path = files[0]
    year, edition = _about(path, settings)
    with open_csv(path) as file:
        first = file.readline()
    if any(word in first or word in path.name for word in PRODUCTS):
        told = _("is a table of products by products")
        raise InputError(Problem(told, _("take the one of industries by industries"), str(path)))
    rate, told = usd_per_euro(year, settings, str(path))  # before a table of gigabytes is read
    if set(FLAT) <= set(next(csv.reader([first]), [])):
        with open_csv(path) as file:
            sales = _flat(file, path, settings)
    else:
        with open_bytes(path) as raw:
            sales = _matrix(raw, path, settings)
    sales.scale = rate
    return sales.table(
        {
            "name": f"figaro-{year}" if year else path.stem,
            "year": year,
            "edition": f"FIGARO, {edition}",
            "source": f"Eurostat, FIGARO inter-country input-output tables, file {path.name}",
            "licence": "CC BY 4.0",
            "attribution": "Eurostat, FIGARO tables",
            "classification": "isic4",
            "adjustments": [told, *other_year(settings.get("year"), YEARS.findall(path.stem))],
        }
    )


def _about(path: Path, settings: Settings) -> tuple[int | None, str]:
    """Year and edition, from the name that Eurostat gives its files: `..._25ed_2023.csv`."""
    edition = re.search(r"(\d\d)ed", path.stem)
    years = YEARS.findall(path.stem)
    year = settings.get("year") or (years[-1] if years else None)
    named = f"edition of 20{edition.group(1)}" if edition else "edition not named in the file"
    return None if year is None else int(year), named


def _cell(text: str) -> Cell | None:
    for name, country in REST.items():
        if text.startswith(f"{name}_"):
            return _of(country, text.removeprefix(f"{name}_"))
    country, _, rest = text.partition("_")
    return _of(country, rest) if re.fullmatch(r"[A-Z]{2,3}", country) else None


def _of(country: str, rest: str) -> Cell | None:
    rest = rest.removeprefix("CPA_")
    if rest in FINAL:
        return Cell(country, None, rest)
    return Cell(country, rest) if INDUSTRY.fullmatch(rest) else None


def _row(text: str) -> What:
    found = _cell(text)
    if found is not None and found.country != "W2" and found.sector is not None:
        return found
    return BELOW if VALUE_ADDED.fullmatch(text) else None


def _matrix(file: IO[bytes], path: Path, settings: Settings) -> Sales:
    def column(text: str) -> What:
        return _cell(text.strip())

    shape = Shape(
        column,
        _row,
        lambda _: "like DE_C29 or DE_P3_S14",
        "give the matrix of industries by industries, such as matrix_eu-ic-io_ind-by-ind_25ed_2023.csv",
        STOCKS,
        FORMED,
        totals=False,
    )
    return read_matrix(file, shape, _order, rule_of(settings), path)


def _order(codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(codes)


def _flat(file: TextIO, path: Path, settings: Settings) -> Sales:
    """A row a cell: the whole of it is gone through twice, once for its labels."""
    problems = Problems(str(path))
    found: dict[tuple[str, str], dict[tuple[str, str], float]] = {}
    for line, row in enumerate(csv.DictReader(file), start=2):
        stop_if_many(problems)
        area, seller, buyer, user = (str(row[name] or "").strip() for name in FLAT[:4])
        if area == "W2":
            continue
        try:
            value = plain(row["obsValue"] or "")
        except ValueError:
            value = float("nan")
        if not isfinite(value):
            problems.add(
                _("obsValue {obsValue!r} is not a number", obsValue=row["obsValue"] or ""),
                line=line,
                key="obsValue",
            )
            continue
        cells = found.setdefault((REST.get(area, area), seller), {})
        key = REST.get(buyer, buyer), user
        if key in cells:
            problems.add(
                _(
                    "{area} {seller} sells to {buyer} {user} twice",
                    area=area,
                    seller=seller,
                    buyer=buyer,
                    user=user,
                ),
                line=line,
            )
        cells[key] = value
    problems.raise_if_any()
    return _of_cells(found, rule_of(settings), path)


def _of_cells(found: dict[tuple[str, str], dict[tuple[str, str], float]], rule: str, path: Path) -> Sales:
    if not found:
        raise InputError(Problem(_("has no rows"), file=str(path)))
    countries = tuple(sorted({country for country, _ in found}))
    sectors = tuple(dict.fromkeys(sector for _, sector in found))
    nowhere = sorted({buyer for cells in found.values() for buyer, _user in cells}.difference(countries))
    if nowhere:
        told = _("economies that buy and sell nothing: {codes}", codes=", ".join(nowhere[:10]))
        raise InputError(Problem(told, file=str(path)))
    place, goods = ({code: k for k, code in enumerate(codes)} for codes in (countries, sectors))
    kinds = {name: k for k, name in enumerate(FINAL)}
    strange = sorted(
        {f"{a} {u}" for cells in found.values() for a, u in cells if u not in goods and u not in kinds}
    )
    if strange:
        raise InputError(
            Problem(_("users that nobody knows: {strange}", strange=", ".join(strange[:10])), file=str(path))
        )
    sales = Sales(countries, sectors, FINAL, STOCKS, rule, formation=FORMED)
    for (country, sector), cells in found.items():
        used, bought = np.zeros((len(countries), len(sectors))), np.zeros((len(countries), len(FINAL)))
        for (buyer, user), value in cells.items():
            if user in goods:
                used[place[buyer], goods[user]] = value
            else:
                bought[place[buyer], kinds[user]] = value
        sales.take(place[country], goods[sector], used, bought)
    return sales


READER = Reader(
    name="figaro",
    title="the inter-country tables of Eurostat (FIGARO), industry by industry",
    files="one CSV file or ZIP, matrix or flat",
    read=read_figaro,
    settings={
        "inventories": INVENTORIES,
        "usd-per-eur": EURO,
        "year": "where the name does not say; --year does",
    },
)
