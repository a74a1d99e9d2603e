"""The first page: what to ask for, what to accept, what it brings, what breaks it, what is due. A line each.

Made from what a brief holds, for any parties: with a table, with scenarios only, or with a record only. What is
not known is said so. No line names a solution concept or a scenario.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from kosho import formatting
from kosho.brief import statement_text
from kosho.brief.model import Brief, DealTerm, FirstPart, Outlook, Prospect
from kosho.brief.outlook import over
from kosho.codes import country_name

__all__ = ["first_page", "turning_point"]

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
        "break": _breaks(found),
        "due": _due(brief),
        "caveat": _caveat(brief),
    }


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
    return " ".join(filter(None, (told, f"Offer: {_terms(offered, left, common)}" if offered else "")))


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
    told = f"Billion dollars a year over no deal: {_each(brief, ask)}." if ask else ""
    if least is not None:
        told += f" At the least: {_each(brief, least)}."
    if not found.scales:
        return told
    over = f"{formatting.decimals(found.scales[0], 2)} to {formatting.decimals(found.scales[-1], 1)}"
    return f"{told} In brackets: trade {over} times the central strength."


def _each(brief: Brief, one: Prospect) -> str:
    parts: list[str] = []
    for party in brief.codes:
        if party in one.gains:
            ends = one.range(party)
            gain = formatting.billions(one.gains[party], sign=True)
            ranged = formatting.with_ends(gain, formatting.span(ends.low, ends.high))
            parts.append(f"{formatting.the_country(party)} {ranged}")
    return formatting.listed(parts)


def _breaks(found: Outlook) -> str:
    told = [*_turns(found), *_weights(found), *_studies(found)]
    if not told:
        told = ["No strength of trade that is published, and no weight that was tried, turns a gain to a loss."]
    return " ".join(told)


def _turns(found: Outlook) -> Iterator[str]:
    least = found.prospect("accept")
    for party, scale in found.stops.items():
        other = least.turns.get(party, ()) if least is not None else ()
        at = turning_point(scale)
        if other and turning_point(other[-1]) != at:
            at = f"{at} ({turning_point(other[-1])} at the least)"
        yield f"Weak trade: below {at} of the central strength, {formatting.the_country(party)} loses."


def _studies(found: Outlook) -> Iterator[str]:
    """The weakest estimate, where a gain has turned by then."""
    stops = max(found.stops.values(), default=0.0)
    for one in found.estimates[:1]:
        if one.high < stops:
            low, high = turning_point(one.low), turning_point(one.high)
            yield f"The weakest estimate is {low} to {high}."


def _weights(found: Outlook) -> Iterator[str]:
    for one in sorted(found.limits, key=lambda one: one.weight)[:1]:
        if one.weight < 1:
            what = one.title[:1].lower() + one.title[1:]
            yield f"So does weighing {what} at {turning_point(1 + one.weight)}."


def _due(brief: Brief) -> str:
    waiting = list(_waiting(brief))
    dates = _dates(brief)[: 1 if waiting else DATES]
    told = [f"{formatting.day(on)}{_left(brief, on)}: {text}" for on, text in dates]
    return " ".join([*told, *waiting]) or "No date ahead is known."


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
    deadline = one.deadline if one is not None else None
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
    if not brief.comparisons:
        return "Nothing here is computed: it is what was said and what is in force."
    return "All of this is year ten; nothing is claimed for a country’s first year."


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
        way = f" {one.opening[0]}" if one.opening else ""
        return f"Nothing that is on the table: no package leaves every side better off than no deal.{way}"
    if brief.numbers.by_role("deal"):
        return "No deal named here leaves every side better off than no deal at central strength of trade."
    return "No deal is priced here, so no line can be drawn."


def _costs(brief: Brief) -> str:
    """What failure costs, else what today costs, at the centre with the whole range."""
    solved = brief.numbers
    failing, today = solved.by_role("no-deal"), solved.by_role("status-quo")
    pairs = [(failing[0].id, today[0].id, "No deal, over today")] if failing and today else []
    pairs += [(one.id, "base", f"What is in force today, over the {brief.base_label}") for one in today]
    for scenario, against, lead in pairs[:1]:
        parts: list[str] = []
        for party in brief.codes:
            one = solved.comparison(party, scenario, against)
            gain = formatting.billions(one.by_variant[brief.variants[0].id], sign=True)
            ends = formatting.span(one.whole.low, one.whole.high)
            parts.append(f"{country_name(party)} {formatting.with_ends(gain, ends)}")
        told = f"{lead}, in billion dollars a year: {formatting.listed(parts)}."
        return f"{told} In brackets: all that was computed."
    return "No gain is computed."
