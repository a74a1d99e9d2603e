"""Bounds and ranges: which corners are solved, what their ends hold, how they are worded."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from tests.briefs import HOSTILE, bounds, brief
from tests.measures import cited, measure

from kosho import formatting
from kosho.brief.commitment_tables import (
    _money,
    bound_table,
    commitments,
    diverted_table,
    left_out_table,
    ranges_table,
    subsidy_table,
)
from kosho.case import Case, Law
from kosho.equilibrium import Counterfactual, Outcome, solve
from kosho.equilibrium.kernel import Nearby
from kosho.errors import InputError
from kosho.impact.effects import Effects, effects
from kosho.impact.product_nests import nest, niche
from kosho.law import Overlay
from kosho.law.measure import Measure
from kosho.parallel import Shared
from kosho.scenario.commitments import ScenarioCommitments, _why, commitments_of
from kosho.scenario.jobs import CentralJob, CornerJob, JobInputs, VariantJob, run_job, try_job
from kosho.scenario.runs import VARIANTS
from kosho.scenario.sensitivity import (
    SHARES,
    CentralOutcome,
    Corner,
    buyer_subsidies,
    corners,
    effects_at,
    figure_ends,
    figures,
    figures_or_reason,
    largest_moves,
    markets,
    measure_of,
    solved_corners,
    subsidies_at,
)
from kosho.scenario.simulate import scenario_effects
from kosho.scenario.solving import corner_jobs, first_alike, led_beside, solve_scenarios
from kosho.world import World

PARTIES = ("JPN", "USA")


@pytest.fixture(scope="module")
def case() -> Case:
    return Case.load("japan-us-2025")


def answered_by(world: World, found: Effects, deficits: Any = "fixed") -> Outcome:
    return solve(world, found.counterfactual, deficits)


def with_measures(case: Case, *measures: Measure) -> Case:
    """The case with one more scenario: today and these measures."""
    today = case.scenario("status-quo")
    more = replace(today, id="more", overlay=Overlay(title="more", add=measures), on=None)
    return replace(case, scenarios={**case.scenarios, "more": more})


def rule(kind: str, scope: dict[str, Any], terms: dict[str, Any] | None, **changes: Any) -> Measure:
    fields = {"imposer": "JPN", "partners": {"include": ["USA"]}, "value": None, "id": kind}
    return measure(**{**fields, "kind": kind, "scope": scope, "terms": terms, **changes})


def asked(case: Case, scenario: str) -> tuple[World, Law, Effects]:
    world, found = scenario_effects(case, scenario, world="talks")
    return world, case.law(scenario), found


def of(case: Case, scenario: str, deficits: Any = "fixed") -> tuple[ScenarioCommitments, Outcome]:
    world, law, found = asked(case, scenario)
    outcome = answered_by(world, found, deficits)
    moved = [
        (
            one.of,
            figures_or_reason(partial(answered_by, world, effects_at(world, law, one), deficits), case.flows),
        )
        for one in corners(law, found)
    ]
    return commitments_of(
        scenario, (law, found, PARTIES), CentralOutcome.of(outcome, case.flows), moved
    ), outcome


def test_amount_and_elasticities_move_apart_and_a_shared_product_once(case: Case) -> None:
    _, law, found = asked(case, "deal-purchases")
    made = list(corners(law, found))
    assert len(made) == len(set(made))
    assert {one for one in made if one.of == "case-corn"} == {
        Corner("case-corn", amount, (("corn", elasticity),))
        for amount in ("low", "high")
        for elasticity in ("low", "high")
    }
    # The minimum access has no range of its own, and rice has moved with the purchase.
    assert {one.of for one in made} == {"case-corn", "case-lng", "case-rice", "case-safety-tests", SHARES}
    assert [one.end for one in made if one.of == SHARES] == ["low", "high"]


def test_a_corner_moves_its_own_measure_alone(case: Case) -> None:
    world, law, found = asked(case, "deal-purchases")
    moved = effects_at(world, law, Corner("case-corn", "high", (("corn", "low"),)))
    before, after = ({one.name: one.amount for one in some.constraints} for some in (found, moved))
    assert after == before | {"case-corn": 2000.0}
    theta = {one.product: one.theta for one in moved.nests}
    assert theta == {one.product: one.theta for one in found.nests} | {"corn": 1.7}
    np.testing.assert_array_equal(moved.shock.cost, found.shock.cost)
    shares = effects_at(world, law, Corner(SHARES, "high"))
    assert (shares.shock.tariff - found.shock.tariff).max() > 0.01
    assert [one.amount for one in shares.constraints] == list(before.values())


@pytest.mark.parametrize("party", PARTIES)
def test_ends_hold_the_joint_worst_and_best(case: Case, party: str) -> None:
    world, law, found = asked(case, "deal-purchases")
    made = list(corners(law, found))
    middle = float(answered_by(world, found).equivalent_variation.sel(country=party))

    def worth(some: Effects) -> float:
        return float(answered_by(world, some).equivalent_variation.sel(country=party))

    alone = {one: worth(effects_at(world, law, one)) - middle for one in made}
    apart = figure_ends(
        {"worth": np.array([middle])}, [(one.of, {"worth": np.array([middle + x])}) for one, x in alone.items()]
    )
    for pick, end in ((min, apart.low), (max, apart.high)):
        chosen = {
            name: pick((one for one in made if one.of == name), key=alone.__getitem__)
            for name in {m.of for m in made}
        }
        together = worth(joint(world, law, [one for name, one in chosen.items() if name != SHARES]))
        added = middle + sum(alone[one] for name, one in chosen.items() if name != SHARES)
        # Measures hardly work on each other: what they do together is what they do alone, added up.
        assert together - middle == pytest.approx(added - middle, rel=0.1)
        assert pick(end["worth"][0], together + alone[chosen[SHARES]]) == pytest.approx(
            end["worth"][0], rel=0.02
        )


def joint(world: World, law: Law, some: list[Corner]) -> Effects:
    """All corners at once."""
    found = effects(world, law.register, law.on, law.known, end={one.of: one.end for one in some})
    levels = {name: end for one in some for name, end in one.products}
    return replace(found, nests=tuple(nest(world, niche(n.product), levels[n.product]) for n in found.nests))


numbers = arrays(np.float64, 3, elements=st.floats(-100, 100))


@given(numbers, st.lists(st.tuples(st.sampled_from("abc"), numbers), max_size=6))
def test_spans_hold_every_corner_and_grow_with_each_measure(middle: np.ndarray, moved: list[Any]) -> None:
    ends = figure_ends({"worth": middle}, [(name, {"worth": values}) for name, values in moved])
    for _, values in moved:
        assert (ends.low["worth"] <= values + 1e-9).all()
        assert (ends.high["worth"] >= values - 1e-9).all()
    falls = sum((fall for fall, _ in largest_moves(middle, moved).values()), np.zeros(3))
    np.testing.assert_allclose(ends.low["worth"], middle + falls)
    if not moved:
        np.testing.assert_array_equal(ends.low["worth"], ends.high["worth"])


def test_what_cannot_be_negative_never_is() -> None:
    moved = [("a", {"wedge": np.array([0.02])}), ("b", {"wedge": np.array([0.01])})]
    assert figure_ends({"wedge": np.array([0.1])}, moved).low["wedge"] == pytest.approx(0.0)
    assert (
        figure_ends({"worth": np.array([0.1])}, [(n, {"worth": f["wedge"]}) for n, f in moved]).low["worth"] < 0
    )


def test_a_ban_has_no_finite_wedge_and_leaves_nothing(case: Case) -> None:
    ban = rule("ban", {"sectors": ["C27"]}, None, partners={"include": ["CHN"]})
    found, outcome = of(with_measures(case, ban), "more")
    one = next(each for each in found.bounds if each.measure == "ban")
    assert (one.wedge, one.prohibitive, one.binds, one.rent_holder) == (None, True, True, None)
    assert one.reached == 0.0 < one.free
    assert one.ends is not None
    assert one.ends.wedge is None
    assert {(each.importer, each.sector, each.measures) for each in found.diverted} == {
        ("JPN", "C27", ("ban",))
    }
    (named_figures,) = found.diverted
    changes = {each.exporter: each for each in named_figures.sales}
    assert changes["JPN"].change_musd > 0
    assert changes["CHN"].bound
    assert changes["CHN"].change_musd < 0
    assert not changes["JPN"].bound
    assert measure_of(outcome.constraints[-1].constraint) == "ban"
    (row,) = bound_table([found], {"more": "More"}).rows
    assert [cell.text for cell in row][1:] == ["", row[2].text, row[3].text, "none", "barred", ""]
    found.model_dump_json()


def test_bounds_alone_and_declared_worth_are_told_and_move_no_middle(case: Case) -> None:
    worth = {"USA": cited(5000, "million USD", 0, 20000), "JPN": cited(-1000, "million USD", -5000, 2000)}
    digital = rule("digital", {"sectors": ["J61", "J62_63", "M", "N", "J58T60"]}, {"restrictiveness": 0.05})
    found, outcome = of(
        with_measures(case, rule("investment", {"goods": True}, {"worth": worth}), digital), "more"
    )
    named_figures = {(one.measure, one.what): one for one in found.ranges}
    promised = named_figures["investment", "declared worth to USA"]
    assert (promised.low, promised.value, promised.high, promised.moves_results) == (0, 5000, 20000, False)
    bound = next(one for (name, _), one in named_figures.items() if name == "digital")
    assert (bound.value, bound.bound_only, bound.moves_results) == (None, True, True)
    assert {"investment", "digital"} <= set(found.left_out)
    assert found.ends is not None
    assert set(found.ends.by_measure) == {"digital", SHARES}
    japan = found.ends.by_measure["digital"]["JPN"]
    middle = float(outcome.equivalent_variation.sel(country="JPN"))
    assert japan.low == pytest.approx(middle, rel=1e-5)
    assert japan.high > middle + 10
    rows = {row[1].text: [cell.text for cell in row] for row in ranges_table([found], moved=True).rows}
    assert any(text[3] == "upper bound only" for text in rows.values())


def test_an_end_out_of_reach_is_told_and_left_out(case: Case) -> None:
    # The largest promise is more than the minimum access lets in.
    terms = {"amount": cited(600_000, "tonnes", 400_000, 900_000), "counted": "tonnes", "niches": ["rice"]}
    promise = rule("purchase", {"sectors": ["C10T12"]}, terms)
    found, _ = of(with_measures(case, promise), "more")
    assert found.ends is not None
    assert set(found.ends.out_of_reach) == {"purchase"}
    assert "cannot all hold" in found.ends.out_of_reach["purchase"]
    assert "purchase" in found.ends.by_measure


def test_where_nothing_has_a_range_there_are_no_ends(case: Case) -> None:
    world, law, found = asked(case, "status-quo")
    assert [one.of for one in corners(law, found)] == [SHARES, SHARES]
    early = Law(law.register, date(2025, 1, 2), date(2025, 1, 2))
    assert list(corners(early, replace(found, ranges=()))) == []
    outcome = CentralOutcome.of(answered_by(world, found), case.flows)
    assert commitments_of("status-quo", (early, replace(found, ranges=()), PARTIES), outcome, []).ends is None


def test_a_task_that_fails_says_so_and_why_when_asked_again(case: Case) -> None:
    world, law, found = asked(case, "deal-purchases")
    doubled = tuple(
        replace(one, amount=900_000.0) if one.name == "case-rice" else one for one in found.constraints
    )
    impossible = replace(found, constraints=doubled)
    inputs = JobInputs({"central": world}, {"x": law}, {"x": impossible}, world, {}, case.flows, PARTIES)
    task = VariantJob(Shared(inputs), "x", VARIANTS[0])
    assert try_job(task) is None
    with pytest.raises(InputError, match=r"case-rice.*case-rice-access.*cannot all hold"):
        run_job(task)
    corner = CornerJob(Shared(inputs), "x", Corner("case-corn", "low", (("corn", "low"),)), VARIANTS[0])
    assert isinstance(try_job(corner), dict)


def test_an_end_solved_from_the_middle_is_the_end(case: Case) -> None:
    world, law, found = asked(case, "deal-purchases")
    inputs = JobInputs({"central": world}, {"x": law}, {"x": found}, world, {}, case.flows, PARTIES)
    shared = Shared(inputs)
    _, _, near = run_job(CentralJob(shared, "x", VARIANTS[0]))
    for corner in list(corners(law, found))[:4]:
        there = run_job(CornerJob(shared, "x", corner, VARIANTS[0], near))
        alone = run_job(CornerJob(shared, "x", corner, VARIANTS[0]))
        income = world.arrays.income
        assert (np.abs(there["worth"] - alone["worth"]) / income).max() < 1e-7
        np.testing.assert_allclose(there["value"], alone["value"], rtol=1e-6)


def test_an_end_begun_where_that_of_another_scenario_leads_is_the_end(case: Case) -> None:
    world, law, found = asked(case, "deal-purchases")
    other = replace(found, shock=asked(case, "no-deal")[2].shock)  # the same promises under other duties
    laws, both = {"x": law, "y": law}, {"x": found, "y": other}
    shared = Shared(JobInputs({"central": world}, laws, both, world, {}, case.flows, PARTIES))
    near = {name: run_job(CentralJob(shared, name, VARIANTS[0]))[2] for name in both}
    leading, following = corner_jobs(shared, near, VARIANTS[0])
    assert {job.scenario for job in leading} == {"x"}
    assert {job.scenario for job in following} == {"y"}
    assert [job.corner for job in leading] == [job.corner for job in following]
    _, at = run_job(leading[0])
    start = led_beside(near["y"], near["x"], at)
    assert led_beside(near["y"], near["x"], None) is near["y"]
    same = run_job(CentralJob(shared, "x", VARIANTS[0]))[2]
    assert led_beside(same, near["x"], at) is same  # one law under two names: the same bits
    there = run_job(replace(following[0], near=start))
    alone = run_job(replace(following[0], near=None))
    middle = run_job(replace(following[0], near=near["y"]))
    income = world.arrays.income
    for found_there in (there, middle):
        assert (np.abs(found_there["worth"] - alone["worth"]) / income).max() < 1e-7
        np.testing.assert_allclose(found_there["value"], alone["value"], rtol=1e-6)

    def missed(begun: Nearby) -> float:
        return float(np.abs(begun.point.log_price - at_end.point.log_price).max())

    _, at_end = run_job(replace(following[0], near=start, leads=True))
    assert missed(start) < 0.5 * missed(near["y"])  # most of the way is known


def test_a_scenario_of_the_same_law_is_not_solved_again_and_others_begin_where_it_leads(case: Case) -> None:
    world, law, found = asked(case, "deal-cars")
    _, other_law, other = asked(case, "no-deal")
    laws = {"x": law, "again": law, "y": other_law}
    effects = {"x": found, "again": found, "y": other}
    inputs = JobInputs({"central": world, "low": world}, laws, effects, world, {}, case.flows, PARTIES)
    assert first_alike(inputs) == {"x": "x", "again": "x", "y": "y"}
    told: list[str] = []
    solved = solve_scenarios(inputs, VARIANTS, told.append, None)
    for variant in VARIANTS:
        one, same = (solved.variants[name, variant.id] for name in ("x", "again"))
        assert (one.scenario, same.scenario) == ("x", "again")
        assert one.model_dump(exclude={"scenario"}) == same.model_dump(exclude={"scenario"})
        alone = run_job(VariantJob(Shared(inputs), "y", variant))
        led = solved.variants["y", variant.id]
        for code, income in zip(world.countries, world.arrays.income, strict=True):
            assert abs(led.countries[code].ev_musd - alone.countries[code].ev_musd) < 1e-7 * income
    ends = {name: [end for other, end in solved.ends if other == name] for name in laws}
    assert ends["x"] == ends["again"] != []
    assert all(solved.ends["x", end] is solved.ends["again", end] for end in ends["x"])
    assert solved.middles["again"] is solved.middles["x"]


def test_figures_of_named_flows_and_counts(case: Case) -> None:
    world, _, found = asked(case, "deal-purchases")
    outcome = answered_by(world, found)
    named_figures = figures(outcome, case.flows)
    assert named_figures["units"][0] == outcome.units[0].new
    assert np.isnan(named_figures["units"][1])
    count = len(outcome.constraints)
    assert count >= 4
    assert named_figures["sales"].shape == (len(markets(outcome.constraints)), len(world.countries))
    free = solve(world, Counterfactual(found.shock, nests=found.nests))
    moved = outcome.flows - free.flows
    for (importer, sector), sales in zip(markets(outcome.constraints), named_figures["sales"], strict=True):
        expected = moved.sel(importer=importer, sector=sector).to_numpy()
        market = float(free.flows.sel(importer=importer, sector=sector).sum())
        np.testing.assert_allclose(sales, expected, rtol=0, atol=1e-7 * market)  # two solves to 1e-8
    assert solved_corners([("a", named_figures), ("b", "no")]) == [("a", named_figures)]


def test_tables_say_what_is_bound() -> None:
    (row,) = bound_table([bounds("")], {"deal": "Deal"}).rows
    assert [cell.text.strip() for cell in row[1:]] == [
        "Japan pays",
        "3.0\N{NO-BREAK SPACE}billion\N{NO-BREAK SPACE}USD",
        "2.9\N{NO-BREAK SPACE}billion\N{NO-BREAK SPACE}USD",
        "4.0\N{NO-BREAK SPACE}billion\N{NO-BREAK SPACE}USD",
        "27",
        "1.1",
    ]
    assert [cell.note for cell in row[4:]] == [
        "(3.2 to 5.0)",
        "(6.0 to 67)",
        "(0.20 to 3.4)",
    ]
    # Three million is too little beside four hundred; what is bound itself comes last.
    moved, itself = diverted_table([bounds("")]).rows
    assert moved[1].text == "China to Japan"
    assert (moved[0].text, moved[0].note.strip()) == ("Crops and animals", "More corn")
    assert itself[1].note == "what is bound among them"
    (paid,) = subsidy_table([bounds("")], {"deal": "Deal"}).rows
    assert [cell.text for cell in paid[1:]] == ["Japan", "0.25"]
    assert paid[2].note == "(0.10 to 0.90)"
    assert moved[2].note == "(−0.61 to −0.15)"
    assert len(ranges_table([bounds("")], moved=True).rows) == 2
    (declared,) = ranges_table([bounds("")], moved=False).rows
    assert declared[1].text == "declared worth to United States"
    assert left_out_table([bounds("")]).rows[0][1].text.startswith("It was there")


def test_the_page_tells_all_of_it() -> None:
    made = commitments(brief(HOSTILE))
    assert set(made) == {"bounds", "subsidies", "diverted", "sway", "ranges", "ranges-stated", "left-out"}
    assert all(table.rows for table in made.values())


def test_what_never_binds_is_said_once() -> None:
    slack = (
        bounds("")
        .bounds[0]
        .model_copy(
            update={
                "name": "quota",
                "kind": "quota",
                "binds": False,
                "wedge": 0.0,
                "rent_holder": "exporter",
                "reached": 9.0,
            }
        )
    )
    more = slack.model_copy(update={"reached": 11.0})
    shown = [
        bounds("").model_copy(update={"scenario": name, "bounds": (one,)})
        for name, one in {"a": slack, "b": more, "deal": bounds("").bounds[0]}.items()
    ]
    rows = bound_table(shown, {"a": "A", "b": "B", "deal": "Deal"}).rows
    assert [row[0].note.split(". ")[0] for row in rows] == [
        "Deal",
        "Never reached, in 2 scenarios; the largest is shown",
    ]
    assert [cell.text.strip() for cell in rows[1][4:]] == [
        "0.011\N{NO-BREAK SPACE}billion\N{NO-BREAK SPACE}USD",
        "0",
        "",
    ]
    assert rows[1][4].note == "bound at 4.0\N{NO-BREAK SPACE}billion\N{NO-BREAK SPACE}USD"


def test_what_a_subsidy_costs_is_told_with_its_ends(case: Case) -> None:
    terms = {"rate": cited(10, "percent", 5, 20), "share": cited(0.4, "share", 0.2, 0.5)}
    buyers = rule("subsidy", {"sectors": ["C27"]}, terms, partners={"include": ["CHN"]})
    world, law, found = asked(with_measures(case, buyers), "more")
    paid = buyer_subsidies(world, law)
    outcome = answered_by(world, found)
    moved = [
        (
            one.of,
            figures_or_reason(
                partial(answered_by, world, effects_at(world, law, one)), case.flows, subsidies_at(paid, one)
            ),
        )
        for one in corners(law, found)
    ]
    middle = CentralOutcome.of(outcome, case.flows, subsidies_at(paid))
    (cost,) = commitments_of("more", (law, found, PARTIES), middle, moved).subsidies
    assert (cost.measure, cost.payer) == ("subsidy", "JPN")
    # The treasury's revenue falls by what it pays, at the new quantities.
    duty = world.tariff.sel(importer="JPN")
    before = float((duty * outcome.flows.sel(importer="JPN")).sum())
    revenue = float(outcome.tariff_revenue.sel(country="JPN"))
    assert cost.cost_musd == pytest.approx(before - revenue, rel=1e-3)
    assert cost.ends is not None
    assert 0 < cost.ends.low < 0.5 * cost.cost_musd < 2 * cost.cost_musd < cost.ends.high
    assert buyer_subsidies(*asked(case, "deal")[:2]) == ()


def test_sectors_that_a_measure_changes_alike_are_one_row() -> None:
    (first, cost, declared) = bounds("").ranges
    alike = [cost.model_copy(update={"what": f"trade cost of {code}"}) for code in ("A01", "C27", "C28", "C29")]
    other = cost.model_copy(update={"what": "trade cost of C10T12", "low": 0.8})
    rows = ranges_table(
        [bounds("").model_copy(update={"ranges": (first, *alike, other, declared)})], moved=True
    ).rows
    assert [row[1].text for row in rows] == [
        "amount",
        "trade cost, 4 sectors alike",
        "trade cost, Food, beverages and tobacco",
    ]


def test_counts_have_no_exponents() -> None:
    amount = (
        bounds("").ranges[0].model_copy(update={"low": 1e5, "value": 432_500.0, "high": 1e6, "unit": "tonnes"})
    )
    (row,) = ranges_table([bounds("").model_copy(update={"ranges": (amount,)})], moved=True).rows
    assert [cell.text for cell in row[2:5]] == ["100,000 tonnes", "432,500 tonnes", "1,000,000 tonnes"]


def test_a_value_deflated_by_a_country_says_so() -> None:
    one = bounds("").bounds[0].model_copy(update={"deflator": "JPN"})
    (row,) = bound_table([bounds("").model_copy(update={"bounds": (one,)})], {"deal": "Deal"}).rows
    assert row[0].note.endswith("in value. At prices of Japan")


def test_shares_are_percent_and_economies_have_names() -> None:
    what = "eligible of what comes from JPN, EU27"
    update = {"what": what, "low": 0.055, "value": 0.1, "high": 0.2, "unit": "share of purchases"}
    one = bounds("").ranges[0].model_copy(update=update)
    (row,) = ranges_table([bounds("").model_copy(update={"ranges": (one,)})], moved=True).rows
    assert row[1].text == "eligible of what comes from Japan, EU27"
    assert [cell.text.replace(formatting.NBSP, " ") for cell in row[2:5]] == ["5.5 %", "10 %", "20 %"]


@pytest.mark.parametrize(
    ("sign", "parts", "goods"),
    [
        (-1, ("corn", "soybeans", "corn"), "Corn and Soybeans"),
        (-1, ("", "cars"), None),  # what is no small product is replaced as all of its sector is
        (1, ("corn",), None),  # a quota subsidises nothing
    ],
)
def test_home_sales_that_rise_are_told_why_where_nothing_takes_the_goods_place(
    sign: int, parts: tuple[str, ...], goods: str | None
) -> None:
    one: Any = SimpleNamespace(sign=sign, flows=[SimpleNamespace(part=part) for part in parts])
    said = _why([one], "JPN")
    assert (said or "").partition(" cannot well be replaced")[0] == (goods or "")
    assert said is None or "on which Japan spends a fixed share" in said


def test_what_a_promise_costs_is_told_with_its_range_where_it_has_one() -> None:
    (promise, *_others) = bounds().bounds
    assert promise.ends is not None
    assert promise.ends.fiscal_cost_musd is not None
    whole = _money(promise)
    assert (whole.sort, bool(whole.note)) == (promise.fiscal_cost_musd, True)
    plain = _money(promise.model_copy(update={"ends": None}))
    assert (plain.text, plain.sort, plain.note) == (whole.text, promise.fiscal_cost_musd, "")
    quota = promise.model_copy(
        update={"kind": "quota", "rent_holder": "JPN", "rent_musd": 1_200.0, "ends": None}
    )
    held = quota.model_copy(update={"binds": True})
    assert (_money(held).sort, _money(held).note) == (1_200.0, "")
    assert _money(quota.model_copy(update={"binds": False})).text == ""
    assert _money(held.model_copy(update={"rent_holder": None})).text == ""
