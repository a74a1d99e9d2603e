"""What was worked out before, kept in the user's cache folder under a hash of all that it depends on.

The folder can be deleted at any time, and where it cannot be written everything works without it. What was not
used for longest goes first.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from functools import cache
from hashlib import sha256
from itertools import accumulate
from pathlib import Path

from kosho.files import write_whole

__all__ = ["code", "folder", "keep", "place", "used"]

MOST, MOST_BYTES = 400, 100_000_000
"""Copies that are kept, and their size together."""


def folder() -> Path:
    """Where copies are kept; `KOSHO_CACHE` names another place."""
    if "KOSHO_CACHE" in os.environ:
        return Path(os.environ["KOSHO_CACHE"])
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local")) / "kosho" / "cache"
    return Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "kosho"


def place(*parts: bytes) -> Path:
    """The copy of what depends on these parts."""
    digest = sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return folder() / f"{digest.hexdigest()}.json"


def used(copy: Path) -> bytes | None:
    """What a copy holds, or None where there is none."""
    try:
        content = copy.read_bytes()
    except OSError:
        return None
    with suppress(OSError):
        os.utime(copy)
    return content


def keep(copy: Path, content: bytes) -> None:
    """Write a copy whole or not at all, and drop those used longest ago where there are too many."""
    with suppress(OSError):
        copy.parent.mkdir(parents=True, exist_ok=True)
        write_whole(copy, content)
        sizes = {path: path.stat() for path in copy.parent.glob("*.json")}
        latest = sorted(sizes, key=lambda path: -sizes[path].st_mtime_ns)
        total = accumulate(sizes[path].st_size for path in latest)
        for number, (path, size) in enumerate(zip(latest, total, strict=True)):
            if number >= MOST or (size > MOST_BYTES and path != copy):
                path.unlink(missing_ok=True)


@cache
def code() -> bytes:
    """Changes when anything that Kosho is made of changes: its code, data and shipped cases."""
    root = Path(__file__).parent
    digest = sha256()
    for path in sorted(root.rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            digest.update(str(path.relative_to(root)).encode() + b"\0" + sha256(path.read_bytes()).digest())
    return digest.digest()
