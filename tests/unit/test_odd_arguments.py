"""Whatever a public function is given from Python, it answers, or refuses by name; it never breaks down."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kosho import bargain, codes, corridor, equilibrium, law, record, starter, world
from kosho.equilibrium import (
    Closure,
    Counterfactual,
    Flow,
    Nest,
    Part,
    Payoff,
    Purchase,
    Quota,
    Shock,
    TariffQuota,
    gradient,
    solve,
)
from kosho.errors import KoshoError
from kosho.impact import effects, shock
from kosho.law import Facts, Product, Query, Register
from kosho.world import PhysicalFlow, World, WorldChoice, WorldMeta, toy

ODD: dict[str, Any] = {
    "nothing": None,
    "truth": True,
    "below zero": -1,
    "no number": math.nan,
    "no end": math.inf,
    "more than anything": 1e308,
    "zero": 0,
    "half": 2.5,
    "text": "XXX",
    "a blank": " ",
    "no text": "",
    "bytes": b"x",
    "a list": [],
    "a tuple": (),
    "a mapping": {},
    "an array": np.array([1.0, 2.0]),
    "a complex number": 1j,
    "a thing": object(),
    "a moment": datetime(2025, 6, 29, 12),
    "a set": {1},
    "a list of text": ["XXX"],
    "a list of lists": [[1.0]],
    "a mapping of text": {"XXX": 1},
    "a number by country": {"JPN": math.nan},
    "a type": int,
}
CELL, DAY = ("USA", "JPN", "C29"), date(2025, 6, 29)
CROPS = (Flow("JPN", "USA", "A01"),)
PAYOFFS = np.array([[0.0, 0.0], [1.0, 2.0], [2.0, 1.0]])
GRID = bargain.Grid.of({"a": ["x", "y"], "b": ["p", "q"]})
BOUND: dict[str, Any] = {
    "name": "crops",
    "flows": CROPS,
    "amount": 24_000.0,
    "basis": "level",
    "measured": "quantity",
    "unit": "",
    "deflator": "world",
}


@cache
def book() -> Register:
    return Register.load()


@cache
def dated() -> World:
    plain = toy()
    return World.from_flows(
        plain.flows,
        tariff=plain.tariff,
        io_share=plain.io_share,
        theta=plain.theta,
        meta=WorldMeta("dated", year=2022),
    )


def bound(kind: Callable[..., Any]) -> Callable[..., Any]:
    return lambda **given: repr(solve(toy(), Counterfactual(Shock.none(toy()), (kind(**given),))).constraints)


def higher() -> Shock:
    return Shock.tariffs(toy(), {CELL: 0.1})


def game() -> bargain.Game:
    return bargain.Game.of(("JPN", "USA"), PAYOFFS, np.zeros(2))


def quoted(**given: Any) -> Any:
    return law.quote(book(), Query(**given))


ASKED: dict[str, tuple[Callable[..., Any], Callable[[], dict[str, Any]]]] = {
    "Flow": (
        lambda **given: bound(Purchase)(**BOUND | {"flows": (Flow(**given),)}),
        lambda: {"importer": "JPN", "exporter": "USA", "sector": "A01", "part": ""},
    ),
    "Purchase": (bound(Purchase), lambda: {**BOUND, "additional": 1.0}),
    "Quota": (bound(Quota), lambda: {**BOUND, "holder": "importer"}),
    "TariffQuota": (bound(TariffQuota), lambda: {**BOUND, "holder": "importer", "inside": 0.0, "outside": 0.2}),
    "Counterfactual": (
        lambda **given: solve(toy(), Counterfactual(**given)),
        lambda: {"shock": higher(), "constraints": (), "nests": ()},
    ),
    "Part": (
        lambda **given: Shock.parts(toy(), [Part(**given)]),
        lambda: {
            **dict(zip(("importer", "exporter", "sector"), CELL, strict=True)),
            "share": 0.5,
            "tariff": 0.1,
            "base_tariff": 0.02,
            "cost": 1.0,
            "rent": 0.0,
            "holder": "JPN",
            "part": "",
        },
    ),
    "Nest": (
        lambda **given: solve(
            toy(),
            Counterfactual(Shock.parts(toy(), [Part(*CELL, share=0.5, part="cars")]), (), (Nest(**given),)),
        ),
        lambda: {
            "product": "cars", "importer": "USA", "sector": "C29", "theta": 5.0, "between": 3.0, "shares": {},
        },
    ),
    "Payoff": (
        lambda **given: gradient(toy(), Payoff(**given)),
        lambda: {"country": "JPN", "weights": {}, "incomes": {}},
    ),
    "Closure": (
        lambda **given: (repr(Closure(**given)), solve(toy(), higher(), closure=Closure(**given))),
        lambda: {
            "labour_supply": 0.1,
            "labour_tax": None,
            "revenue": "lump-sum",
            "capital": "accumulated",
            "capital_share": None,
            "investment": None,
            "labour_mobility": math.inf,
            "profits": (),
            "absorbed": {},
            "scale": 0.0,
            "deficits": "fixed",
            "sources": {},
        },
    ),
    "capped": (equilibrium.capped, lambda: {"closure": Closure(), "world": toy()}),
    "first_year": (
        equilibrium.first_year,
        lambda: {
            "world": toy(), "shock": higher(), "flow": CELL, "sigma": 5.0, "absorbed": 0.2, "alone": False,
        },
    ),
    "gradient": (
        gradient,
        lambda: {
            "at": toy(), "objective": [(1.0, Payoff("JPN"))], "accuracy": 1e-7, "counterfactual": higher(),
            "deficits": None, "closure": None,
        },
    ),
    "rebase": (equilibrium.rebase, lambda: {"world": toy(), "deficits": "zero", "closure": None}),
    "solve": (
        solve,
        lambda: {
            "world": toy(), "counterfactual": higher(), "deficits": "fixed", "tol": 1e-8, "closure": None,
            "throw": True,
        },
    ),
    "solve_batch": (
        equilibrium.solve_batch,
        lambda: {
            "world": toy(), "counterfactuals": [higher()], "deficits": "fixed", "tol": 1e-8, "thetas": None,
            "processes": 1, "closure": None, "reached": None, "flows": (), "volumes": True,
        },
    ),
    "world_after": (equilibrium.world_after, lambda: {"outcome": solve(toy(), higher())}),
    "Shock.tariffs": (Shock.tariffs, lambda: {"world": toy(), "new_rates": {CELL: 0.1}, "insist": False}),
    "Shock.costs": (Shock.costs, lambda: {"world": toy(), "factors": {CELL: 1.1}}),
    "Shock.parts": (Shock.parts, lambda: {"world": toy(), "parts": [Part(*CELL, tariff=0.1)], "insist": False}),
    "Game.of": (
        bargain.Game.of,
        lambda: {
            "parties": ("JPN", "USA"), "payoffs": PAYOFFS, "disagreement": np.zeros(2), "status_quo": None,
            "possible": None, "red_lines": None,
        },
    ),
    "Grid.of": (bargain.Grid.of, lambda: {"options": {"a": ["x", "y"]}}),
    "Grid.position": (GRID.position, lambda: {"choices": [0, 1]}),
    "Grid.find": (GRID.find, lambda: {"package": {"a": "x", "b": "q"}}),
    "Grid.label": (GRID.label, lambda: {"package": 1}),
    "Grid.mixtures": (GRID.mixtures, lambda: {"package": 1, "fallback": 0, "issues": None}),
    "Effort": (
        bargain.Effort,
        lambda: {
            "draws": 10, "certified": 5, "confirm": True, "seed": 1, "rates": True, "exact": None,
            "cluster": None,
        },
    ),
    "frontier": (bargain.frontier, lambda: {"payoffs": PAYOFFS, "allowed": None}),
    "solutions": (bargain.solutions, lambda: {"game": game()}),
    "alternating_offers": (
        bargain.alternating_offers,
        lambda: {"game": game(), "periods": 3, "discount": 0.9, "order": None},
    ),
    "expand_regions": (codes.expand_regions, lambda: {"codes": ("JPN", "EU27")}),
    "economy_of_port": (codes.economy_of_port, lambda: {"code": "JPTYO"}),
    "country_name": (codes.country_name, lambda: {"code": "JPN"}),
    "sector_name": (codes.sector_name, lambda: {"code": "C29"}),
    "is_hs": (codes.is_hs, lambda: {"code": "8703"}),
    "is_locode": (codes.is_locode, lambda: {"code": "JPTYO"}),
    "talks_regions": (codes.talks_regions, lambda: {"economies": ("JPN", "USA")}),
    "between": (corridor.between, lambda: {"origin": "TWKHH", "destination": "JPUKB", "file": None}),
    "under": (
        corridor.under,
        lambda: {"corridor": corridor.between("TWKHH", "JPUKB"), "scenario": "base", "ends": None},
    ),
    "effects": (
        effects,
        lambda: {"world": dated(), "register": book(), "on": DAY, "known": None, "end": "value"},
    ),
    "shock": (
        shock,
        lambda: {"world": dated(), "register": book(), "on": DAY, "known": None, "replace": None},
    ),
    "Query": (
        quoted,
        lambda: {
            "importer": "USA", "exporter": "JPN", "hs": "8703.23", "on": DAY, "known": None, "facts": Facts(),
            "general": None, "claimed": None, "unit_value": None,
        },
    ),
    "Facts": (
        lambda **given: quoted(importer="USA", exporter="JPN", hs="8703.23", on=DAY, facts=Facts(**given)),
        lambda: {"preference": "none", "answers": {}, "content": {}},
    ),
    "history": (
        law.history,
        lambda: {
            "register": book(), "query": Query("USA", "JPN", "8703.23", DAY), "first": date(2025, 4, 1),
            "last": date(2025, 4, 4),
        },
    ),
    "rates": (
        law.rates,
        lambda: {
            "register": book(), "importer": "USA", "lines": [("870323", 0.025)], "partners": ["JPN"],
            "dates": [DAY], "known": None,
        },
    ),
    "rate_bounds": (
        law.rate_bounds,
        lambda: {
            "register": book(), "importer": "USA", "lines": [("870323", 0.025)], "partners": ["JPN"],
            "dates": [DAY], "known": None, "preference": "none",
        },
    ),
    "Register.rate": (
        lambda **given: book().rate(**given),
        lambda: {
            "importer": "USA", "exporter": "JPN", "product": Product("C29"), "on": DAY, "known": None,
            "mfn": None,
        },
    ),
    "Product": (
        lambda **given: book().rate("USA", "JPN", Product(**given), DAY),
        lambda: {"sector": "C29", "group": None, "preference": "none"},
    ),
    "Register.in_force": (lambda **given: book().in_force(**given), lambda: {"on": DAY, "known": None}),
    "Register.of": (lambda **given: book().of(**given), lambda: {"importer": "USA"}),
    "Register.measure": (lambda **given: book().measure(**given), lambda: {"name": "us-232-autos-25"}),
    "Ledger": (
        lambda **given: record.Record.load("japan-us-2025").as_of(**given),
        lambda: {"day": DAY, "topic": None},
    ),
    "World.from_flows": (
        World.from_flows,
        lambda: {
            "flows": toy().flows, "tariff": toy().tariff, "io_share": toy().io_share, "theta": toy().theta,
            "final_share": None, "meta": None, "insist": False,
        },
    ),
    "World.with_theta": (toy().with_theta, lambda: {"theta": 5.0, "insist": False}),
    "World.with_tariff": (toy().with_tariff, lambda: {"rates": {CELL: 0.1}, "insist": False}),
    "World.aggregate": (toy().aggregate, lambda: {"regions": None, "sectors": None}),
    "World.with_units": (toy().with_units, lambda: {"units": []}),
    "PhysicalFlow": (
        lambda **given: toy().with_units([PhysicalFlow(**given)]),
        lambda: {
            "exporter": "JPN", "importer": "USA", "sector": "C29", "quantity": 10.0, "unit": "cars",
            "part": None, "source": "",
        },
    ),
    "World.position": (toy().position, lambda: {"code": "JPN"}),
    "World.sector_position": (toy().sector_position, lambda: {"code": "C29"}),
    "World.sector_of": (toy().sector_of, lambda: {"code": "C29"}),
    "WorldChoice": (
        WorldChoice,
        lambda: {"table": "icio-2022", "detail": None},
    ),
    "WorldChoice.parse": (WorldChoice.parse, lambda: {"text": "talks", "folder": None}),
    "WorldMeta": (
        WorldMeta,
        lambda: {
            "name": "x", "year": 2019, "source": "", "licence": "", "attribution": "", "unit": "million USD",
            "estimated": (), "adjustments": (), "regions": {}, "sectors": {}, "sector_weights": {},
        },
    ),
    "coarse": (world.coarse, lambda: {"world": toy(), "keep": (), "regions": True, "sectors": True}),
    "together": (world.together, lambda: {"world": toy(), "codes": ["JPN"]}),
    "low_elasticity": (world.low_elasticity, lambda: {"world": toy()}),
    "draw_elasticities": (world.draw_elasticities, lambda: {"world": toy(), "n": 2, "seed": 1}),
    "labelled": (
        world.labelled,
        lambda: {
            "values": np.ones((3, 2)), "dims": ("country", "sector"), "countries": toy().countries,
            "sectors": toy().sectors,
        },
    ),
    "load": (
        world.load,
        lambda: {"name": "icio-2022", "regions": "talks", "sectors": "talks", "final_demand": "anchored"},
    ),
    "new_case": (
        starter.new_case,
        lambda: {"name": "no name", "parties": (), "begun_from": None, "out": Path("no such"), "as_of": None},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ASKED)
def test_an_odd_argument_is_answered_or_refused(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ask, usual = ASKED[name]
    given = usual()
    wrong: list[str] = []
    for argument in given:
        for sort, value in ODD.items():
            try:
                ask(**given | {argument: value})
            except KoshoError:
                continue
            except Exception as error:  # noqa: BLE001 - all others are what is looked for
                wrong.append(f"{argument}, {sort}: {type(error).__name__}: {error}")
    assert wrong == []


@pytest.mark.parametrize(
    ("name", "argument", "sort", "told"),
    [
        ("Register.rate", "importer", "text", "unknown country or customs union 'XXX'"),
        ("Register.rate", "exporter", "text", "unknown country or bloc 'XXX'"),
        ("Register.rate", "mfn", "below zero", "mfn = -1 .a fraction of zero or more"),
        ("Product", "sector", "text", "sector: unknown sector 'XXX'"),
        ("Product", "preference", "text", "unknown preference 'XXX'"),
        ("rates", "partners", "a list of text", "unknown country or bloc 'XXX'"),
        ("rate_bounds", "preference", "text", "unknown preference 'XXX'"),
        ("Grid.label", "package", "below zero", "package: -1 .from 0 to 3"),
        ("Grid.mixtures", "fallback", "below zero", "fallback: -1 .from 0 to 3"),
        ("Grid.position", "choices", "a list", r"choices: \(\) .one for each issue"),
        ("Query", "on", "a moment", "on: is a datetime, not a date"),
        ("Quota", "amount", "truth", "amount: is a bool, not a number"),
        ("solve", "throw", "zero", "throw: is a int, not a bool"),
        ("labelled", "values", "an array", r"values: has shape \(2,\), wanted \(3, 2\)"),
        ("frontier", "payoffs", "an array", r"have shapes \(2,\) and None"),
        ("World.from_flows", "meta", "a mapping", "meta: is a dict, not a WorldMeta"),
        ("economy_of_port", "code", "text", "'XXX' is the code of no port"),
    ],
)
def test_what_cannot_be_meant_is_named(name: str, argument: str, sort: str, told: str) -> None:
    ask, usual = ASKED[name]
    with pytest.raises(KoshoError, match=told):
        ask(**usual() | {argument: ODD[sort]})
