"""`load`: a calibrated world from the table that ships, or from one that the builder made."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

import numpy as np

from kosho.arrays import Array
from kosho.codes import talks_regions, talks_sectors
from kosho.errors import InputError, Problem, Problems, suggest
from kosho.world.calibrate import Economy, calibrate
from kosho.world.elasticities import elasticities, elasticity_spread
from kosho.world.final_demand import home_odds, honour, sourcing_shares, split
from kosho.world.store import IOTable, read
from kosho.world.table import World, WorldMeta
from kosho.world.tariffs import base_tariffs

__all__ = ["DEFAULT", "load", "table"]

DEFAULT = "icio-2022"

FinalDemand = Literal["anchored", "odds"]
Detail = Literal["full", "talks"]

ESTIMATED = {
    "anchored": "final demand by destination: sourcing of intermediates with home-bias odds, "
    "destination totals made consistent with suppliers' sales and pulled towards published net exports",
    "odds": "final demand by destination: sourcing of intermediates with home-bias odds",
}


def load(
    name: str = DEFAULT,
    regions: Detail = "full",
    sectors: Detail = "full",
    *,
    final_demand: FinalDemand = "anchored",
) -> World:
    """The world table `name`, calibrated to base tariffs and elasticities; an exact equilibrium.

    Args:
        name: `icio-2022`, or the path of a table written by `kosho world build`.
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
            problems.add(f"unknown choice {value!r}", suggest(str(value), known), key=key)
    problems.raise_if_any()
    return _load(str(name), regions, sectors, final_demand)


@lru_cache(maxsize=16)
def _load(name: str, regions: Detail, sectors: Detail, final_demand: FinalDemand) -> World:
    if (regions, sectors) != ("full", "full"):
        world = _load(name, "full", "full", final_demand)
        return world.aggregate(
            regions=talks_regions(world.countries) if regions == "talks" else None,
            sectors=_present(talks_sectors(), world.sectors) if sectors == "talks" else None,
        )
    return calibrated(table(name), final_demand)


def calibrated(raw: IOTable, final_demand: FinalDemand = "anchored") -> World:
    """A world from a table, with the base tariffs of 2022 and the shipped elasticities."""
    raw = exact(raw)
    given = raw.final is not None
    final = raw.final if raw.final is not None else estimated_final(raw, final_demand)
    tariffs = base_tariffs(raw.countries, raw.sectors)
    economy = Economy(raw.countries, raw.sectors, raw.intermediate + final, raw.inputs)
    meta = _meta(raw.meta, () if given else (ESTIMATED[final_demand],))
    world = calibrate(economy, tariffs.rate, elasticities(raw.sectors), meta, tariffs.unknown)
    return replace(world, theta_spread=elasticity_spread(raw.sectors))


def estimated_final(raw: IOTable, method: FinalDemand) -> Array:
    """Final demand `[importer, exporter, sector]` by the method named."""
    sourcing = sourcing_shares(raw.intermediate, home_odds(raw.sectors))
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
    path = Path(name)
    if path.suffix != ".npz" or not path.is_file():
        hint = suggest(name, [DEFAULT]) or f"{DEFAULT!r}, or the path of a table made by `kosho world build`"
        raise InputError(Problem(f"unknown world {name!r}", hint))
    with path.open("rb") as file:
        return read(file, str(path))


def exact(raw: IOTable) -> IOTable:
    """Input use scaled to add up to intermediate sales to the last digit; storage rounds both."""
    bought = raw.intermediate.sum(axis=1)
    used = raw.inputs.sum(axis=2)
    scale = np.divide(bought, used, out=np.ones_like(used), where=used > 0)
    return replace(raw, inputs=raw.inputs * scale[:, :, None])


def _meta(meta: Any, estimated: tuple[str, ...]) -> WorldMeta:
    text = {key: meta.get(key, "") for key in ("name", "source", "licence", "attribution")}
    return WorldMeta(
        **text,
        year=meta.get("year"),
        unit=meta.get("unit", "million USD"),
        estimated=estimated,
        adjustments=tuple(meta.get("adjustments", ())),
    )


def _present(groups: dict[str, tuple[str, ...]], codes: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    kept = {group: tuple(code for code in members if code in codes) for group, members in groups.items()}
    return {group: members for group, members in kept.items() if members}
