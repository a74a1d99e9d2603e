"""What a world prepares once for every shock: base shares by sector, and preconditioners.

A preconditioner is an approximate inverse of one diagonal block of the equations' Jacobian, at some shares.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from kosho.arrays import Array
from kosho.equilibrium.factor_markets import FactorMarkets
from kosho.errors import InputError, Problem
from kosho.language import _
from kosho.world import World

__all__ = ["WAGE_RIDGE", "Factors", "Local", "factors_of", "local_block"]


DOUBLINGS = 3
WAGE_RIDGE = 0.02
"""Keeps wage steps finite where trade is so small that nothing pins a country's wage."""
SMALL_SHARE = 0.01
"""Of a market that its own producers hold, below which they are left out where one divides by it."""


@dataclass(frozen=True, eq=False)
class Factors:
    """Base of a world in the layout of the kernel, j sector, n importer, i exporter."""

    share: Array  # pi (S, N, N) j n i
    net_share: Array  # f pi (S, N, N), what producers receive of spending; f = 1 / (1 + t)
    theta: Array  # (S,)
    gamma: Array  # (N, S input, S)
    beta: Array  # (N, S)
    alpha: Array  # (N, S)
    spending: Array  # X (N, S)
    value_added: Array  # V (N,)
    deficits: Array  # D (N,)
    labour: Array  # share of receipts that labour earns (N, S); beta where it is the only factor
    labour_income: Array  # (N,); V where labour is the only factor
    cost_labour: Array  # how unit cost rises with the wage (N, S); beta where costs are all of receipts
    markets: FactorMarkets | None = None  # what is not plain about factors
    plain: Factors | None = None  # the same base in the plain closure

    @cached_property
    def local(self) -> Local:
        """Prices and expenditure at base shares."""
        if self.plain is not None and self.cost_labour is self.beta:
            return self.plain.local
        return local_block(self, self.share, self.net_share)

    @property
    def by_sector(self) -> bool:
        """Whether labour costs different amounts in different sectors: another block of unknowns."""
        return self.markets is not None and self.markets.by_sector

    @property
    def cost_gamma(self) -> Array:
        """How unit cost rises with prices `(N, S input, S)`: gamma in the plain closure."""
        found, markets = self.gamma, self.markets
        if markets is not None and markets.cost_scale is not None:
            found = found * markets.cost_scale[:, None, :]
        if markets is not None and markets.basket is not None and markets.cost_capital is not None:
            found = found + markets.basket[:, :, None] * markets.cost_capital[:, None, :]
        return found

    @cached_property
    def premium(self) -> PremiumStep:
        """How sales answer to what labour costs in a sector, at base shares."""
        total = self.output
        own = np.divide(self.sold_at_home, total, out=np.zeros_like(total), where=total > 0)
        reach = self.theta * (1.0 - own) * self.cost_labour
        mobility = np.inf if self.markets is None else self.markets.mobility
        return PremiumStep(1.0 + reach / mobility, np.einsum("jnn->nj", self.share) * self.cost_labour)

    @cached_property
    def swing(self) -> Array:
        """How labour income moves with the wage `(N,)`: one where labour is given."""
        if self.markets is None or self.markets.supply == 0:
            return np.ones_like(self.value_added)
        still, taken = np.zeros_like(self.value_added), self.markets.taken * self.labour_income
        slopes = self.markets.labour(still, still, taken, self.labour_income).slopes(taken)
        follow = (self.alpha * self.local.follow).sum(axis=1)
        return 1.0 + slopes.wage + slopes.level * follow

    @cached_property
    def home(self) -> Home:
        """What a country's wage, prices and expenditure do to each other at home, at base shares."""
        return _home(self, self.local)

    @cached_property
    def wage(self) -> Array:
        """Wages at base shares."""
        return _wage_block(self, self.local, self.home)

    @cached_property
    def output(self) -> Array:
        """What producers receive in the base `(N, S)`."""
        return _received(self.net_share, self.spending)

    @cached_property
    def sold_at_home(self) -> Array:
        """What producers receive, by how much of each market they hold: the sales of a sector weighted by the
        seller's share `(N, S)`.
        """
        return _received(self.net_share * self.share, self.spending)


@dataclass(frozen=True, eq=False)
class PremiumStep:
    """Preconditioner of premiums on labour by sector.

    What labour costs in a sector lowers what the sector sells, competitors' costs held, and so, over mobility,
    what labour costs.
    """

    answer: Array  # (N, S): how a gap of the premium moves with it
    follow: Array  # (N, S): how the price at home rises with it, before inputs follow


