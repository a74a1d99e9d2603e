"""The economy before the change: tables, aggregation, elasticities, calibration."""

from kosho.world.choice import WorldChoice, Worlds
from kosho.world.elasticities import draw_elasticities, low_elasticity
from kosho.world.examples import toy
from kosho.world.loading import coarse, load, together
from kosho.world.table import Detail, PhysicalFlow, World, WorldMeta, labelled

__all__ = [
    "Detail",
    "PhysicalFlow",
    "World",
    "WorldChoice",
    "WorldMeta",
    "Worlds",
    "coarse",
    "draw_elasticities",
    "labelled",
    "load",
    "low_elasticity",
    "together",
    "toy",
]
