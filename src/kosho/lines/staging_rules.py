"""Agreements as staging sees them: days of cuts, names of categories, roundings; duties of a line by year."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Literal, cast

from pydantic import AfterValidator, Field

from kosho.declared import as_declared
from kosho.display import Shown
from kosho.errors import InputError, Problem, suggest
from kosho.language import _, cached
from kosho.law.schedules import FREE, AdValorem, Component, ConditionalDuty, Duty, Specific
from kosho.law.schedules.duty import IN_QUOTA, OUT_OF_QUOTA, Term, Terms
from kosho.lines.rounding import Rounding, RoundingMode
from kosho.lines.staging import Category, equal, parse_category
from kosho.provenance import Day, Frozen, Text
from kosho.yamlfile import load

__all__ = ["Agreement", "StagedDuty", "agreements", "staged"]


class RoundingRule(Frozen):
    """Which way, to how many places."""

    mode: RoundingMode
    places: Annotated[int, Field(ge=0, le=9)]

    @property
    def rounding(self) -> Rounding:
        """The same, to round with."""
        return Rounding(self.mode, self.places)


def _day_of_year(text: str) -> str:
    try:
        date.fromisoformat(f"2023-{text}")  # no leap year: a day that every year has
    except ValueError:
        raise ValueError("a day of every year, MM-DD") from None
    return text


class Agreement(Frozen):
    """The staging rules of an importer under an agreement.

    >>> from datetime import date
    >>> from kosho.lines import agreements
    >>> rules = agreements()["cptpp-jpn"]
    >>> rules.cuts_made(date(2026, 3, 31)), rules.category("B10").cuts, rules.percent.mode
    (8, 11, 'down')
    """

    id: str
    title: Text
    importer: str | None
    entry: Day | None
    """On which the first cut is made; None where it is not in force: cuts are then only counted."""
    later: Annotated[str, AfterValidator(_day_of_year)]
    """`04-01`: the day of all later cuts, the first one even where it comes weeks after entry."""
    instalments: Literal["n", "n+1", "none"]
    """What B and a number n stands for."""
    percent: RoundingRule
    money: dict[str, RoundingRule]
    """By currency."""
    names: dict[str, str] = Field(default_factory=dict)
    """Other categories, in the notation of `parse_category`."""
    base: str | None = None
    """Which rate is the base, where the agreement says another than the one in force at its signature."""
    basis: str
    """What the rules rest on."""

    def category(self, name: str) -> Category:
        """A category by its name here, or in plain notation.

        Raises:
            InputError: it is neither.
        """
        plain, _, quota = name.strip().partition(";")
        plain = plain.strip()
        if plain in self.names:
            return replace(
                parse_category(f"{self.names[plain]};{quota}" if quota else self.names[plain]), text=name
            )
        if plain == "A":
            return parse_category(f"immediate;{quota}" if quota else "immediate")
        match = re.fullmatch(r"B(\d{1,2})", plain)
        if match and self.instalments != "none" and int(match[1]):
            found = Category(name, left=equal(int(match[1]) + (self.instalments == "n+1")))
            return replace(found, quota=parse_category(f"keep;{quota}").quota) if quota else found
        return parse_category(name)

    def cuts_made(self, on: date) -> int:
        """How many cuts have been made on a day: one at entry into force, one on every later day since.

        Raises:
            InputError: the agreement has no day of entry into force.
        """
        entry = self._entered()
        if on < entry:
            return 0
        first = date.fromisoformat(f"{entry.year}-{self.later}")
        first_year = entry.year if first > entry else entry.year + 1
        passed = on.year - (on < date.fromisoformat(f"{on.year}-{self.later}"))
        return 1 + max(passed - first_year + 1, 0)

    def day_of(self, cut: int) -> date:
        """The day of a cut, from 1.

        Raises:
            InputError: the agreement has no day of entry into force.
        """
        entry = self._entered()
        if cut <= 1:
            return entry
        first = date.fromisoformat(f"{entry.year}-{self.later}")
        return date.fromisoformat(f"{entry.year + (first <= entry) + cut - 2}-{self.later}")

    def _entered(self) -> date:
        if self.entry is None:
            raise InputError(
                Problem(
                    _("{title} has no day of entry into force", title=self.title),
                    _("count its cuts"),
                    key="entry",
                )
            )
        return self.entry

    def rounding_percent(self, mode: str) -> Agreement:
        """The same rules with another rounding of percent: of a line that its text rounds otherwise.

        Raises:
            InputError: an unknown mode.
        """
        Rounding(cast("RoundingMode", mode), self.percent.places)
        return self.model_copy(update={"percent": self.percent.model_copy(update={"mode": mode})})

    def of_money(self, currency: str) -> Rounding:
        """The rounding of amounts in a currency.

        Raises:
            InputError: there is none.
        """
        if currency not in self.money:
            told = _("{title} has no rounding for amounts in {currency}", title=self.title, currency=currency)
            raise InputError(Problem(told, _("it has {money}", money=", ".join(self.money)), key="money"))
        return self.money[currency].rounding


class AgreementFile(Frozen):
    """`agreements.yaml`, and files of users."""

    title: Text
    agreements: tuple[Agreement, ...]


@cached
def _shipped() -> Mapping[str, Agreement]:
    return _read(Path(__file__).with_name("agreements.yaml"))


def _read(path: Path) -> dict[str, Agreement]:
    file, _ = load(path, AgreementFile)
    return {one.id: one for one in file.agreements}


@as_declared
def agreements(path: Path | None = None) -> Mapping[str, Agreement]:
    """The staging rules that ship, by id, with those of a file of one's own before them.

    Raises:
        InputError: the file is wrong, with its line.

    >>> from kosho.lines import agreements
    >>> agreements()["japan-eu-jpn"].category("B3").cuts, agreements()["cptpp-usa"].category("B3").cuts
    (4, 3)
    """
    return _shipped() if path is None else {**_shipped(), **_read(path)}


def agreement_of(name: str, path: Path | None = None) -> Agreement:
    """One of them.

    Raises:
        InputError: there is none of that id.
    """
    known = agreements(path)
    if name not in known:
        raise InputError(
            Problem(
                _("unknown agreement {name!r}", name=name), suggest(name, known) or "kosho lines agreements"
            )
        )
    return known[name]


@dataclass(frozen=True, slots=True)
class StagedDuty(Shown):
    """A duty after a cut.

    >>> from kosho.lines import agreements, parse_category, staged
    >>> from kosho.law.schedules import parse_duty
    >>> path = staged(parse_duty("6.8%"), parse_category("equal 5"), agreements()["korus-usa"])
    >>> [str(one.duty) for one in path], str(path[1].day)
    (['6.8%', '5.4%', '4%', '2.7%', '1.3%', 'Free'], '2012-03-15')
    """

    cut: int
    """0 is the base."""
    day: date | None
    """From which it applies; None for the base and where the agreement has no day."""
    duty: Duty
    """As rounded by the agreement."""


@as_declared
def staged(duty: Duty, category: Category, rules: Agreement) -> list[StagedDuty]:
    """Every duty from the base to the end: each element of a compound duty is staged and rounded by itself.

    Conditions stay: seasons each have their own path; of a duty with a quota, what is inside is staged and what
    is outside kept. Words that could not be read cannot be staged.

    Raises:
        InputError: the duty is not read, or its money is staged by a category told in percent.

    >>> from kosho.lines import agreements, parse_category, staged
    >>> from kosho.law.schedules import parse_duty
    >>> wine = parse_duty("15% or 125 yen/l, whichever is the less; not less than 67 yen/l")
    >>> str(staged(wine, agreements()["rcep-jpn"].category("B15"), agreements()["rcep-jpn"])[5].duty)
    '10.3% or 85.94 JPY/liter, whichever is the lower; not less than 46.06 JPY/liter'
    """
    if duty.unread:
        raise InputError(
            Problem(_("the duty {unread!r} is not read, and cannot be staged", unread=duty.unread))
        )
    terms = _terms(duty)
    if category.percent_only and any(isinstance(term, Specific) for term in terms):
        told = _("{text!r} is told in percent, the duty {duty} has money a unit", text=category.text, duty=duty)
        raise InputError(Problem(told, _("equal N stages both")))
    bases = [Fraction(term.percent) for term in terms if isinstance(term, AdValorem)]
    last = max((category.last(base) for base in bases), default=category.cuts)
    found = [StagedDuty(0, None, duty)]
    for cut in range(1, last + 1):
        day = None if rules.entry is None else rules.day_of(cut)
        found.append(StagedDuty(cut, day, _after(duty, category, cut, rules)))
    return found


def _terms(duty: Duty) -> list[Term]:
    return [*duty.terms, *(term for case in duty.cases for term in _terms(case.duty))]


def _after(duty: Duty, category: Category, cut: int, rules: Agreement) -> Duty:
    """A duty after a cut, within its conditions."""
    if duty.cases:
        cases = (
            one if one.condition == OUT_OF_QUOTA else replace(one, duty=_cut(one.duty, category, cut, rules))
            for one in duty.cases
        )
        return replace(duty, cases=tuple(cases), text="")
    done = _cut(duty, category, cut, rules)
    if category.quota is None:
        return done
    cases = (ConditionalDuty(IN_QUOTA, done), ConditionalDuty(OUT_OF_QUOTA, duty))
    return Duty(cases=cases)


def _cut(duty: Duty, category: Category, cut: int, rules: Agreement) -> Duty:
    """A duty without conditions after a cut; elements that have come to nothing fall away."""

    def elements(terms: Terms) -> Terms:
        return tuple(one for term in terms for one in [_element(term, category, cut, rules)] if one is not None)

    if duty.cases:
        return _after(duty, category, cut, rules)
    sums = tuple(elements(terms) for terms in duty.sums)
    if not any(sums):
        return FREE
    least, most = elements(duty.at_least), elements(duty.at_most)
    return replace(duty, sums=sums, at_least=least, at_most=most, text="")


def _element(term: Term, category: Category, cut: int, rules: Agreement) -> Term | None:
    """An element after a cut, rounded by its kind; None where nothing is left of it."""
    if isinstance(term, Component):
        return term
    base = Fraction(term.percent if isinstance(term, AdValorem) else term.amount)
    exact = category.rate(base, cut)
    if exact == base:
        return term  # what is not cut is not rounded either
    if isinstance(term, AdValorem):
        percent = rules.percent.rounding.of(exact)
        return replace(term, percent=percent) if percent else None
    amount = rules.of_money(term.currency).of(exact)
    return replace(term, amount=amount) if amount else None
