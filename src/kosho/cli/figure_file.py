"""A drawing as a file: SVG, or a page that holds it."""

from __future__ import annotations

from html import escape
from pathlib import Path

from kosho.errors import InputError, Problem
from kosho.language import _, current, page_style
from kosho.outputs import save

__all__ = ["refuse_figure", "write_figure"]

KINDS = (".svg", ".html")


def refuse_figure(path: Path | None) -> None:
    """Refuse a file that a drawing cannot be written to, before it is made.

    Raises:
        InputError: its name does not end in `.svg` or `.html`.
    """
    if path is not None and path.suffix.lower() not in KINDS:
        raise InputError(Problem(_("is drawn to a file that ends in .svg or .html"), key="--figure"))


def write_figure(figure: str, title: str, path: Path) -> None:
    """Write an SVG drawing to a file; to one that ends in `.html` as a page.

    Raises:
        InputError: the file cannot be written.
    """
    if path.suffix.lower() == ".html":
        figure = (
            f'<!doctype html>\n<html lang="{current()}"><meta charset="utf-8"><style>{page_style()}</style>'
            f"<title>{escape(title)}</title>\n<body>\n{figure}</body></html>\n"
        )
    save({path: figure})
