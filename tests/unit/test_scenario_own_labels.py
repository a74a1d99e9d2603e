"""Duties in the labels of a table itself: what a line says, to the number."""

from __future__ import annotations

import pytest

from kosho.scenario.own_labels import own_lines
from kosho.world import toy

RENAMED = toy().aggregate(sectors={"farms": ["A01"], "cars": ["C29"]})


@pytest.mark.parametrize(
    ("text", "rate", "on_top", "sectors", "partners"),
    [
        ("USA JPN cars 25%", 0.25, False, ("cars",), ("JPN",)),
        ("USA JPN cars +2.5%", 0.025, True, ("cars",), ("JPN",)),
        ("USA JPN,CHN cars free", 0.0, False, ("cars",), ("JPN", "CHN")),
        ("USA all cars,farms 1% in all", 0.01, False, ("cars", "farms"), ("JPN", "CHN")),
        ("JPN USA cars +3% on top", 0.03, True, ("cars",), ("USA",)),
    ],
)
def test_a_line(
    text: str, rate: float, on_top: bool, sectors: tuple[str, ...], partners: tuple[str, ...]
) -> None:
    (found,) = own_lines([text], RENAMED)
    assert (found.rate, found.on_top) == (rate, on_top)
    assert (set(found.sectors), set(found.partners)) == (set(sectors), set(partners))
    assert found.importer == text.split(maxsplit=1)[0]


@pytest.mark.parametrize(
    "text",
    [
        "USA JPN cars",
        "USA JPN cars -5%",
        "USA JPN cars 5",
        "USA,JPN CHN cars 5%",
        "USA JPN boats 5%",
        "USA JPN C29 5%",
        "USA JPN goods 5%",  # nothing of it is the table's own word
        "USA JPN all 5%",
        "USA all C29 5%",
        "USA all goods 5%",
    ],
)
def test_no_line(text: str) -> None:
    assert own_lines([text], RENAMED) == ()
    assert own_lines(["USA JPN cars 25%", text], RENAMED) == ()
