"""Subsidies to buyers: a share of the price that the treasury of the buyer's country pays.

A subsidy at rate z on goods that bear duty t makes their wedge (1 + t)(1 - z) - 1, which may be negative; what
revenue there is falls by what is paid. Only a share of a cell may be eligible (vehicles by drive, say): that
share becomes a row of its own, so that buyers turn to it from the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import replace as changed

import numpy as np

from kosho.arrays import Index
from kosho.display import Shown
from kosho.equilibrium import Outcome, Shock
from kosho.impact.cells import Cell, rows_in, with_cells
from kosho.impact.product_nests import End
from kosho.impact.ranges import Range, spread
from kosho.language import _
from kosho.law.nontariff_terms import Subsidy
from kosho.world import World

__all__ = ["Subsidised", "paid_out", "rate_of", "subsidised", "treasury_cost", "wedge_after"]

NOTHING = 1e-12
SAME = 1e-9
"""Relative difference of prices that are the same."""


@dataclass(frozen=True, eq=False)
class Subsidised(Shown):
    """Where a measure subsidises buyers, and how much."""

    measure: str
    cells: tuple[Cell, ...]
    rate: Range
    """Share of the buyer's price that is paid."""
    share: Mapping[int, Range]
    """By position of the exporter: share of base spending in the cells that is eligible."""


def wedge_after(tariff: float, rate: float, rent: float = 0.0) -> float:
    """The tariff that has the effect of a duty and a subsidy of a share of the price together.

    Args:
        tariff: Duty before.
        rate: Share of the buyer's price that is paid, below one.
        rent: What else is on top of the producer's price, a fraction of it.
    """
    return (1.0 + tariff + rent) * (1.0 - rate) - 1.0 - rent


def rate_of(terms: Subsidy) -> Range:
    """The share of the price that is paid, over all ranges; below one, as the terms are checked."""
    figures = {"rate": terms.rate, "paid": terms.per_unit, "price": terms.price}
    return spread(
        _rate, _("share of the price"), **{key: one for key, one in figures.items() if one is not None}
    )


def _rate(rate: float = 0.0, paid: float = 0.0, price: float = 1.0) -> float:
    return rate / 100 + paid / price


def subsidised(shock: Shock, world: World, of: Subsidised, end: End = "value") -> Shock:
    """A shock with a subsidy on top of its tariffs.

    Rows without a name take the measure's for their eligible share; rows of product groups keep theirs.

    Args:
        shock: What else changes.
        world: The base.
        of: The subsidy.
        end: Of the ranges of its rate and of what is eligible; `low` is the lower figure.
    """
    shock, (here, _other) = with_cells(shock, world, [of.cells])
    eligible = np.array(
        [
            of.share[i].levels[end] if mine and i in of.share else 0.0
            for i, mine in zip(shock.exporter.tolist(), here.tolist(), strict=True)
        ]
    )
    paid = np.flatnonzero(shock.share * eligible > NOTHING)
    rest = np.flatnonzero(shock.share * (1.0 - eligible) > NOTHING)
    rows = np.concatenate([rest, paid])
    rate = of.rate.levels[end]
    tariff = shock.tariff[rows].copy()
    tariff[len(rest) :] = [
        wedge_after(t, rate, r) for t, r in zip(shock.tariff[paid], shock.rent[paid], strict=True)
    ]
    share = np.concatenate([(shock.share * (1.0 - eligible))[rest], (shock.share * eligible)[paid]])
    names = [shock.part[k] for k in rest.tolist()]
    names += [shock.part[k] or of.measure for k in paid.tolist()]
    return changed(
        shock,
        importer=shock.importer[rows],
        exporter=shock.exporter[rows],
        sector=shock.sector[rows],
        share=share,
        cost=shock.cost[rows],
        base_tariff=shock.base_tariff[rows],
        tariff=tariff,
        rent=shock.rent[rows],
        holder=shock.holder[rows],
        part=tuple(names),
    )


def paid_out(outcome: Outcome, of: Subsidised, end: End = "value") -> float:
    """What a subsidy costs the treasury a year, in the world's money, at the new quantities."""
    rows = np.array(_paid_rows(outcome.shock, of, end), np.intp)
    return treasury_cost(outcome, rows, of.rate.levels[end])


def treasury_cost(outcome: Outcome, rows: Index, rate: float) -> float:
    """What a subsidy of a share of the buyer's price costs a year on rows of a shock that bear it."""
    shock = outcome.shock
    price = 1.0 + shock.tariff[rows] + shock.rent[rows]
    return float((outcome.received(rows) * price).sum() * rate / (1.0 - rate))


def _paid_rows(shock: Shock, of: Subsidised, end: End) -> list[int]:
    """Positions of the rows that a subsidy is paid on.

    They bear the measure's name, or that of their product group: then they are those whose price is below that
    of others of the group by the rate, or all of them where all is eligible.
    """
    price, left = 1.0 + shock.tariff + shock.rent, 1.0 - of.rate.levels[end]
    places = shock.places()
    alike: dict[Cell, list[int]] = {}
    for k, place in enumerate(places):
        alike.setdefault(place, []).append(k)
    found: list[int] = []
    for k, mine in enumerate(rows_in(shock, of.cells).tolist()):
        _other, exporter, _other, part = places[k]
        if part == of.measure:
            found.append(k)
        elif mine and part:
            whole = of.share[exporter].levels[end] >= 1.0 - NOTHING
            if whole or any(
                abs(price[k] - price[m] * left) <= SAME * price[k] for m in alike[places[k]] if m != k
            ):
                found.append(k)
    return found
