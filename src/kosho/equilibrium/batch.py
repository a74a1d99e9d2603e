"""`solve_batch`: thousands of counterfactuals, or draws of elasticities, in one world.

Members that fail do not stop the others: each becomes a `Failure` beside the results.
"""

from __future__ import annotations

import time
from collections.abc import Hashable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from importlib.util import find_spec

import numpy as np
import xarray as xr

from kosho.arguments import note_processes, note_share_of_one
from kosho.arrays import Array
from kosho.declared import as_declared
from kosho.display import Card, Shown, listing, plural, signed_percent
from kosho.equilibrium.absorption import Absorption, absorption_of, named_in
from kosho.equilibrium.additionality import in_full, without_promises
from kosho.equilibrium.arguments import Deficits, note_elasticities, note_world
from kosho.equilibrium.batch_bases import compose
from kosho.equilibrium.batch_constraints import Frame, framed
from kosho.equilibrium.batch_flows import NamedFlow, hats_of, refuse_unknown
from kosho.equilibrium.batch_iteration import BY_COUNTRY, Results, iterate_together, with_bases
from kosho.equilibrium.batch_plan import Chunk, Packed, Plan, Wanted, pack
from kosho.equilibrium.closure import Closure, agreed, refuse_other_world
from kosho.equilibrium.constraints import Settled, partial
from kosho.equilibrium.counterfactual import Counterfactual, as_counterfactual
from kosho.equilibrium.failure import Failure, raise_first
from kosho.equilibrium.outcome import FRACTION, HAT
from kosho.equilibrium.shock import Shock
from kosho.equilibrium.solve import BALANCED, bought_anyway, rebase, solve
from kosho.errors import KoshoError, Problems
from kosho.language import _
from kosho.limits import refuse_beyond
from kosho.parallel import Shared, cores, one_thread, run
from kosho.progress import Reached
from kosho.readonly import Fixed, fix
from kosho.world import World
from kosho.world.table_checks import ordered, refuse_implausible

__all__ = ["BatchOutcome", "BatchReport", "solve_batch"]


TOLERANCE = 1e-8
TOGETHER, FEWEST_TOGETHER = 96, 16
"""Members iterated at once: enough for matrix products to pay, few enough to stay in the cache."""
CACHED = 25_000
"""Unknowns that stay in the cache, sixteen members counted as one; so many go together in any case."""
CHUNK, LONG_CHUNK = 2 * TOGETHER, 4 * TOGETHER
"""Members handed to a process at once; more where machine code solves them, so fast that what is done once for
all of them counts."""
WORTH_COMPILED = 1_500_000
"""Members times countries times sectors from which on it pays to load machine code, and to wait for it to be
made on a machine where it is not kept yet."""
WORTH_A_PROCESS = 4096
"""Members above which starting another process pays, where the caller leaves the choice."""
NEAR = 0.5
"""Root mean square difference of logarithms of elasticities up to which members share a centre."""
SPAN = 0.8
"""By how much logarithms of elasticities may differ on average between members with one Jacobian."""
FEW = 32
"""Members of one set of elasticities from which on a centre of their own pays."""
SAMPLE = 32
"""Members whose average is the centre of a family."""
VOLUMES = ("real_gdp", "absorbed_duty")
"""What `volumes` asks for."""
IN_MONEY = ("labour_income", "tariff_revenue", "profits", "absorbed_duty")
"""Of what is read by country; the others are fractions."""
MEMBER_BYTES = 24
"""By country and sector: what a member is worth there, once as it is solved and twice when it is named."""
LARGEST_KEPT = (32 << 20) - (1 << 16)
"""The largest block, in bytes, from which glibc learns."""
SHOWN = 5
"""Countries and failed members told by name where a batch shows itself."""


@dataclass(frozen=True, slots=True)
class BatchReport(Shown):
    """How a batch was solved.

    >>> from kosho.equilibrium import Shock, solve_batch
    >>> from kosho.world import toy
    >>> solve_batch(toy(), [Shock.none(toy())] * 20).report.processes
    1
    """

    seconds: float
    processes: int
    alone: tuple[int, ...]
    """Members that were solved one by one, because together they did not converge or were too few."""


