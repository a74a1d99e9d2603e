"""The page in a real browser: wide, at a phone's width, without scripts, on paper."""

from __future__ import annotations

import html
import json
import re
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from pypdf import PdfReader

Browser = Callable[..., subprocess.CompletedProcess[str]]

FIGURES = 6

MEASURE = """<!doctype html><body style="margin:0">
<iframe src="{page}" style="width:{width}px;height:20000px;border:0"></iframe>
<script>
document.querySelector("iframe").addEventListener("load", function () {{
  var frame = this.contentDocument, body = frame.documentElement;
  frame.querySelectorAll("details").forEach(function (fold) {{ fold.open = true; }});
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


AXE = """<script>
document.querySelectorAll("details").forEach(function (fold) {{ fold.open = {unfolded}; }});
axe.run(document, {{ resultTypes: ["violations"] }}).then(function (found) {{
  document.documentElement.dataset.axe = JSON.stringify(found.violations.map(function (one) {{
    return one.id + ": " + one.nodes.slice(0, 3).map(function (node) {{ return node.html.slice(0, 200); }});
  }}));
}});
</script>"""


BOXES = """<script>
window.addEventListener("load", function () {
  var found = [];
  document.querySelectorAll("svg.curve").forEach(function (drawing) {
    var texts = Array.from(drawing.querySelectorAll("text"));
    var frame = drawing.getBoundingClientRect();
    var boxes = texts.map(function (one) { return one.getBoundingClientRect(); });
    texts.forEach(function (one, k) {
      var cut = boxes[k].left < frame.left - 1 || boxes[k].right > frame.right + 1;
      if (cut) found.push("cut: " + one.textContent);
      for (var n = k + 1; n < texts.length; n++) {
        var wide = Math.min(boxes[k].right, boxes[n].right) - Math.max(boxes[k].left, boxes[n].left);
        var high = Math.min(boxes[k].bottom, boxes[n].bottom) - Math.max(boxes[k].top, boxes[n].top);
        if (wide > 1 && high > 3) found.push(one.textContent + " over " + texts[n].textContent);
      }
    });
  });
  document.documentElement.dataset.drawings = document.querySelectorAll("svg.curve").length;
  document.documentElement.dataset.over = found.join("; ");
});
</script>"""


@pytest.mark.parametrize("width", [400, 800, 1280])
def test_no_word_of_the_figure_lies_over_another(
    brief_folder: Path, chromium: Browser, tmp_path: Path, width: int
) -> None:
    measured = tmp_path / "measured.html"
    page = (brief_folder / "brief.html").read_text(encoding="utf-8")
    measured.write_text(page.replace("</body>", f"{BOXES}</body>"), encoding="utf-8")
    dom = chromium(f"--window-size={width},1000", "--dump-dom", measured.as_uri()).stdout
    head = dom[dom.index("<html") : dom.index("<head")]
    assert dict(re.findall(r'data-(drawings|over)="([^"]*)"', head)) == {"drawings": "2", "over": ""}


@pytest.mark.parametrize("width", [1280, 400])
def test_neither_the_page_nor_a_table_scrolls_sideways(
    brief_folder: Path, chromium: Browser, tmp_path: Path, width: int
) -> None:
    frame = tmp_path / "frame.html"
    frame.write_text(MEASURE.format(page=(brief_folder / "brief.html").as_uri(), width=width), encoding="utf-8")
    dom = chromium("--window-size=1400,1000", "--dump-dom", frame.as_uri()).stdout
    found = dict(re.findall(r'data-(client|scroll|wide|boxes)="([^"]*)"', dom))
    assert found["client"] == str(width)
    assert found["scroll"] == str(width)
    assert found["wide"] == ""
    assert found["boxes"] == ""  # on a narrow screen the cells of a row stand under one another


def test_figures_come_alive_where_there_is_room(brief_folder: Path, chromium: Browser) -> None:
    page = (brief_folder / "brief.html").as_uri() + "#annex"  # folded figures have no room
    dom = chromium("--window-size=1280,1000", "--dump-dom", page).stdout
    assert len(re.findall(r'<figure [^>]*class="is-live"', dom)) == FIGURES
    assert dom.count('class="plot-container') == FIGURES
    assert 'class="modebar-btn' not in dom  # no toolbar that could lie over a legend
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


def test_main_document_and_annex_print_apart_on_a4(
    brief_folder: Path, chromium: Browser, tmp_path: Path
) -> None:
    page = (brief_folder / "brief.html").as_uri()
    main, annex = (
        _printed(chromium, tmp_path / f"{n}.pdf", page + end) for n, end in enumerate(("", "#annex"))
    )
    assert 2 <= len(main) <= 8
    assert len(annex) > len(main)
    assert "Ask for" in main[0]
    assert "The deals side by side" not in main[0]  # the answer has a page of its own
    assert "The deals side by side" in main[1]
    assert "Every number behind the pages above" not in "".join(main)
    assert "Every number behind the pages above" in annex[0]
    assert "Ask for" not in "".join(annex)
    assert "Method and limits" in "".join(annex)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_wrong(brief_folder: Path, chromium: Browser, tmp_path: Path, scheme: str) -> None:
    """Contrast, landmarks, names and roles, as axe-core checks them; in the light all is unfolded."""
    carrier = pytest.importorskip("axe_core_python", reason="axe-core is not installed (extra dev)")
    (axe,) = (Path(folder) / "axe.min.js" for folder in carrier.__path__)
    page = (brief_folder / "brief.html").read_text(encoding="utf-8")
    checked = tmp_path / "checked.html"
    unfolded = "true" if scheme == "light" else "false"
    scripts = f"<script>{axe.read_text(encoding='utf-8')}</script>{AXE.format(unfolded=unfolded)}"
    checked.write_text(page.replace("</body>", f"{scripts}</body>"), encoding="utf-8")
    dark = ["--blink-settings=preferredColorScheme=0"] if scheme == "dark" else []
    dom = chromium("--window-size=1280,1000", "--dump-dom", *dark, checked.as_uri()).stdout
    (found,) = re.findall(r'<html[^>]* data-axe="([^"]*)"', dom)
    assert json.loads(html.unescape(found)) == []


def _printed(chromium: Browser, paper: Path, page: str) -> list[str]:
    """Text of the sheets, once they are A4."""
    chromium("--no-pdf-header-footer", f"--print-to-pdf={paper}", page)
    sheets = PdfReader(paper).pages
    assert all(abs(sheet.mediabox.width - 595) < 2 and abs(sheet.mediabox.height - 842) < 2 for sheet in sheets)
    return [re.sub(r"\s+", " ", sheet.extract_text()) for sheet in sheets]


def _size(path: Path) -> tuple[int, int]:
    width, height = struct.unpack(">II", path.read_bytes()[16:24])
    return width, height
