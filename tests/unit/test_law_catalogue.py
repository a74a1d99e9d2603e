"""How well a word fits a code, and in which order codes are found."""

from __future__ import annotations

import pytest

from kosho.law.catalogue import Code, catalogue, found, nearest

CARS = Code("C29", "sector", "Motor vehicles and parts", words=("cars",))
ENGINES = Code("vehicle-engines", "group", "Engines", "", ("motors",), ("8407", "8408.20"))
CLOSE = Code("C30", "sector", "Ships, cars of railways")
LAND = Code("CAR", "economy", "A country")


@pytest.mark.parametrize(
    ("wanted", "score"),
    [
        ("c29", 3),
        ("cars", 2),
        ("car", 2),
        ("vehicles", 2),
        ("vehicle", 2),
        ("motor", 2),
        ("mot", 1),
        ("ships", 0),
    ],
)
def test_the_code_fits_best_then_a_word_then_the_beginning_of_one(wanted: str, score: int) -> None:
    assert CARS.says(wanted) == score


@pytest.mark.parametrize(("wanted", "score"), [("8407", 2), ("84", 2), ("84079010", 2), ("8409", 0), ("85", 0)])
def test_digits_are_headings_and_what_they_are_under(wanted: str, score: int) -> None:
    assert ENGINES.says(wanted) == score
    assert CARS.says(wanted) == 0


def test_parts_of_a_code_are_words_where_they_are_long_enough() -> None:
    assert ENGINES.own_words == ["engines", "motors", "vehicle", "engines"]
    assert LAND.own_words == ["a", "country", "car"]
    assert Code("A-bc", "group", "").own_words == []


def test_the_best_come_first_and_those_alike_as_they_are() -> None:
    every = (CLOSE, CARS, ENGINES, LAND)
    assert found("car", every) == [LAND, CLOSE, CARS]  # the code itself, then words, as they stand
    assert found("ca", every) == [CLOSE, CARS, LAND]  # beginnings
    assert found("motor vehicles", every) == [CARS, ENGINES]
    assert found("moto", every) == [CARS, ENGINES]
    assert found("vehicle-engines", every) == [ENGINES]
    assert found("car", every, ["sector"]) == [CLOSE, CARS]
    assert found("c29 ships", every) == []  # every word has to fit
    assert found("--", every) == []


def test_the_worst_word_decides_and_the_code_itself_is_above_words() -> None:
    weak = Code("X1", "sector", "motoring vehicles")
    assert found("motor vehicles", (weak, CARS)) == [CARS, weak]
    named = Code("X2", "sector", "c29")
    assert found("c29", (named, CARS)) == [CARS, named]
    assert found("c29 cars", (Code("X3", "sector", "c29 cars"), CARS))[1] is CARS


def test_what_was_meant_is_told_by_meaning_spelling_or_both() -> None:
    every = catalogue()
    assert nearest("Britain", every) == "did you mean GBR (United Kingdom)?"
    assert "JPN (Japan)" in (nearest("JPM", every, ["economy"]) or "")
    assert nearest("germny", every, ["economy"]) == "did you mean DEU (Germany)?"
    assert nearest("qqqqqqq", every) is None
