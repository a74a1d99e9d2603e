"""Packages of lines as files: which lines, for whom, to which rate; and what they bring, by line and in all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import numpy as np

from kosho.arrays import Array, Index, Mask
from kosho.bounds import PERCENT_DUTY, no_sign
from kosho.codes import blocs, countries, expand_regions, sectors
from kosho.declared import as_declared
from kosho.display import Shown
from kosho.equilibrium import Outcome, solve
from kosho.errors import InputError, Problem, Problems, suggest
from kosho.language import _
from kosho.lines.line_elasticities import LineElasticities
from kosho.lines.line_packages import LineShock, line_shock
from kosho.lines.line_table import LineTable
from kosho.lines.partial_models import SMART, PartialAnswer, PartialSettings, partial_answer
from kosho.world import World
from kosho.world.csv_input import Row, rows_of
from kosho.world.csv_input import number as read_number

__all__ = [
    "LineCut",
    "PricedPackage",
    "package_rows",
    "price_package",
    "read_line_cuts",
    "read_package",
    "utilised",
]

ALL = ("all", "")
ROUNDING = 1e-6


def package_rows(path: Path) -> list[Row]:
    """Rows of a package as a file, before they are held against a table of lines.

    Raises:
        InputError: the file cannot be read, or lacks a column.
    """
    return rows_of(path, ["hs", "rate"], ["partner"])


@as_declared
def read_package(path: Path, table: LineTable) -> Array:
    """New rates of a table's lines, from a file with the columns hs, partner and rate.

    `hs` is a code or a beginning of codes (the longest that fits holds), `partner` one partner, several with
    spaces between, or `all`; `rate` is percent (`0`, `2.5`, `2.5%`), or `-50%` for half of what is paid.

    Returns:
        `[line, partner]`, new rates; where no rate is known in the base, not a number unless one is asked for.

    Raises:
        InputError: rows that fit no line, partners that sell nothing, rates that are none; all of them.

    >>> import numpy as np
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from kosho.lines import LineTable, read_package
    >>> rates = np.array([[0.025], [0.1]])
    >>> table = LineTable("USA", ("870323", "870421"), ("JPN",), np.ones((2, 1)), rates, ("line",) * 2, ())
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder) / "package.csv"
    ...     _ = file.write_text(chr(10).join(["hs,partner,rate", "8703,JPN,0", "8704,JPN,-50%"]))
    ...     read_package(file, table).tolist()
    [[0.0], [0.05]]
    """
    problems = Problems(str(path))
    after = table.rate.copy()
    rows = sorted(package_rows(path), key=lambda row: len(row[1]["hs"]))
    seen: dict[tuple[str, int], int] = {}
    for line, cells in rows:
        prefix = cells["hs"].replace(".", "")
        at = [k for k, code in enumerate(table.codes) if code.startswith(prefix)]
        whole = next((code for code in table.codes if prefix.startswith(code) and prefix != code), None)
        if whole is not None and prefix.isdigit():
            told = _("{hs!r} is a part of {whole}, and lines are no finer here", hs=cells["hs"], whole=whole)
            problems.add(
                told, _("{whole} for all of it, or trade by finer lines", whole=whole), line=line, key="hs"
            )
            continue
        if not re.fullmatch(r"\d{2,10}", prefix) or not at:
            problems.add(
                _("{hs!r} fits no line of {importer}", hs=cells["hs"], importer=table.importer),
                line=line,
                key="hs",
            )
            continue
        for column in _partners(cells.get("partner", ""), table, line, problems):
            if (first := seen.setdefault((prefix, column), line)) != line:
                told = _("{hs} of {partner} stands twice", hs=prefix, partner=table.partners[column])
                problems.add(told, _("first on line {line}", line=first), line=line, key="hs")
                continue
            new = _rate(cells["rate"], table.paid[at, column], line, problems)
            if new is not None:
                after[at, column] = new
    problems.raise_if_any()
    return after


def _partners(text: str, table: LineTable, line: int, problems: Problems) -> list[int]:
    if text.lower() in ALL:
        return list(range(len(table.partners)))
    found: list[int] = []
    for code in text.split():
        if code in table.partners:
            found.append(table.partners.index(code))
            continue
        members = [one for one in _members(code) if one in table.partners]
        if not members:
            problems.add(
                _("{code!r} sells {importer} nothing here", code=code, importer=table.importer),
                suggest(code, table.partners),
                line=line,
                key="partner",
            )
        found += [table.partners.index(one) for one in members]
    return found


def _members(code: str) -> Sequence[str]:
    try:
        return expand_regions([code])
    except InputError:
        return ()


def _rate(text: str, paid: Array, line: int, problems: Problems) -> Array | None:
    match = re.fullmatch(r"(-?)(\d+(?:\.\d+)?)\s*(%?)", text.strip())
    if match is None or (match[1] and not match[3]):
        problems.add(
            _("{text!r} is no rate", text=text),
            _("percent such as 2.5, or -50% for half of what is paid"),
            line=line,
            key="rate",
        )
        return None
    share = float(match[2]) / 100.0
    if match[1] and share > 1:
        problems.add(_("{text} takes off more than all", text=text), _("at most -100%"), line=line, key="rate")
        return None
    if (wrong := PERCENT_DUTY.broken(100.0 * share)) is not None:
        problems.add(wrong, line=line, key="rate")
        return None
    if not match[3] and (unsigned := no_sign(match[2], Decimal(match[2]))) is not None:
        problems.add(*unsigned, line=line, key="rate")
        return None
    return paid * (1.0 - share) if match[1] else np.full(len(paid), share)


@as_declared
def utilised(before: Array, after: Array, use: float | Array) -> Array:
    """What is paid on average where a share of imports alone claims the new, lower rate.

    Args:
        before: Rates.
        after: New rates.
        use: Share of imports that claim a cut, of all or by line and partner; risers are paid by all.

    >>> import numpy as np
    >>> from kosho.lines import utilised
    >>> utilised(np.array([0.1, 0.1]), np.array([0.0, 0.2]), 0.8).round(3).tolist()
    [0.02, 0.2]
    """
    shares = np.asarray(use, float)
    wrong = shares[~((shares >= 0.0) & (shares <= 1.0))]
    if wrong.size:
        told = _("a use of {use:g}", use=float(wrong.flat[0]))
        raise InputError(Problem(told, _("a share, 0 to 1"), key="--use"))
    return np.where(after < before, before + shares * (after - before), after)


@dataclass(frozen=True, eq=False)
class PricedPackage(Shown):
    """A package beside itself: line by line in partial equilibrium, by country in the whole economy.

    >>> from kosho.lines import PricedPackage
    >>> PricedPackage.__annotations__["whole"]
    'Outcome'
    """

    table: LineTable
    after: Array
    """`[line, partner]`, as paid, after what is claimed."""
    partial: PartialAnswer
    whole: Outcome
    lines: LineShock

    @property
    def changed(self) -> Index:
        """Positions of lines that change and are priced, by imports that are touched, the largest first."""
        return self._asked(self.table.priced)

    @property
    def unpriced(self) -> Index:
        """Positions of lines that would change and are in no sum: a rate of theirs is not known."""
        return self._asked(~self.table.priced)

    def _asked(self, among: Mask) -> Index:
        new = ~np.isnan(self.after) & (self.after != self.table.rate) & among[:, None]
        touched = (self.table.imports * new).sum(axis=1)
        order = np.argsort(-touched, kind="stable")
        return order[touched[order] > 0]


@as_declared
def price_package(
    world: World,
    table: LineTable,
    after: Array,
    elasticities: LineElasticities,
    settings: PartialSettings = SMART,
) -> PricedPackage:
    """Price a package by line and in the whole economy.

    Args:
        world: Table of flows.
        table: Lines of the importer.
        after: `[line, partner]`, new rates as paid; not a number: unchanged.
        elasticities: By line.
        settings: Which model prices the lines, and what it takes as given.

    The two part for reasons that can be named: in the whole economy wages and prices of all economies move, the
    trade elasticity is the sector's, exporters gain, and lines left out (`lines.left_out`) are not in it.

    Raises:
        InputError: the world has no such importer, or a model lacks what it needs.
        ConvergenceError: no equilibrium.

    >>> import numpy as np
    >>> from kosho.lines import LineTable, line_elasticities, price_package
    >>> from kosho.world import toy
    >>> table = LineTable("USA", ("870323",), ("JPN",), np.array([[40.0]]), np.array([[0.025]]), ("line",), ())
    >>> found = price_package(toy(), table, np.array([[0.0]]), line_elasticities(table.codes, "USA"))
    >>> float(found.partial.figures["revenue"].sum()), float(found.whole.welfare.sel(country="JPN")) > 0
    (-1.0, True)
    """
    partial = partial_answer(table, after, elasticities, settings)
    lines = line_shock(world, table, after)
    return PricedPackage(table, after, partial, solve(world, lines.shock), lines)


CUT_COLUMNS = ("importer", "partner", "sector", "hs", "duty_share", "cut")


@as_declared
@dataclass(frozen=True, slots=True)
class LineCut(Shown):
    """A line of a package as a file for a negotiating table has it.

    >>> from kosho.lines import LineCut
    >>> LineCut("USA", "JPN", "C29", "870323", duty_share=0.6, cut=100)
    LineCut(importer='USA', partner='JPN', sector='C29', hs='870323', duty_share=0.6, cut=100)
    """

    importer: str
    partner: str
    sector: str
    """ICIO."""
    hs: str
    duty_share: float
    """Of the duties collected on the partner's goods of the sector, a fraction."""
    cut: float
    """Percent of the line's duty that goes."""