@dataclass(frozen=True, eq=False)
class Local:
    """Preconditioner of prices and expenditure that keeps what is local to a country."""

    inverse: NDArray[np.float32]  # (N, S, S): (I - diag(pi_nn) gamma_n')^-1
    follow: Array  # (N, S): how log prices follow the log wage at home
    revenue: Array  # (N, S): how expenditure moves with a country's tariff revenue
    weight: Array  # (N, S): how revenue moves with expenditure, its own feedback included
    reach: Array  # (N, S): theta rho, how exports fall with a country's wage, through its own inputs

    def prices(self, gap: Array) -> Array:
        """The step of log prices `(N, S)` that closes their gap at home."""
        return np.matmul(self.inverse, gap[:, :, None].astype(np.float32))[:, :, 0].astype(np.float64)

    def spending(self, gap: Array, sold: Array | float = 0.0) -> Array:
        """The step of expenditure `(N, S)` that closes its gap at home; `gap` is of the order of one.

        With `sold`, as `Home.sold` says, also what inputs of what is sold less or more add to the gap: with
        B = gamma diag(pi_nn), (I - B)^-1 gamma q is (I - B)^-1 s - s for s = q / pi_nn.
        """
        gap = gap + sold
        back = np.matmul(self.inverse.transpose(0, 2, 1), gap[:, :, None].astype(np.float32))[:, :, 0] - sold
        return back + self.revenue * (self.weight * back).sum(axis=1, keepdims=True)

    def costs(self, wanted: Array) -> Array:
        """`prices` transposed."""
        return np.matmul(self.inverse.transpose(0, 2, 1), wanted[:, :, None].astype(np.float32))[:, :, 0]

    def wanted(self, wanted: Array) -> tuple[Array, Array]:
        """`spending` transposed, both `(N, S)`: before its inverse, which is what `sold` is wanted for the
        less, and after it.
        """
        before = wanted + self.weight * (self.revenue * wanted).sum(axis=1, keepdims=True)
        return before, np.matmul(self.inverse, before[:, :, None].astype(np.float32))[:, :, 0]


@dataclass(frozen=True, eq=False)
class Home:
    """What couples the blocks of a country: its wage, its prices and its expenditure.

    Wages are stepped last and for what the other steps will have made of the labour market; prices and
    expenditure then follow the wage. It is elimination by blocks (Schur complement), with what crosses borders
    left to `Factors.wage` and to acceleration.
    """

    answer: Array  # (N, S): how expenditure moves with the log wage
    by_price: Array  # (N, S): how the gap of the labour market moves with log prices
    by_spending: Array  # (N, S): how it moves with expenditure
    turn: Array  # (N, S): what dearer inputs take off sales, see `sold`

    def sold(self, prices: Array, gap: Array) -> Array:
        """What sales lose to a step of log prices that closes `gap`, over the own share `(N, S)`.

        With A = diag(pi_nn) gamma', a step p = (I - A)^-1 r has A p = p - r: the cost of inputs without another
        look at them.
        """
        return self.turn * (prices - gap)

    def labour(self, gap: Array, prices: Array, spending: Array) -> Array:
        """The gap of the labour market `(N,)` once prices and expenditure have moved."""
        return gap + (self.by_price * prices + self.by_spending * spending).sum(axis=1)


_CACHE: WeakKeyDictionary[World, Factors] = WeakKeyDictionary()


def factors_of(world: World) -> Factors:
    """The factors of `world`, computed on first use and kept as long as the world lives.

    Raises:
        InputError: a country produces nothing.
    """
    if world not in _CACHE:
        _CACHE[world] = _prepare(world)
    return _CACHE[world]


def _prepare(world: World) -> Factors:
    a = world.arrays
    idle = [code for code, value in zip(world.countries, a.value_added, strict=True) if not value > 0]
    if idle:
        raise InputError(
            Problem(
                _("no value added in {names}", names=", ".join(idle)),
                _("every country of a world must produce something"),
            )
        )
    share = np.ascontiguousarray(a.shares.transpose(2, 0, 1))
    return Factors(
        share=share,
        net_share=share / (1.0 + a.tariff.transpose(2, 0, 1)),
        theta=a.theta,
        gamma=a.gamma,
        beta=a.beta,
        alpha=a.alpha,
        spending=a.expenditure,
        value_added=a.value_added,
        deficits=a.deficits,
        labour=a.beta,
        labour_income=a.value_added,
        cost_labour=a.beta,
    )


