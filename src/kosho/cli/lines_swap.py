"""`kosho lines swap`: the packages of lines to exchange."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kosho import formatting
from kosho.cli.lines_data import (
    Columns,
    Demand,
    Editions,
    Elasticities,
    Exclude,
    LineInputs,
    On,
    Rates,
    Trade,
    Year,
    read_lines,
    say_parts,
    say_rates,
    told_parts,
    told_rates,
)
from kosho.cli.lines_sides import (
    Budget,
    CaseNamed,
    Other,
    Party,
    Sides,
    narrowed,
    parts_of,
    refuse_idle,
    sides_of,
)
from kosho.cli.lines_use import Cumulating, Origin, Use, UseOfCuts, refuse_use, use_of_cuts
from kosho.cli.options import Json, WorldNamed
from kosho.cli.terminal import day, say, show_json, show_progress, show_table
from kosho.codes import country_name
from kosho.errors import InputError, KoshoError, Problem
from kosho.language import _

if TYPE_CHECKING:
    from kosho.equilibrium import Shock
    from kosho.lines.line_packages import PartOfTrade
    from kosho.lines.line_table import LineTable
    from kosho.lines.swap_sets import SwapLines, SwapSet
    from kosho.world import World

__all__ = ["swap"]


def swap(  # noqa: PLR0913 - one parameter an option
    case: CaseNamed,
    party: Party = None,
    other: Other = None,
    trade: Trade = None,
    rates: Rates = None,
    on: On = None,
    columns: Columns = None,
    editions: Editions = None,
    year: Year = None,
    elasticities: Elasticities = "protee",
    demand: Demand = -1.25,
    coverage: Annotated[
        float,
        typer.Option(metavar="SHARE", help="Of its lines and of its trade that each side frees at least."),
    ] = 0.0,
    budget: Budget = None,
    exclude: Exclude = None,
    use: Use = None,
    origin: Origin = None,
    members: Cumulating = None,
    world: WorldNamed = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the lines of every package; .csv.")
    ] = None,
    *,
    json: Json = False,
) -> None:
    """Find the packages of lines that no other leaves both sides better off than, from the trade of both."""
    from kosho.lines.swap_sets import swap_frontier
    from kosho.outputs import require_file, save

    require_file(out, ending=".csv")
    budget, excluded = narrowed(budget, exclude)
    refuse_use(use, origin, members)
    if not 0 <= coverage <= 1:
        raise InputError(Problem(f"{coverage:g}", _("0 to 1"), key="--coverage"))
    sides = sides_of(case, party, other, world)
    asked = day(on, "--on")
    inputs = LineInputs(
        trade, rates, columns, editions, elasticities, demand, year=year, on=asked, law=sides.law
    )
    swaps = _swap_lines(sides, inputs, (use, origin, members), excluded)
    sides = replace(sides, world=swaps.start)
    with show_progress(_("Looking for packages")):
        front = swap_frontier(swaps.lines, coverage=coverage, budget=(budget, budget), exclude=excluded)
        content = _frontier(front, sides, _solved(front, swaps, sides))
        if any(one.is_range for one in swaps.uses):
            least = _solved(front, swaps, sides, least=True)
            for package, found in zip(content["packages"], least, strict=True):
                package["gains_least_use"] = dict(zip((sides.party, sides.other), found, strict=True))
    content["rates"] = swaps.rates
    content["use_of_cuts"] = {
        giver: one.about for giver, one in zip((sides.party, sides.other), swaps.uses, strict=True)
    }
    if out is not None:
        save({out: _csv(front)})
    if json:
        show_json({**content, "left_out": swaps.missing, "part_of_trade": swaps.parts})
        return
    say_rates(list(dict.fromkeys(text for one in swaps.rates.values() for text in one["told"])))
    for text in dict.fromkeys(one.told for one in swaps.uses):
        say(text)
    first, second = (country_name(code) for code in (sides.party, sides.other))
    rows = [
        (
            str(number),
            *(_gain(one, code) for code in (sides.party, sides.other)),
            *(formatting.percent(one["covered"][code]["trade"]) for code in (sides.party, sides.other)),
            formatting.percent(one["gap"], decimals=4),
        )
        for number, one in enumerate(content["packages"], start=1)
    ]
    heads = (
        _("Package"),
        _("{first}, million", first=first),
        _("{second}, million", second=second),
        _("{first} frees, % of trade", first=first),
        _("{second} frees, % of trade", second=second),
        _("From the bound, %"),
    )
    show_table(_("Packages on the frontier"), heads, rows, numeric=5)
    say(
        _(
            "Gains are of whole packages, solved, million USD a year; packages were chosen by "
            "what each line is worth by the gradient, and the bound is on that. --out writes the "
            "lines."
        )
    )
    if not any(one.chosen.any() for one in front):
        say(
            _("The only package that leaves neither side worse off is none at all: no line of either is freed.")
        )
    if any(one.is_range for one in swaps.uses):
        say(_("The first gain is with the least that could comply, the second with the most."))
    say_parts(swaps.parts)


def _gain(package: dict[str, Any], code: str) -> str:
    """What a side gains by a package, from the least to the most that could comply with a rule of origin."""
    most = formatting.decimals(package["gains_solved"][code], 1, sign=True)
    if "gains_least_use" not in package:
        return most
    least = formatting.decimals(package["gains_least_use"][code], 1, sign=True)
    return " – ".join((least, most))


@dataclass(frozen=True)
class _Swaps:
    """What both sides could exchange, and the economy that they start from."""

    lines: SwapLines
    start: World
    tables: list[LineTable]
    rates: dict[str, dict[str, Any]]
    missing: dict[str, int]
    parts: list[dict[str, Any]]
    uses: list[UseOfCuts]
    """Of the cuts of each giver."""


def _swap_lines(
    sides: Sides, inputs: LineInputs, rule: tuple[float | None, float | None, str | None], excluded: list[str]
) -> _Swaps:
    """All dutiable lines of both sides, each freed for the other alone, with what that is worth to both.

    What a line is worth is by the share of its imports that claims the cut, the most where that is a range.
    """
    import numpy as np

    from kosho.lines.line_ranking import rank_lines
    from kosho.lines.swap_sets import SwapLines

    codes: list[str] = []
    rows: list[tuple[int, float, float, float, float]] = []
    missing: dict[str, int] = {}
    tables: list[LineTable] = []
    parts: list[PartOfTrade] = []
    ways = ((sides.party, sides.other), (sides.other, sides.party))
    givens = [read_lines(giver, inputs, sides.world) for giver, _taker in ways]
    refuse_idle(excluded, [given.table for given in givens])
    uses = [use_of_cuts(sides.world, given.table, *rule) for given in givens]
    start = next((one.start(sides.world) for one in givens if one.law), sides.world)
    for side, ((giver, taker), given) in enumerate(zip(ways, givens, strict=True)):
        found = rank_lines(start, given.table, taker, given.elasticities, confirm=0)
        missing[giver] = len(found.left_out)
        parts += parts_of(sides.world, given.table, found.partner, {one.sector for one in found.lines})
        tables.append(given.table)
        claimed = np.broadcast_to(uses[side].high, given.table.imports.shape)[:, given.table.partner(taker)]
        place = {code: k for k, code in enumerate(given.table.codes)}
        for one in found.lines:
            share = float(claimed[place[one.code]])
            gains = (-one.cost, one.gain) if side == 0 else (one.gain, -one.cost)
            codes.append(one.code)
            rows.append((side, share * gains[0], share * gains[1], one.imports, -share * one.revenue))
    if not rows:
        raise KoshoError(_("neither side levies a duty on the other"))
    table = np.array(rows)
    lines = SwapLines((sides.party, sides.other), codes, table[:, 0], table[:, 1:3], table[:, 3], table[:, 4])
    rates = {giver: told_rates(given) for (giver, _taker), given in zip(ways, givens, strict=True)}
    return _Swaps(lines, start, tables, rates, missing, told_parts(parts), uses)


def _solved(
    front: list[SwapSet], swaps: _Swaps, sides: Sides, *, least: bool = False
) -> list[tuple[float, float]]:
    """What both sides gain by each package, solved in the whole economy; with the most or the least use."""
    from kosho.bargain.collapse_rows import concatenate
    from kosho.equilibrium import solve_batch
    from kosho.lines.line_offers import utilised
    from kosho.lines.line_packages import line_shock, members

    world = sides.world
    shocks: list[Shock] = []
    for one in front:
        parts: list[Shock] = []
        for side, (table, taker) in enumerate(zip(swaps.tables, (sides.other, sides.party), strict=True)):
            mine = {one.lines.codes[k] for k in one.chosen.nonzero()[0].tolist() if one.lines.giver[k] == side}
            at = [k for k, code in enumerate(table.codes) if code in mine]
            claimed = swaps.uses[side].low if least else swaps.uses[side].high
            after = utilised(table.paid, table.without_duty(taker, at), claimed)
            parts.append(line_shock(world, table, after).shock)
        shocks.append(concatenate(parts))
    many = solve_batch(world, shocks, volumes=False)
    many.raise_if_failed([f"package {k}" for k in range(1, len(front) + 1)])
    worth = many.equivalent_variation.to_numpy()
    first, second = (worth[:, members(world, code)].sum(axis=1) for code in (sides.party, sides.other))
    return list(zip(first.tolist(), second.tolist(), strict=True))


def _frontier(front: list[SwapSet], sides: Sides, solved: list[tuple[float, float]]) -> dict[str, Any]:
    return {
        "schema_version": 1,
        "parties": [sides.party, sides.other],
        "packages": [
            {
                "weight": one.weight,
                "gains_by_gradient": dict(zip((sides.party, sides.other), one.gains, strict=True)),
                "gains_solved": dict(zip((sides.party, sides.other), found, strict=True)),
                "covered": {
                    code: dict(zip(("lines", "trade"), one.lines.covered(one.chosen, side), strict=True))
                    for side, code in enumerate((sides.party, sides.other))
                },
                "bound": one.bound,
                "gap": one.gap,
                "lines": int(one.chosen.sum()),
            }
            for one, found in zip(front, solved, strict=True)
        ],
    }


def _csv(front: list[SwapSet]) -> str:
    rows = ["package,giver,hs"]
    for number, one in enumerate(front, start=1):
        rows += [
            f"{number},{one.lines.sides[int(one.lines.giver[k])]},{one.lines.codes[k]}"
            for k in one.chosen.nonzero()[0].tolist()
        ]
    return "\n".join([*rows, ""])
