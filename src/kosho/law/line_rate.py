"""The rate on one product at the level of a tariff line, with everything that made it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from kosho.codes import blocs, sector_name
from kosho.errors import InputError, KoshoError, Problem, suggest
from kosho.law.edition_scope import in_edition
from kosho.law.export_controls import controls, in_words
from kosho.law.headings import CodePosition, Cover, Place, Places, cover
from kosho.law.measure import Measure
from kosho.law.query import NONE, Pending, Query, RateQuote, RateSpan
from kosho.law.rateless import RATELESS
from kosho.law.register import Register
from kosho.law.schedules import FREE, Duty, Specific, UnitValue
from kosho.law.scope import CONTENTS
from kosho.law.stacking import MFN, Applied, Layer, Stack, stack

__all__ = ["ATTRIBUTES", "history", "known_attributes", "known_preferences", "quote"]

ATTRIBUTES = ("us_232", "civil_aircraft", "in_quota")
"""Attributes that are known whether a measure uses them or not."""


def quote(register: Register, query: Query) -> RateQuote:
    """The rate on a product with its layers, what was removed and why, what is pending, and what is doubtful.

    Exemptions and exclusions first, specific duties to ad valorem, floors, then sums.

    Raises:
        InputError: the shipment tells an attribute or claims a preference that nothing knows; a specific duty
            lacks a unit value; members of a bloc are treated differently.

    >>> from datetime import date
    >>> from kosho.law import Query, Register, quote
    >>> quote(Register.load(), Query("USA", "JPN", "8703.23.01", date(2025, 6, 1)))
    RateQuote 27.5 %: USA on 8703.23.01 from JPN, 2025-06-01
      mfn                    2.5 % (ordinary duty)
      us-232-autos-25        25 % (Proclamation 10908; Executive Order 14289; heading 9903.94.01)
      us-ieepa-baseline-10   removed by us-232-autos-25
      us-ieepa-annex1        pending, from 2025-07-09
    """
    _refuse_unknown_facts(register, query)
    if query.exporter in blocs():
        return _of_bloc(register, query)
    register = in_edition(register, query.importer, query.on)
    places = position(register, query.code)
    duty = _ordinary(query)
    warnings = list(duty.warnings)
    law = [m for m in register.in_force(query.on, query.known) if m.imposed_by(query.importer)]
    in_force = {measure.id for measure in law}
    covers = list(_covers(register, query, law, places))
    prohibited = [measure for measure, found in covers if found.applies and measure.kind == "ban"]
    warnings += [f"prohibited: {measure.title} ({measure.legal_basis})" for measure in prohibited]
    warnings += [
        f"{measure.title}: {note}"
        for measure, found in covers
        if found.applies and (note := _note(measure)) is not None
    ]
    warnings += [
        f"{measure.title}: {_note(measure)}; told by sector ({', '.join(names)})"
        for measure, names in _sectoral(register, query, law, places)
    ]
    pile = stack(
        [
            (measure, rate)
            for measure, found in covers
            if found.applies and (rate := _level(measure, query)) is not None
        ],
        register.order,
        lambda measure: 1.0 if measure.value_share is None else measure.value_share.given(query.facts.content),
    )
    warnings += _doubts(covers, pile)
    warnings += [text for item in pile.applied if (text := _untold(item, query)) is not None]
    warnings += [
        in_words(measure, surely=surely)
        for measure, surely in controls(register, query.exporter, query.importer, places, query.on, query.known)
    ]
    warnings += _coverage(register, query, any_law=bool(law))
    layers = [Layer(MFN, duty.claimed, MFN, _basis(query), duty.source)]
    layers += [
        Layer(
            item.measure.id,
            item.adds([(duty.claimed if item.measure.floor_base == "claimed" else duty.general, 1.0)]),
            item.measure.authority,
            item.measure.legal_basis,
            item.measure.source,
        )
        for item in pile.applied
    ]
    removed = [found.removed for _, found in covers if found.removed is not None]
    return RateQuote(
        query=query,
        rate=sum(layer.value for layer in layers),
        layers=tuple(layers),
        removed=(*removed, *pile.removed),
        pending=tuple(one for one in _pending(register, query, places) if one.measure not in in_force),
        prohibited=tuple(measure.id for measure in prohibited),
        warnings=tuple(dict.fromkeys(warnings)),
    )


def _note(measure: Measure) -> str | None:
    """What is said beside a rate of a measure that has none."""
    return RATELESS[measure.kind].note if measure.kind in RATELESS else None


def _sectoral(
    register: Register, query: Query, law: Sequence[Measure], places: CodePosition
) -> Iterator[tuple[Measure, list[str]]]:
    """Measures without a rate on sectors in which a product group holds the code, and names of these."""
    groups = register.products.groups.values()
    held = {group.sector for group in groups if places.at("group", group.id) is Place.IN}
    for measure in law:
        scope = measure.scope
        if scope is None or _note(measure) is None or measure.level_on(query.exporter) is None:
            continue
        found = [sector_name(code) for code in scope.sectors if code in held]
        if found:
            yield measure, found


def history(register: Register, query: Query, first: date, last: date) -> list[RateSpan]:
    """Answers from `first` to `last`, one a span of days over which rate and layers stay the same.

    Raises:
        InputError: `last` is before `first`, or see `quote`.

    >>> from datetime import date
    >>> from kosho.law import Query, Register, history
    >>> query = Query("USA", "JPN", "8703.23.01", date(2025, 6, 1))
    >>> spans = history(Register.load(), query, date(2025, 3, 1), date(2025, 10, 1))
    >>> [f"{span.first} {span.quote.rate:.1%}" for span in spans]
    ['2025-03-01 2.5%', '2025-04-03 27.5%', '2025-09-16 15.0%']
    """
    if last < first:
        raise InputError(Problem(f"{last} is before {first}"))
    from kosho.law.schedules.ordinary import turns as duty_turns  # noqa: PLC0415 - see `_of_schedule`

    turns = {first, last + timedelta(days=1)}
    for measure in register.measures:
        if measure.imposed_by(query.importer):
            ends = [measure.legal_to + timedelta(days=1)] if measure.legal_to is not None else []
            turns |= {day for day in (measure.first_day, *ends) if first < day <= last}
    turns |= {day for _, day in register.ends if first < day <= last}
    if query.general is None or (query.claimed is None and query.facts.preference != NONE):
        turns |= duty_turns(query.importer, query.code, first, last)
    spans: list[RateSpan] = []
    for start, after in pairwise(sorted(turns)):
        found = quote(register, replace(query, on=start))
        end = after - timedelta(days=1)
        if spans and spans[-1].quote.signature == found.signature:
            spans[-1] = replace(spans[-1], last=end)
        else:
            spans.append(RateSpan(start, end, found))
    return spans


def position(register: Register, code: str) -> CodePosition:
    """Where a code lies to all headings of a register."""
    return CodePosition(code, register.lists, register.products, register.headings)


def _level(measure: Measure, query: Query) -> float | None:
    """Value of a measure for the shipment as a fraction of customs value; None if not aimed or without a rate.

    Raises:
        InputError: a specific duty without a unit value that fits.
    """
    if measure.kind in RATELESS or measure.kind == "termination":
        return None
    found = measure.level_on(query.exporter, in_quota=query.facts.answer("in_quota") == "yes")
    if found is None or measure.unit == "percent":
        return None if found is None else found / 100
    currency, _, unit = measure.unit.partition("/")
    duty = Duty(sums=((Specific(Decimal(str(found)), currency, unit),),))
    return _equivalent(duty, query.unit_value, measure.title)


def _equivalent(duty: Duty, unit_value: UnitValue | None, what: str) -> float:
    try:
        return duty.ad_valorem_equivalent(unit_value)
    except InputError as error:
        problems = [replace(problem, message=f"{what}: {problem.message}") for problem in error.problems]
        raise InputError(problems) from None


class _Ordinary(NamedTuple):
    """What goods pay before any measure, as fractions."""

    general: float
    claimed: float
    """Of the preference claimed; the general one without a claim."""
    source: tuple[str, ...]
    warnings: tuple[str, ...]


def _ordinary(query: Query) -> _Ordinary:
    warnings: list[str] = []
    general, source = query.general, ("given with the question",)
    if general is None:
        general, source = _of_schedule(query, NONE, warnings)
    claimed = general
    if query.facts.preference != NONE:
        claimed, source = query.claimed, ("given with the question",)
        if claimed is None:
            claimed, source = _of_schedule(query, query.facts.preference, warnings)
    return _Ordinary(
        _in_percent(general, query, warnings), _in_percent(claimed, query, warnings), source, tuple(warnings)
    )


def _of_schedule(query: Query, preference: str, warnings: list[str]) -> tuple[Duty, tuple[str, ...]]:
    """The duty of a schedule at hand; free, with a warning, where there is none."""
    from kosho.law.schedules.ordinary import lookup  # noqa: PLC0415 - schedules are read when needed

    what = "ordinary duty" if preference == NONE else f"duty under {preference}"
    try:
        in_quota = query.facts.answer("in_quota") == "yes"
        found = lookup(query.importer, query.exporter, query.code, query.on, preference, in_quota)
    except InputError:
        raise
    except KoshoError as error:
        warnings.append(f"no {what} is known, taken as 0: {error}")
        return FREE, ("assumed",)
    if found is None or not found.answered:
        warnings.append(f"no {what} is given or known: taken as 0")
        return FREE, ("assumed",)
    if found.note:
        warnings.append(found.note)
        if query.general is not None:
            return query.general, ("given with the question",)
    return found.duty, (found.source,)


def _in_percent(duty: Duty, query: Query, warnings: list[str]) -> float:
    in_quota = query.facts.answer("in_quota") == "yes"
    try:
        return _equivalent(duty.under(in_quota=in_quota) or duty, query.unit_value, "ordinary duty")
    except InputError:
        raise
    except KoshoError as error:
        warnings.append(f"ordinary duty taken as 0: {error}")
        return 0.0


def _basis(query: Query) -> str:
    preference = query.facts.preference
    return "ordinary duty" if preference == NONE else f"ordinary duty under {preference}"


def _covers(
    register: Register, query: Query, measures: Iterable[Measure], places: Places
) -> Iterator[tuple[Measure, Cover]]:
    """Measures aimed at the exporter whose headings hold the code."""
    for measure in measures:
        if measure.level_on(query.exporter) is not None:
            found = cover(measure, query.facts, places, register.lists, register.products)
            if found is not None:
                yield measure, found


def _doubts(covers: Sequence[tuple[Measure, Cover]], pile: Stack) -> list[str]:
    """Doubts about measures that play a part, or would if the doubt were resolved the other way."""
    part = {item.measure.id for item in pile.applied} | {item.by for item in pile.removed}
    names = part | {item.measure.authority for item in pile.applied}
    return [
        doubt
        for measure, found in covers
        if measure.id in part or (not found.applies and names & set(measure.excludes))
        for doubt in found.doubts
    ]


def _untold(item: Applied, query: Query) -> str | None:
    share = item.measure.value_share
    if share is None or share.attribute is None or share.attribute in query.facts.content:
        return None
    taken = share.given({})
    if share.unstated == "average" and taken >= 1.0:
        return None
    return f"{share.attribute} is not told: {item.measure.title} is taken on {taken:.0%} of the value"


def _coverage(register: Register, query: Query, *, any_law: bool) -> list[str]:
    spans = [
        span
        for span in register.duties_covered
        if query.importer == span.imposer
        or (span.imposer in blocs() and query.importer in blocs()[span.imposer].members)
    ]
    if not spans and not any_law:
        return [
            f"the register holds no measures of {query.importer}: what it adds to ordinary duties is unknown"
        ]
    if spans and not any(span.first <= query.on <= span.last for span in spans):
        days = ", ".join(dict.fromkeys(f"{span.first} to {span.last}" for span in spans))
        return [
            f"the register claims to cover {query.importer} from {days}; measures on {query.on} may be missing"
        ]
    return []


def _pending(register: Register, query: Query, places: Places) -> Iterator[Pending]:
    """Measures that were public, would cover the product, and do not apply on the day."""
    known = query.known or query.on
    ends = _ends(register, known)
    for measure in register.measures:
        if (
            measure.kind == "termination"
            or measure.stage == "offered"
            or measure.known_from > known
            or not measure.imposed_by(query.importer)
            or measure.level_on(query.exporter) is None
        ):
            continue
        begins = _begins(measure, query.on, ends.get(measure.id, []))
        dropped = (
            measure.stage == "never_in_force" and measure.legal_to is None and query.on >= measure.first_day
        )
        if begins is None or dropped or (begins == query.on and measure.stage in ("in_force", "expired")):
            continue
        found = cover(measure, query.facts, places, register.lists, register.products)
        if found is not None and found.applies:
            yield Pending(
                measure.id,
                measure.title,
                measure.stage,
                begins if measure.stage in ("in_force", "expired") else measure.first_day,
                measure.authority,
                measure.legal_basis,
                measure.source,
            )


def _ends(register: Register, known: date) -> dict[str, list[tuple[date, date | None]]]:
    """First and last day of what ends or suspends each measure, as known."""
    ends: dict[str, list[tuple[date, date | None]]] = {}
    for item in register.measures:
        if item.kind == "termination" and item.known_from <= known and item.stage in ("in_force", "expired"):
            for name in item.terminates:
                ends.setdefault(name, []).append((item.first_day, item.legal_to))
    for name, first in register.ends:
        ends.setdefault(name, []).append((first, None))
    return ends


def _begins(measure: Measure, on: date, ends: Sequence[tuple[date, date | None]]) -> date | None:
    """First day from `on` at which the measure's dates allow it and nothing ends it; None if there is none."""
    day = max(on, measure.first_day)
    for first, last in sorted(ends, key=lambda span: span[0]):
        if first <= day and (last is None or day <= last):
            if last is None:
                return None
            day = last + timedelta(days=1)
    return day if measure.legal_to is None or day <= measure.legal_to else None


