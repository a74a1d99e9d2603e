"""`gradient`: what every tariff and every trade cost is worth at the margin.

The implicit function theorem at an equilibrium F(u, z) = 0, u the unknowns, z the coefficients of the shock:
d payoff/dz = dO/dz - mu' dF/dz with (dF/du)' mu = dO/du. The transposed system is solved by steps of the
solver's own preconditioner, transposed, under Anderson acceleration, first in single precision; no Jacobian is
formed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import cast

import numpy as np
import xarray as xr

from kosho.arguments import note_numbers, note_share_of_one, note_sort
from kosho.arrays import Array
from kosho.declared import as_declared
from kosho.display import Card, Shown, glance, number
from kosho.equilibrium.adjoint import Adjoint, Seeds, Unknowns, there
from kosho.equilibrium.anderson import Anderson
from kosho.equilibrium.arguments import Deficits
from kosho.equilibrium.closed_factors import closed_factors
from kosho.equilibrium.closure import Closure
from kosho.equilibrium.counterfactual import Counterfactual
from kosho.equilibrium.effects import disutility_slope
from kosho.equilibrium.kernel import Values
from kosho.equilibrium.outcome import Outcome
from kosho.equilibrium.preconditioners import Factors
from kosho.equilibrium.sector_income import (
    add_sector_incomes,
    base_sector_incomes,
    real_sector_incomes,
)
from kosho.equilibrium.shock import Shock
from kosho.equilibrium.slopes import Slopes
from kosho.equilibrium.solve import solve
from kosho.errors import ConvergenceError, InputError, Problem, Problems
from kosho.language import _
from kosho.world import World, labelled

__all__ = ["Gradient", "Payoff", "gradient"]


ACCURACY = 1e-7
ROUGH = 1e-4
"""Gap down to which single precision is enough."""
MEMORY = 30
LIMIT = 300
PAIR = 2


@as_declared
@dataclass(frozen=True)
class Payoff(Shown):
    """What a party wants: equivalent variation plus extra weight on what its sectors make, or on what they
    earn.

    In million USD a year; `Outcome.equivalent_variation` and `Outcome.real_value_added` say of what. A sector
    earns its value added and, in proportion to it, a share of tariff revenue and transfers, at consumer prices
    (Ossa 2014).

    >>> from kosho.equilibrium import Payoff, Shock, solve
    >>> from kosho.world import toy
    >>> outcome = solve(toy(), Shock.tariffs(toy(), {("USA", "JPN", "C29"): 0.15}))
    >>> round(Payoff("USA").of(outcome), -1), round(Payoff("USA", {"C29": 0.5}).of(outcome), -1)
    (2710.0, 5450.0)
    >>> round(Payoff("USA", incomes={"C29": 0.5}).of(outcome), -1)
    6580.0
    """

    country: str
    weights: Mapping[str, float] = field(default_factory=dict)
    """Excess weight lambda of a sector's real value added."""
    incomes: Mapping[str, float] = field(default_factory=dict)
    """Excess weight (lambda - 1) of a sector's real income."""

    def of(self, outcome: Outcome) -> float:
        """The payoff in an outcome.

        Raises:
            InputError: an unknown country or sector.
        """
        base = outcome.base
        home = base.position(self.country)
        total = float(outcome.equivalent_variation.to_numpy()[home])
        if self.weights:
            total += _weighted(self.weights, outcome.real_value_added.to_numpy()[home], base)
        if self.incomes:
            values = outcome.solution.values
            before = base_sector_incomes(base, values.system.base, home)
            total += _weighted(self.incomes, real_sector_incomes(values, base, home) - before, base)
        return total

    def base(self, world: World, closure: Closure | None = None) -> float:
        """What a payoff changes from: income in the base, and what is weighted of its sectors.

        Args:
            world: The base.
            closure: Who earns what of value added; the plain one if not given.

        Raises:
            InputError: an unknown country or sector.
        """
        a, home = world.arrays, world.position(self.country)
        return (
            float(a.income[home])
            + _weighted(self.weights, a.beta[home] * a.output[home], world)
            + _weighted(self.incomes, base_sector_incomes(world, closed_factors(world, closure), home), world)
        )


