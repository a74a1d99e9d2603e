"""What governments wrote: dated measures, how they stack, schedules. Knows nothing of the economy.

Names are loaded when they are first used: a question about one line needs no arrays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kosho.law.line_rate import history as history
    from kosho.law.line_rate import quote as quote
    from kosho.law.measure import Measure as Measure
    from kosho.law.measure_file import MeasureFile as MeasureFile
    from kosho.law.overlay import Overlay as Overlay
    from kosho.law.product_file import ProductGroup as ProductGroup
    from kosho.law.product_groups import Product as Product
    from kosho.law.product_groups import Products as Products
    from kosho.law.query import Facts as Facts
    from kosho.law.query import Pending as Pending
    from kosho.law.query import Query as Query
    from kosho.law.query import RateQuote as RateQuote
    from kosho.law.query import RateSpan as RateSpan
    from kosho.law.rate_table import RateTable as RateTable
    from kosho.law.rate_table import rate_bounds as rate_bounds
    from kosho.law.rate_table import rates as rates
    from kosho.law.register import Register as Register
    from kosho.law.scope import Partners as Partners
    from kosho.law.scope import Scope as Scope
    from kosho.law.stacking import Layer as Layer
    from kosho.law.stacking import Rate as Rate
    from kosho.law.stacking import Removed as Removed

__all__ = [
    "Facts",
    "Layer",
    "Measure",
    "MeasureFile",
    "Overlay",
    "Partners",
    "Pending",
    "Product",
    "ProductGroup",
    "Products",
    "Query",
    "Rate",
    "RateQuote",
    "RateSpan",
    "RateTable",
    "Register",
    "Removed",
    "Scope",
    "history",
    "quote",
    "rate_bounds",
    "rates",
]


def __getattr__(name: str) -> object:
    match name:
        case "history" | "quote":
            from kosho.law import line_rate as home
        case "Measure" | "MeasureFile":
            from kosho.law import measure_file as home
        case "Overlay":
            from kosho.law import overlay as home
        case "Product" | "ProductGroup" | "Products":
            from kosho.law import product_groups as home
        case "Facts" | "Pending" | "Query" | "RateQuote" | "RateSpan":
            from kosho.law import query as home
        case "RateTable" | "rate_bounds" | "rates":
            from kosho.law import rate_table as home
        case "Register":
            from kosho.law import register as home
        case "Partners" | "Scope":
            from kosho.law import scope as home
        case "Layer" | "Rate" | "Removed":
            from kosho.law import stacking as home
        case _:
            raise AttributeError(f"module 'kosho.law' has no attribute {name!r}")
    return getattr(home, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
