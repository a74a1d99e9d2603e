"""What a brief says, as one frozen tree: `brief.json` is this, `brief.html` is rendered from it.

Money is million USD of the world's base year a year, rates and effects are fractions, codes are ISO 3166
alpha-3 and ICIO; words and rounding come later, in `kosho.formatting`.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from kosho.brief.negotiation import DealTerm, Negotiation, ScaleMark, WeightLimit, ends_of
from kosho.brief.recorded import Recorded
from kosho.display import Card, listing
from kosho.formatting import day as day_words
from kosho.formatting import listed, the_country
from kosho.language import _
from kosho.provenance import Day, Frozen, Source, Status
from kosho.scenario.commitments import ScenarioCommitments
from kosho.scenario.interval import Interval, Number
from kosho.scenario.labour_market import JobsAndPrices
from kosho.scenario.results import (
    Comparison,
    FlowRange,
    ScenarioResults,
    ScenarioSummary,
    Variant,
    VariantResult,
)
from kosho.scenario.several import Several
from kosho.scenario.turning import Turning

__all__ = [
    "SCHEMA_VERSION",
    "Brief",
    "BriefParty",
    "Claim",
    "DateAhead",
    "FirstPart",
    "FlowYears",
    "MeasureSummary",
    "Method",
    "OpenItem",
    "Outlook",
    "Prospect",
    "Reference",
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
        return ends_of(self.curve.get(party, ()), self.gains[party])


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
