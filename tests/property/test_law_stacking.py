"""What must hold however measures are put together."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.measures import measure, shipped
from tests.plain_rates import us_rate

from kosho.law import Measure, Product
from kosho.law.stacking import precedence, stack

REGISTER = shipped()
PRODUCTS = [Product(group.sector, group.id) for group in REGISTER.products.groups.values()]
PRODUCTS += [Product(sector) for sector in ("A01", "C13T15", "C28", "C31T33")]
DAYS = st.dates(date(2022, 1, 1), date(2025, 7, 31))
EXPORTERS = st.sampled_from(["JPN", "CHN", "GBR", "CAN", "MEX", "DEU", "KOR", "VNM", "RUS", "AUS"])
LINES = st.lists(st.tuples(st.floats(0, 0.6), st.floats(0.01, 1)), min_size=1, max_size=5).map(
    lambda pairs: [(rate, weight / sum(w for _, w in pairs)) for rate, weight in pairs]
)


@st.composite
def piles(draw: st.DrawFn) -> list[tuple[Measure, float]]:
    """Measures that exclude only later ones, so that no circle can arise."""
    count = draw(st.integers(1, 6))
    made: list[tuple[Measure, float]] = []
    for i in range(count):
        kind = draw(st.sampled_from(["tariff", "floor", "exemption"]))
        later = [f"m{k}" for k in range(i + 1, count)] + ["other"]
        excludes = draw(st.lists(st.sampled_from(later), unique=True, min_size=int(kind == "exemption")))
        rate = draw(st.floats(0, 1)) if kind != "exemption" else 0.0
        share = {"value": draw(st.floats(0.05, 1)), "unit": "share", "status": "estimate", "source": "s"}
        item = measure(
            id=f"m{i}",
            authority=f"a{i}",
            kind=kind,
            value=None if kind == "exemption" else 100 * rate,
            excludes=excludes,
            value_share=share if kind == "tariff" and draw(st.booleans()) else None,
            insist="any rate",
        )
        made.append((item, rate))
    return made


@given(piles(), st.randoms(), LINES)
@settings(max_examples=150, deadline=None)
def test_the_order_of_measures_does_not_matter(pile, random, lines):
    mixed = list(pile)
    random.shuffle(mixed)
    first = stack(pile, precedence([item for item, _ in pile]))
    second = stack(mixed, precedence([item for item, _ in mixed]))
    assert second.adds(lines) == pytest.approx(first.adds(lines), abs=1e-12)
    assert set(second.removed) == set(first.removed)


@given(piles(), LINES)
@settings(max_examples=150, deadline=None)
def test_layers_add_up_and_weights_stay_between_nothing_and_all(pile, lines):
    found = stack(pile, precedence([item for item, _ in pile]))
    assert found.adds(lines) == pytest.approx(sum(item.adds(lines) for item in found.applied))
    assert all(0 < item.weight <= 1 for item in found.applied)
    assert not any(item.measure.kind == "exemption" for item in found.applied)


@given(st.floats(0, 1), LINES)
@settings(max_examples=150, deadline=None)
def test_a_floor_is_a_total_and_never_lowers_a_rate_above_it(level, lines):
    floor = measure(kind="floor", value=100 * level, insist="any rate")
    added = stack([(floor, level)], {"m": 0}).adds(lines)
    mean = sum(rate * weight for rate, weight in lines)
    assert added >= 0
    assert mean + added == pytest.approx(sum(weight * max(rate, level) for rate, weight in lines))
    assert mean + added >= level - 1e-12
    if min(rate for rate, _ in lines) >= level:
        assert added == 0


@given(DAYS, DAYS, EXPORTERS, st.sampled_from(PRODUCTS))
@settings(max_examples=150, deadline=None)
def test_the_rate_of_a_shipped_measure_is_the_sum_of_its_layers(on, known, exporter, product):
    rate, whole = us_rate(REGISTER, exporter, product, on, known)
    assert whole == pytest.approx(sum(layer.value for layer in rate.layers))
    in_force = {item.id for item in REGISTER.in_force(on, known)}
    assert {layer.measure for layer in rate.layers} <= in_force | {"mfn"}
    assert all(item.by in in_force for item in rate.removed)


@given(st.randoms(), DAYS, EXPORTERS, st.sampled_from(PRODUCTS))
@settings(max_examples=40, deadline=None)
def test_the_order_of_measures_in_a_file_does_not_matter(random, on, exporter, product):
    mixed = list(REGISTER.measures)
    random.shuffle(mixed)
    shuffled = replace(REGISTER, measures=tuple(mixed))
    expected = us_rate(REGISTER, exporter, product, on)[1]
    assert us_rate(shuffled, exporter, product, on)[1] == pytest.approx(expected)


@given(DAYS, st.sampled_from(PRODUCTS), st.sampled_from(["CAN", "MEX"]))
@settings(max_examples=100, deadline=None)
def test_a_usmca_claim_never_costs_more(on, product, exporter):
    free = replace(product, preference="usmca")
    claimed, plain = (us_rate(REGISTER, exporter, item, on)[1] for item in (free, product))
    assert claimed <= plain + 1e-12


@given(DAYS, st.sampled_from(PRODUCTS), EXPORTERS)
@settings(max_examples=150, deadline=None)
def test_one_authority_takes_its_duty_once(on, product, exporter):
    layers = REGISTER.rate("USA", exporter, product, on).layers
    authorities = [layer.authority for layer in layers]
    assert len(authorities) == len(set(authorities))
