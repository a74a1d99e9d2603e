"""A measure in one line: `EU27 JPN C29 25%`, read into what a register holds.

    IMPORTER PARTNERS GOODS RATE [from DAY]

`IMPORTER` is an economy or a bloc. `PARTNERS` are economies and blocs with commas between, a minus before what
is left out, or `all`. `GOODS` are ICIO sectors and product groups with commas between, or `goods` for all of
them. `RATE` is one of

    25%        the duty is 25 percent in all: what is above it falls, what is below it rises; also `25% in all`
    +25%       25 percent on top of everything in force; also `+25% on top`
    cut 50%    half of the ordinary duty is taken off, as an agreement does
    free       all of the ordinary duty is taken off
    max 5%     the ordinary duty is at most 5 percent
    ban        nothing may come in

`DAY`, such as 2025-08-01, is its first; without one it is the day that is asked about.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import ValidationError

from kosho.codes import blocs, country_name, expand_regions
from kosho.codes import sectors as icio_sectors
from kosho.errors import InputError, Problem
from kosho.language import N_, _, ngettext
from kosho.law.catalogue import Code, CodeKind, catalogue, nearest
from kosho.law.measure import PRICED, Measure
from kosho.law.overlay import Overlay
from kosho.law.query import CUSTOMS_UNIONS
from kosho.law.register import Register
from kosho.law.scope import ALL

__all__ = ["SOURCE", "OneLine", "blocs_alone", "one_line"]

GRAMMAR = N_("IMPORTER PARTNERS GOODS RATE, such as EU27 JPN C29 25%")
RATES = N_("25% in all, +25% on top, cut 50%, free, max 5%, ban")
GOODS = "goods"
FROM = "from"
_SAID = {None: " in all", "+": " on top"}
"""What may be said of a rate besides its sign."""
SOURCE = "command-line"
ACTORS: tuple[CodeKind, ...] = ("economy", "bloc")
PRODUCTS: tuple[CodeKind, ...] = ("sector", "group")


@dataclass(frozen=True)
class OneLine:
    """What a line says, and the measures that say it."""

    text: str
    title: str
    importer: str
    include: tuple[str, ...]
    covers: tuple[str, ...]
    """ICIO sectors that the goods are in."""
    measures: tuple[Measure, ...]
    kind: str
    """Of the rate: `in all`, `tariff`, `cut`, `bind`, `ban`."""
    since: date | None = None
    """Its first day, where the line says one."""
    heard: tuple[str, ...] = ()
    """What words were taken for, where it was said in words."""

    @property
    def in_all(self) -> bool:
        """Whether the duty is set whatever it was, for which it must be known."""
        return self.kind == "in all"

    @property
    def overlay(self) -> Overlay:
        """As a change of the law."""
        return Overlay(title=self.text, add=self.measures)

    @property
    def named(self) -> tuple[str, ...]:
        """Economies and blocs that the line names, the importer first."""
        return (self.importer, *(code for code in self.include if code != ALL))


def one_line(text: str, register: Register, on: date, position: int = 1) -> OneLine:
    """Read a measure from a line.

    Args:
        text: See the head of this module.
        register: The law it is laid on: its product groups may be named, its duties give way to one in all.
        on: First day of the measure.
        position: Of the line among several, for ids and errors.

    Raises:
        InputError: every word that is wrong, with the nearest that is right.

    >>> from datetime import date
    >>> from kosho.law import Register
    >>> from kosho.law.one_line import one_line
    >>> one_line("EU27 JPN C29 +25%", Register.load(), date(2025, 7, 9)).title
    'European Union on Japan, C29: 25 % on top'
    >>> one_line("EU27 JAP C92 25", Register.load(), date(2025, 7, 9))
    Traceback (most recent call last):
        ...
    kosho.errors.InputError: --add 1: 'EU27 >JAP< C92 25': ... (did you mean JPN (Japan)?)
    --add 1: 'EU27 JAP >C92< 25': ... (did you mean C29 (Motor vehicles and parts) or ...?)
    --add 1: 'EU27 JAP C92 >25<': no rate (25% in all, +25% on top, cut 50%, free, max 5%, ban)
    """
    words = text.split()
    key = _("--add {position}", position=position)
    if len(words) < 4:
        raise InputError(
            Problem(
                ngettext(
                    "{text!r} has {number} word of at least 4",
                    "{text!r} has {number} words of at least 4",
                    len(words),
                    text=text,
                    number=len(words),
                ),
                _(GRAMMAR),
                key=key,
            )
        )
    reading = _Reading(text, key, catalogue(register.products), [])
    importer = reading.code(words[0], words[0], ACTORS, _("economy or bloc"))
    include, exclude = reading.partners(words[1])
    sectors, groups = reading.goods(words[2])
    since, told = reading.since(words[3:])
    rate = reading.rate(" ".join(told))
    for code in include if importer else ():
        reading.refuse_itself(words[1], importer, code)
    if rate is not None and rate[0] != "ban":
        reading.refuse_member(words[0], importer)
    if reading.found or rate is None:
        raise InputError(reading.found)
    kind, value = rate
    whom = {"include": list(include), "exclude": [*exclude]}
    scope: dict[str, Any] = {"sectors": list(sectors), "groups": list(groups)}
    if words[2].lower() == GOODS:
        scope = {"goods": True}
    fields: dict[str, Any] = {
        "imposer": importer,
        "partners": whom,
        "scope": scope,
        "stage": "offered",
        "legal_from": since or on,
        "known_from": on,
        "legal_basis": _("none; asked on the command line"),
        "source": [SOURCE],
        "status": "assumption",
        "insist": _("asked with a percent sign"),
    }
    names = ", ".join(country_name(code) if code != ALL else _("all") for code in include)
    names += _(" but {names}", names=", ".join(map(country_name, exclude))) if exclude else ""
    title = _(
        "{country} on {names}, {words}: {in_words}",
        country=country_name(importer),
        names=names,
        words=words[2],
        in_words=_in_words(kind, value),
    )
    made = _measures(f"added-{position}", title, kind, value, fields, _duties_of(importer, register))
    covers = (*sectors, *(register.products.groups[group].sector for group in groups))
    if words[2].lower() == GOODS:
        covers = tuple(code for code, sector in icio_sectors().items() if sector.goods)
    return OneLine(text, title, importer, include, tuple(dict.fromkeys(covers)), made, kind, since)


Rate = tuple[str, float | None]


def _measures(
    name: str, title: str, kind: str, value: float | None, fields: dict[str, Any], giving_way: list[str]
) -> tuple[Measure, ...]:
    """The measures that a rate is made of; a duty in all is a floor under and a bound on one rate."""
    one = {**fields, "id": name, "authority": name, "title": title, "value": value}
    if kind == "in all":
        floor = {"kind": "floor", "floor_base": "claimed", "excludes": giving_way}
        bound = {"id": f"{name}-bound", "authority": f"{name}-bound", "kind": "bind"}
        return _read({**one, **floor}), _read({**one, **bound})
    return (_read({**one, "kind": kind}),)


def _read(fields: dict[str, Any]) -> Measure:
    try:
        return Measure.model_validate(fields)
    except ValidationError as error:
        messages = [detail["msg"].removeprefix("Value error, ") for detail in error.errors()]
        raise InputError([Problem(message, key="--add") for message in messages]) from None


def _duties_of(importer: str, register: Register) -> list[str]:
    """Authorities of the duties of an importer or its members."""
    economies = expand_regions([importer])
    return sorted(
        {
            one.authority
            for one in register.measures
            if one.kind in PRICED and any(map(one.imposed_by, economies))
        }
    )


def _in_words(kind: str, value: float | None) -> str:
    words = {
        "in all": _("{:g} % in all"),
        "tariff": _("{:g} % on top"),
        "cut": _("{:g} % off the ordinary duty"),
        "bind": _("at most {:g} % of ordinary duty"),
    }
    return _("banned") if value is None else words[kind].format(value)


@dataclass
class _Reading:
    """A line while its words are looked up; what is wrong is collected."""

    text: str
    key: str
    codes: tuple[Code, ...]
    found: list[Problem]

    def wrong(self, word: str, why: str, hint: str | None, part: str | None = None) -> None:
        """Note a mistake at a word, or at a part of it."""
        marked = word.replace(part, f">{part}<", 1) if part else f">{word}<"
        place = re.sub(rf"(?<!\S){re.escape(word)}(?!\S)", lambda _: marked, self.text, count=1)
        self.found.append(Problem(f"{place!r}: {why}", hint, key=self.key))

    def code(self, word: str, part: str, kinds: Iterable[CodeKind], what: str) -> str:
        """The code that a part of a word is, in whatever case; empty where it is none."""
        among = tuple(kinds)
        for one in self.codes:
            if one.kind in among and one.code.lower() == part.lower():
                return one.code
        hint = nearest(part, self.codes, among) or _("search with: kosho codes {part}", part=part)
        self.wrong(word, _("no {what} {part!r}", what=what, part=part), hint, part if part != word else None)
        return ""

    def partners(self, word: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Whom it is aimed at, and who is left out."""
        include: list[str] = []
        exclude: list[str] = []
        for part in word.split(","):
            name = part.removeprefix("-")
            code = ALL if name.lower() == ALL else self.code(word, name, ACTORS, _("economy or bloc"))
            (exclude if part.startswith("-") else include).append(code)
        if not include:
            include = [ALL]
        for name, listed in ((_("is named"), include), (_("is left out"), exclude)):
            for code in sorted({one for one in listed if one and listed.count(one) > 1}):
                self.wrong(word, _("{code} {name} twice", code=code, name=name), None)
        for code in sorted(set(include) & set(exclude) - {""}):
            self.wrong(word, _("{code} is named and left out", code=code), None)
        return tuple(include), tuple(exclude)

    def refuse_itself(self, word: str, importer: str, code: str) -> None:
        """Note a partner that is the importer itself, or in one customs union with it."""
        part = code if code != word else None
        if code == importer:
            self.wrong(word, _("{importer} buys from others, not from itself", importer=importer), None, part)
            return
        for union in CUSTOMS_UNIONS if code and code != ALL else ():
            if {*expand_regions([importer]), *expand_regions([code])} <= set(expand_regions([union])):
                self.wrong(word, _("members of {union} take no duty from one another", union=union), None, part)

    def refuse_member(self, word: str, importer: str) -> None:
        """Note an importer without a tariff of its own (for the European Union: TFEU, articles 28 and 31)."""
        for union in CUSTOMS_UNIONS:
            if importer in blocs()[union].members:
                told = _("{importer} has no tariff but that of {union}", importer=importer, union=union)
                self.wrong(word, told, _("write {union}", union=union))

    def goods(self, word: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Sectors and product groups."""
        kinds = {one.code: one.kind for one in self.codes}
        if word.lower() == GOODS:
            return (), ()
        found = [self.code(word, part, PRODUCTS, _("sector or product group")) for part in word.split(",")]
        for code in sorted({one for one in found if one and found.count(one) > 1}):
            self.wrong(word, _("{code} is named twice", code=code), None)
        return (
            tuple(code for code in found if kinds.get(code) == "sector"),
            tuple(code for code in found if kinds.get(code) == "group"),
        )

    def since(self, words: list[str]) -> tuple[date | None, list[str]]:
        """The first day that the end of a line says, and the words before it."""
        if len(words) < 3 or words[-2].lower() != FROM:
            return None, words
        try:
            return date.fromisoformat(words[-1]), words[:-2]
        except ValueError:
            self.wrong(words[-1], _("no day {word!r}", word=words[-1]), _("such as from 2025-08-01"))
            return None, words[:-2]

    def rate(self, words: str) -> Rate | None:
        """Kind of measure and percent; None where it is no rate."""
        text = " ".join(words.lower().split())
        if text == "ban":
            return "ban", None
        if text == "free":
            return "cut", 100.0
        form = re.fullmatch(r"(\+|cut |max )?(\d+(?:\.\d+)?) ?%( in all| on top)?", text)
        if form is None or form[3] not in (None, _SAID.get(form[1])):
            self.wrong(words, _("no rate"), _(RATES))
            return None
        kind = {None: "in all", "+": "tariff", "cut ": "cut", "max ": "bind"}[form[1]]
        value = float(form[2])
        if kind == "cut" and not 0 < value <= 100:
            self.wrong(
                words,
                _("a cut of {value:g} %", value=value),
                _("percent of the ordinary duty, above 0 and at most 100"),
            )
        elif value > 1000:
            self.wrong(
                words, _("a rate of {value:g} %", value=value), _("write a case to insist on it: kosho new")
            )
        return kind, value


def blocs_alone(codes: Iterable[str]) -> tuple[str, ...]:
    """Of the codes named, the blocs none of whose members is named by itself or with another bloc.

    >>> from kosho.law.one_line import blocs_alone
    >>> blocs_alone(["EU27", "JPN"]), blocs_alone(["EU27", "DEU"])
    (('EU27',), ())
    """
    named = tuple(dict.fromkeys(codes))
    return tuple(
        code
        for code in named
        if code in blocs()
        and not any(
            set(expand_regions([code])) & set(expand_regions([other])) for other in named if other != code
        )
    )
