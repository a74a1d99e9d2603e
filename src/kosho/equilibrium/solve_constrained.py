"""Equilibria with nests and constraints.

The markets concerned tell the equations K, f, g and h; the equations tell the markets costs and spending. At
given costs and spending wedges are found exactly (`complementarity`), so that the outer iteration is smooth; it
is accelerated (Anderson) and each equilibrium starts from the last.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from kosho.arrays import Array, Index
from kosho.equilibrium.anderson import Anderson
from kosho.equilibrium.complementarity import (
    EconomyState,
    Met,
    WedgeBounds,
    conflict,
    earning,
    gaps,
    refuse_unmet,
    settle,
    wedges,
)
from kosho.equilibrium.constraint_levels import (
    at_inside_rates,
    base_net,
    bounds_of,
    chosen,
    holder_of,
    markets_of,
    rows_of,
    without,
)
from kosho.equilibrium.constraints import Quota, Settled
from kosho.equilibrium.counterfactual import Counterfactual
from kosho.equilibrium.fallbacks import Solution, best_point, find
from kosho.equilibrium.kernel import Iterate, Nearby, Values
from kosho.equilibrium.nests import Varieties, explicit, kernel_weight
from kosho.equilibrium.preconditioners import Factors
from kosho.equilibrium.shock import Shock
from kosho.equilibrium.system import Cells, cells_of, reweighted, system_of
from kosho.errors import ConvergenceError, KoshoError
from kosho.language import _
from kosho.world import World

__all__ = ["Constrained", "find_constrained"]


MET = 1e-7
"""Largest relative gap of a constraint, or of the markets' weights, at the end."""
ROUNDS = 60
MEMORY = 6


@dataclass(frozen=True, eq=False)
class _Round:
    """One equilibrium at given wedges and weights."""

    z: Array  # (c, 1)
    rents: Array  # (c, v) ad valorem on the producer price
    subsidies: Array  # (c, v)
    net: Array  # (v,) new net flow
    kernel_weight: Array  # (v,) K / pi
    earning: Array  # (c, 1)
    shock: Shock
    cells: Cells
    solution: Solution


def find_constrained(
    base: World, factors: Factors, change: Counterfactual, tol: float, near: Nearby | None = None
) -> Constrained:
    """The equilibrium of `base` after a change with product nests and constraints.

    Args:
        base: An equilibrium.
        factors: Of `base`, under the closure wanted.
        change: What changes; its constraints have names of their own.
        tol: Largest relative gap in any equation; constraints are met to 1e-7.
        near: Where to begin; the base by default.

    Raises:
        InputError: unknown labels, parts the shock does not have, bounds that contradict one another.
        KoshoError: no wedge meets a bound.
        ConvergenceError: no equilibrium was found.
    """
    constraints = change.constraints
    of = explicit(change.shock, base, markets_of(base, constraints), change.nests)
    rows = rows_of(of, base, constraints)
    of = at_inside_rates(of, constraints, rows)
    bounds = bounds_of(of, base, constraints, rows)
    banned = [c for c, one in enumerate(constraints) if isinstance(one, Quota) and bounds.required[c, 0] <= 0]
    closed = without(of, np.asarray(rows[banned].any(axis=0), bool))
    active = tuple(c for c in range(len(constraints)) if c not in banned)
    conflict(bounds, of)
    free, bound = (
        _Economy(varieties, base, factors, chosen(bounds, some), tol)
        for varieties, some in ((of, ()), (closed, active))
    )
    if near is not None:
        with suppress(KoshoError):  # it may be nearer from the base
            return Constrained(base, bounds, active, free, bound.equilibrium(near), near)
    try:
        held = bound.equilibrium(None)
    except KoshoError:  # it may be nearer from where there are no bounds
        held = bound.equilibrium(free.equilibrium(None).solution.values)
    return Constrained(base, bounds, active, free, held)


