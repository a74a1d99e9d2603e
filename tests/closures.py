"""Closures of every kind, alone and together, and random changes to try them on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from kosho.equilibrium import Closure, Part, Shock
from kosho.world import World
from tests.worlds import rates

TAXES = {"C00": 0.3, "C01": 0.2, "C02": 0.4}

ALONE: Mapping[str, Closure] = {
    "labour": Closure(labour_supply=0.5),
    "relief": Closure(labour_supply=0.5, labour_tax=TAXES, revenue="tax-relief"),
    "kept": Closure(labour_supply=0.3, revenue="kept"),
    "capital": Closure(capital="accumulated"),
    "sectors": Closure(labour_mobility=1.0),
    "sectors 1.5": Closure(labour_mobility=1.5),
    "profits": Closure(profits=["S00", "S02"]),
    "absorbed": Closure(absorbed={"S00": 0.5, ("C01", "S01"): 1.0}),
    "proportional": Closure(deficits="proportional"),
    "zero": Closure(deficits="zero"),
}
TOGETHER: Mapping[str, Closure] = {
    "labour and capital": Closure(labour_supply=0.5, capital="accumulated", capital_share=0.4),
    "profits and sectors": Closure(profits=["S01"], labour_mobility=2.0, deficits="proportional"),
    "relief, profits, absorbed": Closure(
        labour_supply=0.8, labour_tax=0.3, revenue="tax-relief", profits=["S00"], absorbed={"S01": 0.7}
    ),
    "all": Closure(
        labour_supply=0.5,
        labour_tax=TAXES,
        revenue="tax-relief",
        capital="accumulated",
        capital_share={"S00": 0.2, "S01": 0.4, "S02": 0.6},
        labour_mobility=1.5,
        profits=["S00", "S01"],
        absorbed={"S00": 0.5, "S02": 0.9},
        deficits="proportional",
    ),
}
EVERY = ALONE | TOGETHER


def _mixed(seed: int) -> Closure:
    """Any parts of a closure together, each there or not by a coin, with values at random."""
    rng = np.random.default_rng(seed)
    parts: dict[str, Any] = {}
    if rng.random() < 0.6:
        use = str(rng.choice(["lump-sum", "tax-relief", "kept"]))
        parts |= {"labour_supply": rng.uniform(0.1, 1.5), "labour_tax": TAXES, "revenue": use}
    if rng.random() < 0.6:
        shares = rng.uniform(0.1, 0.6, 3).tolist()
        by = ("S00", "S01", "S02") if rng.random() < 0.5 else ("C00", "C02", "C03")
        parts |= {"capital": "accumulated", "capital_share": dict(zip(by, shares, strict=True))}
    if rng.random() < 0.6:
        parts["labour_mobility"] = float(rng.choice([1.0, 1.5, 3.0]))
    if rng.random() < 0.6:
        parts["profits"] = [code for code in ("S00", "S01", "S02") if rng.random() < 0.6]
    if rng.random() < 0.6:
        parts["absorbed"] = {"S00": rng.uniform(), ("C01", "S01"): rng.uniform()}
    return Closure(**parts, deficits=str(rng.choice(["fixed", "zero", "proportional"])))  # pyright: ignore[reportArgumentType]


MIXED: Mapping[str, Closure] = {f"mixed {seed}": _mixed(seed) for seed in range(24)}
NEUTRAL: Mapping[str, Closure] = {
    "labour": Closure(labour_supply=1e-13),
    "relief without supply": Closure(revenue="tax-relief", labour_tax=0.3),
    "capital": Closure(capital="accumulated", capital_share=1e-13),
    "sectors": Closure(labour_mobility=1e13),
    "sectors, infinite": Closure(labour_mobility=np.inf),
    "profits": Closure(profits={"S00": 1e-13, "S02": 0.0}),
    "absorbed": Closure(absorbed={"S00": 0.0}),
    "absorbed, nearly nothing": Closure(absorbed={"S00": 1e-13}),
}
"""Every closure at, or next to, the value at which nothing adjusts."""


def change(world: World, seed: int) -> Shock:
    """Random tariffs on half of the cells, and a part of another with a rent of a third country."""
    new = rates(world, seed, 0.0, 0.6, share=0.5)
    cell = ("C02", "C01", "S02")
    new.loc[dict(zip(("importer", "exporter", "sector"), cell, strict=True))] = np.nan
    whole = Shock.tariffs(world, new)
    rows = zip(whole.importer, whole.exporter, whole.sector, whole.tariff, strict=True)
    parts = [
        Part(world.countries[n], world.countries[i], world.sectors[j], tariff=float(t)) for n, i, j, t in rows
    ]
    return Shock.parts(world, [*parts, Part(*cell, share=0.4, rent=0.2, holder="C00", part="licensed")])
