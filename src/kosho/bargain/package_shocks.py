"""Third step: every package's shock, put together from pieces that are each translated once, when first needed.

`package_plan` says which products hang on which issues, `package_duties` translates what some options do to
them; here the pieces of a package are joined, and what options bring besides duties (`nontariff`) is put on
them. That is exact: a test holds it against `kosho.impact.effects` of each package by itself.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from itertools import product

import numpy as np

from kosho.arrays import Array, Index, Mask
from kosho.bargain.collapse_rows import JoinedRows, MarkedShock, concatenate_marked
from kosho.bargain.nontariff import LawPosition, Levels, NontariffEffects, collect_nontariff
from kosho.bargain.package_duties import (
    ReachedTrade,
    Structure,
    law_of_package,
    split_by_issues,
    structure,
)
from kosho.bargain.package_plan import Combination, Group, Reach, TradedProduct, reach_of_issues
from kosho.bargain.table import LawState, Table
from kosho.equilibrium import Counterfactual, Shock
from kosho.impact.effects import law_effects
from kosho.impact.quota_volumes import products_counted
from kosho.impact.reach import could_act, idle, same_duties
from kosho.impact.tariff_shock import shock as duties
from kosho.world import World

__all__ = ["PackageShocks", "package_shocks"]


def _itself(options: Combination) -> Combination:
    return options


@dataclass(frozen=True, eq=False)
class _Piece:
    """Products that the same issues reach, and what each combination of their options does to them."""

    issues: Group
    make: Callable[[Combination], MarkedShock]
    like: Callable[[Combination], Combination] = _itself
    """The first combination that did the same."""
    known: dict[Combination, MarkedShock] = field(default_factory=dict[Combination, MarkedShock])

    def duties(self, options: Combination) -> MarkedShock:
        """What a combination of options does; worked out once."""
        first = self.like(options)
        if first not in self.known:
            self.known[first] = self.make(first)
        return self.known[first]

    def collapsed(self, theta: Array) -> _Piece:
        """With rows of the same effect merged, at elasticities `[sector]`."""
        return _Piece(self.issues, lambda options: self.duties(options).collapsed(theta), self.like)


@dataclass(frozen=True, eq=False)
class PackageShocks:
    """All packages of a table on one state of the law, and the states to compare with. Make one with
    `package_shocks`.
    """

    table: Table
    world: World
    pieces: tuple[_Piece, ...]
    nontariff: NontariffEffects
    active: Mask
    """`[package, non-tariff effect]`."""
    compared: tuple[LawPosition, ...]
    """Other states of the law."""
    state: LawState
    """The law that options are laid on."""
    reach: Reach
    translations: tuple[_Translation, ...] = ()
    """One for each group of issues that reach some product together; `pieces` are theirs, after what none
    reaches."""

    def position(self, package: int) -> LawPosition:
        """Duties and non-tariff effects of a package."""
        return LawPosition(concatenate_marked(self._parts(package)), self.active[package])

    def _parts(self, package: int) -> list[MarkedShock]:
        choices = self.table.grid.choices[package].tolist()
        return [piece.duties(tuple(choices[k] for k in piece.issues)) for piece in self.pieces]

    def states(self, packages: Sequence[int], compared: Sequence[int]) -> LaidStates:
        """Packages, and some of the states to compare with, to be posed at many elasticities; not collapsed."""
        others = [self.compared[k] for k in compared]
        parts = [*map(self._parts, packages), *([one.duties] for one in others)]
        first: dict[tuple[bytes, bytes], int] = {}
        taxed = [first.setdefault(self._shock_key(k), n) for n, k in enumerate(packages)]
        return LaidStates(
            self.nontariff,
            (*(self.active[k] for k in packages), *(one.active for one in others)),
            (*taxed, *range(len(packages), len(parts))),
            JoinedRows.of(parts),
        )

    def first_alike(self, packages: Index) -> Index:
        """`[state]`, of packages and then the states to compare with, the first that is the same law.

        The package of fallbacks is often what follows without a deal, and that the status quo. Other packages
        are what their options are and are not looked at.
        """
        first = np.arange(len(packages) + len(self.compared))
        states = {
            int(k): self.position(self.table.fallback) for k in np.flatnonzero(packages == self.table.fallback)
        }
        for k, one in enumerate(self.compared, start=len(packages)):
            first[k] = next((place for place, other in states.items() if one.alike(other)), k)
            states.setdefault(int(first[k]), one)
        return first

    def counterfactuals(self, packages: Iterable[int], levels: Levels | None = None) -> list[Counterfactual]:
        """One solver input per package, at central parameters unless given.

        Packages that differ in bounds alone share one shock.
        """
        at = self.central if levels is None else levels
        known: dict[tuple[bytes, bytes], Shock] = {}
        found: list[Counterfactual] = []
        for package in packages:
            active = self.active[package]
            key = self._shock_key(package)
            if key not in known:
                known[key] = self.nontariff.shock(self.position(package), at)
            found.append(self.nontariff.with_constraints(known[key], active, at))
        return found

    def _shock_key(self, package: int) -> tuple[bytes, bytes]:
        """What packages with one shock share: options in the issues that change duties, and effects on it."""
        options = self.table.grid.choices[package, self._taxing_issues]
        return options.tobytes(), self.active[package][self.nontariff.changes_shock].tobytes()

    @cached_property
    def _taxing_issues(self) -> list[int]:
        return sorted({issue for piece in self.pieces for issue in piece.issues})

    def comparison_counterfactuals(self, levels: Levels | None = None) -> list[Counterfactual]:
        """One solver input for each state to compare with."""
        at = self.central if levels is None else levels
        return [self.nontariff.counterfactual(one, at) for one in self.compared]

    @cached_property
    def central(self) -> Levels:
        """Parameters of non-tariff measures in the middle of their ranges."""
        return self.nontariff.levels(self.world.arrays.theta)

    def added_duties(self, table: Table, issue: int, package: int) -> float:
        """Duties of a package above those of the base year, on base trade in what an issue reaches.

        Args:
            table: The own one, perhaps at other rates.
            issue: Position of the issue.
            package: The package.
        """
        one = self._trade(issue).translated(table, self.state, package)
        here = np.array([issue in self.reach.get(place, ()) for place in one.places()], bool)
        base = self.world.arrays
        spending = base.flows * (1.0 + base.tariff)
        spent = one.share * spending[one.importer, one.exporter, one.sector]
        return float((spent * (one.tariff - one.base_tariff) / (1.0 + one.base_tariff))[here].sum())

    def _trade(self, issue: int) -> ReachedTrade:
        """What an issue reaches."""
        if issue not in self._trades:
            reached = (place for place, issues in self.reach.items() if issue in issues)
            self._trades[issue] = ReachedTrade.of(self.table, self.world, self.state, reached)
        return self._trades[issue]

    @cached_property
    def _trades(self) -> dict[int, ReachedTrade]:
        return {}

    def idle_options(self) -> dict[tuple[str, str], str]:
        """Options that change nothing and should, by issue, and why."""
        return {name: why for name, why in self._alike.items() if name not in self.as_in_force}

    @cached_property
    def as_in_force(self) -> dict[tuple[str, str], str]:
        """Options that the law of the day has made the same as the fallback, and the title of that, by issue.

        A table is written for a day; laid on the law of another, an option may be what is in force already:
        all its measures are of the day and on goods that are traded, and others do as much as they.
        """
        if self.table.status_quo.on == self.table.file.status_quo.date:
            return {}
        found: dict[tuple[str, str], str] = {}
        for k, content in enumerate(self.table.file.issues):
            for choice, option in enumerate(content.options):
                mine = self.table.overlay(k, choice)
                name = content.id, option.id
                law = self.state
                if name in self._alike and could_act(self.world, law.register, mine, law.on, law.known):
                    found[name] = content.options[content.fallback].title
        return found

    @cached_property
    def _alike(self) -> dict[tuple[str, str], str]:
        """Options that no package is another question with than with the fallback, by issue, and why."""
        grid, fallback = self.table.grid, self.table.fallback
        found: dict[tuple[str, str], str] = {}
        for k, content in enumerate(self.table.file.issues):
            ranged = {choice for one in self.table.spreads if one.issue == k for choice in one.choices}
            for choice, option in enumerate(content.options):
                if choice in ranged:
                    continue  # one of its rates may be that of the law
                if choice != content.fallback and not self._acts(k, choice, content.fallback):
                    register = self.state.register
                    mine = self.table.overlay(k, choice)
                    measures = idle(self.world, register, mine, self.state.on, self.state.known)
                    settled = grid.label(fallback)[content.id]
                    reasons = "; ".join(f"{name}: {why}" for name, why in measures.items())
                    found[content.id, option.id] = (
                        reasons or f"every package is the same with it as with {settled}"
                    )
        return found

    def _acts(self, issue: int, choice: int, fallback: int) -> bool:
        """Whether some package with an option differs from the same with the fallback of its issue."""
        shape = self.table.grid.shape
        by_option = np.moveaxis(self.active.reshape(*shape, self.active.shape[1]), issue, 0)
        if (by_option[choice] != by_option[fallback]).any():
            return True
        return any(
            not same_duties(piece.duties(with_it).shock, piece.duties(without).shock)
            for piece in sorted(self.pieces, key=lambda one: math.prod(shape[k] for k in one.issues))
            if issue in piece.issues
            for with_it, without in self._pairs(piece.issues, issue, (choice, fallback))
        )

    def _pairs(
        self, group: Group, issue: int, options: tuple[int, int]
    ) -> Iterator[tuple[Combination, Combination]]:
        """Combinations of a group's options with one option of an issue, and the same with another."""
        shape = self.table.grid.shape
        for key in product(*(range(shape[k]) if k != issue else options[:1] for k in group)):
            yield key, tuple(options[1] if k == issue else value for k, value in zip(group, key, strict=True))

    def relaid(self, table: Table) -> PackageShocks:
        """The same for the same table at other rates within its ranges; what these do not move is kept."""
        pairs = zip(table.file.issues, self.table.file.issues, strict=True)
        moved = {k for k, (issue, other) in enumerate(pairs) if issue is not other}
        pieces, translations = [self.pieces[0]], list[_Translation]()
        place = 1
        for one in self.translations:
            mine = one
            if moved.intersection(one.group):
                mine = one.relaid(table)
                pieces += mine.pieces()
            else:
                pieces += self.pieces[place : place + one.count]
            translations.append(mine)
            place += one.count
        active = self.active[table.nearest_in(self.table)]
        return replace(self, table=table, pieces=tuple(pieces), active=active, translations=tuple(translations))

    @cached_property
    def tight(self) -> PackageShocks:
        """Collapsed at the world's own elasticities."""
        return self.collapsed()

    def collapsed(self, theta: Array | None = None) -> PackageShocks:
        """With rows of the same effect merged, at elasticities `[sector]` (the world's own by default)."""
        at = self.world.arrays.theta if theta is None else theta
        pieces = tuple(piece.collapsed(at) for piece in self.pieces)
        compared = tuple(replace(one, duties=one.duties.collapsed(at)) for one in self.compared)
        return replace(self, pieces=pieces, compared=compared)


