"""The first page: what to ask for, what to accept, what it brings, what breaks it, what is due. A line each.

Made from what a brief holds, for any parties: with a table, with scenarios only, or with a record only. What is
not known is said so. No line names a solution concept or a scenario.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

from kosho import formatting
from kosho.brief import statement_text
from kosho.brief.model import Brief, DealTerm, FirstPart, Outlook, Prospect, StruckSummary
from kosho.brief.outlook import over
from kosho.scenario.interval import Interval

__all__ = ["first_page", "struck", "turning_point"]

ROOM = 62
"""Words that the terms of a deal may take; what does not fit is on the next page."""
DATES = 2
"""Dates that are named."""


def first_page(brief: Brief) -> dict[FirstPart, str]:
    """The lines of the first page.

    >>> from kosho.brief.first_page import first_page
    >>> list(first_page(brief))  # a brief as `compose` gives it
    ['ask', 'accept', 'gains', 'break', 'due', 'caveat']
    """
    found = brief.outlook
    ask = None if found is None else found.prospect("ask")
    agreed = struck(brief)
    if agreed is not None:
        return {
            "ask": _agreed(agreed),
            "accept": _left_by(agreed),
            "gains": _gains_agreed(brief, agreed),
            "break": " ".join(
                filter(None, (_breaks_agreed(brief), *(_worth(brief, one) for one in _failing(brief))))
            ),
            "due": _due(brief),
            "caveat": _caveat(brief),
        }
    if found is None or ask is None:
        return {
            "ask": _on_the_table(brief),
            "accept": _nothing_priced(brief),
            "gains": _costs(brief),
            "break": "",
            "due": _due(brief),
            "caveat": _caveat(brief),
        }
    return {
        "ask": _asked(brief, found.party, ask),
        "accept": _accepted(brief, found),
        "gains": _gains(brief, found),
        "break": _breaks(brief, found),
        "due": _due(brief),
        "caveat": _caveat(brief),
    }


def struck(brief: Brief) -> StruckSummary | None:
    """What was agreed, where that is what the page has to tell: the talks over the table are over."""
    one = brief.negotiation
    return one.struck if one is not None and over(one, brief.as_of) else None


def turning_point(scale: float) -> str:
    """A point of the common scale, as a share of the centre.

    >>> turning_point(0.4091)
    '0.41'
    """
    return formatting.decimals(scale, 2)


def _asked(brief: Brief, party: str, ask: Prospect) -> str:
    if not ask.terms:
        return _named(brief, ask)
    changed = [one for one in ask.terms if one.changed]
    offered = [one for one in changed if one.by == (party,)]
    wanted = [one for one in changed if one not in offered]
    common = _common(brief)
    told = _terms(wanted, ROOM, common)
    left = ROOM - len(told.split())
    return " ".join(
        [told or "Nothing more.", *([f"Offer: {_terms(offered, left, common)}"] if offered else [])]
    )


def _agreed(one: StruckSummary) -> str:
    """Its parts as far as there is room for them, and what of it has no price."""
    parts = [DealTerm(issue=part.title, option=part.settled, changed=True) for part in one.parts]
    told = _terms(parts, ROOM, {word for part in parts for word in part.option.split() if word.islower()})
    more = f" and {len(one.unpriced) - 1} more" if len(one.unpriced) > 1 else ""
    unpriced = f" Not priced: {one.unpriced[0].title}{more}." if one.unpriced else ""
    return f"On {formatting.day(one.date)}: {told}{unpriced}"


def _left_by(one: StruckSummary) -> str:
    """What each side could have had besides, with no other worse off."""
    more = {left.party: left.more[left.party] for left in one.left if left.party is not None}
    if not more:
        return "Nothing: no side could have had more without another's having less."
    told = [f"{formatting.the_country(code)} {formatting.dollars(gain)}" for code, gain in more.items()]
    text = (
        f"{formatting.listed(told)} dollars a year, each with no other side worse off than by what was agreed."
    )
    return text[:1].upper() + text[1:]


def _named(brief: Brief, one: Prospect) -> str:
    """A scenario by its title, and by what it says first of itself where there is room."""
    told = next((some.description for some in brief.scenarios if some.id == one.scenario), "")
    first = re.split(r"(?<=[^\W\d_])[.;](?:\s|$)", told, maxsplit=1)[0].strip().rstrip(".;")
    return f"{one.title}: {first}." if first and len(first.split()) <= ROOM else f"{one.title}."


def _common(brief: Brief) -> set[str]:
    """Words that the case writes small somewhere: at the start of an issue they are no names."""
    one = brief.negotiation
    texts = [brief.summary, *([one.summary] if one is not None else [])]
    texts += [term.option for deal in (one.deals if one is not None else ()) for term in deal.terms]
    return {word for text in texts for word in re.findall(r"[^\W\d_]+", text) if word.islower()}


def _terms(terms: Sequence[DealTerm], room: int, common: set[str]) -> str:
    """Terms as far as there is room for them, one at least."""
    told: list[str] = []
    for one in terms:
        first = one.issue.split()[0]
        small = bool(told) and first.lower() in common
        issue = one.issue[:1].lower() + one.issue[1:] if small else one.issue
        text = f"{issue}: {one.option}"
        room -= len(text.split())
        if told and room < 0:
            break
        told.append(text)
    rest = len(terms) - len(told)
    return "; ".join(told) + (f"; and {rest} more on the next page." if rest else "." if told else "")


def _accepted(brief: Brief, found: Outlook) -> str:
    least = found.prospect("accept")
    lines = brief.negotiation.lines_of.get(found.party, ()) if brief.negotiation else ()
    never = f" Red line: {lines[0]}." if lines else ""
    if least is None:
        return f"No lesser deal priced here beats no deal for every side.{never}"
    if least.title:
        return f"{least.title}.{never}"
    ask = found.prospect("ask")
    asked = {one.issue: one.option for one in ask.terms} if ask else {}
    apart = [one for one in least.terms if asked.get(one.issue) != one.option]
    return f"As above, but {_terms(apart, ROOM, _common(brief))}{never}"


def _gains(brief: Brief, found: Outlook) -> str:
    ask, least = found.prospect("ask"), found.prospect("accept")
    groups = [_gained(brief, one.gains, one.range) for one in (ask, least) if one is not None]
    unit, (most, *rest) = _in_one_unit(groups)
    told = f"{unit} a year over no deal: {most}." + "".join(f" At the least: {one}." for one in rest)
    if not found.scales:
        return told
    way = f"{formatting.decimals(found.scales[0], 2)} to {formatting.decimals(found.scales[-1], 1)}"
    return told + _notes([most, *rest], f"trade {way} times the central strength")


_Gains = Sequence[tuple[str, float, Interval]]
"""A party within a sentence, what it gains, and between which ends; million USD."""


def _gained(brief: Brief, gains: Mapping[str, float], ends: Callable[[str], Interval]) -> _Gains:
    return [(formatting.the_country(code), gains[code], ends(code)) for code in brief.codes if code in gains]


def _in_one_unit(groups: Sequence[_Gains]) -> tuple[str, list[str]]:
    """The unit, and each group in words: millions where in billions all of it would be about nothing."""
    widest = max((abs(x) for group in groups for _, gain, ends in group for x in (gain, ends.low, ends.high)))
    unit, times = ("Million dollars", 1e3) if widest < formatting.NIL_MUSD else ("Billion dollars", 1.0)
    return unit, [
        formatting.listed(
            [f"{name} {formatting.gain(times * x, times * e.low, times * e.high)}" for name, x, e in group]
        )
        for group in groups
    ]


def _notes(texts: Sequence[str], covers: str) -> str:
    """What brackets and about nothing mean, where there are any."""
    brackets = f" In brackets: {covers}." if any("(" in text for text in texts) else ""
    nil = formatting.nil_note(texts)
    return brackets + (f" {nil}" if nil else "")


def _gains_agreed(brief: Brief, one: StruckSummary) -> str:
    unit, (told,) = _in_one_unit([_gained(brief, one.over_no_deal, one.ends.__getitem__)])
    before = [
        f"{formatting.the_country(code)} {formatting.billions(gain, sign=True)}"
        for code, gain in one.over_today.items()
    ]
    notes = _notes([told], "its promises to buy, from the low ends of what comes on top to the high")
    return f"{unit} a year over no deal: {told}.{notes} Over what held before it: {formatting.listed(before)}."


def _breaks_agreed(brief: Brief) -> str:
    """The strength of trade below which what was agreed brings a loss, where the case has it as a deal."""
    deals, failing = brief.numbers.by_role("deal"), brief.numbers.by_role("no-deal")
    if len(deals) != 1 or not failing:
        return ""
    along = [one for one in brief.turning if (one.scenario, one.against) == (deals[0].id, failing[0].id)]
    return " ".join(
        f"Weak trade: below {turning_point(one.turns[-1])} of the central strength, "
        f"{formatting.the_country(one.party)} loses."
        for one in along
        if one.turns
    )


def _breaks(brief: Brief, found: Outlook) -> str:
    told = [*_turns(found), *_weights(found), *_draws(brief, found)]
    if not told:
        told = ["No strength of trade that is published, and no weight that was tried, turns a gain to a loss."]
    return " ".join(told)


def _draws(brief: Brief, found: Outlook) -> Iterator[str]:
    """The share of draws in which some side loses, where no strength of trade alone makes one lose."""
    ask, table = found.prospect("ask"), brief.negotiation
    if ask is None or ask.concept is None or table is None or found.stops:
        return
    share = table.all_gain.get(ask.concept, 1.0)
    if share < 1:
        losing = formatting.percent_of_draws(1 - share)
        yield f"Some side loses in {losing} % of the draws of all that is uncertain."


def _turns(found: Outlook) -> Iterator[str]:
    least = found.prospect("accept")
    stops = max(found.stops.values(), default=0.0)
    for party, scale in found.stops.items():
        other = least.turns.get(party, ()) if least is not None else ()
        at = turning_point(scale)
        if other and turning_point(other[-1]) != at:
            at = f"{at} ({turning_point(other[-1])} at the least)"
        weakest = _weakest(found, scale) if scale == stops else ""
        yield (
            f"Weak trade: below {at} of the central strength, {formatting.the_country(party)} loses{weakest}."
        )


def _weakest(found: Outlook, stops: float) -> str:
    """The weakest estimate, where a gain has turned by then."""
    for one in found.estimates[:1]:
        if one.high < stops:
            return f"; the weakest estimate is {turning_point(one.low)} to {turning_point(one.high)}"
    return ""


def _weights(found: Outlook) -> Iterator[str]:
    for one in sorted(found.limits, key=lambda one: one.weight)[:1]:
        if one.weight < 1:
            what = one.title[:1].lower() + one.title[1:]
            name = formatting.the_country(one.party, starts=True)
            also = " also" if one.party in found.stops else ""
            yield f"{name}{also} loses with {what} at {turning_point(1 + one.weight)} times its worth."


def _due(brief: Brief) -> str:
    waiting = list(_waiting(brief))
    dates = sorted(_dates(brief)[: 1 if waiting else DATES])
    told = [f"{formatting.day(on)}{_left(brief, on)}: {text}" for on, text in dates]
    return " ".join([*_passed(brief), *told, *waiting]) or "No date ahead is known."


def _passed(brief: Brief) -> Iterator[str]:
    """That the deadline of a table is behind, where its talks are not said to be over."""
    one = brief.negotiation
    if (
        one is not None
        and one.deadline is not None
        and one.deadline < brief.as_of
        and not over(one, brief.as_of)
    ):
        yield f"The deadline of {formatting.day(one.deadline)} has passed."


def _left(brief: Brief, on: date) -> str:
    left = (on - brief.as_of).days
    return f" ({statement_text.days(left)})"


def _dates(brief: Brief) -> list[tuple[date, str]]:
    """Dates ahead with what happens, each once, the nearest first."""
    found: dict[date, str] = {}
    one = brief.negotiation
    if one is not None and one.deadline is not None and one.deadline >= brief.as_of:
        found[one.deadline] = one.follows
    for due in brief.record.deadlines if brief.record else ():
        if len(due.on) == len("2025-07-09"):
            text = ", ".join(filter(None, (due.what, due.consequence)))
            found.setdefault(date.fromisoformat(due.on), f"{formatting.starting(text)}.")
    for ahead in brief.calendar:
        then = f": {ahead.consequence}" if ahead.consequence else ""
        found.setdefault(ahead.date, f"{ahead.title}{then}.")
    deadline = None if one is None or over(one, brief.as_of) else one.deadline
    return sorted(found.items(), key=lambda item: (item[0] != deadline, item[0]))


def _waiting(brief: Brief) -> Iterator[str]:
    one = brief.negotiation
    if one is None or one.deadline is None or one.deadline < brief.as_of or over(one, brief.as_of):
        return
    before, after = (
        {code: cost for code, cost in one.week.get(when, {}).items() if cost >= 1}
        for when in ("before", "after")
    )
    if before:
        then = f"; after that day {_costs_told(after, tuple(before))}" if after else ""
        yield f"A week’s delay costs {_costs_told(before)} dollars{then}."
    elif after:
        yield f"After that day a week’s delay costs {_costs_told(after)} dollars."


def _costs_told(costs: Mapping[str, float], named: tuple[str, ...] = ()) -> str:
    """`Japan 54 and the United States 50 million`; without names where these have just been said."""
    short = max(costs.values()) < 999.5
    told = [f"{cost:,.0f}" if short else formatting.dollars(cost) for cost in costs.values()]
    if named != tuple(costs):
        told = [f"{formatting.the_country(code)} {text}" for code, text in zip(costs, told, strict=True)]
    return formatting.listed(told) + (f"{formatting.NBSP}million" if short and named != tuple(costs) else "")


def _caveat(brief: Brief) -> str:
    told = "All of this is year ten; nothing is claimed for a country’s first year."
    if not brief.comparisons:
        told = "Nothing here is computed: it is what was said and what is in force."
    return " ".join([told, *_unverified(brief)])


def _unverified(brief: Brief) -> Iterator[str]:
    """Parties whose law was compared with its sources up to an earlier day only."""
    for code, day in brief.law_verified_to.items():
        if code in brief.codes and day < brief.as_of:
            name = formatting.the_country(code)
            yield f"The law of {name} is checked up to {formatting.day(day)}: later measures may be missing."


def _on_the_table(brief: Brief) -> str:
    """Who asks for what, in the words of the record."""
    record = brief.record
    asked = [issue for issue in record.issues if issue.demanded] if record else []
    titles = [issue.title for issue in asked]
    if titles:
        more = f" and {len(titles) - 5} more" if len(titles) > 5 else ""
        return f"As said by the sides: {', '.join(titles[:5])}{more}. Page two has who said what."
    return "The record holds no demand and no offer by this day."


def _nothing_priced(brief: Brief) -> str:
    one = brief.negotiation
    if over(one, brief.as_of):
        return "The talks over this table were over by this day; the annex tells it as it stood before."
    if one is not None and not one.zone:
        told = "Nothing that is on the table: no package leaves every side better off than no deal."
        return f"{told} It would take {one.opening[0][:1].lower()}{one.opening[0][1:]}" if one.opening else told
    if brief.numbers.by_role("deal"):
        return "No deal named here leaves every side better off than no deal at central strength of trade."
    return "No deal is priced here, so no line can be drawn."


_Compared = tuple[str, str, str]
"""A scenario, what it is compared with, and how that is said."""


def _failing(brief: Brief) -> list[_Compared]:
    """What failure is, over what holds today."""
    failing, today = brief.numbers.by_role("no-deal"), brief.numbers.by_role("status-quo")
    lead = failing[0].title if failing and over(brief.negotiation, brief.as_of) else "No deal"
    return [(failing[0].id, today[0].id, f"{lead}, over today")] if failing and today else []


def _best(brief: Brief) -> list[_Compared]:
    """The case's own deal with the largest sum of gains, over no deal."""
    failing = brief.numbers.by_role("no-deal")
    sums: dict[str, float] = {}
    for one in brief.comparisons:
        if failing and one.against == failing[0].id:
            gain = one.by_variant[brief.variants[0].id]
            sums[one.scenario] = sums.get(one.scenario, 0.0) + gain
    deals = [one for one in brief.numbers.by_role("deal") if one.id in sums]
    deals.sort(key=lambda one: sums[one.id], reverse=True)
    return [(one.id, failing[0].id, f"{one.title}, over no deal") for one in deals[:1]]


