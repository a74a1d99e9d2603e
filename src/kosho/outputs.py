"""What a user asked to be written: whether it can be is known before the work, and it is written whole or not.

A file goes into a folder that is there; a folder is made only where the one it stands in is there. So a name
mistyped is an error, and not a new folder.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from kosho.atomic_write import write_together
from kosho.errors import InputError, Problem, system_says
from kosho.language import _

__all__ = ["make_folder", "refused", "require_file", "require_folder", "save", "scratch"]

ROOM = 64 * 1024
"""Bytes that must fit before work begins: a disk that is full is told at once, one that fills up later then."""


def refused(path: Path, error: OSError) -> InputError:
    """What the system said of a file that it did not let us write, for people."""
    return InputError(_problem(path, system_says(error)))


def require_file(*paths: Path | None, ending: str = "") -> None:
    """See to it, before the work, that files can be written; those that are None were not asked for.

    Args:
        paths: The files.
        ending: Of their names, where what `--out` writes is of one kind alone.

    Raises:
        InputError: one of them cannot, or ends as another kind does; all are told.

    >>> from pathlib import Path
    >>> from kosho.outputs import require_file
    >>> require_file(Path("chart.svg"), None)
    >>> require_file(Path("absent/chart.svg"))
    Traceback (most recent call last):
        ...
    kosho.errors.InputError: absent/chart.svg: cannot be written: there is no folder absent (make it first)
    """
    given = [path for path in paths if path is not None]
    found = [problem for path in given for problem in _wrong_file(path)]
    strange = [path.name for path in given if not path.name.lower().endswith(ending)]
    found += [Problem(_("{name} is no {ending}", name=name, ending=ending), key="--out") for name in strange]
    if found:
        raise InputError(found)


def require_folder(folder: Path) -> None:
    """See to it, before the work, that a folder can be written to, or be made where its parent stands.

    Raises:
        InputError: it cannot.
    """
    if folder.exists() and not folder.is_dir():
        raise InputError(_problem(folder, _("it is no folder")))
    if not folder.exists() and not folder.parent.is_dir():
        raise InputError(_absent(folder, folder.parent))
    _try(folder if folder.exists() else folder.parent, folder)


def make_folder(folder: Path) -> list[Path]:
    """Make a folder and those it stands in; the ones that were not there before, innermost first.

    Raises:
        OSError: it cannot be made.
    """
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    return missing


def save(contents: Mapping[Path, str | bytes], *, folder: Path | None = None) -> None:
    r"""Write files that belong together: all of them, or none.

    Args:
        contents: Text (written as UTF-8) or bytes, by file.
        folder: Made first where it is not there, with those in it that files go to, and taken away again if the
            files cannot be written.

    Raises:
        InputError: one cannot be written; all are as they were.

    >>> from pathlib import Path
    >>> from kosho.outputs import save
    >>> save({Path("a.txt"): "one\n", Path("b.txt"): "two\n"})
    >>> save({Path("a.txt"): "new\n", Path("absent/b.txt"): "new\n"})
    Traceback (most recent call last):
        ...
    kosho.errors.InputError: absent/b.txt: cannot be written: No such file or directory
    >>> Path("a.txt").read_text()
    'one\n'
    """
    made: list[Path] = []
    try:
        if folder is not None:
            for place in dict.fromkeys((folder, *(path.parent for path in contents))):
                made = [*make_folder(place), *made]
        write_together(contents)
    except OSError as error:
        for one in made:
            with suppress(OSError):
                one.rmdir()
        raise refused(_named(contents, folder), error) from None


@contextmanager
def scratch() -> Generator[Path]:
    """A folder of ours that is gone afterwards; where it cannot be written, the folder it is in is named.

    Raises:
        InputError: as what is done inside, and where there is no room for it.

    >>> from kosho.outputs import scratch
    >>> with scratch() as folder:
    ...     _ = (folder / "a.txt").write_text("one")
    >>> folder.exists()
    False
    """
    place = tempfile.gettempdir()
    try:
        with tempfile.TemporaryDirectory(prefix="kosho-", dir=place) as name:
            yield Path(name)
    except (InputError, OSError) as error:
        found = _of_scratch(error, place)
        if found is None:
            raise
        raise InputError(found) from None


def _of_scratch(error: InputError | OSError, place: str) -> Problem | None:
    """What is wrong with a folder of ours; None where something else is."""
    within = str(Path(place) / "kosho-")
    hint = _("TMPDIR names another folder for what is not kept")
    if isinstance(error, OSError):
        inside = error.filename is None or str(error.filename).startswith(within)
        told = _("cannot be written: {why}", why=system_says(error))
        return Problem(told, hint, file=place) if inside else None
    first = next((one for one in error.problems if (one.file or "").startswith(within)), None)
    return None if first is None else replace(first, hint=hint, file=place, line=None)


def _named(contents: Mapping[Path, str | bytes], folder: Path | None) -> Path:
    """What is said to be at fault: the folder, or the first file that has none to stand in."""
    if folder is not None:
        return folder
    return next((path for path in contents if not path.parent.is_dir() or path.is_dir()), next(iter(contents)))


def _wrong_file(path: Path) -> list[Problem]:
    if path.is_dir():
        return [_problem(path, _("it is a folder"))]
    if not path.parent.is_dir():
        return [_absent(path, path.parent)]
    if path.exists() and not path.is_file():
        return [_problem(path, _("it is a device or a pipe, and no file"))]
    if path.exists() and not os.access(path, os.W_OK):
        return [_problem(path, _("it is there and may not be changed"))]
    try:
        _try(path.resolve().parent, path)
    except InputError as error:
        return list(error.problems)
    return []


def _try(folder: Path, told: Path) -> None:
    """Write something to a folder and take it away."""
    try:
        with tempfile.TemporaryFile(dir=folder, prefix=".kosho.") as file:
            file.write(bytes(ROOM))
            file.flush()
    except OSError as error:
        raise refused(told, error) from None


def _absent(path: Path, parent: Path) -> Problem:
    if parent.exists():
        return _problem(path, _("{parent} is no folder", parent=parent))
    return Problem(
        _("cannot be written: there is no folder {as_posix}", as_posix=parent.as_posix()),
        _("make it first"),
        file=path.as_posix(),
    )


def _problem(path: Path, why: str) -> Problem:
    return Problem(_("cannot be written: {why}", why=why), file=str(path))
