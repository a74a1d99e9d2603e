"""Jobs and consumer prices of scenarios and deals, where people work more as what they earn buys more.

The plain closure holds labour, so it has no jobs to tell. Here labour supply answers the real wage: `LABOUR`
names the elasticity, which is an assumption. The smaller table of the case is solved, once a scenario or deal.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from kosho.equilibrium import Closure, Counterfactual, Deficits, Outcome, solve
from kosho.equilibrium.comparison import over
from kosho.provenance import Frozen
from kosho.scenario.against import differences, figures_of
from kosho.scenario.interval import Number
from kosho.scenario.simulate import posed
from kosho.unfinished import once
from kosho.world import World

if TYPE_CHECKING:
    from kosho.bargain import Deal
    from kosho.bargain.package_shocks import PackageShocks
    from kosho.case import Case

__all__ = ["LABOUR", "JobsAndPrices", "of_deals", "of_scenarios", "of_struck"]

LABOUR = Closure(labour_supply=0.5)
"""What adjusts. The elasticity is that of Ignatenko, Macedoni, Lashkaripour & Simonovska (2025); the tax
on labour is what ships of each country (`Closure.sourced`)."""


class JobsAndPrices(Frozen):
    """What a scenario or deal does over another, by party: fractions of what is there under the other.

    >>> from kosho.scenario.labour_market import JobsAndPrices
    >>> JobsAndPrices(jobs={"JPN": 0.0004}, prices={"JPN": -0.001}).jobs["JPN"]
    0.0004
    """

    jobs: dict[str, Number]
    """Change of employment."""
    prices: dict[str, Number]
    """Change of consumer prices, counted in the wages of the same country: what exchange rates do to both is
    not in it."""


def of_scenarios(
    case: Case, names: Iterable[str], against: str, as_of: date | None, world: World
) -> dict[str, JobsAndPrices]:
    """Jobs and prices of a case's scenarios over another; without those that have no equilibrium.

    Args:
        case: The case.
        names: Scenarios, by id.
        against: Another, by id.
        as_of: See `kosho.scenario.simulate`.
        world: What is solved; mostly a coarse one.

    >>> from kosho import Case
    >>> from kosho.scenario.labour_market import of_scenarios
    >>> from kosho.world import load
    >>> talks = load(regions="talks", sectors="talks")
    >>> found = of_scenarios(Case.load("japan-us-2025"), ["deal"], "no-deal", None, talks)
    >>> found["deal"].jobs["JPN"] > 0
    True
    """
    asked = list(dict.fromkeys((*names, against)))

    def solved() -> list[JobsAndPrices | None]:
        coarsely = case.allowing_idle()  # what the whole world tells apart acts there
        laid = {name: posed(coarsely, name, as_of, world) for name in asked}
        changes = [laid[name][1].counterfactual for name in asked]
        parties = [party.economy for party in case.parties]
        return _over(laid[against][0], changes, changes[asked.index(against)], parties, "fixed")

    found = once(("labour", *asked), solved)
    return {name: one for name, one in zip(asked, found, strict=True) if one is not None and name != against}


def of_deals(deal: Deal) -> dict[int, JobsAndPrices]:
    """Jobs and prices of the named deals of a table over no deal, by package, under the leading background.

    Those that have no equilibrium are left out.
    """
    packages = list(deal.deals)
    name = "labour", *deal.priced[0].laid.name, *packages
    found = once(name, lambda: _of_packages(deal, deal.priced[0].shocks, packages))
    return {package: one for package, one in zip(packages, found, strict=True) if one is not None}


def of_struck(deal: Deal) -> JobsAndPrices | None:
    """Jobs and prices of what was agreed over no deal; None where nothing was, or it has no equilibrium."""
    from kosho.bargain.sweep import background_shocks  # noqa: PLC0415 - scenarios without a table need none of it

    first, agreed = deal.priced[0], deal.table.struck
    if agreed is None:
        return None

    def solved() -> JobsAndPrices | None:
        shocks = background_shocks(agreed.table, first.background, first.world)
        return _of_packages(deal, shocks, [agreed.package])[0]

    return once(("labour", "struck", *first.laid.name), solved)


def _of_packages(deal: Deal, shocks: PackageShocks, packages: Sequence[int]) -> list[JobsAndPrices | None]:
    if not packages:
        return []
    no_deal = shocks.comparison_counterfactuals()[0]
    changes = shocks.counterfactuals(packages)
    return _over(shocks.world, changes, no_deal, deal.table.parties, deal.deficits)


def _over(
    world: World,
    changes: Sequence[Counterfactual],
    base: Counterfactual,
    parties: Sequence[str],
    deficits: Deficits,
) -> list[JobsAndPrices | None]:
    there = _figures(world, base, deficits)
    if there is None:
        return [None] * len(changes)
    return [
        _apart(here, there, parties) if (here := _figures(world, change, deficits)) else None
        for change in changes
    ]


_Figures = dict[str, dict[str, float | None]]


def _figures(world: World, change: Counterfactual, deficits: Deficits) -> _Figures | None:
    found = solve(world, change, deficits, closure=LABOUR.sourced(world), throw=False)
    return figures_of(found) if isinstance(found, Outcome) else None


def _apart(here: _Figures, there: _Figures, parties: Sequence[str]) -> JobsAndPrices:
    """Changes against the other state, as `kosho simulate --against` has them."""
    apart = differences({party: here[party] for party in parties}, there)
    jobs = {party: apart[party]["employment"] or 0.0 for party in parties}
    prices = {party: _in_wages(apart[party]["real_wage"] or 0.0) for party in parties}
    return JobsAndPrices(jobs=jobs, prices=prices)


def _in_wages(real_wage: float) -> float:
    """The change of prices counted in wages, of that of the real wage."""
    return over(0.0, real_wage)
