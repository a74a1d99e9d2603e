"""Named flows of many counterfactuals: what each becomes, by value and by quantity, without whole outcomes.

As `part_flows` has it for one outcome. Legend as there: at cost is what producers receive.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from kosho.arrays import Array, Index, Mask
from kosho.equilibrium.batch_system import Family, Look
from kosho.equilibrium.counterfactual import Counterfactual
from kosho.equilibrium.nests import Varieties
from kosho.equilibrium.outcome import Outcome
from kosho.equilibrium.shock import Shock, uncovered
from kosho.errors import Problems, suggest
from kosho.language import _
from kosho.world import World

__all__ = ["NamedFlow", "Told", "hats_of", "refuse_unknown", "told_flows"]

NamedFlow = tuple[str, str, str, str]
"""Importer, exporter, sector and part; "" is the whole cell."""


@dataclass(frozen=True, eq=False)
class _Cell:
    """The rows of a shock in one cell (m of them), and what they leave of it; b members."""

    share: Array  # (m,) of base spending on the cell
    cost: Array  # (m, b), or one column
    tariff: Array
    rent: Array
    base_tariff: Array  # (m,)
    mine: Mask  # (m,) rows of the part asked for
    unnamed: Mask  # (m,)
    rest: float
    rest_net: float

    @classmethod
    def of(cls, shock: Shock, world: World, place: tuple[int, int, int], part: str) -> _Cell:
        n, i, j = place
        rows = np.flatnonzero((shock.importer == n) & (shock.exporter == i) & (shock.sector == j))
        rest, rest_net = 1.0, 1.0 / (1.0 + float(world.arrays.tariff[n, i, j]))
        if len(rows):
            (rest,), (rest_net,) = uncovered(shock.take(rows), world)
        names = np.array([shock.part[row] for row in rows], object)
        return cls(
            shock.share[rows],
            shock.cost[rows][:, None],
            shock.tariff[rows][:, None],
            shock.rent[rows][:, None],
            shock.base_tariff[rows],
            np.asarray(names == part, bool),
            np.asarray(names == "", bool),
            float(rest),
            float(rest_net),
        )

    def hats(self, theta: Array, paid: Array, base: float, part: str) -> tuple[Array, Array]:
        """New over old value and quantity at unit costs unchanged, from what buyers pay for the cell `(b,)`.

        Args:
            theta: Of its sector `(b,)`.
            paid: Spending on the cell, charges included.
            base: The same in the base.
            part: What is asked for; "" is the whole cell.
        """
        wedge = 1.0 + self.tariff + self.rent
        with np.errstate(under="ignore"):
            kappa = self.cost * (wedge / (1.0 + self.base_tariff[:, None]))
            weight = self.share[:, None] * kappa**-theta
        factor = self.rest + weight.sum(axis=0)
        unit = np.divide(paid, factor, out=np.zeros_like(paid), where=factor > 0)
        at_cost, rest = unit * weight / wedge, unit * self.rest_net
        before = base * self.share / (1.0 + self.base_tariff)
        rows = _Rows(at_cost, self.cost, before, self.mine, self.unnamed)
        return rows.hats(part, rest, base * self.rest_net)


@dataclass(frozen=True, eq=False)
class _Rows:
    """What the rows of a cell ship (m of them), for b members."""

    at_cost: Array  # new value (m, b)
    cost: Array  # change of trade cost (m, b), or one column
    before: Array  # value in the base (m,)
    mine: Mask  # of the part asked for (m,)
    unnamed: Mask  # (m,)

    def hats(self, part: str, rest: Array | float = 0.0, rest_before: float = 0.0) -> tuple[Array, Array]:
        """Value and quantity over the base's, the latter at unit costs unchanged, beside a rest of the cell."""
        shipped = self.at_cost / self.cost
        if not part:
            total = self.before.sum() + rest_before
            return _over(self.at_cost.sum(axis=0) + rest, total), _over(shipped.sum(axis=0) + rest, total)
        value = _over(self.at_cost[self.mine].sum(axis=0), self.before[self.mine].sum())
        rows = self.mine if self.mine.any() else self.unnamed
        if rows.any():
            return value, _over(shipped[rows].sum(axis=0), self.before[rows].sum())
        return value, _over(np.broadcast_to(rest, value.shape), rest_before)


def _over(new: Array, old: float) -> Array:
    """Not a number where nothing is traded."""
    return new / old if old > 0 else np.full_like(new, np.nan)


