"""Whose measure it is, and whom it is on, by the words around it."""

from __future__ import annotations

import re
from typing import Any

from kosho.record.reading.clauses import Clause
from kosho.record.reading.mentions import Mentions, pattern

__all__ = ["bears", "imposed"]


_BY = re.compile(
    pattern(
        r"(?P<who><party>|<adj>|<body>)(?:['’]s?)?\s"
        r"(?:(?:threat(?:s|ened)?|plans?|moves?|ruling|imposition|introduction|announcement|proposals?|decision|use|warnings?)"
        r"\s(?:of|for|to\s(?:impose|introduce|levy|slap|raise|put|set|apply|hike|double|increase|charge))\s(?:an?\s|the\s|new\s)?)?(?:(?!(?:ha[sd]|have|is|are|was|were|will|sa(?:id|ys)|on|to"
        r"|of|in|by|with|against|from|for|and|or)\b)[\w-]+\s){0,2}$"
    )
)
_SPEAKS = re.compile(
    r"\b(?:said|says|spoke|spoken|told \S+|commented|reacted|responded|complain\w+|warned|protest\w+"
    r"|critici[sz]\w+)"
    r"\s(?:\w+\s)?(?:of|about|on(?!\s[\ue005])|to|against|over)\b",
    re.IGNORECASE,
)
"""Who speaks of a measure is not who takes it."""
_MINDS = re.compile(
    r"\b(?:oppos(?:e|es|ed|ing)|resent\w*|fear\w*|condemn\w*|denounc\w*|deplor\w*|resist\w*|welcom\w*|prais\w*)\s"
    r"(?:an?|the|any|all)\s(?:[\w-]+\s){0,2}$",
    re.IGNORECASE,
)
"""Who is for or against a measure is not who takes it."""
_REMARK = re.compile(r",\s(?:who|which)\s[^,;]*$")
_FACES = re.compile(
    r"\b(?:faces?|facing|faced|subject(?:ed)? to|hit (?:by|with)|pays?|bears?|slapped with|avoid(?:s"
    r"|ed)?|escap(?:es?|ed)"
    r"|dodg(?:es?|ed)|spare[sd]?|threatened with|exempt(?:ed)? from|relief from|secured|obtained|negotiated"
    r"|got|gets|won|received|receives)\b"
)


