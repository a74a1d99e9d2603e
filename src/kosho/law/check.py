"""Contradictions in a register that no single measure shows: what `kosho register check` finds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import combinations

from kosho.errors import Problem
from kosho.language import _
from kosho.law.headings import Position, cover
from kosho.law.measure import DUTIES, PRICED, Measure
from kosho.law.overlap import double_prices, impossible
from kosho.law.possible_rates import headings_of
from kosho.law.query import Facts
from kosho.law.rateless import RATELESS
from kosho.law.register import Register
from kosho.law.scope import Answer, Content, members
from kosho.law.stacking import stack

__all__ = ["contradictions"]

WHOLE = 1.0 + 1e-9
OTHER_GOODS = "9999"
"""A heading that no list names, for measures on all goods."""

Dates = tuple[date, date | None]


def contradictions(register: Register) -> list[Problem]:
    """Everything that contradicts itself, in file order.

    - a file that says all of an imposer is held, without any measure of it;
    - a duty that rests on nothing published when it is said to have become known;
    - an end or suspension of a measure of somebody else, of one that had ended itself, or before it began;
    - two duties of one authority on the same product of the same origin on the same day;
    - a measure that excludes itself, or an authority that is only its own;
    - standards in force together that price one barrier twice, purchases beyond a ceiling in force.

    Exclusions in a circle and references to something unknown are found when a register is loaded.
    """
    found = [
        *register.unfounded,
        *_early(register),
        *_ends(register),
        *_selves(register),
        *_aimless(register),
        *_overlaps(register),
        *_together(register),
    ]
    return sorted(found, key=lambda problem: (problem.file or "", problem.line or 0))


def _early(register: Register) -> Iterator[Problem]:
    """Measures said to be known before any of their sources was published."""
    for measure in register.measures:
        dated = [
            source
            for name in measure.source
            if (source := register.sources.get(name)) is not None and source.date is not None
        ]
        primary = [source for source in dated if source.kind == "primary"] or dated
        days = {source.date: source.id for source in primary if source.date is not None}
        if days and len(dated) == len(measure.source) and measure.known_from < min(days):
            first = min(days)
            yield register.problem(
                measure,
                _(
                    "known from {known_from}, before it was announced: its first source is of {first}",
                    known_from=measure.known_from,
                    first=first,
                ),
                _("known_from {first}, or an earlier source than {days}", first=first, days=days[first]),
            )


def _ends(register: Register) -> Iterator[Problem]:
    measures = {measure.id: measure for measure in register.measures}
    for end in register.measures:
        for name in end.terminates:
            ended = measures.get(name)
            if ended is None:
                yield register.problem(end, _("ends {name!r}, which is unknown", name=name))
            elif ended.kind == "termination":
                yield register.problem(
                    end, _("ends {named}, which is itself an end", named=register.named(ended))
                )
            elif ended.imposer != end.imposer:
                yield register.problem(
                    end,
                    _(
                        "ends {named}, a measure of {imposer}",
                        named=register.named(ended),
                        imposer=ended.imposer,
                    ),
                )
            elif ended.legal_to is not None and end.first_day > ended.legal_to:
                yield register.problem(
                    end,
                    _(
                        "ends {named} on {first_day}, which ended on {legal_to}",
                        named=register.named(ended),
                        first_day=end.first_day,
                        legal_to=ended.legal_to,
                    ),
                )
            elif end.legal_to is not None and end.legal_to < ended.first_day:
                yield register.problem(
                    end,
                    _(
                        "suspends {named}, which begins later, on {first_day}",
                        named=register.named(ended),
                        first_day=ended.first_day,
                    ),
                )


def _aimless(register: Register) -> Iterator[Problem]:
    """Measures on goods of nobody: their partners are none, all excluded, or the imposer alone."""
    for measure in register.measures:
        if measure.kind in (*DUTIES, "ban", "quota"):
            hit = members(measure.partners.include) - members(measure.partners.exclude)
            if all(measure.imposed_by(one) for one in hit):
                yield register.problem(
                    measure,
                    _("hits nobody: its partners name none but the imposer and those they exclude"),
                    _("name whom it is for, or leave `partners` out: it is for all then"),
                )


def _selves(register: Register) -> Iterator[Problem]:
    for measure in register.measures:
        if measure.id in measure.excludes:
            yield register.problem(measure, _("excludes itself"))
        others = any(m.authority == measure.authority and m is not measure for m in register.measures)
        if measure.authority in measure.excludes and not others:
            yield register.problem(
                measure,
                _("excludes its own authority {authority}, which has no other", authority=measure.authority),
            )


def _together(register: Register) -> Iterator[Problem]:
    """Measures without a rate that cannot be in force together."""
    spans = {
        measure.id: _in_force(register, measure)
        for measure in register.measures
        if measure.terms is not None and measure.stage in ("in_force", "expired")
    }
    law = [measure for measure in register.measures if measure.id in spans]
    for first, second in combinations(law, 2):
        if first.imposer == second.imposer and _common_days(spans[first.id], spans[second.id]):
            yield from double_prices(register, (first, second))
            yield from impossible(register, (first, second))


@dataclass(frozen=True)
class _Claim:
    """When, on whom and on what a duty is levied."""

    measure: Measure
    spans: tuple[Dates, ...]
    """Days it is in force, as known latest."""
    partners: frozenset[str]


def _overlaps(register: Register) -> Iterator[Problem]:
    """Pairs of duties of one authority that both apply in full somewhere."""
    probe = _Probe(register)
    by_authority: dict[tuple[str, str], list[_Claim]] = {}
    for measure in register.measures:
        if measure.kind in PRICED and measure.stage in ("in_force", "expired"):
            spans = _in_force(register, measure)
            if spans:
                claim = _Claim(measure, spans, probe.partners(measure))
                by_authority.setdefault((measure.imposer, measure.authority), []).append(claim)
    for claims in by_authority.values():
        for first, second in combinations(claims, 2):
            clash = probe.clash(first, second)
            if clash is not None:
                yield register.problem(
                    second.measure,
                    _(
                        "overlaps {named}: both claim {clash} under {authority}",
                        named=register.named(first.measure),
                        clash=clash,
                        authority=second.measure.authority,
                    ),
                    _("end one, or let one exclude the other"),
                )


def _in_force(register: Register, measure: Measure) -> tuple[Dates, ...]:
    """Spans of days on which a measure is in force, ends and suspensions taken out."""
    spans: list[Dates] = [(measure.first_day, measure.legal_to)]
    for end in register.measures:
        if measure.id in end.terminates and end.stage in ("in_force", "expired"):
            spans = [piece for span in spans for piece in _without(span, (end.first_day, end.legal_to))]
    return tuple(spans)


def _without(span: Dates, gap: Dates) -> Iterator[Dates]:
    first, last = span
    start, stop = gap
    if (last is not None and start > last) or (stop is not None and stop < first):
        yield span
        return
    if start > first:
        yield first, start - timedelta(days=1)
    if stop is not None and (last is None or stop < last):
        yield stop + timedelta(days=1), last


class _Probe:
    """Looks for a shipment on which two duties both apply."""

    def __init__(self, register: Register) -> None:
        self.register = register
        self._laws: dict[tuple[str, date], tuple[list[Measure], dict[str, tuple[bool, ...]]]] = {}

    @cached_property
    def economies(self) -> tuple[str, ...]:
        """Origins to try: all economies that some measure tells apart, and one that none does."""
        from kosho.codes import countries  # noqa: PLC0415 - a table, read when needed

        return tuple(countries())

    def partners(self, measure: Measure) -> frozenset[str]:
        """Economies a measure is aimed at."""
        return frozenset(code for code in self.economies if measure.level_on(code) is not None)

    def clash(self, first: _Claim, second: _Claim) -> str | None:
        """Where both apply, in words; None if nowhere."""
        partners = (first.partners & second.partners) - {first.measure.imposer}
        days = _common_days(first.spans, second.spans)
        if not partners or not days or _related(first.measure, second.measure):
            return None
        facts = _facts(first.measure, second.measure)
        if facts is None:
            return None
        for code in self._codes(first.measure, second.measure):
            for day in days:
                law, sorts = self._law(first.measure.imposer, day)
                # One partner of each sort that the law tells apart.
                telling = {sorts[partner]: partner for partner in sorted(partners, reverse=True)}
                for partner in sorted(telling.values()):
                    if self._both(first.measure, second.measure, (code, partner, facts), law):
                        return _("{code} from {partner} on {day}", code=code, partner=partner, day=day)
        return None

    def _law(self, imposer: str, day: date) -> tuple[list[Measure], dict[str, tuple[bool, ...]]]:
        """Measures of an imposer in force on a day, and which of them are aimed at each economy."""
        if (imposer, day) not in self._laws:
            law = [measure for measure in self.register.in_force(day) if measure.imposer == imposer]
            aims = [self.partners(measure) for measure in law]
            sorts = {code: tuple(code in aim for aim in aims) for code in self.economies}
            self._laws[imposer, day] = law, sorts
        return self._laws[imposer, day]

    def _codes(self, first: Measure, second: Measure) -> list[str]:
        """Headings that both may cover."""
        given = [self._prefixes(measure) for measure in (first, second)]
        if given[0] is None and given[1] is None:
            return [OTHER_GOODS]
        candidates = {code for prefixes in given if prefixes is not None for code in prefixes if len(code) >= 4}
        return sorted(
            code
            for code in candidates
            if all(prefixes is None or code.startswith(tuple(prefixes)) for prefixes in given)
        )

    def _prefixes(self, measure: Measure) -> list[str] | None:
        """Headings of a scope; None for all goods."""
        scope = measure.scope
        if scope is None or scope.goods:
            return None
        prefixes = [code for name in scope.lists for code in self.register.lists[name].prefixes]
        prefixes += [code for name in scope.groups for code in self.register.products.groups[name].hs.prefixes]
        return prefixes + list(scope.hs.prefixes if scope.hs is not None else ())

    def _both(
        self, first: Measure, second: Measure, shipment: tuple[str, str, Facts], law: Sequence[Measure]
    ) -> bool:
        """Whether both are left on a shipment, on more than the whole of its value together."""
        code, partner, facts = shipment
        register = self.register
        headings = headings_of(register)
        places = Position(code, headings)
        aimed: list[tuple[Measure, float]] = []
        for measure in law:
            if measure.kind in RATELESS or measure.level_on(partner) is None:
                continue
            found = cover(measure, facts, places, headings)
            if found is not None and found.applies:
                aimed.append((measure, 0.0))
        weights = {item.measure.id: item.weight for item in stack(aimed, register.order).applied}
        both = (first.id, second.id)
        return all(name in weights for name in both) and sum(weights[name] for name in both) > WHOLE


def _related(first: Measure, second: Measure) -> bool:
    """Whether one says that it excludes the other."""
    return any(
        other.id in one.excludes or other.authority in one.excludes
        for one, other in ((first, second), (second, first))
    )


def _common_days(first: Sequence[Dates], second: Sequence[Dates]) -> list[date]:
    """First days of the overlaps of two sets of spans."""
    days: list[date] = []
    for start, last in first:
        for begin, end in second:
            day = max(start, begin)
            if (last is None or day <= last) and (end is None or day <= end):
                days.append(day)
    return days


def _facts(first: Measure, second: Measure) -> Facts | None:
    """What a shipment that both cover would tell; None if they cover different ones."""
    claims: set[str] | None = None
    answers: dict[str, Answer] = {}
    content: dict[Content, float] = {}
    for measure in (first, second):
        scope = measure.scope
        if scope is None:
            return None
        if scope.preference:
            claims = set(scope.preference) if claims is None else claims & set(scope.preference)
        for name, answer in scope.attributes.items():
            if answers.setdefault(name, answer) != answer:
                return None
        for name, (low, high) in scope.content.items():
            if not low <= content.setdefault(name, low) < high:
                content[name] = max(content[name], low)
    if claims is not None and not claims:
        return None
    preference = "none" if claims is None or "none" in claims else min(claims)
    return Facts(preference, answers, content)
