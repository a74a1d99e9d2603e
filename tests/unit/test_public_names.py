"""What `import kosho` hands out: every room, at no cost; names of before with a warning."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import kosho
from kosho import equilibrium, impact, law
from kosho.policy import schedules as schedules_of_before

ROOMS = {
    "bargain", "bench", "brief", "case", "codes", "corridor", "equilibrium", "errors", "impact", "law", "lines",
    "provenance", "record", "replications", "scenario", "schemas", "starter", "validation", "world",
}  # fmt: skip
HEAVY = ("numpy", "xarray", "pandas", "scipy", "pydantic", "yaml", "plotly", "simpy")


def test_every_room_is_handed_out() -> None:
    assert set(dir(kosho)) >= ROOMS
    for room in ROOMS:
        assert getattr(kosho, room) is importlib.import_module(f"kosho.{room}")


def test_a_room_is_a_package_or_module_of_the_tree_and_none_is_forgotten() -> None:
    folder = Path(str(kosho.__file__)).parent
    packages = {path.parent.name for path in folder.glob("*/__init__.py")}
    assert (
        packages - {"cli", "formatting", "parallel", "policy", "serve"} <= ROOMS
    )  # of applications; names of before


def test_names_of_dir_can_be_had() -> None:
    assert set(dir(kosho)) >= set(kosho.__all__)
    for name in dir(kosho):
        assert getattr(kosho, name) is not None or name.startswith("__")


def test_importing_it_loads_nothing_heavy() -> None:
    code = f"import sys, kosho; dir(kosho); print([name for name in {HEAVY!r} if name in sys.modules])"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Register", law.Register),
        ("Measure", law.Measure),
        ("Quote", law.RateQuote),
        ("Span", law.RateSpan),
        ("shock", impact.shock),
        ("effects", impact.effects),
        ("Effects", impact.Effects),
    ],
)
def test_names_of_policy_are_handed_out_for_one_release(old: str, new: object) -> None:
    with pytest.warns(DeprecationWarning, match=rf"kosho\.policy\.{old} is now kosho\.(law|impact)"):
        assert getattr(kosho.policy, old) is new


def test_every_name_of_policy_of_before_is_there() -> None:
    for name in dir(kosho.policy):
        with pytest.warns(DeprecationWarning, match=name):
            assert getattr(kosho.policy, name)
    with pytest.raises(AttributeError, match="no attribute 'registry'"):
        _ = kosho.policy.registry


def test_schedules_of_policy_read_as_before() -> None:
    for name in dir(schedules_of_before):
        with pytest.warns(DeprecationWarning, match=rf"schedules\.{name} is now kosho\.law\.schedules"):
            assert getattr(schedules_of_before, name)
    with pytest.warns(DeprecationWarning, match="its parse kosho.law.schedules.parse_duty"):
        duty = schedules_of_before.Duty
    assert duty is law.schedules.Duty
    assert duty.parse("-").kind == "unread"
    assert duty.parse("12.8 %").ad_valorem_equivalent() == pytest.approx(0.128)
    with pytest.raises(AttributeError, match="no attribute 'parse_duty'"):
        _ = schedules_of_before.parse_duty


def test_bounded_is_counterfactual() -> None:
    with pytest.warns(DeprecationWarning, match="Counterfactual"):
        assert equilibrium.Bounded is equilibrium.Counterfactual
    with pytest.raises(AttributeError):
        _ = equilibrium.Unbounded
