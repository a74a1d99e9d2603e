"""`kosho rate` and `kosho register`: what they print, what they refuse, what they load."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.surroundings import kosho, python
from typer.testing import CliRunner, Result

from kosho.cli import app
from kosho.errors import InputError

TABLEWARE = ("rate", "USA", "JPN", "6912.00.39", "--mfn", "4.5")


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def run(*arguments: str) -> dict[str, Any]:
    done = invoke(*arguments, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def refused(*arguments: str) -> list[str]:
    error = invoke(*arguments).exception
    assert isinstance(error, InputError), error
    return [str(problem) for problem in error.problems]


def test_the_contract_of_a_rate():
    found = run(*TABLEWARE, "--on", "2025-08-07", "--known", "2025-10-01")
    assert list(found) == [
        *("schema_version", "importer", "exporter", "hs", "on", "known"),
        *("rate", "unit", "layers", "removed", "pending", "prohibited", "warnings"),
        *("low", "likely", "high", "lines", "unknown", "if_free", "facts", "preferences"),
        *("outside", "verified_to"),
    ]
    assert [found[end] for end in ("low", "likely", "high")] == [15.0, 15.0, 15.0]
    assert (found["rate"], found["unit"], found["on"], found["known"]) == (
        15.0,
        "percent",
        "2025-08-07",
        "2025-10-01",
    )
    assert [set(layer) for layer in found["layers"]] == [
        {"measure", "value", "authority", "legal_basis", "source"}
    ] * 2
    assert sum(layer["value"] for layer in found["layers"]) == 15.0
    assert all(layer["source"] for layer in found["layers"])
    assert all(set(one) == {"measure", "by", "rule"} for one in found["removed"])


def test_the_same_entry_as_known_before_and_after():
    before = run(*TABLEWARE, "--on", "2025-08-07", "--known", "2025-08-20")
    assert (before["rate"], run(*TABLEWARE, "--on", "2025-08-07")["known"]) == (19.5, "latest")
    assert run(*TABLEWARE, "--as-of", "2025-08-07")["rate"] == 19.5


def test_a_specific_duty_becomes_ad_valorem_before_the_floor():
    duty = ("--mfn", "0.50USD/kg", "--unit-value", "10USD/kg")
    found = run("rate", "USA", "JPN", "4202.12.81", "--on", "2025-10-01", *duty)
    assert (found["rate"], found["layers"][0]["value"]) == (15.0, 5.0)
    # Without a unit value there is no total, and it is not an error: the floor is known to be reached.
    untold = run("rate", "USA", "JPN", "4202.12.81", "--on", "2025-10-01", "--mfn", "0.50USD/kg")
    assert (untold["rate"], untold["low"], untold["high"]) == (None, 15.0, None)
    assert "needs the value of a unit" in untold["unknown"][0]


@pytest.mark.parametrize(("value", "told"), [("0.005USD/kg", True), ("5USD/kg", False)])
def test_money_a_unit_that_no_duty_comes_to_says_so(value: str, told: bool):
    found = run("rate", "USA", "JPN", "4202.12.81", "--mfn", "0.50USD/kg", "--unit-value", value)
    words = "the ordinary duty of 0.5 USD/kg comes to 10,000 % at 0.005 USD/kg: no duty is that high"
    assert any(one.startswith(words) for one in found["warnings"]) is told


@pytest.mark.parametrize(("known", "later"), [("2024-12-31", True), ("2025-01-01", False)])
def test_a_duty_that_was_read_later_says_so(known: str, later: bool):
    found = run("rate", "USA", "JPN", "8703.23", "--on", "2025-06-29", "--known", known)
    told = f"the ordinary duty rests on an edition of a later day than {known} (USITC, HTSUS 2025): "
    assert any(one.startswith(told) for one in found["warnings"]) is later
    shown = run("schedule", "show", "USA", "8703.23", "--on", known)
    assert ("USITC, HTSUS 2025" in shown["later"]) is later
    shown = run("schedule", "show", "USA", "8703.23", "--on", "2025-06-29", "--known", known)
    assert shown["known"] == known
    assert ("USITC, HTSUS 2025" in shown["later"]) is later
    assert shown["undated"] == ["HTSUS column 2, not read in the schedule"]


def test_a_duty_of_a_source_without_a_date_says_so():
    asked = ("rate", "IND", "JPN", "8703.23", "--on", "2025-06-29")
    told = "the ordinary duty rests on a source without a date (national schedule, from memory: check)"
    assert any(one.startswith(told) for one in run(*asked, "--known", "2025-06-29")["warnings"])
    assert not any(one.startswith(told) for one in run(*asked)["warnings"])
    assert run("schedule", "show", "IND", "8703.23", "--on", "2025-06-29")["undated"] == []


def test_no_number_where_none_is_known():
    spirits = run("rate", "IND", "GBR", "2208.30", "--on", "2026-06-01")
    assert [spirits[end] for end in ("rate", "low", "likely", "high")] == [None] * 4
    assert spirits["layers"][0]["value"] is None
    text = invoke("rate", "IND", "GBR", "2208.30", "--on", "2026-06-01").stdout
    assert "no total: no ordinary duty is given or known" in text
    assert "not in the rate: anti-dumping duties" in text


def test_a_heading_has_a_range_with_its_lines():
    found = run("rate", "USA", "BRA", "7616.99", "--on", "2026-05-01", "--mfn", "0")
    assert (found["rate"], found["low"], found["high"]) == (None, 25.0, 50.0)
    assert next(line["hs"] for line in found["lines"]["low"]) == "7616.99.10"
    assert found["lines"]["high"][0] == {
        "hs": "7616.99.51.20",
        "rate": 50.0,
        "measures": ["us-232-annex-1a-50"],
    }
    medicines = run("rate", "USA", "JPN", "3004.90", "--on", "2025-10-10", "--mfn", "0")
    assert (medicines["rate"], medicines["low"], medicines["high"]) == (None, 0.0, 50.0)
    text = invoke("rate", "USA", "BRA", "7616.99", "--on", "2026-05-01", "--mfn", "0").stdout
    assert "between 25 and 50 %" in text
    assert "25 %: 7616.99.10, 7616.99.51.30" in text


def test_facts_and_preferences_not_told_are_named_with_their_rates():
    korea = run("rate", "USA", "KOR", "8703.23", "--on", "2025-06-01")
    assert (korea["rate"], [(one["id"], one["rate"]) for one in korea["preferences"]]) == (
        27.5,
        [("korus", 25.0)],
    )
    assert {
        "fact": "preference",
        "taken": "none",
        "answer": "korus",
        "rate": 25.0,
        "low": 25.0,
        "high": 25.0,
    } in (korea["facts"])
    britain = run("rate", "USA", "GBR", "8703.23.01", "--on", "2025-07-10")
    assert [one["rate"] for one in britain["facts"] if one["fact"] == "in_quota"] == [10.0]


def test_a_duty_told_for_a_preference_puts_none_on_offer_that_the_line_does_not_give():
    japan = run("rate", "USA", "JPN", "8703.23", "--on", "2025-10-01", "--claimed", "0")
    assert [(one["id"], one["rate"]) for one in japan["preferences"]] == [("usjta", 12.5)]


def test_a_history_of_ranges_is_drawn(tmp_path: Path):
    page = tmp_path / "a.svg"
    asked = ("rate", "USA", "BRA", "7616.99", "--mfn", "0", "--from", "2026-01-01", "--to", "2026-10-01")
    found = run(*asked, "--figure", str(page))["spans"]
    assert any(one["rate"] is None and one["high"] == 50.0 for one in found)
    assert "25 to 50 %" in page.read_text(encoding="utf-8")
    text = invoke(*asked).stdout
    assert "25 to 50" in text
    assert "░" in text
    unknown = ("rate", "IND", "GBR", "2208.30", "--from", "2026-01-01", "--to", "2026-10-01")
    assert "not known" in invoke(*unknown).stdout


def test_a_note_of_a_history_says_when_it_holds():
    asked = ("rate", "USA", "JPN", "8703.23", "--from", "2025-01-01", "--known", "2025-12-01", "--to")
    notes = [line for line in invoke(*asked, "2025-12-31").stdout.splitlines() if line.startswith("note")]
    assert [line for line in notes if "us_232" in line] == [
        "note, 2025-04-03 to 2025-09-15: us_232 is not told, taken as yes: with us_232=no the rate is 2.5 %"
    ]
    before = invoke(*asked, "2025-02-01").stdout.splitlines()
    assert "note: United States-Japan Trade Agreement is not claimed: with preference=usjta" in " ".join(before)


def test_attributes_are_told_in_any_case_and_change_the_rate():
    part = ("rate", "USA", "JPN", "8708.29.5160", "--mfn", "2.5", "--on", "2025-06-29")
    assert run(*part)["rate"] == 27.5
    told = run(*part, "--attribute", "us_232=NO")
    assert told["rate"] == 12.5
    assert any(one["by"] == "us_232=no" for one in told["removed"])
    claimed = ("--attribute", "Preference=USMCA", "--claimed", "0")
    assert run("rate", "USA", "CAN", "8471.30", "--on", "2025-06-29", *claimed)["rate"] == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--attribute", "us_23=no"), ["unknown attribute 'us_23' (did you mean us_232?)"]),
        (("--attribute", "us_232"), ["'us_232' is not NAME=VALUE (write us_232=no)"]),
        (("--attribute", "us_232=perhaps"), ["us_232 is yes or no, not 'perhaps'"]),
        (("--attribute", "us_content=most"), ["us_content is a percentage, not 'most'"]),
        (("--attribute", "us_content=20", "--attribute", "us_content=30"), ["us_content is told twice"]),
        (("--attribute", "preference=usmcaa"), ["unknown preference 'usmcaa' (did you mean usmca"]),
        (("--mfn", "much"), ["'much' is not a duty (write 2.5 or 0.50USD/kg)"]),
        (("--mfn", "-1"), ["'-1' is not a duty"]),
        (("--on", "yesterday"), ["'yesterday' is not a date"]),
        (("--to", "2025-07-01"), ["--to: needs --from"]),
        (("--from", "2025-07-01", "--on", "2025-07-01"), ["asks for a history"]),
        (("--as-of", "2025-07-01", "--known", "2025-07-01"), ["stands for --on and --known"]),
        (("--figure", "x.svg"), ["--figure: draws a history to .svg or .html (add --from)"]),
        (
            ("--from", "2025-07-01", "--figure", "x.pdf"),
            ["--figure: draws a history to .svg or .html (such as"],
        ),
    ],
)
def test_mistakes_are_named(arguments: tuple[str, ...], words: list[str]):
    problems = refused("rate", "USA", "JPN", "8703.23", *arguments)
    assert len(problems) == len(words)
    assert all(word in problem for word, problem in zip(words, problems, strict=True))


def test_a_history_in_spans_and_as_a_figure(tmp_path: Path):
    span = ("--from", "2025-03-01", "--to", "2025-12-31")
    car = ("rate", "USA", "JPN", "8703.23.01", "--mfn", "2.5", *span)
    page = tmp_path / "cars.html"
    found = run(*car, "--figure", str(page))["spans"]
    assert [(one["from"], one["to"], one["rate"]) for one in found] == [
        ("2025-03-01", "2025-04-02", 2.5),
        ("2025-04-03", "2025-09-15", 27.5),
        ("2025-09-16", "2025-12-31", 15.0),
    ]
    text = page.read_text(encoding="utf-8")
    assert text.startswith("<!doctype html>")
    assert "2025-04-03 to 2025-09-15: 27.5 %" in text
    drawing = invoke(*car, "--figure", str(tmp_path / "cars.svg")).stdout
    assert (tmp_path / "cars.svg").read_text(encoding="utf-8").startswith("<svg ")
    assert "│" in drawing
    assert "27.5" in drawing


def test_the_table_tells_layers_what_was_removed_and_notes():
    text = invoke("rate", "USA", "JPN", "8703", "--mfn", "2.5", "--on", "2025-06-29").stdout
    for words in ("us-232-autos-25", "27.5", "Not applied", "sources: given with the question", "note: "):
        assert words in text


def test_what_is_in_force():
    found = run("register", "show", "--on", "2025-06-29", "--importer", "USA", "--partner", "GBR")
    by_id = {one["id"]: one for one in found["measures"]}
    assert by_id["us-232-steel-50"]["value"] == 25
    assert all(one["imposer"] == "USA" and one["place"] for one in found["measures"])
    text = invoke("register", "show", "--on", "2025-06-29").stdout
    assert "us-232-steel-50" in text
    assert refused("register", "show", "--importer", "UAS")[0].startswith("--importer: unknown country 'UAS'")


ENDS_NOTHING = """\
title: t
sources: [{id: law, title: L, publisher: P, kind: primary}]
measures:
  - id: end
    title: E
    imposer: USA
    authority: a
    kind: termination
    terminates: [us-232-steel-50]
    stage: in_force
    legal_from: 2027-01-01
    known_from: 2027-01-01
    legal_basis: l
    source: [law]
    status: fact
