"""Kinds of measures that add nothing to a rate: their terms, and how they are told."""

from __future__ import annotations

from typing import NamedTuple

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
    "ban": RatelessKind(None, "banned", None),
    "advisory": RatelessKind(Amount, "advised against", "an advisory against buying, no rate"),
    "quota": RatelessKind(Amount, "a quota", "a quota on how much comes in, no rate"),
    "purchase": RatelessKind(Amount, "a promise to buy", "a promise to buy, no rate"),
    "standard": RatelessKind(Standard, "a standard", "a standard, which moves the cost of trade, no rate"),
    "customs": RatelessKind(
        CustomsDays, "time at the border", "time at the border, which moves the cost of trade, no rate"
    ),
    "digital": RatelessKind(Data, "a rule on data", "a digital rule, which moves the cost of trade, no rate"),
    "investment": RatelessKind(Declared, "an investment", "an investment, no rate"),
    "transfer": RatelessKind(Declared, "a transfer", "a transfer, no rate"),
    "subsidy": RatelessKind(Subsidy, "a subsidy", "a subsidy to buyers, no rate"),
    "export_control": RatelessKind(ExportControl, "an export control", None),
    "unpriced": RatelessKind(None, "not priced", "listed without a price, adds no rate"),
}
"""By the word for them in `Kind`. A new one is its word there and an entry here."""
