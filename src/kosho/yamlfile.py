"""YAML into frozen schemas, with file, line and key in every error.

libyaml composes the node tree, which knows the line of every key and is about twenty times faster
than the pure Python reader; pydantic validates; what it finds wrong is told in terms of the file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, TypeVar, cast

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from kosho import schema_words
from kosho.arguments import path_of
from kosho.errors import InputError, Problem, nearest, suggest, unreadable
from kosho.known import As, Key, as_known, changes
from kosho.language import N_, _
from kosho.translations import in_language

__all__ = ["Key", "LineNumbers", "Written", "ids", "load", "problems_of", "refuse_no_file", "validate"]

Model = TypeVar("Model", bound=BaseModel)
Schema = dict[str, Any]

DEEPEST = 100
"""Lists and mappings, one in another."""
MOST = 10**300
"""Whole numbers are below."""
NUMBERS = {"tag:yaml.org,2002:int", "tag:yaml.org,2002:float"}
DISPUTED = re.compile(r"[-+]?0[0-9_]+|[-+]?0[bxo].*|.*[_:].*")
"""Numbers that YAML 1.1 and 1.2 read differently, and people otherwise still: 025 is 21, 1:25 is 85."""

Loader = cast("type[yaml.SafeLoader]", getattr(yaml, "CSafeLoader", yaml.SafeLoader))


class _StringDates(Loader):  # pyright: ignore[reportUntypedBaseClass]
    """Dates stay text, so that pydantic can say what is wrong with one that is none.

    So do `on`, `off`, `yes` and `no` (booleans in YAML 1.1 only): here `on` is a date's key and `NO` is Norway.
    """

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        """The value of a node; an error about one that is none of its kind (`!!int x`) has its line."""
        try:
            value = super().construct_object(node, deep)
            if type(value) is int and abs(value) >= MOST:  # in hexadecimal Python reads what it does not write
                raise ValueError(node.tag)
            return value
        except (ValueError, LookupError, AttributeError) as error:
            told = _("cannot be read as {rpartition}", rpartition=node.tag.rpartition(":")[2])
            raise yaml.constructor.ConstructorError(None, None, told, node.start_mark) from error


_StringDates.yaml_implicit_resolvers = {
    first: [
        (tag, regexp)
        for tag, regexp in resolvers
        if tag != "tag:yaml.org,2002:timestamp" and (tag != "tag:yaml.org,2002:bool" or first in "tTfF")
    ]
    for first, resolvers in Loader.yaml_implicit_resolvers.items()
}


class LineNumbers(dict[Key, int]):
    """Line (from 1) of every key path of a document; an unknown path has the line of its nearest parent."""

    def __missing__(self, path: Key) -> int:
        return self[path[:-1]] if path else 1


@dataclass(frozen=True, slots=True)
class Written:
    """A file as it is written, with everything that it says since any day."""

    tree: Mapping[str, Any]
    lines: LineNumbers
    file: str
    sound: set[tuple[type[BaseModel], date]]
    """Schemas and days such that nothing is wrong with what it says on any other day; found once a text."""

    @staticmethod
    def of(path: Path) -> Written:
        """Read a file.

        Raises:
            InputError: it cannot be read, or is not YAML.
        """
        path = path_of(path, "path")
        refuse_no_file(path)
        try:
            text = path.read_text(encoding="utf-8")
        except OSError as error:
            raise unreadable(path, error) from None
        except UnicodeDecodeError:
            raise InputError(Problem(_("is not UTF-8 text"), file=str(path))) from None
        return Written.parsed(text, str(path))

    @staticmethod
    def parsed(text: str, file: str) -> Written:
        """Parse YAML text; `file` names it in errors.

        Raises:
            InputError: it is not YAML, or a schema could not see what it says.
        """
        try:
            content = _content(text)
        except InputError as error:
            raise InputError([replace(one, file=file) for one in error.problems]) from None
        return replace(content, file=file)

    def read(
        self, model: type[Model], day: date | None = None, later: frozenset[str] = frozenset()
    ) -> tuple[Model, LineNumbers]:
        """The file as a schema has it, as known on a day (the latest by default); see `kosho.known`.

        Args:
            model: The schema.
            day: The day.
            later: Ids of sources that are later.

        Raises:
            InputError: it breaks the schema, on this day or on another on which it says something else, or a
                figure rests on a later source; every mistake is listed.
        """
        asked = day or date.max
        view = as_known(self.tree, asked, later)
        lines = self._lines(view)
        found = [self._unfounded(view, lines, place, name, asked) for place, name in view.unfounded]
        document: Model | None = None
        try:
            document = model.model_validate(in_language(view.tree, Path(self.file).parent))
        except ValidationError as error:
            found += problems_of(error, model, lines, self.file)
        if not found and (model, asked) not in self.sound:
            found = self._on_other_days(model, asked)
            if not found:
                self.sound.add((model, asked))
        if found or document is None:
            raise InputError(found)
        return document, lines

    def _lines(self, view: As) -> LineNumbers:
        return LineNumbers({key: self.lines[place] for key, place in view.places.items()})

    def _unfounded(self, view: As, lines: LineNumbers, place: Key, name: str, day: date) -> Problem:
        message = _("rests on {name}, which is later than {day}", name=name, day=day)
        hint = _("write what was known before under an earlier day, or `known:` beside it")
        return Problem(message, hint, self.file, lines[place], _dotted(view.places.get(place, place)))

    def _on_other_days(self, model: type[Model], asked: date) -> list[Problem]:
        """What is wrong with what it says on the first other day on which something is."""
        for day in changes(self.tree):
            view = as_known(self.tree, day)
            try:
                if day != asked:
                    model.model_validate(view.tree)
            except ValidationError as error:
                told = problems_of(error, model, self._lines(view), self.file)
                return [
                    replace(one, message=_("as known on {day}: {message}", day=day, message=one.message))
                    for one in told
                ]
        return []


@lru_cache(maxsize=16)
def _content(text: str) -> Written:
    """What a text says, under no name; kept, for a case is opened anew for every question asked of it."""
    loader = _StringDates(text)
    try:
        _refuse_deep(text)
        node = loader.get_single_node()
        lines, unseen = _survey(node) if node else (LineNumbers(), [])
        if unseen:
            raise InputError(sorted(unseen, key=lambda problem: problem.line or 0))
        document = loader.construct_document(node) if node else {}
    except yaml.MarkedYAMLError as error:
        raise InputError(_misread(error)) from None
    except yaml.YAMLError as error:
        raise InputError(Problem(_("is not YAML: {error}", error=error).splitlines()[0])) from None
    finally:
        loader.dispose()
    if not isinstance(document, Mapping):
        raise InputError(Problem(_("must be a mapping of keys to values"), line=1))
    return Written(cast("Mapping[str, Any]", document), lines, "", set())


OPEN = N_("a quotation mark or a bracket is left open, or a comma is missing")
DEPTH = N_("a line is deeper or less deep than those it belongs to")
SLIPS = {
    "tab character": N_("a tab stands where spaces should"),
    "mapping values are not allowed": N_("a second colon stands in the line, or it is deeper than it may be"),
    "undefined alias": N_("what begins with * refers to something above, and there is nothing"),
    "cannot start any token": N_("a word begins with a character that means something else in YAML"),
    "unexpected end of stream": OPEN,
    "',' or": OPEN,
    "could not find expected ':'": N_("a key has no colon, or a text goes on in the next line"),
    "unhashable key": N_("a key is a list or a mapping"),
    "block sequence entries": N_("a list begins in the line of its key"),
    "block end": DEPTH,
    "expected key": DEPTH,
    "another document": N_("a second document begins"),
    "constructor for the tag": N_("a type stands there that is not known (!! or !)"),
    "unknown escape character": N_("a backslash stands in double quotes; single quotes take it as it is"),
    "for merging": N_("<< merges nothing here"),
}
"""What the parser says, by a part of it, in words for people."""


def _misread(error: yaml.MarkedYAMLError) -> Problem:
    """A text that is no YAML, and why; what is left open is told where it begins.

    >>> _misread(yaml.MarkedYAMLError(problem="found a tab character that violates indentation")).message
    'a tab stands where spaces should'
    """
    said = error.problem or ""
    told = next((words for part, words in SLIPS.items() if part in said), None)
    marks = (error.problem_mark, error.context_mark)
    mark = next(filter(None, reversed(marks) if told == OPEN else marks), None)
    line = mark.line + 1 if mark else None
    if told is None:
        return Problem(said or _("is not YAML"), line=line)
    return Problem(_(told), _("spaces indent, and a text with : # * % & or @ stands in quotes"), line=line)


def refuse_no_file(path: Path) -> None:
    """Refuse a device or a pipe: YAML is read again for the lines of its keys, and a device may have no end.

    Raises:
        InputError: it is one.

    >>> from pathlib import Path
    >>> refuse_no_file(Path("absent.yaml"))  # that it is not there is told by who reads it
    """
    if path.exists() and not path.is_file() and not path.is_dir():
        hint = _("save what it gives as a file first")
        raise InputError(Problem(_("is not a file that can be read twice"), hint, file=str(path)))


def load(
    path: Path, model: type[Model], day: date | None = None, later: frozenset[str] = frozenset()
) -> tuple[Model, LineNumbers]:
    """Read `path` as `model`, as known on a day (the latest by default). See `Written.read`.

    Returns:
        The validated document and the line of every key in it.

    Raises:
        InputError: the file cannot be read, is not YAML, or breaks the schema; every mistake is listed.
    """
    return Written.of(path).read(model, day, later)


def ids(path: Path, key: str) -> set[str] | None:
    """Ids of what a file lists under a key, whatever else is wrong with it; None where it cannot be read.

    So that one mistake in a file does not make everything in it unknown to others.
    """
    try:
        content = path.read_bytes()
        _refuse_deep(content)
        document = yaml.load(content, _StringDates)  # noqa: S506 - a safe loader
    except (OSError, yaml.YAMLError, InputError):
        return None
    listed = document.get(key) if isinstance(document, Mapping) else None
    if not isinstance(listed, list):
        return None
    return {str(one["id"]) for one in listed if isinstance(one, Mapping) and "id" in one}


def validate(text: str, model: type[Model], file: str, day: date | None = None) -> tuple[Model, LineNumbers]:
    """Read YAML text as `model`; `file` names it in errors. See `load`."""
    return Written.parsed(text, file).read(model, day)


def _refuse_deep(text: str | bytes) -> None:
    """Refuse lists in lists without end: libyaml goes down into them until the process dies.

    Raises:
        InputError: there are too many, one in another.
        YAMLError: it is not YAML.
    """
    depth = 0
    for event in yaml.parse(text, Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEEPEST:
            told = _("more than {number} lists or mappings stand one in another", number=DEEPEST)
            raise InputError(Problem(told, line=event.start_mark.line + 1))


def _survey(node: yaml.Node) -> tuple[LineNumbers, list[Problem]]:
    """Lines of every key path, and what a schema could not see: keys given twice, aliases, disputed numbers.

    Aliases are refused because a few lines of them can stand for a document of any size.
    """
    lines, found, seen = LineNumbers(), list[Problem](), set[int]()
    pending: list[tuple[yaml.Node, Key]] = [(node, ())]
    while pending:
        here, path = pending.pop()
        if id(here) in seen:
            hint = _("write out the value from line {line}", line=here.start_mark.line + 1)
            found.append(Problem(_("an alias stands here"), hint, None, lines[path], _dotted(path)))
            continue
        seen.add(id(here))
        inside: list[tuple[yaml.Node, Key]] = []
        if isinstance(here, yaml.MappingNode):
            for key, value in here.value:
                step = (*path, str(key.value))
                line = key.start_mark.line + 1
                if step in lines:
                    message = _("key given twice, first on line {lines}", lines=lines[step])
                    found.append(Problem(message, _("keep one"), None, line, _dotted(step)))
                lines.setdefault(step, line)
                found += _disputed(key, step)
                inside.append((value, step))
        elif isinstance(here, yaml.SequenceNode):
            for index, item in enumerate(here.value):
                if id(item) not in seen:  # an alias has the line of its list, not of what it stands for
                    lines[*path, index] = item.start_mark.line + 1
                inside.append((item, (*path, index)))
        found += _disputed(here, path)
        pending += reversed(inside)  # as they are written: what an alias stands for comes first
    return lines, found


def _disputed(node: yaml.Node, path: Key) -> list[Problem]:
    """A number that is one thing to its reader and another to its writer: `025`, `1:25`, `0x19`, `2_5`."""
    if node.tag not in NUMBERS or not DISPUTED.fullmatch(str(node.value)):
        return []
    told = _("{value} is no number that is read alike everywhere", value=node.value)
    hint = _("a number in plain decimal digits, such as 25; a code or a text in quotes, such as '025'")
    return [Problem(told, hint, None, node.start_mark.line + 1, _dotted(path))]


def _dotted(path: Key) -> str | None:
    return ".".join(str(part) for part in path) or None


def problems_of(error: ValidationError, model: type[BaseModel], lines: LineNumbers, file: str) -> list[Problem]:
    """Everything that breaks a schema, in plain words, with its place in the file."""
    found: dict[Key, list[ErrorDetails]] = {}
    for detail in error.errors(include_url=False):
        found.setdefault(_place(detail, lines), []).append(detail)
    return [
        problem for path, details in found.items() for problem in _problems(path, details, model, lines, file)
    ]


def _problems(
    path: Key, details: list[ErrorDetails], model: type[BaseModel], lines: LineNumbers, file: str
) -> list[Problem]:
    """What is wrong at a place; one problem where a value is of none of the kinds that it may be of."""
    whole = schema_words.joined(details) if len(details) > 1 else None
    if whole is None:
        return [_problem(path, detail, model, lines, file) for detail in details]
    return [Problem(whole, None, file, lines[path], _dotted(path))]


def _problem(path: Key, detail: ErrorDetails, model: type[BaseModel], lines: LineNumbers, file: str) -> Problem:
    key = _dotted(path)
    if detail["type"] == "extra_forbidden":
        near = suggest(str(path[-1]), _fields_at(model, path[:-1]))
        return Problem(_("unknown key"), near, file, lines[path], key)
    given = detail.get("ctx", {}).get("tag", detail["input"])
    near = nearest(given, schema_words.choices(detail)) if isinstance(given, str) else None
    return Problem(schema_words.sentence(detail), near or schema_words.hint(detail), file, lines[path], key)


def _place(detail: ErrorDetails, lines: LineNumbers) -> Key:
    """Path in the file, without the parts that pydantic adds to name the branch of a union or a validator."""
    path: Key = ()
    for part in detail["loc"]:
        if (*path, part) in lines:
            path = (*path, part)
    return (*path, detail["loc"][-1]) if detail["type"] == "missing" else path


def _fields_at(model: type[BaseModel], path: Key) -> list[str]:
    """Names of the fields that are allowed at `path` under `model`."""
    schema = _schema(model)
    definitions = schema.get("$defs", {})
    branches = _resolved(schema, definitions)
    for part in path:
        branches = [found for step in _steps(branches, part) for found in _resolved(step, definitions)]
    return sorted({name for branch in branches for name in branch.get("properties", {})})


@cache
def _schema(model: type[BaseModel]) -> Schema:
    """Worked out once: it takes longer than to read most files, and is asked for each problem."""
    return model.model_json_schema()


def _resolved(spot: Schema, definitions: Schema) -> list[Schema]:
    if "$ref" in spot:
        return _resolved(definitions[spot["$ref"].rsplit("/", 1)[-1]], definitions)
    branches = spot.get("anyOf") or spot.get("oneOf") or spot.get("allOf")
    if branches:
        return [found for branch in branches for found in _resolved(branch, definitions)]
    return [spot]


def _steps(branches: list[Schema], part: str | int) -> list[Schema]:
    found: list[Schema] = []
    for branch in branches:
        if isinstance(part, int):
            step = branch.get("items")
        else:
            step = branch.get("properties", {}).get(part) or branch.get("additionalProperties")
        # A mapping whose keys have a form (ids) has its values under patterns.
        found += [one for one in branch.get("patternProperties", {}).values() if isinstance(part, str)]
        if isinstance(step, dict):
            found.append(step)
    return found
