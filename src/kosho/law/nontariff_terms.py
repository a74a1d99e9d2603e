"""Terms of measures that no rate describes: amounts, standards, days, data, subsidies, declared worth."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, Field, ValidationInfo, field_validator, model_validator

from kosho.codes import countries
from kosho.language import _
from kosho.law.term_units import (
    Change,
    Days,
    MillionUSD,
    Money,
    Percent,
    PerDay,
    Price,
    Share,
    Things,
    ceiling,
    million_usd,
    share,
    things,
)
from kosho.provenance import Cited, Frozen

__all__ = [
    "Amount",
    "BottomUp",
    "CustomsDays",
    "Data",
    "Declared",
    "Drive",
    "ExportControl",
    "LocalContent",
    "Standard",
    "Subsidy",
    "Terms",
    "TopDown",
]


def _economy(code: str) -> str:
    if code not in countries():
        raise ValueError(_("unknown country {code!r}", code=code))
    return code


Country = Annotated[str, AfterValidator(_economy)]

TIMES = 10.0
"""Of a base, above which a share is mostly meant as percent."""
Drive = Literal["hybrid", "electric"]
"""Of vehicles."""


class TopDown(Frozen):
    """A barrier as a whole."""

    ave: Percent
    """Percent of value."""
    actionable: Share
    """Share of it that governments can remove at all."""


class BottomUp(Frozen):
    """A barrier from its pieces. Money in one currency."""

    fixed_cost: Money
    """Of certifying a model."""
    units: Things
    """Sold of a model."""
    price: Price
    unit_cost: Money | None = None
    """Of changes to each."""
    per_day: PerDay | None = None
    """Percent of value a day."""
    days: Days | None = None
    """Of delay."""

    @model_validator(mode="after")
    def _whole(self) -> BottomUp:
        _one_currency(self.price, self.fixed_cost, self.unit_cost)
        if (self.per_day is None) != (self.days is None):
            raise ValueError(_("days of delay and what one costs (per_day) go together"))
        return self


def _one_currency(*figures: Cited | None) -> None:
    found = dict.fromkeys(one.unit[:3] for one in figures if one is not None)
    if len(found) > 1:
        raise ValueError(_("money in one currency, not in {names}", names=_(" and ").join(found)))


class Amount(Frozen):
    """Of a quota, an advisory or a purchase."""

    basis: Literal["level", "increment", "share"] = "level"
    measured: Literal["quantity", "value"] = "quantity"
    counted: str = ""
    """Unit of a quantity that is counted (`vehicles`, `tonnes`)."""
    amount: Cited
    """Million USD (billions are converted), units counted, or a share of the base (percent are converted)."""
    base: Cited | None = None
    """What the same imports were in the base year of the table, in the same unit. Where a world does not count
    them, a level is taken as a share of it."""
    deflator: str = "world"
    """Of a value: a country, or the numeraire."""
    holder: str | None = None
    """Of a quota's rent: a country, `importer` or `exporter`. Where not given the importer under an advisory
    (buyers keep away, sellers cannot ask more), the exporter under a quota."""
    niches: tuple[str, ...] = ()
    """Small products that are meant, instead of the scope's sectors (`corn`, `lng`)."""
    shared: bool = True
    """One amount for all partners and goods together; otherwise one for each flow."""
    additionality: Share | None = None
    """Of a purchase: how much of what is promised beyond what would be bought without the promise comes on top
    of it. 0: all of it would be bought anyway; 1: none of it would. Where not given 1 is taken, and results say
    so."""

    @field_validator("amount")
    @classmethod
    def _in_unit(cls, cited: Cited, info: ValidationInfo) -> Cited:
        basis, counted = info.data.get("basis"), info.data.get("counted")
        if basis == "share":
            if cited.unit == "share" and ceiling(cited) > TIMES:
                told = _(
                    "{share:g} times the base: write {share:g} percent, or {percent:g} percent "
                    "if so much is meant",
                    share=ceiling(cited),
                    percent=100 * ceiling(cited),
                )
                raise ValueError(told)
            return share(cited)
        if basis is None or counted is None:
            return cited  # these are wrong themselves
        found = _counted(cited, counted) if counted else million_usd(cited)
        if basis == "level" and (found.value if found.low is None else found.low) < 0:
            raise ValueError(_("a level is zero or more"))
        return found

    @field_validator("base")
    @classmethod
    def _base_in_unit(cls, cited: Cited | None, info: ValidationInfo) -> Cited | None:
        counted = info.data.get("counted")
        if cited is None or counted is None:
            return cited
        if not (counted and info.data.get("basis") == "level" and cited.value > 0):
            raise ValueError(_("base is of a level that is counted, and above zero"))
        return _counted(cited, counted)

    @field_validator("holder")
    @classmethod
    def _held(cls, holder: str | None) -> str | None:
        return holder if holder in (None, "importer", "exporter") else _economy(holder)

    @field_validator("deflator")
    @classmethod
    def _deflated(cls, deflator: str) -> str:
        return deflator if deflator == "world" else _economy(deflator)

    @model_validator(mode="after")
    def _fits(self) -> Amount:
        if self.measured == "value" and self.counted:
            raise ValueError(_("a value is not counted in units"))
        if self.measured == "quantity" and self.deflator != "world":
            raise ValueError(_("a quantity needs no deflator"))
        return self


