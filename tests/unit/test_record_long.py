"""A long record is read once; afterwards what it says comes from a copy."""

from __future__ import annotations

from pathlib import Path

import pytest

from kosho.errors import InputError
from kosho.language import use
from kosho.record import Record, ledger

HEAD = (
    "title: Many\nsources: [{id: a, title: A, publisher: P, kind: own}]\n"
    "parties: [{id: jpn, name: Japan, kind: state, code: JPN}]\nstatements:\n"
)
LINE = (
    "  - {{id: s{0}, type: position, kind: ask, source: a, quote: met, start: 0, end: 3, by: [jpn],"
    " recorded_at: 2020-01-01, topic: t{0}}}\n"
)


def written(folder: Path, text: str) -> Path:
    path = folder / "record.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def forget() -> None:
    """As a new process would be."""
    for one in (ledger._file, ledger._parsed):  # pyright: ignore[reportPrivateUsage]
        one.cache_clear()


@pytest.fixture
def copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KOSHO_CACHE", str(tmp_path / "copies"))
    forget()
    return tmp_path / "copies"


def test_a_long_record_is_the_same_from_its_copy_without_being_parsed(
    tmp_path: Path, copies: Path, monkeypatch: pytest.MonkeyPatch
):
    path = written(tmp_path, HEAD + "".join(LINE.format(n) for n in range(600)))
    first = Record.load(path)
    assert len(list(copies.iterdir())) == 1
    forget()
    with monkeypatch.context() as patched:
        patched.setattr(ledger, "validate", lambda *_: pytest.fail("parsed again"))
        second = Record.load(path)
        assert second.file == first.file
        assert second.as_of(second.file.statements[0].recorded_at).statements == first.file.statements
    assert second.lines["statements", 7, "id"] == first.lines["statements", 7, "id"] == 12


def test_a_changed_record_or_a_spoilt_copy_is_read_again(tmp_path: Path, copies: Path):
    text = HEAD + "".join(LINE.format(n) for n in range(600))
    path = written(tmp_path, text)
    Record.load(path)
    (copy,) = copies.iterdir()
    copy.write_bytes(copy.read_bytes().replace(b'"s5"', b'"s6"'))
    forget()
    assert Record.load(path).file.statements[5].id == "s5"
    written(tmp_path, text.replace("topic: t5}", "topic: other}"))
    assert Record.load(path).file.statements[5].topic == "other"


def test_mistakes_of_a_long_record_are_told_each_time(tmp_path: Path, copies: Path):
    path = written(
        tmp_path, (HEAD + "".join(LINE.format(n) for n in range(600))).replace("kind: ask", "kind: begs", 1)
    )
    for _ in range(2):
        with pytest.raises(InputError, match=r"statements\.0\.kind"):
            Record.load(path)
        forget()
    assert not copies.exists()


def test_a_record_is_told_in_the_language_that_is_spoken():
    english = Record.load("japan-us-2025").file.title
    with use("ja"):
        assert Record.load("japan-us-2025").file.title != english
    assert Record.load("japan-us-2025").file.title == english
