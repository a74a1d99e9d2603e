"""What whole briefs with made-up numbers say and draw."""

from __future__ import annotations

from typing import Any

from kosho.brief import page
from kosho.brief.aide_tables import aide_tables
from kosho.brief.cells import Cell, CellTable
from kosho.brief.commitment_tables import commitments
from kosho.brief.deal_tables import scatters
from kosho.brief.exports.markdown import markdown
from kosho.brief.figures import Figure, figures
from kosho.brief.gain_figure import drawn as drawn_outlook
from kosho.brief.gain_figure import gain_note, gain_title, panels
from kosho.brief.market_tables import market_tables
from kosho.brief.model import (
    Brief,
)
from kosho.brief.several_table import several_table
from kosho.brief.tables import tables
from tests.kept_files import files
from tests.whole_briefs import BRIEFS


def pages(name: str) -> dict[str, Any]:
    """What one of the briefs says and draws."""
    made = BRIEFS[name]()
    if name == "brief-in-files":
        return files(made)
    one = made.negotiation
    drawn = [*panels(made), *(scatters(one) if one and one.points else ())]
    return {
        "words": markdown(made).splitlines(),
        "drawn": [text.replace("><", ">\n<").splitlines() for text in drawn],
        "figures": [_figure(figure) for figure in figures(made).values()],
        "cells": {
            one.id: [[_cell(cell) for cell in row] for row in one.rows] for one in _tables(made).values()
        },
        "apart": [_whole(one) for one in _tables(made).values() if one.id.endswith(APART)],
        "lines": [list(one) for one in page.lines(made)],
        "head": [made.lead.text, *(one.text for one in made.headline)],
        "figure": [gain_title(shown), gain_note(made, shown)] if (shown := drawn_outlook(made)) else [],
        "verified": made.law_verified,
    }


def _tables(made: Brief) -> dict[str, CellTable]:
    return aide_tables(made) | tables(made) | market_tables(made) | commitments(made) | several_table(made)


APART = ("several", "-variants")
"""Tables that stand on the page alone."""


def _whole(one: CellTable) -> list[Any]:
    rows = [[f"{cell.text} ({cell.note})" for cell in row] for row in one.rows]
    return [one.caption, list(one.groups), list(one.columns), one.numeric, one.note, *rows]


def _cell(cell: Cell) -> str:
    """What no words tell of a cell: what it is sorted by, its colour, where it leads."""
    sort = f"{cell.sort:.6g}" if isinstance(cell.sort, float) else str(cell.sort or "")
    return " | ".join(filter(None, (sort, cell.tone, cell.word, cell.status, cell.anchor, *cell.sources)))


def _figure(figure: Figure) -> dict[str, Any]:
    drawn = figure.plotly()
    layout = drawn["layout"]
    return {
        "title": figure.title,
        "note": figure.note,
        "data": [
            {key: one[key] for key in ("name", "x", "y", "customdata") if key in one} for one in drawn["data"]
        ],
        "layout": {key: one for key, one in layout.items() if key not in ("font", "hoverlabel")},
        "rows": [[row.label, row.text, row.low, row.high] for row in figure.rows],
    }
