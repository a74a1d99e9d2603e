"""Trade elasticities estimated on a panel of one's own: PPML with high-dimensional fixed effects.

Structural gravity, sector by sector (Santos Silva & Tenreyro 2006; Caliendo & Parro 2015; Fontagné, Guimbard &
Orefice 2022):

    trade_int = exp(exporter_it + importer_nt + pair_in + beta ln(1 + tariff_int) + controls) error

Values net of duty fall with elasticity -(theta + 1), so that theta = -beta - 1; values with duty fall with
-theta. Standard errors are clustered by pair: those that assume a variance depend on the unit of trade.
Observations that separate (all trade of their pair is zero, or of those with a duty or a control) tell nothing
and are dropped, as Correia, Guimarães & Zylkin (2020) show they must be; so is an observation that is the only
one of a fixed effect (Correia 2015).
"""

from __future__ import annotations

import csv
import re
import warnings
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import isfinite
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np

from kosho.arrays import Array
from kosho.bounds import THETA, unit_of_rates
from kosho.display import Shown
from kosho.errors import InputError, Problem, Problems, suggest
from kosho.extras import missing
from kosho.language import _
from kosho.numbers import plain
from kosho.tabular import cells_told, header_of, open_csv, refuse_twice

__all__ = ["COLUMNS", "Estimated", "Panel", "PanelDuties", "estimate", "interval", "panel_of"]

SEPARATES = ["fe", "ir"]
"""What may separate observations: fixed effects, and duties or controls only where nothing is traded.

Without the second such a duty has whatever elasticity the fit stops at, and robust errors that call it certain.
"""
COLUMNS = ("exporter", "importer", "year", "trade", "tariff", "sector")
"""Of a panel; `year` and `sector` need not be there."""
OPTIONAL = ("year", "sector")
ALL = "all"
"""The one sector of a panel that tells none apart."""
FEWEST_CLUSTERS = 30
"""Below it, clustered standard errors are too small (Cameron & Miller 2015)."""
FEWEST_PERCENT = 0.01
"""Tariffs in percent, not one of which reaches one, are fractions that were called percent."""
MOST = 20
YEAR = re.compile(r"[12][0-9]{3}")
"""One mistyped would be a year of its own, with effects that take its observations out of the estimate."""


@dataclass(frozen=True)
class Panel(Shown):
    """A panel by pair, year and sector."""

    columns: Mapping[str, Sequence[str]]
    """Labels: exporter, importer, year, sector."""
    trade: Array
    tariff: Array
    """Fractions."""
    controls: Mapping[str, Array]
    source: str = ""
    untold: Mapping[str, int] = field(default_factory=dict)
    """Observations left out because their duty is not known, by sector."""

    def __len__(self) -> int:
        return len(self.trade)


@dataclass(frozen=True)
class Estimated(Shown):
    """What a sector's trade says of its elasticity.

    >>> from kosho.world.estimation import Estimated
    >>> Estimated("C29", 5.2, 0.4, -6.2, 2000, 400, 12, 0, (), ()).log_sd
    0.07692307692307693
    """

    sector: str
    theta: float | None
    """None where the panel does not tell it."""
    error: float | None
    """Standard error of theta, clustered by pair; None where it is not told."""
    beta: float | None
    observations: int
    """Those that the estimate rests on."""
    clusters: int
    """Pairs among them."""
    separated: int
    """Observations dropped because they separate."""
    alone: int
    """Observations dropped because each is the only one of a fixed effect."""
    dropped: tuple[str, ...]
    """Variables dropped because fixed effects or others already tell them."""
    notes: tuple[str, ...]
    """What a referee would ask."""

    @property
    def log_sd(self) -> float | None:
        """Standard deviation of ln(theta), by the delta method."""
        return None if not self.theta or self.error is None else self.error / self.theta

    @property
    def usable(self) -> bool:
        """Whether it can be an elasticity of a world."""
        return self.theta is not None and THETA.broken(self.theta) is None and bool(self.error)


