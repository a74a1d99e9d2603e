"""`Counterfactual`: a shock with quantity constraints and product nests, the one input of the solvers."""

from __future__ import annotations

from dataclasses import dataclass

from kosho.arguments import note_sort
from kosho.display import Card, Shown, listing, thing
from kosho.equilibrium.constraints import Constraint
from kosho.equilibrium.nests import Nest
from kosho.equilibrium.shock import Shock
from kosho.errors import InputError, Problem, Problems
from kosho.language import _

__all__ = ["Counterfactual", "as_counterfactual"]


@dataclass(frozen=True, eq=False)
class Counterfactual(Shown):
    """What `solve`, `solve_batch` and `gradient` are asked: what would happen if all of this changed.

    Raises:
        InputError: something in it is not of the type that its field names.

    >>> from kosho.equilibrium import Counterfactual, Flow, Purchase, Shock
    >>> from kosho.world import toy
    >>> crops = Purchase(name="crops", flows=(Flow("JPN", "USA", "A01"),), amount=0.2, basis="increment")
    >>> Counterfactual(Shock.tariffs(toy(), {("USA", "JPN", "C29"): 0.15}), (crops,))
    Counterfactual
      shock                 Shock: 1 part changed
      constraints           crops
      products told apart   none
    """

    shock: Shock
    """Tariffs, trade costs and rents of parts of cells."""
    constraints: tuple[Constraint, ...] = ()
    """Quotas, tariff quotas and purchase commitments, met to 1e-7; each with a name of its own. A list is made
    a tuple."""
    nests: tuple[Nest, ...] = ()
    """Products that buyers tell apart from the rest of their sector."""

    def __post_init__(self) -> None:
        given = type(self.constraints), type(self.nests)
        if type(self.shock) is Shock and given == (tuple, tuple) and not (self.constraints or self.nests):
            return  # by the thousand, with nothing to look at
        problems = Problems()
        note_sort(problems, self.shock, Shock, "shock")
        for name, kind in (("constraints", Constraint), ("nests", Nest)):
            given = getattr(self, name)
            if note_sort(problems, given, (tuple, list), name):
                for k, one in enumerate(given):
                    note_sort(problems, one, kind, f"{name}[{k}]")
                object.__setattr__(self, name, tuple(given))
        problems.raise_if_any()

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


def as_counterfactual(given: object, argument: str = "counterfactual") -> Counterfactual:
    """A counterfactual as it is; a shock as one without constraints and nests.

    Raises:
        InputError: it is neither; the error names `argument`.
    """
    if isinstance(given, Counterfactual):
        return given
    if isinstance(given, Shock):
        return Counterfactual(given)
    what = _("is a {name}, not a Counterfactual or a Shock", name=type(given).__name__)
    raise InputError(Problem(what, _("see Shock.tariffs and Shock.parts"), key=argument))
