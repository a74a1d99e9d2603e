"""Every recipe of CONTRIBUTING is followed to the letter, each on a copy of the tree of its own."""

from __future__ import annotations

import doctest
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest
from tests.snippets import FLAGS, ROOT, Block, blocks, commands
from tests.surroundings import environment

PAGE = ROOT / "CONTRIBUTING.md"
PLAIN = ROOT / "tests" / "docs" / "without_python.yml"
"""The manual without what is read from docstrings, which takes most of the time and no recipe changes."""
COPIED = ("src", "docs", "mkdocs.yml")
DOCTEST = "import doctest, sys; sys.exit(doctest.testfile(sys.argv[1], False, optionflags={}).failed)"
NEED_EXTRAS = {"Add a page of docs": "mkdocs", "Add a solution concept": "moocore"}


def recipes() -> dict[str, list[Block]]:
    """Fenced blocks by recipe."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    heads = [(number, line[3:]) for number, line in enumerate(lines, 1) if line.startswith("## ")]
    found: dict[str, list[Block]] = {}
    for (first, title), (last, _) in pairwise([*heads, (len(lines) + 1, "")]):
        mine = [
            one for one in blocks(PAGE) if first < one.line < last and one.language not in ("prose", "comment")
        ]
        if title.startswith("Add ") and mine:
            found[title] = mine
    return found


@dataclass(frozen=True)
class Copy:
    """A copy of the tree in which a recipe is followed."""

    folder: Path

    def follow(self, steps: Sequence[Block]) -> None:
        """Write, change and run what the blocks say."""
        printed = ""
        for step in steps:
            if step.language == "diff":
                self.change(step)
            elif step.title:
                path = self.folder / step.title
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(step.text, encoding="utf-8")
            elif step.language == "console":
                printed = "".join(self.run(words) for words in commands(step))
            elif step.language == "pycon":
                (self.folder / "lines.txt").write_text(step.text, encoding="utf-8")
                self.run(["python", "-c", DOCTEST.format(FLAGS), "lines.txt"])
            else:
                same = doctest.OutputChecker().check_output(step.text, printed, FLAGS)
                assert same, f"at line {step.line} of {PAGE.name}, printed instead:\n{printed}"

    def change(self, step: Block) -> None:
        """Put the lines of a diff in place of those it shows."""
        path = self.folder / str(step.title)
        lines = step.text.splitlines()
        old = "".join(f"{line[1:]}\n" for line in lines if not line.startswith("+"))
        new = "".join(f"{line[1:]}\n" for line in lines if not line.startswith("-"))
        text = path.read_text(encoding="utf-8")
        assert len(re.findall(f"^{re.escape(old)}", text, re.MULTILINE)) == 1, (
            f"{step.title} has other than one:\n{old}"
        )
        path.write_text(re.sub(f"^{re.escape(old)}", lambda _: new, text, flags=re.MULTILINE), encoding="utf-8")

    def run(self, words: Sequence[str]) -> str:
        """What a command prints; it must succeed."""
        programs = {
            "kosho": [sys.executable, "-c", "from kosho.cli import main; main()"],
            "python": [sys.executable],
            "make": [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "-f", PLAIN.name],
        }
        if words[0] == "make":
            shutil.copy(PLAIN, self.folder)
        rest = [] if words[0] == "make" else words[1:]
        done = subprocess.run(
            [*programs[words[0]], *rest],
            cwd=self.folder,
            env=environment(PYTHONPATH=str(self.folder / "src"), COLUMNS="120", NO_MKDOCS_2_WARNING="1"),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{shlex.join(words)}\n{done.stdout}{done.stderr}"
        return done.stdout


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    """The tree, with links to large files that no recipe changes."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(source, tmp_path / name, ignore=ignored, copy_function=_linked)
        else:
            shutil.copy(source, tmp_path / name)
    return Copy(tmp_path)


def _linked(source: str, target: str) -> str:
    if source.endswith(".npz"):
        Path(target).symlink_to(source)
        return target
    return shutil.copy2(source, target)


@pytest.mark.parametrize("title", recipes())
def test_recipe(title: str, copy: Copy):
    if title in NEED_EXTRAS:
        pytest.importorskip(NEED_EXTRAS[title], reason="an extra is not installed")
    copy.follow(recipes()[title])


def test_there_is_a_recipe_for_whatever_is_added_often():
    expected = {"measure", "case", "kind of policy", "solution concept", "table reader", "page of docs"}
    assert set(recipes()) == {f"Add a {what}" for what in expected}


@pytest.mark.parametrize(
    ("block", "wrong"),
    [
        (Block(1, "diff", " no such line\n+x\n", "mkdocs.yml"), "has other than one"),
        (Block(1, "console", "kosho rate USA JPN\n"), "kosho rate USA JPN"),
        (Block(1, "pycon", ">>> 1 + 1\n3\n"), "Expected"),
        (Block(1, "text", "something\n"), "printed instead"),
    ],
)
def test_a_recipe_that_does_not_work_is_found(block: Block, wrong: str, copy: Copy):
    with pytest.raises(AssertionError, match=wrong):
        copy.follow([block])


def test_what_a_recipe_adds_is_in_the_copy_alone(copy: Copy):
    copy.follow([Block(1, "pycon", ">>> import kosho\n>>> kosho.__file__[-22:]\n'/src/kosho/__init__.py'\n")])
    assert not (ROOT / "lines.txt").exists()
