"""The record of talks: what was said, by whom, with the exact words; what is open, due and contradicted.

`Record.load` opens one, `Record.as_of` shows it as it stood on a day, `read` proposes drafts from documents.
Names are loaded when they are first used: reading needs no schemas, the record no rules.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kosho.record.check import verify as verify
    from kosho.record.ledger import Ledger as Ledger
    from kosho.record.ledger import Record as Record
    from kosho.record.ledger import records as records
    from kosho.record.reading import Draft as Draft
    from kosho.record.reading import decode as decode
    from kosho.record.reading import read as read

_HOMES = {
    "Draft": "kosho.record.reading",
    "Ledger": "kosho.record.ledger",
    "Record": "kosho.record.ledger",
    "decode": "kosho.record.reading",
    "read": "kosho.record.reading",
    "records": "kosho.record.ledger",
    "verify": "kosho.record.check",
}

__all__ = ["Draft", "Ledger", "Record", "decode", "read", "records", "verify"]  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> object:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
