"""What reading proposes: a possible fact with the words it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from kosho.display import Card, Shown, glance
from kosho.formatting import word

__all__ = ["TYPES", "Draft", "Modality"]

Modality = Literal["asserted", "planned", "draft", "considered", "negated"]
TYPES = (
    "agreement", "agreement_aim", "ask", "carried_over", "commitment", "complaint", "context", "deadline",
    "document", "event", "event_change", "event_not_held", "event_series", "measure", "next_meeting",
    "no_agreement", "offer", "organisation", "person", "person_status", "position", "quantity", "red_line",
    "response", "topic",
)  # fmt: skip
"""What a draft may be."""


@dataclass(frozen=True, slots=True)
class Draft(Shown):
    """A possible fact; never one until a person accepts it.

    >>> from kosho.record.reading import Document, read_text
    >>> text = "Japan and China held the third round of talks in Beijing on 12 November 2018."
    >>> read_text(Document("note.txt", text))[0]
    Draft event, asserted: note.txt[0:76]
      quote            'Japan and China held the third round of talks in Beijing on 12 November…'
      event_type       'negotiation round'
      round            3
      date             '2018-11-12'
      date_precision   'day'
      place            'Beijing'
      parties          ['JPN', 'CHN']
    """

    doc: str
    """Name of the file, with its ending."""
    type: str
    modality: Modality
    fields: Mapping[str, Any] = field(hash=False)
    quote: str
    start: int
    """First character of the quote in the decoded text."""
    end: int
    proposed_by: str | None = None
    """The model that proposed it, or the program; None where the rules did."""

    def card(self) -> Card:
        """What it might be, and the words it rests on."""
        told = [(name, glance(value)) for name, value in self.fields.items()]
        quote = ("quote", glance(self.quote))
        told += [("proposed by", self.proposed_by)] if self.proposed_by else []
        return Card(f"Draft {self.type}, {self.modality}: {self.doc}[{self.start}:{self.end}]", [quote, *told])

    @property
    def kind(self) -> str:
        """Its type in words."""
        return word(self.type.replace("_", " "))

    def as_dict(self) -> dict[str, Any]:
        """The contract of `kosho read --json`."""
        known = {
            "doc": self.doc,
            "type": self.type,
            "modality": self.modality,
            "fields": dict(self.fields),
            "quote": self.quote,
            "start": self.start,
            "end": self.end,
        }
        return known | ({"proposed_by": self.proposed_by} if self.proposed_by else {})
