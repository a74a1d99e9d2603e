"""The corridor as a whole: luck, conservation, order of events, more capacity, trusted traders."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator

import numpy as np
import pytest
from tests.corridors import of_hours, small

from kosho.corridor import between, days_saved, parameters, runner, simulate, under, with_values
from kosho.corridor import runs as corridor_runs
from kosho.corridor.replication import SimulatedYear, replicate, run
from kosho.corridor.runs import Job
from kosho.corridor.schema import STAGES
from kosho.corridor.sensitivity import tornado
from kosho.corridor.times import DAY, ReleaseTimes, estimate, moment
from kosho.corridor.traffic import Batch, Traffic, draw
from kosho.errors import InputError, KoshoError
from kosho.limits import allowing


@pytest.fixture(scope="module")
def once() -> SimulatedYear:
    return replicate(small(), 1, 0)


def test_the_same_seed_gives_the_same(once: SimulatedYear) -> None:
    again = replicate(small(), 1, 0)
    np.testing.assert_array_equal(again.passage.ends, once.passage.ends)
    assert again.stages == once.stages
    assert replicate(small(), 2, 0).passage.hours.mean() != once.passage.hours.mean()
    assert replicate(small(), 1, 1).passage.hours.mean() != once.passage.hours.mean()


def test_processes_change_nothing() -> None:
    alone = simulate(small(), replications=3, seed=5)
    with runner(2) as pool:
        together = simulate(small(), replications=3, seed=5, run=pool)
    np.testing.assert_array_equal(together.days(), alone.days())


def test_whatever_arrives_leaves_or_is_inside(once: SimulatedYear) -> None:
    assert once.arrived == once.left + once.inside
    assert min(once.arrived, once.left, once.inside) > 0
    assert np.isfinite(once.passage.ends[:, -1]).all()


def test_nothing_is_released_before_it_is_lodged_and_unloaded(once: SimulatedYear) -> None:
    passage = once.passage
    ends = {stage: passage.ends[:, position] for position, stage in enumerate(STAGES)}
    assert (passage.released >= passage.lodged).all()
    assert (passage.lodged >= ends["unloading"]).all()
    assert (ends["unloading"] >= ends["arrival"]).all()
    assert (ends["arrival"] >= passage.arrival).all()
    assert (ends["exit"] >= passage.released).all()
    for stage in ("documents", "inspection", "payment"):
        seen = ~np.isnan(ends[stage])
        assert 0 < seen.sum() < len(passage)
        assert (passage.released[seen] >= ends[stage][seen]).all()


def test_stages_add_up_to_the_whole_time(once: SimulatedYear) -> None:
    passage = once.passage
    np.testing.assert_allclose(passage.spent.sum(axis=1), passage.ends[:, -1] - passage.arrival)
    assert (passage.spent >= 0).all()


def test_little_holds_at_a_stage_of_a_month() -> None:
    """Mean number inside is the rate of arrival times the mean time, up to what is there at both ends."""
    run_ = replicate(small(), 3, 0)
    hours = 24.0 * small().window.days
    unloading = run_.passage.ends[:, 1] - run_.passage.ends[:, 0]
    assert run_.stages["unloading"].present == pytest.approx(unloading.sum() / hours, rel=0.05)


def test_busy_servers_are_the_work_over_capacity(once: SimulatedYear) -> None:
    use = once.stages["exit"]
    assert use.utilisation is not None
    assert use.utilisation == pytest.approx(0.15 * use.visits / (6 * 8 * 12), rel=0.1)  # 12 days in two weeks
    assert once.stages["lodgement"].utilisation is None


@pytest.mark.parametrize("stage", ["arrival", "unloading", "documents", "inspection", "exit"])
def test_more_capacity_never_lengthens_the_mean(stage: str) -> None:
    few = {"arrival": 1, "unloading": 1, "documents": 3, "inspection": 2, "exit": 3}[stage]
    path = f"stages.{stage}.servers"
    means = [
        float(replicate(with_values(small(), {path: float(servers)}), 1, 0).passage.spent.sum(axis=1).mean())
        for servers in (few, few + 1, 2 * few, 10 * few)
    ]
    assert means[0] >= means[1] >= means[2] >= means[3]
    # Two ships are never at the berths together; elsewhere the first server more is felt.
    assert (means[0] > means[1]) == (stage != "arrival")


def test_draws_belong_to_consignments() -> None:
    """A scenario, or more of another type, leaves the draws of a consignment as they are."""
    base = draw(small(), 1, 0)
    more = draw(with_values(small(), {"types.small-lots.per_week": 700.0}), 1, 0)
    late = draw(under(small(), "advance-exchange"), 1, 0)
    for other in (more, late):
        for mine, theirs in zip(base.batches[:3], other.batches[:3], strict=True):
            np.testing.assert_array_equal(mine.call, theirs.call)
            np.testing.assert_array_equal(mine.trusted, theirs.trusted)
            np.testing.assert_array_equal(mine.times["documents"], theirs.times["documents"])
    assert len(more.batches[3]) > len(base.batches[3])
    assert all((b.early >= a.early).all() for a, b in zip(base.batches, late.batches, strict=True))


def with_trust(traffic: Traffic, granted: Traffic, chosen: int) -> Traffic:
    """One consignment of the first type as in `granted`, all else as in `traffic`."""

    def mixed(name: str) -> object:
        mine, theirs = getattr(traffic.batches[0], name), getattr(granted.batches[0], name)
        if isinstance(mine, dict):
            return {stage: one(mine[stage], theirs[stage]) for stage in mine}
        return one(mine, theirs)

    def one(mine: np.ndarray, theirs: np.ndarray) -> np.ndarray:
        if mine.ndim == 2 and mine.shape[1] != theirs.shape[1]:
            width = max(mine.shape[1], theirs.shape[1])
            mine, theirs = (np.pad(x, ((0, 0), (0, width - x.shape[1]))) for x in (mine, theirs))
        result = mine.copy()
        result[chosen] = theirs[chosen]
        return result

    names = [field.name for field in dataclasses.fields(Batch) if field.name != "type"]
    batch = Batch(type=traffic.batches[0].type, **{name: mixed(name) for name in names})  # pyright: ignore[reportArgumentType]
    return Traffic(traffic.calls, (batch, *traffic.batches[1:]))


def test_a_trusted_trader_is_never_slower_than_its_twin() -> None:
    """The same consignment, the same draws, the same company: trusted, or not."""
    crowded = with_values(small(), {"stages.documents.servers": 4.0, "stages.inspection.servers": 3.0})
    nobody = draw(with_values(crowded, {"types.*.trusted": 0.0}), 1, 0)
    everybody = draw(with_values(crowded, {"types.*.trusted": 1.0}), 1, 0)
    plain = run(crowded, nobody).passage
    first = nobody.batches[0]
    numbers = np.flatnonzero(first.inspection | first.documents)[::9]
    arrival = nobody.calls.arrival[first.call]
    window = crowded.window
    counted = (arrival >= 24 * window.warm_up) & (arrival < 24 * (window.warm_up + window.days))
    place = np.cumsum(counted) - 1
    quicker = 0
    for number in numbers[counted[numbers]]:
        twin = run(crowded, with_trust(nobody, everybody, int(number))).passage
        assert twin.trusted[place[number]]
        assert twin.released[place[number]] <= plain.released[place[number]] + 1e-9
        quicker += bool(twin.released[place[number]] < plain.released[place[number]])
    assert quicker >= 3


def test_trust_and_recognition_save_time_on_the_whole() -> None:
    base = simulate(small(), replications=3)
    without = simulate(under(small(), "without-recognition"), replications=3)
    assert days_saved(base, without).mean < 0
    passage = base.runs[0].passage
    assert passage.hours[passage.trusted].mean() < passage.hours[~passage.trusted].mean()


def test_intervals_and_precision() -> None:
    rough = simulate(small(), replications=2, seed=3)
    fine = simulate(small(), replications=2, precision=0.04, seed=3)
    assert len(fine.runs) > len(rough.runs)
    assert fine.mean.half_width <= 0.04 * fine.mean.mean
    assert fine.mean.low < fine.mean.mean < fine.mean.high
    with pytest.raises(InputError):
        simulate(small(), replications=0)


def test_release_times_agree_with_their_consignments() -> None:
    times = simulate(small(), replications=2)
    days = times.days()
    assert times.mean.mean == pytest.approx(np.mean([run_.passage.hours.mean() / DAY for run_ in times.runs]))
    assert times.within(24) == (days <= 1).mean()
    assert times.quantile(0.9) == np.quantile(days, 0.9)
    assert sum(len(times.days(kind)) for kind in small().types) == len(days) == times.consignments
    stages = times.stages
    whole = np.mean([(r.passage.ends[:, -1] - r.passage.arrival).mean() / DAY for r in times.runs])
    assert sum(stage.days for stage in stages.values()) == pytest.approx(whole)


def test_common_luck_makes_differences_certain() -> None:
    base = simulate(small(), replications=10)
    saved = days_saved(base, simulate(under(small(), "advance-exchange"), replications=10))
    apart = days_saved(base, simulate(under(small(), "advance-exchange"), replications=10, seed=2))
    assert 0 < saved.low < saved.high
    assert saved.half_width < apart.half_width / 2


def test_nothing_arrives() -> None:
    empty = with_values(small(), {"types.*.per_week": 0.0})
    with pytest.raises(KoshoError, match="no consignment"):
        replicate(empty, 1, 0)


def test_tornado_moves_one_thing_at_a_time() -> None:
    known = parameters(small())
    kept = ("stages.documents.servers", "types.regulated.value", "stages.exit.servers")
    corridor = with_values(small(), {path: one.value for path, one in known.items() if path not in kept})
    told: list[tuple[int, int]] = []
    found = tornado(corridor, "joint-targeting", progress=lambda done, total: told.append((done, total)))
    assert told == [(done, len(told)) for done in range(1, len(told) + 1)]
    swings = {swing.parameter: swing for swing in found.swings}
    assert [swing.width for swing in found.swings] == sorted((s.width for s in found.swings), reverse=True)
    inspection = swings["scenario: types.*.channels.inspection"]
    assert inspection.low.value == "× 0.3"
    assert inspection.low.days_saved is not None
    assert inspection.high.days_saved is not None
    assert inspection.low.days_saved > found.days_saved > inspection.high.days_saved
    servers = with_values(corridor, {"stages.documents.servers": 5.0})
    five = replicate(servers, 1, 0).passage.hours.mean() / DAY
    assert swings["stages.documents.servers"].low.days == pytest.approx(five)
    assert not any("value" in name or "exit" in name for name in swings)


def test_replications_that_do_not_fit_are_refused_before_the_first() -> None:
    with allowing(100 << 20), pytest.raises(InputError, match=r"replications need about .* may be used"):
        simulate(between("TWKHH", "JPUKB"), replications=40, progress=lambda *_done: pytest.fail("it began"))


@pytest.mark.parametrize(
    ("name", "hours"),
    [
        ("arrival-to-permit", (20 + 30 + 40 + 50 + 61 + 70) / 6),
        ("gain-of-early-lodgement", (30 + 50 + 70) / 3 - (20 + 40 + 61) / 3),
        ("cost-of-other-laws", (50 + 61) / 2 - (20 + 30 + 40 + 70) / 4),
        ("declaration-to-permit", (2 + 3 + 4 + 5 + 6 + 7) / 6),
        ("declaration-to-permit-without-small-lots", (2 + 3 + 4 + 5 + 6) / 5),
        ("declaration-to-permit-trusted", (1 + 8) / 2),
    ],
)
def test_what_surveys_publish_is_of_those_they_ask(name: str, hours: float) -> None:
    times = ReleaseTimes(small(), (of_hours(), of_hours()))
    found = moment(times, name)  # type: ignore[arg-type]
    assert (found.mean, found.low, found.high) == (pytest.approx(hours),) * 3


def test_replications_by_hand() -> None:
    times = ReleaseTimes(small(), (of_hours(), of_hours(2.4)))
    mean = (10 + 20 + 30 + 40 + 50 + 61 + 70 + 83) / 8 / 24
    assert times.mean.mean == pytest.approx(mean + 0.05)
    assert times.mean.half_width == pytest.approx(12.7062 * 0.05, rel=1e-5)  # Student's t of one degree
    assert times.consignments == 16
    assert (times.within(20.0), times.within(20.0, "industrial")) == (3 / 16, 3 / 4)
    assert [one.mean * 24 for one in times.by_type().values()] == pytest.approx([16.2, 36.2, 56.7, 77.7])
    documents, release = times.stages["documents"], times.stages["release"]
    assert (documents.utilisation, documents.queue) == (pytest.approx(0.62), pytest.approx(2.2))
    assert (documents.visits, release.visits, release.utilisation) == (8 / 16, 1.0, None)
    assert times.stages["exit"].days == pytest.approx(6 / 24)
    saved = days_saved(times, ReleaseTimes(small(), (of_hours(-2.4), of_hours(-2.4))))
    assert (saved.mean, saved.half_width) == (pytest.approx(0.15), pytest.approx(12.7062 * 0.05, rel=1e-5))
    alone = estimate([2.0])
    assert (alone.mean, alone.low, alone.high) == (2.0, -np.inf, np.inf)


@pytest.mark.parametrize(
    ("replications", "precision", "spread", "runs"),
    [
        (1, None, 0.0, 1),
        (3, None, 9.0, 3),
        (1, 0.05, 0.0, 2),  # one has no interval
        (3, 0.05, 0.0, 3),
        (2, 0.05, 1.0, 4),  # two more at a time
        (2, 0.001, 30.0, 7),  # no more than the most
    ],
)
def test_replications_go_on_until_the_interval_is_narrow(
    replications: int, precision: float | None, spread: float, runs: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(corridor_runs, "MOST", 7)
    done: list[int] = []

    def run(jobs: Iterable[Job]) -> Iterator[SimulatedYear]:
        return (of_hours(spread * (number % 2)) for _corridor, _seed, number in jobs)

    times = simulate(
        small(), replications=replications, precision=precision, run=run, progress=lambda: done.append(1)
    )
    assert (len(times.runs), len(done)) == (runs, runs)


def test_what_fits_is_not_refused() -> None:
    """Some 2,280 consignments of 2,000 bytes, for two replications at least."""
    with allowing(100 << 20):
        times = simulate(small(), replications=1, run=lambda jobs: (of_hours() for _job in jobs))
    assert len(times.runs) == 1
