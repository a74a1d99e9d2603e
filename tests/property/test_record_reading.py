"""What holds for any text: quotes at their offsets, the same answer twice, limits that hold."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reading import GOLD, page, pdf, pdf_of
from tests.reading_pieces import sources
from tests.surroundings import within

from kosho.errors import InputError
from kosho.record import decode, read
from kosho.record.reading import Document, read_text
from kosho.record.reading.decode import LARGEST_FILE, LARGEST_TEXT
from kosho.record.reading.document import LONGEST_HEAD
from kosho.record.reading.layout import blocks, sentences
from kosho.record.reading.prepare import prepared
from kosho.record.reading.quick import Guarded, holds

TEXTS = [path.read_text(encoding="utf-8") for path in sorted(GOLD.glob("*.txt"))]
VOCABULARY = (
    "Japan the U.S. said offered tariff of 25% on cars and steel , . “ ” ( ) - will not accept July 9 2025 by "
    "Minister Trade Sato met with talks agreed to that Monday 日本 é ; : $3 billion 3/4/2025 "
    '" \n \n\n \u200f \x0b \t'
)
WORDS = st.sampled_from(VOCABULARY.split(" "))


def check(text: str) -> None:
    drafts = read_text(Document("any.txt", text))
    assert all(text[d.start : d.end] == d.quote and d.quote for d in drafts)
    assert [d.as_dict() for d in read_text(Document("any.txt", text))] == [d.as_dict() for d in drafts]


@settings(max_examples=60, deadline=None)
@given(st.lists(WORDS, max_size=120))
def test_any_words(words: list[str]) -> None:
    check(" ".join(words))


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=400))
def test_any_text(text: str) -> None:
    check(text)


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(TEXTS), st.integers(0, 2000), st.integers(0, 2000))
def test_any_cut_of_a_document(text: str, first: int, second: int) -> None:
    check(text[min(first, second) : max(first, second)])


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=600))
def test_sentences_lie_inside_their_blocks_in_order(text: str) -> None:
    last = 0
    for block in blocks(text):
        assert last <= block.start < block.end <= len(text)
        last = block.end
        for start, end in sentences(text, block):
            assert block.start <= start <= end <= block.end


FALSE = "Canada imposes a 12% tariff on steel. Japan offers to cut its tariff on rice to 5%."
BESIDE = (
    '<div class="sidebar"><p>{}</p></div>',
    '<div class="col-4 left-sidebar__inner"><div><p>{}</p></div></div>',
    '<section id="relatedStories"><h3>Related stories</h3><ul><li>{}</li></ul></section>',
    '<div class="related"><p>{}</p></div>',
    '<div role="navigation"><p>{}</p></div>',
    '<div role="complementary"><h2>Also</h2><p>{}</p></div>',
    "<div hidden><p>{}</p></div>",
    '<p style="color: red; display: none">{}</p>',
    '<p style="display:none !important">{}</p>',
    '<div style="VISIBILITY : hidden"><p>{}</p></div>',
    '<p class="sr-only">{}</p>',
    '<div class="breadcrumb"><a href="/">{}</a></div>',
    '<div id="footer"><p>{}</p></div>',
)
"""What stands beside a text, or is not shown, without a tag that says so."""


def _facts(path: Path) -> list[tuple[str, str, str, str]]:
    return sorted((d.type, d.modality, d.quote, str(sorted(d.fields.items(), key=str))) for d in read([path]))


def _in_whole_lines(text: str) -> str:
    return "\n".join(" ".join(part.split()) for part in text.split("\n\n" if _wrapped(text) else "\n"))


@pytest.mark.parametrize("text", TEXTS)
def test_a_page_and_its_text_give_the_same_facts(text: str, tmp_path: Path) -> None:
    whole = _in_whole_lines(text)
    (tmp_path / "a.txt").write_text(whole, encoding="utf-8")
    (tmp_path / "a.html").write_text(page(whole), encoding="utf-8")
    told = _facts(tmp_path / "a.txt")
    assert _facts(tmp_path / "a.html") == told
    parts = page(whole).split("</p>\n")
    boxes = [box.format(FALSE) for box in BESIDE]
    (tmp_path / "a.html").write_text(
        "".join(part + "</p>\n" + boxes[n % len(boxes)] for n, part in enumerate(parts[:-1])) + parts[-1],
        encoding="utf-8",
    )
    assert _facts(tmp_path / "a.html") == told


@pytest.mark.parametrize("box", BESIDE)
def test_what_stands_beside_a_text_is_no_fact(box: str, tmp_path: Path) -> None:
    before, after = "Peru levies a 12% tariff on grapes.", "Chile asked Peru to cut the tariff to 5% by July."
    lines = f"<h1>Talks on grapes go on in Lima this week</h1><p>14 May 2025</p><p>{before}</p>"
    (tmp_path / "a.html").write_text(f"<body>{lines}{box.format(FALSE)}<p>{after}</p></body>", encoding="utf-8")
    text = f"Talks on grapes go on in Lima this week\n14 May 2025\n{before}\n{after}"
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    assert decode(tmp_path / "a.html").text == text
    assert _facts(tmp_path / "a.html") == _facts(tmp_path / "a.txt")
    assert {kind for kind, *_ in _facts(tmp_path / "a.html")} == {"document", "measure", "ask"}


@pytest.mark.parametrize(
    "around",
    [
        '<div class="sidebar">{}</div>',
        '<main><div class="has-sidebar">{}</div></main>',
        '<div class="content-sidebar-wrap">{}</div>',
        '<div style="display:none" id="app">{}</div>',
        '<div role="complementary"><main>{}</main></div>',
        '<div class="navigable relatedness">{}</div>',
    ],
)
def test_what_holds_the_text_is_no_sidebar_whatever_it_is_called(around: str, tmp_path: Path) -> None:
    text = "<h1>Talks on grapes</h1><p>Peru levies a 12% tariff on grapes.</p>"
    (tmp_path / "a.html").write_text(f"<body>{around.format(text)}</body>", encoding="utf-8")
    assert "Peru levies" in decode(tmp_path / "a.html").text


HEADLINES = ("Bolivia signs deal with Brazil on gas pipelines", "Ecuador postpones summit on bananas again")
SHORT = "Chile asked Peru to cut the tariff on grapes to 5% by July."
LAST = "Trade between the two reached $3 billion last year."


@pytest.mark.parametrize(
    ("listed", "after", "told"),
    [
        (HEADLINES, (SHORT,), True),
        (HEADLINES, (SHORT, LAST), True),
        (HEADLINES[:1], (SHORT, LAST), True),
        (("Politics", HEADLINES[0]), (SHORT, HEADLINES[1], "Ecuador asked Peru to lift its ban."), False),
        (("3 hours ago", HEADLINES[0]), (SHORT,), False),
    ],
)
def test_a_short_paragraph_after_other_stories_is_read_and_a_teaser_is_not(
    listed: tuple[str, ...], after: tuple[str, ...], told: bool
) -> None:
    lines = ["Peru and Chile resume talks on grapes", "14 May 2025", "Peru levies a 12% tariff on grapes now."]
    for gap in ("\n", "\n\n"):
        text = gap.join([*lines, "Related stories", *listed, *after])
        quotes = [draft.quote for draft in read_text(Document("a.txt", text)) if draft.type == "ask"]
        assert quotes == ([SHORT.rstrip(".")] if told else [])


def _wrapped(text: str) -> bool:
    return text.startswith("FOR IMMEDIATE")


def test_a_pdf_is_read(tmp_path: Path) -> None:
    lines = ["TOKYO, March 3, 2026 - Japan offered to raise imports of U.S. rice on Tuesday, officials said."]
    (tmp_path / "a.pdf").write_bytes(pdf_of(lines))
    assert [d.type for d in read([tmp_path / "a.pdf"])] == ["document", "offer"]


@settings(max_examples=40, deadline=None)
@given(content=st.binary(max_size=3000), ending=st.sampled_from(["txt", "html", "dat"]))
def test_random_bytes_are_read_or_refused(
    content: bytes, ending: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("bytes") / f"a.{ending}"
    path.write_bytes(content)
    try:
        document = decode(path)
    except InputError as error:
        assert error.problems[0].file == str(path)  # noqa: PT017 - either outcome is right
    else:
        check(document.text)


BOMB = pdf(b" " * 300_000_000, compressed=True)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("huge.txt", b"a " * (LARGEST_FILE // 2 + 1), "larger than"),
        ("long.txt", b"Japan said so. " * (LARGEST_TEXT // 15 + 1), "characters of text"),
        ("broken.pdf", b"%PDF-1.7\n" + bytes(range(256)) * 40, "not a readable PDF"),
        ("empty.pdf", b"", "not a readable PDF"),
        ("bomb.pdf", BOMB, "PDF"),
        ("arabic.txt", "أعلنت الوزارة أن المحادثات ستستأنف في الشهر المقبل.".encode(), "Arabic letters"),
        ("reversed.txt", "Japan \u202eoffered\u202c rice.".encode(), "reverse the direction"),
        ("zeros.txt", bytes(2000), "control characters"),
        ("latin1.txt", "Société générale".encode("latin-1"), "not UTF-8"),
        ("empty.txt", b"", "holds no text"),
        ("deep.html", b"<html><body>" + b"<div>" * 200_000 + b"Japan said so.", "nested more than"),
    ],
    ids=lambda value: value if isinstance(value, str) and "." in value else "",
)
def test_what_cannot_be_read_is_refused_in_time(name: str, content: bytes, told: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with within(60), pytest.raises(InputError, match=told):
        decode(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no such files here")
def test_a_pipe_nobody_writes_to_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.txt")
    with pytest.raises(InputError, match="is not a file"):
        decode(tmp_path / "a.txt")


@pytest.mark.parametrize("tag", ["p", "li", "br", "td"])
def test_tags_that_pages_leave_open_are_no_depth(tag: str, tmp_path: Path) -> None:
    path = tmp_path / "long.html"
    path.write_text("<html><body>" + f"<{tag}>Japan said so.\n" * 10_000, encoding="utf-8")
    assert decode(path).text.count("Japan said so.") == 10_000


@pytest.mark.parametrize("unit", ["<div>", "<p>Japan ", "<table><tr><td>", "<!--", "&amp;", "<a href='"])
def test_nested_pages_end(unit: str, tmp_path: Path) -> None:
    path = tmp_path / "deep.html"
    path.write_text("<html><body>Japan said so." + unit * 40_000, encoding="utf-8")
    with within(60), contextlib.suppress(InputError):
        read([path])


@pytest.mark.parametrize(
    "unit", ["Japan, ", "Minister of Trade and ", "no ", "(", '"', "agreed that ", "1,234", "25% on ", "Japan-"]
)
def test_a_sentence_without_end_is_read_in_time(unit: str) -> None:
    with within(60):
        read_text(Document("a.txt", unit * (1900 // len(unit)) + "."))
        read_text(Document("a.txt", unit * (300_000 // len(unit))))


@pytest.mark.parametrize(
    "head", ["Trade Talks Peru Chile Grapes Tariff " * 20, "Peru levies a duty, " * 40 + "still."]
)
def test_a_document_without_a_date_is_quoted_by_its_head(head: str) -> None:
    text = f"{head}\n\nPeru levies a 12% tariff on grapes.\n"
    (quote,) = [one.quote for one in read_text(Document("a.txt", text)) if one.type == "document"]
    assert text.startswith(quote)
    assert 0 < len(quote) <= LONGEST_HEAD


SPELLED = (
    str,
    str.upper,
    str.title,
    lambda text: text.replace("i", "İ"),
    lambda text: text.replace("i", "ı"),
    lambda text: text.upper().replace("I", "İ"),
    lambda text: text.replace("s", "ſ").replace("k", "\u212a"),
    lambda text: text.replace("fi", "ﬁ"),
    lambda text: text.replace(" ", "\xa0"),
    lambda text: text.replace(" ", "\n"),
    lambda text: text.replace("-", "-\n"),
)
"""Ways in which words come: cases of other languages, signs that are another letter, other spaces."""


@cache
def _patterns() -> tuple[Guarded, ...]:
    return tuple(Guarded(source, re.IGNORECASE) for source in sorted(sources()))


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(TEXTS), st.integers(0, 60), st.sampled_from(SPELLED))
def test_a_pattern_fits_nowhere_where_it_is_not_tried(
    text: str, skipped: int, spelled: Callable[[str], str]
) -> None:
    masked = prepared(Document("any.txt", text)).mentions.masked
    for line in masked.splitlines()[skipped : skipped + 6]:
        words = spelled(line)
        held = holds(words)
        for one in _patterns():
            assert one.bits & held or one.pattern.search(words) is None, (one.source, words)
