"""A whole negotiation on a small table: what it says must follow from solving each package by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from kosho.bargain import Effort, Game, Grid, Table, negotiate, robustness
from kosho.bargain.caveats import warnings
from kosho.bargain.payoffs import PayoffParts, Weights, payoffs_of_outcomes
from kosho.bargain.pricing import PricingParameters, price, price_at
from kosho.bargain.report import contract
from kosho.bargain.robustness import CLOSURES, LEAST_SCALE, certify, closing_points
from kosho.bargain.sweep import background_shocks, sweep
from kosho.bargain.zone import critical_zone_weight
from kosho.bargain.zone_relaxations import no_transfer
from kosho.case import Case, Law
from kosho.equilibrium import Failure, solve, solve_batch
from kosho.errors import ConvergenceError
from kosho.parallel import at_most, start
from kosho.scenario.simulate import simulate
from kosho.world import load
from kosho.world.elasticities import draw_over_range

PARTIES = ["JPN", "USA"]
LIGHT = Effort(draws=8, certified=14, confirm=False)
FAILED = Failure.of(ConvergenceError(0.1, "JPN", 3))


def small(folder: Path, case: Case, **changes: str) -> Table:
    """The table of the case with the issues of the tests alone."""
    text = (case.folder / "table.yaml").read_text(encoding="utf-8")
    head = text[: text.index("\nissues:")]
    overlays = text[text.index("\noverlays:") :]
    middle = """
issues:
  - id: cars
    title: Cars
    options:
      - {id: add-25, title: as now, fallback: true OURS}
      - {id: all-15, title: "15", overlays: [cars-15] OURS}
      - {id: all-10, title: "10", overlays: [table-cars], at: {table-cars: 10} OURS}
      - {id: none, title: none, overlays: [table-cars], at: {table-cars: 0} OURS}
  - id: rest
    title: The rest
    options:
      - {id: add-24, title: "24", overlays: [table-rest], at: {table-rest: 24}, fallback: true OURS}
      - {id: all-15, title: "15", overlays: [rest-15] OURS}
      - {id: none, title: none, overlays: [table-rest], at: {table-rest: 0} OURS}
