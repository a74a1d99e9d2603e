"""What games, deals and what would open a zone say at one glance: whole texts, with the numbers of each."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from kosho.bargain import Effort, Game, alternating_offers
from kosho.bargain.deal import Deal, _Pricing
from kosho.bargain.pricing import InFull
from kosho.bargain.struck import StruckOutcome
from kosho.bargain.zone import Relaxation, Transfer
from kosho.bargain.zone_relaxations import RateChange, ZoneRelaxations
from kosho.errors import InputError

PARTIES = ("JPN", "USA")


def game(*gains: tuple[float, float], forbidden: int = 0) -> Game:
    """Gains of packages, the first of them forbidden."""
    crossed = np.arange(len(gains)) < forbidden
    return Game.of(PARTIES, np.array(gains), np.zeros(2), np.array([1.0, -2.0]), red_lines={"no-cars": crossed})


@pytest.mark.parametrize(
    ("one", "told"),
    [
        (
            game((1.0, 2.0), (3.0, 1.0), (0.0, 0.0), forbidden=1),
            """\
Game of JPN, USA: a zone of agreement
  packages         3, 2 of them allowed
  disagreement     JPN 0, USA 0
  status quo       USA -2, JPN 1
  better for all   1
  red lines        no-cars""",
        ),
        (
            game((1.0, 2.0), (3.0, -1.0), forbidden=1),
            """\
Game of JPN, USA: no zone of agreement
  packages         2, 1 of them allowed
  disagreement     JPN 0, USA 0
  status quo       USA -2, JPN 1
  better for all   0
  red lines        no-cars""",
        ),
    ],
)
def test_a_game_says_whether_an_allowed_package_is_better_for_all(one: Game, told: str) -> None:
    assert one.card().text() == told


def test_talks_without_an_agreement_say_so_and_no_more() -> None:
    found = alternating_offers(game((-1.0, -3.0)), 2, 0.5)
    assert (
        found.card().text()
        == "DeadlineGame: nothing is agreed\n  periods             2\n  discount a period   0.5"
    )


def a_deal(one: Game, **more: Any) -> Any:
    given: dict[str, Any] = {"solutions": {}, "certificates": {}, "deficits": "fixed", "_solved_in_words": ""}
    return SimpleNamespace(game=one, **given | more)


def test_a_deal_says_what_each_concept_picks_and_how_many_draws_bear_it_out() -> None:
    one = game((100.0, 200.0), (300.0, 150.0), (0.0, 0.0))
    certificates = {1: SimpleNamespace(all_gain=0.61, draws=200), 0: SimpleNamespace(all_gain=1.0, draws=100)}
    found = a_deal(
        one,
        solutions={"most_in_all": np.array([1, 0]), "nash": np.array([0])},
        certificates=certificates,
        _solved_in_words=", 2 of them solved",
    )
    assert (
        Deal.card(found).text()
        == """\
Deal: a zone of agreement, deficits fixed
  parties           JPN, USA
  packages          3, 2 of them solved
  on the frontier   2, 2 packages better for all
  most in all       package 1: JPN +300 million USD, USA +150 million USD
  nash              package 0: USA +200 million USD, JPN +100 million USD
  all gain          package 1 in 61% of 200 draws, package 0 in 100% of 100 draws"""
    )


def test_without_a_zone_a_deal_says_so_and_names_no_package() -> None:
    assert (
        Deal.card(a_deal(game((1.0, -1.0)))).text()
        == """\
Deal: no zone of agreement, deficits fixed
  parties           JPN, USA
  packages          1
  on the frontier   1, 0 packages better for all"""
    )


def test_what_was_struck_says_what_each_party_left_on_the_table() -> None:
    left = {"JPN": SimpleNamespace(gained=(40.0, 5.0)), "USA": None}
    agreed = SimpleNamespace(table=SimpleNamespace(parties=PARTIES), deal=SimpleNamespace(title="of July"))
    found: Any = SimpleNamespace(agreed=agreed, payoffs=np.array([-20.0, 30.0]), left=left)
    assert (
        StruckOutcome.card(found).text()
        == """\
StruckOutcome: of July
  worth         USA +30 million USD, JPN -20 million USD
  left by JPN   +40 million USD
  left by USA   0 million USD"""
    )


def test_what_would_open_a_zone_names_each_way_there_is_and_why_others_are_closed() -> None:
    rate = RateChange(3, "cars", "all-10", 15.0, 12.5, False, "in all", "none", (), (1.0, 2.0))
    line = Relaxation(("no-cars", "no-rice"), 4)
    every = ZoneRelaxations(Transfer(7, 120.0, (-120.0, 120.0)), [line], rate, {})
    assert (
        every.card().text()
        == """\
ZoneRelaxations: what would open a zone of agreement
  transfer             +120 million USD, package 7
  red lines given up   no-cars, no-rice
  rate                 cars: 15 to 12.5 %"""
    )
    none = ZoneRelaxations(None, [], None, {"transfer": "all lose", "rate": "no issue has one"})
    assert (
        none.card().text()
        == """\
