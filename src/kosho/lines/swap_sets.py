"""Swap sets: which lines each side frees, so that no package of lines leaves both better off.

Choosing lines is a 0-1 programme: the most of a weighted sum of both sides' gains, so that neither loses and
the lines of each side cover enough of its lines and its trade (GATT Article XXIV practice: 90 % or more). Its
linear relaxation is solved by HiGHS and bounds what any package can reach. Lines that the bound already decides
(by their reduced cost) are fixed; what is left is a small programme in whole numbers, solved. Gains of
lines add up exactly in partial equilibrium, where no line touches another; the whole economy is solved apart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from kosho.arguments import note_real, refuse_boundless
from kosho.arrays import Array, Index, Mask
from kosho.declared import as_declared
from kosho.display import Card, Shown, number, percent, plural
from kosho.errors import InputError, KoshoError, Problem, Problems
from kosho.language import _

__all__ = ["SwapLines", "SwapSet", "swap_frontier", "swap_set"]

SIDES = 2
WEIGHTS = tuple(k / 10 for k in range(11))
CLOSE = 1e-9
FEW = 100
"""Lines up to which the best package is found, however near the rounded one is to the bound."""
ENOUGH = 1e-3
"""Relative, from the bound, at which a rounded package of more lines is kept as it is."""
CORE = 60
"""Lines, those that the bound decides least, that are solved in whole numbers beside the rounded package."""
SECONDS = 30.0
"""For what is left in whole numbers after fixing."""
GAP = 1e-6
"""Relative, at which the rest counts as solved."""


@as_declared
@dataclass(frozen=True, eq=False)
class SwapLines(Shown):
    """What may be swapped: every line of either side, with what freeing it is worth to both.

    >>> from kosho.lines import SwapLines
    >>> SwapLines(("USA", "JPN"), ["01", "02"], [0, 1], [[-1, 3], [4, -2]], [10, 20]).lines_of(1).tolist()
    [1]
    """

    sides: tuple[str, str]
    codes: Sequence[str]
    giver: Any
    """`[line]`, which side frees it, 0 or 1."""
    gains: Any
    """`[line, side]`, what each side gains if it is freed; a cost is below zero."""
    trade: Any
    """`[line]`, imports of the giver from the other side."""
    cost: Any = None
    """`[line]`, what counts against a budget, such as revenue; nothing if not given."""

    def __post_init__(self) -> None:
        lines = len(self.codes)
        problems = Problems()
        for name, shape in (
            ("giver", (lines,)),
            ("gains", (lines, 2)),
            ("trade", (lines,)),
            ("cost", (lines,)),
        ):
            given = getattr(self, name)
            array = np.zeros(shape) if given is None and name == "cost" else note_real(problems, given, name)
            if array is None:
                continue
            if array.shape != shape:
                problems.add(
                    _("has the shape {shape}, not {wanted}", shape=array.shape, wanted=shape), key=name
                )
            elif not np.isfinite(array).all():
                problems.add(_("has figures that are not known"), _("leave their lines out"), key=name)
            object.__setattr__(self, name, array)
        problems.raise_if_any()
        self._refuse_no_sides()

    def _refuse_no_sides(self) -> None:
        problems = Problems()
        if len(set(self.sides)) != SIDES or len(self.sides) != SIDES:
            problems.add(repr(self.sides), _("two sides"), key="sides")
        if not _are_texts(self.codes):
            problems.add(_("is not a list of codes"), _("text, so that zeros in front stay"), key="codes")
        if not np.isin(self.giver, (0, 1)).all():
            problems.add(_("names a side that is none"), _("0 for the first, 1 for the second"), key="giver")
        if (self.trade < 0).any():
            problems.add(_("has {least:g}", least=float(self.trade.min())), _("zero or more"), key="trade")
        twice = [one for one, times in Counter(zip(self.giver, self.codes, strict=True)).items() if times > 1]
        if twice:
            problems.add(_("{code} of one side stands twice", code=twice[0][1]), key="codes")
        problems.raise_if_any()

    def lines_of(self, side: int) -> Index:
        """Positions of the lines that a side frees."""
        return np.flatnonzero(self.giver == side).astype(np.intp)

    def covered(self, chosen: Mask, side: int) -> tuple[float, float]:
        """Shares of a side's lines and of its trade in a package; one where it has none."""
        mine = self.lines_of(side)
        total = self.trade[mine].sum()
        lines = float(chosen[mine].mean()) if len(mine) else 1.0
        return lines, float(self.trade[mine][chosen[mine]].sum() / total) if total else 1.0


