"""`negotiate`: a table and a world in, a `Deal` out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from types import NoneType
from typing import Literal

import numpy as np

from kosho.arguments import note_count, note_sort
from kosho.arrays import Index
from kosho.bargain.alternating_offers import WEEK, DeadlineGame, alternating_offers
from kosho.bargain.attribution import Concession, cheapest_concession, cheapest_packages, shapley
from kosho.bargain.cluster import Cluster
from kosho.bargain.concessions import package_of_options
from kosho.bargain.confirming import confirmed, with_linkage
from kosho.bargain.gains_along import GainsAlong, gains_along
from kosho.bargain.game import Game
from kosho.bargain.pricing import PricedTable, price, price_in_full
from kosho.bargain.robustness import Certificate, CriticalValues, certify, closing_points, leading_packages
from kosho.bargain.screening import Screening, solved_in_full
from kosho.bargain.settled_rates import SettledRates, first_of, settle_rates
from kosho.bargain.solutions import solutions
from kosho.bargain.struck import StruckOutcome, price_struck
from kosho.bargain.sweep import Backend, in_process
from kosho.bargain.table import PACKAGE_BYTES, Table
from kosho.bargain.zone_relaxations import ZoneRelaxations, relax_zone, relaxing_packages
from kosho.declared import as_declared
from kosho.display import Card, Shown, columns, listing, million
from kosho.equilibrium import Deficits, Settled
from kosho.equilibrium.arguments import note_world
from kosho.errors import InputError, Problem, Problems
from kosho.language import _
from kosho.limits import refuse_beyond
from kosho.progress import Progress, silent
from kosho.world import World

__all__ = ["Deal", "Effort", "Explanation", "negotiate"]

DRAW_BYTES = 5_000
"""What a draw takes besides the gains of packages: its elasticities with their names, its places in ranges."""


@dataclass(frozen=True, kw_only=True)
class Effort(Shown):
    """How much is computed beyond the packages themselves.

    >>> from kosho.bargain import Effort
    >>> Effort(draws=0, confirm=False)
    Effort(draws=0, confirm=False)
    """

    draws: int = 200
    """For the certificate; 0 leaves it out."""
    certified: int = 50
    """How many of the packages that lead are certified; deals are in any case."""
    confirm: bool = True
    """Price the deals again on the full table."""
    seed: int = 2025
    rates: bool = True
    """Seek the rates of deals within ranges; else deals are those at the rates that the table is laid at."""
    exact: bool | None = None
    """Whether every package is solved. If not, all that could be on the frontier, a deal or a tie are, and the
    others are estimated, by how much they err being measured (`kosho.bargain.screening`). None solves all up to
    20,000 packages."""
    cluster: str | None = None
    """Address of the Dask scheduler whose workers solve the packages (`tcp://192.0.2.1:8786`); None solves them
    on this machine. Deals on the full table, and what was struck, are solved here either way."""

    def __post_init__(self) -> None:
        problems = Problems()
        for name, least in (("draws", 0), ("certified", 1), ("seed", 0)):
            note_count(problems, getattr(self, name), name, least)
        note_sort(problems, self.confirm, bool, "confirm")
        note_sort(problems, self.rates, bool, "rates")
        note_sort(problems, self.exact, (bool, NoneType), "exact")
        note_sort(problems, self.cluster, (str, NoneType), "cluster")
        problems.raise_if_any()
        if self.cluster is not None:
            Cluster(self.cluster)  # refuses what is no address

    @property
    def backend(self) -> Backend:
        """What solves packages."""
        return in_process if self.cluster is None else Cluster(self.cluster)


@dataclass(frozen=True, eq=False)
class Confirmed(Shown):
    """The deals on the table in full, each solved by itself."""

    world: str
    """Hash."""
    disagreement: tuple[float, ...]
    status_quo: tuple[float, ...]
    payoffs: dict[int, tuple[float, ...]]
    """By package."""
    bounds: dict[int, tuple[Settled, ...]]
    """By package: what became of the quotas and commitments in it."""
    others: dict[int, dict[str, float]]
    """By package: what economies that are no party gain over the disagreement, million USD a year."""


@dataclass(frozen=True)
class Explanation(Shown):
    """Where the gains of a package come from."""

    package: int
    issues: dict[str, tuple[float, ...]]
    """Shapley value of each issue for each party, over the package of fallbacks."""
    background: tuple[float, ...]
    """What the package of fallbacks is worth over the disagreement: zero where the two are the same law."""
    concessions: dict[str, Concession | None]
    """For each party that loses, the concession that makes it whole at the least cost to the others."""


@dataclass(frozen=True, eq=False)
class Deal(Shown):
    """What comes out of a table.

    >>> from dataclasses import replace
    >>> from kosho import Case
    >>> from kosho.bargain import Effort, negotiate
    >>> from kosho.world import load
    >>> table = Case.load("japan-us-2025").table()
    >>> cars = {"issues": table.file.issues[:1], "red_lines": (), "links": ()}  # nothing but cars
    >>> table = replace(table, file=table.file.model_copy(update=cars))
    >>> negotiate(table, load(regions="talks", sectors="talks"), effort=Effort(draws=0, confirm=False))
    Deal: a zone of agreement, deficits fixed
      parties             JPN, USA
      packages            6
      on the frontier     2, 6 packages better for all
      nash                package 4: JPN +4,440 million USD, USA +2,807 million USD
      kalai smorodinsky   package 4: JPN +4,440 million USD, USA +2,807 million USD
      egalitarian         package 4: JPN +4,440 million USD, USA +2,807 million USD
      utilitarian         package 5: JPN +7,591 million USD, USA +918 million USD
    """

    table: Table
    deficits: Deficits
    priced: tuple[PricedTable, ...]
    """By background, the leading one first."""
    solutions: dict[str, Index]
    """Under the leading background; empty without a zone of agreement."""
    relaxations: ZoneRelaxations | None
    """What would open a zone, where there is none."""
    certificates: dict[int, Certificate]
    critical_values: dict[int, CriticalValues]
    zone_critical_values: CriticalValues | None
    confirmed: Confirmed | None
    deadline: DeadlineGame | None
    """None once the deadline has passed."""
    along: GainsAlong | None = None
    """Of the deals, along the common scale of elasticities; None without draws or without a zone."""
    struck: StruckOutcome | None = None
    """What was agreed in the end, where that is known on the day asked about."""
    rates: tuple[SettledRates, ...] = ()
    """How the rates of deals within ranges were found, under every background."""

    def card(self) -> Card:
        """The deals that leave all better off, with each party's gain."""
        game = self.game
        rows = [
            ("parties", listing(game.parties)),
            ("packages", f"{len(game):,}{self._solved_in_words}"),
            ("on the frontier", f"{len(game.frontier):,}, {int(game.better.sum()):,} packages better for all"),
        ]
        for name, packages in self.solutions.items():
            gains = columns(game.parties, game.gains[packages[0]].tolist(), million)
            rows.append((name.replace("_", " "), f"package {packages[0]}: {gains}"))
        certain = (
            f"package {n} in {one.all_gain:.0%} of {one.draws} draws" for n, one in self.certificates.items()
        )
        rows += [("all gain", listing(certain, 3))] if self.certificates else []
        zone = "a zone of agreement" if self.solutions else "no zone of agreement"
        return Card(f"Deal: {zone}, deficits {self.deficits}", rows)

    @property
    def game(self) -> Game:
        """Of the leading background; packages that were not solved have their estimates."""
        return self.priced[0].game

    @property
    def solved(self) -> int:
        """Packages that were solved under the leading background; the others are estimated."""
        return int(self.priced[0].solved.sum())

    @property
    def screening(self) -> Screening | None:
        """How the others were estimated, and how well; None where all were solved."""
        return self.priced[0].screening

    @property
    def _solved_in_words(self) -> str:
        return "" if self.screening is None else f", {self.solved:,} of them solved"

    def solutions_of(self, priced: PricedTable) -> dict[str, Index]:
        """Packages that each concept picks under a background, that whose rates were sought for it first."""
        return _picked(priced, self.rates)

    def at(self, chosen: Mapping[str, str]) -> tuple[Deal, int]:
        """A package that may have rates within ranges that no other has: the table with it, and its number.

        Where the table has to be laid at more rates for it, nothing but the package and what explains it is
        solved there, under the first background, and no deals are named.

        Args:
            chosen: Option by issue; a rate within a range is `option@12.5%`, or `12.5%` where one range alone
                holds it. Issues not named keep their fallback.

        Raises:
            InputError: an issue or an option is unknown, or a rate is in no range; all mistakes at once.
            KoshoError: a package has no equilibrium.
        """
        table = self.table.with_rates_of(chosen, "options")
        package = package_of_options(table, chosen, "options")
        if table is self.table:
            return self, package
        first, *others = (one.at_rates_of(table) for one in self.priced)
        first = first.with_exact(table.grid.mixtures(package, table.fallback))
        bare = Deal(table, self.deficits, (first, *others), {}, None, {}, {}, None, None, None)
        return bare, package

    def with_exact(self, packages: Sequence[int]) -> Deal:
        """The same once these packages are solved under every background, with what explains them."""
        rows = np.unique(np.concatenate([self._explaining(package) for package in packages]))
        return replace(self, priced=tuple(one.with_exact(rows) for one in self.priced))

    def _explaining(self, package: int) -> Index:
        """The packages between it and the one of fallbacks."""
        return self.table.grid.mixtures(package, self.table.fallback)

    @property
    def idle(self) -> Mapping[tuple[str, str], str]:
        """Options that change nothing that is priced, by issue, with the reason."""
        return self.priced[0].idle

    @property
    def as_in_force(self) -> Mapping[tuple[str, str], str]:
        """Options that the law of the day has made the same as the fallback, by issue, and its title."""
        return self.priced[0].as_in_force

    @cached_property
    def deals(self) -> list[int]:
        """Packages that some concept picks first, each once."""
        return list(dict.fromkeys(int(rows[0]) for rows in self.solutions.values()))

    def explain(self, package: int) -> Explanation:
        """Why a package is worth what it is."""
        table, mixed = self.table, self._explaining(package)
        priced = self.priced[0].with_exact(mixed)
        losing = priced.game.gains[package] < -priced.game.resolution
        for party in np.flatnonzero(losing).tolist():
            priced = priced.settled(partial(cheapest_packages, package=package, party=party))
        game = priced.game
        values = shapley(game.payoffs[mixed])
        return Explanation(
            package,
            {issue: tuple(row.tolist()) for issue, row in zip(table.grid.issues, values, strict=True)},
            tuple((game.payoffs[table.fallback] - game.disagreement).tolist()),
            {
                party: cheapest_concession(game, table.grid, package, party)
                for party, loses in zip(game.parties, losing.tolist(), strict=True)
                if loses
            },
        )

    def week_of_delay(self, package: int) -> dict[Literal["before", "after"], tuple[float, ...]]:
        """Million USD each party forgoes if a package comes a week later, before and after the deadline."""
        game = self.game
        return {
            "before": tuple((WEEK * (game.payoffs[package] - game.status_quo)).tolist()),
            "after": tuple((WEEK * game.gains[package]).tolist()),
        }


