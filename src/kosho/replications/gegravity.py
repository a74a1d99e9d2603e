"""A trade agreement of Canada and Japan in gegravity's sample of 30 countries and one sector.

Herman, P. (2021), "gegravity: General equilibrium gravity modeling in Python", version 0.3, after Yotov,
Piermartini, Monteiro & Larch (2016) and Larch & Yotov (2016). The sample is that of the package's public
repository. Conventions that matter:

- trade costs are those of a gravity equation, whose coefficients the package's documentation prints; base flows
  are what these costs make of outputs and spending;
- elasticity of substitution 5; the agreement moves the cost of both directions as others of its kind do;
- each country's spending stays the same share of its output.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from kosho.arguments import CELL
from kosho.arrays import Array
from kosho.equilibrium import Closure, Deficits, Outcome, Shock, solve
from kosho.errors import InputError, Problem, Problems, unreadable
from kosho.language import _
from kosho.progress import Progress, silent
from kosho.replications.comparison import Comparison, percent_by_country
from kosho.world import World, WorldMeta, labelled

__all__ = ["COEFFICIENTS", "read", "replicate"]

FILES = ("sample_data_set.dlm", "sample_data_set.csv")
PARTIES, SECTOR = ("CAN", "JPN"), "ALL"
SIGMA = 5.0
COEFFICIENTS: Mapping[str, float] = {
    "lndist": -0.3898623,
    "contiguity": 0.891577,
    "common_language": 0.0326249,
    "pta": 0.4711383,
    "international": -3.412584,
}
"""Of the gravity equation on the sample, as the package's documentation prints them (Stata, ppmlhdfe)."""
COLUMNS = ("exporter", "importer", "Y", "E", *COEFFICIENTS)
ROUNDS, BALANCED = 10_000, 1e-13
TOLERANCE = 1e-11

CLOSURES: Mapping[str, Deficits] = {
    "deficits in proportion to output": "proportional",
    "deficits fixed": "fixed",
    "deficits zero": "zero",
}
PUBLISHED = {"deficits in proportion to output": {"JPN": 0.0538}}
"""Change of real spending, percent: the package's equations on these coefficients."""
TITLE = "An agreement of Canada and Japan in gegravity 0.3: real income, percent"
SOURCE = (
    "equations of gegravity 0.3 (pypi.org/project/gegravity) on its sample; on the coefficients of its class "
    "documentation they give the 0.0562 for Japan that is printed there"
)
NOTES = (
    "The package clears markets at base outputs and spending and moves both by prices alone afterwards.",
    "Here incomes move with them: for Japan it is the same, Canada gains 0.418 there.",
)


def replicate(folder: Path, progress: Progress = silent) -> Comparison:
    """What the agreement does under each closure of deficits.

    Args:
        folder: Holds the package's `sample_data_set.dlm` (or `.csv`).
        progress: Called with what is being solved.

    Raises:
        InputError: the file is missing, or not as it should be; all mistakes are listed.
        ConvergenceError: there is no equilibrium.
    """
    world = read(folder)
    fall = float(np.exp(-COEFFICIENTS["pta"] / (SIGMA - 1.0)))
    ours, theirs = PARTIES
    shock = Shock.costs(world, {(ours, theirs, SECTOR): fall, (theirs, ours, SECTOR): fall})
    found: dict[str, dict[str, float]] = {}
    tables: dict[str, dict[str, dict[str, float]]] = {}
    for name, deficits in CLOSURES.items():
        progress(_("Solving: {name}", name=name))
        outcome = solve(world, shock, tol=TOLERANCE, closure=Closure(deficits=deficits))
        found[name] = percent_by_country(world, outcome.welfare.to_numpy())
        tables[name] = _table(outcome)
        tables[f"{name}: trade"] = _trade(outcome)
    return Comparison("gegravity", TITLE, PUBLISHED, found, SOURCE, NOTES, tables)


