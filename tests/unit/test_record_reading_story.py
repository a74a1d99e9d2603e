"""What the rest of a text tells of a sentence: whose office, whose words, whose duty; what is no furniture."""

from __future__ import annotations

from typing import Any

import pytest

from kosho.record.reading import Document, Draft, read_text
from kosho.record.reading.layout import blocks

HEAD = "QUITO, 3 March 2026 (Example Wire)\n\n"


def drafts(text: str, *kinds: str) -> list[Draft]:
    return [draft for draft in read_text(Document("a.txt", text)) if draft.type in kinds]


def fields(text: str, kind: str) -> dict[str, Any]:
    (found,) = drafts(text, kind)
    return dict(found.fields)


def sides(text: str) -> dict[str, str | None]:
    return {one.fields["name"]: one.fields.get("side") for one in drafts(text, "person")}


def test_whoever_tells_what_a_party_will_do_holds_its_office() -> None:
    text = "Chile will ask Peru to lower its duty on plums, Trade Minister Ana Moya said on Monday."
    assert sides(HEAD + text) == {"Ana Moya": "CHL"}


def test_who_is_named_beside_a_party_is_not_of_it() -> None:
    text = "The White House and President Ana Moya's office did not answer. Chile and Peru met."
    assert sides(HEAD + text) == {"Ana Moya": None}


def test_she_said_behind_a_quotation_is_who_acts_in_the_sentence_before() -> None:
    text = 'Chilean Trade Minister Ana Moya met Peruvian Minister Luis Paz. "We want lower duties," she said.'
    assert fields(HEAD + text, "ask")["speaker"] == "Ana Moya"


def test_a_duty_that_a_request_is_about_is_whose_it_is_asked_of() -> None:
    told = fields(HEAD + "Chile asked Peru to reconsider a 12% duty on plums.", "measure")
    assert (told["imposed_by"], told["on"], told["rate"], told["products"]) == ("PER", "CHL", 12, "plums")


def test_a_duty_that_is_wanted_is_none() -> None:
    assert drafts(HEAD + "Chile asked Peru to lower its duty on plums to 12%.", "measure") == []


def test_a_duty_called_after_whom_it_is_on_is_the_subjects() -> None:
    told = fields(HEAD + "Peru raised Chilean tariffs to 12% on Monday.", "measure")
    assert (told["imposed_by"], told["on"]) == ("PER", "CHL")


@pytest.mark.parametrize(
    "text",
    [
        "Peru set its quota on plums at 500 tonnes.",
        "The plum quota of Peru was fixed at 500 tonnes a year.",
    ],
)
def test_a_quota_is_a_measure_and_no_amount_of_trade(text: str) -> None:
    assert drafts(HEAD + text, "quantity") == []


@pytest.mark.parametrize(
    "text",
    [
        "Chile and Peru met in Lima on Monday. Their ministers will speak again on December 18.",
        "Chile asked Peru to protect copyright and patents.",
        "The Chilean president announced on Twitter that Chile asked Peru to lower its duty.",
    ],
)
def test_what_is_told_in_a_paragraph_is_no_furniture(text: str) -> None:
    assert drafts(HEAD + text, "ask", "event", "next_meeting")


@pytest.mark.parametrize(
    "line",
    [
        "Share prices fell when Chile raised its duty on plums to 25 percent.",
        "Download services of Chile face a duty that Peru raised to 25 percent.",
        "Chile raised its duty on cookies to 25 percent, and that on imports of cookies from Peru to 30.",
        "Copyright terms are one issue; Chile raised its duty on plums to 25 percent.",
        "Chile did three things: (a) it met Peru; (b) it left; and (c) it raised its duty to 25 percent.",
        "Chile asked Peru to (l) wait; (c) Chile raised its duty on plums to 25 percent.",
    ],
)
def test_a_sentence_of_words_that_pages_use_is_told(line: str) -> None:
    assert [block.role for block in blocks(HEAD + line)] == ["date", "body"]


