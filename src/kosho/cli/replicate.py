"""`kosho replicate`: published results, computed again and printed beside the published ones."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from kosho import formatting
from kosho.cli.options import Json
from kosho.cli.terminal import chosen, say, show_json, show_progress, show_table
from kosho.codes import country_name

__all__ = ["app"]

app = typer.Typer(add_completion=False)

STUDIES = ("cp2015",)
MEASURES = {
    "welfare_first_order": "Welfare as published (first order)",
    "terms_of_trade": "  of which terms of trade",
    "volume_of_trade": "  of which volume of trade",
    "welfare": "Exact change of real income",
    "real_wage": "Real wage",
    "intra_bloc_trade": "Imports from the bloc",
}


@app.command()
def show(
    study: Annotated[str, typer.Argument(metavar="cp2015", help="Which publication.")],
    data: Annotated[Path, typer.Option(metavar="DIR", help="Folder that holds the study's data.")],
    *,
    json: Json = False,
) -> None:
    """Replicate a published study: cp2015 is NAFTA in Caliendo & Parro (2015)."""
    from kosho.replications.cp2015 import replicate

    chosen(study, STUDIES, "STUDY")
    with show_progress("Solving"):
        content = replicate(data).to_dict()
    if json:
        show_json(content)
        return
    _show("Zero deficits, percent", content["zero"], content["published"]["zero"])
    _show("Observed deficits, percent", content["observed"], content["published"]["observed"])
    say(f"published: {content['published']['source']}")
    say(f"{formatting.decimals(1e3 * content['seconds_per_solve'], 0)} ms a solve")


def _show(title: str, ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    members = list(ours["welfare"])
    rows: list[list[str]] = []
    for name, label in MEASURES.items():
        cells = [label]
        for member in members:
            published = theirs.get(name, {}).get(member)
            cells += [
                formatting.decimals(ours[name][member], 4),
                "" if published is None else formatting.figure(published, 6),
            ]
        rows.append(cells)
    columns = [
        "Measure",
        *(head for name in map(country_name, members) for head in (name, f"{name}, published")),
    ]
    show_table(title, columns, rows, numeric=len(columns) - 1)
