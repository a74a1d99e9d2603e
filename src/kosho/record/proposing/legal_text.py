"""Measures as notices and messages word them: blocks under headings of chapter 99, sentences with a duty."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from kosho.law import Register
from kosho.record.proposing.documents import DAY, LawText, iso_day
from kosho.record.reading.draft import Draft
from kosho.record.reading.names import aliases, plain

__all__ = ["HEADING", "Span", "draft_of", "known_headings", "missing", "of_text"]

HEADING = re.compile(r"\b99\d{2}\.\d{2}\.\d{2}\b", re.ASCII)
"""Of chapter 99 of the HTS, where the United States writes what is temporary; in words of any script."""
LONGEST = 600
"""Characters of a quote."""
LONGEST_BLOCK = 20_000
"""Characters under one heading: some list hundreds of codes."""
_RANGE = re.compile(r"(99\d{2}\.\d{2}\.\d{2}) to (99\d{2}\.\d{2}\.\d{2})")
_DEFINES = re.compile(
    r"(?m)^[\s|>*\u2022\u00b7-]*(?:(?:Sub)?[Hh]eading\s+)?(?P<heading>99\d{2}\.\d{2}\.\d{2})\b"
    r"(?=\s*(?:[:|\t\u2013\u2014-]|\s[A-Z]))"
)
"""A heading that begins a line and says what it covers, rather than one spoken of."""
_CODE = re.compile(r"(?<![\d.])(?!99\d\d|98\d\d)\d{4}\.\d{2}(?:\.\d{2}(?:\.?\d{2})?)?(?![\d])")
_NUMBER = r"(?P<rate>\d{1,3}(?:\.\d+)?)\s*(?:%|percent\b)"
_ADDED = tuple(
    re.compile(source, re.IGNORECASE)
    for source in (
        rf"applicable\s+subheading\s*\+\s*{_NUMBER}",
        rf"{_NUMBER}\s+additional\s+ad\s+valorem",
        rf"additional\s+ad\s+valorem\s+(?:rate\s+of\s+)?dut(?:y|ies)(?:\s+rate)?\s+(?:of|at)\s+{_NUMBER}",
        rf"additional\s+(?:rate\s+of\s+)?dut(?:y|ies)\s+(?:rate\s+)?of\s+{_NUMBER}",
    )
)
_TOTAL = tuple(
    re.compile(source, re.IGNORECASE)
    for source in (
        rf"(?:less|lower)\s+than\s+{_NUMBER}(?!\s+(?:of|by)\b)",
        rf"{_NUMBER}\s+(?:ad\s+valorem\s+)?(?:combined|total|in\s+total|inclusive\s+of)",
        rf"(?:sum|combined|total)\b[^.;]{{0,120}}?\b(?:shall\s+be|is|equals?|of)\s+{_NUMBER}",
    )
)
_NOTHING = re.compile(r"\b0\s*(?:%|percent)\s+additional|\bno\s+additional\s+dut", re.IGNORECASE)
_DAY = rf"(?P<day>{DAY})"
_MIDNIGHT = r"(?:12:01\s+a\.?m\.?[^.;]{0,60}?\bon\s+)?"
_FROM = re.compile(rf"\bon\s+or\s+after\s+{_MIDNIGHT}{_DAY}", re.IGNORECASE)
_EFFECTIVE = re.compile(rf"\beffective\s+(?:date:?\s+|as\s+of\s+|on\s+|from\s+)?{_DAY}", re.IGNORECASE)
_UNTIL = re.compile(rf"\b(?P<how>and\s+before|through|until)\s+(?P<midnight>{_MIDNIGHT}){_DAY}", re.IGNORECASE)
_BASIS = re.compile(
    r"\b(?:(?:Presidential\s+)?Proclamation\s+(?P<proclamation>\d{4,5})|Executive\s+Order\s+(?P<order>\d{5})"
    r"|(?P<register>\d{2,3}\s+FR\s+\d{1,6})|U\.?S\.?\s+note\s+(?P<note>\d+(?:\([a-z0-9]+\))*))",
    re.IGNORECASE,
)
_BUT = re.compile(r"\b(?:except|other\s+than|excluding|but\s+not)\b", re.IGNORECASE)
_EVERYBODY = re.compile(r"\b(?:all|any)\s+(?:other\s+)?countr(?:y|ies)\b|\bany\s+country\b", re.IGNORECASE)
_ORIGIN = re.compile(r"\b(?:products?\s+of|from|articles?\s+of|goods\s+of|imports\s+of|of)\s*$", re.IGNORECASE)


_BETWEEN = re.compile(
    r"(?:[\s,]|\b(?:and|or|of|the|(?:any )?member (?:countries|states?|country) of)\b)*", re.IGNORECASE
)
"""What stands between economies that are named together."""


class Span(NamedTuple):
    """Where something stands in a text."""

    start: int
    end: int


def of_text(document: LawText, register: Register) -> list[Draft]:
    """Drafts of the measures that a notice or a message words."""
    text = document.document.text
    blocks = list(_blocks(text))
    known = known_headings(register)
    drafts = [draft_of(document, heading, block, known.get(heading, ())) for heading, block in blocks]
    outside = (_before(blocks, sentence) for sentence in _sentences(text))
    drafts += [draft_of(document, None, span) for span in outside if span is not None and _rates(text, span)]
    return drafts


def _blocks(text: str) -> Iterator[tuple[str, Span]]:
    """Headings of chapter 99 that a text defines, each with all that is said of it.

    A block ends with the line of its last rate: what follows up to the next heading may be a title of that one.
    """
    starts = list(_DEFINES.finditer(text))
    for place, match in enumerate(starts):
        after = starts[place + 1].start() if place + 1 < len(starts) else len(text)
        whole = Span(match.start("heading"), min(after, match.start() + LONGEST_BLOCK))
        ends = [found.end for _, _, found in _rates(text, whole)]
        ends += [found.end() for found in _NOTHING.finditer(text, *whole)]
        line = text.find("\n", max(ends)) if ends else -1
        yield match["heading"], Span(whole.start, min(whole.end, line if line >= 0 else whole.end))


def _before(blocks: Sequence[tuple[str, Span]], sentence: Span) -> Span | None:
    """What of a sentence stands before the first block that it runs into; None where it begins in one."""
    if any(block.start <= sentence.start < block.end for _, block in blocks):
        return None
    return Span(sentence.start, min([sentence.end, *(b.start for _, b in blocks if b.start > sentence.start)]))


def _sentences(text: str) -> Iterator[Span]:
    for match in re.finditer(r"[^.;\n](?:[^.;\n]|\.(?=\S)|(?<=a)\.|(?<=m)\.|\n(?!\s*\n))*[.;]", text):
        yield Span(match.start(), match.end())


def _rates(text: str, span: Span) -> list[tuple[str, float, Span]]:
    """Rates above nothing that a stretch of text states: kind of measure, percent and place."""
    return [
        (kind, float(match["rate"]), Span(match.start(), match.end()))
        for kind, rules in (("tariff", _ADDED), ("floor", _TOTAL))
        for rule in rules
        for match in rule.finditer(text, *span)
        if float(match["rate"]) > 0
    ]


def _basis_in(text: str, span: Span) -> list[str]:
    """Orders, proclamations, citations and notes that a stretch of text names, each once."""
    found: list[str] = []
    for match in _BASIS.finditer(text, span.start, span.end):
        if match["proclamation"]:
            found.append(f"Proclamation {match['proclamation']}")
        elif match["order"]:
            found.append(f"Executive Order {match['order']}")
        elif match["register"]:
            found.append(" ".join(match["register"].split()))
        else:
            found.append(f"note {match['note']}")
    return list(dict.fromkeys(found))


def known_headings(register: Register) -> dict[str, tuple[str, ...]]:
    """Ids of measures whose legal basis names a heading of chapter 99, singly or in a range."""
    found: dict[str, list[str]] = {}
    for measure in register.measures:
        for heading in HEADING.findall(measure.legal_basis):
            found.setdefault(heading, []).append(measure.id)
        for first, last in re.findall(
            r"(99\d{2}\.\d{2}\.\d{2})(?: to |～)(99\d{2}\.\d{2}\.\d{2})", measure.legal_basis
        ):
            start, end = (int(code.replace(".", "")) for code in (first, last))
            for number in range(start, min(end, start + 200) + 1):
                code = f"{number:08d}"
                found.setdefault(f"{code[:4]}.{code[4:6]}.{code[6:]}", []).append(measure.id)
    return {heading: tuple(dict.fromkeys(ids)) for heading, ids in found.items()}


def draft_of(document: LawText, heading: str | None, span: Span, held: tuple[str, ...] = ()) -> Draft:
    """What rules find in a stretch of text that words one measure; what they do not find stands in `asked`.

    Args:
        document: The text with its frame.
        heading: Of chapter 99, where the stretch defines one.
        span: The stretch.
        held: Ids of measures of the register that rest on the heading.
    """
    text = document.document.text
    places: dict[str, Span] = {}
    fields: dict[str, Any] = {"imposer": "USA"}
    if heading is not None:
        fields |= {"name": heading, "heading": heading}
    fields |= _worth(text, span, places)
    fields |= _aimed(text, span, places)
    codes = list(_CODE.finditer(text, *span))
    if codes:
        fields["hs"] = list(dict.fromkeys(match[0].replace(".", "") for match in codes))
        places["hs"] = Span(codes[0].start(), codes[-1].end())
    fields |= _days(text, span, document.about, places)
    fields |= _basis(document, heading, span)
    fields["title"] = _title(text, span, fields)
    fields["id"] = _id(document, heading, fields, span)
    if held:
        fields["held"] = list(held)
    fields["places"] = {name: list(place) for name, place in places.items()}
    fields["asked"] = missing(fields)
    quote = _quote(text, span, places.get("value") or places.get("kind"))
    return Draft(document.document.name, "measure", "asserted", fields, text[quote.start : quote.end], *quote)


def _worth(text: str, span: Span, places: dict[str, Span]) -> dict[str, Any]:
    """Kind and rate where one is stated; all that are stated where several are, for a person to choose from."""
    rates = _rates(text, span)
    stated = dict.fromkeys((kind, value) for kind, value, _ in rates)
    if len(stated) > 1:
        return {"rates_found": [f"{kind} {value:g}" for kind, value in stated]}
    if rates:
        kind, value, places["value"] = rates[0]
        return {"kind": kind, "value": value}
    nothing = _NOTHING.search(text, *span)
    if nothing is None:
        return {}
    places["kind"] = Span(nothing.start(), nothing.end())
    return {"kind": "exemption"}


def _basis(document: LawText, heading: str | None, span: Span) -> dict[str, str]:
    """The law it rests on: what the stretch names, else what the document names first."""
    text, about = document.document.text, document.about
    found = [about["order"]] if "order" in about else []
    found += _basis_in(text, span) or _basis_in(text, Span(0, len(text)))[:3]
    found += [about["citation"]] if about.get("citation") else []
    found += [f"heading {heading}"] if heading is not None else []
    return {"legal_basis": "; ".join(dict.fromkeys(found))} if found else {}


NEEDED = (
    "id",
    "title",
    "authority",
    "kind",
    "value",
    "partners",
    "hs",
    "legal_from",
    "known_from",
    "legal_basis",
)


def missing(fields: Mapping[str, Any]) -> list[str]:
    """What a person must say before the draft can be a measure."""
    needed = [name for name in NEEDED if name != "value" or fields.get("kind") != "exemption"]
    needed += ["excludes"] if fields.get("kind") == "exemption" else []
    return [name for name in needed if fields.get(name) in (None, "", [])]


def _aimed(text: str, span: Span, places: dict[str, Span]) -> dict[str, Any]:
    """Whom it hits: all countries, or one group named as origins; those excepted from them.

    Where several groups are named as origins, or some are excepted from no one knows what, it is not said who
    is meant, and `origins_found` lists them.
    """
    include: list[tuple[str, ...]] = []
    exclude: list[str] = []
    spots: list[Span] = []
    for codes, place in _named(text, span):
        before = re.split(r"[.;:\n](?!\d)", text[span.start : place.start])[-1]
        if _BUT.search(before):
            exclude += codes
        elif _ORIGIN.search(
            re.sub(r"(?:\bthe|\bmember countries of(?: the)?)\s*$", "", before, flags=re.IGNORECASE)
        ):
            include.append(codes)
        else:
            continue
        spots.append(place)
    everybody = _EVERYBODY.search(text, *span)
    if everybody is not None:
        include = [("all",)]
        spots.append(Span(everybody.start(), everybody.end()))
    if not spots:
        return {}
    places["partners"] = Span(min(one.start for one in spots), max(one.end for one in spots))
    excepted = list(dict.fromkeys(exclude))
    if len({frozenset(one) for one in include}) != 1 or (excepted and everybody is None):
        del places["partners"]
        return {"origins_found": [list(one) for one in include] + [f"but not {code}" for code in excepted]}
    return {"partners": list(include[0]), **({"except": excepted} if excepted else {})}


def _named(text: str, span: Span) -> Iterator[tuple[tuple[str, ...], Span]]:
    """Groups of economies that are named one after another, but for the United States."""
    names, known = aliases()
    group: list[str] = []
    start = end = span.start
    for match in names.finditer(text, *span):
        kind, codes = known[plain(match["alias"])]
        if kind != "party" or codes == ("USA",):
            continue
        if group and not _BETWEEN.fullmatch(text, end, match.start()):
            yield tuple(dict.fromkeys(group)), Span(start, end)
            group = []
        if not group:
            start = match.start()
        group += codes
        end = match.end()
    if group:
        yield tuple(dict.fromkeys(group)), Span(start, end)


def _days(text: str, span: Span, about: Mapping[str, str], places: dict[str, Span]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, rules in (("legal_from", (_FROM, _EFFECTIVE)), ("legal_to", (_UNTIL,))):
        near = [match for rule in rules for match in rule.finditer(text, span.start, span.end)]
        wide = [match for rule in rules for match in rule.finditer(text)] if name == "legal_from" else []
        for matches in (near, wide):
            days = {(_last_day if name == "legal_to" else _first_day)(match) for match in matches}
            if len(days) == 1 and (day := days.pop()) is not None:
                found[name] = day
                places[name] = Span(matches[0].start(), matches[0].end())
                break
            if matches:
                break  # several days: which is meant is for a person to say
    if "legal_from" not in found and about.get("effective"):
        found["legal_from"] = about["effective"]
    if "legal_to" in found and found["legal_to"] < found.get("legal_from", ""):
        del found["legal_to"], places["legal_to"]
    if about.get("published"):
        found["known_from"] = about["published"]
    return found


def _first_day(match: re.Match[str]) -> str | None:
    return iso_day(match["day"])


def _last_day(match: re.Match[str]) -> str | None:
    """The last day in force; goods entered `before` a day, or until its midnight, come a day before it."""
    day = iso_day(match["day"])
    how = match["how"].lower()
    excluded = how.endswith("before") or (how == "until" and match["midnight"])
    if day is None or not excluded:
        return day
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()


def _quote(text: str, span: Span, rate: Span | None) -> Span:
    """The words from the start of the block to its rate; the line of the rate alone where that is long."""
    if rate is None:
        end = min(span.end, span.start + LONGEST)
        return Span(span.start, span.start + len(text[span.start : end].rstrip()))
    if rate.end - span.start <= LONGEST:
        return Span(span.start, rate.end)
    start = max(text.rfind("\n", span.start, rate.start) + 1, rate.end - LONGEST)
    return Span(start, rate.end)


def _title(text: str, span: Span, fields: Mapping[str, Any]) -> str:
    words = text[span.start : span.end].split("\n", maxsplit=1)[0]
    words = re.sub(r"^99\d{2}\.\d{2}\.\d{2}\s*[:|\u2013\u2014-]?\s*", "", words)
    words = re.sub(r"^Applies to (?:imports of )?", "", " ".join(words.split()))
    if len(words) > 90:
        words = words[:90].rsplit(" ", 1)[0] + " ..."
    rate = {"tariff": "{:g} % on ", "floor": "{:g} % in all on "}.get(str(fields.get("kind")), "")
    return rate.format(fields.get("value")) + words if "value" in fields else words


def _id(document: LawText, heading: str | None, fields: Mapping[str, Any], span: Span) -> str:
    if heading is not None:
        who = [code.lower() for code in fields.get("partners", []) if code != "all"]
        return "-".join(["us", heading, *who[:2]])
    stem = re.sub(r"[^a-z0-9]+", "-", document.document.name.rsplit(".", 1)[0].lower()).strip("-")
    return f"us-{stem}-{span.start}"
