"""What is asked of a table before it is let in: that its money is in the unit it says, and that it adds up."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from kosho.bounds import PERCENT_DUTY
from kosho.errors import InputError, Problem, Problems
from kosho.language import N_, _
from kosho.world.build import Said, completed
from kosho.world.loading import DEFAULT, calibrated, load
from kosho.world.readers import reader
from kosho.world.readers.reader import Settings
from kosho.world.store import IOTable, refuse_boundless
from kosho.world.table import World
from kosho.world.table_checks import refuse_gaps

__all__ = ["imported", "refuse_other_unit"]

FACTORS = (
    (1e3, N_("thousand"), "0.001"),
    (1e6, N_("single"), "0.000001"),
    (1e-3, N_("thousand million"), "1000"),
)
"""What values would be too large or small by, which US dollars they then are, and the scale that mends it."""
NEAR = 1e3**0.5
"""Value added of 1980 to 2040 is within this factor of that of 2022; a wrong unit is a thousand off, so that
what is further off is nearer to that."""


def imported(name: str, files: Sequence[Path], settings: Settings, said: Said) -> tuple[IOTable, World]:
    """A table read from files, completed by what was said of it, and the world that it is.

    Args:
        name: Of the format.
        files: What it reads.
        settings: Of the format.
        said: Of the table; `insist` takes values that look like another unit of money too.

    Raises:
        InputError: as the reader; or values look like another unit, or the table is out of balance or of
            one economy.
    """
    table = completed(reader(name).table(files, settings), said)
    refuse_boundless(table)
    world = calibrated(table)
    if len(world.countries) == 1:
        told = _("has one economy, {code}: nothing is traded", code=world.countries[0])
        raise InputError(
            Problem(told, _("a table of two economies or more"), file=str(files[0]) if files else None)
        )
    if not said.insist:
        refuse_other_unit(world)
        _refuse_high_duties(world)
    refuse_gaps(world.arrays, world.countries, world.sectors)
    return table, world


def _refuse_high_duties(world: World) -> None:
    """Refuse base duties that no good bears, each with its cell."""
    problems = Problems()
    rates = world.arrays.tariff
    for n, i, s in np.argwhere(rates * 100.0 > PERCENT_DUTY.high)[:10]:
        cell = f"{world.countries[i]} {world.sectors[s]} to {world.countries[n]}"
        told = _(
            "base duty on {cell}: {wrong}", cell=cell, wrong=PERCENT_DUTY.broken(100.0 * float(rates[n, i, s]))
        )
        problems.add(told, _("--insist takes it as it is"))
    problems.raise_if_any()


def refuse_other_unit(world: World) -> None:
    """Refuse values that would make economies a thousand times what they are, or a thousandth.

    Value added is compared with that of the table that ships, economy by economy; economies that are not in it
    are not compared.

    Raises:
        InputError: the middle of the ratios is nearer to thousands, or to billions, than to millions, or far
            from all.
    """
    if world.meta.unit != "million USD":
        return
    shipped = load(DEFAULT)
    here, there = (dict(zip(one.countries, one.arrays.value_added, strict=True)) for one in (world, shipped))
    ratios = [here[code] / there[code] for code in here if code in there and here[code] > 0]
    if not ratios:
        return
    middle = float(np.median(ratios))
    for factor, unit, scale in FACTORS:
        if 1.0 / NEAR < middle / factor < NEAR:
            told = _(
                "values look like {unit} US dollars: value added is {middle:.3g} times that of 2022",
                unit=_(unit),
                middle=middle,
            )
            hint = _("--set scale={scale} where the format takes it; --insist takes it as it is", scale=scale)
            raise InputError(Problem(told, hint))
    if not 1.0 / NEAR < middle < NEAR:
        told = _(
            "values are in no unit of US dollars: value added is {middle:.3g} times that of 2022", middle=middle
        )
        raise InputError(
            Problem(told, _("--set scale=FACTOR where the format takes it; --insist takes it as it is"))
        )
