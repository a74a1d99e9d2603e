"""A brief as headings, paragraphs and tables in reading order: what Word and Markdown are written from.

Words and rounding are those of the page, for they come from the same tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from kosho import formatting
from kosho.brief import deal_tables
from kosho.brief.aide_tables import aide_tables
from kosho.brief.cells import CellTable
from kosho.brief.commitment_tables import commitments
from kosho.brief.exports.record_tables import record_tables
from kosho.brief.gain_figure import drawn, gain_table, gain_title, spoken
from kosho.brief.line_tables import lines_table
from kosho.brief.market_tables import market_tables
from kosho.brief.model import Brief, Claim, Reference
from kosho.brief.negotiation import Negotiation
from kosho.brief.page import BESIDE, KINDS, lines
from kosho.brief.tables import tables
from kosho.codes import country_name
from kosho.language import N_, _

__all__ = [
    "ANNEX",
    "Block",
    "Figure",
    "Heading",
    "Paragraph",
    "document",
    "marks",
    "numbers",
    "reference",
]

ANNEX = N_("Annex")


@dataclass(frozen=True, slots=True)
class Heading:
    """Of a section (1) or a part of one (2)."""

    text: str
    level: Literal[1, 2] = 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text; `kind` is what it is set as, `lead` stands before it in bold."""

    text: str
    kind: Literal["text", "lead", "point", "note"] = "text"
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """The figure of the first page: what it finds, and each panel in words."""

    title: str
    spoken: tuple[str, ...]


Block = Heading | Paragraph | Figure | CellTable


def document(brief: Brief) -> list[Block]:
    """What a brief says, block by block.

    >>> from kosho.brief.exports.document import document
    >>> [one.text for one in document(brief) if isinstance(one, Heading)][:2]  # as `compose` gives it
    ['In short', 'Behind the answer']
    """
    found = tables(brief)
    return [*_first(brief), *_main(brief, found), *_annex(brief, found)]


def marks(brief: Brief, ids: Iterable[str]) -> str:
    """Numbers of sources as they stand behind what rests on them: ` [3, 4]`; empty where there is none."""
    found = numbers(brief, ids)
    return f" [{found}]" if found else ""


def numbers(brief: Brief, ids: Iterable[str]) -> str:
    """Numbers of sources: `3, 4`; empty where there is none."""
    cited = dict.fromkeys(ids)
    known = {one.id: one.number for one in brief.sources} if cited else {}
    return ", ".join(str(known[one]) for one in cited if one in known)


def reference(one: Reference) -> str:
    """A source in one line."""
    told = [one.title, one.publisher, *([formatting.day(one.date)] if one.date else [])]
    more = [
        _(KINDS[one.kind]),
        *([_("hindsight: later than the day of this brief, used by the method")] if one.hindsight else []),
        *([_("licence {licence}", licence=one.licence)] if one.licence else []),
        *([one.note] if one.note else []),
    ]
    return f"{', '.join(told)} ({'; '.join(more)})" + (f". {one.url}" if one.url else "")


def first_lines(brief: Brief) -> list[tuple[str, str]]:
    """The first page, a head and a line each; empty where there is none."""
    heads_of = {part: head for part, head, _other in lines(brief)} | {"caveat": _("Caveat")}
    return [(heads_of[part], text) for part, text in brief.first_page.items() if text and part in heads_of]


def _first(brief: Brief) -> Iterator[Block]:
    yield Heading(_("In short"))
    told = first_lines(brief)
    yield from (Paragraph(text, "text", head) for head, text in told)
    found = drawn(brief)
    if found is not None and any(one.curve for one in found.prospects):
        parties = [party for party in brief.codes if any(one.curve.get(party) for one in found.prospects)]
        yield Figure(gain_title(found), tuple(spoken(found, party) for party in parties))
    if not told:
        yield Paragraph(_claim(brief, brief.lead), "lead")
        yield from _points(brief, brief.headline)


def _main(brief: Brief, found: Mapping[str, CellTable]) -> Iterator[Block]:
    behind = aide_tables(brief)
    if behind:
        yield Heading(_("Behind the answer"))
        yield from _filled(*behind.values(), *gain_table(brief))
    if brief.negotiation is not None:
        yield from _negotiation(brief, brief.negotiation)
    if brief.computed:
        yield Heading(_("What each scenario is worth"))
        yield from _filled(found["glance"], found["bargain"])
    yield Heading(_("What is in force on {day}", day=formatting.day(brief.as_of)))
    if brief.summary:
        yield Paragraph(brief.summary)
    if brief.law_held:
        yield from _filled(found["in-force"], found["in-force-others"])
        if brief.law_verified:
            yield Paragraph(brief.law_verified, "note")
    else:
        yield Paragraph(
            _("The register does not hold the law of this day. What was in force is not known here.")
        )
    if brief.record is not None:
        yield Heading(_("What was said"))
        if brief.record.empty:
            yield Paragraph(_("Nothing was recorded by {day}.", day=formatting.day(brief.as_of)))
        yield from record_tables(brief.record)
    if brief.computed:
        yield from _computed(brief, found)
    yield from _ahead(brief)


