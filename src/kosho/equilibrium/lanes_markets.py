# ruff: noqa: C901, PLR0912, PLR0915 - loops written out, as machine code wants them
"""Markets with bounds or product nests for sixteen members side by side: `batch_markets` in machine code.

At each look the wedges that meet quotas and purchases are found by Newton steps from those of the look before,
without a line search: a member for which that does not do goes the way of `complementarity`. All is in double
precision, also where the rest of a look is not: it is a small part of one. Legend as in `complementarity`: v a
variety, r one that a constraint is about, c a constraint, p a nest, m a market.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

from kosho.arrays import Array, Index
from kosho.equilibrium.batch_markets import STEPS, TIGHT_ENOUGH, Markets
from kosho.equilibrium.complementarity import FARTHEST, LONGEST, RIDGE
from kosho.equilibrium.constraints import TariffQuota
from kosho.equilibrium.lanes import LANES, absolute, every, larger, load, nothing, or_one, smaller, store, wider
from kosho.equilibrium.lanes_functions import exp, log
from kosho.equilibrium.machine_code import compiled

__all__ = ["Buyers", "buy", "buyers", "fits", "place_for"]

LEAST_EPSILON = 1e-3
"""Size of an elasticity between products, less one, from which on digits of a price are not lost."""
NOBODY = 1e3
"""How far a bound that does not hold for a member is from binding, in logs."""
TIGHT = 1e-11
"""Residual of a bound in double precision; where it is read, `complementarity` settles it once more."""
LEAST = 1e-300
"""Nothing less is taken for what a constraint measures."""

Buyers: TypeAlias = tuple[
    tuple[Index, Index, Index, Index, Index, Index],
    tuple[Array, Array, Array, Array, Array, Array],
    tuple[Index, Array, Array, Array, Index, Array, Array, Array],
    tuple[Index, Index, Index, Array, Index, Index],
]
"""Where: market, nest and exporter of each variety, market of each nest, sector and importer of each market.
What: base share (v, b), ln kappa (v, b), wedge (v, b), theta (p, b), epsilon (m, b), base share of nests (p,).
Bounds: the varieties (r,), signed membership (r, c), what a unit counts (c, r), ln of trade costs (r, b), the
country whose prices deflate, -1 for none and -2 where quantities are counted (c,), alpha (N, S), sign (c,),
ln Q (c, b). Rents: who pays and who earns those of bounds (c r,); varieties that pay rents of the shock's own
(k,), these, who pays and who earns them.
"""


def fits(markets: Markets) -> bool:
    """Whether these are markets that `buy` knows: no tariff quota, no product that nobody supplies any more,
    and elasticities with which the price of a market is what its formula says.
    """
    of = markets.of
    if any(isinstance(one, TariffQuota) for one in markets.bounds.constraints):
        return False
    supplied = of.by_nest @ (np.isfinite(of.charges.log_kappa) & (of.base > 0)[:, None])
    kept = (supplied > 0) | (of.held <= 0)[:, None]
    sure = np.abs(of.epsilon) >= LEAST_EPSILON  # and not where it is no number
    return bool(kept.all() and sure.all())


def buyers(markets: Markets | None, members: int, countries: int, sectors: int) -> Buyers:
    """Markets as `buy` reads them; without any it does nothing."""
    if markets is None:
        return _nobody(countries, sectors)
    of, bounds = markets.of, markets.bounds

    def each(values: Array) -> Array:
        return _own(np.broadcast_to(values, (len(values), members)))

    log_kappa = each(of.charges.log_kappa)
    open_ = np.isfinite(log_kappa)
    required = bounds.required
    with np.errstate(divide="ignore"):
        log_required = np.clip(np.log(required), -NOBODY, NOBODY)
    quantity = bounds.by_quantity
    traded = np.where(np.isfinite(of.charges.log_cost), of.charges.log_cost, 0.0)[bounds.rows]
    bound_rents = len(bounds.constraints) * len(bounds.rows)
    payer, holder = (np.argmax(who, axis=0) for who in (markets.payer, markets.holder))
    return (
        (
            _places(of.market),
            _places(of.nest),
            _places(of.exporter),
            _places(of.nest_market),
            _places(of.sector),
            _places(of.importer),
        ),
        (
            np.where(open_, of.base[:, None], 0.0),
            np.where(open_, log_kappa, 0.0),
            each(of.charges.wedge),
            each(of.theta),
            each(of.epsilon),
            _own(of.held),
        ),
        (
            _places(bounds.rows),
            _own(bounds.inside[bounds.rows]),
            _own(bounds.counted),
            each(traded),
            _places(np.where(quantity, -2, bounds.deflator)),
            _own(markets.alpha),
            _own(bounds.sign),
            each(log_required),
        ),
        (
            _places(payer[:bound_rents]),
            _places(holder[:bound_rents]),
            _places(markets.own),
            _own(of.shock.rent[of.row[markets.own]]),
            _places(payer[bound_rents:]),
            _places(holder[bound_rents:]),
        ),
    )


def _own(values: Array) -> Array:
    """In rows, to be written: a table that is not is another type for a compiler."""
    return np.array(values, np.float64, order="C")


def _places(values: Index) -> Index:
    return np.array(values, np.intp, order="C")


def _nobody(countries: int, sectors: int) -> Buyers:
    none, row, table = np.empty(0, np.intp), np.empty(0), np.empty((0, 0))
    return (
        (none, none, none, none, none, none),
        (table, table, table, table, table, row),
        (none, table, table, table, none, np.empty((countries, sectors)), row, table),
        (none, none, none, row, none, none),
    )


@compiled
def place_for(buyers: Buyers) -> Any:
    """For what `buy` writes, all in lanes: by variety unit cost, weight, share, what producers get of what is
    paid; by nest, market and constraint; measured parts (c r,); and a system of equations.
    """
    where, _what, bounds, _rents = buyers
    v, p, m, c, r = len(where[0]), len(where[3]), len(where[4]), len(bounds[4]), len(bounds[0])
    return (
        np.empty((4, v, LANES)),
        np.empty((2, p, LANES)),
        np.empty((3, m, LANES)),
        np.empty((4, c, LANES)),
        np.empty((2, r, LANES)),
        np.empty((c * r, LANES)),
        np.empty((c * (c + p + m), LANES)),
        np.empty(LANES),
    )


@compiled
def buy(  # noqa: PLR0913, PLR0917 - what a look has
    buyers: Buyers, seller: Any, first: int, arrays: Any, rents: Any, wedges: Array, room: Any
) -> Any:
    """What the markets buy at unit costs, prices and expenditure, added to what `sell_some` found.

    Args:
        buyers: The markets; members are those from the `first` on.
        seller: What `sell` reads of the base.
        first: Of the members.
        arrays: State, ln c, sum K E, output, and sums by country, all in lanes.
        rents: For what countries pay and earn (N lanes); it is there where nothing is paid, too.
        wedges: Log wedges to begin with, and those found (c, lanes).
        room: See `place_for`.

    Returns:
        By how much the bounds are missed.
    """
    state, log_cost, absorbed, output, sums = arrays
    paid, held = rents
    scale, labour, _cost_labour, minus_theta = seller
    market, _nest, exporter, _nest_market, sector, importer = buyers[0]
    deflator, alpha = buyers[2][4], buyers[2][5]
    of_varieties, _of_nests, of_markets, of_bounds = room[0], room[1], room[2], room[3]
    sectors, count = scale.shape
    zero, half = nothing(of_varieties), count + sectors * count
    for n in range(count):
        store(paid, n * LANES, zero)
        store(held, n * LANES, zero)
    for v in range(len(market)):
        at = (sector[market[v]] * count + exporter[v]) * LANES
        store(of_varieties, v * LANES, wider(zero, load(log_cost, at)))
    for m in range(len(sector)):
        at = half + sector[m] * count + importer[m]
        spent = load(state, at * LANES) * scale[sector[m], importer[m]]
        store(of_markets, m * LANES, wider(zero, spent))
    for c in range(len(deflator)):
        level = zero
        if deflator[c] >= 0:
            for j in range(sectors):
                price = load(state, (count + j * count + deflator[c]) * LANES)
                level = level + wider(zero, price) * alpha[deflator[c], j]
        store(of_bounds, c * LANES, level)
    tight = TIGHT_ENOUGH if state.itemsize == 4 else TIGHT  # bytes
    missed = _settle(buyers, first, wedges, tight, room)
    members = minus_theta.shape[1]
    for m in range(len(sector)):
        j = sector[m]
        theta = every(zero, minus_theta[j, 0])
        if members > 1:
            theta = wider(zero, load(minus_theta, j * members + first))
        price = load(of_markets, (len(sector) + m) * LANES)
        store(absorbed, (j * count + importer[m]) * LANES, exp(theta * price))
    _deliver(buyers, room)
    for v in range(len(market)):
        j, n, i = sector[market[v]], importer[market[v]], exporter[v]
        sold = load(of_varieties, (3 * len(market) + v) * LANES)
        _add(sums, n, sold)
        _add(output, j * count + i, sold)
        _add(sums, 2 * count + i, sold * labour[j, i])
        _add(sums, 3 * count + i, sold)
    _pay(buyers, first, wedges, room, rents)
    return missed


@compiled
def _add(to: Array, row: Any, amount: Any) -> None:
    """To a row of lanes, in its precision."""
    store(to, row * LANES, wider(amount, load(to, row * LANES)) + amount)


@compiled
def _settle(buyers: Buyers, first: int, wedges: Array, tight: float, room: Any) -> Any:
    """Wedges that meet the bounds; by how much they are missed where that is more than a little."""
    of_bounds, each = room[3], room[7]
    bounds = len(of_bounds[0])
    zero = nothing(wedges)
    most = zero
    for step in range(STEPS + 1):
        _evaluate(buyers, first, wedges, room)
        most = zero
        for c in range(bounds):
            most = larger(most, absolute(load(of_bounds, (3 * bounds + c) * LANES)))
        store(each, 0, most)
        done = step == STEPS or bounds == 0
        if not done:
            done = True
            for b in range(LANES):
                farthest = 0.0
                for c in range(bounds):
                    farthest = max(farthest, wedges[c, b])
                if each[b] > tight and farthest <= FARTHEST:
                    done = False
        if done:
            break
        _newton(buyers, first, wedges, room)
    return most


@compiled
def _evaluate(buyers: Buyers, first: int, wedges: Array, room: Any) -> None:
    """Demand at some wedges, what constraints measure, and how far they are from being met."""
    market, nest, _exporter, nest_market, _sector, _importer = buyers[0]
    base, log_kappa, wedge, theta, epsilon, held = buyers[1]
    rows, inside, counted, traded, deflator, _alpha, sign, log_required = buyers[2]
    of_varieties, of_nests, of_markets, of_bounds, of_rows, parts = (
        room[0],
        room[1],
        room[2],
        room[3],
        room[4],
        room[5],
    )
    members, zero = base.shape[1], nothing(base)
    varieties, nests, markets, bounds, bound = len(market), len(nest_market), len(epsilon), len(sign), len(rows)
    one = every(zero, 1.0)
    for v in range(varieties):
        store(of_varieties, (varieties + v) * LANES, zero)
        store(of_varieties, (3 * varieties + v) * LANES, one / load(wedge, v * members + first))
    for r in range(bound):
        added, v = zero, rows[r]
        for c in range(bounds):
            added = added + load(wedges, c * LANES) * inside[r, c]
        store(of_varieties, (varieties + v) * LANES, added)
        net = load(of_varieties, (3 * varieties + v) * LANES) * exp(zero - added)
        store(of_varieties, (3 * varieties + v) * LANES, net)
    for p in range(nests):
        store(of_nests, p * LANES, zero)
    for m in range(markets):
        store(of_markets, (2 * markets + m) * LANES, zero)
    for v in range(varieties):
        place = (varieties + v) * LANES
        log_price = (
            load(log_kappa, v * members + first) + load(of_varieties, v * LANES) + load(of_varieties, place)
        )
        elastic = load(theta, nest[v] * members + first)
        weight = exp(zero - elastic * log_price) * load(base, v * members + first)
        store(of_varieties, place, weight)
        _add(of_nests, nest[v], weight)
    for p in range(nests):
        bought = load(of_nests, p * LANES)
        some = or_one(bought)
        there, whole = bought / some, held[p]
        if whole <= 0.0:
            whole = 1.0
        price = there * log(some / every(zero, whole)) / load(theta, p * members + first)
        outer = there * exp(load(epsilon, nest_market[p] * members + first) * price) * held[p]
        store(of_nests, p * LANES, some)
        store(of_nests, (nests + p) * LANES, outer)
        _add(of_markets, 2 * markets + nest_market[p], outer)
    for m in range(markets):
        total = load(of_markets, (2 * markets + m) * LANES)
        store(of_markets, (markets + m) * LANES, zero - log(total) / load(epsilon, m * members + first))
    for v in range(varieties):
        within = load(of_varieties, (varieties + v) * LANES) / load(of_nests, nest[v] * LANES)
        share = load(of_nests, (nests + nest[v]) * LANES) / load(of_markets, (2 * markets + market[v]) * LANES)
        store(of_varieties, (varieties + v) * LANES, within)
        store(of_varieties, (2 * varieties + v) * LANES, within * share)
    for r in range(bound):
        v = rows[r]
        spent = load(of_markets, market[v] * LANES) * load(of_varieties, (2 * varieties + v) * LANES)
        net = spent * load(of_varieties, (3 * varieties + v) * LANES)
        store(of_rows, r * LANES, net)
        cost = load(of_varieties, v * LANES) + load(traded, r * members + first)
        store(of_rows, (bound + r) * LANES, net * exp(zero - cost))
    for c in range(bounds):
        measured, deflated = zero, exp(zero - load(of_bounds, c * LANES))
        for r in range(bound):
            part = load(of_rows, (bound + r) * LANES)
            if deflator[c] != -2:  # see `Buyers`
                part = load(of_rows, r * LANES) * deflated
            part = part * counted[c, r]
            store(parts, (c * bound + r) * LANES, part)
            measured = measured + part
        measured = larger(measured, every(zero, LEAST))
        z = load(wedges, c * LANES)
        free = z + (log(measured) - load(log_required, c * members + first)) * sign[c]
        store(of_bounds, (bounds + c) * LANES, measured)
        store(of_bounds, (2 * bounds + c) * LANES, free)
        store(of_bounds, (3 * bounds + c) * LANES, z - larger(free, zero))


@compiled
def _newton(buyers: Buyers, first: int, wedges: Array, room: Any) -> None:
    """The step that would close the residuals to first order, taken."""
    market, nest, _exporter, nest_market, _sector, _importer = buyers[0]
    theta, epsilon = buyers[1][3], buyers[1][4]
    rows, inside, counted, sign = buyers[2][0], buyers[2][1], buyers[2][2], buyers[2][6]
    of_varieties, of_bounds, parts, system = room[0], room[3], room[5], room[6]
    members, zero = theta.shape[1], nothing(wedges)
    varieties, nests, bounds, bound = len(market), len(nest_market), len(sign), len(rows)
    products, all_products = bounds * bounds, bounds * (bounds + nests)
    for k in range(len(system)):
        store(system, k * LANES, zero)
    for r in range(bound):
        v = rows[r]
        within = load(of_varieties, (varieties + v) * LANES)
        share = load(of_varieties, (2 * varieties + v) * LANES)
        for k in range(bounds):
            if inside[r, k] != 0.0:
                _add(system, products + nest[v] * bounds + k, within * inside[r, k])
                _add(system, all_products + market[v] * bounds + k, share * inside[r, k])
    for c in range(bounds):
        measured, free = load(of_bounds, (bounds + c) * LANES), load(of_bounds, (2 * bounds + c) * LANES)
        binds = larger(free, zero)
        moving = binds / or_one(binds)
        for k in range(bounds):
            slope = zero
            for r in range(bound):
                if counted[c, r] == 0.0:
                    continue
                v = rows[r]
                elastic = load(theta, nest[v] * members + first)
                between = load(epsilon, market[v] * members + first)
                product = load(system, (products + nest[v] * bounds + k) * LANES)
                everything = load(system, (all_products + market[v] * bounds + k) * LANES)
                change = (elastic - between) * product + between * everything
                change = change - (elastic + 1.0) * inside[r, k]
                slope = slope + load(parts, (c * bound + r) * LANES) * change
            entry = moving * (slope / measured) * (0.0 - sign[c])
            if k == c:
                entry = entry + (every(zero, 1.0 + RIDGE) - moving)
            store(system, (c * bounds + k) * LANES, entry)
    # Elimination without exchange of rows: on the diagonal is a bound's answer to its own wedge.
    residual = 3 * bounds
    for c in range(bounds):
        pivot = load(system, (c * bounds + c) * LANES)
        for k in range(c + 1, bounds):
            times = load(system, (k * bounds + c) * LANES) / pivot
            for j in range(c + 1, bounds):
                place = (k * bounds + j) * LANES
                store(system, place, load(system, place) - times * load(system, (c * bounds + j) * LANES))
            place = (residual + k) * LANES
            store(of_bounds, place, load(of_bounds, place) - times * load(of_bounds, (residual + c) * LANES))
    longest = zero
    for back in range(bounds):
        c = bounds - 1 - back
        step = load(of_bounds, (residual + c) * LANES)
        for k in range(c + 1, bounds):
            step = step - load(system, (c * bounds + k) * LANES) * load(of_bounds, (residual + k) * LANES)
        step = step / load(system, (c * bounds + c) * LANES)
        store(of_bounds, (residual + c) * LANES, step)
        longest = larger(longest, absolute(step))
    length = smaller(every(zero, 1.0), every(zero, LONGEST) / or_one(longest))
    for c in range(bounds):
        z = load(wedges, c * LANES) - load(of_bounds, (residual + c) * LANES) * length
        store(wedges, c * LANES, larger(z, zero))


@compiled
def _deliver(buyers: Buyers, room: Any) -> None:
    """What producers of each variety receive, in place of what they get of what is paid."""
    market, of_varieties, of_markets = buyers[0][0], room[0], room[2]
    varieties = len(market)
    for v in range(varieties):
        spent = load(of_markets, market[v] * LANES) * load(of_varieties, (2 * varieties + v) * LANES)
        place = (3 * varieties + v) * LANES
        store(of_varieties, place, spent * load(of_varieties, place))


@compiled
def _pay(buyers: Buyers, first: int, wedges: Array, room: Any, rents: tuple[Any, Any]) -> None:
    """Rents to those who earn them."""
    wedge, (rows, _inside, counted, _traded, _deflator, _alpha, sign, _required) = buyers[1][2], buyers[2]
    bound_payer, bound_holder, own, rent, payer, holder = buyers[3]
    of_varieties, (paid, held) = room[0], rents
    members, zero, bounds, bound = wedge.shape[1], nothing(wedges), len(sign), len(rows)
    varieties = len(of_varieties[0])
    for k in range(len(own)):
        amount = load(of_varieties, (3 * varieties + own[k]) * LANES) * rent[k]
        _add(paid, payer[k], amount)
        _add(held, holder[k], amount)
    for r in range(bound):
        raised, lowered, v = zero, zero, rows[r]
        for c in range(bounds):
            if counted[c, r] > 0.0 and sign[c] > 0.0:
                raised = raised + load(wedges, c * LANES)
            elif counted[c, r] > 0.0:
                lowered = lowered + load(wedges, c * LANES)
        received = load(of_varieties, (3 * varieties + v) * LANES) * load(wedge, v * members + first)
        whole = received * exp(zero - lowered) * (exp(raised) - 1.0) / or_one(raised)
        for c in range(bounds):
            if counted[c, r] > 0.0 and sign[c] > 0.0:
                amount = whole * load(wedges, c * LANES)
                _add(paid, bound_payer[c * bound + r], amount)
                _add(held, bound_holder[c * bound + r], amount)