def _weighted(weights: Mapping[str, float], amounts: Array, base: World) -> float:
    return sum(weight * float(amounts[base.sector_position(code)]) for code, weight in weights.items())


PayoffLike = str | Payoff
"""A country, for its `welfare` (a fraction), or a `Payoff` (million USD a year)."""


@dataclass(frozen=True, eq=False)
class Gradient(Shown):
    """Derivatives of a payoff at an outcome.

    >>> from kosho.equilibrium import gradient
    >>> from kosho.world import toy
    >>> found = gradient(toy(), "JPN")
    >>> found.tariff.sel(importer="USA", exporter="JPN").round(3).to_series().to_dict()
    {'A01': -0.004, 'C29': -0.147}
    """

    slopes: Slopes
    """The same as bare arrays."""
    residual: float
    """How far the transposed equations are missed, relative to what the payoff asks of them."""
    iterations: int

    @cached_property
    def tariff(self) -> xr.DataArray:
        """`[importer, exporter, sector]`, per unit of the rate (1.00 = 100 %) on the whole cell, all its parts.

        Zero on domestic sales, which bear none.
        """
        return self._labelled(self.slopes.tariff)

    @cached_property
    def cost(self) -> xr.DataArray:
        """`[importer, exporter, sector]`, per unit of ln d, d the real trade cost of the whole cell."""
        return self._labelled(self.slopes.cost)

    @property
    def part_tariff(self) -> Array:
        """`(m,)`, as `tariff`, of the part in each row of the outcome's shock alone."""
        return self.slopes.part_tariff

    @property
    def part_cost(self) -> Array:
        """`(m,)`, as `cost`, of the part in each row of the outcome's shock alone."""
        return self.slopes.part_cost

    def _labelled(self, cells: Array) -> xr.DataArray:
        base = self.slopes.outcome.base
        return labelled(cells, ("importer", "exporter", "sector"), base.countries, base.sectors)

    def card(self) -> Card:
        """Where a tariff and a trade cost weigh most."""
        return Card(
            "Gradient",
            [
                ("tariff", _steepest(self.tariff)),
                ("cost", _steepest(self.cost)),
                ("parts", str(len(self.part_tariff))),
                ("residual", f"{self.residual:.0e}"),
            ],
        )


@as_declared
def gradient(
    at: Outcome | World,
    objective: PayoffLike | Sequence[tuple[float, PayoffLike]],
    accuracy: float = ACCURACY,
    *,
    counterfactual: Counterfactual | Shock | None = None,
    deficits: Deficits | None = None,
    closure: Closure | None = None,
) -> Gradient:
    """Derivative of a payoff with respect to every tariff and every real trade cost.

    Args:
        at: Where to take it: an outcome at hand, or a world, in which `counterfactual` is solved first.
        objective: A country, for its `welfare` (a fraction), or a `Payoff` (million USD a year); or several,
            each with its weight, for the derivative of their weighted sum.
        accuracy: Largest gap left in the transposed equations, relative to their right-hand side. Cells far
            smaller than the largest need a smaller one to be as exact.
        counterfactual: What changes in the world; nothing if not given. Only with a world.
        deficits: See `Deficits`; "fixed" if not given. Only with a world.
        closure: What adjusts; the plain one if not given. Only with a world: an outcome has its own.

    Wedges of constraints are held where the outcome has them.

    Raises:
        InputError: an unknown country or sector, arguments of wrong types, whatever `solve` refuses.
        ConvergenceError: there is no equilibrium, or the transposed system could not be solved.

    >>> from kosho.equilibrium import gradient
    >>> from kosho.world import toy
    >>> per_point = gradient(toy(), "USA").tariff / 100
    >>> f"{float(per_point.sel(importer='USA', exporter='JPN', sector='C29')):+.5f}"
    '+0.00081'
    """
    weighted = _refuse(at, objective, accuracy)
    if isinstance(at, World):
        outcome = solve(at, counterfactual or Shock.none(at), deficits or "fixed", closure=closure)
    elif not (counterfactual is None and deficits is None and closure is None):
        raise InputError(
            Problem(
                _("an outcome has its own counterfactual, deficits and closure"), _("pass its world instead")
            )
        )
    else:
        outcome = at
    values = outcome.solution.values
    adjoint = Adjoint.at(values)
    wanted = _wanted(outcome, weighted)
    weights, residual, iterations = _solve(adjoint, values, wanted, outcome.base.countries, accuracy)
    causes = adjoint.causes(wanted.less(adjoint.seeds(weights)))
    return Gradient(Slopes(outcome, causes), residual, iterations)


