"""The fenced blocks of a page of the manual, run in order as a reader would who types everything.

A block whose info string has a `title` is a file: it is written where the page says. A `python` block is
run, all of a page in one namespace; one that begins with `>>>` is checked as a doctest. Of a `console`
block the lines that begin with `kosho` are run. A `text` block right after either is what it prints, with
`...` for what is left out. A comment before a block says what cannot be seen from the block itself:

    <!-- after: own-case.md -->     the files of that page are there already
    <!-- not run: REASON -->        commands are checked against the program's options, Python is read
    <!-- ends with 2 -->            the command fails, with this status
"""

from __future__ import annotations

import doctest
import io
import re
import shlex
from collections.abc import Generator, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

from markdown_it import MarkdownIt
from typer.main import get_command

from kosho.cli import app, main

ROOT = Path(__file__).parents[1]
TARGETS = frozenset(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
OTHERS = ("pip", "python", "python3", "docker", "apt", "git", "cd", "pre-commit", "curl", "dask", "kubectl")
"""Programs that pages name and this project does not test."""


@dataclass(frozen=True)
class Block:
    """A fenced block, a comment that speaks of the next one, or prose."""

    line: int
    language: str
    text: str
    title: str | None = None


@dataclass
class Reader:
    """Somebody who follows a page in an empty folder."""

    page: Path
    folder: Path
    names: dict[str, Any] = field(default_factory=dict)
    printed: str | None = None
    """By the block before, where it was run."""

    def follow(self) -> None:
        """Do what the page says, from top to bottom."""
        notes: list[str] = []
        for block in blocks(self.page):
            if block.language == "prose":
                self.printed = None  # a block of text further down is not what a command printed
                continue
            if block.language == "comment":
                notes.append(block.text)
                self._after(block.text)
                continue
            with _placed(self.page, block):
                self._do(block, notes)
            notes = []

    def _after(self, note: str) -> None:
        found = re.fullmatch(r"after: (\S+)", note)
        if found:
            for block in blocks(self.page.parent / found[1]):
                if block.title:
                    self._write(block)

    def _write(self, block: Block) -> None:
        path = self.folder / str(block.title)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.text, encoding="utf-8")

    def _do(self, block: Block, notes: list[str]) -> None:
        before, self.printed = self.printed, None
        run = not any(note.startswith("not run: ") for note in notes)
        if block.title:
            self._write(block)
        elif block.language == "python" and not run:
            compile(block.text, str(self.page), "exec")
        elif block.language == "python":
            self.printed = self._python(block)
        elif block.language == "console":
            status = next((int(note[10:]) for note in notes if note.startswith("ends with ")), 0)
            self.printed = self._console(block, status) if run else _known(block)
        elif block.language == "text" and before is not None:
            assert doctest.OutputChecker().check_output(block.text, before, FLAGS), (
                f"printed instead:\n{before}"
            )

    def _python(self, block: Block) -> str:
        printed = io.StringIO()
        if block.text.startswith(">>>"):
            parser, runner = doctest.DocTestParser(), doctest.DocTestRunner(optionflags=FLAGS)
            test = parser.get_doctest(block.text, self.names, self.page.name, str(self.page), block.line)
            failed = runner.run(test, out=printed.write, clear_globs=False).failed
            self.names |= test.globs
            assert not failed, printed.getvalue()
            return ""
        code = compile("\n" * block.line + block.text, str(self.page), "exec")
        with redirect_stdout(printed):
            exec(code, self.names)  # noqa: S102 - what the page says
        return printed.getvalue()

    def _console(self, block: Block, status: int) -> str:
        printed = ""
        for words in commands(block):
            if words[0] == "kosho":
                found, text = kosho(words)
                assert found == status, f"{shlex.join(words)} ended with {found}:\n{text}"
                printed += text
            else:
                _checked(words)
        return printed


@contextmanager
def _placed(page: Path, block: Block) -> Generator[None, None, None]:
    """Errors say which page and line they are from."""
    try:
        yield
    except BaseException as error:
        error.add_note(f"in the block at {page.relative_to(ROOT)}:{block.line}")
        raise


def pages() -> list[Path]:
    """Every page a person wrote."""
    return [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def blocks(page: Path) -> Iterator[Block]:
    """Fenced blocks, comments and the prose between them, in order."""
    for token in MarkdownIt().parse(page.read_text(encoding="utf-8")):
        line = token.map[0] + 1 if token.map else 0
        if token.type == "fence":
            language, _, rest = token.info.partition(" ")
            title = re.search(r'title="([^"]+)"', rest)
            yield Block(line, language, token.content, title and title[1])
        elif token.type == "inline":
            yield Block(line, "prose", token.content)
        elif token.type == "html_block":
            for note in re.findall(r"<!-- (.*?) -->", token.content):
                yield Block(line, "comment", note)


def commands(block: Block) -> list[list[str]]:
    """The command lines of a console block, comments dropped, lines that go on joined."""
    lines = block.text.replace("\\\n", " ").splitlines()
    return [words for words in (shlex.split(line, comments=True) for line in lines) if words]


def kosho(words: list[str]) -> tuple[int, str]:
    """Exit status of a `kosho` command, and everything it prints."""
    printed = io.StringIO()
    with patch("sys.argv", words), redirect_stdout(printed), redirect_stderr(printed):
        try:
            main()
        except SystemExit as ended:
            return int(ended.code or 0), printed.getvalue()
    return 0, printed.getvalue()


def _known(block: Block) -> None:
    for words in commands(block):
        _checked(words)


def _checked(words: list[str]) -> None:
    """A command that is not run at least exists."""
    if words[0] == "make":
        wanted = {word for word in words[1:] if "=" not in word and not word.startswith("-")}
        assert wanted <= TARGETS, f"make has no {wanted - TARGETS}"
    elif words[0].rpartition("/")[2] == "kosho":
        command: Any = get_command(app)
        rest = words[1:]
        while hasattr(command, "commands") and rest and not rest[0].startswith("-"):
            assert rest[0] in command.commands, f"kosho has no command {rest[0]}"
            command, rest = command.commands[rest[0]], rest[1:]
        options = {option for one in command.params for option in (*one.opts, *one.secondary_opts)}
        asked = {word for word in rest if word.startswith("--")}
        assert asked <= options | {"--help", "--version"}, f"no option {asked - options}"
    else:
        assert words[0].rpartition("/")[2] in OTHERS, f"{words[0]} is not known to the tests of the manual"
