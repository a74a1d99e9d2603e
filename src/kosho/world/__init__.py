"""The economy before the change: tables, aggregation, elasticities, calibration."""

from kosho.world.elasticities import draw_elasticities, low_elasticity
from kosho.world.examples import toy
from kosho.world.loading import load
from kosho.world.table import PhysicalFlow, World, WorldMeta, labelled

__all__ = [
    "PhysicalFlow",
    "World",
    "WorldMeta",
    "draw_elasticities",
    "labelled",
    "load",
    "low_elasticity",
    "toy",
]
