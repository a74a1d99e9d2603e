"""Volumes and money."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from kosho.record.reading.tables import rows, table

__all__ = ["Quantity", "find_quantities", "flow_of", "products_in"]


class Quantity(NamedTuple):
    """An amount with its unit, and where it stands."""

    start: int
    end: int
    value: float
    unit: str
    bound: str | None


@cache
def _amount() -> re.Pattern[str]:
    units = table("units")
    names = "|".join(re.escape(name) for name in sorted(units["units"], key=len, reverse=True))
    signs = "|".join(re.escape(sign) for sign in sorted(units["currencies"], key=len, reverse=True))
    scales = "|".join(sorted(units["scales"], key=len, reverse=True))
    number = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
    return re.compile(
        rf"(?P<bound>more than|over|above|exceeding|at least|about|around|approximately|roughly"
        rf"|some|nearly|almost|up to|less than|under|as much as)?"
        rf"\s?(?:(?P<sign>{signs})\s?)?(?<![\w.])(?P<number>{number})(?:[\s-]?(?P<scale>{scales})\b)?"
        rf"(?:\s(?:(?!(?:{names})\b)[a-z-]+\s){{0,2}}(?P<unit>{names})\b)?",
        re.IGNORECASE,
    )


def find_quantities(text: str, start: int, end: int) -> list[Quantity]:
    """Amounts with a unit or a currency in `text[start:end]`."""
    units = table("units")
    names = {name.lower(): code for name, code in units["units"].items()}
    signs = {sign.lower(): code for sign, code in units["currencies"].items()}
    found: list[Quantity] = []
    for match in _amount().finditer(text, start, end):
        unit = signs.get(match["sign"].lower()) if match["sign"] else None
        unit = unit or (names[match["unit"].lower()] if match["unit"] else None)
        if unit is None:
            continue
        scale = Decimal(str(units["scales"].get((match["scale"] or "").lower(), 1)))
        value = float(Decimal(match["number"].replace(",", "")) * scale)
        bound = match["bound"].lower() if match["bound"] else None
        if bound in ("some", "around", "roughly", "approximately"):
            bound = "about"
        found.append(Quantity(match.start("number"), match.end(), value, unit, bound))
    return found


def flow_of(words: str) -> str | None:
    """Export, import, trade, surplus, deficit, investment or quota, by the first such word."""
    match = re.search(table("units")["flows"], words, re.IGNORECASE)
    return match.lastgroup if match else None


@cache
def _products() -> tuple[re.Pattern[str], dict[str, str]]:
    codes = {word: row["hs"] for row in rows("products") for word in row["words"].split("|")}
    together = "|".join(re.escape(word) for word in sorted(codes, key=len, reverse=True))
    return re.compile(rf"(?<![\w-])(?:{together})(?![\w-])", re.IGNORECASE), codes


def products_in(words: str) -> dict[str, Any]:
    """Fields `products` and `hs_hint` of the goods named in `words`; empty where none is."""
    finder, codes = _products()
    names = list(dict.fromkeys(match[0] for match in finder.finditer(words)))
    if not names:
        return {}
    hints = list(dict.fromkeys(codes[name.lower()] for name in names))
    return {"products": names, "hs_hint": hints}
