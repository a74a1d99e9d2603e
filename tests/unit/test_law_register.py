from __future__ import annotations

from datetime import date

import pytest
from tests.measures import measure
from tests.plain_rates import us_rate

from kosho.errors import InputError
from kosho.law import Overlay, Product, Register
from kosho.law.stacking import precedence, stack

JUNE_29, JULY_9 = date(2025, 6, 29), date(2025, 7, 9)
REST = Product("C28")


def percent(law: Register, exporter: str, product: Product, on: date, known: date | None = None) -> float:
    return round(100 * us_rate(law, exporter, product, on, known)[1], 6)


def test_the_law_of_a_day_is_asked_as_known_on_another(law: Register):
    assert percent(law, "JPN", REST, JUNE_29, JUNE_29) == 10
    assert percent(law, "JPN", REST, JULY_9, JUNE_29) == 24
    assert percent(law, "JPN", REST, JULY_9, date(2025, 7, 6)) == 24
    assert percent(law, "JPN", REST, JULY_9, date(2025, 7, 7)) == 10
    assert percent(law, "JPN", REST, JULY_9) == 10


def test_an_exemption_can_be_known_later_than_it_holds(law: Register):
    phones = Product("C26", "electronics-exempt")
    assert percent(law, "TWN", phones, date(2025, 4, 6), date(2025, 4, 10)) == 10
    assert percent(law, "TWN", phones, date(2025, 4, 6), date(2025, 4, 11)) == 0


def test_metals_and_fentanyl_change_places_on_4_june(law: Register):
    steel = Product("C24A", "steel")
    before, after = date(2025, 6, 3), date(2025, 6, 4)
    assert percent(law, "CAN", steel, before) == 25
    assert [item.by for item in law.rate("USA", "CAN", steel, before).removed] == ["us-232-metals-north"]
    assert percent(law, "CAN", steel, before, date(2025, 4, 28)) == 50  # before the order of 29 April
    assert percent(law, "CAN", steel, after) == 50
    assert [item.measure for item in law.rate("USA", "CAN", steel, after).removed] == ["us-ieepa-can-25"]


def test_a_layer_names_its_source_and_a_removed_one_the_rule(law: Register):
    rate = law.rate("USA", "JPN", Product("C29", "vehicles-232"), JUNE_29, JUNE_29)
    assert [(layer.measure, layer.value) for layer in rate.layers] == [
        ("mfn", 0.025),
        ("us-232-autos-25", 0.25),
    ]
    assert all(
        layer.source and set(layer.source) <= {*law.sources, *law.products.sources} for layer in rate.layers
    )
    (removed,) = rate.removed
    assert (removed.measure, removed.by) == ("us-ieepa-baseline-10", "us-232-autos-25")
    assert "Executive Order 14289" in removed.rule


def test_an_ordinary_duty_can_be_given(law: Register):
    assert law.rate("USA", "JPN", Product("C23"), JUNE_29, mfn=0.045).rate == pytest.approx(0.145)
    with pytest.raises(InputError, match=r"unknown product group 'steal' \(did you mean steel"):
        law.rate("USA", "JPN", Product("C24A", "steal"), JUNE_29)


def test_days_outside_the_register_are_refused(law: Register):
    with pytest.raises(
        InputError, match=r"USA on 2027-01-01 are not in the register \(it covers 2022-01-01 to"
    ):
        law.refuse_uncovered(date(2027, 1, 1))
    law.refuse_uncovered(JUNE_29)


def overlay(**changes: object) -> Overlay:
    return Overlay.model_validate({"title": "test", **changes})


def test_an_overlay_adds_whatever_its_stage_and_whenever_known(law: Register):
    new = measure(
        id="n",
        value=15,
        partners={"include": ["JPN"]},
        stage="offered",
        legal_from="2025-07-09",
        known_from="2025-07-22",
        excludes=["us-ieepa-baseline-10"],
    )
    changed = law.with_overlay(overlay(add=[new]))
    assert percent(changed, "JPN", REST, date(2025, 7, 8), JUNE_29) == 10
    # Country rates return on the day too; the overlay does not exclude them.
    assert percent(changed, "JPN", REST, JULY_9, JUNE_29) == 39
    assert percent(changed, "KOR", REST, JULY_9, JUNE_29) == 25


