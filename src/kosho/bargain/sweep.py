"""The seam that packages are solved through: ranges of package numbers go in, payoffs come out.

What solves them is a `Backend`: this process with those beside it (`in_process`), or the workers of a cluster
(`kosho.bargain.cluster`). A range is solved as one batch and by itself, so its payoffs are the same to the last
bit whoever solves it and however many there are, on processors of one kind.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from itertools import pairwise
from typing import Any, Protocol

import numpy as np
import xarray as xr

from kosho.arrays import Index
from kosho.bargain.nontariff import Draw
from kosho.bargain.package_shocks import PackageShocks, package_shocks
from kosho.bargain.payoffs import PayoffParts, solve_payoffs
from kosho.bargain.table import BackgroundLaw, Table
from kosho.display import Shown
from kosho.equilibrium import Counterfactual, Deficits
from kosho.equilibrium.batch import WORTH_A_PROCESS
from kosho.parallel import cores, ready
from kosho.progress import Reached
from kosho.unfinished import at_hand
from kosho.world import World

__all__ = [
    "Backend",
    "LaidTable",
    "PricingParameters",
    "SweepTask",
    "background_shocks",
    "in_process",
    "setting_tasks",
    "sweep",
    "sweep_tasks",
]

RANGE = 2048
"""Packages of a task at most: enough for what a batch prepares to be little of it, few enough that a worker
which is lost has not done much."""
AT_ONCE = 50
"""Settings of a task at most: their shocks are held in memory together."""


def background_shocks(table: Table, background: BackgroundLaw, world: World) -> PackageShocks:
    """Packages of a table under one background, compared with the disagreement and the status quo."""
    return package_shocks(table, world, background.packages, (background.disagreement, table.status_quo))


@dataclass(frozen=True, eq=False)
class PricingParameters(Shown):
    """Parameters that packages are priced at, in place of the central ones."""

    theta: xr.DataArray
    """`[sector]`."""
    draw: Draw | None = None
    """Of everything else; in the middle of its range if not given."""
    scale: float = 1.0
    """Of the elasticities between origins of products told apart."""

    @property
    def name(self) -> tuple[bytes | float, ...]:
        """Equal for equal parameters."""
        drawn = () if self.draw is None else (self.draw.nontariff, self.draw.nests)
        return self.scale, *(one.tobytes() for one in (self.theta.to_numpy(), *drawn))

    @staticmethod
    def scaled(world: World, scale: float) -> PricingParameters:
        """Central ones, with every elasticity of a world scaled alike."""
        return PricingParameters(world.theta * scale, scale=scale)


@dataclass(frozen=True, eq=False)
class SweepTask(Shown):
    """Packages that are solved as one batch.

    >>> import numpy as np
    >>> from kosho.bargain.sweep import SweepTask
    >>> len(SweepTask(np.arange(3), compared=True))
    5
    """

    packages: Index
    """Numbers in the table's grid."""
    compared: bool = False
    """Whether the disagreement and the status quo are solved behind them."""
    settings: tuple[PricingParameters, ...] = ()
    """All of it is solved at each of these, one after the other; at the central ones if there are none."""
    deficits: Deficits | None = None
    """Those of the table if not given."""

    @property
    def name(self) -> str:
        """Equal for tasks that ask the same of one laid table."""
        settings = [one.name for one in self.settings]
        asked = self.packages.tobytes(), self.compared, settings, self.deficits
        return sha256(repr(asked).encode()).hexdigest()

    def __len__(self) -> int:
        return (len(self.packages) + 2 * self.compared) * max(1, len(self.settings))


@dataclass(frozen=True, eq=False)
class LaidTable(Shown):
    """A table laid on the law of a background in a world, which ranges of its packages are solved from.

    Pickled, it is what it was made of; another process lays it anew, once.
    """

    table: Table
    background: BackgroundLaw
    world: World
    """The one that was asked for; `shocks.world` may count more products."""
    deficits: Deficits
    like: LaidTable | None = None
    """The same table at other rates, whose shocks those here are made from."""

    def __reduce__(self) -> tuple[type[LaidTable], tuple[Any, ...]]:
        # A copy has none of the arrays by package that the table has made for itself.
        return LaidTable, (replace(self.table), self.background, self.world, self.deficits)

    @cached_property
    def name(self) -> tuple[str, ...]:
        """What tells it from others of the same case, day and world: the background, and the rates laid."""
        grid = self.table.grid
        laid = sha256(repr((grid.issues, grid.options)).encode()).hexdigest()
        return self.background.id, self.deficits, laid

    @cached_property
    def shocks(self) -> PackageShocks:
        """Every package's shock; not collapsed."""
        if self.like is not None:
            return self.like.shocks.relaid(self.table)
        return background_shocks(self.table, self.background, self.world)

    def payoffs(self, task: SweepTask, processes: int = 1, reached: Reached | None = None) -> PayoffParts:
        """A row a package, then those that they are compared with if asked for; under each setting in turn."""
        world, deficits, shocks = self.shocks.world, task.deficits or self.deficits, self.shocks
        first = shocks.first_alike(task.packages) if task.compared else np.arange(len(task.packages))
        asked, place = np.unique(first, return_inverse=True)
        changes, thetas = self._changes(task, asked)
        found = solve_payoffs(
            self.table, world, changes, deficits, thetas, processes=processes, reached=reached
        )
        begins = len(asked) * np.arange(max(1, len(task.settings)))
        return found.spread((begins[:, None] + place).ravel())

    def _changes(self, task: SweepTask, asked: Index) -> tuple[list[Counterfactual], list[xr.DataArray] | None]:
        """Of each setting the states asked for, by number, with elasticities where it has its own."""
        shocks, count = self.shocks, len(task.packages)
        packages, compared = task.packages[asked[asked < count]].tolist(), asked[asked >= count] - count

        if not task.settings:
            others = shocks.tight.comparison_counterfactuals() if len(compared) else []
            return [*shocks.tight.counterfactuals(packages), *(others[k] for k in compared.tolist())], None
        changes = list[Counterfactual]()
        states = shocks.states(packages, compared.tolist())
        for one in task.settings:
            theta = one.theta.to_numpy()
            changes += states.counterfactuals(theta, shocks.nontariff.levels(theta, one.draw, one.scale))
        return changes, [one.theta for one in task.settings for _other in range(len(asked))]


