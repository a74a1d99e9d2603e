"""Quotas, tariff quotas and purchase commitments: what is said about quantities instead of rates.

Each is a complementarity condition with a wedge: the wedge is zero unless the bound is reached, and where it is
reached the wedge is as large as it must be. `kosho.equilibrium.solve` finds the wedges of a `Counterfactual`
together with the equilibrium.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np
import xarray as xr

from kosho.arrays import Array
from kosho.bounds import LARGEST
from kosho.declared import as_declared
from kosho.display import Card, Shown, listing, million, number, percent, thing
from kosho.errors import InputError, Problem, Problems, suggest
from kosho.language import _
from kosho.readonly import Fixed, fix
from kosho.world import labelled

__all__ = ["Basis", "Constraint", "Flow", "Measured", "Purchase", "Quota", "Settled", "TariffQuota", "partial"]

Basis = Literal["level", "increment", "share"]
"""`level`: the amount itself. `increment`: on top of the base. `share`: of the base."""

Measured = Literal["quantity", "value"]
"""`quantity`: at prices of the base year, or counted in a unit. `value`: what producers receive, deflated."""

WORLD = "world"


@as_declared
@dataclass(frozen=True, slots=True)
class Flow(Shown):
    """What an importer buys from an exporter in a sector, or the part of it that has a name.

    >>> from kosho.equilibrium import Flow
    >>> print(Flow("JPN", "USA", "A01", part="rice"))
    JPN from USA, A01 (rice)
    """

    importer: str
    exporter: str
    sector: str
    part: str = ""
    """A part of the shock or a product with a nest of its own; empty for the whole cell."""

    def __str__(self) -> str:
        label = f" ({self.part})" if self.part else ""
        return f"{self.importer} from {self.exporter}, {self.sector}{label}"


@as_declared
@dataclass(frozen=True, kw_only=True)
class Constraint(Shown):
    """A bound on the sum of some imports. See `Quota`, `TariffQuota` and `Purchase`.

    >>> from kosho.equilibrium import Constraint, Purchase, Quota
    >>> issubclass(Quota, Constraint), issubclass(Purchase, Constraint)
    (True, True)
    """

    name: str
    """Names it in reports and errors."""
    flows: tuple[Flow, ...]
    amount: float
    """Millions of the world's money, of the base year for quantities; or in `unit`; or a fraction (`share`)."""
    basis: Basis = "level"
    measured: Measured = "quantity"
    unit: str = ""
    """Of a quantity that is counted: a unit of the world's physical flows (`vehicles`, `tonnes`)."""
    deflator: str = WORLD
    """Of a value: a country, whose price index of final demand deflates it, or `world`: the numeraire, world
    value added."""

    def __post_init__(self) -> None:
        problems = Problems()
        if not abs(self.amount) <= LARGEST or (self.amount < 0 and self.basis != "increment"):
            problems.add(
                _("{name}: an amount of {amount:g} cannot be", name=self.name, amount=self.amount),
                _("from zero to {largest:g}", largest=LARGEST),
            )
        if self.unit and self.measured == "value":
            problems.add(
                _("{name}: a value has no unit {unit!r}", name=self.name, unit=self.unit),
                _("measured='quantity'"),
            )
        if self.deflator != WORLD and self.measured == "quantity":
            problems.add(
                _("{name}: a quantity needs no deflator", name=self.name), _("it is deflated by its own cost")
            )
        self._refuse_more(problems)
        problems.raise_if_any()

    def card(self) -> Card:
        """The bound, on what, and who gains from it."""
        unit = self.unit or "million, in the money of the world"
        amount = (
            f"{percent(self.amount)} of the base" if self.basis == "share" else f"{number(self.amount)} {unit}"
        )
        rows = [
            ("at least" if isinstance(self, Purchase) else "at most", amount),
            (
                "counted as",
                self.measured if self.basis != "increment" else f"{self.measured}, on top of the base",
            ),
            ("of", listing(map(str, self.flows))),
        ]
        if isinstance(self, TariffQuota):
            rows.append(("rates", f"{percent(self.inside)} inside, {percent(self.outside)} outside"))
        if isinstance(self, Quota | TariffQuota):
            rows.append(("rent to", self.holder))
        if isinstance(self, Purchase) and self.additional < 1.0:
            rows.append(("on top", f"{percent(self.additional)} of what would not be bought anyway"))
        return Card(f"{type(self).__name__} {self.name!r}", rows)

    def _refuse_more(self, problems: Problems) -> None:
        if isinstance(self, TariffQuota) and not -1 < self.inside < self.outside < math.inf:
            problems.add(
                _(
                    "{name}: rates {inside:g} inside and {outside:g} outside",
                    name=self.name,
                    inside=self.inside,
                    outside=self.outside,
                ),
                _("in < out"),
            )
        if isinstance(self, Purchase) and not 0.0 <= self.additional <= 1.0:
            problems.add(
                _("{name}: additional = {additional:g}", name=self.name, additional=self.additional),
                _("a share from 0 to 1"),
            )
        if not self.flows:
            problems.add(_("{name}: names no flow", name=self.name))
        if len(set(self.flows)) < len(self.flows):
            problems.add(_("{name}: names a flow twice", name=self.name))
        for flow in self.flows:
            if flow.importer == flow.exporter:
                problems.add(
                    _("{name}: {flow} is domestic", name=self.name, flow=flow), _("only imports are bounded")
                )

    @property
    def sign(self) -> float:
        """+1 where the wedge makes imports dearer, -1 where cheaper."""
        return -1.0 if isinstance(self, Purchase) else 1.0

    @property
    def cap(self) -> float:
        """Largest log wedge."""
        if isinstance(self, TariffQuota):
            return math.log((1.0 + self.outside) / (1.0 + self.inside))
        return math.inf


