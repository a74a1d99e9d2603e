"""Figures of terms: converted where the unit says how, refused where it does not fit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from tests.measures import cited

from kosho.errors import InputError
from kosho.law import Register
from kosho.law.nontariff_terms import Amount, BottomUp, CustomsDays, Data, Declared, Standard, Subsidy, TopDown
from kosho.provenance import Cited, Frozen

PIECES = {"fixed_cost": cited(1, "USD"), "units": cited(1, "vehicles"), "price": cited(1, "USD")}
WHOLE = {"ave": cited(20, "percent"), "actionable": cited(0.5)}
WAIT = {"before": cited(2, "days"), "after": cited(1, "days")}
TONNES = {"amount": cited(1, "tonnes"), "counted": "tonnes"}


@pytest.mark.parametrize(
    ("model", "terms", "at", "value", "unit"),
    [
        (TopDown, {**WHOLE, "ave": cited(0.255)}, "ave", 25.5, "percent"),
        (TopDown, {**WHOLE, "actionable": cited(70, "percent")}, "actionable", 0.7, "share"),
        (BottomUp, {**PIECES, "fixed_cost": cited(2, "million USD a model")}, "fixed_cost", 2e6, "USD a model"),
        (BottomUp, {**PIECES, "units": cited(2, "thousand vehicles")}, "units", 2e3, "vehicles"),
        (BottomUp, {**PIECES, "fixed_cost": cited(3, "thousand USD")}, "fixed_cost", 3e3, "USD"),
        (BottomUp, {**PIECES, "fixed_cost": cited(3, "billion USD")}, "fixed_cost", 3e9, "USD"),
        (BottomUp, {**PIECES, "units": cited(2, "trillion vehicles")}, "units", 2e12, "vehicles"),
        (Amount, {"amount": cited(0.5, "billion USD")}, "amount", 500, "million USD"),
        (Amount, {"amount": cited(7, "billion USD a year")}, "amount", 7000, "million USD"),
        (Amount, {"amount": cited(20, "percent"), "basis": "share"}, "amount", 0.2, "share"),
        (Amount, {"amount": cited(770, "thousand tonnes"), "counted": "tonnes"}, "amount", 770e3, "tonnes"),
        (Amount, {"amount": cited(-5, "million USD"), "basis": "increment"}, "amount", -5, "million USD"),
        (CustomsDays, {"before": cited(36, "hours"), "after": cited(1, "days")}, "before", 1.5, "days"),
        (Data, {"connectivity": cited(10, "%")}, "connectivity", 0.1, "share"),
        (CustomsDays, {**WAIT, "per_day": cited(0.01)}, "per_day", 1.0, "percent of value a day"),
        (Amount, {"amount": cited(0, "million USD")}, "amount", 0, "million USD"),
        (Amount, {**TONNES, "base": cited(2, "thousand tonnes")}, "base", 2000, "tonnes"),
        (Subsidy, {"rate": cited(99, "percent")}, "rate", 99, "percent"),
        (Subsidy, {"per_unit": cited(9, "USD"), "price": cited(0.01, "thousand USD")}, "price", 10, "USD"),
        (
            CustomsDays,
            {"before": cited(2, "days"), "after": cited(1, "days"), "per_day": cited(1, "% of the value")},
            "per_day",
            1.0,
            "percent of value a day",
        ),
    ],
)  # fmt: skip
def test_what_is_written_in_another_unit_is_converted(
    model: type[Frozen], terms: dict[str, Any], at: str, value: float, unit: str
) -> None:
    found = getattr(model.model_validate(terms), at)
    assert isinstance(found, Cited)
    assert (found.value, found.unit) == (value, unit)
    # What was converted is what a file of it gives again.
    again = model.model_validate_json(model.model_validate(terms).model_dump_json())
    assert getattr(again, at) == found


def test_ranges_are_converted_with_their_middle() -> None:
    found = Amount.model_validate({"amount": cited(1, "billion USD", 0.5, 2)}).amount
    assert (found.low, found.value, found.high) == (500, 1000, 2000)


@pytest.mark.parametrize(
    ("model", "terms", "told"),
    [
        (TopDown, {**WHOLE, "ave": cited(20, "USD")}, "in percent or percent of value or share, not in 'USD'"),
        (TopDown, {**WHOLE, "actionable": cited(0.5, "share", 0.4, 1.4)}, "from 0 to 1 share, not 0.4 to 1.4"),
        (BottomUp, {**PIECES, "price": cited(1, "million JPY")}, "one currency, not in JPY and USD"),
        (BottomUp, {**PIECES, "units": cited(9, "vehicles", 0, 20)}, "above zero over all its range, not 0"),
        (BottomUp, {**PIECES, "units": cited(9, "percent")}, "things that are counted"),
        (BottomUp, {**PIECES, "fixed_cost": cited(9, "vehicles")}, "in money"),
        (BottomUp, {**PIECES, "price": cited(0, "USD")}, "above zero"),
        (BottomUp, {**PIECES, "days": cited(9, "days")}, "go together"),
        (Amount, {"amount": cited(1, "trillion JPY")}, "in million USD or billion USD"),
        (Amount, {"amount": cited(1, "tonnes")}, "in million USD or billion USD"),
        (Amount, {"amount": cited(1, "million USD"), "basis": "share"}, "in share or percent"),
        (Amount, {"amount": cited(-0.1), "basis": "share"}, "at least 0 share"),
        (Amount, {"amount": cited(-5, "million USD")}, "zero or more"),
        (Amount, {"amount": cited(1, "vehicles"), "counted": "tonnes"}, "counted in tonnes, not in 'vehicles'"),
        (CustomsDays, {"before": cited(3, "weeks"), "after": cited(1, "days")}, "in days or hours"),
        (CustomsDays, {"before": cited(-3, "days"), "after": cited(1, "days")}, "from 0 to 3650 days, not -3"),
        (CustomsDays, {"before": cited(1e6, "days"), "after": cited(1, "days")}, "from 0 to 3650 days"),
        (Amount, {"amount": cited(1e10, "million USD")}, "to 1e+09 million USD"),
        (Amount, {"amount": cited(50), "basis": "share"}, "write 50 percent, or 5000 percent"),
        (Data, {"connectivity": cited(0.1, "index")}, "in share or percent"),
        (Data, {"connectivity": cited(0.1), "restrictiveness": 0.1}, "one of connectivity"),
        (Data, {}, "one of connectivity"),
        (Amount, {"amount": cited(1, "million USD"), "base": cited(1, "million USD")}, "that is counted"),
        (Amount, {**TONNES, "basis": "increment", "base": cited(1, "tonnes")}, "a level that is counted"),
        (Amount, {**TONNES, "base": cited(0, "tonnes")}, "above zero"),
        (Amount, {"amount": cited(1, "million USD", -1, 2)}, "zero or more"),
        (Subsidy, {}, "either rate, or per_unit with price"),
        (Subsidy, {"rate": cited(9, "percent"), "per_unit": cited(9, "USD")}, "either rate, or per_unit"),
        (Subsidy, {"per_unit": cited(9, "USD")}, "either rate, or per_unit with price"),
        (Subsidy, {"rate": cited(9, "percent"), "price": cited(9, "USD")}, "either rate, or per_unit"),
        (Subsidy, {"rate": cited(100, "percent")}, "below all of the price, not 100%"),
        (Subsidy, {"rate": cited(50, "percent", 40, 100)}, "below all of the price, not 100%"),
        (Subsidy, {"per_unit": cited(9, "USD"), "price": cited(12, "USD", 9, 15)}, "not 100% of it"),
        (Subsidy, {"per_unit": cited(5, "USD", 4, 15), "price": cited(12, "USD")}, "not 125% of it"),
        (Subsidy, {"per_unit": cited(9, "JPY"), "price": cited(12, "USD")}, "one currency"),
        (Declared, {}, "says what it is worth"),
        (Declared, {"worth": {"USA": cited(1, "million USD")}}, "without a range"),
        (Declared, {"worth": {"USA": cited(1, "million USD", 1, 1)}}, "without a range"),
        (Data, {"restrictiveness": -0.05}, "greater than or equal to 0"),
        (Declared, {"worth": {"USA": cited(1, "trillion JPY", 0, 5)}}, "in million USD or billion USD"),
        (
            Standard,
            {"degree": cited(1.8), "extends_to": "all", "top_down": WHOLE},
            "from 0 to 1 share, not 1.8",
        ),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_with_what_would_be_right(
    model: type[Frozen], terms: dict[str, Any], told: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        model.model_validate(terms)
    assert told in str(caught.value)


FILE = """\
title: t
sources:
  - {id: s, title: S, publisher: P, kind: own}
