"""The terms that partners got from one importer, side by side: rates on telling products, and clause by clause.

Nothing is said here that the register does not hold: a rate is that of a look-up, a clause a measure or promise
with its sources. Where the register has none, the cell is empty, which is not the same as that there is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from kosho.codes import blocs
from kosho.display import Shown
from kosho.errors import InputError, Problem, suggest
from kosho.language import N_, _, pgettext
from kosho.law.export_controls import told
from kosho.law.line_rate import coverage, quote
from kosho.law.measure import DUTIES, Measure
from kosho.law.nontariff_terms import Amount, Declared, ExportControl
from kosho.law.product_groups import Product
from kosho.law.query import Facts, Query
from kosho.law.register import Register
from kosho.law.scope import ALL, Answer, belongs
from kosho.law.stacking import MFN, Layer, Rate
from kosho.law.untold import facts_in_words
from kosho.provenance import Cited

__all__ = ["PRODUCTS", "Comparison", "Dates", "RateCell", "RateRow", "Telling", "Term", "TermRow", "compare"]

NOT_HELD = N_("not in the register")
PARTNERS_OWN = ("home_melt", "us_melt", "authorised", "allied_components")
"""Facts by which partners have terms of their own; others tell what a product is, or free it from anywhere."""


@dataclass(frozen=True, slots=True)
class Telling(Shown):
    """A product that stands for its kind.

    >>> from kosho.law.deal_comparison import PRODUCTS
    >>> PRODUCTS[0].title, PRODUCTS[0].hs
    ('Cars', '8703.23.01')
    """

    name: str
    title: str
    hs: str
    answers: Mapping[str, Answer] = field(default_factory=dict[str, Answer])


PRODUCTS = (
    Telling("cars", N_("Cars"), "8703.23.01"),
    Telling("light-trucks", N_("Light trucks"), "8704.31.01"),
    Telling("heavy-trucks", N_("Heavy trucks"), "8704.23.01"),
    Telling("car-parts", N_("Parts of cars"), "8708.29.51"),
    Telling("steel", N_("Steel plate"), "7208.51.00"),
    Telling("steel-articles", N_("Kitchenware of steel"), "7323.93.00"),
    Telling("aluminium", N_("Aluminium"), "7601.10.30"),
    Telling("copper", N_("Copper pipes"), "7411.10.10"),
    Telling("medicines", N_("Patented medicines"), "3004.90.92.10", {"us_232": "yes"}),
    Telling("chips", N_("Processors"), "8542.31.00"),
    Telling("computers", N_("Computers with advanced chips"), "8471.50.01", {"us_232": "yes"}),
    Telling("lumber", N_("Pine wood, sawn"), "4407.11.00"),
    Telling("furniture", N_("Upholstered furniture"), "9401.61.40.11"),
    Telling("aircraft-parts", N_("Parts of civil aircraft"), "8807.30.00", {"civil_aircraft": "yes"}),
    Telling("machines", N_("Machining centres"), "8457.10.00"),
    Telling("rest-low", N_("Other goods at a low duty (tableware)"), "6912.00.39"),
    Telling("rest-high", N_("Other goods at a high duty (sweaters)"), "6110.30.30"),
)
"""In the order of a table."""


@dataclass(frozen=True, slots=True)
class RateCell(Shown):
    """What a partner pays on a product, in fractions; none where part of it is not known."""

    rate: float | None
    low: float | None
    high: float | None
    text: str
    """In words: percent, and whether it is in all, on top, or within a quota."""
    since: date | None
    """First day of the youngest measure it rests on."""
    measures: tuple[str, ...]
    legal_basis: tuple[str, ...]
    source: tuple[str, ...]
    why: str | None = None
    """Why there is no rate."""
    notes: tuple[str, ...] = ()
    """What is doubtful about it: facts a shipment would tell, headings that are not certain."""
    facts: tuple[str, ...] = ()
    """Facts of the goods that a product does not settle and that would lower the rate, with what it then is."""


@dataclass(frozen=True, slots=True)
class RateRow(Shown):
    """One product from every partner."""

    product: str
    hs: str
    cells: Mapping[str, RateCell]


@dataclass(frozen=True, slots=True)
class Term(Shown):
    """One clause a partner has, as it is written in the register."""

    measure: str
    text: str
    amount: Cited | None
    """Of a promise to buy or to invest, where one is named."""
    stage: str
    since: date
    until: date | None
    known_from: date
    legal_basis: str
    source: tuple[str, ...]
    status: str


@dataclass(frozen=True, slots=True)
class TermRow(Shown):
    """One clause over all partners; no terms: not in the register."""

    clause: str
    cells: Mapping[str, tuple[Term, ...]]


@dataclass(frozen=True, slots=True)
class Dates(Shown):
    """When what names a partner became known and began; none where nothing names it."""

    known: date | None
    """First day on which anything that still stands was public."""
    began: date | None
    """First day of the oldest duty or exemption in force that names it."""
    next: date | None
    """Next day after the one asked for on which something that names it begins or ends by itself."""


@dataclass(frozen=True, slots=True)
class Comparison(Shown):
    """What partners got, as of a day.

    >>> from datetime import date
    >>> from kosho.law import Register
    >>> from kosho.law.deal_comparison import compare
    >>> found = compare(Register.load(), "USA", ["JPN", "GBR"], date(2026, 8, 1))
    >>> found.rates[0].cells["JPN"].text, found.rates[0].cells["GBR"].text
    ('15 % in all', '10 % within the quota, 27.5 % beyond')
    >>> [term.measure for row in found.terms if row.clause == "investment" for term in row.cells["JPN"]]
    ['jpn-us-investment']
    """

    importer: str
    partners: tuple[str, ...]
    on: date
    known: date | None
    rates: tuple[RateRow, ...]
    terms: tuple[TermRow, ...]
    dates: Mapping[str, Dates]
    verified_to: date | None
    notes: tuple[str, ...] = ()
    """What may be missing on that day."""


def compare(
    register: Register,
    importer: str,
    partners: Sequence[str],
    on: date,
    known: date | None = None,
    products: Sequence[Telling | str] = PRODUCTS,
) -> Comparison:
    """Set the terms of partners beside one another.

    Args:
        register: The law.
        importer: Whose terms they are.
        partners: Economies or blocs.
        on: Day in force.
        known: Day of knowledge, the latest by default.
        products: What to quote rates on: products that stand for their kind, or ids of product groups.

    Raises:
        InputError: a code or a product group is unknown; all mistakes are listed.
    """
    if len(partners) != len(set(partners)):
        raise InputError(Problem(_("a partner is named twice"), key="PARTNERS"))
    _refuse_unknown(register, importer, partners, on, products)
    return Comparison(
        importer=importer,
        partners=tuple(partners),
        on=on,
        known=known,
        rates=tuple(_rate_row(register, importer, partners, (on, known), one) for one in products),
        terms=tuple(_terms(register, importer, partners, on, known)),
        dates={code: _dates(register, importer, code, on, known) for code in partners},
        verified_to=register.verified_to(importer),
        notes=tuple(coverage(register, importer, on, any_law=register.any_law_of(importer))),
    )


def _refuse_unknown(
    register: Register,
    importer: str,
    partners: Iterable[str],
    on: date,
    products: Iterable[Telling | str],
) -> None:
    problems: list[Problem] = []
    for partner in partners:
        try:
            Query(importer, partner, "870323", on)
        except InputError as error:
            problems += error.problems
    for name in products:
        if isinstance(name, str) and name not in register.products.groups:
            groups = register.products.groups
            problems.append(
                Problem(_("unknown product group {name!r}", name=name), suggest(name, groups), key="--group")
            )
    if problems:
        raise InputError(list(dict.fromkeys(problems)))


def _rate_row(
    register: Register,
    importer: str,
    partners: Sequence[str],
    days: tuple[date, date | None],
    product: Telling | str,
) -> RateRow:
    if isinstance(product, str):
        group = register.products.groups[product]
        cells = {code: _group_cell(register, importer, code, days, product) for code in partners}
        return RateRow(group.title, ", ".join(group.hs.prefixes[:3]), cells)
    cells = {code: _line_cell(register, importer, code, days, product) for code in partners}
    return RateRow(_(product.title), product.hs, cells)


def _line_cell(
    register: Register, importer: str, partner: str, days: tuple[date, date | None], product: Telling
) -> RateCell:
    on, known = days
    answers: list[Answer] = ["yes", "no"]
    try:
        inside, outside = (
            quote(
                register,
                Query(
                    importer,
                    partner,
                    product.hs,
                    on,
                    known,
                    Facts(answers={**product.answers, "in_quota": told}),
                ),
            )
            for told in answers
        )
    except InputError as error:
        return _unknown("; ".join(problem.message for problem in error.problems))
    law = [register.measure(layer.measure) for layer in outside.layers if layer.measure != MFN]
    if outside.prohibited:
        law = [register.measure(name) for name in outside.prohibited]
        return _cell(law, [], (None, None, None), _("prohibited"), outside.warnings)
    if inside.rate is None or outside.rate is None:
        ends = _least(inside.low, outside.low), _most(inside.high, outside.high)
        cell = _cell(law, outside.layers, (None, *ends), outside.total, outside.warnings)
        return replace(cell, why="; ".join(outside.unknown or inside.unknown) or None)
    if inside.rate != outside.rate:
        text = _(
            "{percent} within the quota, {percent_2} beyond",
            percent=_percent(inside.rate),
            percent_2=_percent(outside.rate),
        )
        ends = min(inside.rate, outside.rate), max(inside.rate, outside.rate)
        return _cell(law, outside.layers, (None, *ends), text, outside.warnings)
    rate = outside.rate
    words = _in_words(rate, law, outside.layers)
    cell = _cell(law, outside.layers, (rate, rate, rate), words, outside.warnings)
    lower = [
        one for one in outside.facts if one.fact in PARTNERS_OWN and one.rate is not None and one.rate < rate
    ]
    return replace(cell, facts=tuple(facts_in_words(lower)))


def _least(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else min(one, other)


def _most(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else max(one, other)


def _group_cell(
    register: Register, importer: str, partner: str, days: tuple[date, date | None], name: str
) -> RateCell:
    members = (
        [code for code in blocs()[partner].members if code != importer] if partner in blocs() else [partner]
    )
    group = register.products.groups[name]
    found = [register.rate(importer, code, Product(group.sector, name), *days) for code in members]
    first = found[0]
    law = [register.measure(layer.measure) for layer in first.layers if layer.measure != MFN]
    rates = [one.rate for one in found if one.rate is not None]
    if not rates:
        return _cell(law, first.layers, (None, None, None), _on_top(found))
    low, high = min(rates), max(rates)
    if low != high:
        return _cell(
            law,
            first.layers,
            (None, low, high),
            _("{percent} to {percent_2} by member", percent=_percent(low), percent_2=_percent(high)),
        )
    return _cell(law, first.layers, (low, low, low), _in_words(low, law, first.layers))


def _on_top(found: Sequence[Rate]) -> str:
    """What measures add, by member of a bloc, to an ordinary duty that is not known."""
    added = [[layer.value for layer in one.layers if layer.measure != MFN] for one in found]
    known = [sum(value or 0.0 for value in one) for one in added if None not in one]
    if len(known) < len(added):
        return _("not known, as the ordinary duty is not")
    low, high = min(known), max(known)
    shown = (
        _percent(low) if low == high else _("{low} to {high} by member", low=_percent(low), high=_percent(high))
    )
    return _("{percent} on top of an ordinary duty that is not known", percent=shown)


def _cell(
    law: Sequence[Measure],
    layers: Sequence[Layer],
    rates: tuple[float | None, float | None, float | None],
    text: str,
    notes: tuple[str, ...] = (),
) -> RateCell:
    sources = [*(name for layer in layers for name in layer.source), *(n for one in law for n in one.source)]
    return RateCell(
        *rates,
        text=text,
        since=max((one.first_day for one in law), default=None),
        measures=tuple(one.id for one in law),
        legal_basis=tuple(one.legal_basis for one in law),
        source=tuple(dict.fromkeys(sources)),
        notes=notes,
    )


def _unknown(why: str) -> RateCell:
    return RateCell(None, None, None, _(NOT_HELD), None, (), (), (), why)


def _percent(rate: float) -> str:
    return f"{round(100 * rate, 4):g} %"


def _in_words(rate: float, law: Sequence[Measure], layers: Sequence[Layer]) -> str:
    ordinary = layers[0].value or 0.0
    if not law:
        return _("{percent} (ordinary duty)", percent=_percent(rate))
    if all(one.kind == "floor" for one in law):
        return (
            _("{percent} in all", percent=_percent(rate))
            if rate > ordinary
            else _("{percent} (ordinary duty, above the floor)", percent=_percent(rate))
        )
    return _(
        "{percent} ({percent_2} and {percent_3} on top)",
        percent=_percent(rate),
        percent_2=_percent(ordinary),
        percent_3=_percent(rate - ordinary),
    )


CLAUSES = (
    "quota",
    "ceiling",
    "most favoured",
    "market access",
    "standards",
    "purchases",
    "investment",
    "security",
    "export controls",
)
"""Rows of the table of clauses, after the rates."""
OF_KIND = {
    "tariff_quota": "quota",
    "quota": "quota",
    "purchase": "purchases",
    "investment": "investment",
    "transfer": "investment",
    "standard": "standards",
    "customs": "standards",
    "export_control": "export controls",
}


def _terms(
    register: Register, importer: str, partners: Sequence[str], on: date, known: date | None
) -> Iterator[TermRow]:
    law = [one for one in register.measures if _stands(register, one, on, known)]
    found: dict[str, dict[str, list[Term]]] = {clause: {code: [] for code in partners} for clause in CLAUSES}
    for measure in law:
        clause = OF_KIND.get(measure.kind) or (measure.clause or "").replace("_", " ")
        if clause not in found:
            continue
        for partner in partners:
            if _between(measure, importer, partner):
                found[clause][partner].append(_term(measure, partner))
    for clause in CLAUSES:
        yield TermRow(clause, {code: tuple(terms) for code, terms in found[clause].items()})


def _dates(register: Register, importer: str, partner: str, on: date, known: date | None) -> Dates:
    named = [one for one in register.measures if _between(one, importer, partner)]
    standing = [one for one in named if _stands(register, one, on, known)]
    duties = [one.first_day for one in standing if one.imposer == importer and one.kind in DUTIES]
    ahead = [
        day
        for one in named
        if one.known_from <= (known or on) and one.stage in ("in_force", "announced")
        for day in (*one.days_of_change, *((one.legal_to + timedelta(days=1),) if one.legal_to else ()))
        if day > on
    ]
    return Dates(
        known=min((one.known_from for one in standing), default=None),
        began=min(duties, default=None),
        next=min(ahead, default=None),
    )


def _stands(register: Register, measure: Measure, on: date, known: date | None) -> bool:
    """Whether it is in force, or promised and neither over nor unknown by then."""
    if measure.kind == "termination":
        return False
    if measure.stage in ("in_force", "expired"):
        return any(one.id == measure.id for one in register.in_force(on, known))
    over = measure.legal_to is not None and measure.legal_to < on
    return measure.stage == "announced" and measure.known_from <= (known or on) and not over


def _between(measure: Measure, importer: str, partner: str) -> bool:
    """Whether it is one side's towards the other, and names that side."""
    if measure.imposer == importer:
        return _names(measure, partner)
    return belongs(measure.imposer, partner) and _names(measure, importer)


