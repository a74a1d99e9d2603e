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
from kosho.brief.model import Brief, FirstPart, Outlook, Prospect
from kosho.brief.negotiation import DealTerm, StruckSummary
from kosho.brief.outlook import over
from kosho.language import SOURCE, _, current, ngettext
from kosho.scenario.interval import Interval

__all__ = ["first_page", "struck", "turning_point"]

ROOM = 62
"""Words that the terms of a deal may take; what does not fit is on the next page."""
ROOM_ONCE_AGREED = 36
"""Words for them where a page tells what was agreed, and what of it has no price."""
DATES = 3
"""Dates that are named; one, without how many more, where it is told besides what a week costs."""
FOR_DATES = 66
"""Words that they may take: beyond, what follows from the later ones is left to the page of dates."""


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
        [
            told or _("Nothing more."),
            *([_("Offer: {terms}", terms=_terms(offered, left, common))] if offered else []),
        ]
    )


def _agreed(one: StruckSummary) -> str:
    """Its parts as far as there is room for them, and what of it has no price."""
    parts = [DealTerm(issue=part.title, option=part.settled, changed=True) for part in one.parts]
    told = _terms(
        parts, ROOM_ONCE_AGREED, {word for part in parts for word in part.option.split() if word.islower()}
    )
    more = _(" and {number} more", number=len(one.unpriced) - 1) if len(one.unpriced) > 1 else ""
    unpriced = _(" Not priced: {title}{more}.", title=one.unpriced[0].title, more=more) if one.unpriced else ""
    return _("On {day}: {terms}", day=formatting.day(one.date), terms=told) + unpriced


def _left_by(one: StruckSummary) -> str:
    """What each side could have had besides, with no other worse off."""
    more = {left.party: left.more[left.party] for left in one.left if left.party is not None}
    if not more:
        return _("Nothing: no side could have had more without another's having less.")
    told = [f"{formatting.the_country(code)} {formatting.dollars(gain)}" for code, gain in more.items()]
    text = _("{names} dollars a year, each with no other side worse off.", names=formatting.listed(told))
    return text[:1].upper() + text[1:]


def _named(brief: Brief, one: Prospect) -> str:
    """A scenario by its title, and by what it says first of itself where there is room."""
    told = next((some.description for some in brief.scenarios if some.id == one.scenario), "")
    first = re.split(r"(?<=[^\W\d_])[.;](?:\s|$)|。", told, maxsplit=1)[0].strip().rstrip(".;")
    if first and len(first.split()) <= ROOM:
        return _("{title}: {text}.", title=one.title, text=first)
    return _("{text}.", text=one.title)


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
        text = _("{issue}: {option}", issue=issue, option=one.option)
        room -= len(text.split())
        if told and room < 0:
            break
        told.append(text)
    rest = len(terms) - len(told)
    return _("; ").join(told) + (
        _("; and {rest} more on the next page.", rest=rest) if rest else _(".") if told else ""
    )


def _accepted(brief: Brief, found: Outlook) -> str:
    least = found.prospect("accept")
    lines = brief.negotiation.lines_of.get(found.party, ()) if brief.negotiation else ()
    never = _(" Red line: {lines}.", lines=lines[0]) if lines else ""
    if least is None:
        return _("No lesser deal priced here beats no deal for every side.{never}", never=never)
    if least.title:
        return _("{title}.{never}", title=least.title, never=never)
    ask = found.prospect("ask")
    asked = {one.issue: one.option for one in ask.terms} if ask else {}
    apart = [one for one in least.terms if asked.get(one.issue) != one.option]
    return _("As above, but {terms}{never}", terms=_terms(apart, ROOM, _common(brief)), never=never)


def _gains(brief: Brief, found: Outlook) -> str:
    ask, least = found.prospect("ask"), found.prospect("accept")
    groups = [_gained(brief, one.gains, one.range) for one in (ask, least) if one is not None]
    unit, (most, *rest) = _in_one_unit(groups)
    told = _("{unit} a year over no deal: {most}.", unit=unit, most=most) + "".join(
        _(" At the least: {what}.", what=one) for one in rest
    )
    if not found.scales:
        return told
    way = _(
        "{value} to {value_2}",
        value=formatting.decimals(found.scales[0], 2),
        value_2=formatting.decimals(found.scales[-1], 1),
    )
    return told + _notes([most, *rest], _("trade {way} times the central strength", way=way))


