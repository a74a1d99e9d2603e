"""Random economies and what must hold of any of them, whatever happens to it.

The equations are written out here once more, in plain sums over importers, exporters and sectors, so that a
slip in the solver's own way of writing them cannot hide.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import xarray as xr
from tests.fuzz.broken import BrokenError, UnansweredError
from tests.worlds import codes, ring

from kosho.arrays import Array
from kosho.equilibrium import Deficits, Outcome, Shock, solve, solve_batch
from kosho.errors import ConvergenceError
from kosho.world import World, labelled
from kosho.world.table import WorldMeta

TOLERANCE = 1e-10
"""Of the solver. What follows from its answer is asked for to ten times that, what compares two answers to
`TWICE`: welfare moves by more than the gap of the equations where trade is thin or elasticities are high."""
MET, TWICE = 1e-9, 1e-6
DUST = 1e-6
"""Share of a country's spending below which the solver measures a cell against that share, as is said of it."""
CHANGES, BATCH = 4, 16
"""Changes to one economy, and how many are solved together where that is tried."""
CELL = ("importer", "exporter", "sector")


@cache
def _empty(dims: tuple[str, ...], count: int, size: int) -> xr.DataArray:
    shape = [size if dim in ("sector", "input") else count for dim in dims]
    return labelled(np.zeros(shape), dims, codes(count, "C"), codes(size, "S"))


def _labelled(values: Array, dims: tuple[str, ...], count: int, size: int) -> xr.DataArray:
    return _empty(dims, count, size).copy(deep=False, data=values)  # labels are slow to make


@dataclass(frozen=True)
class Table:
    """Bare arrays of an equilibrium."""

    flows: Array  # (N, N, S)
    tariff: Array
    gamma: Array  # (N, S, S) input, sector
    theta: Array  # (S,)

    def world(self, *, door: bool) -> World:
        """As a world: by `from_flows` (`door`), or put together without its checks, ten times faster."""
        count, _, size = self.flows.shape
        flows = _labelled(self.flows, CELL, count, size)
        tariff = _labelled(self.tariff, CELL, count, size)
        gamma = _labelled(self.gamma, ("country", "input", "sector"), count, size)
        theta = _labelled(self.theta, ("sector",), count, size)
        if door:
            return World.from_flows(flows, tariff=tariff, io_share=gamma, theta=theta)
        beta = 1.0 - self.gamma.sum(axis=1)
        spending = (self.flows * (1.0 + self.tariff)).sum(axis=1)
        final = np.maximum(spending - np.einsum("nkj,nj->nk", self.gamma, self.flows.sum(axis=0)), 0.0)
        share = final / final.sum(axis=1, keepdims=True)
        return World(
            flows=flows,
            tariff=tariff,
            io_share=gamma,
            va_share=_labelled(beta, ("country", "sector"), count, size),
            final_share=_labelled(share, ("country", "sector"), count, size),
            theta=theta,
            meta=WorldMeta("made up"),
        )

    def permuted(self, countries: Array, sectors: Array) -> Table:
        """The same economy with its labels in another order."""
        cell = np.ix_(countries, countries, sectors)
        return Table(
            self.flows[cell],
            self.tariff[cell],
            self.gamma[np.ix_(countries, sectors, sectors)],
            self.theta[sectors],
        )


def table(rng: np.random.Generator) -> Table:
    """2 to 6 countries of very unequal size, 1 to 5 sectors; tariffs, deficits, holes, dust, idle sectors."""
    count, size = int(rng.integers(2, 7)), int(rng.integers(1, 6))
    home = np.arange(count)
    weight = rng.lognormal(0.0, rng.choice([0.3, 1.0, 2.5]), count)
    flows = (
        rng.lognormal(0.0, 1.0, (count, count, size)) * np.sqrt(weight[:, None] * weight[None, :])[:, :, None]
    )
    flows[rng.random(flows.shape) < rng.choice([0.0, 0.2, 0.7])] = 0.0
    dust = rng.random(flows.shape) < rng.choice([0.0, 0.1])
    flows[dust] *= 10.0 ** rng.uniform(-12, -4, dust.sum())
    flows[home, home, :] = weight[:, None] * rng.lognormal(1.0, 0.5, (count, size)) * count
    # Everybody sells to somebody who, step by step, sells to it: else nobody could pay for what it buys.
    flows[home, ring(count), 0] = weight * rng.uniform(0.3, 1.0, count)
    if rng.random() < 0.2:  # nobody makes this at home; everybody else may
        n, j = int(rng.integers(count)), int(rng.integers(size))
        flows[n, n, j] = 0.0
        flows[n, ring(count)[n], j] = max(flows[n, ring(count)[n], j], 0.1 * weight[n])
    tariff = rng.uniform(0.0, rng.choice([0.0, 0.1, 1.0]), flows.shape)
    tariff[home, home, :] = 0.0
    flows *= rng.uniform(*((0.9, 1.1) if rng.random() < 0.7 else (1.0, 1.0)), count)[:, None, None]
    gamma = rng.dirichlet(np.full(size, rng.choice([0.3, 2.0])), (count, size)).transpose(0, 2, 1)
    gamma = gamma * rng.uniform(0.0, rng.choice([0.0, 0.5, 0.8]), (count, 1, size))
    spending = (flows * (1.0 + tariff)).sum(axis=1)
    used = np.einsum("nkj,nj->nk", gamma, flows.sum(axis=0))
    room = np.divide(spending, used, out=np.ones_like(used), where=used > 0)
    gamma *= np.minimum(1.0, rng.uniform(0.5, 0.95) * room)[:, :, None]
    low, high = ((1.5, 9.0), (0.8, 20.0), (2.0, 65.0))[int(rng.integers(3))]
    return Table(flows * 10.0 ** rng.uniform(-3, 6), tariff, gamma, rng.uniform(low, high, size))


