"""What governments do: dated measures, how they stack, and their translation into numbers."""

from kosho.policy.products import Product, ProductGroup, Products
from kosho.policy.register import Register
from kosho.policy.schema import Measure, MeasureFile, Overlay, Partners, Scope
from kosho.policy.stacking import Layer, Rate, Removed
from kosho.policy.translate import shock

__all__ = [
    "Layer",
    "Measure",
    "MeasureFile",
    "Overlay",
    "Partners",
    "Product",
    "ProductGroup",
    "Products",
    "Rate",
    "Register",
    "Removed",
    "Scope",
    "shock",
]
