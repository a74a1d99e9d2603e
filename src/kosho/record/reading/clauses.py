"""Sentences into clauses: one thing said by one subject."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from kosho.record.reading.coordination import Item, items
from kosho.record.reading.mentions import OWN, Mention, Mentions, pattern
from kosho.record.reading.quick import MOST_CLAUSES, Guarded

__all__ = ["SAYS", "Clause", "past_somebody", "split"]


@dataclass(frozen=True, slots=True)
class Clause:
    """Part of a sentence that can be one fact."""

    start: int
    end: int
    subject: tuple[Mention, ...] = ()
    """Who acts, where the clause or the one before it names somebody."""
    speaker: tuple[Mention, ...] = ()
    """Who is reported as saying it."""
    quoted: bool = False
    """Whether it stands in quotation marks, as somebody's own words."""
    open: bool = False
    """Whether the quotation goes on in the next sentence."""
    head: str = ""
    """Words, names written over, that govern it and stand elsewhere: those of a list, or of its first item."""

    item: bool = False
    """Whether it is the second or a later item of what one verb governs."""

    @property
    def whole(self) -> bool:
        """Whether it is a later item with a subject of its own: it may say something else than the first."""
        return self.item and self.head.endswith(" that ")

    def words(self, mentions: Mentions) -> str:
        """Its words with names written over, behind those that govern it."""
        return self.head + mentions.masked[self.start : self.end]