def local_block(base: Factors, share: Array, net_share: Array) -> Local:
    """Preconditioner of prices and expenditure at shares pi and f pi, both `(S, N, N)`."""
    own = np.einsum("jnn->nj", share)
    duty = 1.0 - np.where(share.sum(axis=2) > 0, net_share.sum(axis=2), 1.0).T
    cost_gamma = base.cost_gamma
    inverse = _leontief(own[:, :, None] * cost_gamma.transpose(0, 2, 1))
    # Tariff revenue adds the rank-one term alpha duty' to expenditure's block: Sherman & Morrison (1950).
    revenue = np.matmul(inverse.transpose(0, 2, 1), base.alpha[:, :, None].astype(np.float32))[:, :, 0]
    weight = duty / (1.0 - (duty * revenue).sum(axis=1, keepdims=True))
    follow = np.matmul(inverse, (own * base.cost_labour)[:, :, None].astype(np.float32))
    follow = follow[:, :, 0].astype(np.float64)
    rho = base.cost_labour + np.matmul(cost_gamma.transpose(0, 2, 1), follow[:, :, None])[:, :, 0]
    return Local(inverse, follow, revenue.astype(np.float64), weight, base.theta * rho)


def _leontief(inputs: Array) -> NDArray[np.float32]:
    """(I - A)^-1 of each `(S, S)` block to 2^(DOUBLINGS + 1) terms; rows of A sum to less than one.

    As the product (I + A)(I + A²)(I + A⁴)...: three times faster than inverting, as good for a preconditioner.
    """
    power = inputs.astype(np.float32)
    total = power + np.eye(power.shape[1], dtype=np.float32)
    for _other in range(DOUBLINGS):
        power = np.matmul(power, power)
        total += np.matmul(total, power)
    return total


def _received(part: Array, spending: Array) -> Array:
    """What exporters receive `(N, S)` of a part `(S, N, N)` of what importers spend `(N, S)`."""
    return np.matmul(part.transpose(0, 2, 1), spending.T[:, :, None])[:, :, 0].T


def _home(base: Factors, local: Local) -> Home:
    """At base shares; what a country's own prices and costs do to the revenue of its duties is left out."""
    own, net = (np.einsum("jnn->nj", share) for share in (base.share, base.net_share))
    lost = base.theta * (base.output - base.sold_at_home)  # sales, with ln unit cost
    sales = -(base.output - base.sold_at_home) * local.reach  # with the log wage
    income = base.labour_income * base.swing
    markets = base.markets
    if markets is not None and markets.others is not None:
        income = income + (markets.others * sales).sum(axis=1)
    uses = np.matmul(base.gamma, sales[:, :, None])[:, :, 0] + base.alpha * income[:, None]
    scale = base.spending.sum(axis=1, keepdims=True)
    earned = base.labour / base.labour_income[:, None]
    return Home(
        answer=local.spending(uses / scale) * scale,
        by_price=-np.matmul(base.cost_gamma, (lost * earned)[:, :, None])[:, :, 0],
        by_spending=earned * net,
        turn=-lost * np.where(own > SMALL_SHARE, 1.0 / np.maximum(own, SMALL_SHARE) ** 2, 0.0),
    )


def _wage_block(base: Factors, local: Local, home: Home) -> Array:
    """Inverse `(N, N)` of the Jacobian of labour-market gaps in log wages at base shares.

    The gap is ln(value added earned / w V) less that of the numeraire; prices and expenditure follow wages at
    home.
    """
    count = len(base.value_added)
    # earned[(j m), n]: value added n earns in m with j, over all it earns. Single precision will do.
    earned = base.net_share.astype(np.float32)
    earned *= base.spending.T[:, :, None]
    earned *= (base.labour / base.labour_income[:, None]).T[:, None, :]
    spread = base.share.astype(np.float32)
    spread *= local.reach.T[:, None, :]
    jacobian = (earned.reshape(-1, count).T @ spread.reshape(-1, count)).astype(np.float64)
    pull = base.swing + (earned.sum(axis=1).T * local.reach).sum(axis=1)
    follow = np.divide(home.answer, base.spending, out=np.zeros_like(home.answer), where=base.spending > 0)
    earned *= follow.T[:, :, None]
    jacobian += earned.sum(axis=0).T
    jacobian[np.diag_indices(count)] -= pull + WAGE_RIDGE
    jacobian -= base.value_added * base.swing / base.value_added.sum()
    return np.linalg.inv(jacobian)
