"""As known on a day: what a file says, and since when.

Whatever stands in a YAML file and became known later than the rest carries its day, in one of two ways:

- an item says `known: 2025-07-08`, and is left out before; `known: 2025-04-09/2025-07-07` leaves it out after
  the second day too, where something else took its place;
- a value that became another one stands under the days on which it did:

Note:
        2025-06-29: No report names the rate.
        2025-07-22: Agreed on 22 July.

  Before the first day there is none; `null` takes it away again.

An item that has its own clock (`known_from`, of measures) stays where it is: what is asked tells whether it was
known. Before that day it has the words it had on it. Of its last day (`legal_to`) all that were told by then
stay, each under its day, for the same reason.

A source is known from the day it was published, unless it says `known` itself (`later_sources`). Before that
day it is not listed and not cited, and an item of a list that rests on later sources alone is left out. A
figure cannot be left out: one that rests on a later source is told, so that its author writes what was known
before.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, cast

__all__ = ["As", "Key", "as_known", "changes", "later_sources", "version"]

Key = tuple[str | int, ...]

KNOWN, KNOWN_FROM, SOURCE, SOURCES = "known", "known_from", "source", "sources"
LAST_DAY = "legal_to"
DATED = {KNOWN, KNOWN_FROM}
"""Keys by which an item says itself since when it is known."""
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
# Both begin with what they look for, so that long files are searched fast.
_SINCE = re.compile(rb"known(?<=\bknown)[\"']?\s*:\s*[\"']?(\d{4}-\d\d-\d\d)(?:/(\d{4}-\d\d-\d\d))?")
_UNDER = re.compile(rb"(\d{4}-\d\d-\d\d)(?<![^\s{,\"']\d{4}-\d\d-\d\d)[\"']?\s*:(?=\s)")
_ABSENT = object()
_AFTER_ALL = date.max - timedelta(1)
_LAST = _AFTER_ALL - timedelta(1)
"""The last day that files are asked about."""


@dataclass(slots=True)
class As:
    """A tree of plain values as known on a day.

    >>> from datetime import date
    >>> from kosho.known import as_known
    >>> written = {"note": {"2025-06-29": "no rate is named", "2025-07-22": "agreed"}}
    >>> as_known(written, date(2025, 7, 1)).tree, as_known(written, date(2025, 6, 1)).tree
    ({'note': 'no rate is named'}, {})
    """

    tree: Any
    places: dict[Key, Key] = field(default_factory=dict)
    """Where in what is written each key of the tree stands."""
    unfounded: list[tuple[Key, str]] = field(default_factory=list)
    """Figures, by key of the tree, that rest on a source that is later."""


def as_known(written: Any, day: date, later: frozenset[str] = frozenset()) -> As:
    """What is written in a file, as known on a day.

    Args:
        written: Mappings, lists and scalars, dates as text.
        day: The day; `date.max` is the latest.
        later: Ids of sources that are later than the day (`later_sources`).

    >>> from datetime import date
    >>> from kosho.known import as_known
    >>> options = [{"id": "15", "known": "2025-07-22"}, {"id": "24", "known": "2025-04-09/2025-07-07"}]
    >>> [as_known(options, date(2025, month, 22)).tree for month in (6, 7)]
    [[{'id': '24'}], [{'id': '15'}]]
    """
    view = As(None)
    view.tree = _Reader(day, later, view).value(written, (), ())
    return view


def changes(written: Any) -> list[date]:
    """Days from which on something written is known, or no longer is, in their order.

    >>> from kosho.known import changes
    >>> [str(day) for day in changes({"a": [{"known": "2025-04-09/2025-07-07"}], "b": {"2025-06-29": 1}})]
    ['2025-04-09', '2025-06-29', '2025-07-08']
    """
    return sorted(set(_changes(written)))


def version(content: bytes, day: date) -> bytes:
    """Which of its versions the text of a file has on a day, as part of a key: files without any have one.

    >>> from datetime import date
    >>> from kosho.known import version
    >>> version(b"note: {2025-06-29: none, 2025-07-22: agreed}", date(2025, 7, 1))
    b'2025-06-29'
    """
    found = [_day(start.decode()) for start in _UNDER.findall(content)]
    for first, last in _SINCE.findall(content):
        found.append(_day(first.decode()))
        if last:
            found.append(_day(last.decode()) + timedelta(1))
    return max((one.isoformat() for one in found if one <= min(day, _LAST)), default="").encode()


def later_sources(trees: Iterable[Any], day: date) -> frozenset[str]:
    """Ids of the sources that the files list and that are later than a day.

    >>> from datetime import date
    >>> from kosho.known import later_sources
    >>> later_sources([{"sources": [{"id": "order", "date": "2025-09-04"}]}], date(2025, 6, 29))
    frozenset({'order'})
    """
    listed = [
        one
        for tree in trees
        if isinstance(tree, Mapping)
        for one in _items(cast("Mapping[str, Any]", tree).get(SOURCES))
        if isinstance(one, Mapping)
    ]
    now = {str(one.get("id")) for one in listed if _published(one, day)}
    return frozenset(str(one.get("id")) for one in listed) - now


class _Reader:
    """Walks what is written."""

    def __init__(self, day: date, later: frozenset[str], view: As) -> None:
        self.day, self.later, self.view = day, later, view

    def value(self, written: Any, at: Key, to: Key) -> Any:
        """What stands at `at` in the file, and at `to` in the tree."""
        if isinstance(written, Mapping):
            mapping = cast("Mapping[str, Any]", written)
            if _is_history(mapping):
                day = self._of_the_day(mapping)
                return _ABSENT if day is None else self.value(mapping[day], (*at, day), to)
            if not _holds(mapping, self.day):
                return _ABSENT
            self.view.places[to] = at
            return self.mapping(mapping, at, to)
        self.view.places[to] = at
        return self.listed(cast("list[Any]", written), at, to) if isinstance(written, list) else written

    def mapping(self, written: Mapping[str, Any], at: Key, to: Key) -> Any:
        found: dict[str, Any] = {}
        clock = written.get(KNOWN_FROM)
        inside = self
        if isinstance(clock, str) and _DAY.fullmatch(clock) and clock > self.day.isoformat():
            inside = _Reader(_day(clock), self.later, self.view)
        for key, value in written.items():
            if key == KNOWN and _is_span(value):
                continue
            if key == LAST_DAY and clock is not None and isinstance(value, Mapping) and _is_history(value):
                told = {day: last for day, last in value.items() if day <= inside.day.isoformat()}
                self.view.places[(*to, LAST_DAY)] = (*at, LAST_DAY)
                found |= {LAST_DAY: told} if told else {}
                continue
            one = inside.value(value, (*at, str(key)), (*to, str(key)))
            if one is not _ABSENT:
                found[key] = one
        cited = found.get(SOURCE)
        if self.later and cited is not None:
            names = [cited] if isinstance(cited, str) else list(_items(cited))
            kept = [one for one in names if not self.cites_later(one)]
            if kept:
                found[SOURCE] = cited if isinstance(cited, str) else kept
            elif names and to and isinstance(to[-1], int) and not DATED & set(written):
                return _ABSENT
            elif names:
                self.view.unfounded += [((*to, SOURCE), str(one)) for one in names]
        return found

    def listed(self, written: Sequence[Any], at: Key, to: Key) -> list[Any]:
        found: list[Any] = []
        sources = bool(to) and to[-1] == SOURCES
        for index, item in enumerate(written):
            if sources and isinstance(item, Mapping) and self.cites_later(item.get("id")):
                continue
            one = self.value(item, (*at, index), (*to, len(found)))
            if one is not _ABSENT:
                found.append(one)
        return found

    def cites_later(self, one: Any) -> bool:
        """Whether it is the id of a source that is later; what is no id is refused by who reads the tree."""
        return isinstance(one, str) and one in self.later

    def _of_the_day(self, history: Mapping[str, Any]) -> str | None:
        day = max((one for one in history if one <= self.day.isoformat()), default=None)
        return None if day is None or history[day] is None else day


def _is_history(written: Mapping[str, Any]) -> bool:
    return bool(written) and all(_DAY.fullmatch(str(key)) for key in written)


def _is_span(value: Any) -> bool:
    return isinstance(value, str) and all(map(_DAY.fullmatch, value.split("/", 1)))


def _holds(written: Mapping[str, Any], day: date) -> bool:
    if not _is_span(written.get(KNOWN)):
        return True
    first, _, last = cast("str", written[KNOWN]).partition("/")
    return first <= day.isoformat() and (not last or day.isoformat() <= last)


def _published(source: Mapping[str, Any], day: date) -> bool:
    if _is_span(source.get(KNOWN)):
        return _holds(source, day)
    when = source.get("date")
    return not isinstance(when, str) or when <= day.isoformat()


def _items(value: Any) -> Iterable[Any]:
    return cast("list[Any]", value) if isinstance(value, list) else ()


def _day(text: str) -> date:
    """A day; what is none never comes, and a day after it can be told."""
    try:
        return min(date.fromisoformat(text), _AFTER_ALL)
    except ValueError:
        return _AFTER_ALL


def _changes(written: Any) -> Iterator[date]:
    if isinstance(written, Mapping):
        mapping = cast("Mapping[str, Any]", written)
        if _is_history(mapping):
            yield from (_day(str(key)) for key in mapping)
        elif _is_span(mapping.get(KNOWN)):
            first, _, last = cast("str", mapping[KNOWN]).partition("/")
            yield _day(first)
            if last:
                yield _day(last) + timedelta(1)
        for value in mapping.values():
            yield from _changes(value)
    elif isinstance(written, list):
        for item in cast("list[Any]", written):
            yield from _changes(item)