_VERBS = (
    r"(?:endorsed|launched|underlined|underscored|highlighted|recogni[sz]ed|acknowledged|tasked|encouraged|invited|established"
    r"|reviewed|commended|condemned|agreed|confirmed|urged|asked|offered|proposed|pledged|promised|called|demanded|requested"
    r"|accused|criticized"
    r"|criticised|complained|signed|adopted|discussed|exchanged\sviews|decided|committed|reaffirmed|reiterated"
    r"|expressed|stressed|emphasi[sz]ed|warned|rejected|refused|welcomed|vowed|insisted"
    r"|shared\sthe\sview|held|met"
    r"|said|added|noted|concurred|imposes?|imposed|aims?|seeks?|wants?|plans\sto|will"
    r"|is\s(?:also\s)?(?:considering|seeking|ready|willing)"
    r"|failed|instructed|directed|undertook|announced|raised\sconcerns|voiced|showed|sought"
    r"|(?:has|have|had)\s(?:also\s)?(?:\w{3,}ed|begun|made|taken|sought|undertaken|put|set)"
    r"|set\s(?:a|an|the|their|its)\s(?:\w+\s)?(?:target|goal|deadline|objective)"
    r"|was\sunable|were\sunable|opposes|supports|rejects|welcomes|urges|demands|insists|calls\s(?:for|on)|stands\sready"
    r"|looks\sforward|remains\s(?:ready|open|committed|opposed)|reserves|expects|hopes)\b"
)
_FINITE = (
    r"(?:\w+ed|will|would|has|have|had|is|are|was|were|can|could|may|must|did|does|do|said"
    r"|held|met|made|took|gave|went|put|cut|set|says|aims?|hopes?|began|agree|undertook|sought|rose|fell|told|brought|kept|left"
    r"|paid|sold|bought|grew|saw|drew|found|led|sent|wants?|seeks?|plans|opposes|supports|considers|imposes|charges|taxes|buys"
    r"|sells|expects|insists|calls|describes|regards|sees|expect|want|need|hope|believe|think|support|oppose)\b"
)
_AGAIN = rf"(?:also\s|further\s|then\s|jointly\s|\w+ly\s)?{_VERBS}"
_HAS_VERB = re.compile(rf"\b(?:{_FINITE}|{_VERBS})")
_SPLITS = re.compile(
    pattern(
        rf"""
    [;,\s](?:
      (?<=;)\s+(?:and\s|but\s)?
    | (?<=,)\s(?:
          (?:but|while|whereas|although|though|yet)\s
        | (?:and|so)\s(?=(?:(?:then|also|later|that)\s)?(?:[\w-]+\s){{0,4}}?<actor>[^,;]{{0,60}}?\s{_FINITE})
        | (?:and|so)\s(?=(?:the|its|their|this|these|those|a|an|no)\s(?:[\w-]+\s){{1,4}}?
            (?:aims?|will|would|is|are|was|were|has|have|had|can|could)\b)
        | and\s(?=(?!officials\b)[a-z]{{3,}}s\s(?:[\w\ue000-\ue007-]+\s){{0,6}}?
            (?:are|were|have|had|will|would|remain(?:ed)?)\b)
        | (?:(?:on|of|for|in|to|under|over|about)\s)?which\s(?=<actor>\s(?:\w+ly\s|also\s)?{_FINITE})
        | with\s(?=(?:the|an?|its|their|both)\s[^,;]{{3,80}}?\s
            (?:to\sbe|to\stake|to\sbegin|to\sstart|expected\sto|due\sto|scheduled)\b)
        | (?=an?\s(?:demand|request|call|offer|proposal|condition|idea|suggestion|plan|move)\s
            (?:(?:that|which)\s)?<actor>\s)
        | (?:a\sday|a\sweek|hours|days|one\sday|two\sdays|shortly|just\sdays)\s(?:after|before)\s
        | and\s(?={_AGAIN})
        | (?=(?:adding|saying|stating|noting|stressing|warning|insisting|arguing|accusing|criticising
            |agreeing|vowing|committing|deciding
            |criticizing|blaming|rejecting
            |denouncing|citing|pledging|promising|offering|proposing)\s)
        | with\s(?=<one>\s(?:seeking|asking|calling|urging|demanding|pressing|offering|proposing|refusing
            |rejecting|insisting|promising|pledging|warning|threatening|saying)\s)
        | (?=(?:hoping|seeking|calling|urging|asking|demanding)\s(?:to|for|on)\s)
        | (?=[“"][A-Z\ue000-\ue007])
        | (?=which\s(?:\w+ly\s)?(?:violat|breach|contraven|infring|run\scounter
            |(?:is|are)\s(?:inconsistent|incompatible|unfair|unjustified|unacceptable)|(?:was|were|is|are|has\sbeen|will\sbe)\s(?:later\s|then\s)?(?:lowered|raised|cut|reduced
            |halved|doubled|increased)\s(?:to|from)\b))
        )
    | (?<=\s)(?:
          but\s(?={_AGAIN})
        | (?:under|by)\swhich\s(?=<actor>\s(?:\w+ly\s|also\s)?{_FINITE})
        | (?=(?:before|until)\s(?:an?|the|its|new)\s[^,;]{{3,60}}?\s
            (?:takes?|took|comes?|came|goes?|kicks?)\s(?:effect|force|in|into)\b)
        | (?:since|after|when)\s(?=<actor>(?:\sand\s<actor>)?\s
            (?:met|held|signed|agreed|spoke|visited|announced)\b)
        | as\s(?=<actor>\s(?:wrapped|concluded|ended|opened|began|met|held|left)\b)
        | and\s(?={_AGAIN})
        | and\s(?=told\s(?:[a-z]+|[\ue000\ue003\ue004\ue006\ue007]+)\s)
        | and\s(?=(?:also\s|then\s|later\s|\w+ly\s)?(?:[a-z]{{3,}}ed|sought|put|took|gave|made|spoke
            |laid|drew)\s(?:that|the|an?|its|their|his|her|for|to|concerns?|readiness|willingness|interest|support|[\ue000\ue003\ue004\ue007])(?![a-z]))
        | (?<![\ue000-\ue007)]\s)and\s(?=<actor>\s(?:also\s)?{_FINITE})
        )
    )"""
    ),
    re.VERBOSE,
)
_MARKS = re.compile('[“”"]')
_QUOTE = re.compile(
    r"[“\"](?=[A-Z\ue000-\ue007])[^”\"]{12,}?[”\"]"
    r"|(?<![\w'’])['‘](?=[A-Z\ue000-\ue007])(?:[^'’]|(?<=\w)['’](?=\w)){12,}?[.,!?]['’](?!\w)"
)
SAYS = Guarded(
    pattern(
        r"<actor>(?:,\s[^,]{1,100},|,)?(?:\s(?:on\s|in\s)?<date>)?\s(?:also\s|then\s|\w+ly\s)?(?:said"
        r"|says|told|stated|added|noted|stressed|emphasi[sz]ed|declared"
        r"|explained|argued|insisted|commented|remarked|believes?|warned|reiterated|reaffirmed"
        r"|underlined|claimed|announced|pointed)\b"
        r"|(?:said|says|added|stated|noted)\s<actor>(?=\s*(?:[,.;:“”\"]|$|\s(?:on|in|at|after|of|during|who|last|this)\b))"
    )
)
"""Who speaks, before or behind the verb of saying."""
_ACTING = re.compile(pattern(r"<actor>"))
_OBJECT = re.compile(
    r"\b(?:from|to|with|of|against|for|towards?|in|at|between|by|on|than|like|into|over|under|and|told)\s$"
)
_TOLD = r"(?:had\s|has\s|have\s)?(?:told|informed|warned|assured)\s[^,;]{2,40}?\sthat\s"
_REPORTED = re.compile(
    pattern(
        r"(?:,?\sof\s(?:the\s)?<party>|,\s[^,;]{3,80}(?=,))?[),]?(?:\s(?:on\s|in\s)?<date>)?\s(?:"
        r"(?:also\s|then\s)?(?:said|says|stated|added|noted|announced|confirmed|insisted)\s"
        r"(?:(?:on\s<date>|\([^()]{1,60}\))\s(?=that\s))?(?:that\s)?"
        rf"(?:<pronoun>\s{_TOLD})?|{_TOLD})"
        r"(?=[\ue000\ue002\ue004\ue007]+(?:\sand\s[\ue000\ue007]+)?(?:['’]s)?\s(?:also\s|now\s|then\s)?"
        r"(?:will|would|has|had|is|was|are|were|can|could|cannot|may|might"
        r"|must|should|does|did|wants?|needs?|seeks?|hopes?|expects?|plans?|supports?|opposes?|\w+ed)\b)"
    )
)
"""Who speaks of what another does: that other is the subject."""
_WHO_SAID = re.compile(
    r",\s(?:who|which)\s[^;.]*?,\s(?=(?:also\s)?(?:said|says|stated|added|noted|announced|confirmed)\b)"
)
"""A remark on who speaks: nobody in it acts."""
_JOINED = re.compile(pattern(r"(?:\s?\([^()]{1,30}\))?(?:,|,?\sand|\sor)\s<actor>"))
_ACTORS = ("party", "person", "body", "joint", "capital", "pronoun")
_SUBORDINATE = re.compile(
    r"\W?(?:if|unless|when|once|after|although|though|while|whereas|since|because|before|in case|even if)\b"
    r"[^,;]*,\s",
    re.IGNORECASE,
)
"""A clause that depends on the one behind it: its subject is another's."""
_LEADS = re.compile(_AGAIN)


