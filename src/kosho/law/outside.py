"""Families of duty and charges at the border that the register does not hold, of any importer."""

from __future__ import annotations

from kosho.language import N_, _

__all__ = ["outside"]

_TRADE_REMEDIES = (
    N_("anti-dumping duties"),
    N_("countervailing duties"),
    N_("safeguard duties beyond those among the layers"),
)
_TAXES = {
    "USA": (N_("excise"), N_("sales taxes of the states (the United States have no VAT)")),
    "JPN": (N_("excise"), N_("consumption tax (VAT)")),
    "CAN": (N_("excise"), N_("goods and services tax and provincial taxes (VAT)")),
    "AUS": (N_("excise"), N_("goods and services tax (VAT)")),
    "NZL": (N_("excise"), N_("goods and services tax (VAT)")),
    "SGP": (N_("excise"), N_("goods and services tax (VAT)")),
    "IND": (N_("excise and cesses"), N_("integrated goods and services tax (VAT)")),
    "CHN": (N_("consumption tax (excise)"), N_("VAT")),
}
_ELSEWHERE = (N_("excise"), N_("VAT"))
_FEES = {"USA": N_("fees (merchandise processing, harbour maintenance)")}


def outside(importer: str) -> tuple[str, ...]:
    """What goods may owe at the border of an importer besides the rate.

    >>> outside("GBR")[-3:]
    ('excise', 'VAT', 'fees')
    """
    names = (*_TRADE_REMEDIES, *_TAXES.get(importer, _ELSEWHERE), _FEES.get(importer, N_("fees")))
    return tuple(_(name) for name in names)
