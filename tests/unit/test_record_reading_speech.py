"""Where speech begins and ends, whose it is, how short a clause may be, and what is told beside a meeting."""

from __future__ import annotations

from typing import Any

import pytest

from kosho.record.reading import Document, read_text

HEAD = "QUITO, 3 March 2026 (Example Wire)\n\n"
SAID = "Chilean Trade Minister Ana Moya said: "
HERS = ("CHL", "Ana Moya")


def told(text: str) -> list[tuple[str, dict[str, Any]]]:
    drafts = read_text(Document("a.txt", HEAD + text))
    return [(one.type, dict(one.fields)) for one in drafts if one.type not in ("document", "person")]


def whose(text: str) -> list[tuple[str, Any, Any]]:
    return [(kind, fields.get("by"), fields.get("speaker")) for kind, fields in told(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "“We want lower duties on plums.” Peru refused to cut its duty.",
            [("ask", *HERS), ("red_line", "PER", None)],
        ),
        (
            "“We want lower duties on plums. We will answer by May.” Peru refused to cut its duty.",
            [("ask", *HERS), ("commitment", *HERS), ("red_line", "PER", None)],
        ),
        (
            "“We want lower duties on plums. We will act by May,” and she left. Peru refused to cut its duty.",
            [("ask", *HERS), ("commitment", *HERS), ("red_line", "PER", None)],
        ),
        (
            "“We want lower duties on plums. We will act by May. We ask Peru to act. Peru has to cut it.",
            [("ask", *HERS), ("commitment", *HERS), ("ask", *HERS), ("position", *HERS)],
        ),
        (
            '"We want lower duties on plums. We will answer by May." Peru refused to cut its duty.',
            [("ask", *HERS), ("commitment", *HERS), ("red_line", "PER", None)],
        ),
        (
            "“We want lower duties on plums. We ask Peru to act. We will act by May”. Peru refused to cut it.",
            [("ask", *HERS), ("ask", *HERS), ("commitment", *HERS), ("red_line", "PER", None)],
        ),
        (
            "“We want lower duties on plums.” “We will answer by May,” she said. Peru refused to cut its duty.",
            [("ask", *HERS), ("commitment", *HERS), ("red_line", "PER", None)],
        ),
        (
            "“We want lower duties on plums. It is “dumping”, and we will answer by May. We ask Peru to cut.”",
            [("ask", *HERS), ("commitment", *HERS), ("ask", *HERS)],
        ),
    ],
)  # fmt: skip
def test_speech_ends_where_it_is_closed(text: str, found: list[tuple[str, str, str | None]]) -> None:
    assert whose(SAID + text) == found


def test_what_is_said_is_told_up_to_the_mark_that_closes_it() -> None:
    found = told(SAID + "“We want lower duties on plums. We ask Peru to act” and she left.")
    assert [fields["content"] for _kind, fields in found] == ["duties on plums", "act"]


@pytest.mark.parametrize("quote", ["“We want lower duties on plums”", '"We want lower duties on plums"'])
def test_speech_between_brackets_ends_with_its_mark(quote: str) -> None:
    text = f"Chilean Trade Minister Ana Moya said (on Monday: {quote}). Peru refused to cut its duty."
    assert whose(text) == [("ask", *HERS), ("red_line", "PER", None)]


def test_eight_letters_say_something_and_seven_do_not() -> None:
    assert [kind for kind, _fields in told("Chile and Peru sent ministers. They met.")] == ["event"]
    assert [kind for kind, _fields in told("Chile and Peru sent ministers. We met.")] == []


@pytest.mark.parametrize(
    "text", ["met on Monday. No deal.", "met on Monday; no deal.", "met on Monday, but no deal."]
)
def test_no_says_something_however_short(text: str) -> None:
    (_event, _), (kind, fields) = told(f"Chile and Peru {text}")
    assert (kind, fields) == ("no_agreement", {"parties": ["CHL", "PER"]})


WANTS = "Chilean Trade Minister Ana Moya said “We want lower duties on plums"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"{WANTS}”— Peru refused to cut its duty.", ("PER", None)),
        (f"{WANTS}” — Peru also refused to cut its duty.", ("PER", None)),
        (f"{WANTS}.” – Peru refused to cut its duty.", ("PER", None)),
        (f"{WANTS}”, and Peru refused to cut its duty.", ("PER", "Ana Moya")),
        (f"{WANTS}” — Trade Minister Ana Moya refused to cut its duty.", HERS),
        (
            "“We want lower duties on plums,” Chilean Trade Minister Ana Moya said — Peru refused to cut it.",
            ("PER", None),
        ),
        (
            "“We want lower duties on plums”— Peru refused to cut it, Chilean Trade Minister Ana Moya said.",
            ("PER", "Ana Moya"),
        ),
    ],
)
def test_who_acts_behind_speech_and_a_dash_is_not_told_by_whoever_spoke(
    text: str, found: tuple[str, str | None]
) -> None:
    assert whose(text) == [("ask", *HERS), ("red_line", *found)]


@pytest.mark.parametrize(
    ("before", "by"),
    [("Chile and Peru signed", None), ("Both sides signed", None), ("Chile signed with Peru", "CHL")],
)
def test_it_is_not_several(before: str, by: str | None) -> None:
    ((_kind, fields),) = told(f"{before}. It would not accept a duty of 10% on plums.")
    assert fields.get("by") == by


@pytest.mark.parametrize("joint", [" and ", ", and ", " "])
def test_a_clause_behind_speech_begins_with_its_first_letter(joint: str) -> None:
    text = f"{HEAD}{WANTS}”{joint}Peru refused to cut its duty."
    quotes = [one.quote for one in read_text(Document("a.txt", text)) if one.type == "red_line"]
    assert quotes == ["Peru refused to cut its duty"]


def test_those_named_behind_the_last_joint_act_together() -> None:
    text = "Chile refused to cut its duty, but Norway, Mexico, and Peru signed a pact on plums."
    assert [(kind, fields.get("parties")) for kind, fields in told(text)] == [
        ("red_line", None),
        ("agreement", ["NOR", "MEX", "PER"]),
    ]


@pytest.mark.parametrize("joint", [", but", ", and", ";"])
def test_what_follows_a_clause_that_says_nothing_is_read(joint: str) -> None:
    text = f"It met{joint} Chile asked Peru to lower its duty on plums."
    assert [(kind, fields["by"], fields["to"]) for kind, fields in told(text)] == [("ask", "CHL", "PER")]


def test_a_pact_and_the_meeting_at_which_it_was_signed_are_both_told() -> None:
    (pact, agreed), (event, held) = told(
        "Chile and Peru signed a pact on plums during a meeting in Lima on Monday."
    )
    assert (pact, agreed["status"], agreed["signed"]) == ("agreement", "signed", "2026-03-02")
    assert (event, held["date"], held["place"]) == ("event", "2026-03-02", "Lima")


def test_a_round_that_is_set_is_told_once() -> None:
    text = "The fourth round of talks between Chile and Peru is set for 5 May in Lima, both agreed."
    ((kind, fields),) = told(text)
    assert (kind, fields["round"], fields["date"]) == ("next_meeting", 4, "2026-05-05")


def test_a_word_between_marks_says_nothing_and_what_follows_is_read() -> None:
    text = "Chile and Peru said “we met”, and Chile asked Peru to lower its duty on plums."
    assert [(kind, fields["by"], fields["to"]) for kind, fields in told(text)] == [("ask", "CHL", "PER")]
