"""Readers by way of pymrio (extra `mrio`): EXIOBASE 3, EORA26, and systems that pymrio has saved."""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kosho.arrays import Array
from kosho.errors import InputError, Problem, unreadable
from kosho.extras import missing
from kosho.language import _, pgettext
from kosho.packed import SPOILT
from kosho.world.readers.blocks import Blocks
from kosho.world.readers.currency import EURO, usd_per_euro
from kosho.world.readers.reader import YEARS, Reader, Settings, as_numbers, other_year
from kosho.world.readers.sales import INVENTORIES, Sales, rule_of
from kosho.world.store import IOTable

__all__ = ["EORA", "EXIOBASE", "READER", "of_system"]

STOCK = re.compile(r"inventor|stock|valuables", re.IGNORECASE)
FORMED = re.compile(r"fixed capital", re.IGNORECASE)
UNITS: Mapping[str, float] = {"m": 1.0, "mill": 1.0, "million": 1.0, "000": 1e-3, "thousand": 1e-3, "bill": 1e3}


@dataclass(frozen=True)
class Database:
    """One that pymrio parses."""

    name: str
    parse: Callable[[Any, Path, Settings], Any]
    about: Mapping[str, str]
    classification: str | None = None
    unit: str | None = None
    """What its values are in, where the system does not say."""
    left_out: str = ""
    """What pymrio leaves out of it, in words."""


def _read(database: Database, files: Sequence[Path], settings: Settings) -> IOTable:
    path = files[0]
    if not path.exists():
        raise InputError(Problem(_("cannot be read: there is no such file or folder"), file=str(path)))
    if path.is_file():
        _refuse_no_zip(path)
    try:
        import pymrio  # noqa: PLC0415 - an optional extra
    except ModuleNotFoundError:
        raise missing("mrio", _("reading {name}", name=database.name), path) from None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of pandas, for pymrio
        try:
            system = database.parse(pymrio, path, settings)
        except InputError:
            raise
        except OSError as error:
            if error.strerror and not isinstance(error, FileNotFoundError | NotADirectoryError):
                raise unreadable(path, error) from None
            raise _not_of(database, path) from None
        except Exception:  # noqa: BLE001 - what is not of its layout fails anywhere in pymrio
            raise _not_of(database, path) from None
    return of_system(system, path, settings, database)


def _not_of(database: Database, path: Path) -> InputError:
    """What pymrio could not read, whose own words tell nobody what is wrong."""
    why = _("its files are neither named nor laid out as pymrio expects")
    told = _("is no {database}: {why}", database=database.about["edition"], why=why)
    return InputError(Problem(told, _("the release as it is published"), str(path)))


def _refuse_no_zip(path: Path) -> None:
    try:
        with zipfile.ZipFile(path):
            pass
    except (OSError, *SPOILT) as error:
        raise unreadable(path, error, _("the ZIP as it is published, or the folder it unpacks to")) from None


def of_system(system: Any, path: Path, settings: Settings, database: Database) -> IOTable:
    """The table in a `pymrio.IOSystem` with Z and Y.

    Raises:
        InputError: it has none, they are of different industries, or values are of no unit that is known.
    """
    if system.Z is None or system.Y is None:
        told = _("has no transactions Z and final demand Y")
        raise InputError(Problem(told, _("save the system after calc_all()"), str(path)))
    year = _year(system, path, settings)
    used, final = system.Z, system.Y
    rows = [(str(a), str(b)) for a, b in used.index]
    columns = [(str(a), str(b)) for a, b in used.columns]
    if sorted(rows) != sorted(columns) or [(str(a), str(b)) for a, b in final.index] != rows:
        raise InputError(Problem(_("its rows and columns are of different industries"), file=str(path)))
    place = {label: k for k, label in enumerate(columns)}
    finals = [(str(a), str(b)) for a, b in final.columns]
    stocks = frozenset(name for _, name in finals if STOCK.search(name))
    values = _whole(used, rows, columns, path)[:, [place[label] for label in rows]]
    formation = next((name for _, name in finals if FORMED.search(name)), "")
    blocks = Blocks(rows, finals, values, _whole(final, rows, finals, path), None, stocks, formation)
    scale, told = _unit(system, database, year, settings, path)
    told += [database.left_out] if database.left_out else []
    told += other_year(settings.get("year"), YEARS.findall(path.stem))
    sales: Sales = blocks.sales(rule_of(settings), scale, str(path))
    about = {key: text.format(file=path.name) for key, text in database.about.items()}
    named = {} if database.classification is None else {"classification": _variant(database, sales.sectors)}
    return sales.table(
        {
            "name": f"{database.name}-{year}" if year else path.stem,
            "year": year,
            **about,
            "edition": f"{about['edition']}{_version(system)}",
            **named,
            "adjustments": told,
        }
    )


