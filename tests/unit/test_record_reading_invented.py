"""What was read into stories that they do not say: a party, a date, an agreement, a duty."""

from __future__ import annotations

from typing import Any

import pytest

from kosho.record.reading import Document, read_text

DAY = "Lima, 20 May 2024\n\n"


def drafts(text: str, *kinds: str) -> list[dict[str, Any]]:
    """Fields of the drafts of some kinds, with their type and modality."""
    found = read_text(Document("note.txt", DAY + text))
    return [{"type": d.type, "modality": d.modality, **d.fields} for d in found if d.type in kinds]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (
            "Trade envoy Rosa Diaz of Peru today issued the following statement on the talks with Chile.",
            "agreement",
        ),
        (
            "“We are optimistic that an accord between Peru and Chile could be reached soon,” she said.",
            "agreement",
        ),
        ("Chile's ministry said Peru will go on collecting anti-dumping duties on glass.", "complaint"),
        ("Peru and Chile noted the postponement of the council meeting scheduled for last week.", "event"),
        ("President Luis Soto of Peru suggested that ending car tariffs would not help Chile.", "offer"),
        ("Minister Ana Rey of Chile declined to give details about her proposal to Peru.", "response"),
        ("Chile set duties on $2 billion in Peru's glass in its biggest trade action.", "quantity"),
        ("Ministers of Peru and Chile instructed the Chief Negotiators to meet in July.", "person"),
        ('Minister Ana Rey of Peru said "a 5% duty that must go" was hurting growers in Chile.', "measure"),
        ("Peru will get 90 percent of the profits of the mine in Chile.", "commitment"),
        ("Peru and Chile will gain a lot from lower duties on glass.", "commitment"),
        ("The team of Peru, led by foreign ministry officials, met Chile's.", "person"),
    ],
)
def test_what_nobody_said_is_no_fact(text: str, kind: str) -> None:
    assert drafts(text, kind) == []


@pytest.mark.parametrize(
    ("text", "kind", "told"),
    [
        ('"We agreed on glass," Peru and Chile said.', "agreement", {"parties": ["PER", "CHL"]}),
        ('"We will buy glass," the United States and Chile said.', "commitment", {"by": ["USA", "CHL"]}),
        ("Ministers meet in Lima on Friday.", "event", {"date": "2024-05-24", "modality": "planned"}),
        ("Ministers of Peru meet Chile's on 8 June.", "event", {"date": "2024-06-08", "modality": "planned"}),
        ("Ministers did not meet on Friday.", "event_not_held", {"date": "2024-05-17"}),
        ("The second round began on Friday.", "event", {"date": "2024-05-17", "modality": "asserted"}),
        (
            "A delegation of Peru led by Rosa Diaz met Chile's team.",
            "person",
            {"name": "Rosa Diaz", "role": "Head of Delegation", "side": "PER"},
        ),
        (
            "The delegation of Peru was headed by Chief Negotiator Rosa Diaz.",
            "person",
            {"name": "Rosa Diaz", "role": "Chief Negotiator"},
        ),
        ("Peru's export controls on chips joined the list.", "measure", {"products": "chips"}),
        (
            "The duty on steel rises from 10% to 15% on 1 August 2024.",
            "measure",
            {"status": "announced", "start": "2024-08-01", "modality": "planned"},
        ),
        ("The duty on steel rose from 10% to 15% on 1 May 2024.", "measure", {"status": "in force"}),
        ("Chile's tariff on beef is 9 percent, higher than the 6 percent that Peru pays.", "measure", {}),
        (
            "The congress of Peru must still approve the deal that cuts the duty to 5 percent.",
            "measure",
            {"status": "announced"},
        ),
        ("Peru's duties of 5 percent on whisky remain suspended.", "measure", {"status": "suspended"}),
        ("Peru's 5 percent duty on whisky could be suspended.", "measure", {"status": "considered"}),
        ("A tariff of 90 percent on films is being studied.", "measure", {"status": "considered"}),
        (
            "Mr Diaz said that he had told his counterpart that Peru cannot accept 25 percent.",
            "red_line",
            {"by": "PER", "to": "CHL"},
        ),
        ("Chile urged Peru not to tax cars.", "ask", {"content": "not to tax cars"}),
        ("Chile promised not to limit sales.", "commitment", {"deliverable": "not to limit sales"}),
        ("Chile had pledged a mill but built none.", "commitment", {"deliverable": "a mill"}),
        ("Jo Moe, who leads the talks for Peru, asked Chile to act.", "ask", {"by": "PER", "to": "CHL"}),
        ("Jo Moe, who was born in Lima, said Chile will buy rice.", "offer", {"by": "CHL"}),
        ("Jo Moe of Chile said Peru would follow.", "commitment", {"deliverable": "follow"}),
        ("The ministers discussed wine at length.", "topic", {"topic": "wine"}),
        ("Minister Ana Rey of Chile said Peru would cut its duty.", "offer", {"by": "PER", "to": "CHL"}),
        ("Ana Rey, Chile's trade minister, said Peru would cut its duty.", "offer", {"by": "PER", "to": "CHL"}),
        (
            "The next round, originally planned for 12 June, will be held on 20 June.",
            "next_meeting",
            {"date": "2024-06-20"},
        ),
        (
            "The next round, originally planned for 12 June, was called off.",
            "event_not_held",
            {"date": "2024-06-12"},
        ),
    ],
)
def test_what_was_said_is_told_of_those_who_said_it_and_of_its_day(
    text: str, kind: str, told: dict[str, Any]
) -> None:
    (*_, one) = drafts("Peru and Chile are in touch on trade.\n\n" + text, kind)
    assert one | told == one


