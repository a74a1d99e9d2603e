"""Where readings begin and end: parts of months and years, files that are none, meetings named again."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from kosho.errors import InputError
from kosho.record.grounding import verify
from kosho.record.reading import Document, Draft, clauses, decode, layout, pdf, read_text
from kosho.record.reading.decode import _depth, language_of
from kosho.record.reading.forms import once_notified
from kosho.record.reading.japanese.dates import find_days
from kosho.record.reading.japanese.measures import amounts

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


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("4月19日から21日まで協議し、合意した。", "2025-04-19/2025-04-21"),
        ("4月30日から5月2日まで協議し、合意した。", "2025-04-30/2025-05-02"),
        ("4月19日から21日まで協議する予定だ。", "2026-04-19/2026-04-21"),
        ("4月19日から21日に協議し、9月まで続ける。", "2026-04-19/2026-04-21"),
        ("4月19日まで協議し、合意した。", "2026-04-19"),
        ("8月19日から21日まで協議し、合意した。", "2024-08-19/2024-08-21"),
        ("4月1日から関税を課す。", "2026-04-01"),
        ("4月1日から関税を引き下げる。", "2026-04-01"),
        ("4月1日から関税を課した。", "2025-04-01"),
    ],
)
def test_the_end_of_a_period_is_no_term_to_come(text: str, value: str) -> None:
    """Published on a Saturday, 28 June 2025."""
    assert next(find_days(text, 0, len(text), date(2025, 6, 28))).value == value


@pytest.mark.parametrize(
    ("words", "value", "unit"),
    [
        ("約3億5000万ドル", 350_000_000, "USD/year"),
        ("5兆円", 5 * 10**12, "JPY/year"),
        ("1千億円", 10**11, "JPY/year"),
        ("2百億円", 2 * 10**10, "JPY/year"),
        ("2千万円", 2 * 10**7, "JPY/year"),
        ("10億2千万円", 1_020_000_000, "JPY/year"),
        ("4百万ドル", 4_000_000, "USD/year"),
        ("1.5億ユーロ", 150_000_000, "EUR/year"),
        ("3万台", 30_000, "vehicles/year"),
        ("7千トン", 7_000, "tonnes/year"),
        ("1,250トン", 1_250, "tonnes/year"),
        ("1万2500トン", 12_500, "tonnes/year"),
        ("1万2,500トン", 12_500, "tonnes/year"),
        ("3千500トン", 3_500, "tonnes/year"),
        ("2兆3456億7800万円", 2_345_678_000_000, "JPY/year"),
    ],
)
def test_japanese_amounts_with_their_powers_of_ten(words: str, value: float, unit: str) -> None:
    text = f"日本の対米輸出は年間{words}"
    found = amounts(text, 0, len(text))
    assert found is not None
    assert (found["value"], found["unit"], found["flow"], found["_to"]) == (value, unit, "export", "USA")


RELEASE = """令和8年3月4日

外務省

第3回日本・ペルー貿易協議の開催

日時：2026年3月3日
場所：東京

1　3日、日本の山田太郎外務審議官は、ペルー政府と第3回貿易協議を行いました。
2　日本側から、茶の関税の撤廃を求めました。

