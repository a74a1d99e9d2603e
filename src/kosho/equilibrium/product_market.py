"""The first year of a change, for one product in one market: what is sold, at what price, who bears the duty.

Wages, exchange rates and what the market spends on the sector are held: a year leaves them little time, and a
general equilibrium would move them. Two things then decide, and neither has one sourced value: how strongly
buyers turn away (sigma, the elasticity of substitution between origins) and how much of a duty its makers
absorb (lambda). Both are arguments, to be asked at their ends. With t the rate, d the trade cost, r a rent, s
base shares of spending with duty paid, a prime for new and a hat for new over old:

    p^ = ((1 + t') / (1 + t)) ^ -lambda            price before duty
    k^ = p^ d^ (1 + t' + r') / (1 + t)             price to buyers
    q^ = k^ ^ -sigma / sum_o s_o k^_o ^ (1-sigma)  number sold, spending on the sector held

Any sigma above zero has a meaning, below one too: Boehm, Levchenko & Pandalai-Nayar (2023) find a
tariff-exclusive elasticity, which is -sigma here, of -0.76 after a year. Nothing is said of a country's
welfare: its sign would be the assumption on wages and deficits, and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import isfinite

import numpy as np

from kosho.arguments import note_sort
from kosho.arrays import Array, Index, Mask
from kosho.declared import as_declared
from kosho.display import Card, Shown, million, signed_percent
from kosho.equilibrium.comparison import over
from kosho.equilibrium.shock import Shock, refuse_other_labels, uncovered
from kosho.errors import InputError, Problem, Problems, suggest
from kosho.language import _
from kosho.world import World

__all__ = ["FirstYear", "first_year"]


@dataclass(frozen=True, slots=True)
class FirstYear(Shown):
    """What a change does to one product in one market within a year; wages and exchange rates held.

    Changes are fractions of the base, money is in million USD of the base year.

    >>> from kosho.equilibrium import Shock, first_year
    >>> from kosho.world import toy
    >>> cars = ("USA", "JPN", "C29")
    >>> year = first_year(toy(), Shock.tariffs(toy(), {cars: 0.15}), cars, sigma=0.76, absorbed=1.0)
    >>> round(year.price_before_duty, 3), round(year.makers_loss)
    (-0.109, 6522)
    """

    importer: str
    exporter: str
    sector: str
    part: str
    """Product group, empty for the whole cell."""
    sigma: float
    """Elasticity of substitution between origins that was asked for."""
    absorbed: float
    """Share of the change of duty that makers bear (lambda)."""
    number: float | None
    """None only where nothing was sold in what it is compared with, like the value."""
    price_before_duty: float | None
    """None where nothing is sold any more, like the price after duty."""
    price_after_duty: float | None
    value: float | None
    """Before duty, in dollars."""
    base_value: float
    """Before duty, of the base or of what it is compared with."""
    duty_paid: float
    base_duty_paid: float
    makers_loss: float
    """Revenue forgone on what is still sold, because its price before duty is lower; below zero a gain."""

    def over(self, other: FirstYear) -> FirstYear:
        """The same year where it is compared with another that could have been: changes are against that one.

        >>> from kosho.equilibrium import Shock, first_year
        >>> from kosho.world import toy
        >>> cars = ("USA", "JPN", "C29")
        >>> high, low = (
        ...     first_year(toy(), Shock.tariffs(toy(), {cars: rate}), cars, sigma=0.76, absorbed=1.0)
        ...     for rate in (0.275, 0.15)
        ... )
        >>> round(low.over(high).price_before_duty, 3)
        0.109
        """
        return replace(
            self,
            number=_over(self.number, other.number),
            price_before_duty=_over(self.price_before_duty, other.price_before_duty),
            price_after_duty=_over(self.price_after_duty, other.price_after_duty),
            value=_over(self.value, other.value),
            base_value=other.base_value * (1.0 + (other.value or 0.0)),
            base_duty_paid=other.duty_paid,
            makers_loss=self.makers_loss - other.makers_loss,
        )

    def card(self) -> Card:
        """What is sold, at what price, who bears the duty."""
        name = f" ({self.part})" if self.part else ""
        return Card(
            f"FirstYear: {self.importer} from {self.exporter}, {self.sector}{name}",
            [
                ("number", _change(self.number)),
                ("price before duty", _change(self.price_before_duty)),
                ("price after duty", _change(self.price_after_duty)),
                ("duty paid", million(self.duty_paid)),
                ("makers lose", million(self.makers_loss)),
                ("held", "wages, exchange rates, spending on the sector"),
                (
                    "assumed",
                    f"elasticity {self.sigma:g}, makers bear {self.absorbed:.0%} of the change of duty",
                ),
            ],
        )


@as_declared
def first_year(
    world: World,
    shock: Shock,
    flow: tuple[str, str, str] | tuple[str, str, str, str],
    *,
    sigma: float,
    absorbed: float,
    alone: bool = False,
) -> FirstYear:
    """What a change does to one product in one market within a year, wages and exchange rates held.

    Args:
        world: The base.
        shock: Everything that changes; only what the importer does to the sector matters. Quotas and promises
            to buy are no part of a shock and are not followed within the year.
        flow: Importer, exporter, sector, and the product group where only a part of the sector is meant.
        sigma: Elasticity of substitution between origins, above zero; theta + 1 where theta is the trade
            elasticity of the long run.
        absorbed: Share of the change of duty, 0 to 1, that makers bear in their price.
        alone: Only the exporter asked about absorbs; otherwise every foreign maker does.

    Raises:
        InputError: unknown labels, a product group that the shock does not tell apart, numbers that cannot be;
            all of them are listed.

    >>> from kosho.equilibrium import Shock, first_year
    >>> from kosho.world import toy
    >>> duty = Shock.tariffs(toy(), {("USA", "JPN", "C29"): 0.275, ("USA", "CHN", "C29"): 0.275})
    >>> first_year(toy(), duty, ("USA", "JPN", "C29"), sigma=0.76, absorbed=0.9)
    FirstYear: USA from JPN, C29
      number              -1.73 %
      price before duty   -17.83 %
      price after duty    +2.21 %
      duty paid           +13,322 million USD
      makers lose         +10,515 million USD
      held                wages, exchange rates, spending on the sector
      assumed             elasticity 0.76, makers bear 90% of the change of duty
    """
    _refuse(world, shock, sigma, absorbed)
    importer, exporter, sector, *named = flow
    market = _Market.of(world, shock, world.position(importer), world.sector_position(sector))
    wanted = market.exporter == world.position(exporter)
    if named and named[0]:
        wanted &= market.of_part(named[0])
        if not wanted.any():
            known = {market.part[k] for k in np.flatnonzero(market.exporter == world.position(exporter))} - {""}
            told = _(
                "the shock does not tell {named!r} of {importer} from {exporter}, {sector} apart",
                named=named[0],
                importer=importer,
                exporter=exporter,
                sector=sector,
            )
            raise InputError(
                Problem(told, suggest(named[0], known) or _("product groups are named in the shock"))
            )
    if not market.value[wanted].sum() > 0:
        raise InputError(
            Problem(
                _(
                    "{importer} buys no {sector} from {exporter}",
                    importer=importer,
                    sector=sector,
                    exporter=exporter,
                ),
                _("nothing is known of its first year"),
            )
        )
    absorbs = wanted if alone else market.exporter != world.position(importer)
    price, buyers, number = market.answer(np.where(absorbs, absorbed, 0.0), sigma)
    base, sold = market.value[wanted], (market.value * number)[wanted]  # at base prices
    paid = sold * price[wanted]
    at_old_prices = sold * (1.0 + market.tariff[wanted])
    count, value = float(sold.sum()), float(paid.sum())
    return FirstYear(
        importer=importer,
        exporter=exporter,
        sector=sector,
        part=named[0] if named else "",
        sigma=sigma,
        absorbed=absorbed,
        number=count / float(base.sum()) - 1.0,
        price_before_duty=value / count - 1.0 if count else None,
        price_after_duty=float((at_old_prices * buyers[wanted]).sum() / at_old_prices.sum()) - 1.0
        if count
        else None,
        value=value / float(base.sum()) - 1.0,
        base_value=float(base.sum()),
        duty_paid=float((paid * market.new_tariff[wanted]).sum()),
        base_duty_paid=float((base * market.tariff[wanted]).sum()),
        makers_loss=count - value,
    )


def _over(change: float | None, other: float | None) -> float | None:
    """A change against another of the same base; None where either is unknown or nothing is left."""
    if change is None or other is None or other == -1.0:
        return None
    return over(change, other)


def _change(change: float | None) -> str:
    return "nothing sold" if change is None else signed_percent(change)


def _refuse(world: object, shock: object, sigma: object, absorbed: object) -> None:
    problems = Problems()
    note_sort(problems, world, World, "world")
    note_sort(problems, shock, Shock, "shock")
    for name, given, least, most in (("sigma", sigma, 0.0, np.inf), ("absorbed", absorbed, 0.0, 1.0)):
        if isinstance(given, bool) or not isinstance(given, (int, float)):
            problems.add(_("is a {name}, not a number", name=type(given).__name__), key=name)
        elif not isfinite(given) or not least <= given <= most or (name == "sigma" and given == 0):
            problems.add(
                _("{given:g} cannot be", given=given),
                _("above zero") if name == "sigma" else _("between 0 and 1"),
                key=name,
            )
    problems.raise_if_any()
    if isinstance(world, World) and isinstance(shock, Shock):
        refuse_other_labels(shock, world)


@dataclass(frozen=True, eq=False)
class _Market:
    """All that an importer buys of a sector, one line a variety: a part of an origin, or the rest of it."""

    exporter: Index
    part: tuple[str, ...]
    value: Array
    """Before duty in the base."""
    tariff: Array
    new_tariff: Array
    wedge: Array
    """Price to buyers, new over old, where makers absorb nothing."""

    @classmethod
    def of(cls, world: World, shock: Shock, n: int, j: int) -> _Market:
        base = world.arrays
        rows = np.flatnonzero((shock.importer == n) & (shock.sector == j))
        place = shock.cells()[1]
        rest, rest_net = uncovered(shock, world)
        paid = base.flows[n, :, j] * (1.0 + base.tariff[n, :, j])
        left, left_net = np.ones(len(paid)), 1.0 / (1.0 + base.tariff[n, :, j])
        here = {int(shock.exporter[row]): int(place[row]) for row in rows}
        for exporter, cell in here.items():
            left[exporter], left_net[exporter] = rest[cell], rest_net[cell]
        kept = np.flatnonzero((left_net > 0) & (paid > 0))
        origin = shock.exporter[rows]
        old = np.concatenate([shock.base_tariff[rows], left[kept] / left_net[kept] - 1.0])
        new = np.concatenate([shock.tariff[rows], old[len(rows) :]])
        unchanged = np.ones(len(kept))
        wedge = (
            (1.0 + shock.tariff[rows] + shock.rent[rows]) / (1.0 + shock.base_tariff[rows]) * shock.cost[rows]
        )
        return cls(
            exporter=np.concatenate([origin, kept]),
            part=tuple(shock.part[row] for row in rows) + ("",) * len(kept),
            value=np.concatenate(
                [
                    paid[origin] * shock.share[rows] / (1.0 + shock.base_tariff[rows]),
                    paid[kept] * left_net[kept],
                ]
            ),
            tariff=old,
            new_tariff=new,
            wedge=np.concatenate([wedge, unchanged]),
        )

    def of_part(self, name: str) -> Mask:
        return np.array([part == name for part in self.part], bool)

    def answer(self, absorbed: Array, sigma: float) -> tuple[Array, Array, Array]:
        """Price before duty, price to buyers and number sold of each variety, new over old."""
        price = ((1.0 + self.new_tariff) / (1.0 + self.tariff)) ** -absorbed
        open_ = np.isfinite(self.wedge)
        buyers = np.where(open_, self.wedge, 1.0) * price
        spending = self.value * (1.0 + self.tariff)
        bought = np.where(open_, buyers**-sigma, 0.0)
        still = (spending * bought * buyers).sum()
        return price, buyers, bought * (spending.sum() / still) if still else bought
