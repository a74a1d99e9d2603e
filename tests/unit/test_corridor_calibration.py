"""How a fit of a corridor begins."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from types import SimpleNamespace

import numpy as np
import pytest
from tests.corridors import small

from kosho.corridor import Corridor, calibration, runner, with_values
from kosho.corridor.calibration import calibrate
from kosho.corridor.loading import parameters
from kosho.corridor.replication import SimulatedYear
from kosho.corridor.runs import Job
from kosho.errors import InputError, KoshoError


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


@pytest.mark.parametrize(
    ("miss", "noise", "close"),
    [
        ([0.01, -0.01], [0.0, 0.0], True),
        ([0.0, 0.0105], [0.0, 0.0], False),
        ([0.025, 0.0], [0.1, 0.0], True),
        ([0.026, 0.0], [0.1, 0.0], False),
        ([-0.04, 0.0], [0.9, 0.0], True),
        ([-0.042, 0.0], [0.9, 0.0], False),
        ([0.0, 0.02], [0.1, 0.0], False),
        ([float("nan"), 0.0], [0.0, 0.0], False),
    ],
)
def test_a_mean_is_met_within_a_hundredth_or_a_quarter_of_its_noise_up_to_four(
    miss: list[float], noise: list[float], close: bool
) -> None:
    trial = calibration._Trial(np.zeros(2), np.array(miss), np.array(noise), SimpleNamespace())  # type: ignore[arg-type]
    assert trial.close is close
    assert trial.worst == (np.inf if np.isnan(miss).any() else np.abs(miss).max())


def test_a_step_is_halved_until_the_corridor_works_there_seven_times_at_most() -> None:
    corridor, seen = small(), list[float]()

    class System(calibration._System):
        def at(self, point: np.ndarray) -> calibration._Trial:
            seen.append(float(point[0]))
            if point[0] > self.wanted[0]:
                raise InputError("no")
            return calibration._Trial(point, np.zeros(1), np.zeros(1), SimpleNamespace())  # type: ignore[arg-type]

    here = calibration._Trial(np.array([1.0]), np.zeros(1), np.zeros(1), SimpleNamespace())  # type: ignore[arg-type]
    found = System(corridor, (), (), np.array([1.3]), lambda _: None).toward(here, np.array([1.0]))  # type: ignore[arg-type,return-value]
    assert (found.point[0], seen) == (1.25, [2.0, 1.5, 1.25])
    seen.clear()
    with pytest.raises(InputError):
        System(corridor, (), (), np.array([1.0]), lambda _: None).toward(here, np.array([1.0]))  # type: ignore[arg-type,return-value]
    assert seen == [1 + 0.5**n for n in range(7)]


@pytest.mark.parametrize(
    ("mean", "start", "points", "steps"),
    [
        # A power of the parameter, met at once; from afar, by steps of 0.7 at most along slopes that follow.
        (lambda x: np.exp(0.5 * x), 0.0, [0.0], 1),
        (lambda x: np.exp(0.5 * x), 2.0, [2.0, 2.15, 1.3, 0.6], 7),
        (lambda x: np.exp(-0.5 * x), -2.0, [-2.0, -1.85, -1.3, -0.6], 7),
        # Out of reach: seven steps from each of three slopes.
        (lambda x: 1.5 + 0.001 * x, 0.0, [0.0, 0.15, *(-0.7 * n for n in range(1, 8)), 0.15 - 4.9, -5.6], 25),
    ],
)
def test_a_fit_goes_along_its_slopes_in_steps_that_are_bounded(
    mean: Callable[[float], float],
    start: float,
    points: list[float],
    steps: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    corridor, tried = small(), list[float]()
    name = "types.regulated.other_laws"
    (target,) = (one for one in corridor.targets if one.parameter == name)

    def simulate(made: Corridor, **_given: object) -> object:
        tried.append(float(np.log(parameters(made)[name].value)))
        return SimpleNamespace(corridor=SimpleNamespace(targets=()))

    monkeypatch.setattr(calibration, "simulate", simulate)
    monkeypatch.setattr(calibration, "moment", lambda *_: SimpleNamespace(mean=mean(tried[-1]), half_width=0.0))
    made = with_values(corridor, {name: float(np.exp(start))}).model_copy(update={"targets": (target,)})
    told: list[str] = []
    if steps == 25:
        with pytest.raises(KoshoError, match="is off by"):
            calibrate(made, targets={target.moment: 1.0}, progress=told.append)
        assert len(told) == 21
    else:
        fit = calibrate(made, targets={target.moment: 1.0}, progress=told.append)
        assert np.log(fit.parameters[name]) == pytest.approx(0.0, abs=0.03)
        assert [one.split(":")[0] for one in told] == [f"step {n}" for n in range(len(told))]
    assert tried[: len(points)] == pytest.approx(points, abs=1e-9)
    assert len(tried) == steps


def test_a_mean_to_fit_to_is_positive_and_some_parameter_is_named() -> None:
    corridor = small()
    moments = {one.moment: 1.0 for one in corridor.targets}
    first = next(one.moment for one in corridor.targets if one.parameter is not None)
    for value in (0.0, -1.0):
        with pytest.raises(InputError, match="not positive"):
            calibrate(corridor, targets=moments | {first: value})
    with pytest.raises(InputError, match="names a parameter"):
        calibrate(corridor.model_copy(update={"targets": ()}))
