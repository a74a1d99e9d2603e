"""The American tariffs of April 2025 in a world of 194 countries and one sector, with labour supply.

Ignatenko, A., Macedoni, L., Lashkaripour, A. and Simonovska, I. (2025), "Making America Great Again? The
Economic Impacts of Liberation Day Tariffs", Journal of International Economics. The data are those of the
public code. Conventions that matter:

- exporters are in rows, importers in columns, thousands of dollars; GDP in dollars;
- spending is GDP plus (1 - nu)(imports - exports, each times 1 - nu of its buyer), with nu solved from two
  targets, 12 % in the world and 26 % in the United States; home sales are what is left of spending, not below
  zero; output is what is sold;
- tariffs are at least 10 %, and zero before;
- what is published as welfare is delta I/P + (1 - delta) w L/P, which is not what the paper's utility gives
  where revenue relieves a tax; and relief abolishes a tax on labour of just the revenue that the tariff brings;
- prices are such that their change, weighed with base spending, is zero in the world;
- where sales are made with inputs, sales at home are as much larger, and value added is the rest.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np

from kosho.arguments import CELL
from kosho.arrays import Array
from kosho.bounds import THETA
from kosho.equilibrium import Closure, Deficits, Outcome, Shock, rebase
from kosho.equilibrium.closed_factors import closed_factors
from kosho.equilibrium.fallbacks import find
from kosho.equilibrium.system import cells_of, system_of
from kosho.errors import InputError, Problem, Problems, suggest, unreadable
from kosho.language import _
from kosho.progress import Progress, silent
from kosho.replications.comparison import Comparison
from kosho.world import World, WorldMeta, labelled

__all__ = ["PUBLISHED", "Effects", "Replication", "Run", "effects", "read", "replicate"]

USA, REST, SECTOR = "USA", "rest of the world", "ALL"
ELASTICITY = 4.0
MOST_SUPPLY = 100.0
"""Of the elasticity of labour supply, as `Closure` takes it."""
LEAST_TARIFF = 0.1
TOLERANCE = 1e-10
NEXT_TO_NOTHING = 1e-6
"""Share of imports below which a deficit is none."""
TARGETS = (0.12, 0.26)
"""Of nu, averaged over what is bought at home and abroad."""

Revenue = Literal["lump-sum", "tax-relief"]


@dataclass(frozen=True, slots=True)
class Run:
    """One of the paper's experiments."""

    labour_supply: float = 0.0
    revenue: Revenue = "lump-sum"
    scale: float = 0.0
    """Costs fall with employment to this power."""
    retaliation: bool = False
    """Whether partners levy on the United States what it levies on them."""
    elasticity: float = ELASTICITY
    deficits: Deficits = "fixed"
    inputs: float = 0.0
    """Share of sales that pays for inputs, which are made of what is consumed; the paper has 0.51."""

    def __post_init__(self) -> None:
        problems = Problems()
        if not 0.0 <= self.inputs < 1.0:
            problems.add(f"inputs = {self.inputs!r}", _("a share from 0 to below 1"))
        if not THETA.low <= self.elasticity <= THETA.high:
            wanted = _("{low:g} to {high:g}", low=THETA.low, high=THETA.high)
            problems.add(f"elasticity = {self.elasticity!r}", wanted)
        if not 0.0 <= self.labour_supply <= MOST_SUPPLY:
            wanted = _("{low:g} to {high:g}", low=0.0, high=MOST_SUPPLY)
            problems.add(f"labour_supply = {self.labour_supply!r}", wanted)
        if not -1.0 <= self.scale <= 1.0:
            problems.add(f"scale = {self.scale!r}", _("{low:g} to {high:g}", low=-1.0, high=1.0))
        if self.deficits not in get_args(Deficits):
            problems.add(f"deficits = {self.deficits!r}", suggest(self.deficits, get_args(Deficits)))
        if self.inputs and self.scale:
            problems.add(
                _("scale = {scale:g} with inputs", scale=self.scale),
                _("one of the two: the paper lets entry answer to both in another way"),
            )
        problems.raise_if_any()


