"""Duties that close the gap between a price in the law and the customs value (Japan's gate prices).

`(393 yen × 1.002 - the value for customs duty)/kg` is money per quantity less a percentage of the value:
393.786 JPY/kg - 100%. Every such formula is linear in the customs value.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Context, Decimal, DecimalException

from kosho.errors import InputError
from kosho.law.schedules.duty import CUSTOMS_VALUE, AdValorem, Specific, Term
from kosho.law.schedules.units import canonical_unit
from kosho.numbers import decimal

__all__ = ["money_less_value"]

_TOKEN = re.compile(r"\s*(?:(\d[\d,]*(?:\.\d+)?)|(V)|([-+*/()]))")
_UNIT = re.compile(r"/\s*(kg|head|No\.|liter|l)(?![a-z])")
_EXACT = Context(prec=12)
"""Divisions such as 2/11 end somewhere."""


@dataclass(frozen=True, slots=True)
class _Line:
    constant: Decimal
    slope: Decimal


class _NotLinearError(Exception):
    pass


def money_less_value(text: str) -> tuple[Term, ...] | None:
    """The formula as terms, or None where the text is none in the customs value."""
    units = {canonical_unit(unit) for unit in _UNIT.findall(text)}
    if len(units) != 1:
        return None
    formula = _UNIT.sub("", text.replace(CUSTOMS_VALUE, "V")).replace("yen", "").replace("×", "*")
    try:
        line = _evaluate(formula)
    except (_NotLinearError, DecimalException, RecursionError):
        return None
    if line.constant < 0:
        return None
    money = Specific(_EXACT.plus(line.constant), "JPY", units.pop())
    percent = AdValorem(_EXACT.multiply(line.slope, Decimal(100)))
    return (money, percent) if percent.percent else (money,)


def _evaluate(formula: str) -> _Line:
    tokens: list[str] = []
    position = 0
    while position < len(formula.rstrip()):
        found = _TOKEN.match(formula, position)
        if found is None:
            raise _NotLinearError
        tokens.append(found.group().strip())
        position = found.end()
    line = _total(tokens)
    if tokens:
        raise _NotLinearError
    return line


def _total(tokens: list[str]) -> _Line:
    line = _product(tokens)
    while tokens and tokens[0] in "+-":
        sign = 1 if tokens.pop(0) == "+" else -1
        other = _product(tokens)
        line = _Line(line.constant + sign * other.constant, line.slope + sign * other.slope)
    return line


def _product(tokens: list[str]) -> _Line:
    line = _factor(tokens)
    while tokens and tokens[0] in "*/":
        operator, other = tokens.pop(0), _factor(tokens)
        if operator == "/":
            if other.slope:
                raise _NotLinearError
            line = _Line(line.constant / other.constant, line.slope / other.constant)
        elif line.slope and other.slope:
            raise _NotLinearError
        else:
            slope = line.slope * other.constant + other.slope * line.constant
            line = _Line(line.constant * other.constant, slope)
    return line


def _factor(tokens: list[str]) -> _Line:
    if not tokens:
        raise _NotLinearError
    first = tokens.pop(0)
    if first == "(":
        line = _total(tokens)
        if not tokens or tokens.pop(0) != ")":
            raise _NotLinearError
        return line
    if first == "V":
        return _Line(Decimal(0), Decimal(1))
    if first[0].isdigit():
        return _Line(_number(first), Decimal(0))
    raise _NotLinearError


def _number(text: str) -> Decimal:
    try:
        return decimal(text, ".")
    except InputError:
        raise _NotLinearError from None
