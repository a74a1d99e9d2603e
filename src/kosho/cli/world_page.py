"""`kosho world info --html`: what a table is, as a page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kosho import formatting
from kosho.language import _

__all__ = ["Facts", "world_page"]

Facts = tuple[str, tuple[str, ...], list[tuple[str, ...]], int]
"""Title, columns, rows and how many columns at the right hold numbers."""


def world_page(content: dict[str, Any], facts: Sequence[Facts]) -> str:
    """The page of what `kosho.world.report.info` says: facts, balances, elasticities, duties not known.

    Args:
        content: What it says.
        facts: Tables of it that a terminal shows too.

    Raises:
        InputError: the `brief` extra is missing.
    """
    from kosho.brief.cells import Cell, CellTable
    from kosho.brief.page import plain_page

    elasticities = [
        (
            f"{one['sector']} {content['sectors'][one['sector']]}",
            formatting.word(one["status"]),
            one["source"] + (f": {one['note']}" if one["note"] else ""),
            formatting.decimals(one["theta"], 2),
            formatting.NOT_KNOWN if one["log_sd"] is None else formatting.decimals(one["log_sd"], 2),
        )
        for one in content["elasticities"]["sectors"]
    ]
    unknown = [
        (content["countries"][one["country"]], formatting.decimals(100 * one["share_of_goods_imports"], 0))
        for one in content["tariffs"]["unknown_importers"]
    ]
    shown = [
        *facts,
        (
            _("Trade elasticities: imports before duty fall with elasticity -(theta + 1)"),
            (_("Sector"), _("Status"), _("Source"), _("Theta"), _("Spread of ln theta")),
            elasticities,
            2,
        ),
    ]
    if unknown:
        shown.append(
            (_("Base duties not known"), (_("Importer"), _("Share of its goods imports, %")), unknown, 1)
        )
    tables = [
        CellTable(f"world-{k}", title, columns, tuple(tuple(map(Cell, row)) for row in rows), numeric)
        for k, (title, columns, rows, numeric) in enumerate(shown)
    ]
    return plain_page(_("World table {name}", name=content["name"]), tables)
