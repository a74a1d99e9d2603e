"""`Failure`: a counterfactual for which no equilibrium was found, as a value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr

from kosho.display import Shown
from kosho.errors import ConvergenceError, KoshoError
from kosho.language import _

__all__ = ["Failure", "raise_first"]


@dataclass(frozen=True, eq=False)
class Failure(Shown):
    """Why there is no equilibrium, and how near the solver came.

    `solve(..., throw=False)` returns one, `BatchOutcome.failures` holds one for each member that failed.

    >>> from kosho.equilibrium import Counterfactual, Flow, Purchase, Quota, Shock, solve
    >>> from kosho.world import toy
    >>> crops = (Flow("JPN", "USA", "A01"),)
    >>> more = Purchase(name="more", flows=crops, amount=30_000)
    >>> less = Quota(name="less", flows=crops, amount=10_000, holder="importer")
    >>> solve(toy(), Counterfactual(Shock.none(toy()), (more, less)), throw=False).reason
    "'more' (at least 30000) and 'less' (at most 10000) cannot all hold (change an amount ..."
    """

    member: int
    """Number in the batch; zero where one counterfactual was solved alone."""
    reason: str
    """In words, as the error says it."""
    residual: float
    """Largest relative gap at the best point; not a number where no point was reached."""
    country: str | None
    """Where that gap is; None where no point was reached."""
    sector: str | None
    """Where it is, if it is one of prices or expenditure; None for wages, trade balances and the numeraire."""
    best: xr.Dataset | None
    """The best point reached: `wage[country]` and `price[country, sector]` as hats, `expenditure[country,
    sector]` in the world's unit, `gap[country]` the largest relative gap of each country. No equilibrium:
    for a look at what went wrong. None where no point was reached."""
    error: KoshoError
    """What `solve` raises; an `InputError` where the counterfactual itself is wrong."""

    @classmethod
    def of(cls, error: KoshoError, member: int = 0) -> Failure:
        """An error as a value."""
        bare = error.with_traceback(None)  # frames would keep whole worlds alive
        bare.__context__ = bare.__cause__ = None
        if not isinstance(error, ConvergenceError):
            return cls(member, str(error), np.nan, None, None, None, bare)
        return cls(member, str(error), error.residual, error.country, error.sector, error.best, bare)


def raise_first(failures: Sequence[Failure], names: Sequence[str] | None = None) -> None:
    """Raise the error of the first failure, if there is one, for callers who need every member.

    Args:
        failures: By member.
        names: Of all members, for the message; "shock 0", "shock 1" ... if not given.

    Raises:
        KoshoError: of the kind that `solve` raises for this member.
    """
    if failures:
        first = failures[0]
        raise first.error.about(
            _("shock {member}", member=first.member) if names is None else names[first.member]
        )
