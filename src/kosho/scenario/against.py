"""A scenario against another: what each economy has over what it would have otherwise.

Money is the difference of the two, in million USD of the base year. Percent are of the other state: ratios of
levels, less one (`kosho.equilibrium.comparison.over`). Ranges run over the parameters of both scenarios'
measures; a measure in both moves in both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kosho.arrays import Array
from kosho.case import Case
from kosho.display import Card, Shown, million
from kosho.equilibrium import Outcome
from kosho.equilibrium.comparison import over
from kosho.errors import InputError, Problem, suggest
from kosho.language import _
from kosho.scenario.commitments import CountryEnds
from kosho.scenario.interval import Interval
from kosho.scenario.results import BASE
from kosho.scenario.sensitivity import changes, changes_apart, largest_moves
from kosho.scenario.simulate import Simulation

__all__ = ["Difference", "compare", "differences", "figures_of", "resolved"]

ROLES = ("status-quo", "no-deal")
"""Roles that name the first scenario that plays them, where none has that id."""
MONEY = ("ev_musd", "profits")
"""Figures in million USD, which are subtracted. All others are fractions of a level, but for the first-order
effect on welfare, which is linear by construction."""
FIGURES = {
    "welfare": "welfare",
    "welfare_first_order": "welfare_first_order",
    "real_wage": "real_wage",
    "ev_musd": "equivalent_variation",
    "real_gdp": "real_gdp",
    "employment": "employment",
    "consumer_prices": "consumer_prices",
    "profits": "more_profits",
}
"""Names of `kosho simulate --json`, and what they are of an `Outcome`."""


@dataclass(frozen=True, eq=False)
class Difference(Shown):
    """What a scenario does over another, by economy. Make it with `kosho.scenario.compare`.

    >>> from kosho.scenario import Difference
    >>> Difference("deal", "no-deal", {"JPN": {"ev_musd": 2646.0}, "USA": {"ev_musd": 2548.0}}, None)
    Difference: deal against no-deal, a year
      JPN   +2,646 million USD
      USA   +2,548 million USD
    """

    scenario: str
    against: str
    """A scenario's id, or `base`."""
    countries: dict[str, dict[str, float | None]]
    """By economy and figure (`figures_of`): fractions of what it is compared with, million USD a year."""
    ends: dict[str, CountryEnds] | None
    """Over the ranges of measures; None where nothing has a range."""

    def card(self) -> Card:
        """Equivalent variation of the economies that it moves most."""
        worth = {code: found["ev_musd"] or 0.0 for code, found in self.countries.items()}
        rows = [(code, million(worth[code])) for code in sorted(worth, key=lambda code: -abs(worth[code]))[:6]]
        return Card(f"Difference: {self.scenario} against {self.against}, a year", rows)


def resolved(case: Case, against: str) -> str:
    """The scenario that is compared with: an id, `base`, or the first of a role.

    Raises:
        InputError: the case has none such.

    >>> from kosho import Case
    >>> from kosho.scenario.against import resolved
    >>> resolved(Case.load("japan-us-2025"), "no-deal")
    'no-deal'
    """
    if against == BASE or against in case.scenarios:
        return against
    if against in ROLES:
        found = [one.id for one in case.scenarios.values() if one.role == against]
        if found:
            return found[0]
        raise InputError(
            Problem(
                _("case {name} has no scenario of the role {against}", name=case.name, against=against),
                _("name a scenario"),
            )
        )
    known = [BASE, *ROLES, *case.scenarios]
    raise InputError(
        Problem(
            _("case {name} has no scenario {against!r}", name=case.name, against=against),
            suggest(against, known),
        )
    )


def figures_of(outcome: Outcome) -> dict[str, dict[str, float | None]]:
    """The figures of every economy against the base: fractions, million USD a year.

    None where the closure holds something as given: employment without labour supply, profits without makers
    who keep any.

    >>> from kosho.equilibrium import Shock, solve
    >>> from kosho.scenario.against import figures_of
    >>> from kosho.world import toy
    >>> found = figures_of(solve(toy(), Shock.tariffs(toy(), {("USA", "JPN", "C29"): 0.25})))
    >>> sorted(found["JPN"])[:4], round(found["JPN"]["ev_musd"], -1)
    (['consumer_prices', 'employment', 'ev_musd', 'profits'], -6900.0)
    """
    given = {"employment": not outcome.closure.labour_supply, "profits": not outcome.closure.profits}
    values = {
        name: None if given.get(name) else getattr(outcome, attribute).to_numpy()
        for name, attribute in FIGURES.items()
    }
    return {
        code: {name: None if column is None else float(column[n]) for name, column in values.items()}
        for n, code in enumerate(outcome.base.countries)
    }


def compare(one: Simulation, other: Simulation | None) -> Difference:
    """What a scenario does over another, or over the base.

    Args:
        one: The scenario, with its ranges.
        other: What it is compared with, solved on the same table; None is the base.

    >>> from kosho import Case
    >>> from kosho.scenario import compare, simulate_with_ranges
    >>> case = Case.load("japan-us-2025")
    >>> deal, none = (simulate_with_ranges(case, name, world="talks") for name in ("deal", "no-deal"))
    >>> found = compare(deal, none)
    >>> found.ends["USA"].ev_musd.low <= found.countries["USA"]["ev_musd"] <= found.ends["USA"].ev_musd.high
    True
    """
    mine = figures_of(one.outcome)
    scenario, base = one.commitments.scenario, one.commitments.ends
    if other is None:
        return Difference(scenario, BASE, mine, None if base is None else base.countries)
    theirs = figures_of(other.outcome)
    return Difference(scenario, other.commitments.scenario, differences(mine, theirs), _ends(one, other))


def differences(
    one: dict[str, dict[str, float | None]], other: dict[str, dict[str, float | None]]
) -> dict[str, dict[str, float | None]]:
    """Figures of one state of the law over another, by economy: money less money, levels over levels."""
    return {
        code: {name: _against(name, value, other[code][name]) for name, value in found.items()}
        for code, found in one.items()
    }


def _against(name: str, one: float | None, other: float | None) -> float | None:
    if one is None or other is None:
        return None
    return one - other if name in MONEY or name == "welfare_first_order" else over(one, other)


def _changes(middle: Array, moved: Sequence[tuple[str, Array]]) -> dict[str, list[Array]]:
    return changes({"": middle}, [(name, {"": value}) for name, value in moved], "")


def _ends(one: Simulation, other: Simulation) -> dict[str, CountryEnds] | None:
    if not one.moved and not other.moved:
        return None
    ends: dict[str, list[Interval]] = {}
    for what, scale, back in (("welfare", np.log1p, np.expm1), ("worth", np.asarray, np.asarray)):
        mine, theirs = (
            (scale(at.middle.figures[what]), [(name, scale(found[what])) for name, found in at.moved])
            for at in (one, other)
        )
        middle = mine[0] - theirs[0]
        apart = changes_apart(*(_changes(*of) for of in (mine, theirs)))
        moves = largest_moves(np.zeros_like(middle), apart).values()
        low = back(middle + sum((fall for fall, _other in moves), np.zeros_like(middle)))
        high = back(middle + sum((rise for _other, rise in moves), np.zeros_like(middle)))
        ends[what] = [Interval(low=a, high=b) for a, b in zip(low.tolist(), high.tolist(), strict=True)]
    return {
        code: CountryEnds(welfare=ends["welfare"][n], ev_musd=ends["worth"][n])
        for n, code in enumerate(one.middle.countries)
    }
