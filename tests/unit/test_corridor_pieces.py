"""Pieces of a replication by hand: when papers are examined, what stages were used for."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from tests.corridors import OPEN, of_hours, served, shipped_text, small, timetable

from kosho.corridor import Corridor, between, sensitivity
from kosho.corridor.checks import impossible
from kosho.corridor.loading import parameters
from kosho.corridor.replication import _Meter, _ships, _uses
from kosho.corridor.schema import Window
from kosho.corridor.sensitivity import AFTER_PERMIT, NOT_HOURS, _groups, _points, tornado
from kosho.errors import InputError
from kosho.provenance import Cited


@pytest.mark.parametrize(
    ("ahead", "starts"),
    [(12.0, [0.0, 2.0, 18.0, 30.0]), (0.0, [2.0, 2.0, 30.0, 30.0]), (2.0, [0.0, 2.0, 28.0, 30.0])],
)
def test_papers_are_examined_so_long_before_the_ship_or_from_the_beginning(
    ahead: float, starts: list[float]
) -> None:
    added: list[tuple[Any, float]] = []
    network = SimpleNamespace(add=lambda task, at: added.append((task, at)))
    notices: list[list[Any]] = [[], []]
    ships: list[list[Any]] = [[], []]
    yard: Any = SimpleNamespace(network=network, stations={"arrival": "berth"}, ships=ships, notices=notices)
    calls = SimpleNamespace(arrival=np.array([2.0, 30.0]), handling=np.array([5.0, 6.0]))
    berths = _ships(SimpleNamespace(calls=calls), yard, ahead)  # type: ignore[arg-type]
    assert [at for _, at in added] == starts
    assert len(berths) == 2
    assert np.isnan(berths).all()
    assert [task.record for task, _ in added[1::2]] == berths


def test_use_of_a_stage_is_of_the_days_that_count() -> None:
    corridor = small()
    window = Window(start=date(2026, 6, 15), warm_up=1, days=2, cool_down=1)
    corridor = corridor.model_copy(update={"window": window})
    stages = {name for name, _ in corridor.stages.items()}
    before: Any = {name: _Meter(100.0, 40.0, 7) for name in stages}
    after: Any = {name: _Meter(172.0, 64.0, 19) for name in stages}
    found = _uses(corridor, before, after)
    for name, stage in corridor.stages.items():
        one = found[name]
        assert (one.queue, one.present, one.visits) == (24.0 / 48.0, 72.0 / 48.0, 12)
        if stage.servers is None or isinstance(stage.servers, str):
            assert one.utilisation is None
            continue
        assert one.utilisation is not None
        shifts = corridor.hours[stage.hours].shifts if stage.hours in corridor.hours else ()
        open_hours = (
            sum(
                np.ceil(shift.staff * int(stage.servers.value) - 1e-9) * (shift.span[1] - shift.span[0])
                for shift in shifts
                for day in ("tue", "wed")
                if day in shift.days
            )
            if shifts
            else 48.0 * int(stage.servers.value)
        )
        assert one.utilisation == pytest.approx((72.0 - 24.0) / open_hours), name
    nobody = corridor.model_copy(
        update={
            "hours": {
                name: hours.model_copy(
                    update={"shifts": tuple(one.model_copy(update={"days": ("sun",)}) for one in hours.shifts)}
                )
                for name, hours in corridor.hours.items()
            }
        }
    )
    closed = _uses(nobody, before, after)
    assert {
        closed[name].utilisation for name, stage in corridor.stages.items() if stage.hours in corridor.hours
    } <= {
        0.0,
        None,
    }
    assert 0.0 in {one.utilisation for one in closed.values()}


OFFICE = {"days": ["mon", "tue"], "opens": "09:00", "closes": "17:00"}
HALF = {"days": ["mon"], "opens": "17:00", "closes": "22:00", "staff": 0.5}


@pytest.mark.parametrize(
    ("now", "work", "done"),
    [
        (10.0, 0.0, 10.0),
        (10.0, 1e-10, 10.0 + 1e-10),
        (8.0, 0.0, 9.0),  # nothing to do before it opens is done when it does
        (10.0, 7.0, 17.0),
        (10.0, 8.0, 18.0),
        (10.0, 12.0, 22.0),
        (10.0, 12.5, 33.5),
        (23.0, 1.0, 34.0),
        (33.0, 8.0, 41.0),
        (33.0, 8.1, float("inf")),
        (50.0, 0.5, float("inf")),
    ],
)
def test_work_is_done_in_open_hours(now: float, work: float, done: float) -> None:
    assert timetable(OFFICE, HALF, days=2).after(now, work) == pytest.approx(done, rel=1e-12)


def test_servers_at_work_are_rounded_up_and_their_hours_are_of_the_time_asked_for() -> None:
    found = timetable(OFFICE, HALF, days=2)
    assert list(found.servers(3)) == [(0.0, 0), (9.0, 3), (17.0, 2), (22.0, 0), (33.0, 3), (41.0, 0)]
    assert list(found.servers(1)) == [(0.0, 0), (9.0, 1), (22.0, 0), (33.0, 1), (41.0, 0)]
    assert found.server_hours(3, 0.0, 48.0) == 3 * 16 + 2 * 5
    assert found.server_hours(3, 16.0, 18.0) == 3 + 2
    assert found.server_hours(3, 23.0, 33.0) == 0.0
    assert found.server_hours(3, 40.0, 99.0) == 3.0
    assert (found.always, OPEN.always) == (False, True)
    assert (OPEN.after(5.0, 3.0), OPEN.server_hours(2, 1.0, 4.0)) == (8.0, 6.0)


def test_a_tornado_has_the_days_of_each_end_and_the_widest_swings_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    corridor, name = small(), "joint-targeting"
    few = dict(list(_groups(corridor).items())[:2])
    monkeypatch.setattr(sensitivity, "_groups", lambda _corridor: few)
    points = list(_points(corridor, name))
    assert [one.name for one in points[::2]] == [one.name for one in points[1::2]]
    told: list[tuple[int, int]] = []
    seen: list[Any] = []

    def run(jobs: Any) -> Any:
        for made, seed, number in jobs:
            seen.append((made, seed, number))
            yield of_hours(float(len({id(one) for one, _, _ in seen})) + number)

    found = tornado(corridor, name, replications=2, seed=7, run=run, progress=lambda *one: told.append(one))
    order = list(dict.fromkeys(id(one) for one, _, _ in seen))
    days = {one: float(of_hours(k + 1.5).passage.hours.mean()) / 24 for k, one in enumerate(order)}
    assert [(seed, number) for _, seed, number in seen] == [(7, 0), (7, 1)] * len(order)
    assert told == [(k, 2 * len(order)) for k in range(1, 2 * len(order) + 1)]
    assert (order[0], found.days) == (id(corridor), pytest.approx(days[order[0]]))
    assert found.days_saved == pytest.approx(days[order[0]] - days[order[1]])
    assert len(found.swings) == len(points) / 2
    widths = [one.width for one in found.swings]
    assert widths == sorted(widths, reverse=True)


def test_parameters_with_a_range_are_moved_together_by_kind_and_those_of_a_scenario_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    corridor = small()
    groups = _groups(corridor)
    assert all(
        one.low is not None and one.high is not None for group in groups.values() for one in group.values()
    )
    assert not any(path.split(".")[-1] in NOT_HOURS for group in groups.values() for path in group)
    together = {name: len(group) for name, group in groups.items() if name.startswith("types.")}
    assert together
    assert all(name.startswith("types.*.") for name in together)
    assert max(together.values()) == len(corridor.types)
    ranged = {
        path
        for path, one in parameters(corridor).items()
        if one.low is not None
        and one.high is not None
        and path.split(".")[-1] not in NOT_HOURS
        and tuple(path.split(".")[:2]) != tuple(AFTER_PERMIT)
    }
    assert {path for group in groups.values() for path in group} == ranged
    for name, scenario in corridor.scenarios.items():
        alone = corridor.model_copy(update={"scenarios": {name: scenario}})
        monkeypatch.setattr(sensitivity, "_groups", lambda _corridor: {})
        own = [one for one in _points(alone, name) if one.name.startswith("scenario: ")]
        changes = [
            (change, cited)
            for change in scenario.changes
            if (cited := change.to if isinstance(change.to, Cited) else change.times) is not None
            and cited.low is not None
            and cited.high is not None
        ]
        assert [one.name for one in own[::2]] == [f"scenario: {change.parameter}" for change, _ in changes]
        assert [one.text.startswith("× ") for one in own[::2]] == [change.to is None for change, _ in changes]
        assert [one.status for one in own[::2]] == [cited.status for _, cited in changes]


def test_a_file_is_of_the_corridor_that_was_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(shipped_text(), encoding="utf-8")
    assert between("TWKHH", "JPUKB", file).title == small().title
    for ends in (("JPUKB", "TWKHH"), ("TWKHH", "JPYOK"), ("TWKEL", "JPUKB")):
        with pytest.raises(InputError, match="is the corridor from TWKHH to JPUKB, not"):
            between(*ends, file)


@pytest.mark.parametrize(
    ("arrivals", "services", "servers", "hours", "events"),
    [
        ([0.0, 1.0], [5.0, 1.0], 1, OPEN, 4),  # each comes and is served
        ([0.0, 1.0, 2.0], [5.0, 1.0, 1.0], None, OPEN, 6),
        ([3.0], [0.0], None, OPEN, 1),
        ([16.0], [2.0], 1, timetable(OFFICE), 3),  # interrupted once
    ],
)
def test_what_happens_is_counted_by_who_comes_and_what_is_begun(
    arrivals: list[float], services: list[float], servers: int | None, hours: Any, events: int
) -> None:
    _ends, network, station = served(arrivals, services, servers, hours)
    assert network.events == events
    assert station.visits == len(arrivals)


def mended(corridor: Corridor, **values: float) -> Corridor:
    """A corridor with other numbers, unchecked; paths with two underscores for dots."""
    made: Any = corridor.model_dump()
    for path, value in values.items():
        *inner, last = path.split("__")
        node = made
        for key in inner:
            node = node[key]
        node[last]["value"] = value
        node[last] |= {"low": None, "high": None}
    return Corridor.model_validate(made)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({}, None),
        ({"early__activation__mean": 8.0, "stages__lodgement__time__mean": 8.0}, None),
        (
            {"early__activation__mean": 8.01, "stages__lodgement__time__mean": 8.0},
            "takes longer than lodgement after arrival",
        ),
        ({"trusted__lodged_early": 0.5, "types__industrial__lodged_early": 0.5}, None),
        (
            {"trusted__lodged_early": 0.5, "types__industrial__lodged_early": 0.51},
            "trusted traders lodge early less often than others of type industrial",
        ),
        ({"stages__documents__repeat": 0.999}, None),
        ({"stages__documents__repeat": 1.0}, "every visit would be repeated"),
    ],
)
def test_numbers_of_a_corridor_may_be_equal_where_they_may_not_be_more(
    values: dict[str, float], told: str | None
) -> None:
    corridor = small()
    if "trusted__lodged_early" in values:
        low = {f"types__{name}__lodged_early": 0.1 for name in corridor.types}
        values = {**low, **values}
    found = [one.message for one in impossible(mended(corridor, **values)) if "capacity" not in one.message]
    assert found == ([] if told is None else [told])
