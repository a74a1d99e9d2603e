"""What a text denies, asks about or supposes is never read as done; who says it is not who does it."""

from __future__ import annotations

import pytest

from kosho.record.reading import Document, Draft, read_text


def told(text: str) -> list[Draft]:
    page = f"Trade talks go on between the parties\n\nMay 6, 2026\n\n{text}\n"
    return [d for d in read_text(Document("a.txt", page)) if d.type not in ("document", "person")]


def measures(text: str) -> list[Draft]:
    return [one for one in told(text) if one.type == "measure"]


def kinds(text: str) -> list[tuple[str, str]]:
    return [(d.type, d.modality) for d in told(text)]


@pytest.mark.parametrize(
    "text",
    [
        "Kenya has never levied a duty of 12 percent on Ugandan milk.",
        "Kenya doesn't plan a duty of 12 percent on Ugandan milk.",
        "Kenya is not studying whether to impose a duty of 12 percent on Ugandan milk.",
        "Is Kenya going to impose a duty of 12 percent on Ugandan milk?",
        "Reporters asked if Kenya would impose a duty of 12 percent on Ugandan milk.",
        "Imagine that Kenya imposed a duty of 12 percent on Ugandan milk.",
        "Kenya imposed a duty of 12 percent on milk in the 1970s.",
        "Kenya drew up but stopped short of a ban on Ugandan milk.",
        "A duty of 12 percent on milk from Uganda was never introduced.",
        "Kenya has not yet imposed a duty of 12 percent on Ugandan milk.",
        "Kenya's plan for a duty of 12 percent on milk was shelved.",
        "Kenya would have imposed a duty of 12 percent on milk.",
        "Kenya said it would have to live with a duty of 12 percent on milk.",
    ],
)
def test_a_measure_that_is_not_there_is_none(text: str) -> None:
    assert "measure" not in {kind for kind, _ in kinds(text)}


@pytest.mark.parametrize(
    ("text", "status", "modality"),
    [
        ("Kenya imposed a duty of 12 percent on Ugandan milk.", "in force", "asserted"),
        ("Kenya did not wait but imposed a duty of 12 percent on Ugandan milk.", "in force", "asserted"),
        (
            "Kenya, which has no dairy law, imposed a duty of 12 percent on Ugandan milk.",
            "in force",
            "asserted",
        ),
        (
            "Kenya is studying whether to impose a duty of 12 percent on Ugandan milk.",
            "considered",
            "considered",
        ),
        (
            "Kenya could cut its duty on milk from 30 percent to 12 percent if asked.",
            "considered",
            "considered",
        ),
        ("If prices fall, Kenya would impose a duty of 12 percent on milk.", "considered", "considered"),
        (
            "Kenya was to cut its duty on milk to 12 percent, but the cut has yet to begin.",
            "announced",
            "planned",
        ),
        ("Kenya's duty of 12 percent on milk, announced in March, is suspended.", "suspended", "asserted"),
        ("Kenya's ban on Ugandan milk will be lifted in June.", "in force", "asserted"),
        ("Kenya might lift its ban on Ugandan milk.", "in force", "asserted"),
        ("If Uganda asked, Kenya would lift its ban on milk.", "in force", "asserted"),
        ("Kenya lifted its ban on Ugandan milk.", "ended", "asserted"),
        ("Kenya's ban on Ugandan milk was lifted.", "ended", "asserted"),
        ("Kenya imposed a duty of 12 percent on milk after talks ended.", "in force", "asserted"),
    ],
)
def test_how_far_a_measure_has_come(text: str, status: str, modality: str) -> None:
    (measure,) = [d for d in told(text) if d.type == "measure"]
    assert (measure.fields["status"], measure.modality, measure.fields["imposed_by"]) == (
        status,
        modality,
        "KEN",
    )


def test_a_cut_that_is_asked_for_is_an_ask_alone() -> None:
    text = "Uganda urged Kenya to cut its duty on milk from 30 percent to 12 percent."
    assert kinds(text) == [("ask", "asserted")]


