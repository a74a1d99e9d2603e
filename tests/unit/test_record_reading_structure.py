"""Structure of texts: lists, what one verb governs, forms, broken lines, changes of rates, who `we` are."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

import pytest
from tests.reading import pdf

from kosho.errors import InputError
from kosho.record import reading
from kosho.record.reading import Document, Draft, decode, read, read_once, read_text

HEAD = "OSLO, 3 March 2026 (Example Wire)\n\n"


def drafts(text: str, *types: str, head: str = HEAD) -> list[Draft]:
    return [one for one in read_text(Document("x.txt", head + text)) if one.type in types]


def fields(text: str, kind: str) -> list[dict[str, Any]]:
    return [dict(one.fields) for one in drafts(text, kind)]


def test_a_story_that_is_passed_on_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    text, real, names = f"{HEAD}Japan will lower its tariff on figs.", reading.prepared, list[str]()
    monkeypatch.setattr(reading, "prepared", lambda document: names.append(document.name) or real(document))
    found = [read_once(Document(name, text)) for name in ("a.txt", "b.txt")]
    assert len(names) == 1
    assert [{one.doc for one in drafts} for drafts in found] == [{"a.txt"}, {"b.txt"}]
    assert read_text(Document("b.txt", text)) == found[1]
    assert len(names) == 2


@pytest.mark.parametrize("given", ["note.txt", Path("note.txt"), 5])
def test_one_path_is_no_list_of_paths(given: Any) -> None:
    with pytest.raises(InputError, match="not a list of paths"):
        read(given)


@pytest.mark.parametrize(
    ("text", "kind", "contents"),
    [
        (
            "China urges the EU to correct its practice and to return to dialogue.",
            "ask",
            ["correct its practice", "return to dialogue"],
        ),
        (
            "Mexico agreed to cut its duties on cars, to buy more wheat, and to open its market for pork.",
            "commitment",
            ["cut its duties on cars", "buy more wheat", "open its market for pork"],
        ),
        ("Peru asked Japan to review and publish its rules.", "ask", ["review and publish its rules"]),
    ],
)
def test_each_item_that_a_verb_governs_is_a_fact(text: str, kind: str, contents: list[str]) -> None:
    key = "content" if kind == "ask" else "deliverable"
    assert [one[key] for one in fields(text, kind)] == contents


def test_the_second_item_is_of_the_same_speaker_and_to_the_same_party() -> None:
    first, second = fields("China urges the EU to correct its practice and to return to dialogue.", "ask")
    assert (first["by"], first["to"]) == (second["by"], second["to"]) == ("CHN", "EU27")


@pytest.mark.parametrize(
    ("text", "rate", "before"),
    [
        ("Canada's duty on juice will fall from 18 to 12 percent in July.", 12, 18),
        ("The duty on ethanol was cut to 5 percent from 10 percent.", 5, 10),
        ("The rate on footwear was halved to 9 percent.", 9, None),
        ("The in-quota rate goes from 4.3 to 2.2 percent on 1 January 2027.", 2.2, 4.3),
        ("Swiss exporters face a levy of 39%, down from an earlier 31%.", 39, 31),
    ],
)
def test_a_rate_that_changes_is_the_new_one(text: str, rate: float, before: float | None) -> None:
    (one,) = fields(text, "measure")
    assert (one["rate"], one.get("rate_before")) == (rate, before)


def test_two_changes_in_one_sentence_are_two_measures() -> None:
    text = (
        "The rate on footwear was halved to 9 percent, and the one on sugar goes up by 2 points to 11 percent."
    )
    assert {(one["products"], one["rate"]) for one in fields(text, "measure")} == {
        ("footwear", 9),
        ("sugar", 11),
    }


@pytest.mark.parametrize("rate", ["interest", "inflation", "growth"])
def test_other_rates_are_no_duties(rate: str) -> None:
    assert fields(f"The {rate} rate in Norway will fall from 5 to 3 percent.", "measure") == []


def test_a_form_records_a_meeting() -> None:
    text = (
        "Record\n\nMeeting: Third Technical Consultation on Beef\nDate: 14 March 2025\nPlace: Buenos Aires\n"
        "Participants: Argentina: Diego Ferreyra, Under-Secretary for Livestock; "
        "Korea: Park Min-seo, Director, Ministry of Agriculture\n"
        "Subjects:\n- Residue limits\n- Disease-free zones\nNext meeting: Seoul, September 2025\n"
    )
    (meeting,) = drafts(text, "event", head="")
    assert meeting.fields["round"] == 3
    assert (meeting.fields["date"], meeting.fields["place"]) == ("2025-03-14", "Buenos Aires")
    assert meeting.fields["parties"] == ["ARG", "KOR"]
    assert [one.fields["topic"] for one in drafts(text, "topic", head="")] == [
        "Residue limits",
        "Disease-free zones",
    ]
    (coming,) = drafts(text, "next_meeting", head="")
    assert (coming.fields["place"], coming.fields["date"]) == ("Seoul", "2025-09")
    people = {one.fields["name"]: one.fields["side"] for one in drafts(text, "person", head="")}
    assert people == {"Diego Ferreyra": "ARG", "Park Min-seo": "KOR"}


def test_a_notification_is_a_measure_and_a_deadline() -> None:
    text = (
        "G/TBT/N/KEN/17\n19 September 2025\n\n1. Notifying Member: KENYA\n"
        "4. Products covered: Freezers (HS 8418)\n"
        "5. Title: Draft standard on energy efficiency\n10. Proposed date of entry into force: 1 March 2026\n"
        "11. Final date for comments: 18 November 2025\n"
    )
    (measure,) = drafts(text, "measure", head="")
    told = {
        "imposed_by": "KEN",
        "kind": "standard",
        "mast_chapter": "B",
        "status": "draft",
        "start": "2026-03-01",
    }
    assert told.items() <= measure.fields.items()
    assert measure.modality == "planned"
    (deadline,) = drafts(text, "deadline", head="")
    assert deadline.fields["date"] == "2025-11-18"


@pytest.mark.parametrize(
    ("day", "status", "modality"),
    [
        ("1 March 2026", "announced", "planned"),
        ("1 March 2025", "in force", "asserted"),
        ("to be determined", "announced", "planned"),
    ],
)
def test_a_notified_measure_is_in_force_once_its_day_has_come(day: str, status: str, modality: str) -> None:
    text = (
        "G/TBT/N/KEN/17\n19 September 2025\n\n1. Notifying Member: KENYA\n"
        "4. Products covered: Freezers (HS 8418)\n5. Title: Standard on energy efficiency\n"
        f"10. Date of entry into force: {day}\n11. Final date for comments: 18 November 2025\n"
    )
    (measure,) = drafts(text, "measure", head="")
    assert (measure.fields["status"], measure.modality) == (status, modality)


NARROW = """LIMA, 30 May 2025 - Peru
and Canada held the
second round of talks on
their digital trade chap-
ter on Friday.

