from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError
from tests.measures import headings, measure, query, register

from kosho.errors import InputError
from kosho.law import Facts, RateQuote, Register, history, quote, rate_bounds, rates
from kosho.law.headings import Place, place
from kosho.law.line_rate import coverage, known_attributes
from kosho.law.measure_file import Omission
from kosho.law.overlay import MeasureEnd, Overlay
from kosho.law.schedules import parse_duty, parse_unit_value
from kosho.law.schedules.lines import Line, LineBook, Schedule, digits
from kosho.law.schedules.ordinary import season_turns, turns
from kosho.law.schedules.store import write

ON = date(2025, 6, 29)
SHARE = {"value": 0.4, "unit": "share", "status": "estimate", "source": "s"}


def in_percent(rate: float | None) -> float | None:
    return None if rate is None else round(100 * rate, 6)


def percent(found: RateQuote) -> float | None:
    return in_percent(found.rate)


def between(found: RateQuote) -> tuple[float | None, float | None]:
    return in_percent(found.low), in_percent(found.high)


def applied(found: RateQuote) -> dict[str, float | None]:
    return {layer.measure: in_percent(layer.value) for layer in found.layers}


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("870323", Place.IN),
        ("8703230170", Place.IN),
        ("8703", Place.PART),
        ("870324", Place.OUT),
        ("8704210100", Place.OUT),  # under the exception
        ("870421", Place.PART),  # holds the exception
        ("8704", Place.PART),
        ("01", Place.OUT),
    ],
)
def test_a_code_lies_inside_partly_on_or_outside_a_list(code: str, expected: Place):
    assert place(code, ("870323", "870421"), ("87042101",)) is expected


def test_layers_sum_to_the_rate_and_name_what_they_rest_on():
    found = quote(register(measure(id="a", value=10), measure(id="b", authority="b", value=25)), query())
    assert percent(found) == 37.5
    assert applied(found) == {"mfn": 2.5, "a": 10, "b": 25}
    assert all(layer.legal_basis and layer.source and layer.authority for layer in found.layers)
    assert (found.removed, found.pending, found.prohibited, found.unknown) == ((), (), (), ())
    assert (between(found), found.likely) == ((37.5, 37.5), found.rate)


def test_a_list_takes_in_its_headings_without_the_exceptions():
    book = register(
        measure(id="cars", scope={"lists": ["cars"]}), cars=headings("8703", **{"except": ["8703.10"]})
    )
    assert applied(quote(book, query("8703.23"))) == {"mfn": 2.5, "cars": 10}
    assert applied(quote(book, query("8703.10.50"))) == {"mfn": 2.5}
    assert applied(quote(book, query("8704.23"))) == {"mfn": 2.5}


def test_a_code_too_short_to_tell_has_a_range_with_the_lines_at_each_end():
    book = register(
        measure(id="cars", value=25, scope={"lists": ["cars"]}),
        measure(id="all", authority="all"),
        measure(
            id="free", authority="f", kind="exemption", value=None, excludes=["all"], scope={"lists": ["cars"]}
        ),
        cars=headings("8703.23"),
    )
    found = quote(book, query("8703"))
    assert (percent(found), between(found)) == (None, (12.5, 27.5))
    assert found.likely == pytest.approx(0.125 + 0.15 * 0.351, abs=1e-3)  # 35 % of imports
    assert applied(found) == {"mfn": 2.5}  # what all lines bear
    assert [line.hs for line in found.lowest] == ["others of 8703"]
    assert [(line.hs, line.measures) for line in found.highest] == [("8703.23", ("cars",))]
    assert found.unknown == ("the lines under the code pay differently; a longer code would tell",)
    exact = quote(book, query("8703.23"))
    assert applied(exact) == {"mfn": 2.5, "cars": 25}
    assert percent(quote(book, query("8703.24"))) == 12.5


def test_measures_that_exclude_each_other_are_never_summed():
    book = register(
        measure(id="metal", value=50, scope={"lists": ["a"]}),
        measure(id="derived", value=25, scope={"lists": ["b"], "not_lists": ["a"]}),
        a=headings("7616.99.51.20"),
        b=headings("7616.99"),
    )
    assert between(quote(book, query("7616.99", mfn="0%"))) == (25, 50)
    assert quote(book, query("7616.99", mfn="0%")).total == "between 25 % and 50 %"
    _, low, high = (one[0, 0, 0] for one in rate_bounds(book, "USA", [("7616.99", 0.0)], ["JPN"], [ON]))
    assert (low, high) == pytest.approx((0.25, 0.5))
    assert np.isnan(rates(book, "USA", [("7616.99", 0.0)], ["JPN"], [ON])).all()


def test_others_of_a_heading_count_only_where_the_tariff_has_them():
    """All lines of 3706 (3706.10 and 3706.90) are told apart; 3705 has one line, which no list names."""
    book = register(
        measure(id="ten", value=10, scope={"lists": ["a"]}),
        measure(id="twenty", authority="b", value=20, scope={"lists": ["b"]}),
        a=headings("3706.10", "3706.90", "3705.00"),
        b=headings("3706.10"),
    )
    assert between(quote(book, query("3706", mfn="0%"))) == (10, 30)
    assert percent(quote(book, query("3705", mfn="0%"))) == 10


