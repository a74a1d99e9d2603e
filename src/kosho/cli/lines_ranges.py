"""Lines whose duty is a range: what freeing or changing them is worth at both ends of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from kosho import formatting
from kosho.cli.lines_data import Given, rate_told
from kosho.cli.terminal import say_more_lines, show_table
from kosho.codes import country_name
from kosho.language import _

if TYPE_CHECKING:
    from kosho.lines.line_offers import PricedPackage
    from kosho.lines.line_ranking import LineWorth, Ranking
    from kosho.lines.line_table import LineTable
    from kosho.world import World

__all__ = ["package_ends", "ranked_ends", "show_package_ends", "show_ranked_ends"]

SHOWN = 10
ENDS = ("low", "high")


def _ranged(given: Given) -> tuple[tuple[LineTable, LineTable], list[str]] | None:
    """Lines at the least and the most of their duties, and the codes that only so have a rate."""
    ends = given.ends
    if ends is None:
        return None
    only = ends[0].priced & ends[1].priced & ~given.table.priced
    codes = [code for code, mine in zip(given.table.codes, only.tolist(), strict=True) if mine]
    return (ends, codes) if codes else None


def ranked_ends(given: Given, start: World, found: Ranking, exclude: Sequence[str]) -> list[dict[str, Any]]:
    """What freeing lines whose duty is a range is worth to both sides, at its least and its most.

    By the gradient; the largest gain first. Lines whose range has no upper end are not there.
    """
    from kosho.lines.line_ranking import rank_lines

    asked = _ranged(given)
    if asked is None:
        return []
    ends, codes = asked
    column = given.table.partner(found.partner)
    bought = given.table.imports[:, column]
    place = {code: k for k, code in enumerate(given.table.codes)}
    wanted = {code for code in codes if bought[place[code]] > 0 and ends[1].paid[place[code], column] > 0}
    if not wanted:
        return []
    ranked: list[dict[str, LineWorth]] = []
    for table in ends:
        worth = rank_lines(start, table, found.partner, given.elasticities, exclude=exclude, confirm=0)
        ranked.append({one.code: one for one in worth.lines if one.code in wanted})
    told: list[dict[str, Any]] = []
    for code, most in ranked[1].items():
        least = ranked[0].get(code)
        told.append(
            {
                "code": code,
                "sector": most.sector,
                "imports": most.imports,
                "rate": dict(zip(ENDS, (float(one.paid[place[code], column]) for one in ends), strict=True)),
                "gain": _range(0.0 if least is None else least.gain, most.gain),
                "cost": _range(0.0 if least is None else least.cost, most.cost),
            }
        )
    return sorted(told, key=lambda one: -one["gain"]["high"])


def _range(one: float, other: float) -> dict[str, float]:
    return dict(zip(ENDS, sorted((one, other)), strict=True))


def show_ranked_ends(ranges: Sequence[dict[str, Any]], giver: str, taker: str) -> None:
    """Lines whose duty is a range, under those that have one rate."""
    if not ranges:
        return
    rows = [
        (
            one["code"],
            one["sector"],
            formatting.decimals(one["imports"], 0),
            _ends(one["rate"], rate_told),
            _ends(one["gain"], _money),
            _ends({end: -value for end, value in one["cost"].items()}, _money),
        )
        for one in ranges[:SHOWN]
    ]
    heads = (
        _("Line"),
        _("Sector"),
        _("Imports, million"),
        _("Rate, %"),
        _("{taker}, million", taker=country_name(taker)),
        _("{giver}, million", giver=country_name(giver)),
    )
    title = _("Lines whose duty, or a rival's, is a range: by the gradient at its least and its most")
    show_table(title, heads, rows, numeric=4)
    say_more_lines(len(ranges) - SHOWN)


def _money(million: float) -> str:
    return formatting.decimals(million, 1, sign=True)


def _ends(of: dict[str, float], told: Callable[[float], str]) -> str:
    low, high = (told(of[end]) for end in ENDS)
    return low if low == high else f"{low} – {high}"


def package_ends(given: Given, price: Callable[[LineTable], PricedPackage]) -> dict[str, Any] | None:
    """What a package comes to where lines whose duty is a range have its least, and its most.

    Args:
        given: The lines.
        price: What prices the package on a table of lines (`PricedPackage`).

    Returns:
        None where the package has no such line.
    """
    asked = _ranged(given)
    if asked is None:
        return None
    ends, codes = asked
    low, high = (price(table) for table in ends)
    at = [k for k in high.changed.tolist() if given.table.codes[k] in codes]
    if not at:
        return None
    figures = {name: (_by_line(low, name), _by_line(high, name)) for name in ("revenue", "welfare")}
    return {
        "lines": [
            {
                "code": given.table.codes[k],
                "imports": float(given.table.imports[k].sum()),
                "rate": dict(zip(ENDS, (_mean_rate(table, k) for table in ends), strict=True)),
                **{name: _range(*(one.get(k, 0.0) for one in found)) for name, found in figures.items()},
            }
            for k in at
        ],
        "partial": {
            name: {
                end: float(one.partial.figures[name].sum()) for end, one in zip(ENDS, (low, high), strict=True)
            }
            for name in ("revenue", "consumer_surplus", "welfare")
        },
        "welfare": {
            str(code): {"low": float(value), "high": float(high.whole.equivalent_variation.sel(country=code))}
            for code, value in low.whole.equivalent_variation.to_series().items()
        },
    }


def _by_line(of: PricedPackage, name: str) -> dict[int, float]:
    """A figure of every line of which anything changes."""
    return {k: float(of.partial.figures[name][k]) for k in of.changed.tolist()}


def _mean_rate(table: LineTable, line: int) -> float:
    bought = table.imports[line]
    return float((table.paid[line] * bought).sum() / bought.sum())


def show_package_ends(ends: dict[str, Any] | None, money: str) -> None:
    """Both ends of the duties of lines that no single rate prices."""
    if ends is None:
        return
    rows = [
        (
            one["code"],
            formatting.decimals(one["imports"], 0),
            _ends(one["rate"], rate_told),
            *(_ends(one[name], _money) for name in ("revenue", "welfare")),
        )
        for one in ends["lines"][:SHOWN]
    ]
    heads = (_("Line"), _("Imports"), _("Rate, %"), _("Revenue"), _("Welfare"))
    show_table(
        _("Lines whose duty is a range, at its least and its most: {money}", money=money),
        heads,
        rows,
        numeric=4,
    )
    titles = {
        "revenue": _("Revenue"),
        "consumer_surplus": _("Consumer surplus"),
        "welfare": _("Welfare of the importer"),
    }
    whole = sorted(ends["welfare"], key=lambda code: -abs(ends["welfare"][code]["high"]))[:5]
    rows = [
        *((titles[name], *(_money(ends["partial"][name][end]) for end in ENDS)) for name in titles),
        *(
            (
                _("{economy}, in the whole economy, billion USD", economy=country_name(code)),
                *(formatting.billions(ends["welfare"][code][end], sign=True, part=True) for end in ENDS),
            )
            for code in whole
        ),
    ]
    show_table(
        _("The whole package with these lines"),
        ("", _("Duties at the least"), _("At the most")),
        rows,
        numeric=2,
    )
