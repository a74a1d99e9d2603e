"""NAFTA in Caliendo & Parro (2015): 31 regions, 40 sectors, tariffs inside the bloc from 1993 to 2005.

Caliendo, L. and Parro, F. (2015), "Estimates of the Trade and Welfare Effects of NAFTA", Review of Economic
Studies 82(1), 1-44. The data are those of the authors' replication files. Conventions that matter:

- tariffs between members change, all others stay as in 1993;
- trade is fob and in the unit of gross output; output is at least exports, domestic sales are the rest;
- expenditure includes tariffs; final demand that would be negative is set to zero;
- 1993 is re-solved before anything else;
- what is called welfare is a first-order formula with arithmetic changes, far from exact real income.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from kosho.arguments import CELL
from kosho.arrays import Array
from kosho.display import Card, Shown, listing
from kosho.equilibrium import Deficits, Outcome, Shock, rebase, solve
from kosho.errors import InputError, Problem
from kosho.language import _
from kosho.replications.archive import arrays
from kosho.world import World, WorldMeta, labelled

__all__ = ["BLOC", "PUBLISHED", "ReplicatedEffects", "Replication", "read", "replicate"]


BLOC = ("Mexico", "Canada", "USA")

FILE = "cp2015.npz"
TRADED = 20
REPEATS = 5
"""Solves of each closure that are timed."""
NON_TRADED_ELASTICITY = 8.22
"""Used by the authors for the twenty sectors without trade, where it has no effect."""

SHAPES: Mapping[str, tuple[str, ...]] = {
    "regions": ("region",),
    "sectors": ("sector",),
    "trade_1993": ("traded", "region", "region"),
    "tariff_1993": ("traded", "region", "region"),
    "tariff_2005": ("traded", "region", "region"),
    "gross_output": ("sector", "region"),
    "value_added_share": ("sector", "region"),
    "input_share": ("region", "sector", "sector"),
    "theta_traded": ("traded",),
}

PUBLISHED: Mapping[str, Any] = {
    "zero": {
        "welfare_first_order": {"Mexico": 1.31, "Canada": -0.06, "USA": 0.08},
        "terms_of_trade": {"Mexico": -0.41, "Canada": -0.11, "USA": 0.04},
        "volume_of_trade": {"Mexico": 1.72, "Canada": 0.04, "USA": 0.04},
        "real_wage": {"Mexico": 1.72, "Canada": 0.32, "USA": 0.11},
        "intra_bloc_trade": {"Mexico": 118.0, "Canada": 11.0, "USA": 41.0},
    },
    "observed": {
        "welfare_first_order": {"Mexico": 1.17, "Canada": -0.04, "USA": 0.08},
        "terms_of_trade": {"Mexico": -0.41, "Canada": -0.08, "USA": 0.05},
        "volume_of_trade": {"Mexico": 1.59, "Canada": 0.04, "USA": 0.04},
        "real_wage": {"Mexico": 1.64, "Canada": 0.33, "USA": 0.12},
    },
    "source": (
        "zero: Caliendo & Parro (2015), Review of Economic Studies 82(1), abstract and Table 2; "
        "observed: the same exercise with observed deficits, as in the tests of github.com/paulofelipe/cp2015"
    ),
}
"""Percent."""


@dataclass(frozen=True)
class ReplicatedEffects(Shown):
    """Effects on the members of the bloc, in percent."""

    welfare_first_order: Mapping[str, float]
    """The published measure: terms of trade plus volume of trade."""
    terms_of_trade: Mapping[str, float]
    volume_of_trade: Mapping[str, float]
    welfare: Mapping[str, float]
    """Exact change of real income."""
    real_wage: Mapping[str, float]
    intra_bloc_trade: Mapping[str, float]
    """Imports from the other members, at prices before tariffs."""


@dataclass(frozen=True)
class Replication(Shown):
    """Both closures beside what was published."""

    zero: ReplicatedEffects
    observed: ReplicatedEffects
    seconds_per_solve: float
    """Wall time of `solve` on a rebased world, median over both closures."""
    world: str
    """Hash of the table before rebasing."""
    adjustments: tuple[str, ...]
    """What had to be clipped or renormalised."""

    def card(self) -> Card:
        """The published measure of welfare beside ours, in percent."""
        rows = [
            (f"{name} deficits", listing(f"{who} {x:.4f}" for who, x in effects.welfare_first_order.items()))
            for name, effects in (("zero", self.zero), ("observed", self.observed))
        ]
        published = PUBLISHED["zero"]["welfare_first_order"].items()
        rows.append(("published, zero", listing(f"{who} {x:.2f}" for who, x in published)))
        return Card("Replication of Caliendo & Parro (2015): welfare, percent", rows)

    def to_dict(self) -> dict[str, Any]:
        """The contract of `kosho replicate cp2015 --json`; percent."""
        return {
            "schema_version": 1,
            "replication": "cp2015",
            "zero": asdict(self.zero),
            "observed": asdict(self.observed),
            "published": dict(PUBLISHED),
            "seconds_per_solve": self.seconds_per_solve,
            "world": self.world,
            "adjustments": list(self.adjustments),
        }


def replicate(folder: Path) -> Replication:
    """The effects of NAFTA's tariff changes from the data in `folder`.

    Args:
        folder: Holds `cp2015.npz`.

    Raises:
        InputError: the file or one of its arrays is missing or has the wrong shape; all mistakes are listed.
    """
    world, tariffs = read(folder)
    effects: dict[str, ReplicatedEffects] = {}
    seconds: list[float] = []
    closures: tuple[Deficits, ...] = ("zero", "fixed")
    for deficits in closures:
        rebase(world, deficits)
        outcome = solve(world, Shock.tariffs(world, tariffs), deficits)
        effects[deficits] = _effects(outcome)
        for _other in range(REPEATS):
            started = time.perf_counter()
            solve(world, Shock.tariffs(world, tariffs), deficits)
            seconds.append(time.perf_counter() - started)
    return Replication(
        effects["zero"], effects["fixed"], float(np.median(seconds)), world.hash, world.meta.adjustments
    )


def read(folder: Path) -> tuple[World, xr.DataArray]:
    """The world of 1993, and the tariffs of 2005 among the members of the bloc (NaN elsewhere).

    Raises:
        InputError: see `replicate`.
    """
    data = arrays(Path(folder) / FILE, SHAPES, {"traded": TRADED})
    regions, sectors = [str(r) for r in data["regions"]], [str(s) for s in data["sectors"]]
    absent = [member for member in BLOC if member not in regions]
    if absent:
        raise InputError(
            Problem(
                _("no region {names}", names=", ".join(absent)), file=str(Path(folder) / FILE), key="regions"
            )
        )
    notes: list[str] = []
    theta = np.full(len(sectors), NON_TRADED_ELASTICITY)
    theta[:TRADED] = data["theta_traded"]
    world = World.from_flows(
        labelled(_flows(data), CELL, regions, sectors),
        tariff=labelled(_by_cell(data, "tariff_1993"), CELL, regions, sectors),
        io_share=labelled(_inputs(data, notes), ("country", "input", "sector"), regions, sectors),
        theta=labelled(theta, ("sector",), regions, sectors),
        meta=WorldMeta(
            name="cp2015",
            year=1993,
            source="Caliendo & Parro (2015), Review of Economic Studies 82(1), replication files",
            unit="USD",
            adjustments=tuple(notes),
        ),
    )
    later = _by_cell(data, "tariff_2005")
    rates = np.full_like(later, np.nan)
    members = [regions.index(member) for member in BLOC]
    pairs = [(n, i) for n in members for i in members if n != i]
    for n, i in pairs:
        rates[n, i, :TRADED] = later[n, i, :TRADED]
    return world, labelled(rates, CELL, regions, sectors)


def _by_cell(data: Mapping[str, NDArray[Any]], name: str) -> Array:
    """`[importer, exporter, sector]` over all sectors, zero where there is no trade."""
    count = len(data["regions"])
    values = np.zeros((count, count, len(data["sectors"])))
    values[:, :, :TRADED] = data[name].transpose(1, 2, 0)
    return values


def _flows(data: Mapping[str, NDArray[Any]]) -> Array:
    flows = _by_cell(data, "trade_1993")
    exports = flows.sum(axis=0)
    home = np.arange(len(flows))
    flows[home, home, :] = np.maximum(data["gross_output"].T, exports) - exports
    return flows


def _inputs(data: Mapping[str, NDArray[Any]], notes: list[str]) -> Array:
    """Shares of inputs in gross output; columns of the file are shares among inputs."""
    among = data["input_share"]
    negative = [
        f"{data['regions'][n]} {data['sectors'][k]} in {data['sectors'][j]}"
        for n, k, j in np.argwhere(among < 0)
    ]
    if negative:
        notes.append(f"negative input shares set to zero: {', '.join(negative)}")
    among = np.maximum(among, 0.0)
    total = among.sum(axis=1, keepdims=True)
    miss = np.abs(total - 1.0)[total > 0].max()
    notes.append(f"input shares renormalised: their sums missed one by up to {miss:.1g}")
    among = np.divide(among, total, out=np.zeros_like(among), where=total > 0)
    # A sector without inputs has a value-added share of one in the data.
    return among * (1.0 - data["value_added_share"].T)[:, None, :]


def _effects(outcome: Outcome) -> ReplicatedEffects:
    def percent(changes: xr.DataArray) -> dict[str, float]:
        return {member: 100.0 * float(changes.sel(country=member)) for member in BLOC}

    return ReplicatedEffects(
        welfare_first_order=percent(outcome.welfare_first_order),
        terms_of_trade=percent(outcome.terms_of_trade),
        volume_of_trade=percent(outcome.volume_of_trade),
        welfare=percent(outcome.welfare),
        real_wage=percent(outcome.real_wage),
        intra_bloc_trade={member: _bloc_growth(outcome, member) for member in BLOC},
    )


def _bloc_growth(outcome: Outcome, member: str) -> float:
    others = [other for other in BLOC if other != member]
    old, new = (
        float(flows.sel(importer=member, exporter=others).sum())
        for flows in (outcome.base.flows, outcome.flows)
    )
    return 100.0 * (new / old - 1.0)
