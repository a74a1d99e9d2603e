"""Which day a text means, from the words around it: verbs, datelines, deadlines that were moved."""

from __future__ import annotations

import pytest

from kosho.record.reading import Document, Draft, read_text


def told(text: str, published: str = "July 3, 2025") -> list[Draft]:
    page = f"Trade talks go on between the parties\n\n{published}\n\n{text}\n"
    return [d for d in read_text(Document("a.txt", page)) if d.type not in ("document", "person")]


@pytest.mark.parametrize(
    ("text", "published", "day"),
    [
        ("Kenya and Uganda talked by video link on Tuesday.", "July 3, 2025", "2025-07-01"),
        ("Ministers of Kenya and Uganda met on Tuesday.", "July 3, 2025", "2025-07-01"),
        ("Kenya and Uganda met ahead of next week's deadline on Tuesday.", "July 3, 2025", "2025-07-01"),
        ("Kenya and Uganda will meet on Tuesday.", "July 3, 2025", "2025-07-08"),
        ("Kenya and Uganda agreed to reconvene on Tuesday.", "July 3, 2025", "2025-07-08"),
        ("Kenya and Uganda decided to hold another round of talks in April.", "March 3, 2026", "2026-04"),
        ("Kenya and Uganda signed a pact and held talks in April.", "March 3, 2026", "2025-04"),
        (
            "The round of talks between Kenya and Uganda, initially planned for 12 June, was called off.",
            "October 3, 2025",
            "2025-06-12",
        ),
        ("The planned summit of Kenya and Uganda on Friday did not go ahead.", "July 3, 2025", "2025-06-27"),
        ("The summit between Kenya and Uganda set for Friday was cancelled.", "July 3, 2025", "2025-07-04"),
    ],
)
def test_the_day_of_a_meeting(text: str, published: str, day: str) -> None:
    assert [d.fields["date"] for d in told(text, published) if "event_type" in d.fields] == [day]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("The deadline was moved from July 9 to August 14.", "2025-08-14"),
        ("The pact, which was signed in 2009, expires on 30 June 2028.", "2028-06-30"),
        ("Kenya and Uganda met ahead of next week's deadline on Tuesday.", "2025-07-13"),
        ("Kenya set a July 31 deadline.", "2025-07-31"),
    ],
)
def test_the_day_of_a_deadline(text: str, day: str) -> None:
    assert [d.fields["date"] for d in told(text) if d.type == "deadline"] == [day]


TITLE = "Ministers of two coffee countries meet\n\n"
STORY = "Ministers of Kenya and Uganda met on Monday.\n\n"
BEFORE = "The last time they had met for talks on coffee was in Kampala, on 9 January 2026, after the rain.\n"


def test_the_day_of_the_dateline_is_not_that_of_the_event() -> None:
    drafts = read_text(Document("a.txt", f"{TITLE}NAIROBI, 4 March 2026 (Reuters) - {STORY}"))
    (event,) = [d for d in drafts if d.type == "event"]
    assert (event.fields["date"], event.quote) == ("2026-03-02", "Ministers of Kenya and Uganda met on Monday")


def test_a_name_with_a_number_is_no_dateline() -> None:
    text = "The Representative Susan Doyle 12: Kenya and Uganda signed a pact on 29 June 2025."
    found = {d.type: d.fields for d in read_text(Document("a.txt", text))}
    assert found["agreement"]["signed"] == "2025-06-29"
    assert "published" not in found["document"]


def test_a_full_date_of_the_text_gives_a_dateline_its_year() -> None:
    drafts = read_text(Document("a.txt", f"{TITLE}NAIROBI, March 4 (Xinhua) -- {STORY}{BEFORE}"))
    assert next(d.fields["date"] for d in drafts if d.type == "event") == "2026-03-02"
    two = "Both keep to the coffee pact that their presidents signed in Mombasa on 9 May 2010, they said.\n"
    drafts = read_text(Document("a.txt", f"{TITLE}NAIROBI, March 4 (Xinhua) -- {STORY}{BEFORE}{two}"))
    assert "date" not in next(d.fields for d in drafts if d.type == "event")


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("yesterday", "2025-07-02"),
        ("on the previous day", "2025-07-02"),
        ("the day before yesterday", "2025-07-01"),
        ("today", "2025-07-03"),
    ],
)
def test_days_counted_from_that_of_the_text(words: str, day: str) -> None:
    drafts = told(f"Ministers of Kenya and Uganda met {words}.")
    assert [d.fields["date"] for d in drafts if "event_type" in d.fields] == [day]


