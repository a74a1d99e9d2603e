"""What of a register needs a look on a day, with why: files not compared with their sources, days that came."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from kosho.display import Shown
from kosho.language import _
from kosho.law.measure import Measure
from kosho.law.register import Register

__all__ = ["Stale", "stale"]

Reason = Literal["not verified", "start has come", "pending", "suspension ended", "unconfirmed", "ended"]
"""`not verified`: past the day to which it was compared with its sources; `start has come`: announced for a day
that is over; `pending`: an inquiry without a result; `suspension ended`: what it held back applies again, if
nobody prolonged it; `unconfirmed`: its file says that nobody found out; `ended`: by its own last day, and
nothing of its authority follows."""

INQUIRY = ("pending", "investigation", "inquiry", "initiation", "調査")
"""Words of titles and of legal bases, in every language they are told in."""


@dataclass(frozen=True, slots=True)
class Stale(Shown):
    """One thing to look at.

    >>> from datetime import date
    >>> from kosho.law import Register
    >>> over = [one for one in stale(Register.load(), date(2026, 11, 29)) if one.reason == "suspension ended"]
    >>> over[0].subject, str(over[0].since)
    ('us-301-maritime-suspension', '2026-11-10')
    """

    reason: Reason
    subject: str
    """Id of a measure, or an imposer whose files are meant."""
    since: date
    """First day from which a look was due."""
    why: str
    place: str | None = None
    """File and line of a measure."""


def stale(register: Register, on: date, importer: str | None = None) -> list[Stale]:
    """What needs a look on a day, the longest due first.

    Args:
        register: The law.
        on: The day of the look.
        importer: Only what this economy imposes.
    """
    law = [one for one in register.measures if importer is None or one.imposed_by(importer)]
    found = [
        *_files(register, on, {one.imposer for one in law}),
        *(entry for measure in law for entry in _of(register, measure, on)),
    ]
    return sorted(found, key=lambda one: (one.since, one.subject, one.reason))


def _files(register: Register, on: date, imposers: set[str]) -> Iterator[Stale]:
    for imposer in sorted(imposers):
        day = register.verified.get(imposer)
        if day is None:
            first = min(one.known_from for one in register.measures if one.imposer == imposer)
            yield Stale(
                "not verified",
                imposer,
                first,
                _("no file of {imposer} says to which day it was verified", imposer=imposer),
            )
        elif day < on:
            why = _("measures of {imposer} were compared with their sources to {day}", imposer=imposer, day=day)
            yield Stale("not verified", imposer, day + timedelta(days=1), why)


def _of(register: Register, measure: Measure, on: date) -> Iterator[Stale]:
    place = register.places.get(measure.id)
    if measure.verified_to is not None and measure.verified_to < on:
        why = _(
            "{title}: compared with its sources to {verified_to}",
            title=measure.title,
            verified_to=measure.verified_to,
        )
        yield Stale("not verified", measure.id, measure.verified_to + timedelta(days=1), why, place)
    if measure.unconfirmed_from is not None and measure.unconfirmed_from <= on:
        why = _("{title}: whether it applies was not found out", title=measure.title)
        yield Stale("unconfirmed", measure.id, measure.unconfirmed_from, why, place)
    if _announced(register, measure, on):
        if _is_inquiry(measure):
            yield Stale(
                "pending", measure.id, measure.first_day, _("{title}: any result?", title=measure.title), place
            )
        else:
            why = _(
                "{title}: was to start on {first_day}; did it?",
                title=measure.title,
                first_day=measure.first_day,
            )
            yield Stale("start has come", measure.id, measure.first_day, why, place)
    elif _is_inquiry(measure) and measure.stage == "in_force":
        last = measure.legal_to
        if measure.first_day <= on and (last is None or on <= last):
            yield Stale(
                "pending", measure.id, measure.first_day, _("{title}: any result?", title=measure.title), place
            )
    if _suspends(measure) and measure.legal_to is not None and measure.legal_to < on:
        back = [name for name in measure.terminates if _returns_unseen(register, name, measure.legal_to)]
        if back:
            since = measure.legal_to + timedelta(days=1)
            again = _("{names} applies again, or was it prolonged?", names=", ".join(back))
            why = _(
                "{title}: ended on {legal_to}; {again}",
                title=measure.title,
                legal_to=measure.legal_to,
                again=again,
            )
            yield Stale("suspension ended", measure.id, since, why, place)
    elif _ran_out(register, measure, on) and measure.legal_to is not None:
        follows = _("nothing of {authority} follows", authority=measure.authority)
        why = _(
            "{title}: ended on {legal_to} by itself, and {follows}",
            title=measure.title,
            legal_to=measure.legal_to,
            follows=follows,
        )
        yield Stale("ended", measure.id, measure.legal_to + timedelta(days=1), why, place)


def _announced(register: Register, measure: Measure, on: date) -> bool:
    """Whether it was announced for a day that is over, and nothing says that it was dropped."""
    if measure.stage != "announced" or measure.first_day > on:
        return False
    ended = any(measure.id in one.terminates for one in register.measures)
    return not ended and (measure.legal_to is None or on <= measure.legal_to)


def _is_inquiry(measure: Measure) -> bool:
    words = f"{measure.title} {measure.authority} {measure.legal_basis}".lower()
    return measure.kind == "unpriced" and any(word in words for word in INQUIRY)


def _suspends(measure: Measure) -> bool:
    return measure.kind == "termination" and measure.legal_to is not None and measure.stage == "in_force"


def _returns_unseen(register: Register, name: str, last: date) -> bool:
    """Whether a measure comes back after the last day of its suspension, and nobody has looked since."""
    measure, verified = register.measure(name), register.verified_to(name)
    looked = verified is not None and verified > last and measure.unconfirmed_from is None
    return not looked and any(one.id == name for one in register.in_force(last + timedelta(days=1)))


def _ran_out(register: Register, measure: Measure, on: date) -> bool:
    """Whether a measure that acted ended by its own last day before the look, without one that follows.

    Only what ended since its file was last verified: what ended before was looked at.
    """
    last, verified = measure.legal_to, register.verified_to(measure.id)
    if last is None or measure.kind == "termination" or measure.stage != "in_force" or last >= on:
        return False
    if verified is not None and last < verified:
        return False
    after = last + timedelta(days=1)
    return not any(
        one.authority == measure.authority and one.first_day >= measure.first_day and one.id != measure.id
        for one in register.in_force(after)
    )
