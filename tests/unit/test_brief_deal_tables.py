"""The negotiating table in a brief: its figure, its tables, and that briefs without one say nothing of it."""

from __future__ import annotations

import json
from datetime import date
from importlib import import_module
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from tests.briefs import HOSTILE, brief
from tests.cases import with_table

from kosho.bargain import CONCEPTS, Effort
from kosho.bargain.report import contract
from kosho.brief import deal_tables, page
from kosho.brief.composing import negotiation
from kosho.brief.deal_tables import (
    bases_table,
    bounds_table,
    certificate_table,
    deals_table,
    red_lines,
    scatters,
    shares_table,
)
from kosho.brief.model import Reference
from kosho.brief.negotiation import Basis, DealBound, NamedDeal, Negotiation, PackagePoint
from kosho.case import Case
from kosho.provenance import Said
from kosho.scenario import negotiate_case
from kosho.scenario.results import Quantiles

PARTIES = ("JPN", "USA")
NBSP = "\N{NO-BREAK SPACE}"
SELLERS = "Japan +0.29, Brazil −0.24"
SAID = (
    Said(
        id="never",
        quote='25 % is "out"',
        kind="red line",
        modality="asserted",
        by=("A. Minister, Japan",),
        date="2025-06-26",
        source="wire",
        recorded_at=date(2025, 6, 29),
    ),
    Said(
        id="perhaps",
        quote="there is room",
        kind="offer",
        modality="considered",
        by=("Japan",),
        attributed_to="a paper",
        source="paper",
        recorded_at=date(2025, 4, 27),
    ),
)
WIRE = Reference(id="wire", title="A wire", publisher="p", kind="secondary", number=7)
PAPER = Reference(id="paper", title="A paper", publisher="p", kind="secondary", number=9)


def cite(ids) -> list[Reference]:
    return [one for one in (WIRE, PAPER) if one.id in ids]


def made() -> Negotiation:
    points = [
        PackagePoint(
            kind="other", gains={"JPN": 9000, "USA": -400}, text="nothing <b>at all</b>", statements=("never",)
        ),
        PackagePoint(kind="package", gains={"JPN": 1000, "USA": 900}, text="15 & 15"),
        PackagePoint(
            kind="frontier", gains={"JPN": 4000, "USA": 3000}, text="On the frontier. 10", statements=("never",)
        ),
        PackagePoint(kind="deal", gains={"JPN": 3500, "USA": 3200}, text="Nash. 12.5", statements=("perhaps",)),
        PackagePoint(kind="no-deal", gains={"JPN": 0, "USA": 0}, text="No deal"),
        PackagePoint(kind="today", gains={"JPN": 1700, "USA": 950}, text="Today"),
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
            NamedDeal(
                background="Alone",
                concept="Nash",
                changes=("Cars: 12.5",),
                over_no_deal={"JPN": 3500, "USA": 3200},
                over_today={"JPN": 1800, "USA": 2250},
                statements=("perhaps",),
            ),
        ),
        shares={"Cars": {"JPN": 3500, "USA": 3200}},
        shares_of="Nash",
        certificates={"Nash": {code: Quantiles(p5=-100, p50=1000, p95=3000) for code in PARTIES}},
        all_gain={"Nash": 0.93},
        points=tuple(points),
        bases=(
            Basis(part="option", issue="Cars: all", title="12.5: in all", statements=("perhaps",)),
            Basis(part="option", issue="Cars: all", title="10", statements=("perhaps",)),
            Basis(part="red line", title="No 25", statements=("never",)),
        ),
        said=SAID,
        sources=(),
    )


def drawn(one: Negotiation) -> list[ET.Element]:
    return [ET.fromstring(text) for text in scatters(one, cite)]  # noqa: S314 - our own


def test_the_figure_is_well_formed_and_every_mark_tells_its_package():
    (root,) = drawn(made())
    titles = [element.text for element in root.iter() if element.tag == "title"]
    assert len(titles) == 6
    assert "15 & 15: Japan +1.0, United States +0.90 billion USD a year" in titles
    for mark in (element for element in root.iter() if element.tag in ("circle", "rect")):
        x, y = float(mark.get("cx") or mark.get("x")), float(mark.get("cy") or mark.get("y"))
        assert 0 < x < 720
        assert 0 < y < 470


