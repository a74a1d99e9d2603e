"""Where measures act in a world: cells of importer, exporter and sector, and parts of them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from kosho.arrays import Mask
from kosho.equilibrium import Shock

__all__ = ["REST", "Cell", "rows_in"]

REST = "\0rest"
"""Stands for what no product group of a sector covers."""

Cell = tuple[int, int, int, str]
"""Positions of importer, exporter and sector, and the product group, `REST`, or "" for all of the cell."""


def rows_in(shock: Shock, cells: Iterable[Cell]) -> Mask:
    """Which rows of a shock lie in some cells `[row]`."""
    wanted = set(cells)
    places = zip(shock.importer.tolist(), shock.exporter.tolist(), shock.sector.tolist(), strict=True)
    return np.array(
        [
            (*place, "") in wanted or (*place, part or REST) in wanted
            for place, part in zip(places, shock.part, strict=True)
        ],
        bool,
    )
