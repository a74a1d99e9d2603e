"""What a brief says, as one frozen tree: `brief.json` is this, `brief.html` is rendered from it.

Money is million USD of the world's base year a year, rates and effects are fractions, codes are ISO 3166
alpha-3 and ICIO; words and rounding come later, in `kosho.formatting`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from kosho.brief.priced import PricedPackages
from kosho.brief.recorded import Recorded
from kosho.display import Card, listing
from kosho.formatting import count, listed, the_country
from kosho.formatting import day as day_words
from kosho.language import _
from kosho.provenance import Day, Frozen, Said, Source, Status
from kosho.scenario.commitments import ScenarioCommitments
from kosho.scenario.interval import Interval, Number
from kosho.scenario.labour_market import JobsAndPrices
from kosho.scenario.results import (
    Comparison,
    FlowRange,
    Quantiles,
    ScenarioResults,
    ScenarioSummary,
    Variant,
    VariantResult,
)
from kosho.scenario.several import Several
from kosho.scenario.turning import Turning

__all__ = [
    "SCHEMA_VERSION",
    "Basis",
    "Brief",
    "BriefParty",
    "Claim",
    "DateAhead",
    "DealTerm",
    "FirstPart",
    "FlowYears",
    "MeasureSummary",
    "Method",
    "NamedDeal",
    "Negotiation",
    "OpenItem",
    "Outlook",
    "PackagePoint",
    "Prospect",
    "Reference",
    "RegionShare",
    "ScaleMark",
    "WeightLimit",
    "WorldStamp",
]

SCHEMA_VERSION = 1


class BriefParty(Frozen):
    """One side of the talks."""

    code: str
    title: str
    negotiators: tuple[str, ...] = ()


class Claim(Frozen):
    """A sentence, how it is known, and where it comes from."""

    text: str
    status: Status
    sources: tuple[str, ...] = ()
    """Ids of `Reference`s."""


class Reference(Source):
    """A source, numbered in the order in which the page first mentions it."""

    number: int
    hindsight: bool = False
    """Whether it is later than the day of the brief: a figure of the method, never of the case."""


class WorldStamp(Frozen):
    """The table that the effects were computed on."""

    name: str
    hash: str
    year: int | None
    source: str
    licence: str
    attribution: str
    unit: str
    economies: int
    sectors: int
    estimated: tuple[str, ...] = ()
    """Blocks of the table that are estimates, in words."""
    adjustments: tuple[str, ...] = ()


class MeasureSummary(Frozen):
    """A measure in force on the day of the brief."""

    id: str
    title: str
    rate: str
    imposer: str
    partners: str
    hits: tuple[str, ...]
    """Parties it is aimed at."""
    scope: str
    since: Day
    until: Day | None = None
    legal_basis: str
    sources: tuple[str, ...]
    status: Status
    note: str | None = None


class OpenItem(Frozen):
    """Something on the table that the model does not price yet."""

    title: str
    by: str | None = None
    why: str
    quote: str | None = None
    sources: tuple[str, ...] = ()


class ObservedFigure(Frozen):
    """A figure known from reality."""

    title: str
    period: str
    value: Number
    unit: str
    status: Status
    note: str | None = None
    sources: tuple[str, ...]


class RestingFinding(Frozen):
    """What a case finds, what it rests on, and what would be found otherwise."""

    finding: str
    rests_on: tuple[str, ...]
    otherwise: str
    status: Status
    sources: tuple[str, ...]


class DateAhead(Frozen):
    """An entry of the calendar."""

    date: Day
    title: str
    consequence: str | None = None
    sources: tuple[str, ...] = ()


class Method(Frozen):
    """How the effects were computed and what limits them."""

    model: tuple[Claim, ...]
    limits: tuple[Claim, ...]
    first_year: tuple[Claim, ...]
    draws: int
    seed: int


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


def _ends(curve: Sequence[float | None], centre: float) -> Interval:
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
        return _ends(self.curve.get(party, ()), self.over_no_deal[party])


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


Role = Literal["ask", "accept", "agreed", "possible"]
"""To ask for, or the least to accept; once the talks are over, what was agreed and what could have been."""


class Prospect(Frozen):
    """A deal in a role, along the common scale of elasticities; million USD a year."""

    role: Role
    title: str
    """In plain words; empty where the terms say it."""
    terms: tuple[DealTerm, ...] = ()
    concept: str | None = None
    """Title of the concept that picks it, where one does."""
    scenario: str | None = None
    """Id of the scenario that it is, where it is one."""
    gains: dict[str, Number]
    """By party, over no deal, at the centre."""
    curve: dict[str, tuple[Number | None, ...]]
    """By party, at `Outlook.scales`; None where there is no equilibrium."""
    turns: dict[str, tuple[Number, ...]]
    """By party: scales at which its gain turns its sign."""

    def range(self, party: str) -> Interval:
        """Lowest and highest gain of a party along the common scale."""
        return _ends(self.curve.get(party, ()), self.gains[party])


class Outlook(Frozen):
    """What the first party can ask for and accept, or what was agreed and could have been; how sure that is."""

    party: str
    against: str
    """What no deal is taken to be, in words."""
    scales: tuple[Number, ...]
    estimates: tuple[ScaleMark, ...]
    """The literature on the same scale."""
    prospects: tuple[Prospect, ...]
    limits: tuple[WeightLimit, ...] = ()
    """Of what is asked for."""

    def prospect(self, role: Role) -> Prospect | None:
        """The deal in a role; None where there is none."""
        return next((one for one in self.prospects if one.role == role), None)

    @property
    def stops(self) -> dict[str, float]:
        """By party: the strongest trade at which the first of the deals stops bringing it a gain."""
        return {party: scales[-1] for party, scales in self.prospects[0].turns.items() if scales}


class FlowYears(Frozen):
    """A named trade in year one, with wages and exchange rates held, as things stand; fractions of the base."""

    title: str
    value: dict[Literal["none", "all"], Interval | None]
    """Before duty, where makers bear none or all of a change of duty; None where nothing is sold any more."""
    number: dict[Literal["none", "all"], Interval | None]


FirstPart = Literal["ask", "accept", "gains", "break", "due", "caveat"]
"""Lines of the first page."""


class Brief(Frozen):
    """Everything the page says.

    >>> brief.codes, brief.base_label  # a brief as `compose` gives it
    (('JPN', 'USA'), '2022 base')
    >>> sorted(brief.numbers.comparison("JPN", "deal", "no-deal").by_variant)
    ['fixed-central', 'fixed-low', 'zero-central', 'zero-low']
    """

    schema_version: int = SCHEMA_VERSION
    case: str
    title: str
    summary: str
    as_of: Day
    parties: tuple[BriefParty, ...]
    world: WorldStamp | None
    """None where nothing is computed: the case has no scenarios."""
    talks_world: WorldStamp | None
    first_page: dict[FirstPart, str] = Field(default_factory=dict)
    """The answer, a line each."""
    outlook: Outlook | None = None
    """Behind the first page; None where no deal is priced."""
    agreed: Outlook | None = None
    """Once the talks are over: what was agreed, and the first deal of the table as it stood before."""
    several: Several | None = None
    """One scenario on several tables of the economy; None where one was asked."""
    turning: tuple[Turning, ...] = ()
    """Where what scenarios are worth turns its sign, on the `talks` world."""
    year_one: tuple[FlowYears, ...] = ()
    labour: dict[str, JobsAndPrices] = Field(default_factory=dict)
    """By scenario that is a deal: jobs and consumer prices over no deal."""
    lead: Claim
    headline: tuple[Claim, ...]
    in_force: tuple[MeasureSummary, ...]
    law_held: bool = True
    """Whether the register holds the law of the day; where not, nothing is listed under `in_force`."""
    law_verified_to: dict[str, Day] = Field(default_factory=dict)
    """By imposer of these measures: last day for which they were compared with their sources."""
    scenarios: tuple[ScenarioSummary, ...]
    variants: tuple[Variant, ...]
    results: tuple[VariantResult, ...]
    comparisons: tuple[Comparison, ...]
    flow_ranges: tuple[FlowRange, ...]
    bounds: tuple[ScenarioCommitments, ...] = ()
    """Of every scenario: commitments, ranges of parameters, what is left out, results at the ends."""
    findings: tuple[RestingFinding, ...] = ()
    """Which finding rests on which assumption."""
    observed: tuple[ObservedFigure, ...] = ()
    """Figures of the market, where the case has too many to stand beside the method."""
    not_yet_priced: tuple[OpenItem, ...]
    calendar: tuple[DateAhead, ...]
    method: Method
    negotiation: Negotiation | None = None
    """Where the case has a table and it was priced."""
    record: Recorded | None = None
    """What was said, as known on the day; None where the case has no record."""
    sources: tuple[Reference, ...]

    def card(self) -> Card:
        """What the page says first."""
        return Card(
            f"Brief {self.case}: {self.title}",
            [
                ("as of", str(self.as_of)),
                ("parties", listing(one.title for one in self.parties)),
                *((name, text) for name, text in self.first_page.items() if text),
                ("in force", f"{len(self.in_force)} measures"),
                ("scenarios", listing(one.id for one in self.scenarios)),
            ],
        )

    @property
    def law_verified(self) -> str:
        """Up to which day the law was compared with its sources, and whether the brief's day is past it."""
        by_day: dict[Day, list[str]] = {}
        for imposer, day in self.law_verified_to.items():
            by_day.setdefault(day, []).append(the_country(imposer))
        told = [
            _("{names} up to {day}", names=listed(names), day=day_words(day))
            for day, names in sorted(by_day.items())
        ]
        past = [the_country(code) for code, day in self.law_verified_to.items() if day < self.as_of]
        later = _(" Later measures of {names} may be missing.", names=listed(past)) if past else ""
        if not told:
            return ""
        return _("Measures were compared with their sources: {told}.", told=_("; ").join(told)) + later

    @property
    def computed(self) -> bool:
        """Whether scenarios were solved."""
        return bool(self.results)

    @property
    def codes(self) -> tuple[str, ...]:
        """Codes of the parties."""
        return tuple(one.code for one in self.parties)

    @property
    def base_label(self) -> str:
        """What `base` is called on the page."""
        return self.numbers.base_label

    @property
    def numbers(self) -> ScenarioResults:
        """What was computed of the scenarios, without words."""
        return ScenarioResults(
            parties=self.codes,
            base_year=None if self.world is None else self.world.year,
            scenarios=self.scenarios,
            variants=self.variants,
            results=self.results,
            comparisons=self.comparisons,
            flow_ranges=self.flow_ranges,
            all_commitments=self.bounds,
        )
