"""One linear market with a border, in closed form: what textbooks and the spreadsheets of agencies compute."""

from __future__ import annotations

from dataclasses import dataclass

from kosho.arguments import amounts, refuse_boundless
from kosho.declared import as_declared
from kosho.display import Shown
from kosho.errors import InputError, Problem
from kosho.language import _

__all__ = ["LinearMarket", "LinearOutcome", "linear_market"]


@as_declared
@dataclass(frozen=True, slots=True)
class LinearMarket(Shown):
    """Lines through a base point: quantities demanded, supplied and imported against the price at home.

    >>> from kosho.lines import LinearMarket
    >>> LinearMarket(350, demand=112.5, supply=75, demand_slope=-0.25, supply_slope=0.5)
    LinearMarket(price=350, demand=112.5, supply=75, demand_slope=-0.25, supply_slope=0.5)
    """

    price: float
    """In the base, at the border."""
    demand: float
    supply: float
    demand_slope: float
    """Quantity per unit of price, at most zero."""
    supply_slope: float
    """At least zero."""
    foreign_slope: float = float("inf")
    """Of what is offered at the border; infinite for a small country."""

    def __post_init__(self) -> None:
        amounts(price=self.price, demand=self.demand, supply=self.supply)
        refuse_boundless(demand_slope=self.demand_slope, supply_slope=self.supply_slope)
        if not self.price > 0:
            raise InputError(Problem(f"{self.price:g}", _("above zero"), key="price"))

    @classmethod
    def of_elasticities(
        cls, price: float, demand: float, supply: float, *, elasticities: tuple[float, float, float]
    ) -> LinearMarket:
        """Slopes from elasticities at the base: of demand, of supply at home, of supply from abroad.

        >>> from kosho.lines import LinearMarket
        >>> market = LinearMarket.of_elasticities(466, 3250, 2172, elasticities=(-0.2, 0.3, 10))
        >>> round(market.foreign_slope, 3)
        23.133
        """
        of_demand, of_supply, abroad = elasticities
        return cls(
            price, demand, supply,
            of_demand * demand / price, of_supply * supply / price, abroad * (demand - supply) / price,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class LinearOutcome(Shown):
    """After a tariff; changes are from free trade.

    >>> from kosho.lines import LinearMarket, linear_market
    >>> found = linear_market(LinearMarket(350, 112.5, 75, -0.25, 0.5), specific=80)
    >>> found.price, found.imports, found.welfare == found.terms_of_trade - found.deadweight_loss
    (400.0, 0.0, True)
    """

    border_price: float
    price: float
    demand: float
    supply: float
    imports: float
    consumer_surplus: float
    producer_surplus: float
    revenue: float
    terms_of_trade: float
    deadweight_loss: float

    @property
    def welfare(self) -> float:
        """Consumers, producers and revenue; the gain in the terms of trade less the deadweight loss."""
        return self.consumer_surplus + self.producer_surplus + self.revenue


@as_declared
def linear_market(market: LinearMarket, *, rate: float = 0.0, specific: float = 0.0) -> LinearOutcome:
    """A tariff put on free trade: ad valorem, specific or both; a prohibitive one stops trade.

    Args:
        market: The base, at free trade.
        rate: Fraction of the border price.
        specific: Money a unit.

    Raises:
        InputError: no imports in the base, a rate at or below -1, slopes of the wrong sign, a subsidy above the
            price.

    >>> from kosho.lines import LinearMarket, linear_market
    >>> found = linear_market(LinearMarket(350, 112.5, 75, -0.25, 0.5), specific=25)
    >>> found.imports, found.consumer_surplus, found.producer_surplus, found.revenue, found.deadweight_loss
    (18.75, -2734.375, 2031.25, 468.75, 234.375)
    """
    refuse_boundless(rate=rate, specific=specific)
    bought = market.demand - market.supply
    steep = market.supply_slope - market.demand_slope
    if not (
        bought > 0
        and rate > -1
        and market.demand_slope <= 0 <= market.supply_slope
        and market.foreign_slope > 0
    ):
        raise InputError(
            Problem(_("no market with imports"), _("demand above supply, slopes of their own sign"))
        )
    if market.foreign_slope == float("inf"):
        border = market.price
    else:  # imports demanded at (1 + rate) b + specific are offered at b
        top = market.price * (steep + market.foreign_slope) - steep * specific
        border = top / (steep * (1.0 + rate) + market.foreign_slope)
    price = border * (1.0 + rate) + specific
    if not price > 0:
        raise InputError(
            Problem(_("no price above zero"), _("the subsidy is less than the price"), key="specific")
        )
    choke = market.price + bought / steep if steep else float("inf")
    if price >= choke:
        price = choke
        border = (
            market.price
            if market.foreign_slope == float("inf")
            else market.price - bought / market.foreign_slope
        )
    demand = market.demand + market.demand_slope * (price - market.price)
    supply = market.supply + market.supply_slope * (price - market.price)
    imports = max(demand - supply, 0.0) if price < choke else 0.0
    rise = price - market.price
    return LinearOutcome(
        border, price, demand, supply, imports,
        -rise * (market.demand + demand) / 2, rise * (market.supply + supply) / 2, (price - border) * imports,
        (market.price - border) * imports, rise * ((supply - market.supply) + (market.demand - demand)) / 2,
    )  # fmt: skip
