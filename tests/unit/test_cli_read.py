"""`kosho read` with facts of others: on standard input, and from a server of the user's own."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.model_server import chat, server
from typer.testing import CliRunner

from kosho.cli import app
from kosho.record.reading import AT_ONCE, MANY, each, read

TEXT = (
    "LIMA, 3 March 2026 (Example Wire)\n\n"
    "Japan asked Peru to lift its 5% duty on tea. Peru did not offer anything.\n"
)
ASK = {
    "type": "ask",
    "fields": {"by": "JPN", "to": "PER"},
    "quote": "Japan asked Peru to lift its 5% duty on tea",
}
OFFER = {"type": "offer", "fields": {"by": "PER"}, "quote": "Peru did not offer anything"}
TOPIC = {"type": "topic", "fields": {"topic": "duty on tea"}, "quote": "duty on tea"}


@pytest.fixture
def note(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KOSHO_CACHE", str(tmp_path / "cache"))
    (tmp_path / "note.txt").write_text(TEXT, encoding="utf-8")
    return tmp_path / "note.txt"


def run(*words: str, typed: str | None = None) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, ["read", *words], input=typed)
    return done.exit_code, done.stdout, done.stderr


def test_facts_on_standard_input_are_held_against_the_file(note: Path) -> None:
    code, out, _ = run(str(note), "--check", typed="\n".join(map(json.dumps, (ASK, OFFER))))
    first, second = map(json.loads, out.splitlines())
    assert code == 0
    assert first["accepted"] is True
    assert first["draft"]["proposed_by"] == "standard input"
    assert (second["accepted"], second["refused"], second["draft"]) == (False, "it is denied", None)


def test_what_passes_can_be_kept(note: Path, tmp_path: Path) -> None:
    drafts = tmp_path / "drafts.yaml"
    code, _, err = run(
        str(note), "--check", "--out", str(drafts), typed=json.dumps([ASK | {"proposed_by": "an aide"}])
    )
    assert (code, "1 new draft" in err) == (0, True)
    assert "proposed_by: an aide" in drafts.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "typed", "why"),
    [
        (("--check",), "nothing here", "holds no fact"),
        (("--check",), json.dumps(ASK | {"doc": "other.txt"}), "names no file"),
        (("--check", "--accept", "--out", "d.yaml"), json.dumps(ASK), "stands alone"),
        (("--propose", "http://localhost:1"), "", "need each other"),
        (("--model", "small"), "", "need each other"),
        (("--key-env", "KEY"), "", "is for --propose"),
        (("--propose", "nowhere", "--model", "small"), "", "no address"),
        (("--propose", "http://localhost:1", "--model", "small", "--key-env", "NOT_SET"), "", "is not set"),
        (("--propose", "http://localhost:1", "--model", " "), "", "names no model"),
    ],
)
def test_what_does_not_fit_is_told(note: Path, words: tuple[str, ...], typed: str, why: str) -> None:
    code, _, err = run(str(note), *words, typed=typed)
    assert code != 0
    assert "Traceback" not in err
    assert why in err or why in str(CliRunner().invoke(app, ["read", str(note), *words], input=typed).exception)


def test_a_model_adds_what_the_rules_do_not_find(note: Path) -> None:
    with server(lambda _: (200, chat(json.dumps([ASK, OFFER, TOPIC])))) as url:
        code, out, err = run(str(note), "--propose", url, "--model", "small", "--json")
    drafts = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [
        (one["type"], one.get("proposed_by")) for one in drafts if one["type"] in ("ask", "offer", "topic")
    ] == [
        ("ask", None),
        ("topic", "small"),
    ]
    assert "Sending note.txt, passage 1 of 1 to 127.0.0.1" in err
    assert "1 refused, 1 not found by the rules" in err


def test_a_server_that_is_not_there_leaves_the_drafts_of_the_rules(
    note: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kosho.record.grounding.ask.time.sleep", lambda _: None)
    code, out, err = run(str(note), "--propose", "http://127.0.0.1:9", "--model", "small", "--json")
    assert (code, '"ask"' in out) == (1, True)  # nobody takes the drafts of the rules for the model's
    assert "could not be reached" in err
    assert "Run it again" in str(
        CliRunner()
        .invoke(app, ["read", str(note), "--propose", "http://127.0.0.1:9", "--model", "small"])
        .exception
    )


def test_many_documents_are_read_on_all_cores_as_on_one(tmp_path: Path) -> None:
    paths = [tmp_path / f"{n:03}.txt" for n in range(MANY + AT_ONCE)]
    for number, path in enumerate(paths):
        path.write_text(f"{TEXT}\nChile will cut its duty on copper to {number} percent.", encoding="utf-8")
    paths[3].write_bytes(b"\xff\xff\x00")
    together = list(each(paths))
    assert [isinstance(one, tuple) for one in together] == [number != 3 for number in range(len(paths))]
    alone = [draft for number, path in enumerate(paths) if number != 3 for draft in read([path])]
    assert [draft for one in together if isinstance(one, tuple) for draft in one[1]] == alone


def _accepted(drafts: Path, record: Path, answers: str) -> tuple[int, str, str]:
    return run(str(drafts), "--accept", "--record", str(record), typed=answers)


def test_a_field_that_nothing_reads_is_told_at_its_line(note: Path, tmp_path: Path) -> None:
    drafts, record = tmp_path / "drafts.yaml", tmp_path / "record.yaml"
    assert run(str(note), "--out", str(drafts))[0] == 0
    text = drafts.read_text(encoding="utf-8")
    wrong = text.replace("products:", "prodcts:", 1).replace("type: document", "type: documnt", 1)
    assert wrong.count("prodcts") == 1
    drafts.write_text(wrong, encoding="utf-8")
    words = ["read", str(drafts), "--accept", "--record", str(record)]
    done = subprocess.run(
        [sys.executable, "-m", "kosho", *words], input="a\na\n", capture_output=True, text=True, check=False
    )
    line = next(n for n, one in enumerate(wrong.splitlines(), 1) if "prodcts" in one)
    assert done.returncode == 2
    assert (
        f"{drafts}:{line}: drafts.1.fields.prodcts: is no field of a draft (did you mean products"
        in done.stderr
    )
    assert "'documnt' is no type of a draft (did you mean document?)" in done.stderr
    assert drafts.read_text(encoding="utf-8") == wrong
    assert not record.exists()


def test_a_field_that_nothing_reads_is_dropped_from_a_fact_and_told(note: Path) -> None:
    fact = ASK | {"fields": {"by": "JPN", "prodcts": "tea"}}
    _, out, _ = run(str(note), "--check", typed=json.dumps([fact, ASK | {"type": "aks"}]))
    first, second = map(json.loads, out.splitlines())
    assert first["draft"]["fields"] == {"by": "JPN"}
    assert first["dropped"] == {"prodcts": "is no field of a draft (did you mean products or product?)"}
    assert second["refused"] == "its type is none of those that reading knows (did you mean ask?)"


def test_what_was_edited_in_the_file_of_drafts_is_not_entered_twice(note: Path, tmp_path: Path) -> None:
    drafts, record = tmp_path / "drafts.yaml", tmp_path / "record.yaml"
    assert run(str(note), "--out", str(drafts))[0] == 0
    text = drafts.read_text(encoding="utf-8")
    without = re.sub(r"(?m)^    products:\n    - tea\n", "", text)
    assert without != text
    drafts.write_text(without, encoding="utf-8")
    assert _accepted(drafts, record, "a\na\na\n")[0] == 0
    written = record.read_text(encoding="utf-8")
    for again in (without, text):  # as it was, and with the goods put right by hand
        drafts.write_text(again, encoding="utf-8")
        code, out, _ = _accepted(drafts, record, "")
        assert code == 0
        assert "is in record.yaml already, as note." in " ".join(out.split())
        assert record.read_text(encoding="utf-8") == written
        assert "decision: pending" not in drafts.read_text(encoding="utf-8")
