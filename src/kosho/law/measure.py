"""What a measure is: the frozen schemas of the register's YAML files.

Rates in the files are percent, as the law writes them; everything the rooms hand to one another is a fraction.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Annotated, Any, Literal, cast

from pydantic import (
    AfterValidator,
    Discriminator,
    Field,
    PrivateAttr,
    Tag,
    ValidationInfo,
    field_validator,
    model_validator,
)

from kosho.bounds import PERCENT_DUTY, like_a_fraction
from kosho.codes import blocs
from kosho.display import Card, glance, listing
from kosho.identity import Same
from kosho.language import _
from kosho.law.nontariff_terms import Amount, Terms
from kosho.law.rateless import RATELESS
from kosho.law.scope import (
    ALL,
    EVERYONE,
    Content,
    Id,
    Imposer,
    Partners,
    Scope,
    Some,
    belongs,
    known_partner,
)
from kosho.law.staging import Staged
from kosho.provenance import Cited, Day, Frozen, Status, Text

__all__ = [
    "CONCESSIONS",
    "DUTIES",
    "PRICED",
    "Clause",
    "Kind",
    "Measure",
    "Stage",
    "Unit",
    "ValueShare",
]


def _by_partner(rates: dict[str, float]) -> dict[str, float]:
    for code in rates:
        known_partner(code)
    return rates


def _numbers(rates: float | Mapping[str, float] | None) -> tuple[float, ...]:
    """All rates of a measure."""
    return tuple(rates.values()) if isinstance(rates, Mapping) else () if rates is None else (rates,)


def _refuse(name: str, wrong: str | None) -> None:
    """Refuse a rate of a key with which something is wrong."""
    if wrong is not None:
        raise ValueError(_("{name}: {wrong}; if it is meant, say why in insist", name=name, wrong=wrong))


def _form(value: object) -> str:
    return "partners" if isinstance(value, dict) else "one"


Rates = Annotated[
    Annotated[float, Tag("one")] | Annotated[dict[str, float], AfterValidator(_by_partner), Tag("partners")],
    Discriminator(_form),
]
"""One rate, or one a partner."""

Kind = Literal[
    "tariff",
    "floor",
    "specific",
    "tariff_quota",
    "cut",
    "bind",
    "exemption",
    "ban",
    "advisory",
    "quota",
    "purchase",
    "standard",
    "customs",
    "digital",
    "investment",
    "transfer",
    "subsidy",
    "export_control",
    "unpriced",
    "termination",
]
"""`tariff` adds its value; `floor` tops the ordinary duty up to its value; `specific` adds money per quantity;
`tariff_quota` adds `value` inside its quota and `value_out` outside; `cut` takes `value` percent off the
ordinary duty (100: free) and `bind` lowers it to at most `value`, both at once or `staged`; `exemption` adds
nothing and removes what it excludes; `ban` prohibits; `advisory`, `quota`, `purchase`, `standard`, `customs`,
`digital`, `investment`, `transfer`, `subsidy` have `terms`, no rate; `export_control` says what its imposer
lets out to whom, not in from whom; `unpriced` is listed, adds nothing; `termination` ends the measures it names
from `legal_from` on, or suspends them to `legal_to`."""

CONCESSIONS: tuple[Kind, ...] = ("cut", "bind")
"""Kinds that lower the ordinary duty, as a free trade agreement does."""

PRICED: tuple[Kind, ...] = ("tariff", "floor", "specific", "tariff_quota", *CONCESSIONS)

DUTIES: tuple[Kind, ...] = (*PRICED, "exemption")
"""Kinds that make up a rate."""

Clause = Literal["most_favoured", "ceiling", "market_access", "security"]
"""What an unpriced promise is about: the best terms anybody gets, a highest rate on what is not yet taxed, what
the other side opens, arms and economic security."""

Stage = Literal["in_force", "announced", "offered", "expired", "never_in_force"]
"""`in_force` and `expired` measures apply between their dates, the others only where a scenario adds them."""


Unit = Annotated[str, Field(pattern=r"^(percent|[A-Z]{3}/[a-z][a-z0-9]*)$")]
"""`percent` of customs value, or money per quantity (`USD/kg`, `JPY/l`, `USD/item`)."""


class ValueShare(Cited):
    """Share of the customs value a duty is taken on, or an exemption given for."""

    attribute: Content | None = None
    """What a shipment tells of it; `value` is the average that stands in for it in sector tables."""
    of: Literal["content", "rest"] | None = None
    """Whether the share is the content or the rest; by default metal content, and what is not US content."""
    at_least: float = 0.0
    """Percent of content below which it counts as none."""
    at_most: float = 100.0
    """Percent of content that counts."""
    unstated: Literal["average", "whole"] = "average"
    """The share where a shipment does not tell: `value`, or all."""

    def given(self, content: Mapping[Content, float]) -> float:
        """The share, given contents in percent."""
        if self.attribute is None:
            return self.value
        if self.attribute not in content:
            return 1.0 if self.unstated == "whole" else self.value
        told = content[self.attribute]
        counted = min(told, self.at_most) / 100 if told >= self.at_least else 0.0
        of = self.of or ("content" if self.attribute == "metal_content" else "rest")
        return counted if of == "content" else 1.0 - counted


class Measure(Frozen):
    """One thing a government does to trade, with its two clocks and its source.

    >>> from kosho.law import Register
    >>> Register.load().measure("us-232-autos-25")
    Measure 'us-232-autos-25': 25 % on cars and light trucks
      what          tariff 25 percent
      imposed by    USA (us-232-autos)
      on            all
      in force      2025-04-03, known from 2025-03-26 (in_force)
      legal basis   Proclamation 10908; Executive Order 14289; heading 9903.94.01
      sources       proc10908, eo14289 (fact)
    """

    id: Id
    title: Text
    """One line a reader of the brief understands."""
    imposer: Imposer
    """An economy, or a customs union that stands for its members."""
    authority: Id
    """Whose power it rests on (`us-232-autos`); of one authority, one measure applies at a time."""
    partners: Partners = EVERYONE
    """Not used where `value` lists partners itself."""
    scope: Scope | None = None
    """Needed by every kind but a termination."""
    kind: Kind
    value: Rates | None = None
    """In `unit`: one rate, or one a partner (blocs may stand for their members). Of a tariff quota: inside."""
    value_out: Rates | None = None
    """Of a tariff quota: outside it."""
    quota_share: Cited | None = None
    """Of a tariff quota: how much of the trade is inside, for sector tables, where nobody says; None: all."""
    quota: Amount | None = None
    """Of a tariff quota: how much it is. Worlds that count it solve for what is inside; in others `quota_share`
    stands in."""
    unit: Unit = "percent"
    staged: Staged | None = None
    """Of a cut or a bind: the steps in which it comes; None: all of it at once."""
    _reached: float = PrivateAttr(1.0)
    floor_base: Literal["general", "claimed"] = "general"
    """What a floor tops up: the general ordinary duty, or the one of the preference claimed."""
    value_share: ValueShare | None = None
    """Share of the customs value the duty is taken on (metal content, non-US content); None means all of it.
    The measure removes what it excludes from that share only."""
    terms: Terms | None = None
    """Of kinds that no rate describes: amount, standard, days, data, declared worth."""
    excludes: tuple[Id, ...] = ()
    """Measures or authorities that do not apply to goods this one applies to."""
    terminates: tuple[Id, ...] = ()
    """Measures a termination ends."""
    stage: Stage
    legal_from: Day
    legal_to: Day | None = None
    ends: tuple[tuple[Day, Day | None], ...] = ()
    """Where its last day changed, in order: the day on which each became known, and the last day. It is read
    from a `legal_to` under days."""
    """Last day in force according to the measure itself; what ends it later is a termination of its own."""
    collected_from: Day | None = None
    """First day it was collected (of a termination: no longer), where that is not `legal_from`; rates are those
    collected."""
    known_from: Day
    """First day it was public."""
    verified_to: Day | None = None
    """Last day for which it was compared with its sources, where that is not the day of its file."""
    unconfirmed_from: Day | None = None
    """From this day on nobody found out whether it applies: a rate that rests on it is a guess."""
    clause: Clause | None = None
    """Of an unpriced promise, what it is about."""
    legal_basis: Text
    source: Some[str]
    """Ids of sources of the file."""
    status: Status
    """Standing of the value."""
    insist: str | None = None
    """Why a rate is meant that is below zero, between zero and one percent, or above 1,000; without it such a
    rate is refused."""
    quote: Text | None = None
    note: Text | None = None

    def card(self) -> Card:
        """What it is, whom it hits, since when, and where that is written."""
        until = f" to {self.legal_to}" if self.legal_to else ""
        rate = "" if self.value is None else f" {glance(self.value)} {self.unit}"
        return Card(
            f"Measure {self.id!r}: {self.title}",
            [
                ("what", f"{self.kind}{rate}"),
                ("imposed by", f"{self.imposer} ({self.authority})"),
                ("on", listing(self.partners.include)),
                *([("but not", listing(self.partners.exclude))] if self.partners.exclude else []),
                ("in force", f"{self.legal_from}{until}, known from {self.known_from} ({self.stage})"),
                ("legal basis", self.legal_basis),
                ("sources", f"{listing(self.source)} ({self.status})"),
            ],
        )

    @model_validator(mode="before")
    @classmethod
    def _last_day(cls, values: Any) -> Any:
        """A last day that changed is the latest, and all that it was."""
        ends = values.get("legal_to") if isinstance(values, Mapping) else None
        if not isinstance(ends, Mapping):
            return values
        told = cast("Mapping[str, Any]", ends)
        return {**cast("Mapping[str, Any]", values), "ends": sorted(told.items()), "legal_to": told[max(told)]}

    @model_validator(mode="after")
    def _within_its_days(self) -> Measure:
        for name in ("collected_from", "unconfirmed_from"):
            day: date | None = getattr(self, name)
            if day is not None and self.legal_to is not None and day > self.legal_to:
                told = _(
                    "{name} {day} is after legal_to {legal_to}", name=name, day=day, legal_to=self.legal_to
                )
                raise ValueError(told)
        return self

    @model_validator(mode="after")
    def _consistent(self) -> Measure:
        if self.clause is not None and self.kind != "unpriced":
            raise ValueError(_("a {kind} says by its kind what it is about, it has no clause", kind=self.kind))
        if self.unconfirmed_from is not None and self.unconfirmed_from < self.first_day:
            raise ValueError(
                _(
                    "unconfirmed_from {unconfirmed_from} is before it starts, {first_day}",
                    unconfirmed_from=self.unconfirmed_from,
                    first_day=self.first_day,
                )
            )
        if self.collected_from is not None and self.collected_from < self.legal_from:
            raise ValueError(
                _(
                    "collected_from {collected_from} is before legal_from {legal_from}",
                    collected_from=self.collected_from,
                    legal_from=self.legal_from,
                )
            )
        if self.legal_to is not None and self.legal_to < self.legal_from:
            raise ValueError(
                _(
                    "legal_to {legal_to} is before legal_from {legal_from}",
                    legal_to=self.legal_to,
                    legal_from=self.legal_from,
                )
            )
        if self.kind == "termination":
            if not self.terminates or self.scope is not None:
                raise ValueError(_("a termination names what it terminates and has no scope"))
        elif self.scope is None:
            raise ValueError(_("kind {kind} needs a scope", kind=self.kind))
        elif self.terminates:
            raise ValueError(_("only a termination terminates"))
        if self.kind == "exemption" and not self.excludes:
            raise ValueError(_("an exemption names what it excludes"))
        return self

    @field_validator("terms", mode="wrap")
    @classmethod
    def _of_kind(cls, value: object, _other: Any, info: ValidationInfo) -> Terms | None:
        """Terms are read as the kind has them, so that what is wrong is told in its own words."""
        kind = info.data.get("kind")
        if value is None or kind is None:
            return None  # a kind that is wrong itself has no terms
        wanted = RATELESS[kind].terms if kind in RATELESS else None
        if wanted is None:
            raise ValueError(_("a {kind} has no terms", kind=kind))
        return cast(Terms, wanted.model_validate(value))

    @model_validator(mode="after")
    def _termed(self) -> Measure:
        if self.kind in RATELESS and RATELESS[self.kind].terms is not None and self.terms is None:
            raise ValueError(_("a {kind} has its terms", kind=self.kind))
        if self.kind == "purchase" and isinstance(self.terms, Amount):
            if self.terms.holder is not None:
                raise ValueError(_("a purchase has no rent that somebody holds (holder)"))
            least = self.terms.amount.value if self.terms.amount.low is None else self.terms.amount.low
            if least < 0:
                raise ValueError(_("a purchase is zero or more over all its range, not {least:g}", least=least))
        amount = self.quota or self.terms
        if self.kind != "purchase" and isinstance(amount, Amount) and amount.additionality is not None:
            raise ValueError(
                _("a {kind} is no promise of which a part comes on top (additionality)", kind=self.kind)
            )
        return self

    @model_validator(mode="after")
    def _priced(self) -> Measure:
        if (self.kind in PRICED) != (self.value is not None):
            raise ValueError(
                _("a {kind} has a value", kind=self.kind)
                if self.kind in PRICED
                else _("a {kind} has no value", kind=self.kind)
            )
        if (self.kind == "tariff_quota") != (self.value_out is not None):
            raise ValueError(_("a tariff quota has value_out, other kinds do not"))
        if self.kind != "tariff_quota" and (self.quota_share is not None or self.quota is not None):
            raise ValueError(_("only a tariff quota has quota_share and quota"))
        if self.kind != "tariff_quota" and (self.kind == "specific") == (self.unit == "percent"):
            raise ValueError(_("a specific duty has a unit such as USD/kg, other kinds percent"))
        if self.staged is not None and self.kind not in CONCESSIONS:
            raise ValueError(_("only a cut or a bind is staged"))
        if self.kind == "cut" and any(not 0 < cut <= 100 for cut in _numbers(self.value)):
            raise ValueError(_("a cut is percent of the ordinary duty, above 0 and at most 100 (100: free)"))
        if self.kind == "bind" and any(bound < 0 for bound in _numbers(self.value)):
            raise ValueError(_("a bound is percent of the customs value, zero or more"))
        if self.floor_base != "general" and self.kind != "floor":
            raise ValueError(_("only a floor has floor_base"))
        listed = isinstance(self.value, dict) or isinstance(self.value_out, dict)
        if listed and self.partners != EVERYONE:
            raise ValueError(_("partners are listed either in value or in partners, not in both"))
        return self

    @field_validator("value", "value_out")
    @classmethod
    def _possible(cls, value: float | dict[str, float] | None) -> float | dict[str, float] | None:
        if not all(-100 < rate < math.inf for rate in _numbers(value)):
            raise ValueError(_("a rate is above -100 percent and finite"))
        return value

    @model_validator(mode="after")
    def _plausible(self) -> Measure:
        share = self.value_share
        if (
            share is not None
            and not 0
            <= (share.value if share.low is None else share.low)
            <= (share.value if share.high is None else share.high)
            <= 1
        ):
            raise ValueError(_("value_share is a share, from 0 to 1"))
        if self.insist is not None and not self.insist.strip():
            raise ValueError(_("insist says why a rate that is out of bounds is meant"))
        if self.insist is None:
            for name, given in (("value", self.value), ("value_out", self.value_out)):
                for rate in _numbers(given):
                    if self.unit == "percent" or rate < 0:
                        _refuse(name, PERCENT_DUTY.broken(rate))
        return self

    @model_validator(mode="before")
    @classmethod
    def _no_fraction(cls, written: object) -> object:
        """What somebody writes is no fraction; a rate that is worked out may be as low as one."""
        fields = cast("Mapping[str, object]", written) if isinstance(written, Mapping) else {}
        if fields.get("unit", "percent") != "percent" or fields.get("insist") is not None:
            return written
        for name in ("value", "value_out"):
            given = fields.get(name)
            for rate in given.values() if isinstance(given, Mapping) else (given,):
                if isinstance(rate, int | float):
                    _refuse(name, like_a_fraction(rate))
        return written

    def last_day(self, known: date | None = None) -> date | None:
        """Last day it acts, as known on a day (the latest by default); None: no end was known."""
        if known is None or not self.ends:
            return self.legal_to
        told = [last for day, last in self.ends if day <= known]
        return told[-1] if told else None

    @property
    def first_day(self) -> date:
        """First day it acts."""
        return self.collected_from or self.legal_from

    def on_day(self, on: date) -> Measure:
        """The measure with as much of its steps as is reached on a day; itself where it has none."""
        if self.staged is None:
            return self
        return _as_reached(Same(self), self.staged.share(self.first_day, on))

    def as_reached(self, share: float) -> Measure:
        """The measure with so much of its steps reached."""
        found = self.model_copy()
        found._reached = share
        return found

    def imposed_by(self, economy: str) -> bool:
        """Whether the economy is the imposer, or a member of it."""
        return belongs(economy, self.imposer)

    def level_on(self, partner: str, *, in_quota: bool = True) -> float | None:
        """Value for goods of `partner`, in `unit`; 0 where the kind has no value; None if not aimed."""
        level = self._of(self.value, partner)
        if level is None or in_quota or self.value_out is None:
            return level
        return self._of(self.value_out, partner)

    def _of(self, value: float | dict[str, float] | None, partner: str) -> float | None:
        if not isinstance(value, Mapping):
            return (value or 0.0) if partner in self.partners else None
        if partner in value:
            return value[partner]
        for code, level in value.items():
            if code in blocs() and partner in blocs()[code].members:
                return level
        return value.get(ALL)

    def rate_on(self, partner: str) -> float | None:
        """Ad valorem fraction for goods of `partner` as sector tables see it; None if not aimed.

        Of a tariff quota it is the mean of the rates inside and outside. The unit must be percent.
        """
        level = self.level_on(partner)
        if level is None or self.value_out is None:
            return None if level is None else level / 100
        inside = 1.0 if self.quota_share is None else self.quota_share.value
        outside = self.level_on(partner, in_quota=False) or 0.0
        return (inside * level + (1.0 - inside) * outside) / 100

    def taxed_share(self) -> float:
        """Share of the customs value the duty is taken on, on average."""
        return 1.0 if self.value_share is None else self.value_share.value

    def taxed_given(self, content: Mapping[Content, float]) -> float:
        """Share of the customs value the duty is taken on, given contents in percent as far as told."""
        return 1.0 if self.value_share is None else self.value_share.given(content)

    @property
    def reached(self) -> float:
        """Share of a staged cut or bind that is reached on the day it was asked for (`on_day`); else all."""
        return self._reached

    @property
    def days_of_change(self) -> tuple[date, ...]:
        """Days from which on it does something else than before: its first, and its steps."""
        return (self.first_day,) if self.staged is None else tuple(self.staged.days(self.first_day))


@lru_cache(maxsize=4096)
def _as_reached(measure: Same[Measure], share: float) -> Measure:
    """One object for every day with the same share, so that what follows from it is found again."""
    return measure.value.as_reached(share)
