"""The page: escaped, self-contained, whole without scripts, the same for the same brief."""

from __future__ import annotations

import base64
import gzip
import json
import re
import sys
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from plotly.graph_objects import Figure as PlotlyFigure
from tests.briefs import HOSTILE, brief

from kosho.brief import page
from kosho.brief.figures import figures
from kosho.errors import InputError


class Reader(HTMLParser):
    """Elements, ids, links and text of a page; text of scripts and styles is left out."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.scripts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if "script" in self.open:
            self.scripts.append(data)
        elif "style" not in self.open:
            self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", "".join(self.words))

    def attributes(self, name: str) -> list[str]:
        return [value for _, attrs in self.elements if (value := attrs.get(name)) is not None]


@pytest.fixture(scope="module")
def rendered() -> str:
    return page.render(brief())


@pytest.fixture(scope="module")
def reader(rendered: str) -> Reader:
    return Reader(rendered)


def test_text_from_files_is_escaped(rendered: str, reader: Reader) -> None:
    assert "<script>alert" not in rendered
    assert "<b>bold" not in rendered
    assert HOSTILE in reader.text
    # One block for each figure, plotly, and the page's own script; nothing else became a script.
    scripts = [attrs for tag, attrs in reader.elements if tag == "script"]
    assert len(scripts) == len(figures(brief())) + 2


def test_data_blocks_are_json_that_plotly_accepts(rendered: str) -> None:
    blocks = re.findall(r'<script type="application/json" id="spec-[^"]+">(.*?)</script>', rendered, re.DOTALL)
    assert len(blocks) == len(figures(brief()))
    for block in blocks:
        spec = json.loads(block)
        PlotlyFigure(spec)  # raises on any property that plotly does not know
        assert "<script" not in json.dumps(spec)


def test_only_web_addresses_become_links(rendered: str, reader: Reader) -> None:
    assert "javascript:" not in rendered
    outside = [href for href in reader.attributes("href") if not href.startswith("#")]
    assert outside == ["https://example.org/?a=1&b=<2>"]


def test_page_needs_nothing_else(reader: Reader) -> None:
    assert not reader.attributes("src")
    assert "link" not in [tag for tag, _ in reader.elements]
    assert "@import" not in page.render(brief())
    assert "url(" not in page._text("style.css")


def test_every_inner_link_leads_somewhere(reader: Reader) -> None:
    ids = reader.attributes("id")
    assert len(ids) == len(set(ids))
    targets = {href[1:] for href in reader.attributes("href") if href.startswith("#")}
    assert targets <= set(ids)
    assert {"deals", "said", "law", "stake", "certainty", "dates", "annex", "method", "sources"} <= targets
    assert {"source-1", "source-2"} <= targets


def test_headings_descend_by_one_and_tables_have_captions(reader: Reader) -> None:
    levels = [int(tag[1]) for tag, _ in reader.elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    tags = [tag for tag, _ in reader.elements]
    assert tags.count("caption") == tags.count("table") > 8


def test_everything_is_there_without_scripts(reader: Reader) -> None:
    made = brief()
    for words in (
        made.lead.text,
        made.summary,
        *(one.title for one in made.scenarios),
        *(one.why for one in made.not_yet_priced),
        "Figure 1. Japan: most under “Deal",
        "−9",
    ):
        assert words.replace(" %", "\N{NO-BREAK SPACE}%") in reader.text.replace(" %", "\N{NO-BREAK SPACE}%")
    drawn = [attrs for tag, attrs in reader.elements if attrs.get("class") == "track"]
    rows = sum(len(figure.rows) + 1 for figure in figures(made).values())
    assert len(drawn) == rows


def test_plotly_is_packed_once(rendered: str) -> None:
    packed = re.findall(r'id="plotly-packed">([A-Za-z0-9+/=]+)</script>', rendered)
    assert len(packed) == 1
    assert b"plotly.js v" in gzip.decompress(base64.b64decode(packed[0]))[:400]
    assert len(rendered) < 2_600_000


def test_same_brief_same_page(rendered: str) -> None:
    assert page.render(brief()) == rendered


@pytest.mark.parametrize("missing", ["jinja2", "plotly"])
def test_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    page._environment.cache_clear()
    page._plotly.cache_clear()
    for name in [name for name in sys.modules if name.split(".")[0] == missing]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(InputError, match=r"needs the extra .brief. \(.*pip install.*\[brief\]"):
        page.require_extra()
