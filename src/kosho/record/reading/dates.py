"""Dates as documents write them, resolved against the document's own day.

A date without a year looks back or ahead: the direction comes from the verbs around it; without one the nearest
is taken. What cannot be told apart (03/04/2025) stays ambiguous and carries every reading.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

from kosho.record.reading.quick import MOST_CLAUSES

__all__ = ["DateMention", "Direction", "find_dates", "resolve_dates"]

Direction = Literal["past", "future", "nearest", "since"]
"""Where the words around a date look; `since` is the past without doubt."""
Precision = Literal["day", "week", "month", "quarter", "half", "year", "period", "ambiguous", "unresolved"]

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan",
            "february feb",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sept sep",
            "october oct",
            "november nov",
            "december dec",
        ),
        1,
    )
    for name in names.split()
}
WEEKDAYS = {
    name: number
    for number, name in enumerate(
        ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    )
}
SPANS = ("mdspan", "dmspan", "monthspan", "spanmonth")
"""Forms from one day to another."""
QUARTERS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "q1": 1, "q2": 2, "q3": 3, "q4": 4}

_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec)\.?"
    r"|JANUARY|FEBRUARY|MARCH|APRIL|MAY|JUNE|JULY|AUGUST|SEPTEMBER|OCTOBER|NOVEMBER|DECEMBER"
    r"|(?:JAN|FEB|MAR|APR|JUN|JUL|AUG|SEPT|SEP|OCT|NOV|DEC)\.?)"
)
_WEEKDAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_IN_BRACKETS = r"(?:\s*\((?:Mon|Tue|Tues|Wed|Thu|Thur|Thurs|Fri|Sat|Sun)[a-z]*\.?\))?"
_DAY = r"(?:[0-3]?\d)(?:st|nd|rd|th)?"
_YEAR = r"(?:19|20)\d\d"

_A_MONTH, _A_YEAR, _NUMBERS = re.compile(_MONTH), re.compile(_YEAR), re.compile(r"\d+")
_FORMS = re.compile(
    rf"""
    (?:\b(?=[\dJFMASONDQTWtfslneymbLNYEB])|(?=[JFMASOND]))(?:
    \b(?P<iso>{_YEAR}(?P<isosep>[-/.])[01]?\d(?P=isosep)[0-3]?\d)\b
  | \b(?P<num>[0-3]?\d(?P<numsep>[-/])[0-3]?\d(?P=numsep){_YEAR})\b
  | \b(?P<cjk>{_YEAR}\s?年\s?[01]?\d\s?月\s?[0-3]?\d\s?日)
  | \b(?P<monthspan>{_DAY}\s+{_MONTH}\s?(?:-|–|to|until|and|through)\s?{_DAY}\s+{_MONTH}(?:,?\s+{_YEAR})?)\b
  | \b(?P<spanmonth>{_MONTH}\s+{_DAY}\s?(?:-|–|to|until|through)\s?{_MONTH}\s+{_DAY}(?:,?\s+{_YEAR})?)\b
  | \b(?P<mdspan>{_MONTH}\s+{_DAY}\s?(?:-|–|to|and|AND|through)\s?{_DAY}(?:,?\s+{_YEAR})?)\b
  | \b(?P<dmspan>{_DAY}\s?(?:-|–|to|and|AND)\s?{_DAY}\s+{_MONTH}(?:,?\s+{_YEAR})?)\b
  | (?:\b|(?<=[a-z]))(?P<mdy>{_MONTH}\s+{_DAY}{_IN_BRACKETS}(?:,?\s+{_YEAR}\b)?)(?![\d.]\d|\s?percent|\s?%)
  | \b(?P<dmy>{_DAY}\s+(?:of\s+)?{_MONTH}(?:,?\s+{_YEAR}\b)?)
  | \b(?P<half>(?:the\s+)?(?:first|second)\s+half\s+of\s+(?:{_YEAR}|the\s+year|this\s+year|next\s+year))\b
  | \b(?P<quarter>(?:the\s+)?(?:(?:first|second|third|fourth)\s+quarter(?:\s+of)?|Q[1-4])\s+(?:of\s+)?{_YEAR})\b
  | \b(?P<end>(?:the\s+)?(?:end|start|beginning|middle)\s+of\s+
      (?:(?:{_MONTH}(?:\s+{_YEAR})?)|{_YEAR}|(?:this|next|the)\s+(?:year|month|week)))\b
  | \b(?P<vague>(?:early|mid|late)[-\s](?:{_MONTH}(?:\s+{_YEAR})?|{_YEAR}))\b
  | \b(?P<my>{_MONTH}(?:\s+of)?,?\s+{_YEAR})\b
  | \b(?P<rel>(?i:last|next|this|earlier\s+this|later\s+this|the\s+previous|the\s+following)
      \s+(?:week|month|year|summer|autumn|fall|winter|spring|{_MONTH}|{_WEEKDAY})(?=\W|$))
  | \b(?P<near>(?i:today|yesterday|tomorrow|this\s+(?:morning|afternoon|evening)|(?:last\s+night)|tonight
      |the\s+day\s+before(?:\s+yesterday)?|the\s+same\s+day|that\s+day
      |the\s+previous\s+day|the\s+next\s+day|the\s+following\s+day))\b
  | \b(?P<weekdays>(?:from\s+)?{_WEEKDAY}\s+(?:to|through|until)\s+{_WEEKDAY})\b
  | \b(?P<weekday>{_WEEKDAY})\b
  | (?<=\bon\s)(?P<dom>the\s+{_DAY})(?=[\s,.;)”"]|$)(?!\s+(?:day|anniversary|round|meeting|session|floor|of\s))
  | (?<=\bin\s)(?P<month>{_MONTH})(?=[\s,.;:)”"—-]|$)
  | (?<=\bby\s)(?P<bymonth>{_MONTH})(?=[\s,.;:)”"—-]|$)
  | (?<=\bfor\s)(?P<formonth>{_MONTH})(?=[\s,.;:)”"—-]|$)
  | (?<=\b(?:last|next)\s)(?P<lastmonth>{_MONTH})\b
  | (?<=\b(?:in|by|of)\s)(?P<year>{_YEAR})\b(?!\s?(?:%|percent|per))
  | (?<=\b(?:since|until)\s)(?P<sinceyear>{_YEAR})\b
  | (?<=\bsince\s)(?P<sincemonth>{_MONTH})(?=[\s,.;:)”"—-]|$)
  | (?<=\buntil\s)(?P<untilmonth>{_MONTH})(?=[\s,.;:)”"—-]|$)
    )""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date in a text, and what it says once resolved."""

    start: int
    end: int
    text: str
    form: str
    value: str | None = None
    """`2025-07-09`, `2025-07`, `2025`, or two of them with `/` between for a period; None where not told."""
    precision: Precision = "unresolved"
    readings: tuple[str, ...] = ()
    """Every possible value where `precision` is `ambiguous`."""

    @property
    def last_day(self) -> str | None:
        """The last day meant, for deadlines: the end of 2018 is 2018-12-31."""
        value = self.value.rsplit("/", 1)[-1] if self.value else None
        if value is None or self.precision == "ambiguous":
            return None
        if len(value) == 4:
            return f"{value}-12-31"
        if len(value) == 7:
            year, month = int(value[:4]), int(value[5:])
            return (_month_start(year, month + 1) - timedelta(days=1)).isoformat()
        return value


_MAY_BE = re.compile(
    r"\d|day|week|month|year|morrow|night|morning|noon|evening|summer|autumn|fall|winter|spring"
    r"|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC"
)
"""What every date holds one of."""


def find_dates(text: str, start: int = 0, end: int | None = None) -> Iterator[DateMention]:
    """Dates in `text[start:end]`, unresolved, in order and without overlap."""
    end = len(text) if end is None else end
    if _MAY_BE.search(text, start, end) is None:
        return
    begins = max(0, start - 1)  # one sign more: a date begins where no word goes on
    for form, first, last in _forms_in(text[begins:end], start - begins):
        yield DateMention(begins + first, begins + last, text[begins + first : begins + last], form)


@lru_cache(maxsize=MOST_CLAUSES)
def _forms_in(words: str, start: int) -> tuple[tuple[str, int, int], ...]:
    """Dates in `words[start:]`, by the forms in which they are written."""
    found: list[tuple[str, int, int]] = []
    for match in _FORMS.finditer(words, start):
        form = str(match.lastgroup).removesuffix("sep")
        if form in (*SPANS, "mdy", "dmy", "iso", "num") and not _plausible(match[form]):
            continue
        found.append((form, *match.span(form)))
    return tuple(found)


def _plausible(text: str) -> bool:
    small = [int(n) for n in _NUMBERS.findall(text) if len(n) <= 2]
    return all(1 <= n <= 31 for n in small)


def resolve_dates(
    mentions: list[DateMention],
    published: date | None,
    direction: Callable[[DateMention], Direction],
) -> list[DateMention]:
    """Give each mention its value.

    Args:
        mentions: As `find_dates` yields them, in order.
        published: The document's own day; None leaves relative dates unresolved.
        direction: Where the text around a mention looks.
    """
    resolved: list[DateMention] = []
    anchor = published
    for mention in mentions:
        value, precision, readings = _resolve(mention, published, anchor, direction(mention))
        if precision == "day" and value and mention.form in ("mdy", "dmy", "iso", "dom", "weekday"):
            anchor = date.fromisoformat(value)
        resolved.append(
            DateMention(mention.start, mention.end, mention.text, mention.form, value, precision, readings)
        )
    return resolved


Resolution = tuple[str | None, Precision, tuple[str, ...]]
UNRESOLVED: Resolution = (None, "unresolved", ())


def _resolve(  # noqa: PLR0911 - one return a form
    mention: DateMention, published: date | None, anchor: date | None, way: Direction
) -> Resolution:
    text = " ".join(mention.text.split())
    form = mention.form
    year = _A_YEAR.search(text)
    if form in ("iso", "cjk"):
        y, m, d = (int(n) for n in re.findall(r"\d+", text))
        return _day(y, m, d)
    if form == "num":
        return _numeric(text)
    if form in SPANS:
        return _span(text, year, published, way)
    if form in ("mdy", "dmy"):
        month = _month_in(text)
        day = int(re.findall(r"(?<!\d)\d{1,2}(?!\d)", text)[0])
        return (
            _day(int(year[0]), month, day)
            if year
            else _yearless(published, way, lambda y: _date(y, month, day))
        )
    if form in ("half", "quarter", "end", "vague"):
        return _part(text, form, year, published, way)
    if year:
        return _whole(text, year)
    if published is None:
        return UNRESOLVED
    if form in ("month", "bymonth", "formonth", "lastmonth", "sincemonth", "untilmonth"):
        month = _month_in(text)
        way = "past" if form == "sincemonth" else "future" if form in ("bymonth", "formonth") else way
        found = _nearest([(y, month) for y in _years(published)], published, way)
        return (f"{found[0]}-{found[1]:02d}", "month", ()) if found else UNRESOLVED
    return _relative(text, form, published, anchor or published, way)


def _whole(text: str, year: re.Match[str]) -> Resolution:
    if _A_MONTH.search(text):
        return f"{year[0]}-{_month_in(text):02d}", "month", ()
    return year[0], "year", ()


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _day(year: int, month: int, day: int) -> Resolution:
    found = _date(year, month, day)
    return (found.isoformat(), "day", ()) if found else UNRESOLVED


def _numeric(text: str) -> Resolution:
    first, second, year = (int(n) for n in re.split("[-/]", text))
    readings = {d.isoformat() for d in (_date(year, first, second), _date(year, second, first)) if d}
    if len(readings) == 1:
        return readings.pop(), "day", ()
    return (None, "ambiguous", tuple(sorted(readings))) if readings else UNRESOLVED


def _month_in(text: str) -> int:
    found = _A_MONTH.search(text)
    return MONTHS[found[0].rstrip(".").lower()] if found else 0


def _month_start(year: int, month: int) -> date:
    return date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)


def _years(published: date) -> tuple[int, ...]:
    return published.year - 1, published.year, published.year + 1


def _nearest(months: list[tuple[int, int]], published: date, way: Direction) -> tuple[int, int] | None:
    now = published.year * 12 + published.month
    gaps = [(y * 12 + m - now, (y, m)) for y, m in months]
    if way in ("past", "since"):
        gaps = [gap for gap in gaps if gap[0] <= 0]
    elif way == "future":
        gaps = [gap for gap in gaps if gap[0] >= 0]
    return min(gaps, key=lambda gap: abs(gap[0]))[1] if gaps else None


NEAR, FAR = 40, 270
"""Days: so near a day is meant whatever the verbs around it say, if the other one they could mean is so far."""


def _yearless(published: date | None, way: Direction, of_year: Callable[[int], date | None]) -> Resolution:
    if published is None:
        return UNRESOLVED
    days = [day for day in map(of_year, _years(published)) if day]
    off = sorted(abs((day - published).days) for day in days)
    if way != "since" and len(off) > 1 and off[0] <= NEAR and off[1] >= FAR:
        way = "nearest"
    if way in ("past", "since"):
        days = [day for day in days if day <= published]
    elif way == "future":
        days = [day for day in days if day >= published]
    if not days:
        return UNRESOLVED
    return min(days, key=lambda day: abs((day - published).days)).isoformat(), "day", ()


def _span(text: str, year: re.Match[str] | None, published: date | None, way: Direction) -> Resolution:
    month, *later = (MONTHS[name.rstrip(".").lower()] for name in re.findall(_MONTH, text))
    first, last = (int(n) for n in re.findall(r"(?<!\d)\d{1,2}(?!\d)", text)[:2])
    if year:
        begin = _date(int(year[0]), month, first)
    else:
        value = _yearless(published, way, lambda y: _date(y, month, first))[0]
        begin = date.fromisoformat(value) if value else None
    ends = later[0] if later else month
    if begin and year and ends < month:  # from one year into the next: the year told is that of the end
        begin = _date(begin.year - 1, month, first)
    until = _date(begin.year + (ends < month), ends, last) if begin else None
    return (f"{begin}/{until}", "period", ()) if begin and until else UNRESOLVED


def _part(  # noqa: PLR0911 - one return a form
    text: str, form: str, year: re.Match[str] | None, published: date | None, way: Direction
) -> Resolution:
    low = text.lower()
    if form == "half":
        number = int(year[0]) if year else _year_of(low, published)
        if number is None:
            return UNRESOLVED
        return (f"{number}-01/{number}-06" if "first" in low else f"{number}-07/{number}-12"), "half", ()
    if form == "quarter" and year:
        quarter = next(n for word, n in QUARTERS.items() if word in low)
        return f"{year[0]}-{3 * quarter - 2:02d}/{year[0]}-{3 * quarter:02d}", "quarter", ()
    if _A_MONTH.search(text):
        month = _month_in(text)
        number = int(year[0]) if year else None
        if number is None and published:
            found = _nearest(
                [(y, month) for y in _years(published)],
                published,
                "future" if "end" in low and way == "nearest" else way,
            )
            number = found[0] if found else None
        return (f"{number}-{month:02d}", "month", ()) if number else UNRESOLVED
    if year:
        return year[0], "year", ()
    if published is None:
        return UNRESOLVED
    if "month" in low:
        start = _month_start(published.year, published.month + ("next" in low))
        return start.isoformat()[:7], "month", ()
    if "week" in low:
        return _week(published + timedelta(days=7 * ("next" in low)))
    return str(published.year + ("next" in low)), "year", ()


def _year_of(low: str, published: date | None) -> int | None:
    return None if published is None else published.year + ("next" in low)


def _week(day: date) -> Resolution:
    monday = day - timedelta(days=day.weekday())
    return f"{monday}/{monday + timedelta(days=6)}", "week", ()


SHIFTS = {
    "today": 0,
    "this morning": 0,
    "this afternoon": 0,
    "this evening": 0,
    "tonight": 0,
    "last night": -1,
    "yesterday": -1,
    "the day before": -1,
    "the previous day": -1,
    "the day before yesterday": -2,
    "tomorrow": 1,
    "the next day": 1,
    "the following day": 1,
}


def _relative(text: str, form: str, published: date, anchor: date, way: Direction) -> Resolution:
    low = text.lower()
    if form == "near":
        if low in ("the same day", "that day"):
            return (None, "unresolved", ()) if anchor == published else (anchor.isoformat(), "day", ())
        base = anchor if low.startswith("the ") and low != "the day before yesterday" else published
        return (base + timedelta(days=SHIFTS[low])).isoformat(), "day", ()
    if form == "weekdays":
        first, last = re.findall(_WEEKDAY, text)
        begin = _weekday(first, published, way)
        return f"{begin}/{begin + timedelta(days=(WEEKDAYS[last.lower()] - begin.weekday()) % 7)}", "period", ()
    if form == "weekday":
        return _weekday(text, published, way).isoformat(), "day", ()
    if form == "dom":
        return _day_of_month(int(re.findall(r"\d+", text)[0]), published, way)
    return _shifted(low, published)


def _weekday(name: str, published: date, way: Direction) -> date:
    ahead = (WEEKDAYS[name.lower()] - published.weekday()) % 7
    return published + timedelta(days=ahead if way == "future" or ahead == 0 else ahead - 7)


def _day_of_month(day: int, published: date, way: Direction) -> Resolution:
    months = [_month_start(published.year, published.month + shift) for shift in (-1, 0, 1)]
    days = [found for month in months if (found := _date(month.year, month.month, day))]
    if way in ("past", "since"):
        days = [found for found in days if found <= published]
    elif way == "future":
        days = [found for found in days if found >= published]
    if not days:
        return UNRESOLVED
    return min(days, key=lambda found: abs((found - published).days)).isoformat(), "day", ()


def _shifted(low: str, published: date) -> Resolution:
    step = (
        -1
        if low.startswith(("last", "the previous"))
        else 1
        if low.startswith(("next", "the following"))
        else 0
    )
    unit = low.rsplit(" ", 1)[-1]
    if unit == "week":
        return _week(published + timedelta(days=7 * step))
    if unit == "month":
        return _month_start(published.year, published.month + step).isoformat()[:7], "month", ()
    if unit == "year":
        return str(published.year + step), "year", ()
    if unit in WEEKDAYS:
        way: Direction = "past" if step < 0 else "future"
        return _weekday(unit.title(), published + timedelta(days=step), way).isoformat(), "day", ()
    month = MONTHS.get(unit.rstrip("."))
    if month is not None:
        way = "past" if step < 0 else "future" if step > 0 else "nearest"
        now = published.year
        turned = (step < 0 and month >= published.month) or (step > 0 and month <= published.month)
        # Told in May, `last May` and `next May` are of other years.
        years = [now + step] if turned else [now, now + step]
        found = _nearest([(y, month) for y in years], published, way)
        return (f"{found[0]}-{found[1]:02d}", "month", ()) if found else UNRESOLVED
    return UNRESOLVED
