"""Whom and what a measure is aimed at: codes, partners, headings, and what no code shows."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache
from typing import Annotated, Literal, TypeVar, get_args

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from kosho.codes import blocs, countries, expand_regions, is_hs, sectors
from kosho.errors import suggest
from kosho.language import N_, _
from kosho.provenance import LONGEST_ID, Frozen, Text

__all__ = [
    "ALL",
    "CONTENTS",
    "EVERYONE",
    "HS_EDITIONS",
    "YES_BY_DEFAULT",
    "Actor",
    "Answer",
    "Attribute",
    "Content",
    "Economy",
    "Edition",
    "HsList",
    "HsPrefix",
    "HsScope",
    "Id",
    "Imposer",
    "Partner",
    "Partners",
    "Preference",
    "Scope",
    "SectorCode",
    "Some",
    "belongs",
    "known_partner",
    "members",
]

Item = TypeVar("Item")

ALL = "all"
"""Stands for every economy where partners are listed."""
HS_EDITIONS = tuple(f"HS {year}" for year in (1988, 1992, 1996, 2002, 2007, 2012, 2017, 2022, 2028))
"""Editions of the Harmonized System, by the year in which they take effect."""


def _known(code: str, what: str, *known: Collection[str]) -> str:
    """The code, if it is in one of these; `what` it is of is told in whichever language is asked for."""
    if any(code in some for some in known):
        return code
    near = suggest(code, {name for some in known for name in some})
    raise ValueError(_("unknown {what} {code!r}", what=_(what), code=code) + (f"; {near}" if near else ""))


def _economy(code: str) -> str:
    return _known(code, N_("country"), countries())


def known_partner(code: str) -> str:
    """The code, if it is one of a country or a bloc, or `all`.

    Raises:
        ValueError: it is none.
    """
    return _known(code, N_("country or bloc"), countries(), blocs(), (ALL,))


def _actor(code: str) -> str:
    return _known(code, N_("country or bloc"), countries(), blocs())


def _sector(code: str) -> str:
    return _known(code, N_("sector"), sectors())


def _hs(code: str) -> str:
    if not is_hs(code):
        raise ValueError(_("an HS prefix has 2, 4, 6, 8 or 10 digits"))
    plain = code.replace(".", "")
    if plain.startswith("99"):
        told = _(
            "chapter 99 holds headings of duties, no goods: list the headings of the goods of {code!r}",
            code=code,
        )
        raise ValueError(told)
    if plain[:2] in ("00", "77"):
        raise ValueError(_("the Harmonized System has no chapter {chapter}", chapter=plain[:2]))
    return plain


_NATIONAL = re.compile(r"[^\W\d_].*(?<!\d)(?:19|20)\d\d(?!\d)")
"""The name of a national tariff, with a year: letters, and what is no part of a longer number."""


def _edition(text: str) -> str:
    """The edition, if it is one of the Harmonized System, or of a national tariff with its year."""
    if re.match(r"\W*(?:\d|(?:HS|Harmoni[sz]ed System)(?![a-z]))", text, re.IGNORECASE):
        return _known(text, N_("edition of the Harmonized System"), HS_EDITIONS)
    if _NATIONAL.match(text) is None:
        told = _(
            "{text!r} names no edition: write HS 2022, or a national tariff with its year, such as HTSUS 2025",
            text=text,
        )
        raise ValueError(told)
    return text


def _some(values: tuple[Item, ...]) -> tuple[Item, ...]:
    if not values:
        raise ValueError(_("names at least one"))
    return values


Some = Annotated[tuple[Item, ...], AfterValidator(_some)]
"""A list that is not empty."""

Economy = Annotated[str, AfterValidator(_economy)]
Actor = Annotated[str, AfterValidator(_actor)]
"""An economy, or a bloc that acts as one."""
Imposer = Actor
Partner = Annotated[str, AfterValidator(known_partner)]
SectorCode = Annotated[str, AfterValidator(_sector)]
HsPrefix = Annotated[str, AfterValidator(_hs)]
Edition = Annotated[str, AfterValidator(_edition)]
"""Such as `HS 2022` or `HTSUS 2025`."""
Id = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]*$", max_length=LONGEST_ID)]

Preference = Id
"""The preference an importer claims (`usmca`, `korus`, `rcep`, ...; `none`), which an HS code cannot show."""

Attribute = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_]*$", max_length=LONGEST_ID)]
"""A fact that an HS code cannot show (`us_232`, `civil_aircraft`, `in_quota`, ...)."""

Answer = Literal["yes", "no"]

YES_BY_DEFAULT = frozenset({"us_232", "informational"})
"""Attributes that hold unless said otherwise; the others hold only if said."""

Content = Literal["metal_content", "us_content"]
"""Shares of the customs value that an HS code cannot show, given in percent."""

CONTENTS: tuple[Content, ...] = get_args(Content)


HIGHEST = 101.0


def _ordered(ends: tuple[float, float]) -> tuple[float, float]:
    if not 0 <= ends[0] < ends[1] <= HIGHEST:
        raise ValueError(_("a range runs from a lower to a higher percentage; above 100 means no end"))
    return ends


Range = Annotated[tuple[float, float], AfterValidator(_ordered)]


@cache
def members(codes: tuple[str, ...]) -> frozenset[str]:
    """Economies that codes of countries and blocs stand for."""
    return frozenset(countries() if ALL in codes else expand_regions(codes))


def belongs(economy: str, actor: str) -> bool:
    """Whether an economy is an actor, or a member of it where that is a bloc.

    >>> from kosho.law.scope import belongs
    >>> belongs("DEU", "EU27"), belongs("EU27", "EU27"), belongs("EU27", "DEU")
    (True, True, False)
    """
    return economy == actor or (actor in blocs() and economy in blocs()[actor].members)


class Partners(Frozen):
    """Economies a measure is aimed at; blocs stand for their members.

    >>> from kosho.law import Partners
    >>> others = Partners(exclude=("USMCA",))
    >>> "JPN" in others, "MEX" in others
    (True, False)
    """

    include: tuple[Partner, ...] = (ALL,)
    exclude: tuple[Partner, ...] = ()

    def __contains__(self, economy: object) -> bool:
        return economy in members(self.include) and economy not in members(self.exclude)


EVERYONE = Partners.model_construct()
"""All economies. Nothing is validated, so that no validator is built before something is read."""


class HsScope(Frozen):
    """Headings of one edition of the Harmonized System or of a national tariff built on it."""

    edition: Edition
    """Such as `HS 2022` or `HTSUS 2025`."""
    exact: bool = True
    """False: the legal list was not read in full, the prefixes only say where the goods lie."""
    prefixes: Some[HsPrefix]

    def holds(self, code: str) -> bool:
        """Whether everything under `code` is under one of the prefixes."""
        return code.startswith(self.prefixes)

    def touches(self, code: str) -> bool:
        """Whether something under `code` is under one of the prefixes."""
        return self.holds(code) or any(prefix.startswith(code) for prefix in self.prefixes)


class HsList(Frozen):
    """Headings that several measures speak of, such as the annex of a law."""

    model_config = ConfigDict(populate_by_name=True)

    title: Text
    edition: Edition
    """Such as `HS 2022` or `HTSUS 2025`."""
    exact: bool = True
    """False: the legal list was not read in full, or covers only some goods of its headings; look-ups warn."""
    heading: Text | None = None
    """Heading of chapter 99 (`9903.88.03`) that a line of the schedule cites if it is on the list."""
    attribute: Attribute | None = None
    """Tells whether a good under the headings is on the list, where the code does not (`us_232`)."""
    prefixes: Some[HsPrefix]
    without: tuple[HsPrefix, ...] = Field((), alias="except")
    """Headings under the prefixes that are not on the list."""
    groups: tuple[Id, ...] = ()
    """Product groups that stand for the list where only sectors are told apart; none: it is not seen there."""
    niches: tuple[Id, ...] = ()
    """Small products on the list, for what bounds quantities (`scallops`)."""
    source: Some[str]
    """Ids of sources of the file."""
    note: Text | None = None


class Scope(Frozen):
    """What a measure covers: everything named in the first five, together, as far as the others allow.

    >>> from kosho.law import Scope
    >>> Scope(sectors=("C29",), preference=("usmca",))
    Scope(sectors=('C29',), preference=('usmca',))
    """

    goods: bool = False
    """All goods, that is all sectors of agriculture, mining and manufacturing."""
    sectors: tuple[SectorCode, ...] = ()
    """Whole ICIO sectors."""
    groups: tuple[Id, ...] = ()
    """Ids of product groups."""
    hs: HsScope | None = None
    """Headings; where they touch product groups, they are made up of whole ones."""
    lists: tuple[Id, ...] = ()
    """Ids of lists of any file."""
    not_lists: tuple[Id, ...] = ()
    """Lists that are carved out."""
    preference: tuple[Preference, ...] = ()
    """Only goods that enter with one of these claims; empty means any."""
    attributes: dict[Attribute, Answer] = Field(default_factory=dict)
    """Only goods of which this holds."""
    content: dict[Content, Range] = Field(default_factory=dict)
    """Only goods whose content, in percent, is at least the first and below the second; not met if not told."""

    @model_validator(mode="after")
    def _not_empty(self) -> Scope:
        if not (self.goods or self.sectors or self.groups or self.hs or self.lists):
            raise ValueError(_("a scope names goods, sectors, groups, hs or lists"))
        return self