class PanelDuties(Protocol):
    """Whatever tells the tariffs of a panel, such as tariff lines (`kosho.lines.LineDuties.of_panel`)."""

    def __call__(
        self,
        importers: Sequence[str],
        exporters: Sequence[str],
        years: Sequence[str],
        sectors: Sequence[str],
    ) -> Array:
        """`[row]`, fractions; not a number where a tariff is not known."""
        ...


def panel_of(
    path: Path,
    names: Mapping[str, str] | None = None,
    controls: Sequence[str] = (),
    *,
    percent: bool = False,
    duties: PanelDuties | None = None,
) -> Panel:
    """A panel from a CSV file.

    Args:
        path: One row a pair, year and sector; domestic sales, if there, bear no tariff.
        names: Columns by what they are (`COLUMNS`), where they are called otherwise.
        controls: Columns that vary by pair and are controlled for, as they stand.
        percent: Whether tariffs are percent; else they are fractions.
        duties: What tells them instead of a column; observations whose duty is not known are left out.

    Raises:
        InputError: a column is missing, a figure is none, or tariffs look like another unit; all are listed.
    """
    given = names or {}
    problems = Problems(str(path))
    with open_csv(path) as file:
        lines = csv.reader(file)
        header = header_of(lines, str(path))
        at = _places(header, given, controls, problems, without=() if duties is None else ("tariff",))
        found = _rows(lines, len(header), at, controls, problems)
    problems.raise_if_any()
    if not found:
        raise InputError(Problem(_("has no rows"), file=str(path)))
    numbers = np.array([values for _, values in found])
    numbers[:, 1] /= 100.0 if percent else 1.0
    labels = {
        name: [one.get(name, "") for one, _ in found] for name in ("exporter", "importer", "year", "sector")
    }
    if duties is not None:
        sides = (labels[name] for name in ("importer", "exporter", "year", "sector"))
        numbers[:, 1] = duties(*sides)
    known = np.isfinite(numbers[:, 1])
    untold = Counter(sector for sector, told in zip(labels["sector"], known, strict=True) if not told)
    if not known.any():
        raise InputError(Problem(_("no duty of any observation is known"), file=str(path)))
    labels = {
        name: [one for one, told in zip(column, known, strict=True) if told] for name, column in labels.items()
    }
    numbers = numbers[known]
    if percent and duties is None and 0.0 < numbers[:, 1].max() < FEWEST_PERCENT:
        told = _("its tariffs: they look like fractions: none reaches 1 percent")
        raise InputError(Problem(told, _("--tariffs-in fractions, or write them as fractions"), str(path)))
    unit = unit_of_rates(numbers[:, 1], numbers[:, 0])
    if unit is not None:
        hint = _("fractions: 0.025 is 2.5 %; --tariffs-in percent says that they are percent")
        raise InputError(Problem(_("its tariffs: {unit}", unit=unit), hint, str(path)))
    held = {name: numbers[:, 2 + k] for k, name in enumerate(controls)}
    return Panel(labels, numbers[:, 0], numbers[:, 1], held, path.name, dict(untold))


def _places(
    header: Sequence[str],
    given: Mapping[str, str],
    controls: Sequence[str],
    problems: Problems,
    without: Sequence[str] = (),
) -> dict[str, int]:
    found: dict[str, int] = {}
    for name in (one for one in (*COLUMNS, *controls) if one not in without):
        column = given.get(name, name)
        if column in header:
            found[name] = header.index(column)
        elif name not in OPTIONAL or name in given:
            hint = suggest(column, header) or _(
                "--set {name}=COLUMN; columns are {header}", name=name, header=", ".join(header[:12])
            )
            problems.add(_("has no column {column!r} for the {name}", column=column, name=name), hint, line=1)
    taken = {given.get(name, name): name for name in COLUMNS}
    for name in controls:
        if name in taken:
            told = _("the control {column!r} is the {name} itself", column=name, name=taken[name])
            problems.add(told, _("a control varies beside it"), key="--control")
    problems.raise_if_any()
    refuse_twice(header, {header[place] for place in found.values()}, problems.file or "")
    return found


