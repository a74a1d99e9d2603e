"""The page in a real browser: wide, at a phone's width, without scripts, on paper."""

from __future__ import annotations

import re
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Browser = Callable[..., subprocess.CompletedProcess[str]]

FIGURES = 6

MEASURE = """<!doctype html><body style="margin:0">
<iframe src="{page}" style="width:{width}px;height:20000px;border:0"></iframe>
<script>
document.querySelector("iframe").addEventListener("load", function () {{
  var frame = this.contentDocument, body = frame.documentElement;
  var wide = Array.from(frame.querySelectorAll("body *")).filter(function (one) {{
    return one.getBoundingClientRect().right > body.clientWidth + 1 && !one.closest(".scroll, .skip, svg");
  }}).map(function (one) {{ return one.tagName + "." + one.className; }});
  document.body.dataset.client = body.clientWidth;
  document.body.dataset.scroll = body.scrollWidth;
  document.body.dataset.wide = wide.join(" ");
  var boxes = Array.from(frame.querySelectorAll(".scroll"));
  boxes = boxes.filter(function (one) {{ return one.scrollWidth > one.clientWidth; }});
  document.body.dataset.boxes = boxes.map(function (one) {{ return one.firstElementChild.id; }}).join(" ");
}});
</script>"""


@pytest.mark.parametrize(("width", "scrolling"), [(1280, False), (390, True)])
def test_page_never_scrolls_sideways(
    brief_folder: Path, chromium: Browser, tmp_path: Path, width: int, scrolling: bool
) -> None:
    frame = tmp_path / "frame.html"
    frame.write_text(MEASURE.format(page=(brief_folder / "brief.html").as_uri(), width=width), encoding="utf-8")
    dom = chromium("--window-size=1400,1000", "--dump-dom", frame.as_uri()).stdout
    found = dict(re.findall(r'data-(client|scroll|wide|boxes)="([^"]*)"', dom))
    assert found["client"] == str(width)
    assert found["scroll"] == str(width)
    assert found["wide"] == ""
    # What does not fit scrolls in a box of its own; on a desk everything fits.
    assert bool(found["boxes"]) == scrolling, found["boxes"]


def test_figures_come_alive_where_there_is_room(brief_folder: Path, chromium: Browser) -> None:
    page = (brief_folder / "brief.html").as_uri()
    dom = chromium("--window-size=1280,1000", "--dump-dom", page).stdout
    assert len(re.findall(r'<figure [^>]*class="is-live"', dom)) == FIGURES
    assert dom.count('class="plot-container') == FIGURES
    assert len(re.findall(r'<th [^>]*><span role="button"', dom)) > 20


def test_without_scripts_everything_is_drawn(brief_folder: Path, chromium: Browser, tmp_path: Path) -> None:
    plain = tmp_path / "plain.html"
    text = (brief_folder / "brief.html").read_text(encoding="utf-8")
    plain.write_text(re.sub(r"<script.*?</script>", "", text, flags=re.DOTALL), encoding="utf-8")
    dom = chromium("--dump-dom", plain.as_uri()).stdout
    assert "is-live" not in re.sub(r"<style>.*?</style>", "", dom, flags=re.DOTALL)
    assert dom.count('class="drawn"') == FIGURES
    shot = tmp_path / "plain.png"
    chromium("--window-size=1280,3000", f"--screenshot={shot}", plain.as_uri())
    assert _size(shot) == (1280, 3000)
    assert shot.stat().st_size > 150_000  # a blank page of this size has about 15,000


def test_it_prints_on_a4(brief_folder: Path, chromium: Browser, tmp_path: Path) -> None:
    paper = tmp_path / "brief.pdf"
    chromium("--no-pdf-header-footer", f"--print-to-pdf={paper}", (brief_folder / "brief.html").as_uri())
    content = paper.read_bytes()
    pages = re.findall(rb"/Type /Page\b[^s]", content)
    boxes = {tuple(map(float, box.split())) for box in re.findall(rb"/MediaBox \[([^\]]+)\]", content)}
    assert 8 <= len(pages) <= 36
    assert all(abs(box[2] - 595) < 2 and abs(box[3] - 842) < 2 for box in boxes)


def _size(path: Path) -> tuple[int, int]:
    width, height = struct.unpack(">II", path.read_bytes()[16:24])
    return width, height
