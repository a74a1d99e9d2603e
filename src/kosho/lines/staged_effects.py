"""What a staging brings year by year: revenue, creation and welfare of the importer, by line, added up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from kosho.declared import as_declared
from kosho.display import Shown
from kosho.lines.annex import StagedLine
from kosho.lines.line_elasticities import LineElasticities
from kosho.lines.line_table import LineTable

__all__ = ["StagedYear", "staged_effects"]


@dataclass(frozen=True, slots=True)
class StagedYear(Shown):
    """A year of a staging against the base, in the money of the table; trade of other years is not foreseen.

    >>> from kosho.lines import StagedYear
    >>> StagedYear(1, None, revenue=-2.0, creation=1.5, welfare=0.1, lines=3, unknown=1).revenue
    -2.0
    """

    cut: int
    day: date | None
    revenue: float
    creation: float
    welfare: float
    lines: int
    """Of the table that are staged."""
    unknown: int
    """Of the annex that the table does not have, or whose duty is no percentage of the value: in no sum."""


@as_declared
def staged_effects(
    table: LineTable, staged: Sequence[StagedLine], partner: str, elasticities: LineElasticities
) -> list[StagedYear]:
    """Price every year of a staging in partial equilibrium.

    A line of the table takes the mean rate of the annex's lines under it, or that of the one it lies under.

    Raises:
        InputError: the partner sells nothing.

    >>> import numpy as np
    >>> from kosho.lines import AnnexLine, LineTable, agreements, line_elasticities, stage_annex, staged_effects
    >>> trade, rate = np.array([[100.0]]), np.array([[0.263]])
    >>> table = LineTable("JPN", ("040620",), ("EU27",), trade, rate, ("line",), ())
    >>> lines = stage_annex([AnnexLine("040620", "26.3%", "equal 2")], agreements()["japan-eu-jpn"])
    >>> found = staged_effects(table, lines, "EU27", line_elasticities(table.codes, "JPN", "assumed"))
    >>> [round(one.revenue, 1) for one in found], found[1].welfare > found[0].welfare > 0
    ([-11.4, -26.3], True)
    """
    column = table.partner(partner)
    under = _meeting(table.codes, [one.line.code for one in staged])
    met = {place for found in under for place in found}
    unmet = np.array([place not in met for place in range(len(staged))], bool)
    last = max((len(one.path) - 1 for one in staged), default=0)
    days = {step.cut: step.day for one in staged for step in one.path}
    years: list[StagedYear] = []
    for cut in range(1, last + 1):
        rates = np.array([_rate(one, cut) for one in staged])
        after, known = table.paid.copy(), 0
        for k, found in enumerate(under):
            if found and not np.isnan(rates[found]).any():
                after[k, column] = float(np.mean(rates[found]))
                known += 1
        priced = table.price(after, elasticities)
        lost = int((unmet | np.isnan(rates)).sum())
        revenue, creation, welfare = (
            float(one.sum()) for one in (priced.revenue, priced.creation, priced.welfare)
        )
        years.append(StagedYear(cut, days.get(cut), revenue, creation, welfare, known, lost))
    return years


def _meeting(codes: Sequence[str], lines: Sequence[str]) -> list[list[int]]:
    """By code: positions of the lines that lie under it or that it lies under, in their order."""
    under: dict[str, list[int]] = {}
    alike: dict[str, list[int]] = {}
    for place, line in enumerate(lines):
        alike.setdefault(line, []).append(place)
        for length in range(len(line) + 1):
            under.setdefault(line[:length], []).append(place)
    return [
        sorted(
            [
                *under.get(code, ()),
                *(place for length in range(len(code)) for place in alike.get(code[:length], ())),
            ]
        )
        for code in codes
    ]


def _rate(one: StagedLine, cut: int) -> float:
    """A duty as a fraction; not a number where it is none by itself."""
    duty = one.after(cut)
    return duty.ad_valorem_equivalent() if duty.standing() == "rate" else float("nan")
