"""`IOTable`: an inter-country input-output table before calibration, and its compact file."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import ArrayLike

from kosho.arrays import Array
from kosho.bounds import LARGEST
from kosho.display import Shown
from kosho.errors import InputError, Problem, Problems
from kosho.language import _
from kosho.limits import refuse_beyond
from kosho.outputs import save
from kosho.packed import SPOILT

__all__ = ["IOTable", "read", "refuse_boundless", "write"]

FORMATS = (1, 2)
"""The second is written where a table has what the first does not know: tariffs, elasticities, weights."""
EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, eq=False)
class IOTable(Shown):
    """Flows of goods and services at basic prices. N economies, S sectors; values in `meta["unit"]`.

    Either `final` is given, or `totals` leads to an estimate of it (see `kosho.world.final_demand`).
    """

    countries: tuple[str, ...]
    sectors: tuple[str, ...]
    intermediate: Array
    """`[importer, exporter, sector]`, sales for intermediate use."""
    inputs: Array
    """`[country, input, sector]`, what `sector` uses of `input` from anywhere."""
    final_sales: Array
    """`[exporter, sector]`, sales for final use to anywhere."""
    final: Array | None = None
    """`[importer, exporter, sector]`, sales for final use, where the source gives them."""
    totals: Array | None = None
    """`[importer, sector]`, final spending of destinations from which `anchored` final demand is split."""
    tariff: Array | None = None
    """`[importer, exporter, sector]`, base rates, where they were named when the table was built."""
    unknown: Array | None = None
    """`[importer, exporter, sector]`, 1 where the base rate is not known; beside `tariff`."""
    theta: Array | None = None
    """`[sector]`, elasticities of one's own; NaN where those of the ICIO sectors stand."""
    theta_spread: Array | None = None
    """`[sector]`, standard deviation of ln(theta); beside `theta`, NaN likewise."""
    investment: Array | None = None
    """`[country, sector]`, what of final demand is gross fixed capital formation, from anywhere, where the
    source tells it apart."""
    within: Array | None = None
    """`[importer, exporter, sector]` of `meta["within"]`: trade that weights what the table holds together."""
    meta: Mapping[str, Any] = field(default_factory=dict)
    """Name, year, source, licence, attribution, unit, adjustments, and what labels stand for: plain JSON."""

    @property
    def output(self) -> Array:
        """Gross output `[country, sector]`: what is sold."""
        return self.intermediate.sum(axis=0) + self.final_sales


_LATER = ("tariff", "unknown", "theta", "theta_spread", "investment", "within")
_OPTIONAL = ("final", "totals", *_LATER)
_ARRAYS = ("intermediate", "inputs", "final_sales", *_OPTIONAL)


NUMBER_BYTES = 16
"""Of memory, for a number of four bytes: as it is in the file, and as it is computed with."""


def write(table: IOTable, path: Path) -> Path:
    """Write a table as compressed float32: the same table, the same bytes; nothing is half-written.

    Raises:
        InputError: the file cannot be written, or a figure is larger than any can be.
    """
    refuse_boundless(table, str(path))
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        later = any(getattr(table, name) is not None for name in _LATER) or "regions" in table.meta
        meta = {
            "format": FORMATS[-1] if later else FORMATS[0],
            "countries": table.countries,
            "sectors": table.sectors,
            **table.meta,
        }
        text = json.dumps(meta, indent=1, sort_keys=True, ensure_ascii=False)
        _add(archive, "meta.json", text.encode())
        for name in _ARRAYS:
            values: Array | None = getattr(table, name)
            if values is not None:
                _add(archive, f"{name}.npy", _npy(values.astype("<f4")))
    save({path: content.getvalue()})
    return path


def refuse_boundless(table: IOTable, file: str | None = None) -> None:
    """No figure is beyond what anything counts, whoever insisted on it: it would be kept as infinite.

    Raises:
        InputError: one is.
    """
    problems = Problems(file)
    for name in _ARRAYS:
        values: Array | None = getattr(table, name)
        large = np.empty(0) if values is None else values[np.abs(values) > LARGEST]
        if len(large):
            told = _("{name} holds {value:g}", name=name, value=large[0])
            problems.add(told, _("{largest:g} at most, in any unit", largest=LARGEST))
    problems.raise_if_any()


def read(file: IO[bytes], name: str) -> IOTable:
    """Read a table; `name` stands for the file in errors.

    Raises:
        InputError: the file is not a table of this format.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            size = sum(one.file_size for one in archive.infolist())
            refuse_beyond("numbers", size // 4, NUMBER_BYTES, file=name)
            meta = json.loads(archive.read("meta.json"))
            arrays = {
                key: _array(archive.read(f"{key}.npy"))
                for key in _ARRAYS
                if f"{key}.npy" in archive.namelist() or key not in _OPTIONAL
            }
    except SPOILT:
        told = _("is not a Kosho world table, or not all of one")
        raise InputError(Problem(told, _("make one with `kosho world build`"), name)) from None
    if meta.get("format") not in FORMATS:
        raise InputError(
            Problem(
                _("has format {get}, not {formats}", get=meta.get("format"), formats=FORMATS[-1]),
                _("build it again with this Kosho"),
                name,
            )
        )
    countries, sectors = tuple(meta.pop("countries")), tuple(meta.pop("sectors"))
    del meta["format"]
    table = IOTable(countries, sectors, meta=meta, **arrays)
    n, s = len(countries), len(sectors)
    if table.intermediate.shape != (n, n, s) or table.inputs.shape != (n, s, s):
        raise InputError(Problem(_("holds arrays that do not fit its labels"), _("build it again"), name))
    return table


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    # A fixed date and platform keep the bytes the same wherever and whenever they are written.
    entry = zipfile.ZipInfo(name, EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system = 3
    archive.writestr(entry, content, compresslevel=9)


def _npy(values: ArrayLike) -> bytes:
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, np.ascontiguousarray(values), allow_pickle=False)
    return buffer.getvalue()


def _array(content: bytes) -> Array:
    values = np.lib.format.read_array(io.BytesIO(content), allow_pickle=False)
    return values.astype(np.float64)
