"""How far results move when the parameters of measures move over their ranges.

Each measure is taken to every corner of its own ranges (the amount and the elasticities of the product it is
about move apart from each other), while the others stay in the middle. A result then ranges from its middle
less the sum of the largest falls to its middle plus the sum of the largest rises. That holds every single
variation, and all of them together as far as measures do not work on each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from kosho.arrays import Array
from kosho.display import Shown
from kosho.errors import KoshoError
from kosho.identity import Same
from kosho.impact.applicable import besides
from kosho.impact.effects import effects, laid
from kosho.impact.measure_effects import effect
from kosho.impact.product_nests import End, nest, niche
from kosho.impact.subsidies import Subsidised, paid_out
from kosho.impact.tariff_shock import shock as duties
from kosho.law.overlay import Overlay, Replacement

if TYPE_CHECKING:
    from kosho.case import Law
    from kosho.case_schema import NamedFlow
    from kosho.equilibrium import Constraint, Outcome, Settled
    from kosho.equilibrium.kernel import Nearby
    from kosho.equilibrium.outcome import UnitFlow
    from kosho.impact.effects import Effects, LaidLaw
    from kosho.law import Measure
    from kosho.world import PhysicalFlow, World

__all__ = [
    "SHARES",
    "CentralOutcome",
    "Corner",
    "FigureEnds",
    "Figures",
    "SubsidyEnds",
    "buyer_subsidies",
    "changes",
    "changes_apart",
    "corners",
    "counted",
    "effects_at",
    "figure_ends",
    "figures",
    "figures_and_place",
    "figures_or_reason",
    "flow_key",
    "largest_moves",
    "markets",
    "measure_of",
    "ranged_shares",
    "solved_corners",
    "subsidies_at",
]

Figures = Mapping[str, Array]

SubsidyEnds = Sequence[tuple[Subsidised, End]]
"""Subsidies to buyers, each at an end of its ranges."""

SHARES = "shares"
"""Stands for the shares of value that duties are taken on: of one kind, so they move together."""
ENDS: tuple[End, End] = ("low", "high")


@dataclass(frozen=True)
class Corner(Shown):
    """A scenario with the parameters of one measure moved to an end."""

    of: str
    """Id of the measure, or `SHARES`."""
    end: End
    """Of the amount, the trade cost or the shares."""
    products: tuple[tuple[str, End], ...] = ()
    """End of the elasticities of small products."""


@dataclass(frozen=True, eq=False)
class CentralOutcome(Shown):
    """What is kept of the equilibrium in the middle of all ranges."""

    countries: tuple[str, ...]
    settled: tuple[Settled, ...]
    figures: Figures

    subsidies: tuple[str, ...] = ()
    """Ids of the measures that `figures["paid"]` is of."""

    @classmethod
    def of(cls, outcome: Outcome, flows: Sequence[NamedFlow], paid: SubsidyEnds = ()) -> CentralOutcome:
        """From the equilibrium, for the named flows of a case and the subsidies of a scenario."""
        found = figures(outcome, flows, paid)
        return cls(outcome.base.countries, outcome.constraints, found, tuple(one.measure for one, _ in paid))


@dataclass(frozen=True, eq=False)
class FigureEnds(Shown):
    """Results at both ends."""

    low: Figures
    high: Figures


def measure_of(constraint: Constraint) -> str:
    """Id of the measure that a constraint is of: one with several flows has a constraint for each."""
    return constraint.name.split(": ")[0]


def ranged_shares(law: Law) -> list[Measure]:
    """Measures in force whose duty is taken on a share of the value that is known as a range."""
    return [
        one
        for one in law.in_force()
        if one.value_share is not None and (one.value_share.low, one.value_share.high) != (None, None)
    ]


def corners(law: Law, found: Effects) -> Iterator[Corner]:
    """Every corner to be solved; none where nothing has a range.

    Args:
        law: The law of the scenario.
        found: Its effects in the middle of all ranges.
    """
    moved = dict.fromkeys(
        one.measure for one in found.ranges if one.range.value is None or one.range.low < one.range.high
    )
    declared = {one.id for one in law.in_force() if one.kind in ("investment", "transfer")}
    nests = {one.product for one in found.nests}
    seen: set[str] = set()
    for measure in dict.fromkeys([*moved, *(measure_of(one) for one in found.constraints)]):
        if measure in declared:
            continue
        flows = (flow for one in found.constraints if measure_of(one) == measure for flow in one.flows)
        mine = sorted(({flow.part for flow in flows} & nests) - seen)
        seen |= set(mine)
        amounts: tuple[End, ...] = ENDS if measure in moved else ("value",)
        for end in amounts if mine or measure in moved else ():
            for levels in product(ENDS, repeat=len(mine)):
                yield Corner(measure, end, tuple(zip(mine, levels, strict=True)))
    if ranged_shares(law):
        yield from (Corner(SHARES, end) for end in ENDS)


def effects_at(base: World, law: Law, corner: Corner, known: LaidLaw | None = None) -> Effects:
    """The effects of a scenario at a corner.

    Args:
        base: The world.
        law: The law of the scenario.
        corner: One of its `corners`.
        known: The same law as the world has it, where that was worked out already.
    """
    if corner.of == SHARES:
        taken = tuple(Replacement(measure=one.id, by=_taken(one, corner.end)) for one in ranged_shares(law))
        return effects(base, law.register, law.on, law.known, Overlay(title=SHARES, replace=taken))
    found = (known or laid(base, law.register, law.on, law.known)).effects({corner.of: corner.end})
    levels = dict(corner.products)
    nests = tuple(nest(base, niche(one.product), levels.get(one.product, "value")) for one in found.nests)
    return replace(found, nests=nests)


def buyer_subsidies(base: World, law: Law) -> tuple[Subsidised, ...]:
    """What a scenario pays to buyers, in a world."""
    measures, _ = besides(base, law.register, law.on, law.known)
    if all(one.kind != "subsidy" for one in measures):
        return ()
    plain = duties(base, law.register, law.on, law.known)
    found = (effect(base, law.register, plain, one).subsidy for one in measures if one.kind == "subsidy")
    return tuple(one for one in found if one is not None)


def subsidies_at(paid: Sequence[Subsidised], corner: Corner | None = None) -> SubsidyEnds:
    """Subsidies at the ends that a corner takes them to; in the middle without one."""
    moved: dict[str, End] = {} if corner is None else {corner.of: corner.end}
    return tuple((one, moved.get(one.measure, "value")) for one in paid)


def _taken(measure: Measure, end: End) -> Measure:
    return _taken_once(Same(measure), end)


@lru_cache(maxsize=256)
def _taken_once(of: Same[Measure], end: End) -> Measure:
    """One object in every scenario, so that what follows from it is found again."""
    measure = of.value
    share = measure.value_share
    level = None if share is None else getattr(share, end)
    if share is None or level is None:
        return measure
    return measure.model_copy(update={"value_share": share.model_copy(update={"value": level})})


def figures(outcome: Outcome, flows: Sequence[NamedFlow], paid: SubsidyEnds = ()) -> dict[str, Array]:
    """The figures that have ranges.

    `welfare` and `worth` `[country]`; `value` and `units` `[flow]`, not a number where it is not counted; of
    constraints `required`, `reached`, `wedge` (zero for a ban), `rent`, `cost` `[constraint]`; `sales`
    `[market, exporter]`, what bounds change in what is sold in each of `markets`; `paid` `[subsidy]`.
    Fractions, million USD, units.

    Args:
        outcome: The equilibrium.
        flows: Named flows of the case.
        paid: Subsidies to buyers, each at its end.
    """
    settled = outcome.constraints
    count = len(outcome.base.countries)
    return {
        "welfare": outcome.welfare.to_numpy(),
        "worth": outcome.equivalent_variation.to_numpy(),
        "value": np.array(
            [outcome.part_flow(one.importer, one.exporter, one.sector, one.part or "")[1] for one in flows]
        ),
        "units": np.array([np.nan if (one := counted(outcome, flow)) is None else one.new for flow in flows]),
        "required": np.array([one.required for one in settled]),
        "reached": np.array([one.reached for one in settled]),
        "wedge": np.array([one.wedge if np.isfinite(one.wedge) else 0.0 for one in settled]),
        "rent": np.array([one.rent for one in settled]),
        "cost": np.array([one.fiscal_cost for one in settled]),
        "sales": np.array(list(_sales(settled).values())).reshape(-1, count),
        "paid": np.array([paid_out(outcome, of, end) for of, end in paid]),
    }


SIGNED = ("welfare", "worth", "sales")


def _sales(settled: Sequence[Settled]) -> dict[tuple[str, str], Array]:
    return {market: change for one in settled for market, change in one.sales.items()}


def markets(settled: Sequence[Settled]) -> list[tuple[str, str]]:
    """Importers and sectors in which something is bound, in the order of `figures`."""
    return list(_sales(settled))


def figures_or_reason(
    corner: Callable[[], Outcome], flows: Sequence[NamedFlow], paid: SubsidyEnds = ()
) -> Figures | str:
    """Figures of a corner, or why it has none: what is promised at an end may be more than there is."""
    return figures_and_place(corner, flows, paid)[0]


def figures_and_place(
    corner: Callable[[], Outcome], flows: Sequence[NamedFlow], paid: SubsidyEnds = ()
) -> tuple[Figures | str, Nearby | None]:
    """The same, with where its equilibrium is."""
    try:
        outcome = corner()
        return figures(outcome, flows, paid), outcome.nearby
    except KoshoError as error:
        return str(error), None


def solved_corners(moved: Sequence[tuple[str, Figures | str]]) -> list[tuple[str, Figures]]:
    """The corners that have an equilibrium."""
    return [(of, found) for of, found in moved if not isinstance(found, str)]


def counted(outcome: Outcome, flow: NamedFlow) -> UnitFlow | None:
    """A named flow in vehicles, tonnes ... before and after; None where the base does not count it."""
    return next((one for one in outcome.units if flow_key(one.flow) == flow_key(flow)), None)


def flow_key(flow: NamedFlow | PhysicalFlow) -> tuple[str, str, str, str | None]:
    """What makes a named flow and a counted one the same."""
    return flow.exporter, flow.importer, flow.sector, flow.part


def largest_moves(middle: Array, moved: Sequence[tuple[str, Array]]) -> dict[str, tuple[Array, Array]]:
    """Largest fall (zero or less) and rise (zero or more) from the middle, by measure."""
    found: dict[str, tuple[Array, Array]] = {}
    for name, values in moved:
        change = values - middle
        fall, rise = found.get(name, (np.zeros_like(middle), np.zeros_like(middle)))
        found[name] = np.minimum(fall, change), np.maximum(rise, change)
    return found


def changes(middle: Figures, moved: Sequence[tuple[str, Figures]], what: str) -> dict[str, list[Array]]:
    """What each corner changes in a figure, by measure."""
    found: dict[str, list[Array]] = {}
    for name, figure in moved:
        found.setdefault(name, []).append(figure[what] - middle[what])
    return found


def changes_apart(
    here: Mapping[str, Sequence[Array]], there: Mapping[str, Sequence[Array]]
) -> list[tuple[str, Array]]:
    """What corners change in a difference of two scenarios; a measure that is in both moves in both."""
    found: list[tuple[str, Array]] = []
    for name in dict.fromkeys([*here, *there]):
        mine, other = here.get(name), there.get(name)
        if mine is not None and other is not None and len(mine) == len(other):
            found += [(name, one - two) for one, two in zip(mine, other, strict=True)]
        else:
            found += [(name, one) for one in mine or ()] + [(name, -two) for two in other or ()]
    return found


def figure_ends(middle: Figures, moved: Sequence[tuple[str, Figures]]) -> FigureEnds:
    """Both ends of every figure; what cannot be negative never is."""
    low: dict[str, Array] = {}
    high: dict[str, Array] = {}
    for name, value in middle.items():
        changes = largest_moves(value, [(measure, figure[name]) for measure, figure in moved]).values()
        least = value + sum((fall for fall, _ in changes), np.zeros_like(value))
        low[name] = least if name in SIGNED else np.maximum(least, np.minimum(value, 0.0))
        high[name] = value + sum((rise for _, rise in changes), np.zeros_like(value))
    return FigureEnds(low, high)
