"""Whole schedules: every line is read or listed."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from kosho.law.schedules import parse_duty
from kosho.law.schedules.importing import Imported, import_files
from kosho.law.schedules.ordinary import lookup
from kosho.law.schedules.store import imported


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("whole")


@pytest.fixture(autouse=True)
def _there(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KOSHO_DATA", str(data))


def usa(shared: Path) -> Imported:
    return import_files([shared / "data" / "us_mfn_hs8_2025.csv"], "USA", "HTS 2025", date(2025, 1, 1))


def japan(shared: Path) -> Imported:
    pytest.importorskip("pyarrow")
    path = shared / "data" / "japan_tariff_lines_2026-07-09.parquet"
    return import_files([path], "JPN", "2026-07-09", date(2026, 4, 1))


def test_the_american_table(shared: Path) -> None:
    done = usa(shared)
    path = shared / "data" / "us_mfn_hs8_2025.csv"
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(done.draft.lines) == len(rows) == 13073
    assert done.draft.kinds() == {
        "ad_valorem": 5924,
        "free": 5825,
        "specific": 677,
        "compound": 404,
        "reference": 235,
        "unread": 8,
    }
    # what is not a rate is listed, line by line, and nothing else is
    assert len(done.draft.unread) == 235 + 8
    unread = {problem.key for problem in done.draft.unread}
    by_code = {row["hs8"]: row for row in rows}
    assert unread == {code for code, line in done.draft.lines.items() if line.general and line.general.unread}
    assert all(problem.line is not None for problem in done.draft.unread)
    # the table's own reading of ad valorem lines
    for code, row in by_code.items():
        if row["rate_type"] in ("free", "ad_valorem"):
            general = done.draft.lines[code].general
            assert general is not None
            assert general.ad_valorem_equivalent() == pytest.approx(float(row["mfn_rate"]), abs=1e-9)


def test_the_japanese_schedule(shared: Path) -> None:
    done = japan(shared)
    lines = done.draft.lines
    assert len(lines) == 9646  # 9,654 rows with a suffix, eight of them a second season of the same line
    kinds = Counter(line.general.kind for line in lines.values() if line.general)
    assert sum(kinds.values()) == len(lines)  # every line bears a duty
    assert kinds["specific"] + kinds["compound"] + kinds["alternative"] > 600
    assert kinds["unread"] == 65
    listed = {problem.key for problem in done.draft.unread}
    for code, line in lines.items():
        if any(parse_duty(text).unread for text in (line.general_text, *line.special_texts.values())):
            assert code in listed


@pytest.mark.parametrize(
    ("hs", "preference", "duty"),
    [
        ("8703.23.000", "none", "Free"),
        ("0201.30.010", "none", "38.5%"),  # temporary duty; the WTO rate of 50 % stands in brackets
        ("0201.30.010", "usjta", "20.8%"),
        ("1006.30.090", "none", "49 JPY/kg"),
        ("1005.90.099", "none", "50% or 12 JPY/kg, whichever is the higher"),
        ("0203.12.023", "usjta", "525.048 JPY/kg - 100% or 54 JPY/kg, whichever is the lower"),
        ("2711.11.000", "none", "Free"),
        ("0804.30.010", "none", "17%"),
        ("0307.22.290", "none", "7%"),
        ("0307.22.210", "none", "10%"),
    ],
)
def test_lines_of_the_japanese_schedule(hs: str, preference: str, duty: str, shared: Path) -> None:
    if not imported("JPN"):
        japan(shared)
    found = lookup("JPN", "USA", hs, date(2026, 7, 9), preference)
    assert found is not None
    assert found.schedule.edition == "2026-07-09"
    assert str(found.duty) == duty


def test_what_ships_for_japan_is_what_the_schedule_says(shared: Path) -> None:
    from kosho.law.schedules.embedded import embedded  # noqa: PLC0415

    lines = japan(shared).draft.lines
    shipped = embedded("JPN", date(2026, 7, 9))
    assert shipped is not None
    compared = 0
    for code, line in shipped.lines.items():
        if code not in lines or line.credits["general"].status != "fact":
            continue
        compared += 1
        assert line.general == lines[code].general
        for column, duty in line.specials.items():
            assert duty == lines[code].specials[column]
    assert compared > 50


def test_every_line_of_a_whole_schedule_is_loaded_in_one_go(shared: Path) -> None:
    draft = usa(shared).draft.lines
    assert {line.code for line in imported("USA")[0].lines.under("")} == set(draft)
