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
from kosho.language import N_, _, pgettext
from kosho.scenario.results import BASE, Comparison, ScenarioResults, ScenarioSummary

__all__ = ["headline", "lead"]

HARDEST = 3
CENTRAL = N_("if trade responds as central estimates say")
WEAK = N_("if it responds weakly")
FIRM = N_("is better off throughout")
FEW = 2
"""Sides up to which each has its words even where they are alike."""


def lead(solved: ScenarioResults) -> Claim:
    """What no deal means against today, or else what today means against the base."""
    failing, today = solved.by_role("no-deal"), solved.by_role("status-quo")
    if failing and today:
        text = _(
            "If the talks fail (“{title}”): {each} ",
            title=failing[0].title,
            each=_each(solved, failing[0].id, today[0].id),
        )
        text += _("All in the long run, against what is in force today.")
    elif today:
        text = _("As things stand: {each} ", each=_each(solved, today[0].id, BASE))
        text += _("All in the long run, against the {base_label}.", base_label=solved.base_label)
    else:
        text = _("No scenario of this case is a status quo to compare with.")
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
                _(
                    "“{titles}” names “{titles_2}”, which is not in its results: {left_out}.",
                    titles=titles[bounds.scenario],
                    titles_2=bounds.titles[measure],
                    left_out=bounds.left_out[measure],
                )
            )


def _today(solved: ScenarioResults) -> Iterable[str]:
    for one in solved.by_role("status-quo")[:1]:
        yield (
            _(
                "What is in force today, were it to stay, against the {base_label}: {each}",
                base_label=solved.base_label,
                each=_each(solved, one.id, BASE),
            )
        )


def _other_failures(solved: ScenarioResults) -> Iterable[str]:
    today = solved.by_role("status-quo")
    for one in solved.by_role("no-deal")[1:]:
        against = today[0].id if today else BASE
        yield _("“{title}”, against today: {each}", title=one.title, each=_each(solved, one.id, against))


def _deals(solved: ScenarioResults) -> Iterable[str]:
    """Deals that stand alike share a sentence."""
    failing = solved.by_role("no-deal")
    firm = [_does(formatting.the_country(party), _(FIRM)) for party in solved.parties]
    alike: dict[str, list[str]] = {}
    for deal in solved.by_role("deal") if failing else ():
        standing = [_standing(solved, party, deal.id, failing) for party in solved.parties]
        text = _("every side is better off throughout") if standing == firm else _("; ").join(standing)
        alike.setdefault(text, []).append(_("“{title}”", title=deal.title))
    ways = {1: _("no deal"), 2: _("either way of no deal")}.get(len(failing), _("every way of no deal"))
    for text, deals in alike.items():
        yield _("{names}, against {ways}: {text}.", names=formatting.listed(deals), ways=ways, text=text)


def _standing(solved: ScenarioResults, party: str, deal: str, failing: Sequence[ScenarioSummary]) -> str:
    """How a party stands in a deal, over everything computed; once if alike for all failures."""
    found = {one.title: _stands(solved.comparison(party, deal, one.id)) for one in failing}
    name = formatting.the_country(party)
    if len(set(found.values())) == 1:
        return _does(name, next(iter(found.values())))
    told = _(", and ").join(
        _("{stands} (against “{title}”)", stands=stands, title=title) for title, stands in found.items()
    )
    return _does(name, told)


def _stands(one: Comparison) -> str:
    whole, central, low = (
        formatting.verdict(part.low, part.high) for part in (one.whole, one.central, one.low)
    )
    if whole != "unclear":
        firm = {"gain": _(FIRM), "loss": _("is worse off throughout")}
        return firm.get(whole, _("would not notice"))
    if central == low:
        return _("may be better or worse off")
    firm = {
        "gain": _("is better off"),
        "loss": _("is worse off"),
        "nil": _("would not notice"),
        "unclear": _("may be either"),
    }
    return _(
        "{firm} {central}, but {firm_2} {weak}",
        firm=firm[central],
        central=_(CENTRAL),
        firm_2=firm[low],
        weak=_(WEAK),
    )


def _each(solved: ScenarioResults, scenario: str, against: str) -> str:
    """A sentence or two: what every party gains or loses."""
    moves = {party: _moves(solved.comparison(party, scenario, against)) for party in solved.parties}
    still = [party for party, told in moves.items() if told == formatting.effect(0.0, 0.0)]
    if len(still) <= FEW:
        still = []
    parts = [_does(formatting.the_country(code), told) for code, told in moves.items() if code not in still]
    if still:
        names = [formatting.the_country(party) for party in still]
        parts.append(_does(formatting.listed(names), _("are hardly touched")))
    return _("{sides}.", sides=_("; ").join(parts))


def _does(who: str, what: str) -> str:
    return pgettext("who does what", "{who} {does}", who=who, does=what)


def _moves(one: Comparison) -> str:
    """What a party gains or loses: one range if its sign is firm, else one for each set of elasticities."""
    if formatting.verdict(one.whole.low, one.whole.high) != "unclear":
        return formatting.effect(one.whole.low, one.whole.high)
    central, low = (
        formatting.effect(one.central.low, one.central.high),
        formatting.effect(one.low.low, one.low.high, ""),
    )
    return _(
        "{central} {central_2}, but {low} {weak}", central=central, central_2=_(CENTRAL), low=low, weak=_(WEAK)
    )


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
            parts.append(
                _(
                    "{central} under “{title}” ({low} if trade responds weakly)",
                    central=central,
                    title=scenario.title,
                    low=low,
                )
            )
        if parts:
            counted = _("{quantity} {unit} a year", quantity=formatting.quantity(base), unit=flow.unit)
            yield _(
                "{title}, {counted}, would be {names}.",
                title=flow.title,
                counted=counted,
                names=formatting.listed(parts),
            )


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
                _(
                    "Hit hardest among the others by what is in force today, in billion dollars a year against "
                    "the {base_label}: {names}.",
                    base_label=solved.base_label,
                    names=formatting.listed(parts),
                )
            )
