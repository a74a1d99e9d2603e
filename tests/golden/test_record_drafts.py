"""Reading a document again gives the drafts that it gave: every type, field, modality and place."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.reading_drafts import documents, kept, lines_of

SAID = "look at the difference; if it is meant, run: python -m tests.reading_drafts"


@pytest.mark.parametrize("path", documents(), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_document_reads_as_before(path: Path) -> None:
    if path.stem.startswith("ja-"):
        pytest.importorskip("sudachipy")
    found = lines_of(path)
    assert found == kept().get(found[0]), SAID


def test_no_document_is_kept_that_is_gone() -> None:
    assert sorted(kept()) == sorted(f"# {path.parent.name}/{path.name}" for path in documents())
