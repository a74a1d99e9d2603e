"""Random questions through three independent paths: the look-up, the table of whole schedules, and plain rules.

`python -m tests.sweep_rates --count 100000` asks so many; the tests ask a few thousand. A question is known by
the seed and its number.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from math import inf, isnan
from pathlib import Path
from random import Random

import kosho.law
from kosho.codes import blocs, countries
from kosho.law import Facts, Query, rate_bounds
from kosho.law.line_rate import known_attributes
from kosho.law.possible_rates import Goods
from kosho.law.register import shipped_files
from kosho.law.schedules import Duty
from tests.measures import shipped
from tests.reference_rates import Answer, Reference, Shipment

ROOM = Path(kosho.law.__file__).parent
IMPORTERS = ("USA",) * 12 + ("CHN", "CAN", "EU27", "DEU", "JPN", "KOR", "IDN", "MEX")
FIRST, DAYS = date(2024, 12, 1), 730
NEAR = 2e-6
"""Largest difference of the table, in single precision."""
BATCH = 100
"""Questions that share importer and day of knowledge, so that the table is asked for them at once."""


@cache
def reference() -> Reference:
    """The files that ship, read anew."""
    return Reference(shipped_files(), ROOM / "products.yaml", ROOM / "usa_lines.txt")


@cache
def _heads(importer: str) -> list[str]:
    return reference().named(importer)


@dataclass
class Sweep:
    """What was asked and what came of it."""

    seed: int
    asked: Counter[str] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)

    def run(self, count: int) -> None:
        """Ask so many questions."""
        for batch in range(-(-count // BATCH)):
            self._batch(Random(f"{self.seed} {batch}"), batch, min(BATCH, count - batch * BATCH))  # noqa: S311

    def _batch(self, draw: Random, number: int, count: int) -> None:
        importer = draw.choice(IMPORTERS)
        known = FIRST + timedelta(draw.randrange(DAYS)) if draw.random() < 0.3 else None
        codes = [
            (self._code(draw, importer), draw.choice((0.0, 0.025, 0.05, 0.1, 0.165, 0.32))) for _ in range(40)
        ]
        own = blocs()[importer].members if importer in blocs() else ()
        inside = {importer, *own, *(blocs()["EU27"].members if importer in blocs()["EU27"].members else ())}
        known_partners = (
            "JPN",
            "CHN",
            "DEU",
            "PRT",
            "KOR",
            "GBR",
            "CAN",
            "MEX",
            "BRA",
            "IND",
            "CHE",
            "TWN",
            "USA",
            "RUS",
        )
        partners = [
            code for code in (*known_partners, *draw.sample(list(countries()), 6)) if code not in inside
        ]
        days = [FIRST + timedelta(draw.randrange(DAYS)) for _ in range(8)]
        table = rate_bounds(shipped(), importer, codes, partners, days, known)
        names = sorted(known_attributes(shipped()))
        for k in range(count):
            i, line, n = draw.randrange(len(days)), draw.randrange(len(codes)), draw.randrange(len(partners))
            code, duty = codes[line]
            answers: dict[str, str] = {}
            content: dict[str, float] = {}
            if draw.random() < 0.4:
                answers = {name: draw.choice(("yes", "no")) for name in draw.sample(names, draw.randint(0, 3))}
                content = {
                    name: draw.choice((0.0, 10.0, 15.0, 20.0, 55.0, 100.0))
                    for name in ("metal_content", "us_content")
                    if draw.random() < 0.5
                }
            shipment = Shipment(importer, partners[n], code, days[i], known, duty, answers, content)
            where = f"{self.seed}:{number}:{k} {shipment}"
            found, plain = look_up(shipment), reference().answer(shipment)
            self._same(where, "reference", found, plain, 1e-9)
            if not answers and not content:
                rate, low, high = (float(one[i, line, n]) for one in table)
                self._same(where, "table", found, Answer(None if isnan(rate) else rate, low, high), NEAR)
            self._within(where, shipment, found)

    @staticmethod
    def _code(draw: Random, importer: str) -> str:
        heads = _heads(importer)
        lines = reference().lines
        code = draw.choice(heads) if heads and draw.random() < 0.7 else draw.choice(lines)
        length = draw.choice((4, 6, 6, 8, 8, 10))
        inside = [line for line in lines if line.startswith(code[:8])] if importer == "USA" else []
        if inside and len(code) < length:
            code = draw.choice(inside)[:length]  # what is asked is a line, or a number that its line may have
        return code[:length] if len(code) >= length else code + "90" * ((length - len(code)) // 2)

    def _same(self, where: str, path: str, one: Answer, other: Answer, near: float) -> None:
        self.asked[path] += 1
        both = [(one.low, other.low), (one.high, other.high)]
        if one.rate is not None and other.rate is not None:
            both.append((one.rate, other.rate))
        if (one.rate is None) != (other.rate is None) or any(
            a != b and not abs(a - b) <= near for a, b in both
        ):
            self.failed.append(f"{where}\n  look-up {one}\n  {path} {other}")

    def _within(self, where: str, shipment: Shipment, found: Answer) -> None:
        for end in (4, 6, 8):
            if end < len(shipment.code):
                self.asked["within its heading"] += 1
                above = look_up(Shipment(**{**vars(shipment), "code": shipment.code[:end]}))
                if not (above.low - 1e-9 <= found.low and found.high <= above.high + 1e-9):
                    self.failed.append(
                        f"{where}\n  {found}\n  outside its heading {shipment.code[:end]} {above}"
                    )
        if found.rate is not None:
            self.asked["with a rate"] += 1
            if not found.low - 1e-9 <= found.rate <= found.high + 1e-9:
                self.failed.append(f"{where}\n  outside its bounds {found}")


def look_up(asked: Shipment) -> Answer:
    """As `kosho.law.quote` works it out; its bounds where nothing is known of a duty are not asked here."""
    facts = Facts(answers=asked.answers, content=asked.content)  # pyright: ignore[reportArgumentType]
    query = Query(
        asked.importer,
        asked.exporter,
        asked.code,
        asked.on,
        asked.known,
        facts,
        Duty.percent(round(100 * asked.duty, 6)),
    )
    rates = Goods.of(shipped(), query).rates()
    high = rates.high
    return Answer(rates.rate, rates.low or 0.0, inf if high is None else high)


def main() -> int:
    """Ask, and say what came of it; 1 if any two differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    told = parser.parse_args()
    started = time.perf_counter()
    sweep = Sweep(told.seed)
    sweep.run(told.count)
    counts = ", ".join(f"{count:,} {what}" for what, count in sorted(sweep.asked.items()))
    seconds = time.perf_counter() - started
    lines = [*sweep.failed[:5], f"{told.count:,} questions in {seconds:.0f} s: {counts}"]
    sys.stdout.write("\n".join([*lines, f"{len(sweep.failed)} differ", ""]))
    return 1 if sweep.failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
