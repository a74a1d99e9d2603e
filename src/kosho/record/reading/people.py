"""How people and their posts are worded: `Trade Minister X`, `X, the envoy of Y`; what is no name."""

from __future__ import annotations

import re
from functools import cache

from kosho.record.reading.quick import Guarded
from kosho.record.reading.tables import by_letter, table

__all__ = [
    "AS_NAME",
    "BODY_TITLED",
    "COUNTERPART",
    "LED_BY",
    "OFFICIALS",
    "OF_PARTY",
    "SPEAKS_AS",
    "TITLED_BODY",
    "TURN_POST",
    "UPPER",
    "is_name",
    "is_weak",
    "own_name",
    "post_words",
    "posts",
    "trimmed",
]

UPPER = "A-ZÀ-ÖØ-ÞŠŽČĆĐŁŚŹŻİŞĞÖÜ"
_TOKEN = rf"[{UPPER}][\w’'-]*[\w’]"
NAME = rf"{_TOKEN}(?:\s(?:(?:van|von|der|den|de|del|da|dos|bin|al|el)\s)*(?:[{UPPER}]\.|{_TOKEN})){{0,3}}"
BODY_TITLED = re.compile(rf"(?P<name>{NAME}),\s(?:[Tt]he\s)?(?P<body>[\ue004]+)")
"""`X, the U.S. Trade Representative`: a body that is a post too."""
TITLED_BODY = re.compile(
    rf"(?P<body>[\ue004]+)(?:\s?\([A-Z]{{2,6}}\))?(?:\s|,\s(?=[{UPPER}][\w’'-]+\s[{UPPER}]))(?:(?:Ambassador|Mr|Ms|Dr)\.?\s)?(?P<name>{NAME})"
)
COUNTERPART = Guarded(
    rf"\b(?:[Hh]is|[Hh]er|[Tt]heir|[Ii]ts)\s(?:new\s)?(?P<lead>[\ue000\ue001\ue007]+(?:['’]s?)?)\s(?:[a-z-]+\s)?(?:counterpart|colleague|opposite\snumber),?\s"
    rf"(?:(?:Mr|Ms|Mrs|Dr)\.?\s)?(?P<name>{NAME})"
)
"""`His Canadian counterpart, X`."""
OF_PARTY = re.compile(
    rf"(?P<lead>[\ue000\ue007]+['’]s)\s(?P<name>{_TOKEN}(?:\s(?:[{UPPER}]\.|{_TOKEN})){{1,2}})(?=,\s(?:who|the|its|a|an|[a-z]+ing)\b|\s(?:said|says|told|met|held|will|has|had|spoke|asked|called)\b)"
)
"""`Japan's X, who`: somebody without a post."""
SPEAKS_AS = re.compile(
    rf"(?:The\s)?(?P<role>(?:[{UPPER}][\w’'-]*(?:\s(?:of|for|and|the|to)){{0,3}}\s){{1,8}})\((?P<name>{NAME})\)(?=:\s)"
)
"""`The Minister for Trade Policy (X): ...`, as parliaments report who answers."""
TURN_POST = re.compile(
    rf"(?:(?:Mr|Ms|Mrs|Dr|Sen|Senator|Hon)\.?\s)?(?P<name>[{UPPER}][\w’'-]+(?:\s[{UPPER}][\w’'-]+){{0,2}})\s"
    r"\((?:[^()—–]{2,40}[—–]\s?)?(?P<role>[^()—–]{4,70})\)(?=\s?(?:\(\d{1,2}[:.]\d\d\))?:)"
)
"""`Ms X (Town—Minister for Trade) (14:23): ...`, as parliaments report who answers."""
LED_BY = Guarded(
    rf"(?P<what>\b[Dd]elegation(?:s)?\s(?:of|from)\s(?:[Tt]he\s)?)?(?P<lead>[\ue000\ue001\ue007]+)(?:['’]s?)?"
    rf"(?P<side>\s(?:side|delegation|team|mission))?,?\s(?:(?:was|were|is|being|which\swas)\s)?"
    rf"(?:led|headed|chaired|represented)\sby\s(?:(?:Mr|Ms|Mrs|Dr|H\.\s?E)\.?\s|(?={_TOKEN}\s{_TOKEN}\b))(?P<name>{NAME})"
)
"""`A delegation of Y, headed by Mr X`, or by `Jo Moe`: somebody whose only post told is that."""
_TITLES = (
    r"(?:(?:Mr|Ms|Mrs|Dr|H\.\s?E|H[ie][sr] Excellency|Hon|Lord|Baroness|Dame|Sir|Datuk Seri|Dato Sri"
    r"|Dato|Datuk|Tan Sri|Seri|YB|YBhg"
    r"|Senator|Shri|Smt|Thiru|Mme|M|Prof|Hon['’]ble)\.?\s)*"
)
_OF = rf"(?:\sof\s(?:[Tt]he\s)?(?:(?:[{UPPER}]\w+\s){{1,3}}of\s)?(?P<state>\ue000+))?"
_NATIVE = r"(?:\s?\((?P<native>[\u2e80-\u9fff\uac00-\ud7af]+)\))?"
OFFICIALS = (
    r"(?i:(?:member\s)?(?:countries|states|nations|economies)\b|(?:(?:trade|senior|top|chief|customs|industry|export|car|auto|steel|farm|foreign|economic"
    r"|business|central"
    r"|federal|national)\s){0,2}(?:governments?|side|officials?|authorities|delegation"
    r"|administration|cabinet|negotiators?|team"
    r"|representatives?|industry|automakers?|carmakers?|manufacturers|makers|companies|firms|producers|farmers"
    r"|exporters|importers|lawmakers|regulators|ministry(?!\sof\b)|embassy|ministers?|president"
    r"|prime\sminister|premier|leaders?"
    r"|businesses|leadership|counterparts?|trade\sministry|foreign\sministry|commerce\sministry)\b)"
)


