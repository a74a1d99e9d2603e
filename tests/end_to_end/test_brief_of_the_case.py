"""The real brief: what is in its files holds together, and agrees with what the other commands say."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from tests.end_to_end.conftest import Run

from kosho import Case
from kosho.brief import save
from kosho.brief.model import Brief
from kosho.errors import InputError


@pytest.fixture(scope="module")
def content(brief_folder: Path) -> dict[str, Any]:
    return json.loads((brief_folder / "brief.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def brief(brief_folder: Path) -> Brief:
    return Brief.model_validate_json((brief_folder / "brief.json").read_text(encoding="utf-8"))


def test_folder_holds_two_files_and_nothing_half_written(brief_folder: Path) -> None:
    assert sorted(path.name for path in brief_folder.iterdir()) == ["brief.html", "brief.json", "terminal.txt"]
    assert (brief_folder / "brief.html").stat().st_size < 3_200_000
    assert os.access(brief_folder / "brief.html", os.R_OK)


def test_terminal_names_the_files_and_shows_the_headline(brief_folder: Path, brief: Brief) -> None:
    told = (brief_folder / "terminal.txt").read_text(encoding="utf-8")
    assert all(" ".join(text.split()) in " ".join(told.split()) for text in brief.first_page.values())
    assert str(brief_folder / "brief.html") in told
    assert str(brief_folder / "brief.json") in told
    assert all(one.title.split(",")[0] in told for one in brief.scenarios)


def test_json_carries_version_day_and_world(content: dict[str, Any]) -> None:
    assert content["schema_version"] == 1
    assert content["case"] == "japan-us-2025"
    assert content["as_of"] == "2025-06-29"
    assert re.fullmatch(r"[0-9a-f]{16}", content["world"]["hash"])
    assert {"in_force", "scenarios", "results", "comparisons", "not_yet_priced", "calendar", "sources"} <= set(
        content
    )


def test_page_and_json_say_the_same(brief_folder: Path, brief: Brief) -> None:
    page = (brief_folder / "brief.html").read_text(encoding="utf-8")
    text = re.sub(r"\s+", " ", page).replace("&#39;", "'").replace("&#34;", '"').replace("&amp;", "&")
    told = [brief.lead.text, *(one.text for one in brief.headline), *(one.why for one in brief.not_yet_priced)]
    told += [one.title for one in (*brief.scenarios, *brief.in_force, *brief.calendar)]
    for words in told:
        assert re.sub(r"\s+", " ", words.replace(" %", "\N{NO-BREAK SPACE}%")) in text


def test_every_scenario_is_run_under_every_variant(brief: Brief) -> None:
    ran = {(one.scenario, one.variant) for one in brief.results}
    assert ran == {(one.id, variant.id) for one in brief.scenarios for variant in brief.variants}
    assert {(one.deficits, one.elasticities) for one in brief.variants} == {
        (deficits, elasticities) for deficits in ("fixed", "zero") for elasticities in ("central", "low")
    }


def test_comparisons_are_differences_of_results_and_ranges_hold_them(brief: Brief) -> None:
    for one in brief.comparisons:
        for variant, gap in one.by_variant.items():
            here = brief.numbers.result(one.scenario, variant).countries[one.party].ev_musd
            there = (
                0.0
                if one.against == "base"
                else brief.numbers.result(one.against, variant).countries[one.party].ev_musd
            )
            assert gap == pytest.approx(here - there, abs=1e-5 * max(abs(here), abs(there)))
            assert one.whole.low <= gap <= one.whole.high
        assert one.draws.p5 <= one.draws.p50 <= one.draws.p95


def test_every_source_cited_is_listed_once_and_numbered(brief: Brief) -> None:
    assert [one.number for one in brief.sources] == list(range(1, len(brief.sources) + 1))
    known = {one.id for one in brief.sources}
    cited = {source for measure in brief.in_force for source in measure.sources}
    cited |= {source for claim in (*brief.method.model, *brief.method.first_year) for source in claim.sources}
    assert cited <= known
    assert {one.kind for one in brief.sources} >= {"primary", "secondary"}


def test_the_state_of_the_day_is_told(brief: Brief) -> None:
    rates = {one.id: one.rate.replace("\N{NO-BREAK SPACE}", " ") for one in brief.in_force}
    assert rates["us-232-autos-25"] == "+25 %"
    assert rates["us-ieepa-baseline-10"] == "+10 %"
    assert rates["us-232-steel-50"].startswith("+50")
    hit = [one for one in brief.in_force if one.hits]
    assert brief.in_force[: len(hit)] == tuple(hit)
    cars = brief.results[0].flows[0]
    assert (cars.base_units, cars.unit) == (1.37e6, "vehicles")


def test_simulate_gives_the_same_numbers(kosho: Run, brief: Brief) -> None:
    for variant in (brief.variants[0], brief.variants[-1]):
        options = ["--deficits", variant.deficits, "--elasticities", variant.elasticities]
        done = kosho(
            "simulate", "japan-us-2025", "--scenario", "deal", "--as-of", "2025-06-29", *options, "--json"
        )
        alone = json.loads(done.stdout)
        together = brief.numbers.result("deal", variant.id)
        for code, effect in together.countries.items():
            assert alone["countries"][code]["ev_musd"] == pytest.approx(effect.ev_musd, rel=1e-4, abs=5.0)
        assert alone["flows"][0]["new_units"] == pytest.approx(together.flows[0].new_units, rel=1e-4)


def test_a_folder_that_cannot_be_written_is_refused(brief: Brief, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way", encoding="utf-8")
    with pytest.raises(InputError, match="cannot be written"):
        save(brief, blocked)
    assert blocked.read_text(encoding="utf-8") == "in the way"


def test_writing_again_replaces_both_files_with_the_same(
    brief: Brief, brief_folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "brief.html").write_text("old", encoding="utf-8")
    save(brief, tmp_path)
    for name in ("brief.html", "brief.json"):
        assert (tmp_path / name).read_bytes() == (brief_folder / name).read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["brief.html", "brief.json"]


def test_case_is_reached_from_the_package() -> None:
    assert Case.load("japan-us-2025").name == "japan-us-2025"
