"""Pieces of a replication by hand: when papers are examined, what stages were used for."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from tests.corridors import small

from kosho.corridor.replication import _Meter, _ships, _uses
from kosho.corridor.schema import Window


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
