"""What is raised by archives (ZIP, and what is one: workbooks, NumPy's) that are none or not whole."""

from __future__ import annotations

import struct
import zipfile
import zlib

__all__ = ["SPOILT", "UNPACKED"]

UNPACKED: tuple[type[Exception], ...] = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
)
"""What is raised where bytes are no packed ones, or are packed in a way that nobody reads."""
SPOILT: tuple[type[Exception], ...] = (
    *UNPACKED,
    LookupError,
    ValueError,
    RuntimeError,
    TypeError,
    MemoryError,
)
"""The same, and what is raised where what was packed is not what is expected."""
