"""What becomes of the parts of cells that a shock tells apart: values, quantities, duties that makers bear."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from kosho.arrays import Array, Index, Mask
from kosho.equilibrium.kernel import Values
from kosho.equilibrium.shock import Shock
from kosho.equilibrium.system import Cells
from kosho.errors import InputError, Problem, suggest
from kosho.language import _
from kosho.world import World

__all__ = ["PartFlows", "at_cost"]


@dataclass(frozen=True, eq=False)
class PartFlows:
    """The parts of an outcome; values in the unit of the world."""

    base: World
    shock: Shock
    """Duties as levied."""
    answered: Shock
    """The same rows, as the equations take them."""
    cells: Cells
    values: Values

    def flow(self, importer: str, exporter: str, sector: str, part: str) -> tuple[float, float]:
        """As `Outcome.part_flow`."""
        n, i, j = self._place(importer, exporter, sector)
        if not part:
            return float(self.base.arrays.flows[n, i, j]), self._cell_flow(n, i, j)
        rows = self._rows(n, i, j, part)
        if not len(rows):
            known = {self.shock.part[row] for row in self._rows(n, i, j, None)} - {""}
            raise InputError(
                Problem(
                    _(
                        "the shock has no part {part!r} of {importer} from {exporter}, {sector}",
                        part=part,
                        importer=importer,
                        exporter=exporter,
                        sector=sector,
                    ),
                    suggest(part, known) or _("parts are named in the shock"),
                )
            )
        base = self._cell_spending(n, i, j) * (self.shock.share[rows] / (1.0 + self.shock.base_tariff[rows]))
        return float(base.sum()), float(self.received(rows).sum())

    @cached_property
    def net_flow(self) -> Array:
        """What producers receive `(S, N, N)`, j n i: sales at cost less what makers bear of duties."""
        if not self._marked.any():
            return self.values.net_flow
        rows = np.flatnonzero(self._marked)
        cell, flows = self.cells.row[rows], self.values.net_flow.copy()
        place = (self.cells.sector[cell], self.cells.importer[cell], self.cells.exporter[cell])
        np.subtract.at(flows, place, self._borne(rows))
        return flows

    @cached_property
    def borne(self) -> Array:
        """What makers of each country bear of duties `(N,)`."""
        rows = np.flatnonzero(self._marked)
        count = len(self.base.countries)
        return np.bincount(self.shock.exporter[rows], self._borne(rows), minlength=count).astype(float)

    def received(self, rows: Index) -> Array:
        """New value net of tariff and rent of some rows, by their positions."""
        return self._at_cost[rows] - self._borne(rows)

    def hats(self, importer: str, exporter: str, sector: str, part: str) -> tuple[float, float]:
        """As `Outcome.flow_hats`."""
        known = not part or len(self._rows(*self._place(importer, exporter, sector), part)) > 0
        base, new = self.flow(importer, exporter, sector, part) if known else (0.0, 0.0)
        value = new / base if base > 0 else np.nan
        whole = float(self.base.arrays.flows[self._place(importer, exporter, sector)])
        return value, self.volume(importer, exporter, sector, part or None) if whole > 0 else np.nan

    def volume(self, importer: str, exporter: str, sector: str, part: str | None) -> float:
        """New over old quantity of a physical flow, as `Outcome.units` says."""
        n, i, j = self._place(importer, exporter, sector)
        cost = float(np.exp(self.values.log_cost[i, j]))
        touching = self._rows(n, i, j, None)
        if not len(touching) or part is None:
            return self._cell_volume(n, i, j, touching) / cost
        rows = self._rows(n, i, j, part)
        if not len(rows):
            rows = self._rows(n, i, j, "")
        base_value = self._cell_spending(n, i, j)
        if not len(rows):
            cell = self.cells.row[touching[0]]
            base = base_value * self.cells.rest_net[cell]
            paid = self.values.share_in(j, n, i) * self.values.point.spending[n, j]
            kept = paid * self.cells.rest_net[cell] / self.cells.factor[cell]
            return float(kept / base / cost) if base > 0 else 0.0
        base = base_value * self.shock.share[rows] / (1.0 + self.shock.base_tariff[rows])
        total = base.sum()
        return float((self._at_cost[rows] / self.shock.cost[rows]).sum() / total / cost) if total > 0 else 0.0

    @cached_property
    def _marked(self) -> Mask:
        """Rows whose price before duty makers lower or raise `(m,)`."""
        return self.answered.rent != self.shock.rent

    @cached_property
    def _at_cost(self) -> Array:
        return at_cost(self.values, self.cells)

    def _borne(self, rows: Index) -> Array:
        """What makers bear of the duties on some rows."""
        return np.where(self._marked[rows], -self.answered.rent[rows] * self._at_cost[rows], 0.0)

    def _cell_volume(self, n: int, i: int, j: int, rows: Index) -> float:
        """Net flow ratio of a whole cell, each part over its own change of trade cost."""
        base = self.base.arrays.flows[n, i, j]
        if not base > 0:
            return 0.0
        new = float(self.values.net_flow_in(j, n, i))
        saved = self._at_cost[rows] * (1.0 - 1.0 / self.shock.cost[rows])
        return float((new - saved.sum()) / base)

    def _cell_flow(self, n: int, i: int, j: int) -> float:
        """One of `net_flow`."""
        rows = self._rows(n, i, j, None)
        return float(self.values.net_flow_in(j, n, i) - self._borne(rows[self._marked[rows]]).sum())

    def _cell_spending(self, n: int, i: int, j: int) -> float:
        return float(self.base.arrays.flows[n, i, j] * (1.0 + self.base.arrays.tariff[n, i, j]))

    def _place(self, importer: str, exporter: str, sector: str) -> tuple[int, int, int]:
        return self.base.position(importer), self.base.position(exporter), self.base.sector_position(sector)

    def _rows(self, n: int, i: int, j: int, part: str | None) -> Index:
        """Rows of the shock in a cell, of one part or of all."""
        shock = self.shock
        rows = np.flatnonzero((shock.importer == n) & (shock.exporter == i) & (shock.sector == j))
        return rows if part is None else np.array([row for row in rows if shock.part[row] == part], np.intp)


def at_cost(values: Values, cells: Cells) -> Array:
    """What is shipped in each row of a shock, at what it costs its makers `(m,)`."""
    cell = cells.row
    j, n, i = cells.sector[cell], cells.importer[cell], cells.exporter[cell]
    paid = values.share_in(j, n, i) * values.point.spending[n, j]
    factor = cells.factor[cell]
    weight = np.divide(cells.weight, factor, out=np.zeros_like(paid), where=factor > 0)
    return paid * weight * cells.part_net
