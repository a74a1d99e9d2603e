"""Where a gain turns is found between the ends it is bracketed by, whichever of them is the higher."""

from __future__ import annotations

from math import log

import pytest

from kosho.scenario.turning import _Bracket


@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize("root", [0.3, 0.7, 1.9])
def test_a_bracket_narrows_to_where_the_gain_turns(sign: float, root: float) -> None:
    def gain(scale: float) -> float:
        return sign * (scale - root) * (1 + scale)  # bent, so that one straight line does not meet it

    low, high = 0.2, 2.0
    bracket = _Bracket(None, 0, (low, gain(low)), (high, gain(high)), guess=1.0)  # type: ignore[arg-type]
    ends = [high - low]
    for _ in range(60):
        if bracket.settled:
            break
        bracket.narrowed(gain(bracket.guess))
        assert bracket.low[0] < root < bracket.high[0] or root in (bracket.low[0], bracket.high[0])
        assert bracket.low[1] * bracket.high[1] <= 0
        assert bracket.low[0] <= bracket.guess <= bracket.high[0]
        ends.append(bracket.high[0] - bracket.low[0])
    assert bracket.settled
    assert abs(log(bracket.guess / root)) < 0.02
    assert ends == sorted(ends, reverse=True)
