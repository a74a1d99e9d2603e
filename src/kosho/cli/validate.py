"""`kosho validate`: the model beside what happened."""

from __future__ import annotations

from typing import Annotated

import typer

from kosho import formatting
from kosho.cli.options import Json
from kosho.cli.terminal import say, say_whole, show_json, show_progress, show_table
from kosho.language import _

__all__ = ["app"]

app = typer.Typer(add_completion=False)


@app.command()
def show(
    only: Annotated[str | None, typer.Option(metavar="ID", help="One fact, by its id.")] = None,
    *,
    page: Annotated[bool, typer.Option("--page", help="As the table of the manual, in Markdown.")] = False,
    json: Json = False,
) -> None:
    """Hold the model beside published facts: what it says, at which horizon, and why it misses."""
    from kosho.validation import markdown, validate

    with show_progress(_("Computing")) as progress:
        found = validate(only, progress)
    if json:
        show_json({"schema_version": 1, "rows": [row.contract() for row in found]})
        return
    if page:
        say_whole(markdown(found))
        return
    rows = [
        (
            row.fact.id,
            row.published,
            row.told,
            _("year {horizon}", horizon=row.figure.horizon),
            formatting.word(row.verdict),
        )
        for row in found
    ]
    show_table(
        _("The model beside what happened"),
        (_("Fact"), _("Published"), _("Kosho"), _("Horizon"), _("Verdict")),
        rows,
    )
    for row in found:
        of = _(", ").join((row.fact.fact, row.fact.period, formatting.unit_name(row.fact.unit)))
        say(_("{name}: {text}. {why}", name=row.fact.id, text=of, why=row.fact.why))
