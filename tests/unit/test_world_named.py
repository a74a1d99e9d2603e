"""What a table is called: by its database and its year, or by its file where nothing says the year."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from tests import published_tables as published
from tests.published_tables import economy

from kosho.world.readers import reader

CODES = ("A01", "C29", "G")
UNNAMED = "release not named in the files"


def oecd(path: Path) -> Path:
    return published.oecd(path, economy(("CHN", "JPN"), CODES, published.OECD_FINAL), "2025")


def figaro(path: Path) -> Path:
    return published.figaro(path, economy(("DE", "JP"), CODES, ("P3_S13", "P3_S14", "P51G", "P5M")))


def gtap(path: Path) -> Path:
    made = published.gtap()
    made.arrays.pop("DREL", None)
    return published.gtap_har(path, made)


def panel(path: Path) -> Path:
    rows = [f"{i},{n},{5 if i == n else 1}" for i in ("CHN", "JPN") for n in ("CHN", "JPN")]
    path.write_text("\n".join(["exporter,importer,trade", *rows]) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("form", "made", "file", "settings", "name", "year", "edition"),
    [
        ("oecd-csv", oecd, "2019_SML.csv", {}, "icio-2019", 2019, "OECD ICIO, edition of 2025"),
        ("oecd-csv", oecd, "table.csv", {}, "table", None, "OECD ICIO, edition of 2025"),
        ("figaro", figaro, "m_24ed_2018.csv", {}, "figaro-2018", 2018, "FIGARO, edition of 2024"),
        (
            *("figaro", figaro, "table.csv", {"usd-per-eur": "1.5"}, "table", None),
            "FIGARO, edition not named in the file",
        ),
        ("gtap", gtap, "base.har", {}, "gtap", None, f"GTAP data base, {UNNAMED}"),
        ("gtap", gtap, "b.har", {"year": "2014"}, "gtap-2014", 2014, f"GTAP data base, {UNNAMED}"),
        ("gravity", panel, "pairs.csv", {}, "pairs", None, "gravity panel pairs.csv"),
        ("gravity", panel, "pairs.csv", {"year": "2016"}, "pairs", 2016, "gravity panel pairs.csv"),
    ],
)
def test_a_table_is_named_by_its_database_and_year_or_by_its_file(
    form: str,
    made: Callable[[Path], Path],
    file: str,
    settings: Mapping[str, str],
    name: str,
    year: int | None,
    edition: str,
    tmp_path: Path,
) -> None:
    meta: Mapping[str, Any] = reader(form).table([made(tmp_path / file)], dict(settings)).meta
    assert (meta["name"], meta["year"], meta["edition"]) == (name, year, edition)
