"""Whatever a duty is, what it writes is read back as the same."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kosho.errors import InputError, KoshoError
from kosho.law.schedules import AdValorem, Component, ConditionalDuty, Duty, Specific, UnitValue, parse_duty

amounts = st.decimals(min_value=Decimal("0.0001"), max_value=Decimal(100000), places=4)
bases = st.sampled_from(["", "on the case", "on drained weight", "of total sugars", "over 7"])
percents = st.builds(AdValorem, amounts, bases)
specifics = st.builds(
    Specific,
    amounts,
    st.sampled_from(["USD", "JPY", "EUR"]),
    st.sampled_from(
        ["kg", "t", "liter", "No.", "doz", "pr", "doz pr", "m2", "pf.liter", "clean kg", "jewel", "line/gross"]
    ),
    st.sampled_from([Decimal(1), Decimal(100), Decimal(1000)]),
    bases,
)
components = st.builds(Component, st.sampled_from(["EA", "EA(1)", "EAR", "ADSZ", "ADFM(2)", "entry price"]))
sums = st.one_of(
    st.just(()),
    st.lists(st.one_of(percents, specifics, components), min_size=1, max_size=3).map(tuple),
    st.tuples(specifics, percents.map(lambda term: AdValorem(-term.percent, term.basis))),
)
bounds = st.one_of(st.just(()), st.tuples(percents), st.tuples(specifics))
choices = st.sampled_from(["lower", "higher"])
simple = st.builds(lambda terms: Duty(sums=(terms,)), sums)
alternatives = st.builds(
    lambda terms, choice, least, most: Duty(sums=tuple(terms), choice=choice, at_least=least, at_most=most),
    st.lists(sums, min_size=2, max_size=3),
    choices,
    bounds,
    bounds,
)
conditions = st.sampled_from(["in quota", "out of quota", "for feed", "貝柱", "その他のもの"])
conditional = st.lists(
    st.builds(ConditionalDuty, conditions, st.one_of(simple, alternatives)), min_size=1, max_size=3
).map(lambda cases: Duty(cases=tuple(cases)))
duties = st.one_of(simple, alternatives, conditional)


@settings(max_examples=300, deadline=None)
@given(duties)
def test_a_duty_is_what_it_writes(duty: Duty) -> None:
    assert parse_duty(str(duty)) == duty


PIECES = """Free MIN MAX EA(1) + 1,234 12,8 1/3 /_DTN € subject_to_a_minimum_of_
from_1_June_to_ 31_May 5% 2¢/kg 12円/kg 又は 無税 _or_ _+_ _-_ ( ) [a]_ のうちいずれか低い税率
,_whichever_is_the_less ;_not_less_than_ 課税価格 円 × - _1/ 関税割当数量以内のもの ◎ ² 10/
<b> </b>_ ◆1 %_ _"""
pieces = st.sampled_from(["\n", "\u3000", "|", *(piece.replace("_", " ") for piece in PIECES.split())])


@settings(max_examples=300, deadline=None)
@given(duties, st.sampled_from([None, UnitValue(Decimal(3), "USD", "kg")]))
def test_a_number_is_told_only_where_nothing_stands_against_it(duty: Duty, value: UnitValue | None) -> None:
    try:
        rate, bounds = duty.ad_valorem_equivalent(value), duty.bounds(value)
    except InputError:  # without a unit value, or in another currency or quantity
        return
    except KoshoError:
        assert duty.standing(value) in ("component missing", "conditional", "partial basis")
        return
    assert duty.standing(value) == "rate"
    assert bounds is not None
    assert bounds.high is not None
    assert bounds.low - 1e-12 <= rate <= bounds.high + 1e-12


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.text(max_size=40), st.lists(pieces, max_size=8).map("".join)))
def test_any_text_is_kept_and_reading_is_stable(text: str) -> None:
    try:
        duty = parse_duty(text)
    except InputError:  # nothing but spaces, footnotes and tags
        assume(False)
        raise
    assert parse_duty(str(duty)) == duty
    assert duty.text == text.strip()


@settings(max_examples=200, deadline=None)
@given(amounts, amounts, amounts)
def test_a_compound_duty_is_the_sum_of_its_parts(money: Decimal, percent: Decimal, price: Decimal) -> None:
    value = UnitValue(price, "USD", "kg")
    parts = [Specific(money, "USD", "kg"), AdValorem(percent)]
    whole = Duty(sums=(tuple(parts),)).ad_valorem_equivalent(value)
    apart = sum(Duty(sums=((part,),)).ad_valorem_equivalent(value) for part in parts)
    assert abs(whole - apart) <= 1e-12 * whole


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.one_of(st.builds(AdValorem, amounts), st.builds(lambda one: Specific(one, "USD", "kg"), amounts)),
        min_size=2,
        max_size=4,
    ),
    amounts,
)
def test_alternatives_are_the_lowest_or_highest(terms: list[AdValorem | Specific], price: Decimal) -> None:
    value = UnitValue(price, "USD", "kg")
    rates = [Duty(sums=((term,),)).ad_valorem_equivalent(value) for term in terms]
    both = tuple((term,) for term in terms)
    assert Duty(sums=both).ad_valorem_equivalent(value) == min(rates)
    assert Duty(sums=both, choice="higher").ad_valorem_equivalent(value) == max(rates)
