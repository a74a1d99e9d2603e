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


WRONG = """\
title: Talks
sources:
  - {id: a, title: A, publisher: P, kind: secondary, date: 2025-01-05, file: a.txt}
  - {id: b, title: B, publisher: P, kind: secondary}
  - {id: b, title: B, publisher: P, kind: secondary}
parties:
  - {id: per, name: Peru, kind: state, code: PER}
  - {id: body, name: Body, kind: body, acts_for: pert}
people:
  - {id: ana, name: Ana, party: p1, posts: [{title: T, org: o1, source: b, quote: q, recorded_at: 2025-01-01}]}
processes:
  - {id: talks, title: Talks, parties: [per, p2], rounds: [{number: 1}, {number: 2}]}
  - {id: free, title: Free, parties: [per]}
contentions:
  - id: figs
    title: Figs
    parties: [p3]
    process: talk
    raised_in: 3
    recorded_at: 2025-01-05
    history:
      - {status: open, recorded_at: 2025-01-04}
      - {status: carried, to_round: 2, source: s1, recorded_at: 2025-01-04}
conflicts:
  - {id: c, about: figs, statements: [m, x1], recorded_at: 2025-01-05}
statements:
  - {id: m, type: meeting, source: s2, quote: q, recorded_at: 2025-01-05, by: [p4], speaker: an,
     parties: [per, p5], people: [bob], process: talks, round: 3}
  - {id: i, type: instrument, kind: pact, status: signed, source: b, quote: q, recorded_at: 2025-01-05,
     parties: [p6], signatories: [ana, eve], contention: fig, process: free, round: 7}
  - {id: p, type: position, kind: ask, source: b, quote: q, recorded_at: 2025-01-05, to: [p7], answers: r}
  - {id: r, type: position, kind: ask, source: b, quote: q, recorded_at: 2025-01-05, answers: p, supersedes: t}
  - {id: t, type: measure, source: b, quote: q, recorded_at: 2025-01-05, on: [p8], supersedes: u}
  - {id: u, type: quantity, value: 1, unit: t, source: b, quote: q, recorded_at: 2025-01-05, partner: p9,
     supersedes: t}
  - {id: d, type: deadline, what: w, source: b, quote: q, recorded_at: 2025-01-05, date: 2025-02-01,
     extensions: [{to: 2025-03-01, source: s3, recorded_at: 2025-01-05},
       {to: 2025-03-02, source: a, recorded_at: 2025-01-01}]}
  - {id: g, type: commitment, deliverable: x, source: b, quote: q, recorded_at: 2025-01-05,
     history: [{status: met, source: s4, recorded_at: 2025-01-05},
       {status: met, source: a, recorded_at: 2025-01-04}]}
  - {id: q, type: context, content: x, source: a, quote: q, recorded_at: 2025-01-04}
  - {id: q, type: context, content: x, source: a, quote: q, start: 0, end: 1, recorded_at: 2025-01-05}
"""


def test_every_mistake_of_a_record_is_told_at_its_line(tmp_path: Path) -> None:
    (tmp_path / "record.yaml").write_text(WRONG, encoding="utf-8")
    found = examine(tmp_path / "record.yaml", None)[1].problems
    any_party = "one of body, per"
    assert [(one.line, one.key, one.message, one.hint or "") for one in found] == [
        (5, "sources", "'b' is given twice", ""),
        (8, "parties.1.acts_for", "unknown party 'pert'", "did you mean per?"),
        (10, "people.0.party", "unknown party 'p1'", any_party),
        (10, "people.0.posts.0.org", "unknown party 'o1'", any_party),
        (12, "processes.0.parties", "unknown party 'p2'", any_party),
        (17, "contentions.0.parties", "unknown party 'p3'", any_party),
        (18, "contentions.0.process", "unknown process 'talk'", "did you mean talks?"),
        (
            19,
            "contentions.0.raised_in",
            "nothing was said on 'figs' in round 3",
            "name round and contention in a statement, or leave raised_in out",
        ),
        (23, "contentions.0.history.1.source", "unknown source 's1'", "one of a, b"),
        (
            23,
            "contentions.0.history.1.to_round",
            "no source says that 'figs' was carried to round 2",
            "name a source with a statement on it, or leave the entry out",
        ),
        (25, "conflicts.0.statements", "unknown statement 'x1'", "one of d, g, i, m, p, q, r, t, u"),
        (27, "statements.0.source", "unknown source 's2'", "one of a, b"),
        (27, "statements.0.by", "unknown party 'p4'", any_party),
        (27, "statements.0.speaker", "unknown person 'an'", "did you mean ana?"),
        (28, "statements.0.parties", "unknown party 'p5'", any_party),
        (28, "statements.0.people", "unknown person 'bob'", "one of ana"),
        (28, "statements.0.round", "process 'talks' has no round 3", "add it to its rounds"),
        (30, "statements.1.contention", "unknown contention 'fig'", "did you mean figs?"),
        (30, "statements.1.parties", "unknown party 'p6'", any_party),
        (30, "statements.1.signatories", "unknown person 'eve'", "one of ana"),
        (31, "statements.2.to", "unknown party 'p7'", any_party),
        (31, "answers", "'p' answers itself in a circle", "of two statements one was made first"),
        (32, "answers", "'r' answers itself in a circle", "of two statements one was made first"),
        (33, "statements.4.on", "unknown party 'p8'", any_party),
        (33, "supersedes", "'t' supersedes itself in a circle", "of two statements one was made first"),
        (34, "statements.5.partner", "unknown party 'p9'", any_party),
        (35, "supersedes", "'u' supersedes itself in a circle", "of two statements one was made first"),
        (37, "statements.6.extensions", "unknown source 's3'", "one of a, b"),
        (
            38,
            "statements.6.extensions.1.recorded_at",
            "recorded before its source 'a', which is of 2025-01-05",
            "",
        ),
        (40, "statements.7.history.0.source", "unknown source 's4'", "one of a, b"),
        (
            41,
            "statements.7.history.1.recorded_at",
            "recorded before its source 'a', which is of 2025-01-05",
            "",
        ),
        (
            42,
            "statements.8",
            "start and end are missing, source 'a' has a text",
            "tell where in its file the quote stands",
        ),
        (42, "statements.8.recorded_at", "recorded before its source 'a', which is of 2025-01-05", ""),
        (43, "statements", "'q' is given twice", ""),
    ]
