"""`Sales`: a table taken up row by row, as it is published, and made an `IOTable` by named rules.

Every format of a matrix of industries by industries comes through here, so that what is negative, too small to
be anything, or does not add up is treated alike and told alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from kosho.arrays import Array
from kosho.display import plural
from kosho.errors import InputError, Problem, Problems, suggest
from kosho.language import _
from kosho.limits import refuse_beyond
from kosho.world.notes import below_zero
from kosho.world.readers.reader import clipped, formed_or_none
from kosho.world.store import IOTable

__all__ = ["DUST", "INVENTORIES", "MOST", "RULES", "Sales", "rule_of"]

RULES: Mapping[str, str] = {
    "net": "final demand is added over its categories, and what is negative then is zero",
    "apart": "falls of inventories are zero before anything is added, as if made in the year (Costinot & "
    "Rodríguez-Clare 2014)",
    "out": "changes of inventories are left out",
}
"""What becomes of inventories, by name of the rule."""
INVENTORIES = "net, apart or out: " + "; ".join(f"{name}, {text}" for name, text in RULES.items())
DUST = 1e-6
"""Million USD, one dollar a year: a flow below it is no trade, but what a balancing procedure left."""
TOLERANCE = 1e-4
MOST = 20
"""Mistakes listed before reading stops."""
NUMBER_BYTES = 24
"""Of memory for a number of the arrays, while the table is made."""


def rule_of(settings: Mapping[str, str]) -> str:
    """The rule for inventories that `--set inventories=` names.

    Raises:
        InputError: there is none of that name.
    """
    rule = settings.get("inventories", "net")
    if rule not in RULES:
        hint = suggest(rule, RULES) or _("one of {names}", names=", ".join(RULES))
        raise InputError(Problem(_("unknown rule for inventories {rule!r}", rule=rule), hint, key="--set"))
    return rule


@dataclass(eq=False)
class Sales:
    """What every industry of every economy sells, to whom. N economies, S sectors, C categories."""

    countries: tuple[str, ...]
    sectors: tuple[str, ...]
    categories: tuple[str, ...]
    """Of final demand."""
    stocks: frozenset[str] = frozenset()
    """Categories that are changes of inventories."""
    rule: str = "net"
    """Of `RULES`."""
    scale: float = 1.0
    """What values of the file are multiplied by to be million USD."""
    formation: str = ""
    """Category that is gross fixed capital formation, where the source tells it apart."""
    notes: list[str] = field(default_factory=list)
    """What was done, in words."""
    intermediate: Array = field(init=False)
    final: Array = field(init=False)
    formed: Array = field(init=False)
    """`[country, sector]`, what of final demand is capital formation."""
    by_input: Array = field(init=False)
    """`[input, country, user]`: what a row adds to lies together."""
    _stocked: float = field(default=0.0, init=False)
    _negative: list[tuple[float, str]] = field(default_factory=list, init=False)
    """The largest negative intermediate sale of each row that has one, and between whom."""
    _negatives: tuple[int, float] = field(default=(0, 0.0), init=False)
    """How many there are, and what they add up to."""

    def __post_init__(self) -> None:
        n, s = len(self.countries), len(self.sectors)
        refuse_beyond("numbers", n * s * (2 * n + s), NUMBER_BYTES)
        self.intermediate, self.final = np.zeros((n, n, s)), np.zeros((n, n, s))
        self.by_input = np.zeros((s, n, s))
        self.formed = np.zeros((n, s))
        self._ones = np.ones(s)
        self._formation = self.categories.index(self.formation) if self.formation in self.categories else None
        self._stock = np.array([name in self.stocks for name in self.categories], bool)

    def take(self, exporter: int, seller: int, used: Array, bought: Array) -> float:
        """Take up a row, and say what it adds up to; rows of the same industry add up.

        Args:
            exporter: Position of the economy that sells.
            seller: Position of the sector that does.
            used: `[importer, user]`.
            bought: `[importer, category]`.
        """
        if used.min(initial=0.0) < 0:
            self._note_negative(exporter, seller, used)
        by_importer = used @ self._ones  # many short sums: ten times as fast as `sum`
        sold = float(by_importer.sum() + bought.sum())
        self.intermediate[:, exporter, seller] += by_importer
        self.by_input[seller] += used
        if self._formation is not None:
            self.formed[:, seller] += bought[:, self._formation]
        if self.rule == "net" or not self._stock.any():
            self.final[:, exporter, seller] += bought.sum(axis=1)
            return sold
        kept = np.where(self._stock, np.maximum(bought, 0.0) if self.rule == "apart" else 0.0, bought)
        self._stocked += float(np.abs(kept - bought).sum())
        self.final[:, exporter, seller] += kept.sum(axis=1)
        return sold

    def _note_negative(self, exporter: int, seller: int, used: Array) -> None:
        below = used < 0
        importer, user = np.unravel_index(int(used.argmin()), used.shape)
        sides = self.countries[exporter], self.sectors[seller], self.countries[importer], self.sectors[user]
        self._negative.append((float(used.min()), "{} {} to {} {}".format(*sides)))
        number, total = self._negatives
        self._negatives = number + int(below.sum()), total + float(used[below].sum())

    def check(self, row: str, sold: float, total: float, problems: Problems, line: int | None = None) -> None:
        """Note a row that does not add up to its published total."""
        if abs(sold - total) > TOLERANCE * max(abs(total), 1.0):
            problems.add(
                _("row {row} adds up to {sold:.6g}, its OUT is {total:.6g}", row=row, sold=sold, total=total),
                _("equal"),
                line=line,
            )

    def table(self, meta: Mapping[str, Any]) -> IOTable:
        """The table, with what was done to it.

        Raises:
            InputError: an economy sells nothing, or buys nothing for final use.
        """
        self._refuse_empty()
        notes = list(self.notes)
        if self._stocked:
            told = f"{self._stocked * self.scale:.6g} million USD of changes of inventories"
            notes.append(f"inventories by the rule {self.rule!r} ({RULES[self.rule]}): {told}")
        if self._negative:
            notes.append(below_zero(self._negative, *self._negatives))
        intermediate = clipped(self.intermediate, "intermediate sales", notes)
        final = clipped(self.final, "final sales (inventories)", notes)
        if self.scale != 1.0:
            notes.append(f"values of the file times {self.scale:g}")
        intermediate, final = intermediate * self.scale, final * self.scale
        inputs = np.ascontiguousarray(np.maximum(self.by_input, 0.0).transpose(1, 0, 2)) * self.scale
        dust = (intermediate + final > 0) & (intermediate + final < DUST)
        if dust.any():
            intermediate, final = np.where(dust, 0.0, intermediate), np.where(dust, 0.0, final)
            notes.append(f"{plural(int(dust.sum()), 'flow')} of less than a dollar a year set to zero")
        return IOTable(
            self.countries,
            self.sectors,
            intermediate,
            inputs,
            final.sum(axis=0),
            final=final,
            investment=formed_or_none(self.formed * self.scale),
            meta={"unit": "million USD", **meta, "adjustments": [*meta.get("adjustments", ()), *notes]},
        )

    def _refuse_empty(self) -> None:
        problems = Problems()
        sold = (self.intermediate + self.final).sum(axis=(0, 2))
        for k, code in enumerate(self.countries):
            if self.final[k].sum() <= 0:
                problems.add(_("{code} has no final demand", code=code), _("every economy needs columns of it"))
            if sold[k] <= 0:
                problems.add(
                    _("{code} sells nothing", code=code),
                    _("every economy needs rows; leave out one that has none"),
                )
        problems.raise_if_any()
