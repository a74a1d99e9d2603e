"""What the model says of each published fact, with horizon and closure.

A figure runs from its lowest to its highest over what is not known: how much of a duty makers bear and how fast
buyers answer in year one, the common scale of elasticities in year ten (from the low set to the centre).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np

from kosho.arrays import Array, Mask
from kosho.case import Case
from kosho.codes import expand_regions, sectors
from kosho.display import Shown
from kosho.equilibrium import FirstYear, Outcome, Shock, first_year, solve
from kosho.impact.effects import Effects
from kosho.scenario.simulate import scenario_effects
from kosho.scenario.year_one import ABSORBED, ONE_YEAR, ProductYear, first_years
from kosho.world import World, load, low_elasticity
from kosho.world.datafiles import rows
from kosho.world.elasticity_scale import mean_theta

__all__ = ["QUESTIONS", "Figure", "Setting"]

CASE = "japan-us-2025"
MONTHS = {"status-quo": 5.5, "deal": 3.5}
"""Of 2025 at 27.5 % on Japan's cars (3 April to 15 September) and at 15 % after; the other three without."""
AT_FIRST = date(2025, 5, 2)
"""Steel and aluminium at 25 %."""
PRODUCTS: Mapping[str, tuple[str, str, Sequence[tuple[float, str, date | None]]]] = {
    "parts": ("C29", "auto-parts", ((4.4, "status-quo", None), (3.5, "deal", None))),
    "steel": ("C24A", "", ((2.8, "status-quo", AT_FIRST), (6.9, "status-quo", None))),
    "machinery": ("C28", "", ((4.1, "status-quo", None), (4.8, "deal", None))),
}
"""Japan's other goods: sector, part, and months of 2025 under each state of the law: parts from 3 May and from
16 September, steel from 12 March and 4 June, machinery from 5 April and 7 August; the rest without."""
YEAR_ONE = (
    "makers bear 0 to 100 % of the duty; wages and exchange rates held; elasticities of year one to the low set"
)
AT_BASE = "law on trade of the base year"
YEAR_TEN = "one factor, deficits fixed; elasticities from the low set to the centre"


@dataclass(frozen=True, slots=True)
class Figure(Shown):
    """What the model says, in the unit of the fact.

    >>> from kosho.validation import Figure
    >>> Figure("10", "one factor, deficits fixed", -1.2, -0.8, -0.3)
    Figure(horizon='10', closure='one factor, deficits fixed', low=-1.2, central=-0.8, high=-0.3)
    """

    horizon: str
    """`1` or `10`, years."""
    closure: str
    low: float
    central: float | None
    """None where nothing stands between the ends."""
    high: float


class Setting:
    """What several questions are asked of, each made once."""

    @cached_property
    def case(self) -> Case:
        """The case whose scenarios are the states of the law."""
        return Case.load(CASE)

    @cached_property
    def world(self) -> World:
        """The shipped table in full."""
        return load()

    @cached_property
    def coarse(self) -> World:
        """The shipped table of the talks, for products."""
        return load(regions="talks", sectors="talks")

    @cached_property
    def law(self) -> tuple[World, Effects]:
        """Everything in force on 29 June 2025 against the base."""
        return scenario_effects(self.case, "status-quo", world=self.world)

    @cached_property
    def by_scale(self) -> tuple[Outcome, Outcome]:
        """The state of 29 June 2025 in year ten, at the low set and at the centre."""
        world, effects = self.law
        return solve(low_elasticity(world), effects.counterfactual), solve(world, effects.counterfactual)

    @cached_property
    def trade_war(self) -> tuple[Outcome, Outcome]:
        """The duties of 2018 and 2019 between two countries taken away, at the low set and at the centre."""
        shock = _without_trade_war(self.world)
        return solve(low_elasticity(self.world), shock), solve(self.world, shock)

    @cached_property
    def cars(self) -> Mapping[str, ProductYear]:
        """Year one of Japan's cars in the United States, by scenario."""
        return {scenario: self._cars(scenario) for scenario in MONTHS}

    def corners(self, sector: str, part: str, scenario: str, as_of: date | None) -> tuple[FirstYear, ...]:
        """Year one of a product of Japan in the United States, makers bearing nothing before all."""
        base, effects = scenario_effects(self.case, scenario, as_of, self.coarse)
        strength = float(low_elasticity(base).theta.sel(sector=sector))
        return tuple(
            first_year(base, effects.shock, ("USA", "JPN", sector, part), sigma=sigma, absorbed=absorbed)
            for absorbed in ABSORBED
            for sigma in (ONE_YEAR, 1.0 + strength)
        )

    def _cars(self, scenario: str) -> ProductYear:
        return next(one for one in first_years(self.case, scenario, world=self.coarse) if one.flow.id == "cars")


