"""Copies of what was worked out before."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import BaseModel

from kosho import cache as kept


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KOSHO_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_a_copy_is_found_by_all_that_it_depends_on() -> None:
    copy = kept.place(b"one", b"two")
    assert kept.used(copy) is None
    kept.keep(copy, b"worked out")
    assert kept.used(kept.place(b"one", b"two")) == b"worked out"
    for other in (kept.place(b"onetwo"), kept.place(b"one", b"Two"), kept.place(b"on", b"etwo")):
        assert other != copy


class Told(BaseModel):
    one: int = 1
    other: int = 2


def test_what_was_not_set_is_not_kept() -> None:
    made: list[Told] = []

    def make() -> Told:
        made.append(Told(other=3))
        return made[-1]

    for _ in range(2):
        found = kept.recalled(Told, make, b"told")
        assert (found.one, found.other, found.model_fields_set) == (1, 3, {"other"})
    assert len(made) == 1


def test_what_was_not_used_for_longest_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST", 3)
    copies = [kept.place(str(k).encode()) for k in range(5)]
    for k, copy in enumerate(copies[:3]):
        kept.keep(copy, b"x")
        os.utime(copy, (k + 1, k + 1))
    kept.used(copies[0])
    kept.keep(copies[3], b"x")
    assert [copy.exists() for copy in copies] == [True, False, True, True, False]


def test_large_copies_make_room_for_new_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST_BYTES", 160)  # each has a line of 65 before it
    copies = [kept.place(str(k).encode()) for k in range(4)]
    for k, copy in enumerate(copies[:3]):
        kept.keep(copy, b"0123456789")
        os.utime(copy, (k + 1, k + 1))
    assert [copy.exists() for copy in copies[:3]] == [False, True, True]
    kept.keep(copies[3], bytes(100))
    assert [copy.exists() for copy in copies] == [False, False, False, True]


def test_nothing_is_kept_where_nothing_can_be_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    monkeypatch.setenv("KOSHO_CACHE", str(tmp_path / "file" / "no folder"))
    copy = kept.place(b"one")
    kept.keep(copy, b"x")
    assert kept.used(copy) is None


def test_the_folder_follows_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KOSHO_CACHE")
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", "/caches")
    assert kept.folder() == Path("/caches/kosho")
    monkeypatch.setattr("sys.platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", "/local")
    assert kept.folder() == Path("/local/kosho/cache")


def test_a_user_the_system_does_not_know_keeps_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(cls: type[Path]) -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", classmethod(unknown))
    for name in ("KOSHO_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    copy = kept.place(b"one")
    kept.keep(copy, b"x")
    assert kept.used(copy) is None


def test_the_code_is_the_same_until_it_changes() -> None:
    assert kept.code() == kept.code.__wrapped__()
    assert len(kept.code()) == 32
    assert (
        len({kept.code(), kept.code("bounds.py"), kept.code("none"), kept.code("bounds.py", "cache.py")}) == 4
    )


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content[:-1],
        lambda content: content.replace(b"0.19", b"0.29"),
        lambda content: bytes(len(content)),
        lambda _: b"",
        lambda content: content.partition(b"\n")[2],
        lambda content: content + b" ",
    ],
)
def test_a_copy_that_is_not_what_was_kept_is_none(damage: Callable[[bytes], bytes]) -> None:
    copy = kept.place(b"one")
    kept.keep(copy, b'{"worth": 0.19}\n{}')
    assert kept.used(copy) == b'{"worth": 0.19}\n{}'
    copy.write_bytes(damage(copy.read_bytes()))
    assert kept.used(copy) is None


def test_copies_of_a_day_to_come_go_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST", 2)
    copies = [kept.place(str(k).encode()) for k in range(3)]
    late = time.time() + 86_400
    kept.keep(copies[0], b"x")
    os.utime(copies[0], (late, late))
    for copy in copies[1:]:
        kept.keep(copy, b"x")
    assert [copy.exists() for copy in copies] == [False, True, True]


def test_files_that_matter_are_known_by_name_and_content(tmp_path: Path) -> None:
    def written(name: str, content: str) -> bytes:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content)
        return kept.code_in(tmp_path, "**/*")

    first = written("a.py", "1")
    second = written("a.py", "2")
    (tmp_path / "b.py").write_bytes(b"2")
    third = kept.code_in(tmp_path, "**/*")
    assert len({first, second, third}) == 3
    assert written("in/a.pyc", "1") == third  # what Python makes of it
    assert kept.code_in(tmp_path, "a.py") == kept.code_in(tmp_path, "a.p*") != third
    assert written("a.py", "1") not in (first, second, third)
    (tmp_path / "b.py").unlink()
    assert kept.code_in(tmp_path, "**/*") == first
