"""`kosho lines`: tariff lines, what they are worth to both sides, who asks for what, over how many years."""

from __future__ import annotations

import typer

from kosho.cli.lines_staging import add_staging

__all__ = ["app"]

app = typer.Typer(
    help="Tariff lines: requests, offers, staging, and what each line is worth to both sides.",
    no_args_is_help=True,
    add_completion=False,
)
add_staging(app)
