"""Kinds of measures that add nothing to a rate: their terms, and how they are told."""

from __future__ import annotations

from typing import NamedTuple

from kosho.language import N_
from kosho.law.nontariff_terms import Amount, CustomsDays, Data, Declared, ExportControl, Standard, Subsidy
from kosho.provenance import Frozen

__all__ = ["RATELESS", "RatelessKind"]


class RatelessKind(NamedTuple):
    """A kind of measure without a rate."""

    terms: type[Frozen] | None
    """What its `terms` are; None where it has none."""
    short: str
    """In the place of a rate, in a list of measures."""
    note: str | None
    """Beside a rate; None where it is said otherwise (a ban is)."""


RATELESS: dict[str, RatelessKind] = {
    "ban": RatelessKind(None, N_("banned"), None),
    "advisory": RatelessKind(Amount, N_("advised against"), N_("an advisory against buying, no rate")),
    "quota": RatelessKind(Amount, N_("a quota"), N_("a quota on how much comes in, no rate")),
    "purchase": RatelessKind(Amount, N_("a promise to buy"), N_("a promise to buy, no rate")),
    "standard": RatelessKind(
        Standard, N_("a standard"), N_("a standard, which moves the cost of trade, no rate")
    ),
    "customs": RatelessKind(
        CustomsDays, N_("time at the border"), N_("time at the border, which moves the cost of trade, no rate")
    ),
    "digital": RatelessKind(
        Data, N_("a rule on data"), N_("a digital rule, which moves the cost of trade, no rate")
    ),
    "investment": RatelessKind(Declared, N_("an investment"), N_("an investment, no rate")),
    "transfer": RatelessKind(Declared, N_("a transfer"), N_("a transfer, no rate")),
    "subsidy": RatelessKind(Subsidy, N_("a subsidy"), N_("a subsidy to buyers, no rate")),
    "export_control": RatelessKind(ExportControl, N_("an export control"), None),
    "unpriced": RatelessKind(None, N_("not priced"), N_("listed without a price, adds no rate")),
}
"""By the word for them in `Kind`. A new one is its word there and an entry here."""
