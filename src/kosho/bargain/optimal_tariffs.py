"""Continuous tariffs: what a party would set alone, what parties set against one another, what they agree on.

Any number of rates move at once: gradients are exact, one transposed solve a party. Ossa (2014, American
Economic Review 104(12)) asks the same three questions. Trade is balanced unless asked otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import permutations
from typing import Literal, TypedDict, Unpack

import numpy as np
import xarray as xr

from kosho.arrays import Array, Index
from kosho.bargain.instruments import Instruments, RateBounds, RateSet, Tie, Tied, goods_sectors
from kosho.bargain.objectives import Objective, Objectives
from kosho.bargain.tariff_search import TOLERANCE, Look, Search
from kosho.display import Card, Shown, columns, listing, percent, plural, signed_percent
from kosho.equilibrium import Closure, Outcome, rebase
from kosho.equilibrium.arguments import Deficits
from kosho.equilibrium.closure import agreed
from kosho.errors import ConvergenceError, InputError, Problem, Problems
from kosho.language import _
from kosho.progress import Progress, silent
from kosho.world import World

__all__ = [
    "Objective",
    "Options",
    "RateBounds",
    "RateSet",
    "Tariffs",
    "Tie",
    "cooperative",
    "goods_sectors",
    "nash",
    "optimal",
]

Kind = Literal["optimal", "nash", "cooperative"]


class Options(TypedDict, total=False):
    """How a tariff game is played; what is not given is as it says here.

    >>> from kosho.bargain.optimal_tariffs import Options, nash
    >>> from kosho.world import toy
    >>> rough: Options = {"tied": "uniform", "tol": 1e-4}
    >>> nash(toy(), ["JPN", "USA"], **rough).rate.round(3).tolist()
    [0.116, 0.116, 0.174, 0.174]
    """

    tied: Tied
    """Which rates are one: `none`, `mfn`, `partner`, `uniform`, or sets of flows. `mfn` holds for everybody's
    goods, those of economies that decide nothing too."""
    objectives: Mapping[str, Objective]
    """By party, what it makes largest; its real income."""
    closure: Closure | None
    """What adjusts besides prices and trade; nothing."""
    deficits: Deficits | None
    """`zero` unless the closure says more than `fixed`: trade is balanced first, and stays so."""
    tol: float
    """Largest slope left open; 1e-7."""
    throw: bool
    """Whether to raise where there is no answer, which is so; if not, the best point is handed out, and says
    why it is none in `failing`."""


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
    instrument: Index
    """Which flows bear one rate, counted from zero, in the same order."""
    outcome: Outcome
    """The equilibrium with these rates; `outcome.base` has base tariffs."""
    gains: Mapping[str, float]
    """Changes of the objectives of those who decide, over their levels in the base; of real income, if that is
    all they look at."""
    residual: float
    """Largest slope that bounds leave open: gain per unit of a rate, over the imports that bear it."""
    evaluations: int
    """Equilibria solved."""
    weights: Mapping[str, float]
    """Of each party's gain in what is made largest; one for each who decides alone."""
    failing: str = ""
    """Why this is no answer but the best point found; empty where it is one."""

    @property
    def converged(self) -> bool:
        """Whether this is an answer."""
        return not self.failing

    def card(self) -> Card:
        """Rates on average, and what they do to the parties."""
        welfare = [float(self.welfare.sel(country=party)) for party in self.parties]
        count, cells = int(self.instrument.max()) + 1, len(self.rate)
        which = plural(count, "rate") + (f" on {cells:,} flows" if count < cells else "")
        rows = [
            ("rates", f"{which}, {percent(self.rate.min())} to {percent(self.rate.max())}"),
            ("welfare", columns(self.parties, welfare, signed_percent)),
        ]
        if any(abs(self.gains[party] - own) > 1e-9 for party, own in zip(self.parties, welfare, strict=True)):
            objectives = [self.gains[party] for party in self.parties]
            rows.append(("objectives", columns(self.parties, objectives, signed_percent)))
        rows.append(("slope left open", f"{self.residual:.0e}, after {self.evaluations} equilibria"))
        if self.failing:
            rows.append(("no answer", self.failing))
        return Card(f"Tariffs, {self.kind}: {listing(self.parties)}", rows)

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
    **options: Unpack[Options],
) -> Tariffs:
    """The tariffs of a party that make its own objective largest, all others keeping theirs.

    Args:
        world: The economy, first made the base that `deficits` asks for.
        party: Who decides.
        partners: Whose goods bear the tariffs; None means everybody else's.
        sectors: Which sectors; None means goods.
        bounds: Of the rates; 0 to 200 % if not given.
        progress: Called with a line of progress now and then.
        options: See `Options`.

    Raises:
        InputError: unknown or repeated codes, the party among its partners, partners of MFN rates, sets and
            objectives that do not fit, or nothing that is traded.
        ConvergenceError: no such tariffs were found; `best` is the best point, `Tariffs` that say so.

    >>> from kosho.bargain.optimal_tariffs import optimal
    >>> from kosho.world import toy
    >>> found = optimal(toy(), "USA", partners=["JPN"])
    >>> dict(zip(found.sector, found.rate.round(3).tolist(), strict=True))
    {'A01': 0.17, 'C29': 0.167}
    >>> round(float(optimal(toy(), "USA", tied="uniform").rate[0]), 3)
    0.234
    """
    game = _Game((party,), sectors, bounds, progress, **options)
    _refuse_partners(party, partners, game.tied)
    others = [code for code in world.countries if code != party] if partners is None else list(partners)
    search = game.on(world, [(party, other) for other in others])
    return game.answer("optimal", search, search.alone(party))