def _rows(
    lines: Iterable[list[str]], width: int, at: Mapping[str, int], controls: Sequence[str], problems: Problems
) -> list[tuple[dict[str, str], list[float]]]:
    """Labels and figures of the lines below the header, until there are too many mistakes."""
    found: list[tuple[dict[str, str], list[float]]] = []
    met: dict[tuple[str, ...], int] = {}
    for line, row in enumerate(lines, start=2):
        if row and len(row) != width:
            wanted = _("{number} as in the header", number=width)
            problems.add(cells_told(len(row)), wanted, line=line)
        one = _row(row, at, controls, line, problems) if len(row) == width else None
        before = line if one is None else met.setdefault(tuple(one[0].values()), line)
        if before != line:
            told = _("its pair, year and sector are those of line {number}", number=before)
            problems.add(told, _("one row of each; --set sector=COLUMN tells sectors apart"), line=line)
        found += [] if one is None else [one]
        if len(problems.found) >= MOST:
            break
    return found


def _row(
    row: Sequence[str], at: Mapping[str, int], controls: Sequence[str], line: int, problems: Problems
) -> tuple[dict[str, str], list[float]] | None:
    values: list[float] = []
    for name in ("trade", "tariff", *controls):
        if name not in at:  # told by something else
            values.append(0.0)
            continue
        try:
            value = plain(row[at[name]])
        except ValueError:
            value = float("nan")
        if not isfinite(value) or (name == "trade" and value < 0) or (name == "tariff" and value < 0):
            problems.add(
                _("{name} {text!r} is no figure that it can be", name=name, text=row[at[name]]),
                line=line,
                key=name,
            )
            return None
        values.append(value)
    year = row[at["year"]].strip() if "year" in at else None
    if year is not None and not YEAR.fullmatch(year):
        problems.add(_("{year!r} is no year", year=year), _("four digits, such as 2018"), line=line, key="year")
        return None
    return {name: row[place].strip() for name, place in at.items() if name in COLUMNS}, values


def estimate(panel: Panel, values: Literal["net", "gross"] = "net") -> tuple[Estimated, ...]:
    """Elasticities of the sectors of a panel.

    Args:
        panel: The panel.
        values: Whether trade is net of duty or with it.

    Raises:
        InputError: the `estimate` extra is missing.
    """
    try:
        import pandas as pd  # noqa: PLC0415 - comes with the extra
        import pyfixest  # noqa: PLC0415 - an optional extra
    except ModuleNotFoundError:
        raise missing("estimate", _("estimating elasticities")) from None
    data: dict[str, Any] = {name: list(labels) for name, labels in panel.columns.items()}
    data |= {f"x{k}": column for k, column in enumerate(panel.controls.values())}
    frame = pd.DataFrame({**data, "trade": panel.trade, "price": np.log1p(panel.tariff)})
    frame["pair"] = frame["exporter"] + ">" + frame["importer"]
    frame["source"] = frame["exporter"] + " " + frame["year"]
    frame["market"] = frame["importer"] + " " + frame["year"]
    frame.loc[frame["sector"] == "", "sector"] = ALL
    return tuple(
        _of_sector(str(sector), part, panel, values, pyfixest)
        for sector, part in frame.groupby("sector", sort=True)
    )