def test_goods_carved_out_are_named_with_the_list():
    book = register(
        measure(scope={"goods": True, "not_lists": ["books"]}), books=headings("4901", title="Books")
    )
    found = quote(book, query("4901.10"))
    assert applied(found) == {"mfn": 2.5}
    assert [(one.measure, one.by, one.rule) for one in found.removed] == [("m", "books", "M leaves out Books")]
    assert percent(quote(book, query("4902.10"))) == 12.5
    assert percent(quote(book, query("4901"))) == 2.5


def test_us_232_holds_unless_told_otherwise_and_names_what_it_took_off():
    book = register(
        measure(id="parts", scope={"lists": ["parts"], "attributes": {"us_232": "yes"}}, excludes=["rest"]),
        measure(id="rest", authority="rest", value=5),
        parts=headings("8708"),
    )
    assert applied(quote(book, query("8708.29"))) == {"mfn": 2.5, "parts": 10}
    told = quote(book, query("8708.29", facts=Facts(answers={"us_232": "no"})))
    assert applied(told) == {"mfn": 2.5, "rest": 5}
    assert [(one.measure, one.by) for one in told.removed] == [("parts", "us_232=no")]


def test_an_attribute_of_a_list_decides_for_that_list_alone():
    book = register(
        measure(id="both", scope={"lists": ["sure", "asked"]}),
        sure=headings("8708"),
        asked=headings("9401", attribute="us_232"),
    )
    no = Facts(answers={"us_232": "no"})
    assert percent(quote(book, query("9401.20"))) == 12.5
    assert percent(quote(book, query("9401.20", facts=no))) == 2.5
    assert percent(quote(book, query("8708.10", facts=no))) == 12.5


def test_other_attributes_hold_only_if_told():
    book = register(
        measure(id="all"),
        measure(
            id="aircraft",
            authority="x",
            kind="exemption",
            value=None,
            excludes=["all"],
            scope={"goods": True, "attributes": {"civil_aircraft": "yes"}},
        ),
    )
    assert percent(quote(book, query("8807.30"))) == 12.5
    told = quote(book, query("8807.30", facts=Facts(answers={"civil_aircraft": "yes"})))
    assert (percent(told), [one.by for one in told.removed]) == (2.5, ["aircraft"])


def test_a_list_that_was_not_read_in_full_gives_a_range_and_its_reason():
    book = register(measure(scope={"lists": ["l"]}), l=headings("7326", exact=False, title="Articles"))
    found = quote(book, query("7326.90"))
    assert (percent(found), between(found)) == (None, (2.5, 12.5))
    assert found.unknown == ("whether the code is on Articles is not certain",)
    assert any("whether the code is on Articles is not certain" in text for text in found.warnings)


def test_a_list_that_was_not_read_in_full_and_changes_nothing_leaves_the_rate():
    book = register(
        measure(id="a", value=10, scope={"lists": ["l", "m"]}),
        l=headings("7326", exact=False),
        m=headings("7326.90"),
    )
    assert percent(quote(book, query("7326.90"))) == 12.5
    assert percent(quote(book, query("7326.20"))) is None
    floor = register(
        measure(id="a", kind="floor", value=15, scope={"lists": ["l"]}), l=headings("73", exact=False)
    )
    assert percent(quote(floor, query("7326.90", mfn="15%"))) == 15


def test_bulk_and_look_up_agree_on_lists_that_were_not_read_in_full():
    book = register(
        measure(id="a", value=10, scope={"lists": ["l"]}),
        measure(id="b", authority="b", kind="floor", value=15, scope={"lists": ["m"], "not_lists": ["l"]}),
        l=headings("7326", exact=False),
        m=headings("73"),
    )
    lines = [("7326.90", 0.025), ("7326.90", 0.05), ("7308.10", 0.0), ("7326.90", 0.2)]
    table = rates(book, "USA", lines, ["JPN"], [ON])[0, :, 0]
    one_by_one = [quote(book, query(code, mfn=f"{100 * duty:g}%")).rate for code, duty in lines]
    assert one_by_one == pytest.approx([None, 0.15, 0.15, None])
    assert table == pytest.approx([np.nan, 0.15, 0.15, np.nan], nan_ok=True)


@pytest.mark.parametrize("doubted", ["l", "m"])
def test_bulk_and_look_up_agree_where_one_list_of_two_was_not_read_in_full(doubted: str):
    lists = {name: headings(code, exact=name != doubted) for name, code in (("l", "7326"), ("m", "7308"))}
    book = register(measure(scope={"lists": ["l", "m"]}), **lists)
    lines = [("7326.90", 0.025), ("7308.10", 0.025)]
    expected = [None if doubted == "l" else 0.125, None if doubted == "m" else 0.125]
    for order in (1, -1):
        table = rates(book, "USA", lines[::order], ["JPN"], [ON])[0, ::order, 0]
        assert table == pytest.approx([np.nan if one is None else one for one in expected], nan_ok=True)
    assert [quote(book, query(code)).rate for code, _ in lines] == pytest.approx(expected)