@dataclass(frozen=True, eq=False)
class LaidStates:
    """Some states of the law, put together once. Make them with `PackageShocks.states`."""

    nontariff: NontariffEffects
    active: tuple[Mask, ...]
    """By state, which non-tariff effects it has."""
    taxed: tuple[int, ...]
    """By state, the first whose shock it has: those that differ in bounds alone share one."""
    rows: JoinedRows

    def counterfactuals(self, theta: Array, levels: Levels) -> list[Counterfactual]:
        """One solver input each, at elasticities `[sector]` and other parameters."""
        duties = self.rows.at(theta)
        known = {
            k: self.nontariff.shock(LawPosition(duties[k], self.active[k]), levels) for k in set(self.taxed)
        }
        return [
            self.nontariff.with_constraints(known[k], active, levels)
            for k, active in zip(self.taxed, self.active, strict=True)
        ]


def package_shocks(
    table: Table,
    world: World,
    state: LawState,
    compared: Sequence[LawState] = (),
) -> PackageShocks:
    """Every package's shock, as pieces that are recombined.

    Args:
        table: Issues and options.
        world: The economy the shocks are for.
        state: The law that options are laid on.
        compared: Other states of the law, with the same products told apart.

    Raises:
        IdleError: an option has a measure that this world cannot price.
    """
    world = products_counted(world)
    reach = reach_of_issues(table, world, state)
    others = [law_effects(world, one.register, one.on, one.known) for one in compared]
    base = duties(world, law_of_package(table, state.register, table.fallback), state.on, state.known)
    law = [law_effects(world, state.register, state.on, state.known, base), *others]
    nontariff, held, active = collect_nontariff(table, world, list(zip((state, *compared), law, strict=True)))
    untouched = split_by_issues(nontariff.marked(base), reach)[()]
    pieces = [_Piece((), lambda _: untouched)]
    translations: list[_Translation] = []
    for group in sorted(set(reach.values())):
        trade = ReachedTrade.of(table, world, state, _products(reach, group))
        translations.append(_Translation(table, state, reach, trade, nontariff, group))
        pieces += translations[-1].pieces()
    positions = [
        LawPosition(nontariff.marked(one.duties), mask) for one, mask in zip(others, held[1:], strict=True)
    ]
    return PackageShocks(
        table, world, tuple(pieces), nontariff, active, tuple(positions), state, reach, tuple(translations)
    )


