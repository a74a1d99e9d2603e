"""Small tables in the exact layouts of their publishers: what every importer is tried on.

One invented economy is written as each release of it would be; what a reader makes of the file is compared with
the arrays it was written from. `python -m tests.published_tables FOLDER` writes them all, to look at.
"""

from __future__ import annotations

import csv
import sys
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import xlsxwriter

from kosho.world.har import HeaderArray, har_bytes

ADB_CODES = {"JPN": "JPN", "USA": "USA", "CHN": "PRC", "ROW": "RoW"}
OECD_FINAL = ("HFCE", "NPISH", "GGFC", "GFCF", "INVNT", "DPABR")
OLD_FINAL = ("HC", "NPISH", "GGFC", "GFCF", "INVNT", "P33")
EORA_FINAL = (
    "Household final consumption P.3h",
    "Non-profit institutions serving households P.3n",
    "Government final consumption P.3g",
    "Gross fixed capital formation P.51",
    "Changes in inventories P.52",
    "Acquisitions less disposals of valuables P.53",
)
EXIOBASE_FINAL = (
    "Final consumption expenditure by households",
    "Final consumption expenditure by non-profit organisations serving households (NPISH)",
    "Final consumption expenditure by government",
    "Gross fixed capital formation",
    "Changes in inventories",
    "Changes in valuables",
    "Exports: Total (fob)",
)


@dataclass(frozen=True, eq=False)
class Made:
    """An economy, million USD."""

    countries: tuple[str, ...]
    sectors: tuple[str, ...]
    categories: tuple[str, ...]
    used: np.ndarray
    """`[exporter, seller, importer, user]`."""
    final: np.ndarray
    """`[exporter, seller, importer, category]`."""

    @property
    def matrix(self) -> tuple[np.ndarray, np.ndarray]:
        size = len(self.countries) * len(self.sectors)
        return self.used.reshape(size, size), self.final.reshape(size, -1)

    @property
    def output(self) -> np.ndarray:
        used, final = self.matrix
        return used.sum(axis=1) + final.sum(axis=1)

    @property
    def industries(self) -> list[tuple[str, str]]:
        return [(c, s) for c in self.countries for s in self.sectors]

    @property
    def finals(self) -> list[tuple[str, str]]:
        return [(c, f) for c in self.countries for f in self.categories]


def economy(
    countries: Sequence[str], sectors: Sequence[str], categories: Sequence[str], stock: int | None = None
) -> Made:
    """An economy of random sales; the category `stock` falls in places."""
    rng = np.random.default_rng(len(countries) * 100 + len(sectors))
    n, s, c = len(countries), len(sectors), len(categories)
    home = np.where(np.eye(n, dtype=bool), 20.0, 1.0)[:, None, :, None]
    used = (home * rng.uniform(5.0, 50.0, (n, s, n, s)) / s).round(6)
    final = (home * rng.uniform(50.0, 400.0, (n, s, n, c)) / c).round(6)
    if stock is not None:
        final[..., stock] = (0.05 * final[..., stock] * rng.choice([-1.0, 1.0], (n, s, n))).round(6)
    return Made(tuple(countries), tuple(sectors), tuple(categories), used, final)


def rows_of(path: Path, rows: Sequence[Sequence[object]], delimiter: str = ",") -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)
    return path


def oecd(path: Path, made: Made, edition: str) -> Path:
    """`2022_SML.csv` of 2025 and 2023, `ICIO2021_2018.csv`, `ICIO2018_2015.csv`, `ICIO2016_2011.csv`."""
    industries = [f"{c}_{s}" for c, s in made.industries]
    old = edition == "2016"
    finals = [f"{f}_{c}" if old else f"{c}_{f}" for c, f in made.finals]
    total = {"2025": "OUT", "2023": "OUT"}.get(edition, "TOTAL")
    below = {"2025": ("TLS", "VA", "OUT"), "2023": ("TLS", "VA", "OUT")}.get(
        edition, (*(f"{c}_TAXSUB" for c in made.countries), "VALU", "OUTPUT")
    )
    disc = ["DISC"] if old else []
    used, final = made.matrix
    rows: list[list[object]] = [["V1", *industries, *finals, *disc, total]]
    for place, name in enumerate(industries):
        tail = [0.0] if old else []
        rows.append([name, *used[place], *final[place], *tail, float(made.output[place])])
    added = made.output - used.sum(axis=0)
    for name in below:
        values = {"OUT": made.output, "OUTPUT": made.output, "VA": added, "VALU": added}.get(name, 0.0 * added)
        rows.append([name, *values, *[0.0] * len(finals), *[0.0 for _ in disc], ""])
    return rows_of(path, rows)


