"""Clicks at the live table in a real browser: what moves, what the address keeps, what is killed and back."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.end_to_end.conftest import BROWSERS
from tests.served import DOCUMENT, korea
from tests.surroundings import BROWSER, environment

sync_api = pytest.importorskip("playwright.sync_api")
Run = Callable[..., subprocess.CompletedProcess[str]]
PATIENCE = 120_000
"""Milliseconds that a loaded machine may take for what takes one."""


@contextlib.contextmanager
def serving(folder: Path, port: int = 0) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    words = [sys.executable, "-m", "kosho", "serve", str(folder), "--port", str(port)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environment()) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().split()[0].rstrip("/"), process
        finally:
            process.kill()
            process.wait(20)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return korea(tmp_path_factory.mktemp("clicks") / "korea")


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    with serving(folder) as (found, _process):
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    binary = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if binary is None:
        pytest.skip(f"no {BROWSER} at hand: install one of {', '.join(BROWSERS)}")
    with sync_api.sync_playwright() as driver:
        found = driver.chromium.launch(executable_path=binary, args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture
def page(browser, address: str):
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    context.set_default_timeout(PATIENCE)
    found = context.new_page()
    faults: list[str] = []
    found.on("pageerror", lambda error: faults.append(str(error)))
    found.on("console", lambda said: faults.append(said.text) if "Content Security" in said.text else None)
    found.goto(f"{address}/?case=korea")
    found.locator("body[data-shown]").wait_for(state="attached")
    yield found
    context.close()
    assert faults == []


def moved(page, options: str) -> None:
    """Wait until a package is shown."""
    page.locator(f'body[data-shown^="{options}"]').wait_for(state="attached")


def gains(page) -> dict[str, str]:
    return {one.get_attribute("data-gain"): one.inner_text() for one in page.locator(".big").all()}


def test_a_moved_control_shows_what_the_command_line_says_and_can_be_gone_back_on(
    page, kosho: Run, folder: Path
):
    before, start = gains(page), page.locator("body").get_attribute("data-shown")
    page.locator('input[name="cars"][value="all-15"]').check()
    moved(page, "cars:all-15")
    words = ("bargain", folder, "--explain", "cars=all-15", "--draws", "0", "--no-confirm", "--json")
    told = json.loads(kosho(*words).stdout)["explained"]["gains"]
    after = gains(page)
    for code, text in after.items():
        shown = 0.0 if text == "about nil" else float(text.replace("−", "-"))
        assert shown * 1e3 == pytest.approx(told[code], rel=0.06, abs=0.6)
    page.get_by_role("button", name="Undo").click()
    moved(page, start)
    assert gains(page) == before
    page.go_forward()
    moved(page, "cars:all-15")
    assert gains(page) == after
    link = page.url
    page.goto("about:blank")
    page.goto(link)
    moved(page, "cars:all-15")
    assert gains(page) == after
    assert page.locator('input[name="cars"][value="all-15"]').is_checked()


def test_another_day_changes_the_whole_page_and_stays_after_a_reload(page):
    page.locator("#deadlines li.ahead", has_text="10 days left").wait_for()
    assert "50 % on steel" in page.locator("#law").inner_text()
    page.locator('button[data-day="2025-05-02"]').click()
    page.locator("#deadlines li", has_text="68 days left").wait_for()
    assert "as_of=2025-05-02" in page.url
    page.reload()
    page.locator("#deadlines li", has_text="68 days left").wait_for()
    assert page.locator("#as-of").input_value() == "2025-05-02"
    assert "50 % on steel" not in page.locator("#law").inner_text()
    assert "2 May 2025" in page.locator("#against").inner_text()
    page.go_back()
    page.locator("#deadlines li.ahead", has_text="10 days left").wait_for()


def test_a_dropped_document_is_marked_decided_on_and_taken_away(page):
    note = {"name": "note.txt", "mimeType": "text/plain", "buffer": DOCUMENT.encode()}
    page.set_input_files("#document", note)
    draft = page.locator("#drafts li", has_text="lower its tariff on rice").first
    draft.wait_for()
    assert "Korea will lower its tariff on rice" in page.locator("#text mark").all_inner_texts()
    draft.get_by_role("button", name="Accept").click()
    page.locator("#decided", has_text="1 accepted").wait_for()
    page.get_by_role("button", name="Take the last step back").click()
    page.locator("#decided", has_text="0 accepted").wait_for()
    assert page.locator("#take-record").is_disabled()
    draft.get_by_role("button", name="Edit").click()
    draft.locator("input[name=by]").fill("Atlantis")
    draft.get_by_role("button", name="Keep the changes").click()
    draft.locator(".problem", has_text="no code of a country").wait_for()
    draft.locator("input[name=by]").fill("KOR")
    draft.locator("input[name=products]").fill("[rice, flour]")
    draft.get_by_label("One field more").fill("note")
    draft.get_by_role("button", name="Keep the changes").click()
    draft.locator(".problem", has_text="Write field=value.").wait_for()
    draft.get_by_label("One field more").fill("note=<img src=x onerror=document.title='hurt'>")
    draft.get_by_role("button", name="Keep the changes").click()
    page.locator("#drafts li", has_text="rice flour").wait_for()
    page.locator("#drafts li", has_text="<img src=x").wait_for()  # words, whatever they look like
    assert page.locator("#drafts img").count() == 0
    page.get_by_role("button", name="Take the last step back").click()
    page.locator("#drafts li", has_text="rice flour").wait_for(state="detached")
    draft.get_by_role("button", name="Accept").click()
    with page.expect_download() as kept:
        page.locator("#take-record").click()
    assert "lower its tariff on rice" in Path(kept.value.path()).read_text(encoding="utf-8")


def test_a_measure_in_words_is_in_the_address_and_works_out_again(page):
    page.locator("#own-lines").fill("US puts an additional 5% on Korean cars")
    page.get_by_role("button", name="Work out what they do").click()
    page.locator("#own-reach code", has_text="USA KOR vehicles-232 +5%").wait_for()
    rows = page.locator("#own-effects tbody tr")
    rows.first.wait_for()
    before = rows.first.inner_text()
    page.goto(page.url)
    rows.first.wait_for()
    assert rows.first.inner_text() == before
    page.locator("#own-lines").fill("25% on Korean unicorns")
    page.locator("#own-problem", has_text="'unicorns' is not understood").wait_for()


@pytest.mark.parametrize("language", ["en", "ja"])
def test_nothing_serious_for_a_screen_reader_and_no_wider_than_a_telephone(
    browser, address: str, language: str
):
    axe = pytest.importorskip("axe_core_python")
    script = (Path(axe.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
    context = browser.new_context(viewport={"width": 400, "height": 800}, bypass_csp=True)
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(f"{address}/?case=korea&options=cars:all-15&own=USA+KOR+C29+%2B5%25&lang={language}")
    page.locator(".map path.land").first.wait_for()
    page.locator("#own-effects tbody tr").first.wait_for()
    page.set_input_files("#document", {"name": "n.txt", "mimeType": "text/plain", "buffer": DOCUMENT.encode()})
    page.locator("#drafts li").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    page.add_script_tag(content=script)
    found = page.evaluate(
        "axe.run(document).then(f => f.violations.map(v => [v.impact, v.id, v.nodes.map(n => n.html)]))"
    )
    assert [one for one in found if one[0] in ("serious", "critical")] == []
    context.close()


def _children(pid: int) -> set[int]:
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False
    )
    return {int(one) for one in listed.stdout.split()}


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no signals of this kind here")
def test_a_server_that_is_killed_leaves_nobody_behind_and_a_reload_is_all(browser, folder: Path):
    context = browser.new_context()
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    with serving(folder) as (address, process):
        port = int(re.findall(r":(\d+)", address)[-1])
        kind = {"content-type": "application/json"}
        asked = urllib.request.Request(f"{address}/api/v1/codes", b'{"words": ["cars"]}', kind)  # noqa: S310
        with urllib.request.urlopen(asked, timeout=PATIENCE / 1000) as got:  # noqa: S310
            assert got.status == 200
        children = _children(process.pid)
        assert children
        page.goto(
            f"{address}/?case=korea&options=cars:all-15", wait_until="commit"
        )  # the table is being opened
        os.kill(process.pid, signal.SIGKILL)
        process.wait(20)
        until = time.monotonic() + 60
        while any(Path(f"/proc/{one}").exists() for one in children) and time.monotonic() < until:
            time.sleep(0.1)
        assert not [one for one in children if Path(f"/proc/{one}").exists()]
    with serving(folder, port):
        page.reload()
        moved(page, "cars:all-15")
    context.close()