def test_a_day_to_come_is_counted_forwards() -> None:
    drafts = told("Ministers of Kenya and Uganda will meet tomorrow.")
    assert [d.fields["date"] for d in drafts if "event_type" in d.fields] == ["2025-07-04"]


@pytest.mark.parametrize(
    ("words", "months"),
    [
        ("first quarter of 2026", "2026-01/2026-03"),
        ("second quarter of 2026", "2026-04/2026-06"),
        ("third quarter of 2026", "2026-07/2026-09"),
        ("fourth quarter of 2026", "2026-10/2026-12"),
        ("Q1 2026", "2026-01/2026-03"),
        ("Q2 2026", "2026-04/2026-06"),
        ("Q3 2026", "2026-07/2026-09"),
        ("Q4 2026", "2026-10/2026-12"),
    ],
)
def test_every_quarter_has_its_months(words: str, months: str) -> None:
    drafts = told(f"Ministers of Kenya and Uganda will meet in the {words}.".replace("the Q", "Q"))
    assert [f"{d.fields['start']}/{d.fields['end']}" for d in drafts if "event_type" in d.fields] == [months]


@pytest.mark.parametrize(
    ("words", "published", "day"),
    [
        ("until May", "March 3, 2026", "2026-05-31"),
        ("until May 5", "March 3, 2026", "2026-05-05"),
        ("until December", "March 3, 2026", "2026-12-31"),
        ("by May”", "March 3, 2026", "2026-05-31"),
        ("until May”", "March 3, 2026", "2026-05-31"),
        ("by March", "March 3, 2026", "2026-03-31"),
        ("by February", "March 3, 2026", "2027-02-28"),
        ("by the end of May", "March 3, 2026", "2026-05-31"),
        ("by the end of 2026", "March 3, 2026", "2026-12-31"),
        ("by the end of the year", "March 3, 2026", "2026-12-31"),
        ("by the end of next year", "March 3, 2026", "2027-12-31"),
        ("by the end of the month", "December 3, 2026", "2026-12-31"),
        ("by the end of next month", "December 3, 2026", "2027-01-31"),
    ],
)
def test_a_promise_is_due_on_the_last_day_of_what_is_named(words: str, published: str, day: str) -> None:
    due = [
        d.fields["due"] for d in told(f"Kenya will publish the list {words}.", published) if "due" in d.fields
    ]
    assert due == [day]


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("Ministers of Kenya and Uganda met at the end of January.", "2026-01"),
        ("Ministers of Kenya and Uganda will meet at the end of January.", "2027-01"),
        ("Ministers of Kenya and Uganda met at the end of March.", "2026-03"),
        ("Ministers of Kenya and Uganda will meet at the end of March.", "2026-03"),
    ],
)
def test_the_end_of_a_month_is_behind_where_it_has_been(text: str, month: str) -> None:
    assert [d.fields["date"] for d in told(text, "March 3, 2026") if "event_type" in d.fields] == [month]


@pytest.mark.parametrize(
    ("words", "period"),
    [
        ("on 14-17 November 2025", ("2025-11-14", "2025-11-17")),
        ("from 30 December to 3 January 2026", ("2025-12-30", "2026-01-03")),
        ("in Lima on November 14–17, 2025", ("2025-11-14", "2025-11-17")),
        ("from Monday to Thursday", ("2025-06-30", "2025-07-03")),
        ("from Friday to Monday", ("2025-06-27", "2025-06-30")),
        ("last week", ("2025-06-23", "2025-06-29")),
        ("this week", ("2025-06-30", "2025-07-06")),
    ],
)
def test_a_period_has_its_first_and_last_day(words: str, period: tuple[str, str]) -> None:
    drafts = [d for d in told(f"Ministers of Kenya and Uganda met {words}.") if "event_type" in d.fields]
    assert [(d.fields.get("start"), d.fields.get("end")) for d in drafts] == [period]


