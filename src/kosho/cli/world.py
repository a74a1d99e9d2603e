"""`kosho world`: the table behind everything, made and described."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from kosho import formatting
from kosho.cli.options import Json, WorldNamed, world_named
from kosho.cli.table_options import (
    ClassificationGiven,
    ElasticitiesGiven,
    FilesGiven,
    Insist,
    NameGiven,
    RegionsGiven,
    SectorsGiven,
    SettingsGiven,
    TariffPartnersGiven,
    TariffsGiven,
    TariffTradeGiven,
    TariffYearGiven,
    WeightsGiven,
    YearGiven,
    settings_of,
    tariffs_said,
)
from kosho.cli.terminal import say, show_json, show_progress, show_table
from kosho.cli.world_page import Facts, world_page
from kosho.errors import InputError, Problem
from kosho.language import _, ngettext, pgettext
from kosho.world.notes import retold

SHOWN = 12
"""Adjustments that are told when a table is built."""

__all__ = ["app", "info_tables", "show_info", "size_told"]

app = typer.Typer(
    help="The world table: build it, or say what it is and how far to trust it.",
    no_args_is_help=True,
    add_completion=False,
)


@app.command("build")
def build(  # noqa: PLR0913 - one parameter an option
    files: FilesGiven = None,
    source: Annotated[
        str, typer.Option("--from", metavar="FORMAT", help="Its format; `kosho world formats` lists them.")
    ] = "wheel",
    out: Annotated[
        Path | None, typer.Option(help="File to write; icio-2022.npz, if there is none yet.")
    ] = None,
    settings: SettingsGiven = None,
    name: NameGiven = None,
    year: YearGiven = None,
    classification: ClassificationGiven = None,
    regions: RegionsGiven = None,
    sectors: SectorsGiven = None,
    elasticities: ElasticitiesGiven = None,
    tariffs: TariffsGiven = None,
    tariff_trade: TariffTradeGiven = None,
    tariff_partners: TariffPartnersGiven = None,
    tariff_year: TariffYearGiven = None,
    weights: WeightsGiven = None,
    *,
    insist: Insist = False,
) -> None:
    """Build a table: the default one from the pinned wheel, or one of your own from a file."""
    from kosho.world.build import Said
    from kosho.world.door import imported
    from kosho.world.store import write

    said = Said(
        name=name,
        year=year,
        classification=classification,
        regions=regions,
        sectors=sectors,
        elasticities=elasticities,
        tariffs=tariffs_said(tariffs, tariff_trade, tariff_partners, tariff_year),
        weights=weights,
        insist=insist,
    )
    target = _target(out)
    with show_progress(_("Building the table")):
        table, world = imported(source, files or [], settings_of(source, settings, year), said)
        path = write(table, target)
    size = formatting.decimals(path.stat().st_size / 1e6, 1)
    told = size_told(len(table.countries), len(table.sectors))
    say(_("{path}: {size}, {size_2} MB", path=path, size=told, size_2=size))
    adjusted = world.meta.adjustments
    for text in adjusted[:SHOWN]:
        say(_("adjusted: {text}", text=retold(text)))
    if len(adjusted) > SHOWN:
        left = formatting.count(len(adjusted) - SHOWN)
        say(_("… and {number} more; `kosho world info {path}` lists all", number=left, path=path))


def _target(out: Path | None) -> Path:
    """Where the table goes; only a file that was named is written over."""
    from kosho.outputs import require_file

    target = out or Path("icio-2022.npz")
    if out is None and target.exists():
        raise InputError(Problem(_("is there already"), _("--out says where to write"), file=str(target)))
    require_file(target, ending=".npz")
    return target


@app.command("formats")
def formats() -> None:
    """List the formats that `kosho world build --from` reads, with their settings."""
    from kosho.world.readers import READERS

    rows = [
        (
            one.name,
            pgettext("format", one.title),
            pgettext("format", one.files),
            ", ".join(f"{key}: {pgettext('format', what)}" for key, what in one.settings.items()),
        )
        for one in READERS.values()
    ]
    show_table(_("Formats of tables"), (_("Format"), _("What it is"), _("Files"), _("Settings")), rows)


@app.command("info")
def info(
    name: Annotated[
        str | None,
        typer.Argument(help="As --world: `icio-2022`, `talks`, or a table made by `kosho world build`."),
    ] = None,
    world: WorldNamed = None,
    *,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE.html", help="Write it as a page, with every elasticity.")
    ] = None,
    json: Json = False,
) -> None:
    """Say what a table is, which block of it is estimated and how well, and what is unknown."""
    from kosho.outputs import require_file, save
    from kosho.world.report import info as described

    require_file(html)
    if name is not None and world is not None:
        raise InputError(Problem(_("a table and --world were both given"), _("give one")))
    with show_progress(_("Reading the table")):
        content = described(
            world_named(world, default=name, key="name" if world is None else "--world").load().whole
        )
    if html is not None:
        save({html: world_page(content, info_tables(content))})
    if json:
        show_json(content)
    else:
        show_info(content)
        if html is not None:
            say(str(html))


def show_info(content: dict[str, Any]) -> None:
    """What `kosho world info` says of a table, on a terminal."""
    for title, columns, rows, numeric in info_tables(content):
        show_table(title, columns, rows, numeric=numeric)


def info_tables(content: dict[str, Any]) -> list[Facts]:
    """Tables of what `kosho.world.report.info` says: facts, and balances where they are published."""
    sizes, totals = content["sizes"], content["totals"]
    flows = formatting.count(sizes["flows"])
    facts = [
        (
            _("Table"),
            _(
                "{name}, {year}, fingerprint {world}",
                name=content["name"],
                year=content["year"],
                world=content["world"],
            ),
        ),
        *(((_("Edition"), content["edition"]),) if content["edition"] else ()),
        (_("Source"), content["source"]),
        (
            _("Licence"),
            _("; ").join(filter(None, (content["licence"], content["attribution"]))) or _("not told"),
        ),
        (_("Size"), size_told(sizes["countries"], sizes["sectors"], _("{flows} flows", flows=flows))),
        (
            _("Output"),
            _(
                "{money} USD, of which {money_2} traded",
                money=_money(totals["output"]),
                money_2=_money(totals["trade"]),
            ),
        ),
        *((_("Estimated"), _(text)) for text in content["estimated"]),
        *_fit(content),
        *((_("Left out"), text) for text in content["left_out"]),
        *((_("Adjusted"), retold(text)) for text in content["adjustments"]),
    ]
    return [(_("The world table"), (_("What"), _("As it is")), facts, 0), *_balances(content)]


def size_told(economies: int, sectors: int, *more: str) -> str:
    """How large a table is."""
    words = (
        ngettext("{number:,} economy", "{number:,} economies", economies, number=economies),
        ngettext("{number:,} sector", "{number:,} sectors", sectors, number=sectors),
    )
    return _(", ").join((*words, *more))


def _money(million: float) -> str:
    """In trillions, or in what sentences tell money in."""
    if million >= 1e6:
        return _("{number} trillion", number=formatting.decimals(million / 1e6, 1))
    return formatting.dollars(million)


def _fit(content: dict[str, Any]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    if content["fit"] is not None:
        fit = content["fit"]["without_ports"]
        text = _(
            "goods trade of the {pairs} largest pairs against {source} ",
            pairs=fit["pairs"],
            source=content["fit"]["source"],
        )
        plain, logs = (formatting.decimals(fit[name], 2) for name in ("correlation", "correlation_of_logs"))
        gap = formatting.decimals(100 * fit["median_absolute_log_gap"], 0)
        text += _(
            "({year}): correlation {plain}, in logs {logs}, median gap {gap} %",
            year=content["fit"]["year"],
            plain=plain,
            logs=logs,
            gap=gap,
        )
        found.append((_("Fit"), text))
    return [*found, *_named(content)]


def _named(content: dict[str, Any]) -> list[tuple[str, str]]:
    """Base tariffs, what sectors are, and what was assumed."""
    tariffs, sectors = content["tariffs"], content["classification"]
    unknown = [content["countries"][one["country"]] for one in tariffs["unknown_importers"]]
    share = tariffs["unknown_share_of_goods_trade"]
    trade = (
        _("no goods are traded")
        if share is None
        else _("unknown on {value} % of goods trade", value=formatting.decimals(100 * share, 0))
    )
    text = _("base rates: {value}; {trade}", value=tariffs["base"] or _("as given"), trade=trade)
    if unknown:
        text += f": {', '.join(unknown[:8])}{' …' if len(unknown) > 8 else ''}"
    found = [(_("Tariffs"), text)]
    if sectors["sectors"]:
        covered = sectors["share_of_goods_trade"]
        told = sectors["name"]
        if share is not None:
            one, several = (
                formatting.decimals(100 * covered[of], 0) for of in ("in_one_icio_sector", "in_several")
            )
            told += _(
                "; {what} % of goods trade is in sectors of one ICIO sector, {several} % in sectors of several",
                what=one,
                several=several,
            )
        found.append((_("Sectors"), told))
    return found + [(_("Assumed"), retold(text)) for text in content["assumptions"]]


def _balances(content: dict[str, Any]) -> list[Facts]:
    if content["balances"] is None:
        return []
    balances: dict[str, dict[str, Any]] = content["balances"]["net_exports"]
    largest = sorted(balances, key=lambda code: -abs(balances[code]["published"]))[:12]
    rows = [
        (
            content["countries"][code],
            *(formatting.decimals(balances[code][of] / 1e3, 0, sign=True) for of in ("table", "published")),
        )
        for code in largest
    ]
    title = _(
        "Net exports, billion USD, against {source} ({year})",
        source=content["balances"]["source"],
        year=content["balances"]["year"],
    )
    return [(title, (_("Economy"), _("Table"), _("Published")), rows, 2)]
