"""What ships with the room: trade, schedules, elasticities, editions of the HS, use of preferences."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from importlib.resources import as_file, files
from typing import TYPE_CHECKING, Literal

from kosho.declared import as_declared
from kosho.errors import InputError, Problem
from kosho.extras import require
from kosho.language import _
from kosho.law.schedules import Duty, parse_duty
from kosho.law.schedules.lines import Schedule
from kosho.law.schedules.preferences import preferences
from kosho.lines.trade_files import MILLION, TradeFile
from kosho.lines.trade_formats import formats

if TYPE_CHECKING:
    import polars as pl

__all__ = ["preference_use", "schedule_rates", "shipped_rates", "shipped_trade"]

SOURCES = {
    "us_imports_hs6_2024": "US Census Bureau, imports for consumption, 2024, customs value and calculated duty "
    "by subheading: the EU, 21 economies and ROW, 29 more together, 98.9 % of all imports; public domain",
    "us_imports_hs8_2024": "the same by HS8, of the EU and 12 economies, 85 % of all imports; public domain",
    "us_schedule_2026": "USITC, Harmonized Tariff Schedule 2026 revision 3, general rates and symbol JP; "
    "public domain",
    "japan_schedule_2025": "Japan Customs, schedule of 12 August 2025, via qlitre/japan-tariff-mcp, MIT",
    "japan_goods_2025": "Ministry of Finance of Japan, Trade Statistics, 78 goods by 57 areas, 2025, via "
    "mitsuoxv/jp-trade, MIT",
    "trade_elasticity_hs6_2007": "CEPII, ProTEE 0.1 (Fontagné, Guimbard and Orefice 2022), Etalab 2.0",
    "substitution_hs3_1992": "Broda, Greenfield and Weinstein 2006, via insongkim/concordance, MIT",
    "hs2022_to_earlier": "UN and WCO correlation tables, via insongkim/concordance, MIT",
    "preference_use_hs6": "USITC DataWeb and Census, via Budget-Lab-Yale/tariff-rate-tracker, MIT",
}
"""Where each file comes from, and what lets it be passed on."""
SCHEDULES = {
    "USA": "Harmonized Tariff Schedule 2026, revision 3",
    "JPN": "Japan Customs, schedule of 12 August 2025",
}
"""Editions of the schedules that ship, by importer."""


@cache
def frame(name: str) -> pl.DataFrame:
    """One of the files of `data/`."""
    require("lines", "polars", what="data by tariff line")
    import polars as pl

    with as_file(files("kosho.lines").joinpath("data", f"{name}.parquet")) as path:
        return pl.read_parquet(path)


@as_declared
def shipped_trade(importer: str, digits: Literal[6, 8] = 6) -> TradeFile:
    """Imports by line and partner that ship: those of the United States, 2024, with the duty collected.

    Args:
        importer: USA.
        digits: Subheadings of all partners (those that are not named together as ROW), or HS8 of thirteen.

    Raises:
        InputError: none ship for this importer.

    >>> from kosho.lines import shipped_trade
    >>> cars = shipped_trade("USA", digits=8).of_year().filter(hs="87032301", exporter="JPN")
    >>> round(cars["duty"].sum() / cars["value"].sum(), 4)
    0.025
    """
    import polars as pl

    if importer != "USA":
        hint = _("give a file: kosho lines formats lists what is read")
        if importer == "JPN":
            hint = _("give --trade that of e-Stat or BACI; `kosho lines goods PARTNER` has it by good")
        raise InputError(
            Problem(
                _("no trade by line of {importer!r} ships with Kosho", importer=importer), hint, key="--trade"
            )
        )
    made = frame(f"us_imports_hs{digits}_2024").select(
        pl.lit("USA").alias("importer"),
        pl.col("exporter").cast(pl.Utf8),
        "hs",
        pl.lit(2024, dtype=pl.Int32).alias("year"),
        pl.col("value").cast(pl.Float64) / MILLION,
        pl.col("duty").cast(pl.Float64) / MILLION,
        pl.lit(None, dtype=pl.Float64).alias("quantity"),
        pl.lit("import").alias("basis"),
    )
    return TradeFile(made, formats()["kosho"], "USD", (SOURCES[f"us_imports_hs{digits}_2024"],))


def finest_trade(importer: str) -> list[TradeFile]:
    """The same imports by HS8 where a partner has them, by subheading of the others.

    Raises:
        InputError: as `shipped_trade`.

    >>> from kosho.lines.shipped import finest_trade
    >>> [one.frame["hs"].str.len_chars().max() for one in finest_trade("USA")]
    [8, 6]
    """
    import polars as pl

    fine, whole = shipped_trade(importer, 8), shipped_trade(importer, 6)
    named = fine.frame["exporter"].unique().to_list()
    return [fine, replace(whole, frame=whole.frame.filter(~pl.col("exporter").is_in(named)))]


@cache
def shipped_rates(importer: str) -> pl.DataFrame:
    """Rates by line of the schedules that ship: `importer`, `exporter` (empty for all), `hs`, `rate`, `duty`.

    `rate` is null where the duty is no percentage of the value: money a unit, quotas, words. Japan's rate for
    all is the lowest of its general, temporary and WTO duties that are plain percentages; where one of them is
    not, it is not known.

    Raises:
        InputError: no schedule ships for this importer.

    >>> from kosho.lines import shipped_rates
    >>> beef = shipped_rates("JPN").filter(hs="020110000")
    >>> beef.select("exporter", "rate").rows()
    [('', 0.385), ('USA', 0.216)]
    """
    import polars as pl

    if importer == "USA":
        table = frame("us_schedule_2026")
        columns = {"": ("general",), "JPN": ("JPN",)}
    elif importer == "JPN":
        table = frame("japan_schedule_2025")
        columns = {"": ("general", "temporary", "wto"), "USA": ("USA",)}
    else:
        raise InputError(
            Problem(_("no schedule by line of {importer} ships with Kosho", importer=importer), key="importer")
        )
    rows: list[tuple[str, str, float | None, str]] = []
    for row in table.iter_rows(named=True):
        for exporter, names in columns.items():
            texts = [row[name].strip() for name in names if row[name] and row[name].strip()]
            if texts:
                rates = [_rate(text.strip("()")) for text in texts]
                known = [rate for rate in rates if rate is not None]
                rows.append(
                    (exporter, row["hs"], min(known) if len(known) == len(rates) else None, " | ".join(texts))
                )
    made = pl.DataFrame(
        rows, schema={"exporter": pl.Utf8, "hs": pl.Utf8, "rate": pl.Float64, "duty": pl.Utf8}, orient="row"
    )
    return made.select(pl.lit(importer).alias("importer"), "exporter", "hs", "rate", "duty")


@cache
def _rate(text: str) -> float | None:
    """A duty as a fraction of the value; None where it is none by itself."""
    duty: Duty = parse_duty(text)
    return duty.ad_valorem_equivalent() if duty.standing() == "rate" else None


@as_declared
def preference_use(exporter: str, period: str = "2024") -> pl.DataFrame:
    """Share of US imports that claimed USMCA, by subheading: `hs`, `share`, `value` (million USD of 2024).

    Args:
        exporter: CAN or MEX.
        period: 2024, 2025 or 2026-02.

    Raises:
        InputError: no data of this exporter or period.

    >>> from kosho.lines import preference_use
    >>> def mean(period):
    ...     used = preference_use("CAN", period).drop_nulls()
    ...     return round((used["share"] * used["value"]).sum() / used["value"].sum(), 2)
    >>> mean("2024"), mean("2025")
    (0.38, 0.67)
    """
    import polars as pl

    column = f"share_{period.replace('-', '_')}"
    table = frame("preference_use_hs6")
    if column not in table.columns:
        raise InputError(
            Problem(
                _("no use of preferences of {period}", period=period), _("2024, 2025 or 2026-02"), key="period"
            )
        )
    if exporter not in ("CAN", "MEX"):
        raise InputError(
            Problem(
                _("no use of preferences of {exporter}", exporter=exporter), _("CAN or MEX"), key="exporter"
            )
        )
    rows = table.filter(pl.col("partner") == exporter)
    return rows.select(
        "hs", pl.col(column).cast(pl.Float64).alias("share"), (pl.col("imports_2024") / MILLION).alias("value")
    )


@as_declared
def schedule_rates(schedule: Schedule) -> pl.DataFrame:
    """Rates by line of a schedule that was imported; null where a duty is no percentage of the value.

    Args:
        schedule: Of `kosho schedule import`: the general duties, and those that the schedule gives one economy
            alone.

    >>> from kosho.law.schedules.lines import Line, LineBook, Schedule
    >>> from kosho.lines import schedule_rates
    >>> book = LineBook([Line("87032301", "Cars", "No.", "2.5%"), Line("02011010", "Beef", "kg", "4.4¢/kg")])
    >>> schedule_rates(Schedule("USA", "mine", book)).select("hs", "rate").rows()
    [('02011010', None), ('87032301', 0.025)]
    """
    import polars as pl

    alone = _alone(schedule)
    rows: list[tuple[str, str, str, float | None, str]] = []
    for code, line in schedule.lines.items():
        texts = {"": line.general_text}
        for exporter, name in alone.items():
            texts[exporter] = line.special_texts.get(f"{name}/{exporter}") or line.special_texts.get(name, "")
        rows += [
            (schedule.importer, exporter, code, _rate(text), text) for exporter, text in texts.items() if text
        ]
    names = ("importer", "exporter", "hs", "rate", "duty")
    kinds = (pl.Utf8, pl.Utf8, pl.Utf8, pl.Float64, pl.Utf8)
    return pl.DataFrame(rows, schema=dict(zip(names, kinds, strict=True)), orient="row")


def _alone(schedule: Schedule) -> dict[str, str]:
    """Economies that the schedule gives a duty alone, and under which preference.

    Those that could claim another one too are left out: which of the two is lower, a line of one does not tell.
    """
    importer = schedule.importer
    named: dict[str, set[str]] = {}
    for one in preferences():
        for exporter in one.exporters - {importer} if importer in one.importers else ():
            named.setdefault(exporter, set()).add(one.id)
    keys = {key for line in schedule.lines.values() for key in line.special_texts}
    only = {one.id for one in preferences() if len(one.exporters - {importer}) == 1}
    claims = {exporter: next(iter(ids)) for exporter, ids in named.items() if len(ids) == 1}
    return {
        exporter: name
        for exporter, name in sorted(claims.items())
        if (name in only and name in keys) or f"{name}/{exporter}" in keys
    }
