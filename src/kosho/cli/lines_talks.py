"""`kosho lines request`, `offer` and `swap`: which lines to ask for, to give, and to exchange."""

from __future__ import annotations

import re
from collections.abc import Collection
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
    Given,
    LawDay,
    LineInputs,
    On,
    Rates,
    Trade,
    Year,
    read_lines,
    say_lines,
    say_parts,
    say_rates,
    told_missing,
    told_parts,
    told_rates,
)
from kosho.cli.lines_ranges import ranked_ends, show_ranked_ends
from kosho.cli.lines_use import Cumulating, Origin, Use, UseOfCuts, use_of_cuts
from kosho.cli.options import Json, WorldNamed, open_case, world_named
from kosho.cli.terminal import day, say, show_json, show_progress, show_table
from kosho.errors import InputError, KoshoError, Problem, Problems, suggest
from kosho.language import _, pgettext

if TYPE_CHECKING:
    from kosho.equilibrium import Shock
    from kosho.lines.line_packages import PartOfTrade
    from kosho.lines.line_ranking import LineWorth, Ranking
    from kosho.lines.line_table import LineTable
    from kosho.lines.swap_sets import SwapLines, SwapSet
    from kosho.world import World

__all__ = ["add_talks"]

SHOWN = 20
CaseNamed = Annotated[str, typer.Argument(metavar="CASE", help="Whose parties talk.")]
Party = Annotated[
    str | None, typer.Option(metavar="CODE", help="Who asks or offers; the first party of the case.")
]
Other = Annotated[str | None, typer.Option("--to", metavar="CODE", help="The other side; the next party.")]
Budget = Annotated[
    float | None,
    typer.Option(metavar="MILLION", help="Revenue that the giver may lose, of the year of the trade."),
]
Out = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", help="Write the lines within the budget; .csv, for `lines:` of an option in table.yaml."
    ),
]
Confirm = Annotated[int, typer.Option(metavar="N", min=0, help="Solve so many lines, from the first on.")]


def add_talks(app: typer.Typer) -> None:
    """Put the commands on the app of `kosho lines`."""
    app.command("request")(request)
    app.command("offer")(offer)
    app.command("swap")(swap)


@dataclass(frozen=True)
class _Sides:
    world: World
    party: str
    other: str
    law: LawDay
    """Of the case's day."""


def _sides(case: str, party: str | None, other: str | None, world: str | None) -> _Sides:
    opened = open_case(case, None)
    table = opened.worlds(world_named(world, opened)).coarse
    known = [one.economy for one in opened.parties]
    mine = party or known[0]
    theirs = other or next((code for code in known if code != mine), known[0])
    for code, option in ((mine, "--party"), (theirs, "--to")):
        if code not in known:
            raise InputError(
                Problem(_("{code!r} is no party of this case", code=code), suggest(code, known), key=option)
            )
    if mine == theirs:
        raise InputError(
            Problem(_("both sides are one"), _("parties are {known}", known=", ".join(known)), key="--to")
        )
    on = opened.law_as_of or opened.as_of
    return _Sides(table, mine, theirs, LawDay(opened.register, on, on))


def request(  # noqa: PLR0913 - one parameter an option
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
    budget: Budget = None,
    exclude: Exclude = None,
    confirm: Confirm = 10,
    origin: Origin = None,
    members: Cumulating = None,
    world: WorldNamed = None,
    out: Out = None,
    *,
    json: Json = False,
) -> None:
    """Rank the lines to ask the other side for: our gain per unit of their cost."""
    sides = _sides(case, party, other, world)
    asked = day(on, "--on")
    inputs = LineInputs(
        trade, rates, columns, editions, elasticities, demand, year=year, on=asked, law=sides.law
    )
    rule = origin, members
    _rank(
        "request", sides, (sides.other, sides.party), inputs, (budget, exclude, confirm, out), rule, json=json
    )


def offer(  # noqa: PLR0913 - one parameter an option
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
    budget: Budget = None,
    exclude: Exclude = None,
    confirm: Confirm = 10,
    origin: Origin = None,
    members: Cumulating = None,
    world: WorldNamed = None,
    out: Out = None,
    *,
    json: Json = False,
) -> None:
    """Rank the lines to offer the other side: their gain per unit of our cost."""
    sides = _sides(case, party, other, world)
    asked = day(on, "--on")
    inputs = LineInputs(
        trade, rates, columns, editions, elasticities, demand, year=year, on=asked, law=sides.law
    )
    rule, narrowed = (origin, members), (budget, exclude, confirm, out)
    _rank("offer", sides, (sides.party, sides.other), inputs, narrowed, rule, json=json)


