"""The reference is made from the code while the site is built: commands, Python rooms, YAML files."""

from __future__ import annotations

import json
import pkgutil
import re
from collections.abc import Iterator
from importlib import import_module  # noqa: TID251 - rooms are listed by name
from types import ModuleType
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from typer.main import get_command

from kosho.cli import app
from kosho.schemas import FILES, json_schema, plain_schema

ROOMS = (
    "world",
    "law",
    "impact",
    "equilibrium",
    "corridor",
    "record",
    "bargain",
    "case",
    "scenario",
    "brief",
    "schemas",
    "codes",
    "provenance",
    "errors",
    "replications",
)
"""Pages of the Python reference, in the order of the data flow."""

PYTHON = "reference/python"
YAML = "reference/yaml"
COMMANDS = "reference/commands.md"

ABOUT_COMMANDS = """\
Made from the program itself; `kosho COMMAND --help` prints the same. Exit status: 0 done, 1 the question has no
answer, 2 the input is wrong."""

Schema = dict[str, Any]


def on_config(config: MkDocsConfig, /, **_: Any) -> MkDocsConfig:
    """Fill the navigation's entries `python` and `yaml` with a page a room and a page a kind of file."""
    made = {
        "python": [{f"kosho.{room}": f"{PYTHON}/{room}.md"} for room in ROOMS],
        "yaml": [{one.pattern: f"{YAML}/{one.name}.md"} for one in FILES.values()],
    }
    config.nav = _filled(config.nav, made)
    return config


def on_files(files: Files, /, *, config: MkDocsConfig, **_: Any) -> Files:
    """Add the generated pages, and the JSON Schemas themselves."""
    pages = {COMMANDS: commands_page()}
    pages |= {f"{PYTHON}/{room}.md": room_page(room) for room in ROOMS}
    pages |= {f"{YAML}/{name}.md": yaml_page(name) for name in FILES}
    pages |= {f"schemas/{name}.schema.json": json.dumps(json_schema(name), indent=1) for name in FILES}
    for path, content in pages.items():
        files.append(File.generated(config, path, content=content))
    return files


def _filled(nav: Any, made: dict[str, Any]) -> Any:
    if isinstance(nav, list):
        return [_filled(item, made) for item in nav]
    if isinstance(nav, dict):
        return {
            title: made.get(below) if isinstance(below, str) and below in made else _filled(below, made)
            for title, below in nav.items()
        }
    return nav


# Commands


def commands_page() -> str:
    """Every command with its arguments and options, as `--help` has them."""
    parts = ["# Commands", ABOUT_COMMANDS]
    for name, command in _leaves(get_command(app), "kosho"):
        context = command.context_class(command, info_name=name)
        usage = " ".join([name, *command.collect_usage_pieces(context)])
        rows = [_row(one.get_help_record(context), one.param_type_name) for one in command.params]
        parts += [f"## {name}", _help_text(command.help), f"```text\n{_arguments(usage)}\n```"]
        parts.append("\n".join(["| name | what it does | |", "|---|---|---|", *rows]))
    return "\n\n".join(parts) + "\n"


