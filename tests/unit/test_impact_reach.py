"""What a scenario or an option changes and reaches nothing is an error, unless it is allowed by name."""

from __future__ import annotations

import json
import re
from copy import deepcopy
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.cases import copied
from tests.measures import measure
from tests.yaml_files import dumped, loaded_as_text
from typer.testing import CliRunner

from kosho import Case
from kosho.bargain import Effort, negotiate
from kosho.cli import app
from kosho.errors import InputError
from kosho.impact.reach import IdleError, could_act
from kosho.law import Overlay, Register
from kosho.scenario import scenario_effects, simulate
from kosho.world import World

TARIFF: dict[str, Any] = {
    "id": "mine",
    "title": "A measure of mine",
    "imposer": "USA",
    "authority": "mine",
    "partners": {"include": ["JPN"]},
    "scope": {"goods": True},
    "kind": "tariff",
    "value": 10,
    "stage": "offered",
    "legal_from": "2025-07-09",
    "known_from": "2025-06-29",
    "legal_basis": "none",
    "source": ["own-case"],
    "status": "assumption",
}
DECLARED: dict[str, Any] = {
    "kind": "investment",
    "value": None,
    "terms": {
        "worth": {
            "USA": {
                "value": 100,
                "low": 50,
                "high": 150,
                "unit": "million USD",
                "status": "assumption",
                "source": "own-case",
            }
        }
    },
}
IDLE: dict[str, tuple[dict[str, Any], str]] = {
    "starts after the day": ({"legal_from": "2025-08-01"}, "starts on 2025-08-01, after 2025-07-09"),
    "is over": ({"legal_from": "2025-01-01", "legal_to": "2025-07-01"}, "ended on 2025-07-01"),
    "has no partner": ({"partners": {"include": []}}, "aimed at nobody"),
    "is on itself": ({"partners": {"include": ["USA"]}}, "aimed at nobody but USA"),
    "adds nothing": ({"value": 0}, "adds 0 %"),
    "is below the ordinary duty": ({"kind": "floor", "value": 0}, "below its floor of 0 %"),
    "is on a group no trade stands for": (
        {"scope": {"groups": ["vehicles-232"]}, "imposer": "THA"},
        "no share of imports of THA is given",
    ),
    "has no price": ({"kind": "unpriced", "value": None}, "listed, not priced"),
    "has declared worth": (DECLARED, "no model prices it"),
}


def _measure(changes: dict[str, Any]) -> dict[str, Any]:
    return deepcopy({key: value for key, value in {**TARIFF, **changes}.items() if value is not None})


def _case(to: Path, *measures: dict[str, Any], **about: Any) -> Path:
    """The shipped case with a scenario `mine` that adds some measures."""
    folder = copied(to)
    overlay = {"mine": {"title": "Mine", "add": list(measures)}}
    _extend(folder / "measures.yaml", lambda content: content["overlays"].update(overlay))
    scenario = {
        "id": "mine",
        "title": "Mine",
        "role": "reference",
        "description": "Mine.",
        "on": "2025-07-09",
        "overlays": ["mine"],
        "status": "assumption",
        "source": ["own-case"],
        **about,
    }
    _extend(folder / "case.yaml", lambda content: content["scenarios"].append(scenario))
    return folder


def _extend(path: Path, change: Any) -> None:
    content = loaded_as_text(path.read_text(encoding="utf-8"))
    change(content)
    path.write_text(dumped(content), encoding="utf-8")


@pytest.mark.parametrize("name", IDLE)
def test_a_scenario_whose_measure_reaches_nothing_is_refused_and_says_why(tmp_path: Path, name: str) -> None:
    changes, why = IDLE[name]
    folder = _case(tmp_path, _measure(changes))
    with pytest.raises(IdleError, match=f"scenario mine: mine changes nothing: .*{why}") as raised:
        simulate(Case.load(folder), "mine", world="talks")
    assert not isinstance(raised.value, InputError)
    assert raised.value.exit_status == 1


def test_one_idle_measure_beside_one_that_acts_is_refused_by_name(tmp_path: Path) -> None:
    idle = _measure({"id": "later", "legal_from": "2026-01-01"})
    folder = _case(tmp_path, _measure({}), idle)
    with pytest.raises(IdleError) as raised:
        simulate(Case.load(folder), "mine", world="talks")
    assert set(raised.value.found) == {"later"}


def test_declared_worth_beside_a_measure_that_acts_is_told_and_no_error(tmp_path: Path) -> None:
    folder = _case(tmp_path, _measure({}), _measure({"id": "promise", "authority": "promise", **DECLARED}))
    assert simulate(Case.load(folder), "mine", world="talks").welfare.sel(country="JPN") < 0


