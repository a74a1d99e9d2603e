"""The rate on a product at the level of a tariff line, with everything that made it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from kosho.codes import blocs, sector_name
from kosho.declared import as_declared
from kosho.errors import InputError, Problem, Problems, suggest
from kosho.formatting import the_country
from kosho.language import _
from kosho.law.days_of_change import days_of_change
from kosho.law.export_controls import controls
from kosho.law.export_controls import in_words as control_in_words
from kosho.law.headings import Headings, Position, cover
from kosho.law.measure import Measure
from kosho.law.measure_file import Omission
from kosho.law.nomenclature import SHIPPED, refuse_absent
from kosho.law.ordinary_duty import RateBounds
from kosho.law.outside import outside
from kosho.law.parts import dotted, parts
from kosho.law.possible_rates import SAME, Goods, PartRate, Rates, headings_of, longer
from kosho.law.query import NONE, LineRate, Pending, Query, RateQuote, RateSpan
from kosho.law.rateless import RATELESS
from kosho.law.register import Register
from kosho.law.scope import CONTENTS, belongs
from kosho.law.stacking import MFN, Applied, Layer, Removed
from kosho.law.trade_weights import likely_rate, shipped_trade
from kosho.law.untold import claimable, in_words, untold

__all__ = ["ATTRIBUTES", "coverage", "history", "known_attributes", "quote"]

ATTRIBUTES = ("us_232", "civil_aircraft", "in_quota")
"""Attributes that are known whether a measure uses them or not."""


@as_declared
def quote(register: Register, query: Query, trade: Mapping[str, float] | None = None) -> RateQuote:
    """The rate on a product with its layers, what was removed and why, what is pending, and what is doubtful.

    Exemptions and exclusions first, specific duties to ad valorem, floors, then sums. Where the lines under the
    code pay differently, or something is not known, the rate is None and `low` and `high` are its bounds.

    Args:
        register: Dated measures.
        query: What is asked.
        trade: Imports from the origin by code, for the likely rate; those that ship by default, where there are
            any.

    Raises:
        InputError: the shipment tells an attribute or claims a preference that nothing knows; the tariff has no
            such code; a unit value does not fit a specific duty; members of a bloc are treated differently.

    >>> from datetime import date
    >>> from kosho.law import Query, Register, quote
    >>> found = quote(Register.load(), Query("USA", "JPN", "8703.23.01", date(2025, 6, 1)))
    >>> found.total, [layer.measure for layer in found.layers], [one.measure for one in found.removed]
    ('27.5 %', ['mfn', 'us-232-autos-25'], ['us-ieepa-baseline-10'])
    >>> quote(Register.load(), Query("USA", "JPN", "3004.90", date(2025, 10, 10))).rate is None
    True
    """
    _refuse_unknown_facts(register, query)
    refuse_absent(query.importer, query.code, query.on)
    if query.exporter in blocs():
        one = quote(register, replace(query, exporter=_alike(register, query)), trade)
        return replace(one, query=query)
    goods = Goods.of(register, query)
    found = _told(goods, goods.rates(), trade)
    if goods.query.code == query.code:
        return found
    note = _(
        "{shipped} has no statistical number {dotted}: what is told is of its line",
        shipped=SHIPPED,
        dotted=dotted(query.code),
    )
    return replace(found, query=query, warnings=(note, *found.warnings))


def _likely(query: Query, rates: Rates, trade: Mapping[str, float] | None) -> float | None:
    if rates.rate is not None or len(rates.parts) == 1:
        return rates.rate
    weights = shipped_trade(query.importer, query.exporter, query.code) if trade is None else trade
    return None if weights is None else likely_rate(rates.parts, weights)


def _told(goods: Goods, rates: Rates, trade: Mapping[str, float] | None) -> RateQuote:
    """The answer with all that belongs to it."""
    register, query = goods.register, goods.query
    prohibited = _bans(rates)
    facts = untold(goods, rates)
    preferences = claimable(goods)
    in_force = {measure.id for measure in goods.law}
    lowest, highest = _ends(rates)
    removed = dict.fromkeys(one for part in rates.parts for one in _removed(part))
    return RateQuote(
        query=query,
        rate=rates.rate,
        low=rates.low,
        high=rates.high,
        likely=_likely(query, rates, trade),
        if_free=None if all(part.duty.claimed.exact for part in rates.parts) else rates.if_free,
        lowest=lowest,
        highest=highest,
        unknown=tuple(_unknown(rates, goods.headings)),
        layers=_layers(rates, query),
        removed=tuple(removed),
        pending=tuple(one for one in _pending(register, query) if one.measure not in in_force),
        prohibited=tuple(dict.fromkeys(measure.id for measure, _other in prohibited)),
        facts=facts,
        preferences=preferences,
        outside=outside(query.importer),
        verified_to=register.verified_to(query.importer),
        warnings=tuple(dict.fromkeys(_warnings(goods, rates, [*in_words(facts, preferences, rates)]))),
    )


def _warnings(goods: Goods, rates: Rates, about_facts: Sequence[str]) -> Iterator[str]:
    register, query = goods.register, goods.query
    yield from (note for part in rates.parts for note in part.duty.warnings)
    for measure, some in _bans(rates):
        whole = "" if not some else _("some lines under {hs} ", hs=query.hs)
        yield _(
            "{whole}prohibited: {title} ({legal_basis})",
            whole=whole,
            title=measure.title,
            legal_basis=measure.legal_basis,
        )
    for part in rates.parts:
        for measure, found in part.covers:
            if found.applies and (note := _note(measure)) is not None:
                yield f"{measure.title}: {note}"
    for measure, names in _sectoral(register, query, goods.law, rates):
        yield _(
            "{title}: {note}; told by sector ({names})",
            title=measure.title,
            note=_note(measure),
            names=", ".join(names),
        )
    yield from (text for part in rates.parts for text in _doubts(goods, part))
    for omission in dict.fromkeys(one for part in rates.parts for one in part.omissions):
        yield f"{_not_held(omission)}: {omission.why}"
    for part in rates.parts:
        yield from (text for item in part.pile.applied if (text := _content(item, query)) is not None)
    yield from about_facts
    for control, surely in controls(
        register, query.exporter, query.importer, query.code, query.on, query.known
    ):
        yield control_in_words(control, surely=surely)
    yield from coverage(register, query.importer, query.on, any_law=bool(goods.law))
    left = [
        one.what
        for one in register.not_covered
        if not one.prefixes and one.concerns(query.importer, query.exporter, query.on)
    ]
    if left:
        yield _(
            "the register leaves out of the measures of {importer}: {names}",
            importer=the_country(query.importer),
            names="; ".join(left),
        )


def _not_held(omission: Omission) -> str:
    return _(
        "the register does not hold {lower}{what}", lower=omission.what[:1].lower(), what=omission.what[1:]
    )


def _note(measure: Measure) -> str | None:
    """What is said beside a rate of a measure that has none."""
    note = RATELESS[measure.kind].note if measure.kind in RATELESS else None
    return None if note is None else _(note)


def _bans(rates: Rates) -> list[tuple[Measure, bool]]:
    """Bans that cover the goods, and whether only some."""
    covered: dict[str, tuple[Measure, int]] = {}
    for part in rates.parts:
        for measure, found in part.covers:
            if found.applies and measure.kind == "ban":
                covered[measure.id] = measure, covered.get(measure.id, (measure, 0))[1] + 1
    return [(measure, count < len(rates.parts)) for measure, count in covered.values()]


def _unknown(rates: Rates, headings: Headings) -> Iterator[str]:
    """Why there is no total."""
    if rates.rate is not None:
        return
    yield from dict.fromkeys(part.duty.unknown for part in rates.parts if part.duty.unknown)
    for omission in dict.fromkeys(one for part in rates.parts if part.rate is None for one in part.omissions):
        if omission.decides:
            yield _not_held(omission)
    for part in rates.parts:
        for item in part.pile.applied:
            if item.measure.id in part.levels and not part.levels[item.measure.id].exact:
                yield _("{title} needs the value of a unit of the goods", title=item.measure.title)
    titles = (one for part in rates.parts if part.rate is None for one in _open_titles(part, headings))
    for title in dict.fromkeys(titles):
        yield _("whether the code is on {title} is not certain", title=title)
    known = {round(part.rate, 9) for part in rates.parts if part.rate is not None}
    if len(known) > 1:
        yield _("the lines under the code pay differently; a longer code would tell")


def _open_titles(part: PartRate, headings: Headings) -> Iterator[str]:
    """Lists that were not read in full and leave the rate of a part open."""
    if part.bounds.high - part.bounds.low > SAME:
        yield from (headings.title(key) for key in part.open_lists)


def _layers(rates: Rates, query: Query) -> tuple[Layer, ...]:
    """Layers that all parts bear; their values where they are the same in all."""
    piles = [_layers_of(part, query) for part in rates.parts]
    if rates.rate is not None:
        return tuple(piles[0])
    common: list[Layer] = []
    for layer in piles[0]:
        same = [other for pile in piles for other in pile if other.measure == layer.measure]
        if len(same) == len(piles):
            alike = all(other.value == layer.value for other in same)
            common.append(layer if alike else replace(layer, value=None))
    return tuple(common)


def _layers_of(part: PartRate, query: Query) -> list[Layer]:
    claimed, general = part.duty.claimed, part.duty.general
    preference = query.facts.preference
    basis = (
        _("ordinary duty")
        if preference == NONE
        else _("ordinary duty under {preference}", preference=preference)
    )
    layers = [
        Layer(MFN, claimed.low if claimed.exact else None, MFN, basis, part.duty.source or (_("not known"),))
    ]
    pile = part.pile.at(claimed.low)
    paid = RateBounds(pile.leaves(claimed.low), pile.leaves(claimed.high))
    for item in pile.applied:
        if item.concedes:
            layers.append(item.layer([(claimed.low, 1.0)] if claimed.exact else None))
            continue
        base = paid if item.measure.floor_base == "claimed" else general
        level = part.levels.get(item.measure.id)
        if level is not None:
            item = replace(item, level=level.low)  # noqa: PLW2901 - the same duty, priced
        known = (level is None or level.exact) and (item.measure.kind != "floor" or base.exact)
        layers.append(item.layer([(base.low, 1.0)] if known else None))
    return layers


def _removed(part: PartRate) -> Iterator[Removed]:
    yield from (found.removed for _other, found in part.covers if found.removed is not None)
    yield from part.pile.at(part.duty.claimed.low).removed


def _ends(rates: Rates) -> tuple[tuple[LineRate, ...], tuple[LineRate, ...]]:
    """Parts that pay the least and the most."""
    lowest = min(part.bounds.low for part in rates.parts)
    highest = max(part.bounds.high for part in rates.parts)
    least = [part for part in rates.parts if part.bounds.low == lowest]
    if rates.low == 0.0:
        least = [part for part in least if part.duty.claimed.exact]
    return (
        tuple(
            LineRate(str(part.part), rates.low, tuple(item.measure.id for item in part.lowest.applied))
            for part in least
        ),
        tuple(
            LineRate(str(part.part), rates.high, tuple(item.measure.id for item in part.highest.applied))
            for part in rates.parts
            if part.bounds.high == highest
        ),
    )


def _doubts(goods: Goods, part: PartRate) -> Iterator[str]:
    """Lists that were not read in full and decide on something, whichever way they are taken."""
    for measure, found in part.covers:
        for key in found.by:
            if key in part.open_lists:
                yield _(
                    "{title}: whether the code is on {title_2} is not certain",
                    title=measure.title,
                    title_2=goods.headings.title(key),
                )


def _sectoral(
    register: Register, query: Query, law: Sequence[Measure], rates: Rates
) -> Iterator[tuple[Measure, list[str]]]:
    """Measures without a rate on sectors in which a product group holds the code, and names of these."""
    codes = [part.part.code for part in rates.parts]
    held = {
        group.sector
        for group in register.products.groups.values()
        if all(code.startswith(group.hs.prefixes) for code in codes)
    }
    for measure in law:
        scope = measure.scope
        if scope is None or _note(measure) is None or measure.level_on(query.exporter) is None:
            continue
        found = [sector_name(code) for code in scope.sectors if code in held]
        if found:
            yield measure, found


@as_declared
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
        raise InputError(Problem(_("{last} is before {first}", last=last, first=first)))
    from kosho.law.schedules.ordinary import turns as duty_turns  # noqa: PLC0415 - see `_of_schedule`

    turns = {first, last + timedelta(days=1)}
    turns |= days_of_change(register, query.importer, first, last, query.known)
    if not query.gives_duty:
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


def _content(item: Applied, query: Query) -> str | None:
    share = item.measure.value_share
    if share is None or share.attribute is None or share.attribute in query.facts.content:
        return None
    taken = share.given({})
    if share.unstated == "average" and taken >= 1.0:
        return None
    return _(
        "{attribute} is not told: {title} is taken on {taken:.0%} of the value",
        attribute=share.attribute,
        title=item.measure.title,
        taken=taken,
    )


def coverage(register: Register, importer: str, on: date, *, any_law: bool) -> list[str]:
    """What is to be said of a day on which the register may lack measures of an importer.

    Args:
        register: The law.
        importer: Whose.
        on: The day.
        any_law: Whether some measure of the importer is held.
    """
    spans = [span for span in register.duties_covered if belongs(importer, span.imposer)]
    if not spans and not any_law:
        return [
            _(
                "the register holds no measures of {importer}: what it adds to ordinary duties is unknown",
                importer=the_country(importer),
            )
        ]
    if spans and not any(span.first <= on <= span.last for span in spans):
        days = ", ".join(
            dict.fromkeys(_("{first} to {last}", first=span.first, last=span.last) for span in spans)
        )
        return [
            _(
                "the register claims to cover {importer} from {days}; measures on {on} may be missing",
                importer=the_country(importer),
                days=days,
                on=on,
            )
        ]
    return []


def _pending(register: Register, query: Query) -> Iterator[Pending]:
    """Measures that were public, would cover the product, and do not apply on the day."""
    known = query.known or query.on
    ends = _terminations(register, known)
    headings = headings_of(register)
    for measure in register.measures:
        if (
            measure.kind == "termination"
            or measure.stage == "offered"
            or measure.known_from > known
            or not measure.imposed_by(query.importer)
            or measure.level_on(query.exporter) is None
        ):
            continue
        last = measure.last_day(known)
        begins = _begins(measure, query.on, last, ends.get(measure.id, []))
        dropped = measure.stage == "never_in_force" and last is None and query.on >= measure.first_day
        if begins is None or dropped or (begins == query.on and measure.stage in ("in_force", "expired")):
            continue
        positions = (
            Position(part.code, headings) for part in parts(query.code, longer(measure, query.code, headings))
        )
        covers = (cover(measure, query.facts, one, headings) for one in positions)
        if any(found is not None and found.applies for found in covers):
            yield Pending(
                measure.id,
                measure.title,
                measure.stage,
                begins if measure.stage in ("in_force", "expired") else measure.first_day,
                measure.authority,
                measure.legal_basis,
                measure.source,
            )


def _terminations(register: Register, known: date) -> dict[str, list[tuple[date, date | None]]]:
    """First and last day of what ends or suspends each measure, as known."""
    ends: dict[str, list[tuple[date, date | None]]] = {}
    for item in register.measures:
        if item.kind == "termination" and item.known_from <= known and item.stage in ("in_force", "expired"):
            for name in item.terminates:
                ends.setdefault(name, []).append((item.first_day, item.last_day(known)))
    for name, first in register.ends:
        ends.setdefault(name, []).append((first, None))
    return ends


def _begins(
    measure: Measure, on: date, until: date | None, ends: Sequence[tuple[date, date | None]]
) -> date | None:
    """First day from `on` at which the measure's dates allow it and nothing ends it; None if there is none."""
    day = max(on, measure.first_day)
    for first, last in sorted(ends, key=lambda span: span[0]):
        if first <= day and (last is None or day <= last):
            if last is None:
                return None
            day = last + timedelta(days=1)
    return day if until is None or day <= until else None


