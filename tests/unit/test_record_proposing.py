"""`kosho register propose`: documents into drafts of measures, nothing guessed, every quote at its place."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.measures import shipped
from typer.testing import CliRunner

from kosho.cli import app
from kosho.errors import InputError
from kosho.language import use
from kosho.law import Query, Register, quote
from kosho.law.register import shipped_files
from kosho.law.scope import ALL
from kosho.record.proposing import law_text, propose
from kosho.record.proposing.book import RegisterBook
from kosho.record.proposing.legal_text import known_headings
from kosho.record.reading.draft import Draft

GOLDEN = Path(__file__).parents[1] / "golden" / "proposing"
RUN = CliRunner()


def of(path: Path) -> dict[str, Draft]:
    texts, drafts = propose([path], shipped())
    for one in drafts:
        text = texts[one.doc].text
        assert text[one.start : one.end] == one.quote
        for start, end in one.fields.get("places", {}).values():
            assert 0 <= start < end <= len(text)
    return {one.fields.get("heading") or one.fields["id"]: one for one in drafts}


def test_headings_that_measures_rest_on_are_found_in_every_language():
    english = known_headings(Register.load())
    assert len(english) > 100
    with use("ja"):
        japanese = Register.load()
        assert "項" in "".join(one.legal_basis for one in japanese.measures)
        assert known_headings(japanese) == english


def test_a_customs_message_gives_a_draft_a_heading():
    found = of(GOLDEN / "csms-66492057.txt")
    lumber, sofas = found["9903.76.01"].fields, found["9903.76.02"].fields
    assert (lumber["kind"], lumber["value"], lumber["partners"]) == ("tariff", 10, ["all"])
    assert "except" not in lumber
    assert len(lumber["hs"]) == 15
    assert "44071100" in lumber["hs"]
    assert (lumber["legal_from"], lumber["known_from"]) == ("2025-10-14", "2025-10-10")
    assert lumber["legal_basis"] == "Proclamation 10976; 90 FR 48127; heading 9903.76.01"
    assert lumber["held"] == ["us-232-lumber-10"]
    assert lumber["asked"] == ["authority"]
    assert (sofas["value"], sofas["except"]) == (25, ["GBR", "EU27", "JPN"])
    assert sofas["hs"] == ["9401614011", "9401614031", "9401616011", "9401616031"]


def test_what_a_message_does_not_say_is_asked_for():
    found = of(GOLDEN / "csms-67400472.txt")
    chips, others = found["9903.79.01"].fields, found["9903.79.02"].fields
    assert (chips["value"], chips["hs"], chips["legal_from"]) == (
        25,
        ["847150", "847180", "847330"],
        "2026-01-15",
    )
    assert chips["asked"] == ["authority", "partners", "known_from"]
    assert others["kind"] == "exemption"
    assert "value" not in others
    assert "excludes" in others["asked"]


def test_a_notice_of_the_federal_register_is_read_as_text_and_as_json():
    text = of(GOLDEN / "fr-2025-17908.txt")["9903.94.41"].fields
    assert (text["kind"], text["value"], text["partners"]) == ("floor", 15, ["JPN"])
    assert (text["known_from"], text["legal_from"]) == ("2025-09-16", "2025-09-16")
    assert "heading 9903.94.41" in text["legal_basis"]
    brazil = next(iter(of(GOLDEN / "fr-api.json").values())).fields
    assert (brazil["kind"], brazil["value"], brazil["partners"]) == ("tariff", 40, ["BRA"])
    assert (brazil["legal_from"], brazil["known_from"]) == ("2025-08-06", "2025-08-05")
    assert "Executive Order 14323" in brazil["legal_basis"]
    assert "90 FR 37739" in brazil["legal_basis"]


def write(tmp_path: Path, name: str, content: Any) -> Path:
    path = tmp_path / name
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("sentence", "wanted"),
    [
        (
            "an additional ad valorem duty of 25 percent on articles that are products of India.",
            ("tariff", 25.0, ["IND"]),
        ),
        (
            "an additional ad valorem rate of duty of 7.5 percent on products of Viet Nam.",
            ("tariff", 7.5, ["VNM"]),
        ),
    ],
)
def test_a_sentence_with_a_duty_is_a_draft(tmp_path: Path, sentence: str, wanted: tuple[str, float, list[str]]):
    path = write(tmp_path, "order.txt", f"Sec. 2. There shall be imposed {sentence}\n")
    (found,) = of(path).values()
    assert (found.fields["kind"], found.fields["value"], found.fields["partners"]) == wanted
    assert {"authority", "hs", "legal_from", "known_from", "legal_basis"} <= set(found.fields["asked"])


@pytest.mark.parametrize(
    ("text", "field", "found"),
    [
        # Two rates, two days, several origins: none is chosen.
        (
            "9903.77.01: Widgets of Japan: 25% additional ad valorem duty, then 30% additional ad valorem duty",
            "value",
            "rates_found",
        ),
        (
            "9903.77.01: Widgets, products of Japan; tins, products of Korea, 25% additional ad valorem duty",
            "partners",
            "origins_found",
        ),
        (
            "9903.77.01: Widgets, except products of Australia: 25% additional ad valorem duty",
            "partners",
            "origins_found",
        ),
    ],
)
def test_nothing_is_chosen_where_several_are_stated(tmp_path: Path, text: str, field: str, found: str):
    (draft,) = of(write(tmp_path, "message.txt", f"Guidance\n\n{text}\n")).values()
    assert field not in draft.fields
    assert field in draft.fields["asked"]
    assert draft.fields[found]


def test_two_days_in_a_document_leave_the_start_open(tmp_path: Path):
    text = (
        "Goods entered on or after January 1, 2026, and goods entered on or after March 1, 2026.\n\n"
        "9903.77.01: Widgets of Japan\n25% additional ad valorem duty\n"
    )
    (draft,) = of(write(tmp_path, "message.txt", text)).values()
    assert "legal_from" in draft.fields["asked"]


ORDER = """Executive Order 14999 and Proclamation 10999, see 90 FR 12345 and 90 FR 12346.

