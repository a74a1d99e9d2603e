"""Base tariffs of a table by tariff line: rates of the table's year, averaged into its sectors.

Of an importer, a partner and a line stands the rate that `paid_rates` keeps. Inside a sector lines are
averaged, simply, or weighted by trade where the user has it by line. Where lines with a known rate hold less
than half of a sector's lines, or of its trade, the rate of the cell is not known; it is never zero for want of
a figure. The members of a customs union have the rates of the union, and none among themselves.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files as resources
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from kosho import formatting
from kosho.arrays import Array, Mask
from kosho.codes import blocs
from kosho.codes import sectors as icio_sectors
from kosho.declared import as_declared
from kosho.display import Shown
from kosho.errors import InputError, Problem
from kosho.language import _, ngettext
from kosho.lines.sectors import hs_sector
from kosho.lines.trade_files import paid_rates, read_rates, read_trade
from kosho.world.concordances import recognised
from kosho.world.csv_input import rows_of
from kosho.world.law_cells import LawCells
from kosho.world.table_tariffs import TableTariffs, averaged_tariffs

if TYPE_CHECKING:
    import polars as pl

__all__ = ["LineAverages", "LineDuties", "read_line_duties"]

DIGITS = 6
HALF = 0.5
"""Of lines or trade, below which a mean says nothing of the rest."""
SHOWN = 8
TABLES = (".csv", ".xlsx", ".parquet", ".json", ".zip", ".gz", ".txt")


@dataclass(frozen=True, eq=False)
class LineAverages(Shown):
    r"""Rates by importer, exporter and group of sectors. Make them with `LineDuties.averages`.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from kosho.lines import read_line_duties
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder) / "rates.csv"
    ...     _ = file.write_text("importer,exporter,hs,rate,year\nJPN,USA,870323,0,2022\n")
    ...     found = read_line_duties([file]).averages(("JPN", "USA"), {"C29": (0,)}, 2022)
    >>> found.rate[0, 1].tolist(), found.rate[1, 0].tolist(), found.covered
    ([0.0], [nan], None)
    """

    rate: Array
    """`[importer, exporter, group]`, fractions; not a number where it is not known."""
    covered: float | None
    """Share of the trade by line whose rate is known; None without such trade."""
    notes: tuple[str, ...]


class _Traded(NamedTuple):
    """Trade by line that weights."""

    frame: pl.DataFrame
    """`importer`, `exporter`, `hs`, `year`, `value`."""
    source: str

    def of(self, year: int) -> tuple[pl.DataFrame, int]:
        """Of a year, or the nearest that is held."""
        import polars as pl

        years = sorted(self.frame["year"].drop_nulls().unique().to_list())
        taken = min(years, key=lambda one: (abs(one - year), one)) if years else year
        return self.frame.filter((pl.col("year") == taken) | pl.col("year").is_null()), taken


@dataclass(frozen=True, eq=False)
class LineDuties(Shown):
    r"""Rates by line, for tables of any year. Make them with `read_line_duties`.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from kosho.lines import read_line_duties
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder) / "trains.csv"
    ...     heads = "Reporter_ISO_N,Year,ProductCode,SimpleAverage"
    ...     _ = file.write_text(f"{heads}\n840,2008,870323,2.5\n840,2008,870421,25\n")
    ...     duties = read_line_duties([file])
    >>> duties.averages(("USA", "JPN"), {"C29": (0,)}, 2008).rate[0, 1].tolist()
    [0.1375]
    """

    rates: pl.DataFrame
    """As `paid_rates` gives them."""
    source: str
    told: tuple[str, ...]
    year: int | None
    """Whose rates stand for those of the table's year, if asked for."""
    traded: _Traded | None

    def __call__(self, labels: tuple[Sequence[str], Sequence[str]], cells: LawCells, year: int) -> TableTariffs:
        """Base tariffs of a table, as `kosho.world.table_tariffs.TariffSource`.

        Raises:
            InputError: there are no rates of the year.
        """
        codes = tuple(dict.fromkeys(cells.sectors))
        groups = {code: (j,) for j, code in enumerate(codes)}
        found = self.averages(cells.economies, groups, year)
        column = [codes.index(code) for code in cells.sectors]
        known = np.nan_to_num(found.rate)[:, :, column], np.isnan(found.rate)[:, :, column]
        rate, unknown = averaged_tariffs(labels, cells, *known)
        wanted = year if self.year is None else self.year
        how = _("simple averages over lines") if self.traded is None else _("weighted by trade by line")
        words = f"{self.source}, {wanted}, {how}"
        return TableTariffs(rate, unknown, words, wanted, (*self.told, *found.notes))

    def averages(
        self, economies: Sequence[str], groups: Mapping[str, tuple[int, ...]], year: int
    ) -> LineAverages:
        """Rates of some economies, averaged into groups of ICIO sectors.

        Args:
            economies: ISO 3166 alpha-3 codes; others have no rates.
            groups: Which groups each ICIO sector is in, counted from zero; services bear no duty.
            year: Whose rates, unless `year` of these duties says otherwise.

        Raises:
            InputError: there are no rates of the year.
        """
        wanted = year if self.year is None else self.year
        frame, notes = self._of_year(wanted)
        trade = None if self.traded is None else self.traded.of(wanted)
        lines = _Lines.of(frame, None if trade is None else trade[0], groups)
        count = len(economies)
        union = [_union(code, wanted) for code in economies]
        reporters = set(frame["importer"].unique().to_list())
        rate = np.full((count, count, lines.inside.shape[1]), np.nan)
        known = total = 0.0
        for n, code in enumerate(economies):
            reporter = code if code in reporters else union[n]
            if reporter in reporters:
                one = lines.rates(str(reporter), economies, wanted)
                weights = lines.weights(code, union[n], economies, wanted)
                rate[n], held, traded = lines.averaged(one, weights)
                known, total = known + held, total + traded
            if union[n] is not None:
                rate[n, [k for k, other in enumerate(union) if other == union[n]]] = 0.0
        services = np.flatnonzero(~lines.goods)
        rate[:, :, services] = 0.0
        home = np.arange(count)
        rate[home, home] = 0.0
        covered = None if trade is None or not total else known / total
        return LineAverages(rate, covered, (*notes, *self._means(trade, covered, wanted)))

    def of_panel(
        self,
        importers: Sequence[str],
        exporters: Sequence[str],
        years: Sequence[str],
        sectors: Sequence[str],
    ) -> Array:
        """`[row]`, the tariff of each row of a panel, fractions; not a number where it is not known.

        Args:
            importers: ISO 3166 alpha-3 codes.
            exporters: The same.
            years: Four digits.
            sectors: Codes of one classification; empty for all goods.

        Raises:
            InputError: the sectors are of no known classification, a row has no year, or a year no rates.
        """
        economies = tuple(dict.fromkeys((*importers, *exporters)))
        labels = tuple(dict.fromkeys(sectors))
        groups = _groups(labels)
        wrong = sorted({year for year in years if not year.isdigit()})
        if wrong and self.year is None:
            told = _("{year!r} is no year whose tariffs could be taken", year=wrong[0])
            raise InputError(Problem(told, _("four digits, such as 2019"), key="year"))
        found = np.full(len(importers), np.nan)
        place = {code: k for k, code in enumerate(economies)}
        group = {label: j for j, label in enumerate(labels)}
        for year in dict.fromkeys(years):
            rate = self.averages(economies, groups, int(year) if year.isdigit() else 0).rate
            rows = [k for k, one in enumerate(years) if one == year]
            at = [(place[importers[k]], place[exporters[k]], group[sectors[k]]) for k in rows]
            found[rows] = [rate[one] for one in at]
        return found

    def _of_year(self, year: int) -> tuple[pl.DataFrame, list[str]]:
        """Rates of a year, and what is to be said of them.

        Raises:
            InputError: there are none.
        """
        import polars as pl

        held = self.rates.filter((pl.col("year") == year) | pl.col("year").is_null())
        years = sorted(self.rates["year"].drop_nulls().unique().to_list())
        if not held.height:
            told = _(
                "holds no tariffs of {year}: it has {years}", year=year, years=", ".join(map(str, years[:20]))
            )
            raise InputError(
                Problem(told, _("--tariff-year takes another year by name"), self.source, key="--tariffs")
            )
        notes: list[str] = []
        others = sorted(
            set(self.rates["importer"].unique().to_list()) - set(held["importer"].unique().to_list())
        )
        if others:
            notes.append(
                _(
                    "tariffs of {importers} are of other years alone, and stay unknown",
                    importers=formatting.listed(others[:SHOWN]),
                )
            )
        nulls = held.filter(pl.col("rate").is_null()).height
        if nulls:
            notes.append(
                ngettext(
                    "{number} tariff line has no rate in percent, and is in no average",
                    "{number} tariff lines have no rate in percent, and are in no average",
                    nulls,
                    number=formatting.count(nulls),
                )
            )
        if not held.filter((pl.col("exporter") != "") & (pl.col("duty_type") != "MFN")).height:
            notes.append(
                _(
                    "the files hold no rates of single partners: most-favoured-nation rates stand for all, and "
                    "what agreements leave of them is not in the base tariffs"
                )
            )
        return held, notes

    def _means(self, trade: tuple[pl.DataFrame, int] | None, covered: float | None, year: int) -> list[str]:
        """How lines were averaged."""
        if trade is None or self.traded is None:
            return [_("tariffs within a sector are simple averages over its lines, whatever is traded in them")]
        told = _(
            "tariffs within a sector are weighted by the trade of {source} of {year} by line, {percent} % of "
            "which is in lines whose rate is known; pairs without such trade have simple averages",
            source=self.traded.source,
            year=trade[1],
            percent=formatting.decimals(100.0 * (covered or 0.0), 0),
        )
        if trade[1] == year:
            return [told]
        return [told, _("trade of {taken} weights tariffs of {year}", taken=trade[1], year=year)]