_TAKES_UP = re.compile(
    rf"\W*(?:(?:and|but|also|then|moreover|in addition|meanwhile|however|at the same time|separately|later"
    rf"|in return|on[^,;]{{3,40}}|in[^,;]{{3,40}}),?\s)*"
    rf"(?:{_VERBS}|(?:it|its|this|that|these|those|such|both)\b"
    r"|the\s(?:country|government|ministry|department|minister|bloc|nation|administration|spokes\w+|president|premier|sides?"
    r")\b)",
    re.IGNORECASE,
)
"""A sentence that goes on about the subject of the one before; any other names its own, or none."""


def split(
    mentions: Mentions,
    start: int,
    end: int,
    before: Clause | None,
    voice: tuple[Mention, ...] = (),
    intro: Clause | None = None,
) -> list[Clause]:
    """Clauses of the sentence at `start:end`.

    Args:
        mentions: Of the document.
        start: First character of the sentence.
        end: The one after its last.
        before: The clause before it, for pronouns and quotations.
        voice: Who speaks all of it, in a transcript.
        intro: What introduces the list that the sentence is an item of; it governs what has no verb of its own.
    """
    text, masked = mentions.text, mentions.masked
    quotes = _quotes(masked, start, end, inside=before is not None and before.open)
    pieces = _cut(masked, start, end, quotes)
    speaker = _speaker(mentions, start, end, quotes)
    if not speaker and quotes:
        speaker = _introduces(mentions, start, quotes[0][0]) or (before.speaker if before else ())
    told_of = before.subject if before and len(before.subject) == 1 and before.subject[0].person else ()
    speaker = speaker or _speaks(mentions, start, end, told_of) or voice
    found: list[Clause] = []
    subject = _taken_up(mentions, start, end, before)
    for begin, stop in pieces:
        quoted = any(a <= begin and stop <= b for a, b in quotes)
        named = [] if _LEADS.match(masked, begin, stop) else _subject(mentions, begin, stop)
        opens = bool(told_of and named) and _OPENS.fullmatch(masked, start, named[0].start) is not None
        goes_on = opens and text[named[0].start : named[0].end].lower() in ("he", "she")
        own = told_of if goes_on else None
        own = own or tuple(_resolved(m, speaker if quoted else voice, subject, mentions) for m in named)
        subject = own or (speaker if quoted else subject)
        if own and not quoted and _leaves(masked, begin, quotes) and speaker != own:
            speaker = tuple(m for m in speaker if m.start > begin)  # whoever said it behind both said both
        still_open = (
            quoted
            and stop >= end - 1
            and text[end - 1] not in '”"'
            and text[end - 2 : end - 1] not in ("”", '"')
        )
        if stop - begin < SHORTEST and not _SAYS_NO.match(masked, begin, stop):
            continue
        governed = intro is not None and not found and not _OWN_VERB.match(masked, begin, stop)
        if governed and intro is not None:
            subject, speaker = own or intro.subject, speaker or intro.speaker
        head = intro.head + masked[intro.start : intro.end].rstrip(": ") + " " if governed and intro else ""
        for number, item in enumerate(items(masked, begin, stop)):
            told = (
                [_resolved(m, speaker, subject, mentions) for m in _told_in(mentions, item)] if number else ()
            )
            found.append(
                Clause(
                    *_trim(masked, item.start, item.end),
                    tuple(told) or subject,
                    speaker,
                    quoted,
                    still_open,
                    head + item.head,
                    item=number > 0,
                )
            )
    return found