def test_of_two_measures_that_do_the_same_one_is_named(tmp_path: Path) -> None:
    free = {"kind": "exemption", "value": None, "excludes": ["us-ieepa-reciprocal"]}
    folder = _case(tmp_path, *(_measure({"id": name, "authority": name, **free}) for name in ("one", "two")))
    with pytest.raises(IdleError) as raised:
        simulate(Case.load(folder), "mine", world="talks")
    assert set(raised.value.found) == {"one"}


def test_the_command_line_names_them_shows_no_table_and_goes_on_when_it_is_allowed(tmp_path: Path) -> None:
    folder = str(_case(tmp_path, _measure({}), _measure({"id": "later", "legal_from": "2026-01-01"})))
    asked = ["simulate", folder, "--scenario", "mine", "--world", "talks"]
    refused = CliRunner().invoke(app, asked)
    assert isinstance(refused.exception, IdleError)
    assert refused.stdout == ""
    shown = CliRunner().invoke(app, [*asked, "--allow-idle"], env={"COLUMNS": "200"})
    assert shown.exit_code == 0, shown.output
    head, _, _ = shown.stdout.partition("Real income")
    assert "is not in these results: it starts on 2026-01-01" in head
    told = json.loads(CliRunner().invoke(app, [*asked, "--allow-idle", "--json"]).stdout)
    assert told["of_scenario"] == ["later"]
    assert "starts on 2026-01-01" in told["left_out"]["later"]


def test_a_scenario_allows_it_with_a_reason_only(tmp_path: Path) -> None:
    measures = _measure({}), _measure({"id": "later", "legal_from": "2026-01-01"})
    with pytest.raises(InputError, match="allow_idle needs its reason"):
        Case.load(_case(tmp_path / "silent", *measures, allow_idle=True))
    folder = _case(tmp_path / "told", *measures, allow_idle=True, note="it starts next year")
    simulate(Case.load(folder), "mine", world="talks")


@pytest.mark.parametrize(
    ("end", "why"),
    [
        ({"measure": "us-ieepa-annex1", "legal_from": "2025-08-01"}, "it ends on 2025-08-01, after 2025-07-09"),
        ({"measure": "OVER", "legal_from": "2025-07-09"}, "it ended by itself on"),
    ],
)
def test_an_end_that_is_none_is_refused(tmp_path: Path, end: dict[str, str], why: str) -> None:
    folder = _case(tmp_path, _measure({}))
    over = next(
        one.id
        for one in Case.load(folder).register.measures
        if one.legal_to is not None and str(one.legal_to) < "2025-07-01" and one.kind != "termination"
    )
    ends = [{**end, "measure": end["measure"].replace("OVER", over)}]
    _extend(folder / "measures.yaml", lambda content: content["overlays"]["mine"].update(end=ends))
    with pytest.raises(IdleError, match=f"{ends[0]['measure']} changes nothing: {why}"):
        simulate(Case.load(folder), "mine", world="talks")


@pytest.mark.parametrize(
    "day",
    [
        "2025-04-27",
        "2025-06-01",
        "2025-07-10",
        "2025-07-23",
        "2025-08-10",
        "2025-09-16",
        "2026-03-01",
        "2026-09-30",
    ],
)
def test_what_is_gone_on_the_day_is_gone_whoever_ended_it(day: str) -> None:
    case = Case.load("japan-us-2025", date.fromisoformat(day))
    for scenario in case.scenarios:
        assert scenario_effects(case, scenario, world="talks")[1].idle == {}, scenario


@pytest.mark.parametrize("scenario", sorted(Case.load("japan-us-2025").scenarios))
def test_every_shipped_scenario_acts(scenario: str) -> None:
    assert scenario_effects(Case.load("japan-us-2025"), scenario, world="talks")[1].idle == {}


def _table(to: Path, option: dict[str, Any], measure: dict[str, Any] | None = None) -> Path:
    """The shipped case with a table of cars alone, and one more option on it."""
    folder = copied(to)

    def change(content: Any) -> None:
        cars = content["issues"][0]
        cars["options"] = [cars["options"][0], cars["options"][2], option]
        content["issues"], content["red_lines"], content["links"] = [cars], [], []
        if measure is not None:
            content["overlays"]["mine"] = {"title": "Mine", "add": [{**measure, "source": ["own-table"]}]}

    _extend(folder / "table.yaml", change)
    return folder


OPTION = {"id": "mine", "title": "Mine", "status": "assumption", "source": ["own-table"]}
UNPRICED = _measure({"kind": "unpriced", "value": None})


