"""Imports by tariff line, where they are known, and the mean rate over lines that they give.

Those of the United States in 2024 ship for thirteen partners (US Census Bureau, public domain); for others a
user gives a table of their own.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

from kosho.codes import blocs
from kosho.law.possible_rates import PartRate, one_rate

__all__ = ["likely_rate", "shipped_trade"]

_IMPORTER, _LINE = "USA", 8


@cache
def _rows() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names of the columns, and rows as they are."""
    packed = files("kosho.law").joinpath("usa_imports_2024.csv.gz").read_bytes()
    rows = [row for row in gzip.decompress(packed).decode("ascii").splitlines() if not row.startswith("#")]
    return tuple(rows[0].split(",")), tuple(rows[1:])


def shipped_trade(importer: str, exporter: str, code: str) -> dict[str, float] | None:
    """Imports under a code by line of eight digits, million USD; None where they are not known.

    Members of the European Union have those of the Union.

    >>> trade = shipped_trade("USA", "JPN", "870323")
    >>> trade["87032301"] > 10_000, shipped_trade("USA", "PER", "870323"), shipped_trade("JPN", "USA", "870323")
    (True, None, None)
    """
    if importer != _IMPORTER:
        return None
    names, rows = _rows()
    own = "EU27" if exporter in blocs()["EU27"].members else exporter
    if own not in names:
        return None
    place, short = names.index(own), code[:_LINE]
    found = (row.split(",") for row in rows if row.startswith(short))
    return {cells[0]: float(cells[place]) for cells in found if cells[place]}


def likely_rate(parts: Sequence[PartRate], trade: Mapping[str, float]) -> float | None:
    """The mean rate over parts of the goods, weighed with trade; None where trade does not tell.

    A line of which parts pay differently has no trade of its own for each: then nothing is told, as where a
    part that is traded has no rate.

    Args:
        parts: What each part pays.
        trade: Imports by code; codes of more than eight digits tell statistical numbers apart.
    """
    total, weighed = 0.0, 0.0
    for line, value in trade.items():
        if value <= 0:
            continue
        above = [one for one in parts if line.startswith(one.part.code)]
        inside = [one for one in parts if one.part.code.startswith(line) and one.part.code != line]
        holding = [*inside, *(above and [max(above, key=lambda one: len(one.part.code))])]
        rates = [one.rate for one in holding]
        if not rates:
            continue
        rate = one_rate(rates)
        if rate is None:
            return None
        total += value
        weighed += value * rate
    return weighed / total if total else None