def _told_in(mentions: Mentions, item: Item) -> list[Mention]:
    """Who acts in an item that is a sentence of its own: `... and that Taipei would not agree`."""
    return _subject(mentions, item.start, item.end) if item.whole else []


SHORTEST = 8
"""Characters; what is shorter says nothing, but no."""
_SAYS_NO = re.compile(r"\W*no\s", re.IGNORECASE)
_OWN_VERB = re.compile(
    pattern(
        rf"\W*(?:[\w-]+\s){{0,4}}?<actor>[^,;]{{0,60}}?\s{_FINITE}|\W*(?:[\w-]+\s){{1,6}}?(?:will|is|are|was|were|has|have)\b"
    )
)
"""An item of a list that is a sentence by itself."""


def _taken_up(mentions: Mentions, start: int, end: int, before: Clause | None) -> tuple[Mention, ...]:
    """Who acts in the sentence before, where one goes on about them: `it` is not several."""
    if before is None or not _TAKES_UP.match(mentions.masked, start, end):
        return ()
    several = len({code for m in before.subject for code in mentions.stands_for(m)}) > 1
    return () if several and _IT.match(mentions.masked, start, end) else before.subject


_IT = re.compile(r"\W*it\b", re.IGNORECASE)


def _leaves(masked: str, begin: int, quotes: list[tuple[int, int]]) -> bool:
    """Whether a dash behind direct speech, or behind whoever spoke, leads to what begins here."""
    return any(close <= begin for _, close in quotes) and _BEHIND_A_DASH.search(masked, 0, begin) is not None