@dataclass(frozen=True, eq=False)
class BatchOutcome(Fixed, Shown):
    """Effects of each member, as `Outcome` defines them; dim `shock` counts from zero in the order given.

    Values of members in `failures` are not a number in every array.

    >>> from kosho.equilibrium import Shock, solve_batch
    >>> from kosho.world import toy
    >>> rates = (0.025, 0.15, 0.25)
    >>> solve_batch(toy(), [Shock.tariffs(toy(), {("USA", "JPN", "C29"): rate}) for rate in rates])
    BatchOutcome of 3 shocks
      welfare of JPN   -2.35 % to 0 %
      welfare of USA   0 % to +0.56 %
      welfare of CHN   -0.0027 % to +0.059 %
      residual         at most ...
    """

    welfare: xr.DataArray
    """`[shock, country]`, equivalent variation over income, a fraction: where labour is given, the exact change
    of real income."""
    equivalent_variation: xr.DataArray
    """`[shock, country]`, million USD a year: `welfare` times observed base income."""
    real_income: xr.DataArray
    """`[shock, country]`, change of all income over final prices, a fraction."""
    real_gdp: xr.DataArray
    """`[shock, country]`, change of GDP at market prices by volume (Fisher), a fraction."""
    consumer_prices: xr.DataArray
    """`[shock, country]`, change of the price index of final demand, in world value added; a fraction."""
    employment: xr.DataArray
    """`[shock, country]`, change of labour supplied, a fraction; zero where it is given."""
    labour_income: xr.DataArray
    """`[shock, country]`, new."""
    real_wage: xr.DataArray
    """`[shock, country]`, change of the wage over the price index of final demand, a fraction."""
    tariff_revenue: xr.DataArray
    """`[shock, country]`, new."""
    profits: xr.DataArray
    """`[shock, country]`, new, of makers in the sectors that the closure names."""
    capital: xr.DataArray
    """`[shock, country]`, change of capital by volume between steady states, a fraction; zero in place."""
    absorbed_duty: xr.DataArray
    """`[shock, country]`, what makers bear of duties on what they sell."""
    real_value_added: xr.DataArray
    """`[shock, country, sector]`, change of value added at base prices, million USD a year."""
    residual: xr.DataArray
    """`[shock]`, largest relative gap of any equation."""
    flow_values: xr.DataArray
    """`[shock, flow]`, value of the flows asked for, new over old, as `Outcome.flow_hats`."""
    flow_quantities: xr.DataArray
    """`[shock, flow]`, their quantity, new over old."""
    report: BatchReport
    failures: tuple[Failure, ...] = ()
    """Members without an equilibrium, by number, with the reason and the best point reached."""

    def __post_init__(self) -> None:
        fix(self)

    def card(self) -> Card:
        """How many shocks, over which range their effects lie, and which have no equilibrium."""
        head = f"BatchOutcome of {plural(len(self), 'shock')}"
        failed = listing((one.member for one in self.failures), SHOWN)
        told = f"{len(self.failures)} of {len(self)}: number {failed}"
        rows = [("no equilibrium", told)] if self.failures else []
        welfare = self.welfare.to_numpy()[self.solved.to_numpy()]
        if not len(welfare):
            return Card(head, rows)
        codes = [str(code) for code in self.welfare.indexes["country"]]
        spans = dict(zip(codes, zip(welfare.min(axis=0), welfare.max(axis=0), strict=True), strict=True))
        most = sorted(codes, key=lambda code: spans[code][0] - spans[code][1])[:SHOWN]
        ranges = {code: _(" to ").join(signed_percent(end) for end in spans[code]) for code in most}
        effects = [(f"welfare of {code}", text) for code, text in ranges.items()]
        return Card(head, [*rows, *effects, ("residual", f"at most {float(self.residual.max()):.0e}")])

    def __len__(self) -> int:
        return self.welfare.sizes["shock"]

    @property
    def solved(self) -> xr.DataArray:
        """`[shock]`, whether there is an equilibrium."""
        return self.residual.notnull()

    def raise_if_failed(self, names: Sequence[str] | None = None) -> None:
        """Raise the error of the first member that failed, named as `raise_first` says."""
        raise_first(self.failures, names)


