"""Which estimated packages are solved: each for one reason alone, and no other."""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from kosho.bargain import Effort, deal
from kosho.bargain.confirming import _may_lead, _open
from kosho.bargain.game import Game
from kosho.bargain.screening import SCREENED_ABOVE
from kosho.bargain.thinning import thinned

GAINS = {
    "best": (100.0, 100.0, 0.0),
    "third": (50.0, 50.0, 0.0),
    "gains, but leads nobody": (20.0, 20.0, 1.0),
    "one may gain or lose": (50.0, 0.0, 1.0),
    "one may gain no more than noise": (50.0, 5.0, 1.0),
    "the same across a red line": (50.0, 5.0, 1.0),
    "one may gain or lose across a red line": (50.0, 0.0, 1.0),
    "nobody can agree to it": (50.0, 5.0, 1.0),
    "no deal": (-50.0, -50.0, 1.0),
    "may be on the frontier": (120.0, 50.0, 1.0),
    "may be the third": (48.0, 48.0, 1.9),
}
"""Gains of two parties, and by how much they may be wrong."""
NAMES = list(GAINS)


def priced() -> Any:
    middle = np.array([one[:2] for one in GAINS.values()])
    bound = np.array([one[2:] for one in GAINS.values()])

    def at(gains: np.ndarray) -> Game:
        possible = np.array([name != "nobody can agree to it" for name in NAMES])
        across = np.array(["red line" in name for name in NAMES])
        one = Game.of(("JPN", "USA"), gains, np.zeros(2), possible=possible, red_lines={"line": across})
        return replace(one, resolution=5.0)

    return SimpleNamespace(
        game=at(middle),
        fearful=at(middle - bound),
        hopeful=at(middle + bound),
        solved=np.array([name in {"best", "third"} for name in NAMES]),
        table=SimpleNamespace(fallback=NAMES.index("no deal")),
    )


@pytest.mark.parametrize("leading", [2, 3])
def test_what_may_matter_is_solved_and_nothing_else(leading: int) -> None:
    expected = [
        "one may gain or lose",
        "one may gain no more than noise",
        "the same across a red line",
        "no deal",
        "may be on the frontier",
        *(["may be the third"] if leading == 3 else []),
    ]
    assert [NAMES[k] for k in _open(priced(), leading)] == expected


def test_nothing_is_left_to_solve_where_all_was() -> None:
    every = priced()
    every.solved[:] = True
    assert _open(every, 3).tolist() == []


def test_who_leads_is_told_by_the_smallest_share_of_what_each_could_have_at_best() -> None:
    gains = np.array([[100.0, 8.0], [20.0, 10.0], [10.0, 9.0]])
    assert _may_lead(gains, gains, np.ones(3, bool), 1).tolist() == [True, False, False]
    assert _may_lead(gains, gains, np.array([False, True, True]), 1).tolist() == [False, True, False]
    assert _may_lead(gains, gains, np.ones(3, bool), 9).tolist() == [True] * 3
    # The first may fall to 0.6 of its own best, the second rise to 0.65 of the larger of its two.
    less, more = np.zeros((3, 2)), np.zeros((3, 2))
    less[0], more[1, 0] = (20.0, 2.0), 45.0
    assert _may_lead(gains - less, gains + more, np.ones(3, bool), 1).tolist() == [True, True, False]


@pytest.mark.parametrize(
    ("cells", "all_of_them", "but_the_first"),
    [(1, [0, 4], [1, 4, 5]), (2, [0, 2, 4], [1, 2, 4, 5]), (3, [0, 2, 3, 4], [1, 2, 3, 4, 5])],
)
def test_the_first_package_of_each_cell_is_drawn(
    cells: int, all_of_them: list[int], but_the_first: list[int]
) -> None:
    """Cells are parts of what gains reach over possible packages, 10 to both; the last is not possible."""
    gains = [(0.0, 0.0), (2.5, 2.5), (5.0, 5.0), (7.5, 7.5), (10.0, 10.0), (20.0, 0.0)]
    possible = np.arange(6) < 5
    one = Game.of(("JPN", "USA"), np.array(gains), np.zeros(2), possible=possible)
    assert thinned(one, possible, cells).tolist() == all_of_them
    assert thinned(one, np.arange(6) > 0, cells).tolist() == but_the_first
    assert thinned(one, np.zeros(6, bool), cells).tolist() == []


@dataclass
class Once:
    """A table as it was priced, with what was asked of it."""

    solved: np.ndarray
    exact: bool | None
    leading: int = 0
    more: tuple[int, ...] | None = None
    background: Any = None

    def at_rates_of(self, _table: Any) -> Once:
        return replace(self, solved=np.array([True, False, True]))

    def with_exact(self, rows: np.ndarray) -> Once:
        return replace(self, more=tuple(rows.tolist()))


@pytest.mark.parametrize("exact", [None, True, False])
@pytest.mark.parametrize("packages", [3, SCREENED_ABOVE + 1])
@pytest.mark.parametrize("left", [0, 1])
def test_of_backgrounds_that_do_not_lead_less_is_solved(
    monkeypatch: pytest.MonkeyPatch, exact: bool | None, packages: int, left: int
) -> None:
    """Of the first as many that lead as are certified, of others one; at new rates what is open alone."""
    solved = np.arange(3) >= left
    monkeypatch.setattr(deal, "price", lambda *_, exact, **_given: Once(solved, exact))
    monkeypatch.setattr(deal, "confirmed", lambda one, leading: replace(one, leading=leading))
    told: list[str] = []
    backgrounds = [SimpleNamespace(title=title) for title in ("This", "That")]
    table: Any = SimpleNamespace(grid=range(packages), backgrounds=backgrounds)
    work = Effort(exact=exact, certified=7)
    pricing = deal._Pricing(cast("Any", None), "fixed", work, told.append)
    first, other = pricing.first(table)
    assert (first.leading, other.leading) == (7, 1)
    assert (first.exact, other.exact) == (exact, exact or False)
    assert told == [f"{packages:,} packages: This", f"{packages:,} packages: That"]
    again = pricing.again(table)
    in_full = [exact is True or (exact is None and packages <= SCREENED_ABOVE), exact is True]
    kept = [left == 0 and full for full in in_full]
    assert [one.more for one in again] == [(1,) if one else None for one in kept]
    assert len(told) == 2 + kept.count(False)