def _of_sector(
    sector: str, frame: Any, panel: Panel, values: Literal["net", "gross"], pyfixest: Any
) -> Estimated:
    years = frame["year"].nunique()
    effects = ("source", "market", "pair") if years > 1 else ("source", "market")
    formula = " + ".join(["price", *(f"x{k}" for k in range(len(panel.controls)))])
    left, separated, alone = _telling(frame, effects)
    clusters = int(left["pair"].nunique())
    notes: list[str] = []
    untold_duties = panel.untold.get("" if sector == ALL else sector, 0)
    if untold_duties:
        notes.append(_("observations left out, their duty not being known: {number}", number=untold_duties))
    if years == 1 and not panel.controls:
        notes.append(_("one year and no controls: whatever keeps pairs apart besides duties is taken for them"))
    if clusters < FEWEST_CLUSTERS:
        notes.append(_("pairs: {number}; clustered standard errors of so few are too small", number=clusters))
    if alone:
        notes.append(_("observations dropped, each the only one of a fixed effect: {number}", number=alone))
    untold = Estimated(sector, None, None, None, len(left), clusters, separated, alone, (), tuple(notes))
    if not len(left):
        return replace(untold, notes=(*notes, _("nothing is left to compare")))
    if left["price"].any() and not left.loc[left["trade"] > 0, "price"].any():
        why = _("nothing is traded wherever there is a duty: no elasticity can be told")
        return replace(untold, dropped=("tariff",), notes=(*notes, why))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what is dropped is read from the fit, and told
            fit = pyfixest.fepois(
                f"trade ~ {formula} | {' + '.join(effects)}",
                data=left,
                vcov={"CRV1": "pair"},
                separation_check=SEPARATES,
            )
            found = fit.tidy()
    except Exception as error:  # noqa: BLE001 - what cannot be estimated is told with its sector, the rest goes on
        why = " ".join(str(error).split()) or repr(error)
        if "collinear" in why.lower():
            why = _(
                "duties do not vary but by exporter, importer and pair: fixed effects tell all of them; "
                "preferences or changes over time are needed"
            )
        return replace(untold, dropped=("tariff",), notes=(*notes, why))
    separated += int(fit.n_separation_na or 0)
    gone = tuple(_name(str(one), panel) for one in fit._collin_vars)  # it has no other door
    told = replace(untold, observations=int(fit._N), separated=separated, dropped=gone)  # nor has this
    if "price" not in found.index:
        return replace(
            told, notes=(*notes, _("the duty was dropped: fixed effects or controls tell all of it"))
        )
    beta, error = (float(found.loc["price", name]) for name in ("Estimate", "Std. Error"))
    theta = -beta - (1.0 if values == "net" else 0.0)
    notes += _judged(theta, error, fit, gone, separated)
    known = error if isfinite(error) else None
    return replace(told, theta=theta, error=known, beta=beta, notes=tuple(notes))


def _telling(frame: Any, effects: Sequence[str]) -> tuple[Any, int, int]:
    """Observations that tell something beside fixed effects; how many separate, how many are alone in one.

    Whatever is dropped may leave another alone: it is looked again until nothing is.
    """
    left, separated, alone = frame, 0, 0
    while True:
        groups = [left.groupby(name)["trade"] for name in effects]
        dead = np.any([group.transform("max") == 0 for group in groups], axis=0)
        single = np.any([group.transform("size") == 1 for group in groups], axis=0) & ~dead
        if not (dead | single).any():
            return left, separated, alone
        separated, alone = separated + int(dead.sum()), alone + int(single.sum())
        left = left[~(dead | single)]


def _name(variable: str, panel: Panel) -> str:
    """What a variable of the formula is called in the panel."""
    controls = list(panel.controls)
    return controls[int(variable[1:])] if variable[1:].isdigit() else "tariff"


def _judged(theta: float, error: float, fit: Any, gone: Sequence[str], separated: int) -> list[str]:
    """What a referee would say."""
    found: list[str] = []
    if gone:
        found.append(_("dropped, because fixed effects or others tell it: {names}", names=", ".join(gone)))
    if separated:
        found.append(
            _(
                "observations that separate and are dropped, their trade being always zero: {number}",
                number=separated,
            )
        )
    if not fit.convergence:
        found.append(_("the estimation did not converge"))
    wrong = THETA.broken(theta)
    if wrong is not None:
        found.append(_("theta {wrong}; it is not written", wrong=wrong))
    elif not isfinite(error):
        found.append(_("its standard error is not known: the panel is no larger than what fixed effects tell"))
    elif theta - 1.96 * error <= 0:
        found.append(_("zero is within its 95 % interval"))
    return found


def interval(one: Estimated) -> tuple[float, float] | None:
    """95 % of theta; None where it is not told."""
    if one.theta is None or one.error is None:
        return None
    width = 1.96 * one.error
    return one.theta - width, one.theta + width