@dataclass(frozen=True, eq=False)
class Constrained:
    """An equilibrium with constraints and nests."""

    base: World
    bounds: WedgeBounds
    active: tuple[int, ...]
    """Bounds that are no bans."""
    free: _Economy
    """Without any bound."""
    held: _Round
    near: Nearby | None = None
    """Where it was looked for."""

    @property
    def solution(self) -> Solution:
        """Of the equations."""
        return self.held.solution

    @property
    def shock(self) -> Shock:
        """What it answers, wedges included."""
        return self.held.shock

    @property
    def cells(self) -> Cells:
        """Of the shock."""
        return self.held.cells

    @cached_property
    def settled(self) -> tuple[Settled, ...]:
        """What became of each constraint. The equilibrium without them is solved when this is first asked for.

        Raises:
            ConvergenceError: there is none that could be found.
        """
        if not self.bounds.constraints:
            return ()
        return tuple(self._settled(c, self._loose) for c in range(len(self.bounds.constraints)))

    @property
    def nearby(self) -> Nearby:
        """For what differs little. The equilibrium without bounds is solved for it."""
        loose = _near(self._loose.solution.values) if self.bounds.constraints else None
        return replace(_near(self.held.solution.values), free=loose)

    @cached_property
    def _loose(self) -> _Round:
        """The equilibrium without any bound."""
        held = self.held.solution.values
        if len(self.active) == len(self.bounds.constraints) and not self.held.z.any():
            return self.held
        if self.near is None or self.near.free is None:
            return self.free.equilibrium(held)
        try:
            return self.free.equilibrium(self.near.free.moved(self.near, held))
        except KoshoError:  # it may be nearer from where there are bounds
            return self.free.equilibrium(held)

    def _settled(self, c: int, free: _Round) -> Settled:
        of, bounds, held = self.free.of, self.bounds, self.held
        constraint, mine = bounds.constraints[c], bounds.weight[c] > 0
        wedge = rent = cost = 0.0
        if c in self.active:
            a = self.active.index(c)
            z = float(held.z[a, 0])
            wedge = -float(np.expm1(-z)) if constraint.sign < 0 else float(np.expm1(z))
            rent = float(held.rents[a] @ held.net)
            cost = float(held.subsidies[a] @ held.net)
        elif bounds.weight[c] @ free.net > 0:
            wedge = np.inf
        count = len(self.base.countries)
        markets = np.unique(of.market[mine])
        others = np.isin(of.market, markets) & ~mine
        moved = held.net - free.net
        change = moved[others]
        importer = of.shock.importer[of.row][others]
        flat = np.bincount(importer * count + of.exporter[others], change, minlength=count * count)
        return Settled(
            constraint=constraint,
            base=float(bounds.weight[c] @ base_net(of, self.base)),
            free=self._counted(c, free),
            required=float(bounds.required[c, 0]),
            reached=self._counted(c, held),
            wedge=wedge,
            rent=rent,
            fiscal_cost=cost,
            countries=self.base.countries,
            change=flat.reshape(count, count).astype(float),
            sales={
                (self.base.countries[of.importer[m]], self.base.sectors[of.sector[m]]): np.bincount(
                    of.exporter[here], moved[here], minlength=count
                ).astype(float)
                for m in markets.tolist()
                for here in [of.market == m]
            },
        )

    def _counted(self, c: int, at: _Round) -> float:
        """Imports as the constraint measures them, from the flows of the equilibrium itself."""
        of, weight = self.free.of, self.bounds.weight[c]
        constraint, values = self.bounds.constraints[c], at.solution.values
        if constraint.measured == "quantity":
            log = values.log_cost[of.exporter, of.shock.sector[of.row]] + np.log(of.shock.cost[of.row])
            return float(weight @ (at.net * np.exp(-log)))
        level, n = 0.0, int(self.bounds.deflator[c])
        if n >= 0:
            level = float(self.base.arrays.alpha[n] @ values.point.log_price[n])
        return float(weight @ at.net * np.exp(-level))


def _near(values: Values) -> Nearby:
    return Nearby(values.point, values.log_cost)


