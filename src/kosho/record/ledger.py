"""The record as it stood on a day: timeline, positions, contentions, commitments, deadlines, conflicts."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache, partial
from itertools import combinations
from pathlib import Path

from kosho import formatting
from kosho.arguments import path_of
from kosho.cache import code, recalled
from kosho.case_folders import case_folder, case_names
from kosho.codes import country_name
from kosho.declared import as_declared
from kosho.display import Card, Shown, listing, plural
from kosho.errors import InputError, Problem, suggest, unreadable
from kosho.known import version
from kosho.language import SOURCE, _, current, use
from kosho.provenance import Said
from kosho.record.schema import (
    Commitment,
    Conflict,
    Contention,
    Deadline,
    Instrument,
    MeasureReference,
    Meeting,
    Person,
    Position,
    RecordFile,
    Statement,
    Status,
)
from kosho.record.when import first_day, last_day
from kosho.translations import depends_on
from kosho.yamlfile import LineNumbers, refuse_no_file, validate

__all__ = [
    "Due",
    "Ledger",
    "Record",
    "SameEvent",
    "Standing",
    "label",
    "located",
    "records",
]

LONG = 50_000
"""Bytes from which a file takes longer to read than a copy of what it says."""
MADE_OF = ("*.py", "record/*.py")
"""Of Kosho, what decides how a file is read."""
OPEN = ("open", "ongoing", "carried", "overdue")
EVENT_FIELDS = ("status", "kind", "level", "mode", "minutes", "time", "place", "round", "date")


@dataclass(frozen=True)
class Standing(Shown):
    """Something with a history, and what had become of it."""

    item: Commitment | Contention
    status: str
    history: tuple[Status, ...]
    """Entries known on the day."""

    @property
    def is_open(self) -> bool:
        """Whether anything is left to do."""
        return self.status in OPEN


@dataclass(frozen=True)
class Due(Shown):
    """A deadline and how far off it was."""

    deadline: Deadline
    on: str
    """The date, after the extensions known on the day."""
    days_left: int
    """Negative once it is past."""


@dataclass(frozen=True)
class SameEvent(Shown):
    """Meetings that different sources report and that are one, with what they report differently."""

    meetings: tuple[Meeting, ...]
    differences: dict[str, dict[str, str]]
    """Value by source, of each attribute on which they differ."""


@dataclass(frozen=True, eq=False)
class Record(Shown):
    """The record of a negotiation, as written in `record.yaml`.

    >>> from kosho.record import Record
    >>> Record.load("japan-taiwan-2025")
    Record japan-taiwan-2025: Japan and Taiwan, customs and digital trade, 2025
      parties       Japan, Taiwan, China, Taiwan-Japan Relations Association, Japan-Taiwan Exchange Ass…
      sources       8
      statements    26: 7 position, 7 measure, 4 instrument, 4 context, 2 commitment … (7)
      contentions   none
      recorded      2025-12-04 to 2026-01-09
    """

    name: str
    path: Path
    file: RecordFile
    located: Callable[[], LineNumbers]
    """Finds the lines, which most questions never need."""

    @cached_property
    def lines(self) -> LineNumbers:
        """The line of every key of the file."""
        return self.located()

    def card(self) -> Card:
        """Who talks, from which sources, and over which days."""
        file = self.file
        return Card(
            f"Record {self.name}: {file.title}",
            [
                ("parties", listing(one.name for one in file.parties)),
                ("sources", str(len(file.sources))),
                ("statements", _counted(file.statements)),
                ("contentions", listing(one.title for one in file.contentions)),
                ("recorded", _span(one.recorded_at for one in file.statements)),
            ],
        )

    @staticmethod
    @as_declared
    def load(name_or_path: str | Path, known: date | None = None) -> Record:
        """Open the record of a shipped case, of a case's folder, or a YAML file.

        Args:
            name_or_path: The record.
            known: Day as known on which its own words are told (`kosho.known`); None is the latest. Statements
                that were recorded later stay: `as_of` tells which were there on a day.

        Raises:
            InputError: there is none, or it breaks the schema; every mistake is listed.

        >>> from kosho.record import Record
        >>> len(Record.load("japan-us-2025").file.statements)
        97
        >>> Record.load("japan-usa")
        Traceback (most recent call last):
            ...
        kosho.errors.InputError: no record of a case 'japan-usa' (did you mean japan-us-2025?)
        """
        path = located(name_or_path)
        refuse_no_file(path)
        try:
            content = path.read_bytes()
        except OSError as error:
            raise unreadable(path, error) from None
        return Record.of(content, path, known)

    @staticmethod
    @as_declared
    def of(content: bytes, path: Path, known: date | None = None) -> Record:
        """The record that `content` is; `path` names it. See `load`."""
        digest = hashlib.sha256(content).hexdigest()
        since = version(content, known or date.max).decode()
        text = _Text(content, str(path), date.fromisoformat(since) if since else date.min)
        name = path.resolve().parent.name if path.name == "record.yaml" else path.stem
        return Record(name, path, _file(digest, text), partial(_lines, digest, text))

    @property
    def begins(self) -> date | None:
        """The first day on which anything was recorded."""
        return min((one.recorded_at for one in self.file.statements), default=None)

    @as_declared
    def as_of(self, day: date, topic: str | None = None) -> Ledger:
        """What the record held on `day`, all of it or what touches a topic.

        >>> from datetime import date
        >>> from kosho.record import Record
        >>> ledger = Record.load("japan-us-2025").as_of(date(2025, 5, 1))
        >>> len(ledger.statements), [due.on for due in ledger.deadlines]
        (21, [])
        """
        known = [one for one in self.file.statements if one.recorded_at <= day]
        replaced = {one.supersedes for one in known if one.supersedes}
        current = tuple(one for one in known if one.id not in replaced)
        if topic is not None:
            current = tuple(one for one in current if _touches(one, topic))
        shown = {one.id for one in current}
        contentions = tuple(
            _standing(one, one.history, day)
            for one in self.file.contentions
            if one.recorded_at <= day and (topic is None or topic.lower() in one.title.lower())
        )
        conflicts = tuple(
            one for one in self.file.conflicts if one.recorded_at <= day and set(one.statements) <= shown
        )
        people = tuple(one for one in self.file.people if any(post.recorded_at <= day for post in one.posts))
        return Ledger(self, day, current, contentions, conflicts, people)

    def standing(self, day: date) -> dict[str, Statement]:
        """What stood on `day` in place of each statement recorded by then: itself, or what superseded it."""
        known = {one.id: one for one in self.file.statements if one.recorded_at <= day}
        taken = {one.supersedes: one for one in known.values() if one.supersedes}
        found: dict[str, Statement] = {}
        for name, one in known.items():
            last, seen = one, {name}
            while last.id in taken and taken[last.id].id not in seen:
                last = taken[last.id]
                seen.add(last.id)
            found[name] = last
        return found

    def party_name(self, party: str) -> str:
        """Name of a party; its id where it has none.

        One that the record calls as English does is called as the language that is spoken does.
        """
        found = next((one for one in self.file.parties if one.id == party), None)
        if found is None or found.code is None or current() == SOURCE:
            return party if found is None else found.name
        with use(SOURCE):
            plain = country_name(found.code)
        return country_name(found.code) if found.name == plain else found.name

    def side_of(self, party: str) -> str:
        """The party that a body acts for, or the party itself."""
        acts_for = next((one.acts_for for one in self.file.parties if one.id == party), None)
        return acts_for or party

    def person_name(self, person: str) -> str:
        """Name of a person; the id where there is none."""
        return self.person_with_party(person)[0]

    def person_with_party(self, person: str) -> tuple[str, ...]:
        """Name of a person and that of the party; the id alone where there is none."""
        found = next((one for one in self.file.people if one.id == person), None)
        return (person,) if found is None else (found.name, self.party_name(found.party))

    def reported(self, one: Statement) -> Said:
        """A statement without the record: names in place of ids."""
        kind = one.kind if one.type == "position" else one.type
        return Said(
            id=one.id,
            quote=one.quote,
            kind=kind.replace("_", " "),
            modality=one.modality,
            by=self._who(one),
            attributed_to=one.attributed_to,
            date=one.date,
            source=one.source,
            recorded_at=one.recorded_at,
        )

    def _who(self, one: Statement) -> tuple[str, ...]:
        """Who said or did it, people before parties; those who met, where nobody acts."""
        people = [one.speaker] if one.speaker else []
        if isinstance(one, Meeting) and not (people or one.by):
            people = one.people
        if people:
            return tuple(", ".join(self.person_with_party(person)) for person in people)
        parties = one.parties if isinstance(one, Meeting | Instrument) and not one.by else one.by
        return tuple(map(self.party_name, parties))


def label(one: Meeting | Instrument | MeasureReference) -> str:
    """What an entry of the timeline is, in a few words: `consultation, round 2, Beijing: held`."""
    status = formatting.word(one.status.replace("_", " "))
    if isinstance(one, Meeting):
        round_of = _("round {number}", number=one.round) if one.round else ""
        what = _(", ").join(filter(None, (formatting.word(one.kind), round_of, one.place)))
    elif isinstance(one, Instrument):
        what = one.title or formatting.word(one.kind)
    else:
        what = formatting.word(one.kind) + (f" {one.rate:g} %" if one.rate is not None else "")
        what += _(" on {names}", names=_(", ").join(one.products)) if one.products else ""
    return _("{what}: {status}", what=what, status=status)


@dataclass(frozen=True, eq=False)
class Ledger(Shown):
    """A record as of a day.

    >>> from datetime import date
    >>> from kosho.record import Record
    >>> ledger = Record.load("japan-us-2025").as_of(date(2025, 6, 29))
    >>> ledger
    Ledger of japan-us-2025 as of 2025-06-29
      statements         54: 25 position, 10 measure, 9 meeting, 3 instrument, 2 quantity … (9)
      open commitments   1
      open contentions   car-tariff, safety-standards
      deadlines ahead    2025-07-09 (10 days left)
      conflicts          2 pairs of sources
    >>> [due.days_left for due in ledger.deadlines]
    [10]
    """

    record: Record
    day: date
    statements: tuple[Statement, ...]
    """Known on the day and not superseded."""
    contentions: tuple[Standing, ...]
    declared: tuple[Conflict, ...]
    people: tuple[Person, ...]

    def card(self) -> Card:
        """What stood on the day, and what was still open."""
        due = (
            f"{one.on} ({plural(one.days_left, 'day')} left)" for one in self.deadlines if one.days_left >= 0
        )
        return Card(
            f"Ledger of {self.record.name} as of {self.day}",
            [
                ("statements", _counted(self.statements)),
                ("open commitments", str(sum(one.is_open for one in self.commitments))),
                ("open contentions", listing(one.item.id for one in self.contentions if one.is_open)),
                ("deadlines ahead", listing(due)),
                ("conflicts", plural(len(self.declared), "pair") + " of sources" if self.declared else "none"),
            ],
        )

    @property
    def timeline(self) -> list[Meeting | Instrument | MeasureReference]:
        """Meetings, texts and measures by date; those without one last."""
        found = [one for one in self.statements if isinstance(one, Meeting | Instrument | MeasureReference)]
        return sorted(
            found, key=lambda one: (one.date is None, first_day(one.date) if one.date else date.max, one.id)
        )

    @property
    def positions(self) -> list[Position]:
        """What the parties want, give, refuse and think, by issue."""
        found = [one for one in self.statements if isinstance(one, Position)]
        return sorted(found, key=lambda one: (one.topic or "", one.by, one.id))

    @property
    def commitments(self) -> list[Standing]:
        """Commitments with their status, the first due first; overdue where past and no more is known."""
        found = [
            _standing(one, one.history, self.day, one.due)
            for one in self.statements
            if isinstance(one, Commitment)
        ]
        return sorted(found, key=lambda one: _due_day(one.item))

    @property
    def deadlines(self) -> list[Due]:
        """Deadlines by date, with days left."""
        found: list[Due] = []
        for one in self.statements:
            if isinstance(one, Deadline) and one.date is not None:
                on = next((e.to for e in reversed(one.extensions) if e.recorded_at <= self.day), one.date)
                found.append(Due(one, on, (last_day(on) - self.day).days))
        return sorted(found, key=lambda due: (last_day(due.on), due.deadline.id))

    @property
    def same_events(self) -> list[SameEvent]:
        """Meetings that two sources report, with what they report differently."""
        return list(_same_events(one for one in self.statements if isinstance(one, Meeting)))


def _counted(statements: Iterable[Statement]) -> str:
    """How many, and of which types, the most common first."""
    types = Counter(one.type for one in statements)
    return f"{types.total():,}: {listing(f'{count} {name}' for name, count in types.most_common())}"


def _span(days: Iterable[date]) -> str:
    """From the first day to the last."""
    known = sorted(days)
    return _("{first} to {last}", first=known[0], last=known[-1]) if known else _("nothing yet")


def _due_day(item: Commitment | Contention) -> tuple[bool, date]:
    due = item.due if isinstance(item, Commitment) else None
    return due is None, last_day(due) if due else date.max


def _standing(
    item: Commitment | Contention, history: tuple[Status, ...], day: date, due: str | None = None
) -> Standing:
    known = tuple(entry for entry in history if entry.recorded_at <= day)
    status = known[-1].status if known else "open"
    if due is not None and status in OPEN and last_day(due) < day:
        status = "overdue"
    return Standing(item, status, known)


def _touches(statement: Statement, topic: str) -> bool:
    wanted = topic.lower()
    texts = [
        statement.topic,
        statement.quote,
        *(getattr(statement, "topics", ())),
        *(getattr(statement, "products", ())),
    ]
    return any(wanted in text.lower() for text in texts if text)


def _same_events(meetings: Iterable[Meeting]) -> Iterator[SameEvent]:
    """Pairs are joined when the dates meet, the parties agree, and rounds and kinds do not contradict."""
    by_parties: dict[frozenset[str], list[Meeting]] = {}
    for one in meetings:
        if one.date is not None and one.status != "changed":
            by_parties.setdefault(frozenset(one.parties), []).append(one)
    for group in by_parties.values():
        group.sort(key=lambda one: (first_day(one.date or ""), one.id))
        for first, second in combinations(group, 2):
            if first.source != second.source and _one_event(first, second):
                yield SameEvent((first, second), _differences(first, second))


def _one_event(first: Meeting, second: Meeting) -> bool:
    if first.round is not None and second.round is not None and first.round != second.round:
        return False
    if len(first.date or "") < 7 or len(second.date or "") < 7:
        return False
    if first.time and second.time and first.time != second.time:
        return False
    overlap = first_day(first.date or "") <= last_day(second.date or "") and first_day(
        second.date or ""
    ) <= last_day(first.date or "")
    people = set(first.people) & set(second.people)
    return overlap and bool(people or first.kind == second.kind or not (first.people and second.people))


def _differences(first: Meeting, second: Meeting) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for name in EVENT_FIELDS:
        one, other = getattr(first, name), getattr(second, name)
        if one is not None and other is not None and one != other:
            found[name] = {first.source: str(one), second.source: str(other)}
    return found


class _Text:
    """Content to parse, equal to any other so that only its digest tells it apart in the cache."""

    def __init__(self, content: bytes, file: str, known: date) -> None:
        self.content = content
        self.file = file
        self.known = known
        self.key = file, known, current()
        """Of the language too: titles of a record may be translated beside it."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Text) and other.key == self.key

    def __hash__(self) -> int:
        return hash(self.key)


