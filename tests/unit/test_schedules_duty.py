"""Duties read from the words of tariff schedules."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from tests.surroundings import within

from kosho.errors import InputError, KoshoError
from kosho.law.schedules import (
    FREE,
    AdValorem,
    ConditionalDuty,
    Duty,
    Specific,
    parse_duty,
    parse_unit_value,
)
from kosho.law.schedules.units import conversion, measured


@pytest.mark.parametrize(
    ("text", "kind", "written"),
    [
        # US HTS
        ("Free", "free", "Free"),
        ("2.5%", "ad_valorem", "2.5%"),
        ("2.5% 1/", "ad_valorem", "2.5%"),
        ("5.3%⁴", "ad_valorem", "5.3%"),
        ("Free¹", "free", "Free"),
        ("$1.20/m³", "specific", "1.2 USD/m3"),
        ("6.3 cents/liter", "specific", "0.063 USD/liter"),
        ("2.5% <sup>1/ 2/</sup>", "ad_valorem", "2.5%"),
        ("8 percent of the fair retail value", "ad_valorem", "8% of the fair retail value"),
        ("5.8% on the value of the lead content", "ad_valorem", "5.8% on the value of the lead content"),
        ("50¢/kg", "specific", "0.5 USD/kg"),
        ("$1.50/doz.", "specific", "1.5 USD/doz"),
        ("$1,035/kg", "specific", "1035 USD/kg"),
        ("1.1¢/ liter", "specific", "0.011 USD/liter"),
        ("21.1¢/pf. liter", "specific", "0.211 USD/pf.liter"),
        ("2.8¢/kg on drained weight", "specific", "0.028 USD/kg on drained weight"),
        ("6.6¢/clean kg", "specific", "0.066 USD/clean kg"),
        ("45¢/1000", "specific", "0.45 USD/1000 No."),
        ("15¢ each", "specific", "0.15 USD/No."),
        ("0.9¢/kg + 6.4%", "compound", "0.009 USD/kg + 6.4%"),
        ("8.8¢/kg +20%", "compound", "0.088 USD/kg + 20%"),
        ("8.5¢/1,000 pins + 3.5%", "compound", "0.085 USD/1000 pins + 3.5%"),
        ("33¢/kg of total sugars + 8.5%", "compound", "0.33 USD/kg of total sugars + 8.5%"),
        ("$1.61 each + 4.4% on the case + 3% on the battery", "compound", None),
        ("The rate applicable to the natural juice in heading 2009", "reference", None),
        ("The duty provided in the applicable subheading + 25%", "reference", None),
        ("See additional U.S. note 1", "reference", None),
        ("No change", "reference", None),
        ("1.4606¢/kg less 0.020668¢/kg for each degree but not less than 0.94¢/kg", "unread", None),
        # Japan, English
        ("(Free)", "free", "Free"),
        ("25.50 yen/kg", "specific", "25.5 JPY/kg"),
        (
            "12.8% or 25.50 yen/kg, whichever is the less",
            "alternative",
            "12.8% or 25.5 JPY/kg, whichever is the lower",
        ),
        ("(73.70 yen - the value for customs duty)/kg", "compound", "73.7 JPY/kg - 100%"),
        (
            "1.1% or ((73.70 yen - the value for customs duty)×2/16)/kg, whichever is the less",
            "alternative",
            "1.1% or 9.2125 JPY/kg - 12.5%, whichever is the lower",
        ),
        # Japan, Japanese
        ("無税", "free", "Free"),
        ("（無税）", "free", "Free"),
        ("◎無税 ◆2", "free", "Free"),
        ("*(341円/kg)", "specific", "341 JPY/kg"),
        ("170万円/頭", "specific", "1700000 JPY/No."),
        ("(8.5%＋290.70円/1,000本)", "compound", "8.5% + 290.7 JPY/1000 No."),
        (
            "29.8%＋396円/kg又は36%＋130円/kgのうちいずれか低い税率",
            "alternative",
            "29.8% + 396 JPY/kg or 36% + 130 JPY/kg, whichever is the lower",
        ),
        (
            "（393円×1.002-課税価格）/kg又は40.50円/kgのうちいずれか低い税率",
            "alternative",
            "393.786 JPY/kg - 100% or 40.5 JPY/kg, whichever is the lower",
        ),
        ("（（課税価格×1.5＋51.46円）-課税価格）/kg", "compound", "51.46 JPY/kg + 50%"),
        (
            "21.3%又は156.80円/lのうちいずれか低い税率\nただしその税率が93円/lを下回る場合は93円/l",
            "alternative",
            "21.3% or 156.8 JPY/liter, whichever is the lower; not less than 93 JPY/liter",
        ),
        (
            "9.3%又は7.19円/kgのうちいずれか高い税率（ただしその税率が50%を上回る場合は50%とする）",
            "alternative",
            "9.3% or 7.19 JPY/kg, whichever is the higher; not more than 50%",
        ),
        ("関税割当数量以内のもの\u300030.8%", "conditional", "[in quota] 30.8%"),
        (
            "関税割当数量以内のもの\u3000無税\nその他のもの\u300010%",
            "conditional",
            "[in quota] Free | [out of quota] 10%",
        ),
        (
            "関税割当数量以内のもの 無税\nその他のもの 10%",
            "conditional",
            "[in quota] Free | [out of quota] 10%",
        ),
        ("関税割当数量以内のもの 30.8%", "unread", None),  # of one line a plain space tells nothing apart
        ("貝柱\u30005%\nその他のもの\u3000無税", "conditional", "[貝柱] 5% | [その他のもの] Free"),
        ("●無税〜3.5%", "unread", None),
        ("無税〜(2.4%)又は非譲許", "unread", None),
        ("1キログラムにつき枝肉に係る基準輸入価格と課税価格との差額", "unread", None),
        # notes after Japan's spaces, on lines of their own, in tags
        ("無税\u300010/", "free", "Free"),
        ("無税\n²", "free", "Free"),
        ("◎12円/kg\u3000<sup>1/</sup>", "specific", "12 JPY/kg"),
        # formulas in the customs value, and what is none
        (
            "(100 yen - 2 × the value for customs duty + the value for customs duty × 0.5)/kg",
            "compound",
            "100 JPY/kg - 150%",
        ),
        ("((100 yen - the value for customs duty) × 3/4 + 2 yen)/kg", "compound", "77 JPY/kg - 75%"),
        ("(1,000 yen - the value for customs duty)/head", "compound", "1000 JPY/No. - 100%"),
        ("(5 yen + the value for customs duty × 0.6 - 5 yen)/kg", "compound", "0 JPY/kg + 60%"),
        ("(100 yen - the value for customs duty + the value for customs duty)/kg", "specific", "100 JPY/kg"),
        ("(the value for customs duty × 0.6 - 100 yen)/kg", "unread", None),
        ("(100 yen - the value for customs duty × the value for customs duty)/kg", "unread", None),
        ("(100 yen / the value for customs duty)/kg", "unread", None),
        ("(100 yen/kg - 2 yen/l - the value for customs duty)", "unread", None),
        ("(100 yen - (the value for customs duty)/kg", "unread", None),
        ("(100 yen 5 - the value for customs duty)/kg", "unread", None),
        # components of the European Union
        ("9% + EA", "component", "9% + EA"),
        ("9% + EAR", "component", "9% + EAR"),
        ("9% + AD S/ZR", "component", "9% + ADSZR"),
        ("9% + AD F/MR", "component", "9% + ADFMR"),
        ("9% + adfm (2)", "component", "9% + ADFM(2)"),
        ("9% + Agricultural Component (1)", "component", "9% + agricultural component(1)"),
        # seasons in English
        (
            "20% from 1 June to 30 November; 40% from 1 December to 31 May",
            "conditional",
            "[06-01 to 11-30] 20% | [12-01 to 05-31] 40%",
        ),
        ("20% from 1 June to 30 November; 40%", "unread", None),
        ("20% from 1 June to 30 November; twice as much from 1 December to 31 May", "unread", None),
        # money and percentages taken off
        ("1 EUR/DTN", "specific", "1 EUR/100 kg"),
        ("5 cents/kg", "specific", "0.05 USD/kg"),
        ("0.5 USD/kg + -5%", "compound", "0.5 USD/kg - 5%"),
        ("10% - 5%", "compound", "10% - 5%"),
        ("50¢/kg; not less than 5%", "alternative", "0.5 USD/kg; not less than 5%"),
        ("50¢/kg; not more than 5%", "alternative", "0.5 USD/kg; not more than 5%"),
        ("0% + 0.1 USD/kg", "compound", "0% + 0.1 USD/kg"),
        ("0.5 USD/kg - 0.2 USD/kg", "unread", None),
        ("0.5 USD/0 kg", "unread", None),
        ("-5%", "unread", None),
        ("+ 5%", "unread", None),
        ("(8.5%)+(290.70円/kg)", "unread", None),
        # what looks like a rate and is none
        ("-", "unread", None),
        ("課税価格 - 12円/kg", "unread", None),
        ("</b>\u3000無税", "free", "Free"),
    ],
)
def test_the_notations_are_read_and_written_back(text: str, kind: str, written: str | None) -> None:
    duty = parse_duty(text)
    assert duty.kind == kind
    assert duty.text == text.strip()
    if written is not None:
        assert str(duty) == written
    assert parse_duty(str(duty)) == duty


def test_what_cannot_be_read_is_kept() -> None:
    duty = parse_duty("  twice the duty on  horses ")
    assert duty.unread == str(duty) == "twice the duty on horses"
    with pytest.raises(KoshoError, match="twice the duty on horses"):
        duty.ad_valorem_equivalent()


def test_terms_are_exact() -> None:
    assert parse_duty("1.1¢/liter + 6.4%").sums == (
        (Specific(Decimal("0.011"), "USD", "liter"), AdValorem(Decimal("6.4"))),
    )
    assert parse_duty("0%") == Duty.percent(0) == FREE
    assert str(parse_duty("10% + 0%")) == "10% + 0%"
    assert str(parse_duty("1 USD/kg - 10%")) == "1 USD/kg - 10%"
    assert Duty.percent("2.5") == parse_duty("2.5%")


@pytest.mark.parametrize("text", ["", " ", "<b> </b>"])
def test_no_duty_is_an_error(text: str) -> None:
    with pytest.raises(InputError, match="no duty"):
        parse_duty(text)


@pytest.mark.parametrize(
    ("text", "unit_value", "expected"),
    [
        ("Free", None, 0.0),
        ("2.5%", None, 0.025),
        ("50¢/kg", "10USD/kg", 0.05),
        ("50¢/kg", "10000 USD/t", 0.05),
        ("$1.50/doz", "$2 each", 0.0625),
        ("0.9¢/kg + 6.4%", "1USD/kg", 0.073),
        ("$3/t", "0.3 USD/kg", 0.01),
        ("930円/MT", "1000 yen/kg", 0.00093),
        ("12.8% or 25.50 yen/kg, whichever is the less", "100JPY/kg", 0.128),
        ("12.8% or 25.50 yen/kg, whichever is the less", "300JPY/kg", 0.085),
        ("50%又は12円/kgのうちいずれか高い税率", "12JPY/kg", 1.0),
        ("50%又は12円/kgのうちいずれか高い税率", "48JPY/kg", 0.5),
        # the gate price: the gap below it, nothing above it
        ("(73.70円−課税価格)/kg", "70 JPY/kg", 3.7 / 70),
        ("(73.70円−課税価格)/kg", "80 JPY/kg", 0.0),
        # limits
        (
            "21.3%又は156.80円/lのうちいずれか低い税率\nただしその税率が93円/lを下回る場合は93円/l",
            "100JPY/l",
            0.93,
        ),
        (
            "9.3%又は7.19円/kgのうちいずれか高い税率（ただしその税率が50%を上回る場合は50%とする）",
            "7.19JPY/kg",
            0.5,
        ),
    ],
)
def test_ad_valorem_equivalents(text: str, unit_value: str | None, expected: float) -> None:
    value = parse_unit_value(unit_value) if unit_value else None
    assert parse_duty(text).ad_valorem_equivalent(value) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("text", "unit_value", "message"),
    [
        ("50¢/kg", None, "needs the value of a unit"),
        ("50¢/kg", "1000JPY/kg", "is in USD, the unit value 1000 JPY/kg in JPY"),
        ("50¢/kg", "10USD/liter", "a duty per kg cannot be set against a value per liter"),
        ("50¢/pf.liter", "10USD/liter", "a duty per pf.liter cannot be set against"),
        ("5% on the case", "10USD/kg", "not on the whole of the goods"),
        ("関税割当数量以内のもの\u300030.8%", None, "depends on more than the code: in quota"),
    ],
)
def test_an_equivalent_is_refused_where_it_would_be_a_guess(
    text: str, unit_value: str | None, message: str
) -> None:
    with pytest.raises(KoshoError, match=message):
        parse_duty(text).ad_valorem_equivalent(parse_unit_value(unit_value) if unit_value else None)


@pytest.mark.parametrize(
    "text", ["10", "USD/kg", "0USD/kg", "10USD", "10%", "10USD/kg on drained weight", "$5 EUR/kg"]
)
def test_a_unit_value_is_money_per_quantity(text: str) -> None:
    with pytest.raises(InputError):
        parse_unit_value(text)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        (
            "[06-01 to 11-30] 16% | [12-01 to 05-31] 32%",
            {"05-31": "32%", "06-01": "16%", "11-30": "16%", "12-01": "32%", "12-31": "32%", "01-01": "32%"},
        ),
        ("[06-01 to 06-01] 16% | [in quota] 5%", {"05-31": None, "06-01": "16%", "06-02": None}),
        ("[in quota] 5% | [06-01 to 11-30] 16%", {"06-01": "16%", "12-01": None}),
        ("10%", {"06-01": "10%"}),
        ("[in quota] 5%", {"06-01": "[in quota] 5%"}),
    ],
)
def test_a_season_holds_from_its_first_day_to_its_last(text: str, days: dict[str, str | None]) -> None:
    duty = parse_duty(text)
    found = {day: duty.on(date.fromisoformat(f"2025-{day}")) for day in days}
    assert {day: None if one is None else str(one) for day, one in found.items()} == days


@pytest.mark.parametrize(
    ("text", "ends", "at_ten_dollars"),
    [
        ("2.5%", (0.025, 0.025), (0.025, 0.025)),
        ("50¢/kg", (0, None), (0.05, 0.05)),
        ("50¢/kg; not less than 5%", (0.05, None), (0.05, 0.05)),
        ("10%; not less than 5 USD/kg", (0.1, None), (0.5, 0.5)),
        ("50¢/kg; not more than 5%", (0, 0.05), (0.05, 0.05)),
        ("10%; not more than 5 USD/kg", (0, 0.1), (0.1, 0.1)),
        ("10% or 5 USD/kg, whichever is the lower", (0, 0.1), (0.1, 0.1)),
        ("10% or 5 USD/kg, whichever is the higher", (0.1, None), (0.5, 0.5)),
        (
            "0.5 USD/kg + 6% or 20%, whichever is the lower; not less than 3%; not more than 15%",
            (0.06, 0.15),
            (0.11, 0.11),
        ),
        ("[in quota] Free | [out of quota] 10%", (0, 0.1), (0, 0.1)),
        ("[in quota] 5% | [out of quota] 1 USD/kg", (0, None), (0.05, 0.1)),
        ("1 USD/kg - 10%", (0, None), (0, 0)),
        ("9% + EA", (0.09, None), (0.09, None)),
        ("5% of the value of the case", (0, 0.05), (0, 0.05)),
        ("See note 1", None, None),
    ],
)
def test_a_duty_lies_between_bounds(
    text: str, ends: tuple[float, float | None] | None, at_ten_dollars: tuple[float, float | None] | None
) -> None:
    duty = parse_duty(text)
    for value, expected in ((None, ends), (parse_unit_value("10 USD/kg"), at_ten_dollars)):
        found = duty.bounds(value)
        assert (None if found is None else (found.low, found.high)) == (
            None if expected is None else pytest.approx(expected)
        )


@pytest.mark.parametrize(
    ("unit", "into", "size"),
    [
        ("g", "kg", "0.001"),
        ("t", "kg", "1000"),
        ("ml", "liter", "0.001"),
        ("hl", "liter", "100"),
        ("kl", "liter", "1000"),
        ("m3", "liter", "1000"),
        ("bbl", "liter", "158.987294928"),
        ("doz", "No.", "12"),
        ("gross", "No.", "144"),
        ("gross", "doz", "12"),
        ("thousand", "No.", "1000"),
        ("doz pr", "pr", "12"),
        ("cm2", "m2", "0.0001"),
        ("kg", "kg", "1"),
        ("m", "m", "1"),
        ("liter", "hl", "0.01"),
        ("No.", "doz", None),
        ("pr", "doz pr", None),
    ],
)
def test_units_of_one_kind_are_turned_into_one_another(unit: str, into: str, size: str | None) -> None:
    found = conversion(unit, into)
    assert found == (Decimal(1) / 12 if size is None else Decimal(size))
    assert conversion(into, unit) * found == pytest.approx(Decimal(1))


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("DTN", ("kg", 100)), ("quintal", ("kg", 100)), ("CEN", ("No.", 100)), ("100 p/st", ("No.", 100)),
        ("kilograms", ("kg", 1)), ("MT", ("t", 1)), ("m²", ("m2", 1)), ("p/st", ("No.", 1)), ("cbm", ("m3", 1)),
        ("doz. prs.", ("doz pr", 1)), ("pigs", ("pigs", 1)),
    ],
)  # fmt: skip
def test_a_unit_has_one_spelling(text: str, unit: tuple[str, int]) -> None:
    assert measured(text) == unit


@pytest.mark.parametrize(("unit", "into"), [("pr", "No."), ("kg", "liter"), ("pigs", "No."), ("kg", "pigs")])
def test_units_of_two_kinds_are_not_set_against_each_other(unit: str, into: str) -> None:
    with pytest.raises(InputError, match=f"a duty per {into} cannot be set against a value per {unit}"):
        conversion(unit, into)


def test_quotas_divide_a_duty() -> None:
    both = parse_duty("関税割当数量以内のもの\u3000無税\n関税割当数量以外のもの\u300024.5%")
    inside, outside = both.under(in_quota=True), both.under(in_quota=False)
    assert inside == FREE
    assert outside == Duty.percent("24.5")
    only = parse_duty("関税割当数量以内のもの\u300030.8%")
    assert only.under(in_quota=False) is None
    plain = parse_duty("5%")
    assert plain.under(in_quota=False) is plain
    uses = Duty(cases=(ConditionalDuty("for feed", FREE), ConditionalDuty("other", plain)))
    assert uses.under(in_quota=True) is uses


@pytest.mark.parametrize("text", ["²" * 400 + "x", " 1/" * 300 + "x", "課税価格*" + "(" * 2000 + "5/kg"])
def test_endless_notes_and_brackets_are_kept_in_time(text: str) -> None:
    with within(20):
        assert parse_duty(text).kind == "unread"


def test_a_duty_says_one_thing() -> None:
    with pytest.raises(InputError, match="either"):
        Duty()
    with pytest.raises(InputError, match="either"):
        Duty(sums=((),), unread="something")


def test_whether_a_unit_value_is_needed_is_known_before() -> None:
    needing = ["50¢/kg", "5% + 50¢/kg", "5%; not less than 2 USD/kg", "関税割当数量以内のもの\u300042円/kg"]
    assert all(parse_duty(text).needs_unit_value for text in needing)
    assert not any(parse_duty(text).needs_unit_value for text in ["Free", "5%", "See note 1"])
