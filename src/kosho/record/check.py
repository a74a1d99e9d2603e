"""Whether a record hangs together, and whether its quotes stand where it says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kosho.errors import InputError, Problem, Problems, suggest
from kosho.record.ledger import Record
from kosho.record.reading.decode import decode
from kosho.record.schema import (
    Commitment,
    Deadline,
    Evidence,
    Instrument,
    Measure,
    Meeting,
    Position,
    Quantity,
    RecordFile,
)
from kosho.yamlfile import Key, Lines

__all__ = ["Verdict", "dangling", "verify"]


@dataclass(frozen=True)
class Verdict:
    """What verifying a record's quotes found."""

    verified: int
    unverified: int
    """Quotes whose source has no text at hand."""
    problems: tuple[Problem, ...]
    """References to nothing, and quotes that are not where they should be."""


Reference = tuple[Key, str, str]
"""Where, the kind of thing meant, its id."""


def dangling(file: RecordFile, lines: Lines, path: str) -> list[Problem]:
    """References to nothing, and ids given twice."""
    known = _known(file)
    problems = Problems(path)
    _check_twice(file, lines, problems)
    for place, kind, name in _references(file):
        if name not in known[kind]:
            problems.add(
                f"unknown {kind} {name!r}", suggest(name, known[kind]), line=lines[place], key=_key(place)
            )
    _check_rounds(file, lines, problems)
    _check_offsets(file, lines, problems)
    return problems.found


def verify(record: Record, sources: Path | None) -> Verdict:
    """Check references and, against the texts in the folder `sources`, every quote."""
    problems = dangling(record.file, record.lines, str(record.path))
    named = {one.id: one.file for one in record.file.sources}
    texts: dict[str, str | None] = {}
    verified = unverified = 0
    for place, evidence in _evidence(record.file):
        if evidence.source not in texts:
            texts[evidence.source], trouble = _text(named.get(evidence.source), sources)
            if trouble:
                problems.append(trouble)
        text = texts[evidence.source]
        if text is None or evidence.start is None:
            unverified += 1
        elif text[evidence.start : evidence.end] == evidence.quote:
            verified += 1
        else:
            problems.append(_misplaced(record, place, evidence, text))
    return Verdict(verified, unverified, tuple(problems))


def _misplaced(record: Record, place: Key, evidence: Evidence, text: str) -> Problem:
    found = text.find(evidence.quote)
    hint = f"it stands at {found}" if found >= 0 else "it stands nowhere in the source"
    message = f"the quote is not at {evidence.start} of source {evidence.source!r}"
    return Problem(message, hint, str(record.path), record.lines[(*place, "quote")], _key(place))


def _text(file: str | None, sources: Path | None) -> tuple[str | None, Problem | None]:
    if file is None or sources is None or not (sources / file).is_file():
        return None, None
    try:
        return decode(sources / file).text, None
    except InputError as error:
        return None, error.problems[0]


def _key(place: Key) -> str:
    return ".".join(str(part) for part in place)


def _known(file: RecordFile) -> dict[str, set[str]]:
    return {
        "source": {one.id for one in file.sources},
        "party": {one.id for one in file.parties},
        "person": {one.id for one in file.people},
        "process": {one.id for one in file.processes},
        "contention": {one.id for one in file.contentions},
        "statement": {one.id for one in file.statements},
    }


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
    "on": (Measure, "party"),
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


def _check_twice(file: RecordFile, lines: Lines, problems: Problems) -> None:
    for key in ("sources", "parties", "people", "processes", "contentions", "statements", "conflicts"):
        seen: set[str] = set()
        for n, item in enumerate(getattr(file, key)):
            if item.id in seen:
                problems.add(f"{item.id!r} is given twice", line=lines[key, n, "id"], key=key)
            seen.add(item.id)


def _check_offsets(file: RecordFile, lines: Lines, problems: Problems) -> None:
    texts = {one.id for one in file.sources if one.file is not None}
    for place, evidence in _evidence(file):
        if evidence.start is None and evidence.source in texts:
            message = f"start and end are missing, source {evidence.source!r} has a text"
            hint = "tell where in its file the quote stands"
            problems.add(message, hint, line=lines[(*place, "quote")], key=_key(place))


def _check_rounds(file: RecordFile, lines: Lines, problems: Problems) -> None:
    rounds = {one.id: {each.number for each in one.rounds} for one in file.processes}
    for n, one in enumerate(file.statements):
        known = rounds.get(one.process or "")
        if known and one.round is not None and one.round not in known:
            message = f"process {one.process!r} has no round {one.round}"
            problems.add(message, "add it to its rounds", line=lines["statements", n, "round"], key="round")
    replaced = {one.id: one.supersedes for one in file.statements if one.supersedes}
    for n, one in enumerate(file.statements):
        seen, step = {one.id}, one.supersedes
        while step is not None and step not in seen:
            seen.add(step)
            step = replaced.get(step)
        if step is not None:
            problems.add(
                f"{one.id!r} supersedes itself in a circle",
                line=lines["statements", n, "supersedes"],
                key="supersedes",
            )
