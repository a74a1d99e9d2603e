"""What a record holds: the frozen schemas of `record.yaml`.

Everything said carries its source, the exact words with their offsets, and the day it was recorded; what
happens to it later is a dated entry of its own, so that the record can be read as it stood on any day.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import PurePosixPath, PureWindowsPath
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from kosho.codes import blocs, countries, is_hs, is_locode
from kosho.errors import suggest
from kosho.language import _
from kosho.provenance import LONGEST_ID, Day, Frozen, Source, Text
from kosho.record.when import When, first_day, last_day

__all__ = [
    "LONGEST_QUOTE",
    "Commitment",
    "Conflict",
    "Contention",
    "Context",
    "Deadline",
    "Evidence",
    "Instrument",
    "MeasureReference",
    "Meeting",
    "Party",
    "Person",
    "Position",
    "Process",
    "Quantity",
    "RecordFile",
    "RecordSource",
    "Statement",
    "Status",
]

LONGEST_QUOTE = 400
"""Characters: the words a fact rests on, never an article."""
HIGHEST_RATE = 10_000
"""Percent that a source can report: duties against dumping and subsidies together were above 3,500 in 2025."""
LONGEST_MEETING = 20_160
"""Minutes, two weeks; what takes longer is several meetings."""

Id = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]*$", max_length=LONGEST_ID)]
Modality = Literal["asserted", "planned", "considered", "draft", "negated"]
Precision = Literal["day", "week", "month", "quarter", "half", "year", "period", "inferred", "ambiguous"]


def _locode(value: str) -> str:
    if not is_locode(value):
        raise ValueError(_("is not a UN/LOCODE such as JPUKB"))
    return value


def _hs(value: str) -> str:
    if not is_hs(value):
        raise ValueError(_("is not a heading of the Harmonized System"))
    return value


def _code(value: str) -> str:
    if value not in countries() and value not in blocs():
        hint = suggest(value, [*countries(), *blocs()])
        raise ValueError(
            _("is neither an ISO 3166 alpha-3 code nor a known bloc") + (f"; {hint}" if hint else "")
        )
    return value


def _file_name(value: str) -> str:
    if value in ("", ".", "..") or any(way(value).name != value for way in (PurePosixPath, PureWindowsPath)):
        raise ValueError(_("is the plain name of a file, in the folder that holds the texts"))
    return value


def _listed(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Locode = Annotated[str, AfterValidator(_locode)]
HsCode = Annotated[str, AfterValidator(_hs)]
Ids = Annotated[tuple[Id, ...], BeforeValidator(_listed, json_schema_input_type=Id | tuple[Id, ...])]
Words = Annotated[tuple[Text, ...], BeforeValidator(_listed, json_schema_input_type=Text | tuple[Text, ...])]
Percent = Annotated[float, Field(ge=0, le=HIGHEST_RATE)]
MastChapter = Annotated[str, Field(pattern=r"^[A-P]\d{0,3}$")]
"""Chapter of UNCTAD's classification of non-tariff measures, with its numbers where known."""


class RecordSource(Source):
    """A document that statements rest on."""

    file: Annotated[str, AfterValidator(_file_name)] | None = None
    """Name of the file with its text, in the folder given to `kosho record check --sources`."""
    relays: Text | None = None
    """Whose report it passes on."""

    def plain(self) -> Source:
        """The document alone, as other parts of a case know it."""
        return Source.model_validate(self.model_dump(include=set(Source.model_fields)))


class Party(Frozen):
    """A state, a bloc, or a body that acts for one."""

    id: Id
    name: Text
    kind: Literal["state", "bloc", "body", "industry"]
    code: Annotated[str, AfterValidator(_code)] | None = None
    """ISO 3166 alpha-3 code, or that of a bloc."""
    acts_for: Id | None = None
    aliases: Words = ()

    @model_validator(mode="after")
    def _complete(self) -> Party:
        if self.kind in ("state", "bloc") and self.code is None:
            raise ValueError(_("a state or a bloc needs its code"))
        return self


class Evidence(Frozen):
    """Where something stands, and since when the record has it."""

    source: Id
    quote: Annotated[Text, Field(min_length=1, max_length=LONGEST_QUOTE)]
    start: Annotated[int, Field(ge=0)] | None = None
    """First character of the quote in the decoded text of the source; left out where no text is at hand."""
    end: int | None = None
    recorded_at: Day
    """Day it entered the record; on no day before is it shown."""

    @model_validator(mode="after")
    def _as_long_as_told(self) -> Evidence:
        if self.start is None and self.end is None:
            return self
        if self.start is None or self.end is None:
            raise ValueError(_("start and end are given together, or neither"))
        if self.end - self.start != len(self.quote):
            raise ValueError(
                _(
                    "the quote has {number} characters, start and end tell {end}",
                    number=len(self.quote),
                    end=self.end - self.start,
                )
            )
        return self


class Post(Evidence):
    """A post someone holds, and where it says so."""

    title: Text
    org: Id | None = None
    since: When | None = None
    until: When | None = None

    @model_validator(mode="after")
    def _left_after_entered(self) -> Post:
        if self.since is not None and self.until is not None and last_day(self.until) < first_day(self.since):
            raise ValueError(_("until is before since"))
        return self


class Person(Frozen):
    """Someone who negotiates."""

    id: Id
    name: Text
    native: Text | None = None
    """The name in its own script."""
    aliases: Words = ()
    """Other spellings that sources use."""
    party: Id
    posts: Annotated[tuple[Post, ...], Field(min_length=1)]


