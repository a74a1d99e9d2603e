"""Data of published studies: NumPy archives in a folder that the user names."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kosho.errors import InputError, Problem, Problems, unreadable
from kosho.language import _
from kosho.packed import SPOILT

__all__ = ["arrays"]


def arrays(
    path: Path, shapes: Mapping[str, tuple[str, ...]], sizes: Mapping[str, int]
) -> dict[str, NDArray[Any]]:
    """The arrays of a `.npz` file, each of the shape it should have.

    Args:
        path: The file.
        shapes: Dimensions of every array, by name.
        sizes: Of dimensions that are known beforehand; those of others are lengths of the first array that has
        them.

    Raises:
        InputError: the file or one of its arrays is missing or has the wrong shape; all mistakes are listed.
    """
    try:
        # NumPy leaves open what it opens itself where that is no archive.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            data = {name: np.asarray(archive[name]) for name in archive.files}
    except FileNotFoundError:
        raise InputError(
            Problem(_("no such file"), _("the folder must hold {name}", name=path.name), str(path))
        ) from None
    except (OSError, *SPOILT) as error:
        raise unreadable(path, error, _("a numpy .npz archive")) from None
    problems = Problems(str(path))
    for name in shapes.keys() - data.keys():
        problems.add(_("is missing"), _("dimensions {shapes}", shapes=shapes[name]), key=name)
    problems.raise_if_any()
    known = dict(sizes)
    for name, dims in shapes.items():
        if data[name].ndim == len(dims):
            for dim, length in zip(dims, data[name].shape, strict=True):
                known.setdefault(dim, length)
    for name, dims in shapes.items():
        wanted = tuple(known.get(dim) for dim in dims)
        if data[name].shape != wanted:
            problems.add(_("has shape {shape}", shape=data[name].shape), f"{wanted} {dims}", key=name)
    problems.raise_if_any()
    return data
