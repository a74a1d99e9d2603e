"""The economy after the change: shocks, the equations of Caliendo & Parro (2015), their solution."""

from kosho.equilibrium.outcome import Outcome, UnitFlow
from kosho.equilibrium.shock import Part, Shock
from kosho.equilibrium.solve import Deficits, rebase, solve
from kosho.equilibrium.solver import SolverReport

__all__ = ["Deficits", "Outcome", "Part", "Shock", "SolverReport", "UnitFlow", "rebase", "solve"]
