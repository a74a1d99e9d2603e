"""Figures that commands draw, whole: what stands where is worked out by hand."""

from __future__ import annotations

import re
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from kosho.cli import ratechart, stepchart


def day(number: int) -> date:
    return date(2025, 1, number)


# Ten days: known, a range, at most, at least, not known, known at the top.
STEPS = [
    (day(1), day(2), 2.5, 2.5),
    (day(3), day(4), 5.0, 15.0),
    (day(5), day(6), None, 20.0),
    (day(7), day(8), 10.0, None),
    (day(9), day(9), None, None),
    (day(10), day(10), 20.0, 20.0),
]
BLOCKS = """\
    20 │                                ░░░░░░░░░░░░░░░░                       █
       │                                ░░░░░░░░░░░░░░░░                       █
       │                ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░                       █
       │                ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░????????????????       █
       │                ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░████████████████       █
       │                ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░████████████████       █
       │                ████████████████░░░░░░░░░░░░░░░░████████████████       █
       │████████████████████████████████░░░░░░░░░░░░░░░░████████████████???????█
     0 └────────────────────────────────────────────────────────────────────────
        2025-01-01                                                    2025-01-10"""


def test_a_rate_over_time_is_blocks_shade_and_question_marks() -> None:
    assert stepchart.in_terminal(STEPS) == BLOCKS


def test_a_rate_over_time_is_drawn_to_scale() -> None:
    # 692 pixels are ten days from 52 on, 224 are 20 % from 264 up.
    drawn = stepchart._svg(STEPS, "A & B")
    rects = re.findall(
        r'<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)" .*?"([\d.]+)"/>', drawn
    )
    assert rects == [
        ("190.4", "96.0", "138.4", "112.0", "0.25"),  # 5 to 15 %
        ("328.8", "40.0", "138.4", "224.0", "0.25"),  # at most 20 %
        ("467.2", "40.0", "138.4", "112.0", "0.08"),  # at least 10 %
        ("605.6", "40.0", "69.2", "224.0", "0.08"),
    ]
    assert re.findall(r'points="(.*?)"', drawn) == ["52.0,236.0 190.4,236.0", "674.8,40.0 744.0,40.0"]
    assert re.findall(r'y1="([\d.]+)".*?y="([\d.]+)" text-anchor="end">([\d ]+%)<', drawn) == [
        ("264.0", "268.0", "0 %"),
        ("152.0", "156.0", "10 %"),
        ("40.0", "44.0", "20 %"),
    ]
    assert re.findall(
        r'<rect x="([\d.]+)" y="40" height="224" width="([\d.]+)".*?<title>(.*?)</title>', drawn
    ) == [
        ("52.0", "138.4", "2025-01-01 to 2025-01-02: 2.5 %"),
        ("190.4", "138.4", "2025-01-03 to 2025-01-04: 5 to 15 %"),
        ("328.8", "138.4", "2025-01-05 to 2025-01-06: at most 20 %"),
        ("467.2", "138.4", "2025-01-07 to 2025-01-08: at least 10 %"),
        ("605.6", "69.2", "2025-01-09 to 2025-01-09: not known"),
        ("674.8", "69.2", "2025-01-10 to 2025-01-10: 20 %"),
    ]
    assert 'viewBox="0 0 760 300"' in drawn
    assert drawn.count("<title>A &amp; B</title>") == 1


@pytest.mark.parametrize(
    ("steps", "top"),
    [
        ([(0.0, 0.0)], 5.0),
        ([(5.0, 5.0)], 5.0),
        ([(2.5, 5.1)], 10.0),
        ([(10.0, None)], 20.0),  # what is at least so much needs room above
        ([(None, 30.0)], 30.0),
        ([(None, None)], 5.0),
        ([(245.0, 245.0)], 300.0),
        ([(310.0, 310.0)], 310.0),
        ([(310.0, None)], 372.0),
    ],
)
def test_the_top_of_a_figure_is_a_round_number_above_all(steps: list[tuple[Any, Any]], top: float) -> None:
    assert stepchart._top([(day(1), day(2), *ends) for ends in steps]) == pytest.approx(top)


def compared(partners: int, *rows: dict[int, tuple[float | None, float | None]]) -> Any:
    """A comparison in which partners have 5 %, but for those that are named."""
    names = [f"P{k}" for k in range(partners)]

    def cell(k: int, row: dict[int, tuple[float | None, float | None]]) -> Any:
        low, high = row.get(k, (0.05, 0.05))
        return SimpleNamespace(low=low, high=high, text=f"{low} to {high}")

    rates = [
        SimpleNamespace(product=f"<{n}>", cells={name: cell(k, row) for k, name in enumerate(names)})
        for n, row in enumerate(rows)
    ]
    return SimpleNamespace(partners=names, rates=rates)


