"""Which lines a tariff has, where that is known: what is under a heading, and that nothing else is.

The lines of the United States ship (codes only); those of other importers are known where a schedule of theirs
was imported.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from importlib.resources import files

from kosho.errors import InputError, Problem
from kosho.language import _

__all__ = ["SHIPPED", "ends_at_line", "refuse_absent", "shipped_lines"]

_IMPORTER = "USA"
SHIPPED = "HTS, December 2024"
"""Edition of the lines that ship."""
_SAME_LINES = date(2023, 10, 13), date(2027, 12, 31)
"""Its lines of eight digits are those of the editions of 2023-10-13, of 2025 and of 2026 (revision 3); up to
the end of the Harmonized System of 2022.
"""
_LINE, _CHAPTERS = 8, "97"
_DUTIES = "99"
"""Chapter that says duties on goods of other chapters."""


@cache
def _rows() -> str:
    return "\n" + files("kosho.law").joinpath("usa_lines.txt").read_text(encoding="ascii")


def shipped_lines(importer: str, code: str) -> tuple[str, ...]:
    """Lines of the tariff under a code that have nothing under them, in order; none where they are not known.

    >>> shipped_lines("USA", "761699")[:2], shipped_lines("JPN", "761699")
    (('7616991000', '7616995120'), ())
    """
    if importer != _IMPORTER:
        return ()
    rows = _rows()
    start, found = rows.find("\n" + code[:6]), list[str]()
    while start >= 0 and rows.startswith(code[:6], start + 1):
        end = rows.index("\n", start + 1)
        stem, *tails = rows[start + 1 : end].split()
        found += [stem + tail for tail in tails if (stem + tail).startswith(code)]
        start = end
    return tuple(found)


def ends_at_line(importer: str, code: str) -> str:
    """A code, or the line of eight digits that it is under where the tariff has no such statistical number.

    Statistical numbers change within a year, lines hardly ever: goods of a number that is not known are goods
    of its line.

    >>> ends_at_line("USA", "7615105090"), ends_at_line("USA", "7615105020"), ends_at_line("JPN", "7615105090")
    ('76151050', '7615105020', '7615105090')
    """
    if len(code) <= _LINE or shipped_lines(importer, code):
        return code
    return code[:_LINE] if shipped_lines(importer, code[:_LINE]) else code


def refuse_absent(importer: str, code: str, on: date) -> None:
    """Refuse a code that the tariff does not have, where all its lines are known.

    Raises:
        InputError: neither a whole edition that was imported nor the lines that ship have it, or it is one of
            duties.

    >>> refuse_absent("USA", "84139090", date(2025, 6, 1))
    Traceback (most recent call last):
        ...
    kosho.errors.InputError: 84139090 is no code of USA, HTS, December 2024 (the nearest lines are ...)
    """
    if importer == _IMPORTER and code.startswith(_DUTIES):
        raise InputError(
            Problem(_("{code} is a heading of duties, no code of goods", code=code), _("ask about the goods"))
        )
    from kosho.law.schedules.lines import absent  # noqa: PLC0415 - schedules are read when needed
    from kosho.law.schedules.ordinary import in_force  # noqa: PLC0415

    for schedule in in_force(importer, on):
        if schedule.whole:
            schedule.refuse_absent(code)
            return
    first, last = _SAME_LINES
    known = importer == _IMPORTER and first <= on <= last and code[:2] <= _CHAPTERS
    if known and not shipped_lines(importer, code[:_LINE]):
        raise absent(code, importer, SHIPPED, lambda prefix: shipped_lines(importer, prefix))
