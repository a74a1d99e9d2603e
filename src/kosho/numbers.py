"""One rule for numbers in text: which mark is the decimal one and which only groups threes.

A point and a comma may each be either. What a number shows by itself decides: `12,8` has a decimal comma,
`1,234.5` a decimal point, `1.234.567` groups threes. `1,234` shows nothing: it is twelve hundred in one country
and one and a bit in the next. Then the text around it decides (`convention`), or nothing does and the number
is refused; `1.234` with nothing around it has a decimal point. Groups of three may also stand apart by a space
or an apostrophe.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Literal

from kosho.errors import InputError, Problem
from kosho.language import _

__all__ = ["FRACTIONS", "NUMBER", "Mark", "certain", "convention", "decimal", "plain", "rewritten"]

Mark = Literal[".", ","]
"""The decimal mark."""

_GAP = "[ \u00a0\u2009\u202f'\u2019]"
NUMBER = (
    rf"(?:\d{{1,3}}(?:{_GAP}\d{{3}})+(?!\d)(?:[.,]\d+)?"  # 1 234,5
    r"|\d+(?:[.,]\d+)*"  # 12; 12,8; 1.234,5
    r"|[.,]\d+)"  # .5
)
"""A number as a part of a longer pattern, whatever its marks."""

FRACTIONS = {
    "¼": "1/4",
    "½": "1/2",
    "¾": "3/4",
    "⅓": "1/3",
    "⅔": "2/3",
    "⅛": "1/8",
    "⅜": "3/8",
    "⅝": "5/8",
    "⅞": "7/8",
}
_WHOLE = re.compile(NUMBER)
_SIMPLE = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_NUMBERS = re.compile(rf"(?<![\w.,]){NUMBER}(?![\d])")
_THREES = re.compile(r"[1-9]\d{0,2}(?:([.,])\d{3})(?:\1\d{3})*")
_MIXED = re.compile(r"(?:(?P<whole>\d+)\s+)?(?P<above>\d+)\s*/\s*(?P<below>[1-9]\d*)")
_SHOWN_DIGITS = 12


def plain(text: str) -> float:
    """The number of a cell that programs write, `1234.5` or `1.2e6`; `2_5`, which Python takes as 25, is none.

    Raises:
        ValueError: it is no number, or in other digits.

    >>> plain(" 2.5 "), plain("1e3")
    (2.5, 1000.0)
    """
    if "_" in text or not text.isascii():
        raise ValueError(text)
    return float(text)


def decimal(text: str, mark: Mark | None = None) -> Decimal:
    """The number that a text is; vulgar fractions (`33 1/3`) too, to twelve digits.

    Args:
        text: digits with the marks of any convention, without a sign.
        mark: the decimal mark where the number does not show it.

    Raises:
        InputError: it is no number, or either of two where `mark` is not given.

    >>> from kosho.numbers import decimal
    >>> decimal("12,8"), decimal("1.234,5"), decimal("1,234.5"), decimal("12 1/2")
    (Decimal('12.8'), Decimal('1234.5'), Decimal('1234.5'), Decimal('12.5'))
    >>> decimal("1,234", "."), decimal("1,234", ",")
    (Decimal('1234'), Decimal('1.234'))
    >>> decimal("1,234")
    Traceback (most recent call last):
        ...
    kosho.errors.InputError: '1,234' is 1.234 or 1234 (write 1.234 or 1234)
    """
    plain = text.strip()
    if mark != "," and _SIMPLE.fullmatch(plain):
        return Decimal(plain)
    for sign, written in FRACTIONS.items():
        plain = plain.replace(sign, f" {written}")
    mixed = _MIXED.fullmatch(plain.strip())
    if mixed is not None:
        return _fraction(mixed)
    if _WHOLE.fullmatch(plain) is None or (not plain.isascii() and not re.sub(_GAP, "", plain).isascii()):
        raise InputError(Problem(_("{text!r} is not a number", text=text), _("write 12.5")))
    plain = re.sub(_GAP, "", plain)
    shown = _shown(plain) or mark or ("." if "." in plain else None)
    if shown is None:
        part, whole = plain.replace(",", "."), plain.replace(",", "")
        raise InputError(
            Problem(
                _("{text!r} is {part} or {whole}", text=text, part=part, whole=whole),
                _("write {part} or {whole}", part=part, whole=whole),
            )
        )
    found = plain.replace("," if shown == "." else ".", "").replace(shown, ".")
    if found.count(".") > 1 or not _grouped(plain, shown):
        raise InputError(Problem(_("{text!r} is not a number", text=text), _("write 12.5")))
    return Decimal(found)


def _fraction(mixed: re.Match[str]) -> Decimal:
    value = Decimal(mixed["above"]) / Decimal(mixed["below"]) + Decimal(mixed["whole"] or 0)
    digits = value.adjusted() + 1
    return round(value, _SHOWN_DIGITS - max(digits, 0)).normalize() + 0


def _shown(plain: str) -> Mark | None:
    """The decimal mark that a number shows; None where one mark stands before three last digits."""
    marks = re.sub(r"\d", "", plain)
    if not marks:
        return "."
    if "." in marks and "," in marks:
        return "," if plain.rfind(",") > plain.rfind(".") else "."
    mark = marks[0]
    if len(marks) > 1:  # it groups threes
        return "," if mark == "." else "."
    if _THREES.fullmatch(plain) is None:
        return "," if mark == "," else "."
    return None


def _grouped(plain: str, mark: Mark) -> bool:
    """Whether what stands before the decimal mark is in groups of three, or in none."""
    other = "," if mark == "." else "."
    whole, _, _ = plain.partition(mark)
    return other not in plain or (
        other not in plain[len(whole) :] and re.fullmatch(rf"\d{{1,3}}(?:\{other}\d{{3}})+", whole) is not None
    )


def convention(texts: Iterable[str]) -> Mark | None:
    """The decimal mark that the numbers of some texts show; None where none shows one.

    Raises:
        InputError: some show one and some the other.

    >>> from kosho.numbers import convention
    >>> convention(["12,8 %", "1,234 EUR/t"]), convention(["4,300 yen/pr", "30%"])
    (',', None)
    """
    seen: dict[Mark, str] = {}
    for text in texts:
        if "," not in text and "." not in text:
            continue
        for found in _NUMBERS.finditer(text):
            number = re.sub(_GAP, "", found[0])
            if "," in number or "." in number:
                mark = _shown(number)
                if mark is not None:
                    seen.setdefault(mark, text)
    if len(seen) > 1:
        both = _("{point!r} has a decimal point, {comma!r} a decimal comma", point=seen["."], comma=seen[","])
        raise InputError(Problem(both, _("write all numbers alike")))
    return next(iter(seen), None)


def certain(text: str) -> str:
    """The text, if none of its numbers may be either of two.

    Raises:
        InputError: one may.

    >>> from kosho.numbers import certain
    >>> certain("12,5 %")
    '12,5 %'
    """
    for found in _NUMBERS.finditer(text):
        plain = re.sub(_GAP, "", found[0])
        if "," in plain and _shown(plain) is None:
            decimal(plain)
    return text


def rewritten(text: str, mark: Mark) -> str:
    """The text with its numbers in plain digits and a decimal point.

    Raises:
        InputError: a number cannot be one with that mark.

    >>> from kosho.numbers import rewritten
    >>> rewritten("167,10 EUR/1.000 kg", ",")
    '167.10 EUR/1000 kg'
    """
    return _NUMBERS.sub(lambda found: format(decimal(found[0], mark), "f"), text)
