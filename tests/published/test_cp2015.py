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


WAY = "the bloc's given world tariffs, the paper's way"


@pytest.fixture(scope="module")
def replication(shared: Path) -> cp2015.Replication:
    return cp2015.replicate(shared / "reference" / "cp2015")


def test_recomputed_numbers_to_their_last_digit(replication: cp2015.Replication) -> None:
    for effects, known in ((replication.zero, ZERO), (replication.observed, OBSERVED)):
        for item, (values, digits) in known.items():
            rounded = {name: round(getattr(effects, item)[name], digits) for name in cp2015.BLOC}
            assert rounded == values, item


def test_published_table_to_its_last_digit(replication: cp2015.Replication) -> None:
    for closure in ("zero", "observed"):
        for item, values in cp2015.PUBLISHED[closure].items():
            digits = 0 if item == "intra_bloc_trade" else 2
            ours = getattr(getattr(replication, closure), item)
            assert {name: round(ours[name], digits) for name in values} == values, (closure, item)


def test_parts_by_partner_and_by_sector_add_up_for_every_region(replication: cp2015.Replication) -> None:
    of_all = [replication.zero, replication.observed]
    of_all += [
        found
        for name, one in replication.experiments.items()
        if name != WAY  # its parts are ratios each
        for found in one.values()
    ]
    for effects in of_all:
        for whole in ("terms_of_trade", "volume_of_trade"):
            for by in ("partner", "sector"):
                parts = getattr(effects, f"{whole}_by_{by}")
                for code, value in getattr(effects, whole).items():
                    assert sum(parts[code].values()) == pytest.approx(value, abs=1e-9)
        for shares in (effects.export_shares_before, effects.export_shares_after):
            np.testing.assert_allclose([sum(one.values()) for one in shares.values()], 100.0)


def test_less_is_gained_without_materials_and_the_bloc_gains_about_as_much_given_others(
    replication: cp2015.Replication,
) -> None:
    found = {name: one["zero"].welfare_first_order for name, one in replication.experiments.items()}
    plain, bare = replication.zero.welfare_first_order, found["no materials"]
    assert {code: round(bare[code], 2) for code in cp2015.BLOC} == {
        "Mexico": 0.50,
        "Canada": -0.03,
        "USA": 0.03,
    }
    given, every = found["the bloc's given world tariffs"], replication.experiments["world tariffs"]["zero"]
    others = replication.experiments["world tariffs, not the bloc's"]["zero"]
    for code in cp2015.BLOC:
        assert given[code] == pytest.approx(plain[code], abs=0.2)
        after = replication.experiments["the bloc's given world tariffs"]["zero"].welfare[code]
        both = (1 + others.welfare[code] / 100) * (1 + after / 100) - 1
        assert 100 * both == pytest.approx(every.welfare[code], abs=1e-5)


def test_models_that_leave_something_out_meet_the_published_comparison(replication: cp2015.Replication) -> None:
    for name, measures in cp2015.PUBLISHED["models"].items():
        for measure, values in measures.items():
            ours = getattr(replication.experiments[name]["zero"], measure)
            assert {code: round(ours[code], 2) for code in values} == values, (name, measure)


def test_the_papers_way_is_the_effect_of_all_tariffs_over_that_of_the_others(
    replication: cp2015.Replication,
) -> None:
    every, others, given = (
        replication.experiments[name]["zero"]
        for name in ("world tariffs", "world tariffs, not the bloc's", WAY)
    )
    for code in every.terms_of_trade:
        for part in ("terms_of_trade", "volume_of_trade", "real_wage"):
            both = (1 + getattr(given, part)[code] / 100) * (1 + getattr(others, part)[code] / 100) - 1
            assert 100 * both == pytest.approx(getattr(every, part)[code])
        parts = given.terms_of_trade[code] + given.volume_of_trade[code]
        assert given.welfare_first_order[code] == pytest.approx(parts)
    anew = replication.experiments["the bloc's given world tariffs"]["zero"]
    for code in cp2015.BLOC:
        assert given.real_wage[code] == pytest.approx(anew.real_wage[code], abs=1e-5)
        assert given.intra_bloc_trade[code] == pytest.approx(anew.intra_bloc_trade[code], rel=0.1)


def test_exports_of_one_sector_are_as_concentrated_as_can_be(replication: cp2015.Replication) -> None:
    one = replication.experiments["one sector"]["zero"].export_concentration_after
    assert list(one.values()) == pytest.approx([100.0] * 31)
    shares = replication.zero.export_shares_before["Mexico"].values()
    expected = (sum((share / 100) ** 2 for share in shares) - 1 / 40) / (1 - 1 / 40)
    assert replication.zero.export_concentration_before["Mexico"] == pytest.approx(100 * expected)


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
        assert len(document[closure]["welfare"]) == 31
        assert set(document[closure]["intra_bloc_trade"]) == set(cp2015.BLOC)
    assert set(document["experiments"]["world tariffs"]) == {"zero", "observed"}
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
