"""Editions of the Harmonized System: codes of one in those of another, by correlation tables.

What ships has one target of each subheading of 2022 in the editions of 2007 and 1992. For others, and for all
targets, the tables of the UN are read, in either direction; they do not ship.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from kosho.declared import as_declared
from kosho.errors import InputError, Problem
from kosho.language import _
from kosho.lines.shipped import frame
from kosho.tabular import content_of
from kosho.world.csv_input import rows_of

if TYPE_CHECKING:
    import polars as pl

__all__ = ["concordance", "converted", "read_concordance", "towards"]

Concordance = Mapping[str, tuple[str, ...]]
"""Subheadings of the other edition, by subheading."""


@cache
def concordance(edition: int) -> Concordance:
    """From the HS of 2022 to an earlier edition, 2007 or 1992.

    Raises:
        InputError: another edition: give its correlation table.

    >>> from kosho.lines import concordance
    >>> concordance(2007)["854130"], concordance(1992)["010121"]
    (('854130',), ('010111',))
    """
    if edition == 2022:
        return {code: (code,) for code in frame("hs2022_to_earlier")["hs"].to_list()}
    if edition not in (2007, 1992):
        hint = _("2007 and 1992 ship; `read_concordance` reads the table of the UN for any other")
        raise InputError(
            Problem(_("no table from HS 2022 to HS {edition} ships", edition=edition), hint, key="edition")
        )
    rows = frame("hs2022_to_earlier").select("hs", f"hs{edition}").iter_rows()
    return {code: (target,) for code, target in rows if target}


@as_declared
def read_concordance(path: Path, columns: tuple[str, str] | None = None) -> Concordance:
    """A correlation table: CSV or Excel, a row a pair.

    Args:
        path: The table of the UN, or one's own.
        columns: Names of the two; `from` and `to`, or the two that name an edition (`HS 2017`), if not given.

    Raises:
        InputError: the file lacks a column, or has codes that are none.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from kosho.lines import read_concordance
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder) / "table.csv"
    ...     _ = file.write_text(chr(10).join(["from,to", "854110,854110", "854110,8541.41"]))
    ...     read_concordance(file)
    {'854110': ('854110', '854141')}
    """
    found: dict[str, list[str]] = {}
    named = columns or _columns(path)
    for line, cells in rows_of(path, named):
        one, other = (re.sub(r"[.\s]", "", cells[name]) for name in named)
        if not (re.fullmatch(r"\d{4,10}", one) and re.fullmatch(r"\d{4,10}", other)):
            raise InputError(
                Problem(
                    _("{cells} is no pair of codes", cells=cells), _("digits, dots allowed"), str(path), line
                )
            )
        found.setdefault(one, []).append(other)
    return {one: tuple(dict.fromkeys(others)) for one, others in found.items()}


def _columns(path: Path) -> tuple[str, str]:
    """Names of the columns from and to."""
    text = content_of(path).decode("utf-8-sig", errors="replace")
    header = next(csv.reader([line for line in text.splitlines() if line.strip() and line[0] != "#"][:1]), [])
    names = [name.strip() for name in header]
    editions = [name for name in names if re.search(r"\bHS\W*(19|20)?\d\d\b", name)]
    if not {"from", "to"} <= set(names) and len(editions) == 2:
        return editions[0], editions[1]
    return "from", "to"


def towards(table: Concordance, codes: Iterable[str]) -> Concordance:
    """The table in the direction in which it converts codes: the UN prints it from the later edition alone.

    Args:
        table: As it was read.
        codes: Of the trade. If fewer of them are among its sources than among its targets, it is turned round.

    >>> from kosho.lines.editions import towards
    >>> towards({"854141": ("854140",), "854142": ("854140",)}, ["854140", "870323"])
    {'854140': ('854141', '854142')}
    """
    asked = {code[:6] for code in codes}
    turned: dict[str, tuple[str, ...]] = {}
    for one, others in table.items():
        for other in others:
            turned[other] = (*turned.get(other, ()), one)
    return turned if len(asked & turned.keys()) > len(asked & table.keys()) else table


@as_declared
def converted(trade: pl.DataFrame, table: Concordance) -> tuple[pl.DataFrame, list[str]]:
    """Trade in subheadings of another edition; what has several targets is split evenly, what has none is told.

    Args:
        trade: With `hs` and figures `value`, `duty`, `quantity`; lines are summed to subheadings.
        table: From the edition of the trade to the other.

    Returns:
        The trade, and the subheadings that the table does not have: they keep their codes.

    >>> import polars as pl
    >>> from kosho.lines import converted
    >>> trade = pl.DataFrame({"exporter": ["JPN"], "hs": ["854110"], "value": [3.0]})
    >>> converted(trade, {"854110": ("854110", "854141")})[0].sort("hs").rows()
    [('JPN', '854110', 1.5), ('JPN', '854141', 1.5)]
    """
    import polars as pl

    pairs = [(code, target, 1.0 / len(targets)) for code, targets in table.items() for target in targets]
    lookup = pl.DataFrame(pairs, schema={"hs": pl.Utf8, "target": pl.Utf8, "weight": pl.Float64}, orient="row")
    figures = [name for name in ("value", "duty", "quantity") if name in trade.columns]
    keys = [name for name in trade.columns if name not in (*figures, "hs")]
    six = trade.with_columns(pl.col("hs").str.slice(0, 6))
    missing = sorted(set(six["hs"].unique().to_list()) - table.keys())
    joined = six.join(lookup, on="hs", how="left").with_columns(
        pl.col("target").fill_null(pl.col("hs")).alias("hs"), pl.col("weight").fill_null(1.0)
    )
    sums = [
        pl.when(pl.col(name).null_count() == 0).then((pl.col(name) * pl.col("weight")).sum()).alias(name)
        for name in figures  # of a sum a part of which is not known nothing is
    ]
    return joined.group_by([*keys, "hs"], maintain_order=True).agg(sums), missing


def mapped(codes: Sequence[str], table: Concordance) -> list[str | None]:
    """The first target of each code's subheading; None where there is none."""
    return [next(iter(table.get(code[:6], ())), None) for code in codes]
