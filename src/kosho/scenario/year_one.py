"""Year one of a scenario: the trades that the case names, one by one, wages and exchange rates held.

No paper gives one number for either of the two things that decide a first year, so each product is told at the
four corners of both: makers bear nothing or all of a change of duty, and buyers turn away as in the first year
that Boehm, Levchenko & Pandalai-Nayar (2023) measure, or as in the low set of the long run. Countries have no
first year here: the sign of theirs would be the assumption on wages and deficits (docs/methods/horizons.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from kosho.case import Case
from kosho.case_schema import NamedFlow
from kosho.codes import sectors
from kosho.declared import as_declared
from kosho.display import Card, Shown, signed_percent
from kosho.equilibrium import FirstYear, Shock, first_year
from kosho.errors import InputError, Problem, Problems
from kosho.language import _
from kosho.scenario.simulate import scenario_effects
from kosho.world import World, WorldChoice, low_elasticity

__all__ = ["ABSORBED", "ONE_YEAR", "ProductYear", "first_years", "told_years", "year_three"]

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
            return _("not sold any more")
        ends = dict.fromkeys((signed_percent(known[0]), signed_percent(known[-1])))
        return _(" to ").join(ends)


@as_declared
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
        InputError, IdleError: as `simulate`; the case names no trade, or one without a first year (`told_years`
            leaves it out).

    >>> from kosho import Case
    >>> from kosho.scenario import first_years
    >>> cars = first_years(Case.load("japan-us-2025"), "status-quo", world="talks")[0]
    >>> cars.flow.id, [round(one.price_before_duty, 2) for one in cars.corners]
    ('cars', [0.0, 0.0, -0.2, -0.2])
    """
    found, left_out = told_years(case, scenario, as_of, world, against)
    problems = Problems()
    for flow in (one for one in case.flows if one.id in left_out):
        problems.add(left_out[flow.id], key=f"flows.{flow.id}")
    problems.raise_if_any()
    return found


def told_years(
    case: Case,
    scenario: str,
    as_of: date | None = None,
    world: World | WorldChoice | str | None = None,
    against: str | None = None,
) -> tuple[tuple[ProductYear, ...], dict[str, str]]:
    """As `first_years`, for the trades that have one; the others by id, with the reason.

    Raises:
        InputError, IdleError: as `simulate`; the case names no trade.
    """
    if not case.flows:
        told = _("case {name} names no trade to follow", name=case.name)
        raise InputError(Problem(told, _("`flows:` of case.yaml names them")))
    base, effects = scenario_effects(case, scenario, as_of, world)
    shocks = [effects.shock]
    if against:
        shocks.append(scenario_effects(case, against, as_of, world)[1].shock)
    known, strength = sectors(), low_elasticity(base).theta.to_numpy()
    services = {one.id for one in case.flows if one.sector in known and not known[one.sector].goods}
    found: list[ProductYear] = []
    left_out = case.flows_left_out(base) | dict.fromkeys(services, _("a service bears no duty"))
    for flow in (one for one in case.within(base).flows if one.id not in services):
        sigmas = sorted((ONE_YEAR, 1.0 + float(strength[base.sector_position(flow.sector)])))
        try:
            corners = [_corner(base, shocks, flow, sigma, share) for share in ABSORBED for sigma in sigmas]
        except InputError as error:
            left_out[flow.id] = error.problems[0].message
        else:
            found.append(ProductYear(flow, tuple(corners)))
    return tuple(found), left_out


def _corner(base: World, shocks: Sequence[Shock], flow: NamedFlow, sigma: float, absorbed: float) -> FirstYear:
    """A year under the first shock, over that under the second if there is one."""
    cell = (flow.importer, flow.exporter, flow.sector, flow.part or "")
    one, *others = (first_year(base, shock, cell, sigma=sigma, absorbed=absorbed) for shock in shocks)
    return one.over(others[0]) if others else one


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
