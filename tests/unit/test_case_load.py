from __future__ import annotations

import pickle
from datetime import date
from pathlib import Path

import pytest
from tests.cases import NAME, change, copied
from tests.plain_rates import us_rate

from kosho.case import Case, cases
from kosho.errors import InputError
from kosho.law import Product
from kosho.scenario import simulate_with_ranges
from kosho.world import load


@pytest.fixture(scope="module")
def case() -> Case:
    return Case.load(NAME)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copied(tmp_path, "mine")


def test_the_shipped_case_is_listed_and_opens_by_name_and_path(folder: Path):
    assert NAME in cases()
    assert Case.load(folder).name == "mine"
    assert list(Case.load(NAME).scenarios) == list(Case.load(str(folder)).scenarios)


@pytest.mark.parametrize("name", cases())
def test_a_case_can_be_sent_to_another_process_with_all_that_was_asked_of_it(name: str):
    case = Case.load(name)
    assert case.record is not None
    sent = pickle.loads(pickle.dumps(case))  # noqa: S301 - our own
    assert sent.record.lines == case.record.lines
    assert list(sent.scenarios) == list(case.scenarios)


def test_an_unknown_case_gets_a_suggestion():
    with pytest.raises(InputError, match=r"no case 'japan-us-2052' .*japan-us-2025"):
        Case.load("japan-us-2052")
    with pytest.raises(InputError, match="no case"):
        Case.load("../codes")


def test_every_figure_has_its_source(case: Case):
    cited = {source for scenario in case.scenarios.values() for source in scenario.source}
    cited |= {source for measure in case.register.measures for source in measure.source}
    cited |= {flow.quantity.source for flow in case.flows if flow.quantity}
    cited |= {item.figure.source for item in case.observations}
    assert cited <= set(case.sources)


def test_roles_and_backgrounds_are_what_a_comparison_needs(case: Case):
    roles = {name: scenario.role for name, scenario in case.scenarios.items()}
    assert roles["status-quo"] == "status-quo"
    assert roles["no-deal"] == roles["no-deal-all"] == "no-deal"
    deals = [scenario for scenario in case.scenarios.values() if scenario.role == "deal"]
    assert len(deals) >= 3
    # Third countries face the same in every deal and where Japan alone has none.
    same = [*deals, case.scenarios["no-deal"]]
    assert {scenario.background.id for scenario in same if scenario.background} == {"partners-stay"}
    assert {scenario.on for scenario in same} == {date(2025, 7, 9)}


CARS, STEEL, REST, MEDICINES = (
    Product("C29", "vehicles-232"),
    Product("C24A", "steel"),
    Product("C28"),
    Product("C21", "pharma-exempt"),
)


@pytest.mark.parametrize(
    ("scenario", "japan", "korea"),
    [
        ("status-quo", (27.5, 50, 10, 0), (27.5, 50, 10, 0)),
        ("extension", (27.5, 50, 10, 0), (27.5, 50, 10, 0)),
        ("no-deal", (27.5, 50, 24, 0), (27.5, 50, 10, 0)),
        ("no-deal-all", (27.5, 50, 24, 0), (27.5, 50, 25, 0)),
        ("deal", (15, 50, 15, 0), (27.5, 50, 10, 0)),
        ("deal-cars", (15, 50, 10, 0), (27.5, 50, 10, 0)),
        ("deal-uk-terms", (10, 25, 10, 0), (27.5, 50, 10, 0)),
        ("deal-removal", (2.5, 0, 0, 0), (27.5, 50, 10, 0)),
    ],
)
def test_rates_of_a_scenario(case: Case, scenario: str, japan, korea):
    law = case.law(scenario)
    for exporter, expected in (("JPN", japan), ("KOR", korea)):
        for product, percent in zip((CARS, STEEL, REST, MEDICINES), expected, strict=True):
            _found, rate = us_rate(law.register, exporter, product, law.on, law.known)
            assert 100 * rate == pytest.approx(percent), (exporter, product)


