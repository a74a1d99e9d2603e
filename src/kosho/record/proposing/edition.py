"""An edition of the HTS against the register.

Headings of chapter 99 that the register does not hold or holds otherwise; lines that notes put under a heading
and the register's lists do not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, cast

from kosho.display import glance
from kosho.law import Measure, Register
from kosho.law.export_controls import placed
from kosho.law.headings import Place
from kosho.law.schedules.hts import citations
from kosho.law.schedules.reading import cell
from kosho.record.proposing.documents import LawText
from kosho.record.proposing.legal_text import HEADING, Span, draft_of, known_headings, missing
from kosho.record.reading.draft import Draft

__all__ = ["is_edition", "of_edition"]

NUMBER = ("htsno", "HTS Number", "hs8")
GENERAL = ("general", "General Rate of Duty")
NOTES = ("additionalDuties", "addiitionalDuties", "Additional Duties", "Footnotes")
_PLUS = re.compile(r"\+\s*(?P<rate>\d+(?:\.\d+)?)\s*%")
_TOTAL = re.compile(r"^(?P<rate>\d+(?:\.\d+)?)\s*%$")
_BELOW = re.compile(r"(?:less|lower) than (?P<rate>\d+(?:\.\d+)?) percent", re.IGNORECASE)


def is_edition(document: LawText) -> bool:
    """Whether a document is a tariff with numbered rows."""
    return bool(document.rows) and any(name in document.rows[0].cells for name in NUMBER)


def of_edition(document: LawText, register: Register) -> list[Draft]:
    """Drafts of headings that the register lacks or has at another rate, and of lists that differ."""
    held = known_headings(register)
    return [*_headings(document, register, held), *_lists(document, register, held)]


def _cell(cells: Mapping[str, Any], names: tuple[str, ...]) -> str:
    return next((cell(cells[name]) for name in names if cells.get(name)), "")


def _cited(cells: Mapping[str, Any]) -> set[str]:
    """Headings of chapter 99 that the notes of a row put its goods under."""
    notes = cells.get("footnotes")
    found = (
        set(citations(cast("list[Any]", notes)).get("general", ())) if isinstance(notes, list) else set[str]()
    )
    return found | {code for name in NOTES for code in HEADING.findall(cell(cells.get(name)))}


def _spans(document: LawText) -> Iterator[tuple[Mapping[str, Any], Span]]:
    """Rows with the line of the text that each is."""
    start = 0
    for row, line in zip(document.rows, document.document.text.split("\n"), strict=True):
        yield row.cells, Span(start, start + len(line))
        start += len(line) + 1


def _headings(document: LawText, register: Register, held: dict[str, tuple[str, ...]]) -> Iterator[Draft]:
    for cells, span in _spans(document):
        digits = _cell(cells, NUMBER).replace(".", "")
        if len(digits) != 8 or not digits.startswith("9903"):
            continue
        heading = f"{digits[:4]}.{digits[4:6]}.{digits[6:]}"
        told = _rate(_cell(cells, GENERAL), document.document.text[span.start : span.end])
        if told is None:
            continue  # what is exempt, quotas by weight, what refers elsewhere: for a person who knows what of
        laws = [register.measure(name) for name in held.get(heading, ())]
        if any(_same(measure, *told) for measure in laws):
            continue
        draft = draft_of(document, heading, span, held.get(heading, ()))
        fields = {**draft.fields, "kind": told[0], "value": told[1]}
        fields.pop("rates_found", None)
        fields["asked"] = missing(fields)
        if laws:
            fields["differs"] = [f"{measure.id}: {measure.kind} {glance(measure.value)}" for measure in laws]
        yield replace(draft, fields=fields)


def _rate(general: str, row: str) -> tuple[str, float] | None:
    """What a heading of chapter 99 adds, or tops up to."""
    if added := _PLUS.search(general):
        return "tariff", float(added["rate"])
    total, below = _TOTAL.match(general.strip()), _BELOW.search(row)
    if total and below and float(total["rate"]) == float(below["rate"]):
        return "floor", float(total["rate"])
    return None


def _same(measure: Measure, kind: str, value: float) -> bool:
    if isinstance(measure.value, dict):
        return value in measure.value.values()
    values = (measure.value, measure.value_out)
    return value in values and (kind == measure.kind or measure.kind in ("tariff_quota", "floor"))


def _lists(document: LawText, register: Register, held: dict[str, tuple[str, ...]]) -> Iterator[Draft]:
    """Lines that the edition's notes put under a heading, against the lists of the measure that rests on it."""
    noted: dict[str, dict[str, Span]] = {}
    codes: dict[str, Span] = {}
    for cells, span in _spans(document):
        code = _cell(cells, NUMBER).replace(".", "")
        if len(code) != 8 or code.startswith(("98", "99")):
            continue
        codes[code] = span
        for heading in _cited(cells):
            noted.setdefault(heading, {})[code] = span
    for heading, lines in noted.items():
        for name in held.get(heading, ()):
            draft = _of_list(document, register, register.measure(name), (heading, lines, codes))
            if draft is not None:
                yield draft


def _of_list(
    document: LawText,
    register: Register,
    measure: Measure,
    noted: tuple[str, dict[str, Span], dict[str, Span]],
) -> Draft | None:
    heading, lines, codes = noted
    scope = measure.scope
    if scope is None or not (scope.lists or scope.hs):
        return None
    shared = set(HEADING.findall(measure.legal_basis)) != {heading}
    lacking = [code for code in lines if not _on(register, measure, code)]
    beyond = [] if shared else [code for code in codes if code not in lines and _on(register, measure, code)]
    if not lacking and not beyond:
        return None
    first = lines[lacking[0]] if lacking else codes[beyond[0]]
    fields: dict[str, Any] = {
        "name": f"{heading} {measure.id}",
        "heading": heading,
        "measure": measure.id,
        "lists": list(scope.lists),
        "add": lacking,
        "remove": beyond,
        "place": register.places.get(measure.id),
    }
    text = document.document.text
    end = first.start + len(text[first.start : min(first.end, first.start + 600)].rstrip())
    return Draft(document.document.name, "list", "asserted", fields, text[first.start : end], first.start, end)


def _on(register: Register, measure: Measure, code: str) -> bool:
    return placed(register, measure, code) is not Place.OUT
