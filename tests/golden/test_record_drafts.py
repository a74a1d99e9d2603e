"""Reading a document again gives the drafts that it gave: every type, field, modality and place."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.reading_drafts import SHORT, documents, kept, lines_of, lines_of_text

SAID = "look at the difference; if it is meant, run: python -m tests.reading_drafts"


@pytest.mark.parametrize("path", documents(), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_document_reads_as_before(path: Path) -> None:
    if path.stem.startswith("ja-"):
        pytest.importorskip("sudachipy")
    found = lines_of(path)
    assert found == kept().get(found[0]), SAID


def test_no_document_is_kept_that_is_gone() -> None:
    assert sorted(kept()) == sorted(f"# {path.parent.name}/{path.name}" for path in documents())


GROUP = 12
TEXTS = list(kept(SHORT))


@pytest.mark.parametrize("first", range(0, len(TEXTS), GROUP))
def test_short_texts_read_as_before(first: int) -> None:
    texts = TEXTS[first : first + GROUP]
    if not all(map(str.isascii, texts)):
        pytest.importorskip("sudachipy")
    for text in texts:
        assert lines_of_text(text) == kept(SHORT)[text], SAID