def test_what_a_shipment_tells_of_a_list_settles_it():
    book = register(measure(scope={"lists": ["l"]}), l=headings("7326", exact=False, attribute="us_232"))
    told = quote(book, query("7326.90", facts=Facts(answers={"us_232": "yes"})))
    assert (percent(told), between(told)) == (12.5, (12.5, 12.5))
    assert between(quote(book, query("7326.90"))) == (2.5, 12.5)


def test_one_list_that_was_not_read_in_full_is_on_or_off_for_all_measures():
    book = register(
        measure(id="a", value=25, scope={"lists": ["l"]}),
        measure(id="b", authority="b", value=10, scope={"goods": True, "not_lists": ["l"]}),
        l=headings("7326", exact=False),
    )
    found = quote(book, query("7326.90", mfn="0%"))
    assert (percent(found), between(found)) == (None, (10, 25))  # neither 0 nor 35


def omission(**changes: object) -> Omission:
    fields = {"what": "A list", "why": "not at hand", "imposer": "USA", "prefixes": ["4501"]}
    return Omission.model_validate({**fields, **changes})


def test_what_is_not_held_reaches_the_lines_it_may_touch():
    book = replace(register(measure(value=15, kind="floor")), not_covered=(omission(excludes=["a"]),))
    cork = quote(book, query("4501.10", mfn="0%"))
    assert (percent(cork), between(cork)) == (None, (0, 15))
    assert any("does not hold a list: not at hand" in text for text in cork.warnings)
    assert percent(quote(book, query("4503.10", mfn="0%"))) == 15
    assert percent(quote(book, query("4501.10", mfn="16%"))) == 16  # the same with and without
    assert between(quote(book, query("4501", mfn="0%"))) == (0, 15)
    days = replace(book, not_covered=(omission(excludes=["a"], first="2025-07-01"),))
    assert percent(quote(days, query("4501.10", mfn="0%"))) == 15
    partners = replace(book, not_covered=(omission(excludes=["a"], partners={"include": ["EU27"]}),))
    assert percent(quote(partners, query("4501.10", mfn="0%"))) == 15
    assert percent(quote(partners, query("4501.10", "PRT", mfn="0%"))) is None


def test_what_is_not_held_and_adds_leaves_the_rate_without_a_top():
    book = replace(register(measure()), not_covered=(omission(raises=True),))
    found = quote(book, query("4501.10"))
    assert (percent(found), between(found)) == (None, (12.5, None))
    most = replace(register(measure()), not_covered=(omission(raises=True, raises_to=30),))
    raised = quote(most, query("4501.10"))
    assert (percent(raised), between(raised)) == (None, (12.5, 40.0))  # 30 in place of 2.5
    freed = replace(register(measure(kind="cut", value=100)), not_covered=(omission(raises=True),))
    assert between(quote(freed, query("4501.10", mfn="6% + 3¢/kg")))[1] is None  # and not free
    with pytest.raises(ValidationError, match="raises_to without raises"):
        omission(raises_to=30)
    told = replace(register(measure()), not_covered=(omission(),))
    assert percent(quote(told, query("4501.10"))) == 12.5
    assert any("does not hold a list" in text for text in quote(told, query("4501.10")).warnings)
    general = replace(register(measure()), not_covered=(omission(prefixes=[]),))
    assert (
        "the register leaves out of the measures of the United States: A list"
        in quote(general, query()).warnings
    )


def test_bulk_and_look_up_agree_on_what_is_not_held():
    books = [
        replace(register(measure(value=15, kind="floor")), not_covered=(omission(**one),))
        for one in (
            {"excludes": ["a"]},
            {"raises": True},
            {"raises": True, "raises_to": 9},
            {},
            {"excludes": ["a"], "first": "2025-07-01"},
            {"excludes": ["a"], "partners": {"include": ["JPN"]}},
        )
    ]
    lines = [("4501.10", 0.0), ("4501.10", 0.16), ("4501", 0.0), ("4503", 0.0)]
    for book in books:
        table = rate_bounds(book, "USA", lines, ["JPN", "PRT"], [ON, date(2025, 7, 2)])
        for i, day in enumerate((ON, date(2025, 7, 2))):
            for k, (code, duty) in enumerate(lines):
                one = quote(book, query(code, on=day.isoformat(), mfn=f"{100 * duty:g}%"))
                expected = [one.rate, one.low, one.high]
                found = [float(whole[i, k, 0]) for whole in table]
                assert found == pytest.approx(
                    [np.nan if expected[0] is None else expected[0], expected[1], expected[2] or np.inf],
                    nan_ok=True,
                    abs=1e-6,
                )


def test_a_floor_tops_up_the_general_or_the_claimed_duty():
    general = register(measure(kind="floor", value=15))
    claimed = register(measure(kind="floor", value=15, floor_base="claimed"))
    free = Facts(preference="korus")
    assert percent(quote(general, query(exporter="KOR", mfn="4.2%"))) == 15
    assert percent(quote(general, query(exporter="KOR", mfn="32%"))) == 32
    assert (
        percent(quote(claimed, query(exporter="KOR", mfn="32%", facts=free, claimed=parse_duty("Free")))) == 15
    )
    assert (
        percent(quote(general, query(exporter="KOR", mfn="32%", facts=free, claimed=parse_duty("Free")))) == 0
    )


