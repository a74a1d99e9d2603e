"""`load`: a calibrated world from the table that ships, or from one that the builder made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

import numpy as np
import xarray as xr

from kosho.arrays import Array
from kosho.codes import blocs, talks_regions, talks_sectors
from kosho.declared import as_declared
from kosho.errors import InputError, Problem, Problems, suggest
from kosho.language import N_, _
from kosho.world.calibrate import Economy
from kosho.world.economy import TradeWeights, labelled
from kosho.world.elasticities import elasticities_of, trade_weights
from kosho.world.final_demand import home_odds, honour, sourcing_shares, split
from kosho.world.law_cells import LawCells, Members, law_cells
from kosho.world.naming import named
from kosho.world.shelf import path_of
from kosho.world.store import IOTable, read
from kosho.world.table import World, WorldMeta
from kosho.world.table_tariffs import SHIPPED_YEAR, TableTariffs, tariffs_of, unknown_tariffs

__all__ = ["DEFAULT", "calibrated", "coarse", "load", "table", "together", "written"]

DEFAULT = "icio-2022"

FinalDemand = Literal["anchored", "odds"]
Detail = Literal["full", "talks"]

ESTIMATED = {
    "anchored": N_(
        "final demand by destination: sourcing of intermediates with home-bias odds, destination totals made "
        "consistent with suppliers' sales and pulled towards published net exports"
    ),
    "odds": N_("final demand by destination: sourcing of intermediates with home-bias odds"),
}


@as_declared
def load(
    name: str = DEFAULT,
    regions: Detail = "full",
    sectors: Detail = "full",
    *,
    final_demand: FinalDemand = "anchored",
) -> World:
    """The world table `name`, calibrated to base tariffs and elasticities; an exact equilibrium.

    Args:
        name: `icio-2022`, the name of an imported table, or the path of one.
        regions: `full` keeps every economy, `talks` aggregates to about twenty regions.
        sectors: `full` keeps every sector, `talks` aggregates to 28.
        final_demand: How final demand by destination is estimated where the table does not give it;
            `odds` uses no published balances.

    Raises:
        InputError: an unknown name or choice; all of them are listed.

    >>> from kosho.world import load
    >>> load(regions="talks", sectors="talks").countries[:6]
    ('JPN', 'USA', 'CHN', 'TWN', 'KOR', 'EU27')
    >>> load("icio-2021")
    Traceback (most recent call last):
        ...
    kosho.errors.InputError: unknown world 'icio-2021' (did you mean icio-2022?)
    """
    problems = Problems()
    for key, value, known in (
        ("regions", regions, ("full", "talks")),
        ("sectors", sectors, ("full", "talks")),
        ("final_demand", final_demand, tuple(ESTIMATED)),
    ):
        if value not in known:
            problems.add(_("unknown choice {value!r}", value=value), suggest(str(value), known), key=key)
    problems.raise_if_any()
    return _load(str(name), regions, sectors, final_demand, written(str(name)))


@lru_cache(maxsize=16)
def _load(name: str, regions: Detail, sectors: Detail, final_demand: FinalDemand, at: tuple[int, ...]) -> World:
    if (regions, sectors) != ("full", "full"):
        world = _load(name, "full", "full", final_demand, at)
        return coarse(world, regions=regions == "talks", sectors=sectors == "talks")
    return calibrated(table(name), final_demand)


def written(name: str) -> tuple[int, ...]:
    """When a table's file was written and how large it is, so that a changed one is read again."""
    if name == DEFAULT:
        return ()
    try:
        found = (path_of(name) or Path(name)).stat()
    except OSError:
        return ()
    return found.st_mtime_ns, found.st_size


@as_declared
def coarse(world: World, keep: Iterable[str] = (), *, regions: bool = True, sectors: bool = True) -> World:
    """A world in the regions and sectors of `talks`, about 20 and 28, as far as it tells them apart.

    What a table holds together and `talks` does not stays by itself; so does what would be alone in its group.

    Args:
        world: The world.
        keep: Countries and sectors that stay by themselves.
        regions: Whether countries go together.
        sectors: Whether sectors do.

    >>> from kosho.world import coarse, load
    >>> "BRA" in coarse(load()).countries, "BRA" in coarse(load(), keep=("BRA",)).countries
    (False, True)
    """
    countries = _members(world.countries, world.meta.regions)
    goods = _members(world.sectors, world.meta.sectors)
    economies = tuple(leaf for leaves in countries.values() for leaf in leaves)
    alone = frozenset(keep)
    return world.aggregate(
        regions=_together(countries, talks_regions(economies), alone) if regions else None,
        sectors=_together(goods, talks_sectors(), alone) if sectors else None,
    )


