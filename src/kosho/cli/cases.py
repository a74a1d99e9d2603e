"""`kosho cases`: what can be briefed."""

from __future__ import annotations

import typer

from kosho.cli.options import Json
from kosho.cli.terminal import show_json, show_table

__all__ = ["app"]

app = typer.Typer(add_completion=False)


@app.command()
def show(*, json: Json = False) -> None:
    """List the shipped cases and their scenarios."""
    from kosho.case import Case, cases

    found = [Case.load(name) for name in cases()]
    if json:
        content = [
            {
                "name": case.name,
                "title": case.title,
                "scenarios": [
                    {"id": one.id, "title": one.title, "role": one.role} for one in case.scenarios.values()
                ],
            }
            for case in found
        ]
        show_json({"schema_version": 1, "cases": content})
        return
    rows = [
        (case.name if first else "", one.id, one.role, one.title)
        for case in found
        for first, one in zip([True, *[False] * len(case.scenarios)], case.scenarios.values(), strict=False)
    ]
    show_table("Cases", ("Case", "Scenario", "Role", "What happens"), rows)
