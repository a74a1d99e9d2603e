"""What the rates of a deal are to make as large as can be: a solution concept as a function of gains."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from kosho.arrays import Array
from kosho.display import Shown

__all__ = ["Aim", "aims_of", "ideals", "opening"]


@dataclass(frozen=True, eq=False)
class Aim(Shown):
    """The largest sum, product or smallest of weighted gains.

    >>> import numpy as np
    >>> from kosho.bargain.rate_aims import Aim
    >>> Aim("product", np.ones(2)).values(np.array([[4.0, 9.0], [-1.0, 2.0]])).tolist()
    [6.0, -inf]
    """

    form: Literal["sum", "product", "smallest"]
    weights: Array
    """`[party]`."""
    rational: bool = True
    """Whether no party may be worse off than without a deal."""

    def values(self, gains: Array) -> Array:
        """Million USD a year for gains `[..., party]`; minus infinity where a party loses and may not.

        Of a product its n-th root, so that it is money as the others are.
        """
        with np.errstate(divide="ignore", invalid="ignore"):
            if self.form == "product":
                value = np.exp(np.log(gains).mean(axis=-1))
            else:
                weighted = gains * self.weights
                value = weighted.sum(axis=-1) if self.form == "sum" else weighted.min(axis=-1)
        barred = (gains < 0).any(axis=-1) if self.rational else np.zeros(value.shape, bool)
        return np.where(barred | ~np.isfinite(value), -np.inf, value)


def ideals(parties: int) -> list[Aim]:
    """The most that each party could hope for, in its turn.

    >>> from kosho.bargain.rate_aims import ideals
    >>> [one.weights.tolist() for one in ideals(2)]
    [[1.0, 0.0], [0.0, 1.0]]
    """
    return [Aim("sum", row) for row in np.eye(parties)]


def opening(parties: int) -> Aim:
    """The smallest gain as large as can be, be it a loss.

    >>> from kosho.bargain.rate_aims import opening
    >>> import numpy as np
    >>> opening(2).values(np.array([3.0, -1.0])).tolist()
    -1.0
    """
    return Aim("smallest", np.ones(parties), rational=False)


def aims_of(ideal: Array) -> dict[str, Aim]:
    """By solution concept (`kosho.bargain.solutions`).

    Args:
        ideal: `[party]`, the most that each could hope for; above zero.

    >>> import numpy as np
    >>> from kosho.bargain.rate_aims import aims_of
    >>> [float(one.values(np.array([2.0, 8.0]))) for one in aims_of(np.array([4.0, 8.0])).values()]
    [4.0, 3.0, 2.0, 10.0]
    """
    ones = np.ones(len(ideal))
    return {
        "nash": Aim("product", ones),
        "kalai_smorodinsky": Aim("smallest", ideal.mean() / ideal),
        "egalitarian": Aim("smallest", ones),
        "utilitarian": Aim("sum", ones),
    }
