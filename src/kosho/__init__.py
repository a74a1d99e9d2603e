"""Kosho (交渉, negotiation): a workbench for people who prepare trade talks.

Names and rooms are loaded when they are first used, so that `import kosho` costs next to nothing:

>>> import kosho
>>> kosho.codes.country_name("JPN"), kosho.world.toy().countries
('Japan', ('JPN', 'USA', 'CHN'))
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kosho._version import __version__
from kosho.errors import ConvergenceError, InputError, KoshoError

if TYPE_CHECKING:
    from kosho import bargain as bargain
    from kosho import bench as bench
    from kosho import brief as brief
    from kosho import case as case
    from kosho import codes as codes
    from kosho import corridor as corridor
    from kosho import equilibrium as equilibrium
    from kosho import errors as errors
    from kosho import impact as impact
    from kosho import law as law
    from kosho import lines as lines
    from kosho import policy as policy
    from kosho import provenance as provenance
    from kosho import record as record
    from kosho import replications as replications
    from kosho import scenario as scenario
    from kosho import schemas as schemas
    from kosho import starter as starter
    from kosho import validation as validation
    from kosho import world as world
    from kosho.case import Case as Case
    from kosho.equilibrium import Counterfactual as Counterfactual
    from kosho.equilibrium import Outcome as Outcome
    from kosho.equilibrium import Shock as Shock
    from kosho.equilibrium import rebase as rebase
    from kosho.equilibrium import solve as solve
    from kosho.equilibrium import solve_batch as solve_batch
    from kosho.law import Register as Register
    from kosho.world import World as World


_ROOMS = (
    "bargain",
    "bench",
    "brief",
    "case",
    "codes",
    "corridor",
    "equilibrium",
    "errors",
    "impact",
    "law",
    "lines",
    "policy",
    "provenance",
    "record",
    "replications",
    "scenario",
    "schemas",
    "starter",
    "validation",
    "world",
)

__all__ = [
    "Case",
    "ConvergenceError",
    "Counterfactual",
    "InputError",
    "KoshoError",
    "Outcome",
    "Register",
    "Shock",
    "World",
    "__version__",
    "rebase",
    "solve",
    "solve_batch",
]


def __getattr__(name: str) -> object:  # noqa: C901, PLR0912, PLR0915 - a case a room
    match name:
        case "Case":
            import kosho.case

            return kosho.case.Case
        case "Counterfactual" | "Outcome" | "Shock" | "rebase" | "solve" | "solve_batch":
            import kosho.equilibrium

            return getattr(kosho.equilibrium, name)
        case "Register":
            import kosho.law

            return kosho.law.Register
        case "World":
            import kosho.world

            return kosho.world.World
        case "bargain":
            import kosho.bargain as room
        case "bench":
            import kosho.bench as room
        case "brief":
            import kosho.brief as room
        case "case":
            import kosho.case as room
        case "codes":
            import kosho.codes as room
        case "corridor":
            import kosho.corridor as room
        case "equilibrium":
            import kosho.equilibrium as room
        case "errors":
            import kosho.errors as room
        case "impact":
            import kosho.impact as room
        case "law":
            import kosho.law as room
        case "lines":
            import kosho.lines as room
        case "policy":
            import kosho.policy as room
        case "provenance":
            import kosho.provenance as room
        case "record":
            import kosho.record as room
        case "replications":
            import kosho.replications as room
        case "scenario":
            import kosho.scenario as room
        case "schemas":
            import kosho.schemas as room
        case "starter":
            import kosho.starter as room
        case "validation":
            import kosho.validation as room
        case "world":
            import kosho.world as room
        case _:
            raise AttributeError(f"module 'kosho' has no attribute {name!r}")
    return room


def __dir__() -> list[str]:
    return sorted({*(name for name in globals() if name.startswith("__")), *__all__, *_ROOMS} - {"policy"})