@as_declared
def solve_batch(  # noqa: PLR0913 - the last is for a person who waits
    world: World,
    counterfactuals: Sequence[Counterfactual | Shock],
    deficits: Deficits = "fixed",
    tol: float = TOLERANCE,
    thetas: Sequence[xr.DataArray] | None = None,
    processes: int | None = None,
    *,
    closure: Closure | None = None,
    reached: Reached | None = None,
    flows: Sequence[NamedFlow] = (),
    volumes: bool = True,
) -> BatchOutcome:
    """The equilibria of many counterfactuals.

    Members are iterated together, with one Jacobian taken at the centre of all of them; those that do not
    converge so are solved one by one, as `solve` does. Those that fail then are returned as `failures`.

    Args:
        world: The economy before the change.
        counterfactuals: What changes, each made for this world.
        deficits: See `Deficits`.
        tol: Largest relative gap allowed in any equation.
        thetas: Elasticities `[sector]` for each member, instead of the world's. Members near one another are
            solved together in a table that is an equilibrium whatever they are, and of one without its deficits
            where neither volumes nor flows are told; else those that share a draw, so pass the same object or
            equal numbers.
        processes: How many processes share the work, this one included; the others are started afresh, one
            BLAS thread each, and kept for the next batch. None takes one, and one a core for thousands of
            members.
        closure: What adjusts besides; the plain one if not given. Where labour costs differ by sector, members
            are solved one by one.
        reached: Called with how many members are solved.
        flows: Importer, exporter, sector and part ("" for the whole cell) of flows to be told besides.
        volumes: Whether real GDP and the duties that makers bear are told, which takes up to a third of a
            batch; without, they are not a number.

    Raises:
        InputError: arguments of wrong types, or made for another world; members are named by their numbers.

    >>> from kosho.equilibrium import Shock, solve_batch
    >>> from kosho.world import toy
    >>> rates = (0.025, 0.15, 0.25)
    >>> many = solve_batch(toy(), [Shock.tariffs(toy(), {("USA", "JPN", "C29"): rate}) for rate in rates])
    >>> many.welfare.sel(country="JPN").round(4).values.tolist(), many.failures
    ([0.0, -0.0151, -0.0235], ())
    """
    started = time.perf_counter()
    changes = _checked(world, counterfactuals, deficits, tol)
    closure = agreed(closure, deficits)
    refuse_other_world(closure, world)
    _refuse(world, len(changes), thetas, processes)
    refuse_beyond(
        "members", len(changes), MEMBER_BYTES * len(world.countries) * (len(BY_COUNTRY) + len(world.sectors))
    )
    if processes is None:
        processes = cores() if len(changes) >= WORTH_A_PROCESS else 1
    refuse_unknown(world, flows)
    thetas = None if thetas is None else _in_order(world, thetas)
    changes = _in_full(world, changes, closure, tol, thetas)
    found = Results.empty(len(changes), len(world.countries), len(world.sectors), len(flows))
    failed: dict[int, Failure] = {}
    done = 0
    shared = Shared(world)
    if processes > 1:
        shared.pack()
    with one_thread():
        chunks = _chunks(shared, changes, closure, tol, thetas, Wanted(tuple(flows), volumes))
        for chunk, (part, failures) in run(_solved, chunks, processes):
            found.put(chunk.members, part)
            done += len(chunk.members)
            if reached is not None:
                reached(done)
            failed |= {chunk.members[one.member]: one for one in failures}
    for member in np.flatnonzero(np.isnan(found.residual)).tolist():
        if member not in failed:
            given = world if thetas is None else world.with_theta(thetas[member])
            one = _alone(given, changes[member], closure, tol, flows)
            if isinstance(one, Failure):
                failed[member] = one
            else:
                found.put([member], one)
    found.blank()
    if not volumes:  # those that were solved one by one tell no more than the others
        found.by_country[[BY_COUNTRY.index(name) for name in VOLUMES]] = np.nan
    alone = tuple(int(member) for member in np.flatnonzero(found.alone))
    report = BatchReport(time.perf_counter() - started, processes, alone)
    failures = tuple(replace(failed[member], member=member) for member in sorted(failed))
    return _labelled(world, found, report, failures, flows)


