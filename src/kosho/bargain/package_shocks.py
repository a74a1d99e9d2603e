"""Packages into shocks: thousands of states of the law, from a few that are translated in full.

What a product of one origin bears depends only on the issues whose measures can reach it. So the duties are
translated once for every combination of options that some product can tell apart, and the shock of a package
is put together from pieces of those; what options bring besides duties is laid on it (`nontariff`). That is
exact: a test holds it against `kosho.impact.effects` of each package by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product

import numpy as np

from kosho.arrays import Array, Index, Mask
from kosho.bargain.collapse_rows import MarkedShock, concatenate_marked
from kosho.bargain.concessions import measures_touched
from kosho.bargain.nontariff import LawPosition, Levels, NontariffEffects, collect_nontariff
from kosho.bargain.table import LawState, Table
from kosho.codes import sectors
from kosho.equilibrium import Counterfactual, Shock
from kosho.impact.effects import law_effects
from kosho.impact.quota_volumes import products_counted
from kosho.impact.reach import idle, same_duties
from kosho.impact.tariff_shock import shock as duties
from kosho.law import Product, Register
from kosho.law.measure import Measure, Overlay
from kosho.world import World
from kosho.world.law_cells import LawCells

__all__ = ["PackageShocks", "law_of_package", "package_shocks"]

Choice = tuple[int, ...]
_Place = tuple[int, int, int, str]
"""Importer, exporter, sector and product group (or "")."""


def law_of_package(table: Table, register: Register, package: int) -> Register:
    """A register with everything a package changes."""
    overlay = Overlay(title="")
    for issue, choice in enumerate(table.grid.choices[package]):
        overlay = overlay + table.overlay(issue, int(choice))
    return register.with_overlay(overlay)


@dataclass(frozen=True, eq=False)
class _Piece:
    """Products that the same issues reach, and what each combination of their options does to them."""

    issues: tuple[int, ...]
    duties: Mapping[Choice, MarkedShock]


@dataclass(frozen=True, eq=False)
class PackageShocks:
    """All packages of a table on one state of the law, and the states to compare with. Make one with `lay`."""

    table: Table
    world: World
    pieces: tuple[_Piece, ...]
    nontariff: NontariffEffects
    active: Mask
    """`[package, provision]`."""
    compared: tuple[LawPosition, ...]
    """Other states of the law."""
    _state: LawState
    _reach: Mapping[_Place, tuple[int, ...]]
    _concerned: _Concerned

    def position(self, package: int) -> LawPosition:
        """Duties and provisions of a package."""
        choices = self.table.grid.choices[package].tolist()
        parts = [piece.duties[tuple(choices[k] for k in piece.issues)] for piece in self.pieces]
        return LawPosition(concatenate_marked(parts), self.active[package])

    def counterfactuals(self, packages: Iterable[int], levels: Levels | None = None) -> list[Counterfactual]:
        """What is solved for packages; at central parameters unless given.

        Packages that differ in bounds alone share one shock.
        """
        at = self.central if levels is None else levels
        known: dict[tuple[bytes, bytes], Shock] = {}
        found: list[Counterfactual] = []
        for package in packages:
            active = self.active[package]
            key = self._taxing[package].tobytes(), active[self.nontariff.changes_shock].tobytes()
            if key not in known:
                known[key] = self.nontariff.shock(self.position(package), at)
            found.append(self.nontariff.with_constraints(known[key], active, at))
        return found

    @cached_property
    def _taxing(self) -> Index:
        """`[package, issue]`, options of the issues that change duties."""
        issues = sorted({issue for piece in self.pieces for issue in piece.issues})
        return np.ascontiguousarray(self.table.grid.choices[:, issues])

    def comparison_counterfactuals(self, levels: Levels | None = None) -> list[Counterfactual]:
        """What is solved for the states to compare with."""
        at = self.central if levels is None else levels
        return [self.nontariff.counterfactual(one, at) for one in self.compared]

    @cached_property
    def central(self) -> Levels:
        """Provisions in the middle of their ranges."""
        return self.nontariff.levels(self.world.arrays.theta)

    def added_duties(self, table: Table, issue: int, package: int) -> float:
        """Duties of a package above those of the base year, on base trade in what an issue reaches.

        Args:
            table: The own one, perhaps at other rates.
            issue: Position of the issue.
            package: The package.
        """
        one = self._concerned.translated(table, self._state, package)
        columns = (one.importer.tolist(), one.exporter.tolist(), one.sector.tolist(), one.part)
        here = np.array([issue in self._reach.get(place, ()) for place in zip(*columns, strict=True)], bool)
        spent = one.share * _spending(self.world)[one.importer, one.exporter, one.sector]
        return float((spent * (one.tariff - one.base_tariff) / (1.0 + one.base_tariff))[here].sum())

    def idle_options(self) -> dict[tuple[str, str], str]:
        """Options that no package is another question with than with the fallback, by issue, and why."""
        grid, fallback = self.table.grid, self.table.fallback
        found: dict[tuple[str, str], str] = {}
        for k, content in enumerate(self.table.file.issues):
            for choice, option in enumerate(content.options):
                if choice != content.fallback and not self._acts(k, choice, content.fallback):
                    register = self._state.register
                    mine = self.table.overlay(k, choice)
                    measures = idle(self.world, register, mine, self._state.on, self._state.known)
                    settled = grid.label(fallback)[content.id]
                    told = "; ".join(f"{name}: {why}" for name, why in measures.items())
                    found[content.id, option.id] = (
                        told or f"every package is the same with it as with {settled}"
                    )
        return found

    def _acts(self, issue: int, choice: int, fallback: int) -> bool:
        """Whether some package with an option differs from the same with the fallback of its issue."""
        mine = self.table.grid.choices[:, issue] == choice
        other = self.table.grid.choices[mine].copy()
        other[:, issue] = fallback
        there = np.ravel_multi_index(tuple(other.T), self.table.grid.shape)
        if (self.active[mine] != self.active[there]).any():
            return True
        for piece in self.pieces:
            if issue in piece.issues:
                at = piece.issues.index(issue)
                for key, duties_here in piece.duties.items():
                    instead = (*key[:at], fallback, *key[at + 1 :])
                    if key[at] == choice and not same_duties(duties_here.shock, piece.duties[instead].shock):
                        return True
        return False

    def restricted_to(self, packages: Index) -> PackageShocks:
        """With what these packages need."""
        pieces = [
            replace(
                piece,
                duties={key: piece.duties[key] for key in _combinations(self.table, piece.issues, packages)},
            )
            for piece in self.pieces
        ]
        return replace(self, pieces=tuple(pieces))

    def collapsed(self, theta: Array | None = None) -> PackageShocks:
        """With as few rows as tell the same, at elasticities `[sector]` (the world's own by default)."""
        at = self.world.arrays.theta if theta is None else theta
        pieces = tuple(
            replace(piece, duties={key: one.collapsed(at) for key, one in piece.duties.items()})
            for piece in self.pieces
        )
        compared = tuple(replace(one, duties=one.duties.collapsed(at)) for one in self.compared)
        return replace(self, pieces=pieces, compared=compared)


def package_shocks(
    table: Table,
    world: World,
    state: LawState,
    packages: Index | None = None,
    compared: Sequence[LawState] = (),
) -> PackageShocks:
    """Translate what is needed to put the shocks of packages together.

    Args:
        table: Issues and options.
        world: The economy the shocks are for.
        state: The law that options are laid on.
        packages: Those that will be asked for; all of them by default.
        compared: Other states of the law, told in the same products.

    Raises:
        IdleError: an option has a measure that this world cannot price.
    """
    world = products_counted(world)
    reach = _reach(table, world, state)
    groups = sorted(set(reach.values()))
    wanted = {group: _combinations(table, group, packages) for group in groups}
    cover = _cover(table, wanted)
    others = [law_effects(world, one.register, one.on, one.known) for one in compared]
    base = duties(world, law_of_package(table, state.register, table.fallback), state.on, state.known)
    law = [law_effects(world, state.register, state.on, state.known, base), *others]
    nontariff, held, active = collect_nontariff(table, world, list(zip((state, *compared), law, strict=True)))
    split = {table.fallback: _split(nontariff.marked(base), reach)}
    concerned = _Concerned.of(world, state, reach)
    for package in sorted(set(cover.values()) - {table.fallback}):
        split[package] = _split(nontariff.marked(concerned.translated(table, state, package)), reach)
    pieces = [_Piece((), {(): split[table.fallback][()]})]
    pieces += [
        _Piece(group, {key: split[cover[group, key]][group] for key in wanted[group]}) for group in groups
    ]
    positions = [
        LawPosition(nontariff.marked(one.duties), mask) for one, mask in zip(others, held[1:], strict=True)
    ]
    return PackageShocks(
        table, world, tuple(pieces), nontariff, active, tuple(positions), state, reach, concerned
    )


def _combinations(table: Table, group: tuple[int, ...], packages: Index | None) -> list[Choice]:
    """Combinations of options of some issues that packages have."""
    if packages is None:
        return list(product(*(range(table.grid.shape[k]) for k in group)))
    rows = np.unique(table.grid.choices[packages][:, list(group)], axis=0)
    return [tuple(row) for row in rows.tolist()]


def _cover(
    table: Table, wanted: Mapping[tuple[int, ...], Sequence[Choice]]
) -> dict[tuple[tuple[int, ...], Choice], int]:
    """Packages that between them hold every combination wanted, few of them, and which holds which."""
    drafts: list[dict[int, int]] = []
    place: dict[tuple[tuple[int, ...], Choice], int] = {}
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


def _reach(table: Table, world: World, state: LawState) -> dict[_Place, tuple[int, ...]]:
    """Products with the issues whose options can change what they bear."""
    found: dict[_Place, set[int]] = {}
    where = world.law_cells
    for issue, content in enumerate(table.file.issues):
        places: set[_Place] = set()
        for choice in range(len(content.options)):
            overlay = table.overlay(issue, choice)
            register = state.register.with_overlay(overlay)
            for measure in measures_touched(overlay, state.register):
                places |= _reached(register, measure, where)
        for place in places:
            found.setdefault(place, set()).add(issue)
    return {place: tuple(sorted(issues)) for place, issues in found.items()}


@dataclass(frozen=True, eq=False)
class _Concerned:
    """The countries whose trade the options can reach, and the law on it: packages are translated for these.

    Right for cells that the options reach, which is all that is asked of it, and many times quicker.
    """

    world: World
    register: Register
    """Measures that play a part."""
    among: frozenset[int]

    @staticmethod
    def of(world: World, state: LawState, reach: Mapping[_Place, tuple[int, ...]]) -> _Concerned:
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
        return _Concerned(world, replace(register, measures=tuple(concerned)), among)

    def translated(self, table: Table, state: LawState, package: int) -> Shock:
        """The duties of a package."""
        register = law_of_package(table, self.register, package)
        return duties(self.world, register, state.on, state.known, among=self.among)


def _spending(world: World) -> Array:
    return world.arrays.flows * (1.0 + world.arrays.tariff)


def _reached(register: Register, measure: Measure, where: LawCells) -> set[_Place]:
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


def _split(one: MarkedShock, reach: Mapping[_Place, tuple[int, ...]]) -> dict[tuple[int, ...], MarkedShock]:
    """Rows by the issues that reach them."""
    rows: dict[tuple[int, ...], list[int]] = {group: [] for group in ((), *reach.values())}
    shock = one.shock
    columns = (shock.importer.tolist(), shock.exporter.tolist(), shock.sector.tolist(), shock.part)
    for row, place in enumerate(zip(*columns, strict=True)):
        rows[reach.get(place, ())].append(row)
    return {group: one.take(np.array(some, np.intp)) for group, some in rows.items()}
