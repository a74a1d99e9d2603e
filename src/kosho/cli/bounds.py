"""What a scenario bounds, in the terminal: the short of it, or all that a brief shows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kosho.cli.terminal import say, show_made
from kosho.language import _, ngettext

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kosho.brief.cells import CellTable
    from kosho.case import Case
    from kosho.scenario.commitments import Commitment, ScenarioCommitments

__all__ = ["show"]

LARGEST = 2
"""Sellers shown for each sector, where not all are."""


def show(opened: Case, bounds: ScenarioCommitments, *, everything: bool) -> None:
    """What is bound, what it takes and whose sales it changes.

    Args:
        opened: The case.
        bounds: Of a scenario.
        everything: With what each bound counts, every seller, parameters, and what is left out.
    """
    from kosho import formatting
    from kosho.brief.commitment_tables import diverted_table, subsidy_table

    scenarios = {one.id: one.title for one in opened.scenarios.values()}
    for table in (
        _bound(bounds, scenarios, everything=everything),
        subsidy_table([bounds], scenarios),
        diverted_table([bounds], None if everything else LARGEST),
    ):
        if table.rows:
            show_made(_once(table))
            say(f"{table.note}\n")
    slack = [_not_reached(one) for one in bounds.bounds if not one.binds]
    if slack:
        say(_("Not reached: {names}.\n", names=_("; ").join(slack)))
    if everything:
        _show_rest(bounds, scenarios)
    if bounds.ends is not None:
        say(formatting.range_note(_("the ranges of the scenario’s measures, all else as computed")))
        for measure, why in bounds.ends.out_of_reach.items():
            say(_("note: an end of {get} is left out: {why}", get=bounds.titles.get(measure, measure), why=why))
    if not everything:
        say(_more(bounds, scenarios))


def _bound(bounds: ScenarioCommitments, scenarios: Mapping[str, str], *, everything: bool) -> CellTable:
    """Bounds that bind: titles, and who pays or earns; all that is said of them only where all is asked for."""
    from kosho.brief.commitment_tables import bound_table

    binding = bounds.model_copy(update={"bounds": tuple(one for one in bounds.bounds if one.binds)})
    table = bound_table([binding], scenarios)
    rows = tuple(
        (
            replace(what, note="\n".join(filter(None, (who.text, f"{what.note}. Base: {base.text}")))),
            *rest,
        )
        if everything
        else (replace(what, note=who.text), *rest)
        for what, who, base, *rest in table.rows
    )
    what, _other, _other, *rest = table.columns
    return replace(table, columns=(what, *rest), rows=rows, numeric=len(rest))


def _not_reached(one: Commitment) -> str:
    from kosho import formatting

    reached, required = (formatting.amount(value, one.unit) for value in (one.reached, one.required))
    return _(
        "{title} ({strip} of {required})",
        title=one.title,
        strip=reached.removesuffix(one.unit).strip(),
        required=required,
    )


def _once(table: CellTable) -> CellTable:
    """The table with what repeats from row to row in its first column said once."""
    rows = list(table.rows)
    for position in range(len(rows) - 1, 0, -1):
        first, *others = rows[position]
        if (first.text, first.note) == (rows[position - 1][0].text, rows[position - 1][0].note):
            rows[position] = (replace(first, text="", note=""), *others)
    return replace(table, rows=tuple(rows))


def _rest(bounds: ScenarioCommitments, scenarios: Mapping[str, str]) -> tuple[CellTable, ...]:
    from kosho.brief.commitment_tables import left_out_table, ranges_table, sway_table

    return (
        sway_table([bounds], scenarios),
        ranges_table([bounds], moved=True),
        ranges_table([bounds], moved=False),
        left_out_table([bounds]),
    )


def _show_rest(bounds: ScenarioCommitments, scenarios: Mapping[str, str]) -> None:
    for table in _rest(bounds, scenarios):
        if table.rows:
            show_made(_once(table))


def _more(bounds: ScenarioCommitments, scenarios: Mapping[str, str]) -> str:
    """What `--all` adds, in a line."""
    from kosho import formatting
    from kosho.brief.commitment_tables import diverted_table

    _other, moved, stated, left_out = (len(table.rows) for table in _rest(bounds, scenarios))
    sellers = len(diverted_table([bounds]).rows) - len(diverted_table([bounds], LARGEST).rows)
    parts = (
        (
            moved,
            ngettext(
                "{number} parameter with its range and what each measure’s does",
                "{number} parameters in their ranges and what each measure’s do",
                moved,
                number=formatting.count(moved),
            ),
        ),
        (
            stated,
            ngettext(
                "{number} parameter told, not moved",
                "{number} parameters told, not moved",
                stated,
                number=formatting.count(stated),
            ),
        ),
        (
            sellers,
            ngettext(
                "{number} more seller", "{number} more sellers", sellers, number=formatting.count(sellers)
            ),
        ),
        (
            left_out,
            ngettext(
                "{number} measure in force without an effect here",
                "{number} measures in force without an effect here",
                left_out,
                number=formatting.count(left_out),
            ),
        ),
    )
    added = _(", ").join(told for number, told in parts if number)
    return _("With --all: {added}.", added=added) if added else _("With --all: more economies.")
