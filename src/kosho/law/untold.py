"""Facts that decide and were not told, and preferences that were not claimed: the rate each would give."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from kosho.display import percent
from kosho.language import _, ngettext
from kosho.law.headings import keys_of
from kosho.law.possible_rates import Goods, Rates
from kosho.law.query import NONE, Claimable, Facts, Untold
from kosho.law.scope import Answer, Content

__all__ = ["claimable", "facts_in_words", "in_words", "untold"]

OTHER: Mapping[Answer, Answer] = {"yes": "no", "no": "yes"}
ENDS = (0.0, 100.0)
"""Percent of content that is tried where none was told."""


def untold(goods: Goods, rates: Rates) -> tuple[Untold, ...]:
    """Facts that the shipment did not tell, and with another answer to which the numbers would differ.

    Args:
        goods: What is shipped.
        rates: What it pays as it is told.
    """
    found: list[Untold] = []
    facts = goods.query.facts
    for name in _attributes(goods):
        if name not in facts.answers:
            taken = facts.answer(name)
            other = OTHER[taken]
            changed = replace(facts, answers={**facts.answers, name: other})
            found += _different(goods, rates, changed, (name, taken, other))
    for name, taken in _contents(goods).items():
        if name not in facts.content:
            for end in ENDS:
                changed = replace(facts, content={**facts.content, name: end})
                found += _different(goods, rates, changed, (name, taken, f"{end:g}"))
    return tuple(found)


def _different(goods: Goods, rates: Rates, facts: Facts, words: tuple[str, str, str]) -> Iterator[Untold]:
    other = goods.rates(facts)
    if other.same != rates.same:
        yield Untold(*words, *other.same)


def _attributes(goods: Goods) -> list[str]:
    """Facts of yes and no that some measure asks for."""
    found: dict[str, None] = {}
    for measure in goods.reaching:
        if measure.kind == "tariff_quota":
            found["in_quota"] = None
        if measure.scope is not None:
            found |= dict.fromkeys(measure.scope.attributes)
        attributes = (goods.headings.attribute(key) for key in keys_of(measure) if goods.hold(key))
        found |= dict.fromkeys(name for name in attributes if name is not None)
    if goods.quota_in_schedule:
        found["in_quota"] = None
    return list(found)


def _contents(goods: Goods) -> dict[Content, str]:
    """Contents that some measure asks for, and what is taken where they are not told."""
    found: dict[Content, str] = {}
    for measure in goods.reaching:
        share = measure.value_share
        if share is not None and share.attribute is not None:
            found.setdefault(share.attribute, _("a duty on {given:.0%} of the value", given=share.given({})))
        if measure.scope is not None:
            for name in measure.scope.content:
                found.setdefault(name, _("not told"))
    return found


def claimable(goods: Goods) -> tuple[Claimable, ...]:
    """Preferences that the importer grants the origin, or the line gives, and that were not claimed."""
    from kosho.law.schedules.preferences import preferences  # noqa: PLC0415 - read when needed

    query = goods.query
    if query.facts.preference != NONE:
        return ()
    found: list[Claimable] = []
    for one in preferences():
        if not one.grants(query.importer, query.exporter, query.on) or any(one.id == had.id for had in found):
            continue
        rates = goods.rates(replace(query.facts, preference=one.id))
        duties = {part.duty.text for part in rates.parts}
        known = all(not (part.duty.unknown or part.duty.warnings) for part in rates.parts)
        if not one.exporters and (not known or query.claimed is not None):
            continue  # open to many: only what the line itself gives is said to be on offer
        source = next((name for part in rates.parts for name in part.duty.source), one.source)
        text = duties.pop() if known and len(duties) == 1 else ""
        found.append(Claimable(one.id, one.told, text, *rates.same, source))
    return tuple(found)


def in_words(facts: Iterable[Untold], preferences: Iterable[Claimable], rates: Rates) -> Iterator[str]:
    """A sentence for each that would change the numbers, or may; one for facts that would change them alike."""
    yield from facts_in_words(facts)
    for one in preferences:
        if (one.rate, one.low, one.high) == rates.same:
            continue
        duty = _(" (duty {duty})", duty=one.duty) if one.duty else ""
        yield _(
            "{title} is not claimed: with preference={id} the rate is {total}{duty}",
            title=one.title,
            id=one.id,
            total=_total(one),
            duty=duty,
        )


def facts_in_words(facts: Iterable[Untold]) -> Iterator[str]:
    """A sentence for facts that would change the numbers alike."""
    alike: dict[tuple[str, str, str], list[str]] = {}
    for one in facts:
        alike.setdefault((one.taken, one.answer, _total(one)), []).append(one.fact)
    for (taken, answer, rate), names in alike.items():
        told = _(" or ").join(f"{name}={answer}" for name in names)
        yield ngettext(
            "{names} is not told, taken as {taken}: with {told} the rate is {rate}",
            "{names} are not told, taken as {taken}: with {told} the rate is {rate}",
            len(names),
            names=", ".join(names),
            taken=taken,
            told=told,
            rate=rate,
        )


def _total(one: Untold | Claimable) -> str:
    if one.rate is not None:
        return percent(one.rate)
    if one.low is not None and one.high is not None:
        return _("between {share} and {share_2}", share=percent(one.low), share_2=percent(one.high))
    if one.high is not None:
        return _("not known, at most {share}", share=percent(one.high))
    return _("not known") if one.low is None else _("not known, at least {share}", share=percent(one.low))
