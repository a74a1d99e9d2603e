"""Published documents as text that places can be counted in, with what their frames say of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from kosho.display import Shown
from kosho.errors import InputError, Problem, Problems
from kosho.language import _
from kosho.law.schedules.reading import SourceRow, cell, csv_rows, json_rows, text_of
from kosho.record.reading.decode import Document, decode
from kosho.tabular import json_of

__all__ = ["DAY", "LawText", "iso_day", "law_text"]

_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
DAY = rf"(?:{_MONTHS})\s+\d{{1,2}},\s+\d{{4}}"
"""A day as American documents write it."""
_PUBLISHED = re.compile(rf"Federal\s+Register\s+Volume\s+\d+,\s+Number\s+\d+\s+\((?:\w+,\s+)?(?P<day>{DAY})\)")
_SENT = re.compile(r"sent this bulletin at (?P<sent>\d{2}/\d{2}/\d{4})")


@dataclass(frozen=True)
class LawText(Shown):
    """A document as text, with what its frame says of it."""

    document: Document
    about: Mapping[str, str] = field(default_factory=dict[str, str])
    """`title`, `publisher`, `published` (YYYY-MM-DD), `url`, as far as the frame says so."""
    rows: tuple[SourceRow, ...] = ()
    """Of a tariff: its rows, a line of the text each."""


def law_text(path: Path) -> LawText:
    """Decode a document: JSON of the Federal Register's API or of the HTS, CSV of the HTS, text, HTML or PDF.

    Of JSON and CSV the text is one line a field, or a row: places count its characters, so whoever verifies a
    quote decodes the file with this.

    Raises:
        InputError: it cannot be read, or is JSON of another kind.

    >>> from pathlib import Path
    >>> _ = Path("notice.json").write_text('{"title": "A notice", "publication_date": "2025-09-16"}')
    >>> law_text(Path("notice.json")).about["published"]
    '2025-09-16'
    """
    if path.suffix.lower() == ".csv":
        return _tariff(path, csv_rows(path, problems := Problems(str(path))), problems)
    if path.suffix.lower() != ".json":
        document = decode(path)
        return LawText(document, _frame(document.text))
    start = text_of(path).lstrip()[:1]
    if start == "[":
        return _tariff(path, json_rows(path, problems := Problems(str(path))), problems)
    content = json_of(text_of(path), str(path))
    if not isinstance(content, dict):
        raise InputError(Problem(_("is neither a document nor a tariff"), file=str(path)))
    return _notice(path, cast("dict[str, Any]", content))


def _tariff(path: Path, rows: Iterable[SourceRow], problems: Problems) -> LawText:
    kept = tuple(rows)
    problems.raise_if_any()
    lines = [" | ".join(_flat(cell(one)) for one in row.cells.values()) for row in kept]
    return LawText(Document(path.name, "\n".join(lines)), {"title": path.stem}, kept)


def _flat(text: str) -> str:
    return " ".join(re.sub(r"<[^<>]*>", "", text).split())


def _notice(path: Path, content: dict[str, Any]) -> LawText:
    """A document of the Federal Register's API: its strings, one after another."""
    if not isinstance(content.get("title"), str):
        hint = _("JSON of federalregister.gov/api/v1/documents, an HTS export, or the text itself")
        raise InputError(Problem(_("has no title: it is no document of the Federal Register"), hint, str(path)))
    strings = {name: value for name, value in content.items() if isinstance(value, str)}
    parts = [f"{name}: {value if name == 'body' else _flat(value)}" for name, value in strings.items()]
    agencies = content.get("agencies")
    listed = cast("list[Any]", agencies) if isinstance(agencies, list) else []
    named = [str(cast("dict[str, Any]", one).get("name", "")) for one in listed if isinstance(one, dict)]
    about = {
        "title": content["title"],
        "publisher": ", ".join(filter(None, named)) or "Federal Register",
        "published": str(content.get("publication_date") or ""),
        "effective": str(content.get("effective_on") or ""),
        "url": str(content.get("html_url") or ""),
        "citation": str(content.get("citation") or ""),
    }
    for key, name in (("executive_order_number", "Executive Order"), ("proclamation_number", "Proclamation")):
        if content.get(key):
            about["order"] = f"{name} {content[key]}"
    return LawText(Document(path.name, "\n".join(parts)), {key: value for key, value in about.items() if value})


def _frame(text: str) -> dict[str, str]:
    """What the first lines of a notice or a message say of it."""
    found: dict[str, str] = {}
    head = text[:4000]
    if message := re.search(r"CSMS\s*#\s*(?P<number>[\d-]+)\s*-\s*(?P<title>[^\n]+)", head):
        found["title"] = f"CSMS {message['number']}: {' '.join(message['title'].split())}"
        found["publisher"] = "US Customs and Border Protection"
        if sent := _SENT.search(head):
            found["published"] = datetime.strptime(sent["sent"], "%m/%d/%Y").date().isoformat()
    elif notice := _PUBLISHED.search(head):
        found["publisher"] = "Federal Register"
        found["published"] = iso_day(notice["day"]) or ""
        subject = re.search(r"\n\n(?P<title>[A-Z][^\n]{20,}(?:\n[^\n]+){0,3})\n\s*\nAGENCY:", head)
        found["title"] = " ".join(subject["title"].split()) if subject else ""
    return {key: value for key, value in found.items() if value}


def iso_day(text: str) -> str | None:
    """A day written in words as YYYY-MM-DD; None where it is no day.

    >>> iso_day("September 16, 2025"), iso_day("February 30, 2025")
    ('2025-09-16', None)
    """
    try:
        return datetime.strptime(" ".join(text.split()), "%B %d, %Y").date().isoformat()
    except ValueError:
        return None
