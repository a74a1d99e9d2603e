"""How robust gains are: certificates over draws of parameters, and critical values at which the zone closes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from kosho.arrays import Array, Index, Mask
from kosho.bargain.game import Game
from kosho.bargain.payoffs import PayoffParts
from kosho.bargain.pricing import NOTICED, PricedTable, PricingParameters, price_at
from kosho.bargain.screening import screen
from kosho.bargain.sweep import SweepTask, setting_tasks, sweep
from kosho.bargain.zone import bisection_points, critical_value, critical_weight, walk, zone_weights
from kosho.display import Card, Shown, million
from kosho.equilibrium import Deficits
from kosho.errors import InputError, Problem
from kosho.language import _
from kosho.progress import Progress, estimated
from kosho.world.elasticities import LEAST_SCALE, MOST_SCALE, draw_over_range

__all__ = [
    "Certificate",
    "CriticalValues",
    "GainQuantiles",
    "certify",
    "closing_points",
    "closing_scale",
    "leading_packages",
]


REGIONS = (LEAST_SCALE, 0.3, 0.7, MOST_SCALE)
"""Where the common scale of elasticities is cut for shares by region: the weak end holds what is found after
ten years (Boehm, Levchenko & Pandalai-Nayar 2023), the strong one Simonovska & Waugh (2014) and the centre."""
TOGETHER = 94
"""Packages that are solved at another scale before all others; with what they are compared with one batch."""
CLOSURES: tuple[Deficits, ...] = ("fixed", "zero")


@dataclass(frozen=True, slots=True)
class GainQuantiles(Shown):
    """Quantiles over draws, million USD a year."""

    p5: float
    p50: float
    p95: float


@dataclass(frozen=True, slots=True)
class Region(Shown):
    """A part of the common scale of elasticities, and the share of its draws in which every party gains."""

    low: float
    high: float
    draws: int
    all_gain: float | None
    """None without a draw."""


@dataclass(frozen=True)
class Certificate(Shown):
    """What draws say of one package.

    >>> from kosho.bargain.robustness import Certificate, GainQuantiles
    >>> gains = {"JPN": GainQuantiles(800.0, 2100.0, 3900.0), "USA": GainQuantiles(-50.0, 310.0, 720.0)}
    >>> Certificate(package=17, draws=200, all_gain=0.61, gains=gains, over_status_quo={})
    Certificate: package 17, all gain in 61% of 200 draws
      JPN   +2,100 million USD (+800 million USD to +3,900 million USD)
      USA   +310 million USD (-50 million USD to +720 million USD)
    """

    package: int
    draws: int
    all_gain: float
    """Share of draws in which every party is better off than without a deal, by more than noise. A draw without
    an equilibrium, of the package or of what it is compared with, counts as one in which not all gain."""
    gains: dict[str, GainQuantiles]
    """Over the disagreement, by party, in the draws that have an equilibrium."""
    over_status_quo: dict[str, GainQuantiles]
    unsolved: int = 0
    """Draws without an equilibrium."""
    regions: tuple[Region, ...] = ()
    """The same share by how strongly trade answers, from the weak end up."""

    def card(self) -> Card:
        """In how many draws all gain, and how much each does."""
        rows = [
            (party, f"{million(one.p50)} ({million(one.p5)} to {million(one.p95)})")
            for party, one in self.gains.items()
        ]
        return Card(
            f"Certificate: package {self.package}, all gain in {self.all_gain:.0%} of {self.draws} draws", rows
        )


@dataclass(frozen=True)
class CriticalValues(Shown):
    """Where a package, or the whole zone, stops leaving all better off."""

    weights: dict[str, float | None]
    """The least excess weight on value added, each with the others central; None: none does."""
    theta_scale: float | None
    """The largest share of the central elasticities at which it is over; None: not down to `LEAST_SCALE`."""
    least_scale: float = LEAST_SCALE
    """How far down the elasticities were followed."""


def leading_packages(game: Game, count: int) -> Index:
    """Packages that come first when the smallest gain, as a share of the best one possible, decides."""
    rows = np.flatnonzero(game.allowed)
    best = game.gains[rows].max(axis=0)
    scale = np.where(best > 0, best, 1.0)
    smallest = (game.gains[rows] / scale).min(axis=1)
    return rows[np.argsort(-smallest, kind="stable")[:count]]


def certify(
    priced: PricedTable, packages: Index, draws: int, seed: int, progress: Progress
) -> list[Certificate]:
    """Draw elasticities, costs, amounts and weights, and see who gains.

    Each draw has its own elasticities over all that is published, weak end included
    (`kosho.world.elasticities.draw_over_range`), its own place in the range of every change of trade cost,
    amount and elasticity of a product told apart, and its own weights (all drawn evenly from their ranges,
    elasticities between origins in logarithms), and one closure: every other draw has deficits fixed, the
    others none. Packages, disagreement and status quo share the draw. A share over so wide a range says little:
    `regions` has it by how strongly trade answers, `CriticalValues.theta_scale` where a package stops.

    Args:
        priced: The table under one background.
        packages: Packages to certify.
        draws: How many.
        seed: Of the random numbers.
        progress: Called with what is being done.

    Raises:
        InputError: there is no draw.
        KoshoError: no draw of a package has an equilibrium.
    """
    if draws < 1:
        raise InputError(Problem(_("cannot draw {draws} times", draws=draws), _("one or more")))
    generator = np.random.default_rng(seed)
    nontariff, weights = priced.shocks.nontariff, priced.weights
    drawn = draw_over_range(priced.world, draws, seed)
    settings = [PricingParameters(theta, nontariff.draw(generator), scale) for scale, theta in drawn]
    values = generator.uniform(weights.low, weights.high, (draws, len(weights.names)))
    tasks: list[SweepTask] = []
    numbers: list[int] = []  # of draws, as they are solved
    for first, closure in enumerate(CLOSURES):
        mine = np.arange(first, draws, len(CLOSURES))
        # Neighbours on the common scale solve alike.
        mine = mine[np.argsort([drawn[k][0] for k in mine], kind="stable")].tolist()
        numbers += mine
        tasks += setting_tasks(packages, [settings[k] for k in mine], closure) if mine else []
    each, told = len(packages) + 2, estimated(progress, _("Draws"), draws)
    told(0)
    worth = sweep(priced.laid, tasks, priced.backend, lambda done: told(done // each))
    gains, over_now = (np.empty((draws, len(packages), len(priced.table.parties))) for _other in range(2))
    for place, number in enumerate(numbers):
        payoffs = worth.take(np.arange(each) + place * each).payoffs(weights, values[number])
        gains[number], over_now[number] = payoffs[:-2] - payoffs[-2], payoffs[:-2] - payoffs[-1]
    scales = np.array([scale for scale, _other in drawn])
    gaining = np.asarray((gains > priced.game.resolution).all(axis=2), bool)
    unsolved = np.asarray((np.isnan(gains) | np.isnan(over_now)).any(axis=2), bool)
    for k in np.flatnonzero(unsolved.all(axis=0)).tolist():
        raise worth.failures[0].error.about(
            f"package {packages[k]} has no equilibrium in any draw; one of them"
        )
    return [
        Certificate(
            package=package,
            draws=draws,
            all_gain=float(gaining[:, k].mean()),
            gains=_spreads(priced, gains[~unsolved[:, k], k]),
            over_status_quo=_spreads(priced, over_now[~unsolved[:, k], k]),
            unsolved=int(unsolved[:, k].sum()),
            regions=_regions(scales, gaining[:, k]),
        )
        for k, package in enumerate(packages.tolist())
    ]


def closing_points(priced: PricedTable, packages: Index) -> tuple[dict[int, CriticalValues], CriticalValues]:
    """Where each of `packages` stops leaving all better off, and where every allowed package does.

    The elasticities are scaled alike. Weights need no solve of `packages` that were solved. A gain within the
    game's resolution is none.
    """
    priced, whole = _zone_weights(priced)
    weights = priced.weights
    scales = _Scaled(priced, packages).closing()
    found: dict[int, CriticalValues] = {}
    for package in packages.tolist():
        one = {
            name: critical_weight(gains[package], slope[package], start)
            for name, gains, slope, start in _along_weights(priced, priced.screened.values)
        }
        found[package] = CriticalValues(one, scales[package])
    return found, CriticalValues(dict(zip(weights.names, whole, strict=True)), _zone_closing(priced))


def closing_scale(priced: PricedTable, package: int, gains: Array) -> float | None:
    """As `CriticalValues.theta_scale`, of one package of a table whose others need not be solved.

    Args:
        priced: The table; nothing of its game is used.
        package: The package.
        gains: `[party]`, over the disagreement at the centre, million USD a year.

    Raises:
        KoshoError: a point that is asked for has no equilibrium.
    """
    return _Scaled(priced, np.array([package]), gains[None]).closing()[package]


def _along_weights(priced: PricedTable, values: Array) -> Iterator[tuple[str, Array, Array, float]]:
    """For each weight its name, gains without it and what a unit adds `[package, party]`, and its value."""
    weights, parties = priced.weights, len(priced.table.parties)
    packages = PayoffParts.of_columns(values, parties)
    base = packages.income - priced.disagreement.income - priced.game.resolution
    added = packages.added - priced.disagreement.added
    owned = np.eye(parties)[weights.owner]
    for w, name in enumerate(weights.names):
        others = weights.value * (np.arange(len(weights.names)) != w)
        yield name, base + (added * others) @ owned, added[:, w, None] * owned[w], float(weights.value[w])


def _zone_weights(priced: PricedTable) -> tuple[PricedTable, list[float | None]]:
    """Each weight at which the zone closes, once the packages that keep it open up to there are solved."""
    allowed = np.flatnonzero(priced.game.allowed)
    while True:
        open_ = np.where(priced.solved[:, None], 0.0, priced.screened.bound)
        each = _along_weights(priced, priced.screened.values + open_)
        ends = [zone_weights(gains[allowed], slope[allowed], start) for _, gains, slope, start in each]
        exact = priced.with_exact([allowed[k] for _, keeping in ends for k in keeping])
        if exact is priced:
            return priced, [None if np.isinf(end) else end for end, _ in ends]
        priced = exact


def _zone_closing(priced: PricedTable) -> float | None:
    """The scale of theta at which the last allowed package stops leaving all better off.

    At each scale those that lead at the central one are solved first, and others only as long as none leaves
    all better off: at the end of the way first, and only if nobody gains there is the way bisected. A zone that
    closes and opens again further down counts as open.
    """
    few = _Scaled(priced, np.sort(leading_packages(priced.game, TOGETHER)))
    every = _Scaled(priced, np.flatnonzero(priced.game.allowed))

    def best(scale: float) -> float:
        first = few.best(scale)
        return first if first > 0 or len(few) == len(every) else every.best_beside(few, scale)

    return critical_value(best, 1.0, LEAST_SCALE, steps=1)


def _regions(scales: Array, gaining: Mask) -> tuple[Region, ...]:
    found: list[Region] = []
    for low, high in pairwise(REGIONS):
        here = gaining[(scales >= low) & (scales < high)]
        found.append(Region(low, high, len(here), float(here.mean()) if len(here) else None))
    return tuple(found)


class _Scaled:
    """What any party gains least in some packages, at a scale of theta; each scale is solved once."""

    def __init__(self, priced: PricedTable, packages: Index, gains: Array | None = None) -> None:
        self._priced = priced
        self._packages = packages
        self._noise = priced.game.resolution if gains is None else NOTICED
        central = priced.game.gains[packages] if gains is None else gains
        self._known: dict[float, Array] = {1.0: central - self._noise}

    def __len__(self) -> int:
        return len(self._packages)

    def closing(self) -> dict[int, float | None]:
        """By package, the scale at which it stops leaving all better off.

        All points of the way are solved together, then all at which each package will be bisected if its gains
        move smoothly; a point that is asked for besides is solved when it is.
        """
        way = walk(1.0, LEAST_SCALE)
        open_ = self._known[1.0].min(axis=1) > 0
        if open_.any():
            self._solve(way)
            self._solve(point for place in np.flatnonzero(open_).tolist() for point in self._likely(place, way))
        return {
            package: critical_value(lambda scale, k=place: float(self._at(scale)[k]), 1.0, LEAST_SCALE)
            for place, package in enumerate(self._packages.tolist())
        }

    def _likely(self, place: int, way: Sequence[float]) -> list[float]:
        """Where the step in which a package stops will be bisected."""
        from scipy.interpolate import PchipInterpolator  # noqa: PLC0415 - heavy, and only where one stops
        from scipy.optimize import brentq  # noqa: PLC0415

        last = next((far for far in way if self._at(far)[place] <= 0), None)
        if last is None or last == way[0]:
            return []
        near = way[way.index(last) - 1]
        solved = sorted(scale for scale in way if scale in self._known)
        smooth = PchipInterpolator(np.log(solved), [self._known[scale][place] for scale in solved])
        root: Any = brentq(lambda log: float(smooth(log).min()), np.log(last), np.log(near))
        return bisection_points(near, last, float(np.exp(root)))

    def _solve(self, scales: Iterable[float]) -> None:
        """Solve at scales that are not known yet, all together; those without an equilibrium stay unknown."""
        new = [scale for scale in dict.fromkeys(scales) if scale not in self._known]
        if new:
            gains = dict(zip(new, self._gains(self._packages, new), strict=True))
            self._known |= {scale: one for scale, one in gains.items() if np.isfinite(one).all()}

    def best(self, scale: float) -> float:
        """The largest smallest gain at a scale."""
        return float(self._at(scale).max())

    def best_beside(self, few: _Scaled, scale: float) -> float:
        """The same, or of any package in which all gain, once `few` of these are known to hold none."""
        if scale in self._known:
            return self.best(scale)
        return self._first_good(scale, few) if self._priced.screening is None else self._screened(scale)

    def _first_good(self, scale: float, few: _Scaled) -> float:
        """What is gained least in the first package found in which all gain, else in the best of all.

        They are solved in turns, first those that gains found by then promise most of, option by option.
        """
        priced = self._priced
        options = _options(priced.table.grid.choices)
        rows, gains = few._packages, few._known[scale]
        while True:
            if (best := float(gains.min(axis=1).max())) > 0:
                return best
            left = np.setdiff1d(self._packages, rows)
            if not len(left):
                return best
            slopes = np.linalg.lstsq(options[rows], gains, rcond=None)[0]
            order = np.argsort(-(options[left] @ slopes).min(axis=1), kind="stable")
            # Some from all over: what no package solved so far holds is promised nothing.
            spread = left[:: -(-len(left) // (TOGETHER // 2))]
            some = np.union1d(left[order[:TOGETHER]], spread)
            rows = np.append(rows, some)
            gains = np.concatenate([gains, self._exact(some, scale)])

    def _screened(self, scale: float) -> float:
        """The largest smallest gain of all packages, screened at the scale as they were at the central one."""
        allowed = self._priced.game.allowed
        parties = len(self._priced.table.parties)
        found = screen(self._priced.table.grid, lambda rows: self._exact(rows, scale), np.eye(parties), NOTICED)
        while True:
            high = found.values + np.where(found.solved[:, None], 0.0, found.bound)
            smallest = np.where(allowed, high.min(axis=1), -np.inf)
            first = np.argsort(-smallest)[:TOGETHER]
            if found.solved[first[0]]:
                return float(smallest[first[0]])
            first = first[~found.solved[first]]
            found = found.with_exact(first, self._exact(first, scale))

    def _at(self, scale: float) -> Array:
        """`[package]`, above zero where every party gains more than noise."""
        if scale not in self._known:
            self._known[scale] = self._exact(self._packages, scale)
        return self._known[scale].min(axis=1)

    def _exact(self, packages: Index, scale: float) -> Array:
        """`[package, party]`, as `_gains`, where each must have an equilibrium."""
        return self._gains(packages, [scale], insist=True)[0]

    def _gains(self, packages: Index, scales: Sequence[float], *, insist: bool = False) -> Array:
        """`[scale, package, party]`, above zero where a party gains more than noise.

        Not a number where there is no equilibrium.

        Raises:
            KoshoError: there is none, and one is insisted on.
        """
        settings = [PricingParameters.scaled(self._priced.world, scale) for scale in scales]
        worth = price_at(self._priced, packages, settings, self._priced.deficits)
        names = [f"package {k}" for k in packages.tolist()] + ["the disagreement", "the status quo"]
        if insist:
            worth.complete([f"{name} at {scale:g} of the elasticities" for scale in scales for name in names])
        payoffs = worth.payoffs(self._priced.weights).reshape(len(scales), len(packages) + 2, -1)
        return payoffs[:, :-2] - payoffs[:, -2:-1] - self._noise


def _options(choices: Index) -> Array:
    """`[package, option]`, one where a package holds an option of an issue; and a constant."""
    issues = [choices[:, k, None] == np.arange(choices[:, k].max() + 1) for k in range(choices.shape[1])]
    return np.concatenate([np.ones((len(choices), 1)), *issues], axis=1).astype(float)


def _spreads(priced: PricedTable, drawn: Array) -> dict[str, GainQuantiles]:
    return {
        party: GainQuantiles(*(float(q) for q in np.quantile(drawn[:, k], (0.05, 0.5, 0.95))))
        for k, party in enumerate(priced.table.parties)
    }
