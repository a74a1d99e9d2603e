"""Counterfactuals sorted by the constraints and nests they share, so that many are solved as one system.

Changes share a `Frame` when they tell the same products and parts apart and bound the same imports in the same
way. They may differ in which bounds hold, how tight those are, in tariffs and trade costs, and in elasticities.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass, fields

import numpy as np

from kosho.arrays import Array, Index, Mask
from kosho.equilibrium.constraints import Constraint, Quota, TariffQuota, partial
from kosho.equilibrium.counterfactual import Counterfactual
from kosho.equilibrium.nests import Nest
from kosho.equilibrium.shock import Shock
from kosho.world import World

__all__ = ["Frame", "Given", "framed"]


@dataclass(frozen=True, eq=False)
class Given:
    """In what changes of one frame differ; not a number where one says nothing. b of them."""

    amounts: Array  # of each bound (c, b)
    cost: Array  # of each part of the frame's shock, then of its whole cells (k, b)
    tariff: Array  # (k, b)
    theta: Array  # of each nest, between origins (p, b)
    epsilon: Array  # of each nest, between products (p, b)

    def between(self, first: int, last: int) -> Given:
        """Some changes, `last` not included."""
        return Given(*(getattr(self, field.name)[:, first:last] for field in fields(self)))


@dataclass(frozen=True, eq=False)
class Frame:
    """The markets that some counterfactuals constrain, with their constraints and nests."""

    known: Rows
    """Rows of shocks in its markets."""
    shock: Shock
    """The parts of their cells; rates and costs do not matter."""
    cells: Index
    """Whole cells for which any change has a row: (importer · countries + exporter) · sectors + sector."""
    bounds: tuple[Constraint, ...]
    """Every bound that any of the changes has; amounts do not matter."""
    banned: tuple[Constraint, ...]
    nests: tuple[Nest, ...]

    @property
    def inside(self) -> Mask:
        """`[importer, sector]`, which markets these are."""
        return self.known.inside

    def given(self, changes: Sequence[Counterfactual]) -> Given:
        """What these changes put in the frame."""
        parts = len(self.shock)
        amounts = np.full((len(self.bounds), len(changes)), np.nan)
        cost, tariff = (np.full((parts + len(self.cells), len(changes)), np.nan) for _ in range(2))
        theta, epsilon = np.empty((2, len(self.nests), len(changes)))
        place = {_about(one): c for c, one in enumerate(self.bounds)}
        known: dict[int, tuple[Index, Index]] = {}  # members often share a shock
        where_of: dict[int, int] = {}  # and constraints
        for b, change in enumerate(changes):
            for one in change.constraints:
                if not _bans(one):
                    if id(one) not in where_of:
                        where_of[id(one)] = place[_about(one)]
                    amounts[where_of[id(one)], b] = one.amount
            shock = change.shock
            if id(shock) not in known:
                rows, whole = self.known.of(shock)
                behind = parts + np.searchsorted(self.cells, _flat(shock, whole))
                known[id(shock)] = np.append(rows, whole), np.append(np.arange(parts), behind)
            both, where = known[id(shock)]
            cost[where, b], tariff[where, b] = shock.cost[both], shock.tariff[both]
            theta[:, b] = [nest.theta for nest in change.nests]
            epsilon[:, b] = [nest.between for nest in change.nests]
        return Given(amounts, cost, tariff, theta, epsilon)


def framed(changes: Sequence[Counterfactual], world: World) -> list[tuple[Frame | None, list[int]]]:
    """Sort changes by the frames they share; those without constraints and nests have none.

    A change with two constraints of one name is left out: solved by itself it fails with the reason. So is one
    with a promise of which a part would be bought anyway: what that is must be found first.
    """
    inside = _touched(changes, world)
    known = Rows(inside)
    groups: dict[Hashable, list[int]] = {}
    labels: dict[int, Hashable] = {}
    keys = {id(change): _key_of(change, known, labels) for change in _each(changes)}
    for member, change in enumerate(changes):
        if (key := keys[id(change)]) is not False:
            groups.setdefault(key, []).append(member)
    return [
        (None if key is None else _frame([changes[member] for member in members], known), members)
        for key, members in groups.items()
    ]


def _each(changes: Sequence[Counterfactual]) -> Collection[Counterfactual]:
    """Each change once: with many sets of elasticities the same ones come again and again."""
    return {id(change): change for change in changes}.values()


class Rows:
    """Rows of shocks in some markets, looked for once; another process looks for itself."""

    def __init__(self, inside: Mask) -> None:
        self.inside = inside
        self._known: dict[int, tuple[Shock, Index, Index]] = {}

    def __reduce__(self) -> tuple[type[Rows], tuple[Mask]]:
        return Rows, (self.inside,)

    def of(self, shock: Shock) -> tuple[Index, Index]:
        """See `_rows`."""
        if id(shock) not in self._known:
            self._known[id(shock)] = shock, *_rows(shock, self.inside)
        return self._known[id(shock)][1:]


def _key_of(change: Counterfactual, known: Rows, labels: dict[int, Hashable]) -> Hashable:
    """Equal for changes that share a frame; None without one, False where a change is left out."""
    if change.plain:
        return None
    twice = len({one.name for one in change.constraints}) < len(change.constraints)
    return False if twice or partial(change.constraints) else _key(change, known, labels)


def _frame(changes: Sequence[Counterfactual], known: Rows) -> Frame:
    first = changes[0]
    each = {id(one): one for change in _each(changes) for one in change.constraints}.values()
    every = (one for one in each if not _bans(one))
    shocks = {id(change.shock): change.shock for change in changes}.values()
    cells = [_flat(shock, known.of(shock)[1]) for shock in shocks]
    return Frame(
        known=known,
        shock=first.shock.take(known.of(first.shock)[0]),
        cells=np.unique(np.concatenate(cells)),
        bounds=tuple({_about(one): one for one in every}.values()),
        banned=tuple(filter(_bans, first.constraints)),
        nests=first.nests,
    )


def _touched(changes: Sequence[Counterfactual], world: World) -> Mask:
    """`[importer, sector]`, the markets that any change bounds; unknown labels count for nothing."""
    nests = {id(nest): nest for change in changes for nest in change.nests}.values()
    pairs = {(nest.importer, nest.sector) for nest in nests}
    for constraints in dict.fromkeys(change.constraints for change in changes):
        pairs |= {(flow.importer, flow.sector) for one in constraints for flow in one.flows}
    found = np.zeros((len(world.countries), len(world.sectors)), bool)
    for importer, sector in pairs:
        if importer in world.countries and sector in world.sectors:
            found[world.position(importer), world.sector_position(sector)] = True
    return found


def _rows(shock: Shock, inside: Mask) -> tuple[Index, Index]:
    """Rows in some markets: parts of cells, and whole cells, whose rates hold for all of them."""
    # By the thousand, so flat: an array of places is read in a third of the time that pairs take.
    rows = inside.ravel().take(shock.importer * inside.shape[1] + shock.sector).nonzero()[0]
    whole = (shock.share.take(rows) == 1.0) & (shock.rent.take(rows) == 0.0)
    for k in whole.nonzero()[0].tolist():
        whole[k] = not shock.part[rows[k]]
    return rows[~whole], rows[whole]


def _flat(shock: Shock, rows: Index) -> Index:
    cell = shock.importer[rows] * len(shock.countries) + shock.exporter[rows]
    return cell * len(shock.sectors) + shock.sector[rows]


def _bans(constraint: Constraint) -> bool:
    return isinstance(constraint, Quota) and constraint.basis != "increment" and constraint.amount <= 0


def _about(constraint: Constraint) -> Hashable:
    """All that a bound is but its amount."""
    return type(constraint), *(value for name, value in vars(constraint).items() if name != "amount")


def _key(change: Counterfactual, known: Rows, labels: dict[int, Hashable]) -> Hashable:
    """Equal for changes that share a frame. A nest is compared by its origins; `labels` remembers them."""
    s = change.shock
    rows, _ = known.of(s)
    columns = (s.importer, s.exporter, s.sector, s.share, s.base_tariff, s.rent, s.holder)
    for nest in change.nests:
        if id(nest) not in labels:
            labels[id(nest)] = nest.product, nest.importer, nest.sector, tuple(sorted(nest.shares.items()))
    # Imports under a tariff quota pay other duties, and what is banned is not there, whatever the amounts.
    fixed = tuple(_about(one) for one in change.constraints if isinstance(one, TariffQuota) or _bans(one))
    return (
        tuple(column[rows].tobytes() for column in columns),
        tuple(s.part[row] for row in rows.tolist()),
        fixed,
        tuple(labels[id(nest)] for nest in change.nests),
    )
