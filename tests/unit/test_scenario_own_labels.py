"""Duties in the labels of a table itself: what a line says, to the number."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from kosho.errors import InputError
from kosho.scenario.additions import Way, _in_own_labels
from kosho.scenario.own_labels import OwnLine, own_lines, with_duties
from kosho.world import toy

RENAMED = toy().aggregate(sectors={"farms": ["A01"], "cars": ["C29"]})


@pytest.mark.parametrize(
    ("text", "rate", "on_top", "sectors", "partners"),
    [
        ("USA JPN cars 25%", 0.25, False, ("cars",), ("JPN",)),
        ("USA JPN cars +2.5%", 0.025, True, ("cars",), ("JPN",)),
        ("USA JPN,CHN cars free", 0.0, False, ("cars",), ("JPN", "CHN")),
        ("USA all cars,farms 1% in all", 0.01, False, ("cars", "farms"), ("JPN", "CHN")),
        ("JPN USA cars +3% on top", 0.03, True, ("cars",), ("USA",)),
    ],
)
def test_a_line(
    text: str, rate: float, on_top: bool, sectors: tuple[str, ...], partners: tuple[str, ...]
) -> None:
    (found,) = own_lines([text], RENAMED)
    assert (found.rate, found.on_top) == (rate, on_top)
    assert (set(found.sectors), set(found.partners)) == (set(sectors), set(partners))
    assert found.importer == text.split(maxsplit=1)[0]


@pytest.mark.parametrize(
    "text",
    [
        "USA JPN cars",
        "USA JPN cars -5%",
        "USA JPN cars 5",
        "USA,JPN CHN cars 5%",
        "USA JPN boats 5%",
        "USA JPN C29 5%",
        "USA JPN goods 5%",  # nothing of it is the table's own word
        "USA JPN all 5%",
        "USA all C29 5%",
        "USA all goods 5%",
    ],
)
def test_no_line(text: str) -> None:
    assert own_lines([text], RENAMED) == ()
    assert own_lines(["USA JPN cars 25%", text], RENAMED) == ()


ASIA = toy().aggregate(
    regions={"USA": ["USA"], "Asia": ["JPN", "CHN"]}, sectors={"A01": ["A01"], "C29": ["C29"]}
)


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("USA Asia all 5%", True),
        ("USA Asia C29 5%", True),
        ("Asia USA C29 5%", True),
        ("USA all C29 5%", False),  # nothing of it is the table's own word
        ("USA all goods 5%", False),
    ],
)
def test_a_partner_may_be_the_tables_own_word(text: str, own: bool) -> None:
    assert [one.text for one in own_lines([text], ASIA)] == ([text] if own else [])


@pytest.mark.parametrize(
    ("partners", "goods", "told"),
    [(8, 9, "p0, p1, p2, p3, p4, p5, p6, p7, all sectors"), (9, 8, "all, s0, s1, s2, s3, s4, s5, s6, s7")],
)
def test_more_than_eight_are_all(partners: int, goods: int, told: str) -> None:
    names = tuple(f"p{k}" for k in range(partners)), tuple(f"s{k}" for k in range(goods))
    line = OwnLine("", "me", *names, rate=0.025, on_top=False)
    assert line.title == f"me on {told}: 2.5 % in all"


def test_each_line_is_laid_on_what_stood_before_it() -> None:
    before = RENAMED.tariff.sel(importer="USA", exporter="JPN", sector="cars").item()
    for texts, found in (
        (["USA JPN cars +5%"], before + 0.05),
        (["USA JPN cars 25%"], 0.25),
        (["USA JPN cars 25%", "USA all cars +5%"], 0.3),
        (["USA all cars +5%", "USA JPN cars 25%"], 0.25),
        (["USA JPN cars +5%", "USA JPN cars free"], 0.0),
    ):
        rates = with_duties(own_lines(texts, RENAMED), RENAMED)
        assert rates.sel(importer="USA", exporter="JPN", sector="cars").item() == pytest.approx(found)
        others = rates.sel(importer="JPN") - RENAMED.tariff.sel(importer="JPN")
        assert float(abs(others).max()) == 0.0
        assert rates.sel(importer="USA", exporter="USA", sector="cars").item() == 0.0


def test_a_duty_in_all_needs_to_know_what_stood_before_and_one_on_top_does_not() -> None:
    unknown = RENAMED.tariff.copy(data=RENAMED.tariff.to_numpy() * 0).astype(bool)
    unknown.loc["USA", "JPN", "cars"] = True
    world = replace(RENAMED, unknown_tariff=unknown)
    told = r"--add 2: 'USA JPN cars 25%': this table does not know"
    with pytest.raises(InputError, match=told):
        with_duties(own_lines(["USA JPN cars +5%", "USA JPN cars 25%"], world), world)
    with pytest.raises(InputError, match=r"--add 1: .* does not know the ordinary duty"):  # of one cell of four
        with_duties([OwnLine("", "USA", ("JPN", "CHN"), ("cars", "farms"), 0.25, on_top=False)], world)
    with_duties(own_lines(["USA JPN cars +5%", "USA CHN cars 25%", "USA JPN farms 25%"], world), world)


def test_lines_in_own_labels_are_told_against_the_base_of_the_table() -> None:
    lines = own_lines(["USA JPN,CHN cars 25%", "JPN USA cars,farms +5%"], RENAMED)
    found = _in_own_labels(lines, RENAMED, Way())
    assert [(one.importer, one.covers, one.measures) for one in found.lines] == [
        ("USA", ("cars",), ()),
        ("JPN", ("cars", "farms"), ()),
    ]
    assert (found.idle, found.left_out, found.on) == ({}, {}, date(2000, 1, 1))  # of no year
    dated = replace(RENAMED, meta=replace(RENAMED.meta, year=2019))
    assert _in_own_labels(lines, dated, Way()).on == date(2019, 12, 31)
    assert float(np.abs(found.without.equivalent_variation).max()) < 1e-6
    cars = RENAMED.sector_position("cars")
    usa, countries = RENAMED.position("USA"), RENAMED.countries
    before = {code: float(RENAMED.arrays.flows[usa, n, cars]) for n, code in enumerate(countries)}
    told = found.sellers(found.lines[0])
    assert {one.exporter: one.before for one in told} == pytest.approx(before)
    after = found.with_them.flows.to_numpy()[usa, :, cars]
    assert {one.exporter: one.after for one in told} == pytest.approx(dict(zip(countries, after, strict=True)))
    moves = [abs(one.after - one.before) for one in told]
    assert moves == sorted(moves, reverse=True)
    assert moves[0] > moves[-1] > 0
    both = found.sellers(found.lines[1])
    flows = RENAMED.arrays.flows[RENAMED.position("JPN")].sum(axis=1)
    assert {one.exporter: one.before for one in both} == pytest.approx(dict(zip(countries, flows, strict=True)))