def _whole(
    frame: Any, rows: Sequence[tuple[str, str]], columns: Sequence[tuple[str, str]], path: Path
) -> Array:
    """The figures of a matrix, none of which is missing.

    Raises:
        InputError: one is, or is none.
    """
    values = as_numbers(frame, str(path))
    missing_at = np.argwhere(~np.isfinite(values))
    if len(missing_at):
        row, column = missing_at[0]
        seller, buyer = " ".join(rows[row]), " ".join(columns[column])
        told = _("what {seller} sells to {buyer} is empty, or no number", seller=seller, buyer=buyer)
        raise InputError(Problem(told, _("plain numbers, such as 1234.5"), str(path)))
    return values


def _variant(database: Database, sectors: Sequence[str]) -> str:
    """EXIOBASE comes by industries and by products, with names of their own."""
    if database.classification == "exiobase":
        return "exiobase-ixi" if len(sectors) < 170 else "exiobase-pxp"  # 163 and 200
    return str(database.classification)


def _version(system: Any) -> str:
    version = _noted(system, "version")
    return f", version {version}" if version and version not in ("n/a", "None") else ""


def _noted(system: Any, what: str) -> str:
    """What was noted of a system; nothing where its notes were saved in part (a `KeyError` of pymrio)."""
    try:
        return str(getattr(system.meta, what, "") or "")
    except KeyError:
        return ""


def _year(system: Any, path: Path, settings: Settings) -> int | None:
    texts = (settings.get("year", ""), path.stem, _noted(system, "description"))
    found = [re.findall(r"(?<!\d)((?:19|20)\d\d)(?!\d)", text) for text in texts]
    return next((int(years[0]) for years in found if years), None)


def _unit(
    system: Any, database: Database, year: int | None, settings: Settings, path: Path
) -> tuple[float, list[str]]:
    """What values are multiplied by to be million US dollars, and what that is in words."""
    given: list[str] = []
    if system.unit is not None and not system.unit.empty:
        given = sorted({str(one) for one in system.unit.iloc[:, 0]})
    units = given if given or database.unit is None else [database.unit]
    if len(units) != 1:
        raise InputError(
            Problem(
                _(
                    "is in {number} units: {units}",
                    number=len(units),
                    units=", ".join(units) or pgettext("amount", "none"),
                ),
                _("one"),
                str(path),
            )
        )
    words = re.findall(r"[a-z]+|\d+", units[0].lower())
    size = next((UNITS[word] for word in words if word in UNITS), None)
    if size is None or not {"usd", "us", "eur", "dollars", "euro"} & set(words):
        told = _("its unit {unit!r} is none that is known", unit=units[0])
        raise InputError(Problem(told, _("millions or thousands of US dollars or euro"), str(path)))
    if {"eur", "euro"} & set(words):
        rate, text = usd_per_euro(year, settings, str(path))
        return size * rate, [text]
    return size, []


def _exiobase(pymrio: Any, path: Path, _: Settings) -> Any:
    return pymrio.parse_exiobase3(path)


def _eora(pymrio: Any, path: Path, settings: Settings) -> Any:
    return pymrio.parse_eora26(path, year=settings.get("year"), price="bp")


def _saved(pymrio: Any, path: Path, _: Settings) -> Any:
    return pymrio.load_all(path)


EURO_SETTINGS = {"inventories": INVENTORIES, "usd-per-eur": EURO, "year": "where no name says it; --year does"}


def _reader(database: Database, title: str, files: str) -> Reader:
    return Reader(
        name=database.name,
        title=title,
        files=files,
        read=lambda paths, settings: _read(database, paths, settings),
        settings=EURO_SETTINGS,
    )


EXIOBASE = _reader(
    Database(
        "exiobase3",
        _exiobase,
        {
            "edition": "EXIOBASE 3",
            "source": "EXIOBASE 3, {file}",
            "licence": "CC BY-SA 4.0",
            "attribution": "Stadler et al. (2018), Journal of Industrial Ecology 22(3)",
        },
        "exiobase",
        "M.EUR",
    ),
    "EXIOBASE 3, by industries or products (pymrio)",
    "the ZIP of a year, or its folder",
)
EORA = _reader(
    Database(
        "eora26",
        _eora,
        {
            "edition": "EORA26",
            "source": "Eora26, {file}, basic prices",
            "licence": "as you obtained it",
            "attribution": "Lenzen, Moran, Kanemoto & Geschke (2013), Economic Systems Research 25(1)",
        },
        "eora26",
        "000 USD",
        "ROW, the statistical discrepancies of EORA, left out",
    ),
    "EORA26 at basic prices (pymrio)",
    "the ZIP of a year (Eora26_2015_bp.zip), or its folder with --year",
)
READER = _reader(
    Database(
        "pymrio",
        _saved,
        {
            "edition": "a system of pymrio",
            "source": "pymrio system {file}",
            "licence": "as you obtained it",
            "attribution": "",
        },
    ),
    "a system that pymrio saved (save_all, or its zip)",
    "its folder or ZIP",
)
