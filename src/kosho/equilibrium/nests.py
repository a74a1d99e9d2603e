"""Product nests: a row for every part of a market, and demand for them given costs and spending.

Legend: n importer, i exporter, j sector; v a variety (a part of a cell), p a product (a nest of varieties), m a
market (an importer's sector); a base share of the market's spending, kappa change of trade cost and wedge, c
unit cost, theta between origins, epsilon between products; a hat, new over old, is left out.

    P_p = [ sum_v in p  a_v/b_p (kappa_v c_i)^-theta_p ]^(-1/theta_p),   b_p = sum_v in p a_v
    P_m = [ sum_p b_p P_p^-epsilon ]^(-1/epsilon)
    share_v = a_v/b_p (kappa_v c_i)^-theta_p P_p^theta_p  *  b_p P_p^-epsilon P_m^epsilon

With theta_p = epsilon = theta_j this is the kernel's single nest. Demand is evaluated at many states of the
economy at once: a last axis b, a member each.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from kosho.arrays import Array, Index, Mask
from kosho.declared import as_declared
from kosho.display import Shown
from kosho.equilibrium.shock import Shock, uncovered
from kosho.errors import Problems, suggest
from kosho.language import _
from kosho.world import World

__all__ = [
    "Charges",
    "Demand",
    "Nest",
    "Varieties",
    "demand",
    "explicit",
    "kernel_weight",
    "picked_columns",
    "with_rests",
]


UNITARY = 1e-9
"""Elasticities between products closer to zero than this are taken as zero (Cobb-Douglas)."""
TINY_SHARE = 1e-12


@as_declared
@dataclass(frozen=True, eq=False)
class Nest(Shown):
    """A product that buyers of one country tell from the rest of its sector.

    Parts of the shock that bear its name belong to it; `shares` adds origins that the shock does not mention.

    >>> from kosho.equilibrium import Nest
    >>> Nest("rice", importer="JPN", sector="A01", theta=4.0, between=0.5, shares={"USA": 0.05, "JPN": 0.2})
    Nest
      product    'rice'
      importer   'JPN'
      sector     'A01'
      theta      4
      between    0.5
      shares     {USA: 0.05, JPN: 0.2}
    """

    product: str
    """Name of the part."""
    importer: str
    sector: str
    theta: float
    """Between origins of the product: import values net of duty fall with elasticity -(theta + 1)."""
    between: float
    """Between products of the sector, in the same form: elasticity of substitution less one. Above -1; all
    nests of a market have the same."""
    shares: Mapping[str, float] = field(default_factory=dict)
    """By exporter (the importer itself for what is made at home): share of the cell's base spending."""

    def __post_init__(self) -> None:
        problems = Problems()
        who = f"nest {self.product!r} of {self.importer}, {self.sector}"
        if not self.product:
            problems.add(_("{who}: needs a name", who=who))
        if not (np.isfinite(self.theta) and self.theta > 0):
            problems.add(_("{who}: theta {theta:g} is not positive", who=who, theta=self.theta))
        if not (np.isfinite(self.between) and self.between > -1):
            problems.add(
                _(
                    "{who}: elasticity between products {between:g} is not above -1",
                    who=who,
                    between=self.between,
                )
            )
        for exporter, share in self.shares.items():
            if not 0 <= share <= 1:
                problems.add(
                    _(
                        "{who}: share {share:g} of {exporter} is not between 0 and 1",
                        who=who,
                        share=share,
                        exporter=exporter,
                    )
                )
        problems.raise_if_any()


@dataclass(frozen=True, eq=False)
class Charges:
    """What lies between producer and buyer of each variety: for all states `(v, 1)`, or by state `(v, b)`."""

    cost: Array
    """New over old trade cost, infinite where banned."""
    tariff: Array
    rent: Array
    base_tariff: Array  # (v, 1)

    @staticmethod
    def of(shock: Shock, row: Index) -> Charges:
        """Those of some rows of a shock."""
        cost, tariff, rent, base = (
            column[row][:, None] for column in (shock.cost, shock.tariff, shock.rent, shock.base_tariff)
        )
        return Charges(cost, tariff, rent, base)

    @cached_property
    def wedge(self) -> Array:
        """1 + tariff + rent."""
        return 1.0 + self.tariff + self.rent

    @cached_property
    def log_cost(self) -> Array:
        """Of trade."""
        with np.errstate(divide="ignore"):
            return np.log(self.cost)

    @cached_property
    def log_kappa(self) -> Array:
        """Change of trade cost and wedge together."""
        return self.log_cost + np.log(self.wedge / (1.0 + self.base_tariff))

    def take(self, members: Index) -> Charges:
        """For some of the states."""
        cost, tariff, rent = (picked_columns(one, members) for one in (self.cost, self.tariff, self.rent))
        return Charges(cost, tariff, rent, self.base_tariff)


