"""Bans, advisories and other halts of trade: by quota in the economy, small products by themselves.

A halt leaves a share of the trade that is *observed*; that share is a quota, not a loss of varieties (half of
the varieties gone would leave more than half of the trade). Products far smaller than their sector are replayed
in a partial equilibrium of one product: destinations d with base shares s_d, demand elasticity sigma, supply
elasticity eta, price p (new over old), shifts of demand A_d,

    sum_d q_d = p^eta,    q_d = min(limit_d, s_d A_d p^-sigma)

With every destination either open or shut this is sum_d s_d phi_d A_d p^-sigma = p^eta.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files
from itertools import product
from pathlib import Path
from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from kosho.arrays import Index
from kosho.display import Shown
from kosho.equilibrium import Counterfactual, Flow, Quota, Shock
from kosho.errors import InputError, Problem, suggest
from kosho.impact.product_nests import End, nest, niche
from kosho.impact.ranges import Range
from kosho.language import _, cached
from kosho.law.scope import Economy, Id, SectorCode
from kosho.provenance import Cited, Day, Frozen, Source, Text
from kosho.world import World, Worlds
from kosho.yamlfile import load

__all__ = [
    "Episode",
    "EpisodeComparison",
    "EpisodeFigure",
    "Market",
    "Replay",
    "Traded",
    "before",
    "compare",
    "episode",
    "episode_file",
    "episodes",
    "halt",
    "in_economy",
    "restored",
]

PRICE = "price"
WIDEST = 60.0
"""Bounds of the log price searched."""


def halt(name: str, flows: Sequence[Flow], allowed: float, holder: str = "importer") -> Quota:
    """A ban (`allowed` 0) or an advisory that leaves a share of the base quantity.

    Args:
        name: Names it in reports.
        flows: What is halted. Travel is bought as services of hotels and carriers (sectors I and H) of the
            country visited.
        allowed: Share of the base quantity that still comes.
        holder: Who has what buyers would pay beyond the price. They keep away, so sellers cannot ask more: it
            stays with the importer. Under an export restraint those who still sell (`exporter`) take it.
    """
    return Quota(name=name, flows=tuple(flows), amount=allowed, basis="share", holder=holder)


@dataclass(frozen=True, slots=True)
class Replay(Shown):
    """One product after a halt."""

    price: float
    """New over old, of the exporter's producers."""
    quantities: Mapping[str, float]
    """By destination."""


