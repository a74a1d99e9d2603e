"""What a corridor is: the frozen schemas of its YAML file. Clocks are those of the port of arrival."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, Field, field_validator, model_validator

from kosho.bounds import DAYS, out_of_years
from kosho.display import Card, listing, number, plural
from kosho.language import _
from kosho.provenance import LONGEST_ID, Cited, Day, Finite, Frozen, Source, Text

__all__ = [
    "ALWAYS",
    "STAGES",
    "UNLIMITED",
    "WEEKDAYS",
    "Channels",
    "Consignments",
    "Corridor",
    "CorridorChange",
    "CorridorScenario",
    "Duration",
    "Hours",
    "Moment",
    "Port",
    "Shift",
    "Stage",
    "StageName",
    "Target",
    "TraderRecognition",
    "Trusted",
    "VesselCalls",
    "Window",
]

StageName = Literal[
    "arrival",
    "unloading",
    "lodgement",
    "channel",
    "documents",
    "inspection",
    "payment",
    "release",
    "exit",
]
STAGES: tuple[StageName, ...] = get_args(StageName)
"""The stages of the WCO time release study, in order."""

ALWAYS = "always"
"""Hours that never close."""
UNLIMITED = "unlimited"
"""Capacity of a stage where nobody waits for another."""

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Moment = Literal[
    "arrival-to-permit",
    "gain-of-early-lodgement",
    "cost-of-other-laws",
    "declaration-to-permit",
    "declaration-to-permit-without-small-lots",
    "declaration-to-permit-trusted",
]
"""Mean hours that surveys publish, of ordinary traders unless the name says trusted. `gain-of-early-lodgement`
is arrival to permit of the others less that of those lodged early; `cost-of-other-laws` likewise."""


def _clock(text: str) -> str:
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d|24:00", text):
        raise ValueError(_("a time of day is written HH:MM, in quotes"))
    return text


UNITS: Mapping[str, tuple[str, ...]] = {
    "hours": ("hours", "hours of work"),
    "share": ("share", "ratio"),
    "ratio": ("ratio", "factor"),
    "money": ("USD",),
    "flow": ("consignments", "consignments a week"),
    "daily": ("% of the value a day", "percent of the value a day", "percent of value a day"),
}
"""How the units of figures may be written, the usual one first."""
MOST_HOURS = 24.0 * DAYS.high
"""Of anything in a corridor."""


def _in(cited: Cited, kind: str, most: float = math.inf) -> Cited:
    """The figure, if it is in its unit, not negative and no larger than it can be."""
    if cited.unit not in UNITS[kind]:
        raise ValueError(_("in {names}, not in {unit!r}", names=_(" or ").join(UNITS[kind]), unit=cited.unit))
    high = cited.value if cited.high is None else cited.high
    if high > most:
        raise ValueError(_("at most {most:g} {unit}, not {high:g}", most=most, unit=cited.unit, high=high))
    return _not_negative(cited)


def _share(cited: Cited) -> Cited:
    _in(cited, "share")
    ends = [cited.value if end is None else end for end in (cited.low, cited.high)]
    if not 0 <= min(ends) <= max(ends) <= 1:
        raise ValueError(_("a share is between 0 and 1"))
    return cited


def _year(year: int) -> int:
    wrong = out_of_years(year)
    if wrong is not None:
        raise ValueError(wrong)
    return year


def _not_negative(cited: Cited) -> Cited:
    if (cited.value if cited.low is None else cited.low) < 0:
        raise ValueError(_("must not be negative"))
    return cited


def _servers(capacity: Cited | str) -> Cited | str:
    if isinstance(capacity, Cited):
        for end in (capacity.value, capacity.low, capacity.high):
            if end is not None and (end < 1 or end != int(end)):
                raise ValueError(
                    _(
                        "a stage needs a whole number of servers, at least one, or {unlimited}",
                        unlimited=UNLIMITED,
                    )
                )
    return capacity


Id = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=LONGEST_ID)]
TimeOfDay = Annotated[str, AfterValidator(_clock)]
Share = Annotated[Cited, AfterValidator(_share)]
HoursLong = Annotated[Cited, AfterValidator(lambda cited: _in(cited, "hours", MOST_HOURS))]
"""A length of time, of ten years at most."""
Ratio = Annotated[Cited, AfterValidator(lambda cited: _in(cited, "ratio", 1e3))]
Dollars = Annotated[Cited, AfterValidator(lambda cited: _in(cited, "money"))]
Weekly = Annotated[Cited, AfterValidator(lambda cited: _in(cited, "flow"))]
Daily = Annotated[Cited, AfterValidator(lambda cited: _in(cited, "daily", 100.0))]
Capacity = Annotated[Cited | Literal["unlimited"], AfterValidator(_servers)]


class Port(Frozen):
    """One end of a corridor."""

    code: str
    """UN/LOCODE."""
    name: Annotated[Text, Field(min_length=1)]
    source: Text | None = None
    """Where the code was looked up; needed for ports that are not in `data/ports.csv`."""


class Shift(Frozen):
    """Hours of work on some days of the week."""

    days: Annotated[tuple[Weekday, ...], Field(min_length=1)]
    opens: TimeOfDay
    closes: TimeOfDay
    staff: float = Field(1.0, gt=0, le=1)
    """Share of the servers that are there, rounded up."""

    @property
    def span(self) -> tuple[float, float]:
        """Opening and closing in hours since midnight."""
        opens, closes = ((int(t[:2]) + int(t[3:]) / 60) for t in (self.opens, self.closes))
        return opens, closes


class Hours(Frozen):
    """When people work; shifts of the same day add up."""

    shifts: Annotated[tuple[Shift, ...], Field(min_length=1)]
    holidays: tuple[Day, ...] = ()
    """Days without any shift."""
    status: Literal["fact", "estimate", "assumption"]
    source: Text
    note: Text | None = None


class Duration(Frozen):
    """A random length of time."""

    distribution: Literal["fixed", "exponential", "lognormal"]
    mean: HoursLong
    """Hours; of work, where the stage has opening hours."""
    cv: Ratio | None = None
    """Standard deviation over mean of a lognormal."""


class Stage(Frozen):
    """One step; work that is not done at closing time goes on at the next opening, first come, first served."""

    title: Text
    servers: Capacity
    """Ships, cranes, officers, lanes or counters at work at the same time."""
    hours: str = ALWAYS
    """Name of opening hours."""
    time: Duration
    needed: Share | None = None
    """Share of consignments that need it; None: all, or those whose channel asks for it."""
    repeat: Share | None = None
    """Chance that a visit must be repeated."""


class Stages(Frozen):
    """The nine stages."""

    arrival: Stage
    """A ship from arrival to the start of unloading."""
    unloading: Stage
    lodgement: Stage
    """From unloading to the declaration, where nothing was lodged before arrival."""
    channel: Stage
    documents: Stage
    inspection: Stage
    payment: Stage
    release: Stage
    exit: Stage

    def items(self) -> Iterator[tuple[StageName, Stage]]:
        """Name and stage, in order."""
        for name in STAGES:
            yield name, getattr(self, name)


class Channels(Frozen):
    """Shares of declarations by what customs want to see."""

    green: Share
    """Released at once."""
    documents: Share
    inspection: Share
    """Documents and goods."""


class Consignments(Frozen):
    """A type of consignment."""

    title: Text
    per_week: Weekly
    value: Dollars
    """USD each."""
    mix: dict[str, Finite]
    """Shares of the value by ICIO sector; they add up to one."""
    trusted: Share
    """Share of importers who are authorised economic operators."""
    lodged_early: Share
    """Share of ordinary importers whose documents are examined before arrival."""
    channels: Channels
    """Of ordinary importers, goods of ordinary exporters."""
    other_laws: HoursLong | None = None
    """Hours of work until goods meet other laws (quarantine, food safety); None: not subject to them."""
    small_lots: bool = False
    """Whether surveys count them as small lots."""


class VesselCalls(Frozen):
    """When ships arrive."""

    slots: Annotated[tuple[str, ...], Field(min_length=1)]
    """Weekly, written `mon 06:00`."""
    late: Duration
    """How much later than that."""
    status: Literal["fact", "estimate", "assumption"]
    source: Text

    @field_validator("slots")
    @classmethod
    def _written(cls, slots: tuple[str, ...]) -> tuple[str, ...]:
        for slot in slots:
            if not re.fullmatch(rf"({'|'.join(WEEKDAYS)}) ([01]\d|2[0-3]):[0-5]\d", slot):
                raise ValueError(_("a call is written `mon 06:00`, not {slot!r}", slot=slot))
        return slots

    @property
    def hours(self) -> tuple[float, ...]:
        """Hours since Monday, 00:00."""
        return tuple(
            24 * WEEKDAYS.index(slot[:3])  # pyright: ignore[reportArgumentType]
            + int(slot[4:6])
            + int(slot[7:]) / 60
            for slot in self.slots
        )


class EarlyLodgement(Frozen):
    """Documents examined before arrival; the declaration becomes effective after unloading."""

    ahead: HoursLong
    """Hours between the preliminary declaration and the arrival of the ship."""
    activation: Duration
    """Hours of work from unloading until the importer makes the declaration effective."""


class Trusted(Frozen):
    """What an importer who is an authorised economic operator gains."""

    examined: Share
    """Chance to be examined over that of an ordinary importer."""
    lodged_early: Share
    pays_later: bool
    """Whether duty is paid after release."""


class TraderRecognition(Frozen):
    """Mutual recognition of the other side's authorised exporters."""

    since: Annotated[int, AfterValidator(_year)]
    """Year."""
    exporters: Share
    """Share of consignments that come from one."""
    examined: Share
    """Chance to be examined over that of an ordinary exporter's goods."""