def _rank(  # noqa: PLR0913 - what both commands are asked
    kind: str,
    sides: _Sides,
    ways: tuple[str, str],
    inputs: LineInputs,
    narrowed: tuple[float | None, str | None, int, Path | None],
    rule: tuple[float | None, str | None],
    *,
    json: bool,
) -> None:
    from kosho.lines.line_ranking import rank_lines
    from kosho.outputs import require_file, save

    giver, taker = ways
    budget, exclude, confirm, out = narrowed
    require_file(out)
    budget, excluded = _narrowed(budget, exclude)
    given = read_lines(giver, inputs, sides.world)
    used = use_of_cuts(sides.world, given.table, None, *rule)
    start = given.start(sides.world)
    with show_progress(_("Pricing every line")):
        found = rank_lines(
            start,
            given.table,
            taker,
            given.elasticities,
            budget=budget,
            exclude=excluded,
            confirm=confirm,
        )
        ranges = ranked_ends(given, start, found, excluded)
    content = _ranking(kind, found, given, used)
    content["ranges"] = ranges
    parts = _parts(sides.world, given.table, found.partner, {one.sector for one in found.lines})
    if ranges and given.ends is not None:
        more = {str(one["sector"]) for one in ranges} - {one.sector for one in parts}
        parts += _parts(sides.world, given.ends[1], found.partner, more)
    content["part_of_trade"] = told_parts(parts)
    if out is not None:
        save({out: _cuts(found, given, sides.world)})
    if json:
        show_json(content)
        return
    say_lines(given)
    say(used.told)
    _show_ranking(kind, found, _use_by_line(found, given, used))
    show_ranked_ends(ranges, found.giver, found.partner)
    say_parts(content["part_of_trade"])


def _parts(world: World, table: LineTable, partner: str, ranked: Collection[str]) -> list[PartOfTrade]:
    """Where lines of sectors that are ranked stand for trade that the table of lines does not name."""
    from kosho.lines.line_packages import parts_of_trade

    return [one for one in parts_of_trade(world, table, partner) if one.sector in ranked]


def _narrowed(budget: float | None, exclude: str | None) -> tuple[float | None, list[str]]:
    """The budget and the codes that are not to be freed.

    Raises:
        InputError: the budget is none, or a code is none of tariff lines; all of it.
    """
    problems = Problems()
    if budget is not None and not budget >= 0:
        problems.add(_("a budget of {budget:g}", budget=budget), _("zero or more million"), key="--budget")
    codes: list[str] = []
    for one in (exclude or "").split(","):
        code = one.strip().replace(".", "")
        if code and not re.fullmatch(r"[0-9]{1,10}", code):
            problems.add(_("{code!r} begins no tariff code", code=one.strip()), _("digits"), key="--exclude")
        codes += [code] if code else []
    problems.raise_if_any()
    return budget, codes


def _worth(one: LineWorth, number: int, found: Ranking) -> dict[str, Any]:
    return {
        "rank": number + 1,
        "code": one.code,
        "sector": one.sector,
        "imports": one.imports,
        "rate": one.rate,
        "gain": one.gain,
        "cost": one.cost,
        "ratio": None if one.cost <= 0 else one.ratio,
        "gain_solved": one.gain_solved,
        "cost_solved": one.cost_solved,
        "partial": {"revenue": one.revenue, "creation": one.creation},
        "within_budget": number < found.within,
    }


def _use_by_line(found: Ranking, given: Given, used: UseOfCuts) -> dict[str, tuple[float, float]]:
    """Least and most of a line's imports that could claim the cut, by code; none where no rule was named."""
    import numpy as np

    if not used.is_range:
        return {}
    column, place = given.table.partner(found.partner), {code: k for k, code in enumerate(given.table.codes)}
    low, high = (np.asarray(one)[:, column] for one in (used.low, used.high))
    return {one.code: (float(low[place[one.code]]), float(high[place[one.code]])) for one in found.lines}


def _ranking(kind: str, found: Ranking, given: Given, used: UseOfCuts) -> dict[str, Any]:
    gain, cost = found.by_gradient
    ranges = _use_by_line(found, given, used)
    return {
        "schema_version": 1,
        "kind": kind,
        "giver": found.giver,
        "taker": found.partner,
        "units": {
            "imports": f"million {given.table.currency}, of the year of the trade",
            "gain": "million USD a year, of the year of the world",
        },
        "all_lines": {
            "gain_solved": found.all_gain, "gain_by_gradient": gain,
            "cost_solved": found.all_cost, "cost_by_gradient": cost,
        },
        "rates": told_rates(given),
        "use_of_cuts": used.about,
        "left_out": told_missing(found.left_out),
        "lines": [
            {**_worth(one, number, found), **({"could_comply": ranges[one.code]} if ranges else {})}
            for number, one in enumerate(found.lines)
        ],
    }  # fmt: skip


