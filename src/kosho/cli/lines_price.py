"""`kosho lines price` and `kosho lines indicators`: what a package brings, and what a line looks like."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kosho import formatting
from kosho.cli.lines_data import (
    Columns,
    Demand,
    Editions,
    Elasticities,
    Given,
    LawDay,
    LineInputs,
    On,
    Rates,
    Trade,
    Year,
    rate_told,
    read_lines,
    say_lines,
    say_parts,
    told_missing,
    told_parts,
    told_rates,
)
from kosho.cli.lines_ranges import package_ends, show_package_ends
from kosho.cli.lines_use import Cumulating, Origin, Use, UseOfCuts, refuse_use, use_of_cuts
from kosho.cli.options import Json, WorldNamed, world_named
from kosho.cli.terminal import chosen, day, say, say_more_lines, show_json, show_progress, show_table
from kosho.codes import country_name
from kosho.errors import InputError, Problem
from kosho.language import _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kosho.lines.line_offers import PricedPackage
    from kosho.lines.line_packages import PartOfTrade
    from kosho.lines.line_table import LineTable, MissingJoin
    from kosho.world import World

__all__ = ["add_price"]

SHOWN = 20


def add_price(app: typer.Typer) -> None:
    """Put the commands on the app of `kosho lines`."""
    app.command("price")(price)
    app.command("indicators")(indicators)


def price(  # noqa: PLR0913 - one parameter an option
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="Package: hs, partner, rate (percent, or -50%).")
    ],
    importer: Annotated[str, typer.Option(metavar="CODE", help="Whose tariffs change.")],
    trade: Trade = None,
    rates: Rates = None,
    on: On = None,
    columns: Columns = None,
    editions: Editions = None,
    year: Year = None,
    elasticities: Elasticities = "protee",
    demand: Demand = -1.25,
    model: Annotated[
        str,
        typer.Option(
            metavar="smart|ces|gsim",
            help="Of the lines: smart is linear, ces exact for large changes, gsim clears world markets and "
            "needs the trade of several importers.",
        ),
    ] = "smart",
    supply: Annotated[
        float | None, typer.Option(metavar="NUMBER", help="Elasticity of export supply; infinite if not given.")
    ] = None,
    diversion: Annotated[
        str, typer.Option(metavar="bounded|linear", help="Form of trade diversion, in smart.")
    ] = "bounded",
    use: Use = None,
    origin: Origin = None,
    members: Cumulating = None,
    world: WorldNamed = None,
    *,
    json: Json = False,
) -> None:
    """Price a package of lines: each line in partial equilibrium, every economy in the whole."""
    from kosho.lines.line_offers import package_rows, price_package, read_package, utilised
    from kosho.lines.partial_models import MODELS, PartialSettings, world_trade
    from kosho.lines.smart_model import FORMS

    refuse_use(use, origin, members)
    form = chosen(diversion, FORMS, "--diversion")
    of_lines = chosen(model, MODELS, "--model")
    if supply is not None and not supply > 0:
        told = _("an elasticity of export supply of {supply:g}", supply=supply)
        raise InputError(Problem(told, _("above zero; left out, it is infinite"), key="--supply"))
    table = world_named(world, default="talks").load().whole
    package_rows(file)  # before the law of the day is worked out: what is no package need not wait for it
    asked = day(on, "--on")
    inputs = LineInputs(
        trade, rates, columns, editions, elasticities, demand, year=year, on=asked, law=LawDay.of(asked)
    )
    given = read_lines(importer, inputs, table)
    start = given.start(table)
    wanted = read_package(file, given.table)
    used = use_of_cuts(table, given.table, use, origin, members)
    everybody = world_trade(given.trade, given.table) if of_lines == "gsim" else None
    settings = PartialSettings(of_lines, float("inf") if supply is None else supply, form, everybody)
    ends: list[PricedPackage] = []

    def at_rates_of(lines: LineTable) -> PricedPackage:
        after = utilised(lines.paid, read_package(file, lines), used.high)
        return price_package(start, lines, after, given.elasticities, settings)

    with show_progress(_("Pricing the package")):
        for share in (used.high, used.low) if used.is_range else (used.high,):
            after = utilised(given.table.paid, wanted, share)
            ends.append(price_package(start, given.table, after, given.elasticities, settings))
        found = ends[0]
        ranges = package_ends(given, at_rates_of) if found.unpriced.size else None
    if found.unpriced.size and not found.changed.size and ranges is None:
        told = (_("{hs} is not priced: {why}", hs=one.code, why=one.why) for one in _unpriced(found))
        raise InputError([Problem(text, file=str(file), key="hs") for text in told])
    assumed = {"diversion": form, "supply_elasticity": supply, "use_of_preferences": used.about.get("share")}
    content = _content(found, given, {**assumed, "use_of_cuts": used.about})
    if used.is_range:
        content["range"] = [_end(one) for one in reversed(ends)]
    content["assumed"]["free_elsewhere"] = [] if everybody is None else list(everybody.assumed_free)
    content["part_of_trade"] = told_parts(_parts(table, found))
    content["rate_ranges"] = ranges
    if json:
        show_json(content)
    else:
        _show(content, given, used)


def _end(found: PricedPackage) -> dict[str, Any]:
    """What a package comes to at an end of the range of its use."""
    welfare = found.whole.equivalent_variation.to_series()
    return {
        "partial": {name: float(values.sum()) for name, values in found.partial.figures.items()},
        "welfare": {str(code): float(value) for code, value in welfare.items()},
    }


def _parts(world: World, found: PricedPackage) -> list[PartOfTrade]:
    """Where lines that change stand for trade that the table of lines does not name."""
    from kosho.lines.line_packages import parts_of_trade
    from kosho.lines.sectors import sectors_of

    table, changed = found.table, found.changed
    moved = (abs(found.after[changed] - table.paid[changed]) > 0) & (table.imports[changed] > 0)
    sectors = sectors_of([table.codes[k] for k in changed.tolist()], world)
    touched = {
        (table.partners[i], sectors[k]) for k, i in zip(*(at.tolist() for at in moved.nonzero()), strict=True)
    }
    return [
        one
        for partner in table.partners
        if any(code == partner for code, _sector in touched)
        for one in parts_of_trade(world, table, partner)
        if (partner, one.sector) in touched
    ]


def _unpriced(found: PricedPackage) -> list[MissingJoin]:
    """Lines of the package that are in no sum, and why, the largest first."""
    why = {one.code: one for one in found.lines.left_out}
    return [why[found.table.codes[k]] for k in found.unpriced.tolist()]


def _content(found: PricedPackage, given: Given, assumed: dict[str, Any]) -> dict[str, Any]:
    partial, table, whole = found.partial, given.table, found.whole
    welfare = whole.equivalent_variation.to_series()
    buyers = {str(one) for one in found.lines.shock.countries}
    return {
        "schema_version": 1,
        "importer": table.importer,
        "assumed": {
            **assumed,
            "rates": told_rates(given),
            "elasticities": {
                name: given.elasticities.source.count(name) for name in dict.fromkeys(given.elasticities.source)
            },
        },
        "partial": {
            "unit": f"million {table.currency} a year, of the year of the trade",
            "model": partial.model,
            "lines_changed": len(found.changed),
            **{name: float(values.sum()) for name, values in partial.figures.items()},
            "exporters": {code: float(partial.sold[k]) for k, code in enumerate(table.partners)},
        },
        "whole": {
            "unit": "million USD a year, of the year of the world",
            "welfare": {str(code): float(value) for code, value in welfare.items() if str(code) in buyers},
            "tariff_revenue": {
                str(code): float(value) for code, value in whole.tariff_revenue.to_series().items()
            },
        },
        "not_priced": told_missing(_unpriced(found)),
        "left_out": told_missing(found.lines.left_out),
        "lines": [
            {
                "code": table.codes[k],
                "imports": float(table.imports[k].sum()),
                "rate": float((table.paid[k] * table.imports[k]).sum() / table.imports[k].sum()),
                **{name: float(values[k]) for name, values in partial.figures.items()},
            }
            for k in found.changed.tolist()
        ],
    }


def _show(content: dict[str, Any], given: Given, used: UseOfCuts) -> None:
    say_lines(given)
    partial, assumed = content["partial"], content["assumed"]
    say(_assumed(partial["model"], assumed))
    say(used.told)
    if assumed["free_elsewhere"]:
        say(
            _(
                "Duties of {importers} are not known everywhere; unknown ones count as zero, and do "
                "not change.",
                importers=formatting.listed([country_name(one) for one in assumed["free_elsewhere"]]),
            )
        )
    money = _("Million {currency}", currency=given.table.currency)
    titles = _titles()
    told = [name for name in titles if name in partial]
    third = "creation" if "creation" in partial else "exporter_surplus"
    if not content["lines"]:  # no line of the package has one rate
        _show_unpriced(content["not_priced"])
        show_package_ends(content["rate_ranges"], money)
        return
    rows = [
        (
            one["code"],
            formatting.decimals(one["imports"], 0),
            rate_told(one["rate"]),
            *(formatting.decimals(one[name], 1, sign=True) for name in (third, "revenue", "welfare")),
        )
        for one in content["lines"][:SHOWN]
    ]
    gained = _("Creation") if third == "creation" else _("Exporters")
    heads = (_("Line"), _("Imports"), _("Rate, %"), gained, _("Revenue"), _("Welfare"))
    show_table(
        _("Lines that change, million {currency}", currency=given.table.currency), heads, rows, numeric=5
    )
    say_more_lines(len(content["lines"]) - SHOWN)
    _show_unpriced(content["not_priced"])
    show_table(
        _("All lines, partial equilibrium"),
        ("", money),
        [(titles[name], formatting.decimals(partial[name], 1, sign=True)) for name in told],
        numeric=1,
    )
    welfare = sorted(content["whole"]["welfare"].items(), key=lambda item: -abs(item[1]))
    show_table(
        _("The whole economy"),
        (_("Economy"), _("Welfare, billion USD")),
        [
            (
                formatting.starting(country_name(code)),
                formatting.billions(value, sign=True, part=True),
            )
            for code, value in welfare[:8]
        ],
        numeric=1,
    )
    if "range" in content:
        _show_range(content, titles, money)
    show_package_ends(content["rate_ranges"], money)
    say(
        _(
            "The two part: in the whole economy wages and all prices move, exporters gain, and "
            "elasticities are those of sectors."
        )
    )
    _show_left_out(content["left_out"], given)
    say_parts(content["part_of_trade"])


def _show_left_out(lost: Sequence[dict[str, Any]], given: Given) -> None:
    """Imports that one answer or both are without."""
    table = given.table
    priced = {code for code, known in zip(table.codes, table.priced.tolist(), strict=True) if known}
    unknown = sum(one["imports"] for one in lost if one["code"] not in priced)
    nowhere = sum(one["imports"] for one in lost if one["code"] in priced)
    if nowhere > 0:
        held = formatting.dollars(nowhere)
        say(
            _(
                "{lost} {currency} of imports are in no sector of the whole economy.",
                lost=held,
                currency=table.currency,
            )
        )
    if unknown > 0:
        held = formatting.dollars(unknown)
        say(
            _(
                "Neither has the {lost} {currency} of imports in lines without a rate.",
                lost=held,
                currency=table.currency,
            )
        )


def _show_unpriced(lost: Sequence[dict[str, Any]]) -> None:
    """Lines of the package that no sum has."""
    if not lost:
        return
    rows = [(one["code"], one["why"], formatting.decimals(one["imports"], 0)) for one in lost[:SHOWN]]
    heads = _("Line"), _("Why"), _("Imports")
    show_table(_("Of the package, not priced and in no sum"), heads, rows, numeric=1)
    say_more_lines(len(lost) - SHOWN)


def _show_range(content: dict[str, Any], titles: dict[str, str], money: str) -> None:
    """Both ends of the use of a cut: what is shown above is with the most."""
    least, most = content["range"]
    rows = [
        (titles[name], *(formatting.decimals(end["partial"][name], 1, sign=True) for end in (least, most)))
        for name in ("revenue", "consumer_surplus", "welfare")
    ]
    show_table(
        _("By how much could comply: {money}", money=money), ("", _("Least"), _("Most")), rows, numeric=2
    )
    largest = sorted(most["welfare"], key=lambda code: -abs(most["welfare"][code]))[:5]
    show_table(
        _("By how much could comply: the whole economy"),
        (_("Economy"), _("Least"), _("Most")),
        [
            (
                formatting.starting(country_name(code)),
                *(formatting.billions(end["welfare"][code], sign=True, part=True) for end in (least, most)),
            )
            for code in largest
        ],
        numeric=2,
    )


def _assumed(model: str, assumed: dict[str, Any]) -> str:
    """Which model, and what it takes as given."""
    elasticity = assumed["supply_elasticity"]
    supply = _("infinite") if elasticity is None else formatting.figure(elasticity, 3)
    if model == "smart":
        return _(
            "SMART with {diversion} diversion, supply elasticity {supply}.",
            diversion=assumed["diversion"],
            supply=supply,
        )
    return _(
        "{model} with supply elasticity {supply}; goods made at home are left out.",
        model={"ces": _("Nested CES"), "gsim": "GSIM"}[model],
        supply=supply,
    )


def _titles() -> dict[str, str]:
    """Of the figures of a partial model, in the order they are told."""
    return {
        "creation": _("Trade creation"),
        "diversion": _("Trade diverted"),
        "revenue": _("Revenue"),
        "consumer_surplus": _("Consumer surplus"),
        "exporter_surplus": _("Surplus of exporters"),
        "welfare": _("Welfare of the importer"),
    }


def indicators(  # noqa: PLR0913 - one parameter an option
    importer: Annotated[str, typer.Argument(metavar="IMPORTER", help="Whose imports.")],
    partner: Annotated[str, typer.Argument(metavar="PARTNER", help="Who sells.")],
    trade: Trade = None,
    rates: Rates = None,
    on: On = None,
    columns: Columns = None,
    editions: Editions = None,
    year: Year = None,
    top: Annotated[
        int, typer.Option(metavar="N", min=1, help="So many lines, by imports from the partner.")
    ] = SHOWN,
    *,
    json: Json = False,
) -> None:
    """Show indicators by line: market share, duty, peaks, preference margin, what free entry erodes."""
    import numpy as np

    from kosho.lines.indices import market_share, preference_erosion, preference_margin, tariff_peaks

    given = read_lines(importer, LineInputs(trade, rates, columns, editions, year=year, on=day(on, "--on")))
    table = given.table
    column = table.partner(partner)
    bought = table.imports[:, column]
    after = table.without_duty(partner)
    known = np.where(table.imports > 0, table.rate, table.paid)  # a rival whose rate is not known is not free
    margin = preference_margin(known, table.imports)[:, column]
    lost = np.nansum(preference_erosion(known, after, table.imports), axis=0)
    share = market_share(table.imports)[:, column]
    peaks = tariff_peaks(table.paid[:, column]) & (bought > 0)
    shown = [k for k in np.argsort(-bought, kind="stable")[:top].tolist() if bought[k] > 0]
    content: dict[str, Any] = {
        "schema_version": 1,
        "importer": importer,
        "partner": partner,
        "peaks": int(peaks.sum()),
        "erosion": {code: float(lost[k]) for k, code in enumerate(table.partners) if code != partner},
        "lines": [
            {
                "code": table.codes[k],
                "imports": float(bought[k]),
                "rate": None if np.isnan(table.rate[k, column]) else float(table.rate[k, column]),
                "market_share": float(share[k]) if np.isfinite(share[k]) else None,
                "peak": bool(peaks[k]),
                "margin": float(margin[k]) if np.isfinite(margin[k]) else None,
            }
            for k in shown
        ],
    }
    if json:
        show_json(content)
        return
    say_lines(given)
    say(
        _(
            "Lines with a peak (above 15 %): {number}",
            number=formatting.count(content["peaks"]),
        )
    )
    show_table(
        _(
            "{partner} in {importer}",
            partner=formatting.starting(country_name(partner)),
            importer=formatting.the_country(importer),
        ),
        (_("Line"), _("Imports, million"), _("Share, %"), _("Rate, %"), _("Margin, points")),
        [
            (
                table.codes[k],
                formatting.decimals(float(bought[k]), 0),
                formatting.percent(float(share[k])),
                rate_told(float(table.rate[k, column])),
                formatting.decimals(100 * float(margin[k]), 1, sign=True),
            )
            for k in shown
        ],
        numeric=4,
    )
    worst = sorted(((value, code) for code, value in content["erosion"].items() if value < 0))[:8]
    show_table(
        _("Eroded if the partner paid nothing, million a year at base imports"),
        (_("Partner"), _("Preference lost")),
        [(country_name(code), formatting.decimals(value, 1, sign=True)) for value, code in worst],
        numeric=1,
    )