_BEHIND_A_DASH = re.compile(r"[–—]\s?$")


def _quotes(masked: str, start: int, end: int, *, inside: bool) -> list[tuple[int, int]]:
    """Spans of direct speech; one that began in the sentence before, or goes on in the next, counts too."""
    marks = [m.start() - start for m in _MARKS.finditer(masked, start, end)]
    found: list[tuple[int, int]] = []
    if inside:
        close = start + marks[0] + 1 if marks and masked[start + marks[0]] != "“" else None
        if close is None:
            return [(start, end)]
        found.append((start, close))
        start = close
    found += [m.span() for m in _QUOTE.finditer(masked, start, end)]
    rest = found[-1][1] if found else start
    last = max(masked.rfind("“", rest, end), masked.rfind('"', rest, end))
    if last >= 0 and last + 12 < end and re.match(r"[A-Z\ue000-\ue007]", masked[last + 1]):
        found.append((last, end))
    return found


def _cut(masked: str, start: int, end: int, quotes: list[tuple[int, int]]) -> list[tuple[int, int]]:
    cuts = [(start + begin, start + stop) for begin, stop in _joints(masked[start:end])]
    cuts += [(stop, stop) for _, stop in quotes if stop < end] + [
        (begin, begin) for begin, _ in quotes if begin > start
    ]
    if quotes:
        cuts += [
            dash.span()
            for dash in _DASH.finditer(masked, quotes[0][1], end)
            if not any(a <= dash.start() < b for a, b in quotes)
        ]
    pieces: list[tuple[int, int]] = []
    position = start
    for begin, stop in sorted(set(cuts)):
        if begin > position:
            pieces.append((position, begin))
        position = max(position, stop)
    pieces.append((position, end))
    return [piece for piece in (_trim(masked, *piece) for piece in pieces) if piece[0] < piece[1]]


_DASH = re.compile(pattern(rf"\s?[–—]\s?(?=<actor>(?:\s\w+ly|\salso)?\s{_FINITE})"))
"""Behind direct speech: who acts next is somebody else."""
_NO_OBJECT = re.compile(pattern(r"\W*<actor>(?:\s\w+ly)?\s[a-z]+,?"))
"""An actor and a verb: its object stands behind the next one, `deplores and rejects these measures`."""


@lru_cache(maxsize=MOST_CLAUSES)
def _joints(words: str) -> tuple[tuple[int, int], ...]:
    """What joins the clauses of a sentence, by its grammar."""
    cuts: list[tuple[int, int]] = []
    for found in _SPLITS.finditer(words):
        begun = cuts[-1][1] if cuts else 0
        named = words[found.start() - 1] in "\ue000\ue003\ue004)"
        joins = named and "and" in found[0] and not _HAS_VERB.search(words, begun, found.start())
        shared = "and" in found[0] and _NO_OBJECT.fullmatch(words, begun, found.start())
        if not joins and not shared and not _inside_brackets(words, 0, found.start()):
            cuts.append(found.span())
    return tuple(cuts)


_ITEM_MARK = re.compile(r"\((?:[a-h]|[ivx]{1,4}|\d{1,2})\)\s(?=\S)")
"""What numbers an item is none of its words."""


def _trim(masked: str, start: int, end: int) -> tuple[int, int]:
    while start < end and masked[start] in " \n\r\t,;.\xa0":
        start += 1
    mark = _ITEM_MARK.match(masked, start, end)
    start = mark.end() if mark else start
    while start < end and masked[end - 1] in " \n\r\t,;.\xa0":
        end -= 1
    return start, end


def _inside_brackets(masked: str, start: int, position: int) -> bool:
    part = masked[start:position]
    return part.count("(") > part.count(")")