def test_a_specific_ordinary_duty_is_made_ad_valorem_before_the_floor():
    book = register(measure(kind="floor", value=15))
    found = quote(book, query("0201.10", mfn="0.50 USD/kg", unit_value=parse_unit_value("10USD/kg")))
    assert applied(found) == {"mfn": 5, "m": 10}
    untold = quote(book, query("0201.10", mfn="0.50 USD/kg"))
    assert (percent(untold), between(untold), applied(untold)) == (None, (15, None), {"mfn": None, "m": None})
    assert "needs the value of a unit" in untold.unknown[0]
    with pytest.raises(InputError, match=r"ordinary duty: .* is in USD, the unit value"):
        quote(book, query("0201.10", mfn="0.50 USD/kg", unit_value=parse_unit_value("10EUR/kg")))


@pytest.mark.parametrize(
    ("duty", "low", "high"),
    [
        ("37.2¢/kg + 6%", 6, None),
        ("30% or 150 JPY/l, whichever is the lower", None, 30),
        ("30% or 150 JPY/l, whichever is the higher", 30, None),
        ("See 9823.08.01", None, None),
        ("whatever it is", None, None),
        ("[in quota] 2% | [out of quota] 30%", 30, 30),
    ],
)
def test_a_duty_that_is_no_number_is_bounded_by_what_is_known(duty: str, low: float | None, high: float | None):
    found = quote(register(), query(mfn=duty))
    assert between(found) == (low, high)
    assert (percent(found) is None) == (low is None or low != high)
    told = quote(register(measure()), query(mfn=duty))
    assert between(told) == ((low or 0) + 10, None if high is None else high + 10)


def test_under_a_claim_the_general_duty_is_the_most_it_can_be():
    """Goods beyond the quota of an agreement pay the general duty: a reference to its chapter is not 0."""
    facts = Facts(preference="usmca")
    claimed = parse_duty("See 9823.08.01-9823.08.38")
    value = parse_unit_value("3USD/kg")
    found = quote(
        register(),
        query("1806.32.70", "CAN", mfn="37.2¢/kg + 6%", facts=facts, claimed=claimed, unit_value=value),
    )
    assert (percent(found), between(found)) == (None, (None, 18.4))
    assert "See 9823" in found.unknown[0]


def test_a_specific_measure_needs_a_unit_value():
    book = register(measure(kind="specific", value=0.2, unit="USD/kg"))
    assert percent(quote(book, query(unit_value=parse_unit_value("4USD/kg")))) == 7.5
    untold = quote(book, query())
    assert (percent(untold), between(untold)) == (None, (2.5, None))
    assert untold.unknown == ("M needs the value of a unit of the goods",)
    with pytest.raises(InputError, match=r"M: .* is in USD, the unit value"):
        quote(book, query(unit_value=parse_unit_value("10EUR/kg")))


def test_a_tariff_quota_has_a_rate_inside_and_one_outside():
    book = register(measure(kind="tariff_quota", value=7.5, value_out=25))
    assert percent(quote(book, query())) == 27.5
    assert percent(quote(book, query(facts=Facts(answers={"in_quota": "yes"})))) == 10
    (untold,) = quote(book, query()).facts
    assert (untold.fact, untold.taken, untold.answer, in_percent(untold.rate)) == ("in_quota", "no", "yes", 10)


def test_a_duty_of_the_schedule_that_a_quota_divides_asks_whether_goods_are_inside():
    (untold,) = quote(register(), query(mfn="[in quota] 2% | [out of quota] 30%")).facts
    assert (untold.fact, untold.taken, untold.answer, in_percent(untold.rate)) == ("in_quota", "no", "yes", 2)
    assert quote(register(), query(mfn="30%")).facts == ()


