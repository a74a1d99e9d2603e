"""`kosho brief`: the page for people, and the same for machines."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from kosho.cli.options import AllowIdle, AsOf, WorldNamed, open_case, permitted, world_named
from kosho.cli.terminal import day, say, say_whole, show_made, show_progress
from kosho.language import _

__all__ = ["app"]

app = typer.Typer(add_completion=False)


@app.command()
def write(  # noqa: PLR0913 - an option each
    case: Annotated[str, typer.Argument(help="A shipped case (`kosho cases` lists them) or its folder.")],
    as_of: AsOf = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder to write to, in one that is there; out/CASE.")
    ] = None,
    world: WorldNamed = None,
    formats: Annotated[
        list[str] | None,
        typer.Option(
            "--format",
            metavar="NAME[,NAME...]",
            help="html, pdf, docx, xlsx, md: several with commas, or repeated.",
            show_default="html",
        ),
    ] = None,
    template: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.docx", help="A Word template of your house; {{ brief }} is where the text goes."
        ),
    ] = None,
    *,
    table: Annotated[
        bool | None,
        typer.Option(
            "--bargain/--no-bargain",
            help="Price the negotiating table as well: half a minute the first time, then it is kept.",
            show_default="where the case has one",
        ),
    ] = None,
    allow_idle: AllowIdle = False,
) -> None:
    """Write brief.html and brief.json for a case, from what it holds; Word, Excel, PDF and Markdown if asked.

    A record alone gives a timeline, positions, contentions, commitments and dates; scenarios add effects, and a
    table adds deals.
    """
    with show_progress(_("Reading the case")) as progress:  # before what takes a while to come up
        from kosho import brief
        from kosho.brief import exports
        from kosho.brief.exports.document import first_lines
        from kosho.brief.tables import bargain, glance
        from kosho.outputs import require_folder
        from kosho.scenario.several import central_question, on_several, several

        on = day(as_of, "--as-of")
        asked = exports.asked_formats(formats or ["html"])
        exports.require_formats(asked)
        house = _template(template, asked)
        opened = permitted(open_case(case, on), allow_idle=allow_idle)
        names = several(world)
        chosen = world_named(names[0] if names else world, opened)
        require_folder(out or Path("out"))
        made = brief.compose(opened, on, progress, bargain=table, world=chosen)
        if names:
            beside = on_several(opened, central_question(opened), names, on, progress=progress)
            made = made.model_copy(update={"several": beside})
        folder = out or Path("out") / opened.name
        files = exports.save(made, folder, asked, template=house, progress=progress)
    for head, text in first_lines(made):
        say(_("{head}: {text}", head=head, text=text))
    for point in made.headline if not made.computed else ():
        say(f"- {point.text}")
    say("")
    for shown in (glance(made), bargain(made)):
        if shown.rows and shown.numeric:
            show_made(shown)
            say(f"{shown.note}\n")
    say_whole("\n".join(map(str, files)))


def _template(path: Path | None, formats: Sequence[str]) -> bytes | None:
    """The Word template, checked before anything is computed."""
    from kosho.brief import exports
    from kosho.errors import InputError, Problem

    if path is not None and "docx" not in formats:
        raise InputError(Problem(_("is for Word documents alone"), _("add --format docx"), key="--template"))
    return exports.read_template(path)
