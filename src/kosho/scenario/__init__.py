"""A case's scenarios solved, with their ranges: every number that a brief shows, without a page."""

from kosho.scenario.deals import negotiate_case
from kosho.scenario.results import Comparison, FlowRange, ScenarioResults, VariantResult
from kosho.scenario.runs import compared_pairs, run
from kosho.scenario.simulate import scenario_effects, simulate, simulate_with_ranges

__all__ = [
    "Comparison",
    "FlowRange",
    "ScenarioResults",
    "VariantResult",
    "compared_pairs",
    "negotiate_case",
    "run",
    "scenario_effects",
    "simulate",
    "simulate_with_ranges",
]
