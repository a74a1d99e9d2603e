"""`kosho world import`, `list`, `diff` and `export`: every table a user has, under a name."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from kosho import formatting
from kosho.cli.options import Json, world_named
from kosho.cli.table_options import (
    ClassificationGiven,
    ElasticitiesGiven,
    FilesGiven,
    Insist,
    NameGiven,
    RegionsGiven,
    SectorsGiven,
    SettingsGiven,
    TariffPartnersGiven,
    TariffsGiven,
    TariffTradeGiven,
    TariffYearGiven,
    WeightsGiven,
    YearGiven,
    settings_of,
    tariffs_said,
)
from kosho.cli.terminal import say, show_json, show_progress, show_table
from kosho.cli.world import app, show_info, size_told
from kosho.codes import country_name
from kosho.language import _

__all__ = ["app"]


@app.command("import")
def import_(  # noqa: PLR0913 - one parameter an option
    source: Annotated[
        str, typer.Argument(metavar="FORMAT", help="Its format; `kosho world formats` lists them.")
    ],
    files: FilesGiven = None,
    out: Annotated[
        str, typer.Option("--out", metavar="NAME|FILE.npz", help="Name that --world then takes, or a file.")
    ] = "",
    settings: SettingsGiven = None,
    name: NameGiven = None,
    year: YearGiven = None,
    classification: ClassificationGiven = None,
    regions: RegionsGiven = None,
    sectors: SectorsGiven = None,
    elasticities: ElasticitiesGiven = None,
    tariffs: TariffsGiven = None,
    tariff_trade: TariffTradeGiven = None,
    tariff_partners: TariffPartnersGiven = None,
    tariff_year: TariffYearGiven = None,
    weights: WeightsGiven = None,
    *,
    insist: Insist = False,
    json: Json = False,
) -> None:
    """Import a published table, see to it that it adds up, and say what was found and done.

    OECD ICIO, WIOD, ADB, FIGARO, EXIOBASE 3, EORA26, GLORIA, GTAP, gravity panels, pymrio and plain CSV. What
    is negative, joined, left out or assumed is named; a table that is out of balance, in another unit of money
    or of an unknown edition is refused.
    """
    from kosho.errors import InputError, Problem
    from kosho.outputs import make_folder, refused, require_file
    from kosho.world.build import Said
    from kosho.world.door import imported
    from kosho.world.readers import reader
    from kosho.world.report import info
    from kosho.world.shelf import place_for
    from kosho.world.store import write

    reader(source)
    if not out:
        raise InputError(Problem(_("needs a name for the table"), _("such as --out wiod-2014"), key="--out"))
    said = Said(
        name=name,
        year=year,
        classification=classification,
        regions=regions,
        sectors=sectors,
        elasticities=elasticities,
        tariffs=tariffs_said(tariffs, tariff_trade, tariff_partners, tariff_year),
        weights=weights,
        insist=insist,
    )
    target = place_for(out)
    if target.stem == out:
        try:
            make_folder(target.parent)
        except OSError as error:
            raise refused(target.parent, error) from None
    require_file(target)
    with show_progress(_("Reading the table")):
        found = settings_of(source, settings, year)
        table, world = imported(source, files or [], found, said)
        path = write(table, target)
        content = info(world)
    if json:
        show_json({**content, "file": str(path), "imbalance": world.imbalance})
        return
    show_info(content)
    said_as = out if target.stem == out else str(path)
    say(_("Written to {path}. Ask of it with --world {said_as}.", path=path, said_as=said_as))


@app.command("list")
def list_(*, json: Json = False) -> None:
    """List the tables there are: the one that ships, and those that were imported under a name."""
    from kosho.world.loading import DEFAULT, table
    from kosho.world.shelf import kept

    shipped = table(DEFAULT)  # as it is read, not calibrated
    found = [
        {
            "name": DEFAULT,
            "year": shipped.meta["year"],
            "economies": len(shipped.countries),
            "sectors": len(shipped.sectors),
            "edition": _("OECD ICIO, edition of 2025; ships with Kosho"),
            "file": None,
            "problem": None,
        },
        *(
            {
                "name": one.name,
                "year": one.year,
                "economies": one.economies,
                "sectors": one.sectors,
                "edition": one.edition,
                "file": str(one.file),
                "problem": one.problem or None,
            }
            for one in kept()
        ),
    ]
    if json:
        show_json({"schema_version": 1, "worlds": found})
        return
    rows = [
        (
            str(one["name"]),
            formatting.NOT_KNOWN if one["year"] is None else str(one["year"]),
            str(one["problem"] or size_told(int(str(one["economies"])), int(str(one["sectors"])))),
            str(one["edition"]),
        )
        for one in found
    ]
    show_table(_("Tables"), (_("Name"), _("Year"), _("Size"), _("Edition")), rows)


@app.command("diff")
def diff(
    one: Annotated[str, typer.Argument(help="A table, as --world names it.")],
    other: Annotated[str, typer.Argument(help="The one that it is compared with.")],
    *,
    json: Json = False,
) -> None:
    """Say what differs between two tables: economies, sectors, trade, elasticities, base duties."""
    from kosho.world.differences import differences

    with show_progress(_("Reading the tables")):
        found = differences(
            *(world_named(name, key=key).load().whole for key, name in (("one", one), ("other", other)))
        )
    if json:
        show_json(found)
        return
    if found["same"]:
        say(_("The tables are the same to the last digit."))
    _show_diff(found)


def _show_diff(found: dict[str, Any]) -> None:
    first, second = found["worlds"]
    heads = (_("What"), first["name"], second["name"])
    percent = [
        formatting.NONE if share is None else formatting.decimals(100 * share, 0)
        for share in (one["unknown_share_of_goods_trade"] for one in (first, second))
    ]
    rows = [
        (
            _("Year"),
            *(formatting.NOT_KNOWN if one["year"] is None else str(one["year"]) for one in (first, second)),
        ),
        (_("Edition"), *(one["edition"] or formatting.NOT_KNOWN for one in (first, second))),
        (_("Size"), *(size_told(one["economies"], one["sectors"]) for one in (first, second))),
        (_("Value added, billion USD"), *(formatting.billions(one["value_added"]) for one in (first, second))),
        (_("Trade, billion USD"), *(formatting.billions(one["trade"]) for one in (first, second))),
        (_("Mean trade elasticity"), *(formatting.decimals(one["mean_theta"], 1) for one in (first, second))),
        (_("Base duty not known, % of goods trade"), *percent),
    ]
    show_table(_("Two tables"), heads, rows, numeric=2)
    for key, what in (("economies", _("economies")), ("sectors_only", _("sectors"))):
        for side, name in (("only_first", first["name"]), ("only_second", second["name"])):
            if found[key][side]:
                say(
                    _(
                        "Only {name} has the {what} {named}",
                        name=name,
                        what=what,
                        named=", ".join(found[key][side][:20]),
                    )
                )
    tariffs, pairs = found["tariffs"], found["pairs"]
    if tariffs is not None:
        other, cells = (formatting.count(tariffs[name]) for name in ("other", "cells"))
        say(_("Base duties differ in {other} of {cells} cells", other=other, cells=cells))
    if pairs is not None:
        correlation = formatting.decimals(pairs["correlation_of_logs"], 2)
        middle = formatting.decimals(pairs["median_ratio"], 2)
        say(
            _(
                "Trade of {pairs} pairs: correlation of logs {correlation}; in the middle the second table has "
                "{middle} times the trade of the first.",
                pairs=formatting.count(pairs["pairs"]),
                correlation=correlation,
                middle=middle,
            )
        )
    say("")
    moved = sorted(found["countries"], key=lambda one: -abs(one["value_added"][1] - one["value_added"][0]))[:12]
    rows = [
        (
            country_name(one["country"]),
            *(formatting.billions(one[name][side]) for name in ("value_added", "imports") for side in (0, 1)),
        )
        for one in moved
    ]
    columns = (_("Economy"), _("Value added, billion USD"), _("second"), _("Imports, billion USD"), _("second"))
    if rows:
        show_table(_("Economies that differ most"), columns, rows, numeric=4)


@app.command("export")
def export_(
    name: Annotated[str, typer.Argument(help="A table, as --world names it.")],
    out: Annotated[
        Path, typer.Argument(metavar="FILE", help=".nc, .parquet, .har or .csv; a folder with --to pymrio.")
    ],
    to: Annotated[
        str | None,
        typer.Option(metavar="FORMAT", help="netcdf, parquet, har, csv or pymrio; by the ending if left out."),
    ] = None,
) -> None:
    """Write a table for other programs: xarray, Parquet, GEMPACK (HAR), pymrio, or a long CSV.

    A HAR file holds the arrays of a GTAP data base, and `kosho world import gtap` reads it again; so does
    `long-csv` the CSV, and `pymrio` the folder.
    """
    from kosho.world.exports import export

    with show_progress(_("Writing the table")):
        found = export(world_named(name, key="name").load().whole, out, to)
    say(f"{out}: {found}")
