"""Where the words around a date look: back, ahead, or to the nearer day."""

from __future__ import annotations

import re
from functools import lru_cache

from kosho.record.reading.around import before, behind
from kosho.record.reading.dates import SPANS, DateMention, Direction
from kosho.record.reading.quick import MOST_CLAUSES, Guarded

__all__ = ["direction"]

_INFINITIVE = (
    r"(?:\w+ly |also |both )?(?:meet|hold|resume|reconvene|visit|sign|begin|start|host|convene|launch|conclude"
    r"|return|travel|exchange|finali[sz]e|complete|implement|submit|send|come|go|talk|speak)"
)
_COMING = (
    r"(?-i:will)|would be"
    r"|would (?:then |also |next )?(?:meet|hold|visit|travel|attend|host|sign|return|resume)|to be"
    r"|(?:is|are) (?:set|due|scheduled|expected)|scheduled|plans?|planned (?:for|to)"
    r"|(?:set|due|slated) (?:for|to)|takes? effect|deadlines? (?:is|are|falls?|remains?)"
    r"|(?:opens|begins|starts|resumes|reconvenes|convenes|kicks off|gets under way|takes place|concludes"
    r"|arrives|departs|(?<!not )(?<!n[’']t )(?<!to )meets?)"
    r"|(?:agreed|agree|decided|promised|pledged|vowed|hopes?|hoped|wants?|intends?|intended|planning|invited|asked|urged|instructed|directed|tasked)"
    rf"\b[^,;]{{0,30}}\bto {_INFINITIVE}"
    r"|(?:extended|moved|postponed|prolonged|delayed|deferred|pushed back|put off)"
    r"\b[^,;]{0,60}\bto(?=\s(?:the\s)?$)"
    r"|(?:by|before|until|from)(?=\s(?:the\s|early\s|late\s|mid-?|end\sof\s)*$)"
)
"""Verbs and prepositions that look ahead."""
_VERB_AHEAD = Guarded(rf"\b(?:{_COMING})\b", re.IGNORECASE)
_AHEAD = Guarded(
    rf"\b(?:{_COMING}|planned|upcoming|next|deadline|in mind|expires?|effective|starting|beginning)\b",
    re.IGNORECASE,
)
_WAS_AHEAD = Guarded(
    r"\b(?:(?:originally|initially|previously|first|earlier) (?:\w+ )?|(?:was|were|had been) (?:\w+ly )?)"
    r"(?:scheduled|planned|due|set|slated|expected|meant|supposed)\b[^,;]{0,40}$",
    re.IGNORECASE,
)
"""What was to come may lie behind or ahead: the nearer day is meant."""
_DONE_FROM = Guarded(
    r"(?<!be )\b(?:imposed|introduced|applied|levied|slapped|adopted|enacted|raised|lowered|cut|reduced"
    r"|increased)\b[^;]*\b(?:starting|beginning|effective|from|as of)\s(?:on\s|from\s)?$",
    re.IGNORECASE,
)
"""What has been imposed from a day on: the day may lie on either side of the telling."""
_NEVER_CAME = Guarded(
    r"[^,;]{0,30}?\b(?:did not|didn[’']t|never|failed to) (?:take|happen|go|materiali|come)\w*", re.I
)
_BACK = re.compile(
    r"(?<!\bbe )(?<!\bset )\b(?:was|were|had|has|have|did|since|after|told|said|met|held|signed"
    r"|spoke|took|began|came|went|ran|sat|gave|sent|broke|struck|(?!scheduled|expected|planned|slated)\w{3,}ed|earlier|ago|last|late)\b",
    re.IGNORECASE,
)


_SINCE = Guarded(r"\bsince\s$", re.IGNORECASE)
_BEFORE_ANOTHER = Guarded(
    r"\b(?:before|ahead of|prior to) (?:an?|the|their|its|next) [^,;]{0,60}$", re.IGNORECASE
)
"""What another event precedes is to come for it."""
_PART_ENDS = re.compile(r"[.!?]\s|\n")


def direction(text: str, mention: DateMention) -> Direction:
    """Where the words around a date of `text` look."""
    ahead = _PART_ENDS.split(before(text, mention.start))[-1]
    after = _PART_ENDS.split(behind(text, mention.end))[0]
    return _between(ahead, after, mention.form)


@lru_cache(maxsize=MOST_CLAUSES)
def _between(before: str, after: str, form: str) -> Direction:
    """Where the words before and behind a date look."""
    of_week = form in ("weekday", "weekdays")
    told = _told_outright(before, after, of_week=of_week)
    if told:
        return told
    looks = _VERB_AHEAD if of_week else _AHEAD
    ahead = max((m.end() for m in looks.finditer(before)), default=-1)
    back = max((m.end() for m in _BACK.finditer(before)), default=-1)
    if of_span(form) and back >= 0 and re.search(r"\bfrom\s$", before) and not _WILL.search(before):
        return "past"
    if max(ahead, back) >= 0:
        return "future" if ahead > back else "past"
    found: tuple[tuple[Direction, re.Match[str] | None], ...]
    found = (("future", _AHEAD.search(after)), ("past", _BACK.search(after)))
    nearby: list[tuple[int, Direction]] = [(place.start(), way) for way, place in found if place]
    return min(nearby, default=(0, "nearest"))[1]


_WILL = re.compile(r"\b(?:will|would|to be|set|due|scheduled|plan\w*|expected)\b", re.IGNORECASE)


def of_span(form: str) -> bool:
    """Whether a date is a span of days: `from 14 to 17 November` does not look ahead by its `from`."""
    return form in (*SPANS, "weekdays")


def _told_outright(before: str, after: str, *, of_week: bool) -> Direction | None:
    """The direction that a set phrase gives, whatever verbs stand further off."""
    if _SINCE.search(before):
        return "since"
    if not of_week and _BEFORE_ANOTHER.search(before):
        return "future"
    if not of_week and _WAS_AHEAD.search(before):
        return "nearest"
    if _NEVER_CAME.match(after):
        return "past"
    return "nearest" if _DONE_FROM.search(before) else None