"""
    for old, new in changes.items():
        head, middle = head.replace(old, new), middle.replace(old, new)
    path = folder / "table.yaml"
    ours = ", status: assumption, source: [own-table]}"
    issues = (middle + changes.get("extra", "")).replace(" OURS}", ours)
    path.write_text(head + issues + overlays, encoding="utf-8")
    return Table.load(path, case.register, {name: case.law(name) for name in case.scenarios}, case.overlays)


@pytest.fixture(scope="module")
def case():
    return Case.load("japan-us-2025")


@pytest.fixture(scope="module")
def deal(case, talks, tmp_path_factory):
    return negotiate(small(tmp_path_factory.mktemp("table"), case), talks, effort=LIGHT)


def worth(case, talks, scenario):
    return simulate(case, scenario, world=talks).equivalent_variation.sel(country=PARTIES).to_numpy()


def test_payoffs_are_those_of_the_scenarios_of_the_case(case, talks, deal):
    game, grid = deal.game, deal.table.grid
    noise = {"rtol": 0, "atol": 0.05}  # million dollars; two solves to 1e-8
    np.testing.assert_allclose(game.disagreement, worth(case, talks, "no-deal"), **noise)
    np.testing.assert_allclose(game.status_quo, worth(case, talks, "status-quo"), **noise)
    agreed = grid.find({"cars": "all-15", "rest": "all-15"})
    # The scenario's 15 % on cars goes along with 15 % on parts, as here.
    np.testing.assert_allclose(game.payoffs[agreed], worth(case, talks, "deal"), **noise)
    np.testing.assert_allclose(game.payoffs[deal.table.fallback], game.disagreement, **noise)
    every = deal.priced[1].game
    np.testing.assert_allclose(every.disagreement, worth(case, talks, "no-deal-all"), **noise)
    np.testing.assert_allclose(every.payoffs[deal.table.fallback], every.disagreement, **noise)


def test_deals_gain_all_and_are_on_the_frontier(deal):
    assert deal.game.zone
    for rows in deal.solutions.values():
        assert set(rows.tolist()) <= set(deal.game.frontier.tolist())
        assert (deal.game.gains[rows] > 0).all()


def test_shapley_values_and_the_background_add_up_to_the_gains(deal):
    for package in range(len(deal.game)):
        one = deal.explain(package)
        pieces = np.array([*one.issues.values(), one.background])
        size = np.abs(pieces).sum()
        np.testing.assert_allclose(pieces.sum(axis=0), deal.game.gains[package], rtol=0, atol=1e-9 * size)


def test_certificates_hold_shares_and_ordered_quantiles(deal):
    for package in deal.deals:
        one = deal.certificates[package]
        assert 0 <= one.all_gain <= 1
        assert one.draws == 8
        for spread in (*one.gains.values(), *one.over_status_quo.values()):
            assert spread.p5 <= spread.p50 <= spread.p95


def test_draws_cover_the_weak_end_and_shares_are_told_by_region(deal):
    priced = deal.priced[0]
    rows = np.array([int(deal.solutions["nash"][0])])
    (one,) = certify(priced, rows, 24, 1, lambda _: None)
    assert [(region.low, region.high) for region in one.regions] == [(0.15, 0.3), (0.3, 0.7), (0.7, 1.4)]
    assert sum(region.draws for region in one.regions) == one.draws
    gaining = sum(region.draws * (region.all_gain or 0.0) for region in one.regions)
    assert gaining == pytest.approx(one.all_gain * one.draws)
    weak, _, strong = one.regions
    assert weak.draws > 0
    assert (weak.all_gain, strong.all_gain) == (0.0, 1.0)  # the deal stops at about 0.4
    told = contract(replace(deal, certificates={one.package: one}))
    assert [region["all_gain"] for region in told["certificate"]["nash"]["regions"]] == [
        0.0,
        *(region.all_gain for region in one.regions[1:]),
    ]
    assert told["crossing"]["nash"] == pytest.approx(deal.critical_values[one.package].theta_scale)


def test_certificates_count_the_draws_in_which_every_side_gains(deal):
    """Each package against its own draws, one after another; in some only one side gains."""
    priced, draws, seed = deal.priced[0], 6, 5
    some = np.arange(len(deal.game.payoffs))
    generator = np.random.default_rng(seed)
    weights = priced.weights
    settings = [
        PricingParameters(theta, priced.shocks.nontariff.draw(generator), scale)
        for scale, theta in draw_over_range(priced.world, draws, seed)
    ]
    values = generator.uniform(weights.low, weights.high, (draws, len(weights.names)))
    gains, over_now = [], []
    for number in range(draws):
        closure = CLOSURES[number % len(CLOSURES)]
        payoffs = price_at(priced, some, [settings[number]], closure).payoffs(weights, values[number])
        gains.append(payoffs[:-2] - payoffs[-2])
        over_now.append(payoffs[:-2] - payoffs[-1])
    raw = np.array(gains)  # draw, package, party
    counted = raw > deal.game.resolution
    assert (counted.any(axis=2) & ~counted.all(axis=2)).any(axis=0).sum() > 3
    found = certify(priced, some, draws, seed, lambda _: None)
    assert [one.package for one in found] == some.tolist()
    for package, one in enumerate(found):
        assert one.all_gain == pytest.approx(counted[:, package].all(axis=1).sum() / draws, abs=1e-12)
        for party, code in enumerate(deal.table.parties):
            for told, drawn in ((one.gains, raw), (one.over_status_quo, np.array(over_now))):
                expected = np.percentile(drawn[:, package, party], [5, 50, 95])
                spread = told[code]
                np.testing.assert_allclose([spread.p5, spread.p50, spread.p95], expected, rtol=1e-6, atol=0.1)


def test_a_week_of_delay_costs_seven_days_of_the_gain(deal):
    package = deal.deals[0]
    told = deal.week_of_delay(package)
    game = deal.game
    np.testing.assert_allclose(told["before"], 7 * (game.payoffs[package] - game.status_quo) / 365.25)
    np.testing.assert_allclose(told["after"], 7 * (game.payoffs[package] - game.disagreement) / 365.25)


def test_a_deal_stops_gaining_all_at_its_critical_weight(deal):
    priced = deal.priced[0]
    names = priced.weights.names
    for package in deal.deals:
        for name, value in deal.critical_values[package].weights.items():
            if value is None:
                continue
            weights = priced.weights.value.copy()
            for step, better in ((0.999, True), (1.001, False)):
                weights[names.index(name)] = value * step
                assert priced.at(weights).better[package] == better


def test_the_zone_is_open_as_long_as_any_allowed_package_gains_all(deal):
    priced = deal.priced[0]
    allowed = np.flatnonzero(deal.game.allowed)

    def gaining(scale):
        setting = PricingParameters(priced.world.theta * scale, scale=scale)
        payoffs = price_at(priced, allowed, [setting], "fixed").payoffs(priced.weights)
        return ((payoffs[:-2] - payoffs[-2]) > deal.game.resolution).all(axis=1).any()

    # The one package that is followed fails on the way; others may not.
    one = deal.deals[:1]
    critical, zone = closing_points(priced, np.array(one))
    assert critical[one[0]].theta_scale is not None
    assert zone.theta_scale == deal.zone_critical_values.theta_scale
    if zone.theta_scale is None:
        assert gaining(LEAST_SCALE)
    else:
        assert zone.theta_scale <= critical[one[0]].theta_scale
        assert gaining(zone.theta_scale * 1.02)
        assert not gaining(LEAST_SCALE)


def test_points_that_a_package_is_bisected_at_are_foreseen_and_change_nothing(deal, monkeypatch):
    packages = np.array(sorted(deal.deals), np.intp)
    asked: list[int] = []
    price_at = robustness.price_at

    def counted(*given):
        asked.append(len(given[2]))
        return price_at(*given)

    monkeypatch.setattr(robustness, "price_at", counted)
    foreseen, zone = closing_points(deal.priced[0], packages)
    batches = len(asked)
    asked.clear()
    monkeypatch.setattr(robustness, "bisection_points", lambda *_: [])
    one_by_one, same_zone = closing_points(deal.priced[0], packages)
    assert (foreseen, zone) == (one_by_one, same_zone)
    if any(one.theta_scale for one in foreseen.values()):
        assert batches < len(asked)


def test_a_zone_is_open_if_any_package_is_wherever_it_lies(deal, monkeypatch):
    monkeypatch.setattr(robustness, "TOGETHER", 2)
    _, zone = closing_points(deal.priced[0], np.array(deal.deals[:1]))
    monkeypatch.undo()
    assert zone == closing_points(deal.priced[0], np.array(deal.deals[:1]))[1]


def test_a_gain_within_the_solvers_noise_is_none_in_draws_and_at_critical_points(deal):
    priced = deal.priced[0]
    package = deal.deals[0]
    coarse = replace(priced.game, resolution=float(deal.game.gains[package].min()) + 1.0)
    priced = replace(priced)
    priced.__dict__["game"] = coarse
    critical, _ = closing_points(priced, np.array([package]))
    assert critical[package].theta_scale == 1.0
    assert set(critical[package].weights.values()) == set(priced.weights.value.tolist())
    everything = replace(priced.game, resolution=1e9)
    priced.__dict__["game"] = everything
    assert certify(priced, np.array([package]), 2, 1, lambda _: None)[0].all_gain == 0


def test_a_point_without_an_equilibrium_is_named_and_never_taken_for_one_where_all_gain(deal, monkeypatch):
    priced, package = deal.priced[0], deal.deals[0]
    lost = PayoffParts(np.full((3, 2), np.nan), np.zeros((3, len(priced.weights.names))), failures=(FAILED,))
    monkeypatch.setattr(robustness, "price_at", lambda *_: lost)
    named = f"this is package {package} at 0.96 of the elasticities"
    with pytest.raises(ConvergenceError, match=named):
        robustness._Scaled(priced, np.array([package]))._at(0.96)


def test_the_zone_closes_where_no_package_is_left():
    generator = np.random.default_rng(5)
    for _ in range(100):
        gains, slope = generator.normal(size=(2, 6, 2))
        found = critical_zone_weight(gains, slope)
        path = np.arange(0.0005, 20, 0.001)
        open_ = [((gains + weight * slope) > 0).all(axis=1).any() for weight in path]
        at_start = (gains > 0).all(axis=1).any()
        if not at_start:
            assert found == 0.0
        elif all(open_):
            assert found is None or found > 19.9
        else:
            assert found == pytest.approx(path[open_.index(False)], abs=2e-3)


def test_a_package_that_leaves_all_where_they_are_ends_no_search():
    wide = SimpleNamespace(
        _priced=SimpleNamespace(table=SimpleNamespace(grid=Grid.of({"cars": ("a", "b")}))),
        _packages=np.array([0, 1]),
        _exact=lambda some, _scale: np.array([[2.0, 1.0]] * len(some)),
    )
    few = SimpleNamespace(_packages=np.array([0]), _known={1.0: np.zeros((1, 2))})
    assert robustness._Scaled._first_good(wide, 1.0, few) == 1.0


class Named(str):
    """A task of one state, known by its name."""

    name = property(str)

    def __len__(self) -> int:
        return 1


def test_what_was_solved_before_is_not_solved_again_but_for_what_failed(monkeypatch):
    solved: dict[object, PayoffParts] = {}
    asked: list[str] = []

    def backend(_laid, tasks, _reached):
        for place, task in enumerate(tasks):
            asked.append(str(task))
            nothing = np.zeros((1, 2, 3))
            yield place, PayoffParts(nothing, nothing, (FAILED,) if task == "lost" else ())

    work = SimpleNamespace(results=solved, done=solved.__setitem__)
    monkeypatch.setattr("kosho.bargain.sweep.at_hand", lambda: work)
    for _again in range(2):
        found = sweep(SimpleNamespace(name=("a table",)), [Named("found"), Named("lost")], backend)
        assert [one.member for one in found.failures] == [FAILED.member + 1]
    assert asked == ["found", "lost", "lost"]


def test_weights_count_value_added(deal):
    priced = deal.priced[0]
    weights = priced.weights
    doubled = weights.value.copy()
    doubled[weights.names.index("usa-vehicles")] = 1.0
    change = priced.at(doubled).payoffs - priced.game.payoffs
    assert (change[:, 0] == 0).all()
    column = priced.packages.added[:, weights.names.index("usa-vehicles")]
    np.testing.assert_allclose(change[:, 1], column)
    assert isinstance(weights, Weights)


def test_a_fallback_that_is_not_what_follows_without_a_deal_is_warned_of(case, talks, tmp_path, deal):
    assert contract(deal)["warnings"] == []
    assert [one["fallback_gains"] for one in contract(deal)["backgrounds"]] == [None, None]
    # Without the rest on the table, its package of fallbacks leaves 10 % there where no deal brings 24 %.
    table = small(tmp_path, case, **{"overlays: [table-rest], at: {table-rest: 24}, fallback": "fallback"})
    found = negotiate(table, talks, effort=Effort(draws=0, confirm=False))
    content = contract(found)
    (warning,) = [one for one in content["warnings"] if one.startswith("Japan alone reverts")]
    assert "the package of fallbacks is not what follows" in warning
    apart = content["backgrounds"][0]["fallback_gains"]
    assert apart == pytest.approx(content["explanations"]["nash"]["background"])
    assert max(map(abs, apart.values())) > 100


def law_on(case, name, at):
    """The law of a scenario on a day on which the case may have others."""
    chosen = case.scenario(name)
    return Law(case.register.with_overlay(chosen.overlay), max(at, chosen.on or at), at)


def test_days_that_the_table_was_not_made_for_are_warned_of(case, talks, tmp_path):
    table = small(tmp_path, case)
    effort = Effort(draws=0, confirm=False)
    for day, words in (
        ("2025-10-01", "has passed on 1 October 2025"),
        ("2024-01-01", "on 1 January 2024 0 of the"),
    ):
        at = date.fromisoformat(day)
        early = Table.load(
            tmp_path / "table.yaml",
            case.register,
            {name: law_on(case, name, at) for name in case.scenarios},
            case.overlays,
        )
        content = contract(negotiate(early, talks, effort=effort))
        assert any(words in one for one in content["warnings"]), day
        assert content["deadline"]["passed"] == (day > "2025-07-09")
        worse = any("leaves every party worse off than today" in one for one in content["warnings"])
        most = [max(one["over_status_quo"].values()) for one in content["solutions"].values()]
        assert worse == any(one < -1 for one in most)
    assert table.status_quo.on == date(2025, 6, 29)


def test_the_contract_is_plain_data(deal):
    content = json.loads(json.dumps(contract(deal), allow_nan=False))
    assert content["parties"] == PARTIES
    assert content["packages"] == 12
    assert content["zone"] is True
    assert content["opens_zone"] is None
    for name in ("nash", "kalai_smorodinsky", "egalitarian", "utilitarian"):
        solution = content["solutions"][name]
        assert set(solution["options"]) == {"cars", "rest"}
        assert solution["ties"] == []
        for party in PARTIES:
            gain = solution["payoffs"][party] - content["disagreement"][party]
            assert solution["gains"][party] == pytest.approx(gain)
            assert set(content["certificate"][name]["gains"][party]) == {"p5", "p50", "p95"}
    assert {tuple(one["options"].items()) for one in content["frontier"]} >= {
        tuple(one["options"].items()) for one in content["solutions"].values()
    }
    assert [one["id"] for one in content["backgrounds"]] == ["japan-alone", "all-revert"]
    assert len(content["deadline"]["path"]) == 10
    tied = replace(deal, solutions=deal.solutions | {"nash": np.array([*deal.solutions["nash"][:1], 2, 5])})
    ties = contract(tied)["solutions"]["nash"]["ties"]
    assert [deal.table.grid.find(one["options"]) for one in ties] == [2, 5]


LOSING = """
red_lines:
  - {id: no-relief, title: No relief on anything, party: USA, forbids: {cars: [all-15, all-10]} OURS}
  - {id: rest-stays, title: The rest stays, party: USA, forbids: {rest: [all-15]} OURS}
  - {id: pair, title: No relief on both, party: USA, forbids: {cars: [none], rest: [add-24]} OURS}
  - {id: now, title: Not as now, party: JPN, forbids: {cars: [add-25]} OURS}
