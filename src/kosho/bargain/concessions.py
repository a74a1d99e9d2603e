"""What a package changes, issue by issue: whose law moves, and for whose goods."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kosho.bargain.table import Table
from kosho.display import Shown
from kosho.errors import Problems, suggest
from kosho.language import _
from kosho.law import Register
from kosho.law.measure import Measure
from kosho.law.overlay import Overlay

__all__ = ["LawChange", "changes", "measures_touched", "package_of_options"]


@dataclass(frozen=True)
class LawChange(Shown):
    """An issue that a package settles otherwise than the fallback."""

    issue: str
    fallback: str
    """Option."""
    option: str
    gives: tuple[str, ...]
    """Parties whose law changes."""
    gets: tuple[str, ...]
    """Parties whose goods that law is on."""


def changes(table: Table, package: int) -> list[LawChange]:
    """What a package changes against the package of fallbacks, in the order of the issues."""
    found: list[LawChange] = []
    register = table.backgrounds[0].packages.register
    for k, content in enumerate(table.file.issues):
        mine, fallback = int(table.grid.choices[package, k]), content.fallback
        if mine == fallback:
            continue
        options = [content.options[choice] for choice in (mine, fallback)]
        measures = [
            one for choice in (mine, fallback) for one in measures_touched(table.overlay(k, choice), register)
        ]
        costs = [cost for option in options for cost in option.costs]
        found.append(
            LawChange(
                content.id,
                options[1].id,
                options[0].id,
                tuple(
                    party
                    for party in table.parties
                    if any(one.imposed_by(party) for one in measures)
                    or party in (cost.importer for cost in costs)
                ),
                tuple(
                    party
                    for party in table.parties
                    if any(one.level_on(party) is not None and not one.imposed_by(party) for one in measures)
                    or party in (cost.exporter for cost in costs)
                ),
            )
        )
    return found


def measures_touched(overlay: Overlay, register: Register) -> list[Measure]:
    """Measures that an overlay adds, changes or ends."""
    ended = [item.measure for item in (*overlay.end, *overlay.replace)]
    return [*overlay.add, *(item.by for item in overlay.replace), *(register.measure(name) for name in ended)]


def package_of_options(table: Table, chosen: Mapping[str, str], key: str | None = None) -> int:
    """The package with these options by issue; issues not named keep their fallback.

    Args:
        table: The table.
        chosen: Option by issue; a rate within a range must be one that the table is laid at.
        key: Where it was asked for, for errors.

    Raises:
        InputError: an issue or an option is unknown; all mistakes at once.
    """
    grid, problems = table.grid, Problems()
    choices = grid.choices[table.fallback].copy()
    for issue, option in table.named(chosen, key).items():
        if issue not in grid.issues:
            problems.add(_("unknown issue {issue!r}", issue=issue), suggest(issue, grid.issues), key=key)
            continue
        k = grid.issues.index(issue)
        if option in grid.options[k]:
            choices[k] = grid.options[k].index(option)
        else:
            problems.add(
                _("issue {issue!r} has no option {option!r}", issue=issue, option=option),
                suggest(option, grid.options[k]),
                key=key,
            )
    problems.raise_if_any()
    return grid.position(choices)
