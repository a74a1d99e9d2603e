"""Machine code is kept for the sources that it was made of, those of whatever it calls included."""

from __future__ import annotations

from pathlib import Path

from kosho.equilibrium.machine_code import edition


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
