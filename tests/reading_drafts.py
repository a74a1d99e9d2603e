"""What reading makes of every document with facts, draft for draft; `python -m tests.reading_drafts` writes it.

A score says how good reading is on the whole, and hides a rule that reads one document better, another worse.
This says what has changed: whoever changes a rule writes it anew, and looks at the difference.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from kosho.record import read
from kosho.record.reading import Document, Draft, read_text
from tests.reading import GOLD

FOLDERS = (GOLD, GOLD.parent / "reading_open", GOLD.parent / "reading_blind")
KEPT = GOLD.parent / "reading_drafts.txt"
SHORT = GOLD.parent / "reading_short.txt"
"""Texts of a few sentences, each as a line of JSON, with what reading makes of them."""


def documents() -> list[Path]:
    return [path for folder in FOLDERS for path in sorted(folder.glob("*.txt"))]


def lines_of(path: Path) -> list[str]:
    """A document's name, and a line a draft: where it stands, what it is, and what it says."""
    return [f"# {path.parent.name}/{path.name}", *_told(read([path]))]


def lines_of_text(line: str) -> list[str]:
    """The line of a short text, and a line a draft."""
    return [line, *_told(read_text(Document("short.txt", json.loads(line.removeprefix("# ")))))]


def _told(drafts: Iterable[Draft]) -> list[str]:
    return [
        f"{one['start']}-{one['end']} {one['type']} {one['modality']} "
        + json.dumps(one["fields"], ensure_ascii=False, sort_keys=True)
        for one in (draft.as_dict() for draft in drafts)
    ]


@cache
def kept(file: Path = KEPT) -> dict[str, list[str]]:
    """What was kept, by the line that names the document."""
    found: dict[str, list[str]] = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            found[line] = [line]
        else:
            found[next(reversed(found))].append(line)
    return found


if __name__ == "__main__":
    lines = [line for path in documents() for line in lines_of(path)]
    KEPT.write_text("\n".join([*lines, ""]), encoding="utf-8")
    sys.stdout.write(f"{len(lines)} lines in {KEPT.name}\n")
    lines = [line for text in kept(SHORT) for line in lines_of_text(text)]
    SHORT.write_text("\n".join([*lines, ""]), encoding="utf-8")
    sys.stdout.write(f"{len(lines)} lines in {SHORT.name}\n")