@dataclass(frozen=True, eq=False)
class Varieties:
    """The touched markets in full: rows of `shock` that lie in them, v of them."""

    shock: Shock
    """With a row for every part of every cell of the touched markets."""
    row: Index  # (v,) row of the shock
    origin: Index  # (v,) row of the shock as it was given, -1 for what it does not mention
    charges: Charges
    market: Index  # (v,)
    nest: Index  # (v,) over all markets; the first ones are the markets' rests
    base: Array  # (v,) a: share of the market's base spending
    cell: Array  # (v,) base share of the whole cell in its market
    theta: Array  # (p, b) by nest; one column where all members share it
    nest_market: Index  # (p,)
    epsilon: Array  # (m, b), or one column
    sector_theta: Array  # (m,)
    several: Mask  # (m,) whether anything but one nest
    importer: Index  # (m,)
    sector: Index  # (m,)
    own_base: Array | None = None  # (v, b) a, where members have bases of their own

    @property
    def exporter(self) -> Index:
        """Position of each variety's exporter."""
        return self.shock.exporter[self.row]

    def with_shock(self, shock: Shock) -> Varieties:
        """The same varieties under other rates and costs."""
        return replace(self, shock=shock, charges=Charges.of(shock, self.row))

    def take(self, members: Index) -> Varieties:
        """The same varieties for some of the members that differ in charges or elasticities."""
        theta, epsilon = (picked_columns(one, members) for one in (self.theta, self.epsilon))
        own = None if self.own_base is None else np.take(self.own_base, members, axis=1)
        charges = self.charges.take(members)
        return replace(self, charges=charges, theta=theta, epsilon=epsilon, own_base=own)

    @cached_property
    def by_nest(self) -> Array:
        """`(p, v)`, one where a variety is of a nest."""
        return _members(self.nest, len(self.theta))

    @cached_property
    def by_market(self) -> Array:
        """`(m, v)`, one where a variety is sold in a market."""
        return _members(self.market, len(self.epsilon))

    @cached_property
    def nests_by_market(self) -> Array:
        """`(m, p)`, one where a nest is of a market."""
        return _members(self.nest_market, len(self.epsilon))

    @cached_property
    def held(self) -> Array:
        """Share of each nest in its market's base spending `(p,)`."""
        return self.by_nest @ self.base

    @cached_property
    def bases(self) -> tuple[Array, Array]:
        """Shares of base spending in their markets: varieties `(v, b)` and nests `(p, b)`, or one column."""
        if self.own_base is None:
            return self.base[:, None], self.held[:, None]
        return self.own_base, self.by_nest @ self.own_base


@dataclass(frozen=True, eq=False)
class Demand:
    """Shares of a market's spending at some costs and wedges."""

    inside: Array  # (v, b) share of its nest
    share: Array  # (v, b) share of its market
    log_price: Array  # (m, b)

    def response(self, of: Varieties, wedges: Array, rows: Index) -> Array:
        """Change of ln share of some varieties with each column of ln wedges `(v, c)`; `(r, c, b)`."""
        product = _weighted(of.by_nest, wedges, self.inside)[of.nest[rows]]
        market = _weighted(of.by_market, wedges, self.share)[of.market[rows]]
        theta = of.theta[of.nest[rows]][:, None]
        epsilon = of.epsilon[of.market[rows]][:, None]
        return -theta * wedges[rows][:, :, None] + (theta - epsilon) * product + epsilon * market


