"""What a line is worth to both sides: our cost of giving it, their gain, in the whole economy.

Gradients of both sides' payoffs price all lines at once: the slopes at the base, half-way, and with every duty
of the partner gone, by Simpson's rule, times the cut, so that lines add up to what all of them together bring.
That ranks. What is shown of the first lines was solved: each line freed alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from kosho.arrays import Array
from kosho.declared import as_declared
from kosho.display import Shown
from kosho.equilibrium import Outcome, Payoff, gradient, solve, solve_batch
from kosho.errors import KoshoError
from kosho.language import _
from kosho.lines.line_elasticities import LineElasticities
from kosho.lines.line_packages import line_shock, members
from kosho.lines.line_table import LineTable, MissingJoin
from kosho.lines.sectors import sectors_of
from kosho.world import World

__all__ = ["LineWorth", "Ranking", "duty_shares", "rank_lines"]

CONFIRMED = 10
"""Lines that are solved, from the first on."""
LEAST = 0.05
"""Million of imports below which a line is not ranked."""


@dataclass(frozen=True, slots=True)
class LineWorth(Shown):
    """A line, freed for one partner. Money a year: partial in that of the table, the rest in that of the world.

    >>> from kosho.lines import LineWorth
    >>> line = LineWorth("870323", "C29", imports=40, rate=0.025, revenue=-1, creation=0.5, gain=2, cost=1)
    >>> line.ratio
    2.0
    """

    code: str
    sector: str
    imports: float
    """Of the giver from the partner, in the base."""
    rate: float
    """Paid in the base, a fraction."""
    revenue: float
    """Change of the giver's, partial."""
    creation: float
    """Of trade, partial."""
    gain: float
    """Of the partner, by the gradient."""
    cost: float
    """To the giver, by the gradient; below zero where the giver gains too."""
    duty_share: float = 0.0
    """What the line pays of the duties on the partner's goods of its sector, a fraction."""
    gain_solved: float | None = None
    """Of the partner, with this line alone freed, in the whole economy; None where it was not solved."""
    cost_solved: float | None = None
    """The same of the giver."""

    @property
    def ratio(self) -> float:
        """The partner's gain per unit of the giver's cost; infinite where the giver has none."""
        return float("inf") if self.cost <= 0 else self.gain / self.cost


@dataclass(frozen=True, eq=False)
class Ranking(Shown):
    """Lines from the one to ask for, or to offer, first. Make one with `rank_lines`.

    >>> from kosho.lines import Ranking
    >>> Ranking("USA", "JPN", (), 0, 12.0, 3.0, ()).by_gradient
    (0, 0)
    """

    giver: str
    partner: str
    lines: tuple[LineWorth, ...]
    within: int
    """How many of them, from the first on, fit the budget; lines that do not fit come after these."""
    all_gain: float
    """Of the partner, with all of them freed at once, solved."""
    all_cost: float
    """Of the giver, the same."""
    left_out: tuple[MissingJoin, ...]

    @property
    def by_gradient(self) -> tuple[float, float]:
        """Gain and cost of all lines by the gradient, to hold against what was solved."""
        return sum(one.gain for one in self.lines), sum(one.cost for one in self.lines)


def _payoff(world: World, code: str) -> list[tuple[float, Payoff]]:
    """Of an economy, or of the members of a bloc together."""
    return [(1.0, Payoff(world.countries[place])) for place in members(world, code)]


def _worth(payoff: Sequence[tuple[float, Payoff]], outcome: Outcome) -> float:
    return sum(weight * one.of(outcome) for weight, one in payoff)


