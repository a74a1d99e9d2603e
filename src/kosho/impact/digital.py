"""Digital rules as changes of trade cost, bounded; what no model accounts for is an upper bound, nothing more.

Sources tell how *trade* moves with connectivity or with rules. A change of trade x is turned into the trade
cost that would bring it about at trade elasticity theta, d = (1 + x)^(-1/theta).
"""

from __future__ import annotations

from typing import Literal

from kosho.errors import InputError, Problem
from kosho.impact.parameters import parameter
from kosho.impact.ranges import Range, spread
from kosho.language import _
from kosho.provenance import Cited

__all__ = ["Traded", "connectivity", "connectivity_cost", "cost_of_trade", "largest", "restrictiveness"]

Traded = Literal["goods", "services", "parcels"]

POINTS = 0.05
"""Change of the OECD index that its figure is for."""


def cost_of_trade(change: float, theta: float) -> float:
    """The trade-cost factor that changes trade by `change` (a fraction) at trade elasticity `theta`."""
    if change <= -1 or theta <= 0:
        raise InputError(
            Problem(_("trade cannot change by {change:g} at elasticity {theta:g}", change=change, theta=theta))
        )
    return (1.0 + change) ** (-1.0 / theta)


def largest() -> float:
    """The lowest trade-cost factor that a digital rule is allowed here.

    What the OECD puts on carrying out the Trade Facilitation Agreement in full, at its highest: a rule on data
    will not do more than all of customs reform.
    """
    most = parameter("facilitation.world")
    return 1.0 - (most.value if most.high is None else most.high) / 100


def connectivity(change: Cited | float, theta: float, traded: Traded) -> Range:
    """Trade-cost factor of a change of digital connectivity between two economies, from trade elasticities.

    Args:
        change: Of connectivity, a fraction (0.1 is 10 % more).
        theta: Trade elasticity of the sector.
        traded: What is traded; the elasticity of trade is 0.2, 0.3 or 0.4.
    """
    elasticity = parameter(f"digital.{traded}")
    return _bounded(spread(_from_trade, "factor", change=change, elasticity=elasticity, theta=theta))


def connectivity_cost(change: Cited | float) -> Range:
    """The same from the elasticity of trade *cost* (WTO 2023), the same for goods and services."""
    return _bounded(spread(_from_cost, "factor", change=change, elasticity=parameter("digital.cost")))


def restrictiveness(points: float, theta: float) -> Range:
    """Bound of the trade-cost factor when an index of digital restrictions falls by `points`.

    The published figure (0.05 points, 72.5 % more trade) is implausible as an effect of rules. It is shown as a
    bound, cut at `largest`, with no change as the other end and no middle.

    Args:
        points: Fall of the OECD index (which runs from 0 to 1), positive.
        theta: Trade elasticity of the sector.
    """
    if points < 0:
        raise InputError(Problem(_("a fall of {points:g} points", points=points), _("a positive number")))
    figure = parameter("digital.restrictiveness")
    bound = cost_of_trade((1.0 + figure.value) ** (points / POINTS) - 1.0, theta)
    cut = max(bound, largest())
    note = _("upper bound of the gain; the lower is none")
    if cut > bound:
        note += _("; the published figure would make it {bound:.3f}, cut at {cut:.3f}", bound=bound, cut=cut)
    return Range(min(cut, 1.0), 1.0, None, "factor", (figure.source,), assumed=False, note=note)


def _from_trade(change: float, elasticity: float, theta: float) -> float:
    return cost_of_trade((1.0 + change) ** elasticity - 1.0, theta)


def _from_cost(change: float, elasticity: float) -> float:
    return (1.0 + change) ** -elasticity


def _bounded(found: Range) -> Range:
    """A gain beyond `largest` loses its middle: it is a bound only."""
    if found.low >= largest():
        return found
    cut = Range(
        max(found.low, largest()), max(found.high, largest()), None, found.unit, found.sources, found.assumed
    )
    return cut.bound_only(
        _(
            "the elasticity would give {low:.3f}; shown as a bound, cut at {largest:.3f}",
            low=found.low,
            largest=largest(),
        )
    )
