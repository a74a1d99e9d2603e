"""The negotiating table in a brief: its figure, its tables, and that briefs without one say nothing of it."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from kosho.bargain import Effort
from kosho.brief.bargaining import (
    CONCEPTS,
    certificate_table,
    deals_table,
    negotiation,
    scatter,
    shares_table,
)
from kosho.brief.model import Deal, Negotiation, Point, Spread
from kosho.case import Case

PARTIES = ("JPN", "USA")


def made() -> Negotiation:
    points = [
        Point(kind="other", gains={"JPN": 9000, "USA": -400}, text="nothing <b>at all</b>"),
        Point(kind="package", gains={"JPN": 1000, "USA": 900}, text="15 & 15"),
        Point(kind="frontier", gains={"JPN": 4000, "USA": 3000}, text="On the frontier. 10"),
        Point(kind="deal", gains={"JPN": 3500, "USA": 3200}, text="Nash. 12.5"),
        Point(kind="no-deal", gains={"JPN": 0, "USA": 0}, text="No deal"),
        Point(kind="today", gains={"JPN": 1700, "USA": 950}, text="Today"),
    ]
    return Negotiation(
        title="t",
        summary="s",
        parties=PARTIES,
        packages=6,
        allowed=3,
        better_for_all=3,
        zone=True,
        red_lines=("No 25 (fact)",),
        deals=(
            Deal(
                background="Alone",
                concept="Nash",
                options="Cars: 12.5",
                over_no_deal={"JPN": 3500, "USA": 3200},
                over_today={"JPN": 1800, "USA": 2250},
            ),
        ),
        shares={"Cars": {"JPN": 3500, "USA": 3200}},
        shares_of="Nash",
        certificates={"Nash": {code: Spread(p5=-100, p50=1000, p95=3000) for code in PARTIES}},
        all_gain={"Nash": 0.93},
        points=tuple(points),
        sources=(),
    )


def test_the_figure_is_well_formed_and_every_mark_tells_its_package():
    root = ET.fromstring(scatter(made()))  # noqa: S314 - our own
    titles = [element.text for element in root.iter() if element.tag == "title"]
    assert len(titles) == 6
    assert "nothing <b>at all</b>: Japan +9.0, United States −0.4 billion USD a year" in titles
    for mark in (element for element in root.iter() if element.tag in ("circle", "rect")):
        x, y = float(mark.get("cx") or mark.get("x")), float(mark.get("cy") or mark.get("y"))
        assert 0 < x < 720
        assert 0 < y < 470


def test_marks_stand_in_the_order_of_their_gains():
    root = ET.fromstring(scatter(made()))  # noqa: S314 - our own
    places = {}
    for mark in (element for element in root.iter() if element.tag == "circle"):
        places[mark.find("title").text[:7]] = float(mark.get("cx")), float(mark.get("cy"))
    assert places["15 & 15"][0] < places["On the "][0] < places["nothing"][0]
    assert places["On the "][1] < places["15 & 15"][1] < places["nothing"][1]  # up is less


def test_the_tables_say_what_is_in_them():
    one = made()
    (row,) = deals_table(one).rows
    assert [cell.text for cell in row] == ["Nash", "Cars: 12.5", "+3.5", "+3.2", "+1.8", "+2.2"]
    (row,) = shares_table(one).rows
    assert [cell.text for cell in row] == ["Cars", "+3.5", "+3.2"]
    (row,) = certificate_table(one).rows
    assert row[1].text == "93"
    assert deals_table(one).numeric == 4


@pytest.fixture(scope="module")
def computed(tmp_path_factory) -> Negotiation:
    """Of the case with one issue."""
    shipped = Case.load("japan-us-2025")
    folder = tmp_path_factory.mktemp("case")
    for name in ("case.yaml", "measures.yaml"):
        (folder / name).write_bytes((shipped.folder / name).read_bytes())
    text = (shipped.folder / "table.yaml").read_text(encoding="utf-8")
    cars, parts, lines = (text.index(mark) for mark in ("  - id: cars", "  - id: parts\n", "\nred_lines:"))
    kept = text[lines : text.index("  - id: baseline-stays")] + text[text.index("\nunpriced:") :]
    (folder / "table.yaml").write_text(text[:cars] + text[cars:parts] + kept, encoding="utf-8")
    case = Case.load(folder)
    return negotiation(case, case.as_of, lambda _: None, Effort(draws=4, confirm=False))


def test_what_is_computed_is_what_is_shown(computed):
    assert computed.zone
    assert computed.packages == 6
    kinds = [point.kind for point in computed.points]
    assert kinds.count("no-deal") == kinds.count("today") == 1
    assert 1 <= kinds.count("deal") <= 4
    assert {deal.concept for deal in computed.deals} == set(CONCEPTS.values())
    assert {deal.background for deal in computed.deals} == {"Japan alone reverts", "All revert"}
    ET.fromstring(scatter(computed))  # noqa: S314 - our own
