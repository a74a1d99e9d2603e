"""Duties that makers bear in part, as a shock that the equations know already.

Of a rise of 1 + t the share lambda is borne by the maker, who lowers the price before duty by the factor
mu = ((1 + t') / (1 + t))^-lambda. On a unit of the maker's cost, then, the treasury gets t' mu and the maker's
country the rent mu - 1, below zero: a tariff and a rent whose wedge is (1 + t') mu. So

    kappa = d ((1 + t') / (1 + t))^(1 - lambda)
    f = 1 / ((1 + t') mu),  h = (1 - 1/mu) / (1 + t'),  g = t' / (1 + t')

and f + g + h = 1. Duties that fall raise the price before duty in the same way.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from kosho.arguments import MOST
from kosho.arrays import Array, Index, Mask
from kosho.display import listing
from kosho.equilibrium.closure import Closure
from kosho.equilibrium.constraints import Constraint
from kosho.equilibrium.shock import Shock
from kosho.errors import Problems, suggest
from kosho.language import _
from kosho.world import World

__all__ = ["Absorption", "absorption_of", "named_in"]


class Rows(Protocol):
    """Rows of one shock or of many."""

    @property
    def exporter(self) -> Index: ...
    @property
    def holder(self) -> Index: ...
    @property
    def base_tariff(self) -> Array: ...
    @property
    def tariff(self) -> Array: ...
    @property
    def rent(self) -> Array: ...


@dataclass(frozen=True, eq=False)
class Charged:
    """Duties and rents by row `(m,)`, on a unit of the maker's cost."""

    moved: Mask
    """Where the maker's price before duty is another."""
    tariff: Array
    rent: Array
    holder: Index


@dataclass(frozen=True, eq=False)
class Absorption:
    """Absorbed shares, by cell and by the name of a part."""

    cells: Array
    """`[exporter, sector]`."""
    parts: dict[str, Array]
    """By name of a part: `[exporter]`, not a number where its cell says."""
    sectors: tuple[str, ...] = ()
    """Of the world, to suggest."""

    def share(self, shock: Shock) -> Array:
        """Of each row `(m,)`; nothing at home, where no duty is."""
        found = self.cells[shock.exporter, shock.sector]
        for name, shares in self.parts.items():
            mine = np.array([part == name for part in shock.part], bool) & ~np.isnan(shares[shock.exporter])
            found = np.where(mine, shares[shock.exporter], found)
        return np.where(shock.importer == shock.exporter, 0.0, found)

    def applied(self, shock: Shock, constraints: Sequence[Constraint] = ()) -> Shock:
        """The shock that the equations answer.

        Raises:
            InputError: what is absorbed pays a rent, or is bounded, too.
        """
        charged = self.charged(shock, self.share(shock))
        if not charged.moved.any():
            return shock
        _refuse_rents(shock, charged.moved, constraints)
        return replace(shock, tariff=charged.tariff, rent=charged.rent, holder=charged.holder)

    def refuse_absent(self, shocks: Iterable[Shock]) -> None:
        """Refuse a name that is no sector's, and of no part of shocks that change something.

        Raises:
            InputError: every such name, with the nearest that is there.
        """
        here = {name for shock in shocks for name in shock.part}
        problems = Problems()
        for name in self.parts if here else ():
            if name not in here:
                named = sorted(here - {""})
                hint = suggest(name, [*named, *self.sectors])
                if not hint and named:
                    hint = _("parts are {names}", names=listing(named, 12))
                problems.add(
                    _("{name!r} is no sector, and no part of that name is changed", name=name),
                    hint,
                    key="absorbed",
                )
        problems.raise_if_any()

    def charged(self, rows: Rows, share: Array) -> Charged:
        """What lies on rows of a shock of which the share `(m,)` is absorbed."""
        markdown = ((1.0 + rows.tariff) / (1.0 + rows.base_tariff)) ** -share
        moved = markdown != 1.0
        return Charged(
            moved,
            np.where(moved, rows.tariff * markdown, rows.tariff),
            np.where(moved, markdown - 1.0, rows.rent),
            np.where(moved, rows.exporter, rows.holder),
        )

    def reaches(self, shock: Shock, markets: Mask) -> bool:
        """Whether a maker bears a duty in some markets `[importer, sector]`."""
        moved = self.charged(shock, self.share(shock)).moved
        return bool((moved & markets[shock.importer, shock.sector]).any())

    def asked(self, answered: Shock, constraints: Sequence[Constraint] = ()) -> Shock:
        """The shock before `applied`: duties as levied, no rents of makers."""
        mine = (self.share(answered) > 0) & (answered.rent != 0) & ~_bounded(answered, constraints)
        if not mine.any():
            return answered
        return replace(
            answered,
            tariff=np.where(mine, answered.tariff / (1.0 + answered.rent), answered.tariff),
            rent=np.where(mine, 0.0, answered.rent),
            holder=np.where(mine, -1, answered.holder),
        )


def absorption_of(closure: Closure | None, world: World) -> Absorption | None:
    """What a closure says of a world's cells; None where nothing is absorbed.

    A key that is a sector's code speaks of its cells, any other of parts of that name. Parts come before cells,
    exporters before all.
    """
    if closure is None or not any(closure.absorbed.values()):
        return None
    cells = np.zeros((len(world.countries), len(world.sectors)))
    parts: dict[str, Array] = {}
    for one, share in sorted(closure.absorbed.items(), key=lambda item: isinstance(item[0], tuple)):
        exporter, product = one if isinstance(one, tuple) else (None, one)
        place = slice(None) if exporter is None else world.position(exporter)
        if product in world.sectors:
            cells[place, world.sector_position(product)] = share
        else:
            parts.setdefault(product, np.full(len(world.countries), np.nan))[place] = share
    return Absorption(cells, parts, world.sectors)


def named_in(closure: Closure, shock: Shock, world: World) -> Closure:
    """A closure of several shocks without what it says of parts that only others of them have."""
    known = {*world.sectors, *shock.part}
    absorbed = {
        one: share
        for one, share in closure.absorbed.items()
        if (one[1] if isinstance(one, tuple) else one) in known
    }
    return closure if len(absorbed) == len(closure.absorbed) else replace(closure, absorbed=absorbed)


def _refuse_rents(shock: Shock, moved: Mask, constraints: Sequence[Constraint]) -> None:
    problems = Problems()
    for row in np.flatnonzero(moved & (shock.rent != 0))[:MOST].tolist():
        problems.add(
            _("{name}: pays a rent, and its duty is absorbed by the maker", name=shock.name(row)),
            _("one of the two"),
        )
    for row in np.flatnonzero(moved & _bounded(shock, constraints))[:MOST].tolist():
        problems.add(
            _("{name}: is bounded, and its duty is absorbed by the maker", name=shock.name(row)),
            _("leave its exporter out of what is absorbed, or out of the bound"),
        )
    problems.raise_if_any()


def _bounded(shock: Shock, constraints: Sequence[Constraint]) -> Mask:
    """Rows in cells that a constraint speaks of `(m,)`."""
    bounded = {(flow.importer, flow.exporter, flow.sector) for one in constraints for flow in one.flows}
    if not bounded:
        return np.zeros(len(shock), bool)
    codes, sectors = shock.countries, shock.sectors
    cells = zip(shock.importer.tolist(), shock.exporter.tolist(), shock.sector.tolist(), strict=True)
    return np.array([(codes[n], codes[i], sectors[j]) in bounded for n, i, j in cells], bool)
