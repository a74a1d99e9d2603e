"""Families of duty and charges at the border that the register does not hold, of any importer."""

from __future__ import annotations

__all__ = ["outside"]

_TRADE_REMEDIES = (
    "anti-dumping duties",
    "countervailing duties",
    "safeguard duties beyond those among the layers",
)
_TAXES = {
    "USA": ("excise", "sales taxes of the states (the United States have no VAT)"),
    "JPN": ("excise", "consumption tax (VAT)"),
    "CAN": ("excise", "goods and services tax and provincial taxes (VAT)"),
    "AUS": ("excise", "goods and services tax (VAT)"),
    "NZL": ("excise", "goods and services tax (VAT)"),
    "SGP": ("excise", "goods and services tax (VAT)"),
    "IND": ("excise and cesses", "integrated goods and services tax (VAT)"),
    "CHN": ("consumption tax (excise)", "VAT"),
}
_FEES = {"USA": "fees (merchandise processing, harbour maintenance)"}


def outside(importer: str) -> tuple[str, ...]:
    """What goods may owe at the border of an importer besides the rate.

    >>> outside("GBR")[-3:]
    ('excise', 'VAT', 'fees')
    """
    return (*_TRADE_REMEDIES, *_TAXES.get(importer, ("excise", "VAT")), _FEES.get(importer, "fees"))
