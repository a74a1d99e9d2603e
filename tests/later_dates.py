"""Dates in words that are later than a day."""

from __future__ import annotations

import re
from calendar import month_name
from collections.abc import Iterable, Iterator
from datetime import date
from html import unescape
from typing import Any, cast

MONTHS = {name: number for number, name in enumerate(month_name) if name}
ISO = re.compile(r"\b(20[12]\d)-(\d\d)(?:-(\d\d))?\b")
NAMED = re.compile(rf"(?:\b(\d{{1,2}})\s+)?\b({'|'.join(MONTHS)})\b(?:\s+(\d{{1,2}}),)?(?:\s+((?:19|20)\d\d))?")
YEAR = re.compile(r"(?<![\d.,/_-])20[2-4]\d(?![\d.,/_-]*\d)")


def later(text: str, day: date) -> Iterator[tuple[str, date]]:
    """Dates in a text that are later than a day, as they are written and as they are.

    A month is its first day; a date without its year is of the year of the day.
    """
    taken: list[tuple[int, int]] = []
    for found in ISO.finditer(text):
        taken.append(found.span())
        one = _date(int(found[1]), int(found[2]), int(found[3] or 1))
        if one is not None and one > day:
            yield found[0], one
    for found in NAMED.finditer(text):
        taken.append(found.span())
        if found[2] == "May" and not (found[1] or found[3] or found[4]):
            continue  # a verb
        year = int(found[4]) if found[4] else day.year
        one = _date(year, MONTHS[found[2]], int(found[1] or found[3] or 1))
        if one is not None and one > day:
            yield found[0], one
    for found in YEAR.finditer(text):
        inside = any(first <= found.start() < last for first, last in taken)
        if not inside and int(found[0]) > day.year:
            yield found[0], date(int(found[0]), 1, 1)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def texts(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """All texts in a tree of plain values, with where they are."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, one in cast("dict[str, Any]", value).items():
            yield from texts(one, (*path, str(key)))
    elif isinstance(value, list | tuple):
        for number, one in enumerate(cast("list[Any]", value)):
            yield from texts(one, (*path, str(number)))


def page_texts(page: str) -> Iterable[str]:
    """The texts of a page, tag by tag, without its programs and styles."""
    plain = re.sub(r"(?s)<(script|style)\b.*?</\1>", "\n", page)
    return [unescape(one).strip() for one in re.split(r"<[^>]*>", plain) if one.strip()]
