"""From derivatives by the coefficients of a shock to those by tariffs and costs, of whole cells and of parts.

K/pi is the sum of the parts' weights s kappa^-theta; a part's weight falls with its tariff by theta and what it
pays to producers by theta + 1, each over its wedge 1 + t' + r'.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from kosho.arrays import Array, Index
from kosho.display import Shown
from kosho.equilibrium.absorption import Absorption, absorption_of
from kosho.equilibrium.adjoint import Causes
from kosho.equilibrium.outcome import Outcome

__all__ = ["Slopes"]


@dataclass(frozen=True, eq=False)
class Slopes(Shown):
    """Derivatives of a payoff at an outcome, each computed when it is first asked for."""

    outcome: Outcome
    causes: Causes

    @cached_property
    def tariff(self) -> Array:
        """`(N importer, N exporter, S)`, by the rate on a whole cell, all of its parts; zero at home."""
        base, cells, causes = self.outcome.base.arrays, self.outcome.cells, self.causes
        theta = base.theta[:, None, None]
        net = 1.0 / (1.0 + base.tariff.transpose(2, 0, 1))
        tariff = -net * (theta * causes.log_factor + (theta + 1.0) * causes.log_net_factor)
        rest = -cells.rest_net * self._share - _over(cells.rest_net**2, cells.rest) * self._net_slope
        if self._borne is not None:
            tariff, rest = self._borne.cells(tariff), self._borne.rest(rest)
        # In a cell that the shock touches, every part and the rest have a wedge of their own.
        tariff[self._where] = rest + np.bincount(cells.row, self.part_tariff, minlength=len(rest))
        home = np.arange(tariff.shape[1])
        tariff[:, home, home] = 0.0
        return tariff.transpose(1, 2, 0)

    @cached_property
    def cost(self) -> Array:
        """`(N importer, N exporter, S)`, by ln d of a whole cell."""
        cells, causes = self.outcome.cells, self.causes
        theta = self.outcome.base.arrays.theta[:, None, None]
        cost = -theta * (causes.log_factor + causes.log_net_factor)
        rest = -cells.rest * self._share - cells.rest_net * self._received_slope
        cost[self._where] = rest + np.bincount(cells.row, self.part_cost, minlength=len(rest))
        return cost.transpose(1, 2, 0)

    @cached_property
    def part_tariff(self) -> Array:
        """`(m,)`, by the rate of the part in each row of the shock alone."""
        cells = self.outcome.cells
        kept = cells.weight * cells.part_net
        slopes = -kept * (self._share[cells.row] + self._net_slope[cells.row] * cells.part_net)
        paying = self._paying
        theta = self._elasticity[cells.row[paying]]
        slopes[paying] -= (theta + 1.0) * cells.part_net[paying] * self.causes.log_rent
        return slopes if self._borne is None else self._borne.parts(slopes)

    @cached_property
    def part_cost(self) -> Array:
        """`(m,)`, by ln d of the part in each row of the shock alone."""
        cells = self.outcome.cells
        kept = cells.weight * cells.part_net
        slopes = -cells.weight * self._share[cells.row] - kept * self._received_slope[cells.row]
        paying = self._paying
        slopes[paying] -= self._elasticity[cells.row[paying]] * self.causes.log_rent
        return slopes

    @property
    def _where(self) -> tuple[Index, Index, Index]:
        cells = self.outcome.cells
        return cells.sector, cells.importer, cells.exporter

    @cached_property
    def _elasticity(self) -> Array:
        return self.outcome.base.arrays.theta[self.outcome.cells.sector]

    @cached_property
    def _paying(self) -> Index:
        return np.flatnonzero((self.outcome.answered.rent != 0) & (self.outcome.cells.weight > 0))

    @cached_property
    def _share(self) -> Array:
        """By what buyers pay `(c,)`."""
        return _over(self.causes.log_factor[self._where] * self._elasticity, self.outcome.cells.factor)

    @cached_property
    def _by_received(self) -> Array:
        """By what producers receive `(c,)`."""
        cells = self.outcome.cells
        return _over(self.causes.log_net_factor[self._where], cells.factor * cells.net)

    @property
    def _received_slope(self) -> Array:
        return self._by_received * self._elasticity

    @property
    def _net_slope(self) -> Array:
        return self._by_received * (self._elasticity + 1.0)

    @cached_property
    def _borne(self) -> _Borne | None:
        absorption = absorption_of(self.outcome.closure, self.outcome.base)
        return None if absorption is None else _Borne(self.outcome, absorption, self.causes.held)


class _Borne:
    """Slopes with respect to duties as levied where makers absorb the share lambda of them.

    What buyers pay moves with (1 + t)^(1 - lambda), the maker's rent with ((1 + t)/(1 + t0))^-lambda - 1.
    """

    def __init__(self, outcome: Outcome, absorption: Absorption, held: Array) -> None:
        self._outcome, self._held = outcome, held
        self._cells = absorption.cells
        self._share = absorption.share(outcome.answered)

    def cells(self, tariff: Array) -> Array:
        """Of cells that the shock leaves alone `(S, N, N)`."""
        base = self._outcome.base.arrays
        share = np.broadcast_to(self._cells.T[:, None, :], tariff.shape)
        rate = base.tariff.transpose(2, 0, 1)
        received = self._outcome.solution.values.net_flow
        return (1.0 - share) * tariff - share * received * self._held / (1.0 + rate)

    def parts(self, tariff: Array) -> Array:
        """Of rows of the shock `(m,)`."""
        shock, asked = self._outcome.answered, self._outcome.shock
        share = np.where((shock.rent != 0) & (asked.rent == shock.rent), 0.0, self._share)
        markdown = np.where(share > 0, 1.0 + shock.rent, 1.0)
        received = self._outcome.received(
            np.arange(len(shock))
        )  # at the price before duty: cost times markdown
        held = self._held[shock.importer, shock.exporter]
        moved = (1.0 - share) * markdown * tariff - share * received * held / (1.0 + asked.tariff)
        return np.where(share > 0, moved, tariff)

    def rest(self, tariff: Array) -> Array:
        """Of what is left of cells that the shock touches `(c,)`."""
        of, values = self._outcome.cells, self._outcome.solution.values
        share = self._cells[of.exporter, of.sector]
        paid = values.share[of.sector, of.importer, of.exporter] * values.point.spending[of.importer, of.sector]
        received = _over(paid * of.rest_net, of.factor)
        net = _over(of.rest_net, of.rest)
        return (1.0 - share) * tariff - share * received * self._held[of.importer, of.exporter] * net


def _over(amount: Array, whole: Array) -> Array:
    return np.divide(amount, whole, out=np.zeros_like(amount), where=whole > 0)
