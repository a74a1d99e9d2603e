"""Every kind of error that a schema can raise has a plain sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from pydantic import BaseModel, Field, ValidationError, model_validator
from tests.served import patterns_asked
from tests.unit.test_schemas import shipped as files_of

from kosho import schema_words, yamlfile
from kosho.errors import InputError
from kosho.record.drafts import _File
from kosho.schemas import FILES

RAISED = {
    "str": ("string_type", "string_sub_type", "string_unicode"),
    "int": ("int_type", "int_parsing", "int_parsing_size", "int_from_float", "finite_number"),
    "float": ("float_type", "float_parsing", "finite_number"),
    "bool": ("bool_type", "bool_parsing"),
    "date": ("date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"),
    "literal": ("literal_error",),
    "tuple": ("tuple_type", "too_short", "too_long", "missing"),
    "dict": ("dict_type", "invalid_key"),
    "model": ("model_type",),
    "model-fields": ("model_type", "model_attributes_type", "missing", "extra_forbidden"),
    "tagged-union": ("union_tag_invalid", "union_tag_not_found"),
    "function-after": ("value_error", "assertion_error"),
    "function-before": ("value_error", "assertion_error"),
    "function-wrap": ("value_error", "assertion_error"),
}
"""What a part of a schema can raise, in pydantic's words."""
SILENT = {
    "any",
    "default",
    "definitions",
    "definition-ref",
    "model-field",
    "nullable",
    "union",
    "no-info",
    "with-info",
}
"""Parts that raise nothing themselves."""
LIMITS = {
    "gt": "greater_than",
    "ge": "greater_than_equal",
    "lt": "less_than",
    "le": "less_than_equal",
    "multiple_of": "multiple_of",
    "pattern": "string_pattern_mismatch",
}
JARGON = re.compile(
    r"input should|instance of|unable to|discriminator|\btag\b|valid (string|number|list|dict|tuple|date)|"
    r"function-|\[.*\(\)|dictionary|tuple|pydantic|NoneType|parse"
)
JUNK = [None, True, 3, -1, 2.5, "junk", "", [], ["x"], {"a": 1}, float("nan"), 10**90]


def parts(schema: Any, seen: set[int]) -> Iterator[dict[str, Any]]:
    if id(schema) in seen:
        return
    seen.add(id(schema))
    if isinstance(schema, dict):
        if isinstance(schema.get("type"), str):
            yield schema
        for value in schema.values():
            yield from parts(value, seen)
    elif isinstance(schema, list | tuple):
        for value in schema:
            yield from parts(value, seen)


def models() -> list[type[BaseModel]]:
    return [*(kind.model for kind in FILES.values()), _File]


def test_every_kind_of_error_has_a_sentence() -> None:
    kinds: set[str] = set()
    patterns: set[str] = set()
    for model in models():
        model.model_rebuild(force=True)
        for part in parts(model.__pydantic_core_schema__, set()):
            assert part["type"] in RAISED or part["type"] in SILENT, part["type"]
            kinds |= {*RAISED.get(part["type"], ())}
            kinds |= {told for limit, told in LIMITS.items() if limit in part}
            if part["type"] == "str" and "min_length" in part:
                kinds |= {"string_too_short"}
            if part["type"] == "str" and "max_length" in part:
                kinds |= {"string_too_long"}
            if isinstance(part.get("pattern"), str):
                patterns.add(part["pattern"])
    assert len(kinds) > 20
    assert kinds <= set(schema_words.KINDS)
    asked = patterns_asked()
    assert len(asked) > 5
    assert patterns | asked == set(schema_words.PATTERNS)