@as_declared
@dataclass(frozen=True, kw_only=True)
class Quota(Constraint):
    """At most `amount` is imported: 0 <= rent ⊥ amount - imports >= 0. An amount of zero is a ban.

    >>> from kosho.equilibrium import Counterfactual, Flow, Quota, Shock, solve
    >>> from kosho.world import toy
    >>> cars = (Flow("USA", "JPN", "C29"),)
    >>> half = Quota(name="half", flows=cars, amount=0.5, basis="share", holder="exporter")
    >>> solve(toy(), Counterfactual(Shock.none(toy()), (half,))).constraints[0]
    Quota 'half': binds
      imports             60,000 in the base, 60,000 without the bound
      required, reached   30,000, 30,000
      wedge               19.58 %
      rent                +5,709 million
    """

    holder: str
    """Who has the licences and so the rent: a country, or `importer` or `exporter` (of each flow)."""


@as_declared
@dataclass(frozen=True, kw_only=True)
class TariffQuota(Constraint):
    """`inside` is paid up to `amount`, `outside` beyond: inside <= t <= outside, with t - inside as rent.

    The two are whole rates of these imports; what the shock says of their tariffs gives way. Beyond the amount
    every import costs `outside` more to the buyer; the rent is earned on the amount only.

    >>> from kosho.equilibrium import Flow, TariffQuota
    >>> TariffQuota(
    ...     name="crops",
    ...     flows=(Flow("JPN", "USA", "A01"),),
    ...     amount=15_000,
    ...     inside=0.0,
    ...     outside=0.3,
    ...     holder="importer",
    ... )
    TariffQuota 'crops'
      at most      15,000 million, in the money of the world
      counted as   quantity
      of           JPN from USA, A01
      rates        0 % inside, 30 % outside
      rent to      importer
    """

    inside: float
    outside: float
    holder: str
    """Who has the licences and so the rent: a country, or `importer` or `exporter` (of each flow)."""


