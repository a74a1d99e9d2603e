"""What keeps a register current: verification, what needs a look, what became known, export controls."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from tests.measures import headings, measure, register, shipped
from typer.testing import CliRunner

from kosho.cli import app
from kosho.errors import InputError
from kosho.language import use
from kosho.law import Query, Register, quote
from kosho.law.export_controls import controls
from kosho.law.known_between import known_between
from kosho.law.measure_file import MeasureFile, Omission
from kosho.law.stale import stale

RUN = CliRunner()
LOOK = date(2026, 11, 29)


def test_each_shipped_file_with_measures_says_to_which_day_it_was_verified():
    law = shipped()
    assert {one.imposer for one in law.measures} <= set(law.verified)
    assert law.verified_to("USA") == date(2026, 9, 30)
    assert law.verified_to("DEU") == law.verified_to("EU27")
    assert law.verified_to("us-232-autos-25") == date(2026, 9, 30)
    assert law.verified_to("BRA") is None  # nobody says anything of Brazil


def test_a_measure_can_be_verified_to_another_day_than_its_file():
    file = MeasureFile(
        title="T",
        verified_to=date(2026, 9, 30),
        measures=(measure(id="a"), measure(id="b", verified_to="2025-01-31")),
    )
    assert file.verified() == {"USA": date(2026, 9, 30)}
    law = register(*file.measures)
    found = stale(law, date(2026, 1, 1))
    assert [(one.reason, one.subject) for one in found if one.subject == "b"] == [("not verified", "b")]


def test_a_register_written_and_read_again_is_verified_to_the_same_days(tmp_path: Path):
    path = tmp_path / "all.yaml"
    shipped().dump(path)
    assert Register.load([path]).verified == shipped().verified


@pytest.mark.parametrize(
    ("day", "listed"),
    [(date(2026, 11, 9), False), (date(2026, 11, 10), True)],
)
def test_a_suspension_that_is_over_is_listed_from_the_day_after(day: date, *, listed: bool):
    found = [one.subject for one in stale(shipped(), day) if one.reason == "suspension ended"]
    assert ("us-301-maritime-suspension" in found) is listed
    assert "us-ieepa-north-pause" not in found  # over in 2025, and looked at since


@pytest.mark.parametrize(("day", "listed"), [(date(2026, 9, 30), False), (date(2026, 10, 1), True)])
def test_files_are_listed_from_the_day_after_they_were_verified(day: date, *, listed: bool):
    found = [one.subject for one in stale(shipped(), day, "USA") if one.reason == "not verified"]
    assert ("USA" in found) is listed


def test_announced_measures_are_listed_once_their_day_has_come_and_inquiries_as_pending():
    law = register(
        measure(id="soon", stage="announced", legal_from="2026-03-01"),
        measure(id="over", stage="announced", legal_from="2025-03-01", legal_to="2025-04-01"),
        measure(id="dropped", stage="announced", legal_from="2025-03-01"),
        measure(id="drop", kind="termination", scope=None, value=None, terminates=["dropped"]),
        measure(id="inquiry", kind="unpriced", value=None, stage="announced", title="Inquiry into x"),
        measure(id="guess", unconfirmed_from="2026-02-01"),
    )

    def found(day: date) -> dict[str, str]:
        return {one.subject: one.reason for one in stale(law, day) if one.subject != "USA"}

    assert found(date(2026, 2, 28)) == {"inquiry": "pending", "guess": "unconfirmed"}
    assert found(date(2026, 3, 1)) == {"inquiry": "pending", "guess": "unconfirmed", "soon": "start has come"}


@pytest.mark.parametrize(
    ("day", "listed"),
    [("2025-02-28", False), ("2025-03-01", True), ("2025-04-30", True), ("2025-05-01", False)],
)
def test_an_inquiry_that_goes_on_is_pending_from_its_first_day_to_its_last(day: str, *, listed: bool):
    about = {"kind": "unpriced", "value": None, "legal_from": "2025-03-01", "title": "Inquiry into x"}
    law = register(measure(id="ends", legal_to="2025-04-30", **about), measure(id="open", **about))
    found = [one.subject for one in stale(law, date.fromisoformat(day)) if one.reason == "pending"]
    assert ("ends" in found) is listed
    assert ("open" in found) is (day >= "2025-03-01")
    other = register(measure(**{**about, "title": "Notice of x"}), measure(id="duty", title="Inquiry duty"))
    assert not [one for one in stale(other, date.fromisoformat(day)) if one.reason == "pending"]


def test_a_look_is_due_from_the_day_after_what_was_looked_at_or_the_first_of_what_came():
    law = replace(
        register(
            measure(id="soon", stage="announced", legal_from="2026-03-01", known_from="2025-06-01"),
            measure(id="inquiry", kind="unpriced", value=None, legal_from="2025-05-01", title="Inquiry into x"),
            measure(id="guess", unconfirmed_from="2026-02-01", verified_to="2026-01-31"),
            measure(id="held", authority="b", imposer="JPN", known_from="2024-12-01"),
            measure(id="pause", imposer="JPN", kind="termination", scope=None, value=None, terminates=["held"],
                    legal_from="2025-09-01", legal_to="2026-02-28"),
            measure(id="over", authority="c", legal_to="2026-02-27"),
        ),
        verified={"USA": date(2025, 12, 31)},
    )  # fmt: skip
    found = stale(law, date(2026, 4, 1))
    assert [(str(one.since), one.subject, one.reason) for one in found] == [
        ("2024-12-01", "JPN", "not verified"),
        ("2025-05-01", "inquiry", "pending"),
        ("2026-01-01", "USA", "not verified"),
        ("2026-02-01", "guess", "not verified"),
        ("2026-02-01", "guess", "unconfirmed"),
        ("2026-02-28", "over", "ended"),
        ("2026-03-01", "pause", "suspension ended"),
        ("2026-03-01", "soon", "start has come"),
    ]
    assert "held applies again" in next(one.why for one in found if one.subject == "pause")
    for day, gone in (("2026-02-27", "over"), ("2026-02-28", "pause"), ("2026-01-31", "guess")):
        subjects = {one.subject for one in stale(law, date.fromisoformat(day))}
        assert gone not in subjects
        assert "inquiry" in subjects


@pytest.mark.parametrize(
    ("other", "listed"),
    [
        ({}, False),
        ({"legal_from": "2024-12-31"}, True),
        ({"authority": "b"}, True),
        ({"legal_to": "2025-06-30"}, True),
        ({"legal_to": "2025-07-01"}, False),
    ],
)
def test_what_ran_out_is_not_listed_where_something_of_its_authority_follows(
    other: dict[str, str], *, listed: bool
):
    law = register(measure(id="over", legal_to="2025-06-30"), measure(**{"id": "other", **other}))
    found = {one.subject for one in stale(law, date(2025, 7, 1)) if one.reason == "ended"}
    assert ("over" in found) is listed


def test_what_became_known_names_what_reaches_back_and_what_it_touches():
    found = {one.measure: one for one in known_between(shipped(), date(2025, 9, 3), date(2025, 9, 16), "USA")}
    floor, end = found["us-ieepa-jpn-floor-15"], found["us-ieepa-jpn-15-replaced"]
    assert floor.retroactive
    assert floor.first == date(2025, 8, 7)
    assert floor.lines == ("all goods",)
    assert end.what == "ended"
    assert end.touches == ("us-ieepa-jpn-15",)
    assert end.partners == ("JPN",)
    assert not found["us-232-autos-jpn-15"].retroactive
    assert "870323" in found["us-232-autos-jpn-15"].lines


@pytest.mark.parametrize("first", [date(2025, 9, 16), date(2025, 9, 17)])
def test_days_of_knowledge_go_forward(first: date):
    with pytest.raises(InputError, match="not after"):
        known_between(shipped(), first, date(2025, 9, 16))


def test_an_omission_reaches_the_lines_partners_and_days_it_names():
    one = Omission(
        what="w",
        why="y",
        imposer="EU27",
        prefixes=("7208",),
        first=date(2026, 7, 1),
        partners={"exclude": ["NOR"]},
    )
    assert one.touches("DEU", "JPN", "72085100", date(2026, 7, 1))
    assert one.touches("EU27", "JPN", "72")
    assert not one.touches("EU27", "JPN", "72085100", date(2026, 6, 30))
    assert not one.touches("EU27", "NOR", "72085100", date(2026, 7, 1))
    assert not one.touches("USA", "JPN", "72085100", date(2026, 7, 1))


@pytest.mark.parametrize(
    ("code", "partner", "found"),
    [
        ("81129200", "USA", {"exact": True, "read in part": False, "both": False, "all": True, "own": True}),
        ("8112", "USA", {"exact": False, "read in part": False, "both": False, "all": True, "own": False}),
        ("2804", "USA", {"all": True}),
        ("81129200", "JPN", {}),
    ],
)
def test_goods_are_surely_under_a_control_where_its_lists_were_read_in_full(
    code: str, partner: str, found: dict[str, bool]
):
    scopes = {
        "exact": {"lists": ["l"]},
        "read in part": {"lists": ["m"]},
        "both": {"lists": ["l", "m"]},
        "all": {"goods": True},
        "own": {"hs": {"edition": "HS 2022", "prefixes": ["8112.92"]}},
    }
    about = {"kind": "export_control", "imposer": "CHN", "value": None, "terms": {"form": "licence"}}
    law = register(
        *(measure(id=name.replace(" ", "-"), scope=scope, partners={"include": ["USA"]}, **about)
          for name, scope in scopes.items()),
        measure(id="duty", imposer="CHN"),
        l=headings("8112.92"),
        m=headings("8112.92", exact=False),
    )  # fmt: skip
    told = {one.id.replace("-", " "): surely for one, surely in controls(law, "CHN", partner, code, LOOK)}
    assert told == found


CONTROLS = [
    ("USA", "8112.92", "2023-07-31", []),
    ("USA", "8112.92", "2023-08-01", ["Gallium and germanium leave"]),
    ("USA", "8112.92", "2024-12-02", ["Gallium and germanium leave"]),
    (
        "USA",
        "8112.92",
        "2024-12-03",
        ["Gallium and germanium leave", "Gallium, germanium, antimony", "military users"],
    ),
    (
        "USA",
        "8112.92",
        "2025-11-08",
        ["Gallium and germanium leave", "Gallium, germanium, antimony", "military users"],
    ),
    ("USA", "8112.92", "2025-11-09", ["Gallium and germanium leave", "military users"]),
    ("USA", "2825.80", "2024-09-14", []),
    ("USA", "2825.80", "2024-09-15", ["Antimony and superhard"]),
    ("JPN", "2805.30", "2025-04-03", []),
    ("JPN", "2805.30", "2025-04-04", ["Seven medium and heavy"]),
    ("JPN", "8507.60", "2025-11-08", []),  # suspended before its first day
    ("JPN", "8507.60", "2026-01-05", []),
    ("JPN", "8507.60", "2026-01-06", ["military users of Japan"]),
    ("JPN", "8507.60", "2026-02-24", ["military users of Japan", "listed companies of Japan"]),
    ("KOR", "8507.60", "2026-01-06", []),
]


@pytest.mark.parametrize(("importer", "hs", "day", "wanted"), CONTROLS)
def test_export_controls_are_told_beside_a_rate_and_add_nothing(
    importer: str, hs: str, day: str, wanted: list[str]
):
    law = shipped()
    found = quote(law.of(importer), Query(importer, "CHN", hs, date.fromisoformat(day)))
    told = [text for text in found.warnings if text.startswith("export control")]
    assert len(told) == len(wanted)
    assert all(word in text for word, text in zip(wanted, told, strict=True))
    assert not any("chn-control" in layer.measure for layer in found.layers)


def test_a_control_of_exports_is_no_ban_on_imports_of_its_imposer():
    found = quote(shipped(), Query("CHN", "JPN", "8112.92", date(2026, 2, 1)))
    assert not found.prohibited
    assert not any("export control" in text for text in found.warnings)


def test_commands_of_upkeep_speak_json_and_refuse_what_is_no_day():
    asked = ["register", "stale", "--on", LOOK.isoformat(), "--importer", "CHN", "--json"]
    found = json.loads(RUN.invoke(app, asked).stdout)
    assert {"not verified", "unconfirmed"} <= {one["reason"] for one in found["stale"]}
    assert all(one["place"] is None or ".yaml:" in one["place"] for one in found["stale"])
    asked = ["register", "diff", "--known", "2025-09-03", "2025-09-16", "--importer", "USA", "--json"]
    changes = json.loads(RUN.invoke(app, asked).stdout)["changes"]
    assert [one["measure"] for one in changes if one["retroactive"]] == [
        "us-ieepa-jpn-15-replaced",
        "us-ieepa-jpn-floor-15",
    ]
    table = RUN.invoke(app, asked[:-1])
    assert table.exit_code == 0
    assert "back in time" in " ".join(table.stdout.split())
    for wrong in (
        ["register", "diff"],
        ["register", "diff", "HTS 1"],
        ["register", "diff", "HTS 1", "HTS 2", "HTS 3"],
        ["register", "diff", "HTS 1", "HTS 2", "--known", "2025-09-03", "2025-09-16"],
        ["register", "diff", "--known", "2025-09-16", "2025-09-03"],
        ["register", "diff", "--known", "yesterday", "today"],
        ["register", "stale", "--importer", "JAP"],
    ):
        error = RUN.invoke(app, wrong).exception
        assert isinstance(error, InputError)
        assert (error.problems[0].message == "compares two editions, or two days") is (
            "diff" in wrong and wrong[-1] not in ("2025-09-03", "today")
        )


def test_where_nothing_is_found_it_is_told_why() -> None:
    before = "the register knows nothing of 1 January 1900: the first of its"
    none = "the register holds no measure of Brazil"
    for asked, told in {
        ("stale", "--on", "1900-01-01"): before,
        ("stale", "--importer", "BRA"): none,
        ("diff", "--known", "1899-01-01", "1900-01-01"): before,
        ("diff", "--known", "2025-01-01", "2025-02-01", "--importer", "BRA"): none,
    }.items():
        assert told in RUN.invoke(app, ["register", *asked]).stdout.replace("\u00a0", " ")
        (note,) = json.loads(RUN.invoke(app, ["register", *asked, "--json"]).stdout)["notes"]
        assert told in note.replace("\u00a0", " ")
    known = RUN.invoke(app, ["register", "stale", "--on", "2025-06-01", "--importer", "CAN"]).stdout
    assert known == "Nothing needs a look on 1 June 2025.\n"
    shown = RUN.invoke(
        app, ["register", "show", "--on", "2025-06-29", "--importer", "CAN", "--partner", "JPN"]
    ).stdout
    assert shown.startswith("No measure of the register is in force on 29 June 2025 (importers: Canada")


@pytest.mark.parametrize(("day", "noted"), [("1900-01-01", 4), ("2150-01-01", 4), ("2025-06-29", 0)])
def test_measures_of_a_day_that_is_not_held_are_not_told_as_none(day: str, noted: int):
    told = json.loads(CliRunner().invoke(app, ["register", "show", "--on", day, "--json"]).output)["notes"]
    assert len(told) == noted
    assert all("may be missing" in note for note in told)
    shown = CliRunner().invoke(app, ["register", "show", "--on", day]).output
    assert ("may be missing" in shown) is (noted > 0)


def test_an_importer_of_which_nothing_is_held_is_told():
    asked = ["register", "show", "--importer", "BTN", "--on", "2025-06-29"]
    assert "holds no measures of Bhutan" in " ".join(CliRunner().invoke(app, asked).output.split())


@pytest.mark.parametrize(("importer", "exporter"), [("FRA", "DEU"), ("FRA", "EU27"), ("EU27", "FRA")])
def test_no_rate_is_asked_within_a_customs_union(importer: str, exporter: str):
    with pytest.raises(InputError, match="EU27"):
        Query(importer, exporter, "8703.23", date(2025, 6, 29))


def test_what_ends_is_told_from_what_is_suspended() -> None:
    found = {
        one.measure: one.what for one in known_between(shipped(), date(2025, 4, 8), date(2025, 4, 10), "USA")
    }
    assert found == {
        "us-ieepa-annex1-suspension": "suspended",
        "us-ieepa-chn-125": "added",
        "us-ieepa-chn-84-end": "ended",
    }


def test_what_needs_a_look_is_the_same_in_every_language():
    """Inquiries are known by their words, in the language that they are told in."""
    day = date(2026, 3, 1)
    english = [(one.reason, one.subject, one.since) for one in stale(Register.load(), day)]
    with use("ja"):
        japanese = [(one.reason, one.subject, one.since) for one in stale(Register.load(), day)]
    assert any(reason == "pending" for reason, _subject, _since in english)
    assert japanese == english
