"""Files of others, spoilt: of trade and tariffs by line, published world tables, and YAML of every kind.

Each is read, or refused with an error for people.
"""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import numpy as np
import tests.published_tables as published
from tests.fuzz.broken import BrokenError, well_told
from tests.fuzz.texts import encoded, spoilt, spoilt_bytes
from tests.unit.test_lines_annex import ANNEX
from tests.unit.test_lines_trade_files import FILES

from kosho.case import Case
from kosho.case_files import folder_of
from kosho.corridor import loading as corridors
from kosho.errors import InputError, KoshoError
from kosho.lines import agreements, read_annex, read_package, read_rates, read_trade, stage_annex
from kosho.lines.line_table import LineTable
from kosho.record import Record
from kosho.record.drafts import Pile
from kosho.record.reading import Document, read_text
from kosho.serve.sides import Side
from kosho.world.build import Said, completed
from kosho.world.estimation import panel_of
from kosho.world.loading import calibrated
from kosho.world.readers import READERS

PACKAGE = "hs,partner,rate\n870323,JPN,0\n611030,KOR,12.5\n8703,JPN,2.5\n"
TRAINS = """\
Reporter_ISO_N,Year,ProductCode,Partner,SimpleAverage
392,2024,020130,000,38.5
392,2024,020130,036,21.6
"""
PANEL = "exporter,importer,year,trade,tariff\nJPN,USA,2018,60,0.025\nUSA,JPN,2018,80,0\nJPN,JPN,2018,900,0\n"
GRAVITY = "exporter,importer,trade\nJPN,JPN,900\nJPN,USA,60\nUSA,JPN,80\nUSA,USA,2000\n"
SIDE = """\
party: USA
weights: {usa-vehicles: 0.4}
red_lines:
  - {title: Never, forbids: {cars: [all-15]}}
reveals: [gains]
"""
SMALL = 30_000
"""Bytes of the YAML files that are spoilt: few, so that what is odd is seldom far behind another oddity."""
Files = Mapping[str, bytes]


def trade(chance: Random, folder: Path) -> None:
    """A spoilt file of trade, duties, a package, an annex or a panel."""
    name, text, read = chance.choice(_trade_files())
    path = folder / name
    path.write_bytes(_bytes(chance, text))
    _read(path.name, lambda: read(path))


@cache
def _trade_files() -> tuple[tuple[str, str, Callable[[Path], object]], ...]:
    books = tuple(agreements().values())

    def staged(path: Path) -> None:
        lines = read_annex(path)
        for one in books:
            with suppress(KoshoError):
                stage_annex(lines, one)

    imports = np.array([[5e9, 2e9], [4e8, 3e8]])
    rates, codes = np.full((2, 2), 0.1), ("870323", "611030")
    table = LineTable("USA", codes, ("JPN", "KOR"), imports, rates, ("line", "line"), ())
    return (
        *((f"{name}.csv", text, lambda path: read_trade(path).of_year()) for name, text in FILES.items()),
        ("trains.csv", TRAINS, read_rates),
        ("annex.csv", ANNEX, staged),
        ("package.csv", PACKAGE, lambda path: read_package(path, table)),
        ("panel.csv", PANEL, panel_of),
    )


def world_import(chance: Random, folder: Path) -> None:
    """A published world table of any form, one of its files spoilt."""
    form = chance.choice(sorted(_published()))
    files = dict(_published()[form])
    name = chance.choice(sorted(files))
    files[name] = _spoilt_file(chance, name, files[name])
    with TemporaryDirectory(dir=folder) as place:
        paths = [Path(place) / one for one in files]
        for path, content in zip(paths, files.values(), strict=True):
            path.write_bytes(content)
        reader = READERS[form.partition(" ")[0]]
        settings = {"gtap": {"year": "2017"}, "gravity": {"theta": "5"}}.get(reader.name, {})
        said = Said(year=2008) if form in ("wiod RData", "gravity") else Said()
        _read(None, lambda: calibrated(completed(reader.table(paths, settings), said)))


@cache
def _published() -> Mapping[str, Files]:
    """Files by the name of a form."""
    with TemporaryDirectory() as place:
        folder = Path(place)
        return {name: {path.name: path.read_bytes() for path in paths} for name, paths in _written(folder)}


