"""What is measured: the work behind every answer, each beside the plain way to it.

Seconds of one machine say little to another. What can be compared is how many times as quick as a plain way
something is, where both are measured in turn in one run: the plain way is that of the authors' published
programs (`plain_solver`), or the definition taken at its word.
"""

from __future__ import annotations

import os
import platform
import random
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from statistics import median
from typing import Any

import numpy as np

from kosho._version import __version__
from kosho.bench.plain_solver import solve_plain
from kosho.codes import countries
from kosho.declared import as_declared
from kosho.display import Shown
from kosho.equilibrium import Outcome, Shock, gradient, solve, solve_batch
from kosho.language import N_, _
from kosho.law import Query, Register, rates
from kosho.law.possible_rates import Goods
from kosho.parallel import cores, one_thread
from kosho.progress import Progress, silent
from kosho.world import World, load

__all__ = ["Speed", "machine", "speeds"]

CASE = "japan-us-2025"
ROUNDS = 5
BATCH = 960
"""Deals solved as one batch."""
ALONE = 3
"""Of them, and of rates and texts, that the plain way does."""
CELLS = 300
TEXTS = 10
DUTIES = (0.0, 0.025, 0.05, 0.1, 0.15, 0.25)


@dataclass(frozen=True, slots=True)
class Speed(Shown):
    """One kind of work, by Kosho and the plain way.

    >>> from kosho.bench import Speed
    >>> Speed("solve", "one deal", "loops", seconds=0.004, plain_seconds=0.12).ratio
    30.0
    """

    id: str
    title: str
    """What is done."""
    plain_title: str
    """The plain way to it."""
    seconds: float
    """That one takes."""
    plain_seconds: float

    @property
    def ratio(self) -> float:
        """How many times as quick as the plain way."""
        return self.plain_seconds / self.seconds

    def contract(self) -> dict[str, Any]:
        """As `kosho bench --json` has it."""
        return {
            "id": self.id,
            "title": self.title,
            "plain_title": self.plain_title,
            "seconds": self.seconds,
            "plain_seconds": self.plain_seconds,
            "ratio": self.ratio,
        }


@dataclass(frozen=True)
class _Work:
    """Two ways to one answer; each does so many of a kind when it is called."""

    title: str
    plain_title: str
    do: Callable[[], object]
    count: int
    plain: Callable[[], object]
    plain_count: float
    """A part of one, where one takes many of what it does."""
    rounds: int = ROUNDS

    def speed(self, name: str) -> Speed:
        """Both measured in turn, medians; what is worked out once and kept is not counted."""
        self.do()
        took = [(_seconds(self.do), _seconds(self.plain)) for _ in range(self.rounds)]
        own, plain = (median(column) for column in zip(*took, strict=True))
        return Speed(name, _(self.title), _(self.plain_title), own / self.count, plain / self.plain_count)


