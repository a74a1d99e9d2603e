"""Clicks at the live table in a real browser: what moves, what the address keeps, what is killed and back."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.end_to_end.live_table import (
    PATIENCE,
    Run,
    as_told,
    gains,
    moved,
    opened_again,
    opened_page,
    serious_in,
    served,
)
from tests.served import DOCUMENT, korea


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return korea(tmp_path_factory.mktemp("clicks") / "korea")


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    with served(folder) as (found, _process):
        yield found


@pytest.fixture
def page(browser, address: str):
    with opened_page(browser, address, 1280, 900) as found:
        yield found


def test_a_moved_control_shows_what_the_command_line_says_and_can_be_gone_back_on(
    page, kosho: Run, folder: Path
):
    before, start = gains(page), page.locator("body").get_attribute("data-shown")
    page.locator('input[name="cars"][value="all-15"]').check()
    moved(page, "cars:all-15")
    after = gains(page)
    as_told(after, kosho, folder, "cars=all-15")
    page.get_by_role("button", name="Undo").click()
    moved(page, start)
    assert gains(page) == before
    page.go_forward()
    moved(page, "cars:all-15")
    assert gains(page) == after
    opened_again(page, "cars:all-15")
    assert gains(page) == after
    assert page.locator('input[name="cars"][value="all-15"]').is_checked()


def test_another_day_changes_the_whole_page_and_stays_after_a_reload(page):
    page.locator("#deadlines li.ahead", has_text="10 days left").wait_for()
    assert "50 % on steel" in page.locator("#law").inner_text()
    page.wait_for_load_state("networkidle")  # what still comes redraws the page, and a click on it is lost
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
    draft.get_by_label("One field more").fill("note=a word that nothing reads")
    draft.get_by_role("button", name="Keep the changes").click()
    draft.locator(".problem", has_text="is no field of a draft").wait_for()
    draft.get_by_label("One field more").fill("what=<img src=x onerror=document.title='hurt'>")
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
    context = browser.new_context(viewport={"width": 400, "height": 800}, bypass_csp=True)
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(f"{address}/?case=korea&options=cars:all-15&own=USA+KOR+C29+%2B5%25&lang={language}")
    page.locator(".map path.land").first.wait_for()
    page.locator("#own-effects tbody tr").first.wait_for()
    page.set_input_files("#document", {"name": "n.txt", "mimeType": "text/plain", "buffer": DOCUMENT.encode()})
    page.locator("#drafts li").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    assert serious_in(page) == []
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
    with served(folder) as (address, process):
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
    with served(folder, port):
        page.reload()
        moved(page, "cars:all-15")
    context.close()
