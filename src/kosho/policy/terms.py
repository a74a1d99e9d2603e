"""Terms of measures that no rate describes: amounts, standards, days, data, subsidies, declared worth."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Discriminator, Tag, model_validator

from kosho.codes import countries
from kosho.provenance import Cited, Frozen

__all__ = [
    "TERMS_OF",
    "Amount",
    "BottomUp",
    "CustomsDays",
    "Data",
    "Declared",
    "Drive",
    "LocalContent",
    "Standard",
    "Subsidy",
    "Terms",
    "TopDown",
]


def _economy(code: str) -> str:
    if code not in countries():
        raise ValueError(f"unknown country {code!r}")
    return code


Country = Annotated[str, AfterValidator(_economy)]

Drive = Literal["hybrid", "electric"]
"""Of vehicles."""


class TopDown(Frozen):
    """A barrier as a whole."""

    ave: Cited
    """Percent of value."""
    actionable: Cited
    """Share of it that governments can remove at all."""


class BottomUp(Frozen):
    """A barrier from its pieces. Money in one currency."""

    fixed_cost: Cited
    """Of certifying a model."""
    units: Cited
    """Sold of a model."""
    price: Cited
    unit_cost: Cited | None = None
    """Of changes to each."""
    per_day: Cited | None = None
    """Percent of value a day."""
    days: Cited | None = None
    """Of delay."""


class Amount(Frozen):
    """Of a quota, an advisory or a purchase."""

    amount: Cited
    """Millions of money, units counted, or a share of the base."""
    basis: Literal["level", "increment", "share"] = "level"
    measured: Literal["quantity", "value"] = "quantity"
    counted: str = ""
    """Unit of a quantity that is counted (`vehicles`, `tonnes`)."""
    base: Cited | None = None
    """What the same imports were in the base year of the table, in the same unit. Where a world does not count
    them, a level is taken as a share of it."""
    deflator: str = "world"
    """Of a value: a country, or the numeraire."""
    holder: str = "exporter"
    """Of a quota's rent: a country, `importer` or `exporter`."""
    niches: tuple[str, ...] = ()
    """Small products that are meant, instead of the scope's sectors (`corn`, `lng`)."""
    shared: bool = True
    """One amount for all partners and goods together; otherwise one for each flow."""

    @model_validator(mode="after")
    def _fits(self) -> Amount:
        if self.measured == "value" and self.counted:
            raise ValueError("a value is not counted in units")
        if self.measured == "quantity" and self.deflator != "world":
            raise ValueError("a quantity needs no deflator")
        if self.base is not None and not (self.counted and self.basis == "level" and self.base.value > 0):
            raise ValueError("base is of a level that is counted, and above zero")
        if self.holder not in ("importer", "exporter"):
            _economy(self.holder)
        if self.deflator != "world":
            _economy(self.deflator)
        return self


class Standard(Frozen):
    """Recognition of a standard or of tests made elsewhere."""

    degree: Cited
    """0: tested again in full; 1: accepted as it is."""
    extends_to: Literal["bilateral", "all"]
    """Whether others who meet the same standard gain as well."""
    top_down: TopDown | None = None
    bottom_up: BottomUp | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Standard:
        if (self.top_down is None) == (self.bottom_up is None):
            raise ValueError("a barrier is priced either top_down or bottom_up, never both")
        return self


class CustomsDays(Frozen):
    """Days at the border before and after."""

    before: Cited
    after: Cited
    per_day: Cited | None = None
    """Percent of the value a day; 0.6 to 2.1 where not given."""


class Data(Frozen):
    """A digital rule, by what it does to connectivity or to an index of restrictions."""

    connectivity: Cited | None = None
    """Change, a fraction, priced by how trade moves with it."""
    traded: Literal["goods", "services", "parcels"] = "services"
    connectivity_cost: Cited | None = None
    """Change, a fraction, priced by how trade cost moves with it."""
    restrictiveness: float | None = None
    """Fall of the OECD index in points: a bound only."""

    @model_validator(mode="after")
    def _one(self) -> Data:
        given = (self.connectivity, self.connectivity_cost, self.restrictiveness)
        if sum(one is not None for one in given) != 1:
            raise ValueError("one of connectivity, connectivity_cost and restrictiveness")
        return self


class LocalContent(Frozen):
    """A rule on where the value of a good is added, applied to the average of an origin."""

    threshold: Cited
    """Least share of value added there, in percent."""
    counted: tuple[Country, ...]
    """Whose value added counts."""


class Subsidy(Frozen):
    """To buyers of some goods, their own country's among them; the imposer's treasury pays."""

    rate: Cited | None = None
    """Percent of the buyer's price."""
    per_unit: Cited | None = None
    """Money a piece; with `price`, in the same money."""
    price: Cited | None = None
    share: Cited | None = None
    """Share of purchases of the scope that are of the kind meant; all where not given."""
    drive: Drive | None = None
    """Of vehicles: only those of this drive, at their share in the imposer's market."""
    home: bool = True
    """Whether goods made at home are eligible."""
    content: LocalContent | None = None

    @model_validator(mode="after")
    def _one(self) -> Subsidy:
        if (self.rate is None) == (self.per_unit is None) or (self.per_unit is None) != (self.price is None):
            raise ValueError("either rate, or per_unit with price")
        return self


class Declared(Frozen):
    """What an investment or a transfer is declared to be worth."""

    worth: dict[Country, Cited]
    """Million USD a year to each side, with low and high."""
    amount: Cited | None = None
    """What is promised in all, for the record."""

    @model_validator(mode="after")
    def _ranges(self) -> Declared:
        for party, cited in self.worth.items():
            if cited.low is None or cited.high is None or not cited.low < cited.high:
                raise ValueError(f"worth to {party}: nothing declared goes without a range (low and high)")
        return self


_KEYS = {
    "degree": "standard",
    "extends_to": "standard",
    "before": "customs",
    "after": "customs",
    "connectivity": "digital",
    "connectivity_cost": "digital",
    "restrictiveness": "digital",
    "worth": "declared",
    "rate": "subsidy",
    "per_unit": "subsidy",
}


def _which(value: Any) -> str:
    if isinstance(value, dict):
        return next((_KEYS[key] for key in value if key in _KEYS), "amount")
    return next(tag for tag, model in _MODELS.items() if isinstance(value, model))


_MODELS: dict[str, type[Frozen]] = {
    "amount": Amount,
    "standard": Standard,
    "customs": CustomsDays,
    "digital": Data,
    "declared": Declared,
    "subsidy": Subsidy,
}

Terms = Annotated[
    Annotated[Amount, Tag("amount")]
    | Annotated[Standard, Tag("standard")]
    | Annotated[CustomsDays, Tag("customs")]
    | Annotated[Data, Tag("digital")]
    | Annotated[Declared, Tag("declared")]
    | Annotated[Subsidy, Tag("subsidy")],
    Discriminator(_which),
]
"""Told apart by their keys."""

TERMS_OF: dict[str, type[Frozen]] = {
    "quota": Amount,
    "advisory": Amount,
    "purchase": Amount,
    "standard": Standard,
    "customs": CustomsDays,
    "digital": Data,
    "investment": Declared,
    "transfer": Declared,
    "subsidy": Subsidy,
}
"""Which terms a kind of measure has."""