def _counted(cited: Cited, counted: str) -> Cited:
    found = things(cited)
    if found.unit != counted:
        raise ValueError(_("counted in {counted}, not in {unit!r}", counted=counted, unit=cited.unit))
    return found


class Standard(Frozen):
    """Recognition of a standard or of tests made elsewhere."""

    degree: Share
    """0: tested again in full; 1: accepted as it is."""
    extends_to: Literal["bilateral", "all"]
    """Whether others who meet the same standard gain as well."""
    top_down: TopDown | None = None
    bottom_up: BottomUp | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Standard:
        if (self.top_down is None) == (self.bottom_up is None):
            raise ValueError(_("a barrier is priced either top_down or bottom_up, never both"))
        return self


class CustomsDays(Frozen):
    """Days at the border before and after."""

    before: Days
    after: Days
    per_day: PerDay | None = None
    """Percent of the value a day; 0.6 to 2.1 where not given."""


class Data(Frozen):
    """A digital rule, by what it does to connectivity or to an index of restrictions."""

    connectivity: Change | None = None
    """Change, a fraction, priced by how trade moves with it."""
    traded: Literal["goods", "services", "parcels"] = "services"
    connectivity_cost: Change | None = None
    """Change, a fraction, priced by how trade cost moves with it."""
    restrictiveness: Annotated[float, Field(ge=0, le=1)] | None = None
    """Fall of the OECD index (from 0 to 1) in points: a bound only."""

    @model_validator(mode="after")
    def _one(self) -> Data:
        given = (self.connectivity, self.connectivity_cost, self.restrictiveness)
        if sum(one is not None for one in given) != 1:
            raise ValueError(_("one of connectivity, connectivity_cost and restrictiveness"))
        return self


class LocalContent(Frozen):
    """A rule on where the value of a good is added, applied to the average of an origin."""

    threshold: Percent
    """Least share of value added there, in percent."""
    counted: tuple[Country, ...]
    """Whose value added counts."""


class Subsidy(Frozen):
    """To buyers of some goods, their own country's among them; the imposer's treasury pays."""

    rate: Percent | None = None
    """Percent of the buyer's price."""
    per_unit: Money | None = None
    """Money a piece; with `price`, in the same money."""
    price: Price | None = None
    share: Share | None = None
    """Share of purchases of the scope that are of the kind meant; all where not given."""
    drive: Drive | None = None
    """Of vehicles: only those of this drive, at their share in the imposer's market."""
    home: bool = True
    """Whether goods made at home are eligible."""
    content: LocalContent | None = None

    @model_validator(mode="after")
    def _one(self) -> Subsidy:
        if (self.rate is None) == (self.per_unit is None) or (self.per_unit is None) != (self.price is None):
            raise ValueError(_("either rate, or per_unit with price"))
        _one_currency(self.per_unit, self.price)
        most = ceiling(self.rate) / 100 if self.rate is not None else _largest(self.per_unit, self.price)
        if most >= 1:
            raise ValueError(_("below all of the price, not {most:.0%} of it", most=most))
        return self


def _largest(paid: Cited | None, price: Cited | None) -> float:
    if paid is None or price is None:
        return 0.0
    return ceiling(paid) / (price.value if price.low is None else price.low)


class Declared(Frozen):
    """What an investment or a transfer is declared to be worth."""

    worth: dict[Country, MillionUSD] = Field(default_factory=dict)
    """Million USD a year to each side, with low and high; empty: nobody said, and nothing is priced."""
    amount: Cited | None = None
    """What is promised in all, for the record."""

    @model_validator(mode="after")
    def _ranges(self) -> Declared:
        if not self.worth and self.amount is None:
            raise ValueError(_("says what it is worth to each side, or at least the amount promised"))
        for party, cited in self.worth.items():
            if cited.low is None or cited.high is None or not cited.low < cited.high:
                raise ValueError(
                    _("worth to {party}: nothing declared goes without a range (low and high)", party=party)
                )
        return self


class ExportControl(Frozen):
    """What may not leave without leave, or not at all."""

    form: Literal["licence", "prohibition"]
    """Whether each export needs a licence, or is refused."""
    users: Literal["all", "military", "named"] = "all"
    """Whom it stops: everybody there, military users and uses, or users on a list."""


Terms: TypeAlias = Amount | Standard | CustomsDays | Data | Declared | Subsidy | ExportControl
