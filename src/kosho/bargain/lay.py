"""Packages into shocks: thousands of states of the law, from a few that are translated in full.

What a product of one origin bears depends only on the issues whose measures can reach it. So the law is
translated once for every combination of options that some product can tell apart, and the shock of a package
is put together from pieces of those. That is exact: a test holds it against translating each package by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, product

import numpy as np
from numpy.typing import NDArray

from kosho.bargain.schema import CostChange
from kosho.bargain.table import State, Table
from kosho.codes import sectors
from kosho.equilibrium import Shock
from kosho.equilibrium.shock import uncovered
from kosho.errors import InputError, Problem
from kosho.policy import Product, Register
from kosho.policy.schema import Measure, Overlay
from kosho.policy.translate import shock
from kosho.world import World, load

__all__ = ["Laid", "folded", "law_of", "lay", "translated"]

Array = NDArray[np.float64]
Index = NDArray[np.intp]
Choice = tuple[int, ...]
_Place = tuple[int, int, int, str]
"""Importer, exporter, sector and product group (or "")."""


def law_of(table: Table, state: State, package: int) -> Register:
    """The register with everything a package changes."""
    overlay = Overlay(title="")
    for issue, choice in enumerate(table.grid.choices[package]):
        overlay = overlay + table.overlay(issue, int(choice))
    return state.register.with_overlay(overlay)


def translated(world: World, table: Table, state: State, package: int) -> Shock:
    """The shock of one package, translated in full."""
    plain = shock(world, law_of(table, state, package), state.on, state.known)
    return _with_costs(plain, world, table.costs(package))


def folded(shock: Shock, world: World) -> Shock:
    """The same shock with one row a cell: the cost and tariff that have the same effect at the world's theta.

    The row has the share s of its parts, the base rate that keeps their base revenue, and with the legend of
    `kosho.equilibrium.system` kappa^-theta = sum s_m kappa_m^-theta / s, 1 / (1 + t') the average of theirs.

    Raises:
        InputError: the shock has rents, which no tariff can stand for.
    """
    if (shock.rent > 0).any():
        raise InputError(Problem("a shock with rents cannot be folded", "use it as it is"))
    cells, row = shock.cells()
    theta = world.arrays.theta[shock.sector]
    with np.errstate(under="ignore", divide="ignore"):
        weight = shock.share * (shock.cost * ((1.0 + shock.tariff) / (1.0 + shock.base_tariff))) ** -theta

    def summed(values: Array) -> Array:
        return np.bincount(row, values, minlength=len(cells)).astype(float)

    share, factor = summed(shock.share), summed(weight)
    base = share / summed(shock.share / (1.0 + shock.base_tariff)) - 1.0
    alive = factor > 0
    received = summed(weight / (1.0 + shock.tariff))
    tariff = np.divide(factor, received, out=1.0 + base, where=alive) - 1.0
    pair, sector = np.divmod(cells, len(shock.sectors))
    importer, exporter = np.divmod(pair, len(shock.countries))
    with np.errstate(divide="ignore"):
        kappa = (factor / share) ** (-1.0 / world.arrays.theta[sector])
    return replace(
        shock,
        importer=importer,
        exporter=exporter,
        sector=sector,
        share=share,
        cost=kappa * (1.0 + base) / (1.0 + tariff),
        base_tariff=base,
        tariff=tariff,
        rent=np.zeros(len(cells)),
        holder=np.full(len(cells), -1, np.intp),
        part=("",) * len(cells),
    )


@dataclass(frozen=True, eq=False)
class _Piece:
    """Products that the same issues reach, and what each combination of their options does to them."""

    issues: tuple[int, ...]
    shocks: Mapping[Choice, Shock]


@dataclass(frozen=True, eq=False)
class Laid:
    """All packages of a table on one state of the law. Make one with `lay`."""

    table: Table
    world: World
    pieces: tuple[_Piece, ...]

    def shock(self, package: int) -> Shock:
        """The shock of a package."""
        choices = self.table.grid.choices[package].tolist()
        return joined([piece.shocks[tuple(choices[k] for k in piece.issues)] for piece in self.pieces])

    def shocks(self, packages: Iterable[int]) -> list[Shock]:
        """The shocks of several packages."""
        return [self.shock(package) for package in packages]

    def only(self, packages: Index) -> Laid:
        """With what these packages need."""
        pieces = [
            replace(
                piece,
                shocks={key: piece.shocks[key] for key in _combinations(self.table, piece.issues, packages)},
            )
            for piece in self.pieces
        ]
        return replace(self, pieces=tuple(pieces))

    def with_costs(self, factors: Mapping[CostChange, float]) -> Laid:
        """With other factors for some changes of trade cost. Needs rows that are not folded."""
        return replace(self, pieces=tuple(self._piece_with(piece, factors) for piece in self.pieces))

    def _piece_with(self, piece: _Piece, factors: Mapping[CostChange, float]) -> _Piece:
        shocks = dict(piece.shocks)
        for key, one in piece.shocks.items():
            options = [
                self.table.option(issue, choice) for issue, choice in zip(piece.issues, key, strict=True)
            ]
            found = [change for option in options for change in option.costs if change in factors]
            for change in found:
                n, i, j = _cell(self.world, change)
                here = (one.importer == n) & (one.exporter == i) & (one.sector == j)
                ratio = factors[change] / change.factor.value
                shocks[key] = replace(one, cost=np.where(here, ratio, 1.0) * shocks[key].cost)
        return replace(piece, shocks=shocks)

    def folded(self, world: World | None = None) -> Laid:
        """With one row a cell, at the theta of `world` (the own one by default)."""
        at = world or self.world
        pieces = tuple(
            replace(piece, shocks={key: folded(one, at) for key, one in piece.shocks.items()})
            for piece in self.pieces
        )
        return replace(self, world=at, pieces=pieces)


def lay(table: Table, world: World, state: State, packages: Index | None = None) -> Laid:
    """Translate what is needed to put the shocks of packages together.

    Args:
        table: Issues and options.
        world: The economy the shocks are for.
        state: The law that options are laid on.
        packages: Those that will be asked for; all of them by default.
    """
    reach = _reach(table, world, state)
    groups = sorted(set(reach.values()))
    wanted = {group: _combinations(table, group, packages) for group in groups}
    cover = _cover(table, wanted)
    concerned = _Concerned.of(world, reach)
    split = {
        package: _split(concerned.translated(table, state, package), reach)
        for package in set(cover.values()) - {table.fallback}
    }
    split[table.fallback] = _split(translated(world, table, state, table.fallback), reach)
    pieces = [_Piece((), {(): split[table.fallback][()]})]
    pieces += [
        _Piece(group, {key: split[cover[group, key]][group] for key in wanted[group]}) for group in groups
    ]
    return Laid(table, world, tuple(pieces))


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


def _reach(table: Table, world: World, state: State) -> dict[_Place, tuple[int, ...]]:
    """Products with the issues whose options can change what they bear."""
    found: dict[_Place, set[int]] = {}
    country, sector = _places(world.countries, world.meta.regions), _places(world.sectors, world.meta.sectors)
    groups = state.register.products.of_sector
    for issue, content in enumerate(table.file.issues):
        places: set[_Place] = set()
        for choice, option in enumerate(content.options):
            overlay = table.overlay(issue, choice)
            register = state.register.with_overlay(overlay)
            for measure in _touched(overlay, state.register):
                places |= _reached(register, measure, country, sector)
            for change in option.costs:
                cell = country[change.importer], country[change.exporter], sector[change.sector]
                alike = [code for code, place in sector.items() if place == cell[2]]
                labels = ["", *(group.id for code in alike for group in groups(code))]
                places |= {(*cell, label) for label in labels}
        for place in places:
            found.setdefault(place, set()).add(issue)
    return {place: tuple(sorted(issues)) for place, issues in found.items()}


@dataclass(frozen=True, eq=False)
class _Concerned:
    """The economies whose trade the options can reach, at full detail: a small world to translate packages in.

    Right for cells that the options reach, which is all that is asked of it, and many times quicker.
    """

    world: World
    detail: World
    country: Index
    """Position in `world` of each economy in `detail`."""
    sector: Index

    @staticmethod
    def of(world: World, reach: Mapping[_Place, tuple[int, ...]]) -> _Concerned:
        """Those of a world."""
        places = {place for n, i, _, _ in reach for place in (n, i)}
        full = load() if world.meta.regions or world.meta.sectors else world
        country = _places(world.countries, world.meta.regions)
        codes = [code for code in full.countries if country[code] in places]
        pairs, rows = {"importer": codes, "exporter": codes}, {"country": codes}
        detail = replace(
            full,
            flows=full.flows.sel(pairs),
            tariff=full.tariff.sel(pairs),
            unknown_tariff=None,
            io_share=full.io_share.sel(rows),
            va_share=full.va_share.sel(rows),
            final_share=full.final_share.sel(rows),
            units=(),
        )
        sector = _places(world.sectors, world.meta.sectors)
        return _Concerned(
            world,
            detail,
            np.array([country[code] for code in codes], np.intp),
            np.array([sector[code] for code in full.sectors], np.intp),
        )

    def translated(self, table: Table, state: State, package: int) -> Shock:
        """The shock of a package, in the labels and shares of the world."""
        found = shock(self.detail, law_of(table, state, package), state.on, state.known)
        own = (found.importer, found.exporter, found.sector)
        cells = (self.country[own[0]], self.country[own[1]], self.sector[own[2]])
        spent, whole = _spending(self.detail)[own], _spending(self.world)[cells]
        moved = replace(
            found,
            countries=self.world.countries,
            sectors=self.world.sectors,
            importer=cells[0],
            exporter=cells[1],
            sector=cells[2],
            share=np.divide(found.share * spent, whole, out=found.share.copy(), where=cells[0] != cells[1]),
        )
        abroad = taken(moved, np.flatnonzero(cells[0] != cells[1]))
        return _with_costs(abroad, self.world, table.costs(package))


def _spending(world: World) -> Array:
    return world.arrays.flows * (1.0 + world.arrays.tariff)


def _touched(overlay: Overlay, register: Register) -> list[Measure]:
    ended = [item.measure for item in (*overlay.end, *overlay.replace)]
    return [*overlay.add, *(item.by for item in overlay.replace), *(register.measure(name) for name in ended)]


def _reached(
    register: Register, measure: Measure, country: Mapping[str, int], sector: Mapping[str, int]
) -> set[_Place]:
    """Where a measure can matter, on its own or with others."""
    # A preference narrows what is covered; all of them are asked.
    preferences = {name for one in register.measures if one.scope for name in one.scope.preference}
    products = {
        (place, group or "")
        for code, place in sector.items()
        if sectors()[code].goods
        for group in (None, *(one.id for one in register.products.of_sector(code)))
        if any(register.covered(measure, Product(code, group, name)) for name in {"none", *preferences})
    }
    importers = {place for code, place in country.items() if measure.imposed_by(code)}
    exporters = {place for code, place in country.items() if measure.rate_on(code) is not None}
    return {(n, i, j, label) for n in importers for i in exporters if i != n for j, label in products}


def _places(labels: Sequence[str], members: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    return {code: place for place, label in enumerate(labels) for code in members.get(label, (label,))}


def _split(shock: Shock, reach: Mapping[_Place, tuple[int, ...]]) -> dict[tuple[int, ...], Shock]:
    """Rows by the issues that reach them."""
    rows: dict[tuple[int, ...], list[int]] = {group: [] for group in ((), *reach.values())}
    columns = (shock.importer.tolist(), shock.exporter.tolist(), shock.sector.tolist(), shock.part)
    for row, place in enumerate(zip(*columns, strict=True)):
        rows[reach.get(place, ())].append(row)
    return {group: taken(shock, np.array(some, np.intp)) for group, some in rows.items()}


_COLUMNS = ("importer", "exporter", "sector", "share", "cost", "base_tariff", "tariff", "rent", "holder")


def taken(shock: Shock, rows: Index) -> Shock:
    """Some rows of a shock."""
    columns = {name: getattr(shock, name)[rows] for name in _COLUMNS}
    return replace(shock, **columns, part=tuple(shock.part[row] for row in rows))


def joined(shocks: Sequence[Shock]) -> Shock:
    """Shocks to different cells as one."""
    columns = {name: np.concatenate([getattr(one, name) for one in shocks]) for name in _COLUMNS}
    return replace(shocks[0], **columns, part=tuple(chain.from_iterable(one.part for one in shocks)))


def _with_costs(shock: Shock, world: World, changes: Sequence[CostChange]) -> Shock:
    """A shock with other trade costs on whole cells, on top of what its parts have."""
    for change in changes:
        factor, (n, i, j) = change.factor.value, _cell(world, change)
        here = (shock.importer == n) & (shock.exporter == i) & (shock.sector == j)
        alone = taken(shock, np.flatnonzero(here))
        kept = taken(shock, np.flatnonzero(~here))
        shock = joined([kept, replace(alone, cost=alone.cost * factor), _rest(alone, world, (n, i, j), factor)])
    return shock


def _cell(world: World, change: CostChange) -> tuple[int, int, int]:
    country, sector = _places(world.countries, world.meta.regions), _places(world.sectors, world.meta.sectors)
    return country[change.importer], country[change.exporter], sector[change.sector]


def _rest(parts: Shock, world: World, cell: tuple[int, int, int], factor: float) -> Shock:
    """The part of a cell that no row of `parts` covers, with another trade cost."""
    base = float(world.arrays.tariff[cell])
    share, net = (1.0, 1.0 / (1.0 + base)) if not len(parts) else (float(x[0]) for x in uncovered(parts, world))
    rows = 1 if share > 0 else 0
    rate = share / net - 1.0 if rows else 0.0
    return replace(
        parts,
        **{name: np.full(rows, place, np.intp) for name, place in zip(_COLUMNS[:3], cell, strict=True)},
        share=np.full(rows, share),
        cost=np.full(rows, factor),
        base_tariff=np.full(rows, rate),
        tariff=np.full(rows, rate),
        rent=np.zeros(rows),
        holder=np.full(rows, -1, np.intp),
        part=("",) * rows,
    )
