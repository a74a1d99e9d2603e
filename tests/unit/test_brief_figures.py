"""Figures: marks lie on the axis, labels are harmless, both renderings show the same."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.briefs import brief

from kosho.brief import gain_figure
from kosho.brief.figures import Figure, FigureRow, Mark, compared_scenarios, figures
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
