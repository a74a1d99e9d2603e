"""Reads one PDF and prints its text as JSON; run as a process of its own, with limits of memory and time.

A PDF is a program for a page: it can unpack to any size and loop for any time, so what reads it can be ended.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import warnings
from collections import Counter
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


ROWS = 5
"""Lines at least that stand beside others, where a page is set in columns."""
GAP = 2
"""Signs of white space between columns at least."""
PROSE = 20
"""Signs of a line of prose in a column, in the middle; what is shorter is a table."""


def _text(page: Any) -> str:
    """The text of a page, column after column where it is set in two."""
    plain = page.extract_text()
    try:
        grid = page.extract_text(extraction_mode="layout")
    except Exception:  # noqa: BLE001 - what cannot be laid out has the order of its parts
        return plain
    return in_columns(grid) or plain


def in_columns(grid: str) -> str | None:
    r"""The text of a page drawn as lines of signs, left column before right; None where it is set in one.

    Lines that reach over both columns, headings, keep their place.

    >>> rows = [f"the left one number {n}, told    the right one number {n}, told" for n in range(5)]
    >>> in_columns("\n".join(rows)).splitlines()[4:7]
    ['the left one number 4, told', 'the right one number 0, told', 'the right one number 1, told']
    >>> rows[2:2] = ["", "A heading that reaches over both of the columns of a page"]
    >>> in_columns("\n".join(rows)).splitlines()[2:7]
    ['', 'the right one number 0, told', 'the right one number 1, told', '',
     'A heading that reaches over both of the columns of a page']
    """
    lines = [line.rstrip() for line in grid.splitlines()]
    at = _gutter(lines)
    if at is None:
        return None
    parts: list[str] = []
    left: list[str] = []
    right: list[str] = []
    for line in lines:
        over = len(line) > at and not _is_free(line, at)
        if over or not line:
            if over:
                parts += [*left, *right, "", line.strip(), ""]
                left, right = [], []
            else:
                left, right = [*left, ""], [*right, ""]
            continue
        left.append(line[:at].strip())
        right.append(line[at:].strip())
    whole = "\n".join(_closed(part) for part in [*parts, *_without_ends(left), *_without_ends(right)])
    return re.sub(r"\n{3,}", "\n\n", whole).strip()


def _closed(line: str) -> str:
    return re.sub(r"\s{2,}", " ", line)


def _without_ends(lines: list[str]) -> list[str]:
    """Lines without empty ones before and behind them: a sentence may go on in the next column."""
    filled = [n for n, line in enumerate(lines) if line]
    return lines[filled[0] : filled[-1] + 1] if filled else []


def _is_free(line: str, at: int) -> bool:
    return not line[max(0, at - GAP) : at].strip()


def _gutter(lines: list[str]) -> int | None:
    """Where the right column begins: white before it in most lines that reach so far."""
    starts = Counter(
        match.end() for line in lines for match in re.finditer(rf"(?<=\S)\s{{{GAP},}}(?=\S)", line)
    )
    found: list[tuple[int, int]] = []
    for at in (start for start, number in starts.items() if number >= ROWS):
        beside = [line for line in lines if _is_free(line, at) and line[:at].strip() and line[at:].strip()]
        over = [line for line in lines if len(line) > at and not _is_free(line, at)]
        parts = ([line[:at] for line in beside], [line[at:] for line in beside])
        widths = [sorted(len(line.strip()) for line in part) for part in parts]
        prose = all(width and width[len(width) // 2] >= PROSE for width in widths)
        if len(beside) >= ROWS and len(over) <= len(beside) / 2 and prose:
            white = sorted(at - len(line[:at].rstrip()) for line in beside)
            found.append((white[len(white) // 2], -at))  # words stand apart too: columns stand apart most
    return -max(found)[1] if found else None


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
            pages.append(_text(page))
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
