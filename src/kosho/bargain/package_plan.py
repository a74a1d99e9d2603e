"""First step: which few packages must be translated so that all others can be put together from their pieces.

What a product of one origin bears depends only on the issues whose measures can reach it. So every combination
of the options of those issues must occur in some package that is translated, and no more than that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from kosho.arrays import Index
from kosho.bargain.concessions import measures_touched
from kosho.bargain.table import LawState, Table
from kosho.codes import sectors
from kosho.law import Product, Register
from kosho.law.measure import Measure
from kosho.world import World
from kosho.world.law_cells import LawCells

__all__ = ["Combination", "Group", "TradedProduct", "TranslationPlan", "combinations", "plan_translations"]

Group = tuple[int, ...]
"""Positions of issues."""
Combination = tuple[int, ...]
"""Positions of options, one for each issue of a group."""
TradedProduct = tuple[int, int, int, str]
"""Importer, exporter, sector and product group (or "")."""


@dataclass(frozen=True, eq=False)
class TranslationPlan:
    """What is translated, and where each combination of options is found in it."""

    reach: Mapping[TradedProduct, Group]
    """The issues whose options can change what a product bears; products not listed are reached by none."""
    wanted: Mapping[Group, Sequence[Combination]]
    """Combinations of options that packages have, by the issues that reach some product together."""
    package: Mapping[tuple[Group, Combination], int]
    """A package that has the combination; few packages hold all of them."""


def plan_translations(
    table: Table, world: World, state: LawState, packages: Index | None = None
) -> TranslationPlan:
    """Find few packages that between them hold every combination of options that some product can tell apart.

    Args:
        table: Issues and options.
        world: The economy.
        state: The law that options are laid on.
        packages: Those that will be asked for; all of them by default.
    """
    reach = _reach(table, world, state)
    groups = sorted(set(reach.values()))
    wanted = {group: combinations(table, group, packages) for group in groups}
    return TranslationPlan(reach, wanted, _cover(table, wanted))


def combinations(table: Table, group: Group, packages: Index | None) -> list[Combination]:
    """Combinations of options of some issues that packages have."""
    if packages is None:
        return list(product(*(range(table.grid.shape[k]) for k in group)))
    rows = np.unique(table.grid.choices[packages][:, list(group)], axis=0)
    return [tuple(row) for row in rows.tolist()]


def _cover(table: Table, wanted: Mapping[Group, Sequence[Combination]]) -> dict[tuple[Group, Combination], int]:
    """Packages that between them hold every combination wanted, few of them, and which holds which."""
    drafts: list[dict[int, int]] = []
    place: dict[tuple[Group, Combination], int] = {}
    for group in sorted(wanted, key=lambda group: (-len(wanted[group]), group)):
        for key in wanted[group]:
            asked = dict(zip(group, key, strict=True))
            fits = (
                n
                for n, draft in enumerate(drafts)
                if all(draft.get(k, value) == value for k, value in asked.items())
            )
            n = next(fits, len(drafts))
            if n == len(drafts):
                drafts.append({})
            drafts[n].update(asked)
            place[group, key] = n
    fallback = table.grid.choices[table.fallback]
    packages = [
        table.grid.position([draft.get(k, int(fallback[k])) for k in range(len(fallback))]) for draft in drafts
    ]
    return {key: packages[n] for key, n in place.items()}


def _reach(table: Table, world: World, state: LawState) -> dict[TradedProduct, Group]:
    """Products with the issues whose options can change what they bear."""
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
