"""What governments do: dated measures, how they stack, and their translation into numbers."""

from typing import TYPE_CHECKING, Any

from kosho.policy.products import Product, ProductGroup, Products
from kosho.policy.query import Facts, Pending, Query, Quote, Span
from kosho.policy.register import Register
from kosho.policy.schema import Measure, MeasureFile, Overlay, Partners, Scope
from kosho.policy.stacking import Layer, Rate, Removed

if TYPE_CHECKING:
    from kosho.policy.impact import Effects, effects
    from kosho.policy.translate import shock

__all__ = [
    "Effects",
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
    "Quote",
    "Rate",
    "Register",
    "Removed",
    "Scope",
    "Span",
    "effects",
    "shock",
]


def __getattr__(name: str) -> Any:
    # A rate needs no world: arrays are loaded only for those who ask for a shock.
    if name == "shock":
        from kosho.policy.translate import shock  # noqa: PLC0415

        return shock
    if name in ("Effects", "effects"):
        from kosho.policy import impact  # noqa: PLC0415

        return getattr(impact, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
