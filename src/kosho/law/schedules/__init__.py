"""Whole tariff schedules: any line's ordinary and preferential duty, without arrays."""

from kosho.law.schedules.duty import FREE, AdValorem, Bounds, Component, ConditionalDuty, Duty, Specific
from kosho.law.schedules.notation import parse_duty, parse_unit_value
from kosho.law.schedules.units import UnitValue

__all__ = [
    "FREE",
    "AdValorem",
    "Bounds",
    "Component",
    "ConditionalDuty",
    "Duty",
    "Specific",
    "UnitValue",
    "parse_duty",
    "parse_unit_value",
]