@dataclass(frozen=True, eq=False)
class SwapSet(Shown):
    """A package of lines. Make one with `swap_set`.

    >>> from kosho.lines import SwapLines, swap_set
    >>> swap_set(SwapLines(("USA", "JPN"), ["01", "02"], [0, 1], [[-1, 3], [4, -2]], [10, 20]))
    Swap of 2 lines, weight 0.5
      USA gains        3
      JPN gains        1
      USA frees        100 % of lines, 100 % of trade
      JPN frees        100 % of lines, 100 % of trade
      from the bound   0 %
    """

    lines: SwapLines
    weight: float
    """On the gain of the first side; that of the other has the rest."""
    chosen: Mask
    """`[line]`."""
    bound: float
    """No package has a larger weighted gain: the linear relaxation."""

    @property
    def gains(self) -> tuple[float, float]:
        """Of both sides."""
        first, second = self.lines.gains[self.chosen].sum(axis=0).tolist()
        return first, second

    @property
    def value(self) -> float:
        """The weighted gain."""
        return self.weight * self.gains[0] + (1.0 - self.weight) * self.gains[1]

    @property
    def gap(self) -> float:
        """How far it is from the bound, relative to that."""
        return max(self.bound - self.value, 0.0) / max(abs(self.bound), CLOSE)

    def card(self) -> Card:
        """What each side gives and gains."""
        rows = [(f"{side} gains", number(self.gains[k])) for k, side in enumerate(self.lines.sides)] + [
            (
                f"{side} frees",
                "{} of lines, {} of trade".format(*map(percent, self.lines.covered(self.chosen, k))),
            )
            for k, side in enumerate(self.lines.sides)
        ]
        title = f"Swap of {plural(int(self.chosen.sum()), 'line')}, weight {self.weight:g}"
        return Card(title, [*rows, ("from the bound", f"{100 * self.gap:.2g} %")])


@as_declared
def swap_set(
    lines: SwapLines,
    weight: float = 0.5,
    *,
    coverage: float = 0.0,
    budget: tuple[float | None, float | None] = (None, None),
    exclude: Sequence[str] = (),
) -> SwapSet:
    """The package with the largest weighted gain under which neither side loses.

    Args:
        lines: What may be swapped.
        weight: On the first side's gain, 0 to 1.
        coverage: Least share of lines, and of trade, that each side frees of what it has here.
        budget: The most of `cost` that the lines of each side may add up to.
        exclude: Codes, or beginnings of them, that nobody frees.

    Raises:
        InputError: a weight or a coverage that cannot be.
        KoshoError: no package meets the conditions.

    >>> from kosho.lines import SwapLines, swap_set
    >>> gains = [[-1, 3], [4, -2], [1, -5]]
    >>> lines = SwapLines(("USA", "JPN"), ["01", "02", "03"], [0, 1, 1], gains, [10, 20, 5])
    >>> found = swap_set(lines)
    >>> found.chosen.tolist(), found.gains, found.gap
    ([True, True, False], (3.0, 1.0), 0.0)
    """
    refuse_boundless(weight=weight, coverage=coverage)
    _refuse_no_conditions(lines, budget, exclude)
    for name, share in (("weight", weight), ("coverage", coverage)):
        if not 0.0 <= share <= 1.0:
            raise InputError(Problem(f"{share:g}", _("0 to 1"), key=name))
    worth = weight * lines.gains[:, 0] + (1.0 - weight) * lines.gains[:, 1]
    matrix, least = _conditions(lines, coverage, budget)
    most = np.array([0.0 if code.startswith(tuple(exclude)) else 1.0 for code in lines.codes])
    relaxed = linprog(
        -worth, A_ub=-matrix, b_ub=-least, bounds=np.stack([np.zeros(len(most)), most], axis=1), method="highs"
    )
    if relaxed.status != 0:
        raise KoshoError(
            _(
                "no package of lines meets the conditions: neither side may lose, and each must "
                "cover {coverage} of its lines and trade",
                coverage=percent(coverage),
            )
        )
    bound = -float(relaxed.fun)
    start = _rounded(np.asarray(relaxed.x), worth, matrix, least, most)
    chosen = _settled(relaxed, start, (worth, matrix, least, most))
    return SwapSet(lines, weight, chosen, bound)


