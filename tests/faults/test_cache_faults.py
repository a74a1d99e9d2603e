"""With a cache damaged, of another day, or not to be written, commands say what they say with a good one."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from tests.faults.commands import EVERY
from tests.faults.conftest import ROOT, SOURCE, Drive, Told

READERS = ("rate", "register compare", "simulate", "read")
"""Commands that read every kind of copy but briefs, and take a moment only."""


def flipped(content: bytes) -> bytes:
    """One digit is another; what is flipped is valid JSON still."""
    places = [k for k, byte in enumerate(content) if k > 100 and 48 <= byte <= 56]
    place = places[len(places) // 2] if places else len(content) // 2
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "truncated": lambda content: content[: len(content) // 2],
    "zeroed": lambda content: bytes(len(content)),
    "empty": lambda _: b"",
    "of another version": lambda content: content.replace(b":", b": ", 1).replace(b"schema", b"scheme"),
    "without its first line": lambda content: content.partition(b"\n")[2],
}


def same(told: Told, usual: Told, names: tuple[str, ...]) -> None:
    for name in names:
        for key in usual[name].keys() - {*EVERY[name].varies}:
            assert told[name][key] == usual[name][key], (name, key)


def said_day(day: date) -> str:
    return f"on {day.day} {day:%B %Y}"


def damage(folder: Path, how: Callable[[bytes], bytes]) -> int:
    copies = sorted((folder / "cache").glob("*.json"))
    for copy in copies:
        copy.write_bytes(how(copy.read_bytes()))
    return len(copies)


def test_a_digit_that_flips_changes_no_answer(inputs: Path, usual: tuple[Path, Told], drive: Drive) -> None:
    assert damage(inputs, flipped) > 20
    names = tuple(name for name in EVERY if name != "cases")  # as `new` and `brief`, and for every case
    same(drive(inputs, names), usual[1], names)


@pytest.mark.parametrize("kind", DAMAGES)
def test_a_copy_that_is_damaged_is_none(
    kind: str, inputs: Path, usual: tuple[Path, Told], drive: Drive
) -> None:
    damage(inputs, DAMAGES[kind])
    same(drive(inputs, READERS), usual[1], READERS)


def test_a_cache_that_cannot_be_written_is_no_loss(
    inputs: Path, usual: tuple[Path, Told], drive: Drive
) -> None:
    names = (*READERS, "lines price", "corridor", "world build", "register diff", "simulate --add")
    (inputs / "file").touch()
    same(drive(inputs, names, KOSHO_CACHE=inputs / "file" / "cache"), usual[1], names)


@pytest.mark.parametrize("readonly", [False, True])
def test_a_cache_on_a_disk_that_is_full_or_read_only_is_no_loss(
    readonly: bool, inputs: Path, usual: tuple[Path, Told], drive: Drive, disk: Callable[..., None]
) -> None:
    (inputs / "small").mkdir()
    disk(inputs / "small", 4096, readonly=readonly)
    same(drive(inputs, READERS, KOSHO_CACHE=inputs / "small"), usual[1], READERS)
    assert not list((inputs / "small").glob(".*"))


@pytest.mark.parametrize("looks", [0, 3])
def test_a_clock_that_is_set_back_changes_no_answer(
    looks: int, inputs: Path, usual: tuple[Path, Told], drive: Drive
) -> None:
    """From the start, or while a command runs; all copies, and what is written, are of days to come."""
    path = os.pathsep.join(map(str, (ROOT / "tests" / "faults" / "earlier", SOURCE, ROOT)))
    decade = 10 * 365 * 86_400
    names = EVERY if looks == 0 else (*READERS, "lines join", "corridor", "world build")
    told = drive(inputs, names, PYTHONPATH=path, CLOCK_BACK=str(decade), CLOCK_LOOKS=str(looks))
    earlier = date.fromtimestamp(time.time() - decade)
    assert told[""]["today"] == earlier.isoformat()
    if shown := told.get("schedule show"):  # which says the day it is about
        shown["printed"] = shown["printed"].replace(said_day(earlier), said_day(date.today()))
    same(told, usual[1], tuple(names))
    assert not list((inputs / "cache").glob(".*"))
    assert drive(inputs, ["rate"])["rate"] == usual[1]["rate"]  # and forward again


def test_copies_of_a_day_to_come_are_read_and_go_first(
    inputs: Path, usual: tuple[Path, Told], drive: Drive
) -> None:
    late = time.time() + 10 * 365 * 86_400
    copies = [*(inputs / "cache").glob("*.json")]
    for copy in copies:
        os.utime(copy, (late, late))
    same(drive(inputs, READERS), usual[1], READERS)
    assert any(copy.stat().st_mtime < late for copy in copies)