@pytest.mark.parametrize(
    ("words", "published", "found"),
    [
        ("on 03/04/2025", "July 3, 2025", None),
        ("on 13/04/2025", "July 3, 2025", "2025-04-13"),
        ("on 04/13/2025", "July 3, 2025", "2025-04-13"),
        ("on 05/05/2025", "July 3, 2025", "2025-05-05"),
        ("last month", "January 3, 2025", "2024-12"),
        ("last June", "July 3, 2025", "2025-06"),
        ("last July", "July 3, 2025", "2024-07"),
        ("last August", "July 3, 2025", "2024-08"),
        ("on the 29th", "July 3, 2025", "2025-06-29"),
        ("on the 3rd", "July 3, 2025", "2025-07-03"),
        ("on the 4th", "July 3, 2025", "2025-06-04"),
        ("last Thursday", "July 3, 2025", "2025-06-26"),
        ("last Wednesday", "July 3, 2025", "2025-07-02"),
        ("on Thursday", "July 3, 2025", "2025-07-03"),
    ],
)
def test_a_day_that_is_behind(words: str, published: str, found: str | None) -> None:
    drafts = [d for d in told(f"Ministers of Kenya and Uganda met {words}.", published) if d.type == "event"]
    assert [d.fields.get("date") for d in drafts] == [found]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("next month", "2026-01"),
        ("next year", "2026"),
        ("next January", "2026-01"),
        ("next Wednesday", "2025-12-10"),
        ("next Thursday", "2025-12-04"),
        ("on the 2nd", "2026-01-02"),
        ("on the 3rd", "2025-12-03"),
        ("on the 31st", "2025-12-31"),
        ("on 29 February 2026", None),
        ("on 28 February 2026", "2026-02-28"),
    ],
)
def test_a_day_that_is_ahead(words: str, found: str | None) -> None:
    text = f"Ministers of Kenya and Uganda will meet {words}."
    drafts = [d for d in told(text, "December 3, 2025") if "event_type" in d.fields]
    assert [d.fields.get("date") for d in drafts] == [found]


def day_of(text: str, published: str = "March 3, 2026") -> list[str | None]:
    drafts = [d for d in told(text, published) if "event_type" in d.fields]
    return [
        d.fields.get("date") or "/".join(filter(None, map(d.fields.get, ("start", "end")))) or None
        for d in drafts
    ]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("on 5 June", "2025-06-05"),
        ("on 12 April", "2026-04-12"),  # forty days ahead is meant, whatever the verb says
        ("on 13 April", "2025-04-13"),
        ("on 2 March", "2026-03-02"),
        ("this morning", "2026-03-03"),
        ("this afternoon", "2026-03-03"),
        ("this evening", "2026-03-03"),
        ("last night", "2026-03-02"),
        ("at the end of May 2024", "2024-05"),
        ("at the start of May", "2025-05"),
        ("in the first half of 2025", "2025-01/2025-06"),
        ("in the second half of 2025", "2025-07/2025-12"),
        ("at the beginning of this month", "2026-03"),
        ("at the beginning of the week", "2026-03-02/2026-03-08"),
    ],
)
def test_what_is_over_is_behind(words: str, found: str) -> None:
    assert day_of(f"Ministers of Kenya and Uganda met {words}.") == [found]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("on 5 June", "2026-06-05"),
        ("on 2 March", "2026-03-02"),  # a day before the text, which is nearer than a year
        ("on 12 January", "2027-01-12"),
        ("tonight", "2026-03-03"),
        ("this May", "2026-05"),
        ("in the first half of the year", "2026-01/2026-06"),
        ("in the second half of next year", "2027-07/2027-12"),
        ("at the end of the week", "2026-03-02/2026-03-08"),
        ("at the end of next week", "2026-03-09/2026-03-15"),
        ("at the end of next year", "2027"),
    ],
)
def test_what_is_to_come_is_ahead(words: str, found: str) -> None:
    assert day_of(f"Ministers of Kenya and Uganda will meet {words}.") == [found]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("the same day", "2026-02-10"),
        ("the previous day", "2026-02-09"),
        ("the day before", "2026-02-09"),
        ("the next day", "2026-02-11"),
        ("the following day", "2026-02-11"),
        ("yesterday", "2026-03-02"),
        ("the day before yesterday", "2026-03-01"),
    ],
)
def test_a_day_is_counted_from_the_one_before_it_or_from_that_of_the_text(words: str, found: str) -> None:
    text = f"Kenya raised its duty on coffee on February 10, 2026. Ministers of Kenya and Uganda met {words}."
    assert day_of(text) == [found]


