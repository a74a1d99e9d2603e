"""What `kosho bargain` shows of made-up deals, whole; see `kept_pieces`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from types import SimpleNamespace as Of
from typing import Any

import pytest

from kosho.cli import bargain_answer

__all__ = ["OF_DEALS"]


def option(name: str, title: str, *, fallback: bool = False) -> Any:
    return Of(id=name, title=title, fallback=fallback)


ISSUES = [
    Of(id="cars", title="Cars", options=[option("all", "15 % in all"), option("add", "25 %", fallback=True)]),
    Of(
        id="rice", title="Rice", options=[option("more", "More rice"), option("none", "No rice", fallback=True)]
    ),
]


def deal(today: date = date(2025, 6, 29)) -> Any:
    return Of(table=Of(file=Of(issues=ISSUES, parties=[]), struck=None, parties=["JPN", "USA"], today=today))


def gains(japan: float, america: float, **more: Any) -> dict[str, Any]:
    over = {"JPN": japan + 500.0, "USA": america + 600.0}
    return {"gains": {"JPN": japan, "USA": america}, "over_status_quo": over} | more


CONTENT: dict[str, Any] = {
    "title": "Talks", "packages": 1234, "allowed": 900, "better_for_all": 56, "screening": None, "warnings": [],
    "not_priced": [], "as_in_force": [], "parties": ["JPN", "USA"], "zone": True, "solved": 1200,
}  # fmt: skip


def what_opens_a_zone() -> None:
    rate = {
        "issue": "cars", "terms": "in all", "restated": True, "new": 12.5, "old": 25.0,
        "crosses": ["stay", "too"], "options": {"cars": "all", "rice": "more"}, "towards": "add",
    }  # fmt: skip
    lines = [{"id": "stay", "title": "Cars stay"}, {"id": "too", "title": "So does rice"}]
    transfer = {"pays": {"USA": -1250.0, "JPN": 1250.0}, "options": {"cars": "all", "rice": "none"}}
    ways = [
        {"red_lines": ["stay"], "options": {"cars": "add"}},
        {"red_lines": ["stay", "too"], "options": {"cars": "all"}},
    ]
    opens: dict[str, Any] = {"transfer": transfer, "rate": rate, "red_lines": ways, "why_not": {}}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kosho.brief.linkage_words.transfer_words", str)
        bargain_answer._show_opening(deal(), {"opens_zone": opens, "red_lines": lines})
        plain = rate | {"terms": "", "restated": False, "crosses": [], "options": {"cars": "all"}}
        bargain_answer._show_opening(deal(), {"opens_zone": opens | {"rate": plain}, "red_lines": lines})
        why = {"transfer": "no money helps", "red_lines": "none is in the way", "rate": "no rate is told"}
        closed = {"transfer": None, "rate": None, "red_lines": [], "why_not": why}
        bargain_answer._show_opening(deal(), {"opens_zone": closed, "red_lines": []})


def what_was_struck() -> None:
    def worth(low: float, high: float) -> dict[str, float]:
        return {"low": low, "high": high}

    ends = {"low": {"JPN": -1.0e3, "USA": -2.0e3}, "high": {"JPN": 3.0e3, "USA": 4.0e3}}
    parts = {
        "cars": {"title": "Cars", "settled": "15 % in all", "gains": {"JPN": 100.0, "USA": -200.0}},
        "rice": {"title": "Rice", "settled": "more", "gains": {"JPN": -300.0, "USA": 400.0}},
    }
    left = {
        "JPN": None,
        "USA": {"more": {"USA": 1234.0, "JPN": 5.0}, "options": {"cars": "add", "rice": "more"}},
    }
    unpriced = [
        {
            "title": "Chips",
            "why": "Nobody knows.",
            "worth": {"JPN": worth(-300.0, 0.0), "USA": worth(0.0, 200.0)},
        },
        {"title": "Ships", "why": "No price.", "worth": {}},
    ]
    struck = gains(
        1250.0, -345.0, title="What was agreed", ends=ends, issues=parts, left=left, unpriced=unpriced
    )
    nearest = {"gains": {"JPN": 10.0, "USA": 20.0}, "options": {"cars": "all"}}
    content = {"parties": ["JPN", "USA"]}
    whole = struck | {"confirmed": gains(1150.0, -245.0), "nearest": nearest}
    bargain_answer._show_struck(deal(), content | {"struck": whole})
    bare = {"confirmed": None, "nearest": None, "unpriced": [], "left": {}}
    bargain_answer._show_struck(deal(), content | {"struck": struck | bare})
    bargain_answer._show_struck(deal(), content | {"struck": None})


def what_deals_are() -> None:
    both = {"cars": "all", "rice": "none"}
    tie = {"options": {"cars": "all", "rice": "more"}}
    nash = gains(1250.0, 345.0, options=both, ties=[tie])
    other = gains(1150.0, 445.0, options={"cars": "all", "rice": "more"}, ties=[])
    solutions = {
        "nash": nash,
        "egalitarian": other,
        "utilitarian": nash | {"ties": [tie, {"options": both | {"cars": "add"}}]},
    }
    content = {
        "parties": ["JPN", "USA"], "solutions": solutions, "confirmed": {},
        "backgrounds": [
            {"title": "As it is", "solutions": solutions}, {"title": "Otherwise", "solutions": {}},
        ],
    }  # fmt: skip
    bargain_answer._show_deals(deal(), content)
    confirmed = {name: gains(1.0e3 * k, 2.0e3 * k, bounds=[]) for k, name in enumerate(solutions, 1)}
    one = content | {"backgrounds": content["backgrounds"][:1], "confirmed": confirmed}
    bargain_answer._show_deals(deal(), one | {"solutions": {"egalitarian": other}})


def what_no_side_will_sign() -> None:
    lines = [
        {"party": "USA", "status": "fact", "title": "Cars stay"},
        {"party": "JPN", "status": "assumption", "title": "Rice"},
    ]
    unpriced = [
        {"title": "Chips", "worth": {"JPN": {"low": 0.0, "high": 300.0}}},
        {"title": "Ships", "worth": {}},
    ]
    bargain_answer._show_rules({"red_lines": lines, "unpriced": unpriced})
    bargain_answer._show_rules({"red_lines": [], "unpriced": []})


def where_the_frontier_is() -> None:
    frontier = [
        {
            "options": {"cars": "all", "rice": "more" if k % 2 else "none"},
            "payoffs": {"JPN": 100.0 * k, "USA": -50.0 * k},
        }
        for k in range(21)
    ]
    content = {"parties": ["JPN", "USA"], "disagreement": {"JPN": 5.0, "USA": -5.0}}
    for number in (21, 20, 1):
        bargain_answer._show_frontier(deal(), content | {"frontier": frontier[:number]})


PARTS = ("opening", "frontier", "linkage", "struck", "rules", "deals", "rates", "certificate", "issues", "path")
PARTS += ("critical",)


def how_an_answer_begins() -> None:
    shown: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        for name in PARTS:
            patch.setattr(bargain_answer, f"_show_{name}", lambda *_given, name=name: shown.append(name))
        screened = CONTENT | {"screening": {"guarantee": "within a hundredth"}, "warnings": ["so", "and so"]}
        bargain_answer.show_answer(deal(date(2025, 7, 1)), screened, date(2025, 7, 2))
        bargain_answer.show_answer(deal(), CONTENT | {"zone": False}, date(2025, 6, 29))
    bargain_answer.say(" ".join(shown))


OF_DEALS: dict[str, Callable[[], None]] = {
    "what opens a zone": what_opens_a_zone,
    "what was struck": what_was_struck,
    "what deals are": what_deals_are,
    "what no side will sign": what_no_side_will_sign,
    "where the frontier is": where_the_frontier_is,
    "how an answer begins": how_an_answer_begins,
}
