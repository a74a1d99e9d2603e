"""Jobs and consumer prices of scenarios and deals, against what the closure says of them by itself."""

from __future__ import annotations

from datetime import date

import pytest

from kosho import Case
from kosho.equilibrium import Failure
from kosho.errors import ConvergenceError
from kosho.scenario import labour_market, simulate
from kosho.scenario.against import differences, figures_of
from kosho.scenario.labour_market import LABOUR, of_scenarios
from kosho.world import load


@pytest.fixture(scope="module")
def case() -> Case:
    return Case.load("japan-us-2025", date(2025, 6, 29))


def test_jobs_follow_the_real_wage_and_prices_are_its_inverse(case: Case) -> None:
    talks = load(regions="talks", sectors="talks")
    found = of_scenarios(case, ["deal", "deal-cars"], "no-deal", None, talks)
    assert set(found) == {"deal", "deal-cars"}
    wages = {
        name: simulate(case, name, world=talks, closure=LABOUR).real_wage
        for name in ("deal", "deal-cars", "no-deal")
    }
    for name, one in found.items():
        assert set(one.jobs) == set(one.prices) == {"JPN", "USA"}
        for party in one.jobs:
            here, there = (1.0 + float(wages[key].sel(country=party)) for key in (name, "no-deal"))
            assert one.jobs[party] == pytest.approx((here / there) ** 0.5 - 1.0, abs=1e-7)
            assert one.prices[party] == pytest.approx(there / here - 1.0, abs=1e-7)
    assert found["deal"].jobs["JPN"] > 0 > found["deal"].prices["JPN"]


def test_jobs_are_those_of_a_scenario_against_another(case: Case) -> None:
    talks = load(regions="talks", sectors="talks")
    closure = LABOUR.sourced(talks)
    assert closure.labour_tax
    deal, none = (
        figures_of(simulate(case, name, world=talks, closure=closure)) for name in ("deal", "no-deal")
    )
    found = of_scenarios(case, ["deal"], "no-deal", None, talks)["deal"]
    wanted = differences(deal, none)
    for party, jobs in found.jobs.items():
        assert jobs == pytest.approx(wanted[party]["employment"], abs=1e-7)


def test_a_scenario_without_an_equilibrium_is_not_known(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    failure = Failure(
        0, "none", 1.0, None, None, None, ConvergenceError(residual=1.0, country="JPN", iterations=5)
    )
    monkeypatch.setattr(labour_market, "solve", lambda *_, **__: failure)
    talks = load(regions="talks", sectors="talks")
    assert of_scenarios(case, ["deal"], "no-deal", None, talks) == {}
