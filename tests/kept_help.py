"""Help of a few commands in Japanese, whole; `python -m tests.kept_help` writes it anew."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from typer.testing import CliRunner

from kosho.cli import app

__all__ = ["HELPED", "kept", "told"]

HOME = Path(__file__).parent / "golden" / "kept" / "help.json"
HELPED = (
    "",
    "world",
    "rate",
    "bargain",
    "lines price",
    "world import",
    "cases",
    "brief",
    "register diff",
    "corridor",
)


def told(words: str) -> list[str]:
    """Help of a command in lines."""
    done = CliRunner().invoke(app, [*words.split(), "--help", "--lang", "ja"], env={"COLUMNS": "90"})
    return [line.rstrip() for line in done.output.splitlines()]


def kept() -> dict[str, list[str]]:
    """What was kept of all of them."""
    return json.loads(HOME.read_text(encoding="utf-8"))


def main() -> None:
    found = {words: told(words) for words in HELPED}
    HOME.write_text(json.dumps(found, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    sys.stdout.write(f"{len(found)} commands, {sum(map(len, found.values())):,} lines\n")


if __name__ == "__main__":
    main()
