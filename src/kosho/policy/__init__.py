"""Names of before: `kosho.policy` is now `kosho.law` (what is written) and `kosho.impact` (what it does).

Kept for one release; every use warns and says where the name is now.
"""

from __future__ import annotations

import warnings

from kosho import impact, law

__all__: list[str] = []

_RENAMED = {"Quote": "RateQuote", "Span": "RateSpan"}
_IMPACT = ("Effects", "effects", "shock")
_NAMES = (
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
)


def __getattr__(name: str) -> object:
    if name not in _NAMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    room, new = impact if name in _IMPACT else law, _RENAMED.get(name, name)
    warnings.warn(f"kosho.policy.{name} is now {room.__name__}.{new}", DeprecationWarning, stacklevel=2)
    return getattr(room, new)


def __dir__() -> list[str]:
    return list(_NAMES)