def test_an_agreement_that_both_issue_is_still_one() -> None:
    (one,) = drafts("Peru and Chile issued a joint statement on fisheries on Monday.", "agreement")
    assert one["parties"] == ["PER", "CHL"]


def test_talks_of_many_countries_are_not_those_of_the_two_named_beside_them() -> None:
    text = (
        "Ministers of the 11-country talks met on Monday in Lima. The ministers will meet in July again."
        " Peru and Chile made progress on their own."
    )
    assert all("parties" not in one for one in drafts(text, "event", "next_meeting"))


def test_no_two_of_a_longer_list_are_meant_by_we() -> None:
    text = (
        "Ministers of Peru, Chile, Brazil, Canada, Japan and Vietnam met in Lima."
        " We discussed market access and rules of origin."
    )
    assert all(one.get("parties") != ["JPN", "VNM"] for one in drafts(text, "topic"))


def test_what_with_somebody_seeking_tells_is_theirs() -> None:
    (one,) = drafts("The talks between Peru and Chile go on, with Chile seeking access for its wine.", "ask")
    assert one["by"] == "CHL"


def test_a_margin_of_dumping_is_of_who_sells() -> None:
    (one,) = drafts("Chile found that Peruvian dumping margins on glass were 10.5 to 25 percent.", "measure")
    assert "imposed_by" not in one
    assert one["on"] == "PER"


def test_who_is_harmed_is_not_accused() -> None:
    text = (
        "“The ruling violated the rules and damaged the interests of Chilean firms,” an official of Chile said."
    )
    assert all(one.get("against") != "CHL" for one in drafts(text, "complaint"))


def test_every_rate_of_a_list_is_read() -> None:
    text = "Chile imposed duties of 12 percent on glass, 8 percent on copper and 40 percent on sugar from Peru."
    assert {(one["rate"], one["products"]) for one in drafts(text, "measure")} == {
        (12, "glass"),
        (8, "copper"),
        (40, "sugar"),
    }


def test_a_month_that_somebody_is_told_to_meet_in_is_to_come() -> None:
    (one,) = drafts("In part, we have instructed our Chief Negotiators to meet in July.", "commitment")
    assert one["due"] == "2024-07-31"


def test_where_somebody_is_minister_is_not_what_he_is_minister_of() -> None:
    (one,) = drafts("Peru met Ana Rey, Chile's trade minister in Santiago on Friday.", "person")
    assert (one["side"], one.get("org")) == ("CHL", None)


def test_who_is_in_charge_of_a_region_is_not_of_it() -> None:
    (one,) = drafts("Marta Gil, senior vice president for European Affairs, spoke of Chile.", "person")
    assert "side" not in one


def test_two_subjects_of_a_headline_are_two() -> None:
    (one,) = drafts("Minister Ana Rey of Chile spoke. Ana Rey, Peru trade chief push pact.", "person")
    assert one["side"] == "CHL"


def test_he_at_the_beginning_is_who_acts_in_the_sentence_before() -> None:
    text = (
        "Minister Juan Soto of Peru returned on Friday. He held talks with Ana Rey, trade minister of Chile."
        " He said Peru would cut its duty on wine."
    )
    (one,) = drafts(text, "offer", "commitment")
    assert one["speaker"] == "Juan Soto"


@pytest.mark.parametrize("words", ["From July 1", "If Talks Fail", "Imposed Under an Old Act"])
def test_goods_of_a_title_end_where_those_of_a_sentence_do(words: str) -> None:
    title = f"Peru Imposes 25% Tariff on Cars, Trucks, Auto Parts, and Buses {words}."
    assert [one["products"] for one in drafts(title, "measure")] == ["Cars", "Trucks", "Auto Parts", "Buses"]


@pytest.mark.parametrize(
    "text",
    [
        "Peru's minister, who opposes the 9 percent duty, met Chile's envoy.",
        "Chile's tariff on beef is 9 percent, higher than the 6 percent that Peru pays.",
    ],
)
def test_who_minds_a_duty_or_pays_another_is_not_whose_it_is_and_does_not_bear_it(text: str) -> None:
    (one,) = drafts(text, "measure")
    assert (one.get("imposed_by") in (None, "CHL"), one.get("on"), one["rate"]) == (True, None, 9)


def test_who_is_named_in_a_remark_on_somebody_does_not_ask_and_is_not_asked() -> None:
    text = "Peru and Chile are in touch.\n\nJo Moe, who met Peru's minister, asked Chile to cut its duty."
    (one,) = drafts(text, "ask")
    assert (one.get("by"), one["to"]) == (None, "CHL")
    text = "Peru and Chile are in touch.\n\nJo Moe, who speaks for the Union, said his members would oppose it."
    assert drafts(text, "position") == []
