from __future__ import annotations

from datetime import date

import pytest

from kosho.record.reading import direction
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


@pytest.mark.parametrize(
    ("text", "past", "nearest", "future"),
    [
        ("in May", "2025-05", "2025-05", "2026-05"),
        ("in July", "2024-07", "2025-07", "2025-07"),
        ("in June", "2025-06", "2025-06", "2025-06"),
        ("by May", "2026-05", "2026-05", "2026-05"),
        ("for May", "2026-05", "2026-05", "2026-05"),
        ("until May", "2025-05", "2025-05", "2026-05"),
        ("last July", "2024-07", "2024-07", "2024-07"),
        ("last May", "2025-05", "2025-05", "2025-05"),
        ("next May", "2026-05", "2026-05", "2026-05"),
        ("next July", "2025-07", "2025-07", "2025-07"),
        ("at the end of May", "2025-05", "2026-05", "2026-05"),
        ("by the start of May", "2025-05", "2025-05", "2026-05"),
        ("late May", "2025-05", "2025-05", "2026-05"),
        ("early July", "2024-07", "2025-07", "2025-07"),
        ("on the 31st", "2025-05-31", "2025-05-31", "2025-07-31"),
        ("on the 28th", "2025-06-28", "2025-06-28", "2025-06-28"),
        ("on the 29th", "2025-05-29", "2025-06-29", "2025-06-29"),
        ("on the 1st", "2025-06-01", "2025-07-01", "2025-07-01"),
        ("last Saturday", "2025-06-21", "2025-06-21", "2025-06-21"),
        ("this Saturday", "2025-06-28", "2025-06-28", "2025-06-28"),
        ("next Monday", "2025-06-30", "2025-06-30", "2025-06-30"),
        ("on Sunday", "2025-06-22", "2025-06-22", "2025-06-29"),
        ("from Monday to Friday", "2025-06-23/2025-06-27", "2025-06-23/2025-06-27", "2025-06-30/2025-07-04"),
        ("on January 5", "2025-01-05", "2025-01-05", "2026-01-05"),
        ("on December 20", "2024-12-20", "2025-12-20", "2025-12-20"),
        (
            "from 20 December to 5 January",
            "2024-12-20/2025-01-05",
            "2025-12-20/2026-01-05",
            "2025-12-20/2026-01-05",
        ),
        ("the end of next week", "2025-06-30/2025-07-06", "2025-06-30/2025-07-06", "2025-06-30/2025-07-06"),
        ("in the second half of the year", "2025-07/2025-12", "2025-07/2025-12", "2025-07/2025-12"),
        ("in the first half of next year", "2026-01/2026-06", "2026-01/2026-06", "2026-01/2026-06"),
    ],
)
def test_which_of_several_days_is_meant(text: str, past: str, nearest: str, future: str) -> None:
    """Of a text of Saturday, 28 June 2025."""
    ways: tuple[Direction, ...] = ("past", "nearest", "future")
    found = [[value for value, _ in told(f"They meet {text}.", "2025-06-28", way)] for way in ways]
    assert found == [[past], [nearest], [future]]


@pytest.mark.parametrize(
    ("text", "on", "way", "value"),
    [
        ("on the 31st", "2025-01-15", "past", "2024-12-31"),
        ("on the 31st", "2025-01-15", "nearest", "2024-12-31"),
        ("on the 31st", "2025-01-15", "future", "2025-01-31"),
        ("on the 31st", "2025-12-15", "past", None),
        ("on the 2nd", "2025-12-15", "future", "2026-01-02"),
        ("on the 2nd", "2025-03-30", "nearest", "2025-04-02"),
    ],
)
def test_a_day_of_a_month_may_be_in_the_year_before_or_after(
    text: str, on: str, way: Direction, value: str | None
) -> None:
    assert [one for one, _ in told(f"They meet {text}.", on, way)] == [value]


@pytest.mark.parametrize(
    ("before", "after", "form", "way"),
    [
        ("", "they will meet, as they met", "mdy", "future"),
        ("", "they met and will meet", "mdy", "past"),
        ("", "", "mdy", "nearest"),
        ("They met and will meet on ", "", "mdy", "future"),
        ("They will meet as they met on ", "", "mdy", "past"),
        ("They met from ", "", "dmspan", "past"),
        ("They will meet, as they met, from ", "", "dmspan", "future"),
        ("Talks from ", "", "dmspan", "future"),
        ("They met from ", "", "mdy", "future"),
        ("They met on ", "", "weekday", "past"),
        ("They agreed to meet on ", "", "weekday", "future"),
        ("The summit planned for ", "did not go ahead", "mdy", "past"),
        ("The duty has stood since ", "they will meet", "mdy", "since"),
    ],
)
def test_where_the_words_around_a_date_look(before: str, after: str, form: str, way: Direction) -> None:
    assert direction._between(before, after, form) == way


def test_a_date_begins_where_no_word_goes_on() -> None:
    text = "xxMay 3, 2025 and June 4, 2025"
    assert [(one.start, one.text) for one in find_dates(text, 12)] == [(18, "June 4, 2025")]
    assert [one.text for one in find_dates("by 5 May 2025", 3)] == ["5 May 2025"]
    assert [one.text for one in find_dates("by 15 May 2025", 4)] == ["May 2025"]


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