@dataclass(frozen=True)
class Market(Shown):
    """One product of one exporter."""

    base: Mapping[str, float]
    """Base quantities by destination, home among them."""
    demand: float
    """sigma: quantities bought fall with this elasticity in the price."""
    supply: float
    """eta: the quantity supplied rises with this elasticity."""

    def __post_init__(self) -> None:
        if not self.base or min(self.base.values()) < 0 or not sum(self.base.values()) > 0:
            raise InputError(Problem(_("base quantities are zero or more, and not all zero")))
        if not (self.demand > 0 and self.supply >= 0):
            hint = _("demand is above zero, supply zero or more")
            raise InputError(
                Problem(
                    _("elasticities {demand:g} and {supply:g}", demand=self.demand, supply=self.supply), hint
                )
            )

    def clear(
        self, allowed: Mapping[str, float] | None = None, shift: Mapping[str, float] | None = None
    ) -> Replay:
        """Price and quantities when some destinations take at most a share of their base.

        Args:
            allowed: By destination, share of its base quantity that it takes at most; those not named are open.
            shift: By destination, demand at the old price over its base; 1 where not named.

        Raises:
            InputError: an unknown destination, or no destination that is open.
        """
        limits, shifts = dict(allowed or {}), dict(shift or {})
        for name in (*limits, *shifts):
            if name not in self.base:
                raise InputError(Problem(_("no destination {name!r}", name=name), suggest(name, self.base)))
        if not any(quantity > 0 and name not in limits for name, quantity in self.base.items()):
            raise InputError(_("every destination is limited: nothing sets the price"))

        def bought(log_price: float) -> dict[str, float]:
            fall = math.exp(-self.demand * log_price)
            return {
                name: min(limits.get(name, math.inf) * quantity, shifts.get(name, 1.0) * quantity * fall)
                if quantity > 0
                else 0.0
                for name, quantity in self.base.items()
            }

        total = sum(self.base.values())
        log_price = _falling_root(
            lambda x: math.log(max(sum(bought(x).values()) / total, 1e-300)) - self.supply * x
        )
        return Replay(math.exp(log_price), bought(log_price))

    def fitted_shift(
        self, price: float, quantities: Mapping[str, float], allowed: Mapping[str, float] | None = None
    ) -> dict[str, float]:
        """The shifts of demand that make the market clear at an observed price and observed quantities.

        Destinations that are open and whose quantities were not observed share one shift, the one that takes up
        what is left of supply at that price.

        Args:
            price: Observed, new over old.
            quantities: Observed, by destination.
            allowed: As in `clear`; limited destinations have no shift.
        """
        limits = dict(allowed or {})
        fall = price**-self.demand
        seen = {d: q for d, q in quantities.items() if d not in limits}
        shifts = {d: q / (self.base[d] * fall) for d, q in seen.items()}
        rest = [d for d in self.base if d not in limits and d not in seen]
        supplied = sum(self.base.values()) * price**self.supply
        taken = sum(seen.values()) + sum(quantities.get(d, limits[d] * self.base[d]) for d in limits)
        left = (supplied - taken) / (sum(self.base[d] for d in rest) * fall) if rest else 0.0
        return shifts | dict.fromkeys(rest, left)


def _falling_root(function: Callable[[float], float]) -> float:
    """Where a falling function of the log price is zero, to rounding (bisection)."""
    low, high = -WIDEST, WIDEST
    for _other in range(200):
        middle = 0.5 * (low + high)
        if function(middle) > 0:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)


class Traded(Frozen):
    """Trade before an episode, in a sector of the table."""

    importer: Economy
    exporter: Economy
    sector: SectorCode
    niche: Id | None = None
    """The small product that it is; otherwise it is taken for all of the cell."""
    missing: Cited | None = None
    """Million USD that the table of another year lacks."""
    allowed: Cited
    """Share that the halt leaves."""


class Episode(Frozen):
    """A halt of trade that happened."""

    id: Id
    title: Text
    exporter: Economy
    product: str
    unit: str
    closed_from: Day
    base: dict[str, Cited]
    """Quantities by destination in the year before, `home` and `others` among them."""
    allowed: dict[str, float]
    """Share of its base that a destination still takes."""
    demand: Cited
    supply: Cited
    observed: dict[str, Cited] = Field(default_factory=dict)
    """What happened: quantities by destination, and `price`, new over old."""
    economy: tuple[Traded, ...] = ()
    """What it halted, where the table of the whole economy can tell it apart."""

    @model_validator(mode="after")
    def _consistent(self) -> Episode:
        for name in (*self.allowed, *(set(self.observed) - {PRICE})):
            if name not in self.base:
                raise ValueError(_("{name!r} is not a destination", name=name))
        return self


class EpisodeFile(Frozen):
    """The file of episodes."""

    title: Text
    sources: tuple[Source, ...]
    episodes: tuple[Episode, ...]

    @model_validator(mode="after")
    def _sourced(self) -> EpisodeFile:
        known = {source.id for source in self.sources}
        for one in self.episodes:
            traded = [cited for t in one.economy for cited in (t.missing, t.allowed) if cited is not None]
            for cited in (*one.base.values(), *one.observed.values(), one.demand, one.supply, *traded):
                if cited.source not in known:
                    raise ValueError(_("{id}: no source {source!r}", id=one.id, source=cited.source))
        return self