@as_declared
def negotiate(
    table: Table,
    world: World,
    deficits: Deficits = "fixed",
    effort: Effort | None = None,
    progress: Progress | None = None,
) -> Deal:
    """Price the packages of a table and find the deals that leave every side better off.

    Args:
        table: What is on the table.
        world: The economy that packages are priced in, mostly a coarse one (`kosho.world.Worlds.coarse`); the
            deals are priced again in the finer world it was aggregated from.
        deficits: See `kosho.equilibrium.solve`.
        effort: What else is computed; `Effort()` by default.
        progress: Called with what is being done, for a person who waits.

    Raises:
        InputError: an argument is of another type, or the table does not fit the world or into memory.
        IdleError: an option changes nothing under the first background, and is not allowed to by name.
        ConvergenceError: a package has no equilibrium that could be found.

    >>> from dataclasses import replace
    >>> from kosho import Case
    >>> from kosho.bargain import Effort, negotiate
    >>> from kosho.world import load
    >>> table = Case.load("japan-us-2025").table()
    >>> cars = {"issues": table.file.issues[:1], "red_lines": (), "links": ()}  # nothing but cars
    >>> table = replace(table, file=table.file.model_copy(update=cars))
    >>> talks = load(regions="talks", sectors="talks")
    >>> deal = negotiate(table, talks, effort=Effort(draws=0, confirm=False))
    >>> [table.grid.label(package) for package in deal.deals]
    [{'cars': 'all-10'}, {'cars': 'none'}]
    """
    problems = Problems()
    note_world(problems, world, deficits)
    note_sort(problems, table, Table, "table")
    note_sort(problems, effort, (Effort, NoneType), "effort")
    problems.raise_if_any()
    missing = [code for code in table.parties if code not in world.countries]
    if missing:
        raise InputError(
            Problem(
                _("party {names} is not in the world", names=", ".join(missing)),
                _("it must be a country of its own"),
            )
        )
    work, say = effort or Effort(), progress or silent
    if work.draws:
        refuse_beyond("draws", work.draws, DRAW_BYTES + 16 * work.certified * len(table.parties), key="draws")
    pricing = _Pricing(world, deficits, work, say)
    priced, rates = pricing.first(table), ()
    if work.rates:
        priced, rates = settle_rates(priced, pricing.again, say)
    table = priced[0].table
    found = _picked(priced[0], rates)
    deals = np.array(sorted({int(row) for rows in found.values() for row in rows[:1]}), np.intp)
    priced = _with_all_told(priced, found)
    first = priced[0]
    others = leading_packages(first.game, work.certified)
    some = np.unique(np.concatenate([deals, others]))
    certificates: list[Certificate] = []
    critical: dict[int, CriticalValues] = {}
    zone: CriticalValues | None = None
    along: GainsAlong | None = None
    if found and work.draws:
        certificates = certify(first, some, work.draws, work.seed, say)
        say(_("Where the deals stop leaving all better off"))
        critical, zone = closing_points(first, deals)
        along = gains_along(first, deals)
    relaxations = None
    if not found:
        say(_("No zone of agreement: what would open one"))
        relaxations = relax_zone(first)
    if table.struck is not None:
        say(table.struck.deal.title)
    struck = price_struck(first, confirm=work.confirm, along=bool(work.draws))
    in_full = None
    if work.confirm and len(deals):
        say(_("The deals on the full table"))
        in_full = _confirmed(first, deals)
    return Deal(
        table=table,
        deficits=deficits,
        priced=tuple(priced),
        solutions=found,
        relaxations=relaxations,
        certificates={one.package: one for one in certificates},
        critical_values=critical,
        zone_critical_values=zone,
        confirmed=in_full,
        deadline=_deadline(table, first.game),
        along=along,
        struck=struck,
        rates=rates,
    )