def _are_texts(given: Sequence[object]) -> bool:
    return all(isinstance(one, str) for one in given)


def _refuse_no_conditions(lines: SwapLines, budget: Sequence[object], exclude: object) -> None:
    problems = Problems()
    if not len(lines.codes):
        problems.add(_("no lines"), key="lines")
    if len(budget) != SIDES:
        problems.add(repr(budget), _("one a side, or None"), key="budget")
    if isinstance(exclude, str):
        problems.add(repr(exclude), _("a list of codes"), key="exclude")
    problems.raise_if_any()
    refuse_boundless(**{f"budget[{side}]": most for side, most in enumerate(budget) if most is not None})


def _conditions(
    lines: SwapLines, coverage: float, budget: tuple[float | None, float | None]
) -> tuple[Array, Array]:
    """Rows that a package must reach: gains of both sides, coverage, budgets."""
    rows: list[Array] = [lines.gains[:, 0], lines.gains[:, 1]]
    least = [0.0, 0.0]
    for side in (0, 1):
        mine = (lines.giver == side).astype(float)
        covering = [one for one in (mine, mine * lines.trade) if one.sum() > 0] if coverage else []
        rows += [one / one.sum() for one in covering]
        least += [coverage for _one in covering]
        limit = budget[side]
        if limit is not None:
            rows.append(-mine * lines.cost)
            least.append(-limit)
    return np.array(rows), np.array(least)


def _fits(chosen: Array, matrix: Array, least: Array) -> bool:
    scale = np.abs(matrix).sum(axis=1) + np.abs(least)
    return bool((matrix @ chosen >= least - CLOSE * np.maximum(scale, 1.0)).all())


def _rounded(relaxed: Array, worth: Array, matrix: Array, least: Array, most: Array) -> Array | None:
    """A package near the relaxed one: broken lines up or down, then lines changed that mend what is short."""
    whole = np.where(relaxed > 0.5, 1.0, 0.0) * most
    broken = np.flatnonzero((relaxed > CLOSE) & (relaxed < 1.0 - CLOSE))
    for tried in (
        whole,
        np.where(np.isin(np.arange(len(whole)), broken), 1.0, whole) * most,
        np.floor(relaxed + CLOSE),
    ):
        if _fits(tried, matrix, least):
            return tried
    mended = whole.copy()
    for _other in range(len(whole)):
        short = least - matrix @ mended
        if _fits(mended, matrix, least):
            return mended
        row = int(np.argmax(short / (np.abs(matrix).sum(axis=1) + CLOSE)))
        help_ = matrix[row] * (1.0 - 2.0 * mended) * np.where((mended == 0) & (most == 0), 0.0, 1.0)
        loss = np.maximum(-worth * (1.0 - 2.0 * mended), 0.0) + CLOSE
        best = int(np.argmax(np.where(help_ > CLOSE, help_ / loss, -np.inf)))
        if help_[best] <= CLOSE:
            return None
        mended[best] = 1.0 - mended[best]
    return None


