"""Which parts of a text are its own sentences: titles, captions, lists of other stories and notices are not.

Offsets never change: a text is cut, not rewritten.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

from kosho.record.reading.quick import MOST_CLAUSES
from kosho.record.reading.tables import holds_one, table

__all__ = ["Block", "Role", "blocks", "sentences"]

Role = Literal["title", "date", "body", "heading", "furniture"]

LONG = 70
"""A line of this many characters with a verb's small words is prose even if its full stop is missing."""
HEADLINE = 4
"""Words of a headline at least; fewer name a section or an hour."""
LONGEST_DATE_LINE = 90
"""Characters of a line that is a date with a few words, at most."""
WIDEST = 110
"""Characters of lines broken by a program at most."""

_ENDS = re.compile(r"[.!?。;:][\"”’')\]]*(?:\s?\(?[A-Za-z]{2,10}(?:/[a-z]{2})?\)?)?$")
_STOPS = re.compile(r"[.!?][\"”’')\]]*$")
_SMALL = re.compile(
    r"\b(?:the|a|an|of|to|in|on|and|that|has|have|had|was|were|is|are|will|would|for|with|by|from"
    r"|its|their|it)\b"
)
_VERB = re.compile(
    r"\b(?:[a-z]{2,}ed|will|would|has|have|had|is|are|was|were|said|says|told|met|held|made|took|gave|put|agrees?)\b"
)
"""A verb in small letters: what introduces a list or a quotation with one is a sentence."""
_WORD = re.compile(r"[^\W\d_][\w’'-]*")
_BULLET = re.compile(
    r"\s*(?:[-–—•*·▪●◦➢✓]|\(?[0-9]{1,2}[.)]|[0-9]{1,2}(?:\.[0-9]{1,2})+\.?|\(?[a-z]\)|\(?[ivx]{1,4}[.)])\s+"
)
_LABELLED = re.compile(r"[A-Z][\w’'-]*(?:[ /][\w’'-]+){0,4}\s?:(?:\s|$)")
"""A line of a form, or one that somebody speaks."""
_GOES_ON = re.compile(
    r"(?:[,–]|\b(?:the|an?|of|to|in|on|and|or|that|for|with|by|from|at|its|their|his|her|as|than|into|between|which|who|is|are|was|were"
    r"|will|would|has|have|had|Mr|Mrs|Ms|Dr|Minister|President|Secretary)\.?)$"
)
"""How a line ends that a sentence does not end with."""
_FULL_DATE = re.compile(
    r"(?:19|20)\d\d[-/.][01]?\d[-/.][0-3]?\d|[0-3]?\d[-/][0-3]?\d[-/](?:19|20)\d\d|年\s?\d+\s?月"
    r"|(?:[A-Z][a-z]{2,8}|[A-Z]{3,9})\.?\s+[0-3]?\d(?:st|nd|rd|th)?(?:\s*\([A-Z][a-z]+\.?\))?,?\s+(?:19|20)\d\d"
    r"|\b[0-3]?\d(?:st|nd|rd|th)?\s+(?:of\s+)?(?:[A-Z][a-z]{2,8}|[A-Z]{3,9})\.?,?\s+(?:19|20)\d\d"
)
_MARKUP = re.compile(r"^(?:#+\s|\*\*|==)")


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a line, a list item."""

    start: int
    end: int
    role: Role
    item: bool = False
    """Whether it is an item of a list."""


def blocks(text: str) -> list[Block]:
    """Cut `text` into blocks and say what each is."""
    spans = list(_spans(text))
    return _with_roles(text, spans)


def _spans(text: str) -> list[tuple[int, int, bool]]:
    """Start, end and whether it is a list item, of each paragraph; lines broken by a program are joined."""
    found: list[tuple[int, int, bool]] = []
    group: list[tuple[int, int]] = []
    position = 0
    for line in [*text.splitlines(keepends=True), ""]:
        body = line.strip()
        if body:
            begin = position + line.index(body)
            group.append((begin, begin + len(body)))
        elif group:
            found += _joined(text, group)
            group = []
        position += len(line)
    return found


def _joined(text: str, lines: list[tuple[int, int]]) -> list[tuple[int, int, bool]]:
    wrapped = _is_wrapped(text, lines)
    merged: list[tuple[int, int, bool]] = []
    for start, end in lines:
        mark = _BULLET.match(text, start, end)
        begin = mark.end() if mark else start
        if merged and not mark and _continues(text, merged[-1], (start, end), wrapped=wrapped):
            merged[-1] = (merged[-1][0], end, merged[-1][2])
        elif begin < end:
            merged.append((begin, end, mark is not None))
    return merged


def _is_wrapped(text: str, lines: list[tuple[int, int]]) -> bool:
    """Whether the lines of a group are those of a paragraph: most end inside a sentence, some begin in one.

    How wide they are does not matter: columns are narrow.
    """
    inner = lines[:-1]
    if not inner or max(end - start for start, end in inner) > WIDEST:
        return False
    plain = [(start, end) for start, end in inner if not _LABELLED.match(text, start, end)]
    inside = sum(not _ENDS.search(text, start, end) for start, end in plain)
    begun = sum(text[start].islower() for start, _ in lines[1:])
    small = len(_SMALL.findall(text, lines[0][0], lines[-1][1]))
    return (
        begun >= 1 and begun >= (len(lines) - 1) / 3 and inside >= 0.6 * len(inner) and small >= len(lines) / 3
    )


def _continues(  # noqa: PLR0911 - one return a sign
    text: str, before: tuple[int, int, bool], line: tuple[int, int], *, wrapped: bool
) -> bool:
    """Whether a line goes on with the sentence of the block before it."""
    start, end = line
    last_line = text[max(before[0], text.rfind("\n", 0, before[1]) + 1) : before[1]]
    words = text[start:end]
    lower = text[start].islower()
    goes_on = wrapped and not _ENDS.search(last_line) and _GOES_ON.search(last_line)
    if not lower and not goes_on and (_is_date_line(words) or _LABELLED.match(words)):
        return False
    if _is_date_line(last_line) and not (lower and wrapped):
        return False
    if last_line.isupper() and not words.isupper():
        return False
    open_sentence = not _ENDS.search(last_line) and not last_line.endswith(("”", '"'))
    if open_sentence and (lower or _GOES_ON.search(last_line)):
        return True
    if not wrapped:
        return False
    if open_sentence:
        heading = _title_case(last_line) and text.rfind("\n", before[0], before[1]) < 0 and not before[2]
        return not heading or bool(_SMALL.search(last_line))
    return not last_line.endswith(":")


_TELLS_OF_DAY = re.compile(
    r"[^:\n]{0,25}:\s.*\b(?:will|shall|is|are|was|were|must|deadline|due|opens?|closes?|begins?|ends?)\b",
    re.IGNORECASE,
)
"""What stands on a day: `6 May 2025: The panel will meet`."""


_SENTENCE = re.compile(
    r"(?!\W*(?:[Ll]ast\s)?(?:[Pp]ublished|[Uu]pdated|[Dd]ated|[Pp]osted|[Ii]ssued|[Rr]eleased)\b)[A-Z][^:]{3,80}?\s"
    r"(?:may|must|will|shall|should|is|are|was|were|has|have|can|met|held|said|began|rose|fell|took|came|went"
    r"|(?:begin|rise|fall|take|come|end|open|start|expire|cut|raise|lower|ban|meet)s?|goes|applies"
    r"|(?!published|updated|dated|posted|issued|released|revised|printed|retrieved|accessed)[a-z]{3,}ed)\s[^:]*[.]$"
)
"""A line that tells something of a day is none that only gives one."""


_DUE = re.compile(r"\bto\s[a-z]+\s.*\b(?:by|before|until)\s(?:the\s)?$")
"""What is to be done by a day: `Peru to publish its rules by 1 June 2025`."""


def _is_date_line(line: str) -> bool:
    if len(line) > LONGEST_DATE_LINE:
        return False
    date = _FULL_DATE.search(line)
    if date is not None and (_TELLS_OF_DAY.match(line, date.end()) or _SENTENCE.match(line)):
        return False
    if date is not None and _DUE.search(line, 0, date.start()):
        return False
    return date is not None and len(line) - len(date[0]) <= 45 and len(_WORD.findall(line)) <= 10


def _title_case(line: str) -> bool:
    words = [word for word in _WORD.findall(line) if len(word) > 3]
    return bool(words) and sum(word[0].isupper() for word in words) >= 0.6 * len(words)


def _with_roles(text: str, spans: list[tuple[int, int, bool]]) -> list[Block]:
    found: list[Block] = []
    skipping = seen_body = False
    headlines = 0
    for n, (start, end, item) in enumerate(spans):
        line = text[start:end]
        role = _role(line, item=item, seen_body=seen_body)
        if role in ("furniture", "heading", "title") and _opens_other_stories(line):
            skipping, role, headlines = True, "furniture", 0
        elif skipping and role == "body":
            after = text[slice(*spans[n + 1][:2])] if n + 1 < len(spans) else ""
            if not item and (_is_prose(line) or _goes_on(line, after, headlines)):
                skipping = False
            else:
                role, headlines = "furniture", 0
        elif skipping and role != "date":
            headlines += len(_WORD.findall(line)) >= HEADLINE
            role = "furniture"
        seen_body = seen_body or role == "body"
        found.append(Block(start, end, role, item))
    return _without_captions_of(found, text)


_NO_MARKS = str.maketrans("", "", '"“”:')


def _opens_other_stories(line: str) -> bool:
    plain = line.translate(_NO_MARKS).strip(" -–—")
    return len(plain) <= LONG and _other_stories().fullmatch(plain) is not None


@cache
def _other_stories() -> re.Pattern[str]:
    listed = "|".join(f"(?:{pattern})" for pattern in table("furniture")["other_stories"])
    return re.compile(rf"(?:\w+ )?(?:{listed})", re.IGNORECASE)


def _is_prose(line: str) -> bool:
    return len(line) >= 2 * LONG and bool(_STOPS.search(line)) and len(_SMALL.findall(line)) >= 4


def _goes_on(line: str, after: str, headlines: int) -> bool:
    """Whether a short sentence in a list of other stories is the text again.

    A teaser stands alone below its headline: what follows bare headlines, or goes on in a sentence, is none.
    """
    return _is_sentence(line) and (headlines >= 2 or _is_sentence(after))


def _is_sentence(line: str) -> bool:
    whole = re.search(r"\.[\"”’')\]]*$", line) is not None and _SMALL.search(line) is not None
    return whole and len(_WORD.findall(line)) > HEADLINE and _role(line, item=False, seen_body=True) == "body"


_REMARK = re.compile(r"(?<=[.!?\"”])\s?\([^()]{2,40}\)$")
"""A day, or who reports, in brackets behind the last sentence of a paragraph."""


@lru_cache(maxsize=MOST_CLAUSES)
def _role(line: str, *, item: bool, seen_body: bool) -> Role:  # noqa: PLR0911 - one return a sign
    if _is_date_line(line):
        return "date"
    line = _REMARK.sub("", line)
    if len(line) < 400 and holds_one("furniture", "makers", line):
        return "furniture"
    if len(line) < 600 and holds_one("furniture", "captions", line):
        return "furniture"
    if _STOPS.search(line) and len(_WORD.findall(line)) >= 4:
        return "body"
    if _ENDS.search(line) and len(_SMALL.findall(line)) >= 3 and not _title_case(line):
        return "body"
    if line.endswith(":") and len(_WORD.findall(line)) > HEADLINE and _VERB.search(line):
        return "body"
    small = len(_SMALL.findall(line))
    if len(line) >= 2 * LONG and small >= 3 and not _title_case(line):
        return "body"
    if item and small >= 2 and len(line) >= LONG and not _title_case(line) and seen_body:
        return "body"
    return "heading" if seen_body else "title"


def _without_captions_of(found: list[Block], text: str) -> list[Block]:
    """A paragraph that stands twice in a row is a caption: pages repeat what they say of a picture."""
    seen: dict[str, int] = {}
    for block in found:
        if block.role == "body":
            line = text[block.start : block.end]
            seen[line] = seen.get(line, 0) + 1
    return [
        Block(block.start, block.end, "furniture", block.item)
        if block.role == "body" and seen[text[block.start : block.end]] > 1
        else block
        for block in found
    ]


_ABBREVIATION = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|No|Nos|vs|Inc|Corp|Co|Ltd|Jr|Sr|Gen|Gov|Sen|Rep|Lt|Col|Art|para"
    r"|approx|etc|cf|al|[Hh]on|[Rr]t|[Rr]ev|Messrs|[Ff]ig|[Vv]ol|Dept|Min|Amb"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec|a\.m|p\.m|e\.g|i\.e|Mon|Tue|Tues|Wed|Thu"
    r"|Thur|Thurs|Fri|Sat|Sun)"
    r"|\b[A-Z](?:\.[A-Z])*)\.$"
)
_STOP = re.compile(r"[.!?][\"”’')\]]*(?=\s+[\"“‘'(\[]?[A-Z0-9\u201c]|$)")


def sentences(text: str, block: Block) -> list[tuple[int, int]]:
    """Spans of the sentences of a block, without spaces around them."""
    found: list[tuple[int, int]] = []
    start = block.start
    for stop in _STOP.finditer(text, block.start, block.end):
        short = _ABBREVIATION.search(text, start, stop.end()) if stop.end() < block.end else None
        if short and not (_MAY_END.search(short[0]) and _OPENER.match(text, stop.end())):
            continue
        found.append((start, stop.end()))
        start = stop.end()
        while start < block.end and text[start].isspace():
            start += 1
    if start < block.end:
        found.append((start, block.end))
    return found


_OPENER = re.compile(r"\s+(?:The|In|It|He|She|They|We|A|An|On|At|But|This|Both|According)(?!\S)")
_MAY_END = re.compile(r"[a-z]\.[mM]\.$|[A-Z]\.[A-Z]\.$")
"""`the U.S. The` begins a new sentence, `the U.S. Treasury` and `Mr. The` do not."""
