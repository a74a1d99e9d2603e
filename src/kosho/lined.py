"""Texts whose rows are lines: none without end, and what is no CSV told for people."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path
from typing import IO, Any

from kosho.errors import InputError, Problem
from kosho.language import _

__all__ = ["Lines", "bounded", "no_csv"]

LINE = 1 << 24
"""Bytes of a line of a table: no published one has a tenth of it, and nobody waits for one that has no end."""
PART = 1 << 16


class Lines(io.RawIOBase):
    """What a file holds, until a line is longer than any table has.

    >>> import io
    >>> from pathlib import Path
    >>> from kosho.lined import Lines
    >>> Lines(io.BytesIO(b"a,b"), Path("trade.csv")).read()
    b'a,b'
    """

    def __init__(self, raw: IO[bytes] | gzip.GzipFile, path: Path) -> None:
        super().__init__()
        self._raw, self._path = raw, path
        self._line, self._length = 1, 0

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read the next part.

        Raises:
            InputError: a line goes on for too long.
        """
        part = self._raw.read(len(buffer))
        buffer[: len(part)] = part
        ended = part.count(b"\n")
        self._line += ended
        self._length = len(part) - part.rfind(b"\n") - 1 if ended else self._length + len(part)
        if self._length > LINE:
            told = _("has a line of more than {number:,} bytes", number=LINE)
            raise InputError(
                Problem(told, _("a line for each row of the table: is this text?"), str(self._path), self._line)
            )
        return len(part)


def bounded(raw: IO[bytes] | gzip.GzipFile, path: Path) -> io.BufferedReader:
    """A file that is read in parts, as `Lines`."""
    return io.BufferedReader(Lines(raw, path), PART)


def no_csv(error: csv.Error, file: str | None, line: int | None = None) -> InputError:
    """A text that is no CSV, and why.

    >>> import csv
    >>> from kosho.lined import no_csv
    >>> print(no_csv(csv.Error("field larger than field limit (131072)"), "trade.csv"))
    trade.csv: is not CSV: a cell has more than 131,072 characters (is a quotation mark left open?)
    """
    text = str(error)
    if "field limit" in text:
        told, hint = (
            _("is not CSV: a cell has more than 131,072 characters"),
            _("is a quotation mark left open?"),
        )
    elif "new-line character" in text:
        told, hint = _("is not CSV: its lines do not end as lines do"), _("save it as CSV UTF-8")
    else:
        told, hint = _("is not CSV: {error}", error=text), None
    return InputError(Problem(told, hint, file, line))
