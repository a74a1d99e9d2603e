"""What became known between two days: measures added, ended, and changed back in time, with what they touch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from kosho.display import Card, Shown, listing
from kosho.errors import InputError, Problem
from kosho.language import _
from kosho.law.measure import Measure
from kosho.law.register import Register

__all__ = ["Change", "known_between"]

What = Literal["added", "ended", "suspended", "announced"]


@dataclass(frozen=True, slots=True)
class Change(Shown):
    """A measure that became known.

    >>> from datetime import date
    >>> from kosho.law import Register
    >>> news = known_between(Register.load(), date(2025, 9, 3), date(2025, 9, 16), "USA")
    >>> [one.measure for one in news if one.retroactive]
    ['us-ieepa-jpn-15-replaced', 'us-ieepa-jpn-floor-15']
    """

    what: What
    measure: str
    title: str
    imposer: str
    known_from: date
    first: date
    """First day it acts."""
    last: date | None
    retroactive: bool
    """Whether it acts on days before anybody knew."""
    touches: tuple[str, ...]
    """Of an end: the measures it ends."""
    partners: tuple[str, ...]
    """Economies it is aimed at, as they are written (`all`, blocs)."""
    lines: tuple[str, ...]
    """Headings it covers, as they are written; `all goods` and sectors where it names no headings."""
    legal_basis: str
    source: tuple[str, ...]

    def card(self) -> Card:
        """What became known, when, from when it acts, and on what."""
        rows = [
            ("known", str(self.known_from)),
            ("acts", f"{self.first}" + (f" to {self.last}" if self.last else "")),
            ("partners", listing(self.partners)),
            ("on", listing(self.touches or self.lines)),
            ("legal basis", self.legal_basis),
        ]
        return Card(f"Change {self.what}: {self.measure}", rows)


def known_between(register: Register, first: date, second: date, importer: str | None = None) -> list[Change]:
    """What was not known on the first day and was on the second, in the order in which it became known.

    Raises:
        InputError: the second day is not after the first.
    """
    if second <= first:
        raise InputError(
            Problem(
                _("{second} is not after {first}", second=second, first=first),
                _("the earlier day first"),
                key="--known",
            )
        )
    found = [
        _change(register, measure)
        for measure in register.measures
        if first < measure.known_from <= second and (importer is None or measure.imposed_by(importer))
    ]
    return sorted(found, key=lambda one: (one.known_from, one.first, one.measure))


def _change(register: Register, measure: Measure) -> Change:
    ended = [register.measure(name) for name in measure.terminates]
    law = ended or [measure]
    return Change(
        what=_what(measure),
        measure=measure.id,
        title=measure.title,
        imposer=measure.imposer,
        known_from=measure.known_from,
        first=measure.first_day,
        last=measure.legal_to,
        retroactive=measure.first_day < measure.known_from and measure.stage in ("in_force", "expired"),
        touches=measure.terminates,
        partners=tuple(dict.fromkeys(code for one in law for code in _partners(one))),
        lines=tuple(dict.fromkeys(code for one in law for code in _lines(register, one))),
        legal_basis=measure.legal_basis,
        source=measure.source,
    )


def _what(measure: Measure) -> What:
    if measure.kind == "termination":
        return "ended" if measure.legal_to is None else "suspended"
    return "added" if measure.stage in ("in_force", "expired") else "announced"


def _partners(measure: Measure) -> Iterator[str]:
    if isinstance(measure.value, dict):
        yield from measure.value
    else:
        yield from measure.partners.include


def _lines(register: Register, measure: Measure) -> Iterator[str]:
    scope = measure.scope
    if scope is None:
        return
    if scope.goods:
        yield _("all goods")
    yield from scope.sectors
    for name in scope.lists:
        yield from register.lists[name].prefixes
    for name in scope.groups:
        yield from register.products.groups[name].hs.prefixes
    if scope.hs is not None:
        yield from scope.hs.prefixes
