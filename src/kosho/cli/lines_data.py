"""What the commands of `kosho lines` read alike: trade, rates, elasticities, and how they are told."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from datetime import date as calendar
from functools import cached_property
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kosho import formatting
from kosho.cli.terminal import say, show_progress
from kosho.errors import InputError, Problem
from kosho.language import _, ngettext

if TYPE_CHECKING:
    import polars as pl

    from kosho.law import Register
    from kosho.lines.line_elasticities import ElasticitySource, LineElasticities
    from kosho.lines.line_packages import PartOfTrade
    from kosho.lines.line_table import LineTable, MissingJoin
    from kosho.lines.rates_by_law import LawRates
    from kosho.lines.trade_files import TradeFile
    from kosho.world import World

__all__ = [
    "Columns",
    "Demand",
    "Editions",
    "Elasticities",
    "Exclude",
    "Given",
    "LawDay",
    "LineInputs",
    "On",
    "Rates",
    "Trade",
    "Year",
    "rate_told",
    "read_lines",
    "say_lines",
    "say_parts",
    "say_rates",
    "told_missing",
    "told_parts",
    "told_rates",
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
        metavar="law|collected|shipped|SCHEDULE|FILE",
        help="Base rates: by the law of a day (--on), the duty collected that the trade has, of a schedule "
        "that ships or was imported (its edition), or a file; the output says which.",
    ),
]
Columns = Annotated[
    Path | None, typer.Option(metavar="FILE", help="What the columns of your own file mean; see the how-to.")
]
Editions = Annotated[
    Path | None,
    typer.Option(
        "--editions",
        metavar="TABLE",
        help="Correlation table between the trade's edition of the HS and the schedule's, such as the UN's for "
        "HS 2017 and 2022: .csv or .xlsx, columns from and to, or two that name an edition.",
    ),
]
Year = Annotated[
    int | None,
    typer.Option(metavar="YEAR", help="Of the trade; the last that each file holds, if not given."),
]
On = Annotated[
    str | None,
    typer.Option(
        "--on",
        metavar="YYYY-MM-DD",
        help="Day of the law that base rates are of, over the ordinary duties of --rates; the day of the case, "
        "or today.",
    ),
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
    editions: Path | None = None
    elasticities: str = "protee"
    demand: float = -1.25
    year: int | None = None
    on: date | None = None
    """Day of the law that was asked for."""
    law: LawDay | None = None
    """The law that rates start from where nothing else is said; None: what was collected."""


@dataclass(frozen=True)
class LawDay:
    """A day and the register that it is asked of."""

    register: Register
    on: date
    known: date | None = None

    @staticmethod
    def of(day: date | None) -> LawDay:
        """A day, or today, by the register that ships."""
        from kosho.law import Register

        return LawDay(Register.load(), day or calendar.today())


@dataclass(frozen=True)
class Given:
    """Lines of an importer with their elasticities, and what was told of the files."""

    table: LineTable
    elasticities: LineElasticities
    told: tuple[str, ...]
    trade: pl.DataFrame
    """All that was read, of other importers too."""
    basis: tuple[str, ...] = ()
    """What the rates rest on, in words."""
    rates: str = "collected"
    """What the rates are: `law`, `collected`, or the schedule or file that was named."""
    law: LawDay | None = None
    """The law that the rates are of; None where they are of none."""
    ordinary: LineTable | None = None
    """The same lines with ordinary duties, where the rates are those of the law."""
    bounds: LawRates | None = None
    """Least and most of rates that are none, where the rates are those of the law."""

    @cached_property
    def ends(self) -> tuple[LineTable, LineTable] | None:
        """The lines with rates that are ranges at their least, and at their most; None where there are none.

        A range without an upper end stays unknown in both.
        """
        import polars as pl

        from kosho.lines.line_table import line_table

        if self.bounds is None or self.table.priced.all():
            return None
        frame = self.bounds.frame
        bounded = pl.col("high").is_finite()
        if not frame.filter(pl.col("rate").is_null() & bounded).height:
            return None
        low, high = (
            line_table(
                self.trade,
                self.table.importer,
                frame.with_columns(pl.coalesce("rate", pl.when(bounded).then(pl.col(end))).alias("rate")),
                digits=DIGITS,
            )
            for end in ("low", "high")
        )
        return low, high

    def start(self, world: World) -> World:
        """The economy that talks about the lines start from: under the law, where the rates are of one."""
        if self.law is None:
            return world
        from kosho.lines.law_start import world_under_law

        with show_progress(_("The economy under the law of {day}", day=self.law.on)):
            return world_under_law(world, self.law.register, self.law.on, self.law.known)


def read_lines(importer: str, given: LineInputs, world: World | None = None) -> Given:
    """The lines of an importer, from files or from what ships.

    Raises:
        InputError: files that cannot be read, no trade or rates of the importer.
    """
    import polars as pl

    from kosho.lines.line_elasticities import SOURCES, line_elasticities
    from kosho.lines.shipped import finest_trade, shipped_trade
    from kosho.lines.trade_files import read_trade

    if given.trade:
        if len(given.trade) > 1:  # to compare one with others is to read it once more
            _refuse_repeated(given.trade)
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
        files = finest_trade(importer) if given.law or given.on else [shipped_trade(importer)]
    frame = pl.concat([one.of_year(given.year) for one in files])
    moved: list[str] = []
    if given.editions is not None:
        frame, moved = _in_edition(frame, given.editions)
    based = _based(importer, given, files, frame)
    named: ElasticitySource | None = next((name for name in SOURCES if name == given.elasticities), None)
    own = Path(given.elasticities) if named is None else None
    found = line_elasticities(
        based.table.codes, importer, named or "protee", world=world, own=own, demand=given.demand
    )
    told = [*moved, *(text for one in files for text in one.told)]
    told += _years_told(files, given.year)
    return Given(
        based.table, found, tuple(told), frame, based.told, based.rates, based.law, based.ordinary, based.bounds
    )


def _refuse_repeated(files: Sequence[Path]) -> None:
    """Refuse a file that is given twice, under one name or two: its trade would count twice.

    Raises:
        InputError: one is.
    """
    seen: dict[str, Path] = {}
    for path in files:
        try:
            with path.open("rb") as file:
                content = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError:  # told by who reads it
            continue
        if content in seen:
            told = _("{path} holds what {other} does, which would count twice", path=path, other=seen[content])
            raise InputError(Problem(told, _("give it once"), key="--trade"))
        seen[content] = path


def _in_edition(frame: pl.DataFrame, path: Path) -> tuple[pl.DataFrame, list[str]]:
    """Trade in the other edition of a correlation table, and what it does not hold."""
    import polars as pl

    from kosho.lines.editions import converted, read_concordance, towards

    table = towards(read_concordance(path), frame["hs"].unique().to_list())
    found, missing = converted(frame, table)
    several = {code for code, others in table.items() if len(others) > 1}
    apart = frame.filter(pl.col("hs").str.slice(0, 6).is_in(several))["value"]
    split = float(apart.sum()) / max(float(frame["value"].sum()), 1e-9)
    told = [
        _(
            "subheadings put into the other edition by {file}; {share} % of trade is in codes with several "
            "targets, split evenly",
            file=path.name,
            share=formatting.percent(split),
        )
    ]
    if missing:
        some = ", ".join(missing[:WORST]) + (" …" if len(missing) > WORST else "")
        told.append(_("{number} codes are not in it and stay: {some}", number=len(missing), some=some))
    return found, told


@dataclass(frozen=True)
class _Based:
    """Lines with base rates, and what they rest on."""

    table: LineTable
    rates: str
    told: tuple[str, ...]
    law: LawDay | None = None
    ordinary: LineTable | None = None
    bounds: LawRates | None = None


def _based(importer: str, given: LineInputs, files: Sequence[TradeFile], frame: pl.DataFrame) -> _Based:
    """The lines at the rates that were asked for, or that are expected where none were."""
    from kosho.lines.line_table import line_table

    rates = given.rates
    if rates == "collected" and given.on is not None:
        told = _("what was collected holds the law of its own year, not of {day}", day=given.on)
        raise InputError(Problem(told, _("leave one of --rates and --on"), key="--rates"))
    if rates is None and given.on is None:
        rates = _expected(importer, given, frame)
    if rates not in (None, "law", "collected") and given.on is None:
        duties = _rates(importer, rates, given.columns)
        table = line_table(frame, importer, duties, digits=DIGITS)
        told = _("those that ship") if rates == "shipped" else _("of {rates}", rates=rates)
        return _Based(table, rates, (told,))
    if rates == "collected":
        table = line_table(frame, importer, None, digits=DIGITS)
        return _Based(table, rates, (_("the duty collected; --rates law takes the law of a day"),))
    return _by_law(importer, given, files, frame, None if rates in (None, "law") else rates)


def _expected(importer: str, given: LineInputs, frame: pl.DataFrame) -> str:
    """Which rates are meant where none are named: what a file of one's own has collected, else the law."""
    import polars as pl

    mine = frame.filter(pl.col("importer") == importer)["duty"]
    has_duty = mine.null_count() < mine.len()
    if given.law is None or (given.trade and has_duty):
        return "collected"
    from kosho.lines.rates_by_law import ordinary_rates

    return "collected" if has_duty and ordinary_rates(importer, given.law.on) is None else "law"


