"""Quantities that specific duties are levied on, and money per quantity."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from kosho.display import Shown
from kosho.errors import InputError, Problem
from kosho.language import _

__all__ = ["UnitValue", "canonical_unit", "conversion", "measured"]

_UNITS: dict[str, tuple[str, Decimal]] = {
    # unit: (what it measures, how many of the base of that)
    "g": ("mass", Decimal("0.001")),
    "kg": ("mass", Decimal(1)),
    "t": ("mass", Decimal(1000)),
    "ml": ("volume", Decimal("0.001")),
    "liter": ("volume", Decimal(1)),
    "hl": ("volume", Decimal(100)),
    "kl": ("volume", Decimal(1000)),
    "m3": ("volume", Decimal(1000)),
    "bbl": ("volume", Decimal("158.987294928")),
    "No.": ("number", Decimal(1)),
    "doz": ("number", Decimal(12)),
    "gross": ("number", Decimal(144)),
    "thousand": ("number", Decimal(1000)),
    "pr": ("pairs", Decimal(1)),
    "doz pr": ("pairs", Decimal(12)),
    "cm2": ("area", Decimal("0.0001")),
    "m2": ("area", Decimal(1)),
    "m": ("length", Decimal(1)),
}
_ALIASES = {
    "kgs": "kg", "kilogram": "kg", "kilograms": "kg", "gram": "g", "grams": "g",
    "ton": "t", "tons": "t", "tonne": "t", "mt": "t",
    "l": "liter", "litre": "liter", "liters": "liter", "litres": "liter", "barrel": "bbl", "cbm": "m3",
    "no": "No.", "each": "No.", "piece": "No.", "pieces": "No.", "pcs": "No.", "article": "No.", "head": "No.",
    "unit": "No.", "units": "No.",
    "dozen": "doz", "dz": "doz", "prs": "pr", "pair": "pr", "pairs": "pr", "doz prs": "doz pr",
    "pf liter": "pf.liter", "pfliter": "pf.liter", "sqm": "m2", "line/gross": "line/gross", "lin m": "m",
    # codes of UN/CEFACT, as TARIC prints them
    "kgm": "kg", "grm": "g", "tne": "t", "ltr": "liter", "hlt": "hl", "klt": "kl", "mtq": "m3", "mtk": "m2",
    "mtr": "m", "nar": "No.", "npr": "pr", "mil": "thousand", "1000 p/st": "thousand", "p/st": "No.",
    "kg/net": "kg", "kg net": "kg", "pa": "pr",
}  # fmt: skip

_HUNDREDS = {"dtn": "kg", "quintal": "kg", "cen": "No.", "100 p/st": "No."}
"""Units that are a hundred of another."""


def measured(text: str) -> tuple[str, int]:
    """The one spelling of a unit and how many of it the text stands for: `DTN` is 100 kg.

    >>> from kosho.law.schedules.units import measured
    >>> measured("DTN"), measured("kilograms")
    (('kg', 100), ('kg', 1))
    """
    hundred = _HUNDREDS.get(re.sub(r"\s+", " ", text.strip()).lower())
    return (hundred, 100) if hundred else (canonical_unit(text), 1)


def canonical_unit(text: str) -> str:
    """The one spelling of a unit (`kg`, `liter`, `No.`, `doz`, `pr`, `m2`); an unknown one stays as it is.

    >>> from kosho.law.schedules.units import canonical_unit
    >>> canonical_unit("kilograms"), canonical_unit("dozen"), canonical_unit("m²")
    ('kg', 'doz', 'm2')
    """
    spaced = re.sub(r"\s+", " ", text.strip().replace("²", "2").replace("³", "3"))
    spaced = re.sub(r"\s*/\s*", "/", spaced)
    if spaced in _UNITS:
        return spaced
    plain = re.sub(r"\s+", " ", spaced.replace(".", " ")).strip().lower()
    if plain in _UNITS:
        return plain
    return _ALIASES.get(plain, spaced)


def conversion(unit: str, into: str) -> Decimal:
    """How many `into` one `unit` is.

    Raises:
        InputError: they measure different things, or one is not known.

    >>> from kosho.law.schedules.units import conversion
    >>> conversion("t", "kg"), conversion("doz", "No.")
    (Decimal('1000'), Decimal('12'))
    """
    if unit == into:
        return Decimal(1)
    measure, size = _UNITS.get(unit, ("", Decimal(1)))
    other, base = _UNITS.get(into, ("", Decimal(1)))
    if not measure or measure != other:
        raise InputError(
            Problem(_("a duty per {into} cannot be set against a value per {unit}", into=into, unit=unit))
        )
    return size / base


@dataclass(frozen=True, slots=True)
class UnitValue(Shown):
    """What a quantity of the goods is worth at the border: customs value per unit.

    >>> from decimal import Decimal
    >>> from kosho.law.schedules import UnitValue
    >>> UnitValue(Decimal(10), "USD", "kg")
    UnitValue('10 USD/kg')
    """

    amount: Decimal
    currency: str
    """ISO 4217."""
    unit: str

    def __post_init__(self) -> None:
        if not self.amount > 0:
            raise InputError(Problem(_("a unit value is above zero, not {amount}", amount=self.amount)))

    def __repr__(self) -> str:
        return f"UnitValue({str(self)!r})"

    def __str__(self) -> str:
        return f"{self.amount.normalize():f} {self.currency}/{self.unit}"
