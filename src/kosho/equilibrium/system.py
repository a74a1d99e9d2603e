"""From a shock to the equations' coefficients: K, f, g and h of every cell that changes."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from kosho.arrays import Array, Index
from kosho.equilibrium.kernel import Rents, System
from kosho.equilibrium.preconditioners import Factors, factors_of
from kosho.equilibrium.shock import Shock, refuse_other_labels, uncovered
from kosho.errors import Problems
from kosho.language import _
from kosho.world import World

__all__ = ["Cells", "blend", "cells_of", "reweighted", "system_of"]


@dataclass(frozen=True, eq=False)
class Cells:
    """The cells a shock touches (c of them), and what becomes of them.

    With s_m the share of part m, kappa_m = d_m (1 + t'_m + r'_m) / (1 + t0_m) and the rest of the cell as it
    was: K/pi = sum_m s_m kappa_m^-theta, and f, h the averages of 1/(1 + t' + r') and r'/(1 + t' + r') with the
    weights s_m kappa_m^-theta. All of it is exact: it is what explicit varieties would give.
    """

    importer: Index  # (c,)
    exporter: Index
    sector: Index
    factor: Array  # K / pi (c,)
    net: Array  # f (c,)
    row: Index  # (m,) which cell a part belongs to
    weight: Array  # (m,) s kappa^-theta
    part_net: Array  # (m,) f of the part
    rest_net: Array  # (c,) f weight of the part of the cell that stays as it was
    rest: Array  # (c,) its share of base spending


def cells_of(shock: Shock, world: World) -> Cells:
    """Fold the parts of every cell.

    Raises:
        InputError: labels differ from the world's, or the parts do not fit the base tariffs.
    """
    refuse_other_labels(shock, world)
    flat, row = shock.cells()
    rest, rest_net = uncovered(shock, world)
    wedge = 1.0 + shock.tariff + shock.rent
    with np.errstate(under="ignore"):
        kappa = shock.cost * (wedge / (1.0 + shock.base_tariff))
        weight = shock.share * kappa ** -world.arrays.theta[shock.sector]
    factor = rest + np.bincount(row, weight, minlength=len(flat))
    received = rest_net + np.bincount(row, weight / wedge, minlength=len(flat))
    net = np.divide(received, factor, out=np.ones_like(factor), where=factor > 0)
    count, sectors = len(shock.countries), len(shock.sectors)
    pair, sector = np.divmod(flat, sectors)
    importer, exporter = np.divmod(pair, count)
    return Cells(importer, exporter, sector, factor, net, row, weight, 1.0 / wedge, rest_net, rest)


def reweighted(cells: Cells, weight: Array) -> Cells:
    """The same cells with other weights of their parts `(m,)`, as nests of products ask for."""
    count = len(cells.factor)
    factor = cells.rest + np.bincount(cells.row, weight, minlength=count)
    received = cells.rest_net + np.bincount(cells.row, weight * cells.part_net, minlength=count)
    net = np.divide(received, factor, out=np.ones_like(factor), where=factor > 0)
    return replace(cells, factor=factor, net=net, weight=weight)


def system_of(world: World, shock: Shock, cells: Cells, factors: Factors | None = None) -> System:
    """The equations of a shock; deficits stay as they are in `world`.

    Args:
        world: An equilibrium, or a table to be made one.
        shock: What changes.
        cells: Its cells.
        factors: Of `world` under the closure wanted; the plain one if not given.

    Raises:
        InputError: a market is left without any supplier.
    """
    base = factors or factors_of(world)
    factor, net_factor = base.share, base.net_share
    offset = np.zeros_like(base.spending)
    if len(cells.factor):
        where = (cells.sector, cells.importer, cells.exporter)
        factor, net_factor = factor.copy(), net_factor.copy()
        factor[where] *= cells.factor
        net_factor[where] = factor[where] * cells.net
        # Only markets with a changed cell need to be scaled anew.
        market = np.unique(cells.sector * len(base.spending) + cells.importer)
        j, n = np.divmod(market, len(base.spending))
        total = factor[j, n].sum(axis=1)
        _refuse_empty_markets(world, n[total <= 0], j[total <= 0])
        total[total <= 0] = 1.0
        factor[j, n] /= total[:, None]
        net_factor[j, n] /= total[:, None]
        offset[n, j] = -np.log(total) / base.theta[j]
    return System(base, factor, net_factor, offset, base.deficits, _rents(shock, cells))


def blend(system: System, toward: float) -> System:
    """The equations part of the way from the base to the shock, for homotopy.

    Shares and what producers receive of them move geometrically, as if trade costs and tariff factors did; only
    what the shock removes altogether fades linearly.
    """
    base = system.base
    supplied = base.share > 0
    change = np.divide(system.factor, base.share, out=np.ones_like(base.share), where=supplied)
    change *= np.exp(-system.offset * base.theta).T[:, :, None]
    gone = change <= 0
    factor = base.share * np.where(gone, 1.0 - toward, np.where(gone, 1.0, change) ** toward)
    total = factor.sum(axis=2)
    total[total <= 0] = 1.0
    factor /= total[:, :, None]
    before = np.divide(base.net_share, base.share, out=np.ones_like(factor), where=supplied)
    after = np.divide(system.net_factor, system.factor, out=before.copy(), where=system.factor > 0)
    return replace(
        system,
        factor=factor,
        net_factor=factor * before ** (1.0 - toward) * after**toward,
        offset=-np.log(total).T / base.theta,
        rents=None if system.rents is None else replace(system.rents, part=toward * system.rents.part),
    )


def _rents(shock: Shock, cells: Cells) -> Rents | None:
    paying = np.flatnonzero((shock.rent != 0) & (cells.weight > 0))
    if not len(paying):
        return None
    cell = cells.row[paying]
    part = cells.weight[paying] * shock.rent[paying] * cells.part_net[paying] / cells.factor[cell]
    return Rents(
        importer=cells.importer[cell],
        exporter=cells.exporter[cell],
        sector=cells.sector[cell],
        holder=shock.holder[paying],
        part=part,
        count=len(shock.countries),
    )


def _refuse_empty_markets(world: World, importer: Index, sector: Index) -> None:
    problems = Problems()
    bought = world.arrays.expenditure[importer, sector] > 0
    for n, j in list(zip(importer[bought], sector[bought], strict=True))[:20]:
        problems.add(
            _(
                "{countries} buys {sectors} but nobody can supply it any more",
                countries=world.countries[n],
                sectors=world.sectors[j],
            ),
            _("leave at least one origin, or a cost that is high but finite"),
        )
    problems.raise_if_any()