@pytest.mark.parametrize(
    ("day", "scenario", "japan"),
    [
        (date(2025, 4, 27), "status-quo", (27.5, 25, 10)),
        (date(2025, 4, 27), "no-deal", (27.5, 25, 24)),
        (date(2025, 4, 27), "deal", (15, 25, 15)),
        (date(2025, 7, 10), "no-deal", (27.5, 50, 25)),
        (date(2025, 7, 10), "no-deal-all", (27.5, 50, 25)),
        (date(2025, 7, 23), "status-quo", (27.5, 50, 10)),
        (date(2025, 7, 23), "agreed", (15, 50, 15)),
        (date(2025, 7, 23), "without", (27.5, 50, 25)),
        (date(2025, 8, 10), "status-quo", (27.5, 50, 15)),
        (date(2025, 8, 10), "agreed", (15, 50, 15)),
        (date(2025, 8, 10), "without", (27.5, 50, 25)),
        (date(2025, 9, 5), "agreed", (15, 50, 15)),
        (date(2025, 9, 5), "without", (27.5, 50, 25)),
        (date(2025, 9, 16), "status-quo", (15, 50, 15)),
        (date(2025, 9, 16), "without", (27.5, 50, 25)),
        (date(2026, 3, 1), "status-quo", (15, 50, 10)),
        (date(2026, 3, 1), "without", (27.5, 50, 10)),
        (date(2026, 3, 1), "surcharge-15", (15, 50, 15)),
        (date(2026, 9, 30), "status-quo", (15, 50, 12.5)),
        (date(2026, 9, 30), "without", (27.5, 50, 12.5)),
    ],
)
def test_rates_on_japan_as_the_case_goes_on(day: date, scenario: str, japan: tuple[float, ...]):
    law = Case.load(NAME, day).law(scenario)
    for product, percent in zip((CARS, STEEL, REST), japan, strict=True):
        _found, rate = us_rate(law.register, "JPN", product, law.on, law.known)
        assert 100 * rate == pytest.approx(percent), product


def test_the_day_asked_is_the_day_in_force_and_known(case: Case):
    law = case.law("status-quo", date(2025, 4, 9))
    assert (law.on, law.known) == (date(2025, 4, 9), date(2025, 4, 9))
    assert case.law("status-quo").on == case.as_of == date(2025, 6, 29)
    early = case.law("no-deal", date(2025, 6, 1))
    assert (early.on, early.known) == (date(2025, 7, 9), date(2025, 6, 1))
    # Metals were at 25 on 1 June and nobody knew of 50.
    assert us_rate(early.register, "JPN", STEEL, early.on, early.known)[1] == 0.25
    # By then the suspension was prolonged, and the rate announced was that of the letter.
    late = case.law("no-deal", date(2025, 7, 20))
    assert (late.on, late.known) == (date(2025, 8, 1), date(2025, 7, 20))
    assert us_rate(late.register, "JPN", REST, late.on, late.known)[1] == 0.25


def test_all_partners_revert_even_when_the_extension_is_known(case: Case):
    late = case.law("no-deal-all", date(2025, 7, 20))
    assert us_rate(late.register, "KOR", REST, late.on, late.known)[1] == 0.25


def test_an_unknown_scenario_gets_a_suggestion(case: Case):
    with pytest.raises(InputError, match=r"no scenario 'no-dael' .*no-deal"):
        case.law("no-dael")


def test_mistakes_of_all_files_are_reported_together(folder: Path):
    main, overlays = folder / "case.yaml", folder / "measures.yaml"
    change(main, "overlays: [japan-24]", "overlays: [japan-42]")
    change(main, "part: vehicles-232", "part: vehicles-223")
    change(main, "background: partners-revert", "background: partners-reverted")
    change(main, "source: [round7, proc10908", "source: [round8, proc10908")
    change(overlays, "excludes: [us-ieepa-baseline-10]", "excludes: [us-ieepa-baseline]")
    change(overlays, "{measure: us-ieepa-annex1, ", "{measure: us-ieepa-anex1, ")
    with pytest.raises(InputError) as caught:
        Case.load(folder)
    found = [str(problem) for problem in caught.value.problems]
    assert len(found) == 6
    for file, word, hint in (
        (main, "unknown overlay 'japan-42'", "japan-24"),
        (main, "unknown product group 'vehicles-223'", "vehicles-232"),
        (main, "unknown background 'partners-reverted'", "partners-revert"),
        (main, "unknown source 'round8'", "round7"),
        (overlays, "unknown measure or authority 'us-ieepa-baseline'", "us-ieepa-baseline-10"),
        (overlays, "unknown measure 'us-ieepa-anex1'", "us-ieepa-annex1"),
    ):
        (line,) = [text for text in found if word in text]
        place = line.removeprefix(str(file))
        assert place != line
        assert int(place.split(":")[1]) > 1
        assert hint in line


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("as_of: 2025-06-29", "as_of: 2025-06-31", ("as_of", "YYYY-MM-DD", "2025-06-31")),
        ("role: status-quo", "role: statusquo", ("role", "status-quo")),
        ("economy: JPN", "economy: JPP", ("unknown country or bloc 'JPP'", "JPN")),
        ("- id: extension", "- id:  status-quo", ("'status-quo' is given twice")),
        ("part: vehicles-232", "part: steel", ("group 'steel' is in sector C24A",)),
        ("title: No deal, but", "titel: No deal, but", ("unknown key", "did you mean title?")),
    ],
)
def test_a_mistake_is_named_with_file_line_and_key(folder: Path, old: str, new: str, words):
    path = folder / "case.yaml"
    change(path, old, new)
    text = path.read_text(encoding="utf-8")
    with pytest.raises(InputError) as caught:
        Case.load(folder)
    (found,) = [item for item in caught.value.problems if all(word in str(item) for word in words)]
    assert found.file == str(path)
    assert new in text.splitlines()[(found.line or 0) - 1]


