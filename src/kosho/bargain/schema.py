"""What `table.yaml` says: parties, issues and options, what follows if talks fail."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from kosho.bounds import COST, DISCOUNT, PERCENT_DUTY, WEIGHT, Bound, like_a_fraction
from kosho.language import _
from kosho.law.overlay import Overlay
from kosho.law.scope import Actor, Id, SectorCode, Some
from kosho.provenance import (
    LONGEST_ID,
    Allowed,
    Cited,
    Day,
    Finite,
    Frozen,
    Source,
    Status,
    Text,
    require_reason,
)
from kosho.yamlfile import Key

__all__ = [
    "CostChange",
    "Issue",
    "Justified",
    "Link",
    "Option",
    "OptionAtRate",
    "PayoffWeights",
    "RateRange",
    "RedLine",
    "ScenarioReference",
    "SectorWeight",
    "StruckDeal",
    "TableBackground",
    "TableDeadline",
    "TableFile",
    "TableParty",
    "UnpricedIssue",
    "justified",
    "justified_by",
]


OptionName = Annotated[
    str,
    Field(pattern=r"^([a-z0-9][a-z0-9.-]*|([a-z0-9][a-z0-9.-]*@)?[0-9]+(\.[0-9]+)?%)$", max_length=LONGEST_ID),
]
"""An option, or one with a range at a rate of it."""


def _plausible(cited: Cited, bound: Bound) -> Cited:
    """The figure, once its whole range lies where it can.

    Raises:
        ValueError: it does not.
    """
    for end in (cited.value, cited.low, cited.high):
        wrong = None if end is None else bound.broken(end)
        if wrong is not None:
            raise ValueError(wrong)
    return cited


def _weight(cited: Cited) -> Cited:
    if cited.unit != "share":
        raise ValueError(_("an excess weight over one is a share of zero or more (unit: share)"))
    return _plausible(cited, WEIGHT)


def _factor(cited: Cited) -> Cited:
    if cited.unit != "factor":
        raise ValueError(_("new over old trade cost is above zero (unit: factor)"))
    return _plausible(cited, COST)


def _rate(cited: Cited) -> Cited:
    if cited.unit != "percent":
        raise ValueError(_("a discount rate is percent a year, zero or more (unit: percent)"))
    return _plausible(cited, DISCOUNT)


def _money(cited: Cited) -> Cited:
    if cited.unit != "million USD":
        raise ValueError(_("worth is given in million USD a year (unit: million USD)"))
    if cited.low is None or cited.high is None or not cited.low < cited.high:
        raise ValueError(_("what no model prices is worth a range (low and high)"))
    return cited


class SectorWeight(Frozen):
    """How much more than a dollar elsewhere a party counts a dollar of value added in some sectors."""

    id: Id
    title: Text
    sectors: Some[SectorCode]
    weight: Annotated[Cited, AfterValidator(_weight)]
    """The excess over one, with its range; drawn evenly from it for the certificate."""


class PayoffWeights(Frozen):
    """What a party is taken to want: real income of its people, and more of it in some sectors."""

    weights: tuple[SectorWeight, ...] = ()


class TableParty(Frozen):
    """A side of the table."""

    economy: Actor
    title: Text
    payoff: PayoffWeights


class Justified(Frozen):
    """What the record of the talks can justify."""

    statements: tuple[str, ...] = ()
    """Ids of the statements of the case's record that it rests on; `Case.table` finds them."""


class ScenarioReference(Justified):
    """A scenario of the case that the table refers to."""

    scenario: Id
    date: Day
    """From which day on it holds."""
    status: Status
    source: Some[str]
    note: Text | None = None


class TableBackground(Frozen):
    """What third countries face, the same in every package and in the disagreement."""

    id: Id
    title: Text
    packages: Id
    """Scenario on whose law the options are laid."""
    disagreement: ScenarioReference


