"""`Outcome`: the economy after the change, relative to its base."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import xarray as xr

from kosho.arrays import Array, Index
from kosho.display import Card, Shown, columns, million, plural, signed_percent, thing
from kosho.equilibrium.constraints import Settled
from kosho.equilibrium.fallbacks import Solution, SolverReport
from kosho.equilibrium.shock import Shock
from kosho.equilibrium.solve_constrained import Constrained
from kosho.equilibrium.system import Cells
from kosho.errors import InputError, Problem, suggest
from kosho.readonly import fix, fixed_array
from kosho.world import PhysicalFlow, World, labelled

__all__ = ["Outcome", "UnitFlow"]

HAT, FRACTION = "new over old", "fraction"
"""Units."""
ARRAYS = (
    "welfare",
    "equivalent_variation",
    "real_wage",
    "wage",
    "price",
    "cost",
    "shares",
    "flows",
    "expenditure",
    "output",
    "tariff_revenue",
    "rents",
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
class Outcome(Shown):
    """What a shock does. Values are in the unit of the world (million USD), rates and changes are fractions.

    A *hat* is new over old. Everything is relative to `base`; only `equivalent_variation` is scaled by the
    income observed in the table that was given, which differs from the base's where that had to be rebased.

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
    deficits: str
    """`fixed` or `zero`."""
    observed_income: xr.DataArray
    """`[country]`, income in the table that was given, before any rebasing."""
    solution: Solution
    """The equilibrium in the layout of the kernel."""
    cells: Cells
    """The shock, folded by cell."""
    constrained: Constrained | None = None
    """How constraints and nests were solved, if there were any."""

    def __post_init__(self) -> None:
        fix(self)

    def card(self) -> Card:
        """What it does to whom, the largest effects first."""
        codes, money = self.base.countries, self.base.meta.unit
        rows = [
            ("of", f"{thing(self.shock)}, deficits {self.deficits}"),
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
    def constraints(self) -> tuple[Settled, ...]:
        """What became of quotas and commitments, in the order given; `shock` holds their wedges."""
        return () if self.constrained is None else self.constrained.settled

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
        return self._by_cell(self.solution.values.net_flow, self._money)

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
        return self._by_country(self.solution.values.rents, self._money)

    @cached_property
    def income(self) -> xr.DataArray:
        """`[country]`, new: value added, tariff revenue, rents and deficit."""
        return self._by_country(self.solution.values.income, self._money)

    @cached_property
    def welfare(self) -> xr.DataArray:
        """`[country]`, exact change of real income, a fraction: income hat over the final price index hat."""
        income = self.solution.values.income / self.base.arrays.income
        return self._by_country(income / self._price_level - 1.0, FRACTION)

    @cached_property
    def real_wage(self) -> xr.DataArray:
        """`[country]`, change of the wage over the price index of final demand, as a fraction."""
        return self._by_country(np.exp(self.solution.values.point.log_wage) / self._price_level - 1.0, FRACTION)

    @cached_property
    def equivalent_variation(self) -> xr.DataArray:
        """`[country]`, what the change is worth in a year, at base prices: `welfare` times observed income."""
        return self._by_country((self.welfare * self.observed_income).to_numpy(), self._money)

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
            UnitFlow(flow, flow.quantity, flow.quantity * self._volume(flow)) for flow in self.base.units
        )

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
        n, i, j = self._place(importer, exporter, sector)
        if not part:
            return float(self.base.arrays.flows[n, i, j]), float(self.solution.values.net_flow[j, n, i])
        rows = self._rows(n, i, j, part)
        if not len(rows):
            known = {self.shock.part[row] for row in self._rows(n, i, j, None)} - {""}
            raise InputError(
                Problem(
                    f"the shock has no part {part!r} of {importer} from {exporter}, {sector}",
                    suggest(part, known) or "parts are named in the shock",
                )
            )
        base = self._cell_spending(n, i, j) * (self.shock.share[rows] / (1.0 + self.shock.base_tariff[rows]))
        return float(base.sum()), float(self.received(rows).sum())

    def received(self, rows: Index) -> Array:
        """New value net of tariff and rent of some rows of the shock that was answered, by their positions."""
        cell = self.cells.row[rows]
        j, n, i = self.cells.sector[cell], self.cells.importer[cell], self.cells.exporter[cell]
        paid = self.solution.values.share[j, n, i] * self.solution.values.point.spending[n, j]
        weight = np.divide(
            self.cells.weight[rows],
            self.cells.factor[cell],
            out=np.zeros(len(rows)),
            where=self.cells.factor[cell] > 0,
        )
        return paid * weight * self.cells.part_net[rows]

    def _volume(self, flow: PhysicalFlow) -> float:
        n, i, j = self._place(flow.importer, flow.exporter, flow.sector)
        cost = float(self._cost[i, j])
        touching = self._rows(n, i, j, None)
        if not len(touching) or flow.part is None:
            return self._cell_volume(n, i, j, touching) / cost
        rows = self._rows(n, i, j, flow.part)
        if not len(rows):
            rows = self._rows(n, i, j, "")
        base_value = self._cell_spending(n, i, j)
        if not len(rows):
            cell = self.cells.row[touching[0]]
            base = base_value * self.cells.rest_net[cell]
            paid = self.solution.values.share[j, n, i] * self.solution.values.point.spending[n, j]
            return paid * self.cells.rest_net[cell] / self.cells.factor[cell] / base / cost if base > 0 else 0.0
        base = base_value * self.shock.share[rows] / (1.0 + self.shock.base_tariff[rows])
        total = base.sum()
        return float((self.received(rows) / self.shock.cost[rows]).sum() / total / cost) if total > 0 else 0.0

    def _cell_volume(self, n: int, i: int, j: int, rows: Index) -> float:
        """Net flow ratio of a whole cell, each part over its own change of trade cost."""
        base = self.base.arrays.flows[n, i, j]
        if not base > 0:
            return 0.0
        new = float(self.solution.values.net_flow[j, n, i])
        received = self.received(rows)
        saved = received * (1.0 - 1.0 / self.shock.cost[rows])
        return float((new - saved.sum()) / base)

    def _cell_spending(self, n: int, i: int, j: int) -> float:
        return float(self.base.arrays.flows[n, i, j] * (1.0 + self.base.arrays.tariff[n, i, j]))

    def _place(self, importer: str, exporter: str, sector: str) -> tuple[int, int, int]:
        return self.base.position(importer), self.base.position(exporter), self.base.sector_position(sector)

    def _rows(self, n: int, i: int, j: int, part: str | None) -> Index:
        """Rows of the shock in a cell, of one part or of all."""
        shock = self.shock
        rows = np.flatnonzero((shock.importer == n) & (shock.exporter == i) & (shock.sector == j))
        return rows if part is None else np.array([row for row in rows if shock.part[row] == part], np.intp)

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