_Gains = Sequence[tuple[str, float, Interval]]
"""A party within a sentence, what it gains, and between which ends; million USD."""


def _gained(brief: Brief, gains: Mapping[str, float], ends: Callable[[str], Interval]) -> _Gains:
    return [(formatting.the_country(code), gains[code], ends(code)) for code in brief.codes if code in gains]


def _in_one_unit(groups: Sequence[_Gains]) -> tuple[str, list[str]]:
    """The unit, and each group in words: millions where in billions no central figure would be seen."""
    unit, times = (
        (_("Million dollars"), formatting.finer_money())
        if formatting.told_finer(gain for group in groups for _other, gain, _ends in group)
        else (_("Billion dollars"), 1.0)
    )
    return unit, [
        formatting.listed(
            [f"{name} {formatting.gain(times * x, times * e.low, times * e.high)}" for name, x, e in group]
        )
        for group in groups
    ]


def _notes(texts: Sequence[str], covers: str) -> str:
    """What brackets and about nothing mean, where there are any."""
    brackets = _(" In brackets: {covers}.", covers=covers) if any(map(formatting.is_range, texts)) else ""
    nil = formatting.nil_note(texts)
    return brackets + (f" {nil}" if nil else "")


def _gains_agreed(brief: Brief, one: StruckSummary) -> str:
    unit, (told,) = _in_one_unit([_gained(brief, one.over_no_deal, one.ends.__getitem__)])
    before = [
        f"{formatting.the_country(code)} {formatting.billions(gain, sign=True)}"
        for code, gain in one.over_today.items()
    ]
    notes = _notes([told], _("its promised purchases, least to most"))
    return _(
        "{unit} a year over no deal: {told}.{notes} Over what held before it: {names}.",
        unit=unit,
        told=told,
        notes=notes,
        names=formatting.listed(before),
    )


def _breaks_agreed(brief: Brief) -> str:
    """The strength of trade below which what was agreed brings a loss, where the case has it as a deal."""
    deals, failing = brief.numbers.by_role("deal"), brief.numbers.by_role("no-deal")
    if len(deals) != 1 or not failing:
        return ""
    along = [one for one in brief.turning if (one.scenario, one.against) == (deals[0].id, failing[0].id)]
    return " ".join(
        _(
            "Weak trade: below {turning_point} of the central strength, {country} loses.",
            turning_point=turning_point(one.turns[-1]),
            country=formatting.the_country(one.party),
        )
        for one in along
        if one.turns
    )


def _breaks(brief: Brief, found: Outlook) -> str:
    told = [*_turns(found), *_weights(found), *_draws(brief, found)]
    if not told:
        told = [
            _("No strength of trade that is published, and no weight that was tried, turns a gain to a loss.")
        ]
    return " ".join(told)


def _draws(brief: Brief, found: Outlook) -> Iterator[str]:
    """The share of draws in which some side loses, where no strength of trade alone makes one lose."""
    ask, table = found.prospect("ask"), brief.negotiation
    if ask is None or ask.concept is None or table is None or found.stops:
        return
    share = table.all_gain.get(ask.concept, 1.0)
    if share < 1:
        losing = formatting.percent_of_draws(1 - share)
        yield _("Some side loses in {losing} % of the draws of all that is uncertain.", losing=losing)


def _turns(found: Outlook) -> Iterator[str]:
    least = found.prospect("accept")
    stops = max(found.stops.values(), default=0.0)
    for party, scale in found.stops.items():
        other = least.turns.get(party, ()) if least is not None else ()
        at = turning_point(scale)
        if other and turning_point(other[-1]) != at:
            at = _("{at} ({turning_point} at the least)", at=at, turning_point=turning_point(other[-1]))
        weakest = _weakest(found, scale) if scale == stops else ""
        yield (
            _(
                "Weak trade: below {at} of the central strength, {country} loses{weakest}.",
                at=at,
                country=formatting.the_country(party),
                weakest=weakest,
            )
        )


def _weakest(found: Outlook, stops: float) -> str:
    """The weakest estimate, where a gain has turned by then."""
    for one in found.estimates[:1]:
        if one.high < stops:
            return _(
                "; the weakest estimate is {turning_point} to {turning_point_2}",
                turning_point=turning_point(one.low),
                turning_point_2=turning_point(one.high),
            )
    return ""


