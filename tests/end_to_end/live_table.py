"""The live table of a case in a real browser: a server of its own, its page, and what is held of both."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from tests.surroundings import environment

__all__ = [
    "PATIENCE",
    "Run",
    "as_told",
    "gains",
    "moved",
    "opened_again",
    "opened_page",
    "serious_in",
    "served",
]

Run = Callable[..., subprocess.CompletedProcess[str]]
PATIENCE = 120_000
"""Milliseconds that a loaded machine may take for what takes one."""


@contextlib.contextmanager
def served(folder: Path, port: int = 0) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A server of a case, with its address."""
    words = [sys.executable, "-m", "kosho", "serve", str(folder), "--port", str(port)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environment()) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().split()[0].rstrip("/"), process
        finally:
            process.kill()
            process.wait(20)


@contextlib.contextmanager
def opened_page(browser, address: str, width: int, height: int):
    """The page of the case, shown; it ends without an error of a script and nothing refused by its policy."""
    context = browser.new_context(viewport={"width": width, "height": height}, locale="en-GB")
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
    """What stands beside each side."""
    return {one.get_attribute("data-gain"): one.inner_text() for one in page.locator(".big").all()}


def as_told(shown: Mapping[str, str], kosho: Run, folder: Path, options: str) -> None:
    """Check gains beside those of the command line for the same package."""
    words = ("bargain", folder, "--explain", options, "--draws", "0", "--no-confirm", "--json")
    told = json.loads(kosho(*words).stdout)["explained"]["gains"]
    for code, text in shown.items():
        value = 0.0 if text == "about nil" else float(text.replace("−", "-"))
        assert value * 1e3 == pytest.approx(told[code], rel=0.06, abs=0.6)


def opened_again(page, options: str) -> None:
    """Leave the page and come back by its address alone."""
    link = page.url
    page.goto("about:blank")
    page.goto(link)
    moved(page, options)


def serious_in(page) -> list[object]:
    """What of a page is serious for a screen reader."""
    axe = pytest.importorskip("axe_core_python")
    page.add_script_tag(content=(Path(axe.__file__).parent / "axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate(
        "axe.run(document).then(f => f.violations.map(v => [v.impact, v.id, v.nodes.map(n => n.html)]))"
    )
    return [one for one in found if one[0] in ("serious", "critical")]