measures:
  - id: m
    title: M
    imposer: IMPOSER
    authority: a
    scope: {sectors: [SECTOR]}
    kind: KIND
    terms:
      TERMS
    stage: offered
    legal_from: 2025-01-01
    known_from: 2025-01-01
    legal_basis: law
    source: [s]
    status: fact
"""
FIGURE = "{value: 1, unit: million USD, status: fact, source: s}"


def problems(tmp_path: Path, terms: str, kind: str = "purchase", sector: str = "A01", imposer: str = "JPN"):
    path = tmp_path / "m.yaml"
    text = FILE.replace("TERMS", terms).replace("KIND", kind)
    path.write_text(text.replace("SECTOR", sector).replace("IMPOSER", imposer), encoding="utf-8")
    try:
        Register.load([path])
    except InputError as error:
        return [str(one).replace(str(path), "m") for one in error.problems]
    return []


def test_a_wrong_unit_is_told_at_its_line(tmp_path: Path) -> None:
    terms = f"before: {FIGURE.replace('million USD', 'weeks')}\n      after: {FIGURE}"
    told = problems(tmp_path, terms, "customs")
    assert told == [
        "m:12: measures.0.terms.before: in days or hours, not in 'weeks'",
        "m:13: measures.0.terms.after: in days or hours, not in 'million USD'",
    ]


def test_small_products_are_the_importers_own_and_within_the_scope(tmp_path: Path) -> None:
    def niche(name: str, **about: str) -> list[str]:
        return problems(tmp_path, f"amount: {FIGURE}\n      niches: [{name}]", **about)

    assert niche("corn") == []
    assert niche("cron") == ["m:13: niches: unknown small product 'cron' (did you mean corn?)"]
    assert niche("corn", sector="B06") == [
        "m:13: niches: 'corn' is in sector A01, outside the scope (scope: {sectors: [A01]})"
    ]
    assert niche("corn", imposer="USA") == [
        "m:13: niches: 'corn' is what JPN imports, and USA imposes this (USA has none)"
    ]
    (told,) = niche("corn", imposer="CHN")
    assert told.startswith("m:13: niches: 'corn' is what JPN imports, and CHN imposes this (CHN has ")
    assert "scallops" in told
    assert "soybeans" not in told
    assert niche("corn, cron") == niche("cron")  # one that is right does not hide one that is not


@pytest.mark.parametrize(
    ("scope", "held"),
    [
        ("{goods: true}", True),
        ('{hs: {edition: HS 2022, prefixes: ["1005"]}}', True),
        ('{hs: {edition: HS 2022, prefixes: ["1005.90"]}}', True),
        ('{hs: {edition: HS 2022, prefixes: ["1006"]}}', False),
        ("{lists: [grains]}", True),
        ("{lists: [meat]}", False),
        ("{lists: [named]}", True),
        ("{sectors: [G]}", False),
    ],
)
def test_a_small_product_lies_in_a_scope_that_holds_some_of_it(
    tmp_path: Path, scope: str, *, held: bool
) -> None:
    lists = "".join(
        f"  {name}: {{title: L, edition: HS 2022, prefixes: [{code}], source: [s]{more}}}\n"
        for name, code, more in (
            ("grains", "'1005.90'", ""),
            ("meat", "'0201'", ""),
            ("named", "'0202'", ", niches: [corn]"),
        )
    )
    terms = f"amount: {FIGURE}\n      niches: [corn]"
    text = FILE.replace("TERMS", terms).replace("KIND", "purchase").replace("IMPOSER", "JPN")
    path = tmp_path / "m.yaml"
    path.write_text(
        text.replace("{sectors: [SECTOR]}", scope).replace("measures:", f"lists:\n{lists}measures:"),
        encoding="utf-8",
    )
    if held:
        Register.load([path])
        return
    with pytest.raises(InputError, match="'corn' is in sector A01, outside the scope"):
        Register.load([path])


def test_small_products_of_a_tariff_quota_are_looked_at_as_those_of_terms(tmp_path: Path) -> None:
    def quota(name: str) -> list[str]:
        path = tmp_path / "m.yaml"
        rates = f"value: 0\n    value_out: 20\n    quota:\n      amount: {FIGURE}\n      niches: [{name}]"
        text = FILE.replace("terms:\n      TERMS", rates).replace("KIND", "tariff_quota")
        path.write_text(text.replace("SECTOR", "A01").replace("IMPOSER", "JPN"), encoding="utf-8")
        try:
            Register.load([path])
        except InputError as error:
            return [str(one).replace(str(path), "m") for one in error.problems]
        return []

    assert quota("corn") == []
    assert quota("cron") == ["m:15: niches: unknown small product 'cron' (did you mean corn?)"]


def test_terms_are_read_as_the_kind_has_them(tmp_path: Path) -> None:
    terms = "rates: {value: 9, unit: percent, status: fact, source: s}\n      drive: electric"
    (told,) = problems(tmp_path, terms, "subsidy", "C29")
    assert told.startswith("m:12: measures.0.terms.rates: unknown key (did you mean rate")
    (told,) = problems(tmp_path, f"amount: {FIGURE}", "purchas")
    assert told.endswith("not 'purchas' (did you mean purchase?)")
    (told,) = problems(tmp_path, f"amount: {FIGURE}\n      holder: XYZ", "quota")
    assert told == "m:13: measures.0.terms.holder: unknown country 'XYZ'"
