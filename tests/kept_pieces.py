"""What commands show of made-up contents, whole: in a table, a sentence or a contract that few inputs reach.

Every figure differs from every other, so that one that stands in another's place is seen.
`python -m tests.kept_pieces` writes what they print anew.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from datetime import date
from pathlib import Path
from types import SimpleNamespace as Of
from typing import Any

import pytest

from kosho.cli import (
    bench,
    cases,
    corridor_tables,
    record,
    terminal,
    world,
    world_estimate,
    world_shelf,
)
from tests.kept_pieces_deals import OF_DEALS
from tests.kept_pieces_effects import OF_EFFECTS
from tests.kept_pieces_law import OF_LAW
from tests.kept_pieces_rates import OF_RATES

__all__ = ["PIECES", "kept", "shown"]

HOME = Path(__file__).parent / "golden" / "kept" / "pieces.json"


def days(mean: float | None, low: float | None, high: float | None, **more: Any) -> dict[str, Any]:
    return {"mean": mean, "ci95": [low, high], **more}


def stay(mean: float, *, apart: bool) -> dict[str, Any]:
    """A baseline or a scenario: consignments of one type or two, and two stages."""
    kind = {"days": days(mean, mean - 0.25, mean + 0.5), "within_24h": 0.126}
    none = {"days": days(None, None, None), "within_24h": None}
    return {
        "days": days(mean, mean - 0.125, mean + 0.375, p50=mean - 1.0, p90=mean + 3.0),
        "within_24h": 0.256,
        "types": {"box": kind} | ({"bulk": none} if apart else {}),
        "stages": {
            "unload": {"days": 0.51, "utilisation": 0.876, "queue": 12.34},
            "gate": {"days": 1.02, "utilisation": None, "queue": 0.0},
        },
    }


def port(*, apart: bool) -> Any:
    types = {"box": Of(title="Boxes", per_week=Of(value=1234.5))}
    types |= {"bulk": Of(title="Bulk", per_week=Of(value=0.25))} if apart else {}
    return Of(
        title="Kaohsiung to Kobe",
        types=types,
        stages=Of(unload=Of(title="Unloading"), gate=Of(title="The gate")),
        scenarios={"ahead": Of(title="Papers ahead")},
        origin=Of(code="TWKHH"),
        destination=Of(code="JPUKB"),
    )


def worth(exports: float, home: float, abroad: float) -> dict[str, Any]:
    return {"exports_musd": exports, "ev_musd": {"TWN": home, "JPN": abroad}}


def a_corridor() -> None:
    one = {
        "title": "Papers ahead",
        "days_saved": days(0.5, 0.25, 0.75),
        "ave_percent": {"low": 0.75, "mid": 0.25, "high": 0.125},
    }
    still = {
        "title": "Nothing",
        "days_saved": days(0.0, 0.0, 0.0),
        "ave_percent": {"low": 0.0, "mid": 0.0, "high": 0.0},
    }
    effect = {
        "fixed": {"low": worth(1100.0, 210.0, 31.0), "mid": worth(1200.0, 220.0, 32.0)},
        "zero": {"low": worth(1300.0, 230.0, -33.0), "mid": worth(1400.0, 240.0, 34.0)},
    }
    swings = [
        {
            "parameter": f"p{k}",
            "low": {"days_saved": 0.1 * k, "value": k},
            "high": {"days_saved": None if k == 1 else -0.2 * k, "value": 2 * k},
            "status": "assumption" if k % 2 else "fact",
        }
        for k in range(11)
    ]
    moments = [
        {"moment": "to-permit", "published_hours": 61.25, "simulated_hours": 60.125, "fitted": "examiners"},
        {"moment": "of-gold", "published_hours": 12.0, "simulated_hours": None, "fitted": None},
    ]
    both = {"ahead": one | {"effect": effect}, "still": still | {"effect": effect}}
    content = {"baseline": stay(2.5, apart=True), "scenarios": both, "moments": moments}
    tornado = {"scenario": "ahead", "days_saved": 0.625, "swings": swings}
    corridor_tables.show(port(apart=True), content | {"tornado": tornado})


def a_corridor_alone() -> None:
    plain = {"title": "Papers ahead", "days_saved": days(-0.5, -0.5, -0.5)}
    plain |= {"ave_percent": {"low": 0.25, "mid": 0.5, "high": 0.75}}
    content = {"baseline": stay(1.5, apart=False), "moments": [], "tornado": None}
    corridor_tables.show(port(apart=False), content | {"scenarios": {}})
    corridor_tables.show(port(apart=False), content | {"scenarios": {"ahead": plain}})


def a_fit() -> None:
    with pytest.MonkeyPatch.context() as patch:
        known = {"examiners": Of(value=12.3456), "gate": Of(value=7.0)}
        patch.setattr("kosho.corridor.parameters", lambda _corridor: known)
        rows: Any = [("to-permit", 61.25, Of(mean=60.125, low=59.5, high=60.75))]
        corridor_tables.show_fit(port(apart=False), {"examiners": 13.579, "gate": 6.5}, rows)


def how_quick() -> None:
    names = ("title", "plain_title", "seconds", "plain_seconds", "ratio")
    speeds = [
        Of(
            **dict(zip(names, ("One", "Plainly", 0.5, 0.02, 0.04), strict=True)),
            contract=lambda: {"kind": "one"},
        ),
        Of(
            **dict(zip(names, ("Two", "Slowly", 2e-6, 0.003, 1.0), strict=True)),
            contract=lambda: {"kind": "two"},
        ),
    ]
    asked: list[Any] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kosho.bench.machine", lambda: {"cores": 2, "python": "3.13"})
        patch.setattr(
            "kosho.bench.speeds", lambda kinds, _progress: (asked.append(kinds), speeds[-len(kinds) :])[1]
        )
        for only, json in ((["screen", "solve"], False), (["rates"], False), (["solve"], True)):
            bench.show(only, json=json)
        bench.show(None)
    terminal.say_whole(str(asked))


def what_differs_between_tables() -> None:
    first, second = (
        {
            "name": name, "year": year, "edition": edition, "economies": many, "sectors": many + 3,
            "value_added": 1e6 * many, "trade": 2e5 * many, "mean_theta": 4.0 + many / 8,
            "unknown_share_of_goods_trade": share,
        }
        for name, year, edition, many, share in (
            ("mine", None, "", 1, None),
            ("yours", 2022, "of 2025", 5, 0.126),
        )
    )  # fmt: skip
    codes = ("JPN", "USA", "KOR", "DEU", "FRA", "GBR", "ITA", "CAN", "MEX", "CHN", "IND", "BRA", "AUS")
    countries = [
        {
            "country": code,
            "value_added": [1e6 * k, 1e6 * (k + (-1) ** k * (k + 1))],
            "imports": [1e5 * k, 3e5 * k],
        }
        for k, code in enumerate(codes)
    ]
    found: dict[str, Any] = {
        "worlds": [first, second],
        "economies": {"only_first": [f"A{k}" for k in range(21)], "only_second": ["B1", "B2"]},
        "sectors_only": {"only_first": [], "only_second": ["C29"]},
        "tariffs": {"other": 1234, "cells": 56789},
        "pairs": {"pairs": 1100, "correlation_of_logs": 0.987, "median_ratio": 1.034},
        "countries": countries,
    }
    world_shelf._show_diff(found)
    found |= {"economies": found["sectors_only"], "tariffs": None, "pairs": None, "countries": []}
    world_shelf._show_diff(found)


def what_a_table_is() -> None:
    content: dict[str, Any] = {
        "name": "mine", "year": 2019, "world": "f1", "edition": "", "source": "s", "licence": "",
        "attribution": "",
        "sizes": {"countries": 1, "sectors": 1200, "flows": 12345},
        "totals": {"output": 9.99e5, "trade": 1.5e6},
        "estimated": [], "fit": None, "left_out": ["Antarctica"], "adjustments": [], "assumptions": [],
        "tariffs": {"base": "", "unknown_importers": [], "unknown_share_of_goods_trade": None},
        "classification": {"name": "ISIC", "sectors": [], "share_of_goods_trade": {}},
        "countries": {f"C{k}": f"Land {k}" for k in range(9)}, "balances": None,
    }  # fmt: skip
    world.show_info(content)
    fit = {"pairs": 300, "correlation": 0.9876, "correlation_of_logs": 0.8765, "median_absolute_log_gap": 0.126}
    covered = {"in_one_icio_sector": 0.756, "in_several": 0.234}
    unknown = [{"country": f"C{k}"} for k in range(9)]
    content |= {
        "edition": "of 2025", "licence": "CC BY", "attribution": "OECD", "estimated": ["Nothing"],
        "fit": {"without_ports": fit, "source": "BACI", "year": 2020}, "adjustments": ["one was negative"],
        "assumptions": ["it adds up"],
        "tariffs": {"base": "2022", "unknown_importers": unknown, "unknown_share_of_goods_trade": 0.126},
        "classification": {"name": "ISIC", "sectors": ["C29"], "share_of_goods_trade": covered},
    }  # fmt: skip
    world.show_info(content)
    content["tariffs"]["unknown_importers"] = unknown[:8]
    content["classification"] |= {"sectors": ["C29"]}
    world.show_info(content | {"tariffs": content["tariffs"] | {"unknown_share_of_goods_trade": None}})


def estimates() -> None:
    names = ("sector", "theta", "error", "log_sd", "beta", "observations", "clusters", "separated", "alone")
    rows = (("C29", 4.125, 0.5, 0.126, -5.125, 12345, 1100, 12, 3), ("A01", None, None, None, 0.5, 40, 4, 0, 1))
    found: list[Any] = [
        Of(**dict(zip(names, row, strict=True)), dropped=("E1",), notes=("n", "m")[:k], usable=not k)
        for k, row in enumerate(rows)
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "kosho.world.estimation.interval",
            lambda one: None if one.theta is None else (one.theta - 1, one.theta + 2),
        )
        world_estimate._show(found)
    terminal.show_json(world_estimate._contract(found, "gross"))
    terminal.say(world_estimate._file(found[:1]))


def _record(**more: Any) -> tuple[Any, dict[str, Any]]:
    names = {"JPN": "Japan", "USA": "United States", "USTR": "the Trade Representative"}
    about = Of(
        file=Of(title="Talks"),
        party_name=names.__getitem__,
        person_name=lambda name: f"Mr {name}",
        side_of=lambda party: "USA" if party == "USTR" else party,
    )
    one = Of(
        date="2025-05-01", kind="proposed_text", parties=(), by=("JPN", "USA"), quote=" some\n words ",
        source="s1",        topic="rice", speaker=None, modality="asserted", title="T",
    )  # fmt: skip
    other = Of(
        **{**vars(one), "date": None, "by": ("USTR",), "source": "s2", "topic": "", "modality": "reported"}
    )
    third = Of(**{**vars(one), "speaker": "Akazawa", "quote": "word " * 30, "source": "s3", "by": ("JPN",)})
    ledger = Of(
        record=about, day=date(2025, 5, 30), statements=[one, other], contentions=[], timeline=[one, other],
        positions=[one, other, third],
    )  # fmt: skip
    content: dict[str, Any] = {
        "timeline": [1],
        "contentions": [],
        "commitments": [],
        "deadlines": [],
        "conflicts": [],
    }
    return ledger, content | more


def what_a_record_holds() -> None:
    point = {
        "title": "Rice", "parties": ["JPN", "USA"], "raised_in": 2, "status": "open",
        "history": [{"to_round": 3}, {}, {"to_round": 5}],
    }  # fmt: skip
    promise = {"due": "2025-07-09", "by": ["JPN"], "deliverable": "Cars", "status": "due", "source": "s4"}
    end = {
        "due": "2025-07-09",
        "what": "The pause ends",
        "consequence": "24 %",
        "source": "s5",
        "days_left": 40,
    }
    conflict: dict[str, Any] = {
        "about": "who said what",
        "statements": [{"source": "s1", "quote": "yes"}, {"source": "s2", "quote": "no"}],
        "differences": {"amount": {"s1": 5, "s2": 6}, "date": {"s1": "then"}},
    }
    later = {"contentions": [point, {"title": "Cars", "parties": ["USA"], "history": [], "status": "settled"}]}
    later |= {"commitments": [promise, {name: promise[name] for name in promise if name != "due"}]}
    later |= {"deadlines": [end, {name: end[name] for name in end if name != "consequence"}]}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kosho.record.ledger.label", lambda one: f"label of {one.source}")
        ledger, content = _record(**later, conflicts=[conflict, {**conflict, "differences": {}}])
        record._show(ledger, content, None)
        ledger, content = _record()
        record._show(ledger, content, "rice")
        for topic in (None, "rice"):
            ledger.statements = ledger.positions = []
            record._show(ledger, content, topic)
        ledger.contentions = [1]
        record._show(ledger, content | {"timeline": []}, None)


def a_record_checked() -> None:
    with pytest.MonkeyPatch.context() as patch:
        for unverified, cited, given in ((0, ["s1", "s2"], True), (3, None, False), (1, [], True)):
            about = Of(name="talks", file=Of(statements=range(12)))
            verdict = Of(problems=[], verified=9, unverified=unverified)
            patch.setattr("kosho.record.check.examine", lambda _name, _given, found=(about, verdict): found)
            patch.setattr(record, "_cited", lambda _record, found=cited: found)
            if given:
                patch.setenv("KOSHO_SOURCES", ".")
            else:
                patch.delenv("KOSHO_SOURCES", raising=False)
            for json in (False, True):
                record._check("talks", None, json=json)


def what_cases_hold() -> None:
    def case(name: str, **more: Any) -> dict[str, Any]:
        return {
            "name": name, "title": f"Title of {name}", "parties": ["JPN", "USA"], "as_of": "2025-06-29",
            "recorded": [], "statements": 0, "scenarios": [], "corridors": [], "holds": [], "findings": [],
        } | more  # fmt: skip

    scenarios = [
        {"id": "one", "role": "no-deal", "title": "Nothing"},
        {"id": "two", "role": "deal", "title": "All"},
    ]
    finding = {"finding": "f", "rests_on": ["a", "b"], "status": "assumption", "otherwise": "o"}
    holding = {
        "holds": ["record", "scenarios", "table"],
        "statements": 1,
        "recorded": ["2025-04-02", "2025-05-30"],
    }
    full = case("full", scenarios=scenarios, findings=[finding], corridors=[["TWKHH", "JPUKB"]], **holding)
    single = case("single", scenarios=scenarios[:1], holds=["scenarios"])
    cases._show([full, single], [full, single])
    cases._show([full, single], [full])
    cases._show([single], [single])
    cases._show([case("bare")], [case("bare")])


PIECES: dict[str, Callable[[], None]] = (
    {
        "a corridor with all its tables": a_corridor,
        "a corridor without effects": a_corridor_alone,
        "a corridor that was fitted": a_fit,
        "how quick a machine is": how_quick,
        "what differs between tables": what_differs_between_tables,
        "what a table is": what_a_table_is,
        "elasticities of one's own": estimates,
        "what a record holds": what_a_record_holds,
        "a record that was checked": a_record_checked,
        "what cases hold": what_cases_hold,
    }
    | OF_DEALS
    | OF_EFFECTS
    | OF_LAW
    | OF_RATES
)


def shown(name: str) -> list[str]:
    """What is printed of a piece, in lines."""
    told = io.StringIO()
    with redirect_stdout(told), pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", "100")
        PIECES[name]()
    return [line.rstrip() for line in told.getvalue().splitlines()]


def kept() -> dict[str, list[str]]:
    """What was kept of all pieces."""
    return json.loads(HOME.read_text(encoding="utf-8"))


def main() -> None:
    found = {name: shown(name) for name in PIECES}
    HOME.write_text(json.dumps(found, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    sys.stdout.write(f"{len(found)} pieces, {sum(map(len, found.values())):,} lines\n")


if __name__ == "__main__":
    main()
