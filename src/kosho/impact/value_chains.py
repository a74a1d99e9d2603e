"""Supply chains: where value is added, where inputs come from, and what is lost if one origin falls away.

Legend (as in the equilibrium): n user, i origin, j sector that uses, k input; gamma input shares of output with
tariffs, pi shares of spending, f the part of a purchase that reaches its producer, beta value-added shares.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr

from kosho.arrays import Array
from kosho.display import Shown
from kosho.equilibrium import Deficits, Outcome, Shock, solve
from kosho.errors import ConvergenceError, InputError, Problem
from kosho.language import _
from kosho.world import World, labelled

__all__ = ["Loss", "concentration", "content", "inputs_by_origin", "loss_without", "value_added_by_origin"]


TIGHT = 1e-14
ROUNDS = 2000


def inputs_by_origin(world: World, country: str, sector: str) -> xr.DataArray:
    """What a sector buys directly: `[exporter, input]`, shares of its gross output, tariffs included."""
    n, j = world.position(country), world.sector_position(sector)
    a = world.arrays
    return xr.DataArray(
        a.shares[n] * a.gamma[n, :, j],
        dims=("exporter", "input"),
        coords={"exporter": list(world.countries), "input": list(world.sectors)},
    )


def value_added_by_origin(world: World, country: str, sector: str) -> xr.DataArray:
    """Where a unit of a sector's output is made in the end: `[country, sector]`, shares of its value.

    Value added of every country and sector over the whole chain, beta (I - A)^-1 e with A the inputs that reach
    their producers. What is missing to one are tariffs paid on inputs along the chain.

    Raises:
        ConvergenceError: the chain does not end (some sector uses up more than it makes).
    """
    a = world.arrays
    n, j = world.position(country), world.sector_position(sector)
    reach = a.shares / (1.0 + a.tariff)
    demand = np.zeros_like(a.beta)
    demand[n, j] = 1.0
    made, total = demand, demand.copy()
    for _other in range(ROUNDS):
        uses = np.einsum("nkj,nj->nk", a.gamma, made)
        made = np.einsum("nik,nk->ik", reach, uses)
        total += made
        if made.sum() <= TIGHT:
            return labelled(a.beta * total, ("country", "sector"), world.countries, world.sectors)
    raise ConvergenceError(float(made.sum()), country, ROUNDS, _("its chain of inputs does not end"))


def content(world: World, country: str, sector: str, of: Sequence[str]) -> float:
    """Share of a sector's value that is added in some countries: local or regional content.

    An average over all the sector makes; a rule of origin counts model by model.
    """
    found = value_added_by_origin(world, country, sector)
    missing = [code for code in of if code not in world.countries]
    if missing:
        raise InputError(Problem(_("the world has no {names}", names=", ".join(missing))))
    return float(found.sel(country=list(of)).sum())


def concentration(world: World, importer: str, sector: str, *, home: bool = False) -> float:
    """Herfindahl-Hirschman index of an importer's origins of a good, from 1/N (spread) to 1 (one origin).

    Args:
        world: The economy.
        importer: Who buys.
        sector: What.
        home: Whether its own producers count as an origin; otherwise imports alone are looked at.
    """
    n, j = world.position(importer), world.sector_position(sector)
    bought: Array = world.arrays.flows[n, :, j].copy()
    if not home:
        bought[n] = 0.0
    total = bought.sum()
    if not total > 0:
        raise InputError(
            Problem(
                _("{importer} buys no {sector}", importer=importer, sector=sector)
                + ("" if home else _(" abroad"))
            )
        )
    return float(((bought / total) ** 2).sum())


@dataclass(frozen=True, eq=False)
class Loss(Shown):
    """What happens to an importer when an origin falls away."""

    outcome: Outcome
    importer: str
    welfare: float
    """Change of its real income, a fraction."""
    equivalent_variation: float
    """Of its observed income, in the world's money."""
    price: xr.DataArray
    """`[sector]`, change of its prices, fractions."""
    real_value_added: xr.DataArray
    """`[sector]`, change of its value added at base prices."""


def loss_without(
    world: World, importer: str, origin: str, sectors: Sequence[str], deficits: Deficits = "fixed"
) -> Loss:
    """The economy when an importer can no longer buy some goods from one origin.

    Long-run: other origins and home producers take over at the trade elasticity; in the first year the loss is
    larger, as nothing can be replaced at once.

    Raises:
        InputError: unknown labels, or nobody else supplies.
        ConvergenceError: no equilibrium.
    """
    ban = Shock.costs(world, {(importer, origin, sector): np.inf for sector in sectors})
    outcome = solve(world, ban, deficits)
    return Loss(
        outcome=outcome,
        importer=importer,
        welfare=float(outcome.welfare.sel(country=importer)),
        equivalent_variation=float(outcome.equivalent_variation.sel(country=importer)),
        price=outcome.price.sel(country=importer, drop=True) - 1.0,
        real_value_added=outcome.real_value_added.sel(country=importer, drop=True),
    )
