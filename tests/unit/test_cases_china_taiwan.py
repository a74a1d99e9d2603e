"""Headline numbers of `japan-china-2018` and `japan-taiwan-2025`, with what each rests on.

Solved in the coarse table of each case, which differs from the full one by a hundredth or so. Tolerances are a
twentieth unless said: a change of method may move results by that much, an error moves them by more.
"""

from __future__ import annotations

from datetime import date

import pytest
from tests.later_dates import later, texts

from kosho import Case
from kosho.equilibrium import solve
from kosho.impact.reach import IdleError
from kosho.language import use
from kosho.scenario import scenario_effects, simulate_with_ranges

CLOSE = 0.05


class Worth:
    """Equivalent variation of scenarios, million USD a year, solved when first asked for."""

    def __init__(self, name: str, against: str) -> None:
        self.case = Case.load(name)
        self.world = self.case.worlds().coarse
        self.against = against
        self.solved: dict[str, dict[str, float]] = {}

    def of(self, scenario: str) -> dict[str, float]:
        if scenario not in self.solved:
            base, found = scenario_effects(self.case, scenario, None, self.world)
            worth = solve(base, found.counterfactual).equivalent_variation
            parties = [party.economy for party in self.case.parties]
            self.solved[scenario] = {code: float(worth.sel(country=code)) for code in parties}
        return self.solved[scenario]

    def gain(self, scenario: str, party: str) -> float:
        return self.of(scenario)[party] - self.of(self.against)[party]


@pytest.fixture(scope="module")
def china() -> Worth:
    return Worth("japan-china-2018", "no-deal")


@pytest.fixture(scope="module")
def taiwan() -> Worth:
    return Worth("japan-taiwan-2025", "status-quo")


@pytest.mark.parametrize(
    ("scenario", "japan", "chinese"),
    [
        # The declaration serves China, who buys sets from everybody; Japan sells it parts and hardly any sets.
        ("rohs", 0.58, 25.6),
        ("rohs-japan", 0.60, 0.86),
        # Chinese cars to Japan are electric more often than Japanese ones to China.
        ("charging", 2.98, 9.6),
        ("deal", 3.55, 35.2),
    ],
)
def test_what_the_standards_of_2018_are_worth(china: Worth, scenario: str, japan: float, chinese: float):
    assert china.gain(scenario, "JPN") == pytest.approx(japan, rel=CLOSE, abs=0.05)
    assert china.gain(scenario, "CHN") == pytest.approx(chinese, rel=CLOSE, abs=0.05)


def test_the_two_standards_add_up(china: Worth):
    for party in ("JPN", "CHN"):
        apart = china.gain("rohs", party) + china.gain("charging", party)
        assert china.gain("deal", party) == pytest.approx(apart, rel=0.01)


@pytest.mark.parametrize(
    ("scenario", "party", "gain"),
    [
        # As `kosho coercion --economy` finds each halt by itself: 6.7, 62, 257 and 6.3 million.
        ("without-pineapples", "TWN", 6.65),
        ("without-seafood", "JPN", 61.3),
        ("without-travel", "JPN", 250.0),
        ("without-study", "JPN", 5.3),
    ],
)
def test_what_each_halt_in_force_costs(taiwan: Worth, scenario: str, party: str, gain: float):
    assert taiwan.gain(scenario, party) == pytest.approx(gain, rel=CLOSE)


@pytest.mark.parametrize(
    ("scenario", "japan", "taiwanese"),
    [
        # A third of a day on a fiftieth or less of the trade in goods: 0.01 % of its value each way.
        ("customs", 2.65, 2.57),
        # Two percent more connectivity, assumed.
        ("digital", 28.9, 30.4),
        ("both", 31.6, 33.0),
    ],
)
def test_what_the_agreements_could_come_to(taiwan: Worth, scenario: str, japan: float, taiwanese: float):
    assert taiwan.gain(scenario, "JPN") == pytest.approx(japan, rel=CLOSE)
    assert taiwan.gain(scenario, "TWN") == pytest.approx(taiwanese, rel=CLOSE)