def nash(
    world: World,
    parties: Sequence[str],
    sectors: Sequence[str] | None = None,
    bounds: RateBounds | None = None,
    progress: Progress | None = None,
    **options: Unpack[Options],
) -> Tariffs:
    """Tariffs of parties on one another, each best for its own party given the others'.

    Args:
        world: The economy, first made the base that `deficits` asks for.
        parties: Two or more.
        sectors: Which sectors; None means goods.
        bounds: Of the rates; 0 to 200 % if not given.
        progress: Called with a line of progress now and then.
        options: See `Options`.

    Raises:
        InputError: unknown or repeated codes, fewer than two parties, sets and objectives that do not fit, or
            nothing that is traded.
        ConvergenceError: no such tariffs were found; `best` is the best point, `Tariffs` that say so.

    >>> from kosho.bargain.optimal_tariffs import nash
    >>> from kosho.world import toy
    >>> war = nash(toy(), ["JPN", "USA"])
    >>> {party: round(float(war.welfare.sel(country=party)), 4) for party in war.parties}
    {'JPN': -0.0117, 'USA': 0.0019}
    """
    _refuse_few(parties)
    game = _Game(tuple(parties), sectors, bounds, progress, **options)
    search = game.on(world, game.pairs(world))
    return game.answer("nash", search, search.against(parties))


def cooperative(
    world: World,
    parties: Sequence[str],
    sectors: Sequence[str] | None = None,
    bounds: RateBounds | None = None,
    progress: Progress | None = None,
    **options: Unpack[Options],
) -> Tariffs:
    """Tariffs of parties on one another that gain all of them the same, and as much as can be.

    Gains are changes of objectives, as fractions, against base tariffs. The answer is on the frontier of the
    parties: it makes a weighted sum of gains largest, with weights (`Tariffs.weights`) that make them equal.

    Arguments are those of `nash`.

    Raises:
        InputError: as `nash`.
        ConvergenceError: as `nash`, or no weights tried make gains equal.

    >>> from kosho.bargain.optimal_tariffs import cooperative
    >>> from kosho.world import toy
    >>> peace = cooperative(toy(), ["JPN", "USA"])
    >>> {party: round(float(peace.welfare.sel(country=party)), 4) for party in peace.parties}
    {'JPN': 0.0008, 'USA': 0.0008}
    """
    _refuse_few(parties)
    game = _Game(tuple(parties), sectors, bounds, progress, **options)
    search = game.on(world, game.pairs(world))
    return game.answer("cooperative", search, search.together(parties))


