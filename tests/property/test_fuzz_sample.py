"""A few of the cases of `make fuzz`, the same every time; and that it sees what is wrong."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.fuzz.__main__ import Kind, kinds
from tests.fuzz.broken import BrokenError
from tests.fuzz.worlds import change, clears, solvent, table

from kosho.equilibrium import solve

SEED, CASES = 11, 20


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.name)
def test_a_few_cases(kind: Kind, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KOSHO_DATA", str(tmp_path))
    for _ in range(CASES):
        kind.run(SEED, tmp_path)
    assert kind.failed == []
    assert kind.counted >= CASES


def test_a_failure_is_kept_with_its_number(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def odd(seed: int, number: int, folder: Path) -> int:
        if number == 2:
            raise BrokenError("off")
        return 1

    kind = Kind("odd", 1.0, odd)
    for _ in range(4):
        kind.run(SEED, tmp_path)
    assert kind.failed == [(2, "BrokenError: off")]
    assert "--seed 11 --only odd:2" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("slip", "what"),
    [
        ({"tariff": 1e-6}, "what buyers pay"),
        ({"cost": 1e-6}, "price indices"),
        ({"rent": 1e-6}, "what buyers pay"),
    ],
)
def test_a_slip_of_a_millionth_is_seen(slip: dict[str, float], what: str) -> None:
    rng = np.random.default_rng(SEED)
    made = table(rng)
    while not solvent(made):
        made = table(rng)
    asked = change(rng, made)
    world = made.world(door=True)
    outcome = solve(world, asked.shock(world), "fixed", 1e-10)
    clears(outcome, asked)
    ((name, size),) = slip.items()
    other = {"tariff": asked.tariff, "cost": asked.cost, "rent": asked.rent} | {
        name: getattr(asked, name) + size
    }
    with pytest.raises(BrokenError, match=what):
        clears(outcome, type(asked)(**other, holder=asked.holder))
