"""Measures without a rate into the economy: bounds on quantities, changes of trade cost, with their ranges.

`kosho.policy.shock` translates duties. Here its shock is completed by what else is in force: bans, advisories,
quotas and purchases become constraints; standards, customs time and digital rules change trade costs. What
cannot be told apart in the world at hand is left out and listed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from dataclasses import replace as changed
from datetime import date
from typing import Any

import numpy as np

from kosho.codes import expand_regions, sectors
from kosho.equilibrium import Bounded, Constraint, Flow, Nest, Purchase, Quota, Shock
from kosho.equilibrium.nests import with_rests
from kosho.policy import customs_time, digital
from kosho.policy.niches import End, nest, niche
from kosho.policy.products import Product
from kosho.policy.ranges import Range
from kosho.policy.register import Register
from kosho.policy.schema import Measure, Overlay
from kosho.policy.standards import factor
from kosho.policy.terms import Amount, CustomsDays, Data, Declared, Standard
from kosho.policy.translate import shock as duties
from kosho.provenance import Cited
from kosho.world import World

__all__ = ["Effects", "Told", "effects"]

REST = "\0rest"
"""Stands for what no product group of a sector covers."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a measure does, in the range of its parameters."""

    measure: str
    what: str
    range: Range


@dataclass(frozen=True, eq=False)
class Effects:
    """Everything in force, as `kosho.equilibrium.solve` takes it."""

    shock: Shock
    constraints: tuple[Constraint, ...] = ()
    nests: tuple[Nest, ...] = ()
    told: tuple[Told, ...] = ()
    left_out: dict[str, str] = field(default_factory=dict)
    """Measures that have no effect here, with the reason."""

    @property
    def bounded(self) -> Bounded:
        """As `kosho.equilibrium.solve_batch` takes it."""
        return Bounded(self.shock, self.constraints, self.nests)


def effects(
    world: World,
    register: Register,
    on: date,
    known: date | None = None,
    replace: Overlay | None = None,
    *,
    end: End = "value",
) -> Effects:
    """What the law in force on a day changes against the base year, duties and all else.

    Args:
        world: As for `kosho.policy.shock`.
        register: Dated measures.
        on: The day in force.
        known: The day of knowledge; None means the latest.
        replace: What a scenario changes on top of the dated state.
        end: Which end of all ranges; `low` is the lowest trade cost. A bound without a middle acts at its ends
            only.

    Raises:
        InputError: as `kosho.policy.shock`, or a small product that the world does not hold.
    """
    told = duties(world, register, on, known, replace)
    if replace is not None:
        register = register.with_overlay(replace)
    table = _Draft(world, register, told, end)
    before = _in_base(register, world)
    for measure in register.in_force(on, known):
        if measure.kind != "ban" and measure.terms is None:
            continue
        if measure.id in before and measure.kind not in ("quota", "purchase"):
            table.left_out[measure.id] = "it was in force in the base year: the table holds its effect"
        else:
            table.add(measure)
    return Effects(
        table.shock, tuple(table.constraints), tuple(table.nests.values()), tuple(table.told), table.left_out
    )


def _in_base(register: Register, world: World) -> set[str]:
    year = world.meta.year
    return set() if year is None else {m.id for m in register.in_force(date(year, 12, 31))}


