"""Whether a record hangs together, and whether its quotes stand where it says.

A record may hold less than its schema asks for (see `kosho.record.partial_load`): what is missing is passed
over.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from kosho.declared import as_declared
from kosho.display import Shown
from kosho.errors import InputError, Problem, Problems, suggest
from kosho.language import _
from kosho.record.ledger import Record
from kosho.record.partial_load import salvaged
from kosho.record.reading.decode import decode
from kosho.record.schema import (
    Commitment,
    Deadline,
    Evidence,
    Instrument,
    MeasureReference,
    Meeting,
    Position,
    Quantity,
    RecordFile,
)
from kosho.yamlfile import Key, LineNumbers

__all__ = ["Verdict", "dangling", "examine", "unknown_measures", "verify"]


@dataclass(frozen=True)
class Verdict(Shown):
    """What verifying a record's quotes found.

    >>> from kosho.record import Record, verify
    >>> verify(Record.load("japan-taiwan-2025"), sources=None).problems
    ()
    """

    verified: int
    unverified: int
    """Quotes whose source has no text at hand."""
    problems: tuple[Problem, ...]
    """References to nothing, and quotes that are not where they should be."""


Reference = tuple[Key, str, str]
"""Where, the kind of thing meant, its id."""


def dangling(file: RecordFile, lines: LineNumbers, path: str) -> list[Problem]:
    """References to nothing, and ids given twice."""
    known = _known(file)
    problems = Problems(path)
    _check_twice(file, lines, problems)
    for place, kind, name in _references(file):
        if name and name not in known[kind]:
            problems.add(
                _("unknown {kind} {name!r}", kind=kind, name=name),
                suggest(name, known[kind]),
                line=lines[place],
                key=_key(place),
            )
    _check_rounds(file, lines, problems)
    _check_contentions(file, lines, problems)
    _check_circles(file, lines, problems)
    _check_offsets(file, lines, problems)
    _check_days(file, lines, problems)
    return problems.found


def unknown_measures(file: RecordFile, lines: LineNumbers, path: str, known: Collection[str]) -> list[Problem]:
    """Measures that statements speak of and the register does not have; `known` are the ids it has."""
    problems = Problems(path)
    for n, statement in enumerate(file.statements):
        for name in statement.register_ids if isinstance(statement, MeasureReference) else ():
            if name not in known:
                place = ("statements", n, "register_ids")
                problems.add(
                    _("unknown measure {name!r}", name=name),
                    suggest(name, known),
                    line=lines[place],
                    key=_key(place),
                )
    return problems.found


def examine(name_or_path: str | Path, sources: Path | None) -> tuple[Record, Verdict]:
    """Check a record whatever is wrong with it: breaches of the schema and everything else at once.

    Raises:
        InputError: there is no record, or nothing of it can be read.
    """
    record, broken = salvaged(name_or_path)
    verdict = verify(record, sources)
    problems = sorted(
        (*broken, *verdict.problems), key=lambda one: (one.file != str(record.path), one.line or 0)
    )
    return record, replace(verdict, problems=tuple(problems))


@as_declared
def verify(record: Record, sources: Path | None) -> Verdict:
    """Check references and, against the texts in the folder `sources`, every quote.

    Where a folder is given, every file that a quoted source names must be in it: a wrong name would otherwise
    let all quotes of that source pass.

    >>> from kosho.record import Record, verify
    >>> verify(Record.load("japan-taiwan-2025"), sources=None)
    Verdict(verified=0, unverified=29, problems=())
    """
    path = str(record.path)
    problems = dangling(record.file, record.lines, path)
    if any(isinstance(one, MeasureReference) and one.register_ids for one in record.file.statements):
        from kosho.law.register import Register  # noqa: PLC0415 - few records need it, accepting drafts never

        known = [measure.id for measure in Register.load().measures]
        problems += unknown_measures(record.file, record.lines, path, known)
    quoted = {evidence.source for _other, evidence in _evidence(record.file)}
    texts: dict[str, str] = {}
    for n, source in enumerate(record.file.sources):
        found = _text(record, n, sources) if sources and source.file and source.id in quoted else None
        if isinstance(found, Problem):
            problems.append(found)
        elif found is not None:
            texts[source.id] = found
    verified = unverified = 0
    for place, evidence in _evidence(record.file):
        text = texts.get(evidence.source)
        if text is None or evidence.start is None or not evidence.quote:
            unverified += 1
        elif text[evidence.start : evidence.end] == evidence.quote:
            verified += 1
        else:
            problems.append(_misplaced(record, place, evidence, text))
    return Verdict(verified, unverified, tuple(problems))


def _misplaced(record: Record, place: Key, evidence: Evidence, text: str) -> Problem:
    found = text.find(evidence.quote)
    hint = _("it stands at {found}", found=found) if found >= 0 else _("it stands nowhere in the source")
    message = _(
        "the quote is not at {start} of source {source!r}", start=evidence.start, source=evidence.source
    )
    return Problem(message, hint, str(record.path), record.lines[(*place, "quote")], _key(place))


def _text(record: Record, position: int, sources: Path) -> str | Problem:
    """The text of a source, or why there is none."""
    source = record.file.sources[position]
    file = sources / (source.file or "")
    if not file.is_file():
        place = ("sources", position, "file")
        message = _(
            "{file!r} is not in the folder of the texts; quotes of {id!r} are unverified",
            file=source.file,
            id=source.id,
        )
        hint = _("correct the name, or add the file")
        return Problem(message, hint, str(record.path), record.lines[place], _key(place))
    try:
        return decode(file).text
    except InputError as error:
        return error.problems[0]


def _key(place: Key) -> str:
    return ".".join(str(part) for part in place)


_KINDS = {
    "source": "sources",
    "party": "parties",
    "person": "people",
    "process": "processes",
    "contention": "contentions",
    "statement": "statements",
}


def _known(file: RecordFile) -> dict[str, set[str]]:
    return {kind: {one.id for one in getattr(file, name) if one.id} for kind, name in _KINDS.items()}


def _evidence(file: RecordFile) -> Iterator[tuple[Key, Evidence]]:
    for n, statement in enumerate(file.statements):
        yield ("statements", n), statement
    for n, person in enumerate(file.people):
        for m, post in enumerate(person.posts):
            yield ("people", n, "posts", m), post


_PLACES: dict[str, tuple[type[Any], str]] = {
    "parties": (Meeting | Instrument, "party"),  # pyright: ignore[reportAssignmentType] - isinstance takes unions
    "people": (Meeting, "person"),
    "to": (Position, "party"),
    "on": (MeasureReference, "party"),
    "signatories": (Instrument, "person"),
}


def _references(file: RecordFile) -> Iterator[Reference]:  # noqa: C901 - one loop a kind of entry
    for place, evidence in _evidence(file):
        yield (*place, "source"), "source", evidence.source
    for n, party in enumerate(file.parties):
        if party.acts_for:
            yield ("parties", n, "acts_for"), "party", party.acts_for
    for n, person in enumerate(file.people):
        yield ("people", n, "party"), "party", person.party
        for m, post in enumerate(person.posts):
            if post.org:
                yield ("people", n, "posts", m, "org"), "party", post.org
    for key, items in (("processes", file.processes), ("contentions", file.contentions)):
        for n, item in enumerate(items):
            yield from (((key, n, "parties"), "party", party) for party in item.parties)
    for n, contention in enumerate(file.contentions):
        if contention.process:
            yield ("contentions", n, "process"), "process", contention.process
        yield from _of_history(("contentions", n), contention.history)
    for n, conflict in enumerate(file.conflicts):
        yield from ((("conflicts", n, "statements"), "statement", one) for one in conflict.statements)
    for n, statement in enumerate(file.statements):
        yield from _of_statement(("statements", n), statement)


def _of_history(place: Key, history: tuple[Any, ...]) -> Iterator[Reference]:
    for m, entry in enumerate(history):
        if entry.source:
            yield (*place, "history", m, "source"), "source", entry.source


def _of_statement(place: Key, one: Any) -> Iterator[Reference]:
    yield from (((*place, "by"), "party", party) for party in one.by)
    single = (
        ("speaker", "person"),
        ("process", "process"),
        ("contention", "contention"),
        ("supersedes", "statement"),
        ("answers", "statement"),
    )
    for key, kind in single:
        name = getattr(one, key, None)
        if name:
            yield (*place, key), kind, name
    for key, (owner, kind) in _PLACES.items():
        if isinstance(one, owner):
            yield from (((*place, key), kind, name) for name in getattr(one, key))
    if isinstance(one, Quantity) and one.partner:
        yield (*place, "partner"), "party", one.partner
    if isinstance(one, Commitment):
        yield from _of_history(place, one.history)
    if isinstance(one, Deadline):
        yield from (((*place, "extensions"), "source", extension.source) for extension in one.extensions)


def _check_twice(file: RecordFile, lines: LineNumbers, problems: Problems) -> None:
    for key in ("sources", "parties", "people", "processes", "contentions", "statements", "conflicts"):
        seen: set[str] = set()
        for n, item in enumerate(getattr(file, key)):
            if item.id and item.id in seen:
                problems.add(_("{id!r} is given twice", id=item.id), line=lines[key, n, "id"], key=key)
            seen.add(item.id)


def _check_offsets(file: RecordFile, lines: LineNumbers, problems: Problems) -> None:
    texts = {one.id for one in file.sources if one.file is not None}
    for place, evidence in _evidence(file):
        if evidence.start is None and evidence.source in texts:
            message = _("start and end are missing, source {source!r} has a text", source=evidence.source)
            hint = _("tell where in its file the quote stands")
            problems.add(message, hint, line=lines[(*place, "quote")], key=_key(place))


def _check_rounds(file: RecordFile, lines: LineNumbers, problems: Problems) -> None:
    rounds = {one.id: {each.number for each in one.rounds} for one in file.processes}
    for place, process, number in _rounds(file):
        known = rounds.get(process or "")
        if known and number is not None and number not in known:
            message = _("process {process!r} has no round {number}", process=process, number=number)
            problems.add(message, _("add it to its rounds"), line=lines[place], key=_key(place))


def _rounds(file: RecordFile) -> Iterator[tuple[Key, str | None, int | None]]:
    """Where a round is named, of which process, and its number."""
    for n, one in enumerate(file.statements):
        yield ("statements", n, "round"), one.process, one.round
    for n, one in enumerate(file.contentions):
        yield ("contentions", n, "raised_in"), one.process, one.raised_in
        for m, entry in enumerate(one.history):
            yield ("contentions", n, "history", m, "to_round"), one.process, entry.to_round


def _check_contentions(file: RecordFile, lines: LineNumbers, problems: Problems) -> None:
    """Rounds in which a point came up rest on words, like all else."""
    in_rounds = {(one.contention, one.round) for one in file.statements}
    in_sources = {(one.contention, one.source) for one in file.statements}
    for n, one in enumerate(file.contentions):
        if one.raised_in is not None and (one.id, one.raised_in) not in in_rounds:
            place: Key = ("contentions", n, "raised_in")
            message = _("nothing was said on {id!r} in round {raised_in}", id=one.id, raised_in=one.raised_in)
            hint = _("name round and contention in a statement, or leave raised_in out")
            problems.add(message, hint, line=lines[place], key=_key(place))
        for m, entry in enumerate(one.history):
            if entry.to_round is not None and (one.id, entry.source) not in in_sources:
                place = ("contentions", n, "history", m, "to_round")
                message = _(
                    "no source says that {id!r} was carried to round {to_round}",
                    id=one.id,
                    to_round=entry.to_round,
                )
                hint = _("name a source with a statement on it, or leave the entry out")
                problems.add(message, hint, line=lines[place], key=_key(place))


def _check_days(file: RecordFile, lines: LineNumbers, problems: Problems) -> None:
    """Nothing is recorded before its source was there."""
    dated = {one.id: one.date for one in file.sources}
    for place, source, recorded_at in _recordings(file):
        day = dated.get(source or "")
        if day is not None and recorded_at is not None and recorded_at < day:
            message = _(
                "recorded before its source {source!r}, which is of {day}", source=source, day=day.isoformat()
            )
            step = (*place, "recorded_at")
            problems.add(message, line=lines[step], key=_key(step))


def _recordings(file: RecordFile) -> Iterator[tuple[Key, str | None, date | None]]:
    """Where something was recorded from a source, the source, and the day."""
    for place, evidence in _evidence(file):
        yield place, evidence.source, evidence.recorded_at
    for key, items in (("statements", file.statements), ("contentions", file.contentions)):
        for n, one in enumerate(items):
            entries = one.extensions if isinstance(one, Deadline) else getattr(one, "history", ())
            name = "extensions" if isinstance(one, Deadline) else "history"
            yield from (((key, n, name, m), entry.source, entry.recorded_at) for m, entry in enumerate(entries))


def _check_circles(file: RecordFile, lines: LineNumbers, problems: Problems) -> None:
    for key in ("supersedes", "answers"):
        meant: dict[str, str] = {one.id: other for one in file.statements if (other := getattr(one, key, None))}
        for n, one in enumerate(file.statements):
            seen, step = {one.id}, meant.get(one.id)
            while step is not None and step not in seen:
                seen.add(step)
                step = meant.get(step)
            if step == one.id:
                problems.add(
                    _("{id!r} {key} itself in a circle", id=one.id, key=key),
                    _("of two statements one was made first"),
                    line=lines["statements", n, key],
                    key=key,
                )