def _weights(found: Outlook) -> Iterator[str]:
    for one in sorted(found.limits, key=lambda one: one.weight)[:1]:
        if one.weight < 1:
            what = one.title[:1].lower() + one.title[1:]
            name = formatting.the_country(one.party, starts=True)
            told = (
                _("{name} also loses with {what} at {times} times its worth.")
                if one.party in found.stops
                else _("{name} loses with {what} at {times} times its worth.")
            )
            yield told.format(name=name, what=what, times=turning_point(1 + one.weight))


def _due(brief: Brief) -> str:
    waiting = list(_waiting(brief))
    ahead = _dates(brief)
    named = ahead[: 1 if waiting else DATES]
    told = {on: whole for on, whole, _other in named}
    for on, _whole, short in reversed(named[1:]):
        if sum(len(text.split()) for text in told.values()) > FOR_DATES:
            told[on] = short
    dates = [
        _("{day} ({left}): {text}", day=formatting.day(on), left=_left(brief, on), text=told[on])
        for on in sorted(told)
    ]
    left = len(ahead) - len(named)
    told_apart = left and not waiting  # beside what a week costs there is no room
    more = [ngettext("And {left} more date.", "And {left} more dates.", left, left=left)] if told_apart else []
    return " ".join([*_passed(brief), *dates, *more, *waiting]) or _("No date ahead is known.")


def _passed(brief: Brief) -> Iterator[str]:
    """That the deadline of a table is behind, where its talks are not said to be over."""
    one = brief.negotiation
    if (
        one is not None
        and one.deadline is not None
        and one.deadline < brief.as_of
        and not over(one, brief.as_of)
    ):
        yield _("The deadline of {day} has passed.", day=formatting.day(one.deadline))


def _left(brief: Brief, on: date) -> str:
    left = (on - brief.as_of).days
    return statement_text.days(left)


def _dates(brief: Brief) -> list[tuple[date, str, str]]:
    """Dates ahead with what happens, each once, the nearest first: with what follows from it, and in short."""
    found: dict[date, tuple[str, str]] = {}
    one = brief.negotiation
    if one is not None and one.deadline is not None and one.deadline >= brief.as_of:
        found[one.deadline] = (one.follows, one.follows)
    for due in brief.record.deadlines if brief.record else ():
        if len(due.on) == len("2025-07-09"):
            whole = _(", ").join(filter(None, (due.what, due.consequence)))
            both = (_("{text}.", text=formatting.starting(text)) for text in (whole, due.what))
            found.setdefault(date.fromisoformat(due.on), tuple[str, str](both))
    for ahead in brief.calendar:
        then = _(": {consequence}", consequence=ahead.consequence) if ahead.consequence else ""
        both = (_("{text}.", text=text) for text in (ahead.title + then, ahead.title))
        found.setdefault(ahead.date, tuple[str, str](both))
    deadline = None if one is None or over(one, brief.as_of) else one.deadline
    each = ((on, whole, short) for on, (whole, short) in found.items())
    return sorted(each, key=lambda item: (item[0] != deadline, item[0]))


def _waiting(brief: Brief) -> Iterator[str]:
    one = brief.negotiation
    if one is None or one.deadline is None or one.deadline < brief.as_of or over(one, brief.as_of):
        return
    before, after = (
        {code: cost for code, cost in one.week.get(when, {}).items() if cost >= 1}
        for when in ("before", "after")
    )
    if before:
        then = ""
        if after and _costs_told(after) != _costs_told(before):
            then = _("; after that day {costs_told}", costs_told=_costs_told(after, tuple(before)))
        yield _("A week’s delay costs {costs_told} dollars{then}.", costs_told=_costs_told(before), then=then)
    elif after:
        yield _("After that day a week’s delay costs {costs_told} dollars.", costs_told=_costs_told(after))


def _costs_told(costs: Mapping[str, float], named: tuple[str, ...] = ()) -> str:
    """`Japan 54 and the United States 50 million`; without names where these have just been said."""
    short = current() == SOURCE and max(costs.values()) < 999.5  # English says the unit once, behind the last
    told = [f"{cost:,.0f}" if short else formatting.dollars(cost) for cost in costs.values()]
    if named != tuple(costs):
        told = [f"{formatting.the_country(code)} {text}" for code, text in zip(costs, told, strict=True)]
    return formatting.listed(told) + (f"{formatting.NBSP}million" if short and named != tuple(costs) else "")


