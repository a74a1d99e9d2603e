"""What the public functions of this room refuse before any work: wrong types, shapes and labels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from numbers import Integral, Real
from typing import Literal, cast, get_args

import numpy as np
import xarray as xr

from kosho.errors import Problems, suggest
from kosho.world import World

__all__ = [
    "CELL",
    "MOST",
    "NUMERIC",
    "POSITIONS",
    "Deficits",
    "note_column",
    "note_elasticities",
    "note_names",
    "note_numbers",
    "note_processes",
    "note_rates",
    "note_share_of_one",
    "note_sort",
    "note_world",
]

Deficits = Literal["fixed", "zero"]
"""`fixed`: deficits stay what they are as shares of world value added. `zero`: the base is first re-solved
without deficits, and trade stays balanced."""

CELL = ("importer", "exporter", "sector")
NUMERIC, POSITIONS = "iuf", "iu"
"""Kinds of arrays that hold real numbers, and that hold positions."""
MOST = 10
"""Mistakes of one kind that are listed."""


def note_sort(problems: Problems, given: object, kinds: type | tuple[type, ...], argument: str) -> bool:
    """Note an argument of another type; whether it is of one of `kinds`."""
    wanted = kinds if isinstance(kinds, tuple) else (kinds,)
    if isinstance(given, wanted):
        return True
    names = " or ".join(kind.__name__ for kind in wanted)
    problems.add(f"is a {type(given).__name__}, not a {names}", key=argument)
    return False


def note_world(problems: Problems, world: object, deficits: object) -> None:
    """Note what is no world, or an empty one, and deficits that are no `Deficits`."""
    if note_sort(problems, world, World, "world") and isinstance(world, World):
        for dim in ("countries", "sectors"):
            if not getattr(world, dim):
                problems.add(f"has no {dim}", "an economy has one of each at least", key="world")
    if not isinstance(deficits, str) or deficits not in get_args(Deficits):
        problems.add(f"deficits = {deficits!r}", suggest(str(deficits), get_args(Deficits)))


def note_share_of_one(problems: Problems, given: object, argument: str, usual: str) -> None:
    """Note a tolerance that is not a number between 0 and 1."""
    number = float(given) if isinstance(given, Real) and given is not True else None
    if number is None or not 0 < number < 1:
        shown = repr(given) if number is None else f"{number:g}"
        problems.add(f"{argument} = {shown} is not a number between 0 and 1", f"{usual} is usual")


def note_processes(problems: Problems, processes: object) -> None:
    """Note a number of processes that is not None or at least one."""
    if processes is None:
        return
    if isinstance(processes, bool) or not isinstance(processes, Integral) or processes < 1:
        problems.add(f"processes = {processes!r}", "one or more, or None to leave it to Kosho")


def note_numbers(problems: Problems, values: Iterable[object], names: Iterable[object], argument: str) -> None:
    """Note values that are not real numbers, by name; strings, complex numbers and booleans are none."""
    kinds: set[type] = set(map(type, values))
    wrong = {kind for kind in kinds if kind is bool or not issubclass(kind, Real)}
    if wrong:
        found = ((name, value) for name, value in zip(names, values, strict=True) if type(value) in wrong)
        for name, value in list(found)[:MOST]:
            what = f"{value!r} is a {type(value).__name__}, not a real number"
            problems.add(what, key=f"{argument}[{name!r}]")


def note_rates(problems: Problems, values: object, argument: str) -> None:
    """Note what is neither a labelled array of numbers over cells nor a mapping from cells to numbers."""
    if isinstance(values, xr.DataArray):
        _note_array(problems, values, argument)
    elif isinstance(values, Mapping):
        cells = cast("Mapping[object, object]", values)
        odd = [cell for cell in cells if not _is_cell(cell)]
        for cell in odd[:MOST]:
            problems.add(f"{cell!r} is not a cell", f"three codes: ({', '.join(CELL)})", key=argument)
        note_numbers(problems, cells.values(), cells, argument)
    else:
        wanted = f"a DataArray over {', '.join(CELL)}, or a mapping from such triples to numbers"
        problems.add(f"is a {type(values).__name__}", wanted, key=argument)


def _note_array(problems: Problems, values: xr.DataArray, argument: str) -> None:
    if sorted(map(str, values.dims)) != sorted(CELL):
        problems.add(f"the array has dimensions {values.dims}", f"wanted {', '.join(CELL)}", key=argument)
        return
    for dim in CELL:
        if dim not in values.indexes:
            problems.add(f"dimension {dim} has no labels", key=argument)
        elif not values.indexes[dim].is_unique:
            twice = str(values.indexes[dim][values.indexes[dim].duplicated()][0])
            problems.add(f"{dim} {twice!r} is given twice", key=argument)
    if values.dtype.kind not in NUMERIC:
        problems.add(f"is an array of {values.dtype}, not of real numbers", key=argument)


def _is_cell(given: object) -> bool:
    return isinstance(given, tuple) and len(given) == len(CELL) and all(isinstance(code, str) for code in given)


def note_column(problems: Problems, given: object, kinds: str, length: int, argument: str) -> bool:
    """Note what is not an array `(length,)` of some kinds; whether it is."""
    if not isinstance(given, np.ndarray) or given.ndim != 1 or given.dtype.kind not in kinds:
        sort = (
            f"{given.dtype} array of shape {given.shape}"
            if isinstance(given, np.ndarray)
            else type(given).__name__
        )
        what = "numbers" if kinds == NUMERIC else "positions"
        problems.add(f"is a {sort}, not an array (m,) of {what}", key=argument)
        return False
    if len(given) != length:
        problems.add(f"has {len(given)} rows, share has {length}", "one row a part", key=argument)
        return False
    return True


def note_names(problems: Problems, given: object, length: int, argument: str) -> None:
    """Note what is not a tuple of so many strings."""
    if not isinstance(given, tuple):
        problems.add(f"is a {type(given).__name__}, not a tuple of names", key=argument)
    elif not all(issubclass(kind, str) for kind in set(map(type, given))):
        problems.add("is not a tuple of names", key=argument)
    elif len(given) != length:
        problems.add(f"has {len(given)} names, share has {length} rows", "one name a part", key=argument)


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
