"""Vector-Jacobian products of the equilibrium equations.

Reverse accumulation through `kernel.evaluate`, written out by hand. Every quantity may carry a last axis b of
right-hand sides; one call then serves all of them with matrix products, as a chord of many shocks wants it.
Legend as in the kernel; a bar marks the derivative of the objective with respect to a quantity.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from kosho.arrays import Array
from kosho.equilibrium.factor_markets import LEAST, Incomes
from kosho.equilibrium.kernel import Rents, Values
from kosho.equilibrium.preconditioners import Factors

__all__ = ["Adjoint", "Causes", "Seeds", "Unknowns", "there"]


@dataclass(frozen=True, eq=False)
class Unknowns:
    """Something for every unknown, or for the equation that goes with it."""

    wage: Array  # (N, b): log wage; labour market
    price: Array  # (S, N, b): log price; price index
    spending: Array  # (S, N, b): expenditure over its scale; its uses less itself, over the same scale
    premium: Array | None = None  # (S, N, b): log premium of a sector's labour cost, where it moves

    @classmethod
    def unpacked(cls, packed: Array, count: int, blocks: int) -> Unknowns:
        """From rows `(N + blocks S N, b)`; two blocks, or three with premiums."""
        columns = packed.shape[1]
        size = (packed.shape[0] - count) // blocks
        parts = packed[count:].reshape(blocks, size // count, count, columns)
        return cls(packed[:count], *parts)

    def packed(self) -> Array:
        """Rows `(N + 2 S N, b)`, or with premiums `(N + 3 S N, b)`."""
        columns = self.wage.shape[1]
        blocks = (
            [self.price, self.spending] if self.premium is None else [self.price, self.spending, self.premium]
        )
        return np.concatenate([self.wage, *(block.reshape(-1, columns) for block in blocks)])


@dataclass(frozen=True, eq=False)
class Seeds:
    """Derivatives of what is wanted with respect to results of the equations at a point."""

    income: Array  # of I (N, b)
    output: Array  # of Y (S, N, b)
    log_cost: Array  # of ln c (S, N, b)
    log_price: Array  # of ln P where it is wanted as such (S, N, b)
    log_absorbed: Array  # of ln(sum K E) (S, N, b)
    spending: Array  # of X where it is wanted as such (S, N, b)
    log_wage: Array  # of ln w where it is wanted as such (N, b)
    revenue: Array | None = None  # of tariff revenue where it is wanted besides income (N, b)
    log_labour: Array | None = None  # of ln L where it moves (N, b)
    premium: Array | None = None  # of the premium where it moves (S, N, b)

    def less(self, other: Seeds) -> Seeds:
        """Difference, field by field; what is not there is zero."""
        return Seeds(
            self.income - other.income,
            self.output - other.output,
            self.log_cost - other.log_cost,
            self.log_price - other.log_price,
            self.log_absorbed - other.log_absorbed,
            self.spending - other.spending,
            self.log_wage - other.log_wage,
            _less(self.revenue, other.revenue),
            _less(self.log_labour, other.log_labour),
            _less(self.premium, other.premium),
        )


@dataclass(frozen=True, eq=False)
class Causes:
    """Derivatives with respect to the coefficients of a shock."""

    log_factor: Array  # of ln K (S, N, N)
    log_net_factor: Array  # of ln(f K) (S, N, N)
    log_rent: Array  # of ln(h K), one for each listed rent
    held: Array  # of a rent that a country pays another (N payer, N holder)


@dataclass(frozen=True, eq=False)
class Adjoint:
    """The transposed Jacobian at `values`."""

    base: Factors
    share: Array  # pi (S, N, N)
    net_share: Array  # f pi (S, N, N)
    output: Array  # Y (S, N)
    imports: Array  # f pi summed over exporters (S, N)
    spending: Array  # X (S, N), also the scale of expenditure where positive
    incomes: Incomes  # of factors
    revenue: Array  # of tariffs (N,)
    rents: Rents | None
    gamma: Array  # (N, S input, S)

    @classmethod
    def at(cls, values: Values) -> Adjoint:
        """At a point, preferably an equilibrium."""
        base = values.system.base
        net_share = values.net_share
        return cls(
            base=base,
            share=values.share,
            net_share=net_share,
            output=values.output.T.copy(),
            imports=net_share.sum(axis=2),
            spending=values.point.spending.T.copy(),
            incomes=values.incomes,
            revenue=values.revenue,
            rents=_priced(values),
            gamma=base.gamma,
        )

    def in_single(self) -> Adjoint:
        """The same with the large arrays in single precision, half the memory to read."""
        return replace(
            self, share=_single(self.share), net_share=_single(self.net_share), gamma=_single(self.gamma)
        )

    @property
    def blocks(self) -> int:
        """How many unknowns there are for each country and sector."""
        return 3 if self.base.by_sector else 2

    @property
    def size(self) -> int:
        """How many unknowns there are."""
        return self.spending.shape[1] + self.blocks * self.spending.size

    @cached_property
    def scale(self) -> Array:
        """What expenditure and its equation are measured in, (S, N)."""
        return np.where(self.spending > 0, self.spending, 1.0)

    def seeds(self, weights: Unknowns) -> Seeds:
        """What equations weighted by `weights` want of the results."""
        alpha, labour = self.base.alpha.T, self.base.labour.T
        uses = weights.spending / self.scale[:, :, None]
        earned = weights.wage / self.incomes.earned[:, None]
        output = np.empty_like(uses)
        np.matmul(_swap(self.gamma), _cast(uses, self.gamma).transpose(1, 0, 2), out=output.transpose(1, 0, 2))
        output += labour[:, :, None] * earned
        total = self.incomes.value_added.sum()
        bill = -weights.wage - weights.wage.sum(axis=0) * (self.incomes.wage_bill / total)[:, None]
        seeds = Seeds(
            income=(alpha[:, :, None] * uses).sum(axis=0),
            output=output,
            log_cost=np.zeros_like(uses),
            log_price=-weights.price,
            log_absorbed=weights.price / -self.base.theta[:, None, None],
            spending=-uses,
            log_wage=bill,
        )
        return seeds if self.base.markets is None else self._with_markets(seeds, weights, bill)

    def _with_markets(self, seeds: Seeds, weights: Unknowns, bill: Array) -> Seeds:
        """What factor markets add: the wage bill moves with labour, the numeraire with all value added."""
        markets = self.base.markets
        assert markets is not None  # noqa: S101
        output = seeds.output
        if markets.others is not None:
            world = weights.wage.sum(axis=0) / self.incomes.value_added.sum()
            output = output - markets.others.T[:, :, None] * world
        log_labour, premium = bill, None
        if weights.premium is not None:
            premium = -weights.premium
            if np.isfinite(markets.mobility):
                wanted = np.where(markets.active.T[:, :, None], weights.premium, 0.0) / markets.mobility
                output = output + wanted / np.maximum(self.output, LEAST)[:, :, None]
                output -= self.base.labour.T[:, :, None] * (wanted.sum(axis=0) / self.incomes.earned[:, None])
            log_labour = bill - markets.scale * weights.premium.sum(axis=0)
        return replace(seeds, output=output, log_labour=log_labour, premium=premium)

    def settled(self, seeds: Seeds) -> Seeds:
        """What is wanted of factor markets, as wanted of wages, prices, output and revenue; `revenue` is all of
        what is wanted of revenue, income included.
        """
        markets = self.base.markets
        revenue = seeds.income if seeds.revenue is None else seeds.income + seeds.revenue
        if markets is None:
            return replace(seeds, revenue=revenue)
        output = seeds.output
        if markets.others is not None:
            output = output + markets.others.T[:, :, None] * seeds.income
        if markets.deficit_share is not None:
            made = self.output.sum(axis=0)
            owing = markets.deficit_share - (markets.deficit_share @ made) / made.sum()
            output = output + owing[:, None] * (seeds.income - (made @ seeds.income) / made.sum())
        labour = self.incomes.labour
        if labour is None or markets.supply == 0:
            return replace(seeds, output=output, revenue=revenue)
        wanted = self.incomes.wage_bill[:, None] * seeds.income
        if seeds.log_labour is not None:
            wanted = wanted + seeds.log_labour
        slopes = labour.slopes(self.revenue)
        if slopes.revenue is not None:
            revenue = revenue + slopes.revenue[:, None] * wanted
        return replace(
            seeds,
            output=output,
            revenue=revenue,
            log_wage=seeds.log_wage + slopes.wage[:, None] * wanted,
            log_price=seeds.log_price + self.base.alpha.T[:, :, None] * (slopes.level[:, None] * wanted),
        )

    def pull(self, seeds: Seeds) -> Unknowns:
        """Derivatives with respect to the unknowns: one pass over shares, two over those net of tariff."""
        theta, cost_labour = self.base.theta, self.base.cost_labour.T
        seeds = self.settled(seeds)
        revenue = there(seeds.revenue)
        by_unit = self._by_unit(seeds)
        absorbed = seeds.log_absorbed - by_unit
        # What producers receive of a purchase is wanted for its producer's output, and not for the duty lost.
        lost = _times(_swap(self.net_share), self.spending[:, :, None] * revenue)
        power = seeds.output * self.output[:, :, None] - lost + _times(_swap(self.share), absorbed)
        if self.rents is not None:
            power += self._rents_by_exporter(seeds)
        cost = seeds.log_cost - theta[:, None, None] * power
        price = np.empty_like(cost)
        inputs = self._inputs(cost)
        np.matmul(self.gamma, _cast(inputs, self.gamma).transpose(1, 0, 2), out=price.transpose(1, 0, 2))
        price += seeds.log_price
        self._add_capital(price, cost)
        by_cost = cost_labour[:, :, None] * cost
        wage = seeds.log_wage + self.incomes.wage_bill[:, None] * seeds.income + by_cost.sum(axis=0)
        spending = self.scale[:, :, None] * (seeds.spending + revenue) + by_unit
        if self.blocks == 2:
            return Unknowns(wage, price, spending)
        return Unknowns(wage, price, spending, by_cost if seeds.premium is None else by_cost + seeds.premium)

    def transposed(self, weights: Unknowns) -> Unknowns:
        """The transposed Jacobian times `weights`."""
        return self.pull(self.seeds(weights))

    def causes(self, seeds: Seeds) -> Causes:
        """Derivatives with respect to the coefficients; one right-hand side, b = 1."""
        seeds = self.settled(seeds)
        income, output = there(seeds.revenue)[:, 0], seeds.output[:, :, 0]
        absorbed = (seeds.log_absorbed - self._by_unit(seeds))[:, :, 0]
        net = self.net_share * self.spending[:, :, None]
        net *= output[:, None, :] - income[:, None]
        rents = self.rents
        return Causes(
            log_factor=self.share * absorbed[:, :, None],
            log_net_factor=net,
            log_rent=np.empty(0) if rents is None else self._rents(seeds)[:, 0],
            held=seeds.income[None, :, 0] - income[:, None],
        )

    def _inputs(self, cost: Array) -> Array:
        """Of what is wanted of ln unit cost, the part that inputs move."""
        markets = self.base.markets
        if markets is None or markets.cost_scale is None:
            return cost
        return markets.cost_scale.T[:, :, None] * cost

    def _add_capital(self, price: Array, cost: Array) -> None:
        """Add what prices of capital are wanted for."""
        markets = self.base.markets
        if markets is not None and markets.basket is not None and markets.cost_capital is not None:
            wanted = (markets.cost_capital.T[:, :, None] * cost).sum(axis=0)
            price += markets.basket.T[:, :, None] * wanted

    def _by_unit(self, seeds: Seeds) -> Array:
        """With respect to ln(X / sum K E) (S, N, b): what a buyer's purchases of a sector are wanted for."""
        wanted = _times(self.net_share, seeds.output) - self.imports[:, :, None] * there(seeds.revenue)
        by_unit = self.spending[:, :, None] * wanted
        if self.rents is not None:
            r = self.rents
            np.add.at(by_unit, (r.sector, r.importer), self._rents(seeds))
        return by_unit

    def _rents(self, seeds: Seeds) -> Array:
        """Each rent with what it is wanted for: its holder's income, less its payer's treasury's."""
        assert self.rents is not None  # noqa: S101
        lost = there(seeds.revenue)[self.rents.importer]
        return self.rents.part[:, None] * (seeds.income[self.rents.holder] - lost)

    def _rents_by_exporter(self, seeds: Seeds) -> Array:
        assert self.rents is not None  # noqa: S101
        total = np.zeros((*self.output.shape, seeds.income.shape[1]))
        np.add.at(total, (self.rents.sector, self.rents.exporter), self._rents(seeds))
        return total


def _priced(values: Values) -> Rents | None:
    """Rents with what is paid in place of their part of spending."""
    rents = values.system.rents
    if rents is None:
        return None
    cell = (rents.sector, rents.importer, rents.exporter)
    return replace(
        rents, part=rents.part * values.share[cell] * values.point.spending[rents.importer, rents.sector]
    )


def there(wanted: Array | None) -> Array:
    """What is filled in by now: by `settled`, or by whoever made the seeds."""
    assert wanted is not None  # noqa: S101
    return wanted


def _less(mine: Array | None, theirs: Array | None) -> Array | None:
    if mine is None:
        return None if theirs is None else -theirs
    return mine if theirs is None else mine - theirs


def _times(matrices: Array, vectors: Array) -> Array:
    return np.matmul(matrices, _cast(vectors, matrices))


def _cast(vectors: Array, like: Array) -> Array:
    return vectors.astype(like.dtype, copy=False)


def _swap(matrices: Array) -> Array:
    return matrices.transpose(0, 2, 1)


def _single(array: Array) -> Any:
    return array.astype(np.float32)