@as_declared
def together(world: World, codes: Iterable[str]) -> World:
    """A world in which each of some blocs is one economy, as far as it has its members; itself if all are.

    What a bloc sells to itself is then home trade, and its members share wages and prices; their shares of its
    trade stay what they are, so that law on single members still reaches them.

    Args:
        world: The world.
        codes: Blocs; other codes are passed over.

    Raises:
        InputError: an economy is in two of them.

    >>> from kosho.world import load, together
    >>> union = together(load(), ["EU27"])
    >>> len(load().countries), len(union.countries), "EU27" in union.countries
    (80, 54, True)
    """
    members = _members(world.countries, world.meta.regions)
    groups: dict[str, tuple[str, ...]] = {}
    for code in codes:
        if code in blocs() and code not in world.countries:
            of = set(blocs()[code].members)
            inside = tuple(label for label, leaves in members.items() if of >= set(leaves))
            groups |= {code: inside} if inside else {}
    twice = [label for label in members if sum(label in inside for inside in groups.values()) > 1]
    if twice:
        names = _(" and ").join(code for code, inside in groups.items() if twice[0] in inside)
        raise InputError(
            Problem(_("{twice} is in {names}", twice=twice[0], names=names), _("name one of them"))
        )
    if not groups:
        return world
    at = {label: code for code, inside in groups.items() for label in inside}
    order = dict.fromkeys(at.get(label, label) for label in world.countries)
    return world.aggregate(regions={code: groups.get(code, (code,)) for code in order})


