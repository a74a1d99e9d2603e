"""Solving the equations: one fast method, and slower ones for when it fails.

The fast method iterates wages, prices and expenditure together, each preconditioned by what is local to a
country, under Anderson acceleration. What it returns has passed the equations in their original form.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import xarray as xr

from kosho.display import Shown
from kosho.equilibrium.fixed_point import Ended, Pace, iterate
from kosho.equilibrium.kernel import Iterate, System, Values, evaluate
from kosho.equilibrium.nested_fixed_point import homotopy, nested_fixed_point
from kosho.errors import ConvergenceError
from kosho.language import _
from kosho.world import World, labelled

__all__ = ["Solution", "SolverReport", "best_point", "find"]


DUST = 1e-9
"""Share of value added below which a deficit is what rounding leaves of balanced trade."""
LOOSEST = 1e-6
"""Largest tolerance that an answer is still of use at."""
SAFETY = 0.5
"""Iteration stops at this share of the tolerance, so that the equations written out meet all of it."""


@dataclass(frozen=True, slots=True)
class SolverReport(Shown):
    """How an equilibrium was found.

    >>> from kosho.equilibrium import Shock, solve
    >>> from kosho.world import toy
    >>> report = solve(toy(), Shock.tariffs(toy(), {("USA", "JPN", "C29"): 0.15})).solver
    >>> report.method, report.residual < 1e-8
    ('joint', True)
    """

    iterations: int
    residual: float
    """Largest relative gap of any equation, written out in full."""
    seconds: float
    method: str


@dataclass(frozen=True, eq=False)
class Solution(Shown):
    """An equilibrium."""

    values: Values
    report: SolverReport


def find(system: System, world: World, tol: float, start: Iterate | None = None) -> Solution:
    """The equilibrium of `system`.

    Args:
        system: The equations.
        world: For the labels of messages.
        tol: Largest relative gap allowed in any equation.
        start: Where to begin, such as a near equilibrium; the base by default.

    Raises:
        ConvergenceError: no method reached `tol`; its `best` is as `kosho.equilibrium.Failure` says.
    """
    started = time.perf_counter()
    iterations, least, point = 0, np.inf, start or _start(system)
    # A method that runs out of bounds has failed, whatever it divided by; the residual below decides.
    with np.errstate(all="ignore"):
        for name, end in _ladder(system, point, tol):
            iterations += end.iterations
            full = end.values or evaluate(system, end.point)
            if end.converged and full.residual <= tol:
                report = SolverReport(iterations, full.residual, time.perf_counter() - started, name)
                return Solution(full, report)
            if full.residual < least:
                least, point = full.residual, end.point
        raise _failure(system, point, world, iterations)


def _ladder(system: System, start: Iterate, tol: float) -> Iterator[tuple[str, Ended]]:
    """From the fastest method to the most patient one."""
    local, goal = system.base.local, SAFETY * tol
    yield "joint", iterate(system, start, local, Pace(goal, 120, 1.0))
    yield "joint, damped", iterate(system, start, local, Pace(goal, 200, 0.15))
    yield "nested", nested_fixed_point(system, start, tol)
    yield "joint, more damped", iterate(system, start, local, Pace(goal, 400, 0.08))
    yield "homotopy", homotopy(system, start, tol)


def _start(system: System) -> Iterate:
    base = system.base
    premium = np.zeros_like(base.spending) if base.by_sector else None
    return Iterate(np.zeros_like(base.value_added), np.zeros_like(base.spending), base.spending, premium)


def _failure(system: System, best: Iterate, world: World, iterations: int) -> ConvergenceError:
    values = evaluate(system, best)
    gaps = np.nan_to_num(values.worst, nan=np.inf)
    worst = int(gaps.argmax())
    cells = np.maximum(np.abs(values.price_gap[worst]), np.abs(values.relative_spending_gap[worst]))
    cells = np.nan_to_num(cells, nan=np.inf)
    sector = world.sectors[int(cells.argmax())] if cells.max() >= gaps[worst] else None
    hint = _("a smaller shock may have an answer")
    if (np.abs(system.deficits) > DUST * system.base.value_added).any():
        hint += _(
            ", or deficits='zero': a fixed surplus can be more than a country earns once trade has shrunk"
        )
    if gaps[worst] <= LOOSEST:
        hint += _(
            ", or tol={tol:.0e}, which the best point found meets", tol=10.0 ** np.ceil(np.log10(gaps[worst]))
        )
    return ConvergenceError(
        float(gaps[worst]), world.countries[worst], iterations, hint, sector, best_point(values, world)
    )


def best_point(values: Values, world: World) -> xr.Dataset:
    """A point that is no equilibrium, with names: what `ConvergenceError.best` holds.

    Returns:
        `wage[country]` and `price[country, sector]` (hats), `expenditure[country, sector]` (in the world's
        unit), `gap[country]` (largest relative gap of any equation).
    """
    arrays = {
        "wage": np.exp(values.point.log_wage),
        "price": np.exp(values.point.log_price),
        "expenditure": values.point.spending,
        "gap": values.worst,
    }
    dims = ("country", "sector")
    return xr.Dataset(
        {
            name: labelled(array, dims[: array.ndim], world.countries, world.sectors)
            for name, array in arrays.items()
        }
    )