ZoneRelaxations: what would open a zone of agreement
  transfer   all lose
  rate       no issue has one"""
    )


def test_economies_that_are_no_party_gain_over_no_deal_not_over_the_status_quo() -> None:
    worth = np.array([[1.0, 20.0, 300.0], [5.0, 50.0, 900.0], [0.5, 2.0, 30.0], [7.0, 7.0, 7.0]])
    found = InFull("hash", ("CHN", "JPN", "KOR"), worth, np.zeros((4, 1)), ())
    assert found.others(["JPN"]) == [{"CHN": 0.5, "KOR": 270.0}, {"CHN": 4.5, "KOR": 870.0}]


def test_a_deal_is_worked_out_by_200_draws_of_50_packages_unless_asked_otherwise() -> None:
    plain = Effort()
    assert (plain.draws, plain.certified, plain.confirm, plain.rates) == (200, 50, True, True)
    assert (plain.seed, plain.exact, plain.cluster) == (2025, None, None)


@pytest.mark.parametrize(
    ("asked", "right"),
    [
        ({"draws": 0, "certified": 1, "seed": 0}, True),
        ({"draws": -1}, False),
        ({"certified": 0}, False),
        ({"seed": -1}, False),
        ({"exact": True, "cluster": "tcp://a:1", "confirm": False, "rates": False}, True),
        ({"exact": 1}, False),
        ({"cluster": 8786}, False),
        ({"confirm": None}, False),
        ({"rates": 0}, False),
    ],
)
def test_what_an_effort_may_be(asked: dict[str, Any], right: bool) -> None:
    if right:
        Effort(**asked)
    else:
        with pytest.raises(InputError, match=next(iter(asked))):
            Effort(**asked)


@pytest.mark.parametrize(
    ("asked", "first", "other"), [(None, None, False), (True, True, True), (False, False, False)]
)
def test_backgrounds_that_do_not_lead_are_solved_whole_where_that_is_asked_for(
    asked: bool | None, first: bool | None, other: bool
) -> None:
    one: Any = SimpleNamespace(work=Effort(exact=asked))
    assert [_Pricing._exact(one, number) for number in range(3)] == [first, other, other]


@pytest.mark.parametrize(
    ("asked", "key"),
    [
        ({"periods": 0}, "periods"),
        ({"periods": 1.5}, "periods"),
        ({"periods": True}, "periods"),
        ({"discount": 0.0}, "discount"),
        ({"discount": -0.1}, "discount"),
        ({"discount": 1.01}, "discount"),
        ({"discount": float("nan")}, "discount"),
        ({"discount": "0.9"}, "discount"),
        ({"order": [2]}, "order"),
        ({"order": [-1]}, "order"),
        ({"order": ["JPN"]}, "order"),
        ({"order": [True]}, "order"),
        ({"order": []}, "order"),
    ],
)
def test_offers_need_a_period_a_discount_above_zero_and_at_most_one_and_proposers(
    asked: dict[str, Any], key: str
) -> None:
    assert alternating_offers(game((2.0, 3.0)), 1, 1.0, [1]).agreed is not None
    settings: dict[str, Any] = {"periods": 1, "discount": 1.0, **asked}
    with pytest.raises(InputError, match=f"^{key}\\b"):
        alternating_offers(game((2.0, 3.0)), **settings)


def test_payoffs_are_one_number_a_package_and_party_all_of_them_finite() -> None:
    alone = Game.of(("JPN",), np.array([1.0, 3.0]), np.zeros(1))
    assert alone.payoffs.shape == (2, 1)
    with pytest.raises(InputError, match="wanted packages by 2 parties"):
        Game.of(PARTIES, np.zeros((3, 2, 2)), np.zeros(2))
    right = {"payoffs": np.ones((2, 2)), "disagreement": np.zeros(2), "status_quo": np.zeros(2)}
    for name, values in right.items():
        spoilt = values.copy()
        spoilt.flat[-1] = np.inf
        with pytest.raises(InputError, match="not a finite number"):
            Game.of(PARTIES, **right | {name: spoilt})
        if name != "payoffs":
            with pytest.raises(InputError, match="one number for each of 2 parties"):
                Game.of(PARTIES, **right | {name: np.zeros(3)})
    with pytest.raises(InputError, match="one value a package"):
        Game.of(PARTIES, **right, possible=np.ones(3, bool))
    with pytest.raises(InputError, match="no package is left"):
        Game.of(PARTIES, **right, possible=np.array([True, False]), red_lines={"a": np.array([True, False])})


@pytest.mark.parametrize(
    ("parties", "told"),
    [
        ("JPN", "no sequence of names"),
        ((), "no sequence of names"),
        ((1, 2), "no sequence"),
        (("JPN", "JPN"), "twice"),
    ],
)
def test_parties_are_names_each_once(parties: Any, told: str) -> None:
    with pytest.raises(InputError, match=told):
        Game.of(parties, np.ones((2, len(parties))), np.zeros(len(parties)))
