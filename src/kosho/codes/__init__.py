"""The codes everything else speaks: ISO 3166 alpha-3, blocs, ICIO sectors, HS, UN/LOCODE.

Tables are small files beside this module, read once on first use.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from kosho.declared import as_declared
from kosho.display import Shown
from kosho.errors import InputError, Problem, suggest
from kosho.language import _, pgettext

__all__ = [
    "Region",
    "Sector",
    "blocs",
    "countries",
    "country_name",
    "economy_of_alpha2",
    "economy_of_port",
    "expand_regions",
    "is_hs",
    "is_locode",
    "sector_name",
    "sectors",
    "talks_regions",
    "talks_sectors",
]


@dataclass(frozen=True, slots=True)
class Sector(Shown):
    """An industry of the OECD inter-country input-output tables (ISIC rev. 4).

    >>> from kosho.codes import sectors
    >>> sectors()["C29"]
    Sector(code='C29', name='Motor vehicles and parts', talks='C29', goods=True)
    """

    code: str
    name: str
    talks: str
    """Code of the sector of the `talks` aggregation it belongs to."""
    goods: bool


@dataclass(frozen=True, slots=True)
class Region(Shown):
    """A group of economies.

    >>> from kosho.codes import blocs
    >>> blocs()["USMCA"]
    Region(code='USMCA', name='USMCA', members=('CAN', 'MEX', 'USA'))
    """

    code: str
    name: str
    members: tuple[str, ...]


def _rows(name: str) -> list[dict[str, str]]:
    text = files("kosho.codes").joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def countries() -> dict[str, str]:
    """Short English names by ISO 3166 alpha-3 code.

    >>> from kosho.codes import countries
    >>> countries()["VNM"], len(countries()) > 200
    ('Viet Nam', True)
    """
    return {row["alpha3"]: row["name"] for row in _rows("countries.csv")}


@cache
def economy_of_alpha2() -> dict[str, str]:
    """ISO 3166 alpha-3 codes by alpha-2 code.

    >>> from kosho.codes import economy_of_alpha2
    >>> economy_of_alpha2()["VN"]
    'VNM'
    """
    return {row["alpha2"]: row["alpha3"] for row in _rows("countries.csv")}


@cache
def sectors() -> dict[str, Sector]:
    """The 50 ICIO sectors by code, in table order.

    >>> from kosho.codes import sectors
    >>> len(sectors()), sectors()["C29"].name, sectors()["C29"].goods
    (50, 'Motor vehicles and parts', True)
    """
    return {
        row["code"]: Sector(row["code"], row["name"], row["talks"], row["goods"] == "1")
        for row in _rows("sectors.csv")
    }


@cache
def _talks_sector_names() -> dict[str, str]:
    return {row["code"]: row["name"] for row in _rows("talks_sectors.csv")}


@cache
def talks_sectors() -> dict[str, tuple[str, ...]]:
    """Sectors of the `talks` aggregation and the ICIO sectors in each.

    >>> from kosho.codes import talks_sectors
    >>> len(talks_sectors()), talks_sectors()["C29"]
    (28, ('C29',))
    """
    groups: dict[str, list[str]] = {code: [] for code in _talks_sector_names()}
    for sector in sectors().values():
        groups[sector.talks].append(sector.code)
    return {code: tuple(members) for code, members in groups.items()}


def _regions(name: str) -> dict[str, Region]:
    return {row["code"]: Region(row["code"], row["name"], tuple(row["members"].split())) for row in _rows(name)}


@cache
def blocs() -> dict[str, Region]:
    """Blocs that may stand for their members wherever partners are listed.

    >>> from kosho.codes import blocs
    >>> blocs()["EU27"].name, len(blocs()["EU27"].members)
    ('European Union', 27)
    """
    return _regions("blocs.csv")


@as_declared
def talks_regions(economies: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Regions of the `talks` aggregation of `economies`, in display order; every economy is in exactly one.

    >>> from kosho.codes import talks_regions
    >>> talks_regions(("JPN", "USA", "BRN", "BRA"))
    {'JPN': ('JPN',), 'USA': ('USA',), 'RAS': ('BRN',), 'ROW': ('BRA',)}
    """
    regions = _regions("talks_regions.csv")
    placed = {member for region in regions.values() for member in region.members}
    rest = tuple(economy for economy in economies if economy not in placed)
    present = {
        code: tuple(member for member in region.members if member in economies) or rest * (not region.members)
        for code, region in regions.items()
    }
    return {code: members for code, members in present.items() if members}


@cache
def _names() -> dict[str, str]:
    groups = _regions("talks_regions.csv") | blocs()
    return countries() | {region.code: region.name for region in groups.values()}


@as_declared
def country_name(code: str) -> str:
    """Short name of an economy, bloc or `talks` region as it is said; the code where it is none of these.

    >>> from kosho.codes import country_name
    >>> country_name("KOR"), country_name("EU27"), country_name("ROW")
    ('Korea', 'European Union', 'Rest of the world')
    """
    return pgettext("economy", _names()[code]) if code in _names() else code


@as_declared
def sector_name(code: str) -> str:
    """Short name of an ICIO or `talks` sector; the code itself where it is neither.

    >>> from kosho.codes import sector_name
    >>> sector_name("C10T12")
    'Food, beverages and tobacco'
    """
    name = sectors()[code].name if code in sectors() else _talks_sector_names().get(code)
    return code if name is None else pgettext("sector", name)


@as_declared
def expand_regions(codes: tuple[str, ...] | list[str]) -> tuple[str, ...]:
    """Replace blocs by their members, keeping order and dropping repeats.

    Raises:
        InputError: a code is neither an ISO 3166 alpha-3 code nor a known bloc.

    >>> from kosho.codes import expand_regions
    >>> expand_regions(["USMCA", "JPN", "USA"])
    ('CAN', 'MEX', 'USA', 'JPN')
    """
    known = blocs()
    expanded: dict[str, None] = {}
    for code in codes:
        if code not in known and code not in countries():
            what = _("unknown country or bloc {code!r}", code=code)
            raise InputError(Problem(what, suggest(code, {*known, *countries()})))
        expanded.update(dict.fromkeys(known[code].members if code in known else (code,)))
    return tuple(expanded)


@as_declared
def is_hs(code: str) -> bool:
    """Whether `code` can be a Harmonized System prefix: 2, 4, 6, 8 or 10 digits, dots allowed.

    >>> from kosho.codes import is_hs
    >>> is_hs("8703.23"), is_hs("870323"), is_hs("870")
    (True, True, False)
    """
    return re.fullmatch(r"\d{2}(\d{2}){0,4}", code.replace(".", "")) is not None


@as_declared
def is_locode(code: str) -> bool:
    """Whether `code` has the form of a UN/LOCODE (`TWKHH`): a country and three letters or digits 2-9.

    >>> from kosho.codes import is_locode
    >>> is_locode("TWKHH"), is_locode("Kobe")
    (True, False)
    """
    return re.fullmatch(r"[A-Z]{2}[A-Z2-9]{3}", code) is not None and code[:2] in economy_of_alpha2()


@as_declared
def economy_of_port(code: str) -> str:
    """ISO 3166 alpha-3 code of the economy that a UN/LOCODE lies in.

    Raises:
        InputError: there is none.

    >>> from kosho.codes import economy_of_port
    >>> economy_of_port("JPUKB")
    'JPN'
    """
    found = economy_of_alpha2().get(code[:2])
    if found is None:
        raise InputError(
            Problem(_("{code!r} is the code of no port", code=code), _("a UN/LOCODE, such as JPUKB"))
        )
    return found
