"""What must hold of every rate at the level of a tariff line, in any register and in the shipped one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.measures import headings, measure, register, shipped

from kosho.errors import InputError
from kosho.law import Facts, Query, RateQuote, Register, history, quote, rate_bounds, rates
from kosho.law.headings import Place, place
from kosho.law.schedules import Duty
from kosho.provenance import Source

SHIPPED = shipped()
CODES = (
    "8703.23.01",
    "8708.29.51",
    "7318.15.20",
    "8471.30.01",
    "6912.00.39",
    "6110.20.20",
    "8704.23",
    "2709.00",
)
CODES += (
    "3004.90",
    "8457.10.00",
    "9401.61.40",
    "0901.21",
    "8542.31",
    "7606.12",
    "4407.11",
    "8807.30",
    "8507.60",
)
PARTNERS = ("JPN", "CHN", "DEU", "KOR", "GBR", "CAN", "MEX", "VNM", "IND", "BRA", "TWN", "CHE", "RUS")
DAYS = st.dates(date(2025, 1, 1), date(2026, 9, 30))
DUTIES = st.decimals(0, 60, places=1).map(Duty.percent)


@st.composite
def questions(draw: st.DrawFn) -> Query:
    """Anything one may ask of the United States."""
    known = draw(st.none() | DAYS)
    answers = draw(
        st.dictionaries(st.sampled_from(["us_232", "civil_aircraft"]), st.sampled_from(["yes", "no"]))
    )
    content = draw(st.dictionaries(st.sampled_from(["us_content", "metal_content"]), st.floats(0, 100)))
    return Query(
        "USA",
        draw(st.sampled_from(PARTNERS)),
        draw(st.sampled_from(CODES)),
        draw(DAYS),
        known,
        Facts(answers=answers, content=content),
        draw(DUTIES),
    )


@given(questions())
@settings(max_examples=150, deadline=None)
def test_the_sum_of_the_layers_is_the_rate(query: Query):
    found = quote(SHIPPED, query)
    if found.rate is not None:
        assert found.rate == pytest.approx(sum(layer.value or 0.0 for layer in found.layers))
        assert found.low is not None
        assert found.high is not None
        assert found.low - 1e-9 <= found.rate <= found.high + 1e-9
    assert found.layers[0].measure == "mfn"
    assert all(layer.source and layer.legal_basis for layer in found.layers)


@given(questions())
@settings(max_examples=150, deadline=None)
def test_no_measure_lowers_the_ordinary_duty(query: Query):
    found = quote(SHIPPED, query)
    assert query.general is not None
    assert found.low is not None
    assert found.low >= query.general.ad_valorem_equivalent() - 1e-12
    assert all(layer.value is None or layer.value >= 0 for layer in found.layers)


@given(questions())
@settings(max_examples=150, deadline=None)
def test_one_authority_takes_its_duty_on_the_value_once(query: Query):
    found = quote(SHIPPED, query)
    names = {layer.measure: layer.authority for layer in found.layers if layer.value is not None}
    for authority in set(names.values()):
        both = [name for name in names if names[name] == authority]
        weights = [share(SHIPPED, query, name, found) for name in both]
        assert sum(weights) <= 1 + 1e-9, both


def share(book: Register, query: Query, name: str, found: RateQuote) -> float:
    """Share of the value a layer is taken on, from what it adds."""
    if name == "mfn":
        return 1.0
    item = book.measure(name)
    level = (item.level_on(query.exporter, in_quota=False) or 0.0) / 100
    if item.kind == "floor":
        level = max(0.0, level - (found.layers[0].value or 0.0))
    value = next(layer.value for layer in found.layers if layer.measure == name)
    return (value or 0.0) / level if level > 0 else 0.0


@given(questions(), st.randoms())
@settings(max_examples=60, deadline=None)
def test_the_order_of_measures_and_lists_does_not_matter(query: Query, random):
    mixed, lists = list(SHIPPED.measures), list(SHIPPED.lists.items())
    random.shuffle(mixed)
    random.shuffle(lists)
    one = quote(SHIPPED, query)
    other = quote(replace(SHIPPED, measures=tuple(mixed), lists=dict(lists)), query)
    assert (other.low, other.high) == pytest.approx((one.low, one.high))
    assert other.rate == (None if one.rate is None else pytest.approx(one.rate))
    assert set(other.layers) == set(one.layers)
    assert set(other.removed) == set(one.removed)


@given(questions())
@settings(max_examples=100, deadline=None)
def test_what_is_applied_was_in_force_and_what_is_pending_was_not(query: Query):
    found = quote(SHIPPED, query)
    law = {item.id for item in SHIPPED.in_force(query.on, query.known)}
    assert {layer.measure for layer in found.layers} - {"mfn"} <= law
    assert {one.measure for one in found.removed} <= law
    known = query.known or query.on
    for one in found.pending:
        assert SHIPPED.measure(one.measure).known_from <= known
        assert one.measure not in {item.id for item in SHIPPED.in_force(query.on, known)}


@given(questions(), st.integers(1, 300))
@settings(max_examples=25, deadline=None)
def test_a_history_is_the_rate_of_every_day(query: Query, length: int):
    last = query.on + timedelta(days=length)
    spans = history(SHIPPED, query, query.on, last)
    assert (spans[0].first, spans[-1].last) == (query.on, last)
    assert all(one.last + timedelta(days=1) == other.first for one, other in pairwise(spans))
    assert all(one.quote.signature != other.quote.signature for one, other in pairwise(spans))
    for span in spans:
        for day in (span.first, span.last):
            assert quote(SHIPPED, replace(query, on=day)).signature == span.quote.signature


# --- registers made up at random

LISTS = {
    "a": headings("8703", "8704.21", **{"except": ["8703.10"]}),
    "b": headings("87", exact=False),
    "c": headings("8703.23.01", "7318"),
    "d": headings("7318.15", "8471", attribute="us_232"),
}
LINES = ("8703.10.50", "8703.23.01", "8703.23", "8703", "8704.21", "7318", "7318.15.20", "8471.30", "0101.21")
ORIGINS = ("JPN", "DEU", "FRA", "CHN", "KOR")


@st.composite
def registers(draw: st.DrawFn) -> Register:
    """Measures that exclude only later ones, on lists, all goods, or all but a list."""
    count = draw(st.integers(1, 7))
    made = []
    for i in range(count):
        kind = draw(st.sampled_from(["tariff", "tariff", "floor", "tariff_quota", "exemption"]))
        named = {"lists": draw(st.lists(st.sampled_from(sorted(LISTS)), min_size=1, max_size=2, unique=True))}
        scope: dict[str, object] = draw(st.sampled_from([named, {"goods": True}]))
        scope = {**scope, "not_lists": draw(st.lists(st.sampled_from(sorted(LISTS)), max_size=1))}
        if draw(st.booleans()):
            scope["attributes"] = {
                draw(st.sampled_from(["us_232", "in_quota"])): draw(st.sampled_from(["yes", "no"]))
            }
        later = [f"m{k}" for k in range(i + 1, count)] + ["other"]
        share = {"value": draw(st.floats(0.1, 1)), "unit": "share", "status": "fact", "source": "s"}
        value = draw(st.one_of(st.integers(0, 50), st.fixed_dictionaries({"EU27": st.integers(0, 30)})))
        start = date(2025, 1, 1) + timedelta(days=draw(st.integers(0, 300)))
        made.append(
            measure(
                id=f"m{i}",
                authority=f"a{i}",
                kind=kind,
                scope=scope,
                value=None if kind == "exemption" else value,
                value_out=draw(st.integers(0, 50)) if kind == "tariff_quota" else None,
                excludes=draw(st.lists(st.sampled_from(later), unique=True, min_size=int(kind == "exemption"))),
                value_share=share if draw(st.booleans()) else None,
                partners={}
                if isinstance(value, dict)
                else {"exclude": draw(st.lists(st.sampled_from(ORIGINS)))},
                legal_from=start,
                legal_to=start + timedelta(days=draw(st.integers(0, 200))),
                known_from="2025-01-01",
            )
        )
    return register(*made, measure(id="other", authority="other"), **LISTS)


@given(registers(), st.lists(st.dates(date(2025, 1, 1), date(2026, 4, 1)), min_size=1, max_size=4))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_rates_in_bulk_are_those_one_by_one(book: Register, days: list[date]):
    lines = [(code, 0.01 * k) for k, code in enumerate(LINES)]
    found = rate_bounds(book, "USA", lines, ORIGINS, days)
    np.testing.assert_array_equal(rates(book, "USA", lines, ORIGINS, days), found.rate)
    assert found.rate.shape == (len(days), len(lines), len(ORIGINS))
    assert found.rate.dtype == np.float32
    for i, day in enumerate(days):
        for k, (code, duty) in enumerate(lines):
            for n, origin in enumerate(ORIGINS):
                query = Query("USA", origin, code, day, general=Duty.percent(round(100 * duty, 6)))
                one = quote(book, query)
                expected = [np.nan if end is None else end for end in (one.rate, one.low, one.high)]
                assert [float(whole[i, k, n]) for whole in found] == pytest.approx(
                    expected, abs=1e-6, nan_ok=True
                )


@given(
    st.lists(st.tuples(st.sampled_from(CODES), st.sampled_from(PARTNERS), DAYS, st.none() | DAYS), min_size=3)
)
@settings(max_examples=20, deadline=None)
def test_rates_in_bulk_of_the_shipped_register_are_those_one_by_one(samples):
    for code, partner, day, known in samples:
        found = rate_bounds(SHIPPED, "USA", [(code, 0.042)], [partner], [day], known)
        one = quote(SHIPPED, Query("USA", partner, code, day, known, general=Duty.percent("4.2")))
        expected = [np.nan if end is None else end for end in (one.rate, one.low, one.high)]
        assert [float(whole[0, 0, 0]) for whole in found] == pytest.approx(expected, abs=1e-6, nan_ok=True)


@given(registers())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_exclusive_measures_are_exclusive(book: Register):
    for origin in ORIGINS[:2]:
        for code in LINES[:4]:
            found = quote(book, Query("USA", origin, code, date(2025, 6, 1), general=Duty.percent(5)))
            applied = {layer.measure for layer in found.layers}
            whole = [m for m in book.measures if m.id in applied and m.value_share is None]
            removed = {one.measure for one in found.removed}
            for one in whole:
                if not any(gone.measure == one.id for gone in found.removed):
                    assert not applied & set(one.excludes)
            assert removed <= {m.id for m in book.measures}


@given(registers())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_register_dumped_and_loaded_is_the_same(tmp_path_factory: pytest.TempPathFactory, book: Register):
    path = tmp_path_factory.mktemp("dumped") / "r.yaml"
    source = Source(id="s", title="S", publisher="P", kind="own")
    full = replace(book, sources={"s": source})
    full.dump(path)
    again = Register.load([path])
    assert (again.measures, again.lists, again.sources) == (full.measures, full.lists, full.sources)


PREFIXES = st.lists(st.from_regex(r"(0[1-3]){1,4}", fullmatch=True), min_size=1, max_size=5).map(tuple)


@given(st.from_regex(r"(0[1-3]){2,5}", fullmatch=True), PREFIXES, PREFIXES)
@settings(max_examples=300, deadline=None)
def test_a_place_is_that_of_all_codes_under_it(code: str, prefixes: tuple[str, ...], without: tuple[str, ...]):
    inner = {code}
    while len(next(iter(inner))) < 10:
        inner = {one + tail for one in inner for tail in ("01", "02", "03", "09")}
    places = {place(one, prefixes, without) for one in inner}
    found = place(code, prefixes, without)
    if found is not Place.PART:
        assert places == {found}


def test_a_code_that_is_none_is_refused_in_bulk():
    for wrong in ("87", "870", "87032301000", "car"):
        with pytest.raises(InputError, match="is not an HS code"):
            rates(SHIPPED, "USA", [(wrong, 0.0)], ["JPN"], [date(2025, 6, 29)])


def test_a_specific_duty_is_refused_in_bulk():
    book = register(measure(kind="specific", value=1, unit="USD/kg"))
    with pytest.raises(InputError, match="needs unit values"):
        rates(book, "USA", [("0201", 0.0)], ["JPN"], [date(2025, 6, 29)])


def test_an_unknown_ordinary_duty_leaves_the_rate_unknown():
    found = rates(
        register(measure()), "USA", [("0201", float("nan")), ("0202", 0.0)], ["JPN"], [date(2025, 6, 29)]
    )
    assert np.isnan(found[0, 0, 0])
    assert found[0, 1, 0] == pytest.approx(0.1)