ペルーは、4月1日から茶に5％の関税を課す。
"""


def test_a_japanese_release_is_read_line_by_line() -> None:
    found = read_text(Document("a.txt", RELEASE))
    round_ = {"event_type": "negotiation round", "round": 3, "parties": ["JPN", "PER"]}
    day = {"date": "2026-03-03", "date_precision": "day"}
    about = {"doc_type": "press release", "language": "ja", "published": "2026-03-04", "publisher": "外務省"}
    duty = {"measure": "関税", "kind": "tariff", "gta_type": "Import tariff", "rate": 5, "unit": "%"}
    duty |= {"products": "茶", "status": "announced", "imposed_by": "PER", "start": "2026-04-01"}
    assert [(one.type, one.modality, one.fields) for one in found] == [
        ("document", "asserted", about | {"title": "第3回日本・ペルー貿易協議の開催"}),
        ("event", "asserted", round_ | day | {"place": "東京"}),
        ("event", "asserted", round_ | day | {"level": "vice-minister"}),
        ("person", "asserted", {"name": "山田太郎", "role": "外務審議官", "side": "JPN"}),
        ("ask", "asserted", {"by": "JPN", "to": "PER", "content": "茶の関税の撤廃"}),
        ("measure", "planned", duty),
    ]


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


KANA = "日本はコメの関税を下げる"


@pytest.mark.parametrize(
    ("name", "content", "text"),
    [
        ("a.htm", b"<p>Japan met</p> Peru &amp; Chile", "Japan met\nPeru & Chile"),
        ("a.txt", b"<!DOCTYPE html><p>Japan met</p> Peru &amp; Chile", "Japan met\nPeru & Chile"),
        ("a.txt", b"Japan &amp; Peru <p>met</p>", "Japan &amp; Peru <p>met</p>"),
        ("a.html", f'<meta charset="shift_jis"><p>{KANA}</p>'.encode("shift_jis"), KANA),
        ("a.html", f'<meta charset="shift_jis"><p>{KANA}</p>'.encode(), KANA),
        ("a.html", f'<meta charset="no-such"><p>{KANA}</p>'.encode("shift_jis"), None),
        ("a.txt", f'<meta charset="shift_jis">{KANA}'.encode("shift_jis"), None),
        ("a.txt", KANA.encode("utf-16"), KANA),
        ("a.txt", KANA.encode("utf-8-sig"), KANA),
    ],
)
def test_characters_are_those_a_page_declares_where_they_are_not_utf_8(
    name: str, content: bytes, text: str | None, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(content)
    if text is None:
        with pytest.raises(InputError, match="is not UTF-8 text"):
            decode(tmp_path / name)
    else:
        assert decode(tmp_path / name).text == text


@pytest.mark.parametrize(
    ("page", "depth"),
    [
        ("", 0),
        ("<b></b>" * 5, 1),
        ("<b>" * 5, 5),
        ("<b><i></i><u></u></b>", 2),
        ("</b></b><b>", 1),
        ("<p><b><p>", 1),
    ],
)
def test_how_deep_the_tags_of_a_page_stand(page: str, depth: int) -> None:
    assert _depth(page) == depth


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("ab" * 2 + "関", "English"),
        ("12345 " * 50 + "関税の表", "Japanese"),  # figures are of no language
        ("12345 " * 50, "English"),
        ("ab" + "関" * 2, "English"),  # half of its letters are Latin
        ("ab" + "関" * 3, "Chinese"),
        ("の" * 2 + "関" * 23, "Japanese"),  # a twelfth is kana
        ("の" * 2 + "関" * 24, "Chinese"),
        ("ノ" * 2 + "関" * 23, "Japanese"),
        ("일" * 2 + "関", "Korean"),
        ("일" + "関" * 2, "Chinese"),
        ("я" * 9, "Cyrillic letters"),
        ("a" + "я" * 3, "Cyrillic letters"),
        ("a" * 20_000 + "関" * 90_000, "English"),  # by its beginning
    ],
)
def test_the_language_of_a_text_is_that_of_its_letters(text: str, language: str) -> None:
    assert language_of(text) == language


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


@pytest.mark.parametrize(
    ("begins", "signs", "role"),
    [
        ("Reporting by ", 399, "furniture"),
        ("Reporting by ", 400, "heading"),
        ("File photo: ", 599, "furniture"),
        ("File photo: ", 600, "heading"),
    ],
)
def test_a_long_line_is_neither_of_the_makers_nor_below_a_picture(begins: str, signs: int, role: str) -> None:
    line = begins + "a" * (signs - len(begins))
    assert layout._role(line, item=False, seen_body=True) == role


STORY = "\n\nPeru met Chile in Lima yesterday and agreed on tea.\n"
RELEASED = "\n\n日本はペルーに茶の関税の撤廃を求めた。\n"


@pytest.mark.parametrize(
    ("begins", "signs", "ends", "told", "value"),
    [
        ("5 May 2025 of ", 55, STORY, "title", None),  # a day with forty-five signs beside it is no title
        ("5 May 2025 of ", 56, STORY, "title", "5 May 2025 of " + "x" * 42),
        (
            "Peru meets Chile\n\nThe Lima Times - ",
            98,
            STORY,
            "publisher",
            "The Lima Times",
        ),  # eighty of its own
        ("Peru meets Chile\n\nThe Lima Times - ", 99, STORY, "publisher", None),
        ("日本とペルーの協議\n2026年5月6日 ", 70, RELEASED, "published", "2026-05-06"),  # sixty of its own
        ("日本とペルーの協議\n2026年5月6日 ", 71, RELEASED, "published", None),
    ],
)
def test_how_long_a_line_is_that_tells_of_its_text(
    begins: str, signs: int, ends: str, told: str, value: str | None
) -> None:
    if not begins.isascii():
        pytest.importorskip("sudachipy")
    text = begins + ("x" if begins.isascii() else "あ") * (signs - len(begins)) + ends
    (about,) = (one.fields for one in read_text(Document("a.txt", text)) if one.type == "document")
    assert about.get(told) == value