def _costs(brief: Brief) -> str:
    """What failure costs; where that is nothing what a deal brings; else what today costs."""
    today = brief.numbers.by_role("status-quo")
    asked = [*_failing(brief), *_best(brief)]
    asked += [(one.id, "base", f"What is in force today, over the {brief.base_label}") for one in today]
    told = next(filter(None, (_worth(brief, one) for one in asked)), "")
    return told or (f"{asked[0][2]}: no difference to any side." if asked else "No gain is computed.")


def _worth(brief: Brief, asked: _Compared) -> str:
    """At the centre with the whole range; empty where it makes no difference."""
    scenario, against, lead = asked
    found: list[tuple[str, float, Interval]] = []
    for party in brief.codes:
        one = brief.numbers.comparison(party, scenario, against)
        found.append((formatting.the_country(party), one.by_variant[brief.variants[0].id], one.whole))
    if not any(x for _, gain, ends in found for x in (gain, ends.low, ends.high)):
        return ""
    unit, (told,) = _in_one_unit([found])
    notes = _notes([told], "all that was computed, weak trade included")
    turned = (
        f" The sign turns for {formatting.the_country(one.party)} at {turning_point(one.turns[-1])} of the "
        "central strength."
        for one in brief.turning
        if (one.scenario, one.against) == (scenario, against) and one.turns
    )
    return f"{lead}, in {unit.lower()} a year: {told}.{notes}{''.join(turned)}"
