"""What commands print, for answers that are kept."""

from __future__ import annotations

import json
from typing import Any

from typer.testing import CliRunner

from kosho.cli import app

__all__ = ["lines", "run", "told"]


def run(*words: str) -> str:
    done = CliRunner().invoke(app, words, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def lines(*words: str) -> list[str]:
    """What a command prints, without what it says of the time that it took."""
    return [line for line in run(*words).splitlines() if " s)" not in line]


def told(*words: str) -> Any:
    return json.loads(run(*words, "--json"))
