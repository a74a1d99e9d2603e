"""Constraints against a world: which varieties they bound, and at what level."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from kosho.arrays import Array, Mask
from kosho.equilibrium.complementarity import WedgeBounds
from kosho.equilibrium.constraints import WORLD, Constraint, Flow, Purchase, Quota, TariffQuota
from kosho.equilibrium.nests import Varieties
from kosho.equilibrium.shock import Shock
from kosho.errors import Problems, suggest
from kosho.language import _
from kosho.world import World

__all__ = [
    "at_inside_rates",
    "base_net",
    "bounds_of",
    "chosen",
    "holder_of",
    "levels",
    "markets_of",
    "rows_of",
    "weights_of",
    "without",
]


def markets_of(base: World, constraints: Sequence[Constraint]) -> list[tuple[int, int]]:
    """Importers and sectors that constraints name; refuses unknown labels and names given twice."""
    problems, seen = Problems(), set[str]()
    for constraint in constraints:
        if constraint.name in seen:
            problems.add(
                _("two constraints are named {name!r}", name=constraint.name), _("each needs a name of its own")
            )
        seen.add(constraint.name)
        countries = [code for flow in constraint.flows for code in (flow.importer, flow.exporter)]
        if isinstance(constraint, Quota | TariffQuota) and constraint.holder not in ("importer", "exporter"):
            countries.append(constraint.holder)
        if constraint.deflator != WORLD:
            countries.append(constraint.deflator)
        for code, known in (
            *((code, base.countries) for code in dict.fromkeys(countries)),
            *((flow.sector, base.sectors) for flow in constraint.flows),
        ):
            if code not in known:
                problems.add(
                    _("{name}: unknown label {code!r}", name=constraint.name, code=code), suggest(code, known)
                )
    problems.raise_if_any()
    return [
        (base.position(flow.importer), base.sector_position(flow.sector))
        for constraint in constraints
        for flow in constraint.flows
    ]


def rows_of(of: Varieties, base: World, constraints: Sequence[Constraint]) -> Mask:
    """Which varieties each constraint is about `(c, v)`."""
    problems = Problems()
    found = np.zeros((len(constraints), len(of.row)), bool)
    s, part = of.shock, np.array(of.shock.part, object)[of.row]
    for c, constraint in enumerate(constraints):
        for flow in constraint.flows:
            here = _in_cell(of, base, flow)
            named = here & (part == flow.part) if flow.part else here
            if flow.part and not named.any():
                known = {str(label) for label in part[here]} - {""}
                problems.add(
                    _(
                        "{name}: there is no part {part!r} in {importer} from {exporter}, {sector}",
                        name=constraint.name,
                        part=flow.part,
                        importer=flow.importer,
                        exporter=flow.exporter,
                        sector=flow.sector,
                    ),
                    suggest(flow.part, known) or _("parts are named in the shock or in a nest"),
                )
            found[c] |= named
        if isinstance(constraint, TariffQuota) and (s.rent[of.row[found[c]]] > 0).any():
            problems.add(_("{name}: these imports already bear a rent", name=constraint.name))
    problems.raise_if_any()
    return found


def _in_cell(of: Varieties, base: World, flow: Flow) -> Mask:
    s, row = of.shock, of.row
    return (
        (s.importer[row] == base.position(flow.importer))
        & (s.exporter[row] == base.position(flow.exporter))
        & (s.sector[row] == base.sector_position(flow.sector))
    )


def at_inside_rates(of: Varieties, constraints: Sequence[Constraint], rows: Mask) -> Varieties:
    """Imports under a tariff quota start from its lower rate."""
    tariff = of.shock.tariff.copy()
    for constraint, mine in zip(constraints, rows, strict=True):
        if isinstance(constraint, TariffQuota):
            tariff[of.row[mine]] = constraint.inside
    return of.with_shock(replace(of.shock, tariff=tariff))


def without(of: Varieties, banned: Mask) -> Varieties:
    """The varieties with some of them banned `(v,)`."""
    cost = of.shock.cost.copy()
    cost[of.row[banned]] = np.inf
    return of.with_shock(replace(of.shock, cost=cost))


def bounds_of(of: Varieties, base: World, constraints: Sequence[Constraint], rows: Mask) -> WedgeBounds:
    """Constraints as weights on varieties and bounds in levels.

    Raises:
        InputError: a unit the world does not count, or an increment that takes away more than there is.
    """
    problems = Problems()
    net = base_net(of, base)
    weight = weights_of(of, base, constraints, rows, net)
    amounts = np.array([one.amount for one in constraints])[:, None]
    required = levels(constraints, (weight @ net)[:, None], amounts)
    for constraint, (level,) in zip(constraints, required, strict=True):
        if level < 0 and not isinstance(constraint, Purchase):
            problems.add(
                _(
                    "{name}: {amount:g} on top of the base is below zero",
                    name=constraint.name,
                    amount=constraint.amount,
                )
            )
    problems.raise_if_any()
    deflators = [
        base.position(one.deflator) if one.measured == "value" and one.deflator != WORLD else -1
        for one in constraints
    ]
    return WedgeBounds(
        tuple(constraints),
        weight,
        required,
        np.array([one.cap for one in constraints]),
        np.array(deflators, np.intp),
    )


def weights_of(of: Varieties, base: World, constraints: Sequence[Constraint], rows: Mask, net: Array) -> Array:
    """What each constraint counts of a unit of net flow `(c, v)`, or `(c, v, b)` for flows in several bases.

    Args:
        of: The varieties.
        base: Where goods are counted: as many tonnes as here are in the trade of every base.
        constraints: On them.
        rows: Which varieties each is about `(c, v)`.
        net: Their net flows `(v,)` or `(v, b)`.

    Raises:
        InputError: a unit the world does not count.
    """
    problems = Problems()
    weight = np.zeros((len(rows), *net.shape)) + rows.reshape(*rows.shape, *(1,) * (net.ndim - 1))
    for c, constraint in enumerate(constraints):
        if constraint.unit:
            weight[c] = _per_money(of, base, constraint, net, problems)
    problems.raise_if_any()
    return weight


def levels(constraints: Sequence[Constraint], before: Array, amounts: Array) -> Array:
    """Bounds in levels `(c, b)`, for imports in the base `(c, 1)`, or of each its own, and amounts `(c, b)`."""
    base = np.broadcast_to(before, amounts.shape)
    return np.array(
        [
            {"level": amount, "increment": start + amount, "share": start * amount}[one.basis]
            for one, start, amount in zip(constraints, base, amounts, strict=True)
        ]
    ).reshape(amounts.shape)


def chosen(bounds: WedgeBounds, which: Sequence[int]) -> WedgeBounds:
    """Some of the bounds."""
    at = np.array(which, np.intp)
    constraints = tuple(bounds.constraints[c] for c in which)
    return WedgeBounds(constraints, bounds.weight[at], bounds.required[at], bounds.cap[at], bounds.deflator[at])


def base_net(of: Varieties, base: World) -> Array:
    """Net flow of each variety in the base `(v,)`."""
    spending = base.arrays.expenditure[of.importer, of.sector][of.market]
    return spending * of.base / (1.0 + of.shock.base_tariff[of.row])


def _per_money(of: Varieties, base: World, constraint: Constraint, net: Array, problems: Problems) -> Array:
    """Units counted per money of base net flow, as `net`."""
    weight = np.zeros_like(net)
    for flow in constraint.flows:
        counted = [
            one
            for one in base.units
            if (one.importer, one.exporter, one.sector) == (flow.importer, flow.exporter, flow.sector)
            and (one.part or "") == flow.part
            and one.unit == constraint.unit
        ]
        here = _in_cell(of, base, flow)
        if flow.part:
            here &= np.array(of.shock.part, object)[of.row] == flow.part
        total = net[here].sum(axis=0)
        if not counted or not np.any(total > 0):
            problems.add(
                _(
                    "{name}: the world does not count {flow} in {unit!r}",
                    name=constraint.name,
                    flow=flow,
                    unit=constraint.unit,
                )
            )
            continue
        weight[here] = counted[-1].quantity / total
    return weight


def holder_of(base: World, constraint: Constraint, shock: Shock, row: int) -> int:
    """Position of the country that earns the rent of a constraint on a row of a shock."""
    named = constraint.holder if isinstance(constraint, Quota | TariffQuota) else ""
    if named == "importer":
        return int(shock.importer[row])
    return int(shock.exporter[row]) if named == "exporter" else base.position(named)
