"""Errors for people: where, which key, what is wrong, what would be right, all mistakes at once.

The command line prints them without a traceback and ends with `exit_status`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from kosho.display import Shown
from kosho.language import N_, _

__all__ = [
    "ConvergenceError",
    "InputError",
    "KoshoError",
    "Problem",
    "Problems",
    "nearest",
    "suggest",
    "system_says",
    "unreadable",
]

OF_SYSTEM = (
    N_("No such file or directory"),
    N_("Permission denied"),
    N_("Operation not permitted"),
    N_("Is a directory"),
    N_("Not a directory"),
    N_("No space left on device"),
    N_("Disk quota exceeded"),
    N_("Read-only file system"),
    N_("File name too long"),
    N_("Too many levels of symbolic links"),
    N_("Input/output error"),
    N_("Address already in use"),
    N_("Cannot assign requested address"),
    N_("Invalid argument"),
    N_("Connection refused"),
    N_("Connection reset by peer"),
    N_("timed out"),
    N_("Name or service not known"),
)
"""What systems say most, for the catalogues; whatever else they say is passed on as it is."""
OF_LIBRARIES = (
    N_("Cannot read an empty file"),
    N_("Stream has ended unexpectedly"),
    N_("Unexpected end of stream."),
    N_("File ended unexpectedly."),
    N_("EOF marker not found"),
    N_("startxref not found"),
    N_("Error reading PDF file."),
    N_("Could not read malformed PDF file"),
    N_("Cannot find Root object in pdf"),
    N_("Detected cyclic page references."),
    N_("File has not been decrypted"),
    N_("Limit reached while decompressing."),
    N_("it is locked with a password"),
    N_("it unpacks to more than the limit of memory"),
    N_("its parts are nested without end"),
    N_("Cannot detect file format"),
    N_("File is not a zip file"),
    N_("found more fields than defined in 'Schema'"),
    N_("unexpected end of data"),
)
"""The same of those that read files."""
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_LONG = re.compile(r"[!-~]{200,}")


class KoshoError(Exception):
    """A question that has no answer (exit status 1), or wrong input (`InputError`, 2).

    >>> from kosho.errors import InputError, KoshoError
    >>> issubclass(InputError, KoshoError), KoshoError.exit_status, InputError.exit_status
    (True, 1, 2)
    """

    exit_status = 1

    def about(self, what: str) -> KoshoError:
        """The same error, with what it is about in front: one of many that are solved together."""
        return KoshoError(f"{what}: {self}")


@dataclass(frozen=True, slots=True)
class Problem(Shown):
    """One mistake. `str()` gives one line, place first.

    >>> from kosho.errors import Problem
    >>> print(Problem("unknown country 'JAP'", "did you mean JPN?", "case.yaml", 12, "parties.0"))
    case.yaml:12: parties.0: unknown country 'JAP' (did you mean JPN?)
    """

    message: str
    hint: str | None = None
    """What would be right."""
    file: str | None = None
    line: int | None = None
    key: str | None = None

    def __str__(self) -> str:
        place = self.file or ""
        if self.line is not None:
            place += f":{self.line}" if place else _("line {number}", number=self.line)
        parts = [part for part in (place, self.key, _printable(self.message)) if part]
        return ": ".join(parts) + (f" ({_printable(self.hint)})" if self.hint else "")


def _printable(text: str) -> str:
    """A text of a message in one line that a terminal can show: nothing that steers one, no 5,000 digits."""
    line = re.sub(r"\s*\n\s*", " ", text)
    shown = _CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), line)
    return _LONG.sub(lambda found: f"{found[0][:60]}…{found[0][-20:]}", shown)


class InputError(KoshoError):
    """The input is wrong; `problems` holds every mistake found, one line each in `str()`.

    >>> from kosho.errors import InputError, Problem
    >>> raise InputError([Problem("a rate of 250", "percent, so 25"), Problem("no such day")])
    Traceback (most recent call last):
        ...
    kosho.errors.InputError: a rate of 250 (percent, so 25)
    no such day
    """

    exit_status = 2

    def __init__(self, problems: Iterable[Problem] | Problem | str) -> None:
        if isinstance(problems, str):
            problems = Problem(problems)
        self.problems: tuple[Problem, ...] = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def about(self, what: str) -> InputError:
        """The same problems, with what they are about in their keys."""
        return InputError(
            replace(problem, key=what if problem.key is None else f"{what}: {problem.key}")
            for problem in self.problems
        )

    def __reduce__(self) -> tuple[type[InputError], tuple[tuple[Problem, ...]]]:
        """Pickled with its problems, as errors of other processes are."""
        return InputError, (self.problems,)


class ConvergenceError(KoshoError):
    """A solver stopped before it met its tolerance.

    `best` is the best point it reached, in the form that the solver which raised documents; None where it keeps
    none.

    >>> from kosho.errors import ConvergenceError
    >>> raise ConvergenceError(residual=0.02, country="ISL", iterations=500)
    Traceback (most recent call last):
        ...
    kosho.errors.ConvergenceError: no convergence after 500 iterations: residual 2.00e-02, worst in ISL
    """

    def __init__(
        self,
        residual: float,
        country: str,
        iterations: int,
        hint: str = "",
        sector: str | None = None,
        best: Any = None,
    ) -> None:
        self.residual = residual
        self.country = country
        self.iterations = iterations
        self.hint = hint
        self.sector = sector
        self.best = best
        where = country + (f", {sector}" if sector else "")
        told = _(
            "no convergence after {iterations} iterations: residual {residual:.2e}, worst in {where}",
            iterations=iterations,
            residual=residual,
            where=where,
        )
        super().__init__(told + (f"; {hint}" if hint else ""))

    def about(self, what: str) -> ConvergenceError:
        """The same failure, with what it is about as part of its hint."""
        hint = _("this is {what}", what=what) + (f"; {self.hint}" if self.hint else "")
        return ConvergenceError(self.residual, self.country, self.iterations, hint, self.sector, self.best)

    def __reduce__(self) -> tuple[type[ConvergenceError], tuple[Any, ...]]:
        """Pickled with its figures, as errors of other processes are."""
        return ConvergenceError, (
            self.residual,
            self.country,
            self.iterations,
            self.hint,
            self.sector,
            self.best,
        )


@dataclass
class Problems(Shown):
    """Collects mistakes so that they can be reported together.

    >>> from kosho.errors import Problems
    >>> problems = Problems("table.yaml")
    >>> problems.add("unknown issue 'car'", "did you mean cars?", line=7)
    >>> problems.add("a weight of -1", line=9)
    >>> problems.raise_if_any()
    Traceback (most recent call last):
        ...
    kosho.errors.InputError: table.yaml:7: unknown issue 'car' (did you mean cars?)
    table.yaml:9: a weight of -1
    """

    file: str | None = None
    found: list[Problem] = field(default_factory=list)

    def add(
        self, message: str, hint: str | None = None, *, line: int | None = None, key: str | None = None
    ) -> None:
        """Note a mistake in `self.file`."""
        self.found.append(Problem(message, hint, self.file, line, key))

    def raise_if_any(self) -> None:
        """Raise `InputError` with everything noted so far, if anything was."""
        if self.found:
            raise InputError(self.found)


def system_says(error: Exception) -> str:
    """Why the system or a library refused something, in the language spoken where it is a thing they often say.

    >>> from kosho.errors import system_says
    >>> system_says(PermissionError(13, "Permission denied")), system_says(ValueError("no archive"))
    ('Permission denied', 'no archive')
    """
    said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return _(said) if said else type(error).__name__


def unreadable(path: object, error: Exception, hint: str | None = None) -> InputError:
    """A file of the user that cannot be read, and why.

    >>> from kosho.errors import unreadable
    >>> print(unreadable("case.yaml", PermissionError(13, "Permission denied")))
    case.yaml: cannot be read: Permission denied
    """
    return InputError(Problem(_("cannot be read: {why}", why=system_says(error)), hint, file=str(path)))


def suggest(word: str, known: Iterable[str]) -> str | None:
    """A hint that names the nearest known words, or None; a word that is known is no hint to itself.

    >>> from kosho.errors import suggest
    >>> suggest("JAP", ["JPN", "USA"]), suggest("x", ["fixed", "zero"])
    ('did you mean JPN?', 'one of fixed, zero')
    """
    choices = sorted(set(known) - {word})
    near = nearest(word, choices)
    if near is not None or not 0 < len(choices) <= 12:
        return near
    return _("one of {names}", names=", ".join(choices))


def nearest(word: str, known: Iterable[str]) -> str | None:
    """A hint where some of the known words are near, else None.

    >>> from kosho.errors import nearest
    >>> nearest("jap", ["JPN", "USA"]), nearest("x", ["fixed", "zero"])
    ('did you mean JPN?', None)
    """
    spelt = {one.casefold(): one for one in sorted(set(known) - {word}, reverse=True)}
    close = [word.casefold()] if word.casefold() in spelt else []
    near = [spelt[one] for one in close or difflib.get_close_matches(word.casefold(), spelt, n=3, cutoff=0.6)]
    return _("did you mean {names}?", names=_(" or ").join(near)) if near else None
