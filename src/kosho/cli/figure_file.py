"""A drawing as a file: SVG, or a page that holds it."""

from __future__ import annotations

from html import escape
from pathlib import Path

from kosho.atomic_write import write_whole
from kosho.errors import InputError, Problem

__all__ = ["write_figure"]


def write_figure(figure: str, title: str, path: Path) -> None:
    """Write an SVG drawing to a file; to one that ends in `.html` as a page.

    Raises:
        InputError: the file cannot be written.
    """
    if path.suffix == ".html":
        figure = (
            '<!doctype html>\n<html lang="en"><meta charset="utf-8">'
            f"<title>{escape(title)}</title>\n<body>\n{figure}</body></html>\n"
        )
    try:
        write_whole(path, figure)
    except OSError as error:
        raise InputError(Problem(f"cannot be written: {error.strerror or error}", file=str(path))) from None
