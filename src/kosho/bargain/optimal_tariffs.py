"""Continuous tariffs: what a party would set alone, what parties set against one another, what they agree on.

Trade is balanced (`deficits="zero"`). Any number of rates move at once: gradients are exact, one transposed
solve a party. A *slope* is the gain of a party per unit of a rate over the imports that bear it, so that slopes
of large and small cells compare; every answer carries the largest slope that its bounds leave open, its
first-order residual. Ossa (2014, American Economic Review 104(12)) asks the same three questions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Literal

import numpy as np
import xarray as xr
from scipy.optimize import brentq, minimize, root

from kosho import codes
from kosho.arrays import Array, Index, Mask
from kosho.display import Card, Shown, columns, listing, percent, plural, signed_percent
from kosho.equilibrium import Outcome, Shock, gradient, rebase, solve
from kosho.equilibrium.anderson import Anderson
from kosho.errors import ConvergenceError, InputError, KoshoError, Problem, Problems, suggest
from kosho.progress import Progress
from kosho.world import World

__all__ = ["RateBounds", "Tariffs", "cooperative", "goods_sectors", "nash", "optimal"]

Kind = Literal["optimal", "nash", "cooperative"]

TOLERANCE = 1e-7
"""Largest slope left open."""
SOLVER_TOLERANCE, ACCURACY = 1e-10, 1e-9
"""Of equilibria and of their gradients."""
SMALL = 1e-9
"""Share of a party's imports in question below which a cell's slope is measured against that share."""
CAP = 0.5
"""Largest change of a rate in one step."""
ROUNDS = 150
MEMORY = 12
ASCENT = 60
"""Quasi-Newton iterations where first-order conditions cannot be solved as such."""
LOPSIDED = 6.0
"""Largest log ratio of weights that is tried for equal gains."""
EQUAL = 1e-6
"""Difference of gains sought, over what is at stake; a hundred times as much still counts as equal."""


@dataclass(frozen=True, slots=True)
class RateBounds(Shown):
    """Rates allowed, fractions.

    >>> from kosho.bargain.optimal_tariffs import RateBounds
    >>> RateBounds(high=0.5)
    RateBounds(high=0.5)
    >>> RateBounds(low=0.2, high=0.1)
    Traceback (most recent call last):
        ...
    kosho.errors.InputError: bounds of 0.2 and 0.1 (above -1, the first below the second)
    """

    low: float = 0.0
    high: float = 2.0

    def __post_init__(self) -> None:
        if not -1.0 < self.low < self.high < np.inf:
            hint = "above -1, the first below the second"
            raise InputError(Problem(f"bounds of {self.low:g} and {self.high:g}", hint))


@dataclass(frozen=True, eq=False)
class Tariffs(Shown):
    """Rates that answer a question, and what they do.

    >>> from kosho.bargain.optimal_tariffs import nash
    >>> from kosho.world import toy
    >>> nash(toy(), ["JPN", "USA"])
    Tariffs, nash: JPN, USA
      rates             4 rates, 11.23 % to 17.72 %
      welfare           JPN -1.17 %, USA +0.19 %
      slope left open   ..., after ... equilibria
    """

    kind: Kind
    parties: tuple[str, ...]
    importer: tuple[str, ...]
    exporter: tuple[str, ...]
    sector: tuple[str, ...]
    rate: Array
    """New rates, fractions, in the order of the three columns before."""
    outcome: Outcome
    """The equilibrium with these rates; `outcome.base` is balanced trade at base tariffs."""
    residual: float
    """Largest slope that bounds leave open: gain per unit of a rate, over the imports that bear it."""
    evaluations: int
    """Equilibria solved."""
    weights: Mapping[str, float]
    """Of each party's gain in what is made largest; one for each who decides alone."""

    def card(self) -> Card:
        """Rates on average, and what they do to the parties."""
        welfare = [float(self.welfare.sel(country=party)) for party in self.parties]
        rates = f"{plural(len(self.rate), 'rate')}, {percent(self.rate.min())} to {percent(self.rate.max())}"
        return Card(
            f"Tariffs, {self.kind}: {listing(self.parties)}",
            [
                ("rates", rates),
                ("welfare", columns(self.parties, welfare, signed_percent)),
                ("slope left open", f"{self.residual:.0e}, after {self.evaluations} equilibria"),
            ],
        )

    @property
    def welfare(self) -> xr.DataArray:
        """`[country]`, change of real income against the base, a fraction."""
        return self.outcome.welfare


