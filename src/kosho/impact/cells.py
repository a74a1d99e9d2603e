"""Where measures act in a world: cells of importer, exporter and sector, and parts of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from kosho.arrays import Mask
from kosho.equilibrium import Shock
from kosho.equilibrium.nests import with_rests
from kosho.world import World

__all__ = ["REST", "Cell", "rows_in", "with_cells"]

REST = "\0rest"
"""Stands for what no product group of a sector covers."""

Cell = tuple[int, int, int, str]
"""Positions of importer, exporter and sector, and the product group, `REST`, or "" for all of the cell."""


def with_cells(
    shock: Shock, world: World, cells: Sequence[Sequence[Cell]], also: Iterable[Cell] = ()
) -> tuple[Shock, list[Mask]]:
    """A shock with a row for all of every cell named, and which of its rows lie in which cells.

    Args:
        shock: What changes.
        world: The base.
        cells: In groups; the shock gets the rows of all of them.
        also: Cells of one more group, whose rows are looked up and not added.

    Returns:
        The shock, and `[row]` for each group, `also` the last.
    """
    whole = dict.fromkeys(cell[:3] for group in cells for cell in group)
    shock = with_rests(shock, world, whole) if whole else shock
    return shock, [rows_in(shock, group) for group in (*cells, also)]


def rows_in(shock: Shock, cells: Iterable[Cell]) -> Mask:
    """Which rows of a shock lie in some cells `[row]`."""
    wanted = set(cells)
    count, sectors = len(shock.countries), len(shock.sectors)

    def flat(cell: Cell) -> int:
        return (cell[0] * count + cell[1]) * sectors + cell[2]

    here, row = shock.cells()
    found = np.isin(here, [flat(cell) for cell in wanted if not cell[3]])[row]
    parts = {(flat(cell), cell[3]) for cell in wanted if cell[3]}
    near = np.isin(here, [number for number, _other in parts])[row] & ~found
    for k in np.flatnonzero(near).tolist():
        found[k] = (int(here[row[k]]), shock.part[k] or REST) in parts
    return found
