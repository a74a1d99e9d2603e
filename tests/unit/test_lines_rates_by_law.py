"""Pieces of rates by the law: lines of a trade, columns of a schedule, what was collected, periods of use."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import numpy as np
import polars as pl
import pytest

from kosho.lines import rates_by_law
from kosho.lines.rates_by_law import LawRates, _collected, _members, _own, _Paid, _pairs, _period, _traded


@pytest.mark.parametrize(
    ("codes", "lines"),
    [
        (["870323"], ["870323", "87032310", "8703"]),
        (["87032310"], ["870323", "87032310", "8703"]),
        (["8703"], ["870323", "87032310", "8703"]),
        (["870421"], ["870421"]),
        (["87"], []),
        (["0101"], []),
        ([], []),
    ],
)
def test_lines_of_a_trade_are_its_codes_what_lies_under_them_and_what_holds_them(
    codes: list[str], lines: list[str]
) -> None:
    every = dict.fromkeys(["870323", "87032310", "8703", "870421"])
    assert list(_traded(every, codes)) == lines


def test_of_several_rates_of_a_line_the_lowest_counts_and_none_where_one_is_none() -> None:
    rows = [
        ("", "870323", 0.1),
        ("", "870323", 0.05),
        ("", "870421", 0.25),
        ("", "870421", None),
        ("JPN", "870323", 0.0),
    ]
    duties = pl.DataFrame(rows, schema=["exporter", "hs", "rate"], orient="row")
    assert _pairs(duties, "") == [("870323", 0.05), ("870421", None)]
    assert _pairs(duties, "JPN") == [("870323", 0.0)]
    found = _own(("870323", "870421", "870422"), np.array([0.1, 0.2, np.nan]), {"870421": None, "870323": 0.0})
    np.testing.assert_array_equal(found, [0.0, np.nan, np.nan])


def test_what_was_collected_is_duty_over_value_where_both_are_known() -> None:
    rows = [("JPN", "870323", 5.0, 100.0), ("JPN", "870421", 5.0, 0.0), ("KOR", "870323", None, 9.0)]
    trade = pl.DataFrame(
        [*rows, ("KOR", "87", 0.0, 9.0)], schema=["exporter", "hs", "duty", "value"], orient="row"
    )
    assert _collected(trade) == {("JPN", "870323"): 0.05, ("KOR", "87"): 0.0}


def test_a_line_has_what_was_collected_of_the_nearest_code_above_it() -> None:
    collected = {("JPN", "870323"): 0.05, ("JPN", "87032310"): 0.07, ("JPN", "87042"): 0.9}
    paid: Any = _Paid.__new__(_Paid)
    object.__setattr__(paid, "collected", collected)
    shares = [_Paid._share(paid, "JPN", code) for code in ("8703231090", "87032310", "87032390", "870323")]
    assert shares == [0.07, 0.07, 0.05, 0.05]
    assert np.isnan([_Paid._share(paid, "JPN", "870421"), _Paid._share(paid, "KOR", "870323")]).all()


@pytest.mark.parametrize(
    ("day", "period"),
    [
        (date(2024, 12, 31), "2024"),
        (date(2025, 1, 1), "2025"),
        (date(2026, 1, 31), "2025"),
        (date(2026, 2, 1), "2026-02"),
    ],
)
def test_use_of_a_preference_is_that_of_the_last_period_that_had_begun(day: date, period: str) -> None:
    assert _period(day) == period


def test_a_partner_is_an_economy_a_bloc_or_nobody() -> None:
    assert list(_members("JPN")) == ["JPN"]
    assert {"DEU", "FRA"} < set(_members("EU27"))
    assert [list(_members(name)) for name in ("ROW", "nobody")] == [[], []]


@pytest.mark.parametrize(
    ("code", "ends"),
    [
        ("870323", (0.02, 0.3)),
        ("87032310", (0.05, 0.3)),
        ("8703", (0.0, 0.4)),
        ("870324", (0.0, 0.4)),
        ("870421", (0.0, float("inf"))),
        ("0", (0.0, float("inf"))),
    ],
)
def test_rates_that_are_none_lie_between_the_ends_of_all_under_a_code(
    code: str, ends: tuple[float, float]
) -> None:
    rows = [
        ("87032310", None, 0.05, 0.3),
        ("87032390", None, 0.02, 0.1),
        ("87032400", None, 0.0, 0.4),
        ("87042100", 0.25, 0.25, 0.25),
    ]
    frame = pl.DataFrame(
        [("USA", "JPN", *row) for row in rows],
        schema=["importer", "exporter", "hs", "rate", "low", "high"],
        orient="row",
    )
    rates = LawRates(frame, date(2025, 7, 1), ())
    assert rates.between(code) == ends
    assert [row[0] for row in rates.card().rows] == ["rates", "known"]
    assert dict(rates.card().rows)["known"] == "1"


@pytest.mark.parametrize(
    ("held", "taken"),
    [
        ([], None),
        ([("r5", 1, True)], "r5"),
        ([("r5", 1, False)], None),  # some chapters alone are no schedule
        ([("r5", 2, True), ("r4", 1, True)], "r5"),
        ([("r5", 1, False), ("r4", 1, True)], "r4"),
        ([("r5", 1, True), ("r4", 1, False)], "r5"),
        ([("r5", 1, True), ("r4", 1, True)], "r5, r4"),
    ],
)
def test_ordinary_duties_are_of_the_newest_whole_edition_where_no_other_is_of_its_day(
    held: list[tuple[str, int, bool]], taken: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    editions = [
        SimpleNamespace(edition=name, valid_from=date(2025, day, 1), whole=whole) for name, day, whole in held
    ]
    monkeypatch.setattr(rates_by_law, "in_force", lambda importer, _on: editions if importer == "FRA" else [])
    monkeypatch.setattr(rates_by_law, "schedule_rates", lambda one: f"rates of {one.edition}")
    monkeypatch.setattr(rates_by_law, "rivals", lambda one, other: KeyError(f"{one.edition}, {other.edition}"))
    if taken is not None and "," in taken:
        with pytest.raises(KeyError, match=taken):
            rates_by_law.ordinary_rates("FRA", date(2025, 6, 1))
        return
    found: Any = rates_by_law.ordinary_rates("FRA", date(2025, 6, 1))
    assert found == (None if taken is None else (f"rates of {taken}", taken))
