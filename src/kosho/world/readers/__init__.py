"""Readers of input-output tables, one module a format. A new one is its module and a line of `READERS`."""

from __future__ import annotations

from collections.abc import Mapping

from kosho.errors import InputError, Problem, suggest
from kosho.language import _
from kosho.world.readers import (
    by_pymrio,
    figaro,
    gloria,
    gravity,
    gtap,
    long_csv,
    netcdf,
    oecd_csv,
    wheel,
    wiod,
)
from kosho.world.readers.reader import Reader

__all__ = ["READERS", "Reader", "reader"]

READERS: Mapping[str, Reader] = {
    one.name: one
    for one in (
        wheel.READER,
        oecd_csv.READER,
        wiod.READER,
        wiod.ADB,
        figaro.READER,
        by_pymrio.EXIOBASE,
        by_pymrio.EORA,
        gloria.READER,
        gtap.READER,
        gravity.READER,
        by_pymrio.READER,
        netcdf.READER,
        long_csv.READER,
    )
}


def reader(name: str) -> Reader:
    """The reader of a format.

    Raises:
        InputError: there is none.
    """
    if name not in READERS:
        hint = suggest(name, READERS) or _("one of {names}", names=", ".join(READERS))
        raise InputError(Problem(_("unknown format {name!r}", name=name), hint, key="source"))
    return READERS[name]
