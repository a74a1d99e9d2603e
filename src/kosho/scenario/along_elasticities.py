"""What a scenario is worth to each party along the common scale of trade elasticities.

The common scale (`kosho.world.elasticity_scale`) explains nearly all of what is uncertain about a country's
gain, and its sign can turn on the way. A curve says where; two islands, central and weak, do not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from itertools import pairwise
from numbers import Real
from typing import Any

import numpy as np
from scipy.optimize import brentq

from kosho.case import Case
from kosho.display import Card, Shown, listing, million
from kosho.equilibrium import Counterfactual, Deficits, solve
from kosho.errors import ConvergenceError, KoshoError, Problems
from kosho.impact.effects import Effects
from kosho.progress import Progress, estimated, silent
from kosho.scenario.simulate import scenario_effects
from kosho.world import World, WorldChoice
from kosho.world.elasticity_scale import SCALES, Estimate, estimates

__all__ = ["BASE", "SCALES", "ElasticityCurve", "elasticity_curve", "scaled"]

BASE = "base"
"""Stands for the base where scenarios are compared."""
SHARP = 1e-3
"""Of the scale, to which a crossing is found."""


@dataclass(frozen=True, eq=False)
class ElasticityCurve(Shown):
    """Gains of the parties over another scenario along the common scale of elasticities.

    >>> from kosho.scenario import ElasticityCurve
    >>> ElasticityCurve(
    ...     "mine", "deal", "no-deal", "toy", (0.2, 1.0), {"USA": (-1660.0, 2550.0)}, {"USA": (0.41,)}
    ... )
    ElasticityCurve: deal against no-deal, by elasticities
      USA   -1,660 million USD at 0.2, +2,550 million USD at 1
            turns at 0.41
    """

    case: str
    scenario: str
    against: str
    """Scenario, or `base`."""
    world: str
    """Name of the table."""
    scales: tuple[float, ...]
    """Those that have an equilibrium, rising."""
    gains: dict[str, tuple[float, ...]]
    """Million USD a year at each scale, by party."""
    crossings: dict[str, tuple[float, ...]]
    """Scales at which a party's gain turns its sign, rising; empty where it keeps it between the ends."""
    estimates: tuple[Estimate, ...] = ()
    """The literature on the same scale."""
    unsolved: dict[float, str] = field(default_factory=dict)
    """Scales without an equilibrium, with the reason."""

    def card(self) -> Card:
        """Each party's gain where it is weakest and strongest, and where it turns."""
        rows: list[tuple[str, str]] = []
        for party, gains in self.gains.items():
            turns = listing(f"{scale:.2f}" for scale in self.crossings[party])
            rows += [
                (
                    party,
                    f"{million(gains[0])} at {self.scales[0]:g}, {million(gains[-1])} at {self.scales[-1]:g}",
                ),
                ("", f"turns at {turns}" if self.crossings[party] else "does not turn between them"),
            ]
        return Card(f"ElasticityCurve: {self.scenario} against {self.against}, by elasticities", rows)


def elasticity_curve(  # noqa: PLR0913 - one question, told whole
    case: Case,
    scenario: str,
    against: str = BASE,
    *,
    as_of: date | None = None,
    world: World | WorldChoice | str | None = "talks",
    deficits: Deficits = "fixed",
    scales: Sequence[float] = SCALES,
    progress: Progress = silent,
) -> ElasticityCurve:
    """Gains of a case's parties in a scenario over another, with all elasticities scaled alike.

    Args:
        case: The case.
        scenario: Id of one of its scenarios.
        against: Id of another, or `base`.
        as_of: See `kosho.scenario.simulate`.
        world: See `kosho.scenario.simulate`; the coarse table answers in a second.
        deficits: See `kosho.scenario.simulate`.
        scales: Of every theta, above zero; each is solved exactly, like every crossing between them.
        progress: Called with the scale that is being solved.

    Raises:
        InputError, IdleError: as `simulate`; scales that cannot be, each named.
        ConvergenceError: no scale has an equilibrium.

    >>> from kosho import Case
    >>> from kosho.scenario import elasticity_curve
    >>> curve = elasticity_curve(Case.load("japan-us-2025"), "deal", "no-deal", scales=[0.2, 1.0])
    >>> curve.gains["JPN"][1] > 0, [one.id for one in curve.estimates]
    (True, ['boehm-long', 'simonovska-waugh'])
    """
    _refuse(scales)
    sides = [scenario, *([] if against == BASE else [against])]
    posed = [scenario_effects(case, name, as_of, world) for name in sides]
    parties = tuple(party.economy for party in case.parties)
    base = posed[0][0]
    worth = partial(_worth, posed, [base.position(code) for code in parties], deficits)
    reached = estimated(progress, "Solving along the scale of elasticities", len(scales))
    found: dict[float, list[float]] = {}
    unsolved: dict[float, str] = {}
    failed: KoshoError | None = None
    for done, scale in enumerate(sorted(set(scales))):
        reached(done)
        try:
            found[scale] = worth(scale)
        except ConvergenceError as error:
            unsolved[scale] = str(error)
            failed = error
    if failed is not None and not found:
        raise failed
    gains = {party: tuple(one[k] for one in found.values()) for k, party in enumerate(parties)}
    return ElasticityCurve(
        case=case.name,
        scenario=scenario,
        against=against,
        world=base.meta.name,
        scales=tuple(found),
        gains=gains,
        crossings={
            party: _crossings(tuple(found), gains[party], lambda scale, k=k: worth(scale)[k])
            for k, party in enumerate(parties)
        },
        estimates=estimates(base),
        unsolved=unsolved,
    )


def _refuse(scales: Sequence[float]) -> None:
    problems = Problems()
    if not len(scales):
        problems.add("no scale is given", "one or more", key="scales")
    for k, scale in enumerate(scales):
        if isinstance(scale, bool) or not isinstance(scale, Real) or not 0 < scale < np.inf:
            problems.add(f"{scale!r} cannot be", "a number above zero", key=f"scales[{k}]")
    problems.raise_if_any()


def _worth(
    posed: Sequence[tuple[World, Effects]], parties: Sequence[int], deficits: Deficits, scale: float
) -> list[float]:
    """Gain of each party at a scale, million USD a year: of the first question, over the second if any."""
    found = [
        solve(
            world.with_theta(world.theta * scale), scaled(effects.counterfactual, scale), deficits
        ).equivalent_variation.to_numpy()[list(parties)]
        for world, effects in posed
    ]
    return (found[0] - found[1] if len(found) > 1 else found[0]).tolist()


def scaled(counterfactual: Counterfactual, scale: float) -> Counterfactual:
    """The same change where products told apart answer as much more or less strongly as sectors do."""
    nests = tuple(replace(nest, theta=nest.theta * scale) for nest in counterfactual.nests)
    return replace(counterfactual, nests=nests)


def _crossings(
    scales: Sequence[float], gains: Sequence[float], gain: Callable[[float], float]
) -> tuple[float, ...]:
    """Where a gain turns between neighbouring scales; one that turns twice between two of them is missed."""
    return tuple(
        _turn(gain, low, high)
        for (low, at_low), (high, at_high) in pairwise(zip(scales, gains, strict=True))
        if (at_low > 0) != (at_high > 0)
    )


def _turn(gain: Callable[[float], float], low: float, high: float) -> float:
    """Where a gain that has opposite signs at two scales is nothing."""
    found: Any = brentq(lambda log: gain(float(np.exp(log))), np.log(low), np.log(high), xtol=SHARP)
    return float(np.exp(found))