@cached
def episode_file() -> EpisodeFile:
    """The episodes that ship, with their sources."""
    return load(Path(str(files("kosho.impact") / "episodes.yaml")), EpisodeFile)[0]


@cached
def episodes() -> dict[str, Episode]:
    """The episodes that ship, by id."""
    return {one.id: one for one in episode_file().episodes}


def episode(name: str) -> Episode:
    """An episode by id.

    Raises:
        InputError: there is none.
    """
    if name not in episodes():
        raise InputError(Problem(_("no episode {name!r}", name=name), suggest(name, episodes())))
    return episodes()[name]


def before(world: World, of: Episode, end: End = "value") -> World:
    """A world with the trade that an episode halted, where the table's year lacks it.

    The exporter makes and sells that much more, and the importer spends it out of a larger deficit: the trade
    of others stays as it is. Of an aggregated world the finer one is restored and aggregated again; a world
    that has the trade already stays as it is.

    Args:
        world: The table; one in which the episode's countries and sectors are apart.
        of: The episode.
        end: Of the range of what is missing.

    Raises:
        InputError: the world has no such country or sector.
    """
    note = _("trade before the episode {id} added", id=of.id)
    if note in world.meta.adjustments:
        return world
    if world.detail is not None:
        return _aggregated_again(world, before(world.detail.world, of, end))
    flows = world.flows.copy(deep=True).astype(np.float64)
    for one in of.economy:
        if one.missing is not None:
            n, i = world.position(one.importer), world.position(one.exporter)
            flows.values[n, i, world.sector_position(world.sector_of(one.sector))] += _at(one.missing, end)
    if np.array_equal(flows, world.flows):
        return world
    meta = world.meta
    restated = World.from_flows(
        flows,
        tariff=world.tariff,
        io_share=world.io_share,
        theta=world.theta,
        meta=replace(meta, adjustments=(*meta.adjustments, note)),
    )
    return replace(
        restated,
        unknown_tariff=world.unknown_tariff,
        units=world.units,
        theta_spread=world.theta_spread,
        detail=world.detail,
        within=world.within,
    )


def _aggregated_again(world: World, finer: World) -> World:
    """A finer world in the countries and sectors of the aggregated one."""
    detail = world.detail
    if detail is None or finer is detail.world:
        return world
    return finer.aggregate(
        regions=_groups(world.countries, finer.countries, detail.country),
        sectors=_groups(world.sectors, finer.sectors, detail.sector),
    )


def _groups(labels: Sequence[str], finer: Sequence[str], place: Index) -> dict[str, tuple[str, ...]]:
    return {
        label: tuple(finer[n] for n in np.flatnonzero(place == k).tolist()) for k, label in enumerate(labels)
    }


@lru_cache(maxsize=4)
def restored(worlds: Worlds, names: tuple[str, ...]) -> Worlds:
    """A table and its coarse form with the trade that some episodes halted.

    Args:
        worlds: The table; one in which the episodes' countries and sectors are apart.
        names: Ids of the episodes.

    Raises:
        InputError: there is no such episode, or as `before`.
    """
    whole, coarse = worlds.whole, worlds.coarse
    for name in names:
        whole, coarse = before(whole, episode(name)), before(coarse, episode(name))
    return Worlds(whole, coarse)


def in_economy(world: World, of: Episode, end: End = "value") -> tuple[World, Counterfactual]:
    """An episode replayed in the whole economy: the world before it, and the halt.

    Args:
        world: The table.
        of: An episode whose `economy` says what it halted.
        end: Of all ranges.

    Raises:
        InputError: it says nothing of the economy, or as `before`.
    """
    if not of.economy:
        raise InputError(
            Problem(_("{id} says nothing of sectors", id=of.id), _("compare it as a market of its own"))
        )
    base = before(world, of, end)
    nests = {name: nest(base, niche(name), end) for name in (one.niche for one in of.economy) if name}
    quotas = [
        halt(
            f"{of.id}: {one.niche or one.sector}",
            [Flow(one.importer, one.exporter, base.sector_of(one.sector), one.niche or "")],
            _at(one.allowed, end),
        )
        for one in of.economy
    ]
    return base, Counterfactual(Shock.none(base), tuple(quotas), tuple(nests.values()))


