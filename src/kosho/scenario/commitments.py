"""What a scenario bounds, over what ranges, and how far results move with them.

The same for `brief.json` and `kosho simulate --json`: money in million USD a year, rates and wedges fractions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from kosho.arrays import Array
from kosho.codes import country_name, sector_name
from kosho.equilibrium import Quota, TariffQuota
from kosho.impact.applicable import concerning
from kosho.impact.product_nests import niche, niches
from kosho.impact.ranges import Range
from kosho.language import _
from kosho.provenance import Frozen, Status
from kosho.scenario.interval import Interval, Number
from kosho.scenario.sensitivity import (
    CentralOutcome,
    FigureEnds,
    figure_ends,
    markets,
    measure_of,
    ranged_shares,
    solved_corners,
)

if TYPE_CHECKING:
    from kosho.case import Law
    from kosho.equilibrium import Constraint, Settled
    from kosho.impact.effects import Effects

__all__ = [
    "Commitment",
    "CommitmentEnds",
    "CommittedFlow",
    "CountryEnds",
    "FlowEnds",
    "Parameter",
    "ResultEnds",
    "SalesChange",
    "ScenarioCommitments",
    "SubsidyCost",
    "TradeDiversion",
    "commitments_of",
    "parameters",
]

Moved = Sequence[tuple[str, Mapping[str, Array] | str]]

DIVERTED = 7
"""Sellers listed for each importer and sector, those whose sales change most."""
NOTHING_MUSD = 0.5
"""A smaller change of sales is not listed."""


class CommittedFlow(Frozen):
    """An import that a bound counts."""

    importer: str
    exporter: str
    sector: str
    part: str | None
    """Product group or small product; None is the whole sector."""
    goods: str
    """The same in words."""


class SalesChange(Frozen):
    """By how much an exporter's sales of a sector to an importer change; its own producers are one."""

    exporter: str
    change_musd: Number
    ends: Interval | None = None
    """Over the ranges of the scenario's measures."""
    bound: bool
    """Whether a bound that binds counts some of them."""


class TradeDiversion(Frozen):
    """What all bounds of a scenario together change in an importer's purchases of a sector."""

    importer: str
    sector: str
    goods: str
    """The sector in words."""
    measures: tuple[str, ...]
    """Whose bounds bind there. What each does by itself cannot be told apart."""
    sales: tuple[SalesChange, ...]
    """Those that change most, against the same scenario without any bound."""
    why: str | None = None
    """Why the importer's own producers sell more although it is made to import."""


class SubsidyCost(Frozen):
    """What a subsidy to buyers costs the treasury of the importer a year."""

    measure: str
    title: str
    payer: str
    cost_musd: Number
    ends: Interval | None = None
    """Over the ranges of the scenario's measures."""


class CommitmentEnds(Frozen):
    """What became of a bound over the ranges of the scenario's measures."""

    required: Interval
    reached: Interval
    wedge: Interval | None
    """None for a ban."""
    rent_musd: Interval
    fiscal_cost_musd: Interval


class Commitment(Frozen):
    """A quota, ban or purchase, and what it takes to meet it."""

    name: str
    """Of the constraint; a measure with an amount for each flow has several."""
    measure: str
    title: str
    kind: str
    """`purchase`, `quota`, `ban`, `advisory` or `tariff_quota`."""
    flows: tuple[CommittedFlow, ...]
    basis: str
    """`level`, `increment` or `share` of the base: how the amount is said."""
    measured: str
    """`quantity` (at prices of the base year, or counted) or `value`."""
    unit: str
    """Of `base`, `free`, `required`, `reached`."""
    deflator: str = "world"
    """Of a value: a country, by whose prices of final demand it is deflated, or `world`, the numeraire."""
    base: Number
    free: Number
    """After everything else in the scenario, without any bound."""
    required: Number
    reached: Number
    binds: bool
    wedge: Number | None
    """Of the price with duties: what scarcity adds (quota), or the part a subsidy must pay (purchase); None for
    a ban."""
    prohibitive: bool
    """A ban: nothing may come, whatever it is worth."""
    rent_musd: Number
    rent_holder: str | None
    """A country, `importer` or `exporter`; None where there are no rents."""
    fiscal_cost_musd: Number
    """Paid by the importer's treasury."""
    ends: CommitmentEnds | None = None
    sources: tuple[str, ...] = ()
    status: Status
    note: str | None = None


