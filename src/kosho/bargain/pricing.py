"""Payoffs of packages to the parties: every one is solved, or of many those that could matter (`screening`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import xarray as xr

from kosho.arrays import Array, Index, Mask
from kosho.bargain.game import Game
from kosho.bargain.nontariff import IDLE_HINT, Draw
from kosho.bargain.package_shocks import PackageShocks, package_shocks
from kosho.bargain.screening import SCREENED_ABOVE, Screened, Screening, screen
from kosho.bargain.table import PACKAGE_BYTES, BackgroundLaw, Table
from kosho.display import Card, Shown, thing
from kosho.equilibrium import Counterfactual, Deficits, Failure, Outcome, solve, solve_batch
from kosho.equilibrium.failure import raise_first
from kosho.errors import Problems
from kosho.impact.reach import IdleError
from kosho.language import _
from kosho.limits import refuse_beyond
from kosho.parallel import cores
from kosho.progress import Progress, Reached, estimated, silent
from kosho.world import World, together

__all__ = [
    "InFull",
    "PayoffParts",
    "PricedTable",
    "PricingParameters",
    "Weights",
    "background_shocks",
    "payoffs_of_outcomes",
    "price",
    "price_at",
    "price_in_full",
    "solve_payoffs",
]


NOTICED = 1.0
"""Million USD a year; what the solver's tolerance leaves open is smaller."""
NOISE = 0.05
"""Million USD a year; equilibria of one law differ by less: by 4e-5 within a batch."""


@dataclass(frozen=True, eq=False)
class Weights(Shown):
    """Excess weights on value added, w of them."""

    names: tuple[str, ...]
    owner: Index
    """`[weight]`, position of the party."""
    sectors: Mask
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
        for row, (_other, weight) in enumerate(found):
            for j, label in enumerate(world.sectors):
                members = set(world.meta.sectors.get(label, (label,)))
                inside = members & set(weight.sectors)
                masks[row, j] = bool(inside)
                if inside and inside != members:
                    problems.add(
                        _("weight {id!r} is on a part of sector {label}", id=weight.id, label=label),
                        _("name all of {names}", names=", ".join(sorted(members))),
                    )
        problems.raise_if_any()
        cited = [weight.weight for _other, weight in found]
        return Weights(
            names=tuple(weight.id for _other, weight in found),
            owner=np.array([k for k, _other in found], np.intp),
            sectors=masks,
            value=np.array([one.value for one in cited], float),
            low=np.array([one.value if one.low is None else one.low for one in cited], float),
            high=np.array([one.value if one.high is None else one.high for one in cited], float),
        )

    def of_columns(self, parties: int) -> Array:
        """`[column, party]`: how incomes and what is added in the sectors of weights make payoffs."""
        return np.concatenate([np.eye(parties), self.value[:, None] * np.eye(parties)[self.owner]])


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

    def complete(self, names: Sequence[str] | None = None) -> PayoffParts:
        """The same, once every state has an equilibrium.

        Raises:
            KoshoError: one has none; it is named by `names`, if given.
        """
        raise_first(self.failures, names)
        return self


def solve_payoffs(
    table: Table,
    world: World,
    changes: Sequence[Counterfactual],
    deficits: Deficits = "fixed",
    thetas: Sequence[xr.DataArray] | None = None,
    reached: Reached | None = None,
) -> PayoffParts:
    """What changes are worth to the parties, each solved at elasticities of its own if given.

    Changes without an equilibrium are in `PayoffParts.failures`: the caller decides what that means.
    """
    # Without deficits each set of elasticities has a base, and so work, of its own.
    processes = cores() if thetas is not None and deficits == "zero" else None
    outcome = solve_batch(world, changes, deficits, thetas=thetas, processes=processes, reached=reached)
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
    return PayoffParts(income[:, places], np.einsum("bwj,wj->bw", owned, weights.sectors.astype(float)))


