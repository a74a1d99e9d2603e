"""How far a measure has come, by the words around it: thought of, announced, in force, suspended, ended."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from typing import Any

from kosho.record.reading.clauses import Clause
from kosho.record.reading.factuality import Force
from kosho.record.reading.mentions import Mentions
from kosho.record.reading.quick import Guarded
from kosho.record.reading.rates import group
from kosho.record.reading.tables import table

__all__ = ["begins", "in_time", "status_of", "suspended"]


def status_of(  # noqa: PLR0911 - one return a status
    mentions: Mentions, clause: Clause, match: re.Match[str], force: Force
) -> str | None:
    """How far a measure has come; None where the clause does not say that there is one."""
    words = mentions.masked[clause.start : clause.end]
    at = match.start() - clause.start
    rules = table("measures")
    considered = re.search(rules["considered"], words, re.IGNORECASE)
    if force.unmade(at):
        return None
    if force.withheld(at, at):
        weighed = re.search(rules["weighed"], words[:at], re.IGNORECASE)
        return (
            "considered" if weighed and not force.untold() and not force.withheld(weighed.start(), 0) else None
        )
    if not group(match, "from") and _taken_away("ending", words, at):
        return "in force"  # until then
    if considered or force.conditional():
        return "considered"
    if "rate" in match.groupdict() and suspended(words):
        return "suspended"
    if not group(match, "from") and _taken_away("ended", words, at):
        return "ended"
    first = begins(mentions, clause)
    if first and mentions.published and not force.pending() and _DONE.search(words[:at]):
        return "announced" if first > mentions.published.isoformat() else "in force"
    if _SET.search(words[:at]) and not force.pending():
        return "in force"
    before = _BEFORE_IT.search(words, at)  # `down from the 32 percent announced in April`
    if force.pending() or re.search(rules["announced"], words[: before.start()] if before else words, re.I):
        return "announced"
    return "in force"


def suspended(words: str) -> bool:
    """Whether words tell that a measure rests for a time."""
    found = re.search(table("measures")["suspended"], words, re.IGNORECASE)
    return found is not None and _MIGHT.search(words, 0, found.start()) is None


_MIGHT = re.compile(r"\b(?:could|would|might|may|can)\s$", re.IGNORECASE)


_BEFORE_IT = re.compile(
    r",?\s(?:down|up|lowered|raised|cut|compared with|instead of|against)\s(?:from\s)?(?:the|an?)\s"
)
"""What a rate was before, or was to be."""


_DONE = Guarded(
    r"(?<!be\s)\b(?:imposed|introduced|applied|levied|slapped|adopted|enacted|set|raised|lowered|cut|reduced|increased"
    r"|doubled|halved|banned|put)\b",
    re.IGNORECASE,
)
_SET = Guarded(
    r"(?<!be\s)(?<!to\s)\b(?:imposed|levied|slapped|introduced)\s"
    r"(?:(?:an?|the|its|new|sweeping|steep|additional|up to)\s|[a-z-]+\s){0,4}$",
    re.IGNORECASE,
)
"""Words that set the measure which follows them: it is there, whatever is announced beside it."""
_FROM_DAY = re.compile(
    r"\b(?:start(?:ing|ed)|beginning|begun|effective|from|as (?:of|from)|since"
    r"|(?:took|takes?|came|comes?|went|goes)\s(?:into\s)?"
    r"(?:effect|force)(?:\sin\s\S+)?)\s(?:on\s|from\s)?(?:the\s)?$",
    re.IGNORECASE,
)


def begins(mentions: Mentions, clause: Clause) -> str | None:
    """The day from which a clause says that something applies; None where it does not say one."""
    for mention in mentions.within(clause.start, clause.end, "date"):
        date = mention.date
        if date is None or date.value is None:
            continue
        if date.precision == "day" and _FROM_DAY.search(mentions.masked, clause.start, mention.start):
            return date.value
        if date.precision == "month" and _IN_MONTH.search(mentions.masked, clause.start, mention.start):
            return date.value
    return None


_IN_MONTH = re.compile(
    r"\b(?:imposed|put|slapped|introduced|banned|levied|applied|raised|suspended|took effect|came"
    r" into (?:force|effect))\b"
    r"[^;]{0,90}?\s(?:in|since|from)\s$",
    re.IGNORECASE,
)


def in_time(fields: dict[str, Any], today: date | None) -> dict[str, Any]:
    """Fields of a measure as they were when the text was made: what begins later is announced, not in force."""
    first = fields.get("start")
    ahead = first is not None and today is not None and first > today.isoformat()[: len(first)]
    return {**fields, "status": "announced"} if ahead and fields["status"] == "in force" else fields


@cache
def _taking_away(key: str) -> tuple[Guarded, Guarded]:
    """Verbs that take away, ahead of their object and behind their subject."""
    verbs = table("measures")[key]
    return Guarded(verbs["ahead"], re.IGNORECASE), Guarded(verbs["behind"], re.IGNORECASE)


def _taken_away(key: str, words: str, at: int) -> bool:
    """Whether a verb that takes away has the measure at `at` as its object or its subject."""
    ahead, behind = _taking_away(key)
    begun = _QUOTA_ENDED.match(words, at)
    before = words[: begun.end() if begun else at]
    return ahead.search(before) is not None or behind.search(words[at:]) is not None


_QUOTA_ENDED = re.compile(r"(?:scrapped|abolished)\s(?:[\w''’-]+\s){0,3}(?=quotas?\b)", re.IGNORECASE)
"""The verb may belong to the words by which a quota is known."""
