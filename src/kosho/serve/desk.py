"""A table that is open: a case on a day, its packages priced, and what any of them does, worked out once."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np

from kosho.arrays import Array
from kosho.bargain import CONCEPTS, Deal, Effort
from kosho.bargain.concessions import package_of_options
from kosho.bargain.gains_along import gains_along
from kosho.bargain.pricing import price_in_full
from kosho.bargain.rate_options import Spread, name_at
from kosho.bargain.report import contract, package_contract
from kosho.bargain.robustness import certify
from kosho.case import Case
from kosho.codes import country_name
from kosho.equilibrium import Closure, Counterfactual, Outcome, solve
from kosho.language import SOURCE, _, current, use
from kosho.scenario import negotiate_case
from kosho.scenario.labour_market import LABOUR
from kosho.scenario.simulate import with_quantities
from kosho.serve import beside, effects
from kosho.world import World

__all__ = ["Desk", "Desks"]

NOBODY: AbstractContextManager[None] = nullcontext()
"""Whom to wait for where nothing is solved."""
KEPT = 512
"""Packages whose answers a desk keeps."""
BESIDE = 24
"""Packages at rates of their own, each with a desk, that one keeps."""
NIL = 0.5
"""Million USD a year below which a gain is shown as nil."""
OPEN = 4
"""Desks kept at once; the one used longest ago is closed first."""
PLAIN = Effort(draws=0, confirm=False, exact=True)
"""Any package may be asked for, so all are solved."""


@dataclass
class Desk:
    """A case's table, priced. Threads may ask at once; one solves at a time."""

    case: Case
    as_of: date
    deal: Deal
    _solving: threading.RLock = field(default_factory=threading.RLock)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    """Of what is kept, and never held for long."""
    _kept: OrderedDict[tuple[str, int, str], Any] = field(default_factory=OrderedDict)
    _beside: OrderedDict[tuple[tuple[str, str], ...], tuple[Desk, int]] = field(default_factory=OrderedDict)
    """Desks of packages at rates of their own."""
    main: Desk | None = None
    """The desk that this one is beside."""

    @staticmethod
    def open(name: str, as_of: date | None, progress: Callable[[str], None]) -> Desk:
        """Read a case and price its packages.

        Raises:
            InputError: there is none, it has no table, it begins later, or it is wrong.
            KoshoError: a package has no equilibrium.
        """
        with use(SOURCE):  # every language is told from it
            case = Case.load(name, as_of)
            deal = negotiate_case(case, as_of, None, "fixed", PLAIN, progress)
        return Desk(case, as_of or case.as_of, deal)

    @property
    def spoken(self) -> tuple[Case, Deal]:
        """Case and deal with their texts in the language that is spoken; what was priced is the same."""
        return (self.case, self.deal) if current() == SOURCE else self._once("spoken", -1, self._spoken, NOBODY)

    def _spoken(self) -> tuple[Case, Deal]:
        case = replace(Case.load(self.case.folder, self.as_of), name=self.case.name)
        told = case.table().with_rates(
            {issue.id: [option.id for option in issue.options] for issue in self.deal.table.file.issues}
        )
        file = self.deal.table.file.model_copy(update=dict(told.file))
        return case, replace(self.deal, table=replace(self.deal.table, file=file, backgrounds=told.backgrounds))

    def recorded(self) -> dict[str, Any]:
        """The record of the talks by the day, and the duties between the parties in force on it."""
        return self._once("recorded", -1, self._recorded, NOBODY)

    def _recorded(self) -> dict[str, Any]:
        case = self.spoken[0]
        return {
            "case": case.name,
            "as_of": self.as_of.isoformat(),
            "begins": None if case.begins is None else case.begins.isoformat(),
            "record": beside.recorded(case, self.as_of),
            "duties": beside.duties(case, self.deal.table, self.as_of),
        }

    def described(self) -> dict[str, Any]:
        """What is on the table, who said it, the frontier, and positions of one click."""
        return self._once("described", -1, self._described, NOBODY)

    def _described(self) -> dict[str, Any]:
        case, deal = self.spoken
        told, game = contract(deal), deal.game
        issues = [
            {
                "id": one["id"],
                "title": one["title"],
                "fallback": told["fallback"][one["id"]],
                "options": [
                    {"id": key, "title": title, "statements": one["statements"][key]}
                    for key, title in one["options"].items()
                ],
                "ranges": [_ranged(each) for each in deal.table.spreads if _issue(deal, each) == one["id"]],
            }
            for one in told["issues"]
        ]
        kept = (
            "parties",
            "statements",
            "red_lines",
            "links",
            "not_priced",
            "as_in_force",
            "unpriced",
            "warnings",
        )
        return {
            "case": self.case.name,
            "title": told["title"],
            "as_of": self.as_of.isoformat(),
            "world": told["world"],
            "base_year": self.deal.priced[0].world.meta.year,
            "unit": told["unit"],
            "packages": told["packages"],
            "zone": told["zone"],
            "deadline": {key: told["deadline"][key] for key in ("date", "passed", "follows")},
            "issues": issues,
            "names": {code: country_name(code) for code in told["parties"]},
            "positions": list(self._positions(told, deal)),
            "frontier": [
                {
                    "options": one["options"],
                    "gains": dict(zip(game.parties, game.gains[k].tolist(), strict=True)),
                }
                for k, one in zip(game.frontier.tolist(), told["frontier"], strict=True)
            ],
            "sources": self._sources(told, case),
            **{key: told[key] for key in kept},
        }

    def _positions(self, told: Mapping[str, Any], deal: Deal) -> Iterator[dict[str, Any]]:
        """Named positions: the fallbacks, the deals that theory picks, what was agreed."""
        meaning = _("every issue at what holds without a deal")
        yield {"id": "no-deal", "title": _("No deal"), "options": told["fallback"], "meaning": meaning}
        game = deal.game
        apart = np.abs(game.payoffs - game.status_quo).max(axis=1)
        nearest = int(apart.argmin())
        meaning = _("the law in force today")
        if apart[nearest] > game.resolution:
            others = next(one.title for one in deal.table.backgrounds if one.id == deal.priced[0].background.id)
            meaning = _("the package nearest to today, while for others: {others}", others=others)
        yield {
            "id": "today",
            "title": _("Today"),
            "options": deal.table.grid.label(nearest),
            "meaning": meaning,
        }
        for name, one in told["solutions"].items():
            concept = CONCEPTS[name]
            yield {
                "id": name,
                "title": _(concept.title),
                "options": one["options"],
                "meaning": _(concept.meaning),
            }
        struck = told["struck"]
        if struck and set(struck["options"]) == set(told["fallback"]):
            known = {one["id"]: set(one["options"]) for one in told["issues"]}
            if all(option in known[issue] for issue, option in struck["options"].items()):
                yield {
                    "id": "struck",
                    "title": _("What was agreed"),
                    "options": struck["options"],
                    "meaning": struck["title"],
                }

    @staticmethod
    def _sources(told: Mapping[str, Any], case: Case) -> dict[str, dict[str, Any]]:
        """Of the statements: title, publisher, date and address."""
        record = case.record
        if record is None:
            return {}
        wanted = {one["source"] for one in told["statements"].values()}
        return {
            one.id: {
                "title": one.title,
                "publisher": one.publisher,
                "date": str(one.date or ""),
                "url": one.url,
            }
            for one in record.file.sources
            if one.id in wanted
        }

    def holds(self, options: Mapping[str, str]) -> bool:
        """Whether the package with these options is solved already: all but those at rates of their own are.

        Raises:
            InputError: a rate is in no range of its issue, or in several.
        """
        return self.deal.table.with_rates_of(options, "options") is self.deal.table

    def at(self, options: Mapping[str, str]) -> tuple[Desk, int]:
        """The package with these options; issues not named keep their fallback.

        Returns:
            The desk that it is a package of, and its number there. A rate within a range that no deal has makes
            a desk beside, on which that package is solved with what explains it.

        Raises:
            InputError: an issue or an option is unknown, or a rate is in no range.
            KoshoError: the package has no equilibrium.
        """
        if self.holds(options):
            return self, package_of_options(self.deal.table, options, "options")
        key = tuple(sorted(self.deal.table.named(options).items()))
        with self._solving:
            if key not in self._beside:
                deal, package = self.deal.at(options)
                self._beside[key] = Desk(self.case, self.as_of, deal, self._solving, main=self), package
                while len(self._beside) > BESIDE:
                    self._beside.popitem(last=False)
            self._beside.move_to_end(key)
            return self._beside[key]

    def told(self, package: int) -> dict[str, Any]:
        """What a package is worth to each side, and why: as `kosho bargain --explain`, word for word."""
        return self._once("told", package, lambda: package_contract(self.spoken[1], package), NOBODY)

    def effects(self, package: int) -> dict[str, Any]:
        """Who else is hit, sectors, jobs, prices and flows, against no deal."""
        return self._once("effects", package, lambda: self._effects(package))

    def _effects(self, package: int) -> dict[str, Any]:
        main = self.main or self  # what rates do not change is worked out once
        (before, working_before), (after, working) = main._no_deal(), main._solved(self._shock(package))
        parties = self.deal.game.parties
        return {
            "against": _("no deal"),
            "countries": effects.countries(main._world, before, after),
            "sectors": {code: effects.sectors(before, after, code) for code in parties},
            "labour": effects.labour(working_before, working, parties),
            "labour_supply": LABOUR.labour_supply,
            "flows": effects.flows(self.spoken[0].within(main._world).flows, before, after),
        }

    @cached_property
    def _here(self) -> Case:
        """The case with its flows in the sectors of the table."""
        return self.case.within(self.deal.priced[0].shocks.world)

    @cached_property
    def _world(self) -> World:
        """The table with the quantities of the case, kept for all solves with what they prepare."""
        return with_quantities(self._here, self.deal.priced[0].shocks.world)

    @cached_property
    def _labour(self) -> Closure:
        """With the labour taxes that are sourced for the table."""
        return LABOUR.sourced(self._world)

    def _shock(self, package: int) -> Counterfactual:
        return self.deal.priced[0].shocks.counterfactuals([package])[0]

    def _no_deal(self) -> tuple[Outcome, Outcome]:
        shocks = self.deal.priced[0].shocks
        with use(SOURCE):  # kept once for all languages
            return self._once("no-deal", -1, lambda: self._solved(shocks.comparison_counterfactuals()[0]))

    def _solved(self, change: Counterfactual) -> tuple[Outcome, Outcome]:
        """With labour given, and with labour that answers to wages."""
        deficits = self.deal.deficits
        given = solve(self._world, change, deficits)
        return given, solve(self._world, change, deficits, closure=self._labour)

    def along(self, package: int) -> dict[str, Any]:
        """Gains over no deal along the common scale of elasticities, with where each side's turns."""
        return self._once("along", package, lambda: self._along(package))

    def _along(self, package: int) -> dict[str, Any]:
        found = gains_along(self.deal.priced[0], np.array([package], np.intp))
        gains = found.gains[package]
        parties = self.deal.game.parties
        return {
            "scales": list(found.scales),
            "gains": {
                p: [None if np.isnan(x) else float(x) for x in gains[:, k]] for k, p in enumerate(parties)
            },
            "crossings": {p: _crossings(found.scales, gains[:, k].tolist()) for k, p in enumerate(parties)},
            "estimates": [asdict(one) for one in found.estimates],
        }

    def in_full(self, package: int) -> dict[str, Any]:
        """The package on the full table, million USD a year over no deal and over today."""
        return self._once("full", package, lambda: self._in_full(package))

    def _in_full(self, package: int) -> dict[str, Any]:
        priced = self.deal.priced[0]
        found = price_in_full(priced, priced.table, np.array([package], np.intp))
        (mine, fails, now), game = found.payoffs, self.deal.game
        gains = mine - fails
        apart = float(np.abs(gains - game.gains[package]).max())
        return {
            "world": found.world,
            "gains": dict(zip(game.parties, gains.tolist(), strict=True)),
            "over_status_quo": dict(zip(game.parties, (mine - now).tolist(), strict=True)),
            "apart_musd": apart,
            "same_sign": bool((_sign(gains) == _sign(game.gains[package])).all()),
        }

    def drawn(self, package: int, draws: int, progress: Callable[[str], None]) -> dict[str, Any]:
        """The certificate of a package over draws of all that is uncertain; `progress` may raise to stop."""
        key = f"drawn {draws}", package, SOURCE
        if key not in self._kept:  # outside the lock: it takes long, and others ask meanwhile
            (found,) = certify(self.deal.priced[0], np.array([package], np.intp), draws, PLAIN.seed, progress)
            self._keep(key, asdict(found))
        return self._kept[key]

    def _once(
        self, what: str, package: int, make: Callable[[], Any], turn: AbstractContextManager[Any] | None = None
    ) -> Any:
        """What was made before, else made now; whoever solves waits for the turn, who need not does not."""
        key = what, package, current()
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        with self._solving if turn is None else turn:
            made = self._kept.get(key)  # by somebody else meanwhile
            if made is None:
                made = make()
                self._keep(key, made)
            return made

    def _keep(self, key: tuple[str, int, str], value: object) -> None:
        with self._lock:
            self._kept[key] = value
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)


