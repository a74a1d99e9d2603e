"""Dates as precise as they are known: a day, a month, a year, a period of two."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Annotated

from pydantic import AfterValidator

from kosho.bounds import out_of_years
from kosho.language import _

__all__ = ["When", "first_day", "last_day"]

_WHEN = r"[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?"


def _when(value: str) -> str:
    if not re.fullmatch(rf"{_WHEN}(?:/{_WHEN})?", value):
        raise ValueError(_("a date is written YYYY-MM-DD, YYYY-MM, YYYY, or two of them with / between"))
    wrong = [out for part in value.split("/") if (out := out_of_years(int(part[:4])))]
    if wrong:
        raise ValueError(wrong[0])
    try:
        begins, ends = first_day(value), last_day(value)
    except ValueError:
        raise ValueError(_("there is no such day")) from None
    if ends < begins:
        raise ValueError(_("ends before it begins"))
    return value


When = Annotated[str, AfterValidator(_when)]
"""A date as precise as it is known: `2025-07-09`, `2025-07`, `2025`, or a period `2023-12-16/2023-12-18`."""


def first_day(when: str) -> date:
    """The first day a date can mean.

    >>> from kosho.record.when import first_day
    >>> print(first_day("2018-11"))
    2018-11-01
    """
    value = when.split("/", 1)[0]
    return date.fromisoformat(value + "-01-01"[len(value) - 4 :] if len(value) < 10 else value)


def last_day(when: str) -> date:
    """The last day a date can mean: of 2018, 31 December.

    >>> from kosho.record.when import last_day
    >>> print(last_day("2018-11"), last_day("2018"))
    2018-11-30 2018-12-31
    """
    value = when.rsplit("/", 1)[-1]
    if len(value) == 10:
        return date.fromisoformat(value)
    year, month = (int(value[:4]), int(value[5:])) if len(value) == 7 else (int(value), 12)
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
