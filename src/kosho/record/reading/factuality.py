"""Whether a clause says its words are so: what is denied, asked about or supposed is no fact.

One guard for every rule: it looks at what stands before and around the words that a fact would rest on.
"""

from __future__ import annotations

import re
from functools import cache

from kosho.record.reading.mentions import pattern
from kosho.record.reading.quick import AnyOf, Guarded
from kosho.record.reading.tables import table

__all__ = ["Force", "report_untrue"]


@cache
def _patterns(key: str) -> AnyOf:
    words = table("force")[key]
    sources = [words] if isinstance(words, str) else words
    return AnyOf(tuple(Guarded(pattern(source), re.IGNORECASE) for source in sources))


def _holds(key: str, words: str, start: int = 0) -> bool:
    """Whether one of the patterns under `key` of `force.yaml` fits somewhere in `words[start:]`."""
    return _patterns(key).fits(words, start)


_ASIDE = re.compile(
    r"\s(?:with|for|to|from|in|of|by)\s(?:which|whom)\s[^,;]{3,60}?(?=\s(?:will|would|shall|pays?|face|faces)\b)"
    r"|,\s(?:which|who|whose|where|though|although|while|if|as)\s[^,;]*,"
    r"|^\W?(?:under|in|with|at|by|for)\s[^,;]*\s(?:that|which|who)\s[^,;]*,"
    r"|^\W?(?:although|though|while|whereas|since|because|despite|after|when|even though)\b[^,;]*,",
    re.IGNORECASE,
)
"""Remarks between commas: what they deny is not what the clause says."""
_DENIES = Guarded(r"\b(?:not|never|yet to)\b")
_TURN = Guarded(
    r"\b(?:but|however|(?<!not\s)(?<!have\s)(?<!has\s)(?<!t\s)yet(?! to\b)|nonetheless|nevertheless)\b|;\s",
    re.IGNORECASE,
)
_ASKS = re.compile(r"[”\"’')\]]*\s?\?")


class Force:
    """What a clause of a sentence claims; offsets are those of the text with names written over."""

    def __init__(self, masked: str, sentence: tuple[int, int], clause: tuple[int, int], head: str = "") -> None:
        self._masked = masked
        self._start, self._end = clause
        self._words = head + masked[slice(*clause)]
        self._sentence = masked[slice(*sentence)]
        self._ahead = masked[sentence[0] : clause[0]]
        self._untold: bool | None = None

    def withheld(self, at: int, end: int) -> bool:
        """Whether the words at `at:end` of the clause are denied, asked about or only supposed.

        Args:
            at: Where, counted from the clause's beginning, the words stand that a fact would rest on.
            end: Up to where negations count: `at`, or the words' end where one inside them denies them.
        """
        return self.untold() or self._denied(at, end)

    def untold(self) -> bool:
        """Whether the clause as a whole is a question, a supposition, or said to be untrue."""
        if self._untold is None:
            self._untold = self._as_a_whole()
        return self._untold

    def _as_a_whole(self) -> bool:
        return (
            "?" in self._words
            or _ASKS.match(self._masked, self._end) is not None
            or _holds("supposed", self._words)
            or (self._ahead != "" and _holds("supposed", self._ahead))
            or _holds("untrue", self._sentence)
        )

    def _denied(self, at: int, end: int) -> bool:
        head = _ASIDE.sub(" ", self._words[:at])
        head = head[max((turn.end() for turn in _TURN.finditer(head)), default=0) :]
        if _holds("before", head):
            return True
        return end > at and _DENIES.search(self._words[at:end]) is not None

    def only_would(self, at: int) -> bool:
        """Whether what stands at `at` would be done in a case only thought of, and nobody says so."""
        head = self._words[:at]
        return _holds("would", head) and not _holds("speech", self._ahead + head)

    def conditional(self) -> bool:
        """Whether the clause says what would be done if something else happened."""
        return _holds("if", self._sentence) and re.search(r"\b(?:would|could|might)\b", self._words) is not None

    def unmade(self, end: int) -> bool:
        """Whether what is told up to `end` of the clause is said never to have been, or to be long past."""
        return _holds("unmade", self._words, end) or _holds("past", self._words)

    def pending(self) -> bool:
        """Whether the sentence says that what it tells has not come yet."""
        return _holds("pending", self._sentence)


def report_untrue(words: str, before: str) -> bool:
    """Whether a sentence denies the report that the sentence `before` told of."""
    return _holds("report_untrue", words) and _holds("reported", before)
