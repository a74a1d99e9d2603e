"""The drafts of a Japanese text as a whole: the document, its people, the meeting that a form records."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from kosho.record.reading.draft import Draft
from kosho.record.reading.japanese.dates import Day, find_days
from kosho.record.reading.japanese.meetings import meeting_fields
from kosho.record.reading.japanese.names import Named
from kosho.record.reading.japanese.phrases import dated, publisher_of
from kosho.record.reading.japanese.predicates import talks
from kosho.record.reading.japanese.text import Line, Text

__all__ = ["document_of", "people_of", "recorded_meeting"]


def document_of(known: Text, lines: list[Line]) -> Draft:
    """What the text is, when it was published and by whom."""
    head = known.text[:400]
    kinds = (
        ("press conference", "記者会見"),
        ("joint statement", r"^(?:[^。\n]{0,40}\n){0,3}[^。\n]{0,40}(?:共同声明|共同文書|共同発表)"),
        ("minutes", "議事録|議事要旨|議事概要"),
        ("press release", "開催しました|を行いました|結果概要|概要は以下|お問い合わせ|報道発表"),
    )
    fields: dict[str, Any] = {
        "doc_type": next((k for k, p in kinds if re.search(p, head + known.text[-200:])), "news"),
        "language": "ja",
    }
    if known.published:
        fields["published"] = known.published.isoformat()
    publisher = publisher_of(known.text)
    if publisher:
        fields["publisher"] = publisher
    title = next(
        (
            line
            for line in lines
            if line.title
            and line.end - line.start > 8
            and known.published_at != (line.start, line.end)
            and not _first_day(known.text, line)
        ),
        None,
    )
    if title:
        fields["title"] = known.source[title.start : title.end]
    start, end = known.published_at or ((title.start, title.end) if title else (0, min(len(known.text), 60)))
    return Draft(known.name, "document", "asserted", fields, known.source[start:end], start, end)


def people_of(known: Text) -> Iterator[Draft]:
    """Each person once, where the name is told most fully."""
    told: set[str] = set()
    for one in _fullest([one for one in known.named if not known.is_asked(one)]):
        if one.kind != "person" or one.name is None or known.after_end(one.start):
            continue
        parts = {one.name, *re.split("[・＝=]", one.name)}
        if any(name in told or any(old.startswith(name) for old in told) for name in parts):
            continue
        told |= parts
        fields: dict[str, Any] = {"name": one.name, "role": one.role}
        fields |= {"side": one.codes[0]} if one.codes else {}
        fields |= {"org": one.org} if one.org else {}
        if re.search(
            r"(?:側代表|首席代表)の?$",
            known.text[max(0, one.start - 6) : one.start]
            + known.text[one.start : one.start + 8].split(one.name)[0],
        ):
            fields["negotiation_role"] = "代表"
        yield Draft(
            known.name, "person", "asserted", fields, known.source[one.start : one.end], one.start, one.end
        )


def recorded_meeting(known: Text, lines: list[Line]) -> Iterator[Draft]:
    """The meeting that a form records: `日時：`, `場所：` below its title."""
    when = re.search(r"^(?:日時|開催日)[:：][\s　]*(?P<value>.+)$", known.text, re.MULTILINE)
    where = re.search(r"^(?:場所|会場|開催地)[:：][\s　]*(?P<value>.+)$", known.text, re.MULTILINE)
    title = next(
        (line for line in lines if line.title and talks().search(known.text, line.start, line.end)), None
    )
    if title is None or not (when or where):
        return
    found = talks().search(known.text, title.start, title.end)
    end = found.end() if found else title.end
    fields = meeting_fields(known, title.start, end)
    if when:
        day = next(find_days(known.text, *when.span("value"), known.published), None)
        fields |= dated(day)
    if where:
        fields["place"] = where["value"].strip()
    yield Draft(known.name, "event", "asserted", fields, known.source[title.start : end], title.start, end)


def _fullest(named: list[Named]) -> list[Named]:
    """Mentions in order, without people whom a later one names by the same post and more of the name."""
    return [
        one
        for one in named
        if one.name is None
        or not any(
            other.name
            and other.name != one.name
            and other.role == one.role
            and _names_more(other.name, one.name)
            for other in named
        )
    ]


def _names_more(longer: str, name: str) -> bool:
    return longer.startswith(name) or name in re.split("[・＝=]", longer)


def _first_day(text: str, line: Line) -> Day | None:
    """The first date of a line."""
    return next(find_days(text, line.start, line.end, None), None)
