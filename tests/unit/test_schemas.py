"""JSON Schemas of the YAML files: what ships fits them, what is wrong does not."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import jsonschema
import pytest
import yaml
from pydantic import ValidationError
from typer.testing import CliRunner

import kosho
from kosho.cli import app
from kosho.errors import InputError
from kosho.schemas import FILES, json_schema, write_all
from kosho.yamlfile import Loader

SHIPPED = {
    "case": "cases/*/case.yaml",
    "measures": "cases/*/measures.yaml",
    "table": "cases/*/table.yaml",
    "record": "cases/*/record.yaml",
    "register": "law/measures/*.yaml",
    "products": "law/products.yaml",
    "niches": "law/niches.yaml",
    "corridor": "corridor/data/*.yaml",
}


def shipped(name: str) -> list[Path]:
    """Files of a kind: those that ship, or, of what only a user's case has, an example."""
    if name == "case-products":
        return [Path(__file__).parents[1] / "golden" / "case-products.yaml"]
    return sorted(Path(kosho.__file__).parent.glob(SHIPPED[name]))


def content(path: Path) -> dict:
    """As an editor sees it: YAML 1.2, in which dates are text."""
    loader = Loader(path.read_text(encoding="utf-8"))
    node = loader.get_single_node()
    for scalar in scalars(node):
        if scalar.tag == "tag:yaml.org,2002:timestamp" or scalar.value in ("on", "off", "yes", "no", "NO"):
            scalar.tag = "tag:yaml.org,2002:str"
    return loader.construct_document(node)


def scalars(node: yaml.Node):
    if isinstance(node, yaml.ScalarNode):
        yield node
    for child in node.value if isinstance(node, yaml.CollectionNode) else ():
        for one in child if isinstance(child, tuple) else (child,):
            yield from scalars(one)


@cache
def validator(name: str) -> jsonschema.Draft202012Validator:
    schema = json_schema(name)
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def errors(name: str, document: object) -> list[str]:
    return [error.message for error in validator(name).iter_errors(document)]


@pytest.mark.parametrize("name", FILES)
def test_every_shipped_file_fits(name):
    found = shipped(name)
    assert found
    for path in found:
        assert errors(name, content(path)) == [], path


@pytest.mark.parametrize("name", FILES)
def test_a_misspelt_key_does_not_fit(name):
    path = shipped(name)[0]
    (error,) = errors(name, content(path) | {"titel": "x"})
    assert "titel" in error


@pytest.mark.parametrize("name", FILES)
def test_the_first_needed_key_left_out_does_not_fit(name):
    path = shipped(name)[0]
    document = content(path)
    del document["title"]
    assert errors(name, document) == ["'title' is a required property"]


def test_a_kind_of_measure_that_is_none_does_not_fit():
    path = Path(kosho.__file__).parent / "law/measures/china.yaml"
    document = content(path)
    document["measures"][0]["kind"] = "tarif"
    assert any("tarif" in error for error in errors("register", document))


def test_docstrings_are_descriptions():
    measure = json_schema("register")["$defs"]["Measure"]["properties"]
    assert measure["known_from"]["description"] == "First day it was public."
    assert "title" not in measure["known_from"]


def test_unknown_names_are_refused_with_the_nearest():
    with pytest.raises(InputError, match=r"called 'cse' \(did you mean case"):
        json_schema("cse")


def test_all_are_written(tmp_path):
    written = write_all(tmp_path / "schemas")
    assert [path.name for path in written] == [f"{name}.schema.json" for name in FILES]
    for name, path in zip(FILES, written, strict=True):
        assert json.loads(path.read_text(encoding="utf-8")) == json_schema(name)


def test_a_folder_that_cannot_be_written_is_an_error(tmp_path):
    (tmp_path / "taken").write_text("")
    with pytest.raises(InputError, match="taken: cannot be written"):
        write_all(tmp_path / "taken")


def test_the_command_prints_lists_and_writes(tmp_path):
    run = CliRunner()
    assert json.loads(run.invoke(app, ["schema", "case"]).stdout) == json_schema("case")
    listed = run.invoke(app, ["schema"]).stdout
    assert set(FILES) <= set(listed.split())
    done = run.invoke(app, ["schema", "--all", str(tmp_path)])
    assert done.exit_code == 0
    assert len(list(tmp_path.glob("*.schema.json"))) == len(FILES)
    both = run.invoke(app, ["schema", "case", "--all", str(tmp_path)])
    assert isinstance(both.exception, InputError)


WORDS = (
    *("title", "name", "description", "note", "why", "quote", "summary", "what", "publisher", "legal_basis"),
    *("licence", "url", "unit", "period", "consequence", "finding", "otherwise", "heading", "follows"),
)


def places_of_words(node: object, at: tuple[str | int, ...] = ()):
    """Where texts stand that people read: one place for each key of each kind of thing."""
    pairs = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in pairs:
        if key in WORDS and isinstance(value, str):
            yield (*at, key)
        yield from places_of_words(value, (*at, key))


@pytest.mark.parametrize("name", FILES)
def test_words_that_say_nothing_are_refused(name):
    """The first text of each kind, by the keys on the way to it, is made of blanks."""
    whole = {}
    for path in shipped(name):
        for place in places_of_words(content(path)):
            whole.setdefault(
                tuple(key for key in place if isinstance(key, str) and key in WORDS), (path, place)
            )
    assert whole
    for path, place in whole.values():
        spoilt = content(path)
        held = spoilt
        for key in place[:-1]:
            held = held[key]
        held[place[-1]] = " "
        with pytest.raises(ValidationError) as told:
            FILES[name].model.model_validate(spoilt)
        assert any("says nothing" in str(one["msg"]) for one in told.value.errors()), (path.name, place)
