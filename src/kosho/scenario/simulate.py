"""One scenario of a case solved: the world it is asked of, everything it changes, and what follows."""

from __future__ import annotations

from datetime import date
from typing import Literal

import xarray as xr

from kosho.case import Case
from kosho.equilibrium import Outcome, solve
from kosho.impact.effects import Effects, effects
from kosho.impact.quota_volumes import counted
from kosho.world import PhysicalFlow, World, WorldChoice, low_elasticity

__all__ = ["pose", "simulate"]


def simulate(
    case: Case,
    scenario: str,
    as_of: date | None = None,
    world: World | WorldChoice | str | None = None,
    deficits: Literal["fixed", "zero"] = "fixed",
    elasticities: Literal["central", "low"] | xr.DataArray = "central",
) -> Outcome:
    """What a scenario does against the base year of the world.

    Args:
        case: The case.
        scenario: Id of one of its scenarios.
        as_of: Day of knowledge, and day in force where the scenario names none; None is the case's own day.
        world: A world at hand, or one by name as `--world` takes it (`talks`); None is `case.world` in full.
            `Outcome.base.meta.name` says which it was.
        deficits: Trade deficits kept as a share of world value added, or none.
        elasticities: `central`, `low` (see `kosho.world.low_elasticity`), or theta `[sector]`.

    Raises:
        InputError: unknown scenario, a day the register does not cover, or a world without the case's parties.
        ConvergenceError: the solver did not meet its tolerance.

    >>> from kosho import Case
    >>> from kosho.scenario import simulate
    >>> case = Case.load("japan-us-2025")
    >>> deal, none = (simulate(case, scenario, world="talks") for scenario in ("deal", "no-deal"))
    >>> gain = deal.equivalent_variation - none.equivalent_variation
    >>> bool(gain.sel(country="JPN") > 0), bool(gain.sel(country="USA") > 0)
    (True, True)
    """
    chosen = _world(case, world)
    if not isinstance(elasticities, str):
        chosen = chosen.with_theta(elasticities)
    elif elasticities == "low":
        chosen = low_elasticity(chosen)
    base, found = pose(case, scenario, as_of, chosen)
    return solve(base, found.counterfactual, deficits)


def pose(
    case: Case, scenario: str, as_of: date | None = None, world: World | WorldChoice | str | None = None
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
    chosen = _world(case, world)
    base = _counted(case.within(chosen), chosen)
    return base, effects(base, law.register, law.on, law.known)


def _world(case: Case, world: World | WorldChoice | str | None) -> World:
    if isinstance(world, World):
        return world
    return (WorldChoice.parse(world) if isinstance(world, str) else world or case.world).load().whole


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