class Round(Frozen):
    """One round of a process."""

    number: int
    title: Text | None = None


class Process(Frozen):
    """A series of talks."""

    id: Id
    title: Text
    parties: Ids
    rounds: tuple[Round, ...] = ()


class Stated(Evidence):
    """What every statement carries."""

    id: Id
    modality: Modality = "asserted"
    date: When | None = None
    """When what it reports happens or happened."""
    date_precision: Precision | None = None
    by: Ids = ()
    """Parties that speak or act."""
    speaker: Id | None = None
    """The person who said it."""
    attributed_to: Text | None = None
    """Whom the source reports it from, where that is not the speaker."""
    topic: Text | None = None
    """The issue it belongs to; statements on one issue share it."""
    process: Id | None = None
    round: int | None = None
    contention: Id | None = None
    supersedes: Id | None = None
    """The statement it takes the place of, from the day it was recorded."""
    note: Text | None = None


class Meeting(Stated):
    """A meeting, a call, a seminar."""

    type: Literal["meeting"]
    status: Literal["held", "planned", "not_held", "changed"] = "held"
    kind: Text = "meeting"
    level: Literal["leader", "minister", "vice-minister", "working"] | None = None
    mode: Literal["in person", "phone", "video", "written"] | None = None
    minutes: Annotated[int, Field(gt=0, le=LONGEST_MEETING)] | None = None
    time: Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")] | None = None
    place: Text | None = None
    parties: Ids = ()
    people: Ids = ()
    topics: Words = ()
    title: Text | None = None


class Position(Stated):
    """What a party wants, gives, refuses, complains of or thinks."""

    type: Literal["position"]
    kind: Literal["ask", "offer", "red_line", "complaint", "position", "response"]
    to: Ids = ()
    content: Text | None = None
    from_value: float | None = None
    to_value: float | None = None
    unit: Text | None = None
    condition: Text | None = None
    products: Words = ()
    hs: tuple[HsCode, ...] = ()
    mast: MastChapter | None = None
    answers: Id | None = None
    """The position it responds to."""


class MeasureReference(Stated):
    """A measure as a source reports it; the law itself is in the register."""

    type: Literal["measure"]
    kind: Text = "tariff"
    on: Ids = ()
    """Parties it bears on."""
    register_ids: Words = ()
    """The measures of the register it speaks of."""
    rate: Percent | None = None
    rate_before: Percent | None = None
    products: Words = ()
    hs: tuple[HsCode, ...] = ()
    mast: MastChapter | None = None
    status: Literal["in_force", "announced", "suspended", "considered", "ended"] = "in_force"


class Extension(Frozen):
    """A deadline put off."""

    to: When
    source: Id
    recorded_at: Day


class Deadline(Stated):
    """A date with a consequence."""

    type: Literal["deadline"]
    what: Text
    consequence: Text | None = None
    extensions: tuple[Extension, ...] = ()

    @model_validator(mode="after")
    def _dated(self) -> Deadline:
        if self.date is None:
            raise ValueError(_("a deadline needs its date"))
        days = [self.date, *(one.to for one in self.extensions)]
        for before, after in pairwise(days):
            if last_day(after) < first_day(before):
                raise ValueError(
                    _("is put off to {after}, which is before {before}", after=after, before=before)
                )
        return self


class Status(Frozen):
    """What became of something, and since when the record knows."""

    status: Literal["open", "ongoing", "met", "missed", "dropped", "closed", "carried"]
    recorded_at: Day
    on: When | None = None
    source: Id | None = None
    to_round: int | None = None
    note: Text | None = None


class Commitment(Stated):
    """What somebody will do, and by when."""

    type: Literal["commitment"]
    deliverable: Text
    due: When | None = None
    history: tuple[Status, ...] = ()


class Instrument(Stated):
    """A text the parties agreed on, or their failure to agree on one."""

    type: Literal["instrument"]
    kind: Text
    title: Text | None = None
    status: Literal["draft", "planned", "initialled", "signed", "adopted", "agreed", "in_force", "no_agreement"]
    parties: Ids = ()
    signatories: Ids = ()
    ports: tuple[Locode, ...] = ()
    aim: Text | None = None


class Quantity(Stated):
    """A volume or an amount of money."""

    type: Literal["quantity"]
    value: float
    unit: Text
    bound: Text | None = None
    flow: Text | None = None
    partner: Id | None = None
    products: Words = ()
    hs: tuple[HsCode, ...] = ()


class Context(Stated):
    """A subject discussed, a body and whom it acts for, background."""

    type: Literal["topic", "context", "organisation"]
    content: Text


Statement = Annotated[
    Meeting | Position | MeasureReference | Deadline | Commitment | Instrument | Quantity | Context,
    Field(discriminator="type"),
]


class Contention(Frozen):
    """A point on which the parties differ, carried from round to round until it is closed."""

    id: Id
    title: Text
    parties: Ids
    process: Id | None = None
    raised_in: int | None = None
    recorded_at: Day
    history: tuple[Status, ...] = ()


class Conflict(Frozen):
    """Statements of two sources that cannot both be right, kept side by side."""

    id: Id
    about: Text
    statements: Annotated[Ids, Field(min_length=2)]
    recorded_at: Day
    note: Text | None = None


class RecordFile(Frozen):
    """`record.yaml`."""

    title: Text
    sources: tuple[RecordSource, ...] = ()
    parties: tuple[Party, ...] = ()
    people: tuple[Person, ...] = ()
    processes: tuple[Process, ...] = ()
    contentions: tuple[Contention, ...] = ()
    statements: tuple[Statement, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