def _seconds(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


@dataclass(frozen=True)
class _Deals:
    """Tariffs between Japan and the United States drawn at random, in the world of the talks."""

    world: World

    @staticmethod
    def of() -> _Deals:
        return _Deals(load(regions="talks", sectors="talks"))

    @cached_property
    def shocks(self) -> list[Shock]:
        draw = random.Random(2025)  # noqa: S311 - not a secret
        pairs = (("JPN", "USA"), ("USA", "JPN"))
        return [
            Shock.tariffs(
                self.world,
                {(*pair, sector): draw.choice(DUTIES) for pair in pairs for sector in self.world.sectors},
            )
            for _number in range(BATCH)
        ]

    def solved(self, shock: Shock) -> Outcome:
        """By Kosho, a world just loaded."""
        return solve(replace(self.world), shock)

    def plainly(self, shock: Shock) -> object:
        """By the plain solver."""
        rates_after = self.world.arrays.tariff.copy()
        rates_after[shock.importer, shock.exporter, shock.sector] = shock.tariff
        return solve_plain(self.world, rates_after, dense=False)

    def solving(self) -> _Work:
        """One deal."""
        return _Work(
            N_("one deal solved"),
            N_("prices, then incomes, in loops"),
            lambda: self.solved(self.shocks[0]),
            1,
            lambda: self.plainly(self.shocks[0]),
            1,
        )

    def batch(self) -> _Work:
        """Many at once."""
        return _Work(
            N_("a deal among many, one process"),
            N_("the same loops, one after another"),
            lambda: solve_batch(self.world, self.shocks, processes=1),
            BATCH,
            lambda: [self.plainly(one) for one in self.shocks[:ALONE]],
            ALONE,
            rounds=3,
        )

    def gradients(self) -> _Work:
        """What a payoff gains by every tariff there is."""
        outcome = self.solved(self.shocks[0])
        tariffs = int((self.world.arrays.flows > 0).sum())
        return _Work(
            N_("the gradient by every tariff"),
            N_("one more solve for each tariff"),
            lambda: gradient(outcome, "USA"),
            1,
            lambda: [solve(self.world, one) for one in self.shocks[:ALONE]],
            ALONE / tariffs,
        )


def _screening() -> _Work:
    """The shipped table."""
    from kosho.bargain.confirming import confirmed  # noqa: PLC0415 - asks for the extra `bargain`
    from kosho.bargain.pricing import price  # noqa: PLC0415
    from kosho.case import Case  # noqa: PLC0415

    table = Case.load(CASE).table()
    world = load(regions="talks", sectors="talks")

    def priced(*, exact: bool) -> object:
        return confirmed(price(table, table.backgrounds[0], world, exact=exact), 1)

    count = len(table.grid)
    return _Work(
        N_("a package screened and confirmed"),
        N_("every package solved"),
        lambda: priced(exact=False),
        count,
        lambda: priced(exact=True),
        count,
        rounds=1,
    )


def _stacking() -> _Work:
    """Rates of tariff lines."""
    register = Register.load()
    named = {prefix for item in register.lists.values() for prefix in item.prefixes}
    codes = list(dict.fromkeys(prefix[:8].ljust(8, "0") for prefix in sorted(named)))
    lines = [(code, DUTIES[k % len(DUTIES)]) for k, code in enumerate(codes)]
    partners = [code for code in countries() if code != "USA"]
    days = [date(2025, month, 15) for month in range(2, 12)]
    draw = random.Random(1)  # noqa: S311 - not a secret
    queries = [
        Query("USA", draw.choice(partners), draw.choice(codes), draw.choice(days)) for _number in range(CELLS)
    ]
    return _Work(
        N_("a rate of a whole schedule"),
        N_("the layers of each line by itself"),
        lambda: rates(register, "USA", lines, partners, days),
        len(lines) * len(partners) * len(days),
        lambda: [Goods.of(register, one).rates() for one in queries],
        CELLS,
        rounds=1,
    )


def _reading() -> _Work:
    """What was said, out of texts."""
    from kosho.case import Case  # noqa: PLC0415 - a record is read
    from kosho.record.reading import Document, read_text  # noqa: PLC0415

    record = Case.load(CASE).record
    text = " ".join(one.quote for one in (record.file.statements if record else ()) if one.quote)
    documents = [Document(f"{n}.txt", text[100 * n : 100 * n + 3000]) for n in range(TEXTS)]
    return _Work(
        N_("a document read for statements"),
        N_("its words found by a pattern"),
        lambda: [read_text(one) for one in documents],
        TEXTS,
        lambda: [re.findall(r"\w+", one.text) for one in documents],
        TEXTS,
    )


KINDS: dict[str, Callable[[], _Work]] = {
    "solve": lambda: _Deals.of().solving(),
    "batch": lambda: _Deals.of().batch(),
    "gradient": lambda: _Deals.of().gradients(),
    "screen": _screening,
    "rates": _stacking,
    "reading": _reading,
}
"""By the name they have in `--json`. A new one is one entry."""


@as_declared
def speeds(only: Sequence[str] = (), progress: Progress = silent) -> list[Speed]:
    """Each kind of work measured, BLAS on one thread.

    Args:
        only: Kinds; all if none is named.
        progress: Called with what is being done.

    >>> from kosho.bench import speeds
    >>> [one.id for one in speeds(only=["reading"])]
    ['reading']
    """
    found: list[Speed] = []
    with one_thread():
        for name in only or KINDS:
            work = KINDS[name]()
            progress(_(work.title))
            found.append(work.speed(name))
    return found


def machine() -> dict[str, str]:
    """What it was measured on.

    >>> from kosho.bench import machine
    >>> sorted(machine())
    ['cores', 'kosho', 'numpy', 'processor', 'python', 'system']
    """
    return {
        "kosho": __version__,
        "processor": _processor(),
        "cores": f"{cores()} of {os.cpu_count() or 1}",
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "numpy": np.__version__,
    }


def _processor() -> str:
    """Its name where the system tells it."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as told:  # noqa: PTH123 - no file of anybody's
            names = (line.partition(":")[2].strip() for line in told if line.startswith("model name"))
            return next(names, "") or platform.processor() or platform.machine()
    except OSError:
        return platform.processor() or platform.machine()
