"""Worlds of studies of tariff games: an archive of flows, tariffs and elasticities, and no inputs."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import numpy as np

from kosho.arguments import CELL
from kosho.replications.archive import arrays
from kosho.world import World, WorldMeta, labelled

__all__ = ["read_game"]

FILE = "data.npz"


def read_game(folder: Path, trade: Literal["flows", "spending"], meta: WorldMeta) -> World:
    """The world of `data.npz`: `countries`, `tariff[importer, exporter, sector]`, `sigma`, and trade by cell.

    Args:
        folder: Holds the file.
        trade: The array of trade: `flows` before duty, or `spending` with it.
        meta: Of the world.

    Raises:
        InputError: the file or one of its arrays is missing or has the wrong shape; all mistakes are listed.
    """
    by_cell = ("country", "country", "sector")
    shapes = {"countries": ("country",), trade: by_cell, "tariff": by_cell, "sigma": ("sector",)}
    data = arrays(Path(folder) / FILE, shapes, {})
    countries = [str(code) for code in data["countries"]]
    sectors = [f"sector {number + 1}" for number in range(len(data["sigma"]))]
    flows, tariff = np.asarray(data[trade], float), np.asarray(data["tariff"], float)
    if trade == "spending":
        flows = flows / (1.0 + tariff)
    no_inputs = np.zeros((len(countries), len(sectors), len(sectors)))
    return World.from_flows(
        labelled(flows, CELL, countries, sectors),
        tariff=labelled(tariff, CELL, countries, sectors),
        io_share=labelled(no_inputs, ("country", "input", "sector"), countries, sectors),
        theta=labelled(np.asarray(data["sigma"], float) - 1.0, ("sector",), countries, sectors),
        insist=True,
        meta=meta,
    )