class _Lines(NamedTuple):
    """Lines of a year, and the groups that they are in. L lines, G groups."""

    place: Mapping[str, int]
    inside: Array
    """`[L, G]`, one where a line is in a group."""
    goods: Mask
    """`[G]`, groups of which a part is goods."""
    digits: int
    of_importer: Mapping[str, pl.DataFrame]
    """`exporter`, `hs`, `rate`."""
    trade: Mapping[str, pl.DataFrame] | None
    """`exporter`, `hs`, `value`."""

    @staticmethod
    def of(frame: pl.DataFrame, trade: pl.DataFrame | None, groups: Mapping[str, tuple[int, ...]]) -> _Lines:
        import polars as pl

        digits = min(DIGITS, int(frame["hs"].str.len_chars().max() or 0))  # pyright: ignore[reportArgumentType]
        finest = frame.filter(pl.col("hs").str.len_chars() >= digits)
        mean = pl.when(pl.col("rate").null_count() == 0).then(pl.col("rate").mean()).alias("rate")
        short = (
            finest.with_columns(pl.col("hs").str.slice(0, digits))
            .group_by("importer", "exporter", "hs")
            .agg(mean)
        )
        bought = (
            None
            if trade is None
            else trade.filter(pl.col("hs").str.len_chars() >= digits)
            .with_columns(pl.col("hs").str.slice(0, digits))
            .group_by("importer", "exporter", "hs")
            .agg(pl.col("value").sum())
        )
        codes = set(short["hs"].unique().to_list()) | (
            set() if bought is None else set(bought["hs"].unique().to_list())
        )
        sector = {code: hs_sector(code) for code in sorted(codes)}
        kept = [code for code, found in sector.items() if found in groups]
        count = 1 + max((j for some in groups.values() for j in some), default=-1)
        inside, goods = np.zeros((len(kept), count)), np.zeros(count, bool)
        for row, code in enumerate(kept):
            inside[row, list(groups[str(sector[code])])] = 1.0
        for code, some in groups.items():
            if code in icio_sectors() and icio_sectors()[code].goods:
                goods[list(some)] = True
        return _Lines(
            {code: k for k, code in enumerate(kept)},
            inside,
            goods,
            digits,
            _by_importer(short),
            None if bought is None else _by_importer(bought),
        )

    def rates(self, reporter: str, economies: Sequence[str], year: int) -> tuple[Array, Mask]:
        """`[economy, L]`, rates of an importer, not a number where they are not known; and `[L]`, its lines."""
        general = np.full(len(self.place), np.nan)
        own: list[tuple[list[int], int, float]] = []
        listed = np.zeros(len(self.place), bool)
        lines = self.of_importer[reporter]
        places = _places(lines, economies, year)
        for partner, code, rate in lines.iter_rows():
            if (line := self.place.get(code)) is None:
                continue
            value = np.nan if rate is None else float(rate)
            listed[line] = True
            if partner == "":
                general[line] = value
            else:
                own.append((places[partner], line, value))
        found = np.tile(general, (len(economies), 1))
        for at, line, value in sorted(own, key=lambda one: -len(one[0])):  # one's own before a group's
            found[at, line] = value
        return found, listed

    def weights(self, code: str, union: str | None, economies: Sequence[str], year: int) -> Array | None:
        """`[economy, L]`, what an importer buys by line; None where no trade of it is at hand."""
        if self.trade is None:
            return None
        rows = self.trade.get(code)
        rows = self.trade.get(union or "") if rows is None else rows
        if rows is None:
            return None
        found = np.zeros((len(economies), len(self.place)))
        places = _places(rows, economies, year)
        for partner, line, value in rows.iter_rows():
            if (at := self.place.get(line)) is None or partner == code:
                continue
            if sellers := places[partner]:
                found[sellers, at] += float(value or 0.0) / len(sellers)
        return found

    def averaged(self, of: tuple[Array, Mask], weights: Array | None) -> tuple[Array, float, float]:
        """`[economy, G]`, means over lines; and the trade with a known rate, and all of it."""
        rate, listed = of
        known, plain = ~np.isnan(rate), np.nan_to_num(rate)
        alike = np.broadcast_to(listed.astype(float), rate.shape)
        weight = np.zeros(rate.shape) if weights is None else weights
        traded, held = weight @ self.inside, (weight * known) @ self.inside
        use = np.where(traded @ self.inside.T > 0, weight, alike)  # pairs without trade: simply
        total, with_rate = use @ self.inside, (use * known) @ self.inside
        mean = np.divide(
            (use * plain) @ self.inside, with_rate, out=np.full(total.shape, np.nan), where=with_rate > 0
        )
        mean[with_rate < HALF * total] = np.nan
        return mean, float(held.sum()), float(traded.sum())


