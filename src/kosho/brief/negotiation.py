"""What a brief says of talks: packages, deals, what parties gain, and what they rest on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from kosho.brief.priced import PricedPackages
from kosho.formatting import count
from kosho.language import _
from kosho.provenance import Day, Frozen, Said
from kosho.scenario.interval import Interval, Number
from kosho.scenario.results import (
    Quantiles,
)

__all__ = [
    "Basis",
    "DealBound",
    "DealTerm",
    "LeftByParty",
    "NamedDeal",
    "Negotiation",
    "PackagePoint",
    "RegionShare",
    "ScaleMark",
    "StruckPart",
    "StruckSummary",
    "TariffLineTold",
    "WeightLimit",
    "ends_of",
]


class PackagePoint(Frozen):
    """A package, or a state to compare with, by what each party gains over no deal."""

    kind: Literal["other", "package", "frontier", "deal", "struck", "no-deal", "today"]
    """`other`: a package that crosses a red line; `struck`: what was agreed in the end."""
    gains: dict[str, Number]
    """Million USD a year, by party."""
    text: str
    statements: tuple[str, ...] = ()
    """Of the record, by id: what its options, or the red lines it crosses, rest on."""


class Basis(Frozen):
    """A part of the table and the statements of the record that it rests on."""

    part: Literal["status quo", "no deal", "deadline", "option", "red line", "link", "unpriced", "struck deal"]
    issue: str | None = None
    """Of an option."""
    title: str
    statements: tuple[str, ...]
    """By id."""


class DealTerm(Frozen):
    """How a deal settles one issue."""

    issue: str
    option: str
    by: tuple[str, ...] = ()
    """Parties that have to act on it, by code; empty where nothing changes."""
    changed: bool
    """Whether it is anything but what holds anyway."""


class WeightLimit(Frozen):
    """The least extra weight on some sectors at which a deal stops leaving all better off."""

    title: str
    """Of what is weighed."""
    party: str
    weight: Number
    """Over one."""


class RegionShare(Frozen):
    """Share of draws in which all gain, in a part of the common scale of elasticities."""

    low: Number
    high: Number
    draws: int
    all_gain: Number | None


class ScaleMark(Frozen):
    """A published estimate on the common scale of elasticities."""

    title: str
    low: Number
    high: Number


def ends_of(curve: Sequence[float | None], centre: float) -> Interval:
    """Lowest and highest along a curve, the centre among them."""
    values = [x for x in (*curve, centre) if x is not None]
    return Interval(low=min(values), high=max(values))


class NamedDeal(Frozen):
    """What a solution concept picks."""

    background: str
    concept: str
    changes: tuple[str, ...]
    """What changes, in words, an issue each."""
    over_no_deal: dict[str, Number]
    """Million USD a year, by party, on the `talks` world."""
    over_today: dict[str, Number]
    statements: tuple[str, ...] = ()
    """Of the record, by id: what its options rest on."""
    meaning: str = ""
    """What the concept picks, in a plain line."""
    terms: tuple[DealTerm, ...] = ()
    """Of every issue, under the first background."""
    curve: dict[str, tuple[Number | None, ...]] = Field(default_factory=dict)
    """Gains over no deal by party at `Negotiation.scales`, under the first background; None where there is
    no equilibrium."""
    turns: dict[str, tuple[Number, ...]] = Field(default_factory=dict)
    """By party: scales at which its gain turns its sign."""
    regions: tuple[RegionShare, ...] = ()
    limits: tuple[WeightLimit, ...] = ()
    others: dict[str, Number] = Field(default_factory=dict)
    """Economies that are no party and lose most over no deal, million USD a year; none that gains."""
    jobs: dict[str, Number] = Field(default_factory=dict)
    """Change of employment by party over no deal, a fraction, where it was computed (`LABOUR`)."""
    prices: dict[str, Number] = Field(default_factory=dict)
    """Change of consumer prices by party, in its wages, a fraction, where it was computed."""

    def range(self, party: str) -> Interval:
        """Lowest and highest gain of a party along the common scale."""
        return ends_of(self.curve.get(party, ()), self.over_no_deal[party])


class DealBound(Frozen):
    """What a commitment or quota in a deal comes to on the full world; million USD a year but for amounts."""

    concept: str
    title: str
    unit: str
    """Of the amounts: `million USD`, or what is counted."""
    free: Number
    """Imports without it."""
    reached: Number
    wedge: Number | None
    """Of the price with duties; none for a ban."""
    fiscal_cost: Number
    rent: Number
    diverted: dict[str, Number]
    """Whose sales to the importer change most, by economy."""


class StruckPart(Frozen):
    """A part of what was agreed."""

    title: str
    settled: str
    """How; for what is not priced, why it is not."""
    gains: dict[str, Number] = Field(default_factory=dict)
    """What it carries of the gains, million USD a year by party (Shapley values); empty if not priced."""
    worth: dict[str, Interval] = Field(default_factory=dict)
    """Of what is not priced: between what it is declared to be worth, million USD a year by party."""
    sources: tuple[str, ...]


class LeftByParty(Frozen):
    """A package that the table had in place of what was agreed."""

    what: str
    """Why it is named."""
    party: str | None = None
    """That it gives most; None where it is named for another reason."""
    changes: tuple[str, ...]
    over_no_deal: dict[str, Number]
    more: dict[str, Number]
    """Than in what was agreed, million USD a year."""


class StruckSummary(Frozen):
    """What the sides agreed on in the end, against what they could have agreed on."""

    title: str
    date: Day
    over_no_deal: dict[str, Number]
    over_today: dict[str, Number]
    ends: dict[str, Interval]
    """Over no deal, by party: with the promises to buy at both ends of their ranges."""
    parts: tuple[StruckPart, ...]
    unpriced: tuple[StruckPart, ...]
    left: tuple[LeftByParty, ...]
    statements: tuple[str, ...]
    sources: tuple[str, ...]
    others: dict[str, Number] = Field(default_factory=dict)
    """As `NamedDeal.others`, `jobs` and `prices` too."""
    jobs: dict[str, Number] = Field(default_factory=dict)
    prices: dict[str, Number] = Field(default_factory=dict)
    curve: dict[str, tuple[Number | None, ...]] = Field(default_factory=dict)
    """As `NamedDeal.curve`, `turns` too."""
    turns: dict[str, tuple[Number, ...]] = Field(default_factory=dict)


class TariffLineTold(Frozen):
    """A tariff line of an option."""

    issue: str
    option: str
    importer: str
    partner: str
    sector: str
    hs: str
    duty_share: Number
    """Of the duties collected on the partner's goods of the sector."""
    cut: Number
    """Percent of its duty."""