def demand(of: Varieties, log_cost: Array, log_wedge: Array) -> Demand:
    """Demand at unit costs and wedges.

    Args:
        of: The varieties.
        log_cost: ln c of each variety's exporter `(v, b)`.
        log_wedge: ln of what wedges add to the shock's own tariffs and rents `(v, b)`.

    Raises:
        InputError: a product with inelastic demand has no supplier left.
    """
    weight = np.exp(-of.theta[of.nest] * (of.charges.log_kappa + log_cost + log_wedge))
    base, held = of.bases
    weight *= base
    inner = of.by_nest @ weight
    epsilon = of.epsilon[of.nest_market]
    supplied = (inner > 0) & (held > 0)
    _refuse_lost(of, (held > 0) & ~supplied & (epsilon <= UNITARY))
    safe = np.where(supplied, inner, 1.0)
    level = -np.log(safe / np.where(held > 0, held, 1.0)) / of.theta
    log_price = np.where(supplied, level, 0.0)
    outer = np.where(supplied, held * np.exp(-epsilon * log_price), 0.0)
    markets = of.nests_by_market
    total = markets @ outer
    flat = np.abs(of.epsilon) <= UNITARY
    # Base shares of a market add up to one; near unitary demand only the change from one is exact.
    change = np.where(supplied, held * np.expm1(-epsilon * log_price), -held)
    log_total = np.log1p(markets @ change)
    log_market = np.where(flat, markets @ (held * log_price), -log_total / np.where(flat, 1.0, of.epsilon))
    inside = weight / safe[of.nest]
    return Demand(inside, inside * (outer / total[of.nest_market])[of.nest], log_market)


def _refuse_lost(of: Varieties, lost: Mask) -> None:
    problems = Problems()
    for p in np.flatnonzero(lost.any(axis=1)):
        first = int(of.row[np.flatnonzero(of.nest == p)[0]])
        problems.add(
            _("{name}: no origin can supply it any more", name=of.shock.name(first)), _("leave at least one")
        )
    problems.raise_if_any()


def picked_columns(array: Array, members: Index) -> Array:
    """The columns of some members; of an array that all of them share, the one column."""
    return array if array.shape[1] == 1 else np.take(array, members, axis=1)


def _members(group: Index, count: int) -> Array:
    """`(count, len(group))`, one where an item is of a group."""
    return (np.arange(count)[:, None] == group).astype(float)


def _weighted(by_group: Array, columns: Array, shares: Array) -> Array:
    """Averages of columns `(v, c)` over each group with weights `(v, b)`; `(g, c, b)`."""
    matrix = (by_group[:, None, :] * columns.T).reshape(-1, len(columns))
    return (matrix @ shares).reshape(len(by_group), columns.shape[1], -1)


def kernel_weight(of: Varieties, at: Demand, log_cost: Array) -> Array:
    """The weights K / pi that make the kernel's single nest give the same shares and price `(v, b)`."""
    theta = of.sector_theta[of.market][:, None]
    level = np.exp(theta * (log_cost - at.log_price[of.market]))
    return at.share * level / of.cell[:, None]


def explicit(
    shock: Shock, world: World, markets: Sequence[tuple[int, int]], nests: Sequence[Nest]
) -> Varieties:
    """A shock with a row for everything in the given markets and in those of the nests.

    Args:
        shock: What changes.
        world: The base.
        markets: Positions (importer, sector).
        nests: Products with a nest of their own.

    Raises:
        InputError: unknown labels, nests that contradict one another or the shock; all of them are listed.
    """
    placed = _placed(nests, world, shock)
    markets = list(dict.fromkeys([*markets, *((n, j) for (n, j, _other) in placed)]))
    everyone = range(len(world.countries))
    cells = ((n, i, j) for n, j in markets for i in everyone)
    shock, named = _with_products(shock, world, placed)
    shock, rested = _rested(shock, world, cells)
    origin = np.append(named, -1)[rested]
    place = {market: m for m, market in enumerate(markets)}
    flat = np.full((len(world.countries), len(world.sectors)), -1, np.intp)
    for (n, j), m in place.items():
        flat[n, j] = m
    market = flat[shock.importer, shock.sector]
    row = np.flatnonzero(market >= 0)
    market = market[row]
    nest, theta, nest_market = (
        market.copy(),
        [world.arrays.theta[j] for _other, j in markets],
        [*place.values()],
    )
    epsilon = np.array(theta)
    for (n, j, product), found in placed.items():
        m = place[n, j]
        named = np.array([shock.part[r] == product for r in row], bool)
        nest[named & (market == m)] = len(theta)
        theta.append(found.theta)
        nest_market.append(m)
        epsilon[m] = found.between
    importer, sector = (np.array([pair[k] for pair in markets], np.intp) for k in (0, 1))
    cell = world.arrays.shares[shock.importer[row], shock.exporter[row], shock.sector[row]]
    return Varieties(
        shock=shock,
        row=row,
        origin=origin[row],
        charges=Charges.of(shock, row),
        market=market,
        nest=nest,
        base=cell * shock.share[row],
        cell=cell,
        theta=np.array(theta)[:, None],
        nest_market=np.array(nest_market, np.intp),
        epsilon=epsilon[:, None],
        sector_theta=world.arrays.theta[sector],
        several=np.bincount(nest_market, minlength=len(markets)) > 1,
        importer=importer,
        sector=sector,
    )


