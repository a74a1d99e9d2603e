"""Where readings begin and end: parts of months and years, files that are none, meetings named again."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from kosho.errors import InputError
from kosho.record.grounding import verify
from kosho.record.reading import Document, Draft, clauses, decode, layout, pdf, read_text
from kosho.record.reading.forms import once_notified
from kosho.record.reading.japanese.dates import find_days

HEAD = "OSLO, 3 March 2026 (Example Wire)\n\n"


@pytest.mark.parametrize(
    ("text", "value", "precision", "last"),
    [
        ("2025年2月上旬", "2025-02", "month", "2025-02-10"),
        ("2025年2月中旬", "2025-02", "month", "2025-02-20"),
        ("2025年2月前半", "2025-02", "month", "2025-02-15"),
        ("2025年2月下旬", "2025-02", "month", "2025-02-28"),
        ("2024年2月下旬", "2024-02", "month", "2024-02-29"),
        ("2025年12月", "2025-12", "month", "2025-12-31"),
        ("2025年4月1日", "2025-04-01", "day", "2025-04-01"),
        ("2025年12月31日", "2025-12-31", "day", "2025-12-31"),
    ],
)
def test_the_last_day_that_a_japanese_date_can_be(text: str, value: str, precision: str, last: str) -> None:
    (found,) = find_days(text, 0, len(text), date(2025, 6, 28))
    assert (found.value, found.precision, found.last) == (value, precision, last)
    assert text[found.start : found.end] == text


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("一昨日", ["2025-06-26"]),
        ("昨日", ["2025-06-27"]),
        ("本日", ["2025-06-28"]),
        ("明日", ["2025-06-29"]),
        ("先週", ["2025-06-16/2025-06-22"]),
        ("今週", ["2025-06-23/2025-06-29"]),
        ("来週", ["2025-06-30/2025-07-06"]),
        ("先月", ["2025-05"]),
        ("今月", ["2025-06"]),
        ("来月", ["2025-07"]),
        ("来年", ["2026"]),
        ("2025年5月1日の翌日", ["2025-05-01", "2025-05-02"]),
        ("2025年5月1日の前日", ["2025-05-01", "2025-04-30"]),
        ("昭和64年1月7日", ["1989-01-07"]),
        ("平成元年1月8日", ["1989-01-08"]),
    ],
)
def test_days_told_from_another_day(text: str, values: list[str]) -> None:
    """Published on a Saturday, 28 June 2025."""
    assert [one.value for one in find_days(text, 0, len(text), date(2025, 6, 28))] == values


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no such files")
def test_what_can_be_read_once_only_is_no_document(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="read twice"):
        decode(tmp_path / "pipe")
    with pytest.raises(InputError, match=r"cannot be read: .*[Dd]irectory"):
        decode(tmp_path)
    with pytest.raises(InputError, match="cannot be read: No such file"):
        decode(tmp_path / "absent.txt")
    (tmp_path / "plain.txt").write_text("Japan offered rice.", encoding="utf-8")
    assert decode(tmp_path / "plain.txt").text == "Japan offered rice."


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("“We asked Japan to cut its tariff. We asked Korea to open its market,” Norway's minister said.", 2),
        ("“The talks were good. We asked Korea to open its market.” Norway asked Japan to cut its tariff.", 2),
    ],
)
def test_speech_over_several_sentences_is_speech_to_its_end(text: str, asked: int) -> None:
    found = [one for one in read_text(Document("x.txt", HEAD + text)) if one.type == "ask"]
    assert len(found) == asked
    assert [(HEAD + text)[one.start : one.end] for one in found] == [one.quote for one in found]


@pytest.mark.parametrize(
    ("line", "role"),
    [
        ("the duty on cars of the ministers is to end;", "body"),
        ("The Duty on Cars of the Ministers and Trade Officials;", "title"),
        ("the duty on cars;", "title"),  # two small words
        ("the duty on cars of the ministers " * 5, "body"),
        ("the duty on cars of the ministers " * 3, "title"),  # long, and not twice as long
        ("The Duty on Cars of the Ministers and " * 5, "title"),
    ],
)
def test_a_line_that_ends_like_a_sentence_or_is_very_long_is_one(line: str, role: str) -> None:
    assert layout._role(line.strip(), item=False, seen_body=False) == role


@pytest.mark.parametrize(("told", "start"), [(None, 0), (True, 0), (17, 0), (18, 35), (35, 35)])
def test_of_two_places_of_a_quote_the_one_that_begins_nearer_is_taken(told: int | None, start: int) -> None:
    words = "Norway cut duties"
    found = verify._place(f"Norway{' ' * 18}cut duties {words} again", words, told)
    assert found is not None
    assert found[0] == start


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ValueError(), "ValueError"),
        (ValueError("odd\nand more"), "odd"),
        (ValueError("x" * 300), "x" * 200),
        (MemoryError(), "it unpacks to more than the limit of memory"),
        (RecursionError(), "its parts are nested without end"),
    ],
)
def test_what_breaks_the_reader_of_pdfs_is_told(
    error: Exception, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pypdf = pytest.importorskip("pypdf")

    def broken(*_given: object, **_more: object) -> None:
        raise error

    monkeypatch.setattr(pypdf, "PdfReader", broken)
    assert pdf.text_of(Path("a.pdf"), 100) == {"error": told}


@pytest.mark.parametrize(
    ("words", "inside", "spans"),
    [
        ("nothing here", True, ["nothing here"]),
        ("and stop,” he said", True, ["and stop,”"]),
        ("and stop,” he said. “We will not sign it,” he said", True, ["and stop,”", "“We will not sign it,”"]),
        ("“We will not sign it,” he said", True, ["“We will not sign it,” he said"]),
        ("he said “We will not sign it,” twice", False, ["“We will not sign it,”"]),
        ("he said “We will not sign and", False, ["“We will not sign and"]),
        ("he said “Twelve marks", False, ["“Twelve marks"]),
        ("he said “Eleven mark", False, []),
        ("he said “we will not sign and", False, []),  # a word in marks, no sentence
        (
            "“We will not sign it,” he said. “Chile will not sign",
            False,
            ["“We will not sign it,”", "“Chile will not sign"],
        ),
    ],
)
def test_direct_speech_may_begin_before_the_sentence_and_end_behind_it(
    words: str, inside: bool, spans: list[str]
) -> None:
    before = "Before it stands “something else”. "
    start = len(before)
    masked = f"{before}{words} and what “Follows goes on for long"
    found = clauses._quotes(masked, start, start + len(words), inside=inside)
    assert [masked[a:b] for a, b in found] == spans


def test_what_a_notification_tells_of_its_measure_is_told_once() -> None:
    def draft(kind: str, start: int, **fields: object) -> Draft:
        return Draft("a.txt", kind, "asserted", fields, "words", start, start + 5)

    form = [draft("topic", 0), draft("measure", 10, on="2026-01-01"), draft("measure", 100)]
    inside, alike, other, meeting = (
        draft("measure", 12, on="2026-03-01"),
        draft("measure", 50, on="2026-01-01"),
        draft("measure", 15, on="2026-03-01"),  # begins where the line of the form ends
        draft("event", 12),
    )
    drafts = [inside, alike, other, meeting]
    assert once_notified(drafts, form) == [other, meeting]
    assert once_notified(drafts, form[:1]) == drafts


def test_what_a_leader_thinks_that_others_should_do_is_nobodys_position() -> None:
    text = (
        "OPINION\n\nNorway should think again\n\nNorway should lower its duty on cars. "
        "Trade Minister Ada Moe said Norway should, in her view, lower its tariff on cars. "
        "Chile would not accept a quota."
    )
    told = [one for one in read_text(Document("a.txt", text)) if one.type not in ("document", "person")]
    assert [(one.type, one.fields["by"], one.fields.get("speaker")) for one in told] == [
        ("position", "NOR", "Ada Moe"),
        ("red_line", "CHL", None),
    ]
