"""What was worked out before, kept in the user's cache folder under a hash of all that it depends on.

The folder can be deleted at any time, and where it cannot be written everything works without it. What was not
used for longest goes first.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from hashlib import sha256
from itertools import accumulate
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from kosho._version import __version__
from kosho.atomic_write import write_whole
from kosho.user_folders import home

__all__ = ["code", "code_in", "folder", "keep", "place", "recalled", "used"]

Model = TypeVar("Model", bound=BaseModel)

MOST, MOST_BYTES = 400, 100_000_000
"""Copies that are kept, and their size together."""
A_MINUTE = 60_000_000_000
"""Nanoseconds by which clocks of one network may differ."""


def folder() -> Path:
    """Where copies are kept; `KOSHO_CACHE` names another place."""
    if "KOSHO_CACHE" in os.environ:
        return Path(os.environ["KOSHO_CACHE"])
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", home() / "AppData" / "Local")) / "kosho" / "cache"
    return Path(os.environ.get("XDG_CACHE_HOME", home() / ".cache")) / "kosho"


def place(*parts: bytes) -> Path:
    """The copy of what depends on these parts."""
    digest = sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return folder() / f"{digest.hexdigest()}.json"


def used(copy: Path) -> bytes | None:
    """What a copy holds, or None where there is none, or where it is not what was kept, byte for byte.

    A disk that flips a digit would otherwise make a figure out of nothing.
    """
    try:
        with copy.open("rb") as file:
            digest, content = file.readline().rstrip(b"\n"), file.read()
    except OSError:
        return None
    if digest != _digest(content):
        return None
    with suppress(OSError):
        os.utime(copy)
    return content


def keep(copy: Path, content: bytes) -> None:
    """Write a copy whole or not at all, and drop those used longest ago where there are too many.

    Copies of a day to come, from before a clock was set back, count as used longest ago.
    """
    with suppress(OSError):
        copy.parent.mkdir(parents=True, exist_ok=True)
        write_whole(copy, _digest(content) + b"\n" + content)
        sizes = {path: path.stat() for path in copy.parent.glob("*.json")}
        now = time.time_ns() + A_MINUTE
        latest = sorted(sizes, key=lambda path: (sizes[path].st_mtime_ns > now, -sizes[path].st_mtime_ns))
        total = accumulate(sizes[path].st_size for path in latest)
        for number, (path, size) in enumerate(zip(latest, total, strict=True)):
            if number >= MOST or (size > MOST_BYTES and path != copy):
                path.unlink(missing_ok=True)


def _digest(content: bytes) -> bytes:
    return sha256(content).hexdigest().encode()


def recalled(model: type[Model], make: Callable[[], Model], *parts: bytes) -> Model:
    """What `make` makes, from the copy of what depends on these parts where there is one.

    It is what its JSON says either way; what was not set is not kept.
    """
    copy = place(*parts)
    content = used(copy)
    if content is not None:
        with suppress(ValidationError):
            return model.model_validate_json(content)
    content = make().model_dump_json(exclude_unset=True).encode()
    keep(copy, content)
    return model.model_validate_json(content)


@cache
def code(*patterns: str) -> bytes:
    """Changes when anything that Kosho is made of changes: its code, data and shipped cases.

    Args:
        patterns: Files that matter (`law/*.py`); by default all.
    """
    return sha256(__version__.encode() + code_in(Path(__file__).parent, *(patterns or ("**/*",)))).digest()


def code_in(folder: Path, *patterns: str) -> bytes:
    """Changes when a file of a folder changes, or there is another.

    Args:
        folder: The folder.
        patterns: Files that matter (`*.py`).

    >>> from pathlib import Path
    >>> from kosho.cache import code_in
    >>> len(code_in(Path("there is none"), "*.py"))
    32
    """
    digest = sha256()
    for path in sorted(file for pattern in patterns for file in folder.glob(pattern)):
        if path.suffix != ".pyc" and path.is_file():
            digest.update(str(path.relative_to(folder)).encode() + b"\0" + sha256(path.read_bytes()).digest())
    return digest.digest()
