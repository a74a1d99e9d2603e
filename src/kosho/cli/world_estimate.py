"""`kosho world estimate`: elasticities of one's own, with what a referee asks."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kosho import formatting
from kosho.cli.options import Json
from kosho.cli.table_options import (
    SettingsGiven,
    TariffPartnersGiven,
    TariffTradeGiven,
    assignments,
    line_duties,
    refuse_alone,
)
from kosho.cli.terminal import chosen, say, show_json, show_progress, show_table
from kosho.cli.world_shelf import app
from kosho.errors import InputError, Problem
from kosho.language import _

if TYPE_CHECKING:
    from kosho.world.estimation import Estimated

__all__ = ["app"]


@app.command("estimate")
def estimate(  # noqa: PLR0913 - one parameter an option
    panel: Annotated[
        Path,
        typer.Argument(
            metavar="PANEL.csv", help="exporter,importer,year,trade,tariff[,sector]; no tariff with --tariffs."
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE.csv", help="Write sector,theta,log_sd, as --elasticities takes them."),
    ] = None,
    settings: SettingsGiven = None,
    controls: Annotated[
        list[str] | None, typer.Option("--control", metavar="COLUMN", help="A control by pair; may repeat.")
    ] = None,
    values: Annotated[
        str, typer.Option(metavar="net|gross", help="Whether trade is net of duty or with it.")
    ] = "net",
    tariffs_in: Annotated[
        str, typer.Option("--tariffs-in", metavar="fractions|percent", help="The unit of tariffs.")
    ] = "fractions",
    tariffs: Annotated[
        list[Path] | None,
        typer.Option(
            "--tariffs",
            metavar="FILE",
            help="Tariffs by line and year (TRAINS, WITS, or importer,exporter,hs,rate) in place of the "
            "column; files or folders, may repeat.",
        ),
    ] = None,
    tariff_trade: TariffTradeGiven = None,
    tariff_partners: TariffPartnersGiven = None,
    *,
    json: Json = False,
) -> None:
    """Estimate trade elasticities on a panel of your own, by PPML with fixed effects.

    Exporter-year, importer-year and pair effects, sector by sector; standard errors clustered by pair. It says
    what separates, what was dropped and why, and writes only what can be an elasticity.
    """
    from kosho.outputs import require_file, save
    from kosho.world import estimation

    net = chosen(values, ("net", "gross"), "--values")
    unit = chosen(tariffs_in, ("fractions", "percent"), "--tariffs-in")
    names = assignments(settings)
    unknown = [key for key in names if key not in estimation.COLUMNS]
    if unknown:
        hint = _("one of {names}", names=", ".join(estimation.COLUMNS))
        raise InputError([Problem(_("a panel has no {key}", key=key), hint, key="--set") for key in unknown])
    require_file(out, ending=".csv")
    if not tariffs:
        refuse_alone(tariff_trade, tariff_partners, None)
    duties = line_duties(tariffs, tariff_trade, tariff_partners, None) if tariffs else None
    with show_progress(_("Estimating")):
        held = estimation.panel_of(
            panel,
            names,
            tuple(controls or ()),
            percent=unit == "percent",
            duties=None if duties is None else duties.of_panel,
        )
        found = estimation.estimate(held, net)
    usable = [one for one in found if one.usable]
    if out is not None and not usable:
        silent = _("not told")
        told = [f"{one.sector}: {'; '.join(one.notes) or silent}" for one in found]
        raise InputError([Problem(text, _("no elasticity can be written"), str(panel)) for text in told])
    if out is not None:
        save({out: _file(usable)})
    if json:
        show_json(_contract(found, net))
        return
    _show(found)
    if out is not None:
        say(
            _(
                "{out}: {usable} of {sectors} sectors. Use it with --elasticities {out}.",
                out=out,
                usable=len(usable),
                sectors=len(found),
            )
        )


def _file(found: Sequence[Estimated]) -> str:
    text = io.StringIO(newline="")
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(["sector", "theta", "log_sd"])
    lines.writerows([one.sector, f"{one.theta:.4g}", f"{one.log_sd:.3g}"] for one in found)
    return text.getvalue()


def _contract(found: Sequence[Estimated], values: str) -> dict[str, object]:
    return {
        "schema_version": 1,
        "values": values,
        "method": "PPML, exporter-year, importer-year and pair effects, standard errors clustered by pair",
        "sectors": [
            {
                "sector": one.sector,
                "theta": one.theta,
                "standard_error": one.error,
                "log_sd": one.log_sd,
                "beta": one.beta,
                "observations": one.observations,
                "clusters": one.clusters,
                "separated": one.separated,
                "alone": one.alone,
                "dropped": list(one.dropped),
                "notes": list(one.notes),
                "usable": one.usable,
            }
            for one in found
        ],
    }


def _show(found: Sequence[Estimated]) -> None:
    from kosho.world.estimation import interval

    rows: list[tuple[str, ...]] = []
    for one in found:
        ends = interval(one)
        rows.append(
            (
                one.sector,
                formatting.count(one.observations),
                formatting.count(one.clusters),
                formatting.count(one.separated),
                formatting.NOT_KNOWN if one.theta is None else formatting.decimals(one.theta, 2),
                formatting.NOT_KNOWN
                if ends is None
                else _(" to ").join(formatting.decimals(end, 2) for end in ends),
            )
        )
    columns = (
        _("Sector"),
        _("Observations"),
        _("Pairs"),
        _("Separated"),
        _("Theta"),
        _("95 %, clustered by pair"),
    )
    show_table(_("Trade elasticities: values net of duty fall with -(theta + 1)"), columns, rows, numeric=5)
    for one in found:
        for note in one.notes:
            say(_("note: {sector}: {note}", sector=one.sector, note=note))