MARK = re.compile(r'<(circle cx|rect x)="([\d.]+)" c?y="([\d.]+)" .*?(?:fill|stroke)="(#\w+)"><title>(.*?)<')


def marks(drawn: str) -> list[tuple[str, ...]]:
    return [(kind[0], *rest) for kind, *rest in MARK.findall(drawn)]


def test_rates_of_partners_are_marks_at_their_height() -> None:
    # 570 pixels are 30 % from 250 on; two partners stand 11 pixels apart about the middle of a row of 30.
    drawn = ratechart.svg(compared(2, {1: (0.1, 0.25)}, {0: (None, None)}), "A & B")
    assert marks(drawn) == [
        ("c", "250.0", "44.0", "#0072B2", "P0"),
        ("c", "340.0", "44.0", "#D55E00", "P1"),
        ("c", "345.0", "85.5", "#0072B2", "P0: 0.05 to 0.05"),
        ("c", "440.0", "96.5", "#D55E00", "P1: 0.1 to 0.25"),
        ("c", "725.0", "96.5", "#D55E00", "P1: 0.1 to 0.25"),
        ("c", "245", "115.5", "#0072B2", "P0: None to None"),
        ("c", "345.0", "126.5", "#D55E00", "P1: 0.05 to 0.05"),
    ]
    assert '<line x1="440.0" x2="725.0" y1="96.5" y2="96.5" stroke="#D55E00" stroke-width="2"/>' in drawn
    assert re.findall(r'y="([\d.]+)" text-anchor="end">(.*?)<', drawn) == [
        ("95.0", "&lt;0&gt;"),
        ("125.0", "&lt;1&gt;"),
    ]
    assert re.findall(r'<line x1="([\d.]+)" x2="[\d.]+" y1="66" y2="136".*?y="152".*?>([\d.]+ %)<', drawn) == [
        ("250.0", "0 %"),
        ("392.5", "7.5 %"),
        ("535.0", "15 %"),
        ("677.5", "22.5 %"),
        ("820.0", "30 %"),
    ]
    assert 'viewBox="0 0 860 172"' in drawn


def test_without_a_rate_a_figure_goes_to_ten_percent() -> None:
    for found in (compared(1), compared(1, {0: (None, None)}), compared(1, {0: (0.0, 0.0)})):
        assert re.findall(r'middle">(.*?)<', ratechart.svg(found, "T"))[-1] == "10 %"
    assert re.findall(r'middle">(.*?)<', ratechart.svg(compared(1, {0: (4.0, 4.0)}), "T"))[-1] == "400 %"


def test_a_legend_stays_within_the_figure_and_marks_beyond_the_colours_are_squares() -> None:
    drawn = ratechart.svg(compared(9, {}), "T")
    legend = marks(drawn)[:9]
    assert [one[:3] for one in legend[5:]] == [
        ("c", "700.0", "44.0"),
        ("c", "790.0", "44.0"),
        ("c", "250.0", "62.0"),
        ("r", "336.0", "58.0"),
    ]
    assert [one[3] for one in legend] == [*ratechart.COLOURS, ratechart.COLOURS[0]]
    assert [one[2] for one in marks(drawn)[9:11]] == ["99.2", "101.7"]  # below both lines of the legend
    assert 'viewBox="0 0 860 160"' in drawn
    assert 'viewBox="0 0 860 142"' in ratechart.svg(compared(7, {}), "T")


@pytest.mark.parametrize(
    ("title", "heads"),
    [
        ("T", ["T"]),
        ("word " * 22 + "end", [("word " * 22).strip(), "end"]),
        ("関" * 55 + "税", ["関" * 55, "税"]),
    ],
)
def test_a_long_title_goes_on_below_and_moves_all_down(title: str, heads: list[str]) -> None:
    drawn = ratechart.svg(compared(1, {0: (0.1, 0.1)}), title)
    assert re.findall(r'<text x="12" y="(\d+)" font-size="14">(.*?)</text>', drawn) == [
        (str(20 + 18 * line), head) for line, head in enumerate(heads)
    ]
    down = 18 * (len(heads) - 1)
    assert marks(drawn)[0][:3] == ("c", "250.0", f"{44 + down:.1f}")
    assert f'viewBox="0 0 860 {142 + down}"' in drawn


def test_an_open_mark_beside_zero_is_told_to_be_unknown() -> None:
    words = "open: not known, or only one end of it"
    assert words in ratechart.svg(compared(1, {0: (None, None)}), "T")
    assert words in ratechart.svg(compared(1, {0: (0.5, None)}), "T")
    assert words not in ratechart.svg(compared(1, {0: (0.1, 0.25)}), "T")
