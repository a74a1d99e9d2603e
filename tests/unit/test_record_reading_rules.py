"""Wordings that reading once got wrong, each in a few words of our own."""

from __future__ import annotations

from kosho.record.reading import Document, Draft, read_text
from kosho.record.reading.layout import blocks


def drafts(text: str, name: str = "a.txt") -> list[Draft]:
    return read_text(Document(name, text))


def only(text: str, kind: str) -> Draft:
    (found,) = [draft for draft in drafts(text) if draft.type == kind]
    return found


def test_what_a_union_asks_to_be_imposed_is_no_measure() -> None:
    text = "Growers urged Prime Minister Ann Lee to impose a 30 per cent levy on apples from Chile."
    assert not [draft for draft in drafts(text) if draft.type == "measure"]
    assert only("Chile imposed a 30 per cent levy on apples from Peru.", "measure").fields["rate"] == 30


def test_a_rate_changed_by_its_own_country_is_a_measure_and_an_offer_without_one_is_not() -> None:
    measure = only("Norway will cut its tariff on cheese from 30 percent to 12 percent.", "measure")
    assert (measure.fields["imposed_by"], measure.fields["rate_before"], measure.fields["rate"]) == (
        "NOR",
        30,
        12,
    )
    assert only("Norway offered to cut its tariff on cheese.", "offer").fields["by"] == "NOR"


def test_whom_an_offer_is_made_to_is_not_guessed_among_many() -> None:
    many = "Chile met Peru. Brazil met Kenya. Norway offered to open its market for lamb."
    assert "to" not in only(many, "offer").fields
    two = "Norway and Chile held talks. Norway offered to open its market for lamb."
    assert only(two, "offer").fields["to"] == "CHL"


def test_a_topic_ends_before_its_verb() -> None:
    assert (
        only("Talks between Chile and Peru on copper ended without a deal.", "no_agreement").fields["topic"]
        == "copper"
    )


def test_who_is_named_after_the_name_gives_the_side() -> None:
    assert (
        only("Chile's envoy met Vice Premier Wu Fang of Vietnam on Monday.", "person").fields["side"] == "VNM"
    )


def test_the_ministry_at_the_head_of_a_release_gives_the_side_of_its_minister() -> None:
    text = (
        "PRESS RELEASE\nMinistry of Trade, Republic of Kenya\n4 May 2026\n\n"
        "Minister of Trade Jane Otieno met traders. The Minister urged Uganda to open its market for milk.\n"
    )
    assert only(text, "person").fields["side"] == "KEN"
    assert (only(text, "ask").fields["by"], only(text, "ask").fields["to"]) == ("KEN", "UGA")


def test_the_minister_of_two_is_nobody() -> None:
    text = (
        "Trade Minister Jane Otieno of Kenya met Finance Minister Paul Mukasa of Uganda. "
        "The Minister expressed concern over delays."
    )
    assert all(draft.fields.get("by") is None for draft in drafts(text) if draft.type == "complaint")


def test_no_agreement_is_between_both_sides_and_not_those_of_the_sentence_before() -> None:
    text = (
        "Chile and Peru held talks on copper. Chile and Peru met again. Kenya and Norway reserved rights. "
        "Consultations in March failed to resolve the dispute."
    )
    assert only(text, "no_agreement").fields["parties"] == ["CHL", "PER"]


def test_a_date_given_to_somebody_is_a_deadline() -> None:
    found = only(
        "May 4, 2026\n\nChile has given Peru until 30 June to lift its ban or face duties.", "deadline"
    )
    assert found.fields["date"] == "2026-06-30"


def test_background_is_proposed_as_context() -> None:
    assert only("Copper is one of the main industries of Chile and it rarely changes.", "context")
    assert not [d for d in drafts('"Chile is one of our largest markets," Peru said.') if d.type == "context"]


def test_every_country_is_known_by_its_name() -> None:
    assert only("Uganda asked Benin to lift its ban on maize.", "ask").fields["by"] == "UGA"
    assert not [d for d in drafts("Mr Jordan asked Ms Chad to lift the lid.") if d.fields.get("by")]


def test_a_meeting_told_of_as_a_noun_is_one() -> None:
    took = only("The meeting between Norway and Chile took 90 minutes.", "event")
    assert (took.fields["duration_min"], took.fields["parties"]) == (90, ["NOR", "CHL"])
    assert (
        only("It was the minister's visit. It was his ninth round of talks with Chile.", "event").fields[
            "round"
        ]
        == 9
    )
    named = "The Twenty-third Joint Committee meeting of Norway and Chile was held in Oslo."
    assert only(named, "event").fields["round"] == 23


def test_a_meeting_that_a_sentence_begins_after_gives_no_day_to_the_next() -> None:
    text = "Oslo, 3 March 2026\n\nAfter talks in Oslo on Monday, Norway and Chile agreed to meet again."
    told = only(text, "next_meeting").fields
    assert "date" not in told
    assert "place" not in told


def test_a_body_that_is_a_post_may_follow_the_name() -> None:
    person = only("Ada Moe, the U.S. Trade Representative, met officials.", "person").fields
    assert (person["name"], person["role"], person["side"]) == ("Ada Moe", "U.S. Trade Representative", "USA")


def test_a_paragraph_that_stands_twice_is_a_caption() -> None:
    caption = "A container ship leaves the port of Osaka at dawn today."
    agreed = "Japan and Kenya agreed on rice on Monday, the ministry said."
    text = f"Talks on rice\n\n{caption}\n\n{caption}\n\n{agreed}\n"
    assert [block.role for block in blocks(text)] == ["title", "furniture", "furniture", "body"]
    once = text.replace(f"{caption}\n\n", "", 1)
    assert [block.role for block in blocks(once)] == ["title", "body", "body"]
