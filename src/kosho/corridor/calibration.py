"""Parameters that no survey gives, fitted so that the simulation gives the means that surveys publish.

As many simulated moments as parameters: Newton's method with Broyden's update, in their logarithms.
Random numbers are the same throughout, so the moments are smooth enough in the parameters to be solved for.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from kosho.arrays import Array
from kosho.corridor.loading import parameters, with_values
from kosho.corridor.runs import Runner, simulate
from kosho.corridor.schema import Corridor, Moment, Target
from kosho.corridor.times import Estimate, ReleaseTimes, moment
from kosho.display import Shown
from kosho.errors import InputError, KoshoError
from kosho.language import _
from kosho.progress import Progress

__all__ = ["Fit", "calibrate", "moments"]

TOLERANCE = 0.01
"""Of each published mean, or `NOISE` of half the simulation's own interval, if that is more, up to `LOOSE`."""
NOISE, LOOSE = 0.25, 0.04
STEP = 0.15
"""Of each parameter, for the first slopes."""
ROUNDS, STEPS = 3, 7
"""Steps of Broyden's method from slopes that were computed; how often they are computed again."""
FARTHEST = 0.7
"""Change of a logarithm in one step."""


@dataclass(frozen=True)
class Fit(Shown):
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
    progress: Progress | None = None,
) -> Fit:
    """Fit the parameters that the corridor's targets name.

    Args:
        corridor: Where to start; its targets say what is fitted to what.
        targets: Other values of published means, hours, than the corridor's.
        replications: A simulation.
        seed: Of all random numbers.
        run: Who carries out simulations, see `runs.runner`.
        progress: Called with how far it is.

    Raises:
        InputError: no target names a parameter, or a target is not a positive number of hours.
        KoshoError: no parameters were found that give the means.
    """
    fitted = [target for target in corridor.targets if target.parameter is not None]
    if not fitted:
        raise InputError(_("no target of the corridor names a parameter to fit"))
    names = tuple(str(target.parameter) for target in fitted)
    wanted = np.array([(targets or {}).get(target.moment, target.value.value) for target in fitted])
    if not (wanted > 0).all():
        raise InputError(_("a published mean to fit to is not positive"))
    known = parameters(corridor)

    def simulated(made: Corridor) -> ReleaseTimes:
        return simulate(made, replications=replications, seed=seed, run=run)

    system = _System(corridor, names, tuple(fitted), wanted, simulated)
    here = system.at(np.log([known[name].value for name in names]))
    step = 0
    for _other in range(ROUNDS):
        slopes = None
        for _other in range(STEPS):
            if progress:
                progress(_("step {step}: off by {worst:.1%} at most", step=step, worst=here.worst))
            if here.close:
                values = dict(zip(names, np.exp(here.point).tolist(), strict=True))
                return Fit(here.times.corridor, values, moments(here.times))
            slopes = system.slopes(here) if slopes is None else slopes
            move = np.linalg.lstsq(slopes, -here.miss, rcond=None)[0]
            scaled = np.asarray(move * min(1.0, FARTHEST / float(np.abs(move).max())), np.float64)
            there = system.toward(here, scaled)
            move = there.point - here.point
            slopes += np.outer(there.miss - here.miss - slopes @ move, move) / (move @ move)
            here, step = there, step + 1
    raise KoshoError(
        _("no parameters found that give the published means: {worst}", worst=_worst(fitted, here.miss))
    )


@dataclass(frozen=True, eq=False)
class _Trial:
    """Logarithms of the parameters, how far the means are off (fraction), and the simulation."""

    point: Array
    miss: Array
    noise: Array
    """Half of the interval of each mean, fraction."""
    times: ReleaseTimes

    @property
    def close(self) -> bool:
        """Whether the published means are met."""
        return bool((np.abs(self.miss) <= np.clip(NOISE * self.noise, TOLERANCE, LOOSE)).all())

    @property
    def worst(self) -> float:
        worst = float(np.abs(self.miss).max())
        return worst if math.isfinite(worst) else math.inf


@dataclass(frozen=True, eq=False)
class _System:
    """As many equations as unknowns."""

    corridor: Corridor
    names: tuple[str, ...]
    fitted: tuple[Target, ...]
    wanted: Array
    simulated: Callable[[Corridor], ReleaseTimes]

    def at(self, point: Array) -> _Trial:
        """Simulate."""
        values = dict(zip(self.names, np.exp(point).tolist(), strict=True))
        times = self.simulated(with_values(self.corridor, values))
        found = [moment(times, target.moment) for target in self.fitted]
        means = np.array([one.mean for one in found])
        noise = np.array([one.half_width for one in found])
        return _Trial(point, means / self.wanted - 1, noise / self.wanted, times)

    def toward(self, here: _Trial, move: Array, halvings: int = 6) -> _Trial:
        """As far along `move` as the corridor still works."""
        try:
            return self.at(here.point + move)
        except InputError:
            if halvings == 0:
                raise
            return self.toward(here, move / 2, halvings - 1)

    def slopes(self, here: _Trial) -> Array:
        """Of the misses `[moment, parameter]`."""
        found = np.empty((len(self.names), len(self.names)))
        steps: Array = np.eye(len(self.names)) * STEP
        for column in range(len(self.names)):
            there = self.toward(here, steps[column])
            found[:, column] = (there.miss - here.miss) / (there.point - here.point)[column]
        return found


def _worst(fitted: Sequence[Target], miss: Array) -> str:
    worst = int(np.nanargmax(np.abs(miss)))
    return (
        _("{moment} is off by {miss:+.0%}", moment=fitted[worst].moment, miss=miss[worst])
        if math.isfinite(miss[worst])
        else "nan"
    )