@as_declared
@dataclass(frozen=True, kw_only=True)
class Purchase(Constraint):
    """At least `amount` is imported: 0 <= s ⊥ imports - amount >= 0, s a subsidy of the importer's treasury.

    >>> from kosho.equilibrium import Flow, Purchase
    >>> crops = (Flow("JPN", "USA", "A01"),)
    >>> Purchase(name="crops", flows=crops, amount=1000, basis="increment", measured="value")
    Purchase 'crops'
      at least     1,000 million, in the money of the world
      counted as   value, on top of the base
      of           JPN from USA, A01
    """

    additional: float = 1.0
    """How much of what is promised beyond what would be bought without the promise is bought on top of it, from
    0 (all of it would be bought anyway: the promise changes nothing) to 1 (none of it would)."""


def partial(constraints: Iterable[Constraint]) -> tuple[Purchase, ...]:
    """Promises that are not wholly on top of what would be bought anyway."""
    return tuple(one for one in constraints if isinstance(one, Purchase) and one.additional < 1.0)


@dataclass(frozen=True, eq=False)
class Settled(Fixed, Shown):
    """What became of a constraint. Money in millions of the world's, quantities as the constraint counts.

    >>> from kosho.equilibrium import Counterfactual, Flow, Purchase, Shock, solve
    >>> from kosho.world import toy
    >>> crops = Purchase(name="crops", flows=(Flow("JPN", "USA", "A01"),), amount=24_000)
    >>> settled = solve(toy(), Counterfactual(Shock.none(toy()), (crops,))).constraints[0]
    >>> settled.binds, round(settled.wedge, 3), list(settled.diversion("JPN", count=2))
    (True, 0.052, ['JPN', 'CHN'])
    """

    constraint: Constraint
    base: float
    """Imports in the base, measured as the constraint measures."""
    free: float
    """Imports after the shock without any constraint."""
    required: float
    """The bound, as a level."""
    reached: float
    """Imports after the shock with all constraints."""
    wedge: float
    """Of the price with duties: what the rent adds (quota, tariff quota), or the part that the subsidy pays
    (purchase). Zero where the bound does not bind, infinite for a ban."""
    rent: float
    """A year, to `holder`."""
    fiscal_cost: float
    """Subsidies a year, from the importer's treasury."""
    countries: tuple[str, ...]
    change: Array
    """`diverted` without labels."""
    sales: Mapping[tuple[str, str], Array] = field(default_factory=dict)
    """By importer and sector concerned: change of all net flows, bound or not, `[exporter]`, home too."""

    def __post_init__(self) -> None:
        fix(self)

    def card(self) -> Card:
        """Whether the bound binds, and what that costs."""
        rows = [
            ("imports", f"{number(self.base)} in the base, {number(self.free)} without the bound"),
            ("required, reached", f"{number(self.required)}, {number(self.reached)}"),
            ("wedge", percent(self.wedge)),
        ]
        rows += [("rent", million(self.rent, "million"))] if self.rent else []
        rows += [("fiscal cost", million(self.fiscal_cost, "million"))] if self.fiscal_cost else []
        return Card(f"{thing(self.constraint)}: {'binds' if self.binds else 'does not bind'}", rows)

    @cached_property
    def diverted(self) -> xr.DataArray:
        """`[importer, exporter]`, change of all net flows in the sectors concerned that are not bound.

        Against the same shock without constraints; home sales on the diagonal.
        """
        return labelled(self.change, ("importer", "exporter"), self.countries, ())

    @property
    def binds(self) -> bool:
        """Whether the wedge is above zero."""
        return self.wedge > 0.0

    def diversion(self, importer: str, count: int = 5) -> dict[str, float]:
        """Whose sales to `importer` change most (its own producers among them), largest change first.

        Raises:
            InputError: the importer is not in the world.
        """
        if importer not in self.countries:
            hint = suggest(importer, self.countries)
            raise InputError(
                Problem(_("unknown country {importer!r}", importer=importer), hint, key="importer")
            )
        change = self.change[self.countries.index(importer)]
        order = np.argsort(-np.abs(change), kind="stable")[:count].tolist()
        return {self.countries[i]: float(change[i]) for i in order if change[i] != 0}