@dataclass(frozen=True, eq=False)
class PricedTable(Shown):
    """A table priced under one background."""

    table: Table
    background: BackgroundLaw
    world: World
    shocks: PackageShocks
    """Not collapsed; compared with the disagreement and the status quo, in this order."""
    weights: Weights
    screened: Screened
    """Packages; columns are those of `PayoffParts`, income before added."""
    disagreement: PayoffParts
    """One row."""
    status_quo: PayoffParts
    """One row."""
    deficits: Deficits
    idle: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """Options that change nothing that is priced, by issue, with the reason."""
    as_in_force: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """Options that the law of the day has made the same as the fallback, and the title of that, by issue."""

    def card(self) -> Card:
        """Under which background, on which world, and what game it makes."""
        return Card(
            f"PricedTable: {self.background.title}",
            [("table", thing(self.table)), ("world", thing(self.world)), ("game", thing(self.game))],
        )

    @property
    def packages(self) -> PayoffParts:
        """A row each."""
        return PayoffParts.of_columns(self.screened.values, len(self.table.parties))

    @property
    def solved(self) -> Mask:
        """`[package]`, whether it was solved; the others are estimated."""
        return self.screened.solved

    @property
    def screening(self) -> Screening | None:
        """How packages that were not solved were estimated; None where all were."""
        return None if self.solved.all() else self.screened.screening

    @cached_property
    def game(self) -> Game:
        """At central weights."""
        return self.at(self.weights.value)

    @cached_property
    def hopeful(self) -> Game:
        """The same with every package that was not solved at the best it may be.

        What is chosen there for giving more, and was solved, would be chosen if all were solved.
        """
        return self._bounded(1.0)

    @cached_property
    def fearful(self) -> Game:
        """The same with every package that was not solved at the worst it may be."""
        return self._bounded(-1.0)

    def at(self, value: Array) -> Game:
        """At other weights."""
        return self._game(self.packages.payoffs(self.weights, value), value)

    def _bounded(self, sign: float) -> Game:
        if self.solved.all():
            return self.game
        matrix = self.weights.of_columns(len(self.table.parties))
        error = np.where(self.solved[:, None], 0.0, self.screened.bound @ np.abs(matrix))
        return self._game(self.game.payoffs + sign * error, self.weights.value)

    def _game(self, payoffs: Array, value: Array) -> Game:
        fails, now = (one.payoffs(self.weights, value)[0] for one in (self.disagreement, self.status_quo))
        game = Game.of(
            self.table.parties,
            payoffs,
            fails,
            now,
            self.table.possible,
            {line.id: mask for line, mask in zip(self.table.file.red_lines, self.table.crossed.T, strict=True)},
        )
        return replace(game, resolution=NOTICED, noise=NOISE)

    def with_exact(self, packages: Sequence[int] | Index) -> PricedTable:
        """Once these packages are solved.

        Raises:
            KoshoError: one has no equilibrium.
        """
        rows = np.unique(np.asarray(packages, np.intp))
        rows = rows[~self.solved[rows]]
        if not len(rows):
            return self
        return replace(self, screened=self.screened.with_exact(rows, self.exact(rows)))

    def exact(self, packages: Index) -> Array:
        """`[package, column]`, packages solved.

        Raises:
            KoshoError: one has no equilibrium.
        """
        return _solved(self.shocks, self.deficits, packages).columns

    def settled(self, choose: Callable[[Game], Index]) -> PricedTable:
        """Once every package that a choice falls on is solved.

        Args:
            choose: Packages that a question is decided by, of a game; to have more makes none less likely.
        """
        priced = self
        while len(rows := (chosen := choose(priced.hopeful))[~priced.solved[chosen]]):
            priced = priced.with_exact(rows)
        return priced


def price(
    table: Table,
    background: BackgroundLaw,
    world: World,
    deficits: Deficits = "fixed",
    progress: Progress = silent,
    *,
    exact: bool | None = None,
) -> PricedTable:
    """Every package of a table under one background, with what follows without one and with today.

    Args:
        table: What is on the table.
        background: What packages are laid on, and what follows without one.
        world: The economy.
        deficits: See `kosho.equilibrium.solve`.
        progress: Called with what is being done.
        exact: Whether every package is solved; if not, all that could matter are, and the others estimated
            (`kosho.bargain.screening`). None screens tables of more than 20,000 packages.

    Raises:
        InputError: the packages do not fit into memory.
        IdleError: an option changes nothing, and is not allowed to by name.
        KoshoError: a package has no equilibrium; whether it is a better deal than the others is not known then.
    """
    shocks = background_shocks(table, background, world)
    idle = shocks.idle_options()
    if background.id == table.backgrounds[0].id:
        _refuse_idle(table, idle)
    world, grid, weights = shocks.world, table.grid, Weights.of(table, shocks.world)
    compared: list[PayoffParts] = []

    def solve(packages: Index) -> Array:
        """The first time with what packages are compared with: equilibria of one batch compare best."""
        count = len(packages)
        reached = estimated(progress, _("Packages: {title}", title=background.title), count)
        found = _solved(shocks, deficits, packages, reached, compared=not compared)
        if not compared:
            compared.extend(found.take(np.array([row])) for row in (count, count + 1))
        return found.columns[:count]

    if len(grid) <= SCREENED_ABOVE if exact is None else exact:
        refuse_beyond("packages", len(grid), PACKAGE_BYTES, key="issues")
        values = solve(np.arange(len(grid)))
        screened = Screened(values, np.ones(len(grid), bool), np.zeros(values.shape[1]), None)
    else:
        screened = screen(grid, solve, weights.of_columns(len(table.parties)), NOTICED)
    return PricedTable(
        table,
        background,
        world,
        shocks,
        weights,
        screened,
        compared[0],
        compared[1],
        deficits,
        idle,
        shocks.as_in_force,
    )


