"""What fuzzing looks for, and what it meets."""

from __future__ import annotations

from kosho.errors import InputError


class BrokenError(AssertionError):
    """Something that must hold of anything, and does not."""


class UnansweredError(Exception):
    """No equilibrium was found, where there may be none: a fixed surplus can be more than a country earns."""


def well_told(error: InputError, file: str | None) -> None:
    """Check that every mistake says what is wrong, and that one names the file, where one is given.

    Raises:
        BrokenError: a mistake without words, or none that names the file.
    """
    if not error.problems or not all(one.message for one in error.problems):
        raise BrokenError("an error without words") from error
    if file is not None and not any(one.file and file in one.file for one in error.problems):
        raise BrokenError(f"an error that does not name the file: {error}") from error
