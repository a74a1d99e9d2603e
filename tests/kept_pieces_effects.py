"""What commands that solve for effects show of made-up contents, whole; see `kept_pieces`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from types import SimpleNamespace as Of
from typing import Any

import numpy as np
import pytest
import typer

from kosho.cli import bargain_answer, coercion, replicate, several, simulate, supply, tariffs, terminal

__all__ = ["OF_EFFECTS"]


def found_tariffs(count: int, *, labour: float | None = None, failing: str = "") -> Any:
    """Rates of the United States on Japan, each of a sector of its own; the last base rate is not known."""
    sectors = tuple(f"C{k + 10}" for k in range(count))
    flows = 1e3 * np.arange(1.0, 4.0 * count + 1.0).reshape(2, 2, count)
    hidden = np.zeros((2, 2, count), bool)
    hidden[0, 1, -1] = True
    base = Of(
        arrays=Of(flows=flows, tariff=0.001 * np.arange(4.0 * count).reshape(2, 2, count)),
        unknown_tariff=Of(to_numpy=lambda: hidden),
        countries=("USA", "JPN"),
        position=("USA", "JPN").index,
        sector_position=sectors.index,
        hash="h",
        finest=Of(meta=Of(assumptions=("the table is so",))),
    )
    closure = Of(labour_supply=labour, told=("work",) if labour else ())
    outcome = Of(
        base=base, flows=Of(to_numpy=lambda: 2.5 * flows), deficits="zero", closure=closure, assumed=["so"]
    )
    return Of(
        outcome=outcome,
        kind="optimal",
        parties=("USA",),
        importer=("USA",) * count,
        exporter=("JPN",) * count,
        sector=sectors,
        rate=0.01 * np.arange(1.0, count + 1.0),
        instrument=np.arange(count),
        welfare=Of(to_numpy=lambda: np.array([0.0123, -0.0456])),
        gains={"USA": 0.0123 if labour is None else 0.02},
        weights={"USA": {"C10": 1.5}},
        converged=not failing,
        failing=failing,
        residual=1.25e-9,
        evaluations=1 if labour else 1234,
    )


def rates_that_are_best() -> None:
    for count, labour in ((2, None), (1, 0.5), (21, 0.5)):
        found: Any = found_tariffs(count, labour=labour)
        content = tariffs.contract(found, ["USA"])
        tariffs._show(found, content | ({"deficits": "fixed"} if labour else {}))
        terminal.show_json(content if count == 1 else tariffs.contract(found, ["USA", "JPN"]) | {"tariffs": []})


def an_episode() -> None:
    def span(low: float, value: float | None, high: float) -> Any:
        return Of(low=low, value=value, high=high)

    def figure(what: str, before: float, *three: Any, put_in: bool = False) -> Any:
        return Of(
            what=what, before=before, predicted=three[0], observed=three[1], shift=three[2], put_in=put_in
        )

    def cited(status: str) -> Any:
        values = {"low": 0.25, "value": 0.5, "high": 0.75, "status": status, "source": "s", "note": ""}
        return Of(
            **values, model_dump=lambda include: {name: values[name] for name in values if name in include}
        )

    halt = Of(
        id="pears", title="Pears of 2021", exporter="TWN", product="pears", unit="tonnes",
        closed_from=date(2021, 3, 1),
        allowed={"CHN": 0.125}, demand=cited("assumption"), supply=cited("fact"), base={}, observed={},
    )  # fmt: skip
    figures = [
        figure("CHN", 41661.5, span(0.0, 0.0, 0.0), span(1.0, 2.0, 3.0), None, put_in=True),
        figure("home", 412345.0, span(99.94, 99.96, 100.4), None, span(0.985, 1.015, 1.045)),
        figure("price", 1.0, span(0.75, 0.8125, 0.875), span(0.5, None, 0.625), None),
        figure("elsewhere", 12.5, span(99.4, 99.5, 99.6), None, None),
    ]
    sources = [{"publisher": "A ministry", "kind": "primary"}, {"publisher": "A paper", "kind": "own"}]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(coercion, "_sources", lambda _of: [*sources, sources[0]])
        patch.setattr("kosho.impact.ranges.Range.of", lambda one: span(one.low, one.value, one.high))
        for fitted, some in (("observed", figures), ("halt alone", figures[1:]), (None, figures[:1])):
            found: Any = Of(episode=halt, figures=some, fitted_at=fitted)
            coercion._show(found)
            terminal.show_json(coercion.contract(found) | {"figures": some and [], "told": []})
        told: Any = Of(episode=halt, figures=figures[:2], fitted_at=None)
        terminal.show_json(coercion.contract(told))
    money = {"TWN": {"low": -1250.0, "value": -1000.0, "high": -750.0}}
    for left_out in ({}, {"CHN": "it pays"}):
        coercion._show_economy(halt, {"ev_musd": money, "left_out": left_out})  # type: ignore[arg-type]


def makers_and_flows() -> None:
    keys = ("base_share", "new_share", "base_musd", "new_musd", "made_at_home_base_musd", "made_at_home_musd")
    one = dict(zip(keys, (0.3716, 0.3549, 12345.0, 2345.0, 345.0, 45.0), strict=True))
    simulate._show_makers([{"market": "USA", **one}])
    simulate._show_makers([])
    flow = {"new_musd": 2345.0, "base_musd": 12345.0, "base_units": 1376000.0, "new_units": 1234567.0}
    ends = Of(flows=[None, Of(new_musd=Of(low=2000.0, high=2500.0), new_units=Of(low=1.2e6, high=1.3e6))])
    bare = Of(flows=[Of(new_musd=Of(low=2000.0, high=2500.0), new_units=None)])
    none = flow | {"new_musd": 0.0, "new_units": 0.0}
    uncounted = flow | {"base_units": None, "new_units": None}
    for found, spread, at in ((flow, None, 0), (flow, ends, 1), (uncounted, bare, 0), (none, None, 0)):
        terminal.say_whole(str(simulate._traded(found, spread, at)))  # type: ignore[arg-type]
    effect: Any = {"welfare": 0.01234, "ev_musd": 1234.5, "real_gdp": 0.02345, "consumer_prices": -0.03456}
    effect |= {"employment": 0.00456, "real_wage": None}
    span: Any = Of(welfare=Of(low=0.01, high=0.02), ev_musd=Of(low=1000.0, high=2000.0))
    for about, moving in ((None, True), (span, False)):
        terminal.say_whole(str(simulate._effect(effect, about, moving=moving)))
    case = Of(name="case", as_of=date(2025, 6, 29), scenario=lambda name: Of(title=f"Title of {name}"))
    table: Any = Of(hash="h", meta=Of(name="mine"))
    for on, against, closure, detail in (
        (None, "base", None, None),
        (date(2025, 7, 1), "no-deal", Of(told=("labour moves",)), "talks"),
    ):
        given: Any = case, "deal", on, against, "10", "fixed", "central", closure
        asked = simulate._Asked(*given)
        terminal.show_json(asked.heading(Of(detail=detail), table))  # type: ignore[arg-type]
        terminal.say_whole(f"{asked.title()} | {asked.compared()}")


def who_sells_what() -> None:
    one = {"low": 0.25, "value": 0.3, "high": 0.35, "assumed": False, "sources": ["s1", "s2"]}
    fleet = {"low": 1.0e6, "value": 1.5e6, "high": 2.0e6, "assumed": True, "sources": ["s3"]}
    makers = [{"market": "USA", "unit": "vehicles", "year": 2024, "makers": {"One": fleet}}]
    brands = {"low": 0.5, "value": 0.5, "high": 0.5, "assumed": True, "sources": ["s4"]}
    supply._show_vehicles({"drives": {"hybrid": one}, "japanese_brands": brands, "makers": makers}, "Japan")
    supply._show_vehicles({"drives": {}, "japanese_brands": None, "makers": []}, "Japan")
    supply._show_vehicles({"drives": {}, "japanese_brands": None, "makers": makers}, "Japan")


def what_is_lost() -> None:
    names = ("deficits", "elasticities", "welfare", "ev_musd", "price", "real_value_added_musd")
    rows = (("fixed", "central", -0.0123, -12.5, 0.0456, -1.25), ("zero", "low", 0.0001, 12345.0, -0.5, 345.0))
    variants = [dict(zip(names, row, strict=True)) for row in rows]
    supply._show_loss({"origin": "CHN", "base_musd": 1234.5, "variants": variants}, "Japan", "Cars")


def a_published_study() -> None:
    def closure(start: float) -> dict[str, Any]:
        members = ("MEX", "USA")
        return {
            name: {member: start + k + j / 8 for j, member in enumerate(members)}
            for k, name in enumerate(replicate.MEASURES)
        }

    published: dict[str, Any] = {"zero": {"welfare": {"MEX": 1.31}}, "observed": {}, "source": "A journal"}
    published["models"] = {"one sector": {"welfare_first_order": {"USA": 0.11}}}
    experiments = {name: {"zero": closure(10.0 * k)} for k, name in enumerate(replicate.EXPERIMENTS, 1)}
    replicate._show_cp2015(
        {
            "zero": closure(0.0), "observed": closure(-50.0), "published": published,
            "experiments": experiments,            "seconds_per_solve": 0.0126,
        }
    )  # fmt: skip


def tables_side_by_side() -> None:
    facts = Of(year=2019, economies=5, sectors=7, theta=4.56, unknown_duties=0.126)
    bare = Of(year=None, economies=1, sectors=2, theta=1.0, unknown_duties=None)
    mine = Of(
        name="mine", facts=facts, countries={"JPN": {"welfare": 0.0123}}, problem="", zone=True,
        solutions={"nash": {"cars": "all-15"}}, gains={"nash": {"JPN": 1234.5, "USA": -67.0}},
        not_priced={"rice": "no such sector"}, assumed=("it is so",),
    )  # fmt: skip
    yours = Of(**{**vars(mine), "name": "yours", "facts": bare, "solutions": {}, "gains": {}, "zone": False})
    silent = Of(
        name="silent", facts=None, countries={}, problem="it cannot be read", zone=None, solutions={}, gains={},
        not_priced={}, assumed=(),
    )  # fmt: skip
    spread = {"JPN": Of(low=-0.012, high=0.0234)}
    for tables in ([mine, yours], [mine, yours, silent]):
        try:
            several.show_several(
                Of(tables=tables, parties=("JPN", "USA"), spread=spread), "Title", {}, json=False
            )  # type: ignore[arg-type]
            several.show_deals(tables, ("JPN", "USA"), json=False, case="case")  # type: ignore[arg-type]
        except typer.Exit as end:
            terminal.say_whole(f"ends with {end.exit_code}")
    try:
        several.show_deals([silent], ("JPN",), json=False, case="case")  # type: ignore[list-item]
    except typer.Exit as end:
        terminal.say_whole(f"ends with {end.exit_code}")


def what_deals_commit_to() -> None:
    def bound(issue: str, *, binds: bool = True, **more: Any) -> dict[str, Any]:
        known: dict[str, Any] = {"issue": issue, "binds": binds, "free": 1234.0, "reached": 2345.0}
        known |= {"unit": "million USD", "wedge": 0.0456, "fiscal_cost": 0.0, "rent": 0.0}
        return known | {"diverted": {"one": {"KOR": -1250.0, "CHN": 250.0}, "two": {"DEU": 125.0}}} | more

    bounds = [
        bound("cars", wedge=None, rent=345.0),
        bound("rest", fiscal_cost=45.0, rent=67.0, diverted={}),
        bound("rice", binds=False),
        bound("corn"),
        bound(""),
    ]
    deal: Any = Of(table=Of(file=Of(issues=[])))
    confirmed = {"nash": {"bounds": bounds}, "egalitarian": {"bounds": bounds[:1]}}
    bargain_answer._show_bounds(deal, {"solutions": list(confirmed), "confirmed": confirmed})
    bargain_answer._show_bounds(deal, {"solutions": ["nash"], "confirmed": {"nash": {"bounds": bounds[2:3]}}})


def how_sure_deals_are() -> None:
    def said(k: int, share: float | None) -> dict[str, Any]:
        ends = ((0.5, 1.25, share), (1.25, 2.0, 0.126 * k))
        regions = [{"low": low, "high": high, "all_gain": found} for low, high, found in ends]
        gains = {code: {"p5": -1e3 * k, "p50": 2e3 * k, "p95": 3e3 * k} for code in ("JPN", "USA")}
        return {"draws": 200, "regions": regions, "gains": gains}

    certificate = {"nash": said(1, None), "egalitarian": said(2, 0.995), "utilitarian": said(3, 1.0)}
    content: dict[str, Any] = {"parties": ["JPN", "USA"], "crossing": {"nash": None, "egalitarian": 0.4567}}
    bargain_answer._show_certificate(content | {"certificate": certificate})
    bargain_answer._show_certificate(content | {"certificate": {}})


def where_deals_stop() -> None:
    weights = [Of(id="w", title="Cars"), Of(id="v", title="Rice")]
    deal: Any = Of(table=Of(file=Of(parties=[Of(payoff=Of(weights=weights))])))
    critical: dict[str, Any] = {
        "nash": {"least_scale": 0.05, "theta_scale": None, "weights": {"w": None, "v": 0.1234}},
        "egalitarian": {"least_scale": 0.25, "theta_scale": 0.3456, "weights": {"w": 0.5678, "v": 0.0}},
        "utilitarian": None,
    }
    bargain_answer._show_critical(deal, {"critical": critical})
    bargain_answer._show_critical(deal, {"critical": {"nash": None}})


def what_a_week_costs() -> None:
    delay = {"before": {"JPN": 12.5, "USA": 1234.0}, "after": {"JPN": 25.0, "USA": 2345.0}}
    content: dict[str, Any] = {"solutions": {"nash": {"week_of_delay": delay}}, "parties": ["JPN", "USA"]}
    for passed in (False, True):
        bargain_answer._show_delay(content | {"deadline": {"passed": passed, "date": "2025-07-09"}}, "nash")


OF_EFFECTS: dict[str, Callable[[], None]] = {
    "rates that are best": rates_that_are_best,
    "an episode": an_episode,
    "what deals commit to": what_deals_commit_to,
    "how sure deals are": how_sure_deals_are,
    "where deals stop": where_deals_stop,
    "what a week costs": what_a_week_costs,
    "results side by side": tables_side_by_side,
    "makers, flows and economies": makers_and_flows,
    "who sells vehicles": who_sells_what,
    "what is lost": what_is_lost,
    "a published study with its models": a_published_study,
}