def _by_law(
    importer: str, given: LineInputs, files: Sequence[TradeFile], frame: pl.DataFrame, rates: str | None
) -> _Based:
    import polars as pl

    from kosho.lines.line_table import line_table
    from kosho.lines.rates_by_law import law_rates, ordinary_rates

    law = given.law or LawDay.of(given.on)
    if given.on is not None:
        law = replace(law, on=given.on, known=None)
    duties = _rates(importer, rates, given.columns) if rates else None
    ordinary = ordinary_rates(importer, law.on) if duties is None else (duties, rates or "")
    years = {one.years[-1] if given.year is None else given.year for one in files if one.years}
    mine = frame.filter(pl.col("importer") == importer)
    with show_progress(_("Rates by the law of {day}", day=law.on)):
        found = law_rates(
            law.register, importer, mine, law.on, ordinary, known=law.known,
            year=years.pop() if len(years) == 1 else None,
        )  # fmt: skip
    table = line_table(frame, importer, found.frame, digits=DIGITS)
    missing = tuple(
        replace(one, why=_bounds(*found.between(one.code))) if one.value > 0 else one for one in table.missing
    )
    named = _("by the law of {day}, over {duties}", day=law.on, duties=found.told[0])
    return _Based(
        replace(table, missing=missing),
        "law",
        (named, *found.told[1:]),
        law,
        line_table(frame, importer, ordinary[0] if ordinary else None, digits=DIGITS),
        found,
    )


