"""The sentences at the head of a brief, made from its numbers.

Each says only what holds over the whole range computed: both treatments of deficits, central and low
elasticities, the middle 90 % of the draws, and the ranges of what measures rest on. Where the sign changes
within the range, it says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kosho import formatting
from kosho.brief.model import Claim
from kosho.codes import country_name
from kosho.scenario.results import BASE, Comparison, ScenarioResults, ScenarioSummary

__all__ = ["headline", "lead"]

HARDEST = 3
CENTRAL = "if trade responds as central estimates say"
WEAK = "if it responds weakly"
FIRM = "is better off throughout"
UNTOUCHED = formatting.effect(0.0, 0.0)
FEW = 2
"""Sides up to which each has its words even where they are alike."""


def lead(solved: ScenarioResults) -> Claim:
    """What no deal means against today, or else what today means against the base."""
    failing, today = solved.by_role("no-deal"), solved.by_role("status-quo")
    if failing and today:
        text = f"If the talks fail (“{failing[0].title}”): {_each(solved, failing[0].id, today[0].id)} "
        text += "All in the long run, against what is in force today."
    elif today:
        text = f"As things stand: {_each(solved, today[0].id, BASE)} "
        text += f"All in the long run, against the {solved.base_label}."
    else:
        text = "No scenario of this case is a status quo to compare with."
    return Claim(text=text, status="estimate")


def headline(solved: ScenarioResults) -> tuple[Claim, ...]:
    """The points under the lead, and before them what a scenario names and no number holds."""
    makers = (_without_effect, _today, _other_failures, _deals, _flows, _bystanders)
    return tuple(Claim(text=text, status="estimate") for make in makers for text in make(solved))


def _without_effect(solved: ScenarioResults) -> Iterable[str]:
    titles = {one.id: one.title for one in solved.scenarios}
    for bounds in solved.all_commitments:
        for measure in bounds.of_scenario:
            yield (
                f"“{titles[bounds.scenario]}” names “{bounds.titles[measure]}”, which is not in its results: "
                f"{bounds.left_out[measure]}."
            )


def _today(solved: ScenarioResults) -> Iterable[str]:
    for one in solved.by_role("status-quo")[:1]:
        yield (
            f"What is in force today, were it to stay, against the {solved.base_label}: "
            f"{_each(solved, one.id, BASE)}"
        )


def _other_failures(solved: ScenarioResults) -> Iterable[str]:
    today = solved.by_role("status-quo")
    for one in solved.by_role("no-deal")[1:]:
        against = today[0].id if today else BASE
        yield f"“{one.title}”, against today: {_each(solved, one.id, against)}"


def _deals(solved: ScenarioResults) -> Iterable[str]:
    """Deals that stand alike share a sentence."""
    failing = solved.by_role("no-deal")
    firm = [f"{formatting.the_country(party)} {FIRM}" for party in solved.parties]
    alike: dict[str, list[str]] = {}
    for deal in solved.by_role("deal") if failing else ():
        standing = [_standing(solved, party, deal.id, failing) for party in solved.parties]
        text = "every side is better off throughout" if standing == firm else "; ".join(standing)
        alike.setdefault(text, []).append(f"“{deal.title}”")
    ways = {1: "no deal", 2: "either way of no deal"}.get(len(failing), "every way of no deal")
    for text, deals in alike.items():
        yield f"{formatting.listed(deals)}, against {ways}: {text}."


def _standing(solved: ScenarioResults, party: str, deal: str, failing: Sequence[ScenarioSummary]) -> str:
    """How a party stands in a deal, over everything computed; once if alike for all failures."""
    found = {one.title: _stands(solved.comparison(party, deal, one.id)) for one in failing}
    name = formatting.the_country(party)
    if len(set(found.values())) == 1:
        return f"{name} {next(iter(found.values()))}"
    return f"{name} " + ", and ".join(f"{stands} (against “{title}”)" for title, stands in found.items())


def _stands(one: Comparison) -> str:
    whole, central, low = (
        formatting.verdict(part.low, part.high) for part in (one.whole, one.central, one.low)
    )
    if whole != "unclear":
        return {"gain": "is better off throughout", "loss": "is worse off throughout"}.get(
            whole, "would not notice"
        )
    if central == low:
        return "may be better or worse off"
    firm = {
        "gain": "is better off",
        "loss": "is worse off",
        "nil": "would not notice",
        "unclear": "may be either",
    }
    return f"{firm[central]} {CENTRAL}, but {firm[low]} {WEAK}"


def _each(solved: ScenarioResults, scenario: str, against: str) -> str:
    """A sentence or two: what every party gains or loses."""
    moves = {party: _moves(solved.comparison(party, scenario, against)) for party in solved.parties}
    still = [party for party, told in moves.items() if told == UNTOUCHED]
    if len(still) <= FEW:
        still = []
    parts = [f"{formatting.the_country(code)} {told}" for code, told in moves.items() if code not in still]
    if still:
        names = [formatting.the_country(party) for party in still]
        parts.append(f"{formatting.listed(names)} {UNTOUCHED.replace('is', 'are', 1)}")
    return "; ".join(parts) + "."


def _moves(one: Comparison) -> str:
    """What a party gains or loses: one range if its sign is firm, else one for each set of elasticities."""
    if formatting.verdict(one.whole.low, one.whole.high) != "unclear":
        return formatting.effect(one.whole.low, one.whole.high)
    central, low = (
        formatting.effect(one.central.low, one.central.high),
        formatting.effect(one.low.low, one.low.high, ""),
    )
    return f"{central} {CENTRAL}, but {low} {WEAK}"


def _flows(solved: ScenarioResults) -> Iterable[str]:
    shown = [solved.by_role(role)[0] for role in ("status-quo", "no-deal", "deal") if solved.by_role(role)]
    for position, flow in enumerate(solved.results[0].flows):
        base = flow.base_units
        if base is None:
            continue
        parts: list[str] = []
        for scenario in shown:
            found = solved.flow_range(scenario.id, position)
            if found.central_units is None or found.low_units is None:
                continue
            central, low = (
                formatting.quantity_range(base * (1 + part.low), base * (1 + part.high))
                for part in (found.central_units, found.low_units)
            )
            parts.append(f"{central} under “{scenario.title}” ({low} if trade responds weakly)")
        if parts:
            counted = f"{formatting.quantity(base)} {flow.unit} a year"
            yield f"{flow.title}, {counted}, would be {formatting.listed(parts)}."


def _bystanders(solved: ScenarioResults) -> Iterable[str]:
    for one in solved.by_role("status-quo")[:1]:
        runs = [result.countries for result in solved.results if result.scenario == one.id]
        others = [code for code in runs[0] if code not in solved.parties]
        worst = sorted(others, key=lambda code: runs[0][code].ev_musd)[:HARDEST]
        parts: list[str] = []
        for code in worst:
            values = [run[code].ev_musd for run in runs]
            if formatting.verdict(min(values), max(values)) == "loss":
                parts.append(f"{country_name(code)} ({formatting.span(min(values), max(values))})")
        if parts:
            yield (
                f"Hit hardest among the others by what is in force today, in billion dollars a year "
                f"against the {solved.base_label}: {formatting.listed(parts)}."
            )