def _negotiation(brief: Brief, one: Negotiation) -> Iterator[Block]:
    yield Heading(_("The negotiating table"))
    if one.as_of and one.as_of != brief.as_of:
        yield Paragraph(_("As it stood on {day}, before the talks were over.", day=formatting.day(one.as_of)))
    yield Paragraph(one.summary)
    zone = "" if one.zone else _(" There is no zone of agreement.")
    yield Paragraph(f"{one.counted}{zone}")
    yield from (Paragraph(way, "point", _("What would open a zone")) for way in one.opening + one.not_opening)
    yield from _filled(*deal_tables.struck_tables(one))
    if one.red_lines:
        yield Paragraph(
            f"{_('; ').join(one.red_lines)}{_('.')}{marks(brief, one.sources)}", "note", _("Red lines")
        )
    if one.deals:
        yield from _filled(
            deal_tables.deals_table(one),
            deal_tables.shares_table(one),
            *([deal_tables.bounds_table(one)] if one.bounds else []),
            deal_tables.certificate_table(one),
        )
    yield from (Paragraph(each) for each in (*one.rates, *one.linkage, *one.delay))
    if one.tariff_lines:
        yield from _filled(lines_table(one))
    if one.said:
        yield from _filled(deal_tables.bases_table(one))


def _computed(brief: Brief, found: Mapping[str, CellTable]) -> Iterator[Block]:
    yield Heading(_("The scenarios compared"))
    for one in brief.scenarios:
        told = [one.description, _("Measures of {day}.", day=formatting.day(one.on)), one.background, one.note]
        text = " ".join(filter(None, told)) + f" ({formatting.word(one.status)}){marks(brief, one.sources)}"
        yield Paragraph(text, "text", one.title)
    yield Heading(_("What it is worth to each side"))
    year = brief.world.year if brief.world is not None and brief.world.year else _("the base year")
    yield Paragraph(
        _(
            "Equivalent variation: the sum of money that, at the prices of the {base_label}, would "
            "change a country’s real income as much as the scenario does. In USD of {year}, a year, in "
            "the long run of seven to ten years.",
            base_label=brief.base_label,
            year=year,
        )
    )
    yield from _filled(*(found[f"variants-{party.lower()}"] for party in brief.codes))
    yield Heading(_("The trade at stake"))
    yield from _filled(*(table for name, table in found.items() if name.startswith("flow-")))
    yield from _filled(found["other-flows"], *market_tables(brief).values())
    yield from _points(brief, brief.method.first_year)
    yield Heading(_("Commitments and bounds"))
    bound = commitments(brief)
    if not bound["bounds"].rows:
        yield Paragraph(_("No scenario promises a quantity or bounds one."))
    yield from _filled(*bound.values())
    yield Heading(_("How sure"))
    yield from _filled(found["draws"])
    yield Paragraph(_(BESIDE), "note")


def _ahead(brief: Brief) -> Iterator[Block]:
    if brief.not_yet_priced:
        yield Heading(_("Not yet priced"))
        yield Paragraph(_("On the table, but in none of the numbers above."))
        for item in brief.not_yet_priced:
            quote = f" “{item.quote}”" if item.quote else ""
            by = f", {country_name(item.by)}" if item.by else ""
            yield Paragraph(f"{item.why}{quote}{marks(brief, item.sources)}", "point", item.title + by)
    yield Heading(_("Next dates"))
    if not brief.calendar:
        yield Paragraph(_("None is known."))
    for entry in brief.calendar:
        told = " ".join(filter(None, (entry.title, entry.consequence)))
        yield Paragraph(told + marks(brief, entry.sources), "point", formatting.day(entry.date))


def _annex(brief: Brief, found: Mapping[str, CellTable]) -> Iterator[Block]:
    if brief.computed:
        yield Heading(_("{annex}: by sector and economy", annex=_(ANNEX)))
        for party in brief.codes:
            yield from _filled(found[f"sectors-{party.lower()}"])
        yield from _filled(found["economies"])
    yield Heading(_("Method and limits"))
    if brief.method.model:
        yield Heading(_("The model"), 2)
        yield from _points(brief, brief.method.model)
    yield Heading(_("What limits it"), 2)
    yield from _points(brief, brief.method.limits)
    if brief.world is not None:
        world = brief.world
        yield Heading(_("The table"), 2)
        year = _(", ") + str(world.year) if world.year else ""
        yield Paragraph(
            _(
                "{value}. {economies} economies, {sectors} sectors{year}; fingerprint {hash}.",
                value=world.attribution or world.source,
                economies=world.economies,
                sectors=world.sectors,
                year=year,
                hash=world.hash,
            )
        )
    yield Heading(_("Sources"))
    yield from (Paragraph(reference(one), "note", f"[{one.number}]") for one in brief.sources)


def _filled(*found: CellTable) -> Iterator[CellTable]:
    """Those that have something in them."""
    return (one for one in found if one.rows and one.columns)


def _points(brief: Brief, claims: Sequence[Claim]) -> Iterator[Paragraph]:
    return (Paragraph(_claim(brief, one), "point") for one in claims)


def _claim(brief: Brief, one: Claim) -> str:
    """A claim, how it is known, and on what."""
    return f"{one.text} ({formatting.word(one.status)}){marks(brief, one.sources)}"
