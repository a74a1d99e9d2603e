"""Options that are packages of tariff lines: `lines: file.csv` of an option becomes measures of the register.

The file has a row a line: `importer`, `partner`, `sector` (ICIO), `hs`, `duty_share` (what the line pays of the
duties that the importer collects on the partner's goods of that sector, a fraction) and `cut` (percent of the
line's duty that goes; 100 frees it). `kosho lines request --out` and its kin write it. The lines of a sector
are one measure, the percentage of its ordinary duty that they give up together: duty_share x cut, summed. That
keeps the duties collected; which lines they are is in the file.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from kosho.bargain.schema import Option, TableFile
from kosho.codes import country_name, sector_name, sectors
from kosho.errors import InputError, Problems
from kosho.law.measure import Measure
from kosho.law.overlay import Overlay
from kosho.law.scope import Partners, Scope

if TYPE_CHECKING:
    from kosho.lines.line_offers import LineCut

__all__ = ["Lines", "with_line_options"]


Lines = Mapping[tuple[str, str], "tuple[LineCut, ...]"]
"""Of options that are packages of lines, by issue and option."""


def with_line_options(file: TableFile, path: Path) -> tuple[TableFile, Lines]:
    """The table with an overlay for each option that names a file of lines, and those lines.

    Args:
        file: As it is written.
        path: Of the table; files of lines are beside it.

    Raises:
        InputError: a file of lines cannot be read or is wrong; every mistake, with its row.
    """
    if not any(option.lines for issue in file.issues for option in issue.options):
        return file, {}
    from kosho.lines.line_offers import read_line_cuts  # noqa: PLC0415 - most tables have no lines

    problems = Problems()
    overlays = dict(file.overlays)
    lines: dict[tuple[str, str], tuple[LineCut, ...]] = {}
    issues = list(file.issues)
    for n, issue in enumerate(file.issues):
        options = list(issue.options)
        for m, option in enumerate(issue.options):
            if option.lines is None:
                continue
            name = f"{issue.id}-{option.id}-lines"
            try:
                cuts = read_line_cuts(path.parent / option.lines)
                overlays[name] = _overlay(name, option, cuts, file.status_quo.date)
                lines[issue.id, option.id] = tuple(cuts)
            except InputError as error:
                problems.found += error.problems
            options[m] = option.model_copy(update={"overlays": (*option.overlays, name)})
        issues[n] = issue.model_copy(update={"options": tuple(options)})
    problems.raise_if_any()
    return file.model_copy(update={"issues": tuple(issues), "overlays": overlays}), lines


def _overlay(name: str, option: Option, cuts: list[LineCut], on: date) -> Overlay:
    """A measure for each importer, partner and sector."""
    share: dict[tuple[str, str, str], float] = {}
    count: dict[tuple[str, str, str], int] = {}
    for one in cuts:
        key = one.importer, one.partner, one.sector
        share[key] = share.get(key, 0.0) + one.duty_share * one.cut
        count[key] = count.get(key, 0) + 1
    added = [
        _measure(name, key, min(value, 100.0), count[key], option, on)
        for key, value in share.items()
        if value > 0
    ]
    return Overlay(title=option.title, add=tuple(added))


def _measure(
    name: str, key: tuple[str, str, str], percent: float, lines: int, option: Option, on: date
) -> Measure:
    importer, partner, sector = key
    known = sectors()
    text: Mapping[str, object] = {
        "id": f"{name}-{importer}-{partner}-{sector}".lower().replace("_", "-"),
        "title": f"{country_name(importer)} on {country_name(partner)}, {lines} lines of "
        f"{sector_name(sector) if sector in known else sector}",
        "imposer": importer,
        "authority": name,
        "partners": Partners(include=(partner,)),
        "scope": Scope(sectors=(sector,)),
        "kind": "cut",
        "value": percent,
        "stage": "offered",
        "legal_from": on,
        "known_from": on,
        "legal_basis": f"none; lines of {option.lines}",
        "source": option.source,
        "status": option.status,
        "insist": f"a mean over lines of {option.lines}",
    }
    return Measure.model_validate(dict(text))
