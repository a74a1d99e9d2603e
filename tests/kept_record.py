"""What is made of small made-up law texts and of facts proposed of small documents, kept beside them.

`python -m tests.kept_record` reads the texts in the file and writes it anew with what is made of them now.
Whoever changes that on purpose looks at the difference, as with answers that are kept of other rooms.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from kosho.record.grounding import check
from kosho.record.proposing.documents import LawText
from kosho.record.proposing.legal_text import of_text
from kosho.record.reading import Document
from tests.measures import shipped

FILE = Path(__file__).parent / "golden" / "kept" / "record.json"


def kept() -> dict[str, list[dict[str, Any]]]:
    """Law texts with the drafts of measures in them, documents with facts and what was held of each."""
    found: dict[str, list[dict[str, Any]]] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def proposed(one: dict[str, Any]) -> dict[str, Any]:
    """A law text with its drafts."""
    drafts = of_text(LawText(Document("A note.txt", one["text"]), one["about"]), shipped())
    return _plain(one | {"drafts": [draft.as_dict() for draft in drafts]})


def held(one: dict[str, Any]) -> dict[str, Any]:
    """A document with facts and what is held of each."""
    verdicts = check(Document("a.txt", one["text"]), one["facts"], "a model")
    facts = [
        fact
        | {"draft": verdict.draft and verdict.draft.as_dict(), "refused": verdict.refused}
        | {"dropped": verdict.dropped, "lowered": verdict.lowered}
        for fact, verdict in zip(one["facts"], verdicts, strict=True)
    ]
    return _plain(one | {"facts": facts})


def _plain(told: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(told))
    return found


ANSWERS = {"law": proposed, "facts": held}

if __name__ == "__main__":
    now = {name: list(map(ANSWERS[name], cases)) for name, cases in kept().items()}
    FILE.write_text(json.dumps(now, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
