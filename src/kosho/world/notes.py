"""What was done to a table: kept with it in English, and told again in the language asked for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from kosho.language import N_, _

__all__ = ["CAPPED", "INSIDE", "NEGATIVE", "NO_INPUTS", "OTHER_YEAR", "PART", "below_zero", "retold"]

CAPPED = N_("inputs of {country} {sector} cost {cost} of its output ({output}), capped at {most}")
INSIDE = N_("duties of {value} on trade inside {regions} left out")
NEGATIVE = N_("sales for intermediate use below zero: {number}, {total} in all; the largest: {named}")
OTHER_YEAR = N_("the files say that the table is of {told}; it is taken for one of {year}, as asked")
NO_INPUTS = N_("no inputs: all trade is final demand, and all of output is value added")
PART = N_("quantity in {unit} of {exporter} to {importer} in {sector} left out: part of the cell only")


SHOWN = 5


def below_zero(cells: Sequence[tuple[float, str]], number: int, total: float) -> str:
    """A note of what is sold for intermediate use and negative.

    Args:
        cells: Values with their labels, the largest of each seller at least.
        number: How many cells there are.
        total: What they add up to.

    >>> from kosho.world.notes import below_zero
    >>> below_zero([(-1.0, "JPN C29 to USA G"), (-2.5, "JPN G to USA G")], 2, -3.5)
    'sales for intermediate use below zero: 2, -3.5 in all; the largest: JPN G to USA G (-2.5), JPN C29 to USA G (-1)'
    """  # noqa: E501 - as it is printed
    named = ", ".join(f"{label} ({value:.6g})" for value, label in sorted(cells)[:SHOWN])
    return NEGATIVE.format(number=number, total=f"{total:.6g}", named=named)


@cache
def _forms() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Each sentence as a pattern whose groups are its fields."""
    found: list[tuple[re.Pattern[str], str]] = []
    for one in (CAPPED, INSIDE, NEGATIVE, NO_INPUTS, OTHER_YEAR, PART):
        parts = re.split(r"\{(\w+)\}", one)
        source = "".join(f"(?P<{part}>.+?)" if n % 2 else re.escape(part) for n, part in enumerate(parts))
        found.append((re.compile(source), one))
    return tuple(found)


def retold(text: str) -> str:
    """A note of a table in the language asked for; one that was written elsewhere stays as it is.

    >>> retold("duties of 132 on trade inside ROW left out")
    'duties of 132 on trade inside ROW left out'
    """
    for form, message in _forms():
        found = form.fullmatch(text)
        if found is not None:
            return _(message, **found.groupdict())
    return text