def solvent(made: Table) -> bool:
    """Whether every country has value added, lends or borrows less than a sixth of it, taxes less than half.

    A surplus that stays what it is can be more than a country can earn after a change.
    """
    beta = 1.0 - made.gamma.sum(axis=1)
    added = (beta * made.flows.sum(axis=0)).sum(axis=1)
    lent = made.flows.sum(axis=(0, 2)) - made.flows.sum(axis=(1, 2))
    taxed = (made.flows * made.tariff).sum(axis=(1, 2))
    return bool((added > 0).all() and (np.abs(lent) < added / 6).all() and (taxed < added / 2).all())


@dataclass(frozen=True)
class Change:
    """New tariffs, costs and rents of whole cells `(N, N, S)`."""

    tariff: Array
    cost: Array
    rent: Array
    holder: Array  # (N, N, S), country

    def shock(self, world: World) -> Shock:
        """As the solver takes it: one row a cell that changes."""
        base = world.arrays.tariff
        rows = np.nonzero((self.tariff != base) | (self.cost != 1.0) | (self.rent > 0))
        count = len(rows[0])
        return Shock(
            countries=world.countries,
            sectors=world.sectors,
            importer=rows[0],
            exporter=rows[1],
            sector=rows[2],
            share=np.ones(count),
            cost=self.cost[rows],
            base_tariff=base[rows],
            tariff=self.tariff[rows],
            rent=self.rent[rows],
            holder=np.where(self.rent[rows] > 0, self.holder[rows], -1),
            part=("",) * count,
        )

    def permuted(self, countries: Array, sectors: Array) -> Change:
        """The same change with labels in another order."""
        cell, place = np.ix_(countries, countries, sectors), np.argsort(countries)
        return Change(self.tariff[cell], self.cost[cell], self.rent[cell], place[self.holder[cell]])


def change(rng: np.random.Generator, made: Table) -> Change:
    """Tariffs of up to 100 %, cheaper or dearer trade, bans where others supply, rents that somebody holds."""
    shape = made.flows.shape
    home = np.arange(shape[0])
    touched = rng.random(shape) < rng.choice([0.1, 0.5, 1.0])
    touched[home, home, :] = False
    tariff = np.where(touched, rng.uniform(0.0, rng.choice([0.2, 1.0]), shape), made.tariff)
    cost, rent = np.ones(shape), np.zeros(shape)
    if rng.random() < 0.4:
        cost = np.where(touched, rng.uniform(0.7, 1.4, shape), 1.0)
        banned = touched & (rng.random(shape) < rng.choice([0.0, 0.1]))
        banned[home, ring(len(home)), :] = False
        cost[banned & made_at_home(made)] = np.inf
    if rng.random() < 0.3:
        rent = np.where(touched & (rng.random(shape) < 0.3), rng.uniform(0.0, 0.5, shape), 0.0)
    return Change(tariff, cost, rent, rng.integers(0, shape[0], shape))


def made_at_home(made: Table) -> Array:
    """Cells whose buyers have a producer at home."""
    home = np.arange(len(made.flows))
    return np.broadcast_to(made.flows[home, home, :][:, None, :] > 0, made.flows.shape)


def near(found: Array, wanted: Array, scale: Array | float, tolerance: float, what: str) -> None:
    """`found` is `wanted`, to `tolerance` of `scale`."""
    gap = np.abs(found - wanted) / scale
    if not (gap <= tolerance).all():  # NaN is not near
        raise BrokenError(
            f"{what}: off by {np.nanmax(gap):.2e} of its size, {np.isnan(gap).sum()} not a number"
        )


