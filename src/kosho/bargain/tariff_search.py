"""The search for tariffs: all first-order conditions within bounds at once, or ascent where that fails.

A *slope* is what an objective gains per unit of a rate, over the imports that bear it; imports below a small
share of the importer's are taken as that share. The *residual* is the largest slope that bounds leave open.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import brentq, minimize, root

from kosho.arrays import Array, Mask
from kosho.bargain.instruments import Instruments
from kosho.bargain.objectives import Objectives
from kosho.equilibrium import Closure, Gradient, Outcome, Shock, gradient, solve
from kosho.equilibrium.anderson import Anderson
from kosho.errors import ConvergenceError
from kosho.language import _
from kosho.progress import Progress, silent

__all__ = ["TOLERANCE", "Look", "Search"]

TOLERANCE = 1e-7
"""Largest slope left open."""
OF_SOLVER, OF_GRADIENT = 1e-3, 1e-2
"""Tolerances of equilibria and of their gradients, over that of slopes."""
FINEST = 1e-12
"""No equilibrium and no gradient is asked to be more exact."""
SMALL = 1e-6
"""Share of a party's imports in question below which a slope is measured against that share."""
CAP = 0.5
"""Largest change of a rate in one step."""
ROUNDS = 150
STALLED = 40
"""Rounds without a better look after which there are no more."""
FAR = 1e-4
"""A slope below which ascent leads nowhere that the first-order conditions do not."""
HALVINGS = 8
"""Of a step to rates at which there is no equilibrium."""
MEMORY = 12
ASCENT = 60
"""Quasi-Newton iterations where first-order conditions cannot be solved as such."""
REPLIES = 4
"""Times that every party answers the others, one after the other."""
LOPSIDED = 6.0
"""Largest log ratio of weights that is tried for equal gains."""
EQUAL = 1e-6
"""Difference of gains sought, over what is at stake; a hundred times as much still counts as equal."""


@dataclass(frozen=True, eq=False)
class Look:
    """An evaluation of rates."""

    rates: Array  # (m,)
    outcome: Outcome
    slopes: Array  # (m,), zero where bounds close them
    step: Array  # (m,) a Newton step of each rate alone
    pull: Array  # derivatives of the weighted gains, or of each importer's own (m,)
    gains: Mapping[str, float]
    weights: Mapping[str, float]
    exactness: float  # of the gradients

    @property
    def residual(self) -> float:
        """The largest slope left open, as far as gradients can tell."""
        return max(float(np.abs(self.slopes).max()), self.exactness)


