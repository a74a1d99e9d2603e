"""`kosho schema`: JSON Schemas of the YAML files, for completion and checks in an editor."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kosho.cli.terminal import say_whole, show_json, show_table
from kosho.errors import InputError, Problem
from kosho.language import _

__all__ = ["app"]

app = typer.Typer(add_completion=False)


@app.command()
def show(
    name: Annotated[
        str | None, typer.Argument(help="Kind of file, such as case; left out, the kinds are listed.")
    ] = None,
    *,
    to: Annotated[
        Path | None,
        typer.Option(
            "--all", metavar="DIR", help="Write every schema to this folder, made where its parent stands."
        ),
    ] = None,
) -> None:
    """Print the JSON Schema of a kind of YAML file, or write all of them to a folder."""
    from kosho.schemas import FILES, json_schema, write_all

    if name is not None and to is not None:
        raise InputError(Problem(_("a NAME and --all were both given"), _("give one")))
    if to is not None:
        for path in write_all(to):
            say_whole(str(path))
    elif name is not None:
        show_json(json_schema(name))
    else:
        rows = [(one.name, one.pattern, _(one.about)) for one in FILES.values()]
        show_table(_("Kinds of YAML files"), (_("Name"), _("File"), _("What it holds")), rows)