def test_a_mistake_in_measures_makes_nothing_else_unknown(folder: Path):
    change(folder / "measures.yaml", "top_down:", "topdown:")
    change(folder / "case.yaml", "source: [annex1, eo14266]", "source: [annex1, eo14267]")
    with pytest.raises(InputError) as caught:
        Case.load(folder)
    told = [str(problem) for problem in caught.value.problems]
    assert len(told) == 2
    assert "topdown: unknown key (did you mean top_down" in told[0]
    assert "case.yaml" in told[1]
    assert "unknown source 'eo14267'" in told[1]


def test_a_missing_file_is_a_mistake_like_others(folder: Path):
    (folder / "measures.yaml").unlink()
    change(folder / "case.yaml", "as_of: 2025-06-29", "as_of: someday")
    with pytest.raises(InputError) as caught:
        Case.load(folder)
    first, second = (str(problem) for problem in caught.value.problems)
    assert "someday" in first
    assert "measures.yaml: cannot be read" in second


def test_an_overlay_may_not_repeat_a_measure_of_the_register(folder: Path):
    change(folder / "measures.yaml", "id: case-japan-24", "id: us-ieepa-baseline-10")
    with pytest.raises(InputError, match=r"measures\.yaml:\d+: measure 'us-ieepa-baseline-10' is there"):
        Case.load(folder)


def test_quotes_stand_in_the_texts(case: Case, shared: Path):
    names = {"round7": "japan-us-round7-2025-06-29.txt", "safety": "japan-us-safety-2025-04-27.txt"}
    quoted = [item for item in case.not_yet_priced if item.quote]
    assert len(quoted) >= 3
    for item in quoted:
        text = (shared / "sources" / names[item.source[0]]).read_text(encoding="utf-8")
        assert item.quote in text


def test_flows_that_another_world_does_not_tell_apart_are_left_out_and_named(case: Case):
    """A table need not have every sector that a case asks about, only its parties."""
    talks = load(regions="talks", sectors="talks")
    metals = {code: (code,) for code in talks.sectors if code not in ("C24A", "C24B")}
    coarse = talks.aggregate(sectors=metals | {"C24": ("C24A", "C24B")})
    left_out = case.flows_left_out(coarse)
    assert list(left_out) == ["steel"]
    assert "C24A is in C24" in left_out["steel"]
    assert [flow.id for flow in case.within(coarse).flows] == [f.id for f in case.flows if f.id != "steel"]
    assert case.flows_left_out(talks) == {}
    found = simulate_with_ranges(case.allowing_idle(), "deal", world=coarse)
    assert found.flows_left_out == left_out
    assert found.commitments.ends is not None
    assert len(found.commitments.ends.flows) == len(case.flows) - 1
    with pytest.raises(InputError, match="party USA is not in the world"):
        case.within(talks.aggregate(regions={"WORLD": talks.countries}))


def test_lists_of_a_case_are_its_own_and_one_that_ships_is_told_with_its_line(folder: Path):
    overlays = folder / "measures.yaml"
    one = "{title: A list, edition: HS 2022, prefixes: ['2208'], source: [annex1]}"
    change(overlays, "\noverlays:", f"\nlists:\n  drinks: {one}\n  rice: {one}\n  wine: {one}\n\noverlays:")
    with pytest.raises(InputError) as caught:
        Case.load(folder)
    line = overlays.read_text(encoding="utf-8").splitlines().index(f"  rice: {one}") + 1
    assert [str(problem) for problem in caught.value.problems] == [
        f"{overlays}:{line}: list 'rice' ships with Kosho (choose another id)"
    ]
    change(overlays, f"  rice: {one}\n", "")
    found = Case.load(folder)
    assert {"drinks", "wine", "rice"} <= found.register.lists.keys()
    measure = next(one for overlay in found.overlays.values() for one in overlay.add)
    file, number = found.register.places[measure.id].rsplit(":", 1)
    assert file == str(overlays)
    assert f"id: {measure.id}" in overlays.read_text(encoding="utf-8").splitlines()[int(number) - 1]


def test_files_that_are_no_yaml_are_told_with_mistakes_of_the_others(folder: Path):
    for name in ("case", "measures", "record"):
        (folder / f"{name}.yaml").write_text("title: [", encoding="utf-8")
    (folder / "products.yaml").write_text("titel: x", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        Case.load(folder, date(2025, 6, 29))
    files = [Path(problem.file or "").name for problem in caught.value.problems]
    assert files == ["products.yaml", "products.yaml", "case.yaml", "measures.yaml"]