_ABOUT = re.compile(
    r"\b(?:over|about|against|despite|amid|after|following|because of|due to|in response to|concerning"
    r"|regarding)\s"
    r"(?:(?:an?|the|its|their|new|high|steep|additional)\s){0,3}$",
    re.IGNORECASE,
)
"""A measure that what the subject does is about: whose it is, is not said by the subject."""
_TAKES = (
    r"(?:slap(?:ped|s)?|impos(?:ed?|es)|put|lev(?:y|ied|ies)|introduc(?:ed?|es)|appl(?:y|ied|ies)|set|plac(?:ed?|es)"
    r"|charg(?:ed?|es)|announced|maintain(?:ed|s)?)"
)
_IMPOSED_IT = re.compile(
    pattern(
        r"[^,;.]{0,60}?\s(?:(?:that\s|which\s)?(?P<who><one>)\s(?:has\s|had\s|have\s)?"
        rf"(?:(?:threatened|plann?(?:ed|s)|vowed|wants?|proposed|promised|announced)\sto\s)?{_TAKES}\b"
        rf"|{_TAKES}\s(?:\w+ly\s)?by\s(?:the\s)?(?P<by><one>))"
    )
)
"""Who imposed it, behind its name: `the surcharge that the White House slapped on`, `the duty"
" applied by Peru`."""
_WOULD = re.compile(
    pattern(r"\bthat\s(?:the\s)?(?P<who><one>)\s(?:would|will|could|might|may|had|has|was|is)\b[^,;]*$")
)
"""Who acts in what somebody thinks: `feared that the United States would impose`."""
_SPARING = "except(?:\\sfor)?|excluding|barring|apart from|other than"
_EXCEPT = re.compile(
    rf"\b(?:{_SPARING}|(?:higher|lower|rather|steeper|larger|smaller)\sthan|compared\swith|unlike)\b",
    re.IGNORECASE,
)
"""Who stands behind does not bear it."""
_MEETS_WITH = re.compile(
    r"\b(?:(?:hurt|harm|hit|damag|affect|crippl|devastat|cost|threaten|squeez|punish)\w*|should"
    rf"|if|unless|{_SPARING})\s(?:the\s)?$",
    re.IGNORECASE,
)
"""Behind a duty, before who bears it or has to do something: `would hurt Vietnam`, `should Vietnam fail`."""
_OWN = re.compile(
    pattern(
        r"\b(?:dut(?:y|ies)|tariffs?|lev(?:y|ies)|surcharges?|bans?|quotas?|controls?|restrictions?|curbs|limits?)"
        r"\sof\s(?:the\s)?(?P<who><party>)(?=\s(?:on|against)\b)"
    )
)
"""Whose it is, between its name and what it is on: `the duty of Peru on copper`."""
_UNNAMED = re.compile(
    r"\b(?:countries|nations|states|governments|economies|members|partners|exporters|producers|firms|companies"
    r"|others|those)\s(?:that|which|who)\s(?:\w+\s)?$",
    re.IGNORECASE,
)
"""Those who bear it are not named: `X joined countries that face a duty`."""
_CONDEMNED = re.compile(
    r"[^;.]{0,60}?\s(?:(?:must|should|ha[sd] to|have to|needs? to|ought to)\s(?:go|end|stop)\b"
    r"|(?:is|are|was|were|would be)\s(?:\w+\s)?"
    r"(?:unfair|unjust|unjustified|unlawful|illegal|unacceptable|discriminatory)\b)"
)
"""What the words behind a duty say should not be: it is not whose who says so."""
_CHANGES = re.compile(
    r"\b(?:rais|lower|cut|increas|reduc|doubl|tripl|halv|hik|slash)(?:e|ed|es|s|ing|ting)?\s(?:the\s)?$", re.I
)
"""A verb of change before a duty that is called after whom it is on."""
_MARGIN = re.compile(r"(?:dumping|subsidy|subsidi[sz]ation)\s(?:margins?|rates?)\b", re.IGNORECASE)


def bears(mentions: Mentions, clause: Clause, match: re.Match[str]) -> bool:
    """Whether the words before a duty say who bears it: `X faces`."""
    return _facing(mentions, clause, match) is not None


def _facing(mentions: Mentions, clause: Clause, match: re.Match[str]) -> re.Match[str] | None:
    """The words that say so, before the duty or as the first of the match."""
    return _FACES.search(mentions.masked, clause.start, match.start()) or _FACES.match(
        mentions.masked, match.start(), match.end()
    )


