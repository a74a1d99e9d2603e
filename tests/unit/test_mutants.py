"""Which tests are run for a change, which machine code is compiled anew, and what is changed in place."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.mutants import machine
from tests.mutants.changes import changes
from tests.mutants.in_place import functions
from tests.mutants.running import bound_at, lines_that_matter

LOW = """\
from kosho.equilibrium.machine_code import compiled
from kosho.equilibrium.numbers import HALF


@compiled
def low(x):
    return HALF * x
"""
HIGH = """\
from kosho.equilibrium.low import low
from kosho.equilibrium.machine_code import compiled


@compiled
def high(x):
    return low(x) + 1.0


def asked(x):
    y = high(x)
    return y
"""
NUMBERS = """\
HALF = 0.5


def plain(x):
    return x + 1
"""
APART = "from kosho.equilibrium.machine_code import compiled\n\n\n@compiled\ndef apart(x):\n    return x\n"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "src" / "kosho" / "equilibrium"
    folder.mkdir(parents=True)
    for name, text in {"low": LOW, "high": HIGH, "numbers": NUMBERS, "apart": APART}.items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    return tmp_path / "src"


def of(source: Path, name: str) -> Path:
    return source / "kosho" / "equilibrium" / f"{name}.py"


def test_machine_code_is_looked_at_where_python_calls_it(source: Path) -> None:
    for place in (("low", 7), ("high", 7), ("numbers", 1)):
        assert ("kosho/equilibrium/high.py", 11) in lines_that_matter(source, of(source, place[0]), place[1])
    assert lines_that_matter(source, of(source, "numbers"), 5) == [("kosho/equilibrium/numbers.py", 5)]
    assert lines_that_matter(source, of(source, "high"), 12) == [("kosho/equilibrium/high.py", 12)]


def test_names_that_tests_may_ask_for_are_those_that_a_module_binds(source: Path) -> None:
    assert bound_at(of(source, "numbers"), 1) == {"HALF"}
    assert bound_at(of(source, "numbers"), 5) == frozenset()
    assert bound_at(of(source, "low"), 7) == {"low"}


@pytest.mark.parametrize(
    ("name", "line", "stale"),
    [
        ("low", 7, {"low", "high"}),
        ("high", 7, {"high"}),
        ("numbers", 1, {"low", "high"}),
        ("numbers", 5, set()),
        ("apart", 6, {"apart"}),
    ],
)
def test_what_calls_a_changed_function_or_holds_a_changed_number_is_compiled_anew(
    source: Path, tmp_path: Path, name: str, line: int, stale: set[str]
) -> None:
    assert machine.stale(source, of(source, name), line) == stale
    usual = tmp_path / "usual"
    (usual / "equilibrium_1").mkdir(parents=True)
    for one in ("low", "high", "apart"):
        (usual / "equilibrium_1" / f"{one}.f-1.nbi").touch()
    folder = machine.without_stale(usual, tmp_path / "own", source, of(source, name), line)
    assert {file.name.partition(".")[0] for file in folder.rglob("*.nbi")} == {"low", "high", "apart"} - stale
    assert (folder == usual) == (not stale)


TWICE = """\
LIMIT = 1


def plain(x, most=2):
    return (
        x
        if x < most
        else most
    )


class Held:
    share = 3

    def least(self):
        return min(self.share, 4)
"""


@pytest.mark.parametrize(
    ("line", "named"),
    [
        (1, None),
        (4, None),
        (6, "plain"),
        (7, "plain"),
        (13, None),
        (16, "Held.least"),
    ],
)
def test_a_change_is_made_in_place_where_it_is_within_a_function(line: int, named: str | None) -> None:
    old = compile(TWICE, "twice", "exec")
    found = [one for one in changes(TWICE.encode()) if one.line == line]
    assert found
    for change in found:
        new = compile(change.made(TWICE.encode()), "twice", "exec")
        try:
            assert [other.co_qualname for _, other in functions(old, new)] == [named]
        except ValueError:
            assert named is None
