"""`kosho tariffs`: what parties would set alone, against one another, and together."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor, log10
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kosho.cli.options import Json, WorldNamed, world_named
from kosho.cli.terminal import say, show_assumptions, show_json, show_progress, show_table
from kosho.errors import InputError, Problem, suggest

if TYPE_CHECKING:
    from kosho.bargain.optimal_tariffs import Tariffs
    from kosho.world import World

__all__ = ["app", "contract", "percent"]

app = typer.Typer(add_completion=False)

KINDS = ("optimal", "nash", "cooperative")
SHOWN = 20
LEAST = 1e-6
"""Percent; what the solver leaves open is smaller."""


@app.command()
def show(  # noqa: PLR0913 - one parameter an option
    kind: Annotated[str, typer.Argument(metavar="optimal|nash|cooperative", help="Which tariffs.")],
    parties: Annotated[
        str,
        typer.Option(
            help="Codes, comma between. optimal: the first sets tariffs on the others named, or on everybody "
            "when it stands alone. nash, cooperative: all of them, on one another."
        ),
    ],
    sectors: Annotated[
        str | None, typer.Option(help="Codes of sectors, comma between; goods when not given.")
    ] = None,
    low: Annotated[float, typer.Option(help="Lowest rate allowed, percent.")] = 0.0,
    high: Annotated[float, typer.Option(help="Highest rate allowed, percent.")] = 200.0,
    world: WorldNamed = None,
    *,
    json: Json = False,
) -> None:
    """Tariffs that are best for a party, for each against the others, or for all alike; trade balanced."""
    from kosho.bargain.optimal_tariffs import RateBounds, cooperative, nash, optimal

    if kind not in KINDS:
        raise InputError(Problem(f"unknown kind {kind!r}", suggest(kind, KINDS)))
    named_world = world_named(world, default="talks")
    named = _codes(parties, "--parties")
    wanted = None if sectors is None else _codes(sectors, "--sectors")
    bounds = RateBounds(low / 100.0, high / 100.0)
    with show_progress("Searching") as progress:
        table = named_world.load().whole
        if kind == "optimal":
            found = optimal(table, named[0], named[1:] or None, wanted, bounds, progress)
        else:
            search = nash if kind == "nash" else cooperative
            found = search(table, named, wanted, bounds, progress)
        content = contract(found, named)
    if json:
        show_json(content)
    else:
        _show(found, content)


def contract(found: Tariffs, parties: Sequence[str]) -> dict[str, Any]:
    """What `--json` prints; fractions.

    Args:
        found: The answer.
        parties: Every economy that was named; those who decide are among them.
    """
    welfare = dict(zip(found.outcome.base.countries, found.welfare.to_numpy().tolist(), strict=True))
    return {
        "schema_version": 1,
        "kind": found.kind,
        "parties": list(parties),
        "decides": list(found.parties),
        "world": found.outcome.base.hash,
        "assumptions": _assumed(found),
        "tariffs": [
            {"importer": importer, "exporter": exporter, "sector": sector, "rate": float(rate)}
            | {"base": _known_base(found.outcome.base, importer, exporter, sector)}
            for importer, exporter, sector, rate in zip(
                found.importer, found.exporter, found.sector, found.rate, strict=True
            )
        ],
        "welfare": {code: welfare[code] for code in parties},
        "welfare_of_others": {code: gain for code, gain in welfare.items() if code not in parties},
        "weights": dict(found.weights),
        "residual": found.residual,
        "evaluations": found.evaluations,
    }


def _known_base(base: World, importer: str, exporter: str, sector: str) -> float | None:
    """The base rate of a flow; None where it is not known."""
    cell = {"importer": importer, "exporter": exporter, "sector": sector}
    unknown = base.unknown_tariff
    return None if unknown is not None and bool(unknown.sel(cell)) else float(base.tariff.sel(cell))


def _assumed(found: Tariffs) -> list[str]:
    """What the table needed, and what is taken for base rates that nobody knows."""
    base = found.outcome.base
    flows = list(zip(found.importer, found.exporter, found.sector, strict=True))
    unknown = sum(_known_base(base, *flow) is None for flow in flows)
    told = f"base rates of {unknown} of the {len(flows)} flows are not known and count as zero"
    return [*base.finest.meta.assumptions, *([told] if unknown else [])]


def _codes(text: str, option: str) -> list[str]:
    codes = [code.strip() for code in text.split(",") if code.strip()]
    if not codes:
        raise InputError(Problem("no code given", "such as USA,JPN", key=option))
    return codes


def _show(found: Tariffs, content: dict[str, Any]) -> None:
    from kosho import formatting
    from kosho.codes import country_name, sector_name

    base, flows = found.outcome.base, found.outcome.flows
    cells = [{key: row[key] for key in ("importer", "exporter", "sector")} for row in content["tariffs"]]
    largest = sorted(
        zip(cells, found.rate, strict=True), key=lambda pair: float(flows.sel(pair[0])), reverse=True
    )[:SHOWN]
    rows = [
        (
            country_name(cell["importer"]),
            country_name(cell["exporter"]),
            sector_name(cell["sector"]),
            formatting.NOT_KNOWN
            if (before := _known_base(base, **cell)) is None
            else formatting.decimals(100 * before, 1),
            formatting.decimals(100 * float(rate), 1),
            formatting.billions(float(flows.sel(cell)), part=True),
        )
        for cell, rate in largest
    ]
    title = f"{found.kind} tariffs, {len(cells)} rates" + (", the largest flows" if len(cells) > SHOWN else "")
    columns = ("Importer", "Exporter", "Sector", "Base, %", "New, %", "Imports, billion USD")
    show_table(title[0].upper() + title[1:], columns, rows, numeric=3)
    gains = [(country_name(code), percent(value)) for code, value in content["welfare"].items()]
    show_table(
        "Real income, long run, against balanced trade at base tariffs", ("Economy", "%"), gains, numeric=1
    )
    show_assumptions(content["assumptions"])
    say(f"First-order residual {found.residual:.1e}, {found.evaluations} equilibria.")


def percent(fraction: float) -> str:
    """Signed percent, two decimals, or two significant figures of what is smaller."""
    from kosho import formatting

    value = 100 * fraction
    if abs(value) < LEAST:
        return "0"
    return formatting.decimals(value, max(2, 1 - floor(log10(abs(value)))), sign=True)
