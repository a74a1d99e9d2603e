"""Base duties that a table does not know, given by who asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from kosho.language import _
from kosho.world.table import World

__all__ = ["with_unknown_duties"]


def with_unknown_duties(world: World, rates: Mapping[tuple[str, str, str], float]) -> World:
    """The same trade with duties where a table knows none; duties that it knows stand.

    Trade is net of duty, so it stays what it is; spending, input shares and value added are those of an economy
    that levies them. What the world is not told apart in, or does not have, is passed over.

    Args:
        world: The world.
        rates: Fractions by importer, exporter and sector, in its own codes.

    >>> from kosho.world import load
    >>> from kosho.world.own_duties import with_unknown_duties
    >>> world = with_unknown_duties(load(), {("THA", "JPN", "C29"): 0.06, ("USA", "JPN", "C29"): 0.5})
    >>> [round(float(world.tariff.sel(importer=n, exporter="JPN", sector="C29")), 3) for n in ("THA", "USA")]
    [0.06, 0.025]
    """
    if world.unknown_tariff is None:
        return world
    n, s = ({label: k for k, label in enumerate(labels)} for labels in (world.countries, world.sectors))
    unknown = world.unknown_tariff.to_numpy()
    filled = np.full(unknown.shape, np.nan)
    for (importer, exporter, sector), rate in rates.items():
        if importer in n and exporter in n and sector in s and importer != exporter:
            here = n[importer], n[exporter], s[sector]
            filled[here] = rate if unknown[here] else np.nan
    given = ~np.isnan(filled)
    if not given.any():
        return world
    made = world.with_tariff(world.tariff.copy(data=filled))
    told = _("duties of the base year that the table does not know are given on {sum} flows", sum=given.sum())
    return replace(made, meta=replace(made.meta, assumptions=(*made.meta.assumptions, told)))
