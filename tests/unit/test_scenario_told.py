"""What is told of bounds and of lines, whole, on made-up figures."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from kosho.equilibrium import Flow, Purchase, Quota, TariffQuota
from kosho.errors import InputError
from kosho.impact.ranges import Range
from kosho.provenance import Cited, Frozen
from kosho.scenario import additions, against, commitments, deals, jobs, sensitivity, solving
from kosho.scenario.added_contract import contract
from kosho.scenario.interval import Interval
from kosho.scenario.runs import VARIANTS
from kosho.scenario.sensitivity import CentralOutcome, Corner, FigureEnds
from kosho.world import WorldChoice

FLOW = (Flow("USA", "JPN", "C29", part="cars"), Flow("USA", "KOR", "C28"))


def span(low: float, high: float) -> Interval:
    return Interval(low=low, high=high)


@pytest.fixture
def law(monkeypatch: pytest.MonkeyPatch) -> Any:
    small = {
        "rice": SimpleNamespace(name="Rice", between=SimpleNamespace(value=-0.5)),
        "corn": SimpleNamespace(name="Corn", between=SimpleNamespace(value=0.0)),
        "nuts": SimpleNamespace(name="Nuts", between=SimpleNamespace(value=-0.1)),
    }
    monkeypatch.setattr(commitments, "niches", lambda: small)
    monkeypatch.setattr(commitments, "niche", small.__getitem__)
    measure = SimpleNamespace(
        id="m", title="A bound", kind="quota", source=("s",), status="fact", note="so", imposer="USA"
    )
    groups = {"cars": SimpleNamespace(title="Passenger cars")}
    return SimpleNamespace(
        register=SimpleNamespace(
            measure=lambda _name: measure, products=SimpleNamespace(groups=groups), assumed={"c"}
        )
    )


@pytest.mark.parametrize(("part", "told"), [("cars", "Passenger cars"), ("rice", "Rice"), ("", "Machinery")])
def test_goods_of_a_bound_are_a_group_a_small_product_or_the_sector(law: Any, part: str, told: str) -> None:
    assert commitments._goods(law, "C28", part) == told


def settled(constraint: Any, wedge: float = 0.25) -> Any:
    figures = {"base": 10.0, "free": 9.0, "required": 8.0, "reached": 7.0, "rent": 3.0, "fiscal_cost": 4.0}
    return SimpleNamespace(constraint=constraint, wedge=wedge, binds=True, **figures)


def quota(**more: Any) -> Quota:
    return Quota(name="m: JPN", flows=FLOW, amount=0.5, basis="share", holder="exporter", **more)


ENDS = FigureEnds(
    {name: np.array([-9.0, k]) for k, name in enumerate(("required", "reached", "wedge", "rent", "cost"))},
    {name: np.array([9.0, k + 0.5]) for k, name in enumerate(("required", "reached", "wedge", "rent", "cost"))},
)


def test_a_quota_is_told_whole_with_its_ends(law: Any) -> None:
    found = commitments._bound(law, settled(quota()), 1, ENDS)
    assert [(one.importer, one.exporter, one.sector, one.part, one.goods) for one in found.flows] == [
        ("USA", "JPN", "C29", "cars", "Passenger cars"),
        ("USA", "KOR", "C28", None, "Machinery"),
    ]
    assert (found.name, found.measure, found.title, found.kind) == ("m: JPN", "m", "A bound", "quota")
    assert (found.basis, found.measured, found.unit) == ("share", "quantity", "million USD")
    assert (found.base, found.free, found.required, found.reached) == (10.0, 9.0, 8.0, 7.0)
    assert (found.binds, found.wedge, found.prohibitive) == (True, 0.25, False)
    assert (found.rent_musd, found.rent_holder, found.fiscal_cost_musd) == (3.0, "exporter", 4.0)
    assert (found.sources, found.status, found.note) == (("s",), "fact", "so")
    assert found.ends == commitments.CommitmentEnds(
        required=span(0.0, 0.5),
        reached=span(1.0, 1.5),
        wedge=span(2.0, 2.5),
        rent_musd=span(3.0, 3.5),
        fiscal_cost_musd=span(4.0, 4.5),
    )


def test_a_ban_has_neither_a_wedge_nor_who_earns_it_and_a_purchase_earns_nothing(law: Any) -> None:
    ban = commitments._bound(law, settled(quota(), np.inf), 1, ENDS)
    assert (ban.wedge, ban.prohibitive, ban.rent_holder) == (None, True, None)
    assert ban.ends is not None
    assert ban.ends.wedge is None
    bought = Purchase(name="m: JPN", flows=FLOW[:1], amount=5.0)
    found = commitments._bound(law, settled(bought), 0, None)
    assert (found.rent_holder, found.ends, found.prohibitive) == (None, None, False)
    limit = TariffQuota(name="m: JPN", flows=FLOW[:1], amount=5.0, holder="importer", inside=0.1, outside=0.3)
    assert commitments._bound(law, settled(limit), 0, None).rent_holder == "importer"


def test_why_home_sales_rise_names_what_nothing_takes_the_place_of(law: Any) -> None:
    def bound(sign: int, *parts: str) -> Any:
        return SimpleNamespace(sign=sign, flows=[SimpleNamespace(part=part) for part in parts])

    assert law
    assert commitments._why([bound(1, "rice"), bound(-1, "corn", "", "cars")], "JPN") is None
    assert commitments._why([bound(-1, "rice", "corn"), bound(-1, "nuts", "rice")], "JPN") == (
        "Rice and Nuts cannot well be replaced by the rest of the sector, on which Japan spends a fixed share: "
        "what users save on what is subsidised goes to the rest"
    )


def test_ends_of_results_are_those_of_all_measures_and_of_each_alone() -> None:
    middle = CentralOutcome(
        ("JPN", "USA"),
        (),
        {
            "welfare": np.array([0.1, 0.2]),
            "worth": np.array([10.0, 20.0]),
            "value": np.array([5.0, 6.0]),
            "units": np.array([np.nan, 60.0]),
        },
    )

    def moved(worth: float) -> dict[str, Any]:
        change = np.array([worth, -worth])
        return {name: value + change for name, value in middle.figures.items()}

    ends = FigureEnds(
        {name: value - 1 for name, value in middle.figures.items()},
        {name: value + 2 for name, value in middle.figures.items()},
    )
    corners: Any = [("m", moved(1.0)), ("m", moved(-2.0)), ("n", moved(3.0)), ("gone", "no equilibrium")]
    found = commitments._ends(middle, ends, corners, ("USA",))
    assert {code: (one.welfare, one.ev_musd) for code, one in found.countries.items()} == {
        "JPN": (span(-0.9, 2.1), span(9.0, 12.0)),
        "USA": (span(-0.8, 2.2), span(19.0, 22.0)),
    }
    assert [(one.new_musd, one.new_units) for one in found.flows] == [
        (span(4.0, 7.0), None),
        (span(5.0, 8.0), span(59.0, 62.0)),
    ]
    assert found.out_of_reach == {"gone": "no equilibrium"}
    assert found.by_measure == {"m": {"USA": span(19.0, 22.0)}, "n": {"USA": span(17.0, 20.0)}}


def test_what_is_left_out_is_the_scenarios_own_where_it_is_idle_or_assumed(
    law: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commitments, "concerning", lambda _register, left, parties: left if parties else {})
    monkeypatch.setattr(commitments, "parameters", lambda *_: ())
    effects: Any = SimpleNamespace(
        idle={"a": "idle"}, left_out={"b": "no model", "c": "not traded"}, constraints=(quota(),)
    )
    middle = CentralOutcome(("JPN",), (), {"paid": np.array([7.0]), "sales": np.zeros((0, 1))}, ("p",))
    found = commitments.commitments_of("deal", (law, effects, ("JPN",)), middle, ())
    assert found.left_out == {"a": "idle", "b": "no model", "c": "not traded"}
    assert found.of_scenario == ("a", "c")
    assert found.titles == dict.fromkeys(("m", "p", "a", "b", "c"), "A bound")
    assert (found.bounds, found.diverted, found.ends) == ((), (), None)
    (paid,) = found.subsidies
    assert (paid.measure, paid.title, paid.payer, paid.cost_musd, paid.ends) == (
        "p",
        "A bound",
        "USA",
        7.0,
        None,
    )


@pytest.mark.parametrize(
    ("name", "one", "other", "apart"),
    [
        ("welfare", None, 1.0, None),
        ("ev_musd", 1.0, None, None),
        ("profits", None, None, None),
        ("ev_musd", 5.0, 7.0, -2.0),
        ("profits", 5.0, 7.0, -2.0),
        ("welfare_first_order", 0.5, 0.25, 0.25),
        ("welfare", 0.5, 0.25, 0.2),
        ("employment", 0.0, -0.5, 1.0),
    ],
)
def test_money_is_subtracted_and_levels_are_divided(
    name: str, one: float | None, other: float | None, apart: float | None
) -> None:
    assert against._against(name, one, other) == (None if apart is None else pytest.approx(apart))


@pytest.mark.parametrize(
    ("day", "law_of", "effects_alike", "alike"),
    [("d", "a", True, True), ("e", "a", True, False), ("d", "b", True, False), ("d", "a", False, False)],
)
def test_scenarios_are_alike_where_day_law_and_effects_are(
    day: str, law_of: str, effects_alike: bool, alike: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(solving, "same_question", lambda *_: effects_alike)

    def law_in_force(on: str, measures: str) -> Any:
        return SimpleNamespace(on=on, known="k", in_force=lambda: measures)

    inputs: Any = SimpleNamespace(
        laws={"one": law_in_force("d", "a"), "other": law_in_force(day, law_of)},
        effects={"one": 1, "other": 2},
    )
    assert solving._alike(inputs, "one", "other") is alike


@pytest.mark.parametrize(
    ("end", "on", "told"),
    [
        (None, date(2023, 1, 1), "the law at the end of 2022, the year of the table; nothing else changes"),
        (
            *(date(2022, 12, 31), date(2023, 1, 1)),
            "the law at the end of 2022, the year of the table; nothing else changes",
        ),
        (
            *(date(2022, 6, 30), date(2022, 7, 1)),
            "the law of 2022-06-30, which stands for that of 2022, the year of the table; nothing else changes",
        ),
    ],
)
def test_lines_are_laid_on_the_law_of_the_day_after_the_base(
    end: date | None, on: date, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(additions, "base_end", lambda *_: end)
    monkeypatch.setattr(additions, "effects", lambda _table, register, *days: (register, *days))
    monkeypatch.setattr(additions, "_asked", lambda *asked: asked)
    talks = WorldChoice.parse("talks")
    for importer, imposes in (("USA", True), ("QAT", False)):
        asked: Any = additions.add_to_base([f"{importer} JPN C29 +1%"], talks)
        lines, law, (table, found), compared, way = asked
        assert len(table.countries) == 20
        assert [line.importer for line in lines] == [importer]
        assert (law.on, law.known, way) == (on, on, additions.Way())
        assert compared == (told, found)
        assert found == ((law.register, on, on) if imposes else None)
        others = [one for one in law.register.measures if one.kind != "termination"]
        assert len(law.register.measures) > len(others)
        assert (bool(others), all(one.imposed_by(importer) for one in others)) == (imposes, True)


def test_a_line_with_a_day_is_refused_against_the_base_by_its_number() -> None:
    lines = ["USA JPN C29 +1%", "USA KOR C29 +1% from 2025-08-01", "USA CHN C29 +1% from 2025-08-01"]
    with pytest.raises(InputError) as caught:
        additions.add_to_base(lines, WorldChoice.parse("talks"))
    assert [one.key for one in caught.value.problems] == ["--add 2", "--add 3"]
    assert caught.value.problems[0].message == (
        "'USA KOR C29 +1% from 2025-08-01' begins on 2025-08-01, and the base is the law of 2022"
    )


@pytest.mark.parametrize(
    ("way", "compared"),
    [
        (None, ("the law in force on 2025-06-29, as known on that day", "laid")),
        ("base", ("the base of the table", None)),
    ],
)
def test_lines_on_the_law_of_a_day_are_compared_with_it_or_with_the_base(
    way: str | None, compared: tuple[str, str | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(additions, "effects", lambda *_: "laid")
    monkeypatch.setattr(additions, "_asked", lambda *asked: asked)
    talks, day = WorldChoice.parse("talks"), date(2025, 6, 29)
    asked: Any = additions.add_to_law(["USA JPN C29 +1%"], day, talks, additions.Way(against=way))
    assert (asked[1].on, asked[1].known, asked[2][1], asked[3]) == (day, day, "laid", compared)
    if way is None:
        asked = additions.add_to_law(["USA JPN C29 +1% from 2025-08-01"], day, talks)
        told = "the law in force on 2025-08-01, as known on 2025-06-29"
        assert (asked[1].on, asked[1].known, asked[3]) == (date(2025, 8, 1), day, (told, "laid"))


@pytest.mark.parametrize(
    ("kinds", "found"),
    [((), ()), (("tariff",), ()), (("subsidy",), ("a",)), (("tariff", "subsidy", "subsidy"), ("b", "c"))],
)
def test_buyers_are_paid_what_subsidies_have_in_a_world(
    kinds: tuple[str, ...], found: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    measures = [SimpleNamespace(kind=kind, name=name) for kind, name in zip(kinds, "abc", strict=False)]
    monkeypatch.setattr(sensitivity, "besides", lambda *_: (measures, ()))
    monkeypatch.setattr(sensitivity, "duties", lambda *_: "duties")
    monkeypatch.setattr(
        sensitivity, "effect", lambda _base, _register, _plain, one: SimpleNamespace(subsidy=one.name)
    )
    law: Any = SimpleNamespace(register=None, on=None, known=None)
    assert sensitivity.buyer_subsidies(law, law) == found


def test_what_programs_are_told_of_lines() -> None:
    state = SimpleNamespace(
        base=SimpleNamespace(hash="f00", meta=SimpleNamespace(name="toy")),
        deficits="fixed",
        closure=SimpleNamespace(told=("labour",)),
        solver=SimpleNamespace(iterations=3, residual=1e-9, seconds=0.5, method="newton"),
    )
    line = SimpleNamespace(text="a", title="A", measures=[SimpleNamespace(id="m")], covers=("C29",))
    found: Any = SimpleNamespace(
        with_them=state,
        on=date(2025, 6, 29),
        against="the base",
        lines=(line,),
        sellers=lambda _line: [additions.SellerChange("JPN", 2.0, 1.0)],
        countries={"JPN": {"welfare": 0.1}},
        idle={"b": "why"},
        left_out={"c": "so"},
        assumptions=("d",),
    )
    assert contract(found, {"case": None}) == {
        "schema_version": 1,
        "case": None,
        "on": "2025-06-29",
        "against": "the base",
        "world": "f00",
        "table": "toy",
        "deficits": "fixed",
        "horizon": "10",
        "closure": ["labour"],
        "added": [
            {
                "text": "a",
                "title": "A",
                "measures": ["m"],
                "sectors": ["C29"],
                "sellers": [{"exporter": "JPN", "before_musd": 2.0, "after_musd": 1.0}],
            }
        ],
        "countries": {"JPN": {"welfare": 0.1}},
        "idle": {"b": "why"},
        "left_out": {"c": "so"},
        "assumptions": ["d"],
        "solver": {"iterations": 3, "residual": 1e-9, "seconds": 0.5, "method": "newton"},
    }


def test_a_job_is_named_by_its_kind_scenario_variant_and_corner() -> None:
    inputs: Any = None
    corner = Corner("m", "low", (("corn", "high"),))
    named = [
        jobs.CentralJob(inputs, "deal", VARIANTS[0]),
        jobs.VariantJob(inputs, "deal", VARIANTS[1], leads=True),
        jobs.CornerJob(inputs, "deal", corner, VARIANTS[0]),
    ]
    assert [jobs.job_name(one) for one in named] == [
        ("CentralJob", "deal", "fixed-central"),
        ("VariantJob", "deal", "zero-central"),
        ("CornerJob", "deal", "fixed-central", "Corner(of='m', end='low', products=(('corn', 'high'),))"),
    ]


@pytest.mark.parametrize("asked", [None, {"cars": "12.5%"}])
def test_a_package_that_is_asked_about_joins_the_table(
    asked: dict[str, str] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def table(day: Any) -> Any:
        return SimpleNamespace(with_rates_of=lambda rates: SimpleNamespace(parties=("JPN",), of=(day, rates)))

    case: Any = SimpleNamespace(
        table=table, worlds=lambda world, parties: SimpleNamespace(coarse=(world, parties))
    )
    monkeypatch.setattr("kosho.bargain.negotiate", lambda table, *rest: (table.of, *rest))
    world: Any = "mine"
    found: Any = deals.negotiate_case(case, date(2025, 6, 29), world, "zero", None, asked=asked)
    assert found[:-1] == ((date(2025, 6, 29), asked or {}), ("mine", ("JPN",)), "zero", None)


def test_figures_that_measures_rest_on_are_told_each_product_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def ranged(name: str) -> Any:
        return SimpleNamespace(measure=name, what="amount", range=Range(low=1.0, high=3.0, value=2.0, unit="t"))

    def bound(name: str, *parts: str) -> Any:
        return SimpleNamespace(
            name=f"{name}: x", flows=[SimpleNamespace(part=part, importer=f"of {name}") for part in parts]
        )

    share = Cited(value=0.5, low=0.4, high=0.6, unit="share", status="estimate", source="s")
    in_force = [
        SimpleNamespace(id="fund", kind="investment", value_share=None),
        SimpleNamespace(id="gift", kind="transfer", value_share=None),
        SimpleNamespace(id="duty", kind="tariff", value_share=share),
        SimpleNamespace(
            id="sure", kind="tariff", value_share=share.model_copy(update={"low": None, "high": None})
        ),
    ]
    found: Any = SimpleNamespace(
        ranges=[ranged("fund"), ranged("gift"), ranged("buy")],
        nests=[SimpleNamespace(product="corn"), SimpleNamespace(product="rice")],
        constraints=[bound("a", "corn", "cars", "corn"), bound("b", "corn", "rice"), bound("c", "cars")],
    )
    monkeypatch.setattr(commitments, "_of_product", lambda *told: [told])
    law: Any = SimpleNamespace(in_force=lambda: in_force)
    told = [
        one if isinstance(one, tuple) else (one.measure, one.what, one.low, one.high, one.moves_results)
        for one in commitments.parameters(law, found)
    ]
    assert told == [
        ("fund", "amount", 1.0, 3.0, False),
        ("gift", "amount", 1.0, 3.0, False),
        ("buy", "amount", 1.0, 3.0, True),
        ("a", "corn", "of a"),
        ("b", "rice", "of b"),
        ("duty", "share of the value the duty is taken on", 0.4, 0.6, True),
    ]


class Taken(Frozen):
    """A duty, as far as it is taken on a share."""

    value_share: Cited | None


@pytest.mark.parametrize(
    ("low", "high", "end", "value"),
    [(0.4, 0.6, "low", 0.4), (0.4, 0.6, "high", 0.6), (0.4, None, "low", 0.4), (0.4, None, "high", None)],
)
def test_a_share_that_a_duty_is_taken_on_moves_to_an_end_that_it_has(
    low: float, high: float | None, end: Any, value: float | None
) -> None:
    share = Cited(value=0.5, low=low, high=high, unit="share", status="estimate", source="s")
    measure: Any = Taken(value_share=share)
    found = sensitivity._taken(measure, end)
    assert found == (measure if value is None else Taken(value_share=share.model_copy(update={"value": value})))
    bare: Any = Taken(value_share=None)
    assert sensitivity._taken(bare, end) == bare
