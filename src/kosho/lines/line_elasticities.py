"""Elasticities by line, each with where it is from: shipped estimates, a file, or said assumptions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

import numpy as np

from kosho.arguments import refuse_boundless
from kosho.arrays import Array
from kosho.declared import as_declared
from kosho.display import Card, Shown, number
from kosho.errors import InputError, Problem, Problems, suggest
from kosho.language import _
from kosho.lines.editions import concordance, mapped
from kosho.lines.sectors import sectors_of
from kosho.lines.shipped import frame
from kosho.world import World
from kosho.world.csv_input import number as read_number
from kosho.world.csv_input import rows_of

__all__ = ["ElasticitySource", "LineElasticities", "line_elasticities"]

ElasticitySource = Literal["protee", "broda-weinstein", "world", "assumed"]
"""`protee`: the elasticity of trade net of tariffs to tariffs by HS6, whose size is that of substitution; of
the long run. `broda-weinstein`: substitution by importer and HS3, 13 importers. `world`: 1 + theta of the
line's sector, which `kosho simulate` holds. `assumed`: the same figure for all."""
SUBHEADING = 6
"""Digits of the Harmonized System; national ones stand behind."""
SOURCES: tuple[ElasticitySource, ...] = get_args(ElasticitySource)
DEMAND = -1.25
"""Import demand where nobody says: that of the GSIM workbook of the World Bank. An assumption."""
SUBSTITUTION = 5.0
"""Substitution where nobody says: that of the same workbook. An assumption."""


@dataclass(frozen=True, eq=False)
class LineElasticities(Shown):
    """By line. Make one with `line_elasticities`.

    >>> from kosho.lines import line_elasticities
    >>> line_elasticities(["870323", "999999"], "JPN").source
    ('protee', 'assumed')
    """

    demand: Array
    """`[line]`, at most zero."""
    substitution: Array
    """`[line]`."""
    source: tuple[str, ...]
    """Of each line's substitution: a name of `ElasticitySource`, or `own`."""

    def card(self) -> Card:
        """Medians, and how many lines have what."""
        counts = {name: self.source.count(name) for name in dict.fromkeys(self.source)}
        rows = [
            (name, number(float(np.median(values))))
            for name, values in (("demand", self.demand), ("substitution", self.substitution))
            if len(values)
        ]
        return Card(
            f"Elasticities of {len(self.source):,} lines, medians",
            [*rows, *((k, f"{v:,} lines") for k, v in counts.items())],
        )


@as_declared
def line_elasticities(
    codes: Sequence[str],
    importer: str,
    source: ElasticitySource = "protee",
    *,
    world: World | None = None,
    own: Path | None = None,
    demand: float = DEMAND,
) -> LineElasticities:
    """Elasticities of lines of the HS of 2022.

    Args:
        codes: Tariff codes, six digits or more.
        importer: Whose.
        source: Of substitution; lines that it does not have take the assumption, and say so.
        world: For `world`.
        own: CSV with the columns hs (a prefix; the longest holds), and demand or substitution or both.
        demand: Of lines for which nobody says another.

    Raises:
        InputError: an unknown source, no world, a file that is wrong.

    >>> from kosho.lines import line_elasticities
    >>> line_elasticities(["870323"], "JPN", "broda-weinstein").substitution.round(1).tolist()
    [4.9]
    """
    if source not in SOURCES:
        hint = suggest(source, SOURCES)
        raise InputError(Problem(_("unknown source {source!r}", source=source), hint, key="--elasticities"))
    _refuse_no_codes(codes)
    refuse_boundless(**{"--demand": demand})
    if not demand <= 0:
        raise InputError(
            Problem(_("a demand elasticity of {demand:g}", demand=demand), _("zero or less"), key="--demand")
        )
    found = _substitution(codes, importer, source, world)
    names = [source if value is not None else "assumed" for value in found]
    sigma = np.array([SUBSTITUTION if value is None else value for value in found], float)
    eta = np.full(len(codes), float(demand))
    if own is not None:
        for place, (of_demand, of_substitution) in _own(codes, own).items():
            if of_demand is not None:
                eta[place] = of_demand
            if of_substitution is not None:
                sigma[place], names[place] = of_substitution, "own"
    return LineElasticities(eta, sigma, tuple(names))


def _refuse_no_codes(codes: Sequence[object]) -> None:
    problems = Problems()
    for place, code in enumerate(codes):
        if not (isinstance(code, str) and code.isdecimal() and len(code) >= SUBHEADING):
            problems.add(repr(code), _("six digits or more"), key=f"codes[{place}]")
    problems.raise_if_any()


def _substitution(
    codes: Sequence[str], importer: str, source: ElasticitySource, world: World | None
) -> list[float | None]:
    match source:
        case "broda-weinstein":
            table = frame("substitution_hs3_1992").filter(importer=importer)
            known = dict(zip(table["hs"].to_list(), table["sigma"].to_list(), strict=True))
            earlier = mapped(codes, concordance(1992))
            return [None if code is None else known.get(code[:3]) for code in earlier]
        case "protee":
            table = frame("trade_elasticity_hs6_2007")
            known = dict(zip(table["hs"].to_list(), (-table["elasticity"]).to_list(), strict=True))
            return [None if code is None else known.get(code) for code in mapped(codes, concordance(2007))]
        case "world":
            if world is None:
                raise InputError(Problem(_("elasticities of a world need the world"), key="--elasticities"))
            theta = dict(zip(world.sectors, world.arrays.theta.tolist(), strict=True))
            return [None if sector is None else 1.0 + theta[sector] for sector in sectors_of(codes, world)]
        case _:
            return [None] * len(codes)


def _own(codes: Sequence[str], path: Path) -> dict[int, tuple[float | None, float | None]]:
    problems = Problems(str(path))
    rows: dict[str, tuple[float | None, float | None]] = {}
    for line, cells in rows_of(path, ["hs"], ["demand", "substitution"]):
        texts = {name: cells.get(name, "") for name in ("demand", "substitution")}
        values = {
            name: read_number(text, name, line, problems) if text else None for name, text in texts.items()
        }
        if values["demand"] is not None and values["demand"] > 0:
            problems.add(
                _("demand {demand:g}", demand=values["demand"]), _("zero or less"), line=line, key="demand"
            )
        if values["substitution"] is not None and values["substitution"] < 0:
            problems.add(
                _("substitution {substitution:g}", substitution=values["substitution"]),
                _("zero or more"),
                line=line,
                key="substitution",
            )
        rows[cells["hs"].replace(".", "")] = (values["demand"], values["substitution"])
    problems.raise_if_any()
    found: dict[int, tuple[float | None, float | None]] = {}
    for place, code in enumerate(codes):
        prefix = next((code[:n] for n in range(len(code), 1, -1) if code[:n] in rows), None)
        if prefix is not None:
            found[place] = rows[prefix]
    return found