def _cuts(found: Ranking, given: Given, world: World) -> str:
    """The lines within the budget as a negotiating table reads them: it cuts ordinary duties."""
    from kosho.lines.line_ranking import duty_shares
    from kosho.lines.sectors import hs_sector

    ordinary = given.ordinary
    shares = {} if ordinary is None else duty_shares(world, ordinary, found.partner)
    rows = ["importer,partner,sector,hs,duty_share,cut,imports,rate,gain,cost"]
    rows += [
        f"{found.giver},{found.partner},{hs_sector(one.code) or one.sector},{one.code},"
        f"{one.duty_share if ordinary is None else shares.get(one.code, 0.0):.9g},"
        f"100,{one.imports:.9g},{one.rate:.6g},{one.gain:.6g},{one.cost:.6g}"
        for one in found.lines[: found.within]
    ]
    return "\n".join([*rows, ""])


def _show_ranking(kind: str, found: Ranking, ranges: dict[str, tuple[float, float]]) -> None:
    giver, taker = (formatting.country_name(code) for code in (found.giver, found.partner))
    to, of = formatting.the_country(found.partner), formatting.the_country(found.giver)
    verb = (
        _("{taker} asks {giver} for", taker=taker, giver=of)
        if kind == "request"
        else _("{giver} offers {taker}", giver=giver, taker=to)
    )
    rows = [
        (
            one.code,
            one.sector,
            formatting.decimals(one.imports, 0),
            formatting.percent(one.rate),
            formatting.decimals(one.gain if one.gain_solved is None else one.gain_solved, 1, sign=True),
            formatting.decimals(-(one.cost if one.cost_solved is None else one.cost_solved), 1, sign=True),
            pgettext("amount", "none") if one.cost <= 0 else formatting.decimals(one.ratio, 1),
            *([" – ".join(map(formatting.percent, ranges[one.code]))] if ranges else []),
        )
        for one in found.lines[: min(SHOWN, found.within)]
    ]
    heads = (
        _("Line"),
        _("Sector"),
        _("Imports, million"),
        _("Rate, %"),
        _("{taker}, million", taker=taker),
        _("{giver}, million", giver=giver),
        _("Gain for one of cost"),
        *([_("Could comply, %")] if ranges else []),
    )
    show_table(_("{verb}, best first", verb=verb), heads, rows, numeric=len(heads) - 2)
    if ranges:
        say(_("Gains are with all goods claiming; with a share of them they are about that share of it."))
    solved = sum(one.gain_solved is not None for one in found.lines[:SHOWN])
    if solved:
        say(
            _(
                "The first {solved} were solved, each freed alone; the rest is by the gradient.",
                solved=formatting.count(solved),
            )
        )
    else:
        say(_("None was solved; all is by the gradient."))
    if found.within < len(found.lines):
        every = formatting.count(len(found.lines))
        say(
            _(
                "Within the budget: the first {within} of {every}.",
                within=formatting.count(found.within),
                every=every,
            )
        )
    solved_gain, solved_loss, gain, loss = (
        formatting.dollars(one, sign=True)
        for one in (found.all_gain, -found.all_cost, found.by_gradient[0], -found.by_gradient[1])
    )
    say(
        _(
            "All {number} lines at once, solved: {taker} {solved_gain}, {giver} {solved_loss} "
            "dollars a year; their gradients add up to {gain} and {loss}.",
            number=formatting.count(len(found.lines)),
            taker=taker,
            solved_gain=solved_gain,
            giver=giver,
            solved_loss=solved_loss,
            gain=gain,
            loss=loss,
        )
    )


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

    require_file(out)
    budget, excluded = _narrowed(budget, exclude)
    sides = _sides(case, party, other, world)
    asked = day(on, "--on")
    inputs = LineInputs(
        trade, rates, columns, editions, elasticities, demand, year=year, on=asked, law=sides.law
    )
    swaps = _swap_lines(sides, inputs, (use, origin, members))
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
    first, second = (formatting.country_name(code) for code in (sides.party, sides.other))
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
    sides: _Sides, inputs: LineInputs, rule: tuple[float | None, float | None, str | None]
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
    uses = [use_of_cuts(sides.world, given.table, *rule) for given in givens]
    start = next((one.start(sides.world) for one in givens if one.law), sides.world)
    for side, ((giver, taker), given) in enumerate(zip(ways, givens, strict=True)):
        found = rank_lines(start, given.table, taker, given.elasticities, confirm=0)
        missing[giver] = len(found.left_out)
        parts += _parts(sides.world, given.table, found.partner, {one.sector for one in found.lines})
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
    front: list[SwapSet], swaps: _Swaps, sides: _Sides, *, least: bool = False
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


def _frontier(front: list[SwapSet], sides: _Sides, solved: list[tuple[float, float]]) -> dict[str, Any]:
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
