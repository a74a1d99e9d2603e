"""Facts in whatever a model or a program sends: JSON in prose, cut off, repeated or deeply nested."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

__all__ = ["LARGEST", "facts_in"]

LARGEST = 5_000_000
"""Characters of an answer that are looked at."""
MOST = 2_000
"""Facts taken from one answer."""
DEEPEST = 12
"""Brackets inside one another; what is deeper is no fact."""


def facts_in(text: str) -> list[dict[str, Any]]:
    r"""Objects with a quote that stand anywhere in `text`, in order, each once.

    >>> facts_in('Here you are: [{"type": "ask", "quote": "asked Peru"}, {"type": "of')
    [{'type': 'ask', 'quote': 'asked Peru'}]
    >>> facts_in(r'{"quote": "said \"}\" twice \\"}, {"quote": "left"}')
    [{'quote': 'said "}" twice \\'}, {'quote': 'left'}]
    """
    found: dict[str, dict[str, Any]] = {}
    for one in _objects(text[:LARGEST]):
        found.setdefault(json.dumps(one, sort_keys=True), one)
        if len(found) >= MOST:
            break
    return list(found.values())


def _objects(text: str) -> Iterator[dict[str, Any]]:
    decoder = json.JSONDecoder()
    position = 0
    while (position := text.find("{", position)) >= 0:
        end = _closing(text, position)
        if end is None:
            position += 1
            continue
        try:
            value, stop = decoder.raw_decode(text, position)
        except (ValueError, RecursionError):
            position += 1
            continue
        if isinstance(value, dict) and isinstance(value.get("quote"), str):
            yield value
            position = stop
        else:
            position += 1


def _closing(text: str, start: int) -> int | None:
    """Where the bracket at `start` closes; None where it does not, or where brackets stand too deep."""
    depth, quoted, escaped = 0, False, False
    for position in range(start, min(len(text), start + LONGEST_FACT)):
        sign = text[position]
        if quoted:
            quoted = escaped or sign != '"'
            escaped = sign == "\\" and not escaped
        elif sign == '"':
            quoted, escaped = True, False
        elif sign in "{[":
            depth += 1
            if depth > DEEPEST:
                return None
        elif sign in "}]":
            depth -= 1
            if depth == 0:
                return position
    return None


LONGEST_FACT = 20_000
"""Characters of one fact."""