def _written(folder: Path) -> list[tuple[str, Sequence[Path]]]:
    industries = {"2025": ("A01", "C10T12", "C29", "L"), "2016": ("C01T05", "C15T16", "C34", "C70")}
    few = published.economy(
        ("DEU", "JPN", "ROW"), industries["2025"], ("HFCE", "NPISH", "GGFC", "GFCF", "INVNT", "DPABR"), 4
    )
    euro = published.economy(
        ("DE", "FIGW1", "JP"), ("A01", "C10T12", "L"), ("P3_S13", "P3_S14", "P3_S15", "P51G", "P5M")
    )
    codes = [f"c{k}" for k in range(1, 36)]
    wiod = published.economy(("JPN", "RoW"), codes, ("c37", "c38", "c39", "c41", "c42"), 4)
    adb = published.economy(("PRC", "RoW"), codes, ("F1", "F2", "F3", "F4", "F5"), 4)
    eora = published.economy(("CHN", "JPN"), ("Agriculture", "Transport Equipment"), published.EORA_FINAL, 4)
    exio = published.economy(
        ("JP", "WA"), ("Cultivation of wheat", "Education (80)"), published.EXIOBASE_FINAL, 4
    )
    gloria = published.economy(("JPN", "USA"), ("Growing wheat", "Education"), published.EORA_FINAL, 4)
    title = ("WIOT_2008", "Intercountry Input-Output Table", "", "", "(millions of US$)")
    matrix, flat = (f"{one}_eu-ic-io_ind-by-ind_25ed_2023.csv" for one in ("matrix", "flatfile"))
    gravity = folder / "panel.csv"
    gravity.write_text(GRAVITY, encoding="utf-8")
    made = published.gtap()
    (folder / "arrays").mkdir()
    return [
        ("oecd-csv", [published.oecd(folder / "2022_SML.csv", few, "2025")]),
        ("wiod", [published.sheet(folder / "wiot08_row_apr12.xlsx", wiod, codes, wiod.categories, title)]),
        ("adb", [published.sheet(folder / "ADB-MRIO-2021_Aug 2022.xlsx", adb, codes, adb.categories, title)]),
        ("figaro", [published.figaro(folder / matrix, euro)]),
        ("figaro flat", [published.figaro(folder / flat, euro, flat=True)]),
        ("gloria", published.gloria(folder, gloria)),
        ("eora26", [published.eora(folder / "Eora26_2015_bp.zip", eora)]),
        ("exiobase3", [published.exiobase(folder / "IOT_2019_ixi.zip", exio)]),
        ("gtap", [published.gtap_har(folder / "basedata.har", made)]),
        ("gtap arrays", published.gtap_csv(folder / "arrays", made)),
        ("gravity", [gravity]),
        *_in_r(folder),
    ]


def _in_r(folder: Path) -> list[tuple[str, Sequence[Path]]]:
    """A list of matrices in RData, where the library that writes it is at hand."""
    try:
        import rdata  # noqa: PLC0415 - an optional extra
    except ModuleNotFoundError:
        return []
    countries, industries = np.array(["JPN", "RoW"]), np.array([f"c{k}" for k in range(1, 36)])
    used = np.ones((70, 70)) + 20.0 * np.eye(70)
    content = {
        "inter": used,
        "final": np.full((70, 10), 30.0),
        "countries": countries,
        "industries": industries,
    }
    path = folder / "wiod2008.RData"
    rdata.write_rda(path, {"wiod2008": content})
    return [("wiod RData", [path])]


def paper(chance: Random, folder: Path) -> None:
    """A spoilt YAML file of any kind: case, table, measures, record, corridor, drafts or what a side keeps."""
    chance.choice((_of_case, _of_case, _of_case, _of_corridor, _of_drafts, _of_side))(chance, folder)


def _of_case(chance: Random, folder: Path) -> None:
    """One file of a case; the others are as they ship."""
    shipped = folder_of(chance.choice(("japan-china-2018", "japan-taiwan-2025")))
    place = folder / shipped.name
    if not place.exists():
        shutil.copytree(shipped, place)
    path = place / chance.choice(
        sorted(one.name for one in shipped.glob("*.yaml") if one.stat().st_size < SMALL)
    )
    whole = (shipped / path.name).read_bytes()
    path.write_bytes(_bytes(chance, whole.decode()))

    def read() -> None:
        case = Case.load(place)
        for scenario in case.scenarios:
            case.law(scenario)
        case.table()
        if (place / "record.yaml").exists():
            Record.load(place / "record.yaml")

    try:
        _read(None, read)
    finally:
        path.write_bytes(whole)


def _of_corridor(chance: Random, folder: Path) -> None:
    path = folder / "port.yaml"
    shipped = sorted((Path(corridors.__file__).parent / "data").glob("*.yaml"))
    path.write_bytes(_bytes(chance, chance.choice(shipped).read_text(encoding="utf-8")))
    _read(path.name, lambda: corridors.read(path))


def _of_drafts(chance: Random, folder: Path) -> None:
    whole, path = folder / "whole-drafts.yaml", folder / "drafts.yaml"
    if not whole.exists():
        pile = Pile.open(whole)
        pile.add(
            read_text(Document("note.txt", "Japan offered to buy corn on June 29, 2025. Peru cut its 5% duty."))
        )
        pile.save()
    path.write_bytes(_bytes(chance, whole.read_text(encoding="utf-8")))
    _read(path.name, lambda: Pile.open(path))


def _of_side(chance: Random, folder: Path) -> None:
    path = folder / "side.yaml"
    path.write_bytes(_bytes(chance, SIDE))
    _read(path.name, lambda: Side.read(path).check(_shipped_table()))


@cache
def _shipped_table() -> object:
    return Case.load("japan-us-2025").table()


def _bytes(chance: Random, text: str) -> bytes:
    return encoded(chance, spoilt(chance, text))


def _spoilt_file(chance: Random, name: str, content: bytes) -> bytes:
    """Text is spoilt as text; of an archive a part, or the bytes as they stand."""
    if name.endswith((".zip", ".xlsx")) and chance.random() < 0.7:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = {one: archive.read(one) for one in archive.namelist()}
        part = chance.choice(sorted(parts))
        parts[part] = _bytes(chance, parts[part].decode("utf-8", "replace"))
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            for one, inside in parts.items():
                archive.writestr(one, inside)
        return packed.getvalue()
    if name.endswith((".csv", ".txt")):
        return _bytes(chance, content.decode("utf-8"))
    return spoilt_bytes(chance, content)


def _read(name: str | None, read: Callable[[], object]) -> None:
    """Read, or be told what is wrong, and where a file is named in which file."""
    try:
        read()
    except InputError as error:
        well_told(error, name)
    except KoshoError as error:
        if not str(error):
            raise BrokenError("an error without words") from error