@dataclass(eq=False)
class _Pricing:
    """How a table is priced under all of its backgrounds."""

    world: World
    deficits: Deficits
    work: Effort
    say: Progress
    held: list[PricedTable] = field(default_factory=list[PricedTable])

    def first(self, table: Table) -> list[PricedTable]:
        """Price a table."""
        self.held = [self._priced(table, number) for number in range(len(table.backgrounds))]
        return self.held

    def again(self, table: Table) -> list[PricedTable]:
        """Price the same table at more rates; what was solved is kept where all is to be."""
        self.held = [self._at_rates_of(table, number) for number in range(len(table.backgrounds))]
        return self.held

    def _exact(self, number: int) -> bool | None:
        # Of a background that does not lead only frontier and deals are told.
        return False if number and self.work.exact is None else self.work.exact

    def _priced(self, table: Table, number: int) -> PricedTable:
        background = table.backgrounds[number]
        self.say(_("{number:,} packages: {title}", number=len(table.grid), title=background.title))
        backend, exact = self.work.backend, self._exact(number)
        one = price(table, background, self.world, self.deficits, self.say, exact=exact, backend=backend)
        return confirmed(one, 1 if number else self.work.certified)

    def _at_rates_of(self, table: Table, number: int) -> PricedTable:
        before = self.held[number]
        if not (before.solved.all() and solved_in_full(len(table.grid), self._exact(number))):
            return self._priced(table, number)
        refuse_beyond("packages", len(table.grid), PACKAGE_BYTES, key="issues")
        one = before.at_rates_of(table)
        return one.with_exact(np.flatnonzero(~one.solved))


