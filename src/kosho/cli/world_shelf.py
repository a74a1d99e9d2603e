"""`kosho world import` and `list`: every table a user has, under a name."""

from __future__ import annotations

from typing import Annotated

import typer

from kosho import formatting
from kosho.cli.options import Json
from kosho.cli.table_options import (
    ClassificationGiven,
    ElasticitiesGiven,
    FilesGiven,
    Insist,
    NameGiven,
    RegionsGiven,
    SectorsGiven,
    SettingsGiven,
    TariffsGiven,
    WeightsGiven,
    YearGiven,
    settings_of,
)
from kosho.cli.terminal import say, show_json, show_progress, show_table
from kosho.cli.world import app, show_info, size_told

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
    from kosho.world.report import info
    from kosho.world.shelf import place_for
    from kosho.world.store import write

    if not out:
        raise InputError(Problem("needs a name for the table", "such as --out wiod-2014", key="--out"))
    said = Said(
        name=name,
        year=year,
        classification=classification,
        regions=regions,
        sectors=sectors,
        elasticities=elasticities,
        tariffs=tariffs,
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
    with show_progress("Reading the table"):
        found = settings_of(source, settings, year)
        table, world = imported(source, files or [], found, said, insist=insist)
        path = write(table, target)
        content = info(world)
    if json:
        show_json({**content, "file": str(path), "imbalance": world.imbalance})
        return
    show_info(content)
    said_as = out if target.stem == out else str(path)
    say(f"Written to {path}. Ask of it with --world {said_as}.")


@app.command("list")
def list_(*, json: Json = False) -> None:
    """List the tables there are: the one that ships, and those that were imported under a name."""
    from kosho.world import load
    from kosho.world.loading import DEFAULT
    from kosho.world.shelf import kept

    shipped = load(DEFAULT)
    found = [
        {
            "name": DEFAULT,
            "year": shipped.meta.year,
            "economies": len(shipped.countries),
            "sectors": len(shipped.sectors),
            "edition": "OECD ICIO, edition of 2025; ships with Kosho",
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
    show_table("Tables", ("Name", "Year", "Size", "Edition"), rows)
