"""Lists of the register whose scope is that of the schedule in force: what its lines cite of chapter 99.

The shipped lists are the footnotes of one edition. Where a whole edition with footnotes is imported and in
force on a day, its own footnotes say which lines are on a list; what only a note describes (goods of a part of
a line) stays as the register has it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache

from kosho.language import _
from kosho.law.headings import Place, place
from kosho.law.register import Register
from kosho.law.schedules.lines import References, Schedule
from kosho.law.scope import HsList

__all__ = ["edition_on", "in_edition", "scoped"]

LINE = 8
"""Digits of the lines that lists speak of."""


def edition_on(importer: str, on: date) -> Schedule | None:
    """The imported edition in force on a day whose lines cite chapter 99; None where there is none."""
    from kosho.law.schedules.ordinary import in_force  # noqa: PLC0415 - schedules are read when needed

    return next((one for one in in_force(importer, on) if one.whole and one.cites), None)


def in_edition(register: Register, importer: str, on: date) -> Register:
    """The register with the scope of its lists as the edition in force on a day prints it."""
    if not any(item.heading for item in register.lists.values()):
        return register
    edition = edition_on(importer, on)
    return register if edition is None else _scoped(register, edition)


@lru_cache(maxsize=8)
def _scoped(register: Register, edition: Schedule) -> Register:
    return scoped(register, edition.lines.cited(), edition.edition, edition.source)


def scoped(register: Register, cited: Mapping[str, References], edition: str, source: str) -> Register:
    """The register with lists made from what lines cite; lists that none cites stay.

    Args:
        register: Measures and lists.
        cited: What lines of 8 and 10 digits cite, by code.
        edition: Name of the edition.
        source: What is cited as the source of the measures on these lists, beside their own.
    """
    headings = {name: item.heading for name, item in register.lists.items() if item.heading is not None}
    citing: dict[str, set[str]] = {heading: set() for heading in headings.values()}
    several: dict[str, set[str]] = {}
    for code, references in cited.items():
        for heading in references.get("part", ()):
            several.setdefault(code[:LINE], set()).update((heading, _("a part")))
        for heading in references.get("general", ()):
            if heading in citing:
                citing[heading].add(code)
                several.setdefault(code[:LINE], set()).add(heading)
    split = {line for line, found in several.items() if len(found) > 1} | _told_apart(register, headings)
    lists = {
        name: _made(register.lists[name], citing[heading], split, edition)
        for name, heading in headings.items()
        if citing[heading]
    }
    measures = tuple(
        measure.model_copy(update={"source": (*measure.source, source)})
        if measure.scope is not None and not lists.keys().isdisjoint(measure.scope.lists)
        else measure
        for measure in register.measures
    )
    return replace(register, lists={**register.lists, **lists}, measures=measures)


def _told_apart(register: Register, headings: Mapping[str, str]) -> set[str]:
    """Lines of which the shipped lists hold statistical rows, or leave some out."""
    items = [register.lists[name] for name in headings]
    return {code[:LINE] for item in items for code in (*item.prefixes, *item.without) if len(code) > LINE}


def _made(item: HsList, citing: set[str], split: set[str], edition: str) -> HsList:
    whole = {code for code in citing if len(code) == LINE}
    prefixes = {
        code for code in citing if code[:LINE] not in split and (code in whole or code[:LINE] not in whole)
    }
    for line in split:
        if any(code.startswith(line) for code in citing) and place(line, item.prefixes) is not Place.OUT:
            inside = {prefix for prefix in item.prefixes if prefix.startswith(line)}
            prefixes |= inside or {line}
    return (
        item.model_copy(update={"prefixes": tuple(sorted(prefixes)), "edition": edition}) if prefixes else item
    )
