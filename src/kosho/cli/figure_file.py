"""A drawing as a file: SVG, or a page that holds it."""

from __future__ import annotations

from html import escape
from pathlib import Path

from kosho.language import current, page_style
from kosho.outputs import save

__all__ = ["write_figure"]


def write_figure(figure: str, title: str, path: Path) -> None:
    """Write an SVG drawing to a file; to one that ends in `.html` as a page.

    Raises:
        InputError: the file cannot be written.
    """
    if path.suffix == ".html":
        figure = (
            f'<!doctype html>\n<html lang="{current()}"><meta charset="utf-8"><style>{page_style()}</style>'
            f"<title>{escape(title)}</title>\n<body>\n{figure}</body></html>\n"
        )
    save({path: figure})
