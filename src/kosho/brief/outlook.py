"""What the first party of a case can ask for and accept, picked from its deals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from kosho.brief.model import Outlook, Prospect
from kosho.brief.negotiation import DealTerm, NamedDeal, Negotiation, ScaleMark
from kosho.brief.priced import PricedPackages
from kosho.scenario.results import ScenarioResults, ScenarioSummary
from kosho.scenario.turning import Turning

__all__ = ["agreed", "outlook", "over"]


def outlook(
    solved: ScenarioResults,
    turning: Sequence[Turning],
    negotiation: Negotiation | None,
    estimates: Sequence[ScaleMark],
    on: date,
) -> Outlook | None:
    """The deal to ask for and the least to accept, of the first party that sits at the table.

    To ask for is the first deal of the table, else of the case's own deals the one best for the party. To
    accept is, of the case's own deals, the one least for the party that is still better than no deal for every
    side over the whole range at central elasticities; where there is none below what is asked for, the deal of
    the table that is least for the party; where all deals are one, the package that is.

    Args:
        solved: The scenarios.
        turning: Their gains along the common scale.
        negotiation: The table, where there is one.
        estimates: The literature on the common scale.
        on: The day of the brief.

    Returns:
        None where no deal leaves every side better off, or the talks over the table were over by the day.
    """
    if over(negotiation, on):
        return None
    failing = solved.by_role("no-deal")
    against = negotiation.against if negotiation and negotiation.against else failing[0].id if failing else None
    seated = negotiation.parties if negotiation else solved.parties
    party = next((one for one in solved.parties if one in seated), None)
    if against is None or party is None:
        return None
    first = next(iter(_of_table(negotiation)), None)
    scales = negotiation.scales if negotiation and negotiation.scales else _scales(turning)
    along = [one for one in turning if one.against == against]
    own = [
        _of_scenario(solved, along, one, against, scales)
        for one in solved.by_role("deal")
        if _beats(solved, one, against)
    ]
    own.sort(key=lambda one: one.gains[party])
    tabled = sorted(_of_table(negotiation), key=lambda one: one.gains[party])
    ask = first or (own[-1] if own else None)
    if ask is None:
        return None
    lesser = [one for one in (*own, *tabled) if one.gains[party] < ask.gains[party]]
    if not lesser and negotiation is not None and negotiation.priced is not None:
        lesser = list(_least_package(negotiation.priced, party, ask.gains[party]))
    found = [ask, *(one.model_copy(update={"role": "accept"}) for one in lesser[:1])]
    titles = {one.id: one.title for one in solved.scenarios}
    return Outlook(
        party=party,
        against=titles.get(against, against),
        scales=scales,
        estimates=tuple(estimates),
        prospects=tuple(found),
        limits=next((one.limits for one in negotiation.deals), ()) if negotiation and first else (),
    )


def agreed(negotiation: Negotiation | None, estimates: Sequence[ScaleMark], on: date) -> Outlook | None:
    """What was agreed along the common scale, beside the first deal of the table as it stood before.

    Args:
        negotiation: The table, where there is one.
        estimates: The literature on the common scale.
        on: The day of the brief.

    Returns:
        None before the talks were over, and where what was agreed was not followed along the scale.
    """
    if negotiation is None or negotiation.struck is None or not over(negotiation, on):
        return None
    struck = negotiation.struck
    if not struck.curve:
        return None
    found = Prospect(
        role="agreed",
        title=struck.title,
        gains=struck.over_no_deal,
        curve=struck.curve,
        turns=struck.turns,
    )
    possible = [one.model_copy(update={"role": "possible"}) for one in _of_table(negotiation)]
    return Outlook(
        party=negotiation.parties[0],
        against=negotiation.against or "",
        scales=negotiation.scales,
        estimates=tuple(estimates),
        prospects=(found, *possible[:1]),
    )


def over(negotiation: Negotiation | None, on: date) -> bool:
    """Whether the table is told as it stood on an earlier day, because the talks were over."""
    return negotiation is not None and negotiation.as_of is not None and negotiation.as_of < on


def _beats(solved: ScenarioResults, deal: ScenarioSummary, against: str) -> bool:
    """Whether every party gains over the whole range at central elasticities."""
    found = [one for one in solved.comparisons if (one.scenario, one.against) == (deal.id, against)]
    return bool(found) and all(one.central.low > 0 for one in found)


def _of_table(negotiation: Negotiation | None) -> Iterable[Prospect]:
    deals: Sequence[NamedDeal] = negotiation.deals if negotiation else ()
    for one in deals:
        if one.terms:
            yield Prospect(
                role="ask",
                title="",
                terms=one.terms,
                concept=one.concept,
                gains=one.over_no_deal,
                curve=one.curve,
                turns=one.turns,
            )


def _least_package(priced: PricedPackages, party: str, below: float) -> Iterable[Prospect]:
    """The package that is least for a party, of those that all may sign and that beat no deal for all."""
    barred = {*priced.impossible, *(number for numbers in priced.crossing.values() for number in numbers)}
    found = [
        (gains[party], number, gains)
        for k, number in enumerate(priced.numbers)
        if number not in barred
        for gains in [{code: values[k] for code, values in priced.gains.items()}]
        if min(gains.values()) > priced.noise and gains[party] < below - priced.noise
    ]
    for _least, number, gains in sorted(found, key=lambda one: one[:2])[:1]:
        settled = zip(priced.issues, priced.choices(number), strict=True)
        yield Prospect(
            role="accept",
            title="",
            terms=tuple(
                DealTerm(issue=issue.title, option=issue.options[k], changed=k != issue.fallback)
                for issue, k in settled
            ),
            gains=gains,
            curve={},
            turns={},
        )


def _of_scenario(
    solved: ScenarioResults,
    along: Sequence[Turning],
    deal: ScenarioSummary,
    against: str,
    scales: Sequence[float],
) -> Prospect:
    main, mine = solved.variants[0].id, [one for one in along if one.scenario == deal.id]
    curves = {one.party: dict(zip(one.scales, one.gains, strict=True)) for one in mine}
    return Prospect(
        role="ask",
        title=deal.title,
        scenario=deal.id,
        gains={party: solved.comparison(party, deal.id, against).by_variant[main] for party in solved.parties},
        curve={party: tuple(curve.get(scale) for scale in scales) for party, curve in curves.items()},
        turns={one.party: one.turns for one in mine},
    )


def _scales(turning: Sequence[Turning]) -> tuple[float, ...]:
    return max((one.scales for one in turning), key=len, default=())
