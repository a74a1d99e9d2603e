"""Japanese dates: era years, days without a month, `同日`, `今月中旬`; what they rest on is told."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

__all__ = ["Day", "find_days", "published_day"]

ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "大正": 1911}


def _year_words(mark: str) -> str:
    return (
        rf"(?:(?P<era{mark}>令和|平成|昭和|大正)\s?(?P<era_year{mark}>元|\d{{1,2}})|(?P<year{mark}>(?:19|20)\d\d)"
        rf"|(?<!\d)(?P<short{mark}>\d\d)(?=年(?!間|度?ぶり|前|後|連続)))\s?年"
    )


_DAY = re.compile(
    rf"(?:{_year_words('')}\s?|(?P<rel>本年|今年|来年|昨年|去年)の?(?=\d{{1,2}}月))?(?:(?P<month>1[0-2]|[1-9])\s?月)?\s?(?P<day>[12]\d|3[01]|[1-9])\s?日(?!間|付|程|本|米|中|韓|英|豪|系|産|以上|後|連続|[・])"
    rf"(?:\s?\([月火水木金土日](?:曜日?)?\))?(?:(?:から|〜|~|-|と|及び)(?:(?P<month2>1[0-2]|[1-9])月)?(?P<day2>[12]\d|3[01]|[1-9])日)?"
    rf"|{_year_words('3')}(?:\s?(?P<month3>1[0-2]|[1-9])月)?(?P<part3>上旬|中旬|下旬|末|中|前半|後半)?"
    r"|(?:(?P<rel4>本年|今年|来年|昨年|去年)の?|(?<![\d年]))(?P<month4>1[0-2]|[1-9])月(?P<part4>上旬|中旬|下旬|末|中)?(?!\d|間)"
    r"|(?P<near>昨日|本日|今日|明日|一昨日|同日|翌日|前日|今月(?:上旬|中旬|下旬|末|中)?|来月(?:上旬|中旬|下旬|末)?|先月(?:末|下旬)?|今週|来週|先週|年内|年末|今年度?中?|来年)"
    r"|(?P<slashed>(?:19|20)\d\d[/.\-](?:1[0-2]|0?[1-9])[/.\-](?:[12]\d|3[01]|0?[1-9]))"
)


class Day(NamedTuple):
    """A date of the text: ISO 8601, or a span `first/last`, as precise as the words."""

    start: int
    end: int
    value: str | None
    precision: str
    last: str | None
    """The last day it can be."""


def find_days(text: str, start: int, end: int, published: date | None) -> Iterator[Day]:
    """Dates of `text[start:end]`, resolved against the day of publication and the date told before.

    >>> [day.value for day in find_days("令和元年12月5日", 0, 9, None)]
    ['2019-12-05']
    """
    anchor: date | None = None
    for match in _DAY.finditer(text, start, end):
        ahead = _looks_ahead(text, match.end() + len(_period_ends(match)), end)
        day = _resolved(match, published, anchor, ahead=ahead)
        if day is None:
            continue
        yield day
        if day.value and day.precision == "day":
            anchor = date.fromisoformat(day.value)


def _period_ends(match: re.Match[str]) -> str:
    """`まで` behind both days of a period: it only ends the period, and is no term to come."""
    return "まで" if match["day2"] and match.string.startswith("まで", match.end()) else ""


def _looks_ahead(text: str, behind: int, end: int) -> bool:
    rest = text[behind:end]
    if rest.startswith(("から", "以降")) and _WILL_DO.search(rest):
        return True
    told = _AHEAD.search(rest)
    return told is not None and (_DONE.search(rest) is None or told[0] in ("予定", "見通し", "方針"))


_AHEAD = re.compile(
    "予定|見通し|方針|する(?:こと|よう|方向)|(?:する|課す|[げめれ]る)。?$|開く|行う|まで|から適用|以降|調整|見込み|向け|期限|迎え"
)
_WILL_DO = re.compile(r"(?:課す|[げ]る|がる|(?:導入|発動|適用|実施|撤廃|停止)する)(?:と|こと|方針|。|$)")
"""From a day on something will be done, whenever that was said: `8月1日から課すと発表した`."""
_DONE = re.compile("(?:開催|実施|行わ|開か|会談|協議|訪問)(?:し|れ)(?:た|ました)")


def _year(match: re.Match[str], mark: str) -> int | None:
    era, number = match[f"era{mark}"], match[f"era_year{mark}"]
    if era:
        return ERAS[era] + (1 if number == "元" else int(number))
    if match[f"year{mark}"]:
        return int(match[f"year{mark}"])
    return 2000 + int(match[f"short{mark}"]) if match[f"short{mark}"] else None


def _resolved(match: re.Match[str], published: date | None, anchor: date | None, *, ahead: bool) -> Day | None:
    span = match.span()
    if match["slashed"]:
        year, month, day = (int(part) for part in re.split(r"[/.\-]", match["slashed"]))
        found = _date(year, month, day)
        return Day(*span, found.isoformat(), "day", found.isoformat()) if found else None
    if match["day"]:
        return _of_day(match, published, anchor, ahead=ahead)
    if match["near"]:
        return _near(match, published, anchor)
    mark = "3" if match["era3"] or match["year3"] or match["short3"] else "4"
    year = _year(match, "3") if mark == "3" else None
    month = int(match[f"month{mark}"]) if match[f"month{mark}"] else None
    if month is None:
        return Day(*span, str(year), "year", f"{year}-12-31") if year else None
    year = year or _relative_year(match["rel4"], published) or _nearest_year(published, month, ahead=ahead)
    if year is None:
        return Day(*span, None, "unresolved", None)
    return _of_month(span, year, month, match[f"part{mark}"])


def _of_month(span: tuple[int, int], year: int, month: int, part: str | None) -> Day:
    last = date(year, month, monthrange(year, month)[1])
    ends = {
        "上旬": last.replace(day=10),
        "中旬": last.replace(day=20),
        "前半": last.replace(day=15),
    }
    return Day(*span, f"{year}-{month:02d}", "month", ends.get(part or "", last).isoformat())


def _of_day(match: re.Match[str], published: date | None, anchor: date | None, *, ahead: bool) -> Day | None:
    number, year = int(match["day"]), _year(match, "")
    month = int(match["month"]) if match["month"] else None
    if month is None:
        base = _day_near(number, anchor or published, ahead=ahead)
    else:
        year = year or _relative_year(match["rel"], published)
        year = year or _nearest_year(anchor or published, month, ahead=ahead)
        base = _date(year, month, number) if year else None
    if base is None:
        return Day(*match.span(), None, "unresolved", None)
    if match["day2"]:
        last = _date(base.year, int(match["month2"] or base.month), int(match["day2"]))
        if last and last >= base:
            return Day(*match.span(), f"{base}/{last}", "period", last.isoformat())
    return Day(*match.span(), base.isoformat(), "day", base.isoformat())


_SHIFTS = {"本年": 0, "今年": 0, "来年": 1, "昨年": -1, "去年": -1}


def _relative_year(word: str | None, published: date | None) -> int | None:
    """The year that `本年` or `来年` is; None where there is no such word, or no day to count from."""
    return published.year + _SHIFTS[word] if word and published else None


def _day_near(day: int, base: date | None, *, ahead: bool) -> date | None:
    """The day of that number nearest to `base`, before it unless the words look ahead."""
    if base is None:
        return None
    first = base.replace(day=1)
    months = (first, first - timedelta(days=1), first + timedelta(days=31))
    days = [found for one in months if (found := _date(one.year, one.month, day))]
    fitting = [one for one in days if (one >= base if ahead else one <= base)]
    return min(fitting, key=lambda one: abs((one - base).days), default=None)


def _nearest_year(base: date | None, month: int, *, ahead: bool) -> int | None:
    if base is None:
        return None
    years = [base.year - 1, base.year, base.year + 1]
    distance = {year: (year - base.year) * 12 + month - base.month for year in years}
    fitting = [year for year in years if (distance[year] >= 0 if ahead else distance[year] <= 0)]
    return min(fitting, key=lambda year: abs(distance[year]))


def _near(match: re.Match[str], published: date | None, anchor: date | None) -> Day:
    word, span = match["near"], match.span()
    shift = {"昨日": -1, "本日": 0, "今日": 0, "明日": 1, "一昨日": -2}
    told = {"同日": 0, "翌日": 1, "前日": -1}
    if word in told:
        day = anchor + timedelta(days=told[word]) if anchor else None
        return Day(
            *span,
            day.isoformat() if day else None,
            "day" if day else "unresolved",
            day.isoformat() if day else None,
        )
    if published is None:
        return Day(*span, None, "unresolved", None)
    if word in shift:
        day = published + timedelta(days=shift[word])
        return Day(*span, day.isoformat(), "day", day.isoformat())
    if word.endswith("週"):
        monday = (
            published
            - timedelta(days=published.weekday())
            + timedelta(days={"今": 0, "来": 7, "先": -7}[word[0]])
        )
        return Day(
            *span,
            f"{monday}/{monday + timedelta(days=6)}",
            "week",
            (monday + timedelta(days=6)).isoformat(),
        )
    if "年" in word:
        year = published.year + (word == "来年")
        return Day(*span, str(year), "year", f"{year}-12-31")
    first = published.replace(day=1)
    moved = {
        "今": first,
        "来": (first + timedelta(days=32)).replace(day=1),
        "先": (first - timedelta(days=1)).replace(day=1),
    }
    month = moved[word[0]]
    return _of_month(span, month.year, month.month, word[2:] or None)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def published_day(text: str, spans: list[tuple[int, int]]) -> tuple[date, int, int] | None:
    """The day of the document: the first full date on a line of its own, or in brackets at its end."""
    for start, end in spans:
        for day in find_days(text, start, end, None):
            if day.precision == "day" and day.value:
                return date.fromisoformat(day.value), day.start, day.end
    return None