def _price(scenario: str) -> Callable[[Setting], Figure]:
    def ask(setting: Setting) -> Figure:
        found = [
            100 * one.price_before_duty
            for one in setting.cars[scenario].corners
            if one.price_before_duty is not None
        ]
        return Figure("1", YEAR_ONE, min(found), None, max(found))

    return ask


def _over_the_year(what: str) -> Callable[[Setting], Figure]:
    """A year of 2025, the months of each state of the law together."""

    def ask(setting: Setting) -> Figure:
        years = {scenario: setting.cars[scenario].corners for scenario in MONTHS}
        found = [
            100 * sum(MONTHS[scenario] / 12 * getattr(corners[k], what) for scenario, corners in years.items())
            for k in range(len(years["deal"]))
        ]
        return Figure("1", YEAR_ONE, min(found), None, max(found))

    return ask


def _value_over_the_year(product: str) -> Callable[[Setting], Figure]:
    """Value of a product of Japan over 2025, the months of each state of the law together."""

    def ask(setting: Setting) -> Figure:
        sector, part, months = PRODUCTS[product]
        states = [setting.corners(sector, part, scenario, as_of) for _share, scenario, as_of in months]
        weights = np.array([share for share, *_state in months]) / 12
        # A value is None only of what was not sold before: NaN, which no range holds.
        values = np.array([[one.value for one in corners] for corners in states], dtype=float)
        found = [float(one) for one in 100 * weights @ values]
        return Figure("1", YEAR_ONE, min(found), None, max(found))

    return ask


def _between(low: float, centre: float) -> Figure:
    return Figure("10", YEAR_TEN, min(low, centre), centre, max(low, centre))


def _makers_loss(setting: Setting) -> Figure:
    """What lower prices before duty take, April to September, over the value a year before, percent."""
    months = {"status-quo": 5.5, "deal": 0.5}
    corners = {scenario: setting.cars[scenario].corners for scenario in months}
    found = [
        100
        * sum(months[scenario] / 6 * at[k].makers_loss / at[k].base_value for scenario, at in corners.items())
        for k in range(len(corners["deal"]))
    ]
    return Figure("1", YEAR_ONE, min(found), None, max(found))


def _cars_in_the_long_run(setting: Setting) -> Figure:
    world, effects = scenario_effects(setting.case, "status-quo", world=setting.coarse)
    found: list[float] = []
    for one in (low_elasticity(world), world):
        outcome = solve(one, effects.counterfactual)
        counted = next(u for u in outcome.units if u.flow.exporter == "JPN" and u.flow.importer == "USA")
        found.append(100 * (counted.new / counted.base - 1.0))
    return _between(*found)


def _goods(world: World, named: Sequence[str] = ()) -> Array:
    """1 for sectors that are meant, named ones or all goods, 0 for the others `(S,)`."""
    known = sectors()
    meant = [code in named if named else code not in known or known[code].goods for code in world.sectors]
    return np.array(meant, float)


def _imports(outcome: Outcome, importer: str, exporters: Sequence[str], named: Sequence[str] = ()) -> float:
    """Change of an importer's trade from some exporters before duty, of named sectors or all goods, percent."""
    world = outcome.base
    goods, at = _goods(world, named), [world.position(code) for code in exporters]
    n = world.position(importer)
    new = outcome.flows.to_numpy()[n, at] @ goods
    return 100 * float(new.sum() / (world.arrays.flows[n, at] @ goods).sum() - 1.0)


def _us_imports(*exporters: str) -> Callable[[Setting], Figure]:
    def ask(setting: Setting) -> Figure:
        return _between(*(_imports(one, "USA", expand_regions(exporters)) for one in setting.by_scale))

    return ask


def _exports_of_china(*importers: str) -> Callable[[Setting], Figure]:
    def ask(setting: Setting) -> Figure:
        found = [_exports(one, "CHN", expand_regions(importers)) for one in setting.by_scale]
        return _between(*found)

    return ask


def _exports(outcome: Outcome, exporter: str, importers: Sequence[str]) -> float:
    """Change of an exporter's goods trade with some importers before duty, percent."""
    world = outcome.base
    at = [world.position(code) for code in importers if code in world.countries]
    i, goods = world.position(exporter), _goods(world)
    new = outcome.flows.to_numpy()[at, i] @ goods
    return 100 * float(new.sum() / (world.arrays.flows[at, i] @ goods).sum() - 1.0)


def _imports_of(*sectors_named: str) -> Callable[[Setting], Figure]:
    """Of some sectors, from everywhere."""

    def ask(setting: Setting) -> Figure:
        return _between(
            *(_imports(one, "USA", _abroad(setting.world), sectors_named) for one in setting.by_scale)
        )

    return ask


