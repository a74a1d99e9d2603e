from __future__ import annotations

from datetime import date

import pytest

from kosho.record.reading.dates import DateMention, Direction, find_dates, resolve_dates


def told(text: str, on: str | None, way: Direction = "nearest") -> list[tuple[str | None, str]]:
    published = date.fromisoformat(on) if on else None
    found = resolve_dates(list(find_dates(text)), published, lambda _: way)
    return [(one.value, one.precision) for one in found]


@pytest.mark.parametrize(
    ("text", "on", "way", "value", "precision"),
    [
        ("with July 9 in mind", "2025-06-29", "future", "2025-07-09", "day"),
        ("on January 5", "2025-12-20", "future", "2026-01-05", "day"),
        ("on December 20", "2026-01-05", "past", "2025-12-20", "day"),
        ("last month", "2025-04-27", "past", "2025-03", "month"),
        ("last month", "2025-01-10", "past", "2024-12", "month"),
        ("next year", "2025-04-27", "future", "2026", "year"),
        ("on Thursday", "2025-12-04", "past", "2025-12-04", "day"),
        ("on Monday", "2025-12-04", "past", "2025-12-01", "day"),
        ("on Monday", "2025-12-04", "future", "2025-12-08", "day"),
        ("from Saturday to Monday", "2023-12-15", "future", "2023-12-16/2023-12-18", "period"),
        ("on the 16th", "2025-06-29", "past", "2025-06-16", "day"),
        ("on the 30th", "2025-06-29", "past", "2025-05-30", "day"),
        ("on 3 March 2024", None, "nearest", "2024-03-03", "day"),
        ("February 18 and 19", "2026-02-20", "past", "2026-02-18/2026-02-19", "period"),
        ("13-14 May 2024", None, "past", "2024-05-13/2024-05-14", "period"),
        ("by the end of 2018", "2018-10-12", "future", "2018", "year"),
        ("by the end of September", "2024-05-14", "future", "2024-09", "month"),
        ("in the first half of 2025", None, "nearest", "2025-01/2025-06", "half"),
        ("in the third quarter of 2025", None, "nearest", "2025-07/2025-09", "quarter"),
        ("2025/06/29 21:31", None, "nearest", "2025-06-29", "day"),
        ("25/12/2024", None, "nearest", "2024-12-25", "day"),
        ("since March", "2025-02-10", "past", "2024-03", "month"),
        ("in Hanoi from 12 to 14 May", "2025-05-17", "future", "2025-05-12/2025-05-14", "period"),
        ("asked, which lapses on 5 June", "2025-05-17", "past", "2025-06-05", "day"),
        ("on October 3", "2025-05-17", "past", "2024-10-03", "day"),
        ("on October 3", "2025-05-17", "future", "2025-10-03", "day"),
        ("since July 9", "2025-06-29", "since", "2024-07-09", "day"),
    ],
)
def test_resolved(text: str, on: str | None, way: Direction, value: str, precision: str) -> None:
    assert told(text, on, way) == [(value, precision)]


def test_day_and_month_that_can_be_exchanged_stay_ambiguous() -> None:
    (found,) = resolve_dates(list(find_dates("on 03/04/2025")), None, lambda _: "nearest")
    assert found.precision == "ambiguous"
    assert found.value is None
    assert found.readings == ("2025-03-04", "2025-04-03")


@pytest.mark.parametrize("text", ["yesterday", "on Friday", "in May", "last month", "July 9"])
def test_without_a_day_of_its_own_a_document_resolves_nothing(text: str) -> None:
    assert told(text, None) == [(None, "unresolved")]


@pytest.mark.parametrize(
    "text",
    ["may agree", "15 percent", "the 16th round", "March of progress", "13.5 million", "31 February 2024"],
)
def test_what_is_no_date(text: str) -> None:
    assert [value for value, _ in told(text, "2025-06-29") if value] == []


def test_the_same_day_follows_the_day_named_before() -> None:
    assert told("on June 3 and again on the same day", "2025-06-29", "past")[1] == ("2025-06-03", "day")


def test_last_day_of_what_is_known_less_precisely() -> None:
    assert DateMention(0, 4, "2018", "year", "2018", "year").last_day == "2018-12-31"
    assert DateMention(0, 4, "", "end", "2024-02", "month").last_day == "2024-02-29"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("this week", "2025-06-23/2025-06-29"),
        ("last week", "2025-06-16/2025-06-22"),
        ("next week", "2025-06-30/2025-07-06"),
        ("this month", "2025-06"),
        ("this year", "2025"),
    ],
)
def test_what_is_told_from_the_day_of_the_document(text: str, value: str) -> None:
    assert [one for one, _ in told(f"They meet {text}.", "2025-06-29")] == [value]


def test_what_can_be_read_in_two_ways_has_no_last_day() -> None:
    assert DateMention(0, 8, "06/07/25", "num", "2025-06-07", "ambiguous").last_day is None
    assert DateMention(0, 4, "", "end").last_day is None
