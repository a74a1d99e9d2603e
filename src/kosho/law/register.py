"""The register: measures of many files, asked by two clocks (in force on a day, as known on a day)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from kosho.arguments import path_of, refuse_sort
from kosho.codes import expand_regions
from kosho.declared import as_declared
from kosho.display import Card, Shown, listing, plural
from kosho.errors import InputError, Problem, Problems, suggest
from kosho.identity import Same
from kosho.language import _
from kosho.law.measure import DUTIES, Measure
from kosho.law.measure_file import Covers, MeasureFile, Omission, refuse_uncovered, unfounded, verified_of
from kosho.law.overlay import Overlay, named
from kosho.law.product_groups import Product, Products, in_scope
from kosho.law.query import NONE, note_sides
from kosho.law.rateless import RATELESS
from kosho.law.scope import HsList, HsScope, belongs
from kosho.law.stacking import MFN, Layer, Rate, Stack, precedence, stack
from kosho.provenance import Source

if TYPE_CHECKING:
    from kosho.yamlfile import LineNumbers

__all__ = ["Register", "shipped_files"]

DAYS_KEPT = 64
"""For which what is in force is kept in mind."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What measures ask of a shipment that no code shows."""

    attributes: frozenset[str] = frozenset()
    preferences: frozenset[str] = frozenset()


