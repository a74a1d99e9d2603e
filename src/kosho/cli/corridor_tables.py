"""Tables of `kosho corridor`, from the same content as its JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kosho import formatting
from kosho.cli.terminal import say, show_table
from kosho.codes import country_name, economy_of_port

if TYPE_CHECKING:
    from kosho.corridor import Corridor
    from kosho.corridor.times import Estimate

__all__ = ["show", "show_fit"]

SWINGS = 10


def show(corridor: Corridor, content: dict[str, Any]) -> None:
    """Everything, in tables."""
    days = content["baseline"]["days"]
    say(
        f"{corridor.title}: {_number(days['mean'])} days from arrival to permit on average "
        f"(95 % interval {_number(days['ci95'][0])} to {_number(days['ci95'][1])}), half within "
        f"{_number(days['p50'])}, nine in ten within {_number(days['p90'])}.\n"
    )
    _types(corridor, content)
    _stages(content)
    _scenarios(corridor, content)
    over = "the 95 % interval of the mean"
    if content["scenarios"]:
        over += "; of worth and money, over what a day is worth and both treatments of trade deficits"
    say(formatting.range_note(over) + "\n")
    _moments(content["moments"])
    if content["tornado"] is not None:
        _tornado(corridor, content["tornado"])


def show_fit(
    corridor: Corridor, parameters: dict[str, float], rows: Sequence[tuple[str, float, Estimate]]
) -> None:
    """Fitted parameters, and how well they meet the published means."""
    from kosho.corridor import parameters as known

    before = known(corridor)
    fitted = [
        (name, formatting.figure(before[name].value, 3), formatting.figure(value, 3))
        for name, value in parameters.items()
    ]
    show_table("Fitted parameters", ("Parameter", "In the file", "Fitted"), fitted, numeric=2)
    _moments(
        [
            {
                "moment": name,
                "published_hours": published,
                "simulated_hours": simulated.mean,
                "ci95": [simulated.low, simulated.high],
                "fitted": None,
            }
            for name, published, simulated in rows
        ]
    )


def _types(corridor: Corridor, content: dict[str, Any]) -> None:
    rows = [
        (
            kind.title,
            formatting.figure(kind.per_week.value, 6),
            _interval(content["baseline"]["types"][name]["days"]),
            _percent(content["baseline"]["types"][name]["within_24h"]),
        )
        for name, kind in corridor.types.items()
    ]
    total = sum(kind.per_week.value for kind in corridor.types.values())
    rows.append(
        (
            "All",
            formatting.figure(total, 6),
            _interval(content["baseline"]["days"]),
            _percent(content["baseline"]["within_24h"]),
        )
    )
    columns = ("Baseline", "A week", "Days to permit", "Within 24 h, %")
    show_table("Consignments", columns, rows, numeric=3)


def _stages(content: dict[str, Any]) -> None:
    rows = [
        (
            name,
            _number(24 * stage["days"], 1),
            "" if stage["utilisation"] is None else _percent(stage["utilisation"]),
            _number(stage["queue"], 1),
        )
        for name, stage in content["baseline"]["stages"].items()
    ]
    show_table(
        "Where the time goes, from the ship's arrival to the gate",
        ("Stage", "Hours, mean", "Busy, %", "Waiting, mean number"),
        rows,
        numeric=3,
    )


def _scenarios(corridor: Corridor, content: dict[str, Any]) -> None:
    if not content["scenarios"]:
        return
    ends = [economy_of_port(port.code) for port in (corridor.origin, corridor.destination)]
    rows: list[tuple[str, ...]] = []
    for one in content["scenarios"].values():
        row = [one["title"], _interval(one["days_saved"], sign=True), _ends(one["ave_percent"])]
        if "effect" in one:
            row.append(_money(one["effect"], lambda found: found["exports_musd"]))
            row += [_money(one["effect"], lambda found, end=end: found["ev_musd"][end]) for end in ends]
        rows.append(tuple(row))
    columns = ["Scenario", "Days saved", "Worth, % of value"]
    if len(rows[0]) > len(columns):
        names = [country_name(end) for end in ends]
        columns += [f"Exports, {names[0]} to {names[1]}", *(f"Real income, {name}" for name in names)]
    title = (
        "What would be quicker, and its worth; exports and real income in billion USD a year, in the long run "
        "(year ten)"
    )
    show_table(title, columns, rows, numeric=len(columns) - 1)


def _moments(moments: Sequence[dict[str, Any]]) -> None:
    rows = [
        (
            one["moment"].replace("-", " "),
            formatting.figure(one["published_hours"], 6),
            _number(one["simulated_hours"]),
            one["fitted"] or "",
        )
        for one in moments
    ]
    columns = ("Ordinary traders unless said", "Published", "Simulated", "Fitted by")
    if rows:
        show_table("Published means and the simulation, hours", columns, rows)
    else:
        say("No means of release times are published there: nothing is fitted, every time is an assumption.")


def _tornado(corridor: Corridor, tornado: dict[str, Any]) -> None:
    def end(one: dict[str, Any]) -> str:
        found = "does not work" if one["days_saved"] is None else _number(one["days_saved"], sign=True)
        return f"{found} at {one['value']}"

    rows = [
        (swing["parameter"], end(swing["low"]), end(swing["high"]), swing["status"])
        for swing in tornado["swings"][:SWINGS]
    ]
    title = (
        f"{corridor.scenarios[tornado['scenario']].title}: what the days saved depend on; "
        f"{_number(tornado['days_saved'], sign=True)} at the central values, in the first replication "
        f"(the first {SWINGS} of {len(tornado['swings'])} parameters)"
    )
    show_table(title, ("Parameter", "Days saved at its low end", "at its high end", "Its status"), rows)


def _number(value: float | None, digits: int = 2, *, sign: bool = False) -> str:
    return formatting.decimals(value, digits, sign=sign)


def _interval(days: dict[str, Any], *, sign: bool = False) -> str:
    low, high = (_number(end, sign=sign) for end in days["ci95"])
    return formatting.with_ends(_number(days["mean"], sign=sign), f"{low} to {high}" if low != high else "")


def _percent(share: float | None) -> str:
    return formatting.decimals(None if share is None else 100 * share, 0)


def _ends(found: dict[str, float]) -> str:
    """A figure at the middle of what time is worth, and at both of its ends."""
    low, high = sorted((found["low"], found["high"]))
    middle, *ends = (_number(value, sign=True) for value in (found["mid"], low, high))
    return formatting.with_ends(middle, " to ".join(ends) if low < high else "")


def _money(effect: Mapping[str, dict[str, Any]], read: Callable[[dict[str, Any]], float]) -> str:
    """Billions with fixed deficits at the middle, over all ends and treatments of deficits."""
    every = [read(found) for closure in effect.values() for found in closure.values()]
    return formatting.with_ends(
        formatting.billions(read(effect["fixed"]["mid"]), sign=True, part=True),
        formatting.span(min(every), max(every), part=True),
    )
