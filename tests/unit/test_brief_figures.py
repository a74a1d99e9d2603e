"""Figures: marks lie on the axis, labels are harmless, both renderings show the same."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.briefs import brief

from kosho.brief import deal_tables, gain_figure, law
from kosho.brief.figures import (
    SMALLEST_RANGE,
    Axis,
    Figure,
    FigureRow,
    Mark,
    _axis,
    _finding,
    _wrapped,
    compared_scenarios,
    figures,
)
from kosho.brief.model import Outlook, Prospect, Role
from kosho.errors import InputError


@given(st.lists(st.floats(-1e6, 1e6, allow_nan=False), min_size=1, max_size=8))
@settings(deadline=None, max_examples=200)
def test_every_mark_lies_on_the_axis(values: list[float]) -> None:
    row = FigureRow("a", tuple(Mark(0, value, "") for value in values), "", min(values), max(values))
    axis = Figure("f", "t", "n", "u", "dots", ("s",), (row,)).axis
    for value in (0.0, *values, *axis.ticks):
        assert -0.01 <= axis.at(value) <= 100.01
    assert 2 <= len(axis.ticks) <= 8
    assert min(axis.ticks, key=abs) == 0.0


def test_drawn_and_live_figures_show_the_same_values() -> None:
    for figure in figures(brief()).values():
        live = sorted(
            x for trace in figure.plotly()["data"] if trace.get("mode") != "lines" for x in trace["x"]
        )
        drawn = sorted(mark.value for row in figure.rows for mark in row.marks)
        assert live == drawn


def test_a_case_without_roles_still_has_figures() -> None:
    made = brief()
    plain = made.model_copy(
        update={"scenarios": tuple(one.model_copy(update={"role": "reference"}) for one in made.scenarios)}
    )
    assert [one.id for one in compared_scenarios(plain)] == ["status-quo", "no-deal"]
    assert figures(plain).keys() == figures(made).keys()


def test_labels_are_escaped_for_plotly() -> None:
    figure = next(iter(figures(brief()).values()))
    bad = replace(figure, rows=(replace(figure.rows[0], label="<a href='x'>24 %</a>"),))
    (label,) = bad.plotly()["layout"]["yaxis"]["categoryarray"]
    assert label == "&lt;a href=&#x27;x&#x27;&gt;24\N{NO-BREAK SPACE}%&lt;/a&gt;"


def test_worst_sectors_and_bystanders_come_first() -> None:
    made = figures(brief())
    assert [row.label for row in made["bystanders"].rows] == ["China", "Mexico"]
    assert made["flow-0"].rows[0].text == "1.37\N{NO-BREAK SPACE}million"
    with pytest.raises(InputError, match="no result for 'none'"):
        brief().numbers.result("status-quo", "none")


def test_a_flow_is_counted_in_its_unit_and_its_bar_is_the_base_times_what_moves() -> None:
    made = brief()
    flow = figures(made)["flow-0"]
    assert flow.unit == "vehicles a year"
    assert flow.title.startswith("Cars, vehicles a year: most under ")
    for row, scenario in zip(flow.rows[1:], made.scenarios, strict=True):
        central = made.numbers.flow_range(scenario.id, 0).central_units
        assert central is not None
        assert (row.low, row.high) == pytest.approx((1.37e6 * (1 + central.low), 1.37e6 * (1 + central.high)))


def test_money_and_scales_lie_on_the_figure_of_gains_from_end_to_end() -> None:
    """Money is counted from the foot up, scales as equal factors from left to right."""
    frame = gain_figure._Frame(left=0.25, right=1.0, low=-2.0, high=6.0, unit=1_000.0)
    foot, top = gain_figure.HEIGHT - gain_figure.BOTTOM, gain_figure.TOP
    assert [frame.y(musd) for musd in (-2_000.0, 0.0, 2_000.0, 6_000.0)] == pytest.approx(
        [foot, foot - (foot - top) / 4, (foot + top) / 2, top], abs=0.06
    )
    first, last = gain_figure.LEFT, gain_figure.WIDTH - gain_figure.RIGHT
    assert [frame.x(scale) for scale in (0.25, 0.5, 1.0)] == pytest.approx(
        [first, (first + last) / 2, last], abs=0.06
    )


def test_a_place_on_an_axis_is_told_to_a_hundredth_of_a_percent() -> None:
    axis = Axis(-1.0, 2.0, (-1.0, 2.0))
    assert [axis.at(value) for value in (-1.0, 0.0, 1.0, 2.0)] == [0.0, 33.33, 66.67, 100.0]


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0.0, 0.0, (0.0, 0.25, 0.5, 0.75, 1.0)),
        (0.0, 0.9 * SMALLEST_RANGE, (0.0, 0.25, 0.5, 0.75, 1.0)),
        (0.0, 4.0, (0.0, 1.0, 2.0, 3.0, 4.0)),
        (0.0, 4.1, (0.0, 2.0, 4.0, 6.0)),
        (-1.0, 7.0, (-2.0, 0.0, 2.0, 4.0, 6.0, 8.0)),
        (-10.0, 0.0, (-10.0, -7.5, -5.0, -2.5, 0.0)),
        (0.0, 1e-6, (0.0, 2.5e-7, 5e-7, 7.5e-7, 1e-6)),
    ],
)
def test_ticks_are_round_and_an_axis_of_nothing_is_of_one(
    low: float, high: float, ticks: tuple[float, ...]
) -> None:
    axis = _axis(low, high)
    assert axis.ticks == ticks
    pad = 0.02 * (ticks[-1] - ticks[0])
    assert (axis.low, axis.high) == pytest.approx((ticks[0] - (pad if low < 0 else 0.0), ticks[-1] + pad))


@pytest.mark.parametrize(
    ("worth", "told"),
    [
        ([], "Japan"),
        ([("a", 1.0)], "Japan"),
        ([("a", 1.0), ("b", 2.0)], "Japan: most under “b”, least under “a”"),
        ([("a", 1.0), ("b", 2.0), ("c", -3.0)], "Japan: most under “b”, least under “c”"),
    ],
)
def test_a_figure_finds_what_is_worth_most_and_least(worth: list[tuple[str, float]], told: str) -> None:
    assert _finding("Japan", worth) == told


@pytest.mark.parametrize(("length", "lines"), [(33, 1), (34, 1), (35, 2)])
def test_labels_are_wrapped_at_their_width(length: int, lines: int) -> None:
    label = f"{'a' * 20} {'b' * (length - 21)}"
    assert len(_wrapped(label).split("<br>")) == lines


def test_a_row_without_both_ends_has_no_line_behind_it() -> None:
    rows = tuple(
        FigureRow(name, (Mark(0, 1.0, "1"),), "1", low, high)
        for name, low, high in (("a", 0.5, 1.5), ("b", None, 1.5), ("c", 0.5, None), ("d", None, None))
    )
    made = Figure("f", "t", "n", "u", "dots", ("s",), rows, interval="between")
    line, marks = made.plotly()["data"]
    assert (line["x"], line["y"]) == ([0.5, 1.5, None], ["a", "a", None])
    assert marks["x"] == [1.0] * 4
    assert (made.axis.low, made.axis.ticks[-1]) == (0.0, 1.5)
    assert len(replace(made, rows=rows[1:]).plotly()["data"]) == 1


@pytest.mark.parametrize(
    ("high", "step"),
    [*((6.9, 1.0), (7.0, 1.0), (7.1, 2.0), (14.0, 2.0), (14.1, 5.0), (35.0, 5.0), (35.1, 10.0)), (0.69, 0.1)],
)
def test_gains_have_seven_steps_at_most(high: float, step: float) -> None:
    frame = gain_figure._Frame(left=0.2, right=1.0, low=0.0, high=high, unit=1.0)
    lines = [one for one in gain_figure._axes(frame) if 'x2="292"' in one]
    assert [float(re.findall(r'y1="([-\d.]+)"', one)[0]) for one in lines] == [
        frame.y(k * step) for k in range(int(high / step + 1e-9) + 1)
    ]
    assert ['class="zero"' in one for one in lines] == [True] + [False] * (len(lines) - 1)


@pytest.mark.parametrize(
    ("left", "right", "scales"), [(0.2, 1.0, 3), (0.21, 1.0, 2), (0.2, 0.99, 2), (0.5, 0.5001, 1)]
)
def test_scales_at_the_ends_of_the_figure_are_on_it(left: float, right: float, scales: int) -> None:
    frame = gain_figure._Frame(left=left, right=right, low=0.0, high=7.0, unit=1.0)
    upright = [one for one in gain_figure._axes(frame) if f'y1="{gain_figure.TOP}"' in one]
    assert len(upright) == scales


def test_where_a_gain_turns_is_marked_at_nothing_and_told_once() -> None:
    frame = gain_figure._Frame(left=0.2, right=1.0, low=-2.0, high=2.0, unit=1.0)

    def of(role: Role, *turns: float) -> Prospect:
        return Prospect(role=role, title="", gains={"JPN": 0.0}, curve={}, turns={"JPN": turns})

    prospects = (of("ask", 0.411, 0.6), of("accept", 0.414, 0.3))
    found = Outlook(party="JPN", against="", scales=(), estimates=(), prospects=prospects)
    told = list(gain_figure._turns(found, "JPN", frame))
    zero = frame.y(0.0)
    assert all(f'cy="{zero}"' in one for one in told if one.startswith("<circle"))
    named = [re.findall(r' y="([-\d.]+)".*>([\d.]+)<', one)[0] for one in told if one.startswith("<text")]
    assert named == [(str(zero - 9), "0.41"), (str(zero - 9), "0.60"), (str(zero + 18), "0.30")]


def test_a_figure_of_nothing_has_room_around_it() -> None:
    one = Prospect(role="ask", title="", gains={"JPN": 900.0}, curve={"JPN": (0.0, None)}, turns={})
    found = Outlook(party="JPN", against="", scales=(0.2, 1.0), estimates=(), prospects=(one,))
    frame = gain_figure._frame(found)
    assert (frame.low, frame.high) == pytest.approx((-0.06, 0.06))
    risen = found.model_copy(update={"prospects": (one.model_copy(update={"curve": {"JPN": (-1e3, 3e3)}}),)})
    frame = gain_figure._frame(risen)
    assert (frame.low, frame.high, frame.unit) == pytest.approx((-1.24, 3.24, 1_000.0))


def test_names_at_the_ends_of_lines_stand_apart() -> None:
    shared = gain_figure.SHARED
    assert gain_figure._apart([10.0, 12.0, 12.0 + 2 * shared, 200.0]) == [10.0, 26.0, 44.0, 200.0]


@pytest.mark.parametrize(
    ("low", "high", "ticks"), [(2.0, 2.0, (2.0, 2.25, 2.5, 2.75, 3.0)), (-1.0, 3.0, (-1.0, 0.0, 1.0, 2.0, 3.0))]
)
def test_an_axis_has_a_length_even_where_all_is_one(low: float, high: float, ticks: tuple[float, ...]) -> None:
    found = _axis(low, high)
    assert found.ticks == ticks
    assert found.low <= ticks[0] < ticks[-1] < found.high


@pytest.mark.parametrize(
    ("ends", "step"),
    [
        ((0.0, 0.09), 0.01),
        ((0.0, 0.4), 0.05),
        ((-0.45, 0.4), 0.1),
        ((0.0, 4.0), 0.5),
        ((0.0, 9.0), 1),
        ((0.0, 9.5), 2),
        ((0.0, 44.0), 5),
        ((0.0, 60.0), 10),
        ((0.0, 180.0), 20),
        ((0.0, 400.0), 50),
        ((-300.0, 600.0), 100),
    ],
)
def test_gains_of_two_have_at_most_ten_lines(ends: tuple[float, float], step: float) -> None:
    drawn = "".join(deal_tables._axis(np.array(ends), lambda value: 1000 * value, "JPN", level=False))
    lines = [float(one) / 1000 for one in re.findall(r'<line x1="([-\d.]+)"', drawn)]
    first = -(-ends[0] // step) * step
    assert lines == pytest.approx([first + k * step for k in range(len(lines))])
    assert 4 <= len(lines) <= 10


@pytest.mark.parametrize(
    ("title", "short"),
    [
        ("Broda & Weinstein 2006", "Broda et al."),
        ("Ann & Bo 2006", "Ann & Bo 2006"),
        ("Caliendo, Parro", "Caliendo et al."),
        ("Twenty letters, none more", "Twenty letters et al."),
        ("A" * 20, "A" * 20),
        ("A" * 21, "A" * 21 + " et al."),
    ],
)
def test_authors_of_a_study_in_short(title: str, short: str) -> None:
    assert gain_figure._short(title) == short


def test_the_base_of_goods_has_the_mark_of_the_first_way_of_closing_the_model() -> None:
    (goods,) = [one for one in figures(brief()).values() if one.id.startswith("flow")]
    assert [[mark.series for mark in row.marks] for row in goods.rows[:2]] == [
        [0],
        list(range(len(goods.series))),
    ]


@pytest.mark.parametrize(("count", "told"), [(8, "Japan, Japan"), (9, "9 economies")])
def test_more_than_eight_economies_are_counted(count: int, told: str) -> None:
    assert law._names(["JPN"] * count).startswith(told)
