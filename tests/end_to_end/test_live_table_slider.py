"""A rate within a range on the live table: the slider, the figure beside it, and the address that keeps it."""

from __future__ import annotations

import re
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
from tests.own_world import with_ranges
from tests.served import korea


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = korea(tmp_path_factory.mktemp("slider") / "korea")
    table = found / "table.yaml"
    table.write_text(with_ranges(table.read_text("utf-8")), encoding="utf-8")
    return found


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    with served(folder) as (found, _process):
        yield found


@pytest.fixture
def page(browser, address: str):
    with opened_page(browser, address, 390, 844) as found:
        yield found


def test_a_slider_moves_the_gains_and_the_address_keeps_the_rate(page, kosho: Run, folder: Path):
    slider = page.get_by_role("slider", name="Cars: A rate in all, percent")
    slider.focus()
    start = float(slider.input_value())
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => /^cars:in-all@/.test(document.body.dataset.shown)")
    first = float(re.match(r"cars:in-all@([\d.]+)%", page.locator("body").get_attribute("data-shown")).group(1))
    assert 0 < first - start <= 1
    assert slider.get_attribute("aria-valuetext") == f"{first:g} %"
    assert page.locator('input[type="radio"][data-range="in-all"]').is_checked()
    figure = page.get_by_role("spinbutton", name="Cars: A rate in all, percent, as a figure")
    figure.fill("8.125")
    figure.press("Tab")
    moved(page, "cars:in-all@8.125%")
    after = gains(page)
    as_told(after, kosho, folder, "cars=8.125%")
    assert "cars:in-all@8.125%25" in page.url
    opened_again(page, "cars:in-all@8.125%")
    assert gains(page) == after
    assert float(slider.input_value()) == pytest.approx(8.125)
    page.get_by_role("button", name="Nash").click()
    page.wait_for_function("() => !document.body.dataset.shown.includes('8.125')")
    page.get_by_role("button", name="Undo").click()
    moved(page, "cars:in-all@8.125%")
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


def test_a_dragged_slider_asks_one_question_at_a_time(page):
    asked: list[str] = []
    underway: list[int] = [0, 0]

    def began(request) -> None:
        if "/package?" in request.url:
            asked.append(request.url)
            underway[0] += 1
            underway[1] = max(underway)

    def ended(request) -> None:
        underway[0] -= "/package?" in request.url

    page.locator('input[type="radio"][name="cars"][value="add-25"]').check()
    moved(page, "cars:add-25")
    page.on("request", began)
    page.on("requestfinished", ended)
    page.on("requestfailed", ended)
    slider = page.locator('input[data-slider="in-all"]')
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    page.mouse.move(box["x"] + 5, box["y"] + box["height"] / 2)
    page.mouse.down()
    for step in range(40):
        page.mouse.move(box["x"] + 5 + step * (box["width"] - 10) / 40, box["y"] + box["height"] / 2)
    before_release = len(asked)
    assert underway[1] <= 2  # that of the slider and, at most, one that it stopped
    page.mouse.up()
    page.wait_for_function("() => /^cars:in-all@2[34]/.test(document.body.dataset.shown)")
    assert before_release < 40
    assert "in-all@2" in page.url


def test_a_rate_outside_is_not_taken(page, address: str):
    page.goto(f"{address}/?case=korea&options=cars:in-all@99%25")
    page.locator("#problem", has_text="Not on this table: cars = in-all@99%").wait_for()
    moved(page, "cars:add-25")


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_slider_has_a_name_and_nothing_serious_for_a_screen_reader(browser, address: str, language: str):
    context = browser.new_context(viewport={"width": 400, "height": 800}, bypass_csp=True)
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(f"{address}/?case=korea&options=cars:in-all@12.5%25&lang={language}")
    moved(page, "cars:in-all@12.5%")
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    assert serious_in(page) == []
    context.close()
