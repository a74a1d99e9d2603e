"""The table of lines: what an importer buys of each line from each partner, at which rates, what is missing.

Trade and rates meet by code: a code of the trade has the rate of the line it is, or lies under; failing that
the mean of the lines under it, marked as one. A rate that is not known is not a number, never zero, and what is
missing on either side is listed with its value.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np

from kosho.arrays import Array, Mask
from kosho.declared import as_declared
from kosho.display import Card, Shown, plural
from kosho.errors import InputError, Problem
from kosho.language import _
from kosho.lines.line_elasticities import LineElasticities
from kosho.lines.smart_model import Diversion, SmartOutcome, smart

if TYPE_CHECKING:
    import polars as pl

__all__ = ["LineTable", "MissingJoin", "join_rates", "line_table"]

How = Literal["line", "mean of lines", "none"]
LENGTHS = (10, 9, 8, 7, 6, 4)


@dataclass(frozen=True, slots=True)
class MissingJoin(Shown):
    """What one side has and the other has not.

    >>> from kosho.lines import MissingJoin
    >>> MissingJoin("010121", "no rate", 2.5)
    MissingJoin(code='010121', why='no rate', value=2.5)
    """

    code: str
    why: str
    value: float
    """Of imports, million; zero for lines of a schedule that are not traded."""


@dataclass(frozen=True, eq=False)
class LineTable(Shown):
    """One importer's lines, dense. Make one with `line_table`.

    >>> from kosho.lines import line_table, shipped_trade
    >>> table = line_table(shipped_trade("USA").of_year(), "USA", digits=6)
    >>> len(table.codes), len(table.partners), round(float(table.imports.sum()))
    (5487, 23, 3216961)
    """

    importer: str
    codes: tuple[str, ...]
    partners: tuple[str, ...]
    imports: Array
    """`[line, partner]`, million of its currency, tariff excluded."""
    rate: Array
    """`[line, partner]`, paid in the base, fractions; not a number where it is not known."""
    how: tuple[str, ...]
    """By line: `collected`, `line`, `mean of lines` or `none`."""
    missing: tuple[MissingJoin, ...]
    currency: str = "USD"

    def card(self) -> Card:
        """How much it holds, and what it lacks."""
        rows = [
            ("imports", f"{self.imports.sum():,.0f} million {self.currency}"),
            ("rates known for", f"{100 * self.known_share:.1f} % of imports"),
            ("missing", plural(len(self.missing), "code")),
        ]
        size = f"{plural(len(self.codes), 'line')}, {plural(len(self.partners), 'partner')}"
        return Card(f"Lines of {self.importer}: {size}", rows)

    @cached_property
    def priced(self) -> Mask:
        """`[line]`, where the rate of every partner that sells is known."""
        return np.asarray(~(np.isnan(self.rate) & (self.imports > 0)).any(axis=1), bool)

    @property
    def known_share(self) -> float:
        """Of imports, those in lines that can be priced."""
        total = self.imports.sum()
        return float(self.imports[self.priced].sum() / total) if total else float("nan")

    @cached_property
    def paid(self) -> Array:
        """`[line, partner]`, rates with zero where nothing is sold or known: for kernels, with `priced`."""
        return np.where(np.isnan(self.rate), 0.0, self.rate)

    def partner(self, code: str) -> int:
        """Position of a partner.

        Raises:
            InputError: there is none.
        """
        if code not in self.partners:
            raise InputError(
                Problem(
                    _("{code} sells nothing here", code=code),
                    _("partners are {partners}", partners=", ".join(self.partners[:60])),
                )
            )
        return self.partners.index(code)

    def take(self, lines: Sequence[int] | Array) -> LineTable:
        """Some of the lines."""
        at = np.asarray(lines, np.intp)
        return replace(
            self,
            codes=tuple(self.codes[k] for k in at.tolist()),
            imports=self.imports[at],
            rate=self.rate[at],
            how=tuple(self.how[k] for k in at.tolist()),
        )

    def price(
        self,
        after: Array,
        elasticities: LineElasticities,
        *,
        supply: float = np.inf,
        form: Diversion = "bounded",
    ) -> SmartOutcome:
        """SMART over all lines; those whose rates are not known stay as they are, and are not in any sum.

        Args:
            after: `[line, partner]`, new rates.
            elasticities: By line.
            supply: Of exports.
            form: Of diversion.
        """
        trade = np.where(self.priced[:, None], self.imports, 0.0)
        new = np.where(self.priced[:, None], after, self.paid)
        return smart(
            trade,
            self.paid,
            np.where(np.isnan(new), self.paid, new),
            demand=elasticities.demand,
            substitution=elasticities.substitution,
            supply=supply,
            form=form,
        )

    def without_duty(self, partner: str, lines: Sequence[int] | None = None) -> Array:
        """`[line, partner]`, rates with those of one partner at zero, in some lines or all."""
        after = self.paid.copy()
        after[slice(None) if lines is None else list(lines), self.partner(partner)] = 0.0
        return after


@as_declared
def join_rates(trade: pl.LazyFrame, rates: pl.LazyFrame) -> pl.LazyFrame:
    """Trade with the rate of each row: of the partner where it has one of its own, else of all.

    Args:
        trade: With `importer`, `exporter`, `hs`; any other columns are kept.
        rates: `importer`, `exporter` (empty for all), `hs`, `rate`.

    Returns:
        The same rows with `rate`, and `how` each was found: `line`, `mean of lines` or `none`. Nothing is
        dropped, and codes are looked up once each, however many rows there are.

    >>> import polars as pl
    >>> from kosho.lines import join_rates
    >>> trade = pl.LazyFrame({"importer": ["USA"], "exporter": ["JPN"], "hs": ["870323"]})
    >>> rates = pl.LazyFrame({"hs": ["87032301", "87032310"], "rate": [0.025, 0.1]})
    >>> rates = rates.with_columns(importer=pl.lit("USA"), exporter=pl.lit(""))
    >>> join_rates(trade, rates).select("rate", "how").collect().rows()
    [(0.0625, 'mean of lines')]
    """
    import polars as pl

    keys = ["importer", "exporter", "hs"]
    text = trade.with_columns(pl.col(keys).cast(pl.Utf8))
    own = rates.filter(pl.col("exporter") != "").collect()
    every = rates.filter(pl.col("exporter") == "").collect()
    for_all = _by_code(_codes_of(text, every), every, "all")
    joined = text.join(for_all.lazy(), on=["importer", "hs"], how="left")
    if own.height:
        pairs = text.join(
            own.select("importer", "exporter").unique().lazy(), on=["importer", "exporter"], how="semi"
        )
        of_pair = _of_partners(pairs.select(keys).unique().collect(engine="streaming"), own)
        joined = joined.join(of_pair.lazy(), on=keys, how="left")
    else:
        joined = joined.with_columns(
            rate_own=pl.lit(None, dtype=pl.Float64), how_own=pl.lit(None, dtype=pl.Utf8)
        )
    return joined.with_columns(
        rate=pl.coalesce("rate_own", "rate_all"),
        how=pl.when(pl.col("rate_own").is_not_null())
        .then(pl.col("how_own"))
        .when(pl.col("rate_all").is_not_null())
        .then(pl.col("how_all"))
        .otherwise(pl.lit("none")),
    ).drop("rate_own", "how_own", "rate_all", "how_all")


def _codes_of(trade: pl.LazyFrame, rates: pl.DataFrame) -> pl.DataFrame:
    """The codes of a trade that rates are looked up for: read off the schedule where it is at least as fine."""
    import polars as pl

    lengths = trade.select(pl.col("hs").str.len_chars().unique()).collect(engine="streaming")["hs"].to_list()
    shortest = rates["hs"].str.len_chars().min()
    if isinstance(shortest, int) and lengths and max(lengths) <= shortest:
        prefixes = [
            rates.select("importer", pl.col("hs").str.slice(0, length)).unique() for length in sorted(lengths)
        ]
        return pl.concat(prefixes)
    return trade.select("importer", "hs").unique().collect(engine="streaming")


def _of_partners(pairs: pl.DataFrame, own: pl.DataFrame) -> pl.DataFrame:
    import polars as pl

    found = [
        _by_code(
            pairs.filter(pl.col("exporter") == name).select("importer", "hs"),
            own.filter(pl.col("exporter") == name),
            "own",
        ).with_columns(exporter=pl.lit(name))
        for name in pairs["exporter"].unique().to_list()
    ]
    return (
        pl.concat(found)
        if found
        else pairs.with_columns(rate_own=pl.lit(None, dtype=pl.Float64), how_own=pl.lit(""))
    )


def _by_code(codes: pl.DataFrame, rates: pl.DataFrame, suffix: str) -> pl.DataFrame:
    """The rate of each code: of the longest line that it is or lies under, else the mean of lines under it."""
    import polars as pl

    # A mean of lines some of which are no percentage would be too low.
    mean = pl.when(pl.col("rate").null_count() == 0).then(pl.col("rate").mean()).alias("rate")
    lines = rates.group_by("importer", "hs").agg(mean)
    found = codes.with_columns(rate=pl.lit(None, dtype=pl.Float64), how=pl.lit(None, dtype=pl.Utf8))
    lengths: set[int] = set(codes["hs"].str.len_chars().to_list())
    for length in sorted({*lengths, *LENGTHS}, reverse=True):  # the line itself, or the one it lies under
        at = lines.filter(pl.col("hs").str.len_chars() == length).with_columns(step=pl.lit("line"))
        if at.height:
            found = _filled(found, at, length)
    for length in sorted(lengths):
        under = (
            lines.filter(pl.col("hs").str.len_chars() > length)
            .with_columns(pl.col("hs").str.slice(0, length))
            .group_by("importer", "hs")
            .agg(mean)
            .with_columns(step=pl.lit("mean of lines"))
        )
        if under.height:
            found = _filled(found, under, length, whole=True)
    return found.rename({"rate": f"rate_{suffix}", "how": f"how_{suffix}"})


def _filled(found: pl.DataFrame, at: pl.DataFrame, length: int, *, whole: bool = False) -> pl.DataFrame:
    """What had no rate yet, with that of the prefix of a length."""
    import polars as pl

    fits = pl.col("hs").str.len_chars() == length if whole else pl.col("hs").str.len_chars() >= length
    key = pl.when(fits).then(pl.col("hs").str.slice(0, length))
    joined = found.with_columns(prefix=key).join(
        at.rename({"hs": "prefix", "rate": "more"}), on=["importer", "prefix"], how="left"
    )
    empty = pl.col("how").is_null() & pl.col("step").is_not_null()
    return joined.select(
        "importer",
        "hs",
        pl.when(empty).then("more").otherwise("rate").alias("rate"),
        pl.when(empty).then("step").otherwise("how").alias("how"),
    )


@as_declared
def line_table(
    trade: pl.DataFrame, importer: str, rates: pl.DataFrame | None = None, *, digits: int | None = None
) -> LineTable:
    """Put an importer's trade and rates together.

    Args:
        trade: Rows of `TradeFile.of_year`: `importer`, `exporter`, `hs`, `value`, `duty`.
        importer: Whose imports.
        rates: `importer`, `exporter`, `hs`, `rate`; None: the duty collected over the value, which the trade
            must then have.
        digits: Of the lines, when they are to be shorter than the codes of the trade.

    Raises:
        InputError: the importer has no trade here, or neither rates nor duties are given.

    >>> from kosho.lines import line_table, shipped_rates, shipped_trade
    >>> table = line_table(shipped_trade("USA", digits=8).of_year(), "USA", shipped_rates("USA"))
    >>> table.missing[0].code, table.how[table.codes.index("87032301")]
    ('27090010', 'line')
    """
    import polars as pl

    mine = trade.filter((pl.col("importer") == importer) & (pl.col("exporter") != importer))
    if "basis" in mine.columns and mine["basis"].n_unique() > 1:
        mine = mine.filter(pl.col("basis") == "import")
    if not mine.height:
        raise InputError(
            Problem(_("no imports of {importer} in this trade", importer=importer), key="importer")
        )
    if rates is None and mine["duty"].null_count() == mine.height:
        hint = _("give the rates of a schedule, or trade with the duty collected")
        raise InputError(
            Problem(_("no rates for the imports of {importer}", importer=importer), hint, key="rates")
        )
    joined = mine.with_columns(how=pl.lit("collected")) if rates is None else _with_rates(mine, rates)
    if digits is not None:
        joined = joined.with_columns(pl.col("hs").str.slice(0, digits))
    bill = pl.col("duty") if rates is None else pl.col("rate") * pl.col("value")
    cells = joined.group_by("hs", "exporter").agg(
        pl.col("value").sum(),
        pl.when(bill.null_count() == 0).then(bill.sum()).alias("bill"),
        pl.col("how").unique().sort().str.join("; "),
    )
    return _dense(cells, importer, rates, digits)


def _with_rates(mine: pl.DataFrame, rates: pl.DataFrame) -> pl.DataFrame:
    return join_rates(mine.lazy(), rates.lazy()).collect()


def _dense(cells: pl.DataFrame, importer: str, rates: pl.DataFrame | None, digits: int | None) -> LineTable:
    import polars as pl

    codes = sorted(cells["hs"].unique().to_list())
    partners = sorted(cells["exporter"].unique().to_list())
    place = {code: k for k, code in enumerate(codes)}
    column = {code: k for k, code in enumerate(partners)}
    at = np.array([place[code] for code in cells["hs"].to_list()], np.intp)
    of = np.array([column[code] for code in cells["exporter"].to_list()], np.intp)
    imports = np.zeros((len(codes), len(partners)))
    rate = np.full(imports.shape, np.nan)
    value = cells["value"].to_numpy()
    imports[at, of] = value
    bill = cells["bill"].cast(pl.Float64).fill_null(float("nan")).to_numpy()
    rate[at, of] = np.divide(bill, value, out=np.full(len(value), np.nan), where=value > 0)
    how = dict(cells.group_by("hs").agg(pl.col("how").unique().sort().str.join("; ")).iter_rows())
    unknown = np.isnan(rate) & (imports > 0)
    missing = [
        MissingJoin(
            codes[k], _("no rate that is a percentage of the value"), float(imports[k][unknown[k]].sum())
        )
        for k in np.flatnonzero(unknown.any(axis=1)).tolist()
    ]
    if rates is not None:
        mine = rates.filter(pl.col("importer") == importer)["hs"].unique().to_list()
        seen = {code[: digits or len(code)] for code in codes}
        over = {code[:n] for code in seen for n in range(1, len(code))}
        missing += [
            MissingJoin(code, _("in the schedule, and not traded"), 0.0)
            for code in sorted(mine)
            if code not in over and not any(code[:n] in seen for n in range(1, len(code) + 1))
        ]
    order = sorted(missing, key=lambda one: (-one.value, one.code))
    return LineTable(
        importer, tuple(codes), tuple(partners), imports, rate, tuple(how[c] for c in codes), tuple(order)
    )
