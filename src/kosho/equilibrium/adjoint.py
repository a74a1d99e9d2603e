"""Vector-Jacobian products of the equilibrium equations.

Reverse accumulation through `kernel.evaluate`, written out by hand. Every quantity may carry a last axis b of
right-hand sides; one call then serves all of them with matrix products, which is how a Jacobian is assembled.
Legend as in the kernel; a bar marks the derivative of the objective with respect to a quantity.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from kosho.arrays import Array
from kosho.equilibrium.kernel import Rents, Values
from kosho.equilibrium.preconditioners import Factors

__all__ = ["Adjoint", "Causes", "Seeds", "Unknowns"]


COLUMNS = 64
"""Right-hand sides taken together when a Jacobian is assembled: few enough to stay in the cache."""


@dataclass(frozen=True, eq=False)
class Unknowns:
    """Something for every unknown, or for the equation that goes with it."""

    wage: Array  # (N, b): log wage; labour market
    price: Array  # (S, N, b): log price; price index
    spending: Array  # (S, N, b): expenditure over its scale; its uses less itself, over the same scale

    @classmethod
    def unpacked(cls, packed: Array, count: int) -> Unknowns:
        """From rows `(N + 2 S N, b)`."""
        columns = packed.shape[1]
        size = (packed.shape[0] - count) // 2
        blocks = packed[count:].reshape(2, size // count, count, columns)
        return cls(packed[:count], blocks[0], blocks[1])

    def packed(self) -> Array:
        """Rows `(N + 2 S N, b)`."""
        columns = self.wage.shape[1]
        return np.concatenate([self.wage, self.price.reshape(-1, columns), self.spending.reshape(-1, columns)])


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

    def less(self, other: Seeds) -> Seeds:
        """Difference, field by field."""
        return Seeds(*(mine - theirs for mine, theirs in zip(self._fields, other._fields, strict=True)))

    @property
    def _fields(self) -> tuple[Array, ...]:
        return (
            self.income,
            self.output,
            self.log_cost,
            self.log_price,
            self.log_absorbed,
            self.spending,
            self.log_wage,
        )


@dataclass(frozen=True, eq=False)
class Causes:
    """Derivatives with respect to the coefficients of a shock."""

    log_factor: Array  # of ln K (S, N, N)
    log_net_factor: Array  # of ln(f K) (S, N, N)
    log_rent: Array  # of ln(h K), one for each listed rent


@dataclass(frozen=True, eq=False)
class Adjoint:
    """The transposed Jacobian at `values`."""

    base: Factors
    share: Array  # pi (S, N, N)
    net_share: Array  # f pi (S, N, N)
    output: Array  # Y (S, N)
    imports: Array  # f pi summed over exporters (S, N)
    spending: Array  # X (S, N), also the scale of expenditure where positive
    wage_bill: Array  # w V (N,)
    earned: Array  # value added earned (N,)
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
            wage_bill=np.exp(values.point.log_wage) * base.value_added,
            earned=np.maximum((base.beta * values.output).sum(axis=1), np.finfo(float).tiny),
            rents=_priced(values),
            gamma=base.gamma,
        )

    def in_single(self) -> Adjoint:
        """The same with the large arrays in single precision, half the memory to read."""
        return replace(
            self, share=_single(self.share), net_share=_single(self.net_share), gamma=_single(self.gamma)
        )

    @cached_property
    def scale(self) -> Array:
        """What expenditure and its equation are measured in, (S, N)."""
        return np.where(self.spending > 0, self.spending, 1.0)

    def seeds(self, weights: Unknowns) -> Seeds:
        """What equations weighted by `weights` want of the results."""
        alpha, beta = self.base.alpha.T, self.base.beta.T
        uses = weights.spending / self.scale[:, :, None]
        earned = weights.wage / self.earned[:, None]
        output = np.empty_like(uses)
        np.matmul(_swap(self.gamma), _cast(uses, self.gamma).transpose(1, 0, 2), out=output.transpose(1, 0, 2))
        output += beta[:, :, None] * earned
        total = self.wage_bill.sum()
        return Seeds(
            income=(alpha[:, :, None] * uses).sum(axis=0),
            output=output,
            log_cost=np.zeros_like(uses),
            log_price=-weights.price,
            log_absorbed=weights.price / -self.base.theta[:, None, None],
            spending=-uses,
            log_wage=-weights.wage - weights.wage.sum(axis=0) * (self.wage_bill / total)[:, None],
        )

    def pull(self, seeds: Seeds) -> Unknowns:
        """Derivatives with respect to the unknowns: one pass over shares, two over those net of tariff."""
        theta, beta = self.base.theta, self.base.beta.T
        by_unit = self._by_unit(seeds)
        absorbed = seeds.log_absorbed - by_unit
        # What producers receive of a purchase is wanted for its producer's output, and not for the duty lost.
        lost = _times(_swap(self.net_share), self.spending[:, :, None] * seeds.income)
        power = seeds.output * self.output[:, :, None] - lost + _times(_swap(self.share), absorbed)
        if self.rents is not None:
            power += self._rents_by_exporter(seeds.income)
        cost = seeds.log_cost - theta[:, None, None] * power
        price = np.empty_like(cost)
        np.matmul(self.gamma, _cast(cost, self.gamma).transpose(1, 0, 2), out=price.transpose(1, 0, 2))
        price += seeds.log_price
        wage = seeds.log_wage + self.wage_bill[:, None] * seeds.income + (beta[:, :, None] * cost).sum(axis=0)
        spending = self.scale[:, :, None] * (seeds.spending + seeds.income) + by_unit
        return Unknowns(wage, price, spending)

    def transposed(self, weights: Unknowns) -> Unknowns:
        """The transposed Jacobian times `weights`."""
        return self.pull(self.seeds(weights))

    def jacobian(self) -> Array:
        """The Jacobian, rows equations and columns unknowns, `(N + 2 S N, N + 2 S N)`; for small worlds."""
        count = len(self.wage_bill)
        size = count + 2 * self.output.size
        jacobian = np.empty((size, size))
        for first in range(0, size, COLUMNS):
            last = min(first + COLUMNS, size)
            some = np.zeros((size, last - first))
            some[np.arange(first, last), np.arange(last - first)] = 1.0
            jacobian[first:last] = self.transposed(Unknowns.unpacked(some, count)).packed().T
        return jacobian

    def causes(self, seeds: Seeds) -> Causes:
        """Derivatives with respect to the coefficients; one right-hand side, b = 1."""
        income, output = seeds.income[:, 0], seeds.output[:, :, 0]
        absorbed = (seeds.log_absorbed - self._by_unit(seeds))[:, :, 0]
        net = self.net_share * self.spending[:, :, None]
        net *= output[:, None, :] - income[:, None]
        rents = self.rents
        return Causes(
            log_factor=self.share * absorbed[:, :, None],
            log_net_factor=net,
            log_rent=np.empty(0)
            if rents is None
            else rents.part * (income[rents.holder] - income[rents.importer]),
        )

    def _by_unit(self, seeds: Seeds) -> Array:
        """With respect to ln(X / sum K E) (S, N, b): what a buyer's purchases of a sector are wanted for."""
        wanted = _times(self.net_share, seeds.output) - self.imports[:, :, None] * seeds.income
        by_unit = self.spending[:, :, None] * wanted
        if self.rents is not None:
            r = self.rents
            np.add.at(by_unit, (r.sector, r.importer), self._rents(seeds.income))
        return by_unit

    def _rents(self, income: Array) -> Array:
        """Each rent with what it is wanted for: its holder's income, less its payer's treasury's."""
        assert self.rents is not None  # noqa: S101
        return self.rents.part[:, None] * (income[self.rents.holder] - income[self.rents.importer])

    def _rents_by_exporter(self, income: Array) -> Array:
        assert self.rents is not None  # noqa: S101
        total = np.zeros((*self.output.shape, income.shape[1]))
        np.add.at(total, (self.rents.sector, self.rents.exporter), self._rents(income))
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


def _times(matrices: Array, vectors: Array) -> Array:
    return np.matmul(matrices, _cast(vectors, matrices))


def _cast(vectors: Array, like: Array) -> Array:
    return vectors.astype(like.dtype, copy=False)


def _swap(matrices: Array) -> Array:
    return matrices.transpose(0, 2, 1)


def _single(array: Array) -> Any:
    return array.astype(np.float32)
