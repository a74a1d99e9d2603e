"""What was done to a table: kept with it in English, and told again in the language asked for."""

from __future__ import annotations

import re
from functools import cache

from kosho.language import N_, _

__all__ = ["CAPPED", "INSIDE", "NO_INPUTS", "PART", "retold"]

CAPPED = N_("inputs of {country} {sector} cost {cost} of its output ({output}), capped at {most}")
INSIDE = N_("duties of {value} on trade inside {regions} left out")
NO_INPUTS = N_("no inputs: all trade is final demand, and all of output is value added")
PART = N_("quantity in {unit} of {exporter} to {importer} in {sector} left out: part of the cell only")


@cache
def _forms() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Each sentence as a pattern whose groups are its fields."""
    found: list[tuple[re.Pattern[str], str]] = []
    for one in (CAPPED, INSIDE, NO_INPUTS, PART):
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
