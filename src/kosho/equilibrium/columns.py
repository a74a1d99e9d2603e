"""Columns of shocks: those of one value are told by their memory, and not copied or looked through."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np

from kosho.arrays import Index
from kosho.readonly import fixed

__all__ = ["alike", "joined", "picked_rows"]

_values: dict[int, float] = {}
"""What is in a column of one value, by its memory: these stay as long as the program runs."""


def alike(value: float, rows: int) -> Any:
    """A column of one value, not to be written into: all such columns are one piece of memory, so that
    thousands of shocks are half as large, and read in less time.
    """
    return _long_column(value, 1 << rows.bit_length())[:rows]


@cache
def _long_column(value: float, rows: int) -> Any:
    found = fixed(np.full(rows, value, np.intp if isinstance(value, int) else np.float64))
    _values[id(found)] = value
    return found


def joined(columns: Sequence[Any]) -> Any:
    """Columns of shocks, one after the other; nothing is copied where all are of one value."""
    value = _values.get(id(columns[0].base))
    if value is None or any(_values.get(id(one.base)) != value for one in columns):
        return np.concatenate(columns)
    return alike(value, sum(map(len, columns)))


def picked_rows(column: Any, rows: Index) -> Any:
    """Some rows of a column, likewise."""
    value = _values.get(id(column.base))
    return column.take(rows) if value is None else alike(value, len(rows))
