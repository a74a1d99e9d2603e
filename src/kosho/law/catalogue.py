"""Every code that questions are asked in, and finding one by the words people use."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Literal, get_args

from kosho.codes import blocs, countries, country_name, sector_name, sectors
from kosho.display import Shown, listing
from kosho.language import _, known, use
from kosho.law.product_file import ProductGroup
from kosho.law.product_groups import Products

__all__ = ["Code", "CodeKind", "catalogue", "found", "nearest"]

CodeKind = Literal["economy", "bloc", "sector", "group"]
KINDS: tuple[CodeKind, ...] = get_args(CodeKind)
NEAR = 3
SHOWN = 6


@dataclass(frozen=True, slots=True)
class Code(Shown):
    """A code, what it stands for, and what else it is called."""

    code: str
    kind: CodeKind
    name: str
    detail: str = ""
    """Of a bloc its members, of a group its sector, its headings and whose imports it tells apart."""
    words: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()
    """Of the Harmonized System, of a group."""

    @property
    def own_words(self) -> list[str]:
        """Everything it is called, in lower case."""
        own = [word for text in (self.name, *self.words) for word in _words(text)]
        return own + [part for part in _words(self.code) if len(part) > 2]

    def says(self, wanted: str) -> int:
        """How well a word in lower case fits: 3 the code, 2 a word, 1 the beginning of one, 0 not at all."""
        if wanted == self.code.lower():
            return 3
        own = self.own_words
        if wanted.isdigit():
            return 2 * any(one.startswith(wanted) or wanted.startswith(one) for one in self.headings)
        if wanted in own or f"{wanted}s" in own or wanted.removesuffix("s") in own:
            return 2
        return int(any(word.startswith(wanted) for word in own))


def _words(text: str) -> list[str]:
    kept = "".join(letter if letter.isalnum() else " " for letter in text.lower())
    return kept.split()


def catalogue(products: Products | None = None) -> tuple[Code, ...]:
    """All codes: blocs, economies, sectors, and product groups (those that ship if not given).

    >>> from kosho.law.catalogue import catalogue, found
    >>> [one.code for one in found("whisky", catalogue())]
    ['C10T12']
    """
    called = _in_every_language()
    groups = (products or Products.load()).groups.values()
    return (
        *(
            Code(
                one.code,
                "bloc",
                country_name(one.code),
                " ".join(one.members),
                (one.name, *called.get(one.code, ())),
            )
            for one in blocs().values()
        ),
        *(
            Code(code, "economy", country_name(code), "", (name, *called.get(code, ())))
            for code, name in countries().items()
        ),
        *(
            Code(one.code, "sector", sector_name(one.code), "", (one.name, *called.get(one.code, ())))
            for one in sectors().values()
        ),
        *(
            Code(one.id, "group", one.title, _told(one), called.get(one.id, ()), one.hs.prefixes)
            for one in groups
        ),
    )


def _told(group: ProductGroup) -> str:
    """Sector, headings and importers of a group."""
    headings = listing(group.hs.prefixes, SHOWN)
    return _(
        "{sector}; {edition} {headings}; imports of {names}",
        sector=group.sector,
        edition=group.hs.edition,
        headings=headings,
        names=listing(sorted(group.importers), SHOWN),
    )


def found(text: str, codes: Iterable[Code], kinds: Iterable[CodeKind] = KINDS) -> list[Code]:
    """Codes that every word of a text fits, the best first; of one kind in the order they have.

    >>> from kosho.law.catalogue import catalogue, found
    >>> [one.code for one in found("cars", catalogue())][:3]
    ['C29', 'vehicles-232', 'auto-parts-electronics']
    """
    wanted = _words(text)
    among = set(kinds)
    rated = [
        (min(scores), one)
        for one in codes
        if one.kind in among and (scores := [one.says(word) for word in wanted] or [one.says(text.lower())])
    ]
    exact = [one for one in codes if one.code.lower() == text.lower() and one.kind in among]
    best = [one for score, one in sorted(rated, key=lambda pair: -pair[0]) if score > 0]
    return list(dict.fromkeys([*exact, *best]))


def nearest(text: str, codes: Iterable[Code], kinds: Iterable[CodeKind] = KINDS) -> str | None:
    """A hint that names the codes nearest to a word, by meaning first and then by spelling; None without any.

    >>> from kosho.law.catalogue import catalogue, nearest
    >>> nearest("Britain", catalogue())
    'did you mean GBR (United Kingdom)?'
    >>> nearest("C92", catalogue(), ["sector"])
    'did you mean C29 (Motor vehicles and parts) or ...?'
    """
    among = [one for one in codes if one.kind in set(kinds)]
    by_code = {one.code: one for one in among}
    meant = found(text, among)[:NEAR] or [by_code[code] for code in _spelt(text, by_code)]
    if not meant:
        said = {word: one for one in reversed(among) for word in one.own_words}
        meant = list(dict.fromkeys(said[word] for word in get_close_matches(text.lower(), said, NEAR, 0.75)))
    if not meant:
        return None
    return _("did you mean {names}?", names=_(" or ").join(f"{one.code} ({one.name})" for one in meant))


def _spelt(text: str, known: Iterable[str]) -> Iterator[str]:
    upper = {code.upper(): code for code in known if abs(len(code) - len(text)) < 3}
    yield from (upper[code] for code in get_close_matches(text.upper(), upper, n=NEAR, cutoff=0.6))


@cache
def _in_every_language() -> dict[str, tuple[str, ...]]:
    """What they are called, with the names that they have in every language, by code."""
    words = dict(_called())
    for tag in known():
        with use(tag):
            names = {code: country_name(code) for code in (*blocs(), *countries())}
            names |= {code: sector_name(code) for code in sectors()}
        for code, name in names.items():
            words[code] = (*words.get(code, ()), name)
    return words


@cache
def _called() -> dict[str, tuple[str, ...]]:
    """What people call economies and sectors, by code."""
    text = files("kosho.codes").joinpath("words.csv").read_text(encoding="utf-8")
    return {row["code"]: tuple(row["words"].split()) for row in csv.DictReader(text.splitlines())}
