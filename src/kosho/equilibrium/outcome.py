"""`Outcome`: the economy after the change, relative to its base."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import xarray as xr

from kosho.arguments import note_sort
from kosho.arrays import Array, Index
from kosho.display import Card, Shown, columns, listing, million, plural, signed_percent, thing
from kosho.equilibrium.closure import Closure, capped
from kosho.equilibrium.comparison import side_by_side
from kosho.equilibrium.constraints import Settled
from kosho.equilibrium.effects import GdpVolume, capital_growth, disutility, gdp_volume, kept_back, profits
from kosho.equilibrium.fallbacks import Solution, SolverReport
from kosho.equilibrium.kernel import Nearby
from kosho.equilibrium.part_flows import PartFlows
from kosho.equilibrium.shock import Shock
from kosho.equilibrium.solve_constrained import Constrained
from kosho.equilibrium.system import Cells
from kosho.errors import InputError, Problem, Problems
from kosho.language import N_, _
from kosho.readonly import Fixed, fix, fixed_array
from kosho.world import PhysicalFlow, World, labelled

__all__ = ["Outcome", "UnitFlow"]

HAT, FRACTION = "new over old", "fraction"
"""Units."""
STEADY = N_(
    "capital: gains compare two steady states; with the years between counted, Ravikumar, Santacreu & Sposi "
    "(2017) find about 60 % of them"
)
ARRAYS = (
    "welfare",
    "equivalent_variation",
    "real_income",
    "real_gdp",
    "consumer_prices",
    "employment",
    "labour_income",
    "real_wage",
    "wage",
    "price",
    "cost",
    "shares",
    "flows",
    "expenditure",
    "output",
    "tariff_revenue",
    "profits",
    "capital",
    "rents",
    "absorbed_duty",
    "sector_wage",
    "income",
    "terms_of_trade",
    "volume_of_trade",
    "welfare_first_order",
    "real_value_added",
)
"""What `Outcome.to_dataset` holds, the headlines first."""


@dataclass(frozen=True, slots=True)
class UnitFlow(Shown):
    """A physical flow before and after, in `flow.unit`.

    >>> from kosho.equilibrium import Shock, solve
    >>> from kosho.world import toy
    >>> (cars,) = solve(toy(), Shock.tariffs(toy(), {("USA", "JPN", "C29"): 0.25})).units
    >>> cars.flow.unit, round(cars.base), round(cars.new, -3)
    ('vehicles', 1500000, 748000.0)
    """

    flow: PhysicalFlow
    base: float
    new: float


@dataclass(frozen=True, eq=False)
class Outcome(Fixed, Shown):
    """What a shock does. Values are in the unit of the world (million USD), rates and changes are fractions.

    A *hat* is new over old. Everything is relative to `base`; only `equivalent_variation` is scaled by the
    income observed in the table that was given, which differs from the base's where that had to be rebased.
    `welfare` and `equivalent_variation` mean the same under every closure.

    >>> from kosho.equilibrium import Shock, solve
    >>> from kosho.world import toy
    >>> outcome = solve(toy(), Shock.tariffs(toy(), {("USA", "JPN", "C29"): 0.25}))
    >>> outcome
    Outcome on toy
      of             Shock: 1 part changed, deficits fixed
      welfare        JPN -2.35 %, USA +0.55 %, CHN +0.059 %
      worth a year   JPN -6,896 million USD, USA +2,647 million USD, CHN +386 million USD
      real wage      JPN -1.32 %, USA -0.65 %, CHN +0.0085 %
      residual       ... after ... iterations
    >>> outcome.welfare.round(4).to_series().to_dict()
    {'JPN': -0.0235, 'USA': 0.0055, 'CHN': 0.0006}
    """

    base: World
    """The equilibrium that effects are relative to."""
    shock: Shock
    """Duties as they are levied."""
    closure: Closure
    observed_income: xr.DataArray
    """`[country]`, income in the table that was given, before any rebasing."""
    solution: Solution
    """The equilibrium in the layout of the kernel."""
    cells: Cells
    """The shock, folded by cell."""
    answered: Shock
    """The shock as the equations take it: what makers absorb of a duty is a rent below zero."""
    constrained: Constrained | None = None
    """How constraints and nests were solved, if there were any."""

    def __post_init__(self) -> None:
        fix(self)

    def card(self) -> Card:
        """What it does to whom, the largest effects first."""
        codes, money = self.base.countries, self.base.meta.unit
        rows = [
            ("of", f"{thing(self.shock)}, deficits {self.deficits}"),
            *((("closure", listing(self.closure.told)),) if self.closure.told else ()),
            ("welfare", columns(codes, self.welfare.to_numpy(), signed_percent)),
            ("worth a year", columns(codes, self.equivalent_variation.to_numpy(), lambda x: million(x, money))),
            ("real wage", columns(codes, self.real_wage.to_numpy(), signed_percent)),
        ]
        if self.constraints:
            binding = sum(one.binds for one in self.constraints)
            rows.append(("bounds", f"{plural(len(self.constraints), 'bound')}, {binding} of them binding"))
        rows.append(
            ("residual", f"{self.solver.residual:.0e} after {plural(self.solver.iterations, 'iteration')}")
        )
        return Card(f"Outcome on {self.base.meta.name}", rows)

    @property
    def deficits(self) -> str:
        """See `Deficits`."""
        return self.closure.deficits

    @property
    def assumed(self) -> tuple[str, ...]:
        """What decides in the closure and has no source, countries of which no tax on labour or share of
        capital is known, which sectors bear profits, and where these are capped.
        """
        assumed = (*self.closure.assumed, *self.closure.unknown(self.base))
        if self.closure.capital == "accumulated":
            assumed = (*assumed, _(STEADY))
        if not self.closure.profits:
            return assumed
        others = [code for code in self.base.sectors if code not in self.closure.profits]
        told = [
            _(
                "profits in {names}; none in {names_2}",
                names=listing(self.closure.profits, 60),
                names_2=listing(others, 60),
            )
        ]
        cells = [
            _("{sector} of {country}", sector=sector, country=country)
            for country, sector in capped(self.closure, self.base)
        ]
        if cells:
            told.append(_("profits capped at 0.9 of value added: {names}", names=listing(cells, len(cells))))
        return (*assumed, *told)

    @property
    def constraints(self) -> tuple[Settled, ...]:
        """What became of quotas and commitments, in the order given; `shock` holds their wedges."""
        return () if self.constrained is None else self.constrained.settled

    @property
    def nearby(self) -> Nearby:
        """Where to begin with a change that differs little (`kosho.equilibrium.solve.solve_near`)."""
        if self.constrained is not None:
            return self.constrained.nearby
        values = self.solution.values
        return Nearby(values.point, values.log_cost)

    @property
    def solver(self) -> SolverReport:
        """Iterations, residual, seconds and method."""
        return self.solution.report

    @cached_property
    def wage(self) -> xr.DataArray:
        """`[country]`, hat; world value added is the numeraire."""
        return self._by_country(np.exp(self.solution.values.point.log_wage), HAT)

    @cached_property
    def price(self) -> xr.DataArray:
        """`[country, sector]`, hat of the price index buyers pay, tariffs included."""
        return self._by_sector(np.exp(self.solution.values.point.log_price), HAT)

    @cached_property
    def cost(self) -> xr.DataArray:
        """`[country, sector]`, hat of the unit cost of producers."""
        return self._by_sector(self._cost, HAT)

    @cached_property
    def shares(self) -> xr.DataArray:
        """`[importer, exporter, sector]`, new shares of tariff-inclusive spending."""
        return self._by_cell(self.solution.values.share, FRACTION)

    @cached_property
    def flows(self) -> xr.DataArray:
        """`[importer, exporter, sector]`, new values net of tariffs and rents: what producers receive."""
        return self._by_cell(self._parts.net_flow, self._money)

    @cached_property
    def expenditure(self) -> xr.DataArray:
        """`[country, sector]`, new, tariffs and rents included."""
        return self._by_sector(self.solution.values.point.spending, self._money)

    @cached_property
    def output(self) -> xr.DataArray:
        """`[country, sector]`, new gross output at producer prices."""
        return self._by_sector(self.solution.values.output, self._money)

    @cached_property
    def tariff_revenue(self) -> xr.DataArray:
        """`[country]`, new."""
        return self._by_country(self.solution.values.revenue, self._money)

    @cached_property
    def rents(self) -> xr.DataArray:
        """`[country]`, rents received by their holders; there are none in the base."""
        return self._by_country(self.solution.values.rents + self.absorbed_duty.to_numpy(), self._money)

    @cached_property
    def absorbed_duty(self) -> xr.DataArray:
        """`[country]`, what makers bear of duties on what they sell: their price before duty is lower by it."""
        return self._by_country(self._parts.borne, self._money)

    @cached_property
    def income(self) -> xr.DataArray:
        """`[country]`, new: value added, tariff revenue, rents and deficit."""
        return self._by_country(self.solution.values.income, self._money)

    @cached_property
    def welfare(self) -> xr.DataArray:
        """`[country]`, equivalent variation over income, a fraction.

        Where labour is given it is the exact change of real income: income hat over the final price index hat.
        Where labour moves, what its change costs workers is taken off; where the treasury keeps revenue, that.
        """
        return self._by_country(self.real_income.to_numpy() + self._leisure + self._kept, FRACTION)

    @cached_property
    def real_income(self) -> xr.DataArray:
        """`[country]`, change of all income over final prices, a fraction. No welfare where labour moves;
        where capital accumulates, a comparison of steady states that leaves out what it takes to get there.
        """
        income = self.solution.values.income / self.base.arrays.income
        return self._by_country(income / self._price_level - 1.0, FRACTION)

    @cached_property
    def real_gdp(self) -> xr.DataArray:
        """`[country]`, change of GDP at market prices by volume (Fisher), a fraction.

        With one factor in given amount this is what becomes of taxes on imports, deflated: value added at basic
        prices is as large as before.
        """
        return self._by_country(self._gdp.total, FRACTION)

    @cached_property
    def consumer_prices(self) -> xr.DataArray:
        """`[country]`, change of the price index of final demand, a fraction; in units of world value added, so
        that only differences between countries, or from wages, say something.
        """
        return self._by_country(self._price_level - 1.0, FRACTION)

    @cached_property
    def employment(self) -> xr.DataArray:
        """`[country]`, change of labour supplied, a fraction; zero where it is given."""
        labour = self.solution.values.incomes.labour
        log = np.zeros(len(self.base.countries)) if labour is None else labour.log
        return self._by_country(np.expm1(log), FRACTION)

    @cached_property
    def labour_income(self) -> xr.DataArray:
        """`[country]`, new; all of value added where labour is the only factor."""
        return self._by_country(self.solution.values.incomes.wage_bill, self._money)

    @cached_property
    def profits(self) -> xr.DataArray:
        """`[country]`, new, of makers in the sectors that the closure names; part of value added."""
        values = self.solution.values
        return self._by_country(profits(values.system.base, values.output), self._money)

    @cached_property
    def more_profits(self) -> xr.DataArray:
        """`[country]`, change of `profits` against the base."""
        before = profits(self.solution.values.system.base, self.base.arrays.output)
        return self._by_country(self.profits.to_numpy() - before, self._money)

    @cached_property
    def capital(self) -> xr.DataArray:
        """`[country]`, change of capital by volume between steady states, a fraction; zero where in place."""
        values = self.solution.values
        made = self.base.arrays.output, values.output, values.point.log_price
        return self._by_country(capital_growth(values.system.base, *made), FRACTION)

    @cached_property
    def sector_wage(self) -> xr.DataArray:
        """`[country, sector]`, hat of what a unit of equally good labour costs. Where workers differ by sector,
        what they earn on average is the same in all, whatever this says.
        """
        point = self.solution.values.point
        premium = np.zeros_like(point.log_price) if point.premium is None else point.premium
        return self._by_sector(np.exp(point.log_wage[:, None] + premium), HAT)

    @cached_property
    def decomposition(self) -> xr.Dataset:
        """What `welfare` is made of, `[country]`, fractions of base income that add up to it exactly.

        `volume`: more or less labour and capital. `revenue`: taxes on imports, deflated. `profits`: more or
        less of what earns profits. The three are `real_gdp`. `terms_of_trade`: what a unit of GDP buys, with
        rents, duties that makers bear, and what deficits pay for. `leisure`: what work costs workers. `kept`:
        revenue that the treasury keeps.

        >>> from kosho.equilibrium import Shock, solve
        >>> from kosho.world import toy
        >>> outcome = solve(toy(), Shock.tariffs(toy(), {("USA", "JPN", "C29"): 0.25}))
        >>> parts = outcome.decomposition.sel(country="USA")
        >>> {name: round(float(part), 4) for name, part in parts.items() if abs(float(part)) > 1e-6}
        {'terms_of_trade': 0.0119, 'revenue': -0.0064}
        """
        a = self.base.arrays
        gdp = (a.value_added + a.revenue) / a.income
        parts = {
            "volume": gdp * self._gdp.factors,
            "revenue": gdp * self._gdp.revenue,
            "profits": gdp * self._gdp.profits,
            "leisure": self._leisure,
            "kept": self._kept,
        }
        rest = self.welfare.to_numpy() - np.sum(list(parts.values()), axis=0)
        named = {"terms_of_trade": rest} | parts
        return xr.Dataset({name: self._by_country(part, FRACTION) for name, part in named.items()})

    @cached_property
    def real_wage(self) -> xr.DataArray:
        """`[country]`, change of the wage over the price index of final demand, as a fraction."""
        return self._by_country(np.exp(self.solution.values.point.log_wage) / self._price_level - 1.0, FRACTION)

    @cached_property
    def equivalent_variation(self) -> xr.DataArray:
        """`[country]`, what the change is worth in a year, at base prices: `welfare` times observed income."""
        return self._by_country(self.welfare.to_numpy() * self.observed_income.to_numpy(), self._money)

    @cached_property
    def terms_of_trade(self) -> xr.DataArray:
        """`[country]`, first-order part of welfare: costs of what is sold less costs of what is bought.

        Caliendo & Parro (2015), first sum of their equation for d ln W, with changes taken as hat - 1.
        """
        a, rise = self.base.arrays, self._cost - 1.0
        sold = (a.output * rise).sum(axis=1)
        bought = np.einsum("nij,ij->n", a.flows, rise)
        return self._by_country((sold - bought) / a.income, FRACTION)

    @cached_property
    def volume_of_trade(self) -> xr.DataArray:
        """`[country]`, first-order part of welfare: base tariffs times the change in the volume of imports.

        Caliendo & Parro (2015), second sum of their equation for d ln W, with changes taken as hat - 1.
        """
        a = self.base.arrays
        new = self.solution.values.net_flow.transpose(1, 2, 0)
        volume = np.einsum("nij,nij->n", a.tariff, new) - np.einsum(
            "nij,nij,ij->n", a.tariff, a.flows, self._cost
        )
        return self._by_country(volume / a.income, FRACTION)

    @cached_property
    def welfare_first_order(self) -> xr.DataArray:
        """`[country]`, terms of trade plus volume of trade: the welfare of Caliendo & Parro (2015), Table 2.

        A first-order formula for tariff changes, evaluated at arithmetic changes. For anything but small
        changes it differs from exact `welfare`, and it leaves out changes of real trade cost and rents.
        """
        return self._by_country((self.terms_of_trade + self.volume_of_trade).to_numpy(), FRACTION)

    @cached_property
    def real_value_added(self) -> xr.DataArray:
        """`[country, sector]`, change of value added at base prices: base value added times (volume - 1).

        The volume of output is its value's hat over the hat of its own unit cost (single deflation).
        """
        a, output = self.base.arrays, self.solution.values.output
        volume = np.divide(output, a.output * self._cost, out=np.ones_like(a.output), where=a.output > 0)
        return self._by_sector(a.beta * a.output * (volume - 1.0), self._money)

    @cached_property
    def units(self) -> tuple[UnitFlow, ...]:
        """Physical flows of the base, each with its new quantity.

        Quantity follows what producers receive over their unit cost and the change of real trade cost:
        `new = base * (net flow new / old) / (c-hat * d-hat)`. A flow that names a part of the shock moves with
        that part, one that names none with its cell, and one whose part the shock leaves alone with the rest of
        the cell.
        """
        return tuple(
            UnitFlow(
                flow,
                flow.quantity,
                flow.quantity * self._parts.volume(flow.importer, flow.exporter, flow.sector, flow.part),
            )
            for flow in self.base.units
        )

    def compare(self, other: Outcome) -> xr.Dataset:
        """This outcome beside another on the same table, by country: `this`, `other`, and `difference`.

        Where labour supply moves in either, real incomes, wages and the like are not of one kind any more: only
        `equivalent_variation` and `welfare`, which is equivalent variation over income, are compared. The
        difference of money is subtracted; that of fractions is a ratio of levels, less one: what this is of the
        other state.

        Raises:
            InputError: the other is no outcome, or of another world.

        >>> from kosho.equilibrium import Closure, Shock, solve
        >>> from kosho.world import toy
        >>> change = Shock.tariffs(toy(), {("USA", "JPN", "C29"): 0.25})
        >>> both = solve(toy(), change, closure=Closure(labour_supply=0.5)).compare(solve(toy(), change))
        >>> list(both), both["welfare"].sel(country="JPN").round(4).to_series().to_dict()
        (['equivalent_variation', 'welfare'], {'this': -0.0231, 'other': -0.0235, 'difference': 0.0004})
        """
        problems = Problems()
        note_sort(problems, other, Outcome, "other")
        problems.raise_if_any()
        mine, theirs = self.observed_income.to_numpy(), other.observed_income.to_numpy()
        if self.base.countries != other.base.countries or not np.allclose(mine, theirs, rtol=1e-9):
            names = f"outcomes of {self.base.meta.name} and {other.base.meta.name}"
            raise InputError(
                Problem(_("{names} are not compared", names=names), _("both must start from the same table"))
            )
        alike = not (self.closure.labour_supply or other.closure.labour_supply)
        return side_by_side(self.to_dataset(), other.to_dataset(), alike=alike)

    def to_dataset(self) -> xr.Dataset:
        """Every array of the outcome by name, each with its `units`, to keep, plot or join with others.

        Attributes say of which world and how it was solved. Physical `units`, bounds and shock are not in it.

        >>> from kosho.equilibrium import Shock, solve
        >>> from kosho.world import toy
        >>> data = solve(toy(), Shock.tariffs(toy(), {("USA", "JPN", "C29"): 0.25})).to_dataset()
        >>> data["equivalent_variation"].sel(country="JPN").round(-1).item(), data["flows"].attrs["units"]
        (-6900.0, 'million USD')
        >>> data[["welfare", "real_wage"]].round(4).to_dataframe()
                 welfare  real_wage
        country
        JPN      -0.0235    -0.0132
        USA       0.0055    -0.0065
        CHN       0.0006     0.0001
        """
        about = {"world": self.base.meta.name, "world_hash": self.base.hash, "deficits": self.deficits}
        arrays: dict[str, xr.DataArray] = {name: getattr(self, name) for name in ARRAYS}
        return xr.Dataset(
            arrays, attrs={**about, "residual": self.solver.residual, "method": self.solver.method}
        )

    def part_flow(self, importer: str, exporter: str, sector: str, part: str) -> tuple[float, float]:
        """Value net of tariff and rent of a part of a cell, base and new; part "" is the whole cell.

        Raises:
            InputError: an unknown label, or a part that the shock does not have in this cell.

        >>> from kosho.equilibrium import Part, Shock, solve
        >>> from kosho.world import toy
        >>> cars = Part("USA", "JPN", "C29", share=0.8, tariff=0.25, part="cars")
        >>> before, after = solve(toy(), Shock.parts(toy(), [cars])).part_flow("USA", "JPN", "C29", "cars")
        >>> round(before), round(after, -2)
        (48000, 17200.0)
        """
        return self._parts.flow(importer, exporter, sector, part)

    def flow_hats(self, importer: str, exporter: str, sector: str, part: str = "") -> tuple[float, float]:
        """Value net of tariff and rent, and quantity, of a part of a cell, each new over old.

        Part "" is the whole cell. Not a number where the base trades nothing, and the value of a part that the
        shock does not tell apart; the quantity of such a part moves with the rest of the cell.

        >>> from kosho.equilibrium import Part, Shock, solve
        >>> from kosho.world import toy
        >>> cars = Part("USA", "JPN", "C29", share=0.8, tariff=0.25, part="cars")
        >>> hats = solve(toy(), Shock.parts(toy(), [cars])).flow_hats("USA", "JPN", "C29", "cars")
        >>> [round(hat, 2) for hat in hats]
        [0.36, 0.37]
        """
        return self._parts.hats(importer, exporter, sector, part)

    def received(self, rows: Index) -> Array:
        """New value net of tariff and rent of some rows of `shock`, by their positions."""
        return self._parts.received(rows)

    @cached_property
    def _parts(self) -> PartFlows:
        return PartFlows(self.base, self.shock, self.answered, self.cells, self.solution.values)

    @cached_property
    def _leisure(self) -> Array:
        """What work costs workers less than in the base, over base income `(N,)`."""
        values = self.solution.values
        if values.incomes.labour is None:
            return np.zeros_like(self.base.arrays.income)
        return -disutility(values.system.base, values.incomes.labour)

    @cached_property
    def _kept(self) -> Array:
        """Revenue that the treasury keeps, over base income, with the sign it has in welfare `(N,)`."""
        if self.closure.revenue != "kept":
            return np.zeros_like(self.base.arrays.income)
        return -kept_back(self.base, self.solution.values.revenue, self._price_level)

    @cached_property
    def _gdp(self) -> GdpVolume:
        return gdp_volume(self.base, self.solution.values, self.answered, self.cells)

    @cached_property
    def _cost(self) -> Array:
        return np.exp(self.solution.values.log_cost)

    @cached_property
    def _price_level(self) -> Array:
        return np.exp((self.base.arrays.alpha * self.solution.values.point.log_price).sum(axis=1))

    @property
    def _money(self) -> str:
        return self.base.meta.unit

    def _named(self, values: Array, dims: Sequence[str], unit: str) -> xr.DataArray:
        named = labelled(values, dims, self.base.countries, self.base.sectors)
        return fixed_array(named.assign_attrs(units=unit))

    def _by_country(self, values: Array, unit: str) -> xr.DataArray:
        return self._named(values, ("country",), unit)

    def _by_sector(self, values: Array, unit: str) -> xr.DataArray:
        return self._named(values, ("country", "sector"), unit)

    def _by_cell(self, values: Array, unit: str) -> xr.DataArray:
        return self._named(values.transpose(1, 2, 0), ("importer", "exporter", "sector"), unit)
