"""Reader of a netCDF file that `kosho world export` wrote: the whole of a calibrated table, to the last digit.

The file says what its labels stand for, what its base duties are and what was done to the table, so that what
goes out and comes in again is the same world; flows alone (Parquet, CSV) are not.
"""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from kosho.arrays import Array
from kosho.errors import InputError, Problem, Problems, unreadable
from kosho.extras import require
from kosho.language import _
from kosho.limits import refuse_beyond
from kosho.world.calibrate import ratio
from kosho.world.readers.reader import Reader, Settings
from kosho.world.store import IOTable

__all__ = ["ARRAYS", "READER", "read_netcdf"]

CELL = ("importer", "exporter", "sector")
ARRAYS: dict[str, tuple[str, ...]] = {
    "flows": CELL,
    "tariff": CELL,
    "inputs": ("country", "input", "sector"),
    "theta": ("sector",),
}
"""Arrays that a file must have, with their dimensions."""
OPTIONAL: dict[str, tuple[str, ...]] = {
    "theta_spread": ("sector",),
    "unknown_tariff": CELL,
    "investment": ("country", "sector"),
}
TEXTS = ("source", "licence", "attribution", "unit", "classification", "edition", "weights_source")
NUMBER_BYTES = 64
"""Of memory, for a number of the file."""


def read_netcdf(files: Sequence[Path], settings: Settings) -> IOTable:  # noqa: ARG001 - as every reader
    """The table in a netCDF file of Kosho's.

    Raises:
        InputError: it is none, lacks an array, or has one whose shape or figures cannot be.
    """
    (path,) = files
    require("mrio", "h5netcdf", what=_("reading netCDF"))
    if not path.is_file():
        raise InputError(Problem(_("there is no such file"), file=str(path)))
    refuse_beyond("numbers", path.stat().st_size // 4, NUMBER_BYTES, file=str(path))
    try:
        content = path.read_bytes()
    except OSError as error:
        raise unreadable(path, error) from None
    try:
        with xr.open_dataset(io.BytesIO(content), engine="h5netcdf") as opened:
            held = opened.load()
    except (OSError, ValueError, TypeError, KeyError, RuntimeError):
        hint = _("a file that `kosho world export NAME FILE.nc` wrote")
        raise InputError(Problem(_("is no netCDF file, or not all of one"), hint, str(path))) from None
    arrays = _arrays(held, path)
    flows, inputs = arrays["flows"], arrays["inputs"]
    bought = flows.sum(axis=1)
    mix = ratio(flows, np.broadcast_to(bought[:, None, :], flows.shape), 0.0)
    intermediate = mix * inputs.sum(axis=2)[:, None, :]
    final = np.maximum(flows - intermediate, 0.0)
    unknown = arrays.get("unknown_tariff")
    return IOTable(
        tuple(map(str, held["importer"].to_numpy().tolist())),
        tuple(map(str, held["sector"].to_numpy().tolist())),
        intermediate,
        inputs,
        final.sum(axis=0),
        final=final,
        tariff=arrays["tariff"],
        unknown=np.zeros_like(flows) if unknown is None else unknown,
        theta=arrays["theta"],
        theta_spread=arrays.get("theta_spread"),
        investment=arrays.get("investment"),
        meta=_meta(held.attrs, path),
    )


def _arrays(held: xr.Dataset, path: Path) -> dict[str, Array]:
    """Arrays in the order of their dimensions.

    Raises:
        InputError: one is missing, or is not what it should be; all of them.
    """
    problems = Problems(str(path))
    found: dict[str, Array] = {}
    for name, sides in (ARRAYS | OPTIONAL).items():
        if name not in held:
            if name in ARRAYS:
                hint = _("a file that `kosho world export` wrote; others go in as long-csv or gtap")
                problems.add(_("has no array {name}", name=name), hint)
            continue
        if set(held[name].dims) != set(sides):
            problems.add(
                _("array {name} is by {dims}", name=name, dims=", ".join(map(str, held[name].dims))),
                _("by {dims}", dims=", ".join(sides)),
            )
            continue
        values = held[name].transpose(*sides).to_numpy().astype(np.float64)
        if not np.isfinite(values).all():
            problems.add(_("array {name} has figures that are none", name=name), key=name)
        elif name in ("flows", "inputs") and (values < 0).any():
            problems.add(_("array {name} has figures below zero", name=name), _("zero or more"), key=name)
        found[name] = values
    problems.raise_if_any()
    return found


def _meta(attrs: dict[Any, Any], path: Path) -> dict[str, Any]:
    """What the file says of its table."""
    texts = {name: str(attrs[name]) for name in TEXTS if attrs.get(name)}
    found: dict[str, Any] = {
        "name": str(attrs.get("name") or path.stem),
        "year": _year(attrs, "year", path),
        "base_tariffs": str(attrs.get("base_tariffs", "")) or "those of the file",
        "tariff_year": _year(attrs, "tariff_year", path),
        **texts,
    }
    for name in ("adjustments", "assumptions"):
        found[name] = [one for one in str(attrs.get(name, "")).split("; ") if one]
    try:
        labels = json.loads(str(attrs.get("labels", "{}")))
    except ValueError:
        raise InputError(
            Problem(_("says in a way that is not known what labels stand for"), file=str(path))
        ) from None
    return found | {key: value for key, value in labels.items() if value}


def _year(attrs: dict[Any, Any], name: str, path: Path) -> int | None:
    """A year that the file says; None where it says none."""
    given = attrs.get(name, 0)
    try:
        return int(given) or None
    except (TypeError, ValueError):
        told = _("{given} is no year", given=repr(given)[:60])
        raise InputError(Problem(told, _("four digits, such as 2019"), str(path), key=name)) from None


READER = Reader(
    name="netcdf",
    title="a table that `kosho world export` wrote as netCDF, with duties and elasticities, to the last digit",
    files="one .nc file",
    read=read_netcdf,
)
