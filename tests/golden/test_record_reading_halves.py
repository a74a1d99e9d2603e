"""Reading against documents of many kinds: a half that was open while rules were written, and a blind one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.reading import GOLD, rows
from tests.reading_pieces import FILE, pieces
from tests.reading_score import SETS, of_set

FOLDERS = [GOLD, GOLD.parent / "reading_open", GOLD.parent / "reading_blind"]


@pytest.mark.parametrize(
    ("name", "f1", "precision", "fields"),
    [
        ("open", 0.89, 0.93, 0.87),
        ("blind", 0.90, 0.94, 0.89),
        ("open, Japanese", 0.95, 0.97, 0.88),
        ("blind, Japanese", 0.91, 0.94, 0.85),
    ],
)
def test_a_half(name: str, f1: float, precision: float, fields: float) -> None:
    if "Japanese" in name:
        pytest.importorskip("sudachipy")
    whole, _ = of_set(*SETS[name])
    assert whole.f1 >= f1
    assert whole.precision >= precision
    assert whole.right_fields >= fields
    assert whole.modality >= 0.93 * whole.matched
    assert not whole.negatives


def test_there_are_at_least_a_hundred_documents() -> None:
    assert sum(len(list(folder.glob("*.jsonl"))) for folder in FOLDERS) >= 100


@pytest.mark.parametrize("folder", FOLDERS[1:], ids=lambda folder: folder.name)
def test_quotes_stand_at_their_offsets(folder: Path) -> None:
    for path in folder.glob("*.jsonl"):
        text = path.with_suffix(".txt").read_text(encoding="utf-8")
        for one in rows(path):
            assert text[one["start"] : one["end"]] == one["quote"]
            assert one["doc"] == f"{path.stem}.txt"


def test_pieces_of_patterns_are_those_of_the_patterns() -> None:
    assert json.loads(FILE.read_text(encoding="utf-8")) == pieces()
