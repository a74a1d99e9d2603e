"""What is noted of arguments from Python, and what the notes' callers are told."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from kosho.arguments import note_array
from kosho.errors import Problems


def rates(
    values: list[float] | list[str] | list[object], codes: list[object], dim: str = "country"
) -> xr.DataArray:
    return xr.DataArray(np.asarray(values), {dim: codes}, (dim,))


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (rates([0.1, 0.2], ["JPN", "USA"]), []),
        (np.asarray([0.1, 0.2]), ["is a ndarray, not a DataArray"]),
        (rates([0.1, 0.2], ["JPN", "USA"], "partner"), ["the array has dimensions ('partner',)"]),
        (xr.DataArray([0.1, 0.2], dims="country"), ["dimension country has no labels"]),
        (rates([0.1, 0.2], ["JPN", "JPN"]), ["country 'JPN' is given twice"]),
        (rates([0.1, 0.2], [1, 2]), ["country 1 is no code"]),
        (rates(["a", "b"], ["JPN", "USA"]), ["is an array of <U1, not of real numbers"]),
        (
            rates([1j, 2j], ["JPN", "JPN"]),
            ["country 'JPN' is given twice", "is an array of complex128, not of real numbers"],
        ),
    ],
)
def test_what_is_no_labelled_array_of_numbers_is_noted(given: object, told: list[str]) -> None:
    problems = Problems()
    problems.add("something before")
    assert note_array(problems, given, ["country"], "rates") is (told == [])
    assert [one.message for one in problems.found[1:]] == told
    assert {one.key for one in problems.found[1:]} <= {"rates"}
