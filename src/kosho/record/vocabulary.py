"""Which types and fields a draft may have: a word that nothing reads is told, with the nearest that is read."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from kosho.errors import Problem, suggest
from kosho.language import _
from kosho.record.reading.draft import TYPES
from kosho.record.reading.tables import table

__all__ = ["Vocabulary", "of_documents", "of_law"]


class Vocabulary(NamedTuple):
    """The words of a kind of drafts."""

    types: frozenset[str]
    fields: frozenset[str]

    def unknown(self, kind: str, fields: Iterable[str]) -> list[Problem]:
        """What of a draft's type and fields nothing would read, each with its key.

        >>> from kosho.record.vocabulary import of_documents
        >>> for problem in of_documents().unknown("mesure", ["prodcts", "rate"]):
        ...     print(problem)
        type: 'mesure' is no type of a draft (did you mean measure?)
        fields.prodcts: is no field of a draft (did you mean products or product?)
        """
        found: list[Problem] = []
        if kind not in self.types:
            told = _("{kind!r} is no type of a draft", kind=kind)
            found.append(Problem(told, suggest(kind, self.types), key="type"))
        for name in fields:
            if name not in self.fields:
                told = _("is no field of a draft")
                found.append(Problem(told, suggest(name, self.fields), key=f"fields.{name}"))
        return found


@cache
def of_documents() -> Vocabulary:
    """Drafts of `kosho read`."""
    known = table("grounding")
    groups = ("parties", "numbers", "dates", "labels", "names", "free")
    return Vocabulary(frozenset(TYPES), frozenset(str(name) for group in groups for name in known[group]))


@cache
def of_law() -> Vocabulary:
    """Drafts of `kosho register propose`: measures, and lists of goods that change."""
    return Vocabulary(frozenset({"measure", "list"}), frozenset(_OF_LAW))


_OF_LAW = (
    "add", "asked", "authority", "differs", "except", "excludes", "heading", "held", "hs", "id", "imposer",
    "kind", "known_from", "legal_basis", "legal_from", "legal_to", "lists", "measure", "name", "origins_found",
    "partners", "place", "places", "rates_found", "remove", "stage", "title", "value",
)  # fmt: skip