@dataclass(frozen=True, eq=False)
class Told:
    """Flows asked for, with the rows of every shock in their cells."""

    flows: tuple[NamedFlow, ...]
    places: tuple[tuple[int, int, int], ...]
    """Importer, exporter and sector."""
    kinds: tuple[tuple[_Cell, ...], ...]
    """By shock, then by flow."""
    kind: Index  # which shock a member has (b,)

    def between(self, first: int, last: int) -> Told:
        """For some members, `last` not included."""
        return replace(self, kind=self.kind[first:last])

    def read(self, family: Family, world: World, look: Look, members: Index, done: Mask) -> Array:
        """`(f, 2, b)`, new over old value and quantity of each flow for the members that are done.

        Args:
            family: Those that are still iterated.
            world: The base.
            look: At them.
            members: Which of the members asked for they are.
            done: Of these, whose flows are read.
        """
        found = np.empty((len(self.flows), 2, int(done.sum())))
        kind = self.kind[members[done]]
        for f, ((n, i, j), flow) in enumerate(zip(self.places, self.flows, strict=True)):
            market = -1 if family.markets is None else family.markets.position(j, n)
            if market >= 0:
                found[f] = self._inside(family, look, market, f)[:, done]
            else:
                paid = (_factor(family, j, n, i) * look.power[j, i] * look.unit[j, n])[done]
                theta = np.broadcast_to(family.theta[j], done.shape)[done]
                base = float(world.arrays.flows[n, i, j] * (1.0 + world.arrays.tariff[n, i, j]))
                for number, cells in enumerate(self.kinds):
                    here = kind == number
                    if here.any():
                        found[f][:, here] = cells[f].hats(theta[here], paid[here], base, flow[3])
            found[f, 1] /= np.exp(look.log_cost[j, i, done])
        return found

    def _inside(self, family: Family, look: Look, market: int, f: int) -> Array:
        """`(2, b)` of a flow in a market with bounds or nests, where every part is a variety."""
        assert family.markets is not None  # noqa: S101
        assert look.bought is not None  # noqa: S101
        of, part = family.markets.of, self.flows[f][3]
        rows = np.flatnonzero((of.market == market) & (of.exporter == self.places[f][1]))
        names = _names(of, rows)
        told = _Rows(
            look.bought.received[rows],
            of.charges.cost[rows],
            family.markets.net[rows],
            np.asarray(names == part, bool),
            np.asarray(names == "", bool),
        )
        return np.stack(told.hats(part))


def _names(of: Varieties, rows: Index) -> Any:
    return np.array([of.shock.part[row] for row in of.row[rows]], object)


def _factor(family: Family, j: int, n: int, i: int) -> Array | float:
    """K of a cell."""
    own = family.own
    mine = np.flatnonzero((own.sector == j) & (own.importer == n) & (own.exporter == i))
    return own.factor[mine[0]] if len(mine) else float(family.factor[j, n, i])


def told_flows(world: World, changes: Sequence[Counterfactual], flows: Sequence[NamedFlow]) -> Told | None:
    """What is needed to tell flows of members; None where none is asked for."""
    if not flows:
        return None
    shocks = {id(change.shock): change.shock for change in changes}
    places = tuple(_place(world, flow) for flow in flows)
    kinds = tuple(
        tuple(_Cell.of(shock, world, place, flow[3]) for place, flow in zip(places, flows, strict=True))
        for shock in shocks.values()
    )
    number = {name: k for k, name in enumerate(shocks)}
    return Told(tuple(flows), places, kinds, np.array([number[id(change.shock)] for change in changes]))


def hats_of(outcome: Outcome, flows: Sequence[NamedFlow]) -> Array:
    """`(f, 2)`, the same of one outcome."""
    return np.array([outcome.flow_hats(*flow) for flow in flows]).reshape(len(flows), 2)


def _place(world: World, flow: NamedFlow) -> tuple[int, int, int]:
    return world.position(flow[0]), world.position(flow[1]), world.sector_position(flow[2])


def refuse_unknown(world: World, flows: Sequence[NamedFlow]) -> None:
    """Refuse flows of countries or sectors that a world does not have.

    Raises:
        InputError: each is named.
    """
    problems = Problems()
    for k, (importer, exporter, sector, _part) in enumerate(flows):
        for code, known in ((importer, world.countries), (exporter, world.countries), (sector, world.sectors)):
            if code not in known:
                problems.add(_("unknown label {code!r}", code=code), suggest(code, known), key=f"flows[{k}]")
    problems.raise_if_any()
