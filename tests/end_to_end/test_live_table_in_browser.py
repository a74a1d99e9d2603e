"""The live table in a real browser on the real server: what it shows is what the command line says."""

from __future__ import annotations

import html
import json
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.own_world import sales, write_case
from tests.surroundings import environment

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, kosho: Run) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("live") / "korea"
    folder.mkdir()
    done = kosho("world", "build", *map(str, sales(folder.parent)), "--out", str(folder / "mine.npz"))
    assert done.returncode == 0, done.stderr
    write_case(folder, "mine.npz")
    words = [sys.executable, "-m", "kosho", "serve", str(folder), "--port", "0"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environment()) as process:
        assert process.stdout is not None
        address = process.stdout.readline().split()[0].rstrip("/")
        try:
            yield address + "|" + str(folder)
        finally:
            process.terminate()
            process.wait(20)


def answer(address: str, path: str) -> dict[str, object]:
    for _ in range(100):
        try:
            with urllib.request.urlopen(address + path, timeout=300) as got:  # noqa: S310
                return json.loads(got.read())
        except ConnectionError:
            time.sleep(0.1)
    raise AssertionError(path)


def shown(chromium: Run, address: str) -> str:
    """The page once its scripts have run."""
    return html.unescape(chromium("--dump-dom", "--window-size=1280,1800", address).stdout)


def gains(page: str) -> dict[str, str]:
    return dict(re.findall(r'class="big" data-gain="(\w+)">([^<]+)<', page))


def test_a_link_shows_the_package_with_the_gains_of_the_command_line(chromium: Run, server: str, kosho: Run):
    address, folder = server.split("|")
    answer(address, "/api/v1/tables/korea")  # priced, so that the browser need not wait
    told = json.loads(
        kosho("bargain", folder, "--explain", "cars=all-15", "--draws", "0", "--no-confirm", "--json").stdout
    )
    page = shown(chromium, f"{address}/?case=korea&options=cars:all-15")
    found = gains(page)
    assert set(found) == set(told["parties"])
    for code, text in found.items():
        billions = float(text.replace("−", "-").replace("+", "")) if text != "about nil" else 0.0
        assert billions * 1e3 == pytest.approx(told["explained"]["gains"][code], rel=0.06, abs=0.6)
    assert 'data-shown="cars:all-15,' in page
    assert "On the full table" in page
    assert re.search(r'value="all-15"[^>]*>', page)


def test_an_option_that_is_not_there_is_told_and_does_not_stop_the_page(chromium: Run, server: str):
    address = server.split("|", maxsplit=1)[0]
    page = shown(chromium, f"{address}/?case=korea&options=cars:all-99")
    assert "Not on this table: cars = all-99" in page
    assert gains(page)


def test_a_day_before_the_case_is_told(chromium: Run, server: str):
    address = server.split("|", maxsplit=1)[0]
    page = shown(chromium, f"{address}/?case=japan-us-2025&as_of=2019-01-01")
    assert "begins on 2025-04-09" in page


def test_the_page_has_no_serious_fault_for_a_screen_reader(chromium: Run, server: str, tmp_path: Path):
    axe = pytest.importorskip("axe_core_python")
    script = (Path(axe.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
    address = server.split("|", maxsplit=1)[0]
    page = shown(chromium, f"{address}/?case=korea&options=cars:all-15")
    with urllib.request.urlopen(f"{address}/static/table.css") as got:  # noqa: S310
        style = got.read().decode()
    still = re.sub(r"<script.*?</script>", "", page, flags=re.S).replace(
        '<link rel="stylesheet" href="/static/table.css">', f"<style>{style}</style>"
    )
    run = (
        "axe.run(document, {resultTypes: ['violations']}).then(function (found) {"
        "document.body.dataset.found = JSON.stringify(found.violations.map(function (one) {"
        "return one.impact + ' ' + one.id + ' ' + one.nodes.map(function (n) { return n.html; }); })); });"
    )
    path = tmp_path / "still.html"
    path.write_text(
        still.replace("</body>", f"<script>{script}</script><script>{run}</script></body>"), "utf-8"
    )
    told = re.search(r'data-found="([^"]*)"', chromium("--dump-dom", path.as_uri()).stdout)
    assert told is not None
    found = json.loads(html.unescape(told.group(1)))
    assert [one for one in found if one.startswith(("serious", "critical"))] == []
