"""What the public functions of this room refuse before any work: wrong types, shapes and labels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

import numpy as np
import xarray as xr

from kosho.arguments import MOST, NUMERIC, note_sort
from kosho.errors import Problems, suggest
from kosho.world import World

__all__ = ["Deficits", "note_elasticities", "note_world"]

Deficits = Literal["fixed", "zero", "proportional"]
"""`fixed`: deficits stay what they are as shares of world value added. `zero`: the base is first re-solved
without deficits, and trade stays balanced. `proportional`: each moves with its country's own output; what is
then left over in the world is spread by output."""


def note_world(problems: Problems, world: object, deficits: object) -> None:
    """Note what is no world, or an empty one, and deficits that are no `Deficits`."""
    if note_sort(problems, world, World, "world") and isinstance(world, World):
        for dim in ("countries", "sectors"):
            if not getattr(world, dim):
                problems.add(f"has no {dim}", "an economy has one of each at least", key="world")
    if not isinstance(deficits, str) or deficits not in get_args(Deficits):
        problems.add(f"deficits = {deficits!r}", suggest(str(deficits), get_args(Deficits)))


def note_elasticities(problems: Problems, world: World, thetas: Sequence[object], members: int) -> None:
    """Note elasticities that are not `[sector]` of the world, positive and finite, one set for each member."""
    if len(thetas) != members:
        problems.add(f"{len(thetas)} sets of elasticities for {members} shocks", "one for each", key="thetas")
    seen: set[int] = set()
    for k, theta in enumerate(thetas):
        if id(theta) in seen:
            continue
        seen.add(id(theta))
        what = _wrong_elasticities(world, theta)
        if what:
            problems.add(what, "[sector], one positive number for each", key=f"thetas[{k}]")
        if len(problems.found) >= MOST:
            return


def _wrong_elasticities(world: World, theta: object) -> str | None:
    if not isinstance(theta, xr.DataArray):
        return f"is a {type(theta).__name__}, not a DataArray"
    if theta.dims != ("sector",):
        return f"has dimensions {theta.dims}"
    if theta.dtype.kind not in NUMERIC:
        return f"is an array of {theta.dtype}, not of real numbers"
    labels = [str(code) for code in theta.indexes["sector"]] if "sector" in theta.indexes else []
    strangers = sorted(set(world.sectors) ^ set(labels))
    if strangers or len(labels) != len(world.sectors):
        return f"sectors differ from the world's: {', '.join(strangers[:3]) or 'some are given twice'}"
    bad = ~(np.isfinite(theta.to_numpy()) & (theta.to_numpy() > 0))
    if bad.any():
        k = int(bad.argmax())
        return f"{labels[k]}: {theta.to_numpy()[k]:g} is not positive and finite"
    return None
