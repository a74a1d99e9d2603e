"""Taxes on labour, shares of capital and what it is made of, as far as they are known, in a world's labels.

They ship by economy (ISO 3166). A region has the mean of its members, by output; it is known where those known
make up most of its output. An economy that no source has is left out, and never taken to be like another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import xarray as xr

from kosho.arrays import Array
from kosho.codes import sectors as known_sectors
from kosho.world.concordances import concordance
from kosho.world.datafiles import rows, sources
from kosho.world.economy import labelled
from kosho.world.table import World

__all__ = ["capital_shares", "factor_sources", "investment_baskets", "labour_taxes"]

MOST = 0.8
"""Of a region's output: what members with a figure must make up for the region to have one."""
REST = "REST"
"""Column of the baskets for all economies that have none of their own."""
INDUSTRIES = "wiod2013"
FILES = {"labour_tax": "labour_taxes.csv", "capital_share": "capital_shares.csv"}


def labour_taxes(world: World) -> Mapping[str, float]:
    """Average tax wedge on labour, a fraction of what it costs, by country of a world; without the unknown.

    Income tax and contributions of workers and employers less cash benefits, of a single worker without
    children at the average wage: OECD for 2022, and estimates of 2013 for five large economies outside it.

    >>> from kosho.world import load
    >>> from kosho.world.factors import labour_taxes
    >>> known = labour_taxes(load(regions="talks", sectors="talks"))
    >>> round(known["USA"], 3), round(known["EU27"], 2), "VNM" in known
    (0.305, 0.44, False)
    """
    return _by_country(world, FILES["labour_tax"])


def capital_shares(world: World) -> Mapping[str, float]:
    """Share of GDP that is not labour's, by country of a world; without the unknown. Penn World Table, 2017.

    >>> from kosho.world import load
    >>> from kosho.world.factors import capital_shares
    >>> round(capital_shares(load())["JPN"], 3)
    0.438
    """
    return _by_country(world, FILES["capital_share"])


def investment_baskets(world: World) -> xr.DataArray | None:
    """What capital is made of `[country, sector]`, shares; None where sectors stand for no known codes.

    The table's own where it tells capital formation from the rest of final demand. Else gross fixed capital
    formation of 41 economies by 35 industries (WIOD, 2008), all others as the rest of the world. An industry
    that is several sectors here is divided by what the country consumes of them.

    >>> from kosho.world import load
    >>> from kosho.world.factors import investment_baskets
    >>> basket = investment_baskets(load(regions="talks", sectors="talks"))
    >>> round(float(basket.sel(country="USA", sector="F")), 2)
    0.42
    """
    finest = world.finest
    if finest.investment is not None:
        return _together(world, finest.investment.to_numpy())
    inside = [_members(finest.meta.sectors, code) for code in finest.sectors]
    if not all(code in known_sectors() for some in inside for code in some):
        return None
    table = rows("investment_baskets.csv")
    fits = _fits([row["industry"] for row in table], finest, inside)
    consumed = finest.arrays.alpha * finest.arrays.income[:, None]
    basket = np.zeros_like(consumed)
    for n, weights in enumerate(_economies(finest)):
        made = np.zeros(len(table))
        for economy, weight in weights.items():
            made += weight * np.array([float(row.get(economy) or row[REST]) for row in table])
        within = fits * np.maximum(consumed[n], 0.0)
        bare = within.sum(axis=1) <= 0
        within[bare] = fits[bare]
        basket[n] = made @ (within / within.sum(axis=1, keepdims=True))
    return _together(world, finest.arrays.output.sum(axis=1)[:, None] * basket)


def factor_sources(name: str, world: World) -> str:
    """Where figures of `labour_tax`, `capital_share` or `investment` of a closure are from, in short."""
    if name == "investment" and world.finest.investment is not None:
        return f"gross fixed capital formation of the table itself, {world.finest.meta.source}"
    if name == "investment":
        named = ["wiod-2013-gfcf"]
    else:
        here = {economy for weights in _economies(world.finest) for economy in weights}
        named = [row["source"] for row in rows(FILES[name]) if row["economy"] in here]
    cited = map(sources().__getitem__, dict.fromkeys(named))
    return "; ".join(f"{one.publisher}, {one.title.partition(':')[0]}" for one in cited)


def _by_country(world: World, file: str) -> Mapping[str, float]:
    known = {row["economy"]: float(row["percent"]) / 100 for row in rows(file)}
    finest = world.finest
    output = finest.arrays.output.sum(axis=1)
    place = np.arange(len(finest.countries)) if world.detail is None else world.detail.country
    worth, told, total = (np.zeros(len(world.countries)) for _ in range(3))
    for n, weights in enumerate(_economies(finest)):
        for economy, weight in weights.items():
            part = weight * output[n]
            total[place[n]] += part
            if economy in known:
                told[place[n]] += part
                worth[place[n]] += part * known[economy]
    return {
        code: round(float(worth[n] / told[n]), 4)
        for n, code in enumerate(world.countries)
        if told[n] > 0 and told[n] >= MOST * total[n]
    }


def _economies(finest: World) -> Iterable[Mapping[str, float]]:
    """The economies in each country of a table, with weights that sum to one."""
    within = finest.within
    sold = {} if within is None else dict(zip(within.economies, within.flows.sum(axis=(0, 2)), strict=True))
    for label in finest.countries:
        inside = _members(finest.meta.regions, label)
        weights = {economy: float(sold.get(economy, 0.0)) for economy in inside}
        total = sum(weights.values())
        yield {economy: weights[economy] / total if total > 0 else 1.0 / len(inside) for economy in inside}


def _members(groups: Mapping[str, tuple[str, ...]], label: str) -> tuple[str, ...]:
    return groups.get(label) or (label,)


def _fits(industries: Sequence[str], finest: World, inside: Sequence[tuple[str, ...]]) -> Array:
    """Which part of each sector is of each industry `(industry, sector)`."""
    of = concordance(INDUSTRIES)
    found = np.zeros((len(industries), len(inside)))
    for k, industry in enumerate(industries):
        codes = of.members(industry)
        for j, (label, some) in enumerate(zip(finest.sectors, inside, strict=True)):
            weights = finest.meta.sector_weights.get(label, {})
            found[k, j] = sum(weights.get(code, 1.0 / len(some)) for code in some if code in codes)
    found[found.sum(axis=1) <= 0] = 1.0  # no sector of the table is of the industry: what is consumed
    return found


def _together(world: World, formed: Array) -> xr.DataArray:
    """Baskets in the labels of a world, from amounts `[country, sector]` of its table."""
    if world.detail is not None:
        summed = np.zeros((len(world.countries), len(world.sectors)))
        np.add.at(summed, np.ix_(world.detail.country, world.detail.sector), formed)
        formed = summed
    shares = formed / formed.sum(axis=1, keepdims=True)
    return labelled(shares, ("country", "sector"), world.countries, world.sectors)
