"""Values of packages between the rates that a table is laid at, by splines along each range."""

from __future__ import annotations

import numpy as np
from scipy.interpolate import CubicSpline

from kosho.arrays import Array
from kosho.bargain.rate_options import Spread
from kosho.bargain.table import Table

__all__ = ["along_ranges", "between_rates"]


def between_rates(spread: Spread, rates: Array) -> Array:
    """`[new rate, rate of the spread]`: weights of the values at rates of a range for those at new ones.

    A cubic spline, which through three rates is a parabola.

    >>> import numpy as np
    >>> from kosho.bargain.range_values import between_rates
    >>> from kosho.bargain.rate_options import Spread
    >>> from kosho.bargain.schema import RateRange
    >>> cars = Spread(0, "in-all", RateRange(low=0, high=20), "In all", (0, 1, 2), (0.0, 10.0, 20.0))
    >>> (between_rates(cars, np.array([5.0])) @ np.array([0.0, 100.0, 400.0])).round(6).tolist()
    [25.0]
    """
    return np.asarray(CubicSpline(spread.rates, np.eye(len(spread.rates)))(rates), float)


def along_ranges(old: Table, new: Table, values: Array) -> Array:
    """Values `[package, column]` of a table for the same table laid at other rates."""
    tensor = values.reshape(*old.grid.shape, values.shape[1])
    before = {(one.issue, one.of): one for one in old.spreads}
    for k, issue in enumerate(new.file.issues):
        if issue is old.file.issues[k]:
            continue
        weights = np.zeros((len(issue.options), old.grid.shape[k]))
        mine = [one for one in new.spreads if one.issue == k]
        for one in mine:
            other = before[k, one.of]
            weights[np.ix_(one.choices, other.choices)] = between_rates(other, np.array(one.rates))
        ranged = {choice for one in mine for choice in one.choices}
        for choice, option in enumerate(issue.options):
            if choice not in ranged:
                weights[choice, old.grid.options[k].index(option.id)] = 1.0
        tensor = np.moveaxis(np.tensordot(weights, tensor, axes=(1, k)), 0, k)
    return np.ascontiguousarray(tensor.reshape(len(new.grid), values.shape[1]))
