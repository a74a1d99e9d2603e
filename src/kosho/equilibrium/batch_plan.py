"""What the members of a batch share: frame, elasticities, and the equilibrium that iteration starts from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import xarray as xr

from kosho.arrays import Array
from kosho.equilibrium import batch_loops
from kosho.equilibrium.absorption import Absorption, absorption_of
from kosho.equilibrium.adjoint import Adjoint
from kosho.equilibrium.batch_bases import Bases
from kosho.equilibrium.batch_common import Common
from kosho.equilibrium.batch_constraints import Frame, Given
from kosho.equilibrium.batch_flows import NamedFlow, Told, told_flows
from kosho.equilibrium.batch_loops import Loops
from kosho.equilibrium.batch_markets import Markets
from kosho.equilibrium.batch_shocks import BatchStack
from kosho.equilibrium.batch_system import Family
from kosho.equilibrium.closed_factors import closed_factors
from kosho.equilibrium.closure import Closure
from kosho.equilibrium.counterfactual import Counterfactual
from kosho.equilibrium.fallbacks import find
from kosho.equilibrium.newton_chord import HIGH_RANK, LOW_RANK, RANK, Chord
from kosho.equilibrium.preconditioners import Factors
from kosho.equilibrium.shock import Shock
from kosho.equilibrium.solve import rebase
from kosho.equilibrium.system import cells_of, system_of
from kosho.errors import KoshoError
from kosho.parallel import Shared
from kosho.world import World

__all__ = ["Centre", "Chunk", "Packed", "Plan", "pack"]


FEWEST, FEWEST_BOUNDED = 12, 2
"""Members below which a Jacobian of their own does not pay: without bounds, and with them."""
CENTRE_TOLERANCE = 1e-6
FEW_UNKNOWNS = 2_000
"""Unknowns of a member up to which matrices stay in the cache of a core beside 32 members."""
NEAR_ENOUGH = 20_000
"""Unknowns of a member up to which members go through all steps in one piece of machine code. In larger worlds
each pass is made for all members."""
ABREAST, MANY_ABREAST = 2, 4
"""Sixteens of members that go side by side there, for which each part of the chord is read once: where matrices
stay in the cache, and where they do not."""


class Wanted(NamedTuple):
    """What is told of members besides what all tell."""

    flows: tuple[NamedFlow, ...] = ()
    volumes: bool = True
    """GDP by volume, and what makers bear of duties."""


@dataclass(frozen=True, eq=False)
class Plan:
    """What members with one frame and elasticities near one another share."""

    shared: Shared[World]
    closure: Closure
    tol: float
    theta: xr.DataArray | None
    """Of all members, or in the middle of theirs; None is the world's."""
    frame: Frame | None
    sample: BatchStack
    size: int
    near: Shared[Plan] | None = None
    """One of almost the same elasticities, whose centre will do."""
    compiled: bool = False
    """Whether machine code is wanted, where members share their elasticities."""
    volumes: bool = True
    """Whether GDP by volume and what makers bear of duties are told."""
    moving: bool = False
    """Whether members have bases of their own, told from the world given (`batch_bases`)."""

    def __reduce__(self) -> tuple[type[Plan], tuple[Any, ...]]:
        """Only what it was made of; every process works out the rest for itself."""
        return Plan, (
            self.shared,
            self.closure,
            self.tol,
            self.theta,
            self.frame,
            self.sample,
            self.size,
            self.near,
            self.compiled,
            self.volumes,
            self.moving,
        )

    @property
    def loops(self) -> Loops:
        """The passes over large arrays."""
        if not self.compiled:
            return batch_loops
        from kosho.equilibrium import batch_compiled  # noqa: PLC0415  (half a second, for what takes longer)

        return batch_compiled

    @property
    def fused(self) -> bool:
        """Whether members without rents go through all steps in one piece of machine code."""
        plain = self.factors.markets is None and not self.moving
        return self.compiled and plain and self.unknowns <= NEAR_ENOUGH

    @property
    def abreast(self) -> int:
        """Sixteens of members that go side by side there."""
        return ABREAST if self.unknowns <= FEW_UNKNOWNS else MANY_ABREAST

    @property
    def unknowns(self) -> int:
        """Wages, prices and expenditure of one member."""
        return len(self.world.countries) * (1 + 2 * len(self.world.sectors))

    @property
    def world(self) -> World:
        """The world given."""
        return self.shared.value

    @cached_property
    def given(self) -> World:
        """The world with the elasticities asked for."""
        return self.world if self.theta is None else self.world.with_theta(self.theta)

    @cached_property
    def base(self) -> World:
        """The equilibrium that effects are relative to, or that members' own bases are told from."""
        return self.given if self.moving else rebase(self.given, closure=self.closure)

    @cached_property
    def factors(self) -> Factors:
        """Of the base, under the closure."""
        found = closed_factors(self.base, self.closure)
        return replace(found, deficits=np.zeros_like(found.deficits)) if self.moving else found

    @cached_property
    def absorption(self) -> Absorption | None:
        """What makers bear of duties."""
        return absorption_of(self.closure, self.world)

    @cached_property
    def markets(self) -> Markets | None:
        """The frame's markets, before the amounts of each member.

        Raises:
            InputError: labels, parts or amounts do not fit the world.
        """
        return None if self.frame is None else Markets.of_frame(self.frame, self.base)

    @property
    def together(self) -> bool:
        """Whether a Jacobian of their own pays, and has wages of countries alone."""
        if self.closure.by_sector:
            return False
        fewest = FEWEST if self.frame is None else FEWEST_BOUNDED
        return self.size >= fewest

    @property
    def alone(self) -> Plan:
        """The same with a centre of its own."""
        return replace(self, near=None)

    @cached_property
    def common(self) -> Common:
        """What members share, as the loops read it."""
        return Common(self.factors, self.centre.scale, self.loops)

    @cached_property
    def inverse(self) -> Any:
        """The chord of the centre, as machine code multiplies by it."""
        from kosho.equilibrium.batch_fused import inverse  # noqa: PLC0415  (as above)

        return inverse(self.centre.chord)

    @cached_property
    def centre(self) -> Centre:
        """The average shock, solved."""
        if self.near is not None:
            return self.near.value.centre
        base = self.factors
        try:
            family = Family.of(Common(base, base.spending.T), self.base, self.sample)
            values = find(family.average(), self.world, CENTRE_TOLERANCE).values
        except KoshoError:  # a member that cannot be solved fails by itself later
            nothing = Shock.none(self.base)
            system = system_of(self.base, nothing, cells_of(nothing, self.base), base)
            values = find(system, self.world, CENTRE_TOLERANCE).values
        adjoint = Adjoint.at(values)
        point = values.point
        rows = [point.log_wage, point.log_price.T.ravel(), np.where(adjoint.spending > 0, 1.0, 0.0).ravel()]
        if not self.fused:
            chord = Chord.at(values, self.loops, RANK)
        else:  # NumPy's loops take as long for these, and need no machine code
            chord = Chord.at(values, batch_loops, LOW_RANK if self.unknowns <= FEW_UNKNOWNS else HIGH_RANK)
        return Centre(chord, np.concatenate(rows)[:, None], adjoint.scale)