@dataclass(frozen=True)
class Page:
    """A sheet of a workbook besides the first, or how it is laid out."""

    name: str
    hidden: bool = False
    merged: bool = False
    """Whether an economy stands once for all its industries, as in merged cells."""
    notes: tuple[str, ...] | None = None
    """Lines of text in place of a table."""
    cells: tuple[tuple[int, int, str | float], ...] = ()
    """Row, column and value of cells that are others."""


def sheets(path: Path, made: Made, codes: Sequence[str], finals: Sequence[str], pages: Sequence[Page]) -> Path:
    """A workbook of several sheets of the layout of `sheet`, the table being the same on each."""
    book = xlsxwriter.Workbook(str(path))
    for one in pages:
        page = book.add_worksheet(one.name)
        if one.hidden:
            page.hide()
        else:
            page.activate()
            page.set_first_sheet()
        if one.notes is not None:
            page.write_column(0, 0, one.notes)
            continue
        _put(page, made, codes, finals, ())
        for k, country in enumerate(made.countries if one.merged else ()):
            size = len(made.sectors)
            page.merge_range(4, 4 + k * size, 4, 3 + (k + 1) * size, country)
            page.merge_range(6 + k * size, 2, 5 + (k + 1) * size, 2, country)
        for row, column, value in one.cells:
            page.write(row, column, value)
    book.close()
    return path


def sheet(path: Path, made: Made, codes: Sequence[str], finals: Sequence[str], title: Sequence[str]) -> Path:
    """A workbook of WIOD or of the ADB: codes of industries and economies above and beside the figures."""
    book = xlsxwriter.Workbook(str(path))
    _put(book.add_worksheet(title[0]), made, codes, finals, title[1:])
    book.close()
    return path


def _put(
    page: xlsxwriter.worksheet.Worksheet,
    made: Made,
    codes: Sequence[str],
    finals: Sequence[str],
    title: Sequence[str],
) -> None:
    for row, text in enumerate(title):
        page.write(row, 0, text)
    number = {code: str(k + 1) for k, code in enumerate(made.sectors)}
    columns = [(c, s, f"c{number[s]}") for c, s in made.industries] + [
        (c, f, finals[made.categories.index(f)]) for c, f in made.finals
    ]
    for k, (country, name, code) in enumerate(columns):
        for row, text in zip((2, 3, 4, 5), (f"I-{name}", f"Industry {name}", country, code), strict=True):
            page.write(row, 4 + k, text)
    for row, text in ((3, "Total output"), (4, "TOT"), (5, "GO")):
        page.write(row, 4 + len(columns), text)
    used, final = made.matrix
    for place, (country, name) in enumerate(made.industries):
        code = codes[made.sectors.index(name)]
        for column, text in enumerate((f"I-{name}", f"Industry {name}", country, code)):
            page.write(6 + place, column, text)
        page.write_row(6 + place, 4, [*used[place], *final[place], float(made.output[place])])
    totals = used.sum(axis=0)
    for offset, code in enumerate(("r60", "r69" if codes[0] == "c1" else "r73")):
        row = 6 + len(made.industries) + offset
        for column, text in enumerate(("", "Total", "TOT", code)):
            page.write(row, column, text)
        page.write_row(row, 4, [*totals, *final.sum(axis=0), 0.0])


def figaro(path: Path, made: Made, *, flat: bool = False) -> Path:
    """`matrix_eu-ic-io_ind-by-ind_25ed_2023.csv`, or the flat file."""
    used, final = made.matrix
    if flat:
        head = ["icioiRow", "icioiCol", "refArea", "rowIi", "counterpartArea", "colIi", "obsValue"]
        rows: list[list[object]] = [head]
        columns = [*made.industries, *made.finals]
        for place, (country, sector) in enumerate(made.industries):
            for (buyer, user), value in zip(columns, (*used[place], *final[place]), strict=True):
                rows.append([f"{country}_{sector}", f"{buyer}_{user}", country, sector, buyer, user, value])
        rows.append(["W2_D1", f"{columns[0][0]}_{columns[0][1]}", "W2", "D1", *columns[0], 1.0])
        return rows_of(path, rows)
    names = [f"{c}_{s}" for c, s in made.industries]
    rows = [["rowLabels", *names, *(f"{c}_{f}" for c, f in made.finals)]]
    rows += [[name, *used[k], *final[k]] for k, name in enumerate(names)]
    rows += [
        [f"W2_{code}", *[1.0] * (len(rows[0]) - 1)] for code in ("D21X31", "OP_RES", "D1", "D29X39", "B2A3G")
    ]
    return rows_of(path, rows)


