"""What is raised by archives (ZIP, and what is one: workbooks, NumPy's) that are none or not whole."""

from __future__ import annotations

import struct
import zipfile
import zlib

__all__ = ["SPOILT"]

SPOILT: tuple[type[Exception], ...] = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    LookupError,
    ValueError,
    EOFError,
    RuntimeError,
    TypeError,
    MemoryError,
)
"""What reading an archive raises that is spoilt; an unknown version or method is a RuntimeError."""
