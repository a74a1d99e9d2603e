"""The record of talks: what was said, by whom, with the exact words; what is open, due and contradicted.

`Record.load` opens one, `Record.as_of` shows it as it stood on a day, `read` proposes drafts from documents.
"""

from __future__ import annotations

from kosho.record.check import verify
from kosho.record.ledger import Ledger, Record, records
from kosho.record.reading import Draft, decode, read

__all__ = ["Draft", "Ledger", "Record", "decode", "read", "records", "verify"]