Canada imports some 1.2
billion dollars of Peru-
vian goods a year.
"""


def test_a_narrow_column_is_read_and_quoted_as_it_stands() -> None:
    document = Document("x.txt", NARROW)
    found = read_text(document)
    (meeting,) = [one for one in found if one.type == "event"]
    assert meeting.fields["round"] == 2
    assert sorted(meeting.fields["parties"]) == ["CAN", "PER"]
    (amount,) = [one for one in found if one.type == "quantity"]
    assert (amount.fields["value"], amount.fields["partner"]) == (1_200_000_000, "PER")
    assert all(NARROW[one.start : one.end] == one.quote for one in found)


TRANSCRIPT = """Interview with Deputy Trade Minister Elena Castellanos of Mexico
9 May 2025

Diario: What did Japan want?

Castellanos: Japan wants us to open the market for used machinery. We cannot do that.

Diario: Did you offer to cut the duty on cars?

Castellanos: No. I met Vice-Minister Wada in Tokyo on 6 May 2025.
"""


def test_we_are_who_speaks_and_questions_are_no_facts() -> None:
    found = read_text(Document("x.txt", TRANSCRIPT))
    (ask,) = [one for one in found if one.type == "ask"]
    assert (ask.fields["by"], ask.fields["to"]) == ("JPN", "MEX")
    (limit,) = [one for one in found if one.type == "red_line"]
    assert (limit.fields["by"], limit.fields["speaker"]) == ("MEX", "Elena Castellanos")
    assert [one for one in found if one.type == "offer"] == []
    (meeting,) = [one for one in found if one.type == "event"]
    assert "MEX" in meeting.fields["parties"]


def test_both_sides_of_a_text_about_many_are_the_two_named_last() -> None:
    text = (
        "Paraguay asked the EU to lift its limits. Brazil and Colombia objected. "
        "Kenya complained about Egypt.\n\n"
        "Japan urged Chinese Taipei to remove its measures. Both sides will continue to consult."
    )
    (last,) = fields(text, "commitment")
    assert last["by"] == ["JPN", "TWN"]


@pytest.mark.parametrize(
    ("text", "name", "side"),
    [
        ("Mr. Teixeira spoke. His Canadian counterpart, Claire Dumont, agreed.", "Claire Dumont", "CAN"),
        ("Sweden met the U.S. Trade Representative, Daniel Frost, on Monday.", "Daniel Frost", "USA"),
        ("The Indian delegation was led by Mr. Arvind Rao, Additional Secretary.", "Arvind Rao", "IND"),
    ],
)
def test_people_by_the_form_in_which_they_are_named(text: str, name: str, side: str) -> None:
    assert (name, side) in [(one["name"], one.get("side")) for one in fields(text, "person")]


@pytest.mark.parametrize(
    "text",
    [
        "No decision has been taken on the duty.",
        "Norway asked whether Chile would cut its duty.",
        "Chile will not publish the text and will not open talks.",
    ],
)
def test_what_is_not_said_is_no_fact(text: str) -> None:
    assert drafts(text, "no_agreement", "offer", "commitment", "agreement") == []


@pytest.mark.parametrize(
    ("text", "language"),
    [("한국은 일본에 관세 철폐를 요구했다. " * 4, "Korean"), ("中方敦促美方取消关税。" * 9, "Chinese")],
)
def test_languages_that_are_not_read_are_named(tmp_path: Any, text: str, language: str) -> None:
    (tmp_path / "x.txt").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=f"is written in {language}"):
        decode(tmp_path / "x.txt")


LEFT = (
    "Japan and Peru held the second round of talks in Lima on 12 May 2025. Peru asked Japan to lift its ban"
    " on imports of avocados by December 2025. Japan offered to send inspectors to three farms and to"
)
RIGHT = (
    "share their reports. Both sides agreed to set up a working group on customs. The next round will be held"
    " in Tokyo in September 2025. Peru complained about the long delays of Japanese quarantine."
)


def shown(rows: list[tuple[int, int, str]]) -> bytes:
    """A PDF of one page that draws words at places."""
    return pdf(" ".join(f"BT /F1 10 Tf {x} {y} Td ({words}) Tj ET" for x, y, words in rows).encode("latin-1"))


def set_in_two(*, words: bool) -> bytes:
    """A page in two columns, drawn line by line over both; `words` draws each word by itself."""
    rows = [(60, 790, "Joint press release on the second round of talks of Japan and Peru, Lima, 13 May 2025")]
    for x, text in ((60, LEFT), (320, RIGHT)):
        for number, line in enumerate(textwrap.wrap(text, 36)):
            parts = line.split() if words else [line]
            places = [x + 5 * sum(len(part) + 1 for part in parts[:n]) for n in range(len(parts))]
            rows += [(place, 740 - 14 * number, part) for place, part in zip(places, parts, strict=True)]
    return shown(sorted(rows, key=lambda row: (-row[1], row[0])))


@pytest.mark.parametrize("words", [False, True])
def test_a_page_in_two_columns_is_read_column_by_column(tmp_path: Path, *, words: bool) -> None:
    path = tmp_path / "two.pdf"
    path.write_bytes(set_in_two(words=words))
    found = [(d.type, " ".join(d.quote.split())) for d in read([path])]
    for fact in [
        ("event", "Japan and Peru held the second round of talks in Lima on 12 May 2025"),
        ("ask", "Peru asked Japan to lift its ban on imports of avocados by December 2025"),
        ("offer", "Japan offered to send inspectors to three farms"),
        ("offer", "to share their reports"),
        ("next_meeting", "The next round will be held in Tokyo in September 2025"),
    ]:
        assert fact in found


def test_a_table_of_a_page_is_read_row_by_row(tmp_path: Path) -> None:
    path = tmp_path / "table.pdf"
    goods = ["cotton garments", "leather shoes", "cut flowers", "frozen fish", "passenger cars", "green tea"]
    rows = [(60, name, 320, f"{n + 3} percent") for n, name in enumerate(goods)]
    drawn = [
        [(x, 700 - 14 * n, name), (right, 700 - 14 * n, rate)] for n, (x, name, right, rate) in enumerate(rows)
    ]
    path.write_bytes(shown([cell for row in drawn for cell in row]))
    lines = [" ".join(line.split()) for line in decode(path).text.splitlines() if line.strip()]
    assert lines == [f"{name} {n + 3} percent" for n, name in enumerate(goods)]


def test_what_a_paragraph_is_about_is_the_topic_of_its_statements() -> None:
    text = (
        "Concerning the labelling of wine, Chile asked Japan to accept its certificates,"
        " and Japan showed a positive response."
    )
    (response,) = fields(text, "response")
    assert response["topic"] == "labelling of wine"


def test_this_is_the_second_one_numbers_the_meeting_just_told_of() -> None:
    text = (
        "Japan and Chile held a regular consultation in Lima on Monday."
        " This is the second consultation since its inauguration in 2012."
    )
    (event,), (series,) = fields(text, "event"), fields(text, "event_series")
    assert (event["round"], series["inaugurated"]) == (2, "2012")


def test_an_instrument_is_called_as_the_words_in_capitals_call_it() -> None:
    (pact,) = fields("Japan and Chile signed an Agreement on Reciprocal Trade on Monday.", "agreement")
    assert pact["title"] == "Agreement on Reciprocal Trade"


def test_a_meeting_beside_another_tells_which() -> None:
    text = "Japan and Chile held talks on the sidelines of the G7 summit in Canada on Monday."
    assert fields(text, "event")[0]["occasion"] == "G7 summit"


def test_several_amounts_of_a_sentence_are_told_one_by_one() -> None:
    text = "In 2024 exports of Chile to Japan were $3.4 billion, and imports were $2.1 billion."
    assert [one["value"] for one in fields(text, "quantity")] == [3.4e9, 2.1e9]


NOTE = """Note of a meeting

