"""`kosho lines request` and `offer`: which lines to ask for, and to give."""

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
    Exclude,
    Given,
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
from kosho.cli.lines_ranges import ranked_ends, show_ranked_ends
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
from kosho.cli.lines_swap import swap
from kosho.cli.lines_use import Cumulating, Origin, UseOfCuts, refuse_use, use_of_cuts
from kosho.cli.options import Json, WorldNamed
from kosho.cli.terminal import day, say, show_json, show_progress, show_table
from kosho.codes import country_name
from kosho.language import _, ngettext, pgettext

if TYPE_CHECKING:
    from kosho.lines.line_ranking import LineWorth, Ranking
    from kosho.world import World

__all__ = ["add_talks"]

SHOWN = 20

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
    refuse_use(None, origin, members)
    narrowed(budget, exclude)
    sides = sides_of(case, party, other, world)
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
    refuse_use(None, origin, members)
    narrowed(budget, exclude)
    sides = sides_of(case, party, other, world)
    asked = day(on, "--on")
    inputs = LineInputs(
        trade, rates, columns, editions, elasticities, demand, year=year, on=asked, law=sides.law
    )
    rule, limits = (origin, members), (budget, exclude, confirm, out)
    _rank("offer", sides, (sides.party, sides.other), inputs, limits, rule, json=json)


def _rank(  # noqa: PLR0913 - what both commands are asked
    kind: str,
    sides: Sides,
    ways: tuple[str, str],
    inputs: LineInputs,
    limits: tuple[float | None, str | None, int, Path | None],
    rule: tuple[float | None, str | None],
    *,
    json: bool,
) -> None:
    from kosho.lines.line_ranking import rank_lines
    from kosho.outputs import require_file, save

    giver, taker = ways
    budget, exclude, confirm, out = limits
    require_file(out, ending=".csv")
    budget, excluded = narrowed(budget, exclude)
    given = read_lines(giver, inputs, sides.world)
    refuse_idle(excluded, [given.table])
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
    parts = parts_of(sides.world, given.table, found.partner, {one.sector for one in found.lines})
    if ranges and given.ends is not None:
        more = {str(one["sector"]) for one in ranges} - {one.sector for one in parts}
        parts += parts_of(sides.world, given.ends[1], found.partner, more)
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
    giver, taker = (country_name(code) for code in (found.giver, found.partner))
    to, of = formatting.the_country(found.partner), formatting.the_country(found.giver)
    verb = (
        _("{taker} asks {giver} for", taker=formatting.starting(to), giver=of)
        if kind == "request"
        else _("{giver} offers {taker}", giver=formatting.starting(of), taker=to)
    )
    rows = [
        (
            one.code,
            one.sector,
            formatting.decimals(one.imports, 0),
            rate_told(one.rate),
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
            ngettext(
                "The first was solved, freed alone; the rest is by the gradient.",
                "The first {solved} were solved, each freed alone; the rest is by the gradient.",
                solved,
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
        ngettext(
            "That one line, solved: {taker} {solved_gain}, {giver} {solved_loss} dollars a year; by the "
            "gradient {gain} and {loss}.",
            "All {number} lines at once, solved: {taker} {solved_gain}, {giver} {solved_loss} "
            "dollars a year; their gradients add up to {gain} and {loss}.",
            len(found.lines),
            number=formatting.count(len(found.lines)),
            taker=taker,
            solved_gain=solved_gain,
            giver=giver,
            solved_loss=solved_loss,
            gain=gain,
            loss=loss,
        )
    )
