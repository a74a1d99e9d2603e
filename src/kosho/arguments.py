"""What public functions refuse before any work: wrong types, shapes and labels, under the argument's name."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from math import isfinite
from numbers import Integral, Real
from pathlib import Path
from typing import TYPE_CHECKING, cast

from kosho.errors import InputError, Problem, Problems
from kosho.language import _

if TYPE_CHECKING:
    from kosho.arrays import Array

__all__ = [
    "CELL",
    "MOST",
    "NUMERIC",
    "POSITIONS",
    "amounts",
    "note_array",
    "note_column",
    "note_count",
    "note_names",
    "note_numbers",
    "note_processes",
    "note_rates",
    "note_real",
    "note_share_of_one",
    "note_sort",
    "path_of",
    "refuse_boundless",
    "refuse_sort",
]

CELL = ("importer", "exporter", "sector")
NUMERIC, POSITIONS = "iuf", "iu"
"""Kinds of arrays that hold real numbers, and that hold positions."""
TIGHTEST = 1e-15
"""Of tolerances: no gap of numbers of eight bytes is smaller beside one."""
MOST = 10
"""Mistakes of one kind that are listed."""


def note_sort(problems: Problems, given: object, kinds: type | tuple[type, ...], argument: str) -> bool:
    """Note an argument of another type; whether it is of one of `kinds`."""
    wanted = kinds if isinstance(kinds, tuple) else (kinds,)
    if isinstance(given, wanted):
        return True
    names = _(" or ").join(kind.__name__ for kind in wanted)
    problems.add(_("is a {name}, not a {names}", name=type(given).__name__, names=names), key=argument)
    return False


def refuse_sort(given: object, kinds: type | tuple[type, ...], argument: str) -> None:
    """Refuse an argument of another type.

    Raises:
        InputError: it is none of `kinds`.
    """
    problems = Problems()
    note_sort(problems, given, kinds, argument)
    problems.raise_if_any()


def path_of(given: object, argument: str) -> Path:
    """A path that is given as one or as text.

    Raises:
        InputError: it is something else, or names nothing.
    """
    refuse_sort(given, (str, Path), argument)
    text = str(given)
    if not text.strip() or "\0" in text:
        raise InputError(Problem(_("{text!r} names no file or folder", text=text), key=argument))
    return Path(text)


def note_share_of_one(problems: Problems, given: object, argument: str, usual: str) -> None:
    """Note a tolerance that is not a number between 0 and 1."""
    number = float(given) if isinstance(given, Real) and given is not True else None
    if number is None or not 0 < number < 1:
        shown = repr(given) if number is None else f"{number:g}"
        problems.add(
            _("{argument} = {shown} is not a number between 0 and 1", argument=argument, shown=shown),
            _("{usual} is usual", usual=usual),
        )
    elif number < TIGHTEST:
        told = _("{argument} = {shown} is finer than numbers are", argument=argument, shown=f"{number:g}")
        problems.add(told, _("{usual} is usual", usual=usual))


MOST_PROCESSES = 64
"""More are started only where there are so many cores."""


def note_processes(problems: Problems, processes: object) -> None:
    """Note a number of processes that is not None or at least one, or more than any machine has use for."""
    if processes is None:
        return
    if isinstance(processes, bool) or not isinstance(processes, Integral) or processes < 1:
        problems.add(
            _("processes = {processes!r}", processes=processes), _("one or more, or None to leave it to Kosho")
        )
    elif int(processes) > (most := max(MOST_PROCESSES, os.cpu_count() or 1)):
        problems.add(
            _("processes = {processes!r}", processes=processes),
            _("at most {most}: more than there are cores are no faster, and each takes memory", most=most),
        )


def note_count(problems: Problems, given: object, argument: str, least: int = 0) -> None:
    """Note what is not a whole number of at least so much."""
    if isinstance(given, bool) or not isinstance(given, Integral) or given < least:
        problems.add(f"{argument} = {given!r}", _("a whole number, {least} or more", least=least))


def note_numbers(problems: Problems, values: Iterable[object], names: Iterable[object], argument: str) -> None:
    """Note values that are not real numbers, by name; strings, complex numbers and booleans are none."""
    kinds: set[type] = set(map(type, values))
    wrong = {kind for kind in kinds if kind is bool or not issubclass(kind, Real)}
    if wrong:
        found = ((name, value) for name, value in zip(names, values, strict=True) if type(value) in wrong)
        for name, value in list(found)[:MOST]:
            what = _("{value!r} is a {name}, not a real number", value=value, name=type(value).__name__)
            problems.add(what, key=f"{argument}[{name!r}]")


def note_rates(problems: Problems, values: object, argument: str) -> None:
    """Note what is neither a labelled array of numbers over cells nor a mapping from cells to numbers."""
    import xarray as xr  # noqa: PLC0415 - the law checks what it is given, too, and needs no arrays

    if isinstance(values, xr.DataArray):
        note_array(problems, values, CELL, argument)
    elif isinstance(values, Mapping):
        cells = cast("Mapping[object, object]", values)
        odd = [cell for cell in cells if not _is_cell(cell)]
        for cell in odd[:MOST]:
            problems.add(
                _("{cell!r} is not a cell", cell=cell),
                _("three codes: ({names})", names=", ".join(CELL)),
                key=argument,
            )
        note_numbers(problems, cells.values(), cells, argument)
    else:
        wanted = _("a DataArray over {names}, or a mapping from such triples to numbers", names=", ".join(CELL))
        problems.add(_("is a {name}", name=type(values).__name__), wanted, key=argument)


def note_array(problems: Problems, values: object, dims: Sequence[str], argument: str) -> bool:
    """Note what is no labelled array of real numbers over some dimensions, in any order; whether it is."""
    import xarray as xr  # noqa: PLC0415 - as in `note_rates`

    before = len(problems.found)
    if not note_sort(problems, values, xr.DataArray, argument) or not isinstance(values, xr.DataArray):
        return False
    if sorted(map(str, values.dims)) != sorted(dims):
        problems.add(
            _("the array has dimensions {dims}", dims=values.dims),
            _("wanted {names}", names=", ".join(dims)),
            key=argument,
        )
        return False
    for dim in dims:
        if dim not in values.indexes:
            problems.add(_("dimension {dim} has no labels", dim=dim), key=argument)
        elif not values.indexes[dim].is_unique:
            twice = str(values.indexes[dim][values.indexes[dim].duplicated()][0])
            problems.add(_("{dim} {twice!r} is given twice", dim=dim, twice=twice), key=argument)
        else:
            odd = next((code for code in values.indexes[dim] if not isinstance(code, str)), None)
            if odd is not None:
                problems.add(
                    _("{dim} {odd!r} is no code", dim=dim, odd=odd), _("labels are strings"), key=argument
                )
    if values.dtype.kind not in NUMERIC:
        problems.add(_("is an array of {dtype}, not of real numbers", dtype=values.dtype), key=argument)
    return len(problems.found) == before


def _is_cell(given: object) -> bool:
    return isinstance(given, tuple) and len(given) == len(CELL) and all(isinstance(code, str) for code in given)


def note_column(problems: Problems, given: object, kinds: str, length: int, argument: str) -> bool:
    """Note what is not an array `(length,)` of some kinds; whether it is."""
    import numpy as np  # noqa: PLC0415 - as in `note_rates`

    if not isinstance(given, np.ndarray) or given.ndim != 1 or given.dtype.kind not in kinds:
        sort = (
            f"{given.dtype} array of shape {given.shape}"
            if isinstance(given, np.ndarray)
            else type(given).__name__
        )
        what = _("numbers") if kinds == NUMERIC else _("positions")
        problems.add(_("is a {sort}, not an array (m,) of {what}", sort=sort, what=what), key=argument)
        return False
    if len(given) != length:
        problems.add(
            _("has {number} rows, share has {length}", number=len(given), length=length),
            _("one row a part"),
            key=argument,
        )
        return False
    return True


def amounts(**given: object) -> tuple[Array, ...]:
    """Arguments as arrays of numbers of zero or more; NaN stands for what is not known, and stays.

    Raises:
        InputError: strings, booleans and other objects, numbers below zero or without an end, by argument;
            shapes that do not fit each other.
    """
    import numpy as np  # noqa: PLC0415 - as in `note_rates`

    problems = Problems()
    found: list[Array] = []
    for name, one in given.items():
        values = note_real(problems, one, name)
        if values is None:
            continue
        if (values < 0).any():
            problems.add(_("has {least:g}", least=float(np.nanmin(values))), _("zero or more"), key=name)
        elif np.isinf(values).any():
            problems.add(_("has a number without an end"), key=name)
        found.append(values)
    problems.raise_if_any()
    _refuse_unlike(dict(zip(given, found, strict=True)))
    return tuple(found)


def note_real(problems: Problems, given: object, argument: str) -> Array | None:
    """An argument as an array of real numbers; None, and noted, where it is none."""
    import numpy as np  # noqa: PLC0415 - as in `note_rates`

    try:
        values = np.asarray(given)
    except ValueError:  # rows of several lengths
        values = np.asarray(None)
    if values.size and values.dtype.kind not in NUMERIC:
        problems.add(_("is not an array of real numbers"), key=argument)
        return None
    return values.astype(np.float64)


def refuse_boundless(**given: object) -> None:
    """Refuse arguments that are no real numbers, or have no end.

    Raises:
        InputError: all of them, by argument.
    """
    problems = Problems()
    for name, one in given.items():
        if isinstance(one, bool) or not isinstance(one, Real) or not isfinite(one):
            problems.add(repr(one), _("a number"), key=name)
    problems.raise_if_any()


def _refuse_unlike(arrays: Mapping[str, Array]) -> None:
    """Refuse arrays whose shapes do not fit each other: the first two that do not; one number fits all."""
    import numpy as np  # noqa: PLC0415 - as in `note_rates`

    for before, name in combinations(arrays, 2):
        shapes = arrays[name].shape, arrays[before].shape
        try:
            np.broadcast_shapes(*shapes)
        except ValueError:
            told = _("has shape {one}, {name} has {other}", one=shapes[0], name=before, other=shapes[1])
            raise InputError(Problem(told, _("one number a line"), key=name)) from None


def note_names(problems: Problems, given: object, length: int, argument: str) -> None:
    """Note what is not a tuple of so many strings."""
    if not isinstance(given, tuple):
        problems.add(_("is a {name}, not a tuple of names", name=type(given).__name__), key=argument)
    elif not all(issubclass(kind, str) for kind in set(map(type, given))):
        problems.add(_("is not a tuple of names"), key=argument)
    elif len(given) != length:
        problems.add(
            _("has {number} names, share has {length} rows", number=len(given), length=length),
            _("one name a part"),
            key=argument,
        )
