"""Caliendo & Parro (2015) through the public interface, to the last digit of what is known."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from kosho.errors import InputError
from kosho.replications import cp2015

# Recomputed independently from the authors' data; the paper prints two digits of them.
ZERO = {
    "welfare_first_order": ({"Mexico": 1.3121, "Canada": -0.0638, "USA": 0.0848}, 4),
    "welfare": ({"Mexico": 0.007, "Canada": -0.110, "USA": 0.074}, 3),
    "intra_bloc_trade": ({"Mexico": 118.3, "Canada": 11.1, "USA": 40.5}, 1),
}
OBSERVED = {"welfare_first_order": ({"Mexico": 1.1743, "Canada": -0.0405, "USA": 0.0850}, 4)}


@pytest.fixture(scope="module")
def replication(shared: Path) -> cp2015.Replication:
    return cp2015.replicate(shared / "reference" / "cp2015")


def test_recomputed_numbers_to_their_last_digit(replication: cp2015.Replication) -> None:
    for effects, known in ((replication.zero, ZERO), (replication.observed, OBSERVED)):
        for item, (values, digits) in known.items():
            rounded = {name: round(value, digits) for name, value in getattr(effects, item).items()}
            assert rounded == values, item


def test_published_table_to_its_last_digit(replication: cp2015.Replication) -> None:
    for closure in ("zero", "observed"):
        for item, values in cp2015.PUBLISHED[closure].items():
            digits = 0 if item == "intra_bloc_trade" else 2
            ours = getattr(getattr(replication, closure), item)
            assert {name: round(ours[name], digits) for name in ours} == values, (closure, item)


def test_what_had_to_be_adjusted_is_told(replication: cp2015.Replication) -> None:
    told = " ".join(replication.adjustments)
    assert "185 cells of final demand were negative" in told
    assert "1.85% of expenditure" in told
    assert "Canada Other in Basic metals" in told


def test_contract(replication: cp2015.Replication) -> None:
    document = json.loads(json.dumps(replication.to_dict()))
    assert document["schema_version"] == 1
    for closure in ("zero", "observed"):
        assert {"welfare_first_order", "welfare", "intra_bloc_trade"} <= set(document[closure])
        assert set(document[closure]["welfare"]) == set(cp2015.BLOC)
    assert document["published"]["zero"]["welfare_first_order"]["Mexico"] == 1.31
    assert document["seconds_per_solve"] > 0


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cp2015\.npz: no such file"):
        cp2015.replicate(tmp_path)


def test_a_file_that_is_no_archive_is_named(tmp_path: Path) -> None:
    (tmp_path / "cp2015.npz").write_text("not an archive")
    with pytest.raises(InputError, match=r"cp2015\.npz: cannot be read"):
        cp2015.replicate(tmp_path)


def test_every_missing_or_misshapen_array_is_named(tmp_path: Path, shared: Path) -> None:
    source = shared / "reference" / "cp2015" / "cp2015.npz"
    with np.load(source) as archive:
        arrays = dict(archive)
    np.savez(
        tmp_path / "cp2015.npz", **{k: v for k, v in arrays.items() if k not in ("tariff_2005", "regions")}
    )
    with pytest.raises(InputError, match=r"tariff_2005: is missing") as error:
        cp2015.replicate(tmp_path)
    assert "regions: is missing" in str(error.value)
    np.savez(tmp_path / "cp2015.npz", **(arrays | {"gross_output": arrays["gross_output"].T}))
    with pytest.raises(InputError, match=r"gross_output: has shape \(31, 40\)"):
        cp2015.replicate(tmp_path)
    shutil.copy(source, tmp_path / "cp2015.npz")
    assert cp2015.read(tmp_path)[0].countries[0] == "Argentina"
