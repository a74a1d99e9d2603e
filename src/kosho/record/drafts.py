"""The file of drafts between reading and accepting: what was proposed, and what a person decided of each.

Written whole to a file beside and put in its place, after every decision: a walk that is broken off loses none.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import Field

from kosho.display import Shown
from kosho.errors import InputError, Problem
from kosho.outputs import save
from kosho.provenance import Frozen
from kosho.record.reading.draft import Draft, Modality
from kosho.record.vocabulary import Vocabulary, of_documents
from kosho.turns import in_turn
from kosho.yamlfile import LineNumbers, load

__all__ = ["Decision", "DraftRow", "Pile", "key_of"]

Decision = Literal["pending", "accepted", "rejected", "skipped"]


class DraftRow(Frozen):
    """A draft as a file of drafts has it, with what was decided of it.

    >>> from kosho.record.drafts import DraftRow
    >>> row = DraftRow(doc="a.txt", type="ask", modality="asserted", quote="we ask", start=0, end=6)
    >>> row.decision, row.draft.quote
    ('pending', 'we ask')
    """

    doc: str
    type: str
    modality: Modality
    fields: dict[str, Any] = Field(default_factory=dict)
    quote: str
    start: int
    end: int
    proposed_by: str | None = None
    decision: Decision = "pending"

    @property
    def draft(self) -> Draft:
        """What it proposes."""
        return Draft(
            self.doc, self.type, self.modality, self.fields, self.quote, self.start, self.end, self.proposed_by
        )


class _File(Frozen):
    schema_version: int = 1
    drafts: tuple[DraftRow, ...] = ()


@dataclass
class Pile(Shown):
    """Drafts with the decisions taken so far."""

    path: Path
    drafts: dict[str, Draft]
    decisions: dict[str, Decision]
    words: Vocabulary = field(default_factory=of_documents)
    """The types and fields that its drafts may have."""

    @staticmethod
    def open(path: Path, words: Vocabulary | None = None) -> Pile:
        """Read a file of drafts; one that does not exist is empty.

        Args:
            path: The file.
            words: The types and fields that its drafts may have: by default those of `kosho read`.

        Raises:
            InputError: it breaks the schema, or a draft has a type or a field that nothing reads.
        """
        pile = Pile(path, {}, {}, words or of_documents())
        if path.exists():
            file, lines = load(path, _File)
            wrong = [one for n, row in enumerate(file.drafts) for one in _unknown(pile, n, row, lines)]
            if wrong:
                raise InputError(wrong)
            for row in file.drafts:
                pile.put(row)
        return pile

    def put(self, row: DraftRow, key: str | None = None) -> None:
        """Hold a draft and what was decided of it, by its key as it was read where it was edited since."""
        key = key or key_of(row.draft)
        self.drafts[key] = row.draft
        self.decisions[key] = row.decision

    def add(self, drafts: Iterable[Draft]) -> int:
        """Add drafts that are not there yet; how many were new."""
        before = len(self.drafts)
        for draft in drafts:
            key = key_of(draft)
            self.drafts.setdefault(key, draft)
            self.decisions.setdefault(key, "pending")
        return len(self.drafts) - before

    def decide(self, key: str, decision: Decision) -> None:
        """Note a decision and write the file."""
        self.decisions[key] = decision
        self.save()

    def reopen(self, key: str) -> None:
        """Take a decision back and write the file."""
        with in_turn(self.path):
            self._take(Pile.open(self.path, self.words))
            self.decisions[key] = "pending"
            self._write()

    @property
    def open_keys(self) -> list[str]:
        """Drafts not yet decided on; those skipped come again."""
        return [key for key in self.drafts if self.decisions[key] in ("pending", "skipped")]

    def save(self) -> None:
        """Write the file in one step, with what others have added to it or decided on meanwhile.

        Raises:
            InputError: it cannot be written; it is as it was.
        """
        with in_turn(self.path):
            self._take(Pile.open(self.path, self.words))
            self._write()

    def _take(self, other: Pile) -> None:
        """Drafts of another pile, and its decisions where none was taken here."""
        self.add(other.drafts.values())
        for key, decision in other.decisions.items():
            if self.decisions[key] == "pending":
                self.decisions[key] = decision

    def text(self) -> str:
        """The file as YAML."""
        rows = [draft.as_dict() | {"decision": self.decisions[key]} for key, draft in self.drafts.items()]
        plain = json.loads(json.dumps({"schema_version": 1, "drafts": rows}))
        dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
        return yaml.dump(plain, Dumper=dumper, allow_unicode=True, sort_keys=False, width=110)

    def _write(self) -> None:
        save({self.path: self.text()})


def _unknown(pile: Pile, number: int, row: DraftRow, lines: LineNumbers) -> list[Problem]:
    """Words of a draft that nothing reads, each at its place in the file."""
    return [
        replace(
            one,
            file=str(pile.path),
            line=lines["drafts", number, *str(one.key).split(".", 1)],
            key=f"drafts.{number}.{one.key}",
        )
        for one in pile.words.unknown(row.type, row.fields)
    ]


def key_of(draft: Draft) -> str:
    """What makes a draft another one: where it stands and what it says, not how it was spelled out since."""
    content = (
        draft.doc,
        draft.type,
        draft.start,
        draft.end,
        str(draft.fields.get("products") or draft.fields.get("name")),
    )
    return hashlib.sha256("|".join(map(str, content)).encode()).hexdigest()[:12]