def optimal(
    world: World,
    party: str,
    partners: Sequence[str] | None = None,
    sectors: Sequence[str] | None = None,
    bounds: RateBounds | None = None,
    progress: Progress | None = None,
) -> Tariffs:
    """The tariffs of a party that make its own real income largest, all others keeping theirs.

    Args:
        world: The economy; trade is balanced first.
        party: Who decides.
        partners: Whose goods bear the tariffs; None means everybody else's.
        sectors: Which sectors; None means goods.
        bounds: Of the rates.
        progress: Called with a line of progress now and then.

    Raises:
        InputError: unknown or repeated codes, the party among its partners, or nothing that is traded.
        ConvergenceError: no such tariffs were found.

    >>> from kosho.bargain.optimal_tariffs import optimal
    >>> from kosho.world import toy
    >>> found = optimal(toy(), "USA", partners=["JPN"])
    >>> dict(zip(found.sector, found.rate.round(3).tolist(), strict=True))
    {'A01': 0.17, 'C29': 0.167}
    """
    others = [code for code in world.countries if code != party] if partners is None else list(partners)
    _refuse_partners(party, others)
    table = _Instruments.of(world, [(party, other) for other in others], sectors, bounds, progress)
    weights = {party: 1.0}
    try:
        found = _settle(table, table.start, weights)
    except ConvergenceError:
        found = _settle(table, _climb(table, table.start, weights), weights)
    return table.answer("optimal", (party,), found, weights)


def nash(
    world: World,
    parties: Sequence[str],
    sectors: Sequence[str] | None = None,
    bounds: RateBounds | None = None,
    progress: Progress | None = None,
) -> Tariffs:
    """Tariffs of parties on one another, each best for its own party given the others'.

    Args:
        world: The economy; trade is balanced first.
        parties: Two or more.
        sectors: Which sectors; None means goods.
        bounds: Of the rates.
        progress: Called with a line of progress now and then.

    Raises:
        InputError: unknown or repeated codes, fewer than two parties, or nothing that is traded.
        ConvergenceError: no such tariffs were found.

    >>> from kosho.bargain.optimal_tariffs import nash
    >>> from kosho.world import toy
    >>> war = nash(toy(), ["JPN", "USA"])
    >>> {party: round(float(war.welfare.sel(country=party)), 4) for party in war.parties}
    {'JPN': -0.0117, 'USA': 0.0019}
    """
    _refuse_few(parties)
    table = _Instruments.of(world, _pairs(parties), sectors, bounds, progress)
    try:
        found = _settle(table, table.start, None)
    except ConvergenceError:
        found = _settle(table, _replies(table, parties), None)
    return table.answer("nash", parties, found, dict.fromkeys(parties, 1.0))


def cooperative(
    world: World,
    parties: Sequence[str],
    sectors: Sequence[str] | None = None,
    bounds: RateBounds | None = None,
    progress: Progress | None = None,
) -> Tariffs:
    """Tariffs of parties on one another that gain all of them the same, and as much as can be.

    Gains are changes of real income, as fractions, against base tariffs. The answer is on the frontier of the
    parties: it makes a weighted sum of gains largest, with weights (`Tariffs.weights`) that make them equal.

    Arguments and errors are those of `nash`.

    >>> from kosho.bargain.optimal_tariffs import cooperative
    >>> from kosho.world import toy
    >>> peace = cooperative(toy(), ["JPN", "USA"])
    >>> {party: round(float(peace.welfare.sel(country=party)), 4) for party in peace.parties}
    {'JPN': 0.0008, 'USA': 0.0008}
    """
    _refuse_few(parties)
    table = _Instruments.of(world, _pairs(parties), sectors, bounds, progress)
    return table.answer("cooperative", parties, *_equal_gains(table, parties))


def goods_sectors(world: World) -> tuple[str, ...]:
    """Sectors of goods in a world; all of its sectors where none is known by its code.

    >>> from kosho.bargain.optimal_tariffs import goods_sectors
    >>> from kosho.world import load
    >>> goods_sectors(load())[-3:]
    ('C301', 'C302T309', 'C31T33')
    """
    known = codes.sectors()
    goods = tuple(
        code
        for code in world.sectors
        if all(member in known and known[member].goods for member in world.meta.sectors.get(code, (code,)))
    )
    return goods or world.sectors


@dataclass(frozen=True, eq=False)
class _Look:
    """An evaluation of rates."""

    rates: Array
    outcome: Outcome
    slopes: Array  # (m,)
    pull: Array  # derivatives of the weighted gains, or of each importer's own (m,)
    gains: dict[str, float]
    residual: float


