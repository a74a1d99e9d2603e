"""Tables in euro, in the million US dollars that everything else is told in."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite

from kosho.errors import InputError, Problem
from kosho.language import _
from kosho.numbers import plain
from kosho.world.datafiles import rows

__all__ = ["EURO", "scale_of", "usd_per_euro"]

EURO = "US dollars for one euro; the average of the year by the European Central Bank if not given"


def usd_per_euro(year: int | None, settings: Mapping[str, str], file: str) -> tuple[float, str]:
    """US dollars for one euro in a year, and what they are in words.

    Raises:
        InputError: the rate of the year is not known, or what was given is none.

    >>> from kosho.world.readers.currency import usd_per_euro
    >>> usd_per_euro(2023, {}, "figaro.csv")
    (1.0813, 'million euro at 1.0813 US dollars, average of 2023 (European Central Bank)')
    """
    if "usd-per-eur" in settings:
        rate = scale_of(settings["usd-per-eur"], "usd-per-eur")
        return rate, f"million euro at {rate:g} US dollars, as given"
    known = {int(row["year"]): float(row["usd"]) for row in rows("usd_per_eur.csv")}
    if year not in known:
        told = _("values are in euro, and the dollar rate of {year} is not known", year=year or _("its year"))
        raise InputError(Problem(told, _("--set usd-per-eur=1.08 gives it"), file, key="--set"))
    rate = known[year]
    return rate, f"million euro at {rate:g} US dollars, average of {year} (European Central Bank)"


def scale_of(text: str, key: str = "scale") -> float:
    """A factor of a setting.

    Raises:
        InputError: it is no positive number.
    """
    try:
        value = plain(text)
    except ValueError:
        value = float("nan")
    if not (isfinite(value) and value > 0):
        raise InputError(
            Problem(
                _("{key} {text!r} is not a positive number", key=key, text=text),
                _("such as 0.001"),
                key="--set",
            )
        )
    return value
