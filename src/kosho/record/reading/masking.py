"""A sentence with those who are named in it written over."""

from __future__ import annotations

import re
from collections.abc import Iterable

from kosho.record.reading.mentions import KINDS, Mention
from kosho.record.reading.quick import Guarded

__all__ = ["Mask"]


class Mask:
    """The text with mentions written over; a later, longer mention takes the place of those inside it."""

    def __init__(self, original: str, text: str, found: Iterable[Mention]) -> None:
        self.original = original
        self.text = text
        self.found = list(found)

    def put(self, mention: Mention) -> None:
        """Write a mention over the text, unless it lies in one that is as long.

        >>> mask = Mask("ChileKenyaPeru", "ChileKenyaPeru", ())
        >>> for start, end in ((5, 10), (0, 5), (10, 14), (5, 9)):
        ...     mask.put(Mention(start, end, "party"))
        >>> sorted((one.start, one.end) for one in mask.found)
        [(0, 5), (5, 10), (10, 14)]
        >>> mask.put(Mention(3, 11, "body"))
        >>> [(one.start, one.end) for one in mask.found]
        [(3, 11)]
        """
        if any(
            m.start < mention.end and mention.start < m.end and m.end - m.start >= mention.end - mention.start
            for m in self.found
        ):
            return
        self.found = [m for m in self.found if m.end <= mention.start or m.start >= mention.end]
        self.found.append(mention)
        width = mention.end - mention.start
        self.text = self.text[: mention.start] + KINDS[mention.kind] * width + self.text[mention.end :]

    def places(self, words: Guarded) -> list[re.Match[str]]:
        """Where a pattern fits; what is put later moves none."""
        return list(words.finditer(self.text)) if words.may_fit(self.original) else []

    def codes(self, start: int, end: int) -> tuple[str, ...]:
        """Parties of the mentions inside a span, in order, each once."""
        return tuple(dict.fromkeys(c for m in self.found if m.start >= start and m.end <= end for c in m.codes))
