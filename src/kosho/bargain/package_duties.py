"""Second step: the duties of packages translated, as far as options reach."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from kosho.bargain.collapse_rows import MarkedShock
from kosho.bargain.package_plan import Group, TradedProduct
from kosho.bargain.table import LawState, Table
from kosho.equilibrium import Shock
from kosho.impact.tariff_shock import shock as duties
from kosho.law import Register
from kosho.law.overlay import Overlay
from kosho.world import World

__all__ = ["ReachedTrade", "law_of_package", "split_by_issues"]


def law_of_package(table: Table, register: Register, package: int) -> Register:
    """A register with everything a package changes."""
    overlay = Overlay(title="")
    for issue, choice in enumerate(table.grid.choices[package]):
        overlay = overlay + table.overlay(issue, int(choice))
    return register.with_overlay(overlay)


@dataclass(frozen=True, eq=False)
class ReachedTrade:
    """The countries whose trade the options can reach, and the law on it: packages are translated for these.

    Right for cells that the options reach, which is all that is asked of it, and many times quicker.
    """

    world: World
    register: Register
    """Measures that play a part."""
    among: frozenset[int]

    @staticmethod
    def of(world: World, state: LawState, reach: Mapping[TradedProduct, Group]) -> ReachedTrade:
        """Those of a world, with the law on their trade."""
        among = frozenset(place for n, i, _, _ in reach for place in (n, i))
        codes = [code for code, place in world.law_cells.place.items() if place in among]
        register = state.register
        concerned = [
            one
            for one in register.measures
            if one.kind == "termination"
            or (any(map(one.imposed_by, codes)) and any(one.rate_on(code) is not None for code in codes))
        ]
        return ReachedTrade(world, replace(register, measures=tuple(concerned)), among)

    def translated(self, table: Table, state: LawState, package: int) -> Shock:
        """The duties of a package."""
        register = law_of_package(table, self.register, package)
        return duties(self.world, register, state.on, state.known, among=self.among)


def split_by_issues(one: MarkedShock, reach: Mapping[TradedProduct, Group]) -> dict[Group, MarkedShock]:
    """Rows by the issues that reach them."""
    rows: dict[Group, list[int]] = {group: [] for group in ((), *reach.values())}
    for row, place in enumerate(one.shock.places()):
        rows[reach.get(place, ())].append(row)
    return {group: one.take(np.array(found, np.intp)) for group, found in rows.items()}
