"""Reader of gravity panels as a world of one sector: gegravity, ITPD-E, and any CSV of trade by pair.

One row a pair of a year: exporter, importer, trade; domestic sales are rows of an economy with itself, or
follow from a column of output. Every pair must be there: where one is missing, nobody knows whether it is
zero. There are no inputs: all is final demand, and value added is all of output (the one-sector model of
Anderson, Larch & Yotov 2018).
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path

import numpy as np

from kosho.arrays import Array
from kosho.display import plural
from kosho.errors import InputError, Problem, Problems, suggest
from kosho.language import _
from kosho.numbers import plain
from kosho.tabular import cells_told, header_of, open_csv, refuse_twice
from kosho.world.notes import NO_INPUTS
from kosho.world.readers.currency import scale_of
from kosho.world.readers.reader import Reader, Settings
from kosho.world.store import IOTable

__all__ = ["READER"]

NAMES: Mapping[str, tuple[str, ...]] = {
    "exporter": ("exporter", "exporter_iso3", "iso3_o", "iso_o", "origin"),
    "importer": ("importer", "importer_iso3", "iso3_d", "iso_d", "destination"),
    "trade": ("trade", "value", "flow"),
    "year": ("year",),
    "output": ("Y", "output", "y"),
    "sector": ("broad_sector", "sector"),
}
"""Columns, and what gegravity and ITPD-E call them; the last three need not be there."""
OPTIONAL = ("year", "output", "sector")
GOODS = "goods"
"""The one sector, where all are added up."""


@dataclass(eq=False)
class Panel:
    """Trade of one year by pair and sector, and output where it is told."""

    trade: dict[tuple[str, str, str], float] = field(default_factory=dict)
    output: dict[tuple[str, str], float] = field(default_factory=dict)


def read_gravity(files: Sequence[Path], settings: Settings) -> IOTable:
    """A world of one sector, or of the broad sectors of the panel.

    Raises:
        InputError: a column is missing, a pair stands twice or not at all, or no domestic sales are known.
    """
    way = settings.get("sectors", "one")
    if way not in ("one", "broad"):
        raise InputError(
            Problem(_("unknown way {way!r} with sectors", way=way), _("one or broad"), key="--set")
        )
    path = files[0]
    panel, year = _panel(path, settings, broad=way == "broad")
    economies = tuple(sorted({code for one in panel.trade for code in one[:2]}))
    sectors = tuple(sorted({sector for _, _, sector in panel.trade}))
    notes: list[str] = []
    flows = _flows(panel, (economies, sectors), settings.get("missing") == "zero", str(path), notes)
    scale = scale_of(settings.get("scale", "1"))
    if scale != 1.0:
        notes.append(f"values of the file times {scale:g}")
    n, s = len(economies), len(sectors)
    theta = np.full(s, scale_of(settings["theta"], "theta")) if "theta" in settings else None
    return IOTable(
        economies,
        sectors,
        np.zeros((n, n, s)),
        np.zeros((n, s, s)),
        scale * flows.sum(axis=0),
        final=scale * flows,
        theta=theta,
        meta={
            "name": path.stem,
            "year": year,
            "edition": f"gravity panel {path.name}",
            "source": f"trade by pair, {path.name}",
            "unit": "million USD",
            "adjustments": notes,
            "assumptions": [NO_INPUTS],
        },
    )


def _columns(header: Sequence[str], settings: Settings, file: str) -> dict[str, int]:
    problems = Problems(file)
    found: dict[str, int] = {}
    for name, known in NAMES.items():
        column = settings.get(name) or next((one for one in known if one in header), None)
        if name == "year" and settings.get("year", "").isdigit():
            column = next((one for one in known if one in header), None)
        if column in header:
            found[name] = header.index(column)
        elif name not in OPTIONAL or (name in settings and name != "year"):
            hint = suggest(str(column or name), header) or _("say which: --set {name}=COLUMN", name=name)
            problems.add(
                _("has no column for the {name}; it has {header}", name=name, header=", ".join(header[:12])),
                hint,
                line=1,
            )
    problems.raise_if_any()
    refuse_twice(header, {header[place] for place in found.values()}, file)
    return found


def _panel(path: Path, settings: Settings, *, broad: bool) -> tuple[Panel, int | None]:
    wanted = settings.get("year")
    panel, years = Panel(), set[str]()
    problems = Problems(str(path))
    with open_csv(path) as file:
        lines = csv.reader(file)
        at = _columns(header_of(lines, str(path)), settings, str(path))
        width = max(at.values()) + 1
        for line, row in enumerate(lines, start=2):
            if len(row) < width:
                problems.add(cells_told(len(row)), line=line)
                continue
            year = row[at["year"]].strip().partition(".")[0] if "year" in at else ""
            years.add(year)
            if wanted is None or not year or year == wanted:
                sector = row[at["sector"]].strip() if broad and "sector" in at else GOODS
                _note(panel, row, at, sector, line, problems)
    if wanted is None and len(years) > 1:
        told = _(
            "holds {number}: {years}", number=plural(len(years), "year"), years=", ".join(sorted(years)[-8:])
        )
        raise InputError(Problem(told, _("--year says which"), str(path)))
    problems.raise_if_any()
    if not panel.trade:
        raise InputError(
            Problem(_("has no rows of {year}", year=wanted) if wanted else _("has no rows"), file=str(path))
        )
    only = wanted or next(iter(years))
    return panel, int(only) if only.isdigit() else None


def _note(
    panel: Panel, row: Sequence[str], at: Mapping[str, int], sector: str, line: int, problems: Problems
) -> None:
    exporter, importer = (row[at[side]].strip() for side in ("exporter", "importer"))
    text = row[at["trade"]].strip()
    try:
        value = plain(text) if text and text.upper() != "NA" else float("nan")
        output = plain(row[at["output"]]) if "output" in at and row[at["output"]].strip() else None
    except ValueError:
        problems.add(_("{text!r} is not a number", text=text), line=line, key="trade")
        return
    if isfinite(value) and value < 0:
        problems.add(_("trade {value:g} is below zero", value=value), line=line, key="trade")
    elif isfinite(value):  # a row without a figure is none
        key = importer, exporter, sector
        if key in panel.trade and "sector" not in at:
            problems.add(
                _("{exporter} to {importer} stands twice", exporter=exporter, importer=importer),
                _("one row a pair and year"),
                line=line,
            )
        panel.trade[key] = panel.trade.get(key, 0.0) + value
        if output is not None:
            panel.output[exporter, sector] = output


def _flows(
    panel: Panel, labels: tuple[tuple[str, ...], tuple[str, ...]], zero: bool, file: str, notes: list[str]
) -> Array:
    """Trade `[importer, exporter, sector]`, domestic sales included."""
    economies, sectors = labels
    problems = Problems(file)
    flows = np.zeros((len(economies), len(economies), len(sectors)))
    lacking: list[str] = []
    for k, sector in enumerate(sectors):
        for i, exporter in enumerate(economies):
            for n, importer in enumerate(economies):
                value = panel.trade.get((importer, exporter, sector))
                if value is None and n != i:
                    lacking.append(f"{exporter} to {importer}")
                flows[n, i, k] = value or 0.0
            if (exporter, exporter, sector) not in panel.trade:
                sold = flows[:, i, k].sum()
                made = panel.output.get((exporter, sector))
                if made is None or made <= sold:
                    who = f"{exporter}, {sector}" if len(sectors) > 1 else exporter
                    told = (
                        _("no domestic sales of {who}", who=who)
                        if made is None
                        else _(
                            "no domestic sales of {who}: it exports {sold:.6g} of an output of {made:.6g}",
                            who=who,
                            sold=sold,
                            made=made,
                        )
                    )
                    problems.add(told, _("a row of it with itself, or a column of output (--set output=)"))
                else:
                    flows[i, i, k] = made - sold
    if lacking and not zero:
        named = ", ".join(lacking[:5])
        told = _(
            "{number} without a value: {named}{more}",
            number=plural(len(lacking), "pair"),
            named=named,
            more=" …" if len(lacking) > 5 else "",
        )
        problems.add(told, _("fill them in; --set missing=zero takes them as no trade"))
    elif lacking:
        notes.append(f"{plural(len(lacking), 'pair')} without a value taken as no trade, as asked")
    problems.raise_if_any()
    return flows


READER = Reader(
    name="gravity",
    title="a gravity panel by pair, as a world without inputs (gegravity, ITPD-E)",
    files="one CSV file or ZIP",
    read=read_gravity,
    settings={
        **{name: f"name of the column of the {name}" for name in NAMES if name != "year"},
        "sectors": "one: all added up; broad: those of the column of the sector",
        "missing": "zero: a pair that is not there is no trade",
        "theta": "trade elasticity of the sector",
        "scale": "what values are multiplied by to be million USD",
        "year": "which year of the panel; --year does",
    },
)
