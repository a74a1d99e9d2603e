"""Measures without a rate into the economy: bounds on quantities, changes of trade cost, with their ranges.

`kosho.impact.shock` translates duties. Here its shock is completed by what else is in force: bans,
advisories, quotas, purchases and tariff quotas that the world counts become constraints; standards, customs
time and digital rules change trade costs; subsidies are paid to buyers. What cannot be told apart in the world
at hand is left out and listed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from dataclasses import replace as changed
from datetime import date
from functools import cached_property, lru_cache

import numpy as np

from kosho.arrays import Array, Mask
from kosho.declared import as_declared
from kosho.display import Card, Shown, listing, thing
from kosho.equilibrium import Constraint, Counterfactual, Nest, Shock
from kosho.errors import InputError
from kosho.impact.applicable import besides, in_base, unseen
from kosho.impact.base_law import assumptions
from kosho.impact.cells import with_cells
from kosho.impact.measure_effects import EffectRange, MeasureEffect, effect
from kosho.impact.product_nests import End
from kosho.impact.subsidies import subsidised
from kosho.impact.tariff_shock import shock as duties
from kosho.language import _, current
from kosho.law.measure import Measure
from kosho.law.overlap import impossible
from kosho.law.overlay import Overlay
from kosho.law.register import Register
from kosho.world import World

__all__ = ["Effects", "LaidLaw", "LawEffects", "acting", "effects", "laid", "law_effects"]


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


@as_declared
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
    if replace is not None:
        register = register.with_overlay(replace)
    return laid(world, register, on, known).effects(end)


def laid(world: World, register: Register, on: date, known: date | None) -> LaidLaw:
    """The law of a day as a world has it, of which the effects at many ends can be asked. See `effects`."""
    return _laid(current(), world, register, on, known)


@lru_cache(maxsize=64)
def _laid(_language: str, world: World, register: Register, on: date, known: date | None) -> LaidLaw:
    return LaidLaw(world, register, on, known)


@dataclass(frozen=True, eq=False)
class LaidLaw:
    """The law of a day as a world has it: what is the same at every end of a range is worked out once."""

    world: World
    register: Register
    on: date
    known: date | None
    _duties_known: Shock | None = None
    _found: dict[tuple[str, End], MeasureEffect] = field(default_factory=dict)
    _questions: dict[End, Effects] = field(default_factory=dict)
    _levels: dict[tuple[str, End], Array] = field(default_factory=dict)

    def effects(self, end: End | Mapping[str, End] = "value") -> Effects:
        """See `effects`."""
        posed = self.question(end)
        without = self._unseen | self._besides[1] | posed.left_out
        return changed(posed, left_out=without, assumptions=self._assumptions)

    @property
    def beside(self) -> set[str]:
        """Ids of the measures that act besides duties."""
        return {one.id for one in self._besides[0]}

    def with_duties_of(self, other: LaidLaw) -> LaidLaw:
        """This law if its duties are those of another in the same world: measures of both do in it what they do
        there.
        """
        mine = {one.id: one for one in self._besides[0]}
        found = {key: one for key, one in other._found.items() if mine.get(key[0]) is one.measure}
        return LaidLaw(self.world, self.register, self.on, self.known, other._duties, found)

    def question(self, end: End | Mapping[str, End] = "value") -> Effects:
        """The same without what the law of the day leaves out whatever the end."""
        if not isinstance(end, str):
            return self._question(end)
        if end not in self._questions:
            self._questions[end] = self._question(end)
        return self._questions[end]

    def _question(self, end: End | Mapping[str, End]) -> Effects:
        ends: dict[str, End] = {
            one.id: end if isinstance(end, str) else end.get(one.id, "value") for one in self._besides[0]
        }
        every = [self._of_measure(measure, ends[measure.id]) for measure in self._besides[0]]
        shock = self._recosted(ends)
        for one in every:
            if one.subsidy is not None:
                shock = subsidised(shock, self.world, one.subsidy, ends[one.measure.id])
        found, idle = acting(every, self.register, self.world)
        nests = {name: nest for one in found for name, nest in one.nests.items()}
        return Effects(
            shock,
            tuple(constraint for one in found for constraint in one.constraints),
            tuple(nests.values()),
            tuple(one_range for one in found for one_range in one.ranges),
            idle | {one.measure.id: one.left_out for one in found if one.left_out is not None},
        )

    def _of_measure(self, measure: Measure, end: End) -> MeasureEffect:
        key = measure.id, end
        if key not in self._found:
            self._found[key] = effect(self.world, self.register, self._duties, measure, end)
        return self._found[key]

    def _recosted(self, ends: Mapping[str, End]) -> Shock:
        """The duties with the trade costs of all measures, each at its end."""
        shock, rows = self._told_apart
        if not rows:
            return shock
        cost = shock.cost
        for name, here in rows.items():
            cost = cost * np.where(here, self._level(name, ends[name])[shock.sector], 1.0)
        return changed(shock, cost=cost)

    def _level(self, name: str, end: End) -> Array:
        """New over old trade cost `[sector]` where a measure moves it."""
        key = name, end
        if key not in self._levels:
            one, theta = self._found[name, "value"], self.world.arrays.theta
            self._levels[key] = level = np.ones(len(theta))
            for j in {cell[2] for cell in one.cells}:
                level[j] = one.cost(float(theta[j])).levels.get(end, 1.0)
        return self._levels[key]

    @cached_property
    def _told_apart(self) -> tuple[Shock, dict[str, Mask]]:
        """The duties with rows of their own where measures move trade costs, whatever the end; and which rows
        each of these measures moves `[row]`.
        """
        moving = [one for measure in self._besides[0] if (one := self._of_measure(measure, "value")).cells]
        shock, rows = with_cells(self._duties, self.world, [one.cells for one in moving])
        return shock, {one.measure.id: here for one, here in zip(moving, rows[:-1], strict=True)}

    @cached_property
    def _duties(self) -> Shock:
        return self._duties_known or duties(self.world, self.register, self.on, self.known)

    @cached_property
    def _besides(self) -> tuple[list[Measure], dict[str, str]]:
        """Measures that act besides duties, and those left out, with the reason."""
        measures, left_out = besides(self.world, self.register, self.on, self.known)
        beyond = list(impossible(self.register, measures))
        if beyond:
            raise InputError(beyond)
        return measures, left_out

    @cached_property
    def _unseen(self) -> dict[str, str]:
        return unseen(self.world, self.register, self.on, self.known)

    @cached_property
    def _assumptions(self) -> tuple[str, ...]:
        return assumptions(self.register, self.world)


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
    measures, _other = besides(world, register, on, known)
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
    why = _("it bound in the base year and nothing else in force bounds its goods: the table holds its effect")
    return [one for one in found if one.measure.id not in idle], dict.fromkeys(idle, why)
