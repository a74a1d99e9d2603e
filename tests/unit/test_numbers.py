"""Numbers in text: which mark is which, or a refusal."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosho.errors import InputError
from kosho.numbers import Mark, certain, convention, decimal, plain, rewritten


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", "12"), ("12.5", "12.5"), ("12,8", "12.8"), ("167,10", "167.1"), ("0,234", "0.234"),
        (",5", "0.5"), (".5", "0.5"), ("1.234", "1.234"), ("1.234,5", "1234.5"), ("1,234.5", "1234.5"),
        ("1.234.567", "1234567"),
        ("1,234,567", "1234567"), ("1 234,5", "1234.5"), ("1\u202f234", "1234"), ("1'234.5", "1234.5"),
        ("1,2345", "1.2345"), ("12345,678", "12345.678"), ("12 1/2", "12.5"), ("33 1/3", "33.3333333333"),
        ("1/2", "0.5"), ("3½", "3.5"), ("½", "0.5"), ("1/3", "0.333333333333"), ("1/300", "0.003333333333"),
        ("100/1", "100"), ("200 1/3", "200.333333333"), ("2⅔", "2.66666666667"), ("1.234.567,8", "1234567.8"),
    ],
)  # fmt: skip
def test_a_number_that_shows_its_mark(text: str, value: str) -> None:
    assert decimal(text) == Decimal(value)


@pytest.mark.parametrize("text", ["1,234", "12,345", "999,000"])
def test_a_number_that_does_not_is_refused_or_told(text: str) -> None:
    with pytest.raises(InputError, match=" is "):
        decimal(text)
    with pytest.raises(InputError):
        certain(f"a duty of {text} EUR/kg")
    assert decimal(text, ".") == Decimal(text.replace(",", ""))
    assert decimal(text, ",") == Decimal(text.replace(",", "."))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "12,34,567",
        "1,234,5",
        "1.2.3",
        "1 23",
        "-5",
        "5-",
        "1e3",
        "١٢",
        "1.234,5,6",
        "1,234.5.6",
        "1.234,5.6",
    ],
)
def test_what_is_no_number_is_refused(text: str) -> None:
    for mark in (None, ".", ","):
        with pytest.raises(InputError):
            decimal(text, mark)


def test_the_convention_of_a_text_is_what_its_numbers_show() -> None:
    assert convention(["4,300 yen/pr", "30%"]) is None
    assert convention(["1,234 EUR/t", "12,8 %"]) == ","
    assert convention(["1,234 EUR/t", "12.8 %"]) == "."
    assert convention(["30 %", "5 of 1 234, then 12,8 %"]) == ","
    assert convention(["1.234.567", "1,234"]) == ","
    assert convention([]) is None
    with pytest.raises(InputError, match="decimal comma"):
        convention(["12,8 %", "12.8 %"])


@given(st.decimals(min_value=0, max_value=10**9, places=2), st.sampled_from([".", ","]))
def test_what_is_written_in_a_convention_is_read_in_it(value: Decimal, mark: Mark) -> None:
    english = f"{value:,.2f}"
    written = english if mark == "." else english.translate(str.maketrans(",.", ".,"))
    assert decimal(written, mark) == value
    assert decimal(written) == value  # two digits behind the mark show which it is
    assert decimal(rewritten(written, mark)) == value


def test_numbers_are_certain_where_none_may_be_either_of_two() -> None:
    for text in ("12,5 %", "1.234 kg", "1.234,5 kg and 30", "of 1,234,5", "none"):
        assert certain(text) == text
    with pytest.raises(InputError, match=r"'1,234' is 1\.234 or 1234"):
        certain("12,5 % of 1,234 kg")


@pytest.mark.parametrize(
    ("text", "value"), [(" 2.5 ", 2.5), ("-1e3", -1000.0), ("2_5", None), ("٢", None), ("x", None)]
)
def test_a_number_as_programs_write_it(text: str, value: float | None) -> None:
    if value is not None:
        assert plain(text) == value
        return
    with pytest.raises(ValueError, match=text.strip()):
        plain(text)
