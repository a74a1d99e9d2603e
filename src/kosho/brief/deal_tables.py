"""The negotiating table in a brief: packages as points, the deals, what carries them, what it all rests on."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Sequence
from itertools import combinations, product

import numpy as np

from kosho import formatting
from kosho.arrays import Array
from kosho.brief import statement_text
from kosho.brief.cells import Cell, CellTable, QuotedWords
from kosho.brief.model import Reference
from kosho.brief.negotiation import NamedDeal, Negotiation, PackagePoint, StruckSummary
from kosho.brief.tables import MANY
from kosho.codes import country_name
from kosho.language import N_, _

__all__ = [
    "COLOURS",
    "LEGEND",
    "MARKS",
    "bases_table",
    "bounds_table",
    "certificate_table",
    "deals_table",
    "red_lines",
    "scatters",
    "shares_table",
    "struck_tables",
]

WIDTH, HEIGHT, MARGIN = 720, 470, 58
LINE = 16
"""Height of a name."""
CLOUD = ("other", "package")
"""Marks that are many."""
COLOURS = {
    "other": "#c9ced6",
    "package": "#8fa3bf",
    "frontier": "#1d3f72",
    "deal": "#c2571a",
    "struck": "#8c1d40",
    "no-deal": "#1b2430",
    "today": "#1b2430",
}
MARKS = {"no-deal": "■", "today": "□", "deal": "◆", "struck": "▲"}
"""Signs of the legend; the others are dots."""
LEGEND = {
    "other": N_("crosses a red line"),
    "package": N_("within the red lines"),
    "frontier": N_("on the frontier"),
    "deal": N_("a deal that theory picks"),
    "struck": N_("what was agreed in the end"),
    "no-deal": N_("no deal"),
    "today": N_("today"),
}

Cite = Callable[[Iterable[str]], list[Reference]]
"""Numbered sources by id."""


def _quotes(one: Negotiation, statements: Sequence[str], cite: Cite | None = None) -> tuple[QuotedWords, ...]:
    """The statements named, as they are marked on the page."""
    found: list[QuotedWords] = []
    for number, said in enumerate(one.said, 1):
        if said.id in statements:
            words = (statement_text.by(said), statement_text.when(said), statement_text.kind(said))
            about = _("; ").join(words)
            sources = "".join(f" [{source.number}]" for source in cite([said.source])) if cite else ""
            found.append(QuotedWords(f"Q{number}", f"said-{said.id}", f"“{said.quote}” ({about}){sources}"))
    return tuple(found)


def red_lines(one: Negotiation, cite: Cite) -> list[tuple[str, tuple[QuotedWords, ...]]]:
    """What no side will sign, each with what it said."""
    rests = {basis.title: basis.statements for basis in one.bases if basis.part == "red line"}
    known = [
        max((title for title in rests if line.startswith(title)), key=len, default="") for line in one.red_lines
    ]
    return [
        (line, _quotes(one, rests.get(title, ()), cite))
        for line, title in zip(one.red_lines, known, strict=True)
    ]


def bases_table(one: Negotiation) -> CellTable:
    """What was said, and what rests on it."""
    rows = [
        (
            Cell(
                text=f"Q{number}{formatting.NBSP} “{said.quote}”",
                sort=number,
                sources=(said.source,),
                anchor=f"said-{said.id}",
            ),
            Cell(
                text=statement_text.by(said),
                note=_("after {attributed_to}", attributed_to=said.attributed_to) if said.attributed_to else "",
            ),
            Cell(text=statement_text.when(said), sort=said.date or said.recorded_at.isoformat()),
            Cell(text=statement_text.kind(said)),
            Cell(text=_("; ").join(_resting(one, said.id))),
        )
        for number, said in enumerate(one.said, 1)
    ]
    return CellTable(
        "bases",
        _("What the table rests on: what was said, as known on the day"),
        (_("What was said"), _("By"), _("Date"), _("As"), _("What rests on it")),
        tuple(rows),
        note=_(
            "From the record of the talks. What has no quote rests on its sources alone, or is chosen by us."
        ),
    )


def _resting(one: Negotiation, statement: str) -> list[str]:
    """What rests on a statement; options of one issue together."""
    found: dict[str, list[str]] = {}
    for basis in one.bases:
        if statement in basis.statements:
            found.setdefault(basis.issue or formatting.word(basis.part), []).append(basis.title)
    return [_("{issue}: {option}", issue=name, option=" / ".join(titles)) for name, titles in found.items()]


def deals_table(one: Negotiation, cite: Cite | None = None) -> CellTable:
    """The deals under every background; what they all change is said once."""
    names = [country_name(code) for code in one.parties]
    columns = [
        _("Deal"),
        *(_("{name}, over no deal", name=name) for name in names),
        *(_("{name}, over today", name=name) for name in names),
    ]
    shared = [change for change in one.deals[0].changes if all(change in deal.changes for deal in one.deals)]
    shared = shared if len(one.deals) > 1 else []
    rows = [
        (
            Cell(
                text=deal.concept,
                note=_("{issue}: {option}", issue=deal.background, option=_rest(deal, shared)),
                quotes=_quotes(one, deal.statements, cite),
            ),
            *(
                Cell(text=formatting.billions(gains[code], sign=True, part=True))
                for gains in (deal.over_no_deal, deal.over_today)
                for code in one.parties
            ),
        )
        for deal in one.deals
    ]
    notes = [_("In every deal: {names}.", names=_("; ").join(shared))] if shared else []
    if len({deal.background for deal in one.deals}) > 1:
        notes.append(_("Over today: with what befalls third countries under each background, agreed or not."))
    caption = _("The deals, billion USD a year")
    return CellTable(
        "deals", caption, tuple(columns), tuple(rows), numeric=2 * len(names), note=" ".join(notes)
    )


def _rest(deal: NamedDeal, shared: Sequence[str]) -> str:
    """What a deal changes beside what all of them do."""
    return _("; ").join(change for change in deal.changes if change not in shared) or (
        _("nothing more") if shared else _("nothing")
    )


def bounds_table(one: Negotiation) -> CellTable:
    """What commitments and quotas come to in the deals; deals that share them share a row."""
    found: dict[tuple[Cell, ...], list[str]] = {}
    rents = any(bound.rent for bound in one.bounds)
    for bound in one.bounds:
        amounts = [formatting.amount(x, bound.unit) for x in (bound.free, bound.reached)]
        others = _(", ").join(
            f"{country_name(code)} {formatting.billions(change, sign=True, part=True)}"
            for code, change in bound.diverted.items()
        )
        wedge = _("closed") if bound.wedge is None else formatting.percent(bound.wedge, decimals=0)
        money = [bound.fiscal_cost, bound.rent][: 1 + rents]
        cells = (
            bound.title,
            others,
            *amounts,
            wedge,
            *(formatting.billions(x, part=True) if x else "" for x in money),
        )
        found.setdefault(tuple(Cell(text=text) for text in cells), []).append(bound.concept)
    rows = tuple(
        (Cell(text=cells[0].text, note=_(", ").join(concepts)), *cells[1:]) for cells, concepts in found.items()
    )
    columns = (
        _("Commitment"),
        _("Sales of others"),
        _("Without it"),
        _("With it"),
        _("Wedge, %"),
        _("Subsidy"),
        _("Rent"),
    )
    return CellTable(
        "deal-bounds",
        _("What binds in the deals and what it takes, billion USD a year"),
        columns[: 6 + rents],
        rows,
        numeric=4 + rents,
        note=_(
            "On the full world table. Sales of others: the largest changes in the sector, with "
            "everything the deal commits to. Wedge: the part of the price that the subsidy pays, or that "
            "scarcity adds."
        ),
    )


def shares_table(one: Negotiation) -> CellTable:
    """Which issue carries whose gain, and what is there before any of them."""
    columns = (_("Issue"), *(country_name(code) for code in one.parties))
    rows = [
        (
            Cell(text=issue),
            *(
                Cell(
                    text=formatting.NOT_PRICED
                    if values is None
                    else formatting.billions(values[code], sign=True, part=True)
                )
                for code in one.parties
            ),
        )
        for issue, values in one.carried.items()
    ]
    caption = _(
        "Which issue carries the gains of the {shares_of} deal (Shapley values), billion USD a year",
        shares_of=one.shares_of,
    )
    return CellTable("issue-shares", caption, columns, tuple(rows), numeric=len(one.parties))


def certificate_table(one: Negotiation) -> CellTable:
    """How sure it is that all gain."""
    columns = (_("Deal"), _("All gain, % of draws"), *(country_name(code) for code in one.parties))
    rows = [
        (
            Cell(text=name),
            Cell(text=formatting.percent_of_draws(one.all_gain[name])),
            *(
                Cell(text=formatting.gain(spreads[code].p50, spreads[code].p5, spreads[code].p95, part=True))
                for code in one.parties
            ),
        )
        for name, spreads in one.certificates.items()
    ]
    caption = _(
        "How sure: gains over no deal in {draws} draws of the trade elasticities, billion USD a year",
        draws=one.draws,
    )
    note = formatting.range_note(_("the middle 90 % of the draws; the central figure is their median"))
    return CellTable("certificate", caption, columns, tuple(rows), numeric=1 + len(one.parties), note=note)


def struck_tables(one: Negotiation, cite: Cite | None = None) -> list[CellTable]:
    """What was agreed in the end, against what the table had, and what carries it; none if it is not known."""
    return [] if one.struck is None else [_struck_table(one, one.struck, cite), _parts_table(one, one.struck)]


def _struck_table(one: Negotiation, struck: StruckSummary, cite: Cite | None) -> CellTable:
    names = [country_name(code) for code in one.parties]
    first = (
        Cell(
            text=struck.title,
            note=_("in brackets: its promises to buy at both ends of their ranges"),
            sources=struck.sources,
            quotes=_quotes(one, struck.statements, cite),
        ),
        *(
            Cell(text=formatting.gain(struck.over_no_deal[code], struck.ends[code].low, struck.ends[code].high))
            for code in one.parties
        ),
        *(Cell(text="") for _other in names),
    )
    rows = [
        (
            Cell(text=left.what, note=_("; ").join(left.changes)),
            *(Cell(text=formatting.billions(left.over_no_deal[code], sign=True)) for code in one.parties),
            *(Cell(text=formatting.billions(left.more[code], sign=True, part=True)) for code in one.parties),
        )
        for left in struck.left
    ]
    today = _(", ").join(
        f"{formatting.the_country(code)} {formatting.billions(struck.over_today[code], sign=True)}"
        for code in one.parties
    )
    more = {left.party for left in struck.left}
    kept = [formatting.the_country(code, starts=True) for code in one.parties if code not in more]
    notes = [_("Over what held before it: {today} billion USD a year.", today=today)]
    notes += [_("{name} could have had no more without another's having less.", name=name) for name in kept]
    columns = (
        _("Package"),
        *(_("{name}, over no deal", name=name) for name in names),
        *(_("{name}, more than agreed", name=name) for name in names),
    )
    caption = _("What was agreed, and what was left on the table, billion USD a year")
    return CellTable(
        "struck",
        caption,
        columns,
        (first, *rows),
        numeric=2 * len(names),
        note=" ".join(notes),
    )


def _parts_table(one: Negotiation, struck: StruckSummary) -> CellTable:
    priced = [
        (
            Cell(text=part.title, note=part.settled, sources=part.sources),
            *(Cell(text=formatting.billions(part.gains[code], sign=True, part=True)) for code in one.parties),
        )
        for part in struck.parts
    ]
    unpriced = [
        (
            Cell(text=part.title, note=part.settled, sources=part.sources),
            *(
                Cell(
                    text=formatting.NOT_PRICED,
                    note=_("declared: {ends}", ends=formatting.span(found.low, found.high, part=True)),
                )
                if (found := part.worth.get(code))
                else Cell(text=formatting.NOT_PRICED)
                for code in one.parties
            ),
        )
        for part in struck.unpriced
    ]
    return CellTable(
        "struck-parts",
        _("What carries it: what each part adds, on average over every order of parts, billion USD a year"),
        (_("Part"), *(country_name(code) for code in one.parties)),
        (*priced, *unpriced),
        numeric=len(one.parties),
    )


def scatters(one: Negotiation, cite: Cite | None = None) -> list[str]:
    """A figure a pair of parties; of many, the first with each other."""
    pairs = (
        combinations(one.parties, 2) if len(one.parties) <= MANY else product(one.parties[:1], one.parties[1:])
    )
    return [_scatter(one, pair, cite) for pair in pairs]


def _scatter(one: Negotiation, pair: tuple[str, str], cite: Cite | None) -> str:
    """The gains of two parties as SVG, billion USD a year; each mark names its package when pointed at."""
    across, up = pair
    x, y = (np.array([point.gains[code] for point in one.points]) * formatting.of_money(1.0) for code in pair)
    to_x, to_y = _scale(x, MARGIN, WIDTH - 12), _scale(y, HEIGHT - MARGIN, 12)
    order = list(LEGEND)
    placed = [(point, to_x(a), to_y(b)) for point, a, b in zip(one.points, x, y, strict=True)]
    placed.sort(key=lambda item: order.index(item[0].kind))
    marks = [_mark(point, a, b, _mark_label(one, point, cite)) for point, a, b in placed]
    label = html.escape(
        _(
            "Gains of {country} and {country_2} in every package",
            country=country_name(across),
            country_2=country_name(up),
        )
    )
    parts = [
        f'<svg class="scatter" viewBox="0 0 {WIDTH} {HEIGHT}" role="group" aria-label="{label}">',
        *_axis(x, to_x, across, level=False),
        *_axis(y, to_y, up, level=True),
        *marks,
        *_names([item for item in placed if item[0].kind == "deal"]),
        "</svg>",
    ]
    return "".join(parts)


def _names(deals: Sequence[tuple[PackagePoint, float, float]]) -> list[str]:
    """Names beside the deals, from the top, none over another."""
    found: list[str] = []
    last = 0.0
    for point, x, y in sorted(deals, key=lambda item: item[2]):
        last = max(y + 4, last + LINE)
        name = html.escape(point.text.split(".")[0])
        found.append(f'<text x="{x + 11:.1f}" y="{last:.1f}">{name}</text>')
    return found


def _mark_label(one: Negotiation, point: PackagePoint, cite: Cite | None) -> str:
    """What a mark says: its package, what it is worth to all, and the words it rests on.

    Of the many that are neither deal nor frontier only the marks of the words, which the table below explains.
    """
    gains = _(", ").join(
        f"{country_name(code)} {formatting.billions(point.gains[code], sign=True)}" for code in one.parties
    )
    lines = [_("{text}: {gains} billion USD a year", text=point.text, gains=gains)]
    quotes = _quotes(one, point.statements, cite)
    if point.kind in CLOUD:
        return "\n".join(
            [*lines, _("Rests on ") + _(", ").join(quote.mark for quote in quotes)] if quotes else lines
        )
    return "\n".join([*lines, *(quote.text for quote in quotes)])


def _scale(values: Array, start: float, end: float) -> Callable[[float], float]:
    low, high = min(0.0, float(values.min())), max(0.0, float(values.max()))
    span = (high - low) or 1.0
    low, high = low - 0.03 * span, high + 0.03 * span
    return lambda value: start + (end - start) * (value - low) / (high - low)


def _axis(values: Array, place: Callable[[float], float], code: str, *, level: bool) -> list[str]:
    span = max(float(np.ptp(values)), 1e-9)
    step = next(one for one in (0.01, 0.05, 0.1, 0.5, 1, 2, 5, 10, 20, 50, 100, 1e9) if span / one <= 9)
    ticks = (
        np.arange(np.ceil(min(0.0, values.min()) / step), np.floor(max(0.0, values.max()) / step) + 1) * step
    )
    found: list[str] = []
    for tick in ticks:
        at, shade = place(float(tick)), "#5b6675" if abs(tick) < step / 2 else "#e3e6ea"
        ends = (MARGIN, at, WIDTH - 12, at) if level else (at, 12, at, HEIGHT - MARGIN)
        found.append('<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}" stroke="{}"/>'.format(*ends, shade))
        x, y, anchor = (MARGIN - 8, at + 4, "end") if level else (at, HEIGHT - MARGIN + 18, "middle")
        found.append(
            f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{formatting.tick(float(tick))}</text>'
        )
    name = html.escape(_("{country}, billion USD over no deal", country=country_name(code)))
    middle = (MARGIN + WIDTH) / 2, (HEIGHT - MARGIN) / 2
    where = f'x="16" y="{middle[1]:.0f}" transform="rotate(-90 16 {middle[1]:.0f})"'
    where = where if level else f'x="{middle[0]:.0f}" y="{HEIGHT - 14}"'
    found.append(f'<text {where} text-anchor="middle">{name}</text>')
    return found


def _mark(point: PackagePoint, x: float, y: float, meaning: str) -> str:
    """A mark; the few that have a name are links, so that a keyboard reaches them."""
    meaning = html.escape(meaning)
    title = f"<title>{meaning}</title>"
    colour = COLOURS[point.kind]
    if point.kind == "deal":
        turned = f'transform="rotate(45 {x:.1f} {y:.1f})"'
        corner = f'x="{x - 6:.1f}" y="{y - 6:.1f}" {turned}'
        mark = f'<rect {corner} width="12" height="12" fill="{colour}">{title}</rect>'
        return f'<a href="#table-deals" aria-label="{meaning}">{mark}</a>'
    if point.kind == "struck":
        corners = f"{x:.1f},{y - 9:.1f} {x + 8:.1f},{y + 6:.1f} {x - 8:.1f},{y + 6:.1f}"
        mark = f'<polygon points="{corners}" fill="{colour}">{title}</polygon>'
        label = f'<text x="{x + 12:.1f}" y="{y + 4:.1f}">{_("Agreed")}</text>'
        return f'<a href="#table-struck" aria-label="{meaning}">{mark}</a>{label}'
    if point.kind in ("no-deal", "today"):
        label = f'<text x="{x + 9:.1f}" y="{y - 7:.1f}">{_(LEGEND[point.kind]).capitalize()}</text>'
        fill = colour if point.kind == "no-deal" else "#fff"
        square = f'<rect x="{x - 5:.1f}" y="{y - 5:.1f}" width="10" height="10" fill="{fill}" stroke="{colour}"'
        return f'<a href="#table-bases" aria-label="{meaning}">{square}>{title}</rect>{label}</a>'
    radius = 4.5 if point.kind == "frontier" else 2.2
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="{colour}">{title}</circle>'