def _alike(register: Register, query: Query) -> str:
    """A member of a bloc whose members are treated alike.

    Raises:
        InputError: they are not.
    """
    members = [code for code in blocs()[query.exporter].members if code != query.importer]
    asked = [Goods.of(register, replace(query, exporter=code)) for code in members]
    found = {goods.query.exporter: _signature(goods, goods.rates()) for goods in asked}
    for other in members[1:]:
        if found[other] != found[members[0]]:
            message = _(
                "members of {exporter} are treated differently: {members} and {other}",
                exporter=query.exporter,
                members=members[0],
                other=other,
            )
            raise InputError(Problem(message, _("name one")))
    return members[0]


def _signature(goods: Goods, rates: Rates) -> tuple[object, ...]:
    """Two with the same one are treated alike."""
    return (
        *rates.same,
        tuple((layer.measure, layer.value) for layer in _layers(rates, goods.query)),
        tuple(measure.id for measure, _other in _bans(rates)),
    )


def known_attributes(register: Register) -> set[str]:
    """Attributes that a shipment may tell."""
    return {*ATTRIBUTES, *register.asked.attributes}


def _refuse_unknown_facts(register: Register, query: Query) -> None:
    """Refuse attributes and preferences that nothing knows, and preferences that are not granted."""
    facts = query.facts
    problems: list[Problem] = []
    attributes = known_attributes(register) if facts.answers else set[str]()
    for name in facts.answers:
        if name not in attributes:
            hint = suggest(name, {*attributes, *CONTENTS, "preference"})
            problems.append(Problem(_("unknown attribute {name!r}", name=name), hint))
    if facts.preference != NONE:
        problems += _refusals(register, query)
    if problems:
        raise InputError(problems)


def _refusals(register: Register, query: Query) -> list[Problem]:
    from kosho.law.schedules.preferences import claim, preferences  # noqa: PLC0415 - read when needed

    name = query.facts.preference
    problems = Problems()
    register.note_preference(problems, name)
    if problems.found:
        return problems.found
    if query.exporter in blocs() or all(one.id != name for one in preferences()):
        return []
    try:
        claim(name, query.importer, query.exporter, query.on)
    except InputError as error:
        return list(error.problems)
    return []