class CostChange(Frozen):
    """A change of real trade cost that an option brings, where the register has no form for what it does."""

    importer: Actor
    exporter: Actor
    sector: SectorCode
    factor: Annotated[Cited, AfterValidator(_factor)]
    """New over old trade cost, with its range; drawn evenly from it for the certificate."""


class RateRange(Frozen):
    """Rates between two, percent, both among them.

    >>> from kosho.bargain.schema import RateRange
    >>> cars = RateRange.model_validate({"from": 10, "to": 25})
    >>> cars.holds(12.5), cars.holds(25.01)
    (True, False)
    """

    model_config = ConfigDict(populate_by_name=True)

    low: Finite = Field(alias="from")
    """The lowest."""
    high: Finite = Field(alias="to")
    """The highest."""

    def holds(self, rate: float) -> bool:
        """Whether a rate is one of them."""
        return self.low <= rate <= self.high

    @model_validator(mode="after")
    def _plausible(self) -> RateRange:
        wrong = PERCENT_DUTY.broken(self.low) or PERCENT_DUTY.broken(self.high) or like_a_fraction(self.high)
        if wrong is not None:
            raise ValueError(wrong)
        if not self.low < self.high:
            raise ValueError(
                _("a range goes up: from {low:g} to {high:g} percent does not", low=self.low, high=self.high)
            )
        return self


class Option(Justified):
    """One way to settle an issue, in terms of the register."""

    id: Id
    title: Text
    fallback: bool = False
    """What holds if the talks fail; one option of every issue."""
    overlays: tuple[Id, ...] = ()
    """Overlays of the table or of the case."""
    at: dict[Id, float] = Field(default_factory=dict)
    """Other values (percent) for measures that these overlays add."""
    rate: RateRange | None = None
    """Any rate between two (percent), for all measures with one rate that these overlays add and `at` leaves
    out: the talks settle which, and that of each deal is sought."""
    amounts: dict[Id, Cited] = Field(default_factory=dict)
    """Other amounts for quotas and purchases that these overlays add, in the unit of theirs."""
    costs: tuple[CostChange, ...] = ()
    lines: str | None = None
    """A file of tariff lines beside the table, as `kosho lines request --out` writes it: duties it cuts."""
    status: Status
    """Standing of the option itself: reported, computed or chosen by us."""
    source: Some[str]
    quote: Text | None = None
    allow_idle: Allowed = False
    """Whether it is meant that it changes nothing that is priced; the note says why."""
    note: Text | None = None

    @model_validator(mode="after")
    def _told(self) -> Option:
        return require_reason(self)


class OptionAtRate(Option):
    """An option with a range of rates, settled at one of them: `Table` has these in its place."""

    of: Id
    """The option with the range."""
    percent: float
    """The rate."""
    between: RateRange
    """The range."""
    moving: tuple[Id, ...]
    """Measures that have the rate."""


class Issue(Frozen):
    """Something to be settled."""

    id: Id
    title: Text
    options: Some[Option]

    @property
    def fallback(self) -> int:
        """Position of the option that holds if the talks fail."""
        return next((n for n, option in enumerate(self.options) if option.fallback), 0)

    @model_validator(mode="after")
    def _one_fallback(self) -> Issue:
        count = sum(option.fallback for option in self.options)
        if count != 1:
            raise ValueError(_("one option of an issue is its fallback, not {count}", count=count))
        if self.options[self.fallback].rate is not None:
            raise ValueError(_("what holds if the talks fail is one rate, no range of them"))
        return self


class RedLine(Justified):
    """What a party will not sign: any package with one of the listed options in every issue listed."""

    id: Id
    title: Text
    party: Actor
    forbids: dict[Id, Some[Id]]
    """Options by issue."""
    status: Status
    source: Some[str]
    note: Text | None = None


class Link(Justified):
    """Issues that only go together."""

    id: Id
    title: Text
    when: dict[Id, Some[Id]]
    """Where a package has one of these options in every issue listed ..."""
    requires: dict[Id, Some[Id]]
    """... it must have one of these in every issue listed here."""
    status: Status
    source: Some[str]
    note: Text | None = None


