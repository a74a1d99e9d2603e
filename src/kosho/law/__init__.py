"""What governments wrote: dated measures, how they stack, schedules. Knows nothing of the economy."""

from kosho.law.measure import Measure, MeasureFile, Overlay, Partners, Scope
from kosho.law.product_groups import Product, ProductGroup, Products
from kosho.law.query import Facts, Pending, Query, RateQuote, RateSpan
from kosho.law.register import Register
from kosho.law.stacking import Layer, Rate, Removed

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
    "Register",
    "Removed",
    "Scope",
]