@as_declared
def read_line_cuts(path: Path) -> list[LineCut]:
    """The lines of a package for a negotiating table.

    Raises:
        InputError: the file cannot be read, lacks a column, or has rows that cannot be; all of them.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from kosho.lines import read_line_cuts
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder) / "cars.csv"
    ...     rows = ["importer,partner,sector,hs,duty_share,cut", "USA,JPN,C29,8703.23,0.6,100"]
    ...     _ = file.write_text(chr(10).join(rows))
    ...     read_line_cuts(file)[0].hs
    '870323'
    """
    problems = Problems(str(path))
    found: list[LineCut] = []
    shares: dict[tuple[str, str, str], float] = {}
    known = (*countries(), *blocs())
    for line, cells in rows_of(path, CUT_COLUMNS):
        share = read_number(cells["duty_share"], "duty_share", line, problems)
        cut = read_number(cells["cut"].removesuffix("%"), "cut", line, problems)
        unsigned = None if cut is None or "%" in cells["cut"] else no_sign(cells["cut"], Decimal(str(cut)))
        if unsigned is not None:
            problems.add(*unsigned, line=line, key="cut")
        for name in ("importer", "partner"):
            if cells[name] not in known:
                problems.add(
                    _("unknown economy {code!r}", code=cells[name]),
                    suggest(cells[name], known),
                    line=line,
                    key=name,
                )
        if cells["sector"] not in sectors():
            problems.add(
                _("unknown sector {sector!r}", sector=cells["sector"]),
                suggest(cells["sector"], sectors()),
                line=line,
                key="sector",
            )
        if share is None or cut is None:
            continue
        if not 0 <= share <= 1:
            problems.add(_("a share of {share:g}", share=share), _("0 to 1"), line=line, key="duty_share")
        if not 0 <= cut <= 100:
            problems.add(
                _("a cut of {cut:g} %", cut=cut), _("0 to 100; 100 frees the line"), line=line, key="cut"
            )
        key = cells["importer"], cells["partner"], cells["sector"]
        shares[key] = shares.get(key, 0.0) + share
        if shares[key] > 1 + ROUNDING:
            problems.add(
                _("duty shares of {key} add up to {shares:.4g}", key=" ".join(key), shares=shares[key]),
                _("at most 1"),
                line=line,
            )
            shares[key] = 0.0
        found.append(LineCut(*key, cells["hs"].replace(".", ""), share, cut))
    problems.raise_if_any()
    return found
