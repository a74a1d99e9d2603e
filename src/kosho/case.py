"""A case: one folder that holds a negotiation, and what its scenarios do.

`case.yaml` names parties, scenarios, flows and dates; `measures.yaml` holds what scenarios change in the law.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from types import NoneType
from typing import TYPE_CHECKING

from kosho.arguments import refuse_sort
from kosho.case_files import HOW_TO_ADD, CaseFiles, folder_of, read_case
from kosho.case_folders import case_names
from kosho.case_schema import (
    PARTY,
    Background,
    CaseParty,
    Finding,
    NamedFlow,
    Observation,
    Occasion,
    Role,
    ScenarioFile,
    Unpriced,
    not_apart,
)
from kosho.display import Card, Shown, listing, plural, thing
from kosho.errors import InputError, Problem, suggest
from kosho.language import _
from kosho.law.measure import Measure
from kosho.law.overlay import Overlay
from kosho.law.register import Register
from kosho.provenance import Said, Source, Status

if TYPE_CHECKING:
    from kosho.bargain import Table
    from kosho.record import Record
    from kosho.world import World, WorldChoice, Worlds

__all__ = ["Case", "Law", "Scenario", "cases"]


@dataclass(frozen=True)
class Scenario(Shown):
    """A state of the law to compare: a day, what third countries face, and what the parties change.

    >>> from kosho import Case
    >>> Case.load("japan-us-2025").scenario("deal")
    Scenario 'deal': 15 % on cars and on the rest
      role               deal
      day                2025-07-09
      background         Third countries stay at 10 %
      adds               case-cars-15, case-parts-15, case-rest-15
      ends or replaces   1 measure
      sources            own-case (assumption)
    """

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
    allow_idle: bool = False
    """Whether some of its measures may reach nothing."""

    def card(self) -> Card:
        """What it supposes, and on which day."""
        change = self.overlay
        return Card(
            f"Scenario {self.id!r}: {self.title}",
            [
                ("role", self.role),
                ("day", str(self.on or "the one asked about")),
                ("background", self.background.title if self.background else "none"),
                ("adds", listing(one.id for one in change.add)),
                ("ends or replaces", plural(len(change.end) + len(change.replace), "measure")),
                ("sources", f"{listing(self.source)} ({self.status})"),
            ],
        )


@dataclass(frozen=True)
class Law(Shown):
    """The law a scenario asks about.

    >>> from kosho import Case
    >>> law = Case.load("japan-us-2025").law("no-deal")
    >>> print(law.on, law.known)
    2025-07-09 2025-06-29
    >>> "us-232-autos-25" in [measure.id for measure in law.in_force()]
    True
    """

    register: Register
    """With the scenario's changes."""
    on: date
    known: date

    def card(self) -> Card:
        """The day and the register it is read from."""
        rows = [("register", thing(self.register)), ("in force", plural(len(self.in_force()), "measure"))]
        return Card(f"Law on {self.on}, as known on {self.known}", rows)

    def in_force(self) -> list[Measure]:
        """Measures that apply."""
        return self.register.in_force(self.on, self.known)


