"""The grounds that a Japanese document gives."""

from __future__ import annotations

import re
from datetime import date
from functools import cached_property

from kosho.language import _
from kosho.record.grounding.grounds import Span, days_told, numbers_told, spread
from kosho.record.reading import Document, read_once
from kosho.record.reading.draft import Draft, Modality
from kosho.record.reading.japanese import sentences_in
from kosho.record.reading.japanese.dates import find_days
from kosho.record.reading.japanese.measures import sums
from kosho.record.reading.japanese.names import find_named
from kosho.record.reading.japanese.words import half_width
from kosho.record.reading.tables import table

__all__ = ["JapaneseGrounds"]

_JOINT = re.compile("双方|両(?:国|者|政府|大臣|首脳|氏)|首脳は|我が国|我々")
_CONSIDERED = re.compile("検討|可能性|視野|示唆|かもしれない|構え")
_PLANNED = re.compile("予定|方針|見通し|する$|こととなった|調整|見込み|計画|目指す")


class JapaneseGrounds:
    """The grounds of a Japanese document."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.text = document.text
        self._half = half_width(document.text)
        self._spans = sentences_in(self._half)
        self.drafts = read_once(document)
        told = next((d.fields.get("published") for d in self.drafts if d.type == "document"), None)
        self.published = date.fromisoformat(told) if told else None

    @cached_property
    def _everybody(self) -> set[str]:
        return {code for one in find_named(self._half, 0, len(self._half)) for code in one.codes}

    def sentences(self, start: int, end: int) -> list[Span]:
        """Sentences that a quote touches."""
        return [span for span in self._spans if span[0] < end and start < span[1]]

    def _own(self, span: Span) -> list[Draft]:
        return [d for d in self.drafts if d.start < span[1] and span[0] < d.end]

    def codes(self, span: Span) -> set[str]:
        """Parties named in a sentence, those of `双方`, and those that Kosho reads as acting in it."""
        found = {code for one in find_named(self._half, *span) for code in one.codes}
        if _JOINT.search(self._half, *span) or not found:
            found |= self._everybody
        for draft in self._own(span):
            for key in table("grounding")["parties"]:
                value = draft.fields.get(key)
                found |= set(value) if isinstance(value, list) else {value} if isinstance(value, str) else set()
        return found

    def numbers(self, span: Span) -> set[float]:
        """Numbers of a sentence, as written and as amounts."""
        words = self._half[slice(*span)]
        found = {float(m[0].replace(",", "")) for m in re.finditer(r"\d+(?:,\d{3})*(?:\.\d+)?", words)}
        return found.union(sums(words)) | numbers_told(self._own(span))

    def days(self, span: Span) -> set[str]:
        """Dates of a sentence."""
        told = list(find_days(self._half, *span, self.published))
        values = spread(one.value for one in told) | {one.last for one in told if one.last}
        return values | days_told(self._own(span))

    def refused(self, quote: Span) -> str | None:
        """Why the words of a quote are no fact."""
        for span in self.sentences(*quote):
            words = self._half[slice(*span)]
            line = self._half[: span[0]].rpartition("\n")[2] + words
            if re.search(table("japanese")["asks"], words) or re.match(r"(?:問|質問|Q|記者)[\s　:：]", line):
                return _("it stands in a question")
        return _("it is denied") if re.search(table("japanese")["denied"], self._last_words(quote)) else None

    def _last_words(self, quote: Span) -> str:
        """The words that a quote ends in, up to the end of their clause: the verb stands there."""
        words = self._half[max(0, quote[1] - 8) : quote[1]]
        behind = (
            "" if words[-1] in "。、」\n" else re.split("[。、」\n]", self._half[quote[1] : quote[1] + 8])[0]
        )
        return re.split("[。」\n]", (words + behind).rstrip("。、」\n"))[-1]

    def at_most(self, quote: Span) -> Modality:
        """The most that the words of a quote allow."""
        words = self._half[quote[0] : quote[1] + 8].split("。")[0]
        if _CONSIDERED.search(words):
            return "considered"
        told = any(draft.modality == "planned" for draft in self._own(quote))
        return "planned" if told or _PLANNED.search(words) else "asserted"

    def acting(self, quote: Span) -> tuple[set[str], set[str]]:
        """Who acts in a quote, and the others named, as Kosho reads it."""
        who: set[str] = set()
        for draft in self._own(quote):
            value = draft.fields.get("by")
            who |= set(value) if isinstance(value, list) else {value} if isinstance(value, str) else set()
        named = {code for span in self.sentences(*quote) for code in self.codes(span)}
        return who, named - who
