"""A world in the files of others: netCDF (xarray), Parquet, HAR (GEMPACK), a system of pymrio, long CSV.

What goes out is the economy as it is calibrated: flows net of duty, input use, base rates, elasticities. A
table does not say which of a sector's inputs comes from where; where a format needs that (pymrio, long CSV)
each input is bought from every origin in the importer's mix of the good, which is what the model takes it
to be. That way a table that goes out and comes in again is the same.
"""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from kosho.arrays import Array
from kosho.errors import InputError, Problem, suggest
from kosho.extras import missing, require
from kosho.language import _
from kosho.outputs import refused, require_file, require_folder, save
from kosho.world.calibrate import ratio
from kosho.world.har import BY_KOSHO, UNKNOWN, WIDTH, HeaderArray, har_bytes
from kosho.world.table import World

__all__ = ["FORMATS", "as_dataset", "as_har", "as_pymrio", "export", "sales_by_user"]

FINAL = "final"
"""Category of final demand, where a format needs one."""


def as_dataset(world: World) -> xr.Dataset:
    """A world as an `xarray.Dataset`, with what it is in its attributes.

    >>> from kosho.world import toy
    >>> from kosho.world.exports import as_dataset
    >>> sorted(as_dataset(toy()).data_vars)[:4]
    ['final_share', 'flows', 'inputs', 'io_share']
    """
    a = world.arrays
    unknown = world.unknown_tariff
    arrays: dict[str, xr.DataArray] = {
        "flows": world.flows,
        "tariff": world.tariff,
        "io_share": world.io_share,
        "va_share": world.va_share,
        "final_share": world.final_share,
        "inputs": world.io_share.copy(data=world.net_inputs),
        "theta": world.theta,
        "output": world.va_share.copy(data=a.output),
    }
    if world.theta_spread is not None:
        arrays["theta_spread"] = world.theta_spread
    if unknown is not None:
        arrays["unknown_tariff"] = unknown.astype("int8")
    if world.investment is not None:
        arrays["investment"] = world.investment
    meta = world.meta
    labels = {
        "regions": meta.regions,
        "icio_sectors": meta.sectors,
        "sector_weights": meta.sector_weights,
        "weights_source": meta.weights_source,
    }
    about = {**_about(world), "tariff_year": meta.tariff_year or 0, "labels": json.dumps(_plain(labels))}
    return xr.Dataset(arrays, attrs=about)


def _plain(value: Any) -> Any:
    """Mappings and tuples that may not be changed as JSON takes them."""
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, tuple | list) else value


def _about(world: World) -> dict[str, Any]:
    """What a world is, in words and numbers."""
    meta = world.meta
    return {
        "name": meta.name,
        "year": meta.year or 0,
        "edition": meta.edition,
        "source": meta.source,
        "licence": meta.licence,
        "attribution": meta.attribution,
        "unit": meta.unit,
        "classification": meta.classification,
        "base_tariffs": meta.base_tariffs,
        "adjustments": "; ".join(meta.adjustments),
        "assumptions": "; ".join(meta.assumptions),
        "world": world.hash,
    }


def sales_by_user(world: World) -> tuple[Array, Array]:
    """Intermediate sales by user, and final sales, each input bought in the importer's mix of the good.

    Returns:
        `[exporter, seller, importer, user]` and `[exporter, seller, importer]`, net of duty.
    """
    a = world.arrays
    bought = a.flows.sum(axis=1)
    mix = ratio(a.flows, np.broadcast_to(bought[:, None, :], a.flows.shape), 0.0)
    used = np.einsum("nik,nkj->iknj", mix, world.net_inputs)
    final = np.maximum(a.flows - np.einsum("nik,nk->nik", mix, world.net_inputs.sum(axis=2)), 0.0)
    return used, final.transpose(1, 2, 0)


