"""`kosho world`: the table behind everything, made and described."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from kosho.cli.options import Json
from kosho.cli.terminal import progress, say, show_json, show_table
from kosho.errors import InputError, Problem

__all__ = ["app"]

app = typer.Typer(
    help="The world table: build it, or say what it is and how far to trust it.",
    no_args_is_help=True,
    add_completion=False,
)


@app.command("build")
def build(
    from_wheel: Annotated[
        Path | None, typer.Option(help="The pinned wheel; left out, it is downloaded with pip.")
    ] = None,
    from_oecd_csv: Annotated[Path | None, typer.Option(help="An official OECD ICIO table in CSV.")] = None,
    out: Annotated[Path, typer.Option(help="File to write.")] = Path("icio-2022.npz"),
) -> None:
    """Build the default table from the named wheel, or a table from an official OECD CSV."""
    from kosho.world.readers.oecd_csv import build_from_oecd_csv
    from kosho.world.readers.wheel import build_from_wheel
    from kosho.world.store import write

    if from_wheel is not None and from_oecd_csv is not None:
        raise InputError(Problem("--from-wheel and --from-oecd-csv were both given", "give one"))
    with progress("Building the table"):
        table = build_from_wheel(from_wheel) if from_oecd_csv is None else build_from_oecd_csv(from_oecd_csv)
        path = write(table, out)
    size = path.stat().st_size / 1e6
    say(f"{path}: {len(table.countries)} economies, {len(table.sectors)} sectors, {size:.1f} MB")


@app.command("info")
def info(
    name: Annotated[
        str, typer.Argument(help="`icio-2022`, or a table made by `kosho world build`.")
    ] = "icio-2022",
    *,
    json: Json = False,
) -> None:
    """Say what a table is, which block of it is estimated and how well, and what is unknown."""
    from kosho.world import load
    from kosho.world.report import info as described

    with progress("Reading the table"):
        content = described(load(name))
    if json:
        show_json(content)
    else:
        _show(content)


def _show(content: dict[str, Any]) -> None:
    sizes, totals = content["sizes"], content["totals"]
    facts = [
        ("Table", f"{content['name']}, {content['year']}, fingerprint {content['world']}"),
        ("Source", content["source"]),
        ("Licence", f"{content['licence']}; {content['attribution']}"),
        ("Size", f"{sizes['countries']} economies, {sizes['sectors']} sectors, {sizes['flows']:,} flows"),
        ("Output", f"{totals['output'] / 1e6:.1f} trillion USD, of which {totals['trade'] / 1e6:.1f} traded"),
        *(("Estimated", text) for text in content["estimated"]),
        *_fit(content),
        *(("Left out", text) for text in content["left_out"]),
        *(("Adjusted", text) for text in content["adjustments"]),
    ]
    show_table("The world table", ("", ""), facts)
    _show_balances(content)


def _fit(content: dict[str, Any]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    if content["fit"] is not None:
        fit = content["fit"]["without_ports"]
        text = f"goods trade of the {fit['pairs']} largest pairs against {content['fit']['source']} "
        text += f"({content['fit']['year']}): correlation {fit['correlation']:.2f}, in logs "
        text += f"{fit['correlation_of_logs']:.2f}, median gap {100 * fit['median_absolute_log_gap']:.0f} %"
        found.append(("Fit", text))
    tariffs = content["tariffs"]
    names = ", ".join(content["countries"][one["country"]] for one in tariffs["unknown_importers"][:8])
    share = 100 * tariffs["unknown_share_of_goods_trade"]
    found.append(
        ("Tariffs", f"base rates of {tariffs['year']}; unknown on {share:.0f} % of goods trade: {names} …")
    )
    return found


def _show_balances(content: dict[str, Any]) -> None:
    if content["balances"] is None:
        return
    balances: dict[str, dict[str, Any]] = content["balances"]["net_exports"]
    largest = sorted(balances, key=lambda code: -abs(balances[code]["published"]))[:12]
    rows = [
        (
            content["countries"][code],
            f"{balances[code]['table'] / 1e3:.0f}",
            f"{balances[code]['published'] / 1e3:.0f}",
        )
        for code in largest
    ]
    title = f"Net exports, billion USD, against {content['balances']['source']} ({content['balances']['year']})"
    show_table(title, ("Economy", "Table", "Published"), rows, numeric=2)
