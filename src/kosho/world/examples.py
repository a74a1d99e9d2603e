"""An invented economy, small enough to check by hand, for examples."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from kosho.world.table import PhysicalFlow, World, WorldMeta, labelled

__all__ = ["toy"]

COUNTRIES = ("JPN", "USA", "CHN")
SECTORS = ("A01", "C29")
"""Crops and motor vehicles."""
FLOWS = (  # importer, exporter, sector; thousand million USD
    ((80, 300), (20, 10), (10, 10)),
    ((2, 60), (200, 400), (8, 20)),
    ((3, 20), (40, 30), (300, 500)),
)
TARIFFS = (
    ((0.0, 0.0), (0.1, 0.0), (0.1, 0.0)),
    ((0.03, 0.025), (0.0, 0.0), (0.03, 0.025)),
    ((0.08, 0.15), (0.08, 0.15), (0.0, 0.0)),
)
INPUTS = ((0.2, 0.0), (0.1, 0.3))
"""Input, sector: of the gross output of every country's sector."""
THETA = (4.0, 7.0)
SPREAD = (0.3, 0.3)


@cache
def toy() -> World:
    """Three countries and two sectors, an equilibrium that is solved in milliseconds. All numbers are invented.

    Japan sells cars to the United States and buys crops from them; 1.5 million of these cars are counted.

    >>> from kosho.world import toy
    >>> world = toy()
    >>> world
    World toy: 3 countries × 2 sectors
      countries          JPN, USA, CHN
      sectors            A01, C29
      value added        1,410,000 million USD
      trade elasticity   4 to 7
      source             invented for examples
      counted in units   1 flow
    >>> float(world.flows.sel(importer="USA", exporter="JPN", sector="C29"))
    60000.0
    """
    cell = ("importer", "exporter", "sector")
    names = COUNTRIES, SECTORS
    world = World.from_flows(
        1000.0 * labelled(FLOWS, cell, *names),
        tariff=labelled(TARIFFS, cell, *names),
        io_share=labelled((INPUTS,) * len(COUNTRIES), ("country", "input", "sector"), *names),
        theta=labelled(THETA, ("sector",), *names),
        meta=WorldMeta("toy", source="invented for examples"),
    )
    world = replace(world, theta_spread=labelled(SPREAD, ("sector",), *names))
    return world.with_units([PhysicalFlow("JPN", "USA", "C29", 1.5e6, "vehicles", source="invented")])