def _refuse(at: object, objective: object, accuracy: object) -> list[tuple[float, PayoffLike]]:
    """Refuse arguments of wrong types; the objectives with their weights."""
    problems = Problems()
    note_sort(problems, at, (Outcome, World), "at")
    note_share_of_one(problems, accuracy, "accuracy", f"{ACCURACY:g}")
    if isinstance(objective, Sequence) and not isinstance(objective, str):
        given = [one for one in cast("Sequence[object]", objective) if isinstance(one, tuple)]
        given = [cast("tuple[float, PayoffLike]", one) for one in given if len(one) == PAIR]
        if len(given) < max(len(objective), 1):
            problems.add(
                _("is no sequence of weights with payoffs"), _("such as [(0.5, 'USA')]"), key="objective"
            )
    else:
        given = [(1.0, cast("PayoffLike", objective))]
    note_numbers(problems, [weight for weight, _other in given], range(len(given)), "objective")
    for _other, one in given:
        if note_sort(problems, one, (str, Payoff), "objective") and isinstance(one, Payoff):
            for name in ("weights", "incomes"):
                chosen = getattr(one, name)
                note_numbers(problems, chosen.values(), chosen, f"objective.{name}")
    problems.raise_if_any()
    return list(given)


def _steepest(slopes: xr.DataArray) -> str:
    """The cell with the largest slope, in words."""
    place = np.unravel_index(int(np.abs(slopes.to_numpy()).argmax()), slopes.shape)
    names = [str(slopes.indexes[dim][k]) for dim, k in zip(slopes.dims, place, strict=True)]
    cell = f"{names[0]} from {names[1]}, {names[2]}"
    return f"{glance(slopes)}, steepest {number(float(slopes.to_numpy()[place]))} at {cell}"


def _wanted(outcome: Outcome, weighted: Sequence[tuple[float, PayoffLike]]) -> Seeds:
    """The derivatives of a weighted sum of payoffs with respect to results."""
    count, sectors = outcome.base.arrays.beta.shape
    zero = np.zeros((sectors, count, 1))
    seeds = Seeds(
        income=np.zeros((count, 1)),
        output=zero.copy(),
        log_cost=zero.copy(),
        log_price=zero.copy(),
        log_absorbed=zero,
        spending=zero,
        log_wage=np.zeros((count, 1)),
        revenue=np.zeros((count, 1)),
        log_labour=np.zeros((count, 1)),
    )
    for weight, objective in weighted:
        _add_payoff(seeds, outcome, weight, objective)
    return seeds