def _solved(
    shocks: PackageShocks,
    deficits: Deficits,
    packages: Index,
    reached: Reached | None = None,
    *,
    compared: bool = False,
) -> PayoffParts:
    """Packages solved, and behind them the disagreement and the status quo if they are asked for.

    Raises:
        KoshoError: one has no equilibrium.
    """
    table, tight = shocks.table, shocks.tight
    changes = tight.counterfactuals(packages.tolist())
    changes += tight.comparison_counterfactuals() if compared else []
    worth = solve_payoffs(table, shocks.world, changes, deficits, reached=reached)
    if worth.failures:
        labels = (", ".join(map(" ".join, table.grid.label(k).items())) for k in packages.tolist())
        worth.complete([*(f"package {one}" for one in labels), "the disagreement", "the status quo"])
    return worth


def _refuse_idle(table: Table, found: Mapping[tuple[str, str], str]) -> None:
    """Refuse options that change nothing, except where that is allowed by name."""
    grave: dict[str, str] = {}
    for (issue, option), why in found.items():
        k = table.grid.issues.index(issue)
        if not table.may_be_idle(k, table.grid.options[k].index(option)):
            grave[f"{issue}, {option}"] = why
    if grave:
        raise IdleError("table", grave, IDLE_HINT)


def background_shocks(table: Table, background: BackgroundLaw, world: World) -> PackageShocks:
    """Packages of a table under one background, compared with the disagreement and the status quo."""
    return package_shocks(table, world, background.packages, (background.disagreement, table.status_quo))


@dataclass(frozen=True, eq=False)
class InFull(Shown):
    """Packages on the full table, then the disagreement and the status quo."""

    world: World
    outcomes: tuple[Outcome, ...]
    payoffs: Array
    """`[state, party]`, million USD a year at the central weights."""

    def others(self, parties: Sequence[str]) -> list[dict[str, float]]:
        """By package: what economies that are no party gain over the disagreement, million USD a year."""
        everybody = [one.equivalent_variation.to_numpy() for one in self.outcomes]
        codes = {code: k for k, code in enumerate(self.world.countries) if code not in parties}
        return [
            {code: float(worth[k] - everybody[-2][k]) for code, k in codes.items()} for worth in everybody[:-2]
        ]


def price_in_full(priced: PricedTable, table: Table, packages: Index) -> InFull:
    """Price some packages again, each solved by itself, on the full table.

    Args:
        priced: Under which background, and on which world that was made coarser.
        table: Its table, or that with more issues.
        packages: Of `table`.

    Raises:
        InputError, IdleError, ConvergenceError: as `price`.
    """
    finest = together(priced.world.finest, table.parties)
    shocks = background_shocks(table, priced.background, finest)
    world = shocks.world
    changes = (*shocks.counterfactuals(packages.tolist()), *shocks.comparison_counterfactuals())
    outcomes = tuple(solve(world, one, priced.deficits) for one in changes)
    worth = payoffs_of_outcomes(table, world, outcomes)
    return InFull(world, outcomes, worth.payoffs(Weights.of(table, world)))


@dataclass(frozen=True, eq=False)
class PricingParameters(Shown):
    """Parameters that packages are priced at, in place of the central ones."""

    theta: xr.DataArray
    """`[sector]`."""
    draw: Draw | None = None
    """Of everything else; in the middle of its range if not given."""
    scale: float = 1.0
    """Of the elasticities between origins of products told apart."""

    @staticmethod
    def scaled(world: World, scale: float) -> PricingParameters:
        """Central ones, with every elasticity of a world scaled alike."""
        return PricingParameters(world.theta * scale, scale=scale)


def price_at(
    priced: PricedTable, packages: Index, settings: Sequence[PricingParameters], deficits: Deficits
) -> PayoffParts:
    """Some packages, then the disagreement and the status quo, at other parameters.

    Args:
        priced: The table.
        packages: Packages to price again.
        settings: Parameters; the rows of the answer are those of the first, then those of the second ...
        deficits: See `kosho.equilibrium.solve`.

    States without an equilibrium are in `PayoffParts.failures`.
    """
    changes: list[Counterfactual] = []
    own = priced.shocks
    for one in settings:
        theta = one.theta.to_numpy()
        at, levels = own.collapsed(theta), own.nontariff.levels(theta, one.draw, one.scale)
        changes += [*at.counterfactuals(packages.tolist(), levels), *at.comparison_counterfactuals(levels)]
    each = [one.theta for one in settings for _other in range(len(packages) + 2)]
    return solve_payoffs(priced.table, priced.world, changes, deficits, each)
