"""The page as PDF, by an engine that runs without a browser; figures are set as it can draw them."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import TYPE_CHECKING

from kosho.brief.model import Brief
from kosho.brief.page import render
from kosho.errors import InputError, Problem
from kosho.extras import missing
from kosho.language import _

if TYPE_CHECKING:
    from weasyprint import HTML

__all__ = ["engine", "for_paper", "pdf"]

SCRIPT = re.compile(r"<script\b.*?</script>", re.DOTALL)
FIRST_LINE = 'fill="none" stroke="#1d3f72" stroke-width="2.6"'
OTHER_LINE = 'fill="none" stroke="#c2571a" stroke-width="2.6" stroke-dasharray="7 4"'
DRAWN = {
    "track": 'font-size="11"',
    "scatter": 'font-size="12"',
    "grid": 'stroke="#e3e6ea"',
    "zero": 'stroke="#5b6675"',
    "interval": 'fill="#c5cedb"',
    "curve": 'font-size="12" fill="#1b2430"',
    "line ask": FIRST_LINE,
    "line agreed": FIRST_LINE,
    "line accept": OTHER_LINE,
    "line possible": OTHER_LINE,
    "mark": 'fill="#5b6675"',
    "study": 'font-size="11" fill="#5b6675"',
    "turn": 'fill="#ffffff" stroke="#1b2430" stroke-width="2"',
    "turns": 'font-weight="600"',
}
"""Colours that a figure has from the style sheet of the page, not applied within drawings."""


def pdf(brief: Brief) -> bytes:
    """The page on A4.

    Raises:
        InputError: the packages of the `pdf` or the `brief` extra are not installed.
    """
    made = engine()(string=for_paper(render(brief)), url_fetcher=_refuse).write_pdf()
    if made is None:
        raise RuntimeError("nothing was written")
    return made


def for_paper(page: str) -> str:
    """A page without scripts, its figures and grids as an engine for paper can lay them out."""
    page = SCRIPT.sub("", page)
    for name, look in DRAWN.items():
        page = page.replace(f'class="{name}"', f'class="{name}" {look}')
    style = files("kosho.brief.exports").joinpath("paper.css").read_text(encoding="utf-8")
    return page.replace("</style>", f"{style}</style>", 1)


def engine() -> type[HTML]:
    """What sets the page.

    Raises:
        InputError: it, or a library of the system that it needs, is not installed.
    """
    try:
        from weasyprint import HTML  # noqa: PLC0415 - an optional extra
    except ModuleNotFoundError:
        raise missing("pdf", _("writing PDF")) from None
    except OSError as error:  # the engine is there, a library of the system that it sets text with is not
        told = _("writing PDF needs the library Pango: {why}", why=str(error).splitlines()[0])
        hint = _("on Debian: apt install libpango-1.0-0 libpangoft2-1.0-0; on macOS: brew install pango")
        raise InputError(Problem(told, hint)) from None
    return HTML


def _refuse(address: str) -> dict[str, bytes]:
    """A page needs nothing else: what it names is not fetched."""
    raise ValueError(address)