@dataclass(frozen=True, eq=False)
class Centre:
    """The equilibrium of the average member, with the inverse Jacobian there."""

    chord: Chord
    state: Array  # log wages, log prices, expenditure over its scale (N + 2 SN, 1)
    scale: Array  # (S, N)


@dataclass(frozen=True, eq=False)
class Packed:
    """Changes of one frame in columns; names of parts take long to copy to another process."""

    stack: BatchStack  # outside the frame's markets
    given: Given | None  # inside them
    theta: Array | None = None  # elasticities of each (S, b), where they differ
    told: Told | None = None  # flows to be told
    bases: Bases | None = None  # of each, where they have their own

    def between(self, first: int, last: int) -> Packed:
        """Some of them, `last` not included."""
        given = None if self.given is None else self.given.between(first, last)
        told = None if self.told is None else self.told.between(first, last)
        theta = None if self.theta is None else self.theta[:, first:last]
        bases = None if self.bases is None else self.bases.take(np.arange(first, last))
        return Packed(self.stack.between(first, last), given, theta, told, bases)


def pack(changes: Sequence[Counterfactual], frame: Frame | None, absorption: Absorption | None) -> Packed:
    """Changes of one frame, or without one, in columns; duties as the equations take them."""
    shocks = [change.shock for change in changes]
    inside = None if frame is None else frame.inside
    if absorption is None:
        stack = BatchStack.outside_of(shocks, inside)
    else:
        stack = BatchStack.of(shocks)
        share = np.concatenate([absorption.share(shock) for shock in shocks])
        charged = absorption.charged(stack, share)
        # What pays a rent besides is refused, by name, when it is solved by itself.
        rent = np.where(charged.moved & (stack.rent != 0), np.nan, charged.rent)
        stack = replace(stack, tariff=charged.tariff, rent=rent, holder=charged.holder, borne=charged.moved)
        stack = stack if inside is None else stack.outside(inside)
    return Packed(stack, None if frame is None else frame.given(changes))


@dataclass(frozen=True, eq=False)
class Chunk:
    """Members that a process solves at once."""

    plan: Shared[Plan]
    members: Sequence[int]
    changes: Sequence[Counterfactual] | Packed
    thetas: tuple[xr.DataArray, ...] | None = None
    """Of each member, where they differ within the plan."""
    flows: tuple[NamedFlow, ...] = ()
    """To be told."""

    def __reduce__(self) -> tuple[type[Chunk], tuple[Any, ...]]:
        """Packed, where that will do."""
        changes = self.packed if self.plan.value.together else self.changes
        return Chunk, (self.plan, self.members, changes, self.thetas, self.flows)

    @property
    def packed(self) -> Packed:
        """The changes in columns."""
        if isinstance(self.changes, Packed):
            return self.changes
        plan = self.plan.value
        found = pack(self.changes, plan.frame, plan.absorption)
        thetas = self.thetas
        theta = None if thetas is None else np.stack([one.to_numpy() for one in thetas], axis=1)
        return replace(found, theta=theta, told=told_flows(plan.base, self.changes, self.flows))

    def world(self, member: int) -> World:
        """The world of one of the members, by its place."""
        plan = self.plan.value
        return plan.given if self.thetas is None else plan.world.with_theta(self.thetas[member])
