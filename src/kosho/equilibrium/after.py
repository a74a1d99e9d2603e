"""The world that a change leads to, to change again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from kosho.declared import as_declared
from kosho.equilibrium.outcome import Outcome
from kosho.world import World

__all__ = ["world_after"]


@as_declared
def world_after(outcome: Outcome) -> World:
    """The table of an outcome: its flows, and the tariffs that they pay on average over the parts of a cell.

    What a change costs at the border without being paid to anybody is in the flows; rents are read as tariffs.

    >>> from kosho.equilibrium import Shock, solve, world_after
    >>> from kosho.world import toy
    >>> taxed = world_after(solve(toy(), Shock.tariffs(toy(), {("USA", "JPN", "C29"): 0.25})))
    >>> round(float(taxed.tariff.sel(importer="USA", exporter="JPN", sector="C29")), 6)
    0.25
    >>> back = solve(taxed, Shock.tariffs(taxed, {("USA", "JPN", "C29"): 0.025}))
    >>> bool(back.welfare.sel(country="JPN") > 0)
    True
    """
    flows = outcome.flows.to_numpy()
    spent = outcome.shares.to_numpy() * outcome.expenditure.to_numpy()[:, None, :]
    old = outcome.base.tariff.to_numpy()
    paid = np.divide(spent, flows, out=1.0 + old, where=flows > 0) - 1.0
    inside = np.arange(len(outcome.base.countries))
    paid[inside, inside] = old[inside, inside]  # nothing is paid at home
    base = outcome.base
    return replace(base, flows=base.flows.copy(data=flows), tariff=base.tariff.copy(data=paid))
