"""What reading a document has told so far, and what is put right when a sentence is read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any

from kosho.record.reading.draft import Draft, Modality
from kosho.record.reading.mentions import Mentions
from kosho.record.reading.quick import Guarded

__all__ = ["Told"]


@dataclass
class Told:
    """Drafts of one document in the order of its sentences."""

    doc: str
    mentions: Mentions
    drafts: list[Draft] = field(default_factory=list)
    known: set[tuple[Any, ...]] = field(default_factory=set)
    """What has been told, so that it is not told twice."""
    span: tuple[int, int] = (0, 0)
    """The sentence being read."""
    mark: int = 0
    """How many drafts there were before it."""

    def add(self, kind: str, modality: Modality, fields: dict[str, Any], start: int, end: int) -> None:
        """One more draft, quoted at `start:end`."""
        quote = self.mentions.text[start:end]
        self.drafts.append(Draft(self.doc, kind, modality, fields, quote, start, end))

    def begin(self, start: int, end: int) -> None:
        """A sentence is to be read."""
        self.span, self.mark = (start, end), len(self.drafts)

    def take_back(self) -> None:
        """Forget what the sentence before told: it is said to be untrue."""
        while self.drafts and self.drafts[-1].start >= self.span[0]:
            self.drafts.pop()

    @property
    def here(self) -> list[Draft]:
        """Drafts of the sentence being read."""
        return self.drafts[self.mark :]

    @here.setter
    def here(self, drafts: list[Draft]) -> None:
        self.drafts[self.mark :] = drafts

    def fold_topics(self) -> None:
        """What was discussed at a meeting, or without result, is one fact with it, not a topic beside it."""
        here = self.drafts[self.mark :]
        topics = [d.fields["topic"] for d in here if d.type == "topic" and "topic" in d.fields]
        self.drafts[self.mark :] = [
            replace(d, fields={**d.fields, "topics": topics})
            if topics and d.type in ("event", "no_agreement")
            else d
            for d in here
            if d.type != "topic"
        ]

    def drop_counted(self, start: int) -> None:
        """`Two deals` that are told one by one further on are not a third."""
        if not any(d.type == "agreement" for d in self.drafts[self.mark :]):
            return
        for index in range(self.mark - 1, -1, -1):
            draft = self.drafts[index]
            if start - draft.end >= 400:
                break
            if draft.type == "agreement" and draft.end <= start and _COUNTED.search(draft.quote):
                del self.drafts[index]

    def merge_quoted(self) -> None:
        """Parts of one quotation that say what somebody thinks are one position."""
        told = [index for index, draft in enumerate(self.drafts) if draft.type == "position"]
        while len(told) > 1 and self.drafts[told[-1]].start >= self.span[0]:
            first, second = self.drafts[told[-2]], self.drafts[told.pop()]
            between = self.mentions.text[first.end : second.start]
            alike = "speaker" in first.fields and first.fields["speaker"] == second.fields.get("speaker")
            if (
                alike
                and second.start >= first.end
                and not (_JOINING if _QUOTES.search(first.quote) else _TURNING)
                .sub("", _TAG.sub("", between))
                .strip(' ."“,;')
            ):
                quote = self.mentions.text[first.start : second.end]
                self.drafts[told[-1]] = replace(first, quote=quote, end=second.end)
                self.drafts.remove(second)


_COUNTED = Guarded(
    r"\b(?:two|three|four|five|six|several|\d{1,2}) (?:\w+ ){0,3}?(?:deals|agreements|pacts"
    r"|memoranda|mous|documents|accords|treaties)\b",
    re.IGNORECASE,
)

_TAG = re.compile(
    r"^[”\",.\s]*(?:[\w\s.’'-]{2,40}\b)?(?:said|added|says|told reporters)\b[^.,“\"]{0,40}[.,]\s*[“\"]$"
)
"""Who speaks, between two parts of what is said: `,” he said. “`."""

_QUOTES = re.compile('[“"]')

_TURNING = re.compile(r"^\W*but\b")

_JOINING = re.compile(r"^\W*(?:but|and|so|because|while|which)\b")
