"""Packages put together from pieces are what the law says of each by itself, with all that is no duty."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from benchmarks.refined import refined

from kosho.bargain.collapse_rows import MarkedShock, collapse, concatenate
from kosho.bargain.package_duties import ReachedTrade, law_of_package
from kosho.bargain.package_shocks import package_shocks
from kosho.bargain.sweep import background_shocks
from kosho.bargain.table import Table
from kosho.case import Case
from kosho.equilibrium import Counterfactual, Part, Shock, solve
from kosho.errors import InputError
from kosho.impact import effects
from kosho.impact.reach import IdleError
from kosho.impact.tariff_shock import shock as duties
from kosho.law.narrow_products import niche

ACCESS = "case-rice-access"


@pytest.fixture(scope="module")
def case() -> Case:
    return Case.load("japan-us-2025")


@pytest.fixture(scope="module")
def table(case) -> Table:
    return case.table()


def own(case: Case, folder: Path, options: str, overlays: str = "") -> Table:
    """The table of the case with one issue, whose fallback is the law as it is."""
    text = (case.folder / "table.yaml").read_text(encoding="utf-8")
    head = text[: text.index("\nissues:")]
    issue = f"""
issues:
  - id: one
    title: One
    options:
      - {{id: as-now, title: as now, fallback: true, status: assumption, source: [own-table]}}
{options}
overlays:{overlays or " {}"}
sources:
  - {{id: own-table, title: Test, publisher: Test, kind: own}}
"""
    path = folder / "table.yaml"
    path.write_text(head + issue, encoding="utf-8")
    return Table.load(path, case.register, {name: case.law(name) for name in case.scenarios}, case.overlays)


OPTION = "      - {{id: other, title: other, {}, status: assumption, source: [own-table]}}"
MEASURE = """
  mine:
    title: Mine
    add:
      - id: mine
        title: Mine
        imposer: JPN
        authority: mine
        partners: {{include: [USA]}}
        scope: {{sectors: [{}]}}
        kind: {}
        terms: {}
        stage: offered
        legal_from: 2025-07-09
        known_from: 2025-06-29
        legal_basis: none
        source: [own-table]
        status: assumption
