"""Options of `kosho world build` and `import`, said once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from kosho.errors import Problems
from kosho.language import _

__all__ = [
    "ClassificationGiven",
    "ElasticitiesGiven",
    "FilesGiven",
    "Insist",
    "NameGiven",
    "RegionsGiven",
    "SectorsGiven",
    "SettingsGiven",
    "TariffsGiven",
    "WeightsGiven",
    "YearGiven",
    "assignments",
    "settings_of",
]

FilesGiven = Annotated[list[Path] | None, typer.Argument(metavar="FILE...", help="What the format reads.")]
SettingsGiven = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="A setting of the format; may repeat."),
]
NameGiven = Annotated[str | None, typer.Option(help="What the table is called.")]
YearGiven = Annotated[int | None, typer.Option(help="Its year, where the files do not say.")]
ClassificationGiven = Annotated[
    str | None,
    typer.Option(
        help="Of its sectors: icio, isic4, nace2, isic3, nace1, wiod2013, wiod2016, gtap, exiobase-ixi, "
        "exiobase-pxp, eora26, gloria, icio2016 or itpd."
    ),
]
RegionsGiven = Annotated[
    Path | None,
    typer.Option(metavar="FILE.csv", help="Economies of its regions: region,economy (* for all others)."),
]
SectorsGiven = Annotated[
    Path | None, typer.Option(metavar="FILE.csv", help="ICIO sectors of its sectors: label,icio,weight.")
]
ElasticitiesGiven = Annotated[
    Path | None, typer.Option(metavar="FILE.csv", help="Elasticities of your own: sector,theta,log_sd.")
]
TariffsGiven = Annotated[
    str | None,
    typer.Option(
        metavar="2022|FILE.csv",
        help="Base tariffs: those of 2022, or importer,exporter,sector,percent (* for all). Left out, they are "
        "those of the files where they have some, those of 2022 in a table of 2022, and unknown in any other.",
    ),
]
WeightsGiven = Annotated[
    str | None,
    typer.Option(
        metavar="NAME|FILE", help="A table whose trade weights what this one holds together: icio-2022."
    ),
]
Insist = Annotated[bool, typer.Option("--insist", help="Take values that are out of bounds as they are.")]


def assignments(given: Sequence[str] | None) -> dict[str, str]:
    """What `--set` says, by key.

    Raises:
        InputError: something is not KEY=VALUE.
    """
    found: dict[str, str] = {}
    problems = Problems()
    for text in given or ():
        key, equals, value = text.partition("=")
        if not (key and equals and value):
            problems.add(
                _("{text!r} sets nothing", text=text), _("KEY=VALUE, such as value=OBS_VALUE"), key="--set"
            )
        found[key.strip()] = value.strip()
    problems.raise_if_any()
    return found


def settings_of(source: str, given: Sequence[str] | None, year: int | None) -> dict[str, str]:
    """What `--set` says, and the year where the format asks for it.

    Raises:
        InputError: something is not KEY=VALUE.
    """
    from kosho.world.readers import reader

    found = assignments(given)
    if year is not None and "year" in reader(source).settings:
        found.setdefault("year", str(year))
    return found
