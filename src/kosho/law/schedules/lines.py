"""Lines of a tariff schedule and how one is found for a code."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from kosho.display import Card, Shown
from kosho.errors import InputError, KoshoError, Problem
from kosho.law.schedules.duty import Duty
from kosho.law.schedules.notation import parse_duty
from kosho.provenance import Status

__all__ = ["GENERAL", "STATUTORY", "Credit", "Line", "LineBook", "LineMapping", "Schedule", "digits"]

GENERAL = "general"
STATUTORY = "statutory"
SHOWN = 4


def digits(code: str) -> str:
    """A tariff code without its dots.

    Raises:
        InputError: it has other than 2 to 10 digits.
    """
    plain = code.replace(".", "").strip()
    if not (plain.isascii() and plain.isdigit() and 2 <= len(plain) <= 10):
        raise InputError(Problem(f"{code!r} is not a tariff code", "2 to 10 digits, dots allowed"))
    return plain


@dataclass(frozen=True, slots=True)
class Credit(Shown):
    """Where a duty was read."""

    source: str
    status: Status
    note: str = ""


@dataclass(frozen=True, slots=True)
class Line(Shown):
    """One line of a schedule: duties as printed, read when asked for."""

    code: str
    """Digits only, mostly 8 to 10; short ones stand for all lines under them."""
    description: str
    unit: str
    """Unit of quantity, as printed."""
    general_text: str
    """What goods of most-favoured origin pay without a claim; empty where it is not known."""
    statutory_text: str = ""
    """What goods of other origin pay (US column 2; Japan's general or temporary duty); empty if not known."""
    special_texts: Mapping[str, str] = field(default_factory=dict)
    """By preference id, or `id/EXPORTER` where the duty of one exporter differs."""
    credits: Mapping[str, Credit] = field(default_factory=dict)
    """Where each duty is from, by column, where that is not the schedule itself."""

    @property
    def general(self) -> Duty | None:
        """The duty without a claim."""
        return parse_duty(self.general_text) if self.general_text else None

    @property
    def statutory(self) -> Duty | None:
        """The duty on goods without most-favoured treatment."""
        return parse_duty(self.statutory_text) if self.statutory_text else None

    @property
    def specials(self) -> dict[str, Duty]:
        """Every preferential duty."""
        return {column: parse_duty(text) for column, text in self.special_texts.items()}

    def column(self, preference: str, exporter: str) -> str | None:
        """Key of the duty under a preference in `special_texts`; None where the line gives none."""
        return next(
            (key for key in (f"{preference}/{exporter}", preference) if key in self.special_texts), None
        )

    def duties(self) -> tuple[str, str, tuple[tuple[str, str], ...]]:
        """What tells whether two lines bear the same."""
        return self.general_text, self.statutory_text, tuple(sorted(self.special_texts.items()))


class LineMapping(Mapping[str, Line]):
    """Lines by code, in order of code."""

    def under(self, prefix: str) -> list[Line]:
        """Lines whose code starts with `prefix`, in order."""
        return [self[code] for code in self if code.startswith(prefix)]


class LineBook(LineMapping):
    """Lines held in memory."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self._lines = {line.code: line for line in sorted(lines, key=lambda line: line.code)}
        self._codes = tuple(self._lines)

    def __getitem__(self, code: str) -> Line:
        return self._lines[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._lines)

    def __len__(self) -> int:
        return len(self._lines)

    def under(self, prefix: str) -> list[Line]:
        """Lines whose code starts with `prefix`, in order."""
        first = bisect_left(self._codes, prefix)
        last = bisect_left(self._codes, prefix + ":")  # the character after 9
        return [self._lines[code] for code in self._codes[first:last]]


@dataclass(frozen=True, eq=False)
class Schedule(Shown):
    """The ordinary and preferential duties of an importer in one edition."""

    importer: str
    """ISO 3166 alpha-3, or `EU27`."""
    edition: str
    lines: LineMapping
    valid_from: date | None = None
    valid_to: date | None = None
    source: str = ""
    """File it was imported from, or where its lines cite their own, empty."""
    complete: bool = False
    """Whether a line lists every preference it has."""

    def card(self) -> Card:
        """Whose it is, when it holds, and how large it is."""
        first, last = (day or "open" for day in (self.valid_from, self.valid_to))
        return Card(
            f"Schedule of {self.importer}, edition {self.edition}",
            [
                ("lines", f"{len(self.lines):,}"),
                ("valid", f"{first} to {last}"),
                ("preferences", "every one listed" if self.complete else "not every one listed"),
                ("source", self.source or "cited by each line"),
            ],
        )

    def find(self, hs: str) -> Line | None:
        """The line of a code: the longest that it lies under, or the one all lines under it agree on.

        Raises:
            InputError: not a code.
            KoshoError: the lines under it bear different duties.
        """
        code = digits(hs)
        for length in range(len(code), 1, -1):
            if code[:length] in self.lines:
                return self.lines[code[:length]]
        inside = self.lines.under(code)
        if len({line.duties() for line in inside}) > 1:
            some = ", ".join(line.code for line in inside[:SHOWN]) + (" …" if len(inside) > SHOWN else "")
            raise KoshoError(
                f"the lines of {self.importer} under {hs} bear different duties: give one of {some}"
            )
        return inside[0] if inside else None
