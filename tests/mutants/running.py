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
from pathlib import Path

__all__ = ["Recorded", "lines_that_matter", "recorded"]


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
    body; of what a module or a class binds once, when it is imported, the lines that use the name anywhere.
    """
    own = path.relative_to(source).as_posix()
    owner, statement = _innermost(ast.parse(path.read_bytes()), line)
    if isinstance(statement, ast.FunctionDef):
        return [(own, number) for number in range(statement.body[0].lineno, (statement.end_lineno or 0) + 1)]
    names = _bound(statement) if isinstance(owner, ast.Module | ast.ClassDef) else []
    if not names:
        return [(own, number) for number in _head(statement)]
    word = re.compile(rf"\b(?:{'|'.join(map(re.escape, names))})\b")
    return [
        (file.relative_to(source).as_posix(), number)
        for file in sorted(source.rglob("*.py"))
        for number, text in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if word.search(text)
    ]


def _innermost(module: ast.Module, line: int) -> tuple[ast.AST, ast.stmt]:
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
