"""Reading against hand-made facts: our own documents, and the three of the shared folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.reading import GOLD, rows, score

from kosho.record import read

OWN = sorted(path.stem for path in GOLD.glob("*.jsonl"))
THREE = ("japan-asean-2023-12-15", "japan-us-round7-2025-06-29", "meti-miit-2018-10-12")


def drafts_of(path: Path) -> list[dict[str, object]]:
    return [draft.as_dict() for draft in read([path])]


def test_there_are_at_least_ten_of_our_own() -> None:
    assert len(OWN) >= 10


@pytest.mark.parametrize("name", OWN)
def test_own_documents(name: str) -> None:
    precision, recall, wrong = score(rows(GOLD / f"{name}.jsonl"), drafts_of(GOLD / f"{name}.txt"))
    assert precision >= 0.8
    assert recall >= 0.7
    assert wrong == []


@pytest.mark.parametrize("name", THREE)
def test_shared_documents(name: str, shared: Path) -> None:
    gold = rows(shared / "gold" / f"{name}.jsonl")
    precision, recall, wrong = score(gold, drafts_of(shared / "sources" / f"{name}.txt"))
    assert precision >= 0.8
    assert recall >= 0.5
    assert wrong == []


def test_gold_quotes_stand_at_their_offsets() -> None:
    for name in OWN:
        text = (GOLD / f"{name}.txt").read_text(encoding="utf-8")
        for one in rows(GOLD / f"{name}.jsonl"):
            assert text[one["start"] : one["end"]] == one["quote"]


def test_considering_is_not_offering() -> None:
    found = [d for d in read([GOLD / "03-wire-india-uk.txt"]) if d.type == "offer"]
    assert {d.modality for d in found if "considering" in d.quote} == {"considered"}
    assert {d.modality for d in found if "proposed" in d.quote} == {"asserted"}


def test_a_date_that_can_be_two_days_stays_open() -> None:
    (document,) = [d for d in read([GOLD / "09-news-mexico-brazil.txt"]) if d.type == "document"]
    assert "published" not in document.fields