def _speaker(mentions: Mentions, start: int, end: int, quotes: list[tuple[int, int]]) -> tuple[Mention, ...]:
    for match in SAYS.finditer(mentions.masked, start, end):
        if any(a <= match.start() < b for a, b in quotes):
            continue
        if _REMARK.search(mentions.masked, start, match.start()):
            continue  # who speaks in a remark does not speak the sentence
        found = [
            m
            for m in mentions.within(match.start(), match.end())
            if m.kind in ("party", "person", "body", "joint", "capital")
        ]
        if found:
            return (_together(mentions, start, _who_is_of(mentions, start, found[0])),)
    return ()


def _together(mentions: Mentions, start: int, last: Mention) -> Mention:
    """Those who speak as one, behind direct speech: `"We agreed," Peru and Chile said`."""
    before = mentions.within(start, last.start, "party")
    first = before[-1] if before else None
    if first is None or last.kind != "party" or not _AND.fullmatch(mentions.masked, first.end, last.start):
        return last
    return Mention(first.start, last.end, "joint", (*first.codes, *last.codes))


def _who_is_of(mentions: Mentions, start: int, found: Mention) -> Mention:
    """Who speaks where the side stands behind: `Jo Moe of Kenya, who met X, said` is Jo Moe."""
    before = mentions.within(start, found.start)
    if found.kind != "party" or not before or before[-1].kind != "person":
        return found
    return before[-1] if _OF.fullmatch(mentions.masked, before[-1].end, found.start) else found


_OF = re.compile(r",?\sof\s(?:the\s)?")
_AND = re.compile(r"\sand\s(?:the\s)?")
_REMARK = re.compile(r",\s(?:which|whom|who|whose)\s$")


_OPENS = re.compile(r"\W*")


def _speaks(mentions: Mentions, start: int, end: int, told_of: tuple[Mention, ...] = ()) -> tuple[Mention, ...]:
    """Whom `he said` or `she said` means: at a sentence's beginning who acts in the one before, `told_of`."""
    match = SAYS.search(mentions.masked, start, end) if mentions.within(start, end, "pronoun") else None
    who = mentions.within(*match.span(), "pronoun") if match else []
    if not who or mentions.text[who[0].start : who[0].end].lower() not in ("he", "she"):
        return ()
    if told_of and not mentions.within(start, who[0].start, "person"):
        return told_of
    last = mentions.person_before(who[0].start)
    return (last,) if last else ()


def _introduces(mentions: Mentions, start: int, quote: int) -> tuple[Mention, ...]:
    """Who acts in the words that end in a colon before a quotation: `X rejected the plan: "..."`."""
    if not mentions.text[start:quote].rstrip().endswith(":"):
        return ()
    return tuple(m for m in _subject(mentions, start, quote)[:1] if m.kind != "pronoun")


_WHAT_IS_THAT = re.compile(r"\W*[Ww]hat\s[^,;]{3,60}?\s(?:is|was)\sthat\s")
"""`What I told him is that X`: X is who acts."""


_SOMEBODY = re.compile(
    r"\W*(?:[A-Z][\w’'-]*\.?\s){1,3}[A-Z][\w’'-]+,\swho\s[^,;]{3,100},\s(?=(?:also\s)?[a-z]+\b)"
)
"""Somebody of whom no post is told acts, and nobody in the remark: `Jo Moe, who met X, asked`."""
_LEADS_FOR = re.compile(
    pattern(
        r",\swho\s(?:leads?|led|heads?|headed|represent(?:s|ed)?|negotiates?)\b[^,;]{0,40}?\s(?P<who><party>),\s$"
    )
)
"""The remark says for whom: `Jo Moe, who leads the talks for Peru, asked`."""
_DATELINE = re.compile("[\ue000\ue007]+\\s[-–—]\\s(?=[A-Z\ue000-\ue007][^-–—]*$)")
"""The place that a release begins with, where no day stands beside it; between two dashes stands a remark."""


