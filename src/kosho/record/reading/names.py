"""Names of states, blocs, their people and capitals, and of bodies that act for them, from `data/`."""

from __future__ import annotations

import re
from functools import cache
from typing import Literal

from kosho.codes import countries
from kosho.record.reading.tables import rows

__all__ = ["aliases", "issuer_of", "plain", "reported_from"]

NameKind = Literal["party", "adjective", "body", "capital"]

_NAMES_OF_PEOPLE = {"Chad", "Jordan", "Jersey", "Georgia", "Guinea", "Niger"}


def _flexible(name: str) -> str:
    words = [re.escape(word) for word in name.split()]
    return r",?\s+".join(words).replace("'", "['’]").replace(r"\.\ ", r"\.\s")


@cache
def aliases() -> tuple[re.Pattern[str], dict[str, tuple[NameKind, tuple[str, ...]]]]:
    """A pattern of every known name, and what each (as `plain` writes it) stands for."""
    known: dict[str, tuple[NameKind, tuple[str, ...]]] = {}
    columns: tuple[tuple[str, NameKind], ...] = (
        ("capitals", "capital"),
        ("adjectives", "adjective"),
        ("names", "party"),
    )
    for row in rows("parties"):
        for column, kind in columns:
            for name in filter(None, row[column].split("|")):
                known[plain(name)] = (kind, (row["code"],))
    peoples = {
        f"{word}s": row["code"]
        for row in rows("parties")
        for word in row["adjectives"].split("|")
        if word.endswith("an")
    }
    known |= {plain(name): ("party", (code,)) for name, code in peoples.items()}
    others = {name: code for code, name in countries().items() if name not in _NAMES_OF_PEOPLE}
    for name, code in others.items():
        known.setdefault(plain(name), ("party", (code,)))
    for row in rows("bodies"):
        known[plain(row["name"])] = ("body", (row["acts_for"],) if row["acts_for"] else ())
    names = [
        name for row in rows("parties") for column, _ in columns for name in row[column].split("|") if name
    ]
    names += [*peoples, *others, *(row["name"] for row in rows("bodies"))]
    ordered = sorted(set(names), key=lambda name: (-len(name), name))
    by_letter: dict[str, list[str]] = {}
    for name in ordered:
        by_letter.setdefault(name[0], []).append(_flexible(name))
    starts = "".join(sorted(by_letter))
    together = "|".join(rf"(?={letter})(?:{'|'.join(same)})" for letter, same in sorted(by_letter.items()))
    return re.compile(
        rf"(?=[{starts}Tt])(?<!\w)(?<![a-z]-)(?:[Tt]he\s)?(?P<alias>(?=[{starts}])(?:{together}))(?![\w$])"
    ), known


def plain(name: str) -> str:
    """A name without what spelling varies in."""
    return " ".join(name.replace(",", "").replace("’", "'").split())


_ISSUER = re.compile(
    r"^[^\n.]{0,120}\b(?:Ministry|Department|Government|Cabinet|Office|White House|House of Commons|Parliament)"
    r"\b[^\n.]{0,120}$",
    re.MULTILINE,
)


def issuer_of(head: str, text: str = "") -> str | None:
    """The country whose ministry signs at the head of a release: `Ministry of Trade, Republic of X`.

    A body known by its name alone, as others may be called too, counts where the text names its country.
    """
    names, known = aliases()
    for line in _ISSUER.finditer(head):
        told = [known[plain(match["alias"])] for match in names.finditer(line[0])]
        codes = {code for _, of in told for code in of}
        if len(codes) == 1:
            (code,) = codes
            alone = all(kind == "body" for kind, _ in told)
            return code if not alone or _names_country(text or head, code) else None
    return None


def _names_country(text: str, code: str) -> bool:
    names, known = aliases()
    told = (known[plain(match["alias"])] for match in names.finditer(text))
    return any(kind != "body" and code in of for kind, of in told)


_DATELINE = re.compile(
    r"^(?P<town>[A-Z][A-Z .]{2,30}?|[A-Z][a-z]+(?: [A-Z][a-z]+)?(?=,? (?:\d{1,2} [A-Z]"
    r"|[A-Z][a-z]{2,8} \d{1,2},? \d{4})))"
    r"(?:,\s|\s[-–—]|\s\()",
    re.MULTILINE,
)
LONGEST_HEAD = 600
"""Characters in which a report tells where it comes from."""


def reported_from(text: str) -> str | None:
    """The country in whose capital a report is written: `MEXICO CITY, Aug 14 - ...`.

    >>> reported_from("LIMA, May 3 (Example) - Peru and Chile met.")
    'PER'
    """
    found = _DATELINE.search(text, 0, LONGEST_HEAD)
    told = aliases()[1].get(plain(found["town"].title())) if found else None
    return next(iter(told[1]), None) if told and told[0] == "capital" else None
