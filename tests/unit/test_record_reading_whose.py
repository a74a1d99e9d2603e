"""Who says it, whose it is, when it applies; what is not told is never filled from another sentence."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from kosho.record import read
from kosho.record.reading import Document, Draft, read_text

HEAD = "OSLO, 3 March 2026 (Example Wire)\n\n"


def drafts(text: str, *kinds: str) -> list[Draft]:
    found = read_text(Document("a.txt", text if text.startswith(("Date", "NOT")) else HEAD + text))
    return [draft for draft in found if draft.type in kinds or (not kinds and draft.type != "document")]


def fields(text: str, kind: str) -> dict[str, Any]:
    (found,) = drafts(text, kind)
    return dict(found.fields)


def test_what_introduces_a_quotation_with_a_colon_is_a_sentence() -> None:
    text = 'Commissioner Eva Holm spoke.\n\nChilean Finance Minister Pia Soto rejected the plan: "It hurts us."'
    told = fields(text, "response")
    assert (told["by"], told["speaker"]) == ("CHL", "Pia Soto")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Vice Premier He Yong met Trade Minister Li Na in Oslo.", ["He Yong", "Li Na"]),
        ("Prime Minister Ada May met Trade Minister Will Moe in Oslo.", ["Ada May", "Will Moe"]),
        ("Trade Minister Ada Moe said He would not come.", ["Ada Moe"]),
    ],
)
def test_surnames_that_are_words_too(text: str, names: list[str]) -> None:
    assert [draft.fields["name"] for draft in drafts(text, "person")] == names


@pytest.mark.parametrize(
    ("text", "kind", "told"),
    [
        ("The tariff took effect on Monday, drawing protests from Chile.", "complaint", {"by": "CHL"}),
        ("The duty remains, sparking criticism from Norway and Chile.", "complaint", {"by": "NOR"}),
        (
            "Norway and Chile met in Oslo. The duty stays, drawing protests from Chile.",
            "complaint",
            {"by": "CHL"},  # at whom they are aimed is not told, and never whose they are
        ),
        (
            "The minister spoke of Norway's firm commitment to cut the duty.",
            "commitment",
            {"status": "open", "deliverable": "cut the duty", "by": "NOR"},
        ),
        (  # who is quoted does not speak the sentence
            "“As Chile said,” Norway said that it rejected the plan of Kenya.",
            "response",
            {
                "by": "NOR",
                "to": "KEN",
                "speaker": "Norway",
                "polarity": "negative",
                "stance": "rejected the plan of Kenya",
            },
        ),
    ],
)
def test_a_statement_is_of_whoever_owns_the_word_for_it(text: str, kind: str, told: dict[str, Any]) -> None:
    assert fields(text, kind) == told


def test_it_is_the_one_party_of_the_clause_before() -> None:
    text = "Norway published a list, and it asked Chile to lower its duty."
    assert fields(text, "ask") == {"by": "NOR", "to": "CHL", "content": "lower its duty"}


def test_a_body_with_its_short_name_is_quoted_whole() -> None:
    words = "Ada Moe, director of the Norwegian Agency for Trade (NAT)"
    (found,) = drafts(f"{words}, said Norway would not accept the tariff.", "person")
    assert found.quote == words
    assert found.fields == {"name": "Ada Moe", "role": "director", "side": "NOR", "org": "NAT"}


@pytest.mark.parametrize(
    ("heads", "speakers"),
    [
        (("Moe", "Soto", "Holm"), [None, None, None]),  # three lines that name nobody twice are no talk
        (("Moe", "Soto", "Moe"), [None, None, None]),
        (("Moe", "Soto", "Moe", "Moe"), ["Moe", "Soto", "Moe", "Moe"]),
        (("ADA MOE", "MR SOTO", "ADA MOE"), ["Ada Moe", "Soto", "Ada Moe"]),
        (("ADA MOE", "MR SOTO"), [None, None]),
    ],
)
def test_lines_are_turns_where_names_come_again_or_stand_in_capitals(
    heads: tuple[str, ...], speakers: list[str | None]
) -> None:
    parties = ("Norway", "Chile", "Peru", "Japan")
    lines = [f"{head}: {party} would not accept quotas." for head, party in zip(heads, parties, strict=False)]
    found = read_text(Document("a.txt", "\n\n".join(lines)))
    assert [draft.fields.get("speaker") for draft in found if draft.type == "red_line"] == speakers


def test_whoever_a_text_begins_with_leads() -> None:
    (found,) = read_text(Document("a.txt", "Led by Norwegian Trade Minister Ada Moe, a team met Chile."))[1:]
    assert found.fields["negotiation_role"] == "lead"


@pytest.mark.parametrize("before", ["", "Talks on trade go on\n\n", "It opened.\n\n"])
def test_an_office_behind_a_title_or_another_paragraph_is_told(before: str) -> None:
    words = "The American Institute in Taiwan represents the interests of the United States."
    found = read_text(Document("a.txt", f"{before}{words}\n"))
    assert [one.quote for one in found if one.type == "organisation"] == [words]


def test_offices_that_act_for_others_are_told_with_whom() -> None:
    words = "The American Institute in Taiwan represents the interests of the United States."
    (found,) = drafts(f"{words} It opened in 1979.", "organisation")
    assert (found.fields, found.quote) == (
        {"orgs": ["The American Institute in Taiwan"], "acts_for": ["USA"]},
        words,
    )


def test_may_is_a_person_where_it_speaks_and_a_month_elsewhere() -> None:
    text = "Prime Minister Ada May spoke. May said Norway would not accept the tariff. Norway met Chile in May."
    assert fields(text, "red_line")["speaker"] == "Ada May"
    assert [d.fields.get("date") for d in drafts(text, "event") if d.quote.startswith("Norway met")] == [
        "2025-05"
    ]


def test_he_is_the_spokesman_told_of_last() -> None:
    text = (
        "Trade Minister Ada Moe spoke.\n\nA spokesman for the embassy said Chile would not lower its duty. "
        "He said Chile would not accept quotas."
    )
    assert [d.fields["speaker"] for d in drafts(text, "red_line")] == ["A spokesman for the embassy"] * 2


@pytest.mark.parametrize(
    ("word", "number"),
    [
        ("twenty-first", 21),
        ("Thirty-second", 32),
        ("fortieth", 40),
        ("ninety-ninth", 99),
        ("first", 1),
        ("sixth", 6),
    ],
)
def test_rounds_by_word(word: str, number: int) -> None:
    assert (
        fields(f"Norway and Chile held the {word} round of talks on 2 March 2026.", "event")["round"] == number
    )


def test_a_round_that_opens_on_a_weekday_is_to_come() -> None:
    (found,) = drafts("The twelfth round of talks between Norway and Chile opens Monday in Oslo.", "event")
    assert (found.modality, found.fields["date"]) == ("planned", "2026-03-09")


def test_the_summit_a_meeting_precedes_is_another() -> None:
    told = fields("Norway and Chile will hold a meeting before a summit in November.", "event")
    assert (told["event_type"], told.get("date"), told.get("level")) == ("meeting", None, None)


def test_a_dateline_gives_no_side() -> None:
    text = "OSLO, March 3, 2026 (Example Wire) -- Trade Minister Ada Moe met farmers on Monday."
    (found,) = [d for d in read_text(Document("a.txt", text)) if d.type == "person"]
    assert "side" not in found.fields


@pytest.mark.parametrize(
    ("text", "status", "start"),
    [
        ("Peru imposed a 50 percent tariff on copper starting August 1.", "in force", "2026-08-01"),
        ("Peru imposed a 50 percent tariff on copper from 1 October.", "announced", "2026-10-01"),
        ("Peru will impose a 50 percent tariff on copper starting October 1.", "announced", "2026-10-01"),
    ],
)
def test_what_was_imposed_from_a_day_on_is_in_force_once_the_day_is_past(
    text: str, status: str, start: str
) -> None:
    (found,) = read_text(Document("a.txt", "OSLO, 12 September 2026 (Example Wire)\n\n" + text))[1:]
    assert (found.fields["status"], found.fields["start"]) == (status, start)


def test_labels_of_a_form_do_not_speak() -> None:
    text = (
        "NOTIFICATION\n3 March 2026\n\nNOTIFYING MEMBER: Norway will lower its tariff on cheese.\n\n"
        "PRODUCTS COVERED: Norway offered to open its market for lamb.\n\n"
        "OBJECTIVE: Norway must protect its consumers.\n"
    )
    assert [d.fields.get("speaker") for d in drafts(text)] == [None] * len(drafts(text))
    assert [d.type for d in read_text(Document("a.txt", text)) if d.type == "document"] == ["document"]
    assert all(d.fields["doc_type"] != "transcript" for d in drafts(text, "document"))


def test_a_place_is_no_party() -> None:
    text = (
        "The hall is in Norway. Chile met Peru in Norway on Monday. The two sides will meet again in Q3 2026."
    )
    assert fields(text, "event")["parties"] == ["CHL", "PER"]
    (again,) = drafts(text, "next_meeting")
    assert again.fields["parties"] == ["CHL", "PER"]
    assert "place" not in again.fields
    assert again.fields["start"] == "2026-07"


@pytest.mark.parametrize(
    "text",
    [
        "Chile spoke of China. A duty of 15% on cars applies from 2026.",
        "China exports many cars. The 15% duty on cars took effect in March.",
        "China rejected the plan. An economist said Chad would impose a 15% duty on cars.",
        "The cars, which compete with tea, face a duty of 15% from 2026.",
    ],
)
def test_whose_a_duty_is_comes_from_its_own_sentence(text: str) -> None:
    (found,) = drafts(text, "measure")
    assert "imposed_by" not in found.fields
    assert found.fields["products"] == "cars"


@pytest.mark.parametrize(
    ("text", "by", "on"),
    [
        ("Kenya pays a 4 percent duty on Canadian syrup.", "KEN", "CAN"),
        ("Importers in Peru pay a 12 percent duty on Korean cars.", "PER", "KOR"),
        ("Canadian exporters pay a 4 percent duty in Kenya.", "KEN", "CAN"),
        ("Japan pays 15 percent on its cars in the United States.", "USA", "JPN"),
        ("Chile pays a 10 percent duty on wine in Japan.", "JPN", "CHL"),
        ("Swiss goods face a 31% U.S. duty.", "USA", "CHE"),
        ("Japan faces 15 percent on cars.", None, "JPN"),
        ("Vietnam has secured a rate of 20%, Indonesia is close to 19%.", None, "VNM"),
        (
            "Most exporters, among them the Dutch cooperative Veldmelk, face a rate of about 30 per cent.",
            None,
            None,
        ),
    ],
)
def test_who_bears_a_duty_has_not_imposed_it_unless_it_is_paid_at_home(
    text: str, by: str | None, on: str | None
) -> None:
    (one,) = drafts(text, "measure")
    assert (one.fields.get("imposed_by"), one.fields.get("on")) == (by, on)


@pytest.mark.parametrize(
    ("text", "kind", "whose", "content"),
    [
        ("Peru was asked to lift its duty on corn.", "ask", {"to": "PER"}, "lift its duty on corn"),
        ("Japan has been asked to buy more rice.", "ask", {"to": "JPN"}, "buy more rice"),
        (
            "Peru was urged by Chile to open its market.",
            "ask",
            {"to": "PER", "by": "CHL"},
            "open its market",
        ),
        ("Japan was offered a lower rate on cars.", "offer", {"to": "JPN"}, "a lower rate on cars"),
        (
            "Japan was offered a lower rate on cars by the United States.",
            "offer",
            {"to": "JPN", "by": "USA"},
            "a lower rate on cars",
        ),
        ("Peru was criticised for its ban on corn.", "complaint", {"against": "PER"}, None),
        (
            "Peru was criticised by Chile and Brazil for its ban on corn.",
            "complaint",
            {"against": "PER", "by": ["CHL", "BRA"]},
            None,
        ),
        ("Peru asked Chile to cut its duty.", "ask", {"by": "PER", "to": "CHL"}, "cut its duty"),
    ],
)
def test_whoever_stands_before_a_passive_is_told_of_and_does_not_speak(
    text: str, kind: str, whose: dict[str, Any], content: str | None
) -> None:
    (one,) = drafts(text, kind)
    assert {key: one.fields[key] for key in ("by", "to", "against") if key in one.fields} == whose
    assert one.fields.get("content") == content


def test_words_that_a_list_follows_commit_nobody_to_anything() -> None:
    assert drafts("The two sides agreed to:", "commitment") == []
    (one,) = drafts("The two sides agreed to: cut duties on rice.", "commitment")
    assert one.fields["deliverable"] == "cut duties on rice"


@pytest.mark.parametrize(
    ("text", "goods"),
    [
        ("Tea and rice from Peru face a 10% duty.", ["Tea", "rice"]),
        ("Peru, which sells wine and corn, said its tea faces a 10% duty.", ["tea"]),
        ("Peru faces a 10% duty.", [None]),
    ],
)
def test_all_goods_that_bear_a_duty_are_told_and_no_others(text: str, goods: list[str | None]) -> None:
    assert [one.fields.get("products") for one in drafts(text, "measure")] == goods


def test_a_sentence_that_takes_the_subject_up_has_it() -> None:
    assert fields("Chile rejected the plan. It imposed a 15% duty on cars.", "measure")["imposed_by"] == "CHL"


@pytest.mark.parametrize(
    "text",
    [
        "Producers said Norway should raise the tariff on cheese to 18%.",
        "Norway must impose a 20% tariff on fish, farmers said.",
        "The union wants Norway to impose a 30% duty on steel.",
        "The tariff on cheese should be raised to 18%.",
        "Farmers in Norway want a 10% duty on wine.",
        "Growers called for a new 30% tariff on apples from Chile.",
    ],
)
def test_a_demand_is_no_law(text: str) -> None:
    assert drafts(text, "measure") == []


def test_a_demand_is_an_ask_of_whoever_makes_it() -> None:
    told = fields("Chilean producers said Norway should raise the tariff on walnuts to 18%.", "ask")
    assert (told["by"], told["to"], told["speaker"]) == ("CHL", "NOR", "Chilean producers")


def test_who_acts_in_what_is_reported_is_not_who_reports_it() -> None:
    told = fields("Trade Minister Ada Moe said Chile would not lower its duty.", "red_line")
    assert (told["by"], told["speaker"]) == ("CHL", "Ada Moe")


def test_what_is_denied_is_left_out() -> None:
    denied = "He denied that Chile had offered to buy 8 billion dollars of wheat."
    assert drafts("A spokesman for the embassy arrived. " + denied) == []


def test_parties_that_no_sentence_names_together_are_not_each_others() -> None:
    text = (
        "France offered to lower its duty on wine. Japan held elections. Trade Minister Ada Moe met officials."
    )
    assert "to" not in fields(text, "offer")
    assert "parties" not in fields(text, "event")


SHARED = os.environ.get("KOSHO_SHARED")


def handed(name: str, *kinds: str) -> list[Draft]:
    path = Path(SHARED or "") / "cases" / "reading" / name / "news.txt"
    return [draft for draft in read([path]) if draft.type in kinds]


@pytest.mark.skipif(not SHARED, reason="KOSHO_SHARED is not set")
def test_handed_rates_that_change() -> None:
    found = [(d.fields["rate_before"], d.fields["rate"]) for d in handed("15-relative-changes", "measure")]
    assert found == [(5, 10), (100, 50), (10, 7), (25, 50), (20, 30)]


@pytest.mark.skipif(not SHARED, reason="KOSHO_SHARED is not set")
def test_handed_demands() -> None:
    found = handed("16-demand-read-as-law", "measure")
    assert [(d.fields.get("imposed_by"), d.fields["rate"]) for d in found] == [("JPN", 40), (None, 40)]
    (asked,) = handed("16-demand-read-as-law", "ask")
    assert (asked.fields["by"], asked.fields["to"]) == ("TUR", "USA")


@pytest.mark.skipif(not SHARED, reason="KOSHO_SHARED is not set")
def test_handed_speakers() -> None:
    (answer,) = handed("17-speaker", "response")
    assert (answer.fields["speaker"], answer.fields["by"], "to" in answer.fields) == ("Paul Roux", "FRA", False)
    (met,) = handed("17-speaker", "event")
    assert "parties" not in met.fields
    assert [d.fields.get("speaker") for d in handed("17-speaker", "position", "offer")] == ["Paul Roux"]