def imposed(mentions: Mentions, clause: Clause, match: re.Match[str]) -> dict[str, Any]:
    """Fields `imposed_by` and `on` of the measure that a match names; absent where the clause does not say."""
    before = mentions.masked[clause.start : match.start()]
    fields: dict[str, Any] = {}
    owner = _BY.search(before[-60:])
    offset = match.start() - min(60, len(before))
    if owner and _MARGIN.match(mentions.masked, match.start(), match.end()):
        codes = mentions.codes(offset + owner.start("who"), offset + owner.end("who"))
        return {"on": codes[0]} if codes else {}  # `US dumping margins` are those of what the US sells
    faces = _facing(mentions, clause, match)
    own = _OWN.search(mentions.masked, match.start(), clause.end)
    if own and not faces:
        codes = mentions.codes(*own.span("who"))
        fields["imposed_by"] = codes[0] if codes else None
    elif owner and not faces:
        codes = mentions.codes(offset + owner.start("who"), offset + owner.end("who"))
        fields["imposed_by"] = codes[0] if codes else None
        acting = clause.subject[0].codes if clause.subject else ()
        changed = _CHANGES.search(mentions.masked, clause.start, offset + owner.start("who"))
        if changed and acting and codes and acting[0] != codes[0]:  # `the US raised Chinese tariffs`
            return {"imposed_by": acting[0], "on": codes[0]}
    elif imposer := _IMPOSED_IT.match(mentions.masked, match.end(), clause.end):
        codes = mentions.codes(*imposer.span("who" if imposer["who"] else "by"))
        fields["imposed_by"] = codes[0] if codes else None
    elif not faces and (inner := _WOULD.search(before)):
        codes = mentions.codes(clause.start + inner.start("who"), clause.start + inner.end("who"))
        fields["imposed_by"] = codes[0] if codes else None
    elif not (faces or _aside(mentions, clause, match)) and clause.subject:
        fields["imposed_by"] = clause.subject[0].codes[0] if clause.subject[0].codes else None
    if faces:
        return _borne(mentions, clause, match, faces, fields.get("imposed_by"))
    by = fields.get("imposed_by")
    spared = _EXCEPT.search(mentions.masked, match.start(), clause.end)
    remark = mentions.masked.find(", ", match.end(), clause.end) if _REMARK.search(before) else -1
    target = mentions.codes(match.start(), spared.start() if spared else remark if remark >= 0 else clause.end)
    others = [code for code in target if code != by]
    if others and not fields.get("on"):
        fields["on"] = others[0]
    return {key: value for key, value in fields.items() if value is not None}


def _aside(mentions: Mentions, clause: Clause, match: re.Match[str]) -> bool:
    """Whether the subject only speaks of the duty, does what is about it, bears it, or wants it gone."""
    before = mentions.masked[clause.start : match.start()]
    if any(words.search(before) for words in (_SPEAKS, _ABOUT, _MINDS)):
        return True
    behind = match.end("rate") if "rate" in match.groupdict() else match.end()
    if clause.subject and _MEETS_WITH.search(mentions.masked, behind, clause.subject[0].start):
        return True
    return _CONDEMNED.match(mentions.masked, match.start(), clause.end) is not None


_AMONG = re.compile(r"\b(?:among them|including|such as|notably)\b")
"""What stands behind is some of those who bear it."""
_PAYS = re.compile("pays?|bears?")
_INTO = re.compile(pattern(r"\b(?:to|into|in)\s(?:the\s)?(?P<who><party>)"))


def _borne(
    mentions: Mentions, clause: Clause, match: re.Match[str], faces: re.Match[str], told: str | None
) -> dict[str, Any]:
    """Whose a duty is of which the clause says who bears it: `Swiss goods face a 31% U.S. duty`.

    Who pays one on what comes from elsewhere pays it at home: `Kenya pays a 4% duty on Canadian syrup`.
    """
    aside = _AMONG.search(mentions.masked, clause.start, faces.start())
    ahead = mentions.codes(clause.start, (aside or faces).start())
    unnamed = _UNNAMED.search(mentions.masked, clause.start, faces.start())
    bearer = ahead[0] if ahead and not unnamed else None
    if bearer is None and aside is None and not unnamed and clause.subject and clause.subject[0].codes:
        bearer = clause.subject[0].codes[0]
    into = _INTO.search(mentions.masked, clause.start, match.start())
    behind = (
        _INTO.search(mentions.masked, match.end("rate"), clause.end) if "rate" in match.groupdict() else None
    )
    entered = [code for one in (into, behind) if one for code in mentions.codes(*one.span("who"))]
    goods = match.start("products") if match.groupdict().get("products") else match.end()
    own = [*mentions.codes(match.start(), goods), *entered]
    by = told or next((code for code in own if code != bearer), None)
    made_by = [code for code in mentions.codes(goods, match.end()) if code != bearer]
    if by is None and made_by and _PAYS.fullmatch(faces[0]):
        by, bearer = bearer, made_by[0]
    return {key: value for key, value in (("imposed_by", by), ("on", bearer)) if value is not None}