def test_a_mark_tells_what_was_said_by_whom_when_how_and_where():
    (root,) = drawn(made())
    titles = {element.text.split(":")[0]: element.text for element in root.iter() if element.tag == "title"}
    assert titles["nothing <b>at all</b>"] == (
        "nothing <b>at all</b>: Japan +9.0, United States −0.40 billion USD a year\nRests on Q1"
    )
    assert titles["On the frontier. 10"] == (
        "On the frontier. 10: Japan +4.0, United States +3.0 billion USD a year\n"
        '“25 % is "out"” (A. Minister, Japan; 26\N{NO-BREAK SPACE}June 2025; red line) [7]'
    )
    assert titles["Nash. 12.5"].endswith(
        "\n“there is room” (Japan; recorded 27\N{NO-BREAK SPACE}April 2025; offer, considered) [9]"
    )
    assert "“" not in titles["15 & 15"]


def test_named_marks_are_reached_by_keyboard_and_read_aloud():
    (root,) = drawn(made())
    links = {link.get("href"): link for link in root.iter() if link.tag == "a"}
    assert set(links) == {"#table-deals", "#table-bases"}
    assert "there is room" in links["#table-deals"].get("aria-label")
    assert root.get("role") == "group"  # an image would hide the links in it


def test_three_parties_have_a_figure_a_pair():
    three = made().model_copy(update={"parties": ("JPN", "USA", "KOR")})
    points = [
        point.model_copy(update={"gains": {**point.gains, "KOR": 100.0 * n}})
        for n, point in enumerate(three.points)
    ]
    roots = drawn(three.model_copy(update={"points": tuple(points)}))
    assert [root.get("aria-label") for root in roots] == [
        "Gains of Japan and United States in every package",
        "Gains of Japan and Korea in every package",
        "Gains of United States and Korea in every package",
    ]
    for root in roots:
        assert sum(element.tag == "title" for element in root.iter()) == 6
    heights = [[float(mark.get("cy")) for mark in root.iter() if mark.tag == "circle"] for root in roots[1:]]
    assert heights[0] == heights[1]  # the same party upwards


def test_of_four_parties_the_first_stands_against_each():
    codes = ("JPN", "USA", "KOR", "THA")
    points = [one.model_copy(update={"gains": dict.fromkeys(codes, 1.0)}) for one in made().points]
    roots = drawn(made().model_copy(update={"parties": codes, "points": tuple(points)}))
    assert [root.get("aria-label").split(" in every")[0] for root in roots] == [
        f"Gains of Japan and {other}" for other in ("United States", "Korea", "Thailand")
    ]


@pytest.mark.parametrize(
    ("low", "high", "step"),
    [
        *((0.0, 0.09, 0.01), (0.0, 0.091, 0.05), (0.0, 0.45, 0.05), (0.0, 0.46, 0.1), (0.0, 0.9, 0.1)),
        *(
            (0.0, 0.91, 0.5),
            (0.0, 4.5, 0.5),
            (0.0, 4.6, 1.0),
            (0.0, 9.0, 1.0),
            (0.0, 9.1, 2.0),
            (0.0, 18.0, 2.0),
        ),
        *((0.0, 18.1, 5.0), (0.0, 45.0, 5.0), (0.0, 45.1, 10.0), (0.0, 90.0, 10.0), (0.0, 90.1, 20.0)),
        *((0.0, 180.0, 20.0), (0.0, 181.0, 50.0), (0.0, 450.0, 50.0), (0.0, 451.0, 100.0), (0.0, 900.0, 100.0)),
        *((-4.5, 0.0, 0.5), (-1.0, 3.0, 0.5), (2.0, 4.0, 0.5), (-4.0, -2.0, 0.5), (0.4, 0.4, 0.01)),
    ],
)
def test_ticks_are_round_no_more_than_ten_and_hold_no_deal(low: float, high: float, step: float):
    lines = deal_tables._axis(np.array([low, high]), lambda value: 1000 * value, "JPN", level=False)
    at = [float(ET.fromstring(one).get("x1")) / 1000 for one in lines if one.startswith("<line")]  # noqa: S314
    first, last = np.ceil(min(0.0, low) / step - 1e-9), np.floor(max(0.0, high) / step + 1e-9)
    assert at == pytest.approx((np.arange(first, last + 1) * step).tolist(), abs=1e-3)
    assert 0.0 in at
    dark = [one for one in lines if "#5b6675" in one]
    assert [float(ET.fromstring(one).get("x1")) for one in dark] == [0.0]  # noqa: S314


