"""What a party to a tariff game makes largest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kosho.display import Shown
from kosho.equilibrium import Closure, Outcome, Payoff
from kosho.errors import Problems, suggest
from kosho.language import _
from kosho.world import World
from kosho.world.csv_input import number, rows_of

__all__ = ["Objective", "Objectives", "objectives_of", "read_weights"]

Weights = Mapping[tuple[str, str], float]
"""By party and code: of a sector of its own, or of another economy."""

HEAVIEST = 1000.0
"""Largest weight: a dollar that counts a thousand times another is a slip of the pen."""


@dataclass(frozen=True)
class Objective(Shown):
    """A party's real income, with political weights of its sectors, and weights of other economies' real
    incomes.

    With z the real income of a sector (Ossa 2014: its labour's and its profits, and a share of revenue in
    proportion to labour), lambda its weight, and W the real income of another economy with weight omega, a
    government makes largest

        G = sum lambda z + sum omega W,

    all at base consumer prices. Where all lambda are one, the first sum is the party's real income.

    >>> from kosho.bargain.optimal_tariffs import Objective
    >>> Objective(sectors={"C29": 1.5})
    Objective(sectors={C29: 1.5})
    """

    sectors: Mapping[str, float] = field(default_factory=dict)
    """lambda, zero or more; one for every sector that is not named."""
    others: Mapping[str, float] = field(default_factory=dict)
    """omega of other economies, of either sign; zero for every one that is not named."""


def read_weights(path: Path) -> Weights:
    """Political weights from a table `party,code,weight`: whatever `kosho.tabular` reads as CSV.

    Raises:
        InputError: the file cannot be read, or has mistakes; all of them are listed, with their lines.
    """
    problems = Problems(str(path))
    found: dict[tuple[str, str], float] = {}
    for line, row in rows_of(path, ("party", "code", "weight")):
        key = (row["party"], row["code"])
        amount = number(row["weight"], "weight", line, problems)
        if not all(key):
            problems.add(_("names no party or no code"), _("such as USA,C29,1.5"), line=line)
        elif key in found:
            problems.add(_("{names} has two weights", names=":".join(key)), _("one"), line=line, key="code")
        elif amount is not None:
            found[key] = amount
    problems.raise_if_any()
    return found


def objectives_of(weights: Weights, world: World) -> dict[str, Objective]:
    """Objectives by party, from weights of its sectors and of other economies.

    Raises:
        InputError: codes that are neither; all of them are listed.

    >>> from kosho.bargain.objectives import objectives_of
    >>> from kosho.world import toy
    >>> objectives_of({("USA", "C29"): 1.5, ("USA", "JPN"): 0.2}, toy())
    {'USA': Objective(sectors={C29: 1.5}, others={JPN: 0.2})}
    """
    problems = Problems()
    sectors: dict[str, dict[str, float]] = {}
    others: dict[str, dict[str, float]] = {}
    for (party, code), amount in weights.items():
        if code not in world.sectors and code not in world.countries:
            hint = suggest(code, [*world.sectors, *world.countries])
            problems.add(
                _("{code!r} is no sector or economy of this world", code=code),
                hint,
                key=f"weight of {party}:{code}",
            )
        (sectors if code in world.sectors else others).setdefault(party, {})[code] = amount
    problems.raise_if_any()
    return {who: Objective(sectors.get(who, {}), others.get(who, {})) for who in {**sectors, **others}}


@dataclass(frozen=True, eq=False)
class Objectives:
    """The objectives of all parties in one base, and how large each is there."""

    payoffs: Mapping[str, tuple[tuple[float, Payoff], ...]]
    """By party: payoffs with weights, whose sum is the change of the objective (in the world's money)."""
    level: Mapping[str, float]
    """By party, the objective in the base."""

    @staticmethod
    def of(
        base: World, parties: Sequence[str], given: Mapping[str, Objective], closure: Closure | None = None
    ) -> Objectives:
        """Those given, and real income for every other party.

        Raises:
            InputError: a party that does not decide, unknown codes, weights below zero, or an objective that is
                nothing in the base.
        """
        _refuse(base, parties, given)
        payoffs: dict[str, tuple[tuple[float, Payoff], ...]] = {}
        level: dict[str, float] = {}
        problems = Problems()
        for party in parties:
            one = given.get(party, Objective())
            excess = {code: weight - 1.0 for code, weight in one.sectors.items() if weight != 1.0}
            mine = Payoff(party, incomes=excess)
            theirs = ((weight, Payoff(code)) for code, weight in one.others.items())
            payoffs[party] = ((1.0, mine), *theirs)
            level[party] = sum(weight * payoff.base(base, closure) for weight, payoff in payoffs[party])
            if not level[party] > 0:
                problems.add(
                    _("is nothing, or less, in the base"), _("larger weights"), key=f"objectives[{party!r}]"
                )
        problems.raise_if_any()
        return Objectives(payoffs, level)

    def weighted(self, weights: Mapping[str, float]) -> list[tuple[float, Payoff]]:
        """Payoffs whose sum is a weighted sum of gains."""
        return [
            (weight / self.level[party] * times, payoff)
            for party, weight in weights.items()
            for times, payoff in self.payoffs[party]
        ]

    def gains(self, outcome: Outcome) -> dict[str, float]:
        """Changes of the objectives over their levels in the base."""
        return {
            party: sum(weight * payoff.of(outcome) for weight, payoff in payoffs) / self.level[party]
            for party, payoffs in self.payoffs.items()
        }


def _refuse(base: World, parties: Sequence[str], given: Mapping[str, Objective]) -> None:
    problems = Problems()
    for party, one in given.items():
        key = f"objectives[{party!r}]"
        if party not in parties:
            problems.add(_("does not decide here"), suggest(party, parties), key=key)
        for code, weight in one.sectors.items():
            if code not in base.sectors:
                problems.add(_("unknown sector {code!r}", code=code), suggest(code, base.sectors), key=key)
            elif not 0.0 <= weight <= HEAVIEST:
                problems.add(
                    _("weight of {code} is {weight:g}", code=code, weight=weight),
                    _("from zero to {heaviest:,g}", heaviest=HEAVIEST),
                    key=key,
                )
        for code, weight in one.others.items():
            if code == party:
                problems.add(
                    _("{code!r} is the party itself", code=code), _("its own income counts one"), key=key
                )
            elif code not in base.countries:
                problems.add(
                    _("{code!r} is no other economy", code=code), suggest(code, base.countries), key=key
                )
            elif not abs(weight) <= HEAVIEST:
                problems.add(
                    _("weight of {code} is {weight:g}", code=code, weight=weight),
                    _("at most {heaviest:,g} either way", heaviest=HEAVIEST),
                    key=key,
                )
    problems.raise_if_any()
