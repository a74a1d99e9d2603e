"""Reader of the official inter-country input-output tables of the OECD (ICIO), editions of 2016 to 2025.

Rows and columns are industries of economies, `JPN_C29`; then columns of final demand, `JPN_HFCE` (`HFCE_JPN`
in 2016), and the total. Below the table stand taxes, value added and output. Extended tables split China and
Mexico (CN1, CN2, MX1, MX2) by whether industries produce for export; they are joined, or the second part is
kept as sectors of its own. The edition is told by the industries. A bundle (`2016-2022_SML.zip`) holds a file
a year.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path, PurePosixPath
from typing import IO

from kosho.codes import sectors as icio_sectors
from kosho.errors import InputError, Problem
from kosho.language import _
from kosho.tabular import members_of, open_bytes
from kosho.world.readers.matrix_csv import BELOW, DROPPED, TOTAL, Cell, Shape, What, near, read_matrix
from kosho.world.readers.reader import Reader, Settings
from kosho.world.readers.sales import INVENTORIES, rule_of
from kosho.world.store import IOTable

__all__ = ["EDITIONS", "FINAL", "FORMED", "READER", "build_from_oecd_csv"]

FINAL = ("HFCE", "NPISH", "GGFC", "GFCF", "INVNT", "DPABR")
"""Households, non-profits, government, capital formation, inventories, purchases abroad by residents."""
OLDER = ("HC", "HFC", "NPS", "INV", "DIRP", "P33", "FD")
"""What editions before called some of them."""
FORMED = "GFCF"
"""Gross fixed capital formation."""
STOCKS = frozenset({"INVNT", "INV"})
BELOW_ROW = re.compile(
    r"(?:[A-Z0-9]{3}_)?(?:TLS|TAXSUB|VALU|VA|TXS_.*)(?:_[A-Z0-9]{3})?|NCOUNTRY_.*|VA\.TAXSUB"
)
PARTS = {"CN1": "CHN", "CN2": "CHN", "CN3": "CHN", "CN4": "CHN", "MX1": "MEX", "MX2": "MEX", "MX3": "MEX"}
_ISIC4 = (
    "09 10T12 13T15 16 17T18 19 22 23 24 25 26 27 28 29 30 31T33 41T43 45T47 55T56 58T60 61 62T63 64T66 68 84 "
    "85 86T88 97T98"
)


def _codes(text: str) -> frozenset[str]:
    return frozenset(text.split())


EDITIONS: Mapping[str, tuple[str, frozenset[str]]] = {
    "2025": ("icio", frozenset(icio_sectors())),
    "2023": (
        "isic4",
        _codes(
            "A01_02 A03 B05_06 B07_08 B09 C10T12 C13T15 C16 C17_18 C19 C20 C21 C22 C23 C24 C25 C26 C27 C28 C29 "
            "C30 C31T33 D E F G H49 H50 H51 H52 H53 I J58T60 J61 J62_63 K L M N O P Q R S T"
        ),
    ),
    "2021": (
        "isic4",
        _codes(f"01T02 03 05T06 07T08 20 21 35 36T39 49 50 51 52 53 69T75 77T82 90T93 94T96 {_ISIC4}"),
    ),
    "2018": ("isic4", _codes(f"01T03 05T06 07T08 20T21 35T39 49T53 69T82 90T96 {_ISIC4}")),
    "2016": (
        "icio2016",
        _codes(
            "C01T05AGR C10T14MIN C15T16FOD C17T19TEX C20WOD C21T22PAP C23PET C24CHM C25RBP C26NMM C27MET "
            "C28FBM C29MEQ C30T33XCEQ C31ELQ C34MTR C35TRQ C36T37OTM C40T41EGW C45CON C50T52WRT C55HTR "
            "C60T63TRN C64PTL C65T67FIN C70REA C71RMQ C72ITS C73OBZ C73T74OBZ C75GOV C80EDU C85HTH "
            "C90T93OTS C95PVH"
        ),
    ),
}
"""Classification and industries by edition, the newest first."""
KNOWN = frozenset(code for _, codes in EDITIONS.values() for code in codes)


def build_from_oecd_csv(path: Path, settings: Settings | None = None) -> IOTable:
    """The table of an official CSV, or of one year in an official bundle; nothing is estimated.

    Falls of inventories can make a destination's final demand of a good negative. They are treated by the rule
    that `inventories` names; output is what is sold, and value added what inputs leave of it, so that the table
    stays an equilibrium; the amount is reported.

    Args:
        path: CSV, or ZIP.
        settings: `parts` joined or kept, `inventories`, `year` of a bundle.

    Raises:
        InputError: the file is of no known edition or does not add up; file, line and label are named.
    """
    given = settings or {}
    kept = _kept(given.get("parts", "joined"))
    with _opened(path, given.get("year")) as (file, name):
        sales = read_matrix(file, _shape(kept=kept), _order, rule_of(given), path)
    whole = {code: code.partition(".")[0] for code in sales.sectors}
    edition, classification = _edition(tuple(dict.fromkeys(whole.values())), path)
    split = {code: base for code, base in whole.items() if code != base}
    if split:
        sales.notes.append(
            f"export industries of China and Mexico kept as sectors of their own: {', '.join(split)}"
        )
    year = _year(name)
    about = {} if classification == "icio" and not split else {"classification": classification}
    return sales.table(
        {
            "name": f"icio-{year}" if year else path.stem,
            "year": int(year) if year else None,
            "edition": f"OECD ICIO, edition of {edition}",
            "source": f"OECD Inter-Country Input-Output tables, official file {path.name}",
            "licence": "CC BY 4.0",
            "attribution": "OECD, Inter-Country Input-Output tables; CC BY 4.0",
            **about,
            **({"parts": split} if split else {}),
        }
    )


def _kept(text: str) -> bool:
    if text not in ("joined", "kept"):
        raise InputError(
            Problem(_("unknown way {text!r} with parts", text=text), _("joined or kept"), key="--set")
        )
    return text == "kept"


@contextmanager
def _opened(path: Path, year: str | None) -> Generator[tuple[IO[bytes], str]]:
    """The content of the file, or of the year that is asked for in a bundle, and its name."""
    inside = members_of(path)
    if len(inside) <= 1:
        with open_bytes(path) as file:
            yield file, inside[0] if inside else path.name
        return
    wanted = [one for one in inside if year is not None and _year(one) == year]
    if len(wanted) != 1:
        held = ", ".join(sorted({_year(one) or one for one in inside}))
        if year:
            told = (
                _("holds no table of {year}: {held}", year=year, held=held)
                if not wanted
                else _("holds several tables of {year}: {held}", year=year, held=held)
            )
        else:
            told = _("holds several tables: {held}", held=held)
        raise InputError(Problem(told, _("--year says which"), str(path)))
    with open_bytes(path, wanted[0]) as file:
        yield file, wanted[0]


def _year(name: str) -> str | None:
    found = re.findall(r"(?:19|20)\d\d", PurePosixPath(name).stem)
    return found[-1] if found else None


def _edition(codes: Sequence[str], path: Path) -> tuple[str, str]:
    """The newest edition that has all of some industries, and their classification.

    Raises:
        InputError: none has; the nearest is named.
    """
    for edition, (classification, known) in EDITIONS.items():
        if known >= set(codes):
            return edition, classification
    nearest = max(EDITIONS, key=lambda one: len(EDITIONS[one][1] & set(codes)))
    strange = ", ".join(code for code in codes if code not in EDITIONS[nearest][1])
    known = ", ".join(sorted(EDITIONS))
    told = _(
        "is of no edition that is known ({known}); nearest is {nearest}, without {strange}",
        known=known,
        nearest=nearest,
        strange=strange,
    )
    raise InputError(
        Problem(told, _("all industries of one edition; another table goes in as long-csv"), str(path))
    )


def _order(codes: Iterable[str]) -> tuple[str, ...]:
    """Sectors as the codes of Kosho stand, others as in the file."""
    held = tuple(codes)
    if set(held) <= set(icio_sectors()):
        return tuple(code for code in icio_sectors() if code in held)
    return tuple(sorted(held, key=lambda code: (code.partition(".")[0] != code, held.index(code))))


def _hint(text: str) -> str:
    """What a label that is not known could have been, and in which editions it was looked for."""
    could = near(text.partition("_")[2], [*icio_sectors(), *FINAL], "like JPN_C29 or JPN_HFCE")
    editions = ", ".join(sorted(EDITIONS))
    return _("{could}; no edition that is known has it: {editions}", could=could, editions=editions)


def _shape(*, kept: bool) -> Shape:
    @cache  # industries stand in the header and before their rows
    def cell(text: str) -> Cell | None:
        country, _, rest = text.strip().partition("_")
        if country in (*FINAL, *OLDER):  # reversed in the edition of 2016
            country, rest = rest, country
        part = country[2:] if country in PARTS else ""
        country = PARTS.get(country, country)
        if not re.fullmatch(r"[A-Z]{3}", country):
            return None
        rest = rest.removeprefix("D") if rest[1:] in KNOWN and rest not in KNOWN else rest
        if rest in KNOWN:
            return Cell(country, f"{rest}.{part}" if kept and part not in ("", "1") else rest)
        return Cell(country, None, rest) if rest in (*FINAL, *OLDER) else None

    def column(text: str) -> What:
        if text.strip() in ("OUT", "TOTAL", "OUTPUT"):
            return TOTAL
        return DROPPED if text.strip().endswith("DISC") else cell(text)

    def row(text: str) -> What:
        if text in ("OUT", "OUTPUT"):
            return TOTAL
        found = cell(text)
        if found is not None and found.sector is not None:
            return found
        return BELOW if BELOW_ROW.fullmatch(text) else None

    return Shape(
        column,
        row,
        _hint,
        "give an OECD inter-country table, such as 2022_SML.csv",
        STOCKS,
        FORMED,
    )


READER = Reader(
    name="oecd-csv",
    title="an official inter-country table of the OECD, editions of 2016 to 2025, such as 2022_SML.csv",
    files="one CSV file, or a ZIP of one or several years",
    read=lambda files, settings: build_from_oecd_csv(files[0], settings),
    settings={
        "parts": "joined or kept: what becomes of CN1, CN2, MX1 and MX2 of extended tables",
        "inventories": INVENTORIES,
        "year": "which year of a bundle; --year does",
    },
)
