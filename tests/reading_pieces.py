"""`python -m tests.reading_pieces`: write anew which pieces of words the patterns of reading need."""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
from pathlib import Path
from types import ModuleType
from typing import Any

from kosho.record import reading
from kosho.record.reading import measures, people, statements
from kosho.record.reading.mentions import pattern
from kosho.record.reading.quick import LETTERS, Guarded, looked_for, name_of
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
    if found is None or any(len(looked_for(word)) < LETTERS for word in found):
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


def sources() -> set[str]:
    """Patterns before which a text is looked at: those of the tables, and those that modules name."""
    rules = [*table("rules")["rules"], *table("meetings")["rules"]]
    found = [full(one[key]) for one in rules for key in ("acts", "when", "unless", "needs") if key in one]
    found += [full(table("meetings")[key]) for key in NOUNS]
    found += [measures.full(one["when"]) for one in table("measures")["other"]]
    found += [measures.full(one) for one in (*table("measures")["rates"], table("measures")["more"])]
    found += [one for key in ("ended", "ending") for one in table("measures")[key].values()]
    found += [
        pattern(one) for told in table("force").values() for one in ([told] if isinstance(told, str) else told)
    ]
    found += [one for key in ("makers", "captions") for one in table("furniture")[key]]
    found += [one for name, key in LISTS for one in table(name)[key].values()]
    before, _, alone = people.posts()
    named = [before, alone, *(one for module in _modules() for one in vars(module).values())]
    named += statements._KINDS.patterns  # pyright: ignore[reportPrivateUsage]
    return {*found, *(one.source for one in named if isinstance(one, Guarded))}


NOUNS = ("relative", "owned", "nominal", "future", "dated", "named", "again")
LISTS = (
    ("meetings", "kinds"),
    ("meetings", "levels"),
    ("measures", "mast_words"),
    ("documents", "kinds"),
    ("documents", "publishers"),
    ("posts", "sides"),
)
"""Tables of names with a pattern each."""


def _modules() -> list[ModuleType]:
    return [
        importlib.import_module(f"{reading.__name__}.{one.name}")
        for one in pkgutil.iter_modules(reading.__path__)
        if not one.ispkg
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
