"""Where a day, an amount or a range begins to count in scenarios."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from kosho.case import Law
from kosho.errors import InputError
from kosho.impact.ranges import Range
from kosho.scenario import additions, commitments, labour_market, sensitivity, several, turning
from kosho.scenario.along_elasticities import ElasticityCurve, _refuse
from kosho.scenario.commitments import DIVERTED, NOTHING_MUSD
from kosho.scenario.interval import Interval
from kosho.scenario.results import CountryEffect, FlowResult, VariantResult
from kosho.scenario.sensitivity import FigureEnds
from kosho.world import toy


@pytest.mark.parametrize(
    ("days", "on", "later"),
    [
        ((), date(2025, 6, 29), False),
        ((None, date(2025, 6, 28)), date(2025, 6, 29), False),
        ((date(2025, 6, 29),), date(2025, 6, 29), False),
        ((date(2025, 6, 30), None, date(2025, 7, 9)), date(2025, 7, 9), True),
    ],
)
def test_lines_are_laid_on_the_law_of_the_day_on_which_the_last_has_begun(
    days: tuple[date | None, ...], on: date, later: bool
) -> None:
    register: Any = None
    law = Law(register, date(2025, 6, 29), date(2025, 6, 1))
    lines: Any = [SimpleNamespace(since=day) for day in days]
    found, moved = additions._begun(law, lines)
    assert (found.on, found.known, moved) == (on, law.known, later)


def _line(text: str, kind: str) -> Any:
    return SimpleNamespace(text=text, kind=kind, measures=(text,))


@pytest.mark.parametrize(
    ("lines", "wrong"),
    [
        ((("a", "bind"), ("b", "bind")), ["--add 2"]),
        ((("a", "bind"), ("b", "cut")), []),
        ((("a", "ban"), ("b", "cut")), ["--add 2"]),
        ((("a", "tariff"), ("b", "tariff")), []),  # both on top
        ((("a", "tariff"), ("a", "tariff")), ["--add 2"]),  # the same twice
        ((("a", "bind"), ("b", "cut"), ("c", "bind")), ["--add 3"]),
        ((("a", "ban"), ("b", "ban"), ("c", "cut")), ["--add 2", "--add 3", "--add 3"]),
    ],
)
def test_lines_that_cannot_both_be_meant_are_told_by_the_second(
    lines: tuple[tuple[str, str], ...], wrong: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(additions, "touch", lambda *_: True)
    register: Any = None
    asked = [_line(*one) for one in lines]
    if not wrong:
        additions._refuse_contradictions(asked, register)
        return
    with pytest.raises(InputError) as raised:
        additions._refuse_contradictions(asked, register)
    assert [one.key for one in raised.value.problems] == wrong
    monkeypatch.setattr(additions, "touch", lambda *_: False)
    additions._refuse_contradictions(asked, register)


def _settled(importer: str, *, binds: bool) -> Any:
    flow = SimpleNamespace(importer=importer, exporter="C1", sector="C29", part="")
    other = SimpleNamespace(importer=importer, exporter="C2", sector="A01", part="")
    constraint = SimpleNamespace(name="m: C1", flows=(flow, other), sign=1)
    return SimpleNamespace(constraint=constraint, binds=binds, sales={(importer, "C29"): None})


def test_sellers_are_listed_from_half_a_million_on_the_seven_that_change_most() -> None:
    sales = np.array([9.0, -8.0, 7.0, -6.0, 5.0, 4.0, NOTHING_MUSD, -3.0, 0.49])
    codes = tuple(f"C{k}" for k in range(len(sales)))
    slack = np.full(len(sales), 99.0)
    middle: Any = SimpleNamespace(
        countries=codes,
        settled=(_settled("C3", binds=False), _settled("C5", binds=True)),
        figures={"sales": np.array([slack, sales])},
    )
    ends = FigureEnds({"sales": np.array([slack, sales - 1])}, {"sales": np.array([slack, sales + 2])})
    (found,) = commitments._diverted(middle, ends)
    assert (found.importer, found.sector, found.measures) == ("C5", "C29", ("m",))
    assert [one.exporter for one in found.sales] == ["C0", "C1", "C2", "C3", "C4", "C5", "C7"]
    assert len(found.sales) == DIVERTED
    assert [one.change_musd for one in found.sales][:2] == [9.0, -8.0]
    assert [one.bound for one in found.sales] == [False, True] + [False] * 5
    first = found.sales[1].ends
    assert first is not None
    assert (first.low, first.high) == (-9.0, -6.0)
    middle.figures["sales"][1, :4] = 0.0
    (fewer,) = commitments._diverted(middle, None)
    assert [one.exporter for one in fewer.sales] == ["C4", "C5", "C7", "C6"]
    assert fewer.sales[0].ends is None


@pytest.mark.parametrize(
    ("low", "value", "high", "asked", "moves"),
    [
        (1.0, 2.0, 3.0, True, True),
        (2.0, 2.0, 2.0, True, False),
        (2.0, None, 2.0, True, True),
        (1.0, 2.0, 3.0, False, False),
        (1.0, None, 3.0, False, False),
    ],
)
def test_a_parameter_moves_results_where_it_has_a_range(
    low: float, value: float | None, high: float, asked: bool, moves: bool
) -> None:
    found = commitments._parameter("m", "what", Range(low=low, high=high, value=value, unit="x"), moves=asked)
    assert (found.moves_results, found.bound_only) == (moves, value is None)
    assert (found.low, found.value, found.high) == (low, value, high)


@pytest.mark.parametrize(
    ("product", "importer", "told", "sellers"),
    [
        (
            "pineapples",
            "JPN",
            "what Japan buys from {} in the base, million USD",
            ("Taiwan", "Philippines", "Japan"),
        ),
        (
            *("pineapples-china", "CHN", "share in what China buys of the sector from {}, share"),
            ("Taiwan", "Philippines", "China"),
        ),
    ],
)
def test_what_a_small_product_rests_on_is_told(
    product: str, importer: str, told: str, sellers: tuple[str, ...]
) -> None:
    theta, between, *trade = commitments._of_product("m", product, importer)
    assert (theta.what, theta.unit, theta.low, theta.high, theta.moves_results) == (
        *("Fresh pineapples: trade elasticity between origins", "elasticity", 2.7, 6.0, True),
    )
    assert (between.what, between.unit, between.moves_results) == (
        *("Fresh pineapples: elasticity of substitution with the rest of the sector, less one",),
        *("elasticity less one", True),
    )
    assert [f"{one.what}, {one.unit}" for one in trade] == [
        f"Fresh pineapples: {told.format(x)}" for x in sellers
    ]
    assert not any(one.moves_results for one in trade)


def test_corners_are_of_what_has_a_range_and_of_small_products() -> None:
    def ranged(name: str, low: float, value: float | None, high: float) -> Any:
        return SimpleNamespace(measure=name, range=Range(low=low, high=high, value=value, unit="x"))

    def bound(name: str, *parts: str) -> Any:
        return SimpleNamespace(name=f"{name}: x", flows=[SimpleNamespace(part=part) for part in parts])

    kinds = {"declared": "investment", "wide": "purchase"}
    shares = [SimpleNamespace(low=0.1, high=0.3), SimpleNamespace(low=None, high=None), None]
    in_force = [
        *(SimpleNamespace(id=name, kind=kind, value_share=None) for name, kind in kinds.items()),
        *(SimpleNamespace(id=f"s{k}", kind="tariff", value_share=one) for k, one in enumerate(shares)),
    ]
    law: Any = SimpleNamespace(in_force=lambda: in_force)
    found: Any = SimpleNamespace(
        ranges=[
            ranged("wide", 1.0, 2.0, 3.0),
            ranged("point", 2.0, 2.0, 2.0),
            ranged("bare", 2.0, None, 2.0),
            ranged("declared", 1.0, 2.0, 3.0),
        ],
        constraints=[bound("fixed", "corn", "other"), bound("wide", "corn"), bound("plain", "")],
        nests=[SimpleNamespace(product="corn")],
    )
    told = [(one.of, one.end, one.products) for one in sensitivity.corners(law, found)]
    corn = [(("corn", "low"),), (("corn", "high"),)]
    assert told == [
        *(("wide", end, products) for end in ("low", "high") for products in corn),
        *(("bare", end, ()) for end in ("low", "high")),
        *(("shares", end, ()) for end in ("low", "high")),
    ]
    found.ranges = []
    assert [(one.of, one.end, one.products) for one in sensitivity.corners(law, found)][:2] == [
        ("fixed", "value", products) for products in corn
    ]
    in_force.clear()
    found.constraints = []
    assert list(sensitivity.corners(law, found)) == []


@pytest.mark.parametrize("scale", [0.0, -0.0, np.inf, -1, True, "1", float("nan")])
def test_a_scale_is_a_number_above_zero(scale: Any) -> None:
    with pytest.raises(InputError) as raised:
        _refuse([1.0, scale, 5e-324])
    assert [one.key for one in raised.value.problems] == ["scales[1]"]


def test_a_glance_at_a_curve_has_its_ends_and_its_turns() -> None:
    gains = {"JPN": (-5.0, 7.0, 9.0), "USA": (1.0, 2.0, 3.0)}
    card = ElasticityCurve("c", "a", "b", "w", (0.2, 0.5, 1.0), gains, {"JPN": (0.25, 0.4), "USA": ()}).card()
    assert card.rows == [
        ("JPN", "-5 million USD at 0.2, +9 million USD at 1"),
        ("", "turns at 0.25, 0.40"),
        ("USA", "+1 million USD at 0.2, +3 million USD at 1"),
        ("", "does not turn between them"),
    ]


@pytest.mark.parametrize(
    ("in_all", "lost", "wrong"), [(True, ("JPN",), True), (True, (), False), (False, ("JPN",), False)]
)
def test_only_a_duty_in_all_needs_to_know_the_ordinary_one(
    in_all: bool, lost: tuple[str, ...], wrong: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def unknown(_world: Any, _register: Any, measure: str) -> tuple[str, ...]:
        asked.append(measure)
        return lost

    monkeypatch.setattr(additions, "unknown_duties", unknown)
    nothing: Any = None
    line: Any = SimpleNamespace(text="a line", in_all=in_all, measures=("floor", "bind"))
    if wrong:
        with pytest.raises(InputError, match=r"--add 1: 'a line': this world does not know .* of JPN"):
            additions._refuse_unknown([line], nothing, nothing)
    else:
        additions._refuse_unknown([line], nothing, nothing)
    assert asked == (["bind"] if in_all else [])


@pytest.mark.parametrize(("home", "told"), [(0.6, True), (1e-3, True), (0.0, False), (-2.0, False)])
def test_why_home_sales_rise_is_told_where_they_do(
    home: float, told: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commitments, "_why", lambda _binding, importer: f"why {importer}")
    middle: Any = SimpleNamespace(
        countries=("C0", "C5"),
        settled=(_settled("C5", binds=True),),
        figures={"sales": np.array([[3.0, home]])},
    )
    (found,) = commitments._diverted(middle, None)
    assert found.why == ("why C5" if told else None)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (1 / 3, 0.333333),
        (-2e6 / 3, -666_667.0),
        (1_234_567.8, 1_234_570.0),
        (0.0, 0.0),
        (1e-9 / 7, 1.42857e-10),
    ],
)
def test_numbers_of_results_have_six_digits(value: float, told: float) -> None:
    assert Interval(low=value, high=value).low == told


def test_a_ban_has_a_wedge_of_nothing_among_the_figures_and_others_have_theirs() -> None:
    def settled(wedge: float) -> Any:
        return SimpleNamespace(
            wedge=wedge,
            required=1.0,
            reached=2.0,
            rent=3.0,
            fiscal_cost=4.0,
            sales={("USA", "C29"): [5.0, 6.0]},
        )

    array = SimpleNamespace(to_numpy=lambda: np.zeros(2))
    outcome: Any = SimpleNamespace(
        constraints=(settled(np.inf), settled(0.25)),
        base=SimpleNamespace(countries=("JPN", "USA")),
        welfare=array,
        equivalent_variation=array,
        units=(),
        part_flow=lambda *cell: (1.0, {"": 7.0, "cars": 8.0}[cell[3]]),
    )
    flows: Any = [
        SimpleNamespace(importer="USA", exporter="JPN", sector="C29", part=part) for part in ("cars", None)
    ]
    found = sensitivity.figures(outcome, flows)
    assert found["wedge"].tolist() == [0.0, 0.25]
    assert [found[name].tolist() for name in ("required", "reached", "rent", "cost")] == [
        [value, value] for value in (1.0, 2.0, 3.0, 4.0)
    ]
    assert found["sales"].tolist() == [[5.0, 6.0]]
    assert found["value"].tolist() == [8.0, 7.0]
    assert np.isnan(found["units"]).all()


def test_what_a_state_does_not_change_is_no_change_of_jobs_and_prices() -> None:
    state: dict[str, dict[str, float | None]] = {
        code: {"employment": 0.01, "real_wage": 0.02} for code in ("JPN", "USA", "CHN")
    }
    found = labour_market._apart(state, state, ("JPN", "USA"))
    assert found.jobs == found.prices == {"JPN": 0.0, "USA": 0.0}
    more: dict[str, dict[str, float | None]] = {**state, "JPN": {"employment": 0.0201, "real_wage": 0.0302}}
    found = labour_market._apart(more, state, ("JPN",))
    assert found.jobs["JPN"] == pytest.approx(0.01)
    assert found.prices["JPN"] == pytest.approx(1.0 / 1.01 - 1.0, rel=1e-5)


def test_deals_of_a_table_are_those_of_its_first_background(monkeypatch: pytest.MonkeyPatch) -> None:
    solutions = {"nash": {"options": {"cars": "none"}, "gains": {"JPN": 5.0}}}
    priced = [
        SimpleNamespace(world=name, weights=SimpleNamespace(notes=(f"notes of {name}",)))
        for name in ("one", "other")
    ]
    deal = SimpleNamespace(
        priced=priced, game=SimpleNamespace(zone=True), idle={("cars", "none"): "it is told apart nowhere"}
    )
    monkeypatch.setattr(several, "negotiate_case", lambda *_: deal)
    monkeypatch.setattr(several, "_facts", lambda _name, world: {"one": None}[world])
    monkeypatch.setattr("kosho.bargain.report.contract", lambda _deal: {"solutions": solutions})
    case: Any = SimpleNamespace(allowing_idle=lambda: None)
    (found,) = several.deals_on_several(case, ["talks"])
    assert found.solutions == {"nash": {"cars": "none"}}
    assert found.gains == {"nash": {"JPN": 5.0}}
    assert found.assumed == ("notes of one",)
    assert found.not_priced == {"cars none": "it is told apart nowhere"}
    assert found.zone


def test_a_brief_looks_once_at_a_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[Any, ...]] = []
    monkeypatch.setattr(turning, "posed", lambda *_: "posed")
    monkeypatch.setattr(turning.Along, "__init__", lambda _self, laid, parties: asked.append((laid, parties)))
    monkeypatch.setattr(
        turning.Along, "curves", lambda _self, *question, **how: asked.append((*question, how)) or []
    )
    case: Any = SimpleNamespace(allowing_idle=lambda: None, parties=[SimpleNamespace(economy="JPN")])
    nothing: Any = None
    pairs = [("deal", "base"), ("deal", "no-deal")]
    assert turning.turning(case, pairs, None, nothing, [0.2, 1.0]) == ()
    assert asked == [
        ({"deal": "posed", "no-deal": "posed"}, ["JPN"]),
        (pairs, [0.2, 1.0], {"looks": 1}),
    ]


def test_a_card_tells_the_welfare_of_five_parties_what_it_is_worth_to_three_and_every_flow() -> None:
    effects = {
        f"P{k}": CountryEffect(welfare=0.01 * k, ev_musd=-1000.0 * k, real_wage=0.5) for k in range(1, 7)
    }
    flow = FlowResult(
        exporter="P1", importer="P2", sector="C29", part=None, title="cars", base_musd=1234.0, new_musd=999.0
    )
    shown = VariantResult(
        scenario="deal", variant="low", countries=effects, sectors={}, flows=(flow,), makers=()
    )
    assert str(shown).splitlines() == [
        "VariantResult deal, low",
        "  welfare        P6 +6.00 %, P5 +5.00 %, P4 +4.00 %, P3 +3.00 %, P2 +2.00 % … (6)",
        "  worth a year   P6 -6,000 million USD, P5 -5,000 million USD, P4 -4,000 million USD … (6)",
        "  cars           1,234 before, 999 after, million USD",
    ]


def test_lines_are_asked_under_the_elasticities_that_are_named() -> None:
    world = toy()
    assert additions._responding(world, additions.Way(elasticities="central")) is world
    low = additions._responding(world, additions.Way(elasticities="low"))
    assert (low.theta / world.theta).values == pytest.approx([0.165, 0.165], rel=1e-3)  # 5 becomes 0.825