class TableDeadline(Justified):
    """When the talks end and what follows."""

    date: Day
    follows: Text
    proposes_first: Actor
    discount: Annotated[Cited, AfterValidator(_rate)]
    """Percent a year."""
    status: Status
    source: Some[str]


class UnpricedIssue(Justified):
    """On the table, and worth something to somebody, but no model here says how much."""

    id: Id
    title: Text
    why: Text
    worth: dict[Actor, Annotated[Cited, AfterValidator(_money)]]
    """To each party, a year; a range."""
    linked: dict[Id, Some[Id]] = Field(default_factory=dict)
    """Options by issue with which it comes: packages that have one of these of every issue listed. Left out,
    what it would change is not asked."""
    source: Some[str]
    quote: Text | None = None


class StruckDeal(Justified):
    """What the sides agreed on in the end, so that it can be held against what they could have agreed on."""

    title: Text
    date: Day
    """On which they agreed."""
    options: dict[Id, OptionName]
    """By issue of the table, or of `issues`; a rate within a range is `option@12.5%`, or `12.5%` where only one
    range holds it. Every other issue has its fallback."""
    issues: tuple[Issue, ...] = ()
    """What the table did not have, each with what holds if it is not agreed."""
    unpriced: tuple[UnpricedIssue, ...] = ()
    """Parts that no model here prices, with a range of worth where somebody gave one."""
    status: Status
    source: Some[str]
    note: Text | None = None


def _two(parties: tuple[TableParty, ...]) -> tuple[TableParty, ...]:
    if len(parties) < 2:
        raise ValueError(_("it takes two"))
    return parties


class TableFile(Frozen):
    """`table.yaml`."""

    title: Text
    summary: Text
    closed: Day | None = None
    """The day on which the sides agreed or gave up; asked about on it or later, the table is as it stood on the
    day before."""
    parties: Annotated[tuple[TableParty, ...], AfterValidator(_two)]
    status_quo: ScenarioReference
    """What each side has until there is a deal or the talks fail."""
    backgrounds: Some[TableBackground]
    """The first is the one that packages are found under; the others are shown beside it."""
    deadline: TableDeadline
    throughout: tuple[Id, ...] = ()
    """Overlays of the table or of the case that hold in every package, without a deal and today."""
    issues: Some[Issue]
    red_lines: tuple[RedLine, ...] = ()
    links: tuple[Link, ...] = ()
    unpriced: tuple[UnpricedIssue, ...] = ()
    struck: StruckDeal | None = None
    """Known from the day on which the table is `closed`, or later."""
    overlays: dict[Id, Overlay] = Field(default_factory=dict)
    sources: tuple[Source, ...] = ()


def justified(file: TableFile) -> Iterator[tuple[Key, Justified]]:
    """Everything that may cite statements, with its place in the file."""
    yield ("status_quo",), file.status_quo
    for n, background in enumerate(file.backgrounds):
        yield ("backgrounds", n, "disagreement"), background.disagreement
    yield ("deadline",), file.deadline
    for n, issue in enumerate(file.issues):
        yield from ((("issues", n, "options", m), option) for m, option in enumerate(issue.options))
    yield from ((("red_lines", n), line) for n, line in enumerate(file.red_lines))
    yield from ((("links", n), link) for n, link in enumerate(file.links))
    yield from ((("unpriced", n), one) for n, one in enumerate(file.unpriced))


def justified_by(struck: StruckDeal) -> Iterator[tuple[Key, StruckDeal | Option | UnpricedIssue]]:
    """Everything of a struck deal that may cite statements, with its place in the file."""
    yield ("struck",), struck
    for n, issue in enumerate(struck.issues):
        yield from ((("struck", "issues", n, "options", m), one) for m, one in enumerate(issue.options))
    yield from ((("struck", "unpriced", n), one) for n, one in enumerate(struck.unpriced))
