"""Standards and conformity assessment as real trade costs.

A barrier is priced from the top down (an ad valorem equivalent of all of it, of which a part can be removed) or
from the bottom up (what certification costs a maker); never both for one barrier, which would count it twice.
What a standard is for (safety, health, the environment) is outside: only its cost to trade is priced.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

from pydantic import model_validator

from kosho.equilibrium import Part
from kosho.errors import InputError, Problem
from kosho.impact.ranges import Range, spread
from kosho.language import _
from kosho.law.nontariff_terms import BottomUp, Standard, TopDown
from kosho.law.scope import Economy, Id, SectorCode
from kosho.provenance import Cited, Frozen

__all__ = [
    "Barrier",
    "BottomUp",
    "Recognition",
    "TopDown",
    "ave_bottom_up",
    "cost_change",
    "factor",
    "factor_top_down",
    "parts",
]


def factor_top_down(ave: float, actionable: float, recognition: float) -> float:
    """New over old trade cost, (1 + A (1 - a r)) / (1 + A).

    Args:
        ave: A, ad valorem equivalent of the whole barrier, a fraction.
        actionable: a, share of it that governments can remove at all.
        recognition: r, share of that which is removed.
    """
    return (1.0 + ave * (1.0 - actionable * recognition)) / (1.0 + ave)


def ave_bottom_up(
    fixed_cost: float,
    units: float,
    price: float,
    unit_cost: float = 0.0,
    per_day: float = 0.0,
    days: float = 0.0,
) -> float:
    """Ad valorem equivalent F/(N p) + c/p + tau days, a fraction.

    Args:
        fixed_cost: F, of certifying a model for the market, in money.
        units: N, sold of the model over the life of the certificate.
        price: p, of one, in the same money.
        unit_cost: c, of changes to each, in the same money.
        per_day: tau, a fraction of the value a day.
        days: By which the procedure delays each.
    """
    return fixed_cost / (units * price) + unit_cost / price + per_day * days


class Barrier(Frozen):
    """A standard or procedure that imports of a product have to meet."""

    id: Id
    title: str
    importer: Economy
    sector: SectorCode
    part: str = ""
    """Product group; empty for the whole sector."""
    top_down: TopDown | None = None
    bottom_up: BottomUp | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Barrier:
        if (self.top_down is None) == (self.bottom_up is None):
            raise ValueError(_("a barrier is priced either top_down or bottom_up, never both"))
        return self


class Recognition(Frozen):
    """To what degree an importer accepts what was tested elsewhere."""

    degree: Cited
    """0: tested again in full; 1: accepted as it is."""
    partners: tuple[Economy, ...]
    """With whom it is agreed."""
    extends_to: Literal["bilateral", "all"]
    """Whether others who meet the same standard gain as well."""


def cost_change(barrier: Barrier, degree: Cited) -> Range:
    """New over old trade cost when a barrier is recognised to a degree, over all ranges."""
    return _factor(barrier.top_down, barrier.bottom_up, degree)


def factor(terms: Standard) -> Range:
    """The same for the terms of a measure."""
    return _factor(terms.top_down, terms.bottom_up, terms.degree)


def _factor(top_down: TopDown | None, bottom_up: BottomUp | None, degree: Cited) -> Range:
    if top_down is not None:
        return spread(_top_down_percent, "factor", r=degree, **dict(top_down))
    given = {key: one for key, one in dict(bottom_up or ()).items() if one is not None}
    return spread(_bottom_up_percent, "factor", r=degree, **given)


def _top_down_percent(ave: float, actionable: float, r: float) -> float:
    return factor_top_down(ave / 100, actionable, r)


def _bottom_up_percent(r: float, per_day: float = 0.0, **pieces: float) -> float:
    ave = ave_bottom_up(per_day=per_day / 100, **pieces)
    return factor_top_down(ave, 1.0, r)


def parts(
    barrier: Barrier,
    recognition: Recognition,
    countries: Sequence[str],
    shares: Mapping[str, float] | float = 1.0,
) -> dict[str, list[Part]]:
    """Parts of a shock at each end of the range (`low`, `value`, `high`) of the cost factor.

    Args:
        barrier: What is recognised.
        recognition: By whom, how far.
        countries: Of the world the shock is for.
        shares: Of base spending of each cell that the barrier touches, by exporter, or one for all.

    Raises:
        InputError: partners or importer are not in the world.
    """
    exporters = _affected(barrier, recognition, countries)
    covered = shares if isinstance(shares, Mapping) else dict.fromkeys(exporters, shares)
    plain = Part(barrier.importer, "", barrier.sector, part=barrier.part)
    return {
        level: [
            replace(plain, exporter=exporter, share=covered[exporter], cost=factor)
            for exporter in exporters
            if covered.get(exporter, 0.0) > 0
        ]
        for level, factor in cost_change(barrier, recognition.degree).levels.items()
    }


def _affected(barrier: Barrier, recognition: Recognition, countries: Sequence[str]) -> tuple[str, ...]:
    missing = [code for code in (barrier.importer, *recognition.partners) if code not in countries]
    if missing:
        raise InputError(
            Problem(
                _("{id}: the world has no {names}", id=barrier.id, names=", ".join(missing)),
                _("name its regions"),
            )
        )
    exporters = tuple(countries) if recognition.extends_to == "all" else recognition.partners
    return tuple(code for code in exporters if code != barrier.importer)