def _settled(relaxed: Any, start: Array | None, programme: tuple[Array, Array, Array, Array]) -> Mask:
    """The best package: what the relaxation decides is fixed, the rest solved in whole numbers.

    Of many lines those that it decides least are solved first; that is all where they come near enough to it.

    Raises:
        KoshoError: there is none in whole lines.
    """
    worth, matrix, least, most = programme
    solution: Array = np.asarray(relaxed.x, float)
    whole: Array = np.floor(solution + 0.5)
    if _fits(whole, matrix, least) and (np.abs(solution - whole) <= CLOSE).all():
        return np.asarray(whole > 0.5, bool)
    bound = -float(relaxed.fun)
    down, up = np.asarray(relaxed.lower.marginals), -np.asarray(relaxed.upper.marginals)
    if len(worth) > FEW:
        core = np.argsort(down + up, kind="stable")[:CORE]  # lines that the bound decides least
        low = whole * most
        high = low.copy()
        low[core], high[core] = 0.0, most[core]
        start = _better(start, _in_whole_lines(low, high, programme, GAP), worth)
    slack = np.inf if start is None else bound - float(worth @ start)
    if start is not None and len(worth) > FEW and slack <= ENOUGH * abs(bound):
        return np.asarray(start > 0.5, bool)
    # A line whose reduced cost is above the slack cannot be otherwise in any package better than `start`.
    low, high = np.where(up > slack + CLOSE, most, 0.0), np.where(down > slack + CLOSE, 0.0, most)
    rest = _in_whole_lines(low, high, programme, GAP if len(worth) <= FEW else ENOUGH)
    best = _better(start, rest, worth)
    if best is None:
        raise KoshoError(_("no package of whole lines meets the conditions, although parts of lines would"))
    return np.asarray(best > 0.5, bool)


def _better(one: Array | None, other: Array | None, worth: Array) -> Array | None:
    """The package that is worth more, of those there are."""
    if one is None or other is None:
        return other if one is None else one
    return other if worth @ other > worth @ one else one


def _in_whole_lines(
    low: Array, high: Array, programme: tuple[Array, Array, Array, Array], gap: float
) -> Array | None:
    """The best package between bounds of zero and one, by HiGHS; None where there is none or none was found."""
    worth, matrix, least, _most = programme
    free = np.flatnonzero(high > low)
    if not len(free):
        return low if _fits(low, matrix, least) else None
    found = milp(
        -worth[free],
        constraints=LinearConstraint(
            sparse.csr_array(matrix[:, free]),  # pyright: ignore[reportArgumentType]
            least - low @ matrix.T,  # pyright: ignore[reportArgumentType]
            np.inf,
        ),
        bounds=Bounds(0, 1),
        integrality=np.ones(len(free)),
        options={"time_limit": SECONDS, "mip_rel_gap": gap},
    )
    if found.x is None:
        return None
    tried = low.copy()
    tried[free] = np.floor(np.asarray(found.x) + 0.5)
    return tried if _fits(tried, matrix, least) else None


@as_declared
def swap_frontier(
    lines: SwapLines,
    *,
    weights: Sequence[float] = WEIGHTS,
    coverage: float = 0.0,
    budget: tuple[float | None, float | None] = (None, None),
    exclude: Sequence[str] = (),
) -> list[SwapSet]:
    """Packages along the frontier of both sides' gains, each once, from the best for the second side on.

    Raises:
        InputError: as `swap_set`.
        KoshoError: as `swap_set`.

    >>> from kosho.lines import SwapLines, swap_frontier
    >>> gains = [[-1, 3], [4, -2], [2, -1]]
    >>> lines = SwapLines(("USA", "JPN"), ["01", "02", "03"], [0, 1, 1], gains, [10, 20, 5])
    >>> [one.gains for one in swap_frontier(lines)]
    [(1.0, 2.0), (5.0, 0.0)]
    """
    found: dict[bytes, SwapSet] = {}
    for weight in weights:
        one = swap_set(lines, weight, coverage=coverage, budget=budget, exclude=exclude)
        found.setdefault(one.chosen.tobytes(), one)
    kept = [
        one
        for one in found.values()
        if not any(
            all(a >= b - CLOSE for a, b in zip(other.gains, one.gains, strict=True))
            and any(a > b + CLOSE for a, b in zip(other.gains, one.gains, strict=True))
            for other in found.values()
        )
    ]
    return sorted(kept, key=lambda one: one.gains)