Placed = dict[tuple[int, int, str], Nest]


def _placed(nests: Sequence[Nest], world: World, shock: Shock) -> Placed:
    problems, placed = Problems(), Placed()
    between: dict[tuple[int, int], Nest] = {}
    for nest in nests:
        for code, known in (
            *((code, world.countries) for code in (nest.importer, *nest.shares)),
            (nest.sector, world.sectors),
        ):
            if code not in known:
                problems.add(
                    _("nest {product!r}: unknown label {code!r}", product=nest.product, code=code),
                    suggest(code, known),
                )
    problems.raise_if_any()
    names = set(shock.part)
    for nest in nests:
        n, j = world.position(nest.importer), world.sector_position(nest.sector)
        other = between.setdefault((n, j), nest)
        if other.between != nest.between:
            problems.add(
                _(
                    "nests {product!r} and {product_2!r} of {importer}, {sector}: elasticities between "
                    "products {between:g} and {between_2:g}",
                    product=other.product,
                    product_2=nest.product,
                    importer=nest.importer,
                    sector=nest.sector,
                    between=other.between,
                    between_2=nest.between,
                ),
                _("one for a market"),
            )
        if (n, j, nest.product) in placed:
            problems.add(
                _(
                    "nest {product!r} of {importer}, {sector} is given twice",
                    product=nest.product,
                    importer=nest.importer,
                    sector=nest.sector,
                )
            )
        if not nest.shares and nest.product not in names:
            problems.add(
                _(
                    "nest {product!r} of {importer}, {sector} has no origin",
                    product=nest.product,
                    importer=nest.importer,
                    sector=nest.sector,
                ),
                _("give shares"),
            )
        placed[n, j, nest.product] = nest
    problems.raise_if_any()
    return placed


def _with_products(shock: Shock, world: World, placed: Placed) -> tuple[Shock, Index]:
    """Origins of products that the shock leaves out become rows, taken from the unnamed part of a cell."""
    if not placed:
        return shock, np.arange(len(shock))
    problems = Problems()
    rows = _Rows(shock)
    left = dict(zip(shock.cells()[0].tolist(), uncovered(shock, world)[0].tolist(), strict=True))
    for (n, j, product), nest in placed.items():
        for exporter, share in nest.shares.items():
            i = world.position(exporter)
            flat = (n * len(world.countries) + i) * len(world.sectors) + j
            here = rows.of(n, i, j)
            if share <= 0 or world.arrays.shares[n, i, j] <= 0:
                continue
            if any(rows.part[r] == product for r in here):
                problems.add(
                    _(
                        "nest {product!r}: both the shock and the nest give its share in {importer} from "
                        "{exporter}, {sector}",
                        product=product,
                        importer=nest.importer,
                        exporter=exporter,
                        sector=nest.sector,
                    ),
                    _("leave it out of the nest"),
                )
            elif share <= left.get(flat, 1.0) + TINY_SHARE:
                # Where the cell has other parts, its rest has a base rate of its own.
                tariff = _rest_rate(shock, world, flat)
                rows.add(n, i, j, share, tariff, product)
                left[flat] = left.get(flat, 1.0) - share
            elif whole := [r for r in here if not rows.part[r] and rows.share[r] >= share - TINY_SHARE]:
                rows.split(whole[0], share, product)
            else:
                problems.add(
                    _(
                        "nest {product!r}: no room for a share of {share:g} in {importer} from {exporter}",
                        product=product,
                        share=share,
                        importer=nest.importer,
                        exporter=exporter,
                    )
                )
    problems.raise_if_any()
    return rows.done()


