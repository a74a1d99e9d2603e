"""What `record check` refuses: every mistake of a record at once, each with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from kosho.errors import InputError, Problem
from kosho.record import Record, verify
from kosho.record.check import examine

RECORD = """\
title: Talks
sources:
  - {id: a, title: A, publisher: P, kind: secondary, date: 2025-01-05, file: a.txt}
parties:
  - {id: per, name: Peru, kind: state, code: PER}
processes:
  - {id: talks, title: Talks, parties: [per], rounds: [{number: 1}]}
contentions:
  - {id: grapes, title: Grapes, parties: [per], process: talks, recorded_at: 2025-01-05}
statements:
  - id: ask
    type: position
    kind: ask
    by: [per]
    contention: grapes
    process: talks
    round: 1
    source: a
    quote: cut the tariff
    start: 5
    end: 19
    recorded_at: 2025-01-05
  - id: levy
    type: measure
    by: [per]
    source: a
    quote: on grapes
    start: 20
    end: 29
    recorded_at: 2025-01-05
"""
TEXT = "Peru cut the tariff on grapes."


def problems(folder: Path, *changes: tuple[str, str]) -> list[Problem]:
    text = RECORD
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    (folder / "record.yaml").write_text(text, encoding="utf-8")
    (folder / "a.txt").write_text(TEXT, encoding="utf-8")
    return list(examine(folder / "record.yaml", folder)[1].problems)


def test_a_record_without_mistakes_passes(tmp_path: Path) -> None:
    assert problems(tmp_path) == []
    _, verdict = examine(tmp_path / "record.yaml", tmp_path)
    assert (verdict.verified, verdict.unverified) == (2, 0)


@pytest.mark.parametrize(
    ("old", "new", "told", "line"),
    [
        ("file: a.txt", "file: b.txt", "'b.txt' is not in the folder of the texts", 3),
        ("file: a.txt", "file: ../texts/a.txt", "is the plain name of a file", 3),
        ("file: a.txt", "file: /etc/passwd", "is the plain name of a file", 3),
        ("file: a.txt", "file: C:\\a.txt", "is the plain name of a file", 3),
        ("file: a.txt", "file: ..", "is the plain name of a file", 3),
        (
            "end: 19\n    recorded_at: 2025-01-05",
            "end: 19\n    recorded_at: 2025-01-04",
            "recorded before its",
            22,
        ),
        ("process: talks, recorded", "process: talks, raised_in: 5, recorded", "has no round 5", 9),
        ("process: talks, recorded", "raised_in: 2, recorded", "nothing was said on 'grapes' in round 2", 9),
        (
            "process: talks, recorded_at: 2025-01-05}",
            "recorded_at: 2025-01-05, history: [{status: carried, to_round: 2, recorded_at: 2025-01-05}]}",
            "no source says that 'grapes' was carried to round 2",
            9,
        ),
        (
            "process: talks, recorded_at: 2025-01-05}",
            "recorded_at: 2025-01-05, history: [{status: open, source: a, recorded_at: 2025-01-01}]}",
            "recorded before its source 'a', which is of 2025-01-05",
            9,
        ),
        (
            "    type: measure\n",
            "    type: measure\n    register_ids: [no-such-measure]\n",
            "unknown measure 'no-such-measure'",
            25,
        ),
    ],
)
def test_each_mistake_is_refused(old: str, new: str, told: str, line: int, tmp_path: Path) -> None:
    found = problems(tmp_path, (old, new))
    assert any(told in str(problem) and problem.line == line for problem in found), found


def test_rounds_that_words_tell_of_may_be_named(tmp_path: Path) -> None:
    history = "history: [{status: carried, to_round: 1, source: a, recorded_at: 2025-01-05}]"
    told = ("process: talks, recorded_at", f"process: talks, raised_in: 1, {history}, recorded_at")
    assert problems(tmp_path, told) == []


def test_a_text_outside_the_folder_is_never_opened(tmp_path: Path) -> None:
    """Its quotes would be found there."""
    folder = tmp_path / "texts"
    folder.mkdir()
    (tmp_path / "outside.txt").write_text(TEXT, encoding="utf-8")
    problems(folder, ("file: a.txt", "file: ../outside.txt"))
    verdict = examine(folder / "record.yaml", folder)[1]
    assert (verdict.verified, verdict.unverified) == (0, 2)


def test_breaches_of_the_schema_hide_nothing(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        ("kind: ask", "kind: wish"),
        ("contention: grapes", "contention: wine\n    colour: red"),
        ("start: 20\n    end: 29", "start: 19\n    end: 28"),
        ("title: Talks\nsources", "sources"),
    )
    told = "\n".join(map(str, found))
    for words in (
        "kind: must be ask, offer, red_line",
        "unknown contention 'wine'",
        "unknown key",
        "is not at 19",
        "missing",
    ):
        assert words in told, words
    assert [problem.line for problem in found] == sorted(problem.line or 0 for problem in found)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("  - {id: per, name: Peru, kind: state, code: PER}", "  - 5"),
        ("parties:\n  - {id: per", "parties:\n  - {id: 5"),
        ("    type: measure\n", ""),
        ("    source: a\n    quote: on grapes", "    quote: []"),
        ("contentions:\n  - {id: grapes, title: Grapes", "contentions:\n  - {title: Grapes"),
        ("processes:\n  - {id: talks, title: Talks", "processes:\n  - {id: talks, title: []"),
        ("    recorded_at: 2025-01-05\n  - id: levy", "    recorded_at: soon\n  - id: levy"),
        ("    start: 20\n    end: 29\n", "    start: twenty\n    end: 29\n"),
    ],
)
def test_what_breaks_the_schema_breaks_no_check(old: str, new: str, tmp_path: Path) -> None:
    found = problems(tmp_path, (old, new), ("    kind: ask\n", "    kind: ask\n    speaker: ghost\n"))
    assert any("unknown person 'ghost'" in str(problem) for problem in found)
    with pytest.raises(InputError) as broken:
        Record.load(tmp_path / "record.yaml")
    assert {str(problem) for problem in broken.value.problems} <= {str(problem) for problem in found}


def test_what_is_no_yaml_is_refused_as_such(tmp_path: Path) -> None:
    (tmp_path / "record.yaml").write_text("title: [", encoding="utf-8")
    with pytest.raises(InputError):
        examine(tmp_path / "record.yaml", None)


def test_what_shipped_contentions_claim_was_said() -> None:
    shipped = {one.id: one for one in Record.load("japan-us-2025").file.contentions}
    car, safety = shipped["car-tariff"], shipped["safety-standards"]
    assert (car.raised_in, [entry.to_round for entry in car.history]) == (None, [7, None])
    assert [entry.status for entry in car.history] == ["carried", "closed"]
    assert [str(entry.recorded_at) for entry in safety.history] == ["2026-02-16"]
    assert verify(Record.load("japan-china-2018"), None).problems == ()
