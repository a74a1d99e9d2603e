"""The record of talks: what was said, by whom, with the exact words; what is open, due and contradicted.

`Record.load` opens one, `Record.as_of` shows it as it stood on a day, `read` proposes drafts from documents.
Names are loaded when they are first used: reading needs no schemas, the record no rules.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kosho.record.check import verify as verify
    from kosho.record.ledger import Ledger as Ledger
    from kosho.record.ledger import Record as Record
    from kosho.record.ledger import records as records
    from kosho.record.reading import Draft as Draft
    from kosho.record.reading import decode as decode
    from kosho.record.reading import read as read

__all__ = ["Draft", "Ledger", "Record", "decode", "read", "records", "verify"]  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> object:
    match name:
        case "Draft" | "decode" | "read":
            from kosho.record import reading as home
        case "Ledger" | "Record" | "records":
            from kosho.record import ledger as home
        case "verify":
            from kosho.record import check as home
        case _:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(home, name)
