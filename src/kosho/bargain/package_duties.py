"""Second step: the duties of packages translated, as far as options reach."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from kosho.bargain.collapse_rows import MarkedShock
from kosho.bargain.package_plan import Group, Reach, TradedProduct
from kosho.bargain.table import LawState, Table
from kosho.equilibrium import Shock
from kosho.impact.applicable import covers_sector
from kosho.impact.tariff_shock import Trade, Translation
from kosho.law import Register
from kosho.law.overlay import Overlay
from kosho.world import World

Structure = tuple[tuple[str, ...], tuple[tuple[str, frozenset[str] | None], ...]]
"""Overlays of an option, and the measures that they add, with the partners that have rates of their own."""

__all__ = ["ReachedTrade", "Structure", "law_of_package", "split_by_issues", "structure"]


def law_of_package(table: Table, register: Register, package: int) -> Register:
    """A register with everything a package changes."""
    overlay = Overlay()
    for issue, choice in enumerate(table.grid.choices[package]):
        overlay = overlay + table.overlay(issue, int(choice))
    return register.with_overlay(overlay)


def structure(table: Table, issue: int, choice: int) -> Structure:
    """What is equal for options that differ in rates alone."""
    return (
        table.option(issue, choice).overlays,
        tuple(
            (one.id, frozenset(one.value) if isinstance(one.value, Mapping) else None)
            for one in table.overlay(issue, choice).add
        ),
    )


@dataclass(frozen=True, eq=False)
class ReachedTrade:
    """The trade that some options can reach, and the law on it: packages are translated for this alone.

    Right for products that the options reach, which is all that is asked of it, and many times quicker.
    """

    world: World
    register: Register
    """Measures that play a part."""
    among: Trade
    known: dict[tuple[Structure, ...], Translation] = field(
        default_factory=dict[tuple[Structure, ...], Translation]
    )
    """Translations by what packages change; rates apart."""

    @staticmethod
    def of(table: Table, world: World, state: LawState, reached: Iterable[TradedProduct]) -> ReachedTrade:
        """That in some products, with the law on it; what options end or replace is among the law."""
        places = list(reached)
        importers = frozenset(place[0] for place in places)
        products = frozenset((place[2], place[3]) for place in places)
        countries = importers | {place[1] for place in places}
        cells, register = world.law_cells, state.register
        codes = {code: place for code, place in cells.place.items() if place in countries}
        buying = [code for code, place in codes.items() if place in importers]
        held = {place[2] for place in places}  # base rates of a product rest on all others of its sector
        sectors = [code for code in dict.fromkeys(cells.sectors) if held.intersection(cells.holding(code))]
        named = {
            item.measure
            for issue, choices in enumerate(table.grid.shape)
            for choice in range(choices)
            for item in (*table.overlay(issue, choice).end, *table.overlay(issue, choice).replace)
        }
        concerned = [
            one
            for one in register.measures
            if one.kind == "termination"
            or one.id in named
            or (
                any(map(one.imposed_by, buying))
                and any(one.rate_on(code) is not None for code in codes)
                and any(covers_sector(register, one, code) for code in sectors)
            )
        ]
        among = Trade(countries, importers, products)
        return ReachedTrade(world, replace(register, measures=tuple(concerned)), among)

    def translated(self, table: Table, state: LawState, package: int) -> Shock:
        """The duties of a package.

        Options that differ in rates alone share all but these.
        """
        return self.law(table, state, package).shock()

    def law(self, table: Table, state: LawState, package: int) -> Translation:
        """The law of a package, from which its duties follow."""
        chosen = list(enumerate(table.grid.choices[package].tolist()))
        key = tuple(structure(table, *option) for option in chosen)
        if key not in self.known:
            register = law_of_package(table, self.register, package)
            self.known[key] = Translation.of(self.world, register, state.on, state.known, self.among)
        added = (one for option in chosen for one in table.overlay(*option).add)
        return self.known[key].with_rates({one.id: one.on_day(state.on) for one in added})


def split_by_issues(one: MarkedShock, reach: Reach) -> dict[Group, MarkedShock]:
    """Rows by the issues that reach them."""
    rows: dict[Group, list[int]] = {group: [] for group in ((), *reach.values())}
    for row, place in enumerate(one.shock.places()):
        rows[reach.get(place, ())].append(row)
    return {group: one.take(np.array(found, np.intp)) for group, found in rows.items()}
