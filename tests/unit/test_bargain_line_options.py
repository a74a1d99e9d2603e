"""Packages of tariff lines as options of a table."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cases import two_issues, with_table

from kosho import Case
from kosho.errors import InputError

LINES = """\
importer,partner,sector,hs,duty_share,cut
USA,JPN,C29,8703.23,0.6,100
USA,JPN,C29,8703.40,0.1,50
USA,JPN,C28,8429.52,0.064,100
USA,JPN,C28,8429.59,0.936,100
"""
OPTION = """\
      - id: by-line
        title: The lines of our request
        lines: cars.csv
        status: assumption
        source: [own-lines]
"""


def _case(folder: Path, lines: str = LINES) -> Path:
    def changed(table: str) -> str:
        short = two_issues(table)
        at = short.index("    options:\n") + len("    options:\n")
        source = "sources:\n  - {id: own-lines, title: Our request, publisher: us, kind: own}\n"
        return (short[:at] + OPTION + short[at:]).replace("sources:\n", source, 1)

    made = with_table(folder, changed)
    (made / "cars.csv").write_text(lines, encoding="utf-8")
    return made


def test_lines_of_an_option_are_cuts_of_the_duty_of_their_sectors(tmp_path: Path) -> None:
    table = Case.load(str(_case(tmp_path / "case"))).table()
    assert table is not None
    assert 0.064 * 100 + 0.936 * 100 > 100
    added = table.overlay(0, 0).add
    assert {one.scope.sectors: one.value for one in added} == {
        ("C29",): pytest.approx(65.0),
        ("C28",): 100.0,  # all of it, and no more
    }
    assert {one.kind for one in added} == {"cut"}
    assert added[0].title.startswith("United States on Japan, 2 lines of")


def test_wrong_rows_are_told_with_their_file_and_row(tmp_path: Path) -> None:
    wrong = LINES.replace("0.6,100", "0.6,120").replace("C28", "C92").replace("0.1,50", "0.9,50")
    with pytest.raises(InputError) as told:
        Case.load(str(_case(tmp_path / "case", wrong))).table()
    text = str(told.value)
    assert "cars.csv:2: cut: a cut of 120 %" in text
    assert "cars.csv:3: duty shares of USA JPN C29 add up to 1.5" in text
    assert "cars.csv:4: sector: unknown sector 'C92'" in text