def _caveat(brief: Brief) -> str:
    told = _("All of this is year ten; nothing is claimed for a country’s first year.")
    if not brief.comparisons:
        told = _("Nothing here is computed: it is what was said and what is in force.")
    return " ".join([told, *_unverified(brief)])


def _unverified(brief: Brief) -> Iterator[str]:
    """Parties whose law was compared with its sources up to an earlier day only."""
    for code, day in brief.law_verified_to.items():
        if code in brief.codes and day < brief.as_of:
            name = formatting.the_country(code)
            yield _(
                "The law of {name} is checked up to {day}: later measures may be missing.",
                name=name,
                day=formatting.day(day),
            )


def _on_the_table(brief: Brief) -> str:
    """Who asks for what, in the words of the record."""
    record = brief.record
    asked = [issue for issue in record.issues if issue.demanded] if record else []
    titles = [issue.title for issue in asked]
    if titles:
        more = _(" and {number} more", number=len(titles) - 5) if len(titles) > 5 else ""
        return _(
            "As said by the sides: {names}{more}. Page two has who said what.",
            names=_(", ").join(titles[:5]),
            more=more,
        )
    return _("The record holds no demand and no offer by this day.")


def _nothing_priced(brief: Brief) -> str:
    one = brief.negotiation
    if over(one, brief.as_of):
        return _("The talks over this table were over by this day; the annex tells it as it stood before.")
    if one is not None and not one.zone:
        told = _("Nothing that is on the table: no package leaves every side better off than no deal.")
        if not one.opening:
            why = [formatting.starting(reason) + _(".") for reason in one.closed.values()]
            return " ".join([told, *why[:1]])
        way = one.opening[0][:1].lower() + one.opening[0][1:]
        return _("{told} It would take {way}", told=told, way=way)
    if brief.numbers.by_role("deal"):
        return _("No deal named here leaves every side better off than no deal at central strength of trade.")
    return _("No deal is priced here, so no line can be drawn.")


_Compared = tuple[str, str, str]
"""A scenario, what it is compared with, and how that is said."""


def _failing(brief: Brief) -> list[_Compared]:
    """What failure is, over what holds today."""
    failing, today = brief.numbers.by_role("no-deal"), brief.numbers.by_role("status-quo")
    lead = failing[0].title if failing and over(brief.negotiation, brief.as_of) else _("No deal")
    return [(failing[0].id, today[0].id, _("{lead}, over today", lead=lead))] if failing and today else []


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
    return [(one.id, failing[0].id, _("{title}, over no deal", title=one.title)) for one in deals[:1]]


def _costs(brief: Brief) -> str:
    """What failure costs; where that is nothing what a deal brings; else what today costs."""
    today = brief.numbers.by_role("status-quo")
    asked = [*_failing(brief), *_best(brief)]
    asked += [
        (one.id, "base", _("What is in force today, over the {base_label}", base_label=brief.base_label))
        for one in today
    ]
    told = next(filter(None, (_worth(brief, one) for one in asked)), "")
    if told:
        return told
    return _("{lead}: no difference to any side.", lead=asked[0][2]) if asked else _("No gain is computed.")


def _worth(brief: Brief, asked: _Compared) -> str:
    """At the centre with the whole range; empty where it makes no difference."""
    scenario, against, lead = asked
    found: list[tuple[str, float, Interval]] = []
    for party in brief.codes:
        one = brief.numbers.comparison(party, scenario, against)
        found.append((formatting.the_country(party), one.by_variant[brief.variants[0].id], one.whole))
    if not any(x for _party, gain, ends in found for x in (gain, ends.low, ends.high)):
        return ""
    unit, (told,) = _in_one_unit([found])
    notes = _notes([told], _("all that was computed, weak trade included"))
    turned = (
        _(
            " The sign turns for {country} where trade’s strength is {at}.",
            country=formatting.the_country(one.party),
            at=turning_point(one.turns[-1]),
        )
        for one in brief.turning
        if (one.scenario, one.against) == (scenario, against) and one.turns
    )
    return _(
        "{lead}, in {lower} a year: {told}.{notes}", lead=lead, lower=unit.lower(), told=told, notes=notes
    ) + "".join(turned)
