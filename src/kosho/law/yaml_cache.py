"""Register files as they were read before: YAML that has not changed is not read twice.

What was validated is kept as JSON (`kosho.cache`), found by the content of the file and the code that reads it.
It is validated again when it is taken from there, which is quick.
"""

from __future__ import annotations

import json
import sys
from datetime import date
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from kosho._version import __version__
from kosho.cache import keep, place, used
from kosho.known import version
from kosho.outputs import save
from kosho.translations import depends_on
from kosho.yamlfile import Key, LineNumbers, load, refuse_no_file

__all__ = ["read", "write"]

Model = TypeVar("Model", bound=BaseModel)

DEPTH = 2
"""Lines of keys down to this depth (`measures`, 12) are kept; deeper ones are looked up in the file."""


def read(path: Path, model: type[Model], day: date | None = None) -> tuple[Model, LineNumbers]:
    """Read `path` as `model`, as known on a day, from a copy where there is one. See `kosho.yamlfile.load`.

    Raises:
        InputError: the file cannot be read, is not YAML, or breaks the schema; every mistake is listed.
    """
    refuse_no_file(path)
    try:
        content = path.read_bytes()
    except OSError:
        return load(path, model, day)
    copy = place(_reader(model), version(content, day or date.max), content, *depends_on(path.parent))
    try:
        head, _, body = (used(copy) or b"").partition(b"\n")
        known = {tuple(key): line for key, line in json.loads(head)}
        return model.model_validate_json(body), _Lines(known, path, model, day)
    except (ValueError, TypeError, ValidationError):
        document, lines = load(path, model, day)
    known = [(key, line) for key, line in lines.items() if len(key) <= DEPTH]
    keep(copy, json.dumps(known).encode() + b"\n" + document.model_dump_json(by_alias=True).encode())
    return document, lines


def write(path: Path, document: BaseModel) -> None:
    """Write a document as YAML that `read` reads back.

    Raises:
        InputError: the file cannot be written.
    """
    content = document.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=110)
    save({path: text})


class _Lines(LineNumbers):
    """Lines of which the deeper ones are read when one is asked for."""

    def __init__(self, known: dict[Key, int], path: Path, model: type[BaseModel], day: date | None) -> None:
        super().__init__(known)
        self._path, self._model, self._day, self._whole = path, model, day, False

    def __missing__(self, path: Key) -> int:
        if not self._whole:
            self._whole = True
            self.update(load(self._path, self._model, self._day)[1])
            return self[path]
        return super().__missing__(path)


@cache
def _reader(model: type[BaseModel]) -> bytes:
    """What changes when the code that reads `model` changes."""
    parts = (
        "kosho.known",
        "kosho.provenance",
        "kosho.law.measure",
        "kosho.law.measure_file",
        "kosho.law.nontariff_terms",
        "kosho.law.rateless",
        "kosho.law.scope",
        "kosho.law.term_units",
    )
    modules = (model.__module__, BaseModel.__module__, *parts)
    digest = sha256(f"{__version__} {model.__qualname__}".encode())
    for name in modules:
        source = getattr(sys.modules.get(name), "__file__", None)
        if source is not None:
            digest.update(Path(source).read_bytes())
    return digest.digest()
