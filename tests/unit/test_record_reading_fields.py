"""Amounts, whose trade they are, posts beside names, rounds something is carried over to."""

from __future__ import annotations

import cProfile

import pytest

from kosho.record.reading import Document, Draft, read_text
from kosho.record.reading.quantities import find_quantities


def told(text: str, kind: str) -> list[Draft]:
    page = f"Trade talks go on between the parties\n\nMay 6, 2026\n\n{text}\n"
    return [d for d in read_text(Document("a.txt", page)) if d.type == kind]


@pytest.mark.parametrize(
    ("words", "value", "unit"),
    [
        ("4,7 million tonnes of maize", 4.7e6, "t"),
        ("4,750 tonnes of maize", 4750, "t"),
        ("1.5 lakh crore rupees of maize", 1.5e12, "INR"),
        ("20 crore rupees of maize", 2e8, "INR"),
        ("85 kt of maize", 85e3, "t"),
        ("CHF 1.5bn of maize", 1.5e9, "CHF"),
        ("CHF1.5bn of maize", 1.5e9, "CHF"),
        ("Rp 3 trillion of maize", 3e12, "IDR"),
        ("2 billion Canadian dollars of maize", 2e9, "CAD"),
        ("US$ 2 billion of maize", 2e9, "USD"),
    ],
)
def test_amounts(words: str, value: float, unit: str) -> None:
    (found,) = told(f"Kenya exported {words} to Uganda.", "quantity")
    assert (found.fields["value"], found.fields["unit"]) == (value, unit)


@pytest.mark.parametrize("money", ["US$", "US$ ", "HK$", "A$", "C$", "NZ$", "NT$", "S$"])
def test_a_sign_of_money_is_no_party(money: str) -> None:
    (found,) = told(f"Kenya will buy maize worth {money}2 billion from Uganda.", "offer")
    assert (found.fields["by"], found.fields["to"]) == ("KEN", "UGA")


@pytest.mark.parametrize(
    ("text", "sides"),
    [
        ("Last year Kenya's tea exports to Uganda came to 2.5 million tonnes.", ("KEN", "UGA")),
        ("Exports of tea from Kenya to Uganda fell to 2.5 million tonnes.", ("KEN", "UGA")),
        ("Imports of tea from Kenya into Uganda fell to 2.5 million tonnes.", ("UGA", "KEN")),
        ("Kenya imported 2.5 million tonnes of tea from Uganda.", ("KEN", "UGA")),
        ("Investment by Kenya in Uganda reached $2.5 million.", ("KEN", "UGA")),
        ("Kenya met Uganda. Bilateral trade stood at $2.5 million.", ("KEN", "UGA")),
        ("Kenya met Uganda. Exports to Uganda stood at $2.5 million.", (None, "UGA")),
    ],
)
def test_whose_trade_it_is(text: str, sides: tuple[str | None, str]) -> None:
    (found,) = told(text, "quantity")
    assert (found.fields.get("reporter"), found.fields.get("partner")) == sides


def test_posts_before_names_go_to_the_name_behind_them() -> None:
    text = (
        "The Minister of Trade of Kenya, Ms Jane Otieno, and the Minister of Finance of the Republic of "
        "Uganda, H.E. Paul Mukasa, signed a protocol on tea."
    )
    people = {d.fields["name"]: (d.fields["role"], d.fields["side"]) for d in told(text, "person")}
    assert people == {
        "Jane Otieno": ("Minister of Trade", "KEN"),
        "Paul Mukasa": ("Minister of Finance", "UGA"),
    }


def test_posts_behind_names_go_to_the_name_before_them() -> None:
    text = "Ms Jane Otieno, Minister of Trade of Kenya, and Mr Paul Mukasa, Minister of Finance of Uganda, met."
    people = {d.fields["name"]: (d.fields["role"], d.fields["side"]) for d in told(text, "person")}
    assert people == {
        "Jane Otieno": ("Minister of Trade", "KEN"),
        "Paul Mukasa": ("Minister of Finance", "UGA"),
    }


def test_what_is_left_for_a_later_round_is_carried_over_to_it() -> None:
    text = "Kenya and Uganda will return to the issue of tea at the sixth round, to be held in Kampala in June."
    (found,) = told(text, "carried_over")
    assert (found.fields["to_round"], found.modality, found.fields["date"]) == (6, "planned", "2026-06")
    assert "from_round" not in found.fields
    text = "Kenya and Uganda will continue to discuss the points raised at the sixth round at the next talks."
    (found,) = told(text, "carried_over")
    assert (found.fields["from_round"], found.modality) == (6, "asserted")


LONG = (
    "A meeting of Kenyan Trade Minister Jane Otieno and Ugandan Finance Minister Paul Mukasa in the old "
    "harbour town of Kisumu on Monday did not take place."
)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (LONG, "event_not_held"),
        ("Talks between Kenya and Uganda that were due to be held on June 30 were put off.", "event_change"),
    ],
)
def test_meetings_that_were_not_held_or_moved_are_found_behind_names(text: str, kind: str) -> None:
    (found,) = told(text, kind)
    assert found.fields["date"]


