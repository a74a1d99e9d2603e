"""Vehicles: by drive, by maker, and subsidies that ask for local content."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path

import numpy as np
from pydantic import model_validator

from kosho.display import Shown
from kosho.equilibrium import Outcome, Part
from kosho.errors import InputError, Problem, suggest
from kosho.impact.ranges import Range, spread
from kosho.impact.subsidies import treasury_cost, wedge_after
from kosho.impact.value_chains import content
from kosho.language import _, cached
from kosho.law.nontariff_terms import Drive
from kosho.law.scope import Economy
from kosho.provenance import Cited, Frozen, Source, Text
from kosho.world import World
from kosho.yamlfile import load

__all__ = [
    "BrandSales",
    "brand_sales",
    "brands_known",
    "by_maker",
    "drive_parts",
    "drive_share",
    "eligible",
    "japanese_brands",
    "purchase_subsidy",
    "subsidy_cost",
    "vehicle_data",
]

VEHICLES = "C29"


class Drives(Frozen):
    """Drives of the vehicles sold in a market."""

    market: Economy
    exporters: tuple[Economy, ...] = ()
    """Where they are made; empty: all that no other entry of the market names."""
    shares: dict[Drive, Cited]


class Makers(Frozen):
    """Vehicles shipped from an exporter to a market, by maker."""

    exporter: Economy
    market: Economy
    unit: str
    year: int
    units: dict[str, Cited]


class Brands(Frozen):
    """Japanese brands in the vehicles sold in a market, wherever made."""

    market: Economy
    year: int
    share: Cited


class VehicleFile(Frozen):
    """The file of vehicles."""

    title: Text
    sources: tuple[Source, ...]
    drives: tuple[Drives, ...]
    makers: tuple[Makers, ...]
    brands: tuple[Brands, ...] = ()

    @model_validator(mode="after")
    def _sourced(self) -> VehicleFile:
        known = {source.id for source in self.sources}
        figures = [*(one.shares.values() for one in self.drives), *(one.units.values() for one in self.makers)]
        for cited in (*(one.share for one in self.brands), *(one for some in figures for one in some)):
            if cited.source not in known:
                raise ValueError(_("no source {source!r}", source=cited.source))
        return self


@cached
def vehicle_data() -> VehicleFile:
    """The figures that ship."""
    return load(Path(str(files("kosho.impact") / "vehicles.yaml")), VehicleFile)[0]


def drive_share(market: str, drive: Drive, exporter: str = "") -> Cited:
    """Share of a drive in the vehicles sold in a market.

    Args:
        market: Where they are sold.
        drive: Which.
        exporter: Where they are made. Where that is not known apart, the share of the whole market is taken,
            which is an assumption.

    Raises:
        InputError: it is not known for this market.
    """
    known = [one for one in vehicle_data().drives if one.market == market]
    if not known:
        hint = suggest(market, {one.market for one in vehicle_data().drives})
        raise InputError(Problem(_("drives of vehicles sold in {market} are not known", market=market), hint))
    for one in sorted(known, key=lambda one: exporter not in one.exporters):
        if drive in one.shares and (exporter in one.exporters or not one.exporters):
            return one.shares[drive]
    raise InputError(Problem(_("no drive {drive!r} of vehicles sold in {market}", drive=drive, market=market)))


def _told_apart(market: str, drive: Drive, exporter: str) -> bool:
    """Whether the share of a drive is known of an origin."""
    return any(
        (one.market, drive in one.shares) == (market, True) and exporter in one.exporters
        for one in vehicle_data().drives
    )


def drive_parts(market: str, exporter: str, vehicles: float) -> dict[Drive, Range]:
    """Hybrid and electric vehicles as two parts of an exporter's cell of the vehicle sector.

    Args:
        market: Where they are sold.
        exporter: From where; the market itself for those made at home.
        vehicles: Share of whole vehicles in the cell (the rest are parts of vehicles).

    Returns:
        The share of base spending of each part, with its range.
    """
    found: dict[Drive, Range] = {}
    for drive in ("hybrid", "electric"):
        share = Range.of(drive_share(market, drive, exporter))
        known = _told_apart(market, drive, exporter)
        note = (
            None
            if known
            else _(
                "share in all vehicles sold in {market}, taken for those from {exporter}",
                market=market,
                exporter=exporter,
            )
        )
        scaled = {end: vehicles * level for end, level in share.levels.items()}
        assumed = share.assumed or not known
        found[drive] = Range(
            scaled["low"], scaled["high"], scaled["value"], "share", share.sources, assumed, note
        )
    return found


def by_maker(exporter: str, market: str, base: float, new: float) -> dict[str, Range]:
    """Vehicles of each maker after a change, from those of all makers made in one place and sold in another.

    The outcome is by place of production; every maker's shipments from there are taken to change alike.

    Args:
        exporter: Where they are made.
        market: Where they are sold.
        base: Vehicles before, all makers.
        new: Vehicles after.

    Raises:
        InputError: makers are not known for this trade.
    """
    for told in vehicle_data().makers:
        if (told.exporter, told.market) == (exporter, market):
            ratio = new / base
            return {
                maker: Range(
                    ratio * (cited.value if cited.low is None else cited.low),
                    ratio * (cited.value if cited.high is None else cited.high),
                    ratio * cited.value,
                    told.unit,
                    (cited.source,),
                )
                for maker, cited in told.units.items()
            }
    raise InputError(
        Problem(
            _("makers of vehicles from {exporter} to {market} are not known", exporter=exporter, market=market)
        )
    )


def brands_known(market: str, year: int | None = None) -> Brands | None:
    """What is known of Japanese brands in a market in the year nearest to one, the latest of two as near.

    Args:
        market: Where they are sold.
        year: None is the latest.
    """
    known = sorted((one for one in vehicle_data().brands if one.market == market), key=lambda one: -one.year)
    return min(known, key=lambda one: 0 if year is None else abs(one.year - year), default=None)


def japanese_brands(market: str, sold: float, year: int | None = None) -> Range:
    """Vehicles of Japanese brands among those sold in a market of South-East Asia, wherever they are made.

    Results are by place of production: this tells who sells what plants in Thailand or Indonesia make for their
    own market, every brand taken to change alike.

    Args:
        market: Where they are sold.
        sold: Vehicles, or their value, of all brands.
        year: Of the shares, the nearest that is known; None is the latest.

    Raises:
        InputError: it is not known for this market.
    """
    found = brands_known(market, year)
    if found is None:
        hint = suggest(market, {one.market for one in vehicle_data().brands})
        raise InputError(
            Problem(_("the share of Japanese brands in {market} is not known", market=market), hint)
        )
    note = "; ".join([_("share of {year}", year=found.year), *([found.share.note] if found.share.note else [])])
    return replace(spread(lambda share: share * sold, "as sold", share=found.share), note=note)


@dataclass(frozen=True, eq=False)
class BrandSales(Shown):
    """What Japanese brands sell in a market before and after a change, apart from where it is made.

    Values are of vehicles and parts, net of duty, in the world's money.
    """

    market: str
    year: int
    """Of the share of the brands that is known."""
    base_share: Range
    """Of all that is bought there."""
    new_share: Range
    base: Range
    new: Range
    made_in_japan: tuple[float, float]
    """Before and after: what comes from Japan."""
    others_made: tuple[float, float]
    """Before and after, of other brands and Japanese ones alike: made at home or in third countries."""


def brand_sales(outcome: Outcome, market: str) -> BrandSales | None:
    """Japanese brands in a market after a change; None where their share or the sector is not known there.

    All that comes from Japan is theirs, nothing that comes from China; of the rest they have what their known
    share leaves, the same part of every origin before and after.
    """
    base = outcome.base
    known = brands_known(market, base.meta.year)
    if known is None or market not in base.countries or VEHICLES not in base.sectors:
        return None
    before, after = (
        {
            origin: float(flows.sel(importer=market, exporter=origin, sector=VEHICLES))
            for origin in base.countries
        }
        for flows in (base.flows, outcome.flows)
    )

    def parts(values: Mapping[str, float]) -> tuple[float, float, float]:
        japan, china = (values.get(code, 0.0) for code in ("JPN", "CHN"))
        return sum(values.values()), japan, sum(values.values()) - japan - china

    (total, japan, rest), (new_total, new_japan, new_rest) = parts(before), parts(after)

    def of_rest(share: float) -> float:
        return min(max(share * total - japan, 0.0), rest) / rest if rest > 0 else 0.0

    def told(value: Callable[[float], float], unit: str) -> Range:
        return replace(spread(lambda share: value(of_rest(share)), unit, share=known.share), assumed=True)

    return BrandSales(
        market,
        known.year,
        told(lambda part: (japan + part * rest) / total, "share"),
        told(lambda part: (new_japan + part * new_rest) / new_total, "share"),
        told(lambda part: japan + part * rest, _("as sold")),
        told(lambda part: new_japan + part * new_rest, _("as sold")),
        (japan, new_japan),
        (rest, new_rest),
    )


def eligible(
    world: World, exporters: Sequence[str], threshold: float, counted: Sequence[str], sector: str = VEHICLES
) -> dict[str, float]:
    """Which origins meet a local-content rule, on average: 1 or 0 by exporter.

    Args:
        world: The economy.
        exporters: Where the goods are made.
        threshold: Least share of value added in the countries counted.
        counted: Whose value added counts.
        sector: What is made.
    """
    return {exporter: float(content(world, exporter, sector, counted) >= threshold) for exporter in exporters}


@dataclass(frozen=True, slots=True)
class _Sold:
    share: float
    tariff: float


def purchase_subsidy(
    world: World,
    importer: str,
    rate: float,
    shares: Mapping[str, float],
    *,
    sector: str = VEHICLES,
    part: str = "subsidised",
) -> list[Part]:
    """A subsidy to buyers of goods of some origins, their own country's among them; its treasury pays.

    Args:
        world: The economy.
        importer: Who subsidises its buyers.
        rate: Share of the buyer's price that is paid, below one.
        shares: Share of base spending on each exporter's cell that is eligible; zero where none is.
        sector: Of what.
        part: Name of the part.

    Raises:
        InputError: a rate that cannot be.
    """
    if not 0 <= rate < 1:
        raise InputError(
            Problem(_("a subsidy of {rate:g} of the price", rate=rate), _("zero or more, below one"))
        )
    sold = {
        exporter: _Sold(share, float(world.tariff.sel(importer=importer, exporter=exporter, sector=sector)))
        for exporter, share in shares.items()
        if share > 0
    }
    return [
        Part(importer, exporter, sector, one.share, wedge_after(one.tariff, rate), part=part)
        for exporter, one in sold.items()
    ]


def subsidy_cost(outcome: Outcome, rate: float, parts: Sequence[Part]) -> float:
    """What a subsidy costs the treasury a year, in the world's money, at the new quantities."""
    world, shock = outcome.base, outcome.shock
    named = {
        (
            world.position(one.importer),
            world.position(one.exporter),
            world.sector_position(one.sector),
            one.part,
        )
        for one in parts
    }
    rows = np.array([k for k, place in enumerate(shock.places()) if place in named], np.intp)
    return treasury_cost(outcome, rows, rate)
