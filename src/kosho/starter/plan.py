"""What a new case negotiates, until somebody says better: each side's duty that earns most from the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from kosho import formatting
from kosho.codes import blocs, countries, country_name, sector_name, sectors
from kosho.errors import InputError, Problem, Problems
from kosho.language import _, ngettext
from kosho.law.catalogue import catalogue, nearest
from kosho.law.one_line import blocs_alone
from kosho.law.register import Register
from kosho.world import World, WorldChoice

__all__ = ["Plan", "Subject", "checked_parties", "day_of", "planned"]

LEAST_DUTY = 0.005
"""A mean duty below this is not worth an issue."""
TALKS = timedelta(days=90)


@dataclass(frozen=True)
class Subject:
    """What an importer could concede to the others."""

    importer: str
    sellers: tuple[str, ...]
    sector: str
    duty: float | None
    """Mean duty of the table's year on it, percent; None where there is none to cut, and time at the border is
    the subject."""

    @property
    def id(self) -> str:
        """Of its overlays and issue."""
        return f"{self.importer}-{self.sector}".lower().replace("_", "-")

    @property
    def goods(self) -> str:
        """The sector in words."""
        return sector_name(self.sector)

    @property
    def main_seller(self) -> str:
        """The party that sells most of it."""
        return self.sellers[0]


@dataclass(frozen=True)
class Plan:
    """A case before it is written."""

    name: str
    as_of: date
    parties: tuple[str, ...]
    subjects: tuple[Subject, ...]

    @property
    def title(self) -> str:
        """Who talks."""
        return formatting.listed([country_name(code) for code in self.parties])

    @property
    def deadline(self) -> date:
        """Ninety days on."""
        return self.as_of + TALKS


def day_of(register: Register, wanted: date | None) -> date:
    """The day a new case is about: today, or the last day on which the register holds all duties.

    Raises:
        InputError: a day was asked for that the register does not hold.
    """
    if wanted is not None:
        register.refuse_uncovered(wanted)
        return wanted
    lasts: dict[str, date] = {}
    for span in register.duties_covered:
        lasts[span.imposer] = max(span.last, lasts.get(span.imposer, span.last))
    today = datetime.now(UTC).astimezone().date()
    return min([today, *lasts.values()])


def checked_parties(codes: Sequence[str]) -> tuple[str, ...]:
    """Codes of parties, once each is an economy or a bloc, and no economy is in two.

    Raises:
        InputError: fewer than two, an unknown code, one given twice, a member beside its bloc; all are told.
    """
    problems = Problems()
    known = catalogue()
    found: list[str] = []
    for given in codes:
        code = given.strip().upper()
        if code not in countries() and code not in blocs():
            hint = nearest(given.strip(), known, ("economy", "bloc")) or _("search with: kosho codes")
            problems.add(_("no economy or bloc {strip!r}", strip=given.strip()), hint, key="--parties")
        elif code in found:
            problems.add(_("{code} is given twice", code=code), key="--parties")
        found.append(code)
    unions = [code for code in found if code in blocs()]
    for code in unions if not problems.found else ():
        if code not in blocs_alone(found):
            problems.add(
                _("a member of {code} is a party beside it", code=code), _("name one of them"), key="--parties"
            )
    if len(found) < 2:
        problems.add(
            ngettext("{number} party", "{number} parties", len(found), number=len(found)),
            _("it takes two: --parties JPN,GBR"),
            key="--parties",
        )
    problems.raise_if_any()
    return tuple(found)


def planned(name: str, parties: tuple[str, ...], as_of: date, worn: Mapping[str, frozenset[str]]) -> Plan:
    """Choose what each party could concede.

    Args:
        name: Of the case.
        parties: Economies and blocs.
        as_of: The day of the case.
        worn: By importer, sectors whose duty turned out to be none that can be cut.

    Raises:
        InputError: a party is not in the table that ships.
    """
    world = WorldChoice().load(parties).whole
    absent = [code for code in parties if code not in world.countries]
    if absent:
        raise InputError(
            [
                Problem(
                    _("{code} is not in the table {name}", code=code, name=world.meta.name), key="--parties"
                )
                for code in absent
            ]
        )
    subjects = tuple(_subject(world, code, parties, worn.get(code, frozenset())) for code in parties)
    return Plan(name, as_of, parties, subjects)


def _subject(world: World, importer: str, parties: Sequence[str], worn: frozenset[str]) -> Subject:
    here = world.position(importer)
    others = [code for code in parties if code != importer]
    rows = [world.position(code) for code in others]
    bought = world.arrays.flows[here, rows]
    revenue = bought * world.arrays.tariff[here, rows]
    goods = [n for n, code in enumerate(world.sectors) if sectors()[code].goods]
    dutiable = [
        n
        for n in goods
        if world.sectors[n] not in worn and revenue[:, n].sum() > LEAST_DUTY * max(bought[:, n].sum(), 1e-9)
    ]
    chosen = max(dutiable or goods, key=lambda n: float((revenue if dutiable else bought)[:, n].sum()))
    order = sorted(range(len(others)), key=lambda k: -float(bought[k, chosen]))
    duty = 100 * float(revenue[:, chosen].sum() / bought[:, chosen].sum()) if dutiable else None
    return Subject(importer, tuple(others[k] for k in order), world.sectors[chosen], duty)