"""


def test_without_a_zone_three_ways_to_one_are_named(case, talks, tmp_path):
    found = negotiate(small(tmp_path, case, extra=LOSING), talks, effort=LIGHT)
    content = contract(found)
    assert content["zone"] is False
    assert content["solutions"] == {}
    assert content["certificate"] == {}
    opens = content["opens_zone"]
    # What is left is no duty on cars and on the rest: Japan gains, the United States lose.
    assert opens["transfer"]["options"] == {"cars": "none", "rest": "none"}
    pays = opens["transfer"]["pays"]
    k = found.table.grid.find({"cars": "none", "rest": "none"})
    assert pays["JPN"] == pytest.approx(-found.game.gains[k, 1])
    assert pays["JPN"] == pytest.approx(-pays["USA"])
    for way in opens["red_lines"]:
        assert len(way["red_lines"]) == 1
        assert min(way["gains"].values()) > 0
    assert {way["red_lines"][0] for way in opens["red_lines"]} >= {"no-relief", "rest-stays"}
    rate = opens["rate"]
    assert rate["old"] == 0
    assert rate["new"] > 0
    assert min(rate["gains"].values()) > 0


ONE_ISSUE = """
issues:
  - id: cars
    title: Cars
    options:
      - {id: add-25, title: as now, fallback: true OURS}
      - {id: all-1, title: "1", overlays: [table-cars], at: {table-cars: 1, table-parts: 1} OURS}