def _members(labels: Sequence[str], groups: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for label in labels:
        inside = groups.get(label)
        found[label] = inside if inside else (label,)
    return found


def _together(
    members: Mapping[str, tuple[str, ...]], groups: Mapping[str, tuple[str, ...]], keep: frozenset[str]
) -> dict[str, tuple[str, ...]]:
    """Labels in groups of codes, in the order of the groups; what fits in none behind them."""
    found: dict[str, tuple[str, ...]] = {}
    for group, leaves in groups.items():
        order = {code: position for position, code in enumerate(leaves)}
        inside = {
            label: min(order[code] for code in inner if code in order)
            for label, inner in members.items()
            if label == group or (label not in keep and order.keys() >= set(inner))
        }
        if inside:
            first, *others = sorted(inside, key=lambda label: inside[label])
            found[group if others else first] = (first, *others)
    placed = {label for labels in found.values() for label in labels}
    return found | {label: (label,) for label in members if label not in placed}


def calibrated(raw: IOTable, final_demand: FinalDemand = "anchored") -> World:
    """A world from a table, with the base tariffs and elasticities it names, or that its year and codes give.

    Base tariffs of 2022 are put into a table of 2022; duties of another year are unknown unless the table was
    built with some.

    Raises:
        InputError: labels that stand for nothing known, and no elasticities given.
    """
    raw = exact(named(raw))
    given = raw.final is not None
    final = raw.final if raw.final is not None else estimated_final(raw, final_demand)
    flows = raw.intermediate + final
    within = _within(raw)
    meta = _meta(raw.meta, () if given else (ESTIMATED[final_demand],))
    cells = _cells(raw, meta, within, flows)
    tariffs = _tariffs(raw, cells)
    theta, spread, assumed = _elasticities(raw, cells)
    meta = replace(
        meta,
        base_tariffs=tariffs.words,
        tariff_year=tariffs.year,
        assumptions=(*meta.assumptions, *assumed),
    )
    economy = Economy(raw.countries, raw.sectors, flows, raw.inputs)
    world = World.calibrated(economy, tariffs.rate, theta, meta, tariffs.unknown)
    formed = raw.investment
    investment = None if formed is None else labelled(formed, ("country", "sector"), raw.countries, raw.sectors)
    return replace(world, theta_spread=spread, within=within, investment=investment)


def _cells(raw: IOTable, meta: WorldMeta, within: TradeWeights | None, flows: Array) -> LawCells | None:
    """Trade by economy and ICIO sector; None where sectors have elasticities and stand for no ICIO sector."""
    if raw.theta is not None and meta.sectors == {} and meta.classification != "ICIO":
        return None
    members = Members(
        raw.countries,
        raw.sectors,
        meta.regions,
        meta.sectors,
        meta.sector_weights,
        meta.weights_source,
        within,
    )
    return law_cells(members, flows, np.zeros_like(flows))


def _tariffs(raw: IOTable, cells: LawCells | None) -> TableTariffs:
    labels = raw.countries, raw.sectors
    if raw.tariff is not None and raw.unknown is not None:
        return TableTariffs(
            raw.tariff, raw.unknown > 0.5, raw.meta["base_tariffs"], raw.meta.get("tariff_year")
        )
    if cells is None:
        return unknown_tariffs(labels, np.ones(len(raw.sectors), bool))
    return tariffs_of(str(SHIPPED_YEAR) if raw.meta.get("year") == SHIPPED_YEAR else None, labels, cells)


def _elasticities(raw: IOTable, cells: LawCells | None) -> tuple[xr.DataArray, xr.DataArray | None, list[str]]:
    """Elasticities and their spread `[sector]`, and what was assumed for them."""
    own = np.full(len(raw.sectors), np.nan) if raw.theta is None else raw.theta
    spread = np.full(len(raw.sectors), np.nan) if raw.theta_spread is None else raw.theta_spread
    notes: list[str] = []
    if cells is not None:
        weights = trade_weights(cells, len(raw.sectors))
        mapped, mapped_spread = elasticities_of(cells.sectors, cells.sector, weights)
        if raw.meta.get("icio_sectors") and np.isnan(own).any():
            source = raw.meta.get("classification", "")
            notes.append(
                f"elasticities are those of the ICIO sectors that {source} sectors stand for, by trade"
            )
        own, spread = np.where(np.isnan(own), mapped, own), np.where(np.isnan(spread), mapped_spread, spread)
    theta = labelled(own, ("sector",), (), raw.sectors)
    return theta, None if np.isnan(spread).any() else theta.copy(data=spread), notes


def _within(raw: IOTable) -> TradeWeights | None:
    if raw.within is None:
        return None
    about = raw.meta["within"]
    return TradeWeights(about["source"], tuple(about["economies"]), tuple(about["sectors"]), raw.within)


def estimated_final(raw: IOTable, method: FinalDemand) -> Array:
    """Final demand `[importer, exporter, sector]` by the method named."""
    sourcing = sourcing_shares(raw.intermediate, home_odds(raw.sectors, raw.meta.get("icio_sectors")))
    if method == "odds" or raw.totals is None:
        return split(raw.final_sales, raw.final_sales, sourcing)
    final = split(raw.totals, raw.final_sales, sourcing)
    anchors = raw.meta.get("anchors", [])
    return honour(final, raw.final_sales, [(n, i, s, value) for n, i, s, value in anchors])


def table(name: str = DEFAULT) -> IOTable:
    """The table `name` before calibration.

    Raises:
        InputError: there is no such table, or the file is none.
    """
    if name == DEFAULT:
        with files("kosho.world").joinpath("data", f"{DEFAULT}.npz").open("rb") as file:
            return read(file, name)
    path = path_of(name) or Path(name)
    if path.suffix != ".npz" or not path.is_file():
        hint = suggest(name, [DEFAULT]) or _(
            "{default!r}, or the path of a table made by `kosho world build`", default=DEFAULT
        )
        raise InputError(Problem(_("unknown world {name!r}", name=name), hint))
    with path.open("rb") as file:
        return read(file, str(path))


def exact(raw: IOTable) -> IOTable:
    """Input use scaled to add up to intermediate sales to the last digit; storage rounds both."""
    bought = raw.intermediate.sum(axis=1)
    used = raw.inputs.sum(axis=2)
    scale = np.divide(bought, used, out=np.ones_like(used), where=used > 0)
    return replace(raw, inputs=raw.inputs * scale[:, :, None])


_TEXTS = ("name", "source", "licence", "attribution", "weights_source", "edition")


def _meta(meta: Mapping[str, Any], estimated: tuple[str, ...]) -> WorldMeta:
    text = {key: meta.get(key, "") for key in _TEXTS}
    return WorldMeta(
        **text,
        year=meta.get("year"),
        unit=meta.get("unit", "million USD"),
        estimated=estimated,
        adjustments=tuple(meta.get("adjustments", ())),
        assumptions=tuple(meta.get("assumptions", ())),
        classification=meta.get("classification", "ICIO"),
        regions={code: tuple(members) for code, members in meta.get("regions", {}).items()},
        sectors={code: tuple(members) for code, members in meta.get("icio_sectors", {}).items()},
        sector_weights=meta.get("sector_weights", {}),
    )