class Parameter(Frozen):
    """A figure that a measure rests on, in its range."""

    measure: str
    what: str
    low: Number
    value: Number | None
    """None where only a bound is known."""
    high: Number
    unit: str
    bound_only: bool
    """An upper bound on an effect: its ends are given, no middle is claimed."""
    moves_results: bool
    """Whether the ends of results hold it."""
    sources: tuple[str, ...] = ()
    assumed: bool = False
    note: str | None = None


class CountryEnds(Frozen):
    """An economy at both ends."""

    welfare: Interval
    ev_musd: Interval


class FlowEnds(Frozen):
    """A named flow at both ends."""

    new_musd: Interval
    new_units: Interval | None = None


class ResultEnds(Frozen):
    """Results over the ranges of the parameters of measures; everything else stays as it is."""

    countries: dict[str, CountryEnds]
    flows: tuple[FlowEnds, ...]
    out_of_reach: dict[str, str]
    """Measures of which an end has no equilibrium and is left out, with what the solver says."""
    by_measure: dict[str, dict[str, Interval]]
    """What one measure's ranges alone do to each party's equivalent variation, million USD; `shares` are the
    shares of value that duties are taken on."""


class ScenarioCommitments(Frozen):
    """A scenario's bounds, ranges and what is left out."""

    scenario: str
    titles: dict[str, str]
    """Of the measures named."""
    bounds: tuple[Commitment, ...]
    diverted: tuple[TradeDiversion, ...] = ()
    """By importer and sector in which a bound binds."""
    subsidies: tuple[SubsidyCost, ...] = ()
    ranges: tuple[Parameter, ...]
    left_out: dict[str, str]
    """Measures of the scenario, or aimed at a party, that have no or not all effect here, with the reason."""
    of_scenario: tuple[str, ...] = ()
    """Of these, what the scenario itself changes in the law."""
    ends: ResultEnds | None
    """None where no measure has a range."""


def commitments_of(
    scenario: str,
    asked: tuple[Law, Effects, Sequence[str]],
    middle: CentralOutcome,
    moved: Moved,
) -> ScenarioCommitments:
    """What a scenario bounds and over what ranges.

    Args:
        scenario: Its id.
        asked: Its law, its effects in the middle of all ranges, and the parties of the case.
        middle: The equilibrium in the middle.
        moved: `kosho.scenario.sensitivity.at` of every corner, with what it is a corner of.
    """
    law, found, parties = asked
    ends = figure_ends(middle.figures, solved_corners(moved)) if moved else None
    ranges = tuple(parameters(law, found))
    left_out = found.idle | concerning(law.register, found.left_out, parties)
    named = dict.fromkeys(
        [*(measure_of(one) for one in found.constraints), *middle.subsidies, *(one.measure for one in ranges)]
    )
    return ScenarioCommitments(
        scenario=scenario,
        titles={name: law.register.measure(name).title for name in [*named, *left_out]},
        bounds=tuple(_bound(law, one, k, ends) for k, one in enumerate(middle.settled)),
        diverted=tuple(_diverted(middle, ends)),
        subsidies=tuple(_paid(law, middle, ends)),
        ranges=ranges,
        left_out=left_out,
        of_scenario=tuple(name for name in left_out if name in found.idle or name in law.register.assumed),
        ends=None if ends is None else _ends(middle, ends, moved, parties),
    )


