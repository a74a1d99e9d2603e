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

import numpy as np

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
from kosho.language import _
from kosho.law.overlap import impossible
from kosho.law.overlay import Overlay
from kosho.law.register import Register
from kosho.world import World

__all__ = ["Effects", "LawEffects", "acting", "effects", "law_effects"]


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


def _recosted(shock: Shock, world: World, one: MeasureEffect, end: End) -> Shock:
    """A shock with the trade costs of a measure."""
    if not one.cells:
        return shock
    shock, (here, _other) = with_cells(shock, world, [one.cells])
    theta = world.arrays.theta
    level = {j: one.cost(float(theta[j])).levels.get(end, 1.0) for j in {cell[2] for cell in one.cells}}
    factor = [level[j] if mine else 1.0 for mine, j in zip(here.tolist(), shock.sector.tolist(), strict=True)]
    return changed(shock, cost=shock.cost * np.array(factor))
