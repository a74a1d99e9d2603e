"""The log of what was proposed at the table, and when; its export is a text and drafts that quote it."""

from __future__ import annotations

import io
import threading
import zipfile
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import yaml

from kosho.codes import country_name
from kosho.errors import InputError, Problem
from kosho.language import _
from kosho.serve.desk import Desk

__all__ = ["NOTE", "Log", "Proposal"]

MOST = 1_000
NOTE = 500
"""Characters of a note."""


@dataclass(frozen=True)
class Proposal:
    """A package that a side put forward."""

    number: int
    by: str
    at: datetime
    options: dict[str, str]
    note: str = ""

    def told(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "number": self.number,
            "by": self.by,
            "at": self.at.isoformat(timespec="seconds"),
            "options": self.options,
            "note": self.note,
        }


@dataclass
class Log:
    """Proposals at one table, in their order."""

    proposals: list[Proposal] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, desk: Desk, by: str, package: int, note: str) -> Proposal:
        """Note a proposal.

        Raises:
            InputError: nobody of this table made it, or the log is full.
        """
        parties = desk.deal.table.parties
        if by not in parties:
            raise InputError(
                Problem(_("{by!r} has no seat at this table", by=by), ", ".join(parties), key="by")
            )
        with self._lock:
            if len(self.proposals) >= MOST:
                raise InputError(
                    Problem(_("the log holds {most:,} proposals and no more", most=MOST), _("export it"))
                )
            options = desk.deal.table.grid.label(package)
            found = Proposal(len(self.proposals) + 1, by, datetime.now(UTC), options, " ".join(note.split()))
            self.proposals.append(found)
            return found

    def exported(self, desk: Desk) -> bytes:
        """A ZIP of `proposals.txt`, a line a proposal, and `drafts.yaml`, whose quotes are these lines.

        `kosho read proposals.txt drafts.yaml --accept` enters them into a record one by one.
        """
        text, rows = "", list[dict[str, Any]]()
        for one in self.proposals:
            start = len(text)
            line = _sentence(desk, one)
            text += line + "\n"
            rows.append(
                {
                    "doc": "proposals.txt",
                    "type": "offer",
                    "modality": "asserted",
                    "fields": {"by": one.by, "topic": desk.deal.table.file.title, "date": f"{one.at:%Y-%m-%d}"},
                    "quote": line,
                    "start": start,
                    "end": start + len(line),
                }
            )
        drafts = yaml.safe_dump({"schema_version": 1, "drafts": rows}, sort_keys=False, allow_unicode=True)
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("proposals.txt", text)
            archive.writestr("drafts.yaml", drafts)
        return out.getvalue()


def _sentence(desk: Desk, one: Proposal) -> str:
    """A proposal in words: what it changes against no deal."""
    parts: list[str] = []
    for issue in desk.deal.table.with_rates_of(one.options).file.issues:
        option = next(each for each in issue.options if each.id == one.options[issue.id])
        if not option.fallback:
            parts.append(f"{issue.title}: {option.title}")
    what = "; ".join(parts) or _("that nothing changes")
    note = f" ({one.note})" if one.note else ""
    return _(
        "{at:%Y-%m-%d %H:%M} UTC, {country} proposed {what}{note}.",
        at=one.at,
        country=country_name(one.by),
        what=what,
        note=note,
    )
