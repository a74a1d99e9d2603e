"""Days of the year that a duty is for, as Japan's schedule and English ones write them."""

from __future__ import annotations

import re

__all__ = ["season", "without_season"]

_JAPANESE = re.compile(r"毎年(\d\d?)月(\d\d?)日から[同翌]年(\d\d?)月(\d\d?|末)日まで(?:に輸入されるもの)?")
_DAY = (
    r"(?:(?P<{0}d>\d\d?)(?:st|nd|rd|th)?\s+(?P<{0}m>[A-Za-z]+)"
    r"|(?P<{0}n>[A-Za-z]+)\s+(?P<{0}e>\d\d?(?!\d))(?:st|nd|rd|th)?)"
)
_ENGLISH = re.compile(
    rf"(?:if (?:imported|entered) )?(?:during the period )?from\s+{_DAY.format('a')}\s*,?\s*"
    rf"(?:to|through|until)\s+(?:the\s+)?{_DAY.format('b')}(?:\s*,?\s*(?:inclusive|in any year))*"
)
_MONTHS = (
    "", "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_LONGEST = (0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
"""Days of the months, of February in a leap year."""


def season(text: str) -> str:
    """The days that a text names, as the condition of a case (`06-01 to 11-30`); empty where it names none.

    >>> from kosho.law.schedules.seasons import season
    >>> season("oranges, from 1 June to 30 November"), season("毎年12月1日から翌年5月末日まで")
    ('06-01 to 11-30', '12-01 to 05-31')
    """
    return without_season(text)[0]


def without_season(text: str) -> tuple[str, str]:
    """The days that a text names, and the text without them; empty and the whole where it names none."""
    found = _JAPANESE.search(text)
    if found is not None:
        last_day = _LONGEST[int(found[3])] if found[4] == "末" else int(found[4])
        days = [int(found[1]), int(found[2]), int(found[3]), last_day]
    else:
        found = _ENGLISH.search(text)
        if found is None:
            return "", text
        names = [(found[f"{end}m"] or found[f"{end}n"]).lower() for end in "ab"]
        if not set(names) <= set(_MONTHS):
            return "", text
        first, last = (int(found[f"{end}d"] or found[f"{end}e"]) for end in "ab")
        days = [_MONTHS.index(names[0]), first, _MONTHS.index(names[1]), last]
    if not all(1 <= month <= 12 and 1 <= day <= _LONGEST[month] for month, day in (days[:2], days[2:])):
        return "", text
    rest = f"{text[: found.start()]} {text[found.end() :]}"
    return "{:02}-{:02} to {:02}-{:02}".format(*days), rest
