"""Tables of `kosho corridor`, from the same content as its JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kosho import formatting
from kosho.cli.terminal import say, show_table
from kosho.codes import country_name, economy_of_port
from kosho.language import _

if TYPE_CHECKING:
    from kosho.corridor import Corridor
    from kosho.corridor.times import Estimate

__all__ = ["show", "show_fit"]

SWINGS = 10


def show(corridor: Corridor, content: dict[str, Any]) -> None:
    """Everything, in tables."""
    days = content["baseline"]["days"]
    say(
        _(
            "{title}: {number} days from arrival to permit on average (95 % interval {number_2} to "
            "{number_3}), half within {number_4}, nine in ten within {number_5}.\n",
            title=corridor.title,
            number=_number(days["mean"]),
            number_2=_number(days["ci95"][0]),
            number_3=_number(days["ci95"][1]),
            number_4=_number(days["p50"]),
            number_5=_number(days["p90"]),
        )
    )
    _types(corridor, content)
    _stages(corridor, content)
    _scenarios(corridor, content)
    over = _("the 95 % interval of the mean")
    if content["scenarios"]:
        over += _("; of worth and money, over what a day is worth and both treatments of trade deficits")
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
    show_table(_("Fitted parameters"), (_("Parameter"), _("In the file"), _("Fitted")), fitted, numeric=2)
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
            _("All"),
            formatting.figure(total, 6),
            _interval(content["baseline"]["days"]),
            _percent(content["baseline"]["within_24h"]),
        )
    )
    columns = (_("Baseline"), _("A week"), _("Days to permit"), _("Within 24 h, %"))
    show_table(_("Consignments"), columns, rows, numeric=3)


def _stages(corridor: Corridor, content: dict[str, Any]) -> None:
    rows = [
        (
            getattr(corridor.stages, name).title,
            _number(24 * stage["days"], 1),
            "" if stage["utilisation"] is None else _percent(stage["utilisation"]),
            _number(stage["queue"], 1),
        )
        for name, stage in content["baseline"]["stages"].items()
    ]
    show_table(
        _("Where the time goes, from the ship's arrival to the gate"),
        (_("Stage"), _("Hours, mean"), _("Busy, %"), _("Waiting, mean number")),
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
    columns = [_("Scenario"), _("Days saved"), _("Worth, % of value")]
    if len(rows[0]) > len(columns):
        names = [country_name(end) for end in ends]
        columns += [
            _("Exports, {names} to {names_2}", names=names[0], names_2=names[1]),
            *(_("Real income, {name}", name=name) for name in names),
        ]
    title = _(
        "What would be quicker, and its worth; exports and real income in billion USD a year, in the "
        "long run (year ten)"
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
    columns = (_("Ordinary traders unless said"), _("Published"), _("Simulated"), _("Fitted by"))
    if rows:
        show_table(_("Published means and the simulation, hours"), columns, rows)
    else:
        say(_("No means of release times are published there: nothing is fitted, every time is an assumption."))


def _tornado(corridor: Corridor, tornado: dict[str, Any]) -> None:
    def end(one: dict[str, Any]) -> str:
        found = _("does not work") if one["days_saved"] is None else _number(one["days_saved"], sign=True)
        return _("{found} at {value}", found=found, value=one["value"])

    rows = [
        (swing["parameter"], end(swing["low"]), end(swing["high"]), formatting.word(swing["status"]))
        for swing in tornado["swings"][:SWINGS]
    ]
    title = _(
        "{title}: what the days saved depend on; {number} at the central values, in the first "
        "replication (the first {swings} of {number_2} parameters)",
        title=corridor.scenarios[tornado["scenario"]].title,
        number=_number(tornado["days_saved"], sign=True),
        swings=SWINGS,
        number_2=len(tornado["swings"]),
    )
    show_table(
        title, (_("Parameter"), _("Days saved at its low end"), _("at its high end"), _("Its status")), rows
    )


def _number(value: float | None, digits: int = 2, *, sign: bool = False) -> str:
    return formatting.decimals(value, digits, sign=sign)


def _interval(days: dict[str, Any], *, sign: bool = False) -> str:
    low, high = (_number(end, sign=sign) for end in days["ci95"])
    return formatting.with_ends(
        _number(days["mean"], sign=sign), _("{low} to {high}", low=low, high=high) if low != high else ""
    )


def _percent(share: float | None) -> str:
    return formatting.decimals(None if share is None else 100 * share, 0)


def _ends(found: dict[str, float]) -> str:
    """A figure at the middle of what time is worth, and at both of its ends."""
    low, high = sorted((found["low"], found["high"]))
    middle, *ends = (_number(value, sign=True) for value in (found["mid"], low, high))
    return formatting.with_ends(middle, _(" to ").join(ends) if low < high else "")


def _money(effect: Mapping[str, dict[str, Any]], read: Callable[[dict[str, Any]], float]) -> str:
    """Billions with fixed deficits at the middle, over all ends and treatments of deficits."""
    every = [read(found) for closure in effect.values() for found in closure.values()]
    return formatting.with_ends(
        formatting.billions(read(effect["fixed"]["mid"]), sign=True, part=True),
        formatting.span(min(every), max(every), part=True),
    )
