"""`kosho lines`: tariff lines, what they are worth to both sides, who asks for what, over how many years."""

from __future__ import annotations

import typer

from kosho.cli.lines_files import add_files
from kosho.cli.lines_goods import add_goods
from kosho.cli.lines_price import add_price
from kosho.cli.lines_staging import add_staging
from kosho.cli.lines_talks import add_talks

__all__ = ["app"]

app = typer.Typer(
    help="Tariff lines: requests, offers, staging, and what each line is worth to both sides.",
    no_args_is_help=True,
    add_completion=False,
)
add_staging(app)
add_price(app)
add_talks(app)
add_files(app)
add_goods(app)
