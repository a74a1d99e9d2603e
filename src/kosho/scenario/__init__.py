"""A case's scenarios solved, with their ranges: every number that a brief shows, without a page."""

from kosho.scenario.against import Difference, compare
from kosho.scenario.along_elasticities import ElasticityCurve, elasticity_curve
from kosho.scenario.deals import negotiate_case
from kosho.scenario.results import Comparison, FlowRange, ScenarioResults, VariantResult
from kosho.scenario.runs import compared_pairs, run
from kosho.scenario.simulate import scenario_effects, simulate, simulate_with_ranges
from kosho.scenario.year_one import ProductYear, first_years

__all__ = [
    "Comparison",
    "Difference",
    "ElasticityCurve",
    "FlowRange",
    "ProductYear",
    "ScenarioResults",
    "VariantResult",
    "compare",
    "compared_pairs",
    "elasticity_curve",
    "first_years",
    "negotiate_case",
    "run",
    "scenario_effects",
    "simulate",
    "simulate_with_ranges",
]
