"""The economy after the change: shocks, the equations of Caliendo & Parro (2015), their solution."""

from kosho.equilibrium.constraints import Constraint, Flow, Purchase, Quota, Settled, TariffQuota
from kosho.equilibrium.nests import Nest
from kosho.equilibrium.outcome import Outcome, UnitFlow
from kosho.equilibrium.shock import Part, Shock
from kosho.equilibrium.solve import Deficits, rebase, solve
from kosho.equilibrium.solver import SolverReport

__all__ = [
    "Constraint",
    "Deficits",
    "Flow",
    "Nest",
    "Outcome",
    "Part",
    "Purchase",
    "Quota",
    "Settled",
    "Shock",
    "SolverReport",
    "TariffQuota",
    "UnitFlow",
    "rebase",
    "solve",
]
