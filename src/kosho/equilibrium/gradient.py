"""`gradient`: what every tariff and every trade cost is worth at the margin.

The implicit function theorem at an equilibrium F(u, z) = 0, u the unknowns, z the coefficients of the shock:
d payoff/dz = dO/dz - mu' dF/dz with (dF/du)' mu = dO/du. The transposed system is solved by steps of the
solver's own preconditioner, transposed, under Anderson acceleration, first in single precision; no Jacobian is
formed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import xarray as xr

from kosho.arguments import note_numbers, note_share_of_one, note_sort
from kosho.arrays import Array
from kosho.display import Card, Shown, glance, number
from kosho.equilibrium.absorption import Absorption, absorption_of
from kosho.equilibrium.adjoint import Adjoint, Causes, Seeds, Unknowns
from kosho.equilibrium.anderson import Anderson
from kosho.equilibrium.arguments import Deficits
from kosho.equilibrium.closure import Closure
from kosho.equilibrium.counterfactual import Counterfactual
from kosho.equilibrium.effects import disutility_slope
from kosho.equilibrium.kernel import Values
from kosho.equilibrium.outcome import Outcome
from kosho.equilibrium.preconditioners import Factors
from kosho.equilibrium.shock import Shock
from kosho.equilibrium.solve import solve
from kosho.errors import ConvergenceError, InputError, Problem, Problems
from kosho.world import World, labelled

__all__ = ["Gradient", "Payoff", "gradient"]


ACCURACY = 1e-7
ROUGH = 1e-4
"""Gap down to which single precision is enough."""
MEMORY = 30
LIMIT = 300


@dataclass(frozen=True)
class Payoff(Shown):
    """What a party wants: equivalent variation plus extra weight on the real value added of sectors.

    In million USD a year; `Outcome.equivalent_variation` and `Outcome.real_value_added` say of what.

    >>> from kosho.equilibrium import Payoff, Shock, solve
    >>> from kosho.world import toy
    >>> outcome = solve(toy(), Shock.tariffs(toy(), {("USA", "JPN", "C29"): 0.15}))
    >>> round(Payoff("USA").of(outcome), -1), round(Payoff("USA", {"C29": 0.5}).of(outcome), -1)
    (2710.0, 5450.0)
    """

    country: str
    weights: Mapping[str, float] = field(default_factory=dict)
    """Excess weight lambda of a sector's real value added."""

    def of(self, outcome: Outcome) -> float:
        """The payoff in an outcome.

        Raises:
            InputError: an unknown country or sector.
        """
        base = outcome.base
        home = base.position(self.country)
        total = float(outcome.equivalent_variation.to_numpy()[home])
        real = outcome.real_value_added.to_numpy()[home] if self.weights else np.empty(0)
        return total + sum(
            weight * float(real[base.sector_position(code)]) for code, weight in self.weights.items()
        )


@dataclass(frozen=True, eq=False)
class Gradient(Shown):
    """Derivatives of a payoff at an outcome.

    >>> from kosho.equilibrium import gradient
    >>> from kosho.world import toy
    >>> found = gradient(toy(), "JPN")
    >>> found.tariff.sel(importer="USA", exporter="JPN").round(3).to_series().to_dict()
    {'A01': -0.004, 'C29': -0.147}
    """

    tariff: xr.DataArray
    """`[importer, exporter, sector]`, per unit of the rate (1.00 = 100 %) on the whole cell, all of its parts;
    zero on domestic sales, which bear none."""
    cost: xr.DataArray
    """`[importer, exporter, sector]`, per unit of ln d, d the real trade cost of the whole cell."""
    part_tariff: Array
    """`(m,)`, as `tariff`, of the part in each row of the outcome's shock alone."""
    part_cost: Array
    """`(m,)`, as `cost`, of the part in each row of the outcome's shock alone."""
    residual: float
    """How far the transposed equations are missed, relative to what the payoff asks of them."""
    iterations: int

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


