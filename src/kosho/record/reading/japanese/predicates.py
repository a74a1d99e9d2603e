"""Predicates of Japanese sentences of talks: what each says, and where its clause stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from kosho.record.reading.draft import Modality
from kosho.record.reading.tables import table

__all__ = ["Fact", "facts_in", "talks"]


class Fact(NamedTuple):
    """A predicate, and where its clause stands."""

    kind: str
    modality: Modality | None
    start: int
    """Of the clause."""
    verb: int
    end: int


@cache
def talks() -> re.Pattern[str]:
    """Words for talks of every kind."""
    return re.compile(table("japanese")["talks"])


@cache
def _predicates() -> list[tuple[str, Modality | None, re.Pattern[str]]]:
    known = table("japanese")
    event = re.compile(
        rf"(?:{known['talks']})」?(?!を(?:継続|加速|推進|重ね))"
        rf"(?:(?:が、[^、。]{{0,12}}?)?(?:を|が|に|は|にて)[^、。]{{0,8}}?)?(?:{known['held']})[^、。]{{0,4}}"
        rf"|(?:{known['spoke']})[^、。]{{0,6}}"
    )
    found: list[tuple[str, Modality | None, re.Pattern[str]]] = [
        (one["type"], one.get("modality"), re.compile(one["when"])) for one in known["predicates"]
    ]
    found.append(("event", None, event))
    return found


def facts_in(text: str, start: int, end: int) -> Iterator[Fact]:
    """Predicates of a sentence in order; where two overlap, the one listed first."""
    found: list[tuple[int, int, int, str, Modality | None]] = []
    for rank, (kind, modality, words) in enumerate(_predicates()):
        for m in words.finditer(text, start, end):
            found.append((m.start(), m.end(), rank, kind, modality))  # noqa: PERF401 - a list of one type
    kept: list[tuple[int, int, int, str, Modality | None]] = []
    for one in sorted(found, key=lambda f: (f[2], f[0])):
        if not any(a < one[1] and one[0] < b for a, b, *_ in kept):
            kept.append(one)
    position = start
    for a, b, _, kind, modality in sorted(kept):
        yield Fact(kind, modality, position, a, b)
        position = b
        joined = _WITH_IT.match(text, position, end)
        position = joined.end() if joined else position


_WITH_IT = re.compile(r"(?:とともに|と共に)?[、。」\s　]*")
"""What joins a clause to the one before it."""
