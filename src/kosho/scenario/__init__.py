"""A case's scenarios solved, with their ranges: everything a brief tells in numbers, without a page."""

from kosho.scenario.results import Comparison, FlowRange, Result
from kosho.scenario.runs import Runs, run
from kosho.scenario.simulate import pose, simulate

__all__ = ["Comparison", "FlowRange", "Result", "Runs", "pose", "run", "simulate"]
