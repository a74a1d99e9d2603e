"""Trade by line and partner, read from what people have into one table of imports.

Columns of the table: `importer`, `exporter` (ISO3, or as the file has it where its code is not known), `hs`,
`year`, `value` (million of `currency`), `duty` (the same, null where the file has none), `quantity`, `basis`
(`import` as the importer told it, `export` as the exporter did). Rows left out are told with their value.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from kosho.declared import as_declared
from kosho.display import Card, Shown
from kosho.errors import InputError, Problem, Problems, suggest
from kosho.extras import require
from kosho.language import _
from kosho.lined import no_csv
from kosho.lines.trade_columns import numbers_of, refuse_fractions, text_of
from kosho.lines.trade_formats import Column, TradeFormat, formats, partner_codes, recognised
from kosho.tabular import content_of, json_of, kind_of, refuse_twice

if TYPE_CHECKING:
    import polars as pl

__all__ = ["RateFile", "TradeFile", "paid_rates", "read_rates", "read_trade"]

MILLION = 1e6
OFFICIAL = ("trains", "wits-tariffs")
"""Formats of rates that can only be percent."""
WORLD = {"m49": ("0", "000"), "iso3": ("wld", "all"), "name": ("world", "all countries", "total")}
"""Codes of the world as a whole: sums of other rows."""
COLUMNS = ("importer", "exporter", "hs", "year", "value", "duty", "quantity", "basis")


@dataclass(frozen=True, eq=False)
class TradeFile(Shown):
    """What a file says of trade. Make one with `read_trade`.

    >>> from kosho.lines import shipped_trade
    >>> shipped_trade("USA").format.id
    'kosho'
    """

    frame: pl.DataFrame
    format: TradeFormat
    currency: str
    told: tuple[str, ...]
    """What was left out or is not known, with its value."""

    def card(self) -> Card:
        """How much it holds."""
        f = self.frame
        return Card(
            f"Trade, {self.format.title}",
            [
                ("rows", f"{f.height:,}"),
                ("lines", f"{f['hs'].n_unique():,}"),
                ("years", ", ".join(map(str, self.years))),
                ("value", f"{f['value'].sum():,.0f} million {self.currency}"),
                *(("told", one) for one in self.told),
            ],
        )

    @property
    def years(self) -> tuple[int, ...]:
        """The years that it holds, in order."""
        return tuple(sorted(self.frame["year"].drop_nulls().unique().to_list()))

    def of_year(self, year: int | None = None) -> pl.DataFrame:
        """The rows of a year, the last one by default, summed over what the file breaks them down by.

        Raises:
            InputError: the file does not hold that year.
        """
        import polars as pl

        years = self.years
        wanted = years[-1] if year is None and years else year
        rows = self.frame if wanted is None else self.frame.filter(pl.col("year") == wanted)
        if not rows.height:
            raise InputError(
                Problem(
                    _("the file holds no trade of {wanted}", wanted=wanted),
                    _("it has {years}", years=", ".join(map(str, years))) if years else _("it tells no years"),
                    key="year",
                )
            )
        keys = ["importer", "exporter", "hs", "basis"]
        # A duty that is not known of a part of a flow is not known of the flow.
        kept = pl.when(pl.col("duty").null_count() == 0).then(pl.col("duty").sum()).alias("duty")
        return rows.group_by(keys, maintain_order=True).agg(
            pl.col("value").sum(), kept, pl.col("quantity").sum()
        )


@as_declared
def read_trade(path: Path, *, format: str | None = None, columns: Path | None = None) -> TradeFile:  # noqa: A002
    r"""Read trade from any format that is known, or from one's own.

    Args:
        path: CSV, plain or packed, JSON, the sheet of a workbook, or Parquet.
        format: Its id; recognised by its columns if not given.
        columns: A file that maps columns of one's own, as `formats.yaml` does.

    Raises:
        InputError: the file cannot be read or its numbers cannot be numbers; every kind of mistake is told.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from kosho.lines import read_trade
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder) / "BACI.csv"
    ...     _ = file.write_text("t,i,j,k,v,q\n2023,392,842,870323,1000,1\n2023,490,842,10121,5,1\n")
    ...     read_trade(file).of_year().select("exporter", "hs", "value").rows()
    [('JPN', '870323', 1.0), ('TWN', '010121', 0.005)]
    """
    frame, form = _opened(path, format, columns, "trade")
    return _trade(frame, form, str(path))


@dataclass(frozen=True, eq=False)
class RateFile(Shown):
    r"""Rates by line and partner. `exporter` is empty for rates of every partner.

    >>> from kosho.lines import RateFile, read_rates
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder) / "trains.csv"
    ...     _ = file.write_text("Reporter_ISO_N,Year,ProductCode,SimpleAverage\n392,2024,870323,0\n")
    ...     isinstance(read_rates(file), RateFile)
    True
    """

    frame: pl.DataFrame
    """`importer`, `exporter`, `hs`, `year`, `rate` (a fraction; null where it is no percentage) and `duty_type`
    (`MFN`, `PRF`, `AHS`, or empty)."""
    format: TradeFormat
    told: tuple[str, ...]


@as_declared
def read_rates(path: Path, *, format: str | None = None, columns: Path | None = None) -> RateFile:  # noqa: A002
    r"""Read tariff rates in percent: TRAINS, WITS, or a map of one's own with a column `rate`.

    Raises:
        InputError: as `read_trade`.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from kosho.lines import read_rates
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder) / "trains.csv"
    ...     _ = file.write_text("Reporter_ISO_N,Year,ProductCode,SimpleAverage\n392,2024,20130,38.5\n")
    ...     read_rates(file).frame.select("importer", "exporter", "hs", "rate").rows()
    [('JPN', '', '020130', 0.385)]
    """
    import polars as pl

    frame, form = _opened(path, format, columns, "rates")
    told: list[str] = []
    problems = Problems(str(path))
    importer = _economies(text_of(frame, form, "importer", form.importer), form, told, "importers")
    partner = text_of(frame, form, "exporter", "")
    every = partner.str.to_lowercase().is_in(["", "000", "0", "wld", "all"])
    exporter = pl.select(
        pl.when(every).then(pl.lit("")).otherwise(_economies(partner, form, told, "partners"))
    ).to_series()
    kind = text_of(frame, form, "duty_type").str.to_uppercase()
    if form.id == "trains":
        untold = pl.when(pl.Series(exporter) == "").then(pl.lit("MFN")).otherwise(pl.lit("PRF"))
        kind = pl.select(pl.when(kind == "").then(untold).otherwise(kind)).to_series()
    made = pl.DataFrame({
        "importer": importer, "exporter": exporter, "hs": _codes(frame, form), "year": _years(frame, form),
        "rate": numbers_of(frame, form, "rate", problems) / 100.0, "duty_type": kind,
    })  # fmt: skip
    problems.raise_if_any()
    if form.id not in OFFICIAL:
        refuse_fractions(frame, form, made["rate"] * 100.0, str(path))
    bound = int((made["duty_type"] == "BND").sum())
    if bound:
        told.append(_("{number:,} rows of bound rates, which nobody pays: left out", number=bound))
    return RateFile(paid_rates(made.filter(pl.col("duty_type") != "BND")), form, tuple(told))


def paid_rates(rates: pl.DataFrame) -> pl.DataFrame:
    """One rate by importer, partner, code and year, where a file tells several kinds of duty.

    Of a partner: what is applied (`AHS`), else what is said without a kind, else the lower of its preference
    and the most-favoured-nation rate. Of all partners: the most-favoured-nation rate before the mean of what is
    applied. Rows of the same kind are averaged, preferences excepted, of which the lowest is claimed; where
    one is not known, neither is the rate.

    >>> import polars as pl
    >>> from kosho.lines.trade_files import paid_rates
    >>> rows = [("JPN", "", 0.05, "MFN"), ("JPN", "AUS", 0.06, "PRF"), ("JPN", "THA", 0.0, "PRF")]
    >>> rates = pl.DataFrame(rows, schema=["importer", "exporter", "rate", "duty_type"], orient="row")
    >>> paid_rates(rates.with_columns(hs=pl.lit("0101"), year=2020))["rate"].to_list()
    [0.05, 0.05, 0.0]
    """
    import polars as pl

    keys = ["importer", "exporter", "hs", "year"]
    of_all = pl.col("exporter") == ""
    order = [("MFN", 0, 2), ("", 1, 1), ("AHS", 2, 0), ("PRF", 3, 2)]
    rank = pl.lit(4)
    for kind, alone, own in reversed(order):
        place = pl.when(of_all).then(alone).otherwise(own)
        rank = pl.when(pl.col("duty_type") == kind).then(place).otherwise(rank)
    least = pl.when((pl.col("duty_type") == "PRF").any()).then(pl.col("rate").min())
    value = pl.when(pl.col("rate").null_count() == 0).then(least.otherwise(pl.col("rate").mean()))
    found = (
        rates.with_columns(rank=rank)
        .filter(pl.col("rank") == pl.col("rank").min().over(keys))
        .group_by(keys, maintain_order=True)
        .agg(value.alias("rate"), pl.col("duty_type").sort().last())
    )
    general = pl.when(of_all).then(pl.col("rate")).max().over("importer", "hs", "year")
    claimed = pl.when((pl.col("duty_type") == "PRF") & ~of_all & pl.col("rate").is_not_null())
    return found.with_columns(claimed.then(pl.min_horizontal("rate", general)).otherwise("rate").alias("rate"))


def _opened(path: Path, form: str | None, columns: Path | None, kind: str) -> tuple[pl.DataFrame, TradeFormat]:
    """The file as text in columns, and what its columns mean."""
    require("lines", "polars", what=_("reading trade by line"))
    known = {name: one for name, one in formats(columns).items() if one.kind == kind}
    frame = _frame(path)
    if form is None:
        return frame, recognised(frame.columns, known, str(path))
    if form not in known:
        raise InputError(
            Problem(_("unknown format {form!r}", form=form), suggest(form, known) or "kosho lines formats")
        )
    return frame, known[form]


def _frame(path: Path) -> pl.DataFrame:
    import polars as pl

    try:
        if path.suffix.lower() == ".parquet" and path.is_file():
            return pl.read_parquet(path)
        if kind_of(path) == ".json":
            return _json(content_of(path), path)
        content = content_of(path)
        first = content.partition(b"\n")[0].decode("utf-8-sig")
        mark = "\t" if first.count("\t") > 2 else ","
        header = next(csv.reader([first], delimiter=mark), [])
        refuse_twice(header, set(header) - {""}, str(path))
        found = pl.read_csv(io.BytesIO(content), infer_schema=False, separator=mark)
        return found.with_columns(pl.all().fill_null(""))
    except pl.exceptions.NoDataError:
        raise InputError(Problem(_("is empty"), file=str(path))) from None
    except UnicodeDecodeError:
        hint = _("save it as UTF-8; in a spreadsheet: CSV UTF-8")
        raise InputError(Problem(_("is not UTF-8 text"), hint, file=str(path))) from None
    except csv.Error as error:
        raise no_csv(error, str(path)) from None
    except pl.exceptions.PolarsError as error:
        told = str(error).splitlines()[0]
        raise InputError(
            Problem(_("is no table that can be read: {told}", told=told), file=str(path))
        ) from None


def _json(content: bytes, path: Path) -> pl.DataFrame:
    """Rows as objects, under `data` or by themselves, or as lists under a list of heads (Census)."""
    import polars as pl

    found = json_of(content, str(path))
    rows = found.get("data", found.get("dataset")) if isinstance(found, dict) else found
    if isinstance(rows, list) and rows and isinstance(rows[0], list):
        rows = [dict(zip(rows[0], one, strict=False)) for one in rows[1:]]
    if not isinstance(rows, list) or not rows or not all(isinstance(one, dict) for one in rows):
        raise InputError(
            Problem(_("holds no rows"), _("a list of objects, or an object with `data`"), str(path))
        )
    heads = list(dict.fromkeys(name for one in rows for name in one))
    return pl.DataFrame({
        name: ["" if one.get(name) is None else str(one[name]) for one in rows] for name in heads
    })  # fmt: skip


def _trade(frame: pl.DataFrame, form: TradeFormat, file: str) -> TradeFile:
    import polars as pl

    told: list[str] = []
    problems = Problems(file)
    frame, form = _long(frame, form, file)
    frame = _without_parts(frame, form, told)
    flow, importer, exporter = _sides(frame, form, told)
    made = pl.DataFrame({
        "importer": importer,
        "exporter": exporter,
        "hs": _codes(frame, form),
        "year": _years(frame, form),
        "value": numbers_of(frame, form, "value", problems) * form.scale / MILLION,
        "duty": numbers_of(frame, form, "duty", problems) * form.scale / MILLION,
        "quantity": numbers_of(frame, form, "quantity", problems),
        "basis": flow,
    })  # fmt: skip
    problems.raise_if_any()
    made = made.filter(pl.col("basis") != "")
    made = _without_sums(made, form, told)
    if not made.height:
        raise InputError(Problem(_("holds no trade by line"), file=file))
    return TradeFile(made, form, form.currency, tuple(told))


def _codes(frame: pl.DataFrame, form: TradeFormat) -> pl.Series:
    """Digits of tariff codes, with the zeros that a spreadsheet or BACI left out."""
    import polars as pl

    plain = text_of(frame, form, "hs").str.replace_all(r"[.\s]", "")
    if form.digits:
        return plain.str.zfill(form.digits)
    short = plain.str.len_chars().is_in([1, 3, 5, 7]) & plain.str.contains(r"^\d+$")
    return pl.select(pl.when(short).then(pl.lit("0") + plain).otherwise(plain)).to_series()


def _years(frame: pl.DataFrame, form: TradeFormat) -> pl.Series:
    import polars as pl

    return text_of(frame, form, "year").str.extract(r"^(\d{4})", 1).cast(pl.Int32, strict=False)


def _long(frame: pl.DataFrame, form: TradeFormat, file: str) -> tuple[pl.DataFrame, TradeFormat]:
    """A row a year, where each year has a column; and one a flow, where figures stand in rows."""
    import polars as pl

    if form.years:
        years = [name for name in frame.columns if re.fullmatch(r"(Year )?\d{4}", name.strip(), re.IGNORECASE)]
        if years:
            rest = [name for name in frame.columns if name not in years]
            for k, one in enumerate(years):
                _refuse_beside(
                    [name for name in years[k + 1 :] if name.strip()[-4:] == one.strip()[-4:]], one, file
                )
            _refuse_beside([name for name in ("Year", "Value") if name in rest], years[0], file)
            frame = frame.unpivot(on=years, index=rest, variable_name="Year", value_name="Value")
            frame = frame.with_columns(pl.col("Year").str.extract(r"(\d{4})", 1))
            form = _with(form, "year", "Year")
    if form.measure and form.measure.column in frame.columns:
        kind = pl.col(form.measure.column).str.strip_chars()
        if "Value" not in frame.columns:
            told = _("has no column of a year, nor a column {name!r}", name="Value")
            raise InputError(Problem(told, file=file))
        keys = [name for name in frame.columns if name not in (form.measure.column, "Value")]
        _refuse_beside([name for name in keys if name == "Duty"], form.measure.column, file)
        duty = frame.filter(kind.is_in(form.measure.duty)).select(*keys, pl.col("Value").alias("Duty"))
        frame = frame.filter(kind.is_in(form.measure.value)).join(duty, on=keys, how="left")
        form = _with(form, "duty", "Duty")
    return frame, form


def _refuse_beside(names: Sequence[str], beside: str, file: str) -> None:
    """Refuse columns that say again, or otherwise, what another column stands for."""
    if names:
        told = _(
            "has a column {name!r} beside {other!r}, which says the same", name=names[0], other=beside.strip()
        )
        raise InputError(Problem(told, _("leave one of them out"), file))


def _with(form: TradeFormat, what: Column, column: str) -> TradeFormat:
    return form.model_copy(update={"columns": {**form.columns, what: (*form.columns.get(what, ()), column)}})


def _without_parts(frame: pl.DataFrame, form: TradeFormat, told: list[str]) -> pl.DataFrame:
    """Rows of whole flows, without those of their parts (by transport, by customs procedure)."""
    import polars as pl

    before = frame.height
    for column, value in form.whole.items():
        if column in frame.columns:
            text = pl.col(column).cast(pl.Utf8).str.strip_chars()
            frame = frame.filter((text == value) | (text == ""))
    if frame.height < before:
        told.append(
            _(
                "{number:,} rows are parts of flows that others give whole: left out",
                number=before - frame.height,
            )
        )
    return frame


def _sides(frame: pl.DataFrame, form: TradeFormat, told: list[str]) -> tuple[pl.Series, pl.Series, pl.Series]:
    """Basis, importer and exporter of each row; an empty basis for flows that are neither (re-exports)."""
    import polars as pl

    if form.flows is None:
        importer = _economies(text_of(frame, form, "importer", form.importer), form, told, "importers")
        exporter = _economies(text_of(frame, form, "exporter"), form, told, "partners")
        return pl.Series(["import"]).new_from_index(0, frame.height), importer, exporter
    flow = text_of(frame, form, "flow")
    bought, sold = flow.is_in(list(form.flows.imports)), flow.is_in(list(form.flows.exports))
    one = _economies(text_of(frame, form, "reporter", form.reporter), form, told, "reporters")
    other = _economies(text_of(frame, form, "partner"), form, told, "partners")
    pick = pl.DataFrame({"m": bought, "x": sold, "one": one, "other": other}).select(
        pl.when(pl.col("m"))
        .then(pl.lit("import"))
        .when(pl.col("x"))
        .then(pl.lit("export"))
        .otherwise(pl.lit("")),
        pl.when(pl.col("x")).then(pl.col("other")).otherwise(pl.col("one")).alias("importer"),
        pl.when(pl.col("x")).then(pl.col("one")).otherwise(pl.col("other")).alias("exporter"),
    )
    neither = int((~(bought | sold)).sum())
    if neither:
        told.append(
            _("{number:,} rows are neither imports nor exports (re-exports, transit): left out", number=neither)
        )
    return pick["literal"], pick["importer"], pick["exporter"]


def _economies(codes: pl.Series, form: TradeFormat, told: list[str], what: str) -> pl.Series:
    """ISO3 codes; a code that is not known stays as it is, and is told."""
    import polars as pl

    system = form.countries
    plain = codes.str.to_lowercase()
    if system == "m49":
        plain = plain.str.strip_chars_start("0").replace("", "0")
    known = partner_codes(system)
    # A file may name its own side in letters where partners have numbers.
    letters = {code.lower(): code for code in partner_codes("iso3").values()}
    table = {**letters, **known}
    unknown = sorted(set(plain.unique().to_list()) - table.keys() - set(WORLD.get(system, ())) - {""})
    if unknown:
        some = ", ".join(unknown[:8]) + (" …" if len(unknown) > 8 else "")
        told.append(
            _(
                "{number} codes of {what} are not known and kept as they are: {some}",
                number=len(unknown),
                what=what,
                some=some,
            )
        )
    kept = pl.Series(
        [table.get(code, code.upper()) for code in plain.unique(maintain_order=True).to_list()], dtype=pl.Utf8
    )
    return plain.replace_strict(plain.unique(maintain_order=True), kept, return_dtype=pl.Utf8)


def _without_sums(made: pl.DataFrame, form: TradeFormat, told: list[str]) -> pl.DataFrame:
    """Rows of lines and partners, without sums over lines, chapters or the world."""
    world = [code.upper() for code in WORLD.get(form.countries, ())] + ["-", "WLD"]
    sums = made["exporter"].is_in(world) | made["importer"].is_in(world)
    if form.countries == "census":
        sums = sums | made["exporter"].str.contains(r"^(00\d\d|\dXXX)$")
    if sums.any():
        told.append(_("{number:,} rows of the world or of groups of economies: left out", number=sums.sum()))
    made = made.filter(~sums)
    lengths = made["hs"].str.len_chars()
    by_line = made["hs"].str.contains(r"^\d{6,10}$")
    if not by_line.any():
        by_line = made["hs"].str.contains(r"^\d+$")
    finest = lengths.filter(by_line).max()
    above = ~by_line | ((lengths < cast("int", finest or 0)) & (lengths <= 4))
    if above.any():
        told.append(_("{number:,} rows of headings, chapters or totals: left out", number=above.sum()))
    levels = sorted(set(lengths.filter(~above).to_list()))
    if len(levels) > 1 and 6 in levels:
        six = (lengths == 6) & made["hs"].is_in(
            made["hs"].filter(lengths > 6).str.slice(0, 6).unique().implode()
        )
        if (six & ~above).any():
            told.append(
                _(
                    "{number:,} rows of subheadings whose lines are given too: left out",
                    number=(six & ~above).sum(),
                )
            )
        above = above | six
    return made.filter(~above)
