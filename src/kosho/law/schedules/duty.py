"""What a tariff line says is to be paid: ad valorem, specific, compound, alternative, conditional, unknown."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Literal

from kosho.bounds import PERCENT_DUTY
from kosho.display import Card, Shown
from kosho.errors import InputError, KoshoError, Problem
from kosho.language import _
from kosho.law.schedules.units import UnitValue, conversion

__all__ = [
    "CUSTOMS_VALUE",
    "FREE",
    "IN_QUOTA",
    "OUT_OF_QUOTA",
    "AdValorem",
    "Bounds",
    "Component",
    "ConditionalDuty",
    "Duty",
    "DutyKind",
    "Specific",
    "Standing",
    "Term",
]

DutyKind = Literal[
    "free",
    "ad_valorem",
    "specific",
    "compound",
    "alternative",
    "component",
    "conditional",
    "reference",
    "unread",
]
"""`alternative`: the lower or higher of two, or one with limits. `component`: with an amount that another table
gives (`EA(1)`). `conditional`: depends on what the code cannot tell (a quota, a use). `reference`: the duty of
another heading or note. `unread`: kept as text."""

Standing = Literal[
    "rate", "needs unit value", "partial basis", "component missing", "conditional", "reference", "not read"
]
"""What stands between a duty and a number. `rate`: nothing. `partial basis`: it is on a part of the goods."""

CUSTOMS_VALUE = "the value for customs duty"
"""What a duty is a part of, in the words of Japan's schedule."""
IN_QUOTA = "in quota"
OUT_OF_QUOTA = "out of quota"

