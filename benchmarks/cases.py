"""The counterfactuals that are timed."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kosho.equilibrium import Outcome, Shock, rebase, solve
from kosho.equilibrium.shock import Rates
from kosho.replications import cp2015
from kosho.world import World, load

TOLERANCE = 1e-8


@dataclass(frozen=True)
class Case:
    """A world and its new tariffs."""

    name: str
    world: World
    rates: Rates

    @property
    def dense_rates(self) -> NDArray[np.float64]:
        """All new rates `[importer, exporter, sector]`."""
        rates = self.world.arrays.tariff.copy()
        shock = Shock.tariffs(self.world, self.rates)
        rates[shock.importer, shock.exporter, shock.sector] = shock.tariff
        return rates

    def prepared(self) -> Outcome:
        """One more shock to a world that has been solved before."""
        return solve(self.world, Shock.tariffs(self.world, self.rates), tol=TOLERANCE)

    def cold(self) -> Outcome:
        """The first shock to a world just loaded: its arrays, factors and shock included."""
        world = replace(self.world)
        return solve(world, Shock.tariffs(world, self.rates), tol=TOLERANCE)


def nafta() -> Case | None:
    """NAFTA in Caliendo & Parro (2015), 31 regions by 40 sectors, trade balanced; None without the data."""
    folder = os.environ.get("KOSHO_SHARED")
    if not folder or not (Path(folder) / "reference" / "cp2015").is_dir():
        return None
    world, rates = cp2015.read(Path(folder) / "reference" / "cp2015")
    return Case("NAFTA 1993, 31 x 40", rebase(world, "zero"), rates)


def car_tariff() -> Case:
    """A US tariff of 25 % on motor vehicles of all origins, 80 economies by 50 sectors."""
    world = load()
    rates = {("USA", origin, "C29"): 0.25 for origin in world.countries if origin != "USA"}
    return Case("US car tariff 2022, 80 x 50", world, rates)


CASES: dict[str, Callable[[], Case | None]] = {"nafta": nafta, "cars": car_tariff}
