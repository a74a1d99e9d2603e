"""Rates by three independent paths: look-up, whole tables, and the written rules applied plainly to the
files.
"""

from __future__ import annotations

from tests.sweep_rates import Sweep

QUESTIONS = 700
"""`python -m tests.sweep_rates` asks more."""


def test_three_paths_give_the_same_and_nothing_leaves_the_bounds_of_its_heading():
    sweep = Sweep(seed=20261129)
    sweep.run(QUESTIONS)
    assert not sweep.failed, "\n".join(sweep.failed[:3])
    assert sweep.asked["reference"] == QUESTIONS
    assert sweep.asked["table"] > QUESTIONS / 2
    assert sweep.asked["within its heading"] > QUESTIONS / 2