class Backend(Protocol):
    """What solves tasks. They come back by number, in whatever order they are done."""

    def __call__(
        self, laid: LaidTable, tasks: Sequence[SweepTask], reached: Reached | None
    ) -> Iterator[tuple[int, PayoffParts]]:
        """Solve all tasks.

        Args:
            laid: What they are of.
            tasks: Each a batch of its own.
            reached: Called with how many packages are solved.
        """
        ...


def in_process(
    laid: LaidTable, tasks: Sequence[SweepTask], reached: Reached | None
) -> Iterator[tuple[int, PayoffParts]]:
    """The backend of one machine: this process and, for thousands of packages, one more a core.

    Fewer go to those that are there.
    """
    many = cores() if sum(map(len, tasks)) >= WORTH_A_PROCESS else ready()
    done = 0
    for number, task in enumerate(tasks):
        before = done

        def told(within: int, before: int = before) -> None:
            if reached is not None:
                reached(before + within)

        yield number, laid.payoffs(task, many, told)
        done += len(task)


def sweep_tasks(packages: Index, *, compared: bool = False) -> list[SweepTask]:
    """Packages in tasks of nearly the same size, which depend on nothing but the packages.

    Args:
        packages: Numbers.
        compared: Whether the last task has what they are compared with.

    >>> import numpy as np
    >>> from kosho.bargain.sweep import sweep_tasks
    >>> [len(task) for task in sweep_tasks(np.arange(5000), compared=True)]
    [1667, 1667, 1668]
    """
    parts = np.array_split(packages, max(1, -(-len(packages) // RANGE)))
    return [SweepTask(part, compared and place == len(parts)) for place, part in enumerate(parts, start=1)]


def setting_tasks(
    packages: Index, settings: Sequence[PricingParameters], deficits: Deficits
) -> list[SweepTask]:
    """Packages with what they are compared with at many settings, in tasks that depend on nothing else.

    Args:
        packages: Numbers.
        settings: Parameters; those that are near one another solve best together.
        deficits: See `kosho.equilibrium.solve`.

    >>> import numpy as np
    >>> from kosho.bargain.sweep import PricingParameters, setting_tasks
    >>> from kosho.world import toy
    >>> some = [PricingParameters.scaled(toy(), 1 + k / 100) for k in range(60)]
    >>> [len(task) for task in setting_tasks(np.arange(3), some, "fixed")]
    [150, 150]
    """
    count = max(1, -(-len(settings) // AT_ONCE))
    ends = [-(-len(settings) * k // count) for k in range(count + 1)]
    return [SweepTask(packages, True, tuple(settings[first:last]), deficits) for first, last in pairwise(ends)]


def sweep(
    laid: LaidTable, tasks: Sequence[SweepTask], backend: Backend = in_process, reached: Reached | None = None
) -> PayoffParts:
    """The payoffs of tasks, in their order; states without an equilibrium are in `failures`.

    What the work at hand (`kosho.unfinished`) has solved before is not solved again.
    """
    work = at_hand()
    names = [] if work is None else [("packages", *laid.name, task.name) for task in tasks]
    found: dict[int, PayoffParts] = {}
    if work is not None:
        found = {k: work.results[name] for k, name in enumerate(names) if name in work.results}
    left = [k for k in range(len(tasks)) if k not in found]
    for place, part in backend(laid, [tasks[k] for k in left], reached) if left else ():
        found[left[place]] = part
        if work is not None and not part.failures:  # these tell why, in words
            work.done(names[left[place]], part)
    parts = [found[number] for number in range(len(tasks))]
    before = np.cumsum([0, *map(len, tasks)]).tolist()
    failures = tuple(
        replace(one, member=one.member + first)
        for part, first in zip(parts, before, strict=False)
        for one in part.failures
    )
    income, added = (np.concatenate([getattr(one, name) for one in parts]) for name in ("income", "added"))
    return PayoffParts(income, added, failures)