@pytest.mark.parametrize("divided", ["0201.30.10", "0201.30.50"])
def test_one_line_of_several_that_a_quota_divides_asks_it_of_all(
    divided: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("KOSHO_DATA", str(tmp_path))
    duties = dict.fromkeys(("0201.30.10", "0201.30.50"), "10%")
    duties[divided] = "[in quota] 4% | [out of quota] 26%"
    lines = [Line(digits(code), "beef", "kg", duty) for code, duty in duties.items()]
    write(Schedule("USA", "2025", LineBook(lines), source="a file", complete=True), lines)
    found = quote(register(), query("0201.30", mfn=None))
    assert (percent(found), between(found)) == (None, (10, 26))
    (untold,) = found.facts
    assert (untold.fact, untold.taken, untold.answer, untold.rate) == ("in_quota", "no", "yes", None)
    assert (in_percent(untold.low), in_percent(untold.high)) == (4, 10)


def test_facts_that_decide_are_named_with_the_rate_of_their_other_answer():
    share = {**SHARE, "attribute": "metal_content"}
    book = register(
        measure(id="metal", value=50, value_share=share, scope={"lists": ["l"]}),
        measure(id="gift", authority="g", kind="exemption", value=None, excludes=["a"],
                scope={"goods": True, "attributes": {"donation": "yes"}}),
        l=headings("7326", attribute="us_232"),
    )  # fmt: skip
    found = quote(book, query("7326.90", mfn="0%"))
    assert percent(found) == 20
    assert {(one.fact, one.answer, in_percent(one.rate)) for one in found.facts} == {
        ("us_232", "no", 0),
        ("donation", "yes", 0),
        ("metal_content", "0", 0),
        ("metal_content", "100", 50),
    }
    assert "donation is not told, taken as no: with donation=yes the rate is 0 %" in found.warnings
    assert quote(book, query("8703.23")).facts == ()


def test_content_that_a_scope_asks_for_is_named_with_the_rate_it_gives():
    book = register(measure(scope={"goods": True, "content": {"us_content": [20, 101]}}))
    (one,) = quote(book, query("8703.23")).facts
    assert (one.fact, one.taken, one.answer, in_percent(one.rate)) == ("us_content", "not told", "100", 12.5)
    told = quote(book, query("8703.23", facts=Facts(content={"us_content": 20})))
    assert (percent(told), told.facts) == (12.5, ())


def test_what_lists_and_scopes_ask_for_may_be_told():
    asks = {"attributes": {"handmade": "yes"}, "preference": ["mine"]}
    book = register(
        measure(scope={"lists": ["l"]}),
        measure(id="b", authority="b", scope={"goods": True, **asks}),
        l=headings("7326", attribute="pure"),
    )
    assert {"handmade", "pure"} < known_attributes(book)
    assert "mine" in book.known_preferences()
    part = book.of("USA")
    assert (known_attributes(part), part.known_preferences()) == (
        known_attributes(book),
        book.known_preferences(),
    )


def test_a_register_without_claims_says_nothing_of_days_and_none_at_all_says_so():
    book = register(measure())
    assert coverage(book, "USA", ON, any_law=True) == []
    (told,) = coverage(book, "USA", ON, any_law=False)
    assert "holds no measures of the United States" in told


@pytest.mark.parametrize("many", [3, 11])
def test_of_many_lists_that_were_not_read_in_full_the_bounds_are_the_same_in_bulk(many: int):
    names = [f"l{n}" for n in range(many)]
    book = register(
        *(measure(id=name, value=1, scope={"lists": [name]}) for name in names),
        measure(id="rest", authority="rest", value=20, scope={"goods": True}, excludes=["a"]),
        measure(id="free", authority="f", kind="exemption", value=None, excludes=["rest"],
                scope={"lists": [names[0]]}),
        **{name: headings("7326", exact=False) for name in names},
    )  # fmt: skip
    found = quote(book, query("7326.90", mfn="0%"))
    table = rate_bounds(book, "USA", [("7326.90", 0.0)], ["JPN"], [ON])
    assert [float(one[0, 0, 0]) for one in (table.low, table.high)] == pytest.approx([found.low, found.high])
    assert in_percent(found.high) == {3: 20, 11: 31}[many]  # of too many, all of them together


def test_preferences_that_were_not_claimed_are_named_with_their_rate():
    korea = quote(
        register(measure(kind="floor", value=15, floor_base="claimed")), query(exporter="KOR", mfn=None)
    )
    assert [(one.id, one.duty, in_percent(one.rate)) for one in korea.preferences] == [("korus", "Free", 15)]
    plain = quote(register(measure()), query(exporter="KOR", mfn=None))
    assert [(one.id, in_percent(one.rate)) for one in plain.preferences] == [("korus", 10)]
    assert any("preference=korus the rate is 10 %" in text for text in plain.warnings)
    claimed = query(exporter="KOR", mfn=None, facts=Facts(preference="korus"))
    assert quote(register(measure()), claimed).preferences == ()


def test_why_a_line_gives_nothing_under_a_claim_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("KOSHO_DATA", str(tmp_path))
    own = [Line("87032301", "cars", "No.", "2.5%", special_texts={"korus": "Free"})]
    write(Schedule("USA", "2025", LineBook(own), None, source="a file", complete=True), own)
    for general in (None, "3%"):
        found = quote(register(), query("8703.23.01", "CAN", mfn=general, facts=Facts(preference="usmca")))
        assert percent(found) == (2.5 if general is None else 3)
        assert any("usmca" in text for text in found.warnings)


def test_bans_and_unpriced_measures_are_told():
    book = register(
        measure(id="ban", kind="ban", value=None, title="No imports"),
        measure(id="talk", authority="t", kind="unpriced", value=None, title="Advice"),
    )
    found = quote(book, query())
    assert (percent(found), found.prohibited) == (2.5, ("ban",))
    assert "prohibited: No imports (law)" in found.warnings
    assert "Advice: listed without a price, adds no rate" in found.warnings


def test_measures_without_a_rate_say_what_they_are(law: Register):
    share = {"value": 1, "unit": "share", "status": "fact", "source": "s"}
    quota = {"kind": "quota", "value": None, "terms": {"amount": share, "basis": "share"}}
    about = {"imposer": "JPN", "partners": {"include": ["USA"]}}
    cars = {"hs": {"edition": "HS 2022", "prefixes": ["8703"]}}
    scopes = {"Access": cars, "Cars": {"sectors": ["C29", "C28"]}, "Machines": {"sectors": ["C28"]}}
    rules = (
        measure(id=title.lower(), title=title, authority=title.lower(), scope=scope, **about, **quota)
        for title, scope in scopes.items()
    )
    book = replace(law, measures=tuple(rules))

    def told(exporter: str) -> list[str]:
        asked = replace(query(exporter="KOR"), importer="JPN", exporter=exporter)
        return [one for one in quote(book, asked).warnings if "quota" in one]

    assert told("USA") == [
        "Access: a quota on how much comes in, no rate",
        "Cars: a quota on how much comes in, no rate; told by sector (Motor vehicles and parts)",
    ]
    assert not any("Cars" in one for one in told("DEU"))


def test_metal_content_is_what_the_duty_is_taken_on():
    book = register(
        measure(id="metal", value=50, value_share={**SHARE, "attribute": "metal_content"}, excludes=["rest"]),
        measure(id="rest", authority="rest", value=10),
    )
    assert applied(quote(book, query(mfn="0%", facts=Facts(content={"metal_content": 60})))) == {
        "mfn": 0,
        "metal": 30,
        "rest": 4,
    }
    untold = quote(book, query(mfn="0%"))
    assert percent(untold) == 26
    assert any("metal_content is not told: M is taken on 40% of the value" in text for text in untold.warnings)


def test_where_the_law_says_so_untold_content_is_the_whole_value():
    share = {**SHARE, "attribute": "us_content", "unstated": "whole"}
    book = register(measure(value=25, value_share=share))
    assert percent(quote(book, query(mfn="0%"))) == 25
    assert percent(quote(book, query(mfn="0%", facts=Facts(content={"us_content": 40})))) == 15


def test_content_counts_from_a_threshold_and_up_to_a_limit():
    relief = {**SHARE, "attribute": "us_content", "of": "content", "at_least": 20, "at_most": 50, "value": 0}
    book = register(
        measure(id="all"),
        measure(id="us", authority="u", kind="exemption", value=None, excludes=["all"], value_share=relief),
    )
    for told, expected in ((None, 10), (19, 10), (20, 8), (50, 5), (90, 5)):
        facts = Facts() if told is None else Facts(content={"us_content": told})
        assert percent(quote(book, query(mfn="0%", facts=facts))) == expected


def test_a_range_of_content_is_half_open_and_not_met_if_not_told():
    book = register(measure(scope={"goods": True, "content": {"metal_content": [0, 15]}}))
    for told, expected in ((None, 2.5), (0, 12.5), (14.9, 12.5), (15, 2.5)):
        facts = Facts() if told is None else Facts(content={"metal_content": told})
        assert percent(quote(book, query(facts=facts))) == expected


def test_a_claim_takes_off_what_does_not_cover_it():
    book = register(measure(id="fentanyl", value=25, scope={"goods": True, "preference": ["none"]}))
    found = quote(book, query(exporter="CAN", facts=Facts(preference="usmca"), claimed=parse_duty("Free")))
    assert percent(found) == 0
    assert [(one.measure, one.by, one.rule) for one in found.removed] == [
        ("fentanyl", "preference=usmca", "M does not cover goods that claim usmca")
    ]
    assert percent(quote(book, query(exporter="CAN"))) == 27.5


def test_without_an_ordinary_duty_there_is_no_total_and_the_layers_are_still_given():
    found = quote(register(measure()), query("9801.00", exporter="NRU", mfn=None))
    assert (percent(found), between(found)) == (None, (10, None))
    assert applied(found) == {"mfn": None, "m": 10}
    assert found.unknown == ("no ordinary duty is given or known",)
    assert found.if_free == (pytest.approx(0.1), pytest.approx(0.1))
    nothing = quote(register(), query("9801.00", exporter="NRU", mfn=None))
    assert between(nothing) == (None, None)  # not 0: nothing is known
    floor = quote(register(measure(kind="floor", value=15)), query("9801.00", exporter="NRU", mfn=None))
    assert (between(floor), floor.total) == ((15, None), "no total, at least 15 %")


def test_a_shipped_line_says_nothing_of_the_lines_beside_it():
    """Of 7326.90 the duty of one line ships."""
    line, heading = (quote(register(), query(code, mfn=None)) for code in ("7326.90.86", "7326.90"))
    assert percent(line) == 2.9
    assert (percent(heading), between(heading)) == (None, (None, None))


def test_every_answer_says_what_is_outside_it():
    found = quote(register(), query())
    for family in ("anti-dumping", "countervailing", "safeguard", "excise", "VAT", "fees"):
        assert any(family in one for one in found.outside), family
    dated = replace(register(), verified={"USA": date(2026, 9, 30)})
    assert (found.verified_to, quote(dated, query()).verified_to) == (None, date(2026, 9, 30))


def test_what_was_announced_is_pending_until_it_is_in_force():
    book = register(
        measure(id="later", legal_from="2025-08-01", known_from="2025-07-07"),
        measure(id="plan", authority="p", stage="announced", legal_from="2025-08-01", known_from="2025-06-01"),
        measure(
            id="dropped",
            authority="d",
            stage="never_in_force",
            legal_from="2025-07-15",
            legal_to="2025-07-20",
            known_from="2025-06-01",
        ),
        measure(id="offer", authority="o", stage="offered", legal_from="2025-08-01", known_from="2025-06-01"),
    )

    def pending(on: str, known: str | None = None) -> dict[str, str]:
        found = quote(book, query(on=on, known=known)).pending
        return {one.measure: one.begins.isoformat() for one in found}

    assert pending("2025-06-29") == {"plan": "2025-08-01", "dropped": "2025-07-15"}
    assert pending("2025-06-29", "2025-07-07")["later"] == "2025-08-01"
    assert set(pending("2025-07-21")) == {"later", "plan"}
    assert set(pending("2025-08-01")) == {"plan"}


def test_what_is_suspended_is_pending_until_the_last_suspension_ends():
    end = {"kind": "termination", "value": None, "scope": None, "terminates": ["rate"]}
    book = register(
        measure(id="rate", legal_from="2025-04-09", known_from="2025-04-02"),
        measure(id="s1", legal_from="2025-04-10", legal_to="2025-07-08", known_from="2025-04-09", **end),
        measure(id="s2", legal_from="2025-07-09", legal_to="2025-07-31", known_from="2025-07-07", **end),
        measure(id="over", legal_from="2026-01-01", known_from="2025-12-01", **end),
    )

    def pending(on: str, known: str) -> list[tuple[str, str]]:
        found = quote(book, query(on=on, known=known)).pending
        return [(one.measure, one.begins.isoformat()) for one in found]

    assert pending("2025-06-29", "2025-06-29") == [("rate", "2025-07-09")]
    assert pending("2025-06-29", "2025-07-07") == [("rate", "2025-08-01")]
    assert pending("2026-01-02", "2026-01-02") == []


def test_rates_start_on_the_day_of_collection():
    end = {"kind": "termination", "value": None, "scope": None, "terminates": ["m"]}
    book = register(
        measure(legal_from="2025-04-01", collected_from="2025-04-05"),
        measure(id="end", legal_from="2026-02-20", collected_from="2026-02-24", **end),
    )
    days = ("2025-04-04", "2025-04-05", "2026-02-23", "2026-02-24")
    assert [percent(quote(book, query(on=day))) for day in days] == [2.5, 12.5, 12.5, 2.5]


def test_a_measure_known_later_may_reach_back():
    book = register(
        measure(id="first", value=15, legal_from="2025-08-07", known_from="2025-07-31"),
        measure(
            id="floor",
            kind="floor",
            value=15,
            excludes=["first"],
            legal_from="2025-08-07",
            known_from="2025-09-16",
        ),
    )
    day = {"hs": "6912.00.39", "on": "2025-08-07", "mfn": "4.5%"}
    assert percent(quote(book, query(**day, known="2025-08-20"))) == 19.5
    assert percent(quote(book, query(**day, known="2025-10-01"))) == 15
    assert percent(quote(book, query(**day))) == 15


def test_a_bloc_is_one_origin_where_its_members_are_treated_alike():
    book = register(measure(value={"EU27": 20, "all": 10}))
    found = quote(book, query(exporter="EU27"))
    assert (percent(found), found.query.exporter) == (22.5, "EU27")
    apart = register(measure(value={"DEU": 5, "EU27": 20}))
    with pytest.raises(InputError, match="members of EU27 are treated differently"):
        quote(apart, query(exporter="EU27"))


def test_a_customs_union_imposes_for_its_members():
    book = register(measure(imposer="EU27", partners={"include": ["CHN"]}))
    ask = replace(query(exporter="CHN"), importer="DEU")
    assert percent(quote(book, ask)) == 12.5
    assert percent(quote(book, replace(ask, importer="GBR"))) == 2.5
    assert percent(quote(book, replace(ask, importer="EU27"))) == 12.5
    with pytest.raises(InputError, match="FRA is within EU27"):
        replace(ask, importer="EU27", exporter="FRA")


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (Facts(answers={"us_23": "no"}), "unknown attribute 'us_23' .did you mean us_232"),
        (Facts(preference="korrus"), "unknown preference 'korrus' .did you mean korus"),
        (Facts(preference="usmca"), "The United States does not grant usmca to goods of Japan"),
    ],
)
def test_facts_that_nothing_knows_are_refused(facts: Facts, words: str):
    with pytest.raises(InputError, match=words):
        quote(register(measure()), query(facts=facts))


