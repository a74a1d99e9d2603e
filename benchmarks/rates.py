"""Rates of a whole schedule: all lines, partners and days, against a plain evaluation cell by cell."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import product

import numpy as np
from numpy.typing import NDArray
from rich.console import Console

from kosho.codes import countries
from kosho.law import Query, Register, rates
from kosho.law.possible_rates import Goods
from kosho.law.schedules import Duty

IMPORTER = "USA"
LINES, PARTNERS, DAYS = 13_000, 80, 40
FIRST = date(2025, 1, 15)
DUTIES = (0.0, 0.0, 0.025, 0.042, 0.065, 0.165, 0.32)
Cell = tuple[int, int, int]


@dataclass(frozen=True)
class Schedule:
    """As many lines as the US schedule has: every heading a measure names, and others."""

    register: Register

    @cached_property
    def lines(self) -> list[tuple[str, float]]:
        """Codes of eight digits with their ordinary duty."""
        named = {prefix for item in self.register.lists.values() for prefix in item.prefixes}
        codes = dict.fromkeys(prefix[:8].ljust(8, "0") for prefix in sorted(named))
        others = product(range(1, 98), range(1, 99), ("1000", "9000", "9090"))
        codes |= dict.fromkeys(f"{chapter:02}{heading:02}{rest}" for chapter, heading, rest in others)
        return [(code, DUTIES[k % len(DUTIES)]) for k, code in enumerate(list(codes)[:LINES])]

    @property
    def partners(self) -> list[str]:
        """Eighty origins, those with measures of their own among them."""
        own = ["JPN", "CHN", "DEU", "FRA", "GBR", "CAN", "MEX", "KOR", "TWN", "VNM", "IND", "BRA", "CHE", "IDN"]
        return [*own, *(code for code in countries() if code not in {*own, IMPORTER})][:PARTNERS]

    @property
    def days(self) -> list[date]:
        """Forty days, a fortnight apart."""
        return [FIRST + timedelta(days=14 * k) for k in range(DAYS)]

    def bulk(self) -> NDArray[np.float32]:
        """All cells `[day, line, partner]`."""
        return rates(self.register, IMPORTER, self.lines, self.partners, self.days)

    def sample(self, count: int) -> list[Cell]:
        """Cells drawn at random."""
        draw = random.Random(1)  # noqa: S311 - not a secret
        return [
            (draw.randrange(DAYS), draw.randrange(len(self.lines)), draw.randrange(PARTNERS))
            for _ in range(count)
        ]

    def plain(self, cells: Sequence[Cell]) -> list[float]:
        """The same, one cell after another; NaN where no total is known."""
        found: list[float] = []
        for i, k, n in cells:
            code, duty = self.lines[k]
            query = Query(IMPORTER, self.partners[n], code, self.days[i], general=Duty.percent(100 * duty))
            rate = Goods.of(self.register, query).rates().rate
            found.append(float("nan") if rate is None else rate)
        return found


def report(console: Console) -> None:
    """Time both and print the ratio by cell."""
    schedule = Schedule(Register.load())
    cells = schedule.sample(3000)
    schedule.lines  # noqa: B018 - made before the clock runs
    started = time.perf_counter()
    bulk = schedule.bulk()
    middle = time.perf_counter()
    plain = schedule.plain(cells)
    ended = time.perf_counter()
    pairs = [(float(bulk[cell]), rate) for cell, rate in zip(cells, plain, strict=True)]
    worst = max(abs(one - other) for one, other in pairs if not math.isnan(other))
    apart = sum(math.isnan(one) != math.isnan(other) for one, other in pairs)
    each, alone = (middle - started) / bulk.size, (ended - middle) / len(cells)
    console.print(
        f"rates of {len(schedule.lines):,} lines x {PARTNERS} partners x {DAYS} days: "
        f"{middle - started:.2f} s, {1e-6 / each:.0f} million cells a second; "
        f"cell by cell {1e6 * alone:.0f} µs ({alone / each:,.0f} x), "
        f"largest difference {worst:.1e}, {apart} known to one only"
    )


if __name__ == "__main__":
    report(Console(width=160))
