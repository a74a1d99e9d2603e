"""The same question on several tables, side by side: `--world A,B,C`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import typer

from kosho import formatting
from kosho.cli.terminal import say, show_json, show_table
from kosho.codes import country_name
from kosho.language import _

if TYPE_CHECKING:
    from kosho.scenario.several import DealOnTable, OnTable, Several, TableFacts

__all__ = ["contract", "show_deals", "show_several"]


def contract(found: Several, heading: dict[str, Any]) -> dict[str, Any]:
    """What `kosho simulate --world A,B --json` prints."""
    return {
        "schema_version": 1,
        **heading,
        "scenario": found.scenario,
        "against": found.against,
        "worlds": [one.model_dump(mode="json") for one in found.tables],
        "spread": {party: one.model_dump(mode="json") for party, one in found.spread.items()},
    }


def show_several(found: Several, title: str, heading: dict[str, Any], *, json: bool) -> None:
    """Parties by table, then what differs between tables."""
    if json:
        show_json(contract(found, heading))
        _stop_where_silent(found.tables)
        return
    spread = found.spread
    rows = [
        (
            country_name(party),
            *(_figure(one, party) for one in found.tables),
            formatting.percent_range(spread[party].low, spread[party].high)
            if party in spread
            else formatting.NOT_KNOWN,
        )
        for party in found.parties
    ]
    rows += [(*row, "") for row in facts_rows(found.tables)]
    columns = (_("Economy"), *(one.name for one in found.tables), _("Spread"))
    show_table(title, columns, rows, numeric=len(columns) - 1)
    say(
        _(
            "Real income, % of each economy’s own; the spread is what the choice of table alone makes of a "
            "result."
        )
    )
    _say_problems(found.tables)


def show_deals(found: Sequence[DealOnTable], parties: Sequence[str], *, json: bool, case: str) -> None:
    """The deal that each concept picks on each table, with the gains."""
    if json:
        worlds = [one.model_dump(mode="json") for one in found]
        show_json({"schema_version": 1, "case": case, "parties": list(parties), "worlds": worlds})
        _stop_where_silent(found)
        return
    from kosho.bargain import CONCEPTS

    concepts = list(dict.fromkeys(name for one in found for name in one.solutions))
    rows: list[tuple[str, ...]] = [(_("Some deal leaves all better off"), *(_zone(one) for one in found))]
    for concept in concepts:
        rows.append((_(CONCEPTS[concept].title), *(_options(one, concept) for one in found)))
        rows += [
            (
                _("{economy} over no deal, billion USD", economy=country_name(party)),
                *(_gain(one, concept, party) for one in found),
            )
            for party in parties
        ]
    rows += facts_rows(found)
    columns = (_("Deal"), *(one.name for one in found))
    show_table(_("The deals on several tables"), columns, rows)
    say(
        _("Gains are of each table’s own year. Where tables pick other deals, the table decides, not the case.")
    )
    for one in found:
        for option, why in one.not_priced.items():
            say(_("note: {table} does not price {option}: {why}", table=one.name, option=option, why=why))
        for told in one.assumed:
            say(_("note: {table}: {told}", table=one.name, told=told))
    _say_problems(found)


def facts_rows(found: Sequence[OnTable | DealOnTable]) -> list[tuple[str, ...]]:
    """What differs between tables: year, size, elasticities, duties that nobody knows."""
    told: list[tuple[str, ...]] = []
    for label, text in (
        (_("differs: year"), _year),
        (_("differs: economies × sectors"), lambda one: f"{one.economies} × {one.sectors}"),
        (_("differs: mean trade elasticity"), lambda one: formatting.decimals(one.theta, 1)),
        (_("differs: base duty not known, % of goods trade"), _unknown),
    ):
        cells = (formatting.NOT_KNOWN if one.facts is None else text(one.facts) for one in found)
        told.append((label, *cells))
    return told


def _year(one: TableFacts) -> str:
    return formatting.NOT_KNOWN if one.year is None else str(one.year)


def _unknown(one: TableFacts) -> str:
    return formatting.NONE if one.unknown_duties is None else formatting.decimals(100 * one.unknown_duties, 0)


def _figure(one: OnTable, party: str) -> str:
    figures = one.countries.get(party)
    return formatting.NOT_KNOWN if figures is None else formatting.percent(figures["welfare"], sign=True)


def _zone(one: DealOnTable) -> str:
    return formatting.NOT_KNOWN if one.zone is None else (_("yes") if one.zone else _("no"))


def _options(one: DealOnTable, concept: str) -> str:
    options = one.solutions.get(concept)
    if one.problem:
        return formatting.NOT_KNOWN
    return formatting.NONE if options is None else ", ".join(f"{k} {v}" for k, v in options.items())


def _gain(one: DealOnTable, concept: str, party: str) -> str:
    gains = one.gains.get(concept)
    if one.problem:
        return formatting.NOT_KNOWN
    return formatting.NONE if gains is None else formatting.billions(gains[party], sign=True, part=True)


def _say_problems(found: Sequence[OnTable | DealOnTable]) -> None:
    for one in found:
        if one.problem:
            say(_("note: {table} says nothing: {problem}", table=one.name, problem=one.problem))
    _stop_where_silent(found)


def _stop_where_silent(found: Sequence[OnTable | DealOnTable]) -> None:
    """What was asked of several tables is not answered whole where one says nothing: status 1."""
    if any(one.problem for one in found):
        raise typer.Exit(1)
