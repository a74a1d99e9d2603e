"""Results of two outcomes on one table side by side."""

from __future__ import annotations

import xarray as xr

__all__ = ["side_by_side"]

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


def side_by_side(this: xr.Dataset, other: xr.Dataset, *, alike: bool) -> xr.Dataset:
    """Arrays by country that may be compared, with dim `outcome`: `this`, `other`, `difference`.

    Args:
        this: Of one outcome, by name.
        other: Of another.
        alike: Whether labour is given in both; where it moves, only equivalent variation is of one kind.
    """
    columns: dict[str, xr.DataArray] = {}
    for name in (*ALWAYS, *OF_ONE_KIND) if alike else ALWAYS:
        both = xr.concat([this[name], other[name], this[name] - other[name]], "outcome")
        columns[name] = both.assign_attrs(units=this[name].attrs["units"])
    return xr.Dataset(columns, {"outcome": ["this", "other", "difference"]})
