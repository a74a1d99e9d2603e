"""Measures that touch the same trade: one barrier priced twice, a ceiling below a promise.

Goods are compared as sector tables tell them apart: product groups and small products of a sector, its rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from kosho.codes import countries, expand_regions, sectors
from kosho.errors import Problem
from kosho.language import _
from kosho.law.measure import Measure
from kosho.law.narrow_products import niches
from kosho.law.nontariff_terms import Amount, Standard
from kosho.law.product_groups import Product
from kosho.law.register import Register

__all__ = ["double_prices", "goods", "impossible", "partners", "touch"]

Goods = frozenset[tuple[str, str]]
"""Sector, and product group or small product in it; empty for the rest of the sector."""


def goods(register: Register, measure: Measure) -> Goods:
    """What a measure covers; nothing where no sector, group or small product stands for its headings."""
    amount = measure.terms if isinstance(measure.terms, Amount) else measure.quota
    importers = expand_regions([measure.imposer])
    small = [one for one in niches().values() if one.importer in importers]
    if amount is not None and amount.niches:
        return frozenset((one.sector, one.id) for one in small if one.id in amount.niches)
    found: set[tuple[str, str]] = set()
    for sector in sectors():
        rest = register.in_scope(measure, Product(sector))
        names = [group.id for group in register.products.of_sector(sector)]
        found |= {(sector, name) for name in names if register.in_scope(measure, Product(sector, name))}
        if rest:
            found |= {(sector, ""), *((sector, one.id) for one in small if one.sector == sector)}
    scope = measure.scope
    listed = {name for key in (() if scope is None else scope.lists) for name in register.lists[key].niches}
    return frozenset(found | {(one.sector, one.id) for one in small if one.id in listed})


def partners(measure: Measure) -> frozenset[str]:
    """Economies whose goods a measure touches; all of them under a standard that extends to all."""
    if isinstance(measure.terms, Standard) and measure.terms.extends_to == "all":
        found = frozenset(countries())
    else:
        found = frozenset(code for code in countries() if measure.level_on(code) is not None)
    return found - ({measure.imposer} if measure.imposer in countries() else frozenset())


def touch(register: Register, first: Measure, second: Measure) -> bool:
    """Whether two measures of one imposer meet on some goods of some partner."""
    return (
        first.imposer == second.imposer
        and bool(partners(first) & partners(second))
        and bool(goods(register, first) & goods(register, second))
    )


def double_prices(register: Register, measures: Sequence[Measure]) -> Iterator[Problem]:
    """Standards that price one barrier twice on the same goods: of one authority, or in both ways.

    Args:
        register: With the measures in it.
        measures: In force together.
    """
    standards = [one for one in measures if isinstance(one.terms, Standard)]
    for first, second in combinations(standards, 2):
        ways = {_way(first), _way(second)}
        same = first.authority == second.authority
        if (same or len(ways) > 1) and touch(register, first, second):
            why = (
                _("both of {authority}", authority=first.authority)
                if same
                else _("one priced bottom_up, the other top_down")
            )
            yield register.problem(
                second,
                _(
                    "prices the same barrier as {named}: {why}, on the same goods",
                    named=register.named(first),
                    why=why,
                ),
                _("end one")
                if same
                else _("end one; of one authority a scenario's takes the place of the law's"),
            )


def _way(measure: Measure) -> str:
    return "top_down" if isinstance(measure.terms, Standard) and measure.terms.top_down else "bottom_up"


def impossible(register: Register, measures: Sequence[Measure]) -> Iterator[Problem]:
    """Promises to buy more than a ceiling on the same goods of the same partners lets in.

    Only amounts that compare as they are written are compared, in the middle of their ranges: of the same basis
    and unit, on the same goods.

    Args:
        register: With the measures in it.
        measures: In force together.
    """
    for promise in measures:
        asked = promise.terms
        if promise.kind != "purchase" or not isinstance(asked, Amount):
            continue
        for ceiling in measures:
            allowed = ceiling.terms
            if ceiling.kind not in ("quota", "advisory") or not isinstance(allowed, Amount):
                continue
            if _form(asked) != _form(allowed) or asked.amount.value <= allowed.amount.value:
                continue
            if promise.imposer == ceiling.imposer and _trade(register, promise) == _trade(register, ceiling):
                yield register.problem(
                    promise,
                    _(
                        "promises {value:g} {unit}, and {named} lets in {value_2:g} at most",
                        value=asked.amount.value,
                        unit=asked.amount.unit,
                        named=register.named(ceiling),
                        value_2=allowed.amount.value,
                    ),
                    _("change an amount, or end one of them"),
                )


def _form(terms: Amount) -> tuple[str, str, str, bool]:
    return terms.basis, terms.measured, terms.amount.unit, terms.shared


def _trade(register: Register, measure: Measure) -> tuple[Goods, frozenset[str]]:
    return goods(register, measure), partners(measure)
