"""Arrays that nobody can write into: what passes a door stays what it was.

A world or a shock is shared: one that is written into would change every later result while its name and hash
stay. A copy of a fixed array (`array.copy()`) can be written into as any other.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any, TypeVar

import numpy as np
import xarray as xr
from numpy.typing import NDArray

__all__ = ["Fixed", "fix", "fixed", "fixed_array"]

Kind = TypeVar("Kind", bound=np.generic)


def fixed(values: NDArray[Kind]) -> NDArray[Kind]:
    """The same numbers, not to be written into: themselves where that is so, or else a copy.

    >>> import numpy as np
    >>> from kosho.readonly import fixed
    >>> mine = np.zeros(2)
    >>> kept = fixed(mine)
    >>> mine[0] = 1.0
    >>> kept
    array([0., 0.])
    >>> kept[0] = 1.0
    Traceback (most recent call last):
        ...
    ValueError: assignment destination is read-only
    """
    if _is_fixed(values):
        return values
    kept = np.array(values)
    kept.setflags(write=False)
    return kept


def _is_fixed(values: NDArray[Any]) -> bool:
    """Whether nobody can write into an array, nor into what it is a view of."""
    one: object = values
    while isinstance(one, np.ndarray):
        if one.flags.writeable:
            return False
        one = one.base
    return one is None


class _FixedVariable(xr.Variable):
    """The numbers of a `DataArray` that are not put in the place of others; all that is made of them can be."""

    __slots__ = ()

    @property
    def data(self) -> Any:
        """The numbers."""
        return super().data

    @data.setter
    def data(self, data: Any) -> None:  # noqa: ARG002 - nothing is put in its place
        raise ValueError("this array is read-only: write into a copy of it (.copy())")

    def _replace(self, *args: Any, **keywords: Any) -> xr.Variable:
        """What xarray makes copies, parts and transposes with."""
        made = xr.Variable(self.dims, self._data, self._attrs, self._encoding, fastpath=True)
        return made._replace(*args, **keywords)  # pyright: ignore[reportPrivateUsage]


def fixed_array(array: xr.DataArray) -> xr.DataArray:
    """The same labelled array, not to be written into.

    >>> from kosho.readonly import fixed_array
    >>> from kosho.world import labelled
    >>> kept = fixed_array(labelled([1.0, 2.0], ("country",), ("JPN", "USA"), ()))
    >>> kept.values = [3.0, 4.0]
    Traceback (most recent call last):
        ...
    ValueError: this array is read-only: write into a copy of it (.copy())
    >>> mine = kept.copy()
    >>> mine[0] = 3.0
    >>> mine.values.tolist(), kept.values.tolist()
    ([3.0, 2.0], [1.0, 2.0])
    """
    bare = np.asarray(array.to_numpy())
    if isinstance(array.variable, _FixedVariable) and _is_fixed(bare):
        return array
    data = fixed(bare)
    variable = _FixedVariable(array.dims, data, array.attrs)
    # The constructor would take the numbers and make a variable of its own kind.
    return array._replace(variable)  # pyright: ignore[reportPrivateUsage]


def fix(item: object) -> None:
    """Make every array that a frozen dataclass holds one that nobody can write into; for `__post_init__`."""
    assert is_dataclass(item)  # noqa: S101
    for one in fields(item):
        value = getattr(item, one.name)
        if isinstance(value, np.ndarray):
            object.__setattr__(item, one.name, fixed(value))
        elif isinstance(value, xr.DataArray):
            object.__setattr__(item, one.name, fixed_array(value))


class Fixed:
    """A frozen dataclass whose arrays nobody can write into either when it comes out of a pickle or a copy.

    >>> import pickle
    >>> from kosho.world import toy
    >>> pickle.loads(pickle.dumps(toy())).flows.values[0, 0, 0] = 1.0
    Traceback (most recent call last):
        ...
    ValueError: assignment destination is read-only
    """

    __slots__ = ()

    def __setstate__(self, state: Any) -> None:
        """Take what was pickled: by name, or with slots in the order of the fields."""
        assert is_dataclass(self)  # noqa: S101
        named = (
            state if isinstance(state, dict) else zip((one.name for one in fields(self)), state, strict=True)
        )
        for name, value in dict(named).items():
            object.__setattr__(self, name, value)
        fix(self)
