"""`Table`: what is on the table, read from `table.yaml` and laid on the law of a case."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Protocol

import numpy as np

from kosho.arrays import Index, Mask
from kosho.bargain.line_options import Lines, with_line_options
from kosho.bargain.packages import Grid
from kosho.bargain.rate_options import (
    Spread,
    anchored,
    at_rate,
    named_option,
    nearest_choices,
    rated_options,
    spreads,
    with_named,
)
from kosho.bargain.schema import Issue, Justified, Link, Option, RedLine, StruckDeal, TableFile
from kosho.bargain.table_check import TableCheck
from kosho.display import Card, Shown, listing
from kosho.errors import InputError, Problems
from kosho.language import _
from kosho.law.measure import Measure
from kosho.law.nontariff_terms import Amount
from kosho.law.overlay import Overlay
from kosho.law.register import Register
from kosho.limits import refuse_beyond
from kosho.provenance import Said, Source
from kosho.readonly import fixed
from kosho.yamlfile import LineNumbers, load

__all__ = ["Agreed", "BackgroundLaw", "LawState", "Table"]

PACKAGE_BYTES = 25_000
"""What a package takes while all are solved, measured on the `talks` world; most of it is what it is worth by
country and sector."""
ESTIMATED_BYTES = 1_000
"""What a package takes where most are estimated."""
STRUCK = "struck-"
"""Before the names of overlays of a deal that was struck later."""


class LawState(Protocol):
    """A dated state of the law."""

    @property
    def register(self) -> Register:
        """With what a scenario changes."""
        ...

    @property
    def on(self) -> date:
        """Day in force."""
        ...

    @property
    def known(self) -> date:
        """Day of knowledge."""
        ...


@dataclass(frozen=True)
class _Law:
    """A state of the law with more in it."""

    register: Register
    on: date
    known: date

    @staticmethod
    def of(state: LawState, overlays: Sequence[Overlay]) -> _Law:
        """A state of the law, changed; measures that it holds already are not added again."""
        register = state.register
        for overlay in overlays:
            new = tuple(one for one in overlay.add if one not in register.measures)
            register = register.with_overlay(overlay.model_copy(update={"add": new}))
        return _Law(register, state.on, state.known)


@dataclass(frozen=True)
class BackgroundLaw(Shown):
    """A background: what packages are laid on, and what follows without one."""

    id: str
    title: str
    packages: LawState
    disagreement: LawState


@dataclass(frozen=True, eq=False)
class Agreed(Shown):
    """The deal that was struck, laid on the table as it stood before."""

    deal: StruckDeal
    table: Table
    """With the issues that the deal settles besides."""
    sources: Mapping[str, Source]
    """As known on the day that is asked about."""

    @cached_property
    def package(self) -> int:
        """Of `table`; issues that the deal does not name have their fallback."""
        grid = self.table.grid
        return grid.find({**grid.label(self.table.fallback), **self.table.named(self.deal.options)})


@dataclass(frozen=True, eq=False)
class Table(Shown):
    """Everything the sides can agree on. Make one with `Table.load`.

    >>> from kosho import Case
    >>> table = Case.load("japan-us-2025").table()
    >>> table.parties, table.grid.issues[:3]
    (('JPN', 'USA'), ('cars', 'metals', 'rest'))
    >>> table.grid.label(table.fallback)["cars"]
    'add-25'
    """

    file: TableFile
    backgrounds: tuple[BackgroundLaw, ...]
    status_quo: LawState
    overlays: Mapping[str, Overlay]
    """Of the table and of its case."""
    sources: Mapping[str, Source]
    statements: Mapping[str, Said | None] = field(default_factory=dict)
    """Of the record, as they stood on the day of the table; None for one recorded later."""
    allow_idle: bool = False
    """Whether any option may reach nothing; `Option.allow_idle` says it of one."""
    as_of: date | None = None
    """The day that it is as known on, where it is that of a case."""
    lines: Lines = field(default_factory=dict)
    """Tariff lines of the options that are packages of lines."""
    struck: Agreed | None = None
    """What the sides agreed on in the end, where that is known on the day asked about."""

    @property
    def today(self) -> date:
        """The day from which days to the deadline count."""
        return self.status_quo.on if self.as_of is None else self.as_of

    def card(self) -> Card:
        """Who can agree on what, and what follows without a deal."""
        file = self.file
        return Card(
            f"Table: {file.title}",
            [
                ("parties", listing(self.parties)),
                ("issues", listing(f"{one.id} ({len(one.options)})" for one in file.issues)),
                ("packages", f"{len(self.grid):,}, {int(self.possible.sum()):,} of them possible"),
                ("red lines", listing(one.id for one in file.red_lines)),
                ("deadline", f"{file.deadline.date}, then {file.deadline.follows}"),
                ("backgrounds", listing(one.title for one in self.backgrounds)),
                ("not priced", listing(one.id for one in file.unpriced)),
            ],
        )

    @staticmethod
    def load(
        path: Path,
        register: Register,
        laws: Mapping[str, LawState],
        overlays: Mapping[str, Overlay] | None = None,
        statements: Mapping[str, Said | None] | None = None,
    ) -> Table:
        """Read a table and lay it on the law of a case.

        Args:
            path: `table.yaml`.
            register: Measures, product groups and sources that the table may refer to.
            laws: The law of each scenario of the case.
            overlays: Changes of the law that the case has names for.
            statements: The statements of the case's record, which the table may cite, as they stood on the day;
                None for one recorded later: it may be cited, and is not shown. Without a record at hand
                citations are not checked.

        Raises:
            InputError: every mistake, with file and line.
        """
        file, lines = load(path, TableFile, register.known, register.later)
        file, tariff_lines = with_line_options(file, path)
        known = dict(overlays or {})
        problems = Problems(str(path))
        TableCheck(file, lines, problems, register, known).all(set(laws), statements)
        problems.raise_if_any()
        file = anchored(file, known)
        count = math.prod(len(issue.options) for issue in file.issues)
        refuse_beyond("packages", count, ESTIMATED_BYTES, key="issues", file=str(path))
        every = {**known, **file.overlays}

        def law_of(scenario: str) -> LawState:
            return _Law.of(laws[scenario], [every[name] for name in file.throughout])

        table = Table(
            file=file,
            backgrounds=tuple(
                BackgroundLaw(one.id, one.title, law_of(one.packages), law_of(one.disagreement.scenario))
                for one in file.backgrounds
            ),
            status_quo=law_of(file.status_quo.scenario),
            overlays=every,
            sources={**register.sources, **{source.id: source for source in file.sources}},
            statements=statements or {},
            lines=tariff_lines,
        )
        table.refuse_empty(problems, lines)
        problems.raise_if_any()
        return table

    def with_struck(
        self,
        path: Path,
        register: Register,
        overlays: Mapping[str, Overlay],
        statements: Mapping[str, Said | None] | None = None,
    ) -> Table:
        """The same table with the deal that was struck, as its file tells it on a later day, if it does.

        The deal is laid on the law of the table's own day, so that it compares with what was possible then.

        Args:
            path: `table.yaml`.
            register: As known on the later day.
            overlays: Changes of the law that the case has names for then.
            statements: The statements of the record as they stand then.

        Raises:
            InputError: every mistake of the deal, with file and line.
        """
        file, lines = load(path, TableFile, register.known, register.later)
        if file.struck is None:
            return self
        problems = Problems(str(path))
        TableCheck(file, lines, problems, register, overlays).struck(file.struck, self.file, statements)
        problems.raise_if_any()
        every = {**overlays, **file.overlays}
        issues = tuple(_renamed(issue) for issue in file.struck.issues)
        named = {name for issue in file.struck.issues for option in issue.options for name in option.overlays}
        added = {STRUCK + name: self._backdated(every[name]) for name in named}
        laid = self.with_rates_of(file.struck.options)
        content = laid.file.model_copy(update={"issues": (*laid.file.issues, *issues)})
        said = self.statements if statements is None else {**self.statements, **statements}
        whole = replace(laid, file=content, overlays={**self.overlays, **added}, statements=said)
        sources = {**register.sources, **{source.id: source for source in file.sources}}
        return replace(laid, struck=Agreed(file.struck, whole, sources))

    def _backdated(self, overlay: Overlay) -> Overlay:
        """As if known, and law, with the rest of what packages are laid on."""
        state = self.backgrounds[0].packages
        add = tuple(
            one.model_copy(
                update={
                    "known_from": min(one.known_from, state.known),
                    "legal_from": min(one.legal_from, state.on),
                }
            )
            for one in overlay.add
        )
        return overlay.model_copy(update={"add": add})

    def said(self, item: Justified) -> list[Said]:
        """The statements that `item` rests on, without what was recorded later than the day of the table."""
        found = (self.statements.get(name) for name in dict.fromkeys(item.statements))
        return list({one.id: one for one in found if one is not None}.values())

    @property
    def parties(self) -> tuple[str, ...]:
        """Economies at the table."""
        return tuple(party.economy for party in self.file.parties)

    @cached_property
    def grid(self) -> Grid:
        """All packages."""
        return Grid.of({issue.id: [option.id for option in issue.options] for issue in self.file.issues})

    @cached_property
    def fallback(self) -> int:
        """The package that holds if the talks fail."""
        return self.grid.position([issue.fallback for issue in self.file.issues])

    @cached_property
    def spreads(self) -> tuple[Spread, ...]:
        """Ranges of rates, with the rates that packages have."""
        return spreads(self.file.issues)

    def named(self, chosen: Mapping[str, str], key: str | None = None) -> dict[str, str]:
        """Options by issue with the full names of those that are rates within a range.

        Args:
            chosen: Option by issue: `option@12.5%`, or `12.5%` where one range alone holds it, for a rate.
            key: Where it was asked for, for errors.

        Raises:
            InputError: a rate is in no range of its issue, or in several; all mistakes at once.
        """
        problems = Problems()
        found: dict[str, str] = {}
        issues = {issue.id: issue for issue in self.file.issues}
        for issue, name in chosen.items():
            try:
                full = named_option(issues[issue], name) if issue in issues else None
                found[issue] = full or name
            except InputError as error:
                problems.found += [replace(one, key=key) for one in error.problems]
        problems.raise_if_any()
        return found

    def with_rates_of(self, chosen: Mapping[str, str], key: str | None = None) -> Table:
        """The same table laid at the rates of a package: option by issue, as `named` takes them.

        Raises:
            InputError: see `named`.
        """
        return self.with_rates({issue: [name] for issue, name in self.named(chosen, key).items()})

    def with_rates(self, names: Mapping[str, Iterable[str]]) -> Table:
        """The same table laid at more rates: options by issue, by their full names."""
        issues = with_named(self.file.issues, names)
        if all(mine is other for mine, other in zip(issues, self.file.issues, strict=True)):
            return self
        struck = self.struck
        if struck is not None:
            struck = replace(struck, table=struck.table.with_rates(names))
        return replace(self, file=self.file.model_copy(update={"issues": issues}), struck=struck)

    def nearest_in(self, other: Table) -> Index:
        """`[package]`, the package of the same table at other rates that has the nearest ones."""
        pairs = zip(self.file.issues, other.file.issues, strict=True)
        chosen = [nearest_choices(*pair)[self.grid.choices[:, k]] for k, pair in enumerate(pairs)]
        return other.grid.positions(np.stack(chosen, axis=1))

    @cached_property
    def possible(self) -> Mask:
        """`[package]`, False where linked issues exclude it."""
        free = np.ones(len(self.grid), bool)
        for link in self.file.links:
            free &= ~self.has(link.when) | self.has(link.requires)
        return fixed(free)

    @cached_property
    def crossed(self) -> Mask:
        """`[package, red line]`."""
        found = [self.has(line.forbids) for line in self.file.red_lines]
        return fixed(np.stack(found, axis=1) if found else np.zeros((len(self.grid), 0), bool))

    def has(self, choice: Mapping[str, tuple[str, ...]]) -> Mask:
        """`[package]`, whether it has one of the options in every issue named."""
        held = np.ones(len(self.grid), bool)
        for issue, names in choice.items():
            k = self.grid.issues.index(issue)
            wanted = [self.grid.options[k].index(name) for name in rated_options(self.file.issues[k], names)]
            held &= np.isin(self.grid.choices[:, k], wanted)
        return held

    def option(self, issue: int, choice: int) -> Option:
        """An option by position."""
        return self.file.issues[issue].options[choice]

    def option_of(self, issue: str, option: str) -> Option:
        """An option by name."""
        k = self.grid.issues.index(issue)
        return self.option(k, self.grid.options[k].index(option))

    def overlay(self, issue: int, choice: int) -> Overlay:
        """What an option changes in the law; its measures are the same objects every time."""
        if (issue, choice) not in self._known_overlays:
            self._known_overlays[issue, choice] = self._overlay(issue, choice)
        return self._known_overlays[issue, choice]

    @cached_property
    def _known_overlays(self) -> dict[tuple[int, int], Overlay]:
        return {}

    def _overlay(self, issue: int, choice: int) -> Overlay:
        option = self.option(issue, choice)
        merged = Overlay()
        for name in option.overlays:
            merged = merged + self.overlays[name]
        settled = (_as_settled(one, option) for one in merged.add)
        return merged.model_copy(update={"add": tuple(one for one in settled if not _no_cut(one))})

    def may_be_idle(self, issue: int, choice: int) -> bool:
        """Whether an option is allowed to change nothing that is priced."""
        return self.allow_idle or self.option(issue, choice).allow_idle

    def with_rate(self, issue: int, choice: int, rate: float) -> Table:
        """The same table with another rate, percent, of an option (`kosho.bargain.rate_options.at_rate`)."""
        content = self.file.issues[issue]
        option = content.options[choice]
        changed = at_rate(option, rate)
        options = (*content.options[:choice], changed, *content.options[choice + 1 :])
        issues = list(self.file.issues)
        issues[issue] = content.model_copy(update={"options": options})
        return replace(self, file=self.file.model_copy(update={"issues": tuple(issues)}))

    def measure_behind(self, package: int, constraint: str) -> tuple[Measure, str | None]:
        """The measure that a constraint of a package comes from, and the issue that it settles, if one does.

        Raises:
            KeyError: there is none.
        """
        added = [
            (one, issue)
            for k, issue in enumerate(self.grid.issues)
            for one in self.overlay(k, int(self.grid.choices[package, k])).add
        ]
        added += [
            (one, None) for background in self.backgrounds for one in background.packages.register.measures
        ]
        for one, issue in added:
            # One bound a flow where a measure is not shared: then the flow follows the name.
            if constraint.split(":", maxsplit=1)[0] == one.id:
                return one, issue
        raise KeyError(constraint)

    def titles(self, package: int) -> dict[str, str]:
        """Title of the option chosen, by title of the issue."""
        return {
            issue.title: issue.options[choice].title
            for issue, choice in zip(self.file.issues, self.grid.choices[package], strict=True)
        }

    def refuse_empty(self, problems: Problems, lines: LineNumbers) -> None:
        """Note the red line, or linkage, after which no package is left."""
        left = np.ones(len(self.grid), bool)
        ruled: list[tuple[str, int, Link | RedLine, Mask]] = [
            ("links", n, link, ~self.has(link.when) | self.has(link.requires))
            for n, link in enumerate(self.file.links)
        ]
        ruled += [("red_lines", n, line, ~self.has(line.forbids)) for n, line in enumerate(self.file.red_lines)]
        for key, n, item, keeps in ruled:
            if not (left & keeps).any():
                what = _("red line") if key == "red_lines" else _("link")
                others = "" if left.all() else _(", together with those before it,")
                problems.add(
                    _("{what} {id!r}{others} leaves no package", what=what, id=item.id, others=others),
                    _("add an option or take the rule back"),
                    line=lines[key, n],
                    key=f"{key}.{n}",
                )
                return
            left &= keeps


def _no_cut(measure: Measure) -> bool:
    """Whether it takes nothing off the ordinary duty: a rate on the way to the law as it is, and no measure."""
    rates = measure.value.values() if isinstance(measure.value, dict) else (measure.value,)
    return measure.kind == "cut" and not any(rates)


def _renamed(issue: Issue) -> Issue:
    """With overlays of its own: the table may know others by these names."""
    options = (
        one.model_copy(update={"overlays": tuple(STRUCK + name for name in one.overlays)})
        for one in issue.options
    )
    return issue.model_copy(update={"options": tuple(options)})


def _as_settled(measure: Measure, option: Option) -> Measure:
    """A measure at the rate or amount of an option."""
    if measure.id in option.at:
        return measure.model_copy(update={"value": option.at[measure.id]})
    if measure.id in option.amounts and isinstance(measure.terms, Amount):
        terms = measure.terms.model_copy(update={"amount": option.amounts[measure.id]})
        return measure.model_copy(update={"terms": terms})
    return measure
