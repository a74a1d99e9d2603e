"""The small sourced tables beside the world table."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

from kosho.provenance import Source

__all__ = ["rows", "sources"]


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """Rows of a CSV file under `kosho/world/data`; lines that begin with # are comments."""
    text = files("kosho.world").joinpath("data", name).read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    return tuple(csv.DictReader(lines))


@cache
def sources() -> dict[str, Source]:
    """Documents that the figures rest on, by id."""
    fields = rows("sources.csv")
    return {
        row["id"]: Source.model_validate({key: value for key, value in row.items() if value}) for row in fields
    }
