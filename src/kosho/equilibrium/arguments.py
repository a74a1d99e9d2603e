"""What the public functions of this room refuse before any work: wrong types, shapes and labels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

import numpy as np
import xarray as xr

from kosho.arguments import MOST, NUMERIC, note_sort
from kosho.errors import Problems, suggest
from kosho.language import _
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
                problems.add(_("has no {dim}", dim=dim), _("an economy has one of each at least"), key="world")
    if not isinstance(deficits, str) or deficits not in get_args(Deficits):
        problems.add(
            _("deficits = {deficits!r}", deficits=deficits), suggest(str(deficits), get_args(Deficits))
        )


def note_elasticities(problems: Problems, world: World, thetas: Sequence[object], members: int) -> None:
    """Note elasticities that are not `[sector]` of the world, positive and finite, one set for each member."""
    if len(thetas) != members:
        problems.add(
            _("{number} sets of elasticities for {members} shocks", number=len(thetas), members=members),
            _("one for each"),
            key="thetas",
        )
    seen: set[int] = set()
    for k, theta in enumerate(thetas):
        if id(theta) in seen:
            continue
        seen.add(id(theta))
        what = _wrong_elasticities(world, theta)
        if what:
            problems.add(what, _("[sector], one positive number for each"), key=f"thetas[{k}]")
        if len(problems.found) >= MOST:
            return


def _wrong_elasticities(world: World, theta: object) -> str | None:
    if not isinstance(theta, xr.DataArray):
        return _("is a {name}, not a DataArray", name=type(theta).__name__)
    if theta.dims != ("sector",):
        return _("has dimensions {dims}", dims=theta.dims)
    if theta.dtype.kind not in NUMERIC:
        return _("is an array of {dtype}, not of real numbers", dtype=theta.dtype)
    labels = [str(code) for code in theta.indexes["sector"]] if "sector" in theta.indexes else []
    strangers = sorted(set(world.sectors) ^ set(labels))
    if strangers or len(labels) != len(world.sectors):
        return _(
            "sectors differ from the world's: {value}",
            value=", ".join(strangers[:3]) or _("some are given twice"),
        )
    bad = ~(np.isfinite(theta.to_numpy()) & (theta.to_numpy() > 0))
    if bad.any():
        k = int(bad.argmax())
        return _(
            "{labels}: {to_numpy:g} is not positive and finite", labels=labels[k], to_numpy=theta.to_numpy()[k]
        )
    return None
