"""How objects show themselves: one glance in a terminal, the same as a small table in a notebook.

A type that inherits `Shown` says what matters about it in `card`; text and HTML follow from that. What says
nothing is shown by its fields: those that differ from their default, arrays by their shape alone.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence, Set
from typing import Any, NamedTuple, cast

__all__ = [
    "Card",
    "Shown",
    "columns",
    "glance",
    "listing",
    "million",
    "number",
    "percent",
    "plural",
    "signed_percent",
    "thing",
]

WIDTH = 100
"""Characters of a line."""
LINES = 10
"""Of a text, the title among them."""
LONGEST = 72
"""Characters of one value."""
FEW = 5
"""Names listed before the rest is counted."""
AS_WRITTEN = ("datetime", "decimal", "pathlib")
"""Modules whose values are told by `str`: days, exact numbers, paths."""
ROUNDING = 1e-6
"""Changes in percent that are smaller are none."""

TABLE = "border-collapse:collapse;margin:0.3em 0;color:inherit;background:transparent"
CELL = "text-align:left;vertical-align:top;padding:0.1em 1em 0.1em 0;color:inherit;background:transparent"
"""Colours are those of the notebook, light or dark."""


class Card(NamedTuple):
    """What is shown of an object: a title, and rows of a label and a value.

    >>> print(Card("Quota 'rice'", [("at most", "100 tonnes"), ("rent to", "Japan")]).text())
    Quota 'rice'
      at most   100 tonnes
      rent to   Japan
    """

    title: str
    rows: Sequence[tuple[str, str]] = ()

    def text(self) -> str:
        """At most ten lines; what does not fit is counted.

        >>> print(Card("Numbers", [(str(n), str(n * n)) for n in range(12)]).text())
        Numbers
          0   0
          1   1
          2   4
          3   9
          4   16
          5   25
          6   36
          7   49
          … and 4 more
        """
        rows = list(self.rows)
        kept = rows if len(rows) < LINES else rows[: LINES - 2]
        wide = max((len(label) for label, _ in kept), default=0)
        lines = [_cut(self.title, WIDTH)]
        lines += [_cut(f"  {label:<{wide}}   {value}".rstrip(), WIDTH) for label, value in kept]
        if len(kept) < len(rows):
            lines.append(f"  … and {len(rows) - len(kept)} more")
        return "\n".join(lines)

    def html(self) -> str:
        """A table with the title above it, everything escaped, in the colours of the page around it.

        >>> print(Card("A <b>", [("x", "1 & 2")]).html().replace("><", ">~<").split("~")[1])
        <strong>A &lt;b&gt;</strong>
        """
        from html import escape  # noqa: PLC0415 - `import kosho` loads this module

        body = "".join(
            f'<tr style="background:transparent"><th style="{CELL};font-weight:normal;opacity:0.7">'
            f'{escape(label)}</th><td style="{CELL}">{escape(value)}</td></tr>'
            for label, value in self.rows
        )
        table = f'<table style="{TABLE}">{body}</table>' if body else ""
        return f'<div class="kosho"><strong>{escape(self.title)}</strong>{table}</div>'


class Shown:
    """Shows itself in a terminal (`repr`) and in a notebook, as its `card` says.

    >>> from dataclasses import dataclass
    >>> @dataclass
    ... class Offer(Shown):
    ...     by: str
    ...     rate: float = 0.1
    ...     note: str = ""
    >>> Offer("JPN", rate=0.15)
    Offer(by='JPN', rate=0.15)
    """

    __slots__ = ()

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "__repr__" not in cls.__dict__:  # a dataclass would write one of its own, with every array in full
            cls.__repr__ = Shown.__repr__

    def card(self) -> Card:
        """Title and rows: by default the fields that differ from their default."""
        return Card(type(self).__name__, [(name, glance(value)) for name, value in _shown_fields(self)])

    def __repr__(self) -> str:
        if type(self).card is Shown.card:
            fields = ", ".join(f"{name}={glance(value)}" for name, value in _shown_fields(self))
            line = f"{type(self).__name__}({fields})"
            if len(line) <= WIDTH:
                return line
        return self.card().text()

    def __str__(self) -> str:
        return repr(self)

    def _repr_html_(self) -> str:
        return self.card().html()


def glance(value: object) -> str:
    """A value in a few words, whatever its size.

    >>> glance(tuple(range(100)))
    '(0, 1, 2, 3, 4, … 100 in all)'
    >>> glance({"JPN": 1, "USA": 2})
    '{JPN: 1, USA: 2}'
    >>> glance(0.1 + 0.2)
    '0.3'
    """
    for kinds, words in _GLANCES:
        if isinstance(value, kinds):
            return words(value)
    if hasattr(value, "dtype"):
        return _array(value)
    return str(value) if type(value).__module__.partition(".")[0] in AS_WRITTEN else type(value).__name__


def thing(value: object) -> str:
    """The title of what shows itself, anything else at a glance; for a row that speaks of another object.

    >>> from kosho.world import toy
    >>> thing(toy()), thing(2.0)
    ('World toy: 3 countries × 2 sectors', '2')
    """
    return value.card().title if isinstance(value, Shown) else glance(value)


def number(value: float, digits: int = 4) -> str:
    """So many significant digits, thousands apart, no exponent unless it is very small or very large.

    >>> [number(x) for x in (0.0, 12345.678, 0.25, 1 / 3, 3e-9, float("inf"))], number(2.417, 2)
    (['0', '12,346', '0.25', '0.3333', '3e-09', 'inf'], '2.4')
    """
    size = abs(value)
    if not math.isfinite(size) or (size and not 1e-4 <= size < 1e15):
        return f"{value:.{digits}g}"
    if size >= 10 ** (digits - 1) or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.{digits}g}"


def percent(value: float) -> str:
    """A fraction in percent, to a hundredth: a rate or a share.

    >>> percent(0.025), percent(0.15), percent(1 / 3), percent(float("nan"))
    ('2.5 %', '15 %', '33.33 %', 'not known')
    """
    return "not known" if math.isnan(value) else f"{round(100 * value, 2) + 0.0:.15g} %"


def signed_percent(value: float) -> str:
    """A fraction in percent with its sign: to a hundredth, or two digits of what is smaller than a tenth.

    >>> [signed_percent(x) for x in (0.01234, -0.2, 0.0000314, 1e-12, float("nan"))]
    ['+1.23 %', '-20.00 %', '+0.0031 %', '0 %', 'not known']
    """
    size = abs(100 * value)
    if math.isnan(value) or size < ROUNDING:
        return "not known" if math.isnan(value) else "0 %"
    return f"{100 * value:+.2f} %" if size >= 0.1 else f"{100 * value:+.2g} %"


def million(value: float, unit: str = "million USD") -> str:
    """Money with its sign, whole from a thousand on, else three digits of it.

    >>> million(-1234.56), million(0.51234), million(0.0)
    ('-1,235 million USD', '+0.512 million USD', '0 million USD')
    """
    if math.isnan(value):
        return "not known"
    if abs(value) >= 999.5:
        return f"{value:+,.0f} {unit}"
    return f"{value:+.3g} {unit}" if value else f"0 {unit}"


def plural(count: int, noun: str, many: str = "") -> str:
    """A number of things.

    >>> plural(1, "country", "countries"), plural(20, "country", "countries"), plural(0, "bound")
    ('1 country', '20 countries', '0 bounds')
    """
    return f"{count:,} {noun if count == 1 else many or noun + 's'}"


def listing(names: Iterable[object], most: int = FEW) -> str:
    """Names one after the other, those beyond a few counted.

    >>> listing(["JPN", "USA", "CHN"]), listing("ABCDEFGH", 3), listing([])
    ('JPN, USA, CHN', 'A, B, C … (8)', 'none')
    """
    words = [str(name) for name in names]
    if len(words) <= most:
        return ", ".join(words) or "none"
    return f"{', '.join(words[:most])} … ({len(words):,})"


def columns(names: Sequence[str], values: Iterable[float], how: Callable[[float], str], most: int = FEW) -> str:
    """Figures by name, the largest (either way) first.

    >>> columns(["JPN", "USA", "CHN"], [0.01, -0.02, 0.0], signed_percent, most=2)
    'USA -2.00 %, JPN +1.00 % … (3)'
    """
    pairs = sorted(zip(names, values, strict=True), key=lambda pair: -abs(pair[1]))
    return listing([f"{name} {how(value)}" for name, value in pairs], most)


def _shown_fields(shown: object) -> Iterator[tuple[str, object]]:
    """Fields whose value is not their default's, with the value."""
    for name, default in _fields(type(shown)):
        value = getattr(shown, name)
        if default is _REQUIRED or hasattr(value, "dtype") or value != default:
            yield name, value