RUNS: Mapping[str, Run] = {
    "labour given": Run(),
    "labour given, partners answer in kind": Run(retaliation=True),
    "labour supply 0.5, revenue as lump sum": Run(labour_supply=0.5),
    "labour supply 0.5, revenue as tax relief": Run(labour_supply=0.5, revenue="tax-relief"),
    "labour supply 0.5, tax relief, scale 0.1675": Run(0.5, "tax-relief", 0.1675),
}
PUBLISHED = {
    "labour given": {USA: 0.3541, REST: -0.3426},
    "labour given, partners answer in kind": {USA: -0.1206, REST: -0.3042},
    "labour supply 0.5, revenue as lump sum": {USA: 0.5111},
    "labour supply 0.5, revenue as tax relief": {USA: 1.1457},
    "labour supply 0.5, tax relief, scale 0.1675": {USA: 1.2426},
}
"""Welfare by the published formula, percent."""
TITLE = "The American tariffs of 2025 in Ignatenko et al. (2025): welfare, percent"
SOURCE = (
    "equations and data of the public code of Ignatenko, Macedoni, Lashkaripour & Simonovska (2025), solved by "
    "independent code; the last row is 1.24 in the paper's table"
)
NOTES = (
    "Welfare is the published formula. Only equivalent variation, from the utility, compares rows.",
    "The rest of the world is weighed with output.",
)


@dataclass(frozen=True, eq=False)
class Effects:
    """By country in the order of the world `(N,)`, percent."""

    welfare: Array
    """By the published formula. Like the next not a number where, with so large a surplus, work is worth more
    than all that is consumed."""
    equivalent_variation: Array
    """Of base income, from the utility."""
    employment: Array
    consumer_prices: Array
    exports: Array
    """Over value added; so are imports, before duty."""
    imports: Array
    deficit: Array
    """Of trade, over its size before; none where there was none."""
    tariff_revenue: Array
    """Over base spending; no change but a level."""


@dataclass(frozen=True)
class Replication:
    """The published rows, and one run, country by country."""

    comparison: Comparison
    rows: Mapping[str, Effects]
    """By name of a row."""
    run: Run
    countries: tuple[str, ...]
    effects: Effects
    """Of the run."""

    def to_dict(self) -> dict[str, Any]:
        """The contract of `kosho replicate usa-tariffs-2025 --json`; percent."""
        run = {name: getattr(self.run, name) for name in Run.__slots__}
        rows = {name: self._told(effects) for name, effects in self.rows.items()}
        return self.comparison.to_dict() | {"rows": rows, "run": run} | self._told(self.effects)

    def _told(self, effects: Effects) -> dict[str, dict[str, float | None]]:
        """By measure and country; None where there is no number."""
        return {
            name: {
                code: None if np.isnan(value) else value
                for code, value in zip(self.countries, getattr(effects, name).tolist(), strict=True)
            }
            for name in Effects.__annotations__
        }


def replicate(folder: Path, run: Run | None = None, progress: Progress = silent) -> Replication:
    """The published rows, and a run by country, from the data in `folder`.

    Args:
        folder: Holds `country_labels.csv`, `gdp.csv`, `tariffs.csv`, `trade_cepii.csv`.
        run: The run told by country; the first row's if not given.
        progress: Called with the row that is being solved.

    Raises:
        InputError: a file is missing or has the wrong shape.
        ConvergenceError: a row has no equilibrium.
    """
    world, tariff = read(folder)
    found: dict[str, dict[str, float]] = {}
    rows: dict[str, Effects] = {}
    weight = world.arrays.output.sum(axis=1)
    at_home = world.position(USA)
    weight[at_home] = 0.0
    for name, row in RUNS.items():
        progress(_("Solving: {name}", name=name))
        rows[name] = effects(world, tariff, row)
        welfare = rows[name].welfare
        found[name] = {USA: float(welfare[at_home]), REST: float(welfare @ weight / weight.sum())}
    comparison = Comparison("usa-tariffs-2025", TITLE, PUBLISHED, found, SOURCE, NOTES)
    chosen = run or Run()
    if (chosen.elasticity, chosen.inputs) != (ELASTICITY, 0.0):
        world, tariff = read(folder, chosen.elasticity, chosen.inputs)
    return Replication(comparison, rows, chosen, world.countries, effects(world, tariff, chosen))


