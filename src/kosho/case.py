"""A case: one folder that holds a negotiation, and what its scenarios do.

`case.yaml` names parties, scenarios, flows and dates; `measures.yaml` holds what scenarios change in the law.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeVar

from pydantic import Field

from kosho.errors import InputError, Problem, Problems, suggest
from kosho.policy.references import References, check_references
from kosho.policy.register import Register
from kosho.policy.schema import Economy, Id, Measure, Overlay, SectorCode, Some
from kosho.policy.stacking import precedence
from kosho.provenance import Cited, Day, Frozen, Source, Status
from kosho.yamlfile import Lines, load

if TYPE_CHECKING:
    import xarray as xr

    from kosho.bargain import Table
    from kosho.equilibrium import Outcome
    from kosho.policy.impact import Effects
    from kosho.world import World

__all__ = ["Case", "Law", "Scenario", "cases", "pose", "simulate"]

Model = TypeVar("Model", bound=Frozen)
Role = Literal["status-quo", "no-deal", "deal", "reference", "history"]
"""`reference` is a state to compare with that is neither a deal nor its failure."""


class Party(Frozen):
    """One side of the talks."""

    economy: Economy
    title: str
    negotiators: tuple[str, ...] = ()


class Background(Frozen):
    """What third countries face, the same in every scenario that names it."""

    id: Id
    title: str
    description: str
    overlays: tuple[Id, ...] = ()
    status: Status
    source: Some[str]


class ScenarioFile(Frozen):
    """A scenario as written in `case.yaml`."""

    id: Id
    title: str
    role: Role
    description: str
    on: Day | None = None
    """Day in force; left out, the day the question is asked."""
    background: Id | None = None
    overlays: tuple[Id, ...] = ()
    status: Status
    """Standing of its numbers: read, computed, or chosen by us."""
    source: Some[str]
    note: str | None = None


class Flow(Frozen):
    """A trade the case is about."""

    id: Id
    title: str
    exporter: Economy
    importer: Economy
    sector: SectorCode
    part: Id | None = None
    """Product group; left out, the whole sector."""
    quantity: Cited | None = None
    """Physical quantity a year in the base."""


class Unpriced(Frozen):
    """Something on the table that no number here accounts for."""

    id: Id
    title: str
    by: Economy | None = None
    why: str
    source: Some[str]
    quote: str | None = None


class Occasion(Frozen):
    """A date of the case."""

    date: Day
    title: str
    consequence: str | None = None
    source: Some[str]


class Observation(Frozen):
    """A figure known from reality, to hold results against."""

    id: Id
    title: str
    period: str
    figure: Cited


class CaseFile(Frozen):
    """`case.yaml`."""

    title: str
    summary: str
    as_of: Day
    """The day the case is about; questions without a date are asked on it."""
    parties: Some[Party]
    backgrounds: tuple[Background, ...] = ()
    scenarios: Some[ScenarioFile]
    flows: tuple[Flow, ...] = ()
    not_yet_priced: tuple[Unpriced, ...] = ()
    calendar: tuple[Occasion, ...] = ()
    observations: tuple[Observation, ...] = ()
    sources: tuple[Source, ...] = ()


class OverlayFile(Frozen):
    """`measures.yaml`."""

    title: str
    sources: tuple[Source, ...] = ()
    overlays: dict[Id, Overlay] = Field(default_factory=dict)


@dataclass(frozen=True)
class Scenario:
    """A state of the law to compare: a day, what third countries face, and what the parties change."""

    id: str
    title: str
    role: Role
    description: str
    on: date | None
    background: Background | None
    overlay: Overlay
    """Changes of the background and of the scenario together."""
    status: Status
    source: tuple[str, ...]
    note: str | None


@dataclass(frozen=True)
class Law:
    """The law a scenario asks about."""

    register: Register
    """With the scenario's changes."""
    on: date
    known: date

    def in_force(self) -> list[Measure]:
        """Measures that apply."""
        return self.register.in_force(self.on, self.known)