_REQUIRED = object()


def _fields(kind: type) -> Iterator[tuple[str, object]]:
    """Names and defaults of what a dataclass, named tuple or pydantic model is made with."""
    if dataclasses.is_dataclass(kind):
        for field in dataclasses.fields(kind):
            if field.repr:
                yield field.name, _default(field.default, field.default_factory, dataclasses.MISSING)
        return
    for name, info in cast("dict[str, Any]", getattr(kind, "model_fields", {})).items():
        if info.repr:
            factory = info.default_factory
            yield name, _REQUIRED if info.is_required() else _default(info.default, factory or _REQUIRED, None)


def _default(default: object, factory: object, missing: object) -> object:
    if callable(factory):
        return factory()
    return _REQUIRED if default is missing and missing is not None else default


def _inside(value: Shown) -> str:
    """What shows itself, inside of another: its own line where that is short, else what it is called."""
    if type(value).card is not Shown.card:
        return _cut(value.card().title, LONGEST)
    line = repr(value)
    if len(line) <= LONGEST and "\n" not in line:
        return line
    first = next((one for _, one in _shown_fields(value)), None)
    return f"{type(value).__name__}({glance(first)}, …)" if isinstance(first, str) else type(value).__name__


def _array(value: Any) -> str:
    if hasattr(value, "dims"):
        inside = ", ".join(f"{name} {size}" for name, size in zip(value.dims, value.shape, strict=True))
        return f"array[{inside}]"
    return f"array[{', '.join(map(str, value.shape))}]" if value.shape else number(float(value))


