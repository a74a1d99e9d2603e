"""Reader of the pinned wheel that the default table is made from."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kosho.errors import InputError, KoshoError, Problem, unreadable
from kosho.language import _
from kosho.world.datafiles import rows
from kosho.world.final_demand import PULL, anchored_totals, home_odds, sourcing_shares, split
from kosho.world.readers.reader import Reader
from kosho.world.store import IOTable

__all__ = ["READER", "build_from_wheel", "fetch_wheel", "table_from_arrays"]


PACKAGE = "sanction-simulator==0.1.4"
WHEEL = "sanction_simulator-0.1.4-py3-none-any.whl"
SHA256 = "1c29bce64dd5e15d14b956556fc544cae21ac504f0cea07558019c4b9eae4909"
MEMBER = "sanction_simulator/data/bench_cache.npz"
CAP = 0.98
"""The wheel caps the intermediate share of gross output here."""

ATTRIBUTION = "OECD (2025), Inter-Country Input-Output tables, 2025 edition, year 2022; CC BY 4.0"
META: dict[str, Any] = {
    "name": "icio-2022",
    "year": 2022,
    "source": f"OECD Inter-Country Input-Output tables, 2025 edition, as held in the Python package {PACKAGE}",
    "licence": "CC BY 4.0",
    "attribution": ATTRIBUTION,
    "unit": "million USD",
}


def build_from_wheel(path: Path | None = None) -> IOTable:
    """The default table from the pinned wheel, downloaded with pip where no `path` is given.

    Raises:
        InputError: the file is not the pinned one or does not hold what it should.
        KoshoError: it cannot be downloaded.
    """
    if path is not None:
        return _from_wheel(_checked(path))
    with tempfile.TemporaryDirectory() as folder:
        return _from_wheel(_checked(fetch_wheel(Path(folder))))


def fetch_wheel(folder: Path) -> Path:
    """Download the pinned wheel into `folder` with pip; what pip got is not yet checked."""
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--quiet"]
    options = ["--disable-pip-version-check", "--dest", str(folder), PACKAGE]
    result = subprocess.run([*command, *options], capture_output=True, text=True, check=False)  # noqa: S603
    if result.returncode or not (folder / WHEEL).is_file():
        reason = (result.stderr.strip() or _("pip gave no reason")).splitlines()[-1]
        raise KoshoError(_("{package} could not be downloaded: {reason}", package=PACKAGE, reason=reason))
    return folder / WHEEL


def _checked(path: Path) -> Path:
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    except OSError as error:
        raise unreadable(path, error) from None
    if digest.hexdigest() != SHA256:
        message = _("is not the pinned wheel: sha256 {hexdigest}", hexdigest=digest.hexdigest())
        raise InputError(
            Problem(message, _("wanted {wheel} with sha256 {sha256}", wheel=WHEEL, sha256=SHA256), str(path))
        )
    return path


def _from_wheel(path: Path) -> IOTable:
    with zipfile.ZipFile(path) as wheel, np.load(io.BytesIO(wheel.read(MEMBER)), allow_pickle=False) as held:
        arrays = {key: held[key] for key in ("A", "omb", "z", "go", "countries", "sectors")}
    return table_from_arrays(arrays)


def table_from_arrays(held: dict[str, NDArray[Any]]) -> IOTable:
    """Un-cap, unfold and complete the arrays of the wheel.

    Args:
        held: `A` (sectors x countries squared; columns sum to one), `omb` (share of inputs in output, capped),
            `z` (final sales), `go` (gross output), `countries`, `sectors`; index = sector * 80 + country.
    """
    countries = tuple(str(code) for code in held["countries"])
    sectors = tuple(str(code) for code in held["sectors"])
    n, s = len(countries), len(sectors)
    mix, output, sales = held["A"], held["go"], held["z"]
    used = held["omb"] * output
    capped = np.flatnonzero(held["omb"] >= CAP)
    # What the cap took from these columns is missing in the rows: least squares over the columns gives it back.
    missing = output - mix @ used - sales
    used[capped] += np.linalg.lstsq(mix[:, capped], missing, rcond=None)[0]
    sold = (mix * used).reshape(s, n, s, n)  # input, exporter, sector, importer
    lost = np.abs(output - sold.sum(axis=(2, 3)).ravel() - sales).max()
    if lost > 1e-6 * output.max():
        raise InputError(
            _("uses differ from output by up to {lost:.3g}: this is not the table expected", lost=lost)
        )
    intermediate = np.ascontiguousarray(sold.sum(axis=2).transpose(2, 1, 0))
    inputs = np.ascontiguousarray(sold.sum(axis=1).transpose(2, 0, 1))
    final_sales = np.ascontiguousarray(sales.reshape(s, n).T)
    return anchored(IOTable(countries, sectors, intermediate, inputs, final_sales, meta=META))


def anchored(table: IOTable) -> IOTable:
    """The table with what is needed to estimate final demand near published balances and flows."""
    sourcing = sourcing_shares(table.intermediate, home_odds(table.sectors))
    published = {
        row["country"]: float(row["net_exports_musd"]) for row in rows("balances.csv") if row["anchor"] == "1"
    }
    net_exports = np.array([published.get(code, np.nan) for code in table.countries])
    totals = anchored_totals(table.intermediate, table.final_sales, sourcing, net_exports)
    final = split(totals, table.final_sales, sourcing)
    cells: list[tuple[int, int, int, float]] = []
    for row in rows("anchors.csv"):
        n, i = (table.countries.index(row[side]) for side in ("importer", "exporter"))
        s = table.sectors.index(row["sector"])
        gap = float(row["musd"]) - table.intermediate[n, i, s] - final[n, i, s]
        cells.append((n, i, s, round(float(final[n, i, s] + PULL * gap), 3)))
    return replace(table, totals=totals, meta={**table.meta, "anchors": cells})


READER = Reader(
    name="wheel",
    title=f"the pinned wheel of the default table ({PACKAGE})",
    files="the wheel, or no file: then it is downloaded with pip",
    read=lambda files, _: build_from_wheel(files[0] if files else None),
    least=0,
)
