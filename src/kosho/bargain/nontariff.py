"""Non-tariff effects of packages and laws: trade costs, quantity limits, product nests.

Everything that is compared (packages, no deal, today) has the same product nests, so that nothing but what the
sides agree on differs; and one draw of a parameter holds for all of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain

import numpy as np

from kosho.arrays import Array, Index, Mask
from kosho.bargain.collapse_rows import MarkedShock
from kosho.bargain.schema import CostChange
from kosho.bargain.table import LawState, Table
from kosho.equilibrium import Constraint, Counterfactual, Nest, Purchase, Shock
from kosho.errors import InputError, Problem
from kosho.impact.cells import Cell, with_cells
from kosho.impact.effects import LawEffects, acting, law_effects
from kosho.impact.measure_effects import MeasureEffect, additionality
from kosho.impact.product_nests import niche
from kosho.impact.ranges import Range
from kosho.impact.reach import IdleError, same_duties
from kosho.impact.subsidies import Subsidised, subsidised
from kosho.language import N_, _
from kosho.law.measure import Measure
from kosho.law.nontariff_terms import Amount
from kosho.law.register import Register
from kosho.provenance import Cited
from kosho.world import World

__all__ = [
    "IDLE_HINT",
    "Draw",
    "LawPosition",
    "Levels",
    "NontariffEffect",
    "NontariffEffects",
    "collect_nontariff",
]


IDLE_HINT = N_(
    "what no model prices belongs under unpriced; an option that is meant to change nothing says "
    "allow_idle: true beside its note, or the command --allow-idle"
)


@dataclass(frozen=True, eq=False)
class NontariffEffect:
    """What one measure does besides duties, or one change of trade cost that the register has no form for."""

    source: MeasureEffect | CostChange
    cells: tuple[Cell, ...]
    """Where it changes trade cost."""

    @property
    def key(self) -> Measure | CostChange:
        """Effects of equal keys are one."""
        return self.source if isinstance(self.source, CostChange) else self.source.measure

    def factor(self, theta: float, share: float) -> float:
        """New over old trade cost at a share of the way through its range, NaN for the middle."""
        one = Range.of(self.source.factor) if isinstance(self.source, CostChange) else self.source.cost(theta)
        return _within(one, share)

    def constraints_at(self, share: float = np.nan) -> tuple[Constraint, ...]:
        """Its constraints with the amount at a share of the way through its range, NaN for the middle."""
        if isinstance(self.source, CostChange):
            return ()
        measure = self.source.measure
        terms = measure.quota or measure.terms
        if np.isnan(share) or not isinstance(terms, Amount) or not terms.amount.value:  # a ban has no amount
            return self.source.constraints
        ratio = _within(Range.of(terms.amount), share) / terms.amount.value
        on_top = _within(additionality(terms), share)
        return tuple(
            replace(one, amount=ratio * one.amount, additional=on_top)
            if isinstance(one, Purchase)
            else replace(one, amount=ratio * one.amount)
            for one in self.source.constraints
        )

    def subsidy(self, share: float = np.nan) -> Subsidised | None:
        """What it pays to buyers at a share of the way through its ranges, NaN for the middle."""
        paid = None if isinstance(self.source, CostChange) else self.source.subsidy
        if paid is None or np.isnan(share):
            return paid
        return replace(
            paid, rate=_point(paid.rate, share), share={i: _point(one, share) for i, one in paid.share.items()}
        )


@dataclass(frozen=True, eq=False)
class Draw:
    """Where in their ranges parameters lie: shares of the way from low to high."""

    nontariff: Array
    """`[effect]`."""
    nests: Array
    """`[nest, 2]`, between origins (of the logarithm) and between products."""


@dataclass(frozen=True, eq=False)
class Levels:
    """Non-tariff effects at some parameters."""

    factors: Array
    """`[mark, sector]`, new over old trade cost."""
    constraints: tuple[tuple[Constraint, ...], ...]
    """Of each provision."""
    subsidies: tuple[Subsidised | None, ...]
    """Of each provision."""
    nests: tuple[Nest, ...]


@dataclass(frozen=True, eq=False)
class LawPosition:
    """The duties of a package, or of a state of the law, and which non-tariff effects it has."""

    duties: MarkedShock
    active: Mask
    """`[effect]`."""

    def alike(self, other: LawPosition) -> bool:
        """Whether the two are one question, wherever in their ranges parameters lie."""
        mine, theirs = self.duties.shock, other.duties.shock
        return bool((self.active == other.active).all()) and same_duties(mine, theirs)


@dataclass(frozen=True, eq=False)
class NontariffEffects:
    """All non-tariff effects of a table in a world, numbered. Make them with `collect_nontariff`."""

    world: World
    items: tuple[NontariffEffect, ...]
    nests: tuple[Nest, ...]
    """Of everything that is compared, whether it needs them or not."""

    @cached_property
    def cost_changing(self) -> Index:
        """Effects that change trade cost, in the order of marks."""
        return np.array([p for p, one in enumerate(self.items) if one.cells], np.intp)

    @cached_property
    def _markets(self) -> Mask:
        """`[importer, sector]`, where bounds or products told apart need rows as they are."""
        named = [(nest.importer, nest.sector) for nest in self.nests]
        named += [
            (flow.importer, flow.sector)
            for one in self.items
            for constraint in one.constraints_at()
            for flow in constraint.flows
        ]
        found = np.zeros((len(self.world.countries), len(self.world.sectors)), bool)
        for importer, sector in named:
            found[self.world.position(importer), self.world.sector_position(sector)] = True
        return found

    def marked(self, shock: Shock) -> MarkedShock:
        """A shock of duties with all rows that non-tariff effects can touch, whole cells if need be.

        Rows that are bounded, told apart or subsidised stay apart.
        """
        paid = {(*cell[:3], "") for one in self.items if (some := one.subsidy()) for cell in some.cells}
        cells = [self.items[p].cells for p in self.cost_changing]
        shock, (*marks, subsidised_rows) = with_cells(shock, self.world, cells, paid)
        return MarkedShock(
            shock,
            np.stack(marks, axis=1) if marks else np.zeros((len(shock), 0), bool),
            self._markets[shock.importer, shock.sector] | subsidised_rows,
        )

    def levels(self, theta: Array, draw: Draw | None = None, scale: float = 1.0) -> Levels:
        """Non-tariff effects at some parameters.

        Args:
            theta: Elasticities `[sector]`.
            draw: Where in their ranges the others lie; in the middle if not given.
            scale: Of the elasticities between origins of products told apart.
        """
        share = np.full(len(self.items), np.nan) if draw is None else draw.nontariff
        factors = np.ones((len(self.cost_changing), len(theta)))
        for row, p in enumerate(self.cost_changing):
            for j in {cell[2] for cell in self.items[p].cells}:
                factors[row, j] = self.items[p].factor(float(theta[j]), float(share[p]))
        constraints = tuple(one.constraints_at(float(share[p])) for p, one in enumerate(self.items))
        subsidies = tuple(one.subsidy(float(share[p])) for p, one in enumerate(self.items))
        return Levels(factors, constraints, subsidies, self._nests(draw, scale))

    def counterfactual(self, one: LawPosition, levels: Levels) -> Counterfactual:
        """The solver input of a position: duties, trade costs, quantity constraints and product nests."""
        return self.with_constraints(self.shock(one, levels), one.active, levels)

    def shock(self, one: LawPosition, levels: Levels) -> Shock:
        """Duties with the trade costs and subsidies of a position."""
        shock, marks = one.duties.shock, one.duties.marks
        on = np.flatnonzero(one.active[self.cost_changing])
        touched = on[marks[:, on].any(axis=0)]
        if len(touched):
            cost = shock.cost.copy()
            for mark in touched:
                here = marks[:, mark]
                cost[here] *= levels.factors[mark, shock.sector[here]]
            shock = shock.remade(cost=cost)
        for p in np.flatnonzero(one.active):
            if (subsidy := levels.subsidies[p]) is not None:
                shock = subsidised(shock, self.world, subsidy)
        return shock

    def with_constraints(self, shock: Shock, active: Mask, levels: Levels) -> Counterfactual:
        """A shock with the quantity constraints of its effects, and the product nests of all."""
        constraints_at = chain.from_iterable(levels.constraints[p] for p in np.flatnonzero(active))
        return Counterfactual(shock, tuple(constraints_at), levels.nests)

    @cached_property
    def changes_shock(self) -> Mask:
        """`[effect]`, whether it changes the shock."""
        return np.array([bool(one.cells) or one.subsidy() is not None for one in self.items], bool)

    def draw(self, generator: np.random.Generator) -> Draw:
        """Parameters drawn evenly from their ranges."""
        return Draw(generator.random(len(self.items)), generator.random((len(self.nests), 2)))

    def _nests(self, draw: Draw | None, scale: float) -> tuple[Nest, ...]:
        if draw is None:
            return tuple(replace(nest, theta=scale * nest.theta) for nest in self.nests)
        between: dict[tuple[str, str], float] = {}  # one for a market
        drawn: list[Nest] = []
        for nest, (origins, products) in zip(self.nests, draw.nests.tolist(), strict=True):
            given = niche(nest.product)
            market = nest.importer, nest.sector
            between.setdefault(market, _within(Range.of(given.between), products))
            theta = _ends(given.theta)
            log = (1.0 - origins) * np.log(theta[0]) + origins * np.log(theta[1])
            drawn.append(replace(nest, theta=scale * float(np.exp(log)), between=between[market]))
        return tuple(drawn)


def collect_nontariff(
    table: Table, world: World, states: Sequence[tuple[LawState, LawEffects]]
) -> tuple[NontariffEffects, list[Mask], Mask]:
    """All non-tariff effects of some states of the law and of the options of a table.

    Args:
        table: Options; they are laid on the first state.
        world: The economy.
        states: Laws, each with what it does.

    Returns:
        The effects; which each state has; which each package has `[package, effect]`.

    Raises:
        IdleError: something an option adds has no effect in this world; every such measure is named.
    """
    found = _Collected(world)
    held = [{found.place(one) for one in effects.measures} for _other, effects in states]
    state, duties = states[0][0], states[0][1].duties
    idle: dict[str, str] = {}
    has: dict[tuple[int, int], set[int]] = {}
    for k, issue in enumerate(table.file.issues):
        for c, option in enumerate(issue.options):
            register = state.register.with_overlay(table.overlay(k, c))
            effects = law_effects(world, register, state.on, state.known, duties).measures
            for one in effects:
                unheld = not _does(one) and found.place(one) not in held[0]
                if unheld and not table.may_be_idle(k, c):
                    idle[f"{issue.id}, {option.id}: {one.measure.id!r}"] = str(one.left_out)
            has[k, c] = {*map(found.place, effects), *map(found.change, option.costs)}
    if idle:
        raise IdleError("table", idle, _(IDLE_HINT))
    active = np.repeat(_mask(held[0], found)[None], len(table.grid), axis=0)
    for (k, c), places in has.items():
        rows = table.grid.choices[:, k] == c
        active[np.ix_(rows, sorted(places - held[0]))] = True
        active[np.ix_(rows, sorted(held[0] - places))] = False
    masks = [_mask(places, found) for places in held]
    return _acting(world, state.register, found, masks, active)


def _acting(
    world: World, register: Register, found: _Collected, masks: list[Mask], active: Mask
) -> tuple[NontariffEffects, list[Mask], Mask]:
    """Without what does nothing, and bounds of the base year on goods that nothing on the table bounds."""
    effects = [one.source for one in found.items if isinstance(one.source, MeasureEffect)]
    acts = [one for one in acting(effects, register, world)[0] if _does(one)]
    kept = [p for p, one in enumerate(found.items) if isinstance(one.source, CostChange) or one.source in acts]
    nests = {name: nest for one in acts for name, nest in one.nests.items()}
    nontariff = NontariffEffects(world, tuple(found.items[p] for p in kept), tuple(nests.values()))
    return nontariff, [mask[kept] for mask in masks], active[:, kept]


def _does(one: MeasureEffect) -> bool:
    return bool(one.cells or one.constraints or one.subsidy)


@dataclass
class _Collected:
    """Non-tariff effects while they are collected."""

    world: World

    def __post_init__(self) -> None:
        self.items: list[NontariffEffect] = []

    def place(self, one: MeasureEffect) -> int:
        """Number of what a measure does."""
        return self._place(NontariffEffect(one, one.cells))

    def change(self, change: CostChange) -> int:
        """Number of a change of trade cost."""
        where = self.world.law_cells
        lacking = [code for code in (change.importer, change.exporter) if code not in where.place]
        if lacking or not where.holding(change.sector):
            named = ", ".join([*lacking, *([] if where.holding(change.sector) else [change.sector])])
            raise InputError(
                Problem(_("a change of trade cost is in {named}, which this world has not", named=named))
            )
        n, i = where.place[change.importer], where.place[change.exporter]
        cells = tuple((n, i, j, "") for j in where.holding(change.sector))
        return self._place(NontariffEffect(change, cells))

    def _place(self, one: NontariffEffect) -> int:
        for place, other in enumerate(self.items):
            if other.key == one.key:
                return place
        self.items.append(one)
        return len(self.items) - 1


def _mask(places: Iterable[int], found: _Collected) -> Mask:
    mask = np.zeros(len(found.items), bool)
    mask[list(places)] = True
    return mask


def _ends(cited: Cited) -> tuple[float, float]:
    one = Range.of(cited)
    return one.low, one.high


def _within(one: Range, share: float) -> float:
    """A value of a range; where it has no middle, nothing is claimed there."""
    if np.isnan(share):
        return 1.0 if one.value is None else one.value
    return one.low + share * (one.high - one.low)


def _point(one: Range, share: float) -> Range:
    level = _within(one, share)
    return replace(one, low=level, high=level, value=level)
