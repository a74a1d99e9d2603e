"""The negotiating table: packages, the frontier, and the deals that leave every side better off."""

from typing import TYPE_CHECKING, Any

from kosho.bargain.alternating_offers import DeadlineGame, alternating_offers
from kosho.bargain.frontier import frontier
from kosho.bargain.game import Game
from kosho.bargain.packages import Grid
from kosho.bargain.solutions import CONCEPTS, SolutionConcept, solutions
from kosho.bargain.table import Table

if TYPE_CHECKING:
    from kosho.bargain.deal import Deal as Deal
    from kosho.bargain.deal import Effort as Effort
    from kosho.bargain.deal import negotiate as negotiate

__all__ = [
    "CONCEPTS",
    "DeadlineGame",
    "Deal",
    "Effort",
    "Game",
    "Grid",
    "SolutionConcept",
    "Table",
    "alternating_offers",
    "frontier",
    "negotiate",
    "solutions",
]


def __getattr__(name: str) -> Any:
    # A table can be read and a game solved without the solver of the economy.
    if name in ("Deal", "Effort", "negotiate"):
        from kosho.bargain import deal

        return getattr(deal, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