class _Economy:
    """The outer iteration for one set of varieties and bounds."""

    def __init__(self, of: Varieties, base: World, factors: Factors, bounds: WedgeBounds, tol: float) -> None:
        self.of, self._base, self._factors, self._bounds, self._tol = of, base, factors, bounds, tol
        pair = of.exporter * len(base.sectors) + of.shock.sector[of.row]
        self._pairs, self._pair = np.unique(pair, return_inverse=True)

    def equilibrium(self, start: Values | Nearby | None) -> _Round:
        """Rounds until wedges, weights and the economy agree."""
        bounds, of = self._bounds, self.of
        point = None if start is None else start.point
        signals = self._start() if start is None else self._signals(start)
        z, accelerate = np.zeros((len(bounds.constraints), 1)), Anderson(len(signals), MEMORY)
        simple = not bounds.constraints and not of.several.any()
        least, best = np.inf, start if isinstance(start, Values) else None
        for _other in range(ROUNDS):
            state = self._state(signals)
            met = settle(of, bounds, state, z)
            refuse_unmet(bounds, met)
            z = met.z
            here = self._round(state, met, point)
            at = here.solution.values
            point = at.point
            heard = self._signals(at)
            gap = 0.0 if simple else self._gap(here, self._state(heard))
            if gap <= MET:
                return here
            if gap < least:
                least, best = gap, at
            signals = accelerate.next(signals, heard - signals)
        names = ", ".join(repr(c.name) for c in bounds.constraints) or "nests"
        country, sector = self._base.countries[int(of.importer[0])], self._base.sectors[int(of.sector[0])]
        hint = _("of {names} with the rest of the economy", names=names)
        reached = None if best is None else best_point(best, self._base)
        raise ConvergenceError(least, country, ROUNDS, hint, sector, reached)

    def _start(self) -> Array:
        spending = np.log(self._base.arrays.expenditure[self.of.importer, self.of.sector])
        return np.concatenate([np.zeros(len(self._pairs)), spending, np.zeros(len(self._bounds.deflator))])

    def _signals(self, values: Values | Nearby) -> Array:
        """What the economy tells the markets: ln unit costs, ln spending, ln deflators."""
        point = values.point
        level = (self._base.arrays.alpha * point.log_price).sum(axis=1)
        deflators = np.where(self._bounds.deflator < 0, 0.0, level[self._bounds.deflator])
        spending = np.log(point.spending[self.of.importer, self.of.sector])
        return np.concatenate([values.log_cost.reshape(-1)[self._pairs], spending, deflators])

    def _state(self, signals: Array) -> EconomyState:
        costs, markets = len(self._pairs), len(self.of.epsilon)
        cost, spending, level = np.split(signals[:, None], [costs, costs + markets])
        return EconomyState(cost[self._pair], spending, level)

    def _round(self, state: EconomyState, met: Met, start: Iterate | None) -> _Round:
        of, base = self.of, self._base
        earned = earning(self._bounds, met)
        found = wedges(of, self._bounds, met.z, earned)
        rents, subsidies = (self._spread(charges[:, :, 0]) for charges in (found.rents, found.subsidies))
        shock, origin, part = _with_wedges(
            of, base, self._bounds, rents, subsidies, self._spread(found.duties.T)
        )
        cells = cells_of(shock, base)
        weights = kernel_weight(of, met.demand, state.log_cost)[:, 0]
        nested = np.isin(np.arange(len(weights)), np.flatnonzero(of.several[of.market]))
        replaced = (origin >= 0) & nested[origin]
        weight = np.where(replaced, weights[origin] * part, cells.weight)
        cells = reweighted(cells, weight)
        try:
            solution = find(system_of(base, shock, cells, self._factors), base, self._tol, start)
        except ConvergenceError as error:
            raise self._unanswered(error) from None
        values, cell = solution.values, cells.row
        j, n, i = cells.sector[cell], cells.importer[cell], cells.exporter[cell]
        factor = np.where(cells.factor[cell] > 0, cells.factor[cell], 1.0)
        net = values.share_in(j, n, i) * values.point.spending[n, j] * cells.weight / factor * cells.part_net
        mine = origin >= 0
        net = np.asarray(np.bincount(origin[mine], net[mine], minlength=len(weights)), np.float64)
        return _Round(met.z, rents, subsidies, net, weights, earned, shock, cells, solution)

    def _unanswered(self, error: ConvergenceError) -> ConvergenceError:
        """The same with the constraints named that may ask for too much."""
        names = _(" and ").join(repr(constraint.name) for constraint in self._bounds.constraints)
        if not names:
            return error
        hint = _("with {names}: this may be more than the economy can ship or pay for", names=names)
        return ConvergenceError(error.residual, error.country, error.iterations, hint, error.sector, error.best)

    def _spread(self, charges: Array) -> Array:
        """Charges on the varieties bound `(c, r)`, on all of them `(c, v)`."""
        found = np.zeros((len(charges), len(self.of.row)))
        found[:, self._bounds.rows] = charges
        return found

    def _gap(self, here: _Round, state: EconomyState) -> float:
        """By how much wedges and weights miss what the economy they led to asks for."""
        of = self.of
        met = gaps(of, self._bounds, state, here.z)
        earned = earning(self._bounds, met) - here.earning
        missed = [float(met.missed.max()), float(np.abs(earned).max(initial=0.0))]
        if of.several.any():
            weights = kernel_weight(of, met.demand, state.log_cost)[:, 0]
            asked = of.several[of.market] & (here.kernel_weight > 0)
            missed.append(float(np.abs(np.log(weights[asked] / here.kernel_weight[asked])).max(initial=0.0)))
        return max(missed)