def _add_payoff(seeds: Seeds, outcome: Outcome, times: float, objective: PayoffLike) -> None:
    """Add the derivatives of one payoff, times its weight, in place."""
    values, a = outcome.solution.values, outcome.base.arrays
    payoff = Payoff(objective) if isinstance(objective, str) else objective
    home = outcome.base.position(payoff.country)
    # Welfare + 1 = I / I0 / prod P^alpha.
    level = float(np.exp(a.alpha[home] @ values.point.log_price[home]))
    scale = times * (1.0 if isinstance(objective, str) else float(outcome.observed_income.to_numpy()[home]))
    seeds.income[home] += scale / (a.income[home] * level)
    consumed = values.income[home]
    if outcome.closure.revenue == "kept":
        there(seeds.revenue)[home] -= scale / (a.income[home] * level)
        consumed = consumed - values.revenue[home]
    seeds.log_price[:, home, 0] -= scale * a.alpha[home] * consumed / (a.income[home] * level)
    there(seeds.log_labour)[home] -= scale * disutility_slope(values)[home]
    # Real value added = beta (Y / c - Y0).
    for code, weight in payoff.weights.items():
        j = outcome.base.sector_position(code)
        if a.output[home, j] > 0:
            volume = times * weight * a.beta[home, j] * np.exp(-values.log_cost[home, j])
            seeds.output[j, home] += volume
            seeds.log_cost[j, home] -= volume * values.output[home, j]
    if payoff.incomes:
        scaled = {code: times * weight for code, weight in payoff.incomes.items()}
        add_sector_incomes(seeds, values, outcome.base, home, scaled)


def _solve(
    adjoint: Adjoint, values: Values, wanted: Seeds, countries: tuple[str, ...], accuracy: float
) -> tuple[Unknowns, float, int]:
    """Weights of the equations, the gap left and the steps taken."""
    target = adjoint.pull(wanted).packed()[:, 0]
    base, count = values.system.base, len(countries)
    size = float(np.abs(target).max())
    unit = target / (size if size > 0 else 1.0)
    state = np.zeros_like(unit)
    accelerate = Anderson(len(state), MEMORY)
    operator = adjoint.in_single()
    gap = unit
    for iteration in range(LIMIT):
        weights = Unknowns.unpacked(state[:, None], count, adjoint.blocks)
        gap = unit - operator.transposed(weights).packed()[:, 0]
        worst = float(np.abs(gap).max())
        if operator is not adjoint and worst <= ROUGH:
            operator = adjoint
            continue
        if worst <= accuracy:
            return Unknowns.unpacked(size * state[:, None], count, adjoint.blocks), worst, iteration
        if not np.isfinite(worst):
            break
        step = _precondition(adjoint, base, Unknowns.unpacked(gap[:, None], count, adjoint.blocks))
        state = accelerate.next(state, step)
    country = countries[int(np.abs(gap[:count]).argmax())]
    raise ConvergenceError(
        float(np.abs(gap).max()), country, LIMIT, _("the transposed equations of a gradient")
    )


def _precondition(adjoint: Adjoint, base: Factors, gap: Unknowns) -> Array:
    """The solver's step (`joint`) transposed and undamped: roughly the transposed Jacobian's inverse."""
    local, home = base.local, base.home
    price, spending, scale = gap.price[:, :, 0].T, gap.spending[:, :, 0].T, adjoint.scale.T
    total = adjoint.spending.sum(axis=0)[:, None]
    spent = spending / scale
    follow = (local.follow * price + home.answer * spent).sum(axis=1)
    by_wage = base.wage.T @ (gap.wage[:, 0] + follow)
    spent = (spent - home.by_spending * by_wage[:, None]) * total
    by_price = price - home.by_price * by_wage[:, None]
    before, after = local.wanted(spent)
    turned = home.turn * (after - before) / total
    by_price = local.costs(by_price + turned) - turned
    blocks = [by_wage, -by_price.T.ravel(), -(after * scale / total).T.ravel()]
    if gap.premium is not None:
        premium = gap.premium[:, :, 0] + base.premium.follow.T * by_price.T
        blocks.append((-premium / base.premium.answer.T).ravel())
    return np.concatenate(blocks)