def clears(outcome: Outcome, made: Change) -> None:
    """Shares, prices, budgets, markets, Walras: from flows, wages and prices alone.

    Raises:
        BrokenError: one of them does not hold.
    """
    a, point = outcome.base.arrays, outcome.solution.values
    flows = point.net_flow.transpose(1, 2, 0)
    wage, price = np.exp(point.point.log_wage), np.exp(point.point.log_price)
    spending, income = point.point.spending, point.income
    whole = spending.sum(axis=1)
    cell = np.maximum(spending, DUST * whole[:, None])
    bought = a.expenditure > 0
    if not ((flows >= 0).all() and np.isfinite(flows).all() and (income > 0).all()):
        raise BrokenError("flows or incomes that cannot be")
    near(point.share.sum(axis=2).T[bought], 1.0, 1.0, MET, "shares")
    near((flows * (1.0 + made.tariff + made.rent)).sum(axis=1), spending, cell, MET, "what buyers pay")
    # Costs are Cobb-Douglas in wages and prices; prices those of Eaton & Kortum.
    cost = wage[:, None] ** a.beta * np.exp(np.einsum("nkj,nk->nj", a.gamma, np.log(price)))
    kappa = made.cost * (1.0 + made.tariff + made.rent) / (1.0 + a.tariff)
    with np.errstate(under="ignore", over="ignore"):
        dear = a.shares * (kappa * cost[None] / price[:, None, :]) ** -a.theta
    near(
        (np.log(dear.sum(axis=1, where=bought[:, None, :], initial=0.0) + ~bought) / a.theta),
        0.0,
        1.0,
        MET,
        "price indices",
    )
    near(dear, point.share.transpose(1, 2, 0), 1.0, 100 * MET, "shares at these prices")
    # Every producer sells what is bought of it; every country spends what it has.
    output = flows.sum(axis=0)
    earned = wage * a.value_added
    near((a.beta * output).sum(axis=1), earned, earned, MET, "labour")
    uses = np.einsum("nkj,nj->nk", a.gamma, output) + a.alpha * income[:, None]
    near(uses, spending, cell, MET, "markets")
    duties = (flows * made.tariff).sum(axis=(1, 2))
    near(point.revenue, duties, whole, MET, "revenue")
    rents = np.bincount(made.holder.ravel(), (flows * made.rent).ravel(), minlength=len(wage))
    near(point.rents, rents, whole.sum(), MET, "rents")
    near(earned + duties + rents + a.deficits, income, whole, MET, "income")
    near(earned.sum(), a.value_added.sum(), a.value_added.sum(), MET, "numeraire")
    paid = flows.sum(axis=(1, 2)) + (flows * made.rent).sum(axis=(1, 2))
    near(paid - output.sum(axis=1) - rents, a.deficits, whole, 10 * MET, "Walras")


def economy_holds(rng: np.random.Generator) -> int:
    """Make an economy and changes to it, hold every identity against each; how many equilibria were looked at.

    Raises:
        BrokenError: an identity does not hold.
        UnansweredError: see `answer`.
        KoshoError: no equilibrium was found where there is one.
    """
    made = table(rng)
    while not solvent(made):
        made = table(rng)
    careful = rng.random() < 0.1
    world = made.world(door=careful)
    deficits: Deficits = "fixed" if rng.random() < 0.7 else "zero"
    unmoved(solve(world, Shock.none(world), deficits, TOLERANCE))
    for _ in range(CHANGES):
        asked = change(rng, made)
        outcome = answer(world, asked.shock(world), deficits)
        clears(outcome, asked)
    if careful:
        alike(rng, made, asked, outcome)
    return CHANGES


def answer(world: World, shock: Shock, deficits: Deficits) -> Outcome:
    """The equilibrium after a shock.

    Raises:
        UnansweredError: none was found, and deficits are fixed.
        ConvergenceError: none was found though trade balances, where there always is one.
    """
    try:
        return solve(world, shock, deficits, TOLERANCE)
    except ConvergenceError as error:
        if deficits == "zero":
            raise
        raise UnansweredError(str(error)) from error


def unmoved(outcome: Outcome) -> None:
    """Nothing happens where nothing changes.

    Raises:
        BrokenError: something does.
    """
    point, flows = outcome.solution.values, outcome.base.arrays.flows
    near(point.point.log_wage, 0.0, 1.0, 0.0, "wages after nothing")
    near(outcome.welfare.to_numpy(), 0.0, 1.0, 1e-12, "welfare after nothing")
    near(point.net_flow.transpose(1, 2, 0), flows, flows.sum(), 1e-12, "flows after nothing")


def alike(rng: np.random.Generator, made: Table, asked: Change, outcome: Outcome) -> None:
    """The unit of money and the order of labels do not matter, nor whether one is solved alone or in a batch.

    Raises:
        BrokenError: one of them does.
    """
    count, _, size = made.flows.shape
    order = rng.permutation(count), rng.permutation(size)
    same = np.arange(count), np.arange(size)
    richer = replace(made, flows=made.flows * 10.0 ** rng.uniform(-4, 4))
    twins = (("the unit of money", richer, same), ("the order of labels", made.permuted(*order), order))
    welfare = outcome.welfare.to_numpy()
    for what, other, (countries, sectors) in twins:
        again = other.world(door=False)
        moved = asked.permuted(countries, sectors).shock(again)
        found = solve(again, moved, outcome.deficits, TOLERANCE).welfare.to_numpy()
        near(found, welfare[countries], 1.0, TWICE, what)
    world = made.world(door=False)
    some = [asked.shock(world), *(change(rng, made).shock(world) for _ in range(BATCH - 1))]
    batch = solve_batch(world, some, outcome.deficits, TOLERANCE)
    near(batch.welfare.to_numpy()[0], welfare, 1.0, TWICE, "one of a batch")
