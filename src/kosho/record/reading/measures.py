"""Tariffs with their rates and products, bans, controls, standards, advisories."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from kosho.record.reading.changes import Change, find_changes, tells_percent
from kosho.record.reading.clauses import Clause
from kosho.record.reading.factuality import Force
from kosho.record.reading.imposers import bears, imposed
from kosho.record.reading.mentions import Mentions, pattern
from kosho.record.reading.quantities import find_quantities, products_in, shown
from kosho.record.reading.quick import AnyOf, Guarded
from kosho.record.reading.rates import group, percent, told_rates
from kosho.record.reading.status import begins, status_of, suspended
from kosho.record.reading.tables import by_letter, table

__all__ = ["MeasureMention", "find_measures", "full", "gta_type", "standing"]


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
            wanted = _WANTED.search(mentions.masked, clause.start, match.start())
            if not wanted and not _overlaps(match.span(), taken):
                status = status_of(mentions, clause, match, force)
                found += _of_kind(mentions, clause, match, (kind, status)) if status is not None else []
    return found


def standing(mentions: Mentions, clause: Clause, force: Force) -> list[MeasureMention]:
    """Duties that a clause names as there, whatever else it says: `asked Y to cancel its surtax of 20 percent`.

    Whose they are is only told where the clause names an owner: its subject may be whom they are on.
    """
    if force.untold():
        return []
    found: list[MeasureMention] = []
    owner: tuple[str, ...] = ()
    reached = clause.start
    for match in _rates(mentions.masked, clause):
        begin = match.start("duty") if group(match, "duty") else match.start("rate")
        begin = min(begin, match.start("name") if group(match, "name") else begin, match.start("rate"))
        told = _STANDS.search(mentions.masked, clause.start, begin)
        now = _NOW.search(mentions.masked, clause.start, match.start("rate"))
        goes_on = bool(found) and begin - reached < NEXT_RATE
        aimed_at = _AIMED_AT.search(mentions.masked, begin, match.start("rate"))
        wanted = _IN_RETURN.search(mentions.masked, clause.start, match.start())
        made = _MADE.search(mentions.masked, clause.start, begin)
        turned_down = _TURNED_DOWN.search(mentions.masked, clause.start, begin)
        denied = made is not None and force.withheld(made.start() - clause.start, 0)
        if denied or turned_down or force.unmade(match.start() - clause.start):
            continue
        if not (told or now or goes_on) or aimed_at or wanted or begin < reached:
            continue
        reached = max(match.end("rate"), match.end("duty") if group(match, "duty") else 0)
        if told:
            possessed = told.groupdict().get("its")
            owner = (
                mentions.codes(clause.start, begin)[-1:] if possessed else mentions.codes(told.start(), begin)
            )
        for one in _of_rate(mentions, clause, match, _stands_now(mentions.masked[clause.start : clause.end])):
            fields = {key: value for key, value in one.fields.items() if key not in ("imposed_by", "on")}
            others = [code for code in mentions.codes(reached, clause.end) if code not in owner]
            bearer = one.fields.get("on") if bears(mentions, clause, match) else None
            on = bearer if bearer not in owner else None
            told_on = on or (others[0] if others and group(match, "products") else None)
            fields |= {"imposed_by": owner[0]} if owner else {}
            fields |= {"on": told_on} if told_on else {}
            if "rate" not in fields and "rate_before" in fields:
                fields["rate"] = fields.pop("rate_before")
            found.append(MeasureMention(clause.start, clause.end, fields))
    return found


_MADE = re.compile(
    r"\b(?:(?:impos|levi|levy|introduc|appl|adopt|enact|charg)\w*\s(?:[\w-]+\s){0,3}"
    r"|(?:has|have|had)\s(?:an?|any|the)\s(?:[\w-]+\s){0,2})$",
    re.IGNORECASE,
)
"""A verb by which a duty is there: where it is denied, so is the duty."""
_TURNED_DOWN = Guarded(
    r"\b(?:reject(?:s|ed|ing)?|veto(?:es|ed)|vot(?:es|ed)\s(?:down|against)|defeat(?:s|ed)|avert(?:s|ed)|forestall(?:s|ed))"
    r"\s(?:an?|any)\s(?:[\w-]+\s){0,2}$",
    re.IGNORECASE,
)
"""A duty that somebody has kept from coming: `the Senate rejected a`."""
_TO_COME = re.compile(
    r"\b(?:due|set|scheduled) to (?:take effect|come into|kick in|start|begin)|\bthreaten\w*\b"
)


def _stands_now(words: str) -> str:
    """How far a duty has come that is named as there."""
    if _TO_COME.search(words):
        return "announced"
    return "suspended" if suspended(words) else "in force"


NEXT_RATE = 60
"""Characters within which the next rate of a list stands: `20 percent on X and 25 percent on Y`."""
_STANDS = re.compile(
    r"(?:(?<!wants\s)(?<!want\s)(?<!instead of\s)\b(?:the|(?P<its>its|their|his|her)|this|these"
    r"|existing|current)\s|[\ue000\ue001\ue007]+(?:['’]s?)?\s"
    r"|\b(?:faces?|facing|pays?|bears?|subject to|hit (?:by|with)|avoid|avert|stave off"
    r"|(?<!a\s)(?:lift|remov|cut|reduc|lower|scrap|drop"
    r"|cancel|reconsider|review|withdraw|suspend|end|eliminat|revok"
    r"|repeal|waiv|abolish|rescind|spar|exempt|keep|maintain|retain|leav|preserv)(?:e|ed|ing|s|es|ting|ping)?)\s(?:[^;]{0,40}\bfrom\s)?(?:an?\s|all\s)?)"
    r"(?:(?!(?:wants?|said|says|told|call(?:s|ed)|the|its|their|his|her|increase|rise|cut|lower|higher|new"
    r"|minimum|flat|maximum|single)\b)[“\"]?[\w-]+[”\"]?\s){0,2}$",
    re.IGNORECASE,
)
"""Words by which a duty named behind them is there: the article, its owner, a verb that takes it away."""
_NOW = re.compile(r"\b(?:now|currently|still|already)\s[^,;]{0,30}$")
_AIMED_AT = re.compile(r"\bto\b")
"""`lower its duty to 5 percent`: the rate is the one that is wanted."""


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
        wanted = group(match, "ought") or _WANTED.search(mentions.masked, clause.start, _names_duty(match))
        borne = _BORNE.search(mentions.masked, clause.start, match.start())
        borne = borne or any(
            words.search(mentions.masked, clause.start, match.start()) for words in (_FORECAST, _IN_RETURN)
        )
        if wanted or borne or _overlaps(match.span(), taken):
            continue
        status = status_of(mentions, clause, match, force)
        if status is not None:
            taken.append(
                (match.start(), max(match.start("rate") + 1, match.end("duty") if group(match, "duty") else 0))
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
    status = status_of(mentions, clause, match, force)
    if status is None:
        return []
    fields = imposed(mentions, clause, match) | {"status": "announced" if status == "ended" else status}
    first = begins(mentions, clause)
    fields |= {"start": first} if first else {}
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
    return min(match.start("rate"), match.start("duty")) if group(match, "duty") else match.start("rate")


def _of_rate(mentions: Mentions, clause: Clause, match: re.Match[str], status: str) -> list[MeasureMention]:
    base = imposed(mentions, clause, match) | {"status": status}
    first = begins(mentions, clause)
    base |= {"start": first} if first else {}
    kind = _kind_named(group(match, "name") or "")
    base |= (
        told_rates(mentions.masked, clause.start, clause.end, match)
        | {"unit": "%", "kind": kind}
        | gta_type(kind)
    )
    named = [
        word for word in (group(match, "name") or "").lower().split() if word in table("measures")["names"]
    ]
    base["measure"] = " ".join([*named, (group(match, "duty") or "tariff").lower()])
    spans, _ = _products(mentions, match)
    if not spans:
        spans = _exported(mentions, clause, match)
    if not spans and bears(mentions, clause, match):
        spans = _bearing(mentions.text[clause.start : match.start()])
    if group(match, "name") and all(_GOODS.fullmatch(one) for one in spans):
        spans = products_in(match["name"]).get("products", []) or spans
    if not spans:
        return [MeasureMention(clause.start, clause.end, base)]
    return [MeasureMention(clause.start, clause.end, base | _named(product)) for product in spans]


_ASIDE = re.compile(r",\s(?:which|who|that)\s[^,;]*,")
_OTHERS = re.compile(r"\b(?:said|says|which|who|that|but|while|its|their)\b|;")
"""What stands before these words before a duty is not what bears it."""


def _bearing(before: str) -> list[str]:
    """Goods that bear a duty, by the words before it: `Tea and rice from Peru face`."""
    plain = _ASIDE.sub(" ", before)
    places = [0, *(one.end() for one in _OTHERS.finditer(plain))]
    return products_in(plain[places[-1] :]).get("products", []) or products_in(before).get("products", [])[:1]


def _kind_named(name: str) -> str:
    """The kind of a duty whose name says more than that it is one."""
    told = (("dumping", "anti-dumping"), ("countervailing", "countervailing"), ("safeguard", "safeguard"))
    return next((kind for word, kind in told if word in name.lower()), "tariff")


def _of_kind(
    mentions: Mentions, clause: Clause, match: re.Match[str], of: tuple[str, str]
) -> list[MeasureMention]:
    kind, status = of
    base = imposed(mentions, clause, match) | {"status": status, "measure": kind, "kind": kind}
    chapter = table("measures")["mast"].get(kind)
    if chapter:
        base["mast_chapter"] = chapter
    base |= gta_type(
        "export ban" if kind == "ban" and re.search(r"\bexports?\b", match[0], re.IGNORECASE) else kind
    )
    if kind in WHOLE_CLAUSE:
        amount = next(iter(find_quantities(mentions.text, clause.start, clause.end)), None)
        base |= {"quota": shown(amount.value), "unit": amount.unit} if kind == "quota" and amount else {}
        first = begins(mentions, clause)
        base |= {"start": first} if first else {}
        goods = products_in(mentions.text[clause.start : clause.end]).get("products", [])
        owned = _OWN_QUOTA.search(mentions.masked, clause.start, clause.end)
        if kind == "quota" and owned:  # what a country may sell, not what it sets
            whose = mentions.codes(*owned.span("who"))
            base = {key: value for key, value in base.items() if key not in ("imposed_by", "on")}
            base |= {"on": whose[0]} if whose else {}
        return [MeasureMention(clause.start, clause.end, base | ({"products": goods[0]} if goods else {}))]
    spans, end = _products(mentions, match)
    end = end if group(match, "products") and match.end("products") == match.end() else match.end()
    if kind == "tariff" and _FREE.search(match[0]):
        before = _RATE_ASIDE.search(match[0])
        base |= {"rate_before": percent(before[1])} if before else {"rate": 0}
        base["unit"] = "%"
    return [MeasureMention(match.start(), end, base | ({"products": " and ".join(spans)} if spans else {}))]


_GOODS = re.compile(r"(?:\S+\s)?(?:imports|goods|products|exports|shipments)", re.IGNORECASE)
"""Words for goods that say nothing of what they are."""
_RATE_ASIDE = re.compile(r",[^,;]*?(\d+(?:\.\d+)?)\s?(?:%|per ?cent)")
"""A rate between commas beside what is taken away: `the duty on X, now 10 per cent, is removed`."""
_OWN_QUOTA = re.compile("(?P<who>[\ue000\ue007]+)['’]s?\\s(?:[\\w-]+\\s){0,2}quotas?\\b")
WHOLE_CLAUSE = {"quota", "investigation"}
"""Kinds of measures that their whole clause tells, by its verb."""
_FREE = re.compile(r"\b(?:free|exempt|remov|eliminat|abolish|scrap|waiv|drop|lift|phased out)", re.IGNORECASE)
"""What bears no duty any more bears one of zero."""


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
    if not group(match, "products"):
        return [], match.end()
    begin, stop = match.span("products")
    end = _compiled(table("measures")["stop"]).search(mentions.masked, begin, stop)
    cut = end.start() if end else stop
    listed = re.compile(
        r"[^,;%]+(?:, (?!according|as\b|say|cit|after|before|which|who|while|with|but|up\b|down\b"
        r"|including)[\w\s-]{2,30}){1,6},? and [\w\s-]{2,30}"
    ).match(mentions.masked, begin, stop)
    if listed and end and mentions.masked[end.start()] == ",":
        inner = _BEHIND_GOODS.search(mentions.masked, end.start(), listed.end())
        cut = inner.start() if inner else listed.end()
    if not re.search(r"\w", re.sub(r"\b(?:the|and|all)\b", "", mentions.masked[begin:cut])):
        return [], cut  # a duty on a country, not on goods
    return _names(mentions.text[begin:cut]), cut


_FROM = re.compile(r"(?<=\w)\sfrom\s(?:the\s)?[A-Z].*$", re.DOTALL)
"""Where goods come from is no part of what they are."""


def _names(words: str) -> list[str]:
    names = re.split(r",\s(?:and\s)?|\sand\s", words.strip())
    plain = [
        re.sub(
            r"^(?:imports? of|imported|all|most|the|certain|some|its|their|other)\s",
            "",
            _FROM.sub("", name.strip()),
        )
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