@pytest.mark.parametrize(
    "text",
    [
        "We have at no time said we would buy tea, Kenyan Trade Minister Jane Otieno said.",
        "Were Kenya asked, it would refuse.",
        "Neither Kenya nor Uganda requested a pause.",
        "Claims that Kenya offered to buy Ugandan tea are baseless.",
        "It is not the case that Kenya and Uganda signed an agreement on tea.",
        "The agreement on tea between Kenya and Uganda is yet to be signed.",
        "Kenya would demand a larger quota.",
        "Kenya has not ruled out a levy on tea.",
        "The Kenyan minister refused to comment on whether June 30 was a deadline.",
        "A newspaper reported that Kenya asked Uganda to buy tea. The ministry said the report was wrong.",
        "Kenyan Trade Minister Jane Otieno is considering flying to Kampala.",
        "Kenya and Uganda nearly signed an agreement on tea.",
        "Kenya was unaware of any request by Uganda.",
        "“Is there to be a quota on tea?” Kenyan Trade Minister Jane Otieno asked.",
    ],
)
def test_what_was_not_said_or_done_is_no_claim(text: str) -> None:
    claims = {"ask", "offer", "agreement", "red_line", "deadline", "commitment", "measure", "response", "event"}
    assert not claims & {kind for kind, _ in kinds(text)}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Kenya asked Uganda not to raise its duty on milk.", "ask"),
        ("Although Kenya did not sign, Uganda offered to buy milk.", "offer"),
        ("Kenya and Uganda signed an agreement on milk without delay.", "agreement"),
        ("Kenya will not accept a quota on tea.", "red_line"),
        ("Kenya ruled out opening its market for tea.", "red_line"),
        (
            "A paper reported that Kenya asked Uganda to buy tea. The ministry said the report was public.",
            "ask",
        ),
        ("Kenyan Trade Minister Jane Otieno is considering lowering duties.", "offer"),
    ],
)
def test_what_was_said_or_done_is_kept_beside_a_negation(text: str, kind: str) -> None:
    assert kind in {found for found, _ in kinds(text)}


@pytest.mark.parametrize(
    "text",
    [
        "A study by the Kenyan Ministry of Trade said Uganda was dumping milk.",
        "A paper by the Kenyan government in April pointed out that Uganda does not recognize licences.",
        "Kenya complained that Uganda was dumping milk.",
    ],
)
def test_a_complaint_is_by_whoever_makes_it(text: str) -> None:
    (found,) = [d for d in told(text) if d.type == "complaint"]
    assert (found.fields["by"], found.fields["against"]) == ("KEN", "UGA")


def test_a_complaint_of_nobody_known_is_by_nobody() -> None:
    (found,) = [
        d for d in told("A study by a trade magazine said Uganda was dumping milk.") if d.type == "complaint"
    ]
    assert "by" not in found.fields


def test_who_speaks_of_a_duty_has_not_imposed_it() -> None:
    text = "Ugandan President Paul Mukasa spoke of the Kenyan threat of a 40% tariff on tea."
    (found,) = [d for d in told(text) if d.type == "measure"]
    assert (found.fields["imposed_by"], found.modality) == ("KEN", "planned")
    text = "Ugandan President Paul Mukasa complained about tariffs of 40% on tea."
    assert all(d.fields.get("imposed_by") is None for d in told(text) if d.type == "measure")


def test_the_subject_is_that_of_the_main_clause() -> None:
    (found,) = [
        d for d in told("Although Kenya did not sign, Uganda asked Chile to buy milk.") if d.type == "ask"
    ]
    assert (found.fields["by"], found.fields["to"]) == ("UGA", "CHL")


def test_no_agreement_in_an_event_thought_of_is_none() -> None:
    assert not kinds("In the event of no deal, Kenya and Uganda return to the old duty.")
    assert ("no_agreement", "asserted") in kinds("Kenya and Uganda met and reached no deal.")


def test_a_country_is_no_product() -> None:
    (found,) = [d for d in told("Kenya imposed a duty of 12 percent on Uganda.") if d.type == "measure"]
    assert (found.fields["on"], "products" in found.fields) == ("UGA", False)
    (found,) = [d for d in told("Kenya imposed a duty of 12 percent on LNG.") if d.type == "measure"]
    assert found.fields["products"] == "LNG"


