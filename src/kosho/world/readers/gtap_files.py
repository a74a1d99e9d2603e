"""Arrays of a GTAP data base by name, from what it comes in: HAR, JLD2 (the Julia package), a CSV an array."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kosho.arrays import Array
from kosho.errors import InputError, Problem, Problems, unreadable
from kosho.extras import missing
from kosho.language import _
from kosho.numbers import plain
from kosho.tabular import header_of, open_csv
from kosho.world.har import read_har

__all__ = ["Held", "OtherLabelsError", "held_in"]

HAR = (".har", ".prm", ".gdx.har", ".dat")
OLDER = {
    "VXMD": "VXSB",
    "VXWD": "VFOB",
    "VIWS": "VCIF",
    "VIMS": "VMSB",
    "VDFM": "VDFB",
    "VIFM": "VMFB",
    "VDPM": "VDPB",
    "VIPM": "VMPB",
    "VDGM": "VDGB",
    "VIGM": "VMGB",
    "ESUBM": "ESBM",
    "ESUBD": "ESBD",
}
"""Names before the GTAP model of version 7."""


class OtherLabelsError(ValueError):
    """Arrays are not over the same labels, in words for people."""


@dataclass(frozen=True, eq=False)
class Held:
    """One array with the elements of its axes."""

    values: Array
    axes: tuple[tuple[str, ...], ...]

    def ordered(self, *wanted: Sequence[str], spare: Sequence[str] = ()) -> Array:
        """Values with axes in the order of some labels, whatever the order of its own.

        Args:
            wanted: By axis.
            spare: Labels that may be left out.

        Raises:
            OtherLabelsError: a label is missing, or another would be left out.
        """
        for axis, labels in zip(self.axes, wanted, strict=True):
            for label in labels:
                if label not in axis:
                    raise OtherLabelsError(_("one of them has no {label}", label=label))
            more = sorted(set(axis) - set(labels) - set(spare))
            if more:
                raise OtherLabelsError(_("one of them has {label}, others have not", label=more[0]))
        places = [
            [axis.index(label) for label in labels] for axis, labels in zip(self.axes, wanted, strict=True)
        ]
        return self.values[np.ix_(*places)]


def held_in(files: Sequence[Path]) -> tuple[dict[str, Held], dict[str, tuple[str, ...]]]:
    """Arrays and texts of some files, by name in capitals; names of before version 7 become those of 7.

    Raises:
        InputError: a file is of no kind that is known, or an array is in two of them.
    """
    arrays: dict[str, Held] = {}
    texts: dict[str, tuple[str, ...]] = {}
    problems = Problems()
    for path in files:
        found, words = _of_file(path)
        for name, held in found.items():
            if name in arrays and name in _NEEDED and not np.array_equal(arrays[name].values, held.values):
                problems.add(
                    _("{name} is in two files with other values, the second {path}", name=name, path=path.name)
                )
            arrays[name] = held
        texts |= words
    problems.raise_if_any()
    for old, new in OLDER.items():
        if old in arrays and new not in arrays:
            arrays[new] = arrays[old]
    return arrays, texts


_NEEDED = frozenset({*OLDER, *OLDER.values(), "VST", "VTWR", "MAKB"})


def _of_file(path: Path) -> tuple[dict[str, Held], dict[str, tuple[str, ...]]]:
    suffix = path.suffix.lower()
    if suffix in HAR:
        found = read_har(path)
        texts = {name: one.values for name, one in found.items() if isinstance(one.values, tuple)}
        held = {
            name: Held(one.values, tuple(elements for _, elements in one.sets))
            for name, one in found.items()
            if not isinstance(one.values, tuple)
        }
        return held, texts
    if suffix in (".jld2", ".h5", ".hdf5"):
        return _of_julia(path), {}
    if suffix in (".csv", ".gz", ".zip"):
        return {path.name.split(".")[0].upper(): _of_csv(path)}, {}
    hint = _("HAR (basedata.har, sets.har, default.prm), JLD2, or a CSV an array (VXSB.csv)")
    raise InputError(
        Problem(_("is of no kind that is known: {suffix}", suffix=suffix or _("no ending")), hint, str(path))
    )


def _of_csv(path: Path) -> Held:
    """An array as har2csv writes it: a column an axis, and `Value` at the end."""
    problems = Problems(str(path))
    cells: dict[tuple[str, ...], float] = {}
    with open_csv(path) as file:
        lines = csv.reader(file)
        header = header_of(lines, str(path))
        if len(header) < 2 or header[-1].lower() != "value":
            told = _("ends with the column {name!r}", name=header[-1])
            raise InputError(Problem(told, _("a column for each set, and Value at the end"), str(path), 1))
        for line, row in enumerate(lines, start=2):
            if not row:
                continue
            key = tuple(text.strip() for text in row[:-1])
            try:
                value = plain(row[-1])
            except ValueError:
                value = float("nan")
            if len(row) != len(header) or not np.isfinite(value):
                problems.add(_("is no row of labels and a number"), line=line)
            elif key in cells:
                problems.add(_("{key} stands twice", key=", ".join(key)), line=line)
            else:
                cells[key] = value
            if len(problems.found) >= 20:
                problems.raise_if_any()
    problems.raise_if_any()
    axes = tuple(tuple(dict.fromkeys(key[k] for key in cells)) for k in range(len(header) - 1))
    values = np.zeros(tuple(map(len, axes)))
    for key, value in cells.items():
        values[tuple(axis.index(label) for axis, label in zip(axes, key, strict=True))] = value
    return Held(values, axes)


def _of_julia(path: Path) -> dict[str, Held]:
    """Named arrays in a file of JLD2, which is HDF5 with references; dimensions stand reversed."""
    try:
        import h5py  # noqa: PLC0415 - an optional extra
    except ModuleNotFoundError:
        raise missing("mrio", _("reading JLD2"), path) from None
    found: dict[str, Held] = {}
    try:
        with path.open("rb"):
            pass
    except OSError as error:
        raise unreadable(path, error) from None
    try:
        with h5py.File(path) as file:
            content: Any = file

            def at(value: Any) -> Any:
                return content[value][()] if isinstance(value, h5py.Reference) else value

            root = content["single_stored_object"][()]
            for part in ("hData", "hParameters"):
                for reference in at(at(root[part])["kvvec"]):
                    pair = at(reference)
                    array = at(pair["second"])
                    names = getattr(getattr(array, "dtype", None), "names", None) or ()
                    if "array" not in names:
                        continue
                    keys = [at(at(array["dicts"][axis])["keys"]) for axis in array["dicts"].dtype.names]
                    axes = tuple(tuple(_word(at(key)) for key in axis) for axis in keys)
                    found[_word(at(pair["first"])).upper()] = Held(
                        np.asarray(at(array["array"]), float).T, axes
                    )
    except (OSError, RuntimeError):
        hint = _("the file as the Julia package of GTAP wrote it, or HAR files")
        raise InputError(Problem(_("is no JLD2 file, or not all of one"), hint, str(path))) from None
    except (KeyError, TypeError, IndexError, ValueError, AttributeError):
        told = _("holds no data base of the Julia package of GTAP")
        hint = _("its data and parameters, hData and hParameters, in one stored object")
        raise InputError(Problem(told, hint, str(path))) from None
    return found


def _word(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
