"""First step: which issues can change what each traded product bears.

What a product of one origin bears depends only on the issues whose measures can reach it. So for each set of
issues that reach some product together, only the combinations of their options need to be told apart.
"""

from __future__ import annotations

from collections.abc import Mapping

from kosho.bargain.concessions import measures_touched
from kosho.bargain.table import LawState, Table
from kosho.codes import sectors
from kosho.law import Product, Register
from kosho.law.measure import Measure
from kosho.world import World
from kosho.world.law_cells import LawCells

__all__ = ["Combination", "Group", "Reach", "TradedProduct", "reach_of_issues"]

Group = tuple[int, ...]
"""Positions of issues."""
Combination = tuple[int, ...]
"""Positions of options, one for each issue of a group."""
TradedProduct = tuple[int, int, int, str]
"""Importer, exporter, sector and product group (or "")."""
Reach = Mapping[TradedProduct, Group]
"""The issues whose options can change what a product bears; products not listed are reached by none."""


def reach_of_issues(table: Table, world: World, state: LawState) -> Reach:
    """Products with the issues whose options can change what they bear.

    Args:
        table: Issues and options.
        world: The economy.
        state: The law that options are laid on.
    """
    found: dict[TradedProduct, set[int]] = {}
    where = world.law_cells
    for issue, content in enumerate(table.file.issues):
        places: set[TradedProduct] = set()
        for choice in range(len(content.options)):
            overlay = table.overlay(issue, choice)
            register = state.register.with_overlay(overlay)
            for measure in measures_touched(overlay, state.register):
                places |= _reached(register, measure, where)
        for place in places:
            found.setdefault(place, set()).add(issue)
    return {place: tuple(sorted(issues)) for place, issues in found.items()}


def _reached(register: Register, measure: Measure, where: LawCells) -> set[TradedProduct]:
    """Where a measure can matter, on its own or with others."""
    # A preference narrows what is covered; all of them are asked.
    preferences = {name for one in register.measures if one.scope for name in one.scope.preference}
    products = {
        (place, group or "")
        for code in dict.fromkeys(where.sectors)
        if sectors()[code].goods
        for group in (None, *(one.id for one in register.products.of_sector(code)))
        if any(register.covered(measure, Product(code, group, name)) for name in {"none", *preferences})
        for place in where.holding(code)
    }
    importers = {place for code, place in where.place.items() if measure.imposed_by(code)}
    exporters = {place for code, place in where.place.items() if measure.rate_on(code) is not None}
    return {(n, i, j, label) for n in importers for i in exporters if i != n for j, label in products}
