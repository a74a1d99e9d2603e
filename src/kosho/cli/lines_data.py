"""What the commands of `kosho lines` read alike: trade, rates, elasticities, and how they are told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kosho import formatting
from kosho.cli.terminal import say
from kosho.errors import InputError, Problem
from kosho.language import _

if TYPE_CHECKING:
    import polars as pl

    from kosho.lines.line_elasticities import ElasticitySource, LineElasticities
    from kosho.lines.line_packages import PartOfTrade
    from kosho.lines.line_table import LineTable, MissingJoin
    from kosho.lines.trade_files import TradeFile
    from kosho.world import World

__all__ = [
    "Columns",
    "Demand",
    "Elasticities",
    "Exclude",
    "Given",
    "LineInputs",
    "Rates",
    "Trade",
    "Year",
    "read_lines",
    "say_lines",
    "say_parts",
    "told_missing",
    "told_parts",
]

Trade = Annotated[
    list[Path] | None,
    typer.Option(
        "--trade", metavar="FILE", help="Trade by line, in any format of `kosho lines formats`; repeatable."
    ),
]
Rates = Annotated[
    str | None,
    typer.Option(
        metavar="shipped|SCHEDULE|FILE",
        help="Base rates: of a schedule that ships or was imported (its edition), or a file; else the duty "
        "collected that the trade has.",
    ),
]
Columns = Annotated[
    Path | None, typer.Option(metavar="FILE", help="What the columns of your own file mean; see the how-to.")
]
Year = Annotated[
    int | None,
    typer.Option(metavar="YEAR", help="Of the trade; the last that each file holds, if not given."),
]
Elasticities = Annotated[
    str,
    typer.Option(
        metavar="protee|broda-weinstein|world|assumed|FILE",
        help="Of substitution; or a file with hs, demand, substitution.",
    ),
]
Demand = Annotated[
    float, typer.Option(metavar="NUMBER", help="Elasticity of import demand where no file says it.")
]
Exclude = Annotated[
    str | None, typer.Option(metavar="CODE,…", help="Codes, or beginnings of them, that are not to be freed.")
]
DIGITS = 6
WORST = 5
"""Missing lines that are told by name."""


@dataclass(frozen=True)
class LineInputs:
    """What options say of lines."""

    trade: Sequence[Path] | None = None
    rates: str | None = None
    columns: Path | None = None
    elasticities: str = "protee"
    demand: float = -1.25
    year: int | None = None


@dataclass(frozen=True)
class Given:
    """Lines of an importer with their elasticities, and what was told of the files."""

    table: LineTable
    elasticities: LineElasticities
    told: tuple[str, ...]
    trade: pl.DataFrame
    """All that was read, of other importers too."""


def read_lines(importer: str, given: LineInputs, world: World | None = None) -> Given:
    """The lines of an importer, from files or from what ships.

    Raises:
        InputError: files that cannot be read, no trade or rates of the importer.
    """
    import polars as pl

    from kosho.lines.line_elasticities import SOURCES, line_elasticities
    from kosho.lines.line_table import line_table
    from kosho.lines.shipped import shipped_trade
    from kosho.lines.trade_files import read_trade

    if given.trade:
        files = [read_trade(path, columns=given.columns) for path in given.trade]
        currencies = {one.currency for one in files}
        if len(currencies) > 1:
            raise InputError(
                Problem(
                    _("trade in {currencies}", currencies=", ".join(sorted(currencies))),
                    _("one currency"),
                    key="--trade",
                )
            )
    else:
        files = [shipped_trade(importer)]
    frame = pl.concat([one.of_year(given.year) for one in files])
    table = line_table(frame, importer, _rates(importer, given.rates, given.columns), digits=DIGITS)
    named: ElasticitySource | None = next((name for name in SOURCES if name == given.elasticities), None)
    own = Path(given.elasticities) if named is None else None
    found = line_elasticities(
        table.codes, importer, named or "protee", world=world, own=own, demand=given.demand
    )
    told = [text for one in files for text in one.told]
    return Given(table, found, (*told, *_years_told(files, given.year)), frame)


def _years_told(files: Sequence[TradeFile], year: int | None) -> list[str]:
    """Where files hold several years, or years that differ, which are taken."""
    held = [one.years for one in files]
    taken = [years[-1] if year is None else year for years in held if years]
    if all(len(years) < 2 for years in held) and len(set(taken)) < 2:
        return []
    names = ", ".join(map(str, sorted(set(taken))))
    every = ", ".join(map(str, sorted({one for years in held for one in years})))
    return [
        _(
            "the trade is of {taken}, of {held} that the files hold; --year takes another",
            taken=names,
            held=every,
        )
    ]


def _rates(importer: str, text: str | None, columns: Path | None) -> pl.DataFrame | None:
    if text is None:
        return None
    from kosho.lines.shipped import shipped_rates

    if text == "shipped":
        return shipped_rates(importer)
    path = Path(text)
    if path.is_file():
        from kosho.lines.trade_files import read_rates

        return read_rates(path, columns=columns).frame
    from kosho.law.schedules.store import imported
    from kosho.lines.shipped import schedule_rates

    known = {schedule.edition: schedule for schedule in imported(importer)}
    if text not in known:
        hint = _("shipped, a file") + (
            _(", or {names}", names=", ".join(known)) if known else _("; `kosho schedule import` brings one in")
        )
        raise InputError(
            Problem(
                _("no schedule of {importer} is called {text!r}", importer=importer, text=text),
                hint,
                key="--rates",
            )
        )
    return schedule_rates(known[text])


def say_lines(given: Given) -> None:
    """What the table holds, what it lacks, and what was assumed."""
    table, some = given.table, given.elasticities
    bought = formatting.dollars(float(table.imports.sum()))
    say(
        _(
            "{lines} lines of {importer}, {partners} partners; imports {bought} {currency}, "
            "{known_share} % of them with known rates.",
            lines=formatting.count(len(table.codes)),
            importer=formatting.the_country(table.importer),
            partners=formatting.count(len(table.partners)),
            bought=bought,
            currency=table.currency,
            known_share=formatting.percent(table.known_share),
        )
    )
    lost = [one for one in table.missing if one.value > 0]
    if lost:
        names = ", ".join(one.code for one in lost[:WORST])
        more = len(lost) - WORST
        if more > 0:
            told = _(
                "Not priced, no rate: {names} and {number} more.", names=names, number=formatting.count(more)
            )
        else:
            told = _("Not priced, no rate: {names}.", names=names)
        say(told)
    assumed = some.source.count("assumed")
    if assumed:
        say(
            _(
                "Assumed: substitution 5 on {assumed} lines that no estimate is held for.",
                assumed=formatting.count(assumed),
            )
        )
    for text in given.told:
        say(_("Source: {text}.", text=text))


def told_missing(missing: Iterable[MissingJoin]) -> list[dict[str, Any]]:
    """Lines that are left out and why, for JSON; imports in million of the trade's money."""
    return [{"code": one.code, "why": one.why, "imports": one.value} for one in missing]


def told_parts(parts: Iterable[PartOfTrade]) -> list[dict[str, Any]]:
    """Sectors of whose trade the lines hold a part, for JSON; million USD."""
    return [
        {"partner": one.partner, "sector": one.sector, "lines": one.lines, "world": one.world} for one in parts
    ]


def say_parts(parts: Sequence[dict[str, Any]]) -> None:
    """Where lines stand for trade that they do not name."""
    for one in parts[:WORST]:
        say(
            _(
                "Of {sector} from {partner} the lines hold {lines} of the {world} dollars in the table, and "
                "are counted as if they were all of it: give the lines that are missing, if any are.",
                sector=one["sector"],
                partner=formatting.the_country(one["partner"]),
                lines=formatting.dollars(one["lines"]),
                world=formatting.dollars(one["world"]),
            )
        )
    if len(parts) > WORST:
        say(
            _(
                "The same of {number} more sectors; --json lists all.",
                number=formatting.count(len(parts) - WORST),
            )
        )