@pytest.mark.parametrize(
    ("threat", "target", "loss", "offset"),
    [("threat-taiwan", "TWN", 84.8, 0.39), ("threat-japan", "JPN", 115.5, 0.27)],
)
def test_how_far_the_agreements_offset_a_new_halt(
    taiwan: Worth, threat: str, target: str, loss: float, offset: float
):
    lost, made_good = -taiwan.gain(threat, target), taiwan.gain(f"{threat}-both", target)
    assert lost == pytest.approx(loss, rel=CLOSE)
    assert (made_good + lost) / lost == pytest.approx(offset, abs=0.03)
    assert made_good < 0  # not wholly, at the middle of all ranges
    assert taiwan.gain(threat, "CHN") < 0  # it costs China itself more
    assert -taiwan.gain(threat, "CHN") > lost


def test_who_is_not_aimed_at_keeps_what_the_agreements_bring(taiwan: Worth):
    for threat, other in (("threat-taiwan", "JPN"), ("threat-japan", "TWN")):
        brought = taiwan.gain(f"{threat}-both", other) - taiwan.gain(threat, other)
        assert brought == pytest.approx(taiwan.gain("both", other), rel=0.01)


@pytest.mark.parametrize(
    ("name", "days"),
    [
        ("japan-china-2018", [date(2018, 10, 12), date(2019, 7, 2), date(2022, 3, 4), date(2026, 1, 9)]),
        ("japan-taiwan-2025", [date(2025, 12, 4), date(2025, 12, 9), date(2026, 1, 9)]),
    ],
)
def test_nothing_is_told_before_it_was_known(name: str, days: list[date]):
    seen: list[int] = []
    for day in days:
        case = Case.load(name, day)
        assert case.record is not None
        ledger = case.record.as_of(day)
        seen.append(len(ledger.statements))
        assert all(one.recorded_at <= day for one in ledger.statements)
        told = [case.title, case.summary, *(one.why for one in case.not_yet_priced)]
        told += [text for one in case.scenarios.values() for text in (one.title, one.description)]
        announced = {one.date for one in case.calendar}
        wrong = [
            (words, text)
            for _, text in texts(told)
            for words, when in later(text, day)
            if when.year not in {one.year for one in announced}
            and not any(one.legal_from == when for one in case.register.measures)
        ]
        assert wrong == []
    assert seen == sorted(set(seen))  # each day tells more


def test_every_commitment_says_what_became_of_it():
    for name in ("japan-china-2018", "japan-taiwan-2025"):
        record = Case.load(name, date(2026, 11, 29)).record
        assert record is not None
        commitments = [one for one in record.file.statements if one.type == "commitment"]
        assert len(commitments) >= 2
        for one in commitments:
            last = one.history[-1]
            assert last.recorded_at > one.recorded_at
            assert last.source is not None or "nothing found" in (last.note or "")


def test_what_a_coarse_table_does_not_tell_apart_is_named_and_not_refused():
    found = simulate_with_ranges(Case.load("japan-taiwan-2025"), "status-quo", world="talks")
    told = found.commitments.left_out["case-study"]
    assert told == "this world does not tell its goods or partners apart"


@pytest.mark.parametrize("language", ["en", "ja"])
def test_what_a_coarse_table_does_not_tell_apart_is_passed_over_in_every_language(language: str):
    with use(language):
        found = simulate_with_ranges(Case.load("japan-taiwan-2025"), "status-quo", world="talks")
    assert "case-study" in found.commitments.left_out


def test_a_scenario_of_nothing_that_a_table_tells_apart_says_which_table_does():
    with pytest.raises(IdleError, match="a finer table tells them apart: leave --world away"):
        scenario_effects(Case.load("japan-taiwan-2025"), "without-pineapples", world="talks")
