"""The negotiating table: packages, the frontier, and the deals that leave every side better off."""

from kosho.bargain.deadline import DeadlineGame, alternating_offers
from kosho.bargain.frontier import frontier
from kosho.bargain.game import Game
from kosho.bargain.grid import Grid
from kosho.bargain.solutions import CONCEPTS, solutions
from kosho.bargain.table import Table

__all__ = [
    "CONCEPTS",
    "DeadlineGame",
    "Game",
    "Grid",
    "Table",
    "alternating_offers",
    "frontier",
    "solutions",
]