def test_mistakes_of_a_question_are_reported_together():
    with pytest.raises(InputError) as caught:
        query("870", exporter="JP")
    country, code = (str(problem) for problem in caught.value.problems)
    assert "unknown country or bloc 'JP'" in country
    assert "JPN" in country
    assert code == "'870' is not an HS code (write 4 to 10 digits)"


def test_history_breaks_where_treatment_changes_and_nowhere_else():
    book = register(
        measure(id="a", legal_from="2025-04-03", legal_to="2025-06-30"),
        measure(id="books", authority="b", scope={"lists": ["books"]}, legal_from="2025-05-01"),
        books=headings("4901"),
    )
    spans = history(book, query(), date(2025, 4, 1), date(2025, 7, 31))
    assert [(span.first.isoformat(), span.last.isoformat(), percent(span.quote)) for span in spans] == [
        ("2025-04-01", "2025-04-02", 2.5),
        ("2025-04-03", "2025-06-30", 12.5),
        ("2025-07-01", "2025-07-31", 2.5),
    ]
    with pytest.raises(InputError, match="2025-03-01 is before 2025-04-01"):
        history(book, query(), date(2025, 4, 1), date(2025, 3, 1))


def test_history_breaks_where_the_schedule_changes():
    ask = query("8703.23", mfn=None, facts=Facts(preference="jeepa"))
    ask = replace(ask, importer="DEU")
    spans = history(register(), ask, date(2024, 6, 1), date(2026, 6, 30))
    assert [(span.first.isoformat(), percent(span.quote)) for span in spans] == [
        ("2024-06-01", 2.5),
        ("2025-02-01", 1.3),
        ("2026-02-01", 0),
    ]


