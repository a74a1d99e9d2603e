"""Answers are the same on a machine of one core and on one of several: BLAS adds up in one order."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from kosho.parallel import cores

ASKED = ("simulate", "--add", "EU27 JPN C29 25%", "--base", "--json")


@pytest.mark.skipif(cores() < 2, reason="one core")
def test_a_question_has_the_same_bits_with_one_thread_of_blas_and_with_two() -> None:
    found = [
        json.loads(
            subprocess.run(
                [sys.executable, "-m", "kosho", *ASKED],
                env={**os.environ, "OPENBLAS_NUM_THREADS": threads, "MKL_NUM_THREADS": threads},
                capture_output=True,
                text=True,
                check=True,
            ).stdout
        )
        for threads in ("1", "2")
    ]
    assert found[0]["countries"] == found[1]["countries"]
