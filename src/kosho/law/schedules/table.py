"""A plain table of codes and duties in CSV, JSON or Parquet: one row a line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Literal

from kosho.errors import InputError, Problem, Problems
from kosho.language import _, ngettext
from kosho.law.schedules.hts import special_duties
from kosho.law.schedules.lines import Line
from kosho.law.schedules.notation import is_bare_number, parse_duty
from kosho.law.schedules.reading import ScheduleDraft, SourceRow, plain_rows, require
from kosho.numbers import Mark, convention, decimal, rewritten

__all__ = ["AS_PRINTED", "COLUMNS", "Rates", "Reading", "is_table", "read_table"]

COLUMNS = {
    "code": (
        "code",
        "hs8",
        "hts8",
        "hs10",
        "hts10",
        "hs",
        "hs code",
        "commodity code",
        "goods code",
        "taric code",
        "tariff item",
    ),
    "duty": ("duty", "rate_raw", "general", "rate", "mfn", "duty rate"),
    "description": ("description",),
    "unit": ("unit",),
    "special": ("special",),
    "other": ("column2", "column 2"),
}
Rates = Literal["percent", "fraction"]
"""What a number by itself is."""
_PERCENT_HEADING = re.compile(r"(.*?)[\s_]*[(\[]?(?:%|percent|per cent|pct)[)\]]?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reading:
    """What numbers of a table mean where they do not say it."""

    rates: Rates | None = None
    """Of numbers by themselves; None: they are refused, unless their heading says `%`."""
    mark: Mark | None = None
    """The decimal mark; None: what the numbers of the table show."""
    importer: str = "USA"
    """Whose money `$` and cents are."""


FEW_RATES = 3
"""So many rates below 1 %, and none above, are fractions: hardly a duty is that low."""
AS_PRINTED = Reading()


_OWN_MONEY = {
    "USA": {}, "CAN": {"$": "CAD"}, "AUS": {"$": "AUD"}, "NZL": {"$": "NZD"}, "MEX": {"$": "MXN"},
    "SGP": {"$": "SGD"}, "HKG": {"$": "HKD"}, "JPN": {}, "CHN": {"¥": "CNY"},
}  # fmt: skip
"""Whose signs of money are of another currency than the notation takes them for: `$` is USD there, `¥` JPY."""
_SIGNED = re.compile(
    r"(?<!US)(?P<sign>[$¥])\s*(?P<amount>\d[\d.,]*\d|\d)|(?P<small>\d[\d.,]*)\s*(?:¢|cents?\b)"
)


def _in_own_money(text: str, importer: str) -> str:
    """A duty with the money of its importer named: `$4.52/kg` of Canada is 4.52 CAD/kg.

    Raises:
        InputError: a sign of money, and it is not known whose.
    """
    signs = _OWN_MONEY.get(importer)
    if importer == "USA" or (signs == {} and "$" not in text):
        return text

    def named(found: re.Match[str]) -> str:
        sign = found["sign"] or "$"
        if sign == "¥" and signs is not None and sign not in signs:
            return found[0]
        if not signs or sign not in signs:
            raise InputError(
                Problem(_("{found!r}: which money is not said", found=found[0]), _("write 4.52 CAD/kg"))
            )
        amount = found["amount"] or f"{decimal(found['small'], '.') / 100:f}"
        return f"{amount} {signs[sign]}"

    return _SIGNED.sub(named, text)


def is_table(headings: Mapping[str, str]) -> bool:
    """Whether headings are those of a plain table."""
    names = _columns(headings)
    return bool(names["code"] and names["duty"])


def read_table(path: Path, draft: ScheduleDraft, reading: Reading = AS_PRINTED) -> None:
    """Add every row to a draft as a line."""
    problems = Problems(str(path))
    rows = list(plain_rows(path, problems))
    names = _columns(rows[0].cells if rows else {})
    if rows and not (names["code"] and names["duty"]):
        problems.add(_("no column code or duty"), line=1)
        rows = []
    duties = [name for column in ("duty", "other") if (name := names[column])]
    numbers = _Numbers.of(rows, duties, names, reading, problems)
    for row in rows:
        code = re.sub(r"[.\s]", "", row.cells[names["code"]])
        if re.fullmatch(r"\d{8}(\d{2})?", code) is None:
            problems.add(
                _("{cells!r} is not a line", cells=row.cells[names["code"]]), _("8 or 10 digits"), line=row.line
            )
            continue
        specials = special_duties(row.cells.get(names["special"], ""))
        if specials.wrong:
            problems.add(specials.wrong, line=row.line, key=code)
            continue
        try:
            duty, other = (
                _in_own_money(numbers.told(row.cells.get(names[column], "")), reading.importer)
                for column in ("duty", "other")
            )
            special = specials.duties
            if numbers.mark != ".":
                special = {name: numbers.told(text) for name, text in special.items()}
            special = {name: _in_own_money(text, reading.importer) for name, text in special.items()}
        except InputError as error:
            problems.found += [replace(one, file=str(path), line=row.line, key=code) for one in error.problems]
            continue
        description, unit = (row.cells.get(names[column], "") for column in ("description", "unit"))
        line = Line(code, description, unit, duty, other, special)
        draft.add(line, str(path), row.line)
    numbers.refuse_bare(problems)
    draft.problems += problems.found


def _columns(headings: Mapping[str, str]) -> dict[str, str]:
    """Heading of each column; one of a duty may say that its numbers are percent."""
    names = require(headings, COLUMNS)
    for heading in headings:
        plain = _PERCENT_HEADING.fullmatch(heading)
        if plain is not None and not names["duty"]:
            wanted = plain[1].strip(" _([").lower()
            names["duty"] = heading if wanted in ("", *COLUMNS["duty"]) else ""
    return names


@dataclass
class _Numbers:
    """How the numbers of one table are read."""

    mark: Mark | None
    rates: Rates | None
    bare: list[tuple[int, str]]
    """Numbers by themselves of which nothing says what they are."""

    @staticmethod
    def of(
        rows: list[SourceRow], duties: list[str], names: dict[str, str], reading: Reading, problems: Problems
    ) -> _Numbers:
        mark, rates = reading.mark, reading.rates
        if mark is None:
            try:
                cells = (row.cells[name] for row in rows for name in duties)
                mark = convention(text for text in cells if _is_amount(text))
            except InputError as error:
                problems.found += [replace(one, file=problems.file) for one in error.problems]
        if rates is None and _PERCENT_HEADING.fullmatch(names["duty"]):
            rates = "percent"
            _refuse_fractions([(row.line, row.cells[names["duty"]]) for row in rows], mark, problems)
        cells = [(row.line, row.cells[names["duty"]]) for row in rows] if rates is None and rows else []
        return _Numbers(mark, rates, [(line, text) for line, text in cells if is_bare_number(text)])

    def told(self, text: str) -> str:
        """The text of a duty with plain numbers, percent where it says nothing else.

        Raises:
            InputError: a number may be either of two.
        """
        if is_bare_number(text):
            number = decimal(text, self.mark)
            if self.rates is None:
                return text
            return f"{number * (100 if self.rates == 'fraction' else Decimal(1)):f}%"
        if not _is_amount(text):
            return text
        if self.mark == ",":
            return rewritten(text, ",")
        if "," in text:
            _refuse_unsure(text, self.mark)
        return text

    def refuse_bare(self, problems: Problems) -> None:
        """Note the numbers of which nothing says what they are, all at once."""
        if self.bare:
            line, text = self.bare[0]
            hint = _("say --rates percent (or fraction), or write it in the heading: duty (%)")
            told = ngettext(
                "{text!r}: percent, a fraction or money is not said",
                "{text!r} and others ({number} in all): percent, a fraction or money is not said",
                len(self.bare),
                text=text,
                number=format(len(self.bare), ","),
            )
            problems.add(told, hint, line=line)


def _refuse_fractions(cells: list[tuple[int, str]], mark: Mark | None, problems: Problems) -> None:
    """Refuse a column of percent that holds fractions: a spreadsheet shows 0.025 as 2.5 %, and saves 0.025."""
    numbers = [(line, decimal(text, mark)) for line, text in cells if is_bare_number(text)]
    above = [(line, number) for line, number in numbers if number > 0]
    if len(above) >= FEW_RATES and all(number < 1 for _line, number in above):
        hint = _("say --rates fraction, or --rates percent if they are meant so")
        told = _("the heading says percent, and all {number} rates are below 1", number=len(above))
        problems.add(told, hint, line=above[0][0])


def _is_amount(text: str) -> bool:
    """Whether a cell holds numbers that are amounts: `See 9822.04.01` holds none."""
    try:
        return is_bare_number(text) or not parse_duty(text).unread
    except InputError:  # nothing but a footnote
        return False


def _refuse_unsure(text: str, mark: Mark | None) -> None:
    for number in re.findall(r"(?<![\w.,])[\d.,]*\d", text):
        try:
            decimal(number, mark)
        except InputError as error:
            if mark is None and "not a number" not in str(error):
                found = [
                    replace(one, hint=_("say --decimal comma or --decimal point")) for one in error.problems
                ]
                raise InputError(found) from None