def _table(outcome: Outcome) -> dict[str, dict[str, float]]:
    """By measure and country, percent; values in units of world value added, the package has its own."""
    base, codes = outcome.base, np.arange(len(outcome.base.countries))
    before, after = (one.to_numpy()[:, :, 0].copy() for one in (base.flows, outcome.flows))
    home = after[codes, codes] / before[codes, codes]
    for flows in (before, after):
        flows[codes, codes] = 0.0
    rises = {
        "factory_gate_price": outcome.cost.to_numpy()[:, 0],
        "consumer_prices": 1.0 + outcome.consumer_prices.to_numpy(),
        "output": (outcome.output / base.arrays.output).to_numpy()[:, 0],
        "spending": (outcome.expenditure / base.arrays.expenditure).to_numpy()[:, 0],
        "exports": after.sum(axis=0) / before.sum(axis=0),
        "imports": after.sum(axis=1) / before.sum(axis=1),
        "domestic_sales": home,
    }
    return {name: percent_by_country(base, rise - 1.0) for name, rise in rises.items()}


def _trade(outcome: Outcome) -> dict[str, dict[str, float]]:
    """What each country buys of each other, by importer and exporter, percent."""
    rise = (outcome.flows / outcome.base.flows).to_numpy()[:, :, 0] - 1.0
    return {
        code: percent_by_country(outcome.base, row)
        for code, row in zip(outcome.base.countries, rise, strict=True)
    }


def read(folder: Path) -> World:
    """The world that the gravity equation makes of outputs and spending.

    Raises:
        InputError: see `replicate`.
    """
    path = _path(Path(folder))
    rows = _rows(path)
    codes = sorted({row["exporter"] for row in rows})
    place = {code: k for k, code in enumerate(codes)}
    size = len(codes)
    output, spending = np.zeros(size), np.zeros(size)
    friction = np.full((size, size), np.nan)  # importer, exporter
    problems = Problems(str(path))
    for line, row in enumerate(rows, 2):
        if row["importer"] not in place:
            problems.add(_("importer {importer!r} exports nothing", importer=row["importer"]), line=line)
            continue
        n, i = place[row["importer"]], place[row["exporter"]]
        try:
            output[i], spending[n] = float(row["Y"]), float(row["E"])
            friction[n, i] = sum(slope * float(row[name]) for name, slope in COEFFICIENTS.items())
        except ValueError as error:
            problems.add(str(error), _("a number"), line=line)
    for n, i in np.argwhere(np.isnan(friction))[:10].tolist():
        problems.add(
            _("no row for {codes} from {codes_2}", codes=codes[n], codes_2=codes[i]), _("every pair has one")
        )
    for code in PARTIES:
        if code not in place:
            problems.add(_("no country {code}", code=code))
    problems.raise_if_any()
    flows = _balanced(np.exp(friction), spending * (output.sum() / spending.sum()), output)
    return World.from_flows(
        labelled(flows[:, :, None], CELL, codes, [SECTOR]),
        tariff=labelled(np.zeros((size, size, 1)), CELL, codes, [SECTOR]),
        io_share=labelled(np.zeros((size, 1, 1)), ("country", "input", "sector"), codes, [SECTOR]),
        theta=labelled([SIGMA - 1.0], ("sector",), codes, [SECTOR]),
        meta=WorldMeta("gegravity", source="sample of gegravity 0.3, its gravity equation"),
    )


def _balanced(weight: Array, rows: Array, columns: Array) -> Array:
    """Weights scaled to sums by row and by column."""
    scale = np.ones_like(rows)
    for _other in range(ROUNDS):
        other = columns / (scale @ weight)
        following = rows / (weight @ other)
        moved = np.abs(np.log(following / scale)).max()
        scale = following
        if moved < BALANCED:
            break
    return scale[:, None] * weight * (columns / (scale @ weight))


def _path(folder: Path) -> Path:
    for name in FILES:
        if (folder / name).is_file():
            return folder / name
    raise InputError(
        Problem(
            _("no such file"),
            _("the folder must hold {names}", names=_(" or ").join(FILES)),
            str(folder / FILES[0]),
        )
    )


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            rows = list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise unreadable(path, error, _("a CSV file")) from None
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if missing or not rows:
        what = _("no column {names}", names=", ".join(missing)) if missing else _("has no rows")
        raise InputError(Problem(what, _("wanted {names}", names=", ".join(COLUMNS)), str(path)))
    return rows