def test_the_same_day_as_none_is_not_known() -> None:
    assert day_of("Ministers of Kenya and Uganda met on the same day.") == [None]


def test_where_the_day_of_the_text_is_not_known_no_day_is_counted_from_it() -> None:
    for text in ("Kenya will publish the list by May.", "Kenya will publish the list by the end of next year."):
        (promise,) = [d for d in read_text(Document("a.txt", text)) if d.type == "commitment"]
        assert promise.fields["due"] is None
    text = "Ministers of Kenya and Uganda will meet in the first half of the year."
    (meeting,) = [d for d in read_text(Document("a.txt", text)) if "event_type" in d.fields]
    assert "date" not in meeting.fields


@pytest.mark.parametrize(
    ("text", "published"),
    [
        ("Ministers of Kenya and Uganda met on February 10, 2026. They met again the next day.", None),
        ("Kenya will meet Uganda on 10 February 2026. They will meet again the next day.", None),
        ("PORT OF SPAIN, February 10, 2026. They met on Monday in the capital.", "2026-02-10"),
        ("RIO DE JANEIRO, February 10, 2026 (Example Wire) - They met on Monday in the capital.", "2026-02-10"),
    ],
)
def test_a_sentence_that_ends_with_a_day_is_no_dateline(text: str, published: str | None) -> None:
    drafts = read_text(Document("a.txt", text))
    assert [one.fields.get("published") for one in drafts if one.type == "document"] == [published]
    days = [one.fields.get("date") for one in drafts if "event_type" in one.fields]
    assert days == (["2026-02-10", None] if published is None else ["2026-02-09"])


MET = "Norway and Chile met for talks on trade and on fish, and they were long and hard."
SIGNED = "Peru was not there, as its ministers were held up by a storm over the coast."
ENDED = "All of them left for home in the night, tired and without much of a result."


@pytest.mark.parametrize(
    ("text", "published"),
    [
        (f"{MET}\n\n{SIGNED}\n\n{ENDED} (8 November 2025)", "2025-11-08"),
        (f"{MET}\n\n{SIGNED} (8 November 2025)\n\n{ENDED}", "2025-11-08"),
        (f"{MET} (8 November 2025)\n\n{SIGNED}\n\n{ENDED}", None),
        (f"{MET}\n\n{SIGNED} (8 November 2025, noon)", None),
        (f"{MET}\n\n{SIGNED} (November 2025)", None),
        (f"Talks go on\n\n03/04/2025\n\nOSLO, April 2 (Wire) - {MET}", "2025-04-03"),
        (f"Talks go on\n\n03/04/2025\n\nOSLO, April 4 (Wire) - {MET}", "2025-04-03"),
        (f"Talks go on\n\n03/04/2025\n\nOSLO, March 4 (Wire) - {MET}", "2025-03-04"),
        (f"Talks go on\n\n03/04/2025\n\nOSLO, April 1 (Wire) - {MET}", None),
        (f"Talks go on\n\n03/04/2025\n\n{MET}", None),
        (f"Talks go on\n\nUpdated 5 May 2025\n\n4 May 2025\n\n{MET}", "2025-05-04"),
        (f"Talks go on\n\nUpdated 5 May 2025\n\n{MET}", "2025-05-05"),
        (f"Talks go on\n\n5 May 2025, 9:05 p.m. EST\n\n{MET}", "2025-05-05T21:05-05:00"),
        (f"Talks go on\n\n5 May 2025, 12:05 a.m.\n\n{MET}", "2025-05-05T00:05"),
        (f"Talks go on\n\n5 May 2025 23:59\n\n{MET}", "2025-05-05T23:59"),
        (f"Talks go on\n\n5 May 2025 24:10\n\n{MET}", "2025-05-05"),
        (f"[Federal Register Volume 90, Number 3 (Monday, January 6, 2025)]\n\n{MET}", "2025-01-06"),
    ],
)
def test_the_day_a_text_is_of(text: str, published: str | None) -> None:
    found = next(one for one in read_text(Document("a.txt", text)) if one.type == "document")
    assert found.fields.get("published") == published