def _rest_rate(shock: Shock, world: World, flat: int) -> float:
    """Base rate of what no part of a cell covers."""
    cells = shock.cells()[0]
    found = np.flatnonzero(cells == flat)
    if not len(found):
        return float(world.arrays.tariff.reshape(-1)[flat])
    rest, net = (values[found[0]] for values in uncovered(shock, world))
    return float(rest / net - 1.0)


def with_rests(shock: Shock, world: World, cells: Iterable[tuple[int, int, int]]) -> Shock:
    """A shock in which what the parts leave of some cells is a row without a name; nothing changes in it.

    Args:
        shock: What changes.
        world: The base.
        cells: Positions (importer, exporter, sector).
    """
    return _rested(shock, world, cells)[0]


def _rested(shock: Shock, world: World, cells: Iterable[tuple[int, int, int]]) -> tuple[Shock, Index]:
    rows = _Rows(shock)
    known = shock.cells()[0]
    rest, net = uncovered(shock, world)
    place = {flat: k for k, flat in enumerate(known.tolist())}
    a, count, sectors = world.arrays, len(world.countries), len(world.sectors)
    for n, i, j in cells:
        k = place.get((n * count + i) * sectors + j)
        if a.shares[n, i, j] <= 0:
            continue
        if k is None:
            rows.add(n, i, j, 1.0, float(a.tariff[n, i, j]), "")
        elif rest[k] > 0:
            rows.add(n, i, j, float(rest[k]), 0.0 if n == i else float(rest[k] / net[k] - 1.0), "")
    return rows.done()


class _Rows:
    """Rows of a shock while more are written."""

    def __init__(self, shock: Shock) -> None:
        self._shock = shock
        self.part = list(shock.part)
        self.share = shock.share.tolist()
        self._from: list[int] = list(range(len(shock)))
        self._new: list[tuple[int, int, int, float, float, str]] = []

    def of(self, n: int, i: int, j: int) -> list[int]:
        """Rows of a cell that the shock had."""
        s = self._shock
        return np.flatnonzero((s.importer == n) & (s.exporter == i) & (s.sector == j)).tolist()

    def add(self, n: int, i: int, j: int, share: float, tariff: float, part: str) -> None:
        """A row in which nothing changes."""
        self._new.append((n, i, j, share, tariff, part))

    def split(self, row: int, share: float, part: str) -> None:
        """Name a share of a row."""
        self.share[row] -= share
        self._from.append(row)
        self.share.append(share)
        self.part.append(part)

    def done(self) -> tuple[Shock, Index]:
        """The rows as a shock, emptied ones gone; and of each its row in the shock given, -1 for new ones."""
        s, held = self._shock, np.array(self.share)
        kept = np.flatnonzero(held > TINY_SHARE)
        old = np.array(self._from, np.intp)[kept]
        n, i, j, share, tariff, part = zip(*self._new, strict=True) if self._new else ((),) * 6
        ones, rates = np.ones(len(n)), np.array(tariff, float)
        join = np.concatenate
        shock = s.remade(
            importer=join([s.importer[old], np.array(n, np.intp)]),
            exporter=join([s.exporter[old], np.array(i, np.intp)]),
            sector=join([s.sector[old], np.array(j, np.intp)]),
            share=join([held[kept], np.array(share, float)]),
            cost=join([s.cost[old], ones]),
            base_tariff=join([s.base_tariff[old], rates]),
            tariff=join([s.tariff[old], rates]),
            rent=join([s.rent[old], 0.0 * ones]),
            holder=join([s.holder[old], np.full(len(n), -1, np.intp)]),
            part=(*(self.part if len(kept) == len(held) else [self.part[k] for k in kept.tolist()]), *part),
        )
        return shock, join([old, np.full(len(n), -1, np.intp)])