@dataclass(frozen=True, eq=False)
class Case:
    """A negotiation, opened as one thing with `Case.load`."""

    name: str
    title: str
    summary: str
    as_of: date
    parties: tuple[Party, ...]
    backgrounds: dict[str, Background]
    scenarios: dict[str, Scenario]
    flows: tuple[Flow, ...]
    not_yet_priced: tuple[Unpriced, ...]
    calendar: tuple[Occasion, ...]
    observations: tuple[Observation, ...]
    sources: dict[str, Source]
    """Of the case, its overlays, the register and the product groups."""
    register: Register
    overlays: dict[str, Overlay]
    """Changes of the law that the case has names for."""
    folder: Path

    @staticmethod
    def load(name_or_path: str | Path) -> Case:
        """Open a case by the name of a shipped one or the path of its folder.

        Raises:
            InputError: there is no such case, or its files are wrong; every mistake of every file is listed.
        """
        folder = _folder(name_or_path)
        found: list[Problem] = []
        document = _try(folder / "case.yaml", CaseFile, found)
        overlays = _try(folder / "measures.yaml", OverlayFile, found)
        register: Register | None = None
        try:
            register = Register.load()
        except InputError as error:
            found += error.problems
        if register is not None:
            found += _checks(folder, document, overlays, register)
        if found or document is None or overlays is None or register is None:
            raise InputError(found)
        return _assembled(folder, document[0], overlays[0], register)

    def scenario(self, name: str) -> Scenario:
        """The scenario with this id.

        Raises:
            InputError: there is none.
        """
        if name not in self.scenarios:
            hint = suggest(name, self.scenarios)
            raise InputError(Problem(f"case {self.name} has no scenario {name!r}", hint))
        return self.scenarios[name]

    def law(self, scenario: str, as_of: date | None = None) -> Law:
        """What is in force in a scenario, as known on `as_of` (the case's own day by default).

        A scenario without a day asks about `as_of` itself; one with a day about that day, or `as_of` once it is
        past.

        Raises:
            InputError: an unknown scenario, or a day of knowledge that the register does not cover.
        """
        chosen = self.scenario(scenario)
        known = as_of or self.as_of
        self.register.refuse_uncovered(known)
        on = known if chosen.on is None else chosen.on
        if chosen.role != "history":
            on = max(on, known)
        return Law(self.register.with_overlay(chosen.overlay), on, known)

    def table(self, as_of: date | None = None) -> Table:
        """What is on the negotiating table (`table.yaml`), laid on the law as known on `as_of`.

        Raises:
            InputError: the case has no table, or the table is wrong; every mistake is listed.
        """
        from kosho.bargain import Table  # noqa: PLC0415 - opening a case needs no table

        path = self.folder / "table.yaml"
        if not path.is_file():
            raise InputError(Problem(f"case {self.name} has no table", "add table.yaml", file=str(path)))
        return Table.load(
            path, self.register, self.scenarios, lambda name: self.law(name, as_of), self.overlays
        )


def cases() -> list[str]:
    """Names of the cases that ship."""
    return sorted(path.parent.name for path in _shipped().glob("*/case.yaml"))


def simulate(
    case: Case,
    scenario: str,
    as_of: date | None = None,
    world: Literal["full", "talks"] | World = "full",
    deficits: Literal["fixed", "zero"] = "fixed",
    elasticities: Literal["central", "low"] | xr.DataArray = "central",
) -> Outcome:
    """What a scenario does against the base year of the world.

    Args:
        case: The case.
        scenario: Id of one of its scenarios.
        as_of: Day of knowledge, and day in force where the scenario names none; None is the case's own day.
        world: `full` (80 economies, 50 sectors), `talks` (about 20 regions, 28 sectors), or a world at hand.
        deficits: Trade deficits kept as a share of world value added, or none.
        elasticities: `central`, `low` (see `kosho.world.low_elasticity`), or theta `[sector]`.

    Raises:
        InputError: unknown scenario, or a day the register does not cover.
        ConvergenceError: the solver did not meet its tolerance.
    """
    from kosho.equilibrium import solve  # noqa: PLC0415 - opening a case needs no solver

    base, found = pose(case, scenario, as_of, _world(world, elasticities))
    return solve(base, found.shock, deficits=deficits, constraints=found.constraints, nests=found.nests)


