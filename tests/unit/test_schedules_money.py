"""Whose dollars and cents a schedule means."""

from __future__ import annotations

from pathlib import Path

import pytest

from kosho.errors import InputError
from kosho.law.schedules import parse_duty
from kosho.law.schedules.importing import read_files
from kosho.law.schedules.table import Reading


def general(to: Path, importer: str, duty: str) -> str:
    table = to / "t.csv"
    table.write_text(f'goods code,duty\n04061020,"{duty}"\n', encoding="utf-8")
    return read_files([table], Reading(importer=importer)).lines["04061020"].general_text


@pytest.mark.parametrize(
    ("importer", "duty", "expected"),
    [
        ("CAN", "245.5% but not less than $4.52/kg", "245.5%; not less than 4.52 CAD/kg"),
        ("CAN", "2.82¢/kg", "0.0282 CAD/kg"),
        ("CAN", "US$4.52/kg", "4.52 USD/kg"),
        ("CAN", "¥3/kg", "3 JPY/kg"),
        ("CHN", "¥3/kg", "3 CNY/kg"),
        ("JPN", "¥3/kg", "3 JPY/kg"),
        ("USA", "37.2¢/kg + 6%", "0.372 USD/kg + 6%"),
        ("USA", "$1.44/kg", "1.44 USD/kg"),
        ("KOR", "300 won/kg", "300 KRW/kg"),
    ],
)
def test_signs_of_money_are_those_of_the_importer(
    tmp_path: Path, importer: str, duty: str, expected: str
) -> None:
    assert str(parse_duty(general(tmp_path, importer, duty))) == expected


@pytest.mark.parametrize("importer", ["BRA", "CHN", "JPN"])
def test_a_sign_that_may_be_anybodys_is_refused(tmp_path: Path, importer: str) -> None:
    with pytest.raises(InputError, match=r"'\$4\.52': which money is not said"):
        general(tmp_path, importer, "$4.52/kg")