def gloria(folder: Path, made: Made) -> list[Path]:
    """Matrices T and Y of a release with their workbook: regions, then industries and products of each."""
    n, s = len(made.countries), len(made.sectors)
    used, final = made.matrix
    whole = np.zeros((n, 2, s, n, 2, s))
    whole[:, 1, :, :, 0, :] = 1e3 * used.reshape(n, s, n, s)
    for k in range(n):
        for j in range(s):
            whole[k, 0, j, k, 1, j] = 1e3 * made.output[k * s + j]  # the supply of an industry is its product
    bought = np.zeros((n, 2, s, final.shape[1]))
    bought[:, 1] = 1e3 * final.reshape(n, s, -1)
    stem = "20240111_120secMother_AllCountries_002_{}-Results_2022_059_Markup001(full).csv"
    size = 2 * n * s
    matrix = rows_of(folder / stem.format("T"), whole.reshape(size, size).tolist())
    demand = rows_of(folder / stem.format("Y"), bought.reshape(size, -1).tolist())
    readme = folder / "GLORIA_ReadMe_059.xlsx"
    book = xlsxwriter.Workbook(str(readme))
    book.add_worksheet("About").write(0, 0, "GLORIA")
    for name, heads, rows in (
        (
            "Regions",
            ("Lfd_Nr", "Region_acronyms", "Region_names"),
            [(k, c, c) for k, c in enumerate(made.countries)],
        ),
        ("Sectors", ("Lfd_Nr", "Sector_names"), list(enumerate(made.sectors))),
        (
            "Value added and final demand",
            ("Lfd_Nr", "Value_added_names", "Final_demand_names"),
            [(k, "Compensation of employees D.1", f) for k, f in enumerate(made.categories)],
        ),
    ):
        page = book.add_worksheet(name)
        for row, values in enumerate((heads, *rows)):
            page.write_row(row, 0, values)
    book.close()
    return [matrix, demand, readme]


def eora(path: Path, made: Made) -> Path:
    """`Eora26_2015_bp.zip` with its label files, tabs between figures in thousand USD."""
    used, final = made.matrix
    size = len(made.industries)

    def text(rows: Sequence[Sequence[object]]) -> str:
        return "\n".join("\t".join(map(str, row)) for row in rows) + "\n"

    files = {
        "Eora26_2015_bp_T.txt": (1e3 * used).tolist(),
        "Eora26_2015_bp_FD.txt": (1e3 * final).tolist(),
        "Eora26_2015_bp_VA.txt": [[1.0] * size],
        "Eora26_2015_bp_Q.txt": [[1.0] * size],
        "Eora26_2015_bp_QY.txt": [[1.0] * final.shape[1]],
        "labels_T.txt": [[c, c, "Industries", s] for c, s in made.industries],
        "labels_FD.txt": [[c, c, "Final Demand", f] for c, f in made.finals],
        "labels_VA.txt": [["Primary inputs", "Compensation of employees D.1"]],
        "labels_Q.txt": [["Energy", "Natural Gas (TJ)"]],
    }
    with zipfile.ZipFile(path, "w") as packed:
        for name, rows in files.items():
            packed.writestr(name, text(rows))
    return path


def exiobase(path: Path, made: Made) -> Path:
    """`IOT_2019_ixi.zip` as released: tab-separated matrices with regions and sectors on two levels."""
    used, final = made.matrix
    folder = path.stem

    def table(rows: np.ndarray, columns: Sequence[tuple[str, str]], second: str) -> str:
        heads = [["region", "", *(a for a, _ in columns)], [second, "", *(b for _, b in columns)]]
        heads.append(["region", "sector", *[""] * len(columns)])
        body = [[*label, *row] for label, row in zip(made.industries, rows.tolist(), strict=True)]
        return "\n".join("\t".join(map(str, row)) for row in (*heads, *body)) + "\n"

    parameters = """{"name": "%s", "core": "", "systemtype": "IOSystem", "files": {
      "Z": {"name": "Z.txt", "nr_index_col": "2", "nr_header": "2"},
      "Y": {"name": "Y.txt", "nr_index_col": "2", "nr_header": "2"},
      "unit": {"name": "unit.txt", "nr_index_col": "2", "nr_header": "1"}}}"""
    unit = "region\tsector\tunit\n" + "\n".join(f"{c}\t{s}\tM.EUR" for c, s in made.industries) + "\n"
    meta = (
        '{"description": "EXIOBASE 2019", "name": "EXIO3", "system": "ixi", "version": "3.8.2", "history": []}'
    )
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr(f"{folder}/Z.txt", table(used, made.industries, "sector"))
        packed.writestr(f"{folder}/Y.txt", table(final, made.finals, "category"))
        packed.writestr(f"{folder}/unit.txt", unit)
        packed.writestr(f"{folder}/metadata.json", meta)
        packed.writestr(f"{folder}/file_parameters.json", parameters % "IOSystem")
    return path


@dataclass(frozen=True, eq=False)
class Gtap:
    """A GTAP data base that adds up: `[c, s, d]` trade at three prices, `[c, a, r]` use, final purchases."""

    arrays: dict[str, HeaderArray]
    regions: tuple[str, ...]
    goods: tuple[str, ...]


