"""What `case.yaml` and `measures.yaml` say, and whether everything they refer to is there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import Field, model_validator

from kosho.codes import expand_regions, sectors
from kosho.display import listing
from kosho.errors import InputError, Problem, Problems, suggest
from kosho.language import N_, _
from kosho.law.overlay import Overlay
from kosho.law.register import Register
from kosho.law.scope import Actor, HsList, Id, Some
from kosho.provenance import Allowed, Cited, Day, Frozen, Source, Status, Text, require_reason
from kosho.yamlfile import LineNumbers, ids

if TYPE_CHECKING:
    from kosho.world import World

__all__ = [
    "PARTY",
    "Background",
    "CaseFile",
    "CaseParty",
    "Finding",
    "NamedFlow",
    "Observation",
    "Occasion",
    "OverlayFile",
    "Role",
    "ScenarioFile",
    "Unpriced",
    "checks",
    "not_apart",
]

Role = Literal["status-quo", "no-deal", "deal", "reference", "history"]
"""`reference` is a state to compare with that is neither a deal nor its failure."""


class CaseParty(Frozen):
    """One side of the talks."""

    economy: Actor
    """ISO 3166 alpha-3 code, or that of a bloc: its members are one economy in the worlds of the case."""
    title: Text
    negotiators: tuple[str, ...] = ()


class Background(Frozen):
    """What third countries face, the same in every scenario that names it."""

    id: Id
    title: Text
    description: Text
    overlays: tuple[Id, ...] = ()
    status: Status
    source: Some[str]


class ScenarioFile(Frozen):
    """A scenario as written in `case.yaml`."""

    id: Id
    title: Text
    role: Role
    description: Text
    on: Day | None = None
    """Day in force; left out, the day the question is asked."""
    background: Id | None = None
    overlays: tuple[Id, ...] = ()
    status: Status
    """Standing of its numbers: read, computed, or chosen by us."""
    source: Some[str]
    allow_idle: Allowed = False
    """Whether it is meant that some of its measures reach nothing; the note says why."""
    note: Text | None = None

    @model_validator(mode="after")
    def _told(self) -> ScenarioFile:
        return require_reason(self)


class NamedFlow(Frozen):
    """A trade the case is about."""

    id: Id
    title: Text
    exporter: Actor
    importer: Actor
    sector: str
    """An ICIO sector, or one of the table that `world` names."""
    part: Id | None = None
    """Product group; left out, the whole sector."""
    quantity: Cited | None = None
    """Physical quantity a year in the base."""


class Unpriced(Frozen):
    """Something on the table that no number here accounts for."""

    id: Id
    title: Text
    by: Actor | None = None
    why: Text
    source: Some[str]
    quote: Text | None = None


class Occasion(Frozen):
    """A date of the case."""

    date: Day
    title: Text
    consequence: Text | None = None
    source: Some[str]


class Observation(Frozen):
    """A figure known from reality, to hold results against."""

    id: Id
    title: Text
    period: Text
    figure: Cited


class Finding(Frozen):
    """What a case finds, and the assumptions it stands or falls with."""

    id: Id
    finding: Text
    """What is found, with its figure."""
    rests_on: Some[str]
    """Assumptions and estimates, in words, each with where it is written."""
    otherwise: Text
    """What is found if they are other ones within their ranges."""
    status: Status
    """Of the weakest of them."""
    source: Some[str]


class CaseFile(Frozen):
    """`case.yaml`."""

    title: Text
    summary: Text | None = None
    as_of: Day
    """The day the case is about; questions without a date are asked on it."""
    begins: Day | None = None
    """First day that can be asked about; left out, any that the register covers."""
    parties: Some[CaseParty]
    world: str | None = None
    """The table the case is about, as `--world` takes it: a name, or a file in the case's folder; left out, the
    one that ships."""
    before: tuple[Id, ...] = ()
    """Halts of trade (`kosho coercion` lists them) whose trade the table lacks: it is put back before anything
    is asked, so that halts of the case can act on it."""
    law_as_of: Day | None = None
    """Where the register does not hold the law of the case's days: the day whose law its changes are laid on,
    whatever day is asked about. Results are then of the changes alone."""
    backgrounds: tuple[Background, ...] = ()
    scenarios: tuple[ScenarioFile, ...] = ()
    """Without any, a case is told from its record alone and nothing is computed."""
    flows: tuple[NamedFlow, ...] = ()
    not_yet_priced: tuple[Unpriced, ...] = ()
    calendar: tuple[Occasion, ...] = ()
    observations: tuple[Observation, ...] = ()
    findings: tuple[Finding, ...] = ()
    """Which finding rests on which assumption."""
    sources: tuple[Source, ...] = ()

    @model_validator(mode="after")
    def _begun(self) -> CaseFile:
        if self.begins is not None and self.as_of < self.begins:
            raise ValueError(
                _("as_of {as_of} is before the case begins, {begins}", as_of=self.as_of, begins=self.begins)
            )
        return self


class OverlayFile(Frozen):
    """`measures.yaml`."""

    title: Text
    sources: tuple[Source, ...] = ()
    lists: dict[Id, HsList] = Field(default_factory=dict)
    """Headings that measures of the case speak of, beside the lists of the register."""
    overlays: dict[Id, Overlay] = Field(default_factory=dict)


def checks(
    folder: Path,
    document: tuple[CaseFile, LineNumbers],
    overlays: tuple[OverlayFile, LineNumbers] | None,
    register: Register,
) -> list[Problem]:
    """Mistakes of `case.yaml`: everything that refers to something else must find it."""
    sources = set(register.sources) | set(register.products.sources)
    problems = Problems(str(folder / "case.yaml"))
    own = sources | {source.id for source in document[0].sources}
    if overlays is not None:
        listed: set[str] | None = {source.id for source in overlays[0].sources}
    else:  # what is wrong with the file is told; its sources are there all the same
        listed = ids(folder / "measures.yaml", "sources")
    if listed is not None:
        _check_sources(*document, problems, own | listed)
    _check_twice(*document, problems)
    _check_law(*document, problems, register)
    _check_scenarios(*document, problems, None if overlays is None else set(overlays[0].overlays))
    world = _check_world(*document, folder, problems)
    _check_flows(*document, problems, register, world)
    return problems.found


def _check_twice(document: CaseFile, lines: LineNumbers, problems: Problems) -> None:
    """Parties, flows and observations are each there once."""
    for key, name in (("parties", "economy"), ("flows", "id"), ("observations", "id"), ("findings", "id")):
        seen: set[str] = set()
        for i, item in enumerate(getattr(document, key)):
            code = getattr(item, name)
            if code in seen:
                problems.add(
                    _("{code!r} is given twice", code=code),
                    _("once"),
                    line=lines[key, i, name],
                    key=f"{key}.{i}",
                )
            seen.add(code)


def _check_law(document: CaseFile, lines: LineNumbers, problems: Problems, register: Register) -> None:
    """The halts that a case names are known, and the register holds the law that it is laid on."""
    if document.before:
        from kosho.impact.coercion import episodes  # noqa: PLC0415 - most cases put nothing back

        for i, name in enumerate(document.before):
            if name not in episodes():
                hint = suggest(name, episodes()) or _("`kosho coercion` lists them")
                problems.add(_("no episode {name!r}", name=name), hint, line=lines["before", i], key="before")
    if document.law_as_of is None:
        return
    try:
        register.refuse_uncovered(document.law_as_of)
    except InputError as error:
        for one in error.problems:
            problems.add(one.message, one.hint, line=lines["law_as_of",], key="law_as_of")


def _cited(document: CaseFile) -> Iterator[tuple[tuple[str | int, ...], tuple[str, ...]]]:
    for key in ("backgrounds", "scenarios", "not_yet_priced", "calendar", "findings"):
        yield from (((key, i, "source"), item.source) for i, item in enumerate(getattr(document, key)))
    for i, flow in enumerate(document.flows):
        if flow.quantity is not None:
            yield ("flows", i, "quantity"), (flow.quantity.source,)
    for i, item in enumerate(document.observations):
        yield ("observations", i, "figure"), (item.figure.source,)


def _check_sources(document: CaseFile, lines: LineNumbers, problems: Problems, known: set[str]) -> None:
    for place, sources in _cited(document):
        for source in sources:
            if source not in known:
                hint = suggest(source, known) or _("list it under sources")
                problems.add(
                    _("unknown source {source!r}", source=source), hint, line=lines[place], key="source"
                )


def _check_scenarios(
    document: CaseFile, lines: LineNumbers, problems: Problems, overlays: set[str] | None
) -> None:
    backgrounds = {background.id for background in document.backgrounds}
    for key in ("backgrounds", "scenarios"):
        seen: set[str] = set()
        for i, item in enumerate(getattr(document, key)):
            if item.id in seen:
                problems.add(_("{id!r} is given twice", id=item.id), line=lines[key, i, "id"], key=key)
            seen.add(item.id)
            for overlay in item.overlays:
                if overlays is not None and overlay not in overlays:
                    hint = suggest(overlay, overlays) or _("add it to measures.yaml")
                    problems.add(
                        _("unknown overlay {overlay!r}", overlay=overlay), hint, line=lines[key, i, "overlays"]
                    )
    for i, scenario in enumerate(document.scenarios):
        if scenario.background is not None and scenario.background not in backgrounds:
            hint = suggest(scenario.background, backgrounds)
            line = lines["scenarios", i, "background"]
            problems.add(
                _("unknown background {background!r}", background=scenario.background), hint, line=line
            )


def _check_world(document: CaseFile, lines: LineNumbers, folder: Path, problems: Problems) -> World | None:
    """The table a case names, if it names one that can be read and has its parties."""
    if document.world is None:
        return None
    from kosho.world import WorldChoice  # noqa: PLC0415 - most cases name none

    try:
        world = (
            WorldChoice.parse(document.world, folder).load(party.economy for party in document.parties).whole
        )
    except InputError as error:
        for one in error.problems:
            problems.add(one.message, one.hint, line=lines["world",], key="world")
        return None
    for i, party in enumerate(document.parties):
        if party.economy not in world.countries:
            message = f"{party.economy}: {not_apart(party.economy, world)}"
            problems.add(message, _(PARTY), line=lines["parties", i, "economy"], key="economy")
    return world


PARTY = N_("a party must be a country of its own, or a bloc that the world has members of")


def not_apart(code: str, world: World) -> str:
    """Why a party cannot be told apart in a world."""
    members = set(expand_regions([code]))
    inside = [region for region, leaves in world.meta.regions.items() if members & set(leaves)]
    if not inside:
        return _("the world has it not")
    return _("the world has {code} only inside {names}", code=code, names=listing(inside))


def _check_flows(
    document: CaseFile, lines: LineNumbers, problems: Problems, register: Register, world: World | None
) -> None:
    groups = register.products.groups
    for i, flow in enumerate(document.flows):
        members = (flow.sector,)
        if world is not None:
            try:
                label = world.sector_of(flow.sector)
                members = world.meta.sectors.get(label, (label,))
                for code in (flow.exporter, flow.importer):
                    world.position(code)
            except InputError as error:
                for one in error.problems:
                    problems.add(one.message, one.hint, line=lines["flows", i], key="flows")
        elif flow.sector not in sectors():
            hint = suggest(flow.sector, sectors())
            problems.add(
                _("unknown sector {sector!r}", sector=flow.sector),
                hint,
                line=lines["flows", i, "sector"],
                key="sector",
            )
        if flow.part is None:
            continue
        if flow.part not in groups:
            hint = suggest(flow.part, groups)
            problems.add(
                _("unknown product group {part!r}", part=flow.part), hint, line=lines["flows", i, "part"]
            )
        elif groups[flow.part].sector not in members:
            right = groups[flow.part].sector
            problems.add(
                _("group {part!r} is in sector {right}", part=flow.part, right=right),
                line=lines["flows", i, "part"],
            )