def read(folder: Path, elasticity: float = ELASTICITY, inputs: float = 0.0) -> tuple[World, Array]:
    """The world, and the tariff of the United States on each country `(N,)`, zero on itself.

    Args:
        folder: See `replicate`.
        elasticity: Of trade.
        inputs: See `Run`.

    Raises:
        InputError: see `replicate`.
    """
    folder = Path(folder)
    codes = [row[0] for row in _rows(folder / "country_labels.csv")]
    gdp, rates = (_numbers(folder / name, len(codes), 1)[:, 0] for name in ("gdp.csv", "tariffs.csv"))
    trade = _numbers(folder / "trade_cepii.csv", len(codes), len(codes)) / 1e3
    if USA not in codes:
        raise InputError(Problem(_("no country {usa}", usa=USA), file=str(folder / "country_labels.csv")))
    at_home, places = codes.index(USA), np.arange(len(codes))
    trade[places, places] = 0.0
    bought = trade.sum(axis=0)
    at_home_sold = np.maximum(_spending(trade, gdp / 1e6, at_home) - bought, 0.0)
    trade[places, places] = at_home_sold / (1.0 - inputs)
    zero = labelled(np.zeros((len(codes), len(codes), 1)), CELL, codes, [SECTOR])
    world = World.from_flows(
        labelled(trade.T[:, :, None], CELL, codes, [SECTOR]),
        tariff=zero,
        io_share=labelled(np.full((len(codes), 1, 1), inputs), ("country", "input", "sector"), codes, [SECTOR]),
        theta=labelled([elasticity], ("sector",), codes, [SECTOR]),
        meta=WorldMeta("usa-tariffs-2025", source="CEPII BACI and World Bank GDP, by the paper's public code"),
    )
    tariff = np.maximum(LEAST_TARIFF, rates)
    tariff[at_home] = 0.0
    return world, tariff


def effects(world: World, tariff: Array, run: Run) -> Effects:
    """What a run does.

    Raises:
        InputError: the elasticity of labour supply is too large for a country.
        ConvergenceError: there is no equilibrium.
    """
    new = {(USA, code, SECTOR): float(rate) for code, rate in zip(world.countries, tariff, strict=True)}
    if run.retaliation:
        new |= {(code, USA, SECTOR): rate for (_other, code, _other), rate in new.items()}
    del new[USA, USA, SECTOR]
    shock = Shock.tariffs(world, new)
    closure = Closure(
        labour_supply=run.labour_supply, revenue=run.revenue, scale=run.scale, deficits=run.deficits
    )
    base = rebase(world, run.deficits)
    cells = cells_of(shock, base)
    factors = closed_factors(base, closure, relief="published")
    solution = find(system_of(base, shock, cells, factors), base, TOLERANCE)
    observed = labelled(base.arrays.income, ("country",), base.countries, base.sectors)
    return _effects(Outcome(base, shock, closure, observed, solution, cells, shock), run)