def gtap(older: bool = False) -> Gtap:
    """With transport margins, duties and elasticities by region; `older` has the names of before version 7."""
    rng = np.random.default_rng(7)
    regions, goods = ("jpn", "usa", "xea"), ("wht", "mvh", "otp")
    n, c = len(regions), len(goods)
    exports = rng.uniform(5.0, 20.0, (c, n, n)) * np.where(np.eye(n, dtype=bool), 0.0, 1.0)
    exports[:, 2, 2] = 3.0  # a region of several economies trades with itself
    exports = exports.astype(np.float32).astype(float)
    carried = 0.05 * exports
    cif = exports + carried
    rates = rng.uniform(0.0, 0.3, exports.shape)
    landed = cif * (1.0 + rates)
    imports = landed.sum(axis=1)
    split = rng.dirichlet(np.ones(c + 3), (c, n)).transpose(0, 2, 1)  # firms, households, state, investment
    foreign = split * imports[:, None, :]
    domestic = rng.uniform(20.0, 60.0, (c, c + 3, n))
    suppliers = np.array([0.2, 0.5, 0.3]) * carried.sum()
    sold = domestic.sum(axis=1) + exports.sum(axis=2)
    sold[2] += suppliers
    make = np.zeros((c, c, n))
    make[range(c), range(c)] = sold
    sigma = np.array([[8.9, 8.9, 8.9], [5.6, 5.6, 5.6], [3.8, 3.8, 3.8]])
    comm, acts, reg = ("COMM", goods), ("ACTS", goods), ("REG", regions)
    prod = ("PROD_COMM", (*goods, "CGDS"))
    final = {"P": c, "G": c + 1, "I": c + 2}

    def array(name: str, values: np.ndarray, *sets: tuple[str, tuple[str, ...]]) -> HeaderArray:
        return HeaderArray(name, values, sets, name)

    trade = {"VXSB": exports, "VFOB": exports, "VCIF": cif, "VMSB": landed}
    old = {"VXSB": "VXMD", "VFOB": "VXWD", "VCIF": "VIWS", "VMSB": "VIMS"}
    found = [array(old[k] if older else k, v, comm, reg, reg) for k, v in trade.items()]
    if older:
        cgds = {
            k: np.concatenate([v[:, :c], v[:, [c + 2]]], axis=1) for k, v in (("D", domestic), ("I", foreign))
        }
        found += [array("VDFM", cgds["D"], comm, prod, reg), array("VIFM", cgds["I"], comm, prod, reg)]
        for who in ("P", "G"):
            found.append(array(f"VD{who}M", domestic[:, final[who]], comm, reg))
            found.append(array(f"VI{who}M", foreign[:, final[who]], comm, reg))
    else:
        found += [
            array("VDFB", domestic[:, :c], comm, acts, reg),
            array("VMFB", foreign[:, :c], comm, acts, reg),
        ]
        found.append(array("MAKB", make, comm, acts, reg))
        for who, column in final.items():
            found.append(array(f"VD{who}B", domestic[:, column], comm, reg))
            found.append(array(f"VM{who}B", foreign[:, column], comm, reg))
    found += [
        array("VST", suppliers[None], ("MARG", ("otp",)), reg),
        array("VTWR", carried[None], ("MARG", ("otp",)), comm, reg, reg),
        array("ESBM", sigma[:, 0], comm) if older else array("ESBM", sigma, comm, reg),
        HeaderArray("DREL", ("R11_2017 - January 2023",), (), "release"),
    ]
    return Gtap({one.name: one for one in found}, regions, goods)


def gtap_har(path: Path, made: Gtap) -> Path:
    path.write_bytes(har_bytes(made.arrays))
    return path


def gtap_csv(folder: Path, made: Gtap) -> list[Path]:
    """A CSV an array, as har2csv writes it."""
    found: list[Path] = []
    for name, one in made.arrays.items():
        if isinstance(one.values, tuple):
            continue
        rows: list[list[object]] = [[*(kind for kind, _ in one.sets), "Value"]]
        for place in np.ndindex(one.values.shape):
            labels = [elements[k] for (_, elements), k in zip(one.sets, place, strict=True)]
            rows.append([*labels, one.values[place]])
        found.append(rows_of(folder / f"{name}.csv", rows))
    return found


def main(folder: Path) -> None:
    """Write all layouts into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    small = economy(("CHN", "JPN", "USA", "ROW"), ("A01", "C29", "G"), OECD_FINAL, 4)
    oecd(folder / "2022_SML.csv", small, "2025")
    figaro(folder / "matrix_eu-ic-io_ind-by-ind_25ed_2023.csv", small)
    gtap_har(folder / "basedata.har", gtap())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
