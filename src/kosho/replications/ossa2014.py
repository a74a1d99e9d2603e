"""Tariffs of seven regions in Ossa (2014): alone, at war, and agreed, with profits of firms fixed in number.

Ossa, R. (2014), "Trade Wars and Trade Talks with Data", American Economic Review 104(12), 4104-46. The data are
those of the author's replication files: 7 regions, 33 sectors of agriculture and industry, 2005-2007, without
inputs. Conventions that matter:

- flows are before duty; sigma - 1 is the trade elasticity;
- firms are given in number and keep 1/sigma of what they receive, which their country spends;
- deficits are taken out first, in the same model;
- rates are between 0 and 1000 %.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from kosho.bargain.optimal_tariffs import RateBounds, Tariffs, cooperative, nash, optimal
from kosho.equilibrium import Closure, Shock, rebase, solve, world_after
from kosho.progress import Progress, silent
from kosho.replications.comparison import Comparison, percent_by_country
from kosho.replications.tariff_games import read_game
from kosho.world import World, WorldMeta

__all__ = ["PUBLISHED", "read", "replicate"]

BOUNDS = RateBounds(0.0, 10.0)
TALKS = 1e-6
"""Slope left open where gains are made equal."""
DUST = 1e-5
"""Share of a region's imports below which a flow has no say in a median."""

PUBLISHED: Mapping[str, Mapping[str, float]] = {
    "welfare": {"BRA": 1.1, "CHN": 1.8, "EU": 1.9, "IND": 1.7, "JPN": 4.0, "ROW": 2.9, "USA": 2.3},
    "median_rate": {"BRA": 56.1, "CHN": 59.3, "EU": 61.3, "IND": 54.0, "JPN": 59.6, "ROW": 61.5, "USA": 60.3},
}
"""Optimal tariffs: each region's own welfare, and its median rate; percent."""
SOURCE = "optimal tariffs in Ossa (2014, American Economic Review 104(12), 4104-4146), every region alone"
NOTES = (
    "welfare, median rate: optimal tariffs of each region alone, with profits; its own gain.",
    "The median over all flows is not determined: rates of flows next to nothing hardly move welfare.",
    f"median rate of flows: of those of {DUST:g} of imports or more, which is determined.",
    "competitive: the same without profits. nash: all at war.",
    "talks: agreed rates, zero or more, that gain all alike, from the war, the data's tariffs and free trade.",
    "tables: by region that sets its rates and region that feels them.",
    "The political weights of the paper are not in the data, and its tables with them are not told.",
)


def replicate(folder: Path, progress: Progress = silent) -> Comparison:
    """Optimal tariffs with profits and without, a war, and what talks gain from three places.

    Args:
        folder: Holds `data.npz`: `countries`, `flows[importer, exporter, sector]`, `tariff`, `sigma`.
        progress: Called with a line of progress now and then.

    Raises:
        InputError: the file or one of its arrays is missing or has the wrong shape; all mistakes are listed.
        ConvergenceError: a search did not end.
    """
    world = read(folder)
    profits = Closure(profits=world.sectors)
    found: dict[str, dict[str, float]] = {}
    tables: dict[str, dict[str, dict[str, float]]] = {}
    for name, closure in (("", profits), ("competitive_", None)):
        alone = {
            code: optimal(world, code, sectors=world.sectors, bounds=BOUNDS, progress=progress, closure=closure)
            for code in world.countries
        }
        for measure, told in MEASURES.items():
            tables[f"{name}optimal_{measure}"] = {code: told(one) for code, one in alone.items()}
        found[f"{name}welfare"] = {code: 100.0 * one.gains[code] for code, one in alone.items()}
        found[f"{name}median_rate"] = {code: _median(one, code) for code, one in alone.items()}
        found[f"{name}median_rate_of_flows"] = {code: _median(one, code, DUST) for code, one in alone.items()}
    war = nash(world, world.countries, world.sectors, BOUNDS, progress, closure=profits)
    outcomes = {"nash": war}
    for name, base in (("nash", world_after(war.outcome)), ("factual", world), ("free", _free(world, profits))):
        talks = cooperative(base, world.countries, world.sectors, BOUNDS, progress, closure=profits, tol=TALKS)
        outcomes[f"talks_from_{name}"] = talks
    for name, one in outcomes.items():
        found |= {f"{name}_{measure}": told(one) for measure, told in MEASURES.items()}
        found[f"{name}_median_rate"] = {code: _median(one, code) for code in world.countries}
        found[f"{name}_median_rate_of_flows"] = {code: _median(one, code, DUST) for code in world.countries}
    return Comparison(
        name="ossa2014",
        title="Tariffs of seven regions in Ossa (2014): changes of real income and rates, percent",
        published=PUBLISHED,
        kosho=found,
        source=SOURCE,
        notes=NOTES,
        tables=tables,
    )


def read(folder: Path) -> World:
    """The world of the data, with its deficits.

    Raises:
        InputError: see `replicate`.
    """
    return read_game(
        folder,
        "flows",
        WorldMeta(
            name="ossa2014",
            year=2007,
            source="Ossa (2014), American Economic Review 104(12), replication files",
            unit="million USD",
        ),
    )


def _median(found: Tariffs, importer: str, least: float = 0.0) -> float:
    """The median rate of an importer, of flows that were a share of its imports or more; percent."""
    base = found.outcome.base
    imports = base.arrays.flows[base.position(importer)]
    place = {sector: j for j, sector in enumerate(base.sectors)}
    mine = [k for k, setter in enumerate(found.importer) if setter == importer]
    flow = np.array([imports[base.position(found.exporter[k]), place[found.sector[k]]] for k in mine])
    rates = np.asarray(found.rate)[mine]
    return 100.0 * float(np.median(rates[flow >= least * flow.sum()]))


def _welfare(found: Tariffs) -> dict[str, float]:
    return percent_by_country(found.outcome.base, found.welfare.to_numpy())


def _real_wage(found: Tariffs) -> dict[str, float]:
    return percent_by_country(found.outcome.base, found.outcome.real_wage.to_numpy())


def _real_profits(found: Tariffs) -> dict[str, float]:
    """What makers keep, over consumer prices; nothing where they keep none."""
    outcome = found.outcome
    after = outcome.profits / (1.0 + outcome.consumer_prices)
    before = outcome.profits - outcome.more_profits
    rise = after / before.where(before > 0, 1.0) - 1.0
    return percent_by_country(outcome.base, rise.where(before > 0, 0.0).to_numpy())


MEASURES: Mapping[str, Callable[[Tariffs], dict[str, float]]] = {
    "welfare": _welfare,
    "real_wage": _real_wage,
    "real_profits": _real_profits,
}
"""Of every region; percent."""


def _free(world: World, closure: Closure) -> World:
    """The world without tariffs."""
    base = rebase(world, "zero", closure=closure)
    none = 0.0 * base.tariff
    free = solve(base, Shock.tariffs(base, none), "zero", 1e-11, closure=closure)
    return replace(base, flows=free.flows, tariff=none)
