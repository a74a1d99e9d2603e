"""Options of `kosho world build` and `import`, said once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kosho.errors import InputError, Problem, Problems
from kosho.language import _

if TYPE_CHECKING:
    from kosho.lines import LineDuties
    from kosho.world.table_tariffs import TariffSource

__all__ = [
    "ClassificationGiven",
    "ElasticitiesGiven",
    "FilesGiven",
    "Insist",
    "NameGiven",
    "RegionsGiven",
    "SectorsGiven",
    "SettingsGiven",
    "TariffPartnersGiven",
    "TariffTradeGiven",
    "TariffYearGiven",
    "TariffsGiven",
    "WeightsGiven",
    "YearGiven",
    "assignments",
    "line_duties",
    "settings_of",
    "tariffs_said",
]

LINES = frozenset({"hs", "productcode", "product", "reporter_iso_n", "reporter"})
"""Columns of which a file of rates by tariff line has one."""
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
    list[str] | None,
    typer.Option(
        metavar="2022|FILE",
        help="Base tariffs: those of 2022, importer,exporter,sector,percent (* for all), or rates by tariff "
        "line of the table's year (TRAINS, WITS, or importer,exporter,hs,rate; files or folders, may repeat). "
        "Left out, they are those of the files where they have some, those of 2022 in a table of 2022, and "
        "unknown in any other.",
    ),
]
TariffTradeGiven = Annotated[
    list[Path] | None,
    typer.Option(
        "--tariff-trade",
        metavar="FILE",
        help="Trade by line that weights tariff lines within sectors; may repeat. Left out, averages are "
        "simple.",
    ),
]
TariffPartnersGiven = Annotated[
    Path | None,
    typer.Option(
        "--tariff-partners", metavar="FILE.csv", help="Members of groups of partners of TRAINS: code,economy."
    ),
]
TariffYearGiven = Annotated[
    int | None,
    typer.Option(
        "--tariff-year", metavar="YEAR", help="Whose tariff lines stand for those of the table's year."
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


def tariffs_said(
    given: Sequence[str] | None,
    trade: Sequence[Path] | None,
    partners: Path | None,
    year: int | None,
) -> str | TariffSource | None:
    """Base tariffs that `--tariffs` and what goes with it say.

    Raises:
        InputError: a file is not there or cannot be read, several say different things, or what goes with
            tariff lines is given without any.
    """
    given = list(given or ())
    if len(given) == 1 and (given[0].isdigit() or _by_sector(Path(given[0]))):
        refuse_alone(trade, partners, year)
        return given[0]
    if not given:
        refuse_alone(trade, partners, year)
        return None
    return line_duties([Path(one) for one in given], trade, partners, year)


def line_duties(
    files: Sequence[Path], trade: Sequence[Path] | None, partners: Path | None, year: int | None
) -> LineDuties:
    """Rates by tariff line, and what weights them.

    Raises:
        InputError: a file is not there, or cannot be read; or it is one by sector beside others.
    """
    from kosho.lines.line_duties import read_line_duties

    absent = [one for one in files if not one.exists()]
    if absent:
        hint = _("2022, or files of rates by sector or by tariff line")
        raise InputError(
            [Problem(_("there is no such file"), hint, file=str(one), key="--tariffs") for one in absent]
        )
    coarse = [one for one in files if _by_sector(one)]
    if coarse:
        told = _("has no column of tariff lines, such as hs; rates by sector go alone")
        raise InputError([Problem(told, file=str(one), key="--tariffs") for one in coarse])
    return read_line_duties(files, list(trade or ()), partners=partners, year=year)


def _by_sector(path: Path) -> bool:
    """Whether a file has rates by sectors of the table, not by tariff line."""
    from kosho.tabular import open_csv

    if not path.is_file() or path.suffix.lower() in (".parquet", ".json"):
        return False
    with open_csv(path) as file:
        heads = next((line for line in file if line.strip() and not line.startswith("#")), "")
    names = {name.strip(" \"'\r\n").lower() for name in heads.split(",")}
    return "sector" in names or not names & LINES


def refuse_alone(trade: Sequence[Path] | None, partners: Path | None, year: int | None) -> None:
    given = {"--tariff-trade": trade, "--tariff-partners": partners, "--tariff-year": year}
    hint = _("--tariffs FILE with rates by tariff line")
    found = [Problem(_("goes with tariff lines"), hint, key=name) for name, one in given.items() if one]
    if found:
        raise InputError(found)


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
