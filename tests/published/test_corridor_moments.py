"""The shipped corridor against the surveys of release times of Japan, and the fit that brought it there."""

from __future__ import annotations

import pytest
from tests.corridors import small

from kosho.corridor import between, simulate, with_values
from kosho.corridor.calibration import calibrate, moments
from kosho.errors import InputError


def test_the_shipped_corridor_gives_the_published_means() -> None:
    times = simulate(between("TWKHH", "JPUKB"), replications=20, seed=7)
    for target, simulated in moments(times):
        if target.parameter is not None:
            assert simulated.mean == pytest.approx(target.value.value, rel=0.06), target.moment
            assert simulated.low < 1.02 * target.value.value, target.moment
            assert simulated.high > 0.98 * target.value.value, target.moment
        else:
            # Nothing was fitted to it: trusted traders, 0.0 or 0.1 hours in every survey.
            assert target.moment == "declaration-to-permit-trusted"
            assert 0.0 <= simulated.mean <= 0.15


def test_the_fit_finds_its_way_from_elsewhere() -> None:
    fit = calibrate(
        with_values(small(), {"stages.lodgement.time.mean": 30.0, "early.activation.mean": 4.0}), replications=2
    )
    for target, simulated in fit.moments:
        if target.parameter is not None:
            assert simulated.mean == pytest.approx(target.value.value, rel=0.041)
    assert fit.parameters["stages.lodgement.time.mean"] < 25


def test_the_fit_follows_the_series_back() -> None:
    """With the means of 2012 (and small lots as much quicker as in 2024) customs take longer to check."""
    base = calibrate(small(), replications=2)
    then = calibrate(
        small(),
        targets={
            "arrival-to-permit": 60.7,
            "declaration-to-permit": 2.6,
            "declaration-to-permit-without-small-lots": 2.6 * 1.6,
        },
        replications=2,
    )
    name = "stages.documents.time.mean"
    assert then.parameters[name] > 1.5 * base.parameters[name]
    assert {t.moment: m.mean for t, m in then.moments}["declaration-to-permit"] == pytest.approx(2.6, rel=0.041)


def test_a_corridor_without_targets_cannot_be_fitted() -> None:
    with pytest.raises(InputError, match="no target"):
        calibrate(small().model_copy(update={"targets": ()}))