def _issue(deal: Deal, spread: Spread) -> str:
    return deal.table.grid.issues[spread.issue]


def _ranged(one: Spread) -> dict[str, Any]:
    """An option with a range: its ends in percent, and the options that are it at a rate."""
    options = [name_at(one.of, rate) for rate in one.rates]
    return {
        "id": one.of,
        "title": one.title,
        "from": one.between.low,
        "to": one.between.high,
        "options": options,
    }


def _sign(gains: Array) -> Array:
    """Of gains that are told: what is shown as nil has none."""
    return np.sign(np.where(np.abs(gains) < NIL, 0.0, gains))


def _crossings(scales: tuple[float, ...], gains: list[float]) -> list[float]:
    """Scales between which a gain turns its sign, by a straight line."""
    found: list[float] = []
    for k in range(len(scales) - 1):
        low, high = gains[k], gains[k + 1]
        if low * high < 0:
            found.append(scales[k] + (scales[k + 1] - scales[k]) * low / (low - high))
    return found


class Desks:
    """Desks by case and day; each is opened once, however many ask for it."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = dict(names)
        """Where the cases that may be opened are, by name."""
        self._desks: OrderedDict[tuple[str, date | None], Desk] = OrderedDict()
        self._opening: dict[tuple[str, date | None], threading.Lock] = {}
        self._told: dict[tuple[str, date | None], str] = {}
        self._lock = threading.Lock()

    def progress(self, name: str, as_of: date | None) -> str:
        """What is being done for a desk that is being opened."""
        return self._told.get((name, as_of), "")

    def is_open(self, name: str, as_of: date | None) -> bool:
        """Whether a desk needs no opening."""
        return (name, as_of) in self._desks

    def at_hand(self, name: str, as_of: date | None) -> Desk | None:
        """A desk that is open already; None where it is not."""
        with self._lock:
            found = self._desks.get((name, as_of))
            if found is not None:
                self._desks.move_to_end((name, as_of))
            return found

    def desk(self, name: str, as_of: date | None) -> Desk:
        """The desk of a case on a day, opened if it is not.

        Raises:
            KeyError: no case of this name may be opened.
            KoshoError: see `Desk.open`.
        """
        place, key = self.names[name], (name, as_of)
        with self._lock:
            turn = self._opening.setdefault(key, threading.Lock())
        with turn:
            if key not in self._desks:
                found = Desk.open(place, as_of, lambda text: self._told.__setitem__(key, text))
                with self._lock:
                    self._desks[key] = found
                    while len(self._desks) > OPEN:
                        self._desks.popitem(last=False)
            with self._lock:
                self._desks.move_to_end(key)
                return self._desks[key]