"""


def solved(world, one):
    return solve(world, one)


def by_law(shocks, state, package):
    """What `effects` says of a package; the minimum access holds in all, where it says so of some."""
    law = law_of_package(shocks.table, state.register, package)
    found = effects(shocks.world, law, state.on, state.known)
    names = {one.name for one in found.constraints}
    access = [
        b
        for one in shocks.nontariff.items
        for b in one.constraints_at()
        if b.name == ACCESS and ACCESS not in names
    ]
    return Counterfactual(found.shock, (*access, *found.constraints), shocks.nontariff.nests)


@pytest.mark.parametrize("background", [0, 1])
def test_packages_put_together_are_what_the_law_says_of_each(table, talks, background):
    state = table.backgrounds[background].packages
    rng = np.random.default_rng(background)
    everything = len(table.grid) - 1
    some = np.array([table.fallback, everything, *rng.integers(0, len(table.grid), 2).tolist()])
    shocks = package_shocks(table, talks, state)
    tight = shocks.collapsed()
    bounded = 0
    for package, whole, few in zip(
        some.tolist(), shocks.counterfactuals(some), tight.counterfactuals(some), strict=True
    ):
        told = by_law(shocks, state, package)
        expected = solved(shocks.world, told)
        assert {one.name for one in whole.constraints} == {one.name for one in told.constraints}
        assert len(few.shock) < len(whole.shock)
        for one in (whole, few):
            found = solved(shocks.world, one)
            np.testing.assert_allclose(found.welfare, expected.welfare, rtol=0, atol=1e-9)
            wedges = {one.constraint.name: one.wedge for one in found.constraints}
            for settled in expected.constraints:
                assert wedges[settled.constraint.name] == pytest.approx(settled.wedge, abs=1e-7)
        bounded += len(told.constraints)
    assert bounded > len(some)


def test_everything_compared_is_told_in_the_same_products(table, talks):
    shocks = background_shocks(table, table.backgrounds[0], talks)
    posed = [
        *shocks.counterfactuals([table.fallback, len(table.grid) - 1]),
        *shocks.comparison_counterfactuals(),
    ]
    assert {one.product for one in posed[0].nests} == {"rice", "lng", "corn"}
    assert all(one.nests == posed[0].nests for one in posed)
    assert all(ACCESS in {bound.name for bound in one.constraints} for one in posed)
    flows = {bound.name: bound.flows for one in posed for bound in one.constraints}
    assert all(flows[bound.name] == bound.flows for one in posed for bound in one.constraints)


def test_packages_that_differ_in_bounds_alone_share_a_shock(table, talks):
    label = table.grid.label(table.fallback)
    some = [table.grid.find({**label, "corn": name}) for name in ("as-now", "more-500", "more-1000")]
    first, second, third = package_shocks(table, talks, table.backgrounds[0].packages).counterfactuals(some)
    assert first.shock is second.shock is third.shock
    assert [one.amount for one in second.constraints if one.name == "case-corn"] == [500]
    assert [one.amount for one in third.constraints if one.name == "case-corn"] == [1000]


@pytest.mark.parametrize("background", [0, 1])
def test_the_package_of_fallbacks_is_no_deal(table, talks, background):
    shocks = background_shocks(table, table.backgrounds[background], talks)
    (package,), (nothing, _) = shocks.counterfactuals([table.fallback]), shocks.comparison_counterfactuals()
    there, here = (solved(shocks.world, one).welfare for one in (nothing, package))
    np.testing.assert_allclose(here, there, rtol=0, atol=1e-9)


def test_promises_change_what_is_bought_and_cost_the_treasury(table, talks):
    label = table.grid.label(table.fallback)
    package = table.grid.find({**label, "rice": "more-60kt", "lng": "more-3500", "corn": "more-1000"})
    shocks = package_shocks(table, talks, table.backgrounds[0].packages)
    without, bought = (solved(shocks.world, one) for one in shocks.counterfactuals([table.fallback, package]))
    settled = {one.constraint.name: one for one in bought.constraints}
    for name in ("case-rice", "case-lng", "case-corn"):
        assert settled[name].binds
        assert settled[name].reached == pytest.approx(settled[name].required, rel=1e-6)
        assert settled[name].fiscal_cost > 0
    assert settled["case-rice"].required == pytest.approx(410_000)
    assert settled["case-rice"].base == pytest.approx(346_000)
    assert settled[ACCESS].reached <= 770_000 * (1 + 1e-6)
    change = (bought.welfare - without.welfare).sel(country=["JPN", "USA"])
    assert change[0] < 0 < change[1]  # Japan pays for what its buyers would not have bought
    thai = [one.part_flow("JPN", "THA", "C10T12", "rice")[1] for one in (without, bought)]
    assert thai[1] < thai[0]


# Draws and levels.


def test_levels_run_through_the_ranges(table, talks):
    shocks = package_shocks(table, talks, table.backgrounds[0].packages)
    nontariff, theta = shocks.nontariff, talks.arrays.theta
    count, nests = len(nontariff.items), len(nontariff.nests)
    draw = nontariff.draw(np.random.default_rng(1))
    assert draw.nontariff.shape == (count,)
    ends = [
        nontariff.levels(theta, replace(draw, nontariff=np.full(count, x), nests=np.full((nests, 2), x)))
        for x in (0.0, 1.0)
    ]
    amounts = [[b.amount for bounds in one.constraints for b in bounds] for one in (*ends, shocks.central)]
    for low, high, middle in zip(*amounts, strict=True):
        assert low <= middle <= high
    assert (500, 2500, 1500) in list(zip(*amounts, strict=True))
    assert (380_000, 520_000, 410_000) in [tuple(map(round, one)) for one in zip(*amounts, strict=True)]
    for low, high, middle in zip(ends[0].nests, ends[1].nests, shocks.central.nests, strict=True):
        assert low.theta < middle.theta < high.theta
        assert low.theta == pytest.approx(niche(low.product).theta.low)
        assert high.theta == pytest.approx(niche(low.product).theta.high)
        assert low.between < middle.between < high.between
    k = talks.sector_position("C29")
    cost = [one.factors[0, k] for one in (ends[0], shocks.central, ends[1])]
    assert cost[0] < cost[1] < cost[2] < 1
    double = nontariff.levels(theta, scale=2.0).nests
    assert [one.theta for one in double] == [2 * one.theta for one in shocks.central.nests]


def test_a_cost_that_the_register_has_no_form_for_is_one_more_provision(case, talks, tmp_path):
    change = (
        "costs: [{importer: JPN, exporter: USA, sector: C29, factor: "
        "{value: 0.9, low: 0.8, high: 1.0, unit: factor, status: assumption, source: own-table}}]"
    )
    table = own(case, tmp_path, OPTION.format(change))
    shocks = package_shocks(table, talks, table.backgrounds[0].packages)
    without, with_it = shocks.counterfactuals([0, 1])
    n, i, j = talks.position("JPN"), talks.position("USA"), talks.sector_position("C29")
    for one, cost in ((without, 1.0), (with_it, 0.9)):
        here = (one.shock.importer == n) & (one.shock.exporter == i) & (one.shock.sector == j)
        assert one.shock.share[here].sum() == pytest.approx(1.0)
        assert one.shock.cost[here].tolist() == pytest.approx([cost] * here.sum())
        assert (one.shock.cost[~here] == 1.0).all()
    assert (
        shocks.nontariff.nests == ()
    )  # nothing bounds rice: its minimum access is in the table of flows already
    draw = replace(shocks.nontariff.draw(np.random.default_rng(1)), nontariff=np.array([0.25]))
    (drawn,) = shocks.collapsed().counterfactuals([1], shocks.nontariff.levels(talks.arrays.theta, draw))
    here = (drawn.shock.importer == n) & (drawn.shock.exporter == i) & (drawn.shock.sector == j)
    kappa = drawn.shock.cost * (1 + drawn.shock.tariff) / (1 + drawn.shock.base_tariff)
    assert kappa[here].tolist() == pytest.approx([0.85])


@pytest.mark.parametrize(
    ("sector", "kind", "terms"),
    [
        ("A01", "quota", "{amount: CITED, basis: share, holder: importer}"),
        ("C28", "customs", "{before: DAYS, after: HALF}"),
        ("C29", "subsidy", "{rate: PERCENT}"),
    ],
)
def test_other_terms_of_measures_are_laid_as_the_law_says(case, talks, tmp_path, sector, kind, terms):
    ending = "unit: share, status: assumption, source: own-table}"
    cited = f"{{value: 0.5, low: 0.4, high: 0.6, {ending}"
    terms = terms.replace("CITED", cited)
    for name, days in (("DAYS", "3, low: 2, high: 4"), ("HALF", "0.5, low: 0.4, high: 0.6")):
        terms = terms.replace(name, f"{{value: {days}, {ending}".replace("share", "days"))
    terms = terms.replace("PERCENT", f"{{value: 10, low: 5, high: 15, {ending}".replace("share", "percent"))
    table = own(case, tmp_path, OPTION.format("overlays: [mine]"), MEASURE.format(sector, kind, terms))
    state = table.backgrounds[0].packages
    shocks = package_shocks(table, talks, state)
    expected = solved(shocks.world, by_law(shocks, state, 1))
    for one in (*shocks.counterfactuals([1]), *shocks.collapsed().counterfactuals([1])):
        np.testing.assert_allclose(solved(shocks.world, one).welfare, expected.welfare, rtol=0, atol=1e-9)
    plain = solved(shocks.world, shocks.counterfactuals([0])[0])
    assert abs(expected.welfare - plain.welfare).sel(country="JPN") > 1e-7


def test_an_option_that_prices_nothing_is_refused(case, talks, tmp_path):
    terms = (
        "{worth: {USA: {value: 5, low: 0, high: 10, unit: million USD, status: assumption, source: own-table}}}"
    )
    table = own(case, tmp_path, OPTION.format("overlays: [mine]"), MEASURE.format("C29", "transfer", terms))
    with pytest.raises(
        IdleError, match=r"one, other: 'mine' changes nothing: no model prices it[^$]*under unpriced"
    ):
        package_shocks(table, talks, table.backgrounds[0].packages)


# Folding.


def test_folding_changes_nothing_but_the_number_of_rows(talks):
    pieces = [
        Part("USA", "JPN", "C29", 0.5, tariff=0.25, part="a"),
        Part("USA", "JPN", "C29", 0.3, tariff=0.1, cost=0.9, base_tariff=0.0, part="b"),
        Part("USA", "KOR", "C29", 0.4, cost=np.inf, part="banned"),
        Part("JPN", "USA", "C29", 1.0, cost=0.9),
    ]
    shock = Shock.parts(talks, pieces)
    tight = collapse(shock, talks)
    assert (len(shock), len(tight)) == (4, 3)
    np.testing.assert_allclose(solve(talks, tight).welfare, solve(talks, shock).welfare, rtol=0, atol=1e-12)
    apart = concatenate([shock.take(np.array([0, 3])), shock.take(np.array([1, 2]))])
    assert sorted(apart.part) == sorted(shock.part)


def test_rows_with_other_marks_and_rows_apart_are_not_folded(talks):
    pieces = [Part("USA", "JPN", "C29", 0.2, tariff=0.1 * k, part=str(k)) for k in range(5)]
    shock = Shock.parts(talks, pieces)
    marks = np.array([[False], [False], [True], [True], [True]])
    one = MarkedShock(shock, marks, np.array([False, False, False, False, True])).collapsed(talks.arrays.theta)
    assert one.shock.part == ("4", "", "")
    assert one.marks[:, 0].tolist() == [True, False, True]
    assert one.separate.tolist() == [True, False, False]
    np.testing.assert_allclose(solve(talks, one.shock).welfare, solve(talks, shock).welfare, rtol=0, atol=1e-12)
    rents = replace(shock, rent=np.array([0.0, 0.1, 0.0, 0.0, 0.0]), holder=np.zeros(5, np.intp))
    with pytest.raises(InputError, match="rents cannot be collapsed"):
        collapse(rents, talks)


def test_a_product_that_bears_one_issue_is_translated_once_for_all_rates_of_others(table, talks, monkeypatch):
    """Cars are under a duty that takes the place of the one on the rest, whatever that is."""
    finer = refined(table, {"cars": 12, "rest": 15})
    translated: list[int] = []
    plain = ReachedTrade.translated
    monkeypatch.setattr(
        ReachedTrade, "translated", lambda *given: translated.append(given[-1]) or plain(*given)
    )
    shocks = package_shocks(finer, talks, finer.backgrounds[0].packages)
    label = finer.grid.label(finer.fallback)
    cars, rest = (finer.grid.options[finer.grid.issues.index(name)] for name in ("cars", "rest"))
    every = [finer.grid.find({**label, "cars": one, "rest": other}) for one in cars for other in rest]
    found = [shocks.position(package).duties.shock for package in every]
    assert len(translated) < len(every) / 2
    state = finer.backgrounds[0].packages
    for package, shock in list(zip(every, found, strict=True))[:: len(every) // 6]:
        law = law_of_package(finer, state.register, package)
        whole = duties(talks, law, state.on, state.known)
        moved = {
            (*place, round(float(share), 12)): float(rate)
            for place, share, rate in zip(shock.places(), shock.share, shock.tariff, strict=True)
        }
        for place, share, rate in zip(whole.places(), whole.share, whole.tariff, strict=True):
            assert moved[(*place, round(float(share), 12))] == rate


@pytest.fixture(scope="module")
def laid(table, talks):
    state, other = table.backgrounds[0].packages, table.backgrounds[0].disagreement
    return package_shocks(table, talks, state, (other, state))


def the_same(one: Counterfactual, there: Counterfactual) -> None:
    assert (one.constraints, one.nests) == (there.constraints, there.nests)
    assert one.shock.part == there.shock.part
    for name in ("importer", "exporter", "sector", "share", "cost", "base_tariff", "tariff"):
        np.testing.assert_array_equal(getattr(one.shock, name), getattr(there.shock, name))


@pytest.mark.parametrize("issue", ["cars", "rest"])
def test_what_other_rates_do_not_move_is_kept_and_nothing_is_laid_twice(table, talks, laid, issue):
    """At rates that are others and the same."""
    moved = table.grid.issues.index(issue)
    issues = tuple(one.model_copy() if k == moved else one for k, one in enumerate(table.file.issues))
    again = laid.relaid(replace(table, file=table.file.model_copy(update={"issues": issues})))
    kept = [one is other for one, other in zip(again.pieces, laid.pieces, strict=True)]
    assert kept == [moved not in one.issues for one in laid.pieces]
    assert 0 < kept.count(False) < len(kept)
    some = [table.fallback, len(table.grid) - 1]
    levels = laid.nontariff.levels(talks.arrays.theta)
    for one, there in zip(*(x.counterfactuals(some, levels) for x in (again, laid)), strict=True):
        the_same(one, there)


def test_states_put_together_once_are_at_any_elasticities_what_each_is_there(table, talks, laid):
    shocks = laid
    packages = [table.fallback, table.fallback + 1, len(table.grid) - 1]
    states = shocks.states(packages, [1, 0])
    for scale in (1.0, 0.4):
        theta = talks.arrays.theta * scale
        levels = shocks.nontariff.levels(theta, shocks.nontariff.draw(np.random.default_rng(1)), scale)
        alone = shocks.collapsed(theta)
        found = states.counterfactuals(theta, levels)
        expected = [*alone.counterfactuals(packages, levels), *alone.comparison_counterfactuals(levels)[::-1]]
        assert len(found) == len(expected) == 5
        for one, there in zip(found, expected, strict=True):
            the_same(one, there)


def test_states_that_are_one_law_are_one_question(case, talks, tmp_path):
    days = "{{value: {}, unit: days, status: assumption, source: own-table}}"
    terms = f"{{before: {days.format(3)}, after: {days.format(1)}}}"
    one = own(case, tmp_path, OPTION.format("overlays: [mine]"), MEASURE.format("C28", "customs", terms))
    state, other = one.backgrounds[0].packages, case.law("no-deal-all")
    shocks = package_shocks(one, talks, state, (state, other, state))
    assert shocks.first_alike(np.array([1, one.fallback])).tolist() == [0, 1, 1, 3, 1]
    assert shocks.first_alike(np.array([1])).tolist() == [0, 1, 2, 1]
