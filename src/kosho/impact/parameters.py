"""Figures that methods rest on, each with its range, standing and source."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import model_validator

from kosho.errors import InputError, Problem, suggest
from kosho.language import _, cached
from kosho.provenance import Cited, Frozen, Source, Text
from kosho.yamlfile import load

__all__ = ["ParameterFile", "parameter", "parameters"]


class ParameterFile(Frozen):
    """The file of figures."""

    title: Text
    sources: tuple[Source, ...]
    parameters: dict[str, Cited]

    @model_validator(mode="after")
    def _sourced(self) -> ParameterFile:
        known = {source.id for source in self.sources}
        for name, cited in self.parameters.items():
            if cited.source not in known:
                raise ValueError(_("{name}: no source {source!r}", name=name, source=cited.source))
        return self


@cached
def parameters() -> ParameterFile:
    """All figures that ship."""
    return load(Path(str(files("kosho.impact") / "parameters.yaml")), ParameterFile)[0]


def parameter(name: str, **changed: Any) -> Cited:
    """A figure by name.

    Args:
        name: Such as `time.per_day`.
        **changed: Fields to replace, such as a `value` of one's own.

    Raises:
        InputError: there is none of this name.
    """
    known = parameters().parameters
    if name not in known:
        raise InputError(Problem(_("no parameter {name!r}", name=name), suggest(name, known)))
    return known[name].model_copy(update=changed) if changed else known[name]
