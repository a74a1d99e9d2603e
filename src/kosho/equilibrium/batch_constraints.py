"""Counterfactuals sorted by the constraints and nests they share, so that many are solved as one system.

Changes share a `Frame` when they tell the same products and parts apart and bound the same imports in the same
way. They may differ in which bounds hold, how tight those are, in tariffs and trade costs, and in elasticities.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Sequence
from dataclasses import dataclass, fields
from typing import Any

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
        size, parts = len(changes), len(self.shock)
        amounts = np.full((len(self.bounds), size), np.nan)
        theta, epsilon = np.empty((2, len(self.nests), size))
        place = {_about(one): c for c, one in enumerate(self.bounds)}
        bounded: dict[int, tuple[Index, Array]] = {}  # members often share constraints
        elastic: dict[int, Array] = {}  # and nests
        for b, change in enumerate(changes):
            if change.constraints:
                name = id(change.constraints)
                if name not in bounded:
                    bounded[name] = _amounts(change.constraints, place)
                where, values = bounded[name]
                amounts[where, b] = values
            if change.nests:
                name = id(change.nests)
                if name not in elastic:
                    elastic[name] = np.array([[one.theta, one.between] for one in change.nests]).T
                theta[:, b], epsilon[:, b] = elastic[name]
        cost, tariff = (np.full((parts + len(self.cells), size), np.nan) for _ in range(2))
        shocks = [change.shock for change in changes]
        each = {id(shock): self.known.of(shock) for shock in shocks}
        rows = {name: self._rows_of(within) for name, within in each.items()}
        where = np.concatenate([rows[id(shock)][1] for shock in shocks])
        member = np.repeat(np.arange(size), [len(rows[id(shock)][1]) for shock in shocks])
        cost[where, member] = np.concatenate([shock.cost.take(rows[id(shock)][0]) for shock in shocks])
        tariff[where, member] = np.concatenate([shock.tariff.take(rows[id(shock)][0]) for shock in shocks])
        return Given(amounts, cost, tariff, theta, epsilon)

    def _rows_of(self, within: Within) -> tuple[Index, Index]:
        """Rows of a shock, and where they stand among what is given."""
        parts = len(self.shock)
        behind = self.cells.searchsorted(within.cells) + parts
        if not parts:
            return within.whole, behind
        return np.append(within.parts, within.whole), np.append(np.arange(parts), behind)


def _amounts(constraints: Sequence[Constraint], place: dict[Hashable, int]) -> tuple[Index, Array]:
    """Which of the bounds these are, and their amounts."""
    mine = [one for one in constraints if not _bans(one)]
    return np.array([place[_about(one)] for one in mine], np.intp), np.array([one.amount for one in mine])


def framed(changes: Sequence[Counterfactual], world: World) -> list[tuple[Frame | None, list[int]]]:
    """Sort changes by the frames they share; those without constraints and nests have none.

    A change with two constraints of one name is left out: solved by itself it fails with the reason. So is one
    with a promise of which a part would be bought anyway: what that is must be found first.
    """
    inside = _touched(changes, world)
    known = Rows(inside)
    groups: dict[Hashable, list[int]] = {}
    labels = Labels()
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


@dataclass(frozen=True, eq=False)
class Within:
    """Rows of a shock that lie in some markets."""

    parts: Index  # parts of cells
    whole: Index  # whole cells, whose rates hold for all of them
    cells: Index  # the latter, as `Frame.cells`


class Rows:
    """Rows of shocks in some markets, looked for once; another process looks for itself."""

    def __init__(self, inside: Mask) -> None:
        self.inside = inside
        self._known: dict[int, tuple[Shock, Within]] = {}

    def __reduce__(self) -> tuple[type[Rows], tuple[Mask]]:
        return Rows, (self.inside,)

    def of(self, shock: Shock) -> Within:
        """Those of a shock."""
        if id(shock) not in self._known:
            self._known[id(shock)] = shock, _within(shock, self.inside)
        return self._known[id(shock)][1]


class Labels:
    """What constraints and nests are for a frame: equal numbers where they are alike."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[object, int]] = {}
        self._numbers: dict[Hashable, int] = {}

    def of_nests(self, nests: Sequence[Nest]) -> int:
        """Compared by product, market and origins."""
        return self._of(nests, _about_nests)

    def of_constraints(self, constraints: Sequence[Constraint]) -> int:
        """Imports under a tariff quota pay other duties, and what is banned is not there, whatever the amounts.
        Below zero where a change is left out of frames.
        """
        return self._of(constraints, _about_constraints)

    def _of(self, many: Sequence[Any], about: Callable[[Sequence[Any]], Hashable]) -> int:
        if id(many) not in self._known:
            key = about(many)
            self._known[id(many)] = (
                many,
                -1 if key is None else self._numbers.setdefault(key, len(self._numbers)),
            )
        return self._known[id(many)][1]


def _about_nests(nests: Sequence[Nest]) -> Hashable:
    return tuple((one.product, one.importer, one.sector, tuple(sorted(one.shares.items()))) for one in nests)


def _about_constraints(constraints: Sequence[Constraint]) -> Hashable:
    if len({one.name for one in constraints}) < len(constraints) or partial(constraints):
        return None
    return tuple(_about(one) for one in constraints if isinstance(one, TariffQuota) or _bans(one))


def _key_of(change: Counterfactual, known: Rows, labels: Labels) -> Hashable:
    """Equal for changes that share a frame; None without one, False where a change is left out."""
    if change.plain:
        return None
    fixed = labels.of_constraints(change.constraints)
    return False if fixed < 0 else (_parts(change.shock, known), fixed, labels.of_nests(change.nests))


def _parts(s: Shock, known: Rows) -> Hashable:
    """Of a shock in the markets of a frame: all that is not the same in a frame's members."""
    rows = known.of(s).parts
    if not len(rows):
        return None
    columns = (s.importer, s.exporter, s.sector, s.share, s.base_tariff, s.rent, s.holder)
    return tuple(column[rows].tobytes() for column in columns), tuple(s.part[row] for row in rows.tolist())


def _frame(changes: Sequence[Counterfactual], known: Rows) -> Frame:
    first = changes[0]
    each = {id(one): one for change in _each(changes) for one in change.constraints}.values()
    every = (one for one in each if not _bans(one))
    shocks = {id(change.shock): change.shock for change in changes}.values()
    cells = [known.of(shock).cells for shock in shocks]
    return Frame(
        known=known,
        shock=first.shock.take(known.of(first.shock).parts),
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


def _within(shock: Shock, inside: Mask) -> Within:
    """Rows in some markets."""
    # By the thousand, so flat: an array of places is read in a third of the time that pairs take.
    rows = inside.ravel().take(shock.importer * inside.shape[1] + shock.sector).nonzero()[0]
    whole = (shock.share.take(rows) == 1.0) & (shock.rent.take(rows) == 0.0)
    part = shock.part
    whole &= np.array([not part[row] for row in rows.tolist()], bool)
    parts, rows = rows[~whole], rows[whole]
    cell = shock.importer.take(rows) * len(shock.countries) + shock.exporter.take(rows)
    return Within(parts, rows, cell * len(shock.sectors) + shock.sector.take(rows))


def _bans(constraint: Constraint) -> bool:
    return isinstance(constraint, Quota) and constraint.basis != "increment" and constraint.amount <= 0


def _about(constraint: Constraint) -> Hashable:
    """All that a bound is but its amount."""
    return type(constraint), *(value for name, value in vars(constraint).items() if name != "amount")
