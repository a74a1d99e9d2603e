"""`kosho register against-schedule` and `diff`: the register and editions of a schedule side by side."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kosho import formatting
from kosho.cli.options import Json
from kosho.cli.terminal import day, say, show_json, show_table
from kosho.codes import country_name
from kosho.errors import InputError, Problem, suggest
from kosho.language import _, ngettext

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kosho.law.against_schedule import Comparison
    from kosho.law.edition_diff import EditionDiff
    from kosho.law.schedules.lines import Line

__all__ = ["against", "show_editions", "trade_by_line"]

SHOWN = 20
_CODES = ("hs10", "hs8", "hs6", "hts10", "hts8", "code", "hs")
_VALUES = ("customs_value_usd", "customs_value", "value", "trade", "imports")


def against(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", help="USITC export in JSON: one file, one a chapter, or a folder."),
    ],
    importer: Annotated[str, typer.Option(metavar="ISO3", help="Whose schedule it is.")] = "USA",
    on: Annotated[
        str | None, typer.Option("--on", metavar="YYYY-MM-DD", help="Day in force; that of the edition.")
    ] = None,
    *,
    json: Json = False,
) -> None:
    """Tell every line on which the register adds another duty than the schedule; exits 1 if there is one."""
    from kosho.law import Register
    from kosho.law.against_schedule import against_schedule
    from kosho.law.schedules.importing import read_files

    when = day(on, "--on")
    lines = read_files(files).lines
    found = against_schedule(Register.load(), lines, importer, when)
    if json:
        show_json({"schema_version": 1, **_compared(found)})
    else:
        share = formatting.decimals(100 * found.equal / found.lines, 2)
        say(
            _(
                "{number} lines, {country}, in force on {day}: {number_2} equal ({share} %), {number_3} of "
                "the others explained",
                number=formatting.count(found.lines),
                country=country_name(found.exporter),
                day=formatting.day(found.on),
                number_2=formatting.count(found.equal),
                share=share,
                number_3=formatting.count(found.explained),
            )
        )
        say(_("headings compared: {names}", names=", ".join(found.headings)))
        rows = [
            (one.hs, _rates(one.schedule), formatting.rate(one.register), one.why)
            for one in found.different[:SHOWN]
        ]
        if rows:
            show_table(_("Different"), (_("Line"), _("Schedule"), _("Register"), _("Why")), rows)
        if len(found.different) > SHOWN:
            say(_("… {number} more; --json lists all", number=formatting.count(len(found.different) - SHOWN)))
    if found.different:
        raise typer.Exit(1)


def _rates(rates: tuple[float, ...]) -> str:
    return _(" or ").join(map(formatting.rate, rates))


def _compared(found: Comparison) -> dict[str, Any]:
    return {
        "on": found.on.isoformat(),
        "exporter": found.exporter,
        "headings": list(found.headings),
        "lines": found.lines,
        "equal": found.equal,
        "explained": found.explained,
        "different": [
            {
                "hs": one.hs,
                "schedule": one.schedule[0] if len(one.schedule) == 1 else list(one.schedule),
                "register": one.register,
                "why": one.why,
                "explained": one.explained,
            }
            for one in found.different
        ],
    }


def show_editions(
    editions: tuple[str, str], importer: str, trade: Path | None, partner: str | None, *, json: bool
) -> None:
    """Tell what changed between two editions of a schedule: lines, duties, and the law cited behind them.

    Args:
        editions: The older and the later one: a file, a folder, or an edition that was imported.
        importer: Whose schedule they are.
        trade: Imports by line, a code and a value column.
        partner: Only imports from this partner count.
        json: As JSON.
    """
    from kosho.law import Register
    from kosho.law.edition_diff import editions_diff

    before, after = _edition(editions[0], importer, "OLD"), _edition(editions[1], importer, "NEW")
    weights = None if trade is None else trade_by_line(trade, partner)
    found = editions_diff(before, after, Register.load().of(importer), weights)
    if json:
        show_json({"schema_version": 1, "old": editions[0], "new": editions[1], **_changed(found)})
        return
    lines = len({one.hs for one in found.changes})
    both, changed, changes = (
        formatting.count(number) for number in (found.compared, lines, len(found.changes))
    )
    say(
        ngettext(
            "{both} lines in both editions; {changed} changed, {changes} change in all",
            "{both} lines in both editions; {changed} changed, {changes} changes in all",
            len(found.changes),
            both=both,
            changed=changed,
            changes=changes,
        )
    )
    if found.trade is not None and found.trade_of_all:
        share = formatting.decimals(100 * found.trade / found.trade_of_all, 2)
        say(
            _(
                "trade of the changed lines: {value} ({share} %)",
                value=formatting.decimals(found.trade, 0),
                share=share,
            )
        )
    rows = [
        (one.hs, one.what, one.column, one.old, one.new, "; ".join(one.law)) for one in found.changes[:SHOWN]
    ]
    if rows:
        show_table(_("Changes"), (_("Line"), _("What"), _("Column"), _("Old"), _("New"), _("Law")), rows)
    if len(found.changes) > SHOWN:
        say(_("… {number} more; --json lists all", number=formatting.count(len(found.changes) - SHOWN)))
    for note in found.notes:
        say(_("note: {note}", note=note))


def _changed(found: EditionDiff) -> dict[str, Any]:
    return {
        "compared": found.compared,
        "changed": len({one.hs for one in found.changes}),
        "trade": found.trade,
        "trade_of_all": found.trade_of_all,
        "notes": list(found.notes),
        "changes": [
            {
                "hs": one.hs,
                "what": one.what,
                "column": one.column,
                "old": one.old,
                "new": one.new,
                "law": list(one.law),
                "trade": one.trade,
            }
            for one in found.changes
        ],
    }


def _edition(name: str, importer: str, key: str) -> Mapping[str, Line]:
    from kosho.law.schedules.importing import read_files
    from kosho.law.schedules.preferences import territory
    from kosho.law.schedules.store import imported

    if Path(name).exists():
        return read_files([Path(name)]).lines
    editions = {one.edition: one for one in imported(territory(importer))}
    if name not in editions:
        hint = suggest(name, editions) or _("import it, or name a file")
        raise InputError(
            Problem(
                _("{name!r} is no file and no imported edition of {importer}", name=name, importer=importer),
                hint,
                key=key,
            )
        )
    return {line.code: line for line in editions[name].lines.under("")}


def trade_by_line(path: Path, partner: str | None) -> dict[str, float]:
    """Imports by code, over all partners or from one; a table without partners is of the one that is meant."""
    found: dict[str, float] = {}
    for row in _rows(path):
        names = {name.strip().lower(): name for name in row}
        code = next((names[name] for name in _CODES if name in names), None)
        value = next((names[name] for name in _VALUES if name in names), None)
        if code is None or value is None:
            hint = _(
                "a code ({names}) and a value ({names_2})", names=", ".join(_CODES), names_2=", ".join(_VALUES)
            )
            raise InputError(Problem(_("has not the columns of trade by line"), hint, str(path), 1))
        if partner is not None and "partner" in names and row[names["partner"]] != partner:
            continue
        try:
            amount = float(row[value] or 0)
        except ValueError:
            raise InputError(
                Problem(_("{row!r} is not a value", row=row[value]), file=str(path), key=str(row[code]))
            ) from None
        plain = str(row[code]).replace(".", "")
        found[plain] = found.get(plain, 0.0) + amount
    if not found:
        what = _("imports from {partner}", partner=partner) if partner else _("trade")
        raise InputError(Problem(_("holds no {what}", what=what), file=str(path)))
    return found


def _rows(path: Path) -> list[dict[str, Any]]:
    if path.suffix.lower() == ".parquet":
        from kosho.extras import missing

        try:
            from pyarrow import parquet
        except ImportError:
            raise missing("schedules", _("reading Parquet"), path) from None
        try:
            return parquet.read_table(path).to_pylist()
        except (OSError, ValueError):
            hint = _("write it as Parquet again, or as .csv")
            raise InputError(
                Problem(_("is no Parquet file, or not all of one"), hint, file=str(path))
            ) from None
    from kosho.law.schedules.reading import text_of

    return list(csv.DictReader(io.StringIO(text_of(path), newline="")))