Meeting: third round of talks between Norway and Chile
Date: 3 to 5 March 2026
Venue: Oslo, Norway
Participants: Norway and Chile
Topics discussed: duties on fish, quotas, and rules of origin.
- Duty on cod, or figs
- None
- Duty on figs
Next meeting: 12 May 2026 in Santiago
Deadline for comments: 30 April 2026

Note taken by the office.
"""
NOTIFICATION = """G/TBT/N/KEN/900

4 March 2026

Notifying Member: Kenya
Agency responsible: Bureau of Tea
Title: {title}
Products covered: Tea (HS 0902.10)
Proposed date of entry into force: {begins}
"""
DETERMINATION = """International Trade Administration, Department of Commerce

Certain Plums From Chile: Final Determination

The Department of Commerce determines that the following dumping margins exist:

Acme Fruit S.A.: 12.5%
Other Plums: 7%

All parties may comment on these.

Fig Company: 9%

Dated: March 4, 2026.

Ana B. Moe, Assistant Secretary for Enforcement.
"""


def facts(text: str) -> list[tuple[str, str, dict[str, object]]]:
    return [(one.type, one.modality, dict(one.fields)) for one in read_text(Document("a.txt", text))]


def test_the_lines_of_a_note_are_facts() -> None:
    sides = {"parties": ["NOR", "CHL"]}
    days = {"start": "2026-03-03", "end": "2026-03-05", "date_precision": "period"}
    held = {"event_type": "negotiation round", "round": 3, "place": "Oslo, Norway"}
    found = facts(NOTE)
    assert [one for one in found if one != ("topic", "asserted", sides | {"topic": "fish"})] == [
        (
            "document",
            "asserted",
            {"doc_type": "news", "title": "Meeting: third round of talks between Norway and Chile"},
        ),
        ("event", "asserted", held | sides | days),
        ("topic", "asserted", {"topics": ["duties on fish", "quotas", "rules of origin"]}),
        ("topic", "asserted", {"topic": "Duty on cod, or figs"}),
        ("topic", "asserted", {"topic": "Duty on figs"}),
        (
            "next_meeting",
            "planned",
            sides | {"date": "2026-05-12", "date_precision": "day", "place": "Santiago"},
        ),
        ("deadline", "asserted", {"date": "2026-04-30", "date_precision": "day", "what": "comments"}),
    ]


@pytest.mark.parametrize(
    ("title", "begins", "modality", "told"),
    [
        ("Draft order on labels", "1 June 2026", "planned", {"status": "draft", "start": "2026-06-01"}),
        ("Draft order on labels", "1 January 2026", "planned", {"status": "draft", "start": "2026-01-01"}),
        ("Order on labels", "5 March 2026", "planned", {"status": "announced", "start": "2026-03-05"}),
        ("Order on labels", "4 March 2026", "asserted", {"status": "in force", "start": "2026-03-04"}),
        ("Order on labels", "to be told", "planned", {"status": "announced"}),
        (
            "Order on labels of Chile",
            "4 March 2026",
            "asserted",
            {"status": "in force", "start": "2026-03-04", "on": "CHL"},
        ),
        ("Order on Chile and Peru", "4 March 2026", "asserted", {"status": "in force", "start": "2026-03-04"}),
        (
            "Quota on labels",
            "4 March 2026",
            "asserted",
            {"kind": "quota", "status": "in force", "start": "2026-03-04"},
        ),
    ],
)
def test_a_notified_measure_is_in_force_from_its_day_on(
    title: str, begins: str, modality: str, told: dict[str, object]
) -> None:
    about, agency, measure = facts(NOTIFICATION.format(title=title, begins=begins))
    assert about[2] == {"doc_type": "WTO notification", "published": "2026-03-04"}
    assert agency[2] == {"org": "Bureau of Tea", "acts_for": "KEN", "role": "agency responsible"}
    fields = {"imposed_by": "KEN", "measure": title, "kind": "standard", "mast_chapter": "B"}
    assert measure == ("measure", modality, fields | {"products": "Tea", "hs_hint": "090210"} | told)


def test_rates_by_producer_are_those_below_the_words_for_them() -> None:
    found = facts(DETERMINATION)
    duty = {"measure": "anti-dumping duty", "kind": "anti-dumping", "unit": "%", "status": "in force"}
    duty |= {"gta_type": "Anti-dumping", "imposed_by": "USA", "on": "CHL"}
    assert [fields for kind, _, fields in found if kind == "measure"] == [
        duty | {"rate": 12.5},
        duty | {"rate": 7},
    ]
    assert [fields["name"] for kind, _, fields in found if kind == "person"] == ["Ana B. Moe"]


def test_those_who_discuss_are_not_those_it_is_about() -> None:
    (told,) = fields("Norway and Chile discussed a plan drawn up by Peru and Japan.", "topic")
    assert told["parties"] == ["NOR", "CHL"]
