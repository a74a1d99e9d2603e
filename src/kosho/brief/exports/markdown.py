"""A brief as Markdown, for wikis, repositories and other programs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from kosho import formatting
from kosho.brief.cells import Cell, CellTable
from kosho.brief.exports.document import Block, Figure, Heading, Paragraph, document, marks
from kosho.brief.model import Brief
from kosho.language import _

__all__ = ["markdown"]

PLAIN = re.compile(r"([\\`*_{}\[\]<>#|~])")


def markdown(brief: Brief) -> str:
    """The text; everything that comes from files is escaped.

    >>> from kosho.brief.exports.markdown import markdown
    >>> markdown(brief).startswith("# Talks")  # a brief as `compose` gives it
    True
    """
    day = formatting.day(brief.as_of)
    head = [f"# {_plain(brief.title)}", "", _("Brief as of {day}, as known on that day.", day=day), ""]
    return (
        "\n".join([*head, *(line for block in document(brief) for line in _lines(brief, block))]).rstrip()
        + "\n"
    )


def _lines(brief: Brief, block: Block) -> Iterator[str]:
    if isinstance(block, Heading):
        yield f"{'#' * (block.level + 1)} {_plain(block.text)}"
    elif isinstance(block, Paragraph):
        lead = f"**{_plain(block.lead)}** " if block.lead else ""
        yield ("- " if block.kind == "point" else "") + lead + _plain(block.text)
    elif isinstance(block, Figure):
        yield _("**Figure 1. {plain}**", plain=_plain(block.title))
        yield ""
        yield from (f"- {_plain(one)}" for one in block.spoken)
    else:
        yield from _table(brief, block)
    yield ""


def _table(brief: Brief, table: CellTable) -> Iterator[str]:
    yield f"**{_plain(table.caption)}**"
    yield ""
    yield _row(_plain(name) for name in table.heads(", "))
    first = len(table.columns) - table.numeric
    yield _row("---" if place < first else "---:" for place in range(len(table.columns)))
    yield from (_row(_cell(brief, cell) for cell in row) for row in table.rows)
    if table.note:
        yield ""
        yield _plain(table.note)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(brief: Brief, cell: Cell) -> str:
    told = [
        cell.text + marks(brief, cell.sources),
        formatting.word(cell.status) if cell.status else "",
        cell.note,
        cell.word,
    ]
    return "<br>".join(_plain(one) for one in told if one)


def _plain(text: str) -> str:
    """Text that means itself in Markdown."""
    return PLAIN.sub(r"\\\1", formatting.typeset(text.replace("\n", " ")))
