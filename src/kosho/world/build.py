"""What is said of a table when it is built: year, what labels stand for, tariffs, elasticities, weights."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from kosho.arrays import Array
from kosho.bounds import THETA, out_of_years
from kosho.codes import countries as known_economies
from kosho.codes import sectors as known_sectors
from kosho.errors import InputError, Problem, Problems, suggest
from kosho.language import _
from kosho.world.choice import WorldChoice
from kosho.world.csv_input import number, rows_of
from kosho.world.economy import TradeWeights
from kosho.world.law_cells import Members, law_cells
from kosho.world.naming import named
from kosho.world.notes import OTHER_YEAR
from kosho.world.store import IOTable, refuse_boundless
from kosho.world.table_tariffs import TariffSource, tariffs_of

__all__ = ["Said", "completed"]


@dataclass(frozen=True, kw_only=True)
class Said:
    """What the builder of a table says of it; what is left out follows from the table, or stays unknown."""

    name: str | None = None
    year: int | None = None
    classification: str | None = None
    """Of its sectors, one of `kosho.world.concordances.NAMES`."""
    regions: Path | None = None
    """CSV `region,economy`."""
    sectors: Path | None = None
    """CSV `label,icio,weight`."""
    elasticities: Path | None = None
    """CSV `sector,theta,log_sd`; sectors that it does not name have those of their ICIO sectors."""
    tariffs: str | TariffSource | None = None
    """`2022` for the rates that ship, CSV `importer,exporter,sector,percent`, or what else tells them."""
    insist: bool = False
    """Whether base tariffs and elasticities out of bounds are meant, and values that look like another unit."""
    weights: str | None = None
    """A table of economies and ICIO sectors that weights what this one holds together."""


def completed(table: IOTable, said: Said) -> IOTable:
    """A table as it is stored, with everything that was said of it.

    Raises:
        InputError: labels that stand for nothing known, or mistakes in the files; all of a file are listed.
    """
    refuse_boundless(table)
    about: dict[str, Any] = {"name": said.name, "year": said.year}
    told = table.meta.get("year")
    if None not in (said.year, told) and said.year != told:
        about["adjustments"] = [
            *table.meta.get("adjustments", ()),
            OTHER_YEAR.format(told=told, year=said.year),
        ]
    table = replace(
        table, meta={**table.meta, **{key: value for key, value in about.items() if value is not None}}
    )
    year = table.meta.get("year")
    hint = _("give --year: the law and base tariffs of that year are the base of every change")
    if year is None:
        raise InputError(Problem(_("the year of the table is not known"), hint))
    if (wrong := out_of_years(year)) is not None:
        raise InputError(Problem(wrong, _("four digits, such as 2019"), key="--year"))
    if said.elasticities is not None:
        theta, spread = _elasticities(said.elasticities, table.sectors, insist=said.insist)
        table = replace(table, theta=theta, theta_spread=spread)
    table = named(table, said.classification, said.regions, said.sectors)
    within = None
    if said.weights is not None:
        within = weights_of(said.weights)
        kept = {"source": within.source, "economies": within.economies, "sectors": within.sectors}
        table = replace(table, within=within.flows, meta={**table.meta, "within": kept})
    if said.tariffs is None:
        return table
    flows = table.intermediate + (np.zeros_like(table.intermediate) if table.final is None else table.final)
    meta = table.meta
    members = Members(
        table.countries,
        table.sectors,
        meta.get("regions", {}),
        meta.get("icio_sectors", {}),
        meta.get("sector_weights", {}),
        meta.get("weights_source", ""),
        within,
    )
    labels, cells = (table.countries, table.sectors), law_cells(members, flows, np.zeros_like(flows))
    if callable(said.tariffs):
        found = said.tariffs(labels, cells, year)
    else:
        found = tariffs_of(said.tariffs, labels, cells, insist=said.insist)
    words: dict[str, Any] = {"base_tariffs": found.words, "tariff_year": found.year}
    notes = list(found.notes)
    if found.year is not None and found.year != meta["year"]:
        told = _(
            "base tariffs of {year} stand for those of {year_2}, as asked", year=found.year, year_2=meta["year"]
        )
        notes.append(told)
    if notes:
        words["assumptions"] = [*meta.get("assumptions", ()), *notes]
    return replace(table, tariff=found.rate, unknown=found.unknown.astype(float), meta={**meta, **words})


def weights_of(text: str) -> TradeWeights:
    """Trade by economy and ICIO sector of a table, by name or file.

    Raises:
        InputError: there is no such table, or it holds economies or ICIO sectors together.
    """
    world = WorldChoice.parse(text).load().whole
    whole = all(code in known_economies() for code in world.countries)
    if not whole or not all(code in known_sectors() for code in world.sectors):
        hint = _("icio-2022, or another table by ISO 3166 alpha-3 codes and ICIO sectors")
        raise InputError(
            Problem(_("{text!r} gives no weights: it holds some together", text=text), hint, key="--weights")
        )
    return TradeWeights(world.meta.name, world.countries, world.sectors, world.arrays.flows)


def _elasticities(path: Path, sectors: tuple[str, ...], *, insist: bool) -> tuple[Array, Array]:
    """Theta and its spread `[sector]`; NaN where the file says nothing."""
    problems = Problems(str(path))
    theta, spread = np.full(len(sectors), np.nan), np.full(len(sectors), np.nan)
    for line, row in rows_of(path, ("sector", "theta"), ("log_sd",)):
        if row["sector"] not in sectors:
            hint = suggest(row["sector"], sectors)
            problems.add(
                _("the table has no sector {sector!r}", sector=row["sector"]), hint, line=line, key="sector"
            )
            continue
        place = sectors.index(row["sector"])
        theta_given = number(row["theta"], "theta", line, problems, 0.0) if row.get("theta") else None
        wrong = None if theta_given is None or insist else THETA.broken(theta_given)
        if wrong is not None:
            problems.add(wrong, _("--insist takes it as it is"), line=line, key="theta")
        theta[place] = theta_given or np.nan
        if row.get("log_sd"):
            spread[place] = number(row["log_sd"], "log_sd", line, problems, 0.0) or np.nan
    problems.raise_if_any()
    return theta, spread
