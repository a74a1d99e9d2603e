"""`as_declared`: a public function or type that holds what it is given to the types that it declares.

Python does not hold anybody to type hints: a list for a country, a text for a day or True for a rate would
end in a traceback far from its cause, or in an answer. What is declared is written once, in the signature, and
checked from there: every item of a list, every key and value of a mapping; a boolean is no number, a moment
no day and a text no list of texts. Libraries that check hints take `True` for a number, or look at one item.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, time
from functools import cache, wraps
from itertools import islice
from numbers import Integral, Real
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args, get_origin

from kosho.arguments import MOST
from kosho.errors import Problems, suggest
from kosho.language import _

__all__ = ["as_declared"]

Declared = TypeVar("Declared", bound=Callable[..., Any])
Holds = Callable[[Any], bool]

KINDS = {"float64": "iuf", "int64": "iu", "bool": "b"}
"""Of arrays, by what they are declared to hold: whole numbers are real ones too."""
NUMBERS: Mapping[Any, type] = {float: Real, int: Integral}
WORDS = {float: "number", int: "whole number", types.NoneType: "None"}


def as_declared(declared: Declared) -> Declared:
    """The same function, or dataclass, which refuses what is not of the types that its signature names.

    What is plainly meant passes: columns of numpy, pandas or polars for lists, lists for tuples, texts for
    paths, midnight for its day. What only a type checker imports, and what cannot be looked at (`Any`, items of
    what can be gone through once), is left as it is.

    Raises:
        InputError: by the function: arguments of other types, all of them, each under its name.

    >>> from datetime import date
    >>> from kosho.declared import as_declared
    >>> @as_declared
    ... def working_days(first: date, last: date, closed: frozenset[date] = frozenset()) -> int:
    ...     return (last - first).days - len(closed)
    >>> working_days(date(2025, 4, 1), date(2025, 4, 9))
    8
    >>> working_days("2025-04-01", date(2025, 4, 9), closed={"Sunday"})
    Traceback (most recent call last):
    kosho.errors.InputError: first: is a str, not a date
    closed: is a set, not a frozenset of date
    """
    if isinstance(declared, type):
        declared.__init__ = as_declared(declared.__init__)
        return typing.cast("Declared", declared)
    names = declared.__code__.co_varnames[: declared.__code__.co_argcount]

    @wraps(declared)
    def held(*given: Any, **named: Any) -> Any:
        checks = _checks(declared)
        by_name = dict(zip(names, given, strict=False))
        wrong = {
            name: value
            for name, value in (*by_name.items(), *named.items())
            if name in checks and not checks[name](value)
        }
        if not wrong:
            return declared(*given, **named)
        hints, problems = _hints(declared), Problems()
        meant = {name: _meant(value, hints[name]) for name, value in wrong.items()}
        for name, value in meant.items():
            if not checks[name](value):
                _explain(problems, wrong[name], hints[name], name)
        problems.raise_if_any()
        in_place = (meant.pop(name, value) for name, value in by_name.items())
        return declared(*in_place, *given[len(names) :], **{**named, **meant})

    return typing.cast("Declared", held)


def _meant(given: Any, hint: Any) -> Any:
    """What is plainly meant by a value of another type; all else as it is.

    A column (numpy, pandas, polars) is the list of what is in it, a list the tuple of it, a text a path, and
    midnight its day.
    """
    as_list = getattr(given, "tolist", None) or getattr(given, "to_list", None)
    if as_list is not None and getattr(given, "ndim", 1) == 1:
        given = as_list()
    for one in _choices(hint):
        if one is Path and isinstance(given, str) and given.strip():
            return Path(given)
        if one is date and isinstance(given, datetime) and given.timetz() == time():
            return given.date()
        if isinstance(given, list) and isinstance(get_origin(one), type):
            inner = _inner(one, len(given))
            if len(inner) == len(given):
                items = list(map(_meant, given, inner))
                return tuple(items) if get_origin(one) is tuple else items
    return given


def _inner(hint: Any, count: int) -> Sequence[Any]:
    """What each of so many items is declared to be."""
    parts = get_args(hint)
    fixed = issubclass(get_origin(hint), tuple) and parts[1:] != (...,)
    return parts if fixed else parts[:1] * count


@cache
def _checks(function: Callable[..., Any]) -> Mapping[str, Holds]:
    return {name: _holds(hint) for name, hint in _hints(function).items()}


@cache
def _hints(function: Callable[..., Any]) -> Mapping[str, Any]:
    """What each argument is declared to be, by its name; read when the function is first called."""
    found: dict[str, Any] = {}
    for name, text in function.__annotations__.items():
        try:
            stub = types.SimpleNamespace(__annotations__={name: text})
            found |= typing.get_type_hints(stub, globalns=function.__globals__)
        except NameError:
            continue
    found.pop("return", None)
    return found


@cache
def _holds(hint: Any) -> Holds:  # noqa: PLR0911 - a case a sort of hint
    """Whether a value is what a hint says."""
    origin, parts = get_origin(hint), get_args(hint)
    if len(_choices(hint)) > 1:
        choices = [_holds(one) for one in parts]
        return lambda given: any(holds(given) for holds in choices)
    if origin is Literal:
        kinds = set(map(type, parts))
        return lambda given: type(given) in kinds and given in parts
    if not isinstance(origin, type):
        return _plain(hint)
    outer = _outer(hint)
    if issubclass(origin, tuple):
        return _tuple(outer, parts)
    if issubclass(origin, Mapping):
        key, value = map(_holds, parts)
        return lambda given: outer(given) and all(key(one) and value(other) for one, other in given.items())
    if issubclass(origin, Iterable) and parts and origin.__module__ != "numpy":
        item = _holds(parts[0])
        return lambda given: outer(given) and (not isinstance(given, Collection) or all(map(item, given)))
    return outer


def _plain(hint: Any) -> Holds:
    if hint in NUMBERS:
        kind = NUMBERS[hint]
        return lambda given: isinstance(given, kind) and type(given) is not bool
    if hint is bool:
        return lambda given: type(given).__name__ in {"bool", "bool_"}
    if hint is date:
        return lambda given: type(given) is date
    if hint is Any or not isinstance(hint, type) or getattr(hint, "_is_protocol", False):
        return lambda _given: True
    return lambda given: isinstance(given, hint)


def _tuple(outer: Holds, parts: tuple[Any, ...]) -> Holds:
    if parts[1:] == (...,):
        item = _holds(parts[0])
        return lambda given: outer(given) and all(map(item, given))
    items = [_holds(one) for one in parts]
    return lambda given: (
        outer(given)
        and len(given) == len(items)
        and all(holds(one) for holds, one in zip(items, given, strict=True))
    )


def _outer(hint: Any) -> Holds:
    """Whether a value is the list, mapping or array that a hint says, whatever is in it."""
    origin = get_origin(hint)
    if origin.__module__ == "numpy":
        kinds = KINDS.get(get_args(get_args(hint)[1])[0].__name__)
        return lambda given: isinstance(given, origin) and (kinds is None or given.dtype.kind in kinds)
    if origin is Callable:
        return callable
    return lambda given: isinstance(given, origin) and not isinstance(given, str | bytes)


def _explain(problems: Problems, given: Any, hint: Any, argument: str) -> None:
    """Note what of a value is not what a hint says: the items that are not, or the whole."""
    choices = [one for one in _choices(hint) if one is not types.NoneType]
    fitting = next((one for one in choices if isinstance(get_origin(one), type) and _outer(one)(given)), None)
    if fitting is not None:
        _explain_items(problems, given, fitting, argument)
    elif get_origin(choices[0]) is Literal:
        problems.add(repr(given), suggest(str(given), map(str, get_args(choices[0]))), key=argument)
    else:
        sort = f"{given.dtype} array" if type(given).__name__ == "ndarray" else type(given).__name__
        problems.add(_("is a {name}, not a {names}", name=sort, names=_told(hint)), key=argument)


def _explain_items(problems: Problems, given: Any, hint: Any, argument: str) -> None:
    parts = get_args(hint)
    if issubclass(get_origin(hint), tuple) and parts[1:] != (...,):
        if len(given) != len(parts):
            problems.add(
                _("has length {length}, not {wanted}", length=len(given), wanted=len(parts)), key=argument
            )
            return
        items = zip(range(len(given)), given, parts, strict=True)
    elif isinstance(given, Mapping):
        pairs = typing.cast("Mapping[Any, Any]", given).items()
        items = ((pair[0], *one) for pair in pairs for one in zip(pair, parts, strict=True))
    else:
        items = ((k, one, parts[0]) for k, one in enumerate(given))
    wrong = ((key, one, inner) for key, one, inner in items if not _holds(inner)(one))
    for key, one, inner in islice(wrong, MOST):
        _explain(problems, one, inner, f"{argument}[{key!r}]")


def _choices(hint: Any) -> tuple[Any, ...]:
    return get_args(hint) if get_origin(hint) in {typing.Union, types.UnionType} else (hint,)


def _told(hint: Any) -> str:
    """A hint in words: `date or None`, `Sequence of str`."""
    choices = _choices(hint)
    if len(choices) > 1:
        return _(" or ").join(dict.fromkeys(map(_told, choices)))
    origin, parts = get_origin(hint), [one for one in get_args(hint) if one is not ...]
    if origin is Literal:
        return _(" or ").join(map(repr, parts))
    if origin is Callable:
        return _("function")
    if origin is None or not isinstance(origin, type):
        return WORDS.get(hint, getattr(hint, "__name__", str(hint)))
    if origin.__module__ == "numpy":
        return _("array of {kind}", kind=get_args(parts[1])[0].__name__)
    return _("{sort} of {items}", sort=origin.__name__, items=", ".join(map(_told, parts)))
