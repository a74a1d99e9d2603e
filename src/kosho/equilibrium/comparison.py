"""Results of two outcomes on one table side by side; changes against another state than the base."""

from __future__ import annotations

from typing import TypeVar

import xarray as xr

from kosho.arrays import Array

__all__ = ["over", "side_by_side"]

ALWAYS = ("equivalent_variation", "welfare")
OF_ONE_KIND = (
    "real_income",
    "real_gdp",
    "consumer_prices",
    "labour_income",
    "real_wage",
    "tariff_revenue",
    "profits",
    "capital",
)


Numbers = TypeVar("Numbers", float, Array, xr.DataArray)


def over(one: Numbers, other: Numbers) -> Numbers:
    """A change against the base as a change against another state: ratio of levels, less one.

    Both are fractions of one base. Percent of a state other than the base are of that state's level, everywhere
    in Kosho; money is subtracted.

    >>> from kosho.equilibrium.comparison import over
    >>> round(over(-0.10, -0.25), 3)
    0.2
    """
    return (1.0 + one) / (1.0 + other) - 1.0


def side_by_side(this: xr.Dataset, other: xr.Dataset, *, alike: bool) -> xr.Dataset:
    """Arrays by country that may be compared, with dim `outcome`: `this`, `other`, `difference`.

    The difference of fractions is `over`: what this is against the other state.

    Args:
        this: Of one outcome, by name.
        other: Of another.
        alike: Whether labour is given in both; where it moves, only equivalent variation is of one kind.
    """
    columns: dict[str, xr.DataArray] = {}
    for name in (*ALWAYS, *OF_ONE_KIND) if alike else ALWAYS:
        one, two, units = this[name], other[name], this[name].attrs["units"]
        between = over(one, two) if units == "fraction" else one - two
        columns[name] = xr.concat([one, two, between], "outcome").assign_attrs(units=units)
    return xr.Dataset(columns, {"outcome": ["this", "other", "difference"]})