@dataclass(frozen=True, eq=False)
class Case(Shown):
    """A negotiation, opened as one thing with `Case.load`.

    >>> from kosho import Case
    >>> case = Case.load("japan-us-2025")
    >>> case.title, str(case.as_of)
    ('Japan and the United States, tariff talks of 2025', '2025-06-29')
    >>> case.scenario("no-deal").title
    'No deal, Japan alone reverts to 24 %'
    """

    name: str
    title: str
    summary: str
    as_of: date
    """The day that everything in it is as known on; questions without a date are asked on it."""
    begins: date | None
    """First day that can be asked about."""
    parties: tuple[CaseParty, ...]
    backgrounds: dict[str, Background]
    scenarios: dict[str, Scenario]
    flows: tuple[NamedFlow, ...]
    not_yet_priced: tuple[Unpriced, ...]
    calendar: tuple[Occasion, ...]
    observations: tuple[Observation, ...]
    findings: tuple[Finding, ...]
    sources: dict[str, Source]
    """Of the case, its overlays, the register and the product groups."""
    register: Register
    overlays: dict[str, Overlay]
    """Changes of the law that the case has names for."""
    folder: Path
    closed: date | None = None
    """The day on which the talks over its table ended (`closed` of `table.yaml`)."""
    table_named: str | None = None
    """`world` as `case.yaml` has it."""
    before: tuple[str, ...] = ()
    """Halts whose trade is put back into the table."""
    law_as_of: date | None = None
    """The day whose law changes are laid on, where it is not the day asked about."""
    allow_idle: bool = False
    """Whether measures of any scenario, and any option of the table, may reach nothing."""

    def card(self) -> Card:
        """Who negotiates, which courses are compared, and which rooms have something to say."""
        files = [part for part in self.holds if part != "scenarios"]
        return Card(
            f"Case {self.name}: {self.title}",
            [
                ("as of", str(self.as_of)),
                ("parties", listing(party.title for party in self.parties)),
                ("scenarios", listing(self.scenarios, 12)),
                ("flows", listing(flow.title for flow in self.flows)),
                ("law", thing(self.register)),
                ("also has", listing(files)),
                ("calendar", plural(len(self.calendar), "date")),
            ],
        )

    @staticmethod
    def load(name_or_path: str | Path, as_of: date | None = None) -> Case:
        """Open a case by the path of its folder, or by name: of one that ships, or of the user's own.

        A folder with a record alone is a case too: nothing is computed of it.

        Args:
            name_or_path: The case.
            as_of: The day it is told as known on; None is the case's own. What became known later is left out,
                in words and figures.

        Raises:
            InputError: there is no such case, it begins after the day, or its files are wrong; every mistake of
                every file is listed.

        >>> from datetime import date
        >>> from kosho import Case
        >>> Case.load("japan-us-2025").parties[0]
        CaseParty
          economy       'JPN'
          title         'Japan'
          negotiators   ('Ryosei Akazawa, Minister of Economic Revitalization',)
        >>> Case.load("japan-us-2025", date(2024, 12, 31))
        Traceback (most recent call last):
            ...
        kosho.errors.InputError: as_of: case japan-us-2025 begins on 2025-04-09, after 2024-12-31 (ask ...)
        >>> Case.load("japan-us-2024")
        Traceback (most recent call last):
            ...
        kosho.errors.InputError: no case 'japan-us-2024' (did you mean japan-us-2025 or ...?)
        """
        refuse_sort(as_of, (date, NoneType), "as_of")
        return _assembled(read_case(folder_of(name_or_path), as_of))

    def as_known_on(self, day: date | None) -> Case:
        """The same case as known on another day; itself on its own.

        Raises:
            InputError: the case begins later, or its files have changed and are wrong.

        >>> from datetime import date
        >>> from kosho import Case
        >>> case = Case.load("japan-us-2025")
        >>> list(case.scenarios)[:3], list(case.as_known_on(date(2025, 9, 16)).scenarios)
        (['status-quo', 'extension', 'no-deal'], ['status-quo', 'without'])
        """
        refuse_sort(day, (date, NoneType), "as_of")
        if day is None or day == self.as_of:
            return self
        return replace(Case.load(self.folder, day), name=self.name, allow_idle=self.allow_idle)

    def allowing_idle(self) -> Case:
        """The same case, with leave for measures and options that reach nothing; results name them.

        >>> from kosho import Case
        >>> Case.load("japan-us-2025").allowing_idle().allow_idle
        True
        """
        return replace(self, allow_idle=True)

    @property
    def holds(self) -> tuple[str, ...]:
        """Which of its parts there are: `record`, `scenarios`, `table`.

        >>> from kosho import Case
        >>> Case.load("japan-us-2025").holds
        ('record', 'scenarios', 'table')
        """
        there = ((self.folder / "record.yaml").is_file(), bool(self.scenarios), self.has_table)
        return tuple(part for part, is_there in zip(HOW_TO_ADD, there, strict=True) if is_there)

    def lacking(self, part: str) -> InputError:
        """That the case has no such part, what it has, and what would add it."""
        has = listing(self.holds) if self.holds else _("neither record, scenarios nor table")
        message = _("case {name} has no {part}; it has {has}", name=self.name, part=part, has=has)
        return InputError(Problem(message, _(HOW_TO_ADD[part]), file=str(self.folder)))

    def scenario(self, name: str) -> Scenario:
        """The scenario with this id.

        Raises:
            InputError: there is none.
        """
        refuse_sort(name, str, "scenario")
        if not self.scenarios:
            raise self.lacking("scenarios")
        if name not in self.scenarios:
            hint = suggest(name, self.scenarios)
            raise InputError(
                Problem(_("case {name} has no scenario {name_2!r}", name=self.name, name_2=name), hint)
            )
        return self.scenarios[name]

    def law(self, scenario: str, as_of: date | None = None) -> Law:
        """What is in force in a scenario, as known on `as_of` (the day of the case by default).

        A scenario without a day asks about `as_of` itself; one with a day about that day, or `as_of` once it is
        past. Where the case names a day of its own (`law_as_of`), it is that day for all.

        Raises:
            InputError: an unknown scenario, or a day of knowledge that the register does not cover.

        >>> from kosho import Case
        >>> law = Case.load("japan-us-2025").law("deal")
        >>> str(law.on), [one.id for one in law.in_force() if one.id.startswith("case-")]
        ('2025-07-09', ['case-cars-15', 'case-parts-15', 'case-rest-15'])
        """
        if as_of not in (None, self.as_of):
            return self.as_known_on(as_of).law(scenario)
        chosen, known = self.scenario(scenario), self.as_of
        if self.law_as_of is not None:
            return Law(self.register.with_overlay(chosen.overlay), self.law_as_of, self.law_as_of)
        self.register.refuse_uncovered(known)
        on = known if chosen.on is None else chosen.on
        if chosen.role != "history":
            on = max(on, known)
        return Law(self.register.with_overlay(chosen.overlay), on, known)

    @cached_property
    def world(self) -> WorldChoice:
        """The table its questions are asked of where nobody names another: its own, or the one that ships."""
        from kosho.world import WorldChoice  # noqa: PLC0415 - opening a case needs no table

        return WorldChoice() if self.table_named is None else WorldChoice.parse(self.table_named, self.folder)

    @property
    def apart(self) -> frozenset[str]:
        """Economies and sectors that a world must tell apart to answer its questions."""
        flows = (code for flow in self.flows for code in (flow.exporter, flow.importer, flow.sector))
        return frozenset(party.economy for party in self.parties) | frozenset(flows)

    def worlds(self, world: WorldChoice | Worlds | None = None, keep: Iterable[str] = ()) -> Worlds:
        """The table of its questions and its coarse form: its parties and flows are apart, its blocs together.

        Base duties that the case gives (`products.yaml`) stand where the table knows none; what halts of trade
        took from the table (`before`) is put back into both.

        Args:
            world: The table; its own if not given, or one at hand, whose duties stay as they are.
            keep: More countries and sectors that stay apart.

        Raises:
            InputError: the table cannot be read.
        """
        rates = {cell: rate for one in self.register.products.duties for cell, rate in one.cells().items()}
        found = (world or self.world).load(self.apart | frozenset(keep), rates)
        if not self.before:
            return found
        from kosho.impact.coercion import restored  # noqa: PLC0415 - most cases put nothing back

        return restored(found, self.before)

    def within(self, world: World) -> Case:
        """The case with its flows in the sectors of a world, without those that it does not tell apart.

        Raises:
            InputError: the world does not tell a party apart; all of them are listed.
        """
        lost = [party.economy for party in self.parties if party.economy not in world.countries]
        if lost:
            told = _("is not in the world {name}", name=world.meta.name)
            raise InputError(
                [
                    Problem(
                        _(
                            "party {code} {told}: {not_apart}",
                            code=code,
                            told=told,
                            not_apart=not_apart(code, world),
                        ),
                        PARTY,
                    )
                    for code in lost
                ]
            )
        flows = self._flows_in(world)[0]
        return self if flows == self.flows else replace(self, flows=flows)

    def flows_left_out(self, world: World) -> dict[str, str]:
        """Why a world cannot show flows of the case, by id of the flow; empty where it shows all of them."""
        return self._flows_in(world)[1]

    def _flows_in(self, world: World) -> tuple[tuple[NamedFlow, ...], dict[str, str]]:
        found: list[NamedFlow] = []
        left_out: dict[str, str] = {}
        for flow in self.flows:
            try:
                for code in (flow.exporter, flow.importer):
                    world.position(code)
                found.append(flow.model_copy(update={"sector": world.sector_of(flow.sector)}))
            except InputError as error:
                left_out[flow.id] = error.problems[0].message
        return tuple(found), left_out

    @cached_property
    def record(self) -> Record | None:
        """The record of the talks (`record.yaml`), read when it is first asked for; None where there is none.

        Raises:
            InputError: it breaks its schema, refers to nothing, or gives a source the id of another document.
        """
        from kosho.record.check import dangling, unknown_measures  # noqa: PLC0415 - opening a case needs no record
        from kosho.record.ledger import Record  # noqa: PLC0415

        path = self.folder / "record.yaml"
        if not path.is_file():
            return None
        record = Record.load(path, self.as_of)
        problems = dangling(record.file, record.lines, str(path))
        for n, source in enumerate(record.file.sources):
            other = self.sources.get(source.id)
            if other is not None and other.title != source.title:
                line = record.lines["sources", n, "id"]
                message = _(
                    "source {id!r} is another one in the case: {title!r}", id=source.id, title=other.title
                )
                problems.append(Problem(message, _("choose another id"), str(path), line, f"sources.{n}.id"))
        measures = [measure.id for measure in self.register.measures]
        problems += unknown_measures(record.file, record.lines, str(path), measures)
        if problems:
            raise InputError(problems)
        return record

    @property
    def has_table(self) -> bool:
        """Whether there is anything to negotiate (`table.yaml`)."""
        return self._table.is_file()

    @property
    def _table(self) -> Path:
        return self.folder / "table.yaml"

    def table(self, as_of: date | None = None) -> Table:
        """What is on the negotiating table (`table.yaml`), laid on the law and the record as known on `as_of`.

        Once the talks are over (`closed`), it is the table as it stood on the day before; `Table.as_of` says
        which day that is, and `Table.struck` what was agreed in the end. A statement that the table cites is
        held against the record whatever the day; recorded later than `as_of`, it is not shown; replaced by
        then, it is shown as what took its place.

        Raises:
            InputError: the case has no table, or the table or the record is wrong; every mistake is listed.
        """
        from kosho.bargain import Table  # noqa: PLC0415 - opening a case needs no table

        path = self._table
        if not self.has_table:
            raise self.lacking("table")
        if not self.scenarios:
            raise self.lacking("scenarios")
        day = as_of or self.as_of
        if day != self.as_of:
            return self.as_known_on(day).table()
        if self.closed is not None and day >= self.closed:
            before = self.as_known_on(self.closed - timedelta(1)).table()
            return before.with_struck(path, self.register, self.overlays, _said(self.record, day))
        found: list[Problem] = []
        try:
            statements = _said(self.record, day)
        except InputError as error:
            found += error.problems
            statements = None
        try:
            table = Table.load(
                path,
                self.register,
                {name: self.law(name) for name in self.scenarios},
                self.overlays,
                statements,
            )
        except InputError as error:
            raise InputError([*error.problems, *found]) from None
        if found:
            raise InputError(found)
        told = self.record.file.sources if self.record else ()
        table = replace(table, allow_idle=self.allow_idle, as_of=day)
        return replace(table, sources={**{one.id: one.plain() for one in told}, **table.sources})


