"""The tariff lines of a table's options in a brief: twenty on the page, all in the workbook."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
from tests.briefs import brief
from tests.unit.test_bargain_line_options import _case

from kosho import Case
from kosho.brief.exports.workbook import workbook
from kosho.brief.line_tables import lines_table, told_lines
from kosho.brief.model import Negotiation, TariffLineTold


def test_lines_of_options_are_told_largest_share_of_duty_first(tmp_path: Path) -> None:
    table = Case.load(str(_case(tmp_path / "case"))).table()
    assert table is not None
    told = told_lines(table)
    assert [one.hs for one in told] == ["842959", "870323", "842952", "870340"]
    assert told[0].option == "The lines of our request"


def test_twenty_stand_on_the_page_and_all_in_the_workbook() -> None:
    whole = brief()
    talks = Negotiation(
        title="Talks", summary="", parties=("JPN", "USA"), packages=1, allowed=1, better_for_all=1, zone=True,
        red_lines=(), deals=(), shares={}, shares_of=None, certificates={}, all_gain={}, points=(), sources=(),
    )  # fmt: skip
    assert not talks.tariff_lines
    lines = tuple(
        TariffLineTold(
            issue="Cars", option="By line", importer="USA", partner="JPN", sector="C29", hs=f"8703{k:02d}",
            duty_share=0.03, cut=100,
        )
        for k in range(25)
    )  # fmt: skip
    one = talks.model_copy(update={"tariff_lines": lines})
    shown = lines_table(one)
    assert len(shown.rows) == 20
    assert shown.note.endswith("5 more are in the workbook.")
    assert shown.rows[0][2].text == "United States from Japan"
    book = openpyxl.load_workbook(io.BytesIO(workbook(whole.model_copy(update={"negotiation": one}))))
    rows = [
        row
        for row in book["Tariff lines"].iter_rows(values_only=True)
        if row[4] and str(row[4]).startswith("8703")
    ]
    assert len(rows) == 25
