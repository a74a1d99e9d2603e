"""Which tests run a line of the sources: each test file is run once, by itself, and watched.

By itself, because what one test works out is often kept for the next (a table solved for the session, a cache):
seen over many files, only the first of them would seem to run the line.
"""

from __future__ import annotations

import ast
import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

__all__ = ["Recorded", "bound_at", "innermost", "lines_that_matter", "recorded"]

MACHINE = {"compiled", "intrinsic", "overload"}
"""What makes of a function one that is compiled, or that writes what is."""


@dataclass(frozen=True)
class Recorded:
    """Seconds of every test, and the tests that run each line of each file of the copy (its path in it)."""

    seconds: dict[str, float]
    tests: dict[tuple[str, int], frozenset[str]]

    def of(self, places: Iterable[tuple[str, int]]) -> list[str]:
        """Tests that run one of some lines, the quickest first."""
        found = frozenset[str]().union(*(self.tests.get(place, frozenset()) for place in places))
        return sorted(found, key=lambda one: (self.seconds[one], one))


def recorded(
    files: Mapping[str, str], source: Path, kept: Path, watch: Callable[[str, Path], None]
) -> Recorded:
    """What the tests of some files run, by what each depends on; again where that or a source has changed."""
    of_sources = _hash(path.read_bytes() for path in sorted(source.rglob("*.py")))
    seconds: dict[str, float] = {}
    tests: dict[tuple[str, int], set[str]] = defaultdict(set)
    for file, content in files.items():
        record = kept / f"{_hash(part.encode() for part in (file, content, of_sources))[:32]}.json"
        if not record.exists():
            watch(file, record)
        if not record.exists():  # nothing in it could be collected
            continue
        said = json.loads(record.read_text(encoding="utf-8"))
        seconds |= said["seconds"]
        for path, lines in said["lines"].items():
            relative = path.partition("/src/")[2]
            for line, names in lines.items():
                tests[relative, int(line)].update(names)
    return Recorded(seconds, {place: frozenset(names) for place, names in tests.items()})


def _hash(parts: Iterable[bytes]) -> str:
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def lines_that_matter(source: Path, path: Path, line: int) -> list[tuple[str, int]]:
    """Where a test that could notice a change of a line passes, as files of the copy and lines.

    Of a statement, all its lines; of the head of a function (what its arguments are where none is given), its
    body; of what a module or a class binds once, when it is imported, the lines that use the name anywhere; of
    machine code, which nobody sees run, those too, and where such a function uses it, those that use that one.
    """
    found: set[tuple[Path, int]] = set()
    asked: set[tuple[Path, str]] = set()
    waiting = [(path, line)]
    while waiting:
        file, number = waiting.pop()
        names, held = _names(file, number)
        if not names:
            found |= {(file, one) for one in _own_lines(file, number)}
        for name in names:
            if (file, name) not in asked:
                asked.add((file, name))
                uses = _uses(source, file, name, anywhere=held)
                found.update(uses)
                waiting += [] if held else uses
    return sorted((file.relative_to(source).as_posix(), one) for file, one in found)


def bound_at(path: Path, line: int) -> frozenset[str]:
    """Names that a line binds once, when its module is imported: tests may ask for them from outside."""
    return frozenset(_names(path, line)[0])


def _own_lines(path: Path, line: int) -> range:
    _, statement = innermost(_parsed(path), line)
    if isinstance(statement, ast.FunctionDef):
        return range(statement.body[0].lineno, (statement.end_lineno or 0) + 1)
    return _head(statement)


def _names(path: Path, line: int) -> tuple[list[str], bool]:
    """Names whose users see what a line does, and not who runs it: of machine code, and of what is bound once.

    And whether they are used where they are not imported, as what a class holds is.
    """
    for one in _parsed(path).body:
        if isinstance(one, ast.FunctionDef) and one.lineno <= line <= (one.end_lineno or 0):
            said = dict(_decorator(decorator) for decorator in one.decorator_list)
            return [said[kind] or one.name for kind in said if kind in MACHINE], False
    owner, statement = innermost(_parsed(path), line)
    held = isinstance(owner, ast.ClassDef)
    names = _bound(statement) if held or isinstance(owner, ast.Module) else []
    return [name for name in names if name != "__all__"], held


def _decorator(node: ast.expr) -> tuple[str, str]:
    """Its name, and the function that it stands for where it names one (`overload(exp)`)."""
    if isinstance(node, ast.Call):
        return ast.unparse(node.func), ast.unparse(node.args[0]) if node.args else ""
    return ast.unparse(node), ""


def _uses(source: Path, home: Path, name: str, *, anywhere: bool) -> list[tuple[Path, int]]:
    """Lines with a name: of its own file, and of those that import it or ask its module for it."""
    word, asked = re.compile(rf"\b{re.escape(name)}\b"), re.compile(rf"\w\.{re.escape(name)}\b")
    return [
        (file, number)
        for file in sorted(source.rglob("*.py"))
        if word.search(_text(file))
        and (anywhere or file == home or name in _imported(file) or _asks(file, home, asked))
        for number, text in enumerate(_text(file).splitlines(), 1)
        if word.search(text) and not isinstance(innermost(_parsed(file), number)[1], ast.ImportFrom)
    ]


def _asks(file: Path, home: Path, asked: re.Pattern[str]) -> bool:
    """Whether a file that stands beside another, or imports it, takes a name from it (`module.name`)."""
    near = file.parent == home.parent or home.stem in _imported(file)
    return near and asked.search(_text(file)) is not None


@cache
def _imported(path: Path) -> frozenset[str]:
    """Names that a file imports from elsewhere."""
    return frozenset(
        alias.name for one in ast.walk(_parsed(path)) if isinstance(one, ast.ImportFrom) for alias in one.names
    )


@cache
def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@cache
def _parsed(path: Path) -> ast.Module:
    return ast.parse(_text(path))


def innermost(module: ast.Module, line: int) -> tuple[ast.AST, ast.stmt]:
    """The smallest statement that holds a line, and the function, class or module it stands in."""
    owner: ast.AST = module
    found: ast.stmt = module.body[0]
    inside: list[ast.AST] = [module]
    while inside:
        node = inside.pop()
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.stmt) and child.lineno <= line <= (child.end_lineno or 0):
                owner = node if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) else owner
                found = child
                inside = [child]
                break
            if isinstance(child, ast.ExceptHandler | ast.match_case):
                inside.append(child)
    return owner, found


def _bound(statement: ast.stmt) -> list[str]:
    """Names that an assignment binds."""
    match statement:
        case ast.Assign(targets=targets):
            return [one.id for target in targets for one in ast.walk(target) if isinstance(one, ast.Name)]
        case ast.AnnAssign(target=ast.Name(id=name)):
            return [name]
        case _:
            return []


def _head(statement: ast.stmt) -> range:
    """Lines of a statement, without those of the statements in it."""
    inner = getattr(statement, "body", None) or getattr(statement, "cases", None)
    last = (
        inner[0].lineno - 1 if isinstance(inner, list) and hasattr(inner[0], "lineno") else statement.end_lineno
    )
    return range(statement.lineno, max(statement.lineno, last or 0) + 1)
