"""Duties in the labels of a table itself, where these are no codes that law speaks: `eu asis manuf 25%`.

The grammar is that of `kosho.law.one_line` as far as it makes sense without law: labels of the table, with
commas between and `_` for a space in one, `all` or `goods` for every other economy and every sector; then
`25%` in all, `+25%` on top, or `free`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr

from kosho.codes import blocs
from kosho.codes import countries as known_economies
from kosho.codes import sectors as known_sectors
from kosho.errors import InputError, Problem
from kosho.language import _
from kosho.world import World

__all__ = ["OwnLine", "own_lines", "with_duties"]

RATE = re.compile(r"(\+?)(\d+(?:\.\d+)?)%(?: in all| on top)?")


@dataclass(frozen=True)
class OwnLine:
    """A duty between economies of a table, in its own labels."""

    text: str
    importer: str
    partners: tuple[str, ...]
    sectors: tuple[str, ...]
    rate: float
    """A fraction."""
    on_top: bool

    @property
    def title(self) -> str:
        """In words."""
        partners = _("all") if len(self.partners) > 8 else ", ".join(self.partners)
        goods = _("all sectors") if len(self.sectors) > 8 else ", ".join(self.sectors)
        way = _("on top") if self.on_top else _("in all")
        return _(
            "{importer} on {partners}, {goods}: {rate:g} % {way}",
            importer=self.importer,
            partners=partners,
            goods=goods,
            rate=100 * self.rate,
            way=way,
        )


def own_lines(texts: Sequence[str], world: World) -> tuple[OwnLine, ...]:
    """Lines in the labels of a table; none where one of them speaks of known codes alone, or of no label.

    >>> from kosho.scenario.own_labels import own_lines
    >>> from kosho.world import toy
    >>> own_lines(["USA JPN C29 25%"], toy())
    ()
    >>> renamed = toy().aggregate(sectors={"farms": ["A01"], "cars": ["C29"]})
    >>> own_lines(["USA JPN cars +25%"], renamed)[0].title
    'USA on JPN, cars: 25 % on top'
    """
    found = [_line(text, world) for text in texts]
    lines = tuple(one for one in found if one is not None)
    return lines if len(lines) == len(texts) else ()


def _line(text: str, world: World) -> OwnLine | None:
    words = text.split()
    if len(words) < 4:
        return None
    importers = _labels(words[0], world.countries)
    partners = _labels(words[1], world.countries, "all")
    goods = _labels(words[2], world.sectors, "all", "goods")
    rate = RATE.fullmatch(" ".join(words[3:]))
    free = words[3:] == ["free"]
    if len(importers) != 1 or not partners or not goods or (rate is None and not free):
        return None
    known = {*known_economies(), *known_sectors(), *blocs()}
    told = {
        *importers,
        *(partners if words[1] != "all" else ()),
        *(goods if words[2] not in ("all", "goods") else ()),
    }
    if told <= known:
        return None
    value = 0.0 if rate is None else float(rate.group(2)) / 100.0
    others = tuple(label for label in partners if label != importers[0])
    return OwnLine(text, importers[0], others, goods, value, rate is not None and rate.group(1) == "+")


def _labels(text: str, labels: tuple[str, ...], *every: str) -> tuple[str, ...]:
    """Labels of a list; none where one is no label."""
    if text in every:
        return labels
    found: list[str] = []
    for part in text.split(","):
        names = [label for label in labels if part in (label, label.replace(" ", "_"))]
        if not names:
            return ()
        found += names
    return tuple(dict.fromkeys(found))


def with_duties(lines: Sequence[OwnLine], world: World) -> xr.DataArray:
    """Rates `[importer, exporter, sector]` with the duties of some lines, each over what stood before.

    Raises:
        InputError: a duty in all where the table does not know what stood before.
    """
    rates = world.tariff.copy(deep=True)
    unknown = np.zeros(rates.shape, bool) if world.unknown_tariff is None else world.unknown_tariff.to_numpy()
    for position, line in enumerate(lines, 1):
        n = world.position(line.importer)
        i = [world.position(code) for code in line.partners]
        s = [world.sector_position(code) for code in line.sectors]
        cells = np.ix_([n], i, s)
        if not line.on_top and unknown[cells].any():
            told = _("{text!r}: this table does not know the ordinary duty", text=line.text)
            raise InputError(Problem(told, _("say what is added on top: +RATE%"), key=f"--add {position}"))
        rates.values[cells] = rates.values[cells] + line.rate if line.on_top else line.rate
    return rates
