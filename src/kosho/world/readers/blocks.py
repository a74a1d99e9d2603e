"""Matrices that are at hand as arrays: the same rules for them as for those read row by row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from kosho.arrays import Array
from kosho.errors import InputError, Problem, Problems
from kosho.language import _
from kosho.world.readers.sales import Sales

__all__ = ["Blocks", "labels_of"]

ROUNDED = 0.5
"""Most that a whole number is off from what it was rounded from."""


@dataclass(frozen=True, eq=False)
class Blocks:
    """Sales of industries as a publisher gives them. R rows and columns of industries, F of final demand."""

    rows: Sequence[tuple[str, str]]
    """`[R]`, economy and sector of each industry; columns are in the same order."""
    finals: Sequence[tuple[str, str]]
    """`[F]`, economy and category of each column of final demand."""
    used: Array
    """`[R, R]`."""
    bought: Array
    """`[R, F]`."""
    output: Array | None = None
    """`[R]`, gross output as published, where it is."""
    stocks: frozenset[str] = frozenset()
    """Categories that are changes of inventories."""
    formation: str = ""
    """Category that is gross fixed capital formation."""
    rounded: bool = False
    """Whether values are whole numbers, and rows add up only about."""
    sectors: Mapping[str, str] = field(default_factory=dict)
    """What sectors are called, where not as in the rows."""

    def sales(self, rule: str, scale: float = 1.0, file: str | None = None) -> Sales:
        """The sales, under a rule for inventories.

        Raises:
            InputError: labels that are missing or stand twice, or rows that miss their published output.
        """
        problems = Problems(file)
        if len(set(self.rows)) != len(self.rows):
            twice = next(one for k, one in enumerate(self.rows) if one in self.rows[:k])
            raise InputError(
                Problem(
                    _("industry {economy} {industry} stands twice", economy=twice[0], industry=twice[1]),
                    file=file,
                )
            )
        countries = tuple(dict.fromkeys(country for country, _ in self.rows))
        names = tuple(dict.fromkeys(sector for _, sector in self.rows))
        strange = sorted({country for country, _ in self.finals} - set(countries))
        if strange:
            problems.add(
                _("final demand of {strange}, which has no industries", strange=", ".join(strange[:10]))
            )
        problems.raise_if_any()
        categories = tuple(dict.fromkeys(category for _, category in self.finals))
        called = tuple(self.sectors.get(name, name) for name in names)
        sales = Sales(countries, called, categories, self.stocks, rule, scale, self.formation)
        n, s, c = len(countries), len(names), len(categories)
        place = np.array([countries.index(a) * s + names.index(b) for a, b in self.rows])
        final = np.array([countries.index(a) * c + categories.index(b) for a, b in self.finals])
        for row, (country, sector) in enumerate(self.rows):
            used = np.bincount(place, self.used[row], n * s).astype(np.float64).reshape(n, s)
            bought = np.bincount(final, self.bought[row], n * c).astype(np.float64).reshape(n, c)
            sales.take(countries.index(country), names.index(sector), used, bought)
            if self.output is not None:
                self._check(sales, row, float(used.sum() + bought.sum()), problems)
        problems.raise_if_any()
        return sales

    def _check(self, sales: Sales, row: int, sold: float, problems: Problems) -> None:
        total = float(self.output[row]) if self.output is not None else sold
        slack = ROUNDED * (self.used.shape[1] + self.bought.shape[1]) if self.rounded else 0.0
        if abs(sold - total) > slack:
            sales.check(" ".join(self.rows[row]), sold, total, problems)


def labels_of(countries: Sequence[str], sectors: Sequence[str]) -> list[tuple[str, str]]:
    """All pairs, sectors within countries."""
    return [(country, sector) for country in countries for sector in sectors]