@lru_cache(maxsize=16)
def _file(digest: str, text: _Text) -> RecordFile:
    """The record of a text; of a long one the copy of what was read before, where there is one."""
    if len(text.content) < LONG:
        return _parsed(digest, text)[0]
    parts = (b"record", digest.encode(), text.known.isoformat().encode(), code(*MADE_OF))
    parts += depends_on(Path(text.file).parent)
    return recalled(RecordFile, lambda: _parsed(digest, text)[0], *parts)


@lru_cache(maxsize=16)
def _parsed(digest: str, text: _Text) -> tuple[RecordFile, LineNumbers]:
    del digest  # part of the key
    try:
        decoded = text.content.decode("utf-8")
    except UnicodeDecodeError:
        raise InputError(Problem(_("is not UTF-8 text"), file=text.file)) from None
    return validate(decoded, RecordFile, text.file, text.known)


def _lines(digest: str, text: _Text) -> LineNumbers:
    return _parsed(digest, text)[1]


def records() -> list[str]:
    """Names of the cases with a record that ship or are in the user's cases folder.

    >>> from kosho.record import records
    >>> records()
    ['japan-asean-2023', 'japan-china-2018', 'japan-taiwan-2025', 'japan-us-2025']
    """
    return case_names(["record.yaml"])


def located(name_or_path: str | Path) -> Path:
    """The file of a record: of a case by its name, in a folder, or itself.

    Raises:
        InputError: neither a shipped case has this name nor a folder, nor does it end as YAML files do.
    """
    path = path_of(name_or_path, "name_or_path")
    if path.suffix in (".yaml", ".yml"):
        return path
    folder = case_folder(path)
    if folder is not None and (path.is_dir() or (folder / "record.yaml").is_file()):
        return folder / "record.yaml"
    hint = suggest(str(name_or_path), records()) or _("give the folder of a case, or its record.yaml")
    raise InputError(Problem(_("no record of a case {what!r}", what=str(name_or_path)), hint))
