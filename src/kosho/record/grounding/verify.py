"""A proposed fact held against the document: what its words do not say is taken out, or the fact refused."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from math import isclose
from typing import Any, NamedTuple, cast

from kosho.errors import Problem, nearest
from kosho.language import _
from kosho.record.grounding.grounds import EnglishGrounds, Grounds, Span
from kosho.record.reading import Document, Draft
from kosho.record.reading.decode import language_of
from kosho.record.reading.draft import Modality
from kosho.record.reading.tables import table
from kosho.record.vocabulary import of_documents

__all__ = ["Verdict", "check"]

LONGEST_QUOTE = 1_000
"""Characters; a longer one is no quote of one or two sentences."""
MOST_SENTENCES = 2
LONGEST_NAME = 80
"""Characters of who proposes a fact."""
MOST_FIELDS = 30
ORDER: tuple[Modality, ...] = ("asserted", "planned", "draft", "considered")
"""Modalities from the most that is claimed to the least."""
DENIES = {"no_agreement", "red_line", "event_not_held", "complaint", "response", "position"}
"""Types that say of something that it is not so."""


class Verdict(NamedTuple):
    """What came of a proposed fact."""

    draft: Draft | None
    refused: str | None
    """Why there is no draft."""
    dropped: Mapping[str, str]
    """Fields that were taken out, and why."""
    lowered: bool
    """Whether its modality was lowered."""


def check(document: Document, facts: Sequence[Mapping[str, Any]], proposed_by: str) -> list[Verdict]:
    """Hold each proposed fact against the document it is said to come from.

    >>> from kosho.record.reading import Document
    >>> text = "Japan asked Peru to lift its 5% duty on tea."
    >>> fact = {"type": "ask", "fields": {"by": "JPN", "to": "PER", "rate": 7}, "quote": text[:-1]}
    >>> (one,) = check(Document("n.txt", text), [fact], "a model")
    >>> one.draft.fields if one.draft else None, dict(one.dropped)
    ({'by': 'JPN', 'to': 'PER'}, {'rate': 'no such number stands in these words'})
    """
    grounds = _grounds_of(document)
    return [_verdict(document, grounds, fact, proposed_by) for fact in facts]


def _grounds_of(document: Document) -> Grounds:
    """The grounds that a document gives, by its language."""
    if language_of(document.text) == "Japanese":
        from kosho.record.grounding.japanese import JapaneseGrounds  # noqa: PLC0415 - English needs none of it

        return JapaneseGrounds(document)
    return EnglishGrounds(document)


def _refusal(why: str) -> Verdict:
    return Verdict(None, why, {}, lowered=False)


def _verdict(document: Document, grounds: Grounds, fact: Mapping[str, Any], proposed_by: str) -> Verdict:
    shaped = _shaped(fact)
    if isinstance(shaped, str):
        return _refusal(shaped)
    kind, quote, fields = shaped
    place = _place(document.text, quote, fact.get("start"))
    if place is None:
        return _refusal(_("its quote does not stand in the document"))
    spans = grounds.sentences(*place)
    modality = fact.get("modality", "asserted")
    if modality == "negated" and kind not in DENIES:
        return _refusal(_("it is denied"))
    why = _unfit(grounds, place, spans, told_as_denied=kind in DENIES)
    if why:
        return _refusal(why)
    settled = _settled(kind, modality, grounds.at_most(place))
    kept, dropped = _fields(grounds, kind, fields, place, spans)
    if kind in ("person", "person_status") and "name" not in kept:
        return _refusal(_("it is about somebody whose name does not stand in these words"))
    told = fact.get("proposed_by")
    by = told[:LONGEST_NAME] if isinstance(told, str) and told.isprintable() and told.strip() else proposed_by
    draft = Draft(document.name, kind, settled, kept, document.text[slice(*place)], *place, proposed_by=by)
    return Verdict(draft, None, dropped, lowered=settled != modality)


def _shaped(fact: Mapping[str, Any]) -> tuple[str, str, dict[str, Any]] | str:
    """Type, quote and fields of a fact; or why it is none."""
    kind, quote, fields = fact.get("type"), fact.get("quote"), fact.get("fields", {})
    if not isinstance(kind, str) or kind not in table("grounding")["types"]:
        near = nearest(kind, table("grounding")["types"]) if isinstance(kind, str) else None
        told = _("its type is none of those that reading knows")
        return f"{told} ({near})" if near else told
    if not isinstance(quote, str) or not isinstance(fields, dict):
        return _("it is no object with a quote and fields")
    named = {str(name): value for name, value in cast("dict[Any, Any]", fields).items()}
    return _("it has too many fields") if len(named) > MOST_FIELDS else (kind, quote, named)


def _unfit(grounds: Grounds, place: Span, spans: list[Span], *, told_as_denied: bool) -> str | None:
    """Why the words of a quote bear no fact; a denial may, where the fact is told as one."""
    if not spans:
        return _("its quote stands in no sentence of the text itself")
    if len(spans) > MOST_SENTENCES:
        return _("its quote is longer than two sentences")
    why = grounds.refused(place)
    return None if why == "it is denied" and told_as_denied else why


def _settled(kind: str, modality: object, most: Modality) -> Modality:
    """The modality claimed, or the less that the words allow."""
    if modality == "negated" and kind == "event_not_held":
        return "negated"
    claimed = next((one for one in ORDER if one == modality), "asserted")
    allowed = most if kind in CLAIMING else "asserted"
    return ORDER[max(ORDER.index(claimed), ORDER.index(allowed))]


CLAIMING = {"offer", "ask", "agreement", "measure", "event", "commitment", "next_meeting"}
"""Types whose force their words decide; a position or a red line is held as it is told."""


def _place(text: str, quote: str, told: object) -> Span | None:
    """Where a quote stands: letter by letter, or with other white space only; the place told, if it is one."""
    words = quote.split()
    if len(quote) > LONGEST_QUOTE or sum(map(len, words)) < SHORTEST:
        return None
    found = [m.span() for m in re.finditer(r"\s+".join(map(re.escape, words)), text)]
    if not found and not quote.isascii():
        found = [m.span() for m in re.finditer(r"\s*".join(re.escape(c) for c in "".join(words)), text)]
    if not found:
        return None
    start = told if isinstance(told, int) else found[0][0]
    return min(found, key=lambda span: abs(span[0] - start))


SHORTEST = 4
"""Letters; fewer are no quote."""


def _fields(
    grounds: Grounds, kind: str, fields: Mapping[str, Any], place: Span, spans: list[Span]
) -> tuple[dict[str, Any], dict[str, str]]:
    known = table("grounding")
    codes = set[str]().union(*(grounds.codes(span) for span in spans))
    numbers = set[float]().union(*(grounds.numbers(span) for span in spans))
    days = set[str]().union(*(grounds.days(span) for span in spans))
    if grounds.published and (kind == "document" or "published" in fields):
        days.add(grounds.published.isoformat())
    kept: dict[str, Any] = {}
    dropped: dict[str, str] = {}
    for name, value in fields.items():
        if value is None:
            continue
        unread = of_documents().unknown(kind, (name,))
        if unread:
            why = _with_hint(unread[0])
        elif name in known["parties"]:
            why = _outside(value, codes, _("this party is not named in these words"))
        elif name in known["numbers"]:
            why = _no_number(value, numbers)
        elif name in known["dates"]:
            why = _no_day(value, days) or _no_hour(value, grounds.text)
        else:
            why = _no_words(
                grounds,
                name,
                value,
                spans,
                document_wide=name in ("name", "role", "org", "speaker", "publisher", "title", "place")
                or kind == "document",
            )
        if why:
            dropped[name] = why
        else:
            kept[name] = value
    dropped |= _crosswise(grounds, kind, kept, place)
    kept = {name: value for name, value in kept.items() if name not in dropped}
    return kept, dropped


def _with_hint(problem: Problem) -> str:
    return f"{problem.message} ({problem.hint})" if problem.hint else problem.message


def _values(value: object) -> list[Any] | None:
    many = cast("list[Any]", value) if isinstance(value, list) else [value]
    plain = all(isinstance(one, str | int | float) and not isinstance(one, bool) for one in many)
    return (
        many
        if plain and 0 < len(many) <= MOST_FIELDS and all(len(str(one)) <= LONGEST_QUOTE for one in many)
        else None
    )


def _outside(value: object, known: set[str], why: str) -> str | None:
    many = _values(value)
    return why if many is None or not set(map(str, many)) <= known else None


def _no_number(value: object, known: set[float]) -> str | None:
    many = _values(value)
    told = _("no such number stands in these words")
    if many is None or not all(isinstance(one, int | float) for one in many):
        return told
    return (
        None
        if all(any(isclose(float(one), number, rel_tol=1e-14) for number in known) for one in many)
        else told
    )


def _no_day(value: object, known: set[str]) -> str | None:
    told = _("no such date stands in these words")
    if not isinstance(value, str) or not re.fullmatch(
        r"(?:19|20)\d\d(?:-\d\d){0,2}(?:T.{0,20})?(?:/[\d-]{4,10})?", value
    ):
        return told
    day = value.partition("T")[0]
    return (
        None
        if day in known or any(one.startswith(f"{day}-") for one in known if len(day) == len("2025-01"))
        else told
    )


def _no_hour(value: object, text: str) -> str | None:
    """Why an hour in a date is not told: it stands nowhere in the text, by either clock."""
    found = re.search(r"T(\d\d):(\d\d)", str(value))
    if found is None:
        return None
    hour, minute = int(found[1]), found[2]
    told = (f"{one}:{minute}" for one in (hour, hour % 12 or 12))
    return (
        None
        if any(re.search(rf"(?<!\d)0?{one}(?!\d)", text) for one in told)
        else _("no such hour stands in the text")
    )


_WORD = re.compile(r"[^\W_]+")
_SMALL = frozenset(
    "the a an of on in for to and or by with at from its their his her our as is are be that this it s".split()  # noqa: SIM905
)


def _no_words(
    grounds: Grounds, name: str, value: object, spans: list[Span], *, document_wide: bool
) -> str | None:
    known = table("grounding")
    many = _values(value)
    if many is None:
        return _("it is neither a word nor a list of words")
    labels = {str(label) for label in known["known_labels"]}
    if name in known["labels"] and all(
        str(one) in labels or re.fullmatch(r"[\d,. ]+|[A-Z]{3}(?:/year)?|\w+/year", str(one)) for one in many
    ):
        return None
    begin, end = (
        (0, len(grounds.text)) if document_wide else (min(a for a, _ in spans), max(b for _, b in spans))
    )
    here = grounds.text[begin : end + SLACK].lower()
    if not "".join(map(str, many)).isascii() and all(str(one).lower() in here for one in many):
        return None
    words = {word[:STEM] for word in _WORD.findall(here)}
    for one in many:
        told = [word for word in _WORD.findall(str(one).lower()) if word not in _SMALL]
        if not told or not all(word[:STEM] in words for word in told):
            return _("these words do not stand in the text")
    return None


SLACK = 40
STEM = 5
"""Letters by which words are the same: `tariff` and `tariffs`, `negotiate` and `negotiation`."""


def _crosswise(grounds: Grounds, kind: str, fields: Mapping[str, Any], place: Span) -> dict[str, str]:
    """Fields that the grammar of the words turns round: `to` acts, or the rate before is the new one."""
    found: dict[str, str] = {}
    by, to = fields.get("by"), fields.get("to", fields.get("against"))
    who, others = grounds.acting(place)
    if (
        isinstance(by, str)
        and isinstance(to, str)
        and to in who
        and by not in who
        and (by in others or not others)
    ):
        why = _("in these words the other party acts")
        found |= {name: why for name in ("by", "to", "against") if name in fields}
    own = [d for d in grounds.drafts if d.type == kind and min(place[1], d.end) > max(place[0], d.start)]
    for draft in own:
        told_by, told_to = draft.fields.get("by"), draft.fields.get("to", draft.fields.get("against"))
        if isinstance(by, str) and by == told_to and to == told_by and told_by is not None:
            found |= {
                name: _("in these words the other party acts")
                for name in ("by", "to", "against")
                if name in fields
            }
        rates = (draft.fields.get("rate"), draft.fields.get("rate_before"))
        claimed = (fields.get("rate"), fields.get("rate_before"))
        if None not in rates and rates != claimed and (claimed[0] == rates[1] or claimed[1] == rates[0]):
            found |= {
                name: _("the words give the rates the other way round")
                for name in ("rate", "rate_before")
                if name in fields
            }
    return found
