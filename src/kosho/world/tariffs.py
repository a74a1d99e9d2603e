"""Base tariffs of 2022: MFN rates, what trade agreements left of them, and special duties on top.

rate = MFN x share that remains under the best agreement of the pair + special duties, unless what was
collected on the pair is known, which then stands; services bear none; the European Union is one customs
territory. An importer and sector without an MFN rate is unknown: its rate is zero here and in every change,
and the mask says so.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kosho.arrays import Array, Mask
from kosho.codes import expand_regions
from kosho.codes import sectors as icio_sectors
from kosho.display import Shown
from kosho.world.datafiles import rows

__all__ = ["BaseTariffs", "base_tariffs"]


FARM = frozenset({"A01", "A03", "C10T12"})
VEHICLES = "C29"
VEHICLE_WEIGHTS = {"cars": 0.6, "trucks": 0.1, "parts": 0.3}
"""Weights of vehicle groups where an agreement sets the rate on cars: world exports, an assumption."""
NO_TRUCKS = frozenset({"USA"})
"""Importers whose duty on trucks keeps out all that is not free: dutiable C29 is cars and parts."""


@dataclass(frozen=True, eq=False)
class BaseTariffs(Shown):
    """Applied rates and what is not known of them."""

    rate: Array
    """`[importer, exporter, sector]`, fractions; zero on the diagonal and where unknown."""
    unknown: Mask
    """`[importer, exporter, sector]`."""


def base_tariffs(countries: tuple[str, ...], sectors: tuple[str, ...]) -> BaseTariffs:
    """Base tariffs of 2022 for a table in ICIO codes."""
    n = len(countries)
    mfn, known = _mfn(countries, sectors)
    rate = np.repeat(mfn[:, None, :], n, axis=1)
    unknown = np.repeat(~known[:, None, :], n, axis=1)
    _prefer(BaseTariffs(rate, unknown), mfn, countries, sectors)
    _add_special_duties(rate, countries, sectors)
    _replace_by_collected(BaseTariffs(rate, unknown), countries, sectors)
    home = np.arange(n)
    rate[home, home, :] = 0.0
    unknown[home, home, :] = False
    free = _pairs("EU27", "EU27", countries)
    for importer, exporter in free:
        rate[importer, exporter, :] = 0.0
        unknown[importer, exporter, :] = False
    return BaseTariffs(np.where(unknown, 0.0, rate), unknown)


def _mfn(countries: tuple[str, ...], sectors: tuple[str, ...]) -> tuple[Array, Mask]:
    rate = np.zeros((len(countries), len(sectors)))
    goods = np.array([icio_sectors()[code].goods if code in icio_sectors() else True for code in sectors])
    known = np.repeat(~goods[None, :], len(countries), axis=0)
    for row in rows("base_tariffs.csv"):
        for importer in _positions(row["importer"], countries):
            if row["sector"] in sectors:
                sector = sectors.index(row["sector"])
                rate[importer, sector] = float(row["percent"]) / 100.0
                known[importer, sector] = True
    return rate, known


def _prefer(base: BaseTariffs, mfn: Array, countries: tuple[str, ...], sectors: tuple[str, ...]) -> None:
    """Lower rates in place where an agreement gives less than MFN; what it frees is known whatever MFN is."""
    farm = np.array([code in FARM for code in sectors])
    vehicles = [place for place, code in enumerate(sectors) if code == VEHICLES]
    for row in rows("preferences_2022.csv"):
        industry = float(row["industry"])
        share = np.where(farm, float(row["agri"]), industry)
        for importer, exporter in _pairs(row["importers"], row["exporters"], countries):
            offered = mfn[importer] * share
            for sector in vehicles:
                if row["cars"]:
                    cars = float(row["cars"])
                    offered[sector] = _vehicle_rate(countries[importer], cars, industry, mfn[importer, sector])
            base.rate[importer, exporter] = np.minimum(base.rate[importer, exporter], offered)
            base.unknown[importer, exporter] &= share > 0


def _vehicle_rate(importer: str, cars: float, industry: float, mfn: float) -> float:
    """Rate on motor vehicles and parts where an agreement sets the rate on cars; a fraction.

    An agreement that leaves cars at MFN leaves the sector there.
    """
    schedule = next((row for row in rows("vehicles.csv") if _covers(row["importer"], importer)), None)
    if schedule is None or cars >= float(schedule["cars"]):
        return mfn
    weights = {**VEHICLE_WEIGHTS, **({"trucks": 0.0} if importer in NO_TRUCKS else {})}
    percent = {"cars": cars, **{group: float(schedule[group]) * industry for group in ("trucks", "parts")}}
    return sum(weights[group] * percent[group] for group in weights) / sum(weights.values()) / 100.0


def _add_special_duties(rate: Array, countries: tuple[str, ...], sectors: tuple[str, ...]) -> None:
    """Add duties on top of MFN or preference in place."""
    duties = rows("special_duties_2022.csv")
    named: dict[tuple[str, str, str], set[int]] = {}
    for row in duties:
        key = row["importer"], row["measure"], row["sector"]
        if row["exporter"] != "OTHER":
            named.setdefault(key, set()).update(_positions(row["exporter"], countries))
    for row in duties:
        if row["sector"] not in sectors:
            continue
        key = row["importer"], row["measure"], row["sector"]
        others = set(range(len(countries))) - named.get(key, set())
        exporters = others if row["exporter"] == "OTHER" else _positions(row["exporter"], countries)
        for importer in _positions(row["importer"], countries):
            for exporter in exporters:
                rate[importer, exporter, sectors.index(row["sector"])] += float(row["percent"]) / 100.0


def _replace_by_collected(base: BaseTariffs, countries: tuple[str, ...], sectors: tuple[str, ...]) -> None:
    """Put rates that were collected in place of those that schedules and agreements give."""
    for row in rows("collected_rates.csv"):
        if row["sector"] in sectors:
            sector = sectors.index(row["sector"])
            for importer, exporter in _pairs(row["importer"], row["exporter"], countries):
                base.rate[importer, exporter, sector] = float(row["percent"]) / 100.0
                base.unknown[importer, exporter, sector] = False


def _covers(bloc: str, country: str) -> bool:
    return country in expand_regions((bloc,))


def _positions(codes: str, countries: tuple[str, ...]) -> list[int]:
    """Positions of the countries of this table among codes and blocs separated by spaces."""
    members = expand_regions(tuple(codes.split()))
    return [countries.index(code) for code in members if code in countries]


def _pairs(importers: str, exporters: str, countries: tuple[str, ...]) -> list[tuple[int, int]]:
    return [
        (importer, exporter)
        for importer in _positions(importers, countries)
        for exporter in _positions(exporters, countries)
        if importer != exporter
    ]
