"""Rows of tables that commands print, in figures and words that are worked out by hand."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from kosho.cli.bench import _time, _times
from kosho.cli.corridor_effect import by_sector, measure, time_value
from kosho.cli.register_upkeep import refuse_unknown_economy
from kosho.cli.tariffs import _rate_rows
from kosho.errors import InputError

COUNTRIES, SECTORS = ("USA", "JPN", "KOR"), ("C28", "C29")


def base(unknown: np.ndarray | None) -> Any:
    """Sales of 10 to 120 billion, and duties of 10, 20 ... percent on them."""
    flows = 1e4 * np.arange(1.0, 19.0).reshape(3, 3, 2)
    tariff = 0.01 * np.arange(1.0, 19.0).reshape(3, 3, 2)
    return SimpleNamespace(
        arrays=SimpleNamespace(flows=flows, tariff=tariff),
        unknown_tariff=None if unknown is None else SimpleNamespace(to_numpy=lambda: unknown),
        position=COUNTRIES.index,
        sector_position=SECTORS.index,
    )


def found(*, unknown: bool) -> Any:
    """One rate of the United States on two exporters, one on two sectors of Japan, one of Japan's."""
    hidden = np.zeros((3, 3, 2), bool)
    hidden[1, 0, 1] = True
    start = base(hidden if unknown else None)
    new = 2.0 * start.arrays.flows
    new[1] = 9e5
    return SimpleNamespace(
        outcome=SimpleNamespace(base=start, flows=SimpleNamespace(to_numpy=lambda: new)),
        instrument=np.array([0, 0, 1, 1, 2]),
        importer=("USA", "USA", "USA", "USA", "JPN"),
        exporter=("JPN", "KOR", "JPN", "JPN", "USA"),
        sector=("C29", "C29", "C28", "C29", "C29"),
        rate=np.array([0.42, 0.42, 0.077, 0.077, 1.234]),
    )


def test_rates_stand_with_who_bears_them_the_largest_imports_first() -> None:
    # Before: of Japan 40 and of Korea 60 billion at 4 and 6 %; of Japan's 30 and 40 at 3 and 4 %; 80 at 8 %.
    cars, both = "Motor vehicles and parts", "2 sectors"
    rows = [
        ("Japan", "United States", cars, "8.0", "123.4", "900"),
        ("United States", "2 economies", cars, "5.2", "42.0", "200"),
        ("United States", "Japan", both, "3.6", "7.7", "140"),
    ]
    assert _rate_rows(found(unknown=False)) == rows
    rows[0] = ("Japan", "United States", cars, "not known", "123.4", "900")
    assert _rate_rows(found(unknown=True)) == rows


def kind(per_week: float, value: float, **mix: float) -> Any:
    """Consignments of one type: how many a week, what each is worth, and sectors in them."""
    return SimpleNamespace(
        per_week=SimpleNamespace(value=per_week), value=SimpleNamespace(value=value), mix=mix
    )


def test_days_of_a_sector_are_those_of_its_consignments_by_their_worth() -> None:
    # C28: 10 x 3 x a half is 15; C29: 15 of the one and 4 x 5 of the other, 35; nothing of C30.
    types = {"box": kind(10.0, 3.0, C28=0.5, C29=0.5), "bulk": kind(4.0, 5.0, C29=1.0, C30=0.0)}
    corridor: Any = SimpleNamespace(types=types)
    assert by_sector(corridor, {"box": 2.0, "bulk": 8.0}) == {
        "C28": pytest.approx((0.3, 2.0)),
        "C29": pytest.approx((0.7, 190.0 / 35.0)),
    }


