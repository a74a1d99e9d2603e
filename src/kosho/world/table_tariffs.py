"""Base tariffs of a table of any year, in its own sectors.

Rates of 2022 are put into a table of 2022, and of another year only where somebody asks for them by name.
Otherwise duties on goods are unknown: zero in the base and in every change, and marked. Services bear none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Protocol

import numpy as np

from kosho.arrays import Array, Mask
from kosho.bounds import BASE_DUTY, unit_of_rates
from kosho.codes import sectors as icio_sectors
from kosho.errors import InputError, Problem, Problems, suggest
from kosho.language import _
from kosho.world.csv_input import number, rows_of
from kosho.world.law_cells import LawCells
from kosho.world.tariffs import base_tariffs

__all__ = [
    "SHIPPED_YEAR",
    "TableTariffs",
    "TariffSource",
    "averaged_tariffs",
    "goods_of",
    "tariffs_of",
    "unknown_tariffs",
]

SHIPPED_YEAR = 2022
"""Year of the rates that ship."""
EVERY = "*"


@dataclass(frozen=True, eq=False)
class TableTariffs:
    """Base tariffs of a table, and what is not known of them."""

    rate: Array
    """`[importer, exporter, sector]`, fractions; zero on the diagonal and where unknown."""
    unknown: Mask
    """`[importer, exporter, sector]`."""
    words: str
    """What they are."""
    year: int | None = None
    notes: tuple[str, ...] = ()
    """What was assumed, and how much of it is covered."""


class TariffSource(Protocol):
    """Whatever tells base tariffs to a table, such as tariff lines (`kosho.lines.LineDuties`)."""

    def __call__(self, labels: tuple[Sequence[str], Sequence[str]], cells: LawCells, year: int) -> TableTariffs:
        """The tariffs of a table.

        Args:
            labels: Its countries and sectors.
            cells: Its trade by economy and ICIO sector.
            year: Of the table.
        """
        ...


def tariffs_of(
    choice: str | None,
    labels: tuple[Sequence[str], Sequence[str]],
    cells: LawCells,
    *,
    insist: bool = False,
) -> TableTariffs:
    """Base tariffs by the name of what is wanted.

    Args:
        choice: `2022` for the rates that ship, a CSV file (importer, exporter, sector, and `percent` or
            `rate`; `*` stands for all), or None for unknown.
        labels: Countries and sectors of the table.
        cells: Its trade by economy and ICIO sector.
        insist: Take rates below zero or above 300 %.

    Raises:
        InputError: the file is wrong, or rates are out of bounds; every mistake is listed.
    """
    if choice is None:
        return unknown_tariffs(labels, goods_of(labels[1], cells))
    if choice == str(SHIPPED_YEAR):
        return _shipped(labels, cells)
    found = _given(Path(choice), labels, goods_of(labels[1], cells), insist=insist)
    said = ~found.unknown & (found.rate != 0.0)
    unit = None if insist else unit_of_rates(found.rate[said], np.ones(int(said.sum())))
    if unit is not None:
        hint = _("percent in a column percent, fractions in one called rate; --insist takes them as they are")
        raise InputError(Problem(_("its rates: {unit}", unit=unit), hint, choice))
    return found


def unknown_tariffs(labels: tuple[Sequence[str], Sequence[str]], goods: Mask) -> TableTariffs:
    """No rate on goods is known; services bear none.

    Args:
        labels: Countries and sectors of the table.
        goods: `[sector]`.
    """
    n, s = len(labels[0]), len(labels[1])
    unknown = np.broadcast_to(goods, (n, n, s)).copy()
    home = np.arange(n)
    unknown[home, home, :] = False
    return TableTariffs(np.zeros((n, n, s)), unknown, "unknown: held as they are on both sides of every change")


def goods_of(sectors: Sequence[str], cells: LawCells) -> Mask:
    """`[sector]`, sectors of a table of which a part is goods."""
    known = icio_sectors()
    found = np.zeros(len(sectors), bool)
    for code, j in zip(cells.sectors, cells.sector, strict=True):
        found[j] |= known[code].goods
    return found


def _shipped(labels: tuple[Sequence[str], Sequence[str]], cells: LawCells) -> TableTariffs:
    """The rates of 2022; where a cell holds several economies or ICIO sectors, their mean by trade."""
    words = f"rates of {SHIPPED_YEAR}"
    if len(cells.economies) == len(labels[0]) and len(cells.sectors) == len(labels[1]):
        base = base_tariffs(cells.economies, cells.sectors)
        return TableTariffs(base.rate, base.unknown, words, SHIPPED_YEAR)
    codes = tuple(dict.fromkeys(cells.sectors))
    base = base_tariffs(cells.economies, codes)
    column = [codes.index(code) for code in cells.sectors]
    rate, unknown = averaged_tariffs(labels, cells, base.rate[:, :, column], base.unknown[:, :, column])
    return TableTariffs(rate, unknown, f"{words}, averaged over what a cell holds", SHIPPED_YEAR)


def averaged_tariffs(
    labels: tuple[Sequence[str], Sequence[str]], cells: LawCells, rate: Array, unknown: Mask
) -> tuple[Array, Mask]:
    """Rates by economy and ICIO sector as those of a table's own countries and sectors: their mean by trade.

    Args:
        labels: Countries and sectors of the table.
        cells: Its trade by economy and ICIO sector.
        rate: `[importer, exporter, K]`, of the cells, fractions.
        unknown: The same, where it is not known.

    Returns:
        Rates `[importer, exporter, sector]`, zero where they are unknown, and what is: cells of which most
        trade is.
    """
    shape = (len(labels[0]), len(labels[0]), len(labels[1]))
    place = np.ix_(cells.country, cells.country, cells.sector)
    weight = cells.flows + 1e-12  # cells without trade count among themselves
    total, known, duties, unsure = (np.zeros(shape) for _other in range(4))
    np.add.at(total, place, weight)
    np.add.at(known, place, weight * ~unknown)
    np.add.at(duties, place, weight * np.where(unknown, 0.0, rate))
    np.add.at(unsure, place, weight * unknown)
    lost = unsure > 0.5 * total
    mean = np.divide(duties, known, out=np.zeros(shape), where=known > 0)
    found = np.where(lost, 0.0, mean)
    home = np.arange(shape[0])
    found[home, home, :], lost[home, home, :] = 0.0, False
    return found, lost


def _unit_of(row: Mapping[str, str], path: Path) -> str:
    """The one column of rates that a file has."""
    units = [name for name in ("percent", "rate") if name in row]
    if len(units) != 1:
        told = _("needs a column percent, or one of fractions called rate, and not both")
        raise InputError(Problem(told, file=str(path), line=1))
    return units[0]


def _given(
    path: Path, labels: tuple[Sequence[str], Sequence[str]], goods: Mask, *, insist: bool
) -> TableTariffs:
    countries, sectors = labels
    held = unknown_tariffs(labels, goods)
    problems = Problems(str(path))
    table = rows_of(path, ("importer", "exporter", "sector"), ("percent", "rate"))
    unit = _unit_of(table[0][1], path)
    known = {"importer": countries, "exporter": countries, "sector": sectors}
    found: list[tuple[int, list[list[int]], float]] = []
    told: dict[tuple[str, ...], int] = {}
    for line, row in table:
        cell = tuple(row[key] for key in known)
        if told.setdefault(cell, line) != line:
            problems.add(_("is given in line {number} already", number=told[cell]), line=line)
        places: list[list[int]] = []
        for key, codes in known.items():
            if row[key] != EVERY and row[key] not in codes:
                problems.add(
                    _("unknown {key} {row!r}", key=key, row=row[key]),
                    suggest(row[key], codes),
                    line=line,
                    key=key,
                )
            places.append([j for j, code in enumerate(codes) if row[key] in (EVERY, code)])
        scale = 100.0 if unit == "percent" else 1.0
        level = number(row[unit], unit, line, problems, -scale)
        wrong = None if level is None or insist else BASE_DUTY.broken(level / scale)
        if wrong is not None:
            hint = _("percent in a column percent, a fraction in one called rate; --insist takes it as it is")
            problems.add(wrong, hint, line=line, key=unit)
        if row["importer"] == row["exporter"] != EVERY:
            problems.add(_("domestic sales bear no tariff"), line=line, key="exporter")
        found.append((line, places, (level or 0.0) / scale))
    problems.raise_if_any()
    # What is said of single cells stands over what is said of all.
    for _other, places, level in sorted(found, key=lambda one: -sum(map(len, one[1]))):
        for n, i, j in product(*places):
            if n != i:
                held.rate[n, i, j], held.unknown[n, i, j] = level, False
    return TableTariffs(held.rate, held.unknown, f"those of {path.name}")
