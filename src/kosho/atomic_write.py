"""Writing files so that nothing is ever half-written."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

__all__ = ["write_together", "write_whole"]


def write_whole(path: Path, content: str | bytes) -> None:
    """Write to a neighbour, then rename: readers see the old file or the new one, whole.

    Text is written as UTF-8; the folder must be there; a file that was there keeps its permissions, and a link
    goes on pointing to it.

    Raises:
        OSError: the file cannot be written; nothing is left behind.
    """
    write_together({path: content})


def write_together(contents: Mapping[Path, str | bytes]) -> None:
    """Write several files that belong together: none is put in its place before all are on the disk.

    Raises:
        OSError: one cannot be written, or is there and no file (a device, a pipe); all are as they were.
    """
    neighbours: dict[Path, Path] = {}
    try:
        for named, content in contents.items():
            path = named.resolve()
            if path.is_dir():
                raise IsADirectoryError(None, "Is a directory", str(named))
            if path.exists() and not path.is_file():  # a device or a pipe would be replaced by a file
                raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), str(named))
            handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
            neighbours[path] = Path(name)
            with os.fdopen(handle, "wb") as stream:
                stream.write(content.encode() if isinstance(content, str) else content)
                stream.flush()
                os.fsync(stream.fileno())
            neighbours[path].chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
        for path, neighbour in neighbours.items():
            neighbour.replace(path)
    except BaseException:
        for neighbour in neighbours.values():
            neighbour.unlink(missing_ok=True)
        raise
