"""Measures that touch the same trade."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.measures import cited, measure

from kosho.case import Case
from kosho.errors import InputError
from kosho.impact.applicable import besides, concerning
from kosho.impact.effects import effects
from kosho.law import Register
from kosho.law.measure import Measure
from kosho.law.overlap import goods, impossible, partners, touch
from kosho.law.overlay import Overlay
from kosho.world import World

SPRING = date(2026, 3, 1)
"""Japan takes cars certified in the United States since February."""


BARRIER = {"ave": cited(25.5, "percent"), "actionable": cited(0.5)}
PIECES = {
    "fixed_cost": cited(30, "million JPY"),
    "units": cited(1000, "vehicles"),
    "price": cited(5, "million JPY"),
}


def rule(name: str, kind: str = "standard", **changes: Any) -> Measure:
    terms = {"degree": cited(1), "extends_to": "bilateral", "top_down": BARRIER}
    fields: dict[str, Any] = {
        "imposer": "JPN",
        "authority": name,
        "partners": {"include": ["USA"]},
        "scope": {"sectors": ["C29"]},
        "value": None,
        "terms": terms if kind == "standard" else None,
    }
    return measure(**{**fields, "id": name, "kind": kind, **changes})


def priced_by_pieces(name: str, **changes: Any) -> Measure:
    terms = {"degree": cited(1), "extends_to": "bilateral", "bottom_up": PIECES}
    return rule(name, **{"terms": terms, **changes})


def test_a_scenario_prices_a_barrier_in_the_place_of_the_law_not_beside_it(talks: World, law: Register) -> None:
    tests = Case.load("japan-us-2025").overlays["safety-tests"]
    told = effects(talks, law, SPRING, replace=tests)
    assert "another measure of jpn-vehicle-safety" in told.left_out["jpn-us-cars-recognition"]
    assert {one.measure for one in told.ranges if "C29" in one.what} == {"case-safety-tests"}
    (factor,) = {float(cost) for cost in told.shock.cost if cost != 1.0}
    assert factor == pytest.approx((1 + 0.255 * 0.75) / 1.255)


def test_what_does_not_touch_stays_beside_it(talks: World, law: Register) -> None:
    german = rule("german", authority="jpn-vehicle-safety", partners={"include": ["DEU"]})
    left_out = besides(talks, law.with_overlay(Overlay(title="x", add=(german,))), SPRING)[1]
    assert "jpn-us-cars-recognition" not in left_out
    # Japan's tariff quota of the same authority leaves Britain's alone.
    japanese = rule(
        "japanese",
        "quota",
        imposer="USA",
        authority="us-232-autos",
        partners={"include": ["JPN"]},
        scope={"groups": ["vehicles-232"]},
        terms={"amount": cited(0.9), "basis": "share"},
    )
    register = law.with_overlay(Overlay(title="x", add=(japanese,)))
    kept = {one.id for one in besides(talks, register, date(2025, 9, 1))[0]}
    assert {"japanese", "us-232-autos-gbr"} <= kept


@pytest.mark.parametrize("authority", ["a", "b"])
def test_two_standards_of_one_barrier_are_refused(talks: World, law: Register, authority: str) -> None:
    both = (rule("whole", authority="a"), priced_by_pieces("pieces", authority=authority))
    with pytest.raises(InputError, match=r"pieces: prices the same barrier as whole") as caught:
        effects(talks, law, date(2025, 6, 29), replace=Overlay(title="x", add=both))
    assert ("both of a" in str(caught.value)) == (authority == "a")


@pytest.mark.parametrize(
    "change",
    [{"partners": {"include": ["DEU"]}}, {"imposer": "KOR"}, {"scope": {"sectors": ["C28"]}}],
    ids=["partner", "importer", "goods"],
)
def test_standards_that_do_not_touch_are_two(talks: World, law: Register, change: dict[str, Any]) -> None:
    both = (rule("whole"), priced_by_pieces("pieces", **change))
    kept = besides(talks, law.with_overlay(Overlay(title="x", add=both)), date(2025, 6, 29))[0]
    assert {"whole", "pieces"} <= {one.id for one in kept}


def test_a_standard_for_all_touches_everybody(law: Register) -> None:
    every = rule("every", terms={"degree": cited(1), "extends_to": "all", "top_down": BARRIER})
    german = rule("german", partners={"include": ["DEU"]})
    register = law.with_overlay(Overlay(title="x", add=(every, german)))
    assert partners(german) == {"DEU"}
    assert "JPN" not in partners(every)
    assert touch(register, every, german)


def test_goods_are_told_apart_as_sector_tables_do(law: Register) -> None:
    sector, group = rule("sector"), rule("group", scope={"groups": ["electric-cars"]})
    corn = rule(
        "corn",
        "purchase",
        scope={"sectors": ["A01"]},
        terms={"amount": cited(1, "million USD"), "niches": ["corn"]},
    )
    farms = rule("farms", "quota", scope={"sectors": ["A01"]}, terms={"amount": cited(1, "million USD")})
    register = law.with_overlay(Overlay(title="x", add=(sector, group, corn, farms)))
    assert goods(register, group) < goods(register, sector)
    assert goods(register, corn) == {("A01", "corn")} < goods(register, farms)
    assert goods(register, law.measure("jpn-rice-access")) == {("C10T12", "rice")}


def test_a_promise_beyond_a_ceiling_is_found_before_anything_is_solved(talks: World, law: Register) -> None:
    def both(promised: float) -> tuple[Measure, Measure]:
        terms = {"basis": "share", "amount": cited(promised)}
        cap = {"basis": "share", "amount": cited(0.5)}
        return rule("promise", "purchase", terms=terms), rule("cap", "quota", terms=cap)

    with pytest.raises(InputError, match=r"promises 0\.9 share, and cap lets in 0\.5 at most"):
        effects(talks, law, date(2025, 6, 29), replace=Overlay(title="x", add=both(0.9)))
    fits = both(0.5)
    assert not list(impossible(law.with_overlay(Overlay(title="x", add=fits)), fits))


def test_measures_of_a_case_are_named_with_their_line() -> None:
    case = Case.load("japan-us-2025")
    file, _, line = case.register.places["case-safety-tests"].rpartition(":")
    assert "id: case-safety-tests" in Path(file).read_text(encoding="utf-8").splitlines()[int(line) - 1]


def duty(name: str, **changes: Any) -> Measure:
    fields: dict[str, Any] = {"partners": {"include": ["JPN"]}, "value": 200}
    return measure(**{**fields, "id": name, "authority": name, **changes})


WINE = {"hs": {"edition": "HS 2022", "prefixes": ["2204"]}}


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"scope": WINE}, "no product group stands for its headings"),
        (
            {"scope": {"groups": ["vehicles-232"]}, "kind": "specific", "unit": "USD/kg"},
            "USD/kg needs unit val",
        ),
        ({"scope": {"sectors": ["C29"]}, "kind": "unpriced", "value": None}, "listed, not priced"),
        ({"scope": {"sectors": ["C29"], "attributes": {"handmade": "yes"}}}, "meet its conditions"),
    ],
    ids=["headings", "specific", "unpriced", "attribute"],
)
def test_a_duty_the_tables_do_not_see_is_told(
    talks: World, law: Register, change: dict[str, Any], why: str
) -> None:
    told = effects(talks, law, date(2025, 6, 29), replace=Overlay(title="x", add=(duty("more", **change),)))
    assert why in told.left_out["more"]


def test_headings_that_no_group_stands_for_are_told(talks: World, law: Register) -> None:
    cars = law.products.groups["vehicles-232"].hs
    scope = {"hs": {"edition": cars.edition, "prefixes": ["2204", *cars.prefixes]}}
    added = duty("more", scope=scope)
    told = effects(talks, law, date(2025, 6, 29), replace=Overlay(title="x", add=(added,)))
    assert told.left_out["more"].startswith("acts in part: no sector or product group stands for 2204")


def test_a_duty_the_tables_see_is_not_left_out(talks: World, law: Register) -> None:
    added = duty("more", scope={"sectors": ["C29"], "preference": ["none"]})
    told = effects(talks, law, date(2025, 6, 29), replace=Overlay(title="x", add=(added,)))
    assert "more" not in told.left_out
    # Nor is one that the base year had, which the table holds.
    assert "us-301-chn-31b" in told.left_out
    assert law.not_translated["us-301-chn-4a"]
    assert "us-301-chn-4a" not in told.left_out


def test_what_concerns_nobody_at_the_table_is_not_shown(talks: World, law: Register) -> None:
    register = law.with_overlay(Overlay(title="x", add=(duty("wine", scope=WINE, imposer="CAN"),)))
    left_out = effects(talks, register, date(2025, 6, 29)).left_out
    shown = concerning(register, left_out, ["JPN", "USA"])
    assert next(iter(shown)) == "wine"
    assert {"can-us-25-general", "chn-jpn-seafood-prefectures"} <= set(shown)
    assert "us-301-chn-31b" not in shown
    assert "us-301-chn-31b" in concerning(register, left_out, ["CHN"])
