"""Tariff lines: what a line is worth to both sides, who asks for what, over how many years."""

from kosho.lines.ces import CesOutcome, nested_ces
from kosho.lines.gsim_model import GsimOutcome, gsim
from kosho.lines.indices import (
    complementarity,
    export_similarity,
    grubel_lloyd,
    intra_industry,
    market_share,
    michaely_complementarity,
    preference_erosion,
    preference_margin,
    revealed_advantage,
    swiss_formula,
    tariff_peaks,
    trade_intensity,
)
from kosho.lines.linear import LinearMarket, LinearOutcome, linear_market
from kosho.lines.rounding import Rounding
from kosho.lines.rules_of_origin import CostSheet, OriginContent, ValueRule, origin_content, value_content
from kosho.lines.smart_model import SmartOutcome, smart
from kosho.lines.staging import Category, QuotaGrowth, parse_category
from kosho.lines.staging_rules import Agreement, StagedDuty, agreements, staged

__all__ = [
    "Agreement",
    "Category",
    "CesOutcome",
    "CostSheet",
    "GsimOutcome",
    "LinearMarket",
    "LinearOutcome",
    "OriginContent",
    "QuotaGrowth",
    "Rounding",
    "SmartOutcome",
    "StagedDuty",
    "ValueRule",
    "agreements",
    "complementarity",
    "export_similarity",
    "grubel_lloyd",
    "gsim",
    "intra_industry",
    "linear_market",
    "market_share",
    "michaely_complementarity",
    "nested_ces",
    "origin_content",
    "parse_category",
    "preference_erosion",
    "preference_margin",
    "revealed_advantage",
    "smart",
    "staged",
    "swiss_formula",
    "tariff_peaks",
    "trade_intensity",
    "value_content",
]
