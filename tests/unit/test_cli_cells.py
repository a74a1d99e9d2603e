"""Cells that commands write in tables, of every kind that there is: one end, both ends, none, few and many."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from kosho import corridor, language
from kosho.cli import bargain_answer, lines_goods, several
from kosho.cli.bargain_words import worth_ends
from kosho.cli.corridor import Settings, _compute
from kosho.cli.lines_ranges import _ends
from kosho.cli.rate import _range, _total
from kosho.cli.record import _words
from kosho.cli.register import _value
from kosho.cli.register_upkeep import _several
from kosho.cli.replicate import _said
from kosho.corridor import sensitivity


def rates(rate: float | None, low: float | None, high: float | None, **more: Any) -> Any:
    nothing: dict[str, Any] = {"likely": None, "if_free": None, "lowest": (), "highest": (), "unknown": ()}
    return SimpleNamespace(rate=rate, low=low, high=high, **(nothing | more))


@pytest.mark.parametrize(
    ("rate", "low", "high", "cell", "told"),
    [
        (0.25, 0.25, 0.25, "25", []),
        (0.25, None, 0.3, "25", ["at most 30 %"]),
        (0.25, 0.1, 0.275, "25 (10 to 27.5)", ["if what is not certain were otherwise, between 10 and 27.5 %"]),
        (None, 0.0, 0.15, "0 to 15", ["between 0 and 15 %"]),
        (None, 0.1, None, "at least 10", ["at least 10 %"]),
        (None, None, 0.1, "at most 10", ["at most 10 %"]),
        (None, None, None, "not known", []),
        (None, 0.0, None, "not known", []),
    ],
)
def test_a_rate_is_told_by_the_ends_that_are_known(
    rate: float | None, low: float | None, high: float | None, cell: str, told: list[str]
) -> None:
    assert _total(rates(rate, low, high)) == cell
    assert _range(rates(rate, low, high)) == told


def test_a_range_names_the_lines_at_its_ends_and_what_is_likely() -> None:
    lines = [SimpleNamespace(hs=f"87032{k}") for k in range(8)]
    few = tuple(SimpleNamespace(hs=f"87033{k}") for k in range(6))
    found = rates(
        *(None, 0.025, 0.1),
        likely=0.0666,
        if_free=(0.0, 0.05),
        lowest=few,
        highest=tuple(lines[1:]),
        unknown=("two rates",),
    )
    assert _range(found) == [
        "no total: two rates",
        "between 2.5 and 10 %",
        "likely 6.7 %, the mean over lines weighed with imports by line",
        "were the ordinary duty nothing: 0 to 5 %",
        "2.5 %: 870330, 870331, 870332, 870333, 870334, 870335",
        "10 %: 870321, 870322, 870323, 870324, 870325, 870326 and 1 more",
    ]
    certain = rates(0.1, 0.05, 0.1, likely=0.06, if_free=(0.05, None), lowest=lines[:1], highest=lines[:1])
    assert _range(certain) == [
        "if what is not certain were otherwise, between 5 and 10 %",
        "were the ordinary duty nothing: 5 %",
    ]


@pytest.mark.parametrize(
    ("low", "high", "cell"),
    [
        (-300.0, 0.0, "−0.30 to 0 billion USD"),
        (200.0, 200.0, "+0.20 billion USD"),
        (0.0, 0.0, "0 billion USD"),
        (-1500.0, 2000.0, "−1.5 to +2.0 billion USD"),
    ],
)
def test_what_a_thing_is_worth_is_one_figure_where_its_ends_are_one(low: float, high: float, cell: str) -> None:
    assert worth_ends({"low": low, "high": high}) == cell


def test_partners_are_named_up_to_four() -> None:
    assert _several(("all", "JPN", "KOR", "GBR")) == "all, Japan, Korea, United Kingdom"
    assert (
        _several(("all", "JPN", "KOR", "GBR", "CHE", "MEX")) == "all, Japan, Korea, United Kingdom and 2 more"
    )


def test_all_partners_are_all_in_the_language_that_is_spoken() -> None:
    with language.use("ja"):
        assert _several(("all", "JPN")) == "全世界、日本"


@pytest.mark.parametrize(
    ("value", "cell"), [(True, "yes"), (False, "no"), (0.5, "0.5"), (1.0, "1"), (3, "3"), ("rebate", "rebate")]
)
def test_a_choice_of_a_run_is_said_in_words(value: object, cell: str) -> None:
    assert _said(value) == cell


def measure(value: Any, *, kind: str = "tariff", unit: str = "percent", out: float | None = None) -> Any:
    return SimpleNamespace(
        value=value,
        kind=kind,
        unit=unit,
        value_out=out,
        level_on=lambda partner, in_quota=True: (
            value[partner] if isinstance(value, dict) else value if in_quota else out
        ),
    )


@pytest.mark.parametrize(
    ("of", "partner", "cell"),
    [
        (measure(None, kind="export_control"), None, "export control"),
        (measure(25.0), None, "25 %"),
        (measure(25.0, kind="floor"), "JPN", "floor 25 %"),
        (measure(0.5, unit="USD/kg"), "JPN", "0.5 USD/kg"),
        (measure({"JPN": 15.0, "KOR": 25.0, "GBR": 10.0}), None, "10 to 25 %"),
        (measure({"JPN": 15.0, "KOR": 25.0}), "JPN", "15 %"),
        (measure(10.0, out=25.0), None, "inside and outside a quota"),
        (measure(10.0, out=25.0), "GBR", "10 % in quota, 25 % outside"),
    ],
)
def test_the_value_of_a_measure_is_that_on_the_partner(of: Any, partner: str | None, cell: str) -> None:
    assert _value(of, partner) == cell


def test_long_words_are_cut_between_words() -> None:
    assert _words("a b\n  c") == "a b c"
    assert _words("x" * 90) == "x" * 90
    assert _words("word " * 20) == "word " * 17 + "…"


def table(**more: Any) -> Any:
    nothing: dict[str, Any] = {"problem": "", "zone": None, "solutions": {}, "gains": {}, "countries": {}}
    return SimpleNamespace(**(nothing | more))


def test_cells_of_several_tables_say_what_is_not_known_and_what_there_is_none_of() -> None:
    one = table(
        zone=True, solutions={"nash": {"cars": "all-15", "rest": "add-10"}}, gains={"nash": {"JPN": 280.0}}
    )
    silent = table(problem="no such economy")
    assert [several._zone(each) for each in (one, table(zone=False), silent)] == ["yes", "no", "not known"]
    options = [several._options(each, "nash") for each in (one, table(), silent)]
    assert options == ["cars all-15, rest add-10", "none", "not known"]
    assert [several._gain(each, "nash", "JPN") for each in (table(), silent)] == ["none", "not known"]
    assert several._figure(table(countries={"JPN": {"welfare": -0.0123}}), "JPN") == "−1.2"
    assert several._figure(one, "JPN") == "not known"
    facts = SimpleNamespace(year=2019, unknown_duties=0.126), SimpleNamespace(year=None, unknown_duties=None)
    assert [several._year(each) for each in facts] == ["2019", "not known"]
    assert [several._unknown(each) for each in facts] == ["13", "none"]


@pytest.mark.parametrize(
    ("duty", "cell"),
    [
        (None, ""),
        ((None, None, 3), "+"),
        ((0.0, 0.048, 0), "0 – 4.8"),
        ((0.0, 0.048, 2), "0 – 4.8 +"),
        ((0.03, 0.03, 0), "3"),
    ],
)
def test_duties_of_a_good_are_a_range_with_a_mark_for_other_duties(duty: Any, cell: str) -> None:
    given = None if duty is None else SimpleNamespace(low=duty[0], high=duty[1], other=duty[2])
    assert lines_goods._range(given) == cell


def test_ends_that_look_alike_are_one() -> None:
    assert _ends({"low": 1.04, "high": 0.96}, lambda value: f"{value:.1f}") == "1.0"
    assert _ends({"low": 1.0, "high": 2.0}, lambda value: f"{value:.1f}") == "1.0 – 2.0"


def test_parameters_of_a_corridor_are_moved_under_the_first_of_its_scenarios(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    moved: list[str] = []
    monkeypatch.setattr(corridor, "simulate", lambda *_of, **_how: SimpleNamespace(runs=(1, 2)))
    monkeypatch.setattr(corridor, "under", lambda opened, name: (opened, name))
    monkeypatch.setattr(sensitivity, "tornado", lambda _opened, name, **_how: moved.append(name))
    opened: Any = SimpleNamespace(scenarios={name: SimpleNamespace(title=name) for name in ("early", "late")})
    run: Any = None
    _compute(opened, ["early", "late"], Settings(2, None, 1), run, tornado=True)
    assert moved == ["early"]


def test_a_deal_that_never_stops_is_told_down_to_where_it_was_sought(monkeypatch: pytest.MonkeyPatch) -> None:
    rows: list[Any] = []
    monkeypatch.setattr(bargain_answer, "show_table", lambda _title, _heads, found, **_how: rows.extend(found))
    weight = SimpleNamespace(id="cars", title="Cars")
    parties = (SimpleNamespace(payoff=SimpleNamespace(weights=(weight,))),)
    deal: Any = SimpleNamespace(table=SimpleNamespace(file=SimpleNamespace(parties=parties)))
    found = {
        "nash": {"least_scale": 0.125, "theta_scale": None, "weights": {"cars": None}},
        "utilitarian": {"least_scale": 0.125, "theta_scale": 0.6512, "weights": {"cars": 24.4178}},
        "egalitarian": None,
    }
    bargain_answer._show_critical(deal, {"critical": found})
    assert rows == [
        ("Elasticities times", "never, down to 0.12", "0.65"),
        ("Weight above one on: Cars", "never", "24.42"),
    ]
