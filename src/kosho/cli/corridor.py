"""`kosho corridor`: how long goods take between two ports, what would be quicker, and what that is worth."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kosho.cli import corridor_tables
from kosho.cli.corridor_effect import ENDS, TimeEffect, by_sector, effects, measure, refuse_apart, time_value
from kosho.cli.options import Json, WorldNamed, world_named
from kosho.cli.terminal import say_whole, show_assumptions, show_json, show_progress
from kosho.errors import InputError, Problem, suggest
from kosho.language import _
from kosho.outputs import require_file, save

if TYPE_CHECKING:
    from collections.abc import Callable

    from kosho.corridor import Corridor, ReleaseTimes
    from kosho.corridor.runs import Runner
    from kosho.corridor.sensitivity import Tornado
    from kosho.corridor.times import Estimate
    from kosho.world import World

__all__ = ["app"]

app = typer.Typer(add_completion=False)


@dataclass(frozen=True)
class Found:
    """Everything that was computed."""

    corridor: Corridor
    baseline: ReleaseTimes
    scenarios: dict[str, ReleaseTimes]
    tornado: Tornado | None
    effects: dict[str, dict[str, dict[Any, TimeEffect]]]
    """By scenario, deficits and end of the value of time."""
    world: str | None
    """Hash of the world used."""
    assumptions: tuple[str, ...] = ()
    """What that world needed to answer."""


@app.command()
def show(  # noqa: PLR0913 - one parameter an option
    origin: Annotated[str, typer.Argument(metavar="FROM", help="UN/LOCODE of the port of origin.")],
    destination: Annotated[str, typer.Argument(metavar="TO", help="UN/LOCODE of the port of arrival.")],
    file: Annotated[Path | None, typer.Option(metavar="FILE.yaml", help="A corridor of your own.")] = None,
    scenario: Annotated[str | None, typer.Option(help="Only this one; all of the corridor.")] = None,
    replications: Annotated[int, typer.Option(min=2, help="Of each simulation, at least.")] = 5,
    precision: Annotated[
        float | None,
        typer.Option(
            min=0.1, max=99, metavar="PERCENT", help="Replicate until the mean days are known to so much."
        ),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of all random numbers.")] = 1,
    processes: Annotated[int | None, typer.Option(min=1, help="All cores.")] = None,
    figure: Annotated[Path | None, typer.Option(metavar="FILE.svg", help="Draw it to a file.")] = None,
    measure_to: Annotated[
        Path | None,
        typer.Option("--measure", metavar="FILE.yaml", help="Write --scenario as a measure of the register."),
    ] = None,
    world: WorldNamed = None,
    *,
    tornado: Annotated[
        bool, typer.Option(help="Move every parameter with a range to both of its ends.")
    ] = True,
    effect: Annotated[bool, typer.Option(help="Trade and welfare, in the long run.")] = True,
    calibrate: Annotated[
        bool, typer.Option("--calibrate", help="Fit the corridor to its published means, and stop.")
    ] = False,
    json: Json = False,
) -> None:
    """Simulate goods on their way through a port: days to release, days saved, and what they are worth."""
    from kosho import corridor as room

    room.require_extra()
    opened = room.between(origin.upper(), destination.upper(), file)
    names = _chosen(opened, scenario)
    _refuse(figure, measure_to, scenario)
    if calibrate:
        _refuse_beside_fit(
            {"--scenario": scenario, "--precision": precision, "--figure": figure, "--measure": measure_to}
        )
    named = world_named(world)
    table = named.load().whole if effect and names and not calibrate else None
    if table is not None:
        refuse_apart(table, opened)
    cores = processes or os.cpu_count() or 1
    with room.runner(cores) as run:
        if calibrate:
            _calibrate(opened, replications, seed, run, json=json)
            return
        settings = Settings(replications, None if precision is None else precision / 100, seed)
        found = _compute(opened, names, settings, run, tornado=tornado and bool(names))
    if table is not None:
        found = _with_effects(found, table)
    files: dict[Path, str] = {} if figure is None else {figure: _drawn(found)}
    if measure_to is not None and scenario is not None:
        files[measure_to] = _measure(found, scenario)
    if files:
        save(files)
    if json:
        show_json(contract(found))
    else:
        corridor_tables.show(found.corridor, contract(found))
        show_assumptions(found.assumptions)
        for path in filter(None, (figure, measure_to)):
            say_whole(str(path))


def _chosen(opened: Corridor, scenario: str | None) -> list[str]:
    if scenario is None:
        return list(opened.scenarios)
    if scenario == "baseline":
        return []
    if scenario not in opened.scenarios:
        near = suggest(scenario, ["baseline", *opened.scenarios])
        raise InputError(Problem(_("unknown scenario {scenario!r}", scenario=scenario), near, key="--scenario"))
    return [scenario]


def _refuse(figure: Path | None, measure_to: Path | None, scenario: str | None) -> None:
    """What would otherwise be found out after the work."""
    if figure is not None and figure.suffix != ".svg":
        raise InputError(Problem(_("is drawn to a file that ends in .svg"), key="--figure"))
    if measure_to is not None and scenario in (None, "baseline"):
        raise InputError(Problem(_("is made of one scenario"), _("add --scenario"), key="--measure"))
    require_file(figure, measure_to)


def _refuse_beside_fit(given: Mapping[str, object]) -> None:
    """Options that a fit does not hear, which ends before anything is simulated."""
    idle = [
        Problem(_("is not for --calibrate"), _("leave it out"), key=key)
        for key, one in given.items()
        if one is not None
    ]
    if idle:
        raise InputError(idle)


@dataclass(frozen=True)
class Settings:
    """How much is simulated."""

    replications: int
    precision: float | None
    seed: int


def _compute(opened: Corridor, names: list[str], settings: Settings, run: Runner, *, tornado: bool) -> Found:
    from kosho.corridor import simulate, under
    from kosho.corridor.sensitivity import tornado as swing

    with _bar((1 + len(names)) * settings.replications) as (advance, stage):

        def times(corridor: Corridor, count: int, precision: float | None = None) -> ReleaseTimes:
            return simulate(
                corridor, replications=count, precision=precision, seed=settings.seed, run=run, progress=advance
            )

        stage(_("Baseline"))
        baseline = times(opened, settings.replications, settings.precision)
        scenarios: dict[str, ReleaseTimes] = {}
        for name in names:
            stage(opened.scenarios[name].title)
            scenarios[name] = times(under(opened, name), len(baseline.runs))
        found = None
        if tornado:
            stage(_("Ranges of the parameters"))
            found = swing(opened, names[0], seed=settings.seed, run=run, progress=lambda *of: stage(None, of))
    return Found(opened, baseline, scenarios, found, {}, None)


@contextmanager
def _bar(total: int) -> Generator[tuple[Callable[[], None], Callable[..., None]], None, None]:
    """A bar on standard error, if a person is looking: what advances it, and what says where it is."""
    if not sys.stderr.isatty():
        yield lambda: None, lambda *_: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:3.0f} %"))
    with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=total)

        def stage(text: str | None, of: tuple[int, int] | None = None) -> None:
            if text is not None:
                bar.update(task, description=text)
            if of is not None:
                bar.update(task, completed=of[0], total=of[1])

        yield lambda: bar.advance(task), stage


def _saved(found: Found, name: str) -> dict[str, Estimate]:
    from kosho.corridor import days_saved

    return {kind: days_saved(found.baseline, found.scenarios[name], kind) for kind in found.corridor.types}


def _means(saved: Mapping[str, Estimate]) -> dict[str, float]:
    """Mean days by type; 0 for a type without a consignment."""
    return {kind: one.mean if math.isfinite(one.mean) else 0.0 for kind, one in saved.items()}


def _with_effects(found: Found, world: World) -> Found:
    with show_progress(_("Solving the world economy")):
        solved = {
            name: {
                deficits: effects(
                    world,
                    found.corridor,
                    _means(found.baseline.by_type()),
                    _means(_saved(found, name)),
                    deficits,
                )
                for deficits in ("fixed", "zero")
            }
            for name in found.scenarios
        }
    return replace(found, effects=solved, world=world.hash, assumptions=world.assumed)


def contract(found: Found) -> dict[str, Any]:
    """What `--json` prints; days, percent of the value, million USD a year."""
    from kosho.corridor.calibration import moments

    opened, baseline = found.corridor, found.baseline
    content: dict[str, Any] = {
        "schema_version": 1,
        "from": opened.origin.code,
        "to": opened.destination.code,
        "title": opened.title,
        "replications": len(baseline.runs),
        "consignments": baseline.consignments,
        "baseline": _times(baseline),
        "scenarios": {name: _scenario(found, name) for name in found.scenarios},
        "moments": [
            {
                "moment": target.moment,
                "published_hours": target.value.value,
                "simulated_hours": _finite(simulated.mean),
                "ci95": [_finite(simulated.low), _finite(simulated.high)],
                "fitted": target.parameter,
                "source": target.value.source,
            }
            for target, simulated in moments(baseline)
        ],
        "tornado": None if found.tornado is None else asdict(found.tornado),
    }
    if found.world is not None:
        content["world"] = found.world
        content["assumptions"] = list(found.assumptions)
    return content


def _times(times: ReleaseTimes) -> dict[str, Any]:
    mean = times.mean
    return {
        "days": {
            "mean": mean.mean,
            "p50": times.quantile(0.5),
            "p90": times.quantile(0.9),
            "ci95": [mean.low, mean.high],
        },
        "within_24h": times.within(24),
        "types": {
            kind: {
                "days": {"mean": _finite(one.mean), "ci95": [_finite(one.low), _finite(one.high)]},
                "within_24h": _finite(times.within(24, kind)),
            }
            for kind, one in times.by_type().items()
        },
        "stages": {name: asdict(stage) for name, stage in times.stages.items()},
    }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _scenario(found: Found, name: str) -> dict[str, Any]:
    from kosho.corridor import days_saved

    times = found.scenarios[name]
    saved = days_saved(found.baseline, times)
    by_type = _means(_saved(found, name))
    weighted = sum(share * days for share, days in by_sector(found.corridor, by_type).values())
    tau = time_value(found.corridor)
    content: dict[str, Any] = {
        "title": found.corridor.scenarios[name].title,
        "days_saved": {"mean": saved.mean, "ci95": [saved.low, saved.high]},
        "ave_percent": {end: tau[end] * saved.mean for end in ENDS},
        "days_saved_by_value": weighted,
        "days_saved_by_type": by_type,
        **_times(times),
    }
    if name in found.effects:
        content["effect"] = {
            deficits: {
                end: {
                    "exports_musd": one.exports,
                    "exports_base_musd": one.exports_base,
                    "ev_musd": one.welfare,
                }
                for end, one in ends.items()
            }
            for deficits, ends in found.effects[name].items()
        }
    return content


def _drawn(found: Found) -> str:
    from kosho.corridor.figure import svg

    cases = {"Baseline": found.baseline}
    cases |= {found.corridor.scenarios[name].title: times for name, times in found.scenarios.items()}
    title = _("{title}: from arrival to permit", title=found.corridor.title)
    return svg(title, cases, found.tornado)


def _measure(found: Found, name: str) -> str:
    import yaml

    from kosho.corridor import days_saved

    saved = days_saved(found.baseline, found.scenarios[name])
    content = measure(found.corridor, name, found.baseline.mean, saved, _means(_saved(found, name)))
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=110)


def _calibrate(opened: Corridor, replications: int, seed: int, run: Runner, *, json: bool) -> None:
    from kosho.corridor.calibration import calibrate

    with show_progress(_("Fitting")) as progress:
        fit = calibrate(opened, replications=replications, seed=seed, run=run, progress=progress)
    rows = [(target.moment, target.value.value, simulated) for target, simulated in fit.moments]
    if json:
        show_json(
            {
                "schema_version": 1,
                "parameters": fit.parameters,
                "moments": [
                    {"moment": name, "published_hours": published, "simulated_hours": _finite(simulated.mean)}
                    for name, published, simulated in rows
                ],
            }
        )
    else:
        corridor_tables.show_fit(opened, fit.parameters, rows)
