"""Lines that a program broke, put together again: rules see sentences, drafts keep the places of the text."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import replace
from typing import NamedTuple

from kosho.record.reading.draft import Draft
from kosho.record.reading.layout import Block

__all__ = ["Unwrapped", "unwrapped"]

_BREAK = re.compile(r"(?<=[a-z])-[ \t]*\r?\n[ \t]*(?=[a-z])|[ \t]*(?:\r?\n|[ \t\xa0]{2,})[ \t]*")

_SIGNS = ("\n", "  ", "\t", "\xa0")
"""What every break holds one of."""


class Unwrapped(NamedTuple):
    """A text without the line breaks inside its blocks."""

    text: str
    blocks: list[Block]
    places: list[int]
    """Where in `text` something was left out, and `gaps` how many characters up to there."""
    gaps: list[int]

    def back(self, position: int) -> int:
        """The place in the text as it was."""
        index = bisect_right(self.places, position) - 1
        return position + (self.gaps[index] if index >= 0 else 0)

    def restored(self, draft: Draft, source: str) -> Draft:
        """A draft with its place and its quote in the text as it was."""
        start = self.back(draft.start)
        end = self.back(draft.end - 1) + 1 if draft.end > draft.start else start
        return replace(draft, start=start, end=end, quote=source[start:end])


def unwrapped(text: str, parts: list[Block]) -> Unwrapped:
    r"""Join the lines of each block by a space, or by nothing where a hyphen divides a word.

    >>> from kosho.record.reading.layout import blocks
    >>> text = "Peru closed the second chap-\nter of its talks with\n   Canada on Friday."
    >>> unwrapped(text, blocks(text)).text
    'Peru closed the second chapter of its talks with Canada on Friday.'
    """
    pieces: list[str] = []
    places: list[int] = []
    gaps: list[int] = []
    moved: list[Block] = []
    position = length = 0
    for block in parts:
        pieces.append(text[position : block.start])
        length += block.start - position
        start, position = length, block.start
        broken = any(sign in text[block.start : block.end] for sign in _SIGNS)
        for found in _BREAK.finditer(text, block.start, block.end) if broken else ():
            joined = "" if found[0].startswith("-") else " "
            kept = text[position : found.start()]
            pieces += [kept, joined]
            length += len(kept) + len(joined)
            position = found.end()
            if found[0] != joined:
                places.append(length)
                gaps.append(position - length)
        pieces.append(text[position : block.end])
        length += block.end - position
        position = block.end
        moved.append(replace(block, start=start, end=length))
    pieces.append(text[position:])
    return Unwrapped("".join(pieces), moved, places, gaps)