9903.99.77: Widgets of Japan, 8703.23.01 and 8704.21
25% additional ad valorem duty on goods entered on or after January 5, 2026, and before March 1, 2026.
A title

9903.99.78: Applies to imports of widgets of Chile
15% in total

9903.99.79: Widgets of Peru
The duty provided in the applicable subheading + 0%, Proclamation 11000

9903.99.80: Articles of Norway
No additional duty
A title
"""
OF_ORDER = "Executive Order 14999; Proclamation 10999; 90 FR 12345"


def test_a_text_of_several_headings_is_read_heading_by_heading(tmp_path: Path) -> None:
    found = of(write(tmp_path, "order.txt", ORDER))
    assert {heading: (one.fields.get("kind"), one.fields.get("value")) for heading, one in found.items()} == {
        "9903.99.77": ("tariff", 25),
        "9903.99.78": ("floor", 15),
        "9903.99.79": (None, None),
        "9903.99.80": ("exemption", None),
    }
    assert [one.fields["legal_basis"] for one in found.values()] == [
        f"{OF_ORDER}; heading 9903.99.77",
        f"{OF_ORDER}; heading 9903.99.78",
        "Proclamation 11000; heading 9903.99.79",
        f"{OF_ORDER}; heading 9903.99.80",
    ]
    assert [one.fields["title"] for one in found.values()] == [
        "25 % on Widgets of Japan, 8703.23.01 and 8704.21",
        "15 % in all on widgets of Chile",
        "Widgets of Peru",
        "Articles of Norway",
    ]
    first = found["9903.99.77"]
    assert (first.fields["id"], first.fields["hs"]) == ("us-9903.99.77-jpn", ["87032301", "870421"])
    assert first.quote == "9903.99.77: Widgets of Japan, 8703.23.01 and 8704.21\n25% additional ad valorem"
    text = (tmp_path / "order.txt").read_text("utf-8")
    told = {name: text[slice(*place)] for name, place in first.fields["places"].items()}
    assert told == {
        "value": "25% additional ad valorem",
        "partners": "Japan",
        "hs": "8703.23.01 and 8704.21",
        "legal_from": "on or after January 5, 2026",
        "legal_to": "and before March 1, 2026",
    }
    assert [one.fields["legal_from"] for one in found.values()] == ["2026-01-05"] * 4


@pytest.mark.parametrize(
    ("words", "last"),
    [
        ("and before March 1, 2026", "2026-02-28"),
        ("and before 12:01 a.m. eastern time on March 1, 2026", "2026-02-28"),
        ("until 12:01 a.m. eastern time on March 1, 2026", "2026-02-28"),
        ("until March 1, 2026", "2026-03-01"),
        ("through March 1, 2026", "2026-03-01"),
        ("through January 5, 2026", "2026-01-05"),
        ("and before January 5, 2026", None),  # over before it began
        ("through March 32, 2026", None),
        ("through March 1, 2026, or through April 1, 2026", None),
    ],
)
def test_the_last_day_of_a_measure_is_the_one_before_that_it_ends_at(
    words: str, last: str | None, tmp_path: Path
) -> None:
    goods = f"25% additional ad valorem duty on goods entered on or after January 5, 2026, {words}.\n"
    (draft,) = of(write(tmp_path, "order.txt", f"9903.99.77: Widgets of Japan\n{goods}")).values()
    assert draft.fields.get("legal_to") == last


ROW = {"indent": "0", "units": [], "special": "", "other": "", "footnotes": []}
EDITION = [
    {
        "htsno": "9903.99.01",
        "description": "Articles the product of Brazil, as provided for in U.S. note 99",
        "general": "The duty provided in the applicable subheading + 33%",
        **ROW,
    },
    {
        "htsno": "9903.94.01",
        "description": "Passenger vehicles, as provided for in U.S. note 33(b)",
        "general": "The duty provided in the applicable subheading + 25%",
        **ROW,
    },
    {
        "htsno": "9903.94.41",
        "description": "Passenger vehicles the product of Japan with a rate less than 15 percent",
        "general": "12%",
        **ROW,
    },
    {
        "htsno": "9903.76.01",
        "description": "Softwood timber",
        "general": "The duty provided in the applicable subheading + 12%",
        **ROW,
    },
    {
        "htsno": "9903.88.01",
        "description": "Except as provided, articles the product of China",
        "general": "The duty provided in the applicable subheading + 25%",
        **ROW,
    },
    {
        "htsno": "4407.11.00",
        "description": "Of pine",
        "general": "Free",
        **(ROW | {"footnotes": [{"value": "See 9903.76.01"}]}),
    },
    {
        "htsno": "4420.11.00",
        "description": "Statuettes",
        "general": "3.2%",
        **(ROW | {"footnotes": [{"value": "See 9903.76.01"}]}),
    },
]


def test_an_edition_gives_headings_that_are_new_or_differ_and_lists_that_do(tmp_path: Path):
    texts, drafts = propose([write(tmp_path, "edition.json", EDITION)], shipped())
    measures = {one.fields["heading"]: one.fields for one in drafts if one.type == "measure"}
    assert set(measures) == {"9903.99.01", "9903.76.01"}  # cars are held; 12 % in all is no floor at 15
    assert (measures["9903.99.01"]["value"], measures["9903.99.01"]["partners"]) == (33, ["BRA"])
    assert measures["9903.76.01"]["differs"] == ["us-232-lumber-10: tariff 10"]
    (lines,) = (one for one in drafts if one.type == "list")
    assert lines.fields["measure"] == "us-232-lumber-10"
    assert lines.fields["add"] == ["44201100"]
    assert (lines.fields["remove"], lines.fields["lists"]) == ([], ["us-lumber-37"])
    assert texts["edition.json"].text[lines.start : lines.end] == lines.quote


def test_a_line_that_no_note_of_an_edition_names_is_taken_off_the_list(tmp_path: Path) -> None:
    fir, statuettes = (
        {"htsno": code, "description": "Wood", "general": "Free", **ROW}
        for code in ("4407.12.00", "4420.11.00")
    )
    _texts, drafts = propose([write(tmp_path, "edition.json", [*EDITION[:-1], fir, statuettes])], shipped())
    (lines,) = (one for one in drafts if one.type == "list")
    assert (lines.fields["add"], lines.fields["remove"]) == ([], ["44071200"])
    assert "4407.12.00" in lines.quote


def test_a_measure_on_all_goods_has_no_list_and_a_source_without_a_frame_says_so(tmp_path: Path) -> None:
    fields = {
        "id": "us-all",
        "title": "10 % on all",
        "imposer": "USA",
        "authority": "us-own",
        "partners": ["all"],
    }
    fields |= {"hs": ALL, "kind": "tariff", "value": 10, "legal_from": "2026-01-05", "known_from": "2026-01-02"}
    draft = Draft(
        "An Order.txt", "measure", "asserted", fields | {"legal_basis": "an order"}, "10 percent", 0, 10
    )
    told = {"An Order.txt": {"title": "An order", "publisher": "The office", "published": "2026-01-02"}}
    for name, about in (("bare", {}), ("told", told)):
        path = tmp_path / f"{name}.yaml"
        RegisterBook(path, date(2026, 1, 5), about).enter(draft, "x", None, {})
        law = Register.load([*shipped_files(), path])
        source = law.sources["an-order"]
        expected = ("An order", "The office") if about else ("An Order.txt", "not told")
        assert (source.title, source.publisher) == expected
        scope = law.measure("us-all").scope
        assert scope is not None
        assert (scope.goods, scope.lists) == (True, ())
    for doc, name in (("Other -- order.txt", "us-b"), ("An Order.txt", "us-c")):
        other = Draft(doc, "measure", "asserted", draft.fields | {"id": name}, "10 percent", 0, 10)
        RegisterBook(path, date(2026, 1, 5), told).enter(other, "x", None, {})
    written = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert [one["id"] for one in written["sources"]] == ["an-order", "other-order"]
    assert [one["source"] for one in written["measures"]] == [["an-order"], ["other-order"], ["an-order"]]


def accept(tmp_path: Path, answers: str) -> tuple[str, Path]:
    into = tmp_path / "mine.yaml"
    done = RUN.invoke(
        app,
        [
            "register",
            "propose",
            str(GOLDEN / "csms-66492057.txt"),
            "--accept",
            "--out",
            str(tmp_path / "drafts.yaml"),
            "--into",
            str(into),
        ],
        input=answers,
    )
    assert done.exit_code == 0, done.output
    return done.stdout, into


def test_an_accepted_draft_is_a_measure_that_a_register_reads(tmp_path: Path):
    said, into = accept(tmp_path, "a\ne\nauthority=us-232-timber\n\na\nr\n")
    assert "authority is not known" in said
    assert "1 accepted, 1 rejected" in said
    law = Register.load([*shipped_files(), into])
    measure = law.measure("us-9903.76.01")
    assert measure.value == 10
    assert measure.legal_from == date(2025, 10, 14)
    assert measure.quote
    assert law.sources[measure.source[0]].publisher == "US Customs and Border Protection"
    found = quote(law, Query("USA", "BRA", "4407.11.00", date(2025, 10, 14)))
    assert "us-9903.76.01" in [layer.measure for layer in found.layers]
    again, _ = accept(tmp_path, "")
    assert "0 accepted, 0 rejected, 0 skipped, 0 to decide on" in again


def test_a_measure_that_would_not_hold_is_not_written(tmp_path: Path):
    said, into = accept(tmp_path, "e\nauthority=us-232-timber\nexcludes=nobody\n\na\nq\n")
    assert "unknown measure or authority 'nobody'" in said
    assert not into.exists()


def test_files_that_are_no_documents_are_refused(tmp_path: Path):
    with pytest.raises(InputError, match="no document of the Federal Register"):
        law_text(write(tmp_path, "other.json", {"results": []}))
    for broken in ("{", '{"title": ' + "9" * 5000 + "}", '{"title":' * 100_000):
        with pytest.raises(InputError, match="is not JSON"):
            law_text(write(tmp_path, "broken.json", broken))
    with pytest.raises(InputError, match="No such file"):
        law_text(tmp_path / "missing.txt")
    error = RUN.invoke(app, ["register", "propose", str(tmp_path / "drafts.yaml")]).exception
    assert isinstance(error, InputError)


def test_a_document_in_which_nothing_is_found_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    Path("a.txt").write_text("The weather was fine.\n", encoding="utf-8")
    told = RUN.invoke(app, ["register", "propose", "a.txt"])
    assert told.exit_code == 0
    assert "a.txt: nothing was found in it" in told.output
    assert "decide on them" not in told.output
    lines = RUN.invoke(app, ["register", "propose", "a.txt", "--json"])
    assert (lines.exit_code, lines.stdout) == (0, "")
    assert "nothing was found" in lines.stderr


def test_a_notice_tells_where_it_stands(tmp_path: Path) -> None:
    about = law_text(GOLDEN / "fr-api.json").about
    given = json.loads((GOLDEN / "fr-api.json").read_text(encoding="utf-8"))
    assert about["url"] == given["html_url"]
    bare = tmp_path / "bare.json"
    bare.write_text(json.dumps({"title": "Notice", "abstract": "x"}), encoding="utf-8")
    assert law_text(bare).about == {"title": "Notice", "publisher": "Federal Register"}


@pytest.mark.parametrize(
    ("before", "title"),
    [(0, "CSMS 12-3: A  title"), (3977, "CSMS 12-3: A  title"), (3978, "CSMS 12-3: A  titl"), (4000, None)],
)
def test_a_message_tells_its_title_in_its_first_four_thousand_characters(
    before: int, title: str | None, tmp_path: Path
) -> None:
    path = tmp_path / "message.txt"
    path.write_text("word " * (before // 5) + " " * (before % 5) + "\nCSMS # 12-3 - A  title\nmore", "utf-8")
    about = law_text(path).about
    assert about.get("title") == (title and " ".join(title.split()))
    assert about.get("publisher") == (title and "US Customs and Border Protection")
