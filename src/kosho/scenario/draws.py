"""Every scenario of a case over draws of the trade elasticities, as one batch on the coarse world."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kosho.arrays import Array
from kosho.equilibrium import solve_batch
from kosho.impact.reach import same_question
from kosho.progress import Reached
from kosho.scenario.sensitivity import flow_key
from kosho.world import draw_elasticities

if TYPE_CHECKING:
    from kosho.case_schema import NamedFlow
    from kosho.impact.effects import Effects
    from kosho.world import World

__all__ = ["DRAWS", "SEED", "Draws", "once_each", "solve_draws"]

DRAWS = 64
SEED = 2025
ROUGHLY = 1e-7
"""Tolerance: a tenth of a million dollars for Japan; quantiles are not that sharp."""


def once_each(effects: Mapping[str, Effects]) -> tuple[list[str], dict[str, int]]:
    """States of the law that ask different questions, and of each the place of the one that asks the same."""
    first: list[str] = []
    place: dict[str, int] = {}
    for name, one in effects.items():
        alike = (k for k, other in enumerate(first) if same_question(one, effects[other]))
        place[name] = next(alike, len(first))
        if place[name] == len(first):
            first.append(name)
    return first, place


@dataclass(frozen=True, eq=False)
class Draws:
    """What draws of the elasticities give, by scenario."""

    worth: Mapping[str, Array]
    """`[draw, party]`, equivalent variation in million USD."""
    value: Mapping[str, Array]
    """`[draw, flow]`, new over base value of the named flows, less one."""
    units: Mapping[str, Array]
    """`[draw, flow]`, the same of their quantities; not a number where they are not counted."""


def solve_draws(  # noqa: PLR0913 - one question, told whole
    world: World,
    effects: Mapping[str, Effects],
    parties: Sequence[str],
    flows: Sequence[NamedFlow],
    processes: int = 1,
    *,
    draws: int = DRAWS,
    seed: int = SEED,
    reached: Reached | None = None,
) -> Draws:
    """Solve scenarios over the same draws of the trade elasticities.

    Args:
        world: Mostly a coarse one.
        effects: Of each scenario there.
        parties: Whose worth is told.
        flows: Named flows of the case.
        processes: How many share the work.
        draws: How many.
        seed: Of the random numbers.
        reached: Called with how many equilibria are found.

    Raises:
        ConvergenceError: a scenario has no equilibrium in a draw.

    >>> from kosho import Case
    >>> from kosho.scenario.draws import solve_draws
    >>> from kosho.scenario.simulate import posed
    >>> world, found = posed(Case.load("japan-us-2025"), "deal", world="talks")
    >>> some = solve_draws(world, {"deal": found}, ["JPN", "USA"], (), draws=3)
    >>> some.worth["deal"].shape
    (3, 2)
    """
    thetas = draw_elasticities(world, draws, seed)
    first, place = once_each(effects)
    changes = [effects[name].counterfactual for name in first]
    each = [theta for theta in thetas for _other in changes]
    named = [(one.importer, one.exporter, one.sector, one.part or "") for one in flows]
    batch = solve_batch(
        world,
        [change for _other in thetas for change in changes],
        tol=ROUGHLY,
        thetas=each,
        processes=processes,
        reached=reached,
        flows=named,
        volumes=False,
    )
    batch.raise_if_failed([f"{name} at draw {k + 1}" for k in range(draws) for name in first])
    places = [world.position(party) for party in parties]
    worth = batch.equivalent_variation.to_numpy()[:, places]
    # Zero where nothing is traded in the base: the model then trades nothing afterwards.
    value = np.nan_to_num(batch.flow_values.to_numpy() - 1.0)
    known = {flow_key(one) for one in world.units}
    counted = np.array([flow_key(one) in known for one in flows], bool)
    units = np.where(counted, batch.flow_quantities.to_numpy() - 1.0, np.nan)
    return Draws(
        *({name: found[place[name] :: len(changes)] for name in effects} for found in (worth, value, units))
    )
