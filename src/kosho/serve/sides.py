"""Two delegations at one table: what each keeps for itself, and a run that tells neither what the other has.

A side's file holds excess weights on sectors and red lines of its own. Its own page counts with them. The
neutral run counts with those of all sides and gives back packages alone: the frontier, the deals by concept,
and of gains only those of sides that agreed to reveal theirs. What it gives back rests on what is private, as
any mediator's advice does; the figures behind it are in no answer, log or error.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
from pydantic import Field

from kosho.arrays import Array, Mask
from kosho.bargain import CONCEPTS, Deal, Game
from kosho.bargain.solutions import solutions
from kosho.bargain.table import Table
from kosho.bounds import WEIGHT
from kosho.errors import InputError, Problem, Problems, suggest
from kosho.language import _
from kosho.law.scope import Actor, Id, Some
from kosho.provenance import Finite, Frozen, Text
from kosho.yamlfile import LineNumbers, load

__all__ = ["Side", "SideFile", "mine", "neutral"]


class OwnLine(Frozen):
    """A red line that only its side knows."""

    title: Text
    forbids: dict[Id, Some[Id]]
    """Options by issue; a package with one of them of every issue named crosses it."""


class SideFile(Frozen):
    """What a side keeps for itself.

    >>> from kosho.serve.sides import SideFile
    >>> SideFile(party="JPN", weights={"jpn-vehicles": 0.3}).reveals
    ()
    """

    party: Actor
    weights: dict[Id, Finite] = Field(default_factory=dict)
    """Excess weight by the id of a weight of the table that is this party's."""
    red_lines: tuple[OwnLine, ...] = ()
    reveals: tuple[Literal["gains"], ...] = ()
    """What the neutral run may tell of this side."""


@dataclass(frozen=True)
class Side:
    """A side's file and the key to its page."""

    file: SideFile
    lines: LineNumbers
    path: str
    key: str

    @staticmethod
    def read(path: Path) -> Side:
        """Read a side's file and make it a key.

        Raises:
            InputError: it breaks the schema.
        """
        file, lines = load(path, SideFile)
        return Side(file, lines, str(path), secrets.token_urlsafe(16))

    def opened_by(self, key: str) -> bool:
        """Whether a key is that of this side."""
        return hmac.compare_digest(self.key.encode(), key.encode("utf-8", "replace"))

    def check(self, table: Table) -> None:
        """Hold the file against the table it is for.

        Raises:
            InputError: party, weight, issue or option is not on it; all mistakes at once, with file and line.
        """
        problems = Problems(self.path)

        def wrong(message: str, hint: str | None, *place: str | int) -> None:
            key = ".".join(map(str, place))
            problems.add(message, hint, line=self.lines[place], key=key)

        if self.file.party not in table.parties:
            wrong(_("no party of this table"), ", ".join(table.parties), "party")
        mine = (one for one in table.file.parties if one.economy == self.file.party)
        owned = [weight.id for one in mine for weight in one.payoff.weights]
        for name, value in self.file.weights.items():
            broken = WEIGHT.broken(value) or (_("must be zero or more") if value < 0 else None)
            if name not in owned:
                wrong(_("no weight of {party}", party=self.file.party), suggest(name, owned), "weights", name)
            elif broken is not None:
                wrong(broken, None, "weights", name)
        for k, line in enumerate(self.file.red_lines):
            for issue, options in line.forbids.items():
                place = ("red_lines", k, "forbids", issue)
                if issue not in table.grid.issues:
                    wrong(_("unknown issue"), suggest(issue, table.grid.issues), *place)
                    continue
                known = [one.id for one in table.file.issues[table.grid.issues.index(issue)].options]
                known += [one.of for one in table.spreads if table.grid.issues[one.issue] == issue]
                for option in set(options) - set(known):
                    wrong(_("no option {option!r}", option=option), suggest(option, known), *place)
        problems.raise_if_any()


def _values(deal: Deal, sides: Sequence[Side]) -> Array:
    """The weights, those of some sides in place of the table's."""
    weights = deal.priced[0].weights
    own = {name: value for side in sides for name, value in side.file.weights.items()}
    return np.array(
        [own.get(name, x) for name, x in zip(weights.names, weights.value.tolist(), strict=True)], float
    )


def _crossed(deal: Deal, line: OwnLine) -> Mask:
    """`[package]`, whether it crosses a line."""
    return deal.table.has(line.forbids)


def _game(deal: Deal, sides: Sequence[Side]) -> Game:
    """The game with what some sides keep for themselves.

    Raises:
        InputError: the red lines of all sides leave no package.
    """
    game = deal.priced[0].at(_values(deal, sides))
    extra = [_crossed(deal, line) for side in sides for line in side.file.red_lines]
    if not extra:
        return game
    crossed = np.column_stack([game.crossed, *extra])
    found = replace(
        game, crossed=crossed, red_lines=(*game.red_lines, *(f"own-{k}" for k in range(len(extra))))
    )
    if not found.allowed.any():
        raise InputError(Problem(_("the red lines of the sides leave no package between them")))
    return found


def neutral(deal: Deal, sides: Sequence[Side]) -> dict[str, Any]:
    """What a mediator who knows all tells everybody."""
    game = _game(deal, sides)
    label = deal.table.grid.label
    open_to = [side.file.party for side in sides if "gains" in side.file.reveals]
    found = {name: int(rows[0]) for name, rows in solutions(game).items()}
    return {
        "zone": game.zone,
        "frontier": [label(k) for k in game.frontier.tolist() if game.allowed[k]],
        "deals": {
            name: {
                "title": CONCEPTS[name].title,
                "options": label(k),
                "gains": {p: float(game.gains[k, deal.table.parties.index(p)]) for p in open_to},
            }
            for name, k in found.items()
        },
        "sides": [side.file.party for side in sides],
    }


def mine(deal: Deal, side: Side, package: int) -> Mapping[str, Any]:
    """A package as its side counts it: with its own weights, against its own red lines."""
    game, k = deal.priced[0].at(_values(deal, [side])), deal.table.parties.index(side.file.party)
    return {
        "party": side.file.party,
        "gain": float(game.gains[package, k]),
        "over_status_quo": float(game.payoffs[package, k] - game.status_quo[k]),
        "crosses": [line.title for line in side.file.red_lines if _crossed(deal, line)[package]],
        "weights": dict(side.file.weights),
    }
