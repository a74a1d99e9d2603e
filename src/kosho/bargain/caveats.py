"""Warnings: cases where the numbers of a deal may be misread."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kosho import formatting
from kosho.bargain.schema import justified
from kosho.impact.base_law import assumptions
from kosho.language import _

if TYPE_CHECKING:
    from kosho.bargain.deal import Deal
    from kosho.bargain.pricing import PricedTable

__all__ = ["background_gains", "warnings"]


def background_gains(priced: PricedTable) -> dict[str, float] | None:
    """What the package of fallbacks is worth over the disagreement, million USD a year by party.

    Returns:
        None where the two are the same law to all, up to noise.
    """
    game = priced.game
    apart = game.gains[priced.table.fallback]
    if (abs(apart) <= game.resolution).all():
        return None
    return dict(zip(game.parties, apart.tolist(), strict=True))


def warnings(deal: Deal) -> list[str]:
    """Sentences, the weightiest first; empty where there is nothing to warn of."""
    found = (*_backgrounds(deal), *_worse_than_today(deal), *_unsolved(deal), *_days(deal), *_assumed(deal))
    return [text.replace(formatting.NBSP, " ") for text in found]


def _backgrounds(deal: Deal) -> Iterator[str]:
    for priced in deal.priced:
        apart = background_gains(priced)
        if apart is not None:
            amounts = formatting.listed(
                [
                    _(
                        "{money} billion USD a year to {country}",
                        money=formatting.billions(gain, sign=True, part=True),
                        country=formatting.the_country(party),
                    )
                    for party, gain in apart.items()
                ]
            )
            yield (
                _(
                    "{title}: the package of fallbacks is not what follows without a deal; it is worth "
                    "{amounts} over it, which no issue of the table carries and every package has",
                    title=priced.background.title,
                    amounts=amounts,
                )
            )


def _worse_than_today(deal: Deal) -> Iterator[str]:
    game = deal.game
    names = [
        name.replace("_", "-").title()
        for name, rows in deal.solutions.items()
        if (game.payoffs[rows[0]] < game.status_quo - game.resolution).all()
    ]
    if names:
        yield (
            _(
                "a deal that gains over no deal leaves every party worse off than today: {names}",
                names=", ".join(names),
            )
        )


def _unsolved(deal: Deal) -> Iterator[str]:
    for one in deal.certificates.values():
        if one.unsolved:
            options = ", ".join(map(" ".join, deal.table.grid.label(one.package).items()))
            yield (
                _(
                    "no equilibrium was found in {unsolved} of {draws} draws; they count as draws in which not "
                    "all gain, and are left out of the range of gains: {options}",
                    unsolved=one.unsolved,
                    draws=one.draws,
                    options=options,
                )
            )


def _assumed(deal: Deal) -> Iterator[str]:
    """What the table of the world needed to speak of the law."""
    found = (assumptions(one.background.packages.register, one.world) for one in deal.priced)
    yield from dict.fromkeys(text for some in found for text in some)
    yield from dict.fromkeys(text for one in deal.priced for text in one.weights.notes)


def _days(deal: Deal) -> Iterator[str]:
    table, content = deal.table, deal.table.file
    today = table.today
    if (content.deadline.date - today).days < 1:
        deadline = formatting.day(content.deadline.date)
        yield _(
            "the deadline of {deadline} has passed on {day}: no offers are left to make",
            deadline=deadline,
            day=formatting.day(today),
        )
    if today < content.status_quo.date:
        cited = {name for _other, item in justified(content) for name in item.statements}
        known = sum(table.statements.get(name) is not None for name in cited)
        written, day = formatting.day(content.status_quo.date), formatting.day(today)
        yield (
            _(
                "the table is of {written}; on {day} {known} of the {number} statements that it rests on "
                "were known, and its options are laid on the law of that day",
                written=written,
                day=day,
                known=known,
                number=len(cited),
            )
        )