def _bound(law: Law, one: Settled, position: int, ends: FigureEnds | None) -> Commitment:
    constraint = one.constraint
    measure = law.register.measure(measure_of(constraint))
    prohibitive = not np.isfinite(one.wedge)
    earns = isinstance(constraint, Quota | TariffQuota) and not prohibitive
    return Commitment(
        name=constraint.name,
        measure=measure.id,
        title=measure.title,
        kind=measure.kind,
        flows=tuple(
            CommittedFlow(
                importer=at.importer,
                exporter=at.exporter,
                sector=at.sector,
                part=at.part or None,
                goods=_goods(law, at.sector, at.part),
            )
            for at in constraint.flows
        ),
        basis=constraint.basis,
        measured=constraint.measured,
        unit=constraint.unit or "million USD",
        deflator=constraint.deflator,
        base=one.base,
        free=one.free,
        required=one.required,
        reached=one.reached,
        binds=one.binds,
        wedge=None if prohibitive else one.wedge,
        prohibitive=prohibitive,
        rent_musd=one.rent,
        rent_holder=constraint.holder if earns and isinstance(constraint, Quota | TariffQuota) else None,
        fiscal_cost_musd=one.fiscal_cost,
        ends=None
        if ends is None
        else CommitmentEnds(
            required=_interval(ends, "required", position),
            reached=_interval(ends, "reached", position),
            wedge=None if prohibitive else _interval(ends, "wedge", position),
            rent_musd=_interval(ends, "rent", position),
            fiscal_cost_musd=_interval(ends, "cost", position),
        ),
        sources=measure.source,
        status=measure.status,
        note=measure.note,
    )


def _goods(law: Law, sector: str, part: str) -> str:
    """What a bound counts, in words."""
    groups = law.register.products.groups
    if part in groups:
        return groups[part].title
    return niche(part).name if part in niches() else sector_name(sector)


def _diverted(middle: CentralOutcome, ends: FigureEnds | None) -> Iterator[TradeDiversion]:
    """By market, the largest changes; markets in which nothing binds have none."""
    codes, changes = middle.countries, middle.figures["sales"]
    for position, (importer, sector) in enumerate(markets(middle.settled)):
        binding = [one.constraint for one in middle.settled if one.binds and (importer, sector) in one.sales]
        if not binding:
            continue
        counted = {
            flow.exporter
            for one in binding
            for flow in one.flows
            if (flow.importer, flow.sector) == (importer, sector)
        }
        order = np.argsort(-np.abs(changes[position]), kind="stable")[:DIVERTED].tolist()
        yield TradeDiversion(
            importer=importer,
            sector=sector,
            goods=sector_name(sector),
            measures=tuple(dict.fromkeys(measure_of(one) for one in binding)),
            sales=tuple(
                SalesChange(
                    exporter=codes[i],
                    change_musd=float(changes[position, i]),
                    ends=None if ends is None else _interval(ends, "sales", (position, i)),
                    bound=codes[i] in counted,
                )
                for i in order
                if abs(changes[position, i]) >= NOTHING_MUSD
            ),
            why=_why(binding, importer) if changes[position, codes.index(importer)] > 0 else None,
        )


def _why(binding: Sequence[Constraint], importer: str) -> str | None:
    """Why home sales rise where a purchase is subsidised; None where that is no surprise."""
    hard = [
        niche(part).name
        for part in dict.fromkeys(flow.part for one in binding for flow in one.flows if one.sign < 0)
        if part in niches() and niche(part).between.value < 0
    ]
    if not hard:
        return None
    goods, buyer = _(" and ").join(hard), country_name(importer)
    return _(
        "{goods} cannot well be replaced by the rest of the sector, on which {buyer} spends a fixed "
        "share: what users save on what is subsidised goes to the rest",
        goods=goods,
        buyer=buyer,
    )


