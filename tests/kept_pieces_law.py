"""What commands of lines, schedules and the register show of made-up contents, whole; see `kept_pieces`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from types import SimpleNamespace as Of
from typing import Any

import numpy as np
import pytest

from kosho.cli import (
    lines_data,
    lines_ranges,
    lines_staging,
    lines_swap,
    lines_talks,
    register_compare,
    register_editions,
    register_upkeep,
    schedule,
    terminal,
)
from kosho.law.deal_comparison import PRODUCTS

__all__ = ["OF_LAW"]


def terms() -> None:
    def cell(text: str, *facts: str) -> Any:
        return Of(text=text, facts=facts)

    def term(text: str) -> Any:
        return Of(text=text)

    known = date(2025, 7, 22)
    found: Any = Of(
        partners=("JPN", "KOR"), importer="USA", notes=("so",), verified_to=known,
        rates=[Of(product="Cars", cells={"JPN": cell("15 %", "a fact", "another"), "KOR": cell("25 %")})],
        terms=[Of(clause="investment", cells={"JPN": [term("550"), term("more")], "KOR": []})],
        dates={
            "JPN": Of(known=known, began=date(2025, 9, 16), next=None),
            "KOR": Of(known=None, began=None, next=date(2026, 1, 1)),
        },
    )  # fmt: skip
    for day in (known, date(2025, 7, 23)):
        register_compare._show(found, day)
    found.verified_to = None
    register_compare._show(found, known)
    for hs, group in ((" 8703, 8703.23,", None), (None, "vehicles , ,steel"), ("8703", "steel"), ("", None)):
        terminal.say_whole(str(register_compare._products(hs, group)))
    terminal.say_whole(str(register_compare._products(None, None) == list(PRODUCTS)))


def partners_of_what_is_news() -> None:
    for codes in (("all",), ("JPN", "KOR", "DEU", "USA"), ("JPN", "KOR", "DEU", "USA", "CHN", "CAN")):
        terminal.say(register_upkeep._several(codes))
    change: Any = Of(
        what="new", measure="m", title="t", imposer="USA", known_from=date(2025, 1, 2), first=date(2025, 1, 3),
        last=None, retroactive=True, touches=("x",), partners=("JPN",), lines=("87",),
        legal_basis="b", source=("s",),
    )  # fmt: skip
    terminal.show_json(register_upkeep._contract(change))
    change.last = date(2025, 1, 4)
    terminal.show_json(register_upkeep._contract(change))


def packages() -> None:
    lines = Of(sides=("JPN", "USA"), giver=np.array([0.0, 1.0, 1.0]), codes=["01", "02", "03"])
    front: Any = [
        Of(chosen=np.array(chosen), lines=lines) for chosen in ([True, False, True], [False] * 3, [True] * 3)
    ]
    terminal.say(lines_swap._csv(front))


def ranking(kind: str, number: int, within: int, solved: int) -> tuple[str, Any]:
    found = [
        Of(
            code=f"87032{k}", sector="C29", imports=1000.0 - k, rate=0.025 + 0.1 * k, gain=10.0 + k,
            cost=k * 2.0,
            ratio=1.5 + k, gain_solved=20.0 + k if k < solved else None,
            cost_solved=30.0 + k if k < solved else None,
            revenue=-5.0 - k, creation=7.0 + k, duty_share=0.5 + k / 100,
        )
        for k in range(number)
    ]  # fmt: skip
    left = [Of(code="99", why="w", value=3.0)]
    return kind, Of(
        giver="USA", partner="JPN", lines=found, within=within, all_gain=1234.5, all_cost=2345.6,
        by_gradient=(345.6, 456.7), left_out=left,
    )  # fmt: skip


def lines_to_ask_for() -> None:
    for one in (ranking("request", 3, 3, 2), ranking("offer", 22, 21, 1), ranking("offer", 1, 1, 0)):
        lines_talks._show_ranking(*one, {})
    kind, found = ranking("request", 2, 1, 0)
    lines_talks._show_ranking(kind, found, {"870320": (0.126, 0.256), "870321": (0.0, 1.0)})
    table = Of(codes=("870321", "870320"), currency="USD", known_share=0.75, partner=("KOR", "JPN").index)
    given: Any = Of(table=table, law=None, rates="collected", basis=("so",), ordinary=None)
    low, high = (np.array([[0.9, 0.1 * k], [0.9, 0.2 * k]]) for k in (1, 2))
    for used in (Of(is_range=False, about={"by": "assumed"}), Of(is_range=True, low=low, high=high, about={})):
        terminal.show_json(lines_talks._ranking(kind, found, given, used))  # type: ignore[arg-type]
    terminal.say(lines_talks._cuts(found, given, None))  # type: ignore[arg-type]


def lines_of_an_importer() -> None:
    def given(lost: int, assumed: int, lines: int) -> Any:
        missing = [Of(code=f"0{k}", value=float(k)) for k in range(lost)]
        table = Of(
            imports=np.full((lines, 1), 1234.0), codes=["01"] * lines, partners=("JPN",) * lines,
            importer="USA",            currency="EUR", known_share=0.756, missing=missing,
        )  # fmt: skip
        elasticities = Of(source=["assumed"] * assumed + ["protee"])
        return Of(table=table, elasticities=elasticities, basis=("the law",), told=("a file",))

    for one in (given(0, 0, 1), given(6, 1200, 2), given(7, 1, 1100), given(2, 1, 1)):
        lines_data.say_lines(one)
    parts = [{"sector": f"C{k}", "partner": "USA", "lines": 1.5e3 * k, "world": 2.5e4 * k} for k in range(8)]
    for number in (5, 6, 8):
        lines_data.say_parts(parts[:number])


def a_range_of_a_package() -> None:
    one = {"code": "870323", "imports": 41.5, "rate": {"low": 0.0, "high": 0.125}}
    one |= {"revenue": {"low": -3.25, "high": -1.5}, "welfare": {"low": 2.0, "high": 2.0}}
    names = ("revenue", "consumer_surplus", "welfare")
    partial = {name: {"low": -1.0 - k, "high": 2.0 + k} for k, name in enumerate(names)}
    codes = ("JPN", "USA", "KOR", "DEU", "FRA", "GBR")
    whole = {code: {"low": 10.0 * k, "high": (-1) ** k * 1e3 * k} for k, code in enumerate(codes)}
    lines_ranges.show_package_ends({"lines": [one] * 12, "partial": partial, "welfare": whole}, "million USD")
    lines_ranges.show_package_ends(None, "million USD")


def staged_lines() -> None:
    def line(code: str, days: list[date | None], quota: Any) -> Any:
        path = [Of(cut=k + 1, day=one, duty=f"{10 - k} %") for k, one in enumerate(days)]
        last = path or [Of(cut=0, day=None, duty="10 %")]
        category = type("C", (Of,), {"__str__": lambda _self: "B3"})(ends_free=bool(days), quota=quota)
        return Of(
            line=Of(code=code, category="B3", duty="10 %"), category=category, path=last,
            after=lambda cuts: f"after {cuts}",
        )  # fmt: skip

    quota = Of(unit="tonnes", volume=lambda cut: 1000.0 + cut / 8)
    made: Any = [
        line("01", [date(2026, 4, 1), date(2027, 4, 1)], None),
        line("02", [None] * 8, quota),
        line("03", [], Of(unit="kg", volume=lambda cut: 2.0 * cut)),
    ]
    rules: Any = Of(id="mine", cuts_made=lambda _day: 2)
    for on in (None, date(2026, 5, 1)):
        for one in made:
            terminal.say_whole(str(lines_staging._row(one, rules, on)))
        terminal.show_json(lines_staging._content(made, rules, on))


def duties_read(number: int = 21) -> None:
    problems = [f"problem {k}" for k in range(number)]
    draft = Of(
        lines={str(k): Of(references=["9903"] if k % 2 else []) for k in range(number)},
        kinds=lambda: {"free": 1200, "ad_valorem": 3}, mended=problems, unread=problems[:20],
        without_duty=problems[:1],
    )  # fmt: skip
    done: Any = Of(schedule=Of(importer="USA", edition="r5", whole=True), path="p", draft=draft)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kosho.law.schedules.importing.import_files", lambda *_given: done)
        schedule.bring_in([], "USA", "r5")
        draft.lines, draft.mended, draft.unread, draft.without_duty = {"1": Of(references=[])}, [], [], []
        schedule.bring_in([], "USA", "r5")
    terminal.say_whole(
        str([schedule._reading(*one) for one in ((None, "comma"), ("percent", "point"), ("fraction", None))])
    )


def editions_that_differ() -> None:
    def change(k: int) -> Any:
        known = {"what": "duty", "column": "general", "old": "2 %", "new": f"{k} %", "trade": 1.5}
        return Of(hs=f"0{k % 20}", law=("a", "b")[: k % 3], **known)

    found = Of(changes=(), compared=1200, trade=None, trade_of_all=None, notes=("so",))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(register_editions, "_edition", lambda *_given: {})
        patch.setattr("kosho.law.Register.load", lambda: Of(of=lambda _importer: None))
        patch.setattr("kosho.law.edition_diff.editions_diff", lambda *_given: found)
        for number, trade, of_all in ((21, 300.0, 1200.0), (20, 300.0, 0.0), (1, None, 5.0), (0, None, None)):
            found.changes, found.trade, found.trade_of_all = [change(k) for k in range(number)], trade, of_all
            for json in (False, True) if number < 2 else (False,):
                register_editions.show_editions(("a", "b"), "USA", None, None, json=json)


OF_LAW: dict[str, Callable[[], None]] = {
    "terms of partners": terms,
    "editions of a schedule that differ": editions_that_differ,
    "partners of what became known": partners_of_what_is_news,
    "lines of packages": packages,
    "lines to ask for": lines_to_ask_for,
    "lines of an importer": lines_of_an_importer,
    "a package with lines whose duty is a range": a_range_of_a_package,
    "lines that are staged": staged_lines,
    "a schedule that was read": duties_read,
}
