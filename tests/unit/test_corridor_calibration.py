"""How a fit of a corridor begins."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import SimpleNamespace

import numpy as np
import pytest
from tests.corridors import small

from kosho.corridor import Corridor, calibration, runner, with_values
from kosho.corridor.calibration import calibrate
from kosho.corridor.loading import parameters
from kosho.corridor.replication import SimulatedYear
from kosho.corridor.runs import Job


class EnoughError(Exception):
    """What was to be seen was seen."""


def test_first_slopes_move_one_parameter_at_a_time_by_fifteen_percent() -> None:
    corridor = small()
    names = [str(target.parameter) for target in corridor.targets if target.parameter is not None]
    # Twice the shipped hours: means that are met at once need no slopes.
    start = {name: 2.0 * parameters(corridor)[name].value for name in names}
    seen: list[list[float]] = []

    def run(jobs: Iterable[Job]) -> Iterator[SimulatedYear]:
        for job in jobs:
            if len(seen) > len(names):
                raise EnoughError
            seen.append([parameters(job[0])[name].value for name in names])
            with runner() as inner:
                yield from inner([job])

    with pytest.raises(EnoughError):
        calibrate(with_values(corridor, start), replications=1, run=run)
    first = np.log(list(start.values()))
    np.testing.assert_allclose(np.log(seen[0]), first, rtol=1e-12)
    np.testing.assert_allclose(np.log(seen[1:]) - first, 0.15 * np.eye(len(names)), atol=1e-12)


def test_a_trial_misses_by_the_share_that_its_mean_is_off(monkeypatch: pytest.MonkeyPatch) -> None:
    corridor = small()
    fitted = tuple(target for target in corridor.targets if target.parameter is not None)[:2]
    names = tuple(str(target.parameter) for target in fitted)
    means = iter((SimpleNamespace(mean=12.0, half_width=1.0), SimpleNamespace(mean=3.0, half_width=0.5)))
    monkeypatch.setattr(calibration, "moment", lambda _times, _moment: next(means))
    seen: list[Corridor] = []
    system = calibration._System(corridor, names, fitted, np.array([10.0, 4.0]), seen.append)
    start = np.log([parameters(corridor)[name].value for name in names])
    trial = system.at(start)
    assert trial.miss == pytest.approx([0.2, -0.25])
    assert trial.noise == pytest.approx([0.1, 0.125])
    assert trial.worst == pytest.approx(0.25)
    assert [parameters(seen[0])[name].value for name in names] == pytest.approx(np.exp(start))