@pytest.mark.parametrize(
    "line",
    [
        "Copyright 2026 The Herald. Chile raised its duty to 25 percent.",
        "Text (c) 2026 Example Wire. Chile raised its duty to 25 percent.",
        "Copyright: Chile raised its duty to 25 percent.",
        "Share this: Chile raised its duty to 25 percent",
        "Chilean Minister Soto (L) and the Minister of Peru raised their duty to 25 percent.",
        "This site of cookies knows: the use of cookies, a duty that Chile raised to 25 percent.",
    ],
)
def test_what_a_page_says_of_itself_is_not_told(line: str) -> None:
    text = f"{HEAD}Chile and Peru met in Lima on Monday.\n\n{line}\n\nThey will meet again in May.\n"
    assert drafts(text, "measure") == []


def test_talks_to_do_something_are_not_in_a_place() -> None:
    assert drafts(HEAD + "Peru backs negotiations on a pact that locks in tariff cuts.", "event") == []


def test_a_body_that_others_have_too_is_not_that_of_the_united_states() -> None:
    text = (
        "Department of Commerce\n24 July 2025\n\nIndia will lower its duty on plums. We will publish the list."
    )
    assert all(one.fields.get("by") != "USA" for one in drafts(text, "commitment", "offer"))


def test_we_in_a_statement_are_those_whose_minister_it_is_by() -> None:
    text = "Statement by the Minister of Trade of Chile\n\n16 July 2025\n\nWe regret that plums are left out."
    assert fields(text, "complaint")["by"] == "CHL"


@pytest.mark.parametrize(
    ("text", "name", "side"),
    [
        (
            "カルロス・メンデス・ブラジル連邦共和国外務大臣は日本側に牛肉の輸入解禁を求めた。",
            "カルロス・メンデス",
            "BRA",
        ),
        (
            "日本側　農林水産省　輸出・国際局長　三宅　伸一　ほか\n日本側は関税の撤廃を求めた。",
            "三宅伸一",
            None,
        ),
    ],
)
def test_people_in_the_forms_of_japanese_releases(text: str, name: str, side: str | None) -> None:
    pytest.importorskip("sudachipy")
    assert sides(text).get(name, "missing") == side


@pytest.mark.parametrize(
    ("behind", "modalities"),
    [
        ("Under the plan Chile will cut its duty on plums.", ["draft"]),
        (
            "Specifically, Chile will cut its duty on plums. Moreover, Chile will lower its duty on figs.",
            ["draft"] * 2,
        ),
        (
            "Under the plan Chile will cut its duty on plums. In addition, Chile will lower its duty on figs.",
            ["draft"] * 2,
        ),
        (
            "Under the plan Chile will cut its duty on plums. Chile offered Peru a lower duty on figs.",
            ["draft", "asserted"],
        ),
        (
            "Chile offered Peru a lower duty on figs. Moreover, Chile offered Peru a quota on plums.",
            ["asserted"] * 2,
        ),
    ],
)
def test_what_a_draft_would_do_is_one_as_far_as_it_is_told_of(behind: str, modalities: list[str]) -> None:
    text = f"{HEAD}Chile and Peru published a draft action plan. {behind}"
    assert [one.modality for one in drafts(text, "offer")] == modalities


@pytest.mark.parametrize(
    ("town", "country", "side"),
    [("TOKYO", "Japan", None), ("LONDON", "Britain", None), ("SANTIAGO", "Chile", "CHL")],
)
def test_a_president_is_of_no_monarchy(town: str, country: str, side: str | None) -> None:
    head = f"{town}, 3 June 2026 (Example Wire)\n\n{country} and Peru are in talks on trade."
    (one,) = drafts(f"{head}\n\nPresident Soto extended the deadline to 1 August.", "person")
    assert one.fields.get("side") == side


def test_how_often_one_has_met_since_a_month_is_no_day() -> None:
    (one,) = drafts(f"{HEAD}Negotiators of Chile and Peru have met four times since January.", "event")
    assert "date" not in one.fields