def spots(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    inside = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for step, value in inside:
        yield from spots(value, (*path, step))


@pytest.mark.parametrize("name", FILES)
def test_no_library_speaks_whatever_stands_in_a_file(name: str) -> None:
    model = FILES[name].model
    shipped = sorted(files_of(name), key=lambda path: path.stat().st_size)
    document = yaml.load(shipped[0].read_text(encoding="utf-8"), yamlfile._StringDates)  # noqa: S506 - a safe loader
    lines = yamlfile.LineNumbers({tuple(path): 1 for path in spots(document)})
    seen: set[tuple[Any, ...]] = set()
    told: set[str] = set()
    for spot in list(spots(document)):
        shape = tuple("*" if isinstance(step, int) else step for step in spot)
        if not spot or shape in seen:
            continue
        seen.add(shape)
        parent = document
        for step in spot[:-1]:
            parent = parent[step]
        before = parent[spot[-1]]
        for junk in JUNK:
            parent[spot[-1]] = junk
            try:
                model.model_validate(document)
            except ValidationError as error:
                told |= {str(problem) for problem in yamlfile.problems_of(error, model, lines, "f.yaml")}
        parent[spot[-1]] = before
    assert told
    assert [one for one in sorted(told) if JARGON.search(one)] == []
    assert all(len(one) < 600 for one in told)


class Port(BaseModel):
    name: str


class Goods(BaseModel):
    where: Port | int


def test_a_value_of_none_of_its_kinds_is_told_once() -> None:
    with pytest.raises(InputError) as caught:
        yamlfile.validate("where: here\n", Goods, "g.yaml")
    assert (
        str(caught.value)
        == "g.yaml:1: where: must be a mapping of keys to values or a whole number, not 'here'"
    )


class Mine(BaseModel):
    a: int = 0

    @model_validator(mode="before")
    @classmethod
    def _never(cls, value: object) -> object:
        if value:
            raise ValueError("is not mine")
        return value


class Many(BaseModel):
    name: str = ""
    few: tuple[str, ...] = Field((), min_length=2)
    even: int = 2
    own: Mine = Mine()
    key: str = Field("0" * 12, pattern=r"^[0-9a-f]{12}$")
    odd: str = Field("z", pattern=r"^z+$")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name: {a: 1}", "name: must be text, not keys with values"),
        ("name: [a]", "name: must be text, not a list"),
        ("name:", "name: must be text, not empty"),
        ("name: true", "name: must be text, not True"),
        ("few: [a]", "few: must have at least 2 entries"),
        ("few: {a: 1}", "few: must be a list, not keys with values"),
        ("own: {a: 1}", "own: is not mine"),
        ("key: x", "key: must be the key of a draft: twelve digits or letters from a to f, not 'x'"),
        ("odd: x", "odd: must be of the form ^z+$, not 'x'"),
    ],
)
def test_what_stands_there_is_told_where_it_says_more(text: str, told: str) -> None:
    with pytest.raises(InputError) as caught:
        yamlfile.validate(f"{text}\n", Many, "g.yaml")
    assert str(caught.value) == f"g.yaml:1: {told}"


@pytest.mark.parametrize(
    ("number", "told"),
    [
        ("9" * 5000, "cannot be read as int"),
        ("0x" + "f" * 5000, r"where: 0xf+…f+ is no number that is read alike everywhere"),
    ],
)
def test_a_number_of_thousands_of_digits_is_told_with_its_line(number: str, told: str) -> None:
    with pytest.raises(InputError, match=rf"^g\.yaml:2: {told}"):
        yamlfile.validate(f"where:\n  {number}\n", Goods, "g.yaml")