"""


def of_one_issue(folder: Path, case: Case, rules: str) -> Table:
    """A table on cars alone, on the law that follows without a deal."""
    text = (case.folder / "table.yaml").read_text(encoding="utf-8").replace(": extension", ": no-deal")
    text = text[: text.index("\nissues:")] + ONE_ISSUE + rules + text[text.index("\noverlays:") :]
    path = folder / "table.yaml"
    path.write_text(text.replace(" OURS}", ", status: assumption, source: [own-table]}"), encoding="utf-8")
    return Table.load(path, case.register, {name: case.law(name) for name in case.scenarios}, case.overlays)


def test_no_gain_together_is_not_told_as_a_loss():
    told = {
        gain: no_transfer(Game.of(("a", "b"), np.array([[gain, -20.0]]), np.zeros(2))) for gain in (5.0, 20.0)
    }
    assert "together lose" in told[5.0]
    assert "nothing to share" in told[20.0]


def test_a_rate_is_found_between_the_law_as_it_is_and_another_option(case, talks, tmp_path):
    rule = "red_lines: [{id: some, title: Some relief, party: USA, forbids: {cars: [all-1]} OURS}]"
    found = negotiate(of_one_issue(tmp_path, case, rule), talks, effort=LIGHT)
    game, relaxations = found.game, found.relaxations
    assert not game.zone
    assert relaxations.transfer is None
    # All that is allowed is what follows without a deal: nobody loses by it.
    assert "nothing to share" in relaxations.why_not["transfer"]
    assert relaxations.red_lines == []
    assert "no package on the table" in relaxations.why_not["red_lines"]
    rate = relaxations.rate
    assert (rate.option, rate.restated) == ("all-1", True)
    assert 25 < rate.old < 28  # 25 % on top of 2.5 % on cars, of less on parts and more on trucks
    assert 1 < rate.new < rate.old
    assert min(rate.gains) > game.resolution
    # The smallest change to a hundredth of a point; the option it leads to is forbidden, and it says so.
    assert rate.new > rate.old - 0.05
    assert (rate.terms, rate.towards, rate.crosses) == ("in all", "all-1", ("some",))
    # In the terms of the other option the old rate takes what the law takes.
    shocks, terms = found.priced[0].shocks, found.table.with_rate(0, 1, rate.old)
    assert shocks.added_duties(terms, 0, 1) == pytest.approx(shocks.added_duties(found.table, 0, 0), rel=1e-4)


def test_without_any_way_each_says_why(case, talks, tmp_path):
    rule = "links: [{id: none, title: None, when: {cars: [all-1]}, requires: {cars: [add-25]} OURS}]"
    table = of_one_issue(tmp_path, case, rule)
    issue = table.file.issues[0]
    plain = issue.options[1].model_copy(update={"at": {}})
    file = table.file.model_copy(
        update={"issues": (issue.model_copy(update={"options": (issue.options[0], plain)}),)}
    )
    found = negotiate(replace(table, file=file), talks, effort=LIGHT)
    opens = contract(found)["opens_zone"]
    assert (opens["transfer"], opens["red_lines"], opens["rate"]) == (None, [], None)
    assert set(opens["why_not"]) == {"transfer", "red_lines", "rate"}
    assert "no issue has an option that sets one rate" in opens["why_not"]["rate"]


def test_a_draw_without_an_equilibrium_counts_as_no_gain_and_is_reported(deal, monkeypatch):
    priced = deal.priced[0]
    rows = np.array([int(deal.solutions["nash"][0])])
    whole = certify(priced, rows, 4, 1, lambda _: None)[0]
    assert (whole.unsolved, whole.draws) == (0, 4)

    def without_the_first(*given, **named):
        batch = solve_batch(*given, **named)
        lost = batch.equivalent_variation.where(batch.equivalent_variation.shock > 0)
        return replace(batch, equivalent_variation=lost, failures=(FAILED,))

    monkeypatch.setattr("kosho.bargain.payoffs.solve_batch", without_the_first)
    one = certify(priced, rows, 4, 1, lambda _: None)[0]  # two batches, one a closure
    assert one.unsolved == 2
    assert one.all_gain <= min(0.5, whole.all_gain)
    assert all(np.isfinite([spread.p5, spread.p50, spread.p95]).all() for spread in one.gains.values())
    certified = replace(deal, certificates={int(rows[0]): one})
    assert any("no equilibrium was found in 2 of 4 draws" in warning for warning in warnings(certified))
    with pytest.raises(ConvergenceError, match=f"package {rows[0]} has no equilibrium in any draw"):
        certify(priced, rows, 1, 1, lambda _: None)
    with pytest.raises(ConvergenceError, match=r"this is package [a-z0-9-]+ [a-z0-9-]+, "):
        price(deal.table, priced.background, priced.world)


def test_a_certificate_is_the_same_by_one_process_and_by_two(deal):
    priced = deal.priced[0]
    some = np.array(deal.deals)
    with at_most(1):
        alone = certify(priced, some, 12, 1, lambda _: None)
    start(2)
    assert certify(priced, some, 12, 1, lambda _: None) == alone


def test_draws_are_common_to_everything_compared(deal):
    priced = deal.priced[0]
    fallback = np.array([deal.table.fallback])
    certificate = certify(priced, fallback, 6, 1, lambda _: None)[0]
    # The package of fallbacks is the law that follows without a deal: the same in every draw.
    for spread in certificate.gains.values():
        assert max(abs(spread.p5), abs(spread.p95)) < 0.1
    assert certificate.all_gain == 0 or max(one.p95 for one in certificate.gains.values()) < 0.1


PROMISE = """
  - id: gas
    title: Gas
    options:
      - {id: none, title: none, fallback: true OURS}
      - {id: more, title: more, overlays: [purchase-lng] OURS}
