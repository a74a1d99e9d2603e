"""Standard output, error and input as they are found: in any encoding, on a disk that is full, or closed."""

from __future__ import annotations

import codecs
import os
import sys
import unicodedata
from contextlib import suppress
from pathlib import Path
from typing import Any

__all__ = ["give_up", "take_any_text"]

NEAREST = str.maketrans(
    {
        **dict.fromkeys("−‐‑‒–—―─━╌╶╴", "-"),
        **dict.fromkeys("│┃╷╵", "|"),
        **dict.fromkeys("┌┐└┘├┤┬┴┼╭╮╰╯", "+"),
        **dict.fromkeys("“”„«»", '"'),
        **dict.fromkeys("‘’‚′", "'"),
        "…": "...",
        "×": "x",
        "·": "*",
        "•": "*",
        "≤": "<=",
        "≥": ">=",
        "≈": "~",
        "±": "+/-",
        "→": "->",
        "σ": "s.d.",
        "θ": "theta",
        "½": "1/2",
        "€": "EUR",
        "£": "GBP",
        "¥": "JPY",
        "円": "JPY",
        "§": "section ",
    }
)
"""What stands for characters that a terminal lacks: a minus must never be lost."""


def take_any_text() -> None:
    """Write what the encoding of a stream lacks as what is nearest to it, and read what is no text as `�`."""
    codecs.register_error("nearest", _nearest)
    for name, mode in (("stdout", "w"), ("stderr", "w"), ("stdin", "r")):
        if getattr(sys, name) is None:  # it was closed before this process began
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115 - until the end
    for stream, errors in ((sys.stdout, "nearest"), (sys.stderr, "nearest"), (sys.stdin, "replace")):
        reconfigure: Any = getattr(stream, "reconfigure", None)
        if reconfigure is not None:  # not there where a program has put a stream of its own in the place
            reconfigure(errors=errors)


def _nearest(error: UnicodeError) -> tuple[str, int]:
    """Handler of `str.encode`.

    >>> from kosho.cli.streams import take_any_text
    >>> take_any_text()
    >>> "−0.19 … “corn” 交".encode("ascii", "nearest")
    b'-0.19 ... "corn" ?'
    """
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    return "".join(map(_instead, lacking)), error.end


def _instead(character: str) -> str:
    plain = (
        unicodedata.normalize("NFKD", character.translate(NEAREST)).encode("ascii", "ignore").decode("ascii")
    )
    return plain or "?"


def give_up() -> None:
    """Write nothing more to standard output, which cannot be written to: not even what waits to be written."""
    with suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