@as_declared
def rank_lines(  # noqa: PLR0913 - the ways to narrow a list
    world: World,
    table: LineTable,
    partner: str,
    elasticities: LineElasticities,
    *,
    budget: float | None = None,
    exclude: Sequence[str] = (),
    confirm: int = CONFIRMED,
) -> Ranking:
    """Rank the dutiable lines of a partner by its gain per unit of the giver's cost.

    Lines that cost the giver nothing come first, the largest gain before the others; lines from which the
    partner gains nothing come last. A line that the budget has no room for is passed over, and comes after
    those that fit.

    Args:
        world: The economy.
        table: The giver's lines.
        partner: For whom they are freed.
        elasticities: For the partial figures.
        budget: Revenue that the giver may lose, partial, in the money of the table.
        exclude: Codes, or beginnings of them, that are not to be freed.
        confirm: How many lines are solved.

    Raises:
        InputError: the world or the table does not have a side.
        KoshoError: no line of the partner pays a duty.
        ConvergenceError: no equilibrium.

    >>> from kosho.lines import line_elasticities, line_table, rank_lines, shipped_trade
    >>> from kosho.world import load
    >>> table = line_table(shipped_trade("USA").of_year(), "USA", digits=6)
    >>> table = table.take([k for k, code in enumerate(table.codes) if code.startswith("8703")])
    >>> some = line_elasticities(table.codes, "USA")
    >>> found = rank_lines(load(regions="talks", sectors="talks"), table, "JPN", some, confirm=1)
    >>> found.lines[0].gain > 0, found.lines[0].gain_solved > 0
    (True, True)
    """
    column = table.partner(partner)
    paid = table.paid[:, column]
    free = np.array([not code.startswith(tuple(exclude)) for code in table.codes]) if exclude else True
    wanted = np.flatnonzero((paid > 0) & (table.imports[:, column] > LEAST) & table.priced & free)
    after = table.without_duty(partner, wanted.tolist())
    half = 0.5 * (table.paid + after)
    base, middle, all_free = (
        line_shock(world, table, rates, apart=True) for rates in (table.paid, half, after)
    )
    start, between, end = (solve(world, one.shock) for one in (base, middle, all_free))
    mine = np.isin(base.line, wanted) & np.isin(base.shock.exporter, members(world, partner))
    giver, taker = _payoff(world, table.importer), _payoff(world, partner)
    cut = all_free.shock.tariff - base.shock.tariff
    gain, loss = (
        np.bincount(base.line[mine], (_slope(payoff, (start, between, end)) * cut)[mine], minlength=len(paid))
        for payoff in (taker, giver)
    )
    held = np.intersect1d(wanted, base.line[mine])
    if not len(held):
        raise KoshoError(
            _(
                "no line of {partner} in {importer} pays a duty that is known",
                partner=partner,
                importer=table.importer,
            )
        )
    partial = table.price(after, elasticities)
    sectors = {
        int(line): world.sectors[sector] for line, sector in zip(base.line, base.shock.sector, strict=True)
    }
    shares = duty_shares(world, table, partner)
    ranked = [
        LineWorth(
            code=table.codes[k],
            sector=sectors[k],
            imports=float(table.imports[k, column]),
            rate=float(paid[k]),
            revenue=float(partial.revenue[k].sum()),
            creation=float(partial.creation[k].sum()),
            gain=float(gain[k]),
            cost=-float(loss[k]),
            duty_share=shares[table.codes[k]],
        )
        for k in held.tolist()
    ]
    ranked.sort(key=lambda one: (one.gain <= 0, -one.ratio, -one.gain))
    ranked, within = _within(ranked, budget)
    confirmed = _confirmed(world, table, partner, ranked[:confirm], (taker, giver))
    return Ranking(
        table.importer,
        partner,
        (*confirmed, *ranked[confirm:]),
        within,
        _worth(taker, end) - _worth(taker, start),
        _worth(giver, start) - _worth(giver, end),
        base.left_out,
    )


def _within(ranked: list[LineWorth], budget: float | None) -> tuple[list[LineWorth], int]:
    """Lines that fit a budget one after the other, then those that do not; and how many fit."""
    if budget is None:
        return ranked, len(ranked)
    fit: list[LineWorth] = []
    beyond: list[LineWorth] = []
    left = budget
    for one in ranked:
        fits = -one.revenue <= left
        (fit if fits else beyond).append(one)
        left += one.revenue if fits else 0.0
    return [*fit, *beyond], len(fit)


def duty_shares(world: World, table: LineTable, partner: str) -> dict[str, float]:
    """What each line pays of the duties on a partner's goods of its sector, by code; those that pay any.

    >>> import numpy as np
    >>> from kosho.lines import LineTable
    >>> from kosho.lines.line_ranking import duty_shares
    >>> from kosho.world import toy
    >>> codes, rate = ("870323", "870324"), np.array([[0.025], [0.1]])
    >>> table = LineTable("USA", codes, ("JPN",), np.array([[40.0], [10.0]]), rate, ("line",) * 2, ())
    >>> duty_shares(toy(), table, "JPN")
    {'870323': 0.5, '870324': 0.5}
    """
    column = table.partner(partner)
    bill = np.where(table.priced, table.paid[:, column] * table.imports[:, column], 0.0).tolist()
    named = sectors_of(table.codes, world)
    bills: dict[str, float] = {}
    for name, value in zip(named, bill, strict=True):
        if name is not None:
            bills[name] = bills.get(name, 0.0) + value
    return {
        code: value / bills[name]
        for code, name, value in zip(table.codes, named, bill, strict=True)
        if name is not None and value > 0
    }


def _slope(payoff: Sequence[tuple[float, Payoff]], along: tuple[Outcome, Outcome, Outcome]) -> Array:
    """`(m,)`, mean slope of a payoff along the way, by the rate of each row: Simpson's rule."""
    first, middle, last = (gradient(one, payoff).part_tariff for one in along)
    return (first + 4.0 * middle + last) / 6.0


def _confirmed(
    world: World,
    table: LineTable,
    partner: str,
    lines: Sequence[LineWorth],
    payoffs: tuple[Sequence[tuple[float, Payoff]], Sequence[tuple[float, Payoff]]],
) -> list[LineWorth]:
    """The lines with what both sides gain and lose where each alone is freed, solved."""
    if not lines:
        return []
    shocks = [
        line_shock(world, table, table.without_duty(partner, [table.codes.index(one.code)])).shock
        for one in lines
    ]
    many = solve_batch(world, shocks, volumes=False)
    many.raise_if_failed([one.code for one in lines])
    worth = many.equivalent_variation.to_numpy()
    sides = [[world.position(one.country) for _, one in payoff] for payoff in payoffs]
    gains, losses = (worth[:, side].sum(axis=1) for side in sides)
    return [
        replace(one, gain_solved=float(gain), cost_solved=-float(loss))
        for one, gain, loss in zip(lines, gains, losses, strict=True)
    ]