def gradient(
    at: Outcome | World,
    objective: str | Payoff,
    accuracy: float = ACCURACY,
    *,
    counterfactual: Counterfactual | Shock | None = None,
    deficits: Deficits | None = None,
    closure: Closure | None = None,
) -> Gradient:
    """Derivative of a payoff with respect to every tariff and every real trade cost.

    Args:
        at: Where to take it: an outcome at hand, or a world, in which `counterfactual` is solved first.
        objective: A country, for its `welfare` (a fraction), or a `Payoff` (million USD a year).
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
    _refuse(at, objective, accuracy)
    if isinstance(at, World):
        outcome = solve(at, counterfactual or Shock.none(at), deficits or "fixed", closure=closure)
    elif not (counterfactual is None and deficits is None and closure is None):
        raise InputError(
            Problem("an outcome has its own counterfactual, deficits and closure", "pass its world instead")
        )
    else:
        outcome = at
    values = outcome.solution.values
    adjoint = Adjoint.at(values)
    wanted = _wanted(outcome, objective)
    weights, residual, iterations = _solve(adjoint, values, wanted, outcome.base.countries, accuracy)
    causes = adjoint.causes(wanted.less(adjoint.seeds(weights)))
    return _by_cell(outcome, causes, residual, iterations)


def _refuse(at: object, objective: object, accuracy: object) -> None:
    problems = Problems()
    note_sort(problems, at, (Outcome, World), "at")
    note_sort(problems, objective, (str, Payoff), "objective")
    note_share_of_one(problems, accuracy, "accuracy", f"{ACCURACY:g}")
    if isinstance(objective, Payoff):
        note_numbers(problems, objective.weights.values(), objective.weights, "objective.weights")
    problems.raise_if_any()


def _steepest(slopes: xr.DataArray) -> str:
    """The cell with the largest slope, in words."""
    place = np.unravel_index(int(np.abs(slopes.to_numpy()).argmax()), slopes.shape)
    names = [str(slopes.indexes[dim][k]) for dim, k in zip(slopes.dims, place, strict=True)]
    cell = f"{names[0]} from {names[1]}, {names[2]}"
    return f"{glance(slopes)}, steepest {number(float(slopes.to_numpy()[place]))} at {cell}"


def _wanted(outcome: Outcome, objective: str | Payoff) -> Seeds:
    """The payoff's own derivatives with respect to results."""
    values, a = outcome.solution.values, outcome.base.arrays
    payoff = Payoff(objective) if isinstance(objective, str) else objective
    home = outcome.base.position(payoff.country)
    count, sectors = a.beta.shape
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
    # Welfare + 1 = I / I0 / prod P^alpha.
    level = float(np.exp(a.alpha[home] @ values.point.log_price[home]))
    scale = 1.0 if isinstance(objective, str) else float(outcome.observed_income.to_numpy()[home])
    seeds.income[home] = scale / (a.income[home] * level)
    consumed = values.income[home]
    if outcome.closure.revenue == "kept":
        _there(seeds.revenue)[home] = -scale / (a.income[home] * level)
        consumed = consumed - values.revenue[home]
    seeds.log_price[:, home, 0] = -scale * a.alpha[home] * consumed / (a.income[home] * level)
    _there(seeds.log_labour)[home] = -scale * disutility_slope(values)[home]
    # Real value added = beta (Y / c - Y0).
    for code, weight in payoff.weights.items():
        j = outcome.base.sector_position(code)
        if a.output[home, j] > 0:
            volume = weight * a.beta[home, j] * np.exp(-values.log_cost[home, j])
            seeds.output[j, home] = volume
            seeds.log_cost[j, home] = -volume * values.output[home, j]
    return seeds


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
    raise ConvergenceError(float(np.abs(gap).max()), country, LIMIT, "the transposed equations of a gradient")


def _precondition(adjoint: Adjoint, base: Factors, gap: Unknowns) -> Array:
    """The solver's step (`joint`) transposed and undamped: roughly the transposed Jacobian's inverse."""
    local = base.local
    price, spending, scale = gap.price[:, :, 0].T, gap.spending[:, :, 0].T, adjoint.scale.T
    total = adjoint.spending.sum(axis=0)[:, None]
    by_price = np.matmul(local.inverse.transpose(0, 2, 1), price[:, :, None].astype(np.float32))[:, :, 0]
    back = spending * total / scale
    back = back + local.weight * (local.revenue * back).sum(axis=1, keepdims=True)
    by_spending = np.matmul(local.inverse, back[:, :, None].astype(np.float32))[:, :, 0] * scale / total
    spent = adjoint.spending.T / scale * spending * base.swing[:, None]
    follow = (local.follow * price + spent).sum(axis=1)
    by_wage = base.wage.T @ (gap.wage[:, 0] + follow)
    blocks = [by_wage, -by_price.T.ravel(), -by_spending.T.ravel()]
    if gap.premium is not None:
        mobility = np.inf if base.markets is None else base.markets.mobility
        premium = gap.premium[:, :, 0] + base.premium.follow.T * by_price.T
        blocks.append((-premium / (1.0 + base.premium.reach.T / mobility)).ravel())
    return np.concatenate(blocks)


