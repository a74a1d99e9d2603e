"""Whether a clause says its words are so: what is denied, asked about or supposed is no fact.

One guard for every rule: it looks at what stands before and around the words that a fact would rest on.
"""

from __future__ import annotations

import re
from functools import cache

from kosho.record.reading.mentions import pattern
from kosho.record.reading.tables import table

__all__ = ["Force", "report_untrue"]


@cache
def _one(key: str) -> re.Pattern[str]:
    words = table("force")[key]
    source = words if isinstance(words, str) else "|".join(f"(?:{one})" for one in words)
    return re.compile(pattern(source), re.IGNORECASE)


_ASIDE = re.compile(
    r",\s(?:which|who|whose|where|though|although|while|if|as)\s[^,;]*,"
    r"|^\W?(?:although|though|while|whereas|since|because|despite|after|when|even though)\b[^,;]*,",
    re.IGNORECASE,
)
"""Remarks between commas: what they deny is not what the clause says."""
_TURN = re.compile(
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
            or _one("supposed").search(self._words) is not None
            or (self._ahead != "" and _one("supposed").search(self._ahead) is not None)
            or _one("untrue").search(self._sentence) is not None
        )

    def _denied(self, at: int, end: int) -> bool:
        head = _ASIDE.sub(" ", self._words[:at])
        head = head[max((turn.end() for turn in _TURN.finditer(head)), default=0) :]
        if _one("before").search(head):
            return True
        return end > at and re.search(r"\b(?:not|never|yet to)\b", self._words[at:end]) is not None

    def only_would(self, at: int) -> bool:
        """Whether what stands at `at` would be done in a case only thought of, and nobody says so."""
        head = self._words[:at]
        return _one("would").search(head) is not None and not _one("speech").search(self._ahead + head)

    def conditional(self) -> bool:
        """Whether the clause says what would be done if something else happened."""
        return (
            _one("if").search(self._sentence) is not None
            and re.search(r"\b(?:would|could|might)\b", self._words) is not None
        )

    def unmade(self, end: int) -> bool:
        """Whether what is told up to `end` of the clause is said never to have been, or to be long past."""
        return (
            _one("unmade").search(self._words, end) is not None or _one("past").search(self._words) is not None
        )

    def pending(self) -> bool:
        """Whether the sentence says that what it tells has not come yet."""
        return _one("pending").search(self._sentence) is not None


def report_untrue(words: str, before: str) -> bool:
    """Whether a sentence denies the report that the sentence `before` told of."""
    return _one("report_untrue").search(words) is not None and _one("reported").search(before) is not None