class _Instruments:
    """Which rates may move, within what, and how they are judged."""

    def __init__(
        self, base: World, importer: Index, exporter: Index, sector: Index, bounds: RateBounds
    ) -> None:
        a = base.arrays
        self.base = base
        self.importer, self.exporter, self.sector = importer, exporter, sector
        self.bounds = bounds
        self.start = np.clip(a.tariff[importer, exporter, sector], bounds.low, bounds.high)
        self.elasticity = a.theta[sector] + 1.0
        self.evaluations = 0
        self.progress: Progress | None = None

    @classmethod
    def of(
        cls,
        world: World,
        pairs: Sequence[tuple[str, str]],
        sectors: Sequence[str] | None,
        bounds: RateBounds | None,
        progress: Progress | None,
    ) -> _Instruments:
        """Every traded cell of importer-exporter pairs."""
        chosen = list(goods_sectors(world) if sectors is None else sectors)
        _refuse_codes(world, [code for pair in pairs for code in pair], chosen)
        base = rebase(world, "zero")
        cells = [
            (base.position(n), base.position(i), base.sector_position(j)) for n, i in pairs for j in chosen
        ]
        importer, exporter, sector = np.array(cells, np.intp).reshape(-1, 3).T
        traded = base.arrays.flows[importer, exporter, sector] > 0
        if not traded.any():
            raise InputError(Problem("nothing is traded between these parties in these sectors"))
        table = cls(base, importer[traded], exporter[traded], sector[traded], bounds or RateBounds())
        table.progress = progress
        return table

    def solve(self, rates: Array) -> Outcome:
        """The equilibrium with these rates."""
        self.evaluations += 1
        shape = self.base.tariff.shape
        values = np.full(shape, np.nan)
        values[self.importer, self.exporter, self.sector] = rates
        shock = Shock.tariffs(self.base, self.base.tariff.copy(data=values), insist=True)
        return solve(self.base, shock, "zero", SOLVER_TOLERANCE)

    def look(self, rates: Array, weights: Mapping[str, float] | None) -> _Look:
        """Solve, and take slopes: of the weighted gains, or of each importer's own where weights are None."""
        outcome = self.solve(rates)
        income, countries = self.base.arrays.income, self.base.countries
        deciding = list(weights or (countries[n] for n in np.unique(self.importer)))
        pull, worth = np.zeros(len(rates)), np.zeros(len(rates))
        for code in deciding:
            n = self.base.position(code)
            weight = 1.0 if weights is None else weights[code]
            found = gradient(outcome, code, ACCURACY).tariff.to_numpy()
            concerned = (self.importer == n) | (weights is not None)
            pull += concerned * weight * found[self.importer, self.exporter, self.sector]
            mine = (self.importer == n) | ((self.exporter == n) & (weights is not None))
            worth = np.maximum(worth, mine * weight / income[n])
        slopes = pull / (worth * self.imports(outcome))
        gains = dict(zip(countries, outcome.welfare.to_numpy().tolist(), strict=True))
        open_ = np.where(slopes > 0, rates < self.bounds.high, rates > self.bounds.low)
        look = _Look(rates, outcome, slopes, pull, gains, float(np.abs(slopes * open_).max()))
        if self.progress is not None:
            self.progress(f"{self.evaluations} equilibria, residual {look.residual:.1e}")
        return look

    def imports(self, outcome: Outcome) -> Array:
        """Net imports that bear each rate, not less than a small share of the importer's."""
        flows = outcome.solution.values.net_flow[self.sector, self.importer, self.exporter]
        total = np.bincount(self.importer, flows, minlength=len(self.base.countries))
        return np.maximum(flows, SMALL * total[self.importer])

    def clip(self, rates: Array) -> Array:
        """Rates within bounds."""
        return np.clip(rates, self.bounds.low, self.bounds.high)

    def answer(self, kind: Kind, parties: Sequence[str], look: _Look, weights: Mapping[str, float]) -> Tariffs:
        """What is handed out."""
        countries, sectors = self.base.countries, self.base.sectors
        return Tariffs(
            kind=kind,
            parties=tuple(parties),
            importer=tuple(countries[n] for n in self.importer),
            exporter=tuple(countries[i] for i in self.exporter),
            sector=tuple(sectors[j] for j in self.sector),
            rate=look.rates,
            outcome=look.outcome,
            residual=look.residual,
            evaluations=self.evaluations,
            weights=dict(weights),
        )


def _climb(table: _Instruments, start: Array, weights: Mapping[str, float], free: Mask | None = None) -> Array:
    """Projected quasi-Newton ascent (L-BFGS-B) of weighted gains, rates in units of their own curvature."""
    free = np.ones(len(start), bool) if free is None else free
    base = table.base.arrays
    flows = table.imports(solve(table.base, Shock.none(table.base), "zero"))
    curvature = flows / base.income[table.importer] * table.elasticity
    unit = np.sqrt(curvature[free] / curvature[free].max())
    size = float(curvature[free].max())

    def down(scaled: Array) -> tuple[float, Array]:
        rates = start.copy()
        rates[free] = scaled / unit
        look = table.look(rates, weights)
        value = sum(weight * look.gains[code] for code, weight in weights.items())
        return -value / size, -look.pull[free] / unit / size

    limits = list(zip(table.bounds.low * unit, table.bounds.high * unit, strict=True))
    options = {"maxiter": ASCENT, "maxcor": MEMORY, "ftol": 1e-13, "gtol": 1e-7}
    found = minimize(down, start[free] * unit, jac=True, method="L-BFGS-B", bounds=limits, options=options)
    rates = start.copy()
    rates[free] = found.x / unit
    return table.clip(rates)