def _subject(mentions: Mentions, start: int, end: int) -> list[Mention]:
    """The first actors of the main clause that no preposition governs, and those joined to them."""
    masked = mentions.masked
    opening = _SUBORDINATE.match(masked, start, end)
    if opening and _ACTING.search(masked, opening.end(), end):
        start = opening.end()
    unknown = _SOMEBODY.match(masked, start, end)
    if unknown:
        return _behind_somebody(mentions, unknown, end)
    relative = _WHAT_IS_THAT.match(masked, start, end)
    start = relative.end() if relative else start
    dateline = _DATELINE.match(masked, start, end)
    start = dateline.end() if dateline else start
    for first in _ACTING.finditer(masked, start, end):
        owner = masked[first.end() : first.end() + 2] in ("'s", "’s", "' ", "’ ")
        if _OBJECT.search(masked, start, first.start()) or (owner and first.start() > start):
            continue
        aside = _WHO_SAID.search(masked, start, end)
        if aside and aside.start() < first.start() < aside.end():
            continue
        behind = aside.end() - 1 if aside and aside.start() == first.end() else first.end()
        told = _REPORTED.match(masked, behind, end)
        if told:
            inner = _subject(mentions, told.end(), end)
            if inner and inner[0].start == told.end():
                return inner
        stop = first.end()
        while more := _JOINED.match(masked, stop, end):
            stop = more.end()
        return [m for m in mentions.within(first.start(), stop) if m.kind in _ACTORS]
    return []


def _behind_somebody(mentions: Mentions, unknown: re.Match[str], end: int) -> list[Mention]:
    """Who acts where a clause begins with somebody unknown: whoever is told of, or the side that is said."""
    told = _REPORTED.match(mentions.masked, unknown.end() - 1, end)
    if told:
        return _subject(mentions, told.end(), end)
    leads = _LEADS_FOR.search(mentions.masked, unknown.start(), unknown.end())
    return mentions.within(*leads.span("who"))[:1] if leads else []


def past_somebody(masked: str, start: int, end: int) -> int:
    """Where the remark on somebody unknown ends that a clause begins with; where there is none, its start."""
    unknown = _SOMEBODY.match(masked, start, end)
    return unknown.end() if unknown else start


def _resolved(  # noqa: C901, PLR0911 - one return a pronoun
    mention: Mention, speaker: tuple[Mention, ...], subject: tuple[Mention, ...], mentions: Mentions
) -> Mention:
    """Whom a pronoun stands for: `he` the last person, `we` the speaker, `they` both sides."""
    if mention.kind != "pronoun":
        return mention
    word = mentions.text[mention.start : mention.end].lower()
    if OWN.match(mentions.text, mention.start, mention.end):
        own = speaker or ((last,) if (last := mentions.person_before(mention.start)) else ())
        own = (mention,) if word.startswith("its") else own
        return Mention(mention.start, mention.end, "party", own[0].codes if own else ())
    if word in ("we", "i") and speaker:
        return speaker[0]
    if word in ("he", "she"):
        return mentions.person_before(mention.start) or mention
    if word == "it":
        one = [m for m in subject if m.kind in ("party", "capital", "body")]
        return one[0] if len(one) == 1 else mention
    if word == "they" and len(subject) == 1 and subject[0].person:  # nobody is `they` alone
        return Mention(mention.start, mention.end, "joint", mentions.both(mention.start))
    if word == "they" and len({code for m in subject for code in m.codes}) == 1:
        return subject[0]
    if word in ("we", "i") and mentions.author:
        return Mention(mention.start, mention.end, "party", mentions.author)
    jointly = mentions.together or mentions.text.startswith(" both", mention.end)
    if word == "i" or (word == "we" and not jointly):
        return mention
    if word == "they" and speaker and speaker[0].codes:
        others = tuple(code for code in mentions.both(mention.start) if code not in speaker[0].codes)
        return Mention(mention.start, mention.end, "joint" if len(others) > 1 else "party", others)
    return Mention(mention.start, mention.end, "joint", mentions.both(mention.start))