@dataclass(frozen=True)
class _Game:
    """What is asked."""

    parties: tuple[str, ...]
    sectors: Sequence[str] | None
    bounds: RateBounds | None
    progress: Progress | None
    tied: Tied = "none"
    objectives: Mapping[str, Objective] = field(default_factory=dict)
    closure: Closure | None = None
    deficits: Deficits | None = None
    tol: float = TOLERANCE
    throw: bool = True

    def __post_init__(self) -> None:
        if not 0.0 < self.tol < 1.0:
            raise InputError(Problem(f"is {self.tol!r}", _("a slope, such as 1e-7"), key="tol"))

    def pairs(self, world: World) -> list[tuple[str, str]]:
        """Importers with exporters: parties on one another, with MFN rates on everybody."""
        if self.tied != "mfn":
            return list(permutations(self.parties, 2))
        return [(party, code) for party in self.parties for code in world.countries if code != party]

    def on(self, world: World, pairs: Sequence[tuple[str, str]]) -> Search:
        """The search in a world."""
        closure = agreed(self.closure, "fixed")
        closure = agreed(closure, self.deficits or ("zero" if closure.deficits == "fixed" else "fixed"))
        base = rebase(world, closure=closure)
        return Search(
            instruments=Instruments.of(base, pairs, self.sectors, self.tied, self.bounds),
            objectives=Objectives.of(base, self.parties, self.objectives, closure),
            closure=closure,
            tol=self.tol,
            progress=self.progress or silent,
        )

    def answer(self, kind: Kind, search: Search, look: Look) -> Tariffs:
        """What is handed out.

        Raises:
            ConvergenceError: it is no answer, and `throw` asks for one.
        """
        ties = search.instruments
        countries, sectors = ties.base.countries, ties.base.sectors
        failing = ""
        if look.residual > self.tol:
            failing = f"a slope of {look.residual:.1e} is left open, where {self.tol:.0e} was asked for"
        elif kind == "cooperative" and search.unequal(look):
            gained = ", ".join(f"{code} {gain:+.3%}" for code, gain in look.gains.items())
            failing = f"no tariffs within the bounds give these parties the same gain; nearest: {gained}"
        found = Tariffs(
            kind=kind,
            parties=self.parties,
            importer=tuple(countries[n] for n in ties.importer),
            exporter=tuple(countries[i] for i in ties.exporter),
            sector=tuple(sectors[j] for j in ties.sector),
            rate=look.rates[ties.rate],
            instrument=ties.rate,
            outcome=look.outcome,
            gains=dict(look.gains),
            residual=look.residual,
            evaluations=search.evaluations,
            weights=dict(look.weights),
            failing=failing,
        )
        if failing and self.throw:
            worst = int(np.abs(look.slopes).argmax())
            cell = int(np.flatnonzero(ties.rate == worst)[0])
            country, sector = countries[ties.setter[worst]], found.sector[cell]
            hint = _("{failing}; the best point is the error's `best`", failing=failing)
            raise ConvergenceError(look.residual, country, search.evaluations, hint, sector, found)
        return found


def _refuse_few(parties: Sequence[str]) -> None:
    if len(set(parties)) < 2:
        raise InputError(Problem(_("this takes two parties or more"), _("for one alone: its optimal tariffs")))
    if len(set(parties)) < len(parties):
        raise InputError(Problem(_("a party is named twice")))


def _refuse_partners(party: str, partners: Sequence[str] | None, tied: Tied) -> None:
    problems = Problems()
    if partners is not None and tied == "mfn":
        problems.add(
            _("MFN rates are for everybody's goods"), _("name no partners, or tie by sets"), key="partners"
        )
    named = list(partners or ())
    if party in named:
        problems.add(
            _("{party} is given as a partner of its own", party=party),
            _("partners are other economies, each once"),
        )
    for code in sorted({code for code in named if named.count(code) > 1}):
        problems.add(_("partner {code!r} is given twice", code=code))
    problems.raise_if_any()