@pytest.mark.parametrize(
    ("kind", "given", "context", "told"),
    [
        ("literal_error", "c", {"expected": "'a', 'b' or 'c d'"}, "must be a, b or c d, not 'c'"),
        ("literal_error", "c", {"expected": "'a' or 'b'"}, "must be a or b, not 'c'"),
        ("enum", 3, {"expected": "'a'"}, "must be a, not 3"),
        ("enum", 3, {"expected": "1 or 2"}, "must be 1 or 2, not 3"),
        ("enum", 3, {}, "must be one of those allowed, not 3"),
        (
            "union_tag_invalid",
            {},
            {"tag": "x", "expected_tags": "'ask', 'offer'"},
            "must be ask or offer, not 'x'",
        ),
        ("union_tag_not_found", {}, {"discriminator": "'kind'"}, "is missing its kind"),
        ("missing", {"a": 1}, {}, "is missing"),
        ("extra_forbidden", 3, {}, "unknown key"),
        ("greater_than", -1, {"gt": 0}, "must be greater than 0, not -1"),
        ("less_than_equal", 2.5, {"le": 2.0}, "must be at most 2, not 2.5"),
        ("string_type", None, {}, "must be text, not empty"),
        ("value_error", None, {"error": ValueError("Wrong here")}, "wrong here"),
        ("value_error", 5, {"error": ValueError("IDs differ")}, "IDs differ, not 5"),
        ("value_error", "x", {"error": ValueError("'x' is no code")}, "'x' is no code"),
        ("value_error", {}, {}, "is not allowed"),
        ("assertion_error", [], {"error": "no"}, "no"),
        ("assertion_error", None, {"error": "no"}, "no"),
        ("too_short", [], {"min_length": 1}, "must have at least 1 entry"),
        ("too_short", [], {"min_length": 2}, "must have at least 2 entries"),
        ("too_long", {}, {"max_length": 1000}, "must have at most 1,000 entries"),
        ("string_too_short", "", {"min_length": 1}, "must have at least 1 character, not ''"),
        ("string_too_long", "ab", {"max_length": 1}, "must have at most 1 character, not 'ab'"),
        ("date_parsing", "x", {}, "is not a date: 'x'"),
        ("date_from_datetime_parsing", "x", {}, "is not a date: 'x'"),
        ("date_type", "x", {}, "must be a date, not 'x'"),
        ("int_parsing", "1x", {}, "must be a whole number, not '1x'"),
    ],
)
def test_a_sentence_of_every_make(kind: str, given: object, context: Any, told: str) -> None:
    detail: Any = {"type": kind, "input": given, "ctx": context}
    assert schema_words.sentence(detail) == told


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("x" * 58, f"'{'x' * 58}'"),
        ("x" * 59, f"'{'x' * 59}…"),
        (10**60 - 1, "9" * 60),
        (10**60, "a number of so many digits"),
        (-(10**60), "a number of so many digits"),
        (1 - 10**59, "-" + "9" * 59),
    ],
)
def test_what_stands_there_is_repeated_where_it_is_short(given: object, shown: str) -> None:
    detail: Any = {"type": "bool_type", "input": given}
    assert schema_words.sentence(detail) == f"must be true or false, not {shown}"


@pytest.mark.parametrize(
    ("kind", "given", "how"),
    [
        ("date_type", "x", "write YYYY-MM-DD"),
        ("date_parsing", "x", "write YYYY-MM-DD"),
        ("string_type", 5, "put it in quotes: '5'"),
        ("string_type", 2.5, "put it in quotes: '2.5'"),
        ("string_type", True, None),
        ("string_type", ["x"], None),
        ("int_type", 5, None),
    ],
)
def test_how_it_is_written(kind: str, given: object, how: str | None) -> None:
    detail: Any = {"type": kind, "input": given}
    assert schema_words.hint(detail) == how


def test_kinds_of_which_a_value_is_none_are_joined() -> None:
    def told(*kinds: str) -> str | None:
        details: Any = [{"type": kind, "input": "x"} for kind in kinds]
        return schema_words.joined(details)

    assert told("int_type", "bool_type", "int_parsing") == "must be a whole number or true or false, not 'x'"
    assert told("int_type", "missing") is None
    none: Any = {"type": "int_type", "input": "x"}
    some: Any = {"type": "union_tag_invalid", "input": {}, "ctx": {"expected_tags": "'ask', 'offer'"}}
    assert (schema_words.choices(none), schema_words.choices(some)) == ([], ["ask", "offer"])
