"""Who is examined: the share of a channel, less of it for trusted traders and recognised exporters."""

from __future__ import annotations

import numpy as np
import pytest
from tests.corridors import small

from kosho.arrays import Array
from kosho.corridor.traffic import Arrivals, _batch, _lodgement, hours_of


def drawn(purpose: str, number: int) -> Array:
    """Numbers that are spread evenly, and apart from each other by purpose."""
    even = (np.arange(number) + 0.5) / number
    return np.random.default_rng(sum(map(ord, purpose))).permutation(even)


def test_untrusted_consignments_are_examined_at_the_share_of_their_channel() -> None:
    corridor = small()
    name, kind = next(iter(corridor.types.items()))
    many = kind.model_copy(update={"per_week": kind.per_week.model_copy(update={"value": 40_000.0})})
    corridor = corridor.model_copy(update={"types": {**corridor.types, name: many}})
    ships = Arrivals(np.arange(float(len(corridor.calls.slots))), np.zeros(len(corridor.calls.slots)))
    batch = _batch(corridor, name, ships, drawn)
    assert len(batch) == pytest.approx(40_000, rel=0.02)
    assert batch.trusted.mean() == pytest.approx(kind.trusted.value, abs=1e-3)
    both = kind.channels.inspection.value + kind.channels.documents.value
    plain = ~batch.trusted & ~batch.recognised
    assert batch.inspection[plain].mean() == pytest.approx(kind.channels.inspection.value, abs=0.01)
    assert batch.documents[plain].mean() == pytest.approx(both, abs=0.01)
    trusted = batch.trusted & ~batch.recognised
    share = corridor.trusted.examined.value
    assert share < 0.9
    assert batch.documents[trusted].mean() == pytest.approx(share * both, abs=0.02)
    early = {"trusted": corridor.trusted.lodged_early.value, "plain": kind.lodged_early.value}
    assert batch.early[batch.trusted].mean() == pytest.approx(early["trusted"], abs=0.02)
    assert batch.early[~batch.trusted].mean() == pytest.approx(early["plain"], abs=0.02)
    assert (batch.visits["payment"][batch.trusted] == 0).all()
    needed = corridor.stages.payment.needed
    assert needed is not None
    assert (batch.visits["payment"][~batch.trusted] > 0).mean() == pytest.approx(needed.value, abs=0.02)
    assert set(np.unique(batch.call)) == set(range(len(corridor.calls.slots)))
    repeat = corridor.stages.documents.repeat
    assert repeat is not None
    visits = batch.visits["documents"][batch.documents]
    assert visits.min() == 1
    assert (visits > 1).mean() == pytest.approx(repeat.value, abs=0.03)


@pytest.mark.parametrize(("name", "more"), [("regulated", True), ("industrial", False)])
def test_what_other_laws_ask_takes_hours_more_on_average(name: str, more: bool) -> None:
    corridor = small()
    kind = corridor.types[name]

    def of(purpose: str) -> Array:
        return drawn(purpose, 20_001)

    early = np.arange(20_001) % 2 == 0
    found = _lodgement(corridor, kind, early, of)
    added = kind.other_laws.value if kind.other_laws is not None else 0.0
    assert (added > 0) is more
    assert found[early].mean() == pytest.approx(corridor.early.activation.mean.value + added, rel=0.05)
    assert found[~early].mean() == pytest.approx(corridor.stages.lodgement.time.mean.value + added, rel=0.05)
    assert found.min() >= 0


@pytest.mark.parametrize("distribution", ["fixed", "exponential", "lognormal"])
def test_lengths_of_time_have_their_mean_and_spread(distribution: str) -> None:
    duration = small().stages.inspection.time.model_copy(update={"distribution": distribution})
    cv = {"fixed": 0.0, "exponential": 1.0, "lognormal": duration.cv.value if duration.cv else 1.0}[
        distribution
    ]
    hours = hours_of(duration, drawn("any", 100_001))
    assert hours.mean() == pytest.approx(duration.mean.value, rel=0.01)
    assert hours.std() == pytest.approx(cv * duration.mean.value, rel=0.03, abs=1e-12)
    grown = hours_of(duration, np.array([0.1, 0.5, 0.9]))
    assert (np.diff(grown) > 0).all() == (distribution != "fixed")
