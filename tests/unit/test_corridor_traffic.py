"""Who is examined: the share of a channel, less of it for trusted traders and recognised exporters."""

from __future__ import annotations

import numpy as np
import pytest
from tests.corridors import small

from kosho.arrays import Array
from kosho.corridor.traffic import Arrivals, _batch


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