"""


def test_commitments_of_the_deals_are_told_from_the_full_world(case, tmp_path):
    text = "red_lines: [{id: gas, title: Gas, party: USA, forbids: {gas: [none]} OURS}]"
    table = of_one_issue(tmp_path, case, PROMISE + text)
    label = {"cars": "all-1", "gas": "none"}
    some = np.array([table.grid.find(label), table.grid.find({**label, "gas": "more"})])
    shocks = background_shocks(table, table.backgrounds[0], load())
    outcomes = [
        solve(shocks.world, one)
        for one in (*shocks.counterfactuals(some), *shocks.comparison_counterfactuals())
    ]
    assert outcomes[0].constraints == ()
    (gas,) = outcomes[1].constraints
    measure, issue = table.measure_behind(int(some[1]), gas.constraint.name)
    assert (measure.id, issue) == ("case-lng", "gas")
    worth = payoffs_of_outcomes(table, shocks.world, outcomes)
    expected = [[float(one.equivalent_variation.sel(country=party)) for party in PARTIES] for one in outcomes]
    np.testing.assert_allclose(worth.income, expected)
    assert worth.income[1, 0] < worth.income[0, 0]
    assert worth.income[1, 1] > worth.income[0, 1]


def test_without_deficits_every_number_is_without_them(case, talks, tmp_path):
    effort = Effort(draws=0, certified=1, confirm=True)
    found = negotiate(small(tmp_path, case), talks, "zero", effort)
    expected = {
        name: simulate(case, name, world=world, deficits="zero").equivalent_variation.sel(country=PARTIES)
        for name, world in (("no-deal", talks), ("status-quo", "full"))
    }
    np.testing.assert_allclose(found.game.disagreement, expected["no-deal"], rtol=0, atol=0.05)
    assert found.confirmed is not None
    np.testing.assert_allclose(found.confirmed.status_quo, expected["status-quo"], rtol=0, atol=1.0)
    assert found.deficits == "zero"
