"""What packages are worth to the parties: every one of them solved exactly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from kosho.bargain.game import Game
from kosho.bargain.lay import Laid, folded, lay
from kosho.bargain.table import Ground, State, Table
from kosho.equilibrium import Deficits, Shock
from kosho.equilibrium.batch import solve_batch
from kosho.equilibrium.crew import cores
from kosho.errors import Problems
from kosho.policy.translate import shock
from kosho.world import World

__all__ = ["Priced", "Weights", "Worth", "price", "repriced", "state_shock", "worth_of"]

Array = NDArray[np.float64]
Index = NDArray[np.intp]


NOTICED = 1.0
"""Million USD a year; what the solver's tolerance leaves open is smaller."""


@dataclass(frozen=True, eq=False)
class Weights:
    """Excess weights on value added, w of them."""

    names: tuple[str, ...]
    owner: Index
    """`[weight]`, position of the party."""
    sectors: NDArray[np.bool_]
    """`[weight, sector]`."""
    value: Array
    low: Array
    high: Array

    @staticmethod
    def of(table: Table, world: World) -> Weights:
        """Those of a table, over the sectors of a world.

        Raises:
            InputError: a weight is on a part of what the world has as one sector.
        """
        problems = Problems()
        found = [(k, weight) for k, party in enumerate(table.file.parties) for weight in party.payoff.weights]
        masks = np.zeros((len(found), len(world.sectors)), bool)
        for row, (_, weight) in enumerate(found):
            for j, label in enumerate(world.sectors):
                members = set(world.meta.sectors.get(label, (label,)))
                inside = members & set(weight.sectors)
                masks[row, j] = bool(inside)
                if inside and inside != members:
                    problems.add(
                        f"weight {weight.id!r} is on a part of sector {label}",
                        f"name all of {', '.join(sorted(members))}",
                    )
        problems.raise_if_any()
        cited = [weight.weight for _, weight in found]
        return Weights(
            names=tuple(weight.id for _, weight in found),
            owner=np.array([k for k, _ in found], np.intp),
            sectors=masks,
            value=np.array([one.value for one in cited], float),
            low=np.array([one.value if one.low is None else one.low for one in cited], float),
            high=np.array([one.value if one.high is None else one.high for one in cited], float),
        )


@dataclass(frozen=True, eq=False)
class Worth:
    """What states of the law are worth against the base year, in parts; million USD a year."""

    income: Array
    """`[state, party]`, equivalent variation."""
    added: Array
    """`[state, weight]`, change of real value added in the sectors of each weight."""

    def payoffs(self, weights: Weights, value: Array | None = None) -> Array:
        """`[state, party]`: income and weighted value added, at the central weights unless given."""
        scale = weights.value if value is None else value
        owned = np.eye(self.income.shape[1])[weights.owner]
        return self.income + (self.added * scale) @ owned

    def take(self, rows: Index) -> Worth:
        """Some states."""
        return Worth(self.income[rows], self.added[rows])


def worth_of(
    table: Table,
    world: World,
    shocks: Sequence[Shock],
    deficits: Deficits = "fixed",
    thetas: Sequence[xr.DataArray] | None = None,
) -> Worth:
    """Solve shocks, each at elasticities of its own if given, and tell what they are worth to the parties.

    Raises:
        ConvergenceError: a shock has no equilibrium that could be found.
    """
    weights = Weights.of(table, world)
    processes = None if thetas is None else cores()  # each set of elasticities is work of its own
    outcome = solve_batch(world, shocks, deficits, thetas=thetas, processes=processes)
    places = [world.position(code) for code in table.parties]
    income = outcome.equivalent_variation.to_numpy()[:, places]
    added = outcome.real_value_added.to_numpy()[:, places]
    by_weight = np.einsum("bwj,wj->bw", added[:, weights.owner], weights.sectors.astype(float))
    return Worth(income, by_weight)


@dataclass(frozen=True, eq=False)
class Priced:
    """A table priced under one background."""

    table: Table
    ground: Ground
    world: World
    laid: Laid
    """Not folded."""
    disagreement_shock: Shock
    status_quo_shock: Shock
    weights: Weights
    packages: Worth
    disagreement: Worth
    """One row."""
    status_quo: Worth
    """One row."""
    deficits: Deficits

    @cached_property
    def game(self) -> Game:
        """At central weights."""
        return self.at(self.weights.value)

    def at(self, value: Array) -> Game:
        """At other weights."""
        fails, now = (one.payoffs(self.weights, value)[0] for one in (self.disagreement, self.status_quo))
        game = Game.of(
            self.table.parties,
            self.packages.payoffs(self.weights, value),
            fails,
            now,
            self.table.possible,
            red_lines=[line.id for line in self.table.file.red_lines],
            crossed=self.table.crossed,
        )
        return replace(game, resolution=NOTICED)


def price(table: Table, ground: Ground, world: World, now: Shock, deficits: Deficits = "fixed") -> Priced:
    """Every package of a table under one background, with what follows without one; `now` is the status quo."""
    laid = lay(table, world, ground.packages)
    fails = state_shock(world, ground.disagreement)
    shocks = laid.folded().shocks(range(len(table.grid)))
    worth = worth_of(table, world, [*shocks, folded(fails, world), folded(now, world)], deficits)
    return Priced(
        table,
        ground,
        world,
        laid,
        fails,
        now,
        Weights.of(table, world),
        worth.take(np.arange(len(shocks))),
        worth.take(np.array([len(shocks)])),
        worth.take(np.array([len(shocks) + 1])),
        deficits,
    )


def state_shock(world: World, state: State) -> Shock:
    """What a state of the law is to the base year."""
    return shock(world, state.register, state.on, state.known)


def repriced(
    priced: Priced,
    packages: Index,
    thetas: Sequence[xr.DataArray],
    deficits: Deficits,
    laid: Sequence[Laid] | None = None,
) -> Worth:
    """Some packages, then the disagreement and the status quo, at other elasticities.

    Args:
        priced: The table.
        packages: Packages to price again.
        thetas: Elasticities; the rows of the answer are those of the first, then those of the second ...
        deficits: See `kosho.equilibrium.solve`.
        laid: What packages do, for each of `thetas`; the table's own by default.
    """
    shocks: list[Shock] = []
    for number, theta in enumerate(thetas):
        world = priced.world.with_theta(theta)
        at = (priced.laid.only(packages) if laid is None else laid[number]).folded(world)
        ends = (priced.disagreement_shock, priced.status_quo_shock)
        shocks += [*at.shocks(packages.tolist()), *(folded(one, world) for one in ends)]
    each = [theta for theta in thetas for _ in range(len(packages) + 2)]
    return worth_of(priced.table, priced.world, shocks, deficits, each)
