"""JSON Schemas of the YAML files a person writes, for editors and for the reference in the manual."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

from kosho.bargain.schema import TableFile
from kosho.case_schema import CaseFile, OverlayFile
from kosho.corridor.schema import Corridor
from kosho.display import Shown
from kosho.errors import InputError, Problem, suggest
from kosho.language import N_, _
from kosho.law.measure_file import MeasureFile
from kosho.law.narrow_products import NicheFile
from kosho.law.own_products import CaseProductFile
from kosho.law.product_file import ProductFile
from kosho.outputs import require_folder, save
from kosho.record.schema import RecordFile

__all__ = ["FILES", "SchemaFile", "json_schema", "plain_schema", "write_all"]


@dataclass(frozen=True, slots=True)
class SchemaFile(Shown):
    """A kind of YAML file, and the pydantic model that reads it.

    >>> from kosho.schemas import FILES
    >>> FILES["table"].pattern, FILES["table"].model.__name__
    ('table.yaml', 'TableFile')
    """

    name: str
    pattern: str
    """Name of such a file, or the place where such files are, as editors match it."""
    about: str
    """One sentence."""
    model: type[BaseModel]
    dated: bool = True
    """Whether it may say since when anything in it is known (`kosho.known`)."""


FILES: Mapping[str, SchemaFile] = MappingProxyType(
    {
        one.name: one
        for one in (
            SchemaFile(
                "case",
                "case.yaml",
                N_("A case: its parties, scenarios, backgrounds, flows to watch and dates."),
                CaseFile,
            ),
            SchemaFile(
                "measures",
                "measures.yaml",
                N_("What the scenarios of a case add to the law in force, end or replace."),
                OverlayFile,
            ),
            SchemaFile(
                "table",
                "table.yaml",
                N_("The negotiating table of a case: issues, options, red lines, deadline."),
                TableFile,
            ),
            SchemaFile(
                "record",
                "record.yaml",
                N_("The record of talks: statements with their words, parties, people, deadlines."),
                RecordFile,
            ),
            SchemaFile(
                "register",
                "law/measures/*.yaml",
                N_("A register file: dated measures of governments, lists of headings, sources."),
                MeasureFile,
            ),
            SchemaFile(
                "case-products",
                "products.yaml",
                N_(
                    "Product groups, shares of trade and ordinary duties of a case's own, beside those that "
                    "ship."
                ),
                CaseProductFile,
            ),
            SchemaFile(
                "products",
                "law/products.yaml",
                N_(
                    "Product groups: the parts of a sector that measures tell apart, and their share of its "
                    "trade."
                ),
                ProductFile,
                dated=False,
            ),
            SchemaFile(
                "niches",
                "niches.yaml",
                N_("Products much smaller than their sector, for quotas, bans and promises to buy."),
                NicheFile,
                dated=False,
            ),
            SchemaFile(
                "corridor",
                "corridor/data/*.yaml",
                N_("A customs corridor: ships, stages, opening hours and consignments between two ports."),
                Corridor,
                dated=False,
            ),
        )
    }
)
"""By name, in the order in which the manual has them."""


class _WithoutTitles(GenerateJsonSchema):
    """pydantic repeats every key as a title, which editors then show in place of the key."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 - pydantic's signature
        return False


def json_schema(name: str) -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of a kind of file, as a dictionary ready for `json.dumps`.

    Where a file may say since when things are known, every value may also stand under days, and every item may
    say `known`.

    Args:
        name: A key of `FILES`, such as `case`.

    Raises:
        InputError: no kind of file has this name.

    >>> json_schema("case")["$defs"]["ScenarioFile"]["properties"]["known"]["description"].split(",")[0]
    'Day from which it is known'
    """
    schema = plain_schema(name)
    if not FILES[name].dated:
        return schema
    below = {key: _dated(one) for key, one in schema.get("$defs", {}).items()}
    return _dated(schema) | {"$defs": below}


DAY = r"\d{4}-\d{2}-\d{2}"
_HISTORY = {"type": "object", "minProperties": 1, "propertyNames": {"pattern": f"^{DAY}$"}}
_KNOWN = {
    "type": "string",
    "pattern": f"^{DAY}(/{DAY})?$",
    "description": "Day from which it is known, or the first and the last day; left out before and after.",
}


def _dated(spot: dict[str, Any]) -> dict[str, Any]:
    """The schema of an object whose values may stand under days; of anything else itself."""
    if "properties" not in spot:
        return spot
    told = {key: _or_history(one) for key, one in spot["properties"].items()}
    return spot | {"properties": {**told, "known": _KNOWN}}


def _or_history(plain: dict[str, Any]) -> dict[str, Any]:
    told = {key: plain[key] for key in ("description", "default") if key in plain}
    nothing = {"type": "null"}
    return told | {"if": _HISTORY, "then": {"additionalProperties": {"anyOf": [plain, nothing]}}, "else": plain}


def plain_schema(name: str) -> dict[str, Any]:
    """JSON Schema of a kind of file as it is read, after what was not known on a day is left out.

    Descriptions are the docstrings of the models. A file that fits its schema can still be refused when it is
    read: what one key demands of another, and names that must be known elsewhere, no schema can say.

    Args:
        name: A key of `FILES`, such as `case`.

    Raises:
        InputError: no kind of file has this name.

    >>> schema = plain_schema("case")
    >>> schema["properties"]["scenarios"]["items"]
    {'$ref': '#/$defs/ScenarioFile'}
    """
    if name not in FILES:
        raise InputError(
            Problem(_("no kind of file is called {name!r}", name=name), suggest(name, FILES), key="NAME")
        )
    kind = FILES[name]
    schema = kind.model.model_json_schema(schema_generator=_WithoutTitles)
    head = {
        "$schema": GenerateJsonSchema.schema_dialect,
        "title": f"Kosho {kind.pattern}",
        "description": kind.about,
    }
    return head | {key: part for key, part in schema.items() if key not in head}


def write_all(folder: Path) -> list[Path]:
    """Write every schema to `folder` as `NAME.schema.json`; a folder is made where its parent is.

    Raises:
        InputError: the folder cannot be written to.

    >>> from pathlib import Path
    >>> from kosho.schemas import write_all
    >>> [path.name for path in write_all(Path("schemas"))][:3]
    ['case.schema.json', 'measures.schema.json', 'table.schema.json']
    """
    texts = {
        f"{name}.schema.json": json.dumps(json_schema(name), indent=1, ensure_ascii=False) for name in FILES
    }
    require_folder(folder)
    save({folder / name: f"{text}\n" for name, text in texts.items()}, folder=folder)
    return [folder / name for name in texts]
