"""Whether a pattern can fit at all: one that needs a word which does not stand in a text is not tried on it.

The pieces of words come from the parsed pattern itself: of a sequence the rarest of its parts that must be
there, of alternatives those of each. Patterns that need no word are always tried.
"""

from __future__ import annotations

import json
from functools import cache
from hashlib import sha256
from importlib.resources import files

__all__ = ["any_word", "either", "has_word", "may_fit", "name_of", "needed", "pieces", "words_of"]

LETTERS = 3
"""Letters of the pieces by which words are looked for."""


def pieces(text: str) -> frozenset[str]:
    """All runs of three letters of a text, folded.

    >>> sorted(pieces("Acts"))
    ['act', 'cts']
    """
    folded = text.casefold()
    return frozenset([folded[n : n + LETTERS] for n in range(len(folded) - LETTERS + 1)])


@cache
def _known() -> dict[str, list[str] | None]:
    text = files("kosho.record.reading").joinpath("data", "pieces.json").read_text(encoding="utf-8")
    return json.loads(text)


def name_of(source: str) -> str:
    """Under which name the pieces of a pattern are kept in `data/pieces.json`."""
    return sha256(source.encode()).hexdigest()[:16]


RARE = "zqxjkvbpygfwmucldrhsnioate "
"""Letters of English from the rarest on."""


def _rarest(word: str) -> str:
    """The run of three letters of a word that fewest other words hold."""
    runs = [word[n : n + LETTERS] for n in range(len(word) - LETTERS + 1)]
    return min(runs, key=lambda run: sum(RARE.find(letter) for letter in run))


@cache
def words_of(source: str) -> tuple[str, ...] | None:
    """Words, or parts of words, of which each text that a pattern fits holds one; None where that is not known.

    >>> words_of("a pattern of nobody's") is None
    True
    """
    kept = _known().get(name_of(source))
    return None if kept is None else tuple(kept)


@cache
def needed(source: str) -> frozenset[str] | None:
    """Pieces of words of which each text that a pattern fits holds one; None where that is not known.

    They are kept beside the rules (`python -m tests.reading_pieces` writes them), so that a pattern is only
    compiled once a text may fit it.

    >>> needed("a pattern of nobody's") is None
    True
    """
    kept = words_of(source)
    return None if kept is None else frozenset(map(_rarest, kept))


def either(*sources: str | None) -> frozenset[str] | None:
    """Pieces of which each text holds one that one of some patterns fits; None where that is not known.

    >>> either("a pattern of nobody's", None) is None
    True
    """
    sets = [needed(source) for source in sources if source is not None]
    return None if None in sets else frozenset[str]().union(*filter(None, sets))


def any_word(*sources: str | None) -> tuple[str, ...] | None:
    """The words of which each text holds one that one of some patterns fits; None where that is not known.

    >>> any_word("a pattern of nobody's", None) is None
    True
    """
    found: list[str] = []
    for source in sources:
        words = words_of(source) if source is not None else ()
        if words is None:
            return None
        found += words
    return tuple(found)


def has_word(words: tuple[str, ...] | None, folded: str) -> bool:
    """Whether a folded text holds one of the words that a pattern needs; true where they are not known.

    >>> has_word(("tariff", "duty"), "a tariff"), has_word(("ban",), "a tariff"), has_word(None, "")
    (True, False, True)
    """
    return words is None or any(map(folded.__contains__, words))


def may_fit(words: frozenset[str] | None, held: frozenset[str]) -> bool:
    """Whether a pattern that needs one of `words` can fit a text, given its `pieces`."""
    return words is None or not words.isdisjoint(held)
