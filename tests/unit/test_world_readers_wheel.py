from __future__ import annotations

import os
import subprocess
from pathlib import Path

import numpy as np
import pytest

from kosho.errors import InputError, KoshoError
from kosho.world.datafiles import rows
from kosho.world.final_demand import home_odds, sourcing_shares, split
from kosho.world.loading import table
from kosho.world.readers import wheel as build
from kosho.world.store import IOTable, write


def folded(seed: int = 1, cap: tuple[tuple[int, int], ...] = ()) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Arrays laid out as in the wheel, for three economies and all sectors, and the flows behind them.

    Flows are `[input, exporter, sector, importer]`; columns in `cap` (sector, importer) lose what exceeds 98 %.
    """
    rng = np.random.default_rng(seed)
    held = table()
    countries, sectors = np.array(["JPN", "USA", "DEU"]), np.array(held.sectors)
    n, s = len(countries), len(sectors)
    flows = rng.random((s, n, s, n)) ** 4
    used = flows.sum(axis=(0, 1))
    sales = (0.5 + rng.random((s, n))) * used.mean() * 3.0
    output = flows.sum(axis=(2, 3)) + sales
    shares = np.minimum(0.9 * output, used) / used
    for place in cap:
        shares[place] = 1.1 * output[place] / used[place]
    # Scaling a column changes the rows: final sales take the difference.
    flows = flows * shares
    sales = output - flows.sum(axis=(2, 3))
    assert (sales >= 0).all()
    share = flows.sum(axis=(0, 1)) / output
    capped = np.minimum(share, build.CAP)
    size = n * s
    used = flows.sum(axis=(0, 1))
    return {
        "A": (flows / used).reshape(size, size),
        "omb": capped.ravel(),
        "z": sales.ravel(),
        "go": output.ravel(),
        "countries": countries,
        "sectors": sectors,
    }, flows


@pytest.mark.parametrize("cap", [(), ((3, 1), (20, 0))])
def test_capped_columns_come_back(cap: tuple[tuple[int, int], ...]):
    held, flows = folded(cap=cap)
    made = build.table_from_arrays(held)
    np.testing.assert_allclose(made.intermediate, flows.sum(axis=2).transpose(2, 1, 0), rtol=1e-9)
    np.testing.assert_allclose(made.inputs, flows.sum(axis=1).transpose(2, 0, 1), rtol=1e-9)
    np.testing.assert_allclose(made.output.T.ravel(), held["go"], rtol=1e-9)
    assert (held["omb"] >= build.CAP).sum() == len(cap)


def test_flows_that_are_known_pull_final_demand_most_of_the_way_to_them():
    made = build.table_from_arrays(folded()[0])
    sourcing = sourcing_shares(made.intermediate, home_odds(made.sectors))
    final = split(made.totals, made.final_sales, sourcing)
    cells = made.meta["anchors"]
    for (n, i, s, pulled), row in zip(cells, rows("anchors.csv"), strict=True):
        assert (made.countries[n], made.countries[i]) == (row["importer"], row["exporter"])
        assert made.sectors[s] == row["sector"]
        gap = float(row["musd"]) - made.intermediate[n, i, s] - final[n, i, s]
        assert pulled == round(final[n, i, s] + 0.8 * gap, 3)
    assert cells


def test_arrays_that_do_not_add_up_are_refused():
    held, _ = folded()
    held["z"] = held["z"] * 1.01
    with pytest.raises(InputError, match="uses differ from output"):
        build.table_from_arrays(held)


def test_another_file_than_the_pinned_one_is_refused(tmp_path: Path):
    fake = tmp_path / build.WHEEL
    fake.write_bytes(b"something else")
    with pytest.raises(InputError) as error:
        build.build_from_wheel(fake)
    assert str(fake) in str(error.value)
    assert build.SHA256 in str(error.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(InputError, match=r"none\.whl: cannot be read: No such file"):
        build.build_from_wheel(tmp_path / "none.whl")


def test_a_failed_download_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def fails(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess(command, 1, "", "ERROR: no network\n")

    monkeypatch.setattr("kosho.world.readers.wheel.subprocess.run", fails)
    with pytest.raises(KoshoError, match="could not be downloaded: ERROR: no network") as error:
        build.fetch_wheel(tmp_path)
    assert error.value.exit_status == 1


def test_what_was_downloaded_is_checked(monkeypatch: pytest.MonkeyPatch):
    def fetches(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        folder = Path(command[command.index("--dest") + 1])
        (folder / build.WHEEL).write_bytes(b"tampered with")
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr("kosho.world.readers.wheel.subprocess.run", fetches)
    with pytest.raises(InputError, match="is not the pinned wheel"):
        build.build_from_wheel()


def test_the_shipped_table_is_what_the_reference_extraction_gives(shared: Path):
    reference = np.load(shared / "reference" / "icio-2022" / "extracted.npz", allow_pickle=False)
    shipped = table()
    assert shipped.countries == tuple(reference["countries"])
    assert shipped.sectors == tuple(reference["sectors"])
    _same(shipped, reference)


@pytest.mark.skipif(
    "KOSHO_WHEEL" not in os.environ, reason="set KOSHO_WHEEL to the pinned wheel to build from it"
)
def test_the_wheel_builds_the_shipped_table(tmp_path: Path):
    made = build.build_from_wheel(Path(os.environ["KOSHO_WHEEL"]))
    shipped = table()
    for name in ("intermediate", "inputs", "final_sales", "totals"):
        np.testing.assert_allclose(getattr(made, name), getattr(shipped, name), rtol=1e-6, atol=1e-9)
    assert write(made, tmp_path / "t.npz").stat().st_size < 4e6


def _same(shipped: IOTable, reference: np.lib.npyio.NpzFile) -> None:
    np.testing.assert_allclose(shipped.intermediate, reference["M"].transpose(1, 0, 2), rtol=2e-7, atol=1e-9)
    np.testing.assert_allclose(shipped.inputs, reference["G"], rtol=2e-7, atol=1e-9)
    np.testing.assert_allclose(shipped.output, reference["go"], rtol=1e-6)
    np.testing.assert_allclose(shipped.final_sales, reference["final_sales"], rtol=2e-7)
    added = shipped.output - shipped.inputs.sum(axis=1)
    np.testing.assert_allclose(added, reference["va_resid"], rtol=1e-6, atol=1e-6 * reference["go"].max())
