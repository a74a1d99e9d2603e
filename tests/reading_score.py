"""`make reading-score`: how reading does against hand-made facts, document by document, and in all.

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
from tests.reading import GOLD, rows, score


def _drafts(path: Path) -> list[dict[str, object]]:
    return [draft.as_dict() for draft in read([path])]


def _own() -> None:
    gold, drafts = [], []
    sys.stdout.write(f"{'document':34} {'gold':>5} {'drafts':>6} {'precision':>9} {'recall':>6} negatives\n")
    for path in sorted(GOLD.glob("*.jsonl")):
        facts, found = rows(path), _drafts(path.with_suffix(".txt"))
        precision, recall, wrong = score(facts, found)
        line = f"{path.stem:34} {len(facts):5} {len(found):6} {precision:9.3f} {recall:6.3f} {len(wrong)}"
        sys.stdout.write(line + "\n")
        gold += facts
        drafts += found
    precision, recall, wrong = score(gold, drafts)
    sys.stdout.write(f"{'all':34} {len(gold):5} {len(drafts):6} {precision:9.3f} {recall:6.3f} {len(wrong)}\n")


def _shared(folder: Path) -> None:
    for path in sorted((folder / "gold").glob("*.jsonl")):
        source = folder / "sources" / f"{path.stem}.txt"
        with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
            file.writelines(json.dumps(draft) + "\n" for draft in _drafts(source))
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