class CorridorChange(Frozen):
    """One parameter of a scenario."""

    parameter: str
    """Path in the file, such as `stages.documents.hours` or `types.*.lodged_early`."""
    to: Cited | str | None = None
    times: Ratio | None = None
    """Instead of `to`: factor."""

    @model_validator(mode="after")
    def _one(self) -> CorridorChange:
        if (self.to is None) == (self.times is None):
            raise ValueError(_("a change says either `to` or `times`"))
        return self


class CorridorScenario(Frozen):
    """What would be otherwise."""

    title: Text
    note: Text | None = None
    changes: Annotated[tuple[CorridorChange, ...], Field(min_length=1)]


class Target(Frozen):
    """A published mean that a parameter is fitted to."""

    moment: Moment
    value: HoursLong
    parameter: str | None = None
    """None: not fitted; it shows how well the rest explains it."""


class Window(Frozen):
    """What is simulated."""

    start: Day
    """A Monday; the first day of the warm-up."""
    warm_up: int = Field(ge=0)
    """Days at the beginning that are not counted."""
    days: int = Field(gt=0)
    """Days whose arrivals are counted."""
    cool_down: int = Field(ge=0)
    """Days of further arrivals, so that the last ones counted have company."""


class Corridor(Frozen):
    """Goods that go from one port to another.

    >>> from kosho.corridor import between
    >>> between("TWKHH", "JPUKB")
    Corridor TWKHH to JPUKB: Kaohsiung to Kobe
      ports         Kaohsiung to Kobe
      types         industrial, consolidated, regulated, small-lots
      a day costs   1.35 % of the value a day
      scenarios     advance-exchange, joint-targeting, longer-hours, longer-hours-all, together … (6)
      fitted to     6 published figures
      sources       8
    """

    title: Text
    origin: Port
    destination: Port
    trade_share: Share
    """Share of the goods trade between the two economies, by value, that takes this way."""
    value_of_time: Daily
    """Percent of the value that a day is worth."""
    window: Window
    calls: VesselCalls
    hours: dict[Id, Hours]
    types: dict[Id, Consignments]
    trusted: Trusted
    recognition: TraderRecognition | None = None
    early: EarlyLodgement
    stages: Stages
    scenarios: dict[Id, CorridorScenario] = Field(default_factory=dict)
    targets: tuple[Target, ...] = ()
    sources: tuple[Source, ...]

    def card(self) -> Card:
        """From where to where, what goods, and what could be otherwise."""
        return Card(
            f"Corridor {self.origin.code} to {self.destination.code}: {self.title}",
            [
                ("ports", f"{self.origin.name} to {self.destination.name}"),
                ("types", listing(self.types)),
                ("a day costs", f"{number(self.value_of_time.value)} {self.value_of_time.unit}"),
                ("scenarios", listing(self.scenarios)),
                ("fitted to", plural(len(self.targets), "published figure")),
                ("sources", str(len(self.sources))),
            ],
        )
