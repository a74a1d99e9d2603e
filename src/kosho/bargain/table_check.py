"""Mistakes of a negotiating table: everything that refers to something else must find it."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from kosho.bargain.rate_options import moving_measures, named_option
from kosho.bargain.schema import Justified, Option, StruckDeal, TableFile, justified, justified_by
from kosho.bounds import PERCENT_DUTY, like_a_fraction
from kosho.errors import InputError, Problems, suggest
from kosho.language import N_, _
from kosho.law.measure import Measure
from kosho.law.nontariff_terms import Amount
from kosho.law.overlay import Overlay
from kosho.law.overlay_check import check_overlays
from kosho.law.register import Register
from kosho.yamlfile import Key, LineNumbers

__all__ = ["TableCheck"]

LARGEST_CUT = 100.0
"""Percent of a duty."""


@dataclass(frozen=True)
class TableCheck:
    """Everything that refers to something else must find it."""

    file: TableFile
    lines: LineNumbers
    problems: Problems
    register: Register
    overlays: Mapping[str, Overlay]
    """Changes of the law that the case has names for."""

    def all(self, scenarios: set[str], statements: Collection[str] | None) -> None:
        """Note every mistake, with its line.

        Args:
            scenarios: Those of the case.
            statements: Those of its record; None without one, then citations are not checked.
        """
        sources = self._known_sources
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

    @property
    def _known_sources(self) -> set[str]:
        register = self.register
        return {*register.sources, *register.products.sources, *(one.id for one in self.file.sources)}

    def _add(self, message: str, hint: str | None, place: Key) -> None:
        self.problems.add(message, hint, line=self.lines[place], key=".".join(map(str, place)))

    def _note(self, what: str, name: str, known: Iterable[str], place: Key) -> None:
        self._add(_("unknown {what} {name!r}", what=_(what), name=name), suggest(name, known), place)

    def struck(self, struck: StruckDeal, table: TableFile, statements: Collection[str] | None) -> None:
        """Note every mistake of a struck deal, with its line.

        Args:
            struck: That of the file.
            table: The table as it stood before.
            statements: Of the record; None without one.
        """
        known = self._known_sources
        self._own_issues(struck, {one.id for one in table.issues})
        for place, item in justified_by(struck):
            for name in item.source:
                if name not in known:
                    self._note(N_("source"), name, known, (*place, "source"))
        if statements is not None:
            self._cites(justified_by(struck), statements)
        issues = {issue.id: issue for issue in (*table.issues, *struck.issues)}
        for issue, option in struck.options.items():
            place = ("struck", "options", issue)
            if issue not in issues:
                self._note(N_("issue"), issue, issues, place)
                continue
            try:
                found = named_option(issues[issue], option)
            except InputError as error:
                for one in error.problems:
                    self._add(one.message, one.hint, place)
                continue
            if found is None:
                self._note(N_("option"), option, [one.id for one in issues[issue].options], place)

    def _own_issues(self, struck: StruckDeal, taken: Collection[str]) -> None:
        overlays = {**self.overlays, **self.file.overlays}
        for n, issue in enumerate(struck.issues):
            here: Key = ("struck", "issues", n)
            if issue.id in taken:
                self._add(_("the table has an issue {id!r} already", id=issue.id), _("choose another id"), here)
            for m, option in enumerate(issue.options):
                self._option(option, overlays, (*here, "options", m))

    def _scenarios(self, known: set[str]) -> None:
        named: list[tuple[Key, str]] = [(("status_quo", "scenario"), self.file.status_quo.scenario)]
        for n, one in enumerate(self.file.backgrounds):
            named.append((("backgrounds", n, "packages"), one.packages))
            named.append((("backgrounds", n, "disagreement", "scenario"), one.disagreement.scenario))
        for place, name in named:
            if name not in known:
                self._note(N_("scenario"), name, known, place)

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
                    self._note(N_("source"), name, known, place)

    def _statements(self, known: Collection[str]) -> None:
        self._cites(justified(self.file), known)

    def _cites(self, items: Iterable[tuple[Key, Justified]], known: Collection[str]) -> None:
        for place, item in items:
            for n, name in enumerate(item.statements):
                if name not in known:
                    self._note(N_("statement"), name, known, (*place, "statements", n))

    def _overlays(self, sources: Collection[str]) -> None:
        for name in self.file.overlays:
            if name in self.overlays:
                self.problems.add(
                    _("the case has an overlay {name!r} already", name=name),
                    _("choose another id"),
                    line=self.lines["overlays", name],
                )
        check_overlays(
            self.file.overlays, self.register, sources, self.lines, self.problems, self.overlays.values()
        )

    def _options(self) -> None:
        overlays = {**self.overlays, **self.file.overlays}
        for n, issue in enumerate(self.file.issues):
            for m, option in enumerate(issue.options):
                self._option(option, overlays, ("issues", n, "options", m))
        for n, name in enumerate(self.file.throughout):
            if name not in overlays:
                self._note(N_("overlay"), name, overlays, ("throughout", n))

    def _option(self, option: Option, overlays: Mapping[str, Overlay], here: Key) -> None:
        for name in option.overlays:
            if name not in overlays:
                self._note(N_("overlay"), name, overlays, (*here, "overlays"))
        mine = [one for name in option.overlays if name in overlays for one in overlays[name].add]
        added = [one.id for one in mine if isinstance(one.value, float)]
        insisted = [one.id for one in mine if one.insist]
        for name, rate in option.at.items():
            place = (*here, "at", name)
            if name not in added:
                self._note(N_("measure"), name, added, place)
            if not math.isfinite(rate):
                self._add(_("a rate of {rate:g} percent", rate=rate), _("zero or more"), place)
            elif (wrong := PERCENT_DUTY.broken(rate)) is not None:
                self._add(wrong, _("zero or more"), place)
            elif name not in insisted and (wrong := like_a_fraction(rate)) is not None:
                hint = _("if it is meant, say why in `insist` of the measure in its overlay")
                self._add(wrong, hint, place)
        self._amounts(option, mine, here)
        self._range(option, mine, overlays, here)

    def _range(
        self, option: Option, measures: Sequence[Measure], overlays: Mapping[str, Overlay], here: Key
    ) -> None:
        """A range moves a rate, and stays within what its measures can be."""
        if option.rate is None:
            return
        moving = moving_measures(option, overlays)
        place = (*here, "rate")
        if not moving:
            hint = _("overlays that add a duty, in `overlays`; those that `at` names have rates of their own")
            self._add(_("a range of rates for no measure"), hint, place)
        if here[0] == "struck":
            self._add(_("what was agreed is one rate, no range of them"), _("name the rate in `at`"), place)
        for one in measures:
            if one.kind == "cut" and one.id in moving and option.rate.high > LARGEST_CUT:
                what = _("{high:g} percent off a duty is more than all of it", high=option.rate.high)
                self._add(what, _("at most 100"), place)

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
                        what = _("is added twice by this option")
                    elif name in owner:
                        what = _("is added by an option of issue {owner!r} too", owner=owner[name])
                    else:
                        continue
                    hint = _("one issue a measure; copy it to an overlay of its own under another id")
                    self._add(_("measure {name!r} {what}", name=name, what=what), hint, place)
            owner |= dict.fromkeys(mine - set(owner), issue.id)

    def _days(self) -> None:
        start, end = self.file.status_quo.date, self.file.deadline.date
        if end < start:
            what = _("the deadline of {end} is before the status quo of {start}", end=end, start=start)
            self._add(what, _("the talks end after they begin"), ("deadline", "date"))

    def _amounts(self, option: Option, measures: list[Measure], here: Key) -> None:
        bounds = {one.id: one.terms for one in measures if isinstance(one.terms, Amount)}
        for name, amount in option.amounts.items():
            place = (*here, "amounts", name)
            if name not in bounds:
                self._note(_("quota or purchase"), name, bounds, place)
            elif amount.unit != bounds[name].amount.unit:
                unit = bounds[name].amount.unit
                self._add(
                    _(
                        "{name!r} is measured in {unit!r}, not {unit_2!r}",
                        name=name,
                        unit=unit,
                        unit_2=amount.unit,
                    ),
                    None,
                    place,
                )

    def _choices(self) -> None:
        options = {issue.id: {option.id for option in issue.options} for issue in self.file.issues}
        checked = (("red_lines", ("forbids",)), ("links", ("when", "requires")), ("unpriced", ("linked",)))
        for key, fields in checked:
            for n, item in enumerate(getattr(self.file, key)):
                for part in fields:
                    for issue, names in getattr(item, part).items():
                        place: Key = (key, n, part, issue)
                        if issue not in options:
                            self._note(N_("issue"), issue, options, place)
                            continue
                        for name in names:
                            if name not in options[issue]:
                                self._note(N_("option"), name, options[issue], place)

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
                self._note(N_("party"), code, known, place)

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
                        _("{name!r} is given twice", name=name),
                        line=self.lines[*place, n],
                        key=".".join(map(str, place)),
                    )
