"""Patterns that tell what a clause is, from `data/rules.yaml`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal, NamedTuple

from kosho.record.reading.clauses import Clause
from kosho.record.reading.draft import Modality
from kosho.record.reading.factuality import Force
from kosho.record.reading.mentions import Mentions, pattern
from kosho.record.reading.quick import MOST_CLAUSES, Guarded, holds, needs
from kosho.record.reading.tables import table

__all__ = [
    "Fit",
    "Rule",
    "bits_of",
    "compiled",
    "first_rule",
    "fit",
    "full",
    "maybe",
    "modality_of",
    "verb_places",
]


@dataclass(frozen=True, slots=True)
class Rule:
    """A type of fact and how its sentences are worded."""

    type: str
    acts: Guarded | None
    when: Guarded | None
    unless: Guarded | None
    needs: Guarded | None
    who: Literal["one", "joint", "speaker"] | None
    modality: Modality | None
    bits: int
    """Those of the words of which a clause that it fits holds one."""
    quoted: bool = False
    """Whether it fits only what stands in quotation marks."""
    owned: bool = False
    """Whether it is whose that stands first in the words it fits: `Chile's request for`."""


def _verbs() -> list[str]:
    return [word for key in ("base", "noun_too") for word in table("verbs")[key].split()]


@cache
def _macros() -> dict[str, str]:
    known: dict[str, str] = {}
    for name, source in table("rules")["macros"].items():
        known[name] = _filled(source.replace("{BASE}", "|".join(_verbs())), known)
    return known


def _filled(source: str, known: dict[str, str]) -> str:
    return re.sub(r"\{([a-z]+)\}", lambda name: known[name[1]], source)


@cache
def full(source: str) -> str:
    """A pattern in the notation of `data/rules.yaml`, with its macros filled in."""
    return pattern(_filled(source, _macros()))


@cache
def compiled(source: str) -> Guarded:
    """A pattern in the notation of `data/rules.yaml`."""
    return Guarded(full(source), re.IGNORECASE)


def maybe(source: str | None) -> Guarded | None:
    """The same where there may be none."""
    return compiled(source) if source else None


def bits_of(acts: Guarded | None, when: Guarded | None) -> int:
    """The bits of words of which a clause holds one that either of two patterns fits."""
    return needs(*(one.source for one in (acts, when) if one is not None))


@cache
def _rules() -> tuple[Rule, ...]:
    found: list[Rule] = []
    for one in table("rules")["rules"]:
        acts, when, unless, needed = (maybe(one.get(key)) for key in ("acts", "when", "unless", "needs"))
        how = (one.get("who"), one.get("modality"), bits_of(acts, when))
        marks = (one.get("quoted", False), one.get("owned", False))
        found.append(Rule(one["type"], acts, when, unless, needed, *how, *marks))
    return tuple(found)


@cache
def _steps() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    lead, actor, aside, auxiliary = (
        re.compile(full(one), re.IGNORECASE) for one in ("{lead}", "<actor>", "{app}", "{aux}")
    )
    return lead, actor, aside, auxiliary


@lru_cache(maxsize=MOST_CLAUSES)
def verb_places(words: str) -> tuple[int, ...]:
    """Where a verb of the subject may stand: at the beginning or after an actor, and after auxiliaries."""
    lead, actor, aside, auxiliary = _steps()
    starts = {0}
    begun = lead.match(words)
    if begun:
        starts.add(begun.end())
    for found in actor.finditer(words):
        after = aside.match(words, found.end())
        starts |= {
            stop + 1
            for stop in (found.end(), found.end() + 1, after.end() if after else found.end())
            if words[stop : stop + 1] == " "
        }
    places: set[int] = set()
    for start in starts:
        position: int | None = start
        while position is not None and position not in places:
            places.add(position)
            step = auxiliary.match(words, position)
            position = step.end() if step else None
    return tuple(sorted(places))


def fit(words: str, places: Iterable[int], acts: Guarded | None, when: Guarded | None) -> re.Match[str] | None:
    """Where a rule fits a clause: at a verb of its subject, or anywhere."""
    if acts is not None and acts.may_fit(words):
        begins = acts.pattern
        for place in places:
            found = begins.match(words, place)
            if found:
                return found
    return when.search(words) if when is not None else None


CLAIMS = {"ask", "offer", "agreement", "agreement_aim", "commitment", "deadline"}
"""Types that a negation inside their own words denies."""
GUARDED = CLAIMS | {
    "red_line",
    "no_agreement",
    "complaint",
    "response",
    "person_status",
    "event_change",
    "next_meeting",
}
"""Types that a denial, a question or a supposition around their words takes away."""


class Fit(NamedTuple):
    """A rule, and where in the words of a clause it fits."""

    rule: Rule
    start: int
    end: int


def first_rule(mentions: Mentions, clause: Clause, force: Force) -> Fit | None:
    """The first rule that fits a clause, or None."""
    words = clause.words(mentions)
    aside: Fit | None = None
    for number in _of_words(words):
        rule = _rules()[number]
        if not _fits(rule, mentions, clause):
            continue
        span = _span(number, words)
        if span is None or _withheld(rule, span, force) or _BEHIND_RELATIVE.search(words, 0, span[0]):
            aside = aside or (
                Fit(rule, *span) if span is not None and not _withheld(rule, span, force) else None
            )
            continue
        return Fit(rule, *span)
    return aside


_BEHIND_RELATIVE = re.compile(r"\b(?:than|whose|whom)\s[^,;]*$")
"""What stands behind such a word is said of something else: it gives way to what the clause itself says."""


@lru_cache(maxsize=MOST_CLAUSES)
def _of_words(words: str) -> tuple[int, ...]:
    """The rules of which a word stands in a clause."""
    held = holds(words)
    return tuple([number for number, rule in enumerate(_rules()) if rule.bits & held])


@lru_cache(maxsize=8 * MOST_CLAUSES)
def _span(number: int, words: str) -> tuple[int, int] | None:
    """Where a rule fits the words of a clause, whoever says them."""
    rule = _rules()[number]
    found = fit(words, verb_places(words), rule.acts, rule.when)
    if found is None or (rule.unless and rule.unless.search(words)):
        return None
    return found.span() if rule.needs is None or rule.needs.search(words) else None


def _withheld(rule: Rule, span: tuple[int, int], force: Force) -> bool:
    if rule.type not in GUARDED:
        return force.untold()
    start, end = span
    return force.only_would(start) or force.withheld(start, end if rule.type in CLAIMS else start)


def _fits(rule: Rule, mentions: Mentions, clause: Clause) -> bool:
    if rule.quoted and not (clause.quoted and any(m.person and m.person.role for m in clause.speaker)):
        return False
    if rule.who is None:
        return True
    if rule.who == "speaker":
        return any(m.codes or m.kind == "joint" or (m.person and m.person.role) for m in clause.speaker)
    codes = {code for m in clause.subject for code in mentions.stands_for(m)}
    people = {m.person.name for m in clause.subject if m.person}
    joint = len(codes) > 1 or len(people) > 1 or any(m.kind == "joint" for m in clause.subject)
    return joint if rule.who == "joint" else bool(clause.subject) and not joint


_CONSIDERED = Guarded(
    r"\b(?:consider(?:s|ing|ed)?|mull(?:s|ing|ed)?|weigh(?:s|ing|ed)|explor(?:es|ing)"
    r"|contemplat(?:es|ing)|looking (?:at|into)"
    r"|(?-i:may)|might|could|possibly|possibility of|room to|floated|under consideration|under review)\b",
    re.IGNORECASE,
)
_PLANNED = Guarded(
    r"\b(?:will|to be (?:held|signed|adopted|announced|concluded|finali[sz]ed)|(?:is|are|was"
    r"|were) (?:\w+ )?(?:set|scheduled|due|expected|slated|about|poised|planning|preparing|hoping) to"
    r"|plans? to|intends? to|finali[sz]ing|upcoming|aims? to (?:sign|conclude|reach|finali[sz]e)"
    r"|scheduled for|shall)\b",
    re.IGNORECASE,
)
_DRAFT = Guarded(r"\bdraft\b|\bproposed text\b", re.IGNORECASE)


_DONE = Guarded(r"\b(?:signed|concluded|reached|adopted|initiall?ed|struck|sealed|ratified)\b", re.IGNORECASE)
"""What has been agreed, whatever will follow from it."""


def modality_of(fit: Fit, words: str, *, draft: bool) -> Modality:
    """How sure a clause is of what it says."""
    rule = fit.rule
    if rule.modality:
        return rule.modality
    if draft or _DRAFT.search(words):
        return "draft"
    if rule.type in ("offer", "ask", "agreement", "measure") and _CONSIDERED.search(words):
        return "considered"
    told = words[: fit.end] if rule.type == "agreement" and _DONE.search(words[fit.start : fit.end]) else words
    if rule.type in ("agreement", "event", "measure") and _PLANNED.search(told):
        return "planned"
    return "asserted"