def as_pymrio(world: World) -> Any:
    """A world as a `pymrio.IOSystem` with Z, Y and value added.

    Raises:
        InputError: the `mrio` extra is missing.
    """
    try:
        import pandas as pd  # noqa: PLC0415 - both come with the extra
        import pymrio  # noqa: PLC0415
    except ModuleNotFoundError:
        raise missing("mrio", _("a system of pymrio")) from None
    used, final = sales_by_user(world)
    size = used.shape[0] * used.shape[1]
    rows = pd.MultiIndex.from_product([world.countries, world.sectors], names=["region", "sector"])
    columns = pd.MultiIndex.from_product([world.countries, [FINAL]], names=["region", "category"])
    values = used.reshape(size, size)
    worth = final.sum(axis=2).ravel() + values.sum(axis=1) - values.sum(axis=0)
    added = pd.DataFrame(worth[None], ["value added"], rows)
    added.index.name = "stressor"
    system = pymrio.IOSystem(
        Z=pd.DataFrame(values, rows, rows),
        Y=pd.DataFrame(final.reshape(size, -1), rows, columns),
        unit=pd.DataFrame({"unit": ["million USD"] * size}, rows),
        factor_inputs={
            "name": "factor_inputs",
            "F": added,
            "unit": pd.DataFrame({"unit": ["million USD"]}, added.index),
        },
        name=world.meta.name,
        description=world.meta.name
        if world.meta.year is None
        else f"{world.meta.name}, year {world.meta.year}",
    )
    system.meta.note(f"written by Kosho from {world.meta.source}")
    return system


def as_har(world: World) -> dict[str, HeaderArray]:
    """A world as the arrays of a GTAP data base of version 7, which `kosho world import gtap` reads again.

    What households buy stands for all of final demand; elasticities between sources are theta + 1. Duties that
    nobody knows are marked in an array that GTAP does not have, so that they do not come back as zero.

    Raises:
        InputError: a label has more letters than a HAR file keeps.
    """
    long = [label for label in (*world.countries, *world.sectors) if len(label) > WIDTH]
    if long:
        told = _(
            "labels of more than {width} letters cannot be in a HAR file: {long}",
            width=WIDTH,
            long=", ".join(long[:5]),
        )
        raise InputError(Problem(told, _("another format"), key="--to"))
    a = world.arrays
    reg, comm, acts = ("REG", world.countries), ("COMM", world.sectors), ("ACTS", world.sectors)
    home = np.arange(len(world.countries))
    domestic = a.flows[home, home]  # country, sector
    bought = a.flows.sum(axis=1)
    at_home = ratio(domestic, bought, 0.0)
    duty = ratio((a.flows * (1.0 + a.tariff)).sum(axis=1) - domestic, bought - domestic, 1.0)
    abroad = a.flows.copy()
    abroad[home, home] = 0.0
    used = world.net_inputs
    final = bought - used.sum(axis=2)
    none = np.zeros_like(bought).T

    def by_firms(shares: Array) -> Array:
        return (used * shares[:, :, None]).transpose(1, 2, 0)

    trade = abroad.transpose(2, 1, 0)
    make = np.zeros((len(world.sectors), len(world.sectors), len(world.countries)))
    make[range(len(make)), range(len(make))] = a.output.T
    release = f"{world.meta.name} {world.meta.year or ''} {BY_KOSHO}"
    arrays = {
        "REG": HeaderArray("REG", world.countries, (), f"Set REG regions, {world.meta.name}"),
        "COMM": HeaderArray("COMM", world.sectors, (), "Set COMM commodities"),
        "DREL": HeaderArray("DREL", (release,), (), "release"),
    }
    for name, values, sets in (
        ("VXSB", trade, (comm, reg, reg)),
        ("VFOB", trade, (comm, reg, reg)),
        ("VCIF", trade, (comm, reg, reg)),
        ("VMSB", trade * (1.0 + a.tariff.transpose(2, 1, 0)), (comm, reg, reg)),
        ("VDFB", by_firms(at_home), (comm, acts, reg)),
        ("VMFB", by_firms((1.0 - at_home) * duty), (comm, acts, reg)),
        ("VDPB", (final * at_home).T, (comm, reg)),
        ("VMPB", (final * (1.0 - at_home) * duty).T, (comm, reg)),
        *((name, none, (comm, reg)) for name in ("VDGB", "VMGB", "VDIB", "VMIB")),
        ("MAKB", make, (comm, acts, reg)),
        ("ESBM", a.theta + 1.0, (comm,)),
    ):
        arrays[name] = HeaderArray(name, values, sets, f"{name}, million USD" if name != "ESBM" else name)
    if world.unknown_tariff is not None and world.unknown_tariff.any():
        unknown = world.unknown_tariff.to_numpy().astype(float).transpose(2, 1, 0)
        arrays[UNKNOWN] = HeaderArray(UNKNOWN, unknown, (comm, reg, reg), "1 where the base duty is not known")
    return arrays


