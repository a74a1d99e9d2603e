"""`kosho mcp`: the same questions for assistants, over the Model Context Protocol."""

from __future__ import annotations

from typing import Annotated

import typer

from kosho.language import _

__all__ = ["app"]

app = typer.Typer(add_completion=False)


@app.command()
def serve(
    case: Annotated[
        list[str] | None,
        typer.Option("--case", metavar="FOLDER", help="A case folder that may be asked about."),
    ] = None,
) -> None:
    """Answer an assistant over standard input and output (MCP); it reads, and changes nothing."""
    from kosho.cli.answering import answer
    from kosho.cli.serve import open_cases
    from kosho.extras import require

    require("mcp", "mcp", what=_("answering assistants"))
    from kosho.serve.assistants import run
    from kosho.serve.rooms import Settings

    run(Settings(open_cases(case or []), answer))
