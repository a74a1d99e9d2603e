"""Figures: marks lie on the axis, labels are harmless, both renderings show the same."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.briefs import brief

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
