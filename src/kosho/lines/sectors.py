"""From tariff lines to sectors of a world: `data/hs_sectors.csv`, the longest prefix holds."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files

from kosho.declared import as_declared
from kosho.world import World

__all__ = ["hs_sector", "sectors_of"]


@cache
def _prefixes() -> Mapping[str, str]:
    text = files("kosho.lines").joinpath("data", "hs_sectors.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    return {row["prefix"]: row["sector"] for row in rows}


@cache
def hs_sector(code: str) -> str | None:
    """The ICIO sector that makes the goods of a code; None for codes of no goods (chapters 77, 98, 99).

    >>> from kosho.lines import hs_sector
    >>> hs_sector("870323"), hs_sector("0203"), hs_sector("8544.30.00"), hs_sector("9903.94.01")
    ('C29', 'C10T12', 'C29', None)
    """
    plain = code.replace(".", "")
    known = _prefixes()
    return next((known[plain[:n]] for n in range(min(len(plain), 6), 1, -1) if plain[:n] in known), None)


@as_declared
def sectors_of(codes: Iterable[str], world: World) -> list[str | None]:
    """The sector of a world for each code; None where the world has none that holds the code's.

    >>> from kosho.lines import sectors_of
    >>> from kosho.world import load, toy
    >>> sectors_of(["870323", "0203"], load(regions="talks", sectors="talks")), sectors_of(["0203"], toy())
    (['C29', 'C10T12'], [None])
    """
    holder = _holders(world.sectors, {code: tuple(inside) for code, inside in world.meta.sectors.items()})
    return [None if found is None else holder.get(found) for found in (hs_sector(code) for code in codes)]


def _holders(names: Sequence[str], inside: Mapping[str, Sequence[str]]) -> dict[str, str]:
    return {leaf: name for name in names for leaf in (*inside.get(name, ()), name)}
