"""Rates of product groups where the ordinary duty is no question."""

from __future__ import annotations

from datetime import date

from kosho.law import Product, Rate, Register

__all__ = ["us_rate"]


def us_rate(
    law: Register, exporter: str, product: Product, on: date, known: date | None = None
) -> tuple[Rate, float]:
    """What the United States take, and its sum: with the ordinary duty of the group, or of nothing, where the
    register knows none."""
    own = product.group is not None and law.products.mfn(product.group, "USA") is not None
    plain = own or product.preference != "none"
    found = law.rate("USA", exporter, product, on, known, mfn=None if plain else 0.0)
    assert found.rate is not None
    return found, found.rate