def _said(record: Record | None, day: date) -> dict[str, Said | None]:
    """The statements of a record as they stood on a day, by id; None for those recorded later."""
    if record is None:
        return {}
    standing = record.standing(day)
    return {
        one.id: record.reported(standing[one.id]) if one.id in standing else None
        for one in record.file.statements
    }


def cases() -> list[str]:
    """Names of the cases that ship and of those in the user's cases folder.

    >>> from kosho.case import cases
    >>> [name for name in cases() if name.startswith("japan-us")]
    ['japan-us-2025']
    """
    return case_names()


def _assembled(of: CaseFiles) -> Case:
    document, overlays, register = of.document, of.overlays.overlays, of.register
    backgrounds = {background.id: background for background in document.backgrounds}
    case = Case(
        name=of.folder.resolve().name,
        title=document.title,
        summary=document.summary or "",
        as_of=of.day,
        begins=document.begins,
        closed=of.closed,
        parties=document.parties,
        backgrounds=backgrounds,
        scenarios={item.id: _scenario(item, backgrounds, overlays) for item in document.scenarios},
        flows=document.flows,
        not_yet_priced=document.not_yet_priced,
        calendar=document.calendar,
        observations=document.observations,
        findings=document.findings,
        sources=register.sources,
        register=register,
        overlays=overlays,
        folder=of.folder,
        table_named=document.world,
        before=document.before,
        law_as_of=document.law_as_of,
    )
    for scenario in case.scenarios.values():
        _other = case.register.with_overlay(scenario.overlay).order  # raises where measures exclude in a circle
    return case


def _scenario(item: ScenarioFile, backgrounds: dict[str, Background], overlays: dict[str, Overlay]) -> Scenario:
    background = None if item.background is None else backgrounds[item.background]
    names = [*(background.overlays if background else ()), *item.overlays]
    overlay = Overlay()
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
        allow_idle=item.allow_idle,
    )
