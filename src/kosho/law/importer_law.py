"""The law of one importer as it was put together before: a question about a line reads nothing else.

What the shipped register says for an importer is kept as JSON (`kosho.cache`), found by the content of every
file that it depends on, so that a copy has passed the checks of `Register.load`. It is put together again
without validating it, which would need the validators of every schema; a copy that is not as it was written is
not used.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, cast

from pydantic import BaseModel

from kosho import provenance
from kosho.cache import code, keep, place, used
from kosho.codes import blocs, countries
from kosho.law import measure, measure_file, nontariff_terms, product_groups, scope
from kosho.law.product_groups import Products
from kosho.law.register import Asked, Register
from kosho.translations import depends_on

__all__ = ["law_of"]

DEPENDS_ON = ("law/*.py", "law/*.yaml", "law/measures/*.yaml", "codes/*.*", "provenance.py", "known.py")
KIND, DAY, SET, PAIRS = "@", "@day", "@set", "@pairs"
"""Keys that no schema has."""


def _words() -> tuple[bytes, ...]:
    """What the words of the law depend on besides its files."""
    folder = Path(__file__).parent
    return (*depends_on(folder), *depends_on(folder / "measures"))


def law_of(importer: str, known: date | None = None) -> Register:
    """What the shipped register says for one importer, from a copy where there is one. See `Register.of`.

    Args:
        importer: An economy or a customs union.
        known: Day as known on which words and sources are told; see `Register.load`.

    Raises:
        InputError: a shipped file is wrong; every mistake is listed.

    >>> law_of("CAN").imposers  # and whoever controls exports to it
    ('CAN', 'CHN')
    """
    if importer not in countries() and importer not in blocs():
        # Of nobody: no copy is kept, and the question is refused with the nearest codes.
        return Register.load(known=known)
    day = b"" if known is None else known.isoformat().encode()
    copy = place(b"law of an importer", importer.encode(), day, code(*DEPENDS_ON), *_words())
    body = used(copy)
    if body is not None:
        return cast(Register, json.loads(body, object_hook=_restored))
    found = Register.load(known=known).of(importer)
    body = json.dumps(_plain(found), ensure_ascii=False, separators=(",", ":")).encode()
    keep(copy, body)
    return found


class _Kind(NamedTuple):
    """A type that a copy may be made of."""

    make: type[Any]
    defaults: dict[str, Any]
    """In the order of the fields."""
    factories: tuple[tuple[str, Callable[[], Any]], ...] = ()

    @staticmethod
    def of(model: type[BaseModel]) -> _Kind:
        fields = model.model_fields.items()
        made = [(name, one.default_factory) for name, one in fields if one.default_factory is not None]
        return _Kind(
            model,
            {name: None if one.is_required() else one.default for name, one in fields},
            cast("tuple[tuple[str, Callable[[], Any]], ...]", tuple(made)),
        )

    def restored(self, given: dict[str, Any]) -> Any:
        if not issubclass(self.make, BaseModel):
            return self.make(**given)
        one = self.make.__new__(self.make)
        values = {**self.defaults, **{name: factory() for name, factory in self.factories}, **given}
        # As a pickle would have it.
        one.__setstate__(
            {
                "__dict__": values,
                "__pydantic_fields_set__": set(given),
                "__pydantic_extra__": None,
                "__pydantic_private__": _private(self.make),
            }
        )
        return one


def _private(model: type[BaseModel]) -> dict[str, Any] | None:
    """What a schema keeps besides its fields, as it is when it is made; None where there is nothing."""
    return {name: one.get_default() for name, one in model.__private_attributes__.items()} or None


@cache
def _kinds() -> Mapping[str, _Kind]:
    """All types that a copy may be made of, by name."""
    rooms = (measure, measure_file, nontariff_terms, product_groups, provenance, scope)
    types = [kind for room in rooms for kind in vars(room).values() if isinstance(kind, type)]
    models = {kind.__name__: _Kind.of(kind) for kind in types if issubclass(kind, BaseModel)}
    return models | {kind.__name__: _Kind(kind, {}) for kind in (Asked, Products, Register)}


def _plain(value: Any) -> Any:
    """As JSON has it; of a schema, what is not as by default."""
    if isinstance(value, BaseModel):
        names = [name for name, one in type(value).model_fields.items() if _told(getattr(value, name), one)]
        content = _object(value, names)
    elif dataclasses.is_dataclass(value):
        content = _object(value, [one.name for one in dataclasses.fields(value)])
    elif isinstance(value, date):
        content = {DAY: value.isoformat()}
    elif isinstance(value, frozenset):
        content = {SET: sorted(cast("frozenset[str]", value))}
    elif isinstance(value, tuple):
        content = [_plain(one) for one in cast("tuple[object, ...]", value)]
    elif isinstance(value, dict):
        items = [(_plain(key), _plain(one)) for key, one in cast("dict[object, object]", value).items()]
        content = dict(items) if all(isinstance(key, str) for key, _ in items) else {PAIRS: items}
    else:
        content = value
    return content


def _object(value: object, names: list[str]) -> dict[str, Any]:
    return {KIND: type(value).__name__, **{name: _plain(getattr(value, name)) for name in names}}


def _told(value: object, field: Any) -> bool:
    return field.is_required() or value != field.get_default(call_default_factory=True)


def _restored(content: dict[str, Any]) -> Any:
    """One object of a copy; what is in it was restored before."""
    if DAY in content:
        return date.fromisoformat(content[DAY])
    if SET in content:
        return frozenset(content[SET])
    if PAIRS in content:
        return {_frozen(key): _frozen(value) for key, value in content[PAIRS]}
    for name, value in content.items():
        if type(value) is list:
            content[name] = _frozen(value)
    kind = content.pop(KIND, None)
    return content if kind is None else _kinds()[kind].restored(content)


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if type(value) is list else value
