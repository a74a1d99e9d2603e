"""Reads one PDF and prints its text as JSON; run as a process of its own, with limits of memory and time.

A PDF is a program for a page: it can unpack to any size and loop for any time, so what reads it can be ended.
"""

from __future__ import annotations

import json
import logging
import sys
import warnings
from pathlib import Path
from typing import Any


def limit(memory: int) -> None:
    """Let this process use so many bytes and half a minute at most, where the system can say so."""
    try:
        import resource  # noqa: PLC0415 - not on every system
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (30, 31))


def text_of(path: Path, most: int) -> dict[str, Any]:
    """The text of a PDF, or what is wrong with it."""
    try:
        from pypdf import PdfReader  # noqa: PLC0415 - an optional extra
    except ImportError:
        return {"missing": True}
    pages: list[str] = []
    try:
        reader = PdfReader(path, strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            return {"error": "it is locked with a password"}
        for page in reader.pages:
            pages.append(page.extract_text())
            if sum(map(len, pages)) > most:
                break
    except MemoryError:
        return {"error": "it unpacks to more than the limit of memory"}
    except RecursionError:
        return {"error": "its parts are nested without end"}
    except Exception as error:  # noqa: BLE001 - a broken PDF breaks its reader in any way it likes
        return {"error": str(error).splitlines()[0][:200] if str(error) else type(error).__name__}
    return {"text": "\n\n".join(pages)[: most + 1]}


def main() -> None:
    """Print what was read, as JSON."""
    logging.disable()
    warnings.simplefilter("ignore")
    limit(int(sys.argv[3]))
    sys.stdout.write(json.dumps(text_of(Path(sys.argv[1]), int(sys.argv[2]))))


if __name__ == "__main__":
    main()