def _at(cited: Cited, end: End) -> float:
    found = getattr(cited, end)
    return cited.value if found is None else float(found)


@dataclass(frozen=True, slots=True)
class EpisodeFigure(Shown):
    """One figure of an episode: what the halt alone would have done, and what was seen."""

    what: str
    """A destination, or `price`."""
    before: float
    predicted: Range
    """Without any shift of demand."""
    observed: Range | None
    shift: Range | None
    """The shift of demand that would reconcile the two, over the same ranges; None for a price, where the halt
    itself sets the quantity, and where neither the price nor the quantity was seen."""
    put_in: bool = False
    """The halt itself sets the quantity, as the share of the base that was seen or assumed to remain: no
    prediction."""


@dataclass(frozen=True, slots=True)
class EpisodeComparison(Shown):
    """An episode replayed and compared. Nothing is tuned: `shift` shows what the halt does not explain."""

    episode: Episode
    figures: tuple[EpisodeFigure, ...]
    fitted_at: Literal["observed", "halt alone"] | None = None
    """Whose price shifts of demand are fitted at; None where nothing open was seen, and nothing is fitted."""

    def of(self, what: str) -> EpisodeFigure:
        """A destination's figures, or the price's."""
        return next(one for one in self.figures if one.what == what)


def compare(of: Episode) -> EpisodeComparison:
    """Replay an episode over all ends of its ranges and set it beside what happened."""
    predicted: dict[str, list[float]] = {}
    shifts: dict[str, list[float]] = {}
    seen_price = of.observed.get(PRICE)
    seen = {name for name in of.observed if name != PRICE and name not in of.allowed}
    for market, observed in _corners(of):
        replay = market.clear(of.allowed)
        for name, value in (*replay.quantities.items(), (PRICE, replay.price)):
            predicted.setdefault(name, []).append(value)
        price = replay.price if seen_price is None else seen_price.value
        for name, value in market.fitted_shift(price, observed, of.allowed).items():
            if seen_price is not None or name in seen:  # what is left is no residual of a price nobody saw
                shifts.setdefault(name, []).append(value)
    figures = [
        EpisodeFigure(
            what=name,
            before=1.0 if name == PRICE else of.base[name].value,
            predicted=_range(values, _("new over old") if name == PRICE else of.unit),
            observed=Range.of(of.observed[name]) if name in of.observed else None,
            shift=_range(shifts[name], _("demand over base at the old price")) if name in shifts else None,
            put_in=name in of.allowed,
        )
        for name, values in predicted.items()
    ]
    fitted_at = "observed" if seen_price is not None else "halt alone" if shifts else None
    return EpisodeComparison(of, tuple(figures), fitted_at)


def _corners(of: Episode) -> Iterator[tuple[Market, dict[str, float]]]:
    """The market at its middle, then at every end of its ranges; and what was seen of quantities."""
    observed = {name: cited.value for name, cited in of.observed.items() if name != PRICE}
    figures = {**of.base, "demand ": of.demand, "supply ": of.supply}
    ends = [
        dict.fromkeys([one.value, *(end for end in (one.low, one.high) if end is not None)])
        for one in figures.values()
    ]
    for corner in product(*ends):
        values = dict(zip(figures, corner, strict=True))
        demand, supply = values.pop("demand "), values.pop("supply ")
        yield Market(values, demand, supply), observed


def _range(values: Sequence[float], unit: str) -> Range:
    """The first value is the middle."""
    return Range(min(values), max(values), values[0], unit)
