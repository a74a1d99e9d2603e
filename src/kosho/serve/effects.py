"""What a package does beside its payoffs: countries, sectors, jobs, prices and the flows of the case.

Everything is a comparison of two equilibria of one world: the package, and what follows without a deal.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from kosho.codes import country_name, sector_name
from kosho.equilibrium.comparison import over
from kosho.errors import InputError
from kosho.formatting import unit_name
from kosho.scenario.sensitivity import counted

if TYPE_CHECKING:
    from kosho.case_schema import NamedFlow
    from kosho.equilibrium import Outcome
    from kosho.world import World

__all__ = ["countries", "flows", "labour", "sectors"]

SHOWN = 5
"""Sectors that win and lose most."""


def countries(world: World, before: Outcome, after: Outcome) -> list[dict[str, Any]]:
    """Gain of every economy, million USD a year and percent of its income before; the largest first.

    Members of a region are the economies that it stands for; its gain is theirs together.
    """
    codes, members = world.countries, _members(world)
    gained = (after.equivalent_variation - before.equivalent_variation).to_numpy()
    share = gained / before.income.to_numpy()
    found = [
        {
            "code": code,
            "name": country_name(code),
            "musd": float(gained[k]),
            "percent": float(100 * share[k]),
            "members": members.get(k, [code]),
        }
        for k, code in enumerate(codes)
    ]
    return sorted(found, key=lambda one: -abs(one["percent"]))


def _members(world: World) -> dict[int, list[str]]:
    """Economies by the position of the country or region they are in; none where the labels are no codes."""
    try:
        place = world.law_cells.place
    except InputError:
        return {}
    found: dict[int, list[str]] = {}
    for code, k in place.items():
        found.setdefault(k, []).append(code)
    return found


def sectors(before: Outcome, after: Outcome, country: str) -> dict[str, list[dict[str, Any]]]:
    """Sectors of a country by change of real value added, million USD a year: those that win and lose most."""
    change = after.real_value_added.sel(country=country) - before.real_value_added.sel(country=country)
    order = np.argsort(change.to_numpy())
    labels = [str(one) for one in change["sector"].values]
    rows = [(labels[k], float(change.to_numpy()[k])) for k in order.tolist()]

    def told(some: Sequence[tuple[str, float]]) -> list[dict[str, Any]]:
        return [{"sector": code, "name": sector_name(code), "musd": musd} for code, musd in some[:SHOWN]]

    gaining, losing = ([one for one in rows if sign * one[1] > 0] for sign in (1, -1))
    return {"win": told(gaining[::-1]), "lose": told(losing)}


def flows(named: Sequence[NamedFlow], before: Outcome, after: Outcome) -> list[dict[str, Any]]:
    """The trades the case is about, before and after: million USD a year, and units where they are counted."""
    found: list[dict[str, Any]] = []
    for one in named:
        values = [_value(outcome, one) for outcome in (before, after)]
        units = [counted(outcome, one) for outcome in (before, after)]
        found.append(
            {
                "id": one.id,
                "title": one.title,
                "before_musd": values[0],
                "after_musd": values[1],
                "unit": None if units[0] is None else unit_name(units[0].flow.unit),
                "before_units": None if units[0] is None else units[0].new,
                "after_units": None if units[1] is None else units[1].new,
            }
        )
    return found


def _value(outcome: Outcome, one: NamedFlow) -> float | None:
    """None where the law that was solved does not tell the product apart."""
    try:
        return outcome.part_flow(one.importer, one.exporter, one.sector, one.part or "")[1]
    except InputError:
        return None


def labour(before: Outcome, after: Outcome, parties: Sequence[str]) -> dict[str, dict[str, float]]:
    """Of the parties, percent: jobs, and what consumers pay relative to wages.

    Both outcomes have labour that answers to wages. Prices alone are in units of world value added, so that
    they say something only beside wages.
    """
    jobs, prices = over(after.employment, before.employment), over(before.real_wage, after.real_wage)
    return {
        code: {
            "employment": 100.0 * float(jobs.sel(country=code)),
            "prices_over_wages": 100.0 * float(prices.sel(country=code)),
        }
        for code in parties
    }