@pytest.mark.parametrize(
    ("text", "status", "by"),
    [
        ("Peru reserves the right to raise its duty on figs to 25 percent.", "considered", "PER"),
        ("Peru has the option of imposing a 25 percent duty on figs.", "considered", "PER"),
        ("Peru has the authority to impose a 25 percent duty on figs.", "considered", "PER"),
        ("Peru hopes to impose a 25 percent duty on figs.", "considered", "PER"),
        ("Peru is said to be preparing a 25 percent duty on figs.", "considered", None),
        ("Peru was about to impose a 25 percent duty on figs.", "announced", "PER"),
        ("Peru delayed its 25 percent duty on figs until July.", "suspended", "PER"),
        ("Peru rescinded a 25 percent duty on figs.", "ended", "PER"),
        ("A court struck down the 25 percent duty of Peru on figs.", "ended", "PER"),
        ("The 25 percent duty of Peru on figs was overturned by a court.", "ended", "PER"),
        ("Chile feared that Peru would impose a 25 percent duty on figs.", "announced", "PER"),
        ("A 25 percent duty on figs would hurt Chile, Peru said.", "announced", None),
        ("The duty on figs will go to 25 percent should Chile fail.", "announced", None),
    ],
)
def test_how_far_a_measure_has_come_and_whose_it_is(text: str, status: str, by: str | None) -> None:
    (one,) = measures(text)
    assert (one.fields["status"], one.fields.get("imposed_by"), one.fields["rate"]) == (status, by, 25)


@pytest.mark.parametrize(
    "text",
    [
        "Peru refrained from imposing a 25 percent duty on figs.",
        "Peru voted against a 25 percent duty on figs.",
        "The Senate of Peru rejected a 25 percent duty on figs.",
        "Peru withdrew its threat of a 25 percent duty on figs.",
        "It rejected a petition for a provisional anti-dumping duty on Peruvian figs.",
    ],
)
def test_what_was_kept_from_coming_is_no_measure(text: str) -> None:
    assert measures(text) == []


def test_what_is_among_the_duties_that_are_taken_away_has_its_rate_before() -> None:
    for verb, rest in (("eliminate", "on farm goods"), ("reduce", "on fruit"), ("lift", "")):
        text = f"Peru will {verb} its duties {rest}, including the 30 percent duty on figs."
        (one,) = measures(text.replace(" ,", ","))
        assert (one.fields["rate_before"], one.fields.get("rate")) == (30, None)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Kenya and Uganda were to have signed a trade agreement.", "agreement"),
        ("Kenya could promise to buy beans.", "commitment"),
        ("Kenya broke its promise to buy beans.", "commitment"),
        ("Kenya broke its promise to buy beans.", "offer"),
        ("Kenya has no ban on beef from Uganda.", "measure"),
        ("There is no ban on beef from Uganda.", "measure"),
    ],
)
def test_what_was_to_be_and_what_is_broken_is_not_told_as_there(text: str, kind: str) -> None:
    assert [one for one in told(text) if one.type == kind] == []


def test_a_ban_that_was_considered_is_not_in_force() -> None:
    (one,) = measures("A ban on beef from Uganda was considered by Kenya.")
    assert (one.modality, one.fields["status"]) == ("considered", "considered")


@pytest.mark.parametrize(
    ("text", "told_of"),
    [
        ("A 10 percent baseline tariff applies to all countries except Canada.", (None, None)),
        ("Kenya's 10 percent tariff applies to goods of Ghana, excluding those of Togo.", ("KEN", "GHA")),
        ("Kenya got a lower tariff of 15 percent in the deal.", (None, "KEN")),
        ("Kenya won a tariff of 15 percent.", (None, "KEN")),
    ],
)
def test_who_is_spared_and_who_gets_a_duty_has_not_imposed_it(
    text: str, told_of: tuple[str | None, str | None]
) -> None:
    (one,) = measures(text)
    assert (one.fields.get("imposed_by"), one.fields.get("on")) == told_of


def test_that_a_duty_stays_is_no_part_of_what_it_is_on() -> None:
    (one,) = measures("The tariff of 25 percent on steel stays in place.")
    assert one.fields["products"] == "steel"
