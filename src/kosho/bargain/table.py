"""`Table`: what is on the table, read from `table.yaml` and laid on the law of a case."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Protocol

import numpy as np

from kosho.arrays import Mask
from kosho.bargain.packages import Grid
from kosho.bargain.schema import Justified, Link, Option, RedLine, TableFile, justified
from kosho.bounds import PERCENT_DUTY
from kosho.display import Card, Shown, listing
from kosho.errors import Problems, suggest
from kosho.law.measure import Measure, Overlay
from kosho.law.nontariff_terms import Amount
from kosho.law.overlay_check import check_overlays
from kosho.law.register import Register
from kosho.limits import refuse_beyond
from kosho.provenance import Said, Source
from kosho.readonly import fixed
from kosho.yamlfile import Key, LineNumbers, load

__all__ = ["BackgroundLaw", "LawState", "Table"]

PACKAGE_BYTES = 25_000
"""What a package takes while all are priced, measured on the `talks` world; most of it is what it is worth by
country and sector."""


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
        file, lines = load(path, TableFile)
        known = dict(overlays or {})
        problems = Problems(str(path))
        _Check(file, lines, problems, register, known).all(set(laws), statements)
        problems.raise_if_any()
        count = math.prod(len(issue.options) for issue in file.issues)
        refuse_beyond("packages", count, PACKAGE_BYTES, key="issues", file=str(path))
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
        )
        table.refuse_empty(problems, lines)
        problems.raise_if_any()
        return table

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
    def possible(self) -> Mask:
        """`[package]`, False where linked issues exclude it."""
        free = np.ones(len(self.grid), bool)
        for link in self.file.links:
            free &= ~self._has(link.when) | self._has(link.requires)
        return fixed(free)

    @cached_property
    def crossed(self) -> Mask:
        """`[package, red line]`."""
        found = [self._has(line.forbids) for line in self.file.red_lines]
        return fixed(np.stack(found, axis=1) if found else np.zeros((len(self.grid), 0), bool))

    def option(self, issue: int, choice: int) -> Option:
        """An option by position."""
        return self.file.issues[issue].options[choice]

    def overlay(self, issue: int, choice: int) -> Overlay:
        """What an option changes in the law."""
        option = self.option(issue, choice)
        merged = Overlay(title="")
        for name in option.overlays:
            merged = merged + self.overlays[name]
        return merged.model_copy(update={"add": tuple(_as_settled(one, option) for one in merged.add)})

    def may_be_idle(self, issue: int, choice: int) -> bool:
        """Whether an option is allowed to change nothing that is priced."""
        return self.allow_idle or self.option(issue, choice).allow_idle

    def with_rate(self, issue: int, choice: int, rate: float) -> Table:
        """The same table with another rate (percent) for everything an option sets."""
        content = self.file.issues[issue]
        option = content.options[choice]
        changed = option.model_copy(update={"at": dict.fromkeys(option.at, rate)})
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
            ("links", n, link, ~self._has(link.when) | self._has(link.requires))
            for n, link in enumerate(self.file.links)
        ]
        ruled += [
            ("red_lines", n, line, ~self._has(line.forbids)) for n, line in enumerate(self.file.red_lines)
        ]
        for key, n, item, keeps in ruled:
            if not (left & keeps).any():
                what = "red line" if key == "red_lines" else "link"
                others = "" if left.all() else ", together with those before it,"
                problems.add(
                    f"{what} {item.id!r}{others} leaves no package",
                    "add an option or take the rule back",
                    line=lines[key, n],
                    key=f"{key}.{n}",
                )
                return
            left &= keeps

    def _has(self, choice: Mapping[str, tuple[str, ...]]) -> Mask:
        """`[package]`, whether it has one of the options in every issue named."""
        held = np.ones(len(self.grid), bool)
        for issue, names in choice.items():
            k = self.grid.issues.index(issue)
            wanted = [self.grid.options[k].index(name) for name in names]
            held &= np.isin(self.grid.choices[:, k], wanted)
        return held


@dataclass(frozen=True)
class _Check:
    """Everything that refers to something else must find it."""

    file: TableFile
    lines: LineNumbers
    problems: Problems
    register: Register
    overlays: Mapping[str, Overlay]

    def all(self, scenarios: set[str], statements: Collection[str] | None) -> None:
        known = (self.register.sources, self.register.products.sources)
        sources = {*(name for one in known for name in one), *(source.id for source in self.file.sources)}
        self._scenarios(scenarios)
        self._sources(sources)
        if statements is not None:
            self._statements(statements)
        self._overlays(sources)
        self._options()
        self._once()
        self._days()
        self._choices()
        self._parties()
        self._ids()

    def _note(self, what: str, name: str, known: Iterable[str], place: Key) -> None:
        key = ".".join(str(part) for part in place)
        self.problems.add(f"unknown {what} {name!r}", suggest(name, known), line=self.lines[place], key=key)

    def _scenarios(self, known: set[str]) -> None:
        named: list[tuple[Key, str]] = [(("status_quo", "scenario"), self.file.status_quo.scenario)]
        for n, one in enumerate(self.file.backgrounds):
            named.append((("backgrounds", n, "packages"), one.packages))
            named.append((("backgrounds", n, "disagreement", "scenario"), one.disagreement.scenario))
        for place, name in named:
            if name not in known:
                self._note("scenario", name, known, place)

    def _cited(self) -> Iterator[tuple[Key, tuple[str, ...]]]:
        file = self.file
        yield ("status_quo", "source"), file.status_quo.source
        yield ("deadline", "source"), (*file.deadline.source, file.deadline.discount.source)
        for n, one in enumerate(file.backgrounds):
            yield ("backgrounds", n, "disagreement", "source"), one.disagreement.source
        for n, party in enumerate(file.parties):
            for m, weight in enumerate(party.payoff.weights):
                yield ("parties", n, "payoff", "weights", m, "weight"), (weight.weight.source,)
        for n, issue in enumerate(file.issues):
            for m, option in enumerate(issue.options):
                yield ("issues", n, "options", m, "source"), option.source
                yield ("issues", n, "options", m, "costs"), tuple(one.factor.source for one in option.costs)
                yield (
                    ("issues", n, "options", m, "amounts"),
                    tuple(one.source for one in option.amounts.values()),
                )
        for key in ("red_lines", "links", "unpriced"):
            yield from (((key, n, "source"), one.source) for n, one in enumerate(getattr(file, key)))
        for n, one in enumerate(file.unpriced):
            yield ("unpriced", n, "worth"), tuple(worth.source for worth in one.worth.values())

    def _sources(self, known: set[str]) -> None:
        for place, names in self._cited():
            for name in names:
                if name not in known:
                    self._note("source", name, known, place)

    def _statements(self, known: Collection[str]) -> None:
        for place, item in justified(self.file):
            for n, name in enumerate(item.statements):
                if name not in known:
                    self._note("statement", name, known, (*place, "statements", n))

    def _overlays(self, sources: Collection[str]) -> None:
        for name in self.file.overlays:
            if name in self.overlays:
                self.problems.add(
                    f"the case has an overlay {name!r} already",
                    "choose another id",
                    line=self.lines["overlays", name],
                )
        check_overlays(
            self.file.overlays, self.register, sources, self.lines, self.problems, self.overlays.values()
        )

    def _options(self) -> None:
        overlays = {**self.overlays, **self.file.overlays}
        for n, issue in enumerate(self.file.issues):
            for m, option in enumerate(issue.options):
                here: Key = ("issues", n, "options", m)
                for name in option.overlays:
                    if name not in overlays:
                        self._note("overlay", name, overlays, (*here, "overlays"))
                mine = [one for name in option.overlays if name in overlays for one in overlays[name].add]
                added = [one.id for one in mine if isinstance(one.value, float)]
                for name, rate in option.at.items():
                    place = (*here, "at", name)
                    if name not in added:
                        self._note("measure", name, added, place)
                    wrong = PERCENT_DUTY.broken(rate) if math.isfinite(rate) else f"a rate of {rate:g} percent"
                    if wrong is not None:
                        self.problems.add(
                            wrong,
                            "zero or more",
                            line=self.lines[place],
                            key=".".join(map(str, place)),
                        )
                self._amounts(option, mine, here)
        for n, name in enumerate(self.file.throughout):
            if name not in overlays:
                self._note("overlay", name, overlays, ("throughout", n))

    def _once(self) -> None:
        """A package has each measure once: no two issues add the same, nor two overlays of an option."""
        overlays = {**self.overlays, **self.file.overlays}
        owner: dict[str, str] = {}
        for n, issue in enumerate(self.file.issues):
            mine: set[str] = set()
            for m, option in enumerate(issue.options):
                place: Key = ("issues", n, "options", m, "overlays")
                added = [one.id for name in option.overlays if name in overlays for one in overlays[name].add]
                mine.update(added)
                for name in sorted(set(added)):
                    if added.count(name) > 1:
                        what = "is added twice by this option"
                    elif name in owner:
                        what = f"is added by an option of issue {owner[name]!r} too"
                    else:
                        continue
                    self.problems.add(
                        f"measure {name!r} {what}",
                        "one issue a measure; copy it to an overlay of its own under another id",
                        line=self.lines[place],
                        key=".".join(map(str, place)),
                    )
            owner |= dict.fromkeys(mine - set(owner), issue.id)

    def _days(self) -> None:
        start, end = self.file.status_quo.date, self.file.deadline.date
        if end < start:
            self.problems.add(
                f"the deadline of {end} is before the status quo of {start}",
                "the talks end after they begin",
                line=self.lines["deadline", "date"],
                key="deadline.date",
            )

    def _amounts(self, option: Option, measures: list[Measure], here: Key) -> None:
        bounds = {one.id: one.terms for one in measures if isinstance(one.terms, Amount)}
        for name, amount in option.amounts.items():
            place = (*here, "amounts", name)
            if name not in bounds:
                self._note("quota or purchase", name, bounds, place)
            elif amount.unit != bounds[name].amount.unit:
                self.problems.add(
                    f"{name!r} is measured in {bounds[name].amount.unit!r}, not {amount.unit!r}",
                    line=self.lines[place],
                    key=".".join(map(str, place)),
                )

    def _choices(self) -> None:
        options = {issue.id: {option.id for option in issue.options} for issue in self.file.issues}
        for key, fields in (("red_lines", ("forbids",)), ("links", ("when", "requires"))):
            for n, item in enumerate(getattr(self.file, key)):
                for part in fields:
                    for issue, names in getattr(item, part).items():
                        place: Key = (key, n, part, issue)
                        if issue not in options:
                            self._note("issue", issue, options, place)
                            continue
                        for name in names:
                            if name not in options[issue]:
                                self._note("option", name, options[issue], place)

    def _parties(self) -> None:
        known = [party.economy for party in self.file.parties]
        named: list[tuple[Key, str]] = [(("deadline", "proposes_first"), self.file.deadline.proposes_first)]
        named += [(("red_lines", n, "party"), line.party) for n, line in enumerate(self.file.red_lines)]
        named += [
            (("unpriced", n, "worth", code), code)
            for n, one in enumerate(self.file.unpriced)
            for code in one.worth
        ]
        for place, code in named:
            if code not in known:
                self._note("party", code, known, place)

    def _ids(self) -> None:
        lists: list[tuple[Key, list[str]]] = [
            (("parties",), [party.economy for party in self.file.parties]),
            *(
                (((key,), [one.id for one in getattr(self.file, key)]))
                for key in ("backgrounds", "issues", "red_lines", "links", "unpriced")
            ),
            *(
                (("issues", n, "options"), [one.id for one in issue.options])
                for n, issue in enumerate(self.file.issues)
            ),
        ]
        for place, names in lists:
            for n, name in enumerate(names):
                if name in names[:n]:
                    self.problems.add(
                        f"{name!r} is given twice", line=self.lines[*place, n], key=".".join(map(str, place))
                    )


def _as_settled(measure: Measure, option: Option) -> Measure:
    """A measure at the rate or amount of an option."""
    if measure.id in option.at:
        return measure.model_copy(update={"value": option.at[measure.id]})
    if measure.id in option.amounts and isinstance(measure.terms, Amount):
        terms = measure.terms.model_copy(update={"amount": option.amounts[measure.id]})
        return measure.model_copy(update={"terms": terms})
    return measure
