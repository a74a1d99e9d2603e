"""`kosho schedule`: tariff schedules brought in whole, and a line of one shown."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kosho import formatting
from kosho.cli.options import Json
from kosho.cli.terminal import day, say, say_more_lines, show_json, show_progress, show_table
from kosho.errors import InputError, KoshoError, Problem
from kosho.language import _, ngettext
from kosho.translations import told

if TYPE_CHECKING:
    from datetime import date

    from kosho.law.schedules.duty import Duty
    from kosho.law.schedules.importing import Imported
    from kosho.law.schedules.lines import Line, Schedule
    from kosho.law.schedules.table import Reading

__all__ = ["app"]

SHOWN = 20

app = typer.Typer(
    help="Tariff schedules: import official files, show the duties of a line.",
    no_args_is_help=True,
    add_completion=False,
)


@app.command("import")
def bring_in(  # noqa: PLR0913 - one parameter an option
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...",
            help="USITC export, Japan's schedule, or a table with the columns code and duty: .csv, .tsv, .json "
            "or .parquet, and pages of Japan Customs (.htm, .html); .csv and .json packed as .gz or .zip, .csv "
            "as a sheet of .xlsx; one file, one a chapter, or a folder of them.",
        ),
    ],
    importer: Annotated[str, typer.Option(metavar="ISO3", help="Whose schedule it is, such as USA.")],
    edition: Annotated[str, typer.Option(help="Such as 'HTS 2025 rev 5'; replaces an earlier import of it.")],
    first: Annotated[
        str | None, typer.Option("--from", metavar="YYYY-MM-DD", help="First day it applies.")
    ] = None,
    last: Annotated[str | None, typer.Option("--to", metavar="YYYY-MM-DD", help="Last day it applies.")] = None,
    rates: Annotated[
        str | None,
        typer.Option(metavar="percent|fraction", help="What numbers without a sign are in a plain table."),
    ] = None,
    decimal: Annotated[
        str | None,
        typer.Option(metavar="point|comma", help="Decimal mark of a plain table whose numbers show none."),
    ] = None,
    *,
    json: Json = False,
) -> None:
    """Import a schedule into the data folder (KOSHO_DATA, or your own); whole, or nothing if a row is wrong."""
    from kosho.law.schedules.importing import import_files

    since, until = day(first, "--from"), day(last, "--to")
    with show_progress(_("Reading the schedule")):
        done = import_files(files, importer, edition, since, until, _reading(rates, decimal))
    content = _imported(done)
    if json:
        show_json(content)
        return
    whose = formatting.the_country(importer)
    say(
        ngettext(
            "{path}: {number} line of {whose}, {edition}\n",
            "{path}: {number} lines of {whose}, {edition}\n",
            content["lines"],
            path=content["path"],
            number=formatting.count(content["lines"]),
            whose=whose,
            edition=edition,
        )
    )
    show_table(
        _("General duties"),
        (_("Kind"), _("Lines")),
        [(k, formatting.count(n)) for k, n in content["kinds"].items()],
        numeric=1,
    )
    if content["references"]:
        say(_("Lines that cite chapter 99: {number}", number=formatting.count(content["references"])))
    for title, found in (
        (_("Misprints read all the same"), content["mended"]),
        (_("Duties kept as text"), content["kept_as_text"]),
        (_("Lines left out: no duty"), content["left_out"]),
    ):
        if found:
            say(f"{title}: {formatting.count(len(found))}")
            for one in found[:SHOWN]:
                say(f"  {one}")
            if len(found) > SHOWN:
                say(_("  … {number} more; --json lists all", number=formatting.count(len(found) - SHOWN)))


def _reading(rates: str | None, mark: str | None) -> Reading:
    from kosho.law.schedules.table import Reading

    if rates not in (None, "percent", "fraction"):
        raise InputError(Problem(_("{rates!r} is neither percent nor fraction", rates=rates), key="--rates"))
    if mark not in (None, "point", "comma"):
        raise InputError(Problem(_("{mark!r} is neither point nor comma", mark=mark), key="--decimal"))
    return Reading(rates, "," if mark == "comma" else "." if mark == "point" else None)


def _imported(done: Imported) -> dict[str, Any]:
    return {
        "schema_version": 1,
        "importer": done.schedule.importer,
        "edition": done.schedule.edition,
        "path": str(done.path),
        "lines": len(done.draft.lines),
        "kinds": done.draft.kinds(),
        "whole": done.schedule.whole,
        "references": sum(bool(line.references) for line in done.draft.lines.values()),
        "mended": [str(problem) for problem in done.draft.mended],
        "kept_as_text": [str(problem) for problem in done.draft.unread],
        "left_out": [str(problem) for problem in done.draft.without_duty],
    }


@app.command("show")
def show(
    importer: Annotated[str, typer.Argument(metavar="ISO3", help="Whose schedule, such as USA.")],
    hs: Annotated[str, typer.Argument(metavar="HS", help="A code, such as 8703.23; 2 to 10 digits.")],
    on: Annotated[
        str | None, typer.Option("--on", metavar="YYYY-MM-DD", help="In force on that day; today.")
    ] = None,
    known: Annotated[
        str | None, typer.Option("--known", metavar="YYYY-MM-DD", help="As known on that day; the latest.")
    ] = None,
    *,
    json: Json = False,
) -> None:
    """Show the ordinary and preferential duties of the lines of a code, and where each was read."""
    from datetime import date as calendar

    from kosho.codes import countries, country_name
    from kosho.errors import suggest
    from kosho.law.schedules.ordinary import in_force

    economies = {*countries(), "EU27"}
    if importer not in economies:
        raise InputError(
            Problem(
                _("unknown importer {importer!r}", importer=importer),
                suggest(importer, economies),
                key="ISO3",
            )
        )
    today, then = day(on, "--on") or calendar.today(), day(known, "--known")
    found = _lines(in_force(importer, today), hs)
    if found is None:
        hint = _("`kosho schedule import` brings in a whole schedule")
        raise KoshoError(
            _(
                "no schedule of {importer} at hand on {today} has {hs} ({hint})",
                importer=importer,
                today=today,
                hs=hs,
                hint=hint,
            )
        )
    schedule, lines = found
    content = _shown(schedule, lines, (today, then))
    if json:
        show_json(content)
        return
    for one in content["lines"][:SHOWN]:
        rows = [
            (
                formatting.word(d["column"]),
                d["duty"],
                formatting.word(d["kind"].replace("_", " ")),
                formatting.word(d["status"]),
                d["source"],
                d["note"],
            )
            for d in one["duties"]
        ]
        title = f"{one['code']}  {one['description']}" + (f"  ({one['unit']})" if one["unit"] else "")
        show_table(title, (_("Column"), _("Duty"), _("Kind"), _("Status"), _("Source"), _("Note")), rows)
        for column, cited in one["references"].items():
            say(_("see {names} ({column})", names=_(", ").join(cited), column=column))
    say_more_lines(len(lines) - SHOWN)
    if content["later"]:
        told_later = _(
            "read in editions of a later day, what stood there on this day is not at hand: {sources}"
        )
        say(told_later.format(sources=_("; ").join(content["later"])))
    if content["undated"]:
        told_undated = _("without a date, whether known on this day is not known: {sources}")
        say(told_undated.format(sources=_("; ").join(content["undated"])))
    say(
        _(
            "{country}, {edition}, on {day}",
            country=country_name(schedule.importer),
            edition=_(schedule.edition),
            day=formatting.day(today),
        )
        + ("" if then is None else _(", as known on {day}", day=formatting.day(then)))
    )


def _lines(schedules: list[Schedule], hs: str) -> tuple[Schedule, list[Line]] | None:
    """The lines of a code in the latest schedule that has some.

    Raises:
        InputError: another edition, of which nothing tells whether it is the later, says something else.
    """
    from kosho.law.schedules.lines import digits
    from kosho.law.schedules.ordinary import refuse_rivals

    for place, schedule in enumerate(schedules):
        inside = schedule.lines.under(digits(hs))
        line = None if inside else schedule.find(hs)
        found = [line] if line else inside
        beside = [one for one in schedules[place:] if one.valid_from == schedule.valid_from]
        for mine in found if len(beside) > 1 else ():
            refuse_rivals([(one, same) for one in beside if (same := one.lines.get(mine.code)) is not None])
        if found:
            return schedule, found
    return None


def _shown(schedule: Schedule, lines: list[Line], days: tuple[date, date | None]) -> dict[str, Any]:
    """What is told of lines on a day, as known on another; None is the latest."""
    from kosho.law.schedules.ordinary import later_than, undated

    on, known = days
    shown: list[dict[str, Any]] = [
        {
            "code": line.code,
            "description": line.description,
            "unit": line.unit,
            "quota": line.quota_text,
            "references": {column: list(cited) for column, cited in line.references.items()},
            "duties": [
                _duty(schedule, line, column, duty)
                for column, duty in (
                    ("general", line.general),
                    ("statutory", line.statutory),
                    ("additional", line.additional),
                    *line.specials.items(),
                )
                if duty is not None
            ],
        }
        for line in lines
    ]
    sources = dict.fromkeys(duty["source"] for line in shown for duty in line["duties"])
    return {
        "schema_version": 1,
        "importer": schedule.importer,
        "edition": schedule.edition,
        "on": on.isoformat(),
        "known": "latest" if known is None else known.isoformat(),
        "later": [source for source in sources if later_than(source, schedule, known or on)],
        "undated": [source for source in sources if known is not None and undated(source, schedule)],
        "lines": shown,
    }


def _duty(schedule: Schedule, line: Line, column: str, duty: Duty) -> dict[str, Any]:
    from kosho.law.schedules.preferences import DATA

    credit = line.credits.get(column)
    programme, _bracket, symbol = column.rstrip("]").partition(" [")
    alone = symbol and len(line.symbols(programme)) == 1
    return {
        "column": programme if alone else column,
        "duty": str(duty),
        "kind": duty.kind,
        "printed": duty.text,
        "status": credit.status if credit else "fact",
        "source": credit.source if credit else schedule.source,
        "note": told(credit.note, DATA) if credit else _("symbol {symbol}", symbol=symbol) if alone else "",
    }