def rate_told(share: float) -> str:
    """A duty in percent: nothing is nothing, and halves are told."""
    return formatting.NOT_KNOWN if isnan(share) else formatting.rate(round(100.0 * share, 2))


def _bounds(low: float, high: float) -> str:
    """Between what a rate lies that is none."""
    if high == float("inf"):
        return _("the rate is not known: {low} % or more", low=rate_told(low))
    low_told, high_told = rate_told(low), rate_told(high)
    return _("the rate is not one: {low} to {high} %", low=low_told, high=high_told)


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


def _rates(importer: str, text: str, columns: Path | None) -> pl.DataFrame:
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
        hint = _("law, collected, shipped, a file") + (
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
    lines, partners = len(table.codes), len(table.partners)
    say(
        _(
            "{lines} of {importer}, {partners}; imports {bought} {currency}, "
            "{known_share} % of them with known rates.",
            lines=ngettext("{number} line", "{number} lines", lines, number=formatting.count(lines)),
            importer=formatting.the_country(table.importer),
            partners=ngettext(
                "{number} partner", "{number} partners", partners, number=formatting.count(partners)
            ),
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
            ngettext(
                "Assumed: substitution 5 on {assumed} line that no estimate is held for.",
                "Assumed: substitution 5 on {assumed} lines that no estimate is held for.",
                assumed,
                assumed=formatting.count(assumed),
            )
        )
    say_rates(given.basis)
    for text in given.told:
        say(_("Source: {text}.", text=text))


def say_rates(basis: Sequence[str]) -> None:
    """What base rates are."""
    for text in basis:
        say(_("Rates: {text}.", text=text))


def told_missing(missing: Iterable[MissingJoin]) -> list[dict[str, Any]]:
    """Lines that are left out and why, for JSON; imports in million of the trade's money."""
    return [{"code": one.code, "why": one.why, "imports": one.value} for one in missing]


def told_rates(given: Given) -> dict[str, Any]:
    """What base rates are of, for JSON."""
    law = given.law
    return {
        "of": given.rates,
        "on": None if law is None else law.on.isoformat(),
        "known_share": given.table.known_share,
        "told": list(given.basis),
    }


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
    more = len(parts) - WORST
    if more > 0:
        say(
            ngettext(
                "The same of {number} more sector; --json lists all.",
                "The same of {number} more sectors; --json lists all.",
                more,
                number=formatting.count(more),
            )
        )
