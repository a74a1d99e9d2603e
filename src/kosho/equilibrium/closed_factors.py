"""A world's factors under a closure: who earns what of value added, and what drives unit costs.

Legend as in the kernel; a the share of capital in value added less profits, m = 1/sigma the share of profits in
receipts, iota shares of the investment basket:

    labour   b = (1 - a)(beta - m)
    cost     ln c = [b ln w + a (beta - m) iota' ln P + gamma' ln P] / (1 - m)
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace
from weakref import WeakKeyDictionary

import numpy as np

from kosho.arrays import Array
from kosho.equilibrium.closure import (
    CAP,
    CAPITAL_SHARE,
    Closure,
    by_country,
    by_name,
    profit_shares,
    refuse_other_world,
)
from kosho.equilibrium.factor_markets import FactorMarkets, Relief
from kosho.equilibrium.preconditioners import Factors, factors_of
from kosho.errors import InputError, Problem
from kosho.language import _
from kosho.world import World

__all__ = ["closed_factors"]

KEPT = 6
"""Closures of one world that are kept prepared."""

_CACHE: WeakKeyDictionary[World, dict[Hashable, Factors]] = WeakKeyDictionary()


def closed_factors(world: World, closure: Closure | None, *, relief: Relief = "budget") -> Factors:
    """The factors of `world` under `closure`, computed on first use.

    Args:
        world: An equilibrium.
        closure: None for the plain one.
        relief: By which rule revenue lowers the labour tax, where it does.

    Raises:
        InputError: a country produces nothing; the closure speaks of other labels, or cannot be in this world.
    """
    if closure is None or closure.plain:
        return factors_of(world)
    known = _CACHE.setdefault(world, {})
    key = (closure.without_absorbed, relief)
    if key not in known:
        refuse_other_world(closure, world)
        found = _closed(world, closure, relief)
        while len(known) >= KEPT:
            known.pop(next(iter(known)))
        known[key] = found
    return known[key]


def _closed(world: World, closure: Closure, relief: Relief) -> Factors:
    plain, a = factors_of(world), world.arrays
    profit = np.minimum(profit_shares(closure, world), CAP * a.beta)
    capital = np.zeros_like(a.beta)
    if closure.capital == "accumulated":
        capital = _capital_share(world, closure) * (a.beta - profit)
    basket, labour = _basket(world, closure), a.beta - profit - capital
    if not (capital.any() or profit.any()):
        labour = a.beta
    labour_income = (labour * a.output).sum(axis=1)
    tax = closure.labour_tax
    kept = 1.0 - np.array(by_name(0.0 if tax is None else tax, world.countries, 0.0))
    if relief != "published":  # whose utility is not counted in what is consumed
        _refuse_supply(world, closure, kept * labour_income)
    return replace(
        plain,
        labour=labour,
        labour_income=a.value_added if labour is a.beta else labour_income,
        cost_labour=labour / (1.0 - profit) if profit.any() else labour,
        plain=plain,
        markets=FactorMarkets(
            others=None if labour is a.beta else a.beta - labour,
            profit=profit if profit.any() else None,
            cost_scale=1.0 / (1.0 - profit) if profit.any() else None,
            cost_capital=capital / (1.0 - profit) if basket is not None else None,
            basket=basket,
            base_earned=labour * a.output,
            kept=kept,
            taken=a.revenue / labour_income,
            supply=closure.labour_supply,
            relief=relief if closure.revenue == "tax-relief" else "none",
            mobility=closure.labour_mobility,
            scale=closure.scale,
            deficit_share=a.deficits / a.output.sum(axis=1) if closure.deficits == "proportional" else None,
        ),
    )


def _capital_share(world: World, closure: Closure) -> Array:
    """Of value added less profits, `(N, 1)` or `(S,)`."""
    given = CAPITAL_SHARE if closure.capital_share is None else closure.capital_share
    if by_country(closure.capital_share, world):
        return np.array(by_name(given, world.countries, CAPITAL_SHARE))[:, None]
    return np.array(by_name(given, world.sectors, np.nan))


def _basket(world: World, closure: Closure) -> Array | None:
    """What capital is made of, `(N, S)`."""
    if closure.capital != "accumulated":
        return None
    if closure.investment is None:
        return world.arrays.alpha
    labels = {"country": list(world.countries), "sector": list(world.sectors)}
    return np.asarray(closure.investment.transpose("country", "sector").reindex(labels).to_numpy(), float)


def _refuse_supply(world: World, closure: Closure, kept_income: Array) -> None:
    """Refuse an elasticity at which what workers give up is worth more than all that is consumed."""
    share = closure.labour_supply / (1.0 + closure.labour_supply)
    income = world.arrays.income
    rich = [code for n, code in enumerate(world.countries) if not income[n] > share * kept_income[n]]
    if rich:
        raise InputError(
            Problem(
                _(
                    "labour_supply = {labour_supply:g} is too large for {names}",
                    labour_supply=closure.labour_supply,
                    names=", ".join(rich),
                ),
                _(
                    "with so large a surplus of trade, what is consumed is worth less than the work it takes: "
                    "a smaller elasticity, or deficits='zero'"
                ),
            )
        )