class Negotiation(Frozen):
    """The negotiating table: its packages priced on the `talks` world."""

    title: str
    summary: str
    as_of: Day | None = None
    """The day that the table is as known on: earlier than the brief's where the talks were over by then."""
    parties: tuple[str, ...]
    packages: int
    solved: int | None = None
    """Of a table of many packages, how many were solved; the others are estimated. None where all were."""
    guarantee: str | None = None
    """By how much those that were not solved may err, in words."""
    allowed: int
    """Within the red lines."""
    better_for_all: int
    """Of those, better for all than no deal."""
    zone: bool
    red_lines: tuple[str, ...]
    deals: tuple[NamedDeal, ...]
    shares: dict[str, dict[str, Number] | None]
    """Gain that each issue carries, by title and party (Shapley values); None where it is not priced."""
    shares_of: str | None
    certificates: dict[str, dict[str, Quantiles]]
    """Gains over draws, by deal and party."""
    all_gain: dict[str, Number]
    """Share of draws in which all gain, by deal."""
    draws: int = 0
    background: str = ""
    """Title of the one that the figure, the issues and the draws are under."""
    before: dict[str, Number] = Field(default_factory=dict)
    """By party: what the package of fallbacks is worth over no deal, where the two are not the same law."""
    delay: tuple[str, ...] = ()
    """What waiting costs, in words."""
    rates: tuple[str, ...] = ()
    """Rates that were sought within their ranges, in words."""
    linkage: tuple[str, ...] = ()
    """What linked things without a price would change, in words."""
    opening: tuple[str, ...] = ()
    """What would open a zone where there is none, in words."""
    closed: dict[str, str] = Field(default_factory=dict)
    """What would not, and why, in words."""
    bounds: tuple[DealBound, ...] = ()
    """Those that bind, in the deals under the first background."""
    scales: tuple[Number, ...] = ()
    """Common scales of elasticities at which `NamedDeal.curve` is solved."""
    estimates: tuple[ScaleMark, ...] = ()
    week: dict[Literal["before", "after"], dict[str, Number]] = Field(default_factory=dict)
    """What a week without the first deal costs each party, before and after the deadline, million USD."""
    against: str | None = None
    """Scenario that no deal is, under the first background."""
    lines_of: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Red lines in words, by party."""
    deadline: Day | None = None
    follows: str = ""
    """What happens on the deadline, in words."""
    points: tuple[PackagePoint, ...]
    """Packages, thinned where they crowd, and all of the frontier."""
    priced: PricedPackages | None = None
    """Packages one by one, for a choice of the reader's own."""
    tariff_lines: tuple[TariffLineTold, ...] = ()
    """Of all options that are packages of lines, those that pay most of their sector's duty first."""
    bases: tuple[Basis, ...] = ()
    """What rests on statements of the record, as known on the day."""
    said: tuple[Said, ...] = ()
    """These statements, in the order in which parts of the table first rest on them."""
    sources: tuple[str, ...]
    """Of the red lines."""
    struck: StruckSummary | None = None
    """What was agreed in the end, where the brief's day knows it."""

    @property
    def carried(self) -> dict[str, dict[str, Number] | None]:
        """What carries the gains: what is there before any issue, where it is anything, then `shares`."""
        first = {_("No deal gives way to what holds without a new option"): self.before} if self.before else {}
        return first | self.shares

    @property
    def not_opening(self) -> tuple[str, ...]:
        """What would open no zone, a sentence each."""
        return tuple(_("{ways}: none; {reason}.", ways=way, reason=why) for way, why in self.closed.items())

    @property
    def counted(self) -> str:
        """How many packages there are, within the red lines, and better for all, in a sentence."""
        packages, allowed, better = map(count, (self.packages, self.allowed, self.better_for_all))
        how = _("{packages} packages were priced one by one on the smaller table", packages=packages)
        if self.solved is not None:
            how = _(
                "Of {packages} packages {solved} were solved on the smaller table, among them all that could "
                "be on the frontier, a deal or a tie, and the others estimated ({guarantee})",
                packages=packages,
                solved=count(self.solved),
                guarantee=self.guarantee,
            )
        return _(
            "{how}; {allowed} stay within the red lines, and {better} of those leave every side better off "
            "than no deal.",
            how=how,
            allowed=allowed,
            better=better,
        )