def test_national_lines_may_have_nine_digits():
    book = register(measure(scope={"lists": ["l"]}), l=headings("0804.30", "0805.10.0040"))
    assert percent(quote(book, query("0804.30.200"))) == 12.5
    assert between(quote(book, query("0805.10.004"))) == (2.5, 12.5)
    (found,) = rates(book, "USA", [("080430200", 0.025), ("080510004", 0.025)], ["JPN"], [date(2025, 6, 29)])
    assert found[:, 0] == pytest.approx([0.125, np.nan], nan_ok=True)


def test_history_breaks_on_the_day_after_an_edition_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("KOSHO_DATA", str(tmp_path))
    lines = [Line("02013010", "beef", "kg", "10%")]
    for edition, first, last in (("a", date(2025, 1, 10), date(2025, 2, 28)), ("b", date(2025, 4, 1), None)):
        write(Schedule("USA", edition, LineBook(lines), first, last, "a file"), lines)
    found = turns("USA", "02013010", date(2025, 1, 1), date(2025, 12, 31))
    assert found == {date(2025, 1, 10), date(2025, 3, 1), date(2025, 4, 1)}
    assert turns("USA", "02013010", date(2025, 1, 10), date(2025, 3, 1)) == {date(2025, 3, 1)}


def test_history_breaks_at_the_seasons_of_a_line():
    line = Line("08051000", "", "", "[12-01 to 05-31] 32% | [06-01 to 11-30] 16%")
    assert sorted(season_turns(line, date(2025, 1, 1), date(2026, 6, 1))) == [
        date(2025, 6, 1),
        date(2025, 12, 1),
        date(2026, 6, 1),
    ]