@dataclass(eq=False)
class Search:
    """Looks at rates, and where they lead."""

    instruments: Instruments
    objectives: Objectives
    closure: Closure
    tol: float = TOLERANCE
    progress: Progress = silent
    evaluations: int = field(default=0, init=False)
    """Equilibria solved."""
    stake: float = field(default=1.0, init=False)
    """What equal gains are measured against: the largest gain or loss at equal worth of a million."""

    def alone(self, party: str) -> Look:
        """Rates at which the party that sets all of them cannot gain."""
        weights = {party: 1.0}
        found = self._settle(self.instruments.start, weights)
        if found.residual <= max(self.tol, FAR):
            return found
        return _better(found, self._settle(self._climb(found.rates, weights), weights))

    def against(self, parties: Sequence[str]) -> Look:
        """Rates at which no party can gain by its own."""
        found = self._settle(self.instruments.start, None)
        if found.residual <= max(self.tol, FAR):
            return found
        return _better(found, self._settle(self._replies(parties), None))

    def together(self, parties: Sequence[str]) -> Look:
        """Rates that gain all parties the same and as much as can be: those of the weights that make gains
        equal.

        Log weights are sought around those of the objectives' levels, at which a million is worth the same to
        everybody.
        """
        level = np.log([self.objectives.level[code] for code in parties])
        looks: list[Look] = []

        def differences(tilt: Array) -> Array:
            weights = np.exp(level + np.append(tilt, -tilt.sum()))
            named = dict(zip(parties, (weights / weights.sum()).tolist(), strict=True))
            looks.append(self._settle(looks[-1].rates if looks else self.instruments.start, named))
            gains = np.array([looks[-1].gains[code] for code in parties])
            if len(looks) == 1:
                self.stake = max(float(np.abs(gains).max()), np.finfo(float).tiny)
            return (gains[:-1] - gains[-1]) / self.stake

        if len(parties) == 2:
            _bisect(lambda tilt: float(differences(np.array([tilt]))[0]))
        else:
            root(differences, np.zeros(len(parties) - 1), tol=EQUAL, options={"eps": 1e-3})
        return min(looks, key=lambda one: np.ptp(list(one.gains.values())))

    def unequal(self, look: Look) -> bool:
        """Whether gains that should be equal are not."""
        return bool(np.ptp(list(look.gains.values())) > 100 * EQUAL * self.stake)

    def _look(self, rates: Array, weights: Mapping[str, float] | None) -> Look:
        """Solve, and take slopes: of the weighted gains, or of each importer's own where weights are None."""
        ties, base = self.instruments, self.instruments.base
        outcome = self._solve(rates)
        own = dict.fromkeys(self.objectives.payoffs, 1.0)
        worth = np.zeros(len(ties.importer))  # of a dollar of revenue, to whom it serves most
        pull, exactness = np.zeros(len(ties.importer)), 0.0
        if weights is not None:
            found = self._gradient(outcome, weights)
            pull, exactness = found.slopes.tariff[ties.importer, ties.exporter, ties.sector], found.residual
        for party, weight in (weights or own).items():
            n = base.position(party)
            mine = ties.importer == n
            if weights is None:
                found = self._gradient(outcome, {party: 1.0})
                pull[mine] = found.slopes.tariff[n, ties.exporter[mine], ties.sector[mine]]
                exactness = max(exactness, found.residual)
            else:
                mine |= ties.exporter == n
            worth[mine] = np.maximum(worth[mine], weight / self.objectives.level[party])
        flows = outcome.solution.values.net_flow[ties.sector, ties.importer, ties.exporter]
        slopes, step = self._slopes(rates, ties.total(pull), worth * flows)
        gains = self.objectives.gains(outcome)
        look = Look(rates, outcome, slopes, step, ties.total(pull), gains, weights or own, exactness)
        self.progress(
            _(
                "{number} equilibria, largest slope {slope}",
                number=f"{self.evaluations:,}",
                slope=f"{look.residual:.1e}",
            )
        )
        return look

    def _slopes(self, rates: Array, pull: Array, bearing: Array) -> tuple[Array, Array]:
        """Slopes that bounds leave open, and a Newton step of each rate alone, `(m,)`.

        `bearing` is what bears each rate, by cell `(c,)`, times what a dollar of revenue is worth.
        """
        ties = self.instruments
        borne = ties.total(bearing)
        steepness = ties.total(bearing * (ties.base.arrays.theta[ties.sector] + 1.0))
        # What whoever sets a rate imports in all of this.
        imports = np.bincount(ties.setter, borne)[ties.setter]
        slopes = _over(pull, np.maximum(borne, SMALL * imports))
        open_ = np.where(slopes > 0, rates < ties.bounds.high, rates > ties.bounds.low)
        return np.where(open_, slopes, 0.0), _over(pull * (1.0 + rates), steepness)

    def _solve(self, rates: Array) -> Outcome:
        """The equilibrium with these rates."""
        self.evaluations += 1
        ties = self.instruments
        values = np.full(ties.base.tariff.shape, np.nan)
        values[ties.importer, ties.exporter, ties.sector] = rates[ties.rate]
        shock = Shock.tariffs(ties.base, ties.base.tariff.copy(data=values), insist=True)
        return solve(ties.base, shock, tol=max(OF_SOLVER * self.tol, FINEST), closure=self.closure)

    def _gradient(self, outcome: Outcome, weights: Mapping[str, float]) -> Gradient:
        """Derivatives of weighted gains by the rates of all cells."""
        weighted = self.objectives.weighted(weights)
        return gradient(outcome, weighted, max(OF_GRADIENT * self.tol, FINEST))

    def _settle(self, start: Array, weights: Mapping[str, float] | None) -> Look:
        """First-order conditions within bounds, all at once, under Anderson acceleration; the best look.

        A plain step moves each rate by its slope over the slope's own steepness, (theta + 1) / (1 + t).
        """
        clip = self.instruments.clip
        best = look = self._look(start, weights)
        accelerate, since = Anderson(len(start), MEMORY), 0
        for _round in range(ROUNDS):
            if look.residual <= self.tol or since > STALLED:
                break
            rates = look.rates
            move = clip(rates + np.clip(look.step, -CAP, CAP)) - rates
            look = self._reach(look, clip(accelerate.next(rates, move)), weights)
            since = 0 if look.residual < best.residual else since + 1
            best = _better(best, look)
        return best

    def _reach(self, before: Look, rates: Array, weights: Mapping[str, float] | None) -> Look:
        """The look at rates, or at rates on the way to them where those have no equilibrium.

        Raises:
            ConvergenceError: there is none on the way either.
        """
        for _halving in range(HALVINGS):
            try:
                return self._look(rates, weights)
            except ConvergenceError:
                rates = 0.5 * (rates + before.rates)
        return self._look(rates, weights)

    def _climb(self, start: Array, weights: Mapping[str, float], free: Mask | None = None) -> Array:
        """Projected quasi-Newton ascent (L-BFGS-B) of weighted gains, rates in units of their own curvature."""
        ties = self.instruments
        free = np.ones(len(start), bool) if free is None else free
        flows = ties.base.arrays.flows[ties.importer, ties.exporter, ties.sector]
        income = ties.base.arrays.income[ties.importer]
        curvature = ties.total(flows / income * (ties.base.arrays.theta[ties.sector] + 1.0))[free]
        size = float(curvature.max())
        unit = np.sqrt(np.maximum(curvature / size, SMALL))

        def down(scaled: Array) -> tuple[float, Array]:
            rates = start.copy()
            rates[free] = scaled / unit
            look = self._look(rates, weights)
            value = sum(weight * look.gains[code] for code, weight in weights.items())
            return -value / size, -look.pull[free] / unit / size

        limits = list(zip(ties.bounds.low * unit, ties.bounds.high * unit, strict=True))
        options = {"maxiter": ASCENT, "maxcor": MEMORY, "ftol": 1e-13, "gtol": 1e-7}
        found = minimize(down, start[free] * unit, jac=True, method="L-BFGS-B", bounds=limits, options=options)
        rates = start.copy()
        rates[free] = found.x / unit
        return ties.clip(rates)

    def _replies(self, parties: Sequence[str]) -> Array:
        """Best responses, one party after the other, a few times round."""
        rates = self.instruments.start
        for _reply in range(REPLIES):
            for party in parties:
                mine = self.instruments.setter == self.instruments.base.position(party)
                rates = self._climb(rates, {party: 1.0}, mine) if mine.any() else rates
        return rates


def _better(one: Look, other: Look) -> Look:
    return min(one, other, key=lambda look: look.residual)


def _over(amounts: Array, wholes: Array) -> Array:
    """Ratios; zero where nothing is left to bear a rate."""
    return np.divide(amounts, wholes, out=np.zeros_like(amounts), where=wholes > np.finfo(float).tiny)


def _bisect(difference: Callable[[float], float]) -> None:
    """Look for a zero, at zero first, then away from it until the sign changes, then between."""
    low = high = 0.0
    at = difference(0.0)
    if abs(at) <= EQUAL:
        return
    stride = -np.sign(at)  # more weight, more gain
    while abs(high) < LOPSIDED:
        low, high = high, high + stride
        if np.sign(difference(high)) != np.sign(at):
            brentq(difference, low, high, xtol=1e-8, maxiter=60)
            return