def _leaves(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    if not hasattr(command, "commands"):
        yield name, command
        return
    for word, below in sorted(command.commands.items()):
        yield from _leaves(below, f"{name} {word}")


def _row(record: tuple[str, str], kind: str) -> str:
    """Name, what it means, and what the program adds in brackets: needed, default, limits."""
    name, text = record
    meaning, _, added = text.removesuffix("]").partition("  [")
    name = re.sub(r" <.*?>", "", name).upper() if kind == "argument" else _option(name)
    return f"| `{name}` | {_cell(_help_text(meaning))} | {_cell(added.replace('required', '**needed**'))} |"


_VALUES = {
    "str": "TEXT",
    "path": "PATH",
    "int": "N",
    "int range": "N",
    "float": "NUMBER",
    "float range": "NUMBER",
}


def _option(name: str) -> str:
    return re.sub(r"<(.*?)>", lambda found: _VALUES.get(found[1], found[1].upper()), name)


def _arguments(usage: str) -> str:
    """Arguments in capitals, as the table has them."""
    usage = re.sub(r"\{(\w+)\}|\[(\w+)\]", lambda found: found[0].upper(), usage)
    return usage.translate(str.maketrans("", "", "{}")).replace("[[", "[").replace("]]", "]")


def _help_text(text: str | None) -> str:
    return " ".join((text or "").split())


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


# Python


def room_page(room: str) -> str:
    """What a room hands out, then the types and functions its modules define besides."""
    package = import_module(f"kosho.{room}")
    door = list(getattr(package, "__all__", ()))
    parts = [f"# kosho.{room}", package.__doc__ or ""]
    parts += [_directive(f"kosho.{room}.{name}", 2) for name in door]
    shown = {id(getattr(package, name)) for name in door}
    for module in _modules(package):
        names = [name for name in getattr(module, "__all__", ()) if not name.isupper()]
        names = [name for name in names if id(getattr(module, name)) not in shown]
        shown |= {id(getattr(module, name)) for name in names}
        if names:
            parts += [f"## {module.__name__.removeprefix(f'kosho.{room}.')}", module.__doc__ or ""]
            parts += [_directive(f"{module.__name__}.{name}", 3) for name in names]
    return "\n\n".join(parts) + "\n"


def _modules(package: ModuleType) -> Iterator[ModuleType]:
    if not hasattr(package, "__path__"):
        return
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if not found.name.rpartition(".")[2].startswith("_"):
            yield import_module(found.name)


def _directive(path: str, level: int) -> str:
    return f"::: {path}\n    options:\n      heading_level: {level}"


# YAML


DATED = (
    "Every item may say since when it is `known`, and values may stand under the days from which they are: see "
    "[known on a day](../../methods/known.md)."
)


def yaml_page(name: str) -> str:
    """Every key of a kind of YAML file, from its JSON Schema."""
    kind, schema = FILES[name], plain_schema(name)
    below = schema.get("$defs", {})
    model, file = f"{kind.model.__module__}.{kind.model.__qualname__}", f"{name}.schema.json"
    made = f"Made from `{model}`; the JSON Schema is [{file}](../../schemas/{file}), or `kosho schema {name}`."
    dated = f" {DATED}" if kind.dated else ""
    parts = [f"# {kind.pattern}", f"{kind.about} Unknown keys are refused. {made}{dated}", _keys(schema, below)]
    for definition in _in_order(schema, below):
        spot = below[definition]
        parts += [f"## {definition}", spot.get("description", "")]
        parts.append(_keys(spot, below) if "properties" in spot else _type(spot))
    return "\n\n".join(part for part in parts if part) + "\n"


def _keys(spot: Schema, below: dict[str, Schema]) -> str:
    needed = set(spot.get("required", ()))
    rows = ["| key | type | | meaning |", "|---|---|---|---|"]
    for key, what in spot.get("properties", {}).items():
        standing = "**needed**" if key in needed else _default_of(what)
        cells = (f"`{key}`", _type(what), standing, _meaning(what, below))
        rows.append(f"| {' | '.join(_cell(cell) for cell in cells)} |")
    return "\n".join(rows)


def _meaning(what: Schema, below: dict[str, Schema]) -> str:
    """What the key's own docstring says, or the first sentence of what it refers to."""
    if "description" in what:
        return _help_text(what["description"])
    refers = what.get("$ref") or what.get("items", {}).get("$ref") or ""
    said = below.get(refers.rsplit("/", 1)[-1], {}).get("description", "")
    return _help_text(said).partition(". ")[0]


def _default_of(what: Schema) -> str:
    value = what.get("default")
    return "" if value in (None, [], {}, "") else f"`{json.dumps(value)}`"


_PLAIN = {"string": "text", "integer": "whole number", "number": "number", "boolean": "`true` or `false`"}


def _type(what: Schema) -> str:
    """A type in words."""
    if "$ref" in what:
        name = what["$ref"].rsplit("/", 1)[-1]
        return f"[{name}](#{name.lower()})"
    branches = what.get("anyOf") or what.get("oneOf") or what.get("allOf")
    if branches:
        return " or ".join(dict.fromkeys(_type(one) for one in branches if one.get("type") != "null"))
    if "const" in what:
        return f"`{what['const']}`"
    if "enum" in what:
        return ", ".join(f"`{one}`" for one in what["enum"])
    return _composed(what)


def _composed(what: Schema) -> str:
    kind = what.get("type")
    if kind == "array":
        if "prefixItems" in what:
            return f"[{', '.join(_type(one) for one in what['prefixItems'])}]"
        return f"list of {_type(what.get('items', {}))}"
    if kind == "object":
        values = [*what.get("patternProperties", {}).values()]
        if isinstance(what.get("additionalProperties"), dict):
            values.append(what["additionalProperties"])
        return f"mapping to {_type(values[0])}" if values else "mapping"
    if what.get("format") == "date":
        return "date `YYYY-MM-DD`"
    return _PLAIN.get(str(kind), "any")


def _in_order(schema: Schema, below: dict[str, Schema]) -> list[str]:
    """Definitions in the order in which a reader meets them."""
    found: dict[str, None] = {}
    pending: list[Any] = [{key: part for key, part in schema.items() if key != "$defs"}]
    while pending:
        here = pending.pop(0)
        if isinstance(here, dict):
            name = str(here.get("$ref", "")).rsplit("/", 1)[-1]
            if name in below and name not in found:
                found[name] = None
                pending.append(below[name])
            pending += here.values()
        elif isinstance(here, list):
            pending += here
    return list(found)
