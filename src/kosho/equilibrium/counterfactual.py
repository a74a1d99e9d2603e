"""A shock with what no rate can say of it: bounds on quantities, and products told apart."""

from __future__ import annotations

from dataclasses import dataclass

from kosho.display import Card, Shown, listing, thing
from kosho.equilibrium.constraints import Constraint
from kosho.equilibrium.nests import Nest
from kosho.equilibrium.shock import Shock

__all__ = ["Counterfactual", "as_counterfactual"]


@dataclass(frozen=True, eq=False)
class Counterfactual(Shown):
    """Everything that `kosho.equilibrium.solve` is asked of one change."""

    shock: Shock
    constraints: tuple[Constraint, ...] = ()
    nests: tuple[Nest, ...] = ()

    def card(self) -> Card:
        """The shock, and what comes with it."""
        products = (f"{one.product} in {one.importer}" for one in self.nests)
        return Card(
            "Counterfactual",
            [
                ("shock", thing(self.shock)),
                ("constraints", listing(one.name for one in self.constraints)),
                ("products told apart", listing(products)),
            ],
        )

    @property
    def plain(self) -> bool:
        """Whether there is nothing but the shock."""
        return not (self.constraints or self.nests)


def as_counterfactual(change: Shock | Counterfactual) -> Counterfactual:
    """A shock as one without bounds."""
    return change if isinstance(change, Counterfactual) else Counterfactual(change)