def _effects(outcome: Outcome, run: Run) -> Effects:
    a, kappa = outcome.base.arrays, run.labour_supply
    level = 1.0 + outcome.consumer_prices.to_numpy()
    labour = 1.0 + outcome.employment.to_numpy()
    income = outcome.income.to_numpy() / a.income / level
    work = outcome.labour_income.to_numpy() / a.value_added / level
    tax = np.zeros_like(level)
    if run.revenue == "tax-relief":
        tax = outcome.tariff_revenue.to_numpy() / outcome.labour_income.to_numpy()
    # delta = I / (I - kappa / (1 + kappa) (1 - tax) V); (1 - delta) / delta is what follows, below zero.
    weight = kappa / (1.0 + kappa) * (1.0 - tax) * a.value_added / a.income
    disutility = labour ** (1.0 + 1.0 / kappa) if kappa else np.ones_like(labour)
    weight[weight >= 1.0] = np.nan  # work worth more than all that is consumed
    published = (income - weight * work) / (1.0 - weight)
    variation = income - 1.0 - weight * (disutility - 1.0)
    prices = level * a.income.sum() / (level @ a.income)
    before, after = (_abroad(flows.to_numpy()) for flows in (outcome.base.flows, outcome.flows))
    growth = outcome.labour_income.to_numpy() / a.value_added
    sold, bought = (new / old / growth for old, new in zip(before, after, strict=True))
    gap, left = (imports - exports for exports, imports in (before, after))
    size = np.where(np.abs(gap) < NEXT_TO_NOTHING * before[1], np.nan, np.abs(gap))
    revenue = outcome.tariff_revenue.to_numpy() / a.expenditure.sum(axis=1)
    changes = (
        published,
        1.0 + variation,
        labour,
        prices,
        sold,
        bought,
        1.0 + (left - gap) / size,
        1.0 + revenue,
    )
    return Effects(*(100.0 * (change - 1.0) for change in changes))


def _abroad(flows: Array) -> tuple[Array, Array]:
    """Exports and imports `(N,)` of flows by importer and exporter."""
    trade = flows.sum(axis=2)
    np.fill_diagonal(trade, 0.0)
    return trade.sum(axis=0), trade.sum(axis=1)


def _spending(trade: Array, gdp: Array, at_home: int) -> Array:
    """Spending of each country `(N,)` by the paper's rule; `trade` by exporter and importer, none at home."""
    from scipy.optimize import fsolve  # noqa: PLC0415 - heavy

    groups = np.zeros((2, len(gdp)))
    groups[0], groups[1, at_home] = 1.0, 1.0
    groups[0, at_home] = 0.0
    between, output = groups @ trade @ groups.T, groups @ gdp

    def gap(nu: Array) -> Array:
        spending = output + (1.0 - nu) * (between.sum(axis=1) - ((1.0 - nu)[:, None] * between).sum(axis=1))
        bought = np.array([between[1, 0], between[0, 1]])
        home = (spending - bought) / (spending - bought + bought[::-1])
        return home * nu + (1.0 - home) * nu[::-1] - np.array(TARGETS)

    found = np.maximum(np.asarray(fsolve(gap, np.array([0.1, 0.24]), xtol=1e-12), np.float64), 0.0)
    nu = np.full(len(gdp), found[0])
    nu[at_home] = found[1]
    return gdp + (1.0 - nu) * (trade.sum(axis=0) - trade @ (1.0 - nu))


def _rows(path: Path) -> list[list[str]]:
    """The rows of a CSV file below its heading."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.reader(file))[1:]
    except FileNotFoundError:
        raise InputError(
            Problem(_("no such file"), _("the folder must hold {name}", name=path.name), str(path))
        ) from None
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise unreadable(path, error, _("a CSV file")) from None


def _numbers(path: Path, rows: int, columns: int) -> Array:
    """Numbers `(rows, columns)`; blanks are zero."""
    problems, found = Problems(str(path)), np.zeros((rows, columns))
    given = _rows(path)
    if len(given) != rows:
        problems.add(
            _("has {number} rows below its heading", number=len(given)), _("{rows}, one a country", rows=rows)
        )
    for k, row in enumerate(given[:rows]):
        if len(row) != columns:
            problems.add(
                _("has {number} columns", number=len(row)),
                _("{columns} are wanted", columns=columns),
                line=k + 2,
            )
            continue
        for c, text in enumerate(row):
            try:
                found[k, c] = float(text or 0.0)
            except ValueError:
                problems.add(_("column {c}: {text!r} is no number", c=c + 1, text=text), line=k + 2)
    problems.raise_if_any()
    return found