def _abroad(world: World) -> list[str]:
    return [code for code in world.countries if code != "USA"]


def _all_imports(setting: Setting) -> Figure:
    return _between(*(_imports(one, "USA", _abroad(setting.world)) for one in setting.by_scale))


def _statutory(*exporters: str) -> Callable[[Setting], Figure]:
    def ask(setting: Setting) -> Figure:
        world, effects = setting.law
        rate = _average_rate(world, effects.shock, exporters)
        return Figure("1", AT_BASE, rate, rate, rate)

    return ask


def _average_rate(
    world: World, shock: Shock, exporters: Sequence[str] = (), named: Sequence[str] = ()
) -> float:
    """Average duty of the United States on goods of some exporters, or all, at base trade, percent."""
    n = world.position("USA")
    base = world.arrays
    goods = _goods(world, named)
    others = _others(world, n, exporters)
    rows = shock.importer == n
    rows &= others[shock.exporter]
    paid = base.flows[n] * (1.0 + base.tariff[n])
    part = paid[shock.exporter[rows], shock.sector[rows]] * shock.share[rows] / (1.0 + shock.base_tariff[rows])
    weight = goods[shock.sector[rows]]
    due = (base.flows[n] * base.tariff[n]) @ goods
    added = (part * (shock.tariff[rows] - shock.base_tariff[rows])) @ weight
    return 100 * float((due[others].sum() + added) / (base.flows[n][others] @ goods).sum())


def _others(world: World, importer: int, exporters: Sequence[str]) -> Mask:
    """Exporters that are meant, all but the importer where none is named `(N,)`."""
    found = np.zeros(len(world.countries), bool)
    found[[world.position(code) for code in exporters] if exporters else slice(None)] = True
    found[importer] = False
    return found


def _collected(*exporters: str, of: Sequence[str] = ()) -> Callable[[Setting], Figure]:
    """From some exporters or all, of some sectors or all goods."""

    def ask(setting: Setting) -> Figure:
        at_base = _average_rate(setting.law[0], setting.law[1].shock, exporters, of)
        found = [at_base, *(_collected_rate(one, exporters, of) for one in setting.by_scale)]
        return Figure("1", f"{AT_BASE}, to trade that has answered", min(found), None, max(found))

    return ask


def _collected_rate(outcome: Outcome, exporters: Sequence[str], named: Sequence[str]) -> float:
    """Duties of the United States over its imports of goods in an equilibrium, percent."""
    world = outcome.base
    n, goods = world.position("USA"), _goods(world, named)
    others = _others(world, n, exporters)
    net = outcome.flows.to_numpy()[n][others]
    paid = outcome.shares.to_numpy()[n][others] * outcome.expenditure.to_numpy()[n]
    return 100 * float(((paid - net) @ goods).sum() / (net @ goods).sum())


def _without_trade_war(world: World) -> Shock:
    """The base with the added duties between the United States and China taken away, sector by sector."""
    added = {
        (row["importer"], row["exporter"], row["sector"]): float(row["percent"]) / 100
        for row in rows("special_duties_2022.csv")
        if {row["importer"], row["exporter"]} == {"USA", "CHN"}
    }
    known = sectors()
    rates: dict[tuple[str, str, str], float] = {}
    for importer, exporter in (("USA", "CHN"), ("CHN", "USA")):
        for code in world.sectors:
            if not known[code].goods:
                continue
            extra = added.get((importer, exporter, code), added.get((importer, exporter, "ALL"), 0.0))
            base = float(world.tariff.sel(importer=importer, exporter=exporter, sector=code))
            rates[importer, exporter, code] = max(base - extra, 0.0)
    return Shock.tariffs(world, rates)


def _pass_through(setting: Setting) -> Figure:
    return _between(*(_share_passed_on(one, ("CHN",)) for one in setting.trade_war))


def _pass_through_of_2025(setting: Setting) -> Figure:
    return _between(*(_share_passed_on(one, ()) for one in setting.by_scale))


def _share_passed_on(outcome: Outcome, exporters: Sequence[str]) -> float:
    """Share of changed duties on some exporters, or all, in prices that include them, American wages held,
    percent.
    """
    world, shock = outcome.base, outcome.shock
    n = world.position("USA")
    before = np.log(outcome.cost.to_numpy() / float(outcome.wage.sel(country="USA")))
    rows = (shock.importer == n) & _others(world, n, exporters)[shock.exporter]
    rows &= shock.tariff != shock.base_tariff
    cells = shock.exporter[rows], shock.sector[rows]
    change = np.log1p(shock.tariff[rows]) - np.log1p(shock.base_tariff[rows])
    weight = world.arrays.flows[n][cells] * shock.share[rows]
    return 100 * float(1.0 + (weight @ before[cells]) / (weight @ change))