@pytest.mark.parametrize(
    ("values", "low", "high"),
    [
        ([0.0, 4.0], -0.12, 4.12),
        ([1.0, 4.0], -0.12, 4.12),
        ([-4.0, -1.0], -4.12, 0.12),
        ([-1.0, 3.0], -1.12, 3.12),
        ([0.0, 0.0], -0.03, 0.03),
    ],
)
def test_an_axis_holds_no_deal_and_all_packages_with_room_beside(values: list[float], low: float, high: float):
    place = deal_tables._scale(np.array(values), 100.0, 20.0)
    assert (place(low), place(high)) == pytest.approx((100.0, 20.0))


def test_names_of_deals_do_not_stand_over_one_another():
    near = [
        (PackagePoint(kind="deal", gains={}, text=f"D{k}. x"), 10.0, y) for k, y in enumerate((50, 40, 45, 90))
    ]
    texts = [ET.fromstring(one) for one in deal_tables._names(near)]  # noqa: S314
    assert [(one.text, float(one.get("x")), float(one.get("y"))) for one in texts] == [
        *(("D1", 21.0, 44.0), ("D2", 21.0, 60.0), ("D0", 21.0, 76.0), ("D3", 21.0, 94.0)),
    ]
    top = deal_tables._names([(near[0][0], 10.0, 1.0)])
    assert 'y="16.0"' in top[0]  # a name is not cut off at the top


def test_marks_stand_in_the_order_of_their_gains():
    (root,) = drawn(made())
    places = {}
    for mark in (element for element in root.iter() if element.tag == "circle"):
        places[mark.find("title").text[:7]] = float(mark.get("cx")), float(mark.get("cy"))
    assert places["15 & 15"][0] < places["On the "][0] < places["nothing"][0]
    assert places["On the "][1] < places["15 & 15"][1] < places["nothing"][1]  # up is less


def test_the_table_of_quotes_says_what_rests_on_each():
    never, perhaps = bases_table(made()).rows
    assert never[0].text.endswith('“25 % is "out"”')
    assert (never[0].sources, never[0].anchor) == (("wire",), "said-never")
    assert [cell.text for cell in never[1:]] == [
        "A. Minister, Japan",
        "26\N{NO-BREAK SPACE}June 2025",
        "red line",
        "red line: No 25",
    ]
    assert [cell.text for cell in perhaps[1:]] == [
        "Japan",
        "recorded 27\N{NO-BREAK SPACE}April 2025",
        "offer, considered",
        "Cars: all: 12.5: in all / 10",
    ]
    assert perhaps[1].note == "after a paper"


def test_deals_and_red_lines_lead_to_their_quotes():
    (row,) = deals_table(made(), cite).rows
    (quote,) = row[0].quotes
    assert (quote.mark, quote.anchor) == ("Q2", "said-perhaps")
    assert quote.text.endswith("[9]")
    ((line, quotes),) = red_lines(made(), cite)
    assert line == "No 25 (fact)"
    assert [one.mark for one in quotes] == ["Q1"]


def test_the_page_holds_the_quotes_without_a_script_and_escapes_them():
    hostile = made().model_copy(update={"said": (SAID[0].model_copy(update={"quote": HOSTILE}), SAID[1])})
    made_brief = brief()
    sources = (
        *made_brief.sources,
        *(one.model_copy(update={"number": 90 + n}) for n, one in enumerate((WIRE, PAPER))),
    )
    html = page.render(made_brief.model_copy(update={"negotiation": hostile, "sources": sources}))
    assert HOSTILE not in html.split("<script", 1)[0]
    assert 'id="said-never"' in html
    assert html.count('href="#said-perhaps"') == 1
    assert html.count('href="#said-never"') == 1
    row = html[html.index('id="said-perhaps"') :]
    assert 'href="#source-91"' in row[: row.index("</tr>")]
    assert 'id="table-bases"' in html