def _paid(law: Law, middle: CentralOutcome, ends: FigureEnds | None) -> Iterator[SubsidyCost]:
    for position, name in enumerate(middle.subsidies):
        measure = law.register.measure(name)
        yield SubsidyCost(
            measure=name,
            title=measure.title,
            payer=measure.imposer,
            cost_musd=float(middle.figures["paid"][position]),
            ends=None if ends is None else _interval(ends, "paid", position),
        )


def _interval(ends: FigureEnds, name: str, at: int | tuple[int, ...]) -> Interval:
    return Interval(low=float(ends.low[name][at]), high=float(ends.high[name][at]))


def _ends(middle: CentralOutcome, ends: FigureEnds, moved: Moved, parties: Sequence[str]) -> ResultEnds:
    countries, reached = middle.countries, solved_corners(moved)
    each: dict[str, dict[str, Interval]] = {}
    for name in dict.fromkeys(name for name, _other in reached):
        alone = figure_ends(middle.figures, [one for one in reached if one[0] == name])
        each[name] = {party: _interval(alone, "worth", countries.index(party)) for party in parties}
    return ResultEnds(
        countries={
            code: CountryEnds(welfare=_interval(ends, "welfare", n), ev_musd=_interval(ends, "worth", n))
            for n, code in enumerate(countries)
        },
        flows=tuple(
            FlowEnds(
                new_musd=_interval(ends, "value", k),
                new_units=None if np.isnan(units) else _interval(ends, "units", k),
            )
            for k, units in enumerate(middle.figures["units"].tolist())
        ),
        out_of_reach={of: why for of, why in moved if isinstance(why, str)},
        by_measure=each,
    )


def parameters(law: Law, found: Effects) -> Iterator[Parameter]:
    """Every figure that a measure besides its rate rests on, and the ranges of what duties are taken on."""
    declared = {one.id for one in law.in_force() if one.kind in ("investment", "transfer")}
    for one in found.ranges:
        yield _parameter(one.measure, one.what, one.range, moves=one.measure not in declared)
    nests = {one.product for one in found.nests}
    seen: set[str] = set()
    for constraint in found.constraints:
        for name in dict.fromkeys(flow.part for flow in constraint.flows if flow.part in nests):
            if name not in seen:
                yield from _of_product(measure_of(constraint), name, constraint.flows[0].importer)
            seen.add(name)
    for measure in ranged_shares(law):
        if measure.value_share is not None:
            what = _("share of the value the duty is taken on")
            yield _parameter(measure.id, what, Range.of(measure.value_share), moves=True)


def _of_product(measure: str, name: str, importer: str) -> Iterable[Parameter]:
    of = niche(name)
    goods = of.name
    yield _parameter(
        measure, _("{goods}: trade elasticity between origins", goods=goods), Range.of(of.theta), moves=True
    )
    what = _("{goods}: elasticity of substitution with the rest of the sector, less one", goods=goods)
    yield _parameter(measure, what, Range.of(of.between), moves=True)
    buyer = country_name(importer)
    for exporter, cited in of.trade.items():
        if (cited.low, cited.high) != (None, None):
            seller = country_name(exporter)
            what = _(
                "{goods}: what {buyer} buys from {seller} in the base", goods=goods, buyer=buyer, seller=seller
            )
            if cited.unit == "share":
                what = _(
                    "{goods}: share in what {buyer} buys of the sector from {seller}",
                    goods=goods,
                    buyer=buyer,
                    seller=seller,
                )
            yield _parameter(measure, what, Range.of(cited), moves=False)


def _parameter(measure: str, what: str, found: Range, *, moves: bool) -> Parameter:
    return Parameter(
        measure=measure,
        what=what,
        low=found.low,
        value=found.value,
        high=found.high,
        unit=found.unit,
        bound_only=found.value is None,
        moves_results=moves and (found.value is None or found.low < found.high),
        sources=found.sources,
        assumed=found.assumed,
        note=found.note,
    )
