"""What lies under a code: parts that every list of headings, and the schedule, tell apart.

A heading of four digits that names three lines of its own has four parts: each of the three, and its other
lines.
All goods of one part are on the same lists, so that a rate is asked for each part and never for a mixture.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import pairwise

from kosho.display import Shown
from kosho.language import _

__all__ = ["Part", "below", "dotted", "parts"]


@dataclass(frozen=True, slots=True)
class Part(Shown):
    """Goods under a code, but for those under the longer ones that are parts themselves.

    >>> from kosho.law.parts import Part
    >>> str(Part("30049092")), str(Part("300490", others=True))
    ('3004.90.92', 'others of 3004.90')
    """

    code: str
    """Digits only."""
    others: bool = False
    """Whether some of the goods under the code are another part."""

    def __str__(self) -> str:
        return _("others of {dotted}", dotted=dotted(self.code)) if self.others else dotted(self.code)


def dotted(code: str) -> str:
    """A code as it is printed.

    >>> dotted("8703"), dotted("87032301"), dotted("870323017")
    ('8703', '8703.23.01', '8703.23.017')
    """
    ends = (0, 4, 6, len(code)) if len(code) in (7, 9) else (0, 4, 6, 8, 10)
    return ".".join(code[start:end] for start, end in pairwise(ends) if code[start:end])


def below(code: str, ordered: list[str]) -> list[str]:
    """Codes of a list in order that are under a code and longer.

    >>> below("8703", ["8702", "8703", "870323", "870390", "8704"])
    ['870323', '870390']
    """
    return ordered[bisect_left(ordered, code + "0") : bisect_left(ordered, code + ":")]  # ":" comes after "9"


def parts(code: str, told_apart: Iterable[str], lines: Collection[str] = ()) -> tuple[Part, ...]:
    """The parts of the goods under a code, in order of code.

    The others of a code are left out where the lines of the tariff are known and each is another part. They
    stay where a code that is told apart has no line: the tariff was of another day, and may have had more.

    Args:
        code: Digits only.
        told_apart: Longer codes under it that some list or duty names; others are left out of account.
        lines: Codes of all tariff lines under it, with nothing under them; none: they are not known.

    >>> [str(part) for part in parts("3004", ["300490", "30049092", "3005"])]
    ['others of 3004', 'others of 3004.90', '3004.90.92']
    >>> [str(part) for part in parts("3004", ["300490", "30049092"], lines=["30041010", "30049092"])]
    ['others of 3004', '3004.90.92']
    """
    named = sorted({code, *(one for one in told_apart if one.startswith(code))})
    if len(named) == 1:
        return (Part(code),)
    owned = {_owner(line, named) for line in lines if line.startswith(code)}
    found: list[Part] = []
    for k, one in enumerate(named):
        inner = [other for other in named[k + 1 :] if other.startswith(one)]
        if not inner or one in owned or not all(_lined(other, lines) for other in (one, *inner)):
            found.append(Part(one, others=bool(inner)))
    return tuple(found)


def _owner(line: str, named: Collection[str]) -> str:
    """The longest code told apart that holds a line."""
    return max((one for one in named if line.startswith(one)), key=len)


def _lined(code: str, lines: Collection[str]) -> bool:
    """Whether some line is under a code."""
    return any(line.startswith(code) for line in lines)
