"""Indicators that everybody uses, from values by line: who is good at what, what fits what, who is favoured.

All take arrays by line, the last axis unless said, in any unit, and add up from the finest lines there are:
complementarity built from headings is wrong, Finger and Kreinin's similarity rises with every aggregation. A
line that a country does not trade counts as nothing; where there is nothing to divide by, the index is not a
number: unknown, not zero.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from kosho.arguments import amounts, refuse_boundless
from kosho.arrays import Array, Mask
from kosho.declared import as_declared
from kosho.errors import InputError, Problem
from kosho.language import _

__all__ = [
    "complementarity",
    "export_similarity",
    "grubel_lloyd",
    "intra_industry",
    "market_share",
    "michaely_complementarity",
    "preference_erosion",
    "preference_margin",
    "revealed_advantage",
    "swiss_formula",
    "tariff_peaks",
    "trade_intensity",
]

LEAST_COMMON = 5
"""Lines both sides trade from which on similarity says something."""
PEAK = 0.15
"""International peaks of the WTO's tariff profiles: above 15 %."""
NATIONAL = 3.0
"""National peaks: above three times the simple average of the country's own schedule."""


@as_declared
def revealed_advantage(exports: ArrayLike, world: ArrayLike) -> Array:
    """Balassa's revealed comparative advantage: share of a line in one's exports over that in the world's.

    Args:
        exports: `[..., line]`, of the country.
        world: `[..., line]`, of all countries.

    Returns:
        `[..., line]`; not a number where the world trades nothing or the country exports nothing.

    >>> from kosho.lines import revealed_advantage
    >>> revealed_advantage([10_000, 90_000], [500_000, 4_500_000]).tolist()
    [1.0, 1.0]
    """
    mine, all_ = amounts(exports=exports, world=world)
    return _over(_over(mine, mine.sum(axis=-1, keepdims=True)), _over(all_, all_.sum(axis=-1, keepdims=True)))


@as_declared
def grubel_lloyd(exports: ArrayLike, imports: ArrayLike) -> Array:
    """Intra-industry trade of each line: 1 - |X - M| / (X + M).

    >>> from kosho.lines import grubel_lloyd
    >>> grubel_lloyd([80, 100], [60, 0]).round(3).tolist()
    [0.857, 0.0]
    """
    sold, bought = amounts(exports=exports, imports=imports)
    return 1.0 - _over(np.abs(sold - bought), sold + bought)


@as_declared
def intra_industry(exports: ArrayLike, imports: ArrayLike) -> float:
    """Grubel and Lloyd's index of all lines together, each by its trade.

    >>> from kosho.lines import intra_industry
    >>> round(intra_industry([80, 100], [60, 0]), 3)
    0.5
    """
    sold, bought = amounts(exports=exports, imports=imports)
    return float(1.0 - _over(np.abs(sold - bought).sum(), (sold + bought).sum()))


@as_declared
def export_similarity(one: ArrayLike, other: ArrayLike, least: int = LEAST_COMMON) -> float:
    """Finger and Kreinin's similarity of two structures: 100 times the sum of the smaller shares.

    Args:
        one: By line.
        other: By line.
        least: Lines that both must trade; with fewer, or none at all, it is not a number.

    >>> from kosho.lines import export_similarity
    >>> export_similarity([75, 25], [25, 75], least=2), export_similarity([75, 25], [25, 75])
    (50.0, nan)
    """
    mine, theirs = amounts(one=one, other=other)
    if ((mine > 0) & (theirs > 0)).sum() < least:
        return float("nan")
    shares = (_over(values, values.sum()) for values in (mine, theirs))
    return float(100.0 * np.minimum(*shares).sum())


@as_declared
def complementarity(
    exports: ArrayLike,
    imports: ArrayLike,
    world: ArrayLike,
    totals: tuple[float, float, float] | None = None,
) -> float:
    """Drysdale and Garnaut's trade complementarity: the sum over lines of x m T / (X M t).

    Args:
        exports: By line, of the exporter.
        imports: By line, of the importer.
        world: By line, of the world.
        totals: Of exports, imports and the world; those of the lines given where they are all there is.

    >>> from kosho.lines import complementarity
    >>> round(complementarity([50, 50], [50, 50], [100, 100], totals=(1000, 1000, 1000)), 4)
    0.05
    >>> complementarity([100, 0], [0, 100], [1, 1])
    0.0
    """
    sold, bought, all_ = amounts(exports=exports, imports=imports, world=world)
    traded = (sold > 0) & (bought > 0)
    if (traded & ~(all_ > 0)).any():
        raise InputError(Problem(_("trade in lines that the world does not trade"), key="world"))
    sums = (sold.sum(), bought.sum(), all_.sum()) if totals is None else totals
    terms = _over(sold, sums[0]) * _over(bought, sums[1])
    found = terms * np.where(traded, _over(sums[2], all_), 0.0)
    return float(found.sum()) if found.size else float("nan")


