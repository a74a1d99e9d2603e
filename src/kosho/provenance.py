"""Where a figure comes from and how far it can be trusted."""

from __future__ import annotations

import ast
import inspect
import textwrap
from datetime import date
from functools import cache
from itertools import pairwise
from math import isnan
from typing import Annotated, Any, Literal, Protocol, TypeVar, cast

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    model_validator,
)
from pydantic_core import core_schema

from kosho.bounds import LARGEST, out_of_days
from kosho.display import Shown
from kosho.language import _

__all__ = [
    "LONGEST_ID",
    "Allowed",
    "Cited",
    "Day",
    "Frozen",
    "Said",
    "Source",
    "Status",
    "Text",
    "field_docs",
    "require_reason",
]

LONGEST_ID = 80
"""Characters of an id, which stands in tables and names of files."""
Status = Literal["fact", "estimate", "assumption"]
"""`fact`: read in a source. `estimate`: computed from facts by a stated method. `assumption`: chosen by us."""


class Frozen(Shown, BaseModel):
    """Base of every schema: immutable, refuses unknown keys, attribute docstrings are field docs.

    >>> from kosho.provenance import Frozen
    >>> class Offer(Frozen):
    ...     rate: float
    >>> Offer(rate=15)
    Offer(rate=15)

    What validates is built when something is first validated, and sources are read for docstrings when a JSON
    schema is asked for: most commands use few schemas, and none needs their docs.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler, /) -> Any:
        """The schema, in which every number is one: see `_figure`."""
        return _counted(handler(source))

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: Any, handler: GetJsonSchemaHandler, /) -> Any:
        """The JSON schema, with the attribute docstrings as descriptions."""
        schema = handler(core_schema)
        properties = handler.resolve_ref_schema(schema).get("properties", {})
        for name, text in field_docs(cls).items():
            field = cls.model_fields.get(name)
            key = name if field is None or field.alias is None else field.alias
            if key in properties:
                properties[key].setdefault("description", text)
        return schema


def _counted(schema: Any) -> Any:
    """A core schema whose numbers are asked whether they are figures."""
    if isinstance(schema, list):
        return [_counted(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("type") in ("float", "int"):
        return core_schema.no_info_before_validator_function(_figure, cast("core_schema.CoreSchema", schema))
    if schema.get("type") == "function-before" and schema["function"]["function"] is _figure:
        return schema
    return {key: one if key in ("metadata", "serialization") else _counted(one) for key, one in schema.items()}


def _figure(value: object) -> object:
    """What YAML reads as true is not 1, `.nan` is none, and no figure is larger than anything there is."""
    if isinstance(value, bool) or (isinstance(value, float) and isnan(value)):
        raise ValueError(_("{lower} is not a number", lower=str(value).lower()))
    if isinstance(value, int | float) and abs(value) > LARGEST:
        shown = f"{value:g}" if isinstance(value, float) else "this number"
        raise ValueError(
            _(
                "{shown} is larger than anything that is counted here ({largest:g})",
                shown=shown,
                largest=LARGEST,
            )
        )
    return value


@cache
def field_docs(model: type[BaseModel]) -> dict[str, str]:
    """What the docstrings under the attributes of a schema and of its bases say, by field.

    >>> field_docs(Source)["kind"].split(":")[0]
    '`primary`'
    """
    found: dict[str, str] = {}
    for one in reversed(model.__mro__):
        if issubclass(one, BaseModel) and one.__module__.partition(".")[0] != "pydantic":
            (body,) = ast.parse(textwrap.dedent(inspect.getsource(one))).body
            for field, after in pairwise(body.body if isinstance(body, ast.ClassDef) else ()):
                if (
                    isinstance(field, ast.AnnAssign)
                    and isinstance(field.target, ast.Name)
                    and isinstance(after, ast.Expr)
                    and isinstance(after.value, ast.Constant)
                    and isinstance(after.value.value, str)
                ):
                    found[field.target.id] = inspect.cleandoc(after.value.value)
    return found


def _only_iso_days(value: object) -> object:
    # pydantic would read the integer 2025 as seconds since 1970.
    if isinstance(value, int | float):
        raise ValueError(_("a date is written YYYY-MM-DD"))
    return value


Finite = Annotated[float, Field(allow_inf_nan=False)]
"""A number that is one."""


def _within_days(day: date) -> date:
    wrong = out_of_days(day)
    if wrong is not None:
        raise ValueError(wrong)
    return day


Day = Annotated[date, BeforeValidator(_only_iso_days), AfterValidator(_within_days)]
"""A calendar day, written YYYY-MM-DD."""


def _said(value: str) -> str:
    if not value.strip():
        raise ValueError(_("says nothing"))
    return value


Text = Annotated[str, AfterValidator(_said)]
"""Words: one sign at least."""
Allowed = Annotated[bool, Field(strict=True)]
"""Leave for something that is mostly a mistake; `require_reason` asks for the reason."""

Reasoned = TypeVar("Reasoned", bound="_Noted")


class _Noted(Protocol):
    @property
    def allow_idle(self) -> bool: ...

    @property
    def note(self) -> str | None: ...


def require_reason(item: Reasoned) -> Reasoned:
    """The same, if it says why it may reach nothing; for validators of schemas.

    Raises:
        ValueError: it allows itself to, without a note.

    >>> from types import SimpleNamespace
    >>> from kosho.provenance import require_reason
    >>> require_reason(SimpleNamespace(allow_idle=True, note=None))
    Traceback (most recent call last):
        ...
    ValueError: allow_idle needs its reason: say in note why it may reach nothing
    """
    if item.allow_idle and not (item.note or "").strip():
        raise ValueError(_("allow_idle needs its reason: say in note why it may reach nothing"))
    return item


class Source(Frozen):
    """A document that a figure or statement rests on.

    >>> from kosho.provenance import Source
    >>> Source(id="eo14257", title="Executive Order 14257", publisher="The White House", kind="primary")
    Source(id='eo14257', title='Executive Order 14257', publisher='The White House', kind='primary')
    """

    id: Annotated[Text, Field(max_length=LONGEST_ID)]
    title: Text
    publisher: Text
    date: Day | None = None
    url: Text | None = None
    kind: Literal["primary", "secondary", "own"]
    """`primary`: the law, the statistic or the speaker itself; `own`: computed or assumed by us."""
    licence: Text | None = None
    note: Text | None = None


class Cited(Frozen):
    """A number with its range, standing and source.

    >>> from kosho.provenance import Cited
    >>> Cited(value=0.5, low=0.3, high=0.8, unit="share", status="estimate", source="jetro-2024")
    Cited(value=0.5, low=0.3, high=0.8, unit='share', status='estimate', source='jetro-2024')
    """

    value: Finite
    low: Finite | None = None
    high: Finite | None = None
    unit: Text
    status: Status
    source: Text
    """Id of a `Source`, or a short reference where no list of sources is at hand."""
    note: Text | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Cited:
        low = self.value if self.low is None else self.low
        high = self.value if self.high is None else self.high
        if not low <= self.value <= high:
            raise ValueError(
                _(
                    "value {value} must lie between low {low} and high {high}",
                    value=self.value,
                    low=low,
                    high=high,
                )
            )
        return self


class Said(Frozen):
    """A statement of the record as it stood on a day, told without the record.

    >>> from datetime import date
    >>> from kosho.record import Record
    >>> record = Record.load("japan-us-2025")
    >>> standing = record.standing(date(2025, 6, 29))
    >>> record.reported(standing["safety-considered"])
    Said
      id              'safety-considered'
      quote           'the Japanese government is considering revising its automotive safety s…'
      kind            'offer'
      modality        'considered'
      by              ('Japan',)
      attributed_to   'foreign media'
      source          'safety'
      recorded_at     2025-04-27
    """

    id: str
    quote: str
    kind: str
    """Offer, ask, red line, measure ..., in words."""
    modality: str
    by: tuple[str, ...]
    """Names of those who said or did it: a person where one is named, else parties."""
    attributed_to: str | None = None
    """Whom the source reports it from, where that is not the speaker."""
    date: str | None = None
    """When what it tells of happens or happened, as precise as it is known."""
    source: str
    recorded_at: Day
