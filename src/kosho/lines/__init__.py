"""Tariff lines: what a line is worth to both sides, who asks for what, over how many years."""

from kosho.lines.annex import AnnexLine, StagedLine, annex_csv, annex_workbook, read_annex, stage_annex
from kosho.lines.ces import CesOutcome, nested_ces
from kosho.lines.editions import concordance, converted, read_concordance
from kosho.lines.goods_trade import GoodsDuty, GoodTrade, japan_goods
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
from kosho.lines.law_start import world_under_law
from kosho.lines.line_duties import LineAverages, LineDuties, read_line_duties
from kosho.lines.line_elasticities import LineElasticities, line_elasticities
from kosho.lines.line_offers import (
    LineCut,
    PricedPackage,
    price_package,
    read_line_cuts,
    read_package,
    utilised,
)
from kosho.lines.line_packages import LineShock, line_shock
from kosho.lines.line_ranking import LineWorth, Ranking, rank_lines
from kosho.lines.line_table import LineTable, MissingJoin, join_rates, line_table
from kosho.lines.linear import LinearMarket, LinearOutcome, linear_market
from kosho.lines.partial_models import PartialAnswer, PartialSettings, WorldTrade, partial_answer, world_trade
from kosho.lines.rates_by_law import LawRates, law_rates, ordinary_rates
from kosho.lines.rounding import Rounding
from kosho.lines.rules_of_origin import (
    CostSheet,
    OriginContent,
    UseRange,
    ValueRule,
    origin_content,
    possible_use,
    use_of_lines,
    value_content,
)
from kosho.lines.sectors import hs_sector, sectors_of
from kosho.lines.shipped import preference_use, schedule_rates, shipped_rates, shipped_trade
from kosho.lines.smart_model import SmartOutcome, smart
from kosho.lines.staged_effects import StagedYear, staged_effects
from kosho.lines.staging import Category, QuotaGrowth, parse_category
from kosho.lines.staging_rules import Agreement, StagedDuty, agreements, staged
from kosho.lines.swap_sets import SwapLines, SwapSet, swap_frontier, swap_set
from kosho.lines.trade_files import RateFile, TradeFile, read_rates, read_trade
from kosho.lines.trade_formats import TradeFormat, formats, partner_codes

__all__ = [
    "Agreement",
    "AnnexLine",
    "Category",
    "CesOutcome",
    "CostSheet",
    "GoodTrade",
    "GoodsDuty",
    "GsimOutcome",
    "LawRates",
    "LineAverages",
    "LineCut",
    "LineDuties",
    "LineElasticities",
    "LineShock",
    "LineTable",
    "LineWorth",
    "LinearMarket",
    "LinearOutcome",
    "MissingJoin",
    "OriginContent",
    "PartialAnswer",
    "PartialSettings",
    "PricedPackage",
    "QuotaGrowth",
    "Ranking",
    "RateFile",
    "Rounding",
    "SmartOutcome",
    "StagedDuty",
    "StagedLine",
    "StagedYear",
    "SwapLines",
    "SwapSet",
    "TradeFile",
    "TradeFormat",
    "UseRange",
    "ValueRule",
    "WorldTrade",
    "agreements",
    "annex_csv",
    "annex_workbook",
    "complementarity",
    "concordance",
    "converted",
    "export_similarity",
    "formats",
    "grubel_lloyd",
    "gsim",
    "hs_sector",
    "intra_industry",
    "japan_goods",
    "join_rates",
    "law_rates",
    "line_elasticities",
    "line_shock",
    "line_table",
    "linear_market",
    "market_share",
    "michaely_complementarity",
    "nested_ces",
    "ordinary_rates",
    "origin_content",
    "parse_category",
    "partial_answer",
    "partner_codes",
    "possible_use",
    "preference_erosion",
    "preference_margin",
    "preference_use",
    "price_package",
    "rank_lines",
    "read_annex",
    "read_concordance",
    "read_line_cuts",
    "read_line_duties",
    "read_package",
    "read_rates",
    "read_trade",
    "revealed_advantage",
    "schedule_rates",
    "sectors_of",
    "shipped_rates",
    "shipped_trade",
    "smart",
    "stage_annex",
    "staged",
    "staged_effects",
    "swap_frontier",
    "swap_set",
    "swiss_formula",
    "tariff_peaks",
    "trade_intensity",
    "use_of_lines",
    "utilised",
    "value_content",
    "world_trade",
    "world_under_law",
]
