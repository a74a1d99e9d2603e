"""Lines of a tariff schedule and how one is found for a code."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from kosho.display import Card, Shown
from kosho.errors import InputError, KoshoError, Problem
from kosho.language import _
from kosho.law.schedules.duty import Duty
from kosho.law.schedules.notation import parse_duty
from kosho.provenance import Status

__all__ = [
    "ADDITIONAL",
    "GENERAL",
    "STATUTORY",
    "Credit",
    "Line",
    "LineBook",
    "LineMapping",
    "References",
    "Schedule",
    "absent",
    "digits",
]

GENERAL = "general"
STATUTORY = "statutory"
ADDITIONAL = "additional"
"""Columns beside those of preferences."""
References = Mapping[str, tuple[str, ...]]
"""Headings of chapters 98 and 99 that a line cites, by the column its footnote stands at."""
SHOWN = 4


def digits(code: str) -> str:
    """A tariff code without its dots.

    Raises:
        InputError: it has other than 2 to 10 digits.
    """
    plain = code.replace(".", "").strip()
    if not (plain.isascii() and plain.isdigit() and 2 <= len(plain) <= 10):
        raise InputError(
            Problem(_("{code!r} is not a tariff code", code=code), _("2 to 10 digits, dots allowed"))
        )
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
    additional_text: str = ""
    """What is paid on top, as chapter 99 prints it for its own headings (safeguards by price)."""
    quota_text: str = ""
    """Quantity that may come in at the duty, as printed."""
    references: References = field(default_factory=dict)
    """Headings that its footnotes cite: `general` and other columns; `part` for those on some of its goods."""

    @property
    def additional(self) -> Duty | None:
        """What is paid on top of the duty of another line."""
        return parse_duty(self.additional_text) if self.additional_text else None

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

    def symbols(self, preference: str) -> dict[str, str]:
        """Duties of the symbols of a preference, where they differ: `{"P": …, "P+": …}`."""
        start = f"{preference} ["
        return {key[len(start) : -1]: text for key, text in self.special_texts.items() if key.startswith(start)}

    def cites(self, heading: str, column: str = GENERAL) -> bool:
        """Whether footnotes of a column cite a heading, alone or in a range (`9904.02.01-9904.02.37`)."""
        return any(
            first == heading or (sign and first <= heading <= last)
            for first, sign, last in (one.partition("-") for one in self.references.get(column, ()))
        )

    def duties(self) -> tuple[str, str, tuple[tuple[str, str], ...]]:
        """What tells whether two lines bear the same."""
        return (
            self.general_text,
            self.statutory_text,
            tuple(sorted((*self.special_texts.items(), (ADDITIONAL, self.additional_text)))),
        )

    def read_duties(self) -> tuple[Duty | None, Duty | None, tuple[tuple[str, Duty], ...]]:
        """The same as read: `10%` and `10 %` are one duty."""
        specials = sorted(self.specials.items(), key=lambda item: item[0])
        more = ((ADDITIONAL, self.additional),) if self.additional else ()
        return self.general, self.statutory, (*specials, *more)


class LineMapping(Mapping[str, Line]):
    """Lines by code, in order of code."""

    def cited(self) -> dict[str, References]:
        """What lines cite, of those that cite something."""
        return {code: line.references for code, line in self.items() if line.references}

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
    whole: bool = False
    """Whether it holds all chapters, so that a code it does not have does not exist."""
    cites: bool = False
    """Whether its lines say what they cite of chapter 99 (exports in JSON do)."""

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
        if not inside and self.whole:
            raise absent(code, self.importer, self.edition, self._codes_under)
        if len({line.duties() for line in inside}) > 1 and len({line.read_duties() for line in inside}) > 1:
            some = ", ".join(line.code for line in inside[:SHOWN]) + (" …" if len(inside) > SHOWN else "")
            raise KoshoError(
                _(
                    "the lines of {importer} under {hs} bear different duties: give one of {some}",
                    importer=self.importer,
                    hs=hs,
                    some=some,
                )
            )
        return inside[0] if inside else None

    def refuse_absent(self, code: str) -> None:
        """Refuse a code that is neither a line, nor under one, nor above one.

        Raises:
            InputError: it is none of them.
        """
        above = any(code[:length] in self.lines for length in range(len(code), 1, -1))
        if not above and not self.lines.under(code):
            raise absent(code, self.importer, self.edition, self._codes_under)

    def _codes_under(self, prefix: str) -> list[str]:
        return [line.code for line in self.lines.under(prefix)]


def absent(code: str, importer: str, edition: str, under: Callable[[str], Sequence[str]]) -> InputError:
    """What is said of a code that a whole tariff does not have.

    Args:
        code: Digits only.
        importer: Whose tariff it is.
        edition: Of which edition.
        under: Codes of its lines under a prefix.
    """
    near: list[str] = []
    for length in (8, 6, 4, 2):
        near = list(under(code[:length])) if length < len(code) else []
        if near:
            break
    near.sort(key=lambda one: abs(int(one.ljust(10, "0")) - int(code.ljust(10, "0"))))
    some = ", ".join(sorted(near[:SHOWN]))
    hint = (
        _("the nearest lines are {some}", some=some) if some else _("it has no chapter {code}", code=code[:2])
    )
    return InputError(
        Problem(
            _("{code} is no code of {importer}, {edition}", code=code, importer=importer, edition=edition), hint
        )
    )