def test_a_scenario_is_a_measure_of_days_to_five_places() -> None:
    # Worth 3 to 7 sectors save 0.4 and 22/35 days: 0.56, which is 1.12 of the mean, on a tenth of the trade.
    corridor: Any = SimpleNamespace(
        types={"box": kind(10.0, 3.0, C28=0.5, C29=0.5), "bulk": kind(4.0, 5.0, C29=1.0)},
        origin=SimpleNamespace(code="TWKHH"),
        destination=SimpleNamespace(code="JPUKB"),
        trade_share=SimpleNamespace(value=0.1, low=None, high=0.2),
        window=SimpleNamespace(start=date(2026, 6, 15)),
        scenarios={"ahead": SimpleNamespace(title="Papers ahead")},
        title="To Kobe",
        value_of_time=SimpleNamespace(model_dump=lambda **_given: {"value": 1.35}),
    )
    baseline: Any = SimpleNamespace(mean=2.4167371)
    saved: Any = SimpleNamespace(mean=0.5, low=-0.1, high=1.0)
    found = measure(corridor, "ahead", baseline, saved, {"box": 0.4, "bulk": 0.8})
    (one,) = found["measures"]
    known = {"unit": "days", "status": "estimate", "source": "customs-twkhh-jpukb-simulation"}
    assert one["terms"] == {
        "before": {"value": 2.41674, **known},
        "after": {
            "value": 2.36074,
            "low": 2.19274,
            "high": 2.42794,
            **known,
            "note": "the corridor saves 0.50 days (-0.10 to 1.00), 0.56 weighted by value, on 0.1 of the trade "
            "in goods",
        },
        "per_day": {"value": 1.35, "source": "customs-twkhh-jpukb-simulation"},
    }
    assert (found["title"], one["id"]) == ("Papers ahead, To Kobe", "customs-twkhh-jpukb-ahead")
    assert (one["imposer"], one["partners"]) == ("JPN", {"include": ["TWN"]})
    assert (one["legal_from"], one["known_from"]) == ("2026-06-15", "2026-06-15")
    nothing: Any = SimpleNamespace(mean=0.0, low=0.0, high=0.0)
    (still,) = measure(corridor, "ahead", baseline, nothing, {"box": 0.0, "bulk": 0.0})["measures"]
    assert still["terms"]["after"]["value"] == 2.41674


@pytest.mark.parametrize(
    ("low", "high", "ends"),
    [(None, None, (0.8, 0.8, 0.8)), (0.6, None, (0.6, 0.8, 0.8)), (0.6, 2.1, (0.6, 0.8, 2.1))],
)
def test_a_day_is_worth_what_is_cited_where_no_end_is(
    low: float | None, high: float | None, ends: tuple[float, float, float]
) -> None:
    corridor: Any = SimpleNamespace(value_of_time=SimpleNamespace(value=0.8, low=low, high=high))
    assert time_value(corridor) == dict(zip(("low", "mid", "high"), ends, strict=True))


@pytest.mark.parametrize(
    ("ratio", "told"),
    [
        (0.0042, "0.0042"),
        (0.01, "0.01"),
        (0.996, "1.00"),
        (1.0, "1.0"),
        (9.94, "9.9"),
        (9.95, "10"),
        (120.4, "120"),
    ],
)
def test_how_many_times_as_quick_is_told_in_two_digits(ratio: float, told: str) -> None:
    assert _times(ratio) == told


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(2.5, "2.5 s"), (1.0, "1.0 s"), (0.25, "250 ms"), (0.00994, "9.9 ms"), (0.00996, "10 ms"), (12.0, "12 s")],
)
def test_a_time_is_told_in_the_largest_unit_that_it_fills(seconds: float, told: str) -> None:
    assert _time(seconds) == told


@pytest.mark.parametrize(
    ("code", "alone", "fits"),
    [
        ("JPN", False, True),
        ("JPN", True, True),
        ("EU27", False, True),
        ("EU27", True, False),
        ("JAP", False, False),
    ],
)
def test_a_bloc_is_no_economy_where_it_must_stand_alone(code: str, *, alone: bool, fits: bool) -> None:
    if fits:
        refuse_unknown_economy(code, "--partner", alone=alone)
        return
    with pytest.raises(InputError) as caught:
        refuse_unknown_economy(code, "--partner", alone=alone)
    (one,) = caught.value.problems
    assert (one.key, one.message) == ("--partner", f"unknown country {code!r}")
