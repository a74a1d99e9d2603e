"""`kosho register compare`: rates of look-ups, clauses of the register, and what is not held."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from tests.measures import headings, measure, register, shipped
from typer.testing import CliRunner

from kosho.cli import app
from kosho.errors import InputError
from kosho.law import Facts, Measure, Query, quote
from kosho.law.deal_comparison import PRODUCTS, compare

RUN = CliRunner()
PARTNERS = ["JPN", "KOR", "EU27", "GBR", "TWN", "CHE"]
DAY = date(2026, 8, 15)


def told(*arguments: str) -> dict[str, Any]:
    done = RUN.invoke(app, ["register", "compare", *arguments, "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    return told(*PARTNERS, "--importer", "USA", "--on", DAY.isoformat())


def cell(found: dict[str, Any], product: str, partner: str) -> dict[str, Any]:
    return next(row for row in found["rates"] if row["product"] == product)["cells"][partner]


@pytest.mark.parametrize(
    ("product", "partner", "rate"),
    [
        ("Cars", "JPN", 15.0),
        ("Cars", "KOR", 15.0),
        ("Cars", "EU27", 15.0),
        ("Cars", "TWN", 27.5),
        ("Cars", "CHE", 27.5),
        ("Parts of cars", "GBR", 10.0),
        ("Parts of cars", "TWN", 15.0),
        ("Light trucks", "JPN", 25.0),
        ("Heavy trucks", "JPN", 50.0),
        ("Steel plate", "JPN", 50.0),
        ("Patented medicines", "JPN", 15.0),
        ("Patented medicines", "TWN", 100.0),
        ("Patented medicines", "GBR", 0.0),
        ("Pine wood, sawn", "JPN", 10.0),
        ("Upholstered furniture", "GBR", 10.0),
        ("Upholstered furniture", "TWN", 15.0),
        ("Parts of civil aircraft", "JPN", 0.0),
        ("Other goods at a low duty (tableware)", "JPN", 12.5),
        ("Other goods at a low duty (tableware)", "EU27", 10.0),
        ("Other goods at a low duty (tableware)", "GBR", 14.5),
        ("Other goods at a high duty (sweaters)", "TWN", 32.0),
    ],
)
def test_terms_of_august_2026(found: dict[str, Any], product: str, partner: str, rate: float):
    one = cell(found, product, partner)
    assert one["rate"] == one["low"] == one["high"] == rate
    assert one["source"]
    assert all(name in found["sources"] for name in one["source"] if not name.startswith("USITC"))


def test_a_term_that_only_some_goods_of_a_partner_meet_is_named(found: dict[str, Any]):
    one = cell(found, "Steel plate", "GBR")
    assert one["facts"] == ["home_melt is not told, taken as no: with home_melt=yes the rate is 25 %"]
    assert cell(found, "Steel plate", "JPN")["facts"] == []
    shown = RUN.invoke(app, ["register", "compare", "GBR", "--importer", "USA", "--on", DAY.isoformat()])
    assert "with home_melt=yes the rate is 25 %" in " ".join(shown.output.split())


def test_units_are_told_in_the_language(found: dict[str, Any]):
    arguments = ["register", "compare", "GBR", "--importer", "USA", "--on", DAY.isoformat(), "--lang", "ja"]
    shown = RUN.invoke(app, [*arguments, "--hs", "8703.23.01"]).output
    assert "vehicles" not in shown


def test_a_figure_of_another_kind_is_refused_before_anything_is_written(tmp_path: Path):
    path = tmp_path / "rates.txt"
    done = RUN.invoke(app, ["register", "compare", "JPN", "--figure", str(path)])
    assert isinstance(done.exception, InputError)
    assert "--figure: is drawn to a file that ends in .svg or .html" in str(done.exception)
    assert not path.exists()


def test_a_quota_gives_both_ends_and_no_one_rate(found: dict[str, Any]):
    one = cell(found, "Cars", "GBR")
    assert (one["rate"], one["low"], one["high"]) == (None, 10.0, 27.5)
    assert one["text"] == "10 % within the quota, 27.5 % beyond"


@pytest.mark.parametrize(
    ("law", "text"),
    [
        ((), "2.5 % (ordinary duty)"),
        ((measure(kind="floor", value=15),), "15 % in all"),
        ((measure(kind="floor", value=2),), "2.5 % (ordinary duty, above the floor)"),
        ((measure(kind="floor", value=2.5),), "2.5 % (ordinary duty, above the floor)"),
        ((measure(),), "12.5 % (2.5 % and 10 % on top)"),
        (
            (measure(kind="floor", value=15), measure(id="more", authority="b")),
            "25 % (2.5 % and 22.5 % on top)",
        ),
    ],
)
def test_what_a_rate_is_made_of_is_told_in_words(law: tuple[Measure, ...], text: str):
    cars = (PRODUCTS[0],)
    (row,) = compare(register(*law), "USA", ["JPN"], DAY, products=cars).rates
    assert row.cells["JPN"].text.replace("\u00a0", " ") == text


def test_of_goods_without_an_ordinary_duty_all_is_on_top():
    chips = tuple(one for one in PRODUCTS if one.name == "chips")
    (row,) = compare(register(measure()), "USA", ["JPN"], DAY, products=chips).rates
    assert row.cells["JPN"].text.replace("\u00a0", " ") == "10 % (0 % and 10 % on top)"


def test_every_rate_is_that_of_a_look_up():
    law = shipped()
    for row, product in zip(compare(law, "USA", ["JPN", "TWN"], DAY).rates, PRODUCTS, strict=True):
        for partner, one in row.cells.items():
            query = Query("USA", partner, product.hs, DAY, facts=Facts(answers=dict(product.answers)))
            assert one.rate == quote(law, query).rate


def test_clauses_are_those_of_the_register_and_an_empty_one_is_not_held(found: dict[str, Any]):
    rows = {row["clause"]: row["cells"] for row in found["clauses"]}
    amounts = {code: term["amount"]["value"] for code, terms in rows["investment"].items() for term in terms}
    assert amounts == {"JPN": 550_000, "KOR": 350_000, "EU27": 600_000, "TWN": 250_000, "CHE": 200_000}
    assert [one["measure"] for one in rows["most favoured"]["JPN"]] == ["us-jpn-lowest-rate"]
    assert [one["measure"] for one in rows["quota"]["GBR"]] == ["us-232-autos-gbr"]
    assert {one["measure"] for one in rows["purchases"]["JPN"]} == {
        "jpn-us-rice",
        "jpn-us-farm-goods",
        "jpn-us-energy",
        "jpn-us-aircraft",
    }
    assert rows["investment"]["GBR"] == []
    table = RUN.invoke(app, ["register", "compare", "GBR", "--on", DAY.isoformat()])
    assert "not in the register" in " ".join(table.stdout.split())


@pytest.mark.parametrize(
    ("day", "partner", "held"),
    [
        ("2025-11-13", "CHE", False),
        ("2025-11-14", "CHE", True),
        ("2026-01-14", "TWN", False),
        ("2026-01-15", "TWN", True),
    ],
)
def test_a_promise_counts_from_the_day_it_was_known(day: str, partner: str, *, held: bool):
    found = compare(shipped(), "USA", [partner], date.fromisoformat(day))
    (row,) = (row for row in found.terms if row.clause == "investment")
    assert bool(row.cells[partner]) is held


def test_dates_of_each_deal(found: dict[str, Any]):
    assert found["dates"]["JPN"] == {"known": "2025-07-23", "began": "2025-09-16", "next": "2026-09-03"}
    assert found["dates"]["GBR"]["began"] == "2025-06-30"
    assert found["verified_to"] == "2026-09-30"


def test_the_next_change_is_the_day_after_the_last_or_the_first_of_what_follows() -> None:
    on_japan = {"partners": {"include": ["JPN"]}}
    ends = measure(id="ends", legal_to="2025-08-31", **on_japan)
    starts = measure(
        id="starts", legal_from="2025-10-01", known_from="2025-09-01", stage="announced", **on_japan
    )
    later = register(ends, starts)
    days = {"2025-06-01": date(2025, 9, 1), "2025-09-01": date(2025, 10, 1), "2025-10-01": None}
    for day, wanted in days.items():
        (dates,) = compare(later, "USA", ["JPN"], date.fromisoformat(day), products=()).dates.values()
        assert dates.next == wanted


@pytest.mark.parametrize(
    ("day", "known", "held"),
    [
        ("2025-02-28", None, []),
        ("2025-02-28", "2025-03-01", ["promise"]),
        ("2025-03-01", None, ["promise"]),
        ("2025-08-31", None, ["promise"]),
        ("2025-09-01", None, []),
    ],
)
def test_a_promise_stands_from_the_day_it_was_known_to_its_last(
    day: str, known: str | None, held: list[str]
) -> None:
    about = {"kind": "unpriced", "clause": "security", "value": None, "partners": {"include": ["JPN"]}}
    days = {"legal_from": "2025-06-01", "legal_to": "2025-08-31", "known_from": "2025-03-01"}
    law = register(measure(id="promise", stage="announced", **about, **days))
    asked = (date.fromisoformat(day), None if known is None else date.fromisoformat(known))
    found = compare(law, "USA", ["JPN"], *asked, products=())
    (row,) = (row for row in found.terms if row.clause == "security")
    assert [term.measure for term in row.cells["JPN"]] == held
    assert (found.dates["JPN"].known is None) is (held == [])


def test_a_quota_on_goods_of_which_a_duty_is_not_known_has_the_ends_of_both() -> None:
    quota = measure(kind="tariff_quota", value=5, value_out=20, scope={"lists": ["l"]})
    law = register(quota, l=headings("8703.23", exact=False))
    (row,) = compare(law, "USA", ["JPN"], DAY, products=PRODUCTS[:1]).rates
    one = row.cells["JPN"]
    assert (one.rate, one.low, one.high) == (None, 0.025, 0.225)
    assert one.why == "whether the code is on L is not certain"


def test_what_names_a_partner_began_with_the_oldest_duty_on_it() -> None:
    on_japan = {"partners": {"include": ["JPN"]}}
    duties = [measure(id=f"from-{month}", legal_from=f"2025-0{month}-01", **on_japan) for month in (3, 2, 4)]
    of_all = measure(id="all", authority="b")
    promise = measure(id="by-japan", imposer="JPN", partners={"include": ["USA"]})
    found = compare(register(*duties, of_all, promise), "USA", ["JPN"], date(2025, 6, 1), products=())
    assert found.dates["JPN"].began == date(2025, 2, 1)


def test_members_that_pay_differently_have_both_ends_and_goods_that_are_banned_no_rate() -> None:
    law = replace(
        shipped(), measures=(measure(scope={"groups": ["auto-parts"]}, value={"DEU": 25, "EU27": 10}),)
    )
    (row,) = compare(law, "USA", ["EU27"], date(2025, 6, 1), products=["auto-parts"]).rates
    one = row.cells["EU27"]
    assert (one.rate, round(one.high - one.low, 6)) == (None, 0.15)
    assert re.fullmatch(r"([\d.]+) % to ([\d.]+) % by member", one.text.replace("\u00a0", " "))
    banned = register(measure(kind="ban", value=None))
    (row,) = compare(banned, "USA", ["JPN"], DAY, products=PRODUCTS[:1]).rates
    cell = row.cells["JPN"]
    assert (cell.text, cell.rate, cell.low, cell.high, cell.measures) == (
        "prohibited",
        None,
        None,
        None,
        ("m",),
    )


def test_codes_and_groups_can_be_asked_for():
    found = told("JPN", "CHN", "--on", "2025-06-29", "--hs", "8703.23.01,7208.51.00", "--group", "auto-parts")
    assert [row["product"] for row in found["rates"]][:2] == ["8703.23.01", "7208.51.00"]
    assert found["rates"][0]["cells"]["JPN"]["rate"] == 27.5
    assert found["rates"][2]["cells"]["JPN"]["rate"] == 27.5  # as sector tables see the group


def test_a_rate_without_an_ordinary_duty_is_none_and_says_why():
    one = told("JPN", "--on", "2026-08-15", "--hs", "8479.89")["rates"][0]["cells"]["JPN"]
    assert (one["rate"], one["low"], one["high"]) == (None, 12.5, None)
    assert one["why"] == "no ordinary duty is given or known"


def test_the_figure_has_a_mark_for_every_cell(tmp_path: Path):
    path = tmp_path / "rates.svg"
    done = RUN.invoke(app, ["register", "compare", *PARTNERS, "--on", DAY.isoformat(), "--figure", str(path)])
    assert done.exit_code == 0, done.output
    drawing = ET.fromstring(path.read_text(encoding="utf-8"))  # noqa: S314 - our own
    titles = [one.text or "" for one in drawing.iter("{http://www.w3.org/2000/svg}title")]
    ranges = 1  # British cars have two marks
    assert len(titles) == 1 + len(PARTNERS) + len(PARTNERS) * len(PRODUCTS) + ranges
    assert "GBR: 10 % within the quota, 27.5 % beyond" in titles
    RUN.invoke(
        app, ["register", "compare", "JPN", "--on", DAY.isoformat(), "--figure", str(tmp_path / "r.html")]
    )
    assert (tmp_path / "r.html").read_text(encoding="utf-8").startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("day", "importer", "words"),
    [
        ("1900-01-01", "USA", "note: the register claims to cover the United States from 2022-01-01"),
        ("2150-01-01", "USA", "note: the register claims to cover the United States from 2022-01-01"),
        ("2026-08-15", "BTN", "note: the register holds no measures of Bhutan"),
    ],
)
def test_a_day_or_an_importer_that_is_not_covered_is_told(day: str, importer: str, words: str):
    asked = ["register", "compare", "JPN", "--importer", importer, "--on", day]
    told = RUN.invoke(app, asked).output
    assert words in " ".join(told.split())
    notes = json.loads(RUN.invoke(app, [*asked, "--json"]).output)["notes"]
    assert words.removeprefix("note: ") in notes[0]


def test_a_day_that_is_covered_needs_no_note(found: dict[str, Any]):
    assert found["notes"] == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["JAP"], "unknown country or bloc 'JAP'"),
        (["JPN", "JPN"], "named twice"),
        (["JPN", "--importer", "UAS"], "unknown country 'UAS'"),
        (["JPN", "--hs", "87"], "'87' is not an HS code"),
        (["JPN", "--group", "cras"], "unknown product group 'cras'"),
        (["USA"], "both importer and exporter"),
        (["JPN", "--figure", "/nowhere/at/all.svg"], "cannot be written"),
    ],
)
def test_what_is_wrong_is_refused(arguments: list[str], words: str):
    error = RUN.invoke(app, ["register", "compare", *arguments, "--on", "2026-08-15"]).exception
    assert isinstance(error, InputError)
    assert words in str(error)