@as_declared
def michaely_complementarity(exports: ArrayLike, imports: ArrayLike) -> float:
    """Michaely's trade complementarity, as WITS has it: 100 (1 - half the sum of |m - x|), of shares.

    >>> from kosho.lines import michaely_complementarity
    >>> round(michaely_complementarity([0.6, 0.4, 0], [0.2, 0.3, 0.5]), 6)
    50.0
    """
    sold, bought = amounts(exports=exports, imports=imports)
    apart = np.abs(_over(bought, bought.sum()) - _over(sold, sold.sum()))
    return float(100.0 * (1.0 - 0.5 * apart.sum())) if apart.size else float("nan")


@as_declared
def trade_intensity(
    to_partner: ArrayLike, exports: ArrayLike, world_to_partner: ArrayLike, world: ArrayLike
) -> Array:
    """Share of a partner in a country's exports over its share in the world's.

    >>> from kosho.lines import trade_intensity
    >>> float(trade_intensity(30, 200, 400, 5000))
    1.875
    """
    part, whole, its, all_ = amounts(
        to_partner=to_partner, exports=exports, world_to_partner=world_to_partner, world=world
    )
    return _over(_over(part, whole), _over(its, all_))


@as_declared
def market_share(imports: ArrayLike) -> Array:
    """Of each partner in the imports of each line: `[line, partner]` over the sum of its line.

    >>> from kosho.lines import market_share
    >>> market_share([[100, 60, 40]]).tolist()
    [[0.5, 0.3, 0.2]]
    """
    (values,) = amounts(imports=imports)
    return _over(values, values.sum(axis=-1, keepdims=True))


@as_declared
def tariff_peaks(rates: ArrayLike, *, above: float | None = PEAK) -> Mask:
    """Lines whose rate is a peak: above 15 %, or with `above=None` above three times the simple mean.

    >>> from kosho.lines import tariff_peaks
    >>> tariff_peaks([0.02, 0.15, 0.26]).tolist(), tariff_peaks([0, 0, 0, 0, 0.05], above=None).tolist()
    ([False, False, True], [False, False, False, False, True])
    """
    (values,) = amounts(rates=rates)
    if above is None:
        return values > NATIONAL * (np.nanmean(values) if np.isfinite(values).any() else np.nan)
    refuse_boundless(above=above)
    return values > above


@as_declared
def swiss_formula(rates: ArrayLike, coefficient: float) -> Array:
    """The Swiss formula a t / (a + t), in the unit of its coefficient: no rate stays above it.

    >>> from kosho.lines import swiss_formula
    >>> swiss_formula([50, 10, 0], 25).round(1).tolist()
    [16.7, 7.1, 0.0]
    """
    values, most = amounts(rates=rates, coefficient=coefficient)
    if not most > 0:
        message = _("a coefficient of {coefficient:g}", coefficient=coefficient)
        raise InputError(Problem(message, _("above zero"), key="coefficient"))
    return most * values / (most + values)


@as_declared
def preference_margin(rates: ArrayLike, imports: ArrayLike) -> Array:
    """By how much each supplier's rate lies below the mean of what its rivals pay, by their imports.

    The average best treatment of all other suppliers (Low, Piermartini and Richtering, WTO 2005), not the
    distance from the MFN rate, which nobody may pay. Rivals that sell nothing have no weight; with no rival
    that sells, the margin is not a number.

    Args:
        rates: `[line, partner]`, what each pays.
        imports: `[line, partner]`.

    >>> from kosho.lines import preference_margin
    >>> preference_margin([[0.0, 5.0, 10.0]], [[50, 60, 40]])[0, 0].round(10).item()
    7.0
    """
    paid, bought = np.broadcast_arrays(*amounts(rates=rates, imports=imports))
    total = bought.sum(axis=-1, keepdims=True) - bought
    bill = (paid * bought).sum(axis=-1, keepdims=True) - paid * bought
    return _over(bill, total) - paid


@as_declared
def preference_erosion(before: ArrayLike, after: ArrayLike, imports: ArrayLike) -> Array:
    """What each supplier's preference loses or gains: the change of its margin times its base sales.

    Below zero for a partner whose margin falls; that of one whose own rate is cut is mostly above. Both margins
    have the weights of the base, so that only rates change.

    Args:
        before: `[line, partner]`, rates.
        after: The same.
        imports: `[line, partner]`.

    >>> from kosho.lines import preference_erosion
    >>> preference_erosion([[0.1, 0.0]], [[0.0, 0.0]], [[50, 20]]).round(6).tolist()
    [[5.0, -2.0]]
    """
    _rates, _others, bought = amounts(before=before, after=after, imports=imports)
    return (preference_margin(after, bought) - preference_margin(before, bought)) * bought


def _over(top: ArrayLike, bottom: ArrayLike) -> Array:
    """A quotient; not a number where there is nothing to divide by."""
    above, below = np.broadcast_arrays(np.asarray(top, float), np.asarray(bottom, float))
    return np.divide(above, below, out=np.full(above.shape, np.nan), where=below != 0)
