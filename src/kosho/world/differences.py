"""What differs between two tables: labels, sizes, trade by economy, sectors' elasticities, base duties."""

from __future__ import annotations

from math import isfinite
from typing import Any

import numpy as np

from kosho.world.elasticity_scale import mean_theta
from kosho.world.report import unknown_share
from kosho.world.table import World

__all__ = ["differences"]

Json = dict[str, Any]
SAME_RATE = 1e-6
"""Rates nearer than a ten-thousandth of a percent are the same: files keep four bytes a number."""


def differences(one: World, other: World) -> Json:
    """What differs between two tables, economy by economy and sector by sector where both have them.

    Values in the unit of each table; ratios are of the second to the first; rates are fractions.

    >>> from kosho.world import toy
    >>> from kosho.world.differences import differences
    >>> found = differences(toy(), toy().with_theta(2.5))
    >>> found["same"], [row["theta"] for row in found["sectors"]]
    (False, [[4.0, 2.5], [7.0, 2.5]])
    """
    shared = [code for code in one.countries if code in other.countries]
    goods = [code for code in one.sectors if code in other.sectors]
    return {
        "schema_version": 1,
        "same": one.hash == other.hash,
        "worlds": [_about(one), _about(other)],
        "economies": {
            "only_first": [code for code in one.countries if code not in other.countries],
            "only_second": [code for code in other.countries if code not in one.countries],
            "shared": len(shared),
        },
        "sectors_only": {
            "only_first": [code for code in one.sectors if code not in other.sectors],
            "only_second": [code for code in other.sectors if code not in one.sectors],
            "shared": len(goods),
        },
        "countries": [_economy(code, one, other) for code in shared],
        "sectors": [_sector(code, one, other) for code in goods],
        "pairs": _pairs(one, other, shared),
        "tariffs": _tariffs(one, other, shared, goods),
    }


def _about(world: World) -> Json:
    a = world.arrays
    theta = mean_theta(world)
    return {
        "name": world.meta.name,
        "world": world.hash,
        "edition": world.meta.edition or None,
        "year": world.meta.year,
        "unit": world.meta.unit,
        "classification": world.meta.classification,
        "economies": len(world.countries),
        "sectors": len(world.sectors),
        "value_added": float(a.value_added.sum()),
        "trade": float(a.flows.sum() - np.einsum("nns->", a.flows)),
        "mean_theta": theta if isfinite(theta) else None,
        "unknown_share_of_goods_trade": unknown_share(world),
    }


def _figures(world: World, code: str) -> tuple[float, float, float]:
    a = world.arrays
    n = world.countries.index(code)
    home = float(a.flows[n, n].sum())
    return float(a.value_added[n]), float(a.flows[n].sum()) - home, float(a.flows[:, n].sum()) - home


def _economy(code: str, one: World, other: World) -> Json:
    mine, theirs = _figures(one, code), _figures(other, code)
    names = ("value_added", "imports", "exports")
    return {"country": code, **{name: [a, b] for name, a, b in zip(names, mine, theirs, strict=True)}}


def _sector(code: str, one: World, other: World) -> Json:
    found: Json = {"sector": code}
    for name, values in (
        ("theta", [world.arrays.theta[world.sectors.index(code)] for world in (one, other)]),
        ("output", [world.arrays.output[:, world.sectors.index(code)].sum() for world in (one, other)]),
    ):
        found[name] = [float(value) for value in values]
    return found


def _pairs(one: World, other: World, shared: list[str]) -> Json | None:
    """How trade by pair of the economies that both have compares; None for fewer than three, or three pairs."""
    flows = [
        world.arrays.flows.sum(axis=2)[np.ix_(*[[world.countries.index(code) for code in shared]] * 2)]
        for world in (one, other)
    ]
    away = ~np.eye(len(shared), dtype=bool) & (flows[0] > 0) & (flows[1] > 0)
    if len(shared) < 3 or away.sum() < 3:
        return None
    logs = np.log(flows[1][away]) - np.log(flows[0][away])
    moved = np.zeros(away.shape)
    moved[away] = np.abs(logs)
    far = np.argsort(-moved.ravel())
    largest = [divmod(int(place), len(shared)) for place in far[:10]]
    return {
        "pairs": int(away.sum()),
        "correlation_of_logs": float(np.corrcoef(np.log(flows[0][away]), np.log(flows[1][away]))[0, 1]),
        "median_ratio": float(np.exp(np.median(logs))),
        "largest": [
            {"importer": shared[n], "exporter": shared[i], "trade": [float(flow[n, i]) for flow in flows]}
            for n, i in largest
            if away[n, i]
        ],
    }


def _tariffs(one: World, other: World, shared: list[str], goods: list[str]) -> Json | None:
    """How base rates differ in cells that both have; None where there are none."""
    if len(shared) < 2 or not goods:
        return None
    rates: list[Any] = []
    for world in (one, other):
        n = [world.countries.index(code) for code in shared]
        s = [world.sectors.index(code) for code in goods]
        rates.append(world.arrays.tariff[np.ix_(n, n, s)])
    gap = np.abs(rates[1] - rates[0])
    n, i, s = np.unravel_index(int(gap.argmax()), gap.shape)
    return {
        "cells": int(gap.size),
        "other": int((gap > SAME_RATE).sum()),
        "largest": {
            "importer": shared[n],
            "exporter": shared[i],
            "sector": goods[s],
            "rate": [float(rate[n, i, s]) for rate in rates],
        },
    }
