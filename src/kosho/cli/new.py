"""`kosho new`: a case to start from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kosho.cli.terminal import day, say, say_whole, show_progress
from kosho.language import _

__all__ = ["app"]

app = typer.Typer(add_completion=False)


@app.command()
def write(
    name: Annotated[str, typer.Argument(help="Of the case and its folder, such as uk-india.")],
    parties: Annotated[
        str | None,
        typer.Option(metavar="JPN,GBR,...", help="Economies and blocs; those of the record if not given."),
    ] = None,
    begun_from: Annotated[
        Path | None,
        typer.Option(
            "--from", metavar="FILE", help="A record.yaml, or drafts.yaml of which you accepted some."
        ),
    ] = None,
    out: Annotated[Path, typer.Option(metavar="DIR", help="The folder to make it in; this one.")] = Path(),
    as_of: Annotated[
        str | None,
        typer.Option(
            "--as-of", metavar="YYYY-MM-DD", help="The day it is about; that of the record, or today."
        ),
    ] = None,
) -> None:
    """Write a commented case that runs at once, and say what to edit next. Nothing is overwritten."""
    from kosho.starter import new_case

    on = day(as_of, "--as-of")
    codes = [] if parties is None else [code for code in parties.split(",") if code.strip()]
    with show_progress(_("Writing")) as progress:
        made = new_case(name, codes, begun_from, out, on, progress)
    say(f"{made.folder.as_posix()}: {', '.join(made.files)}")
    for text in made.notes:
        say(_("note: {text}", text=text))
    say("")
    for line in made.guide:
        say_whole(line)
