"""A struck deal against the table as it stood before: its worth, and what each side left on the table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from kosho.arrays import Array, Index
from kosho.bargain.attribution import shapley
from kosho.bargain.gains_along import GainsAlong, gains_along
from kosho.bargain.game import Game
from kosho.bargain.package_shocks import PackageShocks
from kosho.bargain.payoffs import PayoffParts, solve_payoffs
from kosho.bargain.pricing import PricedTable, price_in_full
from kosho.bargain.robustness import closing_scale
from kosho.bargain.table import Agreed, Table
from kosho.display import Card, Shown, columns, million
from kosho.equilibrium import Counterfactual, Purchase, Settled
from kosho.law.nontariff_terms import Amount
from kosho.unfinished import once

__all__ = ["LeftOnTable", "StruckOutcome", "left_on_table", "price_struck"]


@dataclass(frozen=True)
class LeftOnTable(Shown):
    """The package that gives one party most while no other has less than in the struck deal."""

    package: int
    """Of `Agreed.table`: of the table as it stood before, or with the promises as agreed and other duties."""
    gained: tuple[float, ...]
    """What each party has more in it than in the struck deal, million USD a year."""


@dataclass(frozen=True, eq=False)
class StruckOutcome(Shown):
    """A struck deal, priced as every package of the table is."""

    agreed: Agreed
    payoffs: Array
    """`[party]`, million USD a year against the base year."""
    ends: tuple[Array, Array]
    """`[party]`, with the promises to buy at the low and at the high ends of their ranges."""
    shares: Mapping[str, tuple[float, ...]]
    """Shapley value of each issue that it settles for each party, over what holds without a deal."""
    left: Mapping[str, LeftOnTable | None]
    """By party; None where it could not have had more without another's having less: neither in a package of
    the table as it stood before, nor with the promises as agreed and other duties and standards."""
    nearest: int | None
    """Package on the frontier that is least far off in money."""
    confirmed: Mapping[str, Array]
    """`[party]`, on the table in full: `payoffs`, `disagreement`, `status_quo`; empty where not asked for."""
    bounds: tuple[Settled, ...]
    """On the table in full: what became of its promises to buy."""
    along: GainsAlong | None = None
    """Along the common scale of elasticities; None where not asked for."""
    stops: float | None = None
    """The scale at which it stops leaving all better off; None where it does not, or where not asked for."""
    others: Mapping[str, float] = field(default_factory=dict[str, float])
    """On the table in full: what economies that are no party gain over no deal, million USD a year."""

    def card(self) -> Card:
        """Its worth, and what was left."""
        parties = self.agreed.table.parties
        rows = [("worth", columns(parties, self.payoffs.tolist(), million))]
        for party, one in self.left.items():
            amount = 0.0 if one is None else one.gained[parties.index(party)]
            rows.append((f"left by {party}", million(amount)))
        return Card(f"StruckOutcome: {self.agreed.deal.title}", rows)


def price_struck(priced: PricedTable, *, confirm: bool, along: bool = False) -> StruckOutcome | None:
    """Price the deal that was struck, if the table of `priced` knows one.

    Args:
        priced: The table under one background.
        confirm: Whether to price it on the full table as well.
        along: Whether to follow it along the common scale of elasticities.

    Raises:
        IdleError: a part of the deal changes nothing that is priced.
        ConvergenceError: it has no equilibrium that could be found.
    """
    agreed = priced.table.struck
    if agreed is None:
        return None
    table, package, game = agreed.table, agreed.package, priced.game
    grid = table.grid
    settled = np.flatnonzero(grid.choices[package] != grid.choices[table.fallback]).tolist()
    subsets, kept = grid.mixtures(package, table.fallback, settled), _promises_kept(table, agreed)
    rows = np.unique(np.concatenate([subsets, kept]))
    laid = replace(priced.laid, table=table, world=priced.world, like=None)

    def solved() -> PayoffParts:
        shocks = laid.shocks
        changes = [*shocks.tight.counterfactuals(rows.tolist()), *_at_ends(shocks.tight, package)]
        return solve_payoffs(table, shocks.world, changes, priced.deficits).complete()

    worth = once(("struck", *laid.name), solved)
    payoffs = worth.payoffs(priced.weights)
    mine = payoffs[np.searchsorted(rows, package)]
    before = np.flatnonzero(game.allowed)
    could = np.concatenate([_within(priced.table, before, table), kept])
    worths = np.concatenate([game.payoffs[before], payoffs[np.searchsorted(rows, kept)]])
    values = shapley(payoffs[np.searchsorted(rows, subsets)])
    confirmed: dict[str, Array] = {}
    bounds: tuple[Settled, ...] = ()
    others: dict[str, float] = {}
    if confirm:
        found = price_in_full(priced, table, np.array([package]))
        confirmed = dict(zip(("payoffs", "disagreement", "status_quo"), found.payoffs, strict=True))
        bounds = found.bounds[0]
        (others,) = found.others(table.parties)
    curve, stops = None, None
    if along:
        alone = replace(priced, laid=laid)
        curve = gains_along(alone, np.array([package]))
        stops = closing_scale(alone, package, mine - game.disagreement)
    return StruckOutcome(
        agreed=agreed,
        payoffs=mine,
        ends=(payoffs[-2], payoffs[-1]),
        shares={grid.issues[k]: tuple(row.tolist()) for k, row in zip(settled, values, strict=True)},
        left={
            party: left_on_table(could, worths, mine, k, game.resolution)
            for k, party in enumerate(game.parties)
        },
        nearest=_nearest(game, mine),
        confirmed=confirmed,
        bounds=bounds,
        along=curve,
        stops=stops,
        others=others,
    )


def left_on_table(
    packages: Index, payoffs: Array, agreed: Array, party: int, noise: float
) -> LeftOnTable | None:
    """The most that a party could have had without any other's having less.

    Args:
        packages: That were possible.
        payoffs: `[package, party]`.
        agreed: `[party]`, what the sides have instead.
        party: Position.
        noise: Payoffs that differ by less are one.

    Returns:
        None where none of the packages gives it more.

    >>> import numpy as np
    >>> from kosho.bargain.struck import left_on_table
    >>> packages, payoffs = np.array([7, 8, 9]), np.array([[4.0, 1.0], [2.0, 3.0], [5.0, -2.0]])
    >>> left_on_table(packages, payoffs, np.array([1.0, 1.0]), 0, 0.0)
    LeftOnTable(package=7, gained=(3, 0))
    >>> left_on_table(packages, payoffs, np.array([2.0, 3.0]), 1, 0.0) is None
    True
    """
    more = payoffs - agreed
    fits = (np.delete(more, party, axis=1) >= -noise).all(axis=1) & (more[:, party] > noise)
    if not fits.any():
        return None
    best = int(np.argmax(np.where(fits, more[:, party], -np.inf)))
    return LeftOnTable(int(packages[best]), tuple(more[best].tolist()))


def _promises_kept(table: Table, agreed: Agreed) -> Index:
    """Packages in which what the table did not have is as agreed, and duties and standards are any others.

    Promises to buy that the table had stay out: what was agreed took their place.
    """
    own = {issue.id for issue in agreed.deal.issues}
    chosen, choices = table.grid.choices[agreed.package], table.grid.choices
    keeps = table.possible & ~table.crossed.any(axis=1)
    for k, issue in enumerate(table.file.issues):
        overlays = [table.overlay(k, choice) for choice in range(len(issue.options))]
        bounds = any(isinstance(one.terms, Amount) for overlay in overlays for one in overlay.add)
        if issue.id in own or bounds:
            keeps = keeps & (choices[:, k] == chosen[k])
    return np.flatnonzero(keeps)


def _within(table: Table, packages: Index, whole: Table) -> Index:
    """Packages of a table by their numbers in one that has more issues behind: those have their fallbacks."""
    choices = np.repeat(whole.grid.choices[whole.fallback][None], len(packages), axis=0)
    choices[:, : len(table.grid.issues)] = table.grid.choices[packages]
    return whole.grid.positions(choices)


def _nearest(game: Game, payoffs: Array) -> int | None:
    if not len(game.frontier):
        return None
    return int(game.frontier[np.argmin(np.linalg.norm(game.payoffs[game.frontier] - payoffs, axis=1))])


def _at_ends(shocks: PackageShocks, package: int) -> list[Counterfactual]:
    """The package with all promises to buy at the low ends of their ranges, and at the high ends."""
    found: list[Counterfactual] = []
    for share in (0.0, 1.0):
        items = zip(shocks.nontariff.items, shocks.central.constraints, strict=True)
        constraints = tuple(
            item.constraints_at(share) if any(isinstance(one, Purchase) for one in middle) else middle
            for item, middle in items
        )
        found += shocks.counterfactuals([package], replace(shocks.central, constraints=constraints))
    return found
