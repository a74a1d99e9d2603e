from __future__ import annotations

from datetime import date

import pytest
from pydantic import TypeAdapter, ValidationError

from kosho.provenance import Cited, Day, Source, field_docs


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
