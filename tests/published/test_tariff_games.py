"""Published tariff games through the public interface."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from kosho.errors import InputError
from kosho.replications import lashkaripour2021, ossa2014
from kosho.replications.comparison import Comparison


@pytest.fixture(scope="module")
def regions(shared: Path) -> Comparison:
    return ossa2014.replicate(shared / "reference" / "ossa2014")


@pytest.fixture(scope="module")
def war(shared: Path) -> Comparison:
    return lashkaripour2021.replicate(shared / "reference" / "wiod2014")


def test_a_war_of_single_rates_by_the_formula(war: Comparison) -> None:
    ours = war.to_dict()["kosho"]
    assert round(ours["mean_rate"], 1) == 38.8
    assert round(ours["mean_real_income"], 2) == -2.44
    assert war.to_dict()["largest_difference"] < 0.05


def test_the_exact_war_of_single_rates_is_one_in_which_nobody_can_gain(shared: Path, war: Comparison) -> None:
    """By independent code: plain loops over wages, no inputs."""
    data = np.load(shared / "reference" / "wiod2014" / "data.npz")
    ours = war.to_dict()["kosho"]
    rates = np.array(list(ours["rate_exact"].values())) / 100
    plain = _Plain(data["spending"], data["tariff"], data["sigma"])
    at = plain.real_income(rates)
    np.testing.assert_allclose(100 * at, list(ours["real_income_exact"].values()), atol=1e-6)
    for country in ("USA", "DEU", "MEX"):
        n = list(ours["rate_exact"]).index(country)
        for move in (0.01, -0.01):
            moved = rates.copy()
            moved[n] += move
            assert plain.real_income(moved)[n] < at[n]


def test_a_war_of_all_rates_with_flows_next_to_nothing_left_in(war: Comparison) -> None:
    ours = war.to_dict()["kosho"]
    assert round(ours["mean_rate_free"], 1) == 38.8
    assert round(ours["mean_real_income_free"], 2) in (-2.54, -2.55)
    assert round(ours["rate_free"]["USA"], 1) == 40.4
    assert round(ours["rate_free"]["DEU"], 1) == 54.0


def test_contract(war: Comparison) -> None:
    told = json.loads(json.dumps(war.to_dict()))
    assert told["schema_version"] == 1
    assert told["replication"] == "lashkaripour2021"
    assert {"published", "kosho", "largest_difference", "source"} <= set(told)
    assert "published 38.8" in war.card().text()


def test_optimal_tariffs_with_profits_to_their_last_digit(regions: Comparison) -> None:
    told = regions.to_dict()
    ours, published = told["kosho"], told["published"]
    assert {code: round(value, 1) for code, value in ours["welfare"].items()} == published["welfare"]
    # Rates of flows next to nothing are not determined, and with them the median over all.
    for code, rate in published["median_rate"].items():
        assert ours["median_rate"][code] == pytest.approx(rate, abs=1.5)
    # Recomputed by independent code, by finite differences.
    assert ours["median_rate_of_flows"]["IND"] == pytest.approx(55.68, abs=0.02)
    known = {"BRA": 1.086, "CHN": 1.790, "EU": 1.899, "IND": 1.659, "JPN": 4.035, "ROW": 2.853, "USA": 2.318}
    assert {code: round(value, 3) for code, value in ours["welfare"].items()} == known


def test_optimal_tariffs_without_profits(regions: Comparison) -> None:
    known = {"BRA": 0.890, "CHN": 1.726, "EU": 2.026, "IND": 0.882, "JPN": 3.580, "ROW": 2.691, "USA": 2.217}
    ours = regions.to_dict()["kosho"]
    assert {code: round(value, 3) for code, value in ours["competitive_welfare"].items()} == known
    rates = {"BRA": 53.6, "CHN": 58.9, "EU": 66.6, "IND": 46.2, "JPN": 63.8, "ROW": 62.7, "USA": 63.8}
    for code, rate in rates.items():
        assert ours["competitive_median_rate"][code] == pytest.approx(rate, abs=1.0)


def test_all_lose_the_war_and_gain_alike_in_talks(regions: Comparison) -> None:
    ours = regions.to_dict()["kosho"]
    assert max(ours["nash_welfare"].values()) < 0
    for start in ("nash", "factual", "free"):
        gains = list(ours[f"talks_from_{start}_welfare"].values())
        assert min(gains) > 0
        assert np.ptp(gains) < 1e-3 * max(gains)
    assert ours["talks_from_nash_welfare"]["USA"] > ours["talks_from_factual_welfare"]["USA"]


def test_tables_are_whole(regions: Comparison) -> None:
    told = json.loads(json.dumps(regions.to_dict(), allow_nan=False))
    ours, tables = told["kosho"], told["tables"]
    codes = set(ours["welfare"])
    for table in (
        "optimal_welfare",
        "optimal_real_wage",
        "optimal_real_profits",
        "competitive_optimal_welfare",
    ):
        assert set(tables[table]) == codes
        assert all(set(row) == codes for row in tables[table].values())
    for code in codes:
        assert tables["optimal_welfare"][code][code] == pytest.approx(ours["welfare"][code])
        assert tables["competitive_optimal_real_profits"][code] == dict.fromkeys(codes, 0.0)
        others = [tables["optimal_welfare"][code][other] for other in codes - {code}]
        assert np.mean(others) < 0  # what one gains alone others lose
    for name in ("nash", "talks_from_nash", "talks_from_factual", "talks_from_free"):
        for measure in ("welfare", "real_wage", "real_profits", "median_rate", "median_rate_of_flows"):
            assert set(ours[f"{name}_{measure}"]) == codes


def test_data_that_are_not_there_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"data\.npz"):
        lashkaripour2021.replicate(tmp_path)
    np.savez(tmp_path / "data.npz", countries=np.array(["A"]), sigma=np.ones(2), tariff=np.zeros((1, 1, 3)))
    with pytest.raises(InputError, match="spending: is missing"):
        lashkaripour2021.replicate(tmp_path)
    spending = np.ones((1, 1, 2))
    np.savez(
        tmp_path / "data.npz",
        countries=np.array(["A"]),
        sigma=np.ones(2),
        tariff=np.zeros((1, 1, 3)),
        spending=spending,
    )
    with pytest.raises(InputError, match="has shape"):
        lashkaripour2021.replicate(tmp_path)


class _Plain:
    """The same economy without any of Kosho: balanced trade, one factor, tatonnement over wages."""

    def __init__(self, spending: np.ndarray, tariff: np.ndarray, sigma: np.ndarray) -> None:
        self.sigma, self.base_tariff = sigma, tariff
        self._take(spending)
        income, share, _ = self._solve(tariff)
        self._take(share * (self.budget * income[:, None])[:, None, :])

    def _take(self, spending: np.ndarray) -> None:
        self.income = spending.sum(axis=(1, 2))
        market = spending.sum(axis=1)
        self.budget = market / self.income[:, None]
        self.share = spending / np.where(market > 0, market, 1.0)[:, None, :]
        self.earned = (spending / (1.0 + self.base_tariff)).sum(axis=(0, 2))

    def _solve(self, tariff: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        wage = np.ones(len(self.income))
        cost = ((1.0 + tariff) / (1.0 + self.base_tariff)) ** (1.0 - self.sigma)
        for _ in range(5000):
            weight = self.share * cost * (wage[:, None] ** (1.0 - self.sigma))[None]
            level = weight.sum(axis=1)
            share = weight / np.where(level > 0, level, 1.0)[:, None, :]
            revenue = (share * self.budget[:, None, :] * tariff / (1.0 + tariff)).sum(axis=(1, 2))
            income = wage * self.earned / (1.0 - revenue)
            spent = share * (self.budget * income[:, None])[:, None, :]
            gap = (spent / (1.0 + tariff)).sum(axis=(0, 2)) / (wage * self.earned)
            wage = wage * gap**0.25
            wage *= self.earned.sum() / (wage @ self.earned)
            if np.abs(gap - 1.0).max() < 1e-12:
                break
        return income, share, level

    def real_income(self, rates: np.ndarray) -> np.ndarray:
        tariff = np.broadcast_to(rates[:, None, None], self.share.shape).copy()
        tariff[np.arange(len(rates)), np.arange(len(rates))] = 0.0
        income, _, level = self._solve(tariff)
        price = np.where(level > 0, level, 1.0) ** (1.0 / (1.0 - self.sigma))
        return income / self.income / np.prod(price**self.budget, axis=1) - 1.0