def _products(reach: Reach, group: Group) -> list[TradedProduct]:
    """Those that a group of issues reaches, and no others do."""
    return [place for place, issues in reach.items() if issues == group]


@dataclass(frozen=True, eq=False)
class _Translation:
    """What is needed to say what the options of a group of issues do to the products that they reach."""

    table: Table
    state: LawState
    reach: Reach
    trade: ReachedTrade
    nontariff: NontariffEffects
    group: Group
    first: dict[tuple[Structure, ...], Combination] = field(
        default_factory=dict[tuple[Structure, ...], Combination]
    )
    """The first combination met of those that differ in rates alone."""
    known: dict[Combination, dict[TradedProduct, MarkedShock]] = field(
        default_factory=dict[Combination, dict[TradedProduct, MarkedShock]]
    )
    """By combination, its products taken apart."""

    def relaid(self, table: Table) -> _Translation:
        """The same for the same table at other rates within its ranges."""
        return _Translation(table, self.state, self.reach, self.trade, self.nontariff, self.group)

    @property
    def count(self) -> int:
        """How many pieces there are."""
        return 1 if len(self.group) == 1 else len(_products(self.reach, self.group))

    def pieces(self) -> list[_Piece]:
        """One for all products that an issue reaches; where several do together, one for each product.

        Then what a product bears hangs mostly on one of them: the measures of the others are taken off it.
        """
        if len(self.group) == 1:
            return [_Piece(self.group, self.duties)]
        return [
            _Piece(self.group, partial(self._at, place), partial(self._like, place))
            for place in sorted(_products(self.reach, self.group))
        ]

    def duties(self, options: Combination) -> MarkedShock:
        """Of the products that these issues reach and no others, with the fallbacks of all other issues."""
        shock = self.trade.translated(self.table, self.state, self._package(options))
        return split_by_issues(self.nontariff.marked(shock), self.reach)[self.group]

    def _package(self, options: Combination) -> int:
        choices = self.table.grid.choices[self.table.fallback].copy()
        choices[list(self.group)] = options
        return self.table.grid.position(choices)

    def _at(self, place: TradedProduct, options: Combination) -> MarkedShock:
        """Of one product."""
        if options not in self.known:
            whole = self.duties(options)
            rows: dict[TradedProduct, list[int]] = {one: [] for one in _products(self.reach, self.group)}
            for row, other in enumerate(whole.shock.places()):
                rows[other].append(row)
            self.known[options] = {other: whole.take(np.array(some, np.intp)) for other, some in rows.items()}
        return self.known[options][place]

    def _like(self, place: TradedProduct, options: Combination) -> Combination:
        """Options of issues whose rates the product does not bear as they were first met."""
        key = tuple(self._structures[k][choice] for k, choice in zip(self.group, options, strict=True))
        first = self.first.setdefault(key, options)
        borne = self._borne(first).get(place, frozenset())
        return tuple(
            mine if k in borne else other for k, mine, other in zip(self.group, options, first, strict=True)
        )

    @cached_property
    def _structures(self) -> dict[int, list[Structure]]:
        """By issue, of each option."""
        shape = self.table.grid.shape
        return {k: [structure(self.table, k, choice) for choice in range(shape[k])] for k in self.group}

    def _borne(self, first: Combination) -> Mapping[TradedProduct, frozenset[int]]:
        """By product, the issues whose rates matter to it in combinations like one."""
        if first not in self._issues:
            added = {
                one.id: k
                for k, choice in zip(self.group, first, strict=True)
                for one in self.table.overlay(k, choice).add
            }
            law = self.trade.law(self.table, self.state, self._package(first))
            self._issues[first] = {
                place: frozenset(added[name] for name in names if name in added)
                for place, names in law.borne().items()
            }
        return self._issues[first]

    @cached_property
    def _issues(self) -> dict[Combination, Mapping[TradedProduct, frozenset[int]]]:
        return {}