def _by_cell(outcome: Outcome, causes: Causes, residual: float, iterations: int) -> Gradient:
    """From coefficients to tariffs and costs, of whole cells and of the parts in the shock.

    K/pi is the sum of the parts' weights s kappa^-theta; a part's weight falls with its tariff by theta and
    what it pays to producers by theta + 1, each over its wedge 1 + t' + r'.
    """
    base, cells, shock = outcome.base, outcome.cells, outcome.answered
    theta = base.arrays.theta[:, None, None]
    net = 1.0 / (1.0 + base.arrays.tariff.transpose(2, 0, 1))
    cost = -theta * (causes.log_factor + causes.log_net_factor)
    tariff = -net * (theta * causes.log_factor + (theta + 1.0) * causes.log_net_factor)
    # In a cell that the shock touches, every part and the rest have a wedge of their own.
    where = (cells.sector, cells.importer, cells.exporter)
    elasticity = base.arrays.theta[cells.sector]
    received = cells.factor * cells.net
    slope = _over(causes.log_net_factor[where] * (elasticity + 1.0), received)
    share = _over(causes.log_factor[where] * elasticity, cells.factor)
    kept = cells.weight * cells.part_net
    row = cells.row
    part_tariff = -kept * (share[row] + slope[row] * cells.part_net)
    part_cost = (
        -cells.weight * share[row] - kept * _over(causes.log_net_factor[where] * elasticity, received)[row]
    )
    paying = np.flatnonzero((shock.rent != 0) & (cells.weight > 0))
    part_theta = elasticity[row[paying]]
    part_tariff[paying] -= (part_theta + 1.0) * cells.part_net[paying] * causes.log_rent
    part_cost[paying] -= part_theta * causes.log_rent
    rest_tariff = -cells.rest_net * share - _over(cells.rest_net**2, cells.rest) * slope
    rest_cost = -cells.rest * share - cells.rest_net * _over(
        causes.log_net_factor[where] * elasticity, received
    )
    absorption = absorption_of(outcome.closure, base)
    if absorption is not None:
        borne = _Borne(outcome, absorption, causes.held)
        tariff = borne.cells(tariff)
        part_tariff, rest_tariff = borne.parts(part_tariff), borne.rest(rest_tariff)
    tariff[where] = rest_tariff + np.bincount(row, part_tariff, minlength=len(received))
    cost[where] = rest_cost + np.bincount(row, part_cost, minlength=len(received))
    home = np.arange(len(base.countries))
    tariff[:, home, home] = 0.0
    named = [
        labelled(cell.transpose(1, 2, 0), ("importer", "exporter", "sector"), base.countries, base.sectors)
        for cell in (tariff, cost)
    ]
    return Gradient(named[0], named[1], part_tariff, part_cost, residual, iterations)


class _Borne:
    """Slopes with respect to duties as levied where makers absorb the share lambda of them.

    What buyers pay moves with (1 + t)^(1 - lambda), the maker's rent with ((1 + t)/(1 + t0))^-lambda - 1.
    """

    def __init__(self, outcome: Outcome, absorption: Absorption, held: Array) -> None:
        self._outcome, self._held = outcome, held
        self._cells = absorption.cells
        self._share = absorption.share(outcome.answered)

    def cells(self, tariff: Array) -> Array:
        """Of cells that the shock leaves alone `(S, N, N)`."""
        base = self._outcome.base.arrays
        share = np.broadcast_to(self._cells.T[:, None, :], tariff.shape)
        rate = base.tariff.transpose(2, 0, 1)
        received = self._outcome.solution.values.net_flow
        return (1.0 - share) * tariff - share * received * self._held / (1.0 + rate)

    def parts(self, tariff: Array) -> Array:
        """Of rows of the shock `(m,)`."""
        shock, asked = self._outcome.answered, self._outcome.shock
        share = np.where((shock.rent != 0) & (asked.rent == shock.rent), 0.0, self._share)
        markdown = np.where(share > 0, 1.0 + shock.rent, 1.0)
        received = self._outcome.received(
            np.arange(len(shock))
        )  # at the price before duty: cost times markdown
        held = self._held[shock.importer, shock.exporter]
        moved = (1.0 - share) * markdown * tariff - share * received * held / (1.0 + asked.tariff)
        return np.where(share > 0, moved, tariff)

    def rest(self, tariff: Array) -> Array:
        """Of what is left of cells that the shock touches `(c,)`."""
        of, values = self._outcome.cells, self._outcome.solution.values
        share = self._cells[of.exporter, of.sector]
        paid = values.share[of.sector, of.importer, of.exporter] * values.point.spending[of.importer, of.sector]
        received = _over(paid * of.rest_net, of.factor)
        net = _over(of.rest_net, of.rest)
        return (1.0 - share) * tariff - share * received * self._held[of.importer, of.exporter] * net


def _there(wanted: Array | None) -> Array:
    assert wanted is not None  # noqa: S101 - filled in above
    return wanted


def _over(amount: Array, whole: Array) -> Array:
    return np.divide(amount, whole, out=np.zeros_like(amount), where=whole > 0)
