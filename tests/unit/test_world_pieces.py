"""Pieces of estimates and of sheets: what tells something, what a referee would say, where codes stand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from kosho.bounds import THETA
from kosho.errors import InputError
from kosho.world import build, choice, factors
from kosho.world.build import _elasticities
from kosho.world.estimation import Estimated, _judged, _name, _telling, interval
from kosho.world.factors import _economies
from kosho.world.loading import _elasticities as of_table
from kosho.world.readers.wiod import _industry, _is_total, _most, _row_number
from kosho.world.store import IOTable


@pytest.mark.parametrize(
    ("rows", "left", "separated", "alone"),
    [
        ([("a", "x", 1), ("a", "y", 2), ("b", "x", 3), ("b", "y", 4)], 4, 0, 0),
        ([("a", "x", 0), ("a", "y", 0), ("b", "x", 3), ("b", "y", 4)], 0, 2, 2),
        ([("a", "x", 1), ("a", "y", 2), ("b", "x", 3), ("b", "y", 4), ("c", "x", 5)], 4, 0, 1),
        ([("a", "x", 1), ("a", "y", 2), ("b", "x", 3), ("b", "y", 4), ("c", "x", 0)], 4, 1, 0),
        ([("a", "x", 1), ("b", "x", 2), ("b", "y", 3)], 0, 0, 3),  # what is dropped leaves others alone
        ([], 0, 0, 0),
    ],
)
def test_observations_that_tell_nothing_beside_fixed_effects_are_dropped_until_none_is(
    rows: list[tuple[str, str, float]], left: int, separated: int, alone: int
) -> None:
    frame = pd.DataFrame(rows, columns=["source", "market", "trade"])
    found = _telling(frame, ("source", "market"))
    assert (len(found[0]), *found[1:]) == (left, separated, alone)


LOW, HIGH = "theta ", "zero is within its 95 % interval"


@pytest.mark.parametrize(
    ("theta", "error", "told"),
    [
        (5.0, 0.5, None),
        (1.96, 1.0, HIGH),
        (1.97, 1.0, None),
        (5.0, float("nan"), "its standard error is not known"),
        (-1.0, 0.1, LOW),
        (-1.0, float("nan"), LOW),
        (1e6, 1.0, LOW),
    ],
)
def test_a_referee_says_one_thing_of_an_estimate(theta: float, error: float, told: str | None) -> None:
    assert (THETA.broken(theta) is not None) is (told == LOW)
    fit: Any = SimpleNamespace(convergence=True)
    found = _judged(theta, error, fit, (), 0)
    assert len(found) == (told is not None)
    assert all(one.startswith(str(told)) for one in found)
    fit.convergence = False
    more = _judged(theta, error, fit, ("tariff", "distance"), 3)
    assert [one.partition(":")[0].partition(",")[0] for one in more[:3]] == [
        "dropped",
        "observations that separate and are dropped",
        "the estimation did not converge",
    ]
    assert more[0].endswith("tariff, distance")
    assert more[1].endswith("3")
    assert more[3:] == found


def test_variables_have_the_names_of_their_controls_and_estimates_their_interval() -> None:
    panel: Any = SimpleNamespace(controls={"distance": None, "border": None})
    assert [_name(one, panel) for one in ("x0", "x1", "price")] == ["distance", "border", "tariff"]
    one = Estimated("C29", 5.0, 0.5, -6.0, 9, 3, 0, 0, (), ())
    assert interval(one) == pytest.approx((4.02, 5.98))
    assert (one.log_sd, one.usable) == (0.1, True)
    for theta, error in ((None, 0.5), (5.0, None), (None, None)):
        other = Estimated("C29", theta, error, None, 9, 3, 0, 0, (), ())
        assert (interval(other), other.log_sd, other.usable) == (None, None, False)
    assert not Estimated("C29", 5.0, 0.0, -6.0, 9, 3, 0, 0, (), ()).usable
    assert not Estimated("C29", -5.0, 0.5, 4.0, 9, 3, 0, 0, (), ()).usable


@pytest.mark.parametrize(
    ("rows", "row"),
    [
        ([["", "c1", "c2"], ["", "x", "c2"]], 0),
        ([["x", "y", "c1"], ["", "c1", "c2"]], 1),
        ([["a", "b"], ["c1", "b"]], 1),  # half of the widest is enough
        ([["a", "b", "x"], ["c1", "b", "x"]], None),
        ([["a"], ["b"]], None),
        ([], None),
    ],
)
def test_codes_stand_in_the_row_that_has_most_of_them(rows: list[list[str]], row: int | None) -> None:
    assert _most(rows, lambda text: text.startswith("c")) == row


@pytest.mark.parametrize(("column", "whether"), [(0, False), (1, True), (2, True), (3, False), (4, False)])
def test_a_column_of_gross_output_is_headed_so_somewhere(column: int, whether: bool) -> None:
    assert _is_total([["c1", "TOT", None, "total sales"], ["AUS", "x", " Gross output "]], column) is whether


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        (["c1", "Farming", "AUS"], ("AUS", "A")),
        (["AUS", None, "c2"], ("AUS", "B")),
        (["c9", "AUS"], None),
        (["c1", "TOT"], None),
        (["Farming", "AUS"], None),
        ([None], None),
        (["c1", "c2", "AUS"], ("AUS", "B")),  # the last code is the industry's
    ],
)
def test_a_row_is_of_an_economy_and_an_industry_or_of_none(
    cells: list[Any], found: tuple[str, str] | None
) -> None:
    texts = [one or "" for one in cells]
    assert _industry(texts, [""] * len(texts), {"c1": "A", "c2": "B"}) == found
    merged = ["" if one == "AUS" else one for one in texts]  # it stands in the first of its rows
    assert _industry(merged, texts, {"c1": "A", "c2": "B"}) == found


@pytest.mark.parametrize(("cell", "number"), [(3.0, 3), (12, 12), ("7", 7), ("r64", 64), ("", 0), (None, 0)])
def test_a_row_has_the_number_that_r_keeps_in_any_way(cell: Any, number: int) -> None:
    assert _row_number(cell) == number


@pytest.mark.parametrize(
    ("rows", "insist", "theta", "spread", "told"),
    [
        (["A01,4,0.3", "C29,5,"], False, [4.0, 5.0], [0.3, None], {}),
        (["C29,5,0.2"], False, [None, 5.0], [None, 0.2], {}),
        (["C29,,0.2"], False, [None, None], [None, 0.2], {}),
        (
            ["X,4,", "A01,0,", "C29,1e6,", "A01,4,x"],
            False,
            [],
            [],
            {2: "sector", 3: "theta", 4: "theta", 5: "log_sd"},
        ),
        (["C29,1e6,"], True, [None, 1e6], [None, None], {}),
    ],
)
def test_elasticities_of_a_file_are_by_sector_and_within_bounds_unless_meant(
    rows: list[str], insist: bool, theta: list[Any], spread: list[Any], told: dict[int, str], tmp_path: Path
) -> None:
    path = tmp_path / "theta.csv"
    path.write_text("\n".join(["sector,theta,log_sd", *rows]) + "\n", encoding="utf-8")
    if told:
        with pytest.raises(InputError) as caught:
            _elasticities(path, ("A01", "C29"), insist=insist)
        assert {one.line: one.key for one in caught.value.problems} == told
        return
    found = _elasticities(path, ("A01", "C29"), insist=insist)
    for values, wanted in zip(found, (theta, spread), strict=True):
        np.testing.assert_array_equal(values, [np.nan if one is None else one for one in wanted])


@pytest.mark.parametrize(
    ("spread", "kept"), [((0.3, 0.2), True), ((0.3, None), False), ((None, 0.2), False), (None, False)]
)
def test_elasticities_of_a_table_have_a_spread_where_all_of_them_do(
    spread: tuple[float | None, ...] | None, *, kept: bool
) -> None:
    given = None if spread is None else np.array([np.nan if one is None else one for one in spread])
    some = np.ones((1, 1, 2))
    raw = IOTable(("JPN",), ("A", "B"), some, np.ones((1, 2, 2)), some[0], theta=np.array([4.0, 5.0]))
    theta, found, notes = of_table(replace(raw, theta_spread=given), None)
    assert (theta.to_numpy().tolist(), notes) == ([4.0, 5.0], [])
    assert (None if found is None else found.to_numpy().tolist()) == (list(spread or ()) if kept else None)


def test_weights_of_economies_in_a_region_are_what_they_sell_or_all_alike() -> None:
    flows = np.zeros((3, 3, 1))
    flows[0, :, 0] = 6.0, 2.0, 0.0
    within = SimpleNamespace(economies=("DEU", "FRA", "ITA"), flows=flows)
    meta = SimpleNamespace(regions={"EUR": ("DEU", "FRA"), "SEA": ("THA", "VNM")})
    finest: Any = SimpleNamespace(within=within, meta=meta, countries=("EUR", "ITA", "SEA"))
    assert list(_economies(finest)) == [{"DEU": 0.75, "FRA": 0.25}, {"ITA": 1.0}, {"THA": 0.5, "VNM": 0.5}]
    finest.within = None
    assert next(iter(_economies(finest))) == {"DEU": 0.5, "FRA": 0.5}


@pytest.mark.parametrize(
    ("known", "told"), [({"DEU": 20, "FRA": 40}, 0.25), ({"DEU": 20}, None), ({"FRA": 40}, None)]
)
def test_a_share_of_a_region_is_told_where_those_known_make_most_of_it(
    known: dict[str, float], told: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = [{"economy": code, "percent": str(value)} for code, value in known.items()]
    monkeypatch.setattr(factors, "rows", lambda _file: table)
    monkeypatch.setattr(
        factors, "_economies", lambda _finest: [{"DEU": 0.75, "FRA": 0.25}, {"DEU": 0.8, "ITA": 0.2}]
    )
    arrays = SimpleNamespace(output=np.array([[3.0, 1.0], [2.0, 2.0]]))
    world: Any = SimpleNamespace(countries=("EUR", "TWO"), detail=None)
    world.finest = SimpleNamespace(arrays=arrays, countries=world.countries)
    found = factors._by_country(world, "any.csv")
    assert found.get("EUR") == told
    assert found.get("TWO") == (0.2 if "DEU" in known else None)  # four fifths of it are enough
    world.countries, world.detail = ("ALL",), SimpleNamespace(country=np.array([0, 0]))
    both = factors._by_country(world, "any.csv").get("ALL")
    made = {"DEU": 6.2, "FRA": 1.0}
    share = sum(made[code] * value / 100 for code, value in known.items()) / sum(made[code] for code in known)
    enough = sum(made[code] for code in known) >= 0.8 * 8.0
    assert both == (round(share, 4) if enough else None)


@pytest.mark.parametrize(
    ("countries", "sectors", "whole"),
    [
        (("JPN", "USA"), ("A01", "C29"), True),
        (("JPN", "EU27"), ("A01", "C29"), False),
        (("EUROPE", "USA"), ("A01", "C29"), False),
        (("JPN", "USA"), ("A01", "C29-C30"), False),
        (("JPN", "USA"), ("A", "C29"), False),
    ],
)
def test_a_table_that_weights_holds_nothing_together(
    countries: tuple[str, ...], sectors: tuple[str, ...], *, whole: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    flows = np.arange(8.0).reshape(2, 2, 2)
    world = SimpleNamespace(
        countries=countries,
        sectors=sectors,
        arrays=SimpleNamespace(flows=flows),
        meta=SimpleNamespace(name="w", source="s", year=2022),
    )
    chosen = SimpleNamespace(parse=lambda _text: SimpleNamespace(load=lambda: SimpleNamespace(whole=world)))
    monkeypatch.setattr(build, "WorldChoice", chosen)
    if whole:
        found = build.weights_of("mine")
        assert (found.economies, found.sectors, found.flows.tolist()) == (countries, sectors, flows.tolist())
        return
    with pytest.raises(InputError, match="'mine' gives no weights: it holds some together"):
        build.weights_of("mine")


@pytest.mark.parametrize(
    ("name", "keep", "kept"),
    [
        ("icio-2022", ("BRA", "EU27"), {"BRA", "EU27"}),
        ("icio-2022:full", ("BRA", "EU27"), {"EU27"}),  # of a form that is named only blocs go together
        ("talks", ("BRA", "EU27"), {"EU27"}),
    ],
)
def test_a_form_that_is_named_keeps_its_regions_but_for_blocs(
    name: str, keep: tuple[str, ...], kept: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choice, "_pair", lambda _of, found, *_rest: found)
    assert choice.WorldChoice.parse(name).load(keep) == kept
