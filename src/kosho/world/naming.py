"""What the labels of a table stand for: economies (ISO 3166 alpha-3) and ICIO sectors.

Codes of known classifications are recognised; everything else is said by a file. A region that is one economy
takes its code, so that law and cases find it; sectors keep the labels of the table.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from kosho.codes import blocs, economy_of_alpha2
from kosho.codes import countries as known_economies
from kosho.codes import sectors as known_sectors
from kosho.errors import InputError, Problems, suggest
from kosho.language import _
from kosho.world.concordances import ICIO, concordance, recognised
from kosho.world.concordances import regions as published
from kosho.world.csv_input import number, rows_of
from kosho.world.datafiles import rows
from kosho.world.store import IOTable

__all__ = ["OWN", "named", "regions_of", "sectors_of"]

EVERYTHING_ELSE = "*"
REST = ("ROW", "REST OF WORLD", "REST OF THE WORLD", "ROTW")
OWN = "its own"
"""Of labels that stand for no known codes."""
WORLD_TRADE = "trade of the world in 2022 (OECD ICIO)"


def named(
    table: IOTable,
    classification: str | None = None,
    regions: Path | None = None,
    sectors: Path | None = None,
) -> IOTable:
    """A table that says what its labels stand for; one that does already, or needs not, comes back as it is.

    Args:
        table: As a reader made it.
        classification: Of its sectors; recognised from the labels where not given.
        regions: CSV with `region,economy`, `*` for every economy that stands nowhere else.
        sectors: CSV with `label,icio,weight`, in place of a classification.

    Raises:
        InputError: labels that nobody knows, with how to say what they are.
    """
    if "icio_sectors" in table.meta and "regions" in table.meta:
        return table
    try:
        places = regions_of(table.countries, regions)
        about = _sectors(table, classification, sectors)
    except InputError:
        if table.theta is None or regions is not None or sectors is not None:
            raise
        # Elasticities are given; no law can be put in.
        about = {"classification": OWN, "icio_sectors": {}}
        return replace(table, meta={**table.meta, **about, "regions": {}})
    countries = tuple(places[code][0] if len(places[code]) == 1 else code for code in table.countries)
    together = {code: places[code] for code in table.countries if len(places[code]) > 1}
    if countries == table.countries and not together and about == {"classification": ICIO, "icio_sectors": {}}:
        return table
    return replace(table, countries=countries, meta={**table.meta, **about, "regions": together})


def _sectors(table: IOTable, classification: str | None, file: Path | None) -> dict[str, Any]:
    """What a table says of its sectors; those that are a part of one are what that is."""
    whole: Mapping[str, str] = table.meta.get("parts", {})
    labels = tuple(dict.fromkeys(whole.get(label, label) for label in table.sectors))
    about = sectors_of(labels, classification or table.meta.get("classification"), file)
    if not whole:
        return about
    groups: dict[str, tuple[str, ...]] = dict(about["icio_sectors"])
    weights: dict[str, Mapping[str, float]] = dict(about.get("sector_weights", {}))
    for label, base in whole.items():
        groups[label] = groups.get(base, (base,))
        if base in weights:
            weights[label] = weights[base]
    return {**about, "icio_sectors": groups, **({"sector_weights": weights} if weights else {})}


def regions_of(labels: tuple[str, ...], file: Path | None = None) -> dict[str, tuple[str, ...]]:
    """Economies of each country or region of a table.

    Raises:
        InputError: a label that is no code, in a region file an unknown label or economy, or an economy twice.
    """
    given = {} if file is None else _given_regions(labels, file)
    problems = Problems(None if file is None else str(file))
    found: dict[str, tuple[str, ...]] = {}
    for label in labels:
        if label in given:
            found[label] = given[label]
        elif label.upper() in known_economies():
            found[label] = (label.upper(),)
        elif label in blocs():
            found[label] = blocs()[label].members
        elif label.upper().replace("_", " ") in REST:
            found[label] = (EVERYTHING_ELSE,)
        elif label.upper() in published():
            found[label] = published()[label.upper()]
        elif label.upper() in economy_of_alpha2():
            found[label] = (economy_of_alpha2()[label.upper()],)
        else:
            hint = _("ISO 3166 alpha-3, or --regions FILE.csv with columns region,economy (* for all others)")
            problems.add(_("unknown country {label!r}", label=label), hint)
    problems.raise_if_any()
    alone = {members[0] for members in found.values() if len(members) == 1}
    found = {
        label: members if len(members) == 1 or label in given or label in blocs() else _others(members, alone)
        for label, members in found.items()
    }
    rest = [label for label, members in found.items() if EVERYTHING_ELSE in members]
    placed = [code for members in found.values() for code in members if code != EVERYTHING_ELSE]
    if len(rest) > 1:
        problems.add(_("{names} are both everything else", names=", ".join(rest)), _("one region can be"))
    for code in sorted({code for code in placed if placed.count(code) > 1}):
        problems.add(_("{code} is in two regions", code=code), _("an economy is in one"))
    problems.raise_if_any()
    others = tuple(code for code in known_economies() if code not in placed)
    return {
        label: tuple(m for code in members for m in (others if code == EVERYTHING_ELSE else (code,)))
        for label, members in found.items()
    }


def _others(members: tuple[str, ...], alone: Collection[str]) -> tuple[str, ...]:
    """Those of a published region that do not stand by themselves; all, where each does."""
    return tuple(code for code in members if code not in alone) or members


def _given_regions(labels: tuple[str, ...], file: Path) -> dict[str, tuple[str, ...]]:
    problems = Problems(str(file))
    found: dict[str, list[str]] = {}
    for line, row in rows_of(file, ("region", "economy")):
        if row["region"] not in labels:
            hint = suggest(row["region"], labels)
            problems.add(
                _("the table has no region {region!r}", region=row["region"]), hint, line=line, key="region"
            )
        if row["economy"] in blocs():
            members = list(blocs()[row["economy"]].members)
        elif row["economy"] in known_economies() or row["economy"] == EVERYTHING_ELSE:
            members = [row["economy"]]
        else:
            hint = suggest(row["economy"], known_economies()) or _("ISO 3166 alpha-3, a bloc, or *")
            problems.add(
                _("unknown economy {economy!r}", economy=row["economy"]), hint, line=line, key="economy"
            )
            continue
        found.setdefault(row["region"], []).extend(members)
    problems.raise_if_any()
    return {label: tuple(dict.fromkeys(members)) for label, members in found.items()}


def sectors_of(
    labels: tuple[str, ...], classification: str | None = None, file: Path | None = None
) -> dict[str, Any]:
    """What a table says of its sectors in `meta`: classification, ICIO sectors and their weights.

    Raises:
        InputError: the labels are no codes of the classification, or of any; mistakes of the file.
    """
    if file is not None:
        return _given_sectors(labels, file)
    held = recognised(labels) if classification is None else concordance(classification)
    problems = Problems()
    for label in labels:
        if not held.members(label):
            hint = suggest(label, held.codes) or _("give --sectors FILE.csv with columns label,icio,weight")
            problems.add(_("{label!r} is no sector of {title}", label=label, title=held.title), hint)
    problems.raise_if_any()
    if held.name == ICIO:
        return {"classification": ICIO, "icio_sectors": {}}
    groups = {label: held.members(label) for label in labels}
    return {"classification": held.title, "icio_sectors": groups, **_weighted(groups, {})}


def _given_sectors(labels: tuple[str, ...], file: Path) -> dict[str, Any]:
    problems = Problems(str(file))
    found: dict[str, dict[str, float | None]] = {}
    for line, row in rows_of(file, ("label", "icio"), ("weight",)):
        label, code, weight = row["label"], row["icio"], row.get("weight", "")
        if label not in labels:
            problems.add(
                _("the table has no sector {label!r}", label=label),
                suggest(label, labels),
                line=line,
                key="label",
            )
        if code not in known_sectors():
            problems.add(
                _("unknown ICIO sector {code!r}", code=code),
                suggest(code, known_sectors()),
                line=line,
                key="icio",
            )
        share = number(weight, "weight", line, problems, 0.0) if weight else None
        if code in found.setdefault(label, {}):
            problems.add(_("{code} is given twice in {label}", code=code, label=label), line=line, key="icio")
        found[label][code] = share
    for label in labels:
        if label not in found:
            problems.add(
                _("says nothing of sector {label!r}", label=label), _("every sector of the table needs a row")
            )
        elif 0 < sum(share is None for share in found[label].values()) < len(found[label]):
            problems.add(
                _("gives some weights of {label!r} and not all", label=label), _("all of a sector, or none")
            )
    problems.raise_if_any()
    groups = {label: tuple(found[label]) for label in labels}
    weights = {
        label: {code: share for code, share in found[label].items() if share is not None} for label in labels
    }
    return {
        "classification": f"the mapping {file.name}",
        "icio_sectors": groups,
        **_weighted(groups, {label: shares for label, shares in weights.items() if shares}, file.name),
    }


def _weighted(
    groups: Mapping[str, tuple[str, ...]], given: Mapping[str, Mapping[str, float]], source: str = ""
) -> dict[str, Any]:
    """Shares of ICIO sectors inside those that hold several: as given, or those of the world's trade."""
    trade = {row["sector"]: float(row["musd"]) for row in rows("world_trade_2022.csv")}
    several = [label for label, codes in groups.items() if len(codes) > 1]
    weights = {label: given.get(label) or {code: trade[code] for code in groups[label]} for label in several}
    told = [source] if any(label in given for label in several) else []
    told += [WORLD_TRADE] if any(label not in given for label in several) else []
    return {"sector_weights": weights, "weights_source": _(" and ").join(told)} if several else {}
