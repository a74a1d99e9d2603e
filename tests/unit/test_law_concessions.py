"""Cuts and binds of the ordinary duty, at once and staged: the rate in force on the day, by every way to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from pydantic import ValidationError
from tests.measures import measure, query, register, shipped

from kosho.equilibrium import solve
from kosho.errors import InputError
from kosho.impact import effects, shock
from kosho.impact.reach import idle
from kosho.law import Measure, Overlay, Product, quote, rates
from kosho.law.stacking import precedence, stack
from kosho.law.staging import Staged
from kosho.world import World, load, together

AFTER = date(2025, 7, 9)


def cut(value: float = 50, **changes: object) -> Measure:
    return measure(**{"id": "fta", "authority": "fta", "kind": "cut", "value": value, **changes})


def bind(value: float = 5, **changes: object) -> Measure:
    return cut(value, kind="bind", **changes)


def every_way(law: tuple[Measure, ...], ordinary: float, on: str = "2025-06-29") -> float:
    """Percent, once look-up, table and stack agree."""
    book, day = register(*law), date.fromisoformat(on)
    found = quote(book, query(mfn=f"{ordinary:g}%", on=on))
    assert found.rate is not None
    table = rates(book, "USA", [("870323", ordinary / 100)], ["JPN"], [day])[0, 0, 0]
    plain = book.rate("USA", "JPN", Product("C29"), day, mfn=ordinary / 100)
    assert float(table) == pytest.approx(found.rate, abs=1e-6)
    assert plain.rate == pytest.approx(found.rate)
    assert sum(layer.value or 0 for layer in found.layers) == pytest.approx(found.rate)
    assert sum(layer.value or 0 for layer in plain.layers) == pytest.approx(found.rate)
    return round(100 * found.rate, 6)


@pytest.mark.parametrize(
    ("law", "ordinary", "rate"),
    [
        ((cut(50),), 10, 5),
        ((cut(100),), 10, 0),
        ((bind(5),), 10, 5),
        ((bind(5),), 3, 3),
        ((bind(0),), 10, 0),
        ((cut(50), measure(id="more", value=25)), 10, 30),
        ((cut(50), bind(2, id="other", authority="other")), 10, 2),
        ((cut(50), bind(7, id="other", authority="other")), 10, 5),
        ((cut(50), measure(id="top", kind="floor", value=15)), 10, 10),
        ((cut(50), measure(id="top", kind="floor", value=15, floor_base="claimed")), 10, 15),
        ((cut(50), measure(id="top", kind="exemption", value=None, excludes=["fta"])), 10, 10),
        ((cut(50, value_share={"value": 0.8, "unit": "share", "status": "estimate", "source": "s"}),), 10, 6),
        ((cut({"JPN": 50, "KOR": 100}),), 10, 5),
    ],
)
def test_what_is_left_of_the_ordinary_duty(law: tuple[Measure, ...], ordinary: float, rate: float) -> None:
    assert every_way(law, ordinary) == rate


@pytest.mark.parametrize(
    ("on", "cut_to", "bound_to"),
    [
        ("2024-12-31", 10, 10),
        ("2025-01-01", 9, 9.2),
        ("2025-12-31", 9, 9.2),
        ("2026-01-01", 8, 8.4),
        ("2029-01-01", 5, 6),
        ("2040-01-01", 5, 6),
    ],
)
def test_steps_are_equal_and_yearly_with_the_rate_in_force_on_the_day(
    on: str, cut_to: float, bound_to: float
) -> None:
    assert every_way((cut(50, staged={"steps": 5}),), 10, on) == cut_to
    assert every_way((bind(6, staged={"steps": 5}),), 10, on) == bound_to


@pytest.mark.parametrize(
    ("each", "start", "days"),
    [
        ("01-01", "2026-07-01", ["2026-07-01", "2027-01-01", "2028-01-01"]),
        ("07-01", "2026-06-30", ["2026-06-30", "2026-07-01", "2027-07-01"]),
        ("07-01", "2026-07-01", ["2026-07-01", "2027-07-01", "2028-07-01"]),
        ("06-31", "2026-07-01", ["2026-07-01", "2027-06-30", "2028-06-30"]),
        ("02-31", "2026-07-01", ["2026-07-01", "2027-02-28", "2028-02-29"]),
        (None, "2024-02-29", ["2024-02-29", "2025-02-28", "2026-02-28"]),
    ],
)
def test_later_steps_may_fall_on_a_day_of_their_own(each: str | None, start: str, days: list[str]) -> None:
    steps = Staged(steps=3, each=each)
    assert list(map(str, steps.days(date.fromisoformat(start)))) == days


def test_many_days_in_one_table_have_each_their_step() -> None:
    days = [date(year, 6, 1) for year in (2024, 2025, 2026, 2029)]
    found = rates(register(cut(100, staged={"steps": 2})), "USA", [("870323", 0.1)], ["JPN"], days)
    assert found[:, 0, 0].tolist() == pytest.approx([0.1, 0.05, 0, 0])


def test_a_duty_between_bounds_leaves_a_rate_between_bounds() -> None:
    found = quote(register(cut(50)), query(mfn="10% + 0.5 USD/kg"))
    assert (found.rate, found.low) == (None, 0.05)
    bound = quote(register(bind(5)), query(mfn="10% + 0.5 USD/kg"))
    assert (bound.low, bound.high) == (0.05, 0.05)
    unknown = rates(register(bind(5)), "USA", [("870323", float("nan"))], ["JPN"], [AFTER])
    assert str(unknown[0, 0, 0]) == "nan"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"kind": "cut", "value": 120}, "at most 100"),
        ({"kind": "cut", "value": 0}, "above 0"),
        ({"kind": "bind", "value": -1}, "zero or more"),
        ({"kind": "tariff", "staged": {"steps": 5}}, "only a cut or a bind is staged"),
        ({"kind": "cut", "value": 50, "staged": {"steps": 1}}, "greater than or equal to 2"),
        ({"kind": "cut", "value": 50, "staged": {"steps": 5, "each": "13-01"}}, "pattern"),
        ({"kind": "cut", "value": 50, "unit": "USD/kg"}, "percent"),
    ],
)
def test_what_is_no_concession_is_refused(changes: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        measure(**changes)


def test_lines_are_cut_one_by_one() -> None:
    pile = [(bind(10), 0.10)]
    found = stack(pile, precedence([item for item, _ in pile]))
    assert found.adds([(0.05, 0.5), (0.20, 0.5)]) == pytest.approx(-0.05)


@pytest.fixture(scope="module")
def union() -> World:
    return together(load(), ["EU27"])


def added(**changes: object) -> Overlay:
    given = {"imposer": "IND", "partners": {"include": ["GBR"]}, "legal_from": "2025-07-01", **changes}
    return Overlay(add=(cut(**given),))  # pyright: ignore[reportArgumentType]


def tariff_on_cars(world: World, overlay: Overlay, on: date = AFTER) -> tuple[float, float]:
    """Base and new tariff of Indian imports of British cars, weighted by the shares of its parts."""
    found = shock(world, shipped(), on, replace=overlay)
    n, i, s = (*map(world.position, ("IND", "GBR")), world.sectors.index("C29"))
    rows = (found.importer == n) & (found.exporter == i) & (found.sector == s)
    share = found.share[rows]
    return float(found.base_tariff[rows] @ share), float(found.tariff[rows] @ share)


def test_a_cut_halves_what_an_economy_of_the_world_levies(union: World) -> None:
    base, new = tariff_on_cars(union, added(value=50, scope={"sectors": ["C29"]}))
    assert base == pytest.approx(0.49)
    assert new == pytest.approx(0.245)
    outcome = solve(union, shock(union, shipped(), AFTER, replace=added(value=50, scope={"sectors": ["C29"]})))
    plain = solve(union, shock(union, shipped(), AFTER))
    gain = outcome.equivalent_variation - plain.equivalent_variation
    assert float(gain.sel(country="GBR")) > 0


def test_a_bound_and_a_staged_cut_reach_the_economy(union: World) -> None:
    _, bound = tariff_on_cars(union, added(kind="bind", value=10, scope={"sectors": ["C29"]}))
    assert bound == pytest.approx(0.10)
    staged = added(value=100, staged={"steps": 10, "each": "01-01"}, scope={"sectors": ["C29"]})
    assert tariff_on_cars(union, staged)[1] == pytest.approx(0.49 * 0.9)
    assert tariff_on_cars(union, staged, date(2026, 1, 1))[1] == pytest.approx(0.49 * 0.8)


def test_a_step_after_the_days_that_are_held_is_refused_with_the_steps_to_come(union: World) -> None:
    staged = added(value=100, staged={"steps": 10, "each": "01-01"}, scope={"sectors": ["C29"]})
    with pytest.raises(InputError) as caught:
        tariff_on_cars(union, staged, date(2028, 6, 1))
    (problem,) = caught.value.problems
    assert "are not in the register" in problem.message
    assert problem.hint is not None
    assert "goes on in steps, 3/10 on 2027-01-01, 4/10 on 2028-01-01" in problem.hint
    assert "10/10 on 2034-01-01" in problem.hint
    assert "write its value without `staged`" in problem.hint
    with pytest.raises(InputError) as caught:
        tariff_on_cars(union, staged, date(1990, 6, 1))
    assert "goes on" not in (caught.value.problems[0].hint or "")


def test_a_duty_that_the_world_does_not_know_is_not_cut_and_that_is_said(union: World) -> None:
    all_goods = added(value=100, imposer="BRA", partners={"include": ["EU27"]}, scope={"goods": True})
    told = effects(union, shipped(), AFTER, replace=all_goods).left_out["fta"]
    assert "does not know the ordinary duty" in told
    assert "BRA C28" in told
    assert "BRA C29" not in told
    machines = added(value=100, imposer="BRA", partners={"include": ["EU27"]}, scope={"sectors": ["C28"]})
    assert "does not know the ordinary duty" in idle(union, shipped(), machines, AFTER)["fta"]


def test_a_cut_of_nothing_is_idle_with_its_reason(union: World) -> None:
    free = added(value=50, imposer="JPN", scope={"sectors": ["C29"]})
    assert "no ordinary duty" in idle(union, shipped(), free, AFTER)["fta"]
    high = added(kind="bind", value=60, scope={"sectors": ["C29"]})
    assert idle(union, shipped(), high, AFTER)["fta"] == "no ordinary duty that it is on is above 60 %"


def test_a_cut_of_the_base_year_is_in_the_table_and_one_that_goes_on_is_refused(union: World) -> None:
    law = added(value=50, scope={"sectors": ["C29"]}, legal_from="2020-01-01").add[0]
    with_it = replace(shipped(), measures=(*shipped().measures, law))
    found, plain = (shock(union, book, AFTER) for book in (with_it, shipped()))
    assert found.tariff.tolist() == plain.tariff.tolist()
    staged = law.model_copy(update={"staged": Staged(steps=10)})
    with pytest.raises(InputError, match="goes on in steps"):
        shock(union, replace(shipped(), measures=(*shipped().measures, staged)), AFTER)
