"""What public functions take: plausible figures, right types and shapes; and nothing can be written into."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr
from pydantic import ValidationError
from tests.cases import copied
from tests.yaml_files import dumped, loaded_as_text
from typer.testing import CliRunner

from kosho import Case
from kosho.bargain import Effort, Game, negotiate
from kosho.cli import app
from kosho.corridor import between, runner
from kosho.corridor import simulate as replay
from kosho.equilibrium import Outcome, Part, Shock, solve, solve_batch
from kosho.errors import InputError
from kosho.law import Measure, Query, Register
from kosho.law.overlay import Overlay
from kosho.provenance import Cited
from kosho.readonly import Fixed
from kosho.record import Record
from kosho.record import read as drafts
from kosho.world import PhysicalFlow, World, draw_elasticities, labelled, load, toy

N, S = ("AAA", "BBB", "CCC"), ("x", "y")
CELL = ("importer", "exporter", "sector")
HOME = np.eye(3, dtype=bool)[:, :, None]


def _given(**other: Any) -> dict[str, Any]:
    flows = np.where(HOME, 50.0, 2.0) * np.ones((3, 3, 2))
    given = {
        "flows": labelled(flows, CELL, N, S),
        "tariff": labelled(np.where(HOME, 0.0, 0.025) * np.ones((3, 3, 2)), CELL, N, S),
        "io_share": labelled(np.full((3, 2, 2), 0.15), ("country", "input", "sector"), N, S),
        "theta": labelled([4.0, 4.0], ("sector",), N, S),
    }
    return {**given, **other}


def _world(**other: Any) -> World:
    return World.from_flows(**_given(**other))


def _tariff(rate: float) -> xr.DataArray:
    return labelled(np.where(HOME, 0.0, rate) * np.ones((3, 3, 2)), CELL, N, S)


# Plausible figures.


@pytest.mark.parametrize(
    ("rate", "why"),
    [(2.5, "look like percent: their mean on trade is 250 %"), (1.025, r"look like 1 \+ t: 100 % of them")],
)
def test_base_rates_in_another_unit_are_refused_by_name_unless_one_insists(rate: float, why: str) -> None:
    with pytest.raises(InputError, match=rf"tariff: they {why}[^$]*0\.025 is 2\.5 %"):
        _world(tariff=_tariff(rate))
    assert float(_world(tariff=_tariff(rate), insist=True).tariff.max()) == rate


def test_single_rates_and_elasticities_out_of_bounds_are_refused_unless_one_insists() -> None:
    one = _tariff(0.025)
    one.loc["AAA", "BBB", "x"] = 10.0
    with pytest.raises(InputError, match=r"tariff\[AAA, BBB, x\] = 10 is 1,000 %, above 300 %"):
        _world(tariff=one)
    one.loc["AAA", "BBB", "x"] = -0.1
    with pytest.raises(InputError, match=r"tariff\[AAA, BBB, x\] = -0.1 is below zero"):
        _world(tariff=one)
    assert _world(tariff=one, insist=True).tariff.min() == -0.1
    with pytest.raises(InputError, match=r"theta\[x\] = 1e-06 is outside 0\.01 to 200"):
        _world(theta=labelled([1e-6, 4.0], ("sector",), N, S))
    with pytest.raises(InputError, match=r"theta\[A01\] = 5000 is outside"):
        toy().with_theta(5000.0)
    assert float(toy().with_theta(5000.0, insist=True).theta[0]) == 5000
    with pytest.raises(InputError, match="shares of the output of a sector, not values"):
        _world(io_share=labelled(np.full((3, 2, 2), 15.0), ("country", "input", "sector"), N, S))
    with pytest.raises(InputError, match="is not from zero to 1e"):
        _world(flows=labelled(np.full((3, 3, 2), 1e308), CELL, N, S))


@pytest.mark.parametrize(("rate", "why"), [(25.0, "2,500 %, above 300 %"), (-0.3, "a subsidy, no tariff")])
def test_new_rates_out_of_bounds_are_refused_at_every_door_unless_one_insists(rate: float, why: str) -> None:
    cell = ("USA", "JPN", "C29")
    for make in (
        lambda **more: Shock.tariffs(toy(), {cell: rate}, **more),
        lambda **more: Shock.parts(toy(), [Part(*cell, share=0.5, tariff=rate)], **more),
        lambda **more: toy().with_tariff({cell: rate}, **more),
    ):
        with pytest.raises(InputError, match="insist=True takes it") as raised:
            make()
        assert "USA" in str(raised.value)
        assert ("below zero" if rate < 0 else why) in str(raised.value)
        make(insist=True)


MEASURE: dict[str, Any] = {
    "id": "mine",
    "title": "Mine",
    "imposer": "USA",
    "authority": "mine",
    "scope": {"goods": True},
    "kind": "tariff",
    "stage": "offered",
    "legal_from": "2025-07-09",
    "known_from": "2025-06-29",
    "legal_basis": "none",
    "source": ["own"],
    "status": "assumption",
}


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (True, "true is not a number"),
        (-5, "below zero"),
        (99_999_999_999, "above 1,000"),
        (1e308, "larger than anything"),
        pytest.param(10**5000, "larger than anything", id="10^5000"),
        ({"JPN": True}, "true is not a number"),
        ({"JPN": 2500}, "above 1,000"),
        (0.15, r"value: 0.15 is less than one percent: duties are percent here \(15 for 15 %\); .* insist"),
        ({"JPN": 15, "KOR": 0.999}, "0.999 is less than one percent"),
    ],
)
def test_a_measure_out_of_bounds_is_refused(value: Any, why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        Measure(**MEASURE, value=value)


def test_a_measure_insists_with_a_reason() -> None:
    assert Measure(**MEASURE, value=1706, insist="konjac bears that").value == 1706
    with pytest.raises(ValidationError, match="insist says why"):
        Measure(**MEASURE, value=1706, insist=" ")
    share = {"value": 1.5, "unit": "share", "status": "fact", "source": "own"}
    for insist in (None, "meant"):
        with pytest.raises(ValidationError, match="from 0 to 1"):
            Measure(**MEASURE, value=10, value_share=share, insist=insist)


def test_a_small_duty_is_taken_where_it_is_meant() -> None:
    assert Measure(**MEASURE, value=0.3464, insist="fee of 19 CFR 24.23").value == 0.3464
    assert Measure(**MEASURE, value=1).value == 1
    assert Measure(**MEASURE, value=0).value == 0
    worked_out = Measure(**MEASURE, value=10).model_copy(update={"value": 0.63})
    assert Overlay(title="Within a range", add=(worked_out,)).add[0].value == 0.63
    weight = {**MEASURE, "kind": "specific", "unit": "USD/kg"}
    assert Measure(**weight, value=0.15).value == 0.15


@pytest.mark.parametrize("number", [True, 1e308, pytest.param(10**5000, id="10^5000"), float("-1e300")])
def test_no_figure_of_any_file_is_a_boolean_or_larger_than_the_world(number: Any) -> None:
    about = {"unit": "share", "status": "fact", "source": "own"}
    for key in ("value", "low", "high"):
        with pytest.raises(ValidationError, match=r"is not a number|larger than anything"):
            Cited(**{"value": 1.0, **about, key: number})


def _edited(to: Path, change: Callable[[Any], None]) -> Path:
    folder = copied(to)
    content = loaded_as_text((folder / "table.yaml").read_text(encoding="utf-8"))
    change(content)
    (folder / "table.yaml").write_text(dumped(content), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda c: c["deadline"]["discount"].update(value=1e300), r"deadline\.discount\.value: .*larger than"),
        (lambda c: c["deadline"]["discount"].update(value=500, high=500), "outside 0 to 100 percent a year"),
        (lambda c: c["deadline"].update(date="9999-01-01"), "the year 9999 is outside 1800 to 2199"),
        (lambda c: c["issues"][0]["options"][1].update(at={"table-cars": "25000"}), "above 1,000"),
        (
            lambda c: c["parties"][1]["payoff"]["weights"][0]["weight"].update(value=500, high=500),
            "outside 0 to 10",
        ),
    ],
)
def test_figures_of_a_table_out_of_bounds_are_told_with_their_line(
    tmp_path: Path, change: Callable[[Any], None], why: str
) -> None:
    folder = _edited(tmp_path, change)
    with pytest.raises(InputError, match=rf"table\.yaml:\d+: [^$]*{why}"):
        Case.load(folder).table()


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_days_that_nobody_means_are_refused(day: str) -> None:
    result = CliRunner().invoke(app, ["simulate", "japan-us-2025", "--scenario", "deal", "--as-of", day])
    assert isinstance(result.exception, InputError)
    assert "--as-of: the year" in str(result.exception)


# Types and shapes.

COMPLEX = labelled([4.0, 4.0], ("sector",), N, S).astype(complex)
OBJECTS = xr.DataArray(np.array([4.0, "4"], object), coords={"sector": list(S)}, dims="sector")
EMPTY = labelled(np.zeros((0, 0, 2)), CELL, (), S)


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({"flows": np.ones((3, 3, 2))}, "flows: is a ndarray, not a DataArray"),
        ({"tariff": "0.1"}, "tariff: is a str, not a DataArray"),
        ({"theta": 4.0}, "theta: is a float, not a DataArray"),
        ({"theta": COMPLEX}, "theta: is an array of complex128"),
        ({"theta": OBJECTS}, "theta: is an array of object"),
        ({"theta": labelled([4.0], ("sector",), N, ("x",))}, "theta lacks y along 'sector'"),
        ({"theta": xr.DataArray([4.0, 4.0], dims="sector")}, "theta: dimension sector has no labels"),
        ({"tariff": labelled(np.zeros((3, 2)), ("country", "sector"), N, S)}, "tariff: .*wanted importer"),
        ({"io_share": labelled(np.zeros((3, 2)), ("country", "sector"), N, S)}, "io_share: .*wanted country"),
        ({"flows": EMPTY}, "flows: flows have no importer"),
        ({"flows": labelled(np.ones((2, 2, 2)), CELL, ("A", "A"), S)}, "importer 'A' is given twice"),
        ({"final_share": 1.0}, "final_share: is a float"),
        ({"flows": labelled(np.ones((3, 3, 2)), CELL, N, S) > 0}, "flows: is an array of bool"),
    ],
)
def test_a_world_is_made_of_labelled_arrays_of_numbers(other: dict[str, Any], told: str) -> None:
    with pytest.raises(InputError, match=told):
        _world(**other)


TALKS = load(regions="talks", sectors="talks")
ASKED: dict[str, tuple[Callable[[], Any], str]] = {
    "theta of text": (lambda: toy().with_theta("5"), "theta: is a str"),
    "theta of truth": (lambda: toy().with_theta(True), "theta: is a bool"),
    "rates of text": (lambda: toy().with_tariff("0.1"), "rates: is a str"),
    "no cell": (lambda: toy().with_tariff({("USA", "JPN"): 0.1}), "rates: .*is not a cell"),
    "regions of text": (lambda: toy().aggregate(regions={"P": "JPN"}), "regions: 'P' has no list of members"),
    "no regions": (lambda: toy().aggregate(regions=["JPN"]), "regions: is a list"),
    "no unit": (lambda: toy().with_units(["cars"]), r"units\[0\]: is a str"),
    "a negative quantity": (
        lambda: toy().with_units([PhysicalFlow("JPN", "USA", "C29", -1.0, "cars")]),
        r"units\[0\]: a quantity of -1",
    ),
    "no draw": (lambda: draw_elasticities(TALKS, 0, 1), "n = 0"),
    "half a draw": (lambda: draw_elasticities(TALKS, 1.5, 1), "n: is a float, not a whole number"),
    "a negative seed": (lambda: draw_elasticities(TALKS, 1, -1), "seed = -1"),
    "draws of text": (lambda: Effort(draws="9"), "draws = '9'"),
    "draws below none": (lambda: Effort(draws=-1), "draws = -1"),
    "a seed below none": (lambda: Effort(seed=-1), "seed = -1"),
    "no table": (lambda: negotiate("t", TALKS), "table: is a str, not a Table"),
    "no world": (lambda: negotiate(Case.load("japan-us-2025").table(), 1), "world: is a int"),
    "no deficits": (
        lambda: negotiate(Case.load("japan-us-2025").table(), TALKS, "none"),
        "deficits: 'none' .did you mean|deficits: 'none' .one of",
    ),
    "no processes": (lambda: solve_batch(toy(), [], processes=0), "processes = 0"),
    "a shock of text": (lambda: solve_batch(toy(), ["x"]), r"counterfactuals\[0\]: is a str"),
    "no case": (lambda: Case.load(3), "name_or_path: is a int"),
    "an empty case": (lambda: Case.load(""), "name_or_path: '' names no file"),
    "no scenario": (lambda: Case.load("japan-us-2025").law(3), "scenario: is a int"),
    "no day": (lambda: Case.load("japan-us-2025").law("deal", "2025"), "as_of: is a str"),
    "one register": (lambda: Register.load("mine.yaml"), "paths: is a str"),
    "no register": (lambda: Register.load([3]), r"paths\[0\]: is a int"),
    "no record": (lambda: Record.load(3), "name_or_path: is a int"),
    "one file": (lambda: drafts("note.txt"), "files: is a str, not a list"),
    "no file": (lambda: drafts([3]), "files: is a int"),
    "a day of text": (lambda: Query("USA", "JPN", "8703", "2025-06-01"), "on: is a str, not a date"),
    "a code of number": (lambda: Query("USA", "JPN", 8703, date(2025, 6, 1)), "hs: is a int"),
    "no corridor": (lambda: replay("TWKHH"), "corridor: is a str"),
    "half a replication": (
        lambda: replay(between("TWKHH", "JPUKB"), replications=1.5),
        "replications: is a float, not a whole number",
    ),
    "a precision of five": (lambda: replay(between("TWKHH", "JPUKB"), precision=5.0), "precision = 5"),
    "no runner": (lambda: runner(0).__enter__(), "processes = 0"),
    "payoffs of text": (lambda: Game.of(("A",), np.array(["1"]), np.zeros(1)), "payoffs: is of <U1"),
    "complex payoffs": (lambda: Game.of(("A",), np.ones(1, complex), np.zeros(1)), "payoffs: is of complex"),
    "a party of text": (lambda: Game.of("JPN", np.ones((1, 3)), np.zeros(3)), "parties: is no sequence"),
    "a party twice": (
        lambda: Game.of(("A", "A"), np.ones((1, 2)), np.zeros(2)),
        "parties: names a party twice",
    ),
}


@pytest.mark.parametrize("name", ASKED)
def test_what_is_not_meant_is_refused_by_the_name_of_its_argument(name: str) -> None:
    ask, told = ASKED[name]
    with pytest.raises(InputError, match=told):
        ask()


def test_a_moment_is_no_day() -> None:
    with pytest.raises(InputError, match="on: is a datetime, not a date"):
        Query("USA", "JPN", "8703", datetime(2025, 6, 1, 12))


# Nothing can be written into.

CAUGHT = (ValueError, TypeError, AttributeError)


def _arrays(item: Any, path: str = "", seen: set[int] | None = None) -> list[tuple[str, Any]]:
    """Every array that can be reached from an object by its attributes."""
    seen = set() if seen is None else seen
    if id(item) in seen:
        return []
    seen.add(id(item))
    if isinstance(item, np.ndarray | xr.DataArray):
        return [(path, item)]
    found: list[tuple[str, Any]] = []
    if isinstance(item, tuple):
        for k, one in enumerate(item[:3]):
            found += _arrays(one, f"{path}[{k}]", seen)
    elif is_dataclass(item) and not isinstance(item, type):
        names = [one.name for one in fields(item)]
        cached = [name for name, value in vars(type(item)).items() if type(value).__name__ == "cached_property"]
        for name in names + [name for name in cached if not name.startswith("_")]:
            found += _arrays(getattr(item, name), f"{path}.{name}", seen)
    return found


def _writes(array: Any) -> list[str]:
    """Ways in which an array could be changed."""
    through: list[str] = []
    bare = array.values if isinstance(array, xr.DataArray) else array
    ways: dict[str, Callable[[], Any]] = {"item": lambda: bare.__setitem__(..., 0)}
    if isinstance(array, xr.DataArray):
        ways["label"] = lambda: array.__setitem__(..., 0)
        ways["values"] = lambda: setattr(array, "values", np.zeros(array.shape))
        ways["data"] = lambda: setattr(array, "data", np.zeros(array.shape))
        ways["in place"] = lambda: array.__iadd__(1)
    for name, way in ways.items():
        try:
            way()
        except CAUGHT:
            continue
        through.append(name)
    return through


def _solved() -> Outcome:
    return solve(toy(), Shock.tariffs(toy(), {("USA", "JPN", "C29"): 0.25}))


MADE: dict[str, Callable[[], Any]] = {
    "the table that ships": lambda: TALKS,
    "its net inputs": lambda: (_world().net_inputs, _world().arrays),
    "a world with other elasticities": lambda: toy().with_theta(3.0),
    "a world with other tariffs": lambda: toy().with_tariff({("USA", "JPN", "C29"): 0.2}),
    "a coarser world": lambda: toy().aggregate(regions={"P": ("JPN", "USA"), "CHN": ("CHN",)}),
    "its cells of law": lambda: TALKS.law_cells,
    "a shock": lambda: Shock.parts(toy(), [Part("USA", "JPN", "C29", share=0.5, tariff=0.2)]),
    "a game": lambda: Game.of(("A", "B"), np.ones((2, 2)), np.zeros(2)),
    "many outcomes": lambda: solve_batch(toy(), [Shock.none(toy())] * 2),
}


@pytest.mark.parametrize("name", MADE)
def test_what_passed_a_door_cannot_be_written_into(name: str) -> None:
    found = _arrays(MADE[name]())
    assert found
    assert {path: ways for path, array in found if array.size and (ways := _writes(array))} == {}


def test_nor_can_the_results_of_an_outcome() -> None:
    outcome = _solved()
    for name in ("welfare", "flows", "price", "observed_income", "real_value_added", "equivalent_variation"):
        assert _writes(getattr(outcome, name)) == [], name


def test_who_gave_an_array_changes_nothing_by_writing_into_it() -> None:
    given = _given()
    world = World.from_flows(**given)
    before = world.hash, world.flows.values.copy()
    for one in given.values():
        one.values[...] = 0.5
    assert np.array_equal(world.flows.values, before[1])
    share = np.array([0.5])
    shock = Shock.parts(toy(), [Part("USA", "JPN", "C29", share=0.5, tariff=0.2)])
    own = Shock(**{one.name: getattr(shock, one.name) for one in fields(shock)} | {"share": share})
    share[0] = 0.1
    assert own.share[0] == 0.5
    worth = np.ones((2, 2))
    game = Game.of(("A", "B"), worth, np.zeros(2))
    worth[...] = 0
    assert game.payoffs.min() == 1


def test_a_copy_can_be_written_into_and_the_shared_world_stays() -> None:
    mine = load(regions="talks", sectors="talks").flows.copy()
    mine[0, 1, 0] = 0.0
    mine.values = mine.values * 2
    again = load(regions="talks", sectors="talks")
    assert again.hash == TALKS.hash
    assert not np.array_equal(mine.values, again.flows.values)


def test_equal_content_has_equal_hashes_and_other_content_others() -> None:
    assert _world().hash == _world().hash
    other = _given()["flows"].copy()
    other[0, 1, 0] += 1.0
    assert _world(flows=other).hash != _world().hash


@pytest.mark.parametrize(
    "how",
    [
        lambda one: pickle.loads(pickle.dumps(one)),  # noqa: S301 - our own
        copy.deepcopy,
        copy.copy,
    ],
)
def test_what_comes_out_of_a_pickle_or_a_copy_is_not_to_be_written_into_either(how: Any) -> None:
    world = toy()
    outcome = solve(world, Shock.none(world))
    for one in (world, world.arrays, outcome.shock, outcome):
        made = how(one)
        assert type(made) is type(one)
        for field in fields(made):
            value = getattr(made, field.name)
            bare = getattr(value, "values", value)
            if isinstance(bare, np.ndarray):
                assert not bare.flags.writeable, field.name
                np.testing.assert_array_equal(bare, getattr(getattr(one, field.name), "values", bare))
    assert how(world).hash == world.hash


@dataclass(frozen=True)
class Kept(Fixed):
    """What comes out of a pickle: by name, or with slots in the order of the fields."""

    name: str
    values: np.ndarray


@pytest.mark.parametrize("state", [{"name": "a", "values": np.ones(2)}, ["a", np.ones(2)]])
def test_what_comes_out_of_a_pickle_is_whole_and_fixed(state: Any) -> None:
    made = object.__new__(Kept)
    made.__setstate__(state)
    assert (made.name, made.values.tolist(), made.values.flags.writeable) == ("a", [1.0, 1.0], False)
    for other in (["a"], ["a", np.ones(2), 3]):  # of another version
        with pytest.raises(ValueError, match="zip"):
            object.__new__(Kept).__setstate__(other)