def _of_bloc(register: Register, query: Query) -> RateQuote:
    """The answer for a bloc whose members are treated alike."""
    members = [code for code in blocs()[query.exporter].members if code != query.importer]
    quotes = {code: quote(register, replace(query, exporter=code)) for code in members}
    rates = {code: found.signature for code, found in quotes.items()}
    if len(set(rates.values())) > 1:
        first = members[0]
        other = next(code for code in members if rates[code] != rates[first])
        raise InputError(
            Problem(f"members of {query.exporter} are treated differently: {first} and {other}", "name one")
        )
    return replace(quotes[members[0]], query=query)


def known_attributes(register: Register) -> set[str]:
    """Attributes that a shipment may tell."""
    return {*ATTRIBUTES, *register.asked.attributes}


def known_preferences(register: Register) -> set[str]:
    """Preferences that a shipment may claim."""
    from kosho.law.schedules.preferences import preferences  # noqa: PLC0415 - read when needed

    return {NONE, *register.asked.preferences, *(one.id for one in preferences())}


def _refuse_unknown_facts(register: Register, query: Query) -> None:
    """Refuse attributes and preferences that nothing knows, and preferences that are not granted."""
    facts = query.facts
    problems: list[Problem] = []
    attributes = known_attributes(register) if facts.answers else set[str]()
    for name in facts.answers:
        if name not in attributes:
            hint = suggest(name, {*attributes, *CONTENTS, "preference"})
            problems.append(Problem(f"unknown attribute {name!r}", hint))
    if facts.preference != NONE:
        problems += _refusals(register, query)
    if problems:
        raise InputError(problems)


def _refusals(register: Register, query: Query) -> list[Problem]:
    from kosho.law.schedules.preferences import claim, preferences  # noqa: PLC0415 - read when needed

    name = query.facts.preference
    known = known_preferences(register)
    if name not in known:
        return [Problem(f"unknown preference {name!r}", suggest(name, known))]
    if query.exporter in blocs() or all(one.id != name for one in preferences()):
        return []
    try:
        claim(name, query.importer, query.exporter, query.on)
    except InputError as error:
        return list(error.problems)
    return []
