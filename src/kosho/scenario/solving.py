"""In which order the questions of scenarios are solved, and from where each begins.

One scenario leads: others begin under every variant, and at every end of a range, where it leads from their own
middles. Who solves what, and how many do, changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from kosho.impact.reach import same_question
from kosho.language import _
from kosho.parallel import Shared, cores
from kosho.parallel import run as shared_out
from kosho.progress import Progress, estimated
from kosho.scenario.jobs import (
    CentralJob,
    CornerJob,
    CornerResult,
    Job,
    JobInputs,
    JobResult,
    VariantJob,
    job_name,
    run_job,
    try_job,
)
from kosho.scenario.results import Variant, VariantResult
from kosho.scenario.sensitivity import CentralOutcome, Corner, corners
from kosho.unfinished import Unfinished

if TYPE_CHECKING:
    from kosho.equilibrium.kernel import Nearby

__all__ = ["MOST_PROCESSES", "SolvedScenarios", "corner_jobs", "first_alike", "led_beside", "solve_scenarios"]

MOST_PROCESSES = 4


@dataclass(frozen=True, eq=False)
class SolvedScenarios:
    """What scenarios come to on the whole world."""

    variants: Mapping[tuple[str, str], VariantResult]
    """By scenario and variant."""
    middles: Mapping[str, CentralOutcome]
    """By scenario, under the first variant."""
    ends: Mapping[tuple[str, Corner], CornerResult]
    """By scenario and end of a range, under the first variant."""


def solve_scenarios(
    inputs: JobInputs, variants: Sequence[Variant], progress: Progress, unfinished: Unfinished | None
) -> SolvedScenarios:
    """Solve every scenario under every variant, and under the first at every end of its ranges.

    A scenario that asks the same as an earlier one is not solved again.

    Raises:
        ConvergenceError: a scenario has no equilibrium that could be found.
    """
    shared = Shared(inputs)
    shared.pack()
    alike = first_alike(inputs)
    first, *rest = dict.fromkeys(alike.values())
    main, *others = variants
    done: dict[Any, Any] = {}

    def solve(jobs: Sequence[Job]) -> None:
        done.update(_solved(sorted(jobs, key=_place), progress, unfinished, len(done)))

    central = {first: CentralJob(shared, first, main)}
    solve([central[first]])
    start: Nearby = done[central[first]][2]
    central |= {name: CentralJob(shared, name, main, start) for name in rest}
    leads = {variant.id: VariantJob(shared, first, variant, leads=True) for variant in others}
    solve([*(central[name] for name in rest), *leads.values()])
    near: dict[str, Nearby] = {name: done[job][2] for name, job in central.items()}
    following = [
        VariantJob(shared, name, variant, done[leads[variant.id]][1].moved(start, near[name]))
        for name in rest
        for variant in others
    ]
    leading, after = corner_jobs(shared, near, main)
    solve([*leading, *following])
    led = {job.corner: (near[job.scenario], done[job][1]) for job in leading}
    after = [replace(job, near=led_beside(near[job.scenario], *led[job.corner])) for job in after]
    solve(after)
    of_variant = {(job.scenario, job.variant.id): done[job] for job in following}
    of_variant |= {(first, name): done[job][0] for name, job in leads.items()}
    of_variant |= {(name, main.id): done[job][0] for name, job in central.items()}
    ends = {(job.scenario, job.corner): done[job][0] for job in leading}
    ends |= {(job.scenario, job.corner): done[job] for job in after}
    return SolvedScenarios(
        {
            (name, one.id): of_variant[same, one.id].model_copy(update={"scenario": name})
            for name, same in alike.items()
            for one in variants
        },
        {name: done[central[same]][1] for name, same in alike.items()},
        {(name, end): found for (other, end), found in ends.items() for name in alike if alike[name] == other},
    )


def _place(job: Job) -> tuple[bool, bool]:
    """Jobs of one variant stand together, and others take them from the end: what one prepares of the world
    is prepared by few processes.
    """
    return job.variant.deficits == "fixed", job.variant.elasticities == "central"


def first_alike(inputs: JobInputs) -> dict[str, str]:
    """Of each scenario, the first that asks the same: the same law in force on the same day, under any name."""
    found: dict[str, str] = {}
    for name in inputs.effects:
        found[name] = next((other for other in found if _alike(inputs, name, other)), name)
    return found


def _alike(inputs: JobInputs, one: str, other: str) -> bool:
    mine, theirs = inputs.laws[one], inputs.laws[other]
    return (
        (mine.on, mine.known) == (theirs.on, theirs.known)
        and mine.in_force() == theirs.in_force()
        and same_question(inputs.effects[one], inputs.effects[other])
    )


def corner_jobs(
    shared: Shared[JobInputs], near: Mapping[str, Nearby], variant: Variant
) -> tuple[list[CornerJob], list[CornerJob]]:
    """Each corner in the first scenario that has it, and the same corners in others: these begin where that
    leads from their own middles.
    """
    inputs = shared.value
    leading: dict[Corner, CornerJob] = {}
    following: list[CornerJob] = []
    for name, middle in near.items():
        for corner in corners(inputs.laws[name], inputs.effects[name]):
            if corner in leading:
                following.append(CornerJob(shared, name, corner, variant, middle))
            else:
                leading[corner] = CornerJob(shared, name, corner, variant, middle, leads=True)
    return list(leading.values()), following


def led_beside(middle: Nearby, start: Nearby, end: Nearby | None) -> Nearby:
    """Where an end is looked for: beside the middle as far as it led elsewhere.

    Scenarios of one law begin alike, so that they end on the same bits and differ by nothing at all.
    """
    alike = np.array_equal(middle.log_cost, start.log_cost)
    return middle if end is None or alike else middle.moved(start, end)


def _in_words(result: JobResult) -> bool:
    """Whether a result is a reason, which another language has other words for."""
    return isinstance(result[0] if isinstance(result, tuple) else result, str)


def _solved(
    jobs: Sequence[Job], progress: Progress, unfinished: Unfinished | None, first: int = 0
) -> dict[Any, Any]:
    """The result of every job: known from work that was broken off, or found now; numbered from `first` on."""
    before = {} if unfinished is None else unfinished.results
    names = {job: (number, *job_name(job)) for number, job in enumerate(jobs, first)}
    found: dict[Any, Any] = {job: before[name] for job, name in names.items() if name in before}
    left = [job for job in jobs if job not in found]
    known = len(found)
    reached = estimated(progress, _("Solving"), len(left))
    for job, result in shared_out(try_job, left, min(cores(), MOST_PROCESSES)):
        found[job] = run_job(job) if result is None else result
        if unfinished is not None and not _in_words(found[job]):
            unfinished.done(names[job], found[job])
        reached(len(found) - known)
    return found
