"""`kosho lines goods`: Japan's trade by good and partner, and what its schedule lays on each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from kosho import formatting
from kosho.cli.options import Json
from kosho.cli.terminal import chosen, say, show_json, show_table
from kosho.language import _

if TYPE_CHECKING:
    from kosho.lines.goods_trade import GoodsDuty, GoodTrade

__all__ = ["add_goods"]

SHOWN = 30


def add_goods(app: typer.Typer) -> None:
    """Put the command on the app of `kosho lines`."""
    app.command("goods")(goods)


def goods(
    partner: Annotated[
        str, typer.Argument(metavar="PARTNER", help="Who trades with Japan: a code, EU27 or WORLD.")
    ],
    flow: Annotated[str, typer.Option(metavar="import|export", help="Of Japan.")] = "import",
    top: Annotated[int, typer.Option(metavar="N", min=1, help="So many goods, by value.")] = SHOWN,
    *,
    json: Json = False,
) -> None:
    """Show Japan's trade with a partner by good, and the range of duties on each: no trade by line may ship."""
    from kosho.lines.goods_trade import FLOWS, japan_goods
    from kosho.lines.shipped import SCHEDULES, SOURCES

    way = chosen(flow, FLOWS, "--flow")
    found = japan_goods(partner, way)
    if json:
        show_json(
            {
                "schema_version": 1,
                "partner": partner,
                "flow": way,
                "year": 2025,
                "unit": "billion JPY",
                "source": SOURCES["japan_goods_2025"],
                "schedule": SCHEDULES["JPN"],
                "goods": [_content(one) for one in found],
            }
        )
        return
    who = "" if partner == "WORLD" else formatting.the_country(partner)
    title = {
        ("import", False): _("Japan buys from {who}, 2025", who=who),
        ("export", False): _("Japan sells to {who}, 2025", who=who),
        ("import", True): _("Japan buys, 2025"),
        ("export", True): _("Japan sells, 2025"),
    }[way, not who]
    levied = way == "import"
    preferred = levied and any(one.preferred for one in found)
    heads = [_("Good"), _("Part of"), _("Billion yen"), _("Of all areas, %")]
    heads += [_("Duty, %")] * levied + [_("Preferential, %")] * preferred
    rows = [
        (
            one.good,
            one.part_of,
            formatting.decimals(one.value, 1),
            formatting.percent(one.value / one.of_world) if one.of_world else "",
            *([_range(one.duty)] if levied else []),
            *([_range(one.preferred)] if preferred else []),
        )
        for one in found[:top]
    ]
    show_table(title, heads, rows, numeric=len(heads) - 2)
    if len(found) > top:
        say(_("{number} more; --json lists all.", number=formatting.count(len(found) - top)))
    if levied:
        say(
            _(
                "Duties are the least and the most of the lines of a good in {schedule}, read by headings: an "
                "assumption; + where some lines are money a unit, quotas or words. What a good pays on average "
                "takes trade by line: give that of e-Stat, as in `kosho lines join JPN --trade FILE --rates "
                "shipped`.",
                schedule=SCHEDULES["JPN"],
            )
        )
        if preferred:
            say(
                _(
                    "Own duties are the range of those lines alone that have a duty for {who}; others pay "
                    "that of any origin.",
                    who=formatting.the_country(partner),
                )
            )
        elif who:
            say(
                _(
                    "Duties are those on goods of any origin: what an agreement may grant {who} is not in "
                    "them.",
                    who=formatting.the_country(partner),
                )
            )
    say(_("Source: {text}.", text=SOURCES["japan_goods_2025"]))


def _range(duty: GoodsDuty | None) -> str:
    if duty is None:
        return ""
    if duty.low is None or duty.high is None:
        return "+"
    ends = dict.fromkeys((formatting.rate(100.0 * duty.low), formatting.rate(100.0 * duty.high)))
    return " – ".join(ends) + (" +" if duty.other else "")


def _content(one: GoodTrade) -> dict[str, Any]:
    return {
        "good": one.good,
        "part_of": one.part_of or None,
        "value": one.value,
        "of_world": one.of_world,
        "headings": list(one.headings),
        "duty": _duty(one.duty),
        "own_duty": _duty(one.preferred),
    }


def _duty(duty: GoodsDuty | None) -> dict[str, Any] | None:
    if duty is None:
        return None
    return {"low": duty.low, "high": duty.high, "lines": duty.lines, "no_percentage": duty.other}
