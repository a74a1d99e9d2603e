"""`kosho register compare`: the terms partners got, clause by clause, and a figure of the rates."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kosho import formatting
from kosho.cli.options import Json
from kosho.cli.register_upkeep import refuse_unknown_economy
from kosho.cli.terminal import day, say, show_json, show_table
from kosho.codes import country_name
from kosho.errors import InputError, Problem
from kosho.language import N_, _

if TYPE_CHECKING:
    from datetime import date

    from kosho.law import Register
    from kosho.law.deal_comparison import Comparison, RateCell, Telling, Term

__all__ = ["compare"]

NOT_HELD = N_("not in the register")


def compare(  # noqa: PLR0913 - one parameter an option
    partners: Annotated[
        list[str], typer.Argument(metavar="PARTNERS", help="Economies or blocs: JPN KOR EU27.")
    ],
    importer: Annotated[str, typer.Option(help="Whose terms they are.")] = "USA",
    on: Annotated[str | None, typer.Option("--on", metavar="YYYY-MM-DD", help="Day in force; today.")] = None,
    known: Annotated[
        str | None, typer.Option("--known", metavar="YYYY-MM-DD", help="As known on that day; the latest.")
    ] = None,
    hs: Annotated[
        str | None, typer.Option("--hs", metavar="CODES", help="Rates on these codes, separated by commas.")
    ] = None,
    group: Annotated[
        str | None,
        typer.Option("--group", metavar="IDS", help="Rates on these product groups of the register."),
    ] = None,
    figure: Annotated[
        Path | None, typer.Option(metavar="FILE.svg", help="Draw the rates by product; .html for a page.")
    ] = None,
    *,
    json: Json = False,
) -> None:
    """Set the terms that partners got beside one another: rates, quotas, promises, dates, with sources."""
    from datetime import date

    from kosho.cli.figure_file import refuse_figure, write_figure
    from kosho.law import Register
    from kosho.law.deal_comparison import compare as compared
    from kosho.outputs import require_file

    refuse_figure(figure)
    require_file(figure)
    refuse_unknown_economy(importer, "--importer")
    when = day(on, "--on") or date.today()
    register = Register.load()
    found = compared(register, importer, partners, when, day(known, "--known"), _products(hs, group))
    if figure is not None:
        from kosho.cli.ratechart import svg

        from_ = formatting.listed([formatting.the_country(code) for code in partners])
        title = _(
            "What {country} takes from {from_of} on {day}, ",
            country=formatting.the_country(importer),
            from_of=from_,
            day=formatting.day(when),
        )
        title += _("percent of customs value")
        write_figure(svg(found, title), title, figure)
    if json:
        show_json(_contract(found, register))
        return
    _show(found, when)
    if figure is not None:
        say(_("{figure}: written", figure=figure))


def _products(hs: str | None, group: str | None) -> list[Telling | str]:
    from kosho.law.deal_comparison import PRODUCTS, Telling
    from kosho.law.query import CODE_HINT, is_code

    if hs is None and group is None:
        return list(PRODUCTS)
    codes = [text.strip() for text in (hs or "").split(",") if text.strip()]
    wrong = [text for text in codes if not is_code(text.replace(".", ""))]
    if wrong:
        raise InputError(
            [Problem(_("{text!r} is not an HS code", text=text), _(CODE_HINT), key="--hs") for text in wrong]
        )
    return [
        *(Telling(code, code, code) for code in codes),
        *(text.strip() for text in (group or "").split(",") if text.strip()),
    ]


def _show(found: Comparison, when: date) -> None:
    partners = [country_name(code) for code in found.partners]
    rows = [[row.product, *(row.cells[code].text for code in found.partners)] for row in found.rates]
    title = _(
        "Rates of {country} on {day}", country=formatting.the_country(found.importer), day=formatting.day(when)
    )
    show_table(title, (_("Product"), *partners), rows)
    rows = [
        [
            formatting.word(row.clause),
            *(";\n".join(term.text for term in row.cells[code]) or _(NOT_HELD) for code in found.partners),
        ]
        for row in found.terms
    ]
    rows += [
        [title, *(str(getattr(found.dates[code], name) or _(NOT_HELD)) for code in found.partners)]
        for title, name in (
            (_("first known"), "known"),
            (_("rates since"), "began"),
            (_("next change"), "next"),
        )
    ]
    show_table(_("Terms"), (_("Clause"), *partners), rows)
    for row in found.rates:
        for code, cell in row.cells.items():
            for fact in cell.facts:
                say(
                    _(
                        "{product}, {country}: {fact}",
                        product=row.product,
                        country=country_name(code),
                        fact=fact,
                    )
                )
    for note in found.notes:
        say(_("note: {note}", note=note))
    if found.verified_to is not None and found.verified_to < when:
        importer, day_ = formatting.the_country(found.importer), formatting.day(found.verified_to)
        say(
            _(
                "note: measures of {importer} verified to {day}; later ones may be missing",
                importer=importer,
                day=day_,
            )
        )


def _contract(found: Comparison, register: Register) -> dict[str, Any]:
    cells = [cell for row in found.rates for cell in row.cells.values()]
    terms = [term for row in found.terms for group in row.cells.values() for term in group]
    used = dict.fromkeys(name for one in (*cells, *terms) for name in one.source)
    return {
        "schema_version": 1,
        "importer": found.importer,
        "partners": list(found.partners),
        "on": found.on.isoformat(),
        "known": "latest" if found.known is None else found.known.isoformat(),
        "verified_to": _iso(found.verified_to),
        "notes": list(found.notes),
        "unit": "percent",
        "rates": [
            {
                "product": row.product,
                "hs": row.hs,
                "cells": {code: _cell(cell) for code, cell in row.cells.items()},
            }
            for row in found.rates
        ],
        "clauses": [
            {
                "clause": row.clause,
                "cells": {code: [_term(term) for term in group] for code, group in row.cells.items()},
            }
            for row in found.terms
        ],
        "dates": {
            code: {"known": _iso(one.known), "began": _iso(one.began), "next": _iso(one.next)}
            for code, one in found.dates.items()
        },
        "sources": {
            name: register.sources[name].model_dump(mode="json", exclude_none=True)
            for name in used
            if name in register.sources
        },
    }


def _iso(one: date | None) -> str | None:
    return None if one is None else one.isoformat()


def _percent(rate: float | None) -> float | None:
    return None if rate is None else round(100 * rate, 6)


def _cell(cell: RateCell) -> dict[str, Any]:
    return {
        "rate": _percent(cell.rate),
        "low": _percent(cell.low),
        "high": _percent(cell.high),
        "text": cell.text,
        "since": _iso(cell.since),
        "measures": list(cell.measures),
        "legal_basis": list(cell.legal_basis),
        "source": list(cell.source),
        "why": cell.why,
        "notes": list(cell.notes),
        "facts": list(cell.facts),
    }


def _term(term: Term) -> dict[str, Any]:
    return {
        "measure": term.measure,
        "text": term.text,
        "amount": None if term.amount is None else term.amount.model_dump(mode="json", exclude_none=True),
        "stage": term.stage,
        "since": term.since.isoformat(),
        "until": _iso(term.until),
        "known_from": term.known_from.isoformat(),
        "legal_basis": term.legal_basis,
        "source": list(term.source),
        "status": term.status,
    }
