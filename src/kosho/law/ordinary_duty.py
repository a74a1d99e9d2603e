"""What goods pay before any measure, or between which bounds, where the law or the question does not say it
whole.

Nothing is taken as free because it is not known: what cannot be read, is of another heading, or lacks a unit
value is a range, and the range is open where nothing bounds it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import inf
from typing import TYPE_CHECKING

from kosho.bounds import PERCENT_DUTY
from kosho.display import Shown
from kosho.errors import InputError, KoshoError
from kosho.language import _
from kosho.law.nomenclature import shipped_lines
from kosho.law.query import NONE, Query
from kosho.law.schedules import Duty, UnitValue

if TYPE_CHECKING:
    from kosho.law.schedules.ordinary import Ordinary

__all__ = [
    "UNKNOWN",
    "OrdinaryDuty",
    "RateBounds",
    "about",
    "bounds",
    "exactly",
    "ordinary_duty",
    "schedule_lines",
]


@dataclass(frozen=True, slots=True)
class RateBounds(Shown):
    """A rate that is at least `low` and at most `high`, as fractions of the customs value.

    >>> from kosho.law.ordinary_duty import RateBounds
    >>> RateBounds(0.06, 0.06).exact, RateBounds(0.0, float("inf")).exact
    (True, False)
    """

    low: float
    """Zero where nothing else is known: no duty is below it."""
    high: float
    """Infinite where nothing bounds it."""

    @property
    def exact(self) -> bool:
        """Whether it is one rate."""
        return self.low == self.high


UNKNOWN = RateBounds(0.0, inf)


def exactly(rate: float) -> RateBounds:
    """A rate that is known."""
    return RateBounds(rate, rate)


def bounds(duty: Duty, unit_value: UnitValue | None = None) -> RateBounds:
    """Between what a duty lies, as fractions of the customs value.

    Raises:
        InputError: a unit value in another currency or of another quantity than the duty.

    >>> from kosho.law.schedules import parse_duty
    >>> bounds(parse_duty("37.2¢/kg + 6%"))
    RateBounds(low=0.06, high=inf)
    >>> bounds(parse_duty("See 9823.08.01"))
    RateBounds(low=0, high=inf)
    """
    if duty.standing(unit_value) == "rate":
        return exactly(duty.ad_valorem_equivalent(unit_value))
    found = duty.bounds(unit_value)
    if found is None:
        return UNKNOWN
    return RateBounds(float(found.low), inf if found.high is None else float(found.high))


@dataclass(frozen=True, slots=True)
class OrdinaryDuty(Shown):
    """What goods of a line pay before any measure.

    >>> from kosho.law.ordinary_duty import OrdinaryDuty, exactly
    >>> OrdinaryDuty(exactly(0.025), exactly(0.0), "Free").claimed.low
    0.0
    """

    general: RateBounds
    claimed: RateBounds
    """Of the preference claimed; the general one without a claim."""
    text: str = ""
    """The duty that applies, as printed or in its own notation."""
    source: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    unknown: str = ""
    """Why it is no number."""


def schedule_lines(query: Query) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Codes under a code to which schedules give duties of their own; and all lines there are, where that is
    known.

    The duties that ship are of lines the cases use: they tell nothing of the lines beside them.
    """
    from kosho.law.schedules.embedded import EDITION  # noqa: PLC0415 - schedules are read when needed
    from kosho.law.schedules.ordinary import in_force  # noqa: PLC0415

    for schedule in in_force(query.importer, query.on):
        inside = [line.code for line in schedule.lines.under(query.code)]
        if schedule.edition == EDITION:
            return tuple(inside), shipped_lines(query.importer, query.code)
        if inside:
            longer = zip(inside, [*inside[1:], ""], strict=True)
            return tuple(inside), tuple(code for code, after in longer if not after.startswith(code))
    return (), shipped_lines(query.importer, query.code)


