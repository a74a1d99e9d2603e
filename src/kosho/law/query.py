"""What is asked of the register at the level of a tariff line, and the answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from kosho.codes import blocs, countries, expand_regions
from kosho.declared import as_declared
from kosho.display import Card, Shown, listing, percent
from kosho.errors import Problems, suggest
from kosho.language import N_, _
from kosho.law.catalogue import catalogue, nearest
from kosho.law.measure import Stage
from kosho.law.schedules import Duty, UnitValue
from kosho.law.scope import YES_BY_DEFAULT, Answer, Content
from kosho.law.stacking import Layer, Removed

__all__ = [
    "CODE_HINT",
    "NONE",
    "NO_FACTS",
    "Claimable",
    "Facts",
    "LineRate",
    "Pending",
    "Query",
    "RateQuote",
    "RateSpan",
    "Untold",
    "is_code",
    "note_sides",
]


NONE = "none"
"""No preference is claimed."""


@as_declared
@dataclass(frozen=True, slots=True)
class Facts(Shown):
    """What a shipment tells beyond its code.

    >>> from kosho.law import Facts
    >>> Facts(preference="usmca").answer("us_232"), Facts(answers={"us_232": "no"}).answer("us_232")
    ('yes', 'no')
    """

    preference: str = NONE
    answers: Mapping[str, Answer] = field(default_factory=lambda: MappingProxyType({}))
    """Attributes that were told."""
    content: Mapping[Content, float] = field(default_factory=lambda: MappingProxyType({}))
    """Percent of the customs value."""

    def answer(self, attribute: str) -> Answer:
        """What was told of an attribute, or its default."""
        return self.answers.get(attribute, "yes" if attribute in YES_BY_DEFAULT else "no")

    @property
    def in_quota(self) -> bool:
        """Whether the goods enter within a quota."""
        return self.answer("in_quota") == "yes"


NO_FACTS = Facts()


CUSTOMS_UNIONS = ("EU27",)
"""Blocs with one tariff, which may import as a whole."""

CODE_HINT = N_("write 4 to 10 digits")


def is_code(digits: str) -> bool:
    """Whether digits can be a heading, or a line of a national tariff under it (Japan's have nine)."""
    return digits.isascii() and digits.isdigit() and 4 <= len(digits) <= 10


def note_sides(problems: Problems, importer: str, *exporters: str) -> None:
    """Note who is no country, nor a bloc that can stand on that side."""
    here, there = {*countries(), *CUSTOMS_UNIONS}, {*countries(), *blocs()}
    for code, known, what in (
        (importer, here, _("country or customs union")),
        *((one, there, _("country or bloc")) for one in exporters),
    ):
        if code not in known:
            hint = nearest(code, catalogue(), ("economy", "bloc")) or suggest(code, known)
            problems.add(_("unknown {what} {code!r}", what=what, code=code), hint)


@as_declared
@dataclass(frozen=True, slots=True)
class Query(Shown):
    """One product of one origin on one day.

    Raises:
        InputError: a code is none; all mistakes are listed.

    >>> from datetime import date
    >>> from kosho.law import Query
    >>> Query("USA", "JPN", "8703.23", date(2025, 6, 1)).code
    '870323'
    >>> Query("USA", "JAP", "87", date(2025, 6, 1))
    Traceback (most recent call last):
        ...
    kosho.errors.InputError: unknown country or bloc 'JAP' (did you mean JPN (Japan)?)
    '87' is not an HS code (write 4 to 10 digits)
    """

    importer: str
    """ISO 3166 alpha-3, or `EU27`."""
    exporter: str
    """ISO 3166 alpha-3, or a bloc whose members are all treated alike."""
    hs: str
    """4 to 10 digits; dots are dropped."""
    on: date
    known: date | None = None
    """Day of knowledge; None means the latest."""
    facts: Facts = NO_FACTS
    general: Duty | None = None
    """Ordinary (MFN) duty; None: that of the schedules, if they have it."""
    claimed: Duty | None = None
    """Ordinary duty under the preference claimed; None: that of the schedules, if they have it."""
    unit_value: UnitValue | None = None
    """What a unit of the goods is worth, which specific duties need."""

    def __post_init__(self) -> None:
        problems = Problems()
        note_sides(problems, self.importer, self.exporter)
        if not is_code(self.code):
            problems.add(_("{hs!r} is not an HS code", hs=self.hs), _(CODE_HINT))
        if self.importer == self.exporter:
            problems.add(_("{importer} is both importer and exporter", importer=self.importer))
        elif self.importer in CUSTOMS_UNIONS and self.exporter in blocs()[self.importer].members:
            problems.add(_("{exporter} is within {importer}", exporter=self.exporter, importer=self.importer))
        elif not problems.found:
            both = {*expand_regions([self.importer]), *expand_regions([self.exporter])}
            for union in CUSTOMS_UNIONS:
                if both <= set(blocs()[union].members):
                    problems.add(
                        _(
                            "{importer} and {exporter} are in {union}: no duty between members",
                            importer=self.importer,
                            exporter=self.exporter,
                            union=union,
                        )
                    )
        problems.raise_if_any()

    @property
    def code(self) -> str:
        """The HS code without dots."""
        return self.hs.replace(".", "")

    @property
    def gives_duty(self) -> bool:
        """Whether it brings the ordinary duty itself, so that no schedule is asked."""
        return self.general is not None and (self.claimed is not None or self.facts.preference == NONE)


@dataclass(frozen=True, slots=True)
class Pending(Shown):
    """A measure that would cover the product, was public, and is not in force.

    >>> from datetime import date
    >>> from kosho.law import Query, Register, quote
    >>> later = quote(Register.load(), Query("USA", "JPN", "8703.23.01", date(2025, 6, 1))).pending[0]
    >>> later.measure, later.stage, str(later.begins)
    ('us-ieepa-annex1', 'in_force', '2025-07-09')
    """

    measure: str
    title: str
    stage: Stage
    begins: date
    """First day it is, or was, to apply."""
    authority: str
    legal_basis: str
    source: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LineRate(Shown):
    """Lines under the code that was asked for which pay the least, or the most.

    >>> from datetime import date
    >>> from kosho.law import Query, Register, quote
    >>> from kosho.law.schedules import FREE
    >>> found = quote(Register.load(), Query("USA", "BRA", "7616.99", date(2026, 5, 1), general=FREE))
    >>> found.rate is None, [line.hs for line in found.highest][:1]
    (True, ['7616.99.51.20'])
    """

    hs: str
    """A code; one that starts with `others of` stands for the lines under it that no list or line tells
    apart.
    """
    rate: float | None
    """As a fraction; None where nothing but zero, or nothing at all, bounds it."""
    measures: tuple[str, ...]
    """What it is made of besides the ordinary duty."""


@dataclass(frozen=True, slots=True)
class Untold(Shown):
    """A fact that decides, that the shipment did not tell, and what its other answer would give.

    >>> from datetime import date
    >>> from kosho.law import Query, Register, quote
    >>> found = quote(Register.load(), Query("USA", "GBR", "8703.23.01", date(2025, 7, 10)))
    >>> [(one.fact, one.taken, one.answer, one.rate) for one in found.facts if one.fact == "in_quota"]
    [('in_quota', 'no', 'yes', 0.1)]
    """

    fact: str
    taken: str
    """The answer that the rate rests on."""
    answer: str
    """Another one."""
    rate: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Claimable(Shown):
    """A preference that the goods could claim and did not.

    >>> from datetime import date
    >>> from kosho.law import Query, Register, quote
    >>> found = quote(Register.load(), Query("USA", "KOR", "8703.23.01", date(2025, 6, 1)))
    >>> [(one.id, one.duty, one.rate) for one in found.preferences]
    [('korus', 'Free', 0.25)]
    """

    id: str
    title: str
    duty: str
    """The ordinary duty under it; empty where no schedule at hand says."""
    rate: float | None
    """With all measures; None where the duty under it is not known."""
    low: float | None
    high: float | None
    source: str


@dataclass(frozen=True, slots=True)
class RateQuote(Shown):
    """A rate and how it comes about, in fractions of the customs value; `rate` is the sum of the layers.

    >>> from datetime import date
    >>> from kosho.law import Query, Register, quote
    >>> found = quote(Register.load(), Query("USA", "JPN", "8703.23.01", date(2025, 6, 1)))
    >>> found.rate, [layer.value for layer in found.layers]
    (0.275, [0.025, 0.25])
    """

    query: Query
    rate: float | None
    """None where no total is known: lines under the code differ, or something that it needs is not known."""
    low: float | None
    """The least that goods under the code may pay; None where nothing but zero bounds it."""
    high: float | None
    """The most; None where nothing bounds it."""
    likely: float | None
    """The rate where it is one; over lines that pay differently the mean, weighed with imports, where these are
    known for each.
    """
    if_free: tuple[float, float | None] | None
    """Least and most, were the ordinary duty nothing; only where it is not known."""
    lowest: tuple[LineRate, ...]
    """Lines that pay the least."""
    highest: tuple[LineRate, ...]
    """Lines that pay the most."""
    unknown: tuple[str, ...]
    """Why there is no total."""
    layers: tuple[Layer, ...]
    """Those that all lines under the code bear alike."""
    removed: tuple[Removed, ...]
    pending: tuple[Pending, ...]
    prohibited: tuple[str, ...]
    """Bans that cover the product, or some of its lines."""
    facts: tuple[Untold, ...]
    preferences: tuple[Claimable, ...]
    outside: tuple[str, ...]
    """Families of duty that are not held: the total is without them."""
    verified_to: date | None
    """Last day for which the importer's measures were compared with their sources; None where nothing says."""
    warnings: tuple[str, ...]

    @property
    def total(self) -> str:
        """The rate, or between what it is, in words."""
        if self.rate is not None:
            return percent(self.rate)
        if self.low is not None and self.high is not None:
            return _("between {share} and {share_2}", share=percent(self.low), share_2=percent(self.high))
        if self.low:
            return _("no total, at least {share}", share=percent(self.low))
        return _("no total") if self.high is None else _("no total, at most {share}", share=percent(self.high))

    def card(self) -> Card:
        """The rate, its layers, and what does not apply."""
        asked = self.query
        rows = [
            (
                layer.measure,
                f"{'not known' if layer.value is None else percent(layer.value)} ({layer.legal_basis})",
            )
            for layer in self.layers
        ]
        rows += [("no total", one) for one in self.unknown]
        rows += [(one.measure, f"removed by {one.by}") for one in self.removed]
        rows += [(one.measure, f"pending, from {one.begins}") for one in self.pending]
        rows += [("prohibited", listing(self.prohibited))] if self.prohibited else []
        rows += [("warning", one) for one in self.warnings]
        where = f"{asked.importer} on {asked.hs} from {asked.exporter}, {asked.on}"
        return Card(f"RateQuote {self.total}: {where}", rows)

    @property
    def signature(self) -> tuple[object, ...]:
        """Two days with the same one are treated alike."""
        layers = tuple((layer.measure, layer.value) for layer in self.layers)
        return self.rate, self.low, self.high, layers, self.prohibited


@dataclass(frozen=True, slots=True)
class RateSpan(Shown):
    """Days over which the answer is the same.

    >>> from datetime import date
    >>> from kosho.law import Query, Register, history
    >>> query = Query("USA", "JPN", "8703.23.01", date(2025, 6, 1))
    >>> history(Register.load(), query, date(2025, 3, 1), date(2025, 6, 1))[-1]
    RateSpan 27.5 %: 2025-04-03 to 2025-06-01
      layers   mfn 2.5 %, us-232-autos-25 25 %
    """

    first: date
    last: date
    quote: RateQuote
    """Of the first day."""

    def card(self) -> Card:
        """Which days, and the rate on them."""
        layers = (
            layer.measure if layer.value is None else f"{layer.measure} {percent(layer.value)}"
            for layer in self.quote.layers
        )
        title = f"RateSpan {self.quote.total}: {self.first} to {self.last}"
        return Card(title, [("layers", listing(layers))])
