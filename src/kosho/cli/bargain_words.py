"""Deals and packages in the words and tables of a terminal."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from kosho import formatting
from kosho.cli.terminal import say, show_table
from kosho.codes import country_name
from kosho.language import N_, SOURCE, _, current

if TYPE_CHECKING:
    from kosho.bargain import Deal
    from kosho.bargain.table import Table

__all__ = [
    "UNIT",
    "changes",
    "concept",
    "day_of",
    "heads",
    "issue_named",
    "named",
    "option_title",
    "over_both",
    "settled",
    "show_idle",
    "show_packages",
    "show_shares",
    "signed",
    "spread",
    "worth_ends",
]

UNIT = N_("Billion USD a year, in the long run (year ten); + is a gain.")


def concept(name: str) -> str:
    """Title of a solution concept."""
    from kosho.bargain import CONCEPTS

    return _(CONCEPTS[name].title) if name in CONCEPTS else _("Every package")


def issue_named(table: Table, issue: str) -> str:
    """An issue by its id, as `--explain` takes it; in another language, which ids are no words of, by title."""
    titles = {} if current() == SOURCE else {one.id: one.title for one in table.file.issues}
    return titles.get(issue, issue)


def option_title(deal: Deal, issue: str, option: str) -> str:
    """Of an option."""
    options = next(one.options for one in deal.table.file.issues if one.id == issue)
    return next(one.title for one in options if one.id == option)


def spread(one: dict[str, float]) -> str:
    """Gains in draws: their median, and the middle 90 %."""
    return formatting.gain(one["p50"], one["p5"], one["p95"], part=True)


def signed(musd: float) -> str:
    """Billions with their sign."""
    return formatting.billions(musd, sign=True, part=True)


def heads(parties: Sequence[str]) -> list[str]:
    """Heads of columns: gains over no deal, then over today."""
    return [
        _("{country}, over {than}", country=country_name(party), than=than)
        for than in (_("no deal"), _("today"))
        for party in parties
    ]


def over_both(one: dict[str, dict[str, float]], parties: list[str]) -> list[str]:
    """Gains under the heads of `heads`."""
    return [signed(one[key][p]) for key in ("gains", "over_status_quo") for p in parties]


def settled(deal: Deal, options: Mapping[str, str], without: Collection[str] = ()) -> str:
    """What a package settles otherwise than no deal would, in words even where that is nothing."""
    return changes(deal, options, without) or (_("nothing more") if without else _("nothing changes"))


def changes(deal: Deal, options: Mapping[str, str], without: Collection[str] = ()) -> str:
    """What a package settles otherwise than no deal would; issues by id, but for some. Empty for nothing."""
    laid = deal.table if deal.table.struck is None else deal.table.struck.table
    issues = {issue.id: issue.options for issue in laid.file.issues}
    chosen = {name: next(one for one in issues[name] if one.id == option) for name, option in options.items()}
    text = [
        _("{issue} {option}", issue=issue_named(laid, name), option=one.title)
        for name, one in chosen.items()
        if not one.fallback and name not in without
    ]
    return _("; ").join(text)


def named(deal: Deal, options: Mapping[str, str]) -> str:
    """Options by issue, fallbacks too."""
    return _("; ").join(
        _("{issue} {option}", issue=issue_named(deal.table, issue), option=option_title(deal, issue, option))
        for issue, option in options.items()
    )


def worth_ends(cited: dict[str, float]) -> str:
    """Between what a thing is worth, as its sources have it; nothing is an end as others are."""
    low, high = (signed(cited[end]) if cited[end] else "0" for end in ("low", "high"))
    return (low if low == high else _("{low} to {high}", low=low, high=high)) + _(" billion USD")


def day_of(iso: str) -> str:
    """A day of the JSON in words."""
    return formatting.day(date.fromisoformat(iso))


def show_idle(deal: Deal, content: dict[str, Any]) -> None:
    """Options that change nothing that is priced (their worth is unknown), and those that the law has."""
    for one in content["not_priced"]:
        say(
            _(
                "Not priced: {issue}, {option}: {why}.",
                issue=issue_named(deal.table, one["issue"]),
                option=one["option"],
                why=one["why"],
            )
        )
    for one in content["as_in_force"]:
        say(
            _(
                "As in force on that day: {issue}, {option}; the same as {fallback!r}.",
                issue=issue_named(deal.table, one["issue"]),
                option=one["option"],
                fallback=one["fallback"],
            )
        )


def show_packages(
    deal: Deal,
    title: str,
    lead: Sequence[str],
    rows: Sequence[tuple[str, Mapping[str, str], Sequence[str]]],
    columns: Sequence[str],
) -> None:
    """A table of packages: what they have in common is said once, above it."""
    alike = {
        name
        for name, option in rows[0][1].items()
        if len(rows) > 1 and all(options[name] == option for _other, options, _other in rows)
    }
    shared = {name: option for name, option in rows[0][1].items() if name in alike}
    common = changes(deal, shared)
    above = _("{title}\nIn every row: {common}", title=title, common=common) if common else title
    left = _("In the rest") if common else _("Package")
    without = alike if common else ()
    cells = [
        (*([name] if lead else []), settled(deal, options, without), *numbers)
        for name, options, numbers in rows
    ]
    show_table(above, (*lead, left, *columns), cells, numeric=len(columns))


def show_shares(deal: Deal, title: str, one: dict[str, Any], gains: dict[str, float]) -> None:
    """Shapley values, with what no issue carries, and their sum."""
    parties = deal.table.parties
    titles = {issue.id: issue.title for issue in deal.table.file.issues}
    parts = [(titles[issue], values) for issue, values in one["issues"].items()]
    parts += [(_("No issue: the fallbacks, over no deal"), one["background"]), (_("All"), gains)]
    rows = [
        (text, *(formatting.NOT_PRICED if values is None else signed(values[p]) for p in parties))
        for text, values in parts
    ]
    show_table(title, (_("Issue"), *map(country_name, parties)), rows, numeric=len(parties))
