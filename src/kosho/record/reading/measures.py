"""Tariffs with their rates and products, bans, controls, standards, advisories."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from kosho.numbers import decimal
from kosho.record.reading.changes import Change, find_changes, tells_percent
from kosho.record.reading.clauses import Clause
from kosho.record.reading.factuality import Force
from kosho.record.reading.mentions import Mentions, pattern
from kosho.record.reading.quantities import NUMBER_WORDS, products_in, shown
from kosho.record.reading.quick import AnyOf, Guarded
from kosho.record.reading.tables import by_letter, table

__all__ = ["MeasureMention", "find_measures", "full", "gta_type"]


class MeasureMention(NamedTuple):
    """What a government does, as a sentence words it."""

    start: int
    end: int
    fields: dict[str, Any]


@cache
def full(source: str) -> str:
    """A pattern in the notation of `data/measures.yaml`, with its macros filled in."""
    for name, part in table("measures")["macros"].items():
        source = source.replace(f"{{{name}}}", part)
    return pattern(source.replace("{names}", by_letter(table("measures")["names"])))


@cache
def _compiled(source: str) -> Guarded:
    return Guarded(full(source), re.IGNORECASE)


def find_measures(mentions: Mentions, clause: Clause, force: Force) -> list[MeasureMention]:
    """Measures that a clause states, one a product; none that it denies, asks about or supposes."""
    taken: list[tuple[int, int]] = []
    found = _changed_rates(mentions, clause, force, taken)
    found += _told_duties(mentions, clause, force, taken)
    others, kinds = _others()
    for words in others.may_fit(mentions.masked[clause.start : clause.end]):
        kind = kinds[words]
        for match in words.pattern.finditer(mentions.masked, clause.start, clause.end):
            if not _overlaps(match.span(), taken):
                status = _status(mentions, clause, match, force)
                found += _of_kind(mentions, clause, match, (kind, status)) if status is not None else []
    return found


@cache
def _others() -> tuple[AnyOf, dict[Guarded, str]]:
    """Patterns of measures besides duties, and their kinds."""
    kinds = {_compiled(one["when"]): one["kind"] for one in table("measures")["other"]}
    return AnyOf(tuple(kinds)), kinds


def _overlaps(span: tuple[int, int], taken: list[tuple[int, int]]) -> bool:
    return any(a < span[1] and span[0] < b for a, b in taken)


def _changed_rates(
    mentions: Mentions, clause: Clause, force: Force, taken: list[tuple[int, int]]
) -> list[MeasureMention]:
    found: list[MeasureMention] = []
    for change in find_changes(mentions.masked, clause.start, clause.end):
        if not _overlaps((change.start, change.end), taken):
            measures = _of_change(mentions, clause, change, force)
            taken += [(change.start, change.end)] if measures else []
            found += measures
    return found


def _told_duties(
    mentions: Mentions, clause: Clause, force: Force, taken: list[tuple[int, int]]
) -> list[MeasureMention]:
    found: list[MeasureMention] = []
    for match in _rates(mentions.masked, clause):
        wanted = _group(match, "ought") or _WANTED.search(mentions.masked, clause.start, _names_duty(match))
        borne = _BORNE.search(mentions.masked, clause.start, match.start())
        borne = borne or any(
            words.search(mentions.masked, clause.start, match.start()) for words in (_FORECAST, _IN_RETURN)
        )
        if wanted or borne or _overlaps(match.span(), taken):
            continue
        status = _status(mentions, clause, match, force)
        if status is not None:
            taken.append(
                (match.start(), max(match.start("rate") + 1, match.end("duty") if _group(match, "duty") else 0))
            )
            found += _of_rate(mentions, clause, match, status)
    return found


def _of_change(mentions: Mentions, clause: Clause, change: Change, force: Force) -> list[MeasureMention]:
    """A rate that becomes another one."""
    match = re.compile(r".").match(mentions.masked, change.start)
    if match is None or any(
        words.search(mentions.masked, clause.start, change.end) for words in (_WANTED, _FORECAST, _IN_RETURN)
    ):
        return []
    status = _status(mentions, clause, match, force)
    if status is None:
        return []
    fields = _common(mentions, clause, match) | {"status": "announced" if status == "ended" else status}
    begins = _begins(mentions, clause)
    fields |= {"start": begins} if begins else {}
    fields |= {"rate": shown(change.rate), "unit": "%", "kind": "tariff"} | gta_type("tariff")
    day = next(iter(mentions.within(change.end, clause.end, "date")), None)
    if (
        day
        and day.date
        and day.date.precision == "day"
        and day.date.value
        and _AT_ONCE.search(mentions.text, change.end, day.start)
    ):
        fields["start"] = day.date.value
    fields |= {"rate_before": shown(change.before)} if change.before is not None else {}
    fields["measure"] = f"{change.name} tariff".strip()
    names = _names(mentions.text[slice(*change.products)]) if change.products else []
    if not names:
        return [MeasureMention(clause.start, clause.end, fields)]
    return [MeasureMention(clause.start, clause.end, fields | _named(name)) for name in names]


_AT_ONCE = re.compile(r"\b(?:on|from|effective|as of)\s(?:the\s)?$")


def _status(  # noqa: PLR0911 - one return a status
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
    if not _group(match, "from") and _taken_away("ending", words, at):
        return "in force"  # until then
    if considered or force.conditional():
        return "considered"
    if "rate" in match.groupdict() and re.search(rules["suspended"], words, re.IGNORECASE):
        return "suspended"
    if not _group(match, "from") and _taken_away("ended", words, at):
        return "ended"
    begins = _begins(mentions, clause)
    if begins and mentions.published and not force.pending() and _DONE.search(words[:at]):
        return "announced" if begins > mentions.published.isoformat() else "in force"
    if _SET.search(words[:at]) and not force.pending():
        return "in force"
    before = _BEFORE_IT.search(words, at)  # `down from the 32 percent announced in April`
    if force.pending() or re.search(rules["announced"], words[: before.start()] if before else words, re.I):
        return "announced"
    return "in force"


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


def _begins(mentions: Mentions, clause: Clause) -> str | None:
    """The day from which a clause says that something applies; None where it does not say one."""
    for mention in mentions.within(clause.start, clause.end, "date"):
        date = mention.date
        if date and date.precision == "day" and _FROM_DAY.search(mentions.masked, clause.start, mention.start):
            return date.value
    return None


@cache
def _taking_away(key: str) -> tuple[Guarded, Guarded]:
    """Verbs that take away, ahead of their object and behind their subject."""
    verbs = table("measures")[key]
    return Guarded(verbs["ahead"], re.IGNORECASE), Guarded(verbs["behind"], re.IGNORECASE)


def _taken_away(key: str, words: str, at: int) -> bool:
    """Whether a verb that takes away has the measure at `at` as its object or its subject."""
    ahead, behind = _taking_away(key)
    return ahead.search(words[:at]) is not None or behind.search(words[at:]) is not None


_TO_SET = (
    r"(?:impose|raise|introduce|set|apply|levy|match|slap|hit|increase|lower|cut|reduce|remove|double|triple|halve"
    r"|adopt|reimpose|reinstate|restore|bring down|put|lift|scrap|drop|end|abolish"
    r"|be (?:\w+ly )?(?:imposed|raised|introduced|set|applied|lowered|cut|reduced|removed|doubled|halved"
    r"|lifted|scrapped|increased))"
)
_WANTED = Guarded(
    r"\b(?:urg|call(?:ed|s|ing)? (?:on|for|upon)|ask|press|demand|want|request|recommend|petition|lobb|push"
    rf"|beg)\w*\b[^;.]{{0,80}}\bto {_TO_SET}\b[^;.]{{0,25}}$"
    r"|\b(?:wants?|wanted|demand(?:s|ed|ing)?|seek(?:s|ing)?|sought|urg(?:es?|ed|ing)|recommend(?:s|ed)?"
    r"|(?:call|ask|push|press|lobb|petition)\w* for)"
    r"\s(?:an?|the|new|higher|lower|additional|at least)\s[^;.,]{0,20}$"
    rf"|\b(?:should|must|ought to|needs? to|ha[sd] to|had better)\s"
    rf"(?:\w+ly |also |therefore |now )?{_TO_SET}\b",
    re.IGNORECASE,
)
"""What somebody asks to be done is no measure."""
_BORNE = Guarded(
    r"\b(?:accept(?:ed|s|ing)?|agree(?:d|s|ing)? to|tolerat\w+|liv(?:e|es|ed|ing) with|swallow\w*"
    r"|put(?:s|ting)? up with"
    r"|said (?:\w+ )?(?:of|about)|spoke (?:of|about)|comment\w* on|react\w* to|respond\w* to)"
    r"\s(?:(?:an?|the|any|up to|about)\s){0,2}$",
    re.IGNORECASE,
)
"""Whoever bears a duty, or speaks of one, has not imposed it; who has is not said."""


_FORECAST = Guarded(
    r"\b(?:economists?|analysts?|markets?|traders?|investors?|polls?|surveys?)\b[^;.]{0,60}"
    r"\b(?:expect|forecast|predict|project|estimat|reckon|calculat|saw|see)\w*\b",
    re.IGNORECASE,
)
"""Who forecasts a rate, or works one out, tells of no measure."""
_IN_RETURN = Guarded(r"\bin (?:return|exchange) for\s[^;,.]{0,40}$", re.IGNORECASE)
"""What is wanted for an offer is not there yet."""


def _rates(masked: str, clause: Clause) -> Iterator[re.Match[str]]:
    if not tells_percent(masked, clause.start, clause.end):
        return
    for source in table("measures")["rates"]:
        for match in _compiled(source).finditer(masked, clause.start, clause.end):
            yield match
            if match.groupdict().get("products"):
                yield from _compiled(table("measures")["more"]).finditer(
                    masked, match.start("products"), clause.end
                )


def _names_duty(match: re.Match[str]) -> int:
    """Where, behind a verb that the match may begin with, the duty or its rate is named."""
    return min(match.start("rate"), match.start("duty")) if _group(match, "duty") else match.start("rate")


def _group(match: re.Match[str], name: str) -> str | None:
    return match.groupdict().get(name)


def _of_rate(mentions: Mentions, clause: Clause, match: re.Match[str], status: str) -> list[MeasureMention]:
    base = _common(mentions, clause, match) | {"status": status}
    begins = _begins(mentions, clause)
    base |= {"start": begins} if begins else {}
    kind = _kind_named(_group(match, "name") or "")
    base |= _told_rates(mentions.masked, clause, match) | {"unit": "%", "kind": kind} | gta_type(kind)
    named = [
        word for word in (_group(match, "name") or "").lower().split() if word in table("measures")["names"]
    ]
    base["measure"] = " ".join([*named, (_group(match, "duty") or "tariff").lower()])
    spans, _ = _products(mentions, match)
    if not spans:
        spans = _exported(mentions, clause, match)
    if not spans:
        return [MeasureMention(clause.start, clause.end, base)]
    return [MeasureMention(clause.start, clause.end, base | _named(product)) for product in spans]


_TENS = {"twenty": 20, "twenty-five": 25, "thirty": 30, "forty": 40, "fifty": 50}
_IN_WORDS = NUMBER_WORDS | {"zero": 0, "twelve": 12, "fifteen": 15} | _TENS


def _kind_named(name: str) -> str:
    """The kind of a duty whose name says more than that it is one."""
    told = (("dumping", "anti-dumping"), ("countervailing", "countervailing"), ("safeguard", "safeguard"))
    return next((kind for word, kind in told if word in name.lower()), "tariff")


def _percent(text: str) -> int | float:
    return shown(_number(text))


def _number(text: str) -> Decimal:
    """A rate in figures or in words: `five per cent`."""
    word = _IN_WORDS.get(text.lower())
    return decimal(text, ".") if word is None else Decimal(str(word))


def _told_rates(masked: str, clause: Clause, match: re.Match[str]) -> dict[str, Any]:
    """`rate`, and `rate_before` where the words give it; the two ends where they give a range."""
    low, rate = _group(match, "low") or _group(match, "least"), match["rate"]
    if low:
        return {"rate_low": _percent(low), "rate_high": _percent(rate)}
    if _group(match, "from"):
        return {"rate": _percent(rate), "rate_before": _percent(match["from"])}
    old = _DOWN_FROM.match(masked, match.end("rate"), clause.end)
    if old:
        return {"rate": _percent(rate), "rate_before": _percent(old["rate"])}
    told = max(match.end("rate"), match.end("duty") if _group(match, "duty") else 0)
    change = _CHANGES.search(masked, clause.start, match.start()) or _CHANGED.match(masked, told, clause.end)
    if change is None:
        return {"rate": _percent(rate)}
    verb = next(word for word in change.groups() if word).lower()
    if rate.lower() == "zero":
        return {"rate": 0}
    after = _changed(_number(rate), verb, masked[told : clause.end])
    return {"rate_before": _percent(rate)} | ({} if after is None else {"rate": shown(after)})


_DOWN_FROM = Guarded(
    r"\s?(?:%|per ?cent)[^,;%]{0,60},?\s(?:up|down|raised|lowered|cut|compared with|instead of"
    r"|against)\s(?:from\s)?(?:an?\s|the\s)?(?:earlier\s|current\s|previous\s|initial\s"
    r"|present\s)?"
    r"(?P<rate>\d+(?:[.,]\d{1,2})?)\s?(?:%|per ?cent)",
    re.IGNORECASE,
)
"""What a rate was before: `39%, down from an earlier 31%`."""
_FACTORS = (("doubl", Decimal(2)), ("tripl", Decimal(3)), ("quadrupl", Decimal(4)), ("halv", Decimal("0.5")))
_RISES = ("rais", "increas", "hik", "rise", "rose")
_VERB = (
    r"(?:doubl|tripl|quadrupl|halv|rais|reduc|increas|hik)(?:e[sd]?|ing)|(?:lower|slash|trim)\w*|cut(?:s|ting)?"
)
_CHANGES = Guarded(
    rf"\b(?P<verb>{_VERB})\s(?:(?:its|the|their|this|that|existing|current|present|[\ue000\ue001]+(?:['’]s?)?)\s)+$",
    re.IGNORECASE,
)
"""A verb of change whose object is a rate: the rate is the one before."""
_CHANGED = Guarded(
    rf"[^,;]{{0,60}}?\s(?:(?:be|been|being|is|are|was|were)\s(?:\w+ly\s)?(?P<verb>{_VERB})"
    r"|(?:will|would|to)\s(?P<turns>double|triple|halve|quadruple)"
    r"|(?P<moves>rise|rose|fall|fell|drop|dropped|increase|increased)(?=\sby\b))\b",
    re.IGNORECASE,
)
"""The same where the rate is what changes."""
_NEW = re.compile(r"\bto\s(?:an?\s)?(?P<rate>\d+(?:[.,]\d+)*)\s?(?:%|per ?cent)", re.IGNORECASE)
_BY_POINTS = re.compile(
    r"\bby\s(?:an?\s(?:further|additional)\s)?(?P<points>\d+(?:[.,]\d+)?|[a-z]+)[\s-](?:percentage[\s-])?points?\b",
    re.IGNORECASE,
)
_BY_PART = re.compile(r"\bby\s(?:(?P<half>half)\b|(?:\d|an?\s|one\s|two\s|three\s))", re.IGNORECASE)


def _changed(before: Decimal, verb: str, behind: str) -> Decimal | None:
    """The rate that a change leads to: told, or as a sum of what is told; None where it cannot be told."""
    told = _NEW.search(behind)
    if told:
        return decimal(told["rate"], ".")
    points = _BY_POINTS.search(behind)
    if points:
        number = NUMBER_WORDS.get(points["points"].lower(), points["points"])
        if not str(number)[0].isdigit():
            return None
        by = decimal(str(number), ".")
        after = before + by if verb.startswith(_RISES) else before - by
        return after if after >= 0 else None
    part = _BY_PART.search(behind)
    if part:
        return before / 2 if part["half"] and not verb.startswith(_RISES) else None
    return next((before * factor for stem, factor in _FACTORS if verb.startswith(stem)), None)


def _of_kind(
    mentions: Mentions, clause: Clause, match: re.Match[str], of: tuple[str, str]
) -> list[MeasureMention]:
    kind, status = of
    base = _common(mentions, clause, match) | {"status": status, "measure": kind, "kind": kind}
    chapter = table("measures")["mast"].get(kind)
    if chapter:
        base["mast_chapter"] = chapter
    base |= gta_type(
        "export ban" if kind == "ban" and re.search(r"\bexports?\b", match[0], re.IGNORECASE) else kind
    )
    spans, end = _products(mentions, match)
    end = end if _group(match, "products") and match.end("products") == match.end() else match.end()
    return [MeasureMention(match.start(), end, base | ({"products": " and ".join(spans)} if spans else {}))]


def gta_type(kind: str) -> dict[str, str]:
    """The intervention type of the Global Trade Alert for a kind of measure, where there is one."""
    told = table("measures")["gta"].get(kind)
    return {"gta_type": told} if told else {}


def _named(product: str) -> dict[str, Any]:
    hints = products_in(product).get("hs_hint")
    return {"products": product} | ({"hs_hint": hints[0]} if hints else {})


_BEHIND_GOODS = re.compile(
    r"\s(?:from|by|to|in|starting|effective|if|after|since|under|as|imposed)\b", re.IGNORECASE
)
"""What goes on behind a list of goods, in titles too."""


def _products(mentions: Mentions, match: re.Match[str]) -> tuple[list[str], int]:
    """Names of goods in the tail of a match up to the word that ends them, and where that is."""
    if not _group(match, "products"):
        return [], match.end()
    begin, stop = match.span("products")
    end = _compiled(table("measures")["stop"]).search(mentions.masked, begin, stop)
    cut = end.start() if end else stop
    listed = re.compile(r"[^,;%]+(?:, [\w\s-]{2,30}){1,6},? and [\w\s-]{2,30}").match(
        mentions.masked, begin, stop
    )
    if listed and end and mentions.masked[end.start()] == ",":
        inner = _BEHIND_GOODS.search(mentions.masked, end.start(), listed.end())
        cut = inner.start() if inner else listed.end()
    if not re.search(r"\w", re.sub(r"\b(?:the|and|all)\b", "", mentions.masked[begin:cut])):
        return [], cut  # a duty on a country, not on goods
    return _names(mentions.text[begin:cut]), cut


def _names(words: str) -> list[str]:
    names = re.split(r",\s(?:and\s)?|\sand\s", words.strip())
    plain = [
        re.sub(r"^(?:imports? of|imported|all|most|the|certain|some|its|their|other)\s", "", name.strip())
        for name in names
    ]
    return [
        name for name in plain if name and len(name) <= 80 and not re.search(r"\d\s?(?:%|per)|^[\d.]+$", name)
    ]


_EXPORTED = re.compile(
    r"\b(?:exports?|imports?|shipments?|sales)\sof\s(?P<products>[^;:]{2,80}?)\s(?:to|from|into)\s",
    re.IGNORECASE,
)


def _exported(mentions: Mentions, clause: Clause, match: re.Match[str]) -> list[str]:
    """Goods that bear a rate: `exports of X and Y to Z face a tariff`."""
    found = _EXPORTED.search(mentions.masked, clause.start, match.start())
    return _names(mentions.text[found.start("products") : found.end("products")]) if found else []


_BY = re.compile(
    pattern(
        r"(?P<who><party>|<adj>|<body>)(?:['’]s?)?\s"
        r"(?:(?:threat(?:s|ened)?|plans?|moves?|ruling|imposition|introduction|announcement|proposals?|decision|use|warnings?)"
        r"\s(?:of|for|to\s(?:impose|introduce|levy|slap|raise|put|set|apply|hike|double|increase|charge))\s(?:an?\s|the\s|new\s)?)?(?:(?!(?:ha[sd]|have|is|are|was|were|will|on|to"
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
_FACES = re.compile(r"\b(?:faces?|facing|faced|subject to|hit (?:by|with)|pays?|bears?|slapped with)\b")


_ABOUT = re.compile(
    r"\b(?:over|about|against|despite|amid|after|following|because of|due to|in response to|concerning"
    r"|regarding)\s"
    r"(?:(?:an?|the|its|their|new|high|steep|additional)\s){0,3}$",
    re.IGNORECASE,
)
"""A measure that what the subject does is about: whose it is, is not said by the subject."""
_IMPOSED_IT = re.compile(
    pattern(
        r"[^,;.]{0,60}?\s(?:that\s|which\s)?(?P<who><one>)\s(?:has\s|had\s|have\s)?"
        r"(?:slapped|imposed|put|levied|introduced|applied|set|placed|charges|imposes|levies|applies)\b"
    )
)
"""Who imposed it, behind its name: `the surcharge that the White House slapped on ...`."""
_MARGIN = re.compile(r"(?:dumping|subsidy|subsidi[sz]ation)\s(?:margins?|rates?)\b", re.IGNORECASE)


def _common(mentions: Mentions, clause: Clause, match: re.Match[str]) -> dict[str, Any]:
    before = mentions.masked[clause.start : match.start()]
    fields: dict[str, Any] = {}
    owner = _BY.search(before[-60:])
    offset = match.start() - min(60, len(before))
    if owner and _MARGIN.match(mentions.masked, match.start(), match.end()):
        codes = mentions.codes(offset + owner.start("who"), offset + owner.end("who"))
        return {"on": codes[0]} if codes else {}  # `US dumping margins` are those of what the US sells
    faces = _FACES.search(before)
    if owner and not faces:
        codes = mentions.codes(offset + owner.start("who"), offset + owner.end("who"))
        fields["imposed_by"] = codes[0] if codes else None
    elif imposer := _IMPOSED_IT.match(mentions.masked, match.end(), clause.end):
        codes = mentions.codes(*imposer.span("who"))
        fields["imposed_by"] = codes[0] if codes else None
    elif not (faces or _SPEAKS.search(before) or _ABOUT.search(before)) and clause.subject:
        fields["imposed_by"] = clause.subject[0].codes[0] if clause.subject[0].codes else None
    if faces:
        into = re.search(pattern(r"\b(?:to|into)\s(?P<who><party>)"), before)
        codes = mentions.codes(clause.start + into.start("who"), clause.start + into.end("who")) if into else ()
        fields["imposed_by"] = codes[0] if codes else None
        fields["on"] = clause.subject[0].codes[0] if clause.subject and clause.subject[0].codes else None
        named = mentions.codes(clause.start, clause.start + faces.start())
        fields["on"] = fields["on"] or (named[0] if len(named) == 1 else None)
    by = fields.get("imposed_by")
    target = mentions.codes(match.start(), clause.end)
    others = [code for code in target if code != by]
    if others and not fields.get("on"):
        fields["on"] = others[0]
    return {key: value for key, value in fields.items() if value is not None}
