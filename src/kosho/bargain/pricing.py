"""Payoffs of packages to the parties: every one is solved, or of many those that could matter (`screening`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from kosho.arrays import Array, Index, Mask
from kosho.bargain.game import Game
from kosho.bargain.nontariff import IDLE_HINT
from kosho.bargain.package_shocks import PackageShocks
from kosho.bargain.payoffs import PayoffParts, Weights, payoffs_of_outcomes
from kosho.bargain.range_values import along_ranges
from kosho.bargain.screening import Screened, Screening, screen, solved_in_full
from kosho.bargain.sweep import (
    Backend,
    LaidTable,
    PricingParameters,
    background_shocks,
    in_process,
    setting_tasks,
    sweep,
    sweep_tasks,
)
from kosho.bargain.table import PACKAGE_BYTES, BackgroundLaw, Table
from kosho.display import Card, Shown, thing
from kosho.equilibrium import Deficits, Settled, solve, solve_batch
from kosho.equilibrium.batch import WORTH_A_PROCESS
from kosho.impact.reach import IdleError
from kosho.language import _
from kosho.limits import refuse_beyond
from kosho.parallel import cores, start
from kosho.progress import Progress, Reached, estimated, silent
from kosho.unfinished import once
from kosho.world import World, together

__all__ = [
    "InFull",
    "PricedTable",
    "PricingParameters",
    "price",
    "price_at",
    "price_in_full",
]


NOTICED = 1.0
"""Million USD a year; what the solver's tolerance leaves open is smaller."""
NOISE = 0.05
"""Million USD a year; equilibria of one law differ by less: by 4e-5 within a batch."""


@dataclass(frozen=True, eq=False)
class PricedTable(Shown):
    """A table priced under one background."""

    laid: LaidTable
    weights: Weights
    screened: Screened
    """Packages; columns are those of `PayoffParts`, income before added."""
    disagreement: PayoffParts
    """One row."""
    status_quo: PayoffParts
    """One row."""
    idle: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """Options that change nothing that is priced, by issue, with the reason."""
    as_in_force: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """Options that the law of the day has made the same as the fallback, and the title of that, by issue."""
    backend: Backend = in_process
    """What solves packages."""

    @property
    def table(self) -> Table:
        """What is on the table."""
        return self.laid.table

    @property
    def background(self) -> BackgroundLaw:
        """What packages are laid on, and what follows without one."""
        return self.laid.background

    @property
    def world(self) -> World:
        """The economy, with as many products as the table tells apart."""
        return self.shocks.world

    @property
    def shocks(self) -> PackageShocks:
        """Not collapsed; compared with the disagreement and the status quo, in this order."""
        return self.laid.shocks

    @property
    def deficits(self) -> Deficits:
        """See `kosho.equilibrium.solve`."""
        return self.laid.deficits

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

    def at_rates_of(self, table: Table) -> PricedTable:
        """The same table with packages at more rates: those are estimated along each range, none is solved.

        By how much these estimates may err is not known before some are solved.
        """
        there = table.nearest_in(self.table)
        known = self.table.nearest_in(table)[there] == np.arange(len(there))
        values = along_ranges(self.table, table, self.screened.values)
        values[known] = self.screened.values[there[known]]
        screened = replace(self.screened, values=values, solved=self.solved[there] & known)
        laid = LaidTable(table, self.background, self.laid.world, self.deficits, self.laid.like or self.laid)
        return replace(self, laid=laid, screened=screened)

    def exact(self, packages: Index) -> Array:
        """`[package, column]`, packages solved.

        Raises:
            KoshoError: one has no equilibrium.
        """
        return _solved(self.laid, packages, self.backend).columns

    def settled(self, choose: Callable[[Game], Index]) -> PricedTable:
        """Once every package that a choice falls on is solved.

        Args:
            choose: Packages that a question is decided by, of a game; to have more makes none less likely.
        """
        priced = self
        while len(rows := (chosen := choose(priced.hopeful))[~priced.solved[chosen]]):
            priced = priced.with_exact(rows)
        return priced