def _picked(priced: PricedTable, rates: Sequence[SettledRates]) -> dict[str, Index]:
    """Packages that each concept picks, that whose rates were sought for it first."""
    under = priced.background.id
    return {
        name: first_of(priced.table, rates, under, name, rows) for name, rows in solutions(priced.game).items()
    }


def _with_all_told(priced: Sequence[PricedTable], found: Mapping[str, Index]) -> list[PricedTable]:
    """Once all that is told of packages besides frontier and zone is solved under every background."""
    first = priced[0]
    grid, fallback = first.table.grid, first.table.fallback
    deals = [int(rows[0]) for rows in found.values()]
    mixed = [grid.mixtures(deal, fallback) for deal in deals]
    first = first.with_exact(np.concatenate([*mixed, np.array([fallback])]))
    first = with_linkage(first)
    if not found:
        first = first.settled(relaxing_packages)
    return [first, *(one.with_exact(deals) for one in priced[1:])]


def _confirmed(priced: PricedTable, packages: Index) -> Confirmed:
    table = priced.table
    found = price_in_full(priced, table, packages)
    payoffs = [tuple(row) for row in found.payoffs.tolist()]
    deals = packages.tolist()
    return Confirmed(
        found.world,
        payoffs[-2],
        payoffs[-1],
        dict(zip(deals, payoffs[:-2], strict=True)),
        dict(zip(deals, found.bounds[:-2], strict=True)),
        dict(zip(deals, found.others(table.parties), strict=True)),
    )


def _deadline(table: Table, game: Game) -> DeadlineGame | None:
    content = table.file.deadline
    days = (content.date - table.today).days
    if days < 1:
        return None
    daily = (1.0 + content.discount.value / 100.0) ** (-1.0 / 365.25)
    first = table.parties.index(content.proposes_first)
    order = [(first + k) % len(table.parties) for k in range(len(table.parties))]
    return alternating_offers(game, days, daily, order)