@pytest.mark.parametrize(
    ("code", "near"), [("8413.90.90", "84139110"), ("8803.30", "8802603000"), ("7701", "no chapter 77")]
)
def test_a_code_that_the_shipped_tariff_has_not_is_refused(code: str, near: str) -> None:
    with pytest.raises(InputError, match=f"is no code of USA, HTS, December 2024 .*{near}"):
        quote(Register.load(), query(code))
    assert quote(Register.load(), query(code, on="2019-01-01"))  # of another edition


def test_a_statistical_number_that_nothing_knows_is_told_as_its_line() -> None:
    book = register(measure(scope={"lists": ["l"]}), l=headings("7615.10.5020", "7615.10.5097"))
    assert between(quote(book, query("7615.10.50"))) == (2.5, 12.5)
    unknown = quote(book, query("7615.10.50.90"))
    assert (unknown.rate, between(unknown)) == (None, (2.5, 12.5))
    assert any("no statistical number 7615.10.50.90" in text for text in unknown.warnings)
    assert (
        percent(quote(book, query("7615.10.50.97"))) == 12.5
    )  # later than the tariff at hand, and on the list
    (found,) = rates(book, "USA", [("7615105090", 0.025), ("7615105097", 0.025)], ["JPN"], [date(2025, 6, 29)])
    assert found[:, 0] == pytest.approx([np.nan, 0.125], nan_ok=True)


def test_history_breaks_where_a_scenario_ends_a_measure():
    book = register(measure(id="a", legal_from="2025-04-03"))
    end = MeasureEnd.model_validate({"measure": "a", "legal_from": "2025-06-15"})
    spans = history(
        book.with_overlay(Overlay(title="over", end=(end,))), query(), date(2025, 4, 1), date(2025, 7, 31)
    )
    assert [(span.first.isoformat(), span.last.isoformat(), percent(span.quote)) for span in spans] == [
        ("2025-04-01", "2025-04-02", 2.5),
        ("2025-04-03", "2025-06-14", 12.5),
        ("2025-06-15", "2025-07-31", 2.5),
    ]


def test_history_breaks_where_a_scenario_adds_a_measure_and_that_ends():
    later = measure(id="b", authority="b", legal_from="2025-05-01", legal_to="2025-05-31")
    book = register(measure(id="a", legal_from="2025-04-03")).with_overlay(Overlay(title="more", add=(later,)))
    spans = history(book, query(), date(2025, 4, 3), date(2025, 6, 30))
    assert [(span.first.isoformat(), percent(span.quote)) for span in spans] == [
        ("2025-04-03", 12.5),
        ("2025-05-01", 22.5),
        ("2025-06-01", 12.5),
    ]
