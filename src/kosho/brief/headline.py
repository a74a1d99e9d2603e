"""The sentences at the head of a brief, made from its numbers.

Each says only what holds over the whole range computed: both treatments of deficits, central and low
elasticities, the middle 90 % of the draws, and the ranges of what measures rest on. Where the sign changes
within the range, it says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kosho.brief import formatting as words
from kosho.brief.model import Claim
from kosho.codes import country_name
from kosho.scenario.results import Comparison, FlowRange, Result, ScenarioSummary

__all__ = ["Material", "headline", "lead"]

HARDEST = 3
BASE = "base"
CENTRAL = "if trade responds as central estimates say"
WEAK = "if it responds weakly"
FIRM = "is better off throughout"


@dataclass(frozen=True)
class Material:
    """What the sentences are made from."""

    parties: tuple[str, ...]
    base_label: str
    scenarios: tuple[ScenarioSummary, ...]
    results: tuple[Result, ...]
    """The first is of the main variant."""
    comparisons: tuple[Comparison, ...]
    flow_ranges: tuple[FlowRange, ...]

    def role(self, role: str) -> list[ScenarioSummary]:
        """Scenarios that play a role, in order."""
        return [one for one in self.scenarios if one.role == role]

    def compare(self, party: str, scenario: str, against: str) -> Comparison:
        """What a party has in one scenario over another."""
        return next(
            one
            for one in self.comparisons
            if (one.party, one.scenario, one.against) == (party, scenario, against)
        )

    def flow_range(self, scenario: str, flow: int) -> FlowRange:
        """What a scenario does to a named flow."""
        return next(one for one in self.flow_ranges if (one.scenario, one.flow) == (scenario, flow))


def lead(material: Material) -> Claim:
    """What no deal means against today, or else what today means against the base."""
    failing, today = material.role("no-deal"), material.role("status-quo")
    if failing and today:
        text = f"If the talks fail (“{failing[0].title}”): {_each(material, failing[0].id, today[0].id)} "
        text += "All in the long run, against what is in force today."
    elif today:
        text = f"As things stand: {_each(material, today[0].id, BASE)} "
        text += f"All in the long run, against the {material.base_label}."
    else:
        text = "No scenario of this case is a status quo to compare with."
    return Claim(text=text, status="estimate")


def headline(material: Material) -> tuple[Claim, ...]:
    """The points under the lead."""
    makers = (_today, _other_failures, _deals, _flows, _bystanders)
    return tuple(Claim(text=text, status="estimate") for make in makers for text in make(material))


def _today(material: Material) -> Iterable[str]:
    for one in material.role("status-quo")[:1]:
        yield (
            f"What is in force today, were it to stay, against the {material.base_label}: "
            f"{_each(material, one.id, BASE)}"
        )


def _other_failures(material: Material) -> Iterable[str]:
    today = material.role("status-quo")
    for one in material.role("no-deal")[1:]:
        against = today[0].id if today else BASE
        yield f"“{one.title}”, against today: {_each(material, one.id, against)}"


def _deals(material: Material) -> Iterable[str]:
    """Deals that stand alike are told together."""
    failing = material.role("no-deal")
    firm = [f"{words.the(country_name(party))} {FIRM}" for party in material.parties]
    alike: dict[str, list[str]] = {}
    for deal in material.role("deal") if failing else ():
        standing = [_standing(material, party, deal.id, failing) for party in material.parties]
        told = "every side is better off throughout" if standing == firm else "; ".join(standing)
        alike.setdefault(told, []).append(f"“{deal.title}”")
    ways = {1: "no deal", 2: "either way of no deal"}.get(len(failing), "every way of no deal")
    for told, deals in alike.items():
        yield f"{words.listed(deals)}, against {ways}: {told}."


def _standing(material: Material, party: str, deal: str, failing: Sequence[ScenarioSummary]) -> str:
    """How a party stands in a deal, as far as everything computed tells; once if alike for all failures."""
    found = {one.title: _stands(material.compare(party, deal, one.id)) for one in failing}
    name = words.the(country_name(party))
    if len(set(found.values())) == 1:
        return f"{name} {next(iter(found.values()))}"
    return f"{name} " + ", and ".join(f"{stands} (against “{title}”)" for title, stands in found.items())


def _stands(one: Comparison) -> str:
    whole, central, low = (words.verdict(part.low, part.high) for part in (one.whole, one.central, one.low))
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


def _each(material: Material, scenario: str, against: str) -> str:
    """A sentence or two: what every party gains or loses."""
    parts = [
        f"{words.the(country_name(party))} {_moves(material.compare(party, scenario, against))}"
        for party in material.parties
    ]
    return "; ".join(parts) + "."


def _moves(one: Comparison) -> str:
    """What a party gains or loses: one range if its sign is firm, else one for each set of elasticities."""
    if words.verdict(one.whole.low, one.whole.high) != "unclear":
        return words.effect(one.whole.low, one.whole.high)
    central, low = words.effect(one.central.low, one.central.high), words.effect(one.low.low, one.low.high, "")
    return f"{central} {CENTRAL}, but {low} {WEAK}"


def _flows(material: Material) -> Iterable[str]:
    told = [material.role(role)[0] for role in ("status-quo", "no-deal", "deal") if material.role(role)]
    for position, flow in enumerate(material.results[0].flows):
        base = flow.base_units
        if base is None:
            continue
        parts: list[str] = []
        for scenario in told:
            found = material.flow_range(scenario.id, position)
            if found.central_units is None or found.low_units is None:
                continue
            central, low = (
                words.quantity_range(base * (1 + part.low), base * (1 + part.high))
                for part in (found.central_units, found.low_units)
            )
            parts.append(f"{central} under “{scenario.title}” ({low} if trade responds weakly)")
        if parts:
            yield f"{flow.title}, {words.quantity(base)} {flow.unit} a year, would be {words.listed(parts)}."


def _bystanders(material: Material) -> Iterable[str]:
    for one in material.role("status-quo")[:1]:
        runs = [result.countries for result in material.results if result.scenario == one.id]
        others = [code for code in runs[0] if code not in material.parties]
        worst = sorted(others, key=lambda code: runs[0][code].ev_musd)[:HARDEST]
        parts: list[str] = []
        for code in worst:
            values = [run[code].ev_musd for run in runs]
            if words.verdict(min(values), max(values)) == "loss":
                parts.append(f"{country_name(code)} ({words.span(min(values), max(values))})")
        if parts:
            yield (
                f"Hit hardest among the others by what is in force today, in billion dollars a year "
                f"against the {material.base_label}: {words.listed(parts)}."
            )
