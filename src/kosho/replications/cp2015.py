"""NAFTA in Caliendo & Parro (2015): 31 regions, 40 sectors, tariffs inside the bloc from 1993 to 2005.

Caliendo, L. and Parro, F. (2015), "Estimates of the Trade and Welfare Effects of NAFTA", Review of Economic
Studies 82(1), 1-44. The data are those of the authors' replication files. Conventions that matter:

- tariffs between members change, all others stay as in 1993;
- trade is fob and in the unit of gross output; output is at least exports, domestic sales are the rest;
- expenditure includes tariffs; final demand that would be negative is set to zero;
- 1993 is re-solved before anything else;
- what is called welfare is a first-order formula with arithmetic changes, far from exact real income.

The paper's other experiments are told too: the tariffs of 2005 of the whole world, with and without the bloc's
own, the bloc's given those of the world (computed anew from the world after the others, and the paper's way, as
what both do over what the others do), and the three models that leave something out
(`kosho.replications.cp2015_data`).
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from kosho.arguments import CELL
from kosho.display import Card, Shown, listing
from kosho.equilibrium import Deficits, Outcome, Shock, rebase, solve, world_after
from kosho.replications.comparison import percent_by_country
from kosho.replications.cp2015_data import BLOC, MODELS, Economy, economy
from kosho.world import World, labelled

__all__ = ["BLOC", "PUBLISHED", "ReplicatedEffects", "Replication", "read", "replicate"]


CLOSURES: Mapping[str, Deficits] = {"zero": "zero", "observed": "fixed"}
REPEATS = 5
"""Solves of each closure that are timed."""
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
    "models": {
        "no input-output": {
            "welfare_first_order": {"Mexico": 0.66, "Canada": -0.04, "USA": 0.04},
            "intra_bloc_trade": {"Mexico": 98.96, "Canada": 10.14, "USA": 30.70},
        },
        "no materials": {
            "welfare_first_order": {"Mexico": 0.50, "Canada": -0.03, "USA": 0.03},
            "intra_bloc_trade": {"Mexico": 88.08, "Canada": 9.95, "USA": 26.91},
        },
        "one sector": {
            "welfare_first_order": {"Mexico": 0.41, "Canada": -0.08},
            "intra_bloc_trade": {"Mexico": 60.99, "Canada": 5.98, "USA": 17.34},
        },
    },
    "source": (
        "zero: Caliendo & Parro (2015), Review of Economic Studies 82(1), abstract and Table 2; "
        "observed: the same exercise with observed deficits, as in the tests of github.com/paulofelipe/cp2015; "
        "models (zero deficits): their comparison across models, recalled and not looked up, built as the "
        "programs in their replication files build them"
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
    export_concentration_before: ByCountry
    """Of exports over all sectors, the normalised index of Herfindahl: 0 all alike, 100 one sector."""
    export_concentration_after: ByCountry


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
    economies = {model: economy(folder, model) for model in MODELS}
    world, tariffs = economies["full"].world, economies["full"].bloc
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
        _experiments(economies),
        float(np.median(seconds)),
        world.hash,
        world.meta.adjustments,
    )


def _experiments(economies: Mapping[str, Economy]) -> dict[str, dict[str, ReplicatedEffects]]:
    """By name and closure."""
    found: dict[str, dict[str, ReplicatedEffects]] = {}
    for closure, deficits in CLOSURES.items():
        here = {name: _after(one, one.bloc, deficits) for name, one in economies.items() if name != "full"}
        full = economies["full"]
        every = _after(full, full.every, deficits)
        others = _after(full, full.every.where(full.bloc.isnull(), full.world.tariff), deficits)
        given = world_after(others)
        here |= {
            "world tariffs": every,
            "world tariffs, not the bloc's": others,
            "the bloc's given world tariffs": solve(given, Shock.tariffs(given, full.bloc), deficits),
        }
        for name, outcome in here.items():
            found.setdefault(name, {})[closure] = _effects(outcome)
        found.setdefault("the bloc's given world tariffs, the paper's way", {})[closure] = _relative(
            every, others
        )
    return found


def _after(one: Economy, tariffs: xr.DataArray, deficits: Deficits) -> Outcome:
    return solve(one.world, Shock.tariffs(one.world, tariffs), deficits)


def read(folder: Path) -> tuple[World, xr.DataArray]:
    """The world of 1993, and the tariffs of 2005 among the members of the bloc (NaN elsewhere).

    Raises:
        InputError: see `replicate`.
    """
    full = economy(folder)
    return full.world, full.bloc


def _effects(outcome: Outcome) -> ReplicatedEffects:
    def percent(changes: xr.DataArray) -> dict[str, float]:
        return percent_by_country(outcome.base, changes.to_numpy())

    terms, volume = _cells(outcome)
    return ReplicatedEffects(
        welfare_first_order=percent(outcome.welfare_first_order),
        terms_of_trade=percent(outcome.terms_of_trade),
        volume_of_trade=percent(outcome.volume_of_trade),
        welfare=percent(outcome.welfare),
        real_wage=percent(outcome.real_wage),
        terms_of_trade_by_partner=_told(terms.sum("sector"), "exporter"),
        volume_of_trade_by_partner=_told(volume.sum("sector"), "exporter"),
        terms_of_trade_by_sector=_told(terms.sum("exporter"), "sector"),
        volume_of_trade_by_sector=_told(volume.sum("exporter"), "sector"),
        **_trade(outcome.base.flows, outcome.flows),
    )


def _relative(every: Outcome, others: Outcome) -> ReplicatedEffects:
    """What the bloc's tariffs do once the others are there, as the paper has it: the effect of all over the
    effect of the others, and flows of the base that grow by the ratio of both. Parts are ratios each and do
    not add up.
    """
    world = every.base
    both, one = _effects(every), _effects(others)

    def ratio(name: str) -> dict[str, float]:
        top, bottom = getattr(both, name), getattr(one, name)
        return {code: 100.0 * ((1.0 + top[code] / 100.0) / (1.0 + bottom[code] / 100.0) - 1.0) for code in top}

    terms, volume = ratio("terms_of_trade"), ratio("volume_of_trade")
    parts = [
        a.copy(data=(1.0 + a) / (1.0 + b) - 1.0) for a, b in zip(_cells(every), _cells(others), strict=True)
    ]
    growth = every.flows / others.flows.where(others.flows > 0)
    return ReplicatedEffects(
        welfare_first_order={code: terms[code] + volume[code] for code in terms},
        terms_of_trade=terms,
        volume_of_trade=volume,
        welfare=ratio("welfare"),
        real_wage=ratio("real_wage"),
        terms_of_trade_by_partner=_told(parts[0].sum("sector"), "exporter"),
        volume_of_trade_by_partner=_told(parts[1].sum("sector"), "exporter"),
        terms_of_trade_by_sector=_told(parts[0].sum("exporter"), "sector"),
        volume_of_trade_by_sector=_told(parts[1].sum("exporter"), "sector"),
        **_trade(world.flows, world.flows * growth.fillna(1.0)),
    )


def _trade(before: xr.DataArray, after: xr.DataArray) -> dict[str, Any]:
    """What both flows say of imports inside the bloc and of exports by sector."""
    shares = {"before": _export_shares(before), "after": _export_shares(after)}
    told = {f"export_shares_{when}": _told(one, "sector") for when, one in shares.items()}
    told |= {f"export_concentration_{when}": _concentration(one) for when, one in shares.items()}
    partners = {member: [other for other in BLOC if other != member] for member in BLOC}
    grown = {
        member: {other: _growth(before, after, member, [other]) for other in others}
        for member, others in partners.items()
    }
    inside = {member: _growth(before, after, member, others) for member, others in partners.items()}
    return told | {"bloc_trade": grown, "intra_bloc_trade": inside}


def _concentration(shares: xr.DataArray) -> dict[str, float]:
    """Of shares `[importer, sector]`, in percent."""
    least = 1.0 / shares.sizes["sector"]
    found = 100.0 * ((shares**2).sum("sector") - least) / (1.0 - least)
    return {str(code): float(one) for code, one in zip(shares.indexes["importer"], found, strict=True)}


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


def _growth(before: xr.DataArray, after: xr.DataArray, member: str, others: list[str]) -> float:
    """Of imports from others, percent."""
    old, new = (float(flows.sel(importer=member, exporter=others).sum()) for flows in (before, after))
    return 100.0 * (new / old - 1.0)