@dataclass
class _Draft:
    """Effects while they are put together."""

    world: World
    register: Register
    shock: Shock
    end: End
    constraints: list[Constraint] = field(default_factory=list)
    nests: dict[str, Nest] = field(default_factory=dict)
    told: list[Told] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)

    def add(self, measure: Measure) -> None:
        """Take in one measure."""
        terms = measure.terms
        if terms is None:
            ban = Cited(value=0.0, unit="share", status="fact", source=measure.source[0])
            self._amount(measure, Amount(amount=ban, basis="share"))
        elif isinstance(terms, Amount):
            self._amount(measure, terms)
        elif isinstance(terms, Declared):
            for party, worth in terms.worth.items():
                self.told.append(Told(measure.id, f"declared worth to {party}", Range.of(worth)))
            self.left_out[measure.id] = "no model prices it; what it is declared to be worth is listed"
        else:
            self._cost(measure, terms)

    def _amount(self, measure: Measure, terms: Amount) -> None:
        flows = list(self._flows(measure, terms))
        if not flows:
            self.left_out.setdefault(measure.id, "this world does not tell its goods or partners apart")
            return
        self.told.append(Told(measure.id, "amount", Range.of(terms.amount)))
        groups = [flows] if terms.shared else [[flow] for flow in flows]
        for group in groups:
            name = measure.id if len(groups) == 1 else f"{measure.id}: {group[0]}"
            self.constraints.append(self._bound(measure, terms, name, tuple(group)))

    def _bound(self, measure: Measure, terms: Amount, name: str, flows: tuple[Flow, ...]) -> Constraint:
        about: dict[str, Any] = {
            "name": name,
            "flows": flows,
            "amount": _at(terms.amount, self.end),
            "basis": terms.basis,
            "measured": terms.measured,
            "unit": terms.counted,
            "deflator": terms.deflator,
        }
        return Purchase(**about) if measure.kind == "purchase" else Quota(**about, holder=terms.holder)

    def _flows(self, measure: Measure, terms: Amount) -> Iterator[Flow]:
        for name in terms.niches:
            found = nest(self.world, niche(name), self.end)
            if found.importer in self._importers(measure):
                self.nests[name] = found
                for exporter in self._exporters(measure, found.importer, everyone=False):
                    if found.shares.get(exporter, 0.0) > 0 and exporter != found.importer:
                        yield Flow(found.importer, exporter, found.sector, name)
        if terms.niches:
            return
        for n, i, j, part in self._cells(measure, everyone=False):
            here = self._rows(n, i, j)
            named = part if part != REST else ""
            if part == REST and any(self.shock.part[row] for row in here):
                continue  # a sector less its groups has no name of its own
            if self.world.arrays.flows[n, i, j] > 0 and (
                not named or any(self.shock.part[row] == named for row in here)
            ):
                yield Flow(self.world.countries[n], self.world.countries[i], self.world.sectors[j], named)

    def _cost(self, measure: Measure, terms: Standard | CustomsDays | Data) -> None:
        everyone = isinstance(terms, Standard) and terms.extends_to == "all"
        cells = list(self._cells(measure, everyone=everyone))
        self.shock = with_rests(self.shock, self.world, dict.fromkeys(cell[:3] for cell in cells))
        cost, touched, seen = self.shock.cost.copy(), 0, set[str]()
        for n, i, j, part in cells:
            found = _factor(terms, float(self.world.arrays.theta[j]))
            sector = self.world.sectors[j]
            if sector not in seen:
                seen.add(sector)
                self.told.append(Told(measure.id, f"trade cost of {sector}", found))
            level = found.levels.get(self.end)
            if level is None:
                self.left_out[measure.id] = "only a bound is known: it acts at the ends of the range"
                continue
            named = "" if part == REST else part
            rows = [r for r in self._rows(n, i, j) if not part or self.shock.part[r] == named]
            cost[rows] *= level
            touched += len(rows)
        self.shock = changed(self.shock, cost=cost)
        if not touched:
            self.left_out.setdefault(measure.id, "this world does not tell its goods or partners apart")

    def _rows(self, n: int, i: int, j: int) -> list[int]:
        s = self.shock
        return np.flatnonzero((s.importer == n) & (s.exporter == i) & (s.sector == j)).tolist()

    def _cells(self, measure: Measure, *, everyone: bool) -> Iterator[tuple[int, int, int, str]]:
        """Cells in scope, with the product group, `REST` for a sector less its groups, or "" for all of it."""
        goods = list(self._goods(measure))
        for importer in self._importers(measure):
            n = self.world.position(importer)
            for exporter in self._exporters(measure, importer, everyone=everyone):
                i = self.world.position(exporter)
                for sector, part in goods:
                    yield n, i, self.world.sector_position(sector), part

    def _goods(self, measure: Measure) -> Iterator[tuple[str, str]]:
        groups_of = self.world.meta.sectors or {code: (code,) for code in self.world.sectors}
        for label, members in groups_of.items():
            parts = [list(self._parts(measure, code)) for code in members]
            if all(found == [""] for found in parts):
                yield label, ""
            else:
                yield from ((label, part) for found in parts for part in found if part not in ("", REST))
                if len(members) == 1 and REST in parts[0]:
                    yield label, REST

    def _parts(self, measure: Measure, sector: str) -> Iterator[str]:
        if sector not in sectors():
            return
        groups = [group.id for group in self.register.products.of_sector(sector)]
        inside = [name for name in groups if self.register.in_scope(measure, Product(sector, name))]
        rest = self.register.in_scope(measure, Product(sector))
        if rest and len(inside) == len(groups):
            yield ""
            return
        yield from inside
        if rest:
            yield REST

    def _importers(self, measure: Measure) -> list[str]:
        return self._regions(set(expand_regions([measure.imposer])))

    def _exporters(self, measure: Measure, importer: str, *, everyone: bool) -> list[str]:
        if everyone:
            return [code for code in self.world.countries if code != importer]
        regions = self.world.meta.regions
        economies = {member for code in self.world.countries for member in regions.get(code, (code,))}
        aimed = {code for code in economies if code in measure.partners}
        return [code for code in self._regions(aimed) if code != importer]

    def _regions(self, economies: Iterable[str]) -> list[str]:
        """Countries of the world that are made up of these economies and no others."""
        wanted, regions = set(economies), self.world.meta.regions
        return [code for code in self.world.countries if set(regions.get(code, (code,))) <= wanted]


def _factor(terms: Standard | CustomsDays | Data, theta: float) -> Range:
    if isinstance(terms, Standard):
        return factor(terms)
    if isinstance(terms, CustomsDays):
        return customs_time.cost_change(terms.before, terms.after, terms.per_day)
    if terms.connectivity is not None:
        return digital.connectivity(terms.connectivity, theta, terms.traded)
    if terms.connectivity_cost is not None:
        return digital.connectivity_cost(terms.connectivity_cost)
    return digital.restrictiveness(terms.restrictiveness or 0.0, theta)


def _at(cited: Cited, end: End) -> float:
    found = getattr(cited, end)
    return cited.value if found is None else float(found)