def _with_wedges(
    of: Varieties, base: World, bounds: WedgeBounds, rents: Array, subsidies: Array, duties: Array
) -> tuple[Shock, Index, Array]:
    """The shock with its wedges.

    Returns:
        The shock; for each row the variety it is of (-1 outside the markets) and the share of it: a variety
        whose rents go to several holders becomes several rows.
    """
    s = of.shock
    variety = np.full(len(s), -1, np.intp)
    variety[of.row] = np.arange(len(of.row))
    tariff, rent, holder = s.tariff.copy(), s.rent.copy(), s.holder.copy()
    tariff[of.row] += duties[0] - subsidies.sum(axis=0)
    rent[of.row] += rents.sum(axis=0)
    split: list[tuple[int, float, int]] = []
    part = np.ones(len(s))
    for v in np.flatnonzero(rents.any(axis=0)).tolist():
        r = int(of.row[v])
        paid = {int(s.holder[r]): float(s.rent[r])} if s.rent[r] > 0 else {}
        for c in np.flatnonzero(rents[:, v]).tolist():
            who = holder_of(base, bounds.constraints[c], s, r)
            paid[who] = paid.get(who, 0.0) + float(rents[c, v])
        (holder[r], first), *others = paid.items()
        part[r] = first / rent[r]
        split.extend((r, amount / rent[r], who) for who, amount in others)
    if not split:
        return replace(s, share=s.share * part, tariff=tariff, rent=rent, holder=holder), variety, part
    more = np.array([r for r, _other, _other in split], np.intp)
    rows = np.concatenate([np.arange(len(s)), more])
    part = np.concatenate([part, np.array([share for _other, share, _other in split])])
    holder = np.concatenate([holder, np.array([who for _other, _other, who in split], np.intp)])
    shock = replace(
        s,
        importer=s.importer[rows],
        exporter=s.exporter[rows],
        sector=s.sector[rows],
        share=s.share[rows] * part,
        cost=s.cost[rows],
        base_tariff=s.base_tariff[rows],
        tariff=tariff[rows],
        rent=rent[rows],
        holder=holder,
        part=tuple(s.part[r] for r in rows),
    )
    return shock, variety[rows], part
