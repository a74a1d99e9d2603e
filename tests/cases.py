"""Copies of the shipped case, for tests that change its files."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from kosho.case import Case

NAME = "japan-us-2025"


def copied(to: Path, name: str = "case") -> Path:
    """A copy of the case in a folder of its own."""
    return Path(shutil.copytree(Case.load(NAME).folder, to / name))


def with_table(folder: Path, changed: Callable[[str], str]) -> Path:
    """The case in a folder, with another table."""
    shipped = Case.load(NAME).folder
    folder.mkdir(exist_ok=True)
    for name in ("case.yaml", "measures.yaml", "record.yaml"):
        (folder / name).write_bytes((shipped / name).read_bytes())
    text = (shipped / "table.yaml").read_text(encoding="utf-8")
    (folder / "table.yaml").write_text(changed(text), encoding="utf-8")
    return folder


def two_issues(table: str) -> str:
    """The table with two of its issues, one of them settled, so that runs are short."""
    parts = [table.index(f"  - id: {name}\n") for name in ("cars", "metals", "lng", "corn")]
    issues = table[parts[0] : parts[1]] + table[parts[2] : parts[3]]
    head, tail = table[: table.index("  - id: cars\n")], table[table.index("\nred_lines:") :]
    kept = tail[: tail.index("  - id: baseline-stays")] + tail[tail.index("\nunpriced:") :]
    gas = "forbids: {cars: [none]}"
    assert gas in kept
    return head + issues + kept.replace(gas, "forbids: {lng: [as-now, more-1500]}")


def change(path: Path, old: str, new: str) -> None:
    """Replace a text that must be in the file, once."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
