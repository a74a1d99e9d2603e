"""Which lines a tariff has, where that is known: what is under a heading, and that nothing else is.

The lines of the United States ship (codes only); those of other importers are known where a schedule of theirs
was imported.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

__all__ = ["shipped_lines"]


@cache
def _rows() -> str:
    return "\n" + files("kosho.law").joinpath("usa_lines.txt").read_text(encoding="ascii")


def shipped_lines(importer: str, code: str) -> tuple[str, ...]:
    """Lines of the tariff under a code that have nothing under them, in order; none where they are not known.

    >>> shipped_lines("USA", "761699")[:2], shipped_lines("JPN", "761699")
    (('7616991000', '7616995120'), ())
    """
    if importer != "USA":
        return ()
    rows = _rows()
    start, found = rows.find("\n" + code[:6]), list[str]()
    while start >= 0 and rows.startswith(code[:6], start + 1):
        end = rows.index("\n", start + 1)
        stem, *tails = rows[start + 1 : end].split()
        found += [stem + tail for tail in tails if (stem + tail).startswith(code)]
        start = end
    return tuple(found)
