"""Which measures of a dated state act in an economy besides its duties, and why others do not."""

from __future__ import annotations

from datetime import date

from kosho.errors import InputError
from kosho.policy.overlap import double_prices, touch
from kosho.policy.register import Register
from kosho.policy.schema import Measure
from kosho.world import World

__all__ = ["besides", "in_base"]

LOPSIDED = "the register does not hold what others subsidise; a scenario that has it prices it"
BOUNDS = ("quota", "purchase", "tariff_quota")
"""Kinds that bind again when the economy moves, although the base year had them."""
ALIKE = ((*BOUNDS, "advisory"), ("standard", "customs", "digital"), ("subsidy",))
"""Kinds that do the same: bound quantities, change trade cost, pay buyers."""


def besides(
    world: World, register: Register, on: date, known: date | None = None
) -> tuple[list[Measure], dict[str, str]]:
    """Measures in force that do something no duty says, and those left out, with the reason.

    Left out is what the base year had, and what a measure of the same authority that a scenario adds takes the
    place of, on the same goods of the same partners.

    Raises:
        InputError: two standards price one barrier.
    """
    before = in_base(register, world)
    measures: list[Measure] = []
    left_out: dict[str, str] = {}
    law = [m for m in register.in_force(on, known) if m.kind == "ban" or m.terms or m.quota]
    assumed = [m for m in law if m.id in register.assumed]
    for measure in law:
        if measure.id in before and measure.kind not in BOUNDS:
            left_out[measure.id] = "it was in force in the base year: the table holds its effect"
        elif measure.kind == "subsidy" and not (
            measure.id in register.assumed or register.complete(measure, on)
        ):
            left_out[measure.id] = LOPSIDED
        elif measure.id not in register.assumed and any(_in_place(register, measure, m) for m in assumed):
            left_out[measure.id] = f"the scenario has another measure of {measure.authority}"
        else:
            measures.append(measure)
    twice = list(double_prices(register, measures))
    if twice:
        raise InputError(twice)
    return measures, left_out


def _in_place(register: Register, measure: Measure, other: Measure) -> bool:
    """Whether a measure that a scenario adds takes the place of one that is law."""
    alike = any(measure.kind in kinds and other.kind in kinds for kinds in ALIKE)
    return alike and measure.authority == other.authority and touch(register, measure, other)


def in_base(register: Register, world: World) -> set[str]:
    """Measures in force at the end of the base year, whose effect the table holds."""
    year = world.meta.year
    return set() if year is None else {m.id for m in register.in_force(date(year, 12, 31))}