def test_the_tables_say_what_is_in_them():
    one = made()
    (row,) = deals_table(one).rows
    assert [cell.text for cell in row] == ["Nash", "+3.5", "+3.2", "+1.8", "+2.2"]
    assert row[0].note == "Alone: Cars: 12.5"
    (row,) = shares_table(one).rows
    assert [cell.text.replace(NBSP, " ") for cell in row] == ["Cars", "+3.5", "+3.2"]
    (row,) = certificate_table(one).rows
    assert row[1].text == "93"
    assert row[2].text == "+1.0 (−0.10 to +3.0)"
    before = shares_table(one.model_copy(update={"before": {"JPN": 1700, "USA": 1116}})).rows
    assert [cell.text.replace(NBSP, " ") for cell in before[0][1:]] == ["+1.7", "+1.1"]
    unpriced = shares_table(one.model_copy(update={"shares": {"Rice": None}})).rows
    assert [cell.text for cell in unpriced[0]] == ["Rice", "not priced", "not priced"]
    assert deals_table(one).numeric == 4
    (deal,) = one.deals
    two = (deal, deal.model_copy(update={"changes": ("Cars: 12.5", "Rice: more")}))
    shared = deals_table(one.model_copy(update={"deals": two}))
    assert shared.note == "In every deal: Cars: 12.5."
    assert [row[0].note for row in shared.rows] == ["Alone: nothing more", "Alone: Rice: more"]


@pytest.mark.parametrize(
    ("part", "text"), [(1.0, "100"), (0.995, "99.5"), (0.99, "99"), (0.004, "0.4"), (0, "0")]
)
def test_a_hundred_percent_is_all_of_them(part: float, text: str):
    table = certificate_table(made().model_copy(update={"all_gain": {"Nash": part}, "draws": 200}))
    assert table.rows[0][1].text == text
    assert "200 draws" in table.caption


def test_commitments_that_deals_share_are_told_together():
    corn = {
        "title": "More corn",
        "unit": "million USD",
        "free": 3000.0,
        "reached": 3500.0,
        "wedge": 0.144,
        "fiscal_cost": 526.0,
        "rent": 0.0,
        "diverted": {"JPN": 288.0, "BRA": -244.0},
    }
    rice = {**corn, "title": "Rice", "unit": "tonnes", "free": 302_754, "reached": 605_500, "wedge": None}
    gas = {**corn, "title": "Gas", "wedge": 0.044}
    bounds = [DealBound(concept=name, **one) for name in ("Nash", "Egalitarian") for one in (corn, rice, gas)]
    table = bounds_table(made().model_copy(update={"bounds": tuple(bounds)}))
    assert [[cell.text.replace(NBSP, " ") for cell in row] for row in table.rows] == [
        ["More corn", SELLERS, "3.0 billion USD", "3.5 billion USD", "14", "0.53"],
        ["Rice", SELLERS, "300,000 tonnes", "610,000 tonnes", "closed", "0.53"],
        ["Gas", SELLERS, "3.0 billion USD", "3.5 billion USD", "4", "0.53"],
    ]
    assert {row[0].note for row in table.rows} == {"Nash, Egalitarian"}
    assert (table.columns[-1], len(table.columns), table.numeric) == ("Subsidy", 6, 4)
    earning = bounds[0].model_copy(update={"rent": 12.0})
    rents = bounds_table(made().model_copy(update={"bounds": (*bounds, earning)}))
    assert (rents.columns[-1], len(rents.columns), rents.numeric) == ("Rent", 7, 5)
    assert [row[-1].text for row in rents.rows] == ["", "", "", "0.012"]


@pytest.fixture(scope="module")
def case(tmp_path_factory) -> Case:
    """The shipped one with one issue."""

    def one_issue(table: str) -> str:
        parts, lines = (table.index(mark) for mark in ("  - id: metals\n", "\nred_lines:"))
        kept = table[lines : table.index("  - id: baseline-stays")] + table[table.index("\nunpriced:") :]
        return table[:parts] + kept

    return Case.load(with_table(tmp_path_factory.mktemp("case"), one_issue))


EFFORT = Effort(draws=4, confirm=False)
COMPOSE = import_module("kosho.brief.composing")


@pytest.fixture(scope="module")
def computed(case: Case, tmp_path_factory) -> Negotiation:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KOSHO_CACHE", str(tmp_path_factory.mktemp("cache")))
        return negotiation(case, case.as_of, lambda _: None, EFFORT)


