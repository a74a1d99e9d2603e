"""Packages of a table with what each is worth: what a reader's own choice of options is looked up in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from kosho.provenance import Frozen
from kosho.scenario.interval import Number

if TYPE_CHECKING:
    from kosho.bargain import Deal

__all__ = ["MOST", "PricedIssue", "PricedPackages", "priced_packages"]

MOST = 20_000
"""Packages that are told one by one; of a larger table, or one that was not all solved, the frontier and the
deals are."""


class PricedIssue(Frozen):
    """An issue and the ways to settle it."""

    title: str
    options: tuple[str, ...]
    fallback: int
    """Position of what holds without a deal."""


class PricedPackages(Frozen):
    """Packages by number: the last issue varies fastest, so that the options of a package give its number.

    >>> from kosho.brief.priced import PricedIssue, PricedPackages
    >>> cars = PricedIssue(title="Cars", options=("25 %", "15 %"), fallback=0)
    >>> rice = PricedIssue(title="Rice", options=("as now", "more"), fallback=0)
    >>> one = PricedPackages(
    ...     issues=(cars, rice), background="", of=4, numbers=(3,), gains={}, today={}, noise=0
    ... )
    >>> one.strides, one.choices(3), one.complete
    ((2, 1), (1, 1), False)
    """

    issues: tuple[PricedIssue, ...]
    background: str
    """Title of the one that the packages are laid on."""
    of: int
    """Packages of the table."""
    numbers: tuple[int, ...]
    gains: dict[str, tuple[Number, ...]]
    """By party, over no deal, million USD a year; a number each."""
    today: dict[str, Number]
    """What each party has today over no deal."""
    noise: Number
    """Gains up to this are none."""
    impossible: tuple[int, ...] = ()
    """Numbers of packages that links between issues exclude."""
    crossing: dict[str, tuple[int, ...]] = Field(default_factory=dict)
    """Numbers of packages that cross a red line, by its title."""

    @property
    def complete(self) -> bool:
        """Whether every package of the table is here."""
        return len(self.numbers) == self.of

    @property
    def strides(self) -> tuple[int, ...]:
        """By how much the number of a package grows with the position of the option, by issue."""
        found: list[int] = []
        step = 1
        for issue in reversed(self.issues):
            found.append(step)
            step *= len(issue.options)
        return tuple(reversed(found))

    def choices(self, number: int) -> tuple[int, ...]:
        """Position of the option of each issue."""
        return tuple(
            number // step % len(issue.options) for issue, step in zip(self.issues, self.strides, strict=True)
        )


def priced_packages(deal: Deal) -> PricedPackages:
    """All packages of a deal's table under its first background, or the frontier and the deals of a large."""
    game, table = deal.game, deal.table
    told = range(len(game))
    if len(game) > MOST or deal.screening is not None:
        named = {int(k) for rows in deal.solutions.values() for k in rows} | {table.fallback}
        told = sorted({*map(int, game.frontier), *named})[:MOST]
    rows = list(told)
    today = (game.status_quo - game.disagreement).tolist()
    return PricedPackages(
        issues=tuple(
            PricedIssue(
                title=issue.title,
                options=tuple(option.title for option in issue.options),
                fallback=issue.fallback,
            )
            for issue in table.file.issues
        ),
        background=deal.priced[0].background.title,
        of=len(game),
        numbers=tuple(rows),
        gains={party: tuple(game.gains[rows, k].tolist()) for k, party in enumerate(game.parties)},
        today=dict(zip(game.parties, today, strict=True)),
        noise=game.resolution,
        impossible=tuple(k for k in rows if not game.possible[k]),
        crossing={
            line.title: tuple(k for k in rows if game.crossed[k, position])
            for position, line in enumerate(table.file.red_lines)
        },
    )