def _real_income(setting: Setting) -> Figure:
    """Of the duties, seen from the world without them."""
    found = [100 * (1.0 / (1.0 + float(one.welfare.sel(country="USA"))) - 1.0) for one in setting.trade_war]
    return _between(*found)


def _under_duty(before: float, after: float) -> Callable[[Setting], Figure]:
    """Change of the value before duty of one product among many whose duty rises, percent.

    With the rest of its market held the value goes with 1 + duty to the power -(lambda + sigma (1 - lambda)):
    see the equations of `kosho.equilibrium.first_year`.
    """

    def ask(setting: Setting) -> Figure:
        strong = 1.0 + mean_theta(low_elasticity(setting.world))
        rise = (1.0 + after) / (1.0 + before)
        found = [100 * (rise**-power - 1.0) for power in (ONE_YEAR, 1.0, strong)]
        duty = f"a duty of {100 * before:g} to {100 * after:g} % on one product among many"
        return Figure("1", f"{duty}; {YEAR_ONE}", min(found), None, max(found))

    return ask


def _slope_in_year_one(setting: Setting) -> Figure:
    strong = 1.0 + mean_theta(low_elasticity(setting.world))
    return Figure("1", "elasticity of year one to the low set", -strong, None, -ONE_YEAR)


def _slope_in_the_long_run(setting: Setting) -> Figure:
    value = -(1.0 + mean_theta(setting.world))
    return Figure("10", "mean of the central elasticities, weighted by trade", value, value, value)


def _gains_from_trade(setting: Setting) -> Figure:
    """Against autarky, in closed form with inputs (Costinot & Rodríguez-Clare 2014), duties aside."""
    return _between(*(_gains(one) for one in (low_elasticity(setting.world), setting.world)))


def _gains(world: World) -> float:
    n = world.position("USA")
    base = world.arrays
    own = np.log(np.maximum(base.shares[n, n], 1e-12)) / base.theta
    prices = np.linalg.solve(np.eye(len(world.sectors)) - base.gamma[n].T, own)
    return 100 * float(1.0 - np.exp(base.alpha[n] @ prices))


QUESTIONS: Mapping[str, Callable[[Setting], Figure]] = {
    "cars-price-june": _price("status-quo"),
    "cars-price-october": _price("deal"),
    "cars-number": _over_the_year("number"),
    "cars-value": _over_the_year("value"),
    "cars-number-long-run": _cars_in_the_long_run,
    "cars-makers-loss": _makers_loss,
    "cars-makers-reported": _makers_loss,
    "japan-parts-value": _value_over_the_year("parts"),
    "japan-steel-value": _value_over_the_year("steel"),
    "japan-machinery-value": _value_over_the_year("machinery"),
    "statutory-rate": _statutory(),
    "statutory-rate-japan": _statutory("JPN"),
    "statutory-rate-china": _statutory("CHN"),
    "collected-rate": _collected(),
    "collected-rate-china": _collected("CHN"),
    "collected-rate-canada": _collected("CAN"),
    "collected-rate-mexico": _collected("MEX"),
    "collected-rate-steel": _collected(of=["C24A"]),
    "collected-rate-vehicles": _collected(of=["C29"]),
    "collected-rate-machinery": _collected(of=["C28"]),
    "collected-rate-electronics": _collected(of=["C26"]),
    "collected-rate-clothing": _collected(of=["C13T15"]),
    "all-to-us": _all_imports,
    "japan-to-us": _us_imports("JPN"),
    "china-to-us": _us_imports("CHN"),
    "canada-to-us": _us_imports("CAN"),
    "mexico-to-us": _us_imports("MEX"),
    "vietnam-to-us": _us_imports("VNM"),
    "eu-to-us": _us_imports("EU27"),
    "steel-to-us": _imports_of("C24A"),
    "vehicles-to-us": _imports_of("C29"),
    "machinery-to-us": _imports_of("C28"),
    "electronics-to-us": _imports_of("C26"),
    "clothing-to-us": _imports_of("C13T15"),
    "china-to-asean": _exports_of_china("ASEAN"),
    "china-to-eu": _exports_of_china("EU27"),
    "pass-through-2025": _pass_through_of_2025,
    "pass-through-2025-kiel": _pass_through_of_2025,
    "pass-through-2018": _pass_through,
    "real-income-2018": _real_income,
    "deadweight-2018": _real_income,
    "targeted-imports-2018": _under_duty(0.026, 0.166),
    "targeted-exports-2018": _under_duty(0.073, 0.204),
    "slope-2018": _slope_in_year_one,
    "slope-2018-long-run": _slope_in_the_long_run,
    "gains-from-trade": _gains_from_trade,
}