def test_what_was_priced_is_kept_until_something_changes(case, computed, monkeypatch, tmp_path):
    monkeypatch.setenv("KOSHO_CACHE", str(tmp_path))
    asked: list[str] = []

    def priced(*_: object, **__: object) -> None:
        asked.append("priced")

    monkeypatch.setattr(COMPOSE, "negotiate_case", priced)
    monkeypatch.setattr(COMPOSE, "described", lambda _: computed)

    def again(**change: object) -> Negotiation:
        about = {"case": case, "as_of": case.as_of, "progress": lambda _: None, "effort": EFFORT} | change
        return negotiation(**about)

    assert again() == again() == computed
    assert len(asked) == 1
    again(as_of=date(2025, 6, 30))
    again(effort=Effort(draws=5, confirm=False))
    assert len(asked) == 3
    monkeypatch.setattr(COMPOSE, "code", lambda: b"other code")
    again()
    assert len(asked) == 4
    (case.folder / "record.yaml").write_bytes((case.folder / "record.yaml").read_bytes() + b"# a word\n")
    again()
    assert len(asked) == 5


def test_without_a_zone_the_page_says_what_would_open_one(case, tmp_path, monkeypatch):
    monkeypatch.setenv("KOSHO_CACHE", str(tmp_path / "cache"))
    for path in case.folder.glob("*.yaml"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    table = tmp_path / "table.yaml"
    strict = "forbids: {cars: [all-20, all-15, all-12.5, all-10, none]}"
    text = table.read_text(encoding="utf-8").replace("forbids: {cars: [add-25]}", strict)
    text = text.replace("scenario: no-deal\n", "scenario: extension\n")  # the law that the options are laid on
    table.write_text(text, encoding="utf-8")
    found = negotiation(Case.load(tmp_path), case.as_of, lambda _: None, EFFORT)
    assert not found.zone
    assert not found.deals
    told = " ".join(found.opening)
    assert "Red lines: without “Japan signs nothing that leaves 25 % on cars”" in told
    assert "A rate: Cars and their parts at 27.29\N{NO-BREAK SPACE}% in place of 27.32" in told
    assert ": none; " not in told
    assert list(found.closed) == ["Money"]
    assert "there is nothing to share" in " ".join(found.not_opening)


def test_what_is_computed_is_what_is_shown(computed):
    assert computed.zone
    assert computed.packages == 6
    kinds = [point.kind for point in computed.points]
    assert kinds.count("no-deal") == kinds.count("today") == 1
    assert 1 <= kinds.count("deal") <= 4
    assert {deal.concept for deal in computed.deals} == {one.title for one in CONCEPTS.values()}
    assert {deal.background for deal in computed.deals} == {"Japan alone reverts", "All revert"}
    assert len(drawn(computed)) == 1


def test_what_is_computed_rests_on_the_record(computed):
    said = {one.id: one for one in computed.said}
    assert said["red-line-cars"].source == "round7"
    cited = {name for basis in computed.bases for name in basis.statements}
    assert cited == set(said)
    assert all(set(deal.statements) <= cited for deal in computed.deals)
    crossing = [point for point in computed.points if point.kind == "other"]
    assert any(
        "Crosses a red line: Japan signs nothing" in point.text and "red-line-cars" in point.statements
        for point in crossing
    )
    for point in computed.points:
        if point.kind == "today":
            assert set(point.statements) == {"rate-lowered", "cars-25", "metals-50"}
        if point.kind == "no-deal":
            assert point.statements == ("grace-period",)


def test_the_contract_tells_the_same_statements(case, computed):
    content = contract(negotiate_case(case, effort=Effort(draws=0, confirm=False)))
    assert set(content["statements"]) == {one.id for one in computed.said}
    told = content["statements"]["red-line-cars"]
    assert told["by"] == ["Ryosei Akazawa, Japan"]
    assert (told["source"], told["date"], told["modality"]) == ("round7", "2025-06-26", "asserted")
    assert content["issues"][0]["statements"]["add-25"] == ["cars-25", "cars-order"]
    assert [line["statements"] for line in content["red_lines"]] == [["red-line-cars"], ["britain-cars"]]
    assert content["backgrounds"][0]["disagreement_statements"] == ["grace-period"]
    assert content["deadline"]["statements"] == ["grace-period"]
    assert content["status_quo_statements"] == ["rate-lowered", "cars-25", "metals-50"]
    early = contract(negotiate_case(case, date(2025, 5, 1), effort=Effort(draws=0, confirm=False)))
    assert set(early["statements"]) == {"rate-lowered", "cars-order"}
    json.dumps(content, allow_nan=False)
