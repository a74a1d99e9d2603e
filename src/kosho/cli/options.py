"""Options that several commands have, said once."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["AsOf", "Deficits", "Json"]

AsOf = Annotated[
    str | None,
    typer.Option("--as-of", metavar="YYYY-MM-DD", help="In force and known on that day; the case's own."),
]
Deficits = Annotated[str, typer.Option(metavar="fixed|zero", help="What happens to trade deficits.")]
Json = Annotated[bool, typer.Option("--json", help="Machine-readable, on standard output.")]
