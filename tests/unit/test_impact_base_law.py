"""Which day stands in for the year of a table that the register does not cover, or not all of."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from kosho.errors import InputError, Problem
from kosho.impact.base_law import _stand_in


def covering(*spans: tuple[date, date]) -> Any:
    """A register that covers some spans of days."""

    def refuse(on: date) -> None:
        if not any(first <= on <= last for first, last in spans):
            raise InputError(Problem("not covered"))

    covers = [SimpleNamespace(first=first, last=last) for first, last in spans]
    return SimpleNamespace(covers=covers, refuse_uncovered=refuse)


@pytest.mark.parametrize(
    ("spans", "day"),
    [
        ([(date(2022, 1, 1), date(2022, 12, 31))], None),  # exactly the year
        ([(date(2021, 6, 1), date(2023, 2, 1))], None),
        ([(date(2022, 1, 2), date(2022, 12, 31))], date(2022, 1, 2)),  # its first day is not covered
        ([(date(2022, 1, 1), date(2022, 12, 30))], date(2022, 1, 1)),  # its last is not
        ([(date(2024, 3, 1), date(2025, 12, 31))], date(2024, 3, 1)),  # all is later
        ([(date(2017, 1, 1), date(2019, 5, 5))], date(2019, 5, 5)),  # all is earlier
        # Two spans: days are counted to the end of the year that is nearer.
        ([(date(2018, 1, 1), date(2020, 6, 1)), (date(2024, 3, 1), date(2025, 1, 1))], date(2024, 3, 1)),
        ([(date(2018, 1, 1), date(2021, 6, 1)), (date(2024, 3, 1), date(2025, 1, 1))], date(2021, 6, 1)),
        ([(date(2021, 12, 30), date(2021, 12, 30)), (date(2023, 1, 2), date(2023, 1, 2))], date(2021, 12, 30)),
        ([(date(2021, 12, 29), date(2021, 12, 29)), (date(2023, 1, 2), date(2023, 1, 2))], date(2023, 1, 2)),
    ],
)
def test_the_covered_day_nearest_to_the_year_stands_in_for_it(
    spans: list[tuple[date, date]], day: date | None
) -> None:
    assert _stand_in(covering(*spans), 2022) == day


def test_a_register_that_covers_nothing_is_refused() -> None:
    with pytest.raises(InputError, match="not covered"):
        _stand_in(covering(), 2022)
