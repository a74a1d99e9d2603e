"""Year one of a scenario: the trades that the case names, one by one, wages and exchange rates held.

No paper gives one number for either of the two things that decide a first year, so each product is told at the
four corners of both: makers bear nothing or all of a change of duty, and buyers turn away as in the first year
that Boehm, Levchenko & Pandalai-Nayar (2023) measure, or as in the low set of the long run. Countries have no
first year here: the sign of theirs would be the assumption on wages and deficits (docs/methods/horizons.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from kosho.case import Case
from kosho.case_schema import NamedFlow
from kosho.display import Card, Shown, signed_percent
from kosho.equilibrium import FirstYear, first_year
from kosho.errors import InputError, Problem
from kosho.scenario.simulate import scenario_effects
from kosho.world import World, WorldChoice, low_elasticity

__all__ = ["ABSORBED", "ONE_YEAR", "ProductYear", "first_years", "year_three"]

ONE_YEAR = 0.76
"""Minus the tariff-exclusive elasticity of trade one year after a change of duty (`boehm-2023`)."""
ABSORBED = (0.0, 1.0)
"""Share of a change of duty that makers bear, both ends. Sources stand at either: US tariffs of 2018 and 2019
were passed on nearly whole (Amiti, Redding & Weinstein 2019), the export price of Japan's cars fell by nearly
all of the duty in 2025 (Bank of Japan), a price between parent and subsidiary."""


@dataclass(frozen=True, slots=True)
class ProductYear(Shown):
    """The first year of one named trade, at the corners of what is not known.

    >>> from kosho import Case
    >>> from kosho.scenario import first_years
    >>> first_years(Case.load("japan-us-2025"), "status-quo", world="talks")[0].bearing(1.0)[0].absorbed
    1.0
    """

    flow: NamedFlow
    corners: tuple[FirstYear, ...]
    """Makers bear nothing before all; buyers turn away weakly before strongly."""

    def card(self) -> Card:
        """Number sold and price before duty, makers bearing nothing and all."""
        rows: list[tuple[str, str]] = []
        for absorbed in ABSORBED:
            number, price = (self.text(figure, absorbed) for figure in ("number", "price_before_duty"))
            rows.append((f"makers bear {absorbed:.0%}", f"number {number}; price before duty {price}"))
        return Card(f"ProductYear: {self.flow.title}", rows)

    def bearing(self, absorbed: float) -> tuple[FirstYear, ...]:
        """The corners in which makers bear that share."""
        return tuple(one for one in self.corners if one.absorbed == absorbed)

    def text(self, figure: str, absorbed: float) -> str:
        """A change of `number`, `value`, or one of the prices, from its lowest to its highest."""
        found = [getattr(one, figure) for one in self.bearing(absorbed)]
        known = sorted(value for value in found if value is not None)
        if not known:
            return "not sold any more"
        ends = dict.fromkeys((signed_percent(known[0]), signed_percent(known[-1])))
        return " to ".join(ends)


def first_years(
    case: Case,
    scenario: str,
    as_of: date | None = None,
    world: World | WorldChoice | str | None = None,
    against: str | None = None,
) -> tuple[ProductYear, ...]:
    """Year one of every trade of goods that a case names, in a scenario.

    Args:
        case: The case.
        scenario: Id of one of its scenarios.
        as_of: See `kosho.scenario.simulate`.
        world: See `kosho.scenario.simulate`.
        against: Scenario to compare with; None is the base year.

    Raises:
        InputError, IdleError: as `simulate`; the case names no trade.

    >>> from kosho import Case
    >>> from kosho.scenario import first_years
    >>> cars = first_years(Case.load("japan-us-2025"), "status-quo", world="talks")[0]
    >>> cars.flow.id, [round(one.price_before_duty, 2) for one in cars.corners]
    ('cars', [0.0, 0.0, -0.2, -0.2])
    """
    if not case.flows:
        raise InputError(
            Problem(f"case {case.name} names no trade to follow", "`flows:` of case.yaml names them")
        )
    base, effects = scenario_effects(case, scenario, as_of, world)
    other = scenario_effects(case, against, as_of, world)[1].shock if against else None
    weak = low_elasticity(base)
    found: list[ProductYear] = []
    for flow in case.within(base).flows:
        cell = (flow.importer, flow.exporter, flow.sector, flow.part or "")
        strong = 1.0 + float(weak.theta[base.sector_position(flow.sector)])
        corners: list[FirstYear] = []
        for absorbed in ABSORBED:
            for sigma in sorted((ONE_YEAR, strong)):
                one = first_year(base, effects.shock, cell, sigma=sigma, absorbed=absorbed)
                if other is not None:
                    one = one.over(first_year(base, other, cell, sigma=sigma, absorbed=absorbed))
                corners.append(one)
        found.append(ProductYear(flow, tuple(corners)))
    return tuple(found)


def year_three(first: float | None, tenth: float | None) -> float | None:
    """A change in year three, on a straight line in logarithms from year one to year ten.

    The line is a rule, not an estimate: trade takes seven to ten years to settle (Boehm, Levchenko &
    Pandalai-Nayar 2023). It is for flows only; None where either end is not known or nothing is left.

    >>> from kosho.scenario.year_one import year_three
    >>> round(year_three(-0.1, -0.5), 3)
    -0.21
    """
    if first is None or tenth is None or first <= -1.0 or tenth <= -1.0:
        return None
    return float(np.expm1(np.log1p(first) + 2.0 / 9.0 * (np.log1p(tenth) - np.log1p(first))))
