"""A table with more rates between those that it has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from kosho.bargain import Table
from kosho.bargain.schema import Issue

__all__ = ["SIZES", "refined"]

SIZES: Mapping[int, Mapping[str, int]] = {
    5_184: {},
    21_600: {"cars": 10, "rest": 15},
    144_000: {"cars": 25, "rest": 40},
    1_080_000: {"cars": 60, "metals": 10, "rest": 50},
    10_800_000: {"cars": 120, "metals": 25, "rest": 100},
}
"""Options by issue that make so many packages of the table of Japan and the United States."""


def refined(table: Table, options: Mapping[str, int]) -> Table:
    """The same table with so many options in some issues that set a rate: new rates lie evenly between."""
    issues = tuple(
        _refined(one, options[one.id] - len(one.options)) if one.id in options else one
        for one in table.file.issues
    )
    return replace(table, file=table.file.model_copy(update={"issues": issues}))


def _refined(issue: Issue, more: int) -> Issue:
    """Options that change one overlay, at rates in between, behind the others."""
    by_overlay: dict[tuple[str, ...], list[float]] = {}
    for option in issue.options:
        if option.at:
            by_overlay.setdefault(option.overlays, []).append(next(iter(option.at.values())))
    overlays, rates = max(by_overlay.items(), key=lambda one: len(one[1]))
    like = next(one for one in issue.options if one.overlays == overlays)
    between = np.linspace(min(rates), max(rates), more + 2)[1:-1].round(3).tolist()
    added = (
        like.model_copy(
            update={"id": f"at-{rate:g}", "title": f"{rate:g} %", "at": dict.fromkeys(like.at, rate)}
        )
        for rate in between
    )
    return issue.model_copy(update={"options": (*issue.options, *added)})
