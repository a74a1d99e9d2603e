"""Measures without a rate into the economy: bounds on quantities, changes of trade cost, with their ranges.

`kosho.impact.shock` translates duties. Here its shock is completed by what else is in force: bans,
advisories, quotas, purchases and tariff quotas that the world counts become constraints; standards, customs
time and digital rules change trade costs; subsidies are paid to buyers. What cannot be told apart in the world
at hand is left out and listed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from dataclasses import replace as changed
from datetime import date
from typing import Any

import numpy as np

from kosho.codes import expand_regions, sectors
from kosho.display import Card, Shown, listing, thing
from kosho.equilibrium import Constraint, Counterfactual, Flow, Nest, Purchase, Quota, Shock, TariffQuota
from kosho.errors import InputError
from kosho.impact import customs_time, digital
from kosho.impact.applicable import besides, in_base, unseen
from kosho.impact.base_law import assumptions
from kosho.impact.cells import REST, Cell, rows_in, with_cells
from kosho.impact.product_nests import End, nest, niche
from kosho.impact.quota_volumes import counts, gap, whole_rates
from kosho.impact.ranges import Range, spread
from kosho.impact.standards import factor
from kosho.impact.subsidies import Subsidised, rate_of, subsidised
from kosho.impact.tariff_shock import shock as duties
from kosho.impact.value_chains import content
from kosho.impact.vehicles import drive_share
from kosho.law.measure import Measure, Overlay
from kosho.law.nontariff_terms import (
    Amount,
    CustomsDays,
    Data,
    Declared,
    ExportControl,
    Standard,
    Subsidy,
)
from kosho.law.overlap import impossible
from kosho.law.product_groups import Product
from kosho.law.register import Register
from kosho.provenance import Cited
from kosho.world import World

__all__ = [
    "REST",
    "Cell",
    "EffectRange",
    "Effects",
    "LawEffects",
    "MeasureEffect",
    "acting",
    "besides",
    "effect",
    "effects",
    "law_effects",
    "rows_in",
    "with_cells",
]

UNSEEN = "this world does not tell its goods or partners apart"
UNQUANTIFIED = "a control says who may not ship, not how much less is shipped: add a quota of the buyer"


@dataclass(frozen=True, slots=True)
class EffectRange(Shown):
    """What a measure does, in the range of its parameters."""

    measure: str
    what: str
    range: Range


@dataclass(frozen=True, eq=False)
class MeasureEffect(Shown):
    """What one measure does besides duties."""

    measure: Measure
    cells: tuple[Cell, ...] = ()
    """Where it changes trade cost."""
    constraints: tuple[Constraint, ...] = ()
    nests: dict[str, Nest] = field(default_factory=dict)
    """Products told apart for its sake, by name."""
    ranges: tuple[EffectRange, ...] = ()
    subsidy: Subsidised | None = None
    """What it pays to buyers; `kosho.impact.subsidies.subsidised` puts it into a shock."""
    left_out: str | None = None
    """Why it has no effect here."""

    def card(self) -> Card:
        """What the measure moves."""
        rows = [
            ("cells whose cost it moves", str(len(self.cells))),
            ("constraints", listing(one.name for one in self.constraints)),
            ("products told apart", listing(self.nests)),
            ("ranges", listing(f"{one.what} {thing(one.range)}" for one in self.ranges)),
        ]
        rows += [("left out", self.left_out)] if self.left_out else []
        return Card(f"MeasureEffect of {self.measure.id!r}", rows)

    def cost(self, theta: float) -> Range:
        """New over old trade cost in a sector of this elasticity.

        Raises:
            TypeError: it is no measure of trade cost.
        """
        terms = self.measure.terms
        if not isinstance(terms, Standard | CustomsDays | Data):
            raise TypeError(f"{self.measure.id} changes no trade cost")
        return _factor(terms, theta)


@dataclass(frozen=True, eq=False)
class Effects(Shown):
    """Everything in force, as `kosho.equilibrium.solve` takes it.

    >>> from datetime import date
    >>> from kosho.impact import effects
    >>> from kosho.law import Register
    >>> from kosho.world import load
    >>> found = effects(load(regions="talks", sectors="talks"), Register.load(), date(2025, 6, 29))
    >>> found.left_out["idn-ev-incentive"]
    'nothing says what it costs: it is listed, not priced'
    """

    shock: Shock
    constraints: tuple[Constraint, ...] = ()
    nests: tuple[Nest, ...] = ()
    ranges: tuple[EffectRange, ...] = ()
    left_out: dict[str, str] = field(default_factory=dict)
    """Measures that have no effect here, or not all of it, with the reason."""
    idle: dict[str, str] = field(default_factory=dict)
    """What a scenario changes and reaches nothing, with the reason; only where that is allowed by name."""
    assumptions: tuple[str, ...] = ()
    """What the table needed to speak of the law: weights inside its regions and sectors, another base day."""

    def card(self) -> Card:
        """What is put into the economy, and what could not be."""
        products = (f"{one.product} in {one.importer}" for one in self.nests)
        return Card(
            "Effects of the law in force",
            [
                ("shock", thing(self.shock)),
                ("constraints", listing(one.name for one in self.constraints)),
                ("products told apart", listing(products)),
                ("ranges", listing(f"{one.measure}: {one.what}" for one in self.ranges)),
                ("left out", listing(self.left_out)),
            ],
        )

    @staticmethod
    def nothing(world: World) -> Effects:
        """No change of the base."""
        return Effects(Shock.none(world))

    @property
    def counterfactual(self) -> Counterfactual:
        """As `kosho.equilibrium.solve` takes it."""
        return Counterfactual(self.shock, self.constraints, self.nests)


def effects(
    world: World,
    register: Register,
    on: date,
    known: date | None = None,
    replace: Overlay | None = None,
    *,
    end: End | Mapping[str, End] = "value",
) -> Effects:
    """What the law in force on a day changes against the base year, duties and all else.

    Args:
        world: As for `kosho.impact.shock`.
        register: Dated measures.
        on: The day in force.
        known: The day of knowledge; None means the latest.
        replace: What a scenario changes on top of the dated state.
        end: Which end of all ranges, or of those of each measure by id, the others in the middle; `low` is the
            lowest trade cost. A bound without a middle acts at its ends only.

    Raises:
        InputError: as `kosho.impact.shock`; a small product that the world does not hold; two standards that
            price one barrier; a promise to buy more than a ceiling on the same goods lets in.

    >>> from datetime import date
    >>> from kosho.equilibrium import solve
    >>> from kosho.impact import effects
    >>> from kosho.law import Register
    >>> from kosho.world import load
    >>> world = load(regions="talks", sectors="talks")
    >>> found = effects(world, Register.load(), date(2025, 6, 29))
    >>> outcome = solve(world, found.counterfactual)
    >>> float(outcome.welfare.sel(country="USA")) < 0
    True
    """
    plain = duties(world, register, on, known, replace)
    if replace is not None:
        register = register.with_overlay(replace)
    measures, left_out = besides(world, register, on, known)
    ends: dict[str, End] = {
        one.id: end if isinstance(end, str) else end.get(one.id, "value") for one in measures
    }
    beyond = list(impossible(register, measures))
    if beyond:
        raise InputError(beyond)
    found = [effect(world, register, plain, measure, ends[measure.id]) for measure in measures]
    shock = plain
    for one in found:
        shock = _recosted(shock, world, one, ends[one.measure.id])
    for one in found:
        if one.subsidy is not None:
            shock = subsidised(shock, world, one.subsidy, ends[one.measure.id])
    found, idle = acting(found, register, world)
    nests = {name: nest for one in found for name, nest in one.nests.items()}
    without = unseen(world, register, on, known) | left_out | idle
    without |= {one.measure.id: one.left_out for one in found if one.left_out is not None}
    return Effects(
        shock,
        tuple(constraint for one in found for constraint in one.constraints),
        tuple(nests.values()),
        tuple(one_range for one in found for one_range in one.ranges),
        without,
        assumptions=assumptions(register, world),
    )


@dataclass(frozen=True, eq=False)
class LawEffects:
    """What a state of the law does, measure by measure."""

    duties: Shock
    measures: tuple[MeasureEffect, ...]
    """Of every measure that does something no duty says."""


def law_effects(
    world: World, register: Register, on: date, known: date | None = None, duties_known: Shock | None = None
) -> LawEffects:
    """The duties in force on a day, and what each other measure does in a world.

    Args:
        world: The economy.
        register: Dated measures.
        on: The day in force.
        known: The day of knowledge; None means the latest.
        duties_known: The duties, where they are known already; they say which products can be told apart.

    Raises:
        InputError: as `effects`.
    """
    plain = duties(world, register, on, known) if duties_known is None else duties_known
    measures, _ = besides(world, register, on, known)
    return LawEffects(plain, tuple(effect(world, register, plain, measure) for measure in measures))


def acting(
    found: Sequence[MeasureEffect], register: Register, world: World
) -> tuple[list[MeasureEffect], dict[str, str]]:
    """Without bounds of the base year on goods that nothing else bounds: the table holds them as they are.

    Args:
        found: All that is in force, or all that is compared: what bounds goods in one state bounds them in all.
        register: With the measures in it.
        world: The economy.

    Returns:
        Those that act, and why the others do not, by measure.
    """
    before = in_base(register, world)

    def goods(one: MeasureEffect) -> set[tuple[str, str, str]]:
        return {(f.importer, f.sector, f.part) for bound in one.constraints for f in bound.flows}

    idle = {
        one.measure.id
        for one in found
        if one.measure.id in before
        and one.measure.kind == "quota"
        and one.constraints
        and not any(goods(one) & goods(other) for other in found if other is not one)
    }
    why = "it bound in the base year and nothing else in force bounds its goods: the table holds its effect"
    return [one for one in found if one.measure.id not in idle], dict.fromkeys(idle, why)


def effect(
    world: World, register: Register, shock: Shock, measure: Measure, end: End = "value"
) -> MeasureEffect:
    """What a measure without a rate does in a world.

    Args:
        world: The economy.
        register: With the measure in it.
        shock: The duties in force: their parts say which products can be told apart.
        measure: One of `besides`.
        end: Which end of its ranges the amounts of constraints and the elasticities of nests are taken at.

    Raises:
        InputError: a small product that the world does not hold.
    """
    return _Seen(world, register, shock, end).effect(measure)


def _recosted(shock: Shock, world: World, one: MeasureEffect, end: End) -> Shock:
    """A shock with the trade costs of a measure."""
    if not one.cells:
        return shock
    shock, (here, _) = with_cells(shock, world, [one.cells])
    theta = world.arrays.theta
    level = {j: one.cost(float(theta[j])).levels.get(end, 1.0) for j in {cell[2] for cell in one.cells}}
    factor = [level[j] if mine else 1.0 for mine, j in zip(here.tolist(), shock.sector.tolist(), strict=True)]
    return changed(shock, cost=shock.cost * np.array(factor))


@dataclass(frozen=True)
class _Seen:
    """A world in which measures take effect, with the duties in force."""

    world: World
    register: Register
    shock: Shock
    end: End

    def effect(self, measure: Measure) -> MeasureEffect:
        """Of one measure."""
        terms = measure.terms
        if measure.quota is not None:
            return self._tariff_quota(measure, measure.quota)
        if terms is None:
            ban = Cited(value=0.0, unit="share", status="fact", source=measure.source[0])
            return self._amount(measure, Amount(amount=ban, basis="share"))
        if isinstance(terms, Amount):
            return self._amount(measure, terms)
        if isinstance(terms, Declared):
            shown = [
                EffectRange(measure.id, f"declared worth to {party}", Range.of(worth))
                for party, worth in terms.worth.items()
            ]
            why = "no model prices it; what it is declared to be worth is listed"
            return MeasureEffect(measure, ranges=tuple(shown), left_out=why)
        if isinstance(terms, ExportControl):
            return MeasureEffect(measure, left_out=UNQUANTIFIED)
        return self._subsidy(measure, terms) if isinstance(terms, Subsidy) else self._cost(measure, terms)

    def _amount(self, measure: Measure, terms: Amount) -> MeasureEffect:
        try:
            nests, flows = self._bounded(measure, terms)
        except InputError as misfit:  # a table of another year can have less trade than the product alone
            return MeasureEffect(measure, left_out=misfit.problems[0].message)
        if not flows:
            return MeasureEffect(measure, nests=nests, left_out=UNSEEN)
        if terms.base is None and not all(counts(self.world, flow, terms.counted) for flow in flows):
            return MeasureEffect(measure, left_out=f"this world does not count its goods in {terms.counted}")
        groups = [flows] if terms.shared else [[flow] for flow in flows]
        names = [measure.id if len(groups) == 1 else f"{measure.id}: {group[0]}" for group in groups]
        return MeasureEffect(
            measure,
            constraints=tuple(
                self._bound(measure, terms, name, tuple(group))
                for name, group in zip(names, groups, strict=True)
            ),
            nests=nests,
            ranges=(EffectRange(measure.id, "amount", Range.of(terms.amount)),),
        )

    def _bounded(self, measure: Measure, terms: Amount) -> tuple[dict[str, Nest], list[Flow]]:
        """What a measure bounds: small products, and parts and sectors of the shock.

        Small products that its terms name stand for all of it, those of its lists for what they hold.
        """
        lists = () if measure.scope is None else measure.scope.lists
        listed = [name for one in lists for name in self.register.lists[one].niches]
        importers = self._importers(measure)
        nests = {
            name: found
            for name in terms.niches or listed
            if self._holds(name) and (found := nest(self.world, niche(name), self.end)).importer in importers
        }
        flows = list(self._in_nests(measure, nests))
        return nests, flows if terms.niches else [*flows, *self._flows(measure)]

    def _holds(self, name: str) -> bool:
        """Whether the world tells apart the importer of a small product, and has its sector in one."""
        one = niche(name)
        return bool(self._regions([one.importer])) and len(self.world.law_cells.holding(one.sector)) <= 1

    def _bound(self, measure: Measure, terms: Amount, name: str, flows: tuple[Flow, ...]) -> Constraint:
        about = self._about(terms, name, flows)
        return (
            Purchase(**about) if measure.kind == "purchase" else Quota(**about, holder=_holder(measure, terms))
        )

    def _about(self, terms: Amount, name: str, flows: tuple[Flow, ...]) -> dict[str, Any]:
        about: dict[str, Any] = {
            "name": name,
            "flows": flows,
            "amount": _at(terms.amount, self.end),
            "basis": terms.basis,
            "measured": terms.measured,
            "unit": terms.counted,
            "deflator": terms.deflator,
        }
        if terms.base is None or all(counts(self.world, flow, terms.counted) for flow in flows):
            return about
        return about | {"amount": about["amount"] / terms.base.value, "basis": "share", "unit": ""}

    def _tariff_quota(self, measure: Measure, quota: Amount) -> MeasureEffect:
        """A quota that the world counts; elsewhere the mean of both rates stays in the shock."""
        _, flows = self._bounded(measure, quota)
        taxed = tuple(f for f in flows if gap(measure, self._member(f.exporter)) > 0)
        if not taxed:
            return MeasureEffect(measure, left_out=UNSEEN)
        if not all(counts(self.world, flow, quota.counted) for flow in taxed):
            why = f"this world does not count its goods in {quota.counted}: the mean of its rates acts"
            return MeasureEffect(measure, left_out=why)
        rates = {whole_rates(self.world, self.shock, measure, flow) for flow in taxed}
        found = next(iter(rates))
        if len(rates) > 1 or found is None:
            return MeasureEffect(measure, left_out="its goods bear different duties: their mean acts")
        about = self._about(quota, measure.id, taxed)
        inside, outside = found
        bound = TariffQuota(**about, inside=inside, outside=outside, holder=_holder(measure, quota))
        shown = EffectRange(measure.id, "quota", Range.of(quota.amount))
        return MeasureEffect(measure, constraints=(bound,), ranges=(shown,))

    def _member(self, code: str) -> str:
        return self.world.meta.regions.get(code, (code,))[0]

    def _subsidy(self, measure: Measure, terms: Subsidy) -> MeasureEffect:
        rate = rate_of(terms)
        cells = self._subsidised(measure, terms)
        exporters = {cell[1] for cell in cells}
        try:
            share = {i: self._eligible(measure, terms, self.world.countries[i]) for i in exporters}
        except InputError as unknown:  # the drives of vehicles in this market
            return MeasureEffect(measure, left_out=unknown.problems[0].message)
        shown = [EffectRange(measure.id, "subsidy to buyers", rate)]
        for one in dict.fromkeys(share.values()):
            names = [self.world.countries[i] for i in sorted(share) if share[i] == one]
            shown.append(EffectRange(measure.id, f"eligible of what comes from {', '.join(names)}", one))
        paid = Subsidised(measure.id, cells, rate, share) if cells else None
        return MeasureEffect(measure, ranges=tuple(shown), subsidy=paid, left_out=None if cells else UNSEEN)

    def _subsidised(self, measure: Measure, terms: Subsidy) -> tuple[Cell, ...]:
        """Cells of eligible origins; goods made at home are told apart by sector only."""
        cells = [cell for cell in self._cells(measure, everyone=False) if self._there(cell)]
        if terms.home:
            home = [self.world.position(code) for code in self._importers(measure)]
            goods = [sector for sector, part in self._goods(measure) if not part]
            cells += [(n, n, self.world.sector_position(sector), "") for n in home for sector in goods]
        rule = terms.content
        if rule is None:
            return tuple(cells)
        counted = [code for code in self.world.countries if self._member(code) in rule.counted]
        return tuple(
            cell
            for cell in cells
            if 100 * content(self.world, self.world.countries[cell[1]], self.world.sectors[cell[2]], counted)
            >= rule.threshold.value
        )

    def _eligible(self, measure: Measure, terms: Subsidy, exporter: str) -> Range:
        one = Cited(value=1.0, unit="share", status="fact", source=measure.source[0])
        market = expand_regions([measure.imposer])[0]
        of_drive = one if terms.drive is None else drive_share(market, terms.drive, self._member(exporter))
        return spread(
            lambda share, drive: share * drive, "share of purchases", share=terms.share or one, drive=of_drive
        )

    def _there(self, cell: Cell) -> bool:
        """Whether there is trade in a cell, and the shock has its part."""
        n, i, j, part = cell
        named = part in ("", REST) or any(self.shock.part[row] == part for row in self._rows(n, i, j))
        return self.world.arrays.flows[n, i, j] > 0 and named

    def _in_nests(self, measure: Measure, nests: dict[str, Nest]) -> Iterator[Flow]:
        for name, found in nests.items():
            for exporter in self._exporters(measure, found.importer, everyone=False):
                if found.shares.get(exporter, 0.0) > 0 and exporter != found.importer:
                    yield Flow(found.importer, exporter, found.sector, name)

    def _flows(self, measure: Measure) -> Iterator[Flow]:
        for n, i, j, part in self._cells(measure, everyone=False):
            here = self._rows(n, i, j)
            named = part if part != REST else ""
            if part == REST and any(self.shock.part[row] for row in here):
                continue  # a sector less its groups has no name of its own
            if self.world.arrays.flows[n, i, j] > 0 and (
                not named or any(self.shock.part[row] == named for row in here)
            ):
                yield Flow(self.world.countries[n], self.world.countries[i], self.world.sectors[j], named)

    def _cost(self, measure: Measure, terms: Standard | CustomsDays | Data) -> MeasureEffect:
        everyone = isinstance(terms, Standard) and terms.extends_to == "all"
        cells = tuple(cell for cell in self._cells(measure, everyone=everyone) if self._there(cell))
        ranges = {
            j: _factor(terms, float(self.world.arrays.theta[j])) for j in dict.fromkeys(c[2] for c in cells)
        }
        why = None if cells else UNSEEN
        if any(self.end not in one.levels for one in ranges.values()):
            why = "only a bound is known: it acts at the ends of the range"
        shown = [
            EffectRange(measure.id, f"trade cost of {self.world.sectors[j]}", one) for j, one in ranges.items()
        ]
        return MeasureEffect(measure, cells=cells, ranges=tuple(shown), left_out=why)

    def _rows(self, n: int, i: int, j: int) -> list[int]:
        s = self.shock
        return np.flatnonzero((s.importer == n) & (s.exporter == i) & (s.sector == j)).tolist()

    def _cells(self, measure: Measure, *, everyone: bool) -> Iterator[Cell]:
        """Cells in scope."""
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


def _holder(measure: Measure, terms: Amount) -> str:
    """Who has what buyers would pay beyond the price: a country, `importer` or `exporter`."""
    return terms.holder or ("importer" if measure.kind == "advisory" else "exporter")


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
