"""Staging: over which steps a base rate comes to its end, in exact fractions.

A category says what is left of the base rate after every cut, or which rates stand at which cut. Names are not
portable (B3 is four instalments under the Japan-EU EPA and three under TPP): those of an agreement are read by
it, and a notation of its own says plainly what is meant:

    immediate                  free at entry into force
    equal 5                    five equal cuts
    hold 10 equal 8            as it is at ten dates, then eight equal cuts
    steps 20 16 16 16 16 16    percent of the base rate taken off at each date; what is left stays
    to 9 in 16                 equal cuts down to 9 %, and no further
    via 1:27.5 10:20 16:9      these rates (percent) at these dates, straight lines between
    minus 5                    five points a year, the first down to a whole number (ANZCERTA)
    keep                       as it is; also `excluded`

followed where there is a tariff quota by `; quota 200 t grows 3%` and perhaps `for 5`, of whole dates.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from kosho.declared import as_declared
from kosho.display import Shown
from kosho.errors import InputError, Problem
from kosho.language import _

__all__ = ["Category", "QuotaGrowth", "parse_category"]

FORMS = "immediate, equal N, hold M equal N, steps …, to RATE in N, via DATE:RATE …, minus POINTS, keep"
LONGEST = 100
"""Cuts of a staging."""
_NUMBER = r"\d+(?:\.\d+)?"
_QUOTA = re.compile(rf"quota ({_NUMBER}) ?([^\s\d][^\s]*) grows ({_NUMBER}) ?%(?: for (\d+))?")


@as_declared
@dataclass(frozen=True, slots=True)
class QuotaGrowth(Shown):
    """A tariff quota that grows by a share of itself a year; inside it the staged rate, outside the base rate.

    >>> from decimal import Decimal
    >>> from kosho.lines import QuotaGrowth
    >>> honey = QuotaGrowth(Decimal(200), "t", Decimal("0.03"))
    >>> [round(float(honey.volume(year)), 3) for year in (1, 2, 5)]
    [200.0, 206.0, 225.102]
    """

    first: Decimal
    """In year 1."""
    unit: str
    growth: Decimal
    """A year, a fraction; compounded on the exact volume, not on the rounded one that a text prints."""
    years: int | None = None
    """Of growth; None for ever."""

    def volume(self, year: int) -> Fraction:
        """In a year, from 1."""
        grown = year - 1 if self.years is None else min(year - 1, self.years)
        return Fraction(self.first) * (1 + Fraction(self.growth)) ** max(grown, 0)


@dataclass(frozen=True, slots=True)
class Category(Shown):
    """How a rate is staged. Make one with `parse_category`.

    >>> from fractions import Fraction
    >>> from kosho.lines import parse_category
    >>> five = parse_category("equal 5")
    >>> [float(five.rate(Fraction("6.8"), cut)) for cut in range(7)]
    [6.8, 5.44, 4.08, 2.72, 1.36, 0.0, 0.0]
    """

    text: str
    left: tuple[Fraction, ...] = ()
    """Share of the base rate after each cut; none: it is kept."""
    floor: Fraction | None = None
    """Percent below which nothing is cut, with `left` of what is above it."""
    points: tuple[tuple[int, Fraction], ...] = ()
    """Rates in percent at the numbers of cuts."""
    minus: Fraction | None = None
    """Points a cut."""
    quota: QuotaGrowth | None = None

    @property
    def cuts(self) -> int:
        """After how many nothing changes any more; that of `minus` depends on the base."""
        return max((len(self.left), *(cut for cut, _ in self.points)))

    @property
    def ends_free(self) -> bool:
        """Whether the line is free in the end (and not only within a quota)."""
        if self.quota is not None or self.floor is not None:
            return False
        if self.minus is not None:
            return True
        return bool(self.left and self.left[-1] == 0) or bool(self.points and self.points[-1][1] == 0)

    @property
    def percent_only(self) -> bool:
        """Whether it is told in percent, so that money a unit cannot be staged by it."""
        return self.floor is not None or bool(self.points) or self.minus is not None

    def last(self, base: Fraction) -> int:
        """After how many cuts a base rate has come to its end."""
        if self.minus is None:
            return self.cuts
        cut = 1
        while self.rate(base, cut) > 0:
            cut += 1
        return cut

    def rate(self, base: Fraction, cut: int) -> Fraction:
        """The exact rate after so many cuts, in the unit of the base; 0 cuts is the base."""
        if cut < 1:
            return base
        if self.points:
            return self._between(base, cut)
        if self.minus is not None:
            first = max(base - self.minus, Fraction(0))
            return max(Fraction(int(first)) - self.minus * (cut - 1), Fraction(0))
        if not self.left:
            return base
        left = self.left[min(cut, len(self.left)) - 1]
        if self.floor is None or base <= self.floor:
            return base if self.floor is not None else base * left
        return self.floor + (base - self.floor) * left

    def _between(self, base: Fraction, cut: int) -> Fraction:
        before: tuple[int, Fraction] = (0, base)
        for at, rate in self.points:
            if cut <= at:
                share = Fraction(cut - before[0], at - before[0])
                return before[1] + (rate - before[1]) * share
            before = at, rate
        return before[1]


def equal(cuts: int, held: int = 0) -> tuple[Fraction, ...]:
    """What is left of a base rate after each of so many equal cuts."""
    return (Fraction(1),) * held + tuple(Fraction(cuts - k, cuts) for k in range(1, cuts + 1))


@as_declared
def parse_category(text: str) -> Category:
    """Read the notation of the module.

    Raises:
        InputError: it is none of the forms; a name such as B10 needs its agreement.

    >>> from kosho.lines import parse_category
    >>> parse_category("hold 10 equal 8").cuts, parse_category("to 9 in 16").ends_free
    (18, False)
    >>> parse_category("B10")
    Traceback (most recent call last):
        ...
    kosho.errors.InputError: 'B10' is the name of a category, which each agreement has its own for (...)
    """
    body, _, rest = text.strip().partition(";")
    found = _staged(re.sub(r"\s+", " ", body.strip()), text.strip())
    if rest.strip():
        found = replace(found, quota=_quota(rest.strip(), text))
    return found


def _staged(body: str, text: str) -> Category:  # noqa: PLR0911, C901 - a case a form
    words = body.lower()
    if words in ("immediate", "free"):
        return Category(text, left=(Fraction(0),))
    if words in ("keep", "excluded"):
        return Category(text)
    if match := re.fullmatch(r"equal (\d+)", words):
        return Category(text, left=equal(_count(match[1], text)))
    if match := re.fullmatch(r"hold (\d+) equal (\d+)", words):
        return Category(text, left=equal(_count(match[2], text), _count(match[1], text)))
    if match := re.fullmatch(rf"steps((?: {_NUMBER})+)", words):
        return Category(text, left=_steps(match[1].split(), text))
    if match := re.fullmatch(rf"to ({_NUMBER}) in (\d+)", words):
        return Category(text, left=equal(_count(match[2], text)), floor=Fraction(match[1]))
    if match := re.fullmatch(rf"via((?: \d+:{_NUMBER})+)", words):
        return Category(text, points=_points(match[1].split(), text))
    if match := re.fullmatch(rf"minus ({_NUMBER})", words):
        if not Fraction(match[1]):
            raise _wrong(text, _("takes nothing off"))
        return Category(text, minus=Fraction(match[1]))
    if re.fullmatch(r"[A-Z]{1,4}-?\d{0,2}\*{0,3}|E-\d+", body):
        told = _("{text!r} is the name of a category, which each agreement has its own for", text=text)
        raise InputError(Problem(told, _("name the agreement, or write {forms}", forms=FORMS)))
    raise _wrong(text, _("is no staging"))


def _wrong(text: str, why: str) -> InputError:
    return InputError(Problem(f"{text!r} {why}", FORMS))


def _count(digits: str, text: str) -> int:
    count = int(digits)
    if not 1 <= count <= LONGEST:
        raise InputError(
            Problem(_("{text!r}: {count} dates", text=text, count=count), _("1 to {longest}", longest=LONGEST))
        )
    return count


def _steps(shares: list[str], text: str) -> tuple[Fraction, ...]:
    left: list[Fraction] = []
    rest = Fraction(1)
    for share in shares:
        rest -= Fraction(share) / 100
        left.append(rest)
    if rest < 0:
        raise _wrong(text, _("takes off more than all of the base rate"))
    return tuple(left)


def _points(pairs: list[str], text: str) -> tuple[tuple[int, Fraction], ...]:
    found = [(int(at), Fraction(rate)) for at, rate in (pair.split(":") for pair in pairs)]
    places = [at for at, _ in found]
    if places != sorted(set(places)) or not places[0] >= 1 or places[-1] > LONGEST:
        raise _wrong(text, _("needs dates from 1 on, each after the one before"))
    return tuple(found)


def _quota(rest: str, text: str) -> QuotaGrowth:
    match = _QUOTA.fullmatch(rest)
    if match is None:
        raise InputError(
            Problem(
                _("{text!r} has no tariff quota after the sign ;", text=text), _("quota 200 t grows 3% for 5")
            )
        )
    years = int(match[4]) if match[4] else None
    return QuotaGrowth(Decimal(match[1]), match[2], Decimal(match[3]) / 100, years)