def _settle(table: _Instruments, start: Array, weights: Mapping[str, float] | None) -> _Look:
    """First-order conditions within bounds, all at once, under Anderson acceleration.

    A plain step moves each rate by its slope over the slope's own steepness, (theta + 1) / (1 + t).

    Raises:
        ConvergenceError: slopes stay open.
    """
    rates, accelerate = start, Anderson(len(start), MEMORY)
    best = look = table.look(rates, weights)
    for _ in range(ROUNDS):
        if look.residual <= TOLERANCE:
            return look
        step = np.clip(look.slopes * (1.0 + rates) / table.elasticity, -CAP, CAP)
        rates = table.clip(accelerate.next(rates, table.clip(rates + step) - rates))
        look = table.look(rates, weights)
        best = min(best, look, key=lambda one: one.residual)
    worst = table.base.countries[int(table.importer[int(np.abs(best.slopes).argmax())])]
    raise ConvergenceError(best.residual, worst, ROUNDS, "these are the first-order conditions of tariffs")


def _replies(table: _Instruments, parties: Sequence[str], rounds: int = 4) -> Array:
    """Best responses, one party after the other, a few times round."""
    rates = table.start
    for _ in range(rounds):
        for party in parties:
            rates = _climb(table, rates, {party: 1.0}, table.importer == table.base.position(party))
    return rates


def _equal_gains(table: _Instruments, parties: Sequence[str]) -> tuple[_Look, dict[str, float]]:
    """Weights of gains that make the gains equal, and the rates that go with them.

    Log weights are sought around those of income, at which a million is worth the same to everybody.

    Raises:
        KoshoError: no weights tried make gains equal.
    """
    home = [table.base.position(code) for code in parties]
    income = np.log(table.base.arrays.income[home])
    looks: list[tuple[_Look, dict[str, float]]] = []

    def stake() -> float:
        """What equal is measured against: the largest gain or loss at equal worth of a million."""
        largest = max(abs(looks[0][0].gains[code]) for code in parties)
        return max(largest, np.finfo(float).tiny)

    def differences(tilt: Array) -> Array:
        weights = np.exp(income + np.append(tilt, -tilt.sum()))
        named = dict(zip(parties, (weights / weights.sum()).tolist(), strict=True))
        look = _settle(table, looks[-1][0].rates if looks else table.start, named)
        looks.append((look, named))
        gains = np.array([look.gains[code] for code in parties])
        return (gains[:-1] - gains[-1]) / stake()

    if len(parties) == 2:
        _bisect(lambda tilt: float(differences(np.array([tilt]))[0]))
    else:
        root(differences, np.zeros(len(parties) - 1), tol=EQUAL, options={"eps": 1e-3})
    look, weights = min(looks, key=lambda one: np.ptp([one[0].gains[code] for code in parties]))
    gains = np.array([look.gains[code] for code in parties])
    if np.ptp(gains) > 100 * EQUAL * stake():
        gained = ", ".join(f"{code} {gain:+.3%}" for code, gain in zip(parties, gains, strict=True))
        raise KoshoError(f"no tariffs within the bounds give these parties the same gain; nearest: {gained}")
    return look, weights


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


def _refuse_few(parties: Sequence[str]) -> None:
    if len(set(parties)) < 2:
        raise InputError(Problem("this takes two parties or more", "for one alone: its optimal tariffs"))
    if len(set(parties)) < len(parties):
        raise InputError(Problem("a party is named twice"))


def _refuse_partners(party: str, partners: Sequence[str]) -> None:
    problems = Problems()
    if party in partners:
        problems.add(f"{party} would tax its own sales", "partners are other economies")
    for code in sorted({code for code in partners if list(partners).count(code) > 1}):
        problems.add(f"partner {code!r} is given twice")
    problems.raise_if_any()


def _pairs(parties: Sequence[str]) -> list[tuple[str, str]]:
    return list(permutations(parties, 2))


def _refuse_codes(world: World, countries: Sequence[str], sectors: Sequence[str]) -> None:
    problems = Problems()
    for given, known, what in ((countries, world.countries, "country"), (sectors, world.sectors, "sector")):
        for code in dict.fromkeys(given):
            if code not in known:
                problems.add(f"unknown {what} {code!r}", suggest(code, known))
    for code in sorted({code for code in sectors if list(sectors).count(code) > 1}):
        problems.add(f"sector {code!r} is given twice")
    problems.raise_if_any()