@pytest.mark.parametrize(
    ("one", "other", "title"),
    [("a", "b", "a; b"), (None, "b", "b"), (None, None, None)],
    ids=["both", "second", "neither"],
)
def test_two_overlays_together_are_both(one: str | None, other: str | None, title: str | None):
    first, second = (Overlay(title=name, add=(measure(id=m),)) for name, m in ((one, "m1"), (other, "m2")))
    both = first + second
    assert (both.title, [added.id for added in both.add]) == (title, ["m1", "m2"])


def test_an_overlay_ends_and_replaces(law: Register):
    ended = law.with_overlay(overlay(end=[{"measure": "us-ieepa-annex1", "legal_from": "2025-07-09"}]))
    assert percent(ended, "JPN", REST, JULY_9, JUNE_29) == 10
    assert percent(ended, "JPN", REST, date(2025, 4, 9)) == 24
    steel = law.measure("us-232-steel-50").model_copy(update={"value": 30.0})
    replaced = law.with_overlay(overlay(replace=[{"measure": "us-232-steel-50", "by": steel}]))
    assert percent(replaced, "JPN", Product("C24A", "steel"), JUNE_29) == 30
    assert percent(law, "JPN", Product("C24A", "steel"), JUNE_29) == 50


def test_a_termination_can_itself_be_ended(law: Register):
    back = law.with_overlay(overlay(end=[{"measure": "us-ieepa-annex1-extension", "legal_from": "2025-07-09"}]))
    assert percent(back, "JPN", REST, JULY_9) == 24


def test_mistakes_of_an_overlay_are_reported_together(law: Register):
    wrong = overlay(
        end=[{"measure": "us-ieepa-anex1", "legal_from": "2025-07-09"}],
        add=[law.measure("us-232-steel-50")],
    )
    with pytest.raises(InputError) as caught:
        law.with_overlay(wrong)
    first, second = (str(problem) for problem in caught.value.problems)
    assert "unknown measure 'us-ieepa-anex1'" in first
    assert "us-ieepa-annex1" in first
    assert "us-232-steel-50 (" in second
    assert second.endswith("is there already (choose another id)")


def test_exclusions_in_a_circle_are_refused():
    circle = [measure(id="a1", excludes=["b1"]), measure(id="b1", excludes=["a1"])]
    with pytest.raises(InputError, match="in a circle: a1 -> b1 -> a1"):
        precedence(circle)


def test_a_measure_that_is_removed_removes_nothing():
    first, second, third = (
        measure(id="first", excludes=["second"]),
        measure(id="second", excludes=["third"]),
        measure(id="third"),
    )
    pile = stack([(m, 0.1) for m in (third, second, first)], precedence([first, second, third]))
    assert [item.measure.id for item in pile.applied] == ["first", "third"]
    assert [(item.measure, item.by) for item in pile.removed] == [("second", "first")]


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({}, "First takes the place of M (law)"),
        ({"kind": "exemption", "value": None}, "First exempts from M (law)"),
        (
            {"value_share": {"value": 0.4, "unit": "share", "status": "fact", "source": "s"}},
            "First takes the place of M on 40% of the value (law)",
        ),
    ],
)
def test_what_removes_a_measure_is_told_in_words(changes: dict[str, object], rule: str):
    first = measure(id="first", title="First", authority="b", excludes=["a"], **changes)
    second = measure(id="second")
    pile = stack([(first, 0.1), (second, 0.1)], precedence([first, second]))
    (removed,) = pile.removed
    assert (removed.measure, removed.by, removed.rule.replace("\u00a0", " ")) == ("second", "first", rule)


def test_a_duty_on_part_of_the_value_leaves_the_rest_to_what_it_excludes():
    share = {"value": 0.4, "unit": "share", "status": "estimate", "source": "s"}
    metal, other = measure(id="metal", value_share=share, excludes=["other"]), measure(id="other")
    pile = stack([(metal, 0.5), (other, 0.1)], precedence([metal, other]))
    assert pile.adds([(0.0, 1.0)]) == pytest.approx(0.4 * 0.5 + 0.6 * 0.1)
    assert "on 40% of the value" in pile.removed[0].rule