def price(  # noqa: PLR0913 - the last two say how, and have good defaults
    table: Table,
    background: BackgroundLaw,
    world: World,
    deficits: Deficits = "fixed",
    progress: Progress = silent,
    *,
    exact: bool | None = None,
    backend: Backend = in_process,
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
        backend: What solves packages; this machine if not given.

    Raises:
        InputError: the packages do not fit into memory.
        IdleError: an option changes nothing, and is not allowed to by name.
        KoshoError: a package has no equilibrium; whether it is a better deal than the others is not known then.
    """
    laid = LaidTable(table, background, world, deficits)
    if backend is in_process and len(table.grid) >= WORTH_A_PROCESS:
        start(cores(), solve_batch)  # they come up while the law is laid
    shocks = laid.shocks
    idle = shocks.idle_options()
    if background.id == table.backgrounds[0].id:
        _refuse_idle(table, idle)
    grid, weights = table.grid, Weights.of(table, shocks.world)
    compared: list[PayoffParts] = []

    def solve(packages: Index) -> Array:
        """The first time with what packages are compared with: equilibria of one batch compare best."""
        count = len(packages)
        reached = estimated(progress, _("Packages: {title}", title=background.title), count)
        found = _solved(laid, packages, backend, reached, compared=not compared)
        if not compared:
            compared.extend(found.take(np.array([row])) for row in (count, count + 1))
        return found.columns[:count]

    if solved_in_full(len(grid), exact):
        refuse_beyond("packages", len(grid), PACKAGE_BYTES, key="issues")
        values = solve(np.arange(len(grid)))
        screened = Screened(values, np.ones(len(grid), bool), np.zeros(values.shape[1]), None)
    else:
        screened = screen(grid, solve, weights.of_columns(len(table.parties)), NOTICED)
    return PricedTable(laid, weights, screened, compared[0], compared[1], idle, shocks.as_in_force, backend)


def _solved(
    laid: LaidTable,
    packages: Index,
    backend: Backend,
    reached: Reached | None = None,
    *,
    compared: bool = False,
) -> PayoffParts:
    """Packages solved, and behind them the disagreement and the status quo if they are asked for.

    Raises:
        KoshoError: one has no equilibrium.
    """
    worth = sweep(laid, sweep_tasks(packages, compared=compared), backend, reached)
    if worth.failures:
        grid = laid.table.grid
        labels = (", ".join(map(" ".join, grid.label(k).items())) for k in packages.tolist())
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
        raise IdleError("table", grave, _(IDLE_HINT))


@dataclass(frozen=True, eq=False)
class InFull(Shown):
    """Packages on the full table, then the disagreement and the status quo."""

    world: str
    """Hash."""
    countries: tuple[str, ...]
    worth: Array
    """`[state, country]`, equivalent variation, million USD a year."""
    payoffs: Array
    """`[state, party]`, million USD a year at the central weights."""
    bounds: tuple[tuple[Settled, ...], ...]
    """By state: what became of its quotas and commitments."""

    def others(self, parties: Sequence[str]) -> list[dict[str, float]]:
        """By package: what economies that are no party gain over the disagreement, million USD a year."""
        codes = {code: k for k, code in enumerate(self.countries) if code not in parties}
        more = self.worth[:-2] - self.worth[-2]
        return [{code: float(worth[k]) for code, k in codes.items()} for worth in more]


def price_in_full(priced: PricedTable, table: Table, packages: Index) -> InFull:
    """Price some packages again, each solved by itself, on the full table.

    Args:
        priced: Under which background, and on which world that was made coarser.
        table: Its table, or that with more issues.
        packages: Of `table`.

    Raises:
        InputError, IdleError, ConvergenceError: as `price`.
    """
    name = "in full", *replace(priced.laid, table=table).name, packages.tobytes()
    return once(name, lambda: _priced_in_full(priced, table, packages))


def _priced_in_full(priced: PricedTable, table: Table, packages: Index) -> InFull:
    finest = together(priced.world.finest, table.parties)
    shocks = background_shocks(table, priced.background, finest)
    world = shocks.world
    changes = (*shocks.counterfactuals(packages.tolist()), *shocks.comparison_counterfactuals())
    outcomes = [solve(world, one, priced.deficits) for one in changes]
    parts = payoffs_of_outcomes(table, world, outcomes)
    return InFull(
        world.hash,
        world.countries,
        np.stack([one.equivalent_variation.to_numpy() for one in outcomes]),
        parts.payoffs(Weights.of(table, world)),
        tuple(one.constraints for one in outcomes),
    )


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
    return sweep(priced.laid, setting_tasks(packages, settings, deficits), priced.backend)
