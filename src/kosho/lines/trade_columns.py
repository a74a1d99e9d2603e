"""Columns of a file of trade or of rates by what they mean: texts, and numbers none of which can be two."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kosho.bounds import PERCENT_FROM
from kosho.errors import InputError, Problem, Problems
from kosho.language import _
from kosho.lines.trade_formats import Column, TradeFormat

if TYPE_CHECKING:
    import polars as pl

__all__ = ["name_of", "numbers_of", "refuse_fractions", "text_of"]

SHOWN = 5
THREES = r"^[+-]?\d{1,3}(,\d{3})+(\.\d*)?$"
"""Commas that group threes; another one is a decimal comma, or a slip."""


def name_of(frame: pl.DataFrame, form: TradeFormat, what: Column) -> str | None:
    """The column of the file that has a meaning."""
    have = {column.strip().lower(): column for column in frame.columns}
    names = form.columns.get(what, ())
    return next((have[name.lower()] for name in names if name.lower() in have), None)


def text_of(frame: pl.DataFrame, form: TradeFormat, what: Column, otherwise: str | None = None) -> pl.Series:
    """A column of texts."""
    import polars as pl

    name = name_of(frame, form, what)
    if name is None:
        return pl.Series([otherwise or ""]).new_from_index(0, frame.height)
    return frame[name].cast(pl.Utf8).fill_null("").str.strip_chars(" '\"")


def numbers_of(frame: pl.DataFrame, form: TradeFormat, what: Column, problems: Problems) -> pl.Series:
    """A column of numbers; null where nothing stands, told where something stands that is none.

    A comma groups threes in amounts; a rate has none: 2,500 would be two and a half in one country.

    >>> import polars as pl
    >>> from kosho.errors import Problems
    >>> from kosho.lines import formats
    >>> from kosho.lines.trade_columns import numbers_of
    >>> frame, problems = pl.DataFrame({"value": ["1,234.5", "2,5"]}), Problems("own.csv")
    >>> numbers_of(frame, formats()["kosho"], "value", problems)[0], str(problems.found[0])
    (1234.5, "own.csv:3: value '2,5' is no amount (digits with a decimal point)")
    """
    import polars as pl

    name = name_of(frame, form, what)
    if name is None:
        return pl.Series([None], dtype=pl.Float64).new_from_index(0, frame.height)
    if frame[name].dtype.is_numeric():
        found = frame[name].cast(pl.Float64).fill_nan(None)  # what is missing, as pandas has it
        empty = found.is_null()
    else:
        text = frame[name].cast(pl.Utf8).str.strip_chars().str.replace_all(r"[\s$]", "")
        empty = text.is_in(["", "NA", "N/A", "-", "null", "None"]) | text.is_null()
        if what == "rate":
            text = text.str.strip_suffix("%")
        else:
            grouped = text.str.contains(THREES)
            text = pl.select(pl.when(grouped).then(text.str.replace_all(",", "")).otherwise(text)).to_series()
        found = text.cast(pl.Float64, strict=False)
    amounts = found.is_finite() & (found >= 0)
    wrong = ~amounts.fill_null(value=False) & ~empty
    for row in wrong.arg_true().to_list()[:SHOWN]:
        problems.add(
            _("{name} {text!r} is no amount", name=name, text=frame[name][row]),
            _("digits with a decimal point"),
            line=row + 2,
        )
    if wrong.sum() > SHOWN:
        problems.add(_("{number} more amounts like these", number=wrong.sum() - SHOWN))
    return found


def refuse_fractions(frame: pl.DataFrame, form: TradeFormat, rates: pl.Series, file: str) -> None:
    """Refuse a file of rates all of which are as low as fractions, where they and their head say no percent.

    Raises:
        InputError: 0.025 stands there for 2.5 %, mostly.
    """
    highest = rates.max()
    if not isinstance(highest, float) or not 0 < highest < PERCENT_FROM:
        return
    head = name_of(frame, form, "rate") or ""
    if "%" in head or text_of(frame, form, "rate").str.contains("%", literal=True).any():
        return
    told = _("no rate is above {value:g}: they may be fractions, and percent is meant here", value=highest)
    hint = _(
        "write 2.5 for 2.5 %; {value:g}%, or the head rate (%) above plain numbers, if so little is meant",
        value=highest,
    )
    raise InputError(Problem(told, hint, file, key=head))