def _mapping(value: Mapping[Any, Any]) -> str:
    return _several("{}", (f"{_name(key)}: {glance(one)}" for key, one in value.items()), len(value))


def _collection(value: Collection[Any]) -> str:
    marks = "[]" if isinstance(value, list) else "()" if isinstance(value, tuple) else "{}"
    return _several(marks, map(glance, value), len(value))


def _several(marks: str, words: Iterable[str], count: int) -> str:
    """As many of the words as fit, then how many there are."""
    shown: list[str] = []
    room = LONGEST
    for word in words:
        room -= len(word) + 2
        if len(shown) == FEW or (shown and room < 0):
            break
        shown.append(word)
    rest = f", … {count:,} in all" if len(shown) < count else "," if count == 1 and marks == "()" else ""
    return f"{marks[0]}{', '.join(shown)}{rest}{marks[1]}"


def _name(key: object) -> str:
    return key if isinstance(key, str) else glance(key)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


_GLANCES: tuple[tuple[type | tuple[type, ...], Callable[[Any], str]], ...] = (
    ((bool, int, type(None)), str),
    (float, number),
    (str, lambda text: repr(_cut(" ".join(text.split()), LONGEST))),
    (Shown, _inside),
    (Mapping, _mapping),
    ((tuple, list, Set), _collection),
)
"""How values of a kind are told, the first that fits."""
