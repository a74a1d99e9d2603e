"""Measures as people say them: every word is understood, or told."""

from __future__ import annotations

from datetime import date

import pytest
from tests.measures import shipped

from kosho.errors import InputError
from kosho.law.one_line import one_line
from kosho.scenario.additions import add_to_base, add_to_law
from kosho.scenario.plain_line import is_plain, plain_line
from kosho.world import WorldChoice

DAY = date(2025, 6, 29)


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ("US puts 25% on German steel from August 1, 2025", "USA DEU C24A 25% from 2025-08-01"),
        ("The EU will impose an additional 10% on Japanese cars and steel", "EU27 JPN C29,C24A +10%"),
        ("USA: 15% on everything from Japan", "USA JPN goods 15%"),
        ("United States bans steel from China", "USA CHN C24A ban"),
        ("Japan halves the duty on American wine", "JPN USA C10T12 cut 50%"),
        ("US 10% on all countries but Canada, all goods", "USA all,-CAN goods 10%"),
        ("duty-free access for British whisky into Japan", "JPN GBR C10T12 free"),
        ("America's 50 percent tariff on Brazilian coffee", "USA BRA A01 50%"),
        ("American duty of 25% on German cars from 1 August", "USA DEU vehicles-232 25% from 2025-08-01"),
        ("米国がドイツ車に8月1日から25%", "USA DEU vehicles-232 25% from 2025-08-01"),
        ("米国がドイツ車に6月1日から25%", "USA DEU vehicles-232 25% from 2026-06-01"),
        ("日本が米国産牛肉の関税を半減", "JPN USA C10T12 cut 50%"),
        ("EUが中国製電池に２０２５年８月１日から１０％上乗せ", "EU27 CHN C27 +10% from 2025-08-01"),
        ("Duty of 5% on cars from Japan into Korea", "KOR JPN C29 5%"),
        ("By the US, 25% on German steel", "USA DEU C24A 25%"),
        ("25% on German steel by the US", "USA DEU C24A 25%"),
        ("Starting 1 August US 25% on German steel", "USA DEU C24A 25% from 2025-08-01"),
        ("As of 1 August, the US puts 25% on German steel", "USA DEU C24A 25% from 2025-08-01"),
        ("The US's 25% on Japan's steel", "USA JPN C24A 25%"),
        ("On German steel KOR puts 25%", "KOR DEU C24A 25%"),
        ("US 25% on German steel and steel", "USA DEU C24A 25%"),
        ("Japan bans everything of Russia", "JPN RUS goods ban"),
        ("Vietnam max of 5% on pork from USA", "VNM USA C10T12 max 5%"),
        ("日本を除く全ての国に米国が全品目10%", "USA all,-JPN goods 10%"),
        ("日本が米産ワインを10%引き下げ", "JPN USA C10T12 cut 10%"),
        ("8月1日から米国がドイツ車に25%", "USA DEU vehicles-232 25% from 2025-08-01"),
        ("US 25% on German C24A", "USA DEU C24A 25%"),
        ("US puts on imported German steel 25%", "USA DEU C24A 25%"),
        ("Steel from Japan: US 25%", "USA JPN C24A 25%"),
        ("Into the US 25% on steel from Japan", "USA JPN C24A 25%"),
        ("25% on steel from Japan, but not from Korea, in the US", "USA JPN,-KOR C24A 25%"),
        ("25% on steel, Japan's, by the US", "USA JPN C24A 25%"),
    ],
)
def test_words_become_the_line_they_mean(said: str, line: str):
    found = plain_line(said, shipped(), DAY)
    assert found.line == line
    assert one_line(found.line, shipped(), DAY).measures


@pytest.mark.parametrize(
    ("said", "on", "since"),
    [
        ("6月29日", "2025-06-29", "2025-06-29"),
        ("6月28日", "2025-06-29", "2026-06-28"),
        ("2024年8月1日", "2025-06-29", "2024-08-01"),
        ("12月20日", "2024-01-10", "2024-12-20"),
        ("昨日", "2025-06-29", "2025-06-28"),
        ("29 June", "2025-06-29", "2025-06-29"),
        ("28 June", "2025-06-29", "2026-06-28"),
        ("1 May", "2025-06-29", "2026-05-01"),
        ("3 December", "2025-06-29", "2025-12-03"),
        ("1 August 2024", "2025-06-29", "2024-08-01"),
        ("yesterday", "2025-06-29", "2025-06-28"),
        ("29 February", "2024-01-10", "2024-02-29"),
        ("29 February", "2024-03-10", None),  # the next year has none
        ("2月29日", "2024-03-10", None),
    ],
)
def test_a_day_without_a_year_is_the_next_one(said: str, on: str, since: str | None) -> None:
    english = said.isascii()
    text = f"US 25% on German steel from {said}" if english else f"米国がドイツ産鉄鋼に{said}から25%"
    if since is None:
        with pytest.raises(InputError, match=f"{said}' is no day"):
            plain_line(text, shipped(), date.fromisoformat(on))
    else:
        line = plain_line(text, shipped(), date.fromisoformat(on)).line
        assert line == f"USA DEU C24A 25% from {since}"