"""


def test_files_are_checked_alone_or_with_those_that_ship(tmp_path: Path):
    path = tmp_path / "mine.yaml"
    path.write_text(ENDS_NOTHING, encoding="utf-8")
    (problem,) = refused("register", "check", str(path))
    assert problem.startswith(f"{path}:9: terminates: unknown measure 'us-232-steel-50'")
    shipped = run("register", "check")
    both = run("register", "check", str(path), "--with-shipped")
    assert both["measures"] == shipped["measures"] + 1
    assert both["problems"] == []
    assert "nothing contradicts itself" in invoke("register", "check").stdout


def test_the_process_ends_with_two_and_one_line_a_mistake(tmp_path: Path):
    path = tmp_path / "mine.yaml"
    path.write_text(ENDS_NOTHING, encoding="utf-8")
    done = kosho("register", "check", path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.splitlines()[0].startswith(f"{path}:9: ")


def test_a_rate_loads_no_arrays():
    program = (
        "import sys\nfrom kosho.cli import main\n"
        "sys.argv = ['kosho', 'rate', 'USA', 'JPN', '8703.23', '--from', '2025-01-01', '--json']\n"
        "try:\n    main()\nfinally:\n"
        "    heavy = {'numpy', 'xarray', 'scipy', 'pandas', 'plotly', 'rich.console'} & set(sys.modules)\n"
        "    sys.stderr.write(','.join(sorted(heavy)))\n"
    )
    done = python(program)
    assert done.stderr == ""
    assert json.loads(done.stdout)["spans"]


@pytest.mark.parametrize("option", ["--mfn", "--claimed"])
def test_a_duty_that_no_law_has_is_refused(option: str) -> None:
    asked = ["rate", "USA", "JPN", "8703.23", "--on", "2025-06-29", option]
    error = CliRunner().invoke(app, [*asked, "99999999999"]).exception
    assert isinstance(error, InputError)
    assert str(error).startswith(f"{option}: ")
    assert "percent is above 1,000" in str(error)
    assert CliRunner().invoke(app, [*asked, "900"]).exit_code == 0