def _netcdf(world: World, path: Path) -> None:
    require("mrio", "h5netcdf", what="writing netCDF")
    content = io.BytesIO()
    as_dataset(world).to_netcdf(content, engine="h5netcdf")
    save({path: content.getvalue()})


def _har(world: World, path: Path) -> None:
    save({path: har_bytes(as_har(world))})


def _long(world: World) -> tuple[list[tuple[str, str, str, str]], list[float]]:
    """Labels and values of all sales that there are."""
    used, final = sales_by_user(world)
    whole = np.concatenate([used, final[..., None]], axis=3)
    places = np.argwhere(whole > 0)
    users = (*world.sectors, FINAL)
    labels = [
        (world.countries[i], world.sectors[k], world.countries[n], users[j]) for i, k, n, j in places.tolist()
    ]
    return labels, whole[tuple(places.T)].tolist()


def _csv(world: World, path: Path) -> None:
    labels, values = _long(world)
    text = io.StringIO(newline="")
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(["exporter", "seller", "importer", "user", "value"])
    lines.writerows([*label, repr(value)] for label, value in zip(labels, values, strict=True))
    save({path: text.getvalue()})


def _parquet(world: World, path: Path) -> None:
    try:
        import pyarrow as pa  # noqa: PLC0415 - an optional extra
        import pyarrow.parquet as pq  # noqa: PLC0415
    except ModuleNotFoundError:
        raise missing("mrio", _("writing Parquet"), path) from None
    labels, values = _long(world)
    columns = dict(zip(("exporter", "seller", "importer", "user"), zip(*labels, strict=True), strict=True))
    table = pa.table({**{name: pa.array(list(cells)) for name, cells in columns.items()}, "value": values})
    about = {key.encode(): str(value).encode() for key, value in _about(world).items()}
    content = io.BytesIO()
    pq.write_table(table.replace_schema_metadata(about), content, compression="zstd")
    save({path: content.getvalue()})


def _pymrio(world: World, folder: Path) -> None:
    """It writes to a folder file by file: to one that nobody sees, so that all come to be there, or none."""
    system = as_pymrio(world)
    with tempfile.TemporaryDirectory(prefix="kosho-") as scratch:
        made = Path(scratch) / folder.name
        try:
            system.save_all(str(made))
            files = {path.relative_to(made): path.read_bytes() for path in made.rglob("*") if path.is_file()}
        except OSError as error:
            raise refused(made, error) from None
    there, here = (
        json.dumps(str(path))[1:-1].encode() for path in (made, folder)
    )  # it writes down where it wrote
    told = {folder / name: content.replace(there, here) for name, content in files.items()}
    save(told, folder=folder)


FORMATS: Mapping[str, tuple[str, Callable[[World, Path], None]]] = {
    "netcdf": (".nc", _netcdf),
    "parquet": (".parquet", _parquet),
    "har": (".har", _har),
    "csv": (".csv", _csv),
    "pymrio": ("", _pymrio),
}
"""Ending of the file (none: a folder), and what writes it."""


def export(world: World, path: Path, to: str | None = None) -> str:
    """Write a world in a format of others.

    Args:
        world: The world.
        path: Where to; a folder for `pymrio`.
        to: Name of the format; by the ending of the file where it is not given.

    Returns:
        The name of the format.

    Raises:
        InputError: an unknown format, an extra that is missing, or a file that cannot be written.
    """
    name = to or next((one for one, (ending, _) in FORMATS.items() if ending and path.suffix == ending), None)
    if name is None or name not in FORMATS:
        hint = suggest(name or "", FORMATS) or _("one of {names}", names=", ".join(FORMATS))
        told = (
            _("unknown format {to!r}", to=to)
            if to
            else _("{path} ends like none of the formats", path=path.name)
        )
        raise InputError(Problem(told, hint, key="--to"))
    ending, write = FORMATS[name]
    if ending:
        require_file(path)
    else:
        require_folder(path)
    write(world, path)
    return name
