"""Machine code is kept for the sources that it was made of, those of whatever it calls included."""

from __future__ import annotations

import os
import time
from pathlib import Path

from kosho.equilibrium.machine_code import edition, make_room


def test_any_source_that_changes_is_another_edition(tmp_path: Path) -> None:
    caller, called = tmp_path / "caller.py", tmp_path / "called.py"
    caller.write_text("from called import f\n", encoding="utf-8")
    called.write_text("def f(x):\n    return x * 2\n", encoding="utf-8")
    first = edition(tmp_path)
    assert edition(tmp_path) == first
    called.write_text("def f(x):\n    return x / 2\n", encoding="utf-8")
    second = edition(tmp_path)
    assert second != first
    called.rename(tmp_path / "other.py")
    assert edition(tmp_path) not in (first, second)
    (tmp_path / "other.py").rename(called)
    called.write_text("def f(x):\n    return x * 2\n", encoding="utf-8")
    assert edition(tmp_path) == first


def _used(place: Path, days_ago: float) -> None:
    make_room(place)
    (place / "piece.nbc").write_bytes(b"machine code")
    then = time.time() - days_ago * 86_400
    os.utime(place, (then, then))


def test_new_sources_drop_old_editions_that_nobody_used_of_late(tmp_path: Path) -> None:
    for days in (0.5, 0.6, 3, 20, 5, 0.7):
        _used(tmp_path / f"of {days} days", 0)
    for place in tmp_path.iterdir():
        _used(place, float(place.name.split()[1]))
    make_room(tmp_path / "of 20 days")  # there already: its sources are not new
    assert len(list(tmp_path.iterdir())) == 6
    _used(tmp_path / "of 20 days", 20)
    make_room(tmp_path / "new")
    left = sorted(place.name for place in tmp_path.iterdir())
    assert left == ["new", "of 0.5 days", "of 0.6 days", "of 0.7 days"]


def test_the_latest_editions_are_kept_however_old(tmp_path: Path) -> None:
    for days in (40, 30, 20):
        _used(tmp_path / f"of {days} days", 0)
    for days in (40, 30, 20):
        _used(tmp_path / f"of {days} days", days)
    make_room(tmp_path / "new")
    assert sorted(place.name for place in tmp_path.iterdir()) == ["new", "of 20 days", "of 30 days"]


def test_an_edition_is_used_when_it_is_asked_for(tmp_path: Path) -> None:
    _used(tmp_path / "one", 9)
    make_room(tmp_path / "one")
    assert time.time() - (tmp_path / "one").stat().st_mtime < 60
