"""`kosho lines formats`, `join` and `origin`: what is read, what is missing, who could comply."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kosho import formatting
from kosho.cli.lines_data import (
    Columns,
    Editions,
    LineInputs,
    On,
    Rates,
    Trade,
    Year,
    read_lines,
    say_lines,
    told_missing,
)
from kosho.cli.lines_use import refuse_value_content
from kosho.cli.options import Json, WorldNamed, world_named
from kosho.cli.terminal import chosen, day, say, show_json, show_table
from kosho.codes import country_name
from kosho.language import _, pgettext

__all__ = ["add_files"]

SHOWN = 20


def add_files(app: typer.Typer) -> None:
    """Put the commands on the app of `kosho lines`."""
    app.command("formats")(list_formats)
    app.command("join")(join)
    app.command("origin")(origin)


def list_formats(*, json: Json = False) -> None:
    """List the formats of trade and rates that are read, and the columns each is known by."""
    from kosho.lines.trade_formats import formats

    known = formats()
    if json:
        show_json({"schema_version": 1, "formats": [one.model_dump(mode="json") for one in known.values()]})
        return
    rows = [
        (
            one.id,
            one.title + (f"\n{one.note}" if one.note else ""),
            ", ".join(one.signs),
            one.currency if one.kind == "trade" else _("rates"),
        )
        for one in known.values()
    ]
    show_table(
        _("Formats"),
        (_("Id"), _("What it is"), _("Known by the columns"), pgettext("currencies", "Money")),
        rows,
    )


def join(  # noqa: PLR0913 - one parameter an option
    importer: Annotated[str, typer.Argument(metavar="IMPORTER", help="Whose imports.")],
    trade: Trade = None,
    rates: Rates = None,
    on: On = None,
    columns: Columns = None,
    editions: Editions = None,
    year: Year = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write lines, partners and rates; .csv.")
    ] = None,
    *,
    json: Json = False,
) -> None:
    """Put trade and rates together, and list what is missing on either side."""
    from kosho.outputs import require_file, save

    require_file(out, ending=".csv")
    given = read_lines(importer, LineInputs(trade, rates, columns, editions, year=year, on=day(on, "--on")))
    table = given.table
    if out is not None:
        rows = ["hs,exporter,value,rate,how"]
        for k, code in enumerate(table.codes):
            for i in table.imports[k].nonzero()[0].tolist():
                rate = "" if table.rate[k, i] != table.rate[k, i] else f"{table.rate[k, i]:.6g}"
                rows.append(f"{code},{table.partners[i]},{table.imports[k, i]:.9g},{rate},{table.how[k]}")
        save({out: "\n".join([*rows, ""])})
    if json:
        show_json(
            {
                "schema_version": 1,
                "importer": importer,
                "lines": len(table.codes),
                "partners": list(table.partners),
                "imports": float(table.imports.sum()),
                "currency": table.currency,
                "known_share": table.known_share,
                "missing": told_missing(table.missing),
                "told": list(given.told),
            }
        )
        return
    say_lines(given)
    missing = sorted(table.missing, key=lambda one: -one.value)
    if missing:
        show_table(
            _("Missing"),
            (_("Code"), _("Why"), _("Imports, million")),
            [(one.code, one.why, formatting.decimals(one.value, 1)) for one in missing[:SHOWN]],
            numeric=1,
        )
        if len(table.missing) > SHOWN:
            say(_("{number} more; --json lists all.", number=formatting.count(len(table.missing) - SHOWN)))


def origin(  # noqa: PLR0913 - one parameter an option
    exporter: Annotated[str, typer.Argument(metavar="EXPORTER", help="Who makes the goods.")],
    sector: Annotated[str, typer.Argument(metavar="SECTOR", help="Of the table, such as C29.")],
    threshold: Annotated[
        float, typer.Option(metavar="PERCENT", help="Value content that the rule asks for.")
    ] = 45.0,
    method: Annotated[
        str, typer.Option(metavar="build-down|build-up", help="How it is counted.")
    ] = "build-down",
    members: Annotated[str, typer.Option(metavar="CODE,…", help="Whose materials count too.")] = "",
    world: WorldNamed = None,
    *,
    json: Json = False,
) -> None:
    """Ask whether a sector's average maker could meet a rule of origin by value, from the table of flows."""
    from kosho.lines.rules_of_origin import METHODS, ValueRule, origin_content

    refuse_value_content(threshold, "--threshold")
    table = world_named(world).load().whole
    rule = ValueRule(
        chosen(method, METHODS, "--method"),
        threshold / 100.0,
        tuple(one.strip() for one in members.split(",") if one.strip()),
    )
    found = origin_content(table, exporter, table.sector_of(sector), rule)
    added = sorted(found.by_origin.items(), key=lambda item: -item[1])
    if json:
        show_json(
            {
                "schema_version": 1,
                "exporter": exporter,
                "sector": found.sector,
                "method": rule.method,
                "threshold": rule.threshold,
                "content": found.content,
                "complies": found.complies,
                "value_added": dict(added),
            }
        )
        return
    verdict = _("could meet") if found.complies else _("would miss")
    say(
        _(
            "The average maker {verdict} {method} of {threshold} %: content {content} %. Firms "
            "lie on both sides of the average.",
            verdict=verdict,
            method=rule.method,
            threshold=formatting.rate(threshold),
            content=formatting.percent(found.content),
        )
    )
    show_table(
        _("Value added by economy, % of the value of output"),
        (_("Economy"), "%"),
        [(country_name(code), formatting.percent(share)) for code, share in added[:10]],
        numeric=1,
    )
