"""Aggregation of bare arrays, on flows and never on shares; see `World.aggregate`.

Flows, tariff revenue, spending on inputs and final spending are added up. Trade inside a region becomes
domestic; duties it bore vanish from spending, in proportion over its uses, so that an equilibrium stays one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np

from kosho.arguments import note_sort
from kosho.arrays import Array, Index, Mask
from kosho.errors import Problems, suggest
from kosho.language import N_, _
from kosho.world.calibrate import ratio
from kosho.world.economy import Arrays, PhysicalFlow
from kosho.world.notes import PART

__all__ = ["Aggregated", "Grouped", "Grouping", "grouped", "leaves"]

Groups = Mapping[str, Sequence[str]]

WHOLE = 0.99
"""A quantity of a whole cell stands for an aggregated cell only if it covered this much of its value."""


@dataclass(frozen=True, eq=False)
class Grouping:
    """Codes of groups in order, and the group of every member."""

    codes: tuple[str, ...]
    place: Index
    """`[member]`, position of its group."""
    members: dict[str, tuple[str, ...]]

    def add(self, values: Array, axis: int) -> Array:
        """Sums of `values` over the members of each group along `axis`."""
        moved = np.moveaxis(values, axis, 0)
        total = np.zeros((len(self.codes), *moved.shape[1:]))
        np.add.at(total, self.place, moved)
        return np.moveaxis(total, 0, axis)


@dataclass(frozen=True, eq=False)
class Aggregated:
    """Arrays of an aggregated world, as `World.from_flows` takes them."""

    flows: Array
    tariff: Array
    gamma: Array
    alpha: Array
    theta: Array
    inside: Array
    """`[country, sector]`, duties that trade inside each region bore, by sector of before."""


@dataclass(frozen=True, eq=False)
class Grouped:
    """Which countries go together, and which sectors."""

    region: Grouping
    sector: Grouping

    def aggregate(self, a: Arrays) -> Aggregated:
        """Flows, revenue, spending on inputs and final spending added up."""
        region, sector = self.region, self.sector
        revenue = region.add(region.add(a.flows * a.tariff, 0), 1)
        home = np.arange(len(region.codes))
        inside = revenue[home, home, :].copy()
        revenue[home, home, :] = 0.0
        spending = region.add(a.expenditure, 0)
        kept = ratio(spending - inside, spending, 1.0)
        inputs = region.add(a.gamma * a.output[:, None, :], 0) * kept[:, :, None]
        final = sector.add(region.add(a.alpha * a.income[:, None], 0) * kept, 1)
        flows = self.add_cells(a.flows)
        revenue = sector.add(revenue, 2)
        inputs = sector.add(sector.add(inputs, 1), 2)
        output = flows.sum(axis=0)
        return Aggregated(
            flows,
            self._rates(a.tariff, revenue, flows),
            ratio(inputs, np.broadcast_to(output[:, None, :], inputs.shape), 0.0),
            final / final.sum(axis=1, keepdims=True),
            self.theta(a.flows, a.theta),
            inside,
        )

    def add_cells(self, values: Array) -> Array:
        """Sums of `[importer, exporter, sector]` over members."""
        return self.sector.add(self.region.add(self.region.add(values, 0), 1), 2)

    def _rates(self, tariff: Array, revenue: Array, flows: Array) -> Array:
        """Average rates: revenue over net imports; the plain mean of members where nothing is imported."""
        plain = self.add_cells(tariff) / self.add_cells(np.ones(tariff.shape))
        home = np.arange(len(self.region.codes))
        plain[home, home, :] = 0.0
        return ratio(revenue, flows, plain)

    def theta(self, flows: Array, values: Array) -> Array:
        """Means of a `[sector]` figure weighted by trade between countries, by sales where there is none."""
        sector = self.sector
        domestic = np.einsum("nns->s", flows)
        trade = flows.sum(axis=(0, 1)) - domestic
        traded = sector.add(trade, 0)[sector.place] > 0
        weight = np.where(traded, np.maximum(trade, 0.0), domestic)
        weight = np.where(sector.add(weight, 0)[sector.place] > 0, weight, 1.0)
        return sector.add(weight * values, 0) / sector.add(weight, 0)

    def unknown(self, mask: Mask, flows: Array) -> Mask:
        """A cell is unknown where most of its trade, or the one cell it is, bears an unknown rate."""
        weight = flows + 1e-12  # cells without trade count among themselves
        unknown = self.add_cells(mask * weight) / self.add_cells(weight) > 0.5
        home = np.arange(len(self.region.codes))
        unknown[home, home, :] = False
        return unknown

    def units(
        self, units: Sequence[tuple[PhysicalFlow, tuple[int, int, int]]], flows: Array, new: Array
    ) -> tuple[tuple[PhysicalFlow, ...], list[str]]:
        """Physical flows of the regions: those that fall together are added, what no longer fits is named.

        Args:
            units: Quantities, each with importer, exporter and sector it belongs to.
            flows: Of before.
            new: Of the regions.
        """
        region, sector = self.region, self.sector
        totals: dict[tuple[int, int, int, str, str | None], tuple[float, float, str]] = {}
        for flow, (n, i, s) in units:
            key = (region.place[n], region.place[i], sector.place[s], flow.unit, flow.part)
            quantity, value, source = totals.get(key, (0.0, 0.0, flow.source))
            totals[key] = (quantity + flow.quantity, value + flows[n, i, s], source)
        kept: list[PhysicalFlow] = []
        notes: list[str] = []
        for (n, i, s, unit, part), (quantity, value, source) in totals.items():
            importer, exporter, code = region.codes[n], region.codes[i], sector.codes[s]
            if n == i or (part is None and value < WHOLE * new[n, i, s]):
                notes.append(PART.format(unit=unit, exporter=exporter, importer=importer, sector=code))
            else:
                kept.append(PhysicalFlow(exporter, importer, code, quantity, unit, part, source))
        return tuple(kept), notes


def grouped(
    regions: Groups | None, sectors: Groups | None, countries: tuple[str, ...], codes: tuple[str, ...]
) -> Grouped:
    """Countries and sectors in groups; None keeps each by itself.

    Raises:
        InputError: unknown, missing or repeated members; all of them are listed.
    """
    problems = Problems()
    for key, given in (("regions", regions), ("sectors", sectors)):
        _note_groups(problems, given, key)
    problems.raise_if_any()
    region = _grouping(regions, countries, N_("country"), "regions", problems)
    sector = _grouping(sectors, codes, N_("sector"), "sectors", problems)
    problems.raise_if_any()
    return Grouped(region, sector)


def leaves(
    outer: Mapping[str, tuple[str, ...]], inner: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """Members of groups of groups, each once."""
    return {
        code: tuple(dict.fromkeys(leaf for m in members for leaf in inner.get(m, (m,))))
        for code, members in outer.items()
    }


def _note_groups(problems: Problems, given: object, key: str) -> None:
    """Note groups that are no mapping from codes to lists of codes."""
    if given is None or not note_sort(problems, given, Mapping, key):
        return
    for code, members in cast("Mapping[object, object]", given).items():
        if not isinstance(code, str) or isinstance(members, str) or not isinstance(members, Sequence):
            problems.add(
                _("{code!r} has no list of members", code=code), _("such as {'PAC': ('JPN', 'USA')}"), key=key
            )


def _grouping(
    groups: Groups | None, members: tuple[str, ...], what: str, key: str, problems: Problems
) -> Grouping:
    """A grouping of `members`; mistakes are noted in `problems`."""
    if groups is None:
        groups = {code: (code,) for code in members}
    place: dict[str, int] = {}
    for position, (code, wanted) in enumerate(groups.items()):
        if not wanted:
            problems.add(_("{code} has no members", code=code), key=key)
        for member in wanted:
            if member not in members:
                problems.add(
                    _("unknown {what} {member!r} in {code}", what=_(what), member=member, code=code),
                    suggest(member, members),
                    key=key,
                )
            elif member in place:
                problems.add(
                    _(
                        "{member} is in two groups, {tuple} and {code}",
                        member=member,
                        tuple=tuple(groups)[place[member]],
                        code=code,
                    ),
                    key=key,
                )
            else:
                place[member] = position
    left = [member for member in members if member not in place]
    if left:
        problems.add(
            _(
                "{names} {part} in no group",
                names=", ".join(left[:10]),
                part=_("is") if len(left) == 1 else _("are"),
            ),
            key=key,
        )
        return Grouping((), np.zeros(0, dtype=np.intp), {})
    return Grouping(
        tuple(groups),
        np.array([place[member] for member in members], dtype=np.intp),
        {code: tuple(wanted) for code, wanted in groups.items()},
    )
