"""What can be read of a record that breaks its schema, so that its other mistakes are reported with it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, get_origin

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from kosho.errors import InputError, Problem
from kosho.record.ledger import Record, located
from kosho.record.schema import (
    Commitment,
    Conflict,
    Contention,
    Context,
    Deadline,
    Instrument,
    MeasureReference,
    Meeting,
    Party,
    Person,
    Position,
    Process,
    Quantity,
    RecordFile,
    RecordSource,
)
from kosho.yamlfile import refuse_no_file, validate

__all__ = ["salvaged"]

ENTRIES: dict[str, type[BaseModel]] = {
    "sources": RecordSource,
    "parties": Party,
    "people": Person,
    "processes": Process,
    "contentions": Contention,
    "conflicts": Conflict,
}
STATEMENTS: dict[str, type[BaseModel]] = {
    model.__name__.lower(): model
    for model in (Meeting, Position, MeasureReference, Deadline, Commitment, Instrument, Quantity)
}


class _Anything(BaseModel):
    model_config = ConfigDict(extra="allow")


def salvaged(name_or_path: str | Path) -> tuple[Record, tuple[Problem, ...]]:
    """A record and what breaks its schema; of an entry that does, the fields that hold are kept.

    Other fields are None or empty, whatever their type says: such a record is there to be checked, not shown.

    Raises:
        InputError: there is no record, or nothing of it can be read.
    """
    try:
        return Record.load(name_or_path), ()
    except InputError as error:
        path = located(name_or_path)
        try:
            refuse_no_file(path)
            plain, lines = validate(path.read_text(encoding="utf-8"), _Anything, str(path))
        except (InputError, OSError, UnicodeDecodeError):
            raise error from None
        return Record(path.stem, path, _file(plain.model_extra or {}), lambda: lines), error.problems


def _file(plain: Mapping[str, Any]) -> RecordFile:
    lists = {name: plain[name] for name in (*ENTRIES, "statements") if isinstance(plain.get(name), list)}
    kept: dict[str, Any] = {
        name: tuple(_entry(name, item if isinstance(item, Mapping) else {}) for item in items)
        for name, items in lists.items()
    }
    return RecordFile.model_construct(title=str(plain.get("title", "")), **kept)


def _entry(name: str, item: Mapping[str, Any]) -> BaseModel:
    """What is left of an entry: none is left out altogether, so that the others keep their lines."""
    model = ENTRIES.get(name) or STATEMENTS.get(str(item.get("type")), Context)
    found: dict[str, Any] = {}
    for key, field in model.model_fields.items():
        found[key] = _nothing(field) if field.is_required() else field.get_default(call_default_factory=True)
        if key in item:
            held: Any = Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
            with suppress(ValidationError):
                found[key] = TypeAdapter(held).validate_python(item[key])
    return model.model_construct(**found)


def _nothing(field: FieldInfo) -> tuple[()] | None:
    return () if get_origin(field.annotation) is tuple else None
