"""One scenario of a case solved: the world it is asked of, everything it changes, and what follows."""

from __future__ import annotations

from datetime import date
from typing import Literal

import xarray as xr

from kosho.case import Case
from kosho.equilibrium import Outcome, solve
from kosho.impact.effects import Effects, effects
from kosho.impact.quota_volumes import counted
from kosho.world import PhysicalFlow, World, load, low_elasticity

__all__ = ["pose", "simulate"]


def simulate(
    case: Case,
    scenario: str,
    as_of: date | None = None,
    world: Literal["full", "talks"] | World = "full",
    deficits: Literal["fixed", "zero"] = "fixed",
    elasticities: Literal["central", "low"] | xr.DataArray = "central",
) -> Outcome:
    """What a scenario does against the base year of the world.

    Args:
        case: The case.
        scenario: Id of one of its scenarios.
        as_of: Day of knowledge, and day in force where the scenario names none; None is the case's own day.
        world: `full` (80 economies, 50 sectors), `talks` (about 20 regions, 28 sectors), or a world at hand.
        deficits: Trade deficits kept as a share of world value added, or none.
        elasticities: `central`, `low` (see `kosho.world.low_elasticity`), or theta `[sector]`.

    Raises:
        InputError: unknown scenario, or a day the register does not cover.
        ConvergenceError: the solver did not meet its tolerance.

    >>> from kosho import Case
    >>> from kosho.scenario import simulate
    >>> case = Case.load("japan-us-2025")
    >>> deal, none = (simulate(case, scenario, world="talks") for scenario in ("deal", "no-deal"))
    >>> gain = deal.equivalent_variation - none.equivalent_variation
    >>> bool(gain.sel(country="JPN") > 0), bool(gain.sel(country="USA") > 0)
    (True, True)
    """
    base, found = pose(case, scenario, as_of, _world(world, elasticities))
    return solve(base, found.counterfactual, deficits)


def pose(
    case: Case, scenario: str, as_of: date | None = None, world: Literal["full", "talks"] | World = "full"
) -> tuple[World, Effects]:
    """What `simulate` solves: the world with the quantities of the case, and everything a scenario changes.

    Neither depends on closure or elasticities, so that one question can be solved under many. See `simulate`.

    >>> from kosho import Case
    >>> from kosho.scenario import pose
    >>> world, found = pose(Case.load("japan-us-2025"), "no-deal", world="talks")
    >>> len(found.shock) > 1000, [one.name for one in found.constraints]
    (True, ['us-232-autos-gbr'])
    """
    law = case.law(scenario, as_of)
    base = _counted(case, _world(world, "central"))
    return base, effects(base, law.register, law.on, law.known)


def _counted(case: Case, world: World) -> World:
    """A world with every quantity that the case, or a tariff quota in any of its scenarios, names."""
    units = [
        PhysicalFlow(
            flow.exporter,
            flow.importer,
            flow.sector,
            flow.quantity.value,
            flow.quantity.unit,
            flow.part,
            flow.quantity.source,
        )
        for flow in case.flows
        if flow.quantity is not None
    ]
    world = world.with_units([flow for flow in units if flow not in world.units])
    for scenario in case.scenarios.values():
        world = counted(world, case.register.with_overlay(scenario.overlay))
    return world


def _world(
    world: Literal["full", "talks"] | World, elasticities: Literal["central", "low"] | xr.DataArray
) -> World:

    base = load(regions=world, sectors=world) if isinstance(world, str) else world
    if not isinstance(elasticities, str):
        return base.with_theta(elasticities)
    return low_elasticity(base) if elasticities == "low" else base