@pytest.mark.parametrize(
    ("option", "measure", "why"),
    [
        ({}, None, "every package is the same with it as with add-25"),
        ({"overlays": ["mine"]}, UNPRICED, "listed, not priced"),
        ({"overlays": ["mine"]}, _measure({"legal_from": "2026-01-01"}), "starts on 2026-01-01"),
    ],
)
def test_an_option_that_changes_nothing_is_refused(
    tmp_path: Path, option: dict[str, Any], measure: dict[str, Any] | None, why: str
) -> None:
    case = Case.load(_table(tmp_path, {**OPTION, **option}, measure))
    with pytest.raises(IdleError, match=f"cars, mine changes nothing: .*{why}"):
        negotiate(case.table(), case.worlds().coarse, effort=Effort(draws=0, confirm=False))


def test_an_unpriced_option_that_is_allowed_has_no_price_never_nothing(tmp_path: Path) -> None:
    option = {**OPTION, "overlays": ["mine"], "allow_idle": True, "note": "nobody knows"}
    folder = str(_table(tmp_path, option, UNPRICED))
    asked = ["bargain", folder, "--draws", "0", "--no-confirm", "--explain", "cars=mine"]
    told = json.loads(CliRunner().invoke(app, [*asked, "--json"]).stdout)
    assert told["explained"]["issues"]["cars"] is None
    (one,) = told["not_priced"]
    assert (one["issue"], one["option"]) == ("cars", "mine")
    shown = CliRunner().invoke(app, asked, env={"COLUMNS": "140"})
    assert shown.exit_code == 0, shown.output
    assert "Not priced: cars, mine: mine: nothing says what it costs" in shown.stdout
    assert re.search(r"^ *Cars and their parts +not priced +not priced", shown.stdout, re.M), shown.stdout


@pytest.mark.parametrize(
    ("day", "alike"), [("2025-05-12", []), ("2025-06-01", []), ("2025-06-10", []), ("2025-09-20", ["all-15"])]
)
def test_an_option_that_is_in_force_on_another_day_is_told_as_that(day: str, alike: list[str]) -> None:
    case = Case.load("japan-us-2025", date.fromisoformat(day))
    table = case.table()
    if table.as_of != case.as_of:  # the talks are over: the last table, laid on what came of them
        law = case.law("status-quo")
        ground = replace(table.backgrounds[0], packages=law, disagreement=law)
        table = replace(table, backgrounds=(ground,), status_quo=law)
    some = {"issues": table.file.issues[:2], "red_lines": (), "links": ()}  # cars and metals
    table = replace(table, file=table.file.model_copy(update=some))
    deal = negotiate(table, case.worlds().coarse, effort=Effort(draws=0, confirm=False))
    assert deal.idle == {}
    assert deal.as_in_force == {("cars", name): "25 % on top, as now" for name in alike}
    metals = {name: n for n, name in enumerate(table.grid.options[1])}
    worth = deal.game.payoffs[:, 0].reshape(-1, len(metals))[0]  # Japan's, with cars as they are
    assert worth[metals["none"]] > worth[metals["add-10"]] > worth[metals["add-25"]]


ACTS: dict[str, Any] = {
    "imposer": "USA",
    "partners": {"include": ["JPN"]},
    "scope": {"sectors": ["C29"]},
    "legal_from": "2025-07-01",
}
END: dict[str, Any] = {"kind": "termination", "value": None, "scope": None, "terminates": ["us-232-autos-25"]}


@pytest.mark.parametrize(
    ("changes", "acts"),
    [
        ([], False),
        ([{}], True),
        ([{"legal_from": "2025-07-09"}], True),
        ([{"legal_from": "2025-07-10"}], False),
        ([{"legal_to": "2025-07-09"}], True),
        ([{"legal_to": "2025-07-08"}], False),
        ([{"kind": "unpriced", "value": None}], False),
        ([{"partners": {"include": ["USA"]}}], False),
        ([{"imposer": "JPN"}], False),
        ([{"scope": {"hs": {"edition": "HS 2022", "prefixes": ["2204"]}}}], False),
        ([END], True),
        ([{**END, "legal_from": "2025-07-10"}], False),
        ([{}, END], True),
        ([{}, {"kind": "unpriced", "value": None}], False),
        ([{"legal_from": "2025-07-10"}, {}], False),
    ],
)
def test_what_could_act_is_priced_of_the_day_and_on_goods_that_are_traded(
    talks: World, law: Register, changes: list[dict[str, Any]], *, acts: bool
) -> None:
    add = tuple(measure(**{**ACTS, **one, "id": f"m{n}"}) for n, one in enumerate(changes))
    assert could_act(talks, law, Overlay(title="x", add=add), date(2025, 7, 9)) is acts
