"""Statements in the passive: whoever is asked, is offered something or is criticised does not speak."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kosho.record.reading.clauses import Clause
from kosho.record.reading.mentions import Mentions, pattern

__all__ = ["Passive", "passive"]

_VERBS = {
    "ask": r"asked|urged|requested|pressed|pressured|pushed|petitioned|lobbied|implored|called (?:up)?on",
    "offer": r"offered|promised|granted",
    "complaint": r"critici[sz]ed|accused|condemned|denounced|blamed|faulted|attacked|rebuked",
}
_BETWEEN = r"(?:also|again|now|then|later|first|never|repeatedly|\w+ly)\s"
_PASSIVE = {
    kind: re.compile(
        rf"\s(?:(?:has|have|had|will|would|could|may|might)\s|{_BETWEEN})*"
        rf"(?:is|are|was|were|be|been)\s(?:being\s)?(?:{_BETWEEN})*(?:{verbs})\b",
        re.IGNORECASE,
    )
    for kind, verbs in _VERBS.items()
}
_AGENT = re.compile(pattern(r"\bby\s(?:the\s)?(?P<who><one>(?:(?:,|,?\sand)\s(?:the\s)?<one>)*)\s?"))


@dataclass(frozen=True, slots=True)
class Passive:
    """Who is told of, and who acts."""

    fields: dict[str, object]
    """`to` or `against`, and `by` where the clause says it."""
    agent: str = ""
    """The words for who acts, `by Chile `."""

    def without_agent(self, text: str) -> str:
        """What is asked or offered, without who asks or offers it.

        >>> Passive({}, "by Chile ").without_agent("by Chile to open its market")
        'open its market'
        """
        return re.sub(r"^to\s", "", text.replace(self.agent.strip(), "").strip()) if self.agent else text


def passive(mentions: Mentions, clause: Clause, kind: str) -> Passive | None:
    """Who is asked, offered something or criticised, and by whom; None where the clause says no such thing.

    Args:
        mentions: Of the document.
        clause: Whose subject it is.
        kind: Of the statement.
    """
    words = _PASSIVE.get(kind)
    if words is None or not clause.subject or not clause.start <= clause.subject[-1].end < clause.end:
        return None
    verb = words.match(mentions.masked, clause.subject[-1].end, clause.end)
    told = [code for mention in clause.subject for code in mentions.stands_for(mention)]
    if verb is None or not told:
        return None
    fields: dict[str, object] = {"against" if kind == "complaint" else "to": told[0]}
    agent = _AGENT.search(mentions.masked, verb.end(), clause.end)
    if agent is None:
        return Passive(fields)
    acting = mentions.codes(*agent.span("who"))
    if acting:
        fields["by"] = acting[0] if len(acting) == 1 else list(acting)
    return Passive(fields, mentions.text[agent.start() : agent.end()])
