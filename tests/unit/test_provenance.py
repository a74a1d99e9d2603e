from __future__ import annotations

from contextlib import nullcontext
from datetime import date
from typing import Any

import pytest
from pydantic import Field, TypeAdapter, ValidationError

from kosho.provenance import Cited, Day, Frozen, Source, field_docs


def test_a_range_holds_its_value() -> None:
    figure = Cited(value=1.35, low=0.6, high=2.1, unit="percent a day", status="fact", source="hs2013")
    assert figure.low is not None
    assert figure.low < figure.value
    with pytest.raises(ValidationError, match="must lie between"):
        Cited(value=3, low=0.6, high=2.1, unit="percent a day", status="fact", source="hs2013")


def test_a_figure_cannot_be_changed() -> None:
    figure = Cited(value=1, unit="percent", status="assumption", source="own")
    with pytest.raises(ValidationError, match="frozen"):
        figure.value = 2  # pyright: ignore[reportAttributeAccessIssue]


def test_a_day_is_never_a_number() -> None:
    day = TypeAdapter(Day)
    assert day.validate_python("2025-06-29") == date(2025, 6, 29)
    for wrong in (2025, "2025-06-31", "June 29"):
        with pytest.raises(ValidationError):
            day.validate_python(wrong)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), True])
def test_a_figure_is_a_number(value: float) -> None:
    with pytest.raises(ValidationError, match=r"number|finite|larger"):
        Cited(value=value, unit="percent", status="assumption", source="own")


@pytest.mark.parametrize("name", ["", "  "])
def test_an_id_of_a_source_says_something(name: str) -> None:
    with pytest.raises(ValidationError, match="says nothing"):
        Source(id=name, title="A note", publisher="Ministry", kind="primary")


def test_docs_of_fields_are_those_of_the_schema_and_of_its_bases_of_ours() -> None:
    class Report(Source):
        """A source with pages."""

        pages: int
        """How many."""

    assert set(field_docs(Source)) == {"kind"}
    assert set(field_docs(Report)) == {"kind", "pages"}


class Counted(Frozen):
    size: float | None = None
    many: tuple[int, ...] = ()
    by_name: dict[str, float] = Field(default_factory=dict)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"size": 1e15}, None),
        ({"size": -1e15, "many": [10**15]}, None),
        ({"size": 1.1e15}, "1.1e+15 is larger than anything that is counted here (1e+15)"),
        ({"many": [1, 10**15 + 1]}, "this number is larger than anything that is counted here (1e+15)"),
        ({"by_name": {"a": -1.1e15}}, "-1.1e+15 is larger than anything"),
        ({"many": [False]}, "false is not a number"),
        ({"size": float("nan")}, "nan is not a number"),
    ],
)
def test_every_number_of_a_schema_is_a_figure(given: dict[str, Any], told: str | None) -> None:
    if told is None:
        assert Counted(**given).model_dump(exclude_unset=True, mode="json") == given
        return
    with pytest.raises(ValidationError) as caught:
        Counted(**given)
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("low", "value", "high", "fine"),
    [
        (1.0, 1.0, 1.0, True),
        (None, 1.0, 0.9, False),
        (1.1, 1.0, None, False),
        (1.0, 1.0, None, True),
        (None, 1.0, 1.0, True),
        (None, -1.0, None, True),
        (0.0, -1.0, 1.0, False),
    ],
)
def test_a_value_lies_within_its_ends(low: float | None, value: float, high: float | None, fine: bool) -> None:
    with nullcontext() if fine else pytest.raises(ValidationError, match="must lie between low"):
        Cited(value=value, low=low, high=high, unit="x", status="fact", source="own")


def test_an_id_has_eighty_characters_at_most() -> None:
    assert Source(id="x" * 80, title="A", publisher="B", kind="own").id == "x" * 80
    with pytest.raises(ValidationError, match="80"):
        Source(id="x" * 81, title="A", publisher="B", kind="own")
