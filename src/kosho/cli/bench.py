"""`kosho bench`: how quick this machine is, as ratios to plain ways in the same run."""

from __future__ import annotations

from typing import Annotated

import typer

from kosho import formatting
from kosho.cli.options import Json
from kosho.cli.terminal import chosen, say, show_json, show_progress, show_table
from kosho.language import _

__all__ = ["app"]

app = typer.Typer(add_completion=False)

UNITS = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns"))


@app.command()
def show(
    only: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KIND",
            help="A kind: solve, batch, gradient, screen, rates, reading; repeatable, else all.",
        ),
    ] = None,
    *,
    json: Json = False,
) -> None:
    """Measure this machine, in about a minute: how many times as quick as plain ways Kosho is on it."""
    with show_progress(_("Measuring")) as progress:
        from kosho.bench import machine, speeds
        from kosho.bench.speeds import KINDS

        wanted = {chosen(one, tuple(KINDS), "--only") for one in only or ()}
        kinds = [one for one in KINDS if one in wanted]
        found = speeds(kinds, progress)
    on = machine()
    if json:
        show_json({"schema_version": 1, "machine": on, "speeds": [one.contract() for one in found]})
        return
    rows = [
        (one.title, one.plain_title, _time(one.seconds), _time(one.plain_seconds), _times(one.ratio))
        for one in found
    ]
    heads = (_("What"), _("Plain way"), "Kosho", _("Plain"), _("Times as quick"))
    show_table(_("How quick Kosho is on this machine"), heads, rows, numeric=3)
    say(_("Time of one each, both ways in turn, medians, one thread. Ratios compare machines, times do not."))
    if any(one.ratio < 1 for one in found):
        say(_("Below 1, the plain way is a yardstick: it does only a small part of the same work."))
    say("; ".join(f"{name} {value}" for name, value in on.items()))


def _time(seconds: float) -> str:
    """Two digits, in the largest unit of which it is one or more."""
    size, unit = next((one for one in UNITS if seconds >= one[0]), UNITS[-1])
    return f"{formatting.decimals(seconds / size, 1 if seconds / size < 9.95 else 0)} {unit}"


def _times(ratio: float) -> str:
    return formatting.decimals(ratio, 4 if ratio < 0.01 else 2 if ratio < 1 else 1 if ratio < 9.95 else 0)