_NO_PREPOSITION = (
    r"(?!(?:of|on|in|to|for|with|by|from|at|as|that|which|who|is|was|are|were|has|had|will|said|met)\b)"
)


@cache
def posts() -> tuple[Guarded, re.Pattern[str], Guarded]:
    """Patterns of a post before a name, behind it, and of a country's post without a name."""
    words = table("posts")
    subjects = {w.strip(",") for w in words["portfolio"].split()}
    portfolio = by_letter(sorted(subjects, key=lambda w: (-len(w), w)))
    phrase = rf"(?:(?:{portfolio})\b(?:,?\s(?:(?:and|&)\s)?(?:the\s)?(?:{portfolio})\b){{0,9}})"
    heads = "|".join(f"(?i:{head})" for head in words["heads"])
    plain = rf"(?:(?:{portfolio})\b(?:\sand)?\s){{1,4}}"
    role = (
        rf"(?<!\w)(?:{phrase}\s|(?i:{plain})|(?i:trade|commerce|finance|foreign|economy|agriculture|industry|farm"
        rf"|customs)\s)?\b(?:{heads})\b(?:\sof\sState(?=\s(?:for|of)\b))?(?:\s(?:of"
        rf"|for)\s(?:the\s)?{phrase})?(?:\sin\scharge\sof\s[a-z ]+?(?=,))?"
    )
    before = Guarded(rf"(?:[Tt]he\s)?(?P<role>{role}){_OF}(?:,\s|\s){_TITLES}(?P<name>{NAME}){_NATIVE}")
    after = re.compile(
        rf"{_TITLES}(?P<name>{_TOKEN}(?:\s(?:van|von|der|den|de|del|da|bin|al"
        rf"|el))*(?:\s(?:[{UPPER}]\.|{_TOKEN})){{1,3}}){_NATIVE}"
        rf"(?:,|\s\()\s?(?!and\s)(?:who\s(?:is|(?:also\s)?(?:serves|doubles|acts)\sas|also\sis)\s)?(?:the\s"
        rf"|an?\s)?(?P<lead>(?:[\ue000\ue001\ue004\ue007]+(?:['’]s?)?\s)?(?:(?!and\b|or\b|with\b|met\b|told\b|said\b|says\b|asked\b|\w+ed\b)[a-z]+\s){{0,2}}?)"
        rf"(?P<role>{role})"
        rf"(?P<org>(?:,|\s(?:of|at|for|to"
        rf"|in))\s(?:the\s)?(?:[\ue000-\ue007{UPPER}][^\s,.;()]*)(?:(?!,?\sand\s(?:Mr|Ms|Mrs|Dr"
        rf"|H\.E)\b)[\s,](?:[\ue000-\ue007{UPPER}][^\s,.;()]*|of|and|for|the|,))*)?"
    )
    alone = Guarded(
        rf"(?P<lead>[\ue000\ue001\ue007]+(?:['’]s?)?\s)(?P<role>(?:{_NO_PREPOSITION}[\w&-]+,?\s){{0,5}}?\b(?:{heads})\b"
        rf"(?:\s(?:of|for)\s(?:the\s)?{phrase})?)"
    )
    return before, after, alone


