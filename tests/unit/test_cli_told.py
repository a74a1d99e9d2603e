"""What commands say in few words: ends of rates, years, offers by turns, gains, what is left out."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import typer

from kosho.cli import bargain_answer, bounds, lines_goods, lines_use, rate, replicate, terminal
from kosho.cli.lines_data import _bounds, _years_told, rate_told
from kosho.cli.lines_sides import narrowed
from kosho.cli.lines_swap import _gain
from kosho.cli.lines_use import use_of_cuts
from kosho.cli.several import _stop_where_silent
from kosho.cli.tariffs import _rate_set
from kosho.errors import InputError


@pytest.mark.parametrize(
    ("low", "high", "told"),
    [
        (0.0, 0.125, "the rate is not one: 0 to 12.5 %"),
        (0.025, 0.275, "the rate is not one: 2.5 to 27.5 %"),
        (0.1 / 3, float("inf"), "the rate is not known: 3.33 % or more"),
        (0.0, float("inf"), "the rate is not known: 0 % or more"),
    ],
)
def test_ends_of_a_rate_are_told_as_they_are(low: float, high: float, told: str) -> None:
    assert _bounds(low, high) == told


@pytest.mark.parametrize(
    ("held", "year", "told"),
    [
        ([(2024,)], None, None),
        ([(2024,), (2024,), ()], None, None),
        ([(2022, 2024)], None, "of 2024, of 2022, 2024 that"),
        ([(2022, 2024)], 2022, "of 2022, of 2022, 2024 that"),
        ([(2023,), (2024,)], None, "of 2023, 2024, of 2023, 2024 that"),
        ([(2023,), (2024,)], 2023, "of 2023, of 2023, 2024 that"),
    ],
)
def test_which_of_several_years_are_taken_is_said(
    held: list[tuple[int, ...]], year: int | None, told: str | None
) -> None:
    files: Any = [SimpleNamespace(years=years) for years in held]
    found = _years_told(files, year)
    if told is None or (year is not None and len(held) > 1):
        assert found == []
        return
    assert f"the trade is {told}" in found[0]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("cars=USA:JPN+DEU:C29", ("cars", "USA", ("JPN", "DEU"), ("C29",))),
        ("all=USA", ("all", "USA", (), ())),
        ("all=USA::C29+C30", ("all", "USA", (), ("C29", "C30"))),
        ("=USA:JPN", None),
        ("cars", None),
        ("cars=", None),
        ("cars=:JPN", None),
        ("cars=USA:JPN:C29:x", None),
    ],
)
def test_a_set_of_rates_says_who_sets_it_on_whom_and_on_what(text: str, parts: tuple[Any, ...] | None) -> None:
    if parts is None:
        with pytest.raises(InputError, match="is no set of flows"):
            _rate_set(text)
        return
    found = _rate_set(text)
    assert (found.name, found.importer, tuple(found.exporters), tuple(found.sectors)) == parts


def test_offers_by_turns_share_a_row_where_they_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[Any] = []
    monkeypatch.setattr(bargain_answer, "show_table", lambda *given, **_more: shown.append(given))
    monkeypatch.setattr(bargain_answer, "settled", lambda _deal, options: options)
    path = [
        {"proposer": who, "options": what, "date": f"2025-07-0{k}"}
        for k, (who, what) in enumerate([("USA", "a"), ("JPN", None), ("USA", "a"), ("JPN", "a")], start=1)
    ]
    deal: Any = None
    for agreed, ends in (
        (None, "nothing is agreed"),
        (3, "agreed on 4 July 2025"),
        (0, "agreed on 1 July 2025"),
    ):
        bargain_answer._show_path(deal, {"deadline": {"path": path, "agreed": agreed, "date": "2025-07-09"}})
        title, _heads, rows = shown.pop()
        assert title.replace("\u00a0", " ") == f"Offers by turns until 9 July 2025: {ends}"
        assert rows == [
            ("United States", "2 days, 2025-07-01 to 2025-07-03", "a"),
            ("Japan", "2025-07-02", "waits"),
            ("Japan", "2025-07-04", "a"),
        ]
    bargain_answer._show_path(deal, {"deadline": {"path": [], "agreed": None, "date": "2025-07-09"}})
    assert shown == []


@pytest.mark.parametrize(
    ("package", "told"),
    [
        ({"gains_solved": {"USA": 1.25}}, "+1.2"),
        ({"gains_solved": {"USA": 2.0}, "gains_least_use": {"USA": -1.0}}, "−1.0 – +2.0"),
    ],
)
def test_a_gain_is_one_or_from_the_least_to_the_most(package: dict[str, Any], told: str) -> None:
    assert _gain(package, "USA") == told


def test_a_duty_of_goods_is_told_or_none() -> None:
    duty = SimpleNamespace(low=0.0, high=0.1, lines=3, other=1)
    one = SimpleNamespace(
        good="g", part_of="", value=1.0, of_world=2.0, headings=("87",), duty=duty, preferred=None
    )
    assert lines_goods._content(one) == {  # type: ignore[arg-type]
        "good": "g",
        "part_of": None,
        "value": 1.0,
        "of_world": 2.0,
        "headings": ["87"],
        "duty": {"low": 0.0, "high": 0.1, "lines": 3, "no_percentage": 1},
        "own_duty": None,
    }


@pytest.mark.parametrize(
    ("left", "out", "told"),
    [
        (0, False, []),
        (-1, True, []),
        (1, True, ["1 more line; --out writes all, --json lists all."]),
        (2, True, ["2 more lines; --out writes all, --json lists all."]),
        (2, False, ["2 more lines; --json lists all."]),
    ],
)
def test_lines_that_are_left_out_of_a_table_are_counted(
    left: int, told: list[str], monkeypatch: pytest.MonkeyPatch, *, out: bool
) -> None:
    said: list[str] = []
    monkeypatch.setattr(terminal, "say", said.append)
    terminal.say_more_lines(left, out=out)
    assert said == told


@pytest.mark.parametrize(
    ("value", "told"), [(True, "yes"), (False, "no"), (0.5, "0.5"), (4.0, "4"), ("x", "x"), (3, "3")]
)
def test_a_choice_of_a_run_is_said(value: object, told: str) -> None:
    assert replicate._said(value) == told


@pytest.mark.parametrize(
    ("share", "told"),
    [(0.0, "0"), (0.025, "2.5"), (0.1 / 3, "3.33"), (float("nan"), "not known"), (1.2, "120")],
)
def test_a_rate_is_told_with_its_halves(share: float, told: str) -> None:
    assert rate_told(share) == told


@pytest.mark.parametrize(
    ("lengths", "sellers", "told"),
    [
        (
            (9, 1, 1, 1),
            (5, 4),
            [
                "1 parameter with its range and what each measure’s does",
                "1 parameter told, not moved",
                "1 more seller",
                "1 measure in force without an effect here",
            ],
        ),
        (
            (9, 2, 3, 4),
            (6, 4),
            [
                "2 parameters in their ranges and what each measure’s do",
                "3 parameters told, not moved",
                "2 more sellers",
                "4 measures in force without an effect here",
            ],
        ),
        ((9, 0, 0, 2), (4, 4), ["2 measures in force without an effect here"]),
        ((9, 0, 0, 0), (4, 4), ["more economies"]),
    ],
)
def test_what_more_there_is_is_counted(
    lengths: tuple[int, ...], sellers: tuple[int, int], told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    some: Any = object()
    tables = tuple(SimpleNamespace(rows=range(number)) for number in lengths)
    monkeypatch.setattr(bounds, "_rest", lambda *_given: tables)
    monkeypatch.setattr(
        "kosho.brief.commitment_tables.diverted_table",
        lambda _of, most=None: SimpleNamespace(rows=range(sellers[0] if most is None else sellers[1])),
    )
    assert bounds._more(some, {}).replace("\u00a0", " ") == f"With --all: {', '.join(told)}."


@pytest.mark.parametrize(
    ("problems", "stops"), [([], False), (["", ""], False), (["", "why"], True), (["why", "why"], True)]
)
def test_an_answer_that_is_not_whole_ends_with_one(problems: list[str], *, stops: bool) -> None:
    found: Any = [SimpleNamespace(problem=problem) for problem in problems]
    if not stops:
        _stop_where_silent(found)
        return
    with pytest.raises(typer.Exit) as caught:
        _stop_where_silent(found)
    assert caught.value.exit_code == 1


BY_ORIGIN: dict[str, Any] = {"by": "origin", "method": "build-down", "threshold": 0.45}


@pytest.mark.parametrize(
    ("share", "origin", "members", "told"),
    [
        (None, None, None, ({"by": "assumed", "share": 1.0}, 1.0)),
        (0.6, None, None, ({"by": "given", "share": 0.6}, 0.6)),
        (None, 45.0, None, (BY_ORIGIN | {"members": ["USA"]}, 0.2)),
        (None, 45.0, " CAN, MEX ,", (BY_ORIGIN | {"members": ["CAN", "MEX"]}, 0.2)),
        (None, 45.0, ",", "no code given"),
        (0.6, 45.0, None, "leave one of --use and --origin"),
        (1.1, None, None, "a use of 1.1"),
        (None, None, "CAN", "members without a rule of origin"),
        (None, 101.0, None, "a value content of 101 %"),
        (None, 0.45, None, "no rule asks for so little"),
        (None, 1.0, None, "no rule asks for so little"),
    ],
)
def test_the_use_of_cuts_is_given_assumed_or_a_range_by_origin(
    share: float | None, origin: float | None, members: str | None, told: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    def of_lines(_world: Any, _table: Any, rule: Any) -> Any:
        asked.append((rule.method, rule.threshold, rule.members))
        return 0.2 * np.ones(1), 0.7 * np.ones(1)

    monkeypatch.setattr("kosho.lines.rules_of_origin.use_of_lines", of_lines)
    monkeypatch.setattr(lines_use, "_inside", lambda _world, code: [code])
    table: Any = SimpleNamespace(importer="USA")
    world: Any = None
    if isinstance(told, str):
        with pytest.raises(InputError, match=told):
            use_of_cuts(world, table, share, origin, members)
        return
    found = use_of_cuts(world, table, share, origin, members)
    assert (found.about, float(np.asarray(found.low).min())) == told
    assert found.is_range is (origin is not None)
    if origin is not None:
        assert asked == [("build-down", 0.45, tuple(told[0]["members"]))]
        assert float(np.asarray(found.high).max()) == 0.7


@pytest.mark.parametrize(
    ("percent", "told"),
    [
        (0.0, None),
        (1.0, "a value content of 1 %: no rule asks for so little (percent: 100 for a share of 1)"),
        (1.01, None),
        (100.0, None),
        (100.5, "a value content of 100.5 % (0 to 100)"),
        (-0.5, "a value content of -0.5 % (0 to 100)"),
        (0.4, "a value content of 0.4 %: no rule asks for so little (percent: 40 for a share of 0.4)"),
    ],
)
def test_a_value_content_is_nothing_to_all_in_percent(percent: float, told: str | None) -> None:
    if told is None:
        lines_use.refuse_value_content(percent, "--origin")
        return
    with pytest.raises(InputError) as caught:
        lines_use.refuse_value_content(percent, "--origin")
    assert str(caught.value) == f"--origin: {told}"


@pytest.mark.parametrize(
    ("text", "share"),
    [("0", 0.0), ("0.5%", 0.5), ("100", 100.0), ("100.1", None), ("-1", None), ("much", None), ("40 %", 40.0)],
)
def test_a_share_of_content_is_from_nothing_to_all(text: str, share: float | None) -> None:
    assert rate._percent(text) == share


@pytest.mark.parametrize(
    ("budget", "exclude", "told"),
    [
        (None, None, (None, [])),
        (0.0, "22, 87.03,", (0.0, ["22", "8703"])),
        (0.5, None, (0.5, [])),
        (-0.1, None, "--budget"),
        (float("inf"), None, "--budget"),
        (float("nan"), None, "--budget"),
        (1.0, "22,x1", "--exclude"),
        (1.0, "12345678901", "--exclude"),
    ],
)
def test_a_budget_is_an_amount_and_codes_are_digits(
    budget: float | None, exclude: str | None, told: Any
) -> None:
    if not isinstance(told, str):
        assert narrowed(budget, exclude) == told
        return
    with pytest.raises(InputError) as caught:
        narrowed(budget, exclude)
    assert [one.key for one in caught.value.problems] == [told]
