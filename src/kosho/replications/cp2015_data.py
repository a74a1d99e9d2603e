"""What Caliendo & Parro (2015) computed with: the authors' file, as a world of each of their four models.

Beside the model in full the paper has three that leave something out, each built from the same file by the
rules of the authors' programs (folder `Counterfactuals_across_models` of their replication files):

- `no materials`: value added is all that goes into a good;
- `no input-output`: a good is an input of its own sector only. The share that this takes of its sales is its
  own sector's share *among inputs*, and value added is all the rest;
- `one sector`: one sector that is traded and one that is not. Flows and output are sums; a duty is the median
  over the twenty traded sectors, the share of value added the median over the sectors of a block, shares among
  inputs are means of blocks, and the elasticity of trade is 4.55.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from kosho.arguments import CELL
from kosho.arrays import Array
from kosho.errors import InputError, Problem
from kosho.language import _
from kosho.replications.archive import arrays
from kosho.world import World, WorldMeta, labelled

__all__ = ["BLOC", "MODELS", "Economy", "economy"]

BLOC = ("Mexico", "Canada", "USA")
MODELS = ("full", "no materials", "no input-output", "one sector")

FILE = "cp2015.npz"
TRADED = 20
NON_TRADED_ELASTICITY = 8.22
"""Used by the authors for the twenty sectors without trade, where it has no effect."""
ONE_ELASTICITY = 4.55
"""What the authors' program takes for all that is traded."""

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


@dataclass(frozen=True)
class _Tables:
    """A model's data, `N` regions and `S` sectors."""

    sectors: list[str]
    trade: Array
    """`(N, N, S)`, importer, exporter, sector, at prices before duty; nothing at home."""
    before: Array
    """Duties of 1993, likewise."""
    after: Array
    """Duties of 2005."""
    output: Array
    """`(N, S)`, at least 0."""
    inputs: Array
    """Shares in gross output, `(N, S, S)`: region, input, sector."""
    theta: Array
    """`(S,)`."""


@dataclass(frozen=True)
class Economy:
    """One of the paper's models, with the tariffs that come later."""

    world: World
    """1993."""
    every: xr.DataArray
    """Tariffs of 2005."""
    bloc: xr.DataArray
    """The same among the members, not a number elsewhere."""


def economy(folder: Path, model: str = "full") -> Economy:
    """One of `MODELS` from the file in a folder.

    Raises:
        InputError: the file or one of its arrays is missing or has the wrong shape; all mistakes are listed.
    """
    data = _data(folder)
    notes: list[str] = []
    tables = _model(data, model, notes)
    regions = [str(one) for one in data["regions"]]
    world = World.from_flows(
        labelled(_flows(tables), CELL, regions, tables.sectors),
        tariff=labelled(tables.before, CELL, regions, tables.sectors),
        io_share=labelled(tables.inputs, ("country", "input", "sector"), regions, tables.sectors),
        theta=labelled(tables.theta, ("sector",), regions, tables.sectors),
        meta=WorldMeta(
            name="cp2015" if model == "full" else f"cp2015, {model}",
            year=1993,
            source="Caliendo & Parro (2015), Review of Economic Studies 82(1), replication files",
            unit="USD",
            adjustments=tuple(notes),
        ),
    )
    every = labelled(tables.after, CELL, regions, tables.sectors)
    inside = np.isin(regions, BLOC)
    members = inside[:, None] & inside & ~np.eye(len(regions), dtype=bool)
    traded = np.arange(len(tables.sectors)) < _traded(model)
    return Economy(world, every, every.where(members[:, :, None] & traded))


def _traded(model: str) -> int:
    """Sectors with trade, which come first."""
    return 1 if model == "one sector" else TRADED


def _data(folder: Path) -> Mapping[str, NDArray[Any]]:
    data = arrays(Path(folder) / FILE, SHAPES, {"traded": TRADED})
    regions = [str(r) for r in data["regions"]]
    absent = [member for member in BLOC if member not in regions]
    if absent:
        raise InputError(
            Problem(
                _("no region {names}", names=", ".join(absent)), file=str(Path(folder) / FILE), key="regions"
            )
        )
    return data


def _model(data: Mapping[str, NDArray[Any]], model: str, notes: list[str]) -> _Tables:
    among = _among_inputs(data, notes)
    if model == "one sector":
        return _one_sector(data, among)
    own = np.eye(len(data["sectors"]))
    inputs = {
        # A sector without inputs has a value-added share of one in the data.
        "full": lambda: among * (1.0 - data["value_added_share"].T)[:, None, :],
        "no materials": lambda: 0.0 * among,
        "no input-output": lambda: among * own,
    }[model]()
    theta = np.full(len(data["sectors"]), NON_TRADED_ELASTICITY)
    theta[:TRADED] = data["theta_traded"]
    trade, before, after = (_by_cell(data, name) for name in ("trade_1993", "tariff_1993", "tariff_2005"))
    names = [str(one) for one in data["sectors"]]
    return _Tables(names, trade, before, after, data["gross_output"].T, inputs, theta)


def _one_sector(data: Mapping[str, NDArray[Any]], among: Array) -> _Tables:
    """What is traded and what is not, each as one."""
    blocks = (slice(None, TRADED), slice(TRADED, None))

    def first_only(values: Array) -> Array:
        return np.stack([values, np.zeros_like(values)], axis=-1)

    shares = np.array([[among[:, k, j].mean(axis=(1, 2)) for j in blocks] for k in blocks])
    shares = np.moveaxis(shares / shares.sum(axis=0), 2, 0)
    added = np.stack([np.median(data["value_added_share"][block], axis=0) for block in blocks], axis=1)
    return _Tables(
        ["Traded", "Not traded"],
        first_only(data["trade_1993"].sum(axis=0)),
        first_only(np.median(data["tariff_1993"], axis=0)),
        first_only(np.median(data["tariff_2005"], axis=0)),
        np.stack([data["gross_output"][block].sum(axis=0) for block in blocks], axis=1),
        shares * (1.0 - added)[:, None, :],
        np.full(2, ONE_ELASTICITY),
    )


def _by_cell(data: Mapping[str, NDArray[Any]], name: str) -> Array:
    """`[importer, exporter, sector]` over all sectors, zero where there is no trade."""
    count = len(data["regions"])
    values = np.zeros((count, count, len(data["sectors"])))
    values[:, :, :TRADED] = data[name].transpose(1, 2, 0)
    return values


def _flows(tables: _Tables) -> Array:
    """Trade, with sales at home: what of output is not exported, output being at least exports."""
    flows = tables.trade.copy()
    exports = flows.sum(axis=0)
    home = np.arange(len(flows))
    flows[home, home, :] = np.maximum(tables.output, exports) - exports
    return flows


def _among_inputs(data: Mapping[str, NDArray[Any]], notes: list[str]) -> Array:
    """Shares among a sector's inputs, `(N, S, S)`: columns sum to one, or to zero where there are none."""
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
    return np.divide(among, total, out=np.zeros_like(among), where=total > 0)
