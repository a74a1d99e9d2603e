"""The manual as a built site: complete, drawn without a script, and fetching nothing from elsewhere."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from tests.snippets import ROOT
from typer.main import get_command

import kosho
from kosho.cli import app
from kosho.schemas import FILES

LOADED = {"script": "src", "link": "href", "img": "src", "iframe": "src", "source": "src", "use": "href"}
ELSEWHERE = re.compile(r"^(https?:)?//")


@pytest.fixture(scope="session")
def site(tmp_path_factory) -> Path:
    """The site as `make docs` builds it."""
    pytest.importorskip("mkdocs", reason="the docs extra is not installed")
    folder = tmp_path_factory.mktemp("site")
    path = os.pathsep.join([str(Path(kosho.__file__).parents[1]), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": path, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    return folder


class Loads(HTMLParser):
    """What a page makes the browser fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "link" and given.get("rel") == "canonical":
            return
        self.found += [given[LOADED[tag]] or ""] if tag in LOADED and LOADED[tag] in given else []


def pages(site: Path) -> list[Path]:
    return sorted(site.rglob("*.html"))


def test_pages_load_nothing_from_elsewhere(site):
    for page in pages(site):
        loads = Loads()
        loads.feed(page.read_text(encoding="utf-8"))
        assert loads.found, page
        assert not [one for one in loads.found if ELSEWHERE.match(one)], page


def test_styles_and_scripts_load_nothing_from_elsewhere(site):
    for path in site.rglob("*.css"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"(url\(|@import\s+)[\"']?(https?:)?//", text), path
    for path in site.rglob("*.js"):
        text = path.read_text(encoding="utf-8")
        hosts = set(re.findall(r"https?://([\w.-]+)", text))
        # Names of XML languages, addresses in comments on licences, and repositories that a header would count
        # stars of, if it named one.
        assert not [host for host in hosts if re.search(r"unpkg|cdn|jsdelivr|googleapis|gstatic", host)], path


def test_formulas_are_drawn_without_a_script(site):
    drawn = 0
    for page in pages(site):
        text = page.read_text(encoding="utf-8")
        assert "arithmatex" not in text, page
        assert not re.search(r"mathjax|katex", text, re.IGNORECASE), page
        drawn += text.count("<math ")
    assert drawn > 20
    assert (site / "assets/fonts/STIXTwoMath-Regular.ttf").stat().st_size > 1_000_000


def test_every_command_and_option_is_in_the_reference(site):
    text = (site / "reference/commands.html").read_text(encoding="utf-8")

    def leaves(command, name):
        for word, below in getattr(command, "commands", {}).items():
            yield from leaves(below, f"{name} {word}")
        if not hasattr(command, "commands"):
            yield name, command

    for name, command in leaves(get_command(app), "kosho"):
        assert f">{name}<" in text, name
        for one in command.params:
            assert one.opts[0].upper() in text or one.opts[0] in text or (one.metavar or "!") in text, one.opts


@pytest.mark.parametrize(
    ("page", "name"),
    [
        ("equilibrium", "kosho.equilibrium.solve"),
        ("world", "kosho.world.load"),
        ("law", "kosho.law.Register"),
        ("impact", "kosho.impact.effects.effects"),
        ("bargain", "kosho.bargain.negotiate"),
        ("record", "kosho.record.read"),
        ("scenario", "kosho.scenario.simulate"),
        ("case", "kosho.case.Case"),
        ("corridor", "kosho.corridor.simulate"),
    ],
)
def test_the_door_of_every_room_is_in_the_reference(site, page, name):
    text = (site / f"reference/python/{page}.html").read_text(encoding="utf-8")
    assert f'id="{name}"' in text


@pytest.mark.parametrize("name", FILES)
def test_every_key_of_every_yaml_file_is_in_the_reference(site, name):
    text = (site / f"reference/yaml/{name}.html").read_text(encoding="utf-8")
    schema = json.loads((site / f"schemas/{name}.schema.json").read_text(encoding="utf-8"))
    for spot in (schema, *schema["$defs"].values()):
        for key in spot.get("properties", {}):
            assert f"<code>{key}</code>" in text, key


def test_every_page_is_in_the_navigation(site):
    home = (site / "index.html").read_text(encoding="utf-8")
    for page in sorted((ROOT / "docs").rglob("*.md")):
        path = page.relative_to(ROOT / "docs").with_suffix(".html")
        assert f'href="{path}"' in home or path.name == "index.html", path
