"""Reader of the official inter-country input-output CSV of the OECD, in which final demand is given.

Layout of the 2025 edition (`2022_SML.csv`): rows and columns are industries of economies, `JPN_C29`; then
columns of final demand, `JPN_HFCE`, and the total `OUT`; the last rows are `TLS` (taxes less subsidies), `VA`
and `OUT`. The extended edition splits China and Mexico (CN1, CN2, MX1, MX2); they are joined again. Read row by
row: the file has 4,053 rows of 4,537 figures and never stands in memory as a whole.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kosho.arrays import Array, Index, Mask
from kosho.codes import sectors as icio_sectors
from kosho.errors import InputError, Problem, Problems, suggest
from kosho.language import _
from kosho.tabular import open_csv
from kosho.world.readers.reader import Reader, clipped, formed_or_none
from kosho.world.store import IOTable

__all__ = ["READER", "build_from_oecd_csv"]


FINAL = ("HFCE", "NPISH", "GGFC", "GFCF", "INVNT", "DPABR")
"""Households, non-profits, government, capital formation, inventories, purchases abroad by residents."""
FORMED = "GFCF"
BELOW = ("TLS", "VA", "OUT")
JOINED = {"CN1": "CHN", "CN2": "CHN", "MX1": "MEX", "MX2": "MEX"}
TOLERANCE = 1e-4
MOST = 20
"""Mistakes listed before reading stops."""


@dataclass(frozen=True)
class Label:
    """What a row or column stands for."""

    country: str
    sector: str | None
    """None for a column of final demand."""
    formed: bool = False
    """Whether that is gross fixed capital formation."""


@dataclass(frozen=True, eq=False)
class Layout:
    """Where every column goes."""

    countries: tuple[str, ...]
    sectors: tuple[str, ...]
    inputs: Index
    """Columns of industries, and for each its position country * sectors + sector."""
    input_place: Index
    finals: Index
    """Columns of final demand, and for each its country."""
    final_place: Index
    formed: Mask
    """Which of those are gross fixed capital formation."""
    total: int
    width: int


def build_from_oecd_csv(path: Path) -> IOTable:
    """The table of an official CSV; nothing is estimated.

    Falls of inventories can make a destination's final demand of a good negative. Such cells are set to zero,
    output is what is sold, and value added what inputs leave of it, so that the table stays an equilibrium; the
    amount is reported.

    Raises:
        InputError: the file is not of that layout or does not add up; file, line and label are named.
    """
    problems = Problems(str(path))
    try:
        with open_csv(path) as file:
            lines = csv.reader(file)
            layout = _layout(next(lines, []), problems)
            return _read(lines, layout, path, problems)
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(Problem(_("is not CSV text: {error}", error=error), file=str(path))) from None


def _layout(header: Sequence[str], problems: Problems) -> Layout:
    labels: dict[int, Label] = {}
    total = -1
    for column, text in enumerate(header[1:], start=1):
        if text == "OUT":
            total = column
            continue
        label = _label(text, final=True)
        if label is None:
            problems.add(_("unknown column {text!r}", text=text), _hint(text), line=1)
        else:
            labels[column] = label
        _stop_if_many(problems)
    if total < 0:
        problems.add(_("has no column OUT"), _("the official file ends with it"), line=1)
    industries = {column: label for column, label in labels.items() if label.sector is not None}
    if not industries:
        problems.add(
            _("has no columns like JPN_C29"),
            _("give an OECD inter-country table, such as 2022_SML.csv"),
            line=1,
        )
    problems.raise_if_any()
    countries = tuple(sorted({label.country for label in labels.values()}))
    present = {label.sector for label in industries.values()}
    sectors = tuple(code for code in icio_sectors() if code in present)
    size = len(sectors)
    finals = {column: label for column, label in labels.items() if label.sector is None}
    without = sorted(set(countries) - {label.country for label in finals.values()})
    if without:
        problems.add(
            _("no final demand columns of {names}", names=", ".join(without[:10])),
            _("wanted like {without}_HFCE", without=without[0]),
            line=1,
        )
    problems.raise_if_any()
    return Layout(
        countries,
        sectors,
        inputs=np.array(list(industries)),
        input_place=np.array(
            [countries.index(x.country) * size + sectors.index(str(x.sector)) for x in industries.values()]
        ),
        finals=np.array(list(finals)),
        final_place=np.array([countries.index(label.country) for label in finals.values()]),
        formed=np.array([label.formed for label in finals.values()]),
        total=total,
        width=len(header),
    )


def _read(lines: Iterator[list[str]], layout: Layout, path: Path, problems: Problems) -> IOTable:
    n, s = len(layout.countries), len(layout.sectors)
    intermediate, final, formed = np.zeros((n, n, s)), np.zeros((n, n, s)), np.zeros((n, s))
    inputs = np.zeros((n, s, s))
    output = np.zeros((n, s))
    below: dict[str, Array] = {}
    seen: dict[str, int] = {}
    for line, cells in enumerate(lines, start=2):
        if not cells:
            continue
        values = _values(cells, layout, line, problems)
        name = cells[0]
        if name in seen:
            problems.add(
                _("row {name} stands twice, first on line {seen}", name=name, seen=seen[name]), line=line
            )
        seen[name] = line
        _stop_if_many(problems)
        if values is None:
            continue
        if name in BELOW:
            below[name] = _sums(layout.input_place, values[layout.inputs], n * s).reshape(n, s)
            continue
        label = _label(name, final=False)
        if label is None or label.country not in layout.countries or label.sector not in layout.sectors:
            problems.add(_("unknown row {name!r}", name=name), _hint(name), line=line)
            continue
        i, k = layout.countries.index(label.country), layout.sectors.index(label.sector)
        used = _sums(layout.input_place, values[layout.inputs], n * s).reshape(n, s)
        bought = _sums(layout.final_place, values[layout.finals], n)
        sold, total = used.sum() + bought.sum(), values[layout.total]
        if abs(sold - total) > TOLERANCE * max(abs(total), 1.0):
            problems.add(
                _(
                    "row {name} adds up to {sold:.6g}, its OUT is {total:.6g}",
                    name=name,
                    sold=sold,
                    total=total,
                ),
                _("equal"),
                line=line,
            )
        intermediate[:, i, k] += used.sum(axis=1)
        inputs[:, k, :] += used
        final[:, i, k] += bought
        formed[:, k] += _sums(layout.final_place[layout.formed], values[layout.finals[layout.formed]], n)
        output[i, k] += total
    _check_rows(seen, below, output, layout, problems)
    problems.raise_if_any()
    return _table(layout, intermediate, inputs, (final, formed), path)


def _sums(places: Index, values: Array, length: int) -> Array:
    return np.bincount(places, values, length).astype(np.float64)


def _values(cells: list[str], layout: Layout, line: int, problems: Problems) -> Array | None:
    if len(cells) != layout.width:
        problems.add(
            _("row {cells} has {number} cells", cells=cells[0], number=len(cells)),
            _("{width} as in the header", width=layout.width),
            line=line,
        )
        return None
    # Cells under OUT may be empty in the rows below the table.
    texts = [text or "0" for text in cells[1:]]
    try:
        values = np.array(["0", *texts], dtype=np.float64)
    except ValueError:
        wrong = next(text for text in texts if not _is_number(text))
        problems.add(
            _(
                "row {cells}, cell {index}: {wrong!r} is not a number",
                cells=cells[0],
                index=texts.index(wrong) + 2,
                wrong=wrong,
            ),
            line=line,
        )
        return None
    if not np.isfinite(values).all():
        column = int(np.flatnonzero(~np.isfinite(values))[0])
        problems.add(
            _("row {cells}, cell {column}: is not a finite number", cells=cells[0], column=column + 1),
            line=line,
        )
        return None
    return values


def _check_rows(
    seen: dict[str, int], below: dict[str, Array], output: Array, layout: Layout, problems: Problems
) -> None:
    labels = {_label(name, final=False) for name in seen} - {None}
    wanted = {Label(country, sector) for country in layout.countries for sector in layout.sectors}
    missing = sorted(f"{label.country}_{label.sector}" for label in wanted - labels)
    if missing:
        problems.add(
            _("has no rows of {names}", names=", ".join(missing[:10])),
            _("{number} are missing", number=len(missing)),
        )
    if "OUT" not in below:
        problems.add(_("has no row OUT"), _("the official file ends with it"))
    elif not problems.found:
        gap = np.abs(below["OUT"] - output) > TOLERANCE * np.maximum(output, 1.0)
        for n, s in np.argwhere(gap)[:MOST]:
            name = f"{layout.countries[n]}_{layout.sectors[s]}"
            message = _(
                "row OUT has {out:.6g} for {name}, column OUT {output:.6g}",
                out=below["OUT"][n, s],
                name=name,
                output=output[n, s],
            )
            problems.add(message, _("equal"), line=seen["OUT"])


def _table(
    layout: Layout, intermediate: Array, inputs: Array, demand: tuple[Array, Array], path: Path
) -> IOTable:
    """The table, of final demand `[importer, exporter, sector]` and what of it is capital formation."""
    final, formed = demand
    year = re.search(r"(19|20)\d\d", path.name)
    notes: list[str] = []
    intermediate = clipped(intermediate, "intermediate sales", notes)
    final = clipped(final, "final sales (inventories)", notes)
    return IOTable(
        layout.countries,
        layout.sectors,
        intermediate,
        np.maximum(inputs, 0.0),
        final.sum(axis=0),
        final=final,
        investment=formed_or_none(formed),
        meta={
            "name": f"icio-{year.group()}" if year else path.stem,
            "year": int(year.group()) if year else None,
            "source": f"OECD Inter-Country Input-Output tables, official file {path.name}",
            "licence": "CC BY 4.0",
            "attribution": "OECD, Inter-Country Input-Output tables; CC BY 4.0",
            "unit": "million USD",
            "adjustments": notes,
        },
    )


def _label(text: str, *, final: bool) -> Label | None:
    country, _other, rest = text.partition("_")
    country = JOINED.get(country, country)
    if not re.fullmatch(r"[A-Z]{3}", country):
        return None
    if rest in icio_sectors():
        return Label(country, rest)
    return Label(country, None, rest == FORMED) if final and rest in FINAL else None


def _hint(text: str) -> str:
    rest = text.partition("_")[2]
    return suggest(rest, [*icio_sectors(), *FINAL]) or "like JPN_C29 or JPN_HFCE"


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _stop_if_many(problems: Problems) -> None:
    if len(problems.found) >= MOST:
        problems.raise_if_any()


READER = Reader(
    name="oecd-csv",
    title="an official inter-country table of the OECD, such as 2022_SML.csv",
    files="one CSV file",
    read=lambda files, _: build_from_oecd_csv(files[0]),
)