def ordinary_duty(query: Query, code: str) -> OrdinaryDuty:
    """What goods of a part (see `kosho.law.parts`) pay before any measure, or between what.

    Raises:
        InputError: a unit value that does not fit the duty.
    """
    general = _found(query, code, NONE)
    if query.facts.preference == NONE:
        return OrdinaryDuty(
            general.bounds, general.bounds, general.text, general.source, general.notes, general.unknown
        )
    claimed = _found(query, code, query.facts.preference)
    if claimed.bounds.exact:
        return OrdinaryDuty(general.bounds, claimed.bounds, claimed.text, claimed.source, claimed.notes)
    ceiling = min(claimed.bounds.high, general.bounds.high)
    unknown = claimed.unknown
    if ceiling < claimed.bounds.high:
        unknown += _("; without the claim it is {text}, which is the most it can be", text=general.text)
    return OrdinaryDuty(
        general.bounds,
        RateBounds(min(claimed.bounds.low, ceiling), ceiling),
        claimed.text,
        claimed.source,
        claimed.notes,
        unknown,
    )


@dataclass(frozen=True, slots=True)
class _Found:
    bounds: RateBounds
    text: str = ""
    source: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    unknown: str = ""


def _given() -> tuple[str]:
    """The source of what came with the question."""
    return (_("given with the question"),)


def _found(query: Query, code: str, preference: str) -> _Found:
    what = _("ordinary duty") if preference == NONE else _("duty under {preference}", preference=preference)
    given = query.general if preference == NONE else query.claimed
    if given is not None:
        return _read(given, query, what, _given())
    from kosho.law.schedules.ordinary import lookup  # noqa: PLC0415 - schedules are read when needed

    try:
        found = lookup(query.importer, query.exporter, code, query.on, preference, query.facts.in_quota)
    except InputError:
        raise
    except KoshoError as error:
        return _Found(UNKNOWN, unknown=_("the {what} is not known: {error}", what=what, error=error))
    if found is None or not found.answered or not code.startswith(found.line.code):
        return _Found(UNKNOWN, unknown=_("no {what} is given or known", what=what))
    notes = (*filter(None, (found.note,)), *_of_later_day(found, query, what))
    if found.note and query.general is not None:
        return _read(query.general, query, what, _given(), notes)
    return _read(found.duty, query, what, (found.source,), notes)


def _of_later_day(found: Ordinary, query: Query, what: str) -> Iterator[str]:
    """What is said of a duty that rests on what was not there on the day of the knowledge, or not surely."""
    if query.known is None:
        return
    if found.undated:
        yield _(
            "the {what} rests on a source without a date ({source}): "
            "whether it was known on {day} is not known",
            what=what,
            day=query.known,
            source=found.source,
        )
    elif found.later_than(query.known):
        yield _(
            "the {what} rests on an edition of a later day than {day} ({source}): "
            "what was known of it then is not at hand",
            what=what,
            day=query.known,
            source=found.source,
        )


def _read(duty: Duty, query: Query, what: str, source: tuple[str, ...], notes: tuple[str, ...] = ()) -> _Found:
    plain = duty.under(in_quota=query.facts.in_quota) or duty
    try:
        found = bounds(plain, query.unit_value)
    except InputError as error:
        raise about(error, what) from None
    if found.exact:
        return _Found(found, str(plain), source, (*notes, *_beyond(plain, found.low, query, what)))
    return _Found(found, str(plain), source, notes, _why(plain, query.unit_value, what))


def _beyond(duty: Duty, rate: float, query: Query, what: str) -> Iterator[str]:
    """What is said of money a unit that no duty comes to: mostly of a unit value that is of another unit."""
    if query.unit_value is not None and 100.0 * rate > PERCENT_DUTY.high:
        yield _(
            "the {what} of {duty} comes to {percent:,.0f} % at {value}: no duty is that high; is the unit "
            "value of that unit?",
            what=what,
            duty=duty,
            percent=100.0 * rate,
            value=query.unit_value,
        )


def _why(duty: Duty, unit_value: UnitValue | None, what: str) -> str:
    try:
        duty.ad_valorem_equivalent(unit_value)
    except KoshoError as error:
        return f"{what}: {error}"
    return ""


def about(error: InputError, what: str) -> InputError:
    """The same mistakes, with the duty they are about in front."""
    return InputError(replace(problem, message=f"{what}: {problem.message}") for problem in error.problems)
