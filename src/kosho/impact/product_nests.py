"""Products far smaller than their sector, as nests of their own: corn, rice, LNG, pineapples, scallops.

Without a nest a product competes with all its sector at the sector's elasticity, and a commitment on corn would
be paid for by vegetables. With one, origins of the product compete with one another, and the product as a whole
with the rest of its sector, mostly weakly.
"""

from __future__ import annotations

from typing import Literal

from kosho.equilibrium import Nest
from kosho.errors import InputError, Problem, Problems
from kosho.language import _
from kosho.law.narrow_products import Niche, niche, niche_file, niches
from kosho.provenance import Cited
from kosho.world import PhysicalFlow, World

__all__ = ["End", "Niche", "counted", "nest", "niche", "niche_file", "niches"]

End = Literal["low", "value", "high"]
"""Which end of the ranges of the elasticities."""


def nest(world: World, of: Niche, end: End = "value") -> Nest:
    """A small product as a nest of a world.

    Args:
        world: One of countries, or an aggregated one whose regions name their members (then the product's trade
            is added up over members).
        of: The product.
        end: End of the ranges of both elasticities.

    Raises:
        InputError: the world has no such importer or sector, or less trade than the product alone.
    """
    problems = Problems()
    importer, sector = _market(world, of)
    if importer is None or sector is None:
        missing = of.importer if importer is None else of.sector
        raise InputError(
            Problem(
                _("{id}: the world has no {missing}", id=of.id, missing=missing),
                _("use a world in which it is apart"),
            )
        )
    spent: dict[str, float] = {}
    for exporter, cited in of.trade.items():
        region = _region(world, exporter)
        if region is None:
            continue
        value = cited.value
        if cited.unit == "share":
            value *= _traded(world, of, exporter)
        spent[region] = spent.get(region, 0.0) + value
    shares: dict[str, float] = {}
    for exporter, value in spent.items():
        cell = _sold(world, importer, exporter, sector)
        if value > cell:
            problems.add(
                _(
                    "{id}: {value:.4g} from {exporter} is more than the table's cell, {cell:.4g}",
                    id=of.id,
                    value=value,
                    exporter=exporter,
                    cell=cell,
                )
            )
        elif value > 0:
            shares[exporter] = value / cell
    problems.raise_if_any()
    theta, between = (_at(cited, end) for cited in (of.theta, of.between))
    return Nest(of.id, importer, sector, theta, between, shares)


def counted(world: World, of: Niche) -> list[PhysicalFlow]:
    """Quantities of a small product in a world, added up over the members of its regions.

    Returns:
        Nothing where nobody counts the product, or the world does not tell its importer or sector apart.
    """
    importer, sector = _market(world, of)
    if importer is None or sector is None:
        return []
    found: dict[str, PhysicalFlow] = {}
    for exporter, cited in of.quantity.items():
        region = _region(world, exporter)
        if region is not None:
            before = found[region].quantity if region in found else 0.0
            found[region] = PhysicalFlow(
                region, importer, sector, before + cited.value, cited.unit, of.id, cited.source
            )
    return list(found.values())


def _at(cited: Cited, end: End) -> float:
    found = getattr(cited, end)
    return cited.value if found is None else float(found)


def _market(world: World, of: Niche) -> tuple[str | None, str | None]:
    """The importer and the sector of a product in a world; None where it is in none, or in several."""
    holding = world.law_cells.holding(of.sector)
    return _region(world, of.importer), world.sectors[holding[0]] if len(holding) == 1 else None


def _region(world: World, economy: str) -> str | None:
    place = world.law_cells.place.get(economy)
    return None if place is None else world.countries[place]


def _traded(world: World, of: Niche, exporter: str) -> float:
    """Base trade of two economies in the sector of a product: the world's where they are apart."""
    _other, sector = _market(world, of)
    apart = sector is not None and world.meta.sectors.get(sector, (sector,)) == (of.sector,)
    if sector is not None and apart and {of.importer, exporter} <= set(world.countries):
        return _sold(world, of.importer, exporter, sector)
    return world.law_cells.sold(of.importer, exporter, of.sector)


def _sold(world: World, importer: str, exporter: str, sector: str) -> float:
    """Base value of a cell before duty; its products bear its rate, so shares of it are those of spending."""
    n, i, j = world.position(importer), world.position(exporter), world.sector_position(sector)
    return float(world.arrays.flows[n, i, j])
