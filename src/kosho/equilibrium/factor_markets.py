"""Factor markets that are not the plain one: labour supply, capital, profits, labour in sectors, deficits.

The plain closure has one factor, in given amount, free to move between sectors, and needs none of this. Legend
as in the kernel; besides b the share of a producer's receipts that labour earns, e = beta - b what capital and
profits get, kappa the elasticity of labour supply, nu the mobility of labour between sectors, L labour, tau the
part of the wage that workers keep. All arrays may carry a last axis of members.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Literal

import numpy as np

from kosho.arrays import Array, Mask

__all__ = ["LEAST", "FactorMarkets", "Incomes", "Labour", "Relief", "Slopes", "spread"]

Relief = Literal["none", "budget", "published"]
"""How revenue moves what workers keep: not at all; so that the treasury takes the share of labour income it
took; or as in Ignatenko et al. (2025), where a base tax of just the later revenue is abolished."""

NEWTON_STEPS = 12
NEAR = 1e-7
LEAST = np.finfo(float).tiny
"""Nothing is divided by less."""


@dataclass(frozen=True, eq=False)
class Labour:
    """Labour supplied at a point."""

    supply: float  # kappa
    log: Array  # ln L (N, ...)
    bill: Array  # w L V, V base labour income (N, ...)
    relief: Array | None = None  # d ln tau with tariff revenue itself, labour held, where revenue moves tau

    def slopes(self, revenue: Array) -> Slopes:
        """Of ln L, with what it depends on: d ln tau = pull (d ln R' - d ln w - d ln L)."""
        if self.relief is None:
            return Slopes(np.full_like(self.log, self.supply), np.full_like(self.log, -self.supply), None)
        pull = self.relief * revenue
        reach = self.supply / (1.0 + self.supply * pull)
        return Slopes(reach * (1.0 - pull), -reach, reach * self.relief)


@dataclass(frozen=True, eq=False)
class Slopes:
    """Of ln L, with ln w, ln of the final price index, and tariff revenue itself `(N, ...)`."""

    wage: Array
    level: Array
    revenue: Array | None


@dataclass(frozen=True, eq=False)
class Incomes:
    """What factors earn at a point."""

    wage_bill: Array  # w L V, V base labour income (N, ...)
    earned: Array  # what producers pay to labour (N, ...)
    value_added: Array  # wage bill, capital income and profits (N, ...)
    deficits: Array  # D' (N, ...)
    labour: Labour | None = None


@dataclass(frozen=True, eq=False)
class FactorMarkets:
    """The rules of one closure on one base."""

    others: Array | None  # e (N, S); None where labour gets all
    profit: Array | None  # part of e that is profit (N, S), if there is any
    cost_scale: Array | None  # 1 / (1 - m), how costs make up receipts less profits (N, S)
    cost_capital: Array | None  # how unit cost rises with the price of capital (N, S)
    basket: Array | None  # iota, what capital is made of, where it accumulates (N, S)
    base_earned: Array  # labour income by sector in the base (N, S)
    kept: Array  # what workers keep of a unit of labour income in the base, 1 - tax (N,)
    taken: Array  # base tariff revenue over labour income (N,)
    supply: float  # kappa
    relief: Relief
    mobility: float  # nu
    scale: float  # external economies: costs fall with L^scale
    deficit_share: Array | None  # D / Y where deficits follow output (N,)

    @property
    def by_sector(self) -> bool:
        """Whether labour costs different amounts in different sectors: another block of unknowns."""
        return self.scale != 0 or np.isfinite(self.mobility)

    @property
    def active(self) -> Mask:
        """`(N, S)`, where labour earned something in the base."""
        return self.base_earned > 0

    def in_single(self) -> FactorMarkets:
        """The same rules in single precision."""
        arrays = {
            one.name: value.astype(np.float32)
            for one in fields(self)
            if isinstance(value := getattr(self, one.name), np.ndarray)
        }
        return replace(self, **arrays)

    def labour(self, log_wage: Array, log_level: Array, revenue: Array, bill: Array) -> Labour:
        """Labour supplied, ln L = kappa (ln tau + ln w - ln P).

        Args:
            log_wage: ln w `(N, ...)`.
            log_level: ln of the price index of final demand `(N, ...)`.
            revenue: Tariff revenue `(N, ...)`.
            bill: w V `(N, ...)`.
        """
        kappa = self.supply
        if kappa == 0:
            return Labour(kappa, np.zeros_like(log_wage), bill)
        log = kappa * (log_wage - log_level)
        bill = bill * np.exp(log)
        if self.relief == "none":
            return Labour(kappa, log, bill)
        # What tau multiplies to labour income; R' / (w L V) falls as tau^-kappa.
        kept, taken = spread(self.kept, log_wage), spread(self.taken, log_wage)
        given, tau = revenue / bill, np.ones_like(bill)
        for _ in range(NEWTON_STEPS):
            share = given * tau**-kappa
            if self.relief == "budget":
                gap, slope = tau - 1.0 - (share - taken) / kept, 1.0 + kappa * share / (kept * tau)
            else:
                gap, slope = tau * (1.0 + taken - share) - 1.0, 1.0 + taken - (1.0 - kappa) * share
            tau = np.maximum(tau - gap / slope, 0.1 * tau)
            if not np.abs(gap).max() > NEAR:  # what is left is its square
                break
        more = tau**kappa
        bill = bill * more
        relief = 1.0 / (bill * kept * tau) if self.relief == "budget" else tau / bill
        return Labour(kappa, log + np.log(more), bill, relief)

    def cost_of_inputs(self, inputs: Array, log_price: Array) -> Array:
        """How inputs and capital move ln unit cost `(N, S)`.

        Args:
            inputs: gamma' ln P `(N, S)`.
            log_price: ln P `(N, S)`.
        """
        if self.cost_scale is not None:
            inputs = self.cost_scale * inputs
        if self.basket is None or self.cost_capital is None:
            return inputs
        return inputs + self.cost_capital * np.einsum("nj,nj->n", self.basket, log_price)[:, None]

    def deficits(self, output: Array) -> Array:
        """D' `(N, ...)` in proportion to own output `(N, ...)`.

        They need not add up to nothing; what is left is spread over countries by output.
        """
        assert self.deficit_share is not None  # noqa: S101
        own = spread(self.deficit_share, output) * output
        return own - output * (own.sum(axis=0) / output.sum(axis=0))

    def premium(self, earned: Array, log_labour: Array | None) -> Array:
        """Log of what labour costs in a sector over what it costs in the country, as incomes imply it.

        Workers who differ in how good they are in each sector (Frechet, shape nu) move until ln of a sector's
        wage over the country's is ln of its share of earnings over its base share, over nu. Economies of scale
        lower costs everywhere in the country.

        Args:
            earned: By labour in each sector `(N, S)`.
            log_labour: ln L `(N,)`.
        """
        found = np.zeros_like(earned)
        if np.isfinite(self.mobility):
            rise = np.divide(earned, self.base_earned, out=np.ones_like(earned), where=self.active)
            total = earned.sum(axis=1, keepdims=True) / self.base_earned.sum(axis=1, keepdims=True)
            found += np.where(self.active, np.log(np.maximum(rise, LEAST) / total), 0.0) / self.mobility
        if self.scale and log_labour is not None:
            found -= self.scale * log_labour[:, None]
        return found


def spread(values: Array, like: Array) -> Array:
    """One number a country, for every member that `like` has."""
    return values if like.ndim == 1 else values.reshape(-1, *([1] * (like.ndim - 1)))
