"""Worked rates of tariff lines: our own table, that of the reference data, and a customs entry.

`rules` of the table are those by which duties of the United States displace, cap and add to one another.
`standing` is `primary` where the text of the law or of US Customs was read, `derived` where we worked it from
the dates and rates of the orders, `secondary` where the total is another register's.
"""

from __future__ import annotations

import csv
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import get_args

import pytest
from tests.measures import shipped

from kosho.law.line_rate import quote
from kosho.law.query import Facts, Query
from kosho.law.schedules import UnitValue, parse_duty, parse_unit_value
from kosho.law.scope import Content

REGISTER = shipped()


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def facts(row: dict[str, str]) -> Facts:
    told = dict(item.split("=") for item in row["attributes"].split())
    content = {name: float(told.pop(name)) for name in get_args(Content) if name in told}
    return Facts(preference=row["preference"] or "none", answers=told, content=content)  # pyright: ignore[reportArgumentType]


def day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def unit_value(text: str) -> UnitValue | None:
    return parse_unit_value(text) if text else None


ROWS = read(Path(__file__).with_name("rates.csv"))


def name(row: dict[str, str]) -> str:
    known = f"-known-{row['known']}" if row["known"] else ""
    return f"{row['case']}-{row['exporter']}-{row['on']}{known}".replace(" ", "_")


@pytest.mark.parametrize("row", ROWS, ids=name)
def test_worked_rate(row: dict[str, str]):
    found = quote(
        REGISTER,
        Query(
            importer=row["importer"],
            exporter=row["exporter"],
            hs=row["hs"],
            on=date.fromisoformat(row["on"]),
            known=day(row["known"]),
            facts=facts(row),
            general=parse_duty(row["general"]),
            claimed=parse_duty(row["claimed"]) if row["claimed"] else None,
            unit_value=unit_value(row["unit_value"]),
        ),
    )
    assert found.rate is not None, found.unknown
    assert 100 * found.rate == pytest.approx(float(row["percent"])), row["why"]
    assert found.rate == pytest.approx(sum(layer.value or 0.0 for layer in found.layers))


RULES = 17
"""How many rules of stacking are told apart (retroactive notices, floors, displacement, metal content, ...)."""


def test_every_rule_of_stacking_is_worked():
    assert {int(rule) for row in ROWS for rule in row["rules"].split()} == set(range(1, RULES + 1))


def test_every_row_says_where_it_comes_from():
    assert all(row["source"] and row["standing"] in {"primary", "derived", "secondary"} for row in ROWS)


ORIGINS = {"JP": "JPN", "CN": "CHN", "VN": "VNM"}
UNNAMED = "6912.00.39"
"""Stands for the product of the one case that names none: a specific duty worked into a floor."""


def test_worked_cases_of_the_reference_data(shared: Path):
    rows = read(shared / "facts" / "rates_golden.csv")
    wrong: list[str] = []
    for row in rows:
        known = row["extra"].removeprefix("as known ") if row["extra"].startswith("as known") else ""
        specific, _, worth = row["mfn_pct"].partition(" on ")
        digits = row["hts"].replace(".", "") or UNNAMED
        found = quote(
            REGISTER,
            Query(
                importer="USA",
                exporter=ORIGINS[row["origin"]],
                hs=digits,
                on=date.fromisoformat(row["date"]),
                known=day(known),
                general=parse_duty(specific if worth else f"{specific}%"),
                unit_value=unit_value("10 USD/kg" if worth else ""),
            ),
        )
        if found.rate is None or 100 * found.rate != pytest.approx(float(row["expected_total_pct"])):
            wrong.append(f"{row['case']} {row['date']}: {found.total}, not {row['expected_total_pct']}")
    assert not wrong
    assert len(rows) >= 20


def test_a_customs_entry_to_the_cent():
    """Steel article of China, entered on 2026-09-18: 14,172.00 USD, duty 11,039.99 (form 7501).

    US Customs rounds the duty of each heading to the cent and adds up.
    """
    entered = Decimal("14172.00")
    found = quote(
        REGISTER,
        Query("USA", "CHN", "7326.90.86.88", date(2026, 9, 18), general=parse_duty("2.9%")),
    )
    duties = [
        (entered * Decimal(str(round(layer.value or 0.0, 9)))).quantize(Decimal("0.01"), ROUND_HALF_UP)
        for layer in found.layers
    ]
    assert sorted(duties) == [Decimal("410.99"), Decimal("3543.00"), Decimal("7086.00")]
    assert sum(duties) == Decimal("11039.99")


BANS = [
    ("CHN", "TWN", "0804.30", "2021-02-28", None, False),
    ("CHN", "TWN", "0804.30", "2021-03-01", None, True),
    ("CHN", "TWN", "0804.30", "2021-03-01", "2021-02-25", False),
    ("CHN", "PHL", "0804.30", "2021-03-01", None, False),
    ("CHN", "JPN", "0307.22", "2023-08-23", None, False),
    ("CHN", "JPN", "0307.22", "2023-08-24", None, True),
    ("CHN", "JPN", "0307.22", "2025-06-28", None, True),
    ("CHN", "JPN", "0307.22", "2025-06-29", None, False),
    ("CHN", "JPN", "0307.22", "2025-11-18", None, False),
    ("CHN", "JPN", "0307.22", "2025-11-19", None, True),
    ("CHN", "JPN", "8703.23", "2025-11-19", None, False),
    ("USA", "CAN", "2208.30.30", "2026-09-28", None, False),
    ("USA", "CAN", "2208.30.30", "2026-09-29", None, True),
]


@pytest.mark.parametrize(("importer", "exporter", "hs", "on", "known", "banned"), BANS)
def test_bans(importer: str, exporter: str, hs: str, on: str, known: str | None, banned: bool):
    found = quote(REGISTER, Query(importer, exporter, hs, date.fromisoformat(on), day(known or "")))
    assert bool(found.prohibited) == banned


PENDING = [
    # The letter of 7 July 2025 named 25 for Japan from 1 August; 15 came on 7 August.
    ("JPN", "6912.00.39", "2025-07-06", "us-announced-jpn-25", False),
    ("JPN", "6912.00.39", "2025-07-08", "us-announced-jpn-25", True),
    ("JPN", "6912.00.39", "2025-08-07", "us-announced-jpn-25", False),
    # The reciprocal tariff was known for three days before it ran; parts of cars for five weeks.
    ("JPN", "6912.00.39", "2025-04-01", "us-ieepa-baseline-10", False),
    ("JPN", "6912.00.39", "2025-04-02", "us-ieepa-baseline-10", True),
    ("JPN", "8708.30.50", "2025-03-26", "us-232-autoparts-25", True),
    ("JPN", "8708.30.50", "2025-05-03", "us-232-autoparts-25", False),
    # Section 301 on excess capacity is open since 11 March 2026.
    ("JPN", "8457.10", "2026-03-10", "us-pending-301-capacity", False),
    ("JPN", "8457.10", "2026-11-21", "us-pending-301-capacity", True),
    ("DEU", "8541.43.00", "2026-11-21", "us-232-polysilicon-deal-15", True),
]


@pytest.mark.parametrize(("exporter", "hs", "on", "measure", "pending"), PENDING)
def test_what_is_pending_on_the_day_as_known_on_it(
    exporter: str, hs: str, on: str, measure: str, pending: bool
):
    asked = date.fromisoformat(on)
    found = quote(REGISTER, Query("USA", exporter, hs, asked, asked))
    assert (measure in {item.measure for item in found.pending}) == pending
