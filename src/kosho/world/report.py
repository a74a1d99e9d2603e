"""What a world is made of and how far it can be trusted: the answer of `kosho world info`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from kosho.arrays import Array
from kosho.codes import country_name, sector_name
from kosho.codes import sectors as icio_sectors
from kosho.errors import InputError
from kosho.language import N_, _
from kosho.world.calibrate import ratio
from kosho.world.datafiles import rows, sources
from kosho.world.elasticities import low_factor
from kosho.world.naming import OWN
from kosho.world.table import World

__all__ = ["info", "unknown_share"]

Json = dict[str, Any]

SCHEMA_VERSION = 1
PUBLISHED_YEAR, FIT_YEAR = 2022, 2023
"""Of published balances and flows, and of customs records."""
PORTS = ("HKG",)
"""Economies whose trade statistics are mostly goods passing through, which flows of production leave out."""
REST_MISSING = (
    N_("Without Qatar, Kuwait, Oman and Papua New Guinea Japan's purchases of liquefied gas are understated."),
    N_("The rest of the world is left out: the 80 economies trade with one another only."),
)
LONG_RUN = N_("Effects are long-run, seven to ten years; the low-elasticity set stands for the years before.")


def info(world: World) -> Json:
    """Sizes, provenance, the estimated block and its fit, balances, unknown tariffs, elasticities of a world.

    Values in the unit of the world (million USD), rates and shares as fractions.

    >>> from kosho.world import load
    >>> from kosho.world.report import info
    >>> info(load())["sizes"]
    {'countries': 80, 'sectors': 50, 'flows': 271872, 'country_sectors_without_output': 51}
    """
    a = world.arrays
    meta = world.meta
    foreign = a.flows.sum() - np.einsum("nns->", a.flows)
    return {
        "schema_version": SCHEMA_VERSION,
        "name": meta.name,
        "world": world.hash,
        "year": meta.year,
        "unit": meta.unit,
        "edition": meta.edition or None,
        "source": meta.source,
        "licence": meta.licence,
        "attribution": meta.attribution,
        "sizes": {
            "countries": len(world.countries),
            "sectors": len(world.sectors),
            "flows": int((a.flows > 0).sum()),
            "country_sectors_without_output": int((a.output <= 0).sum()),
        },
        "countries": {code: country_name(code) for code in world.countries},
        "sectors": {code: sector_name(code) for code in world.sectors},
        "totals": {
            "output": float(a.output.sum()),
            "value_added": float(a.value_added.sum()),
            "trade": float(foreign),
            "tariff_revenue": float(a.revenue.sum()),
        },
        "imbalance": world.imbalance,
        "estimated": list(meta.estimated),
        "fit": fit(world),
        "balances": balances(world),
        "anchors": _anchors(world),
        "tariffs": _tariffs(world),
        "classification": _classification(world),
        "assumptions": list(_assumed(world)),
        "elasticities": _elasticities(world),
        "adjustments": list(meta.adjustments),
        "left_out": _left_out(world),
        "sources": [source.model_dump(mode="json", exclude_none=True) for source in sources().values()],
    }


def fit(world: World) -> Json | None:
    """How goods trade by pair compares with customs records of 2023; None for another time or too few pairs."""
    pairs = [
        (world.position(row["importer"]), world.position(row["exporter"]), float(row["musd"]))
        for row in rows("goods_pairs_2023.csv")
        if row["importer"] in world.countries and row["exporter"] in world.countries
    ]
    goods = [place for place, code in enumerate(world.sectors) if _is_goods(world, code)]
    year = world.meta.year
    if len(pairs) < 10 or not goods or year is None or abs(year - FIT_YEAR) > 1:
        return None
    trade = world.arrays.flows[:, :, goods].sum(axis=2)
    ports = {world.countries.index(code) for code in PORTS if code in world.countries}
    inland = [pair for pair in pairs if not ports & set(pair[:2])]
    return {
        "source": "baci-2023",
        "year": FIT_YEAR,
        "all": _agreement(trade, pairs),
        "without_ports": {"left_out": list(PORTS), **_agreement(trade, inland)},
    }


def balances(world: World) -> Json | None:
    """Trade balances beside published ones; None for another year or too few known."""
    published = {row["country"]: row for row in rows("balances.csv") if row["country"] in world.countries}
    if len(published) < 10 or world.meta.year != PUBLISHED_YEAR:
        return None
    table = {code: -float(world.arrays.deficits[world.position(code)]) for code in published}
    compared = [code for code, row in published.items() if row["anchor"] == "1"]
    here = np.array([table[code] for code in compared])
    there = np.array([float(published[code]["net_exports_musd"]) for code in compared])
    return {
        "source": "cia-factbook",
        "year": PUBLISHED_YEAR,
        "compared": len(compared),
        "correlation": _correlation(here, there),
        "root_mean_square_gap": float(np.sqrt(np.mean((here - there) ** 2))),
        "net_exports": {
            code: {
                "table": table[code],
                "published": float(row["net_exports_musd"]),
                "note": row["note"] or None,
            }
            for code, row in published.items()
        },
    }


def _left_out(world: World) -> list[str]:
    """What an inter-country table of the OECD does not hold; the official file has the rest of the world."""
    if not world.meta.name.startswith("icio"):
        return []
    return [_(LONG_RUN)] if "ROW" in world.finest.countries else [*map(_, REST_MISSING), _(LONG_RUN)]


def _agreement(trade: Array, pairs: Sequence[tuple[int, int, float]]) -> Json:
    here = np.array([trade[n, i] for n, i, _other in pairs])
    there = np.array([value for *_other, value in pairs])
    logs = np.log(here / there)
    return {
        "pairs": len(pairs),
        "correlation": _correlation(here, there),
        "correlation_of_logs": _correlation(np.log(here), np.log(there)),
        "median_absolute_log_gap": float(np.median(np.abs(logs))),
        "level": float(here.sum() / there.sum()),
    }


def _correlation(first: Array, second: Array) -> float:
    return float(np.corrcoef(first, second)[0, 1])


def _anchors(world: World) -> list[Json]:
    return [
        {
            "exporter": row["exporter"],
            "importer": row["importer"],
            "sector": row["sector"],
            "table": float(
                world.arrays.flows[
                    world.position(row["importer"]),
                    world.position(row["exporter"]),
                    world.sector_position(row["sector"]),
                ]
            ),
            "published": float(row["musd"]),
            "source": row["source"],
        }
        for row in rows("anchors.csv")
        if world.meta.year == PUBLISHED_YEAR
        and {row["importer"], row["exporter"]} <= set(world.countries)
        and row["sector"] in world.sectors
    ]


def _tariffs(world: World) -> Json:
    """What of base tariffs is unknown: importers of which all goods, or some, are."""
    a = world.arrays
    unknown = np.zeros(a.flows.shape, bool) if world.unknown_tariff is None else world.unknown_tariff.to_numpy()
    goods = np.array([_is_goods(world, code) for code in world.sectors])
    foreign = ~np.eye(len(world.countries), dtype=bool)[:, :, None]
    traded = (a.flows * foreign)[:, :, goods].sum(axis=(1, 2))
    untold = (a.flows * foreign * unknown)[:, :, goods].sum(axis=(1, 2))
    share = ratio(untold, traded, 0.0)
    order = np.argsort(-untold, kind="stable")
    return {
        "year": world.meta.tariff_year,
        "base": world.meta.base_tariffs or None,
        "unknown_cells": int(unknown.sum()),
        "unknown_share_of_goods_trade": float(untold.sum() / traded.sum()) if traded.sum() > 0 else None,
        "unknown_importers": [
            {"country": world.countries[n], "share_of_goods_imports": float(share[n])}
            for n in order
            if share[n] > 0
        ],
        "revenue": {
            world.countries[n]: float(a.revenue[n]) for n in np.argsort(-a.revenue)[:20] if a.revenue[n] > 0
        },
    }


def unknown_share(world: World) -> float | None:
    """Share of goods trade on which the base duty is not known; None where no goods are traded.

    >>> from kosho.world import toy
    >>> from kosho.world.report import unknown_share
    >>> unknown_share(toy())
    0.0
    """
    return _tariffs(world)["unknown_share_of_goods_trade"]


def _elasticities(world: World) -> Json:
    table = {row["sector"]: row for row in rows("elasticities.csv")}
    spread = world.theta_spread
    listed: list[Json] = []
    for place, code in enumerate(world.sectors):
        theta = float(world.arrays.theta[place])
        members = world.meta.sectors.get(code) or (code,)
        row = table.get(members[0]) if len(members) == 1 else None
        shipped = row is not None and np.isclose(theta, float(row["theta"]))
        listed.append(
            {
                "sector": code,
                "theta": theta,
                "log_sd": None if spread is None else float(spread.to_numpy()[place]),
                "theta_low": theta * low_factor(),
                "status": row["status"] if row and shipped else "estimate",
                "source": row["source"] if row and shipped else "own",
                "note": (row["note"] or None) if row and shipped else "weighted by trade, or set by the user",
            }
        )
    return {
        "meaning": "tariff-exclusive import values fall with elasticity -(theta + 1)",
        "low_factor": low_factor(),
        "low_source": "boehm-2023",
        "sectors": listed,
    }


def _is_goods(world: World, code: str) -> bool:
    """Whether a sector is goods, in part at least; where nothing says so, by the first letter of its code."""
    known = icio_sectors()
    members = world.meta.sectors.get(code) or (code,)
    if all(member in known for member in members):
        return any(known[member].goods for member in members)
    if world.meta.classification == OWN:  # it could be
        return True
    return code[:1] in "ABC"


def _classification(world: World) -> Json:
    """What the sectors are, and how much of goods trade is in sectors of one ICIO sector, or of several."""
    a = world.finest.arrays
    table = world.finest
    foreign = ~np.eye(len(table.countries), dtype=bool)[:, :, None]
    traded = (a.flows * foreign).sum(axis=(0, 1))
    goods = np.array([_is_goods(table, code) for code in table.sectors])
    known = icio_sectors()
    members = {code: table.meta.sectors.get(code) or (code,) for code in table.sectors}
    one = np.array([len(inside) == 1 and inside[0] in known for inside in members.values()])
    several = np.array([len(inside) > 1 for inside in members.values()])
    total = float(traded[goods].sum())
    kinds = {"in_one_icio_sector": one, "in_several": several, "in_none": ~one & ~several}
    return {
        "name": table.meta.classification,
        "share_of_goods_trade": {
            name: float(traded[goods & those].sum()) / total if total > 0 else None
            for name, those in kinds.items()
        },
        "sectors": {code: list(inside) for code, inside in members.items() if inside != (code,)},
        "regions": {code: list(inside) for code, inside in table.meta.regions.items()},
    }


def _assumed(world: World) -> tuple[str, ...]:
    """What was assumed; where law cannot be put in at all, why."""
    try:
        return world.assumed
    except InputError as error:
        told = _("law cannot be put into this table: {text}", text=error.problems[0].message)
        return (*world.finest.meta.assumptions, told)
