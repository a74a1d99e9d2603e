"""Beside the live table: record and law of the day, documents into drafts, measures of one's own, languages."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from fastapi.testclient import TestClient
from httpx import Response
from hypothesis import HealthCheck, settings
from schemathesis import checks
from tests.served import DOCUMENT, korea
from tests.yaml_files import loaded

from kosho import Case
from kosho.cli.answering import answer
from kosho.record import Record
from kosho.scenario import simulate
from kosho.scenario.additions import Way, add_to_case
from kosho.serve import Settings, create_app

TABLE = "/api/v1/tables/korea"
OWN = "US puts an additional 5% on Korean cars from 1 August"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return korea(tmp_path_factory.mktemp("papers") / "korea")


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[TestClient]:
    known = Settings({"korea": str(folder)}, answer, "korea", processes=1)
    with TestClient(create_app(known), "http://localhost") as found:
        yield found


def test_the_record_and_the_law_are_those_of_the_day(client: TestClient):
    late = client.get(f"{TABLE}/record").json()
    early = client.get(f"{TABLE}/record", params={"as_of": "2025-05-10"}).json()
    assert [one["days_left"] for one in late["record"]["deadlines"]] == [10]
    assert [one["days_left"] for one in early["record"]["deadlines"]] == [60]
    assert [one["id"] for one in late["record"]["positions"]] == ["no-cars"]
    assert early["record"]["positions"] == []
    assert early["record"]["days"] == ["2025-05-02"]  # nothing of what came later
    asked = client.post("/api/v1/record", json={"case": "korea", "as_of": "2025-06-29"}).json()["answer"]
    assert {name: late["record"][name] for name in asked} == asked
    steel = {day["as_of"]: {one["id"] for one in day["duties"]} for day in (late, early)}
    assert "us-232-steel-50" in steel["2025-06-29"] - steel["2025-05-10"]
    assert client.get(f"{TABLE}/record", params={"as_of": "1990-01-01"}).status_code == 422


def row(draft: dict[str, Any]) -> dict[str, Any]:
    """A draft as the page sends it back."""
    return {key: one for key, one in draft.items() if key not in ("kind", "certainty", "like", "recorded")}


def test_a_draft_is_edited_with_the_checks_of_accepting(client: TestClient, folder: Path):
    found = client.post(f"{TABLE}/read", params={"name": "note.txt"}, content=DOCUMENT.encode()).json()
    (offer,) = [one for one in found["drafts"] if one["type"] == "offer"]
    body = {"name": found["name"], "text": found["text"], "draft": row(offer)}

    def edit(**changes: str) -> Response:
        return client.post(f"{TABLE}/edited", json=body | {"changes": changes})

    got = edit(products="[rice, flour]", to="USA", content="", type="ask").json()
    assert (got["type"], got["fields"]["products"], got["fields"]["to"]) == ("ask", ["rice", "flour"], "USA")
    assert "content" not in got["fields"]
    assert got["key"] == offer["key"]
    for changes, wrong in (
        ({"by": "Atlantis"}, "no code of a country"),
        ({"modality": "sure"}, "The modality is"),
        ({"type": "wish"}, "no type of a draft"),
        ({"prodcts": "rice"}, "no field of a draft"),
        ({"value": "much"}, "value"),
        ({"value": ".nan"}, "value"),
        ({"type": "person"}, "whose side"),
        ({"type": "person", "side": "KOR"}, "the name is not told"),
        ({"type": "person", "side": "[KOR]", "name": "X Y"}, "no code of a country"),
        ({"type": "quantity", "partner": "[KOR, USA]"}, "no code of a country"),
        ({"type": "document", "published": "soon"}, "date"),
    ):
        answer = edit(**changes)
        assert answer.status_code == 422, changes
        assert wrong in answer.text
    for words in ("&a [*a]", "[" * 1900, "[&a [x, x], *a]", "[.inf]", "[NO, SE]", "[2025-01-01]", "[{a: 1}]"):
        assert edit(products=words).json()["fields"]["products"] == words  # no list of plain values
    for value in ({"a": 1}, [["a"]], "\ud800", float("inf")):
        broken = {**body["draft"], "fields": {"by": "KOR", "topic": value}}
        for way, sent in (
            ("edited", body | {"draft": broken, "changes": {}}),
            ("decided/drafts", {"name": found["name"], "text": found["text"], "drafts": [broken]}),
        ):
            heads = {"content-type": "application/json"}
            answer = client.post(f"{TABLE}/{way}", content=json.dumps(sent), headers=heads)
            assert answer.status_code == 422, value
            assert "fields.topic" in answer.text
    misspelt = {**body["draft"], "fields": {"prodcts": "rice"}}
    for way, sent in (
        ("edited", body | {"draft": misspelt, "changes": {}}),
        ("decided/drafts", {"name": found["name"], "text": found["text"], "drafts": [misspelt]}),
    ):
        answer = client.post(f"{TABLE}/{way}", json=sent)
        assert answer.status_code == 422, way
        assert "drafts.0.fields.prodcts" in answer.text, way
        assert "did you mean products" in answer.text, way
    document = next(one for one in found["drafts"] if one["type"] == "document")
    rows = [row(one) | {"decision": "accepted"} for one in (document, got)]
    whole = {"name": found["name"], "text": found["text"], "drafts": rows}
    record = Record.of(client.post(f"{TABLE}/decided/record", json=whole).content, folder / "record.yaml")
    (entry,) = [one for one in record.file.statements if one.source == "note"]
    assert (entry.kind, [str(one) for one in entry.to], entry.products) == ("ask", ["usa"], ("rice", "flour"))
    assert entry.id.endswith(offer["key"])  # as it was read: a second time it is in the record already


def test_a_document_becomes_drafts_that_leave_as_files_and_nothing_is_written(client: TestClient, folder: Path):
    before = {path: path.read_bytes() for path in folder.iterdir()}
    found = client.post(f"{TABLE}/read", params={"name": "../note.txt"}, content=DOCUMENT.encode()).json()
    assert found["name"] == "note.txt"
    for one in found["drafts"]:
        assert found["text"][one["start"] : one["end"]] == one["quote"]
    rows = [
        row(one) | {"decision": "accepted" if one["type"] in ("offer", "document") else "rejected"}
        for one in found["drafts"]
    ]
    body = {"name": found["name"], "text": found["text"], "drafts": rows}
    drafts = client.post(f"{TABLE}/decided/drafts", json=body)
    assert drafts.headers["content-disposition"] == 'attachment; filename="drafts.yaml"'
    assert {one["decision"] for one in loaded(drafts.text)["drafts"]} == {"accepted", "rejected"}
    record = Record.of(client.post(f"{TABLE}/decided/record", json=body).content, folder / "record.yaml")
    (offer,) = [one for one in record.file.statements if one.source == "note"]
    assert offer.quote == "Korea will lower its tariff on rice"
    assert len(record.file.statements) == 3
    assert {path: path.read_bytes() for path in folder.iterdir()} == before
    rows[0]["quote"] = "Korea will never lower it"
    wrong = client.post(f"{TABLE}/decided/drafts", json=body)
    assert wrong.status_code == 422
    assert "the quote is not at" in wrong.text
    none = {**body, "drafts": []}
    assert "no draft was accepted" in client.post(f"{TABLE}/decided/record", json=none).text


def test_what_the_record_says_already_is_told_beside_a_draft(client: TestClient):
    said = b"Seoul, 30 June 2025\n\nKorea asks the United States for the removal of the duty on cars."
    found = client.post(f"{TABLE}/read", params={"name": "again.txt"}, content=said).json()
    assert any("no-cars in the record" in line for one in found["drafts"] for line in one["like"])


@pytest.mark.parametrize(
    ("content", "wrong"),
    [(b"", "body"), (b"\x00\x01" * 300, "is not"), ("중국은 관세를 인하한다".encode(), "Korean")],
)
def test_a_document_that_is_none_is_told(client: TestClient, content: bytes, wrong: str):
    got = client.post(f"{TABLE}/read", params={"name": "a.txt"}, content=content)
    assert got.status_code == 422
    assert wrong in got.text
    assert client.post(f"{TABLE}/read", params={"name": "a.txt"}, content=b"x" * 20_000_001).status_code == 413


def test_a_measure_in_words_does_what_the_command_says_of_it(client: TestClient, folder: Path):
    asked = {"line": OWN}
    told = client.get(f"{TABLE}/own", params=asked).json()["lines"][0]
    assert told["line"] == "USA KOR vehicles-232 +5% from 2025-08-01"
    assert told["trade_musd"] > 0
    does = client.get(f"{TABLE}/own/effects", params=asked).json()
    case = Case.load(folder)
    found = add_to_case(case, "status-quo", [OWN], None, None, Way(allow_idle=True))
    for code, one in found.countries.items():
        assert does["countries"][code]["ev_musd"] == pytest.approx(one["ev_musd"], rel=1e-4, abs=0.5)
    wrong = client.get(f"{TABLE}/own", params={"line": "25% on Korean cars"})
    assert wrong.status_code == 422
    assert "who imposes it is not said" in wrong.text
    by = client.get(f"{TABLE}/own", params={"line": "25% on Korean cars", "importer": "USA"}).json()
    assert by["lines"][0]["line"] == "USA KOR vehicles-232 25%"


def test_a_case_with_the_measures_is_taken_away_and_runs(client: TestClient, tmp_path: Path):
    now = OWN.removesuffix(" from 1 August")
    got = client.get(f"{TABLE}/own/folder", params={"line": now})
    assert got.status_code == 200, got.text
    with zipfile.ZipFile(io.BytesIO(got.content)) as archive:
        archive.extractall(tmp_path)
    case = Case.load(tmp_path / "korea-own")
    does = client.get(f"{TABLE}/own/effects", params={"line": now}).json()
    gain = (
        simulate(case, "own-measures").equivalent_variation - simulate(case, "status-quo").equivalent_variation
    )
    assert float(gain.sel(country="USA")) == pytest.approx(
        does["countries"]["USA"]["ev_musd"], rel=0.05, abs=5.0
    )


def test_answers_are_in_the_language_that_is_asked_for(client: TestClient):
    page = client.get("/", params={"lang": "ja"}).text
    assert '<html lang="ja">' in page
    assert "元に戻す" in page
    assert '<html lang="ja">' in client.get("/", headers={"accept-language": "ja,en;q=0.5"}).text
    assert '<html lang="en">' in client.get("/", headers={"accept-language": "fr, en;q=0.5"}).text
    words = client.get("/static/words.json", params={"lang": "ja"}).json()
    assert words["this package"] == "この組合せ"
    assert not [english for english, told in words.items() if english == told]
    assert client.get("/static/words.json").json() == {}
    japanese = client.get(TABLE, params={"lang": "ja"}).json()
    english = client.get(TABLE).json()
    assert [one["title"] for one in japanese["positions"][:2]] == ["合意なし", "現状"]
    assert [one["title"] for one in english["positions"][:2]] == ["No deal", "Today"]
    assert japanese["frontier"] == english["frontier"]
    away = client.get(f"{TABLE}/export/csv", params={"options": "cars:all-15", "lang": "ja"}).text.splitlines()
    assert away[0] == "\ufeff項目,対象,単位,値"
    assert away[1].startswith("選択肢,")
    wrong = client.get(f"{TABLE}/package", params={"options": "cars:all-16", "lang": "ja"})
    assert not wrong.json()["detail"].isascii()


HERE = {"host": "localhost"}
SCHEMA = schemathesis.openapi.from_asgi(
    "/openapi.json", create_app(Settings({}, answer, processes=1)), headers=HERE
)
CHECKS = [
    checks.not_a_server_error,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.status_code_conformance,
]


@SCHEMA.parametrize()
@settings(max_examples=1, suppress_health_check=list(HealthCheck))
def test_what_the_document_promises_holds(case: schemathesis.Case):
    case.call_and_validate(headers=HERE, checks=CHECKS, timeout=600)
