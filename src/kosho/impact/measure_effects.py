"""What one measure without a rate does in a world: bounds on quantities, changes of trade cost, subsidies.

Which cells and products of the world its terms reach, and with what range; `effects` puts all that is in force
together. What cannot be told apart in the world at hand is left out, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from kosho.codes import expand_regions, sectors
from kosho.display import Card, Shown, listing, thing
from kosho.equilibrium import Constraint, Flow, Nest, Purchase, Quota, Shock, TariffQuota
from kosho.errors import InputError
from kosho.impact import customs_time, digital
from kosho.impact.cells import REST, Cell
from kosho.impact.product_nests import End, nest, niche
from kosho.impact.quota_volumes import counts, gap, whole_rates
from kosho.impact.ranges import Range, spread
from kosho.impact.standards import factor
from kosho.impact.subsidies import Subsidised, rate_of
from kosho.impact.value_chains import content
from kosho.impact.vehicles import drive_share
from kosho.language import N_, _, pgettext
from kosho.law.measure import Measure
from kosho.law.nontariff_terms import (
    Amount,
    CustomsDays,
    Data,
    Declared,
    ExportControl,
    Standard,
    Subsidy,
)
from kosho.law.product_groups import Product
from kosho.law.register import Register
from kosho.provenance import Cited
from kosho.world import World

__all__ = ["EffectRange", "MeasureEffect", "additionality", "effect"]

ON_TOP = N_("share of the promise on top of what would be bought anyway (additionality)")
ALL_ON_TOP = Range(1.0, 1.0, 1.0, "share", (), assumed=True, note="not said: all of it is taken to come on top")
UNSEEN = N_("this world does not tell its goods or partners apart")
UNQUANTIFIED = N_("a control says who may not ship, not how much less is shipped: add a quota of the buyer")


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
                EffectRange(measure.id, _("declared worth to {party}", party=party), Range.of(worth))
                for party, worth in terms.worth.items()
            ]
            why = _("no model prices it; what it is declared to be worth is listed")
            return MeasureEffect(measure, ranges=tuple(shown), left_out=why)
        if isinstance(terms, ExportControl):
            return MeasureEffect(measure, left_out=_(UNQUANTIFIED))
        return self._subsidy(measure, terms) if isinstance(terms, Subsidy) else self._cost(measure, terms)

    def _amount(self, measure: Measure, terms: Amount) -> MeasureEffect:
        try:
            nests, flows = self._bounded(measure, terms)
        except InputError as misfit:  # a table of another year can have less trade than the product alone
            return MeasureEffect(measure, left_out=misfit.problems[0].message)
        if not flows:
            return MeasureEffect(measure, nests=nests, left_out=_(UNSEEN))
        if terms.base is None and not all(counts(self.world, flow, terms.counted) for flow in flows):
            return MeasureEffect(
                measure, left_out=_("this world does not count its goods in {counted}", counted=terms.counted)
            )
        groups = [flows] if terms.shared else [[flow] for flow in flows]
        names = [measure.id if len(groups) == 1 else f"{measure.id}: {group[0]}" for group in groups]
        return MeasureEffect(
            measure,
            constraints=tuple(
                self._bound(measure, terms, name, tuple(group))
                for name, group in zip(names, groups, strict=True)
            ),
            nests=nests,
            ranges=tuple(_ranges(measure, terms)),
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
        if measure.kind == "purchase":
            return Purchase(**about, additional=additionality(terms).levels[self.end])
        return Quota(**about, holder=_holder(measure, terms))

    def _about(self, terms: Amount, name: str, flows: tuple[Flow, ...]) -> dict[str, Any]:
        about: dict[str, Any] = {
            "name": name,
            "flows": flows,
            "amount": Range.of(terms.amount).levels[self.end],
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
        _other, flows = self._bounded(measure, quota)
        taxed = tuple(f for f in flows if gap(measure, self._member(f.exporter)) > 0)
        if not taxed:
            return MeasureEffect(measure, left_out=_(UNSEEN))
        if not all(counts(self.world, flow, quota.counted) for flow in taxed):
            why = _(
                "this world does not count its goods in {counted}: the mean of its rates acts",
                counted=quota.counted,
            )
            return MeasureEffect(measure, left_out=why)
        rates = {whole_rates(self.world, self.shock, measure, flow) for flow in taxed}
        found = next(iter(rates))
        if len(rates) > 1 or found is None:
            return MeasureEffect(measure, left_out=_("its goods bear different duties: their mean acts"))
        about = self._about(quota, measure.id, taxed)
        inside, outside = found
        bound = TariffQuota(**about, inside=inside, outside=outside, holder=_holder(measure, quota))
        shown = EffectRange(measure.id, pgettext("word", "quota"), Range.of(quota.amount))
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
        shown = [EffectRange(measure.id, _("subsidy to buyers"), rate)]
        for one in dict.fromkeys(share.values()):
            names = [self.world.countries[i] for i in sorted(share) if share[i] == one]
            shown.append(
                EffectRange(measure.id, _("eligible of what comes from {names}", names=", ".join(names)), one)
            )
        paid = Subsidised(measure.id, cells, rate, share) if cells else None
        return MeasureEffect(measure, ranges=tuple(shown), subsidy=paid, left_out=None if cells else _(UNSEEN))

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
            lambda share, drive: share * drive,
            _("share of purchases"),
            share=terms.share or one,
            drive=of_drive,
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
        why = None if cells else _(UNSEEN)
        if any(self.end not in one.levels for one in ranges.values()):
            why = _("only a bound is known: it acts at the ends of the range")
        shown = [
            EffectRange(measure.id, _("trade cost of {sectors}", sectors=self.world.sectors[j]), one)
            for j, one in ranges.items()
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


def additionality(terms: Amount) -> Range:
    """How much of a promise comes on top of what would be bought anyway: all of it where nothing is said."""
    return ALL_ON_TOP if terms.additionality is None else Range.of(terms.additionality)


def _ranges(measure: Measure, terms: Amount) -> Iterator[EffectRange]:
    yield EffectRange(measure.id, "amount", Range.of(terms.amount))
    if measure.kind == "purchase":
        yield EffectRange(measure.id, _(ON_TOP), additionality(terms))


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
