"""A record that accepted drafts made, whole: every key of every entry, as it stands in the file."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from kosho.record import Draft, Record
from kosho.record.accept import Book, entry_id
from kosho.record.reading import Document

DAY = date(2026, 2, 21)
DOC = "A Note, no. 2.txt"


def entered(folder: Path, *told: tuple[str, dict[str, Any]], quote: str = "they met", **more: Any) -> Any:
    """What a record holds of drafts that were accepted one after another, ten characters apart."""
    book = Book(folder / "talks" / "record.yaml", DAY)
    book.path.parent.mkdir()
    for n, (kind, fields) in enumerate(told):
        at = 10 * n
        draft = Draft(DOC, kind, more.get("modality", "asserted"), fields, quote, at, at + len(quote))
        book.enter(draft, f"e{n}", None, more.get("about", {}))
    return yaml.safe_load(book.path.read_text(encoding="utf-8"))


def stated(n: int, kind_of_entry: str, **more: Any) -> dict[str, Any]:
    place = {"source": "a-note-no-2", "quote": "they met", "start": 10 * n, "end": 10 * n + 8}
    return {
        "id": f"e{n}",
        "type": kind_of_entry,
        **place,
        "recorded_at": "2026-02-21",
        "modality": "asserted",
        **more,
    }


def as_told(whole: dict[str, Any]) -> dict[str, Any]:
    """A record with its days as they are written."""
    days = {"recorded_at", "date", "due"}
    return {
        key: str(value)
        if key in days
        else [as_told(one) if isinstance(one, dict) else one for one in value]
        if isinstance(value, list)
        else value
        for key, value in whole.items()
    }


GOODS = {"products": ["cars", "trucks"], "hs_hint": ["8703,8704", "87"]}
HELD = {"products": ["cars", "trucks"], "hs": ["8703", "8704", "87"]}


@pytest.mark.parametrize(
    ("kind", "fields", "held"),
    [
        (
            "event",
            {"event_type": "talks", "parties": ["JPN"], "level": "minister", "duration_min": 90, "round": 2}
            | {"time": "14:30", "place": "Lima", "topics": ["cars"], "speaker": "Ken Sato", "topic": "cars"}
            | {"date": "2026-02-03", "date_precision": "day", "attributed_to": "a wire"},
            stated(0, "meeting", status="held", kind="talks", level="minister", minutes=90, time="14:30")
            | {"place": "Lima", "round": 2, "parties": ["jpn"], "topics": ["cars"], "attributed_to": "Ken Sato"}
            | {"topic": "cars", "date": "2026-02-03", "date_precision": "day"},
        ),
        (
            "event",
            {"start": "2026-02-03", "date": "2026-02-04", "date_precision": "soon", "attributed_to": "a wire"},
            stated(0, "meeting", status="held", kind="event", date="2026-02-04", attributed_to="a wire"),
        ),
        (
            "agreement",
            {"kind": "pact", "parties": ["JPN"], "signed": "2026-01-02", "status": "signed", "round": 2},
            stated(0, "instrument", kind="pact", status="signed", parties=["jpn"], date="2026-01-02"),
        ),
        (
            "measure",
            {"imposed_by": "JPN", "rate": 5, "rate_before": 3, "mast_chapter": "B", "status": "draft"} | GOODS,
            stated(0, "measure", by=["jpn"], kind="tariff", status="announced", rate=5, rate_before=3, mast="B")
            | HELD,
        ),
        (
            "deadline",
            {"date": "2026-03-01", "by": ["JPN"], "date_precision": "month"},
            stated(0, "deadline", what="they met", date="2026-03-01", by=["jpn"], date_precision="month"),
        ),
        (
            "commitment",
            {"by": "JPN", "due": "2026-03-01", "value": 7},
            stated(0, "commitment", by=["jpn"], deliverable="they met", due="2026-03-01"),
        ),
        (
            "quantity",
            {"reporter": "JPN", "value": 7, "unit": "t", "bound": "about", "flow": "import", "product": "tea"},
            stated(
                0, "quantity", by=["jpn"], value=7, unit="t", bound="about", flow="import", products=["tea"]
            ),
        ),
        ("topic", {"topics": ["cars", "rice"]}, stated(0, "topic", content="cars, rice")),
        ("context", {}, stated(0, "context", content="they met")),
        ("organisation", {"org": "WTO"}, stated(0, "organisation", content="WTO")),
        (
            "complaint",
            {"by": "JPN", "against": "JPN", "stance": "too late", "value": 7, "unit": "%", "mast_chapter": "B"}
            | GOODS,
            stated(0, "position", kind="complaint", by=["jpn"], to=["jpn"], content="too late", to_value=7)
            | {"unit": "%", "mast": "B"}
            | HELD,
        ),
        (
            "offer",
            {"by": "JPN", "content": "tea", "stance": "late", "threshold": 24, "value": 7},
            stated(0, "position", kind="offer", by=["jpn"], content="tea", to_value=24),
        ),
    ],
)
def test_an_entry_holds_what_its_draft_tells(
    kind: str, fields: dict[str, Any], held: dict[str, Any], tmp_path: Path
) -> None:
    whole = as_told(entered(tmp_path, (kind, fields)))
    assert whole["statements"] == [held]
    assert whole.get("parties", []) == (
        [{"id": "jpn", "name": "Japan", "kind": "state", "code": "JPN"}] if "JPN" in str(fields) else []
    )


@pytest.mark.parametrize(
    ("quote", "mode"),
    [
        ("they spoke on the phone", "phone"),
        ("a virtual round", "video"),
        ("they met in person", "in person"),
        ("a meeting in Lima", None),
    ],
)
def test_how_they_met_is_told_by_the_quote(quote: str, mode: str | None, tmp_path: Path) -> None:
    assert entered(tmp_path, ("event", {}), quote=quote)["statements"][0].get("mode") == mode


@pytest.mark.parametrize(
    ("about", "source"),
    [
        ({}, {"title": DOC, "publisher": "unknown", "kind": "secondary"}),
        (
            {"title": "A note", "publisher": "The office", "published": "2026-01-02", "doc_type": "minutes"},
            {"title": "A note", "publisher": "The office", "date": "2026-01-02", "kind": "primary"},
        ),
        ({"doc_type": "news"}, {"title": DOC, "publisher": "unknown", "kind": "secondary"}),
    ],
)
def test_a_source_is_told_once_with_what_its_document_says_of_itself(
    about: dict[str, str], source: dict[str, str], tmp_path: Path
) -> None:
    whole = as_told(
        entered(tmp_path, ("document", {}), ("context", {}), ("topic", {"topic": "x"}), about=about)
    )
    assert whole["title"] == "Record of talks"
    assert whole["sources"] == [{"id": "a-note-no-2"} | source | {"file": DOC}]
    assert [one["id"] for one in whole["statements"]] == ["e1", "e2"]


def test_people_and_parties_are_told_once_with_each_of_their_posts(tmp_path: Path) -> None:
    whole = as_told(
        entered(
            tmp_path,
            ("person", {"name": "Ken Sato", "side": "JPN", "name_native": "佐藤健"}),
            ("person", {"name": "Ken Sato", "side": "JPN", "role": "Envoy", "since": "2026-01"}),
            ("person_status", {"name": "!", "side": "EU27", "role": "Commissioner"}),
            ("ask", {"by": ["EU27", "GCC"], "to": "JPN"}),
            ("quantity", {"reporter": "GCC", "partner": "USA", "value": 1, "unit": "t"}),
        )
    )

    def post(n: int, title: str, **more: str) -> dict[str, Any]:
        place = {"source": "a-note-no-2", "quote": "they met", "start": 10 * n, "end": 10 * n + 8}
        return {**place, "recorded_at": "2026-02-21", "title": title, **more}

    assert [as_told(one) for one in whole["people"]] == [
        {"id": "ken-sato", "name": "Ken Sato", "native": "佐藤健", "party": "jpn"}
        | {"posts": [post(0, "not told"), post(1, "Envoy", since="2026-01")]},
        {"id": "unnamed", "name": "!", "party": "eu27", "posts": [post(2, "Commissioner")]},
    ]
    assert whole["parties"] == [
        {"id": "jpn", "name": "Japan", "kind": "state", "code": "JPN"},
        {"id": "eu27", "name": "European Union", "kind": "bloc", "code": "EU27"},
        {"id": "gcc", "name": "Gulf Cooperation Council", "kind": "body"},
        {"id": "usa", "name": "United States", "kind": "state", "code": "USA"},
    ]


def test_a_long_quote_is_cut_and_an_id_is_made_of_document_place_and_words(tmp_path: Path) -> None:
    path = tmp_path / "record.yaml"
    for length, end in ((400, 403), (401, 403)):
        draft = Draft(DOC, "context", "asserted", {}, "x" * length, 3, 3 + length, proposed_by="a model")
        Book(path, DAY).enter(draft, entry_id(draft), Document(DOC, f"\n\n\n{'x' * length}"), {})
        (one,) = Record.load(path).file.statements
        assert (one.quote, one.start, one.end) == ("x" * 400, 3, end)
        assert one.note == "proposed by a model"
        assert one.id.startswith("a-note-no-2.3-")
        path.unlink()


@pytest.mark.parametrize(
    ("kind", "start", "end", "fields", "same"),
    [
        ("offer", 100, 140, {"by": "JPN", "content": "tea"}, True),
        ("offer", 120, 160, {"by": "JPN", "content": "tea"}, True),
        ("offer", 121, 161, {"by": "JPN", "content": "tea"}, False),
        ("offer", 80, 120, {"by": "JPN"}, True),
        ("offer", 130, 150, {"by": "JPN"}, True),
        ("offer", 131, 151, {"by": "JPN"}, False),
        ("offer", 100, 140, {"by": "JPN", "content": "rice"}, False),
        ("offer", 100, 140, {"by": "USA", "content": "tea"}, False),
        ("ask", 100, 140, {"by": "JPN", "content": "tea"}, False),
        ("offer", 100, 140, {"content": "tea", "unit": "kg"}, True),
    ],
)
def test_a_draft_on_half_of_the_same_words_is_in_the_record_already(
    kind: str, start: int, end: int, fields: dict[str, Any], same: bool, tmp_path: Path
) -> None:
    book = Book(tmp_path / "record.yaml", DAY)
    first = Draft(DOC, "offer", "asserted", {"by": "JPN", "content": "tea"}, "x" * 40, 100, 140)
    assert book.held_as(first, "one") is None
    book.enter(first, "one", None, {})
    other = Draft(DOC, kind, "asserted", fields, "x" * (end - start), start, end)
    assert book.held_as(other, "two") == ("one" if same else None)
    assert book.held_as(Draft("b.txt", kind, "asserted", fields, "x", start, end), "two") is None