@cache
def post_words() -> re.Pattern[str]:
    """The words that every post ends in or is."""
    return re.compile("|".join(f"(?:{head})" for head in table("posts")["heads"]), re.IGNORECASE)


@cache
def _no_names() -> frozenset[str]:
    return frozenset((table("posts")["not_names"] + table("posts")["portfolio"]).split())


_NAMES_TOO = frozenset(
    ["He", "May", "March", "April", "June", "August", "Will", "An", "The", "Law", "Sun", "Press", "Hall"]
)
"""Words that are names of people too, where another name stands beside them."""


_OWNED = re.compile(r"['’]s?$")


def _no_name(parts: list[str], index: int) -> bool:
    """Whether a word is none of a person's name; a word that may be either is one beside another name."""
    part = _OWNED.sub("", parts[index]).rstrip(".,’'")
    if part not in _no_names():
        return False
    beside = parts[index - 1] if index else parts[index + 1] if len(parts) == 2 else part
    return part not in _NAMES_TOO or beside.rstrip(".,’'") in _no_names()


def is_name(name: str) -> bool:
    """Whether capitalised words may be somebody's name."""
    parts = name.split()
    return not any(_no_name(parts, index) for index in range(len(parts)))


def is_weak(role: str) -> bool:
    """Whether a word is a post only with a portfolio or a body beside it: `head`, `director`."""
    return re.match(table("posts")["weak"], role, re.IGNORECASE) is not None


_SURNAME_FIRST = re.compile(rf"(?P<family>[{UPPER}]{{3,}})\s(?P<given>[{UPPER}][a-z]\w+)$")
_ADDRESS = re.compile(
    r"^(?:(?:H[ie][sr] Excellency|Senator|Hon|Honou?rable|The|Rt|Sir|Dame|Datuk|Dato|Seri|Shri|Smt|YB"
    r"|YBhg|Tan Sri)\.?\s)+"
)


def own_name(name: str) -> str:
    """A name without forms of address or letters behind it, the given name first.

    >>> own_name("Senator Ana Ruiz MP"), own_name("UEDA Nobuo"), own_name("Ana TD")
    ('Ana Ruiz', 'Nobuo Ueda', 'Ana TD')
    """
    plain = _ADDRESS.sub("", name)
    while plain.count(" ") > 1 and plain.rsplit(" ", 1)[1].strip(",.") in _LETTERS:
        plain = plain.rsplit(" ", 1)[0]
    turned = _SURNAME_FIRST.match(plain)
    return f"{turned['given']} {turned['family'].title()}" if turned else plain or name


_LETTERS = frozenset(["MP", "MLA", "MEP", "KC", "QC", "CBE", "OBE", "PhD", "MSP", "MS", "TD"])
"""Letters behind a name."""


def trimmed(name: str) -> str:
    """The name up to the first word that is none."""
    parts = name.split()
    kept: list[str] = []
    for index, part in enumerate(parts):
        if _no_name(parts, index):
            break
        kept.append(part)
        if part.endswith(("'s", "’s")):
            break  # what is somebody's is no part of the name
    while len(kept) > 2 and kept[-1].strip(",.") in _LETTERS:
        kept.pop()
    plain = " ".join(kept)
    return re.sub(r"['’]s?$", "", plain)


AS_NAME = (
    r"(?=['’]s\b|,\swho\b|\s(?:also\s|then\s|later\s)?"
    r"(?:said|told|met|says|has|had|was|is|will|would|held|spoke|\w{3,}ed)\b)"
)
"""What follows a name that is a month or a verb as well."""
