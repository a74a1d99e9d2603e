"""`python -m tests.reading_pieces`: write anew which pieces of words the patterns of reading need."""

from __future__ import annotations

import importlib
import json
import re
from pathlib import Path
from typing import Any

from kosho.record import reading
from kosho.record.reading import clauses, measures, naming, people
from kosho.record.reading.quick import LETTERS, name_of
from kosho.record.reading.rules import full
from kosho.record.reading.tables import table

FILE = Path(reading.__file__).parent / "data" / "pieces.json"


def worked_out(source: str) -> list[str] | None:
    """Words of which each text that a pattern fits holds one, from its parse."""
    try:
        parser: Any = importlib.import_module("re._parser")
        tree: Any = parser.parse(source, re.IGNORECASE)
    except (ImportError, AttributeError, re.error, RecursionError):
        return None
    found = _needs(list(tree))
    if found is None or any(len(word) < LETTERS for word in found):
        return None
    return sorted(found)


MASKS = ("\ue000", "\ue007")
"""Signs that are written over names: what stands beside them in a text is not what stood beside the name."""


def _needs(parts: list[Any]) -> frozenset[str] | None:
    best: frozenset[str] | None = None
    run = ""
    for operation, value in [*parts, (None, None)]:
        name = str(operation)
        if name == "LITERAL" and not MASKS[0] <= chr(value) <= MASKS[1]:
            run += chr(value).casefold()
            continue
        best = _better(best, frozenset([run]) if run else None)
        run = ""
        best = _better(best, _of_part(name, value))
    return best


def _of_part(name: str, value: Any) -> frozenset[str] | None:
    if name == "SUBPATTERN":
        return _needs(list(value[3]))
    if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        return _needs(list(value[2])) if value[0] > 0 else None
    if name == "ATOMIC_GROUP":
        return _needs(list(value))
    if name != "BRANCH":
        return None
    found: set[str] = set()
    for branch in value[1]:
        words = _needs(list(branch))
        if words is None:
            return None
        found |= words
    return frozenset(found)


def _better(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    """Those of two sets of words that tell more: with the longest shortest word, then the fewest."""
    sets = [words for words in (one, other) if words]
    return max(sets, key=lambda words: (min(4, *map(len, words)), -len(words)), default=None)


def sources() -> list[str]:
    """Patterns before which a text is looked at."""
    rules = [one[key] for one in table("rules")["rules"] for key in ("acts", "when") if key in one]
    held = table("meetings")
    rules += [one[key] for one in held["rules"] for key in ("acts", "when") if key in one]
    rules += [held[key] for key in ("relative", "owned", "nominal", "future", "dated", "named", "again")]
    kinds = [measures.full(one["when"]) for one in table("measures")["other"]]
    before, _, alone = people.posts()
    return [
        *map(full, rules),
        *kinds,
        before.pattern,
        alone.pattern,
        *(one.pattern for one in naming.GUARDED),
        clauses.SAYS.pattern,
        *(one for key in ("makers", "captions") for one in table("furniture")[key]),
    ]


def pieces() -> dict[str, list[str] | None]:
    """What is to stand in the file."""
    return {name_of(source): worked_out(source) for source in sources()}


if __name__ == "__main__":
    rows = ",\n".join(
        f"{json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}"
        for name, value in sorted(pieces().items())
    )
    FILE.write_text("{\n" + rows + "\n}\n", encoding="utf-8")