@dataclass(frozen=True, eq=False)
class Register(Shown):
    """Measures and the product groups they speak of. Make one with `load`.

    >>> from datetime import date
    >>> from kosho.law import Register
    >>> register = Register.load()
    >>> register.measure("us-232-autos-25").title
    '25 % on cars and light trucks'
    >>> len(register.in_force(date(2025, 6, 1))) > 50
    True
    """

    measures: tuple[Measure, ...]
    products: Products
    sources: dict[str, Source]
    covers: tuple[Covers, ...] = ()
    """What it holds in full, each said in the file of such measures."""
    unfounded: tuple[Problem, ...] = ()
    """Claims to be complete that no measure beside them bears out; they count for nothing."""
    not_covered: tuple[Omission, ...] = ()
    verified: dict[str, date] = field(default_factory=dict)
    """By imposer: last day for which all files of its measures were compared with their sources."""
    places: dict[str, str] = field(default_factory=dict)
    """File and line of each measure id."""
    lists: dict[str, HsList] = field(default_factory=dict)
    assumed: frozenset[str] = frozenset()
    """Measures a scenario added: they apply between their dates whatever their stage and whenever known."""
    ends: tuple[tuple[str, date], ...] = ()
    """Measures a scenario ended, with the first day without them."""
    asked_elsewhere: Asked = Asked()
    """What measures ask that were left out of it (`of`): a shipment may tell that too."""
    known: date | None = None
    """Day on which its words and sources are as they were known; None is the latest. What is in force,
    and known to be, is asked of `in_force`."""
    later: frozenset[str] = frozenset()
    """Ids of sources later than that day; nothing cites them but what rests on no other."""

    def card(self) -> Card:
        """Whose measures it holds, for which days, and what a scenario changed."""
        rows = [
            ("imposed by", listing(self.imposers, 8)),
            ("covers", listing(f"{one.imposer} {one.first} to {one.last}" for one in self.covers)),
            ("not covered", plural(len(self.not_covered), "omission")),
            (
                "products",
                f"{plural(len(self.products.groups), 'group')}, {plural(len(self.lists), 'list')} of headings",
            ),
            ("sources", str(len(self.sources))),
        ]
        changed = [("added by a scenario", listing(sorted(self.assumed)))] if self.assumed else []
        changed += [("ended by a scenario", listing(name for name, _other in self.ends))] if self.ends else []
        return Card(f"Register of {plural(len(self.measures), 'measure')}", [*rows, *changed])

    @staticmethod
    @as_declared
    def load(
        paths: Sequence[Path | str] | None = None, products: Path | None = None, known: date | None = None
    ) -> Register:
        """Read register files; the shipped ones by default.

        Args:
            paths: The files.
            products: The file of product groups.
            known: Day as known on which words and sources are told; None is the latest. Measures that became
                known later stay, since the clocks of every question are its own.

        Raises:
            InputError: every mistake of every file, with file and line.

        >>> from kosho.law import Register
        >>> Register.load(["my-measures.yaml"])
        Traceback (most recent call last):
            ...
        kosho.errors.InputError: my-measures.yaml: cannot be read: No such file or directory
        """
        from kosho.law.references import cross_checks  # noqa: PLC0415 - where there is a copy, nothing is checked
        from kosho.law.yaml_cache import read  # noqa: PLC0415 - or read from YAML

        if paths is not None:
            refuse_sort(paths, (list, tuple), "paths")
        chosen = shipped_files() if paths is None else [path_of(path, "paths") for path in paths]
        found: list[Problem] = []
        documents: list[tuple[Path, MeasureFile, LineNumbers]] = []
        for path in chosen:
            try:
                documents.append((path, *read(path, MeasureFile, known)))
            except InputError as error:
                found += error.problems
        try:
            groups = Products.load(products)
        except InputError as error:
            raise InputError([*found, *error.problems]) from None
        found = found or cross_checks(documents, groups)  # what cannot be read is missed everywhere
        if found:
            raise InputError(found)
        register = Register(
            measures=tuple(measure for _other, document, _other in documents for measure in document.measures),
            products=groups,
            sources={
                source.id: source for _other, document, _other in documents for source in document.sources
            },
            covers=tuple(
                span
                for _other, document, _other in documents
                for span in document.covers
                if span.beside(document.measures)
            ),
            unfounded=tuple(unfounded(documents)),
            not_covered=tuple(item for _other, document, _other in documents for item in document.not_covered),
            verified=verified_of((document for _other, document, _other in documents), known),
            known=known,
            places={
                measure.id: f"{path}:{lines['measures', index]}"
                for path, document, lines in documents
                for index, measure in enumerate(document.measures)
            },
            lists={
                name: item for _other, document, _other in documents for name, item in document.lists.items()
            },
        )
        _other = register.order
        return register if known is None else register.citing(known)

    @as_declared
    def citing(self, day: date) -> Register:
        """The same measures and omissions, without the sources of theirs that are later than a day.

        What rests on later sources alone keeps them.
        """
        later = {
            name
            for name, one in (self.sources | self.products.sources).items()
            if one.date is not None and one.date > day
        }

        def cited(measure: Measure) -> Measure:
            kept = tuple(name for name in measure.source if name not in later)
            some = kept and len(kept) < len(measure.source)
            return measure.model_copy(update={"source": kept}) if some else measure

        left_out = (
            one.model_copy(update={"source": None}) if one.source in later else one for one in self.not_covered
        )
        return replace(
            self,
            measures=tuple(map(cited, self.measures)),
            not_covered=tuple(left_out),
            known=day,
            later=frozenset(later),
        )

    @as_declared
    def of(self, importer: str) -> Register:
        """The part that rates of one importer's lines depend on: the same answers, from much less.

        Headings of all product groups stay, since they say in which sector a line is.
        """
        own = {
            measure.id
            for measure in self.measures
            if measure.imposed_by(importer)
            or (measure.kind == "export_control" and measure.level_on(importer) is not None)
        }
        kept = tuple(one for one in self.measures if one.id in own or not own.isdisjoint(one.terminates))
        scopes = [measure.scope for measure in kept if measure.scope is not None]
        named = {name for scope in scopes for name in (*scope.lists, *scope.not_lists)}
        cited = {name for measure in kept for name in measure.source}
        return replace(
            self,
            measures=kept,
            products=self.products.of(importer),
            sources={name: source for name, source in self.sources.items() if name in cited},
            covers=tuple(span for span in self.covers if belongs(importer, span.imposer)),
            not_covered=tuple(item for item in self.not_covered if item.of(importer)),
            verified={name: day for name, day in self.verified.items() if belongs(importer, name)},
            unfounded=(),
            places={name: place for name, place in self.places.items() if name in {one.id for one in kept}},
            lists={name: item for name, item in self.lists.items() if name in named},
            asked_elsewhere=self.asked,
        )

    @cached_property
    def asked(self) -> Asked:
        """Attributes and preferences that some measure or list asks for."""
        scopes = [measure.scope for measure in self.measures if measure.scope is not None]
        lists = {item.attribute for item in self.lists.values() if item.attribute is not None}
        claims = {claim.preference for claim in self.products.claims}
        return Asked(
            self.asked_elsewhere.attributes | lists | {name for scope in scopes for name in scope.attributes},
            self.asked_elsewhere.preferences | claims | {name for scope in scopes for name in scope.preference},
        )

    @as_declared
    def dump(self, path: Path) -> None:
        """Write everything to one register file; read again it gives the same register.

        Raises:
            InputError: a scenario changed the register (its changes are no law), or the file cannot be written.
        """
        from kosho.law.yaml_cache import write  # noqa: PLC0415 - see `load`

        if self.assumed or self.ends:
            raise InputError(Problem(_("a register that a scenario changed is not written")))
        document = MeasureFile(
            title=_("Register of measures"),
            covers=self.covers,
            verified_to=self.verified or None,
            not_covered=self.not_covered,
            sources=tuple(self.sources.values()),
            lists=self.lists,
            measures=self.measures,
        )
        write(path, document)

    @property
    def imposers(self) -> tuple[str, ...]:
        """Economies and customs unions whose measures it holds."""
        return tuple(dict.fromkeys(measure.imposer for measure in self.measures))

    @property
    def economies(self) -> tuple[str, ...]:
        """Economies with measures, members in place of customs unions."""
        return expand_regions(self.imposers)

    @as_declared
    def measure(self, name: str) -> Measure:
        """The measure with this id.

        Raises:
            InputError: there is none.
        """
        for measure in self.measures:
            if measure.id == name:
                return measure
        hint = suggest(name, [measure.id for measure in self.measures])
        raise InputError(Problem(_("unknown measure {name!r}", name=name), hint))

    def verified_to(self, name: str) -> date | None:
        """Last day for which an importer's measures, or one measure, were compared with their sources.

        Args:
            name: An economy, a customs union, or the id of a measure.

        Returns:
            The earliest of its files; None where no file says.

        >>> from kosho.law import Register
        >>> Register.load().verified_to("USA")
        datetime.date(2026, 9, 30)
        """
        one = next((measure for measure in self.measures if measure.id == name), None)
        if one is not None:
            return one.verified_to or self.verified.get(one.imposer)
        return min((day for who, day in self.verified.items() if belongs(name, who)), default=None)

    def named(self, measure: Measure) -> str:
        """Its id, with the place where it is written if that is known."""
        return named(measure.id, self.places)

    def problem(self, measure: Measure, message: str, hint: str | None = None) -> Problem:
        """What is wrong with a measure, at the place where it is written."""
        file, _other, line = self.places.get(measure.id, "").rpartition(":")
        return Problem(message, hint, file or None, int(line) if line else None, measure.id)

    @as_declared
    def in_force(self, on: date, known: date | None = None) -> list[Measure]:
        """Measures that apply on a day as known on another (the latest knowledge by default).

        Terminations are not listed; what they end is left out. Of a staged measure as much acts as the day has
        reached of its steps.

        >>> from datetime import date
        >>> from kosho.law import Register
        >>> one = [m.id for m in Register.load().in_force(date(2025, 6, 1)) if m.authority == "us-232-autos"]
        >>> one
        ['us-232-autos-25', 'us-232-autos-usmca', 'us-232-autoparts-25']
        """
        found = self._known_in_force.get((on, known))
        if found is None:
            if len(self._known_in_force) >= DAYS_KEPT:
                self._known_in_force.clear()
            found = self._known_in_force[on, known] = self._in_force(on, known)
        return list(found)

    @cached_property
    def _known_in_force(self) -> dict[tuple[date, date | None], list[Measure]]:
        """Of the days asked for last: one asks for many products on a day, of thousands of measures."""
        return {}

    def _in_force(self, on: date, known: date | None) -> list[Measure]:
        dropped = {name for name, first in self.ends if first <= on}
        ended = dropped | {
            name
            for measure in self.measures
            if measure.kind == "termination" and measure.id not in dropped and self._valid(measure, on, known)
            for name in measure.terminates
        }
        return [
            measure.on_day(on)
            for measure in self.measures
            if measure.kind != "termination" and measure.id not in ended and self._valid(measure, on, known)
        ]

    @as_declared
    def rate(
        self,
        importer: str,
        exporter: str,
        product: Product,
        on: date,
        known: date | None = None,
        mfn: float | None = None,
    ) -> Rate:
        """The rate on a product with its layers.

        Args:
            importer: ISO 3166 alpha-3 code.
            exporter: ISO 3166 alpha-3 code.
            product: What is shipped.
            on: Day in force.
            known: Day of knowledge, the latest by default.
            mfn: Ordinary duty as a fraction; by default that of the product's group, if it is known, or 0
                under a preference.

        Raises:
            InputError: an economy, the product's group or its preference is unknown, or the ordinary duty is
                below zero.

        >>> from datetime import date
        >>> from kosho.law import Product, Register
        >>> Register.load().rate("USA", "JPN", Product("C29", "vehicles-232"), date(2025, 6, 1))
        Rate 27.5 %
          mfn                    2.5 % (ordinary duty)
          us-232-autos-25        25 % (Proclamation 10908; Executive Order 14289; heading 9903.94.01)
          us-ieepa-baseline-10   removed by us-232-autos-25
        """
        self._refuse_rate(importer, exporter, product, mfn)
        source: tuple[str, ...] = ()
        if mfn is None and product.preference != NONE:
            mfn = 0.0
        elif mfn is None and product.group is not None:
            own = self.products.mfn(product.group, importer)
            mfn, source = (None, ()) if own is None else (own.value / 100, (own.source,))
        pile = self.stack(importer, exporter, product, self.in_force(on, known))
        pile = pile if mfn is None else pile.at(mfn)
        layers = [Layer(MFN, mfn, MFN, _("ordinary duty"), source), *pile.layers(mfn)]
        rate = None if mfn is None else mfn + pile.adds([(mfn, 1.0)])
        return Rate(rate, tuple(layers), pile.removed)

    def _refuse_rate(self, importer: str, exporter: str, product: Product, mfn: float | None) -> None:
        problems = Problems()
        note_sides(problems, importer, exporter)
        if product.group is not None and product.group not in self.products.groups:
            hint = suggest(product.group, self.products.groups)
            problems.add(_("unknown product group {group!r}", group=product.group), hint)
        self.note_preference(problems, product.preference)
        if mfn is not None and not 0.0 <= mfn < math.inf:
            problems.add(f"mfn = {mfn:g}", _("a fraction of zero or more; None where it is not known"))
        problems.raise_if_any()

    def known_preferences(self) -> set[str]:
        """Preferences that goods may claim: of its measures, and of schedules."""
        from kosho.law.schedules.preferences import preferences  # noqa: PLC0415 - read when needed

        return {NONE, *self.asked.preferences, *(one.id for one in preferences())}

    def note_preference(self, problems: Problems, name: str) -> None:
        """Note a preference that goods cannot claim."""
        if name != NONE and name not in (known := self.known_preferences()):
            problems.add(_("unknown preference {name!r}", name=name), suggest(name, known))

    def stack(self, importer: str, exporter: str, product: Product, measures: Iterable[Measure]) -> Stack:
        """What of `measures` applies to a product of this origin."""
        aimed = [
            (measure, rate)
            for measure in measures
            if measure.imposed_by(importer)
            and self.covered(measure, product)
            and (rate := measure.rate_on(exporter)) is not None
        ]
        return stack(aimed, self.order)

    def covered(self, measure: Measure, product: Product) -> bool:
        """Whether a measure's scope covers a product."""
        return bool(self.covering((measure,), product))

    def covering(self, measures: Iterable[Measure], product: Product) -> list[Measure]:
        """Those of some measures whose scope covers a product."""
        known = self._known_covering.setdefault(product, {})
        found: list[Measure] = []
        for measure in measures:
            covers = known.get(measure.id)
            if covers is None:
                covers = measure.id not in self.not_translated and self.in_scope(measure, product)
                known[measure.id] = covers
            if covers:
                found.append(measure)
        return found

    @cached_property
    def _known_covering(self) -> dict[Product, dict[str, bool]]:
        return {}

    def in_scope(self, measure: Measure, product: Product) -> bool:
        """Whether a product is under a measure's scope, whatever becomes of it in sector tables."""
        return measure.scope is not None and in_scope(measure.scope, product, *self._groups_of[measure.id])

    def sectors_in(self, measure: Measure) -> frozenset[str]:
        """Sectors of which some product is under a measure's scope."""
        if measure.scope is None:
            return frozenset()
        return self.products.sectors_in(measure.scope, *self._groups_of[measure.id])

    @cached_property
    def order(self) -> dict[str, int]:
        """Place of each measure in the order of exclusions."""
        return precedence(self.measures, self.places)

    @cached_property
    def headings(self) -> dict[str, HsScope]:
        """Headings that measures name themselves, by measure id."""
        return {
            measure.id: measure.scope.hs
            for measure in self.measures
            if measure.scope is not None and measure.scope.hs is not None
        }

    def groups_of(self, name: str) -> frozenset[str]:
        """Product groups that a measure's groups, headings and lists stand for, less those it carves out."""
        scope = self.measure(name).scope
        inside, outside = self._groups_of[name]
        return (inside | frozenset(scope.groups if scope is not None else ())) - outside

    @cached_property
    def _groups_of(self) -> dict[str, tuple[frozenset[str], frozenset[str]]]:
        """For each measure the product groups its headings and lists stand for, and those it carves out."""
        found: dict[str, tuple[frozenset[str], frozenset[str]]] = {}
        for measure in self.measures:
            scope = measure.scope
            if scope is None:
                found[measure.id] = frozenset(), frozenset()
                continue
            inside = {group for name in scope.lists for group in self.lists[name].groups}
            if scope.hs is not None:
                inside |= self.products.within(scope.hs)
            outside = {group for name in scope.not_lists for group in self.lists[name].groups}
            found[measure.id] = frozenset(inside), frozenset(outside)
        return found

    @cached_property
    def not_translated(self) -> dict[str, str]:
        """Measures that sector tables do not see, with the reason."""
        found: dict[str, str] = {}
        for measure in self.measures:
            if measure.kind in RATELESS:
                found[measure.id] = _("a measure of kind {kind} has no rate", kind=measure.kind)
            elif measure.unit != "percent":
                found[measure.id] = _("a duty in {unit} needs unit values", unit=measure.unit)
            elif (scope := measure.scope) is not None and not (scope.goods or scope.sectors):
                groups = {*scope.groups, *self._groups_of[measure.id][0]}
                if not groups:
                    found[measure.id] = _("no product group stands for its headings")
                elif groups <= self._without_trade(measure.imposer):
                    found[measure.id] = _(
                        "no share of imports of {imposer} is given for its product groups",
                        imposer=measure.imposer,
                    )
        return found

    @cached_property
    def partly_translated(self) -> dict[str, tuple[str, ...]]:
        """Measures that sector tables see without some of their product groups, and these groups.

        No share of the imposer's imports is given for them.
        """
        found: dict[str, tuple[str, ...]] = {}
        for measure in self.measures:
            if measure.scope is not None and measure.id not in self.not_translated:
                groups = {*measure.scope.groups, *self._groups_of[measure.id][0]}
                lacking = groups & self._without_trade(measure.imposer)
                if lacking:
                    found[measure.id] = tuple(sorted(lacking))
        return found

    def _without_trade(self, imposer: str) -> frozenset[str]:
        return self.products.without_trade(expand_regions([imposer]))

    def _valid(self, measure: Measure, on: date, known: date | None) -> bool:
        last = measure.last_day(known)
        if on < measure.first_day or (last is not None and on > last):
            return False
        if measure.id in self.assumed:
            return True
        return measure.stage in ("in_force", "expired") and (known is None or measure.known_from <= known)

    def with_overlay(self, overlay: Overlay) -> Register:
        """The register with what a scenario adds, ends or replaces.

        Raises:
            InputError: it ends or replaces a measure that is unknown, or adds one that is there already.
        """
        return _overlaid(self, Same(overlay))

    def complete(self, measure: Measure, on: date) -> bool:
        """Whether all measures of its kind that its imposer has on a day are said to be held."""
        return any(span.imposer == measure.imposer and span.holds(measure.kind, on) for span in self.covers)

    @property
    def duties_covered(self) -> tuple[Covers, ...]:
        """Imposers and days of which all duties are said to be held."""
        return tuple(span for span in self.covers if set(DUTIES) <= set(span.kinds))

    def any_law_of(self, importer: str) -> bool:
        """Whether a measure of an economy, a bloc or one of its members is held."""
        economies = expand_regions([importer])
        return any(one.imposed_by(code) for one in self.measures for code in economies)

    def refuse_uncovered(self, on: date) -> None:
        """Refuse a day on which duties of an imposer are not held, where those of other days are.

        Raises:
            InputError: naming the days that are covered.
        """
        refuse_uncovered(self.duties_covered, on, self.measures)


@lru_cache(maxsize=64)
def _overlaid(register: Register, changes: Same[Overlay]) -> Register:
    """One register for one scenario, so that what was worked out of its law is found again."""
    overlay = changes.value
    overlay.refuse_unfit(register.measures, register.places)
    replaced = {item.measure for item in overlay.replace}
    new = [*overlay.add, *(item.by for item in overlay.replace)]
    return replace(
        register,
        measures=(*(measure for measure in register.measures if measure.id not in replaced), *new),
        assumed=register.assumed | {measure.id for measure in new},
        ends=(*register.ends, *((item.measure, item.legal_from) for item in overlay.end)),
    )


def shipped_files() -> list[Path]:
    """Register files that come with the package."""
    return sorted(Path(__file__).with_name("measures").glob("*.yaml"))