def _chunks(
    shared: Shared[World],
    changes: Sequence[Counterfactual],
    closure: Closure,
    tol: float,
    thetas: Sequence[xr.DataArray] | None,
    wanted: Wanted,
) -> list[Chunk]:
    """The members in chunks, each with the plan it shares with others."""
    world = shared.value
    chunks: list[Chunk] = []
    absorption = absorption_of(closure, world)
    if absorption is not None:
        absorption.refuse_absent(one.shock for one in changes)
        if wanted.flows:
            return []  # what makers bear of a duty moves what they receive: told of whole outcomes
    # Effects are relative to an equilibrium: where the table is none, that moves with the elasticities.
    steady = thetas is None or rebase(world, closure=closure) is world
    told = not wanted.volumes and not wanted.flows  # from any base
    moving = not steady and told and world.imbalance <= BALANCED and compose(closure)
    compiled = _worth_compiled(world, len(changes))
    leading: dict[bytes, list[Shared[Plan]]] = {}  # by the markets that are left out of a centre
    for frame, theta, given in _groups(changes, world, thetas, apart=not (steady or moving)):
        members = _without_rents(given, changes, frame, absorption)
        if not members:
            continue
        sample = pack([changes[k] for k in members[:: -(-len(members) // SAMPLE)]], frame, absorption)
        leaders = leading.setdefault(b"" if frame is None else frame.inside.tobytes(), [])
        near = _nearest(theta, leaders) if len(members) < FEW else None
        size, volumes = len(members), wanted.volumes
        plan = Shared(
            Plan(shared, closure, tol, theta, frame, sample.stack, size, near, compiled, volumes, moving)
        )
        if near is None and plan.value.together:
            leaders.append(plan)
        length = LONG_CHUNK if compiled else CHUNK
        for first in range(0, len(members), length):
            some = members[first : first + length]
            own = tuple(thetas[k] for k in some) if thetas is not None and (steady or moving) else None
            chunks.append(Chunk(plan, some, tuple(changes[k] for k in some), own, wanted.flows))
    return chunks


def _worth_compiled(world: World, members: int) -> bool:
    """Whether Numba is there and the work enough to load it; by the question alone, so that last digits
    stay the same whatever was asked before.
    """
    work = members * len(world.countries) * len(world.sectors)
    return work >= WORTH_COMPILED and find_spec("numba") is not None


def _solved(chunk: Chunk) -> tuple[Results, list[Failure]]:
    """Solve the members of a chunk, and tell those that were solved alone and failed, by their place in it.

    Residuals are NaN where members that were iterated together did not converge; the caller solves those alone.
    """
    _keep_freed()
    plan, size = chunk.plan.value, len(chunk.members)
    found = Results.empty(size, len(plan.world.countries), len(plan.world.sectors), len(chunk.flows))
    failures: list[Failure] = []
    if not plan.together and not isinstance(chunk.changes, Packed):
        for k, change in enumerate(chunk.changes):
            one = _alone(chunk.world(k), change, plan.closure, plan.tol, chunk.flows)
            if isinstance(one, Failure):
                failures.append(replace(one, member=k))
            else:
                found.put([k], one)
        return found, failures
    packed = chunk.packed
    together = size if plan.fused else min(TOGETHER, max(CACHED // plan.unknowns, 1) * FEWEST_TOGETHER)
    with suppress(KoshoError, np.linalg.LinAlgError):
        whole = with_bases(plan, packed) if plan.moving else packed
        for first in range(0, size, together):
            last = min(first + together, size)
            with suppress(KoshoError, np.linalg.LinAlgError):
                iterate_together(plan, whole.between(first, last), found.between(first, last))
    if plan.near is not None and np.isnan(found.residual).any():
        return _solved(replace(chunk, plan=Shared(plan.alone), changes=packed))
    return found, failures


@cache
def _keep_freed() -> None:
    """Let the allocator keep what is freed between members, instead of asking for it again page by page, which
    takes up to a tenth of a batch: glibc does so for blocks as large as it has seen freed. This one is never
    written to, and so costs nothing.
    """
    np.empty(LARGEST_KEPT, np.uint8)


def _nearest(theta: xr.DataArray | None, leaders: Sequence[Shared[Plan]]) -> Shared[Plan] | None:
    """A plan of nearly these elasticities: a Jacobian of their own costs more than the steps it saves."""
    best, least = None, NEAR
    for one in leaders:
        other = one.value.theta
        if theta is not None and other is not None:
            apart = float(np.sqrt(np.mean(np.log(theta.to_numpy() / other.to_numpy()) ** 2)))
            if apart < least:
                best, least = one, apart
    return best


def _without_rents(
    members: list[int], changes: Sequence[Counterfactual], frame: Frame | None, absorption: Absorption | None
) -> list[int]:
    """Members of which no maker bears a duty inside the frame's markets: all members have a frame's rents."""
    if frame is None or absorption is None:
        return members
    return [k for k in members if not absorption.reaches(changes[k].shock, frame.inside)]


def _in_full(
    world: World,
    changes: Sequence[Counterfactual],
    closure: Closure,
    tol: float,
    thetas: Sequence[xr.DataArray] | None,
) -> list[Counterfactual]:
    """The members with what their promises come to, found once for those that differ in nothing else.

    Where that has no equilibrium the member stays as it is: solved alone it fails with the reason.
    """
    known: dict[Hashable, dict[str, Settled]] = {}
    found: list[Counterfactual] = []
    for member, change in enumerate(changes):
        if not partial(change.constraints):
            found.append(change)
            continue
        without = without_promises(change)
        theta = None if thetas is None else thetas[member].to_numpy().tobytes()
        key = id(change.shock), without.constraints, tuple(map(id, change.nests)), theta
        if key not in known:
            given = world if thetas is None else world.with_theta(thetas[member])
            known[key] = {}
            with suppress(KoshoError):
                known[key] = bought_anyway(given, without, closure, tol)
        found.append(in_full(change, known[key]) if known[key] else change)
    return found


def _alone(
    world: World, change: Counterfactual, closure: Closure, tol: float, flows: Sequence[NamedFlow]
) -> Results | Failure:
    here = named_in(closure, change.shock, world)
    outcome = solve(world, change, tol=tol, closure=here, throw=False)
    if isinstance(outcome, Failure):
        return outcome
    return Results(
        np.array([getattr(outcome, name).to_numpy()[None] for name in BY_COUNTRY]),
        outcome.real_value_added.to_numpy()[None],
        np.array([outcome.solver.residual]),
        np.ones(1, bool),
        hats_of(outcome, flows)[:, :, None],
    )


def _in_order(world: World, thetas: Sequence[xr.DataArray]) -> list[xr.DataArray]:
    """Elasticities in the order of the world's sectors, each object once.

    Raises:
        InputError: some are out of bounds.
    """
    known: dict[int, xr.DataArray] = {}
    for theta in thetas:
        if id(theta) not in known:
            labels = tuple(map(str, theta.indexes["sector"]))
            alike = labels == world.sectors and theta.dtype == np.float64
            known[id(theta)] = (
                theta if alike else ordered(theta, ("sector",), world.countries, world.sectors, "theta")
            )
            refuse_implausible({"theta": known[id(theta)]})
    return [known[id(theta)] for theta in thetas]


def _near_one_another(
    members: list[int], thetas: Sequence[xr.DataArray]
) -> Iterator[tuple[xr.DataArray, list[int]]]:
    """Members in the order of how strong their elasticities are, cut where they span more than a Jacobian
    bears, each with elasticities in the middle.
    """
    logs = {id(thetas[k]): np.log(thetas[k].to_numpy()) for k in members}
    level = {name: float(one.mean()) for name, one in logs.items()}
    order = sorted(members, key=lambda k: level[id(thetas[k])])
    first = 0
    while first < len(order):
        start = level[id(thetas[order[first]])]
        last = first
        while last < len(order) and level[id(thetas[order[last]])] <= start + SPAN:
            last += 1
        some = order[first:last]
        # In the order of members: a sum in the order of addresses would end on other last bits each time.
        middle = np.mean([logs[name] for name in dict.fromkeys(id(thetas[k]) for k in some)], axis=0)
        yield thetas[some[0]].copy(data=np.exp(middle)), some
        first = last


def _groups(
    changes: Sequence[Counterfactual],
    world: World,
    thetas: Sequence[xr.DataArray] | None,
    *,
    apart: bool,
) -> list[tuple[Frame | None, xr.DataArray | None, list[int]]]:
    """Members that share their frame and, `apart`, their elasticities; else have them near one another."""
    found: list[tuple[Frame | None, xr.DataArray | None, list[int]]] = []
    for frame, members in framed(changes, world):
        if thetas is None:
            found.append((frame, None, members))
            continue
        if not apart:
            found += [(frame, theta, some) for theta, some in _near_one_another(members, thetas)]
            continue
        groups: dict[bytes, list[int]] = {}
        for member in members:
            groups.setdefault(thetas[member].to_numpy().tobytes(), []).append(member)
        found += [(frame, thetas[some[0]], some) for some in groups.values()]
    return found


def _checked(
    world: World, given: Sequence[Counterfactual | Shock], deficits: Deficits, tol: float
) -> list[Counterfactual]:
    """The members, once they fit the world.

    Raises:
        InputError: they do not; all that is wrong is listed, members by their numbers.
    """
    problems = Problems()
    note_world(problems, world, deficits)
    note_share_of_one(problems, tol, "tol", "1e-8")
    problems.raise_if_any()
    changes = [as_counterfactual(one) for one in given]
    for member, change in enumerate(changes):
        if change.shock.countries != world.countries or change.shock.sectors != world.sectors:
            problems.add(_("made for a world with other countries or sectors"), key=f"shock {member}")
    problems.raise_if_any()
    return changes


def _refuse(world: World, members: int, thetas: Sequence[xr.DataArray] | None, processes: int | None) -> None:
    problems = Problems()
    note_processes(problems, processes)
    if thetas is not None:
        note_elasticities(problems, world, thetas, members)
    problems.raise_if_any()


def _labelled(
    world: World,
    found: Results,
    report: BatchReport,
    failures: tuple[Failure, ...],
    flows: Sequence[NamedFlow],
) -> BatchOutcome:
    labels = {
        "shock": np.arange(len(found.residual)),
        "country": list(world.countries),
        "sector": list(world.sectors),
        "flow": np.arange(len(flows)),
    }
    for one in (found.by_country, found.real_value_added, found.residual, found.flows):
        one.setflags(write=False)  # as an outcome has them: else it makes a copy
    frames: dict[tuple[str, ...], xr.DataArray] = {}

    def named(values: Array, dims: tuple[str, ...], unit: str) -> xr.DataArray:
        if dims not in frames:  # labels are dearer than all the rest
            frames[dims] = xr.DataArray(values, {dim: labels[dim] for dim in dims}, dims)
        array = frames[dims].copy(deep=False, data=values)
        array.attrs = {"units": unit}
        return array

    money, by_country = world.meta.unit, ("shock", "country")
    figures = {
        name: named(values, by_country, money if name in IN_MONEY else FRACTION)
        for name, values in zip(BY_COUNTRY, found.by_country, strict=True)
    }
    return BatchOutcome(
        **figures,
        equivalent_variation=named(figures["welfare"].to_numpy() * world.arrays.income, by_country, money),
        real_value_added=named(found.real_value_added, ("shock", "country", "sector"), money),
        residual=named(found.residual, ("shock",), FRACTION),
        flow_values=named(found.flows[:, 0].T, ("shock", "flow"), HAT),
        flow_quantities=named(found.flows[:, 1].T, ("shock", "flow"), HAT),
        report=report,
        failures=failures,
    )
