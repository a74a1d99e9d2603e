"""Published facts and the same figures from the model, row by row."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from pathlib import Path
from typing import Any

from kosho import formatting
from kosho.declared import as_declared
from kosho.display import Card, Shown, number
from kosho.errors import InputError, Problem, suggest
from kosho.language import _
from kosho.progress import Progress, estimated, silent
from kosho.translations import told
from kosho.validation.questions import QUESTIONS, Figure, Setting

__all__ = ["Fact", "Figure", "Row", "facts", "markdown", "validate"]

NOTHING = 1e-9
"""What is nearer to zero is zero but for rounding."""
MOST_PLACES = 6
FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Fact(Shown):
    """Something published, with its source.

    >>> from kosho.validation import facts
    >>> facts()["gains-from-trade"].interval
    (2.0, 8.0)
    """

    id: str
    fact: str
    period: str
    value: float | None
    """None where the source gives a range only."""
    low: float | None
    high: float | None
    unit: str
    status: str
    """`fact`, or `estimate`."""
    source: str
    read_in: str
    """Where it was read, empty if at the source."""
    why: str
    """Why the model differs, or what the comparison can and cannot say."""

    @property
    def interval(self) -> tuple[float, float]:
        """The range of the source, or its one value twice."""
        low = self.value if self.low is None else self.low
        high = self.value if self.high is None else self.high
        if low is None or high is None:
            raise InputError(Problem(_("fact {id} has neither a value nor a range", id=self.id)))
        return low, high


@dataclass(frozen=True, slots=True)
class Row(Shown):
    """A fact, what the model says, and whether they meet.

    >>> from kosho.validation import Figure, Row, facts
    >>> Row(facts()["cars-number"], Figure("1", "makers bear 0 to 100 %", -21.0, None, 0.0)).verdict
    'inside'
    """

    fact: Fact
    figure: Figure

    @property
    def verdict(self) -> str:
        """`inside` where the ranges meet, else on which side the model misses and by how much."""
        low, high = self.fact.interval
        if self._meets(self.figure.low, self.figure.high):
            return "inside"
        below = self.figure.high < low
        by = low - self.figure.high if below else self.figure.low - high
        return (
            _("misses: the model is below by {number}", number=number(by, 2))
            if below
            else _("misses: the model is above by {number}", number=number(by, 2))
        )

    @property
    def published(self) -> str:
        """What was published, with its range and unit."""
        return _range(self.fact.interval, self.fact.unit)

    @property
    def told(self) -> str:
        """What the model says, from its lowest to its highest, with no more digits than its range has, or than
        it takes to see on which side of what was published it is.
        """
        ends = self.figure.low, self.figure.high
        places = _places(ends)
        while places < MOST_PLACES and self._meets(*(round(end, places) for end in ends)) != self._meets(*ends):
            places += 1
        return _range(ends, self.fact.unit, places)

    def _meets(self, low: float, high: float) -> bool:
        """Whether a range has a figure in common with what was published."""
        first, last = self.fact.interval
        return low <= last and high >= first

    def card(self) -> Card:
        """What was published, what the model says, and why they differ."""
        return Card(
            f"Row: {self.fact.id}, {self.verdict}",
            [
                ("fact", f"{self.fact.fact}, {self.fact.period}"),
                ("published", self.published),
                ("model", self.told),
                ("why", self.fact.why),
            ],
        )

    def contract(self) -> dict[str, Any]:
        """What `kosho validate --json` prints of it."""
        low, high = self.fact.interval
        return {
            "id": self.fact.id,
            "fact": self.fact.fact,
            "period": self.fact.period,
            "unit": self.fact.unit,
            "published": {"value": self.fact.value, "low": low, "high": high},
            "source": self.fact.source,
            "read_in": self.fact.read_in or None,
            "status": self.fact.status,
            "horizon": self.figure.horizon,
            "closure": self.figure.closure,
            "kosho": {"low": self.figure.low, "central": self.figure.central, "high": self.figure.high},
            "verdict": self.verdict,
            "why": self.fact.why,
        }


def facts() -> Mapping[str, Fact]:
    """The facts that ship, by id, in the order in which they are told.

    >>> from kosho.validation import facts
    >>> list(facts())[:2]
    ['cars-price-june', 'cars-price-october']
    """
    text = (FOLDER / "facts.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    return {row["id"]: _fact(row) for row in rows}


def _fact(row: Mapping[str, str]) -> Fact:
    figures = {name: float(row[name]) if row[name] else None for name in ("value", "low", "high")}
    words = {
        name: told(text, FOLDER) if name in ("fact", "why") else text
        for name, text in row.items()
        if name not in figures
    }
    return Fact(**words, **figures)  # pyright: ignore[reportArgumentType] - the columns are the fields


@as_declared
def validate(only: str | None = None, progress: Progress = silent) -> tuple[Row, ...]:
    """Every fact beside the model's figure of the same thing.

    Args:
        only: Id of one fact; None is all.
        progress: Called with what is being computed.

    Raises:
        InputError: there is no such fact.

    >>> from kosho.validation import validate
    >>> (row,) = validate("cars-price-june")
    >>> round(row.figure.low, 1), row.verdict
    (-19.6, 'inside')
    """
    known = facts()
    if only is not None and only not in known:
        hint = suggest(only, known) or _("one of {names}", names=", ".join(known))
        raise InputError(Problem(_("there is no fact {only!r}", only=only), hint, key="--only"))
    wanted = list(known.values()) if only is None else [known[only]]
    setting = Setting()
    reached = estimated(progress, _("Computing what was published"), len(wanted))
    rows: list[Row] = []
    for done, fact in enumerate(wanted):
        reached(done)
        rows.append(Row(fact, QUESTIONS[fact.id](setting)))
    return tuple(rows)


@as_declared
def markdown(rows: Sequence[Row]) -> str:
    """The rows as a table of the manual.

    >>> from kosho.validation import Figure, Row, facts, markdown
    >>> row = Row(facts()["gains-from-trade"], Figure("10", "one factor", 2.7, 2.7, 15.6))
    >>> print(markdown([row]).splitlines()[2][:60])
    | Gains from trade of the United States, share of income, 20
    """
    lines = ["| Fact | Published | Kosho | Horizon | Verdict | Why |", "|---|---|---|---|---|---|"]
    for row in rows:
        fact, figure = row.fact, row.figure
        cells = (
            f"{fact.fact}, {fact.period} ({fact.source})",
            row.published,
            row.told,
            f"year {figure.horizon}: {figure.closure}",
            row.verdict,
            fact.why,
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _range(ends: tuple[float, float], unit: str, places: int | None = None) -> str:
    """Both ends, as a source prints them or to so many decimals."""
    values = [0.0 if abs(end) < NOTHING else end for end in ends]
    if places is None:
        texts = [formatting.figure(value, 4) for value in values]
    else:
        texts = [formatting.decimals(value, places) for value in values]
    first, last = texts
    text = first if first == last else formatting.between(first, last)
    return f"{text} %" if unit == "percent" else text


def _places(ends: tuple[float, float]) -> int:
    """Decimals that are true of a range: rounding moves no end by more than a tenth of its width. Of a figure
    that stands alone two digits are.
    """
    width, size = abs(ends[1] - ends[0]), abs(ends[0])
    if width > NOTHING:
        return max(0, ceil(-log10(width / 5)))
    return max(0, 1 - floor(log10(size))) if size > NOTHING else 0
