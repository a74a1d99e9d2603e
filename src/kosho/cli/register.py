"""`kosho register`: the measures themselves, checked and shown."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kosho import formatting
from kosho.cli.options import Json
from kosho.cli.register_compare import compare
from kosho.cli.register_editions import against, show_editions
from kosho.cli.register_propose import propose
from kosho.cli.register_upkeep import known as show_known
from kosho.cli.register_upkeep import refuse_unknown_economy, stale
from kosho.cli.terminal import day, say, show_json, show_table
from kosho.errors import InputError, Problem
from kosho.language import _, ngettext

if TYPE_CHECKING:
    from datetime import date

    from kosho.law import Measure, Register

__all__ = ["app"]

app = typer.Typer(
    help="Dated measures: check the files, or show what is in force.",
    no_args_is_help=True,
    add_completion=False,
)


@app.command("check")
def check(
    paths: Annotated[list[Path] | None, typer.Argument(metavar="[FILES]", help="The shipped ones.")] = None,
    *,
    shipped: Annotated[
        bool, typer.Option("--with-shipped", help="Together with the shipped files, which FILES refer to.")
    ] = False,
    json: Json = False,
) -> None:
    """Find what is wrong or contradicts itself in register files; each finding with file and line."""
    from kosho.law import Register
    from kosho.law.check import contradictions
    from kosho.law.register import shipped_files

    chosen = None
    if paths:
        also = [path for path in shipped_files() if path.resolve() not in [p.resolve() for p in paths]]
        chosen = [*(also if shipped else []), *paths]
    register = Register.load(chosen)
    found = contradictions(register)
    if found:
        raise InputError(found)
    files = sorted({place.rpartition(":")[0] for place in register.places.values()})
    if json:
        content = {"files": files, "measures": len(register.measures), "lists": len(register.lists)}
        show_json({"schema_version": 1, **content, "problems": []})
    else:
        count = len(register.measures)
        say(
            _(
                "{measures} in {files}: nothing contradicts itself",
                measures=ngettext("{number} measure", "{number} measures", count, number=count),
                files=ngettext("{number} file", "{number} files", len(files), number=len(files)),
            )
        )


app.command("against-schedule")(against)


@app.command("show")
def show(
    on: Annotated[str | None, typer.Option("--on", metavar="YYYY-MM-DD", help="Day in force; today.")] = None,
    known: Annotated[
        str | None, typer.Option("--known", metavar="YYYY-MM-DD", help="As known on that day; the latest.")
    ] = None,
    importer: Annotated[str | None, typer.Option(help="Only measures of this economy.")] = None,
    partner: Annotated[str | None, typer.Option(help="Only measures aimed at this economy.")] = None,
    *,
    json: Json = False,
) -> None:
    """Show the measures in force on a day."""
    from datetime import date

    from kosho.codes import country_name
    from kosho.law import Register

    when = day(on, "--on") or date.today()
    knowledge = day(known, "--known")
    register = Register.load()
    refuse_unknown_economy(importer, "--importer")
    refuse_unknown_economy(partner, "--partner", alone=True)
    law = [
        measure
        for measure in register.in_force(when, knowledge)
        if (importer is None or measure.imposed_by(importer))
        and (partner is None or measure.level_on(partner) is not None)
    ]
    notes = _uncovered(register, when, importer)
    if json:
        asked = {"on": when.isoformat(), "known": "latest" if knowledge is None else knowledge.isoformat()}
        measures = [_contract(measure, partner, register) for measure in law]
        show_json({"schema_version": 1, **asked, "measures": measures, "notes": notes})
        return
    rows = [
        (m.id, country_name(m.imposer), m.authority, m.title, m.first_day.isoformat(), _value(m, partner))
        for m in law
    ]
    columns = (_("Measure"), _("Imposer"), _("Authority"), _("What"), _("Since"), _("Value"))
    if rows:
        show_table(_("In force on {day}", day=formatting.day(when)), columns, rows, numeric=1)
    else:
        asked_for = _("all") if importer is None else country_name(importer)
        at = _("all") if partner is None else country_name(partner)
        say(
            _(
                "No measure of the register is in force on {day} (importers: {importer}; partners: {partner}).",
                day=formatting.day(when),
                importer=asked_for,
                partner=at,
            )
        )
    for note in notes:
        say(_("note: {note}", note=note))


def _uncovered(register: Register, when: date, importer: str | None) -> list[str]:
    """What may be missing from the measures in force on a day."""
    from kosho.law.line_rate import coverage

    imposers = sorted({span.imposer for span in register.duties_covered}) if importer is None else [importer]
    return [
        note for code in imposers for note in coverage(register, code, when, any_law=register.any_law_of(code))
    ]


@app.command("diff")
def diff(
    editions: Annotated[
        list[str] | None,
        typer.Argument(metavar="OLD NEW", help="Two editions of a schedule: files, folders, or imported ones."),
    ] = None,
    known: Annotated[
        tuple[str, str] | None,
        typer.Option("--known", metavar="DAY DAY", help="What became known after the first, up to the second."),
    ] = None,
    importer: Annotated[
        str | None, typer.Option(metavar="ISO3", help="Whose law; of editions, USA if not given.")
    ] = None,
    trade: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Of editions: imports by line (.csv, .parquet), a code and a value."),
    ] = None,
    partner: Annotated[str | None, typer.Option(help="Only imports from this partner, of --trade.")] = None,
    *,
    json: Json = False,
) -> None:
    """Show what changed between two editions of a schedule, or what became known between two days."""
    if known is not None and not editions:
        show_known(known, importer, json=json)
    elif known is None and editions is not None and len(editions) == 2:
        show_editions((editions[0], editions[1]), importer or "USA", trade, partner, json=json)
    else:
        raise InputError(
            Problem(_("compares two editions, or two days"), _("OLD NEW, or --known 2025-09-01 2025-09-30"))
        )


app.command("stale")(stale)
app.command("compare")(compare)
app.command("propose")(propose)


def _value(measure: Measure, partner: str | None) -> str:
    if measure.value is None:
        return formatting.word(measure.kind.replace("_", " "))
    if partner is not None:
        text = _with_unit(measure, measure.level_on(partner) or 0.0)
        outside = None if measure.value_out is None else measure.level_on(partner, in_quota=False)
        return (
            text
            if outside is None
            else _("{text} in quota, {with_unit} outside", text=text, with_unit=_with_unit(measure, outside))
        )
    if measure.value_out is not None:
        return _("inside and outside a quota")
    if isinstance(measure.value, dict):
        low, high = min(measure.value.values()), max(measure.value.values())
        return _("{rate} to {with_unit}", rate=formatting.rate(low), with_unit=_with_unit(measure, high))
    return _with_unit(measure, measure.value)


def _with_unit(measure: Measure, value: float) -> str:
    sign = f"{formatting.word(measure.kind)} " if measure.kind in ("floor", "cut", "bind") else ""
    return f"{sign}{formatting.rate(value)} {'%' if measure.unit == 'percent' else measure.unit}"


def _contract(measure: Measure, partner: str | None, register: Register) -> dict[str, Any]:
    content = measure.model_dump(mode="json", exclude_none=True, by_alias=True)
    if partner is not None and measure.value is not None:
        content["value"] = measure.level_on(partner)
    seen = {"not_translated": register.not_translated.get(measure.id)}
    return content | seen | {"place": register.places.get(measure.id)}