def pose(
    case: Case, scenario: str, as_of: date | None = None, world: Literal["full", "talks"] | World = "full"
) -> tuple[World, Effects]:
    """What `simulate` solves: the world with the quantities of the case, and everything a scenario changes.

    Neither depends on closure or elasticities, so that one question can be solved under many. See `simulate`.
    """
    from kosho.policy.impact import effects  # noqa: PLC0415
    from kosho.world import PhysicalFlow  # noqa: PLC0415

    law = case.law(scenario, as_of)
    base = _world(world, "central")
    units = [
        PhysicalFlow(
            flow.exporter,
            flow.importer,
            flow.sector,
            flow.quantity.value,
            flow.quantity.unit,
            flow.part,
            flow.quantity.source,
        )
        for flow in case.flows
        if flow.quantity is not None
    ]
    base = base.with_units([flow for flow in units if flow not in base.units])
    return base, effects(base, law.register, law.on, law.known)


def _world(
    world: Literal["full", "talks"] | World, elasticities: Literal["central", "low"] | xr.DataArray
) -> World:
    from kosho.world import load as load_world  # noqa: PLC0415
    from kosho.world import low_elasticity  # noqa: PLC0415

    base = load_world(regions=world, sectors=world) if isinstance(world, str) else world
    if not isinstance(elasticities, str):
        return base.with_theta(elasticities)
    return low_elasticity(base) if elasticities == "low" else base


def _shipped() -> Path:
    return Path(str(files("kosho").joinpath("cases")))


def _folder(name_or_path: str | Path) -> Path:
    path = Path(name_or_path)
    shipped = _shipped() / str(name_or_path)
    if not path.is_dir() and path.name == str(name_or_path) and shipped.is_dir():
        path = shipped
    if (path / "record.yaml").is_file() and not (path / "case.yaml").exists():
        hint = f"see it with: kosho record {name_or_path}; cases with scenarios: {', '.join(cases())}"
        raise InputError(Problem(f"{path.name!r} has a record but no scenarios", hint))
    if path.is_dir():
        return path
    hint = suggest(str(name_or_path), cases())
    raise InputError(Problem(f"no case {str(name_or_path)!r}", hint or "give the folder of a case"))


def _try(path: Path, model: type[Model], found: list[Problem]) -> tuple[Model, Lines] | None:
    try:
        return load(path, model)
    except InputError as error:
        found += error.problems
        return None


def _checks(
    folder: Path,
    document: tuple[CaseFile, Lines] | None,
    overlays: tuple[OverlayFile, Lines] | None,
    register: Register,
) -> list[Problem]:
    """Everything that refers to something else must find it."""
    found: list[Problem] = []
    sources = set(register.sources) | set(register.products.sources)
    if overlays is not None:
        problems = Problems(str(folder / "measures.yaml"))
        own = sources | {source.id for source in overlays[0].sources}
        _check_overlays(*overlays, problems, own, register)
        found += problems.found
    if document is not None:
        problems = Problems(str(folder / "case.yaml"))
        own = sources | {source.id for source in document[0].sources}
        if overlays is not None:
            own |= {source.id for source in overlays[0].sources}
        _check_sources(*document, problems, own)
        _check_scenarios(*document, problems, None if overlays is None else set(overlays[0].overlays))
        _check_flows(*document, problems, register)
        found += problems.found
    return found


def _check_overlays(
    document: OverlayFile, lines: Lines, problems: Problems, sources: set[str], register: Register
) -> None:
    known = [measure.id for measure in register.measures]
    there = References(sources, register.products, register.lists)
    names = {*known, *(measure.authority for measure in register.measures)}
    for name, overlay in document.overlays.items():
        here = ("overlays", name)
        measures = [((*here, "add", i), measure) for i, measure in enumerate(overlay.add)]
        measures += [((*here, "replace", i, "by"), item.by) for i, item in enumerate(overlay.replace)]
        for place, measure in measures:
            if measure.id in known and "add" in place:
                problems.add(f"measure {measure.id!r} is there already", "use replace", line=lines[place])
            check_references(measure, place, lines, problems, there)
            for other in measure.excludes:
                if other not in names:
                    problems.add(
                        f"unknown measure or authority {other!r}",
                        suggest(other, names),
                        line=lines[*place, "excludes"],
                    )
        for key, items in (("end", overlay.end), ("replace", overlay.replace)):
            for i, item in enumerate(items):
                if item.measure not in known:
                    hint = suggest(item.measure, known)
                    problems.add(f"unknown measure {item.measure!r}", hint, line=lines[*here, key, i])


