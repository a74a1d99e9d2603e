"""A register file: its measures, what it says it holds in full, and what it leaves out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import BeforeValidator, Field, model_validator

from kosho.errors import InputError, Problem
from kosho.language import _
from kosho.law.measure import DUTIES, Kind, Measure
from kosho.law.scope import EVERYONE, HsList, HsPrefix, Id, Imposer, Partners, Preference, Some, belongs
from kosho.provenance import Day, Frozen, Source, Text

if TYPE_CHECKING:
    from kosho.yamlfile import LineNumbers

__all__ = ["Covers", "MeasureFile", "Omission", "refuse_uncovered", "unfounded", "verified_of"]


class Omission(Frozen):
    """Something that was in force and is not in the file, and why.

    >>> from kosho.law.measure_file import Omission
    >>> left = Omission(what="Duties on books", why="list not at hand", imposer="USA", prefixes=("4901",))
    >>> left.touches("USA", "JPN", "490199"), left.touches("USA", "JPN", "870323")
    (True, False)
    """

    what: Text
    why: Text
    source: Text | None = None
    imposer: Imposer | None = None
    """Whose it is; a look-up is told only of what says so."""
    partners: Partners = EVERYONE
    preference: tuple[Preference, ...] = ()
    """Claims under which it may matter (`[none]`: only to goods that claim nothing); any where not given."""
    prefixes: tuple[HsPrefix, ...] = ()
    """Headings it may touch; none: it is told of every line of the imposer, and changes no rate."""
    first: Day | None = None
    last: Day | None = None
    """Days on which it may matter; all where not given."""
    excludes: tuple[Id, ...] = ()
    """Of a list that frees goods: measures or authorities that do not apply to those on it. What goods under
    its headings pay is then a range, and no number."""
    raises: bool = False
    """Whether it adds to what goods under its headings pay, nobody knows how much."""
    raises_to: float | None = Field(default=None, ge=0, le=1000)
    """Where it raises the ordinary duty: the most it is raised to, percent. Then what goods pay has a top."""

    @model_validator(mode="after")
    def _raised(self) -> Omission:
        if self.raises_to is not None and not self.raises:
            raise ValueError(_("raises_to without raises: true"))
        return self

    @property
    def raised_to(self) -> float:
        """The most that the ordinary duty may be, as a fraction; below any where it is not raised."""
        if not self.raises:
            return -inf
        return inf if self.raises_to is None else self.raises_to / 100

    @property
    def decides(self) -> bool:
        """Whether a rate under its headings is no number because of it; otherwise it is only told."""
        return bool(self.prefixes) and (self.raises or bool(self.excludes))

    def of(self, importer: str) -> bool:
        """Whether it is a measure of an importer, or of its union."""
        return self.imposer is not None and belongs(importer, self.imposer)

    def matters_under(self, preference: str) -> bool:
        """Whether goods that claim a preference may be under it."""
        return not self.preference or preference in self.preference

    def concerns(self, importer: str, exporter: str, on: date | None = None) -> bool:
        """Whether goods of this origin may be under it, whatever they are."""
        return self.of(importer) and exporter in self.partners and (on is None or self.matters(on))

    def matters(self, on: date) -> bool:
        """Whether it may matter on a day."""
        return (self.first is None or self.first <= on) and (self.last is None or on <= self.last)

    def touches(self, importer: str, exporter: str, code: str, on: date | None = None) -> bool:
        """Whether a line of this origin may be under it."""
        return self.concerns(importer, exporter, on) and any(
            code.startswith(prefix) or prefix.startswith(code) for prefix in self.prefixes
        )


class Covers(Frozen):
    """The days for which the register holds all measures of an imposer that are of some kinds.

    It is said beside the measures: where a file holds none of them, it counts for nothing.
    """

    imposer: Imposer
    first: Day
    last: Day
    kinds: Some[Kind] = DUTIES
    """Duties unless others are named (`[subsidy]`)."""

    def holds(self, kind: Kind, on: date) -> bool:
        """Whether all of a kind are held that act on a day."""
        return kind in self.kinds and self.first <= on <= self.last

    def beside(self, measures: Iterable[Measure]) -> bool:
        """Whether some of the measures are what it speaks of."""
        return any(one.imposer == self.imposer and one.kind in self.kinds for one in measures)


def _several(value: object) -> object:
    return [value] if isinstance(value, dict | Covers) else value


class MeasureFile(Frozen):
    """A register file.

    >>> from kosho.law import MeasureFile
    >>> MeasureFile(title="My measures", sources=(), measures=())
    MeasureFile(title='My measures')
    """

    title: Text
    covers: Annotated[
        tuple[Covers, ...], BeforeValidator(_several, json_schema_input_type=Covers | tuple[Covers, ...])
    ] = ()
    """One or several; none: the register is not said to be complete for any days (a file of lists, say)."""
    verified_to: Day | dict[Imposer, Day] | None = None
    """Last day for which its measures were compared with their sources: one, or one an imposer."""
    not_covered: tuple[Omission, ...] = ()
    sources: tuple[Source, ...] = ()
    """Known to all files; one id in two files is one source and said alike."""
    lists: dict[Id, HsList] = Field(default_factory=dict)
    """Headings by list id; measures of all files may refer to them."""
    measures: tuple[Measure, ...] = ()

    def verified(self) -> dict[str, date]:
        """Last day verified, by imposer of its measures."""
        if self.verified_to is None:
            return {}
        if isinstance(self.verified_to, dict):
            return dict(self.verified_to)
        return dict.fromkeys((measure.imposer for measure in self.measures), self.verified_to)


def unfounded(documents: Iterable[tuple[Path, MeasureFile, LineNumbers]]) -> Iterator[Problem]:
    """Claims to be complete that no measure beside them bears out."""
    for path, document, lines in documents:
        for span in document.covers:
            if not span.beside(document.measures):
                yield Problem(
                    _(
                        "says that all of {imposer} from {first} to {last} is held, and has none of it",
                        imposer=span.imposer,
                        first=span.first,
                        last=span.last,
                    ),
                    _("say it in the file of the measures"),
                    str(path),
                    lines["covers",],
                    "covers",
                )


def verified_of(documents: Iterable[MeasureFile], known: date | None) -> dict[str, date]:
    """By imposer; nobody had compared anything with what was to come after the day of knowledge."""
    found: dict[str, date] = {}
    for document in documents:
        for imposer, day in document.verified().items():
            found[imposer] = min(day, found.get(imposer, day), known or day)
    return found


def refuse_uncovered(covers: Sequence[Covers], on: date, measures: Iterable[Measure]) -> None:
    """Refuse a day on which duties of an imposer are not held, where those of other days are.

    Args:
        covers: Days that are covered.
        on: The day.
        measures: Whose steps beyond those days are told.

    Raises:
        InputError: naming the days that are covered.
    """
    missing: dict[str, list[str]] = {}
    for imposer in sorted({span.imposer for span in covers}):
        spans = [span for span in covers if span.imposer == imposer]
        if not any(span.first <= on <= span.last for span in spans):
            days = ", ".join(
                dict.fromkeys(_("{first} to {last}", first=span.first, last=span.last) for span in spans)
            )
            missing.setdefault(days, []).append(imposer)
    if missing:
        who = ", ".join(sorted(name for names in missing.values() for name in names))
        known = [_("{days} of {names}", days=days, names=", ".join(names)) for days, names in missing.items()]
        hint = _("it covers ") + ("; ".join(known) if len(known) > 1 else next(iter(missing)))
        hint += "".join(_later_steps(covers, on, measures))
        raise InputError(
            Problem(_("the measures of {who} on {on} are not in the register", who=who, on=on), hint)
        )


def _later_steps(covers: Sequence[Covers], on: date, measures: Iterable[Measure]) -> Iterator[str]:
    """What is staged beyond the days that are covered, step by step, and how to ask about a step."""
    covered = max(span.last for span in covers)
    if on <= covered:
        return
    for one in measures:
        if one.staged is None:
            continue
        steps = enumerate(one.staged.days(one.first_day), 1)
        told = [
            _("{step}/{steps} on {day}", step=step, steps=one.staged.steps, day=day)
            for step, day in steps
            if day > covered
        ]
        if told:
            yield (
                _(
                    "; {id} goes on in steps, {names}: to ask what a step comes to, write its value without "
                    "`staged`, in force on a day that is covered",
                    id=one.id,
                    names=", ".join(told),
                )
            )
