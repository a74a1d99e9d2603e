"""The economy after the change: shocks, the equations of Caliendo & Parro (2015), their solution."""

import warnings
from typing import Any

from kosho.equilibrium.after import world_after
from kosho.equilibrium.arguments import Deficits
from kosho.equilibrium.batch import BatchOutcome, BatchReport, solve_batch
from kosho.equilibrium.closure import Closure, capped
from kosho.equilibrium.constraints import Constraint, Flow, Purchase, Quota, Settled, TariffQuota
from kosho.equilibrium.counterfactual import Counterfactual
from kosho.equilibrium.failure import Failure
from kosho.equilibrium.fallbacks import SolverReport
from kosho.equilibrium.gradient import Gradient, Payoff, gradient
from kosho.equilibrium.nests import Nest
from kosho.equilibrium.outcome import Outcome, UnitFlow
from kosho.equilibrium.product_market import FirstYear, first_year
from kosho.equilibrium.shock import Part, Shock
from kosho.equilibrium.solve import rebase, solve

__all__ = [
    "BatchOutcome",
    "BatchReport",
    "Closure",
    "Constraint",
    "Counterfactual",
    "Deficits",
    "Failure",
    "FirstYear",
    "Flow",
    "Gradient",
    "Nest",
    "Outcome",
    "Part",
    "Payoff",
    "Purchase",
    "Quota",
    "Settled",
    "Shock",
    "SolverReport",
    "TariffQuota",
    "UnitFlow",
    "capped",
    "first_year",
    "gradient",
    "rebase",
    "solve",
    "solve_batch",
    "world_after",
]


def __getattr__(name: str) -> Any:
    if name == "Bounded":  # until the next release
        warnings.warn("kosho.equilibrium.Bounded is now Counterfactual", DeprecationWarning, stacklevel=2)
        return Counterfactual
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