_SEASON = re.compile(r"(\d\d-\d\d) to (\d\d-\d\d)")
_REFERENCE = re.compile(
    r"(the (rate|duty)\b|(also )?see\b|no change\b|a duty\b|free, (under bond|for such)"
    r"|.*\bapplicable (sub)?heading\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class AdValorem(Shown):
    """Percent of the customs value, or of what `basis` names.

    >>> from decimal import Decimal
    >>> from kosho.law.schedules import AdValorem
    >>> AdValorem(Decimal("2.5"))
    AdValorem('2.5%')
    """

    percent: Decimal
    basis: str = ""
    """`on the case`, `on the value of the lead content`; empty means the customs value."""

    def __repr__(self) -> str:
        return f"AdValorem({str(self)!r})"

    def __str__(self) -> str:
        return f"{_plain(self.percent)}%" + (f" {self.basis}" if self.basis else "")


@dataclass(frozen=True, slots=True)
class Specific(Shown):
    """Money per quantity.

    >>> from decimal import Decimal
    >>> from kosho.law.schedules import Specific
    >>> Specific(Decimal(341), "JPY", "kg")
    Specific('341 JPY/kg')
    """

    amount: Decimal
    currency: str
    """ISO 4217."""
    unit: str
    per: Decimal = Decimal(1)
    """Number of units the amount is for."""
    basis: str = ""
    """`on drained weight`, `of total sugars`; empty means the quantity of the goods."""

    def __repr__(self) -> str:
        return f"Specific({str(self)!r})"

    def __str__(self) -> str:
        per = "" if self.per == 1 else f"{_plain(self.per)} "
        return f"{_plain(self.amount)} {self.currency}/{per}{self.unit}" + (
            f" {self.basis}" if self.basis else ""
        )


@dataclass(frozen=True, slots=True)
class Component(Shown):
    """An amount that a table beside the schedule gives by composition or price: `EA(1)`, `ADSZ`, `entry price`.

    >>> from kosho.law.schedules import parse_duty
    >>> parse_duty("9 % + EA(1) MAX 18.7 % + ADSZ").missing
    ('EA(1)', 'ADSZ')
    """

    name: str

    def __repr__(self) -> str:
        return f"Component({str(self)!r})"

    def __str__(self) -> str:
        return self.name


Term = AdValorem | Specific | Component
Terms = tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Bounds(Shown):
    """Between what a duty lies, as fractions of the customs value; `high` is None where nothing bounds it.

    >>> from kosho.law.schedules import Bounds, parse_duty
    >>> parse_duty("10% + 2 EUR/kg").bounds() == Bounds(0.1, None)
    True
    """

    low: float
    high: float | None


@dataclass(frozen=True, slots=True)
class ConditionalDuty(Shown):
    """A duty that applies under a condition.

    >>> from kosho.law.schedules import parse_duty
    >>> [case.condition for case in parse_duty("[in quota] Free | [out of quota] 341 JPY/kg").cases]
    ['in quota', 'out of quota']
    """

    condition: str
    """`in quota`, `out of quota`, a season (`04-01 to 09-30`), or the words of the schedule."""
    duty: Duty


@dataclass(frozen=True, slots=True)
class Duty(Shown):
    """A duty as the law writes it. `str()` is a notation of its own that `parse_duty` reads back.

    A sum of terms is never below nothing: `393.786 JPY/kg - 100%` is the gap to a gate price.

    >>> from kosho.law.schedules import parse_duty, parse_unit_value
    >>> duty = parse_duty("1.035¢/kg + 17%")
    >>> duty, duty.kind
    (Duty('0.01035 USD/kg + 17%'), 'compound')
    >>> round(duty.ad_valorem_equivalent(parse_unit_value("2USD/kg")), 5)
    0.17517
    """

    sums: tuple[Terms, ...] = ()
    """Sums of terms; of more than one, `choice` applies. One empty sum is duty-free."""
    choice: Literal["lower", "higher"] = "lower"
    at_least: Terms = ()
    at_most: Terms = ()
    cases: tuple[ConditionalDuty, ...] = ()
    unread: str = ""
    """What could not be read, whole."""
    text: str = field(default="", compare=False)
    """As printed in the schedule."""

    def __post_init__(self) -> None:
        if sum(map(bool, (self.sums, self.cases, self.unread))) != 1:
            raise InputError(_("a duty is either sums of terms, or cases, or unread text"))

    @staticmethod
    def percent(rate: Decimal | float | str) -> Duty:
        """An ad valorem duty; zero is free.

        >>> from kosho.law.schedules import Duty
        >>> Duty.percent("2.5"), Duty.percent(0)
        (Duty('2.5%'), Duty('Free'))
        """
        exact = Decimal(str(rate))
        return Duty(sums=((AdValorem(exact),) if exact else (),))

    @property
    def kind(self) -> DutyKind:
        """What sort of duty it is."""
        if self.unread:
            return "reference" if _REFERENCE.match(self.unread) else "unread"
        if self.cases:
            return "conditional"
        if self.missing:
            return "component"
        if len(self.sums) > 1 or self.at_least or self.at_most:
            return "alternative"
        return _kind_of(self.sums[0] if self.sums else ())

    @property
    def terms(self) -> tuple[Term, ...]:
        """All terms of sums and limits, not those of cases."""
        return tuple(term for some in (*self.sums, self.at_least, self.at_most) for term in some)

    @property
    def implausible(self) -> str | None:
        """What no duty on goods is: a percentage beyond all bounds; None where it may be one.

        >>> from kosho.law.schedules import parse_duty
        >>> parse_duty("5000%").implausible, parse_duty("10%").implausible
        ('5000 percent is above 1,000: no duty on goods is that high', None)
        """
        for case in self.cases:
            if (wrong := case.duty.implausible) is not None:
                return wrong
        for term in self.terms:
            if isinstance(term, AdValorem) and (wrong := PERCENT_DUTY.broken(abs(float(term.percent)))):
                return wrong
        return None

    @property
    def missing(self) -> tuple[str, ...]:
        """Components that the schedule names and does not give."""
        own = [term.name for term in self.terms if isinstance(term, Component)]
        return tuple(dict.fromkeys([*own, *(name for case in self.cases for name in case.duty.missing)]))

    @property
    def needs_unit_value(self) -> bool:
        """Whether an ad valorem equivalent needs the value of a unit of the goods."""
        return any(isinstance(term, Specific) for term in self.terms) or any(
            case.duty.needs_unit_value for case in self.cases
        )

    def standing(self, unit_value: UnitValue | None = None) -> Standing:
        """What stands between the duty and a number, given the value of a unit of the goods or not.

        >>> from kosho.law.schedules import parse_duty, parse_unit_value
        >>> texts = ("2.5%", "See 9823.08.01", "9% + EA(1)", "as is right", "5¢/kg")
        >>> [parse_duty(text).standing() for text in texts]
        ['rate', 'reference', 'component missing', 'not read', 'needs unit value']
        >>> parse_duty("5¢/kg").standing(parse_unit_value("2USD/kg"))
        'rate'
        """
        if self.unread:
            return "reference" if self.kind == "reference" else "not read"
        if self.cases:
            return "conditional"
        if self.missing:
            return "component missing"
        if any(term.basis for term in self.terms if not isinstance(term, Component)):
            return "partial basis"
        return "needs unit value" if self.needs_unit_value and unit_value is None else "rate"

    def bounds(self, unit_value: UnitValue | None = None) -> Bounds | None:
        """Between what the duty lies where it is no number; None for text that is not read.

        Components and money without a unit value are nothing at the least; a percentage on a part of the goods
        lies between nothing and that percentage; a duty with cases lies between the lowest and the highest.

        Raises:
            InputError: a unit value in another currency or of another quantity.

        >>> from kosho.law.schedules import parse_duty
        >>> parse_duty("9% + EA(1) MAX 18.7%").bounds()
        Bounds(low=0.09, high=0.187)
        >>> parse_duty("[in quota] Free | [out of quota] 10% + 2 EUR/kg").bounds()
        Bounds(low=0, high=None)
        """
        if self.unread:
            return None
        if self.cases:
            found = [case.duty.bounds(unit_value) for case in self.cases]
            known = [one for one in found if one is not None]
            if not known:
                return None
            highs = [one.high for one in known if one.high is not None]
            return Bounds(
                min(one.low for one in known) if len(known) == len(found) else 0.0,
                max(highs) if len(highs) == len(found) else None,
            )
        ends = [_interval(terms, unit_value) for terms in self.sums]
        pick = max if self.choice == "higher" else min
        low, high = pick(one[0] for one in ends), pick(one[1] for one in ends)
        if self.at_least:
            least = _interval(self.at_least, unit_value)
            low, high = max(low, least[0]), max(high, least[1])
        if self.at_most:
            most = _interval(self.at_most, unit_value)
            low, high = min(low, most[0]), min(high, most[1])
        return Bounds(float(low), None if high == _ENDLESS else float(high))

    def under(self, *, in_quota: bool) -> Duty | None:
        """The duty inside or outside a quota; None where it says nothing of that; itself without a quota."""
        wanted = IN_QUOTA if in_quota else OUT_OF_QUOTA
        if not any(case.condition in (IN_QUOTA, OUT_OF_QUOTA) for case in self.cases):
            return self
        for case in self.cases:
            if case.condition == wanted:
                return replace(case.duty, text=self.text)
        return None

    def on(self, day: date) -> Duty | None:
        """The duty of a season; None where it says nothing of that day; itself where seasons do not matter."""
        seasons = [(_SEASON.fullmatch(case.condition), case.duty) for case in self.cases]
        if not any(season for season, _other in seasons):
            return self
        today = f"{day:%m-%d}"
        for season, duty in seasons:
            if season is None:
                continue
            first, last = season[1], season[2]
            inside = first <= today <= last if first <= last else today >= first or today <= last
            if inside:
                return replace(duty, text=self.text)
        return None

    @property
    def seasons(self) -> tuple[tuple[str, str], ...]:
        """First and last day (`04-01`, `09-30`) of every season it tells apart."""
        found = [_SEASON.fullmatch(case.condition) for case in self.cases]
        return tuple((season[1], season[2]) for season in found if season)

    def ad_valorem_equivalent(self, unit_value: UnitValue | None = None) -> float:
        """The duty as a fraction of the customs value.

        Args:
            unit_value: customs value of a unit of the goods; needed by specific duties.

        Raises:
            InputError: a specific duty without a unit value, in another currency or of another quantity.
            KoshoError: the duty depends on more than the value of the goods.

        >>> from kosho.law.schedules import parse_duty
        >>> parse_duty("341 yen/kg").ad_valorem_equivalent()
        Traceback (most recent call last):
            ...
        kosho.errors.InputError: the duty 341 JPY/kg needs the value of a unit of the goods (give ...)
        """
        if self.unread:
            raise KoshoError(_("the duty is not a rate: {unread}", unread=self.unread))
        if self.cases:
            conditions = "; ".join(case.condition for case in self.cases)
            raise KoshoError(_("the duty depends on more than the code: {conditions}", conditions=conditions))
        if self.missing:
            raise KoshoError(
                _(
                    "the duty {text} has a part that the schedule does not give: {names}",
                    text=self,
                    names=", ".join(self.missing),
                )
            )
        rates = [_equivalent(terms, unit_value) for terms in self.sums]
        rate = max(rates) if self.choice == "higher" else min(rates)
        if self.at_least:
            rate = max(rate, _equivalent(self.at_least, unit_value))
        if self.at_most:
            rate = min(rate, _equivalent(self.at_most, unit_value))
        return float(rate)

    def __repr__(self) -> str:
        return f"Duty({str(self)!r})"

    def card(self) -> Card:
        """The duty in its own notation, and as it is printed in the schedule."""
        rows = [("printed as", self.text)] if self.text else []
        return Card(f"Duty {self}", [("kind", self.kind.replace("_", " ")), *rows])

    def __str__(self) -> str:
        if self.unread:
            return self.unread
        if self.cases:
            return " | ".join(f"[{case.condition}] {case.duty}" for case in self.cases)
        text = _(" or ").join(_written(terms) for terms in self.sums)
        if len(self.sums) > 1:
            text += f", whichever is the {self.choice}"
        if self.at_least:
            text += f"; not less than {_written(self.at_least)}"
        if self.at_most:
            text += f"; not more than {_written(self.at_most)}"
        return text


FREE = Duty(sums=((),), text="Free")


def _kind_of(terms: Terms) -> DutyKind:
    match terms:
        case ():
            return "free"
        case (AdValorem(),):
            return "ad_valorem"
        case (Specific(),):
            return "specific"
        case (Component(),):
            return "component"
        case _:
            return "compound"


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _written(terms: Terms) -> str:
    if not terms:
        return "Free"
    text = str(terms[0])
    for term in terms[1:]:
        if isinstance(term, AdValorem) and term.percent < 0:
            text += f" - {AdValorem(-term.percent, term.basis)}"
        else:
            text += f" + {term}"
    return text


def _equivalent(terms: Terms, unit_value: UnitValue | None) -> Decimal:
    return max(Decimal(0), sum((_fraction(term, unit_value) for term in terms), Decimal(0)))


_ENDLESS = Decimal("Infinity")


def _interval(terms: Terms, unit_value: UnitValue | None) -> tuple[Decimal, Decimal]:
    """Lowest and highest of a sum of terms, as fractions of the customs value."""
    low = high = Decimal(0)
    if unit_value is None and any(isinstance(term, Specific) for term in terms):
        high = _ENDLESS
        terms = tuple(term for term in terms if not isinstance(term, Specific))
        if any(isinstance(term, AdValorem) and term.percent < 0 for term in terms):
            return Decimal(0), _ENDLESS  # the gap to a price: nothing above it
    for term in terms:
        if isinstance(term, Component):
            high = _ENDLESS
        elif term.basis:
            high += term.percent / 100 if isinstance(term, AdValorem) else _ENDLESS
        else:
            one = _fraction(term, unit_value)
            low, high = low + one, high + one
    return max(low, Decimal(0)), max(high, Decimal(0))


def _fraction(term: Term, unit_value: UnitValue | None) -> Decimal:
    if isinstance(term, Component):
        raise KoshoError(_("the duty has a part that the schedule does not give: {term}", term=term))
    if term.basis:
        raise KoshoError(_("the duty {term} is not on the whole of the goods", term=term))
    if isinstance(term, AdValorem):
        return term.percent / 100
    if unit_value is None:
        hint = _("give a value such as 10{currency}/{unit}", currency=term.currency, unit=term.unit)
        raise InputError(Problem(_("the duty {term} needs the value of a unit of the goods", term=term), hint))
    if unit_value.currency != term.currency:
        message = _(
            "the duty {term} is in {currency}, the unit value {unit_value} in {currency_2}",
            term=term,
            currency=term.currency,
            unit_value=unit_value,
            currency_2=unit_value.currency,
        )
        raise InputError(Problem(message, _("convert the unit value to {currency}", currency=term.currency)))
    units = conversion(unit_value.unit, term.unit)
    return term.amount / term.per * units / unit_value.amount
