"""Rates that were sought within their ranges, in words: to which digit, and how they were confirmed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from kosho import formatting
from kosho.language import _

__all__ = ["rate_words"]


def rate_words(content: Mapping[str, Any]) -> tuple[str, ...]:
    """Sentences of what `kosho bargain --json` has under `rates`, for the deals of its first background.

    Args:
        content: All of that.
    """
    from kosho.bargain import CONCEPTS  # noqa: PLC0415 - a brief without a table needs none of it

    titles = {one["id"]: one["title"] for one in content["issues"]}
    ranges = {(one["issue"], one["option"]): one for one in content["ranges"]}
    named = {name: _(concept.title) for name, concept in CONCEPTS.items()}
    mine = [one for one in content["rates"] if one["background"] == content["background"]]
    if not mine:
        return ()
    told = tuple(
        _(
            "{concept}: {rates}.",
            concept=named[one["concept"]],
            rates=_("; ").join(
                _rate(rate, titles[rate["issue"]], ranges[rate["issue"], rate["option"]])
                for rate in one["rates"]
            ),
        )
        for one in mine
    )
    worst = max(one["slope"] for one in mine)
    by = {one["slopes_by"] for one in mine}
    slopes = _("the equilibrium's own derivatives") if by == {"gradient"} else _("differences of solves")
    if len(by) > 1:
        slopes = _("the equilibrium's own derivatives, or differences of solves where a bound binds")
    how = _(
        "These rates were sought within their ranges by {slopes} and are confirmed: each deal is solved at "
        "them, and loses by its own measure where a last digit is one more or less. The largest slope left "
        "open is {slope} million USD a year a percentage point.",
        slopes=slopes,
        slope=formatting.significant(worst, 2, 3),
    )
    return (*told, how)


def _rate(rate: Mapping[str, Any], title: str, within: Mapping[str, Any]) -> str:
    ends = {"low": formatting.rate(within["from"]), "high": formatting.rate(within["to"])}
    if rate["at_end"]:
        return _(
            "{title} at {rate} %, an end of the range from {low} to {high} %",
            title=title,
            rate=formatting.rate(rate["percent"]),
            **ends,
        )
    if rate["last_digit"] is None:
        return _(
            "{title} at {rate} %, and as much a point above or below, of {low} to {high} %",
            title=title,
            rate=formatting.rate(rate["percent"]),
            **ends,
        )
    places = max(0, -math.floor(math.log10(rate["last_digit"])))
    return _(
        "{title} at {rate} %, to the last digit, of {low} to {high} %",
        title=title,
        rate=formatting.decimals(rate["percent"], places),
        **ends,
    )
