"""Japanese documents into drafts: quotes in Japanese, parties and dates as codes.

A fact ends with its predicate. Sentences are cut behind predicates; who acts stands before `は`, `が` or
`から`, and stays the same until another is named. SudachiPy with its core dictionary (extra `read-ja`) tells
words apart.
"""

from __future__ import annotations

from kosho.record.reading.japanese.lines import sentences_in
from kosho.record.reading.japanese.reader import read_japanese

__all__ = ["read_japanese", "sentences_in"]