def test_since_when_meetings_are_counted_is_no_day_of_theirs() -> None:
    (found,) = told("The talks of Kenya and Uganda, the fourth since January, were put off.", "event_change")
    assert "date" not in found.fields


def test_who_signed_stands_behind_by() -> None:
    text = "Kenya met Uganda. A protocol on cocoa was signed by Ghana and Togo."
    assert told(text, "agreement")[0].fields["parties"] == ["GHA", "TGO"]
    assert told("Ghana signed a treaty with Togo on cocoa.", "agreement")[0].fields["parties"] == ["GHA", "TGO"]


def test_the_country_of_a_meeting_is_no_party_to_it() -> None:
    text = "Ministers of Kenya met counterparts from Uganda in Nakuru, Ghana, on Monday."
    (found,) = told(text, "event")
    assert (found.fields["parties"], found.fields["place"]) == (["KEN", "UGA"], "Nakuru")


def test_another_meeting_that_a_sentence_begins_with_gives_nothing_to_its_own() -> None:
    text = "With the May 20 summit in Nakuru in mind, Kenya and Uganda agreed to hold a third round of talks."
    (found,) = told(text, "next_meeting")
    assert not {"date", "place"} & set(found.fields)
    assert found.fields["round"] == 3


@pytest.mark.parametrize(
    "text",
    [
        "Kenya offered on condition that Uganda buys tea to open two ports.",
        "Kenya offered to open ports and spoke about Uganda would gain.",
        "Kenya asked Uganda to open ports on 20 May.",
    ],
)
def test_a_set_phrase_a_clause_or_a_day_is_no_topic(text: str) -> None:
    assert all("topic" not in d.fields for kind in ("offer", "ask") for d in told(text, kind))
    assert told("Kenya asked Uganda for talks on cocoa by 20 May.", "ask")[0].fields["topic"] == "cocoa"


def test_a_deadline_is_not_its_own_day() -> None:
    (found,) = told("Kenya wants the deadline of June 30 moved.", "deadline")
    assert "what" not in found.fields


def test_a_post_does_not_begin_in_another_noun() -> None:
    (found,) = told("Kenya opened its tea market, Finance Minister Jane Otieno said.", "person")
    assert found.fields["role"] == "Finance Minister"
    (found,) = told("Kenya's trade and industry minister Jane Otieno met traders.", "person")
    assert found.fields["role"] == "Trade and industry minister"


def document(text: str) -> dict[str, object]:
    return dict(next(d.fields for d in read_text(Document("a.txt", text)) if d.type == "document"))


def test_a_line_with_a_label_is_no_title() -> None:
    text = "Statement by the Kenyan Trade Minister\n\nDate: 6 May 2026\n\nVenue: Town Hall\n\nWe met Uganda.\n"
    assert document(text)["title"] == "Statement by the Kenyan Trade Minister"


def test_a_newspaper_is_known_by_the_form_of_its_name_beside_the_story() -> None:
    text = "Kenya and Uganda meet\n\nNakuru Times, 6 May 2026\n\nKenya met Uganda, the Kampala Post wrote.\n"
    assert document(text)["publisher"] == "Nakuru Times"
    assert "publisher" not in document(text.replace("Nakuru Times, ", ""))


def test_what_answers_for_a_release_is_called_as_the_release_calls_it() -> None:
    text = "Kenya met Uganda on tea this week in Nakuru.\n\nContact Point\n\nTea Section, Ministry of Trade\n"
    (found,) = [d for d in read_text(Document("a.txt", text)) if d.type == "organisation"]
    assert found.fields == {"org": "Tea Section, Ministry of Trade", "role": "contact point"}


def work(sentences: int, over: str) -> int:
    """Calls made to read so many dated sentences; each `over` of its own, since a sentence is read once."""
    text = "".join(
        f"Kenya and Uganda met on {n % 28 + 1} May 2026 over {over} {n}.{chr(10) * 2 if n % 10 == 9 else ' '}"
        for n in range(sentences)
    )
    profile = cProfile.Profile()
    profile.enable()
    found = read_text(Document("a.txt", text))
    profile.disable()
    assert len(found) == sentences + 1
    return sum(entry.callcount for entry in profile.getstats())


def test_reading_takes_work_in_proportion_to_the_text() -> None:
    work(10, "land")
    assert work(800, "lot") < 4.4 * work(200, "plot")


def test_a_number_without_a_unit_hides_none_behind_it() -> None:
    text = "After 3 rounds in 2025 Japan offered 500,000 tonnes and then 75 cars for $2.5 billion."
    found = [(one.value, one.unit) for one in find_quantities(text, 0, len(text))]
    assert [value for value, _ in found] == [500_000.0, 75.0, 2.5e9]
    assert [unit for _, unit in found][2] == "USD"
