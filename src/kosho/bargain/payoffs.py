"""What equilibria are worth to the parties of a table: income, and value added in the sectors they weigh."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
import xarray as xr

from kosho import formatting
from kosho.arrays import Array, Index
from kosho.bargain.table import Table
from kosho.display import Shown
from kosho.equilibrium import Counterfactual, Deficits, Failure, Outcome, solve_batch
from kosho.equilibrium.failure import raise_first
from kosho.language import _
from kosho.progress import Reached
from kosho.world import World

__all__ = ["PayoffParts", "Weights", "payoffs_of_outcomes", "solve_payoffs"]


@dataclass(frozen=True, eq=False)
class Weights(Shown):
    """Excess weights on value added, w of them."""

    names: tuple[str, ...]
    owner: Index
    """`[weight]`, position of the party."""
    sectors: Array
    """`[weight, sector]`, the share of what the sector adds that the weight is on."""
    value: Array
    low: Array
    high: Array
    notes: tuple[str, ...] = ()
    """Weights on a part of what the world has as one sector, in words."""

    @staticmethod
    def of(table: Table, world: World) -> Weights:
        """Those of a table, over the sectors of a world.

        A weight on a part of what the world has as one sector is on the part's share of it: by the weights of
        the world's sectors (`WorldMeta.sector_weights`), each member alike where it has none.
        """
        found = [(k, weight) for k, party in enumerate(table.file.parties) for weight in party.payoff.weights]
        shares = np.zeros((len(found), len(world.sectors)))
        notes: list[str] = []
        for row, (_other, weight) in enumerate(found):
            for j, label in enumerate(world.sectors):
                shares[row, j] = _share(world, label, weight.sectors)
                if 0.0 < shares[row, j] < 1.0:
                    notes.append(
                        _(
                            "weight {id} is on a part of sector {label} alone, which this table does not tell "
                            "apart: on {percent} % of what it adds, an assumption",
                            id=weight.id,
                            label=label,
                            percent=formatting.decimals(100 * shares[row, j], 0),
                        )
                    )
        cited = [weight.weight for _other, weight in found]
        return Weights(
            names=tuple(weight.id for _other, weight in found),
            owner=np.array([k for k, _other in found], np.intp),
            sectors=shares,
            notes=tuple(notes),
            value=np.array([one.value for one in cited], float),
            low=np.array([one.value if one.low is None else one.low for one in cited], float),
            high=np.array([one.value if one.high is None else one.high for one in cited], float),
        )

    def of_columns(self, parties: int) -> Array:
        """`[column, party]`: how incomes and what is added in the sectors of weights make payoffs."""
        return np.concatenate([np.eye(parties), self.value[:, None] * np.eye(parties)[self.owner]])


def _share(world: World, label: str, wanted: Collection[str]) -> float:
    """The share of a sector of the world that some ICIO sectors are."""
    members = world.meta.sectors.get(label, (label,))
    inside = [code for code in members if code in wanted]
    if len(inside) in (0, len(members)):
        return float(bool(inside))
    weights = world.meta.sector_weights.get(label, {})
    total = sum(weights.get(code, 1.0) for code in members)
    return sum(weights.get(code, 1.0) for code in inside) / total


@dataclass(frozen=True, eq=False)
class PayoffParts(Shown):
    """What states of the law are worth against the base year, in parts; million USD a year."""

    income: Array
    """`[state, party]`, equivalent variation."""
    added: Array
    """`[state, weight]`, change of real value added in the sectors of each weight."""
    failures: tuple[Failure, ...] = ()
    """States without an equilibrium, by number; not a number in the arrays."""

    def payoffs(self, weights: Weights, value: Array | None = None) -> Array:
        """`[state, party]`: income and weighted value added, at the central weights unless given."""
        scale = weights.value if value is None else value
        owned = np.eye(self.income.shape[1])[weights.owner]
        return self.income + (self.added * scale) @ owned

    @staticmethod
    def of_columns(values: Array, parties: int) -> PayoffParts:
        """From `[state, column]`: incomes of so many parties, then what is added in the sectors of weights."""
        return PayoffParts(values[:, :parties], values[:, parties:])

    @property
    def columns(self) -> Array:
        """`[state, column]`, the same side by side."""
        return np.concatenate([self.income, self.added], axis=1)

    def take(self, rows: Index) -> PayoffParts:
        """Some states, without the reasons of those that failed."""
        return PayoffParts(self.income[rows], self.added[rows])

    def spread(self, rows: Index) -> PayoffParts:
        """States by their numbers here, some more than once; those that failed still have."""
        reasons = {one.member: one for one in self.failures}
        failures = tuple(
            replace(reasons[row], member=place) for place, row in enumerate(rows.tolist()) if row in reasons
        )
        return replace(self.take(rows), failures=failures)

    def complete(self, names: Sequence[str] | None = None) -> PayoffParts:
        """The same, once every state has an equilibrium.

        Raises:
            KoshoError: one has none; it is named by `names`, if given.
        """
        raise_first(self.failures, names)
        return self


def solve_payoffs(  # noqa: PLR0913 - the last is for a person who waits
    table: Table,
    world: World,
    changes: Sequence[Counterfactual],
    deficits: Deficits = "fixed",
    thetas: Sequence[xr.DataArray] | None = None,
    *,
    processes: int | None = None,
    reached: Reached | None = None,
) -> PayoffParts:
    """What changes are worth to the parties, each solved at elasticities of its own if given.

    Work is shared by so many processes; None leaves that to `kosho.equilibrium.solve_batch`. Changes without an
    equilibrium are in `PayoffParts.failures`: the caller decides what that means.
    """
    outcome = solve_batch(
        world, changes, deficits, thetas=thetas, processes=processes, reached=reached, volumes=False
    )
    gained = outcome.equivalent_variation.to_numpy(), outcome.real_value_added.to_numpy()
    return replace(_counted(table, world, *gained), failures=outcome.failures)


def payoffs_of_outcomes(table: Table, world: World, outcomes: Sequence[Outcome]) -> PayoffParts:
    """The same for equilibria that were solved one by one."""
    income, added = (
        np.stack([getattr(one, name).to_numpy() for one in outcomes])
        for name in ("equivalent_variation", "real_value_added")
    )
    return _counted(table, world, income, added)


def _counted(table: Table, world: World, income: Array, added: Array) -> PayoffParts:
    """What countries `[state, country]` and sectors `[state, country, sector]` gain, as parties count it."""
    weights = Weights.of(table, world)
    places = [world.position(code) for code in table.parties]
    owned = added[:, places][:, weights.owner]
    return PayoffParts(income[:, places], np.einsum("bwj,wj->bw", owned, weights.sectors))
