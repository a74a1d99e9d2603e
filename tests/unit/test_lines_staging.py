"""Every form of staging after every cut, and on which day a cut is made."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from kosho.errors import InputError
from kosho.law.schedules import parse_duty
from kosho.lines import agreements, parse_category, staged


@pytest.mark.parametrize(
    ("text", "base", "rates", "last", "free"),
    [
        ("immediate", 8, [8, 0, 0], 1, True),
        ("keep", 8, [8, 8, 8], 0, False),
        ("equal 4", 8, [8, 6, 4, 2, 0, 0], 4, True),
        ("hold 2 equal 2", 8, [8, 8, 8, 4, 0, 0], 4, True),
        ("steps 50 25 25", 8, [8, 4, 2, 0, 0], 3, True),
        ("steps 50 25", 8, [8, 4, 2, 2], 2, False),
        ("to 4 in 2", 8, [8, 6, 4, 4], 2, False),
        ("to 4 in 2", 4, [4, 4, 4], 2, False),
        ("to 4 in 2", 3, [3, 3, 3], 2, False),
        ("via 1:6 3:0", 8, [8, 6, 3, 0, 0], 3, True),
        ("via 2:6 4:5", 8, [8, 7, 6, Fraction(11, 2), 5, 5], 4, False),
        ("minus 3", 8, [8, 5, 2, 0, 0], 3, True),
        ("minus 3", Fraction(17, 2), [Fraction(17, 2), 5, 2, 0], 3, True),
        ("minus 3", 2, [2, 0, 0], 1, True),
        ("equal 2; quota 100 t grows 1%", 8, [8, 4, 0], 2, False),
    ],
)
def test_a_rate_after_every_cut(
    text: str, base: Fraction, rates: list[Fraction], last: int, free: bool
) -> None:
    one = parse_category(text)
    assert [one.rate(Fraction(base), cut) for cut in range(len(rates))] == rates
    assert (one.last(Fraction(base)), one.ends_free) == (last, free)
    assert one.percent_only is text.startswith(("to", "via", "minus"))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("equal 100", None),
        ("equal 101", "101 dates"),
        ("equal 0", "0 dates"),
        ("hold 0 equal 3", "0 dates"),
        ("steps 60 40", None),
        ("steps 60 41", "takes off more than all"),
        ("via 1:5", None),
        ("via 0:5", "needs dates from 1 on"),
        ("via 2:5 2:4", "needs dates from 1 on"),
        ("via 3:5 2:4", "needs dates from 1 on"),
        ("via 100:0", None),
        ("via 101:0", "needs dates from 1 on"),
        ("minus 0", "takes nothing off"),
        ("minus 0.5", None),
        ("B10", "is the name of a category"),
        ("half", "is no staging"),
        ("keep; 200", "has no tariff quota"),
    ],
)
def test_a_staging_that_cannot_be_is_told(text: str, told: str | None) -> None:
    if told is None:
        parse_category(text)
        return
    with pytest.raises(InputError, match=told):
        parse_category(text)


@pytest.mark.parametrize(
    ("quota", "volumes"),
    [
        ("quota 200 t grows 10%", [200, 220, 242, Fraction(1331, 5)]),
        ("quota 200 t grows 10% for 2", [200, 220, 242, 242]),
        ("quota 200 t grows 0%", [200, 200, 200, 200]),
    ],
)
def test_a_quota_grows_every_year_or_for_some(quota: str, volumes: list[Fraction]) -> None:
    found = parse_category(f"keep; {quota}").quota
    assert found is not None
    assert [found.volume(year) for year in range(1, 5)] == volumes


@pytest.mark.parametrize(
    ("name", "entry", "days"),
    [
        ("late", "2019-02-01", ["2019-02-01", "2019-04-01", "2020-04-01"]),
        ("same", "2019-04-01", ["2019-04-01", "2020-04-01", "2021-04-01"]),
        ("early", "2019-05-01", ["2019-05-01", "2020-04-01", "2021-04-01"]),
    ],
)
def test_a_cut_is_made_at_entry_and_on_every_later_day(name: str, entry: str, days: list[str]) -> None:
    usual = agreements()["japan-eu-jpn"]
    rules = usual.model_copy(update={"id": name, "entry": date.fromisoformat(entry), "later": "04-01"})
    for cut, text in enumerate(days, start=1):
        day = date.fromisoformat(text)
        assert rules.day_of(cut) == day
        assert (rules.cuts_made(date.fromordinal(day.toordinal() - 1)), rules.cuts_made(day)) == (cut - 1, cut)
    assert rules.day_of(0) == rules.day_of(1)
    with pytest.raises(InputError, match="no day of entry"):
        rules.model_copy(update={"entry": None}).cuts_made(date(2020, 1, 1))


@pytest.mark.parametrize(
    ("instalments", "name", "cuts"),
    [
        ("n", "B3", 3),
        ("n+1", "B3", 4),
        ("n", "B12", 12),
        ("n", "A", 1),
        ("n", "B0", None),
        ("none", "B3", None),
    ],
)
def test_a_category_has_as_many_cuts_as_its_agreement_says(
    instalments: str, name: str, cuts: int | None
) -> None:
    rules = agreements()["japan-eu-jpn"].model_copy(
        update={"instalments": instalments, "names": {"X": "equal 7"}}
    )
    assert (rules.category("X").cuts, rules.category("X").text) == (7, "X")
    assert rules.category("X; quota 9 t grows 1%").quota is not None
    if cuts is None:
        with pytest.raises(InputError, match="is the name of a category"):
            rules.category(name)
        return
    assert rules.category(name).cuts == cuts
    limited = rules.category(f"{name}; quota 9 t grows 1%")
    assert (limited.cuts, limited.quota is not None) == (cuts, True)


@pytest.mark.parametrize(
    ("duty", "path"),
    [
        ("8%", ["8%", "4%", "Free"]),
        ("Free", ["Free", "Free", "Free"]),
        ("10 yen/kg", ["10 JPY/kg", "5 JPY/kg", "Free"]),
        ("8% + 10 yen/kg", ["8% + 10 JPY/kg", "4% + 5 JPY/kg", "Free"]),
    ],
)
def test_every_element_of_a_duty_is_staged(duty: str, path: list[str]) -> None:
    rules = agreements()["japan-eu-jpn"]
    found = staged(parse_duty(duty), parse_category("equal 2"), rules)
    assert [str(one.duty) for one in found] == path
    assert [one.cut for one in found] == [0, 1, 2]
    assert [one.day for one in found] == [None, rules.day_of(1), rules.day_of(2)]
    if "yen" in duty:
        with pytest.raises(InputError, match="is told in percent"):
            staged(parse_duty(duty), parse_category("minus 3"), rules)
