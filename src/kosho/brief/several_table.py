"""The table of a brief that shows one scenario on several tables of the economy."""

from __future__ import annotations

from kosho import formatting
from kosho.brief.cells import Cell, CellTable
from kosho.brief.model import Brief
from kosho.codes import country_name
from kosho.language import _
from kosho.scenario.several import OnTable

__all__ = ["several_table"]


def several_table(brief: Brief) -> dict[str, CellTable]:
    """The table by its id; none where the brief was asked of one table alone.

    One row a table: what it is, and what each party has by it; the last row is the spread.
    """
    found = brief.several
    if found is None:
        return {}
    parties = [party for party in found.parties if any(party in one.countries for one in found.tables)]
    rows = [(*_about(one), *(_figure(one, party) for party in parties)) for one in found.tables]
    spread = [
        Cell(formatting.percent_range(found.spread[party].low, found.spread[party].high))
        if party in found.spread
        else Cell(formatting.NOT_KNOWN)
        for party in parties
    ]
    blank = Cell("")
    titles = {one.id: one.title for one in brief.scenarios}
    against = titles.get(found.against, brief.base_label)
    return {
        "several": CellTable(
            id="several",
            caption=_(
                "{scenario} against {against}, on several tables of the economy: real income, %",
                scenario=titles.get(found.scenario, found.scenario),
                against=against,
            ),
            columns=(
                _("Table"),
                _("Year"),
                _("Economies × sectors"),
                _("Mean elasticity"),
                *map(country_name, parties),
            ),
            rows=(*rows, (Cell(_("Spread: model uncertainty")), blank, blank, blank, *spread)),
            numeric=len(parties),
            note=_("Central numbers on each table in full; everything else in this brief is of the first."),
        )
    }


def _about(one: OnTable) -> tuple[Cell, Cell, Cell, Cell]:
    facts = one.facts
    if facts is None:
        unknown = Cell(formatting.NOT_KNOWN)
        return Cell(one.name, note=one.problem), unknown, unknown, unknown
    unsure = one.problem
    if facts.unknown_duties and not unsure:
        unsure = _(
            "base duty not known on {value} % of goods trade",
            value=formatting.decimals(100 * facts.unknown_duties, 0),
        )
    return (
        Cell(one.name, note=unsure),
        Cell(formatting.NOT_KNOWN if facts.year is None else str(facts.year)),
        Cell(f"{facts.economies} × {facts.sectors}"),
        Cell(formatting.decimals(facts.theta, 1)),
    )


def _figure(one: OnTable, party: str) -> Cell:
    figures = one.countries.get(party)
    if figures is None:
        return Cell(formatting.NOT_KNOWN)
    return Cell(formatting.percent(figures["welfare"], sign=True), figures["welfare"])
