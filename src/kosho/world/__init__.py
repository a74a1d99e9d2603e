"""The economy before the change: tables, aggregation, elasticities, calibration."""

from kosho.world.table import PhysicalFlow, World, WorldMeta, labelled

__all__ = ["PhysicalFlow", "World", "WorldMeta", "labelled"]