def _cited(document: CaseFile) -> Iterator[tuple[tuple[str | int, ...], tuple[str, ...]]]:
    for key in ("backgrounds", "scenarios", "not_yet_priced", "calendar"):
        yield from (((key, i, "source"), item.source) for i, item in enumerate(getattr(document, key)))
    for i, flow in enumerate(document.flows):
        if flow.quantity is not None:
            yield ("flows", i, "quantity"), (flow.quantity.source,)
    for i, item in enumerate(document.observations):
        yield ("observations", i, "figure"), (item.figure.source,)


def _check_sources(document: CaseFile, lines: Lines, problems: Problems, known: set[str]) -> None:
    for place, sources in _cited(document):
        for source in sources:
            if source not in known:
                hint = suggest(source, known) or "list it under sources"
                problems.add(f"unknown source {source!r}", hint, line=lines[place], key="source")


def _check_scenarios(document: CaseFile, lines: Lines, problems: Problems, overlays: set[str] | None) -> None:
    backgrounds = {background.id for background in document.backgrounds}
    for key in ("backgrounds", "scenarios"):
        seen: set[str] = set()
        for i, item in enumerate(getattr(document, key)):
            if item.id in seen:
                problems.add(f"{item.id!r} is given twice", line=lines[key, i, "id"], key=key)
            seen.add(item.id)
            for overlay in item.overlays:
                if overlays is not None and overlay not in overlays:
                    hint = suggest(overlay, overlays) or "add it to measures.yaml"
                    problems.add(f"unknown overlay {overlay!r}", hint, line=lines[key, i, "overlays"])
    for i, scenario in enumerate(document.scenarios):
        if scenario.background is not None and scenario.background not in backgrounds:
            hint = suggest(scenario.background, backgrounds)
            line = lines["scenarios", i, "background"]
            problems.add(f"unknown background {scenario.background!r}", hint, line=line)


def _check_flows(document: CaseFile, lines: Lines, problems: Problems, register: Register) -> None:
    groups = register.products.groups
    for i, flow in enumerate(document.flows):
        if flow.part is None:
            continue
        if flow.part not in groups:
            hint = suggest(flow.part, groups)
            problems.add(f"unknown product group {flow.part!r}", hint, line=lines["flows", i, "part"])
        elif groups[flow.part].sector != flow.sector:
            right = groups[flow.part].sector
            problems.add(f"group {flow.part!r} is in sector {right}", line=lines["flows", i, "part"])


def _assembled(folder: Path, document: CaseFile, overlays: OverlayFile, register: Register) -> Case:
    backgrounds = {background.id: background for background in document.backgrounds}
    sources = [*register.products.sources.values(), *register.sources.values()]
    sources += [*overlays.sources, *document.sources]
    case = Case(
        name=folder.name,
        title=document.title,
        summary=document.summary,
        as_of=document.as_of,
        parties=document.parties,
        backgrounds=backgrounds,
        scenarios={item.id: _scenario(item, backgrounds, overlays.overlays) for item in document.scenarios},
        flows=document.flows,
        not_yet_priced=document.not_yet_priced,
        calendar=document.calendar,
        observations=document.observations,
        sources={source.id: source for source in sources},
        register=replace(register, sources={source.id: source for source in sources}),
        overlays=overlays.overlays,
        folder=folder,
    )
    for scenario in case.scenarios.values():
        precedence(case.register.with_overlay(scenario.overlay).measures)
    return case


def _scenario(item: ScenarioFile, backgrounds: dict[str, Background], overlays: dict[str, Overlay]) -> Scenario:
    background = None if item.background is None else backgrounds[item.background]
    names = [*(background.overlays if background else ()), *item.overlays]
    overlay = Overlay(title="")
    for name in names:
        overlay = overlay + overlays[name]
    return Scenario(
        id=item.id,
        title=item.title,
        role=item.role,
        description=item.description,
        on=item.on,
        background=background,
        overlay=overlay,
        status=item.status,
        source=item.source,
        note=item.note,
    )