def _names(measure: Measure, code: str) -> bool:
    given = measure.value if isinstance(measure.value, dict) else dict.fromkeys(measure.partners.include)
    return any(belongs(code, one) for one in given if one != ALL)


def _term(measure: Measure, partner: str) -> Term:
    return Term(
        measure=measure.id,
        text=_text(measure, partner),
        amount=measure.terms.amount if isinstance(measure.terms, Amount | Declared) else None,
        stage=measure.stage,
        since=measure.first_day,
        until=measure.legal_to,
        known_from=measure.known_from,
        legal_basis=measure.legal_basis,
        source=measure.source,
        status=measure.status,
    )


def _size(amount: Cited) -> str:
    return _(", {value:,.0f} {unit}", value=amount.value, unit=pgettext("unit", amount.unit))


def _text(measure: Measure, partner: str) -> str:
    terms = measure.terms
    if measure.kind == "tariff_quota":
        size = "" if measure.quota is None else _size(measure.quota.amount)
        level, beyond = measure.level_on(partner), measure.level_on(partner, in_quota=False)
        return _(
            "{title} ({value:g} inside, {value_2:g} beyond{size})",
            title=measure.title,
            value=level or 0,
            value_2=beyond or 0,
            size=size,
        )
    if isinstance(terms, ExportControl):
        return f"{measure.title} ({told(measure)})"
    return measure.title
