"""Which rows of a shock a measure is on, and at which share or day it begins to be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from tests.measures import cited, figure, measure, register

from kosho.equilibrium import Flow, Shock
from kosho.errors import InputError
from kosho.impact import coercion, customs_time, digital
from kosho.impact.cells import REST, Cell, rows_in
from kosho.impact.coercion import episodes
from kosho.impact.effects import acting
from kosho.impact.measure_effects import MeasureEffect, _Seen
from kosho.impact.ranges import Range
from kosho.impact.reach import _Asked, _never, _no_end
from kosho.impact.standards import Barrier, Recognition, TopDown, parts
from kosho.impact.subsidies import Subsidised, _paid_rows, subsidised, treasury_cost
from kosho.impact.value_chains import content
from kosho.impact.vehicles import by_maker, eligible, purchase_subsidy, vehicle_data
from kosho.law import Measure
from kosho.law.overlay import MeasureEnd
from kosho.world import toy

WORLD = toy()
USA, JPN, CHN = (WORLD.position(code) for code in ("USA", "JPN", "CHN"))
FARM, CARS = (WORLD.sector_position(code) for code in ("A01", "C29"))
Row = tuple[int, int, int, str, float, float]
"""Importer, exporter, sector, part, share and tariff."""


def shock(*told: Row) -> Shock:
    n, i, j, part, share, tariff = zip(*told, strict=True)
    size = len(told)
    return Shock(
        countries=WORLD.countries,
        sectors=WORLD.sectors,
        importer=np.array(n),
        exporter=np.array(i),
        sector=np.array(j),
        part=part,
        share=np.array(share),
        cost=np.ones(size),
        base_tariff=WORLD.arrays.tariff[list(n), list(i), list(j)],
        tariff=np.array(tariff),
        rent=np.zeros(size),
        holder=np.full(size, -1),
    )


FOUR = shock(
    (USA, JPN, CARS, "", 0.3, 0.1),
    (USA, JPN, CARS, "ev", 0.7, 0.1),
    (USA, CHN, CARS, "", 1.0, 0.1),
    (JPN, USA, FARM, "ev", 1.0, 0.0),
)


@pytest.mark.parametrize(
    ("cells", "there"),
    [
        ([], ""),
        ([(USA, JPN, CARS, "")], "01"),
        ([(USA, JPN, CARS, REST)], "0"),
        ([(USA, JPN, CARS, "ev")], "1"),
        ([(USA, JPN, CARS, "vans")], ""),
        ([(USA, JPN, CARS, "ev"), (USA, CHN, CARS, "")], "12"),
        ([(USA, JPN, CARS, ""), (USA, JPN, CARS, "ev")], "01"),
        ([(USA, CHN, CARS, REST), (JPN, USA, FARM, "ev")], "23"),
        ([(USA, CHN, FARM, ""), (JPN, USA, CARS, "ev"), (CHN, USA, CARS, "")], ""),
    ],
)
def test_rows_lie_in_the_cells_that_are_named(cells: Sequence[Cell], there: str) -> None:
    assert "".join(map(str, np.flatnonzero(rows_in(FOUR, cells)))) == there


def paid(share: dict[int, float], *cells: Cell, rate: float = 0.2) -> Subsidised:
    of = {n: Range(one / 2, one, one, "share") for n, one in share.items()}
    return Subsidised("m", cells, Range(rate / 2, rate, rate, "share"), of)


@pytest.mark.parametrize(("end", "share", "rate"), [("low", 0.125, 0.1), ("value", 0.25, 0.2)])
def test_of_rows_the_eligible_share_pays_less_and_the_rest_what_it_did(
    end: Any, share: float, rate: float
) -> None:
    found = subsidised(FOUR, WORLD, paid({JPN: 0.25}, (USA, JPN, CARS, "")), end)
    told = {
        (int(exporter), part, round(float(tariff), 9)): float(of)
        for exporter, part, tariff, of in zip(
            found.exporter, found.part, found.tariff, found.share, strict=True
        )
    }
    less = round(1.1 * (1 - rate) - 1, 9)
    assert told == pytest.approx(
        {
            (JPN, "", 0.1): 0.3 * (1 - share),
            (JPN, "m", less): 0.3 * share,
            (JPN, "ev", 0.1): 0.7 * (1 - share),
            (JPN, "ev", less): 0.7 * share,
            (CHN, "", 0.1): 1.0,
            (USA, "ev", 0.0): 1.0,
        }
    )


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_a_share_of_nothing_or_all_splits_no_row(share: float) -> None:
    found = subsidised(FOUR, WORLD, paid({JPN: share}, (USA, JPN, CARS, "")))
    assert len(found) == len(FOUR)
    assert ("m" in found.part) is (share == 1.0)


@pytest.mark.parametrize(
    ("share", "rates", "rows"),
    [
        (0.5, (0.1, 1.1 * 0.8 - 1), "1"),
        (0.5, (1.1 * 0.8 - 1, 0.1), "0"),
        (0.5, (0.1, 0.1), ""),
        (1.0, (0.1, 0.1), "01"),
        (1.0 - 1e-6, (0.1, 0.1), ""),
    ],
)
def test_rows_of_a_product_group_are_paid_on_where_their_price_is_below_that_of_others(
    share: float, rates: tuple[float, float], rows: str
) -> None:
    both = shock(*((USA, JPN, CARS, "ev", 0.5, rate) for rate in rates), (USA, CHN, CARS, "ev", 1.0, 0.1))
    found = _paid_rows(both, paid({JPN: share, CHN: share}, (USA, JPN, CARS, "ev")), "value")
    assert "".join(map(str, found)) == rows
    named = shock((USA, JPN, CARS, "m", 0.5, 0.1), (USA, JPN, CARS, "", 0.5, 0.1))
    assert _paid_rows(named, paid({JPN: share}, (USA, JPN, CARS, "")), "value") == [0]


def test_an_origin_meets_a_rule_from_its_threshold_on() -> None:
    share = content(WORLD, "JPN", "C29", ["CHN"])
    for threshold, met in ((share, 1.0), (share * (1 + 1e-9), 0.0)):
        assert eligible(WORLD, ["JPN"], threshold, ["CHN"]) == {"JPN": met}


def test_buyers_are_paid_a_share_of_the_price_from_nothing_to_below_all() -> None:
    found = purchase_subsidy(WORLD, "USA", 0.0, {"JPN": 0.5, "CHN": 0.0})
    assert [(one.exporter, one.share) for one in found] == [("JPN", 0.5)]
    assert found[0].tariff == pytest.approx(
        float(WORLD.tariff.sel(importer="USA", exporter="JPN", sector="C29"))
    )
    assert purchase_subsidy(WORLD, "USA", 0.99, {"JPN": 1.0})
    for rate in (1.0, -0.01):
        with pytest.raises(InputError, match="of the price"):
            purchase_subsidy(WORLD, "USA", rate, {"JPN": 1.0})


def test_every_maker_ships_as_much_more_as_all_do() -> None:
    for told in vehicle_data().makers:
        found = by_maker(told.exporter, told.market, 100.0, 150.0)
        for name, one in found.items():
            was = Range.of(told.units[name])
            assert (one.low, one.value, one.high) == (1.5 * was.low, 1.5 * (was.value or 0), 1.5 * was.high)
    with pytest.raises(InputError):
        by_maker("JPN", "JPN", 1.0, 1.0)


@pytest.mark.parametrize(
    ("extends", "shares", "told"),
    [
        ("bilateral", 0.5, {"USA": 0.5}),
        ("all", 0.5, {"USA": 0.5, "CHN": 0.5}),
        ("all", {"USA": 0.2}, {"USA": 0.2}),
        ("all", {"USA": 0.0, "CHN": 1e-6}, {"CHN": 1e-6}),
        ("bilateral", 0.0, {}),
    ],
)
def test_a_recognition_is_on_what_its_barrier_touches(
    extends: Any, shares: Any, told: dict[str, float]
) -> None:
    top = TopDown(ave=figure(20, "percent"), actionable=figure(0.5))
    barrier = Barrier(id="x", title="x", importer="JPN", sector="C29", top_down=top)
    of = Recognition(degree=figure(1.0), partners=("USA",), extends_to=extends)
    assert {one.exporter: one.share for one in parts(barrier, of, WORLD.countries, shares)["value"]} == told


ON = date(2025, 7, 1)


@pytest.mark.parametrize(
    ("days", "why"),
    [
        ({}, None),
        ({"legal_from": ON}, None),
        ({"legal_from": "2025-07-02"}, "it starts on 2025-07-02, after 2025-07-01"),
        ({"legal_to": ON}, None),
        ({"legal_to": "2025-06-30"}, "it ended on 2025-06-30, before 2025-07-01"),
        ({"imposer": "KOR"}, "this world has no KOR"),
        ({"partners": {"include": ["KOR"]}}, "it is aimed at nobody in this world"),
        ({"partners": {"include": ["USA"]}}, "it is aimed at nobody but USA itself"),
        ({"partners": {"include": ["USA", "CHN"]}}, None),
    ],
)
def test_a_change_never_does_anything_before_its_first_or_after_its_last_day_or_on_nobody(
    days: dict[str, Any], why: str | None
) -> None:
    one = measure(**days)
    assert _never(one, _Asked(WORLD, register(one), ON, None)) == why


@pytest.mark.parametrize(
    ("day", "fields", "why"),
    [
        (ON, {}, None),
        (date(2025, 7, 2), {}, "it ends on 2025-07-02, after 2025-07-01"),
        (ON, {"legal_to": "2025-06-30"}, "it ended by itself on 2025-06-30"),
        (ON, {"legal_to": ON}, None),
        (ON, {"stage": "offered"}, "it is not law (offered)"),
    ],
)
def test_an_end_ends_what_is_law_until_its_day(day: date, fields: dict[str, Any], why: str | None) -> None:
    before = _Asked(WORLD, register(measure(**fields)), ON, None)
    assert _no_end(MeasureEnd(measure="m", legal_from=day), before) == why


@pytest.mark.parametrize(
    ("terms", "found"),
    [
        (
            {"connectivity": cited(0.1), "traded": "services"},
            digital.connectivity(figure(0.1), 4.0, "services"),
        ),
        ({"connectivity": cited(0.1), "traded": "goods"}, digital.connectivity(figure(0.1), 4.0, "goods")),
        ({"connectivity_cost": cited(0.1)}, digital.connectivity_cost(figure(0.1))),
        ({"restrictiveness": 0.05}, digital.restrictiveness(0.05, 4.0)),
    ],
)
def test_digital_rules_change_trade_cost_by_what_they_say(terms: dict[str, Any], found: Range) -> None:
    rules = measure(kind="digital", value=None, terms=terms, partners={"include": ["JPN"]})
    assert MeasureEffect(rules).cost(4.0) == found
    with pytest.raises(TypeError, match="changes no trade cost"):
        MeasureEffect(measure()).cost(4.0)


def test_customs_days_change_trade_cost_whatever_the_elasticity() -> None:
    days = {"before": cited(7, "days"), "after": cited(2.5, "days")}
    rule = MeasureEffect(measure(kind="customs", value=None, terms=days, partners={"include": ["JPN"]}))
    assert rule.cost(4.0) == rule.cost(9.0) == customs_time.cost_change(figure(7, "days"), figure(2.5, "days"))


def test_a_treasury_pays_its_share_of_the_price_with_duty_and_rent() -> None:
    rented = FOUR.remade(rent=np.array([0.05, 0.0, 0.2, 0.3]))
    outcome: Any = SimpleNamespace(shock=rented, received=lambda rows: np.array([80.0, 40.0, 20.0, 10.0])[rows])
    rows = np.array([0, 2], np.intp)
    before_subsidy = 80.0 * 1.15 / 0.8 + 20.0 * 1.3 / 0.8  # what buyers pay is four fifths of the price
    assert treasury_cost(outcome, rows, 0.2) == pytest.approx(0.2 * before_subsidy)
    assert treasury_cost(outcome, rows[:0], 0.2) == 0.0


@pytest.mark.parametrize(
    ("cells", "flows"),
    [
        ([(USA, JPN, CARS, "")], ["USA from JPN, C29"]),
        ([(USA, JPN, CARS, "ev")], ["USA from JPN, C29 (ev)"]),
        ([(USA, JPN, CARS, "vans")], []),
        ([(USA, JPN, CARS, REST)], []),  # what is left of it has no name of its own
        ([(USA, JPN, CARS, REST), (USA, CHN, CARS, REST)], ["USA from CHN, C29"]),
        ([(CHN, JPN, CARS, "")], []),  # nothing is sold there
        ([(CHN, JPN, CARS, "ev"), (USA, CHN, CARS, "")], ["USA from CHN, C29"]),
        ([(USA, CHN, CARS, "ev")], []),
    ],
)
def test_what_a_measure_bounds_is_traded_and_has_a_name_in_the_shock(
    cells: list[Cell], flows: list[str]
) -> None:
    class Scoped(_Seen):
        def _cells(self, measure: Measure, *, everyone: bool) -> Iterator[Cell]:
            del measure, everyone
            return iter(cells)

    traded = WORLD.arrays.flows.copy()
    traded[CHN, JPN, CARS] = 0.0
    arrays = SimpleNamespace(flows=traded)
    world: Any = SimpleNamespace(arrays=arrays, countries=WORLD.countries, sectors=WORLD.sectors)
    nothing: Any = None
    also = shock(*((USA, JPN, CARS, part, 0.5, 0.1) for part in ("", "ev")), (CHN, JPN, CARS, "ev", 1.0, 0.1))
    seen = Scoped(world, nothing, also, "value")
    assert [str(one) for one in seen._flows(measure())] == flows
    named = [cell for cell in cells if cell[3] not in ("", REST)]
    assert [seen._there(cell) for cell in named] == [
        any(f"({cell[3]})" in flow and WORLD.countries[cell[1]] in flow for flow in flows) for cell in named
    ]
    plain = [cell for cell in cells if cell[3] in ("", REST)]
    assert [seen._there(cell) for cell in plain] == [traded[cell[:3]] > 0 for cell in plain]


def test_figures_of_an_episode_are_in_its_unit_and_its_price_in_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(coercion, "_corners", lambda of, _all=coercion._corners: islice(_all(of), 1))
    for one in episodes().values():
        found = coercion.compare(one).figures
        assert {told.what for told in found} == {*one.base, coercion.PRICE}
        for told in found:
            price = told.what == coercion.PRICE
            assert told.predicted.unit == ("new over old" if price else one.unit)
            assert told.before == (1.0 if price else one.base[told.what].value)
            assert (told.observed is not None) is (told.what in one.observed)
            assert told.put_in is (told.what in one.allowed)
            assert told.predicted.low == told.predicted.value == told.predicted.high


@pytest.mark.parametrize(
    ("kind", "before", "bound", "others", "idle"),
    [
        ("quota", True, ["C29"], [], True),
        ("quota", True, ["C29"], ["A01"], True),
        ("quota", True, ["C29"], ["A01", "C29"], False),  # something else bounds its goods
        ("quota", True, ["C29", "A01"], ["A01"], False),
        ("quota", False, ["C29"], [], False),
        ("ban", True, ["C29"], [], False),
        ("quota", True, [], ["C29"], False),
    ],
)
def test_a_bound_of_the_base_year_acts_where_something_else_bounds_its_goods(
    kind: str,
    before: bool,
    bound: list[str],
    others: list[str],
    idle: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(acting.__globals__, "in_base", lambda _register, _world: {"q"} if before else set())

    def effect(name: str, kind: str, sectors: list[str]) -> Any:
        bounds = tuple(SimpleNamespace(flows=(Flow("USA", "JPN", sector),)) for sector in sectors)
        return SimpleNamespace(measure=SimpleNamespace(id=name, kind=kind), constraints=bounds)

    one = effect("q", kind, bound)
    found = [one, *(effect(f"o{k}", "purchase", [sector]) for k, sector in enumerate(others))]
    nothing: Any = None
    acting_here, why = acting(found, nothing, nothing)
    assert (one not in acting_here) is idle
    assert acting_here == [other for other in found if other is not one or not idle]
    assert set(why) == ({"q"} if idle else set())
