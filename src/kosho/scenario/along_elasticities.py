"""What a scenario is worth to each party along the common scale of trade elasticities.

The common scale (`kosho.world.elasticity_scale`) explains nearly all of what is uncertain about a country's
gain, and its sign can turn on the way. A curve says where; two islands, central and weak, do not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from numbers import Real

import numpy as np

from kosho.case import Case
from kosho.declared import as_declared
from kosho.display import Card, Shown, listing, million
from kosho.equilibrium import Deficits
from kosho.errors import Problems
from kosho.language import _
from kosho.progress import Progress, silent
from kosho.scenario.results import BASE
from kosho.scenario.simulate import scenario_effects
from kosho.scenario.turning import Along
from kosho.world import World, WorldChoice
from kosho.world.elasticity_scale import SCALES, Estimate, estimates

__all__ = ["ElasticityCurve", "elasticity_curve"]


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


@as_declared
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
        progress: Called with what is being done.

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
    pair = (scenario, against)
    posed = {name: scenario_effects(case, name, as_of, world) for name in pair if name != BASE}
    along = Along(posed, [party.economy for party in case.parties], deficits, processes=1)
    progress(_("Solving along the scale of elasticities"))
    curves = along.curves([pair], sorted(set(scales)))
    solved = curves[0].scales
    if not solved:
        raise next(iter(along.failures.values())).error
    return ElasticityCurve(
        case=case.name,
        scenario=scenario,
        against=against,
        world=along.world.meta.name,
        scales=solved,
        gains={one.party: one.gains for one in curves},
        crossings={one.party: one.turns for one in curves},
        estimates=estimates(along.world),
        unsolved={scale: failure.reason for scale, failure in along.failures.items() if scale not in solved},
    )


def _refuse(scales: Sequence[float]) -> None:
    problems = Problems()
    if not len(scales):
        problems.add(_("no scale is given"), _("one or more"), key="scales")
    for k, scale in enumerate(scales):
        if isinstance(scale, bool) or not isinstance(scale, Real) or not 0 < scale < np.inf:
            problems.add(_("{scale!r} cannot be", scale=scale), _("a number above zero"), key=f"scales[{k}]")
    problems.raise_if_any()