def _by_importer(frame: pl.DataFrame) -> dict[str, pl.DataFrame]:
    parts = frame.partition_by("importer", as_dict=True)
    return {str(key[0]): part.drop("importer") for key, part in parts.items()}


def _groups(labels: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """Groups that ICIO sectors are in, of sectors of a known classification; an empty label is all goods."""
    found: dict[str, tuple[int, ...]] = {}
    named = [label for label in labels if label]
    classes = recognised(named) if named else None
    for j, label in enumerate(labels):
        members: Iterable[str] = (
            [code for code, one in icio_sectors().items() if one.goods]
            if classes is None or not label
            else classes.members(label)
        )
        for code in members:
            found[code] = (*found.get(code, ()), j)
    return found


@cache
def _memberships() -> tuple[tuple[str, str, int, int], ...]:
    """Union, economy, first and last year."""
    text = resources("kosho.lines").joinpath("data", "customs_unions.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    return tuple((row["union"], row["economy"], int(row["first"]), int(row["last"] or 9999)) for row in rows)


def _union(economy: str, year: int) -> str | None:
    """The customs union that an economy is in."""
    return next(
        (union for union, code, first, last in _memberships() if code == economy and first <= year <= last),
        None,
    )


def _places(frame: pl.DataFrame, economies: Sequence[str], year: int) -> dict[str, list[int]]:
    """Positions of every partner that a frame has."""
    return {one: _positions(one, economies, year) for one in frame["exporter"].unique().to_list()}


def _positions(partner: str, economies: Sequence[str], year: int) -> list[int]:
    """Positions of a partner, or of the members of a union or bloc; none where it is neither."""
    if partner in economies:
        return [economies.index(partner)]
    members = [
        code for union, code, first, last in _memberships() if union == partner and first <= year <= last
    ]
    if not members and partner in blocs():
        members = list(blocs()[partner].members)
    return [k for k, code in enumerate(economies) if code in members]


@as_declared
def read_line_duties(
    paths: Sequence[Path],
    trade: Sequence[Path] = (),
    *,
    partners: Path | None = None,
    year: int | None = None,
) -> LineDuties:
    """Rates by line from files of TRAINS, WITS or one's own, and trade that weights them.

    Args:
        paths: Files of rates, or folders of them.
        trade: Files of trade by line, of any format of `kosho lines formats`.
        partners: CSV `code,economy`: members of groups that files name as partners (beneficiaries in TRAINS).
        year: Whose rates stand for those of the table's year.

    Raises:
        InputError: a file cannot be read, or is of no known format.

    >>> from pathlib import Path
    >>> from kosho.lines import read_line_duties
    >>> read_line_duties([Path("trains.csv")])
    Traceback (most recent call last):
        ...
    kosho.errors.InputError: trains.csv: cannot be read: No such file or directory
    """
    import polars as pl

    files = [one for path in paths for one in _inside(path)]
    read = [read_rates(one) for one in files]
    told = [text for one in read for text in one.told]
    columns = ["importer", "exporter", "hs", "year", "rate", "duty_type"]
    every = pl.concat([one.frame.select(columns) for one in read])
    every = _members_of_groups(every, {} if partners is None else _read_groups(partners))
    names = [path.name for path in paths]
    source = (
        names[0] if len(names) == 1 else _("{first} and {number} more", first=names[0], number=len(names) - 1)
    )
    return LineDuties(paid_rates(every), source, tuple(dict.fromkeys(told)), year, _traded(trade))


def _inside(path: Path) -> list[Path]:
    """The files of a folder, or the file."""
    if not path.is_dir():
        return [path]
    found = sorted(one for one in path.iterdir() if one.suffix.lower() in TABLES)
    if not found:
        raise InputError(Problem(_("holds no files of rates"), _("CSV, Excel, Parquet or ZIP"), str(path)))
    return found


def _read_groups(path: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for _line, row in rows_of(path, ("code", "economy")):
        found.setdefault(row["code"].lstrip("0").upper(), []).append(row["economy"].upper())
    return found


def _members_of_groups(rates: pl.DataFrame, groups: Mapping[str, Sequence[str]]) -> pl.DataFrame:
    """Rates with a row for each member of a group in place of the group's."""
    import polars as pl

    rows = [(code, member) for code, members in groups.items() for member in members]
    pairs = pl.DataFrame(rows, schema={"exporter": pl.Utf8, "member": pl.Utf8}, orient="row")
    joined = rates.join(pairs, on="exporter", how="left")
    return joined.with_columns(pl.coalesce("member", "exporter").alias("exporter")).drop("member")


def _traded(paths: Sequence[Path]) -> _Traded | None:
    import polars as pl

    if not paths:
        return None
    columns = ["importer", "exporter", "hs", "year", "value", "basis"]
    frame = pl.concat([read_trade(one).frame.select(columns) for one in paths])
    told = (pl.col("basis") == "import").any().over("importer", "year")  # what the importer says goes first
    frame = frame.filter((pl.col("basis") == "import") | ~told).drop("basis")
    return _Traded(frame, ", ".join(one.name for one in paths))
