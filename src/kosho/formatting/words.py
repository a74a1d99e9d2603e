"""Names, days, lists and sentences."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from kosho.codes import country_name
from kosho.language import N_, SOURCE, _, current, pgettext

MONTHS = (
    N_("January"),
    N_("February"),
    N_("March"),
    N_("April"),
    N_("May"),
    N_("June"),
    N_("July"),
    N_("August"),
    N_("September"),
    N_("October"),
    N_("November"),
    N_("December"),
)


def day(value: date) -> str:
    """`29 June 2025`."""
    template = N_("{day}\N{NO-BREAK SPACE}{month} {year}")
    return _(template, day=value.day, month=_(MONTHS[value.month - 1]), year=value.year)


def month(value: date) -> str:
    """`June 2025`.

    >>> month(date(2025, 6, 29))
    'June 2025'
    """
    return _("{month} {year}", month=_(MONTHS[value.month - 1]), year=value.year)


def listed(parts: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return _(" and ").join((_(", ").join(parts[:-1]), parts[-1]) if len(parts) > 1 else parts)


def unit_name(unit: str) -> str:
    """What something is counted in, as people say it.

    >>> unit_name("million USD")
    'million USD'
    """
    return pgettext("unit", unit)


def word(value: str) -> str:
    """A word of a schema as people say it: how something is known, what part a scenario plays, where it stands.

    >>> word("fact"), word("red line")
    ('fact', 'red line')
    """
    return pgettext("word", value)


def typeset(text: str) -> str:
    """A text as the language sets it: whether a space stands between sentences, and before a percent sign.

    >>> typeset("It rises. By 2 %."), typeset("上がる。 下がる。")
    ('It rises. By 2 %.', '上がる。下がる。')
    """
    text = re.sub(r"(?<=[。！？」]) +(?=\S)", "", text)
    if current() == SOURCE:
        return text
    sign = pgettext("percent", "{number} %", number=r"\1")
    return re.sub(r"(\d)[ \u00a0\u202f]%", sign, text)


def the(name: str) -> str:
    """A country's name within a sentence."""
    articled = current() == SOURCE and name.startswith(("United ", "European ", "Netherlands", "Philippines"))
    return f"the {name}" if articled else name


def the_country(code: str, *, starts: bool = False) -> str:
    """An economy within a sentence or at its start, by its code.

    >>> the_country("USA"), the_country("JPN"), the_country("USA", starts=True)
    ('the United States', 'Japan', 'The United States')
    """
    name = the(country_name(code))
    return starting(name) if starts else name


def starting(text: str) -> str:
    """Words as they begin a sentence: only their first letter is changed.

    >>> starting("steel and China RoHS")
    'Steel and China RoHS'
    """
    return text[:1].upper() + text[1:]
