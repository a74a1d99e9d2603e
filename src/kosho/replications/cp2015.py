"""NAFTA in Caliendo & Parro (2015): 31 regions, 40 sectors, tariffs inside the bloc from 1993 to 2005.

Caliendo, L. and Parro, F. (2015), "Estimates of the Trade and Welfare Effects of NAFTA", Review of Economic
Studies 82(1), 1-44. The data are those of the authors' replication files. Conventions that matter:

- tariffs between members change, all others stay as in 1993;
- trade is fob and in the unit of gross output; output is at least exports, domestic sales are the rest;
- expenditure includes tariffs; final demand that would be negative is set to zero;
- 1993 is re-solved before anything else;
- what is called welfare is a first-order formula with arithmetic changes, far from exact real income.

The paper's other experiments are told too: the tariffs of 2005 of the whole world, with and without the bloc's
own, the bloc's given those of the world, and an economy without materials.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from kosho.arguments import CELL
from kosho.arrays import Array
from kosho.display import Card, Shown, listing
from kosho.equilibrium import Deficits, Outcome, Shock, rebase, solve, world_after
from kosho.errors import InputError, Problem
from kosho.language import _
from kosho.replications.archive import arrays
from kosho.replications.comparison import percent_by_country
from kosho.world import World, WorldMeta, labelled

__all__ = ["BLOC", "PUBLISHED", "ReplicatedEffects", "Replication", "read", "replicate"]


BLOC = ("Mexico", "Canada", "USA")

FILE = "cp2015.npz"
TRADED = 20
CLOSURES: Mapping[str, Deficits] = {"zero": "zero", "observed": "fixed"}
REPEATS = 5
"""Solves of each closure that are timed."""
NON_TRADED_ELASTICITY = 8.22
"""Used by the authors for the twenty sectors without trade, where it has no effect."""

SHAPES: Mapping[str, tuple[str, ...]] = {
    "regions": ("region",),
    "sectors": ("sector",),
    "trade_1993": ("traded", "region", "region"),
    "tariff_1993": ("traded", "region", "region"),
    "tariff_2005": ("traded", "region", "region"),
    "gross_output": ("sector", "region"),
    "value_added_share": ("sector", "region"),
    "input_share": ("region", "sector", "sector"),
    "theta_traded": ("traded",),
}

PUBLISHED: Mapping[str, Any] = {
    "zero": {
        "welfare_first_order": {"Mexico": 1.31, "Canada": -0.06, "USA": 0.08},
        "terms_of_trade": {"Mexico": -0.41, "Canada": -0.11, "USA": 0.04},
        "volume_of_trade": {"Mexico": 1.72, "Canada": 0.04, "USA": 0.04},
        "real_wage": {"Mexico": 1.72, "Canada": 0.32, "USA": 0.11},
        "intra_bloc_trade": {"Mexico": 118.0, "Canada": 11.0, "USA": 41.0},
    },
    "observed": {
        "welfare_first_order": {"Mexico": 1.17, "Canada": -0.04, "USA": 0.08},
        "terms_of_trade": {"Mexico": -0.41, "Canada": -0.08, "USA": 0.05},
        "volume_of_trade": {"Mexico": 1.59, "Canada": 0.04, "USA": 0.04},
        "real_wage": {"Mexico": 1.64, "Canada": 0.33, "USA": 0.12},
    },
    "source": (
        "zero: Caliendo & Parro (2015), Review of Economic Studies 82(1), abstract and Table 2; "
        "observed: the same exercise with observed deficits, as in the tests of github.com/paulofelipe/cp2015"
    ),
}
"""Percent."""


ByCountry = Mapping[str, float]
ByCountryAnd = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class ReplicatedEffects(Shown):
    """Effects on every region, in percent."""

    welfare_first_order: ByCountry
    """The published measure: terms of trade plus volume of trade."""
    terms_of_trade: ByCountry
    volume_of_trade: ByCountry
    welfare: ByCountry
    """Exact change of real income."""
    real_wage: ByCountry
    intra_bloc_trade: ByCountry
    """Imports of the members from the other members, at prices before tariffs."""
    bloc_trade: ByCountryAnd
    """The same by member that buys and member that sells."""
    terms_of_trade_by_partner: ByCountryAnd
    """What trade with each partner adds to the terms of trade; so in the next."""
    volume_of_trade_by_partner: ByCountryAnd
    terms_of_trade_by_sector: ByCountryAnd
    volume_of_trade_by_sector: ByCountryAnd
    export_shares_before: ByCountryAnd
    """Of what a region sells abroad, by sector."""
    export_shares_after: ByCountryAnd


@dataclass(frozen=True)
class Replication(Shown):
    """Both closures beside what was published."""

    zero: ReplicatedEffects
    observed: ReplicatedEffects
    experiments: Mapping[str, Mapping[str, ReplicatedEffects]]
    """Other tariffs, or another economy, by closure."""
    seconds_per_solve: float
    """Wall time of `solve` on a rebased world, median over both closures."""
    world: str
    """Hash of the table before rebasing."""
    adjustments: tuple[str, ...]
    """What had to be clipped or renormalised."""

    def card(self) -> Card:
        """The published measure of welfare beside ours, in percent."""
        rows = [
            (
                f"{name} deficits",
                listing(f"{who} {effects.welfare_first_order[who]:.4f}" for who in BLOC),
            )
            for name, effects in (("zero", self.zero), ("observed", self.observed))
        ]
        published = PUBLISHED["zero"]["welfare_first_order"].items()
        rows.append(("published, zero", listing(f"{who} {x:.2f}" for who, x in published)))
        return Card("Replication of Caliendo & Parro (2015): welfare, percent", rows)

    def to_dict(self) -> dict[str, Any]:
        """The contract of `kosho replicate cp2015 --json`; percent."""
        return {
            "schema_version": 1,
            "replication": "cp2015",
            "zero": asdict(self.zero),
            "observed": asdict(self.observed),
            "experiments": {
                name: {closure: asdict(effects) for closure, effects in found.items()}
                for name, found in self.experiments.items()
            },
            "published": dict(PUBLISHED),
            "seconds_per_solve": self.seconds_per_solve,
            "world": self.world,
            "adjustments": list(self.adjustments),
        }


def replicate(folder: Path) -> Replication:
    """The effects of NAFTA's tariff changes from the data in `folder`.

    Args:
        folder: Holds `cp2015.npz`.

    Raises:
        InputError: the file or one of its arrays is missing or has the wrong shape; all mistakes are listed.
    """
    data = _data(folder)
    world, tariffs = _world(data), _bloc_tariffs(data)
    effects: dict[str, ReplicatedEffects] = {}
    seconds: list[float] = []
    for name, deficits in CLOSURES.items():
        rebase(world, deficits)
        effects[name] = _effects(solve(world, Shock.tariffs(world, tariffs), deficits))
        for _other in range(REPEATS):
            started = time.perf_counter()
            solve(world, Shock.tariffs(world, tariffs), deficits)
            seconds.append(time.perf_counter() - started)
    return Replication(
        effects["zero"],
        effects["observed"],
        _experiments(data, world, tariffs),
        float(np.median(seconds)),
        world.hash,
        world.meta.adjustments,
    )


def _experiments(
    data: Mapping[str, NDArray[Any]], world: World, bloc: xr.DataArray
) -> dict[str, dict[str, ReplicatedEffects]]:
    """By name and closure."""
    every = bloc.copy(data=_by_cell(data, "tariff_2005"))
    others = every.where(bloc.isnull(), world.tariff)
    found: dict[str, dict[str, ReplicatedEffects]] = {}
    for closure, deficits in CLOSURES.items():
        here = {"no materials": solve(_world(data, materials=False), Shock.tariffs(world, bloc), deficits)}
        here |= {
            name: solve(world, Shock.tariffs(world, rates), deficits)
            for name, rates in (("world tariffs", every), ("world tariffs, not the bloc's", others))
        }
        given = world_after(here["world tariffs, not the bloc's"])
        here["the bloc's given world tariffs"] = solve(given, Shock.tariffs(given, bloc), deficits)
        for name, outcome in here.items():
            found.setdefault(name, {})[closure] = _effects(outcome)
    return found


def read(folder: Path) -> tuple[World, xr.DataArray]:
    """The world of 1993, and the tariffs of 2005 among the members of the bloc (NaN elsewhere).

    Raises:
        InputError: see `replicate`.
    """
    data = _data(folder)
    return _world(data), _bloc_tariffs(data)


def _data(folder: Path) -> Mapping[str, NDArray[Any]]:
    data = arrays(Path(folder) / FILE, SHAPES, {"traded": TRADED})
    regions = [str(r) for r in data["regions"]]
    absent = [member for member in BLOC if member not in regions]
    if absent:
        raise InputError(
            Problem(
                _("no region {names}", names=", ".join(absent)), file=str(Path(folder) / FILE), key="regions"
            )
        )
    return data


def _labels(data: Mapping[str, NDArray[Any]]) -> tuple[list[str], list[str]]:
    return [str(r) for r in data["regions"]], [str(s) for s in data["sectors"]]


def _world(data: Mapping[str, NDArray[Any]], *, materials: bool = True) -> World:
    """The world of 1993; without materials value added is all that is made."""
    regions, sectors = _labels(data)
    notes: list[str] = []
    theta = np.full(len(sectors), NON_TRADED_ELASTICITY)
    theta[:TRADED] = data["theta_traded"]
    inputs = _inputs(data, notes)
    return World.from_flows(
        labelled(_flows(data), CELL, regions, sectors),
        tariff=labelled(_by_cell(data, "tariff_1993"), CELL, regions, sectors),
        io_share=labelled(
            inputs if materials else 0.0 * inputs, ("country", "input", "sector"), regions, sectors
        ),
        theta=labelled(theta, ("sector",), regions, sectors),
        meta=WorldMeta(
            name="cp2015" if materials else "cp2015 without materials",
            year=1993,
            source="Caliendo & Parro (2015), Review of Economic Studies 82(1), replication files",
            unit="USD",
            adjustments=tuple(notes),
        ),
    )


def _bloc_tariffs(data: Mapping[str, NDArray[Any]]) -> xr.DataArray:
    """Tariffs of 2005 among the members, not a number elsewhere."""
    regions, sectors = _labels(data)
    later = _by_cell(data, "tariff_2005")
    rates = np.full_like(later, np.nan)
    members = [regions.index(member) for member in BLOC]
    pairs = [(n, i) for n in members for i in members if n != i]
    for n, i in pairs:
        rates[n, i, :TRADED] = later[n, i, :TRADED]
    return labelled(rates, CELL, regions, sectors)


def _by_cell(data: Mapping[str, NDArray[Any]], name: str) -> Array:
    """`[importer, exporter, sector]` over all sectors, zero where there is no trade."""
    count = len(data["regions"])
    values = np.zeros((count, count, len(data["sectors"])))
    values[:, :, :TRADED] = data[name].transpose(1, 2, 0)
    return values


def _flows(data: Mapping[str, NDArray[Any]]) -> Array:
    flows = _by_cell(data, "trade_1993")
    exports = flows.sum(axis=0)
    home = np.arange(len(flows))
    flows[home, home, :] = np.maximum(data["gross_output"].T, exports) - exports
    return flows


def _inputs(data: Mapping[str, NDArray[Any]], notes: list[str]) -> Array:
    """Shares of inputs in gross output; columns of the file are shares among inputs."""
    among = data["input_share"]
    negative = [
        f"{data['regions'][n]} {data['sectors'][k]} in {data['sectors'][j]}"
        for n, k, j in np.argwhere(among < 0)
    ]
    if negative:
        notes.append(f"negative input shares set to zero: {', '.join(negative)}")
    among = np.maximum(among, 0.0)
    total = among.sum(axis=1, keepdims=True)
    miss = np.abs(total - 1.0)[total > 0].max()
    notes.append(f"input shares renormalised: their sums missed one by up to {miss:.1g}")
    among = np.divide(among, total, out=np.zeros_like(among), where=total > 0)
    # A sector without inputs has a value-added share of one in the data.
    return among * (1.0 - data["value_added_share"].T)[:, None, :]


def _effects(outcome: Outcome) -> ReplicatedEffects:
    def percent(changes: xr.DataArray) -> dict[str, float]:
        return percent_by_country(outcome.base, changes.to_numpy())

    terms, volume = _cells(outcome)
    before, after = (_export_shares(flows) for flows in (outcome.base.flows, outcome.flows))
    return ReplicatedEffects(
        welfare_first_order=percent(outcome.welfare_first_order),
        terms_of_trade=percent(outcome.terms_of_trade),
        volume_of_trade=percent(outcome.volume_of_trade),
        welfare=percent(outcome.welfare),
        real_wage=percent(outcome.real_wage),
        intra_bloc_trade={
            member: _growth(outcome, member, [other for other in BLOC if other != member]) for member in BLOC
        },
        bloc_trade={
            member: {other: _growth(outcome, member, [other]) for other in BLOC if other != member}
            for member in BLOC
        },
        terms_of_trade_by_partner=_told(terms.sum("sector"), "exporter"),
        volume_of_trade_by_partner=_told(volume.sum("sector"), "exporter"),
        terms_of_trade_by_sector=_told(terms.sum("exporter"), "sector"),
        volume_of_trade_by_sector=_told(volume.sum("exporter"), "sector"),
        export_shares_before=_told(before, "sector"),
        export_shares_after=_told(after, "sector"),
    )


def _cells(outcome: Outcome) -> tuple[xr.DataArray, xr.DataArray]:
    """What each cell, with its exports the other way, adds to terms of trade and to volume of trade.

    `[importer, exporter, sector]`, fractions of income; the sums of the paper's equation for d ln W.
    """
    base, rise = outcome.base, outcome.cost - 1.0
    theirs = rise.rename(country="exporter")
    sold = (base.flows * theirs).rename(importer="partner", exporter="importer").rename(partner="exporter")
    income = labelled(base.arrays.income, ("importer",), base.countries, base.sectors)
    terms = (sold - base.flows * theirs) / income
    volume = base.tariff * (outcome.flows - base.flows * (theirs + 1.0)) / income
    return terms.transpose(*CELL), volume.transpose(*CELL)


def _export_shares(flows: xr.DataArray) -> xr.DataArray:
    abroad = flows.where(flows["importer"] != flows["exporter"], 0.0).sum("importer")
    total = abroad.sum("sector")
    return (abroad / total.where(total > 0, 1.0)).rename(exporter="importer")


def _told(values: xr.DataArray, by: str) -> dict[str, dict[str, float]]:
    """Values `[importer, by]` in percent."""
    found = (100.0 * values).transpose("importer", by).to_numpy()
    codes, names = ([str(one) for one in values.indexes[dim]] for dim in ("importer", by))
    return {code: dict(zip(names, row, strict=True)) for code, row in zip(codes, found.tolist(), strict=True)}


def _growth(outcome: Outcome, member: str, others: list[str]) -> float:
    """Of imports from others, percent."""
    old, new = (
        float(flows.sel(importer=member, exporter=others).sum())
        for flows in (outcome.base.flows, outcome.flows)
    )
    return 100.0 * (new / old - 1.0)
