"""What is noted of arguments from Python, and what the notes' callers are told."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from kosho.arguments import amounts, note_array, refuse_boundless
from kosho.errors import InputError, Problems


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


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (
            {"a": ["1"], "b": [True]},
            {"a": "is not an array of real numbers", "b": "is not an array of real numbers"},
        ),
        ({"a": [[1.0], [1.0, 2.0]]}, {"a": "is not an array of real numbers"}),
        (
            {"a": [3.0, -0.5, float("nan")], "b": [float("inf")]},
            {"a": "has -0.5", "b": "has a number without an end"},
        ),
        ({"a": [1.0, 2.0, 3.0], "b": [1.0, 2.0]}, {"b": "has shape (2,), a has (3,)"}),
        ({"a": [1.0, 2.0, 3.0], "b": [1.0], "c": [1.0] * 4}, {"c": "has shape (4,), a has (3,)"}),
        ({"a": [1.0, 2.0, 3.0], "b": 1.0, "c": [1.0] * 4}, {"c": "has shape (4,), a has (3,)"}),
        ({"a": [[1.0] * 3] * 2, "b": [1.0, 2.0]}, {"b": "has shape (2,), a has (2, 3)"}),
        ({"a": [[1.0] * 3] * 2, "b": [[1.0] * 3] * 4}, {"b": "has shape (4, 3), a has (2, 3)"}),
    ],
)
def test_what_is_no_amount_is_refused_by_argument(given: dict[str, object], told: dict[str, str]) -> None:
    with pytest.raises(InputError) as refused:
        amounts(**given)
    assert {one.key: one.message for one in refused.value.problems} == told


def test_amounts_are_arrays_that_fit_each_other() -> None:
    found = amounts(a=[[1, 0], [2, 3]], b=[0.5, float("nan")], c=[[4], [5]], d=0)
    assert [one.dtype.kind for one in found] == ["f"] * 4
    assert [one.shape for one in found] == [(2, 2), (2,), (2, 1), ()]
    assert np.isnan(found[1]).tolist() == [False, True]
    assert [one.shape for one in amounts(a=[], b=1)] == [(0,), ()]


@pytest.mark.parametrize("given", [True, "1", None, float("nan"), float("inf"), 1j])
def test_what_is_no_number_with_an_end_is_refused(given: object) -> None:
    with pytest.raises(InputError) as refused:
        refuse_boundless(a=1, b=given, c=-0.5, d=given)
    assert [(one.key, one.message) for one in refused.value.problems] == [
        ("b", repr(given)),
        ("d", repr(given)),
    ]
