"""`kosho supply`: where a sector's value is added, where its inputs come from, the loss without one origin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from kosho.cli.options import Json, WorldNamed, world_named
from kosho.cli.terminal import say, show_assumptions, show_json, show_progress, show_table
from kosho.errors import InputError, Problem, suggest
from kosho.language import _

if TYPE_CHECKING:
    from kosho.impact.ranges import Range
    from kosho.impact.value_chains import Loss
    from kosho.world import World

__all__ = ["app"]

app = typer.Typer(add_completion=False)

LISTED = 15
VEHICLES = "C29"
CLOSURES = ("fixed", "zero")
RESPONSES = ("central", "low")


@app.command()
def show(
    country: Annotated[str, typer.Argument(help="ISO 3166 alpha-3 code.")],
    sector: Annotated[str, typer.Argument(help="Sector of the table, such as C27.")],
    without: Annotated[
        str | None, typer.Option(metavar="ORIGIN", help="What is lost if this origin falls away.")
    ] = None,
    world: WorldNamed = None,
    *,
    json: Json = False,
) -> None:
    """Trace a supply chain: value added and inputs by origin, concentration, the loss without one origin."""
    table = world_named(world).load().whole
    with show_progress(_("Tracing")):
        content = contract(table, country, table.sector_of(sector), without)
    if json:
        show_json(content)
    else:
        _show(content)


def contract(table: World, country: str, sector: str, without: str | None) -> dict[str, Any]:
    """What `--json` prints; shares and changes are fractions, money is million USD a year."""
    from kosho.impact.value_chains import concentration, inputs_by_origin, value_added_by_origin

    added = value_added_by_origin(table, country, sector).sum("sector")
    inputs = inputs_by_origin(table, country, sector)
    n, j = table.position(country), table.sector_position(sector)
    bought = table.arrays.flows[n, :, j].copy()
    bought[n] = 0.0
    origins = {code: float(bought[i] / bought.sum()) for i, code in enumerate(table.countries) if bought[i] > 0}
    pairs = {
        (origin, goods): float(inputs.values[i, k])
        for i, origin in enumerate(table.countries)
        for k, goods in enumerate(table.sectors)
    }
    return {
        "schema_version": 1,
        "world": table.hash,
        "assumptions": list(table.finest.meta.assumptions),
        "country": country,
        "sector": sector,
        "value_added": _largest({str(code): float(added.sel(country=code)) for code in table.countries}),
        "tariffs_along_the_chain": 1.0 - float(added.sum()),
        "inputs": [
            {"exporter": origin, "input": goods, "share": share}
            for (origin, goods), share in sorted(pairs.items(), key=lambda one: -one[1])[:LISTED]
        ],
        "imports_musd": float(bought.sum()),
        "origins": _largest(origins),
        "concentration": {
            "imports": concentration(table, country, sector) if origins else None,
            "with_home": concentration(table, country, sector, home=True),
        },
        "without": None if without is None else _without(table, country, sector, without),
        "vehicles": _vehicles(country) if table.meta.sectors.get(sector, (sector,)) == (VEHICLES,) else None,
    }


def _largest(shares: dict[str, float]) -> list[dict[str, Any]]:
    ordered = sorted(shares.items(), key=lambda one: -one[1])[:LISTED]
    return [{"country": code, "share": share} for code, share in ordered]


def _without(table: World, country: str, sector: str, origin: str) -> dict[str, Any]:
    """The loss under both closures, and central and low elasticities."""
    from kosho.impact.value_chains import loss_without
    from kosho.world import low_elasticity

    if origin not in table.countries:
        hint = suggest(origin, table.countries)
        raise InputError(Problem(_("unknown country {origin!r}", origin=origin), hint, key="--without"))
    if origin == country:
        raise InputError(
            Problem(
                _("{origin} is the country itself", origin=origin), _("name another origin"), key="--without"
            )
        )
    worlds = {"central": table, "low": low_elasticity(table)}
    share = float(table.flows.sel(importer=country, exporter=origin, sector=sector))
    return {
        "origin": origin,
        "base_musd": share,
        "variants": [
            {
                "deficits": closure,
                "elasticities": response,
                **_lost(loss_without(worlds[response], country, origin, [sector], closure), sector),
            }
            for closure in CLOSURES
            for response in RESPONSES
        ],
    }


def _lost(found: Loss, sector: str) -> dict[str, float]:
    return {
        "welfare": found.welfare,
        "ev_musd": found.equivalent_variation,
        "price": float(found.price.sel(sector=sector)),
        "real_value_added_musd": float(found.real_value_added.sel(sector=sector)),
    }


def _vehicles(country: str) -> dict[str, Any]:
    """Drives of the vehicles sold in the country, makers of those it ships, brands, where they are known."""
    from kosho.impact.ranges import Range
    from kosho.impact.vehicles import vehicle_data

    data = vehicle_data()
    return {
        "drives": {
            drive: _levels(Range.of(cited))
            for one in data.drives
            if one.market == country
            for drive, cited in one.shares.items()
        },
        "makers": [
            {
                "market": one.market,
                "unit": one.unit,
                "year": one.year,
                "makers": {maker: _levels(Range.of(cited)) for maker, cited in one.units.items()},
            }
            for one in data.makers
            if one.exporter == country
        ],
        "japanese_brands": next(
            (_levels(Range.of(one.share)) for one in data.brands if one.market == country), None
        ),
    }


def _levels(found: Range) -> dict[str, Any]:
    return {
        "low": found.low,
        "value": found.value,
        "high": found.high,
        "assumed": found.assumed,
        "sources": list(found.sources),
    }


def _show(content: dict[str, Any]) -> None:
    from kosho import formatting
    from kosho.codes import country_name, sector_name

    goods, buyer = sector_name(content["sector"]), formatting.the_country(content["country"])
    rows = [
        (country_name(one["country"]), formatting.percent(one["share"], decimals=1))
        for one in content["value_added"]
    ]
    rows.append(
        (_("tariffs along the chain"), formatting.percent(content["tariffs_along_the_chain"], decimals=1))
    )
    show_table(
        _("{goods} made in {buyer}: where its value is added", goods=goods, buyer=buyer),
        (_("Origin"), "%"),
        rows,
        numeric=1,
    )
    inputs = [
        (country_name(one["exporter"]), sector_name(one["input"]), formatting.percent(one["share"], decimals=1))
        for one in content["inputs"]
    ]
    show_table(_("What it buys directly, of its output"), (_("Origin"), _("Input"), "%"), inputs, numeric=1)
    origins = [
        (country_name(one["country"]), formatting.percent(one["share"], decimals=1))
        for one in content["origins"]
    ]
    if origins:
        worth = formatting.dollars(content["imports_musd"])
        show_table(
            _(
                "{goods} bought by {buyer} abroad, {worth} dollars a year",
                goods=goods,
                buyer=buyer,
                worth=worth,
            ),
            (_("Origin"), "%"),
            origins,
            numeric=1,
        )
    found = content["concentration"]
    if found["imports"] is not None:
        imports = formatting.decimals(found["imports"], 2)
        say(_("Concentration of imports (Herfindahl-Hirschman, to 1): {imports}", imports=imports))
    say(_("Concentration with its own producers: {value}", value=formatting.decimals(found["with_home"], 2)))
    if content["without"] is not None:
        _show_loss(content["without"], formatting.starting(buyer), goods)
    if content["vehicles"] is not None:
        _show_vehicles(content["vehicles"], buyer)
    show_assumptions(content["assumptions"])


def _show_loss(found: dict[str, Any], buyer: str, goods: str) -> None:
    from kosho import formatting

    rows = [
        (
            _(
                "Deficits {deficits}, {elasticities} elasticities",
                deficits=formatting.word(one["deficits"]),
                elasticities=formatting.word(one["elasticities"]),
            ),
            formatting.percent(one["welfare"], sign=True),
            formatting.billions(one["ev_musd"], sign=True, part=True),
            formatting.percent(one["price"], sign=True, decimals=1),
            formatting.billions(one["real_value_added_musd"], sign=True, part=True),
        )
        for one in found["variants"]
    ]
    title = _(
        "{buyer} without {goods} from {country} ",
        buyer=buyer,
        goods=goods,
        country=formatting.the_country(found["origin"]),
    )
    title += _(
        "({money} dollars a year): in the long run (year ten)", money=formatting.dollars(found["base_musd"])
    )
    say("")
    columns = (
        *(_("Variant"), _("Real income, %"), _("Billion USD a year"), _("Its price, %")),
        _("Value added at home, billion USD"),
    )
    show_table(title, columns, rows, numeric=4)
    say(_("In the first year little can be replaced and the loss is larger still; nothing here measures it.\n"))


def _show_vehicles(found: dict[str, Any], country: str) -> None:
    from kosho import formatting

    rows = [(drive, _percents(one), _standing(one)) for drive, one in found["drives"].items()]
    if found["japanese_brands"] is not None:
        one = found["japanese_brands"]
        rows.append((_("Japanese brands, wherever made"), _percents(one), _standing(one)))
    if rows:
        show_table(
            _("Vehicles sold in {country}, share", country=country), (_("Vehicles"), "%", _("How known")), rows
        )
    for trade in found["makers"]:
        makers = [
            (
                maker,
                formatting.with_ends(
                    formatting.quantity(one["value"]), formatting.quantity_range(one["low"], one["high"])
                ),
                _standing(one),
            )
            for maker, one in trade["makers"].items()
        ]
        title = _(
            "Shipped to {country} in {year}, {unit} by maker",
            country=formatting.the_country(trade["market"]),
            year=trade["year"],
            unit=trade["unit"],
        )
        show_table(title, (_("Maker"), trade["unit"].capitalize(), _("How known")), makers)
    if rows or found["makers"]:
        say(formatting.range_note(_("what sources give or is assumed")) + "\n")


def _percents(one: dict[str, Any]) -> str:
    from kosho import formatting

    return formatting.with_ends(
        formatting.percent(one["value"], decimals=1), formatting.percents(one["low"], one["high"])
    )


def _standing(one: dict[str, Any]) -> str:
    return _(", ").join([*([_("assumed")] if one["assumed"] else []), *one["sources"]])
