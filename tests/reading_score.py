"""`make reading-score`: how reading does against hand-made facts, by set and by kind of fact.

The open half was looked at while the rules were written; the blind half came before them and was only scored.
The three documents of the shared folder are scored by its own `score_fair.py`: the table is the one it prints.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from kosho.record import read
from tests.reading import GOLD, Row, rows
from tests.reading_fair import Score, score

SETS = {
    "first": (GOLD, "[0-9]*"),
    "open": (GOLD.parent / "reading_open", "[0-9]*"),
    "blind": (GOLD.parent / "reading_blind", "[0-9]*"),
    "open, Japanese": (GOLD.parent / "reading_open", "ja-*"),
    "blind, Japanese": (GOLD.parent / "reading_blind", "ja-*"),
}


def drafts_of(path: Path) -> list[Row]:
    """What reading makes of a document."""
    return [draft.as_dict() for draft in read([path])]


def of_set(folder: Path, names: str) -> tuple[Score, list[tuple[str, Score]]]:
    """The score of a set of documents, and that of each."""
    gold: list[Row] = []
    found: list[Row] = []
    each: list[tuple[str, Score]] = []
    for path in sorted(folder.glob(f"{names}.jsonl")):
        facts, drafts = rows(path), drafts_of(path.with_suffix(".txt"))
        each.append((path.stem, score(facts, drafts)))
        gold += facts
        found += drafts
    return score(gold, found), each


def _line(name: str, one: Score) -> str:
    return (
        f"{name:34} {one.facts:5} {one.drafts:6} {one.precision:9.3f} {one.recall:6.3f} {one.f1:5.3f}"
        f" {one.right_fields:6.3f} {len(one.negatives):9}\n"
    )


def _own() -> None:
    sys.stdout.write(f"{'document':34} facts drafts precision recall    f1 fields negatives\n")
    for name, (folder, names) in SETS.items():
        whole, each = of_set(folder, names)
        for stem, one in each:
            sys.stdout.write(_line(stem, one))
        sys.stdout.write(_line(f"all: {name}", whole))
        kinds = sorted({kind for kind, _ in whole.kinds})
        told = (
            f"{k} {whole.kinds[k, 'matched']}/{whole.kinds[k, 'facts']} of {whole.kinds[k, 'drafts']}"
            for k in kinds
        )
        sys.stdout.write(f"  found/facts of drafts: {', '.join(told)}\n\n")


def _shared(folder: Path) -> None:
    for path in sorted((folder / "gold").glob("*.jsonl")):
        source = folder / "sources" / f"{path.stem}.txt"
        with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
            file.writelines(json.dumps(draft) + "\n" for draft in drafts_of(source))
            file.flush()
            sys.stdout.write(f"\n{path.stem}\n")
            sys.stdout.flush()
            subprocess.run([sys.executable, folder / "gold" / "score_fair.py", path, file.name], check=True)


if __name__ == "__main__":
    _own()
    shared = os.environ.get("KOSHO_SHARED")
    if shared:
        _shared(Path(shared))
    else:
        sys.stdout.write("\nSet KOSHO_SHARED to score the three documents of the shared folder too.\n")
