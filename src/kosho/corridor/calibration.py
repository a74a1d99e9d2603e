"""Parameters that no survey gives, fitted so that the simulation gives the means that surveys publish.

As many simulated moments as parameters: Newton's method with Broyden's update, in their logarithms.
Random numbers are the same throughout, so the moments are smooth enough in the parameters to be solved for.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kosho.corridor.loading import parameters, with_values
from kosho.corridor.runs import Runner, simulate
from kosho.corridor.schema import Corridor, Moment, Target
from kosho.corridor.times import Estimate, ReleaseTimes, moment
from kosho.errors import InputError, KoshoError

__all__ = ["Fit", "calibrate", "moments"]

Array = NDArray[np.float64]
TOLERANCE = 0.01
"""Of each published mean."""
STEP = 0.15
"""Of each parameter, for the first slopes."""
MOST_STEPS = 12
FARTHEST = 0.7
"""Change of a logarithm in one step."""


@dataclass(frozen=True)
class Fit:
    """Published means beside simulated ones, and the parameters that make them meet."""

    corridor: Corridor
    """With the fitted parameters."""
    parameters: dict[str, float]
    moments: tuple[tuple[Target, Estimate], ...]


def moments(times: ReleaseTimes) -> tuple[tuple[Target, Estimate], ...]:
    """The targets of a corridor beside what the simulation gives."""
    return tuple((target, moment(times, target.moment)) for target in times.corridor.targets)


def calibrate(
    corridor: Corridor,
    *,
    targets: dict[Moment, float] | None = None,
    replications: int = 8,
    seed: int = 1,
    run: Runner | None = None,
    tell: Callable[[str], None] | None = None,
) -> Fit:
    """Fit the parameters that the corridor's targets name.

    Args:
        corridor: Where to start; its targets say what is fitted to what.
        targets: Other values of published means, hours, than the corridor's.
        replications: A simulation.
        seed: Of all random numbers.
        run: Who carries out simulations, see `runs.runner`.
        tell: Told how far it is.

    Raises:
        InputError: no target names a parameter, or a target is not a positive number of hours.
        KoshoError: no parameters were found that give the means.
    """
    fitted = [target for target in corridor.targets if target.parameter is not None]
    if not fitted:
        raise InputError("no target of the corridor names a parameter to fit")
    names = [str(target.parameter) for target in fitted]
    wanted = np.array([(targets or {}).get(target.moment, target.value.value) for target in fitted])
    known = parameters(corridor)
    start = np.log([known[name].value for name in names])

    def simulated(logs: NDArray[np.floating]) -> tuple[Array, Corridor, ReleaseTimes]:
        made = with_values(corridor, dict(zip(names, np.exp(logs).tolist(), strict=True)))
        times = simulate(made, replications=replications, seed=seed, run=run)
        values = np.array([moment(times, target.moment).mean for target in fitted])
        return values / wanted - 1, made, times

    miss, made, times = simulated(start)
    slopes = np.empty((len(names), len(names)))
    for column in range(len(names)):
        if tell:
            tell(f"slope of {names[column]}")
        moved = start.copy()
        moved[column] += STEP
        slopes[:, column] = (simulated(moved)[0] - miss) / STEP
    point: Array = start
    for step in range(MOST_STEPS):
        if tell:
            tell(f"step {step + 1}: off by {np.abs(miss).max():.1%} at most")
        if np.abs(miss).max() <= TOLERANCE:
            break
        move = np.clip(np.linalg.lstsq(slopes, -miss, rcond=None)[0], -FARTHEST, FARTHEST)
        point = point + move
        before = miss
        miss, made, times = simulated(point)
        slopes += np.outer(miss - before - slopes @ move, move) / (move @ move)
    if not np.abs(miss).max() <= TOLERANCE:
        raise KoshoError(f"no parameters found that give the published means: {_worst(fitted, miss)}")
    values = dict(zip(names, np.exp(point).tolist(), strict=True))
    return Fit(made, values, moments(times))


def _worst(fitted: Sequence[Target], miss: Array) -> str:
    worst = int(np.nanargmax(np.abs(miss)))
    return f"{fitted[worst].moment} is off by {miss[worst]:+.0%}" if math.isfinite(miss[worst]) else "nan"
