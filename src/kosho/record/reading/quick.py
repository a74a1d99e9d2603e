"""Whether a pattern can fit at all: one that needs a word which does not stand in a text is not tried on it.

The words come from the parsed pattern itself: of a sequence the best of its parts that must be there, of
alternatives those of each; `python -m tests.reading_pieces` keeps them beside the rules. A set of patterns is
a number with a bit for each, so that one look at each word of a text tells which of all patterns may fit it.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from hashlib import sha256
from importlib.resources import files

__all__ = ["ALWAYS", "MOST_CLAUSES", "AnyOf", "Guarded", "holds", "looked_for", "name_of", "needs"]

LETTERS = 2
"""Letters that a part has at least by which a pattern is looked for."""
ALWAYS = 1
"""The bit of patterns of which no word is known: they may fit every text."""
MOST_WORDS = 20_000
"""Different words of texts that are kept with the patterns they let fit."""
MOST_CLAUSES = 4_096
"""Sentences or clauses of which a step that knows nothing else keeps what came of them: reports of a day,
and releases of a ministry, say much in the same words."""


@cache
def _known() -> dict[str, list[str] | None]:
    text = files("kosho.record.reading").joinpath("data", "pieces.json").read_text(encoding="utf-8")
    return json.loads(text)


def name_of(source: str) -> str:
    """Under which name the words of a pattern are kept in `data/pieces.json`."""
    return sha256(source.encode()).hexdigest()[:16]


@cache
def _bits() -> dict[str, int]:
    return {name: ALWAYS << place for place, name in enumerate(_known(), 1)}


@cache
def needs(*sources: str | None) -> int:
    """The bits of some patterns: a text that one of them fits has one of these among those that it `holds`.

    >>> needs("a pattern of nobody's") == ALWAYS, needs(None)
    (True, 0)
    """
    found = 0
    for source in sources:
        if source is not None:
            name = name_of(source)
            found |= _bits()[name] if _known().get(name) else ALWAYS
    return found


def looked_for(words: str) -> str:
    """The longest part without a space of words that a pattern needs: by it they are looked for.

    >>> looked_for("in exchange for")
    'exchange'
    """
    return max(words.split(), key=len, default="")


@cache
def _by_beginning() -> dict[str, list[tuple[str, int]]]:
    """What is looked for of each needed word, by its first letters, with the patterns' bits."""
    bits: dict[str, int] = {}
    for name, words in _known().items():
        for word in words or ():
            part = looked_for(word)
            bits[part] = bits.get(part, 0) | _bits()[name]
    found: dict[str, list[tuple[str, int]]] = {}
    for part, bit in bits.items():
        found.setdefault(part[:LETTERS], []).append((part, bit))
    return found


_FITS_I = re.compile("i\u0307|\u0131")
"""`İ` with its case folded, and `ı`: patterns that know no case take both for an i."""


class _Words(dict[str, int]):
    """Words of texts with the bits of the patterns that they let fit, each worked out once."""

    def __missing__(self, word: str) -> int:
        if len(self) >= MOST_WORDS:
            self.clear()
        begun = _by_beginning()
        found, plain = 0, _FITS_I.sub("i", word)
        for place in range(len(plain) - LETTERS + 1):
            for part, bit in begun.get(plain[place : place + LETTERS], ()):
                if plain.startswith(part, place):
                    found |= bit
        self[word] = found
        return found


_WORDS = _Words()


@lru_cache(maxsize=MOST_CLAUSES)
def holds(text: str) -> int:
    """The bits of all patterns that may fit a text, or any part of it.

    >>> bool(holds("Japan said so.") & ALWAYS)
    True
    """
    found = ALWAYS
    for word in text.casefold().split():
        found |= _WORDS[word]
    return found


@dataclass(frozen=True)
class Guarded:
    """A pattern that is only tried, and only compiled, where a text holds a word that it needs.

    >>> Guarded("tariffs?", re.IGNORECASE).search("No Tariff")[0]
    'Tariff'
    """

    source: str
    flags: int = 0

    @cached_property
    def bits(self) -> int:
        """Those of the words that it needs, as `needs` gives them."""
        return needs(self.source)

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The pattern itself."""
        return re.compile(self.source, self.flags)

    def may_fit(self, text: str) -> bool:
        """Whether a word stands in the text of which the pattern needs one."""
        return self.bits & holds(text) != 0

    def search(self, text: str, start: int = 0, end: int = sys.maxsize) -> re.Match[str] | None:
        """As `re.Pattern.search`."""
        return self.pattern.search(text, start, end) if self.bits & holds(text[start:end]) else None

    def match(self, text: str, start: int = 0, end: int = sys.maxsize) -> re.Match[str] | None:
        """As `re.Pattern.match`."""
        return self.pattern.match(text, start, end) if self.bits & holds(text[start:end]) else None

    def finditer(self, text: str, start: int = 0, end: int = sys.maxsize) -> Iterator[re.Match[str]]:
        """As `re.Pattern.finditer`."""
        return self.pattern.finditer(text, start, end) if self.bits & holds(text[start:end]) else iter(())


@dataclass(frozen=True)
class AnyOf:
    """Patterns of which one is looked for.

    >>> AnyOf((Guarded("tariff"), Guarded("quota"))).fits("a quota on rice")
    True
    """

    patterns: tuple[Guarded, ...]

    @cached_property
    def bits(self) -> int:
        """Those of the words of which a text that one of them fits holds one."""
        return needs(*(one.source for one in self.patterns))

    def may_fit(self, text: str) -> tuple[Guarded, ...]:
        """Those of the patterns of which a word stands in the text, in their order."""
        held = holds(text)
        return tuple([one for one in self.patterns if one.bits & held]) if self.bits & held else ()

    def fits(self, text: str, start: int = 0) -> bool:
        """Whether one of the patterns fits somewhere in `text[start:]`."""
        for one in self.may_fit(text[start:]):  # noqa: SIM110 - asked for each line of each text
            if one.pattern.search(text, start):
                return True
        return False