def test_what_else_words_could_mean_is_told_and_what_they_are_taken_for() -> None:
    found = plain_line("US 25% on German cars", shipped(), DAY)
    assert found.goods == (("cars", "vehicles-232", "Passenger vehicles and light trucks"),)
    assert found.others[0] == "C29"
    assert "vehicles-232" not in found.others
    assert found.heard == ("“cars” is taken for all of Passenger vehicles and light trucks (vehicles-232)",)
    korean = plain_line("Korea 25% on German cars", shipped(), DAY)  # whose law has no such group
    assert korean.line == "KOR DEU C29 25%"


def test_who_imposes_it_may_be_said_beside_and_is_never_guessed():
    said = "at most 5% on Korean batteries"
    assert plain_line(said, shipped(), DAY, "JPN").line == "JPN KOR C27 max 5%"
    with pytest.raises(InputError, match="who imposes it is not said"):
        plain_line(said, shipped(), DAY)


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ("US 25% on German unicorns", "'unicorns' is not understood"),
        ("US 25% on German XYZZY", "'XYZZY' is not understood"),
        ("US 25% on cars", "whose goods it is on is not said"),
        ("US duty on German cars", "no rate is said"),
        ("US 25% on Germany", "which goods is not said"),
        ("US and Japan put 25% on German cars", "two are said to impose it"),
        ("US 25% on German cars from August", "August"),
        ("US 25% and 10% on German steel", "two rates are said"),
        ("US 25% on German steel from 1 August, then from 3 August", "two days are said"),
        ("米国がドイツのりんごジャムに25%", "is not understood"),
    ],
)
def test_what_is_not_said_or_not_understood_is_told(said: str, wrong: str):
    with pytest.raises(InputError, match=wrong):
        plain_line(said, shipped(), DAY)


@pytest.mark.parametrize(
    ("said", "all_wrong"),
    [
        ("US 25% on Lima German steel", ["'Lima' is not understood"]),
        ("25% on Lima steel", ["'Lima steel' is not understood", "who imposes it", "whose goods it is on"]),
        (
            "Japan and US",
            ["which goods is not said", "two are said to impose", "no rate is said", "whose goods"],
        ),
    ],
)
def test_all_that_is_wrong_is_told_at_once(said: str, all_wrong: list[str]):
    with pytest.raises(InputError) as raised:
        plain_line(said, shipped(), DAY)
    told = [one.message for one in raised.value.problems]
    assert [any(words in one for one in told) for words in all_wrong] == [True] * len(told)


@pytest.mark.parametrize(
    ("goods", "hint"),
    [
        ("unicorns", "search with: kosho codes unicorns"),
        ("vehicels", "did you mean C29 (Motor vehicles and parts) or auto-parts"),
    ],
)
def test_what_is_near_is_suggested_and_else_where_to_search(goods: str, hint: str):
    with pytest.raises(InputError) as raised:
        plain_line(f"US 25% on German {goods}", shipped(), DAY)
    (one,) = raised.value.problems
    assert (one.hint or "").startswith(hint)


def test_codes_are_read_as_before():
    lines = [
        "EU27 JPN C29 25%",
        "USA DEU C29 +25% on top",
        "USA DEU C29 25% from 2025-08-01",
        "EU27 JAP C92 25",
    ]
    assert not any(map(is_plain, lines))


def test_a_line_in_words_does_what_the_line_in_codes_does_and_is_laid_on_the_law_of_its_first_day():
    world = WorldChoice.parse("talks")
    said = add_to_law(["US puts an additional 5% on Korean cars from 1 August"], DAY, world)
    coded = add_to_law(["USA KOR vehicles-232 +5% from 2025-08-01"], DAY, world)
    assert said.countries == coded.countries
    assert said.on == date(2025, 8, 1)
    assert any("vehicles-232" in one for one in said.assumptions)
    with pytest.raises(InputError, match="the base is the law of 2022"):
        add_to_base(["US puts 25% on Korean cars from 1 August"], world)


def test_a_day_that_is_none_is_told():
    with pytest.raises(InputError, match=r"from >2025-13-01<.*: no day '2025-13-01'"):
        one_line("USA DEU C29 25% from 2025-13-01", shipped(), DAY)
